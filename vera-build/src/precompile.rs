//! Machine code for modules, made while the crate builds.

use proc_macro2::TokenStream;
use quote::quote;

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
    for_target(wasm, &kinds, target().as_deref())
}

/// The machine code for a target, or for this machine.
///
/// # Errors
/// The reason why there is none, and what to do.
#[cfg(feature = "precompile")]
fn for_target(wasm: &[u8], kinds: &[vera_engine::Metering], target: Option<&str>) -> Result<Vec<u8>, String> {
    vera_engine::precompile(wasm, kinds, target).map_err(|error| match target {
        None => format!("no machine code can be made for this machine: {error:#}. Build without `precompile` here"),
        Some(target) if cfg!(feature = "all-targets") => format!(
            "no machine code can be made for `{target}`: {error:#}. Build without `precompile` for that target, and with the \
             feature `compiler` of vera-runtime"
        ),
        Some(target) => format!(
            "no machine code can be made for `{target}` on this machine: {error:#}. For a target with another processor \
             enable the feature `all-targets` of vera-build in `[build-dependencies]`; otherwise build without `precompile` \
             for that target, and with the feature `compiler` of vera-runtime"
        ),
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
/// this machine ([`only_for`]).
#[cfg(feature = "precompile")]
fn target() -> Option<String> {
    let (target, host) = (std::env::var("TARGET").ok()?, std::env::var("HOST").ok()?);
    (target != host).then_some(target)
}

/// The check of the target in the expansion of a macro that made code for a machine: on another one, the runtime compiles
/// the module, or the build fails because the runtime has no compiler.
pub(crate) fn only_for(arch: &str, os: &str) -> TokenStream {
    quote! {
        #[cfg(not(all(target_arch = #arch, target_os = #os)))]
        ::vera_runtime::__made_for_another_target!(#arch, #os);
    }
}

#[cfg(all(test, feature = "precompile"))]
mod tests {
    use super::*;

    #[test]
    fn a_macro_names_the_machine_of_its_code() {
        let tokens = only_for("x86_64", "linux").to_string();
        let condition = "# [cfg (not (all (target_arch = \"x86_64\" , target_os = \"linux\")))]";
        assert!(tokens.starts_with(condition), "{tokens}");
        assert!(tokens.ends_with("__made_for_another_target ! (\"x86_64\" , \"linux\") ;"), "{tokens}");
    }

    /// The smallest module: no code.
    const EMPTY: &[u8] = b"\0asm\x01\0\0\0";

    #[test]
    fn a_target_without_code_is_an_error_that_says_what_to_do() {
        let kinds = [vera_engine::Metering::default()];
        // The same processor with another system is within reach of every build.
        let arch = std::env::consts::ARCH;
        assert!(for_target(EMPTY, &kinds, Some(&format!("{arch}-unknown-linux-gnu"))).is_ok());
        assert!(for_target(EMPTY, &kinds, Some(&format!("{arch}-pc-windows-msvc"))).is_ok());
        let other = if arch == "aarch64" { "x86_64" } else { "aarch64" };
        for target in [format!("{other}-unknown-linux-gnu"), "no-such-target".to_owned()] {
            match for_target(EMPTY, &kinds, Some(&target)) {
                Ok(_) => assert!(cfg!(feature = "all-targets") && target.starts_with(other), "{target}"),
                Err(message) => {
                    assert!(
                        message.contains(&format!("`{target}`")) && message.contains("without `precompile`"),
                        "{message}"
                    );
                    assert_eq!(message.contains("`all-targets`"), !cfg!(feature = "all-targets"), "{message}");
                }
            }
        }
    }
}
