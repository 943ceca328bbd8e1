use suite::suite;

suite!(
    shared = {
        suite::wire! {
            #[derive(Debug, Clone, PartialEq)]
            pub struct Transfer { pub from: usize, pub to: usize, pub amount: u64 }
        }

        pub type Told<T> = Result<T, String>;

        suite::calls! {
            Call {
                New(cents: Vec<u64>) => "Bank::new({cents:?})",
                Balance(account: usize) => "balance({account})",
                Total => "total()",
                Add(account: usize, more: u64) => "update({account}, |cents| {{ *cents += {more}; *cents }})",
                Panic(account: usize) => "update({account}, |cents| {{ *cents += 1; panic!() }})",
                Move(from: usize, to: usize, amount: u64) => "transfer({from}, {to}, {amount})",
                Repair(account: usize, cents: u64) => "repair({account}, {cents})",
            }
        }
    },
    acting = {
        use bank_balance::{Bank, BankError, Step, Teller, outcomes, replay};
        use std::collections::BTreeSet;
        use std::panic::{AssertUnwindSafe, catch_unwind};
        use std::sync::mpsc::{self, Sender};
        use std::thread::{self, Scope};
        use suite::{Log, Settled, Shown, settle, spawn_scoped};

        fn act(calls: &[Call]) -> Vec<Shown> {
            let mut bank = Bank::new([]);
            let answers = calls.iter().map(|call| act_one(&mut bank, call));
            answers.collect()
        }

        fn act_one(bank: &mut Bank, call: &Call) -> Shown {
            match call {
                Call::New(cents) => {
                    *bank = Bank::new(cents.iter().copied());
                    Shown::new("a bank")
                }
                Call::Balance(account) => Shown::of(&bank.balance(*account)),
                Call::Total => Shown::of(&bank.total()),
                Call::Add(account, more) => Shown::of(&bank.update(*account, |cents| {
                    *cents += more;
                    *cents
                })),
                Call::Panic(account) => {
                    let change = |cents: &mut u64| -> u64 {
                        *cents += 1;
                        suite::unwind()
                    };
                    let update = AssertUnwindSafe(|| bank.update(*account, change));
                    catch_unwind(update).map_or(Shown::new("a panic"), |given| Shown::of(&given))
                }
                Call::Move(from, to, amount) => Shown::of(&bank.transfer(*from, *to, *amount)),
                Call::Repair(account, cents) => Shown::of(&bank.repair(*account, *cents)),
            }
        }

        fn told<T>(result: Result<T, BankError>) -> Told<T> {
            result.map_err(|error| match error {
                BankError::NoSuchAccount(account) => format!("NoSuchAccount({account})"),
                BankError::Insufficient { balance, requested } => {
                    format!("Insufficient {{ balance: {balance}, requested: {requested} }}")
                }
                BankError::Poisoned(account) => format!("Poisoned({account})"),
                _ => "another error".to_owned(),
            })
        }

        fn step(name: &str) -> Step {
            match name {
                "Load(First)" => Step::Load(Teller::First),
                "Load(Second)" => Step::Load(Teller::Second),
                "Store(First)" => Step::Store(Teller::First),
                _ => Step::Store(Teller::Second),
            }
        }

        fn moved(bank: &Bank, order: &Transfer) -> Told<()> {
            told(bank.transfer(order.from, order.to, order.amount))
        }

        /// Transfers, and notes when that is over.
        fn transfer(bank: &Bank, order: &Transfer, log: &Log) -> Told<()> {
            let result = moved(bank, order);
            log.event("has transferred", order.amount);
            result
        }

        /// Reads a balance, and notes when that is over.
        fn read(bank: &Bank, account: usize, log: &Log) -> Told<u64> {
            let balance = told(bank.balance(account));
            log.event("has read", balance.clone().unwrap_or_default());
            balance
        }

        fn balances(bank: &Bank, count: usize) -> Vec<Told<u64>> {
            let accounts = 0..count;
            accounts
                .map(|account| told(bank.balance(account)))
                .collect()
        }

        /// Keeps an account in use until what is returned is dropped.
        fn hold<'scope>(
            scope: &'scope Scope<'scope, '_>,
            bank: &'scope Bank,
            account: usize,
        ) -> Sender<()> {
            let (inside, entered) = mpsc::channel();
            let (release, released) = mpsc::channel();
            spawn_scoped(scope, &format!("init-{account}"), move || {
                bank.update(account, |_| {
                    let _ = inside.send(());
                    let _ = released.recv();
                })
            });
            let _ = entered.recv();
            release
        }

        /// Lets everything run until it can run no further.
        fn rest(log: &Log) {
            // Who does not come to rest once will not do so the next time.
            if log.has("restless") {
                return;
            }
            if let Settled::Restless(threads) = settle() {
                log.event("restless", 0);
                log.event(threads, 0);
            }
        }

        /// Comes to rest, and then releases what is held.
        fn release(log: &Log, held: impl IntoIterator<Item = Sender<()>>) {
            rest(log);
            log.event("released", 0);
            held.into_iter().for_each(drop);
        }
    },
    deciding = {
        use std::collections::BTreeSet;
        use suite::{Check, Event, Rng, Shown, check, equal};

        /// The bank while nobody else is at work.
        #[derive(Default)]
        struct Model {
            cents: Vec<u64>,
            poisoned: BTreeSet<usize>,
        }

        impl Model {
            fn can_touch(&self, accounts: &[usize]) -> Result<(), Shown> {
                let missing = |account: &&usize| **account >= self.cents.len();
                if let Some(account) = accounts.iter().find(missing) {
                    return Err(Shown::new(format!("NoSuchAccount({account})")));
                }
                let mut poisoned = self.poisoned.iter();
                match poisoned.find(|account| accounts.contains(account)) {
                    Some(account) => Err(Shown::new(format!("Poisoned({account})"))),
                    None => Ok(()),
                }
            }

            fn update(&mut self, account: usize, more: u64) -> Result<u64, Shown> {
                self.can_touch(&[account])?;
                self.cents[account] += more;
                Ok(self.cents[account])
            }

            fn transfer(&mut self, from: usize, to: usize, amount: u64) -> Result<(), Shown> {
                self.can_touch(&[from, to])?;
                let balance = self.cents[from];
                if balance < amount {
                    return Err(Shown::new(insufficient(balance, amount)));
                }
                self.cents[from] -= amount;
                self.cents[to] += amount;
                Ok(())
            }

            fn repair(&mut self, account: usize, cents: u64) -> Result<(), Shown> {
                if account < self.cents.len() {
                    self.poisoned.remove(&account);
                }
                self.can_touch(&[account])?;
                self.cents[account] = cents;
                Ok(())
            }
        }

        impl suite::Model for Model {
            type Call = Call;

            fn call(&mut self, call: &Call) -> Shown {
                match call {
                    Call::New(cents) => {
                        self.cents.clone_from(cents);
                        Shown::new("a bank")
                    }
                    Call::Balance(account) => Shown::of(&self.update(*account, 0)),
                    Call::Total => {
                        let all: Vec<usize> = (0..self.cents.len()).collect();
                        let total = self.cents.iter().sum::<u64>();
                        Shown::of(&self.can_touch(&all).map(|()| total))
                    }
                    Call::Add(account, more) => Shown::of(&self.update(*account, *more)),
                    Call::Panic(account) => match self.update(*account, 1) {
                        Ok(_) => {
                            self.poisoned.insert(*account);
                            Shown::new("a panic")
                        }
                        refused => Shown::of(&refused),
                    },
                    Call::Move(from, to, amount) => Shown::of(&self.transfer(*from, *to, *amount)),
                    Call::Repair(account, cents) => Shown::of(&self.repair(*account, *cents)),
                }
            }
        }

        fn name(step: usize, teller: usize) -> String {
            let steps = ["Load", "Store"].get(step).unwrap_or(&"?");
            let teller = ["First", "Second"].get(teller).unwrap_or(&"?");
            format!("{steps}({teller})")
        }

        /// One of the six schedules.
        fn schedule(rng: &mut Rng) -> Vec<String> {
            let mut done = [0; 2];
            let turns = rng.shuffled([0, 0, 1, 1]).into_iter();
            turns
                .map(|teller: usize| {
                    done[teller] += 1;
                    name(done[teller] - 1, teller)
                })
                .collect()
        }

        /// What is no schedule, in one of six ways.
        fn damaged(rng: &mut Rng, way: usize) -> Vec<String> {
            let mut steps = schedule(rng);
            let place = rng.count(0..4);
            match way {
                0 => drop(steps.remove(place)),
                1 => {
                    let again = steps[place].clone();
                    steps.insert(rng.count(0..=4), again);
                }
                2 => {
                    let another = rng.count(1..4);
                    steps[place] = steps[(place + another) % 4].clone();
                }
                3 => {
                    let teller = rng.count(0..2);
                    for step in &mut steps {
                        if *step == name(0, teller) {
                            *step = name(1, teller);
                        } else if *step == name(1, teller) {
                            *step = name(0, teller);
                        }
                    }
                }
                4 => {
                    let again = steps[place].clone();
                    steps.push(again);
                }
                _ => steps.clear(),
            }
            steps
        }

        /// The contract of `replay`.
        fn replayed(start: i64, amounts: [i64; 2], steps: &[String]) -> Told<i64> {
            let bad = || Err("BadSchedule".to_owned());
            let place = |step, teller| steps.iter().position(|one| *one == name(step, teller));
            let (mut balance, mut stored) = (start, Vec::new());
            if steps.len() != 4 {
                return bad();
            }
            for (teller, amount) in amounts.into_iter().enumerate() {
                match (place(0, teller), place(1, teller)) {
                    (Some(load), Some(store)) if load < store => {
                        stored.push((store, load, amount));
                    }
                    _ => return bad(),
                }
            }
            stored.sort_unstable();
            // The later store wins; it knows of the earlier one only if it loaded after it.
            if let [(store, _, early), (_, load, late)] = stored[..] {
                balance += if store < load { early + late } else { late };
            }
            Ok(balance)
        }

        fn insufficient(balance: u64, requested: u64) -> String {
            format!("Insufficient {{ balance: {balance}, requested: {requested} }}")
        }

        /// The contract of `transfer`, nobody else at work.
        fn transferred(balances: &mut [u64], order: &Transfer) -> Told<()> {
            let Transfer { from, to, amount } = *order;
            for account in [from, to] {
                if account >= balances.len() {
                    return Err(format!("NoSuchAccount({account})"));
                }
            }
            if balances[from] < amount {
                return Err(insufficient(balances[from], amount));
            }
            balances[from] -= amount;
            balances[to] += amount;
            Ok(())
        }

        /// That many different accounts of a bank with `count`.
        fn accounts<const N: usize>(rng: &mut Rng, count: usize) -> [usize; N] {
            let shuffled = rng.shuffled(0..count);
            std::array::from_fn(|index| shuffled[index])
        }

        fn transfer(rng: &mut Rng, from: usize, to: usize) -> Transfer {
            let amount = rng.range(1..=4_999);
            Transfer { from, to, amount }
        }

        /// Enough for every transfer that is not to be refused.
        fn cents(rng: &mut Rng, count: usize) -> Vec<u64> {
            rng.list(count..=count, |rng| rng.range(10_000..=99_999))
        }

        fn all_ok(balances: &[u64]) -> Vec<Told<u64>> {
            balances.iter().map(|cents| Ok(*cents)).collect()
        }

        /// What happened before the driver let go of what it held.
        fn before_release(events: &[Event]) -> Vec<String> {
            let before = events.iter().take_while(|event| event.what != "released");
            let lines = before.map(|Event { thread, what, id }| format!("{thread} {what} {id}"));
            lines.collect()
        }

        fn one_of<T: PartialEq + std::fmt::Debug>(got: Option<&T>, ways: &[T]) -> Check {
            let holds = got.is_some_and(|got| ways.contains(got));
            let expected = match ways {
                [way] => format!("{way:#?}"),
                ways => format!("one of {ways:#?}"),
            };
            check(
                holds,
                expected,
                got.map_or(String::new(), |got| format!("{got:#?}")),
            )
        }

        fn asleep(events: &[Event]) -> Check {
            let mut from_there = events.iter().skip_while(|event| event.what != "restless");
            let restless = from_there.next().is_some();
            let threads = from_there.next().map_or("", |event| event.what.as_str());
            check(
                !restless,
                "whoever waits for an account sleeps until it is free",
                threads,
            )
            .because("trying again and again keeps a processor busy for nothing: `lock` sleeps")
        }
    },
    a_schedule_has_one_outcome_and_a_broken_one_has_none = case(
        "A schedule has one outcome, and a list that is no schedule is refused.",
        points = 1,
        input = |rng| -> Vec<(i64, [i64; 2], Vec<String>)> {
            let mut lists = rng.list(3..=4, schedule);
            lists.extend((0..6).map(|way| damaged(rng, way)));
            let lists = rng.shuffled(lists).into_iter();
            let mut number = || rng.signed(-999..=999);
            lists
                .map(|list| (number(), [number(), number()], list))
                .collect()
        },
        drive = |lists, _log| -> Vec<Told<i64>> {
            let lists = lists.into_iter();
            lists
                .map(|(start, amounts, names)| {
                    let steps: Vec<Step> = names.iter().map(|name| step(name)).collect();
                    replay(start, amounts, &steps).map_err(|_| "BadSchedule".to_owned())
                })
                .collect()
        },
        judge = |lists, got, _events| {
            let each = lists.iter().zip(got);
            each.map(|((start, amounts, list), got)| {
                equal(got, &replayed(*start, *amounts, list)).named(format!(
                    "{start} with {amounts:?} and [{}]",
                    list.join(", ")
                ))
            })
            .collect::<Check>()
            .because("a teller stores what the balance was when they loaded it, plus their amount")
            .and(equal(&got.len(), &lists.len()).named("how many outcomes came back"))
        },
    ),
    all_outcomes_of_two_deposits_are_found = case(
        "Every balance that two deposits can end in is found, and no other.",
        points = 1,
        input = |rng| -> Vec<(i64, [i64; 2])> {
            let mut number = || rng.signed(-999..=999);
            let (same, back) = (number(), number());
            vec![
                (number(), [number(), number()]),
                (number(), [same, same]),
                (number(), [back, -back]),
                (number(), [0, number()]),
                (number(), [number(), 0]),
                (number(), [0, 0]),
            ]
        },
        drive = |questions, _log| -> Vec<BTreeSet<i64>> {
            let each = questions.into_iter();
            each.map(|(start, amounts)| outcomes(start, amounts))
                .collect()
        },
        judge = |questions, got, _events| {
            let each = questions.iter().zip(got);
            each.map(|((start, amounts), got)| {
                let [first, second] = *amounts;
                let ends = [first, second, first + second].map(|sum| start + sum);
                equal(got, &BTreeSet::from(ends)).named(format!("{start} with {amounts:?}"))
            })
            .collect::<Check>()
            .because("there are six schedules: two without a loss, four that lose a deposit")
            .and(equal(&got.len(), &questions.len()).named("how many sets came back"))
        },
    ),
    a_transfer_moves_the_amount_or_nothing = case(
        "A transfer moves the amount, or says why not and moves nothing.",
        points = 1,
        input = |rng| -> (Vec<u64>, Vec<Transfer>) {
            let count = rng.count(4..=6);
            let start = rng.list(count..=count, |rng| rng.range(1_000..=u64::MAX / 8));
            let (mut model, mut orders) = (start.clone(), Vec::new());
            for way in rng.shuffled(0..10) {
                let [from, to] = accounts(rng, count);
                let unknown = count + rng.count(0..=9);
                let holds = model[from];
                let (from, to, amount) = match way {
                    0 => (from, to, rng.range(0..=holds)),
                    1 => (from, to, holds),
                    2 => (from, to, holds + 1),
                    3 => (from, to, 0),
                    4 => (from, from, rng.range(0..=holds)),
                    5 => (from, from, holds + rng.range(1..=9)),
                    6 => (from, unknown, holds + 1),
                    7 => (unknown, to, 0),
                    8 => (unknown, unknown + 1, 1),
                    _ => (unknown + 1, unknown, 1),
                };
                let order = Transfer { from, to, amount };
                let _ = transferred(&mut model, &order);
                orders.push(order);
            }
            (start, orders)
        },
        drive = |(start, orders), _log| -> Vec<(Told<()>, Vec<Told<u64>>)> {
            let bank = Bank::new(start.iter().copied());
            let each = orders.iter();
            each.map(|order| (moved(&bank, order), balances(&bank, start.len())))
                .collect()
        },
        judge = |(start, orders), got, _events| {
            let mut model = start.clone();
            let each = orders.iter().zip(got);
            each.map(|(order, (result, balances))| {
                let expected = transferred(&mut model, order);
                equal(result, &expected)
                    .named(format!("what {order:?} returns"))
                    .and(
                        equal(balances, &all_ok(&model))
                            .named(format!("the balances after {order:?}")),
                    )
            })
            .collect::<Check>()
            .because("accounts first, `from` before `to`; then the balance; then both changes")
            .and(equal(&got.len(), &orders.len()).named("how many transfers came back"))
        },
    ),
    each_account_can_be_changed_and_repaired_by_itself = case(
        "`update` returns what `change` returns, `repair` sets a sound account too, and an \
         account that does not exist is an error everywhere.",
        points = 1,
        input = |rng| -> (Vec<u64>, usize, usize, u64, u64) {
            let count = rng.count(2..=5);
            let [account] = accounts(rng, count);
            let unknown = count + rng.count(0..=9);
            let (added, set) = (rng.range(1..=999), rng.range(0..=9_999));
            (cents(rng, count), account, unknown, added, set)
        },
        drive = |(start, account, unknown, added, set), log| -> Vec<Told<u64>> {
            let bank = Bank::new(start);
            let change = |cents: &mut u64| {
                let before = *cents;
                *cents += added;
                before
            };
            let mut results = vec![
                told(bank.total()),
                told(bank.update(account, change)),
                told(bank.balance(account)),
                told(bank.total()),
                told(bank.repair(account, set)).map(|()| set),
                told(bank.total()),
            ];
            let change = |_: &mut u64| log.event("changed an unknown account", unknown as u64);
            results.extend([
                told(bank.balance(unknown)),
                told(bank.update(unknown, change)).map(|()| 0),
                told(bank.repair(unknown, set)).map(|()| 0),
                told(bank.total()),
            ]);
            results
        },
        judge = |(start, account, unknown, added, set), got, events| {
            let before = start.get(*account).copied().unwrap_or_default();
            let total: u64 = start.iter().sum();
            let repaired = total - before + set;
            let nobody = || Err(format!("NoSuchAccount({unknown})"));
            let expected = [
                ("total", Ok(total)),
                ("update, which returns the balance before", Ok(before)),
                ("balance after the update", Ok(before + added)),
                ("total after the update", Ok(total + added)),
                ("repair of a sound account", Ok(*set)),
                ("total after the repair", Ok(repaired)),
                ("balance of an unknown account", nobody()),
                ("update of an unknown account", nobody()),
                ("repair of an unknown account", nobody()),
                ("total at the end", Ok(repaired)),
            ];
            let each = expected.iter().zip(got);
            each.map(|((what, expected), got)| equal(got, expected).named(*what))
                .collect::<Check>()
                .and(equal(&got.len(), &expected.len()).named("how many results came back"))
                .and(equal(&events.len(), &0).named("events"))
        },
    ),
    tellers_share_a_bank_by_reference = case(
        "Tellers share a bank by reference, with no lock of their own, and no cent is lost.",
        points = 1,
        input = |rng| -> ([u64; 2], Vec<u64>, u64) {
            let start = [rng.range(0..=9_999), rng.range(0..=9_999)];
            let amounts = rng.list(2..=8, |rng| rng.range(1..=99));
            (start, amounts, rng.range(200..=500))
        },
        drive = |(cents, amounts, rounds), _log| -> Vec<Told<u64>> {
            let bank = &Bank::new(cents);
            thread::scope(|scope| {
                for (number, amount) in amounts.into_iter().enumerate() {
                    spawn_scoped(scope, &format!("teller-{number}"), move || {
                        for _ in 0..rounds {
                            let _ = bank.update(0, |cents| *cents += amount);
                            let _ = bank.update(0, |cents| *cents -= amount);
                            let _ = bank.update(1, |cents| *cents += 1);
                        }
                    });
                }
            });
            balances(bank, 2)
        },
        judge = |([first, second], amounts, rounds), got, _events| {
            let deposits = rounds * amounts.len() as u64;
            equal(got, &all_ok(&[*first, second + deposits]))
                .because("reading and writing a balance must be one critical section, not two")
        },
    ),
    a_bank_is_shared_only_by_what_may_cross_threads = compile_fail(
        "An `Rc` of a bank stays on its thread; an `Arc` and a borrowed bank may cross.",
        points = 1,
        fails = {
            use bank_balance::Bank;
            use std::rc::Rc;
            use std::thread;

            pub fn open() {
                let bank = Rc::new(Bank::new([100, 50]));
                let shared = Rc::clone(&bank);
                let teller = thread::spawn(move || drop(shared.transfer(0, 1, 10))); //~ E0277
                drop(teller.join());
                drop(bank.total());
            }
        },
        compiles = {
            use bank_balance::Bank;
            use std::sync::Arc;
            use std::thread;

            pub fn open() {
                let bank = Arc::new(Bank::new([100, 50]));
                let shared = Arc::clone(&bank);
                let teller = thread::spawn(move || drop(shared.transfer(0, 1, 10)));
                drop(teller.join());
                drop(bank.total());
            }

            pub fn open_for_a_while() {
                let bank = Bank::new([100, 50]);
                thread::scope(|scope| {
                    scope.spawn(|| drop(bank.transfer(0, 1, 10)));
                    scope.spawn(|| drop(bank.transfer(1, 0, 10)));
                });
                drop(bank.total());
            }
        },
    ),
    nobody_enters_an_account_in_use = case(
        "While one caller changes an account, no other sees or touches it.",
        points = 2,
        input = |rng| -> (Vec<u64>, Transfer, [u64; 2], u64) {
            let count = rng.count(2..=5);
            let [from, to] = accounts(rng, count);
            let amounts = [rng.range(10_000..=19_999), rng.range(20_000..=29_999)];
            let scribble = rng.range(500_000..=999_999);
            (
                cents(rng, count),
                transfer(rng, from, to),
                amounts,
                scribble,
            )
        },
        drive = |(cents, order, amounts, scribble),
                 log|
         -> (Vec<Told<u64>>, Told<u64>, Told<()>, Vec<Told<u64>>) {
            let bank = &Bank::new(cents.iter().copied());
            let (order, account) = (&order, order.to);
            let (inside, entered) = mpsc::channel();
            let (free, freed) = mpsc::channel();
            let (updated, read, moved) = thread::scope(|scope| {
                let slow = spawn_scoped(scope, "teller-1", move || {
                    bank.update(account, |cents| {
                        log.event("has entered", amounts[0]);
                        let before = std::mem::replace(cents, scribble);
                        let _ = inside.send(());
                        let _ = freed.recv();
                        *cents = before + amounts[0];
                        *cents
                    })
                });
                let _ = entered.recv();
                let quick = spawn_scoped(scope, "teller-2", move || {
                    bank.update(account, |cents| {
                        log.event("has entered", amounts[1]);
                        *cents += amounts[1];
                        *cents
                    })
                });
                let mover = spawn_scoped(scope, "teller-3", move || transfer(bank, order, log));
                let reader = spawn_scoped(scope, "auditor", move || read(bank, account, log));
                release(log, [free]);
                let updated = [slow, quick].map(|thread| told(thread.join().unwrap()));
                (updated, reader.join().unwrap(), mover.join().unwrap())
            });
            (updated.into(), read, moved, balances(bank, cents.len()))
        },
        judge = |(cents, order, [first, second], _), (updated, read, moved, left), events| {
            // Those who wait may come in any order.
            let slow = cents[order.to] + first;
            let may_be = |sums: &[u64]| -> Vec<Told<u64>> {
                sums.iter().map(|sum| Ok(slow + sum)).collect()
            };
            let in_any_order = may_be(&[*second, second + order.amount]);
            let to_read = may_be(&[0, *second, order.amount, second + order.amount]);
            let mut model = cents.clone();
            let expected = transferred(&mut model, order);
            model[order.to] += first + second;
            asleep(events)
                .and_then(|| {
                    equal(
                        &before_release(events),
                        &vec![format!("teller-1 has entered {first}")],
                    )
                    .named("what happened before teller-1 was done")
                    .because("the lock must be held while `change` runs, and to read as well")
                })
                .and(one_of(updated.first(), &[Ok(slow)]).named("`update` by teller-1"))
                .and(one_of(updated.get(1), &in_any_order).named("`update` by teller-2"))
                .and(one_of(Some(read), &to_read).named("the balance that the auditor read"))
                .and(equal(moved, &expected).named("the transfer by teller-3"))
                .and(equal(left, &all_ok(&model)).named("the balances at the end"))
        },
    ),
    opposite_transfers_both_finish = case(
        "Two transfers in opposite directions never wait for each other for ever.",
        points = 2,
        input = |rng| -> (Vec<u64>, [Transfer; 2]) {
            let count = rng.count(2..=6);
            let [one, two] = accounts(rng, count);
            let orders = [transfer(rng, one, two), transfer(rng, two, one)];
            (cents(rng, count), orders)
        },
        drive = |(cents, orders), log| -> (Vec<Told<()>>, Vec<Told<u64>>) {
            let bank = &Bank::new(cents.iter().copied());
            let results = thread::scope(|scope| {
                let [first, second] = &orders;
                let held = [first.from, first.to].map(|account| hold(scope, bank, account));
                let one = spawn_scoped(scope, "teller-1", move || moved(bank, first));
                rest(log);
                let two = spawn_scoped(scope, "teller-2", move || moved(bank, second));
                // Each now waits for the first account it asks for. With one of the two
                // released and then the other, both have what they asked for first.
                for account in held {
                    release(log, [account]);
                }
                [one, two].map(|thread| thread.join().unwrap())
            });
            (results.into(), balances(bank, cents.len()))
        },
        judge = |(cents, orders), (results, left), events| {
            let mut model = cents.clone();
            let expected = orders
                .each_ref()
                .map(|order| transferred(&mut model, order));
            asleep(events)
                .and(equal(results, &expected.to_vec()).named("what the transfers return"))
                .and(equal(left, &all_ok(&model)).named("the balances at the end"))
        },
    ),
    money_is_never_between_accounts = case(
        "While a transfer waits for one account, no money has left or reached the other.",
        points = 2,
        input = |rng| -> (Vec<u64>, [Transfer; 2]) {
            let count = rng.count(4..=7);
            let [one, two, three, four] = accounts(rng, count);
            let orders = [transfer(rng, one, two), transfer(rng, three, four)];
            (cents(rng, count), orders)
        },
        drive = |(cents, orders), log| -> (Vec<Told<()>>, Vec<Told<u64>>, Vec<Told<u64>>) {
            let bank = &Bank::new(cents.iter().copied());
            let (moved, seen) = thread::scope(|scope| {
                let [gives, takes] = &orders;
                let held = [gives.to, takes.from].map(|account| hold(scope, bank, account));
                let one = spawn_scoped(scope, "teller-1", move || transfer(bank, gives, log));
                let two = spawn_scoped(scope, "teller-2", move || transfer(bank, takes, log));
                rest(log);
                let three = spawn_scoped(scope, "auditor-1", move || read(bank, gives.from, log));
                let four = spawn_scoped(scope, "auditor-2", move || read(bank, takes.to, log));
                release(log, held);
                let moved = [one, two].map(|thread| thread.join().unwrap());
                (moved, [three, four].map(|thread| thread.join().unwrap()))
            });
            (moved.into(), seen.into(), balances(bank, cents.len()))
        },
        judge = |(cents, orders), (moved, seen, left), events| {
            let [gives, takes] = orders;
            let mut model = cents.clone();
            let expected = orders
                .each_ref()
                .map(|order| transferred(&mut model, order));
            let harmless = [
                format!("auditor-1 has read {}", cents[gives.from]),
                format!("auditor-2 has read {}", cents[takes.to]),
            ];
            let early = before_release(events);
            let seen_later = |number: usize, account: usize| {
                one_of(seen.get(number), &[Ok(cents[account]), Ok(model[account])])
                    .named(format!("the balance that auditor-{} has read", number + 1))
            };
            asleep(events)
                .and_then(|| {
                    check(
                        early.iter().all(|line| harmless.contains(line)),
                        format!("nothing, or the balances before the transfers: {harmless:#?}"),
                        format!("{early:#?}"),
                    )
                    .named("what was seen while both transfers waited")
                    .because("change no account before you have both of them")
                })
                .and(seen_later(0, gives.from))
                .and(seen_later(1, takes.to))
                .and(equal(moved, &expected.to_vec()).named("what the transfers return"))
                .and(equal(left, &all_ok(&model)).named("the balances at the end"))
        },
    ),
    an_account_is_never_overdrawn = case(
        "Money is given out once, however many transfers want it at the same time.",
        points = 1,
        input = |rng| -> (Vec<u64>, [Transfer; 4]) {
            let count = rng.count(5..=8);
            let mut five: [usize; 5] = accounts(rng, count);
            five.sort_unstable();
            let [low, lower, giver, high, higher] = five;
            let mut cents = cents(rng, count);
            // Enough for one of them.
            let amount = rng.range(cents[giver] / 2 + 1..=cents[giver]);
            cents[giver] = rng.range(amount..2 * amount);
            let targets = [rng.shuffled([low, lower]), rng.shuffled([high, higher])].concat();
            let orders = std::array::from_fn(|index| Transfer {
                from: giver,
                to: targets[index],
                amount,
            });
            (cents, orders)
        },
        drive = |(cents, orders), log| -> Vec<(Vec<Told<()>>, Vec<Told<u64>>)> {
            // Once with two lower accounts to receive, and once with two higher ones.
            let rounds = orders.chunks(2).map(|orders| {
                let bank = &Bank::new(cents.iter().copied());
                let results = thread::scope(|scope| {
                    let held: Vec<_> = orders
                        .iter()
                        .map(|order| hold(scope, bank, order.to))
                        .collect();
                    let mut tellers = Vec::new();
                    for (number, order) in orders.iter().enumerate() {
                        let name = format!("teller-{}", number + 1);
                        tellers.push(spawn_scoped(scope, &name, move || moved(bank, order)));
                        rest(log);
                    }
                    release(log, held);
                    let results = tellers.into_iter().map(|thread| thread.join().unwrap());
                    results.collect()
                });
                (results, balances(bank, cents.len()))
            });
            rounds.collect()
        },
        judge = |(cents, orders), rounds, events| {
            let each = orders.chunks(2).zip(rounds);
            let each = each.map(|(orders, (results, left))| {
                // Whoever comes first.
                let ways = orders.iter().enumerate().map(|(first, order)| {
                    let mut model = cents.clone();
                    let paid = transferred(&mut model, order);
                    let refused = transferred(&mut model.clone(), order);
                    let mut results = vec![refused; 2];
                    results[first] = paid;
                    (results, all_ok(&model))
                });
                let ways: Vec<_> = ways.collect();
                let got = (results.clone(), left.clone());
                one_of(Some(&got), &ways).named(format!("results and balances after {orders:#?}"))
            });
            let each: Check = each.collect();
            asleep(events)
                .and(each.because("a balance that was looked at before the locks is an old one"))
                .and(equal(&rounds.len(), &2).named("how many rounds came back"))
        },
    ),
    a_total_is_one_instant = case(
        "`total` is the sum at one instant, also while money moves.",
        points = 2,
        input = |rng| -> (Vec<u64>, usize, Transfer) {
            let count = rng.count(3..=6);
            let mut three: [usize; 3] = accounts(rng, count);
            three.sort_unstable();
            let [first, middle, last] = three;
            let ends = rng.shuffled([first, last]);
            (cents(rng, count), middle, transfer(rng, ends[0], ends[1]))
        },
        drive = |(cents, middle, order), log| -> (Told<u64>, Told<()>, Vec<Told<u64>>) {
            let bank = &Bank::new(cents.iter().copied());
            let order = &order;
            let (total, moved) = thread::scope(|scope| {
                let held = hold(scope, bank, middle);
                let auditor = spawn_scoped(scope, "auditor", move || {
                    let total = told(bank.total());
                    log.event("has the total", total.clone().unwrap_or_default());
                    total
                });
                rest(log);
                let teller = spawn_scoped(scope, "teller-1", move || transfer(bank, order, log));
                release(log, [held]);
                (auditor.join().unwrap(), teller.join().unwrap())
            });
            (total, moved, balances(bank, cents.len()))
        },
        judge = |(cents, _, order), (total, moved, left), events| {
            let mut model = cents.clone();
            let expected = transferred(&mut model, order);
            let early = before_release(events);
            asleep(events)
                .and_then(|| {
                    check(
                        !early.iter().any(|line| line.starts_with("auditor")),
                        "no total while an account is in use",
                        format!("{early:#?}"),
                    )
                    .named("what happened before all accounts were free")
                })
                .and(
                    equal(total, &Ok(cents.iter().sum()))
                        .named("the total")
                        .because(
                            "money moved between accounts that were counted at different moments",
                        ),
                )
                .and(equal(moved, &expected).named("what the transfer returns"))
                .and(equal(left, &all_ok(&model)).named("the balances at the end"))
        },
    ),
    a_slow_account_stops_nobody_who_does_not_touch_it = case(
        "While one account is in use and a transfer waits for it, the others can be used.",
        points = 1,
        input = |rng| -> (Vec<u64>, Transfer, usize, Vec<Transfer>) {
            let count = rng.count(5..=8);
            let [slow, other, one, two, three] = accounts(rng, count);
            let ends = rng.shuffled([slow, other]);
            let cents = cents(rng, count);
            let unknown = count + rng.count(0..=9);
            let mut orders = vec![
                transfer(rng, one, two),
                transfer(rng, two, three),
                transfer(rng, three, three),
                transfer(rng, one, unknown),
                transfer(rng, slow, unknown),
                transfer(rng, unknown, slow),
            ];
            orders.push(Transfer {
                from: three,
                to: one,
                amount: cents[three] + rng.range(10_000..=99_999),
            });
            (
                cents,
                transfer(rng, ends[0], ends[1]),
                slow,
                rng.shuffled(orders),
            )
        },
        drive = |(cents, waits, slow, orders), log| -> (Told<()>, Vec<Told<()>>, Vec<Told<u64>>) {
            let bank = &Bank::new(cents.iter().copied());
            let (waits, orders) = (&waits, &orders);
            let (waited, results) = thread::scope(|scope| {
                let held = hold(scope, bank, slow);
                let waiting = spawn_scoped(scope, "teller-1", move || transfer(bank, waits, log));
                rest(log);
                let busy = spawn_scoped(scope, "teller-2", move || {
                    let orders = orders.iter();
                    let results = orders.map(|order| transfer(bank, order, log));
                    results.collect()
                });
                release(log, [held]);
                (waiting.join().unwrap(), busy.join().unwrap())
            });
            (waited, results, balances(bank, cents.len()))
        },
        judge = |(cents, waits, _, orders), (waited, results, left), events| {
            let mut model = cents.clone();
            let each = orders.iter();
            let expected: Vec<Told<()>> =
                each.map(|order| transferred(&mut model, order)).collect();
            let waited_for = transferred(&mut model, waits);
            let each = orders.iter();
            let lines: Vec<String> = each
                .map(|order| format!("teller-2 has transferred {}", order.amount))
                .collect();
            asleep(events)
                .and_then(|| {
                    equal(&before_release(events), &lines)
                        .named("what was over before the slow account was free")
                        .because("a lock for all accounts makes everybody wait for the slowest")
                })
                .and(equal(results, &expected).named("what the other transfers return"))
                .and(equal(waited, &waited_for).named("what the transfer that waited returns"))
                .and(equal(left, &all_ok(&model)).named("the balances at the end"))
        },
    ),
    a_panic_is_remembered_until_it_is_repaired = case(
        "A panic inside `update` poisons this one account, until it is repaired.",
        points = 1,
        input = |rng| -> (Vec<u64>, [usize; 4], u64, [u64; 2]) {
            let count = rng.count(4..=7);
            let repaired = [rng.range(5_000..=9_999), rng.range(5_000..=9_999)];
            (
                cents(rng, count),
                accounts(rng, count),
                rng.range(1..=4_999),
                repaired,
            )
        },
        drive = |(cents, [one, two, sound, other], amount, repaired), log| -> Vec<Told<u64>> {
            let bank = &Bank::new(cents);
            let panic_in = |account: usize| {
                thread::scope(|scope| {
                    let teller = spawn_scoped(scope, "teller-1", move || {
                        bank.update(account, |cents| {
                            *cents /= 2;
                            suite::unwind()
                        })
                    });
                    match teller.join() {
                        Ok(result) => told(result),
                        Err(_) => Err("panic".to_owned()),
                    }
                })
            };
            let change = |cents: &mut u64| {
                log.event("has entered", one as u64);
                *cents
            };
            let transfer =
                |from, to, amount| told(bank.transfer(from, to, amount)).map(|()| amount);
            let mut results = vec![
                panic_in(one),
                told(bank.balance(one)),
                told(bank.update(one, change)),
                transfer(one, sound, amount),
                transfer(sound, one, amount),
                transfer(sound, one, u64::MAX),
                transfer(one, usize::MAX, amount),
                told(bank.total()),
                transfer(sound, other, amount),
                told(bank.balance(sound)),
                panic_in(two),
                transfer(one, two, amount),
                transfer(two, one, amount),
                told(bank.total()),
            ];
            results.extend([
                told(bank.repair(one, repaired[0])).map(|()| repaired[0]),
                told(bank.balance(one)),
                told(bank.total()),
                told(bank.repair(two, repaired[1])).map(|()| repaired[1]),
                transfer(one, two, amount),
                told(bank.balance(two)),
                told(bank.total()),
                panic_in(two),
                told(bank.balance(two)),
            ]);
            results
        },
        judge = |(cents, [one, two, sound, other], amount, repaired), got, events| {
            let poisoned = |account: &usize| Err(format!("Poisoned({account})"));
            let panicked = || Err("panic".to_owned());
            let lower = one.min(two);
            let [first, second] = *repaired;
            let total: u64 = cents.iter().sum();
            let total = total - cents[*one] - cents[*two] + first + second;
            let (a, b, c, d, n) = (one, two, sound, other, amount);
            let expected = [
                (
                    format!("a panic inside `update({a}, …)` goes on"),
                    panicked(),
                ),
                (format!("balance({a})"), poisoned(one)),
                (format!("update({a}, …)"), poisoned(one)),
                (format!("transfer({a}, {c}, {n})"), poisoned(one)),
                (format!("transfer({c}, {a}, {n})"), poisoned(one)),
                (format!("transfer({c}, {a}, {})", u64::MAX), poisoned(one)),
                (
                    format!("transfer({a}, {}, {n})", usize::MAX),
                    Err(format!("NoSuchAccount({})", usize::MAX)),
                ),
                ("total()".to_owned(), poisoned(one)),
                (format!("transfer({c}, {d}, {n})"), Ok(*n)),
                (format!("balance({c})"), Ok(cents[*sound] - n)),
                (
                    format!("a panic inside `update({b}, …)` goes on"),
                    panicked(),
                ),
                (format!("transfer({a}, {b}, {n})"), poisoned(lower)),
                (format!("transfer({b}, {a}, {n})"), poisoned(lower)),
                ("total() with two poisoned".to_owned(), poisoned(lower)),
                (format!("repair({a}, {first})"), Ok(first)),
                (format!("balance({a}) after its repair"), Ok(first)),
                (format!("total() after the repair of {a}"), poisoned(two)),
                (format!("repair({b}, {second})"), Ok(second)),
                (
                    format!("transfer({a}, {b}, {n}) after both repairs"),
                    Ok(*n),
                ),
                (format!("balance({b}) after that"), Ok(second + n)),
                ("total() after both repairs".to_owned(), Ok(total)),
                (format!("another panic inside `update({b}, …)`"), panicked()),
                (format!("balance({b}) after the other panic"), poisoned(two)),
            ];
            let each = expected.iter().zip(got);
            each.map(|((what, expected), got)| equal(got, expected).named(what.as_str()))
                .collect::<Check>()
                .and(
                    equal(&before_release(events), &Vec::<String>::new())
                        .named("changes of a poisoned account"),
                )
                .because("`lock` says that a thread panicked; only `repair` may pass over it")
                .and(equal(&got.len(), &expected.len()).named("how many results came back"))
        },
    ),
    whatever_one_teller_does_in_whatever_order_is_right = calls(
        "Whatever one teller does in whatever order, also with a poisoned account, is right.",
        points = 1,
        input = |rng| {
            let count = 70;
            let cents = rng.list(count..=count, |rng| rng.range(0..=3) * rng.range(0..=999));
            let mut calls = vec![Call::New(cents)];
            for _ in 0..150 {
                let known = [0, 1, 8, 63, 64, count - 1, rng.count(0..count)];
                let unknown = [count, usize::MAX];
                let [from, to] = [(); 2].map(|()| match rng.range(0..12) {
                    0 => *rng.pick(&unknown),
                    _ => *rng.pick(&known),
                });
                let amount = rng.range(0..=999);
                let amount = *rng.pick(&[0, 1, amount, u64::MAX]);
                calls.push(match rng.range(0..10) {
                    0 => Call::Total,
                    1 => Call::Add(from, amount % 1_000),
                    2 => Call::Panic(from),
                    3..=5 => Call::Repair(from, amount % 1_000),
                    _ => Call::Move(from, to, amount),
                });
                calls.extend([from, to].map(Call::Balance));
            }
            calls
        },
    ),
);
