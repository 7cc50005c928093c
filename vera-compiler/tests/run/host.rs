//! A small host: prints into a string, knows the numeric imports, and refuses the rest.

use crate::script::{Arg, Outcome};
use crate::value;
use std::cell::RefCell;
use vera_abi::interface::{EffectId, Interface};
use vera_abi::{heap, names};
use wasmtime::{Caller, Config, Engine, Extern, Instance, Linker, Memory, Module, Store, Val};

/// Bytes of shadow stack.
const SHADOW: i32 = 1 << 20;

/// An instance and what it printed.
pub(crate) struct Guest<'i> {
    pub(crate) store: Store<String>,
    pub(crate) memory: Memory,
    pub(crate) interface: &'i Interface,
    instance: Instance,
}

thread_local! {
    static ENGINE: Engine = {
        let mut config = Config::new();
        config.wasm_tail_call(true).wasm_wide_arithmetic(true).max_wasm_stack(1 << 20);
        Engine::new(&config).unwrap()
    };
    /// The module compiled last: calls of one program share it.
    static LAST: RefCell<Option<(Vec<u8>, Module)>> = const { RefCell::new(None) };
}

fn module(wasm: &[u8]) -> Module {
    LAST.with_borrow_mut(|last| {
        if let Some((bytes, module)) = last
            && bytes == wasm
        {
            return module.clone();
        }
        let module = ENGINE.with(|engine| Module::new(engine, wasm)).unwrap();
        *last = Some((wasm.to_vec(), module.clone()));
        module
    })
}

/// Calls a function of a fresh instance.
pub(crate) fn call(wasm: &[u8], interface: &Interface, function: &str, args: &[Arg], stress: bool) -> Outcome {
    let mut guest = match Guest::new(wasm, interface) {
        Ok(guest) => guest,
        Err(error) => return Outcome::Failure(error.to_string()),
    };
    guest.call(function, args, stress)
}

