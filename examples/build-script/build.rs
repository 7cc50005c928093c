//! Compiles every Vera file of the crate.

fn main() {
    vera_build::Config::new().derive("Eq").compile("src/*.vera");
}
