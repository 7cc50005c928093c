//! Structural size: the number of constructors in a value, for `decreases` measures.

use super::Shape;
use crate::core::{Atom, End, Prim};
use crate::lower::body::Body;
use crate::lower::context::Lowering;
use crate::lower::work::Derivation;
use crate::types::{Ty, TyKind};
use std::collections::HashSet;
use vera_abi::layout::Rep;

impl Lowering<'_> {
    /// Whether proofs compare sizes of the type, or the compiled program if that is being made.
    pub(in crate::lower) fn has_size(&mut self, ty: Ty) -> bool {
        self.proofs.is_some() && self.is_sized(ty, true) || self.has_compiled_size(ty)
    }

    /// Whether the compiled program compares sizes of the type: data types without type arguments, down to the last field.
    pub(in crate::lower) fn has_compiled_size(&mut self, ty: Ty) -> bool {
        self.is_sized(ty, false)
    }

    fn is_sized(&mut self, ty: Ty, with_arguments: bool) -> bool {
        let mut seen = HashSet::new();
        let mut rest = vec![ty];
        while let Some(ty) = rest.pop() {
            if !seen.insert(ty) {
                continue;
            }
            match self.types.kind(ty).clone() {
                TyKind::Data(_, args) if !args.is_empty() && !with_arguments => return false,
                TyKind::Fn(_) => return false,
                _ => {}
            }
            match self.shape(ty) {
                Shape::Constructors(constructors) => {
                    rest.extend(constructors.into_iter().flat_map(|(_, fields)| fields))
                }
                Shape::Array(element) => rest.push(element),
                Shape::Other => {}
            }
        }
        matches!(self.types.kind(ty), TyKind::Data(..))
    }
}

impl Body<'_, '_> {
    pub(super) fn derive_size(&mut self, ty: Ty) -> Atom {
        let rep = self.lo.rep(ty);
        let (value, size) = (self.b.param(rep), self.b.param(Rep::I64));
        match self.lo.shape(ty) {
            Shape::Other => size,
            Shape::Array(element) => {
                let rep = self.lo.rep(element);
                let length = self.b.prim(Prim::ArrayLen(rep), vec![value.clone()]);
                self.each_element(length, size, |body, index, size| {
                    let part = body.b.prim(Prim::ArrayGetUnchecked(rep), vec![value.clone(), index]);
                    body.add_size(element, part, size)
                })
            }
            Shape::Constructors(constructors) => {
                let size = self.b.prim(Prim::WrapAddI64, vec![size, Atom::I64(1)]);
                self.by_constructor(&value, constructors.len(), Rep::I64, |body, tag| {
                    let fields = &constructors[tag].1;
                    let mut size = size.clone();
                    for (index, &field) in fields.iter().enumerate() {
                        if !body.has_parts(field) {
                            continue;
                        }
                        let part = body.part(ty, tag, &value, index, field);
                        if index + 1 == fields.len() {
                            let function = body.lo.derived(Derivation::Size, field, body.scope.origin);
                            body.b.end(End::TailCall(function, vec![part, size.clone()]));
                        } else {
                            size = body.add_size(field, part, size);
                        }
                    }
                    size
                })
            }
        }
    }

    fn has_parts(&self, ty: Ty) -> bool {
        self.lo.is_constructed(ty) || matches!(self.lo.types.kind(ty), TyKind::Array(_))
    }

    fn add_size(&mut self, ty: Ty, value: Atom, size: Atom) -> Atom {
        if self.has_parts(ty) { self.call_derived(Derivation::Size, ty, vec![value, size], Rep::I64) } else { size }
    }
}
