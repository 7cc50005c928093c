//! Rustdoc of generated items: the author's comments, then the Vera declaration with its contract.
//!
//! To rustdoc, comments are Markdown and code blocks in them are Rust examples to run. Vera authors write neither, so
//! every code block that would count as Rust is marked as text.

use super::reach::NotExpressible;
use crate::contracts::{Contracts, Known};
use proc_macro2::TokenStream;
use quote::quote;
use vera_compiler::tir::{FnDecl, Program};
use vera_compiler::types::{Ty, TyKind};

/// `#[doc]` attributes for a text of several lines.
pub(crate) fn attributes(text: &str) -> TokenStream {
    let lines = text.lines().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote!(#(#[doc = #lines])*)
}

/// The doc comment of a function: its comment, its signature with contracts and proof results, and the errors of the
/// wrapper.
pub(crate) fn function(function: &FnDecl, contracts: &Contracts) -> String {
    let mut text = comment(function.docs.as_deref());
    text.push_str("```text\n");
    text.push_str(&format!("fn {}({})\n", function.name, function.signature));
    let clauses = contracts.clauses(function);
    let mut lines: Vec<(String, &str)> = clauses
        .iter()
        .map(|each| (format!("{}({})", each.keyword, each.text), remark(each.text, each.known)))
        .collect();
    lines.extend(contracts.measure(function).map(|(text, known)| (format!("decreases({text})"), remark(&text, known))));
    for (clause, remark) in lines {
        text.push_str(&format!("  {clause}{remark}\n"));
    }
    text.push_str(&format!("  effects({})\n```\n", function.row_text));
    match contracts.checks(function) {
        (0, 0) => {}
        (_, 0) => text.push_str("\nEvery check in its body is proved.\n"),
        (proved, open) => {
            text.push_str(&format!("\nChecks in its body: {proved} proved, {open} at run time.\n"));
        }
    }
    text.push_str("\n# Errors\n");
    text.push_str(if function.requires.iter().any(|clause| clause.text.trim() != "true") {
        "`Requires` when a precondition does not hold for the arguments; otherwise those of any call: a failed check of \
         the module, a limit, or an error of the host.\n"
    } else {
        "Those of any call: a failed check of the module, a limit, or an error of the host.\n"
    });
    text
}

/// The result for a clause, as a comment after it.
fn remark(text: &str, known: Known) -> &'static str {
    match known {
        _ if text == "true" => "",
        Known::Proved => " -- proved",
        Known::Checked => " -- checked at run time",
        Known::Refuted => " -- an input breaks it; checked at run time",
        Known::NotVerified => "",
    }
}

/// A doc comment as paragraphs before generated text; empty without one.
pub(crate) fn comment(docs: Option<&str>) -> String {
    docs.map(|docs| format!("{}\n\n", as_text(docs.trim_end().trim_start_matches('\n')))).unwrap_or_default()
}

/// The paragraph about public functions without a method; empty when there is none.
pub(crate) fn left_out(functions: &[(&str, NotExpressible)]) -> String {
    if functions.is_empty() {
        return String::new();
    }
    let list = functions.iter().map(|(name, reason)| format!("\n* `{name}`: {}", reason.explain()));
    format!("\n\nPublic functions without a method:\n{}", list.collect::<String>())
}

/// The comment with every code block without a language marked as `text`. Indented code blocks are removed, and an open
/// block is closed.
fn as_text(comment: &str) -> String {
    let mut out = String::new();
    let mut open: Option<String> = None;
    for line in comment.lines() {
        let content = line.trim_start();
        let fence: String = content.chars().take_while(|c| matches!(c, '`' | '~')).collect();
        let is_fence = fence.len() >= 3 && fence.chars().all(|c| fence.starts_with(c));
        match &open {
            Some(opening) if is_fence && fence.starts_with(opening) && content.trim_end() == fence => {
                open = None;
                out.push_str(content);
            }
            Some(_) => out.push_str(line),
            None => {
                // Four columns in front would make a code block of a line.
                let indent = line.len() - content.len();
                out.push_str(&" ".repeat(indent.min(3)));
                out.push_str(content);
                if is_fence {
                    if content.trim_end() == fence {
                        out.push_str("text");
                    }
                    open = Some(fence);
                }
            }
        }
        out.push('\n');
    }
    if let Some(fence) = open {
        out.push_str(&fence);
    }
    out.trim_end().to_owned()
}

/// A Vera type in Vera syntax, in a declaration with these type parameters.
pub(crate) fn vera_type(program: &Program, ty: Ty, parameters: &[String]) -> String {
    let shown = |ty: Ty| vera_type(program, ty, parameters);
    let list = |types: &[Ty]| types.iter().map(|&ty| shown(ty)).collect::<Vec<_>>().join(", ");
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
        TyKind::Array(element) => format!("Array<{}>", shown(*element)),
        TyKind::Tuple(items) => applied("Tuple", items),
        TyKind::Data(id, args) => applied(&program.data(*id).name, args),
        TyKind::Alias(id, args, _) | TyKind::Recursive(id, args) => applied(&program.alias(*id).name, args),
        TyKind::Refined(base, predicate, _) => {
            format!("{{ @{} | {} }}", shown(*base), program.predicate(*predicate).text)
        }
        TyKind::Fn(function) => format!("fn({} -> {})", list(&function.params), shown(function.result)),
        TyKind::Param(index) => parameters.get(*index as usize).cloned().unwrap_or_else(|| "?".into()),
        TyKind::Infer(_) | TyKind::Invalid => "?".into(),
    }
}

/// An effect with type arguments.
pub(crate) fn effect(program: &Program, name: &str, args: &[Ty]) -> String {
    let shown: Vec<_> = args.iter().map(|&ty| vera_type(program, ty, &[])).collect();
    if shown.is_empty() { name.to_owned() } else { format!("{name}<{}>", shown.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::as_text;

    #[test]
    fn nothing_in_a_comment_is_rust_code() {
        assert_eq!(as_text("One.\n\n    indented\n- item\n  - inner"), "One.\n\n   indented\n- item\n  - inner");
        assert_eq!(as_text("```\nf(1)\n```\nafter"), "```text\nf(1)\n```\nafter");
        assert_eq!(as_text("~~~\n    kept\n```\n~~~"), "~~~text\n    kept\n```\n~~~");
        assert_eq!(as_text("```vera\nf(1)"), "```vera\nf(1)\n```");
        assert_eq!(as_text("a ``` b"), "a ``` b");
    }
}
