//! The example runs and says what it is there to say.

use std::process::Command;

#[test]
fn it_runs() {
    let output = Command::new(env!("CARGO_BIN_EXE_handlers")).output().expect("the example starts");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    let expected = "\
queens
  4: 2 solutions, first Some([1, 3, 0, 2])
  6: 4 solutions, first Some([1, 3, 5, 0, 2, 4])
  8: 92 solutions, first Some([0, 4, 7, 5, 2, 6, 1, 3])
  3: None
generator
  sorted [1, 2, 3, 5, 8, 9]
  the smallest two [1, 2]
  sums [1, 3, 6, 11, 19, 28]
tasks that add 3 to one counter, 2 of them
  one after the other: 6
  by turns: 3
  by turns of 3 steps: 4
  in any order: [2, 3, 4, 5, 6]
review
  the model: Bad
  a script: (Good, 2)
  one without an answer: (Unclear, 3)
parser
  2+3*(4-1) is Ok(11)
  (1+ is Err(EndOfText)
  1+x is Err(Unexpected(2, \"x\"))
  8/(2-2) is Err(DivisionByZero(1))
Uncaught exception Exn<Problem>: Unexpected(2, \"x\")
  thrown in unexpected at src/parser.vera:";
    assert!(text.starts_with(expected), "{text}");
    assert!(text.ends_with("\n  and after it, 6*7 is 42\n"), "{text}");
}
