//! Proved postconditions with one operator or constant changed, and negated.

use crate::verified;
use conformance::{Case, Level, Outcome as Expected};
use std::path::Path;
use vera_build::FileLoader;
use vera_compiler::driver::{self, Options, Source, Verification};
use vera_compiler::trial::{self, NoMachine, Trial};
use vera_compiler::verify::{Kind, Outcome, Verified};
use vera_solver::{Choice, Limits, solver};
use vera_testing::random::Random;

/// Of how many programs a sample has one, and of how many mutants of it.
const ONE_IN: (usize, usize) = (8, 3);
/// Runs of each function of a sample.
const TRIALS: u32 = 100;

/// What is replaced by what.
const CHANGES: &[(&str, &str)] = &[
    ("==", "!="),
    ("!=", "=="),
    (">=", "<"),
    ("<=", ">"),
    (" > ", " <= "),
    (" < ", " >= "),
    ("&&", "||"),
    ("||", "&&"),
    (" + ", " - "),
    (" - ", " + "),
    ("true", "false"),
    ("false", "true"),
];

/// Mutants of the programs of a suite that stay proved though a run breaks them. With `trials` all of them are looked at,
/// with so many runs.
pub(crate) fn wrong(suite: Option<&Path>, trials: Option<u32>, seed: u64) -> Vec<String> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    let root = suite.or(own).expect("the folder of the programs");
    let (mut random, mut wrong, mut decided) = (Random::new(seed), Vec::new(), 0);
    for case in conformance::load(root).expect("programs with headers") {
        if case.level < Level::Verify || case.outcome != Expected::Accepted || case.strict {
            continue;
        }
        let text = std::fs::read_to_string(&case.path).expect("a program");
        if trials.is_none() && !random.one_in(ONE_IN.0) {
            continue;
        }
        let Some(found) = verified(&case.id, text.clone(), &FileLoader::for_program(&case.path)) else { continue };
        for (at, changed) in mutants(&found) {
            if trials.is_some() || random.one_in(ONE_IN.1) {
                decided += 1;
                wrong.extend(stays(&case, &text, at, &changed, trials.unwrap_or(TRIALS)));
            }
        }
    }
    assert!(decided >= 20, "only {decided} mutants were looked at");
    if trials.is_some() {
        println!("{decided} mutants");
    }
    wrong
}

/// Proved postconditions of a program with a change: the bytes of the condition, and the other one.
fn mutants(found: &Verification) -> Vec<((usize, usize), String)> {
    let program = &found.compilation.program;
    let is_proved = |each: &&Verified| {
        each.obligation.kind == Kind::Ensures
            && matches!(each.outcome, Outcome::Proved(_))
            && Some(each.obligation.span.file) == found.compilation.root_file
    };
    let mut mutants = Vec::new();
    for each in found.obligations().iter().filter(is_proved) {
        let span = each.obligation.span;
        let clause = program.sources.text(span);
        let (Some(open), Some(close)) = (clause.find('('), clause.rfind(')')) else { continue };
        let at = (span.start as usize + open + 1, span.start as usize + close);
        mutants.extend(changes(&clause[open + 1..close]).into_iter().map(|changed| (at, changed)));
    }
    mutants
}

/// A condition with one thing changed, in every way, and its negation.
fn changes(condition: &str) -> Vec<String> {
    let mut changed = vec![format!("!({condition})")];
    for (from, to) in CHANGES {
        for (at, _) in condition.match_indices(from) {
            changed.push(format!("{}{to}{}", &condition[..at], &condition[at + from.len()..]));
        }
    }
    for (at, digits) in numbers(condition) {
        let Ok(number) = digits.parse::<i64>() else { continue };
        let rest = &condition[at + digits.len()..];
        changed.push(format!("{}{}{rest}", &condition[..at], number.wrapping_add(1)));
    }
    changed
}

/// Numbers that are no part of a slot or a name.
fn numbers(condition: &str) -> Vec<(usize, &str)> {
    let bytes = condition.as_bytes();
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'@');
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let end = at + bytes[at..].iter().take_while(|byte| is_word(**byte)).count();
        if end > at && bytes[at..end].iter().all(u8::is_ascii_digit) {
            found.push((at, &condition[at..end]));
        }
        at = end.max(at) + usize::from(end == at);
    }
    found
}

/// Says what breaks a mutant that stays proved.
fn stays(case: &Case, text: &str, (start, end): (usize, usize), changed: &str, trials: u32) -> Option<String> {
    let mutant = format!("{}{changed}{}", &text[..start], &text[end..]);
    // What is private is tried like what is public, where the program may say so.
    let as_public =
        |text: &str| text.replace("\nprivate fn ", "\npublic fn ").replace("\nprivate data ", "\npublic data ");
    let public = as_public(&mutant);
    let loader = FileLoader::for_program(&case.path);
    let (found, text, start) = match verified(&case.id, public.clone(), &loader) {
        Some(found) => (found, public, as_public(&mutant[..start]).len()),
        None => (verified(&case.id, mutant.clone(), &loader)?, mutant, start),
    };
    let clause = found.obligations().iter().find(|each| {
        let span = each.obligation.span;
        each.obligation.kind == Kind::Ensures
            && Some(span.file) == found.compilation.root_file
            && (span.start as usize) < start
            && start < span.end as usize
    })?;
    if !matches!(clause.outcome, Outcome::Proved(_)) {
        return None;
    }
    let options = trial::Options { trials, seed: 1, distrust: true };
    let source = Source { name: case.id.clone(), text };
    let solver = &mut *solver(Choice::Embedded, Limits::default());
    let (_, tried) = driver::test(source, &loader, &Options::default(), solver, &options, &mut NoMachine);
    let broken = tried.iter().find_map(|each| match &each.result {
        Trial::Run { failure: Some(failure), .. } if failure.span == clause.obligation.span => Some(failure),
        _ => None,
    })?;
    Some(format!("{}: `{changed}` is proved, and broken by {:?}", case.id, broken.values))
}
