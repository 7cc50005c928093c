//! Compiles the ledger, and fails unless everything about it is proved.

fn main() {
    vera_build::Config::new().verify(vera_build::Verify::RequireProved).derive("Eq").compile("vera/*.vera");
}
