//! The effect `IO`, in four capabilities: [`Console`], [`Clock`], [`Files`], [`Environment`].
//!
//! A host grants a capability by implementing its trait. The methods have the obvious default, so granting is one line:
//! `impl Files for MyHost {}`. A module's wrapper requires the traits of the operations that the module uses.
//!
//! Each host here does one thing: [`StdConsole`], [`SystemClock`], [`AllFiles`] and [`Variables`] are the real ones;
//! [`CapturedIo`], [`FixedClock`], [`SteppingClock`] and [`MemoryFiles`] are for tests.
#![cfg_attr(feature = "files", doc = "[`Directory`] has the files below a directory.")]
//! [`StdIo`] combines all the real ones.

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

/// A host with everything of `IO`, as this process has it.
#[derive(Clone, Debug, Default)]
pub struct StdIo {
    /// The result of `IO.args`.
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
