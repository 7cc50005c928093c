//! Lies are not proved: for each rule by which the verifier reasons, a true contract that it proves and a false one beside
//! it that it must not prove.
//!
//! A file of `lies/` is a program. A clause that has a twin says so at the end of its line:
//!
//! ```text
//! ensures(@Int.result > @Int.0)  -- not: @Int.result > @Int.0 + 1
//! ```
//!
//! As the program is written every obligation is proved, but for the lines that end with `-- open`, each of which has one
//! that is not. With the clause replaced by its twin some obligation of the function is not. A line can have several twins,
//! between `or`. Every function of the program as written is also run on made-up inputs, and no check fails.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use vera_compiler::check::{self, Options, Source};
use vera_compiler::source::MemoryLoader;
use vera_compiler::tir::Checked;
use vera_compiler::trial::{self, Trial};
use vera_compiler::verify::{CheckKey, CheckPlace, Listing, Outcome, Owner, Reason, Subject, Verification, verify};
use vera_solver::{Answer, Choice, CrossChecked, Embedded, Engine, Limits, Process, Query, Session, Solver, solver};

const TWIN: &str = "-- not: ";

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lies");
    let entries = std::fs::read_dir(&folder).expect("the folder of programs");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "vera"));
    files.sort();
    files
}

fn checked(name: &str, text: &str) -> Checked {
    let outcome = check::check(Source { name, text }, &MemoryLoader::new(), Options { strict: false });
    let said: Vec<String> = outcome.diagnostics.iter().map(|each| format!("{each:?}")).collect();
    outcome.result.unwrap_or_else(|_| panic!("{name} does not check: {said:#?}\n{text}"))
}

fn subject(checked: &Checked) -> Subject<'_> {
    Subject::of(checked).expect("a program that is made concrete")
}

/// Verified by the embedded solver, whose every verdict z3 must not contradict where there is one.
fn verified(checked: &Checked) -> Verification {
    let limits = Limits::default();
    let embedded: Box<dyn Engine> = Box::new(Embedded::new());
    let engine = match Process::find(limits.memory) {
        Ok(z3) => Box::new(CrossChecked::new(embedded, Box::new(z3))),
        Err(_) => embedded,
    };
    let verification = verify(&subject(checked), &mut Session::new(vec![engine], limits));
    for each in &verification.obligations {
        if let Outcome::Unproved(Reason::Solver(why)) = &each.outcome {
            assert!(!why.contains("contradiction"), "{}: {why}", each.obligation.text);
        }
    }
    verification
}

/// The clause of a line with another condition.
fn replaced(line: &str, twin: &str) -> String {
    let code = line.split(TWIN).next().expect("a line").trim_end();
    let (open, close) = (code.find('(').expect("a clause"), code.rfind(')').expect("a clause"));
    format!("{}({twin}){}", &code[..open], &code[close + 1..])
}

/// A line with another condition.
struct Lie {
    line: usize,
    twin: String,
    function: String,
}

/// Lines and their twins.
fn lies(text: &str) -> Vec<Lie> {
    let lines = text.lines().enumerate();
    let twins = lines.filter_map(|(index, line)| Some((index, line.split_once(TWIN)?.1)));
    let lies = twins.flat_map(|(line, twins)| {
        let function = function_at(text, line).expect("a clause of a function");
        let lie = move |twin: &str| Lie { line, twin: twin.trim().to_owned(), function: function.clone() };
        twins.split(" or ").map(lie)
    });
    lies.collect()
}

/// Lies in groups that are told at once: in each one lie of a function, and none of what it calls, so that no lie is
/// believed because of another.
fn rounds(text: &str) -> Vec<Vec<Lie>> {
    let calls = calls(text);
    let related = |a: &str, b: &str| calls[a].contains(b) || calls[b].contains(a);
    let mut rounds: Vec<Vec<Lie>> = Vec::new();
    for lie in lies(text) {
        let fits = |round: &&mut Vec<Lie>| round.iter().all(|other| !related(&lie.function, &other.function));
        match rounds.iter_mut().find(fits) {
            Some(round) => round.push(lie),
            None => rounds.push(vec![lie]),
        }
    }
    rounds
}

