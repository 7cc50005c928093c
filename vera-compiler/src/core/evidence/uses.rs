//! The use of effects by functions, closures and operations, found over the whole program before anything is rewritten.
//!
//! There are three sets for each function: the effects whose evidence it needs, those to whose handlers it may unwind,
//! and those that may capture its continuation. A closure's sets are those of all closures of its signature, because
//! the possible functions of a closure value are not tracked. An operation's sets are those of the clauses that may
//! answer it.
//!
//! The sets grow to a fixed point, so recursion needs no special treatment.

use super::keys::Keys;
use crate::core::{
    Block, Clause, EffectId, EffectKind, End, FnId, Function, Handle, Op, Perform, Program, Stmt, visit::with_stack,
};
use indexmap::IndexMap;
use std::collections::HashMap;
use vera_abi::layout::Rep;

/// What code does with effects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Facts {
    /// Effects whose handlers it needs as evidence.
    pub(super) needs: Keys,
    /// Effects whose handlers it may unwind to.
    pub(super) raises: Keys,
    /// Effects whose handlers may capture its continuation.
    pub(super) controls: Keys,
}

impl Facts {
    fn extend(&mut self, other: &Facts) {
        self.needs.extend(&other.needs);
        self.raises.extend(&other.raises);
        self.controls.extend(&other.controls);
    }

    /// Replaces each effect that has a new name.
    fn rename(&mut self, names: impl Iterator<Item = (EffectId, EffectId)> + Clone) {
        [&mut self.needs, &mut self.raises, &mut self.controls].into_iter().for_each(|keys| keys.rename(names.clone()));
    }

    fn includes(&self, other: &Facts) -> bool {
        self.needs.includes(&other.needs)
            && self.raises.includes(&other.raises)
            && self.controls.includes(&other.controls)
    }
}

/// How an operation reaches its handler, the same for all handlers of the effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    /// No clause resumes: control unwinds to the handler, whose clause runs there.
    Raise,
    /// Clauses resume as the last thing they do, or not at all: a call of the clause, which may unwind.
    Direct,
    /// A clause resumes and goes on, or does something that captures: a call of the clause with the continuation.
    Control,
}

/// How a clause ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ending {
    /// It resumes and goes on.
    pub(super) general: bool,
    /// It resumes at its end.
    pub(super) resumes: bool,
    /// It gives the value of the handler, or never resumes whatever else it does: the block is left.
    pub(super) aborts: bool,
}

impl Ending {
    /// Looks at a clause.
    pub(super) fn of(clause: &Clause) -> Self {
        let mut ending = Ending { general: false, resumes: false, aborts: yields(&clause.body) };
        for_each_of_clause(&clause.body, &mut |block| {
            ending.general |= block.stmts.iter().any(|stmt| matches!(stmt.op, Op::Resume(_)));
            ending.resumes |= matches!(block.end, End::Resume(_));
        });
        ending.aborts |= !ending.general && !ending.resumes;
        ending
    }
}

/// Whether a block can give a value at its end.
fn yields(block: &Block) -> bool {
    let End::Yield(value) = &block.end else { return false };
    match block.stmts.last() {
        Some(Stmt { dest, op }) if value.local() == Some(*dest) => match op {
            Op::If(..) | Op::Switch { .. } | Op::Join { .. } => {
                let mut any = false;
                op.for_each_inner(|inner| any |= with_stack(|| yields(inner)));
                any
            }
            _ => true,
        },
        _ => true,
    }
}

/// Calls `visit` with the blocks that belong to a clause: not those of clauses inside.
fn for_each_of_clause<'a>(block: &'a Block, visit: &mut impl FnMut(&'a Block)) {
    let mut rest = vec![block];
    while let Some(block) = rest.pop() {
        visit(block);
        for stmt in &block.stmts {
            match &stmt.op {
                Op::Handle(handle) => rest.push(&handle.body),
                op => op.for_each_inner(|inner| rest.push(inner)),
            }
        }
    }
}

/// Representations of the arguments and of the result of a call through a closure.
pub(super) type Signature = (Vec<Rep>, Rep);

