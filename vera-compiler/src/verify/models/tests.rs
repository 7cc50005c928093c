//! Each built-in on unknown arguments.

use super::Model;
use crate::builtins::{self, Builtin};
use crate::check::{self, Options, Source};
use crate::core::FnId;
use crate::lower::FunctionKind;
use crate::source::MemoryLoader;
use crate::verify::Subject;
use crate::verify::execute::{EXACT, Executor};
use crate::verify::term::{Fun, Node};

/// A program that calls a built-in with its parameters.
fn probe(builtin: &Builtin) -> String {
    let mut signature = builtin.signature.strip_prefix("fn(").expect("a signature").to_owned();
    for param in builtin.forall {
        let is_word = |char: Option<char>| char.is_some_and(char::is_alphanumeric);
        let mut replaced = String::new();
        let mut rest = signature.as_str();
        while let Some(at) = rest.find(param) {
            let (before, after) = (&rest[..at], &rest[at + param.len()..]);
            let apart = !is_word(before.chars().last()) && !is_word(after.chars().next());
            replaced += before;
            replaced += if apart { "Int" } else { param };
            rest = after;
        }
        signature = replaced + rest;
    }
    let (inside, effects) = signature.rsplit_once(") effects(").expect("effects");
    let (params, result) = inside.rsplit_once("-> ").expect("a result");
    let mut declarations = String::new();
    let mut types = Vec::new();
    for (index, param) in split(params.trim()).into_iter().enumerate() {
        if param.starts_with("fn(") {
            declarations += &format!("type F{index} = {param};\n");
            types.push(format!("F{index}"));
        } else {
            types.push(param);
        }
    }
    let slots = (0..types.len()).map(|index| {
        let nearer = types[index + 1..].iter().filter(|other| **other == types[index]).count();
        format!("@{}.{nearer}", types[index])
    });
    let slots: Vec<String> = slots.collect();
    let params: Vec<String> = types.iter().map(|ty| format!("@{ty}")).collect();
    format!(
        "{declarations}public fn probe({} -> @{result})\n  requires(true)\n  ensures(true)\n  effects({effects}\n{{\n  {}({})\n}}\n",
        params.join(", "),
        builtin.name,
        slots.join(", ")
    )
}

/// Types between commas that are in no brackets.
fn split(text: &str) -> Vec<String> {
    let (mut parts, mut depth) = (vec![String::new()], 0);
    for char in text.chars() {
        match char {
            '(' | '<' => depth += 1,
            ')' => depth -= 1,
            // An arrow is no bracket.
            '>' if !parts.last().is_some_and(|part| part.ends_with('-')) => depth -= 1,
            _ => {}
        }
        match char {
            ',' if depth == 0 => parts.push(String::new()),
            _ => parts.last_mut().expect("it is never empty").push(char),
        }
    }
    parts.iter().map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// What running it on unknown arguments gives.
fn met(builtin: &Builtin) -> Model {
    let text = probe(builtin);
    let outcome =
        check::check(Source { name: "probe.vera", text: &text }, &MemoryLoader::new(), Options { strict: false });
    let checked = outcome.result.unwrap_or_else(|_| panic!("{text}\n{:?}", outcome.diagnostics));
    let subject = Subject::of(&checked).expect("a program");
    let is_probe = |facts: &crate::lower::FunctionFacts| match &facts.kind {
        FunctionKind::Instance(id, _) => checked.program().function(*id).name == "probe",
        _ => false,
    };
    let probe = subject.provable.functions.iter().position(is_probe).expect("the function");
    let (outline, terms) = Executor::new(&subject, 0).run(FnId(probe as u32));
    assert!(!outline.exhausted, "{}", builtin.name);
    let result = outline.result.expect("it returns");
    match terms.node(result) {
        Node::Apply(Fun::Call(_) | Fun::Extern(_) | Fun::Prim(_) | Fun::FloatToInt, ..) => Model::Uninterpreted,
        Node::Unknown(..) if !outline.params.contains(&result) => Model::Nothing,
        _ => Model::Exact,
    }
}

#[test]
fn the_table_says_what_proofs_know() {
    let mut wrong = Vec::new();
    let public = builtins::TABLE.iter().filter(|builtin| !builtin.internal);
    for builtin in public {
        let fits = match (Model::of(builtin), met(builtin)) {
            (Model::Exact | Model::Body, Model::Exact) => true,
            (Model::Length | Model::Uninterpreted, Model::Uninterpreted) => true,
            (Model::Order, Model::Exact | Model::Uninterpreted) => true,
            // What is in it is found where it is looked into.
            (Model::Exact, Model::Uninterpreted) => EXACT.contains(&builtin.name),
            (said, found) => said == found,
        };
        if !fits {
            wrong.push(format!("{}: {:?}, in fact {:?}", builtin.name, Model::of(builtin), met(builtin)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
