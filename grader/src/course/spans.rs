//! Positions in Rust sources, which the library that finds them keeps until it is told otherwise.

/// Runs `work`, which parses Rust and may ask where its tokens stand; afterwards nobody may.
///
/// The library keeps the text of everything that a thread has parsed, to answer such questions.
pub(crate) fn with_temporary_spans<T>(work: impl FnOnce() -> T) -> T {
    let made = work();
    proc_macro2::extra::invalidate_current_thread_spans();
    made
}

#[cfg(test)]
mod tests {
    use super::super::macro_source::MacroSource;
    use super::super::scan::scan;
    use super::super::suite_source::SuiteSource;
    use super::*;
    use proc_macro2::TokenStream;
    use std::path::Path;

    /// Where the library puts the next text that this thread parses: behind all it has kept.
    fn next_place() -> String {
        with_temporary_spans(|| {
            let tokens: TokenStream = "word".parse().unwrap();
            format!("{:?}", tokens.into_iter().next().unwrap().span())
        })
    }

    #[test]
    fn nothing_that_is_parsed_is_kept() {
        let (start, path, text) = (next_place(), Path::new("lib.rs"), "pub fn f() {}");
        let parsers: [&dyn Fn() -> bool; 3] = [
            &|| SuiteSource::parse(path, text).is_ok(),
            &|| MacroSource::parse(path, text).is_ok(),
            &|| scan(text).is_none(),
        ];
        for parse in parsers {
            assert!(parse());
            assert_eq!(next_place(), start);
        }
    }
}
