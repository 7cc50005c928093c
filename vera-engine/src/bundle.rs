//! Precompiled machine code.
//!
//! ```text
//! "VERACODE"  format: u32  module's hash: u64  kinds: u32  then for each kind:
//! flags: u8 (1 fuel, 2 deadline)  length: u64  code as wasmtime serialises it
//! ```
//!
//! Numbers are little-endian. wasmtime's own header names release, target and settings; wasmtime refuses code that does
//! not match.

use crate::Metering;
use std::borrow::Cow;
use std::fmt;
use wasmtime::{Engine, Module};

const MAGIC: &[u8; 8] = b"VERACODE";
const FORMAT: u32 = 1;
const FUEL: u8 = 1;
const DEADLINE: u8 = 2;

/// Machine code for a module.
///
/// Invariant: the bytes were made by [`precompile`], and nobody has changed them since. Anyone who makes a bundle from
/// other bytes can run any machine code in the process.
#[derive(Clone, Debug)]
pub struct Bundle {
    bytes: Cow<'static, [u8]>,
}

/// The reason why a bundle gives no code.
#[derive(Debug)]
#[non_exhaustive]
pub enum Refused {
    /// The bytes are not a bundle of this format.
    Format,
    /// The code is that of another module.
    OtherModule,
    /// There is no code for that metering.
    Metering(Metering),
    /// The code was made for another release of wasmtime, another target or other settings; the error of wasmtime says
    /// which.
    Engine(wasmtime::Error),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::Format => f.write_str("it is not machine code of this release"),
            Refused::OtherModule => f.write_str("it is the machine code of another module"),
            Refused::Metering(metering) => {
                let with = |what, yes| if yes { format!("with {what}") } else { format!("without {what}") };
                write!(f, "there is none {} and {}", with("fuel", metering.fuel), with("a deadline", metering.deadline))
            }
            Refused::Engine(error) => write!(f, "it was made for another engine or target: {error:#}"),
        }
    }
}

impl std::error::Error for Refused {}

impl Bundle {
    /// The bundle that [`precompile`] made while this program was built, as part of the program.
    pub const fn from_static(bytes: &'static [u8]) -> Self {
        Bundle { bytes: Cow::Borrowed(bytes) }
    }

    /// A bundle from bytes that were stored elsewhere, such as a file that `vera compile --precompiled` wrote.
    ///
    /// # Safety
    /// The bytes must be the result of [`precompile`], and nobody else may have been able to change them since. Their
    /// code runs unchecked, and can do whatever the process can.
    #[allow(unsafe_code, reason = "see the crate's documentation")]
    pub unsafe fn trusted(bytes: Vec<u8>) -> Self {
        Bundle { bytes: Cow::Owned(bytes) }
    }

    /// The code of a module for a kind of metering.
    ///
    /// # Errors
    /// [`Refused`], with the mismatch.
    pub fn load(&self, engine: &Engine, wasm: &[u8], metering: Metering) -> Result<Module, Refused> {
        deserialize(engine, self.code(wasm, metering)?).map_err(Refused::Engine)
    }

    /// The part for a kind of metering.
    fn code(&self, wasm: &[u8], metering: Metering) -> Result<&[u8], Refused> {
        let mut reader = Reader(&self.bytes);
        let header = (reader.array::<8>()?, u32::from_le_bytes(reader.array()?));
        if header != (*MAGIC, FORMAT) {
            return Err(Refused::Format);
        }
        if u64::from_le_bytes(reader.array()?) != hash(wasm) {
            return Err(Refused::OtherModule);
        }
        for _ in 0..u32::from_le_bytes(reader.array()?) {
            let [flags] = reader.array()?;
            let length = u64::from_le_bytes(reader.array()?);
            let code = reader.take(usize::try_from(length).map_err(|_| Refused::Format)?)?;
            if flags == flags_of(metering) {
                return Ok(code);
            }
        }
        Err(Refused::Metering(metering))
    }
}

/// The module of machine code that wasmtime serialised. The callers must make sure that wasmtime made the code: it
/// comes from a [`Bundle`], or from the user's own cache.
pub(crate) fn deserialize(engine: &Engine, code: &[u8]) -> wasmtime::Result<Module> {
    // SAFETY: the bytes were made by wasmtime's compiler, in `precompile` (invariant of `Bundle`) or in `Cache::module`, which
    // compares their hash. wasmtime checks that they were made by its own release, for this target and these settings.
    #[allow(unsafe_code, reason = "see the crate's documentation")]
    unsafe {
        Module::deserialize(engine, code)
    }
}

