//! Each limit, and the instance after it.

use crate::guest::Guest;
use std::time::{Duration, Instant};
use vera_abi::interface::TypeDesc;
use vera_runtime::error::{Error, Limit};
use vera_runtime::{Instance, Limits};

fn guest() -> Guest {
    let mut guest = Guest::new();
    let (int, unit) = (guest.ty(TypeDesc::Int), guest.ty(TypeDesc::Unit));
    let ints = guest.ty(TypeDesc::Array(int));
    guest.function("forever", vec![], unit, "(loop $l (br $l))");
    guest.function(
        "depth",
        vec![int],
        int,
        "(param i64) (result i64) (if (result i64) (i64.eqz (local.get 0)) (then (i64.const 0))
           (else (i64.add (i64.const 1) (call $depth (i64.sub (local.get 0) (i64.const 1))))))",
    );
    guest.deep();
    guest.function(
        "hoard",
        vec![],
        unit,
        "(loop $l (call $keep (call $alloc (i32.const 2048))) (i32.store (i32.load (i32.sub (global.get $gc_sp) (i32.const 4))) (i32.const 0)) (br $l))",
    );
    guest.function("garbage", vec![], unit, "(loop $l (i32.store (call $alloc (i32.const 64)) (i32.const 0)) (br $l))");
    guest.identity("ints", ints);
    guest
}

fn limit_of<T: std::fmt::Debug>(outcome: vera_runtime::Result<T>) -> Limit {
    match outcome {
        Err(Error::Limit(limit)) => limit.limit,
        other => panic!("{other:?}"),
    }
}

fn still_works(instance: &mut Instance) {
    let ints = instance.function::<(Vec<i64>,), Vec<i64>>("ints").unwrap();
    let value: Vec<i64> = (0..1000).collect();
    assert_eq!(instance.call(&ints, (value.as_slice(),)).unwrap(), value);
    instance.check_heap().unwrap();
}

#[test]
fn fuel() {
    let limits = Limits { fuel: Some(100_000), ..Limits::default() };
    let mut instance = guest().compile().instantiate((), limits).unwrap();
    let forever = instance.function::<(), ()>("forever").unwrap();
    assert_eq!(limit_of(instance.call(&forever, ())), Limit::Fuel(100_000));
    // Each call has its own.
    assert_eq!(limit_of(instance.call(&forever, ())), Limit::Fuel(100_000));
    still_works(&mut instance);
}

#[test]
fn deadline() {
    let time = Duration::from_millis(30);
    let limits = Limits { deadline: Some(time), ..Limits::default() };
    let compiled = guest().compile();
    let mut instance = compiled.instantiate((), limits).unwrap();
    let forever = instance.function::<(), ()>("forever").unwrap();
    for _ in 0..2 {
        let start = Instant::now();
        assert_eq!(limit_of(instance.call(&forever, ())), Limit::Deadline(time));
        assert!(start.elapsed() >= time, "{:?}", start.elapsed());
    }
    still_works(&mut instance);
    // Stopped inside the collector or not, the instance tells the truth about itself.
    let garbage = instance.function::<(), ()>("garbage").unwrap();
    for _ in 0..10 {
        match instance.call(&garbage, ()) {
            Err(Error::Limit(_)) => still_works(&mut instance),
            Err(Error::Unusable(_)) => break,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn native_stack() {
    let mut instance = guest().compile().instantiate((), Limits::default()).unwrap();
    let depth = instance.function::<(i64,), i64>("depth").unwrap();
    assert_eq!(instance.call(&depth, (1_000_000,)).unwrap(), 1_000_000);
    assert_eq!(limit_of(instance.call(&depth, (i64::MAX,))), Limit::Stack(256 << 20));
    still_works(&mut instance);
    let sum = instance.on_large_stack(|instance| (0..100).map(|n| instance.call(&depth, (n,)).unwrap()).sum::<i64>());
    assert_eq!(sum, 4950);
}

#[test]
fn a_thread_with_a_small_stack_is_safe() {
    let mut instance =
        guest().compile().instantiate((), Limits { native_stack: 1 << 20, ..Limits::default() }).unwrap();
    let thread = std::thread::Builder::new().stack_size(64 << 10).spawn(move || {
        let depth = instance.function::<(i64,), i64>("depth").unwrap();
        assert_eq!(limit_of(instance.call(&depth, (i64::MAX,))), Limit::Stack(1 << 20));
        still_works(&mut instance);
    });
    thread.unwrap().join().unwrap();
}

#[test]
fn memory() {
    let limits = Limits { memory: 48 << 20, shadow_stack: 4 << 20, ..Limits::default() };
    let mut instance = guest().compile().instantiate((), limits).unwrap();
    let hoard = instance.function::<(), ()>("hoard").unwrap();
    let error = instance.call(&hoard, ()).unwrap_err();
    assert_eq!(error.kind(), "heap_exhausted");
    assert!(instance.memory_size() <= 48 << 20);
    still_works(&mut instance);
    // By the host's own writing.
    let ints = instance.function::<(Vec<i64>,), Vec<i64>>("ints").unwrap();
    assert_eq!(limit_of(instance.call(&ints, (vec![0; 8 << 20],))), Limit::Memory(48 << 20));
    still_works(&mut instance);
    let too_small = Limits { memory: 1 << 20, ..Limits::default() };
    assert_eq!(limit_of(guest().compile().instantiate((), too_small)), Limit::Memory(1 << 20));
}

#[test]
fn size_of_values() {
    let limits = Limits { nodes: 100, bytes: 1000, ..Limits::default() };
    let mut instance = guest().compile().instantiate((), limits).unwrap();
    let ints = instance.function::<(Vec<i64>,), Vec<i64>>("ints").unwrap();
    assert!(instance.call(&ints, (vec![0; 90],)).is_ok());
    assert_eq!(limit_of(instance.call(&ints, (vec![0; 120],))), Limit::Nodes(100));
    assert_eq!(limit_of(instance.call(&ints, (vec![0; 130],))), Limit::Bytes(1000));
}

#[test]
fn values_that_pass_cost_fuel() {
    let items: Vec<i64> = (0..20_000).collect();
    let texts: Vec<String> = items.iter().map(i64::to_string).collect();
    let mut guest = guest();
    let string = guest.ty(TypeDesc::String);
    let strings = guest.ty(TypeDesc::Array(string));
    guest.identity("strings", strings);
    let compiled = guest.compile();
    let limits = Limits { fuel: Some(200_000), ..Limits::default() };
    let mut instance = compiled.instantiate((), limits).unwrap();
    // Numbers are copied together, strings one by one.
    still_works(&mut instance);
    let strings = instance.function::<(Vec<String>,), Vec<String>>("strings").unwrap();
    assert_eq!(limit_of(instance.call(&strings, (&texts,))), Limit::Fuel(200_000));
    assert_eq!(instance.call(&strings, (&texts[..10],)).unwrap(), &texts[..10]);
    still_works(&mut instance);
}
