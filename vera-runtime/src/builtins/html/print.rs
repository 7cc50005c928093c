//! HTML in guest memory into text, by the rules of the HTML standard: what is printed parses to the same tree.

use super::{attributes, children, name, text};
use crate::builtins::check_depth;
use crate::error::{Error, Result};
use crate::heap::{Heap, Reader};
use crate::value::Raw;
use vera_abi::layout::Rep;
use vera_abi::prelude::html;

/// Elements without contents and end tag.
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
                open.extend(frame);
            }
            html::TEXT => {
                let text = text(&reader, node)?;
                let text = reader.str(text)?;
                match open.last() {
                    Some(parent) if RAW.contains(&&*parent.name) => out.push_str(&text),
                    _ => escape(&text, false, &mut out),
                }
            }
            html::COMMENT => {
                let text = text(&reader, node)?;
                out.push_str("<!--");
                out.push_str(&reader.str(text)?);
                out.push_str("-->");
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
            out.push_str("</");
            out.push_str(&frame.name);
            out.push('>');
            open.pop();
        };
    }
}

/// Prints a start tag; `None` when the element ends with it.
fn start<'m>(reader: &mut Reader<'m>, element: Raw, out: &mut String) -> Result<Option<Frame<'m>>> {
    let name = name(reader, element)?;
    let name = reader.str(name)?;
    out.push('<');
    out.push_str(&name);
    for (key, value) in attributes(reader, element)? {
        out.push(' ');
        out.push_str(&reader.str(key)?);
        out.push_str("=\"");
        escape(&reader.str(value)?, true, out);
        out.push('"');
    }
    out.push('>');
    let children = children(reader, element)?;
    if children.len == 0 && VOID.contains(&&*name) {
        return Ok(None);
    }
    Ok(Some(Frame { name, children, next: 0 }))
}

fn escape(text: &str, attribute: bool, out: &mut String) {
    let special = |c: char| match c {
        '&' | '\u{a0}' => true,
        '"' => attribute,
        '<' | '>' => !attribute,
        _ => false,
    };
    let mut rest = text;
    while let Some(at) = rest.find(special) {
        out.push_str(&rest[..at]);
        let mut tail = rest[at..].chars();
        out.push_str(match tail.next() {
            Some('&') => "&amp;",
            Some('"') => "&quot;",
            Some('<') => "&lt;",
            Some('>') => "&gt;",
            _ => "&nbsp;",
        });
        rest = tail.as_str();
    }
    out.push_str(rest);
}
