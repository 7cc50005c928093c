//! Tests of contracts of what is no module of a Vera program.

vera_runtime::vera! {
    module plain;
    public fn one(-> @Int) requires(true) ensures(@Int.result == 1) effects(pure) { 1 }
}

mod other {}

vera_runtime::contract_tests!(missing);
vera_runtime::contract_tests!(other);
vera_runtime::contract_tests!("plain");
vera_runtime::contract_tests!();
vera_runtime::contract_tests!(plain, 5);

fn main() {}
