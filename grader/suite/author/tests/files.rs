//! The files of a model do what those of the system do.

use std::fs::{self, File, OpenOptions};
use std::io;
use suite::{Access, Data, FileCall, Files, Rng, Shown, on_files, path_of, result};

const PATHS: [&str; 7] = [
    "a",
    "b",
    "\u{fffd}",
    "folder",
    "folder/c",
    "missing/d",
    "a/e",
];

/// What `OpenOptions` accepts: read, write, create, truncate, append.
const ACCESS: [[bool; 5]; 8] = [
    [true, false, false, false, false],
    [false, true, false, false, false],
    [true, true, false, false, false],
    [false, true, true, false, false],
    [false, true, true, true, false],
    [true, true, true, true, false],
    [false, false, true, false, true],
    [true, false, true, false, true],
];

#[test]
fn the_files_of_a_model_do_what_those_of_the_system_do() {
    let folder = tempfile::tempdir().unwrap();
    // The only test of this program: nothing else looks at the working folder.
    std::env::set_current_dir(folder.path()).unwrap();
    for seed in 0..300 {
        let here = format!("{seed}");
        fs::create_dir_all(folder.path().join(&here).join("folder")).unwrap();
        std::env::set_current_dir(folder.path().join(&here)).unwrap();
        let mut both = Both {
            rng: Rng::new(seed, "suite", "files"),
            model: Files::with_folders(&["folder"]),
            told: Vec::new(),
        };
        for _ in 0..20 {
            both.turn();
        }
    }
}

struct Both {
    rng: Rng,
    model: Files,
    told: Vec<String>,
}

impl Both {
    /// A file is put, taken, looked at, or opened and used.
    fn turn(&mut self) {
        let path = (*self.rng.pick(&PATHS)).to_owned();
        let call = match self.rng.range(0..6) {
            0 => FileCall::Put(path, Data::new(self.rng.bytes(0..=9))),
            1 if path != "folder" => FileCall::Remove(path),
            2 => FileCall::Look(path),
            3 => FileCall::List,
            _ => return self.open(&path),
        };
        let (ours, theirs) = (self.model.call(&call), on_files(&call, None));
        self.same(format!("{call:?}"), &ours, &theirs);
    }

    fn open(&mut self, path: &str) {
        let [read, write, create, truncate, append] = *self.rng.pick(&ACCESS);
        let access = Access {
            read,
            write,
            create,
            truncate,
            append,
        };
        // Linux opens a folder for reading; no kata looks at that.
        if path == "folder" && read && !write && !append {
            return;
        }
        let mut options = OpenOptions::new();
        options.read(read).write(write).append(append);
        let file = options
            .create(create)
            .truncate(truncate)
            .open(path_of(path));
        let opened = self.model.open(path, access).map_err(io::Error::from);
        let theirs = result(&file.as_ref().map(drop).map_err(|error| error.kind().into()));
        self.same(format!("open {path} {access:?}"), &result(&opened), &theirs);
        if let Ok(mut file) = file {
            for _ in 0..4 {
                self.use_it(&mut file);
            }
        }
        let closed = self.model.close();
        assert_eq!(closed.is_ok(), opened.is_ok());
    }

    fn use_it(&mut self, file: &mut File) {
        let call = match self.rng.range(0..3) {
            0 => FileCall::Read,
            1 => FileCall::Write(self.rng.text(0..=9)),
            _ => FileCall::Seek(self.rng.range(0..20)),
        };
        let (ours, theirs) = (self.model.call(&call), on_files(&call, Some(file)));
        self.same(format!("{call:?}"), &ours, &theirs);
    }

    fn same(&mut self, what: String, ours: &Shown, theirs: &Shown) {
        self.told.push(what);
        assert_eq!(ours, theirs, "{:#?}", self.told);
    }
}
