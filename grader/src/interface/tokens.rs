//! Tokens and words, whatever they mean.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// The tokens without `#[doc]`, which comments for documentation are too.
pub(super) fn without_docs(tokens: TokenStream) -> TokenStream {
    let (mut kept, mut hashes) = (Vec::new(), Vec::new());
    for token in tokens {
        match token {
            TokenTree::Punct(mark)
                if mark.as_char() == '#' || mark.as_char() == '!' && hashes.len() == 1 =>
            {
                hashes.push(TokenTree::Punct(mark));
            }
            TokenTree::Group(group) if !hashes.is_empty() && is_doc(&group) => hashes.clear(),
            TokenTree::Group(group) => {
                kept.append(&mut hashes);
                let mut inside = Group::new(group.delimiter(), without_docs(group.stream()));
                inside.set_span(group.span());
                kept.push(TokenTree::Group(inside));
            }
            token => {
                kept.append(&mut hashes);
                kept.push(token);
            }
        }
    }
    kept.append(&mut hashes);
    kept.into_iter().collect()
}

fn is_doc(group: &Group) -> bool {
    let first = group.stream().into_iter().next();
    group.delimiter() == Delimiter::Bracket
        && matches!(first, Some(TokenTree::Ident(word)) if word == "doc")
}

/// Names after `macro_rules!`.
pub(super) fn macros_of(tokens: TokenStream) -> Vec<String> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut found: Vec<String> = tokens
        .windows(3)
        .filter_map(|three| match three {
            [
                TokenTree::Ident(word),
                TokenTree::Punct(_),
                TokenTree::Ident(name),
            ] if word == "macro_rules" => Some(name.to_string()),
            _ => None,
        })
        .collect();
    for token in tokens {
        if let TokenTree::Group(group) = token {
            found.extend(macros_of(group.stream()));
        }
    }
    found
}

/// Whatever could be a name in a text.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| letter != '_' && !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
}
