//! The table in which all measurements are printed.

use crate::measure::Measured;
use std::time::Duration;

/// What a ratio is to be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target {
    /// Time, as a multiple of the baseline's: no more than this.
    AtMost(f64),
    /// Speed, as a multiple of the baseline's: no less than this.
    AtLeast(f64),
}

impl Target {
    fn met(self, ratio: f64) -> bool {
        match self {
            Target::AtMost(most) => ratio <= most,
            Target::AtLeast(least) => ratio >= least,
        }
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Target::AtMost(most) => write!(f, "<= {most}"),
            Target::AtLeast(least) => write!(f, ">= {least}"),
        }
    }
}

/// A line of the table. What is empty is not there to be measured.
#[derive(Debug, Default)]
pub(crate) struct Row {
    /// The benchmark.
    pub(crate) name: String,
    /// Its input.
    pub(crate) input: String,
    /// What Vera takes, or does in a second.
    pub(crate) vera: String,
    /// The same of the baseline: native Rust, the bare library, or another release.
    pub(crate) baseline: String,
    /// The same of hand-written WebAssembly.
    pub(crate) wasm: String,
    /// Ours to the baseline.
    pub(crate) ratio: Option<f64>,
    /// Ours to hand-written WebAssembly.
    pub(crate) wasm_ratio: Option<f64>,
    /// What the ratio, or the figure itself where there is no baseline, is to be.
    pub(crate) target: Option<Target>,
}

impl Row {
    /// A row of times.
    pub(crate) fn of_times(name: &str, input: impl Into<String>, vera: &Measured, baseline: &Measured) -> Self {
        Row {
            name: name.to_owned(),
            input: input.into(),
            vera: shown(vera.median()),
            baseline: shown(baseline.median()),
            ratio: Some(vera.ratio(baseline)),
            ..Row::default()
        }
    }

    /// The same with a target.
    pub(crate) fn target(self, target: Target) -> Self {
        Row { target: Some(target), ..self }
    }

    /// Prints the row.
    pub(crate) fn print(&self) {
        let ratio = |ratio: Option<f64>| ratio.map(|ratio| format!("{ratio:.2}")).unwrap_or_default();
        let verdict = match (self.target, self.ratio) {
            (Some(target), Some(ratio)) => format!("{target} {}", if target.met(ratio) { "ok" } else { "MISS" }),
            (Some(target), None) => target.to_string(),
            (None, _) => String::new(),
        };
        let line = format!(
            "{:<16} {:>22} {:>14} {:>14} {:>11} {:>8} {:>8}  {verdict}",
            self.name,
            self.input,
            self.vera,
            self.baseline,
            self.wasm,
            ratio(self.ratio),
            ratio(self.wasm_ratio),
        );
        println!("{}", line.trim_end());
    }
}

/// Prints the table's head.
pub(crate) fn print_head() {
    println!(
        "{:<16} {:>22} {:>14} {:>14} {:>11} {:>8} {:>8}  target",
        "benchmark", "input", "vera", "baseline", "wasm", "ratio", "/wasm"
    );
}

/// A time with a fitting unit.
pub(crate) fn shown(time: Duration) -> String {
    let nanos = time.as_nanos() as f64;
    match nanos {
        n if n < 1e3 => format!("{n:.0} ns"),
        n if n < 1e6 => format!("{:.2} us", n / 1e3),
        n if n < 1e9 => format!("{:.2} ms", n / 1e6),
        n => format!("{:.2} s", n / 1e9),
    }
}

/// A rate, for the table.
pub(crate) fn rate(lines_per_second: f64) -> String {
    format!("{lines_per_second:.0} lines/s")
}
