//! Encodes a goal as a query: declarations and assertions over integers and truth values.
//!
//! Values that are not numbers are integers too: equal values are equal integers, and each text is a different number.
//! Data values are their tags and fields, sequences are their lengths and elements. All of these are uninterpreted
//! functions with ground instances of their axioms. A term that is used more than once, or nests deeply, becomes a
//! constant with a definition, so the size of the script is proportional to the terms.

use super::solver::{Query, Value};
use super::term::{Fun, Node, Sort, Term, Terms};
use rustc_hash::FxHashMap;
use std::fmt::Write;

/// Deepest nesting of an expression before a part of it is named.
const MAX_NESTING: u32 = 6;
/// Longest array whose elements are spelt out.
const MAX_ITEMS: usize = 16;

/// A query, and what its constants stand for.
#[derive(Debug)]
pub(crate) struct Encoded {
    /// The query.
    pub(crate) query: Query,
    /// The terms whose values are asked for, in the order of [`Query::wanted`].
    pub(crate) wanted: Vec<Term>,
}

/// What a solver found for terms.
#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    values: FxHashMap<Term, Value>,
}

impl Model {
    /// The values of what was asked for.
    pub(crate) fn new(wanted: &[Term], values: Vec<Option<Value>>) -> Self {
        let found = wanted.iter().zip(values).filter_map(|(&term, value)| Some((term, value?)));
        Self { values: found.collect() }
    }

    /// The terms that have a value.
    pub(crate) fn terms(&self) -> impl Iterator<Item = Term> {
        self.values.keys().copied()
    }

    /// The value of a term.
    pub(crate) fn get(&self, term: Term) -> Option<Value> {
        self.values.get(&term).copied()
    }
}

/// The query whether facts and a condition can hold together.
pub(crate) fn encode(terms: &mut Terms, facts: &[Term], condition: Term) -> Encoded {
    let mut encoder = Encoder {
        terms,
        script: String::new(),
        uses: FxHashMap::default(),
        spelt: FxHashMap::default(),
        functions: FxHashMap::default(),
        wanted: Vec::new(),
        names: Vec::new(),
    };
    let mut roots: Vec<Term> = facts.to_vec();
    roots.push(condition);
    encoder.sequence_facts(&mut roots);
    for &root in &roots {
        encoder.count(root);
    }
    let mut assertions = String::new();
    for &root in &roots {
        encoder.assert(root, &mut assertions);
    }
    let Encoder { mut script, wanted, names, .. } = encoder;
    script += &assertions;
    Encoded { query: Query { script, wanted: names }, wanted }
}

struct Encoder<'t> {
    terms: &'t mut Terms,
    script: String,
    /// How often each term is used.
    uses: FxHashMap<Term, u32>,
    /// How each term is written, and how deeply that nests.
    spelt: FxHashMap<Term, (String, u32)>,
    functions: FxHashMap<(Fun, Sort, usize), String>,
    wanted: Vec<Term>,
    names: Vec<String>,
}

