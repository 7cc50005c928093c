//! A handle cannot leave its scope.

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
    let escaped = module.instance_mut().scope(|scope| scope.lower::<String>("text")).unwrap();
    let _ = escaped;
}
