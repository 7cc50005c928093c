//! Random matches take the arm that trying them from the top takes, interpreted, optimised and compiled; and large ones
//! become code in proportion to their patterns.

use crate::host;
use crate::script::Outcome;
use std::fmt::Write;
use vera_compiler::core::Program;
use vera_compiler::core::interpret::{Limits, NoExterns, Value};
use vera_compiler::core::optimise::optimise;
use vera_compiler::driver::{Compilation, Options, Source, compile, core_program};
use vera_compiler::source::MemoryLoader;

const DATA: &str = "private data D {
  A,
  B(Int),
  C(D, Bool),
  E(D, String, D)
}

private data W {
  W(D, Int, Bool)
}
";

/// A type of matched values.
#[derive(Clone, Debug)]
enum Type {
    Bool,
    Int,
    Text,
    D,
    W,
    Tuple(Vec<Type>),
}

impl Type {
    fn name(&self) -> String {
        match self {
            Type::Bool => "Bool".into(),
            Type::Int => "Int".into(),
            Type::Text => "String".into(),
            Type::D => "D".into(),
            Type::W => "W".into(),
            Type::Tuple(items) => {
                let items: Vec<String> = items.iter().map(Type::name).collect();
                format!("Tuple<{}>", items.join(", "))
            }
        }
    }

    /// Its constructors with the types of their fields; a leaf has none.
    fn constructors(&self) -> Vec<(&'static str, Vec<Type>)> {
        match self {
            Type::Bool | Type::Int | Type::Text => Vec::new(),
            Type::D => vec![
                ("A", vec![]),
                ("B", vec![Type::Int]),
                ("C", vec![Type::D, Type::Bool]),
                ("E", vec![Type::D, Type::Text, Type::D]),
            ],
            Type::W => vec![("W", vec![Type::D, Type::Int, Type::Bool])],
            Type::Tuple(items) => vec![("Tuple", items.clone())],
        }
    }
}

/// A pattern, or a value where nothing is left open.
#[derive(Clone, Debug, PartialEq)]
enum Shape {
    Any,
    /// A binding of an `Int`.
    Bound,
    Bool(bool),
    Int(i64),
    Text(&'static str),
    Made(&'static str, Vec<Shape>),
}

impl Shape {
    fn text(&self) -> String {
        match self {
            Shape::Any => "_".into(),
            Shape::Bound => "@Int".into(),
            Shape::Bool(value) => value.to_string(),
            Shape::Int(value) => value.to_string(),
            Shape::Text(value) => format!("{value:?}"),
            Shape::Made(name, fields) if fields.is_empty() => (*name).into(),
            Shape::Made(name, fields) => {
                let fields: Vec<String> = fields.iter().map(Shape::text).collect();
                format!("{name}({})", fields.join(", "))
            }
        }
    }

    fn nodes(&self) -> usize {
        match self {
            Shape::Any => 0,
            Shape::Made(_, fields) => 1 + fields.iter().map(Shape::nodes).sum::<usize>(),
            _ => 1,
        }
    }

    /// Whether a value matches; what is bound is added.
    fn matches(&self, value: &Shape, bound: &mut Vec<i64>) -> bool {
        match (self, value) {
            (Shape::Any, _) => true,
            (Shape::Bound, Shape::Int(value)) => {
                bound.push(*value);
                true
            }
            (Shape::Made(name, fields), Shape::Made(other, values)) => {
                name == other && fields.iter().zip(values).all(|(field, value)| field.matches(value, bound))
            }
            (pattern, value) => pattern == value,
        }
    }
}

/// Numbers that look random (xorshift), the same for the same seed.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn below(&mut self, count: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % count
    }

    fn ty(&mut self) -> Type {
        let leaf = |random: &mut Self| [Type::Bool, Type::Int, Type::Text, Type::D, Type::W][random.below(5)].clone();
        match self.below(4) {
            0 => leaf(self),
            _ => Type::Tuple((0..=1 + self.below(7)).map(|_| leaf(self)).collect()),
        }
    }

    /// A pattern; of `open` in eight it is open.
    fn pattern(&mut self, ty: &Type, depth: usize, open: usize) -> Shape {
        let top = matches!(ty, Type::Tuple(_));
        if !top && (depth == 0 || self.below(8) < open) {
            return if matches!(ty, Type::Int) && self.below(2) == 0 { Shape::Bound } else { Shape::Any };
        }
        self.shape(ty, |random, ty| random.pattern(ty, depth - 1, open))
    }

    fn shape(&mut self, ty: &Type, mut field: impl FnMut(&mut Self, &Type) -> Shape) -> Shape {
        match ty {
            Type::Bool => Shape::Bool(self.below(2) == 0),
            Type::Int => Shape::Int(self.below(5) as i64),
            Type::Text => Shape::Text(["", "a", "ab", "b", "c", "longer than a word"][self.below(6)]),
            _ => {
                let constructors = ty.constructors();
                let (name, fields) = &constructors[self.below(constructors.len())];
                Shape::Made(name, fields.iter().map(|ty| field(self, ty)).collect())
            }
        }
    }

    /// A value, of what a pattern leaves open at least.
    fn value(&mut self, ty: &Type, pattern: &Shape, depth: usize) -> Shape {
        match pattern {
            Shape::Any | Shape::Bound if depth == 0 && matches!(ty, Type::D) => Shape::Made("A", Vec::new()),
            Shape::Any | Shape::Bound => {
                self.shape(ty, |random, ty| random.value(ty, &Shape::Any, depth.saturating_sub(1)))
            }
            Shape::Made(name, patterns) => {
                let constructors = ty.constructors();
                let fields = constructors.iter().find(|(other, _)| other == name).map(|(_, fields)| fields);
                let fields = fields.into_iter().flatten().zip(patterns);
                Shape::Made(name, fields.map(|(ty, pattern)| self.value(ty, pattern, depth)).collect())
            }
            leaf => leaf.clone(),
        }
    }
}

