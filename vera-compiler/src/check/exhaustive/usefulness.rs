//! The usefulness of patterns (Maranget, "Warnings for pattern matching", 2007).
//!
//! A row holds the tests of an arm: heads of columns. A pattern is useful if it matches a value that no row matches; a
//! match is exhaustive if the wildcard is not useful. The search for such a value fixes the head of one column after
//! the other. It continues with the column of the row that tests least, because that row is nearest to matching all
//! remaining values. It goes through all heads of a column only if the rows have them all.
//!
//! The problem is exponential in the worst case, so work is counted ([`Work`]), per match and over the program.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::columns::{Column, Columns, Head, ROOT, Witness, head};
use crate::tir::{DataDecl, Pattern};
use crate::types::{Ty, Types};

/// Columns one after the other before giving up: as deep as the search may recurse.
const DEPTH: usize = 1_000;

/// How many examples of missing values are enough.
const EXAMPLES: usize = 5;

/// Tests that may be looked at for examples in the order of the patterns; beyond, any one example does.
const EXAMPLES_BUDGET: usize = 200_000;

/// The search took too long.
#[derive(Clone, Copy, Debug)]
pub(super) struct Exceeded;

/// What may still be done for the matches of a program. A unit is a test of a row that is looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Work {
    left: usize,
}

impl Default for Work {
    fn default() -> Self {
        Self { left: Self::PROGRAM }
    }
}

impl Work {
    /// For all matches of a program together: a fraction of a second.
    const PROGRAM: usize = 60_000_000;
    /// For one question about a match, if this much is left.
    const MATCH: usize = 10_000_000;
    /// For one question about a match in any case.
    const LEAST: usize = 10_000;
}

/// What a row tests, and with which pattern.
type Tests<'a> = Vec<(Column, &'a Pattern)>;

