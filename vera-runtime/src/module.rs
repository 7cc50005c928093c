//! Compiled modules: their bytes, the description that they carry, and their machine code, which is made when it is
//! first needed.

use crate::builtins::Library;
use crate::depth;
use crate::engine::{EngineKey, engine, lock};
use crate::error::{Error, Result};
use crate::exports::Exports;
use crate::limits::Limits;
use crate::stack::SHALLOW_CALLS;
use crate::state::State;
use std::borrow::Cow;
use std::sync::{Arc, Mutex};
use vera_abi::codec::{Codec, Reader};
use vera_abi::interface::{FunctionDesc, Interface};
use vera_abi::{ABI_VERSION, names};
use vera_engine::{Bundle, Refused};
use wasmtime::{Engine, InstancePre, Linker};

/// A compiled Vera module.
///
/// Loading and translation to machine code happen once per kind of [`Limits`], when the first instance is made. All
/// instances share the code. Generated wrappers keep their `Compiled` in a `static`.
///
/// ```no_run
/// use vera_runtime::{Compiled, Instance, Limits};
/// let compiled = Compiled::new(std::fs::read("pricing.wasm")?);
/// let mut instance = compiled.instantiate((), Limits::default())?;
/// let discounted = instance.function::<(u64, u64), u64>("discounted")?;
/// assert_eq!(instance.call(&discounted, (200, 15))?, 170);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[must_use = "a module runs in an instance: `instantiate` or `link`"]
pub struct Compiled {
    bytes: Cow<'static, [u8]>,
    code: Option<Bundle>,
    prepared: Mutex<Known>,
}

#[derive(Debug)]
struct Known {
    metadata: Option<Arc<Metadata>>,
    code: Vec<(EngineKey, Prepared)>,
}

/// The parts of a module that do not depend on an engine.
#[derive(Debug)]
pub(crate) struct Metadata {
    pub(crate) interface: Interface,
    /// Bytes of native stack that each public function may need ([`depth::of_functions`]).
    stacks: Vec<usize>,
    /// The names of the source files, to be shared by locations.
    pub(crate) files: Vec<Arc<str>>,
}

impl Metadata {
    /// A public function: its place in the interface, its description, and the bytes of native stack that it may need.
    pub(crate) fn function(&self, name: &str) -> Option<(usize, &FunctionDesc, usize)> {
        let place = self.interface.functions.iter().position(|function| function.name == name)?;
        Some((place, &self.interface.functions[place], *self.stacks.get(place)?))
    }

    /// The name of a source file.
    pub(crate) fn file(&self, source: u32) -> Arc<str> {
        self.files.get(source as usize).cloned().unwrap_or_else(|| Arc::from("?"))
    }
}

/// A module translated for one engine.
#[derive(Clone)]
pub(crate) struct Prepared {
    pub(crate) module: wasmtime::Module,
    pub(crate) metadata: Arc<Metadata>,
    pub(crate) exports: Arc<Exports>,
    /// The module linked to the library, when it imports nothing else.
    pub(crate) linked: Option<InstancePre<State>>,
}

impl std::fmt::Debug for Prepared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Prepared").field("module", &self.metadata.interface.module).finish_non_exhaustive()
    }
}

impl Compiled {
    /// A module from bytes in memory. Nothing is checked before it is used.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self::with(Cow::Owned(bytes))
    }

    /// A module that is part of the program, for example from `include_bytes!`.
    pub const fn from_static(bytes: &'static [u8]) -> Self {
        Self::with(Cow::Borrowed(bytes))
    }

    /// A module that is part of the program, with precompiled machine code. If the code does not fit, because of
    /// another target or other limits, new code is made. Without the feature `compiler` that is [`Error::Load`]
    /// instead, with the reason why the code does not fit.
    pub(crate) const fn from_program(bytes: &'static [u8], code: &'static [u8]) -> Self {
        Self::made_of(Cow::Borrowed(bytes), Some(Bundle::from_static(code)))
    }

    /// A module with precompiled machine code. If the code does not fit this runtime, new code is made. Without the
    /// feature `compiler` that is [`Error::Load`] instead, with the reason why the code does not fit.
    pub fn with_code(bytes: Vec<u8>, code: Bundle) -> Self {
        Self::made_of(Cow::Owned(bytes), Some(code))
    }

    const fn with(bytes: Cow<'static, [u8]>) -> Self {
        Self::made_of(bytes, None)
    }

    const fn made_of(bytes: Cow<'static, [u8]>, code: Option<Bundle>) -> Self {
        Compiled { bytes, code, prepared: Mutex::new(Known { metadata: None, code: Vec::new() }) }
    }

    /// The description of the module's interface.
    ///
    /// # Errors
    /// [`Error::Load`] when the bytes are not a Vera module of this ABI version.
    pub fn interface(&self) -> Result<InterfaceRef> {
        Ok(InterfaceRef(self.metadata()?))
    }

    /// Whether instances with these limits run precompiled machine code.
    ///
    /// # Errors
    /// [`Error::Load`] with the reason: there is no such code, or it was made for another target, another release or
    /// other limits.
    pub fn check_precompiled(&self, limits: &Limits) -> Result<()> {
        let key = self.engine_key(limits)?;
        let code = self.code.as_ref().ok_or_else(|| Error::load("it is not precompiled"))?;
        let loaded = code.load(&engine(key.unpooled())?, &self.bytes, key.metering());
        loaded.map(drop).map_err(|refused| Error::load(format!("its machine code cannot be used: {refused}")))
    }

    fn engine_key(&self, limits: &Limits) -> Result<EngineKey> {
        let metadata = self.metadata()?;
        Ok(EngineKey::of(limits, is_deep(&metadata)))
    }

    fn metadata(&self) -> Result<Arc<Metadata>> {
        let mut state = lock(&self.prepared);
        if let Some(metadata) = &state.metadata {
            return Ok(Arc::clone(metadata));
        }
        let section = interface_section(&self.bytes)
            .ok_or_else(|| Error::load("it has no Vera interface: not made by the Vera compiler"))?;
        let version = u32::decode(&mut Reader::new(section)).map_err(|error| Error::load(error.to_string()))?;
        if version != ABI_VERSION {
            return Err(Error::load(format!(
                "it is made for ABI version {version}, this runtime has version {ABI_VERSION}: use compiler and runtime \
                 of one release"
            )));
        }
        let interface = Interface::from_bytes(section).map_err(|error| Error::load(error.to_string()))?;
        let files = interface.sources.iter().map(|name| Arc::from(name.as_str())).collect();
        let stacks = depth::of_functions(&self.bytes, &interface)?;
        let metadata = Arc::new(Metadata { interface, stacks, files });
        state.metadata = Some(Arc::clone(&metadata));
        Ok(metadata)
    }

    /// What [`Compiled::prepare`] gives, if it was made before.
    pub(crate) fn known(&self, limits: &Limits) -> Option<(Prepared, usize)> {
        let state = lock(&self.prepared);
        let deep = is_deep(state.metadata.as_ref()?);
        let key = EngineKey::of(limits, deep);
        let (_, prepared) = state.code.iter().find(|(known, _)| *known == key)?;
        Some((prepared.clone(), key.native_stack()))
    }

    /// The machine code for the engine that limits need, and the native stack that it may use.
    pub(crate) fn prepare(&self, limits: &Limits) -> Result<(Prepared, usize)> {
        let metadata = self.metadata()?;
        let key = self.engine_key(limits)?;
        let mut state = lock(&self.prepared);
        if let Some((_, prepared)) = state.code.iter().find(|(known, _)| *known == key) {
            return Ok((prepared.clone(), key.native_stack()));
        }
        let module = self.machine_code(&engine(key)?, key, limits)?;
        let exports = Arc::new(Exports::find(&module, &metadata.interface)?);
        let linked = linked_to_library(&module)?;
        let prepared = Prepared { module, metadata, exports, linked };
        state.code.push((key, prepared.clone()));
        Ok((prepared, key.native_stack()))
    }
}

