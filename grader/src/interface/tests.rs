use super::*;

/// Names that the user of the interface knows.
const USERS: &str = "Bank new total update get make Shape";

fn interface(source: &str) -> Option<Interface> {
    let file = SourceFile {
        path: "lib.rs".to_owned(),
        text: source.to_owned(),
    };
    Interface::of(&[file], USERS)
}

#[track_caller]
fn text(source: &str) -> String {
    interface(source).unwrap().files[0].text.clone()
}

#[test]
fn what_is_inside_a_function_that_is_compiled_once_leaves_no_trace() {
    for (one, other) in [
        (
            "pub fn total() -> u64 { 1 }",
            "pub fn total() -> u64 { 1 + 1 }",
        ),
        (
            "impl Bank { pub fn total(&self) -> u64 { 1 } }",
            "impl Bank { pub fn total(&self) -> u64 {\n todo!(\"{self:?}\")\n } }",
        ),
        (
            "impl Drop for Bank { fn drop(&mut self) { self.a() } }",
            "impl Drop for Bank { fn drop(&mut self) { self.b() } }",
        ),
        (
            "impl<'a> Bank<'a> { pub fn get<'b>(&'b self) -> &'a str { self.0 } }",
            "impl<'a> Bank<'a> { pub fn get<'b>(&'b self) -> &'a str { \"\" } }",
        ),
        (
            "mod inner { pub fn get() -> Box<dyn Fn()> { Box::new(|| ()) } }",
            "mod inner { pub fn get() -> Box<dyn Fn()> { Box::new(|| print!(\"\")) } }",
        ),
        (
            "pub fn get(block: Block<{ 1 + 1 }>) -> u64 where u64: Copy, { 1 }",
            "pub fn get(block: Block<{ 1 + 1 }>) -> u64 where u64: Copy, { 2 }",
        ),
    ] {
        assert_eq!(text(one), text(other));
        assert!(text(one).contains("loop"), "{one}");
    }
}

#[test]
fn what_nobody_uses_or_compiles_leaves_no_trace() {
    let plain = "pub fn total() -> u64 { 1 }";
    for more in [
        "/// Some words.",
        "// A comment.\n",
        "fn helper() {}",
        "pub fn unknown() -> u64 { 7 }",
        "#[cfg(test)] mod tests { use super::*; }",
        "#[test] fn get() {}",
        "#[cfg(test)] fn get() {}",
    ] {
        assert_eq!(text(&format!("{more}\n{plain}")), text(plain), "{more}");
    }
}

#[test]
fn what_somebody_may_use_stays() {
    for (source, kept) in [
        ("fn helper() {}\npub fn get<T>() { helper() }", "fn helper"),
        (
            "fn helper() {}\nmacro_rules! help { () => { helper() } }",
            "fn helper",
        ),
        (
            "fn fallback() -> u8 { 1 }\n#[serde(default = \"fallback\")] struct Bank;",
            "fn fallback",
        ),
        ("fn helper() {}\npub use helper as make;", "fn helper"),
        ("pub fn get(block: Block<{ 1 + 1 }>) {}", "1 + 1"),
        ("#![allow(unused)]", "allow"),
    ] {
        assert!(text(source).contains(kept), "{source}");
    }
}

#[test]
fn whatever_another_crate_compiles_is_part_of_it() {
    for (one, other) in [
        ("pub fn get<T>() -> u8 { 1 }", "pub fn get<T>() -> u8 { 2 }"),
        (
            "pub fn get<const N: u8>() -> u8 { 1 }",
            "pub fn get<const N: u8>() -> u8 { 2 }",
        ),
        (
            "pub fn get(f: impl Fn()) -> u8 { 1 }",
            "pub fn get(f: impl Fn()) -> u8 { 2 }",
        ),
        (
            "pub fn get() -> impl Fn() { || a() }",
            "pub fn get() -> impl Fn() { || b() }",
        ),
        (
            "pub async fn get() -> u8 { 1 }",
            "pub async fn get() -> u8 { 2 }",
        ),
        (
            "pub const fn get() -> u8 { 1 }",
            "pub const fn get() -> u8 { 2 }",
        ),
        (
            "#[inline] pub fn get() -> u8 { 1 }",
            "#[inline] pub fn get() -> u8 { 2 }",
        ),
        (
            "impl<T> Bank<T> { fn get() -> u8 { 1 } }",
            "impl<T> Bank<T> { fn get() -> u8 { 2 } }",
        ),
        (
            "trait Shape { fn get() -> u8 { 1 } }",
            "trait Shape { fn get() -> u8 { 2 } }",
        ),
        ("pub const get: u8 = 1;", "pub const get: u8 = 2;"),
        ("pub static get: u8 = 1;", "pub static get: u8 = 2;"),
        ("pub struct Bank(u8);", "pub struct Bank(u16);"),
        (
            "pub struct Bank(u8);",
            "#[derive(Clone)] pub struct Bank(u8);",
        ),
        ("pub fn get() -> u8 { 1 }", "pub fn get() -> u16 { 1 }"),
        ("impl Shape for Bank {}", "impl Shape for &Bank {}"),
        (
            "thread_local!(static A: u8 = 1);",
            "thread_local!(static A: u8 = 2);",
        ),
        (
            "macro_rules! get { () => { 1 } }",
            "macro_rules! get { () => { 2 } }",
        ),
    ] {
        assert_ne!(text(one), text(other));
    }
}

