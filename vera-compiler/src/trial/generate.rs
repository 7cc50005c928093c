//! Generates values of any type that can be written in a program.
//!
//! Small values, the ends of ranges, and the numbers that the program itself mentions are more frequent than others.
//! Values of refined types and of data with invariants satisfy the conditions. Maps and sets are small, decimals finite.
//! There are no values of functions.

use super::mentioned::Mentioned;
use crate::core::interpret::Value;
use crate::lower;
use crate::types::{Ty, TyKind, Types};
use crate::verify::hidden::{self, Hidden, Number, array};
use crate::verify::{Form, Subject, constructors, is_opaque, simplest, written};
use vera_abi::chance::Random;
use vera_abi::layout::Rep;

/// How often a value that breaks a predicate is replaced by another one.
const MAX_ATTEMPTS: u32 = 60;
/// How deeply data nests.
const MAX_DEPTH: u32 = 6;
/// Most elements of an array, a map or a set, and characters of a string.
const MAX_LENGTH: usize = 6;
const _: () = assert!(MAX_LENGTH <= hidden::MAX_ENTRIES);
/// Most digits of a decimal behind the point.
const MAX_PLACES: usize = 4;

/// Makes values.
pub(super) struct Generator<'g> {
    pub(super) subject: &'g Subject<'g>,
    pub(super) types: Types,
    pub(super) random: Random,
    mentioned: Mentioned,
}

impl<'g> Generator<'g> {
    pub(super) fn new(subject: &'g Subject<'g>, seed: u64) -> Self {
        let types = subject.provable.types.clone();
        let mentioned = Mentioned::of(subject.program);
        Self { subject, types, random: Random::new(seed), mentioned }
    }

    /// Why there are no values of a type, if so.
    pub(super) fn refuses(&mut self, ty: Ty) -> Option<String> {
        let mut seen = Vec::new();
        let mut rest = vec![ty];
        while let Some(ty) = rest.pop() {
            let ty = self.types.structural(ty);
            if seen.contains(&ty) {
                continue;
            }
            seen.push(ty);
            match self.types.kind(ty).clone() {
                TyKind::Fn(_) => return Some("functions".into()),
                TyKind::Never => return Some("`Never`".into()),
                TyKind::Data(data, args) if is_opaque(self.subject.program, data) => {
                    match Hidden::of(self.subject.program, data) {
                        Some(_) => rest.extend(args),
                        None => return Some(format!("`{}`", self.subject.program.data(data).name)),
                    }
                }
                TyKind::Array(element) => rest.push(element),
                TyKind::Tuple(_) | TyKind::Data(..) => {
                    rest.extend(constructors(self.subject.program, &mut self.types, ty).unwrap_or_default().concat());
                }
                _ => {}
            }
        }
        None
    }

    /// A value, unless none was found that satisfies the predicates of the type.
    pub(super) fn value(&mut self, ty: Ty, depth: u32) -> Option<Value> {
        match self.types.kind(ty).clone() {
            TyKind::Alias(_, _, inner) => self.value(inner, depth),
            TyKind::Recursive(..) => {
                let inner = self.types.structural(ty);
                self.value(inner, depth)
            }
            TyKind::Refined(base, predicate, args) => self.such_that(
                |this| this.value(base, depth),
                |subject, value| subject.is_refined(predicate, args.clone(), value),
            ),
            TyKind::Data(data, args) => match Hidden::of(self.subject.program, data) {
                Some(hidden) => self.hidden(hidden, &args, depth),
                None => self.such_that(
                    |this| this.constructed(ty, depth),
                    |subject, value| subject.is_invariant(data, args.clone(), value),
                ),
            },
            TyKind::Tuple(_) => self.constructed(ty, depth),
            TyKind::Unit => Some(Value::Unit),
            TyKind::Int => Some(Value::I64(self.random.integer(&self.mentioned.numbers))),
            TyKind::Nat => Some(Value::I64(self.random.integer(&self.mentioned.numbers) & i64::MAX)),
            TyKind::Bool => Some(Value::Byte(self.random.below(2) as u8)),
            TyKind::Byte => Some(Value::Byte(self.random.bits() as u8)),
            TyKind::Float64 => Some(Value::F64(self.random.float(&self.mentioned.numbers))),
            TyKind::String => Some(Value::string(&self.random.text(&self.mentioned.texts))),
            TyKind::Array(element) => {
                let length = self.length(depth);
                let items: Option<Vec<Value>> = (0..length).map(|_| self.value(element, depth + 1)).collect();
                Some(array(items?, self.rep(element)))
            }
            _ => None,
        }
    }

    fn length(&mut self, depth: u32) -> usize {
        if depth >= MAX_DEPTH { 0 } else { self.random.below(MAX_LENGTH) }
    }

    fn rep(&self, ty: Ty) -> Rep {
        lower::rep_of(&self.types, self.types.structural(ty))
    }

    fn hidden(&mut self, hidden: Hidden, args: &[Ty], depth: u32) -> Option<Value> {
        match (hidden, args) {
            (Hidden::Map, &[key, value]) => {
                let keys = self.keys(key, depth)?;
                let entries = keys.into_iter().map(|key| Some((key, self.value(value, depth + 1)?)));
                let entries: Vec<(Value, Value)> = entries.collect::<Option<_>>()?;
                Some(hidden::map(&entries, self.rep(key), self.rep(value)))
            }
            (Hidden::Set, &[item]) => Some(hidden::set(&self.keys(item, depth)?, self.rep(item))),
            (Hidden::Decimal, _) => {
                let (number, places) =
                    (self.random.integer(&self.mentioned.numbers), self.random.below(MAX_PLACES + 1));
                let coefficient = number.unsigned_abs().into();
                Some(Number { is_negative: number < 0, coefficient, exponent: -(places as i64) }.value())
            }
            _ => None,
        }
    }

    /// Distinct values.
    fn keys(&mut self, ty: Ty, depth: u32) -> Option<Vec<Value>> {
        let (mut keys, mut seen) = (Vec::new(), Vec::new());
        for _ in 0..self.length(depth) {
            let key = self.value(ty, depth + 1)?;
            let text = written(self.subject.program, &mut self.types, &key, ty, Form::Key);
            if !seen.contains(&text) {
                keys.push(key);
                seen.push(text);
            }
        }
        Some(keys)
    }

    /// A value that satisfies a predicate, unless none was found.
    fn such_that(
        &mut self,
        mut make: impl FnMut(&mut Self) -> Option<Value>,
        holds: impl Fn(&Subject<'_>, &Value) -> bool,
    ) -> Option<Value> {
        (0..MAX_ATTEMPTS).find_map(|_| make(self).filter(|value| holds(self.subject, value)))
    }

    /// A tuple, or a value of a data type.
    fn constructed(&mut self, ty: Ty, depth: u32) -> Option<Value> {
        let constructors = constructors(self.subject.program, &mut self.types, ty)?;
        let tag = if depth >= MAX_DEPTH {
            simplest(&self.types, &constructors)?
        } else {
            self.random.below(constructors.len())
        };
        if constructors[tag].is_empty() {
            return Some(Value::Static(tag as u32));
        }
        if depth > 2 * MAX_DEPTH {
            return None;
        }
        let fields: Option<Vec<Value>> = constructors[tag].iter().map(|&field| self.value(field, depth + 1)).collect();
        Some(Value::record(tag as u32, fields?))
    }
}
