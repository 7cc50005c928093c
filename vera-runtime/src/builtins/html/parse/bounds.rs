//! Bounds of what makes html5ever take more than linear time or memory, beside the limits of the instance.

/// Maximum number of elements that are open at once, with the formatting elements that are still in effect.
pub(super) const MAX_OPEN: usize = 12_288;
/// Maximum number of attributes of an element.
pub(super) const MAX_ATTRIBUTES: usize = 4096;
/// Maximum number of names longer than [`SHORT_NAME`] among the elements and attributes of a document. html5ever keeps
/// them in a table, whose hash is public.
pub(super) const MAX_LONG_NAMES: usize = 1 << 16;
/// Names up to this length are in no table.
pub(super) const SHORT_NAME: usize = 7;
/// Maximum number of nodes per byte of a text. Formatting elements that are not closed are repeated in every block
/// after them.
pub(super) const NODES_OF_BYTE: usize = 16;
/// Maximum number of nodes of any text.
pub(super) const NODES_OF_ANY: usize = 4096;
/// Bytes that are parsed between two checks of the open elements.
pub(super) const CHUNK: usize = 4096;
