//! The variables of a declaration that stand for effects.
//!
//! A variable of `forall` is a type variable, an effect variable, or both, depending on where the signature uses it.

use crate::check::env::{Env, TypeName};
use crate::syntax::ast::{EffectRow, EffectRowKind, TypeExpr, TypeKind};
use crate::tir::ModuleId;

/// Where the variables are used.
#[derive(Debug, Default)]
pub(super) struct Uses {
    /// As an effect.
    pub(super) rows: Vec<bool>,
    /// As a type.
    pub(super) types: Vec<bool>,
}

impl Uses {
    /// No use yet of `count` variables.
    pub(super) fn new(count: usize) -> Self {
        Self { rows: vec![false; count], types: vec![false; count] }
    }

    /// Adds the uses in a type.
    pub(super) fn in_type(&mut self, env: &Env, module: ModuleId, variables: &[&str], ty: &TypeExpr) {
        match &ty.kind {
            TypeKind::Named { name, args } => {
                mark(&mut self.types, variables, name.as_str());
                let row_positions = match env.type_name(name.as_str(), module) {
                    Some(TypeName::Alias(id)) => env.alias_states[id.index()].row_positions.as_slice(),
                    _ => &[],
                };
                for (position, arg) in args.iter().enumerate() {
                    match &arg.kind {
                        TypeKind::Named { name, args } if row_positions.contains(&position) => {
                            mark(&mut self.rows, variables, name.as_str());
                            args.iter().for_each(|arg| self.in_type(env, module, variables, arg));
                        }
                        _ => self.in_type(env, module, variables, arg),
                    }
                }
            }
            TypeKind::Fn(function) => {
                function.params.iter().for_each(|param| self.in_type(env, module, variables, param));
                self.in_type(env, module, variables, &function.result);
                self.in_row(env, module, variables, &function.effects);
            }
            TypeKind::Refinement { base, .. } => self.in_type(env, module, variables, base),
            TypeKind::Invalid => {}
        }
    }

    /// Adds the uses in an effect row.
    pub(super) fn in_row(&mut self, env: &Env, module: ModuleId, variables: &[&str], row: &EffectRow) {
        let EffectRowKind::Effects(effects) = &row.kind else { return };
        for effect in effects {
            if effect.args.is_empty() && effect.qualifier.is_none() {
                mark(&mut self.rows, variables, effect.name.as_str());
            }
            effect.args.iter().for_each(|arg| self.in_type(env, module, variables, arg));
        }
    }
}

fn mark(uses: &mut [bool], variables: &[&str], name: &str) {
    if let Some(index) = variables.iter().rposition(|variable| *variable == name) {
        uses[index] = true;
    }
}
