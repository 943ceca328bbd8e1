//! Writes the table of suites: one module per `tests/hidden/<track>/<kata>/suite.rs`.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let hidden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/hidden");
    println!("cargo::rerun-if-changed={}", hidden.display());
    let mut modules = String::new();
    let mut table = String::new();
    for suite in suites(&hidden)? {
        println!("cargo::rerun-if-changed={}", suite.display());
        let id = folder_name(&suite);
        let module = format!("suite_{}", id.replace('-', "_"));
        let _ = writeln!(
            modules,
            "#[path = \"{}\"]\nmod {module};",
            suite.display().to_string().escape_default()
        );
        let _ = writeln!(table, "    ({id:?}, {module}::CASES),");
    }
    let text = format!(
        "{modules}\n/// Every suite: the kata's id and its cases.\n\
         pub(crate) const SUITES: &[(&str, &[suite::Case])] = &[\n{table}];\n"
    );
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(out.join("suites.rs"), text)
}

fn suites(hidden: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for track in fs::read_dir(hidden)? {
        for kata in fs::read_dir(track?.path())? {
            let suite = kata?.path().join("suite.rs");
            if suite.is_file() {
                found.push(suite.canonicalize()?);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn folder_name(suite: &Path) -> String {
    let folder = suite.parent().and_then(Path::file_name).unwrap_or_default();
    folder.to_string_lossy().into_owned()
}
