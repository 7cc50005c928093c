//! Types and rows as Vera text, for messages, as the current program would write them. A type whose name means another
//! type in this module is shown with the path of its module.

use super::env::{Env, TypeName};
use super::scope::TypeScope;
use crate::tir::{ModuleId, Named, Naming};
use crate::types::{EffectUse, Row, Ty};

impl Env {
    /// A type as Vera text.
    pub(crate) fn type_text(&self, ty: Ty, scope: &TypeScope) -> String {
        self.named(scope, |naming| self.program.type_text(ty, naming))
    }

    /// An effect row as Vera text.
    pub(crate) fn row_text(&self, row: &Row, scope: &TypeScope) -> String {
        self.named(scope, |naming| self.program.row_text(row, naming))
    }

    /// An effect as Vera text.
    pub(crate) fn effect_text(&self, effect: &EffectUse, scope: &TypeScope) -> String {
        self.named(scope, |naming| self.program.effect_text(effect, naming))
    }

    fn named(&self, scope: &TypeScope, text: impl FnOnce(Naming<'_>) -> String) -> String {
        let module_of = |named| self.module_of_hidden(named, scope.module);
        text(Naming { type_params: &scope.type_params, row_params: &scope.row_params, module_of: &module_of })
    }

    /// The module of a type when its name alone means another type.
    fn module_of_hidden(&self, named: Named, module: ModuleId) -> Option<&str> {
        let (name, meant, owner) = match named {
            Named::Data(id) => (&self.program.data(id).name, TypeName::Data(id), self.program.data(id).module),
            Named::Alias(id) => (&self.program.alias(id).name, TypeName::Alias(id), self.program.alias(id).module),
        };
        let other = self.type_name(name, module).filter(|found| *found != meant);
        other.map(|_| match self.is_prelude(owner) {
            true => "prelude",
            false => self.program.modules[owner.index()].path.as_str(),
        })
    }
}
