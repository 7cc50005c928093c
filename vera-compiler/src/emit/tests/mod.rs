//! Tests of the emitter: programs built by hand, run by wasmtime, with and without stress.

#![allow(clippy::cloned_ref_to_slice_refs, reason = "one operand is written like two")]

mod calls;
mod control;
mod data;
mod int;
mod module;
mod random;
mod recorded;
mod roots;
mod strings;

use crate::core::build::ProgramBuilder;
use crate::core::{Atom, End, Prim, Program};
use crate::emit::{emit, wat};
use std::sync::LazyLock;
use vera_abi::layout::Rep;
use vera_abi::trap::TrapKind;
use vera_abi::{heap, names};
use wasmtime::{
    Config, Engine, Instance, Linker, Module, Store, StoreLimits, StoreLimitsBuilder, Trap, TypedFunc, Val, WasmParams,
    WasmResults,
};

use Rep::{Byte, F64, I64, Ptr, Slice};

/// No stress, and all of it.
const MODES: [u32; 2] = [0, heap::stress::ALL];

fn engine() -> &'static Engine {
    static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
        let mut config = Config::new();
        config.wasm_wide_arithmetic(true).wasm_branch_hinting(true).max_wasm_stack(1 << 20);
        Engine::new(&config).expect("the configuration is supported")
    });
    &ENGINE
}

/// A running module.
struct Guest {
    store: Store<StoreLimits>,
    instance: Instance,
    stack_base: i32,
}

impl Guest {
    fn new(program: &Program, stress: u32) -> Self {
        Self::with(program, stress, 1 << 20, |_| {})
    }

    fn with(
        program: &Program,
        stress: u32,
        shadow_stack_bytes: i32,
        define: impl FnOnce(&mut Linker<StoreLimits>),
    ) -> Self {
        let wasm = emit(program).wasm;
        let module = Module::new(engine(), &wasm)
            .unwrap_or_else(|error| panic!("{error:?}\n{}", wat(&wasm).expect("printable")));
        Self::of_module(&module, stress, shadow_stack_bytes, define)
    }

    fn of_module(
        module: &Module,
        stress: u32,
        shadow_stack_bytes: i32,
        define: impl FnOnce(&mut Linker<StoreLimits>),
    ) -> Self {
        let engine = module.engine();
        let mut linker = Linker::new(engine);
        define(&mut linker);
        let limits = StoreLimitsBuilder::new().memory_size(256 << 20).build();
        let mut store = Store::new(engine, limits);
        store.limiter(|limits| limits);
        let instance = linker.instantiate(&mut store, module).expect("all imports are defined");
        let mut guest = Self { store, instance, stack_base: 0 };
        guest.function::<i32, ()>(names::INIT).call(&mut guest.store, shadow_stack_bytes).expect("memory is there");
        guest.function::<i32, ()>(names::SET_STRESS).call(&mut guest.store, stress as i32).expect("cannot fail");
        guest.stack_base = guest.global(names::GC_SP);
        guest
    }

    fn function<P: WasmParams, R: WasmResults>(&mut self, export: &str) -> TypedFunc<P, R> {
        self.instance.get_typed_func(&mut self.store, export).expect("exported with that type")
    }

    fn global(&mut self, name: &str) -> i32 {
        let global = self.instance.get_global(&mut self.store, name).expect("exported");
        match global.get(&mut self.store) {
            Val::I32(value) => value,
            other => panic!("{name} is {other:?}"),
        }
    }

    /// Calls a function of the program; afterwards the root frames are gone and the heap is well formed.
    fn call<P: WasmParams, R: WasmResults>(&mut self, name: &str, args: P) -> R {
        let result = self.try_call(name, args).unwrap_or_else(|trap| panic!("{name} stopped: {trap:?}"));
        assert_eq!(self.global(names::GC_SP), self.stack_base, "{name} left roots behind");
        assert_eq!(self.function::<(), i32>(names::CHECK_HEAP).call(&mut self.store, ()).expect("cannot fail"), 0);
        result
    }

    /// Calls a function of the program; a trap is its site and what WebAssembly says.
    fn try_call<P: WasmParams, R: WasmResults>(&mut self, name: &str, args: P) -> Result<R, (i32, Trap)> {
        let function = self.function::<P, R>(&format!("{}{name}", names::FUNCTION_PREFIX));
        let result = function.call(&mut self.store, args);
        result.map_err(|error| {
            let trap = error.downcast::<Trap>().expect("a trap");
            (self.global(names::TRAP_SITE), trap)
        })
    }

    /// Calls a function of the program that gives a string.
    fn call_text<P: WasmParams>(&mut self, name: &str, args: P) -> String {
        let (pointer, len): (i32, i32) = self.try_call(name, args).expect("does not stop");
        let memory = self.instance.get_memory(&mut self.store, names::MEMORY).expect("exported");
        let start = pointer as usize + heap::BUFFER_DATA as usize;
        let bytes = memory.data(&self.store)[start..start + len as usize].to_vec();
        String::from_utf8(bytes).expect("text")
    }
}

fn local_i64(value: i64) -> Atom {
    Atom::I64(value)
}

/// `fn name(params) = prim(params)`, with sites of the primitive's number and kind.
fn of_prim(prim: Prim) -> Program {
    let mut builder = ProgramBuilder::default();
    builder.site(TrapKind::Overflow);
    builder.site(TrapKind::DivideByZero);
    let (params, result) = prim.signature();
    builder.function("f", &params, result, |body, args| End::Yield(body.prim(prim, args)));
    builder.program
}
