//! Each limit, and the instance after it.

use crate::guest::Guest;
use std::time::{Duration, Instant};
use vera_abi::interface::TypeDesc;
use vera_runtime::error::{Error, Limit, Setting};
use vera_runtime::host::EffectId;
use vera_runtime::{Compiled, Function, Instance, Limits, Scope};

fn guest() -> Guest {
    let mut guest = Guest::new();
    let (int, unit) = (guest.ty(TypeDesc::Int), guest.ty(TypeDesc::Unit));
    let ints = guest.ty(TypeDesc::Array(int));
    guest.function("forever", vec![], unit, "(loop $l (br $l))");
    guest.recursive("depth");
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

/// What ends a test of the other budget, should that not hold.
const BACKSTOP_TIME: Duration = Duration::from_secs(60);
const BACKSTOP_FUEL: u64 = 1 << 34;

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
    let limits = Limits { fuel: Some(100_000), deadline: Some(BACKSTOP_TIME), ..Limits::default() };
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
    let limits = Limits { deadline: Some(time), fuel: Some(BACKSTOP_FUEL), ..Limits::default() };
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
}

/// The setting that is refused.
fn refused(compiled: &Compiled, limits: Limits) -> Setting {
    match limit_of(compiled.instantiate((), limits)) {
        Limit::Setting(setting) => setting,
        other => panic!("{other:?}"),
    }
}

#[test]
fn memory_that_is_too_little_to_begin_with_says_how_much_is_needed() {
    let compiled = guest().compile();
    for shadow_stack in [0, 64 << 10, 32 << 20] {
        let limits = |memory| Limits { memory, shadow_stack, ..Limits::default() };
        for memory in [0, 1, 65_535, 65_536, u64::from(shadow_stack)] {
            let setting = refused(&compiled, limits(memory));
            assert_eq!((setting.name, setting.given), ("memory", memory));
            assert!(setting.least > memory && setting.least <= setting.most, "{setting:?}");
        }
        let least = refused(&compiled, limits(65_536)).least;
        let mut instance = compiled.instantiate((), limits(least)).unwrap();
        assert!(instance.memory_size() as u64 <= least);
        if shadow_stack > 0 {
            let ints = instance.function::<(Vec<i64>,), Vec<i64>>("ints").unwrap();
            assert_eq!(instance.call(&ints, (&[1, 2],)), Ok(vec![1, 2]));
        }
    }
    let whole = Limits { shadow_stack: u32::MAX, memory: u64::MAX, ..Limits::default() };
    assert_eq!(refused(&compiled, whole).name, "memory", "the roots would fill all of memory");
}

#[test]
fn a_stack_that_the_system_does_not_have_is_refused() {
    let compiled = guest().compile();
    for native_stack in [usize::MAX, usize::MAX / 2, 1 << 46] {
        let setting = refused(&compiled, Limits { native_stack, ..Limits::default() });
        assert_eq!((setting.name, setting.given), ("native_stack", native_stack as u64));
        let possible = Limits { native_stack: setting.most as usize, ..Limits::default() };
        still_works(&mut compiled.instantiate((), possible).unwrap());
    }
}

