//! What is learnt of operations on floats and decimals, against the operations: on values at the ends of what there is,
//! every fact holds.

use super::{Executor, Outline};
use crate::check::{self, Options, Source};
use crate::core::interpret::{Limits, NoExterns, Value};
use crate::core::{FnId, Prim};
use crate::lower::FunctionKind;
use crate::source::MemoryLoader;
use crate::tir::Checked;
use crate::verify::Subject;
use crate::verify::term::float::rank;
use crate::verify::term::{Fun, Node, Term, Terms};
use std::cmp::Ordering;

fn checked(text: &str) -> Checked {
    let outcome = check::check(Source { name: "probe.vera", text }, &MemoryLoader::new(), Options { strict: false });
    outcome.result.unwrap_or_else(|_| panic!("{text}\n{:?}", outcome.diagnostics))
}

/// A function of the program.
fn function(subject: &Subject<'_>, name: &str) -> FnId {
    let is = |facts: &crate::lower::FunctionFacts| match &facts.kind {
        FunctionKind::Instance(id, _) => subject.program.function(*id).name == name,
        _ => false,
    };
    FnId(subject.provable.functions.iter().position(is).expect("the function") as u32)
}

/// The value of an integer or truth value; of a leaf `leaf` says it.
fn value(terms: &Terms, term: Term, leaf: &dyn Fn(Term) -> i128) -> i128 {
    let of = |term| value(terms, term, leaf);
    match *terms.node(term) {
        Node::Bool(value) => i128::from(value),
        Node::Int(value) => value,
        Node::Not(a) => 1 - of(a),
        Node::And(a, b) => of(a) & of(b),
        Node::Or(a, b) => of(a) | of(b),
        Node::Equal(a, b) => i128::from(of(a) == of(b)),
        Node::AtMost(a, b) => i128::from(of(a) <= of(b)),
        Node::Add(a, b) => of(a) + of(b),
        Node::Mul(a, b) => of(a) * of(b),
        Node::If(a, b, c) => {
            if of(a) == 1 {
                of(b)
            } else {
                of(c)
            }
        }
        _ => leaf(term),
    }
}

fn facts(outline: &Outline) -> Vec<Term> {
    outline.facts.at(outline.facts.here())
}

const FLOATS: &[f64] = &[
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    0.0,
    -0.0,
    5e-324,
    -5e-324,
    f64::MIN_POSITIVE,
    -f64::MIN_POSITIVE,
    0.5,
    -0.5,
    1.0,
    -1.0,
    1.0 + f64::EPSILON,
    1.0 - f64::EPSILON / 2.0,
    3.7,
    -3.7,
    9_007_199_254_740_993.0,
    9_223_372_036_854_775_808.0,
    -9_223_372_036_854_775_808.0,
    1e308,
    f64::MAX,
    f64::MIN,
];

/// The float that a term is.
fn float(subject: &Subject<'_>, terms: &Terms, term: Term, args: &[(Term, Value)]) -> f64 {
    if let Some((_, Value::F64(value))) = args.iter().find(|(param, _)| *param == term) {
        return *value;
    }
    match terms.node(term) {
        Node::Float(bits) => f64::from_bits(*bits),
        Node::Apply(Fun::Prim(prim), _, parts) => {
            if let (Prim::I64ToF64, Some((_, Value::I64(value)))) = (*prim, args.iter().find(|(of, _)| *of == parts[0]))
            {
                return *value as f64;
            }
            let parts: Vec<f64> = parts.iter().map(|&part| float(subject, terms, part, args)).collect();
            match (*prim, &parts[..]) {
                (Prim::AddF64, [a, b]) => a + b,
                (Prim::SubF64, [a, b]) => a - b,
                (Prim::MulF64, [a, b]) => a * b,
                (Prim::DivF64, [a, b]) => a / b,
                (Prim::NegF64, [a]) => -a,
                (Prim::SqrtF64, [a]) => a.sqrt(),
                (Prim::FloorF64, [a]) => a.floor(),
                (Prim::CeilF64, [a]) => a.ceil(),
                (Prim::TruncF64, [a]) => a.trunc(),
                (Prim::NearestF64, [a]) => a.round_ties_even(),
                other => panic!("{other:?}"),
            }
        }
        Node::Apply(Fun::Call(id), _, parts) => {
            let args = parts.iter().map(|&part| Value::F64(float(subject, terms, part, args))).collect();
            match subject.ground.interpret(*id, args, Limits::default(), &mut NoExterns) {
                Ok(Value::F64(value)) => value,
                other => panic!("{other:?}"),
            }
        }
        node => panic!("{node:?}"),
    }
}

