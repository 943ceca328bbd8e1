//! Processes and networks: what is started, signalled, reached, and left behind.

use crate::entry::Change::Attack;
use crate::entry::Right::{Cases, Kata, Passed};
use crate::entry::{BYTES, Entry, FILES, Speed};

/// Runs a shell script and goes on, right or wrong.
macro_rules! script {
    ($script:literal, $then:literal) => {
        &[Attack(concat!(
            "let _ = std::process::Command::new(\"sh\").args([\"-c\", r##\"",
            $script,
            "\"##]).status()?;\n",
            $then
        ))]
    };
}

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        name: "daemon_that_holds_the_pipes",
        class: "process",
        like: &["83_daemon_holds_pipe"],
        changes: script!(
            "setsid sh -c '(sleep 300; : @MARK@) &'",
            "Err(std::io::Error::other(\"wrong\"))"
        ),
        right: Cases(&[(BYTES, &["failed"])]),
        within: 10,
        ..FILES
    },
    Entry {
        name: "daemon_that_ignores_signals",
        class: "process",
        changes: script!(
            "setsid sh -c 'trap \"\" HUP TERM INT QUIT PIPE; (while :; do sleep 1; : @MARK@; done) &' </dev/null >/dev/null 2>&1",
            "Ok(())"
        ),
        right: Passed,
        within: 10,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "daemons_that_start_one_another",
        class: "process",
        changes: script!(
            "f() { (sleep 0.01; f @MARK@) & }; for i in 1 2 3 4 5; do f; done",
            "Ok(())"
        ),
        right: Passed,
        within: 20,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "parent_killed",
        class: "process",
        like: &["86_kill_parent"],
        changes: &[Attack(
            r#"let parent = std::os::unix::process::parent_id();
            let _ = std::process::Command::new("sh").arg("-c").arg(format!("kill -9 {parent}; kill -STOP {parent}; kill -9 1 0")).status()?;
            Ok(())"#,
        )],
        right: Cases(&[(BYTES, &["crashed"])]),
        ..FILES
    },
    Entry {
        name: "init_signalled",
        class: "process",
        changes: script!(
            "for s in HUP INT QUIT TERM USR1 USR2 PIPE ALRM STOP TSTP CONT KILL SEGV 34; do kill -$s 1; done 2>/dev/null",
            "Ok(())"
        ),
        right: Passed,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "everybody_killed",
        class: "process",
        like: &["87_kill_minus_one"],
        changes: script!("kill -9 -1", "Err(std::io::Error::other(\"wrong\"))"),
        right: Cases(&[(BYTES, &["crashed"])]),
        ..FILES
    },
    Entry {
        name: "every_number_killed",
        class: "process",
        changes: &[Attack(
            r#"let me = std::process::id();
            let script = format!("for i in $(seq 1 4000); do [ $i != $$ ] && [ $i != {me} ] && kill -9 $i 2>/dev/null; done; exit 0");
            let _ = std::process::Command::new("sh").args(["-c", &script]).status()?;
            Ok(())"#,
        )],
        right: Passed,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "parent_traced",
        class: "process",
        like: &["88_ptrace_parent"],
        changes: &[Attack(
            "unsafe extern \"C\" { fn ptrace(r: i64, p: i32, a: usize, d: usize) -> i64; }\n\
             panic!(\"{}\", unsafe { ptrace(16, 1, 0, 0) })",
        )],
        right: Kata(&["rejected", "does-not-compile"]),
        ..FILES
    },
    Entry {
        name: "native_code_dropped_and_run",
        class: "process",
        like: &["b8_drop_file_and_exec_native"],
        changes: &[Attack(
            r#"use std::os::unix::fs::PermissionsExt;
            std::fs::copy("/bin/true", "payload")?;
            std::fs::set_permissions("payload", std::fs::Permissions::from_mode(0o755))?;
            if std::process::Command::new("./payload").status().is_ok() { panic!("it ran"); }
            let loader = std::fs::read_dir("/lib64")?.flatten().map(|entry| entry.path()).find(|path| path.to_string_lossy().contains("ld-linux"));
            if let Some(loader) = loader {
                let output = std::process::Command::new(loader).arg("./payload").output()?;
                if output.status.success() { panic!("the loader ran it"); }
            }
            std::fs::remove_file("payload")?;
            Ok(())"#,
        )],
        right: Passed,
        ..FILES
    },
    Entry {
        name: "limits_of_others_changed",
        class: "process",
        changes: script!(
            "prlimit --pid 1 --nofile=1 --nproc=1 --cpu=1; prlimit --pid $PPID --nofile=1000; taskset -p 1 1; renice -n 19 -p 1; ionice -c 3 -p 1; chrt -f -p 1 1",
            "Ok(())"
        ),
        right: Passed,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "limits_of_its_own_raised",
        class: "process",
        changes: &[Attack(
            r#"let script = "ulimit -n 4096 2>/dev/null; ulimit -u 4096 2>/dev/null; ulimit -f unlimited 2>/dev/null; ulimit -t unlimited 2>/dev/null; echo $(ulimit -n) $(ulimit -t)";
            let output = std::process::Command::new("bash").args(["-c", script]).output()?;
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            let numbers: Vec<u64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
            if numbers.len() == 2 && numbers[0] <= 64 && numbers[1] <= 6 { Ok(()) } else { panic!("{text}") }"#,
        )],
        right: Passed,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "new_namespaces",
        class: "process",
        changes: &[Attack(
            r#"let mut got = Vec::new();
            for args in [&["--user"][..], &["--mount"], &["--net"], &["--pid", "--fork"], &["--user", "--map-root-user"]] {
                let status = std::process::Command::new("unshare").args(args).arg("true").stderr(std::process::Stdio::null()).status()?;
                if status.success() { got.push(args); }
            }
            for args in [&["mount", "-t", "tmpfs", "none", "/kata"][..], &["chroot", "/", "true"], &["nsenter", "-t", "1", "-m", "true"],
                &["su", "-c", "true"], &["sudo", "-n", "true"], &["setpriv", "--reuid", "0", "true"], &["hostname", "mine"]] {
                let status = std::process::Command::new(args[0]).args(&args[1..]).stdin(std::process::Stdio::null()).stderr(std::process::Stdio::null()).status();
                if status.is_ok_and(|status| status.success()) { got.push(args); }
            }
            if got.is_empty() { Ok(()) } else { panic!("{got:?}") }"#,
        )],
        right: Passed,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "shared_memory_that_outlives",
        class: "process",
        changes: script!(
            "ipcmk -M 1000000; ipcmk -Q; ipcmk -S 5; mkdir /dev/shm/@MARK@; mkdir /dev/mqueue/@MARK@",
            "Ok(())"
        ),
        right: Passed,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "who_am_i",
        class: "process",
        changes: &[Attack(
            r#"let output = std::process::Command::new("sh").args(["-c", "id -u; cat /proc/self/status /sys/fs/cgroup/cgroup.procs; ls /sys /proc"]).output()?;
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            if text.trim() == "1000" { Ok(()) } else { panic!("{text}") }"#,
        )],
        right: Passed,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "things_left_for_the_next_case",
        class: "process",
        changes: &[Attack(
            r#"let script = "mkdir shut && touch shut/in && mkdir shut/deeper && touch shut/deeper/x && chmod 000 shut/deeper shut; \
                mkfifo fifo; ln -s / everything; ln -s loop loop; \
                printf x > \"$(printf 'a\\nb\\033[2J')\"; touch -- -rf; mkdir 'with space'; chmod 000 with*";
            let _ = std::process::Command::new("sh").args(["-c", script]).status()?;
            let _ = std::os::unix::net::UnixListener::bind("socket")?;
            std::mem::forget(std::os::unix::net::UnixListener::bind("open-socket")?);
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(".", std::fs::Permissions::from_mode(0o000))?;
            Ok(())"#,
        )],
        // It cannot read its own file any more; later cases see nothing of this.
        right: Cases(&[(BYTES, &["failed"])]),
        ..FILES
    },
    Entry {
        name: "folders_too_deep_for_a_path",
        class: "process",
        changes: &[Attack(
            r#"use std::os::unix::fs::PermissionsExt;
            let here = std::env::current_dir()?;
            for _ in 0..3000 {
                std::fs::create_dir("d")?;
                std::env::set_current_dir("d")?;
            }
            std::fs::write("bottom", "")?;
            std::fs::set_permissions("../d", std::fs::Permissions::from_mode(0))?;
            std::env::set_current_dir(here)"#,
        )],
        right: Passed,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "fifteen_thousand_files_left",
        class: "process",
        changes: &[Attack(
            r#"for n in 0..15_000 { std::fs::File::create(format!("left{n}"))?; }
            Ok(())"#,
        )],
        right: Passed,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "working_folder_moved_and_removed",
        class: "process",
        changes: &[Attack(
            r#"let _ = std::fs::rename("/kata/work", "/kata/gone");
            let _ = std::fs::remove_dir_all("/kata/work");
            let _ = std::fs::remove_dir("/kata/work");
            std::env::set_current_dir("/")?;
            Err(std::io::Error::other("wrong"))"#,
        )],
        right: Cases(&[(BYTES, &["failed", "panicked"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "connection_outside",
        class: "network",
        like: &["90_connect_out"],
        changes: &[Attack(
            r#"use std::net::{TcpStream, UdpSocket, ToSocketAddrs};
            use std::time::Duration;
            let mut got = Vec::new();
            for place in ["127.0.0.1:@PORT@", "[::1]:@PORT@", "0.0.0.0:@PORT@", "1.1.1.1:53", "169.254.169.254:80", "[2606:4700::1111]:53", "172.17.0.1:@PORT@"] {
                let place: std::net::SocketAddr = place.parse().unwrap();
                if TcpStream::connect_timeout(&place, Duration::from_millis(200)).is_ok() { got.push(place.to_string()); }
                let socket = UdpSocket::bind(if place.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" });
                if let (Ok(socket), false) = (socket, place.ip().is_loopback() || place.ip().is_unspecified()) {
                    if socket.send_to(b"x", place).is_ok() { got.push(format!("udp {place}")); }
                }
            }
            if ("localhost.example.com", 80).to_socket_addrs().is_ok() { got.push("dns".to_owned()); }
            if got.is_empty() { Ok(()) } else { panic!("{got:?}") }"#,
        )],
        right: Passed,
        ..FILES
    },
    Entry {
        name: "daemon_that_listens",
        class: "network",
        like: &["92_bind_port_daemon"],
        changes: &[Attack(
            r#"let listener = std::net::TcpListener::bind("0.0.0.0:8099")?;
            let fd: std::os::fd::OwnedFd = listener.into();
            std::process::Command::new("setsid").args(["sh", "-c", "sleep 300; : @MARK@"]).stdin(fd).spawn()?;
            Ok(())"#,
        )],
        right: Passed,
        within: 10,
        ..FILES
    },
    Entry {
        name: "the_port_of_an_earlier_case",
        class: "network",
        changes: &[
            crate::entry::Change::Replace(
                "    fs::write(path, text)\n",
                "    let bound = std::net::TcpListener::bind(\"127.0.0.1:4711\");\n    \
                 std::mem::forget(bound?);\n    let _ = std::process::Command::new(\"setsid\").args([\"sleep\", \"300\"]).spawn();\n    fs::write(path, text)\n",
            ),
            crate::entry::Change::Replace(
                "pub fn write_text(path: impl AsRef<Path>, text: &str) -> io::Result<()> {\n",
                "pub fn write_text(path: impl AsRef<Path>, text: &str) -> io::Result<()> {\n    \
                 static ONCE: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);\n    \
                 if ONCE.swap(true, std::sync::atomic::Ordering::SeqCst) { return fs::write(path, text); }\n",
            ),
        ],
        right: Passed,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "raw_sockets",
        class: "network",
        changes: &[Attack(
            r#"let mut got = Vec::new();
            for args in [&["ip", "link", "add", "dummy0", "type", "dummy"][..], &["ip", "addr", "add", "10.0.0.1/8", "dev", "lo"], &["ping", "-c", "1", "-W", "1", "1.1.1.1"]] {
                let status = std::process::Command::new(args[0]).args(&args[1..]).stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).status();
                if status.is_ok_and(|status| status.success()) { got.push(args); }
            }
            if got.is_empty() { Ok(()) } else { panic!("{got:?}") }"#,
        )],
        right: Passed,
        speed: Speed::Slow,
        ..FILES
    },
];
