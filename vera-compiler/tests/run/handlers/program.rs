//! Random programs: what they are made of, and how they are made. Every value is an integer.

/// A variable. The text counts slots, the meaning looks variables up.
pub(super) type Var = u32;

/// The effects of a row, a bit each.
pub(super) type Row = u8;
pub(super) const STATE: Row = 1;
pub(super) const EXN: Row = 2;
pub(super) const ASK: Row = 4;
pub(super) const CHOICE: Row = 8;

#[derive(Clone, Debug)]
pub(super) enum Expr {
    Int(i64),
    Var(Var),
    /// `(a op b) % 1009`
    Arithmetic(char, Box<Expr>, Box<Expr>),
    If(Box<Cond>, Box<Expr>, Box<Expr>),
    Let(Var, Box<Expr>, Box<Expr>),
    /// With the `State` handler whose clauses it means.
    Get(Option<u32>),
    Put(Option<u32>, Box<Expr>, Box<Expr>),
    Throw(Box<Expr>),
    Ask(Box<Expr>),
    Tell(Box<Expr>, Box<Expr>),
    Call(usize, Vec<Expr>),
    /// A call of a function that calls itself so many times.
    CallLoop(usize, u32, Box<Expr>),
    /// A lambda that is known where it is applied.
    Apply(Box<Lambda>, Box<Expr>),
    /// One of two lambdas, applied.
    ApplyOne(Box<Cond>, Box<Lambda>, Box<Lambda>, Box<Expr>),
    Handle(Box<Handle>),
    Resume(Box<Resumed>),
}

#[derive(Clone, Debug)]
pub(super) enum Cond {
    Less(Expr, Expr),
    Choose,
}

#[derive(Clone, Debug)]
pub(super) struct Lambda {
    pub(super) param: Var,
    pub(super) row: Row,
    pub(super) body: Expr,
}

#[derive(Clone, Debug)]
pub(super) enum Resumed {
    Unit,
    Int(Expr),
    Bool(bool),
}

#[derive(Clone, Debug)]
pub(super) struct Handle {
    pub(super) id: u32,
    pub(super) effect: Row,
    pub(super) state: Option<Expr>,
    pub(super) clauses: Vec<Clause>,
    pub(super) body: Expr,
    /// A `State` handler whose clauses hand the value through.
    pub(super) plain: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Clause {
    pub(super) operation: Operation,
    pub(super) param: Option<Var>,
    pub(super) state: Option<Var>,
    pub(super) body: Expr,
    pub(super) update: Option<Expr>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Get,
    Put,
    Throw,
    Ask,
    Tell,
    Choose,
}

#[derive(Clone, Debug)]
pub(super) struct Function {
    pub(super) params: Vec<Var>,
    pub(super) row: Row,
    pub(super) body: Body,
}

#[derive(Clone, Debug)]
pub(super) enum Body {
    Once(Expr),
    /// `if n == 0 then base else ...`: a tail call with `step` for the parameter, or the call plus `step`.
    Loop {
        base: Expr,
        step: Expr,
        tail: bool,
    },
}

#[derive(Clone, Debug)]
pub(super) struct Program {
    pub(super) functions: Vec<Function>,
    pub(super) main: Expr,
}

/// A small generator of numbers, so that a seed is a program everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % bound
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// What may be written at a place.
#[derive(Clone)]
struct Place {
    scope: Vec<Var>,
    row: Row,
    /// The `State` handler whose clauses count here.
    lexical: Option<u32>,
    /// The operation whose clause is around.
    clause: Option<Operation>,
}

struct Maker {
    random: Random,
    vars: Var,
    handles: u32,
    functions: Vec<Function>,
}

/// The program of a seed.
pub(super) fn program(seed: u64) -> Program {
    let mut maker = Maker {
        random: Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1),
        vars: 0,
        handles: 0,
        functions: Vec::new(),
    };
    for _ in 0..maker.random.below(5) {
        let function = maker.function();
        maker.functions.push(function);
    }
    let place = Place { scope: Vec::new(), row: 0, lexical: None, clause: None };
    let main = maker.expr(&place, 3 + (seed % 4) as u32);
    Program { functions: maker.functions, main }
}

impl Maker {
    fn var(&mut self) -> Var {
        self.vars += 1;
        self.vars
    }

