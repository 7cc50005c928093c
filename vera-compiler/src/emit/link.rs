//! The support module's part of the output: its sections, re-encoded with function and type indices of the linked
//! module.

use crate::emit::types::FunctionTypes;
use crate::support::{self, SupportFn, SupportGlobal};
use std::convert::Infallible;
use wasm_encoder::reencode::{self, Reencode, utils};
use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ExportSection, FunctionSection, GlobalSection, MemorySection, ValType,
};
use wasmparser::{KnownCustom, Name, Parser, Payload};

/// Bytes of a page of memory.
const PAGE: u64 = 0x10000;

/// Where the support module's functions and globals are in the linked module. Its globals and its memory come first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Support {
    first_function: u32,
    functions: u32,
    globals: u32,
}

/// The sections that start with the support module's entries.
#[derive(Default)]
pub(crate) struct Sections {
    pub(crate) functions: FunctionSection,
    pub(crate) memory: MemorySection,
    pub(crate) globals: GlobalSection,
    pub(crate) exports: ExportSection,
    pub(crate) code: CodeSection,
    pub(crate) data: DataSection,
    /// Names of its functions, with their indices in the linked module.
    pub(crate) names: Vec<(u32, String)>,
}

impl Support {
    /// The support module behind that many imported functions.
    pub(crate) fn placed_after(imports: u32) -> Self {
        let (mut functions, mut globals) = (0, 0);
        for payload in payloads() {
            match payload {
                Payload::FunctionSection(section) => functions = section.count(),
                Payload::GlobalSection(section) => globals = section.count(),
                _ => {}
            }
        }
        Self { first_function: imports, functions, globals }
    }

    /// Number of its functions.
    pub(crate) fn function_count(&self) -> u32 {
        self.functions
    }

    /// Number of its globals.
    pub(crate) fn global_count(&self) -> u32 {
        self.globals
    }

    /// Index in the linked module of one of its functions.
    pub(crate) fn function(&self, function: SupportFn) -> u32 {
        self.first_function + support::function_index(function)
    }

    /// Index in the linked module of one of its globals.
    pub(crate) fn global(&self, global: SupportGlobal) -> u32 {
        support::global_index(global)
    }

    /// Its sections, for literals that end at `data_end`.
    ///
    /// # Panics
    ///
    /// When the support module is malformed, which no input decides.
    pub(crate) fn sections(&self, types: &mut FunctionTypes, data_end: u32) -> Sections {
        let mut mover = Mover { first_function: self.first_function, types: Vec::new(), data_end };
        let mut sections = Sections::default();
        for payload in payloads() {
            mover.payload(payload, types, &mut sections).expect("the support module can be re-encoded");
        }
        sections
    }
}

/// # Panics
///
/// When the support module is malformed, which no input decides.
fn payloads() -> impl Iterator<Item = Payload<'static>> {
    let payloads = Parser::new(0).parse_all(support::module());
    payloads.map(|payload| payload.expect("the support module is well formed"))
}

struct Mover {
    first_function: u32,
    /// By type index of the support module: type index of the linked module.
    types: Vec<u32>,
    data_end: u32,
}

impl Reencode for Mover {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, reencode::Error> {
        Ok(self.first_function + function)
    }

    fn type_index(&mut self, ty: u32) -> Result<u32, reencode::Error> {
        Ok(self.types[ty as usize])
    }

    fn memory_type(&mut self, memory: wasmparser::MemoryType) -> Result<wasm_encoder::MemoryType, reencode::Error> {
        let memory = utils::memory_type(self, memory);
        let minimum = memory.minimum.max(u64::from(self.data_end).div_ceil(PAGE));
        Ok(wasm_encoder::MemoryType { minimum, ..memory })
    }
}

impl Mover {
    fn payload(
        &mut self,
        payload: Payload<'static>,
        types: &mut FunctionTypes,
        sections: &mut Sections,
    ) -> Result<(), reencode::Error> {
        match payload {
            Payload::TypeSection(section) => {
                for ty in section.into_iter_err_on_gc_types() {
                    let ty = ty?;
                    let params = self.value_types(ty.params())?;
                    let results = self.value_types(ty.results())?;
                    self.types.push(types.index(params, results));
                }
            }
            Payload::FunctionSection(section) => self.parse_function_section(&mut sections.functions, section)?,
            Payload::MemorySection(section) => self.parse_memory_section(&mut sections.memory, section)?,
            Payload::GlobalSection(section) => {
                let data_end = support::global_index(SupportGlobal::DataEnd);
                for (index, global) in (0..).zip(section) {
                    let global = global?;
                    if index == data_end {
                        let ty = self.global_type(global.ty)?;
                        sections.globals.global(ty, &ConstExpr::i32_const(self.data_end as i32));
                    } else {
                        self.parse_global(&mut sections.globals, global)?;
                    }
                }
            }
            Payload::ExportSection(section) => self.parse_export_section(&mut sections.exports, section)?,
            Payload::CodeSectionEntry(body) => self.parse_function_body(&mut sections.code, body)?,
            Payload::DataSection(section) => self.parse_data_section(&mut sections.data, section)?,
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(subsections) = section.as_known() {
                    for subsection in subsections {
                        if let Name::Function(names) = subsection? {
                            for naming in names {
                                let naming = naming?;
                                let index = self.function_index(naming.index)?;
                                sections.names.push((index, naming.name.to_owned()));
                            }
                        }
                    }
                }
            }
            Payload::Version { .. } | Payload::CodeSectionStart { .. } | Payload::End(_) => {}
            other => unreachable!("the support module has no such section: {other:?}"),
        }
        Ok(())
    }

    fn value_types(&mut self, types: &[wasmparser::ValType]) -> Result<Vec<ValType>, reencode::Error> {
        types.iter().map(|&ty| self.val_type(ty)).collect()
    }
}
