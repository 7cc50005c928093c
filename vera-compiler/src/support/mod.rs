//! The allocator, the collector and the byte-level primitives: one hand-written WebAssembly module.
//!
//! The module is written as text, one file per concept, and assembled once per process. Numbers that others must know
//! come from `vera-abi` by name. The module is self-contained (it imports nothing and runs alone). The linker
//! re-encodes it in front of compiled code, sets the initial value of `data_end`, and raises the memory's minimum to
//! cover the literals.
//!
//! Preconditions of the module: every word in `[shadow stack start, gc_sp)` and every pointer word of a reachable
//! object is 0, the address of a static object (below the heap base), or the start of a heap object whose header was
//! stored before the next allocation. Only one thread calls it at a time.

mod function;
mod text;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use wasmparser::{KnownCustom, Name, Parser, Payload};

pub(crate) use function::{SupportFn, SupportGlobal};

static MODULE: LazyLock<Assembled> = LazyLock::new(|| Assembled::new(""));

/// The assembled module, with a name section.
pub(crate) fn module() -> &'static [u8] {
    &MODULE.wasm
}

/// The assembled module with imports and more text added, for tests of the runtime.
///
/// # Panics
///
/// When the text is wrong.
pub fn module_with(imports: &str, extra: &str) -> Vec<u8> {
    let text = text::module_text(extra).replacen("(module", &format!("(module {imports}"), 1);
    wat::parse_str(&text).unwrap_or_else(|error| panic!("the text does not assemble: {error}"))
}

/// The index of a function in the assembled module.
pub(crate) fn function_index(function: SupportFn) -> u32 {
    MODULE.functions[&function]
}

/// The index of a global in the assembled module.
pub(crate) fn global_index(global: SupportGlobal) -> u32 {
    MODULE.globals[&global]
}

/// The module in binary form, and where the functions and globals of the vocabulary are in it.
struct Assembled {
    wasm: Vec<u8>,
    functions: BTreeMap<SupportFn, u32>,
    globals: BTreeMap<SupportGlobal, u32>,
}

impl Assembled {
    /// Assembles the module with `extra` text at its end.
    ///
    /// # Panics
    ///
    /// When the text is wrong, which no input decides.
    fn new(extra: &str) -> Self {
        let text = text::module_text(extra);
        let wasm = wat::parse_str(&text).unwrap_or_else(|error| panic!("the support text does not assemble: {error}"));
        let (functions, globals) = names(&wasm);
        Self {
            functions: SupportFn::ALL.iter().map(|&function| (function, functions[function.name()])).collect(),
            globals: SupportGlobal::ALL.iter().map(|&global| (global, globals[global.name()])).collect(),
            wasm,
        }
    }
}

/// Indices by name of the functions and the globals of a module.
fn names(wasm: &[u8]) -> (BTreeMap<String, u32>, BTreeMap<String, u32>) {
    let (mut functions, mut globals) = (BTreeMap::new(), BTreeMap::new());
    for payload in Parser::new(0).parse_all(wasm) {
        let Payload::CustomSection(section) = payload.expect("the assembler's output is well formed") else { continue };
        let KnownCustom::Name(subsections) = section.as_known() else { continue };
        for subsection in subsections {
            let (map, indices) = match subsection.expect("the assembler's name section is well formed") {
                Name::Function(map) => (map, &mut functions),
                Name::Global(map) => (map, &mut globals),
                _ => continue,
            };
            for naming in map {
                let naming = naming.expect("the assembler's names are well formed");
                indices.insert(naming.name.to_owned(), naming.index);
            }
        }
    }
    (functions, globals)
}
