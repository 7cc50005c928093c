//! Proofs: their cost within a build, and the time that a user waits for `vera verify`.
//!
//! The environment variable `VERA_SUITE` can name a folder with programs to verify instead of the conformance programs of this
//! repository; `VERA_REFERENCE` another implementation's `vera`, as for the command. The solver is the embedded one.

use crate::Benchmark;
use crate::command::{Sample, build, reference, run_quietly};
use crate::measure::{Clock, Contender, alternate};
use crate::table::{Row, Target, shown};
use cpu_time::ProcessTime;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use vera_build::FileLoader;
use vera_compiler::driver::{self, Options, Source, Verification};
use vera_compiler::source::{MemoryLoader, SourceLoader};
use vera_solver::{Cache, Choice, Limits, Session, engines};

const BUDGET: Duration = Duration::from_secs(4);

/// What a program is to take: at the median, and of twenty all but one.
const MEDIAN_AIM: Duration = Duration::from_millis(5);
const P95_AIM: Duration = Duration::from_millis(50);
/// What `vera verify` of a small program is to take when its answers are kept.
const WARM_AIM: Duration = Duration::from_millis(10);
/// How many times the speed of the reference the command is to be.
const REFERENCE_AIM: f64 = 50.0;
/// What 80 decisions in a row are to take.
const IFS_AIM: Duration = Duration::from_millis(500);
/// What a function may take in a program four times as large.
const LINEAR_AIM: f64 = 1.5;

pub(crate) fn benchmarks() -> Vec<Benchmark> {
    vec![
        Benchmark::new(
            "verify_programs",
            "each program of a suite: median, p95; of VERA_SUITE or of our own",
            programs,
        ),
        Benchmark::new("vera_verify", "a process that verifies a small file, also against VERA_REFERENCE", command),
        Benchmark::new("verify_ifs", "80 decisions in a row", ifs),
        Benchmark::new("verify_functions", "a function of 500 and one of 2,000", functions),
        Benchmark::new("verify_again", "queries of a second run of the same programs", again),
    ]
}

fn session(cache: &Cache) -> Session {
    let limits = Limits::default();
    Session::new(engines(Choice::Embedded, &limits), limits).with_cache(cache.clone())
}

fn verified(name: &str, text: &str, loader: &dyn SourceLoader, session: &mut Session) -> Verification {
    let source = Source { name: name.to_owned(), text: text.to_owned() };
    driver::verify(source, loader, &Options::default(), session)
}

/// The number of proved obligations of a program that is well.
fn proved(text: &str) -> Result<i64, String> {
    let found = verified("sample.vera", text, &MemoryLoader::new(), &mut session(&Cache::in_memory()));
    match found.compilation.diagnostics.iter().next() {
        None => Ok(found.summary().verified as i64),
        Some(first) => Err(format!("the sample program is wrong: {}", first.description)),
    }
}

/// The programs of the suite that check.
fn suite() -> Result<Vec<(PathBuf, String)>, String> {
    let own = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../conformance");
    let folder = std::env::var_os("VERA_SUITE").map_or_else(own, PathBuf::from);
    let mut programs = Vec::new();
    let mut rest = vec![folder.clone()];
    while let Some(folder) = rest.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
            if path.is_dir() {
                rest.push(path);
            } else if path.extension().is_some_and(|extension| extension == "vera") {
                let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
                programs.push((path, text));
            }
        }
    }
    programs.sort();
    programs.retain(|(path, text)| {
        let source = Source { name: path.display().to_string(), text: text.clone() };
        let checked = driver::check(source, &FileLoader::for_program(path), &Options::default());
        !checked.diagnostics.has_errors()
    });
    if programs.is_empty() { Err(format!("{}: no program", folder.display())) } else { Ok(programs) }
}

/// Processor time of each program, the solver's thread included; the least of three runs.
fn programs() -> Result<(), String> {
    let programs = suite()?;
    let (mut times, mut total, mut runtime) = (Vec::new(), 0, 0);
    for (path, text) in &programs {
        let mut least = Duration::MAX;
        for round in 0..3 {
            let started = ProcessTime::now();
            let name = path.display().to_string();
            let found = verified(&name, text, &FileLoader::for_program(path), &mut session(&Cache::in_memory()));
            least = least.min(started.elapsed());
            if round == 0 {
                total += found.summary().verified;
                runtime += found.summary().runtime;
            }
        }
        times.push(least);
    }
    times.sort();
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)];
    let input = format!("{} programs", programs.len());
    for (name, time, aim) in [("median", at(50), MEDIAN_AIM), ("p95", at(95), P95_AIM)] {
        let ratio = Some(time.as_secs_f64() / aim.as_secs_f64());
        let row = Row { name: "verify_programs".into(), input: format!("{input}, {name}"), ..Row::default() };
        Row { vera: shown(time), baseline: shown(aim), ratio, target: Some(Target::AtMost(1.0)), ..row }.print();
    }
    Row { name: "verify_programs".into(), input: format!("{total} proved, {runtime} left"), ..Row::default() }.print();
    Ok(())
}

