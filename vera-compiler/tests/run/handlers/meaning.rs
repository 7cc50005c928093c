//! What random programs mean, told in another way than they are compiled: a computation is its value, or an operation and
//! what follows for each result of it; a handler goes over the computation of its block.

use super::program::{Body, Clause, Cond, Expr, Handle, Lambda, Operation, Program, Resumed, Var};
use std::cell::Cell;
use std::rc::Rc;

type Then = Rc<dyn Fn(i64) -> Computation>;

enum Computation {
    Done(i64),
    Perform(Request, i64, Then),
    /// It takes too long.
    Stopped,
}

/// What is performed: an operation, perhaps as the clauses of a `State` handler have it.
#[derive(Clone, Copy, PartialEq)]
struct Request {
    operation: Operation,
    lexical: Option<u32>,
    /// Handlers further in that do not count: what is resumed keeps the handlers that it was captured under, whatever is
    /// around the `resume`.
    skipped: u32,
}

/// Values of variables, innermost first.
#[derive(Clone)]
struct Env(Option<Rc<(Var, i64, Env)>>);

impl Env {
    fn with(&self, var: Var, value: i64) -> Env {
        Env(Some(Rc::new((var, value, self.clone()))))
    }

    fn get(&self, var: Var) -> i64 {
        let mut env = self;
        while let Some(entry) = &env.0 {
            if entry.0 == var {
                return entry.1;
            }
            env = &entry.2;
        }
        panic!("variable {var} has no value")
    }
}

/// What `resume` goes on with.
type Resume = Option<Rc<dyn Fn(i64) -> Computation>>;

#[derive(Clone)]
struct Machine {
    program: &'static Program,
    steps: Rc<Cell<u32>>,
}

/// The value of a program's `main`; `None` when it takes too long.
pub(super) fn value(program: &'static Program) -> Option<i64> {
    let machine = Machine { program, steps: Rc::new(Cell::new(0)) };
    match machine.expr(&program.main, &Env(None), &None) {
        Computation::Done(value) => Some(value),
        Computation::Stopped => None,
        Computation::Perform(..) => panic!("an operation has no handler"),
    }
}

fn bind(computation: Computation, then: impl Fn(i64) -> Computation + 'static) -> Computation {
    bound(computation, Rc::new(then))
}

fn bound(computation: Computation, then: Then) -> Computation {
    match computation {
        Computation::Done(value) => then(value),
        Computation::Perform(request, arg, next) => {
            Computation::Perform(request, arg, Rc::new(move |value| bound(next(value), then.clone())))
        }
        Computation::Stopped => Computation::Stopped,
    }
}

fn perform(operation: Operation, lexical: Option<u32>, arg: i64) -> Computation {
    Computation::Perform(Request { operation, lexical, skipped: 0 }, arg, Rc::new(Computation::Done))
}

/// A computation for which the nearest handlers do not count.
fn masked(computation: Computation, handlers: u32) -> Computation {
    match computation {
        Computation::Perform(request, arg, next) => {
            let request = Request { skipped: request.skipped + handlers, ..request };
            Computation::Perform(request, arg, Rc::new(move |value| masked(next(value), handlers)))
        }
        other => other,
    }
}

/// `resume` within so many handlers of a clause.
fn within(resume: &Resume, handlers: u32) -> Resume {
    let resume = resume.clone()?;
    Some(Rc::new(move |value| masked(resume(value), handlers)))
}

