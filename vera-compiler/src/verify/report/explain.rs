//! What a proof would need.

use crate::tir::{ExprKind, FnId, Program};
use crate::verify::obligation::{About, Kind, Outcome, Owner, Reason, Verified};

/// Functions that are named at most.
const MOST: usize = 3;

/// What helps where nothing better is known.
const MORE: &str = "Add conditions on the values: in `requires` of the function, or in an `assert` before.";

/// Explains what proofs would need. It caches the function of the last obligation, so ask in the order of the list.
#[derive(Debug)]
pub struct Needs<'p> {
    program: &'p Program,
    owner: Option<Owner>,
    silent: Vec<&'p str>,
}

impl<'p> Needs<'p> {
    /// For a program.
    pub fn new(program: &'p Program) -> Self {
        Needs { program, owner: None, silent: Vec::new() }
    }

    /// What a proof of an obligation that is left to run time would need, as text; `None` for others.
    pub fn of(&mut self, each: &Verified) -> Option<String> {
        let Outcome::Unproved(reason) = &each.outcome else { return None };
        Some(match reason {
            Reason::Budget => "Give the solver more time, or split the function.".to_owned(),
            Reason::Solver(_) => {
                "Give the solver more time, or say the step that it misses in an `assert` before.".to_owned()
            }
            Reason::Unsupported(what) => {
                format!("Keep {what} in a function of its own, and say in its `ensures` what is needed of the result.")
            }
            Reason::Unknown(Some(_)) => {
                "Rule out the values that break it: in `requires` of the function, or by a test before.".to_owned()
            }
            Reason::Unknown(None) => match each.obligation.kind {
                Kind::Decreases => {
                    "Pass an argument that is the parameter less a positive number, or a part of it.".to_owned()
                }
                Kind::Ensures | Kind::Assert | Kind::CallPre => {
                    // A precondition does not depend on what its own function promises.
                    let callee = match each.obligation.about {
                        About::Callee(callee, _) => Some(self.program.function(callee).name.as_str()),
                        _ => None,
                    };
                    let mut silent = self.silent(each.obligation.owner).to_vec();
                    silent.retain(|name| Some(*name) != callee);
                    promise(&silent)
                }
                _ => MORE.to_owned(),
            },
        })
    }

    /// The callees of the owner that promise nothing.
    fn silent(&mut self, owner: Owner) -> &[&'p str] {
        if self.owner != Some(owner) {
            self.owner = Some(owner);
            self.silent = silent_callees(self.program, owner);
        }
        &self.silent
    }
}

fn promise(silent: &[&str]) -> String {
    let names: Vec<String> = silent.iter().map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => MORE.to_owned(),
        [name] => format!("Describe the result in the `ensures` of {name}: it promises nothing so far."),
        names => format!("Describe the results in the `ensures` of {}: they promise nothing so far.", names.join(", ")),
    }
}

/// The functions of programs that the owner calls and that promise nothing.
fn silent_callees(program: &Program, owner: Owner) -> Vec<&str> {
    let Some(owner) = owner.function() else { return Vec::new() };
    let mut found: Vec<&str> = Vec::new();
    let silent = |callee: FnId| {
        let decl = program.function(callee);
        let of_program = !program.modules[decl.module.index()].prelude && callee != owner;
        let promises = decl.ensures.iter().any(|clause| !matches!(clause.expr.kind, ExprKind::Bool(true)));
        (of_program && !promises).then_some(decl.name.as_str())
    };
    program.function(owner).walk(&mut |expr| {
        if let ExprKind::Call { function, .. } = expr.kind
            && found.len() < MOST
            && let Some(name) = silent(function)
            && !found.contains(&name)
        {
            found.push(name);
        }
    });
    found
}
