//! Recording what a host answers, and giving the same answers again.
//!
//! A recording is JSON lines, one for each operation that the host carried out, in their order: the effect, the operation, the
//! arguments, and the result, the error or the exit status. [`Recorder`] writes one while an instance works
//! ([`Instance::record`](crate::Instance::record)); [`Replay`] is the host of any module and answers from one.
//!
//! Values are written by their types (`json.rs`), so that they are read back exactly, except texts that are secret.

mod json;
mod recorder;
mod replay;

pub use recorder::Recorder;
pub(crate) use recorder::{Ended, record};
pub use replay::{Replay, ReplayedCall};

/// What is written in place of a secret.
const REDACTED: &str = "[redacted]";

/// The text without what is secret in it.
fn redacted(text: &str, secrets: &[String]) -> String {
    secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret, REDACTED))
}
