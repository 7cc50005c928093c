//! Copies, constants, known constructors and known closures.
//!
//! One walk in execution order. A local whose value is an atom is replaced by it; an operation whose result is known
//! is replaced by the result; a branch whose condition is known is replaced by the block it takes.

use super::fold;
use super::loops;
use super::rename::Substitution;
use crate::core::{
    Atom, Block, ClosureId, End, FnId, Function, Label, LocalId, Op, Prim, Program, RecordId, Stmt, SwitchOn,
};
use std::collections::HashMap;
use vera_abi::layout::Rep;

/// Simplifies the body of a function.
pub(super) fn simplify(program: &Program, function: &mut Function) {
    let mut simplifier = Simplifier {
        program,
        substitution: Substitution::default(),
        known: HashMap::new(),
        tags: HashMap::new(),
        jumps: HashMap::new(),
    };
    let body = std::mem::replace(&mut function.body, Block { stmts: Vec::new(), end: End::Unreachable });
    function.body = simplifier.block(body);
}

/// What is known of a local's value.
enum Known {
    Record(RecordId, Vec<Atom>),
    Closure(ClosureId, Vec<Atom>),
    Not(Atom),
    /// A comparison of integers.
    Compared(Prim, Atom, Atom),
}

/// What has become of an operation.
enum Simplified {
    Op(Op),
    Atom(Atom),
    /// A block to be executed in its place, simplified already.
    Block(Block),
}

struct Simplifier<'a> {
    program: &'a Program,
    substitution: Substitution,
    known: HashMap<LocalId, Known>,
    /// Tags of data values inside the case of a switch that found them.
    tags: HashMap<LocalId, u32>,
    /// How many jumps to a label were met so far.
    jumps: HashMap<Label, usize>,
}

