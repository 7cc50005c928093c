//! A value as text for an error message: in Vera syntax, short, and without raw control characters.
//!
//! It never fails, whatever the memory holds: parts that cannot be read, nest too deep or are too large become `…`.
//! Long strings, arrays and texts are cut in the middle, so both ends are visible. The work is bounded by constants,
//! and only the parts of a value that are shown are read.

use crate::builtins::float::float_to_source;
use crate::error::{Error, Result};
use crate::heap::{Budget, Reader};
use crate::host::{REDACTED, Secrets};
use crate::limits::Limits;
use crate::meter::Meter;
use crate::value::{Decimal, Raw, is_future};
use std::fmt::Write as _;
use std::ops::Range;
use vera_abi::interface::{DataDesc, Interface, TypeDesc, TypeId};
use vera_abi::layout::{Rep, record};

/// Maximum number of parts of an array, a map or a set that are shown; how many of them at the end:
const PARTS: [usize; 2] = [8, 3];
/// Maximum number of characters of a string that are shown; how many of them at the end:
const CHARACTERS: [usize; 2] = [80, 20];
/// Maximum number of characters of the whole text; how many of them at the end:
const WHOLE: [usize; 2] = [400, 100];
/// Levels of nesting that are shown.
const DEPTH: u32 = 12;
/// Maximum number of parts in total.
const NODES: u32 = 200;
const ELIDED: &str = "…";

/// The text of a value.
pub(crate) fn excerpt(interface: &Interface, reader: &mut Reader<'_>, id: TypeId, raw: Raw) -> String {
    redacted(interface, reader, id, raw, Secrets::NONE)
}

/// The text of a value that is in this memory, whatever is left of the budgets of a call.
pub(crate) fn excerpt_of(interface: &Interface, memory: &[u8], id: TypeId, raw: Raw, secrets: &Secrets) -> String {
    let meter = Meter::new(&Limits::default());
    // Only entries of maps count here.
    let budget = Budget { nodes: 1 << 12, bytes: 0, depth: 0 };
    redacted(interface, &mut Reader::new(memory, budget, &meter), id, raw, secrets)
}

fn redacted(interface: &Interface, reader: &mut Reader<'_>, id: TypeId, raw: Raw, secrets: &Secrets) -> String {
    let mut text = Excerpt { interface, reader, secrets, nodes: NODES, units: Vec::new() };
    text.value(id, raw, DEPTH);
    cut(text.units, WHOLE, " … ")
}

/// Any text without raw control characters, cut where it is long.
pub(crate) fn shortened(text: &str) -> String {
    cut(text.chars().map(|c| if c == '"' || c == '\\' { c.to_string() } else { escaped(c) }).collect(), WHOLE, " … ")
}

/// Leaves out the middle of a text with more than `most` units. Escapes are units, so none is cut in two.
fn cut(units: Vec<String>, [most, at_end]: [usize; 2], gap: &str) -> String {
    if units.len() <= most {
        return units.concat();
    }
    let shown = |part: Option<&[String]>| part.unwrap_or_default().concat();
    [&shown(units.get(..most - at_end)), gap, &shown(units.get(units.len() - at_end..))].concat()
}

/// A character in a string literal.
fn escaped(c: char) -> String {
    match c {
        '\'' => c.to_string(),
        // These are the escapes of Vera: `\0 \t \n \r \" \\ \u{...}`. What does not print is escaped too.
        c => c.escape_debug().to_string(),
    }
}

struct Excerpt<'r, 'i, 'a> {
    interface: &'i Interface,
    reader: &'r mut Reader<'a>,
    secrets: &'i Secrets,
    nodes: u32,
    units: Vec<String>,
}

