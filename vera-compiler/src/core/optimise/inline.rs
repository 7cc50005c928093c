//! Replaces calls by the bodies of their callees.
//!
//! A small function that calls itself is inlined into itself: one frame then serves several levels of the recursion, and
//! most of what entering and leaving a function takes is saved. Only direct calls are; calls in tail position are loops
//! already.

use super::rename::{self, Substitution};
use crate::core::{Atom, Block, End, FnId, Function, Op, PlaceId, Program, Stmt};

/// Callees of at most this many operations are inlined everywhere.
const SMALL: usize = 12;
/// Callees that are called from one place only, or ask for it, up to this.
const MEDIUM: usize = 160;
/// A function grows by inlining up to this many operations.
const CALLER_LIMIT: usize = 3000;
/// A function grows by inlining itself up to this many operations.
const UNROLLED: usize = 64;
/// Levels of a recursion that one frame serves at most.
const LEVELS: usize = 8;

/// What is known of the functions as callees.
pub(super) struct Inliner {
    /// Number of places that call the function; closures count, exports count twice (they stay anyway).
    uses: Vec<u32>,
    /// Size of functions that are finished and may be inlined.
    ready: Vec<Option<usize>>,
}

impl Inliner {
    /// Counts the calls of the functions in `order`.
    pub(super) fn new(program: &Program, order: &[FnId]) -> Self {
        let mut uses = vec![0; program.functions.len()];
        for &id in order {
            program.for_each_callee(&program.function(id).body, |callee| uses[callee.index()] += 1);
        }
        for (_, id) in &program.exports {
            uses[id.index()] += 2;
        }
        Self { uses, ready: vec![None; program.functions.len()] }
    }

    /// Lets callers inline a function from now on, unless it still calls itself.
    pub(super) fn finish(&mut self, program: &Program, id: FnId) {
        let body = &program.function(id).body;
        let mut recursive = false;
        program.for_each_callee(body, |callee| recursive |= callee == id);
        self.ready[id.index()] = (!recursive).then(|| body.op_count());
    }

    fn wants(&self, program: &Program, callee: FnId) -> bool {
        let Some(size) = self.ready[callee.index()] else { return false };
        let limit = if program.function(callee).inline || self.uses[callee.index()] == 1 { MEDIUM } else { SMALL };
        size <= limit
    }

    /// Inlines what is worth it in a function; whether anything was.
    pub(super) fn inline_calls(&self, program: &mut Program, id: FnId) -> bool {
        Work::apply(program, id, Callees::Ready(self))
    }
}

/// Inlines a function into itself as far as its size allows; whether it did.
pub(super) fn unroll(program: &mut Program, id: FnId) -> bool {
    let itself = program.function(id).clone();
    let mut calls = 0;
    itself.body.for_each_block(|block| {
        calls += block.stmts.iter().filter(|stmt| matches!(stmt.op, Op::Call(callee, _) if callee == id)).count();
    });
    let size = itself.body.op_count();
    let levels = match calls {
        0 => return false,
        1 => (UNROLLED / size).min(LEVELS),
        // Each level has as many copies as the level before has calls, so there is one more.
        _ if size * (calls + 1) <= UNROLLED => 2,
        _ => return false,
    };
    for _ in 1..levels {
        Work::apply(program, id, Callees::Itself(id, &itself));
    }
    levels > 1
}

/// Whose calls are inlined.
enum Callees<'a> {
    /// Of the functions that are finished.
    Ready(&'a Inliner),
    /// Of the function itself, as it was.
    Itself(FnId, &'a Function),
}

struct Work<'a> {
    callees: Callees<'a>,
    program: &'a Program,
    substitution: Substitution,
    next_label: u32,
    size: usize,
    changed: bool,
    /// The origin of the construct whose block is rewritten.
    around: Option<PlaceId>,
}

