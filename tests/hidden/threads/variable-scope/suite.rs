use suite::suite;

suite!(
    shared = {
        suite::wire! {
            #[derive(Debug, Clone, PartialEq)]
            pub struct Call {
                pub vars: Vec<(String, String)>,
                pub defined_in: Option<usize>,
                pub called_from: Option<usize>,
            }
        }

        suite::wire! {
            #[derive(Debug, Clone, PartialEq)]
            pub struct Question { pub calls: Vec<Call>, pub names: Vec<String> }
        }

        /// Where to look a name up, the number of the name, and whether by the writing.
        pub type Search = (usize, usize, bool);

        impl Question {
            /// Every search in these calls, and at some indexes that are none.
            pub fn searches(&self) -> Vec<Search> {
                let count = self.calls.len();
                let mut searches = Vec::new();
                for at in (0..count).chain([count, count + 1, count + 64, usize::MAX]) {
                    for name in 0..self.names.len() {
                        searches.extend([(at, name, true), (at, name, false)]);
                    }
                }
                searches
            }
        }

        suite::wire! {
            #[derive(Debug, Clone, PartialEq)]
            pub struct Visit { pub label: String, pub student: String, pub is_the_same: bool }
        }
    },
    acting = {
        use std::collections::HashMap;
        use variable_scope::{Frame, Scoping, Student, process_student, resolve};

        fn frames(calls: Vec<Call>) -> Vec<Frame> {
            let calls = calls.into_iter();
            let frames = calls.map(|call| Frame {
                vars: HashMap::from_iter(call.vars),
                defined_in: call.defined_in,
                called_from: call.called_from,
            });
            frames.collect()
        }

        fn found(question: Question) -> Vec<Option<String>> {
            let searches = question.searches();
            let frames = frames(question.calls);
            let mut found = Vec::new();
            for (at, name, lexical) in searches {
                let scoping = if lexical {
                    Scoping::Lexical
                } else {
                    Scoping::Dynamic
                };
                let value = resolve(&frames, at, &question.names[name], scoping);
                found.push(value.map(str::to_owned));
            }
            found
        }
    },
    deciding = {
        use suite::{Judge, Rng};

        const LABELS: [&str; 6] = [
            "task_1",
            "subtask_1",
            "subtask_2",
            "task_2",
            "subtask_2",
            "subtask_2",
        ];

        fn call(
            vars: Vec<(String, String)>,
            defined_in: Option<usize>,
            called_from: Option<usize>,
        ) -> Call {
            Call {
                vars,
                defined_in,
                called_from,
            }
        }

        /// The contract of the README, with a bound, as a judge must come to an end. A rule other than
        /// the two is followed where `links` says so.
        fn find(
            Question { calls, names }: &Question,
            (at, name, lexical): Search,
            links: fn(&Call, bool) -> Option<usize>,
            most: usize,
        ) -> Option<String> {
            let mut call = calls.get(at)?;
            for _ in 0..most {
                if let Some((_, value)) = call.vars.iter().find(|(var, _)| *var == names[name]) {
                    return Some(value.clone());
                }
                call = calls.get(links(call, lexical)?)?;
            }
            None
        }

        fn by_rule(call: &Call, lexical: bool) -> Option<usize> {
            if lexical {
                call.defined_in
            } else {
                call.called_from
            }
        }

        fn judged(j: &mut Judge, question: &Question, got: &[Option<String>]) {
            let searches = question.searches();
            let most = question.calls.len() + 1;
            let find_all = |links, most| -> Vec<Option<String>> {
                let each = searches.iter();
                each.map(|search| find(question, *search, links, most))
                    .collect()
            };
            let right = find_all(by_rule, most);
            let at = (0..got.len()).find(|at| right.get(*at) != got.get(*at));
            let (Some(at), true) = (at, got.len() == right.len()) else {
                j.eq("how many names were looked up", &got.len(), &right.len());
                return;
            };
            j.eq(told(question, searches[at]), &got[at], &right[at])
                .because_if(
                    got == find_all(|call, _| call.called_from, most),
                    "`Lexical` follows `defined_in`, not `called_from`",
                )
                .because_if(
                    got == find_all(|call, _| call.defined_in, most),
                    "`Dynamic` follows `called_from`, not `defined_in`",
                )
                .because_if(
                    got == find_all(by_rule, 2),
                    "the search goes on until the links end, not one frame only",
                );
        }

        /// A search with the frames on its way, at most eight.
        fn told(question: &Question, (from, name, lexical): Search) -> String {
            let name = &question.names[name];
            let rule = if lexical { "Lexical" } else { "Dynamic" };
            let mut lines = vec![format!(
                "resolve(frames, {from}, {name:?}, Scoping::{rule}), where"
            )];
            let mut at = Some(from);
            while let Some(place) = at
                && lines.len() <= 8
            {
                let Some(call) = question.calls.get(place) else {
                    lines.push(format!("frames[{place}] does not exist"));
                    break;
                };
                lines.push(format!("frames[{place}] is {call:?}"));
                if call.vars.iter().any(|(var, _)| var == name) {
                    break;
                }
                at = by_rule(call, lexical);
            }
            lines.join("\n")
        }
    },
    every_task_is_handed_the_student = case(
        "Every task and subtask is handed the very student that `process_student` was given.",
        points = 2,
        input = |rng| -> String { rng.text(1..=10) },
        drive = |name| -> Vec<Visit> {
            let student = Student { name };
            let mut visits = Vec::new();
            process_student(&student, &mut |label, visited| {
                visits.push(Visit {
                    label: label.to_owned(),
                    student: visited.name.clone(),
                    is_the_same: std::ptr::eq(visited, &student),
                });
            });
            visits
        },
        judge = |j, name, visits| {
            let labels: Vec<&str> = visits.iter().map(|visit| visit.label.as_str()).collect();
            j.eq(
                "the labels, in the order of the calls",
                &labels,
                &LABELS.to_vec(),
            );
            for Visit {
                label,
                student,
                is_the_same,
            } in visits
            {
                j.eq(format!("the student's name in {label}"), student, name);
                j.eq(
                    format!("whether {label} is handed that student"),
                    is_the_same,
                    &true,
                )
                .because_if(student == name, "it is handed a copy of the student");
            }
        },
    ),
    a_name_is_found_in_the_frame_itself = case(
        "A name is found among the variables of the frame itself.",
        points = 1,
        input = |rng| -> Question {
            let names = rng.words(4);
            let own = |rng: &mut Rng, of: &[String]| {
                let value = |name: &String| (name.clone(), rng.text(0..=4));
                call(of.iter().map(value).collect(), None, None)
            };
            let calls = vec![own(rng, &names[..2]), own(rng, &names[1..3]), own(rng, &[])];
            Question { calls, names }
        },
        drive = |question| -> Vec<Option<String>> { found(question) },
        judge = |j, question, got| { judged(j, question, got) },
    ),
    a_name_is_found_by_the_writing_or_by_the_calls = case(
        "A name that the frame does not have is found by the writing, or by the calls.",
        points = 2,
        input = |rng| -> Question {
            let mut names = rng.words(4);
            names.extend(rng.alike());
            let value = |name: &String, rng: &mut Rng| {
                (
                    name.clone(),
                    format!("{}{}", rng.word(1..=4), rng.range(..)),
                )
            };
            // The notes' program first: A and B are written beside each other, A calls B, and a
            // function inside B is called by B. There the rules differ, and one step is too few.
            let outermost = names.iter().filter(|name| **name != names[2]);
            let mut calls = vec![
                call(outermost.map(|name| value(name, rng)).collect(), None, None),
                call(
                    vec![value(&names[0], rng), value(&names[2], rng)],
                    Some(0),
                    Some(0),
                ),
                call(vec![], Some(0), Some(1)),
                call(vec![(names[1].clone(), String::new())], Some(2), Some(2)),
                call(vec![], Some(3), Some(3)),
            ];
            // A long way up, longer than any limit that somebody might set.
            for _ in 0..70 {
                let last = calls.len() - 1;
                calls.push(call(vec![], Some(last), Some(last)));
            }
            Question { calls, names }
        },
        drive = |question| -> Vec<Option<String>> { found(question) },
        judge = |j, question, got| { judged(j, question, got) },
    ),
    links_may_lead_anywhere = case(
        "Frames stand in any order, and a link that leads nowhere ends the search.",
        points = 2,
        input = |rng| -> Question {
            let names = rng.words(3);
            let mut calls = Vec::new();
            for index in 0..rng.count(50..=60) {
                let vars = names.iter().filter(|_| rng.range(0..4) == 0);
                let vars: Vec<_> = vars.cloned().collect();
                let vars = vars
                    .into_iter()
                    .map(|name| (name, rng.text(0..=5)))
                    .collect();
                // Links never form a ring: each leads to a frame drawn before, or nowhere.
                let mut link = || match rng.range(0..8) {
                    0 => None,
                    1 => Some(*rng.pick(&[60, 61, usize::MAX])),
                    _ if index == 0 => None,
                    _ => Some(rng.count(0..index)),
                };
                let (defined_in, called_from) = (link(), link());
                calls.push(call(vars, defined_in, called_from));
            }
            let places = rng.shuffled(0..calls.len());
            let moved = |link: Option<usize>| link.map(|to| *places.get(to).unwrap_or(&to));
            let mut placed: Vec<(usize, Call)> = Vec::new();
            for (at, one) in places.iter().zip(calls) {
                let (defined_in, called_from) = (moved(one.defined_in), moved(one.called_from));
                placed.push((*at, call(one.vars, defined_in, called_from)));
            }
            placed.sort_by_key(|(at, _)| *at);
            let calls: Vec<Call> = placed.into_iter().map(|(_, call)| call).collect();
            Question { calls, names }
        },
        drive = |question| -> Vec<Option<String>> { found(question) },
        judge = |j, question, got| { judged(j, question, got) },
    ),
);
