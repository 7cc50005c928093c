//! Effect handlers in Vera, called from Rust: the effect row of a function lists the operations that it needs, and its
//! caller decides what they mean.
//!
//! * `queens.vera`: backtracking, by continuing from one choice in both directions
//! * `generator.vera`: a walk over a tree that yields its values
//! * `tasks.vera`: cooperative tasks under several schedulers, one of which tries every order
//! * `review.vera`: a language model, and a script in its place
//! * `parser.vera`: a parser that throws, with its position in the text as a state

use vera_runtime::Error;

vera_runtime::vera!(file = "src/queens.vera");
vera_runtime::vera!(file = "src/generator.vera");
vera_runtime::vera!(file = "src/tasks.vera");
vera_runtime::vera!(file = "src/review.vera");
vera_runtime::vera!(file = "src/parser.vera");

fn main() -> Result<(), Error> {
    search()?;
    values()?;
    schedules()?;
    moods()?;
    expressions()
}

fn search() -> Result<(), Error> {
    let mut queens = queens::Module::new()?;
    println!("queens");
    for size in [4, 6, 8] {
        let all = queens.solutions(size)?;
        println!("  {size}: {} solutions, first {:?}", all.len(), queens.first(size)?);
    }
    println!("  3: {:?}", queens.first(3)?);
    Ok(())
}

fn values() -> Result<(), Error> {
    let mut generator = generator::Module::new()?;
    let numbers = [5, 2, 8, 1, 9, 3];
    println!("generator");
    println!("  sorted {:?}", generator.sorted(numbers)?);
    println!("  the smallest two {:?}", generator.smallest(numbers, 2)?);
    println!("  sums {:?}", generator.totals(numbers)?);
    Ok(())
}

fn schedules() -> Result<(), Error> {
    let mut tasks = tasks::Module::new()?;
    println!("tasks that add 3 to one counter, 2 of them");
    println!("  one after the other: {}", tasks.one_after_the_other(2, 3)?);
    println!("  by turns: {}", tasks.round_robin(2, 3)?);
    println!("  by turns of 3 steps: {}", tasks.by_slices(2, 3, 3)?);
    let mut outcomes: Vec<i64> = tasks.outcomes(2, 3)?.into_iter().collect();
    outcomes.sort_unstable();
    println!("  in any order: {outcomes:?}");
    Ok(())
}

/// A model that is in a bad mood.
struct Grumpy;

impl vera_runtime::host::inference::Inference for Grumpy {
    fn complete(&mut self, _prompt: &str) -> Result<String, String> {
        Ok(" Bad ".to_owned())
    }
}

fn moods() -> Result<(), Error> {
    let mut review = review::Module::new(Grumpy)?;
    println!("review");
    println!("  the model: {:?}", review.judged("What a day!")?);
    println!("  a script: {:?}", review.rehearsed("What a day!", ["well...", "Good"])?);
    println!("  one without an answer: {:?}", review.rehearsed("What a day!", ["well...", "hm", "?", "Good"])?);
    Ok(())
}

fn expressions() -> Result<(), Error> {
    let mut parser = parser::Module::new()?;
    println!("parser");
    for text in ["2+3*(4-1)", "(1+", "1+x", "8/(2-2)"] {
        println!("  {text} is {:?}", parser.checked(text)?);
    }
    // An exception that the module does not handle is an error of the caller, with the thrown value.
    match parser.value("1+x") {
        Ok(value) => println!("  the parser let {value} through"),
        Err(error) => println!("{error}"),
    }
    println!("  and after it, 6*7 is {}", parser.value("6*7")?);
    Ok(())
}
