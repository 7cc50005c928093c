//! Source texts, positions in them, and where they come from.
//!
//! A [`Span`] is a byte range in one file of a [`SourceMap`]; lines and columns are computed only when a
//! diagnostic is rendered or a trap site is recorded.

mod loader;
mod map;

pub use loader::{Importer, LoadError, MemoryLoader, SourceLoader};
pub use map::{FileId, LineColumn, SourceFile, SourceMap, Span};
