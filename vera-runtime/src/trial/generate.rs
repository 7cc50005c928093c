//! Generates values of any type that a host can pass.
//!
//! Small values, the ends of ranges, and values that the program mentions are more frequent than others. Only the
//! module knows which values satisfy refinements and invariants. So values that it accepted or returned are kept, and
//! others are made from them and from their parts.

use super::case::Case;
use crate::value::Decimal;
use crate::value::dynamic::{DynValue, type_name};
use std::collections::BTreeMap;
use vera_abi::chance::Random;
use vera_abi::interface::{DataDesc, Interface, TypeDesc, TypeId};

/// Maximum nesting of values, unless the type needs more.
const MAX_DEPTH: u32 = 6;
/// Approximate maximum number of parts of a value.
const MAX_PARTS: u32 = 40;
/// Maximum number of elements of an array, and of characters of a string.
const MAX_LENGTH: usize = 6;
/// Maximum number of values of a type, and of lists of arguments, that are kept.
const MAX_KEPT: usize = 64;
/// Maximum size of a value that is kept: parts, levels.
const KEPT: (usize, u32) = (200, 40);

/// Makes values.
pub(super) struct Generator<'g> {
    interface: &'g Interface,
    case: &'g Case,
    random: Random,
    /// The nesting of the smallest value of each type; `None` if the type has no values.
    heights: Vec<Option<u32>>,
    /// Values of compound types that the module accepted or returned.
    kept: BTreeMap<TypeId, Vec<DynValue>>,
    /// Arguments that the function accepted.
    taken: Vec<Vec<DynValue>>,
    parts: u32,
}

impl<'g> Generator<'g> {
    pub(super) fn new(interface: &'g Interface, case: &'g Case, seed: u64) -> Self {
        Self {
            interface,
            case,
            random: Random::new(seed),
            heights: heights(interface),
            kept: BTreeMap::new(),
            taken: Vec::new(),
            parts: 0,
        }
    }

    /// A type without values, if this type or a required part of it is one.
    pub(super) fn refuses(&self, id: TypeId) -> Option<String> {
        self.heights[id.0 as usize].is_none().then(|| format!("`{}`", type_name(self.interface, id)))
    }

    /// Whether values contain a data type.
    pub(super) fn reaches_data(&self, id: TypeId) -> bool {
        let (mut rest, mut seen) = (vec![id], Vec::new());
        while let Some(id) = rest.pop() {
            if seen.contains(&id) {
                continue;
            }
            seen.push(id);
            match self.interface.ty(id) {
                TypeDesc::Data(_) => return true,
                TypeDesc::Array(part) | TypeDesc::Set(part) => rest.push(*part),
                TypeDesc::Map(key, value) => rest.extend([*key, *value]),
                TypeDesc::Tuple(parts) => rest.extend(parts),
                _ => {}
            }
        }
        false
    }

    /// Arguments for a function: new ones, or accepted ones with a change.
    pub(super) fn arguments(&mut self, params: &[TypeId]) -> Option<Vec<DynValue>> {
        self.parts = 0;
        let fits = self.taken.first().is_some_and(|args| args.len() == params.len()) && !params.is_empty();
        if fits && self.random.once_in(3) {
            let at = self.random.below(self.taken.len());
            let mut args = self.taken[at].clone();
            let index = self.random.below(params.len());
            args[index] = self.changed(params[index], &args[index])?;
            return Some(args);
        }
        params.iter().map(|&id| self.value(id, 0)).collect()
    }

    /// Keeps accepted arguments, and their parts.
    pub(super) fn keep_arguments(&mut self, params: &[TypeId], args: Vec<DynValue>) {
        for (&id, value) in params.iter().zip(&args) {
            self.keep(id, value);
        }
        let at = self.random.below(MAX_KEPT);
        put(&mut self.taken, args, at);
    }

    /// Keeps a value of the module, and its parts.
    pub(super) fn keep(&mut self, id: TypeId, value: &DynValue) {
        let (parts, levels) = KEPT;
        let mut rest = vec![(id, value, 0)];
        let mut found = Vec::new();
        while let Some((id, value, level)) = rest.pop() {
            if found.len() > parts || level > levels {
                return;
            }
            found.push((id, value));
            let more = components(self.interface, id, value).into_iter().map(|(id, part)| (id, part, level + 1));
            rest.extend(more);
        }
        for (id, value) in found {
            if matches!(value, DynValue::Data { fields, .. } if !fields.is_empty())
                || matches!(value, DynValue::Array(_) | DynValue::Tuple(_) | DynValue::Map(_) | DynValue::Set(_))
            {
                let at = self.random.below(MAX_KEPT);
                put(self.kept.entry(id).or_default(), value.clone(), at);
            }
        }
    }

