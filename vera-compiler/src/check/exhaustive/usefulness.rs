//! The usefulness of patterns (Maranget, "Warnings for pattern matching", 2007).
//!
//! A matrix holds the patterns of the arms so far. A pattern is useful when it matches a value that no row matches; a
//! match is exhaustive when the wildcard is not useful, and otherwise the search gives examples of what is missing.
//! The problem is exponential in the worst case, so the search has a budget.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::tir::{DataDecl, Pattern, PatternKind};
use crate::types::{Ty, TyKind, Types};

/// Rows looked at before giving up: a fraction of a second.
const BUDGET: usize = 5_000_000;

/// Columns one after the other before giving up: as deep as the search may recurse.
const DEPTH: usize = 1_000;

/// How many examples of missing values are enough.
const EXAMPLES: usize = 5;

/// The search took too long.
#[derive(Clone, Copy, Debug)]
pub(super) struct Exceeded;

/// An example of values that no row matches.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Witness {
    /// Any value.
    Any,
    /// A constructor or literal with examples for its fields.
    Applied(String, Vec<Witness>),
}

impl fmt::Display for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Witness::Any => f.write_str("_"),
            Witness::Applied(name, fields) => {
                f.write_str(name)?;
                for (index, field) in fields.iter().enumerate() {
                    f.write_str(if index == 0 { "(" } else { ", " })?;
                    field.fmt(f)?;
                }
                f.write_str(if fields.is_empty() { "" } else { ")" })
            }
        }
    }
}

/// What is outermost in a pattern that does not match everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Head<'a> {
    Tag(u32),
    Tuple,
    Bool(bool),
    Int(i64),
    String(&'a str),
}

/// A pattern; `None` matches everything.
type Cell<'a> = Option<&'a Pattern>;

/// Patterns for a list of values, the first value last.
type Row<'a> = Vec<Cell<'a>>;

