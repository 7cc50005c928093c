//! Benchmarks: `benches [NAME...]` runs all, or those that the arguments name: a benchmark, a group, or a part of
//! names. `--list` lists them.
//!
//! Each benchmark measures Vera and a baseline (native Rust, a bare library, another release of the language)
//! alternately in one process. It prints medians, ratios, and targets if there are any. If both compute a result, the
//! results are compared.

mod command;
mod compiler;
mod expansion;
mod guest;
mod handlers;
mod host;
mod ledger;
mod measure;
mod native;
mod programs;
mod runtime;
mod sample;
mod serve;
mod suite;
mod table;
mod verify;
mod walkers;

use std::collections::BTreeSet;
use std::process::ExitCode;

/// Something to measure.
struct Benchmark {
    /// Name on the command line.
    name: &'static str,
    /// What it measures, in one line.
    about: String,
    /// Measures and prints rows.
    run: Box<dyn Fn() -> Result<(), String>>,
}

impl Benchmark {
    fn new(name: &'static str, about: &str, run: impl Fn() -> Result<(), String> + 'static) -> Self {
        Benchmark { name, about: about.to_owned(), run: Box::new(run) }
    }
}

/// The benchmarks by group, in the order in which they run.
fn groups() -> Vec<(&'static str, Vec<Benchmark>)> {
    vec![
        ("programs", programs::benchmarks()),
        ("runtime", runtime::benchmarks()),
        ("services", host::benchmarks().into_iter().chain(serve::benchmarks()).collect()),
        ("walkers", walkers::benchmarks()),
        ("compiler", compiler::benchmarks()),
        ("command", command::benchmarks()),
        ("verify", verify::benchmarks()),
        ("expansion", expansion::benchmarks()),
    ]
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().find(|argument| argument.starts_with('-')) {
        Some(option) if option == "--list" => {
            list();
            ExitCode::SUCCESS
        }
        Some(option) => {
            eprintln!("unknown option `{option}`\nusage: benches [--list] [NAME...]");
            ExitCode::from(2)
        }
        // Native recursion in a few benchmarks is as deep as the input is large.
        None => {
            let thread = std::thread::Builder::new().stack_size(1 << 30).spawn(move || run(&arguments));
            match thread.map(|thread| thread.join()) {
                Ok(Ok(true)) => ExitCode::SUCCESS,
                _ => ExitCode::FAILURE,
            }
        }
    }
}

fn list() {
    for (group, benchmarks) in groups() {
        println!("{group}");
        benchmarks.iter().for_each(|benchmark| println!("  {:<16} {}", benchmark.name, benchmark.about));
    }
}

/// The benchmarks that are asked for: by word those whose name or group it is, otherwise those whose name contains it.
fn chosen(groups: &[(&'static str, Vec<Benchmark>)], wanted: &[String]) -> BTreeSet<&'static str> {
    let names: Vec<(&str, &str)> = groups
        .iter()
        .flat_map(|(group, benchmarks)| benchmarks.iter().map(|benchmark| (*group, benchmark.name)))
        .collect();
    let of_word = |word: &String| {
        let exact = names.iter().filter(|(group, name)| group == word || name == word);
        let exact: Vec<&str> = exact.map(|(_, name)| *name).collect();
        let containing = names.iter().map(|(_, name)| *name).filter(|name| name.contains(word.as_str()));
        if exact.is_empty() { containing.collect() } else { exact }
    };
    match wanted {
        [] => names.iter().map(|(_, name)| *name).collect(),
        _ => wanted.iter().flat_map(of_word).collect(),
    }
}

/// Runs what is asked for; whether there was anything and all of it worked.
fn run(wanted: &[String]) -> bool {
    let (mut found, mut failed) = (false, false);
    let groups = groups();
    let chosen = chosen(&groups, wanted);
    for (_, benchmarks) in &groups {
        for benchmark in benchmarks.iter().filter(|benchmark| chosen.contains(benchmark.name)) {
            if !found {
                table::print_head();
            }
            found = true;
            if let Err(message) = (benchmark.run)() {
                println!("{:<16} FAILED: {message}", benchmark.name);
                failed = true;
            }
        }
    }
    if !found {
        eprintln!("no benchmark has such a name: `--list` lists them");
    }
    found && !failed
}

/// The text of an error with its causes.
fn text<E: std::fmt::Display>(error: E) -> String {
    format!("{error:#}")
}
