//! The `vera` command as a process, cold: what somebody who types it waits for.

use crate::measure::{Clock, Contender, alternate};
use crate::table::{Row, Target, shown};
use crate::{Benchmark, text};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

const BUDGET: Duration = Duration::from_secs(4);

/// What checking a small file is to take at most.
const AIM: Duration = Duration::from_millis(10);
/// How many times the speed of the reference it is to be.
const REFERENCE_AIM: f64 = 30.0;

/// An almost empty program.
pub(crate) const LITTLE: &str =
    "public fn id(@Int -> @Int)\n  requires(true)\n  ensures(true)\n  effects(pure)\n{\n  @Int.0\n}\n";

pub(crate) fn benchmarks() -> Vec<Benchmark> {
    vec![Benchmark::new("vera_check", "a process that checks a small file, also against VERA_REFERENCE", cold_check)]
}

/// The other `vera` to compare with, if there is one.
pub(crate) fn reference() -> Option<PathBuf> {
    std::env::var_os("VERA_REFERENCE").map(PathBuf::from)
}

/// A program in a file, for as long as this lives.
pub(crate) struct Sample {
    path: PathBuf,
}

impl Sample {
    pub(crate) fn new(name: &str, program: &str) -> Result<Self, String> {
        let path = std::env::temp_dir().join(format!("vera-benches-{}-{name}.vera", std::process::id()));
        std::fs::write(&path, program).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
        Ok(Self { path })
    }
}

impl Drop for Sample {
    fn drop(&mut self) {
        // A file that stays in the folder for temporary files does no harm.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Runs `vera check`.
pub(crate) fn check(vera: &Path, sample: &Sample) -> Result<i64, String> {
    let mut command = Command::new(vera);
    command.arg("check").arg(&sample.path).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    match command.status() {
        Ok(status) if status.success() => Ok(0),
        Ok(status) => Err(format!("{} check: {status}", vera.display())),
        Err(error) => Err(format!("cannot run {}: {error}", vera.display())),
    }
}

/// Builds the command as this program was built.
fn build() -> Result<PathBuf, String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR")).args(["build", "--package", "vera-cli", "--message-format", "json"]);
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    let output = cargo.stderr(Stdio::inherit()).output().map_err(text)?;
    if !output.status.success() {
        return Err("the command cannot be built".into());
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let mut executables = messages.filter_map(|message| message["executable"].as_str().map(PathBuf::from));
    executables.next_back().ok_or_else(|| "cargo names no executable".into())
}

fn cold_check() -> Result<(), String> {
    let vera = build()?;
    let sample = Sample::new("small", include_str!("../programs/trees.vera"))?;
    let reference = reference();
    let mut contenders: Vec<(&'static str, Contender<'_>)> = vec![("vera", Box::new(|| check(&vera, &sample)))];
    if let Some(reference) = &reference {
        contenders.push(("reference", Box::new(|| check(reference, &sample))));
    }
    let measured = alternate(Clock::Wall, BUDGET, &mut contenders)?;
    let (ours, lines) = (&measured[0], include_str!("../programs/trees.vera").lines().count());
    let input = format!("{lines} lines, least {}", shown(ours.least()));
    let row = Row { name: "vera_check".into(), input, vera: shown(ours.median()), ..Row::default() };
    let ratio = Some(ours.median().as_secs_f64() / AIM.as_secs_f64());
    Row { baseline: shown(AIM), ratio, target: Some(Target::AtMost(1.0)), ..row }.print();
    if let Some(theirs) = measured.get(1) {
        let mut row = Row::of_times("vera_check", format!("{lines} lines, reference"), ours, theirs);
        row.ratio = Some(theirs.ratio(ours));
        row.target(Target::AtLeast(REFERENCE_AIM)).print();
    }
    Ok(())
}
