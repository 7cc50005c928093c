//! Function values.
//!
//! A known closure is proved where it is made, for every argument. Where it is called, its body is run.

use super::path::Flow;
use super::{Activation, Context, Executor, MAX_DEPTH};
use crate::core::{ClosureId, FnId};
use crate::types::TyKind;
use crate::verify::term::{Fun, Node, Term};
use vera_abi::layout::Rep;

/// Most values among which a known function is looked for.
const MAX_CHOICES: usize = 16;

impl<'p> Executor<'p> {
    /// Makes a function value. What its body asks for is proved here.
    pub(super) fn make_closure(&mut self, id: ClosureId, captures: Vec<Term>) -> Term {
        let value = self.terms.intern(Node::Closure(id, captures.into()));
        let own = matches!(self.context, Context::Own | Context::Premises);
        // What is not looked at is not proved.
        self.exhausted |= own && self.depth >= MAX_DEPTH;
        if own && self.depth < MAX_DEPTH {
            let function = self.provable.program.closures[id.index()].function;
            self.aside(|run| {
                run.forget_cells();
                let types = run.provable.functions[function.index()].params.clone();
                let callee = run.provable.program.function(function);
                let mut args = vec![value];
                for (index, &param) in callee.params.iter().enumerate().skip(1) {
                    let argument = run.unknown_of(types.get(index).copied(), callee.rep(param));
                    args.push(argument);
                }
                run.in_context(Context::Own, |run| run.inline(function, args));
            });
        }
        value
    }

    /// Runs something whose effects and facts are forgotten afterwards; its goals stay.
    pub(super) fn aside(&mut self, run: impl FnOnce(&mut Self)) {
        let (mark, facts, escapes) = (self.path.mark(), self.facts.here(), self.path.escapes);
        let cells = self.cell_values();
        let handlers = self.handler_marks();
        run(self);
        self.path.back_to(mark);
        self.path.escapes = escapes;
        self.set_cell_values(&cells);
        self.handlers_back_to(&handlers);
        self.forget(facts);
    }

    /// What a function value has captured.
    pub(super) fn capture(&mut self, closure: Term, index: u32, rep: Rep) -> Term {
        match self.terms.node(closure) {
            Node::Closure(_, captures) if (index as usize) < captures.len() => captures[index as usize],
            _ => self.unknown_of(None, rep),
        }
    }

    /// Calls a function value.
    pub(super) fn call_closure(&mut self, closure: Term, args: Vec<Term>, rep: Rep) -> Flow {
        if let Node::Closure(id, _) = *self.terms.node(closure)
            && self.depth < MAX_DEPTH
        {
            let function = self.provable.program.closures[id.index()].function;
            let args = std::iter::once(closure).chain(args).collect();
            return self.in_context(Context::Foreign, |run| run.inline(function, args));
        }
        if let Node::If(condition, then, otherwise) = *self.terms.node(closure)
            && self.depth < MAX_DEPTH
            && self.is_made_here(closure)
        {
            return self.call_either(condition, [then, otherwise], &args, rep);
        }
        let ty = self.type_of.get(&closure).map(|&ty| self.types.structural(ty));
        let function = ty.and_then(|ty| match self.types.kind(ty) {
            TyKind::Fn(function) => Some(function.clone()),
            _ => None,
        });
        let Some(function) = function else {
            self.anything_happens();
            return Flow::Value(self.unknown_of(None, rep));
        };
        if function.row.is_pure() {
            let sort = self.sort_of(Some(function.result), rep);
            let parts = std::iter::once(closure).chain(args).collect();
            let value = if rep == Rep::Unit { Term::UNIT } else { self.terms.apply(Fun::Closure, sort, parts) };
            self.set_type(value, Some(function.result), rep);
            return Flow::Value(value);
        }
        self.row_happens(&function.row);
        Flow::Value(self.unknown_of(Some(function.result), rep))
    }

    /// Whether a function value is one of several, of which one at least is known.
    fn is_made_here(&self, closure: Term) -> bool {
        let mut rest = vec![closure];
        for _ in 0..MAX_CHOICES {
            match rest.pop().map(|term| self.terms.node(term)) {
                Some(Node::Closure(..)) => return true,
                Some(Node::If(_, then, otherwise)) => rest.extend([*otherwise, *then]),
                Some(_) => {}
                None => return false,
            }
        }
        false
    }

    /// Calls one of two function values, each on the path on which it is the one.
    fn call_either(&mut self, condition: Term, closures: [Term; 2], args: &[Term], rep: Rep) -> Flow {
        let (mark, escapes) = (self.path.mark(), self.path.escapes);
        let condition = self.decided(condition);
        let not = self.terms.not(condition);
        let mut jumps = Vec::new();
        self.depth += 1;
        for (condition, closure) in [condition, not].into_iter().zip(closures) {
            if condition == Term::FALSE {
                continue;
            }
            let cells = self.cell_values();
            self.path.assume(condition);
            if let Flow::Value(value) = self.call_closure(closure, args.to_vec(), rep) {
                jumps.push(self.leave(mark, vec![value]));
            }
            self.path.back_to(mark);
            self.set_cell_values(&cells);
        }
        self.depth -= 1;
        let complete = self.path.escapes == escapes;
        Flow::of(self.merge(mark, jumps, complete))
    }

    /// Runs a function on arguments, in the present context.
    pub(super) fn inline(&mut self, id: FnId, args: Vec<Term>) -> Flow {
        let function = self.provable.program.function(id);
        let mut act = Activation::new(id, function);
        for (&param, arg) in function.params.iter().zip(args) {
            act.set(param, arg);
        }
        self.depth += 1;
        self.running.push(id);
        let flow = self.rest_of_block(&mut act, &function.body, 0);
        self.running.pop();
        self.depth -= 1;
        flow
    }
}
