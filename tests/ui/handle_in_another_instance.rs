//! A handle of one instance cannot be used with another.

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
    let mut first = plain::Module::new().unwrap();
    let mut second = plain::Module::new().unwrap();
    first
        .instance_mut()
        .scope(|outer| {
            let text = outer.lower::<String>("text")?;
            second.instance_mut().scope(|inner| inner.lift(text)).map(|_| ())
        })
        .unwrap();
}
