//! Values in Vera syntax.

use super::subject::Subject;
use crate::core::FnId;
use crate::core::interpret::Value;
use crate::lower::{FunctionKind, Provable};
use crate::tir;
use crate::types::{Ty, TyKind, Types};

/// Longest text of a value, in characters; what is longer is cut in the middle.
const MAX_TEXT: usize = 400;

/// The slots of a function's parameters with values, as they are written in Vera.
pub(crate) fn shown(subject: &Subject<'_>, function: FnId, args: &[Value]) -> Vec<(String, String)> {
    let Subject { program, provable, .. } = subject;
    let mut types = provable.types.clone();
    let params = &provable.functions[function.index()].params;
    let slots = slots(provable, program, function).into_iter().zip(args).zip(params);
    let seen = slots.filter(|((_, value), _)| !matches!(value, Value::Unit));
    seen.map(|((slot, value), &ty)| (slot, show(program, &mut types, value, ty))).collect()
}

/// How the parameters of a function are called.
fn slots(provable: &Provable, program: &tir::Program, function: FnId) -> Vec<String> {
    let FunctionKind::Instance(decl, _) = &provable.functions[function.index()].kind else {
        return vec!["@value".to_owned()];
    };
    program.parameter_slots(program.function(*decl))
}

/// A value of a type as source text.
fn show(program: &tir::Program, types: &mut Types, value: &Value, ty: Ty) -> String {
    let mut text = String::new();
    write(program, types, value, ty, &mut text);
    let count = text.chars().count();
    if count <= MAX_TEXT {
        return text;
    }
    let half = MAX_TEXT / 2;
    let (first, last): (String, String) =
        (text.chars().take(half).collect(), text.chars().skip(count - half).collect());
    format!("{first} ... {last}")
}

fn write(program: &tir::Program, types: &mut Types, value: &Value, ty: Ty, text: &mut String) {
    let ty = types.structural(ty);
    match (value, types.kind(ty).clone()) {
        (Value::Unit, _) => *text += "()",
        (Value::Byte(byte), TyKind::Bool) => *text += if *byte == 0 { "false" } else { "true" },
        (Value::Byte(byte), _) => *text += &byte.to_string(),
        (Value::I64(number), _) => *text += &number.to_string(),
        (Value::F64(number), _) => *text += &float(*number),
        (Value::Bytes(bytes), TyKind::String) => bytes.with(|bytes| *text += &quoted(bytes)),
        (Value::Bytes(bytes), _) => {
            let shown: Vec<String> = bytes.with(|bytes| bytes.iter().map(u8::to_string).collect());
            *text += &format!("[{}]", shown.join(", "));
        }
        (Value::Array(array), TyKind::String) if array.is_empty() => *text += "\"\"",
        (Value::Array(array), kind) => {
            let element = match kind {
                TyKind::Array(element) => element,
                _ => Ty::INVALID,
            };
            let items: Vec<(Value, Ty)> = array.to_vec().into_iter().map(|item| (item, element)).collect();
            list(program, types, ("[", "]"), &items, text);
        }
        (Value::Static(tag), TyKind::Data(data, _)) => {
            let constructor = program.data(data).constructors.get(*tag as usize);
            *text += constructor.map_or("?", |constructor| &constructor.name);
        }
        (Value::Record(record), TyKind::Data(data, args)) => {
            let Some(constructor) = program.data(data).constructors.get(record.tag as usize) else { return };
            let fields = constructor.fields.iter().map(|&field| types.substitute(field, &args));
            let items: Vec<(Value, Ty)> = record.fields().into_iter().zip(fields.collect::<Vec<_>>()).collect();
            *text += &constructor.name;
            list(program, types, ("(", ")"), &items, text);
        }
        (Value::Record(record), TyKind::Tuple(items)) => {
            let items: Vec<(Value, Ty)> = record.fields().into_iter().zip(items).collect();
            *text += "Tuple";
            list(program, types, ("(", ")"), &items, text);
        }
        (other, _) => *text += &format!("{other:?}"),
    }
}

fn list(
    program: &tir::Program,
    types: &mut Types,
    (open, close): (&str, &str),
    items: &[(Value, Ty)],
    text: &mut String,
) {
    *text += open;
    for (index, (item, ty)) in items.iter().enumerate() {
        if index > 0 {
            *text += ", ";
        }
        write(program, types, item, *ty, text);
    }
    *text += close;
}

/// There are no literals for what is not a number; the functions of the library say it.
fn float(value: f64) -> String {
    if value.is_nan() {
        "nan()".into()
    } else if value.is_infinite() {
        if value > 0.0 { "infinity()".into() } else { "-infinity()".into() }
    } else {
        format!("{value:?}")
    }
}

/// A text in quotes, with the escapes of the language.
fn quoted(bytes: &[u8]) -> String {
    let mut text = String::from("\"");
    for char in String::from_utf8_lossy(bytes).chars() {
        match char {
            '"' => text += "\\\"",
            '\\' => text += "\\\\",
            '\n' => text += "\\n",
            '\r' => text += "\\r",
            '\t' => text += "\\t",
            char if char.is_control() => text += &format!("\\u{{{:X}}}", u32::from(char)),
            char => text.push(char),
        }
    }
    text + "\""
}
