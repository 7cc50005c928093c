//! Checks the invariants of [`super`]'s programs: for tests, and for debug builds after lowering and optimisation.
//!
//! The emitter and the interpreter can process a valid program without checking representations again.

use super::{Atom, Block, End, FnId, Function, Label, LocalId, Op, Program, RecordId, Stmt, SwitchOn};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display, Formatter};
use vera_abi::heap::{MAX_POINTERS, MAX_TAG};
use vera_abi::layout::{Rep, record};

/// A program is not valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// Symbol of the function.
    pub function: String,
    /// What is wrong there.
    pub problem: String,
}

impl Display for Invalid {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "in {}: {}", self.function, self.problem)
    }
}

impl std::error::Error for Invalid {}

impl Program {
    /// Checks every function.
    ///
    /// # Errors
    /// The first violation of an invariant.
    pub fn validate(&self) -> Result<(), Invalid> {
        let whole = |problem: String| Invalid { function: "program".into(), problem };
        for (export, id) in &self.exports {
            if id.index() >= self.functions.len() {
                return Err(whole(format!("export {export} is of no function")));
            }
        }
        let mut symbols = BTreeSet::new();
        for function in &self.functions {
            if !symbols.insert(&function.symbol) {
                return Err(whole(format!("two functions are called {}", function.symbol)));
            }
        }
        for shape in &self.records {
            if shape.tag > MAX_TAG || record(&shape.fields).pointers > MAX_POINTERS {
                return Err(whole(format!("record {} is too large", shape.name)));
            }
        }
        if self.closures.len() as u64 > u64::from(MAX_TAG) + 1 {
            return Err(whole(format!("{} closure shapes are too many", self.closures.len())));
        }
        for shape in &self.closures {
            let body = self.functions.get(shape.function.index());
            let first = body.and_then(|body| body.params.first().map(|&param| body.rep(param)));
            if first != Some(Rep::Ptr) {
                return Err(whole("the body of a closure takes the closure first".into()));
            }
        }
        for function in &self.functions {
            self.validate_function(function)
                .map_err(|problem| Invalid { function: function.symbol.clone(), problem })?;
        }
        Ok(())
    }

    fn validate_function(&self, function: &Function) -> Result<(), String> {
        let mut checker = Checker {
            program: self,
            function,
            assigned: BTreeSet::new(),
            labels: BTreeSet::new(),
            scope: Vec::new(),
            visible: BTreeSet::new(),
            targets: BTreeMap::new(),
        };
        for &param in &function.params {
            checker.bind(param)?;
        }
        checker.block(&function.body, function.result, true)
    }
}

struct Checker<'a> {
    program: &'a Program,
    function: &'a Function,
    /// Every local assigned anywhere so far.
    assigned: BTreeSet<LocalId>,
    /// Every label introduced anywhere so far.
    labels: BTreeSet<Label>,
    /// The locals that may be read here, in order of binding, and as a set.
    scope: Vec<LocalId>,
    visible: BTreeSet<LocalId>,
    /// The labels that may be jumped to here, with their parameters.
    targets: BTreeMap<Label, Vec<LocalId>>,
}

type Checked = Result<(), String>;

fn ensure(holds: bool, problem: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(problem()) }
}

