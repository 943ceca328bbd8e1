//! The deciding flavour of `suite!`.

/// Writes a suite: each case as title, points, input, drive, judge.
///
/// This flavour compiles `shared`, `deciding`, the `input` and the `judge` blocks, and
/// drops the rest. `docs/authoring.md` explains the whole form.
#[macro_export]
macro_rules! suite {
    (@ $shared:tt $deciding:tt shared = { $($items:item)* }, $($rest:tt)*) => {
        $crate::suite!(@ { $($items)* } $deciding $($rest)*);
    };
    (@ $shared:tt $deciding:tt deciding = { $($items:item)* }, $($rest:tt)*) => {
        $crate::suite!(@ $shared { $($items)* } $($rest)*);
    };
    (@ $shared:tt $deciding:tt acting = { $($items:tt)* }, $($rest:tt)*) => {
        $crate::suite!(@ $shared $deciding $($rest)*);
    };
    (@ $shared:tt $deciding:tt roles = [$($names:ident),* $(,)?], $($rest:tt)*) => {
        $crate::suite!(@ $shared $deciding $($rest)*);
    };
    (@ { $($shared:item)* } { $($deciding:item)* }
        $($name:ident = $kind:ident ( $($body:tt)* )),* $(,)?
    ) => {
        $($shared)*
        $($deciding)*
        $($crate::judge_half!($kind $name $($body)*);)*
        /// The deciding half of every case.
        pub const CASES: &[$crate::Case] =
            &[$($crate::judge_entry!($kind $name $($body)*)),*];
    };
    ($($suite:tt)+) => {
        $crate::suite!(@ {} {} $($suite)+);
    };
}

/// What one case decides.
#[doc(hidden)]
#[macro_export]
macro_rules! judge_half {
    (case $name:ident $title:literal, points = $points:literal,
        input = |$rng:ident| -> $input:ty $draw:block,
        drive = |$given:pat_param, $log:ident| -> $report:ty $drive:block,
        judge = |$judged:pat_param, $got:pat_param, $events:ident| $judge:block $(,)?
    ) => {
        mod $name {
            #[allow(unused_imports, reason = "a case may need nothing from outside")]
            use super::*;
            pub(super) const CLAIMS: bool = $crate::is_used(stringify!($events));
            pub(super) fn draw($rng: &mut $crate::Rng) -> $input $draw
            #[allow(clippy::ptr_arg, reason = "the report's type is what it is")]
            pub(super) fn judge(
                $judged: &$input,
                $got: &$report,
                $events: &[$crate::Event],
            ) -> $crate::Check $judge
        }
    };
    (case $name:ident $title:literal, points = $points:literal,
        input = |$rng:ident| -> $input:ty $draw:block,
        drive = |$given:pat_param| -> $report:ty $drive:block,
        judge = |$judge:ident, $judged:pat_param, $got:pat_param| $record:block $(,)?
    ) => {
        mod $name {
            #[allow(unused_imports, reason = "a case may need nothing from outside")]
            use super::*;
            pub(super) const CLAIMS: bool = false;
            pub(super) fn draw($rng: &mut $crate::Rng) -> $input $draw
            #[allow(clippy::ptr_arg, reason = "the report's type is what it is")]
            fn record($judge: &mut $crate::Judge, $judged: &$input, $got: &$report) $record
            #[allow(clippy::ptr_arg, reason = "the report's type is what it is")]
            pub(super) fn judge(
                input: &$input,
                got: &$report,
                _events: &[$crate::Event],
            ) -> $crate::Check {
                $crate::record(|judge| record(judge, input, got))
            }
        }
    };
    (calls $name:ident $title:literal, points = $points:literal,
        input = |$rng:ident| $draw:block $(,)?
    ) => {
        $crate::judge_half!(case $name $title, points = $points,
            input = |$rng| -> Vec<Call> $draw,
            drive = |_| -> Vec<$crate::Shown> {},
            judge = |judge, calls, gave| { judge.model::<Model>(calls, gave) },
        );
    };
    (scenes $name:ident $title:literal, points = $points:literal,
        input = |$rng:ident| $draw:block $(,)?
    ) => {
        $crate::judge_half!(case $name $title, points = $points,
            input = |$rng| -> Vec<Scenario> $draw,
            drive = |_, log| -> Vec<Vec<$crate::Seen>> {},
            // Who is inside when is a claim of the process, as events are.
            judge = |scenarios, seen, events| {
                let _ = events;
                $crate::record(|judge| {
                    // The first that differs is enough.
                    for (scenario, seen) in scenarios.iter().zip(seen) {
                        if judge.passed() {
                            look(judge, scenario, seen);
                        }
                    }
                    if judge.passed() {
                        judge.eq("how many scenes", &seen.len(), &scenarios.len());
                    }
                })
            },
        );
    };
    (compile_fail $name:ident $title:literal, points = $points:literal,
        fails = $fails:block, compiles = $compiles:block $(,)?
    ) => {};
}

/// One line of the table of cases.
#[doc(hidden)]
#[macro_export]
macro_rules! judge_entry {
    (case $($case:tt)*) => { $crate::judge_entry!(@act decide [$crate::describe] $($case)*) };
    (calls $($case:tt)*) => {
        $crate::judge_entry!(@act decide_calls [$crate::describe_calls::<Model>] $($case)*)
    };
    (scenes $($case:tt)*) => {
        $crate::judge_entry!(@act decide_calls [$crate::describe_scenes] $($case)*)
    };
    (@act $decide:ident [$($describe:tt)*] $name:ident $title:literal, points = $points:literal, $($rest:tt)*) => {
        $crate::Case {
            name: stringify!($name),
            title: $title,
            points: $points,
            half: $crate::Half::Act {
                draw: |rng| $crate::draw($name::draw, rng),
                judge: |rng, answer| $crate::$decide($name::draw, $name::judge, rng, answer),
                describe: |rng, reached| $($describe)*($name::draw, rng, reached),
                claims: $name::CLAIMS,
            },
        }
    };
    (compile_fail $name:ident $title:literal, points = $points:literal, $($rest:tt)*) => {
        $crate::Case {
            name: stringify!($name),
            title: $title,
            points: $points,
            half: $crate::Half::CompileFail,
        }
    };
}
