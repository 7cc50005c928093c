//! A choice on a value that another choice has just made.
//!
//! `match if a < b then Less else ... { Less -> x, _ -> y }` first chooses a constructor and then matches on it. An arm
//! of the first choice that gives a known value, such as a constructor, continues with the matching case of the second
//! choice ("case of case" in compilers of functional languages). The fields that the case reads are passed along, so a
//! record that was made only to be matched is not allocated. The same is done for the code after a choice whose arms
//! all give a record, if only the record's fields are read.
//!
//! Only the second choice itself is copied, to arms whose value is not known.

#[cfg(test)]
mod tests;

use super::rename::Substitution;
use crate::core::visit::with_stack;
use crate::core::{Atom, Block, End, Function, Label, LocalId, Op, Program, RecordId, Stmt, SwitchOn};
use std::collections::{HashMap, VecDeque};
use vera_abi::layout::Rep;

/// Most arms whose value is not known that get a copy of the second choice.
const MAX_UNKNOWN: usize = 2;
/// Most cases of a second choice.
const MAX_CASES: usize = 16;
/// Most choices of a function that are connected at a time: each may nest code some levels deeper.
const MAX_CONNECTED: usize = 200;

/// Rewrites a function. Returns whether it changed.
pub(super) fn connect(program: &Program, function: &mut Function) -> bool {
    let mut facts = Facts { records: HashMap::new(), uses: vec![0; function.locals.len()] };
    facts.gather(&function.body);
    let next_label = function.body.next_label();
    let body = std::mem::replace(&mut function.body, Block { stmts: Vec::new(), end: End::Unreachable });
    let result = function.result;
    let mut work = Work { program, function, facts, next_label, left: MAX_CONNECTED };
    let body = work.block(body, result);
    let left = work.left;
    function.body = body;
    left < MAX_CONNECTED
}

/// What is known of the locals of a function.
struct Facts {
    records: HashMap<LocalId, (RecordId, Vec<Atom>)>,
    /// How often each is read.
    uses: Vec<u32>,
}

impl Facts {
    fn gather(&mut self, body: &Block) {
        body.for_each_block(|block| {
            let mut read = |atom: &Atom| {
                if let Atom::Local(local) = atom {
                    self.uses[local.index()] += 1;
                }
            };
            block.stmts.iter().for_each(|stmt| stmt.op.for_each_atom(&mut read));
            block.end.for_each_atom(&mut read);
            for stmt in &block.stmts {
                if let Op::Record(shape, fields) = &stmt.op {
                    self.records.insert(stmt.dest, (*shape, fields.clone()));
                }
            }
        });
    }

    fn uses(&self, local: LocalId) -> u32 {
        self.uses.get(local.index()).copied().unwrap_or(0)
    }
}

/// What a case reads of the value that is looked at.
enum Reads {
    Nothing,
    /// Fields of a record.
    Fields(RecordId, Vec<u32>),
    /// The value itself.
    Value,
}

/// How the second choice looks at the value.
enum Look {
    /// `true` goes to the first case, `false` to the second.
    Condition,
    /// To the case with the value, or to one more for every other value.
    Switch { on: fn(Atom) -> SwitchOn, values: Vec<i64>, default: bool },
    /// There is one case, which is what follows.
    Follow,
}

/// A case of the second choice.
struct Case {
    label: Label,
    reads: Reads,
    /// Receive what is read.
    params: Vec<LocalId>,
    /// The code, until it stands in the one place that goes to it.
    block: Option<Block>,
    /// How many arms go to it.
    arrivals: usize,
}

struct Second {
    look: Look,
    cases: Vec<Case>,
    /// Representation of its value.
    result: Rep,
}

/// Where an arm goes.
enum Goes {
    To(usize),
    /// No case takes the value, so the arm is never reached.
    Nowhere,
    /// The value is not known.
    Open,
}

struct Work<'a> {
    program: &'a Program,
    function: &'a mut Function,
    facts: Facts,
    next_label: u32,
    /// How many choices may still be connected.
    left: usize,
}

