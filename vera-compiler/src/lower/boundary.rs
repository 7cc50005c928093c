//! Checks of the parts of values: of values that a host made, which nothing in the program has checked, and of
//! containers that are used at a type with narrower parts.
//!
//! There is one function per type and place. It walks over the value and stops the program at the first wrong part. The
//! error names the field, and the indices in the arrays around it. Parts of maps and sets have no such places.
//! Types that contain no refinements and invariants need no function and cost nothing. Naturals from a host are checked
//! by its conversions. Functions inside values are not checked.

use super::body::{Body, Scope};
use super::checks::Operation;
use super::context::Lowering;
use super::work::{BoundaryKey, Job, MAX_INDICES};
use crate::core::{Atom, Block, End, FnId as CoreFnId, Function, Op, Prim, SwitchOn};
use crate::source::Span;
use crate::types::{DataId, Ty, TyKind};
use std::collections::HashSet;
use vera_abi::layout::Rep;

impl Lowering<'_> {
    /// Whether a value a host made can have a part that breaks a refinement or an invariant. The refinements of the type
    /// itself do not count.
    pub(super) fn is_checked_inside(&mut self, ty: Ty) -> bool {
        self.has_checked_part(ty, false)
    }

    fn has_checked_part(&mut self, ty: Ty, naturals: bool) -> bool {
        let head = self.types.structural(ty);
        let mut seen = HashSet::new();
        let mut rest = vec![head];
        while let Some(ty) = rest.pop() {
            if !seen.insert(ty) {
                continue;
            }
            match self.types.kind(ty).clone() {
                TyKind::Refined(..) => return true,
                TyKind::Nat if naturals => return true,
                TyKind::Alias(_, _, inner) | TyKind::Array(inner) => rest.push(inner),
                TyKind::Tuple(items) => rest.extend(items),
                TyKind::Data(data, args) => {
                    if self.program.data(data).invariant.is_some() {
                        return true;
                    }
                    rest.extend(self.declared_fields(data, &args).into_iter().flatten());
                }
                _ => {}
            }
        }
        false
    }

    /// Field types of every constructor, aliases and refinements kept.
    fn declared_fields(&mut self, data: DataId, args: &[Ty]) -> Vec<Vec<Ty>> {
        let constructors = self.program.data(data).constructors.iter();
        let types = &mut self.types;
        constructors.map(|each| each.fields.iter().map(|&ty| types.substitute(ty, args)).collect()).collect()
    }

    fn boundary_check(&mut self, key: BoundaryKey) -> CoreFnId {
        if let Some(&known) = self.boundary_checks.get(&key) {
            return known;
        }
        let id = self.reserve(Job::Boundary(key.clone()));
        self.boundary_checks.insert(key, id);
        id
    }

    /// Builds a check.
    pub(super) fn build_boundary_check(&mut self, key: &BoundaryKey) -> Option<Function> {
        let symbol = format!("check<{}>", self.display(key.ty));
        let owner = match key.function {
            Some(function) => self.owner(self.program.function(function)),
            None => self.made(&symbol, key.span),
        };
        let scope = Scope::new(key.function, &[], [].into(), owner, key.span);
        let mut body = Body::new(self, scope, Rep::Unit);
        let rep = body.rep(key.ty);
        let value = body.b.param(rep);
        let indices: Vec<Atom> = (0..key.indices).map(|_| body.b.param(Rep::I64)).collect();
        let done = body.check_inside(key, value, &indices);
        Some(body.finish(done, symbol, None))
    }
}

