//! Runs of compiled programs on random inputs, and what they say against proofs.

use vera_compiler::driver::Verification;
use vera_compiler::source::Span;
use vera_compiler::verify::{CheckPlace, Outcome, Verified};
use vera_runtime::error::{Error, TrapKind};
use vera_runtime::interface::{Interface, TypeDesc, TypeId};
use vera_runtime::value::dynamic::DynValue;
use vera_runtime::{Compiled, Limits};
use vera_testing::random::Random;

/// Runs of each function.
const RUNS: usize = 40;
/// Fuel of a run.
const FUEL: u64 = 200_000;

/// What came of the runs of a program.
pub(crate) struct Ran {
    /// Runs that came to an end.
    pub(crate) ended: u64,
    /// Checks that failed though they are proved.
    pub(crate) wrong: Vec<String>,
}

/// Runs each public function.
pub(crate) fn run(found: &Verification, seed: u64) -> Ran {
    let compiled = Compiled::new(found.compilation.wasm.clone().expect("a module"));
    let limits = Limits { fuel: Some(FUEL), memory: 64 << 20, ..Limits::default() };
    let mut instance = compiled.instantiate((), limits).expect("an instance");
    let interface = instance.interface();
    let mut random = Random::new(seed);
    let mut ran = Ran { ended: 0, wrong: Vec::new() };
    for function in &interface.functions {
        for _ in 0..RUNS {
            let args = function.params.iter().map(|&id| value(&interface, id, &mut random));
            let args: Vec<DynValue> = args.collect();
            match instance.call_dynamic(&function.name, &args) {
                Ok(_) => ran.ended += 1,
                Err(error) if is_proved(found, &function.name, &error) => {
                    ran.wrong.push(format!("{}({args:?}): {error}", function.name));
                    break;
                }
                Err(_) => {}
            }
        }
    }
    ran
}

/// Whether what failed is proved: every obligation that has the check.
fn is_proved(found: &Verification, called: &str, error: &Error) -> bool {
    let (Some(kind), Some(at)) = (kind(error), error.location()) else { return false };
    let program = &found.compilation.program;
    let is_there = |span: Span| {
        let start = program.sources.start(span);
        (start.line, start.column) == (at.line, at.column)
    };
    // What is asked of a host is nobody's obligation.
    let own =
        program.functions.iter().find(|decl| decl.name == called && !program.modules[decl.module.index()].prelude);
    let premises = own.map(|decl| {
        let params = decl.params.iter().map(|param| decl.locals[param.index()].span);
        params.chain(decl.requires.iter().map(|clause| clause.span)).any(is_there)
    });
    if premises != Some(false) {
        return false;
    }
    let has_check = |each: &&Verified| {
        each.obligation.checks.iter().any(|check| {
            check.kind == kind
                && match check.place {
                    CheckPlace::Here(span) | CheckPlace::Entry(_, span) => is_there(span),
                    CheckPlace::Prelude(_) => false,
                }
        })
    };
    let mut asked = found.obligations().iter().filter(has_check).peekable();
    asked.peek().is_some() && asked.all(|each| matches!(each.outcome, Outcome::Proved(_)))
}

fn kind(error: &Error) -> Option<TrapKind> {
    Some(match error {
        Error::Requires(_) => TrapKind::Requires,
        Error::Ensures(_) => TrapKind::Ensures,
        Error::Refinement(_) => TrapKind::Refinement,
        Error::Decreases(_) => TrapKind::Decreases,
        Error::Invariant(_) => TrapKind::Invariant,
        Error::Assert(_) => TrapKind::Assert,
        Error::Trap(trap) => trap.kind,
        _ => return None,
    })
}

fn value(interface: &Interface, id: TypeId, random: &mut Random) -> DynValue {
    match interface.ty(id) {
        TypeDesc::Int => DynValue::Int(integer(random)),
        TypeDesc::Nat => DynValue::Nat((integer(random) & i64::MAX) as u64),
        TypeDesc::Float64 => DynValue::Float64(float(random)),
        TypeDesc::Bool => DynValue::Bool(random.one_in(2)),
        TypeDesc::Array(element) => {
            let items: Vec<DynValue> = (0..random.below(4)).map(|_| value(interface, *element, random)).collect();
            DynValue::Array(items.into())
        }
        TypeDesc::Data(data) => {
            let tag = random.below(data.constructors.len());
            let constructor = &data.constructors[tag];
            let fields: Vec<DynValue> = constructor.fields.iter().map(|&id| value(interface, id, random)).collect();
            DynValue::Data { name: constructor.name.clone(), tag: tag as u32, fields: fields.into() }
        }
        other => panic!("no random program has parameters of {other:?}"),
    }
}

fn float(random: &mut Random) -> f64 {
    match random.below(4) {
        0 => random.of(&[f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, f64::MAX, f64::MIN, 5e-324, -5e-324]),
        1 => f64::from_bits(random.any()),
        _ => integer(random) as f64 / 4.0,
    }
}

fn integer(random: &mut Random) -> i64 {
    match random.below(8) {
        0 => random.of(&[i64::MIN, i64::MAX, i64::MIN + 1, i64::MAX - 1]),
        1 => random.any() as i64,
        _ => random.below(24) as i64 - 8,
    }
}
