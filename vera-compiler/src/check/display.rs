//! Types and rows as Vera text, for messages: as the program at hand would write them.

use super::env::Env;
use super::scope::TypeScope;
use crate::types::{EffectUse, Row, Ty};

impl Env {
    /// A type as Vera text.
    pub(crate) fn type_text(&self, ty: Ty, scope: &TypeScope) -> String {
        self.program.type_text(ty, &scope.type_params, &scope.row_params)
    }

    /// An effect row as Vera text.
    pub(crate) fn row_text(&self, row: &Row, scope: &TypeScope) -> String {
        self.program.row_text(row, &scope.type_params, &scope.row_params)
    }

    /// An effect as Vera text.
    pub(crate) fn effect_text(&self, effect: &EffectUse, scope: &TypeScope) -> String {
        self.program.effect_text(effect, &scope.type_params, &scope.row_params)
    }
}
