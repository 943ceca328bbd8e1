//! Keeps the fingerprint of the grader's sources in the program, so that it can tell whether it
//! is still the grader of the course that it stands in.

use std::path::Path;

#[path = "src/files/sources.rs"]
mod sources;

fn main() -> std::io::Result<()> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for part in sources::PARTS {
        println!("cargo::rerun-if-changed={}", workspace.join(part).display());
    }
    println!(
        "cargo::rustc-env=GRADER_SOURCES={}",
        sources::fingerprint(&workspace)?
    );
    Ok(())
}
