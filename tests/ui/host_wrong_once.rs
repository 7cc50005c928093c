//! A host that is wrong is one error for each mistake: what uses the host does not report it again.

include!("shared/store.rs");

struct Table;

#[vera_runtime::vera_host]
impl store::Store for Table {
    async fn put(&self, _key: &str, _value: i64) {}

    fn get<K: AsRef<str>>(&mut self, _key: K) -> Option<i64> {
        None
    }
}

struct Made<T>(T);

#[vera_runtime::vera_host]
impl<T> store::Store for Made<T> {
    const fn put(&mut self, _key: &str, _value: i64) {}

    fn get(&self, _scope: &mut vera_runtime::Scope<'_>, _key: &str) -> Option<i64> {
        None
    }
}

#[vera_runtime::vera_host]
struct Plain;

#[vera_runtime::vera_host]
impl Plain {
    fn new() -> Self {
        Plain
    }
}

fn main() {
    let _ = store::Module::new(Table);
    let _ = store::Module::new(Made(1));
    let Plain = Plain::new();
}
