//! Calls and root frames: what is live across a call survives collections.

use super::*;
use crate::core::{FnId, Op, RecordId, SwitchOn};

/// A list of numbers: `Nil` is static 0, `Cons(I64, Ptr)` has tag 1.
struct Lists {
    builder: ProgramBuilder,
    cons: RecordId,
    overflow: crate::core::SiteId,
}

const NIL: Atom = Atom::Static(0);

impl Lists {
    fn new() -> Self {
        let mut builder = ProgramBuilder::default();
        let cons = builder.record(1, &[I64, Ptr]);
        let overflow = builder.site(TrapKind::Overflow);
        Self { builder, cons, overflow }
    }

    /// `range(n) = [n, n-1, .., 1]` by plain recursion.
    fn range(&mut self) -> FnId {
        let (cons, overflow) = (self.cons, self.overflow);
        let range = self.builder.declare("range", &[I64], Ptr);
        self.builder.define(range, |body, args| {
            let n = args[0].clone();
            let zero = body.prim(Prim::LeI64, &[n.clone(), local_i64(0)]);
            End::Yield(body.if_else(
                Ptr,
                &zero,
                |_| End::Yield(NIL),
                |body| {
                    let less = body.prim(Prim::SubI64(overflow), &[n.clone(), local_i64(1)]);
                    let rest = body.call(range, &[less]);
                    End::Yield(body.record(cons, &[n.clone(), rest]))
                },
            ))
        });
        range
    }

    /// `sum(list, start)` by self tail calls.
    fn sum(&mut self) -> FnId {
        let (cons, overflow) = (self.cons, self.overflow);
        let sum = self.builder.declare("sum", &[Ptr, I64], I64);
        self.builder.define(sum, |body, args| {
            let [list, start] = args else { unreachable!() };
            let nil = body.block(|_| End::Yield(start.clone()));
            let more = body.block(|body| {
                let head = body.field(cons, list, 0);
                let tail = body.field(cons, list, 1);
                let start = body.prim(Prim::AddI64(overflow), &[start.clone(), head]);
                End::TailCall(sum, vec![tail, start])
            });
            End::Yield(body.op(
                I64,
                Op::Switch { on: SwitchOn::Tag(list.clone()), cases: vec![(0, nil), (1, more)], default: None },
            ))
        });
        sum
    }

    /// `map(list, f)` by plain recursion: head, tail and closure live across calls.
    fn map(&mut self) -> FnId {
        let cons = self.cons;
        let map = self.builder.declare("map", &[Ptr, Ptr], Ptr);
        self.builder.define(map, |body, args| {
            let [list, function] = args else { unreachable!() };
            let nil = body.block(|_| End::Yield(NIL));
            let more = body.block(|body| {
                let head = body.field(cons, list, 0);
                let head = body.call_closure(function, &[(I64, head)], I64);
                let tail = body.field(cons, list, 1);
                let tail = body.call(map, &[tail, function.clone()]);
                End::Yield(body.record(cons, &[head, tail]))
            });
            End::Yield(body.op(
                Ptr,
                Op::Switch { on: SwitchOn::Tag(list.clone()), cases: vec![(0, nil), (1, more)], default: None },
            ))
        });
        map
    }
}

