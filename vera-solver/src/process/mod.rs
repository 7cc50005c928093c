//! A `z3` process, asked in SMT-LIB over pipes.
//!
//! One process answers many queries, each between `push` and `pop` (eight times as fast on the corpus as with `reset`,
//! with the same verdicts, but not always the same models: `forget` resets it). Its output is read strictly: one line with the verdict, then the line that it was asked to
//! repeat. After an error z3 continues with the rest, so a query with an error in it has no verdict. A process that is
//! late, dies or prints anything else is killed, and the next query starts another one.

mod find;
mod model;

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use vera_compiler::verify::Query;

use crate::embedded;
use crate::engine::{Engine, Verdict, Why};
use crate::pipe::{Broken, Pipe};
use crate::script::{self, Refused};
pub use find::Z3_VARIABLE;

/// How much later than requested an answer may come: the process has its own limit, and applies it with a delay.
const GRACE: Duration = Duration::from_millis(200);
/// How long a process may take to start.
const START: Duration = Duration::from_secs(5);
/// How many processes in a row may fail. `VERA_Z3` may name another program.
const MAX_FAILURES: u32 = 3;
/// Maximum number of lines in the values of a model.
const MAX_MODEL: usize = 10_000;

/// A `z3` process.
pub struct Process {
    program: PathBuf,
    /// Bytes of memory that it may take.
    memory: u64,
    pipe: Option<Pipe>,
    /// What the program says it is; asked once.
    version: Option<String>,
    /// Processes that failed since the last answer.
    failures: u32,
    /// Number of the last request, which is in the line that ends an answer.
    request: u64,
    /// Whether the process still knows queries that are to be forgotten.
    stale: bool,
}

impl Process {
    /// A process of the program that [`Z3_VARIABLE`] names, or of the `z3` in `PATH`. It starts with the first query.
    ///
    /// # Errors
    /// [`Why::Missing`]: there is no such file.
    pub fn find(memory: u64) -> Result<Self, Why> {
        find::z3().map(|program| Process::new(program, memory)).map_err(Why::Missing)
    }

    /// A process of a program, which may use this number of bytes of memory. It starts with the first query.
    pub fn new(program: PathBuf, memory: u64) -> Self {
        Process { program, memory, pipe: None, version: None, failures: 0, request: 0, stale: false }
    }

    fn pipe(&mut self) -> Result<&Pipe, Why> {
        if self.failures >= MAX_FAILURES {
            return Err(Why::Failed(format!("`{}` failed {} times in a row", self.program.display(), self.failures)));
        }
        if self.pipe.is_none() {
            let mut command = Command::new(&self.program);
            command.args(["-in", "-smt2"]).arg(format!("-memory:{}", (self.memory >> 20).max(1)));
            match Pipe::start(&mut command, self.memory.saturating_mul(2)) {
                Ok(pipe) => self.pipe = Some(pipe),
                Err(error) => return Err(self.fail(&format!("`{}`: {error}", self.program.display()))),
            }
        }
        self.pipe.as_ref().ok_or(Why::Memory)
    }

    /// Sends commands and returns the lines of the output.
    fn ask(&mut self, commands: &str, deadline: Instant, most: usize) -> Result<Vec<String>, Why> {
        self.request += 1;
        let mark = format!("vera-{}", self.request);
        let pipe = self.pipe()?;
        pipe.send(format!("{commands}\n(echo \"{mark}\")\n"));
        let mut lines = Vec::new();
        loop {
            match pipe.line(deadline) {
                Ok(line) if line == mark => break,
                Ok(line) if lines.len() < most => lines.push(line),
                Ok(line) => return Err(self.fail(&format!("z3 said `{line}`"))),
                Err(Broken::Late) => {
                    self.pipe = None;
                    return Err(Why::Time(Duration::ZERO));
                }
                Err(Broken::Memory) => {
                    self.pipe = None;
                    return Err(Why::Memory);
                }
                Err(Broken::Ended) if lines.iter().any(|line| line.contains("out of memory")) => {
                    self.pipe = None;
                    return Err(Why::Memory);
                }
                Err(Broken::Ended) => return Err(self.fail("the process ended")),
            }
        }
        self.failures = 0;
        Ok(lines)
    }

