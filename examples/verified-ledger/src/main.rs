//! Books that are proved: they never go negative, and never lose money.

vera_runtime::include_modules!();

use ledger::Transaction::{Deposit, Release, Save, Withdraw};

vera_runtime::contract_tests!(ledger);

fn main() -> Result<(), vera_runtime::Error> {
    let mut ledger = ledger::Module::new()?;
    let opened = ledger.opened()?;
    // The second withdrawal exceeds the cash, and changes nothing.
    let transactions = [Deposit(50_000), Save(20_000), Withdraw(25_000), Withdraw(10_000), Release(5_000)];
    let books = ledger.posted_all(&opened, transactions)?;
    println!("{books:?}");
    println!(
        "worth {} cents: {} came in, {} went out",
        ledger.worth(&books)?,
        ledger.received(&books)?,
        ledger.paid(&books)?
    );

    println!("\nWhat the build proved:");
    for contract in ledger::Module::CONTRACTS {
        let verdict = if contract.is_proved() { "proved" } else { "partly checked at run time" };
        println!("  {}: {verdict}, {} checks in its body", contract.function, contract.proved_checks);
        for clause in contract.clauses.iter().filter(|clause| clause.text != "true") {
            println!("    {clause}");
        }
    }
    Ok(())
}
