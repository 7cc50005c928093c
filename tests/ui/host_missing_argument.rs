//! A host method takes as many arguments as the operation.

include!("shared/store.rs");

struct Table;

#[vera_runtime::vera_host]
impl store::Store for Table {
    fn put(&mut self, _key: &str) {}

    fn get(&mut self, _key: &str, _fallback: i64) -> Option<i64> {
        None
    }
}

fn main() {}
