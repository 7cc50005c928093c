//! The collector, held against a model: a machine with registers, written in Vera (`collector.vera`), runs a script that is
//! read from bytes, and Rust runs the same script on values of its own.
//!
//! Registers hold trees that share their parts, strings, buffers that are appended to and forked, maps, and closures. The
//! registers themselves are a map in the cell of a `State`; a choice continues twice with what was live at it, so a script
//! has several ends; large and small garbage between the steps fragments the heap. At every end every register must hold what
//! the model holds, under plenty of memory, little memory, little fuel, and in stress mode. Little memory or fuel may
//! also end in the limit's error.
//!
//! An input's first byte chooses the limits; four bytes are a step.

use std::sync::{Arc, OnceLock};
use vera_compiler::driver::{Options, Source, compile};
use vera_compiler::source::MemoryLoader;
use vera_runtime::value::dynamic::DynValue;
use vera_runtime::{Compiled, Error, Instance, Limits};

/// Texts and arrays of numbers stay as short as this, in bytes and elements.
const LENGTH: usize = 2_000;
/// Trees, arrays of trees and tables stay as heavy as this, in nodes and bytes of text as if nothing were shared.
const WEIGHT: usize = 2_000;
/// The most ends that a script may have.
const ENDS: usize = 16;
/// Registers that steps may name; one more is set within a handler.
const REGISTERS: u8 = 8;
const HANDLERS_REGISTER: i64 = 100;

#[derive(Debug)]
struct Node {
    left: Tree,
    text: String,
    right: Tree,
    weight: usize,
    /// Bytes of all its texts.
    size: i64,
}

type Tree = Option<Arc<Node>>;

fn weight(tree: &Tree) -> usize {
    tree.as_ref().map_or(1, |node| node.weight)
}

fn size(tree: &Tree) -> i64 {
    tree.as_ref().map_or(0, |node| node.size)
}

/// A map in the order in which its keys were added.
type Ordered<K, V> = Vec<(K, V)>;

#[derive(Clone, Debug)]
enum Value {
    Plain(Tree),
    Text(String),
    Numbers(Vec<i64>),
    Trees(Vec<Tree>),
    Table(Ordered<String, Tree>),
    /// A function that adds so much.
    Function(i64),
}

impl Value {
    fn is_small(&self) -> bool {
        match self {
            Value::Plain(tree) => weight(tree) <= WEIGHT,
            Value::Text(text) => text.len() <= LENGTH,
            Value::Numbers(numbers) => numbers.len() <= LENGTH,
            Value::Trees(trees) => trees.iter().map(weight).sum::<usize>() <= WEIGHT,
            Value::Table(table) => table.iter().map(|(_, tree)| weight(tree)).sum::<usize>() <= WEIGHT,
            Value::Function(_) => true,
        }
    }
}

/// One future of the script.
#[derive(Clone, Debug, Default)]
struct Registers(Ordered<i64, Value>);

fn insert<K: PartialEq, V>(map: &mut Ordered<K, V>, key: K, value: V) {
    match map.iter_mut().find(|(known, _)| *known == key) {
        Some((_, place)) => *place = value,
        None => map.push((key, value)),
    }
}

impl Registers {
    fn get(&self, register: i64) -> Option<&Value> {
        self.0.iter().find(|(known, _)| *known == register).map(|(_, value)| value)
    }

    fn tree(&self, register: i64) -> Tree {
        if let Some(Value::Plain(tree)) = self.get(register) { tree.clone() } else { None }
    }

    fn text(&self, register: i64) -> String {
        if let Some(Value::Text(text)) = self.get(register) { text.clone() } else { String::new() }
    }

    fn numbers(&self, register: i64) -> Vec<i64> {
        if let Some(Value::Numbers(numbers)) = self.get(register) { numbers.clone() } else { Vec::new() }
    }

    fn trees(&self, register: i64) -> Vec<Tree> {
        if let Some(Value::Trees(trees)) = self.get(register) { trees.clone() } else { Vec::new() }
    }

    fn table(&self, register: i64) -> Ordered<String, Tree> {
        if let Some(Value::Table(table)) = self.get(register) { table.clone() } else { Vec::new() }
    }

    fn added(&self, register: i64) -> i64 {
        if let Some(Value::Function(added)) = self.get(register) { *added } else { 0 }
    }
}

#[derive(Clone, Copy, Debug)]
struct Step {
    code: u8,
    target: u8,
    first: i64,
    second: i64,
}

