//! Values as Vera's `show` prints them: strings bare, constructors as calls.

use super::DynValue;
use crate::builtins::float::float_to_string;
use std::fmt::{self, Display, Formatter, Write};

impl Display for DynValue {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        crate::stack::recurse(|| match self {
            DynValue::Int(value) => Display::fmt(value, f),
            DynValue::Nat(value) => Display::fmt(value, f),
            DynValue::Bool(value) => Display::fmt(value, f),
            DynValue::Byte(value) => f.write_str(&String::from_utf8_lossy(&[*value])),
            DynValue::Float64(value) => f.write_str(&float_to_string(*value)),
            DynValue::Decimal(number) => Display::fmt(number, f),
            DynValue::String(bytes) => f.write_str(&String::from_utf8_lossy(bytes)),
            DynValue::Unit => f.write_str("unit"),
            DynValue::Array(items) => listed(f, '[', items, ']'),
            DynValue::Tuple(items) => listed(f, '(', items, ')'),
            DynValue::Set(items) => listed(f, '{', items, '}'),
            DynValue::Map(entries) => {
                f.write_char('{')?;
                for (index, (key, value)) in entries.iter().enumerate() {
                    let separator = if index == 0 { "" } else { ", " };
                    write!(f, "{separator}{key}: {value}")?;
                }
                f.write_char('}')
            }
            DynValue::Data { name, fields, .. } => {
                f.write_str(name)?;
                if fields.is_empty() { Ok(()) } else { listed(f, '(', fields, ')') }
            }
            DynValue::Function => f.write_str("<function>"),
        })
    }
}

fn listed(f: &mut Formatter<'_>, open: char, items: &[DynValue], close: char) -> fmt::Result {
    f.write_char(open)?;
    for (index, item) in items.iter().enumerate() {
        let separator = if index == 0 { "" } else { ", " };
        write!(f, "{separator}{item}")?;
    }
    f.write_char(close)
}
