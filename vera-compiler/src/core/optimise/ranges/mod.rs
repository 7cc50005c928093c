//! Finds checks of integer arithmetic that cannot fail, and comparisons with a constant result.
//!
//! One walk in execution order computes an interval for each integer local: from constants, from primitives, from the
//! conditions of the branches around it. The intervals of a loop's parameters are found by walking its body to a fixed
//! point, with bounds that move few times (Cousot and Cousot, "Abstract interpretation", 1977). Three rewrites follow:
//! a checked operation that cannot fail loses its check, a remainder or quotient of naturals by a power of two becomes
//! a mask or shift, and a decided comparison becomes a constant.
//!
//! Nothing is assumed about parameters, results of calls, or values read from memory, whatever their types in the
//! language are.

mod interval;
#[cfg(test)]
mod tests;

use self::interval::{Interval, assumed, compared, result};
use crate::core::{Atom, Block, End, Function, Label, LocalId, Op, Prim, Stmt, SwitchOn};
use std::collections::HashMap;

/// Walks through a loop's body before bounds that still move are given up.
const WALKS: usize = 4;
/// Loops inside loops whose parameters are looked for; inside more of them nothing is known of parameters.
const NESTING: usize = 3;

/// Rewrites a function's body. Returns whether it changed.
pub(super) fn narrow(function: &mut Function) -> bool {
    let mut body = std::mem::replace(&mut function.body, Block { stmts: Vec::new(), end: End::Unreachable });
    let mut ranges = Ranges {
        known: vec![Interval::FULL; function.locals.len()],
        conditions: HashMap::new(),
        jumps: HashMap::new(),
        before: Vec::new(),
        loops: 0,
        rewriting: true,
        changed: false,
    };
    ranges.block(&mut body);
    let changed = ranges.changed;
    function.body = body;
    changed
}

/// A condition a local stands for.
#[derive(Clone)]
enum Condition {
    Compared(Prim, Atom, Atom),
    Not(Atom),
}

struct Ranges {
    /// By local.
    known: Vec<Interval>,
    conditions: HashMap<LocalId, Condition>,
    /// What the jumps met so far bring to the parameters of each label.
    jumps: HashMap<Label, Option<Vec<Interval>>>,
    /// What was known of locals before a condition said more, to be put back where the condition ends to hold.
    before: Vec<(LocalId, Interval)>,
    /// Loops around the present place.
    loops: usize,
    /// Not while a loop's parameters are looked for: what is known then may still turn out to be too little.
    rewriting: bool,
    changed: bool,
}

impl Ranges {
    fn of(&self, atom: &Atom) -> Interval {
        match atom {
            Atom::I64(value) => Interval::exactly(*value),
            Atom::Local(local) => self.known[local.index()],
            _ => Interval::FULL,
        }
    }

    fn set(&mut self, local: LocalId, interval: Interval) {
        self.known[local.index()] = interval;
    }

    /// Walks a block; gives what it yields, `None` when it yields nothing.
    fn block(&mut self, block: &mut Block) -> Option<Interval> {
        let mark = self.before.len();
        self.stmts(block);
        let yields = self.end(&block.end);
        self.forget(mark);
        yields
    }

    /// Ends the conditions assumed since the mark.
    fn forget(&mut self, mark: usize) {
        for (local, interval) in self.before.drain(mark..).rev() {
            self.known[local.index()] = interval;
        }
    }

    fn stmts(&mut self, block: &mut Block) {
        for Stmt { dest, op } in &mut block.stmts {
            let dest = *dest;
            if let Op::Prim(prim, args) = op {
                let args_known: Vec<Interval> = args.iter().map(|arg| self.of(arg)).collect();
                self.note_condition(dest, *prim, args);
                self.set(dest, result(*prim, &args_known));
                if self.rewriting
                    && let Some(rewritten) = rewritten(*prim, args, &args_known)
                {
                    self.changed = true;
                    *op = rewritten;
                }
            } else {
                let interval = self.op(op);
                self.set(dest, interval);
            }
        }
    }

