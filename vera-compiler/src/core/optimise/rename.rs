//! Substituting atoms for locals, and copying a body into another function under new names.

use crate::core::origins::Inlined;
use crate::core::{
    Answered, Atom, Block, Clause, End, Function, Handle, Label, LocalId, Op, Outside, Perform, Place, PlaceId, Resume,
    Stmt, SwitchOn,
};
use std::collections::HashMap;

/// What locals stand for. A replacement is never itself replaced later: it is resolved when it is set.
#[derive(Default)]
pub(super) struct Substitution {
    atoms: HashMap<LocalId, Atom>,
}

impl Substitution {
    /// Makes a local stand for an atom.
    pub(super) fn set(&mut self, local: LocalId, atom: Atom) {
        let atom = self.resolve(&atom);
        self.atoms.insert(local, atom);
    }

    /// The atom with its local replaced.
    pub(super) fn resolve(&self, atom: &Atom) -> Atom {
        match atom {
            Atom::Local(local) => self.atoms.get(local).unwrap_or(atom).clone(),
            constant => constant.clone(),
        }
    }

    /// Replaces in place.
    pub(super) fn apply(&self, atom: &mut Atom) {
        if let Atom::Local(local) = atom
            && let Some(replacement) = self.atoms.get(local)
        {
            *atom = replacement.clone();
        }
    }
}

/// Copies the body of `callee` into `caller` with fresh locals and labels, parameters replaced by `args`.
///
/// Tail calls in the copy stay tail calls; where the copy is not in tail position the caller undoes them. `call` is where
/// the callee is called.
pub(super) fn copy_body(
    callee: &Function,
    caller: &mut Function,
    next_label: &mut u32,
    args: &[Atom],
    call: Option<PlaceId>,
) -> Block {
    let call = call.or_else(|| {
        let frame = caller.frame?;
        Some(caller.origins.add(Place { frame, line: 0, caller: None }))
    });
    let places = caller.origins.inline(callee.frame, &callee.origins, call);
    let mut copier = Copier { callee, caller, places, locals: HashMap::new(), labels: HashMap::new(), next_label };
    copier.locals.extend(callee.params.iter().copied().zip(args.iter().cloned()));
    copier.block(&callee.body)
}

struct Copier<'a> {
    callee: &'a Function,
    caller: &'a mut Function,
    places: Inlined,
    locals: HashMap<LocalId, Atom>,
    labels: HashMap<Label, Label>,
    next_label: &'a mut u32,
}

