//! A module that performs an effect cannot be made without an implementation of it.

include!("shared/store.rs");

struct Nothing;

fn main() {
    let _ = store::Module::new(Nothing);
}
