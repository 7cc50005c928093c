//! Reading and writing values by their type descriptions.

use super::DynValue;
use crate::error::{Error, Result, Step};
use crate::heap::{Hash, Heap, List, MapBuilder, Reader};
use crate::value::{Decimal, HashKey, Lift as _, Lower as _, Raw, ToKey as _, is_future};
use vera_abi::interface::{Interface, TypeDesc, TypeId};
use vera_abi::layout::{Rep, record};
use vera_abi::map::hash;

/// Reads a value.
pub(crate) fn lift(interface: &Interface, reader: &mut Reader<'_>, id: TypeId, raw: Raw) -> Result<DynValue> {
    Lifting { interface }.value(reader, id, raw)
}

/// Bytes that a level of a compound value needs besides its parts.
const LEVEL: u64 = 256;

struct Lifting<'i> {
    interface: &'i Interface,
}

impl Lifting<'_> {
    fn value(&self, reader: &mut Reader<'_>, id: TypeId, raw: Raw) -> Result<DynValue> {
        // A box for the parts of a compound, and what dropping it takes of the stack.
        if matches!(self.interface.ty(id).rep(), Rep::Ptr | Rep::Slice) {
            reader.meter.hold(LEVEL)?;
        }
        reader.count_nodes(1)?;
        reader.deeper(|reader| self.parts(reader, id, raw))
    }

    fn parts(&self, reader: &mut Reader<'_>, id: TypeId, raw: Raw) -> Result<DynValue> {
        Ok(match self.interface.ty(id) {
            TypeDesc::Int => DynValue::Int(raw.bits as i64),
            TypeDesc::Nat => DynValue::Nat(raw.bits),
            TypeDesc::Bool => DynValue::Bool(raw.bits as u32 != 0),
            TypeDesc::Byte => DynValue::Byte(raw.bits as u8),
            TypeDesc::Float64 => DynValue::Float64(f64::from_bits(raw.bits)),
            TypeDesc::String => {
                let bytes = reader.bytes(raw)?;
                DynValue::String(reader.meter.copy(bytes)?)
            }
            TypeDesc::Unit => DynValue::Unit,
            TypeDesc::Never => return Err(Error::internal("a value of type Never")),
            TypeDesc::Array(element) => {
                let rep = self.interface.ty(*element).rep();
                let mut items = Vec::new();
                for index in 0..raw.len {
                    let item = reader.element(rep, raw, index)?;
                    let item = self.value(reader, *element, item)?;
                    reader.meter.push(&mut items, item)?;
                }
                DynValue::Array(items.into())
            }
            TypeDesc::Tuple(items) => DynValue::Tuple(self.fields(reader, items, raw)?.into()),
            TypeDesc::Map(key, value) => {
                let reps = (self.interface.ty(*key).rep(), self.interface.ty(*value).rep());
                let entries = reader.entries(raw, reps.0, reps.1)?;
                let meter = reader.meter;
                let mut lifted = Vec::new();
                meter.reserve(&mut lifted, entries.len())?;
                for entry in entries.iter() {
                    let (k, v) = entry?;
                    lifted.push((self.value(reader, *key, k)?, self.value(reader, *value, v)?));
                }
                DynValue::Map(lifted.into())
            }
            TypeDesc::Set(item) => {
                let entries = reader.entries(raw, self.interface.ty(*item).rep(), Rep::Byte)?;
                let meter = reader.meter;
                let mut items = Vec::new();
                meter.reserve(&mut items, entries.len())?;
                for entry in entries.iter() {
                    items.push(self.value(reader, *item, entry?.0)?);
                }
                DynValue::Set(items.into())
            }
            TypeDesc::Decimal => DynValue::Decimal(Decimal::lift(reader, raw)?),
            TypeDesc::Data(data) => {
                let raw = if is_future(data) { reader.awaited(raw)? } else { raw };
                let tag = reader.tag(raw)?;
                let constructor = data
                    .constructors
                    .get(tag as usize)
                    .ok_or_else(|| Error::internal(format!("{} has no constructor of tag {tag}", data.name)))?;
                reader.meter.hold(constructor.name.len() as u64)?;
                let fields = self.fields(reader, &constructor.fields, raw)?.into();
                DynValue::Data { name: constructor.name.clone(), tag, fields }
            }
            TypeDesc::Function => DynValue::Function,
        })
    }

    fn fields(&self, reader: &mut Reader<'_>, types: &[TypeId], raw: Raw) -> Result<Vec<DynValue>> {
        let reps: Vec<Rep> = types.iter().map(|&id| self.interface.ty(id).rep()).collect();
        let layout = record(&reps);
        let mut fields = Vec::new();
        reader.meter.reserve(&mut fields, types.len())?;
        for (&id, place) in types.iter().zip(&layout.fields) {
            let field = reader.field(raw, place)?;
            fields.push(self.value(reader, id, field)?);
        }
        Ok(fields)
    }
}

/// Writes a value of the given type. It is not rooted.
pub(crate) fn lower(interface: &Interface, heap: &mut Heap<'_>, id: TypeId, value: &DynValue) -> Result<Raw> {
    let mark = heap.mark();
    let raw = heap.deeper(|heap| parts(interface, heap, id, value))?;
    heap.release(mark);
    Ok(raw)
}

fn rooted(interface: &Interface, heap: &mut Heap<'_>, id: TypeId, value: &DynValue) -> Result<Raw> {
    let raw = lower(interface, heap, id, value)?;
    heap.root_value(interface.ty(id).rep(), raw)
}

