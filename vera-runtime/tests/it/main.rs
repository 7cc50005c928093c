//! Drives the runtime with small hand-made modules on top of the real allocator and collector.

#[cfg(feature = "async")]
mod awaited;
mod buffer;
mod calls;
mod corrupt;
#[cfg(feature = "sqlite")]
mod database;
#[cfg(feature = "files")]
mod directory;
mod dynamic;
mod effects;
mod guest;
mod html;
#[cfg(feature = "http")]
mod http;
#[cfg(feature = "inference")]
mod inference;
mod json;
mod limits;
mod markdown;
#[cfg(feature = "pooling")]
mod pool;
mod ready;
mod record;
mod scopes;
mod sequences;
#[cfg(feature = "serve")]
mod serve;
#[cfg(feature = "http")]
mod server;
#[cfg(feature = "tracing")]
mod spans;
mod started;
mod trials;
mod values;
mod walkers;
