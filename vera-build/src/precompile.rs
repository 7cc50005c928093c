//! Machine code for modules, made while the crate builds.

/// What code counts while it runs: fuel, and reads of the clock.
pub(crate) type Kind = (bool, bool);

/// The machine code of a module for several kinds of metering, for the target of the build.
///
/// # Errors
/// The reason why there is none, as a sentence.
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
/// Always, because the feature is off.
#[cfg(not(feature = "precompile"))]
pub(crate) fn code(_: &[u8], _: &[Kind]) -> Result<Vec<u8>, String> {
    Err("`precompile` needs the feature `precompile`: of vera-build in `[build-dependencies]`, or of vera-runtime for `vera!`"
        .to_owned())
}

/// The target of the crate, if it is not this machine. Cargo gives it to build scripts only. A macro makes code for
/// this machine; on another machine that code is not used.
#[cfg(feature = "precompile")]
fn target() -> Option<String> {
    let (target, host) = (std::env::var("TARGET").ok()?, std::env::var("HOST").ok()?);
    (target != host).then_some(target)
}