impl Encoder<'_> {
    /// Adds what holds of sequences that are built: their lengths, and the elements of short ones.
    fn sequence_facts(&mut self, roots: &mut Vec<Term>) {
        let mut seen = rustc_hash::FxHashSet::default();
        let mut rest = roots.clone();
        let mut built = Vec::new();
        let mut lengths = false;
        while let Some(term) = rest.pop() {
            if !seen.insert(term) {
                continue;
            }
            match self.terms.node(term) {
                Node::Text(_) | Node::Array(_) => built.push(term),
                Node::Apply(Fun::Push | Fun::Concat | Fun::Set | Fun::Slice, ..) => built.push(term),
                Node::Record(..) => built.push(term),
                Node::Apply(Fun::Length, ..) => lengths = true,
                _ => {}
            }
            rest.extend(self.terms.parts(term));
        }
        built.sort_unstable();
        for term in built {
            if let Node::Record(record, tag, fields) = self.terms.node(term).clone() {
                let (found, wanted) = (self.terms.apply(Fun::Tag, Sort::Int, vec![term]), self.terms.int(tag.into()));
                roots.push(self.terms.intern(Node::Equal(found, wanted)));
                for (index, &field) in fields.iter().enumerate() {
                    let sort = self.terms.sort(field);
                    let part = self.terms.apply(Fun::Field(record, index as u32), sort, vec![term]);
                    roots.push(self.terms.intern(Node::Equal(part, field)));
                }
            } else if lengths {
                let (raw, length) = (self.terms.apply(Fun::Length, Sort::Int, vec![term]), self.terms.length(term));
                if raw != length {
                    roots.push(self.terms.intern(Node::Equal(raw, length)));
                }
                if let Node::Array(items) = self.terms.node(term).clone()
                    && items.len() <= MAX_ITEMS
                {
                    for (index, &item) in items.iter().enumerate() {
                        let sort = self.terms.sort(item);
                        let index = self.terms.int(index as i128);
                        let element = self.terms.apply(Fun::Element, sort, vec![term, index]);
                        roots.push(self.terms.intern(Node::Equal(element, item)));
                    }
                }
            }
        }
    }

    fn count(&mut self, root: Term) {
        let mut rest = vec![root];
        while let Some(term) = rest.pop() {
            let uses = self.uses.entry(term).or_insert(0);
            *uses += 1;
            if *uses == 1 {
                rest.extend(self.terms.parts(term));
            }
        }
    }

    fn assert(&mut self, root: Term, assertions: &mut String) {
        // A conjunction is several assertions.
        let mut rest = vec![root];
        while let Some(term) = rest.pop() {
            match *self.terms.node(term) {
                Node::And(a, b) => rest.extend([b, a]),
                Node::Bool(true) => {}
                _ => {
                    let (text, _) = self.spell(term);
                    _ = writeln!(assertions, "(assert {text})");
                }
            }
        }
    }

    /// How a term is written. Its parts are written first, without recursion.
    fn spell(&mut self, root: Term) -> (String, u32) {
        let mut rest = vec![(root, false)];
        while let Some((term, ready)) = rest.pop() {
            if self.spelt.contains_key(&term) {
                continue;
            }
            if ready {
                let spelt = self.spell_node(term);
                self.spelt.insert(term, spelt);
            } else {
                rest.push((term, true));
                rest.extend(self.terms.parts(term).into_iter().map(|part| (part, false)));
            }
        }
        self.spelt[&root].clone()
    }

    fn part(&self, term: Term) -> (&str, u32) {
        self.spelt.get(&term).map_or(("0", 0), |(text, depth)| (text, *depth))
    }

    fn spell_node(&mut self, term: Term) -> (String, u32) {
        let node = self.terms.node(term).clone();
        let name = format!("t{}", term.index());
        let (text, nesting) = match &node {
            Node::Bool(value) => return (value.to_string(), 0),
            Node::Int(value) => return (number(*value), 0),
            // Values that are different from one another, whatever else they are.
            Node::Unit | Node::Float(_) | Node::Text(_) | Node::Static(_) => return (term.index().to_string(), 0),
            Node::Unknown(_, sort) => {
                self.declare(&name, *sort);
                self.natural(term, &name);
                self.want(term, &name);
                return (name, 0);
            }
            Node::Record(..) | Node::Array(_) | Node::Closure(..) => {
                self.declare(&name, Sort::Value);
                return (name, 0);
            }
            Node::Not(a) => self.form("not", &[*a]),
            Node::And(a, b) => self.form("and", &[*a, *b]),
            Node::Or(a, b) => self.form("or", &[*a, *b]),
            Node::Equal(a, b) => self.form("=", &[*a, *b]),
            Node::AtMost(a, b) => self.form("<=", &[*a, *b]),
            Node::Add(a, b) => self.form("+", &[*a, *b]),
            Node::Mul(a, b) => self.form("*", &[*a, *b]),
            Node::If(a, b, c) => self.form("ite", &[*a, *b, *c]),
            Node::Div(a, b) => match self.division("div", *a, *b) {
                Some(text) => text,
                None => return self.unknown(name),
            },
            Node::Rem(a, b) => match self.division("mod", *a, *b) {
                Some(text) => text,
                None => return self.unknown(name),
            },
            Node::Apply(fun, sort, args) => {
                let function = self.function(*fun, *sort, args.len());
                let args: Vec<String> = args.iter().map(|&arg| self.argument(arg)).collect();
                let text = format!("({function} {})", args.join(" "));
                if *sort == Sort::Value && self.uses.get(&term).is_some_and(|uses| *uses == 1) {
                    (text, 1)
                } else {
                    self.define(&name, *sort, &text);
                    self.natural(term, &name);
                    if *sort != Sort::Value {
                        self.want(term, &name);
                    }
                    return (name, 0);
                }
            }
        };
        if self.uses.get(&term).is_some_and(|uses| *uses > 1) || nesting >= MAX_NESTING {
            let sort = self.terms.sort(term);
            self.define(&name, sort, &text);
            return (name, 0);
        }
        (text, nesting)
    }

    /// A number of which facts alone say something.
    fn unknown(&mut self, name: String) -> (String, u32) {
        self.declare(&name, Sort::Int);
        (name, 0)
    }

    fn form(&self, head: &str, parts: &[Term]) -> (String, u32) {
        let mut text = format!("({head}");
        let mut nesting = 0;
        for &part in parts {
            let (part, depth) = self.part(part);
            text += " ";
            text += part;
            nesting = nesting.max(depth);
        }
        text += ")";
        (text, nesting + 1)
    }

    /// A quotient or remainder by a constant: towards zero, while SMT-LIB rounds down.
    fn division(&self, operator: &str, a: Term, b: Term) -> Option<(String, u32)> {
        let divisor = self.terms.as_int(b).filter(|&divisor| divisor != 0)?;
        let (dividend, nesting) = self.part(a);
        let positive = number(divisor.checked_abs()?);
        let minus = |text: String| format!("(- {text})");
        let above = format!("({operator} {dividend} {positive})");
        let above = if operator == "div" && divisor < 0 { minus(above) } else { above };
        if self.terms.is_natural(a) {
            return Some((above, nesting + 1));
        }
        let below = format!("({operator} (- {dividend}) {positive})");
        let below = if operator == "div" && divisor < 0 { below } else { minus(below) };
        Some((format!("(ite (>= {dividend} 0) {above} {below})"), nesting + 3))
    }

    /// An argument of a function: truth values are numbers there.
    fn argument(&self, term: Term) -> String {
        let (text, _) = self.part(term);
        match self.terms.sort(term) {
            Sort::Bool => format!("(ite {text} 1 0)"),
            _ => text.to_owned(),
        }
    }

    fn function(&mut self, fun: Fun, sort: Sort, arity: usize) -> String {
        if let Some(known) = self.functions.get(&(fun, sort, arity)) {
            return known.clone();
        }
        let name = format!("f{}", self.functions.len());
        let params = vec!["Int"; arity].join(" ");
        _ = writeln!(self.script, "(declare-fun {name} ({params}) {})", sort_name(sort));
        self.functions.insert((fun, sort, arity), name.clone());
        name
    }

    fn declare(&mut self, name: &str, sort: Sort) {
        _ = writeln!(self.script, "(declare-const {name} {})", sort_name(sort));
    }

    fn define(&mut self, name: &str, sort: Sort, text: &str) {
        self.declare(name, sort);
        _ = writeln!(self.script, "(assert (= {name} {text}))");
    }

    /// What terms know of themselves is no fact beside them.
    fn natural(&mut self, term: Term, name: &str) {
        if self.terms.is_natural(term) {
            _ = writeln!(self.script, "(assert (<= 0 {name}))");
        }
    }

    fn want(&mut self, term: Term, name: &str) {
        self.wanted.push(term);
        self.names.push(name.to_owned());
    }
}

fn sort_name(sort: Sort) -> &'static str {
    match sort {
        Sort::Bool => "Bool",
        Sort::Int | Sort::Value => "Int",
    }
}

fn number(value: i128) -> String {
    if value < 0 { format!("(- {})", value.unsigned_abs()) } else { value.to_string() }
}