impl<'i> Guest<'i> {
    fn new(wasm: &[u8], interface: &'i Interface) -> wasmtime::Result<Self> {
        let module = module(wasm);
        let engine = module.engine().clone();
        let mut linker: Linker<String> = Linker::new(&engine);
        let module_of = |effect: &str| {
            let found = interface.effects.iter().position(|desc| desc.name == effect);
            // An effect that the program does not use has no module.
            found.map_or("unused".to_owned(), |index| names::effect_imports(EffectId(index as u32)))
        };
        linker.func_wrap(&module_of("IO"), "print", |mut caller: Caller<'_, String>, ptr: u32, len: u32| {
            let Some(Extern::Memory(memory)) = caller.get_export(names::MEMORY) else { return };
            let at = (ptr + heap::BUFFER_DATA) as usize;
            let text = String::from_utf8_lossy(&memory.data(&caller)[at..at + len as usize]).into_owned();
            caller.data_mut().push_str(&text);
        })?;
        linker.func_wrap("vera", "float_to_string", |mut caller: Caller<'_, String>, value: f64| {
            let text = if value.fract() == 0.0 { format!("{value:.1}") } else { format!("{value}") };
            let Some(Extern::Func(alloc)) = caller.get_export(names::ALLOC) else { return Ok((0, 0)) };
            let mut result = [Val::I32(0)];
            alloc.call(&mut caller, &[Val::I32((heap::BUFFER_DATA as usize + text.len()) as i32)], &mut result)?;
            let ptr = result[0].unwrap_i32();
            let Some(Extern::Memory(memory)) = caller.get_export(names::MEMORY) else { return Ok((0, 0)) };
            write_buffer(memory.data_mut(&mut caller), ptr as u32, text.as_bytes(), text.len());
            Ok((ptr, text.len() as i32))
        })?;
        linker.func_wrap("vera", "prim_fmod", |a: f64, b: f64| a % b)?;
        linker.func_wrap(&module_of("Counter"), "next", |a: i64| a + 1)?;
        linker.define_unknown_imports_as_traps(&module)?;
        let mut store = Store::new(&engine, String::new());
        let instance = linker.instantiate(&mut store, &module)?;
        let init = instance.get_func(&mut store, names::INIT).unwrap();
        init.call(&mut store, &[Val::I32(SHADOW)], &mut [])?;
        let memory = instance.get_memory(&mut store, names::MEMORY).unwrap();
        Ok(Self { store, memory, interface, instance })
    }

    /// A word of the trap record.
    pub(crate) fn trap_word(&mut self, word: u32) -> u64 {
        if let Some(name) = names::TRAP_WORDS.get(word as usize) {
            let global = self.instance.get_global(&mut self.store, name).unwrap();
            return global.get(&mut self.store).unwrap_i64() as u64;
        }
        let at = (heap::TRAP_RECORD + 8 * word) as usize;
        u64::from_le_bytes(*self.memory.data(&self.store)[at..].first_chunk().unwrap())
    }

    fn export(&mut self, name: &str) -> wasmtime::Func {
        self.instance.get_func(&mut self.store, name).unwrap_or_else(|| panic!("no export {name}"))
    }

    fn call(&mut self, function: &str, args: &[Arg], stress: bool) -> Outcome {
        let Some(desc) = self.interface.function(function).cloned() else {
            return Outcome::Failure(format!("no function {function}"));
        };
        let export = self.export(&format!("{}{function}", names::FUNCTION_PREFIX));
        let mut params = Vec::new();
        for arg in args {
            match arg {
                Arg::Int(value) => params.push(Val::I64(*value)),
                Arg::Float(value) => params.push(Val::F64(value.to_bits())),
                Arg::Bool(value) => params.push(Val::I32(i32::from(*value))),
                Arg::Text(text) => {
                    let ptr = self.buffer(text.as_bytes(), text.len());
                    params.extend([Val::I32(ptr as i32), Val::I32(text.len() as i32)]);
                }
                Arg::Ints(items) => {
                    let bytes: Vec<u8> = items.iter().flat_map(|item| item.to_le_bytes()).collect();
                    let ptr = self.buffer(&bytes, items.len());
                    params.extend([Val::I32(ptr as i32), Val::I32(items.len() as i32)]);
                }
            }
        }
        // The arguments are not rooted here: a collection must wait until they are passed.
        if stress {
            let flags = [Val::I32(heap::stress::ALL as i32)];
            self.export(names::SET_STRESS).call(&mut self.store, &flags, &mut []).unwrap();
        }
        let count = export.ty(&self.store).results().len();
        let mut results = vec![Val::I32(0); count];
        if let Err(error) = export.call(&mut self.store, &params, &mut results) {
            return self.trap(error);
        }
        let value = value::show(self, desc.result, &results);
        Outcome::Value(value, self.store.data().clone())
    }

    /// A buffer without pointers.
    fn buffer(&mut self, bytes: &[u8], elements: usize) -> u32 {
        let alloc = self.export(names::ALLOC);
        let mut result = [Val::I32(0)];
        let size = heap::BUFFER_DATA as usize + bytes.len();
        alloc.call(&mut self.store, &[Val::I32(size as i32)], &mut result).unwrap();
        let ptr = result[0].unwrap_i32() as u32;
        write_buffer(self.memory.data_mut(&mut self.store), ptr, bytes, elements);
        ptr
    }

    fn trap(&mut self, error: wasmtime::Error) -> Outcome {
        let site = self.instance.get_global(&mut self.store, names::TRAP_SITE).unwrap();
        let site = site.get(&mut self.store).unwrap_i32();
        match usize::try_from(site).ok().and_then(|site| self.interface.sites.get(site)) {
            Some(site) => {
                let values = value::record(self, &site.values);
                Outcome::Trap(format!("{:?}", site.kind), site.text.clone(), values, site.line)
            }
            None => Outcome::Failure(format!("site {site}: {error:#}")),
        }
    }
}

fn write_buffer(memory: &mut [u8], ptr: u32, bytes: &[u8], elements: usize) {
    let at = ptr as usize;
    let data = at + heap::BUFFER_DATA as usize;
    memory[at..at + 4].copy_from_slice(&heap::buffer_header(heap::KIND_RECORD).to_le_bytes());
    memory[at + 4..at + 8].copy_from_slice(&(elements as u32).to_le_bytes());
    memory[data..data + bytes.len()].copy_from_slice(bytes);
}
