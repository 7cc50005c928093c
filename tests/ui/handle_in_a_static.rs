//! A handle cannot be kept in a static.

use std::sync::Mutex;
use vera_runtime::Rooted;

static KEPT: Mutex<Option<Rooted<'static, String>>> = Mutex::new(None);

vera_runtime::vera! {
    module plain;

    public fn id(@String -> @String)
      requires(true)
      ensures(true)
      effects(pure)
    {
      @String.0
    }
}

fn main() {
    let mut module = plain::Module::new().unwrap();
    module
        .instance_mut()
        .scope(|scope| {
            *KEPT.lock().unwrap() = Some(scope.lower::<String>("text")?);
            Ok(())
        })
        .unwrap();
}
