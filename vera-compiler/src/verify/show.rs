//! Values in Vera syntax.

use super::hidden::{self, Hidden, Number};
use super::subject::Subject;
use crate::core::FnId;
use crate::core::interpret::Value;
use crate::lower::{FunctionKind, Provable};
use crate::tir;
use crate::types::{DataId, Ty, TyKind, Types};

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

/// A value of a type as source text, cut in the middle if it is long.
fn show(program: &tir::Program, types: &mut Types, value: &Value, ty: Ty) -> String {
    let text = written(program, types, value, ty, Form::Source);
    let count = text.chars().count();
    if count <= MAX_TEXT {
        return text;
    }
    let half = MAX_TEXT / 2;
    let (first, last): (String, String) =
        (text.chars().take(half).collect(), text.chars().skip(count - half).collect());
    format!("{first} ... {last}")
}

/// Arguments as source text: `(1, "a", Some(2))`, as a host reads them.
pub(crate) fn written_arguments(program: &tir::Program, types: &mut Types, args: &[Value], of: &[Ty]) -> String {
    let args: Vec<(Value, Ty)> = args.iter().cloned().zip(of.iter().copied()).collect();
    let mut writer = Writer { program, types, form: Form::Source, text: String::new() };
    writer.list("(", ")", &args);
    writer.text
}

/// A value as text.
pub(crate) fn written(program: &tir::Program, types: &mut Types, value: &Value, ty: Ty, form: Form) -> String {
    let mut writer = Writer { program, types, form, text: String::new() };
    writer.write(value, ty);
    writer.text
}

/// How a value becomes text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// As the language writes it. What has no literal is written as the command and hosts read it: maps and sets as
    /// `{"a": 1}`, decimals as `1.50`.
    Source,
    /// Two values have one text if and only if they are the same key of a map.
    Key,
}

struct Writer<'w> {
    program: &'w tir::Program,
    types: &'w mut Types,
    form: Form,
    text: String,
}

impl Writer<'_> {
    fn write(&mut self, value: &Value, ty: Ty) {
        let ty = self.types.structural(ty);
        match (value, self.types.kind(ty).clone()) {
            (Value::Unit, _) => self.text += "()",
            (Value::Byte(byte), TyKind::Bool) => self.text += if *byte == 0 { "false" } else { "true" },
            (Value::Byte(byte), _) => self.text += &byte.to_string(),
            (Value::I64(number), _) => self.text += &number.to_string(),
            (Value::F64(number), _) => {
                let is_zero = self.form == Form::Key && *number == 0.0;
                self.text += &float(if is_zero { 0.0 } else { *number });
            }
            (Value::Bytes(bytes), TyKind::String) => bytes.with(|bytes| self.text += &quoted(bytes)),
            (Value::Array(array), TyKind::String) if array.is_empty() => self.text += "\"\"",
            (Value::Bytes(_) | Value::Array(_), TyKind::Array(element)) => {
                let items = hidden::items(value).unwrap_or_default();
                let items: Vec<(Value, Ty)> = items.into_iter().map(|item| (item, element)).collect();
                self.list("[", "]", &items);
            }
            (_, TyKind::Data(data, args)) => match Hidden::of(self.program, data) {
                Some(hidden) => self.hidden(value, hidden, &args),
                None => self.constructed(value, data, &args),
            },
            (Value::Record(record), TyKind::Tuple(items)) => {
                let items: Vec<(Value, Ty)> = record.fields().into_iter().zip(items).collect();
                self.text += "Tuple";
                self.list("(", ")", &items);
            }
            (other, _) => self.text += &format!("{other:?}"),
        }
    }

    fn constructed(&mut self, value: &Value, data: DataId, args: &[Ty]) {
        let (tag, fields) = match value {
            Value::Static(tag) => (*tag, Vec::new()),
            Value::Record(record) => (record.tag, record.fields()),
            other => return self.text += &format!("{other:?}"),
        };
        let Some(constructor) = self.program.data(data).constructors.get(tag as usize) else { return };
        self.text += &constructor.name;
        if !fields.is_empty() {
            let types = constructor.fields.iter().map(|&field| self.types.substitute(field, args));
            let items: Vec<(Value, Ty)> = fields.into_iter().zip(types.collect::<Vec<_>>()).collect();
            self.list("(", ")", &items);
        }
    }

    fn hidden(&mut self, value: &Value, hidden: Hidden, args: &[Ty]) {
        let text = match hidden {
            Hidden::Decimal => Number::of(value).map(|number| match self.form {
                Form::Source => number.text(),
                Form::Key => number.normalised().text(),
            }),
            Hidden::Map | Hidden::Set => hidden::entries(value).map(|entries| self.entries(&entries, args)),
        };
        self.text += &text.unwrap_or_else(|| format!("{value:?}"));
    }

    /// The entries of a map, or the elements of a set.
    fn entries(&mut self, entries: &[(Value, Value)], args: &[Ty]) -> String {
        let (program, form) = (self.program, self.form);
        let mut part = |value: &Value, ty: Ty| written(program, self.types, value, ty, form);
        let texts = entries.iter().map(|(key, value)| match *args {
            [of_key, of_value] => format!("{}: {}", part(key, of_key), part(value, of_value)),
            _ => part(key, args.first().copied().unwrap_or(Ty::INVALID)),
        });
        let mut texts: Vec<String> = texts.collect();
        if form == Form::Key {
            texts.sort();
        }
        format!("{{{}}}", texts.join(", "))
    }

    fn list(&mut self, open: &str, close: &str, items: &[(Value, Ty)]) {
        self.text += open;
        for (index, (item, ty)) in items.iter().enumerate() {
            if index > 0 {
                self.text += ", ";
            }
            self.write(item, *ty);
        }
        self.text += close;
    }
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
