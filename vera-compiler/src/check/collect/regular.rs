//! E129: data types whose instances would need ever larger instances.
//!
//! Each type parameter of each data type is a node. If a type parameter is part of an argument of a data type in a
//! field, there is an edge to the parameter of that argument. The edge grows if the argument is more than the parameter
//! itself. The number of instances is finite exactly if no growing edge lies on a cycle.
//!
//! The language is a little stricter with a type that contains itself directly: an occurrence that mentions type
//! parameters must repeat those of the declaration, unchanged and in order.

use super::Declared;
use crate::check::env::Env;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Section};
use crate::source::Span;
use crate::syntax::ast;
use crate::types::{DataId, Ty, TyKind};
use vera_abi::graph::components;

/// A use of a type parameter that makes instances grow: from which node to which, in which field.
struct Growth {
    from: usize,
    to: usize,
    data: DataId,
    tag: usize,
    field: usize,
}

/// Checks all data types and makes the fields invalid through which instances grow.
pub(super) fn check<'a>(
    env: &mut Env,
    decls: impl Iterator<Item = (&'a ast::Decl, &'a Declared)>,
    diags: &mut Diagnostics,
) {
    let mut start = Vec::with_capacity(env.program.data.len());
    let mut total = 0;
    for data in &env.program.data {
        start.push(total);
        total += data.type_params.len();
    }
    let mut edges = vec![Vec::new(); total];
    let mut growths = Vec::new();
    for index in 0..env.program.data.len() {
        let data = DataId(index as u32);
        for tag in 0..env.program.data(data).constructors.len() {
            for field in 0..env.program.data(data).constructors[tag].fields.len() {
                let ty = env.program.data(data).constructors[tag].fields[field];
                for (param, target, position, changed) in uses(env, ty) {
                    let (from, to) = (start[index] + param, start[target.index()] + position);
                    edges[from].push(to);
                    // Within one type, to take another place is to change.
                    if changed || (target == data && param != position) {
                        let (from, to) = if target == data { (from, from) } else { (from, to) };
                        growths.push(Growth { from, to, data, tag, field });
                    }
                }
            }
        }
    }
    let component = components(&edges);
    growths.retain(|growth| component[growth.from] == component[growth.to]);
    growths.dedup_by_key(|growth| (growth.data, growth.tag, growth.field));
    if growths.is_empty() {
        return;
    }
    let written: Vec<(DataId, &ast::DataDecl)> = decls
        .filter_map(|(decl, declared)| match (decl, declared) {
            (ast::Decl::Data(decl), Declared::Data(id)) => Some((*id, decl)),
            _ => None,
        })
        .collect();
    for Growth { data, tag, field, .. } in growths {
        if let Some((_, decl)) = written.iter().find(|(id, _)| *id == data) {
            diags.push(growing(env, data, tag, decl.constructors[tag].fields[field].span));
        }
        // Whatever walks over instances of the type would not come to an end.
        env.program.data[data.index()].constructors[tag].fields[field] = Ty::INVALID;
    }
}

/// Where the type parameters go in a field: parameter, data type, position there, and whether the argument is more
/// than the parameter.
fn uses(env: &mut Env, ty: Ty) -> Vec<(usize, DataId, usize, bool)> {
    let mut instances = Vec::new();
    env.program.types.map(ty, &mut |kind| {
        if let TyKind::Data(id, args) = kind {
            instances.push((*id, args.clone()));
        }
        None
    });
    let mut uses = Vec::new();
    for (id, args) in instances {
        for (position, arg) in args.into_iter().enumerate() {
            let whole = match env.program.types.kind(env.program.types.structural(arg)) {
                TyKind::Param(param) => Some(*param),
                _ => None,
            };
            env.program.types.map(arg, &mut |kind| {
                if let TyKind::Param(param) = kind {
                    uses.push((*param as usize, id, position, whole != Some(*param)));
                }
                None
            });
        }
    }
    uses
}

fn growing(env: &Env, id: DataId, tag: usize, span: Span) -> Diagnostic {
    let data = &env.program.data(id);
    let (name, constructor) = (&data.name, &data.constructors[tag].name);
    let written = env.source_text(span);
    let description = format!("`{name}` contains itself at other type arguments: `{constructor}` holds `{written}`.");
    Diagnostic::new(Code::E129, span, description)
        .because("Each instance of the type would need another one, in general without end.")
        .fix(format!("Write `{name}<{}>` where the type contains itself.", data.type_params.join(", ")))
        .spec(Section::S2_4)
}
