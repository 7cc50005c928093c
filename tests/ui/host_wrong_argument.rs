//! A host method takes the operation's argument types.

include!("shared/store.rs");

struct Table;

#[vera_runtime::vera_host]
impl store::Store for Table {
    fn put(&mut self, _key: &str, _value: String) {}

    fn get(&mut self, _key: &str) -> Option<i64> {
        None
    }
}

fn main() {}
