//! The types that the programs of one build script share.
//!
//! A file that two programs import, or that is a program itself, has its types generated once. A program's own types
//! are in its wrapper. Those of a file that is only imported are in a module below [`TYPES`], by the path of the
//! import. Files are distinguished by their location, so two files of the same name are two modules.
//!
//! Deliberately, a file is refused if its types mean something else to another program, because one of its imports is
//! found in another place. No path could say which of them is meant.

use crate::bindings::{self, Home, Homes, Item};
use crate::expansion::Compiled;
use crate::loader::display;
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use vera_compiler::tir::{Module, ModuleId};

/// The module of types that belong to no program.
const TYPES: &str = "vera_types";

/// The homes of the types of each file.
pub(crate) struct Programs {
    homes: BTreeMap<PathBuf, Vec<Ident>>,
    externs: Vec<(String, String)>,
}

impl Programs {
    /// The homes of all files of the programs. Each program is given with its wrapper's name and its path.
    pub(crate) fn new<'p>(
        programs: impl Iterator<Item = (&'p Ident, &'p Path, &'p Compiled)> + Clone,
        externs: Vec<(String, String)>,
    ) -> Self {
        let mut homes: BTreeMap<PathBuf, Vec<Ident>> =
            programs.clone().map(|(name, path, _)| (real(path), vec![name.clone()])).collect();
        let wrappers: Vec<Ident> = homes.values().flatten().cloned().collect();
        let types = bindings::fresh(TYPES, |name| wrappers.iter().any(|wrapper| wrapper == name));
        for (_, _, compiled) in programs {
            for module in compiled.compilation.program.modules.iter().filter(|module| !module.prelude) {
                let Some(path) = compiled.file_of(module) else { continue };
                if homes.contains_key(&real(path)) {
                    continue;
                }
                let mut home = vec![types.clone()];
                home.extend(module.path.split('.').map(bindings::snake));
                let last = home.pop().unwrap_or_else(|| types.clone()).to_string();
                let taken = |name: &str| {
                    let is = |other: &Vec<Ident>| {
                        other.split_last().is_some_and(|(last, above)| *above == home[..] && last == name)
                    };
                    homes.values().any(is)
                };
                home.push(bindings::fresh(last.trim_start_matches("r#"), taken));
                homes.insert(real(path), home);
            }
        }
        Programs { homes, externs }
    }

    /// The homes of a program's modules.
    pub(crate) fn homes(&self, wrapper: &Ident, path: &Path, compiled: &Compiled) -> Homes {
        let program = &compiled.compilation.program;
        let home = |id: ModuleId| {
            let module = &program.modules[id.index()];
            let found = self.externs.iter().find(|(path, _)| *path == module.path && Some(id) != program.root);
            if let Some((_, path)) = found {
                return Home::Extern(path.clone());
            }
            let file = if Some(id) == program.root { Some(path) } else { compiled.file_of(module) };
            let home = file.and_then(|path| self.homes.get(&real(path)));
            Home::Generated(home.cloned().unwrap_or_else(|| vec![wrapper.clone()]))
        };
        Homes::new(program, wrapper, &home)
    }
}

impl Compiled {
    /// The file of an imported module, if it declares any type.
    fn file_of(&self, module: &Module) -> Option<&Path> {
        let program = &self.compilation.program;
        let data = module.data.first().map(|&id| program.data(id).span);
        let span = data.or_else(|| module.effects.iter().find_map(|&id| program.effect(id).span))?;
        let name = program.sources.file(span.file).name();
        self.dependencies.read.iter().find(|(known, _)| known == name).map(|(_, path)| path.as_path())
    }
}

/// The file itself, with links resolved.
fn real(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
}

/// Types and traits by their home, without duplicates.
#[derive(Default)]
pub(crate) struct SharedTypes {
    homes: BTreeMap<Vec<Ident>, Vec<(Item, PathBuf)>>,
}

impl SharedTypes {
    /// Adds the types of a program. Returns errors for those that differ from the ones of an earlier program.
    pub(crate) fn add(&mut self, program: &Path, items: Vec<Item>) -> Vec<String> {
        let mut problems = Vec::new();
        for item in items {
            let known = self.homes.entry(item.home.clone()).or_default();
            match known.iter_mut().find(|(known, _)| known.name == item.name) {
                None => known.push((item, program.to_path_buf())),
                Some((known, _)) if known.declaration.to_string() == item.declaration.to_string() => {
                    known.key = known.key.take().or(item.key);
                }
                Some((_, earlier)) => problems.push(format!(
                    "`{}` of {} is not the same type for {} and for {}: what that file imports is found in different \
                     places; choose one with `Config::import_root`",
                    item.name,
                    item.file,
                    display(earlier),
                    display(program),
                )),
            }
        }
        problems
    }

    /// The types of a wrapper.
    pub(crate) fn take(&mut self, wrapper: &Ident) -> Vec<Item> {
        self.homes.remove(std::slice::from_ref(wrapper)).map(in_order).unwrap_or_default()
    }

    /// Modules of the types that belong to no wrapper.
    pub(crate) fn rest(self) -> Vec<(Ident, TokenStream)> {
        let mut tree = Tree::default();
        for (home, items) in self.homes {
            let place = home.into_iter().fold(&mut tree, |tree, name| tree.modules.entry(name).or_default());
            place.items = in_order(items);
        }
        let module = |(name, types): (Ident, Tree)| {
            let contents = types.tokens();
            let lints = bindings::lints();
            let tokens = quote! {
                /// The types of Vera modules that other modules import.
                #lints
                pub mod #name { #contents }
            };
            (name, tokens)
        };
        tree.modules.into_iter().map(module).collect()
    }
}

fn in_order(mut items: Vec<(Item, PathBuf)>) -> Vec<Item> {
    items.sort_by_key(|(item, _)| item.position);
    items.into_iter().map(|(item, _)| item).collect()
}

/// Modules within modules.
#[derive(Default)]
struct Tree {
    items: Vec<Item>,
    modules: BTreeMap<Ident, Tree>,
}

impl Tree {
    fn tokens(&self) -> TokenStream {
        let items = self.items.iter().map(|Item { declaration, key, .. }| quote!(#declaration #key));
        let modules = self.modules.iter().map(|(name, tree)| {
            let contents = tree.tokens();
            let documentation = match tree.items.first() {
                Some(item) => format!(" The types of {}.", item.file),
                None => " Vera modules.".to_owned(),
            };
            quote! {
                #[doc = #documentation]
                pub mod #name { #contents }
            }
        });
        quote!(#(#items)* #(#modules)*)
    }
}
