//! A handle cannot be sent to another thread.

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
            std::thread::scope(|threads| {
                threads.spawn(|| drop(text));
            });
            Ok(())
        })
        .unwrap();
}
