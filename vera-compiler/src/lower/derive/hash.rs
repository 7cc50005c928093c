//! Hashes. The language's hash is FNV-1a over a constructor's tag (an array's length) and the hashes of its parts, 64
//! bits per step. The hash of map keys is that of `vera_abi::map::hash`.

use super::Shape;
use crate::core::{Atom, Prim};
use crate::lower::body::Body;
use crate::lower::work::Derivation;
use crate::source::Span;
use crate::types::{Ty, TyKind};
use vera_abi::layout::Rep;

const OFFSET: i64 = 0xcbf2_9ce4_8422_2325_u64 as i64;
const PRIME: i64 = 0x100_0000_01b3;

impl Body<'_, '_> {
    /// The hash of a value of a concrete type; of map keys, its part of a key's hash.
    pub(in crate::lower) fn hash_value(&mut self, derivation: Derivation, ty: Ty, value: Atom, span: Span) -> Atom {
        match self.lo.types.kind(ty) {
            TyKind::Int | TyKind::Nat => value,
            TyKind::Bool | TyKind::Byte => self.b.prim(Prim::ByteToI64, vec![value]),
            TyKind::String if derivation == Derivation::KeyHash => self.b.prim(Prim::StrKeyHash, vec![value]),
            TyKind::String => self.b.prim(Prim::StrHash, vec![value]),
            TyKind::Unit | TyKind::Never => Atom::I64(0),
            TyKind::Float64 if derivation == Derivation::KeyHash => self.hash_key_float(value),
            TyKind::Float64 => self.b.prim(Prim::F64Bits, vec![value]),
            _ => match self.lo.shape(ty) {
                Shape::Other => match self.lo.of_library(derivation, ty) {
                    Some((function, args)) => self.call_known(function, &args, vec![value], Ty::INT, span),
                    None => {
                        self.no_ability("Hash", ty, span);
                        Atom::I64(0)
                    }
                },
                _ => self.call_derived(derivation, ty, vec![value], Rep::I64),
            },
        }
    }

    /// The bits of a float; one hash for both zeros, and one for everything that is not a number.
    fn hash_key_float(&mut self, value: Atom) -> Atom {
        let number = self.b.prim(Prim::EqF64, vec![value.clone(), value.clone()]);
        self.branch(
            number,
            Rep::I64,
            |body| {
                // Adding positive zero makes negative zero positive and changes nothing else.
                let value = body.b.prim(Prim::AddF64, vec![value, Atom::F64(0.0)]);
                body.b.prim(Prim::F64Bits, vec![value])
            },
            |_| Atom::I64(0x7ff8_0000_0000_0000),
        )
    }

    pub(super) fn derive_hash(&mut self, derivation: Derivation, ty: Ty) -> Atom {
        let rep = self.lo.rep(ty);
        let value = self.b.param(rep);
        match self.lo.shape(ty) {
            Shape::Other => Atom::I64(0),
            Shape::Array(element) => {
                let rep = self.lo.rep(element);
                let length = self.b.prim(Prim::ArrayLen(rep), vec![value.clone()]);
                let start = match derivation {
                    Derivation::KeyHash => length.clone(),
                    _ => self.mix(derivation, Atom::I64(OFFSET), length.clone()),
                };
                self.each_element(length, start, |body, index, hash| {
                    let element_value = body.b.prim(Prim::ArrayGetUnchecked(rep), vec![value.clone(), index]);
                    let part = body.hash_value(derivation, element, element_value, body.scope.origin);
                    body.mix(derivation, hash, part)
                })
            }
            Shape::Constructors(constructors) => {
                self.by_constructor(&value, constructors.len(), Rep::I64, |body, tag| {
                    let mut hash = Atom::I64(match derivation {
                        Derivation::KeyHash => tag as i64,
                        _ => (OFFSET ^ tag as i64).wrapping_mul(PRIME),
                    });
                    for (index, &field) in constructors[tag].1.iter().enumerate() {
                        let part = body.part(ty, tag, &value, index, field);
                        let part = body.hash_value(derivation, field, part, body.scope.origin);
                        hash = body.mix(derivation, hash, part);
                    }
                    hash
                })
            }
        }
    }

    fn mix(&mut self, derivation: Derivation, hash: Atom, part: Atom) -> Atom {
        if derivation == Derivation::KeyHash {
            return self.b.prim(Prim::KeyStep, vec![hash, part]);
        }
        let mixed = self.b.prim(Prim::XorI64, vec![hash, part]);
        self.b.prim(Prim::WrapMulI64, vec![mixed, Atom::I64(PRIME)])
    }
}
