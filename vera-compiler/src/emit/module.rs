//! Assembles a module: the program's functions after the support module's, and the interface.

use crate::core::Program;
use crate::emit::context::Context;
use crate::emit::{Emitted, function, origins};
use std::collections::BTreeSet;
use vera_abi::heap::STATICS;
use vera_abi::names::{BUILTIN_IMPORTS, INTERFACE_SECTION};
use wasm_encoder::{
    BranchHints, CodeSection, ConstExpr, CustomSection, DataSection, ElementSection, Elements, EntityType, ExportKind,
    FunctionSection, ImportSection, Module, NameMap, NameSection, RefType, TableSection, TableType,
};

/// Emits a program.
pub(super) fn emit(program: &Program) -> Emitted {
    let mut context = Context::new(program);
    let ids = || (0..program.functions.len() as u32).map(crate::core::FnId);

    let bodies: Vec<_> = ids().map(|id| function::emit(&mut context, id)).collect();
    let imports = imports(&mut context);
    let data_end = context.statics.end();
    let mut linked = context.support.sections(&mut context.types, data_end);

    context.add_registers(&mut linked.globals);

    let mut functions: FunctionSection = linked.functions;
    let mut code: CodeSection = linked.code;
    let mut hints = BranchHints::new();
    for (id, finished) in ids().zip(&bodies) {
        let function = program.function(id);
        let params = function.params.iter().map(|&param| function.rep(param));
        functions.function(context.types.of_reps(params, function.result));
        code.function(&finished.body);
        if !finished.hints.is_empty() {
            hints.function_hints(context.function(id), finished.hints.iter().copied());
        }
    }
    for (name, id) in &program.exports {
        linked.exports.export(name, ExportKind::Func, context.function(*id));
    }

    let names = name_section(&context, std::mem::take(&mut linked.names));
    let (interface, builtins) = (origins::interface(&context, &bodies), builtins(&context));
    let table_len = context.table.len() as u64;
    let table_type = TableType {
        element_type: RefType::FUNCREF,
        minimum: table_len,
        maximum: Some(table_len),
        table64: false,
        shared: false,
    };

    let mut module = Module::new();
    module.section(&context.types.section());
    if !imports.is_empty() {
        module.section(&imports);
    }
    module.section(&functions);
    module.section(TableSection::new().table(table_type));
    module.section(&linked.memory).section(&linked.globals).section(&linked.exports);
    if table_len > 0 {
        let indices: Vec<u32> = context.table.iter().map(|&id| context.function(id)).collect();
        module.section(ElementSection::new().active(
            None,
            &ConstExpr::i32_const(0),
            Elements::Functions(indices.into()),
        ));
    }
    if !hints.is_empty() {
        module.section(&hints);
    }
    module.section(&code);
    let mut data: DataSection = linked.data;
    data.active(0, &ConstExpr::i32_const(STATICS as i32), context.statics.into_bytes());
    module.section(&data);
    module.section(&names);
    module.section(&CustomSection { name: INTERFACE_SECTION.into(), data: interface.to_bytes().into() });
    Emitted { wasm: module.finish(), interface, builtins }
}

fn imports(context: &mut Context<'_>) -> ImportSection {
    let mut section = ImportSection::new();
    for id in &context.graph.externs {
        let import = &context.program.externs[id.index()];
        let ty = context.types.of_reps(import.params.iter().copied(), import.result);
        section.import(&import.module, &import.name, EntityType::Function(ty));
    }
    section
}

/// The built-ins that it imports, in order.
fn builtins(context: &Context<'_>) -> Vec<String> {
    let imports = context.graph.externs.iter().map(|id| &context.program.externs[id.index()]);
    let builtins = imports.filter(|import| import.module == BUILTIN_IMPORTS);
    let names: BTreeSet<&str> = builtins.map(|import| import.name.as_str()).collect();
    names.into_iter().map(str::to_owned).collect()
}

fn name_section(context: &Context<'_>, support: Vec<(u32, String)>) -> NameSection {
    let program = context.program;
    let mut functions = NameMap::new();
    for (index, id) in (0..).zip(&context.graph.externs) {
        let import = &program.externs[id.index()];
        functions.append(index, &format!("{}.{}", import.module, import.name));
    }
    for (index, name) in support {
        functions.append(index, &name);
    }
    for (index, function) in (0..).zip(&program.functions) {
        functions.append(context.function(crate::core::FnId(index)), &function.symbol);
    }
    let mut names = NameSection::new();
    names.functions(&functions);
    names
}