/// The heads that columns have in an example.
type Heads = Vec<(Column, Head<'static>)>;

/// The patterns of a match so far.
pub(super) struct Matrix<'a, 't> {
    columns: Columns<'t>,
    rows: Vec<Tests<'a>>,
    /// What is outermost in the arms.
    heads: BTreeSet<Head<'a>>,
    /// Whether an arm matches everything.
    complete: bool,
    work: &'t mut Work,
    budget: usize,
    depth: usize,
}

impl<'a, 't> Matrix<'a, 't> {
    /// For values of a type.
    pub(super) fn new(types: &'t mut Types, data: &'t [DataDecl], ty: Ty, work: &'t mut Work) -> Self {
        let columns = Columns::new(types, data, ty);
        let mut matrix =
            Self { columns, rows: Vec::new(), heads: BTreeSet::new(), complete: false, work, budget: 0, depth: 0 };
        matrix.ask();
        matrix
    }

    /// Sets work aside for a question.
    fn ask(&mut self) {
        let drawn = self.work.left.min(Work::MATCH);
        self.work.left -= drawn;
        self.budget = Work::LEAST + drawn;
        self.depth = 0;
    }

    /// Gives back what the question did not need.
    fn answered(&mut self) {
        self.work.left += self.budget.saturating_sub(Work::LEAST);
        self.budget = 0;
    }

    pub(super) fn push(&mut self, pattern: &'a Pattern) {
        let mut tests = Vec::new();
        self.place(&mut tests, ROOT, pattern);
        match head(pattern) {
            Some((head, _)) => _ = self.heads.insert(head),
            None => self.complete = true,
        }
        self.complete |= tests.is_empty();
        self.rows.push(tests);
    }

    /// Whether a pattern matches a value that no row matches. All patterns share the work for one question.
    pub(super) fn is_useful(&mut self, pattern: &'a Pattern) -> Result<bool, Exceeded> {
        // Most arms are the first with what is outermost in them: long matches of such need no search.
        match head(pattern) {
            _ if self.complete => return Ok(false),
            Some((head, _)) if !self.heads.contains(&head) => return Ok(true),
            None if self.columns.alternatives(ROOT).is_none() => return Ok(true),
            // Nothing is below it that could differ.
            Some((head, [])) if head != Head::Tuple => return Ok(false),
            _ => {}
        }
        self.depth = 0;
        let mut tests = Vec::new();
        self.place(&mut tests, ROOT, pattern);
        let rows = self.compatible(&tests)?;
        self.exists(rows, &tests, &mut Vec::new())
    }

    /// Examples of values that no row matches; none when the rows cover everything. It is the last question.
    pub(super) fn missing(&mut self) -> Result<Vec<Witness>, Exceeded> {
        self.answered();
        if self.complete {
            return Ok(Vec::new());
        }
        self.ask();
        let beyond = self.budget.saturating_sub(EXAMPLES_BUDGET);
        self.budget -= beyond;
        let examples = self.examples(self.rows.clone());
        self.budget += beyond;
        let found = match examples {
            Ok(examples) => Ok(examples),
            Err(Exceeded) => {
                self.depth = 0;
                let mut heads = Vec::new();
                self.exists(self.rows.clone(), &[], &mut heads)
                    .map(|missing| if missing { vec![heads] } else { Vec::new() })
            }
        };
        self.answered();
        Ok(found?.into_iter().map(|heads| self.columns.witness(&heads.into_iter().collect())).collect())
    }

    fn spend(&mut self, amount: usize) -> Result<(), Exceeded> {
        let left = self.budget.checked_sub(amount);
        self.budget = left.unwrap_or(0);
        left.map(|_| ()).ok_or(Exceeded)
    }

    /// Adds the tests of a pattern for a column: what always matches is taken apart at once.
    fn place(&mut self, tests: &mut Tests<'a>, column: Column, pattern: &'a Pattern) {
        let Some((head, fields)) = head(pattern) else { return };
        if !self.columns.is_only(column, head) {
            tests.push((column, pattern));
            return;
        }
        self.place_fields(tests, column, head, fields);
    }

    fn place_fields(&mut self, tests: &mut Tests<'a>, column: Column, of: Head<'_>, fields: &'a [Pattern]) {
        for (position, field) in fields.iter().enumerate() {
            if head(field).is_some() {
                let column = self.columns.field(column, of, position);
                self.place(tests, column, field);
            }
        }
    }

    /// The rows that can match a value that a pattern with these tests matches.
    fn compatible(&mut self, query: &Tests<'a>) -> Result<Vec<Tests<'a>>, Exceeded> {
        let wanted: HashMap<Column, Head<'a>> =
            query.iter().filter_map(|(column, pattern)| Some((*column, head(pattern)?.0))).collect();
        self.spend(self.rows.len())?;
        let mut compatible = Vec::new();
        let mut looked_at = 0;
        for row in &self.rows {
            let agrees = row.iter().all(|(column, pattern)| {
                looked_at += 1;
                wanted.get(column).is_none_or(|wanted| head(pattern).is_some_and(|(head, _)| head == *wanted))
            });
            if agrees {
                looked_at += row.len();
                compatible.push(row.clone());
            }
        }
        self.spend(looked_at)?;
        Ok(compatible)
    }

    /// Whether a value that passes the tests of `query` is matched by no row; the heads that were chosen for it.
    fn exists(
        &mut self,
        rows: Vec<Tests<'a>>,
        query: &[(Column, &'a Pattern)],
        heads: &mut Heads,
    ) -> Result<bool, Exceeded> {
        if self.depth >= DEPTH {
            return Err(Exceeded);
        }
        self.depth += 1;
        let found = self.exists_here(rows, query.to_vec(), heads)?;
        self.depth -= 1;
        Ok(found)
    }

    fn exists_here(
        &mut self,
        mut rows: Vec<Tests<'a>>,
        mut query: Tests<'a>,
        heads: &mut Heads,
    ) -> Result<bool, Exceeded> {
        while let Some((column, pattern)) = query.pop() {
            if let Some((of, fields)) = head(pattern) {
                let mut kept = Vec::with_capacity(rows.len());
                for row in &rows {
                    kept.extend(self.specialised(row, column, of)?);
                }
                rows = kept;
                self.place_fields(&mut query, column, of, fields);
            }
        }
        loop {
            let Some(shortest) = rows.iter().min_by_key(|row| row.len()) else { return Ok(true) };
            let Some(&(column, pattern)) = shortest.first() else { return Ok(false) };
            let taken = head(pattern).map(|(head, _)| head);
            let groups = self.groups(&rows, column)?;
            let Some(alternatives) = self.columns.alternatives(column) else {
                rows = self.untested(&rows, &groups)?;
                continue;
            };
            if groups.by_head.len() < alternatives.len() {
                let unused = alternatives.iter().find(|(head, _)| !groups.by_head.contains_key(head));
                heads.extend(unused.map(|(head, _)| (column, *head)));
                rows = self.untested(&rows, &groups)?;
                continue;
            }
            // The shortest row takes one of them at once, or nearly so: that one comes last.
            let (first, last): (Vec<_>, Vec<_>) =
                alternatives.iter().map(|(head, _)| *head).partition(|head| Some(*head) != taken);
            for chosen in first.into_iter().chain(last) {
                let mark = heads.len();
                heads.push((column, chosen));
                let rows = self.group(&rows, &groups, column, chosen)?;
                if self.exists(rows, &[], heads)? {
                    return Ok(true);
                }
                heads.truncate(mark);
            }
            return Ok(false);
        }
    }

    /// The heads of examples that no row matches, in the order of the patterns.
    fn examples(&mut self, rows: Vec<Tests<'a>>) -> Result<Vec<Heads>, Exceeded> {
        if self.depth >= DEPTH {
            return Err(Exceeded);
        }
        self.depth += 1;
        let mut examples = self.examples_here(rows)?;
        examples.truncate(EXAMPLES);
        self.depth -= 1;
        Ok(examples)
    }

    fn examples_here(&mut self, rows: Vec<Tests<'a>>) -> Result<Vec<Heads>, Exceeded> {
        if rows.is_empty() {
            return Ok(vec![Heads::new()]);
        }
        if rows.iter().any(Vec::is_empty) {
            return Ok(Vec::new());
        }
        self.spend(rows.iter().map(Vec::len).sum())?;
        let tested = rows.iter().flatten().map(|(column, _)| *column);
        let Some(column) = tested.reduce(|one, other| self.columns.leftmost(one, other)) else {
            return Ok(Vec::new());
        };
        let groups = self.groups(&rows, column)?;
        let Some(alternatives) = self.columns.alternatives(column) else {
            let rows = self.untested(&rows, &groups)?;
            return self.examples(rows);
        };
        let mut found: Vec<Heads> = Vec::new();
        let mut without: Option<Vec<Heads>> = None;
        for &(head, _) in alternatives.iter() {
            if found.len() >= EXAMPLES {
                break;
            }
            if groups.by_head.contains_key(&head) {
                let rows = self.group(&rows, &groups, column, head)?;
                for mut example in self.examples(rows)? {
                    example.push((column, head));
                    found.push(example);
                }
                continue;
            }
            let rest = match &without {
                Some(rest) => rest,
                None => {
                    let rows = self.untested(&rows, &groups)?;
                    without.insert(self.examples(rows)?)
                }
            };
            if let Some(example) = rest.first() {
                let mut example = example.clone();
                example.push((column, head));
                found.push(example);
            }
        }
        Ok(found)
    }

    /// The rows by what they test a column for.
    fn groups(&mut self, rows: &[Tests<'a>], column: Column) -> Result<Groups<'a>, Exceeded> {
        self.spend(rows.iter().map(Vec::len).sum())?;
        let mut groups = Groups { by_head: BTreeMap::new(), untested: Vec::new() };
        for (index, row) in rows.iter().enumerate() {
            match test(row, column).and_then(head) {
                Some((head, _)) => groups.by_head.entry(head).or_default().push(index),
                None => groups.untested.push(index),
            }
        }
        Ok(groups)
    }

    /// The rows that can match a value with that head in the column, for its fields and the other columns.
    fn group(
        &mut self,
        rows: &[Tests<'a>],
        groups: &Groups<'a>,
        column: Column,
        head: Head<'a>,
    ) -> Result<Vec<Tests<'a>>, Exceeded> {
        let mut kept = Vec::new();
        for &index in groups.by_head.get(&head).into_iter().flatten().chain(&groups.untested) {
            kept.extend(self.specialised(&rows[index], column, head)?);
        }
        Ok(kept)
    }

    /// The rows that match whatever is in the column.
    fn untested(&mut self, rows: &[Tests<'a>], groups: &Groups<'a>) -> Result<Vec<Tests<'a>>, Exceeded> {
        let kept: Vec<Tests<'a>> = groups.untested.iter().map(|&index| rows[index].clone()).collect();
        self.spend(kept.iter().map(Vec::len).sum())?;
        Ok(kept)
    }

    /// A row where the column has that head; `None` when it tests for another one.
    fn specialised(
        &mut self,
        row: &Tests<'a>,
        column: Column,
        wanted: Head<'_>,
    ) -> Result<Option<Tests<'a>>, Exceeded> {
        self.spend(row.len() + 1)?;
        let Some(pattern) = test(row, column) else { return Ok(Some(row.clone())) };
        let Some((of, fields)) = head(pattern).filter(|(head, _)| *head == wanted) else { return Ok(None) };
        let mut tests: Tests<'a> = row.iter().copied().filter(|(other, _)| *other != column).collect();
        self.place_fields(&mut tests, column, of, fields);
        Ok(Some(tests))
    }
}

/// Rows, by position, according to what they test a column for.
struct Groups<'a> {
    by_head: BTreeMap<Head<'a>, Vec<usize>>,
    /// Those that do not test it.
    untested: Vec<usize>,
}

impl Drop for Matrix<'_, '_> {
    fn drop(&mut self) {
        self.answered();
    }
}

fn test<'a>(row: &Tests<'a>, column: Column) -> Option<&'a Pattern> {
    row.iter().find(|(other, _)| *other == column).map(|(_, pattern)| *pattern)
}