    fn end(&mut self, end: &End) -> Option<Interval> {
        match end {
            End::Yield(atom) => Some(self.of(atom)),
            End::Jump(label, args) => {
                let brought: Vec<Interval> = args.iter().map(|arg| self.of(arg)).collect();
                if let Some(sofar) = self.jumps.get_mut(label) {
                    *sofar = Some(match sofar.take() {
                        Some(sofar) => sofar.into_iter().zip(brought).map(|(a, b)| a.join(b)).collect(),
                        None => brought,
                    });
                }
                None
            }
            _ => None,
        }
    }

    fn note_condition(&mut self, dest: LocalId, prim: Prim, args: &[Atom]) {
        let condition = match (prim, args) {
            (Prim::LtI64 | Prim::LeI64 | Prim::GtI64 | Prim::GeI64 | Prim::EqI64 | Prim::NeI64, [a, b]) => {
                Condition::Compared(prim, a.clone(), b.clone())
            }
            (Prim::Not, [of]) => Condition::Not(of.clone()),
            _ => return,
        };
        self.conditions.insert(dest, condition);
    }

    /// Walks the blocks of an operation that is no primitive; gives its result.
    fn op(&mut self, op: &mut Op) -> Interval {
        match op {
            Op::Use(atom) => self.of(atom),
            Op::If(condition, then, otherwise) => {
                let condition = condition.clone();
                let yes = self.under(|this| this.assume(&condition, true), then);
                let no = self.under(|this| this.assume(&condition, false), otherwise);
                // What follows is reached through the branch that comes to its end.
                if yes.is_some() != no.is_some() {
                    self.assume(&condition, yes.is_some());
                }
                joined([yes, no])
            }
            Op::Switch { on, cases, default } => {
                let integer = match on {
                    SwitchOn::I64(atom) => atom.clone(),
                    SwitchOn::Tag(_) | SwitchOn::Shape(_) | SwitchOn::Byte(_) => Atom::Unit,
                };
                let mut yields: Vec<Option<Interval>> = Vec::with_capacity(cases.len() + 1);
                for (value, case) in cases {
                    let value = *value;
                    yields.push(self.under(|this| this.assume_atom(&integer, Interval::exactly(value)), case));
                }
                if let Some(default) = default {
                    yields.push(self.block(default));
                }
                joined(yields)
            }
            Op::Join { label, params, body, target } => {
                self.jumps.insert(*label, None);
                let fallen = self.block(body);
                let brought = self.jumps.remove(label).flatten();
                for (position, param) in params.iter().enumerate() {
                    let interval = brought.as_ref().map_or(Interval::FULL, |brought| brought[position]);
                    self.set(*param, interval);
                }
                joined([fallen, self.block(target)])
            }
            Op::Loop { label, params, body } => self.repeat(*label, params, body),
            _ => Interval::FULL,
        }
    }

    fn repeat(&mut self, label: Label, params: &[(LocalId, Atom)], body: &mut Block) -> Interval {
        let firsts: Vec<Interval> = params.iter().map(|(_, first)| self.of(first)).collect();
        let rewriting = std::mem::replace(&mut self.rewriting, false);
        self.loops += 1;
        let mut known = firsts.clone();
        let mut walks = 0;
        let settled = self.loops <= NESTING
            && loop {
                self.enter(params, &known);
                self.jumps.insert(label, None);
                self.block(body);
                let brought = self.jumps.remove(&label).flatten().unwrap_or_else(|| known.clone());
                let next = known.iter().zip(&firsts).zip(brought).map(|((known, first), brought)| {
                    let around = first.join(brought);
                    match walks {
                        0..WALKS => known.widen(known.join(around)),
                        _ => given_up(*known, around),
                    }
                });
                let next: Vec<Interval> = next.collect();
                if next == known {
                    break true;
                }
                known = next;
                walks += 1;
            };
        if !settled {
            known.fill(Interval::FULL);
        }
        self.loops -= 1;
        self.rewriting = rewriting;
        self.enter(params, &known);
        self.block(body).unwrap_or(Interval::FULL)
    }

