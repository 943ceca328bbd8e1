//! How a program is linked from a compiled driver and the crates that it was compiled for.
//!
//! Only rustc knows what a program has to be linked with. It is asked once, for a program that only
//! calls a driver; what it tells its linker is written down and told again for every driver.

use crate::cargo::Toolchain;
use crate::depot::Depot;
use crate::error::{Error, Result};
use crate::process::tool;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};

/// The function of a driver library that is the whole program.
pub(crate) const ENTRY: &str = "drive_kata";

/// What is written down, in a folder with the objects that it names.
const INDEX: &str = "linking.json";
const PROGRAM: &str = "program";
const LIBRARY: &str = "libdriver.rlib";
/// What stands for the folder itself, which is made in another place than it is used in.
const HERE: &str = "{here}";

/// A linker and all its arguments but the driver and the crates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Linking {
    /// The linker.
    pub(crate) linker: PathBuf,
    /// Where the objects lie that its arguments name.
    #[serde(skip)]
    pub(crate) folder: PathBuf,
    before: Vec<String>,
    after: Vec<String>,
}

impl Linking {
    /// How programs are linked here, asked unless it was before; `None` where nobody knows.
    ///
    /// # Errors
    /// When a program cannot be compiled and linked here.
    pub(crate) fn of(depot: &Depot, toolchain: &Toolchain) -> Result<Option<Self>> {
        // Elsewhere rustc does more than to call a linker.
        if !cfg!(target_os = "linux") {
            return Ok(None);
        }
        let made_of = toolchain.fingerprint()?.variable("PATH");
        let made_of = made_of.program(Path::new("/usr/bin/cc")).finish();
        let folder = depot.entry("linking", &made_of, |folder| Self::learn(toolchain, folder))?;
        let text = fs::read_to_string(folder.join(INDEX)).unwrap_or_default();
        let linking: Option<Self> = serde_json::from_str(&text).ok();
        Ok(linking.map(|linking| linking.found_in(folder)))
    }

    fn found_in(self, folder: PathBuf) -> Self {
        let here = folder.to_string_lossy();
        let found = |args: Vec<String>| {
            let args = args.into_iter();
            args.map(|arg| arg.replace(HERE, &here)).collect()
        };
        Self {
            linker: self.linker,
            before: found(self.before),
            after: found(self.after),
            folder,
        }
    }

    /// Asks rustc, and writes what it says into `folder`; nothing if that cannot be repeated.
    fn learn(toolchain: &Toolchain, folder: &Path) -> Result<()> {
        // Rustc names files by their real paths.
        let folder =
            &fs::canonicalize(folder).map_err(|error| Error::io("find", folder, &error))?;
        let source = |name: &str, text: String| {
            let path = folder.join(name);
            fs::write(&path, text).map_err(|error| Error::io("write", &path, &error))
        };
        let signature = format!("fn {ENTRY}() -> ::std::process::ExitCode");
        let attribute = "#[unsafe(no_mangle)]";
        let body = "{ ::std::process::ExitCode::SUCCESS }";
        source("driver.rs", format!("{attribute} pub {signature} {body}"))?;
        source(
            "program.rs",
            format!(
                "unsafe extern \"Rust\" {{ safe {signature}; }}\n\
                 fn main() -> ::std::process::ExitCode {{ {ENTRY}() }}"
            ),
        )?;
        let library = folder.join(LIBRARY);
        let rustc = |kind: &str, name: &str, more: &[String]| {
            tool(&toolchain.rustc, folder)
                .args(["--crate-type", kind, "--edition", "2024", name])
                .args(["-C", "debuginfo=0", "-C", "strip=debuginfo"])
                .args(more)
                .output()
        };
        rustc("lib", "driver.rs", &[])?;
        let kept_and_told = ["-C", "save-temps", "--print", "link-args"];
        let mut args: Vec<String> = kept_and_told.map(str::to_owned).into();
        args.push(format!("-Clink-arg={}", library.display()));
        args.extend(["-o".to_owned(), folder.join(PROGRAM).display().to_string()]);
        let told = rustc("bin", "program.rs", &args)?;
        let Some(linking) = Self::read(&told, folder, toolchain) else {
            return Ok(());
        };
        let index = folder.join(INDEX);
        let text = serde_json::to_string_pretty(&linking).unwrap_or_default();
        fs::write(&index, text).map_err(|error| Error::io("write", &index, &error))
    }

