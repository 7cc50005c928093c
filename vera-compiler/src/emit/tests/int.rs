//! Checked arithmetic against Rust's, at and around the limits, with variable and constant operands.

use super::*;
use crate::core::SiteId;

const EDGES: [i64; 17] = [
    i64::MIN,
    i64::MIN + 1,
    i64::MIN / 2 - 1,
    i64::MIN / 2,
    -3_037_000_500,
    -256,
    -2,
    -1,
    0,
    1,
    2,
    255,
    256,
    3_037_000_500,
    i64::MAX / 2,
    i64::MAX - 1,
    i64::MAX,
];

const SITE: SiteId = SiteId(0);
const OTHER: SiteId = SiteId(1);

/// What a primitive gives: a value, or the site it traps at.
type Model = fn(i64, i64) -> Result<i64, i32>;

fn checked(value: Option<i64>) -> Result<i64, i32> {
    value.ok_or(0)
}

const BINARY: [(Prim, Model); 6] = [
    (Prim::AddI64(SITE), |a, b| checked(a.checked_add(b))),
    (Prim::SubI64(SITE), |a, b| checked(a.checked_sub(b))),
    (Prim::MulI64(SITE), |a, b| checked(a.checked_mul(b))),
    (Prim::DivI64(SITE, OTHER), |a, b| if b == 0 { Err(0) } else { a.checked_div(b).ok_or(1) }),
    (Prim::RemI64(SITE), |a, b| if b == 0 { Err(0) } else { Ok(a.wrapping_rem(b)) }),
    (Prim::WrapMulI64, |a, b| Ok(a.wrapping_mul(b))),
];

/// Functions `f(a, b)`, and for each edge `c` the functions `left c`: `prim(c, a)` and `right c`: `prim(a, c)`.
fn with_constants(prim: Prim) -> Program {
    let mut builder = ProgramBuilder::default();
    builder.site(TrapKind::Overflow);
    builder.site(TrapKind::Overflow);
    builder.function("f", &[I64, I64], I64, |body, args| End::Yield(body.prim(prim, args)));
    for edge in EDGES {
        builder.function(&format!("left {edge}"), &[I64], I64, |body, args| {
            End::Yield(body.prim(prim, &[local_i64(edge), args[0].clone()]))
        });
        builder.function(&format!("right {edge}"), &[I64], I64, |body, args| {
            End::Yield(body.prim(prim, &[args[0].clone(), local_i64(edge)]))
        });
    }
    builder.program
}

#[test]
fn binary_operations_agree_with_rust_on_variables_and_constants() {
    for (prim, model) in BINARY {
        let mut guest = Guest::new(&with_constants(prim), 0);
        for a in EDGES {
            for b in EDGES {
                let expected = model(a, b).map_err(|site| (site, recorded(prim, site, a, b)));
                let mut found = |name: &str, args: &[i64]| {
                    let result = match *args {
                        [a, b] => guest.try_call::<_, i64>(name, (a, b)),
                        [a, ..] => guest.try_call::<_, i64>(name, a),
                        [] => unreachable!(),
                    };
                    result.map_err(|(site, _)| {
                        let words = recorded(prim, site, a, b).len() as u32;
                        (site, (0..words).map(|word| guest.trap_word(word) as i64).collect())
                    })
                };
                assert_eq!(found("f", &[a, b]), expected, "{prim:?} of {a} and {b}");
                assert_eq!(found(&format!("right {b}"), &[a]), expected, "{prim:?} of {a} and constant {b}");
                assert_eq!(found(&format!("left {a}"), &[b]), expected, "{prim:?} of constant {a} and {b}");
            }
        }
    }
}

/// What a failed check leaves: the dividend of a division by zero, both operands of everything else.
fn recorded(prim: Prim, site: i32, a: i64, b: i64) -> Vec<i64> {
    match prim {
        Prim::DivI64(..) | Prim::RemI64(_) if site == 0 => vec![a],
        _ => vec![a, b],
    }
}

