//! Counterexamples: a model of a solver as values, and their replay in the interpreter.
//!
//! A model is only a claim. A user sees only what the interpreter, which runs the same `core`, did: the program ran on
//! these arguments and that check failed.

use super::encode::Model;
use super::hidden::Hidden;
use super::obligation::Counterexample;
use super::show::shown;
use super::solver;
use super::subject::{Subject, constructors, is_opaque, simplest};
use super::term::{Fun, Node, Sort, Term, Terms, float};
use crate::core::FnId;
use crate::core::interpret::{Limits, NoExterns, Stop, Value};
use crate::lower;
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

/// A model of a function's arguments.
pub(super) struct Replay<'r> {
    pub(super) subject: &'r Subject<'r>,
    pub(super) types: Types,
    pub(super) terms: &'r mut Terms,
    pub(super) model: &'r Model,
    elements: FxHashMap<(Term, i128), Term>,
}

impl<'r> Replay<'r> {
    /// A model, and the program it is about.
    pub(super) fn new(subject: &'r Subject<'r>, terms: &'r mut Terms, model: &'r Model) -> Self {
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
        Self { subject, types: subject.provable.types.clone(), terms, model, elements }
    }

    /// Runs a function on the model. Gives the kind and the place of the check that failed, if one did, and the arguments.
    pub(super) fn run(
        &mut self,
        function: FnId,
        params: &[Term],
    ) -> Option<(TrapKind, crate::source::Span, Counterexample)> {
        if !self.subject.runs_alone(function) {
            return None;
        }
        let values = self.arguments(function, params)?;
        let types = self.subject.provable.functions[function.index()].params.clone();
        if !values.iter().zip(&types).all(|(value, &ty)| self.is_of(value, ty)) {
            return None;
        }
        let shown_args = values.clone();
        let limits = Limits { fuel: FUEL, depth: 5_000 };
        let Err(Stop::Trap(site, _)) = self.subject.ground.interpret(function, values, limits, &mut NoExterns) else {
            return None;
        };
        let site = self.subject.provable.sites.get(site.index())?;
        let values = shown(self.subject, function, &shown_args);
        Some((site.kind, site.span, Counterexample { values, always: false }))
    }

    /// Whether a value satisfies the refinements and invariants of a type, inside of it too: others are not made by any
    /// program, and not taken from any host. The value has the representation of the type.
    fn is_of(&mut self, value: &Value, ty: Ty) -> bool {
        match self.types.kind(ty).clone() {
            TyKind::Alias(_, _, inner) => self.is_of(value, inner),
            TyKind::Recursive(..) => {
                let inner = self.types.structural(ty);
                self.is_of(value, inner)
            }
            TyKind::Refined(base, predicate, args) => {
                self.is_of(value, base) && self.subject.is_refined(predicate, args, value)
            }
            TyKind::Nat => matches!(value, Value::I64(0..)),
            TyKind::Array(element) => match value {
                Value::Array(array) => array.to_vec().iter().all(|item| self.is_of(item, element)),
                _ => true,
            },
            TyKind::Tuple(_) => self.has_such_fields(value, ty),
            TyKind::Data(data, args) => self.has_such_fields(value, ty) && self.subject.is_invariant(data, args, value),
            _ => true,
        }
    }

    fn has_such_fields(&mut self, value: &Value, ty: Ty) -> bool {
        let Value::Record(record) = value else { return true };
        let constructors = constructors(self.subject.program, &mut self.types, ty).unwrap_or_default();
        let types = constructors.get(record.tag as usize).into_iter().flatten();
        record.fields().iter().zip(types).all(|(field, &ty)| self.is_of(field, ty))
    }

    /// The arguments of a function in the model.
    pub(crate) fn arguments(&mut self, function: FnId, params: &[Term]) -> Option<Vec<Value>> {
        let types = &self.subject.provable.functions[function.index()].params;
        params.iter().zip(types).map(|(&param, &ty)| self.value(param, ty, 0)).collect()
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

    fn value(&mut self, term: Term, ty: Ty, depth: u32) -> Option<Value> {
        let ty = self.types.structural(ty);
        Some(match self.types.kind(ty).clone() {
            TyKind::Unit => Value::Unit,
            TyKind::Int | TyKind::Nat => Value::I64(i64::try_from(self.number(term).unwrap_or(0)).ok()?),
            TyKind::Byte => Value::Byte(u8::try_from(self.number(term).unwrap_or(0)).ok()?),
            TyKind::Bool => Value::Byte(u8::from(self.number(term).unwrap_or(0) != 0)),
            TyKind::Float64 => Value::F64(self.float(term)),
            TyKind::String => Value::Bytes(self.bytes(term)?.into()),
            TyKind::Array(element) if self.rep(element) == Rep::Byte => Value::Bytes(self.bytes(term)?.into()),
            TyKind::Array(element) => {
                let mut items = Vec::new();
                for index in 0..self.length(term)? {
                    let part = self.element(term, index, element);
                    items.push(self.value(part, element, depth + 1)?);
                }
                Value::Array(items.into())
            }
            TyKind::Data(data, _) if is_opaque(self.subject.program, data) => {
                Hidden::of(self.subject.program, data)?.simplest()
            }
            TyKind::Tuple(_) | TyKind::Data(..) => {
                let constructors = constructors(self.subject.program, &mut self.types, ty)?;
                let found = self.tag(term).filter(|_| constructors.len() > 1 && depth < MAX_DEPTH);
                let tag = found.or_else(|| simplest(&self.types, &constructors).map(|tag| tag as u32))?;
                let fields = constructors.get(tag as usize)?;
                if fields.is_empty() {
                    return Some(Value::Static(tag));
                }
                if depth > 2 * MAX_DEPTH {
                    return None;
                }
                Value::record(tag, self.fields(term, ty, tag, fields, depth)?)
            }
            _ => return None,
        })
    }

    fn float(&mut self, term: Term) -> f64 {
        if let Some(value) = self.terms.as_float(term) {
            return value;
        }
        let (nan, rank) = (self.terms.is_nan(term), self.terms.float_rank(term));
        match self.number(nan) {
            Some(1) => f64::NAN,
            _ => self.number(rank).and_then(float::of_rank).unwrap_or(0.0),
        }
    }

    fn fields(&mut self, term: Term, ty: Ty, tag: u32, fields: &[Ty], depth: u32) -> Option<Vec<Value>> {
        let concrete = lower::concrete_type(&mut self.types, ty);
        let records = self.subject.provable.records.iter();
        let mut records = records
            .filter(|(id, facts)| facts.ty == concrete && self.subject.provable.program.records[id.index()].tag == tag);
        let record = records.next().map(|(&id, _)| id);
        let mut values = Vec::new();
        for (index, &field) in fields.iter().enumerate() {
            let sort = self.sort(field);
            let part = match record {
                Some(record) => self.terms.field(record, tag, term, index as u32, sort),
                None => self.terms.unknown(sort),
            };
            values.push(self.value(part, field, depth + 1)?);
        }
        Some(values)
    }

    fn tag(&mut self, term: Term) -> Option<u32> {
        let tag = self.terms.tag(term);
        u32::try_from(self.number(tag)?).ok()
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
