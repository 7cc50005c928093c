//! The strategy for a query.
//!
//! For products, the solver is good at refutation and bad at finding a model that is not near zero, as for every
//! overflow. So it first gets some time. Then one factor is guessed, which leaves less to multiply. Then it gets the
//! rest of the time.

use std::time::{Duration, Instant};

use num_bigint::BigInt;
use vera_compiler::verify::Query;

use super::read::{Problem, read};
use super::search::search;
use super::simplify::{assume, simplify};
use super::term::{Id, Linear, Node, Terms};
use crate::engine::{Verdict, Why};

/// Maximum time for the first search, and for each guess.
const FIRST: Duration = Duration::from_millis(50);
/// Number of factors that are guessed.
const FACTORS: usize = 3;
/// The guesses: the ends of the range, numbers whose squares leave the range, and small numbers.
const GUESSES: [i64; 10] = [i64::MAX, i64::MIN, 3_037_000_500, -3_037_000_500, 2, -1, 10, 1, 1 << 32, 0];

/// Decides a query until a deadline.
pub(super) fn decide(query: &Query, deadline: Instant) -> Verdict {
    match solve(query, deadline) {
        Ok(verdict) => verdict,
        Err(why) => Verdict::Unknown(why),
    }
}

fn solve(query: &Query, deadline: Instant) -> Result<Verdict, Why> {
    let mut problem = read(&query.script)?;
    for name in &query.wanted {
        problem.constant(name)?;
    }
    simplify(&mut problem);
    let multiplies = |node: &Node| matches!(node, Node::Product(_) | Node::QuotientBy(..) | Node::RemainderBy(..));
    if !problem.terms.nodes().iter().any(multiplies) {
        return search(problem, &query.wanted, deadline).verdict;
    }
    let first = Instant::now() + FIRST.min(left(deadline) / 8);
    let tried = search(problem.clone(), &query.wanted, first);
    let why = match tried.verdict {
        Err(why @ (Why::Time(_) | Why::Incomplete(_))) => why,
        decided => return decided,
    };
    // Terms that the search made are not here.
    let here = tried.factors.iter().filter(|factor| factor.index() < problem.terms.nodes().len());
    let mut leaves: Vec<Id> = here.filter_map(|factor| leaf(&problem.terms, *factor)).collect();
    leaves.dedup();
    let until = Instant::now() + left(deadline) / 2;
    for guess in GUESSES {
        for factor in leaves.iter().take(FACTORS) {
            if Instant::now() >= until {
                break;
            }
            let guessed = guessed(&problem, *factor, guess);
            let found = search(guessed, &query.wanted, until.min(Instant::now() + FIRST)).verdict;
            if let Ok(verdict @ Verdict::Sat(_)) = found {
                return Ok(verdict);
            }
        }
    }
    match why {
        Why::Time(_) => search(problem, &query.wanted, deadline).verdict,
        why => Err(why),
    }
}

fn left(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now())
}

/// The query with a number for a constant or an application. Its models are models of the query.
fn guessed<'a>(problem: &Problem<'a>, leaf: Id, guess: i64) -> Problem<'a> {
    let mut problem = problem.clone();
    assume(&mut problem, leaf, BigInt::from(guess));
    simplify(&mut problem);
    problem
}

/// A constant or application that an integer depends on.
fn leaf(terms: &Terms, mut id: Id) -> Option<Id> {
    loop {
        // Parts come before what they are in: this ends.
        let first = |sums: [&Linear; 2]| sums.iter().find_map(|sum| sum.terms.first()).map(|(id, _)| *id);
        id = match terms.get(id) {
            Node::Constant(_) | Node::Apply(_) => return Some(id),
            Node::Choice(_, a, b) | Node::QuotientBy(a, b) | Node::RemainderBy(a, b) => first([a, b])?,
            Node::Alias(sum) | Node::Quotient(sum, _) => first([sum, sum])?,
            Node::Product(factors) => *factors.first()?,
            _ => return None,
        };
    }
}
