//! As much of an XML reader as it takes to look at a report, and strict.

/// An element with everything in it.
#[derive(Debug, Default)]
pub(crate) struct Element {
    /// Name.
    pub(crate) name: String,
    /// Attributes, in order.
    pub(crate) attributes: Vec<(String, String)>,
    /// Elements inside, in order.
    pub(crate) children: Vec<Element>,
    /// All text inside, without that of the elements inside.
    pub(crate) text: String,
}

impl Element {
    /// An attribute.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// An attribute that is a count.
    pub(crate) fn count(&self, name: &str) -> usize {
        let value = self.attribute(name);
        let value = value.unwrap_or_else(|| panic!("<{}> has no {name}", self.name));
        value.parse().unwrap()
    }

    /// The elements of this name inside.
    pub(crate) fn all(&self, name: &str) -> Vec<&Element> {
        let named = self.children.iter().filter(|child| child.name == name);
        named.collect()
    }
}

/// Reads a document.
pub(crate) fn parse(text: &str) -> Element {
    let wild = text.chars().find(|letter| !is_allowed(*letter));
    assert_eq!(wild, None, "no XML document may hold this character");
    let rest = text.strip_prefix("<?xml").expect("a declaration");
    let (_, rest) = rest.split_once("?>").expect("the declaration's end");
    let mut open = vec![Element::default()];
    let mut rest = rest;
    while let Some(start) = rest.find('<') {
        let (before, tag) = rest.split_at(start);
        assert!(!before.contains("]]>"), "{before}");
        open.last_mut().unwrap().text += &unescaped(before);
        let cdata = tag.strip_prefix("<![CDATA[");
        if let Some((inside, after)) = cdata.and_then(|cdata| cdata.split_once("]]>")) {
            open.last_mut().unwrap().text += inside;
            rest = after;
            continue;
        }
        let end = end_of_tag(tag);
        let inside = &tag[1..end];
        rest = &tag[end + 1..];
        if let Some(name) = inside.strip_prefix('/') {
            let closed = open.pop().unwrap();
            assert_eq!(closed.name, name.trim_end(), "closed in the wrong order");
            open.last_mut()
                .expect("nothing is open")
                .children
                .push(closed);
        } else if let Some(inside) = inside.strip_suffix('/') {
            open.last_mut().unwrap().children.push(element(inside));
        } else {
            open.push(element(inside));
        }
    }
    assert_eq!(rest.trim(), "", "text after the document");
    assert_eq!(open.len(), 1, "something is not closed");
    let mut document = open.pop().unwrap();
    assert_eq!(document.text.trim(), "", "text outside the document");
    assert_eq!(document.children.len(), 1, "one root");
    document.children.remove(0)
}

/// What XML 1.0 calls a character, without the controls that it allows but discourages.
fn is_allowed(letter: char) -> bool {
    match letter {
        '\t' | '\n' | '\r' => true,
        '\u{fffe}' | '\u{ffff}' => false,
        letter => !letter.is_control(),
    }
}

/// Where a tag's `>` stands, quotes being skipped.
fn end_of_tag(tag: &str) -> usize {
    let mut quote = None;
    for (at, letter) in tag.char_indices().skip(1) {
        match (quote, letter) {
            (None, '>') => return at,
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), letter) if open == letter => quote = None,
            (_, '<') => panic!("`<` inside a tag: {tag}"),
            _ => {}
        }
    }
    panic!("a tag without an end: {tag}");
}

fn element(inside: &str) -> Element {
    let inside = inside.trim();
    let (name, mut rest) = inside
        .split_once(char::is_whitespace)
        .unwrap_or((inside, ""));
    let mut attributes: Vec<(String, String)> = Vec::new();
    while !rest.trim().is_empty() {
        let (name, after) = rest.trim_start().split_once('=').expect("name=\"value\"");
        let quote = after.chars().next().expect("a value");
        assert!(['"', '\''].contains(&quote), "{after}");
        let (value, after) = after[1..].split_once(quote).expect("the value's end");
        let twice = attributes.iter().any(|(known, _)| known == name);
        assert!(!twice, "{name} twice in {inside}");
        attributes.push((name.to_owned(), unescaped(value)));
        rest = after;
    }
    Element {
        name: name.to_owned(),
        attributes,
        ..Element::default()
    }
}

fn unescaped(text: &str) -> String {
    let mut parts = text.split('&');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (entity, after) = part.split_once(';').expect("an entity's end");
        let letter = match entity {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "apos" => '\'',
            "#10" | "#xA" => '\n',
            "#13" | "#xD" => '\r',
            "#9" | "#x9" => '\t',
            other => panic!("&{other}; means nothing"),
        };
        out.push(letter);
        out.push_str(after);
    }
    out
}

#[test]
fn the_reader_is_strict() {
    let root = parse("<?xml version=\"1.0\"?>\n<a x=\"1 &lt; 2\"><b/>t&amp;u<![CDATA[<]]></a>\n");
    assert_eq!(root.attribute("x"), Some("1 < 2"));
    assert_eq!(root.text, "t&u<");
    assert_eq!(root.all("b").len(), 1);
    for wrong in [
        "<a></a>",
        "<?xml?><a>",
        "<?xml?><a></b>",
        "<?xml?><a/><b/>",
        "<?xml?><a x=\"1\" x=\"2\"/>",
        "<?xml?><a>&what;</a>",
        "<?xml?><a>\u{1b}</a>",
        "<?xml?><a x=\"\u{fffe}\"/>",
    ] {
        assert!(
            std::panic::catch_unwind(|| parse(wrong)).is_err(),
            "{wrong}"
        );
    }
}
