//! Turns the patterns of a match into decisions (after Maranget, "Compiling pattern matching to good decision trees").
//!
//! A row holds the tests that an arm still needs. The rows are split by the value of one part of the matched value. A
//! row that does not test the part goes to every outcome, so it is copied, and copies of copies make trees of
//! exponential size. So the number of copies is limited in proportion to the patterns. If the limit would be exceeded,
//! only the rows down to the first that does not test the part are split. A value that they do not match continues with
//! the other rows, which are compiled once (a backtracking automaton). The result is larger than the patterns by at
//! most a constant factor, and matches of ordinary size test nothing twice.

use super::decision::{Decision, Decisions, NodeId};
use super::parts::{Occurrence, Parts};
use crate::core::visit::with_stack;
use crate::lower::context::Lowering;
use crate::tir::{Coercion, LocalId, Pattern, PatternKind};
use std::collections::{BTreeMap, BTreeSet};

/// Pattern nodes that may be copied for each one there is.
const COPIES: usize = 2;

/// Pattern nodes that may be copied in any match.
const FREE: usize = 512;

/// Rows that are looked at to choose what to test.
const LOOK_AHEAD: usize = 256;

/// A binding of an arm.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bind<'p> {
    /// The local.
    pub(super) local: LocalId,
    /// Its conversion.
    pub(super) coercion: Option<&'p Coercion>,
    /// What is bound.
    pub(super) part: Occurrence,
    /// The pattern.
    pub(super) pattern: &'p Pattern,
}

/// The tests that an arm still needs.
#[derive(Clone, Debug)]
struct Row<'p> {
    arm: usize,
    /// At most one for each part, in the order of the pattern.
    tests: Vec<(Occurrence, &'p Pattern)>,
    /// Pattern nodes of the arm.
    size: usize,
}

impl<'p> Row<'p> {
    fn test(&self, part: Occurrence) -> Option<&'p Pattern> {
        self.tests.iter().find(|(other, _)| *other == part).map(|(_, pattern)| *pattern)
    }
}

/// What a test compares a part with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Head<'p> {
    Tag(u32),
    Int(i64),
    Bool(bool),
    String(&'p str),
}

fn head(pattern: &Pattern) -> Option<Head<'_>> {
    match &pattern.kind {
        PatternKind::Constructor { tag, .. } => Some(Head::Tag(*tag)),
        PatternKind::Int(value) => Some(Head::Int(*value)),
        PatternKind::Bool(value) => Some(Head::Bool(*value)),
        PatternKind::String(text) => Some(Head::String(text)),
        PatternKind::Wildcard | PatternKind::Bind(..) | PatternKind::Tuple(_) | PatternKind::Invalid => None,
    }
}

/// Turns patterns into decisions.
pub(super) struct Compiler<'a, 'p> {
    lo: &'a mut Lowering<'p>,
    /// The parts that the patterns look at.
    pub(super) parts: Parts,
    /// The decisions.
    pub(super) decisions: Decisions<'p>,
}

impl<'a, 'p> Compiler<'a, 'p> {
    pub(super) fn new(lo: &'a mut Lowering<'p>, parts: Parts) -> Self {
        Self { lo, parts, decisions: Decisions::default() }
    }

