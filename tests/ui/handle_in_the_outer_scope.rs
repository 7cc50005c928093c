//! A handle of a scope cannot be kept in the scope around it.

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
            let mut kept = vec![scope.lower::<String>("outer")?];
            scope.nested(|scope, _| {
                kept.push(scope.lower::<String>("inner")?);
                Ok(())
            })
        })
        .unwrap();
}
