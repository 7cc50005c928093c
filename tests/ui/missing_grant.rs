//! A builder that was not given a host for an effect does not build, and says for which.

vera_runtime::vera! {
    module report;

    effect Log {
      op info(String -> Unit);
    }

    public fn record(@String -> @Unit)
      requires(true)
      ensures(true)
      effects(<Log, IO>)
    {
      Log.info(@String.0);
      IO.print(@String.0)
    }
}

struct Lines;

#[vera_runtime::vera_host]
impl report::Log for Lines {
    fn info(&mut self, _message: &str) {}
}

use vera_runtime::host::io::StdConsole;

fn main() {
    let _ = report::Module::builder().log(Lines).build();
    let _ = report::Module::builder().console(StdConsole).build();
    let _ = report::Module::builder().log(StdConsole);
    let _ = report::Module::builder().http(StdConsole);
}
