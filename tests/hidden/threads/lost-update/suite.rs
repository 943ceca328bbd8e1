use suite::suite;

suite!(
    shared = {
        suite::wire! {
            #[derive(Debug, Clone, PartialEq)]
            pub struct Account { pub start: i64, pub amounts: [i64; 2] }
        }

        /// A list of steps, a letter each: `F` and `S` load, `f` and `s` store.
        pub type Steps = String;

        /// Every list of up to six steps, and longer ones that begin with a schedule.
        pub fn lists() -> Vec<Steps> {
            let mut lists = suite::texts_of("FfSs", 6);
            for times in [2, 3, 16, 17, 64] {
                lists.push("FSfs".repeat(times));
                lists.push(format!("FfSs{}", "F".repeat(times)));
                lists.push(format!("FSsf{}", "Ff".repeat(times)));
            }
            lists
        }
    },
    acting = {
        use lost_update::{Step, Teller, outcomes, replay};
        use std::collections::BTreeSet;

        fn ends(account: &Account, steps: &str) -> Option<i64> {
            let steps: Vec<Step> = steps.chars().map(step).collect();
            replay(account.start, account.amounts, &steps).ok()
        }

        fn step(letter: char) -> Step {
            match letter {
                'F' => Step::Load(Teller::First),
                'f' => Step::Store(Teller::First),
                'S' => Step::Load(Teller::Second),
                _ => Step::Store(Teller::Second),
            }
        }
    },
    deciding = {
        use std::collections::BTreeSet;
        use suite::{Judge, Rng};

        fn account(rng: &mut Rng) -> Account {
            let start = rng.signed(-999..=999);
            let [small, large] = [rng.signed(1..=99), rng.signed(100..=999)];
            Account {
                start,
                amounts: [large, small],
            }
        }

        /// Accounts with amounts of every kind.
        fn accounts(rng: &mut Rng) -> Vec<Account> {
            let Account {
                start,
                amounts: [one, two],
            } = account(rng);
            let pairs = [
                [one, two],
                [two, one],
                [one, -two],
                [-one, two],
                [-one, -two],
                [one, one],
                [one, -one],
                [0, one],
                [one, 0],
                [0, 0],
            ];
            let starts = [start, 1_000 + one, -1_000 - two, 0].into_iter().cycle();
            let accounts = starts.zip(pairs);
            accounts
                .map(|(start, amounts)| Account { start, amounts })
                .collect()
        }

        /// What the list ends in, if it is a schedule.
        fn expected(account: &Account, steps: &str) -> Option<i64> {
            let [first, second] = account.amounts;
            match steps {
                "FfSs" | "SsFf" => Some(account.start + first + second),
                "FSfs" | "SFfs" => Some(account.start + second),
                "FSsf" | "SFsf" => Some(account.start + first),
                _ => None,
            }
        }

        fn call(account: &Account, steps: &str) -> String {
            let names = steps.chars().map(|letter| match letter {
                'F' => "Load(First)",
                'f' => "Store(First)",
                'S' => "Load(Second)",
                _ => "Store(Second)",
            });
            let names: Vec<&str> = names.collect();
            let Account { start, amounts } = account;
            match names.as_slice() {
                [head @ .., last] if names.len() > 8 => {
                    let head = head[..6].join(", ");
                    let left_out = names.len() - 7;
                    format!("replay({start}, {amounts:?}, &[{head}, … {left_out} steps …, {last}])")
                }
                names => format!("replay({start}, {amounts:?}, &[{}])", names.join(", ")),
            }
        }

        fn shown(end: Option<i64>) -> suite::Shown {
            suite::Shown::new(match end {
                Some(balance) => format!("Ok({balance})"),
                None => "Err(BadSchedule)".to_owned(),
            })
        }

        /// Looks at what each of these lists ended in.
        fn replayed<'a>(
            j: &mut Judge,
            asked: impl IntoIterator<Item = (&'a Account, &'a str)>,
            got: &[Option<i64>],
        ) {
            let asked: Vec<_> = asked.into_iter().collect();
            j.each("results", got, &asked, |j, got, (account, steps)| {
                let [first, second] = account.amounts;
                let right = expected(account, steps);
                let nothing_lost = Some(account.start + first + second);
                j.eq(call(account, steps), &shown(*got), &shown(right))
                    .because_if(
                        right.is_some() && right != nothing_lost && *got == nothing_lost,
                        "`Store` adds to the balance of that moment; what is on the slip was \
                         computed when the teller loaded",
                    );
            });
        }
    },
    one_after_the_other_loses_nothing = case(
        "Two tellers who work one after the other lose nothing.",
        points = 1,
        input = |rng| -> Vec<Account> { accounts(rng) },
        drive = |accounts| -> Vec<Option<i64>> {
            let both = accounts
                .iter()
                .flat_map(|account| ["FfSs", "SsFf"].map(|steps| ends(account, steps)));
            both.collect()
        },
        judge = |j, accounts, got| {
            let both = |account| ["FfSs", "SsFf"].map(|steps| (account, steps));
            replayed(j, accounts.iter().flat_map(both), got);
        },
    ),
    the_later_store_wins = case(
        "If both tellers load before one of them stores, the later store wins.",
        points = 2,
        input = |rng| -> Vec<Account> { accounts(rng) },
        drive = |accounts| -> Vec<Option<i64>> {
            let mixed = ["FSfs", "SFfs", "FSsf", "SFsf"];
            let each = accounts
                .iter()
                .flat_map(|account| mixed.map(|steps| ends(account, steps)));
            each.collect()
        },
        judge = |j, accounts, got| {
            let mixed = |account| ["FSfs", "SFfs", "FSsf", "SFsf"].map(|steps| (account, steps));
            replayed(j, accounts.iter().flat_map(mixed), got);
        },
    ),
    a_list_that_is_no_schedule_is_refused = case(
        "A list that is no schedule is refused, and only such a list.",
        points = 2,
        input = |rng| -> Account { account(rng) },
        drive = |account| -> Vec<Option<i64>> {
            let each = lists().into_iter();
            each.map(|steps| ends(&account, &steps)).collect()
        },
        judge = |j, account, got| {
            let lists = lists();
            replayed(j, lists.iter().map(|steps| (account, steps.as_str())), got);
        },
    ),
    all_outcomes_of_two_deposits_are_found = case(
        "Every balance that two deposits can end in is found, and no other.",
        points = 2,
        input = |rng| -> Vec<Account> { accounts(rng) },
        drive = |accounts| -> Vec<BTreeSet<i64>> {
            let each = accounts.into_iter();
            each.map(|account| outcomes(account.start, account.amounts))
                .collect()
        },
        judge = |j, accounts, got| {
            j.each("sets", got, accounts, |j, got, account| {
                let Account { start, amounts } = account;
                let [first, second] = *amounts;
                let [one, two, both] = [first, second, first + second].map(|sum| start + sum);
                j.eq(
                    format!("outcomes({start}, {amounts:?})"),
                    got,
                    &BTreeSet::from([one, two, both]),
                )
                .because_if(
                    *got == BTreeSet::from([both]),
                    "two of the six schedules lose nothing, the other four lose a deposit",
                );
            });
        },
    ),
);
