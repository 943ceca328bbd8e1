//! Texts that stay short, whatever a student's code answers.

use std::fmt::{self, Debug, Display, Write};
use wire::wire;

/// Longest text of a judgement, in bytes: an answer can have a million values.
const MAX_TEXT: usize = 16 << 10;

wire! {
    /// A text, or its two ends if it is too long to be told whole.
    #[derive(Clone, Default, PartialEq, Eq)]
    pub struct Excerpt {
        head: String,
        /// Bytes between the two ends.
        left_out: u64,
        tail: String,
    }
}

impl Excerpt {
    /// Of a text.
    pub fn new(text: impl Into<String>) -> Self {
        let mut excerpt = Self::whole(text);
        excerpt.shrink(MAX_TEXT, char::len_utf8);
        excerpt
    }

    /// Of the debug form of a value. The whole form is never held.
    pub fn of_debug(value: &(impl Debug + ?Sized)) -> Self {
        let mut ends = Ends::default();
        // Only a `Debug` that is at odds with its own contract fails here.
        let _ = write!(ends, "{value:#?}");
        ends.finish()
    }

    /// The whole text.
    pub fn whole(text: impl Into<String>) -> Self {
        Self {
            head: text.into(),
            ..Self::default()
        }
    }

    /// Of a text of which only the two ends are there, and so many bytes between them are not.
    #[must_use]
    pub fn of_ends(head: String, left_out: u64, tail: String) -> Self {
        if left_out == 0 {
            return Self::whole(head + &tail);
        }
        Self {
            head,
            left_out,
            tail,
        }
    }

    /// Whether there is no text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.head.is_empty() && self.tail.is_empty()
    }

    /// What it costs, if each character costs this much. The mark in the middle is not counted.
    pub fn cost(&self, of: impl Fn(char) -> usize) -> usize {
        self.head.chars().chain(self.tail.chars()).map(of).sum()
    }

    /// Leaves so much out of the middle that the rest costs at most `max`.
    pub fn shrink(&mut self, max: usize, cost: impl Fn(char) -> usize + Copy) {
        if self.cost(cost) <= max {
            return;
        }
        if self.tail.is_empty() {
            let middle = self.head.floor_char_boundary(self.head.len() / 2);
            self.tail = self.head.split_off(middle);
        }
        let head = affordable(self.head.chars(), max / 2, cost);
        let tail = affordable(self.tail.chars().rev(), max / 2, cost);
        let start = self.tail.len() - tail;
        self.left_out += (self.head.len() - head + start) as u64;
        self.head.truncate(head);
        self.tail.drain(..start);
    }
}

/// Bytes of the first characters that together cost at most `max`.
fn affordable(
    letters: impl Iterator<Item = char>,
    max: usize,
    cost: impl Fn(char) -> usize,
) -> usize {
    let mut spent = 0;
    let afforded = letters.take_while(|letter| {
        spent += cost(*letter);
        spent <= max
    });
    afforded.map(char::len_utf8).sum()
}

impl Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.head)?;
        if self.left_out > 0 {
            write!(f, "\n… {} bytes left out …\n", self.left_out)?;
        }
        f.write_str(&self.tail)
    }
}

impl Debug for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Debug::fmt(&self.to_string(), f)
    }
}

/// The two ends of a text that comes in pieces.
#[derive(Default)]
struct Ends {
    head: String,
    left_out: u64,
    tail: String,
}

impl Ends {
    fn finish(self) -> Excerpt {
        let mut excerpt = Excerpt::of_ends(self.head, self.left_out, self.tail);
        excerpt.shrink(MAX_TEXT, char::len_utf8);
        excerpt
    }
}

impl Write for Ends {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = (MAX_TEXT / 2).saturating_sub(self.head.len());
        // Once something has gone to the tail, nothing may follow in the head.
        let room = if self.tail.is_empty() { room } else { 0 };
        let (head, tail) = text.split_at(text.floor_char_boundary(room));
        self.head += head;
        self.tail += tail;
        // Not after every piece: moving the tail to the front takes time.
        if self.tail.len() > 2 * MAX_TEXT {
            let start = self.tail.ceil_char_boundary(self.tail.len() - MAX_TEXT / 2);
            self.left_out += start as u64;
            self.tail.drain(..start);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_text_is_told_whole() {
        for text in ["", "short", "你好"] {
            let excerpt = Excerpt::new(text);
            assert_eq!(excerpt.to_string(), text);
            assert_eq!(excerpt.is_empty(), text.is_empty());
        }
        assert_eq!(Excerpt::of_debug(&[1]).to_string(), "[\n    1,\n]");
    }

    #[test]
    fn both_ends_of_a_long_text_are_told_and_the_rest_is_counted() {
        let text = format!("begin {} end", "你".repeat(1_000_000));
        for excerpt in [Excerpt::new(&text), Excerpt::of_debug(&Shown(&text))] {
            let told = excerpt.to_string();
            assert!(told.len() < MAX_TEXT + 64, "{} bytes", told.len());
            assert!(told.starts_with("begin 你") && told.ends_with("你 end"));
            let left_out = text.len() - excerpt.cost(char::len_utf8);
            let mark = format!("\n… {left_out} bytes left out …\n");
            assert!(told.contains(&mark), "{mark}");
        }
    }

    #[test]
    fn what_is_left_out_twice_is_counted_once_and_together() {
        let mut excerpt = Excerpt::new("0123456789".repeat(10_000));
        excerpt.shrink(4, char::len_utf8);
        assert_eq!(excerpt.to_string(), "01\n… 99996 bytes left out …\n89");
    }

    #[test]
    fn a_text_of_characters_that_cost_more_is_cut_shorter() {
        let mut excerpt = Excerpt::whole("\"\"\"\"abcd");
        excerpt.shrink(12, |letter| if letter == '"' { 6 } else { 1 });
        assert_eq!(excerpt.to_string(), "\"\n… 3 bytes left out …\nabcd");
    }

    #[test]
    fn the_debug_form_of_a_million_values_is_never_held() {
        struct Huge;
        impl Debug for Huge {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                (0..1_000_000).try_for_each(|n| writeln!(f, "{n}"))
            }
        }
        let mut ends = Ends::default();
        write!(ends, "{Huge:?}").unwrap();
        let held = ends.head.capacity() + ends.tail.capacity();
        assert!(held < 8 * MAX_TEXT, "{held} bytes");
        assert!(ends.finish().to_string().ends_with("\n999999\n"));
    }

    struct Shown<'a>(&'a str);

    impl Debug for Shown<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }
}
