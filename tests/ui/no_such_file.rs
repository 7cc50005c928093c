//! A file that is not there.

vera_runtime::vera!(file = "no/such/file.vera");

fn main() {}
