//! The tree that html5ever builds: nodes in one vector, linked by index.
//!
//! The contents of a template are a fragment, which is its first child. The nodes and their texts are counted as host
//! memory.

use super::bounds::{MAX_ATTRIBUTES, MAX_OPEN};
use super::watch::Watch;
use crate::builtins::html::too_complex;
use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::{Attribute, QualName, local_name, ns};
use std::borrow::Cow;
use std::cell::{Ref, RefCell};

/// A node's index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NodeId(u32);

const NONE: NodeId = NodeId(u32::MAX);

#[derive(Debug)]
pub(super) enum Data {
    Document,
    /// The contents of a template.
    Fragment,
    Element(Element),
    Text(StrTendril),
    Comment(StrTendril),
}

#[derive(Debug)]
pub(super) struct Element {
    pub(super) name: QualName,
    /// In the order of the text, each name once.
    pub(super) attributes: Vec<Attribute>,
}

#[derive(Debug)]
struct Node {
    parent: NodeId,
    previous: NodeId,
    next: NodeId,
    first: NodeId,
    last: NodeId,
    /// Its depth when it was inserted.
    depth: u32,
    data: Data,
}

/// A parsed text.
#[derive(Debug)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    /// The name of nodes that have none.
    nameless: QualName,
}

impl Tree {
    pub(super) const DOCUMENT: NodeId = NodeId(0);

    pub(super) fn data(&self, id: NodeId) -> &Data {
        &self.node(id).data
    }

    pub(super) fn first_child(&self, id: NodeId) -> Option<NodeId> {
        some(self.node(id).first)
    }

    pub(super) fn next_sibling(&self, id: NodeId) -> Option<NodeId> {
        some(self.node(id).next)
    }

    pub(super) fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        std::iter::successors(self.first_child(id), |&child| self.next_sibling(child))
    }

    fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    fn node_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.nodes[id.0 as usize]
    }

    fn detach(&mut self, id: NodeId) {
        let Node { parent, previous, next, .. } = *self.node(id);
        match some(previous) {
            Some(previous) => self.node_mut(previous).next = next,
            None if parent != NONE => self.node_mut(parent).first = next,
            None => {}
        }
        match some(next) {
            Some(next) => self.node_mut(next).previous = previous,
            None if parent != NONE => self.node_mut(parent).last = previous,
            None => {}
        }
        let node = self.node_mut(id);
        (node.parent, node.previous, node.next) = (NONE, NONE, NONE);
    }

    /// Inserts a node that has no parent before a sibling, or after all of them.
    fn insert(&mut self, parent: NodeId, before: Option<NodeId>, id: NodeId) {
        let previous = before.map_or(self.node(parent).last, |before| self.node(before).previous);
        let depth = self.node(parent).depth.saturating_add(1);
        let node = self.node_mut(id);
        (node.parent, node.previous, node.next, node.depth) = (parent, previous, before.unwrap_or(NONE), depth);
        match some(previous) {
            Some(previous) => self.node_mut(previous).next = id,
            None => self.node_mut(parent).first = id,
        }
        match before {
            Some(before) => self.node_mut(before).previous = id,
            None => self.node_mut(parent).last = id,
        }
    }
}

fn some(id: NodeId) -> Option<NodeId> {
    (id != NONE).then_some(id)
}

/// How many nodes the tree grows by after an error.
const OVERDRAFT: usize = 1024;

/// The interface through which html5ever builds a [`Tree`].
pub(super) struct Sink<'p> {
    tree: RefCell<Tree>,
    /// Maximum number of nodes of the tree.
    most: usize,
    watch: &'p Watch<'p>,
}

impl<'p> Sink<'p> {
    pub(super) fn new(watch: &'p Watch<'p>, most: usize) -> Self {
        let nameless = QualName::new(None, ns!(html), local_name!("html"));
        let most = most.min(NONE.0 as usize / 2);
        let sink = Sink { tree: RefCell::new(Tree { nodes: Vec::new(), nameless }), most, watch };
        sink.make(Data::Document);
        sink
    }

    pub(super) fn into_tree(self) -> Tree {
        self.tree.into_inner()
    }

    /// A node without a place in the tree.
    ///
    /// html5ever finishes the token at which an error is noted, and relies on the nodes that it asks for: one that stood for
    /// several would make it loop or panic. So nodes are made after an error too, without attributes. One token makes at most
    /// a node for each formatting element in effect. Only if the system has no memory at all, the document stands for a node.
    fn make(&self, mut data: Data) -> NodeId {
        self.watch.work(crate::meter::NODE);
        let nodes = &mut self.tree.borrow_mut().nodes;
        if nodes.len() >= self.most && !nodes.is_empty() {
            self.watch.note(Err(too_complex(self.most, "nodes for a text of this length")));
        }
        let counted = self.watch.note(self.watch.meter.reserve(nodes, 1));
        if !counted && nodes.len() == nodes.capacity() && nodes.try_reserve_exact(OVERDRAFT).is_err() {
            return Tree::DOCUMENT;
        }
        if let Data::Element(element) = &mut data
            && self.watch.failed()
        {
            element.attributes = Vec::new();
        }
        let id = NodeId(nodes.len() as u32);
        nodes.push(Node { parent: NONE, previous: NONE, next: NONE, first: NONE, last: NONE, depth: 0, data });
        id
    }