/// The alternatives of a type with the types of their fields.
type Alternatives = Vec<(Head<'static>, Vec<Ty>)>;

/// The patterns of a match so far.
pub(super) struct Matrix<'a, 't> {
    types: &'t mut Types,
    data: &'t [DataDecl],
    rows: Vec<Row<'a>>,
    /// What is outermost in the rows.
    heads: BTreeSet<Head<'a>>,
    /// Whether a row matches everything.
    complete: bool,
    budget: usize,
    depth: usize,
}

impl<'a, 't> Matrix<'a, 't> {
    pub(super) fn new(types: &'t mut Types, data: &'t [DataDecl]) -> Self {
        Self { types, data, rows: Vec::new(), heads: BTreeSet::new(), complete: false, budget: BUDGET, depth: 0 }
    }

    pub(super) fn push(&mut self, pattern: &'a Pattern) {
        match head(Some(pattern)) {
            Some((head, _)) => _ = self.heads.insert(head),
            None => self.complete = true,
        }
        self.rows.push(vec![Some(pattern)]);
    }

    /// Whether a pattern matches a value of type `ty` that no row matches.
    pub(super) fn is_useful(&mut self, ty: Ty, pattern: &'a Pattern) -> Result<bool, Exceeded> {
        // Most arms are the first with what is outermost in them: long matches of such need no search.
        match head(Some(pattern)) {
            _ if self.complete => return Ok(false),
            Some((head, _)) if !self.heads.contains(&head) => return Ok(true),
            // Nothing is below it that could differ.
            Some((_, [])) => return Ok(false),
            None if self.alternatives(ty).is_none() => return Ok(true),
            _ => {}
        }
        if self.rows.len() > self.budget {
            return Err(Exceeded);
        }
        let rows = self.rows.clone();
        self.depth = 0;
        self.useful(rows, vec![ty], vec![Some(pattern)])
    }

    /// Examples of values of type `ty` that no row matches; none when the rows cover everything.
    pub(super) fn missing(&mut self, ty: Ty) -> Result<Vec<Witness>, Exceeded> {
        if self.complete {
            return Ok(Vec::new());
        }
        let rows = self.rows.clone();
        self.depth = 0;
        let examples = self.examples(rows, vec![ty])?;
        Ok(examples.into_iter().filter_map(|mut example| example.pop()).collect())
    }

    fn enter(&mut self, rows: usize) -> Result<(), Exceeded> {
        self.budget = self.budget.checked_sub(rows + 1).ok_or(Exceeded)?;
        self.depth += 1;
        if self.depth > DEPTH { Err(Exceeded) } else { Ok(()) }
    }

    fn useful(&mut self, rows: Vec<Row<'a>>, types: Vec<Ty>, query: Row<'a>) -> Result<bool, Exceeded> {
        self.enter(rows.len())?;
        let useful = self.useful_here(rows, types, query)?;
        self.depth -= 1;
        Ok(useful)
    }

    fn useful_here(
        &mut self,
        mut rows: Vec<Row<'a>>,
        mut types: Vec<Ty>,
        mut query: Row<'a>,
    ) -> Result<bool, Exceeded> {
        let used = loop {
            let (Some(&first), false) = (query.last(), rows.is_empty()) else { return Ok(rows.is_empty()) };
            let used = heads(&rows);
            if head(first).is_some() || !used.is_empty() {
                break used;
            }
            // A column in which everything matches everything decides nothing.
            rows.iter_mut().for_each(|row| _ = row.pop());
            types.pop();
            query.pop();
        };
        let (Some(ty), Some(first)) = (types.pop(), query.pop()) else { return Ok(rows.is_empty()) };
        if let Some((head, fields)) = head(first) {
            let field_types = self.field_types(ty, head, fields.len());
            let rows = specialise(&rows, head, field_types.len());
            let query = extended_cells(&query, fields, field_types.len());
            return self.useful(rows, extended(&types, &field_types), query);
        }
        match self.alternatives(ty) {
            Some(alternatives) if alternatives.iter().all(|(head, _)| used.contains(head)) => {
                let groups = Groups::new(&rows);
                for (head, field_types) in alternatives {
                    let rows = groups.specialise(head, field_types.len());
                    let query = extended_cells(&query, &[], field_types.len());
                    if self.useful(rows, extended(&types, &field_types), query)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            _ => self.useful(defaults(&rows), types, query),
        }
    }

    /// Examples of lists of values, first value last, that no row matches.
    fn examples(&mut self, rows: Vec<Row<'a>>, types: Vec<Ty>) -> Result<Vec<Vec<Witness>>, Exceeded> {
        self.enter(rows.len())?;
        let examples = self.examples_here(rows, types)?;
        self.depth -= 1;
        Ok(examples)
    }

    fn examples_here(&mut self, mut rows: Vec<Row<'a>>, mut types: Vec<Ty>) -> Result<Vec<Vec<Witness>>, Exceeded> {
        let mut skipped = 0;
        let used = loop {
            if rows.is_empty() {
                return Ok(vec![vec![Witness::Any; types.len() + skipped]]);
            }
            if types.is_empty() {
                return Ok(Vec::new());
            }
            let used = heads(&rows);
            if !used.is_empty() {
                break used;
            }
            rows.iter_mut().for_each(|row| _ = row.pop());
            types.pop();
            skipped += 1;
        };
        let Some(ty) = types.pop() else { return Ok(Vec::new()) };
        let mut found = match self.alternatives(ty) {
            Some(alternatives) => self.examples_among(alternatives, &used, ty, &rows, &types)?,
            None => {
                let mut examples = self.examples(defaults(&rows), types)?;
                examples.iter_mut().for_each(|example| example.push(Witness::Any));
                examples
            }
        };
        found.truncate(EXAMPLES);
        found.iter_mut().for_each(|example| example.extend(vec![Witness::Any; skipped]));
        Ok(found)
    }

    /// Examples for each alternative of the first value, which has the type `ty`.
    fn examples_among(
        &mut self,
        alternatives: Alternatives,
        used: &BTreeSet<Head<'a>>,
        ty: Ty,
        rows: &[Row<'a>],
        types: &[Ty],
    ) -> Result<Vec<Vec<Witness>>, Exceeded> {
        let groups = Groups::new(rows);
        let mut found = Vec::new();
        let mut without: Option<Vec<Vec<Witness>>> = None;
        for (head, field_types) in alternatives {
            if found.len() >= EXAMPLES {
                break;
            }
            if used.contains(&head) {
                let rows = groups.specialise(head, field_types.len());
                for mut example in self.examples(rows, extended(types, &field_types))? {
                    let fields = example.split_off(types.len()).into_iter().rev().collect();
                    example.push(Witness::Applied(self.name(ty, head), fields));
                    found.push(example);
                }
                continue;
            }
            let rest = match &without {
                Some(rest) => rest,
                None => without.insert(self.examples(defaults(rows), types.to_vec())?),
            };
            if let Some(example) = rest.first() {
                let mut example = example.clone();
                example.push(Witness::Applied(self.name(ty, head), vec![Witness::Any; field_types.len()]));
                found.push(example);
            }
        }
        Ok(found)
    }

    /// The alternatives of a type that has finitely many.
    fn alternatives(&mut self, ty: Ty) -> Option<Alternatives> {
        let ty = self.types.structural(ty);
        match self.types.kind(ty).clone() {
            TyKind::Bool => Some(vec![(Head::Bool(true), Vec::new()), (Head::Bool(false), Vec::new())]),
            TyKind::Tuple(items) => Some(vec![(Head::Tuple, items)]),
            TyKind::Data(id, args) => {
                let constructors = self.data[id.index()].constructors.iter().enumerate();
                let alternatives = constructors.map(|(tag, constructor)| {
                    let fields = constructor.fields.iter().map(|&field| self.types.instantiate(field, &args, &[]));
                    (Head::Tag(tag as u32), fields.collect())
                });
                Some(alternatives.collect())
            }
            _ => None,
        }
    }

    /// The types of the fields below a head that stands at a value of type `ty`.
    fn field_types(&mut self, ty: Ty, head: Head<'_>, count: usize) -> Vec<Ty> {
        let alternatives = self.alternatives(ty).unwrap_or_default();
        let found = alternatives.into_iter().find(|(alternative, _)| *alternative == head);
        found.map_or_else(|| vec![Ty::INVALID; count], |(_, types)| types)
    }

    fn name(&self, ty: Ty, head: Head<'_>) -> String {
        match (head, self.types.kind(self.types.structural(ty))) {
            (Head::Tag(tag), TyKind::Data(id, _)) => self.data[id.index()].constructors[tag as usize].name.clone(),
            (Head::Tuple, _) => "Tuple".to_owned(),
            (Head::Bool(value), _) => value.to_string(),
            (Head::Int(value), _) => value.to_string(),
            (Head::Tag(_) | Head::String(_), _) => "_".to_owned(),
        }
    }
}

/// What is outermost in a pattern, and the patterns below; `None` when it matches everything.
fn head(cell: Cell<'_>) -> Option<(Head<'_>, &[Pattern])> {
    match &cell?.kind {
        PatternKind::Wildcard | PatternKind::Bind(..) | PatternKind::Invalid => None,
        PatternKind::Int(value) => Some((Head::Int(*value), &[])),
        PatternKind::Bool(value) => Some((Head::Bool(*value), &[])),
        PatternKind::String(value) => Some((Head::String(value), &[])),
        PatternKind::Constructor { tag, fields, .. } => Some((Head::Tag(*tag), fields)),
        PatternKind::Tuple(fields) => Some((Head::Tuple, fields)),
    }
}

/// What is outermost in the first patterns of the rows.
fn heads<'a>(rows: &[Row<'a>]) -> BTreeSet<Head<'a>> {
    rows.iter().filter_map(|row| Some(head(*row.last()?)?.0)).collect()
}

/// Rows by what is outermost in their first patterns.
struct Groups<'r, 'a> {
    rows: &'r [Row<'a>],
    by_head: BTreeMap<Head<'a>, Vec<usize>>,
    /// Those whose first pattern matches everything.
    defaults: Vec<usize>,
}

