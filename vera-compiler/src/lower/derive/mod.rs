//! Functions that are derived from a type: equality, hash, text, size. There is one core function per concrete type and
//! operation.
//!
//! If the same kind of function handles a value's last field, that is a tail call, so long lists need no stack. Hashes
//! are the exception, because a hash is combined after its part is known.

mod equal;
mod hash;
mod order;
mod settle;
mod show;
mod size;

use super::body::{Body, Scope};
use super::context::Lowering;
use super::work::{Derivation, Job};
use crate::core::{Atom, Block, End, FnId, Function, LocalId, Op, Prim, SwitchOn};
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::source::Span;
use crate::tir::{self, Ability, Expr};
use crate::types::{DataId, Ty, TyKind};
use vera_abi::layout::Rep;

/// The parts of a value that a derived function goes through.
enum Shape {
    /// Constructors (name, field types); of a tuple one.
    Constructors(Vec<(String, Vec<Ty>)>),
    /// An array.
    Array(Ty),
    /// A type without parts, or one that cannot be looked into.
    Other,
}

impl<'p> Lowering<'p> {
    /// The function of an operation at a concrete type.
    /// `span` is where it is used: mistakes are reported there.
    pub(super) fn derived(&mut self, derivation: Derivation, ty: Ty, span: Span) -> FnId {
        if let Some(&known) = self.derived.get(&(derivation, ty)) {
            return known;
        }
        let id = self.reserve(Job::Derived(derivation, ty, span));
        self.derived.insert((derivation, ty), id);
        id
    }

    /// Builds a derived function.
    pub(super) fn build_derived(&mut self, derivation: Derivation, ty: Ty, span: Span) -> Option<Function> {
        let symbol = match derivation {
            Derivation::ShowClose => derivation.name().to_owned(),
            _ => format!("{}<{}>", derivation.name(), self.display(ty)),
        };
        let owner = self.made(&symbol, span);
        let scope = Scope::new(None, &[], [].into(), owner, span);
        let result = match derivation {
            Derivation::Eq | Derivation::KeyEq => Rep::Byte,
            Derivation::Hash | Derivation::KeyHash | Derivation::Size => Rep::I64,
            Derivation::Show | Derivation::ShowClose => Rep::Slice,
            Derivation::Settle => Rep::Unit,
        };
        let mut body = Body::new(self, scope, result);
        let value = match derivation {
            Derivation::Eq | Derivation::KeyEq => body.derive_equal(derivation, ty),
            Derivation::Hash | Derivation::KeyHash => body.derive_hash(derivation, ty),
            Derivation::Show => body.derive_show(ty),
            Derivation::ShowClose => body.derive_show_close(),
            Derivation::Size => body.derive_size(ty),
            Derivation::Settle => body.derive_settle(ty),
        };
        Some(body.finish(value, symbol, None))
    }

    fn shape(&mut self, ty: Ty) -> Shape {
        match self.types.kind(ty).clone() {
            TyKind::Data(data, _) if self.is_opaque(data) => Shape::Other,
            TyKind::Data(data, args) => {
                let names = self.program.data(data).constructors.iter().map(|constructor| constructor.name.clone());
                let names: Vec<String> = names.collect();
                let fields = (0..names.len()).map(|tag| self.field_types(data, &args, tag as u32)).collect::<Vec<_>>();
                Shape::Constructors(names.into_iter().zip(fields).collect())
            }
            TyKind::Tuple(items) => Shape::Constructors(vec![(String::new(), items)]),
            TyKind::Array(element) => Shape::Array(element),
            _ => Shape::Other,
        }
    }

    /// The function of the prelude, with its type arguments, that stands in for a derived one where a type hides how it
    /// represents its values.
    fn of_library(&self, derivation: Derivation, ty: Ty) -> Option<(tir::FnId, Vec<Ty>)> {
        let TyKind::Data(data, args) = self.types.kind(ty) else { return None };
        Some((self.lang_items.derived(derivation, *data)?, args.clone()))
    }

    /// Whether a data type hides how it represents its values.
    pub(super) fn is_opaque(&self, data: DataId) -> bool {
        let decl = self.program.data(data);
        self.program.modules[decl.module.index()].prelude && !decl.public
    }

