//! Prints HTML from guest memory by the rules of the HTML standard: the text parses to the same tree.

use super::{attributes, children, name, text, text_of};
use crate::builtins::tree::check_depth;
use crate::error::{Error, Result};
use crate::heap::{Heap, Reader};
use crate::meter::Meter;
use crate::value::Raw;
use vera_abi::layout::Rep;
use vera_abi::prelude::html;

/// Elements without content and end tag.
const VOID: [&str; 18] = [
    "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input", "keygen", "link",
    "meta", "param", "source", "track", "wbr",
];
/// Elements whose text is not escaped.
const RAW: [&str; 7] = ["style", "script", "xmp", "iframe", "noembed", "noframes", "plaintext"];

/// An element whose children are being printed.
struct Frame<'m> {
    name: std::borrow::Cow<'m, str>,
    children: Raw,
    next: u32,
}

/// Prints a node.
pub(crate) fn print(heap: &mut Heap<'_>, node: Raw) -> Result<String> {
    let meter = heap.meter();
    let mut reader = heap.reader();
    let mut out = String::new();
    let mut open: Vec<Frame<'_>> = Vec::new();
    let mut node = node;
    loop {
        reader.count_nodes(1)?;
        match reader.tag(node)? {
            html::ELEMENT => {
                check_depth(heap, open.len() + 1)?;
                let frame = start(&mut reader, node, &mut out)?;
                if let Some(frame) = frame {
                    meter.push(&mut open, frame)?;
                }
            }
            html::TEXT => {
                let text = text(&reader, node)?;
                let text = reader.str(text)?;
                match open.last() {
                    Some(parent) if RAW.contains(&&*parent.name) => meter.push_str(&mut out, &text)?,
                    _ => escape(meter, &text, false, &mut out)?,
                }
            }
            html::COMMENT => {
                let text = text(&reader, node)?;
                meter.push_str(&mut out, "<!--")?;
                meter.push_str(&mut out, &reader.str(text)?)?;
                meter.push_str(&mut out, "-->")?;
            }
            tag => return Err(Error::internal(format!("HtmlNode has no constructor of tag {tag}"))),
        }
        node = loop {
            let Some(frame) = open.last_mut() else { return Ok(out) };
            if frame.next < frame.children.len {
                let child = reader.element(Rep::Ptr, frame.children, frame.next)?;
                frame.next += 1;
                break child;
            }
            meter.push_str(&mut out, "</")?;
            meter.push_str(&mut out, &frame.name)?;
            meter.push_str(&mut out, ">")?;
            open.pop();
        };
    }
}

/// Prints a start tag; `None` when the element has no content.
fn start<'m>(reader: &mut Reader<'m>, element: Raw, out: &mut String) -> Result<Option<Frame<'m>>> {
    let name = name(reader, element)?;
    let meter = reader.meter;
    let name = text_of(reader, name)?;
    meter.push_str(out, "<")?;
    meter.push_str(out, &name)?;
    for attribute in attributes(reader, element)?.iter() {
        let (key, value) = attribute?;
        meter.push_str(out, " ")?;
        meter.push_str(out, &reader.str(key)?)?;
        meter.push_str(out, "=\"")?;
        escape(meter, &reader.str(value)?, true, out)?;
        meter.push_str(out, "\"")?;
    }
    meter.push_str(out, ">")?;
    let children = children(reader, element)?;
    if children.len == 0 && VOID.contains(&&*name) {
        return Ok(None);
    }
    Ok(Some(Frame { name, children, next: 0 }))
}

fn escape(meter: &Meter, text: &str, attribute: bool, out: &mut String) -> Result<()> {
    let special = |c: char| match c {
        '&' | '\u{a0}' => true,
        '"' => attribute,
        '<' | '>' => !attribute,
        _ => false,
    };
    let mut rest = text;
    while let Some(at) = rest.find(special) {
        meter.push_str(out, &rest[..at])?;
        let mut tail = rest[at..].chars();
        let escaped = match tail.next() {
            Some('&') => "&amp;",
            Some('"') => "&quot;",
            Some('<') => "&lt;",
            Some('>') => "&gt;",
            _ => "&nbsp;",
        };
        meter.push_str(out, escaped)?;
        rest = tail.as_str();
    }
    meter.push_str(out, rest)
}