/// The functions that each function mentions, itself and through others.
fn calls(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut mentioned: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.starts_with("--")) {
        let Some(function) = function_at(text, index) else { continue };
        let words = line.split(|char: char| !char.is_alphanumeric() && char != '_').map(str::to_owned);
        mentioned.entry(function).or_default().extend(words);
    }
    let names: BTreeSet<String> = mentioned.keys().cloned().collect();
    mentioned.values_mut().for_each(|words| words.retain(|word| names.contains(word)));
    loop {
        let before = mentioned.clone();
        for reached in mentioned.values_mut() {
            let further: Vec<String> = reached.iter().flat_map(|name| before[name].iter().cloned()).collect();
            reached.extend(further);
        }
        if mentioned == before {
            return mentioned;
        }
    }
}

/// Obligations that are not proved: function, line, kind and outcome of each.
fn open(checked: &Checked, verification: &Verification) -> Vec<(String, u32, &'static str, String)> {
    let program = checked.program();
    let open = verification
        .obligations
        .iter()
        .filter(|each| each.obligation.listing != Listing::WhenRefuted && !matches!(each.outcome, Outcome::Proved(_)));
    open.map(|each| {
        let function = match each.obligation.owner {
            Owner::Function(id) => program.function(id).name.clone(),
            _ => String::new(),
        };
        let line = program.sources.start(each.obligation.span).line;
        (function, line, each.obligation.kind.name(), format!("{:?}", each.outcome))
    })
    .collect()
}

/// The function that a line is in: the last one that begins before it.
fn function_at(text: &str, line: usize) -> Option<String> {
    let before = text.lines().take(line + 1).collect::<Vec<_>>();
    let (_, rest) = before.iter().rev().find(|line| is_declaration(line))?.split_once("fn ")?;
    Some(rest.chars().take_while(|char| char.is_alphanumeric() || *char == '_').collect())
}

/// Whether a line begins a function. Those of `where` belong to the function around them.
fn is_declaration(line: &str) -> bool {
    line.split_once("fn ").is_some_and(|(before, _)| before.starts_with("public ") || before.starts_with("private "))
}