    fn fail(&mut self, what: &str) -> Why {
        self.pipe = None;
        self.failures += 1;
        Why::Failed(what.to_owned())
    }

    fn verdict(&mut self, query: &Query, limit: Duration) -> Result<Verdict, Why> {
        let outline = script::outline(&query.script)?;
        // z3 takes more than the language of queries: `true` for 1, one operand for two.
        embedded::check(query)?;
        if let Some(name) = query.wanted.iter().find(|name| !outline.constants.contains(name.as_str())) {
            return Err(Why::Unsupported(format!("`{name}` is not a constant")));
        }
        if self.pipe.is_none() {
            self.ask("(set-option :print-success false)", Instant::now() + START, 0)?;
        } else if self.stale {
            self.ask("(reset)\n(set-option :print-success false)", Instant::now() + START, 0)?;
        }
        self.stale = false;
        let deadline = Instant::now() + limit.min(Duration::from_secs(3600)) + GRACE;
        let milliseconds = limit.as_millis().clamp(1, 3_600_000);
        let commands = format!("(push 1)\n(set-option :timeout {milliseconds})\n{}\n(check-sat)", query.script);
        let lines = self.ask(&commands, deadline, 100)?;
        let verdict = match lines.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["unsat"] => Verdict::Unsat,
            ["sat"] if query.wanted.is_empty() => Verdict::Sat(Vec::new()),
            ["sat"] => {
                let lines = self.ask(&format!("(get-value ({}))", query.wanted.join(" ")), deadline, MAX_MODEL)?;
                match model::values(&lines.join("\n"), &query.wanted) {
                    Some(values) => Verdict::Sat(values),
                    None => return Err(self.fail(&format!("z3 gave the values {}", lines.join(" ")))),
                }
            }
            ["unknown"] => Verdict::Unknown(self.reason(deadline, limit)?),
            _ => {
                // What it read of the query may be unlike what was sent.
                self.pipe = None;
                let error = lines.iter().find(|line| line.starts_with("(error")).or(lines.first());
                return Err(Why::Unsupported(error.map_or("nothing was said", String::as_str).to_owned()));
            }
        };
        if self.pipe.is_some() {
            self.ask("(pop 1)", deadline, 0)?;
        }
        Ok(verdict)
    }

    fn reason(&mut self, deadline: Instant, limit: Duration) -> Result<Why, Why> {
        let lines = self.ask("(get-info :reason-unknown)", deadline, 10)?.join(" ");
        Ok(if lines.contains("timeout") || lines.contains("canceled") || lines.contains("resource") {
            Why::Time(limit)
        } else if lines.contains("memory") {
            // The process is at its limit.
            self.pipe = None;
            Why::Memory
        } else {
            Why::Incomplete(lines)
        })
    }
}

impl From<Refused> for Why {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::TooLarge(what) => Why::TooLarge(what),
            Refused::Malformed(what) => Why::Unsupported(what),
        }
    }
}

impl Engine for Process {
    fn name(&self) -> &str {
        "z3"
    }

    fn identity(&mut self) -> Result<String, Why> {
        if let Some(version) = &self.version {
            return Ok(version.clone());
        }
        let lines = self.ask("(get-info :version)", Instant::now() + START, 1)?;
        let version = lines.first().and_then(|line| line.strip_prefix("(:version \"")?.strip_suffix("\")"));
        let Some(version) = version.map(|version| format!("z3 {version}")) else {
            return Err(self.fail("it says no version"));
        };
        self.version = Some(version.clone());
        Ok(version)
    }

    fn another(&self) -> Option<Box<dyn Engine>> {
        let version = self.version.clone();
        Some(Box::new(Process { version, ..Process::new(self.program.clone(), self.memory) }))
    }

    /// What z3 learned from a query can change the model of the next one.
    fn forget(&mut self) {
        self.stale = true;
    }

    fn decide(&mut self, query: &Query, limit: Duration) -> Verdict {
        match self.verdict(query, limit) {
            Ok(verdict) => verdict,
            Err(Why::Time(_)) => Verdict::Unknown(Why::Time(limit)),
            Err(why) => Verdict::Unknown(why),
        }
    }
}
