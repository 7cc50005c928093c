//! Random well-typed programs do the same interpreted, compiled, optimised and compiled, each under stress too.
//!
//! A program is made from a string of choices, so that a failing one shrinks. Calls are bounded by a counter that
//! every function takes and loops by small constants; what still runs too long is passed over. Many values are shown to
//! an import as soon as they are made; what it has seen must agree as well, and so must what a failed check recorded.

mod digests;

use super::recorded;
use super::*;
use crate::core::build::BodyBuilder;
use crate::core::interpret::{Externs, Limits, Stop, Value};
use crate::core::optimise::optimise;
use crate::core::{Block, ClosureId, ExternId, FnId, Label, Op, RecordId, SiteId, SwitchOn};
use digests::Digests;
use proptest::prelude::*;
use std::sync::{Arc, Mutex};

/// Types of the generated values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ty {
    Byte,
    Int,
    Float,
    /// Static 0 or 9, or one of [`SHAPES`].
    Data,
    /// A function of the call counter and a datum that gives a datum.
    Fun,
    Text,
    Ints,
    Datas,
    Texts,
}

use Ty::{Data, Datas, Float, Fun, Int, Ints, Text, Texts};

const TYPES: [Ty; 9] = [Data, Int, Text, Datas, Fun, Texts, Ints, Float, Ty::Byte];

/// Tag and fields of the data constructors with fields.
pub(super) const SHAPES: [(u32, &[Ty]); 3] =
    [(1, &[Int, Data]), (2, &[Data, Text, Data, Ty::Byte]), (3, &[Ty::Byte, Float, Datas, Int, Fun, Data])];

/// What checks record: all types, in globals, across the border to memory, and in memory.
const RECORDS: [&[Ty]; 4] = [&[Data], &[Float, Text, Ty::Byte], &[Datas, Int, Fun], &[Int, Int, Texts, Ints, Data]];

impl Ty {
    pub(super) fn rep(self) -> Rep {
        match self {
            Ty::Byte => Byte,
            Int => I64,
            Float => F64,
            Data | Fun => Ptr,
            Text | Ints | Datas | Texts => Slice,
        }
    }

    pub(super) fn element(self) -> Option<Ty> {
        match self {
            Ints => Some(Int),
            Datas => Some(Data),
            Texts => Some(Text),
            _ => None,
        }
    }
}

/// The choices that make a program; when they run out, all further ones are 0.
struct Choices<'a>(std::slice::Iter<'a, u8>);

impl Choices<'_> {
    fn pick(&mut self, count: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or(0)) % count
    }

    fn ty(&mut self) -> Ty {
        TYPES[self.pick(TYPES.len())]
    }
}

struct Signature {
    id: FnId,
    params: Vec<Ty>,
    result: Ty,
}

