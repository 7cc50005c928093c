//! What cannot be an operation is refused on its own tokens, all of it at once.

include!("shared/store.rs");

struct Table;

#[vera_runtime::vera_host]
impl store::Store for Table {
    async fn put(&mut self, _key: &str, _value: i64) {}

    fn get<T>(&mut self, _key: T) -> Option<i64> {
        None
    }
}

struct Shared;

#[vera_runtime::vera_host]
impl store::Store for Shared {
    fn put(&self, _key: &str, _value: i64) {}

    fn get(_key: &str) -> Option<i64> {
        None
    }
}

struct Wild;

#[vera_runtime::vera_host]
impl store::Store for Wild {
    unsafe fn put(&mut self, _key: &str, _value: i64) {}

    const fn get(&mut self, _key: &str) -> Option<i64> {
        None
    }
}

#[vera_runtime::vera_host]
impl Table {
    fn other(&mut self) {}
}

#[vera_runtime::vera_host]
struct Plain;

#[vera_runtime::vera_host(store)]
impl store::Store for Plain {
    fn put(&mut self, _key: &str, _value: i64) {}

    fn get(&mut self, _key: &str) -> Option<i64> {
        None
    }
}

fn main() {}
