//! Answers from a recording.

#![expect(
    clippy::indexing_slicing,
    reason = "a member that a JSON value has not is null, and places are those of calls"
)]

use super::json;
use crate::error::{Error, Result};
use crate::host::result::Failure;
use crate::host::{EffectId, Imports, Secrets};
use crate::value::dynamic::DynValue;
use serde_json::Value;
use std::io;
use std::path::Path;
use std::sync::Arc;
use vera_abi::interface::{Interface, TypeId};

/// A host that answers every operation of any module from a recording.
///
/// ```no_run
/// use vera_runtime::host::Replay;
/// use vera_runtime::{Compiled, Limits};
/// let compiled = Compiled::new(std::fs::read("agent.wasm")?);
/// let replay = Replay::from_file("calls.jsonl")?;
/// let mut agent = compiled.link(replay, Limits::default())?.replay(|host| host, |_, _| Ok(()))?.instantiate()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Operations must be performed in the order of the recording, with the same arguments. Any other operation ends the
/// call with [`Error::Host`](crate::Error::Host), which says what was expected. A [`matching`](Replay::matching) replay
/// takes the first unused call with the same arguments.
#[derive(Clone, Debug, Default)]
pub struct Replay {
    /// The whole recording, which copies share.
    calls: Arc<[Recorded]>,
    /// The first call that was not made.
    next: usize,
    /// Which calls were made, as far as they were made out of order.
    made: Vec<bool>,
    matching: bool,
    secrets: Secrets,
    taken: usize,
}

/// A line of a recording.
#[derive(Clone, Debug, PartialEq)]
struct Recorded {
    effect: String,
    operation: String,
    arguments: Value,
    ended: Ended,
}

/// How a recorded call ended.
#[derive(Clone, Debug, PartialEq)]
enum Ended {
    Result(Value),
    Error(String),
    Exit(i64),
    /// It was started and never awaited.
    Left,
}

impl Recorded {
    fn parse(line: &str) -> Result<Self, String> {
        const FORM: &str =
            "`effect`, `operation`, `arguments` and one of `result`, `error`, `exit` and `left` are expected";
        let line: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let text = |name: &str| line[name].as_str().map(str::to_owned);
        let ends = [
            line.get("result").cloned().map(Ended::Result),
            text("error").map(Ended::Error),
            line["exit"].as_i64().map(Ended::Exit),
            line["left"].as_bool().and_then(|left| left.then_some(Ended::Left)),
        ];
        let mut ends = ends.into_iter().flatten();
        let parts = (text("effect"), text("operation"), line["arguments"].is_array(), ends.next(), ends.next());
        let (Some(effect), Some(operation), true, Some(ended), None) = parts else { return Err(FORM.to_owned()) };
        Ok(Recorded { effect, operation, arguments: line["arguments"].clone(), ended })
    }
}

/// An operation that is replayed.
#[derive(Debug)]
#[non_exhaustive]
pub struct ReplayedCall<'c> {
    /// The effect.
    pub effect: &'c str,
    /// Its operation.
    pub operation: &'c str,
    /// The arguments.
    pub arguments: &'c [DynValue],
}

impl Replay {
    /// Reads a recording from a file.
    ///
    /// # Errors
    /// When the file cannot be read, or is not a recording.
    pub fn from_file(path: impl AsRef<Path>) -> io::Result<Self> {
        let text = std::fs::read_to_string(path)?;
        Self::parse(&text).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    }

    /// Reads a recording from a text.
    ///
    /// # Errors
    /// The line that is not part of a recording, and why.
    pub fn parse(text: &str) -> Result<Self, String> {
        let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
        let calls =
            lines.map(|(number, line)| Recorded::parse(line).map_err(|error| format!("line {number}: {error}")));
        Ok(Replay { calls: calls.collect::<Result<_, _>>()?, ..Replay::default() })
    }

    /// Finds calls by their arguments, in any order.
    pub fn matching(mut self) -> Self {
        self.matching = true;
        self
    }

    /// Compares arguments as if this secret were `[redacted]`, as it is in the recording.
    pub fn redact(mut self, secret: impl Into<String>) -> Self {
        self.secrets.add(secret);
        self
    }

