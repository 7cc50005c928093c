//! The parts of a matched value that patterns test, and the head constructors of each.

use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;

use crate::tir::{DataDecl, Pattern, PatternKind};
use crate::types::{Ty, TyKind, Types};

/// A part of the matched value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Column(usize);

/// The matched value itself.
pub(super) const ROOT: Column = Column(0);

/// What is outermost in a pattern that does not match everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Head<'a> {
    Tag(u32),
    Tuple,
    Bool(bool),
    Int(i64),
    String(&'a str),
}

/// What is outermost in a pattern, and the patterns below; `None` when it matches everything.
pub(super) fn head(pattern: &Pattern) -> Option<(Head<'_>, &[Pattern])> {
    match &pattern.kind {
        PatternKind::Wildcard | PatternKind::Bind(..) | PatternKind::Invalid => None,
        PatternKind::Int(value) => Some((Head::Int(*value), &[])),
        PatternKind::Bool(value) => Some((Head::Bool(*value), &[])),
        PatternKind::String(value) => Some((Head::String(value), &[])),
        PatternKind::Constructor { tag, fields, .. } => Some((Head::Tag(*tag), fields)),
        PatternKind::Tuple(fields) => Some((Head::Tuple, fields)),
    }
}

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

/// The alternatives of a type with the types of their fields.
pub(super) type Alternatives = Rc<[(Head<'static>, Vec<Ty>)]>;

/// The columns of a match.
pub(super) struct Columns<'t> {
    types: &'t mut Types,
    data: &'t [DataDecl],
    /// The type of each, and where it is: the positions of the fields that lead to it.
    list: Vec<(Ty, Rc<[u32]>)>,
    /// The columns of fields, by the column they are in, the head there, and their position.
    fields: HashMap<(Column, Head<'static>, u32), Column>,
    alternatives: HashMap<Ty, Option<Alternatives>>,
}

impl<'t> Columns<'t> {
    /// For values of a type.
    pub(super) fn new(types: &'t mut Types, data: &'t [DataDecl], ty: Ty) -> Self {
        Self { types, data, list: vec![(ty, [].into())], fields: HashMap::new(), alternatives: HashMap::new() }
    }

    /// The column of a field below a head without text.
    pub(super) fn field(&mut self, parent: Column, head: Head<'_>, position: usize) -> Column {
        let (head, place) = (constructor(head), position as u32);
        if let Some(&known) = self.fields.get(&(parent, head, place)) {
            return known;
        }
        let alternatives = self.alternatives(parent);
        let found = alternatives.iter().flat_map(|list| alternative(list, head));
        let ty = found.flat_map(|(_, types)| types.get(position)).copied().next().unwrap_or(Ty::INVALID);
        let path = self.list[parent.0].1.iter().copied().chain([place]).collect();
        let column = Column(self.list.len());
        self.list.push((ty, path));
        self.fields.insert((parent, head, place), column);
        column
    }

    /// The alternatives of a column of a type that has finitely many.
    pub(super) fn alternatives(&mut self, column: Column) -> Option<Alternatives> {
        let ty = self.types.structural(self.list[column.0].0);
        if let Some(known) = self.alternatives.get(&ty) {
            return known.clone();
        }
        let found: Option<Alternatives> = match self.types.kind(ty).clone() {
            TyKind::Bool => Some([(Head::Bool(true), Vec::new()), (Head::Bool(false), Vec::new())].into()),
            TyKind::Tuple(items) => Some([(Head::Tuple, items)].into()),
            TyKind::Data(id, args) => {
                let constructors = self.data[id.index()].constructors.iter().enumerate();
                let alternatives = constructors.map(|(tag, constructor)| {
                    let fields = constructor.fields.iter().map(|&field| self.types.instantiate(field, &args, &[]));
                    (Head::Tag(tag as u32), fields.collect())
                });
                Some(alternatives.collect())
            }
            _ => None,
        };
        self.alternatives.insert(ty, found.clone());
        found
    }

    /// Whether a head is the only one that values of a column have.
    pub(super) fn is_only(&mut self, column: Column, head: Head<'_>) -> bool {
        head == Head::Tuple
            || matches!(head, Head::Tag(_)) && self.alternatives(column).is_some_and(|list| list.len() == 1)
    }

    /// The one of two columns that stands further to the left.
    pub(super) fn leftmost(&self, one: Column, other: Column) -> Column {
        if self.list[other.0].1 < self.list[one.0].1 { other } else { one }
    }

    /// The example of a value in which these columns have these heads.
    pub(super) fn witness(&mut self, heads: &HashMap<Column, Head<'static>>) -> Witness {
        self.witness_at(ROOT, heads)
    }

    fn witness_at(&mut self, column: Column, heads: &HashMap<Column, Head<'static>>) -> Witness {
        let Some(alternatives) = self.alternatives(column) else { return Witness::Any };
        let head = match (heads.get(&column), &*alternatives) {
            (Some(head), _) => *head,
            // What has one form only is written out where a pattern did so.
            (None, [(only, fields)]) => {
                let used = (0..fields.len()).any(|at| self.fields.contains_key(&(column, *only, at as u32)));
                if !used {
                    return Witness::Any;
                }
                *only
            }
            _ => return Witness::Any,
        };
        let count = alternative(&alternatives, head).map_or(0, |(_, fields)| fields.len());
        let fields = (0..count).map(|at| match self.fields.get(&(column, head, at as u32)).copied() {
            Some(field) => self.witness_at(field, heads),
            None => Witness::Any,
        });
        let fields = fields.collect();
        Witness::Applied(self.name(column, head), fields)
    }

    fn name(&self, column: Column, head: Head<'_>) -> String {
        match (head, self.types.kind(self.types.structural(self.list[column.0].0))) {
            (Head::Tag(tag), TyKind::Data(id, _)) => self.data[id.index()].constructors[tag as usize].name.clone(),
            (Head::Tuple, _) => "Tuple".to_owned(),
            (Head::Bool(value), _) => value.to_string(),
            (Head::Int(value), _) => value.to_string(),
            (Head::Tag(_) | Head::String(_), _) => "_".to_owned(),
        }
    }
}

/// The alternative with a head: those of a data type stand in the order of their tags.
fn alternative<'l>(list: &'l Alternatives, wanted: Head<'_>) -> Option<&'l (Head<'static>, Vec<Ty>)> {
    let position = match wanted {
        Head::Tag(tag) => tag as usize,
        Head::Bool(value) => usize::from(!value),
        _ => 0,
    };
    list.get(position).filter(|(head, _)| *head == wanted)
}

/// A head of a type with finitely many, apart from its text's lifetime: text is not among them.
fn constructor(head: Head<'_>) -> Head<'static> {
    match head {
        Head::Tag(tag) => Head::Tag(tag),
        Head::Bool(value) => Head::Bool(value),
        Head::Int(value) => Head::Int(value),
        Head::Tuple | Head::String(_) => Head::Tuple,
    }
}
