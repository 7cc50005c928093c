//! `vera check --explain-slots`: the slots in scope at each place, and the binding of each.
//!
//! A function's table lists its parameters. Then it lists, for each construct inside that binds something, the slots of
//! the types that are bound there; the slots of other types are unchanged.

use crate::output::Output;
use serde_json::{Value, json};
use vera_compiler::tir::{Binder, BinderKind, FnDecl, FnId, Local, Naming, Program, Slot, SlotKey};

/// Slots of one type that are listed at a place inside a function; what is further away is counted.
const NEAREST: u32 = 16;

/// Prints the tables of all functions of the program itself.
pub(crate) fn print(program: &Program, output: &mut Output) {
    output.line("\nSlot environments (index 0 is the nearest binding of its type):\n");
    for id in functions(program) {
        let function = program.function(id);
        output.line(format_args!("  fn {}({})", function.name, function.signature));
        let tables = Table::all(program, function);
        if function.params.is_empty() {
            output.line("    no parameters");
        }
        for table in &tables {
            let indent = if table.of_parameters() { 4 } else { 6 };
            if !table.of_parameters() {
                output.line(format_args!("    {}", table.title()));
            }
            let references: Vec<String> = table.slots.iter().map(|slot| table.reference(slot)).collect();
            let width = references.iter().map(|text| text.chars().count()).max().unwrap_or(0);
            for (slot, reference) in table.slots.iter().zip(&references) {
                output.line(format_args!("{:indent$}{reference:width$}  {}", "", table.origin(slot)));
            }
            if table.further > 0 {
                output.line(format_args!("{:indent$}... and {} further", "", table.further));
            }
        }
        output.line("");
    }
}

/// The tables for tools: `slots` of each function are its parameters, `scopes` the places inside it.
pub(crate) fn json(program: &Program) -> Value {
    let of_function = |id: FnId| {
        let function = program.function(id);
        let mut slots = Vec::new();
        let mut scopes = Vec::new();
        for table in Table::all(program, function) {
            let listed: Vec<_> = table.slots.iter().map(|slot| table.json(slot)).collect();
            if table.of_parameters() {
                slots = listed;
            } else {
                let place = program.sources.start(table.binder.span);
                scopes.push(json!({
                    "binder": kind_name(table.binder.kind),
                    "line": place.line,
                    "column": place.column,
                    "slots": listed,
                    "further": table.further,
                }));
            }
        }
        json!({ "function": function.name, "slots": slots, "scopes": scopes })
    };
    functions(program).into_iter().map(of_function).collect()
}

/// The functions of the program itself in source order, each followed by its helpers.
fn functions(program: &Program) -> Vec<FnId> {
    let Some(root) = program.root else { return Vec::new() };
    let mut own: Vec<FnId> = (0..program.functions.len() as u32).map(FnId).collect();
    own.retain(|&id| program.function(id).module == root);
    own.sort_by_key(|&id| program.function(id).span.start);
    own
}

/// What is in scope from a place on.
struct Table<'p> {
    program: &'p Program,
    function: &'p FnDecl,
    binder: Binder,
    slots: Vec<Slot>,
    /// How many slots of the same types are too far away to be listed.
    further: usize,
}

impl<'p> Table<'p> {
    /// The tables of a function, one for each binder with bindings, in source order.
    fn all(program: &'p Program, function: &'p FnDecl) -> Vec<Self> {
        let scopes = &function.scopes;
        let mut tables = Vec::new();
        let mut end = 0;
        for of_binder in scopes.bindings.chunk_by(|one, next| one.binder == next.binder) {
            end += of_binder.len();
            // A clause's arguments are listed with the state above them.
            let state_follows = scopes.bindings.get(end).is_some_and(|next| {
                next.below == Some(end as u32 - 1) && scopes.binders[next.binder as usize].kind == BinderKind::State
            });
            if !state_follows {
                tables.push(Self::new(program, function, end - 1));
            }
        }
        tables
    }

    fn new(program: &'p Program, function: &'p FnDecl, top: usize) -> Self {
        let slots = program.slots(function, top);
        let binder = function.scopes.binders[function.scopes.bindings[top].binder as usize];
        let mut table = Self { program, function, binder, slots, further: 0 };
        if !table.of_parameters() {
            let here = |slot: &&Slot| table.binder_of(slot).span == binder.span;
            let bound: Vec<SlotKey> = table.slots.iter().filter(here).map(|slot| slot.key).collect();
            table.slots.retain(|slot| bound.contains(&slot.key));
            let all = table.slots.len();
            table.slots.retain(|slot| slot.index < NEAREST);
            table.further = all - table.slots.len();
        }
        // Types in the order of their nearest binding, the slots of one together.
        let nearest: Vec<SlotKey> = table.slots.iter().filter(|slot| slot.index == 0).map(|slot| slot.key).collect();
        table.slots.sort_by_key(|slot| (nearest.iter().position(|key| *key == slot.key), slot.index));
        table
    }

