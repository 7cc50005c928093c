//! Values whose type is known only from a module's interface: what a command line passes and prints.

mod call;
mod parse;
mod pass;
mod show;

pub use parse::ParseError;
pub(crate) use pass::{lift, lower};

use crate::heap::Reader;
use crate::value::{Boxed, Raw};
use vera_abi::interface::{FunctionDesc, Interface, TypeDesc, TypeId};

/// A value of any Vera type. Its `Display` is Vera's `show`.
#[derive(Clone, Debug, PartialEq)]
pub enum DynValue {
    /// `Int`
    Int(i64),
    /// `Nat`
    Nat(u64),
    /// `Bool`
    Bool(bool),
    /// `Byte`
    Byte(u8),
    /// `Float64`
    Float64(f64),
    /// `String`: bytes, usually UTF-8.
    String(Vec<u8>),
    /// `Unit`
    Unit,
    /// `Array<T>`
    Array(Boxed<Vec<DynValue>>),
    /// `Tuple<...>`
    Tuple(Boxed<Vec<DynValue>>),
    /// `Map<K, V>`
    Map(Boxed<Vec<(DynValue, DynValue)>>),
    /// `Set<T>`
    Set(Boxed<Vec<DynValue>>),
    /// A constructor of a data type, with its fields.
    Data {
        /// The constructor's name.
        name: String,
        /// Its tag.
        tag: u32,
        /// Its fields.
        fields: Boxed<Vec<DynValue>>,
    },
    /// A function, which has no representation outside the module.
    Function,
    /// A part left out because the value is too large to show.
    Elided,
}

/// The name of a type, as it is written in Vera.
pub fn type_name(interface: &Interface, id: TypeId) -> String {
    let list = |ids: &[TypeId]| ids.iter().map(|&id| type_name(interface, id)).collect::<Vec<_>>().join(", ");
    match interface.ty(id) {
        TypeDesc::Int => "Int".into(),
        TypeDesc::Nat => "Nat".into(),
        TypeDesc::Bool => "Bool".into(),
        TypeDesc::Byte => "Byte".into(),
        TypeDesc::Float64 => "Float64".into(),
        TypeDesc::String => "String".into(),
        TypeDesc::Unit => "Unit".into(),
        TypeDesc::Never => "Never".into(),
        TypeDesc::Array(element) => format!("Array<{}>", type_name(interface, *element)),
        TypeDesc::Tuple(items) => format!("Tuple<{}>", list(items)),
        TypeDesc::Map(key, value) => format!("Map<{}, {}>", type_name(interface, *key), type_name(interface, *value)),
        TypeDesc::Set(item) => format!("Set<{}>", type_name(interface, *item)),
        TypeDesc::Data(data) if data.arguments.is_empty() => data.name.clone(),
        TypeDesc::Data(data) => format!("{}<{}>", data.name, list(&data.arguments)),
        TypeDesc::Function => "Fn".into(),
    }
}

/// The parameter and result types of a function, such as `Int, Int -> Int`.
pub fn signature(interface: &Interface, function: &FunctionDesc) -> String {
    let params: Vec<_> = function.params.iter().map(|&id| type_name(interface, id)).collect();
    format!("{} -> {}", params.join(", "), type_name(interface, function.result))
}

/// A value as text for an error message, shortened when it is long.
pub(crate) fn shown(interface: &Interface, reader: &mut Reader<'_>, id: TypeId, raw: Raw) -> String {
    const LONGEST: usize = 200;
    let mut text = pass::lift_elided(interface, reader, id, raw).to_string();
    if text.len() > LONGEST {
        let end = (0..=LONGEST).rev().find(|&end| text.is_char_boundary(end)).unwrap_or_default();
        text.truncate(end);
        text.push_str("...");
    }
    text
}
