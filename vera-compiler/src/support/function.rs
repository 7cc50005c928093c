//! The names and signatures of the support module's exports for compiled code.
//!
//! Code generation uses [`SupportFn`] and [`SupportGlobal`] by value, never by string or number. The index of each in
//! the assembled module comes from the module itself. The text file that defines a function describes it.

#[cfg(test)]
use wasm_encoder::ValType;

#[cfg(test)]
use ValType::{I32, I64};

macro_rules! support_functions {
    ($($(#[$doc:meta])* $variant:ident = $name:literal ($($param:ident),*) -> ($($result:ident),*);)*) => {
        /// A function of the support module.
        ///
        /// "May collect" means that every pointer the caller still needs must be on the shadow stack, except the
        /// arguments themselves: a function keeps alive what it was given for as long as it needs it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub(crate) enum SupportFn {
            $($(#[$doc])* $variant,)*
        }

        impl SupportFn {
            /// Every function, in declaration order.
            pub(crate) const ALL: &[SupportFn] = &[$(SupportFn::$variant),*];

            /// The identifier in the module's text and name section, without the `$`.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(SupportFn::$variant => $name,)* }
            }

            /// The types of the parameters.
            #[cfg(test)]
            pub(crate) const fn params(self) -> &'static [ValType] {
                match self { $(SupportFn::$variant => &[$($param),*],)* }
            }

            /// The types of the results.
            #[cfg(test)]
            pub(crate) const fn results(self) -> &'static [ValType] {
                match self { $(SupportFn::$variant => &[$($result),*],)* }
            }
        }
    };
}

support_functions! {
    /// `(site)`: sets the trap site and traps. Does not return.
    Fail = "fail" (I32) -> ();
    /// `(shadow_stack_bytes)`: places shadow stack and heap. Exported.
    Init = "init" (I32) -> ();
    /// `(bytes) -> ptr`: an uninitialised cell. May collect. Exported.
    Alloc = "alloc" (I32) -> (I32);
    /// `(class_record_address) -> ptr`: an uninitialised cell of the class, when its hole is used up
    /// (`cur == end`). Leaves the rest of the next hole in the record. May collect.
    AllocSlow = "alloc_slow" (I32) -> (I32);
    /// `(class)`: makes the class's hole hold a cell. May collect. Exported.
    Refill = "refill" (I32) -> ();
    /// A full collection. Exported.
    Collect = "collect" () -> ();
    /// `(flags)`: sets the stress flags. Exported.
    SetStress = "set_stress" (I32) -> ();
    /// `() -> address`: 0, or a reachable address that is no well-formed object. Collects. Exported.
    CheckHeap = "check_heap" () -> (I32);
    /// `(bytes_of_elements, header) -> ptr`: a buffer with at least that room, fill mark 0. May collect.
    BufferNew = "buffer_new" (I32, I32) -> (I32);
    /// `(ptr, len, extra, element_size, header) -> ptr`: a buffer with the first `len` elements of `ptr`, room for
    /// `extra` more, and fill mark `len + extra`; `ptr` itself when it can be appended to in place. The caller stores
    /// the `extra` elements before anything that may collect. May collect.
    BufferReserve = "buffer_reserve" (I32, I32, I32, I32, I32) -> (I32);
    /// `(ptr, start, count, element_size, header) -> ptr`: a copy of `count` elements. May collect.
    BufferSlice = "buffer_slice" (I32, I32, I32, I32, I32) -> (I32);
    /// `(ptr, len, other_ptr, other_len) -> (ptr, len)`: concatenation, in place when possible. May collect.
    BytesAppend = "bytes_append" (I32, I32, I32, I32) -> (I32, I32);
    /// `(ptr, len, start, end) -> (ptr, len)`: the bytes `start..end`; needs `start <= end <= len`. May collect.
    BytesSlice = "bytes_slice" (I32, I32, I32, I32) -> (I32, I32);
    /// `(ptr, len, other_ptr, other_len) -> 0 or 1`.
    BytesEqual = "bytes_equal" (I32, I32, I32, I32) -> (I32);
    /// `(ptr, len, other_ptr, other_len) -> -1, 0 or 1`: lexicographic by unsigned bytes.
    BytesCompare = "bytes_compare" (I32, I32, I32, I32) -> (I32);
    /// `(ptr, len, needle_ptr, needle_len, from) -> index`: the first occurrence at or after `from`, or -1.
    BytesFind = "bytes_find" (I32, I32, I32, I32, I32) -> (I32);
    /// `(ptr, len) -> hash`: FNV-1a, 64 bits.
    BytesHash = "bytes_hash" (I32, I32) -> (I64);
    /// `(ptr, len) -> hash`: the hash of a map key that is a string, by the instance's hash key.
    BytesKeyHash = "bytes_key_hash" (I32, I32) -> (I64);
    /// `(hash, part) -> hash`: the hash of a map key with another part, by the instance's hash key.
    KeyStep = "key_step" (I64, I64) -> (I64);
    /// `(number) -> hash`: the hash of a map key that is a number, by the instance's hash key.
    KeyNumber = "key_number" (I64) -> (I64);
    /// `(value) -> (ptr, len)`: decimal digits. May collect.
    IntToString = "int_to_string" (I64) -> (I32, I32);
    /// `(ptr, len, value) -> (ptr, len)`: appends decimal digits, in place when possible. May collect.
    AppendInt = "append_int" (I32, I32, I64) -> (I32, I32);
}

/// A global of the support module. All are mutable, and `i32` unless they say otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum SupportGlobal {
    /// Top of the shadow stack: address of the first free slot. Exported.
    GcSp,
    /// One past the last usable byte of the shadow stack. Exported.
    GcStackLimit,
    /// The failed check, or `NO_SITE`. Exported.
    TrapSite,
    /// A word of the trap record, `i64`: one of the first [`vera_abi::trap::GLOBAL_WORDS`]. Exported.
    TrapWord(u32),
    /// End of the literals; the linker sets its initial value, a multiple of 8.
    DataEnd,
    /// Address of the first block; every smaller address is static. Set by `init`.
    HeapBase,
}

impl SupportGlobal {
    /// Every global, in declaration order.
    pub(crate) const ALL: &[SupportGlobal] = &[
        SupportGlobal::GcSp,
        SupportGlobal::GcStackLimit,
        SupportGlobal::TrapSite,
        SupportGlobal::TrapWord(0),
        SupportGlobal::TrapWord(1),
        SupportGlobal::DataEnd,
        SupportGlobal::HeapBase,
    ];

    /// The identifier in the module's text and name section, without the `$`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            SupportGlobal::GcSp => "gc_sp",
            SupportGlobal::GcStackLimit => "gc_stack_limit",
            SupportGlobal::TrapSite => "trap_site",
            SupportGlobal::TrapWord(0) => "trap_0",
            SupportGlobal::TrapWord(_) => "trap_1",
            SupportGlobal::DataEnd => "data_end",
            SupportGlobal::HeapBase => "heap_base",
        }
    }
}
