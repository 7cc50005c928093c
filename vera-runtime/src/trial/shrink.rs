//! Smaller values of the same type.

use crate::value::Decimal;
use crate::value::dynamic::DynValue;
use vera_abi::interface::{Interface, TypeDesc, TypeId};

/// Values that are smaller than this one, the smallest first.
pub(super) fn smaller(interface: &Interface, id: TypeId, value: &DynValue) -> Vec<DynValue> {
    match (interface.ty(id), value) {
        (_, DynValue::Int(number)) => integers(*number).into_iter().map(DynValue::Int).collect(),
        (_, DynValue::Nat(number)) => integers(i64::try_from(*number).unwrap_or(i64::MAX))
            .into_iter()
            .map(|part| DynValue::Nat(part as u64))
            .collect(),
        (_, DynValue::Bool(true)) => vec![DynValue::Bool(false)],
        (_, DynValue::Byte(byte)) if *byte > 0 => vec![DynValue::Byte(0), DynValue::Byte(byte / 2)],
        (_, DynValue::Float64(number)) if number.is_finite() => {
            let whole = number.trunc();
            let list = [0.0, (whole / 2.0).trunc(), whole];
            list.into_iter().filter(|other| is_smaller(*other, *number)).map(DynValue::Float64).collect()
        }
        (_, DynValue::Decimal(number)) if *number != Decimal::ZERO => vec![DynValue::Decimal(Decimal::ZERO)],
        (_, DynValue::String(bytes)) => texts(bytes).into_iter().map(DynValue::String).collect(),
        (TypeDesc::Array(part), DynValue::Array(items)) => {
            let each = |item: &DynValue| smaller(interface, *part, item);
            lists(items, each).into_iter().map(|items| DynValue::Array(items.into())).collect()
        }
        // What is made of keys may be a key twice; only fewer of them are surely a set.
        (TypeDesc::Set(_), DynValue::Set(items)) => {
            lists(items, |_| Vec::new()).into_iter().map(|items| DynValue::Set(items.into())).collect()
        }
        (TypeDesc::Map(_, part), DynValue::Map(entries)) => {
            let each = |(key, value): &(DynValue, DynValue)| -> Vec<(DynValue, DynValue)> {
                smaller(interface, *part, value).into_iter().map(|value| (key.clone(), value)).collect()
            };
            lists(entries, each).into_iter().map(|entries| DynValue::Map(entries.into())).collect()
        }
        (TypeDesc::Tuple(types), DynValue::Tuple(items)) => {
            fields(interface, types, items).into_iter().map(|items| DynValue::Tuple(items.into())).collect()
        }
        (TypeDesc::Data(data), DynValue::Data { name, tag, fields: parts }) if !parts.is_empty() => {
            let types = &data.constructors[*tag as usize].fields;
            let empty = data.constructors.iter().enumerate().filter(|(_, constructor)| constructor.fields.is_empty());
            let empty = empty.map(|(tag, constructor)| DynValue::Data {
                name: constructor.name.clone(),
                tag: tag as u32,
                fields: Vec::new().into(),
            });
            let inner = types.iter().zip(parts.iter()).filter(|(ty, _)| **ty == id).map(|(_, part)| part.clone());
            let same = fields(interface, types, parts).into_iter();
            let same = same.map(|fields| DynValue::Data { name: name.clone(), tag: *tag, fields: fields.into() });
            empty.chain(inner).chain(same).collect()
        }
        _ => Vec::new(),
    }
}

fn integers(number: i64) -> Vec<i64> {
    if number == 0 {
        return Vec::new();
    }
    let towards = if number > 0 { number - 1 } else { number + 1 };
    let mut list = vec![0, number / 2, towards];
    if number < 0 && number > i64::MIN {
        list.insert(1, -number);
    }
    list.dedup();
    list
}

/// Each step removes a fraction or is nearer to zero, so shrinking ends.
fn is_smaller(other: f64, number: f64) -> bool {
    other.to_bits() != number.to_bits() && (other.abs() < number.abs() || other.fract() == 0.0 && number.fract() != 0.0)
}

/// A text remains valid UTF-8: it is cut only at the start of a character.
fn texts(bytes: &[u8]) -> Vec<Vec<u8>> {
    let text = String::from_utf8_lossy(bytes);
    let cuts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let half = cuts[cuts.len() / 2];
    let mut list = vec![String::new(), text[..half].to_owned()];
    list.extend(cuts.windows(2).map(|pair| format!("{}{}", &text[..pair[0]], &text[pair[1]..])));
    list.dedup();
    list.into_iter().map(String::into_bytes).filter(|other| other.len() < bytes.len()).collect()
}

/// Fewer items, then smaller ones.
fn lists<T: Clone>(items: &[T], each: impl Fn(&T) -> Vec<T>) -> Vec<Vec<T>> {
    let mut lists = Vec::new();
    if items.len() > 1 {
        lists.push(Vec::new());
        lists.push(items[..items.len() / 2].to_vec());
    }
    for index in 0..items.len() {
        let mut fewer = items.to_vec();
        fewer.remove(index);
        lists.push(fewer);
    }
    for (index, item) in items.iter().enumerate() {
        for other in each(item) {
            let mut changed = items.to_vec();
            changed[index] = other;
            lists.push(changed);
        }
    }
    lists
}

fn fields(interface: &Interface, types: &[TypeId], items: &[DynValue]) -> Vec<Vec<DynValue>> {
    let mut lists = Vec::new();
    for (index, (&ty, item)) in types.iter().zip(items).enumerate() {
        for other in smaller(interface, ty, item) {
            let mut changed = items.to_vec();
            changed[index] = other;
            lists.push(changed);
        }
    }
    lists
}