fn command() -> Result<(), String> {
    let vera = build()?;
    let sample = Sample::new("proofs", include_str!("../programs/trees.vera"))?;
    let reference = reference();
    let verify = |vera: &Path| run_quietly(vera, "verify", &sample);
    // Answers are kept from the first run on.
    let mut contenders: Vec<(&'static str, Contender<'_>)> = vec![("vera", Box::new(|| verify(&vera)))];
    if let Some(reference) = &reference {
        contenders.push(("reference", Box::new(|| verify(reference))));
    }
    let measured = alternate(Clock::Wall, BUDGET, &mut contenders)?;
    let ours = &measured[0];
    let row =
        Row { name: "vera_verify".into(), input: format!("warm, least {}", shown(ours.least())), ..Row::default() };
    let ratio = Some(ours.median().as_secs_f64() / WARM_AIM.as_secs_f64());
    Row { vera: shown(ours.median()), baseline: shown(WARM_AIM), ratio, target: Some(Target::AtMost(1.0)), ..row }
        .print();
    if let Some(theirs) = measured.get(1) {
        let mut row = Row::of_times("vera_verify", "reference", ours, theirs);
        row.ratio = Some(theirs.ratio(ours));
        row.target(Target::AtLeast(REFERENCE_AIM)).print();
    }
    Ok(())
}

/// A function that decides 80 times, each time with checks.
fn decisions(count: usize) -> String {
    let steps = (0..count).map(|index| {
        format!("  let @Int = if @Int.{index} > {index} then {{\n    @Int.0 + 1\n  }} else {{\n    @Int.0 - 1\n  }};\n")
    });
    format!(
        "public fn decided(@Int -> @Int)\n  requires(@Int.0 > 0 - 1000 && @Int.0 < 1000)\n  ensures(@Int.result < 2000)\n  \
         effects(pure)\n{{\n{}  @Int.0\n}}\n",
        steps.collect::<String>()
    )
}

fn ifs() -> Result<(), String> {
    let text = decisions(80);
    let started = Instant::now();
    let count = proved(&text)?;
    let time = started.elapsed();
    let ratio = Some(time.as_secs_f64() / IFS_AIM.as_secs_f64());
    let row = Row { name: "verify_ifs".into(), input: format!("80 ifs, {count} proved"), ..Row::default() };
    Row { vera: shown(time), baseline: shown(IFS_AIM), ratio, target: Some(Target::AtMost(1.0)), ..row }.print();
    Ok(())
}

/// Functions of which each calls the one before.
fn chain(count: usize) -> String {
    let function = |index: usize| {
        let value = if index == 0 { "@Int.0 + 1".to_owned() } else { format!("step{}(@Int.0) + 1", index - 1) };
        format!(
            "public fn step{index}(@Int -> @Int)\n  requires(@Int.0 >= 0 && @Int.0 < 1000)\n  ensures(@Int.result > 0 && \
             @Int.result <= 1001)\n  effects(pure)\n{{\n  let @Int = {value};\n  if @Int.0 > @Int.1 then {{\n    @Int.1 + 1\n  }} \
             else {{\n    1\n  }}\n}}\n\n"
        )
    };
    (0..count).map(function).collect()
}

fn functions() -> Result<(), String> {
    let each = |count: usize| -> Result<f64, String> {
        let text = chain(count);
        let started = ProcessTime::now();
        proved(&text)?;
        Ok(started.elapsed().as_secs_f64() / count as f64)
    };
    let (few, many) = (each(500)?, each(2_000)?);
    Row {
        name: "verify_functions".into(),
        input: "500 and 2000".into(),
        vera: shown(Duration::from_secs_f64(many)),
        baseline: shown(Duration::from_secs_f64(few)),
        ratio: Some(many / few),
        target: Some(Target::AtMost(LINEAR_AIM)),
        ..Row::default()
    }
    .print();
    Ok(())
}

fn again() -> Result<(), String> {
    let cache = Cache::in_memory();
    let programs = suite()?;
    let run = || {
        let mut session = session(&cache);
        for (path, text) in &programs {
            verified(&path.display().to_string(), text, &FileLoader::for_program(path), &mut session);
        }
        session.counts()
    };
    let (first, second) = (run(), run());
    let solved = |count: usize| format!("{count} solved");
    Row {
        name: "verify_again".into(),
        input: format!("{} queries", first.queries),
        vera: solved(second.solved),
        baseline: solved(first.solved),
        ratio: Some(second.solved as f64),
        target: Some(Target::AtMost(0.0)),
        ..Row::default()
    }
    .print();
    Ok(())
}
