//! The parts of a matched value that patterns look at.

use crate::lower::context::Lowering;
use crate::types::{Ty, TyKind};
use std::collections::HashMap;
use std::rc::Rc;

/// A part of the matched value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

/// The parts of a matched value. The first is the value itself; a part comes after the record it is a field of.
#[derive(Debug)]
pub(super) struct Parts {
    /// Concrete type and place of each.
    pub(super) list: Vec<(Ty, Option<Place>)>,
    by_place: HashMap<Place, Occurrence>,
    /// Types of the fields of a constructor of a type.
    fields: HashMap<(Ty, u32), Rc<[Ty]>>,
}

impl Parts {
    /// A value of a concrete type, and no parts of it yet.
    pub(super) fn new(ty: Ty) -> Self {
        Self { list: vec![(ty, None)], by_place: HashMap::new(), fields: HashMap::new() }
    }

    /// A field of a part that has been found to be of the constructor.
    pub(super) fn field(&mut self, lo: &mut Lowering<'_>, parent: Occurrence, tag: u32, index: usize) -> Occurrence {
        let parent_ty = self.list[parent.0].0;
        let place = Place { parent, parent_ty, tag, field: index as u32 };
        if let Some(&known) = self.by_place.get(&place) {
            return known;
        }
        let fields = self.fields.entry((parent_ty, tag)).or_insert_with(|| {
            match lo.types.kind(parent_ty).clone() {
                TyKind::Data(data, args) => lo.field_types(data, &args, tag),
                TyKind::Tuple(items) => items,
                _ => Vec::new(),
            }
            .into()
        });
        let ty = fields.get(index).copied().unwrap_or(Ty::INVALID);
        let part = Occurrence(self.list.len());
        self.list.push((ty, Some(place)));
        self.by_place.insert(place, part);
        part
    }
}
