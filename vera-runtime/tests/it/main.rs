//! Drives the runtime with small hand-made modules on top of the real allocator and collector.

mod calls;
mod corrupt;
#[cfg(feature = "files")]
mod directory;
mod dynamic;
mod effects;
mod guest;
mod html;
mod json;
mod limits;
mod markdown;
mod ready;
mod scopes;
mod sequences;
mod values;
mod walkers;
