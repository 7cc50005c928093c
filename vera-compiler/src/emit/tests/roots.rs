//! What keeps a pointer alive where nothing else does: each of these programs has one reason to root it.

use super::*;

/// `f(n)`: nothing says that the callee allocates but its call of a closure, which is a tail call.
#[test]
fn a_closure_called_last_may_collect() {
    let mut builder = ProgramBuilder::default();
    let boxed = builder.record(1, &[I64]);
    let garbage = builder.declare("garbage", &[Ptr, I64], I64);
    builder.define(garbage, |body, args| {
        let text = body.prim(Prim::I64ToStr, &[args[1].clone()]);
        let other = body.prim(Prim::I64ToStr, &[local_i64(-1)]);
        let both = body.prim(Prim::StrConcat, &[text, other]);
        let both = body.prim(Prim::StrLen, &[both]);
        let cell = body.record(boxed, &[both]);
        End::Yield(body.field(boxed, &cell, 0))
    });
    let shape = builder.closure(garbage, &[]);
    let apply = builder.declare("apply", &[Ptr, I64], I64);
    builder.define(apply, |_, args| End::TailCallClosure {
        closure: args[0].clone(),
        args: vec![args[1].clone()],
        params: vec![I64],
        result: I64,
    });
    builder.function("f", &[I64], Byte, |body, args| {
        let n = args[0].clone();
        let closure = body.closure(shape, &[]);
        let text = body.prim(Prim::I64ToStr, &[n.clone()]);
        body.call(apply, &[closure, n.clone()]);
        let again = body.prim(Prim::I64ToStr, &[n]);
        End::Yield(body.prim(Prim::StrEq, &[text, again]))
    });
    for stress in MODES {
        let mut guest = Guest::new(&builder.program, stress);
        assert_eq!(guest.call::<_, i32>("f", 1_234_567i64), 1, "the text is what it was");
    }
}

/// Captured values that nothing else holds live until the closure is made, which allocates.
#[test]
fn captures_live_until_the_closure_is_made() {
    let mut builder = ProgramBuilder::default();
    let boxed = builder.record(1, &[I64]);
    let read = builder.declare("read", &[Ptr], I64);
    let shape = builder.closure(read, &[Ptr, I64]);
    builder.define(read, |body, args| {
        let cell = body.capture(shape, &args[0], 0);
        End::Yield(body.field(boxed, &cell, 0))
    });
    builder.function("f", &[I64], I64, |body, args| {
        let cell = body.record(boxed, &[args[0].clone()]);
        let closure = body.closure(shape, &[cell, local_i64(7)]);
        End::Yield(body.call_closure(&closure, &[], I64))
    });
    for stress in MODES {
        let mut guest = Guest::new(&builder.program, stress);
        assert_eq!(guest.call::<_, i64>("f", 42i64), 42);
    }
}

/// An inner loop allocates and does not read the cell; the outer one, to which it jumps, does.
#[test]
fn what_an_outer_loop_reads_lives_in_the_inner_one() {
    let mut builder = ProgramBuilder::default();
    let boxed = builder.record(1, &[I64]);
    let overflow = builder.site(TrapKind::Overflow);
    builder.function("f", &[I64], I64, |body, args| {
        let cell = body.record(boxed, &[args[0].clone()]);
        End::Yield(body.repeat(I64, &[(I64, local_i64(0)), (I64, local_i64(0))], |body, outer, state| {
            let [round, sum] = state else { unreachable!() };
            let value = body.field(boxed, &cell, 0);
            let sum = body.prim(Prim::AddI64(overflow), &[sum.clone(), value]);
            let done = body.prim(Prim::GeI64, &[round.clone(), local_i64(3)]);
            End::Yield(body.if_else(
                I64,
                &done,
                |_| End::Yield(sum.clone()),
                |body| {
                    End::Yield(body.repeat(I64, &[(I64, local_i64(0))], |body, inner, state| {
                        let turn = state[0].clone();
                        let last = body.prim(Prim::GeI64, &[turn.clone(), local_i64(4)]);
                        End::Yield(body.if_else(
                            I64,
                            &last,
                            |body| {
                                let round = body.prim(Prim::AddI64(overflow), &[round.clone(), local_i64(1)]);
                                End::Jump(outer, vec![round, sum.clone()])
                            },
                            |body| {
                                let garbage = body.record(boxed, &[local_i64(-1)]);
                                let minus = body.field(boxed, &garbage, 0);
                                let turn = body.prim(Prim::SubI64(overflow), &[turn.clone(), minus]);
                                End::Jump(inner, vec![turn])
                            },
                        ))
                    }))
                },
            ))
        }))
    });
    for stress in MODES {
        let mut guest = Guest::new(&builder.program, stress);
        assert_eq!(guest.call::<_, i64>("f", 10i64), 40);
    }
}

/// A frame of more pointers than a page has words: the limit is checked for all of them, and for no more.
#[test]
fn a_frame_is_checked_by_its_size() {
    const POINTERS: i32 = 1025;
    let mut builder = ProgramBuilder::default();
    let boxed = builder.record(1, &[I64]);
    let overflow = builder.site(TrapKind::Overflow);
    let make = builder.declare("make", &[I64], Ptr);
    builder.define(make, |body, args| End::Yield(body.record(boxed, &[args[0].clone()])));
    builder.function("f", &[I64], I64, |body, args| {
        let cells: Vec<Atom> = (0..POINTERS).map(|_| body.call(make, &[args[0].clone()])).collect();
        // All of them are live at one more call.
        let extra = body.call(make, &[args[0].clone()]);
        let start = body.field(boxed, &extra, 0);
        let sum = cells.iter().fold(start, |sum, cell| {
            let value = body.field(boxed, cell, 0);
            body.prim(Prim::AddI64(overflow), &[sum, value])
        });
        End::Yield(sum)
    });
    let bytes = POINTERS * 4 + 4;
    let mut guest = Guest::with(&builder.program, 0, bytes, |_| {});
    assert_eq!(guest.call::<_, i64>("f", 2i64), 2 * (i64::from(POINTERS) + 1));
    for bytes in [bytes - 8, 4096, 1024, 0] {
        let mut guest = Guest::with(&builder.program, 0, bytes, |_| {});
        let (site, _) = guest.try_call::<_, i64>("f", 2i64).unwrap_err();
        assert_eq!(site, vera_abi::trap::SITE_SHADOW_STACK_EXHAUSTED, "{bytes} bytes");
    }
}
