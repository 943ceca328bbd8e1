//! Changes of a whole function: parameters that are trimmed, cut or lowered, and what it gives.

use quote::ToTokens;
use syn::{FnArg, GenericArgument, Pat, PathArguments, ReturnType, Signature, Type};

/// Where something is cut: a list at common sizes of small tables, bytes and texts at those of buffers
/// too.
fn cuts(ty: &str) -> &'static [usize] {
    let of_bytes = ["&str", "String", "&[u8]", "&mut[u8]", "Vec<u8>"].contains(&ty);
    if of_bytes {
        &[1, 4, 8, 64, 64 << 10]
    } else {
        &[1, 4, 8, 64]
    }
}

/// What happens to a parameter before anything else: in words, and as a statement.
pub(super) fn changes(sig: &Signature) -> Vec<(String, String)> {
    let mut changes = Vec::new();
    for input in &sig.inputs {
        let FnArg::Typed(typed) = input else {
            continue;
        };
        let Pat::Ident(ident) = &*typed.pat else {
            continue;
        };
        let name = ident.ident.to_string();
        changes.extend(of_parameter(&name, &written(&typed.ty)));
    }
    changes
}

fn of_parameter(name: &str, ty: &str) -> Vec<(String, String)> {
    let mut texts = Vec::new();
    let integers = [
        "u8", "u16", "u32", "u64", "usize", "i8", "i16", "i32", "i64", "isize",
    ];
    if ty == "&str" {
        texts.push(format!("let {name} = {name}.trim();"));
        texts.push(format!("let {name} = &*{name}.to_lowercase();"));
        texts.extend(
            cuts(ty)
                .iter()
                .map(|cut| format!("let {name} = {name}.get(..{cut}).unwrap_or({name});")),
        );
    } else if ty == "String" {
        texts.push(format!("let {name} = {name}.trim().to_owned();"));
        texts.push(format!("let {name} = {name}.to_lowercase();"));
    } else if ty.starts_with("&[") {
        texts.extend(
            cuts(ty)
                .iter()
                .map(|cut| format!("let {name} = &{name}[..{name}.len().min({cut})];")),
        );
    } else if ty.starts_with("&mut[") {
        texts.extend(cuts(ty).iter().map(|cut| {
            format!("let cut = {name}.len().min({cut}); let {name} = &mut {name}[..cut];")
        }));
    } else if ty.starts_with("Vec<") {
        texts.extend(
            cuts(ty)
                .iter()
                .map(|cut| format!("let mut {name} = {name}; {name}.truncate({cut});")),
        );
        texts.push(format!("let mut {name} = {name}; {name}.dedup();"));
        texts.push(format!("let mut {name} = {name}; {name}.reverse();"));
    } else if ty.starts_with("implIntoIterator") || ty.starts_with("implIterator") {
        texts.extend(
            cuts(ty)
                .iter()
                .map(|cut| format!("let {name} = {name}.into_iter().take({cut});")),
        );
    } else if integers.contains(&ty) {
        texts.extend([1, 8, 64].map(|cut| format!("let {name} = {name}.min({cut});")));
        texts.push(format!("let {name} = {name}.max(1);"));
    } else if ty == "bool" {
        texts.push(format!("let {name} = !{name};"));
    }
    texts
        .into_iter()
        .map(|text| (format!("first `{text}`"), text))
        .collect()
}

/// What may be given at once, without any work.
pub(super) fn values(sig: &Signature) -> Vec<String> {
    match &sig.output {
        ReturnType::Default => vec![String::new()],
        ReturnType::Type(_, ty) => values_of(ty),
    }
}

fn values_of(ty: &Type) -> Vec<String> {
    let inner = |wrap: &str| -> Vec<String> {
        let values = arguments(ty)
            .first()
            .map(|ty| values_of(ty))
            .unwrap_or_default();
        values
            .iter()
            .map(|value| format!("{wrap}({value})"))
            .collect()
    };
    match last_name(ty).as_str() {
        "" if written(ty) == "()" => vec!["()".to_owned()],
        "bool" => vec!["true".to_owned(), "false".to_owned()],
        "u8" | "u16" | "u32" | "u64" | "usize" | "i8" | "i16" | "i32" | "i64" | "isize" => {
            vec!["0".to_owned(), "1".to_owned()]
        }
        "String" => vec!["String::new()".to_owned(), "\"text\".to_owned()".to_owned()],
        "Option" => [vec!["None".to_owned()], inner("Some")].concat(),
        "Result" => inner("Ok"),
        _ => vec!["Default::default()".to_owned()],
    }
}

/// What a function gives, changed on its way out: in words, and as its body.
pub(super) fn results(sig: &Signature, body: &str) -> Vec<(String, String)> {
    let ReturnType::Type(_, ty) = &sig.output else {
        return Vec::new();
    };
    if sig.asyncness.is_some() || written(ty).starts_with("impl") {
        return Vec::new();
    }
    let (wrapped, plain) = match last_name(ty).as_str() {
        "Option" | "Result" => (
            true,
            arguments(ty)
                .first()
                .map(|ty| written(ty))
                .unwrap_or_default(),
        ),
        _ => (false, written(ty)),
    };
    let whole = ty.to_token_stream();
    let ways = ways_out(&plain).into_iter().map(|way| {
        let then = if wrapped {
            format!("given.map(|given| {way})")
        } else {
            way.clone()
        };
        let text = format!("{{ let given: {whole} = (|| {body})(); {then} }}");
        (format!("gives `{way}`"), text)
    });
    ways.collect()
}

fn ways_out(ty: &str) -> Vec<String> {
    if ty == "String" {
        let cuts =
            [8, 64 << 10].map(|cut| format!("given.chars().take({cut}).collect::<String>()"));
        let others = ["given.trim().to_owned()", "given.to_lowercase()"].map(str::to_owned);
        return cuts.into_iter().chain(others).collect();
    }
    if ty.starts_with("Vec<") {
        let cut = |cut| format!("given.into_iter().take({cut}).collect()");
        let cuts = cuts(ty).iter().map(cut);
        return cuts
            .into_iter()
            .chain(["given.into_iter().rev().collect()".to_owned()])
            .collect();
    }
    if ty == "bool" {
        return vec!["!given".to_owned()];
    }
    Vec::new()
}

/// A type as it is written, without spaces.
fn written(ty: &Type) -> String {
    ty.to_token_stream().to_string().replace(' ', "")
}

/// The last name of a path: `Result` of `io::Result<T>`; nothing for what is no path.
fn last_name(ty: &Type) -> String {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    }
    .unwrap_or_default()
}

/// The types between the angle brackets of a path.
fn arguments(ty: &Type) -> Vec<&Type> {
    let Type::Path(path) = ty else {
        return Vec::new();
    };
    let Some(PathArguments::AngleBracketed(args)) =
        path.path.segments.last().map(|last| &last.arguments)
    else {
        return Vec::new();
    };
    let types = args.args.iter().filter_map(|arg| match arg {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    types.collect()
}