/// Makes the machine code of a module for several kinds of metering, to be embedded in a program for `target` (a target
/// triple such as `aarch64-unknown-linux-gnu`). Without a target the code is for this machine.
///
/// # Errors
/// The error of wasmtime: it has no compiler for the target, or the bytes are not a module.
#[cfg(feature = "compiler")]
pub fn precompile(wasm: &[u8], kinds: &[Metering], target: Option<&str>) -> wasmtime::Result<Vec<u8>> {
    /// It does not affect the code.
    const STACK: usize = 1 << 20;
    let mut bytes = MAGIC.to_vec();
    bytes.extend(FORMAT.to_le_bytes());
    bytes.extend(hash(wasm).to_le_bytes());
    bytes.extend((kinds.len() as u32).to_le_bytes());
    for &metering in kinds {
        let mut config = crate::config(metering, STACK);
        if let Some(target) = target {
            config.target(target)?;
        }
        let code = Engine::new(&config)?.precompile_module(wasm)?;
        bytes.push(flags_of(metering));
        bytes.extend((code.len() as u64).to_le_bytes());
        bytes.extend(code);
    }
    Ok(bytes)
}

fn flags_of(metering: Metering) -> u8 {
    (if metering.fuel { FUEL } else { 0 }) | (if metering.deadline { DEADLINE } else { 0 })
}

/// FNV-1a, 64 bits. It detects modules that were mixed up, but not deliberate collisions.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    fn take(&mut self, length: usize) -> Result<&'b [u8], Refused> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(Refused::Format)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Refused> {
        self.take(N)?.try_into().map_err(|_| Refused::Format)
    }
}

#[cfg(all(test, feature = "compiler"))]
mod tests {
    use super::{Bundle, Refused, precompile};
    use crate::{Metering, config};
    use wasmtime::{Engine, Instance, Store};

    const PLAIN: Metering = Metering { fuel: false, deadline: false };
    const FUEL: Metering = Metering { fuel: true, deadline: false };

    fn module(result: i32) -> Vec<u8> {
        let text = format!("(module (func (export \"f\") (result i32) i32.const {result}))");
        wat::parse_str(text).expect("a module")
    }

    fn engine(metering: Metering) -> Engine {
        Engine::new(&config(metering, 1 << 18)).expect("an engine")
    }

    fn bundle(wasm: &[u8], kinds: &[Metering], target: Option<&str>) -> Bundle {
        Bundle::from_static(precompile(wasm, kinds, target).expect("code").leak())
    }

    #[test]
    fn code_runs_as_the_module_does() {
        let wasm = module(7);
        for metering in Metering::ALL {
            let engine = engine(metering);
            let code = bundle(&wasm, &Metering::ALL, None).load(&engine, &wasm, metering).expect("the code");
            let mut store = Store::new(&engine, ());
            if metering.fuel {
                store.set_fuel(1000).expect("fuel");
            }
            store.set_epoch_deadline(1);
            let instance = Instance::new(&mut store, &code, &[]).expect("an instance");
            let function = instance.get_typed_func::<(), i32>(&mut store, "f").expect("the function");
            assert_eq!(function.call(&mut store, ()).expect("a result"), 7);
        }
    }

    #[test]
    fn what_does_not_match_is_refused() {
        let (wasm, other) = (module(7), module(8));
        let made = bundle(&wasm, &[PLAIN], None);
        let refused = |bundle: &Bundle, wasm: &[u8], metering| bundle.load(&engine(metering), wasm, metering).err();
        assert!(matches!(refused(&made, &other, PLAIN), Some(Refused::OtherModule)));
        assert!(matches!(refused(&made, &wasm, FUEL), Some(Refused::Metering(FUEL))));
        // Code for an engine with other settings.
        assert!(matches!(made.load(&engine(FUEL), &wasm, PLAIN).err(), Some(Refused::Engine(_))));
        for length in 0..24 {
            let cut = Bundle::from_static(made.bytes[..length].to_vec().leak());
            assert!(matches!(refused(&cut, &wasm, PLAIN), Some(Refused::Format)), "{length}");
        }
        let mut wrong = made.bytes.to_vec();
        wrong[0] ^= 1;
        assert!(matches!(refused(&Bundle::from_static(wrong.leak()), &wasm, PLAIN), Some(Refused::Format)));
    }

    #[test]
    fn a_target_without_compiler_is_said() {
        let error = precompile(&module(1), &[PLAIN], Some("no-such-target")).expect_err("no target");
        assert!(!error.to_string().is_empty());
    }
}