#[test]
fn true_contracts_are_proved_and_their_twins_are_not() {
    let (mut count, mut wrong) = (0, Vec::new());
    for file in files() {
        let name = file.file_name().expect("a name").to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&file).expect("a program");
        let program = checked(&name, &text);
        let lines: Vec<&str> = text.lines().collect();
        let expected_open = |line: u32| lines[line as usize - 1].trim_end().ends_with("-- open");
        let found = open(&program, &verified(&program));
        for (function, line, kind, outcome) in &found {
            if !expected_open(*line) {
                wrong.push(format!("{name}:{line}: {function}: {kind} is not proved: {outcome}"));
            }
        }
        for line in (1..=lines.len() as u32).filter(|&line| expected_open(line)) {
            if found.iter().all(|(_, open, ..)| *open != line) {
                wrong.push(format!("{name}:{line}: nothing of the line is open"));
            }
        }
        for round in rounds(&text) {
            count += round.len();
            let mut changed: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            for Lie { line, twin, .. } in &round {
                changed[*line] = replaced(lines[*line], twin);
            }
            let program = checked(&name, &changed.join("\n"));
            let found = open(&program, &verified(&program));
            for Lie { line, twin, function } in &round {
                let is_open = found.iter().any(|(_, at, ..)| {
                    function_at(&text, *at as usize - 1).as_ref() == Some(function) && !expected_open(*at)
                });
                if !is_open {
                    wrong.push(format!("{name}:{}: {function}: the lie is proved: {twin}", line + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 400, "only {count} twins were found");
}

#[test]
fn what_is_proved_does_not_fail() {
    for file in files() {
        let name = file.file_name().expect("a name").to_string_lossy().into_owned();
        let program = checked(&name, &std::fs::read_to_string(&file).expect("a program"));
        let verification = verified(&program);
        let options = trial::Options { distrust: true, trials: 60, ..trial::Options::default() };
        let mut solver = solver(Choice::Embedded, Limits::default());
        let tried =
            trial::trials(&subject(&program), &verification.obligations, &mut *solver, &options, &mut trial::NoMachine);
        for each in tried {
            if let Trial::Run { failure: Some(failure), .. } = each.result {
                let of_check = |key: &CheckKey| match key.place {
                    CheckPlace::Here(span) | CheckPlace::Entry(_, span) => {
                        key.kind == failure.kind && span == failure.span
                    }
                    CheckPlace::Prelude(_) => false,
                };
                let asked = verification.obligations.iter().filter(|each| each.obligation.checks.iter().any(of_check));
                let proved = asked.into_iter().all(|each| matches!(each.outcome, Outcome::Proved(_)));
                assert!(!proved, "{name}: {}: {failure:?}", program.program().function(each.function).name);
            }
        }
    }
}

#[test]
fn values_that_share_their_parts_are_looked_at_once() {
    let lines = (0..40).map(|index| {
        format!(
            "  let @Array<Int> = if @Int.0 > {index} then {{\n    array_append(@Array<Int>.0, {index})\n  }} else {{\n    \
             array_concat(@Array<Int>.0, @Array<Int>.0)\n  }};\n"
        )
    });
    let body: String = lines.collect();
    let text = format!(
        "public fn grown(@Array<Int>, @Int -> @Int)\n  requires(true)\n  ensures(@Int.result >= 0)\n  effects(pure)\n{{\n\
         {body}  array_length(@Array<Int>.0)\n}}\n"
    );
    let program = checked("shared.vera", &text);
    assert_eq!(open(&program, &verified(&program)), []);
}

/// With the digits of decimals in them, the queries of these two functions took a minute.
#[test]
fn what_digits_decimals_have_is_not_asked() {
    let text = "public fn total(@Array<Tuple<Decimal, Decimal>> -> @Decimal)
  requires(true)
  ensures(true)
  effects(pure)
{
  array_fold(@Array<Tuple<Decimal, Decimal>>.0, decimal_from_int(0), fn(@Decimal, @Tuple<Decimal, Decimal> -> @Decimal) effects(pure) { match @Tuple<Decimal, Decimal>.0 { Tuple(@Decimal, @Decimal) -> decimal_add(@Decimal.2, decimal_mul(@Decimal.0, @Decimal.1)) } })
}

public fn taxed(@Decimal, @Decimal -> @Decimal)
  requires(decimal_compare(@Decimal.0, decimal_from_int(0)) == Greater && decimal_compare(@Decimal.1, decimal_from_int(0)) != Less)
  ensures(decimal_compare(@Decimal.result, decimal_from_int(0)) != Less)
  effects(pure)
{
  decimal_add(@Decimal.0, decimal_mul(@Decimal.0, @Decimal.1))
}
";
    let program = checked("decimals.vera", text);
    let mut asked = Asked::default();
    let verification = verify(&subject(&program), &mut asked);
    assert_eq!(open(&program, &verification), []);
    assert!(asked.queries <= 12 && asked.bytes <= 40_000, "{} queries of {} bytes", asked.queries, asked.bytes);
}

/// A solver that counts what it is asked.
struct Asked {
    solver: Box<dyn Solver>,
    queries: usize,
    bytes: usize,
}

impl Default for Asked {
    fn default() -> Self {
        Asked { solver: solver(Choice::Embedded, Limits::default()), queries: 0, bytes: 0 }
    }
}

impl Solver for Asked {
    fn name(&self) -> &str {
        self.solver.name()
    }

    fn solve(&mut self, query: &Query) -> Answer {
        self.queries += 1;
        self.bytes += query.script.len();
        self.solver.solve(query)
    }
}

#[test]
fn a_proof_names_the_assumptions_that_it_can_rest_on() {
    let text = "public fn f(@Int -> @Int)
  requires(@Int.0 != 0)
  ensures(@Int.result <= 10)
  effects(pure)
{
  let @Int = 10 / @Int.0;
  assume(@Int.0 > 0);
  10 / @Int.0
}

public fn g(@Int -> @Int)
  requires(@Int.0 != 0)
  ensures(true)
  effects(pure)
{
  10 / @Int.0
}
";
    let program = checked("assumed.vera", text);
    let verification = verified(&program);
    let assumed = verification.obligations.iter().filter_map(|each| match &each.outcome {
        Outcome::Proved(proof) if each.obligation.kind.name() != "int_overflow" => {
            let line = program.program().sources.start(each.obligation.span).line;
            Some((line, each.obligation.kind.name(), proof.assumed.len()))
        }
        _ => None,
    });
    let mut assumed: Vec<(u32, &str, usize)> = assumed.collect();
    assumed.sort_unstable();
    let expected = [
        (2, "requires", 0),
        (3, "ensures", 1),
        (6, "div_zero", 0),
        (8, "div_zero", 1),
        (12, "requires", 0),
        (13, "ensures", 0),
        (16, "div_zero", 0),
    ];
    assert_eq!(assumed, expected);
}
