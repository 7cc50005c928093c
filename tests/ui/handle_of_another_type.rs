//! A handle has the type of its value.

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
            let text = scope.lower::<String>("text")?;
            let number: i64 = scope.lift(text)?;
            drop(number);
            Ok(())
        })
        .unwrap();
}