/// A match and values to be matched.
struct Case {
    ty: Type,
    rows: Vec<Shape>,
    values: Vec<Shape>,
}

impl Case {
    fn random(seed: u64, rows: usize) -> Self {
        let mut random = Random::new(seed);
        let ty = random.ty();
        let (depth, open) = (1 + random.below(4), 1 + random.below(6));
        let rows: Vec<Shape> = (0..rows).map(|_| random.pattern(&ty, depth, open)).collect();
        let values = (0..24).map(|_| {
            let near = random.below(rows.len() + 1);
            random.value(&ty, rows.get(near).unwrap_or(&Shape::Any), 3)
        });
        let values = values.collect();
        Self { ty, rows, values }
    }

    fn text(&self) -> String {
        let function = |head: &str, body: &str| {
            format!("\n{head}\n  requires(true)\n  ensures(true)\n  effects(pure)\n{{\n{body}\n}}\n")
        };
        let mut arms = String::new();
        for (index, row) in self.rows.iter().enumerate() {
            let mut result = format!("{}", index * 1000);
            for slot in 0..bindings(row) {
                write!(result, " + {} * @Int.{slot}", slot + 1).unwrap();
            }
            writeln!(arms, "    {} -> {result},", row.text()).unwrap();
        }
        let ty = self.ty.name();
        let mut text = DATA.to_owned();
        text += &function(
            &format!("private fn f(@{ty} -> @Int)"),
            &format!("  match @{ty}.0 {{\n{arms}    _ -> 999999\n  }}"),
        );
        for (index, value) in self.values.iter().enumerate() {
            text += &function(&format!("public fn v{index}(@Unit -> @Int)"), &format!("  f({})", value.text()));
        }
        text
    }

    /// What the match gives for a value.
    fn expected(&self, value: &Shape) -> i64 {
        for (index, row) in self.rows.iter().enumerate() {
            let mut bound = Vec::new();
            if row.matches(value, &mut bound) {
                let bound: i64 = (1..).zip(bound.iter().rev()).map(|(weight, value)| weight * value).sum();
                return index as i64 * 1000 + bound;
            }
        }
        999_999
    }
}

fn bindings(pattern: &Shape) -> usize {
    match pattern {
        Shape::Bound => 1,
        Shape::Made(_, fields) => fields.iter().map(bindings).sum(),
        _ => 0,
    }
}

fn source(text: &str) -> Source {
    Source { name: "match.vera".into(), text: text.into() }
}

fn core(text: &str) -> Program {
    core_program(source(text), &MemoryLoader::new(), &Options::default())
        .unwrap_or_else(|diagnostics| panic!("{:?}\n{text}", diagnostics.iter().next()))
}

fn interpreted(program: &Program, function: &str) -> i64 {
    let (_, id) = program.exports.iter().find(|(name, _)| name.ends_with(function)).expect("exported");
    match program.interpret(*id, vec![Value::Unit], Limits::default(), &mut NoExterns) {
        Ok(Value::I64(value)) => value,
        other => panic!("{function}: {other:?}"),
    }
}

fn check(seed: u64, rows: usize) {
    let case = Case::random(seed, rows);
    let text = case.text();
    let lowered = core(&text);
    lowered.validate().unwrap_or_else(|invalid| panic!("{invalid}\n{text}"));
    let mut optimised = lowered.clone();
    optimise(&mut optimised);
    let Compilation { wasm: Some(wasm), interface, .. } =
        compile(source(&text), &MemoryLoader::new(), &Options::default())
    else {
        panic!("does not compile:\n{text}")
    };
    for (index, value) in case.values.iter().enumerate() {
        let (function, expected) = (format!("v{index}"), case.expected(value));
        assert_eq!(interpreted(&lowered, &function), expected, "seed {seed}: {function}\n{text}");
        assert_eq!(interpreted(&optimised, &function), expected, "seed {seed}, optimised: {function}\n{text}");
        for stress in [false, true] {
            let found = host::call(&wasm, &interface, &function, &[], stress);
            let expected = Outcome::Value(expected.to_string(), String::new());
            assert_eq!(found, expected, "seed {seed}, compiled: {function}\n{text}");
        }
    }
}

/// Number of random matches; more are worth while after a change to how matches are compiled.
fn cases() -> u64 {
    std::env::var("VERA_RANDOM_MATCHES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(16)
}

#[test]
fn random_matches_take_the_first_arm_that_fits() {
    for seed in 0..cases() {
        check(seed, 1 + seed as usize % 12);
    }
}

/// Beyond the allowance for copies.
#[test]
fn large_random_matches_take_the_first_arm_that_fits() {
    for seed in 0..cases() / 4 {
        check(seed, 120);
    }
}

#[test]
fn code_is_in_proportion_to_patterns() {
    for seed in 0..12 {
        let mut random = Random::new(seed);
        let leaf = [Type::Bool, Type::Int, Type::Text, Type::D][seed as usize % 4].clone();
        let ty = Type::Tuple(vec![leaf; 12]);
        let rows: Vec<Shape> = (0..120).map(|_| random.pattern(&ty, 3, 3 + seed as usize % 4)).collect();
        let nodes: usize = rows.iter().map(Shape::nodes).sum();
        let case = Case { values: vec![random.value(&ty, &rows[0], 3)], ty, rows };
        let ops: usize = core(&case.text()).functions.iter().map(|function| function.body.op_count()).sum();
        assert!(ops < 8 * nodes, "seed {seed}: {ops} operations for {nodes} pattern nodes");
    }
}