    /// The first decision of a match with arms of these patterns.
    pub(super) fn compile(&mut self, patterns: &[&'p Pattern]) -> NodeId {
        let mut rows = Vec::with_capacity(patterns.len());
        for (arm, &pattern) in patterns.iter().enumerate() {
            let mut row = Row { arm, tests: Vec::new(), size: size(pattern) };
            self.place(&mut row.tests, Occurrence(0), pattern);
            rows.push(row);
        }
        let size: usize = rows.iter().map(|row| row.size).sum();
        self.decide(&rows, None, FREE + COPIES * size)
    }

    /// What a pattern binds, by local.
    pub(super) fn binds(&mut self, pattern: &'p Pattern) -> Vec<Bind<'p>> {
        let mut binds = Vec::new();
        let mut rest = vec![(Occurrence(0), pattern)];
        while let Some((part, pattern)) = rest.pop() {
            let (tag, fields) = match &pattern.kind {
                PatternKind::Bind(local, coercion) => {
                    binds.push(Bind { local: *local, coercion: coercion.as_ref(), part, pattern });
                    continue;
                }
                PatternKind::Tuple(fields) => (0, fields),
                PatternKind::Constructor { tag, fields, .. } => (*tag, fields),
                _ => continue,
            };
            for (index, field) in fields.iter().enumerate() {
                if !matches!(field.kind, PatternKind::Wildcard) {
                    rest.push((self.parts.field(self.lo, part, tag, index), field));
                }
            }
        }
        binds.sort_by_key(|bind| bind.local);
        binds
    }

    /// Adds the tests of a pattern for a part: what always matches is taken apart at once.
    fn place(&mut self, tests: &mut Vec<(Occurrence, &'p Pattern)>, part: Occurrence, pattern: &'p Pattern) {
        match &pattern.kind {
            PatternKind::Wildcard | PatternKind::Bind(..) | PatternKind::Invalid => {}
            PatternKind::Tuple(fields) => self.place_fields(tests, part, 0, fields),
            PatternKind::Constructor { data, tag, fields } if self.lo.program.data(*data).constructors.len() == 1 => {
                self.place_fields(tests, part, *tag, fields);
            }
            _ => tests.push((part, pattern)),
        }
    }

    fn place_fields(
        &mut self,
        tests: &mut Vec<(Occurrence, &'p Pattern)>,
        parent: Occurrence,
        tag: u32,
        fields: &'p [Pattern],
    ) {
        for (index, field) in fields.iter().enumerate() {
            if !matches!(field.kind, PatternKind::Wildcard | PatternKind::Bind(..)) {
                let part = self.parts.field(self.lo, parent, tag, index);
                self.place(tests, part, field);
            }
        }
    }

    /// How many values a test can find, when they are finitely many.
    fn count(&self, test: &Pattern) -> Option<usize> {
        match &test.kind {
            PatternKind::Constructor { data, .. } => Some(self.lo.program.data(*data).constructors.len()),
            PatternKind::Bool(_) => Some(2),
            _ => None,
        }
    }

    /// The decision between rows; a value that none matches goes to `fail`. As many pattern nodes as `allowance` may be
    /// copied.
    fn decide(&mut self, mut rows: &[Row<'p>], fail: Option<NodeId>, mut allowance: usize) -> NodeId {
        // The rows that are split alone, with what to test and their share of the allowance.
        let mut blocks: Vec<(Occurrence, &[Row<'p>], usize)> = Vec::new();
        let mut rest = loop {
            let Some(first) = rows.first() else {
                break fail.unwrap_or_else(|| self.decisions.node(Decision::Never));
            };
            let Some(part) = most_tested(first, rows) else { break self.decisions.node(Decision::Arm(first.arm)) };
            if let Some(copied) = self.copied(part, rows, allowance) {
                break self.split(part, rows, fail, allowance - copied);
            }
            let (part, length) = longest_run(first, rows);
            let (block, other) = rows.split_at(length);
            let share = (allowance as u128 * block.len() as u128 / rows.len() as u128) as usize;
            blocks.push((part, block, share));
            (rows, allowance) = (other, allowance - share);
        };
        for (part, block, share) in blocks.into_iter().rev() {
            rest = self.split(part, block, Some(rest), share);
        }
        rest
    }

    /// How many pattern nodes are copied when the rows are split by a part; `None` for more than the allowance.
    fn copied(&self, part: Occurrence, rows: &[Row<'p>], allowance: usize) -> Option<usize> {
        let mut heads = BTreeSet::new();
        let mut count = None;
        let mut untested = 0_usize;
        let mut copied = 0;
        for row in rows {
            match row.test(part) {
                Some(test) => {
                    heads.extend(head(test));
                    count = self.count(test);
                }
                None => untested += row.size,
            }
            // One outcome for each head, another for all others, and one of them takes the row itself.
            let outcomes = heads.len() + usize::from(count.is_none_or(|count| heads.len() < count));
            copied = untested.saturating_mul(outcomes - 1);
            if copied > allowance {
                return None;
            }
        }
        Some(copied)
    }

    /// Splits rows by a part.
    fn split(&mut self, part: Occurrence, rows: &[Row<'p>], fail: Option<NodeId>, allowance: usize) -> NodeId {
        let mut by_head: BTreeMap<Head<'p>, Vec<usize>> = BTreeMap::new();
        let mut untested = Vec::new();
        let mut count = None;
        for (index, row) in rows.iter().enumerate() {
            match row.test(part).and_then(|test| Some((head(test)?, test))) {
                Some((head, test)) => {
                    count = self.count(test);
                    by_head.entry(head).or_default().push(index);
                }
                None => untested.push(index),
            }
        }
        let has_default = count.is_none_or(|count| by_head.len() < count);
        let others = if has_default { untested.len() } else { 0 };
        let total = rows.len() + untested.len() * by_head.len();
        let share = |count: usize| (allowance as u128 * count as u128 / total.max(1) as u128) as usize;
        let mut cases = Vec::with_capacity(by_head.len());
        for (head, tested) in &by_head {
            let kept = self.keep(part, rows, merged(tested, &untested));
            cases.push((*head, with_stack(|| self.decide(&kept, fail, share(tested.len() + untested.len())))));
        }
        let default = has_default.then(|| {
            let kept = self.keep(part, rows, untested.iter().copied());
            with_stack(|| self.decide(&kept, fail, share(others)))
        });
        let decision = self.decision(part, cases, default);
        self.decisions.node(decision)
    }

    /// The decision on a part with these outcomes.
    fn decision(&mut self, part: Occurrence, cases: Vec<(Head<'p>, NodeId)>, default: Option<NodeId>) -> Decision<'p> {
        let otherwise = |this: &mut Self| default.unwrap_or_else(|| this.decisions.node(Decision::Never));
        match cases.first() {
            None => Decision::Tag(part, Vec::new(), default),
            Some((Head::Tag(_), _)) => {
                let tag = |(head, outcome)| if let Head::Tag(tag) = head { Some((tag, outcome)) } else { None };
                Decision::Tag(part, cases.into_iter().filter_map(tag).collect(), default)
            }
            Some((Head::Int(_), _)) => {
                let int = |(head, outcome)| if let Head::Int(value) = head { Some((value, outcome)) } else { None };
                Decision::Int(part, cases.into_iter().filter_map(int).collect(), otherwise(self))
            }
            Some((Head::String(_), _)) => {
                let text = |(head, outcome)| if let Head::String(text) = head { Some((text, outcome)) } else { None };
                Decision::String(part, cases.into_iter().filter_map(text).collect(), otherwise(self))
            }
            Some((Head::Bool(_), _)) => {
                let find =
                    |value| cases.iter().find(|(head, _)| *head == Head::Bool(value)).map(|(_, outcome)| *outcome);
                let then = find(true).unwrap_or_else(|| otherwise(self));
                let not = find(false).unwrap_or_else(|| otherwise(self));
                Decision::Bool(part, then, not)
            }
        }
    }

    /// The rows at `indices` without their tests of `part`, which hold, down to the first that needs nothing more.
    fn keep(&mut self, part: Occurrence, rows: &[Row<'p>], indices: impl Iterator<Item = usize>) -> Vec<Row<'p>> {
        let mut kept = Vec::new();
        for index in indices {
            let row = &rows[index];
            let mut tests = Vec::with_capacity(row.tests.len());
            for &(other, pattern) in &row.tests {
                if other != part {
                    tests.push((other, pattern));
                }
            }
            if let Some(PatternKind::Constructor { tag, fields, .. }) = row.test(part).map(|test| &test.kind) {
                self.place_fields(&mut tests, part, *tag, fields);
            }
            let last = tests.is_empty();
            kept.push(Row { arm: row.arm, tests, size: row.size });
            if last {
                break;
            }
        }
        kept
    }
}

/// Pattern nodes of a pattern, wildcards apart.
fn size(pattern: &Pattern) -> usize {
    let mut count = 1;
    let mut rest = vec![pattern];
    while let Some(pattern) = rest.pop() {
        if let PatternKind::Constructor { fields, .. } | PatternKind::Tuple(fields) = &pattern.kind {
            let fields = fields.iter().filter(|field| !matches!(field.kind, PatternKind::Wildcard));
            rest.extend(fields);
        }
        count += 1;
    }
    count
}

/// Two ascending lists as one.
fn merged<'i>(one: &'i [usize], other: &'i [usize]) -> impl Iterator<Item = usize> + 'i {
    let mut one = one.iter().copied().peekable();
    let mut other = other.iter().copied().peekable();
    std::iter::from_fn(move || match (one.peek(), other.peek()) {
        (Some(a), Some(b)) if a < b => one.next(),
        (Some(_), None) => one.next(),
        _ => other.next(),
    })
}

/// The part to test: of those that the first row tests, the one that most rows test. It is needed to reach the first
/// row, and for as many other rows as possible.
fn most_tested(first: &Row<'_>, rows: &[Row<'_>]) -> Option<Occurrence> {
    if let [(only, _)] = first.tests.as_slice() {
        return Some(*only);
    }
    let mut counts: BTreeMap<Occurrence, usize> = first.tests.iter().map(|(part, _)| (*part, 0)).collect();
    for (part, _) in rows.iter().take(LOOK_AHEAD).flat_map(|row| &row.tests) {
        if let Some(count) = counts.get_mut(part) {
            *count += 1;
        }
    }
    let mut best: Option<(usize, Occurrence)> = None;
    for (part, _) in &first.tests {
        let count = counts[part];
        if best.is_none_or(|(most, _)| count > most) {
            best = Some((count, *part));
        }
    }
    best.map(|(_, part)| part)
}

/// Of the parts that the first row tests, the one that most rows after it test without a gap, and how many rows these are.
fn longest_run(first: &Row<'_>, rows: &[Row<'_>]) -> (Occurrence, usize) {
    let mut candidates: Vec<Occurrence> = first.tests.iter().map(|(part, _)| *part).collect();
    let mut length = 1;
    for row in &rows[1..] {
        let tests: BTreeSet<Occurrence> = row.tests.iter().map(|(part, _)| *part).collect();
        let tested: Vec<Occurrence> = candidates.iter().copied().filter(|part| tests.contains(part)).collect();
        if tested.is_empty() {
            break;
        }
        candidates = tested;
        length += 1;
    }
    (candidates[0], length)
}
