//! Errors: refuted obligations.

use super::condition::{Condition, Expressions};
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::tir::Program;
use crate::verify::obligation::{About, Counterexample, Kind, Obligation, Owner};

/// The error for a broken obligation.
pub(super) fn diagnostic<'p>(
    program: &'p Program,
    expressions: &mut Expressions<'p>,
    obligation: &Obligation,
    example: &Counterexample,
) -> Diagnostic {
    let (code, section) = code_of(obligation);
    let description = format!("{}{}.", what(program, obligation), when(example));
    let told = Diagnostic::new(code, obligation.span, description).because(why(obligation.kind)).spec(section);
    let told = labelled(program, obligation, told);
    told.fix(fix(program, expressions, obligation))
}

/// The code of a broken obligation, and the section with its rule.
pub(super) fn code_of(obligation: &Obligation) -> (Code, Section) {
    match obligation.kind {
        Kind::Requires | Kind::Ensures => (Code::E500, Section::S6_4_1),
        Kind::CallPre => (Code::E501, Section::S6_4_2),
        Kind::NatSub => (Code::E502, Section::S4_4),
        Kind::NatBind => (Code::E503, Section::S2_8),
        Kind::RefineBind => (Code::E505, Section::S2_6_4),
        Kind::Invariant => (Code::E505, Section::S2_4_1),
        Kind::Assert => (Code::E507, Section::S6_2_5),
        Kind::Decreases => (Code::E525, Section::S5_6_1),
        Kind::DivZero => (Code::E526, Section::S6_4_3),
        Kind::IndexBounds => (Code::E527, Section::S6_4_3),
        Kind::IntOverflow => (Code::E528, Section::S6_4_3),
        Kind::FloatToIntDomain => (Code::E529, Section::S6_4_3),
    }
}

/// What is wrong, without the input.
pub(super) fn what(program: &Program, obligation: &Obligation) -> String {
    let text = &obligation.text;
    let owner = owner_name(program, obligation.owner);
    match (obligation.kind, obligation.about) {
        (Kind::Requires, _) => format!("`requires({text})` of {owner} does not hold"),
        (Kind::Ensures, _) => format!("`ensures({text})` of {owner} is false"),
        (Kind::CallPre, About::Callee(callee, _)) => {
            let name = &program.function(callee).name;
            format!("This call of `{name}` breaks its `requires({text})`")
        }
        (Kind::CallPre, About::Builtin(callee)) => {
            let name = &program.function(callee).name;
            format!("This call of `{name}` is outside of what it is defined for, `{text}`,")
        }
        (Kind::CallPre, _) => format!("`{text}` breaks a precondition"),
        (Kind::NatSub, _) => format!("`{text}` is negative, which a `Nat` cannot be,"),
        (Kind::NatBind, _) => format!("`{text}` is negative, and a `Nat` is needed,"),
        (Kind::RefineBind, About::Refinement(predicate)) => {
            let predicate = &program.predicate(predicate).text;
            format!("`{text}` does not satisfy `{predicate}`")
        }
        (Kind::RefineBind, _) => format!("A part of `{text}` does not have the type that is needed"),
        (Kind::Invariant, About::Invariant(data)) => {
            format!("`{text}` breaks the invariant of `{}`", program.data(data).name)
        }
        (Kind::Invariant, _) => format!("`{text}` breaks the invariant of its type"),
        (Kind::Assert, _) => format!("`{text}` is false"),
        (Kind::Decreases, _) => format!("The measure `{text}` of {owner} does not decrease, or becomes negative,"),
        (Kind::DivZero, _) => format!("`{text}` divides by zero"),
        (Kind::IndexBounds, _) => format!("The index of `{text}` is outside of the array"),
        (Kind::IntOverflow, _) => format!("`{text}` does not fit in 64 bits"),
        (Kind::FloatToIntDomain, _) => format!("`{text}` cannot be converted to an integer"),
    }
}

/// The function, or the type.
pub(super) fn owner_name(program: &Program, owner: Owner) -> String {
    match owner {
        Owner::Function(function) => format!("`{}`", program.function(function).name),
        Owner::Invariant(data) => format!("the invariant of `{}`", program.data(data).name),
        Owner::Refinement(_) => "the refinement".to_owned(),
    }
}

/// The input, as the end of a sentence.
pub(super) fn when(example: &Counterexample) -> String {
    if example.values.is_empty() {
        return " whenever it is reached".to_owned();
    }
    let values: Vec<String> = example.values.iter().map(|(slot, value)| format!("{slot} = {value}")).collect();
    format!(" when `{}`", values.join(", "))
}

