//! The sandbox of a program: a console, files and a clock in memory, random numbers that are the same in every run, no
//! environment, and effects on the outside world that always give an error. Nothing on the machine is touched.

use vera_runtime::host::Refused;
use vera_runtime::host::io::{CapturedIo, MemoryFiles, Variables};
use vera_runtime::host::random::SplitMix;
use vera_runtime::{Compiled, Instance, Limits, Result};

/// The host of one run.
#[derive(Debug)]
pub(crate) struct Sandbox {
    /// What was printed, what is left to read, and the time.
    pub(crate) console: CapturedIo,
    files: MemoryFiles,
    environment: Variables,
    random: SplitMix,
    outside: Refused,
}

impl Sandbox {
    /// A sandbox in which standard input holds a text and there are no files.
    fn new(input: &str) -> Self {
        Sandbox {
            console: CapturedIo::with_input(input),
            files: MemoryFiles::default(),
            environment: Variables::new(),
            random: SplitMix::seeded(0),
            outside: Refused::new("there is no outside world in a conformance run"),
        }
    }
}

/// An instance of a program in a sandbox.
///
/// # Errors
/// When the program cannot be loaded.
pub(crate) fn start(compiled: &Compiled, input: &str, limits: Limits) -> Result<Instance<Sandbox>> {
    compiled
        .link(Sandbox::new(input), limits)?
        .console(|host| &mut host.console)?
        .clock(|host| &mut host.console)?
        .files(|host| &mut host.files)?
        .environment(|host| &mut host.environment)?
        .random(|host| &mut host.random)?
        .http(|host| &mut host.outside)?
        .inference(|host| &mut host.outside)?
        .database(|host| &mut host.outside)?
        .instantiate()
}
