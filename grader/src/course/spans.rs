//! Positions in Rust sources, which the tokenising library keeps until it is told to drop them.

/// Runs `work`, which parses Rust and may ask for the positions of tokens. Afterwards the
/// positions are invalid.
///
/// Without this the library keeps the text of everything that a thread has parsed.
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

    /// The position of the next text that this thread parses: behind all that the library keeps.
    fn next_position() -> String {
        with_temporary_spans(|| {
            let tokens: TokenStream = "word".parse().unwrap();
            format!("{:?}", tokens.into_iter().next().unwrap().span())
        })
    }

    #[test]
    fn no_parser_keeps_the_text_that_it_parsed() {
        let (start, path, text) = (next_position(), Path::new("lib.rs"), "pub fn f() {}");
        let parsers: [&dyn Fn() -> bool; 3] = [
            &|| SuiteSource::parse(path, text).is_ok(),
            &|| MacroSource::parse(path, text).is_ok(),
            &|| scan(text).is_none(),
        ];
        for parse in parsers {
            assert!(parse());
            assert_eq!(next_position(), start);
        }
    }
}
