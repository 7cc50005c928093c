//! Drives the support module from outside, as the host and compiled code do, and compares with models in Rust.

mod buffers;
mod bytes;
mod graph;
mod interrupt;
mod limits;
mod measure;
mod shapes;
mod stress;
mod vocabulary;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use vera_abi::map::hash::Key;
use vera_abi::{heap, names, trap};
use wasmtime::{
    Config, Engine, Func, Global, Instance, Memory, Module, Store, StoreLimits, StoreLimitsBuilder, TypedFunc, Val,
    WasmParams, WasmResults,
};

use super::{Assembled, SupportFn, SupportGlobal};

/// No stress, and all of it.
const MODES: [u32; 2] = [0, heap::stress::ALL];
const BYTES: u32 = heap::buffer_header(heap::KIND_RECORD);
const POINTERS: u32 = heap::buffer_header(heap::KIND_POINTERS);
const SLICES: u32 = heap::buffer_header(heap::KIND_SLICES);

/// The module with every function and global of the vocabulary exported under its own name.
static EXPORTING: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut exports = String::new();
    for function in SupportFn::ALL {
        let name = function.name();
        writeln!(exports, "(export \"test:{name}\" (func ${name}))").expect("writing to a string");
    }
    for global in SupportGlobal::ALL {
        let name = global.name();
        writeln!(exports, "(export \"test:{name}\" (global ${name}))").expect("writing to a string");
    }
    Assembled::new(&exports).wasm
});

static COMPILED: LazyLock<Module> =
    LazyLock::new(|| Module::new(&Engine::default(), &*EXPORTING).expect("the module compiles"));

static COMPILED_WITH_FUEL: LazyLock<Module> = LazyLock::new(|| {
    let engine = Engine::new(Config::new().consume_fuel(true)).expect("the configuration is supported");
    Module::new(&engine, &*EXPORTING).expect("the module compiles")
});

/// An instance of the module with its memory, and the host's side of the shadow stack.
struct Guest {
    store: Store<StoreLimits>,
    memory: Memory,
    /// By position in the vocabulary.
    functions: Vec<Func>,
    globals: BTreeMap<SupportGlobal, Global>,
    hash_key: [Global; 2],
    stack_base: u32,
}

impl Guest {
    fn new(stress: u32) -> Self {
        Self::with(&COMPILED, stress, 1 << 20, usize::MAX)
    }

    fn with(module: &Module, stress: u32, shadow_stack_bytes: u32, memory_limit: usize) -> Self {
        let limits = StoreLimitsBuilder::new().memory_size(memory_limit).build();
        let mut store = Store::new(module.engine(), limits);
        store.limiter(|limits| limits);
        // An error where the engine does not count fuel, which is fine.
        store.set_fuel(u64::MAX).ok();
        let instance = Instance::new(&mut store, module, &[]).expect("the module imports nothing");
        let memory = instance.get_memory(&mut store, names::MEMORY).expect("exported");
        let functions = SupportFn::ALL
            .iter()
            .map(|function| instance.get_func(&mut store, &format!("test:{}", function.name())).expect("exported"));
        let functions = functions.collect();
        let globals = SupportGlobal::ALL.iter().map(|&global| {
            (global, instance.get_global(&mut store, &format!("test:{}", global.name())).expect("exported"))
        });
        let globals = globals.collect();
        let hash_key = names::HASH_KEY.map(|name| instance.get_global(&mut store, name).expect("exported"));
        let mut guest = Self { store, memory, functions, globals, hash_key, stack_base: 0 };
        guest.set_global(SupportGlobal::DataEnd, LITERALS_END);
        guest.call::<_, ()>(SupportFn::Init, shadow_stack_bytes);
        guest.stack_base = guest.sp();
        guest.call::<_, ()>(SupportFn::SetStress, stress);
        guest
    }

    fn function<P: WasmParams, R: WasmResults>(&self, function: SupportFn) -> TypedFunc<P, R> {
        self.functions[function as usize].typed(&self.store).expect("exported with these types")
    }

    /// Calls a function; a trap is the error, with its site in `trap_site`.
    fn try_call<P: WasmParams, R: WasmResults>(&mut self, function: SupportFn, params: P) -> wasmtime::Result<R> {
        self.function::<P, R>(function).call(&mut self.store, params)
    }

    #[track_caller]
    fn call<P: WasmParams, R: WasmResults>(&mut self, function: SupportFn, params: P) -> R {
        let sp = self.sp();
        let result = self.try_call(function, params);
        let site = self.trap_site();
        let result = result.unwrap_or_else(|error| panic!("{function:?} trapped with site {site}: {error:?}"));
        if function != SupportFn::Init {
            assert_eq!(self.sp(), sp, "{function:?} left the shadow stack as it was");
        }
        result
    }

    /// Calls a function that must trap, returns the site, and makes the instance ready for more.
    #[track_caller]
    fn trap_of<P: WasmParams, R: WasmResults>(&mut self, function: SupportFn, params: P) -> i32 {
        let sp = self.sp();
        assert!(self.try_call::<P, R>(function, params).is_err(), "{function:?} traps");
        let site = self.trap_site();
        self.set_global(SupportGlobal::TrapSite, trap::NO_SITE as u32);
        self.set_sp(sp);
        site
    }

