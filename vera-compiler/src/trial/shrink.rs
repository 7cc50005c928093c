//! Smaller values of the same type.

use crate::core::interpret::Value;

/// Values that are smaller than this one, the smallest first.
pub(super) fn smaller(value: &Value) -> Vec<Value> {
    match value {
        Value::I64(0) | Value::Byte(0) | Value::Unit | Value::Static(_) | Value::Closure(_) | Value::Cell(_) => {
            Vec::new()
        }
        Value::I64(number) => {
            let towards = if *number > 0 { number - 1 } else { number + 1 };
            let mut list = vec![0, number / 2, towards];
            if *number < 0 && *number > i64::MIN {
                list.insert(1, -number);
            }
            list.dedup();
            list.into_iter().map(Value::I64).collect()
        }
        Value::Byte(byte) => vec![Value::Byte(0), Value::Byte(byte / 2)],
        Value::F64(number) => {
            let whole = number.trunc();
            let list = [0.0, whole, whole / 2.0];
            list.into_iter()
                .filter(|other| other.to_bits() != number.to_bits() && number.is_finite())
                .map(Value::F64)
                .collect()
        }
        Value::Bytes(bytes) => bytes.with(|bytes| {
            // A text stays one: only what begins at a character goes.
            let text = std::str::from_utf8(bytes).unwrap_or_default();
            let cuts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let half = cuts[cuts.len() / 2];
            let mut list = vec![String::new(), text[..half].to_owned()];
            list.extend(cuts.windows(2).map(|pair| format!("{}{}", &text[..pair[0]], &text[pair[1]..])));
            list.dedup();
            list.into_iter().filter(|other| other.len() < bytes.len()).map(|other| Value::string(&other)).collect()
        }),
        Value::Array(array) => {
            let items = array.to_vec();
            let mut list = Vec::new();
            if !items.is_empty() {
                list.push(Vec::new());
                list.push(items[..items.len() / 2].to_vec());
            }
            for index in 0..items.len() {
                let mut fewer = items.clone();
                fewer.remove(index);
                list.push(fewer);
            }
            for index in 0..items.len() {
                for item in smaller(&items[index]) {
                    let mut other = items.clone();
                    other[index] = item;
                    list.push(other);
                }
            }
            list.into_iter().map(|items| Value::Array(items.into())).collect()
        }
        Value::Record(record) => {
            let fields = record.fields();
            let mut list = Vec::new();
            for index in 0..fields.len() {
                for field in smaller(&fields[index]) {
                    let mut other = fields.clone();
                    other[index] = field;
                    list.push(Value::record(record.tag, other));
                }
            }
            list
        }
    }
}
