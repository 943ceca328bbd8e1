//! One student's submission hoards what the kernel counts for each user; three others are right.
//! Nobody else's verdict changes, and nobody of the same user outside is short of anything.

use crate::entry::{CHAIN, Change, DERIVE, Entry, FILES};
use crate::ground::Ground;
use crate::launch::{Launcher, Outcome};
use crate::trials::{Shared, UNPREPARED, complain};
use libtest_mimic::{Failed, Trial};
use serde_json::Value;
use std::fs;
use std::io;
use std::sync::Arc;

/// What is hoarded, as a Perl script that takes as much as it gets and holds it.
const HOARDS: [(&str, &str); 7] = [
    (
        "pipes",
        "for (1 .. 60) { next if fork; while (pipe(my $out, my $in)) { push @all, $out, $in } hold(3) } hold(3);",
    ),
    (
        "epoll",
        "for (1 .. 40) { next if fork; \
         while ((my $event = call(290, 19, 0, 0)) >= 0) { push @events, $event; last if @events == 500 } \
         POSIX::close(pop @events) for 1 .. @events / 2; \
         while ((my $poll = call(291, 20, 0)) >= 0) \
         { for my $event (@events) { call(233, 21, $poll, 1, $event, pack('L Q', 1, 0)) } } \
         hold(8) } hold(8);",
    ),
    (
        "descriptors_in_flight",
        "pipe(my $out, my $in); while (socketpair(my $a, my $b, 1, 1, 0)) { push @all, $a, $b; \
         my ($text, $rights) = ('x', pack('Q l l l200', 816, 1, 1, (fileno $out) x 200)); \
         my $slice = pack('P Q', $text, 1); \
         my $message = pack('Q Q P Q P Q Q', 0, 0, $slice, 1, $rights, length $rights, 0); \
         last if call(46, 211, fileno $a, $message, 0) < 0 } hold(3);",
    ),
    (
        "signals",
        "use POSIX qw(:signal_h); sigprocmask(SIG_BLOCK, POSIX::SigSet->new(40)); \
         1 while call(129, 138, $$, 40, pack('l3 x116', 40, 0, -1)) == 0; hold(3);",
    ),
    (
        "inotify",
        "for (1 .. 3) { next if fork; 1 while call(294, 26, 0) >= 0; hold(3) } hold(3);",
    ),
    (
        "asynchronous_io",
        "for (my $events = 32768; $events; $events >>= 1) \
         { my $context = pack 'Q', 0; redo if call(206, 0, $events, $context) == 0 } hold(3);",
    ),
    ("processes", "1 while defined fork; hold(3);"),
];

/// What every script begins with. Perl can make any system call.
const PREAMBLE: &str = "use POSIX qw(uname); sub hold { select undef, undef, undef, $_[0]; exit } \
    sub call { my ($x86, $other, @args) = @_; \
    my $number = (uname())[4] eq 'x86_64' ? $x86 : $other; syscall($number, @args) } ";

/// What anybody of the same user can have while the class is graded; it prints what it cannot.
const OUTSIDE: &str = "pipe(my $out, my $in); my $size = fcntl($out, 1032, 0); print 'pipe pages ' if $size != 65536; \
    print 'inotify ' if call(294, 26, 0) < 0; \
    my $context = pack 'Q', 0; print 'asynchronous io ' if call(206, 0, 1000, $context) < 0; \
    my $fd = call(291, 20, 0); print 'epoll ' if call(233, 21, $fd, 1, fileno $out, pack('L Q', 1, 0)) < 0; \
    socketpair(my $a, my $b, 1, 1, 0); my $rights = pack('Q l l l x4', 20, 1, 1, fileno $out); my $text = 'x'; \
    my $slice = pack('P Q', $text, 1); my $message = pack('Q Q P Q P Q Q', 0, 0, $slice, 1, $rights, length $rights, 0); \
    print 'descriptors in flight ' if call(46, 211, fileno $a, $message, 0) < 0; \
    use POSIX qw(:signal_h); sigprocmask(SIG_BLOCK, POSIX::SigSet->new(40)); \
    print 'signals ' if call(129, 138, $$, 40, pack('l3 x116', 40, 0, -1)) < 0;";

/// A class in which a case hoards, one in which a macro does, and one on a machine with few
/// processes, for each kind.
pub(crate) fn trials(shared: &Shared) -> Vec<Trial> {
    let mut trials = Vec::new();
    for (kind, script) in HOARDS {
        for place in [Place::Case, Place::Macro] {
            let name = format!("class/{kind}_{}", place.word());
            trials.push(trial(shared, name, move |launcher| {
                graded(launcher, hoarder(place, script), &[])
            }));
        }
    }
    let (_, processes) = HOARDS[6];
    trials.push(trial(
        shared,
        "class/few_processes".to_owned(),
        move |launcher| {
            graded(
                launcher,
                hoarder(Place::Case, processes),
                &["prlimit", "--nproc=400", "--"],
            )
        },
    ));
    trials.push(trial(shared, "class/two_bombs".to_owned(), two_bombs));
    trials
}

fn trial(
    shared: &Shared,
    name: String,
    run: impl Fn(&Launcher) -> io::Result<Vec<String>> + Send + 'static,
) -> Trial {
    let shared = Arc::clone(shared);
    Trial::test(name, move || {
        let launcher = shared.as_ref().as_ref().ok_or(UNPREPARED)?;
        let mut faults = run(launcher).map_err(|error| error.to_string())?;
        if !faults.is_empty() {
            complain(&format!("the class is graded again: {}", faults.join("\n")));
            faults = run(launcher).map_err(|error| error.to_string())?;
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(Failed::from(faults.join("\n")))
        }
    })
}