impl Simplifier<'_> {
    fn block(&mut self, block: Block) -> Block {
        let mut stmts = Vec::with_capacity(block.stmts.len());
        for Stmt { dest, op } in block.stmts {
            match self.op(op) {
                Simplified::Atom(atom) => self.substitution.set(dest, atom),
                Simplified::Block(inner) => {
                    stmts.extend(inner.stmts);
                    match inner.end {
                        End::Yield(atom) => self.substitution.set(dest, atom),
                        // The rest of this block is never reached.
                        end => return Block { stmts, end },
                    }
                }
                Simplified::Op(op) => {
                    self.learn(dest, &op);
                    stmts.push(Stmt { dest, op });
                }
            }
        }
        let end = self.end(block.end);
        Block { stmts, end }
    }

    fn learn(&mut self, dest: LocalId, op: &Op) {
        let known = match op {
            Op::Record(shape, fields) => Known::Record(*shape, fields.clone()),
            Op::Closure(shape, captures) => Known::Closure(*shape, captures.clone()),
            Op::Prim(Prim::Not, args) => Known::Not(args[0].clone()),
            Op::Prim(prim @ (Prim::LtI64 | Prim::GtI64), args) => {
                Known::Compared(*prim, args[0].clone(), args[1].clone())
            }
            _ => return,
        };
        self.known.insert(dest, known);
    }

    fn known(&self, atom: &Atom) -> Option<&Known> {
        if let Atom::Local(local) = atom { self.known.get(local) } else { None }
    }

    fn tag(&self, atom: &Atom) -> Option<u32> {
        match atom {
            Atom::Static(tag) => Some(*tag),
            Atom::Local(local) => match self.known.get(local) {
                Some(Known::Record(shape, _)) => Some(self.program.records[shape.index()].tag),
                _ => self.tags.get(local).copied(),
            },
            _ => None,
        }
    }

    fn atoms(&self, atoms: &mut [Atom]) {
        atoms.iter_mut().for_each(|atom| self.substitution.apply(atom));
    }

    fn end(&mut self, mut end: End) -> End {
        if let End::Jump(label, _) = &end {
            *self.jumps.entry(*label).or_default() += 1;
        }
        match &mut end {
            End::Yield(atom) => self.substitution.apply(atom),
            End::Jump(_, args) | End::TailCall(_, args) | End::Trap(_, args) => self.atoms(args),
            End::TailCallClosure { closure, args, params, result } => {
                self.substitution.apply(closure);
                self.atoms(args);
                if let Some(Known::Closure(shape, _)) = self.known(closure) {
                    let function = self.program.closures[shape.index()].function;
                    if !self.takes(function, params, *result) {
                        return End::Unreachable;
                    }
                    let mut all = vec![closure.clone()];
                    all.append(args);
                    return End::TailCall(function, all);
                }
            }
            End::Resume(_) | End::Unreachable => {}
        }
        end
    }

    fn op(&mut self, mut op: Op) -> Simplified {
        match &mut op {
            Op::Use(atom) => {
                self.substitution.apply(atom);
                Simplified::Atom(atom.clone())
            }
            Op::Prim(prim, args) => {
                self.atoms(args);
                match self.prim(*prim, args) {
                    Some(atom) => Simplified::Atom(atom),
                    None => Simplified::Op(op),
                }
            }
            Op::Call(_, args)
            | Op::Extern(_, args)
            | Op::Record(_, args)
            | Op::Closure(_, args)
            | Op::Array(_, args) => {
                self.atoms(args);
                match &op {
                    Op::Array(_, items) if items.is_empty() => Simplified::Atom(Atom::EmptyArray),
                    _ => Simplified::Op(op),
                }
            }
            Op::CallClosure { closure, args, params, result } => {
                self.substitution.apply(closure);
                self.atoms(args);
                if let Some(Known::Closure(shape, _)) = self.known(closure) {
                    let function = self.program.closures[shape.index()].function;
                    if !self.takes(function, params, *result) {
                        return Simplified::Block(Block { stmts: Vec::new(), end: End::Unreachable });
                    }
                    let mut all = vec![closure.clone()];
                    all.append(args);
                    return Simplified::Op(Op::Call(function, all));
                }
                Simplified::Op(op)
            }
            Op::Field(shape, record, index) => {
                self.substitution.apply(record);
                match self.known(record) {
                    Some(Known::Record(known, fields)) if known == shape => {
                        Simplified::Atom(fields[*index as usize].clone())
                    }
                    _ => Simplified::Op(op),
                }
            }
            Op::Capture(shape, closure, index) => {
                self.substitution.apply(closure);
                match self.known(closure) {
                    Some(Known::Closure(known, captures)) if known == shape => {
                        Simplified::Atom(captures[*index as usize].clone())
                    }
                    _ => Simplified::Op(op),
                }
            }
            Op::Cell(..) | Op::CellGet(..) | Op::CellSet(..) | Op::Get(_) | Op::Set(..) => {
                op.for_each_atom_mut(|atom| self.substitution.apply(atom));
                Simplified::Op(op)
            }
            Op::Perform(_) | Op::Answered(_) | Op::Handle(_) | Op::Outside(_) | Op::Resume(_) => Simplified::Op(op),
            Op::If(..) => self.branch(op),
            Op::Switch { .. } => self.switch(op),
            Op::Join { .. } => self.join(op),
            Op::Loop { .. } => self.repeat(op),
        }
    }

    /// Whether a closure's function is called as it wants to be. In a case of a switch that its value cannot take, a
    /// known closure may be of another signature than the call.
    fn takes(&self, function: FnId, params: &[Rep], result: Rep) -> bool {
        let function = self.program.function(function);
        let wanted = function.params.iter().skip(1).map(|&param| function.rep(param));
        function.result == result && wanted.eq(params.iter().copied())
    }

    fn prim(&self, prim: Prim, args: &[Atom]) -> Option<Atom> {
        match prim {
            Prim::TagOf => self.tag(&args[0]).map(|tag| Atom::I64(i64::from(tag))),
            Prim::Not => match self.known(&args[0]) {
                Some(Known::Not(inner)) => Some(inner.clone()),
                _ => fold::fold(prim, args),
            },
            _ => fold::fold(prim, args),
        }
    }

    fn branch(&mut self, op: Op) -> Simplified {
        let Op::If(mut condition, mut then, mut otherwise) = op else { return Simplified::Op(op) };
        self.substitution.apply(&mut condition);
        if let Some(Known::Not(inner)) = self.known(&condition) {
            condition = inner.clone();
            std::mem::swap(&mut then, &mut otherwise);
        }
        if let Atom::Byte(value) = condition {
            return Simplified::Block(self.block(if value != 0 { *then } else { *otherwise }));
        }
        let (then, otherwise) = (self.block(*then), self.block(*otherwise));
        if then.stmts.is_empty()
            && otherwise.stmts.is_empty()
            && let (End::Yield(yes), End::Yield(no)) = (&then.end, &otherwise.end)
        {
            if yes == no {
                return Simplified::Atom(yes.clone());
            }
            match (yes, no) {
                (Atom::Byte(1), Atom::Byte(0)) => return Simplified::Atom(condition),
                (Atom::Byte(0), Atom::Byte(1)) => return Simplified::Op(Op::Prim(Prim::Not, vec![condition])),
                _ => {}
            }
        }
        match self.less_or_equal(&condition, &then, otherwise) {
            Ok(block) => Simplified::Block(block),
            Err(otherwise) => Simplified::Op(Op::If(condition, Box::new(then), Box::new(otherwise))),
        }
    }

    /// `a < b` and otherwise `a == b`, both of which lead to the same end, as `a <= b`; `>` in the same way. Such is what is
    /// left of `compare`. Gives the block for the other outcome back where it is no such choice.
    fn less_or_equal(&mut self, condition: &Atom, then: &Block, mut otherwise: Block) -> Result<Block, Block> {
        let Some(Known::Compared(prim, a, b)) = self.known(condition) else { return Err(otherwise) };
        let (or_equal, opposite) = match prim {
            Prim::LtI64 => (Prim::LeI64, Prim::GtI64),
            _ => (Prim::GeI64, Prim::LtI64),
        };
        let yields = |local: LocalId| otherwise.end == End::Yield(Atom::Local(local));
        let gives = |byte: u8| then.stmts.is_empty() && then.end == End::Yield(Atom::Byte(byte));
        let (position, compared) = match &otherwise.stmts[..] {
            [Stmt { dest: equal, .. }, Stmt { dest, op: Op::If(test, same, _) }]
                if then.stmts.is_empty() && *then == **same && *test == Atom::Local(*equal) && yields(*dest) =>
            {
                (0, or_equal)
            }
            [Stmt { dest: equal, .. }, Stmt { dest, op: Op::Prim(Prim::Not, of) }]
                if gives(0) && of[..] == [Atom::Local(*equal)] && yields(*dest) =>
            {
                (1, opposite)
            }
            [Stmt { dest: equal, .. }] if gives(1) && yields(*equal) => (0, or_equal),
            _ => return Err(otherwise),
        };
        let of_both = match &otherwise.stmts[0].op {
            Op::Prim(Prim::EqI64, args) => *args == [a.clone(), b.clone()] || *args == [b.clone(), a.clone()],
            _ => false,
        };
        if !of_both {
            return Err(otherwise);
        }
        let operands = vec![a.clone(), b.clone()];
        otherwise.stmts.drain(..position);
        let Stmt { dest, op } = &mut otherwise.stmts[0];
        *op = Op::Prim(compared, operands);
        let (dest, op) = (*dest, op.clone());
        // It may have been known as something else.
        self.known.remove(&dest);
        self.learn(dest, &op);
        Ok(otherwise)
    }

    fn switch(&mut self, op: Op) -> Simplified {
        let Op::Switch { mut on, cases, default } = op else { return Simplified::Op(op) };
        self.substitution.apply(on.atom_mut());
        let value = match (&on, on.atom()) {
            (SwitchOn::Tag(atom), _) => self.tag(atom).map(i64::from),
            (SwitchOn::Shape(atom), _) => match self.known(atom) {
                Some(Known::Closure(shape, _)) => Some(i64::from(shape.0)),
                _ => None,
            },
            (_, Atom::I64(value)) => Some(*value),
            (_, Atom::Byte(value)) => Some(i64::from(*value)),
            _ => None,
        };
        if let Some(value) = value {
            let chosen = cases.into_iter().find(|(case, _)| *case == value).map(|(_, block)| block);
            let block = chosen.or(default.map(|block| *block));
            return Simplified::Block(match block {
                Some(block) => self.block(block),
                None => Block { stmts: Vec::new(), end: End::Unreachable },
            });
        }
        let scrutinee = match &on {
            SwitchOn::Tag(Atom::Local(local)) => Some(*local),
            _ => None,
        };
        let mut simplified = Vec::with_capacity(cases.len());
        for (value, block) in cases {
            let outer = scrutinee.map(|local| (local, self.tags.insert(local, value as u32)));
            simplified.push((value, self.block(block)));
            if let Some((local, outer)) = outer {
                match outer {
                    Some(tag) => self.tags.insert(local, tag),
                    None => self.tags.remove(&local),
                };
            }
        }
        let default = default.map(|block| Box::new(self.block(*block)));
        Simplified::Op(Op::Switch { on, cases: simplified, default })
    }

    fn join(&mut self, op: Op) -> Simplified {
        let Op::Join { label, params, body, target } = op else { return Simplified::Op(op) };
        let body = self.block(*body);
        let jumps = self.jumps.remove(&label).unwrap_or(0);
        if let (End::Jump(to, args), 1) = (&body.end, jumps)
            && *to == label
        {
            // The body comes here by itself, and nothing inside of it does: the target simply follows.
            let pairs = params.into_iter().zip(args.iter().cloned()).collect();
            loops::substitute_all(&mut self.substitution, pairs);
            let target = self.block(*target);
            let mut stmts = body.stmts;
            stmts.extend(target.stmts);
            return Simplified::Block(Block { stmts, end: target.end });
        }
        if jumps == 0 {
            return Simplified::Block(body);
        }
        let target = Box::new(self.block(*target));
        Simplified::Op(Op::Join { label, params, body: Box::new(body), target })
    }

    fn repeat(&mut self, op: Op) -> Simplified {
        let Op::Loop { label, mut params, mut body } = op else { return Simplified::Op(op) };
        for (_, first) in &mut params {
            self.substitution.apply(first);
        }
        let invariant = loops::drop_invariant_params(label, &mut params, &mut body);
        loops::substitute_all(&mut self.substitution, invariant);
        if !loops::jumps_to(&body, label) {
            loops::substitute_all(&mut self.substitution, params);
            return Simplified::Block(self.block(*body));
        }
        let body = Box::new(self.block(*body));
        Simplified::Op(Op::Loop { label, params, body })
    }
}
