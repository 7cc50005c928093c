//! What programs get from outside: a console, files and a clock in memory, random numbers that are the same in every
//! run, no environment, and effects on the outside world that always give an error. Nothing on the machine is
//! touched.

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;
use vera_runtime::host::io::{CapturedIo, Console, Environment, Files};
use vera_runtime::host::random::{Random, SplitMix};
use vera_runtime::host::{
    database::{Database, Rows},
    http::Http,
    inference::Inference,
};

/// The host of one run.
#[derive(Debug)]
pub(crate) struct Sandbox {
    /// What was printed, what is left to read, and the time.
    pub(crate) console: CapturedIo,
    files: BTreeMap<String, Vec<u8>>,
    random: SplitMix,
}

impl Sandbox {
    /// A sandbox in which standard input holds a text and there are no files.
    pub(crate) fn new(input: &str) -> Self {
        let console = CapturedIo { input: input.bytes().collect(), ..CapturedIo::default() };
        Sandbox { console, files: BTreeMap::new(), random: SplitMix::seeded(0) }
    }
}

impl Console for Sandbox {
    fn print(&mut self, text: &str) -> io::Result<()> {
        self.console.print(text)
    }

    fn print_error(&mut self, text: &str) -> io::Result<()> {
        self.console.print_error(text)
    }

    fn read_line(&mut self) -> io::Result<String> {
        self.console.read_line()
    }

    fn read_char(&mut self) -> io::Result<Option<char>> {
        self.console.read_char()
    }

    fn sleep(&mut self, time: Duration) {
        self.console.sleep(time);
    }

    fn time(&mut self) -> u64 {
        self.console.time()
    }
}

impl Files for Sandbox {
    fn read(&mut self, path: &str) -> io::Result<Vec<u8>> {
        self.files.get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn write(&mut self, path: &str, contents: &[u8]) -> io::Result<()> {
        self.files.insert(path.to_owned(), contents.to_owned());
        Ok(())
    }
}

impl Environment for Sandbox {
    fn get_env(&mut self, _: &str) -> Option<String> {
        None
    }
}

impl Random for Sandbox {
    fn bits(&mut self) -> u64 {
        self.random.bits()
    }
}

const OUTSIDE: &str = "there is no outside world in a conformance run";

impl Http for Sandbox {
    fn get(&mut self, _: &str) -> Result<String, String> {
        Err(OUTSIDE.into())
    }

    fn post(&mut self, _: &str, _: &str) -> Result<String, String> {
        Err(OUTSIDE.into())
    }
}

impl Inference for Sandbox {
    fn complete(&mut self, _: &str) -> Result<String, String> {
        Err(OUTSIDE.into())
    }
}

impl Database for Sandbox {
    fn query(&mut self, _: &str, _: &[Option<String>]) -> Result<Rows, String> {
        Err(OUTSIDE.into())
    }

    fn execute(&mut self, _: &str, _: &[Option<String>]) -> Result<i64, String> {
        Err(OUTSIDE.into())
    }
}
