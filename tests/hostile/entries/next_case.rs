//! What one case leaves for the next: nothing.

use crate::entry::Change::Attack;
use crate::entry::{BANK, Entry};

/// The body of an attack that runs once in each case: a Perl script that says what it finds of an
/// earlier case, and then leaves it for the next.
macro_rules! found_and_left {
    ($script:literal) => {
        &[Attack(concat!(
            "static ONCE: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);\n\
             if ONCE.swap(true, std::sync::atomic::Ordering::SeqCst) { return Ok(()); }\n",
            "let script = r##\"",
            "sub call { my ($x86, $other, @args) = @_; \
             my $number = (uname())[4] eq 'x86_64' ? $x86 : $other; syscall($number, @args) } ",
            "use POSIX qw(uname); ",
            $script,
            "\"##;\nlet output = std::process::Command::new(\"perl\").args([\"-e\", script]).output()?;\n\
             let said = [output.stdout, output.stderr].concat();\n\
             if !said.is_empty() { panic!(\"{}\", String::from_utf8_lossy(&said)); }\nOk(())",
        ))]
    };
}

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        name: "attributes_mode_and_times_of_the_working_folder",
        class: "next-case",
        changes: found_and_left!(
            r#"my $value = "\0" x 16;
            print "an attribute " if call(191, 8, ".", "user.mark", $value, 16) > 0;
            my ($mode, $mtime) = (stat ".")[2, 9];
            printf "mode %o ", $mode & 07777 if ($mode & 07777) != 0700;
            print "a time " if $mtime < 1_000_000_000;
            print "a file " if glob "*";
            call(188, 5, ".", "user.mark", "here", 4, 0);
            open(my $file, ">", "left"); chmod 01777, "."; utime 1, 1, ".";"#
        ),
        ..BANK
    },
    Entry {
        name: "priority_of_the_sandbox_s_own_process",
        class: "next-case",
        changes: found_and_left!(
            r#"my $now = getpriority(0, 1);
            print "priority $now " if $now != @NICE@ || getpriority(0, 0) != @NICE@;
            eval { setpriority(0, 1, 15) }; eval { setpriority(1, 0, 15) }; eval { setpriority(2, 0, 15) };
            call(251, 30, 1, 1, 3 << 13); call(142, 118, 1, pack("l", 0));"#
        ),
        ..BANK
    },
    Entry {
        name: "connections_that_linger",
        class: "next-case",
        changes: found_and_left!(
            r#"use Socket;
            socket(my $server, AF_INET, SOCK_STREAM, 0);
            my $place = sockaddr_in(4712, INADDR_LOOPBACK);
            bind($server, $place) or print "the port: $! ";
            listen($server, 5);
            socket(my $client, AF_INET, SOCK_STREAM, 0);
            connect($client, $place); accept(my $accepted, $server);
            # Who closes first keeps the port for a minute.
            close $accepted; sysread($client, my $end, 1); close $client; close $server;"#
        ),
        ..BANK
    },
    Entry {
        name: "numbers_of_processes",
        class: "next-case",
        changes: &[Attack(
            r#"static ONCE: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);
            if ONCE.swap(true, std::sync::atomic::Ordering::SeqCst) { return Ok(()); }
            if std::process::id() != 2 { panic!("process {}", std::process::id()); }
            for _ in 0..5 { std::process::Command::new("true").status()?; }
            Ok(())"#,
        )],
        ..BANK
    },
];
