use suite::suite;

suite!(
    shared = {
        /// Two numbers to be added.
        pub type Sum = (u128, u128);
        /// Adds, or fails with a text.
        pub type Task = Result<Sum, String>;
        /// How a job has ended.
        pub type Outcome = Result<u128, String>;
        /// What callbacks have heard, by the number of the job.
        pub type Heard = Vec<(u64, Outcome)>;

        suite::wire! {
            /// What `map` did while its jobs waited at the gate.
            #[derive(Debug, Clone, PartialEq, Eq)]
            pub struct Met {
                /// Threads that never came to rest, when they should all have slept.
                pub restless: Option<String>,
                /// The jobs at the gate, looked at before each time that one was let through.
                pub at_the_gate: Vec<Vec<u64>>,
                /// The answers; `None` if the call never came back.
                pub answers: Option<Vec<Outcome>>,
            }
        }

        suite::wire! {
            /// How a pool ended.
            #[derive(Debug, Clone, PartialEq, Eq)]
            pub struct Ended {
                /// Came back while something that it must wait for was held.
                pub too_early: bool,
                /// Came back when nothing was held any more.
                pub came_back: bool,
                /// Workers that were alive then.
                pub alive: u64,
                /// What the callbacks heard.
                pub heard: Heard,
            }
        }
    },
    acting = {
        use process_pool::worker::serve;
        use process_pool::{JobError, Pending, Pool};
        use serde::{Deserialize, Serialize};
        use std::collections::BTreeSet;
        use std::hash::{BuildHasher, RandomState};
        use std::io::{self, Read, Write};
        use std::num::NonZeroUsize;
        use std::os::unix::net::{UnixListener, UnixStream};
        use std::process::Command;
        use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
        use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError, Weak, mpsc};
        use std::thread::JoinHandle;
        use std::time::Duration;
        use suite::Log;

        #[derive(Serialize, Deserialize)]
        enum Job {
            Add(u128, u128),
            Fail(String),
            /// Waits at the gate, under its number, before it adds.
            Meet(u64, u128, u128),
            Abort,
            Unwind,
        }

        #[derive(Serialize, Deserialize)]
        struct Answer {
            sum: u128,
            pid: u32,
            /// What the registry gave this worker.
            token: u64,
        }

        /// What a worker tells the registry: one of these and a number.
        const HELLO: u8 = b'h';
        const AT_THE_GATE: u8 = b'g';
        const LEAVING: u8 = b'l';
        /// What the registry tells a worker.
        const GO: u8 = b'g';
        const DIE: u8 = b'd';

        fn tell(mut link: &UnixStream, word: u8, number: u64) -> io::Result<()> {
            let number = number.to_le_bytes();
            link.write_all(&[&[word], number.as_slice()].concat())
        }

        fn hear(mut link: &UnixStream) -> io::Result<(u8, u64)> {
            let mut word = [0; 9];
            link.read_exact(&mut word)?;
            let [word, number @ ..] = word;
            Ok((word, u64::from_le_bytes(number)))
        }

        fn add(a: u128, b: u128) -> Result<Answer, String> {
            Ok(Answer {
                sum: a + b,
                pid: std::process::id(),
                token: TOKEN.get().copied().unwrap_or_default(),
            })
        }

        /// In a worker: what the registry gave it.
        static TOKEN: OnceLock<u64> = OnceLock::new();
        /// In the driver: what the registry gave to all workers. Nobody else can give an answer.
        static TOKENS: Mutex<BTreeSet<u64>> = Mutex::new(BTreeSet::new());

        fn fresh_token() -> u64 {
            let token = RandomState::new().hash_one("token");
            lock(&TOKENS).insert(token);
            token
        }

        /// The worker program. Its link to the registry lives exactly as long as it does.
        fn worker() {
            let Ok(link) = UnixStream::connect("registry") else {
                return;
            };
            let _ = tell(&link, HELLO, u64::from(std::process::id()));
            let mut token = [0; 8];
            if (&link).read_exact(&mut token).is_err() {
                return;
            }
            let _ = TOKEN.set(u64::from_le_bytes(token));
            let (go, gate) = mpsc::channel();
            let orders = link.try_clone().unwrap();
            suite::spawn("orders", move || {
                let mut order = [0];
                while (&orders).read_exact(&mut order).is_ok() {
                    match order[0] {
                        DIE => std::process::abort(),
                        _ => drop(go.send(())),
                    }
                }
            });
            let _ = serve(|job| match job {
                Job::Add(a, b) => add(a, b),
                Job::Fail(message) => Err(message),
                Job::Meet(number, a, b) => {
                    let _ = tell(&link, AT_THE_GATE, number);
                    let _ = gate.recv();
                    add(a, b)
                }
                Job::Abort => std::process::abort(),
                Job::Unwind => suite::unwind(),
            });
            // Its stdin has ended, but it takes its time.
            if tell(&link, LEAVING, 0).is_ok() {
                let _ = gate.recv();
            }
        }

        fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
            mutex.lock().unwrap_or_else(PoisonError::into_inner)
        }

        struct WorkerLink {
            link: UnixStream,
            waits: Option<u64>,
            leaving: bool,
            alive: bool,
        }

        impl WorkerLink {
            fn order(&self, order: u8) {
                let _ = (&self.link).write_all(&[order]);
            }
        }

        #[derive(Default)]
        struct WorkerLinks {
            list: Vec<WorkerLink>,
            /// Workers whose stdin has ended may not leave before they are told to.
            held: bool,
            closed: bool,
        }

        /// Where every worker reports: who is alive, and who waits.
        struct WorkerRegistry {
            links: Arc<Mutex<WorkerLinks>>,
            porter: Option<JoinHandle<()>>,
        }

        impl WorkerRegistry {
            fn open(log: &Log) -> Self {
                let listener = UnixListener::bind("registry").unwrap();
                let links = Arc::new(Mutex::new(WorkerLinks::default()));
                let (list, log) = (Arc::clone(&links), log.clone());
                let porter = suite::spawn("registry", move || {
                    while let Ok((link, _)) = listener.accept() {
                        if lock(&list).closed {
                            return;
                        }
                        // A worker that was killed before it could say so never came.
                        let token = fresh_token().to_le_bytes();
                        if hear(&link).is_ok() && (&link).write_all(&token).is_ok() {
                            welcome(link, &list, &log);
                        }
                    }
                });
                let porter = Some(porter);
                Self { links, porter }
            }

            /// How many workers there have been.
            fn came(&self) -> u64 {
                lock(&self.links).list.len() as u64
            }

            /// How many workers there are, once nothing moves.
            fn alive(&self) -> u64 {
                suite::settle();
                let links = lock(&self.links);
                links.list.iter().filter(|link| link.alive).count() as u64
            }

            /// The numbers of the jobs at the gate.
            fn waiting(&self) -> Vec<u64> {
                let links = lock(&self.links);
                let mut waiting: Vec<u64> = links.list.iter().filter_map(|g| g.waits).collect();
                waiting.sort_unstable();
                waiting
            }

            /// Lets a job at the gate through.
            fn let_through(&self, number: u64) {
                let mut links = lock(&self.links);
                let mut list = links.list.iter_mut();
                if let Some(link) = list.find(|link| link.waits == Some(number)) {
                    link.waits = None;
                    link.order(GO);
                }
            }

            /// Ends all workers from outside, and waits for their ends. The limit of the case bounds that.
            fn kill_all(&self) {
                let links = lock(&self.links);
                links.list.iter().for_each(|link| link.order(DIE));
                drop(links);
                // A process that is about to end is asleep now and then.
                while lock(&self.links).list.iter().any(|link| link.alive) {
                    std::thread::yield_now();
                }
                suite::settle();
            }

            /// From now on no worker leaves before it is told to.
            fn hold(&self) {
                lock(&self.links).held = true;
            }

            /// Tells all workers that they may leave.
            fn let_leave(&self) {
                let mut links = lock(&self.links);
                links.held = false;
                let leaving = links.list.iter().filter(|link| link.leaving);
                leaving.for_each(|link| link.order(GO));
            }
        }

        impl Drop for WorkerRegistry {
            fn drop(&mut self) {
                lock(&self.links).closed = true;
                drop(UnixStream::connect("registry"));
                if let Some(porter) = self.porter.take() {
                    let _ = porter.join();
                }
            }
        }

        /// Takes a worker in, and notes what it says until its link ends.
        fn welcome(link: UnixStream, links: &Arc<Mutex<WorkerLinks>>, log: &Log) {
            let mut list = lock(links);
            let place = list.list.len();
            list.list.push(WorkerLink {
                link: link.try_clone().unwrap(),
                waits: None,
                leaving: false,
                alive: true,
            });
            drop(list);
            let (links, log) = (Arc::clone(links), log.clone());
            let noting = suite::spawn(&format!("worker {}", place + 1), move || {
                log.event("started", 0);
                while let Ok((word, number)) = hear(&link) {
                    let mut links = lock(&links);
                    if word == AT_THE_GATE {
                        log.event("waits in job", number);
                        links.list[place].waits = Some(number);
                    } else if links.held {
                        links.list[place].leaving = true;
                    } else {
                        links.list[place].order(GO);
                    }
                }
                log.event("ended", 0);
                let link = &mut lock(&links).list[place];
                link.waits = None;
                link.alive = false;
            });
            drop(noting);
        }

        fn pool(workers: usize) -> Pool<Job, Answer> {
            let workers = NonZeroUsize::new(workers).unwrap();
            Pool::with_workers(workers, || suite::role("worker")).unwrap()
        }

        fn word(error: JobError) -> String {
            match error {
                JobError::Failed(message) => format!("Failed({message})"),
                JobError::WorkerDied => "WorkerDied".to_owned(),
                JobError::Terminated => "Terminated".to_owned(),
                _ => "another variant".to_owned(),
            }
        }

        fn plain(outcome: Result<Answer, JobError>) -> Outcome {
            let answer = outcome.map_err(word)?;
            if lock(&TOKENS).contains(&answer.token) {
                Ok(answer.sum)
            } else {
                Err("an answer that no worker has given".to_owned())
            }
        }

        fn all_plain(outcomes: Vec<Result<Answer, JobError>>) -> Vec<Outcome> {
            outcomes.into_iter().map(plain).collect()
        }

        fn job(sum: Task) -> Job {
            sum.map_or_else(Job::Fail, |(a, b)| Job::Add(a, b))
        }

        fn meet(number: usize, sum: Sum) -> Job {
            Job::Meet(number as u64, sum.0, sum.1)
        }

        /// Whether a call has come back, or will when nothing holds it.
        fn is_back<T>(call: &JoinHandle<T>) -> bool {
            for _ in 0..2 {
                if call.is_finished() || suite::settle().is_still() {
                    break;
                }
            }
            call.is_finished()
        }

        /// Waits until nothing moves, also where many processes take their time to start or to end.
        fn rest() {
            for _ in 0..5 {
                if suite::settle().is_still() {
                    break;
                }
            }
        }

        /// What a call gave; `None` if everything sleeps and it has not come back.
        fn result<T>(call: JoinHandle<T>) -> Option<T> {
            is_back(&call).then(|| call.join().ok()).flatten()
        }

        /// Ends a pool. The pool may be wrong, so that nobody waits here for ever.
        fn end<T: Send + 'static>(pool: T) {
            result(suite::spawn("drop", move || drop(pool)));
        }

        /// Lets one job after another through the gate.
        fn pass_the_gate(
            registry: &WorkerRegistry,
            picks: &[u64],
        ) -> (Option<String>, Vec<Vec<u64>>) {
            let mut seen = Vec::new();
            for pick in picks {
                if let suite::Settled::Restless(threads) = suite::settle() {
                    return (Some(threads), seen);
                }
                let waiting = registry.waiting();
                seen.push(waiting.clone());
                if let Some(place) = pick.checked_rem(waiting.len() as u64) {
                    registry.let_through(waiting[place as usize]);
                }
            }
            (None, seen)
        }

        fn map_at_the_gate(workers: usize, sums: Vec<Sum>, picks: &[u64], log: &Log) -> Met {
            let registry = WorkerRegistry::open(log);
            let pool = Arc::new(pool(workers));
            let jobs = sums.into_iter().enumerate();
            let jobs: Vec<Job> = jobs.map(|(number, sum)| meet(number, sum)).collect();
            let handle = Arc::clone(&pool);
            let map = suite::spawn("map", move || all_plain(handle.map(jobs)));
            let (restless, at_the_gate) = pass_the_gate(&registry, picks);
            let answers = match restless {
                None => result(map),
                Some(_) => None,
            };
            // Otherwise the call still has the pool in use.
            if answers.is_some() {
                end(pool);
            }
            Met {
                restless,
                at_the_gate,
                answers,
            }
        }

        /// What callbacks have heard.
        #[derive(Clone, Default)]
        struct CallbackLog {
            heard: Arc<Mutex<Heard>>,
            /// The job whose callback is held, and whether it still is.
            held: Arc<(Mutex<Option<u64>>, Condvar)>,
        }

        impl CallbackLog {
            fn holding(number: u64) -> Self {
                let callbacks = Self::default();
                *lock(&callbacks.held.0) = Some(number);
                callbacks
            }

            /// The callback of a job.
            fn listen(
                &self,
                number: u64,
                log: &Log,
            ) -> impl FnOnce(Result<Answer, JobError>) + Send + 'static {
                let (callbacks, log) = (self.clone(), log.clone());
                move |outcome| {
                    log.event("heard of job", number);
                    lock(&callbacks.heard).push((number, plain(outcome)));
                    let (held, changed) = &*callbacks.held;
                    let held = changed.wait_while(lock(held), |held| *held == Some(number));
                    drop(held);
                }
            }

            fn let_go(&self) {
                *lock(&self.held.0) = None;
                self.held.1.notify_all();
            }

            /// In the order of the jobs.
            fn heard(&self) -> Heard {
                let mut heard = lock(&self.heard).clone();
                heard.sort();
                heard
            }
        }

        fn missing() -> Command {
            Command::new("./no-such-program")
        }
    },
    deciding = {
        use suite::{Check, Rng, check, equal};

        fn sum(rng: &mut Rng) -> Sum {
            let mut number = || u128::from(rng.range(1..=9_999_999));
            (number(), number())
        }

        /// A sum beyond what a `u64` or an `f64` can hold.
        fn large_sum(rng: &mut Rng) -> Sum {
            let mut number = || u128::from(rng.range(..)) << 62 | u128::from(rng.range(..));
            (number(), number())
        }

        fn sums(rng: &mut Rng, count: usize) -> Vec<Sum> {
            rng.list(count..=count, sum)
        }

        fn total((a, b): &Sum) -> Outcome {
            Ok(a + b)
        }

        fn totals(sums: &[Sum]) -> Vec<Outcome> {
            sums.iter().map(total).collect()
        }

        /// Sums and failures.
        fn mixed(rng: &mut Rng, count: usize) -> Vec<Task> {
            let mut jobs: Vec<_> = sums(rng, count).into_iter().map(Ok).collect();
            jobs.extend(rng.list(2..=3, |rng| Err(rng.text(1..=12))));
            rng.shuffled(jobs)
        }

        fn outcome(job: &Task) -> Outcome {
            let failed = |message: &String| format!("Failed({message})");
            job.as_ref().map_err(failed).and_then(total)
        }

        fn numbered(outcomes: Vec<Outcome>) -> Heard {
            (0..).zip(outcomes).collect()
        }

        fn all_terminated(count: usize) -> Heard {
            numbered(vec![Err("Terminated".to_owned()); count])
        }

        /// Workers, jobs that meet at the gate, and who is let through.
        fn meeting(rng: &mut Rng) -> (usize, Vec<Sum>, Vec<u64>) {
            let workers = rng.count(2..=4);
            let jobs = workers + rng.count(2..=4);
            let mut picks = rng.list(jobs..=jobs, |rng| rng.range(0..=99));
            // Not the first job first: whoever answers in order of arrival must be seen.
            let last = workers as u64 - 1;
            picks[0] = workers as u64 * picks[0] + rng.range(1..=last);
            (workers, sums(rng, jobs), picks)
        }

        /// Who is at the gate before each time that one is let through.
        fn gate(workers: usize, jobs: usize, picks: &[u64]) -> Vec<Vec<u64>> {
            let mut coming = 0..jobs as u64;
            let mut waiting: Vec<u64> = coming.by_ref().take(workers).collect();
            let mut seen = Vec::new();
            for pick in picks {
                seen.push(waiting.clone());
                if let Some(place) = pick.checked_rem(waiting.len() as u64) {
                    waiting.remove(place as usize);
                }
                waiting.extend(coming.next());
            }
            seen
        }

        fn rests(restless: &Option<String>) -> Check {
            let awake = restless.clone().unwrap_or_default();
            check(restless.is_none(), "every thread that waits sleeps", awake).note(
                "a thread that looks again and again costs a processor; a `Condvar` or a channel \
                 wakes it when there is something to do",
            )
        }

        fn ended(got: &Ended, what: &str, held: &str) -> Check {
            let early = format!("waits while {held}");
            check(!got.too_early, early, "came back too early")
                .named(what)
                .and_then(|| {
                    let never = "everything sleeps, and it does not";
                    check(got.came_back, "comes back", never).named(what)
                })
                .and_then(|| equal(&got.alive, &0).named("workers left behind"))
        }
    },
    roles = [worker],
    map_answers_in_the_order_of_the_jobs = case(
        "`map` answers every job, in the order of the jobs; a number comes back exactly.",
        points = 1,
        input = |rng| -> (usize, Vec<Task>) {
            // More than any window that somebody might set.
            let count = rng.count(70..=80);
            let mut jobs = mixed(rng, count);
            jobs.push(Ok(large_sum(rng)));
            jobs.push(Ok((1 << 80, 1 << 80)));
            (rng.count(1..=4), rng.shuffled(jobs))
        },
        drive = |(workers, jobs), log| -> (u64, Vec<Outcome>, u64) {
            let _registry = WorkerRegistry::open(log);
            let pool = pool(workers);
            let size = pool.workers().get() as u64;
            let none = pool.map([]).len() as u64;
            let answers = pool.map(jobs.into_iter().map(job));
            end(pool);
            (size, all_plain(answers), none)
        },
        judge = |(workers, jobs), (size, answers, none), _events| {
            let expected: Vec<Outcome> = jobs.iter().map(outcome).collect();
            equal(size, &(*workers as u64))
                .named("`workers()`")
                .and(equal(answers, &expected).named("the answers"))
                .and(equal(none, &0).named("answers to no jobs"))
        },
    ),
    all_workers_start_at_once_and_stay = case(
        "All workers start with the pool, and the same ones take all jobs.",
        points = 1,
        input = |rng| -> (usize, Vec<Sum>) {
            let workers = *rng.pick(&[2, 5, 7]);
            let jobs = workers * rng.count(3..=6);
            (workers, sums(rng, jobs))
        },
        drive = |(workers, jobs), log| -> (u64, u64, u64, Vec<Outcome>) {
            let registry = WorkerRegistry::open(log);
            let pool = pool(workers);
            suite::settle();
            let before = registry.came();
            let answers = pool.map(jobs.into_iter().map(|(a, b)| Job::Add(a, b)));
            suite::settle();
            let after = registry.came();
            end(pool);
            let pids = answers.iter().flatten().map(|answer| answer.pid);
            let pids: BTreeSet<u32> = pids.collect();
            (before, after, pids.len() as u64, all_plain(answers))
        },
        judge = |(workers, jobs), (before, after, pids, answers), _events| {
            let workers = *workers as u64;
            equal(before, &workers)
                .named("processes before the first job")
                .note("the pool exists so that no job has to wait for a process to start")
                .and(
                    equal(after, &workers)
                        .named("processes after the last job")
                        .note("a worker takes one job after another"),
                )
                .and(
                    check(
                        (1..=workers).contains(pids),
                        format!("at least 1, at most {workers}"),
                        pids.to_string(),
                    )
                    .named("processes that have answered"),
                )
                .and(equal(answers, &totals(jobs)).named("the answers"))
        },
    ),
    as_many_jobs_run_as_there_are_workers = case(
        "As many jobs run at the same time as there are workers, never more, first come, \
         first served.",
        points = 1,
        input = |rng| -> (usize, Vec<Sum>, Vec<u64>) { meeting(rng) },
        drive =
            |(workers, sums, picks), log| -> Met { map_at_the_gate(workers, sums, &picks, log) },
        judge = |(workers, sums, picks), met, _events| {
            rests(&met.restless).and_then(|| {
                equal(&met.at_the_gate, &gate(*workers, sums.len(), picks))
                    .named("the running jobs, each time that all threads were asleep")
                    .note(
                        "all jobs are queued before the first answer is waited for, and no lock \
                         is held during `call`: a guard in the head of a `while let` lives as \
                         long as its body",
                    )
                    .and(
                        check(met.answers.is_some(), "`map` comes back", "it never does")
                            .note("every job was let through, so every answer is there to be had"),
                    )
            })
        },
    ),
    answers_find_their_jobs = case(
        "Every job gets its own answer, whichever job ends first.",
        points = 1,
        input = |rng| -> (usize, Vec<Sum>, Vec<u64>) { meeting(rng) },
        drive =
            |(workers, sums, picks), log| -> Met { map_at_the_gate(workers, sums, &picks, log) },
        judge = |(_, sums, _), met, _events| {
            rests(&met.restless).and_then(|| {
                equal(&met.answers, &Some(totals(sums)))
                    .note("the first answer to arrive need not be that of the first job")
            })
        },
    ),
    submit_comes_back_at_once_and_run_waits = case(
        "`submit` comes back while all workers are busy; `run` comes back with the answer.",
        points = 1,
        input = |rng| -> (usize, Vec<Sum>, Sum) {
            let workers = rng.count(1..=2);
            (workers, sums(rng, workers * 2 + 3), sum(rng))
        },
        drive = |(workers, sums, last), log| -> (bool, bool, Vec<Outcome>, Option<Outcome>,) {
            let registry = WorkerRegistry::open(log);
            let pool = Arc::new(pool(workers));
            let count = sums.len() as u64;
            let handle = Arc::clone(&pool);
            let submit = suite::spawn("submit", move || -> Vec<Pending<Answer>> {
                let jobs = sums.into_iter().enumerate();
                jobs.map(|(number, sum)| handle.submit(meet(number, sum)))
                    .collect()
            });
            let Some(pending) = result(submit) else {
                return (false, false, Vec::new(), None);
            };
            let handle = Arc::clone(&pool);
            let run = suite::spawn("run", move || plain(handle.run(Job::Add(last.0, last.1))));
            let early = is_back(&run);
            pass_the_gate(&registry, &vec![0; count as usize]);
            let run = result(run);
            let wait = suite::spawn("wait", || pending.into_iter().map(Pending::wait).collect());
            let answers = result(wait).map(all_plain).unwrap_or_default();
            end(pool);
            (true, early, answers, run)
        },
        judge = |(_, sums, last), (submitted, early, answers, run), _events| {
            check(
                *submitted,
                "`submit` comes back",
                "everything sleeps, and it does not",
            )
            .note("`submit` only puts the job into a queue; somebody else hands it out")
            .and_then(|| {
                check(!early, "`run` waits for its turn", "came back too early")
                    .and(equal(answers, &totals(sums)).named("the answers waited for"))
                    .and(equal(run, &Some(total(last))).named("what `run` gave"))
            })
        },
    ),
    a_wait_can_be_given_up_and_taken_up_again = case(
        "A wait that is over gives the answer to come back, and nothing is lost.",
        points = 1,
        input = |rng| -> (Sum, String, u64) { (sum(rng), rng.text(1..=12), rng.range(1..=20)) },
        drive = |(sum, message, millis), log| -> (bool, Option<Outcome>, Option<Outcome>) {
            let registry = WorkerRegistry::open(log);
            let pool = pool(1);
            let first = pool.submit(meet(0, sum));
            let second = pool.submit(Job::Fail(message));
            let short = suite::spawn("wait_timeout", move || {
                first.wait_timeout(Duration::from_millis(millis))
            });
            // Not by `result`: a thread that sleeps for a time is not at rest.
            let Ok(Err(first)) = short.join() else {
                return (false, None, None);
            };
            suite::settle();
            registry.let_through(0);
            suite::settle();
            // The answer is there, so no time is needed.
            let first = first.wait_timeout(Duration::ZERO).ok().map(plain);
            let second = second.wait_timeout(Duration::MAX).ok().map(plain);
            end(pool);
            (true, first, second)
        },
        judge = |(sum, message, _), (given_back, first, second), _events| {
            let failed = Err(format!("Failed({message})"));
            check(
                *given_back,
                "the wait for a job that runs is given up",
                "it gave something else",
            )
            .and_then(|| {
                equal(first, &Some(total(sum)))
                    .named("what the second wait for the same job gave, with no time at all")
                    .and(
                        equal(second, &Some(failed))
                            .named("what the wait for the next job gave, with plenty of time"),
                    )
            })
            .note("the channel, or whatever brings the answer, must survive a wait that is over")
        },
    ),
    a_callback_hears_once_how_its_job_ended = case(
        "Each callback is called once, however its job ends, and `join` waits for the last.",
        points = 1,
        input = |rng| -> (usize, Vec<Option<Task>>, u64) {
            let mut jobs: Vec<_> = mixed(rng, 4).into_iter().map(Some).collect();
            jobs.push(None);
            let jobs = rng.shuffled(jobs);
            let held = rng.range(0..jobs.len() as u64);
            (rng.count(3..=4), jobs, held)
        },
        drive = |(workers, jobs, held), log| -> Ended {
            let registry = WorkerRegistry::open(log);
            let pool = pool(workers);
            let callbacks = CallbackLog::holding(held);
            for (number, sum) in (0..).zip(jobs) {
                let job = sum.map_or(Job::Abort, job);
                pool.submit_then(job, callbacks.listen(number, log));
            }
            suite::settle();
            let join = suite::spawn("join", move || pool.close().join());
            let too_early = is_back(&join);
            callbacks.let_go();
            let came_back = result(join).is_some_and(|joined| joined.is_ok());
            let alive = registry.alive();
            let heard = callbacks.heard();
            Ended {
                too_early,
                came_back,
                alive,
                heard,
            }
        },
        judge = |(_, jobs, _), got, _events| {
            let died = || Err("WorkerDied".to_owned());
            let expected = jobs
                .iter()
                .map(|job| job.as_ref().map_or_else(died, outcome));
            equal(&got.heard, &numbered(expected.collect()))
                .named("what the callbacks heard")
                .note("Python has `callback` and `error_callback`; here one hears of both")
                .and_then(|| {
                    ended(got, "`close` and `join`", "a callback is not yet done").note(
                        "`join` waits for every thread, and every idle thread must be woken to \
                         close its worker's stdin",
                    )
                })
        },
    ),
    a_callback_may_use_the_pool_and_may_panic = case(
        "A callback may queue another job, and one that panics harms no other job.",
        points = 1,
        input = |rng| -> Vec<Sum> { sums(rng, 4) },
        drive = |sums, log| -> (Heard, Option<Outcome>) {
            let _registry = WorkerRegistry::open(log);
            let pool = Arc::new(pool(1));
            let callbacks = CallbackLog::default();
            let add = |number: usize| Job::Add(sums[number].0, sums[number].1);
            let weak: Weak<Pool<Job, Answer>> = Arc::downgrade(&pool);
            let first = callbacks.listen(0, log);
            let (second, second_job) = (callbacks.listen(1, log), add(1));
            pool.submit_then(add(0), move |outcome| {
                first(outcome);
                if let Some(pool) = weak.upgrade() {
                    pool.submit_then(second_job, second);
                }
            });
            suite::settle();
            let (third, third_job) = (callbacks.listen(2, log), add(2));
            let handle = Arc::clone(&pool);
            let submit = suite::spawn("submit", move || {
                handle.submit_then(third_job, move |outcome| {
                    third(outcome);
                    suite::unwind()
                });
            });
            if result(submit).is_none() {
                return (callbacks.heard(), None);
            }
            suite::settle();
            let (handle, last) = (Arc::clone(&pool), add(3));
            let run = result(suite::spawn("run", move || plain(handle.run(last))));
            end(pool);
            (callbacks.heard(), run)
        },
        judge = |sums, (heard, run), _events| {
            let expected = numbered(totals(sums.get(..3).unwrap_or_default()));
            equal(heard, &expected)
                .named("what the callbacks heard")
                .note("a callback must not be called while a lock of the pool is held")
                .and_then(|| {
                    equal(run, &sums.get(3).map(total))
                        .named("the job after the panic")
                        .note(
                            "a panic that unwinds through a thread of the pool ends it: \
                             `std::panic::catch_unwind`",
                        )
                })
        },
    ),
    a_worker_that_dies_costs_one_job = case(
        "A worker that dies costs the job that it had in hand, and another takes its place.",
        points = 1,
        input = |rng| -> (usize, Vec<Sum>, usize, bool) {
            let workers = rng.count(2..=3);
            let jobs = rng.count(4..=8);
            (workers, sums(rng, jobs), rng.count(0..jobs), rng.flip())
        },
        drive = |(workers, sums, dying, abort), log| -> (Option<Vec<Outcome>>, u64, u64) {
            let registry = WorkerRegistry::open(log);
            let pool = Arc::new(pool(workers));
            let jobs = sums
                .iter()
                .enumerate()
                .map(|(number, sum)| match number == dying {
                    true if abort => Job::Abort,
                    true => Job::Unwind,
                    false => Job::Add(sum.0, sum.1),
                });
            let jobs: Vec<Job> = jobs.collect();
            let handle = Arc::clone(&pool);
            let map = suite::spawn("map", move || all_plain(handle.map(jobs)));
            let Some(answers) = result(map) else {
                return (None, 0, 0);
            };
            let waiting = sums.into_iter().take(workers + 1).enumerate();
            for (number, sum) in waiting {
                drop(pool.submit(meet(number, sum)));
            }
            suite::settle();
            let at_once = registry.waiting().len() as u64;
            let came = registry.came();
            end(pool);
            (Some(answers), at_once, came)
        },
        judge = |(workers, sums, dying, _), (answers, at_once, came), _events| {
            let mut expected = totals(sums);
            if let Some(lost) = expected.get_mut(*dying) {
                *lost = Err("WorkerDied".to_owned());
            }
            let workers = *workers as u64;
            equal(answers, &Some(expected))
                .named("the answers")
                .note("only the job that was in hand is lost; every other one is answered")
                .and_then(|| {
                    equal(at_once, &workers)
                        .named("jobs that run at the same time afterwards")
                        .note("a dead worker must be replaced before the next job needs it")
                })
                .and_then(|| {
                    equal(came, &(workers + 1))
                        .named("workers started in all, one for the dead one")
                        .note(
                            "a job that has killed one worker would kill the next: it is not tried \
                             again",
                        )
                })
        },
    ),
    a_worker_that_died_idle_costs_no_job = case(
        "A worker that died while it had nothing to do costs no job.",
        points = 1,
        input = |rng| -> (usize, Vec<Sum>) {
            let workers = rng.count(1..=3);
            let jobs = workers + rng.count(1..=5);
            (workers, sums(rng, jobs))
        },
        drive = |(workers, sums), log| -> Option<Vec<Outcome>> {
            let registry = WorkerRegistry::open(log);
            let pool = Arc::new(pool(workers));
            suite::settle();
            registry.kill_all();
            suite::settle();
            let handle = Arc::clone(&pool);
            let map = suite::spawn("map", move || {
                all_plain(handle.map(sums.into_iter().map(|(a, b)| Job::Add(a, b))))
            });
            let answers = result(map);
            end(pool);
            answers
        },
        judge = |(_, sums), answers, _events| {
            equal(answers, &Some(totals(sums))).note(
                "`CallError::Gone` says that the job has not begun: start another worker for it",
            )
        },
    ),
    jobs_end_when_no_worker_can_start = case(
        "While no worker can be started, jobs end as `WorkerDied`; later ones are answered again.",
        points = 1,
        input = |rng| -> (Vec<Sum>, Sum) {
            let count = rng.count(1..=4);
            (sums(rng, count), sum(rng))
        },
        drive = |(sums, last), log| -> (Option<Vec<Outcome>>, Option<Outcome>) {
            let _registry = WorkerRegistry::open(log);
            let broken = Arc::new(AtomicBool::new(false));
            let is_broken = Arc::clone(&broken);
            let pool = Pool::with_workers(NonZeroUsize::MIN, move || {
                match is_broken.load(Ordering::SeqCst) {
                    true => missing(),
                    false => suite::role("worker"),
                }
            });
            let pool: Arc<Pool<Job, Answer>> = Arc::new(pool.unwrap());
            broken.store(true, Ordering::SeqCst);
            let handle = Arc::clone(&pool);
            let map = suite::spawn("map", move || {
                let sums = sums.into_iter().map(|(a, b)| Job::Add(a, b));
                all_plain(handle.map([Job::Abort].into_iter().chain(sums)))
            });
            let answers = result(map);
            broken.store(false, Ordering::SeqCst);
            let handle = Arc::clone(&pool);
            let run = suite::spawn("run", move || plain(handle.run(Job::Add(last.0, last.1))));
            let run = result(run);
            end(pool);
            (answers, run)
        },
        judge = |(sums, last), (answers, run), _events| {
            let lost = vec![Err("WorkerDied".to_owned()); sums.len() + 1];
            equal(answers, &Some(lost))
                .named("the answers while no worker can be started")
                .note("where no worker can be started each job ends, and the next one tries again")
                .and(equal(run, &Some(total(last))).named("a job when one can be started again"))
        },
    ),
    close_lets_every_job_run = case(
        "A closed pool runs what is queued, and `join` waits until every worker has ended.",
        points = 1,
        input = |rng| -> (usize, Vec<Sum>) {
            let workers = rng.count(2..=3);
            let jobs = workers + rng.count(1..=3);
            (workers, sums(rng, jobs))
        },
        drive = |(workers, sums), log| -> (bool, Ended) {
            let registry = WorkerRegistry::open(log);
            let pool = pool(workers);
            let callbacks = CallbackLog::default();
            let count = sums.len();
            for (number, sum) in sums.into_iter().enumerate() {
                pool.submit_then(meet(number, sum), callbacks.listen(number as u64, log));
            }
            suite::settle();
            registry.hold();
            let join = suite::spawn("join", move || pool.close().join());
            let with_jobs = is_back(&join);
            pass_the_gate(&registry, &vec![0; count]);
            let too_early = is_back(&join);
            registry.let_leave();
            let came_back = result(join).is_some_and(|joined| joined.is_ok());
            let alive = registry.alive();
            let heard = callbacks.heard();
            let ended = Ended {
                too_early,
                came_back,
                alive,
                heard,
            };
            (with_jobs, ended)
        },
        judge = |(_, sums), (with_jobs, got), _events| {
            equal(&got.heard, &numbered(totals(sums)))
                .named("what the callbacks heard")
                .note(
                    "the pool itself is dropped at the end of `close(self)`, and `drop` ends \
                     everything unless `close` has taken it away",
                )
                .and_then(|| {
                    check(!with_jobs, "waits for the jobs", "came back too early")
                        .named("`join`")
                        .and(ended(got, "`join`", "a worker has not yet ended"))
                        .note(
                            "a worker ends when its stdin is closed: `Worker::finish`, which also \
                             waits for it",
                        )
                })
        },
    ),
    terminate_ends_every_job_and_every_worker =
        case(
            "`terminate` ends running and queued jobs as `Terminated`; no worker escapes it, not \
         even one that is just being started.",
            points = 1,
            input = |rng| -> (usize, usize, Vec<Sum>) {
                let (workers, queued) = (rng.count(2..=3), rng.count(1..=4));
                (workers, queued, sums(rng, 2))
            },
            drive = |(workers, queued, sums), log| -> (Vec<Outcome>, Ended, Ended) {
                let registry = WorkerRegistry::open(log);
                let pool = pool(workers);
                let callbacks = CallbackLog::default();
                let before = plain(pool.run(Job::Add(sums[0].0, sums[0].1)));
                let jobs = workers + queued;
                for number in 0..jobs {
                    pool.submit_then(meet(number, sums[1]), callbacks.listen(number as u64, log));
                }
                suite::settle();
                let join = suite::spawn("join", move || pool.terminate().join());
                let first = Ended {
                    too_early: false,
                    came_back: result(join).is_some_and(|joined| joined.is_ok()),
                    alive: registry.alive(),
                    heard: callbacks.heard(),
                };

                // The second start of a worker is held.
                let (starts, hold) = (AtomicUsize::new(0), CallbackLog::holding(1));
                let held = Arc::clone(&hold.held);
                let command = move || {
                    if starts.fetch_add(1, Ordering::SeqCst) == 1 {
                        let (held, changed) = &*held;
                        drop(changed.wait_while(lock(held), |held| held.is_some()));
                    }
                    suite::role("worker")
                };
                let pool = Pool::with_workers(NonZeroUsize::MIN, command).unwrap();
                let callbacks = CallbackLog::default();
                pool.submit_then(Job::Abort, callbacks.listen(0, log));
                pool.submit_then(meet(1, sums[1]), callbacks.listen(1, log));
                suite::settle();
                let join = suite::spawn("join", move || pool.terminate().join());
                let too_early = is_back(&join);
                hold.let_go();
                let second = Ended {
                    too_early,
                    came_back: result(join).is_some_and(|joined| joined.is_ok()),
                    alive: registry.alive(),
                    heard: callbacks.heard(),
                };
                (vec![before], first, second)
            },
            judge =
                |(workers, queued, sums), (before, first, second), _events| {
                    let (died, ended_all) = (Err("WorkerDied".to_owned()), all_terminated(2));
                    // Whoever replaces a worker before the callback is called may say either.
                    let mut heard = second.heard.clone();
                    if let Some(first) = heard.first_mut().filter(|first| **first == (0, died)) {
                        first.1 = Err("Terminated".to_owned());
                    }
                    equal(before, &totals(sums.get(..1).unwrap_or_default()))
                .named("a job before")
                .and(
                    equal(&first.heard, &all_terminated(workers + queued))
                        .named("what the callbacks heard")
                        .note("each queued job has a callback that waits to be called, once"),
                )
                .and_then(|| ended(first, "`terminate` and `join`", "nothing"))
                .and_then(|| {
                    let starting = "while a worker was just being started";
                    ended(second, &format!("`terminate` and `join` {starting}"), "it starts")
                        .and_then(|| {
                            equal(&heard, &ended_all)
                                .named(format!("what the callbacks heard {starting}"))
                        })
                        .note(
                            "between starting a worker and writing down how to kill it, the pool \
                             may be terminated: look under the same lock",
                        )
                })
                },
        ),
    dropping_a_pool_ends_everything_and_waits = case(
        "A pool that is dropped ends like one that is terminated and joined.",
        points = 1,
        input = |rng| -> (usize, usize, u64, Sum) {
            let workers = rng.count(1..=3);
            let held = rng.range(0..workers as u64);
            (workers, rng.count(1..=4), held, sum(rng))
        },
        drive = |(workers, queued, held, sum), log| -> (Outcome, Ended) {
            let registry = WorkerRegistry::open(log);
            let pool = pool(workers);
            let callbacks = CallbackLog::holding(held);
            let before = plain(pool.run(Job::Add(sum.0, sum.1)));
            for number in 0..workers + queued {
                pool.submit_then(meet(number, sum), callbacks.listen(number as u64, log));
            }
            suite::settle();
            let dropping = suite::spawn("drop", move || drop(pool));
            let too_early = is_back(&dropping);
            callbacks.let_go();
            let came_back = result(dropping).is_some();
            let alive = registry.alive();
            let heard = callbacks.heard();
            let ended = Ended {
                too_early,
                came_back,
                alive,
                heard,
            };
            (before, ended)
        },
        judge = |(workers, queued, _, sum), (before, got), _events| {
            equal(before, &total(sum))
                .named("a job before")
                .and(
                    equal(&got.heard, &all_terminated(workers + queued))
                        .named("what the callbacks heard"),
                )
                .and_then(|| ended(got, "`drop`", "a callback is not yet done"))
                .note("in `drop`, terminate and then join the threads")
        },
    ),
    a_pool_that_cannot_start_leaves_nothing = case(
        "If one worker cannot start, the pool is an error, and none of the others is left.",
        points = 1,
        input = |rng| -> (usize, usize, Sum) {
            let workers = rng.count(2..=4);
            (workers, rng.count(1..workers), sum(rng))
        },
        drive = |(workers, good, sum), log| -> (String, u64, Outcome) {
            let registry = WorkerRegistry::open(log);
            let size = NonZeroUsize::new(workers).unwrap();
            let starts = AtomicUsize::new(0);
            let broken: io::Result<Pool<Job, Answer>> = Pool::with_workers(size, move || {
                match starts.fetch_add(1, Ordering::SeqCst) < good {
                    true => suite::role("worker"),
                    false => missing(),
                }
            });
            let kind = match broken {
                Ok(pool) => {
                    end(pool);
                    "Ok".to_owned()
                }
                Err(error) => format!("{:?}", error.kind()),
            };
            let alive = registry.alive();
            let pool = pool(workers);
            let answer = plain(pool.run(Job::Add(sum.0, sum.1)));
            end(pool);
            (kind, alive, answer)
        },
        judge = |(_, _, sum), (kind, alive, answer), _events| {
            equal(kind.as_str(), "NotFound")
                .named("what the pool gave")
                .and(equal(alive, &0).named("workers left behind").note(
                    "a `Worker` ends when it is dropped; one that a waiting thread owns is \
                             not dropped",
                ))
                .and(equal(answer, &total(sum)).named("a job for the next pool"))
        },
    ),
    a_closed_pool_takes_no_jobs = compile_fail(
        "A closed pool takes no more jobs: the compiler sees to it.",
        points = 1,
        fails = {
            pub fn late(pool: process_pool::Pool<u8, u8>) -> process_pool::Pending<u8> {
                let stopping = pool.close();
                drop(stopping);
                pool.submit(1) //~ E0382
            }
        },
        compiles = {
            pub fn in_time(pool: process_pool::Pool<u8, u8>) -> process_pool::Pending<u8> {
                let pending = pool.submit(1);
                drop(pool.close());
                pending
            }
        },
    ),
    an_idle_pool_ends_as_well = case(
        "A pool that has nothing to do ends as well: closed, terminated or dropped.",
        points = 1,
        input = |rng| -> (usize, Sum) { (rng.count(2..=4), sum(rng)) },
        drive = |(workers, sum), log| -> Vec<Ended> {
            let ways: [fn(Pool<Job, Answer>) -> bool; 3] = [
                |pool| pool.close().join().is_ok(),
                |pool| pool.terminate().join().is_ok(),
                |pool| {
                    drop(pool);
                    true
                },
            ];
            let mut all = Vec::new();
            for way in ways {
                let registry = WorkerRegistry::open(log);
                let pool = pool(workers);
                let heard = vec![(0, plain(pool.run(Job::Add(sum.0, sum.1))))];
                suite::settle();
                let came_back = result(suite::spawn("end", move || way(pool))) == Some(true);
                all.push(Ended {
                    too_early: false,
                    came_back,
                    alive: registry.alive(),
                    heard,
                });
                if !came_back {
                    break;
                }
                drop(registry);
                let _ = std::fs::remove_file("registry");
            }
            all
        },
        judge = |(_, sum), all, _events| {
            let ways = [
                "`close` and `join`",
                "`terminate` and `join`",
                "dropping the pool",
            ];
            let each = ways.iter().zip(all).map(|(way, got)| {
                ended(got, way, "nothing")
                    .and(equal(&got.heard, &vec![(0, total(sum))]).named("the job before"))
            });
            each.collect::<Check>()
                .and_then(|| equal(&all.len(), &ways.len()).named("how many pools ended"))
                .note(
                    "a thread that waits for a job must be woken to learn that there will be none",
                )
        },
    ),
    after_close_a_dead_worker_still_costs_one_job_only = case(
        "A worker that dies after `close` costs its job; those behind it still run.",
        points = 1,
        input = |rng| -> Vec<Sum> { sums(rng, 2) },
        drive = |sums, log| -> (Heard, Ended) {
            let registry = WorkerRegistry::open(log);
            let pool = pool(1);
            let callbacks = CallbackLog::default();
            pool.submit_then(meet(0, sums[0]), callbacks.listen(0, log));
            pool.submit_then(Job::Abort, callbacks.listen(1, log));
            pool.submit_then(Job::Add(sums[1].0, sums[1].1), callbacks.listen(2, log));
            suite::settle();
            let join = suite::spawn("join", move || pool.close().join());
            let too_early = is_back(&join);
            registry.let_through(0);
            let came_back = result(join).is_some_and(|joined| joined.is_ok());
            let alive = registry.alive();
            let heard = callbacks.heard();
            let ended = Ended {
                too_early,
                came_back,
                alive,
                heard: Vec::new(),
            };
            (heard, ended)
        },
        judge = |sums, (heard, got), _events| {
            let [first, last] = sums.as_slice() else {
                return Check::pass();
            };
            let died = Err("WorkerDied".to_owned());
            let right = numbered(vec![total(first), died, total(last)]);
            equal(heard, &right)
                .named("what the callbacks heard")
                .and_then(|| ended(got, "`close` and `join`", "a job runs"))
        },
    ),
    workers_in_the_place_of_dead_ones_are_killed_too = case(
        "`terminate` kills the workers that took the place of dead ones, too.",
        points = 1,
        input = |rng| -> Vec<Sum> { sums(rng, 5) },
        drive = |sums, log| -> (Outcome, u64, Ended) {
            let registry = WorkerRegistry::open(log);
            let pool = pool(sums.len());
            let before = plain(pool.run(Job::Add(sums[0].0, sums[0].1)));
            rest();
            registry.kill_all();
            rest();
            let callbacks = CallbackLog::default();
            for (number, sum) in sums.into_iter().enumerate() {
                pool.submit_then(meet(number, sum), callbacks.listen(number as u64, log));
            }
            rest();
            let running = registry.waiting().len() as u64;
            let join = suite::spawn("join", move || pool.terminate().join());
            let came_back = result(join).is_some_and(|joined| joined.is_ok());
            let ended = Ended {
                too_early: false,
                came_back,
                alive: registry.alive(),
                heard: callbacks.heard(),
            };
            (before, running, ended)
        },
        judge = |sums, (before, running, got), _events| {
            let right = sums.first().map(total);
            equal(&Some(before.clone()), &right)
                .named("the job before")
                .and_then(|| {
                    equal(running, &(sums.len() as u64))
                        .named("jobs that run after all workers have died and were replaced")
                })
                .and_then(|| ended(got, "`terminate` and `join`", "nothing"))
                .and_then(|| {
                    equal(&got.heard, &all_terminated(sums.len())).named("what the callbacks heard")
                })
        },
    ),
);
