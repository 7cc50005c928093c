//! Queries that a solver should rather not be asked: each comes back, as unknown or with the right verdict, and the next
//! one is answered.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use vera_solver::{Embedded, Engine, Isolated, Process, Query, Value, Verdict, Why};

const WORKER: &str = env!("CARGO_BIN_EXE_vera-solver-worker");
const LIMIT: Duration = Duration::from_millis(100);

fn ask(engine: &mut dyn Engine, script: &str) -> Verdict {
    engine.decide(&Query { script: script.to_owned(), wanted: Vec::new() }, LIMIT)
}

fn isolated() -> Isolated {
    Isolated::new(WORKER.into(), 1 << 30)
}

/// Constants between 0 and 1,000.
fn constants(count: usize) -> String {
    (0..count).map(|number| format!("(declare-const x{number} Int)(assert (<= 0 x{number} 1000))\n")).collect()
}

/// A term within another, many times: what stands before and after it, by its number.
fn nested(innermost: &str, times: usize, around: impl Fn(usize) -> (String, String)) -> String {
    let (before, after): (Vec<_>, Vec<_>) = (0..times).rev().map(around).unzip();
    format!("{}{innermost}{}", before.concat(), after.into_iter().rev().collect::<String>())
}

/// More pigeons than holes.
fn pigeons(count: usize) -> String {
    let names: Vec<_> = (0..count).map(|number| format!("p{number}")).collect();
    let mut script: String =
        names.iter().map(|name| format!("(declare-const {name} Int)(assert (< 0 {name} {count}))")).collect();
    script += &format!("(assert (distinct {}))", names.join(" "));
    script
}

/// Sized so that limits are met, or not at all.
fn large() -> Vec<(&'static str, String)> {
    let choices = nested("x0", 20_000, |number| (format!("(ite (< x{} {number}) ", number % 5), format!(" {number})")));
    let sums = nested("x0", 40_000, |number| (format!("(+ x{} ", number % 5), ")".to_owned()));
    let conditions = nested("(< x0 1)", 10_000, |number| {
        (format!("({} (< x{} {number}) ", ["and", "or"][number % 2], number % 5), ")".to_owned())
    });
    let lets = nested("x0", 20_000, |_| ("(let ((y x0)) ".to_owned(), ")".to_owned()));
    let squares = (0..60).map(|number| {
        format!(
            "(declare-const s{number} Int)(assert (= s{number} {}))",
            match number {
                0 => "(+ x0 7)".to_owned(),
                _ => format!("(* s{0} s{0})", number - 1),
            }
        )
    });
    let growing = (0..300).map(|number| {
        format!(
            "(declare-const g{number} Int)(assert (= g{number} {}))",
            match number {
                0 => "3".to_owned(),
                _ => format!("(* g{0} g{0})", number - 1),
            }
        )
    });
    let calls = (0..4_000).map(|number| format!("(assert (< (f (+ x{} {number})) {number}))", number % 5));
    vec![
        ("choices", format!("{}(assert (< {choices} (- 5)))", constants(5))),
        ("sums", format!("{}(assert (< {sums} 0))", constants(5))),
        ("conditions", format!("{}(assert {conditions})", constants(5))),
        ("lets", format!("{}(assert (< {lets} 0))", constants(1))),
        ("squares", format!("{}{}(assert (< s59 0))", constants(1), squares.collect::<String>())),
        ("numbers", format!("{}{}(assert (< g299 0))", constants(1), growing.collect::<String>())),
        ("calls", format!("{}(declare-fun f (Int) Int){}", constants(5), calls.collect::<String>())),
        ("digits", format!("(assert (= {} 1))", "7".repeat(500_000))),
        ("pigeons", pigeons(60)),
        ("many pigeons", pigeons(5_000)),
        ("bytes", format!("(assert (= 1 1)){}", " ".repeat(2 << 20))),
        ("words", "(assert true)".repeat(60_000)),
        ("parentheses", "(".repeat(1 << 19)),
        ("operands", format!("{}(assert (< (+ {}) 0))", constants(1), "x0 ".repeat(150_000))),
    ]
}

const MALFORMED: [&str; 34] = [
    "(",
    ")",
    "(assert",
    "(assert true",
    "(assert true))",
    "(assert)",
    "(assert true false)",
    "assert",
    "()",
    "(())",
    "((assert true))",
    "(assert 1)",
    "(assert (= 1 true))",
    "(assert (< 1))",
    "(assert (f 1))",
    "(assert x)",
    "(assert (not))",
    "(assert (let ((x)) true))",
    "(assert (let ((x 1) (x 2)) true))",
    "(assert (let () true) ())",
    "(assert (forall ((x Int)) true))",
    "(assert (! true :named a))",
    "(assert (= |x| 1))",
    "(assert \"text\")",
    "(assert (= 1.5 1.5))",
    "(declare-const x)",
    "(declare-const x Real)",
    "(declare-const and Int)",
    "(declare-const x Int)(declare-const x Int)",
    "(declare-const __let_0 Int)",
    "(check-sat)",
    "(exit)",
    "(set-option :timeout 1)",
    "(assert true)\u{0}(assert false)",
];

