//! CSS selectors over HTML in guest memory.
//!
//! The matching elements are returned: the same objects, not copies. The node itself can match. An invalid selector
//! matches nothing. The `selectors` crate parses selectors and so decides which ones exist. They are matched here, in
//! time proportional to the product of the number of elements and the size of the selector ([`matching`]).

mod document;
mod matching;
mod selector;
mod set;

use crate::error::Result;
use crate::heap::{Heap, List};
use crate::value::Raw;
use document::Document;
use matching::Matcher;
use vera_abi::heap::EMPTY_BUFFER;
use vera_abi::layout::Rep;

/// The array of matching elements, in document order. It is not rooted.
pub(crate) fn query(heap: &mut Heap<'_>, root: Raw, selector: Raw) -> Result<Raw> {
    let Some(matches) = find(heap, root, selector)? else { return Ok(Raw::from_slice(EMPTY_BUFFER, 0)) };
    let mark = heap.mark();
    // The guest holds the tree while it calls, but need not after its last use: the root keeps the matches alive.
    heap.root(root.pointer())?;
    let mut found = List::new(heap, Rep::Ptr, matches.len())?;
    for node in matches {
        found.push(heap, node)?;
    }
    heap.release(mark);
    Ok(found.finish())
}

/// The matching elements; `None` when the selector is invalid.
fn find(heap: &Heap<'_>, root: Raw, selector: Raw) -> Result<Option<Vec<Raw>>> {
    let mut reader = heap.reader();
    let meter = heap.meter();
    let Some(selectors) = selector::parse(meter, &reader.str(selector)?)? else { return Ok(None) };
    let document = Document::read(&mut reader, root, heap.state().limits.depth)?;
    let found = Matcher::new(&document, meter).list(selectors.slice())?;
    let mut matches = Vec::new();
    for index in found.ones() {
        meter.push(&mut matches, document.elements[index].raw)?;
    }
    Ok(Some(matches))
}
