//! Contradictory premises, and proofs that depend on assumptions.

use super::refuted::owner_name;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Section, Severity};
use crate::tir::Program;
use crate::verify::obligation::{Kind, Outcome, Owner, Premises, Verified};
use crate::verify::obligations::Assumption;
use std::collections::BTreeMap;

/// One diagnostic for each function that no call can get through.
pub(super) fn contradictions(program: &Program, verified: &[Verified]) -> Diagnostics {
    let mut found = Diagnostics::new();
    let mut told: Option<Owner> = None;
    for each in verified {
        let Outcome::Vacuous(premises) = each.outcome else { continue };
        let owner = each.obligation.owner;
        if told.replace(owner) == Some(owner) {
            continue;
        }
        let Owner::Function(function) = owner else { continue };
        let decl = program.function(function);
        let place = decl.requires.iter().find(|clause| clause.text != "true").or(decl.requires.first());
        let place = place.map_or(decl.name_span, |clause| clause.span);
        let name = owner_name(program, owner);
        found.push(match premises {
            Premises::Declared => Diagnostic::new(
                Code::E538,
                place,
                format!("No call of {name} is possible: its premises contradict each other."),
            )
            .because(
                "Contradictory premises imply everything, so nothing is proved about this function. \
                 Premises are its preconditions, the conditions of its parameters' types, and what it assumes.",
            )
            .fix(format!("Weaken the clause of {name} that is wrong, or remove the function."))
            .spec(Section::S6_8),
            Premises::Derived => Diagnostic::new(
                Code::E538,
                place,
                format!("What {name} relies on contradicts what the functions that it calls promise."),
            )
            .because("Contradictory premises imply everything, so nothing is proved about this function.")
            .fix(format!("Look for a promise that is not kept among the functions that {name} calls, and correct it."))
            .spec(Section::S6_8)
            .severity(Severity::Warning),
        });
    }
    found
}

/// One diagnostic for each `assume` that proofs depend on.
pub(super) fn assumed(program: &Program, verified: &[Verified], assumptions: &[Assumption]) -> Diagnostics {
    let mut dependent: BTreeMap<_, Vec<&Verified>> = BTreeMap::new();
    let states =
        |each: &&Verified| each.is_listed() && each.obligation.kind != Kind::Requires && each.obligation.text != "true";
    for each in verified.iter().filter(states) {
        if let Outcome::Proved(proof) = &each.outcome {
            for &span in &proof.assumed {
                dependent.entry(span).or_default().push(each);
            }
        }
    }
    let mut found = Diagnostics::new();
    for assumption in assumptions {
        let Some(rests) = dependent.get(&assumption.span) else { continue };
        let owner = owner_name(program, assumption.owner);
        let what: Vec<String> = rests.iter().take(MOST).map(|each| named(each)).collect();
        let more = rests.len().checked_sub(MOST).filter(|&more| more > 0);
        let more = more.map(|more| format!(" and {more} more")).unwrap_or_default();
        let description =
            format!("Proofs in {owner} depend on `assume({})`: {}{more}.", assumption.text, what.join(", "));
        found.push(
            Diagnostic::new(Code::E534, assumption.span, description)
                .because("An assumption is trusted, not checked. If it is false, these results may be false.")
                .fix(format!(
                    "Write `assert({})`, which is checked, or ask callers for it in `requires`.",
                    assumption.text
                ))
                .spec(Section::S6_2_6),
        );
    }
    found
}

/// What is named at most.
const MOST: usize = 3;

fn named(each: &Verified) -> String {
    let text = &each.obligation.text;
    match each.obligation.kind {
        Kind::Ensures => format!("`ensures({text})`"),
        Kind::Requires => format!("`requires({text})`"),
        _ => format!("`{text}`"),
    }
}
