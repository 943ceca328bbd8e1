use suite::suite;

suite!(
    shared = {
        suite::wire! {
            #[derive(Debug, Clone, PartialEq)]
            pub struct Pupil {
                pub thread: Option<String>,
                pub in_registry: String,
                pub in_local: String,
            }
        }
        suite::wire! {
            #[derive(Debug, Clone, PartialEq)]
            pub struct Seen {
                pub registry: Option<String>,
                pub local: Option<String>,
                pub greeting: Option<String>,
                pub threads: usize,
            }
        }
        suite::wire! {
            #[derive(Debug, Clone, PartialEq)]
            pub struct Round {
                pub names: Vec<String>,
                pub dropped: Vec<usize>,
            }
        }
        suite::wire! {
            #[derive(Debug, Clone, PartialEq)]
            pub struct Panicked {
                pub payload: Option<u64>,
                pub left: Option<String>,
                pub threads: usize,
            }
        }
    },
    acting = {
        use std::collections::HashMap;
        use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
        use std::sync::{Arc, Barrier};
        use std::thread::{self, Builder, ScopedJoinHandle};
        use suite::spawn_scoped;
        use thread_local_school::{
            Binding, NoStudent, Registry, Student, current_student, greeting, set_student,
            take_student, with_student,
        };

        fn student(name: &str) -> Arc<Student> {
            let name = name.to_owned();
            Arc::new(Student { name })
        }

        fn name_of(student: Option<Arc<Student>>) -> Option<String> {
            student.map(|student| student.name.clone())
        }

        fn in_registry(registry: &Registry) -> Option<String> {
            name_of(registry.current())
        }

        fn in_local() -> Option<String> {
            name_of(current_student().ok())
        }

        fn seen(registry: &Registry) -> Seen {
            Seen {
                registry: in_registry(registry),
                local: in_local(),
                greeting: greeting().ok(),
                threads: registry.len(),
            }
        }

        fn builder(name: Option<&str>) -> Builder {
            name.into_iter()
                .fold(Builder::new(), |new, name| new.name(name.to_owned()))
        }

        /// Runs `body` on a new thread, to which nothing is bound, and waits for its end.
        fn on_a_thread<T: Send>(name: &str, body: impl FnOnce() -> T + Send) -> T {
            let mut value = None;
            wait_for_a_thread(name, Box::new(|| value = Some(body())));
            value.unwrap()
        }

        fn wait_for_a_thread(name: &str, body: Box<dyn FnOnce() + Send + '_>) {
            thread::scope(|scope| joined(spawn_scoped(scope, name, body)));
        }

        fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
            thread.join().unwrap_or_else(|panic| resume_unwind(panic))
        }

        /// The number that `body` panics with.
        fn panicked_with(body: impl FnOnce()) -> Option<u64> {
            let panic = catch_unwind(AssertUnwindSafe(body)).err()?;
            panic.downcast_ref().copied()
        }

        /// Binds name after name and looks around, on the way in and on the way out.
        fn inwards(registry: &Registry, names: &[(String, u64)], log: &mut Vec<(Seen, u64)>) {
            let Some(((name, number), inner)) = names.split_first() else {
                return;
            };
            let binding = registry.bind(student(name));
            let returned = with_student(student(name), || {
                log.push((seen(registry), 0));
                inwards(registry, inner, log);
                log.push((seen(registry), 0));
                *number
            });
            drop(binding);
            log.push((seen(registry), returned));
        }
    },
    deciding = {
        use suite::{Check, Rng, check, equal};

        fn some(text: &str) -> Option<String> {
            Some(text.to_owned())
        }

        fn greeted(student: &str, thread: Option<&str>) -> Option<String> {
            Some(format!("Hello, {student} (in {})", thread.unwrap_or("?")))
        }

        /// What a thread called "desk" sees with these bindings.
        fn at_desk(registry: Option<&String>, local: Option<&String>) -> Seen {
            Seen {
                registry: registry.cloned(),
                local: local.cloned(),
                greeting: local.and_then(|local| greeted(local, Some("desk"))),
                threads: usize::from(registry.is_some()),
            }
        }

        /// Names after which no two are equal.
        fn different(rng: &mut Rng, count: usize) -> Vec<String> {
            let tails = rng.words(count).into_iter();
            tails.map(|tail| rng.text(0..=4) + &tail).collect()
        }

        /// The names left, innermost last, after each of these was dropped.
        fn left(round: &Round) -> Vec<Option<String>> {
            let mut bound: Vec<(usize, &String)> = round.names.iter().enumerate().collect();
            let drops = round.dropped.iter().map(|dropped| {
                bound.retain(|(index, _)| index != dropped);
                bound.last().map(|(_, name)| (*name).clone())
            });
            drops.collect()
        }
    },
    each_thread_sees_its_own_student = case(
        "Each thread sees its own student, in the registry and in the thread-local.",
        points = 1,
        input = |rng| -> Vec<Pupil> {
            let count = rng.count(2..=8);
            let names = different(rng, count * 3);
            let mut pupils: Vec<Pupil> = names
                .chunks(3)
                .map(|names| Pupil {
                    thread: some(&names[0]),
                    in_registry: names[1].clone(),
                    in_local: names[2].clone(),
                })
                .collect();
            let nameless = rng.count(0..count);
            pupils[nameless].thread = None;
            pupils[0].in_local += &"x".repeat(66_000);
            pupils
        },
        drive = |pupils, _log| -> Vec<Seen> {
            let (registry, meeting) = (Registry::new(), Barrier::new(pupils.len()));
            let attend = |pupil: Pupil| {
                let binding = registry.bind(student(&pupil.in_registry));
                set_student(student(&pupil.in_local));
                meeting.wait();
                let seen = seen(&registry);
                meeting.wait();
                drop(binding);
                seen
            };
            thread::scope(|scope| {
                let start = |pupil: Pupil| {
                    let thread = builder(pupil.thread.as_deref());
                    thread.spawn_scoped(scope, move || attend(pupil)).unwrap()
                };
                let threads: Vec<_> = pupils.into_iter().map(start).collect();
                let ends = threads.into_iter().map(|thread| thread.join());
                ends.map(|end| end.unwrap_or_else(|panic| resume_unwind(panic)))
                    .collect()
            })
        },
        judge = |pupils, got, _events| {
            let expected = |pupil: &Pupil| Seen {
                registry: some(&pupil.in_registry),
                local: some(&pupil.in_local),
                greeting: greeted(&pupil.in_local, pupil.thread.as_deref()),
                threads: pupils.len(),
            };
            let each = pupils.iter().zip(got).map(|(pupil, seen)| {
                let thread = pupil.thread.as_deref().unwrap_or("without a name");
                equal(seen, &expected(pupil)).named(format!("thread {thread}"))
            });
            each.collect::<Check>()
                .note("a plain `static` is one value for all threads, and the last one wins")
                .and(equal(&got.len(), &pupils.len()).named("how many threads ended"))
        },
    ),
    a_new_thread_starts_without_a_student = case(
        "A new thread starts without a student, and changes nothing for its parent.",
        points = 1,
        input = |rng| -> (String, String) {
            let mut names = different(rng, 2).into_iter();
            (names.next().unwrap(), names.next().unwrap())
        },
        drive = |(parent, child), _log| -> (bool, Option<String>, Vec<Seen>) {
            let registry = Registry::new();
            on_a_thread("desk", || {
                let at_parent = registry.bind(student(&parent));
                set_student(student(&parent));
                let (nobody, former, mut all) = thread::scope(|scope| {
                    let first_day = || {
                        let before = seen(&registry);
                        let nobody = greeting() == Err(NoStudent);
                        let at_child = registry.bind(student(&child));
                        let former = name_of(set_student(student(&child)));
                        let after = seen(&registry);
                        drop(at_child);
                        (nobody, former, vec![before, after])
                    };
                    joined(spawn_scoped(scope, "child", first_day))
                });
                all.push(seen(&registry));
                drop(at_parent);
                all.push(seen(&registry));
                (nobody, former, all)
            })
        },
        judge = |(parent, child), (nobody, former, all), _events| {
            let before = Seen {
                threads: 1,
                ..at_desk(None, None)
            };
            let after = Seen {
                registry: some(child),
                local: some(child),
                greeting: greeted(child, Some("child")),
                threads: 2,
            };
            let parents = at_desk(Some(parent), Some(parent));
            let expected = vec![before, after, parents, at_desk(None, Some(parent))];
            equal(all, &expected)
                .named("child before and after it binds, parent afterwards and unbound")
                .and(equal(former, &None).named("what the child's `set_student` returned"))
                .and(equal(nobody, &true).named("the new thread's `greeting` is `NoStudent`"))
                .note("every thread has a copy of its own, which starts empty")
        },
    ),
    threads_are_told_apart_by_id = case(
        "Threads of the same name are different threads.",
        points = 1,
        input = |rng| -> (Option<String>, Vec<String>) {
            let thread = rng.flip().then(|| rng.word(3..=8));
            let count = rng.count(2..=5);
            (thread, different(rng, count))
        },
        drive = |(thread, names), _log| -> Vec<(Option<String>, usize)> {
            let (registry, meeting) = (Registry::new(), Barrier::new(names.len()));
            let attend = |name: &str| {
                let binding = registry.bind(student(name));
                meeting.wait();
                let seen = (in_registry(&registry), registry.len());
                meeting.wait();
                drop(binding);
                seen
            };
            thread::scope(|scope| {
                let start = |name| {
                    let thread = builder(thread.as_deref());
                    thread.spawn_scoped(scope, move || attend(name)).unwrap()
                };
                let threads: Vec<_> = names.iter().map(|name| start(name)).collect();
                let ends = threads.into_iter().map(|thread| thread.join());
                ends.map(|end| end.unwrap_or_else(|panic| resume_unwind(panic)))
                    .collect()
            })
        },
        judge = |(_, names), got, _events| {
            let expected = names.iter().map(|name| (some(name), names.len()));
            equal(got, &expected.collect::<Vec<_>>())
                .named("`current` and `len` of each thread")
                .note("a name may be there twice or not at all; `thread::current().id()` is one")
        },
    ),
    registries_know_nothing_of_each_other = case(
        "A binding counts in its own registry only.",
        points = 1,
        input = |rng| -> Vec<String> { different(rng, 3) },
        drive = |names, _log| -> Vec<Vec<Seen>> {
            let names = names.as_slice();
            on_a_thread("desk", move || {
                let registries = [Registry::new(), Registry::new(), Registry::new()];
                let look = || registries.iter().map(seen).collect();
                let mut bindings = Vec::new();
                let mut all = vec![look()];
                for (name, registry) in names.iter().zip(&registries).take(2) {
                    bindings.push(registry.bind(student(name)));
                    all.push(look());
                }
                if let Some(name) = names.last() {
                    set_student(student(name));
                    all.push(look());
                }
                for binding in bindings {
                    drop(binding);
                    all.push(look());
                }
                all
            })
        },
        judge = |names, got, _events| {
            let [first, second, local] = [0, 1, 2].map(|index| names.get(index));
            let looks = [
                ("at first", [None, None], None),
                ("the first bound", [first, None], None),
                ("the second bound", [first, second], None),
                ("the thread-local set", [first, second], local),
                ("the first dropped", [None, second], local),
                ("the second dropped", [None, None], local),
            ];
            let each = looks.iter().zip(got).map(|((when, bound, local), got)| {
                let [first, second] = bound.map(|name| at_desk(name, *local));
                let expected = vec![first, second, at_desk(None, *local)];
                equal(got, &expected).named(format!("three registries, {when}"))
            });
            each.collect::<Check>()
                .note("the map belongs to the registry: it is a field, not a `static`")
                .and(equal(&got.len(), &looks.len()).named("how often was looked"))
        },
    ),
    inner_bindings_hide_outer_ones_until_they_end = case(
        "An inner binding hides the outer one, which is back when the inner one ends.",
        points = 2,
        input = |rng| -> (Option<String>, Vec<(String, u64)>) {
            let count = rng.count(2..=4);
            let base = rng.flip().then(|| rng.text(1..=6));
            let names = different(rng, count).into_iter();
            (base, names.map(|name| (name, rng.range(1..))).collect())
        },
        drive = |(base, names), _log| -> Vec<(Seen, u64)> {
            on_a_thread("desk", || {
                if let Some(base) = &base {
                    set_student(student(base));
                }
                let mut log = Vec::new();
                inwards(&Registry::new(), &names, &mut log);
                log
            })
        },
        judge = |(base, names), got, _events| {
            let mut expected = Vec::new();
            for (name, _) in names {
                expected.push((at_desk(Some(name), Some(name)), 0));
            }
            for (level, (name, number)) in names.iter().enumerate().rev() {
                let outer = level.checked_sub(1).and_then(|level| names.get(level));
                let outer = outer.map(|(name, _)| name);
                expected.push((at_desk(Some(name), Some(name)), 0));
                expected.push((at_desk(outer, outer.or(base.as_ref())), *number));
            }
            let each = expected.iter().zip(got).enumerate();
            each.map(|(look, (expected, got))| {
                let way = if look < names.len() { "in" } else { "out" };
                equal(got, expected).named(format!(
                    "look {look}, on the way {way}, and what `with_student` returned"
                ))
            })
            .collect::<Check>()
            .note("put back what was bound before; `None` is that only for the outermost")
            .and(equal(&got.len(), &expected.len()).named("how often was looked"))
        },
    ),
    bindings_may_end_in_any_order = case(
        "Each binding ends only itself, in whatever order bindings are dropped.",
        points = 1,
        input = |rng| -> Vec<Round> {
            let names = different(rng, 5);
            // The same student outside and inside, and either of the two is dropped first.
            let twice = |dropped: Vec<usize>| Round {
                names: vec![names[0].clone(), names[1].clone(), names[0].clone()],
                dropped,
            };
            let any = rng.shuffled(0..names.len());
            vec![
                twice(vec![0, 2, 1]),
                twice(vec![2, 1, 0]),
                Round {
                    names: names.clone(),
                    dropped: any,
                },
            ]
        },
        drive = |rounds, _log| -> Vec<(Vec<Option<String>>, usize)> {
            let play = |round: Round| {
                let registry = Registry::new();
                let mut known: HashMap<&String, Arc<Student>> = HashMap::new();
                let mut bindings: Vec<Option<Binding<'_>>> = Vec::new();
                for name in &round.names {
                    let student = known.entry(name).or_insert_with(|| student(name));
                    bindings.push(Some(registry.bind(Arc::clone(student))));
                }
                let mut left = Vec::new();
                for dropped in round.dropped {
                    drop(bindings[dropped].take());
                    left.push(in_registry(&registry));
                }
                (left, registry.len())
            };
            on_a_thread("desk", || rounds.into_iter().map(play).collect())
        },
        judge = |rounds, got, _events| {
            let each = rounds.iter().zip(got).map(|(round, got)| {
                let named = format!(
                    "`current` after each drop and `len` at the end: bound {:?}, dropped {:?}",
                    round.names, round.dropped
                );
                equal(got, &(left(round), 0)).named(named)
            });
            each.collect::<Check>()
                .note("a binding must know which entry is its own: the last one may be another's")
                .and(equal(&got.len(), &rounds.len()).named("how many rounds were played"))
        },
    ),
    a_panic_ends_a_binding = case(
        "A panic ends a binding as a return does, and goes on.",
        points = 2,
        input = |rng| -> (Vec<String>, u64) { (different(rng, 3), rng.range(..)) },
        drive = |(names, number), _log| -> Vec<Panicked> {
            let names = names.as_slice();
            let bind = |name: &str| student(name);
            let local = |base: Option<&String>, name: &str, other: Option<&String>| {
                on_a_thread("desk", || {
                    if let Some(base) = base {
                        set_student(bind(base));
                    }
                    let payload = panicked_with(|| {
                        with_student(bind(name), || {
                            if let Some(other) = other {
                                set_student(bind(other));
                            }
                            resume_unwind(Box::new(number))
                        })
                    });
                    Panicked {
                        payload,
                        left: in_local(),
                        threads: 0,
                    }
                })
            };
            let registered = |base: Option<&String>, name: &str| {
                on_a_thread("desk", || {
                    let registry = Registry::new();
                    let outer = base.map(|base| registry.bind(bind(base)));
                    let payload = panicked_with(|| {
                        let _inner = registry.bind(bind(name));
                        resume_unwind(Box::new(number))
                    });
                    let (left, threads) = (in_registry(&registry), registry.len());
                    drop(outer);
                    Panicked {
                        payload,
                        left,
                        threads,
                    }
                })
            };
            let [Some(base), Some(name), other] = [0, 1, 2].map(|index| names.get(index)) else {
                return Vec::new();
            };
            vec![
                local(Some(base), name, None),
                local(Some(base), name, other),
                local(None, name, other),
                registered(Some(base), name),
                registered(None, name),
            ]
        },
        judge = |(names, number), got, _events| {
            let base = names.first().cloned();
            let ways = [
                ("`with_student` inside another binding", &base, 0),
                ("`with_student` whose body binds another", &base, 0),
                ("`with_student` with nothing bound before", &None, 0),
                ("a `Binding` inside another", &base, 1),
                ("a `Binding` with nothing bound before", &None, 0),
            ];
            let each = ways.iter().zip(got).map(|((way, left, threads), got)| {
                let expected = Panicked {
                    payload: Some(*number),
                    left: (*left).clone(),
                    threads: *threads,
                };
                equal(got, &expected).named(*way)
            });
            each.collect::<Check>()
                .note("a panic skips the line behind `body()`; it does not skip a destructor")
                .and(equal(&got.len(), &ways.len()).named("how many ways were tried"))
        },
    ),
    nothing_stays_behind = case(
        "Nothing stays behind: not after a job, not after a thread, not in the registry.",
        points = 2,
        input = |rng| -> Vec<String> {
            let count = rng.count(2..=4);
            different(rng, count)
        },
        drive = |names, _log| -> (Vec<Seen>, Vec<Option<String>>, Vec<usize>, usize) {
            let students: Vec<Arc<Student>> = names.iter().map(|name| student(name)).collect();
            let registry = Registry::new();
            let jobs = on_a_thread("desk", || {
                let mut jobs = Vec::new();
                for student in &students {
                    jobs.push(with_student(Arc::clone(student), || seen(&registry)));
                    jobs.push(seen(&registry));
                }
                jobs
            });
            let mut ended = Vec::new();
            for student in &students {
                ended.push(on_a_thread("class", || {
                    set_student(Arc::clone(student));
                    in_local()
                }));
                ended.push(on_a_thread("class", || {
                    let _outer = registry.bind(Arc::clone(student));
                    let _inner = registry.bind(Arc::clone(student));
                    in_registry(&registry)
                }));
            }
            let owners = students.iter().map(Arc::strong_count);
            (jobs, ended, owners.collect(), registry.len())
        },
        judge = |names, (jobs, ended, owners, threads), _events| {
            let day = names.iter().flat_map(|name| {
                let between = at_desk(None, None);
                [at_desk(None, Some(name)), between]
            });
            let twice = names.iter().flat_map(|name| [some(name), some(name)]);
            equal(jobs, &day.collect::<Vec<_>>())
                .named("one thread, in each job and after it")
                .and(
                    equal(ended, &twice.collect::<Vec<_>>())
                        .named("threads that end, by thread-local and by registry"),
                )
                .and(
                    equal(threads, &0)
                        .named("`len` after all threads have ended")
                        .note("an empty list of bindings is still an entry of the map"),
                )
                .and(
                    equal(owners, &vec![1; names.len()])
                        .named("owners of each student at the end, the test itself being one")
                        .note("a thread-local is dropped with its thread; a map's entry is not"),
                )
        },
    ),
    no_lock_or_borrow_is_held_while_others_work = case(
        "No borrow is held while a body runs, and no lock while a binding lives.",
        points = 1,
        input = |rng| -> (Vec<String>, u64) { (different(rng, 5), rng.range(..)) },
        drive = |(names, number), log| -> Vec<Option<String>> {
            let [base, outer, inner, set, other] =
                [0, 1, 2, 3, 4].map(|index| student(&names[index]));
            let looks = on_a_thread("desk", || {
                set_student(base);
                let mut looks = with_student(Arc::clone(&outer), || {
                    let mut looks = vec![
                        in_local(),
                        name_of(set_student(Arc::clone(&set))),
                        name_of(take_student()),
                        in_local(),
                    ];
                    looks.push(with_student(inner, in_local));
                    looks.push(in_local());
                    looks.push(name_of(set_student(set)));
                    looks
                });
                looks.push(in_local());
                looks
            });

            let registry = Registry::new();
            let binding = registry.bind(outer);
            thread::scope(|scope| {
                let beside = || {
                    let _binding = registry.bind(other);
                    log.event("bound beside", number);
                };
                let thread = spawn_scoped(scope, "beside", beside);
                suite::settle();
                log.event("dropped", number);
                drop(binding);
                joined(thread);
            });
            looks
        },
        judge = |(names, number), looks, events| {
            let [base, outer, inner, set] = [0, 1, 2, 3].map(|index| names.get(index));
            let expected = [outer, outer, set, None, inner, None, None, base];
            let expected: Vec<Option<String>> = expected.map(|name| name.cloned()).into();
            let seen: Vec<(&str, u64)> = events
                .iter()
                .map(|event| (event.what.as_str(), event.id))
                .collect();
            equal(looks, &expected)
                .named("inside `with_student`: set, take, nest, set; then outside")
                .note("`with_student` puts back what was bound before, whatever the body does")
                .and(
                    equal(
                        &seen,
                        &vec![("bound beside", *number), ("dropped", *number)],
                    )
                    .named("what came first")
                    .note("a `Binding` that owns the lock makes every other thread wait"),
                )
        },
    ),
    a_binding_stays_on_its_thread = compile_fail(
        "A `Binding` cannot be sent to another thread.",
        points = 1,
        fails = {
            use std::sync::Arc;
            use thread_local_school::{Registry, Student};

            pub fn send(registry: &'static Registry, student: Arc<Student>) {
                let binding = registry.bind(student);
                std::thread::spawn(move || drop(binding)); //~ E0277
            }
        },
        compiles = {
            use std::sync::Arc;
            use thread_local_school::{Registry, Student};

            pub fn send(registry: &'static Registry, student: Arc<Student>) {
                std::thread::spawn(move || {
                    let binding = registry.bind(student);
                    drop(binding);
                });
            }
        },
    ),
);
