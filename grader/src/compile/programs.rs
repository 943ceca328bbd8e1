//! What the compiler made of the programs of compile-fail cases.

use super::diagnostics::{ProgramError, errors_in};
use super::rustc::Run;
use super::stage::Program;

/// Lines of a program that are told before and behind the one that matters.
const BEFORE: usize = 8;
/// See [`BEFORE`].
const BEHIND: usize = 3;

/// A program of a compile-fail case that the compiler did not treat as it must.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mistreated {
    /// The program, with a mark at the line that matters.
    pub(crate) program: String,
    /// What the compiler must do.
    pub(crate) expected: String,
    /// What it did.
    pub(crate) got: String,
}

/// What is wrong with a compile-fail case; `None` if the compiler rejects what it must and accepts the
/// program beside it.
pub(super) fn what_is_wrong(run: &Run, program: &Program) -> Option<Mistreated> {
    if !run.has_said_all() {
        // What counts against it may be in what is missing.
        return Some(Mistreated {
            program: String::new(),
            expected: "the compiler says all it has to say".to_owned(),
            got: "it does not get to its end, or says more than can be read".to_owned(),
        });
    }
    if let Some(error) = errors_in(run, &program.compiles.name).first() {
        return Some(Mistreated {
            program: marked(&program.compiles.text, error.line, "<- rejected"),
            expected: "the program compiles".to_owned(),
            got: told(error),
        });
    }
    let got = errors_in(run, &program.fails.name);
    let expected = program.case.expected.iter();
    let mut missing = expected.filter(|(line, code)| {
        !got.iter()
            .any(|error| error.line == *line && error.code == *code)
    });
    let (line, code) = missing.next()?;
    let got: Vec<String> = got
        .iter()
        .map(|error| format!("line {}: {}", error.line, told(error)))
        .collect();
    Some(Mistreated {
        program: marked(&program.fails.text, *line, "<- must be rejected"),
        expected: format!("line {line}: rejected with {code}"),
        got: if got.is_empty() {
            "the program compiles".to_owned()
        } else {
            got.join("\n")
        },
    })
}

/// An error without the names of the modules that programs are compiled as.
fn told(error: &ProgramError<'_>) -> String {
    let text = error.to_string();
    let mut parts = text.split("program_");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |told, part| {
        let rest = part.trim_start_matches(|letter: char| letter.is_ascii_digit());
        told + rest.strip_prefix("::").unwrap_or(rest)
    })
}

/// The lines of a program around one, numbered, with a mark at that one.
fn marked(program: &str, line: usize, mark: &str) -> String {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let lines = program.lines().filter(|line| !line.trim().is_empty());
    let margin = lines.map(indent).min().unwrap_or_default();
    let around = (1..).zip(program.lines());
    let around = around.filter(|(number, text)| {
        !text.trim().is_empty() && (*number + BEFORE >= line && *number <= line + BEHIND)
    });
    let around = around.map(|(number, text)| {
        let mark = if number == line { mark } else { "" };
        let text = text.get(margin..).unwrap_or_default();
        format!("{number:3} | {text}  {mark}").trim_end().to_owned()
    });
    around.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::super::diagnostics::tests::{diagnostic, run};
    use super::super::stage::Module;
    use super::*;
    use crate::course::SuiteSource;
    use crate::sandbox::Ended;
    use std::path::Path;

    fn wrong(run: &Run) -> Option<Mistreated> {
        let lines = "\n".repeat(7);
        let suite = format!(
            "suite!(one = compile_fail(\"t\", points = 1, fails = {{{lines}x(); //~ E0277\n}}, \
             compiles = {{}}))"
        );
        let suite = SuiteSource::parse(Path::new("suite.rs"), &suite).unwrap();
        let module = |name: &str| Module {
            name: name.to_owned(),
            text: "    use x;\n\n\n\n\n    fn f() {\n        x();\n    }\n".to_owned(),
        };
        let program = Program {
            case: suite.compile_fail[0].clone(),
            fails: module("program_0"),
            compiles: module("program_1"),
        };
        what_is_wrong(run, &program)
    }

    #[test]
    fn a_program_must_be_rejected_at_its_line_with_its_code_and_its_twin_must_not() {
        let right = diagnostic("programs/program_0.rs", 7, "E0277");
        assert_eq!(wrong(&run(right.as_bytes())), None);
        for messages in [
            String::new(),
            diagnostic("programs/program_0.rs", 8, "E0277"),
            diagnostic("programs/program_0.rs", 7, "E0599"),
            diagnostic("programs/program_2.rs", 7, "E0277"),
            format!(
                "{right}\n{}",
                diagnostic("programs/program_1.rs", 1, "E0432")
            ),
        ] {
            let wrong = wrong(&run(messages.as_bytes()));
            assert!(wrong.is_some(), "{messages}");
        }
    }

    #[test]
    fn a_program_is_told_with_the_line_that_matters() {
        let accepted = wrong(&run(b"")).unwrap();
        assert_eq!(
            accepted.program,
            "  1 | use x;\n  6 | fn f() {\n  7 |     x();  <- must be rejected\n  8 | }"
        );
        assert_eq!(accepted.got, "the program compiles");
        let error = diagnostic("programs/program_1.rs", 7, "E0277");
        let error = error.replace(
            r#""message":"m""#,
            r#""message":"`program_1::X` is no program_""#,
        );
        let rejected = wrong(&run(error.as_bytes())).unwrap();
        assert!(rejected.program.contains("x();  <- rejected"));
        assert_eq!(rejected.got, "`X` is no  (E0277)");
    }

    #[test]
    fn a_program_about_which_not_all_was_said_is_not_rightly_rejected() {
        let right = || run(diagnostic("programs/program_0.rs", 7, "E0277").as_bytes());
        assert_eq!(wrong(&right()), None);
        let cut = Run {
            is_whole: false,
            ..right()
        };
        let without_end = [None, Some(Ended::Exited(101)), Some(Ended::Signalled(9))];
        let stopped = without_end.map(|ended| Run { ended, ..right() });
        for run in stopped.into_iter().chain([cut]) {
            assert!(wrong(&run).is_some(), "{:?}", run.ended);
        }
    }
}
