//! The programs with handlers, in Rust: a state is a reference, an exception a `Result`, an operation a call through a
//! trait object or a generic parameter, a search a recursion, a generator a call for each value.

use std::hint::black_box;

pub(crate) fn state_tree(n: i64) -> i64 {
    fn tree(n: i64, state: &mut i64) {
        if n < 2 {
            *state += 1;
        } else {
            tree(n - 1, state);
            tree(n - 2, state);
        }
    }
    let mut state = 0;
    tree(n, &mut state);
    state
}

#[inline(never)]
fn down(n: i64, frames: i64, always: bool) -> Result<i64, i64> {
    if frames > 0 {
        Ok(down(n, black_box(frames - 1), always)? + 1)
    } else if always || n % 2 == 0 {
        Err(n)
    } else {
        Ok(n)
    }
}

pub(crate) fn throw_caller(n: i64) -> i64 {
    (1..=n).rev().map(|n| down(n, 0, false).unwrap_or_else(|thrown| thrown * 2)).sum()
}

pub(crate) fn throw_frames(n: i64) -> i64 {
    (1..=n).rev().map(|n| down(n, 10, true).unwrap_or_else(|thrown| thrown)).sum()
}

trait Ask {
    fn ask(&mut self, n: i64) -> i64;
}

impl<F: FnMut(i64) -> i64> Ask for F {
    fn ask(&mut self, n: i64) -> i64 {
        self(n)
    }
}

#[inline(never)]
fn count(n: i64, total: i64, ask: &mut dyn Ask) -> i64 {
    (1..=n).rev().fold(total, |total, n| total + ask.ask(n))
}

pub(crate) fn ask_known(n: i64) -> i64 {
    (1..=n).rev().fold(0, |total, n| total + black_box(n + 3))
}

pub(crate) fn ask_unknown(n: i64) -> i64 {
    let total = count(n / 2, 0, &mut |n| n + 3);
    let total = count(n / 2, total, &mut |n| n * 2);
    let mut state = 7;
    count(n / 2, total, &mut |_| {
        state += 1;
        state + 9
    })
}

pub(crate) fn queens(n: i64) -> i64 {
    fn place(n: i64, rest: i64, rows: &mut Vec<i64>) -> i64 {
        if rest == 0 {
            return 1;
        }
        let mut found = 0;
        for column in 1..=n {
            let safe =
                rows.iter().rev().zip(1..).all(|(&row, distance)| row != column && (row - column).abs() != distance);
            if safe {
                rows.push(column);
                found += place(n, rest - 1, rows);
                rows.pop();
            }
        }
        found
    }
    place(n, n, &mut Vec::new())
}

enum Tree {
    Leaf,
    Node(Box<Tree>, i64, Box<Tree>),
}

impl Tree {
    fn grow(n: i64) -> Box<Self> {
        Box::new(if n == 0 { Tree::Leaf } else { Tree::Node(Self::grow(n - 1), n * n, Self::grow(n - 1)) })
    }

    fn walk(&self, each: &mut dyn FnMut(i64)) {
        if let Tree::Node(left, value, right) = self {
            left.walk(each);
            each(*value);
            right.walk(each);
        }
    }
}

pub(crate) fn generator(n: i64) -> i64 {
    let mut total = 0;
    Tree::grow(n).walk(&mut |value| total = (total + value) % 1_000_003);
    total
}

pub(crate) fn machine(n: i64) -> i64 {
    enum Mode {
        Idle,
        Word(i64),
        Number(i64),
    }
    let mut state = 42i64;
    let mut next = || {
        let value = state / 65_536 % 3;
        state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
        value
    };
    let (mut total, mut mode) = (0, Mode::Idle);
    for _ in 0..n {
        mode = match (mode, next()) {
            (Mode::Idle, 0) => Mode::Idle,
            (Mode::Idle, 1) => Mode::Word(1),
            (Mode::Idle, _) => Mode::Number(1),
            (Mode::Word(length), 0) => {
                total += length;
                Mode::Idle
            }
            (Mode::Word(length), _) => Mode::Word(length + 1),
            (Mode::Number(value), 2) => Mode::Number(value * 2 % 1000),
            (Mode::Number(value), _) => {
                total += value;
                Mode::Idle
            }
        };
    }
    total
}
