//! Methods with a scope are checked like those without, and none may keep what it makes there.

use vera_runtime::{Rooted, Scope};

include!("shared/store.rs");

struct Table;

#[vera_runtime::vera_host]
impl store::Store for Table {
    fn put(&mut self, _scope: &mut Scope<'_>, _key: &str) {}

    fn get(&mut self, _scope: &mut Scope<'_>, _key: &str) -> Option<String> {
        None
    }
}

struct Late;

#[vera_runtime::vera_host]
impl store::Store for Late {
    fn put(&mut self, _key: &str, _value: i64, _scope: &mut Scope<'_>) {}
}

struct Other;

#[vera_runtime::vera_host]
impl store::Store for Other {
    fn put(&mut self, _key: &str, _value: i64) {}

    fn get<'s>(&mut self, scope: &mut Scope<'s>, key: &str) -> vera_runtime::Result<Rooted<'s, String>> {
        scope.lower::<String>(key)
    }
}

fn main() {}
