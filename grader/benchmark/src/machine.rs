//! What the figures were measured on.

use crate::place::Place;
use crate::tools::Tool;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Name and value of everything that a figure depends on.
pub(crate) fn description(place: &Place) -> Vec<(&'static str, String)> {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kernel = read("/proc/sys/kernel/osrelease");
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut lines = vec![
        (
            "processor",
            field(&cpu, "model name").unwrap_or("unknown").to_owned(),
        ),
        ("cores", cores.to_string()),
        (
            "memory",
            gibibytes(&memory).unwrap_or_else(|| "unknown".to_owned()),
        ),
        ("kernel", format!("{} {kernel}", std::env::consts::OS)),
        ("toolchain", toolchain(&place.repository)),
    ];
    let tools = [("nextest", Tool::Nextest), ("rustlings", Tool::Rustlings)];
    lines.extend(tools.map(|(name, tool)| {
        let version = tool.version(place);
        (name, version.unwrap_or_else(|| "not installed".to_owned()))
    }));
    lines
}

fn read(file: &str) -> String {
    let text = fs::read_to_string(file).unwrap_or_default();
    text.trim().to_owned()
}

fn toolchain(repository: &Path) -> String {
    let said = Command::new("rustc")
        .arg("--version")
        .current_dir(repository)
        .output();
    let said = said.map(|said| String::from_utf8_lossy(&said.stdout).trim().to_owned());
    said.unwrap_or_else(|_| "unknown".to_owned())
}

/// The value behind `name` and a colon.
fn field<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let value = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(value.trim().strip_prefix(':')?.trim())
}

fn gibibytes(meminfo: &str) -> Option<String> {
    let kib: f64 = field(meminfo, "MemTotal")?
        .strip_suffix(" kB")?
        .parse()
        .ok()?;
    Some(format!("{:.1} GiB", kib / 1024.0 / 1024.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_kernel_says_is_read() {
        assert_eq!(
            field("model name\t: Some CPU @ 2 GHz\n", "model name"),
            Some("Some CPU @ 2 GHz")
        );
        assert_eq!(
            gibibytes("MemTotal:       16777216 kB\n").as_deref(),
            Some("16.0 GiB")
        );
        assert_eq!(gibibytes("nothing"), None);
    }
}
