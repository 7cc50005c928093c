//! Which function parameters may be replaced by a known lambda.
//!
//! A parameter qualifies when it is only applied, or passed on to parameters that qualify, and when no cycle of calls
//! gives it a new lambda: then a function has finitely many instances, and in each the parameter is gone.

use super::recursion::Recursion;
use crate::tir::{Expr, ExprKind, FnDecl, FnId, LocalId, Program};
use crate::types::TyKind;
use std::collections::HashMap;

/// The qualifying parameters of every function.
#[derive(Debug, Default)]
pub(super) struct StaticParams {
    qualifies: Vec<Vec<bool>>,
}

type Param = (FnId, usize);

struct Analysis<'p> {
    program: &'p Program,
    recursion: &'p Recursion,
    qualifies: Vec<Vec<bool>>,
    /// Parameters that are passed to the parameter of the key.
    passed_by: HashMap<Param, Vec<Param>>,
    lost: Vec<Param>,
}

impl StaticParams {
    /// Looks at every function of the program.
    pub(super) fn of(program: &Program, recursion: &Recursion) -> Self {
        let is_function = |decl: &FnDecl, param: &LocalId| {
            let ty = program.types.structural(decl.locals[param.index()].ty);
            matches!(program.types.kind(ty), TyKind::Fn(_))
        };
        let has_body = |decl: &FnDecl| matches!(decl.body, crate::tir::Body::Expr(_));
        let qualifies = program.functions.iter();
        let qualifies = qualifies
            .map(|decl| decl.params.iter().map(|param| has_body(decl) && is_function(decl, param)).collect())
            .collect();
        let mut analysis = Analysis { program, recursion, qualifies, passed_by: HashMap::new(), lost: Vec::new() };
        for index in 0..program.functions.len() {
            analysis.function(FnId(index as u32));
        }
        analysis.spread();
        Self { qualifies: analysis.qualifies }
    }

    /// No parameter is replaced.
    pub(super) fn none() -> Self {
        Self::default()
    }

    /// Whether a parameter, by position, may be replaced by a lambda.
    pub(super) fn contains(&self, function: FnId, param: usize) -> bool {
        self.qualifies.get(function.index()).and_then(|params| params.get(param)).copied().unwrap_or(false)
    }
}

impl Analysis<'_> {
    fn function(&mut self, id: FnId) {
        let decl = self.program.function(id);
        for root in decl.roots() {
            let mut rest = vec![root];
            while let Some(expr) = rest.pop() {
                match &expr.kind {
                    ExprKind::Local(local) => {
                        if let Some(param) = self.param(id, decl, *local) {
                            self.lose(param);
                        }
                    }
                    ExprKind::Apply(function, args) => {
                        if self.argument(id, decl, function).is_none() {
                            rest.push(function);
                        }
                        rest.extend(args);
                    }
                    ExprKind::Call { function, args, .. } => {
                        for (index, arg) in args.iter().enumerate() {
                            if !self.pass(id, decl, arg, (*function, index)) {
                                rest.push(arg);
                            }
                        }
                    }
                    _ => expr.for_each_child(&mut |child| rest.push(child)),
                }
            }
        }
    }

    /// Notes an argument. Whether that is all there is to say about it.
    fn pass(&mut self, id: FnId, decl: &FnDecl, arg: &Expr, to: Param) -> bool {
        if !self.qualifies[to.0.index()].get(to.1).copied().unwrap_or(false) {
            return false;
        }
        if let Some(from) = self.argument(id, decl, arg) {
            self.passed_by.entry(to).or_default().push(from);
            return true;
        }
        if self.recursion.together(id, to.0) && is_lambda(arg) {
            self.lose(to);
        }
        false
    }

    /// The parameter an expression is, when it is one that could qualify.
    fn argument(&self, id: FnId, decl: &FnDecl, expr: &Expr) -> Option<Param> {
        match &expr.kind {
            ExprKind::Local(local) => self.param(id, decl, *local),
            _ => None,
        }
    }

    fn param(&self, id: FnId, decl: &FnDecl, local: LocalId) -> Option<Param> {
        let index = decl.params.iter().position(|&param| param == local)?;
        self.qualifies[id.index()][index].then_some((id, index))
    }

    fn lose(&mut self, (function, index): Param) {
        if std::mem::replace(&mut self.qualifies[function.index()][index], false) {
            self.lost.push((function, index));
        }
    }

    fn spread(&mut self) {
        while let Some(lost) = self.lost.pop() {
            for from in self.passed_by.remove(&lost).unwrap_or_default() {
                self.lose(from);
            }
        }
    }
}

/// Whether an argument may be a lambda made here: written out, or held by a local binding.
fn is_lambda(arg: &Expr) -> bool {
    match &arg.kind {
        ExprKind::Closure(_) | ExprKind::Local(_) => true,
        ExprKind::Coerce(_, _, inner) => is_lambda(inner),
        _ => false,
    }
}
