//! The state of lowering for the whole program: tables of the core program under construction, and the pending work.

use super::built::Built;
use super::concrete;
use super::described::{TypeTable, UsedEffects};
use super::facts::Notes;
use super::lambdas::Lambdas;
use super::lang_items::LangItems;
use super::readers::Futures;
use super::recursion::Recursion;
use super::shorten::shortened;
use super::sites::Sites;
use super::specialise::StaticParams;
use super::work::{Awaited, BoundaryKey, Derivation, InstanceKey, Job, PredicateKey, TypeArgs};
use crate::core;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::tir::Program;
use crate::types::{DataId, EffectUse, Ty, TyKind, Types};
use indexmap::IndexSet;
use std::collections::{HashMap, VecDeque};
use vera_abi::layout::Rep;

/// The state of lowering.
#[derive(Debug)]
pub(super) struct Lowering<'p> {
    /// The program being lowered.
    pub(super) program: &'p Program,
    /// Its types and those of its instances.
    pub(super) types: Types,
    /// Declarations of the prelude that the compiler itself uses.
    pub(super) lang_items: LangItems,
    /// Which functions call each other in cycles.
    pub(super) recursion: Recursion,
    /// Which function parameters may be replaced by lambdas.
    pub(super) static_params: StaticParams,
    /// Functions by id; `None` until built.
    pub(super) functions: Vec<Option<core::Function>>,
    /// What is still to be built.
    pub(super) jobs: VecDeque<(core::FnId, Job)>,
    /// Instances by key.
    pub(super) instances: HashMap<InstanceKey, core::FnId>,
    /// Derived functions.
    pub(super) derived: HashMap<(Derivation, Ty), core::FnId>,
    /// Checks of what hosts made.
    pub(super) boundary_checks: HashMap<BoundaryKey, core::FnId>,
    /// The futures that the program may start.
    pub(super) futures: Futures,
    /// Results of what was started, with what makes sure of them.
    pub(super) awaited: HashMap<Awaited, core::FnId>,
    /// Predicate functions.
    pub(super) predicates: HashMap<(PredicateKey, TypeArgs), core::FnId>,
    /// Lambdas.
    pub(super) lambdas: Lambdas<'p>,
    /// Record shapes.
    pub(super) records: IndexSet<core::RecordShape>,
    /// Imported functions.
    pub(super) externs: IndexSet<core::Extern>,
    /// Trap sites.
    pub(super) sites: Sites,
    /// Types of the interface.
    pub(super) interface_types: TypeTable,
    /// Operations that are imported.
    pub(super) used_effects: UsedEffects,
    /// The effects of the core program.
    pub(super) core_effects: Vec<core::Effect>,
    /// Core effects by effect.
    pub(super) effect_ids: HashMap<EffectUse, core::EffectId>,
    /// What cannot be compiled.
    pub(super) diagnostics: Diagnostics,
    /// Whether the program has no end of instances, so that lowering must stop.
    pub(super) endless: bool,
    /// What is noted of a program that is made to prove things of; nothing of one that is to run.
    pub(super) proofs: Option<Notes>,
    /// What has been built.
    pub(super) built: Built,
    /// The symbols in use, and how many others were made of each.
    symbols: HashMap<String, u32>,
    records_of: HashMap<(Ty, u32), core::RecordId>,
}

impl<'p> Lowering<'p> {
    /// Nothing lowered yet.
    pub(super) fn new(program: &'p Program) -> Self {
        let recursion = Recursion::of(program);
        let lang_items = LangItems::find(program);
        Self {
            program,
            types: program.types.clone(),
            futures: Futures::of(program, lang_items.start),
            awaited: HashMap::new(),
            lang_items,
            static_params: StaticParams::of(program, &recursion),
            recursion,
            functions: Vec::new(),
            jobs: VecDeque::new(),
            instances: HashMap::new(),
            derived: HashMap::new(),
            boundary_checks: HashMap::new(),
            predicates: HashMap::new(),
            lambdas: Lambdas::default(),
            records: IndexSet::new(),
            externs: IndexSet::new(),
            sites: Sites::default(),
            interface_types: TypeTable::default(),
            used_effects: UsedEffects::default(),
            core_effects: Vec::new(),
            effect_ids: HashMap::new(),
            diagnostics: Diagnostics::new(),
            endless: false,
            proofs: None,
            built: Built::nothing(program),
            symbols: HashMap::new(),
            records_of: HashMap::new(),
        }
    }

    /// Reserves a function that `job` will build.
    pub(super) fn reserve(&mut self, job: Job) -> core::FnId {
        let id = core::FnId(self.functions.len() as u32);
        self.functions.push(None);
        self.jobs.push_back((id, job));
        id
    }

    /// `name`, made different from every symbol handed out before.
    pub(super) fn symbol(&mut self, name: String) -> String {
        let name = shortened(&name);
        let mut symbol = name.clone();
        let mut others = self.symbols.get(&name).copied().unwrap_or(0);
        while self.symbols.contains_key(&symbol) {
            others += 1;
            symbol = format!("{name}#{}", others + 1);
        }
        self.symbols.insert(name, others);
        self.symbols.entry(symbol.clone()).or_default();
        symbol
    }

    /// Reports what cannot be compiled.
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// The representation of a concrete type.
    pub(super) fn rep(&self, ty: Ty) -> Rep {
        concrete::rep(&self.types, ty)
    }

    /// A concrete type as messages and symbols show it.
    pub(super) fn display(&self, ty: Ty) -> String {
        self.program.type_symbol(&self.types, ty)
    }

    /// Concrete types of the fields of a constructor.
    pub(super) fn field_types(&mut self, data: DataId, args: &[Ty], tag: u32) -> Vec<Ty> {
        let fields = &self.program.data(data).constructors[tag as usize].fields;
        fields.iter().map(|&ty| concrete::concrete(&mut self.types, ty, args)).collect()
    }

    /// The record shape of a constructor with fields (of a concrete data type), or of a concrete tuple type (tag 0).
    pub(super) fn record(&mut self, ty: Ty, tag: u32) -> core::RecordId {
        if let Some(&known) = self.records_of.get(&(ty, tag)) {
            return known;
        }
        let (name, fields) = match self.types.kind(ty).clone() {
            TyKind::Data(data, args) => {
                let fields = self.field_types(data, &args, tag);
                let constructor = &self.program.data(data).constructors[tag as usize].name;
                (format!("{constructor}{}", self.program.arguments_symbol(&self.types, &args)), fields)
            }
            TyKind::Tuple(items) => (self.display(ty), items),
            _ => (self.display(ty), Vec::new()),
        };
        let fields: Vec<Rep> = fields.into_iter().map(|ty| self.rep(ty)).collect();
        self.check_record(tag, &fields);
        let id = core::RecordId(self.records.insert_full(core::RecordShape { name, tag, fields }).0 as u32);
        self.records_of.insert((ty, tag), id);
        self.note_record(id, ty, tag);
        id
    }

    /// The id of an imported function.
    pub(super) fn import(&mut self, import: core::Extern) -> core::ExternId {
        core::ExternId(self.externs.insert_full(import).0 as u32)
    }
}