    /// Number of recorded calls that were not made.
    pub fn left(&self) -> usize {
        self.calls.len() - self.taken
    }

    /// The place of the recorded call that answers this one.
    fn take(&mut self, effect: &str, operation: &str, arguments: &[DynValue]) -> Option<usize> {
        let same = |call: &Recorded| {
            call.operation == operation && call.effect == effect && json::are(arguments, &call.arguments, &self.secrets)
        };
        let left = self.calls.get(self.next..)?;
        let place = match self.matching {
            true => {
                let made = |place: usize| self.made.get(place).copied().unwrap_or_default();
                self.next + (self.next..).zip(left).position(|(place, call)| !made(place) && same(call))?
            }
            false => left.first().is_some_and(same).then_some(self.next)?,
        };
        self.taken += 1;
        if place != self.next {
            self.made.resize(self.calls.len(), false);
            self.made[place] = true;
            return Some(place);
        }
        self.next += 1;
        while self.made.get(self.next).copied().unwrap_or_default() {
            self.next += 1;
        }
        Some(place)
    }

    /// Why the recording has no answer to a call.
    #[cold]
    fn unexpected(&self, effect: &str, operation: &str, arguments: &[DynValue]) -> String {
        let arguments: Result<Value, String> = arguments.iter().map(|one| json::write(one, &self.secrets)).collect();
        let made = match arguments {
            Ok(arguments) => shown(effect, operation, &arguments),
            Err(error) => return error,
        };
        match self.calls.get(self.next) {
            Some(_) if self.matching => format!("the recording has no such call as {made}"),
            Some(call) => {
                let expected = shown(&call.effect, &call.operation, &call.arguments);
                format!("call {} of the recording is {expected}, the module makes {made}", self.taken + 1)
            }
            None => format!("the recording ends after {} calls, the module makes {made}", self.taken),
        }
    }

    /// What answers a call. That it is not the one of the recording is said at once; what the recording says of the one that
    /// is, when its result is asked for.
    fn answer(&mut self, interface: &Interface, call: &ReplayedCall<'_>, result: TypeId) -> Result<Answer, Failure> {
        let ReplayedCall { effect, operation, arguments } = call;
        let Some(place) = self.take(effect, operation, arguments) else {
            return Err(Failure::Host(self.unexpected(effect, operation, arguments).into()));
        };
        let failed = |message: String| Failure::Host(message.into());
        Ok(match &self.calls[place].ended {
            Ended::Result(value) => {
                let read = json::read(interface, result, value);
                read.map_err(|error| failed(format!("in the recording of {effect}.{operation}: {error}")))
            }
            Ended::Error(error) => Err(failed(error.clone())),
            Ended::Exit(code) => Err(Failure::Error(Error::Exit(*code))),
            Ended::Left => Err(failed(format!("{effect}.{operation} was not awaited when it was recorded"))),
        })
    }
}

/// What a recording says of a call.
type Answer = Result<DynValue, Failure>;

/// A call as text for a message, shortened when it is long.
fn shown(effect: &str, operation: &str, arguments: &Value) -> String {
    const MOST: usize = 200;
    let text = arguments.to_string();
    let short: String = text.chars().take(MOST).collect();
    let dots = if short.len() < text.len() { "…" } else { "" };
    format!("{effect}.{operation} {short}{dots}")
}

impl<H: Send + 'static> Imports<H> {
    /// Implements every operation that has no implementation yet by a recording, which is a part of the host. `seen` is
    /// called with each operation first; an error of it ends the call.
    ///
    /// # Errors
    /// [`Error::Load`] when the module cannot be linked.
    pub fn replay(
        mut self,
        part: fn(&mut H) -> &mut Replay,
        seen: fn(&mut H, &ReplayedCall<'_>) -> io::Result<()>,
    ) -> Result<Self> {
        for (effect, operation, result) in self.missing() {
            self = self.dynamic_operation(
                EffectId(effect),
                &operation,
                move |host, interface, effect, operation, arguments| {
                    let call = ReplayedCall { effect, operation, arguments };
                    seen(host, &call).map_err(|error| Failure::Host(error.into()))?;
                    part(host).answer(interface, &call, result)
                },
            )?;
        }
        Ok(self)
    }
}
