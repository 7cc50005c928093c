//! Warnings: obligations that are left to run time.

use super::condition::Expressions;
use super::refuted::{code_of, labelled, what, when};
use super::{Needs, refuted};
use crate::diagnostics::{Code, Diagnostic, Section, Severity};
use crate::tir::Program;
use crate::verify::obligation::{About, Counterexample, Kind, Obligation, Outcome, Reason, Verified};

/// The warning for an obligation that is left to run time.
pub(super) fn diagnostic<'p>(
    program: &'p Program,
    expressions: &mut Expressions<'p>,
    needs: &mut Needs<'p>,
    each: &Verified,
) -> Diagnostic {
    let Verified { obligation, outcome, is_checked } = each;
    let checked =
        if *is_checked { "It is checked at run time." } else { "Not every recursive call checks it at run time." };
    let (code, section) = warned(obligation, outcome);
    let description = match example(outcome) {
        Some(example) => format!("{}{}. {checked}", what(program, obligation), when(example)),
        None => format!("{} is not proved. {checked}", subject(program, obligation)),
    };
    let told = Diagnostic::new(code, obligation.span, description).severity(Severity::Warning);
    let told = labelled(program, obligation, told.because(because(outcome)).spec(section));
    let fix = match example(outcome) {
        Some(_) => refuted::fix(program, expressions, obligation),
        None => needs.of(each).unwrap_or_default(),
    };
    told.fix(fix)
}

/// An input that is known to break it.
pub(super) fn example(outcome: &Outcome) -> Option<&Counterexample> {
    match outcome {
        Outcome::Refuted(example) | Outcome::Unproved(Reason::Unknown(Some(example))) => Some(example),
        _ => None,
    }
}

/// The code for an obligation that is left to run time, and the section with its rule.
pub(super) fn warned(obligation: &Obligation, outcome: &Outcome) -> (Code, Section) {
    let code = match (obligation.kind, outcome) {
        (Kind::Ensures, Outcome::Unproved(Reason::Solver(_) | Reason::Budget)) => Code::E524,
        (Kind::Ensures | Kind::Requires, _) => Code::E522,
        (Kind::Decreases, _) => Code::E525,
        (Kind::CallPre, _) => Code::E532,
        (Kind::Assert, _) => Code::E535,
        (Kind::RefineBind | Kind::Invariant, _) => Code::E506,
        _ => code_of(obligation).0,
    };
    (code, Section::S6_8)
}

/// What is not proved, as the subject of a sentence.
fn subject(program: &Program, obligation: &Obligation) -> String {
    let text = &obligation.text;
    let owner = refuted::owner_name(program, obligation.owner);
    match (obligation.kind, obligation.about) {
        (Kind::Requires, _) => format!("`requires({text})` of {owner}"),
        (Kind::Ensures, _) => format!("`ensures({text})` of {owner}"),
        (Kind::Decreases, _) => format!("That `{text}` decreases in every recursive call of {owner}"),
        (Kind::CallPre, About::Callee(callee, _)) => {
            format!("`requires({text})` of `{}`, which is called here,", program.function(callee).name)
        }
        (Kind::CallPre, _) => format!("`{text}`, which is needed here,"),
        (Kind::Assert, _) => format!("`{text}`"),
        (Kind::NatSub | Kind::NatBind, _) => format!("That `{text}` is not negative"),
        (Kind::RefineBind, About::Refinement(predicate)) => {
            format!("That `{text}` satisfies `{}`", program.predicate(predicate).text)
        }
        (Kind::RefineBind, _) => format!("That the parts of `{text}` have the type that is needed"),
        (Kind::Invariant, _) => format!("That `{text}` keeps the invariant of its type"),
        (Kind::DivZero, _) => format!("That the divisor of `{text}` is not zero"),
        (Kind::IndexBounds, _) => format!("That the index of `{text}` is inside the array"),
        (Kind::IntOverflow, _) => format!("That `{text}` fits in 64 bits"),
        (Kind::FloatToIntDomain, _) => format!("That `{text}` can be converted to an integer"),
    }
}

/// Why it is left.
pub(super) fn because(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Refuted(_) | Outcome::Unproved(Reason::Unknown(Some(_))) => {
            "With these values the check fails. Others may pass, so it is not an error.".to_owned()
        }
        Outcome::Unproved(reason) => match reason {
            Reason::Unknown(_) => "It could be neither proved nor broken.".to_owned(),
            Reason::Solver(words) => format!("The solver gave up: {words}."),
            Reason::Unsupported(what) => format!("The verifier does not know enough of {what}."),
            Reason::Budget => "The time or the size of the queries about this function is used up.".to_owned(),
        },
        Outcome::Vacuous(_) => "No input reaches it: the premises contradict each other.".to_owned(),
        Outcome::Proved(_) => String::new(),
    }
}
