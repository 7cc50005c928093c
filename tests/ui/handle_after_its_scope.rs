//! A handle cannot be kept in a variable outside of its scope.

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
    let mut kept = None;
    module
        .instance_mut()
        .scope(|scope| {
            kept = Some(scope.lower::<String>("text")?);
            Ok(())
        })
        .unwrap();
}
