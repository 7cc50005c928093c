//! Strings: literals, building, comparison, search.

use super::*;

/// `f(n)`: a string built in a loop by every way of appending, then compared and searched.
#[test]
fn strings_are_built_and_searched() {
    let mut builder = ProgramBuilder::default();
    let overflow = builder.site(TrapKind::Overflow);
    let build = builder.function("build", &[I64], Slice, |body, args| {
        let n = args[0].clone();
        End::Yield(body.repeat(Slice, &[(I64, local_i64(0)), (Slice, Atom::Str("<".into()))], |body, again, state| {
            let [i, text] = state else { unreachable!() };
            let done = body.prim(Prim::GeI64, &[i.clone(), n]);
            End::Yield(body.if_else(
                Slice,
                &done,
                |body| End::Yield(body.prim(Prim::StrConcat, &[text.clone(), Atom::Str(">".into())])),
                |body| {
                    let text = body.prim(Prim::StrPushI64, &[text.clone(), i.clone()]);
                    let text = body.prim(Prim::StrPush, &[text, Atom::Byte(b',')]);
                    let digits = body.prim(Prim::I64ToStr, &[i.clone()]);
                    let text = body.prim(Prim::StrConcat, &[text, digits]);
                    let text = body.prim(Prim::StrConcat, &[text, Atom::Str("; ".into())]);
                    let i = body.prim(Prim::AddI64(overflow), &[i.clone(), local_i64(1)]);
                    End::Jump(again, vec![i, text])
                },
            ))
        }))
    });
    builder.function("find", &[I64], I64, |body, args| {
        let text = body.call(build, &[args[0].clone()]);
        End::Yield(body.prim(Prim::StrFind, &[text, Atom::Str("; 7,".into()), local_i64(2)]))
    });
    builder.function("cut", &[I64], Slice, |body, args| {
        let text = body.call(build, &[args[0].clone()]);
        End::Yield(body.prim(Prim::StrSlice, &[text, local_i64(1), local_i64(6)]))
    });
    for stress in MODES {
        let mut guest = Guest::new(&builder.program, stress);
        let n = if stress == 0 { 1000i64 } else { 12 };
        let model = format!("<{}>", (0..n).map(|i| format!("{i},{i}; ")).collect::<String>());
        assert_eq!(guest.call_text("build", n), model);
        assert_eq!(guest.call::<_, i64>("find", n), model[2..].find("; 7,").map_or(-1, |at| at as i64 + 2));
        assert_eq!(guest.call_text("cut", n), &model[1..6]);
    }
}

#[test]
fn comparisons_agree_with_rust() {
    let samples = ["", "a", "b", "ab", "abc", "äöü", "a string of some length", "a string of some lengtj"];
    let mut builder = ProgramBuilder::default();
    let out_of_bounds = builder.site(TrapKind::StringIndexOutOfBounds);
    let sample = builder.function("sample", &[I64], Slice, |body, args| {
        let cases = (0..)
            .zip(samples)
            .map(|(value, text)| (value, body.block(|_| End::Yield(Atom::Str(text.into())))))
            .collect();
        let on = crate::core::SwitchOn::I64(args[0].clone());
        End::Yield(body.op(Slice, crate::core::Op::Switch { on, cases, default: None }))
    });
    for (name, prim) in [("equal", Prim::StrEq), ("compare", Prim::StrCompare)] {
        builder.function(name, &[I64, I64], prim.signature().1, |body, args| {
            let (left, right) = (body.call(sample, &args[..1]), body.call(sample, &args[1..]));
            End::Yield(body.prim(prim, &[left, right]))
        });
    }
    builder.function("byte", &[I64, I64], I64, |body, args| {
        let text = body.call(sample, &args[..1]);
        End::Yield(body.prim(Prim::StrByteChecked(out_of_bounds), &[text, args[1].clone()]))
    });
    let mut guest = Guest::new(&builder.program, 0);
    for (i, left) in (0i64..).zip(samples) {
        for (j, right) in (0i64..).zip(samples) {
            assert_eq!(guest.call::<_, i32>("equal", (i, j)), i32::from(left == right), "{left} {right}");
            assert_eq!(guest.call::<_, i64>("compare", (i, j)), left.cmp(right) as i64, "{left} {right}");
        }
        for index in [-1i64, 0, 1, 22, 1 << 32] {
            let byte = usize::try_from(index).ok().and_then(|index| left.as_bytes().get(index));
            let found = guest.try_call::<_, i64>("byte", (i, index)).map_err(|(site, _)| site);
            assert_eq!(found, byte.map(|&byte| i64::from(byte)).ok_or(0), "{left} {index}");
        }
    }
}