/// What bodies refer to.
struct World {
    shapes: [RecordId; 3],
    /// Checks that always fail, and what they record.
    failing: [(SiteId, &'static [Ty]); 4],
    overflow: SiteId,
    bounds: SiteId,
    digests: Digests,
    observe: ExternId,
    functions: Vec<Signature>,
    /// Closures: their shape and what they capture. The first captures nothing.
    closures: Vec<(ClosureId, Vec<Ty>)>,
    /// Shapes of cells by what they hold, and of a record that holds a cell.
    cells: [(Ty, RecordId); 3],
    holder: RecordId,
}

/// Generates one body.
struct Body<'a, 'c> {
    choices: &'a mut Choices<'c>,
    world: &'a World,
    /// The call counter, already lowered by one.
    counter: Atom,
    calls_left: usize,
    /// Values in scope.
    scope: Vec<(Ty, Atom)>,
    /// Join points in scope, and the type of their parameter.
    joins: Vec<(Label, Ty)>,
    /// Cells in scope, by position in [`World::cells`].
    cells: Vec<(usize, Atom)>,
    in_loop: bool,
}

impl Body<'_, '_> {
    /// A value of the type: one in scope, or a new one.
    fn value(&mut self, body: &mut BodyBuilder, ty: Ty) -> Atom {
        let candidates: Vec<Atom> =
            self.scope.iter().filter(|(other, _)| *other == ty).map(|(_, atom)| atom.clone()).collect();
        let choice = self.choices.pick(candidates.len() + 2);
        match candidates.len().checked_sub(choice + 1) {
            // The latest value is the first choice.
            Some(index) => candidates[index].clone(),
            None => self.literal(body, ty),
        }
    }

    fn literal(&mut self, body: &mut BodyBuilder, ty: Ty) -> Atom {
        let n = self.choices.pick(7) as i64 - 2;
        match ty {
            Ty::Byte => Atom::Byte(n as u8),
            Int => Atom::I64(if n == 4 { i64::MAX - 1 } else { n }),
            Float => Atom::F64(n as f64 / 2.0),
            Data => Atom::Static(if n > 1 { 9 } else { 0 }),
            Fun => body.closure(self.world.closures[0].0, &[]),
            Text => Atom::Str(["", "a", "text", "longer text, but not very long"][n.rem_euclid(4) as usize].into()),
            Ints | Datas | Texts => Atom::EmptyArray,
        }
    }

    fn condition(&mut self, body: &mut BodyBuilder) -> Atom {
        match self.choices.pick(6) {
            4 | 5 => {
                // A condition and another.
                let first = self.condition(body);
                let other = body.block(|body| End::Yield(self.condition(body)));
                let constant = Atom::Byte(self.choices.pick(2) as u8);
                let known = body.block(|_| End::Yield(constant));
                body.op(Byte, Op::If(first, Box::new(known), Box::new(other)))
            }
            0 => {
                let a = self.value(body, Int);
                let b = self.value(body, Int);
                body.prim([Prim::LtI64, Prim::EqI64, Prim::GeI64][self.choices.pick(3)], &[a, b])
            }
            1 => {
                let (a, b) = (self.value(body, Text), self.value(body, Text));
                body.prim(Prim::StrEq, &[a, b])
            }
            2 => {
                let (a, b) = (self.value(body, Float), self.value(body, Float));
                body.prim(Prim::LeF64, &[a, b])
            }
            _ => {
                let byte = self.value(body, Ty::Byte);
                body.prim(Prim::Not, &[byte])
            }
        }
    }

    /// A block of its own scope.
    fn block(&mut self, body: &mut BodyBuilder, result: Ty, tail: bool, depth: usize) -> End {
        let (scope, joins, cells) = (self.scope.len(), self.joins.len(), self.cells.len());
        for _ in 0..self.choices.pick(4) {
            self.statement(body, depth);
        }
        let end = self.end(body, result, tail, depth);
        self.cells.truncate(cells);
        self.scope.truncate(scope);
        self.joins.truncate(joins);
        end
    }

    fn end(&mut self, body: &mut BodyBuilder, result: Ty, tail: bool, depth: usize) -> End {
        match self.choices.pick(8) {
            1 if depth > 0 => {
                let condition = self.condition(body);
                End::Yield(self.choice(body, result, &condition, tail, depth - 1))
            }
            2 if depth > 0 => End::Yield(self.by_tag(body, result, tail, depth - 1)),
            3 | 4 if tail => self.tail_call(body, result),
            5 | 6 if !self.joins.is_empty() => {
                let (label, ty) = self.joins[self.choices.pick(self.joins.len())];
                End::Jump(label, vec![self.value(body, ty)])
            }
            7 if self.choices.pick(4) == 1 => {
                let (site, types) = self.world.failing[self.choices.pick(4)];
                End::Trap(site, types.iter().map(|&ty| self.value(body, ty)).collect())
            }
            _ => End::Yield(self.value(body, result)),
        }
    }

    fn tail_call(&mut self, body: &mut BodyBuilder, result: Ty) -> End {
        let callees: Vec<_> = self.world.functions.iter().filter(|callee| callee.result == result).collect();
        if result == Data && self.choices.pick(3) == 2 {
            let closure = self.value(body, Fun);
            let args = vec![self.counter.clone(), self.value(body, Data)];
            return End::TailCallClosure { closure, args, params: vec![I64, Ptr], result: Ptr };
        }
        match callees.len() {
            0 => End::Yield(self.value(body, result)),
            count => {
                let callee = callees[self.choices.pick(count)];
                End::TailCall(callee.id, self.arguments(body, callee))
            }
        }
    }

    fn arguments(&mut self, body: &mut BodyBuilder, callee: &Signature) -> Vec<Atom> {
        let mut args = vec![self.counter.clone()];
        for &ty in &callee.params[1..] {
            args.push(self.value(body, ty));
        }
        args
    }

    fn choice(&mut self, body: &mut BodyBuilder, ty: Ty, condition: &Atom, tail: bool, depth: usize) -> Atom {
        let then = body.block(|body| self.block(body, ty, tail, depth));
        let otherwise = body.block(|body| self.block(body, ty, tail, depth));
        body.op(ty.rep(), Op::If(condition.clone(), Box::new(then), Box::new(otherwise)))
    }

    /// A switch over a datum, whose fields are in scope in the cases.
    fn by_tag(&mut self, body: &mut BodyBuilder, ty: Ty, tail: bool, depth: usize) -> Atom {
        let datum = match self.choices.pick(3) {
            0 if depth > 0 => {
                let condition = self.condition(body);
                self.choice(body, Data, &condition, false, depth - 1)
            }
            _ => self.value(body, Data),
        };
        let mut cases: Vec<(i64, Block)> = Vec::new();
        for (shape, (tag, fields)) in self.world.shapes.into_iter().zip(SHAPES) {
            let case = body.block(|body| {
                let outer = self.scope.len();
                for (index, &field) in (0..).zip(fields) {
                    let value = body.field(shape, &datum, index);
                    self.scope.push((field, value));
                }
                let end = self.block(body, ty, tail, depth);
                self.scope.truncate(outer);
                end
            });
            cases.push((i64::from(tag), case));
        }
        let default = body.block(|body| self.block(body, ty, tail, depth));
        body.op(ty.rep(), Op::Switch { on: SwitchOn::Tag(datum), cases, default: Some(Box::new(default)) })
    }

    /// Makes a cell, one more name of one, or reads or replaces what one holds.
    fn cell(&mut self, body: &mut BodyBuilder) {
        if self.cells.is_empty() || self.choices.pick(4) == 0 {
            let index = self.choices.pick(3);
            let (ty, shape) = self.world.cells[index];
            let first = self.value(body, ty);
            let cell = body.op(Ptr, Op::Cell(shape, first));
            self.cells.push((index, cell));
            return;
        }
        let (index, cell) = self.cells[self.choices.pick(self.cells.len())].clone();
        let (ty, shape) = self.world.cells[index];
        match self.choices.pick(7) {
            0 => {
                let holder = body.record(self.world.holder, &[cell]);
                let same = body.field(self.world.holder, &holder, 0);
                self.cells.push((index, same));
            }
            1..=3 => {
                let value = self.value(body, ty);
                body.op(Rep::Unit, Op::CellSet(shape, cell, value));
            }
            _ => {
                let value = body.op(ty.rep(), Op::CellGet(shape, cell));
                self.scope.push((ty, value));
            }
        }
    }

    fn statement(&mut self, body: &mut BodyBuilder, depth: usize) {
        if self.choices.pick(4) == 0 {
            self.cell(body);
        }
        let ty = match self.choices.pick(9) {
            0 => Data,
            1 => Int,
            2 => Text,
            3 => Datas,
            _ => self.choices.ty(),
        };
        let value = match self.choices.pick(10) {
            0..=4 => self.operation(body, ty),
            5 if depth > 0 => {
                let condition = self.condition(body);
                self.choice(body, ty, &condition, false, depth - 1)
            }
            6 if depth > 0 => self.by_tag(body, ty, false, depth - 1),
            7 if depth > 0 && !self.in_loop => self.repeat(body, ty, depth - 1),
            8 if depth > 0 => self.join(body, ty, depth - 1),
            _ => self.call(body, ty),
        };
        if self.choices.pick(2) == 0 {
            let seen = self.world.digests.of(body, ty, &value, &local_i64(2));
            body.call_import(self.world.observe, &[seen]);
        }
        self.scope.push((ty, value));
    }

    fn call(&mut self, body: &mut BodyBuilder, ty: Ty) -> Atom {
        if self.calls_left == 0 || (self.in_loop && self.calls_left < 3) {
            return self.operation(body, ty);
        }
        self.calls_left -= if self.in_loop { 3 } else { 1 };
        if ty == Data && self.choices.pick(2) == 1 {
            let closure = self.value(body, Fun);
            let datum = self.value(body, Data);
            return body.call_closure(&closure, &[(I64, self.counter.clone()), (Ptr, datum)], Ptr);
        }
        let callees: Vec<_> = self.world.functions.iter().filter(|callee| callee.result == ty).collect();
        match callees.len() {
            0 => self.operation(body, ty),
            count => {
                let callee = callees[self.choices.pick(count)];
                let args = self.arguments(body, callee);
                body.call(callee.id, &args)
            }
        }
    }

    /// A loop of a few iterations that carries two values.
    fn repeat(&mut self, body: &mut BodyBuilder, ty: Ty, depth: usize) -> Atom {
        let (other_ty, count) = (self.choices.ty(), self.choices.pick(5) as i64);
        let first = self.value(body, ty);
        let other = self.value(body, other_ty);
        let state = [(I64, local_i64(0)), (ty.rep(), first), (other_ty.rep(), other)];
        body.repeat(ty.rep(), &state, |body, again, state| {
            let [i, carried, other] = state else { unreachable!() };
            let done = body.prim(Prim::GeI64, &[i.clone(), local_i64(count)]);
            End::Yield(body.if_else(
                ty.rep(),
                &done,
                |_| End::Yield(carried.clone()),
                |body| {
                    let outer = (self.scope.len(), std::mem::replace(&mut self.in_loop, true));
                    let cells = self.cells.len();
                    self.scope.extend([(Int, i.clone()), (ty, carried.clone()), (other_ty, other.clone())]);
                    for _ in 0..=self.choices.pick(3) {
                        self.statement(body, depth);
                    }
                    let (carried, other) = (self.value(body, ty), self.value(body, other_ty));
                    let next = body.prim(Prim::WrapAddI64, &[i.clone(), local_i64(1)]);
                    self.scope.truncate(outer.0);
                    self.cells.truncate(cells);
                    self.in_loop = outer.1;
                    End::Jump(again, vec![next, carried, other])
                },
            ))
        })
    }

    fn join(&mut self, body: &mut BodyBuilder, ty: Ty, depth: usize) -> Atom {
        let param = self.choices.ty();
        let (scope, joins) = (self.scope.len(), self.joins.len());
        // Both closures generate with the same state, one after the other.
        let this = std::cell::RefCell::new(self);
        body.join(
            ty.rep(),
            &[param.rep()],
            |body, label| {
                let this = &mut *this.borrow_mut();
                this.joins.push((label, param));
                let end = this.block(body, ty, false, depth);
                this.joins.truncate(joins);
                end
            },
            |body, params| {
                let this = &mut *this.borrow_mut();
                this.scope.push((param, params[0].clone()));
                let end = this.block(body, ty, false, depth);
                this.scope.truncate(scope);
                end
            },
        )
    }

    /// A value by one operation.
    fn operation(&mut self, body: &mut BodyBuilder, ty: Ty) -> Atom {
        let world = self.world;
        match ty {
            Ty::Byte => match self.choices.pick(2) {
                0 => {
                    let n = self.value(body, Int);
                    body.prim(Prim::I64ToByte, &[n])
                }
                _ => {
                    let (a, b) = (self.value(body, Data), self.value(body, Data));
                    let (a, b) = (body.prim(Prim::TagOf, &[a]), body.prim(Prim::TagOf, &[b]));
                    body.prim(Prim::NeI64, &[a, b])
                }
            },
            Int => match self.choices.pick(6) {
                0 => {
                    let (a, b) = (self.value(body, Int), self.value(body, Int));
                    let prims = [
                        Prim::WrapAddI64,
                        Prim::AddI64(world.overflow),
                        Prim::WrapMulI64,
                        Prim::SubI64(world.overflow),
                        Prim::MulI64(world.overflow),
                        Prim::RemI64(world.bounds),
                        Prim::AndI64,
                        Prim::DivI64(world.bounds, world.overflow),
                        Prim::OrI64,
                        Prim::XorI64,
                    ];
                    body.prim(prims[self.choices.pick(prims.len())], &[a, b])
                }
                1 => {
                    let text = self.value(body, Text);
                    body.prim([Prim::StrLen, Prim::StrHash][self.choices.pick(2)], &[text])
                }
                2 => {
                    let (a, b) = (self.value(body, Text), self.value(body, Text));
                    match self.choices.pick(2) {
                        0 => body.prim(Prim::StrCompare, &[a, b]),
                        _ => body.prim(Prim::StrFind, &[a, b, local_i64(self.choices.pick(3) as i64)]),
                    }
                }
                3 => {
                    let array = self.value(body, Datas);
                    body.prim(Prim::ArrayLen(Ptr), &[array])
                }
                4 => self.element(body, Ints),
                _ => {
                    let byte = self.value(body, Ty::Byte);
                    body.prim(Prim::ByteToI64, &[byte])
                }
            },
            Float => {
                let n = self.value(body, Int);
                let (a, b) = (body.prim(Prim::I64ToF64, &[n]), self.value(body, Float));
                body.prim([Prim::AddF64, Prim::MulF64, Prim::SubF64][self.choices.pick(3)], &[a, b])
            }
            Data => match self.choices.pick(4) {
                3 => self.element(body, Datas),
                shape => {
                    let fields: Vec<Atom> = SHAPES[shape].1.iter().map(|&field| self.value(body, field)).collect();
                    body.record(world.shapes[shape], &fields)
                }
            },
            Fun => {
                let (shape, captures) = &world.closures[self.choices.pick(world.closures.len())];
                let captures: Vec<Atom> = captures.iter().map(|&ty| self.value(body, ty)).collect();
                body.closure(*shape, &captures)
            }
            Text => match self.choices.pick(6) {
                0 => {
                    let (a, b) = (self.value(body, Text), self.value(body, Text));
                    body.prim(Prim::StrConcat, &[a, b])
                }
                1 => {
                    let n = self.value(body, Int);
                    body.prim(Prim::I64ToStr, &[n])
                }
                2 => {
                    let (text, n) = (self.value(body, Text), self.value(body, Int));
                    body.prim(Prim::StrPushI64, &[text, n])
                }
                3 => {
                    let (text, byte) = (self.value(body, Text), self.value(body, Ty::Byte));
                    body.prim(Prim::StrPush, &[text, byte])
                }
                4 => {
                    let text = self.value(body, Text);
                    let len = body.prim(Prim::StrLen, &[text.clone()]);
                    let half = body.prim(Prim::ShrI64, &[len.clone(), local_i64(1)]);
                    body.prim(Prim::StrSlice, &[text, half, len])
                }
                _ => self.element(body, Texts),
            },
            Ints | Datas | Texts => self.array(body, ty),
        }
    }

    fn array(&mut self, body: &mut BodyBuilder, ty: Ty) -> Atom {
        let element = ty.element().expect("an array");
        let rep = element.rep();
        match self.choices.pick(7) {
            0 | 1 => {
                let (array, item) = (self.value(body, ty), self.value(body, element));
                body.prim(Prim::ArrayPush(rep), &[array, item])
            }
            2 => {
                let (a, b) = (self.value(body, ty), self.value(body, ty));
                body.prim(Prim::ArrayConcat(rep), &[a, b])
            }
            3 => {
                let array = self.value(body, ty);
                let len = body.prim(Prim::ArrayLen(rep), &[array.clone()]);
                let start = body.prim(Prim::ShrI64, &[len.clone(), local_i64(1)]);
                let count = body.prim(Prim::WrapSubI64, &[len, start.clone()]);
                body.prim(Prim::ArraySlice(rep), &[array, start, count])
            }
            4 => {
                let items: Vec<Atom> = (0..self.choices.pick(5)).map(|_| self.value(body, element)).collect();
                body.array(rep, &items)
            }
            5 => {
                let (array, item) = (self.value(body, ty), self.value(body, element));
                let len = body.prim(Prim::ArrayLen(rep), &[array.clone()]);
                let middle = body.prim(Prim::ShrI64, &[len, local_i64(1)]);
                body.prim(Prim::ArrayInsert(rep), &[array, middle, item])
            }
            _ => {
                let (array, item) = (self.value(body, ty), self.value(body, element));
                let grown = body.prim(Prim::ArrayPush(rep), &[array, item.clone()]);
                let set = body.prim(Prim::ArraySet(rep), &[grown, local_i64(0), item]);
                match self.choices.pick(2) {
                    0 => set,
                    _ => body.prim(Prim::ArrayRemove(rep), &[set, local_i64(0)]),
                }
            }
        }
    }

    /// An element of an array when there is one; once in a while without asking.
    fn element(&mut self, body: &mut BodyBuilder, ty: Ty) -> Atom {
        let element = ty.element().expect("an array");
        let rep = element.rep();
        let (array, index) = (self.value(body, ty), local_i64(self.choices.pick(3) as i64));
        let get = Prim::ArrayGet(rep, self.world.bounds);
        if self.choices.pick(8) == 7 {
            return body.prim(get, &[array, index]);
        }
        let len = body.prim(Prim::ArrayLen(rep), &[array.clone()]);
        let inside = body.prim(Prim::LtI64, &[index.clone(), len]);
        let other = self.value(body, element);
        body.if_else(rep, &inside, |body| End::Yield(body.prim(get, &[array, index])), |_| End::Yield(other))
    }
}

/// A program whose function `main` takes the call counter and gives a digest of all that happened.
fn generate(choices: &[u8]) -> (Program, FnId) {
    let mut choices = Choices(choices.iter());
    let mut builder = ProgramBuilder::default();
    let overflow = builder.site(TrapKind::Overflow);
    let bounds = builder.site(TrapKind::IndexOutOfBounds);
    let failing = RECORDS.map(|types| (builder.site(TrapKind::Ensures), types));
    let shapes = SHAPES.map(|(tag, fields)| {
        let fields: Vec<Rep> = fields.iter().map(|ty| ty.rep()).collect();
        builder.record(tag, &fields)
    });
    let cells = [Int, Data, Ints].map(|ty| (ty, builder.record(0, &[ty.rep()])));
    let holder = builder.record(0, &[Ptr]);
    let observe = builder.import("observe", &[I64], Rep::Unit, false);
    let digests = Digests::define(&mut builder, shapes, bounds);

    let mut functions = Vec::new();
    for index in 0..2 + choices.pick(3) {
        let result = if index == 0 { Data } else { choices.ty() };
        let mut params = vec![Int, Data];
        params.extend((0..choices.pick(4)).map(|_| choices.ty()));
        let reps: Vec<Rep> = params.iter().map(|ty| ty.rep()).collect();
        functions.push(Signature { id: builder.declare(&format!("f{index}"), &reps, result.rep()), params, result });
    }
    let mut closures = Vec::new();
    for index in 0..1 + choices.pick(3) {
        let captures: Vec<Ty> = (0..if index == 0 { 0 } else { choices.pick(4) }).map(|_| choices.ty()).collect();
        let reps: Vec<Rep> = captures.iter().map(|ty| ty.rep()).collect();
        let id = builder.declare(&format!("c{index}"), &[Ptr, I64, Ptr], Ptr);
        closures.push((builder.closure(id, &reps), captures));
    }
    let bodies: Vec<(FnId, Vec<Ty>, Ty, Option<usize>)> = functions
        .iter()
        .map(|function| (function.id, function.params.clone(), function.result, None))
        .chain((0..).zip(&closures).map(|(index, (shape, _))| {
            let function = builder.program.closures[shape.index()].function;
            (function, vec![Fun, Int, Data], Data, Some(index))
        }))
        .collect();
    let world = World { shapes, failing, overflow, bounds, digests, observe, functions, closures, cells, holder };
    for (id, params, result, closure) in bodies {
        builder.define(id, |body, args| {
            let counter = &args[usize::from(closure.is_some())];
            let scope: Vec<(Ty, Atom)> = params.iter().copied().zip(args.iter().cloned()).collect();
            let done = body.prim(Prim::LeI64, &[counter.clone(), local_i64(0)]);
            let end = body.block(|body| {
                let mut this = Body {
                    choices: &mut Choices([].iter()),
                    world: &world,
                    counter: counter.clone(),
                    calls_left: 0,
                    scope: Vec::new(),
                    joins: Vec::new(),
                    cells: Vec::new(),
                    in_loop: false,
                };
                End::Yield(this.literal(body, result))
            });
            let go = body.block(|body| {
                let lowered = body.prim(Prim::WrapSubI64, &[counter.clone(), local_i64(1)]);
                let mut this = Body {
                    choices: &mut choices,
                    world: &world,
                    counter: lowered,
                    calls_left: 3,
                    scope,
                    joins: Vec::new(),
                    cells: Vec::new(),
                    in_loop: false,
                };
                if let Some(index) = closure {
                    let (shape, captures) = &world.closures[index];
                    for (capture, &ty) in (0..).zip(captures) {
                        this.scope.push((ty, body.capture(*shape, &args[0], capture)));
                    }
                }
                for _ in 0..2 {
                    this.statement(body, 2);
                }
                this.block(body, result, true, 3)
            });
            End::Yield(body.op(result.rep(), Op::If(done, Box::new(end), Box::new(go))))
        });
    }
    let main = builder.function("main", &[I64], I64, |body, args| {
        let mut scope = vec![(Data, Atom::Static(9)), (Text, Atom::Str("start".into()))];
        for function in &world.functions {
            let mut this = Body {
                choices: &mut Choices([].iter()),
                world: &world,
                counter: args[0].clone(),
                calls_left: 0,
                scope: scope.clone(),
                joins: Vec::new(),
                cells: Vec::new(),
                in_loop: false,
            };
            let args = this.arguments(body, function);
            let value = body.call(function.id, &args);
            scope.push((function.result, value));
        }
        End::Yield(scope.iter().fold(local_i64(0), |sum, (ty, value)| {
            let value = digests.of(body, *ty, value, &local_i64(5));
            Digests::mix(body, &sum, value)
        }))
    });
    (builder.program, main)
}

/// What an imported function has seen.
#[derive(Default)]
struct Observer(Vec<i64>);

impl Externs for Observer {
    fn call(&mut self, _module: &str, _name: &str, args: &[Value]) -> Option<Value> {
        let [Value::I64(value)] = args else { return None };
        self.0.push(*value);
        Some(Value::Unit)
    }
}

fn check(choices: &[u8]) {
    let (program, main) = generate(choices);
    program.validate().unwrap_or_else(|invalid| panic!("{invalid}\n{program}"));
    let limits = Limits { fuel: 60_000, depth: 1000 };
    let mut observer = Observer::default();
    let expected = match program.interpret(main, vec![Value::I64(3)], limits, &mut observer) {
        Ok(Value::I64(result)) => Ok(result),
        Err(Stop::Trap(site, values)) => {
            let types = recorded_types(site, &values);
            Err((site.0 as i32, recorded::texts(&types, &values), types))
        }
        Err(Stop::OutOfFuel | Stop::TooDeep) => return,
        other => panic!("{other:?}\n{program}"),
    };
    let mut optimised = program.clone();
    optimise(&mut optimised);
    optimised.validate().unwrap_or_else(|invalid| panic!("{invalid}\n{program}\nmade into\n{optimised}"));
    for program in [&program, &optimised] {
        runs_as(program, &expected, &observer);
    }
}

/// A failed check: its site, the values it recorded as text, and their types.
type Failed = (i32, Vec<String>, Vec<Ty>);

/// The types of what a failed check recorded. The first sites are of primitives.
fn recorded_types(site: SiteId, values: &[Value]) -> Vec<Ty> {
    let types: Vec<Ty> = match site.index().checked_sub(2) {
        Some(index) => RECORDS[index].to_vec(),
        None => values.iter().map(|value| if matches!(value, Value::F64(_)) { Float } else { Int }).collect(),
    };
    assert_eq!(types.len(), values.len());
    types
}

fn runs_as(program: &Program, expected: &Result<i64, Failed>, observer: &Observer) {
    let wasm = emit(program).wasm;
    let module = Module::new(engine(), &wasm)
        .unwrap_or_else(|error| panic!("{error:?}\n{program}\n{}", wat(&wasm).expect("printable")));
    for stress in MODES {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = seen.clone();
        let mut guest = Guest::of_module(&module, stress, 1 << 20, move |linker| {
            let observe = move |value: i64| log.lock().expect("not poisoned").push(value);
            linker.func_wrap("test", "observe", observe).expect("defined once");
        });
        let result = guest.try_call::<_, i64>("main", 3i64).map_err(|(site, trap)| {
            assert_eq!(trap, Trap::UnreachableCodeReached, "{program}");
            site
        });
        let types = expected.as_ref().err().map_or(Vec::new(), |(.., types)| types.clone());
        let result = result.map_err(|site| (site, guest.recorded(&types), types));
        let seen = seen.lock().expect("not poisoned");
        assert_eq!((&result, &*seen), (expected, &observer.0), "stress {stress}\n{program}");
        if result.is_ok() {
            assert_eq!(guest.global(names::GC_SP), guest.stack_base, "roots are left behind\n{program}");
        }
    }
}

/// Number of programs; more are worth while after a change to the emitter.
fn cases() -> u32 {
    std::env::var("VERA_RANDOM_PROGRAMS").ok().and_then(|cases| cases.parse().ok()).unwrap_or(32)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn compiled_programs_do_what_interpreted_ones_do(choices in prop::collection::vec(any::<u8>(), 100..3000)) {
        check(&choices);
    }
}
