//! The data that the functions of a module share while they are emitted: index spaces, layouts, types, static objects.

use crate::core::{ClosureId, ExternId, FnId, Op, Program, Register};
use crate::emit::graph::CallGraph;
use crate::emit::link::Support;
use crate::emit::site::Site;
use crate::emit::statics::Statics;
use crate::emit::types::FunctionTypes;
use crate::emit::types::value_types;
use indexmap::IndexSet;
use std::collections::BTreeMap;
use std::ops::Range;
use vera_abi::heap::static_constructor;
use vera_abi::layout::{RecordLayout, record};
use wasm_encoder::{ConstExpr, GlobalSection, GlobalType, ValType};

/// The module under construction. Functions are numbered: imports, the support module's, the program's.
pub(crate) struct Context<'p> {
    /// The program.
    pub(crate) program: &'p Program,
    /// Facts of its call graph.
    pub(crate) graph: CallGraph,
    /// The support module.
    pub(crate) support: Support,
    /// Layouts of the program's records.
    pub(crate) records: Vec<RecordLayout>,
    /// Layouts of the program's closures.
    pub(crate) closures: Vec<RecordLayout>,
    /// Function types in use.
    pub(crate) types: FunctionTypes,
    /// Static objects in use.
    pub(crate) statics: Statics,
    /// The functions closures call, in table order.
    pub(crate) table: IndexSet<FnId>,
    imports: BTreeMap<ExternId, u32>,
    first_function: u32,
    /// The registers in use, each with the first of its globals.
    registers: BTreeMap<Register, u32>,
    /// Types of the globals of registers, behind the support module's globals.
    register_types: Vec<ValType>,
}

impl<'p> Context<'p> {
    /// For emitting a program.
    pub(crate) fn new(program: &'p Program) -> Self {
        let graph = CallGraph::of(program);
        let imports: BTreeMap<ExternId, u32> = graph.externs.iter().copied().zip(0..).collect();
        let support = Support::placed_after(imports.len() as u32);
        let first_function = imports.len() as u32 + support.function_count();
        let table = graph.closures.iter().map(|id| program.closures[id.index()].function).collect();
        Self {
            program,
            support,
            records: program.records.iter().map(|shape| record(&shape.fields)).collect(),
            closures: program.closures.iter().map(|shape| record(&shape.captures)).collect(),
            types: FunctionTypes::default(),
            statics: Statics::of(program),
            table,
            graph,
            imports,
            first_function,
            registers: BTreeMap::new(),
            register_types: Vec::new(),
        }
    }

    /// The WebAssembly index of a function of the program.
    pub(crate) fn function(&self, id: FnId) -> u32 {
        self.first_function + id.0
    }

    /// The WebAssembly index of an imported function that is used.
    pub(crate) fn import(&self, id: ExternId) -> u32 {
        self.imports[&id]
    }

    /// The globals of a register.
    pub(crate) fn register(&mut self, register: Register) -> Range<u32> {
        let types = value_types(register.rep());
        let next = self.support.global_count() + self.register_types.len() as u32;
        let first = *self.registers.entry(register).or_insert_with(|| {
            self.register_types.extend(types);
            next
        });
        first..first + types.len() as u32
    }

    /// Adds the globals of registers behind the support module's. Pointers start as [`Atom::NONE`].
    pub(crate) fn add_registers(&self, section: &mut GlobalSection) {
        for &val_type in &self.register_types {
            let initial = match val_type {
                ValType::I64 => ConstExpr::i64_const(0),
                ValType::F64 => ConstExpr::f64_const(0.0.into()),
                _ => ConstExpr::i32_const(static_constructor(0) as i32),
            };
            section.global(GlobalType { val_type, mutable: true, shared: false }, &initial);
        }
    }

    /// The table position of a closure's function, which is the tag of the closure object.
    pub(crate) fn table_index(&self, id: ClosureId) -> u32 {
        let function = self.program.closures[id.index()].function;
        self.table.get_index_of(&function).map_or(0, |index| index as u32)
    }

    /// How an operation can reach the collector.
    pub(crate) fn site(&self, op: &Op) -> Site {
        Site::of_op(self.program, op, |callee| self.graph.may_allocate[callee.index()])
    }
}