    fn trap_site(&mut self) -> i32 {
        self.global(SupportGlobal::TrapSite) as i32
    }

    fn global(&mut self, global: SupportGlobal) -> u32 {
        self.globals[&global].get(&mut self.store).unwrap_i32() as u32
    }

    fn set_global(&mut self, global: SupportGlobal, value: u32) {
        self.globals[&global].set(&mut self.store, Val::I32(value as i32)).expect("mutable");
    }

    fn set_hash_key(&mut self, key: Key) {
        for (global, word) in self.hash_key.into_iter().zip([key.0, key.1]) {
            global.set(&mut self.store, Val::I64(word as i64)).expect("mutable");
        }
    }

    fn sp(&mut self) -> u32 {
        self.global(SupportGlobal::GcSp)
    }

    fn set_sp(&mut self, sp: u32) {
        self.set_global(SupportGlobal::GcSp, sp);
    }

    /// Pushes a root and returns its slot.
    fn push(&mut self, pointer: u32) -> u32 {
        let slot = self.sp();
        assert!(slot < self.global(SupportGlobal::GcStackLimit), "the test uses less than the shadow stack");
        self.write(slot, pointer);
        self.set_sp(slot + 4);
        slot
    }

    fn pop(&mut self) -> u32 {
        let slot = self.sp() - 4;
        self.set_sp(slot);
        self.read(slot)
    }

    fn read(&self, address: u32) -> u32 {
        let bytes = &self.memory.data(&self.store)[address as usize..][..4];
        u32::from_le_bytes(bytes.try_into().expect("four bytes"))
    }

    fn write(&mut self, address: u32, word: u32) {
        self.memory.data_mut(&mut self.store)[address as usize..][..4].copy_from_slice(&word.to_le_bytes());
    }

    fn bytes(&self, address: u32, len: u32) -> &[u8] {
        &self.memory.data(&self.store)[address as usize..][..len as usize]
    }

    fn write_bytes(&mut self, address: u32, bytes: &[u8]) {
        self.memory.data_mut(&mut self.store)[address as usize..][..bytes.len()].copy_from_slice(bytes);
    }

    fn memory_bytes(&self) -> usize {
        self.memory.data_size(&self.store)
    }

    /// Allocates the way compiled code does: bumps the hole inline, the slow way when it is used up.
    fn alloc_inline(&mut self, class: u32) -> u32 {
        let record = heap::class_record(class);
        let cell = self.read(record + heap::CLASS_CUR);
        if cell == self.read(record + heap::CLASS_END) {
            return self.call(SupportFn::AllocSlow, record);
        }
        self.write(record + heap::CLASS_CUR, cell + heap::CLASS_SIZES[class as usize]);
        cell
    }

    /// Allocates the way the host does: asks for a hole, then bumps it.
    fn alloc_refill(&mut self, class: u32) -> u32 {
        let record = heap::class_record(class);
        if self.read(record + heap::CLASS_CUR) == self.read(record + heap::CLASS_END) {
            self.call::<_, ()>(SupportFn::Refill, class);
        }
        let cell = self.read(record + heap::CLASS_CUR);
        assert_ne!(cell, self.read(record + heap::CLASS_END), "a refilled hole has a cell");
        self.write(record + heap::CLASS_CUR, cell + heap::CLASS_SIZES[class as usize]);
        cell
    }

    /// A new cell with header and words; the words that are pointers must be reachable from roots.
    fn record(&mut self, header: u32, words: &[u32]) -> u32 {
        let cell: u32 = self.call(SupportFn::Alloc, 4 + 4 * words.len() as u32);
        self.write(cell, header);
        for (i, &word) in words.iter().enumerate() {
            self.write(cell + 4 + 4 * i as u32, word);
        }
        cell
    }

    /// A string in a new buffer.
    fn string(&mut self, bytes: &[u8]) -> (u32, u32) {
        let len = bytes.len() as u32;
        let buffer: u32 = self.call(SupportFn::BufferReserve, (heap::EMPTY_BUFFER, 0u32, len, 1u32, BYTES));
        self.write_bytes(buffer + heap::BUFFER_DATA, bytes);
        (buffer, len)
    }

    fn text(&self, (ptr, len): (u32, u32)) -> &[u8] {
        self.bytes(ptr + heap::BUFFER_DATA, len)
    }

    fn collect(&mut self) {
        self.call::<_, ()>(SupportFn::Collect, ());
    }

    #[track_caller]
    fn assert_heap_is_sound(&mut self) {
        assert_eq!(self.call::<_, u32>(SupportFn::CheckHeap, ()), 0);
    }
}

/// A literal `abc` as the linker lays it out, after the statics.
const LITERAL: u32 = heap::STATICS + 64;
const LITERALS_END: u32 = LITERAL + 16;

fn place_literal(guest: &mut Guest) -> (u32, u32) {
    guest.write(LITERAL, BYTES);
    guest.write(LITERAL + heap::BUFFER_FILL, u32::MAX);
    guest.write_bytes(LITERAL + heap::BUFFER_DATA, b"abc");
    (LITERAL, 3)
}

/// Xorshift: deterministic, good enough to shuffle tests.
struct Rng(u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below `bound`.
    fn below(&mut self, bound: usize) -> usize {
        (self.next() >> 16) as usize % bound
    }
}
