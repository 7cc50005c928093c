//! A module that performs an effect takes a host.

include!("shared/store.rs");

fn main() {
    let _ = store::Module::new();
}
