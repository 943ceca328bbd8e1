use suite::suite;

suite!(
    shared = {
        use std::time::Duration;

        suite::wire! {
            #[derive(Debug, Clone, PartialEq)]
            pub struct Plan { pub n: u32, pub first: Duration, pub second: Duration }
        }
        suite::wire! {
            #[derive(Debug, Clone, PartialEq)]
            pub struct Said { pub at: Duration, pub line: String }
        }
        suite::wire! {
            #[derive(Debug, Clone, PartialEq)]
            pub struct Asked { pub at: Duration, pub part: u8, pub n: u32 }
        }
        suite::wire! {
            #[derive(Debug, Clone, PartialEq)]
            pub struct Ended { pub n: u32, pub text: String, pub took: Duration }
        }
        suite::wire! {
            #[derive(Debug, Clone, PartialEq)]
            pub struct Run { pub chains: Vec<Ended>, pub took: Duration }
        }
    },
    acting = {
        use async_chain::{Chained, Env, Part, Report, chain, parse_args, part1, part2, run_all};
        use std::cell::RefCell;
        use std::num::IntErrorKind;
        use std::pin::Pin;
        use tokio::runtime::{Builder, Handle};
        use tokio::task::yield_now;
        use tokio::time::{Instant, sleep, timeout};

        /// Gives the delays of its plans and notes what it is asked and told, and when.
        struct Shop {
            plans: Vec<Plan>,
            start: Instant,
            said: RefCell<Vec<Said>>,
            asked: RefCell<Vec<Asked>>,
        }

        impl Shop {
            fn open(plans: &[Plan]) -> Self {
                Self {
                    plans: plans.to_vec(),
                    start: Instant::now(),
                    said: RefCell::default(),
                    asked: RefCell::default(),
                }
            }
        }

        impl Env for Shop {
            fn delay(&self, part: Part, n: u32) -> Duration {
                let plan = self.plans.iter().find(|plan| plan.n == n);
                let (number, delay) = match part {
                    Part::First => (1, plan.map(|plan| plan.first)),
                    Part::Second => (2, plan.map(|plan| plan.second)),
                };
                let at = self.start.elapsed();
                self.asked.borrow_mut().push(Asked {
                    at,
                    part: number,
                    n,
                });
                delay.unwrap_or_default()
            }

            fn say(&self, line: &str) {
                let (at, line) = (self.start.elapsed(), line.to_owned());
                self.said.borrow_mut().push(Said { at, line });
            }
        }

        fn in_virtual_time<T>(body: impl Future<Output = T>) -> T {
            let mut value = None;
            block_on(Box::pin(async { value = Some(body.await) }));
            value.unwrap()
        }

        /// Not generic: tokio's part of it would be compiled for every future.
        fn block_on(body: Pin<Box<dyn Future<Output = ()> + '_>>) {
            let runtime = Builder::new_current_thread()
                .enable_time()
                .start_paused(true)
                .build();
            runtime.unwrap().block_on(body);
        }

        fn ended(chained: Chained) -> Ended {
            Ended {
                n: chained.n,
                text: chained.text,
                took: chained.took,
            }
        }

        fn run(report: Report) -> Run {
            Run {
                chains: report.chains.into_iter().map(ended).collect(),
                took: report.took,
            }
        }

        fn numbers(plans: &[Plan]) -> Vec<u32> {
            plans.iter().map(|plan| plan.n).collect()
        }
    },
    deciding = {
        use suite::{Judge, Rng};

        fn plan(n: u32, first: Duration, second: Duration) -> Plan {
            Plan { n, first, second }
        }

        fn seconds(rng: &mut Rng, range: std::ops::RangeInclusive<u64>) -> Duration {
            Duration::from_secs(rng.range(range))
        }

        /// Different numbers for that many chains, 0 among them.
        fn numbers(rng: &mut Rng, count: usize) -> Vec<u32> {
            let mut numbers: Vec<u32> = vec![0];
            while numbers.len() < count {
                let number = rng.range(1..=999) as u32;
                if !numbers.contains(&number) {
                    numbers.push(number);
                }
            }
            rng.shuffled(numbers)
        }

        /// Never half of the last decimal, so that there is one way to round.
        fn uneven(rng: &mut Rng) -> Duration {
            let last = *rng.pick(&[0, 1, 2, 3, 4, 6, 7, 8, 9]);
            Duration::from_millis(rng.range(0..=9_000) * 10 + last)
        }

        /// How long the chains take side by side.
        fn longest(plans: &[Plan]) -> Duration {
            let totals = plans.iter().map(|plan| plan.first + plan.second);
            totals.max().unwrap_or_default()
        }

        /// The five lines of a chain that starts at `start`, its parts begun when they can.
        fn lines(plan: &Plan, start: Duration) -> Vec<Said> {
            let half = start + plan.first;
            lines_at(plan, [start, half, half + plan.second])
        }

        /// The five lines of a chain, part 1 begun, part 2 begun and all ended at these times.
        fn lines_at(plan: &Plan, times: [Duration; 3]) -> Vec<Said> {
            let ([start, _, end], n) = (times, plan.n);
            let mut lines = lines_of_parts(plan, &format!("result{n}-1"), times);
            let text = format!("result{n}-2 derived from result{n}-1");
            let line = chained_line(n, &text, end.saturating_sub(start));
            lines.push(Said { at: end, line });
            lines
        }

        /// The first four, with part 2 made from `first`.
        fn lines_of_parts(plan: &Plan, first: &str, times: [Duration; 3]) -> Vec<Said> {
            let ([start, half, end], n) = (times, plan.n);
            let (wait1, wait2) = (plan.first.as_secs(), plan.second.as_secs());
            let said = [
                (start, format!("part1({n})  sleeping for {wait1} seconds.")),
                (half, format!("Returning part1({n})  == result{n}-1.")),
                (
                    half,
                    format!("part2({n}, '{first}') sleeping for {wait2} seconds."),
                ),
                (
                    end,
                    format!("Returning part2({n}, '{first}') == result{n}-2 derived from {first}."),
                ),
            ];
            said.into_iter()
                .map(|(at, line)| Said { at, line })
                .collect()
        }

        fn chained_line(n: u32, text: &str, took: Duration) -> String {
            format!(
                "-->Chained result{n} => {text} (took {:.2} seconds) .",
                took.as_secs_f64()
            )
        }

        fn ended(plan: &Plan) -> Ended {
            let n = plan.n;
            let text = format!("result{n}-2 derived from result{n}-1");
            Ended {
                n,
                text,
                took: plan.first + plan.second,
            }
        }

        /// Every chain said its own lines in order; how two chains mix is not looked at.
        fn each_said(j: &mut Judge, said: &[Said], expected: &[Vec<Said>]) {
            for lines in expected {
                let mut of_it = said.to_vec();
                of_it.retain(|one| lines.iter().any(|line| line.line == one.line));
                j.eq(
                    "the lines of one chain, and when they were said",
                    &of_it,
                    lines,
                );
            }
            let count: usize = expected.iter().map(Vec::len).sum();
            j.eq("how many lines were said", &said.len(), &count);
        }
    },
    arguments_are_numbers_or_refused = case(
        "Arguments are numbers, none means 1, 2, 3, and the first that is no number is refused.",
        points = 1,
        input = |rng| -> Vec<Vec<String>> {
            let number = |rng: &mut Rng| rng.range(0..=u64::from(u32::MAX)).to_string();
            let mut lists = vec![Vec::new()];
            lists.extend([1, 3, 70].map(|len| rng.list(len..=len, number)));
            lists.push(vec![
                format!("+{}", number(rng)),
                format!("00{}", rng.range(0..=99)),
            ]);
            let word = rng.word(1..=4);
            let too_large = (rng.range(0..=99) + 4_294_967_296).to_string();
            let (negative, padded) = (
                format!("-{}", rng.range(1..=99)),
                format!(" {}", rng.range(0..=9)),
            );
            let decimal = format!("{}.0", rng.range(0..=99));
            for bad in ["", &word, &too_large, &negative, &padded, &decimal] {
                let mut list = rng.list(0..=2, number);
                list.push(bad.to_owned());
                list.extend(rng.list(0..=1, |rng| rng.pick(&["", "1"]).to_string()));
                lists.push(list);
            }
            lists
        },
        drive = |lists| -> Vec<Result<Vec<u32>, String>> {
            let kind = |error: std::num::ParseIntError| match error.kind() {
                IntErrorKind::Empty => "Empty".to_owned(),
                IntErrorKind::InvalidDigit => "InvalidDigit".to_owned(),
                IntErrorKind::PosOverflow => "PosOverflow".to_owned(),
                _ => "another kind".to_owned(),
            };
            let parse = |list: &Vec<String>| parse_args(list).map_err(kind);
            lists.iter().map(parse).collect()
        },
        judge = |j, lists, got| {
            j.each("results", got, lists, |j, got, list| {
                let parsed = list.iter().map(|one| one.parse::<u32>());
                let parsed: Result<Vec<u32>, _> = parsed.collect();
                let expected = match parsed {
                    Ok(none) if none.is_empty() => Ok(vec![1, 2, 3]),
                    Ok(numbers) => Ok(numbers),
                    Err(error) => Err(format!("{:?}", error.kind())),
                };
                j.eq(format!("parse_args({list:?})"), got, &expected);
            });
        },
    ),
    results_read_as_python_prints_them = case(
        "A chain and a report read as the Python program prints them, to two rounded decimals.",
        points = 1,
        input = |rng| -> Vec<Ended> {
            let mut ended = rng.list(3..=5, |rng| Ended {
                n: rng.range(0..=u64::from(u32::MAX)) as u32,
                text: rng.text(0..=20),
                took: uneven(rng),
            });
            // One that is rounded up for certain.
            ended[0].took = seconds(rng, 0..=90) + Duration::from_millis(rng.range(6..=9));
            ended
        },
        drive = |given| -> Vec<(String, String)> {
            let print = |Ended { n, text, took }: Ended| {
                let report = Report {
                    chains: Vec::new(),
                    took,
                };
                (Chained { n, text, took }.to_string(), report.to_string())
            };
            given.into_iter().map(print).collect()
        },
        judge = |j, given, got| {
            j.each("lines", got, given, |j, (chain, run), ended| {
                let Ended { n, text, took } = ended;
                let cut = Duration::from_millis(took.as_millis() as u64 / 10 * 10);
                let of_run = |took: Duration| {
                    format!("Program finished in {:.2} seconds.", took.as_secs_f64())
                };
                let because = "two decimals are rounded, as `{:.2}` does, not cut";
                j.eq(format!("{ended:?}"), chain, &chained_line(*n, text, *took))
                    .because_if(*chain == chained_line(*n, text, cut), because);
                j.eq(format!("a run that took {took:?}"), run, &of_run(*took))
                    .because_if(*run == of_run(cut), because);
            });
        },
    ),
    a_part_uses_what_it_is_given = case(
        "Part 2 is made from the text it is given, whatever that text is.",
        points = 1,
        input = |rng| -> Vec<(Plan, String)> {
            let mut texts = rng.alike();
            texts.extend([String::new(), rng.text(1..=12)]);
            let plans = numbers(rng, texts.len()).into_iter();
            let plans = plans.map(|n| plan(n, uneven(rng), uneven(rng)));
            plans.zip(texts).collect()
        },
        drive = |questions| -> Vec<(Vec<Said>, String, String)> {
            in_virtual_time(async {
                let mut answers = Vec::new();
                for (plan, first) in questions {
                    let shop = Shop::open(std::slice::from_ref(&plan));
                    let result1 = part1(plan.n, &shop).await;
                    let result2 = part2(plan.n, &first, &shop).await;
                    answers.push((shop.said.take(), result1, result2));
                }
                answers
            })
        },
        judge = |j, questions, answers| {
            j.each("answers", answers, questions, |j, answer, (plan, first)| {
                let ((said, result1, result2), n) = (answer, plan.n);
                let times = [Duration::ZERO, plan.first, plan.first + plan.second];
                let text = format!("result{n}-2 derived from {first}");
                j.eq("what `part1` returns", result1, &format!("result{n}-1"));
                j.eq("what `part2` returns", result2, &text);
                let lines = lines_of_parts(plan, first, times);
                j.eq("the lines and when they were said", said, &lines);
            });
        },
    ),
    a_chain_is_part_1_then_part_2_of_its_result = case(
        "A chain is part 1, then part 2 of its result, then its own line.",
        points = 1,
        input = |rng| -> Plan {
            let n = rng.range(1..=999) as u32;
            plan(n, seconds(rng, 1..=10), seconds(rng, 1..=10))
        },
        drive = |plan| -> (Vec<Said>, Ended) {
            in_virtual_time(async {
                let shop = Shop::open(std::slice::from_ref(&plan));
                let chained = ended(chain(plan.n, &shop).await);
                (shop.said.take(), chained)
            })
        },
        judge = |j, plan, (said, chained)| {
            j.eq(
                "the lines and when they were said",
                said,
                &lines(plan, Duration::ZERO),
            );
            j.eq("what `chain` returns", chained, &ended(plan));
        },
    ),
    each_delay_is_asked_for_once_when_its_part_starts = case(
        "Each delay is asked for once, at the moment its part starts.",
        points = 1,
        input = |rng| -> Vec<Plan> {
            let numbers = numbers(rng, 3).into_iter();
            let draw = |n| plan(n, seconds(rng, 1..=10), seconds(rng, 0..=10));
            numbers.map(draw).collect()
        },
        drive = |plans| -> Vec<Asked> {
            in_virtual_time(async {
                let shop = Shop::open(&plans);
                run_all(&numbers(&plans), &shop).await;
                shop.asked.take()
            })
        },
        judge = |j, plans, asked| {
            let early = asked.iter().all(|one| one.at.is_zero());
            for Plan { n, first, .. } in plans {
                let mut of_it = asked.clone();
                of_it.retain(|one| one.n == *n);
                let ask = |at, part| Asked { at, part, n: *n };
                let right = vec![ask(Duration::ZERO, 1), ask(*first, 2)];
                j.eq(format!("what chain {n} asks, and when"), &of_it, &right)
                    .because_if(
                        early && of_it.len() == 2,
                        "part 2 asks for its delay when it starts, which is after part 1",
                    );
            }
            j.eq(
                "how often a delay is asked for",
                &asked.len(),
                &(2 * plans.len()),
            );
        },
    ),
    a_chain_measures_its_own_time = case(
        "A chain measures its own time, on the clock that its sleeps are counted on.",
        points = 2,
        input = |rng| -> (Vec<Plan>, Duration, Duration) {
            let plans = [1, 2].map(|n| plan(n, seconds(rng, 1..=9), seconds(rng, 1..=9)));
            let pause = seconds(rng, 10..=20);
            (plans.to_vec(), seconds(rng, 1..=30), pause)
        },
        drive = |(plans, offset, pause)| -> (Vec<Said>, Vec<Ended>, Duration) {
            in_virtual_time(async {
                let shop = Shop::open(&plans);
                let (first, late) = (chain(1, &shop), run_all(&[], &shop));
                let mut second = std::pin::pin!(chain(2, &shop));
                // A future that nobody polls has not begun.
                sleep(offset).await;
                let mut all = vec![ended(first.await)];
                // Begun, and then left alone for so long that part 1 is over meanwhile.
                let begun = timeout(Duration::ZERO, &mut second).await;
                sleep(pause).await;
                all.push(ended(match begun {
                    Ok(chained) => chained,
                    Err(_) => second.await,
                }));
                (shop.said.take(), all, late.await.took)
            })
        },
        judge = |j, (plans, offset, pause), (said, all, none)| {
            let [one, two] = plans.as_slice() else {
                return;
            };
            let start = *offset + one.first + one.second;
            let half = start + *pause;
            let late = lines_at(two, [start, half, half + two.second]);
            let took = Ended {
                took: *pause + two.second,
                ..ended(two)
            };
            let is_real = |ended: &Ended| ended.took < Duration::from_secs(1);
            let real = all.iter().all(is_real);
            let because = "the clock of `std` goes on while tokio's is paused and jumps";
            let [first, second] = all.as_slice() else {
                j.eq("how many chains ended", &all.len(), &2);
                return;
            };
            j.eq("a chain that is polled late", first, &ended(one))
                .because_if(real, because)
                .because_if(
                    first.took == *offset + one.first + one.second,
                    "a chain begins when it is polled first, not when `chain` is called",
                );
            j.eq("a chain that nobody polls for a while", second, &took)
                .because_if(real, because)
                .because_if(
                    *second == ended(two),
                    "the time is measured; it is not the sum of the delays",
                );
            j.eq("the time of a run without chains", none, &Duration::ZERO);
            each_said(j, said, &[lines(one, *offset), late]);
        },
    ),
    no_chain_waits_for_another = case(
        "No chain waits for another: each says its lines as if it were alone.",
        points = 2,
        input = |rng| -> Vec<Plan> {
            let count = rng.count(66..=70);
            let mut plans: Vec<Plan> = Vec::new();
            for n in numbers(rng, count) {
                // One part 1 is long and one is short, so that waiting for it would show.
                let first = match plans.len() {
                    0 => seconds(rng, 6..=10),
                    1 => seconds(rng, 0..=3),
                    _ => seconds(rng, 0..=10),
                };
                plans.push(plan(n, first, seconds(rng, 1..=10)));
            }
            rng.shuffled(plans)
        },
        drive = |plans| -> (Vec<Said>, Duration) {
            in_virtual_time(async {
                let shop = Shop::open(&plans);
                let report = run_all(&numbers(&plans), &shop).await;
                (shop.said.take(), report.took)
            })
        },
        judge = |j, plans, (said, took)| {
            let totals = plans.iter().map(|plan| plan.first + plan.second);
            let one_by_one: Duration = totals.sum();
            j.eq(
                "the time of all chains, which is that of the longest",
                took,
                &longest(plans),
            )
            .because_if(
                *took == one_by_one,
                "the chains run one after the other: an `.await` waits until that chain ends",
            );
            if j.passed() {
                let alone = plans.iter().map(|plan| lines(plan, Duration::ZERO));
                each_said(j, said, &alone.collect::<Vec<_>>());
            }
        },
    ),
    results_come_in_the_order_of_the_arguments = case(
        "Results come in the order of the arguments, not in the order of completion.",
        points = 2,
        input = |rng| -> Vec<Plan> {
            let count = rng.count(2..=5);
            let mut total = rng.range(60..=90);
            let mut plans = Vec::new();
            for n in numbers(rng, count) {
                let first = rng.range(0..=total);
                let [first, second] = [first, total - first].map(Duration::from_secs);
                plans.push(plan(n, first, second));
                total -= rng.range(1..=10);
            }
            // The same number again is a chain of its own.
            plans.push(plans[0].clone());
            plans
        },
        drive = |plans| -> (Run, Run) {
            in_virtual_time(async {
                let shop = Shop::open(&plans);
                let all = run(run_all(&numbers(&plans), &shop).await);
                (all, run(run_all(&[], &shop).await))
            })
        },
        judge = |j, plans, (all, none)| {
            let mut by_end = plans.clone();
            by_end.sort_by_key(|plan| plan.first + plan.second);
            let by_end: Vec<Ended> = by_end.iter().map(ended).collect();
            let chains: Vec<Ended> = plans.iter().map(ended).collect();
            j.eq("the chains of the report", &all.chains, &chains)
                .because_if(
                    all.chains == by_end,
                    "they are in the order in which they ended",
                );
            j.eq("the time of the run", &all.took, &longest(plans));
            j.eq("the chains without arguments", &none.chains.len(), &0);
            j.eq("the time without arguments", &none.took, &Duration::ZERO);
        },
    ),
    no_thread_is_held_while_a_chain_sleeps = case(
        "While the chains sleep, other futures on the same thread go on.",
        points = 1,
        input = |rng| -> Vec<Plan> {
            let numbers = numbers(rng, 3).into_iter();
            let mut delay = || Duration::from_millis(rng.range(5..=40));
            let plans = numbers.map(|n| plan(n, delay(), delay()));
            plans.collect()
        },
        drive = |plans| -> (Run, u64) {
            in_virtual_time(async {
                let shop = Shop::open(&plans);
                let mut ticks = 0;
                let ticker = async {
                    loop {
                        sleep(Duration::from_millis(1)).await;
                        ticks += 1;
                    }
                };
                let arguments = numbers(&plans);
                let report = tokio::select! {
                    report = run_all(&arguments, &shop) => report,
                    () = ticker => unreachable!("a ticker never ends"),
                };
                (run(report), ticks)
            })
        },
        judge = |j, plans, (run, ticks)| {
            let due = longest(plans).as_millis() as u64;
            // Which of the two comes first at the very last instant is left open.
            let ticked = *ticks == due || ticks.saturating_add(1) == due;
            j.require(
                "a ticker beside the run",
                ticked,
                format!("ticks once each millisecond, {due} times"),
                format!("{ticks} ticks"),
            )
            .because_if(
                *ticks < 2,
                "nothing else ran: `std::thread::sleep`, or a loop, stops the whole thread",
            );
            let chains: Vec<Ended> = plans.iter().map(ended).collect();
            j.eq("the chains of the report", &run.chains, &chains);
        },
    ),
    dropping_the_run_stops_it = case(
        "Dropping the run stops it: no line is said afterwards, and nothing is left over.",
        points = 2,
        input = |rng| -> (Vec<Plan>, Duration) {
            let numbers = numbers(rng, 3).into_iter();
            let draw = |n| plan(n, seconds(rng, 0..=10), seconds(rng, 11..=20));
            let plans = numbers.map(draw).collect();
            // Between two whole seconds nothing happens by itself.
            (plans, seconds(rng, 0..=10) + Duration::from_millis(500))
        },
        drive = |(plans, after)| -> (bool, Vec<Said>, usize) {
            in_virtual_time(async {
                let shop = Shop::open(&plans);
                let arguments = numbers(&plans);
                let ended = timeout(after, run_all(&arguments, &shop)).await.is_ok();
                // A task that was told to stop gets the time to do so.
                for _ in 0..8 {
                    yield_now().await;
                }
                let left = Handle::current().metrics().num_alive_tasks();
                sleep(Duration::from_secs(100)).await;
                (ended, shop.said.take(), left)
            })
        },
        judge = |j, (plans, after), (ended, said, left)| {
            let until = plans.iter().map(|plan| {
                let mut lines = lines(plan, Duration::ZERO);
                lines.retain(|line| line.at <= *after);
                lines
            });
            let until: Vec<Vec<Said>> = until.collect();
            j.eq(
                "whether the run had ended before it was dropped",
                ended,
                &false,
            );
            j.eq("tasks that are still alive", left, &0).because_if(
                *left > 0,
                "a spawned task goes on when its handle is dropped",
            );
            each_said(j, said, &until);
        },
    ),
);