    fn value(&mut self, id: TypeId, depth: u32) -> Option<DynValue> {
        self.parts += 1;
        let interface = self.interface;
        if self.kept.contains_key(&id) && self.random.once_in(2) {
            let known = self.kept.get(&id).map(Vec::as_slice).unwrap_or_default();
            return self.random.pick(known).cloned();
        }
        let is_small = depth >= MAX_DEPTH || self.parts > MAX_PARTS;
        let length = if is_small { 0 } else { self.random.below(MAX_LENGTH) };
        Some(match interface.ty(id) {
            TypeDesc::Int => DynValue::Int(self.random.integer(self.case.numbers)),
            TypeDesc::Nat => DynValue::Nat((self.random.integer(self.case.numbers) & i64::MAX) as u64),
            TypeDesc::Bool => DynValue::Bool(self.random.once_in(2)),
            TypeDesc::Byte => DynValue::Byte(self.random.bits() as u8),
            TypeDesc::Float64 => DynValue::Float64(self.random.float(self.case.numbers)),
            TypeDesc::String => DynValue::String(self.random.text(self.case.texts).into_bytes()),
            TypeDesc::Unit => DynValue::Unit,
            TypeDesc::Decimal => DynValue::Decimal(self.decimal()),
            TypeDesc::Array(element) => DynValue::Array(self.values(*element, length, depth)?.into()),
            TypeDesc::Set(item) => {
                let mut items = self.values(*item, length, depth)?;
                distinct(&mut items, |item| item);
                DynValue::Set(items.into())
            }
            TypeDesc::Map(key, value) => {
                let keys = self.values(*key, length, depth)?;
                let values = self.values(*value, length, depth)?;
                let mut entries: Vec<(DynValue, DynValue)> = keys.into_iter().zip(values).collect();
                distinct(&mut entries, |(key, _)| key);
                DynValue::Map(entries.into())
            }
            TypeDesc::Tuple(parts) => DynValue::Tuple(self.fields(parts, depth)?.into()),
            TypeDesc::Data(data) => {
                let tag = self.constructor(data, is_small)?;
                let constructor = &data.constructors[tag];
                let fields = self.fields(&constructor.fields, depth)?;
                DynValue::Data { name: constructor.name.clone(), tag: tag as u32, fields: fields.into() }
            }
            TypeDesc::Never | TypeDesc::Function => return None,
        })
    }

    fn values(&mut self, id: TypeId, count: usize, depth: u32) -> Option<Vec<DynValue>> {
        (0..count).map(|_| self.value(id, depth + 1)).collect()
    }

    fn fields(&mut self, types: &[TypeId], depth: u32) -> Option<Vec<DynValue>> {
        types.iter().map(|&id| self.value(id, depth + 1)).collect()
    }

    /// A constructor that has values, or one whose smallest value nests the least.
    fn constructor(&mut self, data: &DataDesc, least: bool) -> Option<usize> {
        let height = |fields: &[TypeId]| height_of(&self.heights, fields);
        let possible = data.constructors.iter().enumerate();
        let possible: Vec<(usize, u32)> =
            possible.filter_map(|(tag, constructor)| Some((tag, height(&constructor.fields)?))).collect();
        if least {
            return possible.iter().min_by_key(|(_, height)| *height).map(|(tag, _)| *tag);
        }
        self.random.pick(&possible).map(|(tag, _)| *tag)
    }

