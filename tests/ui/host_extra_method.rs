//! A method that is no operation of the effect.

include!("shared/store.rs");

struct Table;

#[vera_runtime::vera_host]
impl store::Store for Table {
    fn put(&mut self, _key: &str, _value: i64) {}

    fn get(&mut self, _key: &str) -> Option<i64> {
        None
    }

    fn clear(&mut self) {}
}

fn main() {}
