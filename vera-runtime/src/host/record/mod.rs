//! Records the answers of a host, and replays them.
//!
//! A recording is JSON lines, one for each operation of the host, in the order in which they begin: the effect, the
//! operation, the arguments, and the result, the error or the exit status. An operation that was started and never awaited
//! is `left`. [`Recorder`] writes one while an instance runs
//! ([`Instance::record`](crate::Instance::record)). [`Replay`] is a host for any module that answers from a recording.
//!
//! Values are written by their types (`json.rs`), so they are restored exactly, except texts with secrets.

mod json;
mod recorder;
mod replay;

pub use recorder::Recorder;
pub(crate) use recorder::{Ended, record};
pub use replay::{Replay, ReplayedCall};
