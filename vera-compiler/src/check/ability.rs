//! Which types have which of the built-in abilities, and why not.
//!
//! A type parameter is assumed to have every ability. The requirements of a generic function on its parameters,
//! declared or not, are checked where it is called ([`super::ability_bounds`]).

use std::collections::BTreeSet;

use super::env::Env;
use super::scope::TypeScope;
use crate::abilities;
use crate::tir::Ability;
use crate::types::{DataId, Ty, TyKind};

/// More different types than this inside one are not looked at; no type people write comes near.
const LIMIT: usize = 10_000;

/// Why a type lacks an ability.
#[derive(Clone, Debug)]
pub(crate) struct Lacks {
    /// The type that lacks it: the one asked for or one inside it.
    pub(crate) ty: Ty,
    /// The data type it was found in, constructor and field, when it is not the one asked for.
    pub(crate) place: Option<(DataId, u32, usize)>,
}

impl Env {
    /// Whether values of a type have an ability.
    ///
    /// # Errors
    /// What lacks it.
    pub(crate) fn has_ability(&mut self, ty: Ty, ability: Ability) -> Result<(), Lacks> {
        self.lacks(ty, ability, &mut |_| {})
    }

    /// [`Env::has_ability`], telling about each type parameter that has to have it for the type to have it.
    ///
    /// # Errors
    /// What lacks it.
    pub(crate) fn lacks(&mut self, ty: Ty, ability: Ability, param: &mut dyn FnMut(u32)) -> Result<(), Lacks> {
        // Recursive types have an ability when nothing in them speaks against it.
        let mut seen = BTreeSet::new();
        let mut work = vec![(ty, None)];
        while let Some((ty, place)) = work.pop() {
            let ty = self.program.types.structural(ty);
            if !seen.insert(ty) || seen.len() > LIMIT {
                continue;
            }
            let kind = self.program.types.kind(ty).clone();
            if let TyKind::Param(index) = kind {
                param(index);
                continue;
            }
            let parts = self.parts(&kind, ability).ok_or(Lacks { ty, place })?;
            work.extend(parts.into_iter().rev().map(|(part, own)| (part, own.or(place))));
        }
        Ok(())
    }

    /// Why values of a type cannot be keys, telling about each type parameter that has to be able to for the type to be.
    pub(crate) fn lacks_key(&mut self, ty: Ty, param: &mut dyn FnMut(u32)) -> Option<&'static str> {
        let mut seen = BTreeSet::new();
        let mut work = vec![ty];
        while let Some(ty) = work.pop() {
            let ty = self.program.types.structural(ty);
            if !seen.insert(ty) || seen.len() > LIMIT {
                continue;
            }
            match self.program.types.kind(ty).clone() {
                TyKind::Param(index) => param(index),
                TyKind::Fn(_) => return Some("Functions cannot be told apart."),
                TyKind::Array(element) => work.push(element),
                TyKind::Tuple(items) => work.extend(items),
                TyKind::Data(id, args) => {
                    let constructors = self.program.data(id).constructors.iter();
                    let fields: Vec<Ty> = constructors.flat_map(|constructor| constructor.fields.clone()).collect();
                    work.extend(fields.into_iter().map(|field| self.program.types.instantiate(field, &args, &[])));
                }
                _ => {}
            }
        }
        None
    }

    /// The types that must have the ability for a type to have it; `None` when it cannot have it.
    #[expect(clippy::type_complexity, reason = "a type and where it is")]
    fn parts(&mut self, kind: &TyKind, ability: Ability) -> Option<Vec<(Ty, Option<(DataId, u32, usize)>)>> {
        use Ability::{Eq, Hash, Ord, Show};
        match kind {
            TyKind::Int | TyKind::Nat | TyKind::Byte | TyKind::Float64 | TyKind::String => Some(Vec::new()),
            TyKind::Never | TyKind::Invalid | TyKind::Infer(_) | TyKind::Param(_) => Some(Vec::new()),
            TyKind::Bool | TyKind::Unit => (ability != Ord).then(Vec::new),
            TyKind::Fn(_) | TyKind::Recursive(..) => None,
            TyKind::Array(element) => matches!(ability, Hash | Show).then(|| vec![(*element, None)]),
            TyKind::Tuple(items) => {
                matches!(ability, Hash | Show).then(|| items.iter().map(|&item| (item, None)).collect())
            }
            TyKind::Data(id, args) => {
                if ability == Ord {
                    return None;
                }
                if self.is_opaque(*id) {
                    // Their contents have an order of their own only for those who look at them one by one.
                    return matches!(ability, Hash | Show).then(|| args.iter().map(|&arg| (arg, None)).collect());
                }
                debug_assert!(matches!(ability, Eq | Hash | Show));
                let mut parts = Vec::new();
                for tag in 0..self.program.data(*id).constructors.len() {
                    for field in 0..self.program.data(*id).constructors[tag].fields.len() {
                        let declared = self.program.data(*id).constructors[tag].fields[field];
                        let ty = self.program.types.instantiate(declared, args, &[]);
                        parts.push((ty, Some((*id, tag as u32, field))));
                    }
                }
                Some(parts)
            }
            TyKind::Alias(_, _, inner) | TyKind::Refined(inner, _, _) => Some(vec![(*inner, None)]),
        }
    }

    /// Whether it is a data type of the prelude whose constructors programs cannot see.
    fn is_opaque(&self, id: DataId) -> bool {
        let data = self.program.data(id);
        self.is_prelude(data.module) && !data.public
    }

    /// Why a type lacks an ability, as a sentence.
    pub(crate) fn lacks_text(&self, asked: Ty, ability: Ability, lacks: &Lacks, scope: &TypeScope) -> String {
        let name = abilities::row(ability).name;
        let why = match (self.program.types.kind(lacks.ty), ability) {
            (TyKind::Fn(_), _) => format!("functions have no {name}"),
            (TyKind::Bool | TyKind::Unit, Ability::Ord) => "only numbers and strings are ordered".to_owned(),
            (_, Ability::Ord) => "only numbers and strings are ordered".to_owned(),
            (TyKind::Array(_), Ability::Eq) => "arrays have no Eq; compare their elements".to_owned(),
            (TyKind::Tuple(_), Ability::Eq) => "tuples have no Eq; compare their components".to_owned(),
            _ => format!("`{}` has no {name}", self.type_text(lacks.ty, scope)),
        };
        match lacks.place {
            Some((data, tag, field)) if lacks.ty != self.program.types.structural(asked) => {
                let data = self.program.data(data);
                format!(
                    "`{}` has {name} when all its fields do, and field {} of `{}` is `{}`: {why}.",
                    data.name,
                    field + 1,
                    data.constructors[tag as usize].name,
                    self.type_text(lacks.ty, &TypeScope::module(data.module)),
                )
            }
            _ => {
                let mut chars = why.chars();
                let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
                format!("{first}{}.", chars.as_str())
            }
        }
    }
}
