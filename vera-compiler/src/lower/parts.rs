//! Which bindings hold parts of what other bindings hold, as far as the program text shows.
//!
//! A part is structurally smaller than its whole, so a call of a function with a part of its parameter needs no comparison of
//! sizes. Parts come out of patterns, out of elements of arrays, and out of functions of the prelude: a function that is
//! generic in `T` cannot make a `T`. So whatever it returns, or passes to a function it is given, comes from its arguments.
//!
//! Invariant: what is noted for a binding holds wherever it is in scope. Notes depend on the text alone, so all
//! instances of a function have the same. Only sources of type `Array<T>` are followed: neither a closure nor a state is in
//! their way.

#[cfg(test)]
mod tests;

use super::body::Body;
use super::guard::Guard;
use super::origin::{Origin, Origins};
use crate::tir::{Coercion, Expr, ExprKind, FnDecl, FnId, LocalId};
use crate::types::{Ty, TyKind};

impl<'p> Body<'_, 'p> {
    /// The origin of an expression's value.
    pub(super) fn origin_of(&self, expr: &Expr) -> Option<Origin> {
        let mut inside = false;
        let mut expr = plain(expr);
        while let ExprKind::Index(array, _) = &expr.kind {
            inside = true;
            expr = plain(array);
        }
        let origin = match &expr.kind {
            ExprKind::Local(local) => {
                let own = Origin { whole: *local, part: false };
                Some(self.scope.origins.get(local).copied().unwrap_or(own))
            }
            ExprKind::Call { function, args, .. } => self.origin_of_result(*function, args),
            _ => None,
        };
        origin.map(|origin| if inside { origin.inside() } else { origin })
    }

    /// Notes the origin of a binding.
    pub(super) fn note_origin(&mut self, local: LocalId, origin: Option<Origin>) {
        if let Some(origin) = origin {
            self.scope.origins.insert(local, origin);
        }
    }

    /// Notes the origin of what a pattern binds: the whole matched value, or a part of it.
    pub(super) fn note_matched(&mut self, local: LocalId, matched: Option<Origin>, all: bool) {
        let origin = if all { matched } else { matched.map(Origin::inside) };
        self.note_origin(local, origin);
    }

    /// Notes the origins of the parameters of lambdas that are given to a function.
    pub(super) fn note_given(&mut self, function: FnId, args: &'p [Expr]) {
        if matches!(self.scope.guard, Guard::None) {
            return;
        }
        for (index, arg) in args.iter().enumerate() {
            let ExprKind::Closure(closure) = &plain(arg).kind else { continue };
            let decl = self.lo.program.function(function);
            let TyKind::Fn(ty) = self.kind_of_param(decl, index) else { continue };
            let given = closure.params.iter().zip(&ty.params);
            let origins = given.map(|(&local, &param)| (local, self.origin_of_elements(function, args, param)));
            let origins: Vec<_> = origins.collect();
            origins.into_iter().for_each(|(local, origin)| self.note_origin(local, origin.map(Origin::inside)));
        }
    }

    /// The origins of some bindings.
    pub(super) fn origins_for<'l>(&self, locals: impl Iterator<Item = &'l LocalId>) -> Origins {
        locals.filter_map(|local| Some((*local, *self.scope.origins.get(local)?))).collect()
    }

    fn kind_of_param(&self, decl: &FnDecl, index: usize) -> &TyKind {
        let types = &self.lo.types;
        types.kind(types.structural(decl.locals[decl.params[index].index()].ty))
    }

    /// The origin of the result of a call: an array or an option of elements of arrays.
    fn origin_of_result(&self, function: FnId, args: &[Expr]) -> Option<Origin> {
        let types = &self.lo.types;
        let element = match types.kind(types.structural(self.lo.program.function(function).result)) {
            TyKind::Array(element) => *element,
            TyKind::Data(data, of) if self.lo.lang_items.option == Some(*data) => *of.first()?,
            _ => return None,
        };
        Some(self.origin_of_elements(function, args, element)?.gathered())
    }

    /// The one origin of all values of a type parameter that a function of the prelude has.
    fn origin_of_elements(&self, function: FnId, args: &[Expr], param: Ty) -> Option<Origin> {
        let types = &self.lo.types;
        let program = self.lo.program;
        let decl = program.function(function);
        let TyKind::Param(number) = types.kind(param) else { return None };
        if !program.modules[decl.module.index()].prelude {
            return None;
        }
        let mentions = |ty: Ty| types.params_in(ty).contains(number);
        let mut found: Option<Origin> = None;
        for (index, arg) in args.iter().enumerate() {
            let origin = match self.kind_of_param(decl, index) {
                TyKind::Array(element) if *element == param => self.origin_of(arg)?.gathered(),
                // It takes such values, and makes none.
                TyKind::Fn(ty) if !mentions(ty.result) && ty.params.iter().all(|&ty| ty == param || !mentions(ty)) => {
                    continue;
                }
                _ if !mentions(decl.locals[decl.params[index].index()].ty) => continue,
                _ => return None,
            };
            if *found.get_or_insert(origin) != origin {
                return None;
            }
        }
        found
    }
}

/// Below conversions that keep the value.
pub(super) fn plain(mut expr: &Expr) -> &Expr {
    while let ExprKind::Coerce(kept, _, inner) = &expr.kind
        && !matches!(kept, Coercion::ToByte)
    {
        expr = inner;
    }
    expr
}
