//! The `vera` command as a process: the time that a user waits for it.
//!
//! The environment variable `VERA_REFERENCE` can name another implementation's `vera` to compare with.

use crate::measure::{Clock, Contender, alternate};
use crate::table::{Row, Target, rate, shown};
use crate::{Benchmark, sample, text};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

const BUDGET: Duration = Duration::from_secs(4);

/// What checking a small file is to take at most.
const AIM: Duration = Duration::from_millis(10);
/// How many times the speed of the reference it is to be.
const REFERENCE_AIM: f64 = 30.0;

/// Lines a second that checking is to reach.
const THROUGHPUT_AIM: f64 = 500_000.0;
/// How many times the throughput of the reference it is to be.
const REFERENCE_THROUGHPUT_AIM: f64 = 50.0;

/// An almost empty program.
const LITTLE: &str = "public fn id(@Int -> @Int)\n  requires(true)\n  ensures(true)\n  effects(pure)\n{\n  @Int.0\n}\n";

pub(crate) fn benchmarks() -> Vec<Benchmark> {
    vec![
        Benchmark::new("vera_check", "a process that checks a small file, also against VERA_REFERENCE", cold_check),
        Benchmark::new("vera_check_lines", "lines a second of large files, also against VERA_REFERENCE", throughput),
    ]
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
fn check(vera: &Path, sample: &Sample) -> Result<i64, String> {
    run_quietly(vera, "check", sample)
}

/// Runs a command of `vera` on a file.
pub(crate) fn run_quietly(vera: &Path, subcommand: &str, sample: &Sample) -> Result<i64, String> {
    let mut command = Command::new(vera);
    command.arg(subcommand).arg(&sample.path).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    match command.status() {
        Ok(status) if status.success() => Ok(0),
        Ok(status) => Err(format!("{} {subcommand}: {status}", vera.display())),
        Err(error) => Err(format!("cannot run {}: {error}", vera.display())),
    }
}

/// Builds the command as this program was built.
pub(crate) fn build() -> Result<PathBuf, String> {
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

/// A file's lines over what it takes more than an almost empty file: starting a process is [`cold_check`]'s.
fn throughput() -> Result<(), String> {
    let vera = build()?;
    let little = Sample::new("little", LITTLE)?;
    let (text, shorter) = (sample::program(50_000), sample::program(4_000));
    let (long, short) = (Sample::new("orders", &text)?, Sample::new("shorter", &shorter)?);
    let reference = reference();
    let mut contenders: Vec<(&'static str, Contender<'_>)> =
        vec![("vera", Box::new(|| check(&vera, &long))), ("vera, little", Box::new(|| check(&vera, &little)))];
    if let Some(reference) = &reference {
        contenders.push(("reference", Box::new(|| check(reference, &short))));
        contenders.push(("reference, little", Box::new(|| check(reference, &little))));
    }
    let measured = alternate(Clock::Wall, BUDGET, &mut contenders)?;
    let time = |at: usize| measured[at].median().saturating_sub(measured[at + 1].median());
    let per_second = |text: &str, time: Duration| text.lines().count() as f64 / time.as_secs_f64();
    let ours = per_second(&text, time(0));
    let row = |baseline: String, ratio: f64, least: f64| Row {
        name: "vera_check_lines".into(),
        input: format!("{} lines", text.lines().count()),
        vera: rate(ours),
        baseline,
        ratio: Some(ratio),
        target: Some(Target::AtLeast(least)),
        ..Row::default()
    };
    row(rate(THROUGHPUT_AIM), ours / THROUGHPUT_AIM, 1.0).print();
    if reference.is_some() {
        let theirs = per_second(&shorter, time(2));
        row(rate(theirs), ours / theirs, REFERENCE_THROUGHPUT_AIM).print();
    }
    Ok(())
}