    /// Whether values of the type go through a derived function of [`Derivation::Show`] that can close parentheses.
    fn is_constructed(&self, ty: Ty) -> bool {
        match self.types.kind(ty) {
            TyKind::Data(data, _) => !self.is_opaque(*data),
            TyKind::Tuple(_) => true,
            _ => false,
        }
    }
}

impl<'p> Body<'_, 'p> {
    /// An operation of an ability.
    pub(super) fn ability(&mut self, ability: Ability, at: Ty, args: &'p [Expr], span: Span) -> Atom {
        let mut args = self.exprs(args);
        let at = self.ty(at);
        let second = if args.len() > 1 { args.pop() } else { None };
        match (ability, args.pop(), second) {
            (Ability::Eq, Some(left), Some(right)) => self.equal(false, at, left, right, span),
            (Ability::Ord, Some(left), Some(right)) => self.ordering(at, left, right, span),
            (Ability::Hash, Some(value), None) => self.hash_value(Derivation::Hash, at, value, span),
            (Ability::Show, Some(value), None) => self.show_value(Atom::Str("".into()), at, value, Atom::I64(0), span),
            _ => {
                self.internal_error(span, "An ability is used with a wrong number of arguments.");
                Atom::Unit
            }
        }
    }

    /// Reports that a type has no such operation.
    fn no_ability(&mut self, ability: &str, ty: Ty, span: Span) {
        let description = format!("Type {} does not satisfy the '{ability}' ability.", self.lo.display(ty));
        let diagnostic = Diagnostic::new(Code::E613, span, description)
            .because(
                "An ability follows from the parts of a type. Function types have none, maps, sets and decimals have no \
                 Eq, and neither has a type that contains one.",
            )
            .fix("Use a type without such a part, or apply the operation to a part of the value.")
            .spec(Section::S9_8);
        self.lo.report(diagnostic);
    }

    /// Runs `each` for every constructor that `value` may have, with its tag; the value of the whole is what it gives.
    fn by_constructor(
        &mut self,
        value: &Atom,
        count: usize,
        rep: Rep,
        mut each: impl FnMut(&mut Self, usize) -> Atom,
    ) -> Atom {
        if count == 1 {
            return each(self, 0);
        }
        let cases: Vec<(i64, Block)> = (0..count).map(|tag| (tag as i64, self.block(|body| each(body, tag)))).collect();
        self.b.emit(rep, Op::Switch { on: SwitchOn::Tag(value.clone()), cases, default: None })
    }

    /// A field of a value of a concrete data or tuple type.
    fn part(&mut self, ty: Ty, tag: usize, value: &Atom, index: usize, field: Ty) -> Atom {
        let shape = self.lo.record(ty, tag as u32);
        let rep = self.lo.rep(field);
        self.b.emit(rep, Op::Field(shape, value.clone(), index as u32))
    }

    /// Goes through the elements of an array: `step` gets the index, and what was carried so far, and gives what is
    /// carried on, or ends its block.
    fn each_element(
        &mut self,
        length: Atom,
        carried: Atom,
        mut step: impl FnMut(&mut Self, Atom, Atom) -> Atom,
    ) -> Atom {
        let rep = self.b.rep(&carried);
        let label = self.b.label();
        let (index, state): (LocalId, LocalId) = (self.b.local(Rep::I64), self.b.local(rep));
        let (at, now) = (Atom::Local(index), Atom::Local(state));
        let body = self.block(|body| {
            let more = body.b.prim(Prim::LtI64, vec![at.clone(), length]);
            body.branch(
                more,
                rep,
                |body| {
                    let next = step(body, at.clone(), now.clone());
                    let following = body.b.prim(Prim::WrapAddI64, vec![at.clone(), Atom::I64(1)]);
                    body.b.end(End::Jump(label, vec![following, next]));
                    Atom::nothing(rep)
                },
                |_| now.clone(),
            )
        });
        let params = vec![(index, Atom::I64(0)), (state, carried)];
        self.b.emit(rep, Op::Loop { label, params, body: Box::new(body) })
    }
}
