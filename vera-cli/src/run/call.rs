//! The function to call, and its arguments.

use crate::args::RunArgs;
use vera_abi::interface::{FunctionDesc, Interface, TypeDesc};
use vera_compiler::tir::Program;
use vera_runtime::value::dynamic::DynValue;

/// A call that is to be made.
pub(super) struct Call {
    /// The function.
    pub(super) function: String,
    /// Its arguments.
    pub(super) values: Vec<DynValue>,
    /// What `IO.args` gives.
    pub(super) program_arguments: Vec<String>,
    /// What the user should know before.
    pub(super) note: Option<String>,
}

impl Call {
    /// The call that the command line asks for.
    ///
    /// # Errors
    /// When there is no such function, or its arguments are not of its parameters' types.
    pub(super) fn new(arguments: &RunArgs, program: &Program, interface: &Interface) -> Result<Self, String> {
        let function = entry(arguments.function.as_deref(), program, interface)?;
        let chosen = arguments.function.is_none() && function.name != "main";
        let note = chosen.then(|| format!("Note: no 'main' declared — running public function '{}'.", function.name));
        let texts = &arguments.arguments;
        // Arguments that no parameter takes are the program's, if it asks for them.
        let (texts, rest) = match takes_any(interface, function) || !asks_for_arguments(interface) {
            true => (texts.as_slice(), &[][..]),
            false => (&[][..], texts.as_slice()),
        };
        Ok(Self {
            function: function.name.clone(),
            values: read(interface, function, texts)?,
            program_arguments: rest.to_vec(),
            note,
        })
    }
}

/// The function that was named, `main`, or the first.
fn entry<'a>(name: Option<&str>, program: &Program, interface: &'a Interface) -> Result<&'a FunctionDesc, String> {
    let first = interface.functions.first().ok_or_else(|| none_exported(program))?;
    match name {
        None => Ok(interface.function("main").unwrap_or(first)),
        Some(name) => interface.function(name).ok_or_else(|| {
            let names: Vec<_> = interface.functions.iter().map(|function| function.name.as_str()).collect();
            let private = declared(program).any(|(declared, public)| declared == name && !public);
            let why = if private {
                format!("\n\nfn {name} is private: declare it public to call it.")
            } else {
                String::new()
            };
            format!("Function '{name}' not found in exports. Available: {}{why}", names.join(", "))
        }),
    }
}

/// The functions of the program itself, and whether each is public.
fn declared(program: &Program) -> impl Iterator<Item = (&str, bool)> {
    let module = program.root.and_then(|root| program.modules.get(root.index()));
    let functions = module.map_or(&[][..], |module| &module.functions);
    functions.iter().map(|&id| program.function(id)).map(|function| (function.name.as_str(), function.public))
}

fn none_exported(program: &Program) -> String {
    let mut text = "No exported functions to call.".to_owned();
    let mut functions = declared(program).peekable();
    if functions.peek().is_none() {
        text.push_str("\n\nThe program declares no function. One that can be called:\n\n");
        text.push_str(
            "  public fn main(@Unit -> @Unit)\n    requires(true)\n    ensures(true)\n    effects(<IO>)\n  {\n",
        );
        text.push_str("    IO.print(\"hello\")\n  }");
        return text;
    }
    text.push_str("\n\nDeclared functions:");
    for (name, public) in functions {
        let why = if public { "public, but generic" } else { "private" };
        text.push_str(&format!("\n  fn {name} ({why})"));
    }
    text.push_str("\n\nOnly public functions without type parameters can be called: write `public fn`.");
    text
}

fn is_unit(interface: &Interface, id: vera_abi::interface::TypeId) -> bool {
    matches!(interface.ty(id), TypeDesc::Unit)
}

fn takes_any(interface: &Interface, function: &FunctionDesc) -> bool {
    function.params.iter().any(|&id| !is_unit(interface, id))
}

/// Whether the program performs `IO.args`.
fn asks_for_arguments(interface: &Interface) -> bool {
    let io = interface.effects.iter().filter(|effect| !effect.user && effect.name == "IO");
    io.flat_map(|effect| &effect.operations).any(|operation| operation.name == "args")
}

/// Reads the arguments by the function's parameter types. A `Unit` parameter needs none.
fn read(interface: &Interface, function: &FunctionDesc, texts: &[String]) -> Result<Vec<DynValue>, String> {
    let expected = function.params.iter().filter(|&&id| !is_unit(interface, id)).count();
    if expected != texts.len() {
        let plural = if expected == 1 { "" } else { "s" };
        let were = if texts.len() == 1 { "was" } else { "were" };
        return Err(format!(
            "Function '{}' expects {expected} argument{plural} but {} {were} provided.",
            function.name,
            texts.len()
        ));
    }
    let mut texts = texts.iter();
    let read = function.params.iter().map(|&id| match is_unit(interface, id) {
        true => Ok(DynValue::Unit),
        false => {
            let text = texts.next().map(String::as_str).unwrap_or_default();
            // Results of type `Bool` are printed so too.
            match (interface.ty(id), text) {
                (TypeDesc::Bool, "0") => return Ok(DynValue::Bool(false)),
                (TypeDesc::Bool, "1") => return Ok(DynValue::Bool(true)),
                _ => {}
            }
            DynValue::parse(interface, id, text).map_err(|error| format!("Argument '{text}' is not valid: {error}"))
        }
    });
    read.collect()
}