impl<'p> Body<'_, 'p> {
    /// Checks the parts of a value a host made. `ty` has no parameters.
    pub(super) fn check_boundary(&mut self, value: &Atom, ty: Ty, place: &str, span: Span) {
        self.check_whole(value, ty, place, span, false);
    }

    /// Checks all parts of a container, naturals among them. `ty` has no parameters.
    pub(super) fn check_parts(&mut self, value: &Atom, ty: Ty, place: &str, span: Span) {
        self.check_whole(value, ty, place, span, true);
    }

    fn check_whole(&mut self, value: &Atom, ty: Ty, place: &str, span: Span, naturals: bool) {
        let function = self.scope.function;
        let key = BoundaryKey { ty, function, place: place.into(), span, naturals, indices: 0, hidden: false };
        self.check_inside_of(value, key, &[]);
    }

    /// `indices` are those of the elements that the value is or is in, outermost first.
    fn check_inside_of(&mut self, value: &Atom, key: BoundaryKey, indices: &[Atom]) {
        if self.lo.has_checked_part(key.ty, key.naturals) {
            let ty = self.lo.types.structural(key.ty);
            let function = self.lo.boundary_check(BoundaryKey { ty, indices: indices.len() as u8, ..key });
            let args = std::iter::once(value).chain(indices).cloned().collect();
            self.b.emit(Rep::Unit, Op::Call(function, args));
        }
    }

    fn check_inside(&mut self, key: &BoundaryKey, value: Atom, indices: &[Atom]) -> Atom {
        match self.lo.types.kind(key.ty).clone() {
            TyKind::Array(element) => self.check_elements(key, element, &value, indices),
            TyKind::Tuple(items) => self.check_fields(key, 0, &items, (&value, indices), true),
            TyKind::Data(data, args) => {
                let constructors = self.lo.declared_fields(data, &args);
                let invariant = self.lo.program.data(data).invariant.as_ref();
                let cases: Vec<(i64, Block)> = constructors
                    .iter()
                    .enumerate()
                    .map(|(tag, fields)| {
                        let last = invariant.is_none();
                        let whole = (&value, indices);
                        (tag as i64, self.block(|body| body.check_fields(key, tag as u32, fields, whole, last)))
                    })
                    .collect();
                let on = SwitchOn::Tag(value.clone());
                let done = self.b.emit(Rep::Unit, Op::Switch { on, cases, default: None });
                if invariant.is_some() {
                    let args = self.tys(&args);
                    self.invariant_holds(data, args, value, key.ty, key.span);
                }
                done
            }
            _ => Atom::Unit,
        }
    }

    /// `place` is where the part is, as messages begin.
    fn check_part(&mut self, key: &BoundaryKey, part: &Atom, ty: Ty, place: &str, indices: &[Atom]) {
        if self.lo.types.structural(ty) != Ty::NAT {
            self.check_inside_of(part, BoundaryKey { ty, ..key.clone() }, indices);
        } else if key.naturals {
            let site = self.site_of(Operation::ToNat, key.span);
            self.b.prim(Prim::GuardNat(site), vec![part.clone()]);
        }
        let mut seen = self.refined_value(part.clone(), ty);
        for (position, index) in indices.iter().enumerate() {
            let name = if indices.len() == 1 { "index".to_owned() } else { format!("index {}", position + 1) };
            seen.extend(self.seen(&name, index.clone(), Ty::INT));
        }
        self.check_refinements(part, ty, place, key.span, &seen);
    }

    /// `last`: nothing is left to do after the fields, so the last of them may be a tail call.
    fn check_fields(
        &mut self,
        key: &BoundaryKey,
        tag: u32,
        fields: &[Ty],
        (value, indices): (&Atom, &[Atom]),
        last: bool,
    ) -> Atom {
        let opaque = self.opaque_fields(key, tag);
        for (index, &field) in fields.iter().enumerate() {
            let inside = self.lo.has_checked_part(field, key.naturals);
            if inside || self.is_refined(field) {
                let ty = self.ty(key.ty);
                let shape = self.lo.record(ty, tag);
                let rep = self.rep(field);
                let part = self.b.emit(rep, Op::Field(shape, value.clone(), index as u32));
                let whole = self.lo.types.structural(field);
                // What a map is for, its keys and values, is nothing of its own.
                let of_program =
                    opaque.is_none_or(|fields| matches!(self.lo.types.kind(fields[index]), TyKind::Param(_)));
                let key = BoundaryKey { hidden: !of_program, ..key.clone() };
                if last && index + 1 == fields.len() && !self.is_refined(field) && whole != Ty::NAT {
                    let key = BoundaryKey { ty: whole, indices: indices.len() as u8, ..key };
                    let function = self.lo.boundary_check(key);
                    self.b.end(End::TailCall(function, std::iter::once(part).chain(indices.iter().cloned()).collect()));
                } else {
                    let place =
                        if opaque.is_some() { key.place.to_string() } else { self.place_of_field(&key, tag, index) };
                    self.check_part(&key, &part, field, &place, indices);
                }
            }
        }
        Atom::Unit
    }

    /// The declared fields of a constructor whose type hides them from programs.
    fn opaque_fields(&self, key: &BoundaryKey, tag: u32) -> Option<&'p [Ty]> {
        let TyKind::Data(data, _) = self.lo.types.kind(key.ty) else { return None };
        self.lo.is_opaque(*data).then(|| &*self.lo.program.data(*data).constructors[tag as usize].fields)
    }

    /// Where a field is, as messages begin.
    fn place_of_field(&self, key: &BoundaryKey, tag: u32, index: usize) -> String {
        let BoundaryKey { place, .. } = key;
        match self.lo.types.kind(key.ty) {
            TyKind::Data(data, _) => {
                let constructor = &self.lo.program.data(*data).constructors[tag as usize].name;
                format!("{place}: field {} of {constructor}", index + 1)
            }
            _ => format!("{place}: component {} of a tuple", index + 1),
        }
    }

    fn check_elements(&mut self, key: &BoundaryKey, element: Ty, value: &Atom, around: &[Atom]) -> Atom {
        let rep = self.rep(element);
        let length = self.b.prim(Prim::ArrayLen(rep), vec![value.clone()]);
        let (label, index) = (self.b.label(), self.b.local(Rep::I64));
        let at = Atom::Local(index);
        let body = self.block(|body| {
            let more = body.b.prim(Prim::LtI64, vec![at.clone(), length]);
            body.branch(
                more,
                Rep::Unit,
                |body| {
                    let part = body.b.prim(Prim::ArrayGetUnchecked(rep), vec![value.clone(), at.clone()]);
                    let mut indices = around.to_vec();
                    if !key.hidden {
                        indices.push(at.clone());
                        indices.drain(..indices.len().saturating_sub(MAX_INDICES));
                    }
                    let key = BoundaryKey { hidden: false, ..key.clone() };
                    body.check_part(&key, &part, element, &key.place, &indices);
                    let next = body.b.prim(Prim::WrapAddI64, vec![at.clone(), Atom::I64(1)]);
                    body.b.end(End::Jump(label, vec![next]));
                    Atom::Unit
                },
                |_| Atom::Unit,
            )
        });
        self.b.emit(Rep::Unit, Op::Loop { label, params: vec![(index, Atom::I64(0))], body: Box::new(body) })
    }
}