    fn of_parameters(&self) -> bool {
        self.binder.kind == BinderKind::Parameters
    }

    fn binder_of(&self, slot: &Slot) -> Binder {
        self.function.scopes.binders[self.function.scopes.bindings[slot.binding].binder as usize]
    }

    /// Its position among the bindings of its binder, from 1.
    fn position(&self, slot: &Slot) -> usize {
        let bindings = &self.function.scopes.bindings[..=slot.binding];
        bindings.iter().rev().take_while(|binding| binding.binder == bindings[slot.binding].binder).count()
    }

    fn local(&self, slot: &Slot) -> &'p Local {
        &self.function.locals[self.function.scopes.bindings[slot.binding].local.index()]
    }

    fn reference(&self, slot: &Slot) -> String {
        format!("@{}.{}", self.program.slot_name(self.function, slot.key), slot.index)
    }

    /// The binding construct, and its first line in the source.
    fn title(&self) -> String {
        const LONGEST: usize = 60;
        let line = self.program.sources.start(self.binder.span).line;
        let mut lines = self.program.sources.text(self.binder.span).lines();
        let first = lines.next().unwrap_or_default().trim_end();
        let cut = first.chars().count() > LONGEST || lines.next().is_some();
        let shown: String = first.chars().take(LONGEST).collect();
        let rest = if cut { " ..." } else { "" };
        let before = match self.binder.kind {
            BinderKind::Let | BinderKind::Destructure => "after",
            _ => "in",
        };
        format!("{before} line {line}: {}{rest}", shown.trim_end())
    }

    /// The origin of a slot.
    fn origin(&self, slot: &Slot) -> String {
        let number = self.position(slot);
        let line = self.program.sources.start(self.local(slot).span).line;
        match self.binder_of(slot).kind {
            BinderKind::Parameters => {
                let rank = if self.of_parameters() { format!(" ({})", self.rank(slot)) } else { String::new() };
                format!("parameter {number}{}{rank}", self.label(number))
            }
            BinderKind::Let => format!("let, line {line}"),
            BinderKind::Destructure => format!("part {number} of let, line {line}"),
            BinderKind::Pattern => format!("binding {number} of the pattern, line {line}"),
            BinderKind::Closure => format!("parameter {number} of the anonymous function, line {line}"),
            BinderKind::Clause => format!("argument {number} of the operation, line {line}"),
            BinderKind::State => format!("state, declared on line {line}"),
            BinderKind::Value => "the value".to_owned(),
        }
    }

    /// The annotation of a parameter, where there is one.
    fn label(&self, number: usize) -> String {
        match self.function.labels.get(number - 1) {
            Some(Some(label)) => format!(" /* {label} */"),
            _ => String::new(),
        }
    }

    /// Its position among the slots of its type.
    fn rank(&self, slot: &Slot) -> String {
        let count = self.slots.iter().filter(|other| other.key == slot.key).count() as u32;
        let name = self.program.slot_name(self.function, slot.key);
        match slot.index {
            _ if count == 1 => format!("only @{name}"),
            0 => format!("last @{name}"),
            index if index + 1 == count => format!("first @{name}"),
            index => format!("{} of {count} @{name}", count - index),
        }
    }

    fn json(&self, slot: &Slot) -> Value {
        let local = self.local(slot);
        let kind = self.binder_of(slot).kind;
        let place = self.program.sources.start(local.span);
        let number = if kind == BinderKind::Parameters { "parameter" } else { "position" };
        json!({
            "slot": self.reference(slot),
            "type": self.program.type_text(local.ty, Naming::bare(&self.function.type_params)),
            number: self.position(slot),
            "binder": kind_name(kind),
            "line": place.line,
            "column": place.column,
        })
    }
}

fn kind_name(kind: BinderKind) -> &'static str {
    match kind {
        BinderKind::Parameters => "parameters",
        BinderKind::Let => "let",
        BinderKind::Destructure => "destructure",
        BinderKind::Pattern => "pattern",
        BinderKind::Closure => "closure",
        BinderKind::Clause => "clause",
        BinderKind::State => "state",
        BinderKind::Value => "value",
    }
}
