//! The part of a program that Rust sees, and the reports about the rest.

use super::effects::{self, Use};
use super::problem::Problem;
use super::reach::NotExpressible;
use super::types::RustTypes;
use super::{awaited, docs, homes, names};
use proc_macro2::Ident;
use std::collections::{BTreeMap, BTreeSet};
use vera_compiler::diagnostics::Severity;
use vera_compiler::source::Span;
use vera_compiler::tir::{EffectDecl, FnDecl};
use vera_compiler::types::{DataId, EffectId, Ty};

/// The part of a program that Rust sees.
#[derive(Default)]
pub(super) struct Surface<'a> {
    pub(super) functions: Vec<&'a FnDecl>,
    /// Data types in signatures.
    pub(super) data: BTreeSet<DataId>,
    /// Those that are keys of maps.
    pub(super) keys: BTreeSet<DataId>,
    /// Public functions that cannot be called from Rust, and why.
    pub(super) left_out: Vec<(&'a str, NotExpressible)>,
    pub(super) problems: Vec<Problem>,
}

impl<'a> Surface<'a> {
    pub(super) fn function(&mut self, types: &RustTypes<'_>, function: &'a FnDecl) {
        let generic = !function.type_params.is_empty() || !function.row.variables().is_empty();
        let signature = function.params.iter().map(|&param| function.locals[param.index()].ty);
        let signature: Vec<Ty> = signature.chain([function.result]).collect();
        let mut reached = BTreeSet::new();
        let outcome = if generic {
            Err(NotExpressible::Generic)
        } else {
            signature.iter().try_for_each(|&ty| types.reach(ty, &mut reached))
        };
        match outcome {
            Ok(()) => {
                self.reach(types, signature, reached);
                self.functions.push(function);
            }
            Err(reason) => {
                self.problems.push(Problem {
                    severity: Severity::Warning,
                    description: format!("`{}` cannot be called from Rust: {}.", function.name, reason.explain()),
                    span: Some(function.name_span),
                });
                self.left_out.push((&function.name, reason));
            }
        }
    }

    /// Whether a host can implement an effect that it must implement; if not, that is reported.
    pub(super) fn used(&mut self, types: &RustTypes<'_>, used: &Use) -> bool {
        let effect = types.program.effect(used.effect);
        let operations =
            effect.operations.iter().map(|operation| (operation.name.as_str(), effects::check(types, operation)));
        let (names, outcomes): (Vec<_>, Vec<_>) = operations.unzip();
        let mut reached = BTreeSet::new();
        let arguments = used.args.iter().try_for_each(|&arg| types.reach(arg, &mut reached));
        let wrong = names.into_iter().zip(outcomes).find_map(|(name, outcome)| Some((name, outcome.err()?)));
        let description = match (arguments, wrong) {
            (Ok(()), None) => {
                self.reach(types, used.args.iter().copied(), reached);
                let keys = effects::key_parameters(types, effect);
                for (_, &arg) in (0..).zip(&used.args).filter(|(index, _)| keys.contains(index)) {
                    types.held(arg, &mut self.keys);
                }
                return true;
            }
            (Err(reason), _) => {
                let shown = docs::effect(types.program, &effect.name, &used.args);
                format!("`{shown}` cannot be implemented in Rust: {}.", reason.explain())
            }
            (_, Some((operation, reason))) => {
                format!("`{}.{operation}` cannot be implemented in Rust: {}.", effect.name, reason.explain())
            }
        };
        self.problems.push(Problem { severity: Severity::Error, description, span: effect.span });
        false
    }

    /// Whether an effect can be a trait. An effect that is handled inside the module need not be one.
    pub(super) fn effect(&mut self, types: &RustTypes<'_>, effect: &EffectDecl) -> bool {
        let Ok(reached) = effect.operations.iter().map(|one| effects::check(types, one)).collect::<Result<Vec<_>, _>>()
        else {
            return false;
        };
        let signatures = effect.operations.iter().flat_map(|one| one.params.iter().chain([&one.result])).copied();
        self.reach(types, signatures, reached.into_iter().flatten().collect());
        true
    }

    /// Adds the public data types that the program declares and no signature reaches, because other programs may use
    /// them. A type that cannot be a Rust type is not an error as long as nothing uses it.
    pub(super) fn own_data(&mut self, types: &RustTypes<'_>, data: &[DataId]) {
        for &id in data {
            let mut reached = BTreeSet::new();
            if self.data.contains(&id) || types.reach_data(id, &mut reached).is_err() {
                continue;
            }
            let is_named = |id: DataId| {
                let data = types.program.data(id);
                let constructors: Vec<_> = data.constructors.iter().map(|one| names::camel(&one.name)).collect();
                *types.homes.data(id) == names::camel(&data.name)
                    && names::distinct(constructors.clone()) == constructors
            };
            if reached.iter().all(|&id| self.data.contains(&id) || is_named(id)) {
                let fields: Vec<Ty> = types.fields(id).collect();
                self.reach(types, fields, reached);
            }
        }
    }