impl<'r, 'a> Groups<'r, 'a> {
    fn new(rows: &'r [Row<'a>]) -> Self {
        let mut groups = Self { rows, by_head: BTreeMap::new(), defaults: Vec::new() };
        for (index, row) in rows.iter().enumerate() {
            match row.last().and_then(|&first| head(first)) {
                Some((head, _)) => groups.by_head.entry(head).or_default().push(index),
                None => groups.defaults.push(index),
            }
        }
        groups
    }

    /// [`specialise`]
    fn specialise(&self, wanted: Head<'a>, arity: usize) -> Vec<Row<'a>> {
        let with_head = self.by_head.get(&wanted).into_iter().flatten();
        let mut indices: Vec<usize> = with_head.chain(&self.defaults).copied().collect();
        indices.sort_unstable();
        indices.into_iter().flat_map(|index| specialise(&self.rows[index..=index], wanted, arity)).collect()
    }
}

/// The rows that can match a value with that head, for its fields and the other values.
fn specialise<'a>(rows: &[Row<'a>], wanted: Head<'_>, arity: usize) -> Vec<Row<'a>> {
    let rows = rows.iter().filter_map(|row| {
        let (&first, rest) = row.split_last()?;
        match head(first) {
            Some((head, fields)) if head == wanted => Some(extended_cells(rest, fields, arity)),
            Some(_) => None,
            None => Some(extended_cells(rest, &[], arity)),
        }
    });
    rows.collect()
}

/// The rows that match whatever the first value is, for the other values.
fn defaults<'a>(rows: &[Row<'a>]) -> Vec<Row<'a>> {
    let rows = rows.iter().filter_map(|row| {
        let (&first, rest) = row.split_last()?;
        head(first).is_none().then(|| rest.to_vec())
    });
    rows.collect()
}

fn extended(rest: &[Ty], fields: &[Ty]) -> Vec<Ty> {
    rest.iter().chain(fields.iter().rev()).copied().collect()
}

/// `rest` and then `arity` patterns, those that are not given matching everything.
fn extended_cells<'a>(rest: &[Cell<'a>], fields: &'a [Pattern], arity: usize) -> Row<'a> {
    rest.iter().copied().chain((0..arity).rev().map(|index| fields.get(index))).collect()
}
