//! Records, arrays and their primitives, against models in Rust.

use super::*;
use crate::core::{Op, SiteId};

/// Every representation in one record comes back as it went in.
#[test]
fn fields_come_back() {
    let mut builder = ProgramBuilder::default();
    let inner = builder.record(3, &[I64]);
    let shape = builder.record(7, &[Byte, Slice, F64, Rep::Unit, Ptr, I64, Slice]);
    let overflow = builder.site(TrapKind::Overflow);
    builder.function("f", &[I64], I64, |body, args| {
        let n = args[0].clone();
        let text = body.prim(Prim::I64ToStr, &[n.clone()]);
        let boxed = body.record(inner, &[n.clone()]);
        let fields = [Atom::Byte(200), text, Atom::F64(2.5), Atom::Unit, boxed, n.clone(), Atom::Str("four".into())];
        let record = body.record(shape, &fields);
        let byte = body.field(shape, &record, 0);
        let text = body.field(shape, &record, 1);
        let float = body.field(shape, &record, 2);
        body.field(shape, &record, 3);
        let boxed = body.field(shape, &record, 4);
        let int = body.field(shape, &record, 5);
        let four = body.field(shape, &record, 6);
        let parts = [
            body.prim(Prim::ByteToI64, &[byte]),
            body.prim(Prim::StrLen, &[text]),
            body.prim(Prim::F64ToI64(overflow), &[float]),
            body.field(inner, &boxed, 0),
            int,
            body.prim(Prim::StrLen, &[four]),
            body.prim(Prim::TagOf, &[record]),
        ];
        let sum = parts.into_iter().reduce(|a, b| body.prim(Prim::AddI64(overflow), &[a, b])).expect("parts");
        End::Yield(sum)
    });
    for stress in MODES {
        let mut guest = Guest::new(&builder.program, stress);
        assert_eq!(guest.call::<_, i64>("f", 12345i64), 200 + 5 + 2 + 12345 + 12345 + 4 + 7);
    }
}

/// How elements of a representation are made from a number and turned back.
fn element(body: &mut crate::core::build::BodyBuilder, boxed: crate::core::RecordId, rep: Rep, n: &Atom) -> Atom {
    match rep {
        Byte => body.prim(Prim::I64ToByte, &[n.clone()]),
        F64 => body.prim(Prim::I64ToF64, &[n.clone()]),
        Ptr => body.record(boxed, &[n.clone()]),
        Slice => body.prim(Prim::I64ToStr, &[n.clone()]),
        I64 => n.clone(),
        Rep::Unit => Atom::Unit,
    }
}

fn number(body: &mut crate::core::build::BodyBuilder, boxed: crate::core::RecordId, rep: Rep, value: &Atom) -> Atom {
    match rep {
        Byte => body.prim(Prim::ByteToI64, &[value.clone()]),
        F64 => body.prim(Prim::F64ToI64(SiteId(0)), &[value.clone()]),
        Ptr => body.field(boxed, value, 0),
        Slice => body.prim(Prim::StrHash, &[value.clone()]),
        I64 => value.clone(),
        Rep::Unit => local_i64(1),
    }
}

fn model_of(rep: Rep, n: i64) -> i64 {
    match rep {
        Byte => n & 0xff,
        Slice => n
            .to_string()
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
            as i64,
        Rep::Unit => 1,
        _ => n,
    }
}

