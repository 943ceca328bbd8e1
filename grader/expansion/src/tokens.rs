//! Tokens as data: a flat list, so that no nesting is too deep to be read.

use proc_macro::{Delimiter, Group, Punct, Spacing, Span, TokenStream, TokenTree};
use std::collections::HashMap;
use wire::wire;

/// Line, from 1, and column, from 1, at which a token starts.
type Place = (u64, u64);

wire! {
    /// One token, or one end of a group.
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) enum Token {
        /// An opening delimiter, none for an invisible one.
        Open((Option<char>, Place)),
        /// The closing delimiter of the innermost open group.
        Close,
        /// A mark, and whether the next one belongs to it.
        Mark((char, bool, Place)),
        /// A name or a literal.
        Word((String, Place))
    }
}

/// Between tokens of the compiler and tokens as data.
pub(crate) struct Tokens;

impl Tokens {
    /// As data.
    pub(crate) fn written(stream: TokenStream) -> Vec<Token> {
        let mut written = Vec::new();
        let mut open = vec![stream.into_iter()];
        while let Some(stream) = open.last_mut() {
            match stream.next() {
                Some(TokenTree::Group(group)) => {
                    let place = place(group.span_open());
                    written.push(Token::Open((opening(group.delimiter()), place)));
                    open.push(group.stream().into_iter());
                }
                Some(TokenTree::Punct(mark)) => {
                    let joint = mark.spacing() == Spacing::Joint;
                    written.push(Token::Mark((mark.as_char(), joint, place(mark.span()))));
                }
                Some(word) => {
                    written.push(Token::Word((word.to_string(), place(word.span()))));
                }
                None => {
                    open.pop();
                    written.push(Token::Close);
                }
            }
        }
        // The whole is no group.
        written.pop();
        written
    }

    /// As the compiler's tokens.
    pub(crate) fn read(written: Vec<Token>, spans: &Spans) -> TokenStream {
        let mut open = Vec::new();
        let mut stream = TokenStream::new();
        for token in written {
            match token {
                Token::Open((delimiter, place)) => {
                    open.push((delimiter, place, std::mem::take(&mut stream)));
                }
                Token::Close => {
                    let Some((delimiter, place, around)) = open.pop() else {
                        continue;
                    };
                    let group =
                        Group::new(named(delimiter), std::mem::replace(&mut stream, around));
                    stream.extend([at(group.into(), place, spans)]);
                }
                Token::Mark((mark, joint, place)) => {
                    let spacing = if joint {
                        Spacing::Joint
                    } else {
                        Spacing::Alone
                    };
                    stream.extend([at(Punct::new(mark, spacing).into(), place, spans)]);
                }
                Token::Word((text, place)) => {
                    let words: TokenStream = text.parse().unwrap_or_default();
                    stream.extend(words.into_iter().map(|word| at(word, place, spans)));
                }
            }
        }
        stream
    }
}

/// The spans of a macro's inputs, by their places.
pub(crate) struct Spans(HashMap<Place, Span>);

impl Spans {
    /// Those of all tokens in the inputs.
    pub(crate) fn of(inputs: &[TokenStream]) -> Self {
        let mut spans = HashMap::new();
        let mut left: Vec<TokenTree> = inputs.iter().cloned().flatten().collect();
        while let Some(token) = left.pop() {
            spans.insert(place(token.span()), token.span());
            if let TokenTree::Group(group) = token {
                left.extend(group.stream());
            }
        }
        Self(spans)
    }
}

fn at(mut token: TokenTree, place: Place, spans: &Spans) -> TokenTree {
    let span = spans.0.get(&place).copied();
    token.set_span(span.unwrap_or_else(Span::call_site));
    token
}

fn place(span: Span) -> Place {
    let start = span.start();
    (start.line() as u64, start.column() as u64)
}

fn opening(delimiter: Delimiter) -> Option<char> {
    match delimiter {
        Delimiter::Parenthesis => Some('('),
        Delimiter::Brace => Some('{'),
        Delimiter::Bracket => Some('['),
        Delimiter::None => None,
    }
}

fn named(opening: Option<char>) -> Delimiter {
    match opening {
        Some('(') => Delimiter::Parenthesis,
        Some('{') => Delimiter::Brace,
        Some('[') => Delimiter::Bracket,
        _ => Delimiter::None,
    }
}
