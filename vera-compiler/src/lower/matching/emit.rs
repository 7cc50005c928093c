//! Decisions as core operations.

use super::decision::{Decision, Decisions, NodeId};
use super::parts::{Occurrence, Parts};
use super::rows::{Bind, Compiler};
use crate::core::visit::with_stack;
use crate::core::{Atom, Block, End, Label, LocalId, Op, Prim, SwitchOn};
use crate::lower::body::{Body, Value};
use crate::lower::builder::stops;
use crate::lower::origin::Origin;
use crate::tir::{Expr, MatchArm, Pattern};
use vera_abi::layout::Rep;

/// A match being emitted.
struct Match<'m, 'p> {
    decisions: &'m Decisions<'p>,
    /// What is shared, by the decision within which it is ([`Decisions::shared`]).
    shared: Vec<Vec<NodeId>>,
    /// What arms bind.
    binds: Vec<Vec<Bind<'p>>>,
    arms: &'p [MatchArm],
    /// The join points of what is shared: the label, and the parts that jumps to it pass.
    joins: Vec<Option<(Label, Vec<Occurrence>)>>,
    read: Read<'m>,
    scrutinee: Option<Origin>,
    result: Rep,
    tail: bool,
}

/// The parts that have been read on the present path.
struct Read<'m> {
    parts: &'m Parts,
    /// The operand of each that has been.
    known: Vec<Option<Atom>>,
    /// Those, in the order in which they became known.
    order: Vec<Occurrence>,
}

impl<'m> Read<'m> {
    /// Nothing but the matched value.
    fn new(parts: &'m Parts, value: Atom) -> Self {
        let mut read = Self { parts, known: vec![None; parts.list.len()], order: Vec::new() };
        read.set(Occurrence(0), value);
        read
    }

    fn set(&mut self, part: Occurrence, value: Atom) {
        self.known[part.0] = Some(value);
        self.order.push(part);
    }

