use suite::suite;

suite!(
    shared = {
        pub const LIMIT: usize = 1 << 20;

        suite::wire! {
            #[derive(Debug, Clone, PartialEq, Eq)]
            pub struct Sketch { pub len: usize, pub head: Vec<u8>, pub digest: u64 }
        }

        /// Many bytes, in few.
        pub fn sketch(bytes: &[u8]) -> Sketch {
            let digest = bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
                (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
            });
            let head = bytes.iter().take(8).copied().collect();
            let len = bytes.len();
            Sketch { len, head, digest }
        }

        /// A message that is too long to be sent along with a case.
        pub fn message(seed: u64, len: usize) -> Vec<u8> {
            let mut state = seed | 1;
            let mut next = || {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                (state >> 32) as u8
            };
            (0..len).map(|_| next()).collect()
        }

        suite::wire! {
            /// What a stream of messages gave: the messages, how it ended, what came then.
            #[derive(Debug, Clone, PartialEq, Eq)]
            pub struct Received { pub messages: Vec<String>, pub end: String, pub then: String }
        }

        suite::wire! {
            #[derive(Debug, Clone, PartialEq, Eq)]
            pub struct Sent {
                pub result: String,
                pub writes: usize,
                pub flushed: bool,
                pub frame: Sketch
            }
        }

        /// What headers with a lie came to, and how many bytes were read of each stream.
        pub type Lies = Vec<(Received, usize)>;

        suite::wire! {
            /// What became of an exchange, and of the streams below it.
            #[derive(Debug, Clone, PartialEq, Eq)]
            pub struct Exchanged {
                pub result: Result<Vec<String>, String>,
                pub written: usize,
                pub read: usize,
                pub next: String
            }
        }

        suite::wire! {
            /// What a child said after its first words, how it ended, and whether it is gone.
            #[derive(Debug, Clone, PartialEq, Eq)]
            pub struct Finished { pub rest: Received, pub code: Option<i32>, pub gone: bool }
        }

        suite::wire! {
            #[derive(Debug, Clone, PartialEq, Eq)]
            pub struct Collected {
                pub before: String,
                pub waiting: usize,
                pub result: Result<Vec<String>, String>,
                pub left: usize
            }
        }

        pub fn text(message: &[u8]) -> String {
            String::from_utf8_lossy(message).into_owned()
        }

        /// What a peer answers.
        pub fn answered(message: &[u8]) -> Vec<u8> {
            [b"re: ", message].concat()
        }

        pub fn frame(message: &[u8]) -> Vec<u8> {
            let len = u32::try_from(message.len()).unwrap_or(u32::MAX);
            [&len.to_be_bytes(), message].concat()
        }
    },
    acting = {
        use process_pipe::{
            Connection, Peer, PipeError, Receiver, Sender, collect, duplex, exchange, serve,
            simplex,
        };
        use std::fs::File;
        use std::io::{self, BufWriter, ErrorKind, Read, Write};
        use std::net::{TcpListener, TcpStream};
        use std::process::{Command, Stdio};
        use std::sync::atomic::{AtomicUsize, Ordering};
        use std::sync::{Arc, Mutex, PoisonError};
        use std::thread::{self, JoinHandle};

        fn kind(error: &io::Error) -> String {
            format!("{:?}", error.kind())
        }

        fn word(error: &PipeError) -> String {
            match error {
                PipeError::Closed => "Closed".to_owned(),
                PipeError::Truncated => "Truncated".to_owned(),
                PipeError::TooLarge(len) => format!("TooLarge({len})"),
                PipeError::Io(error) => format!("Io({})", kind(error)),
                _ => "another variant".to_owned(),
            }
        }

        fn outcome<T>(result: Result<T, PipeError>) -> String {
            result.map_or_else(|error| word(&error), |_| "Ok".to_owned())
        }

        fn texts(messages: &[Vec<u8>]) -> Vec<String> {
            messages.iter().map(|message| text(message)).collect()
        }

        fn end_of(received: &Result<Option<Vec<u8>>, PipeError>) -> String {
            match received {
                Ok(Some(message)) => format!("the message {:?}", text(message)),
                Ok(None) => "None".to_owned(),
                Err(error) => word(error),
            }
        }

        /// Receives until something else than a message comes, and once more.
        fn drain<R: Read>(receiver: &mut Receiver<R>) -> Received {
            let mut messages = Vec::new();
            let end = loop {
                match receiver.recv() {
                    Ok(Some(message)) if messages.len() < 64 => messages.push(text(&message)),
                    other => break end_of(&other),
                }
            };
            let then = end_of(&receiver.recv());
            Received {
                messages,
                end,
                then,
            }
        }

        fn read_frame(reader: &mut impl Read) -> io::Result<Vec<u8>> {
            let mut header = [0; 4];
            reader.read_exact(&mut header)?;
            let len = u32::from_be_bytes(header) as usize;
            let mut message = vec![0; len.min(LIMIT)];
            reader.read_exact(&mut message)?;
            Ok(message)
        }

        /// How many bytes a stream takes or gives at once, in turn; 0 is an interruption.
        #[derive(Default)]
        struct Pieces {
            sizes: Vec<u8>,
            turn: usize,
        }

        impl Pieces {
            fn new(sizes: Vec<u8>) -> Self {
                Self { sizes, turn: 0 }
            }

            fn next(&mut self) -> io::Result<usize> {
                let Some(size) = self.sizes.get(self.turn % self.sizes.len().max(1)) else {
                    return Ok(usize::MAX);
                };
                self.turn += 1;
                if *size == 0 {
                    return Err(ErrorKind::Interrupted.into());
                }
                Ok(usize::from(*size))
            }
        }

        /// A reader of bytes that were drawn.
        #[derive(Default)]
        struct Source {
            bytes: Vec<u8>,
            place: usize,
            pieces: Pieces,
            fails: Option<ErrorKind>,
            /// What comes behind the end, as in a file that grows.
            later: Vec<u8>,
            given: Arc<AtomicUsize>,
        }

        impl Source {
            fn new(bytes: Vec<u8>) -> Self {
                Self {
                    bytes,
                    ..Self::default()
                }
            }
        }

        impl Read for Source {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let piece = self.pieces.next()?;
                let rest = &self.bytes[self.place..];
                if rest.is_empty() {
                    self.bytes.append(&mut self.later);
                    return self.fails.map_or(Ok(0), |kind| Err(kind.into()));
                }
                let len = piece.min(rest.len()).min(buffer.len());
                buffer[..len].copy_from_slice(&rest[..len]);
                self.place += len;
                self.given.fetch_add(len, Ordering::SeqCst);
                Ok(len)
            }
        }

        #[derive(Default)]
        struct Heard {
            bytes: Vec<u8>,
            writes: usize,
            unflushed: bool,
            pieces: Pieces,
            /// Fails once it holds so many bytes.
            breaks: Option<(usize, ErrorKind)>,
            flush_breaks: Option<ErrorKind>,
        }

        /// A writer that remembers what it was told. Clones share it.
        #[derive(Clone, Default)]
        struct Tap(Arc<Mutex<Heard>>);

        impl Tap {
            fn new(heard: Heard) -> Self {
                Self(Arc::new(Mutex::new(heard)))
            }

            fn with<T>(&self, look: impl FnOnce(&mut Heard) -> T) -> T {
                look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
            }

            fn sent(&self, result: Result<(), PipeError>) -> Sent {
                self.with(|heard| Sent {
                    result: outcome(result),
                    writes: std::mem::take(&mut heard.writes),
                    flushed: !heard.unflushed,
                    frame: sketch(&std::mem::take(&mut heard.bytes)),
                })
            }
        }

        impl Write for Tap {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.with(|heard| {
                    if let Some((most, kind)) = heard.breaks
                        && heard.bytes.len() + bytes.len() > most
                    {
                        return Err(kind.into());
                    }
                    let len = heard.pieces.next()?.min(bytes.len());
                    heard.bytes.extend_from_slice(&bytes[..len]);
                    heard.writes += 1;
                    heard.unflushed = true;
                    Ok(len)
                })
            }

            // As for a pipe: one call, however many parts.
            fn write_vectored(&mut self, parts: &[io::IoSlice<'_>]) -> io::Result<usize> {
                let parts: Vec<&[u8]> = parts.iter().map(|part| &**part).collect();
                self.write(&parts.concat())
            }

            fn flush(&mut self) -> io::Result<()> {
                self.with(|heard| {
                    heard.unflushed = false;
                    heard.flush_breaks.map_or(Ok(()), |kind| Err(kind.into()))
                })
            }
        }

        /// Where child processes wait until all have come.
        struct Gate {
            port: u16,
            arrived: Arc<Mutex<Vec<u32>>>,
            supervisor: JoinHandle<()>,
        }

        impl Gate {
            fn shut() -> Self {
                let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
                let port = listener.local_addr().unwrap().port();
                let arrived = Arc::new(Mutex::new(Vec::new()));
                let list = Arc::clone(&arrived);
                let supervisor = suite::spawn("gate", move || {
                    let mut held = Vec::new();
                    while let Ok((mut stream, _)) = listener.accept() {
                        let mut pid = [0; 4];
                        // Children say who they are; who says nothing opens the gate.
                        if stream.read_exact(&mut pid).is_err() {
                            return;
                        }
                        list.lock().unwrap().push(u32::from_le_bytes(pid));
                        held.push(stream);
                    }
                });
                Self {
                    port,
                    arrived,
                    supervisor,
                }
            }

            /// How many wait.
            fn waiting(&self) -> usize {
                self.arrived.lock().unwrap().len()
            }

            /// Lets everyone through, also those to come; the pids of those who had waited.
            fn open(self) -> Vec<u32> {
                drop(TcpStream::connect(("127.0.0.1", self.port)));
                let _ = self.supervisor.join();
                self.arrived.lock().unwrap().clone()
            }
        }

        fn number(name: &str) -> usize {
            let text = std::env::var(name).unwrap_or_default();
            text.parse().unwrap_or(0)
        }

        fn wait_at_the_gate() {
            let Ok(port) = u16::try_from(number("GATE")) else {
                return;
            };
            let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else {
                return;
            };
            if stream.write_all(&std::process::id().to_le_bytes()).is_ok() {
                let _ = stream.read(&mut [0]);
            }
        }

        /// Writes past the line buffer of `println!`, which might make two writes of one.
        fn say(bytes: &[u8]) -> io::Result<()> {
            #[cfg(unix)]
            let stdout = std::os::fd::AsFd::as_fd(&io::stdout()).try_clone_to_owned()?;
            #[cfg(windows)]
            let stdout =
                std::os::windows::io::AsHandle::as_handle(&io::stdout()).try_clone_to_owned()?;
            File::from(stdout).write_all(bytes)
        }

        fn say_pid() {
            let _ = say(&frame(std::process::id().to_string().as_bytes()));
        }

        fn park_for_ever() -> ! {
            loop {
                thread::park();
            }
        }

        #[expect(
            clippy::disallowed_methods,
            reason = "a role has no other way to say how it ended"
        )]
        fn end_with(code: i32) -> ! {
            std::process::exit(code)
        }

        /// Answers by the student's loop.
        fn servant() {
            let code = match serve(answered) {
                Ok(()) => 40,
                Err(PipeError::Truncated) => 41,
                Err(PipeError::Closed) => 42,
                Err(_) => 43,
            };
            end_with(code)
        }

        /// Reads as many messages as it is told to before it answers the first.
        fn hoarder() {
            let mut stdin = io::stdin().lock();
            let hoard: Vec<Vec<u8>> = (0..number("HOARD"))
                .map_while(|_| read_frame(&mut stdin).ok())
                .collect();
            for message in hoard {
                let _ = say(&frame(&answered(&message)));
            }
        }

        /// Says its pid, waits for the end of its stdin, says much that is no message, and
        /// ends with a code of its own if all of it was read.
        fn last_words() {
            say_pid();
            let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
            let read = say(&vec![0xff; number("WORDS")]).is_ok();
            let code = if read { number("CODE") } else { 99 };
            end_with(code as i32)
        }

        /// Says its pid and half a message, and dies.
        fn half_dead() {
            say_pid();
            let frame = frame(&[b'x'; 100]);
            let _ = say(&frame[..number("HALF")]);
            end_with(number("CODE") as i32)
        }

        /// Says its pid, answers, and never ends by itself.
        fn stubborn() {
            say_pid();
            while let Ok(message) = read_frame(&mut io::stdin().lock()) {
                let _ = say(&frame(&answered(&message)));
            }
            park_for_ever()
        }

        /// Says its pid and its words, each with its own name, once the gate is open.
        fn talker() {
            wait_at_the_gate();
            let name = std::env::var("NAME").unwrap_or_default();
            let words = std::env::var("WORDS").unwrap_or_default();
            let pid = format!("pid={}", std::process::id());
            for word in [pid.as_str()].into_iter().chain(words.split_whitespace()) {
                let _ = say(&frame(format!("{name} {word}").as_bytes()));
            }
        }

        /// Says nothing and ends.
        fn mute() {}

        /// Says nothing and never ends by itself.
        fn parked() {
            park_for_ever()
        }

        /// Once the gate is open, claims to send what is too long, if it is told to, and never
        /// ends by itself.
        fn liar() {
            wait_at_the_gate();
            if let Ok(len @ 1..) = u32::try_from(number("LIE")) {
                let _ = say(&len.to_be_bytes());
            }
            park_for_ever()
        }

        /// Whether no process has this id: a child that has ended, but that nobody has waited
        /// for, still has one.
        fn is_gone(pid: &str) -> bool {
            let mut asked = Command::new("sh");
            let asked = asked.args(["-c", "kill -0 \"$0\" 2>/dev/null", pid]);
            !asked.status().is_ok_and(|status| status.success())
        }

        /// The pid that a child has said first.
        fn pid_of(peer: &mut Peer) -> String {
            let pid = peer.connection().receiver.recv();
            text(&pid.ok().flatten().unwrap_or_default())
        }

        /// Finishes a child that has said its pid.
        fn finished(peer: Peer, rest: Received, pid: &str) -> Finished {
            Finished {
                rest,
                code: peer.finish().ok().and_then(|status| status.code()),
                gone: is_gone(pid),
            }
        }

        /// Waits until nothing moves; whether the thread that notes `done` still sleeps then.
        fn sleeping(log: &suite::Log, done: &str) -> String {
            match suite::settle() {
                suite::Settled::Restless(threads) => format!("not asleep: {threads}"),
                suite::Settled::Still if log.has(done) => "back already".to_owned(),
                suite::Settled::Still => "asleep".to_owned(),
            }
        }

        /// Starts a role with what it must know.
        fn told(role: &str, facts: &[(&str, &str)]) -> Command {
            let mut command = suite::role(role);
            command.envs(facts.iter().copied());
            command
        }

        /// Collects on a thread of its own.
        fn collecting(
            commands: Vec<Command>,
            log: &suite::Log,
        ) -> JoinHandle<Result<Vec<String>, String>> {
            let log = log.clone();
            suite::spawn("collector", move || {
                let result = collect(commands);
                log.event("collect is done", 0);
                result
                    .map(|messages| texts(&messages))
                    .map_err(|error| word(&error))
            })
        }
    },
    deciding = {
        use std::ops::RangeInclusive;
        use suite::{Check, Rng, check, equal};

        /// Short messages with line breaks in them, an empty one among them.
        fn messages(rng: &mut Rng, count: RangeInclusive<usize>) -> Vec<String> {
            let mut messages = rng.list(count, |rng| rng.text(1..=12));
            messages.push("two\nlines\n".to_owned());
            messages.push(String::new());
            rng.shuffled(messages)
        }

        /// Small pieces and some interruptions.
        fn pieces(rng: &mut Rng) -> Vec<u8> {
            let mut pieces = rng.list(6..=12, |rng| rng.range(1..=7) as u8);
            pieces.extend([0, 0, 1]);
            rng.shuffled(pieces)
        }

        fn received(messages: &[String], end: &str) -> Received {
            Received {
                messages: messages.to_vec(),
                end: end.to_owned(),
                then: "None".to_owned(),
            }
        }

        /// Compares what came, for which the case names a cause, and what came after the end.
        fn same(what: &str, got: &Received, expected: &Received, cause: &str) -> Check {
            let so_far = Received {
                then: expected.then.clone(),
                ..got.clone()
            };
            let came = equal(&so_far, expected).named(what).note(cause);
            came.and(
                equal(got.then.as_str(), expected.then.as_str())
                    .named(format!("{what}: what `recv` returns after its end"))
                    .note("after `None` or an error a receiver has ended, and reads no more"),
            )
        }

        fn each<T, U>(
            got: &[T],
            expected: &[U],
            what: &str,
            judge: impl Fn(&T, &U) -> Check,
        ) -> Check {
            let pairs = got.iter().zip(expected).enumerate();
            equal(&got.len(), &expected.len())
                .named(format!("the number of {what}s"))
                .and(
                    pairs
                        .map(|(index, (got, expected))| {
                            judge(got, expected).named(format!("{what} {}", index + 1))
                        })
                        .collect(),
                )
        }
    },
    roles = [
        servant, hoarder, last_words, half_dead, stubborn, talker, mute, parked, liar
    ],
    a_message_is_its_length_and_its_bytes = case(
        "A message travels as its length, four bytes with the highest first, and its bytes.",
        points = 1,
        input = |rng| -> (Vec<String>, Vec<(u64, usize)>) {
            let long = [256, 4_092, 4_093, rng.count(65_536..=90_000)];
            let long = long.map(|len| (rng.range(..), len));
            (messages(rng, 2..=4), rng.shuffled(long))
        },
        drive = |(short, long), _log| -> (Vec<String>, Vec<Sketch>) {
            let tap = Tap::default();
            let mut sender = Sender::new(tap.clone());
            let mut bytes_of = |message: &[u8]| {
                let _ = sender.send(message);
                tap.with(|heard| std::mem::take(&mut heard.bytes))
            };
            let short = short
                .iter()
                .map(|message| text(&bytes_of(message.as_bytes())));
            let short = short.collect();
            let long = long
                .iter()
                .map(|(seed, len)| sketch(&bytes_of(&message(*seed, *len))));
            (short, long.collect())
        },
        judge = |(short, long), (frames, sketches), _events| {
            let short = short.iter().map(|message| frame(message.as_bytes()));
            let short: Vec<String> = short.map(|frame| text(&frame)).collect();
            let long = long.iter().map(|(seed, len)| frame(&message(*seed, *len)));
            let long: Vec<Sketch> = long.map(|frame| sketch(&frame)).collect();
            each(frames, &short, "short frame", equal)
                .and(each(sketches, &long, "long frame", equal))
                .note("`u32::to_be_bytes` of the length, then the message as it is")
        },
    ),
    messages_come_back_whole_from_any_reader = case(
        "Messages come back whole, however small the pieces in which a reader gives them.",
        points = 1,
        input = |rng| -> (Vec<String>, Vec<u8>, String) {
            (messages(rng, 2..=5), pieces(rng), rng.text(1..=9))
        },
        drive = |(messages, sizes, later), _log| -> Received {
            let bytes = messages
                .iter()
                .flat_map(|message| frame(message.as_bytes()));
            drain(&mut Receiver::new(Source {
                pieces: Pieces::new(sizes),
                later: frame(later.as_bytes()),
                ..Source::new(bytes.collect())
            }))
        },
        judge = |(messages, _, _), got, _events| {
            let cause = "`read` may give less than you ask for, or `Interrupted`";
            same("the stream", got, &received(messages, "None"), cause)
        },
    ),
    every_way_to_end_is_told_apart = case(
        "Between two messages the end of the stream is the end; inside one it is an error.",
        points = 1,
        input = |rng| -> (String, String) { (rng.word(2..=9), rng.word(1..=9)) },
        drive = |(first, second), _log| -> Vec<Received> {
            let stream = [frame(first.as_bytes()), frame(second.as_bytes())].concat();
            (0..=stream.len())
                .map(|cut| drain(&mut Receiver::new(&stream[..cut])))
                .collect()
        },
        judge = |(first, second), got, _events| {
            let both = [first.clone(), second.clone()];
            let (boundary, len) = (first.len() + 4, first.len() + second.len() + 8);
            let streams = (0..=len).map(|cut| {
                let whole = usize::from(cut >= boundary) + usize::from(cut == len);
                let is_clean = [0, boundary, len].contains(&cut);
                let end = if is_clean { "None" } else { "Truncated" };
                received(both.get(..whole).unwrap_or_default(), end)
            });
            let expected: Vec<Received> = streams.collect();
            let counted = equal(&got.len(), &expected.len()).named("the number of streams");
            let pairs = got.iter().zip(&expected).enumerate();
            let judged = pairs.map(|(cut, (got, expected))| {
                let what = format!("a stream of {len} bytes that ends after {cut}");
                let cause = "no byte of a header is the end, some bytes of one are not";
                same(&what, got, expected, cause)
            });
            counted.and(judged.collect())
        },
    ),
    a_lying_header_costs_nothing = case(
        "A length over the limit is refused before anything is read, reserved or sent for it.",
        points = 1,
        input = |rng| -> (Vec<u32>, u64, usize, Vec<u8>) {
            let limit = LIMIT as u32;
            let lies = vec![
                limit + 1,
                limit + rng.range(2..=1_000_000) as u32,
                u32::MAX - rng.range(0..=99_999) as u32,
            ];
            (lies, rng.range(..), rng.count(1..=9_999), rng.bytes(5..=30))
        },
        drive = |(lies, seed, over, behind), _log| -> (Lies, Sent, Sent, Sketch) {
            let lies = lies.iter().map(|lie| {
                let source = Source::new([&lie.to_be_bytes(), behind.as_slice()].concat());
                let given = Arc::clone(&source.given);
                let received = drain(&mut Receiver::new(source));
                (received, given.load(Ordering::SeqCst))
            });
            let lies = lies.collect();
            let tap = Tap::default();
            let mut sender = Sender::new(tap.clone());
            let refused = tap.sent(sender.send(&message(seed, LIMIT + over)));
            let longest = message(seed, LIMIT);
            let sent = tap.sent(sender.send(&longest));
            let came = Receiver::new(frame(&longest).as_slice()).recv();
            (
                lies,
                refused,
                sent,
                sketch(&came.ok().flatten().unwrap_or_default()),
            )
        },
        judge = |(lies, seed, over, _), (got, refused, sent, came), _events| {
            let longest = message(*seed, LIMIT);
            let too_large = format!("TooLarge({})", LIMIT + over);
            each(got, lies, "lying header", |(got, read), lie| {
                let expected = received(&[], &format!("TooLarge({lie})"));
                let cause = "look at the length before you make room for it";
                same(&format!("a length of {lie}"), got, &expected, cause).and(
                    equal(read, &4)
                        .named(format!("bytes read where the length is {lie}"))
                        .note("what stands behind a refused header is not read"),
                )
            })
            .and(
                equal(
                    &(refused.result.as_str(), refused.frame.len),
                    &(too_large.as_str(), 0),
                )
                .named("sending more than the limit, and the bytes written for it")
                .note("check the length before you write anything"),
            )
            .and(
                equal(
                    &(sent.result.as_str(), &sent.frame),
                    &("Ok", &sketch(&frame(&longest))),
                )
                .named("sending exactly the limit")
                .and(equal(came, &sketch(&longest)).named("receiving exactly the limit"))
                .note("a message of `MAX_MESSAGE` bytes is allowed"),
            )
        },
    ),
    a_small_message_is_one_write_and_leaves_at_once = case(
        "A small message is one `write`, and has left when `send` returns.",
        points = 1,
        input = |rng| -> (Vec<(u64, usize)>, Vec<u8>) {
            let lens = [0, 1, 4_092, rng.count(2..=200), rng.count(201..=4_091)];
            let lens = lens.map(|len| (rng.range(..), len));
            (rng.shuffled(lens), pieces(rng))
        },
        drive = |(messages, sizes), _log| -> (Vec<Sent>, Vec<Sent>, Vec<Sent>) {
            let send_all = |tap: &Tap, writer: Box<dyn Write>| -> Vec<Sent> {
                let mut sender = Sender::new(writer);
                let messages = messages.iter().map(|(seed, len)| message(*seed, *len));
                messages
                    .map(|message| tap.sent(sender.send(&message)))
                    .collect()
            };
            let (plain, buffered) = (Tap::default(), Tap::default());
            let buffer = BufWriter::with_capacity(1 << 16, buffered.clone());
            let slow = Tap::new(Heard {
                pieces: Pieces::new(sizes),
                ..Heard::default()
            });
            (
                send_all(&plain, Box::new(plain.clone())),
                send_all(&buffered, Box::new(buffer)),
                send_all(&slow, Box::new(slow.clone())),
            )
        },
        judge = |(messages, _), (plain, buffered, slow), _events| {
            let frames = messages
                .iter()
                .map(|(seed, len)| frame(&message(*seed, *len)));
            let frames: Vec<Sketch> = frames.map(|frame| sketch(&frame)).collect();
            let left = |got: &Sent, frame: &Sketch| {
                equal(&(got.result.as_str(), &got.frame), &("Ok", frame))
            };
            each(plain, &frames, "message", |got, frame| {
                left(got, frame)
                    .and(
                        equal(&got.writes, &1)
                            .named(format!("calls of `write` for {} bytes", frame.len))
                            .note("between two writes another process can write to the same pipe"),
                    )
                    .and(check(
                        got.flushed,
                        "flushed after it was written",
                        "not flushed",
                    ))
            })
            .and(
                each(buffered, &frames, "message through a `BufWriter`", left)
                    .note("what stays in a buffer is read by nobody: flush"),
            )
            .and(
                each(slow, &frames, "message to a slow writer", left)
                    .note("`write` says how many bytes it has taken; `write_all` goes on"),
            )
        },
    ),
    a_failing_stream_says_so = case(
        "A broken pipe is `Closed`; any other failure of the stream is passed on.",
        points = 1,
        input = |rng| -> (String, usize, usize) {
            (rng.word(8..=12), rng.count(1..=11), rng.count(1..=5))
        },
        drive = |(whole, cut, room), _log| -> (Vec<Received>, Vec<(usize, String)>) {
            let whole = frame(whole.as_bytes());
            let received = [ErrorKind::ConnectionReset, ErrorKind::PermissionDenied].map(|kind| {
                drain(&mut Receiver::new(Source {
                    fails: Some(kind),
                    ..Source::new([&whole, &whole[..cut]].concat())
                }))
            });
            let broken = |breaks, flush_breaks| {
                let mut sender = Sender::new(Tap::new(Heard {
                    breaks,
                    flush_breaks,
                    ..Heard::default()
                }));
                let mut results = (0..=room).map(|_| outcome(sender.send(&whole[4..])));
                let sent = results.by_ref().take_while(|result| result == "Ok").count();
                drop(results);
                (sent, outcome(sender.send(&whole[4..])))
            };
            let room = room * whole.len();
            let ends = vec![
                broken(Some((room, ErrorKind::BrokenPipe)), None),
                broken(Some((room, ErrorKind::TimedOut)), None),
                broken(None, Some(ErrorKind::BrokenPipe)),
                broken(None, Some(ErrorKind::StorageFull)),
            ];
            (received.to_vec(), ends)
        },
        judge = |(whole, _, room), (got, ends), _events| {
            let streams = ["ConnectionReset", "PermissionDenied"]
                .map(|kind| received(std::slice::from_ref(whole), &format!("Io({kind})")));
            let expected = [
                ("`write` says `BrokenPipe`", *room, "Closed"),
                ("`write` says `TimedOut`", *room, "Io(TimedOut)"),
                ("`flush` says `BrokenPipe`", 0, "Closed"),
                ("`flush` says `StorageFull`", 0, "Io(StorageFull)"),
            ];
            let cause = "an error of the stream is not its end";
            let readers = each(got, &streams, "failing reader", |got, expected| {
                same(
                    &format!("a stream that ends in {}", expected.end),
                    got,
                    expected,
                    cause,
                )
            });
            readers.and(each(
                ends,
                &expected,
                "failing writer",
                |got, (what, sent, word)| {
                    equal(&(got.0, got.1.as_str()), &(*sent, *word))
                        .named(format!("messages sent before {what}, and the error then"))
                },
            ))
        },
    ),
    a_receiver_sleeps_until_a_whole_message_is_there = case(
        "A receiver sleeps until a whole message is there, or until the last sender is gone.",
        points = 1,
        input = |rng| -> (Vec<String>, String, usize) {
            (messages(rng, 2..=4), rng.word(10..=30), rng.count(1..=13))
        },
        drive = |(messages, last, cut), log| -> (Vec<String>, Received, Received) {
            let receiving = |mut receiver: Receiver<io::PipeReader>, done: &'static str| {
                let log = log.clone();
                suite::spawn("receiver", move || {
                    let received = drain(&mut receiver);
                    log.event(done, 0);
                    received
                })
            };
            let (mut sender, receiver) = simplex().unwrap();
            let whole = receiving(receiver, "first is done");
            let mut asleep = vec![sleeping(log, "first is done")];
            for message in &messages {
                sender.send(message.as_bytes()).unwrap();
            }
            asleep.push(sleeping(log, "first is done"));
            drop(sender);
            let whole = whole.join().unwrap();

            let (reader, mut writer) = io::pipe().unwrap();
            let parts = receiving(Receiver::new(reader), "second is done");
            let bytes = frame(last.as_bytes());
            writer.write_all(&bytes[..cut]).unwrap();
            asleep.push(sleeping(log, "second is done"));
            writer.write_all(&bytes[cut..]).unwrap();
            drop(writer);
            (asleep, whole, parts.join().unwrap())
        },
        judge = |(messages, last, _), (asleep, whole, parts), _events| {
            let moments = [
                "the receiver of an empty pipe",
                "the receiver after the messages, while the sender lives",
                "the receiver of a part of a frame",
            ];
            each(asleep, &moments, "moment", |got, moment| {
                equal(got.as_str(), "asleep").named(*moment)
            })
            .note("a read of a pipe sleeps by itself until there is something to read")
            .and(equal(whole, &received(messages, "None")).named("all messages"))
            .and(
                equal(parts, &received(std::slice::from_ref(last), "None"))
                    .named("the message that came in two parts"),
            )
        },
    ),
    both_ends_of_a_duplex_talk = case(
        "Both ends of a duplex talk; when one is gone, the other still gets what it had sent.",
        points = 1,
        input = |rng| -> (Vec<String>, Vec<String>, bool) {
            (messages(rng, 1..=3), messages(rng, 1..=2), rng.flip())
        },
        drive = |(questions, last, swap), _log| -> (Vec<String>, Vec<String>, Received, String) {
            let (left, right) = duplex().unwrap();
            let (mut here, mut there) = if swap { (right, left) } else { (left, right) };
            let rounds = questions.len();
            let partner = suite::spawn("partner", move || {
                let mut heard = Vec::new();
                for _ in 0..rounds {
                    let question = there.receiver.recv().unwrap().unwrap_or_default();
                    there.sender.send(&answered(&question)).unwrap();
                    heard.push(text(&question));
                }
                for message in last {
                    there.sender.send(message.as_bytes()).unwrap();
                }
                heard
            });
            let mut answers = Vec::new();
            for question in questions {
                here.sender.send(question.as_bytes()).unwrap();
                let answer = here.receiver.recv().unwrap();
                answers.push(text(&answer.unwrap_or_default()));
            }
            let heard = partner.join().unwrap();
            let rest = drain(&mut here.receiver);
            (heard, answers, rest, outcome(here.sender.send(b"too late")))
        },
        judge = |(questions, last, _), (heard, answers, rest, late), _events| {
            let expected = questions
                .iter()
                .map(|question| answered(question.as_bytes()));
            let expected: Vec<String> = expected.map(|answer| text(&answer)).collect();
            equal(heard, questions)
                .named("what one end has heard")
                .and(equal(answers, &expected).named("what it has answered"))
                .note("one pipe for each direction")
                .and(
                    equal(rest, &received(last, "None"))
                        .named("what is received after the other end is gone"),
                )
                .and(
                    equal(late.as_str(), "Closed")
                        .named("sending after the other end is gone")
                        .note("writing to a pipe that nobody reads is a `BrokenPipe`"),
                )
        },
    ),
    serve_answers_each_message_at_once = case(
        "`serve` answers each message at once, until its stdin ends or something fails.",
        points = 1,
        input = |rng| -> (Vec<String>, usize) { (messages(rng, 1..=3), rng.count(1..=9)) },
        drive = |(messages, cut), _log| -> (Vec<String>, String, Vec<Option<i32>>) {
            let start = || {
                let mut command = suite::role("servant");
                command.stdin(Stdio::piped()).stdout(Stdio::piped());
                let mut child = command.spawn().unwrap();
                let pipes = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
                (child, pipes.0, pipes.1)
            };
            let (mut child, mut stdin, mut stdout) = start();
            let mut answers = Vec::new();
            for message in &messages {
                let _ = stdin.write_all(&frame(message.as_bytes()));
                let answer = read_frame(&mut stdout);
                answers.push(answer.map_or_else(|error| kind(&error), |answer| text(&answer)));
            }
            drop(stdin);
            let mut rest = Vec::new();
            let _ = stdout.read_to_end(&mut rest);
            let mut codes = vec![child.wait().unwrap().code()];

            let (mut child, mut stdin, stdout) = start();
            let _ = stdin.write_all(&frame(b"cut off")[..cut]);
            drop(stdin);
            codes.push(child.wait().unwrap().code());
            drop(stdout);

            let (mut child, mut stdin, stdout) = start();
            drop(stdout);
            let _ = stdin.write_all(&frame(b"to nobody"));
            drop(stdin);
            codes.push(child.wait().unwrap().code());
            (answers, text(&rest), codes)
        },
        judge = |(messages, _), (answers, rest, codes), _events| {
            let expected = messages.iter().map(|message| answered(message.as_bytes()));
            let expected: Vec<String> = expected.map(|answer| text(&answer)).collect();
            let ends = [
                ("`Ok` when stdin ends (exit code 40)", 40),
                (
                    "`Truncated` when it ends inside a message (exit code 41)",
                    41,
                ),
                ("`Closed` when nobody reads stdout (exit code 42)", 42),
            ];
            equal(answers, &expected)
                .named("the answers")
                .and(equal(rest.as_str(), "").named("what stdout held besides"))
                .and(each(codes, &ends, "end", |got, (what, code)| {
                    equal(got, &Some(*code)).named(*what)
                }))
        },
    ),
    large_questions_do_not_block_large_answers = case(
        "Questions and answers larger than any pipe pass each other, whenever the peer answers.",
        points = 1,
        input = |rng| -> (u64, Vec<usize>, String) {
            let mut sizes = rng.list(14..=18, |rng| rng.count(16 << 10..=48 << 10));
            sizes.push(300 << 10);
            (rng.range(1..1 << 60), rng.shuffled(sizes), rng.text(3..=9))
        },
        drive = |(seed, sizes, last), _log| -> Vec<(String, Vec<Sketch>, Option<i32>)> {
            let requests = sizes
                .iter()
                .zip(seed..)
                .map(|(len, seed)| message(seed, *len));
            let requests: Vec<Vec<u8>> = requests.collect();
            let ask = |command: Command, last: &[Vec<u8>]| {
                let mut peer = Peer::spawn(command).unwrap();
                let answers = exchange(peer.connection(), &requests);
                let more = exchange(peer.connection(), last);
                let result = match (&answers, &more) {
                    (Err(error), _) | (_, Err(error)) => word(error),
                    _ => "Ok".to_owned(),
                };
                let answers = [answers.unwrap_or_default(), more.unwrap_or_default()].concat();
                let code = peer.finish().ok().and_then(|status| status.code());
                (
                    result,
                    answers.iter().map(|answer| sketch(answer)).collect(),
                    code,
                )
            };
            let hoard = requests.len().to_string();
            vec![
                ask(suite::role("servant"), &[last.into_bytes()]),
                ask(told("hoarder", &[("HOARD", &hoard)]), &[]),
            ]
        },
        judge = |(seed, sizes, last), got, _events| {
            let requests = sizes
                .iter()
                .zip(*seed..)
                .map(|(len, seed)| message(seed, *len));
            let answers = requests.map(|request| sketch(&answered(&request)));
            let answers: Vec<Sketch> = answers.collect();
            let last = sketch(&answered(last.as_bytes()));
            let peers = [
                ("a peer that answers each request", vec![last], 40),
                ("a peer that reads all requests first", Vec::new(), 0),
            ];
            each(
                got,
                &peers,
                "peer",
                |(result, got, code), (name, last, end)| {
                    let expected = [answers.as_slice(), last].concat();
                    equal(result.as_str(), "Ok")
                        .named(format!("`exchange` with {name}"))
                        .and(each(got, &expected, "answer", equal).named(*name))
                        .and(equal(code, &Some(*end)).named(format!("the exit code of {name}")))
                },
            )
        },
    ),
    an_exchange_that_fails_says_why = case(
        "An exchange returns its own answers and no more, or says what was missing.",
        points = 1,
        input = |rng| -> (Vec<String>, usize, usize, String) {
            let requests = rng.list(4..=6, |rng| rng.word(3..=12));
            (
                requests,
                rng.count(1..=3),
                rng.count(1..=9_999),
                rng.word(3..=9),
            )
        },
        drive = |(requests, missing, over, extra), _log| -> Vec<Exchanged> {
            let requests: Vec<Vec<u8>> = requests.into_iter().map(String::into_bytes).collect();
            let mut answers: Vec<Vec<u8>> = requests
                .iter()
                .map(|request| frame(&answered(request)))
                .collect();
            let few = answers[..answers.len() - missing].concat();
            answers.push(frame(extra.as_bytes()));
            let many = answers.concat();
            let room = frame(&requests[0]).len();

            let run = |requests: &[Vec<u8>], stream: &[u8], room: Option<usize>| {
                let tap = Tap::new(Heard {
                    breaks: room.map(|room| (room, ErrorKind::BrokenPipe)),
                    ..Heard::default()
                });
                let source = Source::new(stream.to_vec());
                let given = Arc::clone(&source.given);
                let mut connection = Connection {
                    sender: Sender::new(tap.clone()),
                    receiver: Receiver::new(source),
                };
                let result = exchange(&mut connection, requests);
                Exchanged {
                    result: result
                        .map(|answers| texts(&answers))
                        .map_err(|error| word(&error)),
                    written: tap.with(|heard| heard.bytes.len()),
                    read: given.load(Ordering::SeqCst),
                    next: end_of(&connection.receiver.recv()),
                }
            };
            let mut too_large = requests.clone();
            too_large[missing] = vec![b'x'; LIMIT + over];
            vec![
                run(&requests, &many, None),
                run(&[], &many, None),
                run(&requests, &few, None),
                run(&requests, &many, Some(room)),
                run(&requests, &few, Some(room)),
                run(&too_large, &many, None),
            ]
        },
        judge = |(requests, missing, over, extra), got, _events| {
            let answers: Vec<String> = requests.iter().map(|word| format!("re: {word}")).collect();
            let lens = |texts: &[String]| texts.iter().map(|text| text.len() + 4).sum::<usize>();
            let (asked, answered) = (lens(requests), lens(&answers));
            let few = lens(answers.get(..answers.len() - missing).unwrap_or_default());
            let room = lens(requests.get(..1).unwrap_or_default());
            let next = |text: &str| format!("the message {text:?}");
            let first = next(answers.first().map_or("", String::as_str));
            let exchanged = |result, written, read, next| Exchanged {
                result,
                written,
                read,
                next,
            };
            let (none, closed) = ("None".to_owned(), Err("Closed".to_owned()));
            let truncated = Err("Truncated".to_owned());
            let too_large = Err(format!("TooLarge({})", LIMIT + over));
            let expected = [
                (
                    "a peer that sends more than answers",
                    exchanged(Ok(answers.clone()), asked, answered, next(extra)),
                    "one answer for each request; the rest stays for the next `recv`",
                ),
                (
                    "no requests",
                    exchanged(Ok(Vec::new()), 0, 0, first.clone()),
                    "without a request there is no answer to wait for",
                ),
                (
                    "a peer that ends before its last answers",
                    exchanged(truncated.clone(), asked, few, none.clone()),
                    "the end of the stream is too early while answers are missing",
                ),
                (
                    "a peer that answers everything but stops reading",
                    exchanged(closed, room, answered, next(extra)),
                    "receive whatever can be received, then look at what sending came to",
                ),
                (
                    "a peer that stops reading and answering",
                    exchanged(truncated, room, few, none),
                    "a missing answer says more than a broken pipe",
                ),
                (
                    "a request over the limit among others",
                    exchanged(too_large, 0, 0, first),
                    "look at all sizes before you send anything",
                ),
            ];
            each(
                got,
                &expected,
                "exchange",
                |got, (what, expected, cause)| equal(got, expected).named(*what).note(*cause),
            )
        },
    ),
    finish_lets_a_child_say_all_and_end = case(
        "`finish` lets the child say what it has left to say, waits for it, and tells its status.",
        points = 1,
        input = |rng| -> (usize, i32, usize, i32) {
            let mut code = || rng.range(1..=90) as i32;
            let codes = (code(), code());
            (
                rng.count(100_000..=200_000),
                codes.0,
                rng.count(1..=103),
                codes.1,
            )
        },
        drive = |(words, code, half, last_code), _log| -> (Finished, Finished) {
            let facts = [("WORDS", words.to_string()), ("CODE", code.to_string())];
            let facts = facts.each_ref().map(|(name, fact)| (*name, fact.as_str()));
            let mut talkative = Peer::spawn(told("last_words", &facts)).unwrap();
            let pid = pid_of(&mut talkative);
            let nothing = Received {
                messages: Vec::new(),
                end: String::new(),
                then: String::new(),
            };
            let talkative = finished(talkative, nothing, &pid);

            let facts = [("HALF", half.to_string()), ("CODE", last_code.to_string())];
            let facts = facts.each_ref().map(|(name, fact)| (*name, fact.as_str()));
            let mut dying = Peer::spawn(told("half_dead", &facts)).unwrap();
            let pid = pid_of(&mut dying);
            let rest = drain(&mut dying.connection().receiver);
            (talkative, finished(dying, rest, &pid))
        },
        judge = |(_, code, _, last_code), (talkative, dying), _events| {
            equal(&talkative.code, &Some(*code))
                .named("the exit code of a child that says much after its stdin has ended")
                .note("it ends with code 99 when nobody reads what it says")
                .and(
                    equal(&dying.rest, &received(&[], "Truncated"))
                        .named("what is received from a child that dies inside a message"),
                )
                .and(equal(&dying.code, &Some(*last_code)).named("its exit code"))
                .and(
                    equal(&(talkative.gone, dying.gone), &(true, true))
                        .named("whether the two children are gone")
                        .note("a child that has ended is kept until somebody waits for it"),
                )
        },
    ),
    a_dropped_peer_leaves_nothing = case(
        "A `Peer` that is dropped leaves no child behind, however stubborn.",
        points = 1,
        input = |rng| -> String { rng.text(4..=12) },
        drive = |question, _log| -> (String, bool) {
            let mut peer = Peer::spawn(suite::role("stubborn")).unwrap();
            let pid = pid_of(&mut peer);
            let connection = peer.connection();
            let answer = connection
                .sender
                .send(question.as_bytes())
                .and_then(|()| connection.receiver.recv());
            drop(peer);
            (
                text(&answer.ok().flatten().unwrap_or_default()),
                is_gone(&pid),
            )
        },
        judge = |question, (answer, gone), _events| {
            let expected = text(&answered(question.as_bytes()));
            equal(answer, &expected).named("the child's answer").and(
                equal(gone, &true).named("whether the child is gone").note(
                    "std's `Child` neither kills nor waits when it is dropped, and a child that \
                     nobody waits for stays in the system's table",
                ),
            )
        },
    ),
    collect_ends_when_the_last_child_has_ended = case(
        "`collect` runs all children at once and ends when the last of them has ended.",
        points = 1,
        input = |rng| -> (Vec<Vec<String>>, usize) {
            let words = rng.list(2..=4, |rng| rng.list(1..=5, |rng| rng.word(3..=8)));
            let mute = rng.count(0..=words.len());
            (words, mute)
        },
        drive = |(words, mute), log| -> (String, Collected) {
            let nobody = outcome(collect([]));
            let gate = Gate::shut();
            let port = gate.port.to_string();
            let talkers = words.iter().zip(1..).map(|(words, number)| {
                let (name, words) = (format!("child-{number}"), words.join(" "));
                told(
                    "talker",
                    &[("GATE", &port), ("NAME", &name), ("WORDS", &words)],
                )
            });
            let mut commands: Vec<Command> = talkers.collect();
            commands.insert(mute, suite::role("mute"));
            let collecting = collecting(commands, log);
            let before = sleeping(log, "collect is done");
            let waiting = gate.waiting();
            gate.open();
            let mut result = collecting.join().unwrap();
            let mut pids = Vec::new();
            if let Ok(messages) = &mut result {
                messages.retain(|message| match message.split_once("pid=") {
                    Some((_, pid)) => {
                        pids.push(pid.to_owned());
                        false
                    }
                    None => true,
                });
            }
            let collected = Collected {
                before,
                waiting,
                result,
                left: pids.iter().filter(|pid| !is_gone(pid)).count(),
            };
            (nobody, collected)
        },
        judge = |(words, _), (nobody, got), _events| {
            let messages = words.iter().zip(1..).flat_map(|(words, number)| {
                words
                    .iter()
                    .map(move |word| format!("child-{number} {word}"))
            });
            let messages: Vec<String> = messages.collect();
            // Stable, so that the order of each child's messages stays what it was.
            let mut sorted = got.result.clone();
            if let Ok(messages) = &mut sorted {
                messages.sort_by_key(|message| message.chars().take(7).collect::<String>());
            }
            equal(nobody.as_str(), "Ok")
                .named("collecting from no commands")
                .and(
                    equal(&got.waiting, &words.len())
                        .named("children that ran at the same time")
                        .note("start all of them before you wait for any"),
                )
                .and(
                    equal(got.before.as_str(), "asleep")
                        .named("`collect` while children run, and one of them has ended"),
                )
                .and(equal(&sorted, &Ok(messages)).named("the messages, child by child"))
                .and(
                    equal(&got.left, &0)
                        .named("children left behind")
                        .note("the end of the pipe is not yet the end of a child: wait for each"),
                )
        },
    ),
    a_collect_that_fails_leaves_nothing = case(
        "When `collect` fails, the children it has started are ended and waited for.",
        points = 1,
        input = |rng| -> (usize, String, u32, bool) {
            let lie = LIMIT as u64 + rng.range(1..=1_000_000_000);
            (rng.count(1..=3), rng.word(5..=9), lie as u32, rng.flip())
        },
        drive = |(parked, missing, lie, first), log| -> (String, bool, Collected) {
            let (mut end, alive) = io::pipe().unwrap();
            let mut commands = Vec::new();
            for _ in 0..parked {
                let mut command = suite::role("parked");
                command.stderr(alive.try_clone().unwrap());
                commands.push(command);
            }
            commands.push(Command::new(format!("./{missing}")));
            drop(alive);
            let not_found = outcome(collect(commands));
            // Its end comes when no child lives that could still write.
            let watching = log.clone();
            let watcher = suite::spawn("watcher", move || {
                let _ = end.read_to_end(&mut Vec::new());
                watching.event("all have ended", 0);
            });
            suite::settle();
            let ended = log.has("all have ended");
            if ended {
                watcher.join().unwrap();
            }

            let gate = Gate::shut();
            let (port, lie) = (gate.port.to_string(), lie.to_string());
            let liar = told("liar", &[("GATE", &port), ("LIE", &lie)]);
            let silent = told("liar", &[("GATE", &port)]);
            let commands = if first {
                [liar, silent]
            } else {
                [silent, liar]
            };
            let collecting = collecting(commands.into(), log);
            let before = sleeping(log, "collect is done");
            let waiting = gate.waiting();
            let pids = gate.open();
            let result = collecting.join().unwrap();
            let left = pids.iter().filter(|pid| !is_gone(&pid.to_string()));
            let collected = Collected {
                before,
                waiting,
                result,
                left: left.count(),
            };
            (not_found, ended, collected)
        },
        judge = |(_, _, lie, _), (not_found, ended, got), _events| {
            let expected = Collected {
                before: "asleep".to_owned(),
                waiting: 2,
                result: Err(format!("TooLarge({lie})")),
                left: 0,
            };
            equal(not_found.as_str(), "Io(NotFound)")
                .named("a command that cannot start, after others that never end")
                .and(equal(ended, &true).named("whether those others have been ended"))
                .and(
                    equal(got, &expected)
                        .named("a child that sends a broken message, beside one that never ends"),
                )
                .note("every way out of `collect`, `?` too, must end and wait for the children")
        },
    ),
    the_wrong_direction_does_not_compile = compile_fail(
        "A receiver cannot send, and a sender cannot receive.",
        points = 1,
        fails = {
            use process_pipe::{Receiver, Sender};
            pub fn send(mut receiver: Receiver<std::io::PipeReader>) {
                let _ = receiver.send(b"no"); //~ E0599
            }
            pub fn receive(mut sender: Sender<std::io::PipeWriter>) {
                let _ = sender.recv(); //~ E0599
            }
        },
        compiles = {
            use process_pipe::{Receiver, Sender};
            pub fn receive(mut receiver: Receiver<std::io::PipeReader>) {
                let _ = receiver.recv();
            }
            pub fn send(mut sender: Sender<std::io::PipeWriter>) {
                let _ = sender.send(b"yes");
            }
        },
    ),
);
