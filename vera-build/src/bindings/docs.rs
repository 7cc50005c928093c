//! Rustdoc of generated items: the author's comments, then the Vera declaration with its contract.

use super::types::type_parameter;
use proc_macro2::TokenStream;
use quote::quote;
use vera_compiler::tir::{FnDecl, Program};
use vera_compiler::types::{Ty, TyKind};

/// `#[doc]` attributes for a text of several lines.
pub(crate) fn attributes(text: &str) -> TokenStream {
    let lines = text.lines().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote!(#(#[doc = #lines])*)
}

/// The doc comment of a function: its comment, its signature with contracts, and what the wrapper returns.
pub(crate) fn function(function: &FnDecl) -> String {
    let mut text = comment(function.docs.as_deref());
    text.push_str("```text\n");
    text.push_str(&format!("fn {}({})\n", function.name, function.signature));
    let clauses = [("requires", &function.requires), ("ensures", &function.ensures)];
    for (keyword, list) in clauses {
        for clause in list {
            text.push_str(&format!("  {keyword}({})\n", clause.text));
        }
    }
    if !function.decreases.is_empty() {
        let measure: Vec<_> = function.decreases.iter().map(|component| component.text.as_str()).collect();
        text.push_str(&format!("  decreases({})\n", measure.join(", ")));
    }
    text.push_str(&format!("  effects({})\n```\n\n# Errors\n", function.row_text));
    text.push_str(if function.requires.iter().any(|clause| clause.text.trim() != "true") {
        "`Requires` when a precondition does not hold for the arguments; otherwise as any call: a failed check of the \
         module, a limit, or the host.\n"
    } else {
        "As any call: a failed check of the module, a limit, or the host.\n"
    });
    text
}

/// A doc comment as paragraphs before generated text; empty without one.
pub(crate) fn comment(docs: Option<&str>) -> String {
    docs.map(|docs| format!("{}\n\n", docs.trim())).unwrap_or_default()
}

/// A Vera type as written in Vera, for documentation.
pub(crate) fn vera_type(program: &Program, ty: Ty) -> String {
    let list = |types: &[Ty]| types.iter().map(|&ty| vera_type(program, ty)).collect::<Vec<_>>().join(", ");
    let applied =
        |name: &str, args: &[Ty]| if args.is_empty() { name.to_owned() } else { format!("{name}<{}>", list(args)) };
    match program.types.kind(ty) {
        TyKind::Int => "Int".into(),
        TyKind::Nat => "Nat".into(),
        TyKind::Bool => "Bool".into(),
        TyKind::Byte => "Byte".into(),
        TyKind::Float64 => "Float64".into(),
        TyKind::String => "String".into(),
        TyKind::Unit => "Unit".into(),
        TyKind::Never => "Never".into(),
        TyKind::Array(element) => format!("Array<{}>", vera_type(program, *element)),
        TyKind::Tuple(items) => applied("Tuple", items),
        TyKind::Data(id, args) => applied(&program.data(*id).name, args),
        TyKind::Alias(id, args, _) => applied(&program.alias(*id).name, args),
        TyKind::Refined(base, predicate, _) => {
            format!("{{ @{} | {} }}", vera_type(program, *base), program.predicate(*predicate).text)
        }
        TyKind::Fn(function) => format!("fn({} -> {})", list(&function.params), vera_type(program, function.result)),
        TyKind::Param(index) => type_parameter(*index).to_string(),
        TyKind::Infer(_) | TyKind::Invalid => "?".into(),
    }
}
