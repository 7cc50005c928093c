//! Requests of programs that hosts refuse: how the embedder learns of them, and a host that refuses everything.

use super::database::{Database, Rows};
use super::http::Http;
use super::inference::Inference;
use super::io::Files;
use std::fmt;
use std::io;
use std::sync::Arc;

/// A request of a program that its host does not allow.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Refusal {
    /// The capability, such as `Files`.
    pub capability: &'static str,
    /// The subject of the request: a path, or the name of a variable or of a machine. The program chose it.
    pub what: String,
}

/// The hook that a host calls when it refuses something.
#[derive(Clone, Default)]
pub(crate) struct OnRefusal(Option<Arc<Hook>>);

type Hook = dyn Fn(&Refusal) + Send + Sync;

impl OnRefusal {
    pub(crate) fn new(hook: impl Fn(&Refusal) + Send + Sync + 'static) -> Self {
        OnRefusal(Some(Arc::new(hook)))
    }

    pub(crate) fn refused(&self, capability: &'static str, what: &str) {
        if let Some(hook) = &self.0 {
            hook(&Refusal { capability, what: what.to_owned() });
        }
    }
}

impl fmt::Debug for OnRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "a function" } else { "nothing" })
    }
}

/// A host that refuses every operation that may fail: the program gets the message as `Err`.
#[derive(Clone, Debug)]
pub struct Refused {
    message: String,
    on_refusal: OnRefusal,
}

impl Refused {
    /// A host that gives every operation this error.
    pub fn new(message: impl Into<String>) -> Self {
        Refused { message: message.into(), on_refusal: OnRefusal::default() }
    }

    /// Calls `hook` whenever the program performs an operation.
    pub fn on_refusal(mut self, hook: impl Fn(&Refusal) + Send + Sync + 'static) -> Self {
        self.on_refusal = OnRefusal::new(hook);
        self
    }

    fn refuse<T>(&self, capability: &'static str, what: &str) -> Result<T, String> {
        self.on_refusal.refused(capability, what);
        Err(self.message.clone())
    }
}

impl Files for Refused {
    fn read(&mut self, path: &str) -> io::Result<Vec<u8>> {
        self.refuse("Files", path).map_err(io::Error::other)
    }

    fn write(&mut self, path: &str, _contents: &[u8]) -> io::Result<()> {
        self.refuse("Files", path).map_err(io::Error::other)
    }
}

impl Http for Refused {
    fn get(&mut self, url: &str) -> Result<String, String> {
        self.refuse("Http", url)
    }

    fn post(&mut self, url: &str, _body: &str) -> Result<String, String> {
        self.refuse("Http", url)
    }
}

impl Inference for Refused {
    fn complete(&mut self, _prompt: &str) -> Result<String, String> {
        self.refuse("Inference", "")
    }
}

impl Database for Refused {
    fn query(&mut self, _sql: &str, _parameters: &[Option<String>]) -> Result<Rows, String> {
        self.refuse("Database", "")
    }

    fn execute(&mut self, _sql: &str, _parameters: &[Option<String>]) -> Result<i64, String> {
        self.refuse("Database", "")
    }
}
