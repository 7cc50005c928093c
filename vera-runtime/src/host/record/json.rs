//! Values as JSON, by their types. Reading restores the same value.
//!
//! | Vera | JSON |
//! |---|---|
//! | `Int`, `Nat`, `Byte`, `Bool` | number, `true`, `false` |
//! | `Float64`, `Decimal` | a text, `"0.1"`, `"nan"`: JSON's numbers are not read exactly by all |
//! | `String` | a text; one that is not UTF-8 is `{"bytes": [104, 255]}` |
//! | `Unit` | `null` |
//! | `Array`, `Set`, `Tuple` | a list |
//! | `Map` | a list of pairs |
//! | a constructor | `"None"`, `{"Some": [1]}` |

use crate::host::Secrets;
use crate::value::dynamic::{DynValue, type_name};
use serde_json::{Map, Value, json};
use vera_abi::interface::{Interface, TypeDesc, TypeId};

/// Maximum nesting of a value in a recording, because `serde_json` reads no more.
const DEPTH: u32 = 100;

/// A value as JSON, with secrets in its texts redacted.
///
/// # Errors
/// When it is nested too deep.
pub(super) fn write(value: &DynValue, secrets: &Secrets) -> Result<Value, String> {
    written(value, secrets, DEPTH)
}

fn written(value: &DynValue, secrets: &Secrets, depth: u32) -> Result<Value, String> {
    let depth = depth.checked_sub(1).ok_or_else(|| format!("a value is nested more than {DEPTH} levels"))?;
    let list = |items: &[DynValue]| -> Result<Value, String> {
        items.iter().map(|item| written(item, secrets, depth)).collect()
    };
    Ok(match value {
        DynValue::Int(value) => json!(value),
        DynValue::Nat(value) => json!(value),
        DynValue::Bool(value) => json!(value),
        DynValue::Byte(value) => json!(value),
        DynValue::Float64(value) => json!(crate::builtins::float::float_to_source(*value)),
        DynValue::Decimal(number) => json!(number.to_string()),
        DynValue::String(bytes) => {
            let bytes = secrets.redacted(bytes);
            match std::str::from_utf8(&bytes) {
                Ok(text) => json!(text),
                Err(_) => json!({ "bytes": &*bytes }),
            }
        }
        DynValue::Unit => Value::Null,
        DynValue::Array(items) | DynValue::Tuple(items) | DynValue::Set(items) => list(items)?,
        DynValue::Map(entries) => entries
            .iter()
            .map(|(key, value)| Ok(json!([written(key, secrets, depth)?, written(value, secrets, depth)?])))
            .collect::<Result<Value, String>>()?,
        DynValue::Data { name, fields, .. } if fields.is_empty() => json!(name),
        DynValue::Data { name, fields, .. } => Value::Object(Map::from_iter([(name.clone(), list(fields)?)])),
        DynValue::Function => return Err("a function has no text".to_owned()),
    })
}

/// Whether values are written as this list.
pub(super) fn are(values: &[DynValue], list: &Value, secrets: &Secrets) -> bool {
    let same = |items: &Vec<Value>| {
        items.len() == values.len() && items.iter().zip(values).all(|(item, value)| is(value, item, secrets))
    };
    list.as_array().is_some_and(same)
}

/// Whether a value is written as this JSON, which is found out without writing what is usual. It recurses as deep as the
/// JSON is nested.
fn is(value: &DynValue, json: &Value, secrets: &Secrets) -> bool {
    match value {
        DynValue::Int(value) => json.as_i64() == Some(*value),
        DynValue::Nat(value) => json.as_u64() == Some(*value),
        DynValue::Bool(value) => json.as_bool() == Some(*value),
        DynValue::Byte(value) => json.as_u64() == Some(u64::from(*value)),
        DynValue::String(bytes) if json.is_string() => {
            json.as_str().map(str::as_bytes) == Some(&*secrets.redacted(bytes))
        }
        DynValue::Unit => json.is_null(),
        DynValue::Array(items) | DynValue::Tuple(items) | DynValue::Set(items) => are(items, json, secrets),
        DynValue::Data { name, fields, .. } if fields.is_empty() => json.as_str() == Some(name),
        DynValue::Data { name, fields, .. } => match json.as_object() {
            Some(object) => object.len() == 1 && object.get(name).is_some_and(|list| are(fields, list, secrets)),
            None => false,
        },
        DynValue::Map(entries) => json.as_array().is_some_and(|pairs| {
            let same = |(pair, (key, value)): (&Value, &(DynValue, DynValue))| {
                let pair = pair.as_array().map(Vec::as_slice);
                matches!(pair, Some([k, v]) if is(key, k, secrets) && is(value, v, secrets))
            };
            pairs.len() == entries.len() && pairs.iter().zip(entries.iter()).all(same)
        }),
        DynValue::Float64(_) | DynValue::Decimal(_) | DynValue::String(_) | DynValue::Function => {
            written(value, secrets, DEPTH).is_ok_and(|written| written == *json)
        }
    }
}

