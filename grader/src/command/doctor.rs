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
use crate::workshop::possible_cage;
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
    let possible = block_on(possible_cage())?;
    let made_in = possible.made_in.as_micros();
    let _ = writeln!(
        out,
        "cage        {}, made in {}.{} ms",
        possible.level.words(),
        made_in / 1000,
        made_in / 100 % 10
    );
    if let Some(why) = possible.missing.first() {
        let _ = writeln!(out, "            the full cage is not possible: {why}");
        let _ = writeln!(out, "            to get it: {}", remedy(why));
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
