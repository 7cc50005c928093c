//! Where an anonymous function is wanted that is pure, and one that performs something is written.
//!
//! To give it the effect would be no fix: what takes it would refuse it then. So the advice is to do the same without
//! passing a function, or to handle the effect inside.

use super::{Checker, Expected};
use crate::syntax::ast;
use crate::tir::FnId;
use crate::types::{Ty, TyKind};

/// What wants a pure function at a place.
#[derive(Clone, Debug)]
pub(super) enum Taker {
    /// A call.
    Call {
        /// The name of the function that is called.
        name: String,
        /// Whether the function is of the library.
        library: bool,
        /// The type of its first argument, where that is another one.
        subject: Option<Ty>,
    },
    /// A declared type.
    Type(Ty),
}

impl Checker<'_> {
    /// What an argument of a call is given to, when it is an anonymous function and its parameter of the type `param` is
    /// declared pure.
    pub(super) fn taker(
        &self,
        id: FnId,
        name: &ast::Name,
        arg: &ast::Expr,
        param: Ty,
        subject: Option<Ty>,
    ) -> Option<Taker> {
        let closure = matches!(arg.kind, ast::ExprKind::AnonymousFn(_));
        let pure = closure && self.is_pure_function(param);
        pure.then(|| Taker::Call { name: name.to_string(), library: self.is_library(id), subject })
    }

    /// What an anonymous function is given to that is not an argument.
    pub(super) fn taker_by_type(&self, expected: Expected) -> Option<Taker> {
        let Expected::Target(ty, _) = expected else { return None };
        self.is_pure_function(ty).then_some(Taker::Type(ty))
    }

    fn is_pure_function(&self, ty: Ty) -> bool {
        matches!(self.shape_kind(ty), TyKind::Fn(function) if function.row.is_pure())
    }

    /// Why a function with the row `wanted` does not fit, and what to do instead.
    pub(super) fn taken_pure(&mut self, taker: &Taker, wanted: &str) -> (String, String) {
        match *taker {
            Taker::Type(ty) => {
                let text = self.text(ty);
                let fix =
                    format!("Declare that type with `effects({wanted})` too, or let a function with a name do this.");
                (format!("Its type is declared to be `{text}`, which is pure: with an effect it would not fit."), fix)
            }
            Taker::Call { ref name, library, subject } => {
                let why = format!("`{name}` takes a pure function: with an effect in its row this one would not fit.");
                let of = |this: &mut Self, ty: Ty| {
                    let text = this.text(ty);
                    if text.len() > 40 || text.contains('_') { "T".to_owned() } else { text }
                };
                let fix = match (name.split('_').next(), subject) {
                    (Some("array"), Some(ty)) if library && matches!(self.shape_kind(ty), TyKind::Array(_)) => {
                        let array = of(self, ty);
                        format!(
                            "Go over the array in a recursive function with `effects({wanted})`, which calls itself with \
                             the next index: `private fn each(@{array}, @Nat -> ...)`."
                        )
                    }
                    (Some("option" | "result"), _) if library => {
                        format!("Take the value apart with `match`, and do it in the arm, in place of `{name}`.")
                    }
                    _ if library => {
                        format!("Do it in a recursive function with `effects({wanted})`, in place of `{name}`.")
                    }
                    _ => format!(
                        "Declare the parameter of `{name}` with `effects({wanted})`, or do it outside of the call."
                    ),
                };
                (why, fix)
            }
        }
    }
}
