//! Machine code for modules, made while the crate builds.

/// What code counts while it runs: fuel, and looks at the clock.
pub(crate) type Kind = (bool, bool);

/// The machine code of a module for kinds of metering, for the target of the build.
///
/// # Errors
/// Why there is none, as a sentence.
#[cfg(feature = "precompile")]
pub(crate) fn code(wasm: &[u8], kinds: &[Kind]) -> Result<Vec<u8>, String> {
    let kinds: Vec<vera_engine::Metering> =
        kinds.iter().map(|&(fuel, deadline)| vera_engine::Metering { fuel, deadline }).collect();
    let target = target();
    vera_engine::precompile(wasm, &kinds, target.as_deref()).map_err(|error| {
        let target = target.as_deref().unwrap_or("this machine");
        format!("no machine code can be made for {target}: {error:#}. Build without `precompile` for that target")
    })
}

/// # Errors
/// Always: the feature is off.
#[cfg(not(feature = "precompile"))]
pub(crate) fn code(_: &[u8], _: &[Kind]) -> Result<Vec<u8>, String> {
    Err("`precompile` needs the feature `precompile`: of vera-build in `[build-dependencies]`, or of vera-runtime for `vera!`"
        .to_owned())
}

/// The target of the crate, where it is another than this machine: Cargo tells build scripts only. A macro makes code for
/// this machine; on another it is not used.
#[cfg(feature = "precompile")]
fn target() -> Option<String> {
    let (target, host) = (std::env::var("TARGET").ok()?, std::env::var("HOST").ok()?);
    (target != host).then_some(target)
}
