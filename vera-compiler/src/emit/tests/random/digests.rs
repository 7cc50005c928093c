//! Numbers that stand for values of random programs.

use super::*;

/// Functions that turn values of any type into numbers, which differ for most different values. They allocate nothing.
#[derive(Clone, Copy)]
pub(super) struct Digests {
    datum: FnId,
    texts: FnId,
    datas: FnId,
    ints: FnId,
}

impl Digests {
    pub(super) fn of(self, body: &mut BodyBuilder, ty: Ty, value: &Atom, depth: &Atom) -> Atom {
        match ty {
            Ty::Byte => body.prim(Prim::ByteToI64, &[value.clone()]),
            Int => value.clone(),
            Float => {
                let less = body.prim(Prim::LtF64, &[value.clone(), Atom::F64(1.0)]);
                body.prim(Prim::ByteToI64, &[less])
            }
            Data => body.call(self.datum, &[value.clone(), depth.clone()]),
            Fun => local_i64(7),
            Text => body.prim(Prim::StrHash, &[value.clone()]),
            Datas => body.call(self.datas, &[value.clone(), depth.clone()]),
            Texts => body.call(self.texts, &[value.clone(), depth.clone()]),
            Ints => body.call(self.ints, &[value.clone(), depth.clone()]),
        }
    }

    pub(super) fn define(builder: &mut ProgramBuilder, shapes: [RecordId; 3], bounds: SiteId) -> Self {
        let datum = builder.declare("digest", &[Ptr, I64], I64);
        let [texts, datas, ints] =
            ["texts", "datas", "ints"].map(|name| builder.declare(&format!("digest {name}"), &[Slice, I64], I64));
        let digests = Self { datum, texts, datas, ints };
        for (function, element) in [(texts, Text), (datas, Data), (ints, Int)] {
            builder.define(function, |body, args| digests.of_array(body, element, bounds, args));
        }
        builder.define(datum, |body, args| digests.of_datum(body, shapes, args));
        digests
    }

    pub(super) fn mix(body: &mut BodyBuilder, sum: &Atom, value: Atom) -> Atom {
        let sum = body.prim(Prim::WrapMulI64, &[sum.clone(), local_i64(31)]);
        body.prim(Prim::WrapAddI64, &[sum, value])
    }

    fn of_array(self, body: &mut BodyBuilder, element: Ty, bounds: SiteId, args: &[Atom]) -> End {
        let rep = element.rep();
        let len = body.prim(Prim::ArrayLen(rep), &args[..1]);
        End::Yield(body.repeat(I64, &[(I64, local_i64(0)), (I64, len.clone())], |body, again, state| {
            let [i, sum] = state else { unreachable!() };
            let done = body.prim(Prim::GeI64, &[i.clone(), len.clone()]);
            End::Yield(body.if_else(
                I64,
                &done,
                |_| End::Yield(sum.clone()),
                |body| {
                    let item = body.prim(Prim::ArrayGet(rep, bounds), &[args[0].clone(), i.clone()]);
                    let item = self.of(body, element, &item, &args[1]);
                    let sum = Self::mix(body, sum, item);
                    let i = body.prim(Prim::WrapAddI64, &[i.clone(), local_i64(1)]);
                    End::Jump(again, vec![i, sum])
                },
            ))
        }))
    }

    fn of_datum(self, body: &mut BodyBuilder, shapes: [RecordId; 3], args: &[Atom]) -> End {
        let [datum, depth] = args else { unreachable!() };
        let tag = body.prim(Prim::TagOf, &[datum.clone()]);
        let deepest = body.prim(Prim::LeI64, &[depth.clone(), local_i64(0)]);
        let less = body.prim(Prim::WrapSubI64, &[depth.clone(), local_i64(1)]);
        let mut cases = Vec::new();
        for (shape, (shape_tag, fields)) in shapes.into_iter().zip(SHAPES) {
            let block = body.block(|body| {
                let mut sum = tag.clone();
                for (index, &field) in (0..).zip(fields) {
                    let value = body.field(shape, datum, index);
                    let value = self.of(body, field, &value, &less);
                    sum = Self::mix(body, &sum, value);
                }
                End::Yield(sum)
            });
            cases.push((i64::from(shape_tag), block));
        }
        let default = Some(Box::new(body.block(|_| End::Yield(tag.clone()))));
        let on = SwitchOn::Tag(datum.clone());
        let switch = body.block(|body| End::Yield(body.op(I64, Op::Switch { on, cases, default })));
        let stop = body.block(|_| End::Yield(tag.clone()));
        End::Yield(body.op(I64, Op::If(deepest, Box::new(stop), Box::new(switch))))
    }
}
