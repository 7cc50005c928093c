//! `Json` as `serde_json::Value`.
//!
//! A number is a float in Vera. A number without a fraction becomes a JSON integer. `serde_json::Value` overflows the
//! stack when a very deep value is dropped, so values nested beyond [`MAX_DEPTH`] are refused.

use crate::error::{Error, Limit, Result};
use crate::heap::{Heap, List, MapBuilder, Reader};
use crate::value::data::is_data;
use crate::value::map::PLACE;
use crate::value::{Lift, Lower, Raw, ToVera, flat};
use serde_json::{Map, Number, Value};
use vera_abi::interface::{Interface, TypeDesc};
use vera_abi::layout::{Rep, fixed};
use vera_abi::prelude::{PreludeType, json};

/// The deepest value that becomes a `serde_json::Value`.
const MAX_DEPTH: u32 = 1024;
/// Integers up to here are exact in a float.
const EXACT: f64 = 9_007_199_254_740_992.0;

impl crate::value::Value for Value {
    type Repr = flat::Ptr;

    fn stands_for(interface: &Interface, ty: &TypeDesc) -> bool {
        is_data(interface, ty, PreludeType::Json.name(), 6, &[])
    }
}

impl ToVera<'_, Value> for Value {
    fn to_vera(&self, heap: &mut Heap<'_>) -> Result<Raw> {
        let pointer = const { &fixed([Rep::Ptr]) };
        let slice = const { &fixed([Rep::Slice]) };
        match self {
            Value::Null => Ok(heap.constant(json::NULL)),
            Value::Bool(value) => {
                heap.record(json::BOOL, const { &fixed([Rep::Byte]) }, &[Raw::from_bits(u64::from(*value))])
            }
            Value::Number(number) => {
                let value = number.as_f64().unwrap_or(f64::NAN);
                heap.record(json::NUMBER, const { &fixed([Rep::F64]) }, &[Raw::from_bits(value.to_bits())])
            }
            Value::String(text) => heap.build(json::STRING, slice, |heap| Ok([heap.lower_rooted::<String>(text)?])),
            Value::Array(items) => heap.build(json::ARRAY, slice, |heap| {
                let mut list = List::new(heap, Rep::Ptr, items.len())?;
                for item in items {
                    let item = item.lower(heap)?;
                    list.push(heap, item)?;
                }
                Ok([list.finish()])
            }),
            Value::Object(members) => heap.build(json::OBJECT, pointer, |heap| {
                let mut map = MapBuilder::new(heap, Rep::Slice, Rep::Ptr);
                for (key, value) in members {
                    let mark = heap.mark();
                    let key = heap.lower_rooted::<String>(key)?;
                    let value = value.lower(heap)?;
                    heap.release(mark);
                    map.push_member(heap, key, value)?;
                }
                let map = map.finish(heap)?;
                Ok([heap.root_value(Rep::Ptr, map)?])
            }),
        }
    }
}

impl Lift for Value {
    fn lift(reader: &mut Reader<'_>, raw: Raw) -> Result<Self> {
        lift(reader, raw, MAX_DEPTH)
    }
}

fn lift(reader: &mut Reader<'_>, raw: Raw, depth: u32) -> Result<Value> {
    let Some(depth) = depth.checked_sub(1) else { return Err(Error::limit(Limit::Depth(MAX_DEPTH))) };
    reader.count_nodes(1)?;
    let pointer = const { &fixed([Rep::Ptr]).fields[0] };
    let slice = const { &fixed([Rep::Slice]).fields[0] };
    Ok(match reader.tag(raw)? {
        json::NULL => Value::Null,
        json::BOOL => Value::Bool(reader.field(raw, const { &fixed([Rep::Byte]).fields[0] })?.bits != 0),
        json::NUMBER => {
            let bits = reader.field(raw, const { &fixed([Rep::F64]).fields[0] })?.bits;
            number(f64::from_bits(bits))
        }
        json::STRING => {
            let text = reader.field(raw, slice)?;
            Value::String(String::lift(reader, text)?)
        }
        json::ARRAY => {
            let items = reader.field(raw, slice)?;
            let mut values = Vec::new();
            reader.meter.reserve(&mut values, items.len as usize)?;
            for index in 0..items.len {
                let item = reader.element(Rep::Ptr, items, index)?;
                values.push(crate::stack::recurse(|| lift(reader, item, depth))?);
            }
            Value::Array(values)
        }
        json::OBJECT => {
            let map = reader.field(raw, pointer)?;
            let entries = reader.entries(map, Rep::Slice, Rep::Ptr)?;
            let meter = reader.meter;
            meter.hold(entries.len() as u64 * (size_of::<(String, Value)>() as u64 + PLACE))?;
            let mut members = Map::with_capacity(entries.len());
            for entry in entries.iter() {
                let (key, value) = entry?;
                let key = String::lift(reader, key)?;
                members.insert(key, crate::stack::recurse(|| lift(reader, value, depth))?);
            }
            Value::Object(members)
        }
        tag => return Err(Error::internal(format!("Json has no constructor of tag {tag}"))),
    })
}

/// The JSON number of a float; null for NaN and infinities, which JSON does not have.
fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() <= EXACT {
        return Value::Number(Number::from(value as i64));
    }
    Number::from_f64(value).map_or(Value::Null, Value::Number)
}
