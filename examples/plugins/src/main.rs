//! Applies the plugins of a folder to lines of text.
//!
//! ```text
//! cargo run -p plugins                      # this crate's plugins, on a line of its own
//! cargo run -p plugins -- FOLDER            # on each line of standard input; files that change are loaded again
//! ```

use plugins::{Change, Registry};
use std::error::Error;
use std::io::BufRead;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    match std::env::args_os().nth(1) {
        None => {
            let (mut registry, changes) = Registry::open(Path::new(env!("CARGO_MANIFEST_DIR")).join("plugins"))?;
            tell(&changes);
            apply(&mut registry, "hello from Rust");
        }
        Some(folder) => {
            let (mut registry, changes) = Registry::open(folder)?;
            tell(&changes);
            for line in std::io::stdin().lock().lines() {
                let line = line?;
                tell(&registry.refresh()?);
                apply(&mut registry, &line);
            }
        }
    }
    Ok(())
}

fn tell(changes: &[Change]) {
    for change in changes {
        match change {
            Change::Loaded(name) => println!("[{name}] loaded"),
            Change::Replaced(name) => println!("[{name}] replaced"),
            Change::Removed(name) => println!("[{name}] removed"),
            Change::Refused(name, refusal) => println!("[{name}] refused: {refusal}"),
        }
    }
}

fn apply(registry: &mut Registry, line: &str) {
    for (name, plugin) in registry.plugins() {
        let outcome = plugin.apply(line);
        for said in plugin.take_output() {
            println!("{name} says: {said}");
        }
        match outcome {
            Ok(text) => println!("{name}: {text}"),
            Err(error) => println!("{name} failed: {error}"),
        }
    }
}
