use suite::suite;

suite!(
    shared = {
        use suite::{Bytes, Data, FileCall, Shown};

        suite::wire! {
            /// The modes, in the order of the README's table.
            #[derive(Debug, Clone, Copy)]
            pub enum Row { Read, Write, Append, ReadUpdate, WriteUpdate, AppendUpdate }
        }
        suite::calls! {
            Call {
                Parse(text: String) => "{text:?}.parse::<Mode>()",
                WriteText(path: String, text: Data) => "write_text({path:?}, {text:?})",
                AppendText(path: String, text: Data) => "append_text({path:?}, {text:?})",
                ReadText(path: String) => "read_text({path:?})",
                ReadBytes(path: String) => "read_bytes({path:?})",
                Open(row: Row, path: String) => "Mode::{row:?}.open({path:?})",
                Options(row: Row, path: String) => "Mode::{row:?}.options().open({path:?})",
                WithFile(row: Row, path: String) => "with_file({path:?}, Mode::{row:?}, …)",
                Close => "close the file",
                Std(call: FileCall) => "{call:?}",
            }
        }
    },
    acting = {
        use file_modes::{Mode, append_text, read_bytes, read_text, with_file, write_text};
        use std::collections::BTreeSet;
        use std::fs::File;
        use std::io::{self, Error, ErrorKind, Seek, SeekFrom, Write};
        use suite::{listing, on_files, path_of, result};

        fn mode(row: Row) -> Mode {
            match row {
                Row::Read => Mode::Read,
                Row::Write => Mode::Write,
                Row::Append => Mode::Append,
                Row::ReadUpdate => Mode::ReadUpdate,
                Row::WriteUpdate => Mode::WriteUpdate,
                Row::AppendUpdate => Mode::AppendUpdate,
            }
        }

        fn act(calls: &[Call]) -> Vec<Shown> {
            std::fs::create_dir("folder").unwrap();
            let mut gave = Vec::new();
            run(&mut calls.iter(), None, &mut gave);
            gave
        }

        /// Goes on until the file is closed.
        fn run(calls: &mut std::slice::Iter<Call>, file: Option<&mut File>, gave: &mut Vec<Shown>) {
            let mut file = file;
            while let Some(call) = calls.next() {
                suite::reached(gave.len());
                let (mode, path) = match call {
                    Call::Close => return,
                    Call::Open(row, path)
                    | Call::Options(row, path)
                    | Call::WithFile(row, path) => (mode(*row), path_of(path)),
                    _ => {
                        gave.push(call_one(call, file.as_deref_mut()));
                        continue;
                    }
                };
                let before = gave.len();
                let mut body = |file: &mut File| {
                    gave.push(Shown::new("open"));
                    run(calls, Some(file), gave);
                    Ok(())
                };
                let closed = match call {
                    Call::Open(..) => mode.open(path).and_then(|mut file| body(&mut file)),
                    Call::Options(..) => mode
                        .options()
                        .open(path)
                        .and_then(|mut file| body(&mut file)),
                    _ => with_file(path, mode, body),
                };
                if gave.len() == before {
                    gave.push(passed_on(&closed));
                    run(calls, None, gave);
                }
                gave.push(passed_on(&closed));
            }
        }

        fn call_one(call: &Call, file: Option<&mut File>) -> Shown {
            match call {
                Call::Parse(text) => Shown::of(&text.parse::<Mode>()),
                Call::WriteText(path, text) => passed_on(&write_text(path_of(path), &text.text())),
                Call::AppendText(path, text) => {
                    passed_on(&append_text(path_of(path), &text.text()))
                }
                Call::ReadText(path) => passed_on(&read_text(path_of(path))),
                Call::ReadBytes(path) => passed_on(&read_bytes(path_of(path)).map(Bytes)),
                Call::Std(call) => on_files(call, file),
                Call::Open(..) | Call::Options(..) | Call::WithFile(..) | Call::Close => {
                    unreachable!()
                }
            }
        }

        fn passed_on<T: std::fmt::Debug>(given: &io::Result<T>) -> Shown {
            match given
                .as_ref()
                .map_err(|error| (error.raw_os_error(), error.kind()))
            {
                Err((None, kind)) if kind != ErrorKind::InvalidData => Shown::new(format!(
                    "Err({kind:?}), made anew: the system's own has a code"
                )),
                _ => result(given),
            }
        }
    },
    deciding = {
        use Call::*;
        use FileCall::*;
        use std::collections::BTreeSet;
        use std::io::ErrorKind;
        use suite::{Access, Files, Rng, texts_of};

        /// The README's table, row by row: read, write, create, empty, at the end.
        const TABLE: [(Row, &str, [bool; 5]); 6] = [
            (Row::Read, "r", [true, false, false, false, false]),
            (Row::Write, "w", [false, true, true, true, false]),
            (Row::Append, "a", [false, true, true, false, true]),
            (Row::ReadUpdate, "r+", [true, true, false, false, false]),
            (Row::WriteUpdate, "w+", [true, true, true, true, false]),
            (Row::AppendUpdate, "a+", [true, true, true, false, true]),
        ];
        const WAYS: [fn(Row, String) -> Call; 3] = [Open, Options, WithFile];

        fn parse(text: &str) -> String {
            for (at, letter) in text.char_indices() {
                let before = &text[..at];
                let error = match letter {
                    _ if before.contains(letter) => "Repeated",
                    'r' | 'w' | 'a' if before.contains(['r', 'w', 'a']) => "SecondBase",
                    'r' | 'w' | 'a' | '+' | 'b' => continue,
                    _ => "Unknown",
                };
                return format!("Err({error}({letter:?}))");
            }
            let is = |letters: &str| letters.chars().all(|letter| text.contains(letter));
            match TABLE.iter().rev().find(|(_, letters, _)| is(letters)) {
                Some((row, ..)) => format!("Ok({row:?})"),
                None => "Err(MissingBase)".to_owned(),
            }
        }

        struct Model {
            files: Files,
            /// Writing leaves what is behind the new text.
            keeps_the_rest: bool,
            /// Appending goes to the end when the file is opened, and never again.
            seeks_once: bool,
        }

        impl Default for Model {
            fn default() -> Self {
                Self {
                    files: Files::with_folders(&["folder"]),
                    keeps_the_rest: false,
                    seeks_once: false,
                }
            }
        }

        impl Model {
            fn change(&mut self, path: &str, to: impl FnOnce(&mut Vec<u8>)) -> Shown {
                Shown::of(&self.files.get_mut(path).map(to))
            }

            fn open(&mut self, row: Row, path: &str) -> Shown {
                let [read, write, create, truncate, at_end] = TABLE[row as usize].2;
                let access = Access {
                    read,
                    write,
                    create,
                    truncate,
                    append: at_end && !self.seeks_once,
                };
                let opened = self.files.open(path, access).map(|()| Shown::new("open"));
                opened.unwrap_or_else(|kind| Shown::of(&Err::<(), _>(kind)))
            }
        }

        impl suite::Model for Model {
            type Call = Call;

            fn call(&mut self, call: &Call) -> Shown {
                let keeps = self.keeps_the_rest;
                match call {
                    Parse(text) => Shown::new(parse(text)),
                    WriteText(path, text) => self.change(path, |file| {
                        let text = text.bytes();
                        let rest = file.get(text.len()..).filter(|_| keeps);
                        *file = [&text, rest.unwrap_or_default()].concat();
                    }),
                    AppendText(path, text) => self.change(path, |file| file.extend(text.bytes())),
                    ReadText(path) => {
                        let bytes = self.files.get(path);
                        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec());
                        Shown::of(
                            &bytes
                                .and_then(|bytes| text(bytes).map_err(|_| ErrorKind::InvalidData)),
                        )
                    }
                    ReadBytes(path) => self.files.call(&Look(path.clone())),
                    Options(row, path) => self.open(*row, path),
                    Open(row, path) | WithFile(row, path) => {
                        let opened = self.open(*row, path);
                        if self.seeks_once && matches!(row, Row::Append | Row::AppendUpdate) {
                            let end = self.files.get(path).map_or(0, <[u8]>::len);
                            self.files.call(&Seek(end as u64));
                        }
                        opened
                    }
                    Close => Shown::of(&self.files.close()),
                    Std(call) => self.files.call(call),
                }
            }

            fn starts_afresh(call: &Call) -> bool {
                matches!(call, Parse(_) | Std(Put(..)))
            }

            fn mistaken() -> Vec<(Self, &'static str)> {
                let (mut keeps_the_rest, mut seeks_once) = (Self::default(), Self::default());
                keeps_the_rest.keeps_the_rest = true;
                seeks_once.seeks_once = true;
                vec![
                    (
                        keeps_the_rest,
                        "a file opened for writing keeps its old length unless it is truncated",
                    ),
                    (
                        seeks_once,
                        "seeking to the end once is not appending: every write must go to the end",
                    ),
                ]
            }
        }

        fn path() -> String {
            "job.txt".to_owned()
        }

        fn look() -> Call {
            Std(Look(path()))
        }

        fn put(data: impl Into<Vec<u8>>) -> Call {
            Std(Put(path(), Data::new(data)))
        }

        /// Texts that something may cut, trim, translate or guess at. The long ones are larger than
        /// any buffer, and have letters across whatever borders a buffer has.
        fn odd_texts(rng: &mut Rng) -> Vec<Data> {
            let odd = [
                "",
                "\n",
                " \t padded \n\n",
                "a\r\nb\rc\n",
                "\u{feff}grüße 你好 🦀\0",
            ];
            let long = [("x", 66_000), ("你\r\n", 40_000)];
            let long = long.map(|(part, times)| Data::repeated("a", part, times, rng.word(1..=9)));
            let texts = odd.into_iter().map(Data::new).chain(long);
            texts.chain([Data::new(rng.text(1..=30))]).collect()
        }

        /// Every mode, in every way, with a file that is there (and open already) and without one.
        fn table(rng: &mut Rng, then: &[Call]) -> Vec<Call> {
            let old = put(rng.word(10..=20));
            let older = || Open(Row::Read, path());
            let mut calls = Vec::new();
            for (row, ..) in TABLE {
                for way in WAYS {
                    for there in [older(), Std(Remove(path()))] {
                        calls.extend([old.clone(), there.clone(), way(row, path())]);
                        calls.extend_from_slice(then);
                        calls.extend([Close, Std(List)]);
                        if let Open(..) = there {
                            calls.extend([Std(Read), Close]);
                        }
                    }
                }
            }
            calls
        }
    },
    a_text_is_written_and_read_back_as_it_is = calls(
        "A text that was written is read back as it is, whatever is in it.",
        points = 1,
        input = |rng| {
            let steps = |text| [WriteText(path(), text), look(), ReadText(path())];
            odd_texts(rng).into_iter().flat_map(steps).collect()
        },
    ),
    writing_replaces_the_whole_file = calls(
        "Writing replaces what is in the file, also with a shorter text.",
        points = 1,
        input = |rng| {
            let texts = [20, 40, 9, 0, 5].map(|len| Data::new(rng.text(len..=len)));
            let steps = texts.map(|text| [WriteText(path(), text), look(), Std(Read)]);
            let older = [put(rng.bytes(100..=100)), Open(Row::Read, path())];
            [&older, steps.as_flattened(), &[Close]].concat()
        },
    ),
    appending_keeps_what_is_there_and_creates_what_is_not = calls(
        "Appending keeps what is there, and creates what is not.",
        points = 1,
        input = |rng| {
            let steps = |text| [AppendText(path(), text), look()];
            let calls: Vec<Call> = odd_texts(rng).into_iter().flat_map(steps).collect();
            [&calls[..], &[put(b"old\r\n\xff")], &calls].concat()
        },
    ),
    every_valid_mode_string_has_one_meaning = calls(
        "Every valid mode string has one meaning, in whatever order its letters stand.",
        points = 1,
        input = |rng| {
            let mut texts = texts_of("rwab+", 3);
            texts.retain(|text| parse(text).starts_with("Ok"));
            rng.shuffled(texts.into_iter().map(Parse))
        },
    ),
    a_broken_mode_string_names_its_first_bad_letter = calls(
        "A broken mode string names its first bad letter from the left.",
        points = 2,
        input = |rng| {
            let odd = rng.pick(&['ŕ', '你', '＋', '🦀', '\u{301}']);
            let mut texts = texts_of("rwab+x", 5);
            texts.extend(texts_of(&format!("rw+bRWABtUx \n\r\t\0{odd}"), 3));
            rng.shuffled(texts.into_iter().map(Parse))
        },
    ),
    opening_creates_and_empties_what_the_table_says = calls(
        "Opening creates and empties what the table says, and nothing else.",
        points = 2,
        input = |rng| { table(rng, &[look()]) },
    ),
    a_handle_reads_only_if_its_mode_says_so = calls(
        "A handle reads if the table says so; otherwise reading is an error.",
        points = 1,
        input = |rng| { table(rng, &[Std(Read)]) },
    ),
    a_handle_writes_only_where_its_mode_says = calls(
        "A handle writes where the table says: where it stands, at the end, or not at all.",
        points = 1,
        input = |rng| {
            let [first, second] = [2, 1].map(|len| Std(Write(rng.word(len..=9))));
            table(
                rng,
                &[first, look(), Std(Seek(1)), second, look(), Std(Read)],
            )
        },
    ),
    two_append_handles_never_overwrite_each_other = calls(
        "Two append handles never overwrite each other.",
        points = 2,
        input = |rng| {
            let [a, a_plus] = [Row::Append, Row::AppendUpdate].map(|row| Open(row, path()));
            let mut calls = Vec::new();
            for (left, right) in [(&a, &a), (&a, &a_plus), (&a_plus, &a)] {
                calls.extend([put(b"old\n"), left.clone()]);
                for handle in [Some(right), None, Some(right), None] {
                    calls.extend(handle.cloned());
                    calls.extend([Std(Write(rng.word(1..=8))), look()]);
                    calls.extend(handle.map(|_| Close));
                }
                calls.push(Close);
            }
            calls
        },
    ),
    bytes_survive_and_text_is_checked = calls(
        "Bytes come back as they are; text that is not UTF-8 is an error, not a guess.",
        points = 1,
        input = |rng| {
            // Cut, alone, from another encoding, a surrogate, too long a form, UTF-16.
            let broken: [&[u8]; 6] = [
                b"caf\xc3",
                b"\xa9",
                b"\xe9t\xe9",
                b"\xed\xa0\x80",
                b"\xc0\xaf",
                b"\xff\xfea\0",
            ];
            let all = rng.shuffled(0..=255);
            let long = |tail: &[u8]| Data::repeated("a", "你", 70_000, tail);
            let short = broken
                .into_iter()
                .chain([&b""[..], b"\r\n\0", &all])
                .map(Data::new);
            let large = Data::repeated("", "x", 1_100_000, "");
            let files = short.chain([long(b""), long(b"\xff"), long(b"\xe4\xbd"), large]);
            let path = || "data.bin".to_owned();
            let steps = |file| [Std(Put(path(), file)), ReadBytes(path()), ReadText(path())];
            files.flat_map(steps).collect()
        },
    ),
    failures_are_told_apart_and_create_nothing = calls(
        "Failures are told apart, and a call that fails creates and changes nothing.",
        points = 2,
        input = |rng| {
            let (missing, text) = (format!("no-{}", rng.word(4..=8)), rng.word(1..=9));
            let inside = |folder: &str| format!("{folder}/{text}");
            let mut paths = vec![inside(&missing), "folder".to_owned()];
            paths.extend(cfg!(unix).then(|| inside(&path())));
            let mut calls = vec![ReadText(missing.clone()), ReadBytes(missing)];
            for path in paths {
                let data = Data::new(text.clone());
                calls.extend([ReadText, ReadBytes].map(|call| call(path.clone())));
                calls.extend([WriteText, AppendText].map(|call| call(path.clone(), data.clone())));
                // Linux opens a folder for reading, other systems do not.
                for (row, ..) in &TABLE[usize::from(path == "folder")..] {
                    calls.extend(WAYS.iter().flat_map(|way| [way(*row, path.clone()), Close]));
                }
            }
            let all_there_is = [Std(List), look()];
            let calls = calls.into_iter().map(|call| vec![call]);
            let calls = calls.flat_map(|call| [&call[..], &all_there_is].concat());
            [put(text.clone())].into_iter().chain(calls).collect()
        },
    ),
    any_calls_in_any_order_do_what_they_say = calls(
        "Any calls in any order do what the tables say.",
        points = 1,
        input = |rng| {
            let mut one = || {
                let path = (*rng.pick(&["a", "\u{fffd}", "folder", "none/c"])).to_owned();
                let [text, other] = [1, 1].map(|len| rng.text(len..=20));
                let row = rng.pick(&TABLE[usize::from(path == "folder")..]).0;
                let way = *rng.pick(&WAYS);
                let (data, look) = (Data::new(text.clone()), Std(Look(path.clone())));
                let on_it = [Write(text), Seek(rng.range(0..9)), Write(other), Read];
                match rng.range(0..6) {
                    0 => vec![WriteText(path, data), look],
                    1 => vec![AppendText(path, data), look],
                    2 => vec![ReadText(path)],
                    3 => vec![ReadBytes(path)],
                    _ => [&[way(row, path)][..], &on_it.map(Std), &[Close, look]].concat(),
                }
            };
            (0..80).flat_map(|_| one()).collect()
        },
    ),
    a_path_may_have_any_name = calls(
        "A path may have any name that the system allows, also one that is no text.",
        points = 1,
        input = |rng| {
            // Stands for a byte that is no text; see `suite::path_of`.
            let name = || "\u{fffd}".to_owned();
            let text = Data::new(rng.word(1..=9));
            let mut calls = vec![WriteText(name(), text.clone()), Std(Look(name()))];
            calls.extend([ReadText(name()), ReadBytes(name())]);
            calls.extend([AppendText(name(), text), Std(Look(name()))]);
            for way in WAYS {
                let write = Std(Write(rng.word(1..=9)));
                calls.extend([way(Row::ReadUpdate, name()), write]);
                calls.extend([Close, Std(Look(name()))]);
            }
            calls
        },
    ),
    no_handle_outlives_its_call = case(
        "`with_file` closes the file: after success, after an error and after a panic.",
        points = 2,
        input = |rng| -> (u64, u64) { (rng.range(1_260..=1_300), rng.range(200..=299)) },
        drive = |(rounds, number)| -> (u64, Vec<String>, [Shown; 3]) {
            let mut opened = 0;
            let (mut came_back, mut left) = (BTreeSet::new(), BTreeSet::new());
            let rows = [Row::Read, Row::Write, Row::Append];
            let updates = [Row::ReadUpdate, Row::WriteUpdate, Row::AppendUpdate];
            let rows = [rows, updates].concat();
            for round in 0..rounds {
                let row = rows[(round / 3 % 6) as usize];
                let creates = !matches!(row, Row::Read | Row::ReadUpdate);
                if creates && round / 18 % 2 == 1 {
                    let _ = std::fs::remove_file("turn.txt");
                } else {
                    std::fs::write("turn.txt", "start").unwrap();
                }
                let body = |file: &mut File| {
                    opened += 1;
                    // A mode may forbid it.
                    let _ = file.write_all(b"turn");
                    file.seek(SeekFrom::Start(2))?;
                    match round % 3 {
                        0 => Ok(number),
                        1 => Err(Error::from_raw_os_error(number as i32)),
                        _ => std::panic::resume_unwind(Box::new(number)),
                    }
                };
                let turn = std::panic::AssertUnwindSafe(|| with_file("turn.txt", mode(row), body));
                came_back.insert(match std::panic::catch_unwind(turn) {
                    Ok(Ok(value)) => format!("Ok({value})"),
                    Ok(Err(error)) => format!("Err({error}), code {:?}", error.raw_os_error()),
                    Err(panic) => format!("panic {:?}", panic.downcast_ref::<u64>()),
                });
                let text = std::fs::read_to_string("turn.txt").unwrap_or_default();
                left.insert(format!("{row:?} {text}"));
            }
            let body = |_: &mut File| -> io::Result<()> { unreachable!("there is no file") };
            let missing = with_file("no/such/file", Mode::Read, body);
            let others = [result(&listing(".")), Shown::of(&left), result(&missing)];
            (opened, came_back.into_iter().collect(), others)
        },
        judge = |j, (rounds, number), (opened, came_back, [files, left, missing])| {
            let ran_out = |end: &String| end.contains("Too many open files");
            let opened = j
                .eq("times that the file could be opened", opened, rounds)
                .because_if(
                    came_back.iter().any(ran_out),
                    "a handle that is not dropped stays open until the process may have no more",
                )
                .passed();
            if !opened {
                return;
            }
            let error = std::io::Error::from_raw_os_error(*number as i32);
            let error = format!("Err({error}), code Some({number})");
            let ways = vec![
                error,
                format!("Ok({number})"),
                format!("panic Some({number})"),
            ];
            j.eq(
                "what came back from the three kinds of body",
                came_back,
                &ways,
            );
            j.is("the files at the end", files, "Ok([\"turn.txt\"])");
            let texts = [
                "Append startturn",
                "Append turn",
                "AppendUpdate startturn",
                "AppendUpdate turn",
                "Read start",
                "ReadUpdate turnt",
                "Write turn",
                "WriteUpdate turn",
            ];
            let texts = format!("{:?}", BTreeSet::from(texts));
            j.is(
                "what each mode leaves of a file that held `start`, or of a new one",
                left,
                texts,
            );
            j.is("with_file of a missing file", missing, "Err(NotFound)");
        },
    ),
);
