//! Vera files for the tests of the build-script route.

fn main() {
    vera_build::Config::new()
        .derive("serde::Serialize")
        .derive_for("Order", "serde::Deserialize")
        .derive_for("Item", "serde::Deserialize")
        .derive_for("Currency", "serde::Deserialize")
        .compile("vera/scripted/*.vera");
}
