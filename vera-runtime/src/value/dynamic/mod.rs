//! Values whose type is known only from a module's interface, such as those that a command line passes and prints.

mod call;
mod excerpt;
mod parse;
mod pass;
mod show;

pub use call::WideArguments;
pub(crate) use excerpt::{excerpt, excerpt_of, shortened};
pub use parse::ParseError;
pub(crate) use pass::{lift, lower};

use crate::value::{Boxed, Decimal};
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
    /// `Decimal`
    Decimal(Decimal),
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
}

/// The name of a type in Vera syntax, shortened when it is long.
pub fn type_name(interface: &Interface, id: TypeId) -> String {
    let mut name = String::new();
    push_type(interface, id, &mut name);
    name
}

/// Maximum length of a type name, in bytes, before the rest is left out. It also bounds the recursion, because a type's
/// name precedes those of its parts.
const LONGEST_TYPE: usize = 400;

fn push_type(interface: &Interface, id: TypeId, out: &mut String) {
    if out.len() > LONGEST_TYPE {
        if !out.ends_with("...") {
            out.push_str("...");
        }
        return;
    }
    match interface.ty(id) {
        TypeDesc::Int => out.push_str("Int"),
        TypeDesc::Nat => out.push_str("Nat"),
        TypeDesc::Bool => out.push_str("Bool"),
        TypeDesc::Byte => out.push_str("Byte"),
        TypeDesc::Float64 => out.push_str("Float64"),
        TypeDesc::String => out.push_str("String"),
        TypeDesc::Unit => out.push_str("Unit"),
        TypeDesc::Never => out.push_str("Never"),
        TypeDesc::Array(element) => push_applied(interface, "Array", &[*element], out),
        TypeDesc::Tuple(items) => push_applied(interface, "Tuple", items, out),
        TypeDesc::Map(key, value) => push_applied(interface, "Map", &[*key, *value], out),
        TypeDesc::Decimal => out.push_str("Decimal"),
        TypeDesc::Set(item) => push_applied(interface, "Set", &[*item], out),
        TypeDesc::Data(data) if data.arguments.is_empty() => out.push_str(&data.name),
        TypeDesc::Data(data) => push_applied(interface, &data.name, &data.arguments, out),
        TypeDesc::Function => out.push_str("Fn"),
    }
}

fn push_applied(interface: &Interface, name: &str, arguments: &[TypeId], out: &mut String) {
    out.push_str(name);
    out.push('<');
    for (index, &id) in arguments.iter().enumerate() {
        if out.len() > LONGEST_TYPE {
            break;
        }
        out.push_str(if index == 0 { "" } else { ", " });
        push_type(interface, id, out);
    }
    out.push_str(if out.len() > LONGEST_TYPE && !out.ends_with("...") { "..." } else { "" });
    out.push_str(if out.ends_with("...") { "" } else { ">" });
}

/// The parameter and result types of a function, such as `Int, Int -> Int`.
pub fn signature(interface: &Interface, function: &FunctionDesc) -> String {
    let params: Vec<_> = function.params.iter().map(|&id| type_name(interface, id)).collect();
    format!("{} -> {}", params.join(", "), type_name(interface, function.result))
}
