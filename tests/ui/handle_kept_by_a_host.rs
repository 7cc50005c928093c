//! A host cannot keep a handle beyond the operation it was made in.

include!("shared/store.rs");

struct Table;

struct Keeper<'s>(Vec<vera_runtime::Rooted<'s, String>>);

#[vera_runtime::vera_host]
impl<'s> store::Store for Keeper<'s> {
    fn put(&mut self, scope: &mut vera_runtime::Scope<'_>, key: &str, _value: i64) {
        self.0.push(scope.lower::<String>(key).unwrap());
    }

    fn get(&mut self, _key: &str) -> Option<i64> {
        None
    }
}

fn main() {}
