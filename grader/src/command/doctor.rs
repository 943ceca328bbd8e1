//! `doctor`: looks whether everything is in place.

use super::output::say;
use super::{Here, block_on};
use crate::cargo::{Toolchain, depot};
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::process::remedy;
use crate::progress::Progress;
use crate::submission::oddities;
use crate::text::plural;
use crate::workshop::strongest_cage;
use std::fmt::Write;

/// Prints what was found and what to do about it.
pub(super) fn doctor(here: &Here) -> Result<ExitCode> {
    let mut out = String::new();
    let mut healthy = true;
    let root = &here.catalogue.root;
    let _ = writeln!(
        out,
        "course      {}, {}",
        root.display(),
        plural(here.catalogue.katas.len(), "kata")
    );
    match Toolchain::find(&depot()) {
        Ok(toolchain) => {
            let _ = writeln!(
                out,
                "compiler    {} for {}",
                toolchain.version, toolchain.host
            );
        }
        Err(error) => {
            healthy = false;
            let _ = writeln!(out, "compiler    {error}");
        }
    }
    let (level, missing) = block_on(strongest_cage())?;
    let _ = writeln!(out, "cage        {}", level.words());
    for (_, why) in missing.iter().take(1) {
        let _ = writeln!(
            out,
            "            full is not possible: {why}\n            {}",
            remedy(why)
        );
    }
    match Progress::load(root) {
        Ok(progress) => {
            let _ = writeln!(
                out,
                "progress    {} on record",
                plural(progress.katas.len(), "kata")
            );
        }
        Err(error) => {
            healthy = false;
            let _ = writeln!(out, "progress    {error}");
        }
    }
    for oddity in oddities(&here.catalogue, &root.join("exercises")) {
        let _ = writeln!(out, "warning     {oddity}");
    }
    out.push_str(if healthy {
        "all is well\n"
    } else {
        "see above\n"
    });
    say(&out)?;
    Ok(if healthy {
        ExitCode::Passed
    } else {
        ExitCode::Grader
    })
}
