//! Counts the attributes of the current tag.

/// An unfinished token of the parser, as far as its text is known.
#[derive(Debug, Default)]
pub(super) struct Pending {
    state: State,
    attributes: usize,
    /// Its bytes so far, up to the first that determines its kind.
    head: usize,
}

/// The state within a tag, by the rules of the HTML standard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// There is no such token.
    #[default]
    None,
    /// A comment, a declaration, or only text.
    Other,
    /// After `<`, perhaps with a `/`.
    Start,
    TagName,
    BetweenAttributes,
    Name,
    BeforeValue,
    Unquoted,
    Quoted(u8),
}

impl Pending {
    /// A token that starts with this piece of text.
    pub(super) fn start(piece: &str) -> Self {
        let mut pending = Pending { state: State::Start, ..Pending::default() };
        pending.more(piece.get(1..).unwrap_or_default());
        pending
    }

    pub(super) fn is_open(&self) -> bool {
        self.state != State::None
    }

    /// Attributes so far.
    pub(super) fn attributes(&self) -> usize {
        self.attributes
    }

    /// More of the token's text.
    pub(super) fn more(&mut self, piece: &str) {
        for &byte in piece.as_bytes() {
            self.state = self.step(byte);
        }
    }

    fn step(&mut self, byte: u8) -> State {
        let space = byte.is_ascii_whitespace();
        match self.state {
            State::None => State::None,
            State::Other => State::Other,
            State::Start => {
                self.head += 1;
                match byte {
                    b'/' if self.head == 1 => State::Start,
                    _ if byte.is_ascii_alphabetic() => State::TagName,
                    _ => State::Other,
                }
            }
            State::TagName if space || byte == b'/' => State::BetweenAttributes,
            State::TagName => State::TagName,
            State::BetweenAttributes if space || byte == b'/' || byte == b'>' => State::BetweenAttributes,
            State::BetweenAttributes => {
                self.attributes += 1;
                State::Name
            }
            State::Name if space || byte == b'/' => State::BetweenAttributes,
            State::Name if byte == b'=' => State::BeforeValue,
            State::Name => State::Name,
            State::BeforeValue if space => State::BeforeValue,
            State::BeforeValue if byte == b'"' || byte == b'\'' => State::Quoted(byte),
            State::BeforeValue => State::Unquoted,
            State::Unquoted if space => State::BetweenAttributes,
            State::Unquoted => State::Unquoted,
            State::Quoted(quote) if byte == quote => State::BetweenAttributes,
            State::Quoted(quote) => State::Quoted(quote),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_counted_as_the_parser_does() {
        let cases = [
            ("<p", 0),
            ("<p a b=1 c='x y > z' d=\"e f\"g", 5),
            ("</p a", 1),
            ("<p/a/b", 2),
            ("<p a=b/c d", 2),
            ("<!-- a b c", 0),
            ("<?a b c", 0),
            ("< a b c", 0),
            ("</ a b", 0),
        ];
        for (text, count) in cases {
            assert_eq!(Pending::start(text).attributes(), count, "{text}");
            let mut parts = Pending::start(&text[..1]);
            text[1..].char_indices().for_each(|(at, char)| parts.more(&text[1 + at..1 + at + char.len_utf8()]));
            assert_eq!(parts.attributes(), count, "{text} in parts");
        }
    }
}