    fn function(&mut self) -> Function {
        let row = self.random.below(16) as Row;
        let looped = self.random.chance(40);
        let params: Vec<Var> = (0..if looped { 1 } else { self.random.below(3) }).map(|_| self.var()).collect();
        let place = Place { scope: params.clone(), row, lexical: None, clause: None };
        let body = if looped {
            let tail = self.random.chance(60);
            Body::Loop { base: self.expr(&place, 2), step: self.expr(&place, 3), tail }
        } else {
            Body::Once(self.expr(&place, 4))
        };
        Function { params, row, body }
    }

    fn boxed(&mut self, place: &Place, depth: u32) -> Box<Expr> {
        Box::new(self.expr(place, depth))
    }

    fn expr(&mut self, place: &Place, depth: u32) -> Expr {
        if depth == 0 {
            return self.leaf(place);
        }
        let depth = depth - 1;
        if place.clause.is_some() && self.random.chance(35) {
            return self.resume(place, depth);
        }
        match self.random.below(20) {
            0 => self.leaf(place),
            1..=3 => {
                let op = ['+', '-', '*'][self.random.below(3) as usize];
                Expr::Arithmetic(op, self.boxed(place, depth), self.boxed(place, depth))
            }
            4 | 5 => Expr::If(Box::new(self.cond(place, depth)), self.boxed(place, depth), self.boxed(place, depth)),
            6 | 7 => self.bound(place, depth),
            8 | 9 => self.performed(place, depth),
            10 | 11 => self.call(place, depth),
            12 => {
                let lambda = self.lambda(place, depth, place.row);
                Expr::Apply(lambda, self.boxed(place, depth))
            }
            13 => {
                let row = place.row;
                let (first, second) = (self.lambda(place, depth, row), self.lambda(place, depth, row));
                let cond = Box::new(self.cond(place, depth.min(1)));
                Expr::ApplyOne(cond, first, second, self.boxed(place, depth))
            }
            _ => self.handle(place, depth),
        }
    }

    fn leaf(&mut self, place: &Place) -> Expr {
        if place.row & STATE != 0 && self.random.chance(30) {
            return Expr::Get(place.lexical);
        }
        if !place.scope.is_empty() && self.random.chance(70) {
            let index = self.random.below(place.scope.len() as u64) as usize;
            return Expr::Var(place.scope[index]);
        }
        Expr::Int(self.random.below(20) as i64)
    }

    fn bound(&mut self, place: &Place, depth: u32) -> Expr {
        let value = self.boxed(place, depth);
        let var = self.var();
        let mut inner = place.clone();
        inner.scope.push(var);
        Expr::Let(var, value, self.boxed(&inner, depth))
    }

    fn cond(&mut self, place: &Place, depth: u32) -> Cond {
        if place.row & CHOICE != 0 && self.random.chance(60) {
            return Cond::Choose;
        }
        Cond::Less(self.expr(place, depth.min(1)), self.expr(place, depth.min(1)))
    }

    fn performed(&mut self, place: &Place, depth: u32) -> Expr {
        match self.random.below(6) {
            0 | 1 if place.row & STATE != 0 => {
                Expr::Put(place.lexical, self.boxed(place, depth), self.boxed(place, depth))
            }
            2 if place.row & EXN != 0 => Expr::If(
                Box::new(self.cond(place, depth.min(1))),
                Box::new(Expr::Throw(self.boxed(place, depth.min(2)))),
                self.boxed(place, depth),
            ),
            3 | 4 if place.row & ASK != 0 => Expr::Ask(self.boxed(place, depth)),
            5 if place.row & ASK != 0 => Expr::Tell(self.boxed(place, depth), self.boxed(place, depth)),
            _ => self.bound(place, depth),
        }
    }

    fn call(&mut self, place: &Place, depth: u32) -> Expr {
        let fitting: Vec<usize> =
            (0..self.functions.len()).filter(|&index| self.functions[index].row & !place.row == 0).collect();
        if fitting.is_empty() {
            return self.leaf(place);
        }
        let index = fitting[self.random.below(fitting.len() as u64) as usize];
        if matches!(self.functions[index].body, Body::Loop { .. }) {
            let times = self.random.below(4) as u32;
            return Expr::CallLoop(index, times, self.boxed(place, depth));
        }
        let count = self.functions[index].params.len();
        Expr::Call(index, (0..count).map(|_| self.expr(place, depth.min(2))).collect())
    }