/// The facts of a program.
#[derive(Debug, Default)]
pub(super) struct Uses {
    functions: Vec<Facts>,
    closures: IndexMap<Signature, Facts>,
    operations: HashMap<(EffectId, u32), Facts>,
    endings: HashMap<(EffectId, u32), Ending>,
    handled: Keys,
    /// Effects some operation of which is reached by [`Protocol::Control`].
    captured: Keys,
    /// The signature of each function that is the body of a closure.
    boxed: HashMap<FnId, Signature>,
    /// Effects that hosts may have to answer.
    pub(super) hosted: Keys,
    /// Whether handlers with a state, or cells, may be inside of what is captured.
    pub(super) chained: bool,
}

impl Uses {
    /// Looks at a program.
    pub(super) fn of(program: &Program) -> Self {
        let mut uses = Uses { functions: vec![Facts::default(); program.functions.len()], ..Uses::default() };
        for (index, effect) in program.effects.iter().enumerate() {
            if matches!(effect.kind, EffectKind::Cell(..)) {
                uses.handled.insert(EffectId(index as u32));
            }
        }
        for function in &program.functions {
            function.body.for_each_block(|block| {
                for stmt in &block.stmts {
                    if let Op::Handle(handle) = &stmt.op {
                        uses.handler(handle);
                    }
                }
            });
        }
        if uses.handled.is_empty() {
            return uses;
        }
        for shape in &program.closures {
            uses.boxed.insert(shape.function, signature(program.function(shape.function)));
        }
        while uses.grow(program) {}
        for (_, id) in &program.exports {
            let facts = uses.function(*id).needs.clone();
            uses.hosted.extend(&facts);
        }
        uses.chained = program.functions.iter().any(|function| {
            let mut found = false;
            function.body.for_each_block(|block| {
                for stmt in &block.stmts {
                    if let Op::Handle(handle) = &stmt.op {
                        let stateful = handle.state.is_some() || handle.clauses.iter().any(|it| Ending::of(it).general);
                        found |= stateful && !uses.handle(handle).controls.is_empty();
                    }
                }
            });
            found
        });
        uses
    }

    fn handler(&mut self, handle: &Handle) {
        self.handled.insert(handle.effect);
        for clause in &handle.clauses {
            let ending = Ending::of(clause);
            let joined = self.endings.entry((handle.effect, clause.operation)).or_insert(ending);
            joined.general |= ending.general;
            joined.resumes |= ending.resumes;
            joined.aborts |= ending.aborts;
        }
    }

    /// Adds what follows from the facts so far; whether anything did.
    fn grow(&mut self, program: &Program) -> bool {
        let mut grown = false;
        // Callees come after the functions that led to them.
        for index in (0..program.functions.len()).rev() {
            let mut facts = self.block(&program.functions[index].body);
            let id = FnId(index as u32);
            if let Some(signature) = self.boxed.get(&id) {
                let shared = self.closures.entry(signature.clone()).or_default();
                shared.extend(&facts);
                facts = shared.clone();
            }
            let known = &mut self.functions[index];
            if !known.includes(&facts) {
                known.extend(&facts);
                grown = true;
            }
            grown |= self.clauses(&program.functions[index].body);
        }
        grown
    }

    /// Adds to the operations what the clauses in a function do.
    fn clauses(&mut self, body: &Block) -> bool {
        let mut grown = false;
        body.for_each_block(|block| {
            for stmt in &block.stmts {
                let Op::Handle(handle) = &stmt.op else { continue };
                for clause in &handle.clauses {
                    let mut facts = self.clause(clause);
                    let ending = Ending::of(clause);
                    let captured = self.captured.contains(handle.effect);
                    if ending.general || captured && ending.aborts {
                        facts.controls.insert(handle.effect);
                    } else if ending.aborts {
                        facts.raises.insert(handle.effect);
                    }
                    if !captured && !facts.controls.is_empty() {
                        self.captured.insert(handle.effect);
                        grown = true;
                    }
                    // What a clause needs is captured where the handler is.
                    facts.needs = Keys::default();
                    let known = self.operations.entry((handle.effect, clause.operation)).or_default();
                    if !known.includes(&facts) {
                        known.extend(&facts);
                        grown = true;
                    }
                }
            }
        });
        grown
    }

    /// What a clause does.
    pub(super) fn clause(&self, clause: &Clause) -> Facts {
        let mut facts = self.block(&clause.body);
        facts.rename(clause.around.iter().copied());
        facts
    }

