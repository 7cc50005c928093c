//! Counterexamples: a model of a solver as values, and what the program does with them.
//!
//! A model is a claim. What is shown to a user is only what the interpreter, which runs the same `core`, did: the program
//! ran on these arguments and met that very check.

use super::encode::Model;
use super::obligation::Counterexample;
use super::solver;
use super::term::{Fun, Node, Sort, Term, Terms};
use crate::core::interpret::{Limits, NoExterns, Stop, Value};
use crate::core::{FnId, Program};
use crate::lower::{self, Provable};
use crate::tir;
use crate::types::{Ty, TyKind, Types};
use rustc_hash::FxHashMap;
use vera_abi::layout::Rep;
use vera_abi::trap::TrapKind;

/// Longest sequence of a counterexample.
const MAX_LENGTH: i128 = 64;
/// How deeply data of a counterexample nests.
const MAX_DEPTH: u32 = 12;
/// Statements that a replay may execute.
const FUEL: u64 = 500_000;

/// An argument, for the interpreter and for a reader.
#[derive(Clone, Debug)]
struct Argument {
    value: Value,
    text: String,
}

/// A model of a function's arguments.
pub(super) struct Replay<'r> {
    pub(super) provable: &'r Provable,
    pub(super) program: &'r tir::Program,
    pub(super) ground: &'r Program,
    pub(super) types: Types,
    pub(super) terms: &'r mut Terms,
    pub(super) model: &'r Model,
    elements: FxHashMap<(Term, i128), Term>,
}

impl<'r> Replay<'r> {
    /// A model, and the program it is about.
    pub(super) fn new(
        provable: &'r Provable,
        program: &'r tir::Program,
        ground: &'r Program,
        terms: &'r mut Terms,
        model: &'r Model,
    ) -> Self {
        let mut elements = FxHashMap::default();
        for term in model.terms() {
            if let Node::Apply(Fun::Element, _, parts) = terms.node(term) {
                let index = terms.as_int(parts[1]).or_else(|| match model.get(parts[1]) {
                    Some(solver::Value::Int(index)) => Some(index),
                    _ => None,
                });
                if let Some(index) = index {
                    elements.insert((parts[0], index), term);
                }
            }
        }
        Self { provable, program, ground, types: provable.types.clone(), terms, model, elements }
    }

    /// Runs a function on the model. Gives the kind and the place of the check that failed, if one did, and the arguments.
    pub(super) fn run(
        &mut self,
        function: FnId,
        params: &[Term],
    ) -> Option<(TrapKind, crate::source::Span, Counterexample)> {
        let facts = &self.provable.functions[function.index()];
        let ground = self.ground.function(function);
        if ground.params.len() != params.len() {
            return None;
        }
        let mut arguments = Vec::new();
        for (&param, &ty) in params.iter().zip(&facts.params) {
            arguments.push(self.value(param, ty, 0)?);
        }
        let values = arguments.iter().map(|argument| argument.value.clone()).collect();
        let limits = Limits { fuel: FUEL, depth: 5_000 };
        let Err(Stop::Trap(site, _)) = self.ground.interpret(function, values, limits, &mut NoExterns) else {
            return None;
        };
        let site = self.provable.sites.get(site.index())?;
        let slots = self.slots(function);
        let values = slots.into_iter().zip(arguments).filter(|(_, argument)| !matches!(argument.value, Value::Unit));
        let values = values.map(|(slot, argument)| (slot, argument.text)).collect();
        Some((site.kind, site.span, Counterexample { values, always: false }))
    }

    /// How the parameters of a function are called.
    fn slots(&self, function: FnId) -> Vec<String> {
        let lower::FunctionKind::Instance(decl, _) = &self.provable.functions[function.index()].kind else {
            return vec!["@value".to_owned(); 1];
        };
        let decl = self.program.function(*decl);
        let naming = tir::Naming::bare(&decl.type_params);
        let types: Vec<String> =
            decl.params.iter().map(|param| self.program.type_text(decl.locals[param.index()].ty, naming)).collect();
        let nearer = |index: usize| types[index + 1..].iter().filter(|ty| **ty == types[index]).count();
        types.iter().enumerate().map(|(index, ty)| format!("@{ty}.{}", nearer(index))).collect()
    }

