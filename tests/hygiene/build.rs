//! A Vera file for a crate that has the runtime by another name.

fn main() {
    vera_build::Config::new().runtime_path("vr").compile("vera/scripted.vera");
}