    /// Inserts a node or text before a sibling, or after all of them.
    fn put(&self, parent: NodeId, before: Option<NodeId>, child: NodeOrText<NodeId>) {
        match child {
            NodeOrText::AppendNode(id) if id == Tree::DOCUMENT => {}
            NodeOrText::AppendNode(id) => {
                let mut tree = self.tree.borrow_mut();
                tree.detach(id);
                tree.insert(parent, before, id);
                if tree.node(id).depth as usize > MAX_OPEN {
                    self.watch.note(Err(too_complex(MAX_OPEN, "open elements")));
                }
            }
            NodeOrText::AppendText(text) => {
                self.watch.hold(text.len());
                if self.watch.failed() {
                    return;
                }
                {
                    let mut tree = self.tree.borrow_mut();
                    let previous = before.map_or(tree.node(parent).last, |before| tree.node(before).previous);
                    if let Some(previous) = some(previous)
                        && let Data::Text(before) = &mut tree.node_mut(previous).data
                    {
                        before.push_tendril(&text);
                        return;
                    }
                }
                let id = self.make(Data::Text(text));
                if id != Tree::DOCUMENT {
                    self.tree.borrow_mut().insert(parent, before, id);
                }
            }
        }
    }

    fn count_attributes(&self, attributes: &[Attribute]) {
        for attribute in attributes {
            self.watch.name(&attribute.name.local);
            self.watch.hold(size_of::<Attribute>() + attribute.value.len());
        }
    }
}

impl TreeSink for Sink<'_> {
    type Handle = NodeId;
    type Output = ();
    type ElemName<'a>
        = Ref<'a, QualName>
    where
        Self: 'a;

    fn finish(self) {}

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> NodeId {
        Tree::DOCUMENT
    }

    fn elem_name<'a>(&'a self, target: &'a NodeId) -> Ref<'a, QualName> {
        self.watch.work(2);
        Ref::map(self.tree.borrow(), |tree| match tree.data(*target) {
            Data::Element(element) => &element.name,
            _ => &tree.nameless,
        })
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, flags: ElementFlags) -> NodeId {
        self.watch.name(&name.local);
        self.count_attributes(&attributes);
        let element = self.make(Data::Element(Element { name, attributes }));
        if flags.template && element != Tree::DOCUMENT {
            let contents = self.make(Data::Fragment);
            if contents != Tree::DOCUMENT {
                self.tree.borrow_mut().insert(element, None, contents);
            }
        }
        element
    }

    fn create_comment(&self, text: StrTendril) -> NodeId {
        self.watch.hold(text.len());
        self.make(Data::Comment(text))
    }

    /// HTML has no processing instructions: html5ever reads them as comments.
    fn create_pi(&self, _: StrTendril, data: StrTendril) -> NodeId {
        self.create_comment(data)
    }

    fn append(&self, parent: &NodeId, child: NodeOrText<NodeId>) {
        self.put(*parent, None, child);
    }

    fn append_based_on_parent_node(&self, element: &NodeId, previous: &NodeId, child: NodeOrText<NodeId>) {
        let parent = some(self.tree.borrow().node(*element).parent);
        match parent {
            Some(_) => self.append_before_sibling(element, child),
            None => self.append(previous, child),
        }
    }

    /// The tree has no node for a doctype.
    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn get_template_contents(&self, target: &NodeId) -> NodeId {
        self.tree.borrow().first_child(*target).unwrap_or(*target)
    }

    fn same_node(&self, x: &NodeId, y: &NodeId) -> bool {
        self.watch.work(1);
        x == y
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &NodeId, child: NodeOrText<NodeId>) {
        if let NodeOrText::AppendNode(id) = child {
            self.remove_from_parent(&id);
        }
        let parent = some(self.tree.borrow().node(*sibling).parent);
        if let Some(parent) = parent {
            self.put(parent, Some(*sibling), child);
        }
    }

    fn add_attrs_if_missing(&self, target: &NodeId, attributes: Vec<Attribute>) {
        let mut tree = self.tree.borrow_mut();
        let Data::Element(element) = &mut tree.node_mut(*target).data else { return };
        self.watch.work((element.attributes.len() * attributes.len()) as u64);
        for attribute in attributes {
            if element.attributes.iter().any(|known| known.name == attribute.name) {
                continue;
            }
            if element.attributes.len() == MAX_ATTRIBUTES {
                self.watch.note(Err(too_complex(MAX_ATTRIBUTES, "attributes of one element")));
                return;
            }
            self.count_attributes(std::slice::from_ref(&attribute));
            element.attributes.push(attribute);
        }
    }

    fn remove_from_parent(&self, target: &NodeId) {
        self.tree.borrow_mut().detach(*target);
    }

    fn reparent_children(&self, node: &NodeId, new_parent: &NodeId) {
        let mut tree = self.tree.borrow_mut();
        // Without memory for the new parent, both may be the document.
        if node == new_parent {
            return;
        }
        while let Some(child) = tree.first_child(*node) {
            self.watch.work(4);
            tree.detach(child);
            tree.insert(*new_parent, None, child);
        }
    }
}
