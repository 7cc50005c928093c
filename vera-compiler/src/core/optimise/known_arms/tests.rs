//! What is left of choices, and that the result is the same.

use crate::core::build::{BodyBuilder, ProgramBuilder};
use crate::core::interpret::{NoExterns, Value};
use crate::core::optimise::optimise;
use crate::core::{Atom, End, FnId, Op, Prim, Program, RecordId, SwitchOn};
use vera_abi::layout::Rep::{Byte, I64, Ptr};

/// A function of two integers, optimised; it gives the same as before for small ones.
fn optimised(body: impl FnOnce(&mut BodyBuilder, &[RecordId; 2], &[Atom]) -> End) -> Program {
    let mut builder = ProgramBuilder::default();
    let shapes = [builder.record(1, &[I64]), builder.record(2, &[I64, I64])];
    builder.function("f", &[I64, I64], I64, |builder, params| body(builder, &shapes, params));
    let before = builder.program;
    let mut after = before.clone();
    optimise(&mut after);
    for program in [&before, &after] {
        program.validate().unwrap_or_else(|invalid| panic!("{invalid}\n{program}"));
    }
    for (a, b) in (-2..3).flat_map(|a| (-2..3).map(move |b| (a, b))) {
        let run = |program: &Program| {
            let args = vec![Value::I64(a), Value::I64(b)];
            match program.interpret(FnId(0), args, Default::default(), &mut NoExterns) {
                Ok(Value::I64(result)) => result,
                other => panic!("{other:?}\n{program}"),
            }
        };
        assert_eq!(run(&after), run(&before), "f({a}, {b})\n{before}\nmade into\n{after}");
    }
    after
}

fn count(program: &Program, what: impl Fn(&Op) -> bool) -> usize {
    let mut count = 0;
    for function in &program.functions {
        let of_block = |block: &crate::core::Block| block.stmts.iter().filter(|stmt| what(&stmt.op)).count();
        function.body.for_each_block(|block| count += of_block(block));
    }
    count
}

fn compare(body: &mut BodyBuilder, a: &Atom, b: &Atom) -> Atom {
    let less = body.prim(Prim::LtI64, &[a.clone(), b.clone()]);
    let equal_or_greater = |body: &mut BodyBuilder| {
        let equal = body.prim(Prim::EqI64, &[a.clone(), b.clone()]);
        End::Yield(body.if_else(Ptr, &equal, |_| End::Yield(Atom::Static(1)), |_| End::Yield(Atom::Static(2))))
    };
    body.if_else(Ptr, &less, |_| End::Yield(Atom::Static(0)), equal_or_greater)
}

fn switch(body: &mut BodyBuilder, datum: Atom, cases: [(i64, crate::core::Block); 2]) -> Atom {
    body.op(I64, Op::Switch { on: SwitchOn::Tag(datum), cases: cases.into(), default: None })
}

#[test]
fn a_comparison_that_is_matched_on_makes_no_ordering() {
    let program = optimised(|body, _, params| {
        let ordering = compare(body, &params[0], &params[1]);
        let greater = body.block(|body| End::Yield(body.prim(Prim::WrapSubI64, params)));
        let other = body.block(|body| End::Yield(body.prim(Prim::WrapMulI64, params)));
        let on = SwitchOn::Tag(ordering);
        let op = Op::Switch { on, cases: vec![(2, greater)], default: Some(Box::new(other)) };
        End::Yield(body.op(I64, op))
    });
    assert_eq!(count(&program, |op| matches!(op, Op::Switch { .. })), 0, "{program}");
    assert_eq!(count(&program, |op| matches!(op, Op::Prim(Prim::WrapMulI64, _))), 1, "no case is copied: {program}");
}

#[test]
fn a_record_that_is_only_looked_at_is_not_made() {
    let program = optimised(|body, shapes, params| {
        let positive = body.prim(Prim::GtI64, &[params[0].clone(), Atom::I64(0)]);
        let datum = body.if_else(
            Ptr,
            &positive,
            |body| End::Yield(body.record(shapes[0], &params[1..])),
            |body| End::Yield(body.record(shapes[1], params)),
        );
        let one = body.block(|body| End::Yield(body.field(shapes[0], &datum, 0)));
        let two = body.block(|body| {
            let fields = [0, 1].map(|field| body.field(shapes[1], &datum, field));
            End::Yield(body.prim(Prim::WrapSubI64, &fields))
        });
        End::Yield(switch(body, datum, [(1, one), (2, two)]))
    });
    assert_eq!(count(&program, |op| matches!(op, Op::Record(..) | Op::Switch { .. })), 0, "{program}");
}

#[test]
fn a_pair_that_a_loop_gives_is_not_made() {
    let program = optimised(|body, shapes, params| {
        let pair = body.repeat(Ptr, &[(I64, Atom::I64(0)), (I64, params[1].clone())], |body, again, state| {
            let done = body.prim(Prim::GeI64, &[state[0].clone(), params[0].clone()]);
            let stop = body.block(|body| End::Yield(body.record(shapes[1], state)));
            let go_on = body.block(|body| {
                let next = body.prim(Prim::WrapAddI64, &[state[0].clone(), Atom::I64(1)]);
                End::Jump(again, vec![next.clone(), body.prim(Prim::WrapMulI64, &[state[1].clone(), next])])
            });
            End::Yield(body.op(Ptr, Op::If(done, Box::new(stop), Box::new(go_on))))
        });
        let fields = [0, 1].map(|field| body.field(shapes[1], &pair, field));
        End::Yield(body.prim(Prim::WrapSubI64, &fields))
    });
    assert_eq!(count(&program, |op| matches!(op, Op::Record(..) | Op::Field(..))), 0, "{program}");
}

#[test]
fn a_condition_of_two_is_two_branches() {
    let program = optimised(|body, _, params| {
        let first = body.prim(Prim::LtI64, &[params[0].clone(), Atom::I64(0)]);
        let second = |body: &mut BodyBuilder| End::Yield(body.prim(Prim::LtI64, &[params[1].clone(), Atom::I64(0)]));
        let either = body.if_else(Byte, &first, |_| End::Yield(Atom::Byte(1)), second);
        let product = |body: &mut BodyBuilder| End::Yield(body.prim(Prim::WrapMulI64, params));
        End::Yield(body.if_else(I64, &either, product, |_| End::Yield(Atom::I64(9))))
    });
    let mut conditions = Vec::new();
    program.functions[0].body.for_each_block(|block| {
        conditions.extend(block.stmts.iter().filter_map(|stmt| match &stmt.op {
            Op::If(condition, ..) => condition.local(),
            _ => None,
        }));
    });
    let chosen = |op: &Op| matches!(op, Op::If(..));
    program.functions[0].body.for_each_block(|block| {
        let gives = |stmt: &crate::core::Stmt| chosen(&stmt.op) && conditions.contains(&stmt.dest);
        assert!(!block.stmts.iter().any(gives), "a choice gives a condition: {program}");
    });
    assert_eq!(conditions.len(), 2, "{program}");
}
