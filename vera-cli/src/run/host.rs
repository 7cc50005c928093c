//! What the command line grants a program: the console, the clock, files, the environment and chance.

use super::terminal::Terminal;
use vera_runtime::host::Imports;
use vera_runtime::host::io::{StdIo, SystemClock};
use vera_runtime::host::random::SplitMix;
use vera_runtime::{Compiled, Instance, Limits, Result};

/// The host of one run.
pub(super) struct Host {
    /// Where the program prints.
    pub(super) console: Terminal,
    clock: SystemClock,
    process: StdIo,
    random: SplitMix,
}

impl Host {
    /// A host that keeps standard output or passes it on; `arguments` is what `IO.args` gives.
    pub(super) fn new(keep: bool, arguments: Vec<String>) -> Self {
        Self {
            console: Terminal::new(keep),
            clock: SystemClock,
            process: StdIo { args: arguments },
            random: SplitMix::default(),
        }
    }

    /// An instance of a program that has this host.
    ///
    /// # Errors
    /// When the program cannot be loaded, or performs what is not granted.
    pub(super) fn start(self, compiled: &Compiled, limits: Limits) -> Result<Instance<Self>> {
        let imports: Imports<Self> = compiled.link(self, limits)?;
        imports
            .console(|host| &mut host.console)?
            .clock(|host| &mut host.clock)?
            .files(|host| &mut host.process)?
            .environment(|host| &mut host.process)?
            .random(|host| &mut host.random)?
            .instantiate()
    }
}
