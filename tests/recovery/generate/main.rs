//! Writes Rust files with random invocations, and what has to come of each.
//!
//! `VERA_RECOVERY_CASES` is how many there are of each kind, `VERA_RECOVERY_SEED` where they start.

mod code;
mod file;
mod soup;

use fastrand::Rng;
use file::File;
use std::path::PathBuf;

fn main() {
    let number = |name: &str, usual: u64| {
        println!("cargo::rerun-if-env-changed={name}");
        std::env::var(name).map_or(usual, |text| text.parse().expect("a number"))
    };
    println!("cargo::rerun-if-changed=generate");
    let cases = number("VERA_RECOVERY_CASES", 20);
    let mut rng = Rng::with_seed(number("VERA_RECOVERY_SEED", 1));
    let folder = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets it"));
    for (name, line_end, start) in [("lines", "\n", ""), ("windows", "\r\n", ""), ("mark", "\r\n", "\u{feff}")] {
        let mut file = File::new(start);
        for _ in 0..cases {
            soup::cases(&mut rng, &mut file);
            code::cases(&mut rng, &mut file);
        }
        let text = file.finish().replace('\n', line_end);
        std::fs::write(folder.join(format!("{name}.rs")), text).expect("the folder can be written to");
    }
}