#[test]
fn a_body_that_can_add_to_what_is_seen_stays() {
    for body in [
        "impl Drop for Bank { fn drop(&mut self) {} }",
        "make!(Bank);",
        "if true { make! { Bank } }",
        "crate::make![Bank];",
        "macro_rules! here { () => {} }",
    ] {
        let source = format!("pub fn get() {{ {body} }}");
        assert!(text(&source).contains(body), "{source}");
    }
    // A crate's own macro may be called as one of std's.
    let own = "macro_rules! println { ($a:ty) => { impl Drop for $a {} } }";
    let source = format!("{own}\npub fn get() {{ println!(Bank); }}");
    assert!(text(&source).contains("println!(Bank)"));
}

#[test]
fn every_line_knows_where_it_comes_from() {
    let source = "//! Words.\n\nuse std::fs;\n\n/// A bank.\npub struct Bank;\n\n\
                  impl Bank {\n    fn helper() {}\n\n    /// Generic.\n    pub fn get<T>() {\n        \
                  first();\n        second();\n    }\n}\n";
    let interface = interface(source).unwrap();
    let lines: Vec<&str> = source.lines().collect();
    let text = interface.files[0].text.clone();
    for (index, line) in text.lines().enumerate() {
        let original = lines[interface.original("lib.rs", index + 1).unwrap() - 1];
        let first = |line: &str| line.split_whitespace().next().unwrap().to_owned();
        assert_eq!(first(original), first(line));
    }
    assert!(text.contains("        second();\n"));
    assert_eq!(interface.original("lib.rs", 0), None);
    assert_eq!(interface.original("lib.rs", text.lines().count() + 1), None);
    assert_eq!(interface.original("other.rs", 1), None);
}

#[test]
fn nothing_is_said_where_it_cannot_be_told() {
    for source in [
        "pub fn get( {",
        "pub struct;",
        "pub const A: &str = include_str!(\"lib.rs\");",
        "include!(\"other.rs\");",
    ] {
        assert_eq!(interface(source), None, "{source}");
    }
}

#[test]
fn no_depth_of_code_is_too_much() {
    let many = 120_000;
    for (before, inside, after) in [
        ("const A: u8 = ", "!", "1;"),
        ("const A: u8 = 1", " + 1", ";"),
        ("const A: u8 = a", ".a()", ";"),
        ("const A: u8 = ", "if a {} else ", "{}"),
        ("type A = ", "&", "u8;"),
        ("type A = ", "fn() -> ", "u8;"),
        ("type A = ", "A<", ""),
        ("fn a() { ", "!", "1 }"),
        ("fn a() { ", "(", "}"),
        ("fn a() { ", "return !", "1 }"),
    ] {
        for count in [many, 5_900] {
            let source = format!("{before}{}{after}", inside.repeat(count));
            let _ = interface(&source);
        }
    }
    for nested in ["{", "(", "["] {
        let closing = nested.replace('{', "}").replace('(', ")").replace('[', "]");
        let source = format!(
            "fn a() {{ {}{} }}",
            nested.repeat(many),
            closing.repeat(many)
        );
        assert_eq!(interface(&source), None);
    }
}

#[test]
fn no_source_makes_it_panic() {
    let source = "#[derive(Debug)] pub struct Bank(u8);\nimpl<T> Bank<T> { fn a<U>(&self) where U: T, \
                  { b!{} } }\nmod a { pub(crate) const fn b(c: [u8; 3]) -> fn() -> u8 { c } }\n\
                  fn d(e: &dyn Fn(), f: A<{ 1 }>) {}";
    crate::fuzz::mutated(source.as_bytes(), |bytes| {
        let source = String::from_utf8_lossy(bytes);
        if let Some(interface) = interface(&source) {
            let file = &interface.files[0];
            assert_eq!(file.text.lines().count(), file.lines.len());
        }
    });
}
