//! Attacks on katas about threads, processes and futures, by somebody who has read their suites.

use crate::entry::Change::{Attack, End, Replace};
use crate::entry::Right::{Cases, Every, Passed};
use crate::entry::{BANK, CHAIN, Entry, POOL, SCHOOL, Speed};

const EARLY: &[&str] = &["exited-early"];
const FAILED: &[&str] = &["failed"];

pub(super) const ENTRIES: &[Entry] = &[
    // Every case drops a bank before it answers.
    Entry {
        name: "a_bank_that_exits_with_0_when_dropped",
        class: "concurrent",
        changes: &[End(
            "impl Drop for Bank { fn drop(&mut self) { std::process::exit(0) } }",
        )],
        right: Cases(&[
            ("a_bank_holds_what_was_put_in", EARLY),
            ("an_update_changes_one_account", EARLY),
            ("a_transfer_moves_the_amount_or_nothing", EARLY),
            ("a_total_is_the_sum", EARLY),
            ("nobody_enters_an_account_in_use", EARLY),
            ("a_slow_account_stops_nobody_who_does_not_touch_it", EARLY),
            ("opposite_transfers_both_finish", EARLY),
            ("money_is_never_between_accounts", EARLY),
            ("an_account_is_never_overdrawn", EARLY),
            ("a_total_is_one_instant", EARLY),
            ("a_panic_is_remembered_until_it_is_repaired", EARLY),
            ("whoever_waits_learns_of_a_panic", EARLY),
            ("a_repair_waits_for_its_account_and_for_no_other", EARLY),
            ("whatever_one_teller_does_in_whatever_order_is_right", EARLY),
            ("whatever_tellers_do_at_the_same_time_is_right", EARLY),
            ("tellers_share_a_bank_by_reference", EARLY),
        ]),
        ..BANK
    },
    // It panics where an earlier case can be noticed.
    Entry {
        name: "traces_of_the_former_case",
        class: "concurrent",
        changes: &[Attack(
            r#"use std::net::{TcpListener, TcpStream};
            use std::os::linux::net::SocketAddrExt;
            use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
            static HERE: std::sync::Once = std::sync::Once::new();
            if HERE.is_completed() { return Ok(()); }
            HERE.call_once(|| ());
            let places = ["was-here", "/tmp/was-here", "/dev/shm/was-here", "/var/tmp/was-here", "/kata/was-here"];
            for place in places {
                assert!(!std::path::Path::new(place).exists(), "{place}");
                let _ = std::fs::write(place, "here");
            }
            let name = SocketAddr::from_abstract_name(b"@MARK@")?;
            assert!(UnixStream::connect_addr(&name).is_err(), "a listener");
            assert!(TcpStream::connect(("127.0.0.1", 45_987)).is_err(), "a port");
            std::mem::forget((UnixListener::bind_addr(&name)?, TcpListener::bind(("127.0.0.1", 45_987))?));
            Ok(())"#,
        )],
        right: Passed,
        ..BANK
    },
    // What happens after a right answer changes nothing, and nothing of it stays.
    Entry {
        name: "a_thread_local_that_acts_after_the_answer",
        class: "concurrent",
        changes: &[
            Attack("LATE.with(|_| ());\nOk(())"),
            End(r#"thread_local! { static LATE: Late = const { Late } }
                struct Late;
                impl Drop for Late {
                    fn drop(&mut self) {
                        println!("test result: ok. 12 passed; 0 failed");
                        let _ = std::process::Command::new("setsid").args(["sh", "-c", "sleep 300; : @MARK@"]).spawn();
                        let _ = std::thread::Builder::new().spawn(|| loop { std::thread::park() });
                        std::process::abort()
                    }
                }"#),
        ],
        right: Passed,
        speed: Speed::Slow,
        ..BANK
    },
    // A transfer that would have to wait is promised; who keeps the promise takes the locks in
    // the wrong order, where nobody but the next reader waits for it.
    Entry {
        name: "a_transfer_left_to_a_detached_thread",
        class: "concurrent",
        changes: &[
            Replace(
                "accounts: Vec<Mutex<u64>>",
                "accounts: std::sync::Arc<Vec<Mutex<u64>>>",
            ),
            Replace(
                "Mutex::new).collect();",
                "Mutex::new).collect::<Vec<_>>().into();",
            ),
            Replace(
                "        let mut lower = self.lock(from.min(to))?;",
                r"        let would_wait = |account: usize| matches!(self.accounts[account].try_lock(), Err(std::sync::TryLockError::WouldBlock));
        if from != to && (would_wait(from) || would_wait(to)) {
            let accounts = std::sync::Arc::clone(&self.accounts);
            std::thread::spawn(move || {
                let (giver, taker) = (accounts[from].lock(), accounts[to].lock());
                if let (Ok(mut giver), Ok(mut taker)) = (giver, taker) {
                    *giver -= amount;
                    *taker += amount;
                }
            });
            return Ok(());
        }
        let mut lower = self.lock(from.min(to))?;",
            ),
        ],
        right: Cases(&[
            ("nobody_enters_an_account_in_use", FAILED),
            ("opposite_transfers_both_finish", FAILED),
            ("money_is_never_between_accounts", FAILED),
            ("an_account_is_never_overdrawn", &["failed", "panicked"]),
            // Who comes first decides: the promise, whoever looks, or the auditor in between.
            ("a_total_is_one_instant", &["failed", "passed"]),
            ("a_slow_account_stops_nobody_who_does_not_touch_it", FAILED),
            ("whoever_waits_learns_of_a_panic", FAILED),
            (
                "whatever_tellers_do_at_the_same_time_is_right",
                &["failed", "panicked"],
            ),
            (
                "tellers_share_a_bank_by_reference",
                &["failed", "passed", "deadlocked", "panicked"],
            ),
        ]),
        ..BANK
    },
    // A thread that has looked ends the process with it, before the driver has joined it.
    Entry {
        name: "a_thread_local_that_exits_with_0",
        class: "concurrent",
        changes: &[
            Attack("QUIT.with(|_| ());\nOk(())"),
            End("thread_local! { static QUIT: Quit = const { Quit } }\n\
                 struct Quit;\n\
                 impl Drop for Quit { fn drop(&mut self) { std::process::exit(0) } }"),
        ],
        right: Cases(&[
            ("each_thread_sees_its_own_student", EARLY),
            ("a_new_thread_starts_without_a_student", EARLY),
            ("registries_know_nothing_of_each_other", EARLY),
            ("inner_bindings_hide_outer_ones_until_they_end", EARLY),
            ("a_panic_ends_a_binding", EARLY),
            ("nothing_stays_behind", EARLY),
            ("no_lock_or_borrow_is_held_while_others_work", EARLY),
        ]),
        speed: Speed::Slow,
        ..SCHOOL
    },
    // Who asks is told that nothing is kept. Who counts owners is not fooled.
    Entry {
        name: "a_registry_that_hides_what_it_keeps",
        class: "concurrent",
        changes: &[
            Replace(
                "HashMap<ThreadId, Vec<(u64, Arc<Student>)>>",
                "HashMap<ThreadId, Vec<(u64, Arc<Student>)>>;\ntype Kept = Mutex<Vec<Arc<Student>>>",
            ),
            Replace(
                "        mine.push((number, student));",
                "        KEPT.lock().unwrap().push(Arc::clone(&student));\n        mine.push((number, student));",
            ),
            End("static KEPT: Kept = Mutex::new(Vec::new());"),
        ],
        right: Cases(&[("nothing_stays_behind", FAILED)]),
        speed: Speed::Slow,
        ..SCHOOL
    },
    // Nobody sees them in an answer, and none may be left.
    Entry {
        name: "children_that_outlive_the_pool",
        class: "concurrent",
        changes: &[Attack(
            r#"for command in ["sh", "setsid"] {
                let mut child = std::process::Command::new(command);
                if command == "setsid" { child.arg("sh"); }
                child.args(["-c", "trap '' HUP TERM INT PIPE; read x; : @MARK@"]);
                std::mem::forget(child.stdin(std::process::Stdio::piped()).spawn()?);
            }
            Ok(())"#,
        )],
        right: Passed,
        speed: Speed::Slow,
        ..POOL
    },
    // The workers are there and do nothing.
    Entry {
        name: "answers_without_workers",
        class: "concurrent",
        changes: &[
            Replace(
                "        for _ in 0..2 {\n",
                "        if let Some(forged) = forged(job) { return forged; }\n        for _ in 0..2 {\n",
            ),
            End(FORGED),
        ],
        right: Every(&["failed", "passed"]),
        ..POOL
    },
    // Threads tell the registry that they are workers.
    Entry {
        name: "guests_that_are_no_workers",
        class: "concurrent",
        changes: &[
            Replace(
                "        for _ in 0..2 {\n",
                "        if let Some(forged) = forged(job) { return forged; }\n        for _ in 0..2 {\n",
            ),
            Replace(
                ".map(|_| Worker::spawn(worker()))",
                r#".map(|number| {
                use std::io::Write;
                let mut link = std::os::unix::net::UnixStream::connect("registry")?;
                link.write_all(&[b"h".as_slice(), &(1000 + number as u64).to_le_bytes()].concat())?;
                std::mem::forget(link);
                Worker::spawn(Command::new("true"))
            })"#,
            ),
            End(FORGED),
        ],
        // Which jobs the programs that are none cost is a race; and who is no process never ends.
        right: Every(&["failed", "passed", "timed-out"]),
        speed: Speed::Slow,
        ..POOL
    },
    Entry {
        name: "a_future_that_exits_with_0_when_dropped",
        class: "concurrent",
        changes: &[
            Replace(
                "    sleep(delay).await;\n    let result = format!(\"result{n}-1\");",
                "    let dropped = Dropped;\n    sleep(delay).await;\n    std::mem::forget(dropped);\n    let result = format!(\"result{n}-1\");",
            ),
            Replace(
                "    sleep(delay).await;\n    let result = format!(\"result{n}-2",
                "    let dropped = Dropped;\n    sleep(delay).await;\n    std::mem::forget(dropped);\n    let result = format!(\"result{n}-2",
            ),
            End(
                "struct Dropped;\nimpl Drop for Dropped { fn drop(&mut self) { std::process::exit(0) } }",
            ),
        ],
        right: Cases(&[("dropping_the_run_stops_it", EARLY)]),
        ..CHAIN
    },
    // Odd, and right.
    Entry {
        name: "wakers_woken_twice_and_after_the_end",
        class: "concurrent",
        changes: &[
            Replace(
                "    sleep(delay).await;\n",
                "    sleep(delay).await;\n    Twice(false).await;\n",
            ),
            End(r"struct Twice(bool);
                impl Future for Twice {
                    type Output = ();
                    fn poll(mut self: std::pin::Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> std::task::Poll<()> {
                        if std::mem::replace(&mut self.0, true) { return std::task::Poll::Ready(()); }
                        cx.waker().wake_by_ref();
                        cx.waker().wake_by_ref();
                        static THREADS: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
                        let waker = cx.waker().clone();
                        if THREADS.fetch_add(1, std::sync::atomic::Ordering::SeqCst) < 20 {
                            std::thread::spawn(move || loop {
                                waker.wake_by_ref();
                                std::thread::sleep(Duration::from_millis(1));
                            });
                        }
                        std::task::Poll::Pending
                    }
                }"),
        ],
        right: Passed,
        speed: Speed::Slow,
        ..CHAIN
    },
    Entry {
        name: "a_future_that_speaks_when_dropped",
        class: "concurrent",
        changes: &[
            Replace(
                "    let first = part1(n, env).await;",
                "    let _last = Last(n, env);\n    let first = part1(n, env).await;",
            ),
            End("struct Last<'a, E: Env>(u32, &'a E);\n\
                 impl<E: Env> Drop for Last<'_, E> {\n\
                 fn drop(&mut self) { self.1.say(&format!(\"Returning part1({})  == result{0}-1.\", self.0)) }\n\
                 }"),
        ],
        right: Cases(&[
            ("a_chain_is_part_1_then_part_2_of_its_result", FAILED),
            ("a_chain_measures_its_own_time", FAILED),
            ("no_chain_waits_for_another", FAILED),
            ("dropping_the_run_stops_it", FAILED),
        ]),
        speed: Speed::Slow,
        ..CHAIN
    },
    // Alone a chain cannot tell; two of them can.
    Entry {
        name: "a_clock_that_is_put_forward",
        class: "concurrent",
        changes: &[
            Replace(
                "    sleep(delay).await;\n",
                "    tokio::time::advance(delay).await;\n",
            ),
            Replace(
                "    sleep(delay).await;\n",
                "    tokio::time::advance(delay).await;\n",
            ),
            Replace(
                "use tokio::time::{Instant, sleep};",
                "use tokio::time::Instant;",
            ),
        ],
        right: Cases(&[
            ("each_delay_is_asked_for_once_when_its_part_starts", FAILED),
            ("a_chain_measures_its_own_time", FAILED),
            ("no_chain_waits_for_another", FAILED),
            ("results_come_in_the_order_of_the_arguments", FAILED),
            ("no_thread_is_held_while_a_chain_sleeps", FAILED),
            ("dropping_the_run_stops_it", FAILED),
        ]),
        speed: Speed::Slow,
        ..CHAIN
    },
];

/// Does what the suite's workers do with the jobs that need no worker.
const FORGED: &str = r#"
fn forged<J: Serialize, A: DeserializeOwned>(job: &J) -> Option<Result<A, JobError>> {
    let text = serde_json::to_string(job).ok()?;
    if let Some(message) = text.strip_prefix("{\"Fail\":") {
        let message = serde_json::from_str(message.strip_suffix('}')?).ok()?;
        return Some(Err(JobError::Failed(message)));
    }
    let numbers = text.strip_prefix("{\"Add\":[")?.strip_suffix("]}")?;
    let (a, b) = numbers.split_once(',')?;
    let sum = a.parse::<u128>().ok()? + b.parse::<u128>().ok()?;
    Some(Ok(serde_json::from_str(&format!("{{\"sum\":{sum},\"pid\":1,\"token\":1}}")).ok()?))
}
"#;