fn float_facts_hold(text: &str, all: &[Vec<Value>]) {
    let checked = checked(text);
    let subject = Subject::of(&checked).expect("a program");
    let probe = function(&subject, "probe");
    let (outline, terms) = Executor::new(&subject, 0).run(probe);
    let facts = facts(&outline);
    assert!(facts.len() >= 4, "{text}");
    let mut runs = 0;
    for values in all {
        // What is learnt after a check holds where the check does.
        if subject.ground.interpret(probe, values.clone(), Limits::default(), &mut NoExterns).is_err() {
            continue;
        }
        runs += 1;
        let args: Vec<(Term, Value)> = outline.params.iter().copied().zip(values.iter().cloned()).collect();
        // The rank of a NaN may be any.
        for nothing in [0, rank(1.0), rank(f64::NEG_INFINITY), rank(f64::MAX)] {
            let leaf = |term: Term| match terms.node(term) {
                Node::Apply(Fun::FloatIsNan, _, parts) => i128::from(float(&subject, &terms, parts[0], &args).is_nan()),
                Node::Apply(Fun::FloatRank, _, parts) => match float(&subject, &terms, parts[0], &args) {
                    value if value.is_nan() => nothing,
                    value => rank(value),
                },
                Node::Apply(Fun::FloatToInt, _, parts) => i128::from(float(&subject, &terms, parts[0], &args) as i64),
                Node::Unknown(..) => match args.iter().find(|(param, _)| *param == term) {
                    Some((_, Value::I64(value))) => i128::from(*value),
                    other => panic!("{other:?}"),
                },
                node => panic!("{node:?}"),
            };
            for &fact in &facts {
                assert_eq!(value(&terms, fact, &leaf), 1, "{text}\nwith {values:?}: {:?}", terms.node(fact));
            }
        }
    }
    assert!(runs >= 5, "{text}");
}

#[test]
fn what_is_learnt_of_floats_holds() {
    let pairs: Vec<Vec<Value>> =
        FLOATS.iter().flat_map(|&a| FLOATS.iter().map(move |&b| vec![Value::F64(a), Value::F64(b)])).collect();
    let operations = [
        "@Float64.1 + @Float64.0",
        "@Float64.1 - @Float64.0",
        "@Float64.1 * @Float64.0",
        "@Float64.1 * @Float64.1",
        "@Float64.1 / @Float64.0",
        "-(@Float64.1 - @Float64.0) * -@Float64.0",
        "sqrt(@Float64.1)",
        "float_clamp(@Float64.1, @Float64.0, 2.0)",
        "if @Float64.1 < @Float64.0 then { @Float64.1 + 1.0 } else { @Float64.0 / 2.0 }",
    ];
    for operation in operations {
        float_facts_hold(
            &format!(
                "public fn probe(@Float64, @Float64 -> @Bool)\n  requires(true)\n  ensures(true)\n  effects(pure)\n{{\n  \
                 {operation} > @Float64.0\n}}\n"
            ),
            &pairs,
        );
    }
    for conversion in ["float_to_int", "floor", "ceil", "round"] {
        float_facts_hold(
            &format!(
                "public fn probe(@Float64, @Float64 -> @Bool)\n  requires(true)\n  ensures(true)\n  effects(pure)\n{{\n  \
                 {conversion}(@Float64.1) > 7\n}}\n"
            ),
            &pairs,
        );
    }
    let integers = [0, 1, -1, 2, -2, 1 << 53, (1 << 53) + 1, i64::MAX, i64::MAX - 1, i64::MIN, i64::MIN + 1];
    let integers: Vec<Vec<Value>> = integers.iter().map(|&value| vec![Value::I64(value)]).collect();
    let text = "public fn probe(@Int -> @Bool)\n  requires(true)\n  ensures(true)\n  effects(pure)\n{\n  \
                int_to_float(@Int.0) > 0.5\n}\n";
    float_facts_hold(text, &integers);
}