#[test]
fn lists_survive_collections() {
    let mut lists = Lists::new();
    let (range, sum, map) = (lists.range(), lists.sum(), lists.map());
    let Lists { mut builder, overflow, cons } = lists;

    // The added number is in a boxed cell, so the closure holds a pointer; calling it allocates.
    let add_head = builder.declare("add_head", &[Ptr, I64], I64);
    let adder = builder.closure(add_head, &[Ptr, I64, Slice]);
    builder.define(add_head, |body, args| {
        let [closure, n] = args else { unreachable!() };
        let list = body.capture(adder, closure, 0);
        let extra = body.capture(adder, closure, 1);
        let text = body.capture(adder, closure, 2);
        let garbage = body.record(cons, &[n.clone(), list.clone()]);
        let n = body.field(cons, &garbage, 0);
        let head = body.field(cons, &list, 0);
        let len = body.prim(Prim::StrLen, &[text]);
        let n = body.prim(Prim::AddI64(overflow), &[n, head]);
        let n = body.prim(Prim::AddI64(overflow), &[n, len]);
        End::Yield(body.prim(Prim::AddI64(overflow), &[n, extra]))
    });
    builder.function("f", &[I64], I64, |body, args| {
        let n = args[0].clone();
        let first = body.call(range, &[n.clone()]);
        let text = body.prim(Prim::I64ToStr, &[n.clone()]);
        let function = body.closure(adder, &[first.clone(), local_i64(10), text]);
        let second = body.call(map, &[first.clone(), function.clone()]);
        let third = body.call(map, &[second.clone(), function]);
        let sums: Vec<Atom> =
            [first, second, third].iter().map(|list| body.call(sum, &[list.clone(), local_i64(0)])).collect();
        let total = body.prim(Prim::AddI64(overflow), &[sums[0].clone(), sums[1].clone()]);
        End::Yield(body.prim(Prim::AddI64(overflow), &[total, sums[2].clone()]))
    });
    for stress in MODES {
        let mut guest = Guest::new(&builder.program, stress);
        let n = if stress == 0 { 5_000i64 } else { 40 };
        let base = n * (n + 1) / 2;
        let added = n + 10 + n.to_string().len() as i64;
        assert_eq!(guest.call::<_, i64>("f", n), 3 * base + 3 * n * added);
    }
}

/// A loop that calls an allocating function: what is defined before the loop, and what it carries, survive.
#[test]
fn loops_keep_their_roots() {
    let mut lists = Lists::new();
    let (range, sum) = (lists.range(), lists.sum());
    let Lists { mut builder, overflow, cons } = lists;
    builder.function("f", &[I64], I64, |body, args| {
        let n = args[0].clone();
        let before = body.call(range, &[n.clone()]);
        let unused_after = body.call(range, &[local_i64(3)]);
        let seed = body.field(cons, &unused_after, 0);
        let last = body.repeat(Ptr, &[(I64, local_i64(0)), (Ptr, NIL), (Ptr, before.clone())], |body, again, state| {
            let [i, carried, other] = state else { unreachable!() };
            let done = body.prim(Prim::GeI64, &[i.clone(), n.clone()]);
            End::Yield(body.if_else(
                Ptr,
                &done,
                |_| End::Yield(carried.clone()),
                |body| {
                    let fresh = body.call(range, &[local_i64(2)]);
                    let sum_fresh = body.call(sum, &[fresh, seed.clone()]);
                    let odd = body.prim(Prim::AndI64, &[i.clone(), local_i64(1)]);
                    let odd = body.prim(Prim::EqI64, &[odd, local_i64(1)]);
                    let grown = body.if_else(
                        Ptr,
                        &odd,
                        |body| {
                            let middle = body.call(range, &[local_i64(1)]);
                            let middle = body.field(cons, &middle, 0);
                            let middle = body.prim(Prim::AddI64(overflow), &[middle, sum_fresh.clone()]);
                            End::Yield(body.record(cons, &[middle, carried.clone()]))
                        },
                        |body| End::Yield(body.record(cons, &[sum_fresh.clone(), carried.clone()])),
                    );
                    let i = body.prim(Prim::AddI64(overflow), &[i.clone(), local_i64(1)]);
                    // Carried values trade places: stale slots would now hold the wrong one.
                    let swap = body.prim(Prim::EqI64, &[i.clone(), local_i64(-1)]);
                    End::Yield(body.if_else(
                        Ptr,
                        &swap,
                        |_| End::Jump(again, vec![i.clone(), other.clone(), grown.clone()]),
                        |_| End::Jump(again, vec![i.clone(), grown.clone(), other.clone()]),
                    ))
                },
            ))
        });
        let a = body.call(sum, &[last, local_i64(0)]);
        let b = body.call(sum, &[before, local_i64(0)]);
        End::Yield(body.prim(Prim::AddI64(overflow), &[a, b]))
    });
    for stress in MODES {
        let mut guest = Guest::new(&builder.program, stress);
        let n = 30i64;
        // Each iteration adds 3 + 2 + 1, and 1 more when odd.
        assert_eq!(guest.call::<_, i64>("f", n), 6 * n + n / 2 + n * (n + 1) / 2);
    }
}

