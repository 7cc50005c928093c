//! The interpreter's control: activations of functions, and the pending work of each.

use super::value::Value;
use super::{Externs, Limits, Stop};
use crate::core::{Atom, Block, End, FnId, Function, Label, LocalId, Op, Program, Register, SwitchOn};
use std::collections::BTreeMap;
use vera_abi::layout::Rep;
use vera_abi::names::Import;
use vera_abi::prelude::future;

pub(super) struct Machine<'p> {
    pub(super) program: &'p Program,
    limits: Limits,
    externs: &'p mut dyn Externs,
    pub(super) fuel: u64,
    registers: BTreeMap<Register, Value>,
}

/// A function that is being executed.
struct Activation<'p> {
    locals: Vec<Value>,
    /// Where it is: a block, and the statement to execute next.
    block: &'p Block,
    next: usize,
    /// What to do when the block is done, innermost last.
    rest: Vec<Rest<'p>>,
}

enum Rest<'p> {
    /// Put the value in the local and go on with the block.
    Resume { block: &'p Block, next: usize, dest: LocalId },
    /// A join point that may be jumped to.
    Join { label: Label, params: &'p [LocalId], target: &'p Block },
    /// A loop that may be started again.
    Loop { label: Label, params: &'p [(LocalId, Atom)], body: &'p Block },
}

/// What a statement leads to.
enum Step<'p> {
    /// Its value is there.
    Value(Value),
    /// Its value is that of a nested block.
    Enter(&'p Block),
    /// Its value is that of a call.
    Call(FnId, Vec<Value>),
}

impl<'p> Activation<'p> {
    fn new(function: &'p Function, args: Vec<Value>) -> Self {
        assert_eq!(function.params.len(), args.len(), "arguments of {}", function.symbol);
        let mut locals = vec![Value::Unit; function.locals.len()];
        for (param, arg) in function.params.iter().zip(args) {
            locals[param.index()] = arg;
        }
        Self { locals, block: &function.body, next: 0, rest: Vec::new() }
    }

    fn value(&self, atom: &Atom) -> Value {
        match atom {
            Atom::Local(local) => self.locals[local.index()].clone(),
            Atom::Unit => Value::Unit,
            Atom::Byte(byte) => Value::Byte(*byte),
            Atom::I64(value) => Value::I64(*value),
            Atom::F64(value) => Value::F64(*value),
            Atom::Str(text) => Value::string(text),
            Atom::EmptyArray => Value::Array(Vec::new().into()),
            Atom::Static(tag) => Value::Static(*tag),
        }
    }

    fn values(&self, atoms: &[Atom]) -> Vec<Value> {
        atoms.iter().map(|atom| self.value(atom)).collect()
    }

    fn set(&mut self, local: LocalId, value: Value) {
        self.locals[local.index()] = value;
    }

    fn enter(&mut self, block: &'p Block) {
        (self.block, self.next) = (block, 0);
    }

    /// Goes where a jump to the label goes.
    fn jump(&mut self, label: Label, args: Vec<Value>) {
        loop {
            match self.rest.pop() {
                Some(Rest::Join { label: here, params, target }) if here == label => {
                    params.iter().zip(args).for_each(|(param, arg)| self.set(*param, arg));
                    return self.enter(target);
                }
                Some(Rest::Loop { label: here, params, body }) if here == label => {
                    self.rest.push(Rest::Loop { label, params, body });
                    params.iter().zip(args).for_each(|((param, _), arg)| self.set(*param, arg));
                    return self.enter(body);
                }
                Some(_) => {}
                None => panic!("label {} is not around", label.0),
            }
        }
    }

    /// Goes on with a value of the present block; gives it back when it is the function's result.
    fn yielded(&mut self, value: Value) -> Option<Value> {
        loop {
            match self.rest.pop() {
                Some(Rest::Resume { block, next, dest }) => {
                    self.set(dest, value);
                    (self.block, self.next) = (block, next);
                    return None;
                }
                Some(Rest::Join { .. } | Rest::Loop { .. }) => {}
                None => return Some(value),
            }
        }
    }
}