/// Decimals as text: those of few and many digits, at the ends of the exponents, and those that are no numbers.
const DECIMALS: &[&str] = &[
    "0",
    "-0",
    "0e17",
    "1",
    "-1",
    "1.0",
    "0.5",
    "-0.5",
    "3",
    "9999999999999999999999999999",
    "-9999999999999999999999999999",
    "9999999999999999999999999999e-28",
    "1.00000000000000000000000000005",
    "-1.00000000000000000000000000005",
    "99999999999999999999999999999999.9",
    "1e30",
    "-1e30",
    "1e-1000000000000000026",
    "-1e-1000000000000000026",
    "1e-999999999999999999",
    "9e999999999999999999",
    "-9e999999999999999999",
    "12345678901234567890123456789012345e-1000000000000000020",
    "Infinity",
    "-Infinity",
    "NaN",
];

/// Sign, exponent of the first digit, and digits of a number; infinity is larger than any.
fn parts(value: &Value) -> Option<(i128, i128, String)> {
    let Value::Record(record) = value else { return None };
    let fields = record.fields();
    let word = |value: &Value| match value {
        Value::I64(word) => i128::from(*word),
        Value::Byte(word) => i128::from(*word),
        other => panic!("{other:?}"),
    };
    let last = word(fields.last().expect("a field"));
    let sign = 1 - 2 * (last & 1);
    let digits = match (record.tag, &fields[..]) {
        (0, [high, low, _]) => format!("{}{:014}", word(high), word(low)),
        (1, [Value::Bytes(digits), _]) => digits.with(|digits| String::from_utf8(digits.to_vec()).expect("digits")),
        _ => return Some((sign, i128::MAX, String::new())),
    };
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        return Some((0, 0, String::new()));
    }
    let first = (last - (last & 1)) / 2 + digits.len() as i128;
    Some((sign, first, digits.trim_end_matches('0').to_owned()))
}

/// The order of magnitudes.
fn compare_sizes(a: &Value, b: &Value) -> Ordering {
    let size = |value: &Value| parts(value).map(|(sign, first, digits)| (sign != 0, first, digits));
    size(a).cmp(&size(b))
}

fn decimal(subject: &Subject<'_>, terms: &Terms, term: Term, args: &[(Term, Value)]) -> Option<Value> {
    if let Some((_, value)) = args.iter().find(|(param, _)| *param == term) {
        return Some(value.clone());
    }
    Some(match terms.node(term) {
        Node::Apply(Fun::Call(id), _, list) => {
            let list: Option<Vec<Value>> = list.iter().map(|&part| decimal(subject, terms, part, args)).collect();
            subject.ground.interpret(*id, list?, Limits::default(), &mut NoExterns).ok()?
        }
        Node::Record(_, tag, fields) => Value::record(
            *tag,
            fields.iter().map(|&part| Value::I64(terms.as_int(part).expect("an integer") as i64)).collect(),
        ),
        Node::Int(value) => Value::I64(*value as i64),
        node => panic!("{node:?}"),
    })
}

