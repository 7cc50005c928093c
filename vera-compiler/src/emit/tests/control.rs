//! Loops, joins, switches, tail calls.

use super::*;
use crate::core::SwitchOn;
use crate::core::{Block, Op};

/// Sum of 0..n by an explicit loop, by self tail calls, and by mutual tail calls.
#[test]
fn loops_and_tail_calls_take_no_stack() {
    let mut builder = ProgramBuilder::default();
    let overflow = builder.site(TrapKind::Overflow);
    builder.function("by_loop", &[I64], I64, |body, args| {
        let n = args[0].clone();
        End::Yield(body.repeat(I64, &[(I64, local_i64(0)), (I64, local_i64(0))], |body, again, state| {
            let [i, sum] = state else { unreachable!() };
            let done = body.prim(Prim::GeI64, &[i.clone(), n]);
            End::Yield(body.if_else(
                I64,
                &done,
                |_| End::Yield(sum.clone()),
                |body| {
                    let sum = body.prim(Prim::AddI64(overflow), &[sum.clone(), i.clone()]);
                    let i = body.prim(Prim::AddI64(overflow), &[i.clone(), local_i64(1)]);
                    End::Jump(again, vec![i, sum])
                },
            ))
        }))
    });
    for (name, other) in [("by_self", "by_self"), ("even", "odd"), ("odd", "even")] {
        builder.declare(name, &[I64, I64], I64);
        let _ = other;
    }
    let id = |builder: &ProgramBuilder, name: &str| {
        let position = builder.program.functions.iter().position(|function| function.symbol == name);
        crate::core::FnId(position.expect("declared") as u32)
    };
    for (name, other) in [("by_self", "by_self"), ("even", "odd"), ("odd", "even")] {
        let (this, other) = (id(&builder, name), id(&builder, other));
        builder.define(this, |body, args| {
            let [n, sum] = args else { unreachable!() };
            let done = body.prim(Prim::LeI64, &[n.clone(), local_i64(0)]);
            End::Yield(body.if_else(
                I64,
                &done,
                |_| End::Yield(sum.clone()),
                |body| {
                    let less = body.prim(Prim::SubI64(overflow), &[n.clone(), local_i64(1)]);
                    let sum = body.prim(Prim::AddI64(overflow), &[sum.clone(), less.clone()]);
                    End::TailCall(other, vec![less, sum])
                },
            ))
        });
    }
    let mut guest = Guest::new(&builder.program, 0);
    let n = 3_000_000i64;
    let expected = n * (n - 1) / 2;
    assert_eq!(guest.call::<_, i64>("by_loop", n), expected);
    assert_eq!(guest.call::<_, i64>("by_self", (n, 0i64)), expected);
    assert_eq!(guest.call::<_, i64>("even", (n, 0i64)), expected);
}

/// Parameters that swap places on every iteration are assigned at once, not one after the other.
#[test]
fn jump_operands_are_assigned_at_once() {
    let mut builder = ProgramBuilder::default();
    let overflow = builder.site(TrapKind::Overflow);
    let fib = builder.declare("fib", &[I64, I64, I64], I64);
    builder.define(fib, |body, args| {
        let [n, a, b] = args else { unreachable!() };
        let done = body.prim(Prim::EqI64, &[n.clone(), local_i64(0)]);
        End::Yield(body.if_else(
            I64,
            &done,
            |_| End::Yield(a.clone()),
            |body| {
                let n = body.prim(Prim::SubI64(overflow), &[n.clone(), local_i64(1)]);
                let next = body.prim(Prim::AddI64(overflow), &[a.clone(), b.clone()]);
                End::TailCall(fib, vec![n, b.clone(), next])
            },
        ))
    });
    let mut guest = Guest::new(&builder.program, 0);
    assert_eq!(guest.call::<_, i64>("fib", (90i64, 0i64, 1i64)), 2_880_067_194_370_816_120);
    assert_eq!(guest.try_call::<_, i64>("fib", (93i64, 0i64, 1i64)).unwrap_err().0, 0);
}

/// A function that switches on its argument and gives `100 + position` of the case, or 99 by default; in tail
/// position and as a value.
fn switching(values: &[i64], with_default: bool) -> Program {
    let mut builder = ProgramBuilder::default();
    let overflow = builder.site(TrapKind::Overflow);
    for tail in [true, false] {
        builder.function(if tail { "tail" } else { "value" }, &[I64], I64, |body, args| {
            let cases = (100..)
                .zip(values)
                .map(|(result, value)| (*value, Block { stmts: vec![], end: End::Yield(local_i64(result)) }))
                .collect();
            let default = with_default.then(|| Box::new(Block { stmts: vec![], end: End::Yield(local_i64(99)) }));
            let chosen = body.op(I64, Op::Switch { on: SwitchOn::I64(args[0].clone()), cases, default });
            if tail {
                End::Yield(chosen)
            } else {
                End::Yield(body.prim(Prim::AddI64(overflow), &[chosen, local_i64(1)]))
            }
        });
    }
    builder.program
}