    fn reach(&mut self, types: &RustTypes<'_>, signature: impl IntoIterator<Item = Ty>, reached: BTreeSet<DataId>) {
        self.data.extend(reached);
        for ty in signature {
            types.keys(ty, &mut BTreeSet::new(), &mut self.keys);
        }
    }

    /// Reports Vera names that become the same Rust name.
    pub(super) fn collisions(&mut self, types: &RustTypes<'_>, effects: &[EffectId]) {
        let program = types.program;
        let functions: Vec<_> = self
            .functions
            .iter()
            .map(|function| (names::method_name(&function.name), function.name.as_str(), Some(function.name_span)))
            .collect();
        self.distinct(functions);
        self.same_name(types, effects);
        for data in self.data.clone().into_iter().map(|id| program.data(id)) {
            let constructors = &data.constructors;
            self.distinct(constructors.iter().map(|one| (names::camel(&one.name), one.name.as_str(), Some(one.span))));
        }
        for effect in effects.iter().map(|&id| program.effect(id)) {
            let operations = &effect.operations;
            self.distinct(operations.iter().map(|one| (names::snake(&one.name), one.name.as_str(), effect.span)));
        }
    }

    /// Reports types whose name is taken in their home: they get another name, on which nobody should rely.
    fn same_name(&mut self, types: &RustTypes<'_>, effects: &[EffectId]) {
        let program = types.program;
        let data = self.data.iter().map(|&id| {
            let data = program.data(id);
            (types.home(id), types.homes.data(id), data.name.as_str(), Some(data.span))
        });
        let traits = effects.iter().map(|&id| {
            let effect = program.effect(id);
            (types.effect_home(id), types.homes.effect(id), effect.name.as_str(), effect.span)
        });
        let all: Vec<_> = data.chain(traits).collect();
        let mut descriptions = Vec::new();
        for &(home, name, vera, span) in &all {
            let wanted = names::camel(vera);
            if *name == wanted {
                continue;
            }
            let earlier = all.iter().find(|(other, name, ..)| *other == home && **name == wanted).map(|found| found.2);
            let description = match earlier {
                _ if home == types.homes.wrapper() && wanted == homes::MODULE => {
                    "`Module` is the Rust type of the module itself; rename this type.".to_owned()
                }
                Some(earlier) if earlier == vera => {
                    format!("Two types named `{vera}` reach Rust, from two modules; rename one of them.")
                }
                Some(earlier) => {
                    format!("`{earlier}` and `{vera}` would both be `{wanted}` in Rust; rename one of them.")
                }
                None => format!("`{vera}` and another type would both be `{wanted}` in Rust; rename one of them."),
            };
            descriptions.push(Problem { severity: Severity::Error, description, span });
        }
        self.problems.extend(descriptions);
    }

    /// Reports what would have the name of the trait of an effect that is awaited, or of a method that is.
    pub(super) fn collisions_of_awaited(&mut self, types: &RustTypes<'_>, effects: &[EffectId]) {
        let program = types.program;
        let methods: Vec<_> = self
            .functions
            .iter()
            .map(|function| (awaited::async_name(function), function.name.as_str(), Some(function.name_span)))
            .collect();
        self.distinct(methods);
        let all: Vec<_> = self.data.iter().map(|&id| (types.home(id), types.homes.data(id))).collect();
        let traits = effects.iter().map(|&id| (types.effect_home(id), types.homes.effect(id)));
        let all: Vec<_> = all.into_iter().chain(traits).collect();
        for &id in effects {
            let (effect, name) = (program.effect(id), names::async_trait(types.homes.effect(id)));
            if all.contains(&(types.effect_home(id), &name)) {
                let description = format!(
                    "`{name}` is the Rust trait of `{}` for hosts that are awaited; rename the effect or the type of that name.",
                    effect.name
                );
                self.problems.push(Problem { severity: Severity::Error, description, span: effect.span });
            }
        }
    }

    fn distinct<'n>(&mut self, names: impl IntoIterator<Item = (Ident, &'n str, Option<Span>)>) {
        let mut seen = BTreeMap::new();
        for (rust, vera, span) in names {
            let description = match seen.insert(rust.clone(), vera) {
                None => continue,
                Some(earlier) => {
                    format!("`{earlier}` and `{vera}` would both be `{rust}` in Rust; rename one of them.")
                }
            };
            self.problems.push(Problem { severity: Severity::Error, description, span });
        }
    }
}
