//! E129: data types whose instances would need ever larger instances.
//!
//! A recursive occurrence repeats the declaration's type parameters, unchanged and in order. Between different types
//! of a recursive group the arguments may change as long as none grows on the way round.

use super::Declared;
use crate::check::env::Env;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::source::Span;
use crate::syntax::ast;
use crate::types::{DataId, Ty, TyKind};

/// Checks the data types among a module's declarations and makes the fields of irregular ones invalid.
pub(super) fn check(env: &mut Env, decls: &[(&ast::Decl, &Declared)], diags: &mut Diagnostics) {
    let mut data: Vec<(DataId, &ast::DataDecl)> = Vec::new();
    for (decl, declared) in decls {
        if let (ast::Decl::Data(decl), Declared::Data(id)) = (decl, declared) {
            data.push((*id, decl));
        }
    }
    for &(id, decl) in &data {
        if decl.type_params.is_empty() {
            continue;
        }
        if let Some((tag, field)) = irregular_field(env, id) {
            let span = decl.constructors[tag].fields[field].span;
            diags.push(irregular(env, id, tag, field, span));
            // Whatever walks over instances of the type would not come to an end.
            env.program.data[id.index()].constructors[tag].fields[field] = Ty::INVALID;
        }
    }
}

/// The first field through which the type contains itself at other arguments.
fn irregular_field(env: &mut Env, id: DataId) -> Option<(usize, usize)> {
    let params: Vec<Ty> = {
        let count = env.program.data(id).type_params.len() as u32;
        (0..count).map(|param| env.program.types.intern(TyKind::Param(param))).collect()
    };
    let constructors = env.program.data(id).constructors.iter().map(|constructor| constructor.fields.clone());
    for (tag, fields) in constructors.collect::<Vec<_>>().into_iter().enumerate() {
        for (index, field) in fields.into_iter().enumerate() {
            if reaches_other_instance(env, id, &params, field) {
                return Some((tag, index));
            }
        }
    }
    None
}

/// Whether a value of type `from` can contain the data type at other arguments than `params`.
fn reaches_other_instance(env: &mut Env, id: DataId, params: &[Ty], from: Ty) -> bool {
    let mut seen = std::collections::BTreeSet::new();
    let mut work = instances(env, from);
    while let Some((data, args)) = work.pop() {
        if data == id && args != params {
            return true;
        }
        if data == id || !seen.insert((data, args.clone())) {
            continue;
        }
        // A group that grows without coming back here is reported at a type of its own.
        if seen.len() > 200 {
            return false;
        }
        let fields = env.program.data(data).constructors.iter().flat_map(|constructor| constructor.fields.clone());
        for field in fields.collect::<Vec<_>>() {
            let field = env.program.types.instantiate(field, &args, &[]);
            work.extend(instances(env, field));
        }
    }
    false
}

/// The data types in a type, with their arguments.
fn instances(env: &mut Env, ty: Ty) -> Vec<(DataId, Vec<Ty>)> {
    let mut found = Vec::new();
    env.program.types.map(ty, &mut |kind| {
        if let TyKind::Data(id, args) = kind {
            found.push((*id, args.clone()));
        }
        None
    });
    found
}

fn irregular(env: &Env, id: DataId, tag: usize, field: usize, span: Span) -> Diagnostic {
    let data = env.program.data(id);
    let params = data.type_params.join(", ");
    let constructor = &data.constructors[tag];
    let written = env.source_text(span);
    let place = format!("field {} of `{}`", field + 1, constructor.name);
    Diagnostic::new(
        Code::E129,
        span,
        format!("`{}` contains itself at other type arguments: {place} is `{written}`.", data.name),
    )
    .because("Each instance of the type would need another one, without end.")
    .fix(format!("Write `{}<{params}>` where the type contains itself.", data.name))
    .spec("Chapter 2, Section 2.4")
}
