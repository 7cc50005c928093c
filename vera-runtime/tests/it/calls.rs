//! Calls and the errors they end in.

use crate::guest::Guest;
use vera_abi::interface::TypeDesc;
use vera_abi::trap::TrapKind;
use vera_runtime::error::Error;
use vera_runtime::{Compiled, Instance, Limits};

fn arithmetic() -> Guest {
    let mut guest = Guest::new();
    let (int, nat, string) = (guest.ty(TypeDesc::Int), guest.ty(TypeDesc::Nat), guest.ty(TypeDesc::String));
    guest.function("add", vec![int, int], int, "(param i64 i64) (result i64) (i64.add (local.get 0) (local.get 1))");
    guest.function("nat", vec![nat], nat, "(param i64) (result i64) (local.get 0)");
    let site = guest.site(TrapKind::Requires, "requires(@Int.0 > 0)", vec![string, int]);
    let body = format!(
        "(param i32 i32 i64) (result i64) {} {} {} {}",
        Guest::record(0, "(i64.extend_i32_u (local.get 0))"),
        Guest::record(1, "(i64.extend_i32_u (local.get 1))"),
        Guest::record(2, "(local.get 2)"),
        Guest::fail(site)
    );
    guest.function("f", vec![string, int], int, &body);
    let site = guest.site(TrapKind::Overflow, "@Int.0 + 1", vec![]);
    guest.function("overflow", vec![], int, &format!("(result i64) {}", Guest::fail(site)));
    let site = guest.site(TrapKind::UncaughtException, "", vec![string]);
    let throw = format!(
        "(param i32 i32) {} {} {}",
        Guest::record(0, "(i64.extend_i32_u (local.get 0))"),
        Guest::record(1, "(i64.extend_i32_u (local.get 1))"),
        Guest::fail(site)
    );
    let unit = guest.ty(TypeDesc::Unit);
    guest.function("throws", vec![string], unit, &throw);
    guest
}

#[test]
fn typed_calls() {
    let mut instance = arithmetic().compile().instantiate((), Limits::default()).unwrap();
    let add = instance.function::<(i64, i64), i64>("add").unwrap();
    assert_eq!(instance.call(&add, (2, 40)).unwrap(), 42);
    let nat = instance.function::<(u64,), u64>("nat").unwrap();
    assert_eq!(instance.call(&nat, (i64::MAX as u64,)).unwrap(), i64::MAX as u64);
    let error = instance.call(&nat, (1 << 63,)).unwrap_err();
    assert_eq!(error.to_string(), "argument 1: 9223372036854775808 is larger than the largest Nat, 2^63-1");
}

#[test]
fn a_failed_precondition_blames_the_caller_and_shows_the_arguments() {
    let mut instance = arithmetic().compile().instantiate((), Limits::default()).unwrap();
    let f = instance.function::<(String, i64), i64>("f").unwrap();
    let error = instance.call(&f, ("abc", -7)).unwrap_err();
    let Error::Requires(violation) = &error else { panic!("{error:?}") };
    assert_eq!(violation.values[1].value, "-7");
    assert_eq!(violation.backtrace[0].function, "f");
    assert_eq!(
        error.to_string(),
        "Precondition violation in f(@Int -> @Int)\n  requires(@Int.0 > 0) failed\n  with @T0.0 = \"abc\", @T1.0 = -7\n  \
         at guest.vera:3:5"
    );
    // The instance goes on.
    let add = instance.function::<(i64, i64), i64>("add").unwrap();
    assert_eq!(instance.call(&add, (1, 2)).unwrap(), 3);
    let long = "x".repeat(1000);
    let error = instance.call(&f, (long.as_str(), -7)).unwrap_err();
    assert!(error.violation().unwrap().values[0].value.ends_with("(1000 bytes)"));
}

#[test]
fn other_failures() {
    let mut instance = arithmetic().compile().instantiate((), Limits::default()).unwrap();
    let overflow = instance.function::<(), i64>("overflow").unwrap();
    let error = instance.call(&overflow, ()).unwrap_err();
    assert_eq!(error.to_string(), "Integer overflow: `@Int.0 + 1` in f\n  at guest.vera:3:5");
    assert_eq!((error.kind(), error.location().unwrap().line), ("overflow", 3));
    let throws = instance.function::<(String,), ()>("throws").unwrap();
    let error = instance.call(&throws, ("bad",)).unwrap_err();
    assert_eq!(error.to_string(), "Uncaught exception Exn<String>: \"bad\"\n  thrown in f at guest.vera:3:5");
}

