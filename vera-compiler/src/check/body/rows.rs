//! Effects that are performed, compared with the rows that allow them.
//!
//! A [`Frame`] is a function, a closure or a contract clause. An effect that is performed must be handled within the
//! frame or be in its row. Other effects are collected and reported when the frame ends, once per effect.

use super::Checker;
use super::taker::Taker;
use crate::check::env::OperationRef;
use crate::diagnostics::{Code, Diagnostic, Section, Severity};
use crate::source::Span;
use crate::types::{EffectId, EffectUse, Row};

/// A call that is longer than this (bytes) is not repeated in advice.
const LONGEST_CALL: usize = 80;

/// What a frame is.
#[derive(Clone, Copy, Debug)]
pub(super) enum FrameKind {
    /// The function around.
    Function,
    /// A closure.
    Closure,
    /// A clause or predicate.
    Clause(Clause),
    /// The condition of an `assert` or `assume`, by its keyword.
    Assertion(&'static str),
}

/// What is stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clause {
    /// `requires(...)`
    Requires,
    /// `ensures(...)`
    Ensures,
    /// `decreases(...)`
    Decreases,
    /// `{ @T | ... }`
    Refinement,
    /// `invariant(...)`
    Invariant,
}

/// See the module documentation.
#[derive(Debug)]
pub(super) struct Frame {
    kind: FrameKind,
    row: Row,
    /// Whether all of the written row was understood. What one cannot tell is not missing.
    row_known: bool,
    /// Where the row is written.
    row_span: Span,
    /// Effects of the handlers around the present place, outermost first.
    handled: Vec<EffectUse>,
    /// Everything performed so far, allowed or not.
    performed: Vec<EffectUse>,
    missing: Vec<Missing>,
    /// What a closure is given to that takes pure functions only.
    taker: Option<Taker>,
}

/// Something performed that is not allowed.
#[derive(Debug)]
struct Missing {
    effect: String,
    /// What performs it, as messages call it: ``` `IO.print` ``` or ``function `f` ``.
    performer: String,
    /// Whether it is reported as a call: it is one, or a handler around it says what is allowed.
    call: bool,
    span: Span,
}