    fn lambda(&mut self, place: &Place, depth: u32, row: Row) -> Box<Lambda> {
        let param = self.var();
        let mut inner = Place { row, lexical: None, clause: None, ..place.clone() };
        inner.scope.push(param);
        Box::new(Lambda { param, row, body: self.expr(&inner, depth) })
    }

    fn resume(&mut self, place: &Place, depth: u32) -> Expr {
        let value = match place.clause {
            Some(Operation::Put | Operation::Tell) => Resumed::Unit,
            Some(Operation::Choose) => Resumed::Bool(self.random.chance(50)),
            Some(Operation::Throw) | None => return self.leaf(place),
            Some(Operation::Get | Operation::Ask) => Resumed::Int(self.expr(place, depth.min(2))),
        };
        Expr::Resume(Box::new(value))
    }

    fn handle(&mut self, place: &Place, depth: u32) -> Expr {
        let effect = [STATE, EXN, ASK, CHOICE][self.random.below(4) as usize];
        self.handles += 1;
        let id = self.handles;
        let plain = effect == STATE && self.random.chance(50);
        let has_state = effect == STATE || effect != EXN && self.random.chance(40);
        let state = has_state.then(|| self.expr(place, depth.min(1)));
        let operations: &[Operation] = match effect {
            STATE => &[Operation::Get, Operation::Put],
            EXN => &[Operation::Throw],
            ASK => &[Operation::Ask, Operation::Tell],
            _ => &[Operation::Choose],
        };
        let clauses =
            operations.iter().map(|&operation| self.clause(place, operation, has_state, plain, depth)).collect();
        let lexical = match effect {
            STATE => (!plain).then_some(id),
            _ => place.lexical,
        };
        // The block belongs to no clause of its own, but a clause around it may still resume in it.
        let inner = Place { row: place.row | effect, lexical, ..place.clone() };
        let body = self.expr(&inner, depth);
        Expr::Handle(Box::new(Handle { id, effect, state, clauses, body, plain }))
    }

    fn clause(&mut self, place: &Place, operation: Operation, has_state: bool, plain: bool, depth: u32) -> Clause {
        let takes = matches!(operation, Operation::Put | Operation::Throw | Operation::Ask | Operation::Tell);
        let param = takes.then(|| self.var());
        let state = has_state.then(|| self.var());
        let of_state = matches!(operation, Operation::Get | Operation::Put);
        let mut inner = Place { clause: Some(operation), ..place.clone() };
        inner.scope.extend(param);
        inner.scope.extend(state);
        if of_state {
            // Its own cell is in reach only when the row around has the effect.
            inner.lexical = if place.row & STATE != 0 { None } else { place.lexical };
        }
        if plain {
            let value = match (operation, state) {
                (Operation::Get, Some(state)) => Resumed::Int(Expr::Var(state)),
                _ => Resumed::Unit,
            };
            return Clause { operation, param, state, body: Expr::Resume(Box::new(value)), update: None };
        }
        let body = match self.random.below(4) {
            _ if operation == Operation::Throw => self.expr(&inner, depth.min(3)),
            // Resumes as the last thing it does, perhaps on some paths only.
            0 => self.resume(&inner, depth),
            1 => {
                let resumed = Box::new(self.resume(&inner, depth));
                let other = match self.random.chance(50) {
                    true => Box::new(self.resume(&inner, depth)),
                    false => self.boxed(&Place { clause: None, ..inner.clone() }, depth.min(2)),
                };
                Expr::If(Box::new(Cond::Less(self.leaf(&inner), self.leaf(&inner))), resumed, other)
            }
            // Goes on after it resumes.
            2 => {
                let first = Box::new(self.resume(&inner, depth));
                let var = self.var();
                let mut after = inner.clone();
                after.scope.push(var);
                let second = self.boxed(&after, depth.min(3));
                Expr::Let(var, first, Box::new(Expr::Arithmetic('+', Box::new(Expr::Var(var)), second)))
            }
            _ => self.expr(&inner, depth.min(3)),
        };
        let update = (has_state && self.random.chance(40))
            .then(|| self.expr(&Place { clause: None, ..inner.clone() }, depth.min(2)));
        Clause { operation, param, state, body, update }
    }
}