impl Work<'_> {
    /// Rewrites a block whose value is of a representation.
    fn block(&mut self, block: Block, result: Rep) -> Block {
        let Block { stmts, mut end } = block;
        let mut rest = VecDeque::from(stmts);
        let mut done = Vec::with_capacity(rest.len());
        while let Some(Stmt { dest, op }) = rest.pop_front() {
            if is_choice(&op) && self.left > 0 {
                if rest.front().is_some_and(|next| self.connects(dest, &op, &next.op))
                    && let Some(Stmt { dest: after, op: next }) = rest.pop_front()
                {
                    let rep = self.function.rep(after);
                    let op = self.connected(dest, op, next, rep);
                    rest.push_front(Stmt { dest: after, op });
                    continue;
                }
                if !rest.is_empty()
                    && let Some(shape) = self.record_of_all(&op)
                    && self.only_fields_read(dest, shape, &rest)
                {
                    let follow = Block { stmts: rest.drain(..).collect(), end };
                    let op = self.followed(dest, op, follow, result);
                    let dest = self.function.new_local(result);
                    rest.push_front(Stmt { dest, op });
                    end = End::Yield(Atom::Local(dest));
                    continue;
                }
            }
            let (mut op, rep) = (op, self.function.rep(dest));
            op.for_each_inner_mut(|inner| {
                let taken = std::mem::replace(inner, Block { stmts: Vec::new(), end: End::Unreachable });
                *inner = with_stack(|| self.block(taken, rep));
            });
            done.push(Stmt { dest, op });
        }
        Block { stmts: done, end }
    }

    /// Whether a choice that gives a local is worth connecting with the operation that follows it.
    fn connects(&self, local: LocalId, first: &Op, next: &Op) -> bool {
        let (cases, only) = match next {
            Op::If(Atom::Local(looked), ..) => (2, *looked == local),
            // A shape is known of closures, which are no values of arms here.
            Op::Switch { on: SwitchOn::Shape(_), .. } => return false,
            Op::Switch { on, cases, .. } => (cases.len(), on.atom().local() == Some(local)),
            _ => return false,
        };
        if !only || cases > MAX_CASES || reads_in(next, local) != self.facts.uses(local) {
            return false;
        }
        let (mut known, mut open) = (0, 0);
        for_each_value(first, &mut |atom| match self.is_known(atom) {
            true => known += 1,
            false => open += 1,
        });
        known > 0 && open <= MAX_UNKNOWN
    }

    /// Whether a case can be chosen for a value before the program runs.
    fn is_known(&self, atom: &Atom) -> bool {
        match atom {
            Atom::Byte(_) | Atom::I64(_) | Atom::Static(_) => true,
            Atom::Local(local) => self.facts.records.contains_key(local),
            _ => false,
        }
    }

    /// The shape of the records that a choice gives, when every arm that gives something gives a new one of that shape.
    fn record_of_all(&self, first: &Op) -> Option<RecordId> {
        let (mut shape, mut same) = (None, true);
        for_each_value(first, &mut |atom| {
            let record = atom.local().and_then(|local| self.facts.records.get(&local));
            same &= record.is_some_and(|(found, _)| *shape.get_or_insert(*found) == *found);
        });
        shape.filter(|_| same)
    }

    /// Whether all that is read of a local, in what follows it, is fields of a record of a shape.
    fn only_fields_read(&self, local: LocalId, shape: RecordId, rest: &VecDeque<Stmt>) -> bool {
        let mut fields = 0;
        let mut count = |stmt: &Stmt| {
            fields +=
                u32::from(matches!(&stmt.op, Op::Field(of, atom, _) if *of == shape && *atom == Atom::Local(local)));
        };
        rest.iter().for_each(|stmt| {
            count(stmt);
            stmt.op.for_each_inner(|inner| inner.for_each_block(|block| block.stmts.iter().for_each(&mut count)));
        });
        fields > 0 && fields == self.facts.uses(local)
    }

    /// Both choices as one.
    fn connected(&mut self, local: LocalId, first: Op, next: Op, result: Rep) -> Op {
        let (look, blocks) = match next {
            Op::If(_, then, otherwise) => (Look::Condition, vec![*then, *otherwise]),
            Op::Switch { on, cases, default } => {
                let on: fn(Atom) -> SwitchOn = match on {
                    SwitchOn::Tag(_) => SwitchOn::Tag,
                    SwitchOn::Shape(_) => SwitchOn::Shape,
                    SwitchOn::I64(_) => SwitchOn::I64,
                    SwitchOn::Byte(_) => SwitchOn::Byte,
                };
                let (values, mut blocks): (Vec<i64>, Vec<Block>) = cases.into_iter().unzip();
                let look = Look::Switch { on, values, default: default.is_some() };
                blocks.extend(default.map(|block| *block));
                (look, blocks)
            }
            other => return other,
        };
        let cases = blocks.into_iter().map(|block| self.case(local, block)).collect();
        self.join_up(first, Second { look, cases, result })
    }

    /// A choice and what follows it as one.
    fn followed(&mut self, local: LocalId, first: Op, follow: Block, result: Rep) -> Op {
        let cases = vec![self.case(local, follow)];
        self.join_up(first, Second { look: Look::Follow, cases, result })
    }

    /// Makes what a block reads of a local parameters.
    fn case(&mut self, local: LocalId, mut block: Block) -> Case {
        let reads = reads(&block, local);
        let label = Label(self.next_label);
        self.next_label += 1;
        let params = match &reads {
            Reads::Nothing => Vec::new(),
            Reads::Value => vec![self.function.new_local(self.function.rep(local))],
            Reads::Fields(shape, fields) => {
                let reps = &self.program.records[shape.index()].fields;
                fields.iter().map(|&field| self.function.new_local(reps[field as usize])).collect()
            }
        };
        let mut substitution = Substitution::default();
        if let (Reads::Value, [param]) = (&reads, &params[..]) {
            substitution.set(local, Atom::Local(*param));
        }
        block.for_each_block_mut(|block| {
            for stmt in &mut block.stmts {
                match (&stmt.op, &reads) {
                    (Op::Field(_, Atom::Local(of), field), Reads::Fields(_, fields)) if *of == local => {
                        let read = fields.iter().position(|known| known == field);
                        stmt.op = Op::Use(read.map_or(Atom::Unit, |position| Atom::Local(params[position])));
                    }
                    _ => stmt.op.for_each_atom_mut(|atom| substitution.apply(atom)),
                }
            }
            block.end.for_each_atom_mut(|atom| substitution.apply(atom));
        });
        Case { label, reads, params, block: Some(block), arrivals: 0 }
    }

    fn join_up(&mut self, first: Op, mut second: Second) -> Op {
        self.left -= 1;
        let mut open = 0;
        for_each_value(&first, &mut |atom| match self.goes(atom, &second) {
            Goes::To(case) => second.cases[case].arrivals += 1,
            Goes::Nowhere => {}
            Goes::Open => open += 1,
        });
        second.cases.iter_mut().for_each(|case| case.arrivals += open);
        let op = self.diverted_op(first, &mut second, false);
        let jumped_to = second.cases.into_iter().filter(|case| case.arrivals > 0 && !case.is_small());
        jumped_to.fold(op, |op, Case { label, params, block, .. }| match block {
            Some(target) => {
                let dest = self.function.new_local(second.result);
                let body = Block { stmts: vec![Stmt { dest, op }], end: End::Yield(Atom::Local(dest)) };
                Op::Join { label, params, body: Box::new(body), target: Box::new(target) }
            }
            None => op,
        })
    }

    fn goes(&self, value: &Atom, second: &Second) -> Goes {
        let number = match value {
            Atom::Byte(value) => i64::from(*value),
            Atom::I64(value) => *value,
            Atom::Static(tag) => i64::from(*tag),
            Atom::Local(local) => match self.facts.records.get(local) {
                Some((shape, _)) => i64::from(self.program.records[shape.index()].tag),
                None => return Goes::Open,
            },
            _ => return Goes::Open,
        };
        match &second.look {
            Look::Follow => Goes::To(0),
            Look::Condition => Goes::To(usize::from(number == 0)),
            Look::Switch { values, default, .. } => match values.iter().position(|value| *value == number) {
                Some(case) => Goes::To(case),
                None if *default => Goes::To(values.len()),
                None => Goes::Nowhere,
            },
        }
    }

    /// The first choice with every arm going on with the second.
    fn diverted_op(&mut self, mut op: Op, second: &mut Second, in_loop: bool) -> Op {
        let in_loop = in_loop || matches!(op, Op::Loop { .. });
        op.for_each_inner_mut(|inner| {
            let taken = std::mem::replace(inner, Block { stmts: Vec::new(), end: End::Unreachable });
            *inner = with_stack(|| self.diverted(taken, second, in_loop));
        });
        op
    }

    fn diverted(&mut self, mut block: Block, second: &mut Second, in_loop: bool) -> Block {
        let End::Yield(value) = &block.end else { return block };
        if gives_inner(&block).is_some()
            && let Some(Stmt { op, .. }) = block.stmts.pop()
        {
            let dest = self.function.new_local(second.result);
            let op = self.diverted_op(op, second, in_loop);
            block.stmts.push(Stmt { dest, op });
            block.end = End::Yield(Atom::Local(dest));
            return block;
        }
        let value = value.clone();
        match self.goes(&value, second) {
            Goes::To(case) => self.arrive(&value, &mut second.cases[case], &mut block, in_loop),
            Goes::Nowhere => block.end = End::Unreachable,
            Goes::Open => {
                let mut arms = second.cases.iter_mut().map(|case| {
                    let mut arm = Block { stmts: Vec::new(), end: End::Unreachable };
                    self.arrive(&value, case, &mut arm, in_loop);
                    arm
                });
                let op = match &second.look {
                    Look::Follow => None,
                    Look::Condition => match (arms.next(), arms.next()) {
                        (Some(then), Some(otherwise)) => {
                            Some(Op::If(value.clone(), Box::new(then), Box::new(otherwise)))
                        }
                        _ => None,
                    },
                    Look::Switch { on, values, default } => {
                        let cases = values.iter().copied().zip(arms.by_ref()).collect();
                        let default = arms.next().filter(|_| *default).map(Box::new);
                        Some(Op::Switch { on: on(value.clone()), cases, default })
                    }
                };
                drop(arms);
                if let Some(op) = op {
                    let dest = self.function.new_local(second.result);
                    block.stmts.push(Stmt { dest, op });
                    block.end = End::Yield(Atom::Local(dest));
                }
            }
        }
        block
    }

    /// Ends a block with going to a case with a value. What comes after a loop stays out of it.
    fn arrive(&mut self, value: &Atom, case: &mut Case, block: &mut Block, in_loop: bool) {
        let record = value.local().and_then(|local| self.facts.records.get(&local));
        let args: Vec<Atom> = match (&case.reads, record) {
            (Reads::Nothing, _) => Vec::new(),
            (Reads::Value, _) => vec![value.clone()],
            (Reads::Fields(shape, fields), Some((known, values))) if known == shape => {
                fields.iter().map(|&field| values[field as usize].clone()).collect()
            }
            (Reads::Fields(shape, fields), _) => {
                let reps = &self.program.records[shape.index()].fields;
                let load = |&field: &u32| {
                    let dest = self.function.new_local(reps[field as usize]);
                    block.stmts.push(Stmt { dest, op: Op::Field(*shape, value.clone(), field) });
                    Atom::Local(dest)
                };
                fields.iter().map(load).collect()
            }
        };
        if case.is_small()
            && let Some(code) = &case.block
        {
            let mut substitution = Substitution::default();
            case.params.iter().zip(args).for_each(|(&param, arg)| substitution.set(param, arg));
            block.end = code.end.clone();
            block.end.for_each_atom_mut(|atom| substitution.apply(atom));
            return;
        }
        match case.block.take_if(|_| case.arrivals == 1 && !in_loop) {
            Some(code) => {
                let params = case.params.iter().zip(args).map(|(&dest, arg)| Stmt { dest, op: Op::Use(arg) });
                block.stmts.extend(params.chain(code.stmts));
                block.end = code.end;
            }
            None => block.end = End::Jump(case.label, args),
        }
    }
}