impl<'p> Machine<'p> {
    pub(super) fn new(program: &'p Program, limits: Limits, externs: &'p mut dyn Externs) -> Self {
        let registers = BTreeMap::from([(Register::Raised, Value::Static(0))]);
        Self { program, limits, externs, fuel: limits.fuel, registers }
    }

    pub(super) fn run(&mut self, function: FnId, args: Vec<Value>) -> Result<Value, Stop> {
        let mut callers: Vec<Activation<'p>> = Vec::new();
        let mut here = Activation::new(self.program.function(function), args);
        loop {
            if let Some(stmt) = here.block.stmts.get(here.next) {
                self.burn(1)?;
                here.next += 1;
                match self.step(&mut here, &stmt.op, stmt.dest)? {
                    Step::Value(value) => here.set(stmt.dest, value),
                    Step::Enter(block) => here.enter(block),
                    Step::Call(callee, args) => {
                        if callers.len() >= self.limits.depth {
                            return Err(Stop::TooDeep);
                        }
                        here.rest.push(Rest::Resume { block: here.block, next: here.next, dest: stmt.dest });
                        let callee = self.activate(callee, args)?;
                        callers.push(std::mem::replace(&mut here, callee));
                    }
                }
                continue;
            }
            match &here.block.end {
                End::Yield(atom) => {
                    let mut value = here.value(atom);
                    // A result that is its caller's result goes all the way up.
                    while let Some(result) = here.yielded(value) {
                        match callers.pop() {
                            Some(caller) => here = caller,
                            None => return Ok(result),
                        }
                        value = result;
                    }
                }
                End::Jump(label, args) => {
                    self.burn(1)?;
                    let args = here.values(args);
                    here.jump(*label, args);
                }
                End::TailCall(callee, args) => {
                    self.burn(1)?;
                    here = self.activate(*callee, here.values(args))?;
                }
                End::TailCallClosure { closure, args, .. } => {
                    self.burn(1)?;
                    let (callee, args) = self.closure_call(&here, closure, args);
                    here = self.activate(callee, args)?;
                }
                End::Trap(site, atoms) => return Err(Stop::Trap(*site, here.values(atoms))),
                End::Unreachable => return Err(Stop::Unreachable),
                End::Resume(_) => panic!("a valid program has no clauses of handlers"),
            }
        }
    }

    /// Uses up fuel.
    pub(super) fn burn(&mut self, amount: u64) -> Result<(), Stop> {
        self.fuel = self.fuel.checked_sub(amount).ok_or(Stop::OutOfFuel)?;
        Ok(())
    }

