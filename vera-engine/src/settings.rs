//! Settings of the engine.

use std::num::NonZeroUsize;
use wasmtime::{Config, Inlining, WasmFeatures};
#[cfg(feature = "pooling")]
use wasmtime::{Enabled, InstanceAllocationStrategy, PoolingAllocationConfig};

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

/// Native stack in bytes that host code has during an async call. Such a call runs on a separate stack; the reserve is there
/// however much of it the call has used.
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
        // The stack of an async call.
        .async_stack_size(native_stack.saturating_add(FIBER_RESERVE))
        .consume_fuel(metering.fuel)
        .epoch_interruption(metering.deadline)
        .wasm_backtrace_max_frames(NonZeroUsize::new(64));
    config.wasm_features(WasmFeatures::MULTI_MEMORY | WasmFeatures::MEMORY64, false);
    config
}

/// Adds a pool to the settings: memory for so many instances at once is reserved when the engine is made, and is used again
/// for later instances. `memory` is the linear memory of an instance, in bytes.
///
/// Only addresses are reserved. Pages that an instance wrote to are given back to the system when the instance is dropped,
/// except some that are cleared for the next instance. Machine code does not depend on the pool.
///
/// The stacks of async calls are as large as `native_stack` and the reserve. Small ones keep all their pages; a large one
/// keeps a few, otherwise it would keep those of its deepest call.
#[cfg(feature = "pooling")]
#[cfg_attr(not(feature = "async"), expect(unused_variables, reason = "there are no such stacks"))]
pub fn pool(config: &mut Config, instances: u32, memory: usize, native_stack: usize) {
    /// Bytes of a memory, a table or a stack that are cleared for the next instance and not given back to the system, at
    /// least and at most. Only pages that were written to are cleared.
    const KEPT: (usize, usize) = (64 << 10, 1 << 20);
    /// Bytes that a pool may keep.
    const KEPT_BY_ALL: usize = 64 << 20;
    /// More elements than a module has functions.
    const ELEMENTS: usize = 1 << 20;
    let kept = (KEPT_BY_ALL / instances.max(1) as usize).clamp(KEPT.0, KEPT.1);
    let mut pool = PoolingAllocationConfig::new();
    pool.total_core_instances(instances)
        .total_memories(instances)
        .total_tables(instances)
        .table_elements(ELEMENTS)
        .max_memory_size(memory)
        .linear_memory_keep_resident(kept)
        .table_keep_resident(KEPT.0)
        .pagemap_scan(Enabled::Auto)
        // All memory is for one module.
        .max_unused_warm_slots(0);
    #[cfg(feature = "async")]
    {
        /// A call and two calls back into the allocator or the module may be active at once in each instance.
        const STACKS: u32 = 3;
        /// Bytes that all stacks together may keep.
        const KEPT_BY_STACKS: usize = 256 << 20;
        let stacks = instances.saturating_mul(STACKS);
        let size = native_stack.saturating_add(FIBER_RESERVE);
        pool.total_stacks(stacks).async_stack_keep_resident(KEPT.0);
        config.async_stack_zeroing(size.saturating_mul(stacks as usize) > KEPT_BY_STACKS);
    }
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
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