impl Case {
    /// Whether the code is copied to where it is gone to: it is not more than a jump.
    fn is_small(&self) -> bool {
        self.block.as_ref().is_some_and(|block| block.stmts.is_empty())
    }
}

/// Whether an operation gives the value of one of the blocks in it.
fn is_choice(op: &Op) -> bool {
    matches!(op, Op::If(..) | Op::Switch { .. } | Op::Join { .. } | Op::Loop { .. })
}

/// The choice at the end of a block whose value is the block's.
fn gives_inner(block: &Block) -> Option<&Op> {
    let last = block.stmts.last()?;
    (is_choice(&last.op) && block.end == End::Yield(Atom::Local(last.dest))).then_some(&last.op)
}

/// Calls `visit` with the value of every arm of a choice, and of those of the choices that arms end with.
fn for_each_value(choice: &Op, visit: &mut impl FnMut(&Atom)) {
    choice.for_each_inner(|block| match (gives_inner(block), &block.end) {
        (Some(inner), _) => with_stack(|| for_each_value(inner, visit)),
        (None, End::Yield(value)) => visit(value),
        _ => {}
    });
}

/// How often an operation, with the blocks in it, reads a local.
fn reads_in(op: &Op, local: LocalId) -> u32 {
    let mut count = 0;
    let mut read = |atom: &Atom| count += u32::from(*atom == Atom::Local(local));
    op.for_each_atom(&mut read);
    op.for_each_inner(|inner| {
        inner.for_each_block(|block| {
            block.stmts.iter().for_each(|stmt| stmt.op.for_each_atom(&mut read));
            block.end.for_each_atom(&mut read);
        });
    });
    count
}

/// What a block reads of a local.
fn reads(block: &Block, local: LocalId) -> Reads {
    let (mut shape, mut fields, mut value) = (None, Vec::new(), false);
    block.for_each_block(|block| {
        let mut other = |atom: &Atom| value |= *atom == Atom::Local(local);
        for stmt in &block.stmts {
            match &stmt.op {
                Op::Field(of, atom, field) if *atom == Atom::Local(local) && *shape.get_or_insert(*of) == *of => {
                    if !fields.contains(field) {
                        fields.push(*field);
                    }
                }
                op => op.for_each_atom(&mut other),
            }
        }
        block.end.for_each_atom(&mut other);
    });
    match shape {
        _ if value => Reads::Value,
        Some(shape) => Reads::Fields(shape, fields),
        None => Reads::Nothing,
    }
}
