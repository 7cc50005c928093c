//! HTML text into guest memory.
//!
//! Text that starts as a document (`<!doctype`, `<html>`, `<head>`, `<body>`) is parsed as one, and its `html` element is
//! returned. Anything else is a fragment: a single element is returned as it is, several nodes in an `html` element.

use super::ELEMENT;
use crate::builtins::{ParseFailure, check_depth};
use crate::error::Result;
use crate::heap::{Hash, Heap, List, MapBuilder};
use crate::value::Raw;
use html5ever::tendril::TendrilSink;
use html5ever::{ParseOpts, QualName, local_name, ns, parse_document, parse_fragment};
use scraper::node::Element;
use scraper::{ElementRef, Html, HtmlTreeSink, Node};
use vera_abi::layout::Rep;
use vera_abi::map::hash;
use vera_abi::prelude::html;

/// A node of the parsed tree. Named through `ElementRef`, since scraper does not export the tree's own types.
type NodeRef<'t> = <ElementRef<'t> as std::ops::Deref>::Target;

/// Parses HTML; every text is some HTML. The result is not rooted.
pub(crate) fn parse(heap: &mut Heap<'_>, text: &str) -> Result<Raw, ParseFailure> {
    let document = is_document(text);
    let tree = if document {
        parse_document(HtmlTreeSink::new(Html::new_document()), ParseOpts::default()).one(text)
    } else {
        // As the contents of a template, so that table rows and the like may stand alone.
        let context = QualName::new(None, ns!(html), local_name!("template"));
        parse_fragment(HtmlTreeSink::new(Html::new_fragment()), ParseOpts::default(), context, Vec::new(), false)
            .one(text)
    };
    // Both have one `html` element; a fragment's holds what was parsed.
    let root = tree.root_element();
    let mut top = root.children().filter(|node| !is_space(node.value()));
    let start = match (document, top.next(), top.next()) {
        (false, Some(only), None) if only.value().is_element() => only,
        _ => *root,
    };
    Ok(write(heap, &start)?)
}

fn is_space(node: &Node) -> bool {
    node.as_text().is_some_and(|text| text.trim_ascii().is_empty())
}

/// Whether the first thing in the text besides comments belongs to a document.
fn is_document(text: &str) -> bool {
    let mut rest = text.trim_start_matches('\u{feff}').trim_ascii_start();
    while let Some(comment) = rest.strip_prefix("<!--") {
        rest = comment.split_once("-->").map_or("", |(_, after)| after).trim_ascii_start();
    }
    ["<!doctype", "<html", "<head", "<body"].iter().any(|start| {
        let (head, after) = rest.as_bytes().split_at(start.len().min(rest.len()));
        head.eq_ignore_ascii_case(start.as_bytes()) && after.first().is_none_or(|byte| !byte.is_ascii_alphanumeric())
    })
}

/// An element whose children are being written.
struct Frame<'t> {
    mark: u32,
    name: Raw,
    attributes: Raw,
    children: List,
    next: Option<NodeRef<'t>>,
}

/// Writes a tree.
fn write(heap: &mut Heap<'_>, start: &NodeRef<'_>) -> Result<Raw> {
    let mut open: Vec<Frame<'_>> = Vec::new();
    let mut node = *start;
    loop {
        let mut written = match node.value() {
            Node::Element(element) => {
                check_depth(heap, open.len() + 1)?;
                let frame = enter(heap, element, node)?;
                open.push(frame);
                None
            }
            Node::Text(text) => heap.text_record(html::TEXT, text).map(Some)?,
            Node::Comment(comment) => heap.text_record(html::COMMENT, comment).map(Some)?,
            Node::Document | Node::Fragment | Node::Doctype(_) | Node::ProcessingInstruction(_) => None,
        };
        node = loop {
            let Some(frame) = open.last_mut() else {
                return written.ok_or_else(|| crate::Error::internal("an HTML tree without nodes"));
            };
            if let Some(child) = written.take() {
                frame.children.push(heap, child)?;
            }
            if let Some(next) = frame.next {
                frame.next = next.next_sibling();
                break next;
            }
            let fields = [frame.name, frame.attributes, frame.children.finish()];
            written = Some(heap.record(html::ELEMENT, &ELEMENT, &fields)?);
            heap.release(frame.mark);
            open.pop();
        };
    }
}

/// Writes an element's name and attributes.
fn enter<'t>(heap: &mut Heap<'_>, element: &Element, node: NodeRef<'t>) -> Result<Frame<'t>> {
    let mark = heap.mark();
    let name = heap.lower_rooted::<String>(element.name())?;
    let mut map = MapBuilder::new(heap, Rep::Slice, Rep::Slice);
    for (attribute, value) in &element.attrs {
        let local = &attribute.local;
        let mark = heap.mark();
        let (key, hash) = match &attribute.prefix {
            Some(prefix) => {
                let qualified = format!("{prefix}:{local}");
                (heap.lower_rooted::<String>(qualified.as_str())?, hash::string(qualified.as_bytes()))
            }
            None => (heap.lower_rooted::<String>(&**local)?, hash::string(local.as_bytes())),
        };
        let value = heap.string(value)?;
        heap.release(mark);
        map.push(heap, key, value, Hash::Of(hash))?;
    }
    let attributes = map.finish(heap)?;
    heap.root(attributes.pointer())?;
    let children = List::new(heap, Rep::Ptr, node.children().count())?;
    Ok(Frame { mark, name, attributes, children, next: node.first_child() })
}
