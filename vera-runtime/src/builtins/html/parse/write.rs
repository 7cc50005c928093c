//! Writes a parsed tree into guest memory.

use super::tree::{Data, Element, NodeId, Tree};
use crate::builtins::html::ELEMENT;
use crate::builtins::tree::check_depth;
use crate::error::Result;
use crate::heap::{Hash, Heap, List, MapBuilder};
use crate::value::Raw;
use vera_abi::layout::Rep;
use vera_abi::prelude::html;

/// An element whose children are being written.
struct Frame {
    mark: u32,
    name: Raw,
    attributes: Raw,
    children: List,
    next: Option<NodeId>,
}

/// Writes the part of a tree below a node.
pub(super) fn write(heap: &mut Heap<'_>, tree: &Tree, start: NodeId) -> Result<Raw> {
    let mut open: Vec<Frame> = Vec::new();
    let mut node = start;
    loop {
        let mut written = match tree.data(node) {
            Data::Element(element) => {
                check_depth(heap, open.len() + 1)?;
                let frame = enter(heap, tree, element, node)?;
                heap.meter().push(&mut open, frame)?;
                None
            }
            Data::Text(text) => heap.text_record(html::TEXT, text).map(Some)?,
            Data::Comment(comment) => heap.text_record(html::COMMENT, comment).map(Some)?,
            Data::Document | Data::Fragment => None,
        };
        node = loop {
            let Some(frame) = open.last_mut() else {
                return written.ok_or_else(|| crate::Error::internal("an HTML tree without nodes"));
            };
            if let Some(child) = written.take() {
                frame.children.push(heap, child)?;
            }
            if let Some(next) = frame.next {
                frame.next = tree.next_sibling(next);
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
fn enter(heap: &mut Heap<'_>, tree: &Tree, element: &Element, node: NodeId) -> Result<Frame> {
    let mark = heap.mark();
    let name = heap.lower_rooted::<String>(&*element.name.local)?;
    let mut map = MapBuilder::new(heap, Rep::Slice, Rep::Slice);
    for attribute in &element.attributes {
        let local = &attribute.name.local;
        let mark = heap.mark();
        let key = match &attribute.name.prefix {
            Some(prefix) => heap.lower_rooted::<String>(format!("{prefix}:{local}").as_str())?,
            None => heap.lower_rooted::<String>(&**local)?,
        };
        let value = heap.string(&attribute.value)?;
        heap.release(mark);
        map.push(heap, key, value, Hash::OfString)?;
    }
    let attributes = map.finish(heap)?;
    heap.root(attributes.pointer())?;
    let children = List::new(heap, Rep::Ptr, tree.children(node).count())?;
    Ok(Frame { mark, name, attributes, children, next: tree.first_child(node) })
}
