//! Decision trees (after Maranget): rows of patterns are split by the test that the first row needs most.

use crate::lower::context::Lowering;
use crate::tir::{Coercion, LocalId, Pattern, PatternKind};
use crate::types::{Ty, TyKind};
use std::collections::HashMap;

/// A part of the matched value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Occurrence(pub(super) usize);

/// Where a part is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Place {
    /// The record it is a field of.
    pub(super) parent: Occurrence,
    /// The concrete type of that record.
    pub(super) parent_ty: Ty,
    /// Its constructor tag.
    pub(super) tag: u32,
    /// The position of the field.
    pub(super) field: u32,
}

/// The parts of a matched value that patterns look at. The first is the value itself.
#[derive(Debug)]
pub(super) struct Parts {
    /// Concrete type and place of each.
    pub(super) list: Vec<(Ty, Option<Place>)>,
    by_place: HashMap<Place, Occurrence>,
}

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

/// What to do with a matched value.
#[derive(Debug)]
pub(super) enum Decision<'p> {
    /// Take an arm.
    Arm(usize, Vec<Bind<'p>>),
    /// Look at a constructor tag. Without a default the cases are all there are.
    Tag(Occurrence, Vec<(u32, Decision<'p>)>, Option<Box<Decision<'p>>>),
    /// Look at an integer.
    Int(Occurrence, Vec<(i64, Decision<'p>)>, Box<Decision<'p>>),
    /// Look at a `Bool`: true, false.
    Bool(Occurrence, Box<Decision<'p>>, Box<Decision<'p>>),
    /// Compare with strings, in ascending order.
    String(Occurrence, Vec<(&'p str, Decision<'p>)>, Box<Decision<'p>>),
    /// No pattern matches; the checker makes sure that no value gets here.
    Never,
}

#[derive(Clone, Debug)]
struct Row<'p> {
    /// Tests still to be done, at most one per part.
    tests: Vec<(Occurrence, &'p Pattern)>,
    binds: Vec<Bind<'p>>,
    arm: usize,
}

/// Builds decision trees.
pub(super) struct Compiler<'a, 'p> {
    pub(super) lo: &'a mut Lowering<'p>,
    pub(super) parts: Parts,
}

impl<'a, 'p> Compiler<'a, 'p> {
    /// For values of a concrete type.
    pub(super) fn new(lo: &'a mut Lowering<'p>, ty: Ty) -> Self {
        Self { lo, parts: Parts { list: vec![(ty, None)], by_place: HashMap::new() } }
    }

    /// The tree of the arms' patterns.
    pub(super) fn compile(&mut self, patterns: &[&'p Pattern]) -> Decision<'p> {
        let rows = patterns.iter().enumerate().map(|(arm, pattern)| {
            let mut row = Row { tests: Vec::new(), binds: Vec::new(), arm };
            self.place(&mut row, Occurrence(0), pattern);
            row
        });
        let rows = rows.collect();
        self.decide(rows)
    }

    /// Adds a pattern for a part to a row: what always matches is taken apart at once.
    fn place(&mut self, row: &mut Row<'p>, part: Occurrence, pattern: &'p Pattern) {
        match &pattern.kind {
            PatternKind::Wildcard | PatternKind::Invalid => {}
            PatternKind::Bind(local, coercion) => {
                row.binds.push(Bind { local: *local, coercion: coercion.as_ref(), part, pattern });
            }
            PatternKind::Tuple(fields) => self.place_fields(row, part, 0, fields),
            PatternKind::Constructor { data, tag, fields } if self.lo.program.data(*data).constructors.len() == 1 => {
                self.place_fields(row, part, *tag, fields);
            }
            _ => row.tests.push((part, pattern)),
        }
    }

    fn place_fields(&mut self, row: &mut Row<'p>, parent: Occurrence, tag: u32, fields: &'p [Pattern]) {
        for (index, field) in fields.iter().enumerate() {
            if !matches!(field.kind, PatternKind::Wildcard) {
                let part = self.field(parent, tag, index);
                self.place(row, part, field);
            }
        }
    }

    fn field(&mut self, parent: Occurrence, tag: u32, index: usize) -> Occurrence {
        let parent_ty = self.parts.list[parent.0].0;
        let place = Place { parent, parent_ty, tag, field: index as u32 };
        if let Some(&known) = self.parts.by_place.get(&place) {
            return known;
        }
        let ty = match self.lo.types.kind(parent_ty).clone() {
            TyKind::Data(data, args) => self.lo.field_types(data, &args, tag).get(index).copied(),
            TyKind::Tuple(items) => items.get(index).copied(),
            _ => None,
        };
        let part = Occurrence(self.parts.list.len());
        self.parts.list.push((ty.unwrap_or(Ty::INVALID), Some(place)));
        self.parts.by_place.insert(place, part);
        part
    }

    fn decide(&mut self, mut rows: Vec<Row<'p>>) -> Decision<'p> {
        let Some(first) = rows.first() else { return Decision::Never };
        let Some(part) = most_tested(first, &rows) else {
            let mut first = rows.swap_remove(0);
            // Paths reach an arm with its bindings in different orders.
            first.binds.sort_by_key(|bind| bind.local);
            return Decision::Arm(first.arm, first.binds);
        };
        let test = first.tests.iter().find(|(other, _)| *other == part).map(|(_, pattern)| &pattern.kind);
        match test {
            Some(PatternKind::Constructor { data, .. }) => {
                let count = self.lo.program.data(*data).constructors.len();
                self.decide_tag(part, count, rows)
            }
            Some(PatternKind::Int(_)) => self.decide_int(part, rows),
            Some(PatternKind::Bool(_)) => {
                let then = self.keep(part, &rows, &|kind| matches!(kind, PatternKind::Bool(true)));
                let otherwise = self.keep(part, &rows, &|kind| matches!(kind, PatternKind::Bool(false)));
                Decision::Bool(part, Box::new(self.decide(then)), Box::new(self.decide(otherwise)))
            }
            Some(PatternKind::String(_)) => self.decide_string(part, rows),
            _ => Decision::Never,
        }
    }

    /// The rows that match when `part` satisfies a test, without that test.
    fn keep(&mut self, part: Occurrence, rows: &[Row<'p>], is: &dyn Fn(&PatternKind) -> bool) -> Vec<Row<'p>> {
        let mut kept = Vec::new();
        for row in rows {
            let Some(at) = row.tests.iter().position(|(other, _)| *other == part) else {
                kept.push(row.clone());
                continue;
            };
            let pattern = row.tests[at].1;
            if is(&pattern.kind) {
                let mut row = row.clone();
                row.tests.remove(at);
                if let PatternKind::Constructor { tag, fields, .. } = &pattern.kind {
                    self.place_fields(&mut row, part, *tag, fields);
                }
                kept.push(row);
            }
        }
        kept
    }

    fn decide_tag(&mut self, part: Occurrence, count: usize, rows: Vec<Row<'p>>) -> Decision<'p> {
        let mut tags: Vec<u32> = tests_of(part, &rows)
            .filter_map(|kind| match kind {
                PatternKind::Constructor { tag, .. } => Some(*tag),
                _ => None,
            })
            .collect();
        tags.sort_unstable();
        tags.dedup();
        let mut cases = Vec::with_capacity(tags.len());
        for &tag in &tags {
            let kept = self.keep(
                part,
                &rows,
                &|kind| matches!(kind, PatternKind::Constructor { tag: other, .. } if *other == tag),
            );
            cases.push((tag, self.decide(kept)));
        }
        let default = (tags.len() < count).then(|| {
            let kept = self.keep(part, &rows, &|_| false);
            Box::new(self.decide(kept))
        });
        Decision::Tag(part, cases, default)
    }

    fn decide_int(&mut self, part: Occurrence, rows: Vec<Row<'p>>) -> Decision<'p> {
        let mut values: Vec<i64> = tests_of(part, &rows)
            .filter_map(|kind| match kind {
                PatternKind::Int(value) => Some(*value),
                _ => None,
            })
            .collect();
        values.sort_unstable();
        values.dedup();
        let mut cases = Vec::with_capacity(values.len());
        for &value in &values {
            let kept = self.keep(part, &rows, &|kind| matches!(kind, PatternKind::Int(other) if *other == value));
            cases.push((value, self.decide(kept)));
        }
        let kept = self.keep(part, &rows, &|_| false);
        Decision::Int(part, cases, Box::new(self.decide(kept)))
    }

    fn decide_string(&mut self, part: Occurrence, rows: Vec<Row<'p>>) -> Decision<'p> {
        let mut texts: Vec<&'p str> = tests_of(part, &rows)
            .filter_map(|kind| match kind {
                PatternKind::String(text) => Some(text.as_str()),
                _ => None,
            })
            .collect();
        texts.sort_unstable();
        texts.dedup();
        let mut cases = Vec::with_capacity(texts.len());
        for &text in &texts {
            let kept = self.keep(part, &rows, &|kind| matches!(kind, PatternKind::String(other) if other == text));
            cases.push((text, self.decide(kept)));
        }
        let kept = self.keep(part, &rows, &|_| false);
        Decision::String(part, cases, Box::new(self.decide(kept)))
    }
}

fn tests_of<'r, 'p>(part: Occurrence, rows: &'r [Row<'p>]) -> impl Iterator<Item = &'p PatternKind> + use<'r, 'p> {
    let tests = rows.iter().flat_map(|row| &row.tests);
    tests.filter(move |(other, _)| *other == part).map(|(_, pattern)| &pattern.kind)
}

/// The part to test: of those that the first row tests, the one that most rows test.
fn most_tested(first: &Row<'_>, rows: &[Row<'_>]) -> Option<Occurrence> {
    let count = |part| rows.iter().filter(|row| row.tests.iter().any(|(other, _)| *other == part)).count();
    let mut best: Option<(usize, Occurrence)> = None;
    for &(part, _) in &first.tests {
        let count = count(part);
        if best.is_none_or(|(most, _)| count > most) {
            best = Some((count, part));
        }
    }
    best.map(|(_, part)| part)
}
