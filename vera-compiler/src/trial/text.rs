//! Arguments in the text form that a host reads: `(1, "a", Some(2))`, with strings as in JSON.

use crate::core::interpret::Value;
use crate::tir::Program;
use crate::types::{Ty, TyKind, Types};

/// The text of arguments; `None` where one has no such text.
pub(super) fn arguments(program: &Program, types: &mut Types, args: &[Value], of: &[Ty]) -> Option<String> {
    let args: Vec<(Value, Ty)> = args.iter().cloned().zip(of.iter().copied()).collect();
    list(program, types, ["(", ")"], &args)
}

fn list(program: &Program, types: &mut Types, [open, close]: [&str; 2], items: &[(Value, Ty)]) -> Option<String> {
    let items: Option<Vec<String>> = items.iter().map(|(item, ty)| written(program, types, item, *ty)).collect();
    Some(format!("{open}{}{close}", items?.join(", ")))
}

fn written(program: &Program, types: &mut Types, value: &Value, ty: Ty) -> Option<String> {
    let ty = types.structural(ty);
    Some(match (value, types.kind(ty).clone()) {
        (Value::Unit, _) => "()".into(),
        (Value::Byte(byte), TyKind::Bool) => (*byte != 0).to_string(),
        (Value::Byte(byte), TyKind::Byte) => byte.to_string(),
        (Value::I64(number), TyKind::Int | TyKind::Nat) => number.to_string(),
        (Value::F64(number), TyKind::Float64) => format!("{number:?}"),
        (Value::Bytes(bytes), TyKind::String) => bytes.with(quoted),
        (Value::Array(items), TyKind::String) if items.is_empty() => quoted(&[]),
        (Value::Bytes(bytes), TyKind::Array(element)) => {
            let items = bytes.with(|bytes| bytes.iter().map(|&byte| (Value::Byte(byte), element)).collect::<Vec<_>>());
            list(program, types, ["[", "]"], &items)?
        }
        (Value::Array(items), TyKind::Array(element)) => {
            let items: Vec<(Value, Ty)> = items.to_vec().into_iter().map(|item| (item, element)).collect();
            list(program, types, ["[", "]"], &items)?
        }
        (Value::Static(tag), TyKind::Data(data, _)) => program.data(data).constructors.get(*tag as usize)?.name.clone(),
        (Value::Record(record), TyKind::Data(data, args)) => {
            let constructor = program.data(data).constructors.get(record.tag as usize)?;
            let fields: Vec<Ty> = constructor.fields.iter().map(|&field| types.substitute(field, &args)).collect();
            let items: Vec<(Value, Ty)> = record.fields().into_iter().zip(fields).collect();
            constructor.name.clone() + &list(program, types, ["(", ")"], &items)?
        }
        (Value::Record(record), TyKind::Tuple(components)) => {
            let items: Vec<(Value, Ty)> = record.fields().into_iter().zip(components).collect();
            list(program, types, ["(", ")"], &items)?
        }
        _ => return None,
    })
}

fn quoted(bytes: &[u8]) -> String {
    let mut text = String::from("\"");
    for char in String::from_utf8_lossy(bytes).chars() {
        match char {
            '"' | '\\' => text.extend(['\\', char]),
            char if char < ' ' => text += &format!("\\u{:04x}", u32::from(char)),
            char => text.push(char),
        }
    }
    text + "\""
}