    /// What a block does.
    pub(super) fn block(&self, block: &Block) -> Facts {
        let mut facts = Facts::default();
        self.add_block(block, &mut facts);
        facts
    }

    fn add_block(&self, block: &Block, facts: &mut Facts) {
        for stmt in &block.stmts {
            self.add_op(&stmt.op, facts);
        }
        match &block.end {
            End::TailCall(callee, _) => facts.extend(self.function(*callee)),
            End::TailCallClosure { params, result, .. } => facts.extend(&self.closure(params, *result)),
            _ => {}
        }
    }

    fn add_op(&self, op: &Op, facts: &mut Facts) {
        match op {
            Op::Call(callee, _) => facts.extend(self.function(*callee)),
            Op::CallClosure { params, result, .. } => facts.extend(&self.closure(params, *result)),
            Op::Perform(perform) => facts.extend(&self.perform(perform)),
            Op::Handle(handle) => facts.extend(&with_stack(|| self.handle(handle))),
            Op::Outside(outside) => {
                let mut inner = with_stack(|| self.block(&outside.body));
                inner.rename(outside.effects.iter().copied());
                facts.extend(&inner);
            }
            Op::Answered(answered) => {
                if self.is_handled(answered.effect) {
                    facts.needs.insert(answered.effect);
                }
                op.for_each_inner(|inner| with_stack(|| self.add_block(inner, facts)));
            }
            op => op.for_each_inner(|inner| with_stack(|| self.add_block(inner, facts))),
        }
    }

    /// What an operation does.
    pub(super) fn op(&self, op: &Op) -> Facts {
        let mut facts = Facts::default();
        self.add_op(op, &mut facts);
        facts
    }

    /// What a handler does, with its block and its clauses.
    pub(super) fn handle(&self, handle: &Handle) -> Facts {
        let mut facts = self.block(&handle.body);
        facts.needs.remove(handle.effect);
        facts.raises.remove(handle.effect);
        facts.controls.remove(handle.effect);
        handle.clauses.iter().for_each(|clause| facts.extend(&self.clause(clause)));
        handle.cell.iter().for_each(|&cell| facts.needs.insert(cell));
        facts
    }

    /// What performing an operation does.
    pub(super) fn perform(&self, perform: &Perform) -> Facts {
        if !self.is_handled(perform.effect) {
            return Facts::default();
        }
        let mut facts = self.operation(perform.effect, perform.operation);
        facts.needs.insert(perform.effect);
        facts
    }

    /// What the clauses of an operation do, when it is performed.
    pub(super) fn operation(&self, effect: EffectId, operation: u32) -> Facts {
        self.operations.get(&(effect, operation)).cloned().unwrap_or_default()
    }

    /// What a call of a function does.
    pub(super) fn function(&self, id: FnId) -> &Facts {
        &self.functions[id.index()]
    }

    /// What a call through a closure does.
    pub(super) fn closure(&self, params: &[Rep], result: Rep) -> Facts {
        self.closures.get(&(params.to_vec(), result)).cloned().unwrap_or_default()
    }

    /// Whether some handler of the program handles the effect, or it is a cell.
    pub(super) fn is_handled(&self, effect: EffectId) -> bool {
        self.handled.contains(effect)
    }

    /// How an operation of a handled effect reaches its handler.
    pub(super) fn protocol(&self, effect: EffectId, operation: u32) -> Protocol {
        if !self.operation(effect, operation).controls.is_empty() {
            return Protocol::Control;
        }
        match self.endings.get(&(effect, operation)) {
            Some(ending) if !ending.resumes => Protocol::Raise,
            _ => Protocol::Direct,
        }
    }

    /// Whether operations of the effect may unwind to its handlers. Where some capture the continuation, those that give
    /// the value of the handler do so by [`Protocol::Control`]: the handler's value may be that of a resumption.
    pub(super) fn has_prompt(&self, effect: EffectId, operations: usize) -> bool {
        let aborts = |operation| self.endings.get(&(effect, operation)).is_some_and(|ending| ending.aborts);
        !self.captured.contains(effect) && (0..operations as u32).any(aborts)
    }
}

/// How a closure's function is called: without the closure itself.
fn signature(function: &Function) -> Signature {
    (function.params.iter().skip(1).map(|&param| function.rep(param)).collect(), function.result)
}
