//! Random formulas: a model must make its formula true, and what is refuted must have no model.
//!
//! `VERA_SMT_FUZZ` says how many formulas (and prints what came out), `VERA_SMT_SEED` where they begin.

mod division;
mod formula;
mod generate;

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;

use formula::{FLAGS, Formula, Model, Style, VARIABLES};
use vera_solver::{Embedded, Engine, Process, Query, Value, Verdict, Why};
use vera_testing::random::Random;

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}")))
}

/// What came out.
#[derive(Debug, Default)]
struct Counts {
    sat: usize,
    unsat: usize,
    unknown: usize,
    /// Assignments that a refuted formula was false under.
    assignments: usize,
    compared: usize,
    slowest: Duration,
}

#[test]
fn models_hold_and_nothing_is_refuted_that_has_one() {
    let asked = setting("VERA_SMT_FUZZ");
    let first = setting("VERA_SMT_SEED").unwrap_or(0);
    let count = asked.unwrap_or(500);
    let limit = Duration::from_secs(1);
    let mut engine = Embedded::new();
    let mut z3 = Process::find(1 << 30).ok();
    let mut counts = Counts::default();
    for seed in first..first + count {
        check(seed, limit, &mut engine, z3.as_mut(), &mut counts);
    }
    if asked.is_some() {
        println!("{counts:?}");
    }
    // Otherwise the test would say nothing.
    let decided = counts.sat + counts.unsat;
    assert!(counts.sat * 5 > decided && counts.unsat * 5 > decided, "{counts:?}");
    assert!(counts.unknown * 10 < decided, "{counts:?}");
}

fn check(seed: u64, limit: Duration, engine: &mut Embedded, z3: Option<&mut Process>, counts: &mut Counts) {
    let mut random = Random::new(seed);
    let (formula, range) = generate::formula(&mut random);
    let style = random.of(&[Style::Constants, Style::Lets, Style::Inline]);
    let ask = |formula: &Formula, style, engine: &mut dyn Engine| {
        let query = Query { script: formula.script(style), wanted: formula.wanted() };
        let started = std::time::Instant::now();
        (engine.decide(&query, limit), started.elapsed())
    };
    let (verdict, time) = ask(&formula, style, engine);
    counts.slowest = counts.slowest.max(time);
    let told = || format!("seed {seed}, {style:?}\n{}", formula.script(style));
    match &verdict {
        Verdict::Sat(values) => {
            counts.sat += 1;
            assert_ne!(holds(&formula, values), Some(false), "not a model: {values:?}\n{}", told());
        }
        Verdict::Unsat => {
            counts.unsat += 1;
            assert!(!has_small_model(&formula, range, &mut random, &mut counts.assignments), "{}", told());
        }
        Verdict::Unknown(Why::Incomplete(_) | Why::Time(_)) => counts.unknown += 1,
        Verdict::Unknown(why) => panic!("{why}\n{}", told()),
    }
    let same = generate::same(&formula, &mut random);
    let other_style = random.of(&[Style::Constants, Style::Lets, Style::Inline]);
    let (other, _) = ask(&same, other_style, engine);
    agree(&verdict, &other, || format!("rewritten\n{}\n{}", same.script(other_style), told()));
    if let Some(z3) = z3 {
        let (other, _) = ask(&formula, style, z3);
        assert!(!matches!(other, Verdict::Unknown(Why::Unsupported(_) | Why::Failed(_))), "{other:?}\n{}", told());
        counts.compared += usize::from(!matches!(other, Verdict::Unknown(_)));
        agree(&verdict, &other, || format!("z3\n{}", told()));
    }
}

fn agree(a: &Verdict, b: &Verdict, told: impl Fn() -> String) {
    let contradiction = matches!((a, b), (Verdict::Sat(_), Verdict::Unsat) | (Verdict::Unsat, Verdict::Sat(_)));
    assert!(!contradiction, "{a:?} and {b:?}, {}", told());
}

/// Whether the values of the wanted constants make the formula true; `None` where that cannot be told.
fn holds(formula: &Formula, values: &[Option<Value>]) -> Option<bool> {
    assert_eq!(values.len(), formula.wanted().len());
    let int = |value: &Option<Value>| match value {
        Some(Value::Int(value)) => Some(*value),
        Some(Value::Bool(_)) => panic!("a truth value for a number"),
        None => None,
    };
    let (variables, rest) = values.split_at(VARIABLES);
    let (flags, calls) = rest.split_at(FLAGS);
    let calls: Option<HashMap<_, _>> =
        formula.calls().into_iter().zip(calls.iter().map(int)).map(|(at, value)| Some((at, value?))).collect();
    let model = Model {
        variables: variables.iter().map(int).collect::<Option<_>>()?,
        flags: flags.iter().map(|value| *value == Some(Value::Bool(true))).collect(),
        calls: calls?,
    };
    // What division by zero gives is not in the model: it cannot be told then.
    let divided_by_zero = RefCell::new(false);
    let by_zero = |_: &str, _| {
        *divided_by_zero.borrow_mut() = true;
        0
    };
    let holds = formula.holds(&model, &by_zero)? && formula.is_functional(&model, &by_zero)?;
    (!divided_by_zero.into_inner()).then_some(holds)
}

/// Looks for a model, with functions that are chosen at random: among all constants of a small range, or some others.
fn has_small_model(formula: &Formula, range: Option<i128>, random: &mut Random, tried: &mut usize) -> bool {
    let numbers: Vec<i128> = match range {
        Some(range) => (-range..range).collect(),
        None => vec![0, 1, -1, 2, -3, 5, 11, (1 << 63) - 1],
    };
    let (a, b, modulus) = (random.below(1000) as i128, random.below(7) as i128, 1 + random.below(4) as i128);
    let by_zero = |operator: &str, dividend: i128| (dividend.wrapping_mul(a) + operator.len() as i128) % (b + 3);
    let functions = |function: usize, operands: &[i128]| {
        let sum = operands.iter().fold(function as i128, |all, next| all.wrapping_mul(a).wrapping_add(*next));
        sum.wrapping_mul(b).rem_euclid(modulus)
    };
    for index in 0..numbers.len().pow(VARIABLES as u32) << FLAGS {
        let flags = (0..FLAGS).map(|flag| index >> flag & 1 == 1).collect();
        let variable = |at: usize| numbers[(index >> FLAGS) / numbers.len().pow(at as u32) % numbers.len()];
        let mut model = Model { variables: (0..VARIABLES).map(variable).collect(), flags, calls: HashMap::new() };
        if !formula.interpret(&mut model, &by_zero, &functions) {
            continue;
        }
        *tried += 1;
        if formula.holds(&model, &by_zero) == Some(true) {
            return true;
        }
    }
    false
}