impl Copier<'_> {
    fn bind(&mut self, local: LocalId) -> LocalId {
        let fresh = self.caller.new_local(self.callee.rep(local));
        self.caller.origins.set(fresh, self.places.place(self.callee.origins.at(local)));
        self.locals.insert(local, Atom::Local(fresh));
        fresh
    }

    fn label(&mut self, label: Label) -> Label {
        let fresh = Label(*self.next_label);
        *self.next_label += 1;
        self.labels.insert(label, fresh);
        fresh
    }

    fn atom(&self, atom: &Atom) -> Atom {
        match atom {
            Atom::Local(local) => self.locals.get(local).unwrap_or(atom).clone(),
            constant => constant.clone(),
        }
    }

    fn atoms(&self, atoms: &[Atom]) -> Vec<Atom> {
        atoms.iter().map(|atom| self.atom(atom)).collect()
    }

    fn block(&mut self, block: &Block) -> Block {
        let mut stmts = Vec::with_capacity(block.stmts.len());
        for stmt in &block.stmts {
            let op = self.op(&stmt.op);
            stmts.push(Stmt { dest: self.bind(stmt.dest), op });
        }
        Block { stmts, end: self.end(&block.end) }
    }

    fn resume(&self, resume: &Resume) -> Resume {
        Resume { value: self.atom(&resume.value), state: resume.state.as_ref().map(|state| self.atom(state)) }
    }

    fn end(&self, end: &End) -> End {
        match end {
            End::Yield(atom) => End::Yield(self.atom(atom)),
            End::Jump(label, args) => End::Jump(self.labels.get(label).copied().unwrap_or(*label), self.atoms(args)),
            End::TailCall(callee, args) => End::TailCall(*callee, self.atoms(args)),
            End::TailCallClosure { closure, args, params, result } => End::TailCallClosure {
                closure: self.atom(closure),
                args: self.atoms(args),
                params: params.clone(),
                result: *result,
            },
            End::Trap(site, record) => End::Trap(*site, self.atoms(record)),
            End::Resume(resume) => End::Resume(self.resume(resume)),
            End::Unreachable => End::Unreachable,
        }
    }

    fn op(&mut self, op: &Op) -> Op {
        match op {
            Op::Use(atom) => Op::Use(self.atom(atom)),
            Op::Prim(prim, args) => Op::Prim(*prim, self.atoms(args)),
            Op::Call(callee, args) => Op::Call(*callee, self.atoms(args)),
            Op::Extern(callee, args) => Op::Extern(*callee, self.atoms(args)),
            Op::CallClosure { closure, args, params, result } => Op::CallClosure {
                closure: self.atom(closure),
                args: self.atoms(args),
                params: params.clone(),
                result: *result,
            },
            Op::Record(shape, args) => Op::Record(*shape, self.atoms(args)),
            Op::Field(shape, record, index) => Op::Field(*shape, self.atom(record), *index),
            Op::Closure(shape, args) => Op::Closure(*shape, self.atoms(args)),
            Op::Capture(shape, closure, index) => Op::Capture(*shape, self.atom(closure), *index),
            Op::Array(rep, args) => Op::Array(*rep, self.atoms(args)),
            Op::Cell(shape, first) => Op::Cell(*shape, self.atom(first)),
            Op::CellGet(shape, cell) => Op::CellGet(*shape, self.atom(cell)),
            Op::CellSet(shape, cell, value) => Op::CellSet(*shape, self.atom(cell), self.atom(value)),
            Op::Get(register) => Op::Get(*register),
            Op::Set(register, value) => Op::Set(*register, self.atom(value)),
            Op::Perform(perform) => {
                Op::Perform(Box::new(Perform { args: self.atoms(&perform.args), ..(**perform).clone() }))
            }
            Op::Answered(answered) => Op::Answered(Box::new(Answered {
                effect: answered.effect,
                by_host: self.block(&answered.by_host),
                by_handler: self.block(&answered.by_handler),
            })),
            Op::Handle(handle) => {
                let state = handle.state.as_ref().map(|(rep, first)| (*rep, self.atom(first)));
                let body = self.block(&handle.body);
                let clauses = handle.clauses.iter().map(|clause| Clause {
                    operation: clause.operation,
                    params: clause.params.iter().map(|&param| self.bind(param)).collect(),
                    state: clause.state.map(|state| self.bind(state)),
                    frame: clause.frame,
                    around: clause.around.clone(),
                    body: self.block(&clause.body),
                });
                let clauses = clauses.collect();
                Op::Handle(Box::new(Handle { effect: handle.effect, state, cell: handle.cell, clauses, body }))
            }
            Op::Outside(outside) => {
                let body = self.block(&outside.body);
                Op::Outside(Box::new(Outside { effects: outside.effects.clone(), body }))
            }
            Op::Resume(resume) => Op::Resume(self.resume(resume)),
            Op::If(condition, then, otherwise) => {
                Op::If(self.atom(condition), Box::new(self.block(then)), Box::new(self.block(otherwise)))
            }
            Op::Switch { on, cases, default } => Op::Switch {
                on: match on {
                    SwitchOn::Tag(atom) => SwitchOn::Tag(self.atom(atom)),
                    SwitchOn::Shape(atom) => SwitchOn::Shape(self.atom(atom)),
                    SwitchOn::I64(atom) => SwitchOn::I64(self.atom(atom)),
                    SwitchOn::Byte(atom) => SwitchOn::Byte(self.atom(atom)),
                },
                cases: cases.iter().map(|(value, block)| (*value, self.block(block))).collect(),
                default: default.as_ref().map(|block| Box::new(self.block(block))),
            },
            Op::Join { label, params, body, target } => {
                let label = self.label(*label);
                let params = params.iter().map(|&param| self.bind(param)).collect();
                let body = Box::new(self.block(body));
                Op::Join { label, params, body, target: Box::new(self.block(target)) }
            }
            Op::Loop { label, params, body } => {
                let firsts: Vec<_> = params.iter().map(|(_, first)| self.atom(first)).collect();
                let label = self.label(*label);
                let params = params.iter().map(|&(param, _)| self.bind(param)).zip(firsts).collect();
                Op::Loop { label, params, body: Box::new(self.block(body)) }
            }
        }
    }
}