impl Compiled {
    /// The precompiled code, if it fits.
    fn machine_code(&self, engine: &Engine, key: EngineKey, limits: &Limits) -> Result<wasmtime::Module> {
        let refused = match &self.code {
            Some(code) => match code.load(engine, &self.bytes, key.metering()) {
                Ok(module) => return Ok(module),
                Err(refused) => Some(refused),
            },
            None => None,
        };
        self.made_now(engine, key, limits, refused)
    }

    #[cfg(feature = "compiler")]
    fn made_now(
        &self,
        engine: &Engine,
        key: EngineKey,
        limits: &Limits,
        _: Option<Refused>,
    ) -> Result<wasmtime::Module> {
        let bytes = match key.is_pooled() {
            true => crate::pool_memory::declared(&self.bytes, limits),
            false => Cow::Borrowed(&*self.bytes),
        };
        let made = crate::engine::translate(engine, &bytes, key.metering());
        made.map_err(|error| Error::load(format!("{error:#}")))
    }

    #[cfg(not(feature = "compiler"))]
    fn made_now(&self, _: &Engine, _: EngineKey, _: &Limits, refused: Option<Refused>) -> Result<wasmtime::Module> {
        let why = refused.map_or_else(|| "it is not precompiled".to_owned(), |refused| refused.to_string());
        Err(Error::load(format!(
            "its machine code cannot be used: {why}. Precompile the module for this target and these limits, or enable the \
             feature `compiler` of vera-runtime"
        )))
    }
}

/// A shared [`Interface`].
#[derive(Clone, Debug)]
pub struct InterfaceRef(pub(crate) Arc<Metadata>);

impl std::ops::Deref for InterfaceRef {
    type Target = Interface;

    fn deref(&self) -> &Interface {
        &self.0.interface
    }
}

/// Whether a function of the module may need much native stack.
fn is_deep(metadata: &Metadata) -> bool {
    metadata.stacks.iter().any(|&stack| stack > SHALLOW_CALLS)
}

/// Links a module that imports nothing but built-ins.
fn linked_to_library(module: &wasmtime::Module) -> Result<Option<InstancePre<State>>> {
    if module.imports().any(|import| import.module() != names::BUILTIN_IMPORTS) {
        return Ok(None);
    }
    let mut linker = Linker::new(module.engine());
    // A module may import a function twice.
    linker.allow_shadowing(true);
    let mut library = Library(&mut linker);
    module.imports().try_for_each(|import| library.add(import.name()))?;
    linker.instantiate_pre(module).map(Some).map_err(|error| Error::load(format!("{error:#}")))
}

/// The contents of the interface section.
fn interface_section(module: &[u8]) -> Option<&[u8]> {
    const PREAMBLE: usize = 8;
    const CUSTOM: u8 = 0;
    let mut reader = Reader::new(module);
    reader.take(PREAMBLE).ok()?;
    loop {
        let id = u8::decode(&mut reader).ok()?;
        let size = u32::decode(&mut reader).ok()?;
        let contents = reader.take(size as usize).ok()?;
        if id == CUSTOM {
            let mut section = Reader::new(contents);
            let name_len = u32::decode(&mut section).ok()? as usize;
            if section.take(name_len).ok()? == names::INTERFACE_SECTION.as_bytes() {
                return Some(section.rest());
            }
        }
    }
}
