//! Blocks, branches, joins, loops.

use super::path::{Flow, Jump, Mark};
use super::{Activation, Executor, sort_of_rep};
use crate::core::visit::with_stack;
use crate::core::{Atom, Block, End, Label, LocalId, Op, Stmt, SwitchOn};
use crate::verify::term::{Fun, Sort, Term};

/// Most times that a loop is run which may end in any round, and whose counter is not known.
const MAX_UNKNOWN_ROUNDS: u32 = 2;
/// Most times that a loop is run which may end in any round.
const MAX_OPEN_ROUNDS: u32 = 64;
/// Most times that a loop is run.
const MAX_ROUNDS: u32 = 300;

impl<'p> Executor<'p> {
    /// Runs a block on the present path.
    pub(super) fn run_block(&mut self, act: &mut Activation<'p>, block: &'p Block) -> Flow {
        self.rest_of_block(act, block, 0)
    }

    /// Runs statements. Gives whether control comes to their end.
    pub(super) fn stmts(&mut self, act: &mut Activation<'p>, stmts: &'p [Stmt]) -> bool {
        for stmt in stmts {
            if !self.step() {
                return false;
            }
            match self.op(act, stmt.dest, &stmt.op) {
                Flow::Value(value) => act.set(stmt.dest, value),
                Flow::Gone => return false,
            }
        }
        true
    }

    /// Runs a block from a statement on.
    pub(super) fn rest_of_block(&mut self, act: &mut Activation<'p>, block: &'p Block, from: usize) -> Flow {
        with_stack(|| {
            if !self.stmts(act, &block.stmts[from..]) {
                return Flow::Gone;
            }
            self.end(act, &block.end)
        })
    }

    fn end(&mut self, act: &mut Activation<'p>, end: &'p End) -> Flow {
        match end {
            End::Yield(atom) => Flow::Value(self.atom(act, atom)),
            End::Jump(label, atoms) => {
                let values = self.atoms(act, atoms);
                let cells = self.cell_values();
                let conditions = self.path.since(Mark::START);
                act.jumps.entry(*label).or_default().push(Jump { conditions, values, cells });
                self.path.escapes += 1;
                Flow::Gone
            }
            End::TailCall(callee, atoms) => {
                let args = self.atoms(act, atoms);
                self.call(act, *callee, args, None)
            }
            End::TailCallClosure { closure, args, result, .. } => {
                let (closure, args) = (self.atom(act, closure), self.atoms(act, args));
                self.call_closure(closure, args, *result)
            }
            End::Trap(site, _) if !self.provable.sites[site.index()].is_compiled => {
                self.claim(*site);
                Flow::Value(Term::UNIT)
            }
            End::Trap(site, _) => {
                self.fail(*site);
                Flow::Gone
            }
            End::Resume(resume) => self.end_by_resume(act, resume),
            End::Unreachable => {
                self.path.escapes += 1;
                Flow::Gone
            }
        }
    }

    pub(super) fn op(&mut self, act: &mut Activation<'p>, dest: LocalId, op: &'p Op) -> Flow {
        let rep = act.function.rep(dest);
        Flow::Value(match op {
            Op::Use(atom) => self.atom(act, atom),
            Op::Prim(prim, args) => {
                let args = self.atoms(act, args);
                self.prim(*prim, &args, rep)
            }
            Op::Call(callee, args) => {
                let args = self.atoms(act, args);
                return self.call(act, *callee, args, Some(dest));
            }
            Op::Extern(id, args) => {
                let args = self.atoms(act, args);
                return self.call_extern(*id, args);
            }
            Op::CallClosure { closure, args, .. } => {
                let (closure, args) = (self.atom(act, closure), self.atoms(act, args));
                return self.call_closure(closure, args, rep);
            }
            Op::Record(id, args) => {
                let fields = self.atoms(act, args);
                let tag = self.provable.program.records[id.index()].tag;
                let value = self.terms.record(*id, tag, fields);
                if let Some(facts) = self.provable.records.get(id) {
                    self.type_of.entry(value).or_insert(facts.ty);
                }
                value
            }
            Op::Field(id, value, index) => {
                let value = self.atom(act, value);
                self.read_field(*id, value, *index, rep)
            }
            Op::Closure(id, captures) => {
                let captures = self.atoms(act, captures);
                self.make_closure(*id, captures)
            }
            Op::Capture(_, closure, index) => {
                let closure = self.atom(act, closure);
                self.capture(closure, *index, rep)
            }
            Op::Array(_, items) => {
                let items = self.atoms(act, items);
                self.terms.array(items)
            }
            Op::If(condition, then, otherwise) => {
                let condition = self.atom(act, condition);
                let condition = self.terms.truth(condition);
                let condition = self.decided(condition);
                let not = self.terms.not(condition);
                return self.branches(act, vec![(condition, then), (not, otherwise)]);
            }
            Op::Switch { on, cases, default } => return self.switch(act, on, cases, default.as_deref()),
            Op::Join { label, params, body, target } => return self.join(act, *label, params, body, target),
            Op::Loop { label, params, body } => return self.run_loop(act, (*label, dest), params, body),
            Op::Perform(perform) => return self.perform(act, perform, rep),
            Op::Handle(handle) => return self.handle(act, handle, rep),
            Op::Outside(outside) => return self.outside(act, outside),
            // Proofs are about programs that start nothing.
            Op::Answered(_) | Op::Resume(_) => self.unknown_of(None, rep),
            // Made by `core::evidence` only.
            Op::Cell(..) | Op::CellGet(..) | Op::CellSet(..) | Op::Get(_) | Op::Set(..) => self.unknown_of(None, rep),
        })
    }

