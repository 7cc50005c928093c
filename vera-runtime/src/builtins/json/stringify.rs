//! Prints JSON from guest memory: compact, members in order, numbers as in JavaScript.

use super::lexer::plain;
use super::number;
use crate::builtins::float::float_to_source;
use crate::builtins::tree::check_depth;
use crate::error::{Error, NamedValue, Result, Trap, TrapKind};
use crate::heap::{Entries, Heap, Reader};
use crate::meter::Meter;
use crate::value::Raw;
use vera_abi::layout::{Rep, fixed};
use vera_abi::prelude::json;

/// A container that is open around the next value.
enum Frame<'m> {
    Array { items: Raw, next: u32 },
    Object { members: Entries<'m>, next: usize },
}

/// Room for a number, a word, or punctuation around a value.
const SCALAR: usize = 64;

/// Prints a value.
pub(crate) fn stringify(heap: &mut Heap<'_>, value: Raw) -> Result<String> {
    let meter = heap.meter();
    let mut reader = heap.reader();
    let mut out = String::new();
    let mut open: Vec<Frame<'_>> = Vec::new();
    let mut value = value;
    loop {
        if let Some(frame) = start(&mut reader, value, &mut out)? {
            meter.push(&mut open, frame)?;
            check_depth(heap, open.len())?;
        }
        loop {
            meter.reserve(&mut out, SCALAR)?;
            match open.last_mut() {
                None => return Ok(out),
                Some(Frame::Array { items, next }) => {
                    if *next < items.len {
                        out.push_str(if *next == 0 { "" } else { "," });
                        value = reader.element(Rep::Ptr, *items, *next)?;
                        *next += 1;
                        break;
                    }
                    out.push(']');
                }
                Some(Frame::Object { members, next }) => {
                    if let Some((key, member)) = members.get(*next)? {
                        out.push_str(if *next == 0 { "" } else { "," });
                        *next += 1;
                        quote(meter, &reader.str(key)?, &mut out)?;
                        out.push(':');
                        value = member;
                        break;
                    }
                    out.push('}');
                }
            }
            open.pop();
        }
    }
}

/// Prints a scalar, or the start of a container, which it returns.
fn start<'m>(reader: &mut Reader<'m>, value: Raw, out: &mut String) -> Result<Option<Frame<'m>>> {
    reader.count_nodes(1)?;
    reader.meter.reserve(out, SCALAR)?;
    let slice = const { &fixed([Rep::Slice]).fields[0] };
    match reader.tag(value)? {
        json::NULL => out.push_str("null"),
        json::BOOL => {
            let value = reader.field(value, const { &fixed([Rep::Byte]).fields[0] })?.bits as u32;
            out.push_str(if value == 0 { "false" } else { "true" });
        }
        json::NUMBER => {
            let value = f64::from_bits(reader.field(value, const { &fixed([Rep::F64]).fields[0] })?.bits);
            if !value.is_finite() {
                return Err(no_number(value));
            }
            number::write(value, out);
        }
        json::STRING => {
            let text = reader.field(value, slice)?;
            quote(reader.meter, &reader.str(text)?, out)?;
        }
        json::ARRAY => {
            out.push('[');
            return Ok(Some(Frame::Array { items: reader.field(value, slice)?, next: 0 }));
        }
        json::OBJECT => {
            out.push('{');
            let map = reader.field(value, const { &fixed([Rep::Ptr]).fields[0] })?;
            let members = reader.entries(map, Rep::Slice, Rep::Ptr)?;
            // Two quotes, a colon, a value and a comma each, at least.
            reader.meter.reserve(out, SCALAR + 5 * members.len())?;
            return Ok(Some(Frame::Object { members, next: 0 }));
        }
        tag => return Err(Error::internal(format!("Json has no constructor of tag {tag}"))),
    }
    Ok(None)
}

/// JSON has no NaN and no infinities. Another value in their place would hide the mistake.
#[cold]
fn no_number(value: f64) -> Error {
    Error::Trap(Box::new(Trap {
        kind: TrapKind::JsonNumber,
        function: "json_stringify".to_owned(),
        text: format!("JNumber({})", float_to_source(value)),
        location: None,
        values: vec![NamedValue { name: "value".into(), ty: "Float64".into(), value: float_to_source(value) }],
        backtrace: Vec::new(),
    }))
}

/// Prints a string. Its work was counted when it was read.
fn quote(meter: &Meter, text: &str, out: &mut String) -> Result<()> {
    use std::fmt::Write as _;
    const ESCAPE: usize = 6;
    meter.reserve(out, text.len() + ESCAPE)?;
    out.push('"');
    let mut rest = text;
    loop {
        let at = plain(rest.as_bytes());
        out.push_str(&rest[..at]);
        if at == rest.len() {
            break;
        }
        meter.reserve(out, rest.len() + ESCAPE)?;
        // What was found is one byte.
        let special = rest.as_bytes()[at];
        match special {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            8 => out.push_str("\\b"),
            12 => out.push_str("\\f"),
            // Writing to a string does not fail.
            _ => drop(write!(out, "\\u{special:04x}")),
        }
        rest = &rest[at + 1..];
    }
    out.push('"');
    Ok(())
}