/// `f(n, index)`: pushes 0..n in a loop, keeping an older version of the array that is pushed to as well; then sets,
/// inserts, removes, slices and concatenates; returns a mixture of all elements of all results.
fn arrays(rep: Rep) -> Program {
    let mut builder = ProgramBuilder::default();
    let overflow = builder.site(TrapKind::Overflow);
    let bounds = builder.site(TrapKind::IndexOutOfBounds);
    let boxed = builder.record(0, &[I64]);
    let fill = builder.function("fill", &[I64], Slice, |body, args| {
        let n = args[0].clone();
        End::Yield(body.repeat(Slice, &[(I64, local_i64(0)), (Slice, Atom::EmptyArray)], |body, again, state| {
            let [i, array] = state else { unreachable!() };
            let done = body.prim(Prim::GeI64, &[i.clone(), n]);
            End::Yield(body.if_else(
                Slice,
                &done,
                |_| End::Yield(array.clone()),
                |body| {
                    let value = element(body, boxed, rep, i);
                    let array = body.prim(Prim::ArrayPush(rep), &[array.clone(), value]);
                    let i = body.prim(Prim::AddI64(overflow), &[i.clone(), local_i64(1)]);
                    End::Jump(again, vec![i, array])
                },
            ))
        }))
    });
    let mix = builder.function("mix", &[Slice, I64], I64, |body, args| {
        let [array, seed] = args else { unreachable!() };
        let len = body.prim(Prim::ArrayLen(rep), &[array.clone()]);
        End::Yield(body.repeat(I64, &[(I64, local_i64(0)), (I64, seed.clone())], |body, again, state| {
            let [i, sum] = state else { unreachable!() };
            let done = body.prim(Prim::GeI64, &[i.clone(), len.clone()]);
            End::Yield(body.if_else(
                I64,
                &done,
                |_| End::Yield(sum.clone()),
                |body| {
                    let value = body.prim(Prim::ArrayGet(rep, bounds), &[array.clone(), i.clone()]);
                    let value = number(body, boxed, rep, &value);
                    let sum = body.prim(Prim::WrapMulI64, &[sum.clone(), local_i64(31)]);
                    let sum = body.prim(Prim::WrapAddI64, &[sum, value]);
                    let i = body.prim(Prim::AddI64(overflow), &[i.clone(), local_i64(1)]);
                    End::Jump(again, vec![i, sum])
                },
            ))
        }))
    });
    builder.function("f", &[I64, I64], I64, |body, args| {
        let [n, index] = args else { unreachable!() };
        let base = body.call(fill, &[n.clone()]);
        let value = element(body, boxed, rep, &local_i64(77));
        let other = element(body, boxed, rep, &local_i64(78));
        // Both grow the same array: the second must not see the first's element.
        let first = body.prim(Prim::ArrayPush(rep), &[base.clone(), value.clone()]);
        let second = body.prim(Prim::ArrayPush(rep), &[base.clone(), other.clone()]);
        let set = body.prim(Prim::ArraySet(rep), &[base.clone(), index.clone(), value.clone()]);
        let insert = body.prim(Prim::ArrayInsert(rep), &[base.clone(), index.clone(), other.clone()]);
        let remove = body.prim(Prim::ArrayRemove(rep), &[base.clone(), index.clone()]);
        let slice = body.prim(Prim::ArraySlice(rep), &[base.clone(), index.clone(), local_i64(2)]);
        let concat = body.prim(Prim::ArrayConcat(rep), &[slice.clone(), second.clone()]);
        let twice = body.prim(Prim::ArrayConcat(rep), &[concat.clone(), concat.clone()]);
        let left = body.prim(Prim::ArrayConcat(rep), &[Atom::EmptyArray, slice.clone()]);
        let right = body.prim(Prim::ArrayConcat(rep), &[slice.clone(), Atom::EmptyArray]);
        let room = body.prim(Prim::ArrayWithCapacity(rep), &[n.clone()]);
        let room = body.prim(Prim::ArrayPush(rep), &[room, value.clone()]);
        let room = body.prim(Prim::ArrayConcat(rep), &[room, slice.clone()]);
        let literal = body.array(rep, &[value.clone(), other.clone(), value.clone()]);
        let literal = body.prim(Prim::ArrayPush(rep), &[literal, other]);
        let none = body.array(rep, &[]);
        let none = body.prim(Prim::ArrayPush(rep), &[none, value]);
        let all = [first, second, set, insert, remove, slice, concat, twice, left, right, room, literal, none, base];
        let sum = all.into_iter().fold(local_i64(0), |sum, array| body.call(mix, &[array, sum]));
        End::Yield(sum)
    });
    // Each array is the operand of one operation only, so nothing but that operation keeps it alive.
    builder.function("chain", &[I64, I64], I64, |body, args| {
        let [n, index] = args else { unreachable!() };
        let array = body.call(fill, &[n.clone()]);
        let value = element(body, boxed, rep, &local_i64(77));
        let array = body.prim(Prim::ArraySet(rep), &[array, index.clone(), value]);
        let value = element(body, boxed, rep, &local_i64(78));
        let array = body.prim(Prim::ArrayInsert(rep), &[array, index.clone(), value]);
        let array = body.prim(Prim::ArrayRemove(rep), &[array, local_i64(0)]);
        let other = body.call(fill, &[n.clone()]);
        let array = body.prim(Prim::ArrayConcat(rep), &[array, other]);
        let len = body.prim(Prim::ArrayLen(rep), &[array.clone()]);
        let count = body.prim(Prim::WrapSubI64, &[len, index.clone()]);
        let array = body.prim(Prim::ArraySlice(rep), &[array, index.clone(), count]);
        let value = element(body, boxed, rep, &local_i64(79));
        let array = body.prim(Prim::ArrayPush(rep), &[array, value]);
        End::Yield(body.call(mix, &[array, local_i64(0)]))
    });
    builder.function("get", &[I64, I64], I64, |body, args| {
        let array = body.call(fill, &[args[0].clone()]);
        let value = body.prim(Prim::ArrayGet(rep, bounds), &[array, args[1].clone()]);
        End::Yield(number(body, boxed, rep, &value))
    });
    builder.program
}