impl Machine {
    fn expr(&self, expr: &'static Expr, env: &Env, resume: &Resume) -> Computation {
        self.steps.set(self.steps.get() + 1);
        if self.steps.get() > 20_000 {
            return Computation::Stopped;
        }
        let (this, env, resume) = (self.clone(), env.clone(), resume.clone());
        match expr {
            Expr::Int(value) => Computation::Done(*value),
            Expr::Var(var) => Computation::Done(env.get(*var)),
            Expr::Arithmetic(op, left, right) => bind(this.clone().expr(left, &env, &resume), move |left| {
                bind(this.expr(right, &env, &resume), move |right| {
                    let value = match op {
                        '+' => left + right,
                        '-' => left - right,
                        _ => left * right,
                    };
                    Computation::Done(value % 1009)
                })
            }),
            Expr::If(cond, then, otherwise) => bind(this.clone().cond(cond, &env, &resume), move |holds| {
                this.expr(if holds != 0 { then } else { otherwise }, &env, &resume)
            }),
            Expr::Let(var, value, body) => bind(this.clone().expr(value, &env, &resume), move |value| {
                this.expr(body, &env.with(*var, value), &resume)
            }),
            Expr::Get(lexical) => perform(Operation::Get, *lexical, 0),
            Expr::Put(lexical, value, then) => this.stated(Operation::Put, *lexical, value, then, env, resume),
            Expr::Throw(value) => bind(this.expr(value, &env, &resume), |value| perform(Operation::Throw, None, value)),
            Expr::Ask(value) => bind(this.expr(value, &env, &resume), |value| perform(Operation::Ask, None, value)),
            Expr::Tell(value, then) => this.stated(Operation::Tell, None, value, then, env, resume),
            Expr::Call(index, args) => this.args(args, env, resume, Vec::new(), *index),
            Expr::CallLoop(index, times, arg) => {
                bind(this.clone().expr(arg, &env, &resume), move |arg| this.repeat(*index, *times, arg))
            }
            Expr::Apply(lambda, arg) => {
                bind(this.clone().expr(arg, &env, &resume), move |arg| this.lambda(lambda, &env, arg))
            }
            Expr::ApplyOne(cond, first, second, arg) => bind(this.clone().cond(cond, &env, &resume), move |holds| {
                let (this, inner, env) = (this.clone(), this.clone(), env.clone());
                let chosen: &'static Lambda = if holds != 0 { first } else { second };
                bind(inner.expr(arg, &env, &resume), move |arg| this.lambda(chosen, &env, arg))
            }),
            Expr::Handle(handle) => {
                let Some(first) = &handle.state else {
                    return this.handled(handle, this.expr(&handle.body, &env, &within(&resume, 1)), 0, &env);
                };
                bind(this.clone().expr(first, &env, &resume), move |first| {
                    let single = handle.plain || handle.clauses[0].operation != Operation::Get;
                    let body = this.expr(&handle.body, &env, &within(&resume, if single { 1 } else { 2 }));
                    if single {
                        return this.handled(handle, body, first, &env);
                    }
                    cell(this.handled(handle, body, 0, &env), first)
                })
            }
            Expr::Resume(value) => {
                let resume_with = resume.clone().expect("in a clause");
                match &**value {
                    Resumed::Unit => resume_with(0),
                    Resumed::Bool(value) => resume_with(i64::from(*value)),
                    Resumed::Int(value) => bind(this.expr(value, &env, &resume), move |value| resume_with(value)),
                }
            }
        }
    }

    fn stated(
        self,
        operation: Operation,
        lexical: Option<u32>,
        value: &'static Expr,
        then: &'static Expr,
        env: Env,
        resume: Resume,
    ) -> Computation {
        bind(self.clone().expr(value, &env, &resume), move |value| {
            let (this, env, resume) = (self.clone(), env.clone(), resume.clone());
            bind(perform(operation, lexical, value), move |_| this.expr(then, &env, &resume))
        })
    }

    fn args(self, args: &'static [Expr], env: Env, resume: Resume, done: Vec<i64>, index: usize) -> Computation {
        let Some((first, rest)) = args.split_first() else {
            let function = &self.program.functions[index];
            let env = function.params.iter().zip(done).fold(Env(None), |env, (&param, arg)| env.with(param, arg));
            let Body::Once(body) = &function.body else { panic!("a function that does not call itself") };
            return self.expr(body, &env, &None);
        };
        bind(self.clone().expr(first, &env, &resume), move |value| {
            let mut done = done.clone();
            done.push(value);
            self.clone().args(rest, env.clone(), resume.clone(), done, index)
        })
    }

    fn repeat(&self, index: usize, times: u32, arg: i64) -> Computation {
        let function = &self.program.functions[index];
        let env = Env(None).with(function.params[0], arg);
        let Body::Loop { base, step, tail } = &function.body else { panic!("a function that calls itself") };
        if times == 0 {
            return self.expr(base, &env, &None);
        }
        let this = self.clone();
        if *tail {
            return bind(self.expr(step, &env, &None), move |arg| this.repeat(index, times - 1, arg));
        }
        bind(self.repeat(index, times - 1, arg), move |result| {
            bind(this.expr(step, &env, &None), move |step| Computation::Done((result + step) % 1009))
        })
    }

    fn lambda(&self, lambda: &'static Lambda, env: &Env, arg: i64) -> Computation {
        self.expr(&lambda.body, &env.with(lambda.param, arg), &None)
    }