    /// Drops the entries after this number.
    fn back_to(&mut self, count: usize) {
        self.order.drain(count..).for_each(|part| self.known[part.0] = None);
    }
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
        let mut compiler = Compiler::new(self.lo, Parts::new(ty));
        let root = compiler.compile(&patterns);
        let binds = patterns.into_iter().map(|pattern| compiler.binds(pattern)).collect();
        let Compiler { parts, decisions, .. } = compiler;
        let result = self.rep(expr.ty);
        let mut m = Match {
            shared: decisions.shared(root),
            joins: vec![None; decisions.len()],
            decisions: &decisions,
            binds,
            arms,
            read: Read::new(&parts, value),
            scrutinee: self.origin_of(scrutinee),
            result,
            tail,
        };
        self.decide(&mut m, root)
    }

    /// A pattern that always matches.
    pub(in crate::lower) fn destructure(&mut self, pattern: &'p Pattern, expr: &'p Expr) {
        let value = self.expr(expr);
        let ty = self.ty(expr.ty);
        let mut compiler = Compiler::new(self.lo, Parts::new(ty));
        let binds = compiler.binds(pattern);
        let parts = compiler.parts;
        let mut read = Read::new(&parts, value);
        self.bind_all(&mut read, self.origin_of(expr), &binds);
    }

    /// Goes to a decision: by a jump when it is shared.
    fn go(&mut self, m: &mut Match<'_, 'p>, id: NodeId) -> Atom {
        let Some((label, parts)) = m.joins[id.index()].clone() else { return self.decide(m, id) };
        let atoms = parts.into_iter().map(|part| self.read(&mut m.read, part)).collect();
        self.b.end(End::Jump(label, atoms));
        Atom::nothing(m.result)
    }

    /// A decision, around which are the join points of what is shared within it.
    fn decide(&mut self, m: &mut Match<'_, 'p>, id: NodeId) -> Atom {
        with_stack(|| self.decide_here(m, id))
    }

    fn decide_here(&mut self, m: &mut Match<'_, 'p>, id: NodeId) -> Atom {
        // What it looks at is read before the join points, so that they know it too.
        if let Some(part) = m.decisions.get(id).part() {
            self.read(&mut m.read, part);
        }
        let shared = std::mem::take(&mut m.shared[id.index()]);
        // The first, to which all others may jump, is the outermost; each is lowered when its body is complete.
        let mut open = Vec::with_capacity(shared.len());
        for target in shared {
            let label = self.b.label();
            let parts = m.passed_to(target);
            let reps: Vec<Rep> = parts.iter().map(|part| self.lo.rep(m.read.parts.list[part.0].0)).collect();
            let params: Vec<LocalId> = reps.into_iter().map(|rep| self.b.local(rep)).collect();
            m.joins[target.index()] = Some((label, parts));
            open.push((target, label, params));
            self.b.open();
        }
        let known = m.read.order.len();
        let mut value = self.outcomes(m, id);
        m.read.back_to(known);
        while let Some((target, label, params)) = open.pop() {
            let body = self.b.close(value);
            let block = self.block(|this| {
                if let Some((_, parts)) = m.joins[target.index()].take() {
                    for (part, &param) in parts.into_iter().zip(&params) {
                        m.read.set(part, Atom::Local(param));
                    }
                }
                this.decide(m, target)
            });
            m.read.back_to(known);
            let stopped = stops(&body) && stops(&block);
            let join = Op::Join { label, params, body: Box::new(body), target: Box::new(block) };
            value = self.b.emit(m.result, join);
            if stopped {
                self.b.end(End::Unreachable);
            }
        }
        value
    }

    fn outcomes(&mut self, m: &mut Match<'_, 'p>, id: NodeId) -> Atom {
        let decisions = m.decisions;
        match decisions.get(id) {
            Decision::Never => {
                self.b.end(End::Unreachable);
                Atom::nothing(m.result)
            }
            Decision::Arm(arm) => {
                let binds = std::mem::take(&mut m.binds[*arm]);
                self.bind_all(&mut m.read, m.scrutinee, &binds);
                self.lower(&m.arms[*arm].body, m.tail)
            }
            Decision::Bool(part, then, otherwise) => {
                let condition = self.read(&mut m.read, *part);
                self.two_ways(m, condition, *then, *otherwise)
            }
            Decision::String(part, cases, default) => {
                let value = self.read(&mut m.read, *part);
                self.strings(m, &value, cases, *default)
            }
            Decision::Tag(part, cases, default) => {
                let on = SwitchOn::Tag(self.read(&mut m.read, *part));
                let cases = cases.iter().map(|(tag, outcome)| (i64::from(*tag), *outcome));
                self.switch(m, on, cases, *default)
            }
            Decision::Int(part, cases, default) => {
                let value = self.read(&mut m.read, *part);
                let on = if self.b.rep(&value) == Rep::Byte { SwitchOn::Byte(value) } else { SwitchOn::I64(value) };
                self.switch(m, on, cases.iter().copied(), Some(*default))
            }
        }
    }

    fn two_ways(&mut self, m: &mut Match<'_, 'p>, condition: Atom, then: NodeId, otherwise: NodeId) -> Atom {
        let then = self.path(m, |body, m| body.go(m, then));
        let otherwise = self.path(m, |body, m| body.go(m, otherwise));
        let stopped = stops(&then) && stops(&otherwise);
        let value = self.b.emit(m.result, Op::If(condition, Box::new(then), Box::new(otherwise)));
        if stopped {
            self.b.end(End::Unreachable);
        }
        value
    }

    /// Compares with strings by halves; what equals none of them goes to one place.
    fn strings(&mut self, m: &mut Match<'_, 'p>, value: &Atom, cases: &[(&'p str, NodeId)], default: NodeId) -> Atom {
        if m.joins[default.index()].is_some() {
            return self.string_search(m, value, cases, default);
        }
        let label = self.b.label();
        m.joins[default.index()] = Some((label, Vec::new()));
        let body = self.path(m, |body, m| body.string_search(m, value, cases, default));
        m.joins[default.index()] = None;
        let target = self.path(m, |body, m| body.decide(m, default));
        let join = Op::Join { label, params: Vec::new(), body: Box::new(body), target: Box::new(target) };
        self.b.emit(m.result, join)
    }

    fn string_search(
        &mut self,
        m: &mut Match<'_, 'p>,
        value: &Atom,
        cases: &[(&'p str, NodeId)],
        other: NodeId,
    ) -> Atom {
        let text = |index: usize| Atom::Str(cases[index].0.into());
        match cases {
            [] => self.go(m, other),
            [(_, first), rest @ ..] if rest.len() < 3 => {
                let equal = self.b.prim(Prim::StrEq, vec![value.clone(), text(0)]);
                let then = self.path(m, |body, m| body.go(m, *first));
                let otherwise = self.path(m, |body, m| body.string_search(m, value, rest, other));
                self.b.emit(m.result, Op::If(equal, Box::new(then), Box::new(otherwise)))
            }
            _ => {
                let middle = cases.len() / 2;
                let order = self.b.prim(Prim::StrCompare, vec![value.clone(), text(middle)]);
                let less = self.path(m, |body, m| body.string_search(m, value, &cases[..middle], other));
                let equal = self.path(m, |body, m| body.go(m, cases[middle].1));
                let greater = self.path(m, |body, m| body.string_search(m, value, &cases[middle + 1..], other));
                let cases = vec![(-1, less), (0, equal)];
                self.b.emit(m.result, Op::Switch { on: SwitchOn::I64(order), cases, default: Some(Box::new(greater)) })
            }
        }
    }

    fn switch(
        &mut self,
        m: &mut Match<'_, 'p>,
        on: SwitchOn,
        cases: impl Iterator<Item = (i64, NodeId)>,
        default: Option<NodeId>,
    ) -> Atom {
        let cases: Vec<(i64, Block)> =
            cases.map(|(value, outcome)| (value, self.path(m, |body, m| body.go(m, outcome)))).collect();
        let default = default.map(|outcome| Box::new(self.path(m, |body, m| body.go(m, outcome))));
        let stopped = cases.iter().all(|(_, block)| stops(block)) && default.iter().all(|block| stops(block));
        let value = self.b.emit(m.result, Op::Switch { on, cases, default });
        if stopped {
            self.b.end(End::Unreachable);
        }
        value
    }

    /// A block: what it reads is not available to others.
    fn path<'m>(&mut self, m: &mut Match<'m, 'p>, build: impl FnOnce(&mut Self, &mut Match<'m, 'p>) -> Atom) -> Block {
        let known = m.read.order.len();
        let block = self.block(|body| build(body, m));
        m.read.back_to(known);
        block
    }

    fn read(&mut self, read: &mut Read<'_>, part: Occurrence) -> Atom {
        if let Some(known) = &read.known[part.0] {
            return known.clone();
        }
        let (ty, place) = read.parts.list[part.0];
        let rep = self.lo.rep(ty);
        let value = match place {
            Some(place) => {
                let parent = self.read(read, place.parent);
                let shape = self.lo.record(place.parent_ty, place.tag);
                self.b.emit(rep, Op::Field(shape, parent, place.field))
            }
            None => Atom::nothing(rep),
        };
        read.set(part, value.clone());
        value
    }

    fn bind_all(&mut self, read: &mut Read<'_>, scrutinee: Option<Origin>, binds: &[Bind<'p>]) {
        let atoms: Vec<Atom> = binds.iter().map(|bind| self.read(read, bind.part)).collect();
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
            self.note_matched(bind.local, scrutinee, bind.part == Occurrence(0));
        }
    }
}

impl Match<'_, '_> {
    /// The parts that jumps to a shared decision pass: what an arm binds, unless it is known where its join point is.
    fn passed_to(&self, target: NodeId) -> Vec<Occurrence> {
        let Decision::Arm(arm) = self.decisions.get(target) else { return Vec::new() };
        let mut parts: Vec<Occurrence> = self.binds[*arm].iter().map(|bind| bind.part).collect();
        parts.retain(|part| self.read.known[part.0].is_none());
        parts
    }
}