#[test]
fn functions_are_found_by_name_and_type() {
    let mut instance = arithmetic().compile().instantiate((), Limits::default()).unwrap();
    let error = instance.function::<(i64,), i64>("add").unwrap_err();
    assert!(error.to_string().contains("has the type Int, Int -> Int"), "{error}");
    assert!(instance.function::<(), ()>("missing").is_err());
    let mut other = arithmetic().compile().instantiate((), Limits::default()).unwrap();
    let add = instance.function::<(i64, i64), i64>("add").unwrap();
    assert!(matches!(other.call(&add, (1, 2)), Err(Error::Argument(_))));
}

#[test]
fn what_is_no_module_is_not_loaded() {
    let cases: [&[u8]; 4] = [b"", b"\0asm", b"\0asm\x01\0\0\0", b"\0asm\x01\0\0\0\0\xff\xff\xff\xff\x0f"];
    for bytes in cases {
        let error = Compiled::new(bytes.to_vec()).instantiate((), Limits::default()).unwrap_err();
        assert!(matches!(error, Error::Load(_)), "{error:?}");
    }
    let mut guest = Guest::new();
    guest.interface.abi_version += 1;
    let error = guest.compile().instantiate((), Limits::default()).unwrap_err();
    let newer = format!("ABI version {}", vera_abi::ABI_VERSION + 1);
    assert!(error.to_string().contains(&newer), "{error}");
}

#[test]
fn more_parameters_than_a_typed_function_has() {
    let mut guest = Guest::new();
    let (string, int) = (guest.ty(TypeDesc::String), guest.ty(TypeDesc::Int));
    let params = "i32 i32 ".repeat(10);
    guest.function(
        "wide",
        vec![string; 10],
        int,
        &format!("(param {params}) (result i64) (i64.extend_i32_u (i32.mul (local.get 1) (local.get 19)))"),
    );
    for mut instance in guest.instances() {
        let product: i64 = instance
            .call_wide("wide", |arguments| {
                for index in 1..=10 {
                    arguments.add::<String>("x".repeat(index))?;
                }
                Ok(())
            })
            .unwrap();
        assert_eq!(product, 10);
    }
}

/// What holds for every host that can move to another thread: an instance can move, a module is shared.
#[test]
fn instances_are_send_and_modules_are_shared() {
    fn send<T: Send>() {}
    fn shared<T: Send + Sync>() {}
    send::<Instance<std::cell::Cell<u32>>>();
    send::<vera_runtime::host::Imports<std::cell::Cell<u32>>>();
    shared::<Compiled>();
    shared::<vera_runtime::Function<(String, Vec<i64>), String>>();
    shared::<Error>();
    shared::<Limits>();
}

#[test]
fn instances_can_move_to_another_thread() {
    let mut instance = arithmetic().compile().instantiate((), Limits::default()).unwrap();
    let sum = std::thread::spawn(move || {
        let add = instance.function::<(i64, i64), i64>("add").unwrap();
        instance.call(&add, (20, 22))
    });
    assert_eq!(sum.join().unwrap().unwrap(), 42);
}

/// What no module of the compiler does: nothing can be said about its memory afterwards.
#[test]
fn a_stray_store_makes_the_instance_unusable() {
    let mut guest = Guest::new();
    let int = guest.ty(TypeDesc::Int);
    guest.function(
        "stray",
        vec![int],
        int,
        "(param i64) (result i64) (i32.store (i32.const -8) (i32.const 1)) (local.get 0)",
    );
    guest.function("fine", vec![int], int, "(param i64) (result i64) (local.get 0)");
    for mut instance in guest.instances() {
        let stray = instance.function::<(i64,), i64>("stray").unwrap();
        let fine = instance.function::<(i64,), i64>("fine").unwrap();
        assert_eq!(instance.call(&fine, (7,)), Ok(7));
        let error = instance.call(&stray, (7,)).unwrap_err();
        assert!(matches!(error, Error::Internal(_)), "{error:?}");
        for _ in 0..2 {
            let after = instance.call(&fine, (7,)).unwrap_err();
            assert!(matches!(&after, Error::Unusable(why) if **why == *error.to_string()), "{after:?}");
            assert!(matches!(instance.scope(|scope| scope.collect()), Err(Error::Unusable(_))));
            assert!(matches!(instance.check_heap(), Err(Error::Unusable(_))));
        }
    }
}
