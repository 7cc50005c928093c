//! Differences of contracts from the recorded ones, as text.

use super::follow::{Answer, Question, Verdict};
use super::locked::LockedFunction;
use super::text::word;
use vera_compiler::tir::Program;

/// A difference between a lock and a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Whether the contract is weaker than the recorded one, or cannot be shown to be at least as strong.
    pub is_weaker: bool,
    /// The change, as a sentence.
    pub description: String,
}

impl Change {
    pub(super) fn weaker(description: String) -> Self {
        Change { is_weaker: true, description }
    }

    pub(super) fn stronger(description: String) -> Self {
        Change { is_weaker: false, description }
    }
}

/// Compares the recorded functions with the present ones.
pub(super) struct Comparison<'a> {
    recorded: &'a [LockedFunction],
    present: &'a [LockedFunction],
    /// The answers for the functions whose clauses differ.
    answers: Vec<(usize, Answer)>,
}

impl<'a> Comparison<'a> {
    pub(super) fn new(recorded: &'a [LockedFunction], present: &'a [LockedFunction]) -> Self {
        Comparison { recorded, present, answers: Vec::new() }
    }

    fn now(&self, recorded: &LockedFunction) -> Option<&'a LockedFunction> {
        self.present.iter().find(|function| function.name == recorded.name)
    }

    /// The questions to the verifier: about the recorded functions, by position, with clauses that changed.
    pub(super) fn questions(&self, program: &Program) -> Vec<Question> {
        let mut questions = Vec::new();
        for (position, recorded) in self.recorded.iter().enumerate() {
            let Some(now) = self.now(recorded) else { continue };
            let asks_more = now.requires.iter().any(|text| text != "true" && !recorded.requires.contains(text));
            let lost: Vec<String> = lost(recorded, now).map(str::to_owned).collect();
            if now.signature == recorded.signature && (asks_more || !lost.is_empty()) {
                questions.extend(Question::new(program, position, &recorded.name, &recorded.requires, lost));
            }
        }
        questions
    }

    /// Takes the answers to the questions.
    pub(super) fn answer(&mut self, answers: &[(usize, Answer)]) {
        self.answers = answers.to_vec();
    }

    /// The differences, in the order of the recorded functions.
    pub(super) fn changes(&self) -> Vec<Change> {
        let mut changes = Vec::new();
        for (position, recorded) in self.recorded.iter().enumerate() {
            match self.now(recorded) {
                Some(now) => self.of_function(position, recorded, now, &mut changes),
                None => changes.push(Change::weaker(format!("The public function `{}` is gone.", recorded.name))),
            }
        }
        let known = |function: &&LockedFunction| self.recorded.iter().any(|recorded| recorded.name == function.name);
        let new = self.present.iter().filter(|function| !known(function));
        changes
            .extend(new.map(|function| Change::stronger(format!("The public function `{}` is new.", function.name))));
        changes
    }

    fn of_function(&self, position: usize, recorded: &LockedFunction, now: &LockedFunction, changes: &mut Vec<Change>) {
        let name = &recorded.name;
        if now.signature != recorded.signature {
            changes.push(Change::weaker(format!(
                "`{name}` has another signature: it was `({})`, it is `({})`.",
                recorded.signature, now.signature
            )));
            return;
        }
        effects(recorded, now, changes);
        let answer = self.answers.iter().find(|(of, _)| *of == position).map(|(_, answer)| answer);
        requires(recorded, now, answer, changes);
        ensures(recorded, now, answer, changes);
        statuses(recorded, now, changes);
    }
}

/// The recorded promises that are not present unchanged.
fn lost<'a>(recorded: &'a LockedFunction, now: &'a LockedFunction) -> impl Iterator<Item = &'a str> {
    let is_there = |text: &str| now.ensures.iter().any(|(present, _)| present == text);
    recorded.ensures.iter().map(|(text, _)| text.as_str()).filter(move |text| *text != "true" && !is_there(text))
}

fn effects(recorded: &LockedFunction, now: &LockedFunction, changes: &mut Vec<Change>) {
    let (before, after) = (row(&recorded.effects), row(&now.effects));
    for effect in after.iter().filter(|effect| !before.contains(effect)) {
        changes.push(Change::weaker(format!("`{}` has a new effect: `{effect}`.", now.name)));
    }
    for effect in before.iter().filter(|effect| !after.contains(effect)) {
        changes.push(Change::stronger(format!("`{}` does not have the effect `{effect}` any more.", now.name)));
    }
}

