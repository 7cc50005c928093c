//! Settings of the engine.

use std::num::NonZeroUsize;
use wasmtime::{Config, Inlining, WasmFeatures};

/// What code counts while it runs. Code is made for one kind of metering; unmetered code runs faster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Metering {
    /// Counts fuel.
    pub fuel: bool,
    /// Reads the clock, for deadlines.
    pub deadline: bool,
}

impl Metering {
    /// Every kind.
    pub const ALL: [Metering; 4] = [
        Metering { fuel: false, deadline: false },
        Metering { fuel: true, deadline: false },
        Metering { fuel: false, deadline: true },
        Metering { fuel: true, deadline: true },
    ];
}

/// Native stack in bytes that host code has below a call that is awaited, which runs on a stack of its own, however much of it
/// the call has used.
pub const FIBER_RESERVE: usize = 2 << 20;

/// The settings for a kind of metering, and for the native stack of the code in bytes. Only features that Vera modules
/// use are enabled. Machine code does not depend on the size of the stack, so any size will do to make it.
pub fn config(metering: Metering, native_stack: usize) -> Config {
    let mut config = Config::new();
    config
        .wasm_tail_call(true)
        .wasm_multi_value(true)
        .wasm_bulk_memory(true)
        .wasm_wide_arithmetic(true)
        // The compiler marks rare branches: failed checks and slow allocations. Hints change no result.
        .wasm_branch_hinting(true)
        .compiler_inlining(Inlining::Yes)
        .max_wasm_stack(native_stack)
        // Of a call that is awaited: what it may use itself, and what host code has below it.
        .async_stack_size(native_stack.saturating_add(FIBER_RESERVE))
        .consume_fuel(metering.fuel)
        .epoch_interruption(metering.deadline)
        .wasm_backtrace_max_frames(NonZeroUsize::new(64));
    config.wasm_features(WasmFeatures::MULTI_MEMORY | WasmFeatures::MEMORY64, false);
    config
}

#[cfg(test)]
mod tests {
    use super::{Metering, config};

    #[test]
    fn every_kind_of_code_is_laid_out_by_the_hints_of_the_compiler() {
        for metering in Metering::ALL {
            let engine = wasmtime::Engine::new(&config(metering, 1 << 20)).expect("valid settings");
            assert!(engine.get_wasm_branch_hinting(), "{metering:?}");
        }
    }
}