#[test]
fn switches_find_their_case() {
    let sets: [&[i64]; 8] = [
        &[],
        &[7],
        &[0, 1],
        &[5, 3, 4],
        &[10, 11, 12, 13, 15],
        &[-3, -1, -2, 0, 2, 1],
        &[i64::MIN, -1, 0, 1, i64::MAX],
        &[1 << 32, 5, 1 << 40, -(1 << 33), 77, 78, 79, 80, 1000],
    ];
    for values in sets {
        let mut guest = Guest::new(&switching(values, true), 0);
        let mut probes: Vec<i64> = (-5..100).collect();
        for value in values {
            probes.extend([value.wrapping_sub(1), *value, value.wrapping_add(1), value ^ (1 << 32)]);
        }
        for probe in probes {
            let position = values.iter().position(|&value| value == probe);
            let expected = position.map_or(99, |position| 100 + position as i64);
            assert_eq!(guest.call::<_, i64>("tail", probe), expected, "{probe} in {values:?}");
            assert_eq!(guest.call::<_, i64>("value", probe), expected + 1, "{probe} in {values:?}");
        }
        if !values.is_empty() {
            let mut guest = Guest::new(&switching(values, false), 0);
            for (position, &value) in values.iter().enumerate() {
                assert_eq!(guest.call::<_, i64>("tail", value), 100 + position as i64, "{value} in {values:?}");
            }
        }
    }
}

/// Nested joins: jumps out of a loop and out of inner joins reach the right target with the right operands.
#[test]
fn jumps_leave_nested_constructs() {
    let mut builder = ProgramBuilder::default();
    let overflow = builder.site(TrapKind::Overflow);
    builder.function("f", &[I64], I64, |body, args| {
        let n = args[0].clone();
        let found = body.join(
            I64,
            &[I64, Byte],
            |body, outer| {
                End::Yield(body.repeat(I64, &[(I64, n.clone())], |body, again, state| {
                    let i = state[0].clone();
                    End::Yield(body.join(
                        I64,
                        &[I64],
                        |body, inner| {
                            let zero = body.prim(Prim::EqI64, &[i.clone(), local_i64(0)]);
                            body.if_else(
                                Rep::Unit,
                                &zero,
                                |_| End::Jump(outer, vec![local_i64(1000), Atom::Byte(1)]),
                                |_| End::Yield(Atom::Unit),
                            );
                            let rest = body.prim(Prim::RemI64(overflow), &[i.clone(), local_i64(7)]);
                            let seven = body.prim(Prim::EqI64, &[rest.clone(), local_i64(0)]);
                            End::Yield(body.if_else(
                                I64,
                                &seven,
                                |_| End::Yield(local_i64(-1)),
                                |_| End::Jump(inner, vec![rest]),
                            ))
                        },
                        |body, args| {
                            let six = body.prim(Prim::EqI64, &[args[0].clone(), local_i64(6)]);
                            End::Yield(body.if_else(
                                I64,
                                &six,
                                |_| End::Jump(outer, vec![i.clone(), Atom::Byte(0)]),
                                |body| {
                                    let less = body.prim(Prim::SubI64(overflow), &[i.clone(), local_i64(1)]);
                                    End::Jump(again, vec![less])
                                },
                            ))
                        },
                    ))
                }))
            },
            |body, args| {
                End::Yield(body.if_else(
                    I64,
                    &args[1].clone(),
                    |_| End::Yield(args[0].clone()),
                    |body| End::Yield(body.prim(Prim::AddI64(overflow), &[args[0].clone(), local_i64(500)])),
                ))
            },
        );
        End::Yield(body.prim(Prim::AddI64(overflow), &[found, local_i64(0)]))
    });
    let mut guest = Guest::new(&builder.program, 0);
    // 0 jumps with 1000; a multiple of 7 yields -1; otherwise down to a number that leaves 6, or to a multiple of 7.
    for (n, expected) in [(0, 1000), (7, -1), (9, -1), (6, 506), (13, 513), (14, -1), (3, 1000)] {
        assert_eq!(guest.call::<_, i64>("f", n as i64), expected, "{n}");
    }
}

#[test]
fn deeply_nested_blocks_are_no_problem() {
    let mut builder = ProgramBuilder::default();
    builder.function("f", &[I64], I64, |body, args| {
        let n = args[0].clone();
        fn nest(body: &mut crate::core::build::BodyBuilder, n: &Atom, depth: i64) -> End {
            if depth == 0 {
                return End::Yield(local_i64(-1));
            }
            let equal = body.prim(Prim::EqI64, &[n.clone(), local_i64(depth)]);
            let otherwise = stacker::maybe_grow(1 << 17, 1 << 21, || body.block(|body| nest(body, n, depth - 1)));
            let then = Block { stmts: vec![], end: End::Yield(local_i64(depth * 2)) };
            End::Yield(body.op(I64, Op::If(equal, Box::new(then), Box::new(otherwise))))
        }
        nest(body, &n, 3000)
    });
    let mut guest = Guest::new(&builder.program, 0);
    assert_eq!(guest.call::<_, i64>("f", 1i64), 2);
    assert_eq!(guest.call::<_, i64>("f", 0i64), -1);
    // Dropping the blocks recurses as deep as they nest.
    std::mem::forget(builder.program);
}
