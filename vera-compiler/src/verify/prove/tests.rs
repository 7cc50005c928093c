//! What is asked of a solver, and what is made of its answers.

use super::{MAX_QUERIES, verify};
use crate::check::{self, Options, Source};
use crate::source::MemoryLoader;
use crate::verify::Subject;
use crate::verify::obligation::{Kind, Outcome, Reason, Verified};
use crate::verify::solver::{Answer, Query, Solver, Value};

/// A solver that gives the same answer to every query.
struct Always {
    /// The value of all that is asked for; `None` to give up.
    value: Option<i128>,
    queries: usize,
    bytes: usize,
    largest: usize,
}

impl Always {
    fn new(value: Option<i128>) -> Self {
        Self { value, queries: 0, bytes: 0, largest: 0 }
    }
}

impl Solver for Always {
    fn name(&self) -> &'static str {
        "always"
    }

    fn solve(&mut self, query: &Query) -> Answer {
        self.queries += 1;
        self.bytes += query.script.len();
        self.largest = self.largest.max(query.script.len());
        match self.value {
            Some(value) => Answer::Sat(vec![Some(Value::Int(value)); query.wanted.len()]),
            None => Answer::Unknown("it does not know".to_owned()),
        }
    }
}

fn verified(text: &str, solver: &mut Always) -> Vec<Verified> {
    let outcome = check::check(Source { name: "prove.vera", text }, &MemoryLoader::new(), Options { strict: false });
    let checked = outcome.result.unwrap_or_else(|_| panic!("{text}\n{:?}", outcome.diagnostics));
    let subject = Subject::of(&checked).unwrap_or_else(|found| panic!("{text}\n{found:?}"));
    verify(&subject, solver).obligations
}

fn lets(count: usize) -> String {
    bindings(&numbered(count, |index| format!("  let @Int = @Int.0 + {};\n", index + 1)))
}

/// Every sum is of other variables.
fn sums(count: usize) -> String {
    bindings(&numbered(count + 1, |_| "  let @Int = @Int.0 + @Int.1;\n".to_owned()).replacen("@Int.1", "7", 1))
}

fn numbered(count: usize, text: impl Fn(usize) -> String) -> String {
    (0..count).map(text).collect()
}

fn bindings(lets: &str) -> String {
    format!("public fn f(@Int -> @Int)\n  requires(true)\n  ensures(true)\n  effects(pure)\n{{\n{lets}  @Int.0\n}}\n")
}

#[test]
fn queries_about_one_function_have_a_limit_together() {
    let mut few = Always::new(None);
    let found = verified(&sums(100), &mut few);
    assert!(found.iter().all(|each| each.outcome != Outcome::Unproved(Reason::Budget)));
    assert!(few.queries >= 99, "{}", few.queries);
    let mut many = Always::new(None);
    let found = verified(&sums(800), &mut many);
    assert!(many.bytes <= MAX_QUERIES + many.largest, "{} bytes in {} queries", many.bytes, many.queries);
    let left = found.iter().filter(|each| each.outcome == Outcome::Unproved(Reason::Budget)).count();
    assert!(left > 0, "{} queries", many.queries);
}

#[test]
fn bounds_of_one_variable_are_not_repeated_in_queries() {
    let mut solver = Always::new(None);
    verified(&lets(400), &mut solver);
    assert!(solver.queries >= 399, "{}", solver.queries);
    assert!(solver.largest < 1000, "{} bytes", solver.largest);
}

/// The outcomes of the measures of a program, with a solver that says 1 for everything.
fn measures(text: &str) -> Vec<Outcome> {
    let found = verified(text, &mut Always::new(Some(1)));
    found.into_iter().filter(|each| each.obligation.kind == Kind::Decreases).map(|each| each.outcome).collect()
}

#[test]
fn a_measure_that_is_broken_by_the_proof_alone_has_no_counterexample() {
    let function = |name: &str, body: &str| {
        format!(
            "private fn {name}(@Nat -> @Nat)\n  requires(true)\n  ensures(true)\n  decreases(@Nat.0)\n  effects(pure)\n{{\n  {body}\n}}\n"
        )
    };
    let even = function("even", "if @Nat.0 == 0 then { 1 } else { odd(@Nat.0) }");
    let odd = function("odd", "if @Nat.0 == 0 then { 0 } else { even(@Nat.0 - 1) }");
    let found = measures(&format!("{even}{odd}"));
    assert!(found.contains(&Outcome::Unproved(Reason::Unknown(None))), "{found:?}");
    let shown = |outcome: &Outcome| matches!(outcome, Outcome::Unproved(Reason::Unknown(Some(_))));
    assert!(!found.iter().any(shown), "{found:?}");
    // The same call of itself is compared in this way at run time too.
    let alone = function("again", "if @Nat.0 == 0 then { 0 } else { again(@Nat.0 + 0) }");
    let found = measures(&alone);
    assert!(found.iter().any(shown), "{found:?}");
    let call = "if @Nat.0 == 0 then { 1 } else { if @Nat.0 == 1 then { even(@Nat.0 + 0) } else { odd(@Nat.0 - 1) } }";
    let found = measures(&format!("{}{odd}", function("even", call)));
    assert!(found.iter().any(shown), "{found:?}");
}
