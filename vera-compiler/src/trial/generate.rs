//! Values of any type that can be written in a program.
//!
//! Small values, the ends of ranges, and the numbers that the program itself mentions come more often than others. Values
//! of refined types and of data with invariants satisfy them. There are no values of functions, and of types whose
//! representation is hidden.

use super::mentioned::Mentioned;
use super::random::Random;
use crate::core::interpret::Value;
use crate::lower;
use crate::types::{Ty, TyKind, Types};
use crate::verify::{Subject, constructors, is_opaque, simplest};
use vera_abi::layout::Rep;

/// How often a value is made anew that breaks a predicate.
const MAX_ATTEMPTS: u32 = 60;
/// How deeply data nests.
const MAX_DEPTH: u32 = 6;
/// Most elements of an array, and characters of a string.
const MAX_LENGTH: u64 = 6;

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
                TyKind::Data(data, _) if is_opaque(self.subject.program, data) => {
                    return Some(format!("`{}`", self.subject.program.data(data).name));
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
            TyKind::Data(data, args) => self.such_that(
                |this| this.constructed(ty, depth),
                |subject, value| subject.is_invariant(data, args.clone(), value),
            ),
            TyKind::Tuple(_) => self.constructed(ty, depth),
            TyKind::Unit => Some(Value::Unit),
            TyKind::Int => Some(Value::I64(self.integer())),
            TyKind::Nat => Some(Value::I64(self.integer() & i64::MAX)),
            TyKind::Bool => Some(Value::Byte(self.random.below(2) as u8)),
            TyKind::Byte => Some(Value::Byte(self.random.next() as u8)),
            TyKind::Float64 => Some(Value::F64(self.float())),
            TyKind::String => Some(Value::string(&self.text())),
            TyKind::Array(element) => {
                let length = if depth >= MAX_DEPTH { 0 } else { self.random.below(MAX_LENGTH) };
                let items: Option<Vec<Value>> = (0..length).map(|_| self.value(element, depth + 1)).collect();
                Some(array(items?, lower::rep_of(&self.types, self.types.structural(element))))
            }
            _ => None,
        }
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
            self.random.below(constructors.len() as u64) as usize
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

    fn integer(&mut self) -> i64 {
        match self.random.below(10) {
            0..=3 => self.random.below(21) as i64 - 10,
            4..=6 => self.random.pick(&self.mentioned.numbers).copied().unwrap_or(0),
            7 => self.random.below(2001) as i64 - 1000,
            8 => self.random.pick(&[i64::MIN, i64::MAX, i64::MIN + 1, i64::MAX - 1]).copied().unwrap_or(0),
            _ => self.random.next() as i64,
        }
    }

    fn float(&mut self) -> f64 {
        const SPECIAL: &[f64] = &[
            0.0,
            -0.0,
            1.0,
            -1.0,
            0.5,
            1e18,
            -1e18,
            1e300,
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::MIN_POSITIVE,
        ];
        match self.random.below(3) {
            0 => self.random.pick(SPECIAL).copied().unwrap_or(0.0),
            1 => self.random.below(2001) as f64 / 10.0 - 100.0,
            _ => self.integer() as f64,
        }
    }

    fn text(&mut self) -> String {
        const LETTERS: &[char] = &['a', 'b', 'z', 'A', '0', '9', ' ', '-', ',', '\n', '"', '\u{e9}', '\u{1f600}'];
        if self.random.below(4) == 0 {
            return self.random.pick(&self.mentioned.texts).cloned().unwrap_or_default();
        }
        let length = self.random.below(MAX_LENGTH);
        (0..length).filter_map(|_| self.random.pick(LETTERS)).collect()
    }
}

/// An array of elements of a representation.
pub(super) fn array(items: Vec<Value>, rep: Rep) -> Value {
    if rep != Rep::Byte {
        return Value::Array(items.into());
    }
    let bytes: Vec<u8> = items.iter().map(|item| if let Value::Byte(byte) = item { *byte } else { 0 }).collect();
    Value::Bytes(bytes.into())
}
