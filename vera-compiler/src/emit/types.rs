//! WebAssembly types of representations, and the function types of a module.

use indexmap::IndexSet;
use vera_abi::layout::Rep;
use wasm_encoder::{TypeSection, ValType};

/// The WebAssembly values of a representation.
pub(crate) const fn value_types(rep: Rep) -> &'static [ValType] {
    match rep {
        Rep::Unit => &[],
        Rep::Byte | Rep::Ptr => &[ValType::I32],
        Rep::I64 => &[ValType::I64],
        Rep::F64 => &[ValType::F64],
        Rep::Slice => &[ValType::I32, ValType::I32],
    }
}

/// The WebAssembly values of several representations in a row.
pub(crate) fn flatten(reps: impl IntoIterator<Item = Rep>) -> Vec<ValType> {
    reps.into_iter().flat_map(value_types).copied().collect()
}

/// The function types of a module, each once, in order of first use.
#[derive(Debug, Default)]
pub(crate) struct FunctionTypes(IndexSet<(Vec<ValType>, Vec<ValType>)>);

impl FunctionTypes {
    /// The index of a function type.
    pub(crate) fn index(&mut self, params: Vec<ValType>, results: Vec<ValType>) -> u32 {
        self.0.insert_full((params, results)).0 as u32
    }

    /// The index of the type of functions with these representations.
    pub(crate) fn of_reps(&mut self, params: impl IntoIterator<Item = Rep>, result: Rep) -> u32 {
        self.index(flatten(params), value_types(result).to_vec())
    }

    /// The type section.
    pub(crate) fn section(&self) -> TypeSection {
        let mut section = TypeSection::new();
        for (params, results) in &self.0 {
            section.ty().function(params.iter().copied(), results.iter().copied());
        }
        section
    }
}