    /// The value with one of its parts replaced by another.
    fn changed(&mut self, id: TypeId, value: &DynValue) -> Option<DynValue> {
        if self.random.once_in(4) {
            return self.value(id, 1);
        }
        let interface = self.interface;
        let nudged = |random: &mut Random, number: i64| number.wrapping_add(random.below(7) as i64 - 3);
        Some(match (interface.ty(id), value) {
            (_, DynValue::Int(number)) => DynValue::Int(nudged(&mut self.random, *number)),
            (_, DynValue::Nat(number)) => DynValue::Nat((nudged(&mut self.random, *number as i64) & i64::MAX) as u64),
            (TypeDesc::Array(element), DynValue::Array(items)) => {
                let (mut items, element) = (items.to_vec(), *element);
                let at = self.random.below(items.len());
                match self.random.below(3) {
                    0 => items.insert(at, self.value(element, 2)?),
                    1 if !items.is_empty() => drop(items.remove(at)),
                    _ if !items.is_empty() => items[at] = self.changed(element, &items[at])?,
                    _ => items.push(self.value(element, 2)?),
                }
                DynValue::Array(items.into())
            }
            (TypeDesc::Tuple(types), DynValue::Tuple(items)) if !items.is_empty() => {
                let mut items = items.to_vec();
                let at = self.random.below(items.len());
                items[at] = self.changed(types[at], &items[at])?;
                DynValue::Tuple(items.into())
            }
            (TypeDesc::Data(data), DynValue::Data { name, tag, fields }) if !fields.is_empty() => {
                let (mut fields, types) = (fields.to_vec(), &data.constructors[*tag as usize].fields);
                let at = self.random.below(fields.len());
                fields[at] = self.changed(types[at], &fields[at])?;
                DynValue::Data { name: name.clone(), tag: *tag, fields: fields.into() }
            }
            _ => self.value(id, 1)?,
        })
    }

    fn decimal(&mut self) -> Decimal {
        let (number, places) = (self.random.integer(self.case.numbers), self.random.below(4) as i64);
        Decimal::new(number < 0, number.unsigned_abs().into(), -places).unwrap_or(Decimal::ZERO)
    }
}

/// Adds to a list, or replaces an item when the list is full.
fn put<T>(list: &mut Vec<T>, value: T, at: usize) {
    if list.len() < MAX_KEPT {
        list.push(value);
    } else if let Some(place) = list.get_mut(at) {
        *place = value;
    }
}

/// Removes items that have the same key as an earlier one.
fn distinct<T>(list: &mut Vec<T>, key: impl Fn(&T) -> &DynValue) {
    let mut index = 0;
    while index < list.len() {
        let known = list[..index].iter().any(|other| key(other) == key(&list[index]));
        if known {
            list.remove(index);
        } else {
            index += 1;
        }
    }
}

/// The parts of a value, with their types.
fn components<'v>(interface: &Interface, id: TypeId, value: &'v DynValue) -> Vec<(TypeId, &'v DynValue)> {
    match (interface.ty(id), value) {
        (TypeDesc::Array(part), DynValue::Array(items)) | (TypeDesc::Set(part), DynValue::Set(items)) => {
            items.iter().map(|item| (*part, item)).collect()
        }
        (TypeDesc::Tuple(types), DynValue::Tuple(items)) => types.iter().copied().zip(items.iter()).collect(),
        (TypeDesc::Map(key, part), DynValue::Map(entries)) => {
            entries.iter().flat_map(|(name, value)| [(*key, name), (*part, value)]).collect()
        }
        (TypeDesc::Data(data), DynValue::Data { tag, fields, .. }) => {
            let types = data.constructors.get(*tag as usize).map(|constructor| constructor.fields.as_slice());
            types.unwrap_or_default().iter().copied().zip(fields.iter()).collect()
        }
        _ => Vec::new(),
    }
}

/// The nesting of the smallest value of each type; `None` if the type has no finite value.
fn heights(interface: &Interface) -> Vec<Option<u32>> {
    let mut heights = vec![None; interface.types.len()];
    loop {
        let mut changed = false;
        for index in 0..heights.len() {
            let height = match &interface.types[index] {
                TypeDesc::Never | TypeDesc::Function => None,
                TypeDesc::Tuple(parts) => height_of(&heights, parts).map(|height| height + 1),
                TypeDesc::Data(data) => {
                    let constructors = data.constructors.iter();
                    constructors.filter_map(|each| height_of(&heights, &each.fields)).min().map(|height| height + 1)
                }
                // Those with parts can be empty.
                _ => Some(0),
            };
            // The first that is found is the least, but for types of the same round.
            if heights[index].is_none() && height.is_some() {
                heights[index] = height;
                changed = true;
            }
        }
        if !changed {
            return heights;
        }
    }
}

/// The nesting of the smallest values of all these types.
fn height_of(heights: &[Option<u32>], types: &[TypeId]) -> Option<u32> {
    types.iter().try_fold(0, |most: u32, id| Some(most.max(heights[id.0 as usize]?)))
}
