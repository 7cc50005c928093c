//! Where an operation on a fiber asks, and whoever polls the call answers.

use super::result::Lowering;
use crate::engine::lock;
use crate::host::Failure;
use std::any::Any;
use std::fmt;
use std::pin::Pin;
use std::sync::Mutex;

/// The implementor of effects.
pub(super) type Host = Box<dyn Any + Send>;

/// What an operation came to; a panic is the outer error.
pub(super) type Outcome = std::thread::Result<Result<Lowering, Failure>>;

/// The future of an operation, of any host.
pub(super) type Operation<'h> = Pin<Box<dyn Future<Output = Result<Lowering, Failure>> + Send + 'h>>;

/// What makes the future of an operation, once there is a host.
pub(super) type Start = Box<dyn for<'h> FnOnce(&'h mut Host) -> Operation<'h> + Send>;

/// An operation to be carried out.
pub(super) struct Question {
    pub(super) host: Host,
    pub(super) start: Start,
}

/// The host comes back with what the operation came to; without it when the call was dropped.
pub(super) struct Answer {
    pub(super) host: Host,
    pub(super) outcome: Option<Outcome>,
}

/// Holds at most one question or answer: a guest does one thing at a time.
#[derive(Default)]
pub(crate) struct Exchange(Mutex<Slot>);

#[derive(Default)]
enum Slot {
    #[default]
    Empty,
    Asked(Question),
    Answered(Answer),
}

impl Exchange {
    pub(super) fn ask(&self, question: Question) {
        *lock(&self.0) = Slot::Asked(question);
    }

    pub(super) fn answer(&self, answer: Answer) {
        *lock(&self.0) = Slot::Answered(answer);
    }

    /// The question, for whoever answers it.
    pub(super) fn question(&self) -> Option<Question> {
        let mut slot = lock(&self.0);
        match std::mem::take(&mut *slot) {
            Slot::Asked(question) => Some(question),
            other => {
                *slot = other;
                None
            }
        }
    }

    /// The answer, for the fiber.
    pub(super) fn answered(&self) -> Option<(Host, Outcome)> {
        let mut slot = lock(&self.0);
        match std::mem::take(&mut *slot) {
            Slot::Answered(Answer { host, outcome: Some(outcome) }) => Some((host, outcome)),
            other => {
                *slot = other;
                None
            }
        }
    }

    /// The host, when the operation is given up.
    pub(super) fn recall(&self) -> Option<Host> {
        let slot = std::mem::take(&mut *lock(&self.0));
        match slot {
            Slot::Empty => None,
            Slot::Asked(Question { host, .. }) | Slot::Answered(Answer { host, .. }) => Some(host),
        }
    }

    pub(super) fn is_asked(&self) -> bool {
        matches!(*lock(&self.0), Slot::Asked(_))
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange").finish_non_exhaustive()
    }
}