fn decimal_facts_hold(operation: &str) {
    let text = format!(
        "public fn probe(@Decimal, @Decimal -> @Bool)\n  requires(true)\n  ensures(true)\n  effects(pure)\n{{\n  \
         decimal_eq({operation}, @Decimal.0)\n}}\n\nprivate fn read(@String -> @Decimal)\n  requires(true)\n  \
         ensures(true)\n  effects(pure)\n{{\n  option_unwrap_or(decimal_from_string(@String.0), decimal_from_int(0))\n}}\n\n\
         private fn order(@Decimal -> @Bool)\n  requires(true)\n  ensures(true)\n  effects(pure)\n{{\n  \
         decimal_compare(@Decimal.0, decimal_from_int(7)) == Less\n}}\n"
    );
    let checked = checked(&text);
    let subject = Subject::of(&checked).expect("a program");
    let (probe, read) = (function(&subject, "probe"), function(&subject, "read"));
    let (outline, terms) = Executor::new(&subject, 0).run(probe);
    let facts = facts(&outline);
    assert!(facts.len() >= 4, "{text}");
    let read = |text: &&str| {
        subject.ground.interpret(read, vec![Value::string(text)], Limits::default(), &mut NoExterns).expect("a decimal")
    };
    let values: Vec<Value> = DECIMALS.iter().map(read).collect();
    let mut ranked = Vec::new();
    let mut rest = facts.clone();
    while let Some(term) = rest.pop() {
        match terms.node(term) {
            Node::Apply(Fun::DecimalRank, _, list) if !ranked.contains(&list[0]) => ranked.push(list[0]),
            _ => {}
        }
        rest.extend(terms.parts(term));
    }
    let mut runs = 0;
    for (a, b) in values.iter().flat_map(|a| values.iter().map(move |b| (a, b))) {
        let args: Vec<(Term, Value)> = outline.params.iter().copied().zip([a.clone(), b.clone()]).collect();
        let known: Option<Vec<(Term, Value)>> =
            ranked.iter().map(|&term| Some((term, decimal(&subject, &terms, term, &args)?))).collect();
        // The operation stops the program.
        let Some(known) = known else { continue };
        runs += 1;
        let mut sizes: Vec<Value> = known.iter().map(|(_, value)| value.clone()).collect();
        sizes.sort_by(compare_sizes);
        sizes.dedup_by(|a, b| compare_sizes(a, b) == Ordering::Equal);
        let rank_of = |term: Term| {
            let (_, value) = known.iter().find(|(other, _)| *other == term).expect("it is ranked");
            let size = sizes.iter().position(|size| compare_sizes(size, value) == Ordering::Equal).expect("a size");
            parts(value).map_or(77, |(sign, ..)| sign * (size as i128 + 1))
        };
        let leaf = |term: Term| match terms.node(term) {
            Node::Apply(Fun::DecimalRank, _, list) => rank_of(list[0]),
            Node::Apply(Fun::Tag, _, list) => match decimal(&subject, &terms, list[0], &args) {
                Some(Value::Record(record)) => i128::from(record.tag),
                Some(Value::Static(tag)) => i128::from(tag),
                other => panic!("{other:?}"),
            },
            node => panic!("{node:?}"),
        };
        for &fact in &facts {
            assert_eq!(value(&terms, fact, &leaf), 1, "{operation} of {a:?} and {b:?}: {:?}", terms.node(fact));
        }
    }
    assert!(runs > 100, "{operation}: {runs}");
}

#[test]
fn what_is_learnt_of_decimals_holds() {
    for operation in [
        "decimal_add(@Decimal.1, @Decimal.0)",
        "decimal_sub(@Decimal.1, @Decimal.0)",
        "decimal_mul(@Decimal.1, @Decimal.0)",
        "decimal_neg(@Decimal.1)",
        "decimal_abs(@Decimal.1)",
        "decimal_round(@Decimal.1, 1)",
        "decimal_round(@Decimal.1, -1)",
        "decimal_sub(decimal_neg(@Decimal.1), decimal_abs(@Decimal.0))",
        "decimal_add(decimal_add(@Decimal.1, decimal_from_int(3)), decimal_from_int(-2))",
    ] {
        decimal_facts_hold(operation);
    }
}