    fn enter(&mut self, params: &[(LocalId, Atom)], known: &[Interval]) {
        for ((param, _), interval) in params.iter().zip(known) {
            self.set(*param, *interval);
        }
    }

    /// Walks a block knowing more than around it.
    fn under(&mut self, assume: impl FnOnce(&mut Self), block: &mut Block) -> Option<Interval> {
        let mark = self.before.len();
        assume(self);
        let yields = self.block(block);
        self.forget(mark);
        yields
    }

    /// Takes a condition for true or false until [`Ranges::forget`].
    fn assume(&mut self, condition: &Atom, outcome: bool) {
        let Atom::Local(local) = condition else { return };
        match self.conditions.get(local).cloned() {
            Some(Condition::Not(of)) => self.assume(&of, !outcome),
            Some(Condition::Compared(prim, a, b)) => {
                let (a_known, b_known) = assumed(prim, outcome, self.of(&a), self.of(&b));
                self.assume_atom(&a, a_known);
                self.assume_atom(&b, b_known);
            }
            None => {}
        }
    }

    fn assume_atom(&mut self, atom: &Atom, known: Interval) {
        if let Atom::Local(local) = atom {
            self.before.push((*local, self.known[local.index()]));
            self.set(*local, known);
        }
    }
}

/// The bounds that still move are given up.
fn given_up(known: Interval, around: Interval) -> Interval {
    Interval::new(
        if around.lo < known.lo { i64::MIN } else { known.lo },
        if around.hi > known.hi { i64::MAX } else { known.hi },
    )
}

/// What one of several blocks yields.
fn joined(yields: impl IntoIterator<Item = Option<Interval>>) -> Interval {
    yields.into_iter().flatten().reduce(Interval::join).unwrap_or(Interval::FULL)
}

/// What becomes of a primitive.
fn rewritten(prim: Prim, args: &[Atom], known: &[Interval]) -> Option<Op> {
    let op = |prim: Prim, args: &[Atom]| Some(Op::Prim(prim, args.to_vec()));
    let same = |atom: &Atom| Some(Op::Use(atom.clone()));
    match (prim, known) {
        (Prim::AddI64(_) | Prim::AddNat(_), [a, b]) if a.plus(*b).is_some() => op(Prim::WrapAddI64, args),
        (Prim::AddI64(site), [a, b]) if a.is_natural() && b.is_natural() => op(Prim::AddNat(site), args),
        (Prim::SubI64(_), [a, b]) if a.minus(*b).is_some() => op(Prim::WrapSubI64, args),
        (Prim::SubNat(_), [a, b]) if a.minus(*b).is_some_and(Interval::is_natural) => op(Prim::WrapSubI64, args),
        (Prim::MulI64(_), [a, b]) if a.times(*b).is_some() => op(Prim::WrapMulI64, args),
        (Prim::NegI64(_), [a]) if a.lo > i64::MIN => op(Prim::WrapSubI64, &[Atom::I64(0), args[0].clone()]),
        (Prim::GuardNat(_), [a]) if a.is_natural() => same(&args[0]),
        (Prim::GuardByte(_), [a]) if a.lo >= 0 && a.hi <= u8::MAX.into() => op(Prim::I64ToByte, args),
        (Prim::RemI64(_), [a, b]) => match b.single() {
            Some(by @ 1..) if a.is_natural() && a.hi < by => same(&args[0]),
            Some(by @ 1..) if a.is_natural() && by.count_ones() == 1 => {
                op(Prim::AndI64, &[args[0].clone(), Atom::I64(by - 1)])
            }
            _ => None,
        },
        (Prim::DivI64(..), [a, b]) => match b.single() {
            Some(by @ 2..) if a.is_natural() && by.count_ones() == 1 => {
                op(Prim::ShrI64, &[args[0].clone(), Atom::I64(by.trailing_zeros().into())])
            }
            _ => None,
        },
        (_, [a, b]) => {
            let outcome = compared(prim, *a, *b)?;
            same(&Atom::Byte(u8::from(outcome)))
        }
        _ => None,
    }
}