/// The effects of a row as in the source.
fn row(text: &str) -> Vec<&str> {
    let Some(inner) = text.strip_prefix('<').and_then(|text| text.strip_suffix('>')) else { return Vec::new() };
    let mut depth = 0;
    let effects = inner.split(move |char| {
        depth += i32::from(char == '<') - i32::from(char == '>');
        char == ',' && depth == 0
    });
    effects.map(str::trim).filter(|effect| !effect.is_empty()).collect()
}

fn requires(recorded: &LockedFunction, now: &LockedFunction, answer: Option<&Answer>, changes: &mut Vec<Change>) {
    let name = &now.name;
    let is_new = |text: &&String| *text != "true" && !recorded.requires.contains(text);
    for text in now.requires.iter().filter(is_new) {
        let clause = format!("`requires({text})` of `{name}`");
        match answer.map(|answer| answer.requires(text)) {
            Some(Verdict::Follows) => {
                changes.push(Change::stronger(format!("{clause} is new, and asks for nothing new.")))
            }
            Some(Verdict::Broken(when)) => {
                changes.push(Change::weaker(format!("{clause} asks for more than before: a call{when} was allowed.")))
            }
            Some(Verdict::Open) | None => {
                changes.push(Change::weaker(format!("{clause} may ask for more than before.")));
            }
        }
    }
    let is_gone = |text: &&String| *text != "true" && !now.requires.contains(text);
    for text in recorded.requires.iter().filter(is_gone) {
        changes.push(Change::stronger(format!("`requires({text})` of `{name}` is gone.")));
    }
}

fn ensures(recorded: &LockedFunction, now: &LockedFunction, answer: Option<&Answer>, changes: &mut Vec<Change>) {
    let name = &now.name;
    for text in lost(recorded, now) {
        let clause = format!("`ensures({text})` of `{name}`");
        match answer.map(|answer| answer.ensures(text)) {
            Some(Verdict::Follows) => {
                changes.push(Change::stronger(format!("{clause} is gone, and follows from what is promised.")));
            }
            Some(Verdict::Broken(when)) => {
                changes.push(Change::weaker(format!("{clause} is not promised any more: it may be false{when}.")))
            }
            Some(Verdict::Open) | None => changes.push(Change::weaker(format!("{clause} is not promised any more."))),
        }
    }
    let is_new = |(text, _): &&(String, _)| text != "true" && recorded.ensures.iter().all(|(known, _)| known != text);
    for (text, _) in now.ensures.iter().filter(is_new) {
        changes.push(Change::stronger(format!("`ensures({text})` of `{name}` is new.")));
    }
}

fn statuses(recorded: &LockedFunction, now: &LockedFunction, changes: &mut Vec<Change>) {
    let name = &now.name;
    let measured = |function: &LockedFunction| function.decreases.clone();
    let pairs = recorded.ensures.iter().filter_map(|before| {
        Some(("ensures", before.clone(), now.ensures.iter().find(|(text, _)| *text == before.0)?.clone()))
    });
    let measures = measured(recorded).zip(measured(now)).map(|(before, after)| ("decreases", before, after));
    for (keyword, (text, before), (_, after)) in pairs.chain(measures) {
        if before == after {
            continue;
        }
        let description = format!("`{keyword}({text})` of `{name}` was {}, and is {}.", word(before), word(after));
        changes.push(Change { is_weaker: after < before, description });
    }
    match (recorded.checks.1, now.checks.1) {
        (0, open @ 1..) => changes.push(Change::weaker(format!(
            "`{name}` was proved to run without a failed check, and {open} of its checks {} left to run time.",
            if open == 1 { "is" } else { "are" }
        ))),
        (1.., 0) => changes.push(Change::stronger(format!("`{name}` is proved to run without a failed check."))),
        _ => {}
    }
    if measured(recorded).is_some() && measured(now).is_none() {
        changes.push(Change::weaker(format!("`{name}` has no measure any more.")));
    }
}