fn arrays_model(rep: Rep, n: i64, index: usize) -> i64 {
    let base: Vec<i64> = (0..n).collect();
    let push = |array: &[i64], value: i64| [array, &[value]].concat();
    let slice = base[index..index + 2].to_vec();
    let (mut set, mut insert, mut remove) = (base.clone(), base.clone(), base.clone());
    set[index] = 77;
    insert.insert(index, 78);
    remove.remove(index);
    let second = push(&base, 78);
    let concat = [&slice[..], &second].concat();
    let twice = [&concat[..], &concat].concat();
    let room = [&[77][..], &slice].concat();
    let all = [
        push(&base, 77),
        second,
        set,
        insert,
        remove,
        slice.clone(),
        concat,
        twice,
        slice.clone(),
        slice,
        room,
        vec![77, 78, 77, 78],
        vec![77],
        base,
    ];
    mixed(rep, &all.concat())
}

fn chain_model(rep: Rep, n: i64, index: usize) -> i64 {
    let mut array: Vec<i64> = (0..n).collect();
    array[index] = 77;
    array.insert(index, 78);
    array.remove(0);
    array.extend(0..n);
    array.drain(..index);
    array.push(79);
    mixed(rep, &array)
}

fn mixed(rep: Rep, values: &[i64]) -> i64 {
    values.iter().fold(0, |sum: i64, &value| sum.wrapping_mul(31).wrapping_add(model_of(rep, value)))
}

#[test]
fn arrays_agree_with_vectors() {
    for rep in [Rep::Unit, Byte, I64, F64, Ptr, Slice] {
        let program = arrays(rep);
        for stress in MODES {
            let mut guest = Guest::new(&program, stress);
            let sizes: &[i64] = if stress == 0 { &[2, 3, 100, 5000] } else { &[2, 5, 40] };
            for &n in sizes {
                for index in [0, (n - 1) / 2, n - 2] {
                    let expected = arrays_model(rep, n, index as usize);
                    assert_eq!(guest.call::<_, i64>("f", (n, index)), expected, "{rep:?} {n} {index}");
                    let expected = chain_model(rep, n, index as usize);
                    assert_eq!(guest.call::<_, i64>("chain", (n, index)), expected, "{rep:?} {n} {index}");
                }
            }
        }
    }
}

#[test]
fn indices_are_checked_as_64_bit_numbers() {
    for rep in [Rep::Unit, Byte, I64, Slice] {
        let mut guest = Guest::new(&arrays(rep), 0);
        assert_eq!(guest.call::<_, i64>("get", (3i64, 2i64)), model_of(rep, 2));
        for index in [3, -1, 1 << 32, i64::MIN, i64::MAX] {
            assert_eq!(guest.try_call::<_, i64>("get", (3i64, index)).unwrap_err().0, 1, "{index}");
        }
    }
}

/// Objects larger than the largest size class.
#[test]
fn large_objects() {
    let mut builder = ProgramBuilder::default();
    let overflow = builder.site(TrapKind::Overflow);
    let boxed = builder.record(0, &[I64]);
    let wide = builder.record(2, &[Ptr; 600]);
    builder.function("f", &[I64], I64, |body, args| {
        let boxes: Vec<Atom> = (0..600)
            .map(|index| {
                let value = body.prim(Prim::AddI64(overflow), &[args[0].clone(), local_i64(index)]);
                body.record(boxed, &[value])
            })
            .collect();
        let record = body.record(wide, &boxes);
        let array = body.array(Ptr, &boxes);
        let mut total = local_i64(0);
        for index in 0..600 {
            let one = body.field(wide, &record, index);
            let one = body.field(boxed, &one, 0);
            let other = body.prim(Prim::ArrayGetUnchecked(Ptr), &[array.clone(), local_i64(i64::from(index))]);
            let other = body.field(boxed, &other, 0);
            let both = body.prim(Prim::MulI64(overflow), &[one, other]);
            total = body.prim(Prim::AddI64(overflow), &[total, both]);
        }
        End::Yield(total)
    });
    for stress in MODES {
        let mut guest = Guest::new(&builder.program, stress);
        assert_eq!(guest.call::<_, i64>("f", 5i64), (5..605).map(|n| n * n).sum::<i64>());
    }
}

