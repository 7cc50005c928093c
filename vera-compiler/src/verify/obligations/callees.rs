//! Obligations of calls: measures of recursive functions, domains of built-ins, and other checks of prelude functions.

use crate::builtins::{Implementation, Intrinsic};
use crate::tir::{ArithmeticOp, Body, Coercion, Expr, ExprKind, FnDecl, FnId, NumberKind, PatternKind, Program};
use crate::verify::obligation::Kind;
use vera_abi::graph::components;
use vera_abi::trap::TrapKind;

/// A built-in that is not defined everywhere.
#[derive(Clone, Copy, Debug)]
pub(super) struct Domain {
    /// The check that fails outside of it.
    pub(super) trap: TrapKind,
    /// What an obligation asks for.
    pub(super) kind: Kind,
    /// The domain as a precondition, if it can be written as one.
    pub(super) requires: Option<&'static str>,
}

/// The built-ins whose domain a program must stay in, which is listed at each call.
fn domain(name: &str) -> Option<Domain> {
    Some(match name {
        "abs" => Domain { trap: TrapKind::Overflow, kind: Kind::IntOverflow, requires: None },
        "float_to_int" | "floor" | "ceil" | "round" => {
            Domain { trap: TrapKind::FloatConversion, kind: Kind::FloatToIntDomain, requires: None }
        }
        "string_char_code" => Domain {
            trap: TrapKind::StringIndexOutOfBounds,
            kind: Kind::CallPre,
            requires: Some("@Int.0 >= 0 && @Int.0 < string_length(@String.0)"),
        },
        _ => return None,
    })
}

/// Kinds of checks, as a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Traps(u32);

impl Traps {
    fn insert(&mut self, kind: TrapKind) {
        self.0 |= 1 << kind as u8;
    }

    fn iter(self) -> impl Iterator<Item = TrapKind> {
        (0..32u8).filter(move |code| self.0 >> code & 1 == 1).filter_map(TrapKind::from_code)
    }
}

/// What is known of the functions of a program.
#[derive(Debug)]
pub(super) struct Callees {
    component: Vec<usize>,
    recursive: Vec<bool>,
    /// Of functions of the prelude: the checks that can fail in them and in what they call.
    traps: Vec<Traps>,
    prelude: Vec<bool>,
}

impl Callees {
    /// Looks at every function of the program once.
    pub(super) fn of(program: &Program) -> Self {
        let prelude: Vec<bool> =
            program.functions.iter().map(|decl| program.modules[decl.module.index()].prelude).collect();
        let mut calls: Vec<Vec<usize>> = Vec::with_capacity(program.functions.len());
        let mut traps = Vec::with_capacity(program.functions.len());
        for (decl, &prelude) in program.functions.iter().zip(&prelude) {
            let mut callees = Vec::new();
            let mut own = Traps::default();
            decl.walk(&mut |expr| {
                if let ExprKind::Call { function, .. } = expr.kind {
                    callees.push(function.index());
                }
                if prelude {
                    checks_of(expr, &mut own);
                }
            });
            if prelude {
                checks_of_clauses(decl, &mut own);
            }
            if let Body::Builtin(implementation) = decl.body {
                checks_of_builtin(implementation, &mut own);
            }
            callees.sort_unstable();
            callees.dedup();
            calls.push(callees);
            traps.push(own);
        }
        let component = components(&calls);
        let mut size = vec![0_usize; calls.len()];
        component.iter().for_each(|&component| size[component] += 1);
        let recursive = calls
            .iter()
            .enumerate()
            .map(|(index, callees)| size[component[index]] > 1 || callees.binary_search(&index).is_ok())
            .collect();
        let traps = closed(traps, &calls, &component);
        Callees { component, recursive, traps, prelude }
    }

    /// Whether a function can call itself, directly or not.
    pub(super) fn is_recursive(&self, function: FnId) -> bool {
        self.recursive[function.index()]
    }

    /// Whether a call of `callee` in `caller` may call `caller` again.
    pub(super) fn recurs(&self, caller: FnId, callee: FnId) -> bool {
        self.is_recursive(caller) && self.component[caller.index()] == self.component[callee.index()]
    }

    /// Whether a function belongs to the prelude.
    pub(super) fn is_prelude(&self, function: FnId) -> bool {
        self.prelude[function.index()]
    }

    /// What a call of a function of the prelude must not run into: what is asked for, and whether it is the domain of the
    /// built-in. Other checks of the prelude are its own business; they are listed so that no check is lost.
    pub(super) fn obligations(&self, function: FnId, decl: &FnDecl) -> impl Iterator<Item = (Domain, bool)> {
        let domain = domain(&decl.name).filter(|_| self.is_prelude(function));
        let own = domain.map(|domain| (domain, true));
        let others = self.traps[function.index()].iter().filter(move |&trap| domain.is_none_or(|it| it.trap != trap));
        own.into_iter().chain(others.map(|trap| (Domain { trap, kind: kind_of(trap), requires: None }, false)))
    }
}