/// Every limit at its ends: an instance that works, or an error that names the limit.
#[test]
fn limits_at_their_ends() {
    let base = Limits {
        fuel: Some(1 << 40),
        deadline: Some(Duration::from_secs(100)),
        native_stack: 256 << 10,
        ..Limits::default()
    };
    let ends: Vec<(&str, Limits)> = vec![
        ("memory", Limits { memory: u64::MAX, ..base }),
        ("fuel", Limits { fuel: Some(0), ..base }),
        ("fuel", Limits { fuel: Some(1), ..base }),
        ("fuel", Limits { fuel: Some(u64::MAX), ..base }),
        ("deadline", Limits { deadline: Some(Duration::ZERO), ..base }),
        ("deadline", Limits { deadline: Some(Duration::from_nanos(1)), ..base }),
        ("deadline", Limits { deadline: Some(Duration::MAX), ..base }),
        ("native_stack", Limits { native_stack: 0, ..base }),
        ("native_stack", Limits { native_stack: 1, ..base }),
        ("shadow_stack", Limits { shadow_stack: 0, ..base }),
        ("shadow_stack", Limits { shadow_stack: 1, ..base }),
        ("shadow_stack", Limits { shadow_stack: 4, ..base }),
        ("nodes", Limits { nodes: 0, ..base }),
        ("nodes", Limits { nodes: 1, ..base }),
        ("nodes", Limits { nodes: u64::MAX, ..base }),
        ("bytes", Limits { bytes: 0, ..base }),
        ("bytes", Limits { bytes: 1, ..base }),
        ("bytes", Limits { bytes: u64::MAX, ..base }),
        ("depth", Limits { depth: 0, ..base }),
        ("depth", Limits { depth: 1, ..base }),
        ("depth", Limits { depth: u32::MAX, ..base }),
        ("host_memory", Limits { host_memory: 0, ..base }),
        ("host_memory", Limits { host_memory: 1, ..base }),
        ("host_memory", Limits { host_memory: u64::MAX, ..base }),
    ];
    let name = |limit: Limit| match limit {
        Limit::Memory(_) => "memory",
        Limit::Fuel(_) => "fuel",
        Limit::Deadline(_) => "deadline",
        Limit::Stack(_) => "native_stack",
        Limit::ShadowStack(_) => "shadow_stack",
        Limit::Nodes(_) => "nodes",
        Limit::Bytes(_) => "bytes",
        Limit::Depth(_) => "depth",
        Limit::HostMemory(_) => "host_memory",
        other => panic!("{other:?}"),
    };
    let compiled = guest().compile();
    for (limit, limits) in ends {
        let mut instance = compiled.instantiate((), limits).unwrap();
        let ints = instance.function::<(Vec<i64>,), Vec<i64>>("ints").unwrap();
        let depth = instance.function::<(i64,), i64>("depth").unwrap();
        for _ in 0..3 {
            for outcome in [
                instance.call(&ints, (&[1, 2, 3],)).map(|ints| assert_eq!(ints, [1, 2, 3])),
                instance.call(&depth, (1000,)).map(|depth| assert_eq!(depth, 1000)),
                instance.call(&depth, (i64::MAX,)).map(|_| panic!("that deep")),
            ] {
                match outcome {
                    Ok(()) => {}
                    Err(Error::Limit(reached)) if matches!(reached.limit, Limit::Stack(_)) => {}
                    Err(Error::Limit(reached)) => assert_eq!(name(reached.limit), limit, "{limits:?}"),
                    Err(other) => panic!("{limits:?}: {other:?}"),
                }
            }
        }
    }
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

/// A function that calls itself, and one that performs an operation whose host calls the first. Neither says that it
/// needs stack, and another one does, so that the engine grants it.
fn liar() -> Guest {
    let mut guest = guest();
    let (int, unit) = (guest.ty(TypeDesc::Int), guest.ty(TypeDesc::Unit));
    guest.operation("Back", "call", vec![], unit, "");
    guest.function(
        "recursive",
        vec![int],
        int,
        "(param i64) (result i64) (if (result i64) (i64.eqz (local.get 0)) (then (i64.const 0))
           (else (i64.add (i64.const 1) (call $recursive (i64.sub (local.get 0) (i64.const 1))))))",
    );
    guest.function("back", vec![], unit, "(call $Back.call)");
    guest
}

#[test]
fn a_module_that_hides_its_need_of_stack_gets_the_limit() {
    struct Back(Option<Function<(i64,), i64>>);
    let compiled = liar().compile();
    let run = move || {
        let limits = Limits { native_stack: 16 << 20, ..Limits::default() };
        let linker = compiled.link(Back(None), limits).unwrap();
        let operation = |host: &mut Back, scope: &mut Scope<'_>, (): ()| {
            let outcome = scope.call(host.0.as_ref().unwrap(), (10_000_000_i64,)).map(|_| ());
            scope.finish::<(), _>(outcome)
        };
        let mut instance = linker.operation(EffectId(0), "call", operation).unwrap().instantiate().unwrap();
        let recursive = instance.function::<(i64,), i64>("recursive").unwrap();
        assert_eq!(instance.call(&recursive, (50_000_i64,)).unwrap(), 50_000);
        assert_eq!(limit_of(instance.call(&recursive, (10_000_000_i64,))), Limit::Stack(16 << 20));
        instance.host_mut().0 = Some(recursive);
        let back = instance.function::<(), ()>("back").unwrap();
        assert_eq!(limit_of(instance.call(&back, ())), Limit::Stack(16 << 20));
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(run).unwrap().join().unwrap();
}