fn parts(interface: &Interface, heap: &mut Heap<'_>, id: TypeId, value: &DynValue) -> Result<Raw> {
    Ok(match (interface.ty(id), value) {
        (TypeDesc::Int, DynValue::Int(value)) => Raw::from_bits(*value as u64),
        (TypeDesc::Nat, DynValue::Nat(value)) if *value <= i64::MAX as u64 => Raw::from_bits(*value),
        (TypeDesc::Bool, DynValue::Bool(value)) => Raw::from_bits(u64::from(*value)),
        (TypeDesc::Byte, DynValue::Byte(value)) => Raw::from_bits(u64::from(*value)),
        (TypeDesc::Float64, DynValue::Float64(value)) => Raw::from_bits(value.to_bits()),
        (TypeDesc::String, DynValue::String(bytes)) => heap.byte_buffer(bytes)?,
        (TypeDesc::Unit, DynValue::Unit) => Raw::UNIT,
        (TypeDesc::Array(element), DynValue::Array(items)) => {
            let mut list = List::new(heap, interface.ty(*element).rep(), items.len())?;
            for (index, item) in items.iter().enumerate() {
                let item = lower(interface, heap, *element, item);
                let item = item.map_err(|error| error.reached_by(Step::Element(index)))?;
                list.push(heap, item)?;
            }
            list.finish()
        }
        (TypeDesc::Tuple(types), DynValue::Tuple(items)) if types.len() == items.len() => {
            fields(interface, heap, 0, types, items)?
        }
        (TypeDesc::Map(key, value), DynValue::Map(entries)) => {
            let mut map = MapBuilder::new(heap, interface.ty(*key).rep(), interface.ty(*value).rep());
            for (index, (k, v)) in entries.iter().enumerate() {
                let mark = heap.mark();
                let raw_key = rooted(interface, heap, *key, k).map_err(|error| error.reached_by(Step::Key(index)))?;
                let raw_value = lower(interface, heap, *value, v);
                let raw_value = raw_value.map_err(|error| error.reached_by(Step::Value(index)))?;
                heap.release(mark);
                map.push(heap, raw_key, raw_value, Hash::Of(k.key_hash(heap.hash_key())))?;
            }
            map.finish(heap)?
        }
        (TypeDesc::Set(item), DynValue::Set(items)) => {
            let mut map = MapBuilder::new(heap, interface.ty(*item).rep(), Rep::Byte);
            for (index, value) in items.iter().enumerate() {
                let key = lower(interface, heap, *item, value).map_err(|error| error.reached_by(Step::Key(index)))?;
                map.push(heap, key, Raw::from_bits(1), Hash::Of(value.key_hash(heap.hash_key())))?;
            }
            map.finish(heap)?
        }
        (TypeDesc::Decimal, DynValue::Decimal(number)) => number.lower(heap)?,
        (TypeDesc::Data(data), DynValue::Data { tag, fields: items, .. }) => match data.constructors.get(*tag as usize)
        {
            Some(constructor) if constructor.fields.len() == items.len() => {
                fields(interface, heap, *tag, &constructor.fields, items)?
            }
            _ => return Err(mismatch(interface, id, value)),
        },
        _ => return Err(mismatch(interface, id, value)),
    })
}

fn fields(interface: &Interface, heap: &mut Heap<'_>, tag: u32, types: &[TypeId], items: &[DynValue]) -> Result<Raw> {
    let reps: Vec<Rep> = types.iter().map(|&id| interface.ty(id).rep()).collect();
    let fields = types.iter().zip(items).enumerate();
    let raws: Result<Vec<Raw>> = fields
        .map(|(index, (&id, item))| {
            rooted(interface, heap, id, item).map_err(|error| error.reached_by(Step::Field(index)))
        })
        .collect();
    heap.record_dyn(tag, &record(&reps), &raws?)
}

fn mismatch(interface: &Interface, id: TypeId, value: &DynValue) -> Error {
    Error::argument(format!("{} is no {}", super::shortened(&value.to_string()), super::type_name(interface, id)))
}

impl DynValue {
    /// See [`crate::value::Key::key_part`].
    fn key_part(&self, key: HashKey) -> u64 {
        let all =
            |start: u64, items: &[DynValue]| items.iter().fold(start, |hash, item| key.step(hash, item.key_part(key)));
        crate::stack::recurse(|| match self {
            DynValue::Int(value) => *value as u64,
            DynValue::Nat(value) => *value,
            DynValue::Bool(value) => u64::from(*value),
            DynValue::Byte(value) => u64::from(*value),
            DynValue::Float64(value) => hash::float(*value),
            DynValue::String(bytes) => key.bytes(bytes),
            DynValue::Decimal(number) => number.key_part(key),
            DynValue::Array(items) => all(items.len() as u64, items),
            DynValue::Tuple(items) => all(0, items),
            DynValue::Data { tag, fields, .. } => all(u64::from(*tag), fields),
            DynValue::Map(entries) => entries
                .iter()
                .fold(0u64, |sum, (name, value)| sum.wrapping_add(key.step(name.key_hash(key), value.key_hash(key)))),
            DynValue::Set(items) => {
                items.iter().fold(0u64, |sum, item| sum.wrapping_add(key.step(item.key_hash(key), 0)))
            }
            // Neither can be part of a key.
            DynValue::Unit | DynValue::Function => 0,
        })
    }

    /// See [`crate::value::Key::key_hash`].
    fn key_hash(&self, key: HashKey) -> u64 {
        let part = self.key_part(key);
        match self {
            DynValue::Int(_)
            | DynValue::Nat(_)
            | DynValue::Bool(_)
            | DynValue::Byte(_)
            | DynValue::Float64(_)
            | DynValue::Unit => key.number(part),
            _ => part,
        }
    }
}