    /// Its arguments for a program at `output`.
    pub(crate) fn args(&self, libraries: &[PathBuf], output: &Path) -> Vec<String> {
        let libraries = libraries.iter().map(|path| path.display().to_string());
        let output = ["-o".to_owned(), output.display().to_string()];
        let before = self.before.iter().cloned();
        let after = self.after.iter().cloned();
        before.chain(output).chain(libraries).chain(after).collect()
    }

    /// Reads the command of `--print link-args`: variables, the linker, its arguments.
    fn read(told: &str, folder: &Path, toolchain: &Toolchain) -> Option<Self> {
        let words = shell_words::split(told.trim()).ok()?;
        let mut words = words.into_iter().skip_while(|word| word.contains('='));
        let driver = words.next()?;
        let args: Vec<String> = words.collect();
        let (linker, args) = directly(&driver, &args, folder, toolchain)
            .unwrap_or_else(|| (Path::new("/usr/bin").join(driver), args));
        let args = without(&args, "-o", &folder.join(PROGRAM).display().to_string());
        let library = folder.join(LIBRARY).display().to_string();
        let place = args.iter().position(|arg| *arg == library)?;
        let from_here = |args: &[String]| {
            let here = folder.to_string_lossy();
            args.iter().map(|arg| arg.replace(&*here, HERE)).collect()
        };
        Some(Self {
            linker,
            folder: folder.to_owned(),
            before: from_here(&args[..place]),
            after: from_here(&args[place + 1..]),
        })
    }
}

/// The linker that a C compiler calls, where that is the toolchain's own: to call it without the
/// C compiler takes a fifth less time.
fn directly(
    driver: &str,
    args: &[String],
    folder: &Path,
    toolchain: &Toolchain,
) -> Option<(PathBuf, Vec<String>)> {
    args.iter().find(|arg| *arg == "-fuse-ld=lld")?;
    let host = toolchain.sysroot.join("lib/rustlib").join(&toolchain.host);
    let lld = host.join("bin/rust-lld");
    lld.exists().then_some(())?;
    let said = tool(driver, folder)
        .args(args)
        .args(["-###"])
        .complaint()
        .ok()?;
    let command = said.lines().rfind(|line| line.starts_with(' '))?;
    let words = shell_words::split(command).ok()?;
    let mut words = words.into_iter().skip(1);
    let mut args = Vec::new();
    while let Some(word) = words.next() {
        match word.as_str() {
            // For optimising while linking, by this C compiler only.
            "-plugin" => drop(words.next()),
            "-fuse-ld=lld" => {}
            word if word.starts_with("-plugin-opt") => {}
            _ => args.push(word),
        }
    }
    // A program that is run a few times and thrown away need not be small.
    let ours = ["-flavor", "gnu", "-O0"].map(str::to_owned);
    Some((lld, ours.into_iter().chain(args).collect()))
}

fn without(args: &[String], option: &str, value: &str) -> Vec<String> {
    let place = args
        .windows(2)
        .position(|two| two[0] == option && two[1] == value);
    match place {
        Some(place) => [&args[..place], &args[place + 2..]].concat(),
        None => args.to_owned(),
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn what_rustc_has_said_once_links_a_program_with_any_driver() {
        let depot = crate::cargo::depot();
        let toolchain = Toolchain::find(&depot).unwrap();
        let linking = Linking::of(&depot, &toolchain).unwrap().unwrap();
        let folder = tempfile::tempdir().unwrap();
        for word in ["one", "two"] {
            let source = folder.path().join("driver.rs");
            let text = format!(
                "#[unsafe(no_mangle)] pub fn {ENTRY}() -> std::process::ExitCode \
                 {{ print!({word:?}); std::process::ExitCode::SUCCESS }}"
            );
            fs::write(&source, text).unwrap();
            let args = ["--edition", "2024", "--crate-type", "lib", "driver.rs"];
            toolchain
                .compile(&args.map(str::to_owned), folder.path())
                .unwrap();
            let (library, program) = (folder.path().join(LIBRARY), folder.path().join("program"));
            let args = linking.args(&[library], &program);
            let link = tool(&linking.linker, folder.path()).args(args);
            link.output().unwrap();
            assert_eq!(tool(program, folder.path()).output().unwrap(), word);
        }
    }
}
