//! Data types of the prelude that a program declares again unchanged (Chapter 9, Section 9.1.2).
//!
//! Such a declaration means the prelude's type: programs that declare `Option` or `Result` work with the functions of
//! the library. A declaration with another parameter, constructor or field is another type, which hides the prelude's
//! type in its module.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::load::LoadedModule;
use crate::syntax::ast;

/// The names of the types a module declares that are those of the prelude.
pub(super) fn declared_again<'a>(prelude: &LoadedModule, module: &'a LoadedModule) -> BTreeSet<&'a str> {
    let decls = || module.files.iter().flat_map(|file| &file.decls);
    let known = prelude.files.iter().flat_map(|file| &file.decls).filter_map(data);
    let known: BTreeMap<&str, &ast::DataDecl> = known.map(|decl| (decl.name.as_str(), decl)).collect();
    let like = |decl: &ast::DataDecl| known.get(decl.name.as_str()).is_some_and(|known| alike(decl, known));
    let found = decls().filter_map(data).filter(|decl| like(decl));
    let mut again: BTreeMap<&str, &ast::DataDecl> = found.map(|decl| (decl.name.as_str(), decl)).collect();
    if again.is_empty() {
        return BTreeSet::new();
    }
    let other: BTreeSet<&str> = decls().filter_map(type_name).collect();
    // A field whose type the program declares in its own way makes a type of the program's own.
    loop {
        let known = |name: &str, decl: &ast::DataDecl| {
            again.contains_key(name)
                || !other.contains(name)
                || decl.type_params.iter().any(|param| param.as_str() == name)
        };
        let differs = |decl: &ast::DataDecl| fields(decl).any(|field| !all_names(field, &mut |name| known(name, decl)));
        let Some(name) = again.iter().find(|(_, decl)| differs(decl)).map(|(name, _)| *name) else { break };
        again.remove(name);
    }
    again.into_keys().collect()
}

fn data(decl: &ast::Decl) -> Option<&ast::DataDecl> {
    match decl {
        ast::Decl::Data(decl) => Some(decl),
        _ => None,
    }
}

fn type_name(decl: &ast::Decl) -> Option<&str> {
    match decl {
        ast::Decl::Data(decl) => Some(decl.name.as_str()),
        ast::Decl::TypeAlias(decl) => Some(decl.name.as_str()),
        _ => None,
    }
}

fn fields(decl: &ast::DataDecl) -> impl Iterator<Item = &ast::TypeExpr> {
    decl.constructors.iter().flat_map(|constructor| &constructor.fields)
}

/// Whether two data types have the same constructors with the same fields, in any order and whatever their
/// parameters are called. `public` is the one that others can see.
fn alike(decl: &ast::DataDecl, public: &ast::DataDecl) -> bool {
    let seen = public.visibility == Some(ast::Visibility::Public) && decl.invariant.is_none();
    let params = decl.type_params.len() == public.type_params.len();
    let constructors = decl.constructors.len() == public.constructors.len();
    let like = |constructor: &ast::Constructor| {
        let mut same = public.constructors.iter().filter(|known| known.name.text == constructor.name.text);
        same.next().is_some_and(|known| {
            let fields = || constructor.fields.iter().zip(&known.fields);
            constructor.fields.len() == known.fields.len()
                && fields().all(|(field, known)| same_type(field, &decl.type_params, known, &public.type_params))
        })
    };
    let distinct: BTreeSet<&str> = decl.constructors.iter().map(|constructor| constructor.name.as_str()).collect();
    seen && params && constructors && distinct.len() == decl.constructors.len() && decl.constructors.iter().all(like)
}

/// Whether two types are written alike, each over parameters of its own.
fn same_type(ty: &ast::TypeExpr, params: &[ast::Name], other: &ast::TypeExpr, other_params: &[ast::Name]) -> bool {
    let (ast::TypeKind::Named { name, args }, ast::TypeKind::Named { name: other_name, args: other_args }) =
        (&ty.kind, &other.kind)
    else {
        return false;
    };
    let position = |params: &[ast::Name], name: &ast::Name| params.iter().rposition(|param| param.text == name.text);
    let same = match (position(params, name), position(other_params, other_name)) {
        (None, None) => name.text == other_name.text,
        (one, other) => one == other,
    };
    let mut both = args.iter().zip(other_args);
    same && args.len() == other_args.len() && both.all(|(one, other)| same_type(one, params, other, other_params))
}

/// Whether all names in a type are as asked.
fn all_names(ty: &ast::TypeExpr, asked: &mut dyn FnMut(&str) -> bool) -> bool {
    match &ty.kind {
        ast::TypeKind::Named { name, args } => {
            asked(name.as_str()) && args.iter().all(|arg| all_names(arg, &mut *asked))
        }
        _ => false,
    }
}
