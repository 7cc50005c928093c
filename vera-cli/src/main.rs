//! The `vera` command.

fn main() {}
