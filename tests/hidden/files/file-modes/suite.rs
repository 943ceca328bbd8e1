use suite::suite;

suite!(
    acting = {
        use file_modes::{
            Mode, ParseModeError, append_text, read_bytes, read_text, with_file, write_text,
        };
        use std::fs::{self, File};
        use std::io::{ErrorKind, Read, Seek, Write};

        fn kind<T>(result: std::io::Result<T>) -> String {
            result.map_or_else(|error| format!("{:?}", error.kind()), |_| "Ok".to_owned())
        }

        fn name(mode: Mode) -> String {
            let name = match mode {
                Mode::Read => "Read",
                Mode::Write => "Write",
                Mode::Append => "Append",
                Mode::ReadUpdate => "ReadUpdate",
                Mode::WriteUpdate => "WriteUpdate",
                Mode::AppendUpdate => "AppendUpdate",
            };
            name.to_owned()
        }

        fn update_mode(name: &str) -> Mode {
            match name {
                "r+" => Mode::ReadUpdate,
                "w+" => Mode::WriteUpdate,
                _ => Mode::AppendUpdate,
            }
        }

        fn listing() -> Vec<String> {
            let entries = fs::read_dir(".").unwrap();
            let mut names: Vec<String> = entries
                .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
                .collect();
            names.sort();
            names
        }
    },
    deciding = {
        use suite::{Check, Rng, check, each, equal};

        /// The contract of the README, read from left to right.
        fn parse(mode: &str) -> Result<String, (String, Option<char>)> {
            let (mut base, mut plus, mut binary) = (None, false, false);
            for letter in mode.chars() {
                match letter {
                    'r' | 'w' | 'a' if base == Some(letter) => {
                        return Err(("Repeated".to_owned(), Some(letter)));
                    }
                    'r' | 'w' | 'a' if base.is_some() => {
                        return Err(("SecondBase".to_owned(), Some(letter)));
                    }
                    'r' | 'w' | 'a' => base = Some(letter),
                    '+' if plus => return Err(("Repeated".to_owned(), Some(letter))),
                    'b' if binary => return Err(("Repeated".to_owned(), Some(letter))),
                    '+' => plus = true,
                    'b' => binary = true,
                    _ => return Err(("Unknown".to_owned(), Some(letter))),
                }
            }
            let base = match base {
                Some('r') => "Read",
                Some('w') => "Write",
                Some(_) => "Append",
                None => return Err(("MissingBase".to_owned(), None)),
            };
            Ok(format!("{base}{}", if plus { "Update" } else { "" }))
        }

        fn valid_mode(rng: &mut Rng) -> String {
            let mut letters = vec![*rng.pick(&['r', 'w', 'a'])];
            letters.extend(rng.flip().then_some('b'));
            letters.extend(rng.flip().then_some('+'));
            rng.shuffled(letters).into_iter().collect()
        }

        fn broken_mode(rng: &mut Rng) -> String {
            loop {
                let letters = rng.list(0..=4, |rng| {
                    *rng.pick(&['r', 'w', 'a', 'b', '+', 'x', 't', 'U', ' '])
                });
                let mode: String = letters.into_iter().collect();
                if parse(&mode).is_err() {
                    return mode;
                }
            }
        }

        fn as_text(bytes: &[u8]) -> String {
            String::from_utf8_lossy(bytes).into_owned()
        }

        fn file_holds(got: &[u8], expected: &str) -> Check {
            equal(&as_text(got), expected).named("the file")
        }
    },
    writing_replaces_the_whole_file = case(
        "Writing replaces the whole file, also with a shorter text.",
        points = 1,
        input = |rng| -> (String, String) { (rng.text(20..=40), rng.text(0..=15)) },
        drive = |(long, short), _log| -> (String, Vec<u8>) {
            write_text("job.txt", &long).unwrap();
            let second = kind(write_text("job.txt", &short));
            (second, fs::read("job.txt").unwrap())
        },
        judge = |(_, short), (second, bytes), _events| {
            equal(second, "Ok").named("the second `write_text`").and(
                file_holds(bytes, short).because(
                    "a file opened for writing keeps its old length unless it is truncated",
                ),
            )
        },
    ),
    appending_keeps_what_is_there_and_creates_what_is_not = case(
        "Appending keeps what is there, and creates what is not.",
        points = 1,
        input = |rng| -> (Option<String>, Vec<String>) {
            let before = if rng.flip() {
                Some(rng.text(1..=20))
            } else {
                None
            };
            (before, rng.list(2..=5, |rng| rng.text(1..=12)))
        },
        drive = |(before, texts), _log| -> (Vec<String>, Vec<u8>) {
            if let Some(before) = before {
                fs::write("log.txt", before).unwrap();
            }
            let kinds = texts.iter().map(|text| kind(append_text("log.txt", text)));
            (kinds.collect(), fs::read("log.txt").unwrap_or_default())
        },
        judge = |(before, texts), (kinds, bytes), _events| {
            let whole = before.clone().unwrap_or_default() + &texts.concat();
            check(
                kinds.iter().all(|kind| kind == "Ok"),
                "every `append_text` is `Ok`",
                format!("{kinds:?}"),
            )
            .because("`append` alone does not create a missing file")
            .and(file_holds(bytes, &whole))
        },
    ),
    every_valid_mode_string_has_one_meaning = case(
        "Every valid mode string has one meaning, in whatever order its letters stand.",
        points = 1,
        input = |rng| -> Vec<String> { rng.list(12..=12, valid_mode) },
        drive = |modes, _log| -> Vec<Option<String>> {
            let parsed = modes.iter().map(|mode| mode.parse::<Mode>().ok().map(name));
            parsed.collect()
        },
        judge = |modes, got, _events| {
            each(modes, got, |mode, got| {
                equal(got, &parse(mode).ok()).named(format!("{mode:?}"))
            })
            .because("`b` means nothing in Rust, and `+` may stand before or after it")
        },
    ),
    a_broken_mode_string_names_its_first_bad_letter = case(
        "A broken mode string names its first bad letter from the left.",
        points = 2,
        input = |rng| -> Vec<String> {
            let mut modes = rng.list(12..=12, broken_mode);
            modes.extend(["rw".to_owned(), "r+w".to_owned(), "b+".to_owned()]);
            modes
        },
        drive = |modes, _log| -> Vec<Result<String, (String, Option<char>)>> {
            let parsed = modes.iter().map(|mode| {
                mode.parse::<Mode>().map(name).map_err(|error| match error {
                    ParseModeError::MissingBase => ("MissingBase".to_owned(), None),
                    ParseModeError::SecondBase(letter) => ("SecondBase".to_owned(), Some(letter)),
                    ParseModeError::Repeated(letter) => ("Repeated".to_owned(), Some(letter)),
                    ParseModeError::Unknown(letter) => ("Unknown".to_owned(), Some(letter)),
                    _ => ("another variant".to_owned(), None),
                })
            });
            parsed.collect()
        },
        judge = |modes, got, _events| {
            each(modes, got, |mode, got| {
                equal(got, &parse(mode)).named(format!("{mode:?}"))
            })
            .because("go through the letters once and stop at the first that does not fit")
        },
    ),
    plus_modes_read_and_write_as_python_does = case(
        "`r+` writes over the old text, `w+` empties it first, `a+` always writes at the end.",
        points = 2,
        input = |rng| -> (String, String, String) {
            let mode = *rng.pick(&["r+", "w+", "a+"]);
            (mode.to_owned(), rng.word(10..=20), rng.word(1..=9))
        },
        drive = |(mode, old, new), _log| -> (String, String, Vec<u8>) {
            fs::write("notes.txt", old).unwrap();
            let mut file = update_mode(&mode).open("notes.txt").unwrap();
            let mut read = String::new();
            let first = file.read_to_string(&mut read);
            let mut rest = || -> std::io::Result<()> {
                file.rewind()?;
                file.write_all(new.as_bytes())?;
                file.flush()
            };
            let wrote = first.and_then(|_| rest());
            (kind(wrote), read, fs::read("notes.txt").unwrap())
        },
        judge = |(mode, old, new), (wrote, read, bytes), _events| {
            let (seen, left) = match mode.as_str() {
                "r+" => (old.clone(), format!("{new}{}", &old[new.len()..])),
                "w+" => (String::new(), new.clone()),
                _ => (old.clone(), format!("{old}{new}")),
            };
            equal(wrote, "Ok")
                .named("reading, seeking to 0 and writing")
                .and(equal(read, &seen).named("what was read"))
                .and(file_holds(bytes, &left))
                .because("each column of the README's table is one switch of `OpenOptions`")
        },
    ),
    two_append_handles_never_overwrite_each_other = case(
        "Two append handles never overwrite each other.",
        points = 2,
        input = |rng| -> Vec<(bool, String)> {
            let mut turns = rng.list(4..=10, |rng| (rng.flip(), rng.word(1..=8)));
            turns.insert(0, (true, rng.word(4..=8)));
            turns.push((false, rng.word(1..=3)));
            turns
        },
        drive = |turns, _log| -> Vec<u8> {
            let mut left = Mode::Append.open("shared.log").unwrap();
            let mut right = Mode::Append.open("shared.log").unwrap();
            for (on_left, text) in turns {
                let file = if on_left { &mut left } else { &mut right };
                file.write_all(text.as_bytes()).unwrap();
            }
            fs::read("shared.log").unwrap()
        },
        judge = |turns, bytes, _events| {
            let whole: String = turns.iter().map(|(_, text)| text.as_str()).collect();
            file_holds(bytes, &whole)
                .because("seeking to the end once is not appending: the other handle moves the end")
        },
    ),
    bytes_survive_and_text_is_checked = case(
        "Bytes come back as they are; text that is not UTF-8 is an error, not a guess.",
        points = 1,
        input = |rng| -> (String, Vec<u8>) {
            let mut bytes = rng.shuffled(0..=255);
            bytes.extend(b"\r\n");
            (rng.text(5..=30), bytes)
        },
        drive = |(text, bytes), _log| -> (Option<Vec<u8>>, Vec<Result<String, String>>) {
            fs::write("data.bin", &bytes).unwrap();
            fs::write("text.txt", &text).unwrap();
            let texts = ["text.txt", "data.bin"]
                .map(|file| read_text(file).map_err(|error| format!("{:?}", error.kind())));
            (read_bytes("data.bin").ok(), texts.into())
        },
        judge = |(text, bytes), (raw, texts), _events| {
            let expected = vec![Ok(text.clone()), Err("InvalidData".to_owned())];
            equal(raw, &Some(bytes.clone()))
                .named("`read_bytes`")
                .and(equal(texts, &expected).named("`read_text` of a text and of other bytes"))
                .because("replacing what is not UTF-8 loses data without a word")
        },
    ),
    failures_are_told_apart_and_create_nothing = case(
        "Failures are told apart, and nothing is created by a call that fails.",
        points = 2,
        input = |rng| -> (String, String) {
            let names = rng.words(2);
            (names[0].clone(), names[1].clone())
        },
        drive = |(folder, file), _log| -> (Vec<String>, Vec<String>) {
            fs::create_dir(&folder).unwrap();
            let inside = format!("missing/{file}");
            let kinds = vec![
                kind(read_text(&file)),
                kind(read_bytes(&file)),
                kind(write_text(&inside, "text")),
                kind(append_text(&inside, "text")),
                kind(write_text(&folder, "text")),
                kind(Mode::ReadUpdate.open(&file)),
            ];
            (kinds, listing())
        },
        judge = |(folder, file), (kinds, listing), _events| {
            let calls = [
                ("read_text(missing file)", "NotFound"),
                ("read_bytes(missing file)", "NotFound"),
                ("write_text(in a missing folder)", "NotFound"),
                ("append_text(in a missing folder)", "NotFound"),
                ("write_text(a folder)", "IsADirectory"),
                ("`r+` on a missing file", "NotFound"),
            ];
            each(&calls, kinds, |(call, expected), got| {
                equal(got.as_str(), *expected).named(*call)
            })
            .and(
                equal(listing, &vec![folder.clone()])
                    .named(format!("the working folder (there must be no {file:?})")),
            )
            .because("only `w` and `a` create a file, and neither creates a folder")
        },
    ),
    a_handle_does_only_what_its_mode_allows = case(
        "A handle opened to read cannot write, and one opened to write cannot read.",
        points = 1,
        input = |rng| -> (String, String) { (rng.word(5..=12), rng.word(1..=4)) },
        drive = |(old, new), _log| -> (bool, Vec<u8>, bool) {
            fs::write("kept.txt", &old).unwrap();
            let mut reader = Mode::Read.open("kept.txt").unwrap();
            let write_fails = reader.write_all(new.as_bytes()).is_err();
            let kept = fs::read("kept.txt").unwrap();
            let mut writer: File = Mode::Append.open("kept.txt").unwrap();
            let read_fails = writer.read_to_string(&mut String::new()).is_err();
            (write_fails, kept, read_fails)
        },
        judge = |(old, _), (write_fails, kept, read_fails), _events| {
            equal(write_fails, &true)
                .named("writing through `Mode::Read` is an error")
                .and(file_holds(kept, old))
                .and(equal(read_fails, &true).named("reading through `Mode::Append` is an error"))
        },
    ),
    no_handle_outlives_its_call = case(
        "`with_file` closes the file: after success, after an error and after a panic.",
        points = 2,
        input = |rng| -> (u64, u64) { (rng.range(192..=224), rng.range(1..=99)) },
        drive = |(rounds, number), _log| -> (u64, Vec<String>, bool) {
            let mut opened = 0;
            let mut came_back = std::collections::BTreeSet::new();
            for round in 0..rounds {
                let turn = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                    with_file("turn.txt", Mode::Write, |_file| {
                        opened += 1;
                        match round % 3 {
                            0 => Ok(number),
                            1 => Err(std::io::Error::from(ErrorKind::WouldBlock)),
                            _ => suite::unwind(),
                        }
                    })
                }));
                came_back.insert(match turn {
                    Ok(Ok(value)) => format!("Ok({value})"),
                    Ok(Err(error)) => format!("{:?}", error.kind()),
                    Err(_) => "panic".to_owned(),
                });
            }
            let missing = with_file("no/such/file", Mode::Read, |_file| Ok(()));
            (opened, came_back.into_iter().collect(), missing.is_err())
        },
        judge = |(rounds, number), (opened, came_back, missing_fails), _events| {
            let ways = vec![
                format!("Ok({number})"),
                "WouldBlock".to_owned(),
                "panic".to_owned(),
            ];
            equal(opened, rounds)
                .named("rounds in which the file could be opened")
                .because("a handle that is not dropped stays open until the process has no more")
                .and(equal(came_back, &ways).named("what came back from the three kinds of body"))
                .and(equal(missing_fails, &true).named("a file that cannot be opened is an error"))
        },
    ),
);