#[test]
fn naturals_stop_below_zero() {
    let mut guest = Guest::new(&of_prim(Prim::SubNat(SITE)), 0);
    assert_eq!(guest.call::<_, i64>("f", (5i64, 5i64)), 0);
    assert_eq!(guest.try_call::<_, i64>("f", (4i64, 5i64)).unwrap_err().0, 0);
    assert_eq!([guest.trap_word(0), guest.trap_word(1)], [4, 5]);

    let mut guest = Guest::new(&of_prim(Prim::AddNat(SITE)), 0);
    assert_eq!(guest.call::<_, i64>("f", (5i64, 5i64)), 10);
    assert_eq!(guest.try_call::<_, i64>("f", (i64::MAX, 1i64)).unwrap_err().0, 0);
    assert_eq!([guest.trap_word(0), guest.trap_word(1)], [i64::MAX as u64, 1]);

    let mut guest = Guest::new(&of_prim(Prim::GuardNat(OTHER)), 0);
    assert_eq!(guest.call::<_, i64>("f", 7i64), 7);
    assert_eq!(guest.try_call::<_, i64>("f", -1i64).unwrap_err().0, 1);

    let mut guest = Guest::new(&of_prim(Prim::GuardByte(SITE)), 0);
    for (value, expected) in [(0, Ok(0)), (255, Ok(255)), (256, Err(0)), (-1, Err(0)), (i64::MIN, Err(0))] {
        assert_eq!(guest.try_call::<_, i32>("f", value).map_err(|(site, _)| site), expected, "{value}");
    }

    let mut guest = Guest::new(&of_prim(Prim::NegI64(SITE)), 0);
    assert_eq!(guest.call::<_, i64>("f", i64::MAX), -i64::MAX);
    assert_eq!(guest.try_call::<_, i64>("f", i64::MIN).unwrap_err().0, 0);
}

#[test]
fn floats_become_integers_only_in_range() {
    let mut guest = Guest::new(&of_prim(Prim::F64ToI64(SITE)), 0);
    let cases = [
        (0.9, Ok(0)),
        (-0.9, Ok(0)),
        (-1.5, Ok(-1)),
        (9_223_372_036_854_774_784.0, Ok(9_223_372_036_854_774_784)),
        (9_223_372_036_854_775_808.0, Err(0)),
        (-9_223_372_036_854_775_808.0, Ok(i64::MIN)),
        (-9_223_372_036_854_777_856.0, Err(0)),
        (f64::NAN, Err(0)),
        (f64::INFINITY, Err(0)),
    ];
    for (value, expected) in cases {
        assert_eq!(guest.try_call::<_, i64>("f", value).map_err(|(site, _)| site), expected, "{value}");
    }
}

/// Such a remainder takes no division, and is right for negative numbers too.
#[test]
fn divisibility_by_a_power_of_two_is_a_mask() {
    for by in [1, 2, 8, 3, i64::MAX, 1 << 62] {
        let mut builder = ProgramBuilder::default();
        builder.site(TrapKind::DivideByZero);
        builder.function("f", &[I64], I64, |body, args| {
            let rest = body.prim(Prim::RemI64(SITE), &[args[0].clone(), Atom::I64(by)]);
            let [even, odd] = [Prim::EqI64, Prim::NeI64].map(|prim| body.prim(prim, &[rest.clone(), Atom::I64(0)]));
            let [even, odd] = [even, odd].map(|byte| body.prim(Prim::ByteToI64, &[byte]));
            let twice = body.prim(Prim::ShlI64, &[odd, Atom::I64(1)]);
            End::Yield(body.prim(Prim::OrI64, &[even, twice]))
        });
        let text = wat(&emit(&builder.program).wasm).expect("printable");
        let function = text.rsplit("(func $f ").next().expect("its code");
        assert_eq!(function.contains("i64.and"), by > 1 && by.count_ones() == 1, "{by}\n{function}");
        let mut guest = Guest::new(&builder.program, 0);
        for n in [0, 1, -1, 2, -2, 7, -8, 8, 24, i64::MIN, i64::MAX, 1 << 62, -(1 << 62)] {
            assert_eq!(guest.call::<_, i64>("f", n), if n % by == 0 { 1 } else { 2 }, "{n} % {by}");
        }
    }
}
