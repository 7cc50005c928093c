//! Decision trees as core operations.

use super::tree::{Bind, Compiler, Decision, Occurrence, Parts};
use crate::core::{Atom, Block, End, Label, LocalId, Op, Prim, SwitchOn};
use crate::lower::body::{Body, Value};
use crate::lower::builder::stops;
use crate::tir::{Expr, ExprKind, MatchArm, Pattern};
use crate::types::Ty;
use vera_abi::layout::Rep;

/// A match being emitted.
struct Match<'m, 'p> {
    parts: &'m Parts,
    /// The operand of each part that has been read on the present path.
    read: Vec<Option<Atom>>,
    arms: &'p [MatchArm],
    /// The join point of each arm that several paths reach.
    joins: Vec<Option<Label>>,
    scrutinee: Option<crate::tir::LocalId>,
    result: Rep,
    tail: bool,
}

impl<'p> Body<'_, 'p> {
    /// `match`
    pub(in crate::lower) fn match_(
        &mut self,
        expr: &'p Expr,
        scrutinee: &'p Expr,
        arms: &'p [MatchArm],
        tail: bool,
    ) -> Atom {
        let value = self.expr(scrutinee);
        let ty = self.ty(scrutinee.ty);
        let patterns: Vec<&'p Pattern> = arms.iter().map(|arm| &arm.pattern).collect();
        let (decision, parts) = self.decision(ty, &patterns);
        let mut paths = vec![Vec::new(); arms.len()];
        count_paths(&decision, &mut paths);
        let mut read = vec![None; parts.list.len()];
        read[0] = Some(value);
        let mut joins = vec![None; arms.len()];
        let shared: Vec<usize> = (0..arms.len()).filter(|&arm| paths[arm].len() > 1).collect();
        let labels: Vec<Label> = shared.iter().map(|_| self.b.label()).collect();
        for (&arm, &label) in shared.iter().zip(&labels) {
            joins[arm] = Some(label);
        }
        let result = self.rep(expr.ty);
        let mut m = Match { parts: &parts, read, arms, joins, scrutinee: local(scrutinee), result, tail };
        // The join of the first shared arm is the outermost; each target is lowered when its body is complete.
        let mut open = Vec::new();
        for (&arm, label) in shared.iter().zip(labels) {
            let binds = &paths[arm][0];
            let params: Vec<LocalId> = binds
                .iter()
                .map(|bind| {
                    let rep = self.lo.rep(parts.list[bind.part.0].0);
                    self.b.local(rep)
                })
                .collect();
            open.push((arm, label, params));
            self.b.open();
        }
        let mut value = self.decide(&mut m, &decision);
        while let Some((arm, label, params)) = open.pop() {
            let body = self.b.close(value);
            let binds = paths[arm][0].clone();
            let target = self.block(|this| {
                let atoms = params.iter().map(|&param| Atom::Local(param)).collect();
                this.arm(&m, arm, &binds, atoms)
            });
            let stopped = stops(&body) && stops(&target);
            let join = Op::Join { label, params, body: Box::new(body), target: Box::new(target) };
            value = self.b.emit(result, join);
            if stopped {
                self.b.end(End::Unreachable);
            }
        }
        value
    }

    /// A pattern that always matches.
    pub(in crate::lower) fn destructure(&mut self, pattern: &'p Pattern, expr: &'p Expr) {
        let value = self.expr(expr);
        let ty = self.ty(expr.ty);
        let (decision, parts) = self.decision(ty, &[pattern]);
        let mut read = vec![None; parts.list.len()];
        read[0] = Some(value);
        let mut m = Match {
            parts: &parts,
            read,
            arms: &[],
            joins: Vec::new(),
            scrutinee: local(expr),
            result: Rep::Unit,
            tail: false,
        };
        if let Decision::Arm(_, binds) = decision {
            let atoms = binds.iter().map(|bind| self.read(&mut m, bind.part)).collect();
            self.bind_all(&m, &binds, atoms);
        }
    }

    fn decision(&mut self, ty: Ty, patterns: &[&'p Pattern]) -> (Decision<'p>, Parts) {
        let mut compiler = Compiler::new(self.lo, ty);
        let decision = compiler.compile(patterns);
        (decision, compiler.parts)
    }

    fn decide(&mut self, m: &mut Match<'_, 'p>, decision: &Decision<'p>) -> Atom {
        match decision {
            Decision::Never => {
                self.b.end(End::Unreachable);
                super::super::builder::nothing(m.result)
            }
            Decision::Arm(arm, binds) => {
                let atoms: Vec<Atom> = binds.iter().map(|bind| self.read(m, bind.part)).collect();
                match m.joins[*arm] {
                    Some(label) => {
                        self.b.end(End::Jump(label, atoms));
                        super::super::builder::nothing(m.result)
                    }
                    None => self.arm(m, *arm, binds, atoms),
                }
            }
            Decision::Bool(part, then, otherwise) => {
                let condition = self.read(m, *part);
                self.two_ways(m, condition, then, otherwise)
            }
            Decision::String(part, cases, default) => {
                let value = self.read(m, *part);
                self.strings(m, &value, cases, default)
            }
            Decision::Tag(part, cases, default) => {
                let on = SwitchOn::Tag(self.read(m, *part));
                let cases = cases.iter().map(|(tag, decision)| (i64::from(*tag), decision)).collect();
                self.switch(m, on, cases, default.as_deref())
            }
            Decision::Int(part, cases, default) => {
                let value = self.read(m, *part);
                let on = if self.b.rep(&value) == Rep::Byte { SwitchOn::Byte(value) } else { SwitchOn::I64(value) };
                let cases = cases.iter().map(|(value, decision)| (*value, decision)).collect();
                self.switch(m, on, cases, Some(default))
            }
        }
    }

    fn two_ways(
        &mut self,
        m: &mut Match<'_, 'p>,
        condition: Atom,
        then: &Decision<'p>,
        otherwise: &Decision<'p>,
    ) -> Atom {
        let then = self.path(m, then);
        let otherwise = self.path(m, otherwise);
        let stopped = stops(&then) && stops(&otherwise);
        let value = self.b.emit(m.result, Op::If(condition, Box::new(then), Box::new(otherwise)));
        if stopped {
            self.b.end(End::Unreachable);
        }
        value
    }

    /// Compares with strings by halves; what equals none of them goes to one join point.
    fn strings(
        &mut self,
        m: &mut Match<'_, 'p>,
        value: &Atom,
        cases: &[(&'p str, Decision<'p>)],
        default: &Decision<'p>,
    ) -> Atom {
        let label = self.b.label();
        let body = self.block(|body| body.string_search(m, value, cases, label));
        let target = self.path(m, default);
        let join = Op::Join { label, params: Vec::new(), body: Box::new(body), target: Box::new(target) };
        self.b.emit(m.result, join)
    }

    fn string_search(
        &mut self,
        m: &mut Match<'_, 'p>,
        value: &Atom,
        cases: &[(&'p str, Decision<'p>)],
        other: Label,
    ) -> Atom {
        let text = |index: usize| Atom::Str(cases[index].0.into());
        match cases {
            [] => {
                self.b.end(End::Jump(other, Vec::new()));
                super::super::builder::nothing(m.result)
            }
            [(_, first), rest @ ..] if rest.len() < 3 => {
                let equal = self.b.prim(Prim::StrEq, vec![value.clone(), text(0)]);
                let then = self.path(m, first);
                let otherwise = self.block(|body| body.string_search(m, value, rest, other));
                self.b.emit(m.result, Op::If(equal, Box::new(then), Box::new(otherwise)))
            }
            _ => {
                let middle = cases.len() / 2;
                let order = self.b.prim(Prim::StrCompare, vec![value.clone(), text(middle)]);
                let less = self.block(|body| body.string_search(m, value, &cases[..middle], other));
                let equal = self.path(m, &cases[middle].1);
                let greater = self.block(|body| body.string_search(m, value, &cases[middle + 1..], other));
                let cases = vec![(-1, less), (0, equal)];
                self.b.emit(m.result, Op::Switch { on: SwitchOn::I64(order), cases, default: Some(Box::new(greater)) })
            }
        }
    }

    fn switch(
        &mut self,
        m: &mut Match<'_, 'p>,
        on: SwitchOn,
        cases: Vec<(i64, &Decision<'p>)>,
        default: Option<&Decision<'p>>,
    ) -> Atom {
        let cases: Vec<(i64, Block)> =
            cases.into_iter().map(|(value, decision)| (value, self.path(m, decision))).collect();
        let default = default.map(|decision| Box::new(self.path(m, decision)));
        let stopped = cases.iter().all(|(_, block)| stops(block)) && default.iter().all(|block| stops(block));
        let value = self.b.emit(m.result, Op::Switch { on, cases, default });
        if stopped {
            self.b.end(End::Unreachable);
        }
        value
    }

    /// A branch: what it reads is not available to others.
    fn path(&mut self, m: &mut Match<'_, 'p>, decision: &Decision<'p>) -> Block {
        let read = m.read.clone();
        let block = self.block(|body| body.decide(m, decision));
        m.read = read;
        block
    }

    fn read(&mut self, m: &mut Match<'_, 'p>, part: Occurrence) -> Atom {
        if let Some(known) = &m.read[part.0] {
            return known.clone();
        }
        let (ty, place) = m.parts.list[part.0];
        let rep = self.lo.rep(ty);
        let value = match place {
            Some(place) => {
                let parent = self.read(m, place.parent);
                let shape = self.lo.record(place.parent_ty, place.tag);
                self.b.emit(rep, Op::Field(shape, parent, place.field))
            }
            None => super::super::builder::nothing(rep),
        };
        m.read[part.0] = Some(value.clone());
        value
    }

    fn arm(&mut self, m: &Match<'_, 'p>, arm: usize, binds: &[Bind<'p>], atoms: Vec<Atom>) -> Atom {
        self.bind_all(m, binds, atoms);
        self.lower(&m.arms[arm].body, m.tail)
    }

    fn bind_all(&mut self, m: &Match<'_, 'p>, binds: &[Bind<'p>], atoms: Vec<Atom>) {
        for (bind, atom) in binds.iter().zip(atoms) {
            let ty = self.local_ty(bind.local);
            let atom = match bind.coercion {
                Some(coercion) => {
                    let name = self.lo.program.type_symbol(&self.lo.types, ty);
                    self.convert(atom, coercion, &format!("match binding: @{name} binding"), ty, bind.pattern.span)
                }
                None => atom,
            };
            self.bind(bind.local, Value::Atom(atom));
            if let (Some(whole), true) = (m.scrutinee, bind.part != Occurrence(0)) {
                self.scope.part_of.insert(bind.local, whole);
            }
        }
    }
}

/// The local an expression is.
fn local(expr: &Expr) -> Option<crate::tir::LocalId> {
    match &expr.kind {
        ExprKind::Local(local) => Some(*local),
        ExprKind::Coerce(crate::tir::Coercion::Widen, _, inner) => local(inner),
        _ => None,
    }
}

/// For each arm the bindings of every path that leads to it.
fn count_paths<'p>(decision: &Decision<'p>, paths: &mut [Vec<Vec<Bind<'p>>>]) {
    match decision {
        Decision::Never => {}
        Decision::Arm(arm, binds) => paths[*arm].push(binds.clone()),
        Decision::Tag(_, cases, default) => {
            cases.iter().for_each(|(_, decision)| count_paths(decision, paths));
            default.iter().for_each(|decision| count_paths(decision, paths));
        }
        Decision::Int(_, cases, default) => {
            cases.iter().for_each(|(_, decision)| count_paths(decision, paths));
            count_paths(default, paths);
        }
        Decision::String(_, cases, default) => {
            cases.iter().for_each(|(_, decision)| count_paths(decision, paths));
            count_paths(default, paths);
        }
        Decision::Bool(_, then, otherwise) => {
            count_paths(then, paths);
            count_paths(otherwise, paths);
        }
    }
}
