//! What is left of checks, and that intervals hold every value.

use super::interval::{Interval, assumed, compared, result};
use super::{narrow, rewritten};
use crate::core::build::{BodyBuilder, ProgramBuilder};
use crate::core::optimise::fold::fold;
use crate::core::{Atom, End, LocalId, Op, Prim, SiteId};
use proptest::prelude::*;
use vera_abi::layout::Rep::I64;
use vera_abi::trap::TrapKind;

const SITE: SiteId = SiteId(0);

fn int(value: i64) -> Atom {
    Atom::I64(value)
}

/// The primitives left in a function of one integer, in order of appearance.
fn left(body: impl FnOnce(&mut BodyBuilder, &Atom) -> End) -> Vec<Prim> {
    let mut builder = ProgramBuilder::default();
    builder.site(TrapKind::Overflow);
    let id = builder.function("f", &[I64], I64, |builder, params| body(builder, &params[0]));
    let mut program = builder.program;
    narrow(&mut program.functions[id.index()]);
    program.validate().unwrap_or_else(|invalid| panic!("{invalid}\n{program}"));
    let mut prims = Vec::new();
    program.functions[id.index()].body.for_each_block(|block| {
        prims.extend(block.stmts.iter().filter_map(|stmt| match &stmt.op {
            Op::Prim(prim, _) => Some(*prim),
            _ => None,
        }));
    });
    prims
}

#[test]
fn nothing_is_known_of_parameters_but_of_what_came_of_them() {
    let prims = left(|body, n| {
        body.prim(Prim::NegI64(SITE), std::slice::from_ref(n));
        let sum = body.prim(Prim::AddI64(SITE), &[n.clone(), int(1)]);
        // A sum with 1 is not the smallest integer.
        End::Yield(body.prim(Prim::NegI64(SITE), &[sum]))
    });
    assert_eq!(prims, [Prim::NegI64(SITE), Prim::AddI64(SITE), Prim::WrapSubI64]);
}

#[test]
fn a_branch_knows_its_condition() {
    let prims = left(|body, n| {
        let small = body.prim(Prim::LtI64, &[n.clone(), int(2)]);
        let less = |by| move |body: &mut BodyBuilder| End::Yield(body.prim(Prim::SubI64(SITE), &[n.clone(), int(by)]));
        End::Yield(body.if_else(I64, &small, less(1), less(2)))
    });
    assert_eq!(prims, [Prim::LtI64, Prim::SubI64(SITE), Prim::WrapSubI64]);
}

#[test]
fn what_follows_a_check_knows_that_it_held_and_what_is_around_does_not() {
    let prims = left(|body, n| {
        let checks = body.prim(Prim::EqI64, &[n.clone(), int(7)]);
        let inside = |body: &mut BodyBuilder| {
            let positive = body.prim(Prim::GtI64, &[n.clone(), int(0)]);
            let negative = body.prim(Prim::Not, &[positive]);
            body.if_else(I64, &negative, |_| End::Trap(SITE, Vec::new()), |_| End::Yield(int(0)));
            End::Yield(body.prim(Prim::SubI64(SITE), &[n.clone(), int(1)]))
        };
        body.if_else(I64, &checks, |_| End::Yield(int(0)), inside);
        End::Yield(body.prim(Prim::SubI64(SITE), &[n.clone(), int(1)]))
    });
    assert_eq!(
        prims,
        [Prim::EqI64, Prim::SubI64(SITE), Prim::GtI64, Prim::Not, Prim::WrapSubI64],
        "blocks come after the block they are in"
    );
}

/// A linear congruential generator that counts down: what it computes stays below 2³¹, its sum and counter do not.
#[test]
fn a_loop_settles_on_the_bounds_of_its_parameters() {
    let prims = left(|body, n| {
        let params = [(I64, n.clone()), (I64, int(42)), (I64, int(0))];
        End::Yield(body.repeat(I64, &params, |body, again, state| {
            let done = body.prim(Prim::EqI64, &[state[0].clone(), int(0)]);
            let next = |body: &mut BodyBuilder| {
                let product = body.prim(Prim::MulI64(SITE), &[state[1].clone(), int(1_103_515_245)]);
                let sum = body.prim(Prim::AddI64(SITE), &[product, int(12_345)]);
                let next = body.prim(Prim::RemI64(SITE), &[sum, int(1 << 31)]);
                let total = body.prim(Prim::AddI64(SITE), &[state[2].clone(), next.clone()]);
                let left = body.prim(Prim::SubI64(SITE), &[state[0].clone(), int(1)]);
                End::Jump(again, vec![left, next, total])
            };
            let total = state[2].clone();
            End::Yield(body.if_else(I64, &done, |_| End::Yield(total), next))
        }))
    });
    let naturals = [Prim::AddNat(SITE)];
    let generator = [Prim::EqI64, Prim::WrapMulI64, Prim::WrapAddI64, Prim::AndI64];
    assert_eq!(prims, [&generator[..], &naturals, &[Prim::SubI64(SITE)]].concat());
}