/// The value of a type from its JSON.
///
/// # Errors
/// When the JSON is not a value of that type.
pub(super) fn read(interface: &Interface, id: TypeId, value: &Value) -> Result<DynValue, String> {
    let wrong = || format!("{value} is no {}", type_name(interface, id));
    let items = |value: &Value, ids: &mut dyn Iterator<Item = TypeId>| -> Result<Vec<DynValue>, String> {
        let items = value.as_array().ok_or_else(wrong)?;
        items.iter().map(|item| read(interface, ids.next().ok_or_else(wrong)?, item)).collect()
    };
    Ok(match interface.ty(id) {
        TypeDesc::Int => DynValue::Int(value.as_i64().ok_or_else(wrong)?),
        TypeDesc::Nat => DynValue::Nat(value.as_u64().ok_or_else(wrong)?),
        TypeDesc::Bool => DynValue::Bool(value.as_bool().ok_or_else(wrong)?),
        TypeDesc::Byte => DynValue::Byte(value.as_u64().and_then(|byte| u8::try_from(byte).ok()).ok_or_else(wrong)?),
        TypeDesc::Float64 => DynValue::Float64(value.as_str().and_then(|text| text.parse().ok()).ok_or_else(wrong)?),
        TypeDesc::Decimal => DynValue::Decimal(value.as_str().and_then(|text| text.parse().ok()).ok_or_else(wrong)?),
        TypeDesc::String => match (value.as_str(), value["bytes"].as_array()) {
            (Some(text), _) => DynValue::String(text.as_bytes().to_vec()),
            (None, Some(bytes)) => {
                let byte = |byte: &Value| byte.as_u64().and_then(|byte| u8::try_from(byte).ok());
                DynValue::String(bytes.iter().map(byte).collect::<Option<_>>().ok_or_else(wrong)?)
            }
            (None, None) => return Err(wrong()),
        },
        TypeDesc::Unit if value.is_null() => DynValue::Unit,
        TypeDesc::Array(element) => DynValue::Array(items(value, &mut std::iter::repeat(*element))?.into()),
        TypeDesc::Set(item) => DynValue::Set(items(value, &mut std::iter::repeat(*item))?.into()),
        TypeDesc::Tuple(types) => {
            let fields = items(value, &mut types.iter().copied())?;
            if fields.len() != types.len() {
                return Err(wrong());
            }
            DynValue::Tuple(fields.into())
        }
        TypeDesc::Map(key, of) => {
            let entries = value.as_array().ok_or_else(wrong)?.iter();
            let entries = entries.map(|entry| match entry.as_array().map(Vec::as_slice) {
                Some([k, v]) => Ok((read(interface, *key, k)?, read(interface, *of, v)?)),
                _ => Err(wrong()),
            });
            DynValue::Map(entries.collect::<Result<Vec<_>, String>>()?.into())
        }
        TypeDesc::Data(data) => {
            let none = Value::Array(Vec::new());
            let (name, fields) = match value {
                Value::String(name) => (name, &none),
                Value::Object(one) if one.len() == 1 => one.iter().next().ok_or_else(wrong)?,
                _ => return Err(wrong()),
            };
            let mut constructors = data.constructors.iter().enumerate();
            let (tag, constructor) = constructors.find(|(_, one)| one.name == *name).ok_or_else(wrong)?;
            let fields = items(fields, &mut constructor.fields.iter().copied())?;
            if fields.len() != constructor.fields.len() {
                return Err(wrong());
            }
            DynValue::Data { name: name.clone(), tag: tag as u32, fields: fields.into() }
        }
        TypeDesc::Unit | TypeDesc::Never | TypeDesc::Function => return Err(wrong()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(name: &str, fields: Vec<DynValue>) -> DynValue {
        DynValue::Data { name: name.to_owned(), tag: 0, fields: fields.into() }
    }

    /// A value is what is written of it, and nothing else is.
    #[test]
    fn values_are_compared_as_they_are_written() {
        let mut secrets = Secrets::default();
        secrets.add("hunter2");
        let text = |bytes: &[u8]| DynValue::String(bytes.to_vec());
        let values = [
            DynValue::Int(-1),
            DynValue::Int(7),
            DynValue::Nat(u64::MAX >> 1),
            DynValue::Bool(true),
            DynValue::Byte(200),
            DynValue::Float64(0.5),
            DynValue::Unit,
            text(b"a"),
            text(b"\xff"),
            text(b"the password is hunter2"),
            DynValue::Array(vec![].into()),
            DynValue::Array(vec![DynValue::Int(7), DynValue::Int(8)].into()),
            DynValue::Map(vec![(text(b"a"), DynValue::Int(1))].into()),
            DynValue::Map(vec![(text(b"a"), DynValue::Int(2))].into()),
            data("None", vec![]),
            data("Some", vec![DynValue::Int(1)]),
            data("Some", vec![text(b"hunter2")]),
            data("Pair", vec![DynValue::Int(1), DynValue::Unit]),
        ];
        let written: Vec<Value> = values.iter().map(|value| write(value, &secrets).expect("shallow")).collect();
        for (place, value) in values.iter().enumerate() {
            for (other, json) in written.iter().enumerate() {
                assert_eq!(is(value, json, &secrets), place == other, "{value:?} and {json}");
            }
        }
        assert!(is(&text(b"[redacted]"), &json!("[redacted]"), &secrets));
        assert!(are(&values, &Value::Array(written.clone()), &secrets));
        assert!(!are(&values[1..], &Value::Array(written), &secrets));
    }
}
