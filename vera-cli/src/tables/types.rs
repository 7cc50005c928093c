//! The types in the listing of built-ins: the data types of the standard library, and signatures as a program declares
//! them. Both are read from the library's own text, the only place of these facts.

use vera_compiler::prelude;
use vera_compiler::source::SourceMap;
use vera_compiler::syntax::ast::{Constructor, DataDecl, Decl, TypeExpr, TypeKind, Visibility};
use vera_compiler::syntax::parse;

/// A data type that programs can name.
pub(super) struct DataType {
    /// Its name.
    pub(super) name: String,
    /// Names of its type parameters.
    pub(super) params: Vec<String>,
    /// The type applied to its parameters: `Result<T, E>`.
    pub(super) applied: String,
    /// The constructors that programs can name.
    pub(super) constructors: Vec<NamedConstructor>,
}

/// A constructor of such a type.
pub(super) struct NamedConstructor {
    /// Its name.
    pub(super) name: String,
    /// The constructor with the types of its fields: `Ok(T)`.
    pub(super) written: String,
}

/// The data types that programs can name, in the order of the library.
pub(super) fn data_types() -> Vec<DataType> {
    let mut source = SourceMap::new();
    let mut types = Vec::new();
    for (name, text) in prelude::FILES {
        let file = source.add(*name, *text);
        let (program, _) = parse(&source, file);
        types.extend(program.decls.iter().filter_map(|decl| match decl {
            Decl::Data(data) => named(&source, data),
            _ => None,
        }));
    }
    types
}

/// A data type, unless only the library can name it.
fn named(source: &SourceMap, data: &DataDecl) -> Option<DataType> {
    let public = data.visibility == Some(Visibility::Public);
    if !public && !prelude::OPAQUE.contains(&data.name.as_str()) {
        return None;
    }
    let params: Vec<String> = data.type_params.iter().map(|param| param.to_string()).collect();
    let applied = match params.is_empty() {
        true => data.name.to_string(),
        false => format!("{}<{}>", data.name, params.join(", ")),
    };
    let constructors = data.constructors.iter().filter(|_| public).map(|one| constructor(source, one)).collect();
    Some(DataType { name: data.name.to_string(), params, applied, constructors })
}

fn constructor(source: &SourceMap, constructor: &Constructor) -> NamedConstructor {
    let fields = texts(source, &constructor.fields);
    let takes = if fields.is_empty() { String::new() } else { format!("({})", fields.join(", ")) };
    NamedConstructor { name: constructor.name.to_string(), written: format!("{}{takes}", constructor.name) }
}

/// The signature of a function type as a declaration writes it: `fn(@A -> @B) effects(pure)`, where a type is written
/// `fn(A -> B) effects(pure)`.
pub(super) fn declared(signature: &str) -> String {
    const BEFORE: &str = "type T = ";
    let mut source = SourceMap::new();
    let file = source.add("signature", format!("{BEFORE}{signature};\n"));
    let (program, _) = parse(&source, file);
    let mut declared = signature.to_owned();
    let Some(Decl::TypeAlias(alias)) = program.decls.first() else { return declared };
    let TypeKind::Fn(function) = &alias.ty.kind else { return declared };
    // From the last to the first, so that the places of the others stay.
    for ty in function.params.iter().chain([&function.result]).rev() {
        declared.insert(ty.span.start as usize - BEFORE.len(), '@');
    }
    declared
}

fn texts(source: &SourceMap, types: &[TypeExpr]) -> Vec<String> {
    types.iter().map(|ty| source.text(ty.span).to_owned()).collect()
}