#[test]
fn an_inner_loop_changes_what_the_outer_one_knows() {
    let prims = left(|body, n| {
        End::Yield(body.repeat(I64, &[(I64, int(0))], |body, outer, i| {
            let inner = body.repeat(I64, &[(I64, i[0].clone())], |body, inner, j| {
                let stop = body.prim(Prim::GeI64, &[j[0].clone(), n.clone()]);
                let more = |body: &mut BodyBuilder| {
                    End::Jump(inner, vec![body.prim(Prim::AddI64(SITE), &[j[0].clone(), int(1)])])
                };
                let value = j[0].clone();
                End::Yield(body.if_else(I64, &stop, |_| End::Yield(value), more))
            });
            let stop = body.prim(Prim::GtI64, &[inner.clone(), int(1_000)]);
            let again = |body: &mut BodyBuilder| {
                End::Jump(outer, vec![body.prim(Prim::SubI64(SITE), &[inner.clone(), int(5)])])
            };
            let value = inner.clone();
            End::Yield(body.if_else(I64, &stop, |_| End::Yield(value), again))
        }))
    });
    // `j < n` holds where one is added; `inner` can be as small as the smallest integer but for the loop's own steps.
    assert_eq!(prims, [Prim::GtI64, Prim::GeI64, Prim::WrapAddI64, Prim::SubI64(SITE)]);
}

#[test]
fn comparisons_that_are_decided_are_constants() {
    let prims = left(|body, n| {
        let small = body.prim(Prim::AndI64, &[n.clone(), int(7)]);
        let below = body.prim(Prim::LtI64, &[small.clone(), int(8)]);
        let guarded = body.prim(Prim::GuardByte(SITE), std::slice::from_ref(&small));
        let back = body.prim(Prim::ByteToI64, &[guarded]);
        End::Yield(body.if_else(I64, &below, |_| End::Yield(back), |_| End::Yield(small)))
    });
    assert_eq!(prims, [Prim::AndI64, Prim::I64ToByte, Prim::ByteToI64]);
}

/// Primitives of two integers.
const BINARY: [Prim; 12] = [
    Prim::AddI64(SITE),
    Prim::SubI64(SITE),
    Prim::MulI64(SITE),
    Prim::SubNat(SITE),
    Prim::DivI64(SITE, SITE),
    Prim::RemI64(SITE),
    Prim::WrapAddI64,
    Prim::WrapMulI64,
    Prim::AndI64,
    Prim::OrI64,
    Prim::XorI64,
    Prim::ShrI64,
];

const COMPARISONS: [Prim; 6] = [Prim::EqI64, Prim::NeI64, Prim::LtI64, Prim::LeI64, Prim::GtI64, Prim::GeI64];

/// An integer, those around powers of two and the ends of the range more often than others.
fn integer() -> impl Strategy<Value = i64> {
    let near = |bits: u32| (-2i64..=2).prop_map(move |by| 1i64.wrapping_shl(bits).wrapping_add(by));
    prop_oneof![any::<i64>(), -5i64..=5, (0u32..64).prop_flat_map(near), Just(i64::MIN), Just(i64::MAX)]
}

/// An interval and an integer in it.
fn member() -> impl Strategy<Value = (Interval, i64)> {
    [integer(), integer(), integer()].prop_map(|mut bounds| {
        bounds.sort_unstable();
        (Interval::new(bounds[0], bounds[2]), bounds[1])
    })
}

fn holds(interval: Interval, value: i64) -> bool {
    interval.lo <= value && value <= interval.hi
}

proptest! {
    #[test]
    fn results_are_in_their_interval((a, x) in member(), (b, y) in member(), prim in prop::sample::select(&BINARY[..])) {
        let all = result(prim, &[a, b]);
        if let Some(Atom::I64(value)) = fold(prim, &[int(x), int(y)]) {
            prop_assert!(holds(all, value), "{prim:?} of {x} in {a:?} and {y} in {b:?} is {value}, not in {all:?}");
        }
    }

    #[test]
    fn rewritten_primitives_do_the_same((a, x) in member(), (b, y) in member(), single: bool,
                                        prim in prop::sample::select([&BINARY[..], &COMPARISONS].concat())) {
        let b = if single { Interval::exactly(y) } else { b };
        let atom = |position: u32, interval: Interval| interval.single().map_or(Atom::Local(LocalId(position)), int);
        let value = |atom: &Atom| match atom {
            Atom::Local(LocalId(0)) => int(x),
            Atom::Local(_) => int(y),
            constant => constant.clone(),
        };
        let expected = fold(prim, &[int(x), int(y)]);
        let found = match rewritten(prim, &[atom(0, a), atom(1, b)], &[a, b]) {
            None => expected.clone(),
            Some(Op::Use(atom)) => Some(value(&atom)),
            Some(Op::Prim(prim, args)) => fold(prim, &[value(&args[0]), value(&args[1])]),
            Some(op) => panic!("{op:?}"),
        };
        prop_assert_eq!(found, expected, "{:?} of {} in {:?} and {} in {:?}", prim, x, a, y, b);
    }

    #[test]
    fn conditions_keep_the_values_they_hold_for((a, x) in member(), (b, y) in member(),
                                                prim in prop::sample::select(&COMPARISONS[..])) {
        let outcome = fold(prim, &[int(x), int(y)]) == Some(Atom::Byte(1));
        let (a_known, b_known) = assumed(prim, outcome, a, b);
        prop_assert!(holds(a_known, x) && holds(b_known, y), "{x} {prim:?} {y} is {outcome}: {a_known:?}, {b_known:?}");
        prop_assert!(compared(prim, a, b).is_none_or(|decided| decided == outcome));
    }

    #[test]
    fn widening_keeps_both((a, _) in member(), (b, _) in member()) {
        let wide = a.widen(a.join(b));
        prop_assert_eq!(wide.join(a).join(b), wide);
    }
}
