//! Whether old clauses follow from the present ones, as the verifier decides.
//!
//! The question for a function `f` is a function with its old contract whose body is a call of `f`:
//!
//! ```text
//! private fn vera_lock_0(@Nat, @Nat -> @Nat)
//!   requires(@Nat.0 <= 100)
//!   ensures(@Nat.result <= @Nat.1)
//!   effects(pure)
//! {
//!   f(@Nat.1, @Nat.0)
//! }
//! ```
//!
//! Its call satisfies the preconditions of `f` exactly when these require nothing new. Its postconditions hold when
//! they follow from those of `f`. A proof that uses the body of `f` does not count, because a body promises nothing.

use super::text::one_line;
use std::collections::BTreeMap;
use vera_compiler::driver::Verification;
use vera_compiler::tir::{FnDecl, LocalId, Program};
use vera_compiler::types::Ty;
use vera_compiler::verify::report::Status;
use vera_compiler::verify::{About, Counterexample, Kind, Outcome, Verified};

/// The question about a function.
#[derive(Clone, Debug)]
pub(super) struct Question {
    /// The position of the recorded function.
    position: usize,
    function: String,
    /// The function of the question, except for its name.
    declaration: String,
}

/// Whether a clause follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It follows from the present promises, or requirements.
    Follows,
    /// It does not follow: a counterexample, as the end of a sentence.
    Broken(String),
    /// It is not decided.
    Open,
}

/// The answer about a function, clause by clause.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Answer {
    requires: BTreeMap<String, Verdict>,
    ensures: BTreeMap<String, Verdict>,
}

impl Answer {
    /// Whether a present precondition follows from the recorded ones.
    pub(super) fn requires(&self, text: &str) -> Verdict {
        self.requires.get(text).cloned().unwrap_or(Verdict::Open)
    }

    /// Whether a recorded promise follows from the present ones.
    pub(super) fn ensures(&self, text: &str) -> Verdict {
        self.ensures.get(text).cloned().unwrap_or(Verdict::Open)
    }
}

#[cfg(test)]
impl Answer {
    pub(super) fn set_requires(&mut self, text: &str, verdict: Verdict) {
        self.requires.insert(text.to_owned(), verdict);
    }

    pub(super) fn set_ensures(&mut self, text: &str, verdict: Verdict) {
        self.ensures.insert(text.to_owned(), verdict);
    }
}

impl Question {
    /// The question about the function `name` of the program; `None` for a generic function, whose contracts are
    /// compared as text.
    pub(super) fn new(
        program: &Program,
        position: usize,
        name: &str,
        requires: &[String],
        ensures: Vec<String>,
    ) -> Option<Self> {
        let root = program.root.map(|root| &program.modules[root.index()].functions)?;
        let decl = root.iter().map(|&id| program.function(id)).find(|decl| decl.name == name)?;
        if !decl.type_params.is_empty() || !decl.row.variables().is_empty() {
            return None;
        }
        let clauses = |keyword: &str, list: &[String]| -> String {
            let list = if list.is_empty() { &["true".to_owned()][..] } else { list };
            list.iter().map(|text| format!("  {keyword}({text})\n")).collect()
        };
        let declaration = format!(
            "({})\n{}{}  effects({})\n{{\n  {name}({})\n}}\n",
            decl.signature,
            clauses("requires", requires),
            clauses("ensures", &ensures),
            decl.row_text,
            arguments(program, decl).join(", "),
        );
        Some(Question { position, function: name.to_owned(), declaration })
    }
}

/// The parameters of a function as the arguments of a call within a function of the same parameters.
fn arguments(program: &Program, decl: &FnDecl) -> Vec<String> {
    let is_unit = |param: &LocalId| program.types.structural(decl.locals[param.index()].ty) == Ty::UNIT;
    let slots = decl.params.iter().zip(program.parameter_slots(decl));
    slots.map(|(param, slot)| if is_unit(param) { "()".to_owned() } else { slot }).collect()
}

/// The answers to questions, by the position of the function.
pub(super) fn ask(
    program: &Program,
    questions: &[Question],
    again: &mut dyn FnMut(String) -> Verification,
) -> Vec<(usize, Answer)> {
    let file = program.root.and_then(|root| program.modules[root.index()].functions.first());
    let Some(&first) = file.filter(|_| !questions.is_empty()) else { return Vec::new() };
    let mut text = program.sources.file(program.function(first).span.file).text().to_owned();
    for (number, question) in questions.iter().enumerate() {
        text += &format!("\nprivate fn {}{}", name(number), question.declaration);
    }
    let found = again(text);
    let answer = |(number, question): (usize, &Question)| (question.position, of(&found, &name(number), question));
    questions.iter().enumerate().map(answer).collect()
}

fn name(number: usize) -> String {
    format!("vera_lock_{number}")
}

/// The results for the clauses of a question.
fn of(found: &Verification, name: &str, question: &Question) -> Answer {
    let program = &found.compilation.program;
    let mut answer = Answer::default();
    for each in found.obligations() {
        let owner = each.obligation.owner.function().map(|function| program.function(function));
        if owner.is_none_or(|decl| decl.name != name) {
            continue;
        }
        let text = || one_line(clause(program, each));
        match each.obligation.kind {
            Kind::Ensures => _ = answer.ensures.insert(text(), verdict(each, &question.function)),
            Kind::CallPre => _ = answer.requires.insert(text(), verdict(each, &question.function)),
            _ => {}
        }
    }
    answer
}

/// The complete text of a clause, which an obligation may have shortened.
fn clause<'p>(program: &'p Program, each: &'p Verified) -> &'p str {
    let obligation = &each.obligation;
    let (decl, span) = match (obligation.about, obligation.owner.function()) {
        (About::Callee(callee, clause), _) => (program.function(callee), clause),
        (_, Some(function)) => (program.function(function), obligation.span),
        _ => return &obligation.text,
    };
    let clause = decl.requires.iter().chain(&decl.ensures).find(|clause| clause.span == span);
    clause.map_or(&obligation.text, |clause| &clause.text)
}

fn verdict(each: &Verified, function: &str) -> Verdict {
    match (&each.outcome, each.status()) {
        (Outcome::Proved(proof), _) if !proof.unfolded.iter().any(|name| name == function) => Verdict::Follows,
        (Outcome::Refuted(example), Status::Violated) => Verdict::Broken(when(example)),
        _ => Verdict::Open,
    }
}

fn when(example: &Counterexample) -> String {
    let values: Vec<String> = example.values.iter().map(|(slot, value)| format!("{slot} = {value}")).collect();
    if values.is_empty() { String::new() } else { format!(" with `{}`", values.join(", ")) }
}
