//! The interpreter by itself: limits, traps, and depth. That it agrees with compiled code is tested with the emitter.

use super::{Externs, Limits, NoExterns, Stop, Value};
use crate::core::build::ProgramBuilder;
use crate::core::{Atom, End, FnId, Prim, Program};
use vera_abi::layout::Rep::{F64, I64, Ptr, Slice};
use vera_abi::trap::TrapKind;

fn run(program: &Program, function: FnId, args: Vec<Value>, limits: Limits) -> Result<Value, Stop> {
    program.validate().expect("valid");
    program.interpret(function, args, limits, &mut NoExterns)
}

/// `build(n)`: a list of `n` cells by recursion, which is `n` calls deep; `f(n)`: the head of it.
fn list() -> (Program, FnId) {
    let mut builder = ProgramBuilder::default();
    let overflow = builder.site(TrapKind::Overflow);
    let cons = builder.record(1, &[I64, Ptr]);
    let build = builder.declare("build", &[I64], Ptr);
    builder.define(build, |body, args| {
        let n = args[0].clone();
        let zero = body.prim(Prim::EqI64, &[n.clone(), Atom::I64(0)]);
        End::Yield(body.if_else(
            Ptr,
            &zero,
            |_| End::Yield(Atom::Static(0)),
            |body| {
                let less = body.prim(Prim::SubI64(overflow), &[n.clone(), Atom::I64(1)]);
                let rest = body.call(build, &[less]);
                End::Yield(body.record(cons, &[n.clone(), rest]))
            },
        ))
    });
    let head = builder.function("f", &[I64], I64, |body, args| {
        let list = body.call(build, args);
        End::Yield(body.field(cons, &list, 0))
    });
    (builder.program, head)
}

#[test]
fn deep_calls_and_deep_data_take_no_host_stack() {
    let limits = Limits { fuel: u64::MAX, depth: 1_000_000 };
    let result = std::thread::Builder::new()
        .stack_size(256 * 1024)
        .spawn(move || {
            let (program, f) = list();
            let result = run(&program, f, vec![Value::I64(300_000)], limits);
            matches!(result, Ok(Value::I64(300_000)))
        })
        .expect("a thread")
        .join();
    assert!(result.expect("does not overflow"));
}

#[test]
fn fuel_and_depth_are_limits() {
    let (program, f) = list();
    let args = || vec![Value::I64(1000)];
    assert!(matches!(run(&program, f, args(), Limits { fuel: 1000, depth: 10_000 }), Err(Stop::OutOfFuel)));
    assert!(matches!(run(&program, f, args(), Limits { fuel: 1_000_000, depth: 100 }), Err(Stop::TooDeep)));
    assert!(matches!(run(&program, f, args(), Limits::default()), Ok(Value::I64(1000))));
}

#[test]
fn appending_is_linear_and_versions_are_kept_apart() {
    let mut builder = ProgramBuilder::default();
    let overflow = builder.site(TrapKind::Overflow);
    let f = builder.function("f", &[I64], Slice, |body, args| {
        let n = args[0].clone();
        let built = body.repeat(Slice, &[(I64, Atom::I64(0)), (Slice, Atom::EmptyArray)], |body, again, state| {
            let [i, array] = state else { unreachable!() };
            let done = body.prim(Prim::GeI64, &[i.clone(), n]);
            End::Yield(body.if_else(
                Slice,
                &done,
                |_| End::Yield(array.clone()),
                |body| {
                    let array = body.prim(Prim::ArrayPush(I64), &[array.clone(), i.clone()]);
                    let i = body.prim(Prim::AddI64(overflow), &[i.clone(), Atom::I64(1)]);
                    End::Jump(again, vec![i, array])
                },
            ))
        });
        let one = body.prim(Prim::ArrayPush(I64), &[built.clone(), Atom::I64(-1)]);
        let other = body.prim(Prim::ArrayPush(I64), &[built, Atom::I64(-2)]);
        End::Yield(body.array(Slice, &[one, other]))
    });
    // Quadratic copying would take a hundred times the fuel.
    let limits = Limits { fuel: 200_000, depth: 10 };
    let Ok(Value::Array(pair)) = run(&builder.program, f, vec![Value::I64(10_000)], limits) else {
        panic!("two arrays")
    };
    let ends = pair.to_vec().into_iter().map(|array| match array {
        Value::Array(array) => format!("{} {:?}", array.len(), array.get(array.len() - 1)),
        other => panic!("{other:?}"),
    });
    assert_eq!(ends.collect::<Vec<_>>(), ["10001 Some(-1)", "10001 Some(-2)"]);
}

#[test]
fn imports_are_refused_unless_supplied() {
    struct Sine;
    impl Externs for Sine {
        fn call(&mut self, module: &str, name: &str, args: &[Value]) -> Option<Value> {
            match (module, name, args) {
                ("test", "sine", [Value::F64(x)]) => Some(Value::F64(x.sin())),
                _ => None,
            }
        }
    }
    let mut builder = ProgramBuilder::default();
    let sine = builder.import("sine", &[F64], F64, false);
    let f = builder.function("f", &[F64], F64, |body, args| End::Yield(body.call_import(sine, args)));
    let args = || vec![Value::F64(0.5)];
    let refused = run(&builder.program, f, args(), Limits::default());
    assert!(matches!(refused, Err(Stop::Unsupported(id)) if id == sine));
    let supplied = builder.program.interpret(f, args(), Limits::default(), &mut Sine);
    assert!(matches!(supplied, Ok(Value::F64(x)) if x == 0.5f64.sin()));
}

#[test]
fn failed_preconditions_show_their_arguments() {
    let mut builder = ProgramBuilder::default();
    let requires = builder.site(TrapKind::Requires);
    let f = builder.function("f", &[I64, Slice], I64, |_, args| End::Trap(requires, args.to_vec()));
    let stop = run(&builder.program, f, vec![Value::I64(4), Value::string("no")], Limits::default());
    let Err(Stop::Trap(site, values)) = stop else { panic!("{stop:?}") };
    assert_eq!(site, requires);
    assert_eq!(format!("{values:?}"), r#"[4, "no"]"#);
}
