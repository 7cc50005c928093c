//! Why a module stops, and the data that it leaves for the message.
//!
//! A failed check stores its values in the **trap record** and its number in the global
//! [`TRAP_SITE`](crate::names::TRAP_SITE), and traps. The record is a sequence of 8-byte words. A value takes as many
//! words as its representation has WebAssembly values (none for a unit, two for a slice), each widened to 64 bits. The
//! first [`GLOBAL_WORDS`] words are globals, so the checks of arithmetic and indexing, which are the most frequent, use
//! no memory. Word `n` after them is in memory at [`TRAP_RECORD`](crate::heap::TRAP_RECORD)` + 8 * n`. Values that do
//! not fit in [`RECORD_WORDS`] are not recorded.
//!
//! Pointers in the record are not rooted: the host reads them before the module runs again.

/// Words of the trap record that are globals, named [`crate::names::TRAP_WORDS`].
pub const GLOBAL_WORDS: u32 = 2;
/// Words of the trap record.
pub const RECORD_WORDS: u32 = 128;

/// The site for a trap of WebAssembly itself, where no check of the program failed.
pub const NO_SITE: i32 = -1;
/// The site of heap exhaustion.
pub const SITE_HEAP_EXHAUSTED: i32 = -2;
/// The site of shadow-stack exhaustion.
pub const SITE_SHADOW_STACK_EXHAUSTED: i32 = -3;
/// The site of a malformed heap found in stress mode.
pub const SITE_HEAP_CORRUPT: i32 = -4;
/// The site of a string or array that would exceed [`crate::heap::MAX_BUFFER_BYTES`].
pub const SITE_BUFFER_TOO_LARGE: i32 = -5;

macro_rules! trap_kinds {
    ($($(#[$doc:meta])* $name:ident = $code:literal $text:literal,)*) => {
        /// The kind of a failed check, with the name that the `vera` command prints for it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        #[non_exhaustive]
        pub enum TrapKind {
            $($(#[$doc])* $name = $code,)*
        }

        impl TrapKind {
            /// The name used in machine-readable output.
            pub const fn as_str(self) -> &'static str {
                match self { $(TrapKind::$name => $text,)* }
            }

            /// The kind for a code of the encoded interface.
            pub const fn from_code(code: u8) -> Option<Self> {
                match code { $($code => Some(TrapKind::$name),)* _ => None }
            }
        }
    };
}

trap_kinds! {
    /// A `requires` clause was false on entry: the caller's mistake.
    Requires = 0 "contract_violation",
    /// An `ensures` clause was false on return.
    Ensures = 1 "contract_violation",
    /// A value did not satisfy the predicate of its refinement type.
    Refinement = 2 "contract_violation",
    /// The `decreases` measure did not decrease.
    Decreases = 3 "contract_violation",
    /// A `data` invariant was false on construction.
    Invariant = 4 "contract_violation",
    /// `assert` of a false condition.
    Assert = 5 "assertion_failed",
    /// Integer overflow.
    Overflow = 6 "overflow",
    /// Integer division or remainder by zero.
    DivideByZero = 7 "divide_by_zero",
    /// A negative value where a `Nat` is needed.
    NatGuard = 8 "nat_guard",
    /// `Nat` subtraction below zero.
    NatUnderflow = 9 "nat_underflow",
    /// Array index outside the array.
    IndexOutOfBounds = 10 "index_out_of_bounds",
    /// String index outside the string.
    StringIndexOutOfBounds = 11 "string_index_out_of_bounds",
    /// A float that has no integer value in range.
    FloatConversion = 12 "float_conversion",
    /// A value that is not a byte where a `Byte` is needed.
    ByteGuard = 13 "nat_guard",
    /// An exception that no handler handled.
    UncaughtException = 14 "uncaught_exception",
    /// A place that the program declares unreachable.
    Unreachable = 15 "unreachable",
    /// A float without a JSON number: NaN or an infinity.
    JsonNumber = 16 "host_error",
    /// An operation on decimals without a result: an exponent out of range, or an operation that is not defined for NaN
    /// or infinities.
    Decimal = 17 "host_error",
}