    fn number(&self, term: Term) -> Option<i128> {
        if let Some(value) = self.terms.as_int(term) {
            return Some(value);
        }
        match self.model.get(term)? {
            solver::Value::Int(value) => Some(value),
            solver::Value::Bool(value) => Some(i128::from(value)),
        }
    }

    fn value(&mut self, term: Term, ty: Ty, depth: u32) -> Option<Argument> {
        let ty = self.types.structural(ty);
        Some(match self.types.kind(ty).clone() {
            TyKind::Unit => Argument { value: Value::Unit, text: "()".into() },
            TyKind::Int | TyKind::Nat => {
                let number = self.number(term).unwrap_or(0);
                Argument { value: Value::I64(i64::try_from(number).ok()?), text: number.to_string() }
            }
            TyKind::Byte => {
                let number = self.number(term).unwrap_or(0);
                Argument { value: Value::Byte(u8::try_from(number).ok()?), text: number.to_string() }
            }
            TyKind::Bool => {
                let truth = self.number(term).unwrap_or(0) != 0;
                Argument { value: Value::Byte(u8::from(truth)), text: truth.to_string() }
            }
            TyKind::Float64 => match self.terms.node(term) {
                Node::Float(bits) => {
                    let value = f64::from_bits(*bits);
                    Argument { value: Value::F64(value), text: format!("{value:?}") }
                }
                _ => Argument { value: Value::F64(0.0), text: "0.0".into() },
            },
            TyKind::String => {
                let bytes = self.bytes(term)?;
                let text = String::from_utf8_lossy(&bytes).into_owned();
                Argument { text: format!("{text:?}"), value: Value::Bytes(bytes.into()) }
            }
            TyKind::Array(element) if self.rep(element) == Rep::Byte => {
                let bytes = self.bytes(term)?;
                let shown: Vec<String> = bytes.iter().map(u8::to_string).collect();
                Argument { text: format!("[{}]", shown.join(", ")), value: Value::Bytes(bytes.into()) }
            }
            TyKind::Array(element) => {
                let length = self.length(term)?;
                let mut items = Vec::new();
                for index in 0..length {
                    let part = self.element(term, index, element);
                    items.push(self.value(part, element, depth + 1)?);
                }
                let shown: Vec<&str> = items.iter().map(|item| item.text.as_str()).collect();
                let text = format!("[{}]", shown.join(", "));
                let values: Vec<Value> = items.into_iter().map(|item| item.value).collect();
                Argument { value: Value::Array(values.into()), text }
            }
            TyKind::Tuple(items) => {
                let (values, shown) = self.fields(term, ty, 0, &items, depth)?;
                Argument { value: Value::record(0, values), text: format!("Tuple({})", shown.join(", ")) }
            }
            TyKind::Data(data, args) => {
                let decl = self.program.data(data);
                if !decl.public && self.program.modules[decl.module.index()].prelude {
                    return None;
                }
                let found = self.tag(term).filter(|_| depth < MAX_DEPTH);
                let tag = found.or_else(|| self.simplest(data, &args))?;
                let constructor = decl.constructors.get(tag as usize)?;
                let fields = constructor.fields.clone();
                if fields.is_empty() {
                    return Some(Argument { value: Value::Static(tag), text: constructor.name.clone() });
                }
                if depth > 2 * MAX_DEPTH {
                    return None;
                }
                let fields: Vec<Ty> = fields.into_iter().map(|ty| self.types.substitute(ty, &args)).collect();
                let (values, shown) = self.fields(term, ty, tag, &fields, depth)?;
                let text = format!("{}({})", constructor.name, shown.join(", "));
                Argument { value: Value::record(tag, values), text }
            }
            _ => return None,
        })
    }

