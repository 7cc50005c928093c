//! Names of exports, imports and custom sections.

use crate::interface::EffectId;
use crate::trap::GLOBAL_WORDS;
use alloc::format;
use alloc::string::String;

/// Exported linear memory.
pub const MEMORY: &str = "memory";
/// Exported mutable `i32` global: the top of the shadow stack (address of the first free slot).
pub const GC_SP: &str = "gc_sp";
/// Exported mutable `i32` global: one past the last usable byte of the shadow stack.
pub const GC_STACK_LIMIT: &str = "gc_stack_limit";
/// Exported mutable `i32` global: the trap site (index into [`crate::interface::Interface::sites`]) whose check
/// failed, set just before `unreachable`; [`crate::trap::NO_SITE`] otherwise.
pub const TRAP_SITE: &str = "trap_site";
/// Globals: the first words of the trap record.
pub const TRAP_WORDS: [&str; GLOBAL_WORDS as usize] = ["trap_0", "trap_1"];
/// Exported mutable `i64` globals: the key of the hash that places the keys of maps ([`crate::map::hash::Key`]). The
/// host sets them before anything runs.
pub const HASH_KEY: [&str; 2] = ["vera_hash_key_0", "vera_hash_key_1"];
/// Exported mutable `i64` globals: the bytes that were allocated since the last collection, and with how many the next one
/// begins. A collection that was stopped has left 0 in the second.
pub const COLLECTION: [&str; 2] = ["vera_allocated", "vera_trigger"];
/// Exported function `(shadow_stack_bytes: i32) -> ()`: places shadow stack and heap; called once, before any other.
pub const INIT: &str = "vera_init";
/// Exported function `(bytes: i32) -> i32`: an uninitialised cell of at least that many bytes, 8-aligned. The
/// caller stores a valid header before the next allocation. May collect. Traps with the heap-exhausted site
/// [`crate::trap::SITE_HEAP_EXHAUSTED`] when memory cannot grow.
pub const ALLOC: &str = "alloc";
/// Exported function `(class: i32) -> ()`: makes the hole `[cur, end)` of the size class hold at least one cell.
/// May collect.
pub const REFILL: &str = "vera_refill";
/// Exported function `() -> ()`: a full collection.
pub const COLLECT: &str = "vera_collect";
/// Exported function `(flags: i32) -> ()`: sets the [`crate::heap::stress`] flags.
pub const SET_STRESS: &str = "vera_set_stress";
/// Exported function `() -> i32`: walks the heap; 0 when every reachable object is well formed, otherwise the
/// address of an object that is not.
pub const CHECK_HEAP: &str = "vera_check_heap";
/// Prefix of the exports that are the module's public functions: `fn:NAME`.
pub const FUNCTION_PREFIX: &str = "fn:";
/// Import module of host functions that implement built-ins (such as `json_parse`).
pub const BUILTIN_IMPORTS: &str = "vera";
/// Prefix of the import module of an effect's operations; its id follows.
const EFFECT_IMPORTS_PREFIX: &str = "effect:";

/// The import module of an effect's operations, such as `effect:0`.
pub fn effect_imports(effect: EffectId) -> String {
    format!("{EFFECT_IMPORTS_PREFIX}{}", effect.0)
}

/// The effect of an import module.
pub fn imported_effect(module: &str) -> Option<EffectId> {
    module.strip_prefix(EFFECT_IMPORTS_PREFIX)?.parse().ok().map(EffectId)
}

/// What an import of an effect does. Its name is that of the operation with an ending that no operation has; `Perform` has
/// no ending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Import {
    /// The operation: its arguments to its result.
    Perform,
    /// Starts the operation if the host can: its arguments and a tag (`i64`) to a future. The future is finished, or a
    /// record of that tag ([`crate::prelude::future`]).
    Start,
    /// The number (`i64`) of a started operation to its result. A number can be used once.
    Await,
}

impl Import {
    const fn ending(self) -> &'static str {
        match self {
            Import::Perform => "",
            Import::Start => "/start",
            Import::Await => "/await",
        }
    }

    /// The import name for an operation.
    pub fn name(self, operation: &str) -> String {
        format!("{operation}{}", self.ending())
    }

    /// The operation that an import name of an effect is for, and what it does.
    pub fn of_name(name: &str) -> (&str, Import) {
        for import in [Import::Start, Import::Await] {
            if let Some(operation) = name.strip_suffix(import.ending()) {
                return (operation, import);
            }
        }
        (name, Import::Perform)
    }
}

/// Custom section that holds an encoded [`crate::interface::Interface`].
pub const INTERFACE_SECTION: &str = "vera-interface";