    /// Runs branches, each under its condition: exactly one of the conditions holds.
    fn branches(&mut self, act: &mut Activation<'p>, branches: Vec<(Term, &'p Block)>) -> Flow {
        let (mark, escapes) = (self.path.mark(), self.path.escapes);
        let mut jumps = Vec::new();
        for (condition, block) in branches {
            if condition == Term::FALSE {
                continue;
            }
            let cells = self.cell_values();
            self.path.assume(condition);
            if let Flow::Value(value) = self.run_block(act, block) {
                jumps.push(self.leave(mark, vec![value]));
            }
            self.path.back_to(mark);
            self.set_cell_values(&cells);
        }
        let complete = self.path.escapes == escapes;
        Flow::of(self.merge(mark, jumps, complete))
    }

    fn switch(
        &mut self,
        act: &mut Activation<'p>,
        on: &'p SwitchOn,
        cases: &'p [(i64, Block)],
        default: Option<&'p Block>,
    ) -> Flow {
        let value = match on {
            SwitchOn::Tag(atom) => {
                let value = self.atom(act, atom);
                self.tag_of(value)
            }
            SwitchOn::I64(atom) | SwitchOn::Byte(atom) => {
                let value = self.atom(act, atom);
                self.terms.byte(value)
            }
            SwitchOn::Shape(atom) => self.atom(act, atom),
        };
        let mut branches: Vec<(Term, &'p Block)> = Vec::with_capacity(cases.len() + 1);
        let mut others = Term::TRUE;
        for (index, (case, block)) in cases.iter().enumerate() {
            let case = self.terms.int(i128::from(*case));
            let is_last = index + 1 == cases.len() && default.is_none();
            let same = self.terms.equal(value, case);
            let same = self.decided(same);
            // Without a default one of the cases applies: where no other does it is the last.
            let condition = if is_last && same != Term::FALSE { others } else { same };
            if condition != Term::FALSE {
                branches.push((condition, block));
            }
            let not = self.terms.not(same);
            others = self.terms.and(others, not);
        }
        if let Some(default) = default
            && others != Term::FALSE
        {
            branches.push((others, default));
        }
        self.branches(act, branches)
    }

    fn join(
        &mut self,
        act: &mut Activation<'p>,
        label: Label,
        params: &'p [LocalId],
        body: &'p Block,
        target: &'p Block,
    ) -> Flow {
        let (mark, escapes) = (self.path.mark(), self.path.escapes);
        let before = self.cell_values();
        let outer = act.jumps.remove(&label);
        let flow = self.run_block(act, body);
        let through = match flow {
            Flow::Value(value) => Some(self.leave(mark, vec![value])),
            Flow::Gone => None,
        };
        self.path.back_to(mark);
        let jumps = act.jumps.remove(&label).unwrap_or_default();
        if let Some(outer) = outer {
            act.jumps.insert(label, outer);
        }
        self.arrive(jumps.len());
        let complete = self.path.escapes == escapes;
        if jumps.is_empty() {
            self.set_cell_values(&before);
            return Flow::of(self.merge(mark, through.into_iter().collect(), complete));
        }
        let skip = mark.length();
        let jumps: Vec<Jump> = jumps
            .into_iter()
            .map(|jump| Jump { conditions: jump.conditions.into_iter().skip(skip).collect(), ..jump })
            .collect();
        // The path of the target is that of the jumps, also where they are all that is left.
        let alone = through.is_none() && complete;
        let Some(values) = self.merge(mark, jumps, alone) else { return Flow::Gone };
        for (&param, value) in params.iter().zip(values) {
            act.set(param, value);
        }
        let flow = self.run_block(act, target);
        let mut flows: Vec<Jump> = through.into_iter().collect();
        if let Flow::Value(value) = flow {
            flows.push(self.leave(mark, vec![value]));
        }
        let complete = self.path.escapes == escapes;
        Flow::of(self.merge(mark, flows, complete))
    }

    /// A loop: as often as is known, otherwise as one that gives an unknown value.
    fn run_loop(
        &mut self,
        act: &mut Activation<'p>,
        (label, dest): (Label, LocalId),
        params: &'p [(LocalId, Atom)],
        body: &'p Block,
    ) -> Flow {
        let mark = self.path.mark();
        let handlers = self.handler_marks();
        let first: Vec<Term> = params.iter().map(|(_, atom)| self.atom(act, atom)).collect();
        if let (Some((quantifier, bound)), [(number, _)]) = (self.open_quantifier(act, label), params) {
            let numbers = self.quantifiers.numbers();
            let flow = self.any_round(act, (label, dest), params, &first, body);
            self.quantifiers.back_to(numbers);
            if let Flow::Value(value) = flow {
                self.quantified(act, (label, *number), body, (quantifier.exists, bound), value);
            }
            return flow;
        }
        let whole = (self.facts.here(), self.goals.len(), self.path.escapes);
        let mut values = first.clone();
        let mut ended: Vec<Jump> = Vec::new();
        let mut unknown_rounds = 0;
        for _ in 0..MAX_ROUNDS {
            for ((param, _), value) in params.iter().zip(&values) {
                act.set(*param, *value);
            }
            let flow = self.run_block(act, body);
            if let Flow::Value(value) = flow {
                ended.push(self.leave(mark, vec![value]));
            }
            let jumps = act.jumps.remove(&label).unwrap_or_default();
            self.arrive(jumps.len());
            if jumps.is_empty() {
                self.path.back_to(mark);
                let complete = self.path.escapes == whole.2;
                return Flow::of(self.merge(mark, ended, complete));
            }
            let skip = mark.length();
            let jumps: Vec<Jump> = jumps
                .into_iter()
                .map(|jump| Jump { conditions: jump.conditions.into_iter().skip(skip).collect(), ..jump })
                .collect();
            if jumps.iter().any(|jump| !jump.conditions.is_empty()) {
                unknown_rounds += 1;
            }
            match self.merge(mark, jumps, false) {
                Some(next) => values = next,
                None => break,
            }
            let counted = values.first().is_some_and(|&counter| self.terms.as_int(counter).is_some());
            let most = if counted { MAX_OPEN_ROUNDS } else { MAX_UNKNOWN_ROUNDS };
            if unknown_rounds > most || self.exhausted {
                break;
            }
        }
        // Not known how often: forget what was learnt, and run it once for any round.
        self.path.back_to(mark);
        self.forget(whole.0);
        self.goals.truncate(whole.1);
        self.path.escapes = whole.2;
        self.handlers_back_to(&handlers);
        self.any_round(act, (label, dest), params, &first, body)
    }

    fn any_round(
        &mut self,
        act: &mut Activation<'p>,
        (label, dest): (Label, LocalId),
        params: &'p [(LocalId, Atom)],
        first: &[Term],
        body: &'p Block,
    ) -> Flow {
        let (mark, facts, escapes) = (self.path.mark(), self.facts.here(), self.path.escapes);
        for ((param, _), &first) in params.iter().zip(first) {
            let rep = act.function.rep(*param);
            let value = self.unknown_of(None, rep);
            // Loops of this stage count upwards.
            if self.terms.as_int(first).is_some_and(|first| first >= 0) {
                self.terms.set_natural(value);
                let within = self.terms.within(0, value, i128::from(i64::MAX));
                self.learn(within);
            }
            act.set(*param, value);
        }
        let handlers = self.handler_marks();
        let _ = self.run_block(act, body);
        self.handlers_back_to(&handlers);
        act.jumps.remove(&label);
        self.path.back_to(mark);
        self.path.escapes = escapes;
        // What holds in a round holds in that round only.
        self.forget(facts);
        let mut read = first.to_vec();
        read.extend(self.free_values(act, params, body));
        let rep = act.function.rep(dest);
        let sort = if rep == vera_abi::layout::Rep::Byte { Sort::Bool } else { sort_of_rep(rep) };
        let value = self.terms.apply(Fun::Loop(act.id, label.0), sort, read);
        self.type_facts_of_rep(value, rep);
        Flow::Value(value)
    }

    /// The values that a loop reads of what was set before it, in order.
    fn free_values(&mut self, act: &Activation<'p>, params: &[(LocalId, Atom)], body: &Block) -> Vec<Term> {
        let mut inside: Vec<LocalId> = params.iter().map(|(local, _)| *local).collect();
        let mut read: Vec<LocalId> = Vec::new();
        body.for_each_block(|block| {
            for stmt in &block.stmts {
                inside.push(stmt.dest);
                if let Op::Join { params, .. } = &stmt.op {
                    inside.extend(params);
                }
                if let Op::Loop { params, .. } = &stmt.op {
                    inside.extend(params.iter().map(|(local, _)| *local));
                }
                stmt.op.for_each_atom(|atom| {
                    if let Atom::Local(local) = atom {
                        read.push(*local);
                    }
                });
            }
            block.end.for_each_atom(|atom| {
                if let Atom::Local(local) = atom {
                    read.push(*local);
                }
            });
        });
        inside.sort_unstable();
        read.sort_unstable();
        read.dedup();
        read.retain(|local| inside.binary_search(local).is_err());
        read.iter().map(|local| self.atom(act, &Atom::Local(*local))).collect()
    }
}