impl Checker<'_> {
    fn bind(&mut self, local: LocalId) -> Checked {
        ensure(local.index() < self.function.locals.len(), || format!("%{} does not exist", local.0))?;
        ensure(self.assigned.insert(local), || format!("%{} is assigned twice", local.0))?;
        self.scope.push(local);
        self.visible.insert(local);
        Ok(())
    }

    /// Checks a block in a scope of its own. `result` is what it must yield; `tail` whether that is the function's
    /// result.
    fn block(&mut self, block: &Block, result: Rep, tail: bool) -> Checked {
        let outer = self.scope.len();
        let last = block.stmts.len().wrapping_sub(1);
        for (index, Stmt { dest, op }) in block.stmts.iter().enumerate() {
            let is_yielded = matches!(&block.end, End::Yield(Atom::Local(local)) if local == dest);
            let rep = self.function.locals.get(dest.index()).copied();
            let rep = rep.ok_or_else(|| format!("%{} does not exist", dest.0))?;
            self.op(op, rep, tail && index == last && is_yielded).map_err(|problem| {
                if matches!(op, Op::If(..) | Op::Switch { .. } | Op::Join { .. } | Op::Loop { .. }) {
                    problem
                } else {
                    format!("{problem}, at %{}", dest.0)
                }
            })?;
            self.bind(*dest)?;
        }
        self.end(&block.end, result, tail)?;
        for local in self.scope.drain(outer..) {
            self.visible.remove(&local);
        }
        Ok(())
    }

    fn end(&self, end: &End, result: Rep, tail: bool) -> Checked {
        match end {
            End::Yield(atom) => self.operand(atom, result),
            End::Jump(label, args) => {
                let params = self.targets.get(label).ok_or_else(|| format!("L{} is not around here", label.0))?;
                let params: Vec<Rep> = params.iter().map(|&param| self.function.rep(param)).collect();
                self.operands(args, &params)
            }
            End::TailCall(callee, args) => {
                ensure(tail, || "a tail call is not in tail position".into())?;
                self.call(*callee, args, result)
            }
            End::TailCallClosure { closure, args, params, result: given } => {
                ensure(tail, || "a tail call is not in tail position".into())?;
                ensure(*given == result, || format!("a tail call gives {given:?}, not {result:?}"))?;
                self.operand(closure, Rep::Ptr)?;
                self.operands(args, params)
            }
            End::Trap(site, atoms) => {
                let sites = self.program.interface.sites.len();
                ensure(site.index() < sites, || format!("trap site {} does not exist", site.0))?;
                atoms.iter().try_for_each(|atom| self.rep(atom).map(|_| ()))
            }
            End::Resume(_) => Err("a clause of a handler is left".into()),
            End::Unreachable => Ok(()),
        }
    }

    fn op(&mut self, op: &Op, result: Rep, tail: bool) -> Checked {
        let program = self.program;
        let gives = |rep: Rep| ensure(rep == result, || format!("{rep:?} is assigned to a local of {result:?}"));
        match op {
            Op::Use(atom) => self.operand(atom, result),
            Op::Prim(prim, args) => {
                let (params, rep) = prim.signature();
                gives(rep)?;
                self.operands(args, &params)
            }
            Op::Call(callee, args) => self.call(*callee, args, result),
            Op::Extern(id, args) => {
                let import = program.externs.get(id.index()).ok_or("an import does not exist")?;
                gives(import.result)?;
                self.operands(args, &import.params)
            }
            Op::CallClosure { closure, args, params, result: rep } => {
                gives(*rep)?;
                self.operand(closure, Rep::Ptr)?;
                self.operands(args, params)
            }
            Op::Record(id, args) => {
                let shape = program.records.get(id.index()).ok_or("a record shape does not exist")?;
                gives(Rep::Ptr)?;
                self.operands(args, &shape.fields)
            }
            Op::Field(id, object, field) => {
                let shape = program.records.get(id.index()).ok_or("a record shape does not exist")?;
                gives(*shape.fields.get(*field as usize).ok_or("a field does not exist")?)?;
                self.operand(object, Rep::Ptr)
            }
            Op::Closure(id, captures) => {
                let shape = program.closures.get(id.index()).ok_or("a closure shape does not exist")?;
                gives(Rep::Ptr)?;
                self.operands(captures, &shape.captures)
            }
            Op::Capture(id, closure, capture) => {
                let shape = program.closures.get(id.index()).ok_or("a closure shape does not exist")?;
                gives(*shape.captures.get(*capture as usize).ok_or("a captured value does not exist")?)?;
                self.operand(closure, Rep::Ptr)
            }
            Op::Cell(id, first) => {
                gives(Rep::Ptr)?;
                self.operand(first, self.held(*id)?)
            }
            Op::CellGet(id, cell) => {
                gives(self.held(*id)?)?;
                self.operand(cell, Rep::Ptr)
            }
            Op::CellSet(id, cell, value) => {
                gives(Rep::Unit)?;
                self.operand(cell, Rep::Ptr)?;
                self.operand(value, self.held(*id)?)
            }
            Op::Get(register) => gives(register.rep()),
            Op::Set(register, value) => {
                gives(Rep::Unit)?;
                self.operand(value, register.rep())
            }
            Op::Perform(_) | Op::Answered(_) | Op::Handle(_) | Op::Outside(_) | Op::Resume(_) => {
                Err("an effect is left".into())
            }
            Op::Array(element, items) => {
                gives(Rep::Slice)?;
                items.iter().try_for_each(|item| self.operand(item, *element))
            }
            Op::If(condition, then, otherwise) => {
                self.operand(condition, Rep::Byte)?;
                self.nested(then, result, tail)?;
                self.nested(otherwise, result, tail)
            }
            Op::Switch { on, cases, default } => {
                let subject = match on {
                    SwitchOn::Tag(_) | SwitchOn::Shape(_) => Rep::Ptr,
                    SwitchOn::I64(_) => Rep::I64,
                    SwitchOn::Byte(_) => Rep::Byte,
                };
                self.operand(on.atom(), subject)?;
                let values: BTreeSet<i64> = cases.iter().map(|(value, _)| *value).collect();
                ensure(values.len() == cases.len(), || "two cases of a switch have one value".into())?;
                let range = match on {
                    SwitchOn::Tag(_) => 0..=i64::from(MAX_TAG),
                    SwitchOn::Shape(_) => 0..=program.closures.len() as i64 - 1,
                    SwitchOn::I64(_) => i64::MIN..=i64::MAX,
                    SwitchOn::Byte(_) => 0..=255,
                };
                ensure(values.iter().all(|value| range.contains(value)), || "a case cannot apply".into())?;
                cases.iter().try_for_each(|(_, block)| self.nested(block, result, tail))?;
                default.as_deref().map_or(Ok(()), |block| self.nested(block, result, tail))
            }
            Op::Join { label, params, body, target } => {
                self.introduce(*label, params.clone())?;
                self.nested(body, result, tail)?;
                self.targets.remove(label);
                let outer = self.scope.len();
                params.iter().try_for_each(|&param| self.bind(param))?;
                self.nested(target, result, tail)?;
                self.leave(outer);
                Ok(())
            }
            Op::Loop { label, params, body } => {
                for (param, first) in params {
                    let rep = self.function.locals.get(param.index()).copied();
                    self.operand(first, rep.ok_or_else(|| format!("%{} does not exist", param.0))?)?;
                }
                let params: Vec<LocalId> = params.iter().map(|(param, _)| *param).collect();
                let outer = self.scope.len();
                params.iter().try_for_each(|&param| self.bind(param))?;
                self.introduce(*label, params)?;
                self.nested(body, result, tail)?;
                self.targets.remove(label);
                self.leave(outer);
                Ok(())
            }
        }
    }

    /// The representation of what cells of a shape hold.
    fn held(&self, id: RecordId) -> Result<Rep, String> {
        let shape = self.program.records.get(id.index()).ok_or("a record shape does not exist")?;
        match shape.fields[..] {
            [rep] => Ok(rep),
            _ => Err("a cell has one field".into()),
        }
    }

    fn nested(&mut self, block: &Block, result: Rep, tail: bool) -> Checked {
        super::visit::with_stack(|| self.block(block, result, tail))
    }

    fn introduce(&mut self, label: Label, params: Vec<LocalId>) -> Checked {
        ensure(self.labels.insert(label), || format!("L{} is introduced twice", label.0))?;
        let known = params.iter().all(|param| param.index() < self.function.locals.len());
        ensure(known, || format!("a parameter of L{} does not exist", label.0))?;
        self.targets.insert(label, params);
        Ok(())
    }

    fn leave(&mut self, outer: usize) {
        for local in self.scope.drain(outer..) {
            self.visible.remove(&local);
        }
    }

    fn call(&self, callee: FnId, args: &[Atom], result: Rep) -> Checked {
        let callee = self.program.functions.get(callee.index()).ok_or("a function does not exist")?;
        let rep = callee.result;
        ensure(rep == result, || format!("{} gives {rep:?}, not {result:?}", callee.symbol))?;
        let params: Vec<Rep> = callee.params.iter().map(|&param| callee.rep(param)).collect();
        self.operands(args, &params)
    }

    fn operands(&self, args: &[Atom], params: &[Rep]) -> Checked {
        ensure(args.len() == params.len(), || format!("{} operands for {}", args.len(), params.len()))?;
        args.iter().zip(params).try_for_each(|(arg, &param)| self.operand(arg, param))
    }

    fn operand(&self, atom: &Atom, expected: Rep) -> Checked {
        let rep = self.rep(atom)?;
        ensure(rep == expected, || format!("{atom:?} is {rep:?}, not {expected:?}"))
    }

    fn rep(&self, atom: &Atom) -> Result<Rep, String> {
        Ok(match atom {
            Atom::Local(local) => {
                ensure(self.visible.contains(local), || format!("%{} is not in scope", local.0))?;
                self.function.rep(*local)
            }
            Atom::Unit => Rep::Unit,
            Atom::Byte(_) => Rep::Byte,
            Atom::I64(_) => Rep::I64,
            Atom::F64(_) => Rep::F64,
            Atom::Str(_) | Atom::EmptyArray => Rep::Slice,
            Atom::Static(tag) => {
                ensure(*tag <= MAX_TAG, || format!("tag {tag} is too large"))?;
                Rep::Ptr
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::core::build::ProgramBuilder;
    use crate::core::{Atom, Block, End, Label, LocalId, Op, Prim, Program, Stmt};
    use vera_abi::layout::Rep::{Byte, I64, Unit};

    /// A program of one function `f(i64, byte) -> i64` with that body and more locals.
    fn with_body(stmts: Vec<Stmt>, end: End, locals: &[vera_abi::layout::Rep]) -> Program {
        let mut builder = ProgramBuilder::default();
        builder.declare("f", &[I64, Byte], I64);
        let function = &mut builder.program.functions[0];
        locals.iter().for_each(|&rep| _ = function.new_local(rep));
        function.body = Block { stmts, end };
        builder.program
    }

    fn problem(program: &Program) -> String {
        program.validate().map_err(|invalid| invalid.problem).expect_err("not valid")
    }

    fn local(id: u32) -> Atom {
        Atom::Local(LocalId(id))
    }

    fn yields(atom: Atom) -> Block {
        Block { stmts: vec![], end: End::Yield(atom) }
    }

    #[test]
    fn violations_are_found() {
        assert_eq!(with_body(vec![], End::Yield(local(0)), &[]).validate(), Ok(()));
        assert_eq!(problem(&with_body(vec![], End::Yield(local(1)), &[])), "Local(LocalId(1)) is Byte, not I64");
        assert_eq!(problem(&with_body(vec![], End::Yield(local(2)), &[I64])), "%2 is not in scope");

        let twice = || Stmt { dest: LocalId(2), op: Op::Use(local(0)) };
        assert_eq!(problem(&with_body(vec![twice(), twice()], End::Yield(local(2)), &[I64])), "%2 is assigned twice");

        let inner = Block { stmts: vec![twice()], end: End::Yield(local(2)) };
        let choice = Op::If(local(1), Box::new(inner), Box::new(yields(local(0))));
        let choose = Stmt { dest: LocalId(3), op: choice };
        assert_eq!(with_body(vec![choose.clone()], End::Yield(local(3)), &[I64, I64]).validate(), Ok(()));
        let leak = with_body(vec![choose], End::Yield(local(2)), &[I64, I64]);
        assert_eq!(problem(&leak), "%2 is not in scope");

        let call = Block { stmts: vec![], end: End::TailCall(crate::core::FnId(0), vec![local(0), local(1)]) };
        let choose = |dest| Stmt { dest, op: Op::If(local(1), Box::new(call.clone()), Box::new(yields(local(0)))) };
        assert_eq!(with_body(vec![choose(LocalId(2))], End::Yield(local(2)), &[I64]).validate(), Ok(()));
        let not_last = with_body(vec![choose(LocalId(2))], End::Yield(local(0)), &[I64]);
        assert_eq!(problem(&not_last), "a tail call is not in tail position");

        let jump = with_body(vec![], End::Jump(Label(0), vec![]), &[]);
        assert_eq!(problem(&jump), "L0 is not around here");
        let join = |end| Op::Join {
            label: Label(0),
            params: vec![LocalId(2)],
            body: Box::new(Block { stmts: vec![], end: End::Jump(Label(0), vec![local(0)]) }),
            target: Box::new(Block { stmts: vec![], end }),
        };
        let joined = |end| vec![Stmt { dest: LocalId(3), op: join(end) }];
        let end = || End::Yield(local(3));
        assert_eq!(with_body(joined(End::Yield(local(2))), end(), &[I64, I64]).validate(), Ok(()));
        let again = with_body(joined(End::Jump(Label(0), vec![local(2)])), end(), &[I64, I64]);
        assert_eq!(problem(&again), "L0 is not around here");

        let op = Op::Prim(Prim::Not, vec![local(0)]);
        let wrong = with_body(vec![Stmt { dest: LocalId(2), op }], End::Yield(local(0)), &[Byte]);
        assert_eq!(problem(&wrong), "Local(LocalId(0)) is I64, not Byte, at %2");
        let op = Op::Prim(Prim::Not, vec![local(1)]);
        let wrong = with_body(vec![Stmt { dest: LocalId(2), op }], End::Yield(local(0)), &[Unit]);
        assert_eq!(problem(&wrong), "Byte is assigned to a local of Unit, at %2");
    }
}