    /// A function about to be executed. Its locals take memory, so they take fuel.
    fn activate(&mut self, callee: FnId, args: Vec<Value>) -> Result<Activation<'p>, Stop> {
        let function = self.program.function(callee);
        self.burn(function.locals.len() as u64 / 16)?;
        Ok(Activation::new(function, args))
    }

    fn closure_call(&self, here: &Activation<'p>, closure: &Atom, args: &[Atom]) -> (FnId, Vec<Value>) {
        let closure = here.value(closure);
        let Value::Closure(function) = &closure else { panic!("{closure:?} is called") };
        let callee = self.program.closures[function.shape.index()].function;
        let args = std::iter::once(closure.clone()).chain(here.values(args)).collect();
        (callee, args)
    }

    fn step(&mut self, here: &mut Activation<'p>, op: &'p Op, dest: LocalId) -> Result<Step<'p>, Stop> {
        Ok(match op {
            Op::Use(atom) => Step::Value(here.value(atom)),
            Op::Prim(prim, args) => Step::Value(self.primitive(*prim, here.values(args))?),
            Op::Call(callee, args) => Step::Call(*callee, here.values(args)),
            Op::Extern(id, args) => {
                let import = &self.program.externs[id.index()];
                let args = here.values(args);
                let result = match Import::of_name(&import.name) {
                    // The tag comes last.
                    (operation, Import::Start) => {
                        let result = self.externs.call(&import.module, operation, &args[..args.len() - 1]);
                        result.map(|value| Value::record(future::FUTURE, vec![value]))
                    }
                    _ => self.externs.call(&import.module, &import.name, &args),
                };
                Step::Value(result.ok_or(Stop::Unsupported(*id))?)
            }
            Op::CallClosure { closure, args, .. } => {
                let (callee, args) = self.closure_call(here, closure, args);
                Step::Call(callee, args)
            }
            Op::Record(id, args) => {
                self.burn(args.len() as u64)?;
                Step::Value(Value::record(self.program.records[id.index()].tag, here.values(args)))
            }
            Op::Field(_, object, field) => match here.value(object) {
                Value::Record(record) => Step::Value(record.field(*field as usize)),
                other => panic!("{other:?} has no fields"),
            },
            Op::Closure(id, captures) => {
                self.burn(captures.len() as u64)?;
                Step::Value(Value::closure(*id, here.values(captures)))
            }
            Op::Capture(_, closure, capture) => match here.value(closure) {
                Value::Closure(closure) => Step::Value(closure.capture(*capture as usize)),
                other => panic!("{other:?} has captured nothing"),
            },
            Op::Cell(_, first) => {
                self.burn(1)?;
                Step::Value(Value::cell(here.value(first)))
            }
            Op::CellGet(_, cell) => match here.value(cell) {
                Value::Cell(cell) => Step::Value(cell.get()),
                other => panic!("{other:?} is no cell"),
            },
            Op::CellSet(_, cell, value) => match here.value(cell) {
                Value::Cell(cell) => {
                    cell.set(here.value(value));
                    Step::Value(Value::Unit)
                }
                other => panic!("{other:?} is no cell"),
            },
            Op::Get(register) => {
                let value = self.registers.get(register).cloned();
                Step::Value(value.unwrap_or_else(|| panic!("{register:?} is read before it is set")))
            }
            Op::Set(register, value) => {
                self.registers.insert(*register, here.value(value));
                Step::Value(Value::Unit)
            }
            Op::Perform(_) | Op::Answered(_) | Op::Handle(_) | Op::Outside(_) | Op::Resume(_) => {
                panic!("a valid program has no effects")
            }
            Op::Array(rep, items) => {
                self.burn(items.len() as u64)?;
                Step::Value(array_of(*rep, here.values(items)))
            }
            Op::If(condition, then, otherwise) => {
                let taken = matches!(here.value(condition), Value::Byte(byte) if byte != 0);
                self.leave_to(here, dest);
                Step::Enter(if taken { then } else { otherwise })
            }
            Op::Switch { on, cases, default } => {
                let value = match (on, here.value(on.atom())) {
                    (SwitchOn::Tag(_), Value::Static(tag)) => i64::from(tag),
                    (SwitchOn::Tag(_), Value::Record(record)) => i64::from(record.tag),
                    (SwitchOn::Shape(_), Value::Closure(closure)) => i64::from(closure.shape.0),
                    (SwitchOn::I64(_), Value::I64(value)) => value,
                    (SwitchOn::Byte(_), Value::Byte(byte)) => i64::from(byte),
                    (_, other) => panic!("a switch on {other:?}"),
                };
                let case = cases.iter().find(|(case, _)| *case == value).map(|(_, block)| block);
                let block = case.or(default.as_deref()).ok_or(Stop::Unreachable)?;
                self.leave_to(here, dest);
                Step::Enter(block)
            }
            Op::Join { label, params, body, target } => {
                self.leave_to(here, dest);
                here.rest.push(Rest::Join { label: *label, params, target });
                Step::Enter(body)
            }
            Op::Loop { label, params, body } => {
                self.leave_to(here, dest);
                here.rest.push(Rest::Loop { label: *label, params, body });
                for (param, first) in params {
                    here.set(*param, here.value(first));
                }
                Step::Enter(body)
            }
        })
    }

    /// Remembers to go on behind the present statement.
    fn leave_to(&self, here: &mut Activation<'p>, dest: LocalId) {
        here.rest.push(Rest::Resume { block: here.block, next: here.next, dest });
    }
}

/// An array of the given elements: bytes when they are bytes.
pub(super) fn array_of(rep: Rep, items: Vec<Value>) -> Value {
    if rep != Rep::Byte {
        return Value::Array(items.into());
    }
    let bytes: Vec<u8> = items
        .iter()
        .map(|item| match item {
            Value::Byte(byte) => *byte,
            other => panic!("{other:?} is no byte"),
        })
        .collect();
    Value::Bytes(bytes.into())
}
