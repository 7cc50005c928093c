//! What functions of a module share while they are emitted: index spaces, layouts, types, static objects.

use crate::core::{ClosureId, ExternId, FnId, Op, Program};
use crate::emit::graph::CallGraph;
use crate::emit::link::Support;
use crate::emit::site::Site;
use crate::emit::statics::Statics;
use crate::emit::types::FunctionTypes;
use indexmap::IndexSet;
use std::collections::BTreeMap;
use vera_abi::layout::{RecordLayout, record};

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