/// A step that is always small.
const CLEAR: u8 = 1;
/// The step with two futures.
const CHOOSE: u8 = 16;

impl Step {
    fn read(bytes: &[u8; 4]) -> Self {
        let [code, target, first, second] = *bytes;
        let code = code % (CHOOSE + 1);
        let first = if code == 12 { first } else { first % REGISTERS };
        let second = match code {
            3 | 4 | 5 | 7 | 12 | 14 | CHOOSE => second,
            9 | 10 => second % 64,
            _ => second % REGISTERS,
        };
        Step { code, target: target % REGISTERS, first: first.into(), second: second.into() }
    }

    /// What the step computes, in each of its futures; the registers may change besides.
    fn values(self, registers: &mut Registers) -> Vec<Value> {
        let Step { first, second, .. } = self;
        let count = usize::try_from(second).expect("a byte");
        let grown = |mut numbers: Vec<i64>, count: i64| {
            numbers.extend((0..count).map(|n| n * 3));
            numbers
        };
        let node = |left: Tree, text: String, right: Tree| {
            let weight = 1 + weight(&left) + text.len() + weight(&right);
            let size = size(&left) + text.len() as i64 + size(&right);
            Value::Plain(Some(Arc::new(Node { left, text, right, weight, size })))
        };
        vec![match self.code {
            0 => node(registers.tree(first), registers.text(second), registers.tree(second)),
            CLEAR => Value::Plain(None),
            2 => Value::Text(registers.text(first) + &registers.text(second)),
            3 => Value::Text("ab".repeat(count)),
            4 => Value::Text(registers.text(first).chars().skip(count).take(7).collect()),
            5 => Value::Numbers(grown(registers.numbers(first), second)),
            6 => Value::Numbers([registers.numbers(first), registers.numbers(second)].concat()),
            7 => Value::Numbers(registers.numbers(first).into_iter().skip(count).take(9).collect()),
            8 => {
                let mut trees = registers.trees(first);
                trees.push(registers.tree(second));
                Value::Trees(trees)
            }
            9 => {
                let mut table = registers.table(first);
                insert(&mut table, second.to_string(), registers.tree(second));
                Value::Table(table)
            }
            10 => {
                let mut table = registers.table(first);
                table.retain(|(key, _)| *key != second.to_string());
                Value::Table(table)
            }
            11 => Value::Function(registers.added(first) + registers.numbers(second).len() as i64),
            12 => Value::Numbers(vec![first * 16 * 8, second * 8]),
            13 => Value::Numbers(vec![registers.added(first) + second, size(&registers.tree(second))]),
            14 => Value::Trees(registers.trees(first).into_iter().skip(count).take(4).collect()),
            15 => {
                let text = registers.text(first);
                insert(&mut registers.0, HANDLERS_REGISTER, Value::Text(text.clone()));
                if second % 2 == 0 { node(registers.tree(second), text, None) } else { Value::Text(text) }
            }
            _ => {
                let mut numbers = registers.numbers(first);
                numbers.push(second);
                let with = |last| Value::Numbers([numbers.as_slice(), &[last]].concat());
                return vec![with(1), with(2)];
            }
        }]
    }

    fn lowered(self) -> DynValue {
        let Step { code, target, first, second } = self;
        data("Step", 0, vec![code.into(), target.into(), first, second].into_iter().map(DynValue::Int).collect())
    }
}

fn data(name: &str, tag: u32, fields: Vec<DynValue>) -> DynValue {
    DynValue::Data { name: name.into(), tag, fields: fields.into() }
}

fn text(text: &str) -> DynValue {
    DynValue::String(text.as_bytes().to_vec())
}

fn lowered_tree(tree: &Tree) -> DynValue {
    match tree {
        None => data("Leaf", 0, Vec::new()),
        Some(node) => data("Node", 1, vec![lowered_tree(&node.left), text(&node.text), lowered_tree(&node.right)]),
    }
}

fn lowered_numbers(numbers: &[i64]) -> DynValue {
    let numbers: Vec<_> = numbers.iter().map(|&number| DynValue::Int(number)).collect();
    data("Numbers", 2, vec![DynValue::Array(numbers.into())])
}

