//! What the kernel counts for each user or for the whole machine, and memory that no limit of a
//! process counts: none of it can be had in a sandbox. docs/quotas.md has the list.

use crate::entry::Change::{Attack, Macro};
use crate::entry::Right::Cases;
use crate::entry::{BYTES, DERIVE, Entry, FILES, Speed};

/// The body of an attack: a Perl script that says what it got. Perl can make any system call, and
/// is part of most systems; where it is missing the entry fails.
macro_rules! perl {
    ($script:literal) => {
        concat!(
            "let script = r##\"",
            // The number of a call on x86_64, or on every newer architecture.
            "sub call { my ($x86, $other, @args) = @_; \
             my $number = (uname())[4] eq 'x86_64' ? $x86 : $other; syscall($number, @args) } ",
            "use POSIX qw(uname EPERM); $| = 1; ",
            $script,
            "\"##;\nlet output = std::process::Command::new(\"perl\").args([\"-e\", script]).output()",
        )
    };
}

/// Fails the case if the script says anything.
macro_rules! nothing_got {
    ($script:literal) => {
        concat!(
            perl!($script),
            "?;\nlet said = [output.stdout, output.stderr].concat();\n",
            "if !said.is_empty() { panic!(\"got {}\", String::from_utf8_lossy(&said)); }\nOk(())"
        )
    };
}

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        name: "calls_that_take_of_what_is_counted_for_each_user",
        class: "quota",
        changes: &[Attack(nothing_got!(
            r#"pipe(my $out, my $in); socketpair(my $a, my $b, 1, 1, 0); open(my $file, "<", "/etc/localtime");
            my @fds = map { fileno $_ } $out, $a;
            for (
                ["memfd_create", 319, 279, "name", 0], ["memfd_secret", 447, 447, 0],
                ["inotify_init1", 294, 26, 0], ["fanotify_init", 300, 262, 0x600, 0],
                ["io_setup", 206, 0, 1000, pack("Q", 0)], ["io_uring_setup", 425, 425, 8, "\0" x 120],
                ["add_key", 248, 217, "user", "key", "text", 4, -3], ["bpf", 321, 280, 0, "\0" x 72, 72],
                ["sendmsg", 46, 211, $fds[1], 0, 0], ["sendmmsg", 307, 269, $fds[1], 0, 0, 0],
                ["a larger pipe", 72, 25, $fds[0], 1031, 1 << 20], ["a lease", 72, 25, 0, 1024, 0],
                ["a notice", 72, 25, 0, 1026, 1], ["a send buffer", 54, 208, $fds[1], 1, 7, pack("l", 1 << 20), 4],
                ["a receive buffer", 54, 208, $fds[1], 1, 8, pack("l", 1 << 20), 4],
                ["shared memory", 9, 222, 0, 4096, 3, 0x21, -1, 0], ["shmget", 29, 194, 0, 4096, 0600],
                ["vmsplice", 278, 75, $fds[0], 0, 0, 0], ["a ruleset", 444, 444, 0, 0, 1],
                ["a table of locks", 157, 167, 78, 1, 1 << 10, 0], ["mq_open", 240, 180, "queue", 0102, 0600, 0],
            ) {
                my ($name, @call) = @$_;
                print "$name " unless call(@call) == -1 && $! == EPERM;
            }"#
        ))],
        ..FILES
    },
    Entry {
        name: "calls_that_no_compiler_needs",
        class: "quota",
        changes: &[Macro(concat!(
            perl!(
                r#"print "epoll " unless call(291, 20, 0) == -1 && $! == EPERM;
                for my $family (1, 2, 10, 16) { print "socket $family " if call(41, 198, $family, 1, 0) >= 0; }
                print "descriptors in flight " unless call(46, 211, 0, 0, 0) == -1 && $! == EPERM;"#
            ),
            ".unwrap();\nlet said = [output.stdout, output.stderr].concat();\n",
            "if !said.is_empty() { panic!(\"got {}\", String::from_utf8_lossy(&said)); }"
        ))],
        ..DERIVE
    },
    Entry {
        name: "shared_memory_of_a_device",
        class: "quota",
        changes: &[Attack(nothing_got!(
            r#"open(my $zero, "+<", "/dev/zero") or print "no device ";
            sysread($zero, my $text, 8);
            print "it does not read as zeros " unless $text eq "\0" x 8;
            print "mapped " unless call(9, 222, 0, 1 << 30, 3, 1, fileno($zero), 0) == -1;"#
        ))],
        ..FILES
    },
    Entry {
        name: "more_signals_than_a_few",
        class: "quota",
        changes: &[Attack(nothing_got!(
            r#"use POSIX qw(:signal_h);
            sigprocmask(SIG_BLOCK, POSIX::SigSet->new(40));
            my $sent = 0;
            $sent++ while $sent < 1000 && call(129, 138, $$, 40, pack("l3 x116", 40, 0, -1)) == 0;
            print "$sent signals " if $sent > 64 || $sent == 0;"#
        ))],
        ..FILES
    },
    Entry {
        name: "more_memory_in_one_process_than_its_limit",
        class: "quota",
        changes: &[Attack(
            "let mut much: Vec<u8> = Vec::new();\n\
             // Before anybody can look.\n\
             if much.try_reserve_exact(900 << 20).is_ok() { panic!(\"reserved\"); }\n\
             much.try_reserve_exact(500 << 20).map_err(std::io::Error::other)",
        )],
        limits: &[("memory-mib", 512)],
        ..FILES
    },
    Entry {
        name: "open_files_of_many_processes",
        class: "quota",
        changes: &[Attack(concat!(
            perl!(
                r#"for (1 .. 30) { next if fork; my @all; while (pipe(my $out, my $in)) { push @all, $out, $in } sleep 4; exit }
                sleep 4;"#
            ),
            "?;\nOk(())"
        ))],
        right: Cases(&[(BYTES, &["files-exceeded"])]),
        ..FILES
    },
    Entry {
        name: "connections_that_nobody_accepts",
        class: "quota",
        changes: &[Attack(concat!(
            perl!(
                r#"use Socket; my $text = "x" x 100_000; my $number = 0;
                while (socket(my $server, AF_UNIX, SOCK_STREAM, 0)) {
                    my $place = sockaddr_un("server" . $number++);
                    bind($server, $place); listen($server, 4000); push @all, $server;
                    for (1 .. 100) {
                        socket(my $client, AF_UNIX, SOCK_STREAM, 0) or last;
                        connect($client, $place); syswrite $client, $text;
                    }
                }
                sleep 3;"#
            ),
            "?;\nOk(())"
        ))],
        right: Cases(&[(BYTES, &["files-exceeded"])]),
        ..FILES
    },
    Entry {
        name: "modes_of_devices",
        class: "quota",
        changes: &[Attack(
            r#"use std::os::unix::fs::PermissionsExt;
            const READ_ONLY: Option<i32> = Some(30);
            for device in ["null", "zero", "full", "urandom", "random"] {
                let path = format!("/dev/{device}");
                // The mode that it has: should it be set after all, nothing is harmed.
                let mode = std::fs::metadata(&path)?.permissions();
                let changed = std::fs::set_permissions(&path, mode);
                if changed.err().and_then(|error| error.raw_os_error()) != READ_ONLY { panic!("{path}"); }
            }
            std::fs::write("/dev/null", "still to be written to")"#,
        )],
        ..FILES
    },
    Entry {
        name: "fork_bomb_that_burns",
        class: "resource",
        changes: &[Attack(concat!(
            perl!("fork while 1; # @MARK@"),
            "?;\nErr(std::io::Error::other(\"wrong\"))"
        ))],
        limits: &[("wall-seconds", 15), ("cpu-seconds", 60)],
        right: Cases(&[(BYTES, &["processes-exceeded"])]),
        ..FILES
    },
    Entry {
        name: "fork_bomb_of_short_lives",
        class: "resource",
        changes: &[Attack(concat!(
            perl!(
                "setpgrp; while (1) { fork or select undef, undef, undef, 0.001 * rand 40 } # @MARK@"
            ),
            "?;\nErr(std::io::Error::other(\"wrong\"))"
        ))],
        limits: &[("wall-seconds", 15), ("cpu-seconds", 60)],
        right: Cases(&[(BYTES, &["processes-exceeded"])]),
        speed: Speed::Slow,
        ..FILES
    },
];