fn goes_on(engine: &mut dyn Engine) {
    let query =
        Query { script: "(declare-const x Int)(assert (= (* 3 x) 21))".to_owned(), wanted: vec!["x".to_owned()] };
    // Another thread may have to end first, and the machine may be busy.
    for _ in 0..200 {
        match engine.decide(&query, Duration::from_secs(5)) {
            Verdict::Sat(values) => return assert_eq!(values, [Some(Value::Int(7))]),
            verdict => assert!(matches!(verdict, Verdict::Unknown(_)), "{verdict:?}"),
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("it answers no more");
}

fn survives(engine: &mut dyn Engine) {
    for (name, script) in large() {
        let verdict = ask(engine, &script);
        // What is true of them.
        let unsat = ["choices", "sums", "lets", "pigeons", "many pigeons", "digits", "squares", "numbers", "operands"];
        match &verdict {
            Verdict::Unknown(Why::Unsupported(what)) if name != "parentheses" => panic!("{name}: {what}"),
            Verdict::Unknown(Why::Failed(what)) => panic!("{name}: {what}"),
            Verdict::Unknown(_) => {}
            Verdict::Unsat => assert!(unsat.contains(&name), "{name}"),
            Verdict::Sat(_) => assert!(!unsat.contains(&name), "{name}"),
        }
        goes_on(engine);
    }
    for script in MALFORMED {
        let verdict = ask(engine, script);
        assert!(matches!(verdict, Verdict::Unknown(Why::Unsupported(_))), "{script}: {verdict:?}");
    }
    goes_on(engine);
    let query = Query { script: "(declare-const x Int)".to_owned(), wanted: vec!["y".to_owned()] };
    assert_eq!(engine.decide(&query, LIMIT), Verdict::Unknown(Why::Unsupported("`y` is not a constant".to_owned())));
}

#[test]
fn the_embedded_solver_survives() {
    survives(&mut Embedded::new());
}

#[test]
fn a_child_process_survives() {
    survives(&mut isolated());
}

#[test]
fn z3_survives() {
    if let Ok(mut z3) = Process::find(1 << 30) {
        survives(&mut z3);
    }
}

#[test]
fn conditions_in_conditions_and_remainders_of_one_variable_are_decided() {
    let mut engine = Embedded::new();
    let conditions = (0..60).fold("(< x0 1)".to_owned(), |inner, number| {
        format!("(ite {inner} (< x{} {number}) (> x{} {number}))", number % 5, (number + 1) % 5)
    });
    let script = format!("{}(assert {conditions})", constants(5));
    assert_eq!(ask(&mut engine, &script), Verdict::Sat(Vec::new()));
    for script in [
        "(declare-const x Int)(assert (not (= (mod (+ x 2) 2) (mod x 2))))",
        "(declare-const x Int)(assert (= (mod (+ x 1) 2) (mod x 2)))",
        "(declare-const x Int)(assert (not (= (mod (mod x 12) 4) (mod x 4))))",
        "(declare-const x Int)(assert (not (= (div (div x 3) 4) (div x 12))))",
        "(declare-const x Int)(declare-const y Int)(assert (not (= y 0)))(assert (<= 0 x 100))(assert (> (div x y) x))",
    ] {
        assert_eq!(ask(&mut engine, script), Verdict::Unsat, "{script}");
    }
    let calls: String =
        (0..400).map(|number| format!("(assert (< (f (+ x{} {number})) {number}))", number % 5)).collect();
    let script = format!("{}(declare-fun f (Int) Int){calls}", constants(5));
    assert_eq!(ask(&mut engine, &script), Verdict::Sat(Vec::new()));
}

#[test]
fn a_child_that_takes_too_much_memory_is_killed() {
    let mut engine = Isolated::new(WORKER.into(), 24 << 20);
    let choices = nested("x0", 3_000, |number| (format!("(ite (< x{} {number}) ", number % 5), format!(" {number})")));
    let script = format!("{}(assert (< {choices} (- 5)))", constants(5));
    let query = Query { script, wanted: Vec::new() };
    assert_eq!(engine.decide(&query, Duration::from_secs(60)), Verdict::Unknown(Why::Memory));
    goes_on(&mut engine);
}

#[test]
fn a_child_ends_with_its_input_whatever_it_is_doing() {
    let mut child =
        Command::new(WORKER).arg("--vera-solver-worker").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let script = pigeons(60);
    let mut input = child.stdin.take().unwrap();
    write!(input, "3600000000 0 {}\n{script}", script.len()).unwrap();
    drop(input);
    let mut output = String::new();
    child.stdout.take().unwrap().read_to_string(&mut output).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(output.lines().count(), 1, "a greeting and no answer: {output}");
}

#[test]
fn what_is_no_solver_is_started_three_times_and_no_more() {
    // Not started as a worker, it says nothing.
    let mut engines: Vec<Box<dyn Engine>> = vec![Box::new(Isolated::new(std::env::current_exe().unwrap(), 1 << 30))];
    engines.push(Box::new(Isolated::new("no/such/program".into(), 1 << 30)));
    engines.push(Box::new(Process::new(WORKER.into(), 1 << 30)));
    engines.push(Box::new(Process::new("no/such/program".into(), 1 << 30)));
    for engine in &mut engines {
        for _ in 0..3 {
            assert!(matches!(ask(&mut **engine, "(assert true)"), Verdict::Unknown(Why::Failed(_))));
        }
        let Verdict::Unknown(Why::Failed(why)) = ask(&mut **engine, "(assert true)") else {
            panic!("it failed before")
        };
        assert!(why.ends_with("failed 3 times in a row"), "{why}");
    }
}

#[test]
fn a_child_answers_as_the_solver_in_this_process() {
    let (mut here, mut there) = (Embedded::new(), isolated());
    assert_eq!(here.identity(), there.identity());
    let script = "(declare-const x Int)(declare-const b Bool)(declare-fun f (Int) Int)\n; a comment\n(assert (= b (< (f x) (f 3))))(assert b)";
    for wanted in [vec![], vec!["x".to_owned(), "b".to_owned()], vec!["f".to_owned()]] {
        let query = Query { script: script.to_owned(), wanted };
        assert_eq!(here.decide(&query, Duration::from_secs(5)), there.decide(&query, Duration::from_secs(5)));
    }
}