impl Checker<'_> {
    /// Starts a frame that allows `row`.
    pub(super) fn enter_frame(&mut self, kind: FrameKind, row: Row, row_known: bool, row_span: Span) {
        let (handled, performed, missing) = (Vec::new(), Vec::new(), Vec::new());
        self.frames.push(Frame { kind, row, row_known, row_span, handled, performed, missing, taker: None });
    }

    /// Starts the frame of a closure that is given to `taker`.
    pub(super) fn enter_closure(&mut self, row: Row, row_known: bool, row_span: Span, taker: Option<Taker>) {
        self.enter_frame(FrameKind::Closure, row, row_known, row_span);
        if let Some(frame) = self.frames.last_mut() {
            frame.taker = taker;
        }
    }

    /// Starts the frame of a clause, predicate or assertion, which allows nothing.
    pub(super) fn enter_pure(&mut self, kind: FrameKind, span: Span) {
        self.enter_frame(kind, Row::pure(), true, span);
    }

    /// Ends the innermost frame and reports what it does not allow.
    pub(super) fn leave_frame(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        if matches!(frame.kind, FrameKind::Function) && frame.row_known && frame.missing.is_empty() {
            self.warn_unused_effects(&frame);
        }
        if frame.missing.is_empty() || !frame.row_known {
            return;
        }
        match frame.kind {
            FrameKind::Clause(clause) => self.report_in_contract(
                &frame.missing,
                &self.clause_text(clause),
                "Use pure functions only. In `ensures`, `old(State<T>)` and `new(State<T>)` name the state.",
            ),
            FrameKind::Assertion(keyword) => self.report_in_contract(
                &frame.missing,
                &format!("the condition of `{keyword}`"),
                "Perform it in a statement before, `let @T = ...;`, and name the slot in the condition.",
            ),
            FrameKind::Function => {
                let name = self.owner.as_ref().map_or_else(String::new, |owner| format!("Function `{}`", owner.name));
                self.report_missing(&frame, &name);
            }
            FrameKind::Closure => self.report_missing(&frame, "This anonymous function"),
        }
    }

    /// A clause as messages call it.
    pub(super) fn clause_text(&self, clause: Clause) -> String {
        let keyword = match clause {
            Clause::Requires => "requires",
            Clause::Ensures => "ensures",
            Clause::Decreases => "decreases",
            Clause::Refinement => return "a refinement predicate".to_owned(),
            Clause::Invariant => return "a data invariant".to_owned(),
        };
        let name = self.owner.as_ref().map_or("", |owner| &*owner.name);
        format!("the `{keyword}` clause of `{name}`")
    }

    /// Whether it is known what the innermost frame allows.
    pub(super) fn row_known(&self) -> bool {
        self.frames.last().is_none_or(|frame| frame.row_known)
    }

    /// The handlers of an effect start to apply.
    pub(super) fn enter_handled(&mut self, effect: EffectUse) {
        if let Some(frame) = self.frames.last_mut() {
            frame.handled.push(effect);
        }
    }

    /// The innermost handler ceases to apply.
    pub(super) fn leave_handled(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.handled.pop();
        }
    }

    /// How much has been performed in this frame, for [`Checker::performed_since`].
    pub(super) fn performed_mark(&self) -> usize {
        self.frames.last().map_or(0, |frame| frame.performed.len())
    }

    /// What has been performed in this frame since the mark.
    pub(super) fn performed_since(&self, mark: usize) -> &[EffectUse] {
        self.frames.last().map_or(&[], |frame| &frame.performed[mark..])
    }

    /// The effects that operations can mean here, best first: those handled, innermost first, then those of the row;
    /// then the same of the frames around. Each with whether a handler around it takes it.
    pub(super) fn effects_in_reach(&self) -> Vec<(EffectUse, bool)> {
        let mut reach = Vec::new();
        for frame in self.frames.iter().rev() {
            reach.extend(frame.handled.iter().rev().map(|effect| (effect.clone(), true)));
            reach.extend(frame.row.effects().iter().map(|effect| (effect.clone(), false)));
        }
        reach
    }

    /// The effects of this frame that a bare call of one of the operations can mean, best first: those handled around
    /// this place, then those of the row that are declared by the program or go without their name. An effect that only
    /// the host provides is never meant.
    pub(super) fn routable_effects(&self, operations: &[OperationRef]) -> Vec<EffectId> {
        let Some(frame) = self.frames.last() else { return Vec::new() };
        let host = |effect: EffectId| crate::effects::builtin(effect).is_some_and(|effect| !effect.bare);
        let declared = frame.row.effects().iter().filter(|used| !host(used.effect));
        let mut found = Vec::new();
        for used in frame.handled.iter().rev().chain(declared) {
            if operations.iter().any(|one| one.effect == used.effect) && !found.contains(&used.effect) {
                found.push(used.effect);
            }
        }
        found
    }

    /// Performs the effects of a row.
    pub(super) fn perform(&mut self, row: &Row, performer: &str, call: bool, span: Span) {
        if row.is_pure() {
            return;
        }
        let row = self.full_row(row);
        for effect in row.effects() {
            let allowed = self.allowed(effect);
            let text = if allowed {
                String::new()
            } else {
                let args = effect.args.iter().map(|&arg| self.resolved(arg)).collect();
                self.env.effect_text(&EffectUse { effect: effect.effect, args }, &self.scope)
            };
            let Some(frame) = self.frames.last_mut() else { return };
            frame.performed.push(effect.clone());
            if !allowed {
                let call = call || !frame.handled.is_empty();
                let performer = performer.to_owned();
                frame.missing.push(Missing { effect: text, performer, call, span });
            }
        }
        for &variable in row.variables() {
            let variable_row = Row::new(Vec::new(), vec![variable]);
            let Some(frame) = self.frames.last_mut() else { return };
            if variable_row.is_subset(&frame.row) {
                continue;
            }
            let effect = self.scope.row_params.get(variable as usize).cloned().unwrap_or_default();
            frame.missing.push(Missing { effect, performer: performer.to_owned(), call, span });
        }
    }

    /// Whether the present place allows an effect. Type arguments that are not known yet become those it allows.
    fn allowed(&mut self, effect: &EffectUse) -> bool {
        let Some(frame) = self.frames.last() else { return true };
        let candidates: Vec<EffectUse> = frame
            .handled
            .iter()
            .rev()
            .chain(frame.row.effects())
            .filter(|candidate| candidate.effect == effect.effect)
            .cloned()
            .collect();
        if candidates.contains(effect) {
            return true;
        }
        for candidate in candidates {
            let candidate = self.full_effect(&candidate);
            let effect = self.full_effect(effect);
            let unknown = effect.args.iter().chain(&candidate.args).any(|&arg| self.is_unknown(arg));
            let same = effect.args.iter().zip(&candidate.args).all(|(&one, &other)| {
                one == other || one == crate::types::Ty::INVALID || other == crate::types::Ty::INVALID
            });
            if same {
                return true;
            }
            if unknown {
                let pairs: Vec<_> = effect.args.iter().copied().zip(candidate.args.iter().copied()).collect();
                if pairs.into_iter().all(|(one, other)| self.relate(one, other, false)) {
                    return true;
                }
            }
        }
        false
    }

    /// A handler around a call that performs a state or throws, and what it does.
    fn handler_of(&self, effect: &str, performer: &Missing) -> Option<String> {
        let call = self.env.source_text(performer.span);
        if !performer.call || call.contains('\n') || call.len() > LONGEST_CALL {
            return None;
        }
        let (name, ty) = effect.strip_suffix('>')?.split_once('<')?;
        match crate::effects::lookup(name)? {
            crate::effects::STATE => Some(format!(
                "`handle[{effect}](@{ty} = {}) {{ get(@Unit) -> {{ resume(@{ty}.0) }}, put(@{ty}) -> {{ resume(()) }} }} \
                 in {{ {call} }}`.",
                first_state(ty)
            )),
            crate::effects::EXN => Some(format!(
                "`handle[{effect}] {{ throw(@{ty}) -> {{ Err(@{ty}.0) }} }} in {{ Ok({call}) }}` is a `Result`."
            )),
            _ => None,
        }
    }

    fn report_in_contract(&mut self, missing: &[Missing], clause: &str, fix: &str) {
        for missing in missing {
            let Missing { effect, performer, span, .. } = missing;
            self.report(
                Diagnostic::new(Code::E187, *span, format!("{performer} performs `{effect}` in {clause}."))
                    .because("Contracts say what is true; evaluating one must not do anything.")
                    .fix(fix)
                    .spec(Section::S7_9_1),
            );
        }
    }

    /// E122 for operations in a pure frame, otherwise E125; one for each effect, and for all effects of one call.
    fn report_missing(&mut self, frame: &Frame, owner: &str) {
        let mut effects: Vec<&str> = Vec::new();
        for missing in &frame.missing {
            if !effects.contains(&missing.effect.as_str()) {
                effects.push(&missing.effect);
            }
        }
        let wanted = self.widened_row(&frame.row, &effects);
        let mut groups: Vec<(&Missing, Vec<&str>)> = Vec::new();
        for effect in effects {
            let mut sites = frame.missing.iter().filter(|missing| missing.effect == *effect);
            let Some(first) = sites.clone().find(|missing| missing.call).or_else(|| sites.next()) else { continue };
            match groups.iter_mut().find(|(other, _)| other.span == first.span) {
                Some((_, together)) => together.push(effect),
                None => groups.push((first, vec![effect])),
            }
        }
        for (first, effects) in groups {
            let diagnostic = self.missing_effects(frame, owner, first, &effects, &wanted);
            self.report(diagnostic);
        }
    }

    /// What to say of effects that the frame does not allow and `first` is the first to perform.
    fn missing_effects(
        &mut self,
        frame: &Frame,
        owner: &str,
        first: &Missing,
        effects: &[&str],
        wanted: &str,
    ) -> Diagnostic {
        let pure = frame.row.is_pure();
        let code = if pure && !first.call { Code::E122 } else { Code::E125 };
        let allows = match pure {
            true => "is declared pure".to_owned(),
            false => format!("allows `effects({})`", self.env.row_text(&frame.row, &self.scope)),
        };
        let performer = lower_first(&first.performer);
        let listed = effects.join("`, `");
        let it = if effects.len() > 1 { "them" } else { "it" };
        let mut diagnostic =
            Diagnostic::new(code, first.span, format!("{owner} {allows}, but {performer} performs `{listed}`."))
                .because("The effect row lists everything a function may do, what it calls included.")
                .fix(format!("Declare {it}: `effects({wanted})`."))
                .edit(frame.row_span, wanted)
                .spec(Section::S7_10)
                .label(frame.row_span, format!("this row does not have {it}"));
        if let Some(taker) = &frame.taker {
            let (why, instead) = self.taken_pure(taker, wanted);
            diagnostic = diagnostic.because(why).fix(instead);
            diagnostic.edits.clear();
        }
        if let Some(handler) = effects.iter().find_map(|effect| self.handler_of(effect, first)) {
            diagnostic.fix.push_str(&format!(" Or handle it here: {handler}"));
        }
        let declared: Vec<String> =
            frame.row.effects().iter().map(|declared| self.env.effect_text(declared, &self.scope)).collect();
        if let Some(effect) = effects.iter().find(|effect| declared.iter().any(|declared| declared == *effect)) {
            diagnostic = diagnostic
                .because("Effects of two modules are one when they have one name and the same operations.")
                .fix(format!("Declare `effect {effect}` in both modules with the same operations, in the same order."));
        }
        let hidden = effects.iter().find_map(|text| {
            let name = text.split('<').next().unwrap_or(text);
            self.env.hidden_effect(name, self.scope.module)
        });
        if let Some((path, declared)) = hidden {
            diagnostic.edits.clear();
            diagnostic.fix.push_str(&format!(
                " Effects are local to their module, so repeat the declaration of module `{path}` in this file:\n{declared}"
            ));
        }
        let others = frame
            .missing
            .iter()
            .filter(|missing| effects.contains(&missing.effect.as_str()) && missing.span != first.span);
        others.take(3).fold(diagnostic, |diagnostic, other| diagnostic.label(other.span, "performed here too"))
    }

    /// E125 as a warning for effects of a function's row that nothing in it performs.
    fn warn_unused_effects(&mut self, frame: &Frame) {
        if frame.row.is_pure() {
            return;
        }
        let is_used = |effect: &&EffectUse| {
            let marker = self.env.program.effect(effect.effect).operations.is_empty();
            // A contract names states too.
            let named = effect.effect == crate::effects::STATE && self.names_state;
            marker || named || frame.performed.iter().any(|performed| performed.effect == effect.effect)
        };
        let (used, unused): (Vec<&EffectUse>, Vec<&EffectUse>) = frame.row.effects().iter().partition(is_used);
        let Some(owner) = self.owner.as_ref().filter(|_| !unused.is_empty()) else { return };
        let name = owner.name.clone();
        let text = |effects: &[&EffectUse]| -> Vec<String> {
            effects.iter().map(|effect| self.env.effect_text(effect, &self.scope)).collect()
        };
        let (used, unused) = (text(&used), text(&unused));
        let smaller = match used.is_empty() && frame.row.variables().is_empty() {
            true => "pure".to_owned(),
            false => {
                let variables = frame.row.variables().iter();
                let variables = variables.filter_map(|&at| self.scope.row_params.get(at as usize).cloned());
                format!("<{}>", used.into_iter().chain(variables).collect::<Vec<_>>().join(", "))
            }
        };
        // Said only of programs without errors: what is wrong may be what performs it.
        self.env.followers.push(
            Diagnostic::new(
                Code::E125,
                frame.row_span,
                format!("Nothing in `{name}` performs `{}`.", unused.join("`, `")),
            )
            .because("A smaller row lets more functions call this one, and says more of it.")
            .fix(format!("Write `effects({smaller})`."))
            .edit(frame.row_span, smaller)
            .spec(Section::S7_8)
            .severity(Severity::Warning),
        );
    }

    /// The row with more effects, as text in alphabetical order.
    fn widened_row(&self, row: &Row, effects: &[&str]) -> String {
        let declared = row.effects().iter().map(|effect| self.env.effect_text(effect, &self.scope));
        let mut all: Vec<String> = declared.chain(effects.iter().map(|effect| (*effect).to_owned())).collect();
        all.sort();
        all.dedup();
        let variables = row.variables().iter().filter_map(|&at| self.scope.row_params.get(at as usize).cloned());
        all.extend(variables);
        format!("<{}>", all.join(", "))
    }
}

/// A performer's name within a sentence.
fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// A state to begin with, as text; an ellipsis where the type has none that is plain.
fn first_state(ty: &str) -> &'static str {
    match ty.split('<').next().unwrap_or(ty) {
        "Int" | "Nat" | "Byte" => "0",
        "Float64" => "0.0",
        "Bool" => "false",
        "String" => "\"\"",
        "Array" => "[]",
        "Option" => "None",
        "Map" => "map_new()",
        "Set" => "set_new()",
        _ => "...",
    }
}
