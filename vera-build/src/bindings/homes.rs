//! The place and name of a program's types in Rust.
//!
//! Every Vera module that declares data types or effects has one home: a Rust module, or a path that the user gives.
//! Two programs that import the same file give it the same home. So they share its types, and values pass from one to
//! the other.
//!
//! Invariant: within a home no two types have the same name. The name depends on the file alone, not on who imports it.
//!
//! This module does not decide which home a file gets. `vera!` puts all types of its program into the one module it
//! makes; the build script keeps a table of files.

use super::names;
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use std::collections::BTreeMap;
use vera_abi::prelude::PreludeType;
use vera_compiler::source::Span;
use vera_compiler::tir::{ModuleId, Program};
use vera_compiler::types::{DataId, EffectId};

/// The Rust type of the module itself, which every wrapper has.
pub(crate) const MODULE: &str = "Module";

/// The place of the types of a Vera module.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Home {
    /// In the generated code: the path of Rust modules from its root.
    Generated(Vec<Ident>),
    /// At a Rust path that the user gives.
    Extern(String),
}

/// The homes of the modules of a program, and the names of its types.
#[derive(Debug)]
pub(crate) struct Homes {
    /// The Rust module of the program's wrapper.
    wrapper: Home,
    modules: Vec<Home>,
    data: Vec<Ident>,
    effects: Vec<Ident>,
}

impl Homes {
    /// Names the types of a program whose wrapper is the Rust module `wrapper`, with the homes of its modules.
    pub(crate) fn new(program: &Program, wrapper: &Ident, home: &dyn Fn(ModuleId) -> Home) -> Self {
        let wrapper = Home::Generated(vec![wrapper.clone()]);
        let modules: Vec<Home> = (0..program.modules.len()).map(|index| home(ModuleId(index as u32))).collect();
        let mut taken: Taken<'_> = BTreeMap::from([((&wrapper, MODULE.to_owned()), None)]);
        let mut data: Vec<Ident> = program.data.iter().map(|data| names::camel(&data.name)).collect();
        let mut effects: Vec<Ident> = program.effects.iter().map(|effect| names::camel(&effect.name)).collect();
        // The program's own types come first: what is imported makes room for them.
        let root = program.root.into_iter();
        let others = (0..program.modules.len()).map(|index| ModuleId(index as u32));
        for id in root.chain(others.filter(|&id| Some(id) != program.root)) {
            let (module, home) = (&program.modules[id.index()], &modules[id.index()]);
            // Types of the prelude that hosts have types for are never generated.
            let is_generated = |id: DataId| {
                let data = program.data(id);
                data.public && !(module.prelude && PreludeType::of_name(&data.name).is_some())
            };
            for &id in module.data.iter().filter(|&&id| is_generated(id)) {
                let declaration = program.data(id);
                let file = file(program, declaration.span);
                data[id.index()] = free(&mut taken, home, &declaration.name, file);
            }
            // A module lists an effect of another one when it declares the same.
            for &effect in module.effects.iter().filter(|&&effect| program.effect(effect).module == Some(id)) {
                let declaration = program.effect(effect);
                let Some(span) = declaration.span else { continue };
                let file = file(program, span);
                effects[effect.index()] = free(&mut taken, home, &declaration.name, file);
            }
        }
        drop(taken);
        Homes { wrapper, modules, data, effects }
    }

    /// The Rust module of the program's wrapper.
    pub(crate) fn wrapper(&self) -> &Home {
        &self.wrapper
    }

    /// The home of a module.
    pub(crate) fn of(&self, module: ModuleId) -> &Home {
        &self.modules[module.index()]
    }

    /// The name of a data type in its home.
    pub(crate) fn data(&self, id: DataId) -> &Ident {
        &self.data[id.index()]
    }

    /// The name of the trait of an effect in its home.
    pub(crate) fn effect(&self, id: EffectId) -> &Ident {
        &self.effects[id.index()]
    }
}

/// The names in each home, each with the file and Vera name of the type that has it.
type Taken<'a> = BTreeMap<(&'a Home, String), Option<(&'a str, &'a str)>>;

/// The name for a type in its home: its own in Rust's convention, with a number if another type has that name. A file
/// that is imported by two paths has its types once.
fn free<'a>(taken: &mut Taken<'a>, home: &'a Home, vera: &'a str, file: &'a str) -> Ident {
    let name = names::camel(vera).to_string();
    let name = names::fresh(name.trim_start_matches("r#"), |candidate| {
        taken.get(&(home, candidate.to_owned())).is_some_and(|other| *other != Some((file, vera)))
    });
    taken.insert((home, name.to_string()), Some((file, vera)));
    name
}

/// The path of `name`, which is in `home`, for code that is in `here`.
pub(crate) fn path(here: &Home, home: &Home, name: &Ident) -> TokenStream {
    if here == home {
        return quote!(#name);
    }
    match home {
        Home::Generated(home) => {
            let up = match here {
                Home::Generated(here) => here.iter().map(|_| quote!(super::)).collect::<Vec<_>>(),
                Home::Extern(_) => Vec::new(),
            };
            quote!(#(#up)* #(#home::)* #name)
        }
        Home::Extern(path) => {
            let path: TokenStream = path.parse().unwrap_or_default();
            quote!(#path::#name)
        }
    }
}

/// The name of a declaration's source file in messages.
pub(crate) fn file(program: &Program, span: Span) -> &str {
    program.sources.file(span.file).name()
}
