//! Running the binary in a folder of its own.

use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A folder with programs in it, gone at the end.
pub(crate) struct Sandbox {
    folder: tempfile::TempDir,
}

/// What came of a command.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Sandbox {
    /// A folder with these files.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let sandbox = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        for (file, text) in files {
            sandbox.write(file, text.as_bytes());
        }
        sandbox
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    pub(crate) fn write(&self, file: &str, contents: &[u8]) {
        let path = self.path(file);
        std::fs::create_dir_all(path.parent().expect("inside of the folder")).expect("a folder");
        std::fs::write(path, contents).expect("a file");
    }

    /// The command, to be called in the folder.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        command(Path::new(env!("CARGO_BIN_EXE_vera")), self.folder.path(), arguments)
    }

    /// Runs the command.
    pub(crate) fn vera(&self, arguments: &[&str]) -> Outcome {
        self.vera_with(arguments, "")
    }

    /// Runs the command with this standard input.
    pub(crate) fn vera_with(&self, arguments: &[&str], stdin: &str) -> Outcome {
        finish(self.command(arguments), stdin)
    }

    /// Runs the command as cargo does.
    pub(crate) fn cargo_vera(&self, arguments: &[&str]) -> Outcome {
        finish(command(Path::new(env!("CARGO_BIN_EXE_cargo-vera")), self.folder.path(), arguments), "")
    }
}

fn command(binary: &Path, folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(binary);
    command.env("VERA_CACHE", "");
    command.args(arguments).current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn finish(mut command: Command, stdin: &str) -> Outcome {
    let mut child = command.spawn().expect("the command starts");
    // A command that does not read its input may be gone before it is written.
    let _ = child.stdin.take().expect("piped").write_all(stdin.as_bytes());
    let output = child.wait_with_output().expect("the command ends");
    let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
    Outcome { status: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

impl Outcome {
    /// Status and standard output, with nothing on standard error.
    #[track_caller]
    pub(crate) fn is(&self, status: i32, stdout: &str) {
        assert_eq!((self.status, &*self.stdout, &*self.stderr), (Some(status), stdout, ""));
    }

    /// Standard output as JSON, after comparing the status.
    #[track_caller]
    pub(crate) fn json(&self, status: i32) -> Value {
        assert_eq!((self.status, &*self.stderr), (Some(status), ""), "{self:?}");
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error} in {}", self.stdout))
    }

    /// Fails with this status and something like this on standard error, and prints no result.
    #[track_caller]
    pub(crate) fn fails(&self, status: i32, message: &str) {
        assert_eq!((self.status, &*self.stdout), (Some(status), ""), "{self:?}");
        assert!(self.stderr.contains(message), "{message:?} is not in {}", self.stderr);
        assert!(!self.stderr.contains("panicked"), "{}", self.stderr);
    }
}

/// A program whose `main` has this body, and this effect row.
pub(crate) fn main_of(result: &str, effects: &str, body: &str) -> String {
    format!(
        "public fn main(@Unit -> @{result})\n  requires(true)\n  ensures(true)\n  effects({effects})\n{{\n  {body}\n}}\n"
    )
}

/// A program that is well.
pub(crate) const GOOD: &str =
    "public fn one(@Unit -> @Int)\n  requires(true)\n  ensures(true)\n  effects(pure)\n{\n  1\n}\n";

/// A program that refers to a slot that is not there.
pub(crate) const BAD: &str =
    "public fn one(@Unit -> @Int)\n  requires(true)\n  ensures(true)\n  effects(pure)\n{\n  @Int.0\n}\n";

/// A program with a typed hole.
pub(crate) const HOLE: &str =
    "public fn one(@Unit -> @Int)\n  requires(true)\n  ensures(true)\n  effects(pure)\n{\n  ?\n}\n";
