//! Quotients and remainders of constants whose range is small enough to try all of it.

use std::time::Duration;

use vera_solver::{Embedded, Engine, Query, Verdict};

use vera_testing::random::Random;

const RANGE: i128 = 40;

/// `(a·x + k) div c`, or `mod`.
#[derive(Clone, Copy, Debug)]
struct Divided {
    operator: &'static str,
    factor: i128,
    constant: i128,
    divisor: i128,
}

impl Divided {
    fn new(random: &mut Random) -> Self {
        Divided {
            operator: random.of(&["div", "mod"]),
            factor: random.of(&[1, 1, 1, 1, -1, 2, 3, -4, 5, 6, 12]),
            constant: random.of(&[0, 0, 1, 2, 3, 4, 5, 7, 11, -1, -2, -9]),
            divisor: random.of(&[2, 2, 3, 4, 4, 6, 8, 12, -2, -4, -6]),
        }
    }

    fn text(self) -> String {
        let Divided { operator, factor, constant, divisor } = self;
        let number = |number: i128| if number < 0 { format!("(- {})", -number) } else { number.to_string() };
        format!("({operator} (+ (* {} x) {}) {})", number(factor), number(constant), number(divisor))
    }

    fn value(self, x: i128) -> i128 {
        let dividend = self.factor * x + self.constant;
        if self.operator == "div" { dividend.div_euclid(self.divisor) } else { dividend.rem_euclid(self.divisor) }
    }
}

fn holds(relation: &str, a: i128, b: i128) -> bool {
    match relation {
        "=" => a == b,
        "distinct" => a != b,
        "<" => a < b,
        _ => a >= b,
    }
}

#[test]
fn division_is_decided_as_trying_all_numbers_does() {
    let mut engine = Embedded::new();
    let (mut some, mut none) = (0, 0);
    for seed in 0..crate::setting("VERA_SMT_FUZZ").unwrap_or(1500) {
        let mut random = Random::new(seed);
        // Related ones: often of the same sum.
        let first = Divided::new(&mut random);
        let mut script = format!("(declare-const x Int)(assert (<= (- {RANGE}) x {RANGE}))");
        let mut assertions = Vec::new();
        for _ in 0..1 + random.below(3) {
            let mut pair = [Divided::new(&mut random), Divided::new(&mut random)];
            for divided in &mut pair {
                if !random.one_in(3) {
                    divided.factor = first.factor;
                }
                if random.one_in(3) {
                    divided.constant = first.constant;
                }
            }
            let relation = random.of(&["=", "=", "distinct", "<", ">="]);
            let more = random.of(&[0, 0, 1, 2, 3, 5]);
            script += &format!("(assert ({relation} {} (+ {more} {})))", pair[0].text(), pair[1].text());
            assertions.push((relation, pair, more));
        }
        let is_model = |x: &i128| {
            assertions.iter().all(|(relation, [a, b], more)| holds(relation, a.value(*x), more + b.value(*x)))
        };
        let expected = (-RANGE..=RANGE).any(|x| is_model(&x));
        let verdict = engine.decide(&Query { script: script.clone(), wanted: Vec::new() }, Duration::from_secs(10));
        match verdict {
            Verdict::Sat(_) if expected => some += 1,
            Verdict::Unsat if !expected => none += 1,
            verdict => {
                panic!("seed {seed}: {verdict:?}, and there is {}\n{script}", if expected { "one" } else { "none" })
            }
        }
    }
    assert!(some * 5 > none && none * 5 > some, "{some} {none}");
}

#[test]
fn division_by_a_constant_is_decided_as_trying_all_numbers_does() {
    const RANGE: i128 = 7;
    let mut engine = Embedded::new();
    let (mut some, mut none, mut open) = (0, 0, 0);
    for seed in 0..crate::setting("VERA_SMT_FUZZ").unwrap_or(300) {
        let mut random = Random::new(seed);
        let mut script = format!("(declare-const x Int)(declare-const y Int)(assert (<= (- {RANGE}) x {RANGE}))");
        script += &format!("(assert (<= (- {RANGE}) y {RANGE}))(assert (not (= y 0)))");
        let mut assertions = Vec::new();
        for _ in 0..1 + random.below(2) {
            let sides = [(); 2].map(|()| (random.of(&["div", "mod", "x", "y"]), random.of(&[0, 0, 1, -1])));
            let relation = random.of(&["=", "distinct", "<", ">="]);
            let more = random.of(&[0, 0, 1, -1, 2]);
            let text = sides.map(|(operator, constant)| match operator {
                "x" | "y" => operator.to_owned(),
                _ => format!("({operator} (+ x {constant}) y)").replace("-1", "(- 1)"),
            });
            script += &format!("(assert ({relation} {} (+ {more} {})))", text[0], text[1]).replace("+ -1", "+ (- 1)");
            assertions.push((relation, sides, more));
        }
        let value = |x: i128, y: i128, (operator, constant): (&str, i128)| match operator {
            "x" => x,
            "y" => y,
            "div" => (x + constant).div_euclid(y),
            _ => (x + constant).rem_euclid(y),
        };
        let is_model = |x, y| {
            let holds = |(relation, [a, b], more): &(&str, [(&str, i128); 2], i128)| {
                holds(relation, value(x, y, *a), more + value(x, y, *b))
            };
            y != 0 && assertions.iter().all(holds)
        };
        let expected = (-RANGE..=RANGE).any(|x| (-RANGE..=RANGE).any(|y| is_model(x, y)));
        match engine.decide(&Query { script: script.clone(), wanted: Vec::new() }, Duration::from_secs(1)) {
            Verdict::Sat(_) if expected => some += 1,
            Verdict::Unsat if !expected => none += 1,
            Verdict::Unknown(_) => open += 1,
            verdict => {
                panic!("seed {seed}: {verdict:?}, and there is {}\n{script}", if expected { "one" } else { "none" })
            }
        }
    }
    assert!(some > 5 * open && some + none > 20 * open && none > 5, "{some} {none} {open}");
}