    fn fields(&mut self, term: Term, ty: Ty, tag: u32, fields: &[Ty], depth: u32) -> Option<(Vec<Value>, Vec<String>)> {
        let concrete = lower::concrete_type(&mut self.types, ty);
        let records = self.provable.records.iter();
        let mut records =
            records.filter(|(id, facts)| facts.ty == concrete && self.provable.program.records[id.index()].tag == tag);
        let record = records.next().map(|(&id, _)| id);
        let (mut values, mut shown) = (Vec::new(), Vec::new());
        for (index, &field) in fields.iter().enumerate() {
            let sort = self.sort(field);
            let part = match record {
                Some(record) => self.terms.field(record, tag, term, index as u32, sort),
                None => self.terms.unknown(sort),
            };
            let argument = self.value(part, field, depth + 1)?;
            values.push(argument.value);
            shown.push(argument.text);
        }
        Some((values, shown))
    }

    fn tag(&mut self, term: Term) -> Option<u32> {
        let tag = self.terms.tag(term);
        u32::try_from(self.number(tag)?).ok()
    }

    /// The constructor with the fewest fields that are data themselves.
    fn simplest(&mut self, data: crate::types::DataId, args: &[Ty]) -> Option<u32> {
        let constructors = &self.program.data(data).constructors;
        let fields: Vec<Vec<Ty>> = constructors.iter().map(|constructor| constructor.fields.clone()).collect();
        let weights = fields.into_iter().map(|fields| {
            let types: Vec<Ty> = fields.into_iter().map(|ty| self.types.substitute(ty, args)).collect();
            let heavy = |ty: &Ty| matches!(self.types.kind(self.types.structural(*ty)), TyKind::Data(..));
            types.iter().filter(|ty| heavy(ty)).count()
        });
        let weights: Vec<usize> = weights.collect();
        let (tag, _) = weights.iter().enumerate().min_by_key(|(_, weight)| **weight)?;
        Some(tag as u32)
    }

    fn length(&mut self, term: Term) -> Option<i128> {
        let length = self.terms.length(term);
        let length = self.number(length).unwrap_or(0);
        (0..=MAX_LENGTH).contains(&length).then_some(length)
    }

    fn element(&mut self, term: Term, index: i128, ty: Ty) -> Term {
        if let Some(&found) = self.elements.get(&(term, index)) {
            return found;
        }
        let (sort, index) = (self.sort(ty), self.terms.int(index));
        self.terms.element(term, index, sort)
    }

    /// A sequence of bytes. A model says which texts are equal, how long they are, and what some of their bytes are.
    fn bytes(&mut self, term: Term) -> Option<Vec<u8>> {
        match self.terms.node(term) {
            Node::Text(text) => return Some(text.to_vec()),
            Node::Array(items) if items.is_empty() => return Some(Vec::new()),
            _ => {}
        }
        let number = self.number(term);
        if let Some(number) = number
            && let Ok(index) = usize::try_from(number)
            && index < self.terms.count()
            && let Node::Text(text) = self.terms.node(Term::at(index))
        {
            return Some(text.to_vec());
        }
        let length = self.length(term)?;
        let letter = b'a' + number.unwrap_or(0).rem_euclid(26) as u8;
        let mut bytes = vec![letter; length as usize];
        for (index, byte) in bytes.iter_mut().enumerate() {
            if let Some(&element) = self.elements.get(&(term, index as i128))
                && let Some(value) = self.number(element)
            {
                *byte = u8::try_from(value).ok()?;
            }
        }
        Some(bytes)
    }

    fn rep(&self, ty: Ty) -> Rep {
        lower::rep_of(&self.types, self.types.structural(ty))
    }

    fn sort(&self, ty: Ty) -> Sort {
        match self.types.kind(self.types.structural(ty)) {
            TyKind::Bool => Sort::Bool,
            TyKind::Int | TyKind::Nat | TyKind::Byte => Sort::Int,
            _ => Sort::Value,
        }
    }
}