/// What a check asks for, where only its kind is known.
fn kind_of(trap: TrapKind) -> Kind {
    match trap {
        TrapKind::Ensures => Kind::Ensures,
        TrapKind::Refinement => Kind::RefineBind,
        TrapKind::Decreases => Kind::Decreases,
        TrapKind::Invariant => Kind::Invariant,
        TrapKind::Assert => Kind::Assert,
        TrapKind::Overflow => Kind::IntOverflow,
        TrapKind::DivideByZero => Kind::DivZero,
        TrapKind::NatGuard | TrapKind::ByteGuard => Kind::NatBind,
        TrapKind::NatUnderflow => Kind::NatSub,
        TrapKind::IndexOutOfBounds => Kind::IndexBounds,
        TrapKind::FloatConversion => Kind::FloatToIntDomain,
        _ => Kind::CallPre,
    }
}

/// The checks of functions with those of all that they call. Components are numbered callees first.
fn closed(own: Vec<Traps>, calls: &[Vec<usize>], component: &[usize]) -> Vec<Traps> {
    let mut order: Vec<usize> = (0..own.len()).collect();
    order.sort_by_key(|&function| component[function]);
    let mut all = vec![Traps::default(); own.len()];
    for function in order {
        let mine = &mut all[component[function]].0;
        let mut with = *mine | own[function].0;
        for &callee in &calls[function] {
            with |= all[component[callee]].0;
        }
        all[component[function]].0 = with;
    }
    component.iter().map(|&component| all[component]).collect()
}

/// The checks of a function's clauses, but for what is within them.
fn checks_of_clauses(decl: &FnDecl, traps: &mut Traps) {
    let clauses = [
        (TrapKind::Requires, &decl.requires),
        (TrapKind::Ensures, &decl.ensures),
        (TrapKind::Decreases, &decl.decreases),
    ];
    for (trap, clauses) in clauses {
        if clauses.iter().any(|clause| !matches!(clause.expr.kind, ExprKind::Bool(true))) {
            traps.insert(trap);
        }
    }
}

/// The checks that an expression itself makes.
fn checks_of(expr: &Expr, traps: &mut Traps) {
    let pattern_checks = |pattern: &crate::tir::Pattern, traps: &mut Traps| {
        let mut rest = vec![pattern];
        while let Some(pattern) = rest.pop() {
            match &pattern.kind {
                PatternKind::Bind(_, Some(coercion)) => checks_of_coercion(coercion, traps),
                PatternKind::Constructor { fields, .. } | PatternKind::Tuple(fields) => rest.extend(fields),
                _ => {}
            }
        }
    };
    match &expr.kind {
        ExprKind::Arithmetic(op, kind, ..) => match (op, kind) {
            (_, NumberKind::Float) => {}
            (ArithmeticOp::Sub, NumberKind::Nat) => traps.insert(TrapKind::NatUnderflow),
            (ArithmeticOp::Add | ArithmeticOp::Sub | ArithmeticOp::Mul, _) => traps.insert(TrapKind::Overflow),
            (ArithmeticOp::Div, _) => {
                traps.insert(TrapKind::DivideByZero);
                traps.insert(TrapKind::Overflow);
            }
            (ArithmeticOp::Rem, _) => traps.insert(TrapKind::DivideByZero),
        },
        ExprKind::Negate(NumberKind::Int | NumberKind::Nat, _) => traps.insert(TrapKind::Overflow),
        ExprKind::Index(..) => traps.insert(TrapKind::IndexOutOfBounds),
        ExprKind::Assert(_) => traps.insert(TrapKind::Assert),
        ExprKind::Coerce(coercion, ..) => checks_of_coercion(coercion, traps),
        ExprKind::Match(_, arms) => arms.iter().for_each(|arm| pattern_checks(&arm.pattern, traps)),
        ExprKind::Block(stmts, _) => {
            for stmt in stmts {
                if let crate::tir::Stmt::Destructure(pattern, _) = stmt {
                    pattern_checks(pattern, traps);
                }
            }
        }
        _ => {}
    }
}

fn checks_of_coercion(coercion: &Coercion, traps: &mut Traps) {
    match coercion {
        Coercion::Widen => {}
        Coercion::ToNat => traps.insert(TrapKind::NatGuard),
        Coercion::ToByte => traps.insert(TrapKind::ByteGuard),
        Coercion::Refine(..) => traps.insert(TrapKind::Refinement),
        Coercion::Parts => {
            traps.insert(TrapKind::NatGuard);
            traps.insert(TrapKind::Refinement);
        }
    }
}

/// The checks of a built-in that is not written in Vera.
fn checks_of_builtin(implementation: Implementation, traps: &mut Traps) {
    match implementation {
        Implementation::Intrinsic(intrinsic) => match intrinsic {
            Intrinsic::StrCharCode => traps.insert(TrapKind::StringIndexOutOfBounds),
            Intrinsic::FloorToInt | Intrinsic::CeilToInt | Intrinsic::RoundToInt | Intrinsic::FloatToInt => {
                traps.insert(TrapKind::FloatConversion);
            }
            Intrinsic::IntToNat => traps.insert(TrapKind::NatGuard),
            Intrinsic::DecimalCheck => traps.insert(TrapKind::Decimal),
            _ => {}
        },
        Implementation::Host { .. } => {}
    }
}
