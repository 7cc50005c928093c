//! The effect `IO`, in four capabilities: [`Console`], [`Clock`], [`Files`], [`Environment`].
//!
//! A host grants a capability by implementing its trait; the methods have the obvious default, so that granting is
//! one line: `impl Files for MyHost {}`. A module's wrapper asks for the traits of the operations the module uses.
//!
//! Hosts that are ready do one thing each: [`StdConsole`], [`SystemClock`], [`AllFiles`], [`Variables`] are the real ones,
//! [`CapturedIo`], [`FixedClock`], [`SteppingClock`], [`MemoryFiles`] those for tests.
#![cfg_attr(feature = "files", doc = "[`Directory`] has the files below a directory.")]
//! [`StdIo`] is all the real ones in one value.

mod clock;
mod console;
#[cfg(feature = "files")]
mod directory;
mod environment;
mod files;

pub use clock::{Clock, FixedClock, SteppingClock, SystemClock};
pub use console::{CapturedIo, Console, StdConsole};
#[cfg(feature = "files")]
pub use directory::{Directories, Directory};
pub use environment::{Environment, Variables};
pub use files::{AllFiles, Files, MemoryFiles};

const IO: &str = "IO";

/// A host with everything `IO` has, as this process has it.
#[derive(Clone, Debug, Default)]
pub struct StdIo {
    /// What `IO.args` gives.
    pub args: Vec<String>,
}

impl Console for StdIo {}
impl Clock for StdIo {}
impl Files for StdIo {}

impl Environment for StdIo {
    fn args(&mut self) -> Vec<String> {
        self.args.clone()
    }
}
