//! Compiles the Vera file of the crate down to machine code.

fn main() {
    vera_build::Config::new().precompile(true).compile("src/*.vera");
}