pub(super) fn why(kind: Kind) -> &'static str {
    match kind {
        Kind::Requires | Kind::Ensures => {
            "The program was run with these values: the preconditions hold, the function returns, and the postcondition is false."
        }
        Kind::CallPre => {
            "A caller must satisfy the precondition of the function it calls. With these values the call is reached and stops the program."
        }
        Kind::NatSub => "The difference of two `Nat` is a `Nat`. With these values the program stops here.",
        Kind::NatBind => "An `Int` is used as a `Nat` under a check. With these values the check fails.",
        Kind::RefineBind => {
            "The condition of a type is checked where a value becomes one of it. With these values it is false."
        }
        Kind::Invariant => {
            "An invariant holds for every value of its type. With these values one would be made that breaks it."
        }
        Kind::Assert => "Every input that reaches it makes it false.",
        Kind::Decreases => "A recursion ends when its measure decreases with each call and is never negative.",
        Kind::DivZero => "Division by zero has no value. With these values the program stops here.",
        Kind::IndexBounds => {
            "Elements are counted from 0. With every input that reaches it, the index is out of bounds."
        }
        Kind::IntOverflow => "Integers have 64 bits, and arithmetic does not wrap.",
        Kind::FloatToIntDomain => {
            "Not-a-number, infinities and floats beyond 64 bits cannot be converted to an integer."
        }
    }
}

/// The places that help to understand it.
pub(super) fn labelled(program: &Program, obligation: &Obligation, told: Diagnostic) -> Diagnostic {
    match (obligation.kind, obligation.about) {
        (Kind::CallPre, About::Callee(callee, clause)) => {
            told.label(clause, format!("`{}` requires this", program.function(callee).name))
        }
        (_, About::Refinement(predicate)) => told.label(program.predicate(predicate).span, "the condition of the type"),
        (_, About::Invariant(data)) => match &program.data(data).invariant {
            Some(invariant) => told.label(invariant.span, "the invariant"),
            None => told,
        },
        _ => told,
    }
}

/// How to fix a measure that has no value for some arguments.
fn measure_fix(owner: &str, obligation: &Obligation, condition: Option<&Condition>) -> String {
    let Some(condition) = condition else {
        return format!("Give {owner} a measure that has a value for the arguments of every call.");
    };
    let text = &condition.text;
    let guarded = format!("decreases(if {text} then {{ {} }} else {{ 0 }})", obligation.text);
    let measure = format!("give a measure that has a value for the arguments of every call, such as `{guarded}`.");
    if condition.as_precondition && !condition.stated {
        return format!("Ask callers of {owner} for it, `requires({text})`, and call it so in its body; or {measure}");
    }
    format!("Call {owner} in its body only with arguments for which `{text}` holds; or {measure}")
}

/// Whether an obligation is within the measure of its function. That is computed for each recursive call before the
/// preconditions of the callee are known.
fn is_in_measure(program: &Program, obligation: &Obligation) -> bool {
    let Some(function) = obligation.owner.function() else { return false };
    program.function(function).decreases.iter().any(|measure| measure.span.contains(obligation.span))
}

/// Whether an expression is made of literals alone: a call may give what came from an argument, as that of a state does.
fn is_constant(text: &str) -> bool {
    !text.contains(|c: char| c == '@' || c.is_ascii_alphabetic())
}

/// How to fix it, with code of the program.
pub(super) fn fix<'p>(program: &'p Program, expressions: &mut Expressions<'p>, obligation: &Obligation) -> String {
    let condition = expressions.condition(program, obligation);
    let owner = owner_name(program, obligation.owner);
    if obligation.kind != Kind::Decreases && is_in_measure(program, obligation) {
        return measure_fix(&owner, obligation, condition.as_ref());
    }
    match (obligation.kind, condition.filter(|condition| !condition.stated)) {
        (Kind::Ensures, Some(condition)) => {
            format!("Change what {owner} returns, promise less, or ask callers for it: `requires({})`.", condition.text)
        }
        (Kind::Ensures, None) => {
            format!("Change what {owner} returns, promise less, or ask more of callers in `requires`.")
        }
        (Kind::Assert, Some(condition)) if condition.as_precondition => {
            format!("Correct the assertion, or ask callers of {owner} for it: `requires({})`.", condition.text)
        }
        (Kind::Assert, _) => "Correct the assertion, or what comes before it.".to_owned(),
        (Kind::Decreases, _) => format!(
            "Call {owner} with arguments that decrease `{}`, or give a measure that decreases.",
            obligation.text
        ),
        (Kind::IntOverflow, _) => "Bound the operands in `requires`, or by a test before.".to_owned(),
        (_, Some(condition)) => {
            let test = format!("`if {} then {{ ... }} else {{ ... }}`", condition.text);
            match condition.as_precondition {
                true => {
                    format!("Ask callers of {owner} for it: `requires({})`. Or test it first: {test}.", condition.text)
                }
                false => format!("Test it first: {test}."),
            }
        }
        (_, None) if is_constant(&obligation.text) => {
            "Correct what is computed here: it does not depend on an argument.".to_owned()
        }
        (_, None) => format!("Ask callers of {owner} for what is missing in `requires`, or test it first with `if`."),
    }
}
