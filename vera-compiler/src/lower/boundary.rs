//! Checks of the parts of values: of those a host made, which nothing in the program has checked, and of containers
//! that are used at a type with narrower parts.
//!
//! One function per type and place; it goes through the value and stops the program at the first part that is wrong.
//! Types without refinements and invariants inside have none and cost nothing. Naturals in what a host made are its
//! conversions' business. Functions inside of values are not checked.

use super::body::{Body, Scope};
use super::checks::Operation;
use super::context::Lowering;
use super::work::{BoundaryKey, Job};
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
        let done = body.check_inside(key, value);
        Some(body.finish(done, symbol, None))
    }
}

impl Body<'_, '_> {
    /// Checks the parts of a value a host made. `ty` has no parameters.
    pub(super) fn check_boundary(&mut self, value: &Atom, ty: Ty, place: &str, span: Span) {
        let function = self.scope.function;
        self.check_inside_of(value, BoundaryKey { ty, function, place: place.into(), span, naturals: false });
    }

    /// Checks all parts of a container, naturals among them. `ty` has no parameters.
    pub(super) fn check_parts(&mut self, value: &Atom, ty: Ty, place: &str, span: Span) {
        let function = self.scope.function;
        self.check_inside_of(value, BoundaryKey { ty, function, place: place.into(), span, naturals: true });
    }

    fn check_inside_of(&mut self, value: &Atom, key: BoundaryKey) {
        if self.lo.has_checked_part(key.ty, key.naturals) {
            let function = self.lo.boundary_check(BoundaryKey { ty: self.lo.types.structural(key.ty), ..key });
            self.b.emit(Rep::Unit, Op::Call(function, vec![value.clone()]));
        }
    }

    fn check_inside(&mut self, key: &BoundaryKey, value: Atom) -> Atom {
        match self.lo.types.kind(key.ty).clone() {
            TyKind::Array(element) => self.check_elements(key, element, &value),
            TyKind::Tuple(items) => self.check_fields(key, 0, &items, &value, true),
            TyKind::Data(data, args) => {
                let constructors = self.lo.declared_fields(data, &args);
                let invariant = self.lo.program.data(data).invariant.as_ref();
                let cases: Vec<(i64, Block)> = constructors
                    .iter()
                    .enumerate()
                    .map(|(tag, fields)| {
                        let last = invariant.is_none();
                        (tag as i64, self.block(|body| body.check_fields(key, tag as u32, fields, &value, last)))
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

    fn check_part(&mut self, key: &BoundaryKey, part: &Atom, ty: Ty) {
        if self.lo.types.structural(ty) != Ty::NAT {
            self.check_inside_of(part, BoundaryKey { ty, ..key.clone() });
        } else if key.naturals {
            let site = self.site_of(Operation::ToNat, key.span);
            self.b.prim(Prim::GuardNat(site), vec![part.clone()]);
        }
        let seen = self.refined_value(part.clone(), ty);
        self.check_refinements(part, ty, &key.place, key.span, &seen);
    }

    /// `last`: nothing is left to do after the fields, so the last of them may be a tail call.
    fn check_fields(&mut self, key: &BoundaryKey, tag: u32, fields: &[Ty], value: &Atom, last: bool) -> Atom {
        for (index, &field) in fields.iter().enumerate() {
            let inside = self.lo.has_checked_part(field, key.naturals);
            if inside || self.is_refined(field) {
                let ty = self.ty(key.ty);
                let shape = self.lo.record(ty, tag);
                let rep = self.rep(field);
                let part = self.b.emit(rep, Op::Field(shape, value.clone(), index as u32));
                let whole = self.lo.types.structural(field);
                if last && index + 1 == fields.len() && !self.is_refined(field) && whole != Ty::NAT {
                    let function = self.lo.boundary_check(BoundaryKey { ty: whole, ..key.clone() });
                    self.b.end(End::TailCall(function, vec![part]));
                } else {
                    self.check_part(key, &part, field);
                }
            }
        }
        Atom::Unit
    }

    fn check_elements(&mut self, key: &BoundaryKey, element: Ty, value: &Atom) -> Atom {
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
                    body.check_part(key, &part, element);
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