fn lowered(value: &Value) -> DynValue {
    match value {
        Value::Plain(tree) => data("Plain", 0, vec![lowered_tree(tree)]),
        Value::Text(shown) => data("Text", 1, vec![text(shown)]),
        Value::Numbers(numbers) => lowered_numbers(numbers),
        Value::Trees(trees) => {
            let trees: Vec<_> = trees.iter().map(lowered_tree).collect();
            data("Trees", 3, vec![DynValue::Array(trees.into())])
        }
        Value::Table(table) => {
            let table: Vec<_> = table.iter().map(|(key, tree)| (text(key), lowered_tree(tree))).collect();
            data("Table", 4, vec![DynValue::Map(table.into())])
        }
        Value::Function(added) => lowered_numbers(&[1 + added]),
    }
}

/// The script of the bytes, and the registers at its ends, in the order in which the program comes to them.
fn script(bytes: &[u8]) -> (Vec<Step>, Vec<Registers>) {
    let mut ends = vec![Registers::default()];
    let (steps, _) = bytes.as_chunks::<4>();
    let steps = steps.iter().map(|bytes| {
        let mut step = Step::read(bytes);
        let run = |step: Step, ends: &[Registers]| -> Vec<(Registers, Value)> {
            let futures = ends.iter().flat_map(|end| {
                let mut end = end.clone();
                let values = step.values(&mut end);
                values.into_iter().map(move |value| (end.clone(), value))
            });
            futures.collect()
        };
        let mut next = run(step, &ends);
        if next.len() > ENDS || next.iter().any(|(_, value)| !value.is_small()) {
            step.code = CLEAR;
            next = run(step, &ends);
        }
        let set = |(mut end, value): (Registers, Value)| {
            insert(&mut end.0, step.target.into(), value);
            end
        };
        ends = next.into_iter().map(set).collect();
        step
    });
    let steps = steps.collect();
    (steps, ends)
}

/// Memory, fuel, and whether every allocation collects.
fn setting(choice: u8) -> (Limits, bool) {
    let all = Limits { memory: 64 << 20, shadow_stack: 256 << 10, ..Limits::default() };
    match choice % 8 {
        0 => (all, true),
        1 | 2 => (Limits { memory: 1 << 20, ..all }, false),
        3 => (Limits { fuel: Some(20_000 * u64::from(choice)), memory: 2 << 20, ..all }, false),
        4 => (Limits { shadow_stack: 2 << 10, ..all }, false),
        _ => (Limits { memory: 4 << 20, ..all }, false),
    }
}

fn instance(limits: Limits) -> Instance {
    static COMPILED: OnceLock<Compiled> = OnceLock::new();
    let compiled = COMPILED.get_or_init(|| {
        let source = Source { name: "collector.vera".into(), text: include_str!("collector.vera").into() };
        let compilation = compile(source, &MemoryLoader::new(), &Options::default());
        Compiled::new(compilation.wasm.expect("a program without errors"))
    });
    compiled.instantiate((), limits).expect("possible limits")
}

/// Runs the script of the bytes, several times in one instance. Whether it came to an end, and was compared with the model.
///
/// # Panics
/// When a register holds something else than the model says.
pub fn run(bytes: &[u8]) -> bool {
    let Some((&choice, bytes)) = bytes.split_first() else { return false };
    let (limits, stress) = setting(choice);
    let (steps, ends) = script(bytes.get(..bytes.len().min(if stress { 120 } else { 800 })).unwrap_or_default());
    let steps = DynValue::Array(steps.into_iter().map(Step::lowered).collect::<Vec<_>>().into());
    let ends: Vec<_> = ends
        .iter()
        .map(|end| {
            let entries: Vec<_> = end.0.iter().map(|(key, value)| (DynValue::Int(*key), lowered(value))).collect();
            DynValue::Map(entries.into())
        })
        .collect();
    let ends = DynValue::Array(ends.into());
    let mut instance = instance(limits);
    if stress {
        instance.stress().expect("modules of the compiler have it");
    }
    let mut compared = false;
    for _ in 0..if stress { 1 } else { 3 } {
        match instance.call_dynamic("run", std::slice::from_ref(&steps)) {
            Ok(found) => {
                assert_eq!(found, ends);
                compared = true;
            }
            Err(Error::Limit(_)) if limits.fuel.is_some() || limits.memory < 64 << 20 || choice % 8 == 4 => {}
            Err(error) => panic!("{error}"),
        }
        if limits.fuel.is_none() {
            instance.check_heap().expect("a sound heap");
        }
    }
    compared
}
