//! Writes a recording.

use super::json;
use crate::host::Secrets;
use crate::value::dynamic::DynValue;
use serde_json::{Map, Value, json as value};
use std::collections::VecDeque;
use std::fmt;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Writes the answers of a host as JSON lines.
///
/// ```no_run
/// use vera_runtime::host::Recorder;
/// # fn example(instance: &mut vera_runtime::Instance<()>) -> std::io::Result<()> {
/// instance.record(Recorder::create("calls.jsonl")?.redact("sk-0815"));
/// # Ok(())
/// # }
/// ```
pub struct Recorder {
    out: Box<dyn Write + Send>,
    secrets: Secrets,
    /// Lines that wait for an operation that was started before them.
    waiting: VecDeque<Line>,
    /// Bytes of their texts.
    held: usize,
}

/// Bytes of lines that may wait.
const MOST_WAITING: usize = 64 << 20;

/// A line that is not written yet.
enum Line {
    /// Its text.
    Text(String),
    /// The line of an operation that goes on, by its number.
    Started(u64),
}

impl Recorder {
    /// A recorder that writes to `out`, one line at a time.
    pub fn new(out: impl Write + Send + 'static) -> Self {
        Recorder { out: Box::new(out), secrets: Secrets::default(), waiting: VecDeque::new(), held: 0 }
    }

    /// A recorder that writes to a new file.
    ///
    /// # Errors
    /// When the file cannot be created.
    pub fn create(path: impl AsRef<Path>) -> io::Result<Self> {
        File::create(path).map(|file| Self::new(BufWriter::new(file)))
    }

    /// Writes `[redacted]` wherever a text contains this secret: in arguments, results and errors.
    pub fn redact(mut self, secret: impl Into<String>) -> Self {
        self.secrets.add(secret);
        self
    }

    /// Keeps the place of an operation that was started: lines are in the order in which operations begin.
    pub(crate) fn reserve(&mut self, number: u64) {
        self.waiting.push_back(Line::Started(number));
    }

    /// Writes a line in the place of a started operation, or behind all others.
    fn write(&mut self, number: Option<u64>, text: String) -> io::Result<()> {
        let place = number.and_then(|number| {
            self.waiting.iter_mut().find(|line| matches!(line, Line::Started(other) if *other == number))
        });
        self.held += text.len();
        match place {
            Some(line) => *line = Line::Text(text),
            None => self.waiting.push_back(Line::Text(text)),
        }
        while let Some(Line::Text(text)) = self.waiting.pop_front_if(|line| matches!(line, Line::Text(_))) {
            self.held -= text.len();
            self.out.write_all(text.as_bytes())?;
        }
        if self.held > MOST_WAITING {
            return Err(io::Error::other("too much happens while an operation that was started goes on"));
        }
        // Whole lines reach the file, whatever happens next.
        self.out.flush()
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").field("secrets", &self.secrets.count()).finish_non_exhaustive()
    }
}

/// How an operation ended.
pub(crate) enum Ended {
    Result(DynValue),
    Error(String),
    Exit(i64),
    /// It was started and never awaited.
    Left,
}

/// Writes a line; `number` is that of an operation that was started.
///
/// # Errors
/// The reason why it is not written.
pub(crate) fn record(
    recorder: &mut Recorder,
    number: Option<u64>,
    effect: &str,
    operation: &str,
    arguments: &[DynValue],
    ended: &Ended,
) -> Result<(), String> {
    let secrets = &recorder.secrets;
    let arguments: Result<Value, String> = arguments.iter().map(|one| json::write(one, secrets)).collect();
    let mut line = Map::new();
    line.insert("effect".to_owned(), value!(effect));
    line.insert("operation".to_owned(), value!(operation));
    line.insert("arguments".to_owned(), arguments?);
    match ended {
        Ended::Result(result) => line.insert("result".to_owned(), json::write(result, secrets)?),
        Ended::Error(message) => line.insert("error".to_owned(), value!(secrets.redacted_str(message))),
        Ended::Exit(code) => line.insert("exit".to_owned(), value!(code)),
        Ended::Left => line.insert("left".to_owned(), value!(true)),
    };
    let mut text = Value::Object(line).to_string();
    text.push('\n');
    recorder.write(number, text).map_err(|error| error.to_string())
}