impl Work<'_> {
    /// Inlines calls in a function; whether there were any.
    fn apply(program: &mut Program, id: FnId, callees: Callees<'_>) -> bool {
        let mut function = super::take(program, id);
        let mut work = Work {
            callees,
            program,
            substitution: Substitution::default(),
            next_label: function.body.next_label(),
            size: function.body.op_count(),
            changed: false,
            around: None,
        };
        let body = std::mem::replace(&mut function.body, Block { stmts: Vec::new(), end: End::Unreachable });
        function.body = work.block(body, &mut function);
        let changed = work.changed;
        program.functions[id.index()] = function;
        changed
    }

    fn body_of(&mut self, callee: FnId, args: &[Atom], caller: &mut Function, call: Option<PlaceId>) -> Option<Block> {
        let function = match self.callees {
            Callees::Itself(id, itself) => (callee == id).then_some(itself)?,
            Callees::Ready(inliner) => {
                let size = inliner.ready[callee.index()].unwrap_or(0);
                if !inliner.wants(self.program, callee) || self.size + size > CALLER_LIMIT {
                    return None;
                }
                self.size += size;
                self.program.function(callee)
            }
        };
        self.changed = true;
        Some(rename::copy_body(function, caller, &mut self.next_label, args, call))
    }

    fn block(&mut self, block: Block, caller: &mut Function) -> Block {
        let mut stmts = Vec::with_capacity(block.stmts.len());
        for Stmt { dest, mut op } in block.stmts {
            self.substitute(&mut op);
            let place = caller.origins.at(dest);
            if let Op::Call(callee, args) = &op
                && let Some(mut body) = self.body_of(*callee, args, caller, place)
            {
                self.tail_calls_to_calls(&mut body, caller, place);
                stmts.append(&mut body.stmts);
                match body.end {
                    End::Yield(atom) => self.substitution.set(dest, atom),
                    end => return Block { stmts, end },
                }
                continue;
            }
            // Blocks inside are rebuilt one by one; moving them out keeps the operation itself in place.
            let mut inner = std::mem::replace(&mut op, Op::Use(Atom::Unit));
            let around = std::mem::replace(&mut self.around, place);
            inner.for_each_inner_mut(|nested| {
                let taken = std::mem::replace(nested, Block { stmts: Vec::new(), end: End::Unreachable });
                *nested = self.block(taken, caller);
            });
            self.around = around;
            stmts.push(Stmt { dest, op: inner });
        }
        let end = match self.end(block.end) {
            End::TailCall(callee, args) => match self.body_of(callee, &args, caller, self.around) {
                Some(body) => {
                    stmts.extend(body.stmts);
                    body.end
                }
                None => End::TailCall(callee, args),
            },
            end => end,
        };
        Block { stmts, end }
    }

    fn substitute(&self, op: &mut Op) {
        op.for_each_atom_mut(|atom| self.substitution.apply(atom));
    }

    fn end(&self, mut end: End) -> End {
        end.for_each_atom_mut(|atom| self.substitution.apply(atom));
        end
    }

    /// A body copied to where more follows: its tail calls are calls there.
    fn tail_calls_to_calls(&self, block: &mut Block, caller: &mut Function, place: Option<PlaceId>) {
        for stmt in &mut block.stmts {
            let place = caller.origins.at(stmt.dest).or(place);
            stmt.op.for_each_inner_mut(|inner| self.tail_calls_to_calls(inner, caller, place));
        }
        let (op, result) = match std::mem::replace(&mut block.end, End::Unreachable) {
            End::TailCall(callee, args) => {
                let result = self.program.function(callee).result;
                (Op::Call(callee, args), result)
            }
            End::TailCallClosure { closure, args, params, result } => {
                (Op::CallClosure { closure, args, params, result }, result)
            }
            end => {
                block.end = end;
                return;
            }
        };
        let dest = caller.new_local(result);
        caller.origins.set(dest, place);
        block.stmts.push(Stmt { dest, op });
        block.end = End::Yield(Atom::Local(dest));
    }
}

#[cfg(test)]
mod tests {
    use super::{LEVELS, UNROLLED};
    use crate::core::build::{BodyBuilder, ProgramBuilder};
    use crate::core::interpret::{NoExterns, Value};
    use crate::core::optimise::optimise;
    use crate::core::{Atom, End, FnId, Op, Prim};
    use vera_abi::layout::Rep::I64;

    /// Optimises a function that calls itself; it gives the same as before. The number of its calls and of its operations.
    fn unrolled(body: impl FnOnce(&mut BodyBuilder, FnId, &Atom) -> End) -> (usize, usize) {
        let mut builder = ProgramBuilder::default();
        let id = builder.declare("f", &[I64], I64);
        builder.define(id, |builder, params| body(builder, id, &params[0]));
        let before = builder.program;
        let mut after = before.clone();
        optimise(&mut after);
        after.validate().unwrap_or_else(|invalid| panic!("{invalid}\n{after}"));
        for n in 0..20 {
            let results = [&before, &after].map(|program| {
                match program.interpret(id, vec![Value::I64(n)], Default::default(), &mut NoExterns) {
                    Ok(Value::I64(result)) => result,
                    other => panic!("{other:?}\n{program}"),
                }
            });
            assert_eq!(results[0], results[1], "f({n})\n{after}");
        }
        let body = &after.function(id).body;
        let mut calls = 0;
        body.for_each_block(|block| {
            calls += block.stmts.iter().filter(|stmt| matches!(stmt.op, Op::Call(..))).count();
        });
        (calls, body.op_count())
    }

    fn recursive(steps: &[i64], work: usize) -> impl FnOnce(&mut BodyBuilder, FnId, &Atom) -> End {
        move |body, id, n| {
            let small = body.prim(Prim::LtI64, &[n.clone(), Atom::I64(2)]);
            let go_on = |body: &mut BodyBuilder| {
                let mut total = Atom::I64(1);
                for step in steps {
                    let less = body.prim(Prim::WrapSubI64, &[n.clone(), Atom::I64(*step)]);
                    let rest = body.call(id, &[less]);
                    total = body.prim(Prim::WrapAddI64, &[total, rest]);
                }
                for _ in 0..work {
                    total = body.prim(Prim::WrapMulI64, &[total, n.clone()]);
                }
                End::Yield(total)
            };
            End::Yield(body.if_else(I64, &small, |_| End::Yield(n.clone()), go_on))
        }
    }

    #[test]
    fn one_frame_serves_several_levels_of_a_small_recursion() {
        let (calls, operations) = unrolled(recursive(&[1], 0));
        assert_eq!((calls, operations), (1, 5 * LEVELS - (LEVELS - 1)));
        let (calls, operations) = unrolled(recursive(&[1, 2], 0));
        assert_eq!(calls, 4);
        assert!(operations <= UNROLLED, "{operations}");
    }

    #[test]
    fn what_would_grow_too_much_stays() {
        assert_eq!(unrolled(recursive(&[1], UNROLLED)), (1, 5 + UNROLLED));
        assert_eq!(unrolled(recursive(&[1, 2, 3], UNROLLED / 4)).0, 3);
    }
}
