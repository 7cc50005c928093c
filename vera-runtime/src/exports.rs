//! The exports of a module, found and checked once for all its instances.

use crate::error::{Error, Result};
use crate::state::{Guest, State};
use crate::value::flat::wasm_types;
use vera_abi::interface::Interface;
use vera_abi::names;
use wasmtime::{
    AsContextMut, Extern, ExternType, Func, Global, Instance, Module, ModuleExport, StoreContextMut, ValType,
};

/// Bytes of a page of linear memory.
pub(crate) const PAGE: u64 = 64 << 10;

/// The exports of a module translated for one engine.
pub(crate) struct Exports {
    memory: ModuleExport,
    /// Bytes of linear memory at the start.
    pub(crate) initial_memory: u64,
    gc_sp: ModuleExport,
    gc_stack_limit: ModuleExport,
    trap_site: ModuleExport,
    trap_words: [ModuleExport; names::TRAP_WORDS.len()],
    hash_key: [ModuleExport; names::HASH_KEY.len()],
    collection: [ModuleExport; names::COLLECTION.len()],
    alloc: ModuleExport,
    refill: ModuleExport,
    collect: ModuleExport,
    init: ModuleExport,
    /// The public functions, as they are in the interface.
    functions: Vec<ModuleExport>,
}

impl std::fmt::Debug for Exports {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Exports").field("initial_memory", &self.initial_memory).finish_non_exhaustive()
    }
}

impl Exports {
    /// Finds the exports of a module that describes itself by `interface`.
    ///
    /// # Errors
    /// [`Error::Load`] when one is missing or of another type.
    pub(crate) fn find(module: &Module, interface: &Interface) -> Result<Self> {
        let missing = |name: &str| Error::load(format!("it has no export `{name}` of the expected type"));
        let export = |name: &str, fits: &dyn Fn(ExternType) -> bool| {
            let index = module.get_export_index(name).filter(|_| module.get_export(name).is_some_and(fits));
            index.ok_or_else(|| missing(name))
        };
        let global = |name: &str, content: ValType| {
            export(name, &|ty| {
                ty.global().is_some_and(|ty| ValType::eq(ty.content(), &content) && ty.mutability().is_var())
            })
        };
        let function = |name: &str, params: &[ValType], results: &[ValType]| {
            export(name, &|ty| {
                let params = params.iter().cloned();
                let results = results.iter().cloned();
                ty.func().is_some_and(|ty| same_types(ty.params(), params) && same_types(ty.results(), results))
            })
        };
        let i32 = || ValType::I32;
        let initial = module.get_export(names::MEMORY).and_then(|ty| ty.memory().map(|ty| ty.minimum()));
        let [first, second] = names::TRAP_WORDS;
        let [low, high] = names::HASH_KEY;
        let [allocated, trigger] = names::COLLECTION;
        let functions = interface.functions.iter().map(|described| {
            let params: Vec<ValType> = wasm_types(interface, &described.params).collect();
            let results: Vec<ValType> = wasm_types(interface, &[described.result]).collect();
            let name = format!("{}{}", names::FUNCTION_PREFIX, described.name);
            function(&name, &params, &results).map_err(|_| {
                Error::load(format!("its function `{}` is not of the type that it describes", described.name))
            })
        });
        Ok(Exports {
            functions: functions.collect::<Result<_>>()?,
            memory: export(names::MEMORY, &|ty| ty.memory().is_some())?,
            initial_memory: initial.unwrap_or_default().saturating_mul(PAGE),
            gc_sp: global(names::GC_SP, i32())?,
            gc_stack_limit: global(names::GC_STACK_LIMIT, i32())?,
            trap_site: global(names::TRAP_SITE, i32())?,
            trap_words: [global(first, ValType::I64)?, global(second, ValType::I64)?],
            hash_key: [global(low, ValType::I64)?, global(high, ValType::I64)?],
            collection: [global(allocated, ValType::I64)?, global(trigger, ValType::I64)?],
            alloc: function(names::ALLOC, &[i32()], &[i32()])?,
            refill: function(names::REFILL, &[i32()], &[])?,
            collect: function(names::COLLECT, &[], &[])?,
            init: function(names::INIT, &[i32()], &[])?,
        })
    }

    /// The public function at a place of the interface, in an instance of the module.
    pub(crate) fn function(&self, store: impl AsContextMut, instance: &Instance, place: usize) -> Option<Func> {
        instance.get_module_export(store, self.functions.get(place)?)?.into_func()
    }

    /// The exports of an instance that the host uses.
    ///
    /// # Errors
    /// [`Error::Internal`] when the instance is one of another module.
    pub(crate) fn guest(&self, store: &mut StoreContextMut<'_, State>, instance: &Instance) -> Result<Guest> {
        let memory = self.extern_at(store, instance, &self.memory)?.into_memory().ok_or_else(other)?;
        let [gc_sp, gc_stack_limit, trap_site] =
            [&self.gc_sp, &self.gc_stack_limit, &self.trap_site].map(|at| self.global(store, instance, at));
        let [first, second] = self.trap_words.each_ref().map(|at| self.global(store, instance, at));
        let [allocated, trigger] = self.collection.each_ref().map(|at| self.global(store, instance, at));
        let [alloc, refill, collect] =
            [&self.alloc, &self.refill, &self.collect].map(|at| self.func(store, instance, at));
        Ok(Guest {
            memory,
            gc_sp: gc_sp?,
            gc_stack_limit: gc_stack_limit?,
            trap_site: trap_site?,
            trap_words: [first?, second?],
            collection: [allocated?, trigger?],
            alloc: alloc?.typed(&*store).map_err(|_| other())?,
            refill: refill?.typed(&*store).map_err(|_| other())?,
            collect: collect?.typed(&*store).map_err(|_| other())?,
        })
    }

    /// The exports that start an instance: its function, and the globals of its hash key.
    ///
    /// # Errors
    /// Like [`Exports::guest`].
    pub(crate) fn start(
        &self,
        store: &mut StoreContextMut<'_, State>,
        instance: &Instance,
    ) -> Result<(wasmtime::TypedFunc<i32, ()>, [Global; names::HASH_KEY.len()])> {
        let init = self.func(store, instance, &self.init)?.typed(&*store).map_err(|_| other())?;
        let [low, high] = self.hash_key.each_ref().map(|at| self.global(store, instance, at));
        Ok((init, [low?, high?]))
    }

    fn extern_at(
        &self,
        store: &mut StoreContextMut<'_, State>,
        instance: &Instance,
        at: &ModuleExport,
    ) -> Result<Extern> {
        instance.get_module_export(store, at).ok_or_else(other)
    }

    fn global(&self, store: &mut StoreContextMut<'_, State>, instance: &Instance, at: &ModuleExport) -> Result<Global> {
        self.extern_at(store, instance, at)?.into_global().ok_or_else(other)
    }

    fn func(&self, store: &mut StoreContextMut<'_, State>, instance: &Instance, at: &ModuleExport) -> Result<Func> {
        self.extern_at(store, instance, at)?.into_func().ok_or_else(other)
    }
}

#[cold]
fn other() -> Error {
    Error::internal("an instance has other exports than its module")
}

/// The types here are numeric, so types that match are equal.
fn same_types(left: impl Iterator<Item = ValType>, right: impl Iterator<Item = ValType>) -> bool {
    let (left, right): (Vec<ValType>, Vec<ValType>) = (left.collect(), right.collect());
    left.len() == right.len() && left.iter().zip(&right).all(|(left, right)| ValType::eq(left, right))
}
