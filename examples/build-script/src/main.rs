//! Two Vera files, compiled by `build.rs`, used as two Rust modules.

vera_runtime::include_modules!();

use route::Stop;

fn main() -> Result<(), vera_runtime::Error> {
    let mut route = route::Module::new()?;
    let mut tariff = tariff::Module::new()?;

    let stops = [Stop::Depot("north".into()), Stop::Street("Mill Lane".into(), 7)];
    println!("{}", route.labels(&stops)?);
    println!("1.2 kg over 750 km cost {} cents", tariff.postage(1200, 750)?);
    println!("weight class: {:?}", tariff.weight_class(1200, [500, 1000, 2000, 5000])?);

    match tariff.postage(0, 10) {
        Ok(cents) => println!("nothing weighs {cents}"),
        Err(error) => println!("\n{error}"),
    }
    Ok(())
}
