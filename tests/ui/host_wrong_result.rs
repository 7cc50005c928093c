//! A host method returns the operation's result type.

include!("shared/store.rs");

struct Table;

#[vera_runtime::vera_host]
impl store::Store for Table {
    fn put(&mut self, _key: &str, _value: i64) {}

    fn get(&mut self, _key: &str) -> u8 {
        0
    }
}

fn main() {}