/// Where a submission hoards.
#[derive(Clone, Copy)]
enum Place {
    Case,
    Macro,
}

impl Place {
    fn word(self) -> &'static str {
        match self {
            Self::Case => "in_a_case",
            Self::Macro => "in_a_macro",
        }
    }
}

/// What the hoarder hands in. The text lives as long as the tests.
fn hoarder(place: Place, script: &str) -> Entry {
    let script = format!("{PREAMBLE}{script} # @MARK@");
    let run = format!(
        "let _ = std::process::Command::new(\"perl\").args([\"-e\", r##\"{script}\"##]).status();"
    );
    let changes = |change| -> &'static [Change] { vec![change].leak() };
    match place {
        Place::Case => Entry {
            changes: changes(Change::Attack(format!("{run}\nOk(())").leak())),
            ..FILES
        },
        Place::Macro => Entry {
            changes: changes(Change::Macro(run.leak())),
            ..DERIVE
        },
    }
}

fn graded(launcher: &Launcher, hoarder: Entry, prefix: &[&str]) -> io::Result<Vec<String>> {
    let class = [
        ("alice", FILES),
        ("bob", DERIVE),
        ("carol", CHAIN),
        ("hoarder", hoarder),
    ];
    let ground = Ground::lay_class(&class, launcher)?;
    let mut short = Vec::new();
    let outcome = launcher.class(&ground, prefix, &mut || {
        short.push(outside(launcher, &ground)?);
        Ok(())
    })?;
    let mut faults: Vec<String> = outcome.ended.clone().into_iter().collect();
    for (student, entry) in class.iter().filter(|(student, _)| *student != "hoarder") {
        faults.extend(verdict_fault(&ground, student, entry, &outcome)?);
    }
    short.sort();
    short.dedup();
    short.retain(|what| !what.is_empty());
    faults.extend(
        short
            .into_iter()
            .map(|what| format!("nobody outside could have: {what}")),
    );
    faults.extend(launcher.harm(&ground));
    Ok(faults)
}

/// How often somebody outside asks again for what cannot be had.
const PATIENCE: usize = 40;

/// What somebody outside cannot have, however often they ask. Between two looks of the watch a tree may
/// hold more than it may keep, which is far shorter than a hoard that is left alone.
fn outside(launcher: &Launcher, ground: &Ground) -> io::Result<String> {
    let script = format!("{PREAMBLE}{OUTSIDE}");
    let command = ["--nofile=1024:20000", "--", "perl", "-e", &script];
    let mut short = String::new();
    for _ in 0..PATIENCE {
        short = launcher.outside("prlimit", &command, ground)?;
        if short.is_empty() {
            break;
        }
    }
    Ok(short)
}

fn verdict_fault(
    ground: &Ground,
    student: &str,
    entry: &Entry,
    outcome: &Outcome,
) -> io::Result<Option<String>> {
    let kata = graded_kata(ground, student, entry, outcome)?;
    Ok((kata["verdict"] != "passed").then(|| {
        let kata = serde_json::to_string_pretty(&kata).unwrap_or_default();
        format!("{student}: not passed\n{kata}")
    }))
}

/// What the report of a student says of the kata of an entry.
fn graded_kata(
    ground: &Ground,
    student: &str,
    entry: &Entry,
    outcome: &Outcome,
) -> io::Result<Value> {
    let report = ground.path("reports").join(format!("{student}.json"));
    let text = fs::read_to_string(&report)
        .map_err(|error| io::Error::other(format!("{error}; {}", outcome.stderr)))?;
    let report: Value = serde_json::from_str(&text).map_err(io::Error::other)?;
    let katas = report["katas"].as_array().into_iter().flatten();
    let name = entry.kata.place.rsplit('/').next().unwrap_or_default();
    let kata = katas.into_iter().find(|kata| kata["kata"] == name);
    Ok(kata.cloned().unwrap_or_default())
}

/// Fork bombs that burn in two katas at once end as what they are, and an honest neighbour passes.
fn two_bombs(launcher: &Launcher) -> io::Result<Vec<String>> {
    let bomb = Change::Attack(
        "let _ = std::process::Command::new(\"perl\").args([\"-e\", \"fork while 1; # @MARK@\"]).status();\nOk(())",
    );
    let changes: &'static [Change] = vec![bomb].leak();
    let class = [
        ("alice", FILES),
        ("bomber", Entry { changes, ..FILES }),
        ("other-bomber", Entry { changes, ..CHAIN }),
    ];
    let ground = Ground::lay_class(&class, launcher)?;
    let outcome = launcher.class(&ground, &[], &mut || Ok(()))?;
    let mut faults: Vec<String> = outcome.ended.clone().into_iter().collect();
    for (student, entry) in &class {
        let kata = graded_kata(&ground, student, entry, &outcome)?;
        let cases = kata["cases"].as_array().into_iter().flatten();
        let mut verdicts: Vec<&str> = cases.filter_map(|case| case["verdict"].as_str()).collect();
        verdicts.sort_unstable();
        verdicts.dedup();
        let right: &[&str] = match *student {
            "alice" => &["passed"],
            _ => &["passed", "processes-exceeded"],
        };
        if verdicts != right {
            faults.push(format!("{student}: {verdicts:?}, not {right:?}"));
        }
    }
    faults.extend(launcher.harm(&ground));
    Ok(faults)
}
