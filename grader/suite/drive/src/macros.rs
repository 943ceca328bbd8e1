//! The acting flavour of `suite!`.

/// Writes a suite: each case as title, points, input, drive, judge.
///
/// This flavour compiles `shared`, `acting` and the `drive` blocks, and drops the rest.
/// `docs/authoring.md` explains the whole form.
#[macro_export]
macro_rules! suite {
    (@ $shared:tt $acting:tt $roles:tt shared = { $($items:item)* }, $($rest:tt)*) => {
        $crate::suite!(@ { $($items)* } $acting $roles $($rest)*);
    };
    (@ $shared:tt $acting:tt $roles:tt acting = { $($items:item)* }, $($rest:tt)*) => {
        $crate::suite!(@ $shared { $($items)* } $roles $($rest)*);
    };
    (@ $shared:tt $acting:tt $roles:tt deciding = { $($items:tt)* }, $($rest:tt)*) => {
        $crate::suite!(@ $shared $acting $roles $($rest)*);
    };
    (@ $shared:tt $acting:tt $roles:tt roles = [$($names:ident),* $(,)?], $($rest:tt)*) => {
        $crate::suite!(@ $shared $acting { $($names)* } $($rest)*);
    };
    (@ { $($shared:item)* } { $($acting:item)* } { $($role:ident)* }
        $($name:ident = $kind:ident ( $($body:tt)* )),* $(,)?
    ) => {
        $($shared)*
        $($acting)*
        $($crate::drive_half!($kind $name $($body)*);)*
        /// The acting half of every case.
        pub const CASES: &[$crate::Act] = &[$($crate::drive_entry!($kind $name)),*];
        /// The programs that cases start.
        pub const ROLES: &[$crate::Role] =
            &[$($crate::Role { name: stringify!($role), run: $role }),*];
    };
    ($($suite:tt)+) => {
        $crate::suite!(@ {} {} {} $($suite)+);
    };
}

/// What one case acts.
#[doc(hidden)]
#[macro_export]
macro_rules! drive_half {
    (case $name:ident $title:literal, points = $points:literal,
        input = |$rng:ident| -> $input:ty $draw:block,
        drive = |$given:pat_param, $log:ident| -> $report:ty $drive:block,
        judge = |$judged:pat_param, $got:pat_param, $events:ident| $judge:block $(,)?
    ) => {
        fn $name(mut input: &[u8], log: &$crate::Log) -> Option<Vec<u8>> {
            // By the name of the case, which hides nothing that the block may call.
            fn $name($given: $input, $log: &$crate::Log) -> $report $drive
            match $crate::Wire::take(&mut input) {
                Some(given) if input.is_empty() => {
                    let mut answer = Vec::new();
                    $crate::Wire::put(&$name(given, log), &mut answer);
                    Some(answer)
                }
                _ => None,
            }
        }
        const _: () = $crate::travels::<$input, $report>();
    };
    (case $name:ident $title:literal, points = $points:literal,
        input = |$rng:ident| -> $input:ty $draw:block,
        drive = |$given:pat_param| -> $report:ty $drive:block,
        judge = |$judge:ident, $judged:pat_param, $got:pat_param| $record:block $(,)?
    ) => {
        $crate::drive_half!(case $name $title, points = $points,
            input = |$rng| -> $input $draw,
            drive = |$given, _log| -> $report $drive,
            judge = |_, _, _events| {},
        );
    };
    (calls $name:ident $title:literal, points = $points:literal,
        input = |$rng:ident| $draw:block $(,)?
    ) => {
        $crate::drive_half!(case $name $title, points = $points,
            input = |$rng| -> Vec<Call> $draw,
            drive = |calls, _log| -> Vec<$crate::Shown> { act(&calls) },
            judge = |_, _, _events| {},
        );
    };
    (scenes $name:ident $title:literal, points = $points:literal,
        input = |$rng:ident| $draw:block $(,)?
    ) => {
        $crate::drive_half!(case $name $title, points = $points,
            input = |$rng| -> Vec<Scenario> $draw,
            drive = |scenarios, _log| -> Vec<Vec<$crate::Seen>> { $crate::play_all(&scenarios, play) },
            judge = |_, _, _events| {},
        );
    };
    (compile_fail $name:ident $title:literal, points = $points:literal,
        fails = $fails:block, compiles = $compiles:block $(,)?
    ) => {};
}

/// A case that must not compile has nothing to run: the compiler answers for it.
#[doc(hidden)]
#[macro_export]
macro_rules! drive_entry {
    (case $name:ident) => {
        $crate::Act {
            name: stringify!($name),
            run: $name,
        }
    };
    (calls $name:ident) => {
        $crate::drive_entry!(case $name)
    };
    (scenes $name:ident) => {
        $crate::drive_entry!(case $name)
    };
    (compile_fail $name:ident) => {
        $crate::Act {
            name: stringify!($name),
            run: |_, _| None,
        }
    };
}
