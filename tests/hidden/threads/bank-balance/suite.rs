use suite::suite;

suite!(
    shared = {
        use suite::{Seen, Shown, Step};

        suite::calls! {
            Call {
                New(cents: Vec<u64>) => "Bank::new({cents:?})",
                Balance(account: usize) => "balance({account})",
                Total => "total()",
                Add(account: usize, more: u64) => "update({account}, |cents| {{ *cents += {more}; *cents }})",
                Panic(account: usize) => "update({account}, |cents| {{ *cents += 1; panic!() }})",
                Move(from: usize, to: usize, amount: u64) => "transfer({from}, {to}, {amount})",
                Repair(account: usize, cents: u64) => "repair({account}, {cents})",
                Stay(account: usize) => "update({account}, |cents| {{ let n = wait(); *cents += n; *cents }})",
                UseOthers(account: usize, count: usize) => "update(n, …) for every other n",
                Balances(count: usize) => "balance(n) for every n",
            }
        }

        suite::wire! {
            #[derive(Debug, Clone)]
            pub struct Scenario { pub cents: Vec<u64>, pub steps: Vec<Step<Call>> }
        }

        /// What an account holds while somebody is in `change`, and after a panic.
        pub const SCRIBBLE: u64 = 777_777_777;
    },
    acting = {
        use bank_balance::Bank;
        use std::panic::resume_unwind;
        use std::thread;
        use suite::{Inside, spawn_scoped};

        fn act(calls: &[Call]) -> Vec<Shown> {
            let mut bank = Bank::new([]);
            let mut answers = Vec::new();
            for (index, call) in calls.iter().enumerate() {
                suite::reached(index);
                answers.push(match call {
                    Call::New(cents) => {
                        bank = Bank::new(cents.iter().copied());
                        Shown::new("a bank")
                    }
                    call => ask(&bank, call),
                });
            }
            answers
        }

        fn ask(bank: &Bank, call: &Call) -> Shown {
            match call {
                Call::Balance(account) => Shown::of(&bank.balance(*account)),
                Call::Total => Shown::of(&bank.total()),
                Call::Add(account, more) => add(bank, *account, *more),
                Call::Panic(account) => {
                    let change = |cents: &mut u64| -> u64 {
                        *cents += 1;
                        resume_unwind(Box::new(1_u64))
                    };
                    suite::caught(|| Shown::of(&bank.update(*account, change)))
                }
                Call::Move(from, to, amount) => Shown::of(&bank.transfer(*from, *to, *amount)),
                Call::Repair(account, cents) => Shown::of(&bank.repair(*account, *cents)),
                Call::UseOthers(account, count) => {
                    let mut sums = 0;
                    for other in (0..*count).filter(|other| other != account) {
                        sums += bank.update(other, |cents| *cents).unwrap_or_default();
                    }
                    Shown::of(&sums)
                }
                Call::Balances(count) => {
                    let balances = (0..*count).map(|account| bank.balance(account));
                    Shown::of(&balances.collect::<Vec<_>>())
                }
                Call::New(_) | Call::Stay(_) => Shown::new("not here"),
            }
        }

        fn add(bank: &Bank, account: usize, more: u64) -> Shown {
            let mut called = 0;
            let given = bank.update(account, |cents| {
                called += 1;
                *cents += more;
                *cents
            });
            if called == i32::from(given.is_ok()) {
                Shown::of(&given)
            } else {
                Shown::new(format!("{given:?}, and `change` was called"))
            }
        }

        fn play(scenario: &Scenario) -> Vec<Seen> {
            let bank = Bank::new(scenario.cents.iter().copied());
            suite::play(bank, &scenario.steps, |bank, call, inside| match call {
                Call::Stay(account) => stay(bank, *account, inside),
                call => ask(bank, call),
            })
        }

        fn stay(bank: &Bank, account: usize, inside: &Inside) -> Shown {
            let change = |cents: &mut u64| {
                let before = std::mem::replace(cents, SCRIBBLE);
                *cents = before + inside.stay();
                *cents
            };
            suite::caught(|| Shown::of(&bank.update(account, change)))
        }
    },
    deciding = {
        use std::collections::{BTreeMap, BTreeSet};
        use suite::{Judge, Rng};

        #[derive(Debug)]
        #[allow(dead_code, reason = "they are read by their debug form")]
        enum Refusal {
            NoSuchAccount(usize),
            Poisoned(usize),
            Insufficient { balance: u64, requested: u64 },
        }

        /// A mistake whose effect is known in full.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        enum Mistake {
            ForgetsPoison,
            SameAccountUnchecked,
            OneLock,
            NoLockInChange,
        }

        const CAUSES: [(Mistake, &str); 4] = [
            (
                Mistake::ForgetsPoison,
                "a poisoned account is used as if nothing had happened",
            ),
            (
                Mistake::SameAccountUnchecked,
                "a transfer to the same account is checked like every other",
            ),
            (
                Mistake::OneLock,
                "a call waits only for the accounts that it touches; a lock for more than one account \
                 makes others wait for the slowest",
            ),
            (
                Mistake::NoLockInChange,
                "either `update` gives the lock back before `change` has returned, or this call does \
                 not ask for it",
            ),
        ];

        /// A bank that one call after the other uses.
        #[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
        struct Model {
            cents: Vec<u64>,
            poisoned: BTreeSet<usize>,
            mistake: Option<Mistake>,
        }

        impl Model {
            fn with(mistake: Mistake) -> Self {
                Self {
                    mistake: Some(mistake),
                    ..Self::default()
                }
            }

            fn has(&self, mistake: Mistake) -> bool {
                self.mistake == Some(mistake)
            }

            fn known(&self, accounts: &[usize]) -> Result<(), Refusal> {
                let unknown = accounts
                    .iter()
                    .find(|account| **account >= self.cents.len());
                unknown.map_or(Ok(()), |account| Err(Refusal::NoSuchAccount(*account)))
            }

            fn sound(&self, accounts: &[usize]) -> Result<(), Refusal> {
                self.known(accounts)?;
                let mut poisoned = self.poisoned.iter();
                match poisoned.find(|account| accounts.contains(account)) {
                    Some(account) if !self.has(Mistake::ForgetsPoison) => {
                        Err(Refusal::Poisoned(*account))
                    }
                    _ => Ok(()),
                }
            }

            fn update(&mut self, account: usize, more: u64) -> Result<u64, Refusal> {
                self.sound(&[account])?;
                self.cents[account] += more;
                Ok(self.cents[account])
            }

            fn transfer(&mut self, from: usize, to: usize, amount: u64) -> Result<(), Refusal> {
                self.known(&[from, to])?;
                if from == to && self.has(Mistake::SameAccountUnchecked) {
                    return Ok(());
                }
                self.sound(&[from, to])?;
                let balance = self.cents[from];
                if balance < amount {
                    return Err(Refusal::Insufficient {
                        balance,
                        requested: amount,
                    });
                }
                self.cents[from] -= amount;
                self.cents[to] += amount;
                Ok(())
            }

            fn repair(&mut self, account: usize, cents: u64) -> Result<(), Refusal> {
                self.known(&[account])?;
                self.poisoned.remove(&account);
                self.cents[account] = cents;
                Ok(())
            }

            /// The accounts that a call touches.
            fn touched(&self, call: &Call) -> Vec<usize> {
                match *call {
                    Call::Balance(account)
                    | Call::Add(account, _)
                    | Call::Panic(account)
                    | Call::Repair(account, _)
                    | Call::Stay(account) => vec![account],
                    Call::Move(from, to, _) => vec![from, to],
                    Call::UseOthers(account, _) => self.others(account),
                    Call::New(_) | Call::Total | Call::Balances(_) => {
                        (0..self.cents.len()).collect()
                    }
                }
            }

            fn others(&self, account: usize) -> Vec<usize> {
                let all = 0..self.cents.len();
                all.filter(|other| *other != account).collect()
            }

            /// What a call gives, or why it is refused as a whole.
            fn ask(&mut self, call: &Call) -> Result<Shown, Refusal> {
                let ok = |value: &dyn std::fmt::Debug| Shown::new(format!("Ok({value:?})"));
                Ok(match call {
                    Call::New(cents) => {
                        let (cents, poisoned) = (cents.clone(), BTreeSet::new());
                        *self = Self {
                            cents,
                            poisoned,
                            ..*self
                        };
                        Shown::new("a bank")
                    }
                    Call::Balance(account) | Call::Stay(account) => ok(&self.update(*account, 0)?),
                    Call::Total => {
                        self.sound(&self.touched(call))?;
                        ok(&self.cents.iter().sum::<u64>())
                    }
                    Call::Add(account, more) => ok(&self.update(*account, *more)?),
                    Call::Panic(account) => {
                        self.update(*account, 1)?;
                        self.poisoned.insert(*account);
                        Shown::new("a panic with 1")
                    }
                    Call::Move(from, to, amount) => ok(&self.transfer(*from, *to, *amount)?),
                    Call::Repair(account, cents) => ok(&self.repair(*account, *cents)?),
                    Call::UseOthers(account, _) => {
                        let others = self.others(*account).into_iter();
                        Shown::of(&others.map(|other| self.cents[other]).sum::<u64>())
                    }
                    Call::Balances(_) => {
                        let all = 0..self.cents.len();
                        let all: Vec<_> = all.map(|account| self.update(account, 0)).collect();
                        Shown::of(&all)
                    }
                })
            }
        }

        impl suite::Model for Model {
            type Call = Call;

            fn call(&mut self, call: &Call) -> Shown {
                let answer = self.ask(call);
                answer.unwrap_or_else(|refusal| Shown::new(format!("Err({refusal:?})")))
            }

            fn starts_afresh(call: &Call) -> bool {
                matches!(call, Call::New(_))
            }

            fn mistaken() -> Vec<(Self, &'static str)> {
                let each = CAUSES.into_iter();
                each.map(|(mistake, cause)| (Self::with(mistake), cause))
                    .collect()
            }
        }

        /// A bank that several callers use at the same time.
        #[derive(Clone, PartialEq)]
        struct Busy {
            bank: Model,
            /// Who is in `change`, of which account, and what it held before.
            inside: BTreeMap<u8, (usize, u64)>,
        }

        impl Busy {
            fn new(cents: &[u64], mistake: Option<Mistake>) -> Self {
                let bank = Model {
                    cents: cents.to_vec(),
                    mistake,
                    ..Model::default()
                };
                let inside = BTreeMap::new();
                Self { bank, inside }
            }

            fn in_use(&self, account: usize) -> bool {
                match self.bank.mistake {
                    Some(Mistake::NoLockInChange) => false,
                    Some(Mistake::OneLock) => !self.inside.is_empty(),
                    _ => self.inside.values().any(|(used, _)| *used == account),
                }
            }
        }

        impl suite::Scene for Busy {
            type Call = Call;

            fn come_out(&mut self, caller: u8, way: Result<u64, u64>) -> Option<Shown> {
                let (account, before) = self.inside.remove(&caller)?;
                Some(match way {
                    Ok(more) => {
                        self.bank.cents[account] = before + more;
                        Shown::new(format!("Ok({})", before + more))
                    }
                    Err(number) => {
                        self.bank.cents[account] = SCRIBBLE;
                        self.bank.poisoned.insert(account);
                        Shown::new(format!("a panic with {number}"))
                    }
                })
            }

            fn answer(&mut self, caller: u8, call: &Call) -> Option<Shown> {
                let touched = self.bank.touched(call);
                let waits = touched.iter().any(|account| self.in_use(*account));
                let payer_in_use = touched.first().is_some_and(|from| self.in_use(*from));
                match self.bank.ask(call) {
                    Ok(_) if waits => None,
                    Err(Refusal::Insufficient { .. }) if payer_in_use => None,
                    // Whoever is refused may be so without waiting.
                    Err(refusal) => Some(Shown::new(format!("Err({refusal:?})"))),
                    Ok(answer) => {
                        let Call::Stay(account) = *call else {
                            return Some(answer);
                        };
                        let held = if self.bank.has(Mistake::NoLockInChange) {
                            self.bank.cents[account]
                        } else {
                            SCRIBBLE
                        };
                        let before = std::mem::replace(&mut self.bank.cents[account], held);
                        self.inside.insert(caller, (account, before));
                        Some(Shown::new("is inside"))
                    }
                }
            }

            /// Whether each of them waits for somebody in `change`, or for somebody who waits and may
            /// already keep other accounts that they touch.
            fn may_wait(&self, calls: &[&Call]) -> bool {
                let touched = calls.iter().map(|call| self.bank.touched(call));
                let mut waiting: Vec<Vec<usize>> = touched.collect();
                if waiting
                    .iter()
                    .any(|touched| self.bank.known(touched).is_err())
                {
                    return false;
                }
                let all = 0..self.bank.cents.len();
                let mut kept: BTreeSet<usize> = all.filter(|one| self.in_use(*one)).collect();
                loop {
                    let before = waiting.len();
                    waiting.retain(|touched| {
                        let waits = touched.iter().any(|account| kept.contains(account));
                        if waits {
                            kept.extend(touched);
                        }
                        !waits
                    });
                    if waiting.len() == before {
                        return waiting.is_empty();
                    }
                }
            }
        }

        fn look(j: &mut Judge, scenario: &Scenario, seen: &[Seen]) {
            let Scenario { cents, steps } = scenario;
            let opened = match cents.len() {
                count @ 9.. => format!("a bank with {count} accounts"),
                _ => format!("Bank::new({cents:?})"),
            };
            let busy = |mistake| Busy::new(cents, mistake);
            let mistaken = CAUSES.map(|(mistake, cause)| (busy(Some(mistake)), cause));
            j.scene(opened, &busy(None), mistaken, steps, seen);
        }

        /// Accounts with enough for every transfer that is not to be refused.
        fn cents(rng: &mut Rng, count: usize) -> Vec<u64> {
            rng.list(count..=count, |rng| rng.range(10_000..=99_999))
        }

        fn amount(rng: &mut Rng) -> u64 {
            rng.range(1..=4_999)
        }

        /// That many different accounts of a bank with `count`, the lowest first.
        fn sorted<const N: usize>(rng: &mut Rng, count: usize) -> [usize; N] {
            let shuffled = rng.shuffled(0..count);
            let mut some = std::array::from_fn(|index| shuffled[index]);
            some.sort_unstable();
            some
        }

        fn scenario(cents: &[u64], steps: impl IntoIterator<Item = Step<Call>>) -> Scenario {
            let mut steps: Vec<_> = steps.into_iter().collect();
            steps.push(Step::Start(99, Call::Balances(cents.len())));
            Scenario {
                cents: cents.to_vec(),
                steps,
            }
        }

        /// One teller is in `change`, another calls everything that touches this account, and the
        /// first one comes out.
        fn one_waits(rng: &mut Rng, out: fn(u8, u64) -> Step<Call>) -> Vec<Scenario> {
            let mut scenarios = Vec::new();
            for lower in [true, false] {
                let [low, high] = sorted(rng, 4);
                let (used, other) = if lower { (low, high) } else { (high, low) };
                let (cents, more) = (cents(rng, 4), amount(rng));
                let all = cents[used] + more;
                let calls = [
                    Call::Balance(used),
                    Call::Add(used, amount(rng)),
                    Call::Move(used, other, amount(rng)),
                    Call::Move(used, other, all),
                    Call::Move(other, used, amount(rng)),
                    Call::Move(used, used, all),
                    Call::Move(used, used, all + 1),
                    Call::Total,
                    Call::Stay(used),
                ];
                for call in calls {
                    let mut steps = vec![
                        Step::Start(1, Call::Stay(used)),
                        Step::Start(2, call.clone()),
                        out(1, more),
                    ];
                    if matches!(call, Call::Stay(_)) {
                        steps.push(Step::Leave(2, amount(rng)));
                    }
                    scenarios.push(scenario(&cents, steps));
                }
            }
            scenarios
        }
    },
    a_bank_holds_what_was_put_in = calls(
        "`balance` returns what an account holds, and an unknown account is an error.",
        points = 1,
        input = |rng| {
            let mut calls = Vec::new();
            let drawn = cents(rng, 9);
            for cents in [drawn, vec![], vec![0], vec![u64::MAX], vec![7; 130]] {
                let count = cents.len();
                calls.push(Call::New(cents));
                calls.extend((0..=count + 1).map(Call::Balance));
                calls.extend([count + 64, usize::MAX].map(Call::Balance));
            }
            calls
        },
    ),
    an_update_changes_one_account = calls(
        "`update` calls `change` once with the balance, and returns what `change` returns.",
        points = 1,
        input = |rng| {
            let count = rng.count(3..=6);
            let mut calls = vec![Call::New(cents(rng, count))];
            for _ in 0..3 {
                for account in 0..count {
                    calls.push(Call::Add(account, rng.range(0..=9_999)));
                    calls.extend((0..count).map(Call::Balance));
                }
                let unknown = [count, count + 64, usize::MAX];
                calls.extend(unknown.map(|account| Call::Add(account, 1)));
            }
            calls
        },
    ),
    a_transfer_moves_the_amount_or_nothing = calls(
        "A transfer moves the amount, or says why not and moves nothing.",
        points = 2,
        input = |rng| {
            let count = rng.count(3..=5);
            let cents = cents(rng, count);
            let mut calls = Vec::new();
            let accounts = [0, 1, count - 1, count, count + 1, usize::MAX];
            for from in accounts {
                for to in accounts {
                    let holds = cents.get(from).copied().unwrap_or_default();
                    for amount in [0, 1, rng.range(0..=holds), holds, holds + 1, u64::MAX] {
                        calls.push(Call::New(cents.clone()));
                        calls.push(Call::Move(from, to, amount));
                        calls.extend((0..count).map(Call::Balance));
                    }
                }
            }
            calls
        },
    ),
    a_total_is_the_sum = calls(
        "`total` is the sum of all balances.",
        points = 1,
        input = |rng| {
            let cents = cents(rng, 6);
            let large = vec![(1 << 60) + rng.range(1..=99), 1, 1 << 61, 3];
            let lists = [vec![], vec![0, 0], cents, large, vec![1; 130]];
            let mut calls = Vec::new();
            for cents in lists {
                let last = cents.len().saturating_sub(1);
                calls.extend([Call::New(cents), Call::Total]);
                calls.extend([Call::Add(last, 5), Call::Total]);
                calls.extend([Call::Move(last, 0, 4), Call::Total]);
            }
            calls
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
    nobody_enters_an_account_in_use = scenes(
        "While one teller is in `change`, everybody else who touches this account waits.",
        points = 2,
        input = |rng| { one_waits(rng, Step::Leave) },
    ),
    a_slow_account_stops_nobody_who_does_not_touch_it = scenes(
        "While one account is in use and a transfer waits for it, the others can be used.",
        points = 1,
        input = |rng| {
            let mut scenarios = Vec::new();
            for reverse in [false, true] {
                let count = 7;
                let [one, two, three, four, five] = sorted(rng, count);
                for [slow, other] in [[one, five], [three, four], [five, one]] {
                    let free = [one, two, three, four, five];
                    let mut free = free
                        .into_iter()
                        .filter(|free| ![slow, other].contains(free));
                    let [a, b, c] = [(); 3].map(|()| free.next().unwrap_or_default());
                    let (from, to) = if reverse {
                        (other, slow)
                    } else {
                        (slow, other)
                    };
                    let cents = cents(rng, count);
                    let calls = [
                        Call::Move(from, to, amount(rng)),
                        Call::Move(a, b, amount(rng)),
                        Call::Move(c, b, amount(rng)),
                        Call::Move(b, a, 1_000_000),
                        Call::Move(c, c, amount(rng)),
                        Call::Move(slow, count, 1),
                        Call::Move(usize::MAX, slow, 1),
                        Call::Balance(count),
                        Call::Add(a, amount(rng)),
                        Call::Balance(b),
                    ];
                    let mut steps = vec![Step::Start(1, Call::Stay(slow))];
                    steps.extend((2..).zip(calls).map(|(n, call)| Step::Start(n, call)));
                    steps.push(Step::Leave(1, amount(rng)));
                    scenarios.push(scenario(&cents, steps));
                }
            }
            for slow in [0, 1, 64, rng.count(2..129), 129] {
                let steps = [
                    Step::Start(1, Call::Stay(slow)),
                    Step::Start(2, Call::UseOthers(slow, 130)),
                    Step::Leave(1, amount(rng)),
                ];
                scenarios.push(scenario(&[5; 130], steps));
            }
            scenarios
        },
    ),
    opposite_transfers_both_finish = scenes(
        "Two transfers in opposite directions never wait for each other for ever.",
        points = 2,
        input = |rng| {
            let mut scenarios = Vec::new();
            for [first, second] in [[1, 2], [2, 1]] {
                let count = rng.count(2..=6);
                let [low, high] = sorted(rng, count);
                // Each transfer waits for the first account that it asks for. With one of the two
                // free and then the other, both have what they asked for first.
                let steps = [
                    Step::Start(1, Call::Stay(low)),
                    Step::Start(2, Call::Stay(high)),
                    Step::Start(3, Call::Move(low, high, amount(rng))),
                    Step::Start(4, Call::Move(high, low, amount(rng))),
                    Step::Leave(first, amount(rng)),
                    Step::Leave(second, amount(rng)),
                ];
                scenarios.push(scenario(&cents(rng, count), steps));
            }
            scenarios
        },
    ),
    money_is_never_between_accounts = scenes(
        "While a transfer waits for one account, no money has left or reached the other.",
        points = 2,
        input = |rng| {
            let mut scenarios = Vec::new();
            for (used, other) in [(0, 1), (1, 0)] {
                for (from, to) in [(used, other), (other, used)] {
                    for look in [Call::Balance(other), Call::Add(other, 0), Call::Total] {
                        let steps = [
                            Step::Start(1, Call::Stay(used)),
                            Step::Start(2, Call::Move(from, to, amount(rng))),
                            Step::Start(3, look),
                            Step::Leave(1, amount(rng)),
                        ];
                        scenarios.push(scenario(&cents(rng, 3), steps));
                    }
                }
            }
            scenarios
        },
    ),
    an_account_is_never_overdrawn = scenes(
        "Money is given out once, however many transfers want it at the same time.",
        points = 1,
        input = |rng| {
            let mut scenarios = Vec::new();
            let [a, b, giver, c, d] = sorted(rng, 7);
            for [one, two] in [[a, b], [c, d], [d, a]] {
                let cents = cents(rng, 7);
                // Enough for one of them, and for both with what comes in.
                let most = cents[giver] - rng.range(0..=99);
                let steps = [
                    Step::Start(1, Call::Stay(one)),
                    Step::Start(2, Call::Stay(two)),
                    Step::Start(3, Call::Move(giver, one, most)),
                    Step::Start(4, Call::Move(giver, two, most)),
                    Step::Leave(1, amount(rng)),
                    Step::Leave(2, amount(rng)),
                    Step::Start(5, Call::Add(giver, most)),
                    Step::Start(6, Call::Move(giver, two, most)),
                ];
                scenarios.push(scenario(&cents, steps));
            }
            scenarios
        },
    ),
    a_total_is_one_instant = scenes(
        "`total` is the sum at one instant, also while money moves.",
        points = 2,
        input = |rng| {
            let mut scenarios = Vec::new();
            let count = rng.count(3..=6);
            let [low, middle, high] = sorted(rng, count);
            for used in [low, middle, high] {
                for (from, to) in [(low, high), (high, low), (low, middle), (high, middle)] {
                    let steps = [
                        Step::Start(1, Call::Stay(used)),
                        Step::Start(2, Call::Total),
                        Step::Start(3, Call::Move(from, to, amount(rng))),
                        Step::Leave(1, amount(rng)),
                    ];
                    scenarios.push(scenario(&cents(rng, count), steps));
                }
            }
            // A total that adds up twice, until both sums are the same, finds the same wrong sum
            // twice.
            let more = amount(rng);
            let there = || Call::Move(1, 4, more);
            let steps = [
                Step::Start(1, Call::Stay(2)),
                Step::Start(2, Call::Total),
                Step::Start(3, there()),
                Step::Start(4, Call::Stay(0)),
                Step::Leave(1, 0),
                Step::Start(5, Call::Move(4, 1, more)),
                Step::Start(6, Call::Stay(2)),
                Step::Leave(4, 0),
                Step::Start(7, there()),
                Step::Leave(6, 0),
            ];
            scenarios.push(scenario(&cents(rng, 5), steps));
            scenarios
        },
    ),
    a_panic_is_remembered_until_it_is_repaired = calls(
        "A panic in `change` poisons this one account, until it is repaired.",
        points = 2,
        input = |rng| {
            let count = rng.count(4..=7);
            let [low, sound, high] = sorted(rng, count);
            let mut calls = Vec::new();
            for poisoned in [vec![low], vec![high], vec![low, high], vec![high, low]] {
                calls.push(Call::New(cents(rng, count)));
                calls.extend(poisoned.iter().map(|account| Call::Panic(*account)));
                let touches = |account: usize| {
                    vec![
                        Call::Balance(account),
                        Call::Add(account, 1),
                        Call::Panic(account),
                        Call::Move(account, sound, 1),
                        Call::Move(sound, account, 1),
                        Call::Move(sound, account, u64::MAX),
                        Call::Move(account, account, 0),
                        Call::Move(account, usize::MAX, 1),
                        Call::Move(usize::MAX, account, 1),
                        Call::Move(low, high, 1),
                        Call::Move(high, low, 1),
                        Call::Total,
                    ]
                };
                for account in [low, sound, high] {
                    calls.extend(touches(account));
                }
                for account in &poisoned {
                    calls.push(Call::New(cents(rng, count)));
                    calls.extend(poisoned.iter().map(|account| Call::Panic(*account)));
                    calls.push(Call::Repair(*account, rng.range(0..=9_999)));
                    calls.extend(touches(*account));
                    calls.push(Call::Repair(*account, rng.range(0..=9_999)));
                    calls.push(Call::Balance(*account));
                }
            }
            calls.push(Call::Repair(sound, rng.range(0..=9_999)));
            calls.extend([Call::Balance(sound), Call::Repair(count, 1), Call::Total]);
            calls
        },
    ),
    whoever_waits_learns_of_a_panic = scenes(
        "Whoever waits for an account while its user panics is told that it is poisoned.",
        points = 1,
        input = |rng| { one_waits(rng, Step::Fall) },
    ),
    a_repair_waits_for_its_account_and_for_no_other = scenes(
        "`repair` waits while its account is in use, and for nothing else.",
        points = 1,
        input = |rng| {
            let mut scenarios = Vec::new();
            for out in [Step::Leave, Step::Fall] {
                for used in 0..3 {
                    let [next, last] = [(used + 1) % 3, (used + 2) % 3];
                    let cents = cents(rng, 3);
                    let steps = [
                        Step::Start(1, Call::Stay(used)),
                        Step::Start(2, Call::Panic(next)),
                        Step::Start(3, Call::Repair(next, amount(rng))),
                        Step::Start(4, Call::Balance(next)),
                        Step::Start(5, Call::Repair(last, amount(rng))),
                        Step::Start(6, Call::Repair(used, amount(rng))),
                        out(1, amount(rng)),
                    ];
                    scenarios.push(scenario(&cents, steps));
                }
            }
            scenarios
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
    whatever_tellers_do_at_the_same_time_is_right = scenes(
        "Whatever several tellers do at the same time is right.",
        points = 1,
        input = |rng| {
            let draw = |rng: &mut Rng| {
                let mut steps = Vec::new();
                let [used, other] = rng.shuffled([0, 1, 2])[..2] else {
                    return scenario(&[], []);
                };
                steps.push(Step::Start(1, Call::Stay(used)));
                steps.push(Step::Start(2, Call::Stay(other)));
                for teller in 3..=6 {
                    let [from, to] = [(); 2].map(|()| rng.count(0..=3));
                    let amount = amount(rng) * rng.range(0..=20);
                    let call = match rng.range(0..8) {
                        0 => Call::Total,
                        1 => Call::Add(from, amount),
                        2 => Call::Balance(from),
                        3 => Call::Repair(from, amount),
                        _ => Call::Move(from, to, amount),
                    };
                    steps.push(Step::Start(teller, call));
                }
                for teller in rng.shuffled([1, 2]) {
                    let amount = amount(rng);
                    steps.push(match rng.range(0..3) {
                        0 => Step::Fall(teller, amount),
                        _ => Step::Leave(teller, amount),
                    });
                }
                scenario(&cents(rng, 4), steps)
            };
            rng.list(10..=10, draw)
        },
    ),
    tellers_share_a_bank_by_reference = case(
        "Tellers share a bank by reference, with no lock of their own, and no cent is lost.",
        points = 1,
        input = |rng| -> (Vec<u64>, u64) { (cents(rng, 4), rng.range(200..=400)) },
        drive = |(cents, rounds)| -> Vec<Shown> {
            let bank = &Bank::new(cents);
            thread::scope(|scope| {
                for teller in 0..4 {
                    spawn_scoped(scope, &format!("teller-{teller}"), move || {
                        for _ in 0..rounds {
                            let _ = bank.update(teller, |cents| *cents += 1);
                            let _ = bank.transfer(teller, (teller + 1) % 4, 1);
                            let _ = bank.transfer(teller, (teller + 2) % 4, 1);
                            let _ = bank.transfer((teller + 2) % 4, teller, 1);
                        }
                    });
                }
            });
            (0..4)
                .map(|account| Shown::of(&bank.balance(account)))
                .collect()
        },
        judge = |j, (cents, rounds), got| {
            // Each account gives and takes as often as every other.
            let right = cents
                .iter()
                .map(|cents| Shown::new(format!("Ok({})", cents + rounds)));
            let right: Vec<Shown> = right.collect();
            j.eq("the balances", got, &right);
        },
    ),
);
