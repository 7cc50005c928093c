//! A module that is machine code already: the program has no compiler, and starts at once.

vera_runtime::include_modules!();

fn main() -> Result<(), vera_runtime::Error> {
    let mut tariff = tariff::Module::new()?;
    println!("1.2 kg over 750 km cost {} cents", tariff.postage(1200, 750)?);
    println!("weight class: {:?}", tariff.weight_class(1200, [500, 1000, 2000, 5000])?);
    Ok(())
}