    fn cond(&self, cond: &'static Cond, env: &Env, resume: &Resume) -> Computation {
        match cond {
            Cond::Choose => perform(Operation::Choose, None, 0),
            Cond::Less(left, right) => {
                let (this, env, resume) = (self.clone(), env.clone(), resume.clone());
                bind(self.expr(left, &env, &resume), move |left| {
                    bind(this.expr(right, &env, &resume), move |right| Computation::Done(i64::from(left < right)))
                })
            }
        }
    }

    /// A computation under a handler whose state is `state`.
    fn handled(&self, handle: &'static Handle, computation: Computation, state: i64, env: &Env) -> Computation {
        if self.steps.get() > 20_000 {
            return Computation::Stopped;
        }
        let (request, arg, next) = match computation {
            Computation::Perform(request, arg, next) => (request, arg, next),
            other => return other,
        };
        let of_state = handle.clauses[0].operation == Operation::Get;
        let lexical = (of_state && !handle.plain).then_some(handle.id);
        let clause = handle.clauses.iter().find(|clause| clause.operation == request.operation);
        let clause = clause.filter(|_| request.lexical == lexical && request.skipped == 0);
        let (this, env) = (self.clone(), env.clone());
        let Some(clause) = clause else {
            return Computation::Perform(
                further(request),
                arg,
                Rc::new(move |value| this.handled(handle, next(value), state, &env)),
            );
        };
        if handle.plain {
            let (value, state) = if request.operation == Operation::Get { (state, state) } else { (0, arg) };
            return this.handled(handle, next(value), state, &env);
        }
        if lexical.is_some() {
            return this.state_clause(handle, clause, arg, next, env);
        }
        let inner = clause.param.map_or(env.clone(), |param| env.with(param, arg));
        let inner = clause.state.map_or(inner.clone(), |var| inner.with(var, state));
        let (machine, update_env) = (this.clone(), inner.clone());
        let resume: Resume = Some(Rc::new(move |value| {
            let (this, next, env) = (machine.clone(), next.clone(), env.clone());
            let update = match &clause.update {
                Some(update) => machine.expr(update, &update_env, &None),
                None => Computation::Done(state),
            };
            bind(update, move |state| this.handled(handle, next(value), state, &env))
        }));
        this.expr(&clause.body, &inner, &resume)
    }

    /// A clause of a `State` handler: the cell is read and written first.
    fn state_clause(
        self,
        handle: &'static Handle,
        clause: &'static Clause,
        arg: i64,
        next: Then,
        env: Env,
    ) -> Computation {
        bind(perform(Operation::Get, None, 0), move |held| {
            let (this, next, env) = (self.clone(), next.clone(), env.clone());
            let written = match clause.operation {
                Operation::Put => perform(Operation::Put, None, arg),
                _ => Computation::Done(0),
            };
            bind(written, move |_| {
                let inner = clause.param.map_or(env.clone(), |param| env.with(param, arg));
                let inner = clause.state.map_or(inner.clone(), |var| inner.with(var, held));
                let (machine, next, env, update_env) = (this.clone(), next.clone(), env.clone(), inner.clone());
                let resume: Resume = Some(Rc::new(move |value| {
                    let (this, next, env) = (machine.clone(), next.clone(), env.clone());
                    let update = match &clause.update {
                        Some(update) => {
                            bind(machine.expr(update, &update_env, &None), |state| perform(Operation::Put, None, state))
                        }
                        None => Computation::Done(0),
                    };
                    bind(update, move |_| this.handled(handle, next(value), 0, &env))
                }));
                this.expr(&clause.body, &inner, &resume)
            })
        })
    }
}

/// A computation with a cell.
fn cell(computation: Computation, held: i64) -> Computation {
    match computation {
        Computation::Perform(request, arg, next) if request.lexical.is_none() && request.skipped == 0 => {
            match request.operation {
                Operation::Get => cell(next(held), held),
                Operation::Put => cell(next(0), arg),
                _ => Computation::Perform(request, arg, Rc::new(move |value| cell(next(value), held))),
            }
        }
        Computation::Perform(request, arg, next) => {
            Computation::Perform(further(request), arg, Rc::new(move |value| cell(next(value), held)))
        }
        other => other,
    }
}

/// A request on its way out of a handler.
fn further(request: Request) -> Request {
    Request { skipped: request.skipped.saturating_sub(1), ..request }
}
