//! Calls with known arguments, which the interpreter runs.

use super::Executor;
use crate::core::FnId;
use crate::core::interpret::{Limits, NoExterns, Value};
use crate::types::{Ty, TyKind};
use crate::verify::subject::constructors;
use crate::verify::term::{Node, Sort, Term};
use vera_abi::layout::Rep;

/// Statements that a call with known arguments may execute.
const FUEL: u64 = 200_000;
/// Largest value that becomes a term, in parts.
const MAX_PARTS: usize = 2_000;

impl Executor<'_> {
    /// The result of a pure function on known arguments, if it comes to one soon.
    pub(super) fn run_on_constants(&mut self, id: FnId, args: &[Term]) -> Option<Term> {
        if !args.iter().all(|&arg| self.terms.is_constant(arg)) {
            return None;
        }
        let facts = &self.provable.functions[id.index()];
        let result = facts.result?;
        let ground = self.ground.functions.get(id.index())?;
        let function = self.provable.program.function(id);
        if ground.params.len() != function.params.len() || ground.result != function.result {
            return None;
        }
        let types = facts.params.clone();
        let values: Option<Vec<Value>> = args.iter().zip(types).map(|(&arg, ty)| self.lower_term(arg, ty)).collect();
        let limits = Limits { fuel: FUEL, depth: 10_000 };
        let value = self.ground.interpret(id, values?, limits, &mut NoExterns).ok()?;
        self.lift(&value, result, &mut MAX_PARTS.clone())
    }

    /// A constant as a value of the interpreter.
    pub(super) fn lower_term(&mut self, term: Term, ty: Ty) -> Option<Value> {
        let structural = self.types.structural(ty);
        let rep = self.rep_of(structural);
        Some(match (self.terms.node(term).clone(), rep) {
            (Node::Unit, _) | (_, Rep::Unit) => Value::Unit,
            (Node::Bool(value), _) => Value::Byte(u8::from(value)),
            (Node::Int(value), Rep::I64) => Value::I64(i64::try_from(value).ok()?),
            (Node::Int(value), Rep::Byte) => Value::Byte(u8::try_from(value).ok()?),
            (Node::Float(bits), _) => Value::F64(f64::from_bits(bits)),
            (Node::Text(text), _) => Value::Bytes(text.to_vec().into()),
            (Node::Array(items), _) => match *self.types.kind(structural) {
                TyKind::String => Value::string(""),
                TyKind::Array(element) if self.rep_of(element) == Rep::Byte => {
                    let bytes: Option<Vec<u8>> = items.iter().map(|&item| self.byte_of(item)).collect();
                    Value::Bytes(bytes?.into())
                }
                TyKind::Array(element) => {
                    let items: Option<Vec<Value>> = items.iter().map(|&item| self.lower_term(item, element)).collect();
                    Value::Array(items?.into())
                }
                _ => return None,
            },
            (Node::Static(tag), _) => Value::Static(tag),
            (Node::Record(_, tag, fields), _) => {
                let types = self.field_types(structural, tag)?;
                let fields: Option<Vec<Value>> =
                    fields.iter().zip(types).map(|(&field, ty)| self.lower_term(field, ty)).collect();
                Value::record(tag, fields?)
            }
            _ => return None,
        })
    }

    fn byte_of(&self, term: Term) -> Option<u8> {
        self.terms.as_int(term).and_then(|value| u8::try_from(value).ok())
    }

    /// Types of the fields of a constructor, or components of a tuple.
    fn field_types(&mut self, ty: Ty, tag: u32) -> Option<Vec<Ty>> {
        let constructors = constructors(self.tir, &mut self.types, ty)?;
        constructors.into_iter().nth(tag as usize)
    }

    /// A value of the interpreter as a constant.
    pub(super) fn lift(&mut self, value: &Value, ty: Ty, parts: &mut usize) -> Option<Term> {
        *parts = parts.checked_sub(1)?;
        let structural = self.types.structural(ty);
        Some(match value {
            Value::Unit => Term::UNIT,
            Value::Byte(byte) => match self.sort_of(Some(structural), Rep::Byte) {
                Sort::Bool => self.terms.bool(*byte != 0),
                _ => self.terms.int(i128::from(*byte)),
            },
            Value::I64(value) => self.terms.int(i128::from(*value)),
            Value::F64(value) => self.terms.float(*value),
            Value::Bytes(bytes) => bytes.with(|bytes| match self.types.kind(structural) {
                TyKind::String if bytes.len() <= MAX_PARTS => Some(self.terms.text(bytes)),
                TyKind::Array(_) if bytes.len() <= *parts => {
                    let items = bytes.iter().map(|&byte| self.terms.int(i128::from(byte))).collect();
                    Some(self.terms.array(items))
                }
                _ => None,
            })?,
            Value::Array(array) => {
                let TyKind::Array(element) = *self.types.kind(structural) else {
                    return array.is_empty().then(|| self.terms.array(Vec::new()));
                };
                if array.len() > *parts {
                    return None;
                }
                let items: Option<Vec<Term>> =
                    array.to_vec().iter().map(|item| self.lift(item, element, parts)).collect();
                self.terms.array(items?)
            }
            Value::Static(tag) => self.terms.constructor(*tag),
            Value::Record(record) => {
                let types = self.field_types(structural, record.tag)?;
                let concrete = self.record_type(structural);
                let id = *self.records.get(&(concrete, record.tag))?;
                let fields: Option<Vec<Term>> =
                    record.fields().iter().zip(types).map(|(field, ty)| self.lift(field, ty, parts)).collect();
                let value = self.terms.record(id, record.tag, fields?);
                self.type_of.entry(value).or_insert(ty);
                value
            }
            Value::Closure(_) | Value::Cell(_) => return None,
        })
    }
}
