//! `MdBlock` and `MdInline`, the types of the `md_*` built-ins.

use crate::value::Boxed;
use vera_abi::prelude::PreludeType;

/// A block of a Markdown document.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum MdBlock {
    /// A paragraph.
    Paragraph(Vec<MdInline>),
    /// A heading: level from 1, text.
    Heading(u64, Vec<MdInline>),
    /// A code block: language (empty without one), text.
    CodeBlock(String, String),
    /// A quotation.
    BlockQuote(Boxed<Vec<MdBlock>>),
    /// A list: whether it is numbered, and the blocks of each item.
    List(bool, Boxed<Vec<Vec<MdBlock>>>),
    /// A thematic break, drawn as a line.
    ThematicBreak,
    /// A table: rows of cells, the header first.
    Table(Vec<Vec<Vec<MdInline>>>),
    /// A whole document.
    Document(Boxed<Vec<MdBlock>>),
}

const MD_BLOCK: &str = PreludeType::MdBlock.name();

crate::data! {
    enum MdBlock = MD_BLOCK {
        0 Paragraph(text: Vec<MdInline>),
        1 Heading(level: u64, text: Vec<MdInline>),
        2 CodeBlock(language: String, text: String),
        3 BlockQuote(blocks: Boxed<Vec<MdBlock>>),
        4 List(ordered: bool, items: Boxed<Vec<Vec<MdBlock>>>),
        5 ThematicBreak(),
        6 Table(rows: Vec<Vec<Vec<MdInline>>>),
        7 Document(blocks: Boxed<Vec<MdBlock>>),
    }
}

/// Text within a block.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum MdInline {
    /// Plain text.
    Text(String),
    /// Code.
    Code(String),
    /// Emphasis.
    Emph(Boxed<Vec<MdInline>>),
    /// Strong emphasis.
    Strong(Boxed<Vec<MdInline>>),
    /// A link: text, address.
    Link(Boxed<Vec<MdInline>>, String),
    /// An image: alternative text, address.
    Image(String, String),
}

const MD_INLINE: &str = PreludeType::MdInline.name();

crate::data! {
    enum MdInline = MD_INLINE {
        0 Text(text: String),
        1 Code(text: String),
        2 Emph(children: Boxed<Vec<MdInline>>),
        3 Strong(children: Boxed<Vec<MdInline>>),
        4 Link(text: Boxed<Vec<MdInline>>, address: String),
        5 Image(text: String, address: String),
    }
}