/// A loop that appends boxed numbers to one array, and then to one of two others; each append makes room by itself. `n` is
/// how often. Only the first append of an iteration, the second one or both of them run out of room at a time.
fn three_arrays() -> Program {
    let mut builder = ProgramBuilder::default();
    let overflow = builder.site(TrapKind::Overflow);
    let boxed = builder.record(0, &[I64]);
    builder.function("f", &[I64], I64, |body, args| {
        let state = [
            (I64, local_i64(0)),
            (Slice, Atom::EmptyArray),
            (Slice, Atom::EmptyArray),
            (Slice, Atom::EmptyArray),
            (I64, local_i64(0)),
        ];
        End::Yield(body.repeat(I64, &state, |body, again, state| {
            let [index, all, even, odd, sum] = state else { panic!("the state of the loop") };
            let more = body.prim(Prim::LtI64, &[index.clone(), args[0].clone()]);
            let go_on = body.block(|body| {
                let one = body.record(boxed, &[index.clone()]);
                let all_next = body.prim(Prim::ArrayPush(Ptr), &[all.clone(), one]);
                let two = body.prim(Prim::AddI64(overflow), &[index.clone(), index.clone()]);
                let two = body.record(boxed, &[two]);
                let next = body.prim(Prim::WrapAddI64, &[index.clone(), local_i64(1)]);
                let low = body.prim(Prim::AndI64, &[index.clone(), local_i64(1)]);
                let is_even = body.prim(Prim::EqI64, &[low, local_i64(0)]);
                // What was appended last time is read from the array as it is at the loop's head.
                let read = body.prim(Prim::ArrayLen(Ptr), &[all.clone()]);
                let sum = body.prim(Prim::AddI64(overflow), &[sum.clone(), read]);
                let to_even = body.block(|body| {
                    let longer = body.prim(Prim::ArrayPush(Ptr), &[even.clone(), two.clone()]);
                    End::Jump(again, vec![next.clone(), all_next.clone(), longer, odd.clone(), sum.clone()])
                });
                let to_odd = body.block(|body| {
                    let longer = body.prim(Prim::ArrayPush(Ptr), &[odd.clone(), two.clone()]);
                    End::Jump(again, vec![next, all_next, even.clone(), longer, sum])
                });
                End::Yield(body.op(I64, Op::If(is_even, Box::new(to_even), Box::new(to_odd))))
            });
            let stop = body.block(|body| {
                let mut total = sum.clone();
                for array in [all, even, odd] {
                    let read = [(I64, local_i64(0)), (I64, total.clone())];
                    total = body.repeat(I64, &read, |body, again, state| {
                        let len = body.prim(Prim::ArrayLen(Ptr), &[array.clone()]);
                        let more = body.prim(Prim::LtI64, &[state[0].clone(), len]);
                        let next = body.block(|body| {
                            let element = body.prim(Prim::ArrayGetUnchecked(Ptr), &[array.clone(), state[0].clone()]);
                            let element = body.field(boxed, &element, 0);
                            let rolled = body.prim(Prim::WrapMulI64, &[state[1].clone(), local_i64(31)]);
                            let rolled = body.prim(Prim::WrapAddI64, &[rolled, element]);
                            End::Jump(
                                again,
                                vec![body.prim(Prim::WrapAddI64, &[state[0].clone(), local_i64(1)]), rolled],
                            )
                        });
                        let total = state[1].clone();
                        let end = body.block(|_| End::Yield(total));
                        End::Yield(body.op(I64, Op::If(more, Box::new(next), Box::new(end))))
                    });
                }
                End::Yield(total)
            });
            End::Yield(body.op(I64, Op::If(more, Box::new(go_on), Box::new(stop))))
        }))
    });
    builder.program
}

#[test]
fn an_iteration_that_is_run_again_does_what_it_did() {
    let program = three_arrays();
    program.validate().unwrap_or_else(|invalid| panic!("{invalid}\n{program}"));
    for stress in MODES {
        let mut guest = Guest::new(&program, stress);
        for n in if stress == 0 { vec![0, 1, 2, 9, 100, 30_000] } else { vec![0, 1, 2, 9, 60] } {
            let arrays = [
                (0..n).collect(),
                (0..n).filter(|i| i % 2 == 0).map(|i| 2 * i).collect(),
                (0..n).filter(|i| i % 2 == 1).map(|i| 2 * i).collect::<Vec<i64>>(),
            ];
            let sum: i64 = (0..n).sum();
            let expected = arrays.concat().iter().fold(sum, |sum, i| sum.wrapping_mul(31).wrapping_add(*i));
            assert_eq!(guest.call::<_, i64>("f", n), expected, "{n} elements, stress {stress}");
        }
    }
}
