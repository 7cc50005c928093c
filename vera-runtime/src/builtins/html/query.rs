//! CSS selectors over HTML in guest memory.
//!
//! The tree is rebuilt for scraper, and the nodes that match are given back: the same objects, not copies. The node
//! itself can match. A selector that is none matches nothing.

use super::{attributes, children, name, text};
use crate::builtins::check_depth;
use crate::error::Result;
use crate::heap::{Heap, List};
use crate::value::Raw;
use html5ever::{Attribute, LocalName, QualName, ns};
use scraper::node::{Element, Text};
use scraper::{Html, Node, Selector};
use vera_abi::heap::EMPTY_BUFFER;
use vera_abi::layout::Rep;
use vera_abi::prelude::html;

/// The array of matching elements, in document order. It is not rooted.
pub(crate) fn query(heap: &mut Heap<'_>, root: Raw, selector: Raw) -> Result<Raw> {
    let nothing = Raw::from_slice(EMPTY_BUFFER, 0);
    let text = heap.reader().str(selector)?.into_owned();
    let Ok(selector) = Selector::parse(&text) else { return Ok(nothing) };
    let (tree, nodes) = rebuild(heap, root)?;
    let matches: Vec<Raw> = tree
        .tree
        .nodes()
        .zip(&nodes)
        .filter(|(node, _)| scraper::ElementRef::wrap(*node).is_some_and(|element| selector.matches(&element)))
        .map(|(_, raw)| *raw)
        .collect();
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

/// scraper's tree of a guest tree, and the guest node of each of its nodes in order of creation, which is document
/// order. The first is scraper's own root, which is no element.
fn rebuild(heap: &Heap<'_>, root: Raw) -> Result<(Html, Vec<Raw>)> {
    let mut reader = heap.reader();
    let mut tree = Html::new_fragment();
    let mut nodes = vec![root];
    let mut open = vec![(tree.tree.root().id(), Raw::UNIT, 0)];
    let mut node = root;
    loop {
        reader.count_nodes(1)?;
        let mut contents = None;
        let value = match reader.tag(node)? {
            html::ELEMENT => {
                contents = Some(children(&reader, node)?);
                let name = name(&reader, node)?;
                let name = QualName::new(None, ns!(html), LocalName::from(&*reader.str(name)?));
                let mut values = Vec::new();
                for (key, value) in attributes(&mut reader, node)? {
                    let name = QualName::new(None, ns!(), LocalName::from(&*reader.str(key)?));
                    values.push(Attribute { name, value: (&*reader.str(value)?).into() });
                }
                Node::Element(Element::new(name, values))
            }
            html::TEXT => {
                // Selectors ask only whether there is text.
                let empty = text(&reader, node)?.len == 0;
                Node::Text(Text { text: if empty { "" } else { "x" }.into() })
            }
            _ => Node::Fragment,
        };
        let Some((parent, ..)) = open.last() else { return Ok((tree, nodes)) };
        let id = match tree.tree.get_mut(*parent) {
            Some(mut parent) => parent.append(value).id(),
            None => return Err(crate::Error::internal("a node of the query tree is gone")),
        };
        nodes.push(node);
        if let Some(contents) = contents {
            check_depth(heap, open.len())?;
            open.push((id, contents, 0));
        }
        node = loop {
            let Some((_, contents, next)) = open.last_mut() else { return Ok((tree, nodes)) };
            if *next < contents.len {
                *next += 1;
                break reader.element(Rep::Ptr, *contents, *next - 1)?;
            }
            open.pop();
        };
    }
}