/// More pointers live at once than a rare path saves by itself: records in a row, then all of them read.
#[test]
fn many_live_pointers_at_inline_allocations() {
    let mut builder = ProgramBuilder::default();
    let boxed = builder.record(0, &[I64]);
    let overflow = builder.site(TrapKind::Overflow);
    builder.function("f", &[I64], I64, |body, args| {
        let mut boxes = Vec::new();
        for index in 0..60 {
            let value = body.prim(Prim::AddI64(overflow), &[args[0].clone(), local_i64(index)]);
            boxes.push(body.record(boxed, &[value]));
        }
        let array = body.array(Ptr, &boxes);
        let mut total = local_i64(0);
        for (index, one) in boxes.iter().enumerate() {
            let direct = body.field(boxed, one, 0);
            let through = body.prim(Prim::ArrayGetUnchecked(Ptr), &[array.clone(), local_i64(index as i64)]);
            let through = body.field(boxed, &through, 0);
            let both = body.prim(Prim::AddI64(overflow), &[direct, through]);
            total = body.prim(Prim::AddI64(overflow), &[total, both]);
        }
        End::Yield(total)
    });
    for stress in MODES {
        let mut guest = Guest::new(&builder.program, stress);
        assert_eq!(guest.call::<_, i64>("f", 100i64), 2 * (60 * 100 + 59 * 60 / 2));
    }
}

#[test]
fn shadow_stack_exhaustion_is_a_trap_of_its_own() {
    let mut builder = ProgramBuilder::default();
    let boxed = builder.record(0, &[I64]);
    let overflow = builder.site(TrapKind::Overflow);
    let f = builder.declare("f", &[I64], I64);
    builder.define(f, |body, args| {
        let n = args[0].clone();
        let zero = body.prim(Prim::EqI64, &[n.clone(), local_i64(0)]);
        End::Yield(body.if_else(
            I64,
            &zero,
            |_| End::Yield(local_i64(0)),
            |body| {
                let kept = body.record(boxed, &[n.clone()]);
                let less = body.prim(Prim::SubI64(overflow), &[n.clone(), local_i64(1)]);
                let rest = body.call(f, &[less]);
                let kept = body.field(boxed, &kept, 0);
                End::Yield(body.prim(Prim::AddI64(overflow), &[rest, kept]))
            },
        ))
    });
    let mut guest = Guest::with(&builder.program, 0, 4096, |_| {});
    assert_eq!(guest.call::<_, i64>("f", 1000i64), 500_500);
    let (site, _) = guest.try_call::<_, i64>("f", 1030i64).unwrap_err();
    assert_eq!(site, vera_abi::trap::SITE_SHADOW_STACK_EXHAUSTED);
}

/// Host functions are imported only when used, may allocate, and their results are ordinary values.
#[test]
fn imports_can_collect() {
    let mut lists = Lists::new();
    let (range, sum) = (lists.range(), lists.sum());
    let Lists { mut builder, overflow, .. } = lists;
    builder.import("unused", &[Slice], Slice, true);
    let collect = builder.import("collect", &[I64, Slice], Slice, true);
    let sine = builder.import("sine", &[F64], F64, false);
    builder.function("f", &[I64], I64, |body, args| {
        let list = body.call(range, &[args[0].clone()]);
        let text = body.call_import(collect, &[args[0].clone(), Atom::Str("literal".into())]);
        let one = body.call_import(sine, &[Atom::F64(0.5)]);
        let one = body.prim(Prim::F64ToI64(overflow), &[one]);
        let len = body.prim(Prim::StrLen, &[text]);
        let sum = body.call(sum, &[list, len]);
        End::Yield(body.prim(Prim::AddI64(overflow), &[sum, one]))
    });
    let mut guest = Guest::with(&builder.program, heap::stress::ALL, 1 << 20, |linker| {
        linker
            .func_wrap(
                "test",
                "collect",
                |mut caller: wasmtime::Caller<'_, wasmtime::StoreLimits>, _: i64, pointer: i32, len: i32| {
                    let collect =
                        caller.get_export(names::COLLECT).and_then(|export| export.into_func()).expect("exported");
                    collect.typed::<(), ()>(&caller).expect("its type").call(&mut caller, ()).expect("collects");
                    (pointer, len)
                },
            )
            .expect("defined once");
        linker.func_wrap("test", "sine", |x: f64| x * 2.0).expect("defined once");
    });
    assert_eq!(guest.call::<_, i64>("f", 10i64), 55 + 7 + 1);
}
