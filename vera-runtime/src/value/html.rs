//! `HtmlNode`, the type of the `html_*` built-ins.

use crate::value::Boxed;
use indexmap::IndexMap;
use vera_abi::prelude::PreludeType;

/// A node of an HTML tree.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum HtmlNode {
    /// An element: name, attributes in document order, children.
    Element(String, IndexMap<String, String>, Boxed<Vec<HtmlNode>>),
    /// Text, with entities decoded.
    Text(String),
    /// The text of a comment.
    Comment(String),
}

const HTML_NODE: &str = PreludeType::HtmlNode.name();

crate::data! {
    enum HtmlNode = HTML_NODE {
        0 Element(name: String, attributes: IndexMap<String, String>, children: Boxed<Vec<HtmlNode>>),
        1 Text(text: String),
        2 Comment(text: String),
    }
}