impl Excerpt<'_, '_, '_> {
    fn push(&mut self, text: &str) {
        self.units.extend(text.chars().map(String::from));
    }

    fn value(&mut self, id: TypeId, raw: Raw, depth: u32) {
        let left = (self.nodes.checked_sub(1), depth.checked_sub(1));
        let (Some(nodes), Some(depth)) = left else { return self.push(ELIDED) };
        self.nodes = nodes;
        if self.parts(id, raw, depth).is_err() {
            self.push(ELIDED);
        }
    }

    fn parts(&mut self, id: TypeId, raw: Raw, depth: u32) -> Result<()> {
        let interface = self.interface;
        match interface.ty(id) {
            TypeDesc::Int | TypeDesc::Nat => self.push(&(raw.bits as i64).to_string()),
            TypeDesc::Bool => self.push(if raw.bits as u32 == 0 { "false" } else { "true" }),
            TypeDesc::Byte => self.push(&(raw.bits as u8).to_string()),
            TypeDesc::Float64 => self.push(&float_to_source(f64::from_bits(raw.bits))),
            TypeDesc::String => self.string(raw)?,
            TypeDesc::Unit => self.push("()"),
            TypeDesc::Never | TypeDesc::Function => self.push("<function>"),
            TypeDesc::Array(element) => {
                let rep = interface.ty(*element).rep();
                self.push("[");
                self.list(0..raw.len, |text, index| {
                    let item = text.reader.element(rep, raw, index)?;
                    text.value(*element, item, depth);
                    Ok(())
                })?;
                self.push("]");
            }
            TypeDesc::Decimal => self.decimal(raw)?,
            TypeDesc::Tuple(items) => self.record("Tuple", items, raw, depth)?,
            TypeDesc::Data(data) => self.data(data, raw, depth)?,
            TypeDesc::Map(key, value) => self.entries(raw, *key, Some(*value), depth)?,
            TypeDesc::Set(item) => self.entries(raw, *item, None, depth)?,
        }
        Ok(())
    }

    /// The parts; those in the middle are left out when there are many.
    fn list<P>(
        &mut self,
        mut parts: impl ExactSizeIterator<Item = P>,
        mut show: impl FnMut(&mut Self, P) -> Result<()>,
    ) -> Result<()> {
        let [most, at_end] = PARTS;
        let hidden = parts.len().saturating_sub(most);
        let mut shown = 0;
        while let Some(part) = parts.next() {
            if shown > 0 {
                self.push(", ");
            }
            show(self, part)?;
            shown += 1;
            if hidden > 0 && shown == most - at_end {
                self.push(&format!(", … {hidden} more …"));
                // Skips the hidden ones.
                parts.nth(hidden - 1);
            }
        }
        Ok(())
    }

    fn data(&mut self, data: &DataDesc, raw: Raw, depth: u32) -> Result<()> {
        let raw = if is_future(data) { self.reader.awaited(raw)? } else { raw };
        let tag = self.reader.tag(raw)?;
        match data.constructors.get(tag as usize) {
            Some(constructor) if constructor.fields.is_empty() => self.push(&constructor.name),
            Some(constructor) => self.record(&constructor.name, &constructor.fields, raw, depth)?,
            None => self.push(ELIDED),
        }
        Ok(())
    }

    /// A number, unless it is longer than the whole text may be.
    fn decimal(&mut self, raw: Raw) -> Result<()> {
        let number = Decimal::read(self.reader, raw, |reader, text| match text.len as usize <= WHOLE[0] {
            true => Ok(String::from_utf8_lossy(reader.elements(text, 1)?).into_owned()),
            false => Err(Error::internal("not shown")),
        })?;
        self.push(&number.to_string());
        Ok(())
    }

    fn record(&mut self, name: &str, types: &[TypeId], raw: Raw, depth: u32) -> Result<()> {
        let reps: Vec<Rep> = types.iter().map(|&id| self.interface.ty(id).rep()).collect();
        let layout = record(&reps);
        self.push(name);
        self.push("(");
        self.list(types.iter().zip(&layout.fields), |text, (&id, place)| {
            let field = text.reader.field(raw, place)?;
            text.value(id, field, depth);
            Ok(())
        })?;
        self.push(")");
        Ok(())
    }

    fn entries(&mut self, raw: Raw, key: TypeId, value: Option<TypeId>, depth: u32) -> Result<()> {
        let reps = (self.interface.ty(key).rep(), value.map_or(Rep::Byte, |value| self.interface.ty(value).rep()));
        let entries = self.reader.entries(raw, reps.0, reps.1)?;
        self.push("{");
        self.list(entries.iter(), |text, entry| {
            let (entry_key, entry_value) = entry?;
            text.value(key, entry_key, depth);
            if let Some(value) = value {
                text.push(": ");
                text.value(value, entry_value, depth);
            }
            Ok(())
        })?;
        self.push("}");
        Ok(())
    }

    /// A string in quotes. A long string is shown as its two ends with its length: `"abc" … "xyz" (1000 bytes)`.
    fn string(&mut self, raw: Raw) -> Result<()> {
        let [most, at_end] = CHARACTERS;
        let bytes = self.reader.elements(raw, 1)?;
        // A character is four bytes at most.
        let head_end = bytes.len().min(4 * (most + 1));
        let mut head = self.characters(bytes, 0..head_end);
        if head.len() <= most && bytes.len() <= 4 * most {
            self.literal(head);
            return Ok(());
        }
        let mut tail_start = bytes.len().saturating_sub(4 * at_end);
        if head.len() <= most {
            // A secret is shorter than it was: the ends must not overlap.
            tail_start = tail_start.max(head_end);
        } else {
            head.truncate(most - at_end);
        }
        let tail = bytes.get(tail_start..).unwrap_or_default();
        tail_start += tail.iter().take(3).take_while(|byte| (0x80..0xc0).contains(*byte)).count();
        let mut tail = self.characters(bytes, tail_start..bytes.len());
        self.literal(head);
        self.push(" … ");
        self.literal(tail.split_off(tail.len().saturating_sub(at_end)));
        self.push(" (");
        let mut length = String::new();
        // Writing to a string does not fail.
        let _ = write!(length, "{} bytes)", bytes.len());
        self.push(&length);
        Ok(())
    }

    /// The characters of a part of a text, escaped. A secret is like one character.
    fn characters(&self, bytes: &[u8], part: Range<usize>) -> Vec<String> {
        let characters = |part: Option<&[u8]>| {
            let text = String::from_utf8_lossy(part.unwrap_or_default());
            text.chars().map(escaped).collect::<Vec<_>>()
        };
        let mut units = Vec::new();
        let mut at = part.start;
        for hidden in self.secrets.within(bytes, part.clone()) {
            units.extend(characters(bytes.get(at..hidden.start)));
            units.push(REDACTED.to_owned());
            at = hidden.end;
        }
        units.extend(characters(bytes.get(at..part.end)));
        units
    }

    fn literal(&mut self, characters: Vec<String>) {
        self.push("\"");
        self.units.extend(characters);
        self.push("\"");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vera_abi::heap::BUFFER_DATA;

    /// The excerpt of a string with these bytes.
    fn string(bytes: &[u8]) -> String {
        hiding(&[], bytes)
    }

    /// The same with secrets.
    fn hiding(texts: &[&str], bytes: &[u8]) -> String {
        let memory = [&[0; BUFFER_DATA as usize], bytes].concat();
        let interface = Interface { types: vec![TypeDesc::String], ..Interface::default() };
        let mut secrets = Secrets::default();
        texts.iter().for_each(|&text| secrets.add(text));
        excerpt_of(&interface, &memory, TypeId(0), Raw::from_slice(0, bytes.len() as u32), &secrets)
    }

    #[test]
    fn no_part_of_a_secret_is_shown_wherever_it_is_cut() {
        let secret = "0123456789abcdefghij";
        // The length of a part that must not be seen.
        const PART: usize = 4;
        for length in [0, 30, 78, 79, 80, 81, 100, 140, 320, 330, 1000] {
            for at in 0..=length {
                let text = [&"x".repeat(at), secret, &"x".repeat(length - at)].concat();
                let shown = hiding(&[secret], text.as_bytes());
                let leaked = (0..=secret.len() - PART).find(|&from| shown.contains(&secret[from..from + PART]));
                assert_eq!(leaked, None, "{length} {at}: {shown}");
                assert!(length > 60 || shown.contains(REDACTED), "{shown}");
            }
        }
        let many = hiding(&[secret], secret.repeat(100).as_bytes());
        assert!(many.contains("[redacted][redacted]") && !many.contains("0123"), "{many}");
        assert_eq!(hiding(&["no"], b"nothing"), "\"[redacted]thing\"");
    }

    #[test]
    fn strings_are_literals_of_vera() {
        assert_eq!(string(b"a\"b\\(c)\n\t\r\0 it's"), r#""a\"b\\(c)\n\t\r\0 it's""#);
        assert_eq!(string("é\u{1b}[31m\u{202e}\u{200b}\u{7f}".as_bytes()), r#""é\u{1b}[31m\u{202e}\u{200b}\u{7f}""#);
        assert_eq!(string(b"\xff"), "\"\u{fffd}\"");
    }

    #[test]
    fn long_strings_show_both_ends_and_their_length() {
        let text: String = (0..1000).map(|n| char::from(b'a' + (n % 26) as u8)).collect();
        let head = &text[..60];
        assert_eq!(string(text.as_bytes()), format!("\"{head}\" … \"{}\" (1000 bytes)", &text[980..]));
        // Neither end cuts a character in two.
        let wide = string("ü€𝄞".repeat(100).as_bytes());
        assert!(!wide.contains('\u{fffd}') && wide.ends_with("(900 bytes)"), "{wide}");
    }

    #[test]
    fn nothing_raw_and_nothing_long_is_shown() {
        let mut state = 1u64;
        for length in 0..600 {
            let bytes: Vec<u8> = std::iter::repeat_with(|| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (state >> 56) as u8
            })
            .take(length)
            .collect();
            let text = string(&bytes);
            assert!(!text.chars().any(char::is_control), "{text:?}");
            assert!(text.chars().count() <= 1000, "{}", text.len());
        }
        assert_eq!(shortened("a\"\\\u{1b}"), "a\"\\\\u{1b}");
        assert_eq!(shortened(&"x".repeat(1000)).chars().count(), 403);
    }
}
