//! The elements of a tree in guest memory, in document order.

use crate::builtins::html::{attributes, children, name, text_of};
use crate::error::{Error, Limit, Result};
use crate::heap::Reader;
use crate::value::Raw;
use std::borrow::Cow;
use std::ops::Range;
use vera_abi::layout::Rep;
use vera_abi::prelude::html;

/// No element.
pub(super) const NONE: usize = usize::MAX;

/// An element. Its parent and its siblings before it have lower indices.
#[derive(Debug)]
pub(super) struct Element<'m> {
    pub(super) raw: Raw,
    pub(super) parent: usize,
    /// The sibling element before it.
    pub(super) previous: usize,
    pub(super) name: Cow<'m, str>,
    attributes: Range<usize>,
    /// Whether it has neither elements nor text.
    pub(super) empty: bool,
}

#[derive(Debug)]
pub(super) struct Document<'m> {
    pub(super) elements: Vec<Element<'m>>,
    /// Names and values.
    attributes: Vec<(Cow<'m, str>, Cow<'m, str>)>,
}

/// An element whose children are being read.
struct Frame {
    element: usize,
    children: Raw,
    next: u32,
    /// The last child that is an element.
    last: usize,
}

impl<'m> Document<'m> {
    /// Reads a tree.
    pub(super) fn read(reader: &mut Reader<'m>, root: Raw, depth: u32) -> Result<Self> {
        let meter = reader.meter;
        let mut document = Document { elements: Vec::new(), attributes: Vec::new() };
        let mut open: Vec<Frame> = Vec::new();
        let mut node = root;
        loop {
            reader.count_nodes(1)?;
            match reader.tag(node)? {
                html::ELEMENT => {
                    let index = document.elements.len();
                    let (mut parent, mut previous) = (NONE, NONE);
                    if let Some(frame) = open.last_mut() {
                        (parent, previous) = (frame.element, frame.last);
                        frame.last = index;
                        document.elements[parent].empty = false;
                    }
                    let element = document.element(reader, node, parent, previous)?;
                    meter.push(&mut document.elements, element)?;
                    if open.len() >= depth as usize {
                        return Err(Error::limit(Limit::Depth(depth)));
                    }
                    let children = children(reader, node)?;
                    meter.push(&mut open, Frame { element: index, children, next: 0, last: NONE })?;
                }
                html::TEXT => {
                    if let Some(frame) = open.last() {
                        document.elements[frame.element].empty = false;
                    }
                }
                html::COMMENT => {}
                tag => return Err(Error::internal(format!("HtmlNode has no constructor of tag {tag}"))),
            }
            node = loop {
                let Some(frame) = open.last_mut() else { return Ok(document) };
                if frame.next < frame.children.len {
                    frame.next += 1;
                    break reader.element(Rep::Ptr, frame.children, frame.next - 1)?;
                }
                open.pop();
            };
        }
    }

    fn element(&mut self, reader: &mut Reader<'m>, raw: Raw, parent: usize, previous: usize) -> Result<Element<'m>> {
        let name = text_of(reader, name(reader, raw)?)?;
        let start = self.attributes.len();
        for attribute in attributes(reader, raw)?.iter() {
            let (key, value) = attribute?;
            let attribute = (text_of(reader, key)?, text_of(reader, value)?);
            reader.meter.push(&mut self.attributes, attribute)?;
        }
        let attributes = start..self.attributes.len();
        Ok(Element { raw, parent, previous, name, attributes, empty: true })
    }

    /// An element's attributes, in order.
    pub(super) fn attributes(&self, element: usize) -> impl Iterator<Item = (&str, &str)> {
        let range = self.elements[element].attributes.clone();
        self.attributes[range].iter().map(|(key, value)| (&**key, &**value))
    }
}

#[cfg(test)]
impl<'m> Document<'m> {
    pub(super) fn empty() -> Self {
        Document { elements: Vec::new(), attributes: Vec::new() }
    }

    pub(super) fn add(&mut self, name: &'m str, parent: usize, previous: usize) {
        if let Some(parent) = self.elements.get_mut(parent) {
            parent.empty = false;
        }
        let (raw, attributes) = (Raw::UNIT, 0..0);
        self.elements.push(Element { raw, parent, previous, name: name.into(), attributes, empty: true });
    }

    pub(super) fn give(&mut self, element: usize, key: Cow<'m, str>, value: Cow<'m, str>) {
        self.elements[element].attributes = self.attributes.len()..self.attributes.len() + 1;
        self.attributes.push((key, value));
    }
}
