//! `vera builtins`, `vera effects`, `vera errors`: the compiler's tables.
//!
//! As text each entry is a line of columns and then its description; as JSON `{"schema", "items"}`. Entries are sorted
//! by name.

use crate::args::TableArgs;
use crate::output::Output;
use serde::Serialize;
use serde_json::{Value, json};
use std::process::ExitCode;
use vera_abi::capability::{self, Capability};
use vera_compiler::diagnostics::{Code, Phase, Severity};
use vera_compiler::verify::Model;
use vera_compiler::{abilities, builtins, effects};

mod types;

/// A line of a listing.
struct Entry {
    /// The first columns.
    columns: Vec<String>,
    /// What it means; empty where the columns say it.
    docs: &'static str,
    /// Everything, for tools.
    item: Value,
}

pub(crate) fn builtins(arguments: &TableArgs, output: &mut Output) -> ExitCode {
    let public = builtins::TABLE.iter().filter(|builtin| !builtin.internal);
    let mut entries: Vec<Entry> = public
        .map(|builtin| {
            let signature = types::declared(builtin.signature);
            let abilities: Vec<_> =
                builtin.abilities.iter().map(|(ability, param)| format!("{ability}<{param}>")).collect();
            let shown = format!("{}{signature}", quantifier(builtin.forall, &abilities));
            Entry {
                columns: [builtin.name, "core", "function", &shown].map(str::to_owned).to_vec(),
                docs: builtin.docs,
                item: json!({
                    "name": builtin.name,
                    "module": "core",
                    "kind": "function",
                    "since": builtin.since,
                    "type_params": builtin.forall,
                    "abilities": abilities,
                    "signature": signature,
                    "docs": builtin.docs,
                    "proofs": Model::of(builtin).as_str(),
                }),
            }
        })
        .collect();
    entries.extend(types::data_types().iter().flat_map(Entry::of_data));
    entries.sort_by(|one, other| one.columns[0].cmp(&other.columns[0]));
    show(arguments, "vera-builtins/1", entries, output)
}

/// `forall<..>` with what the parameters must be; empty without parameters.
fn quantifier(params: &[&str], abilities: &[String]) -> String {
    if params.is_empty() {
        return String::new();
    }
    let needs = if abilities.is_empty() { String::new() } else { format!(" where {}", abilities.join(", ")) };
    format!("forall<{}{needs}> ", params.join(", "))
}

pub(crate) fn effects(arguments: &TableArgs, output: &mut Output) -> ExitCode {
    let operation = |name, signature, docs| json!({ "name": name, "signature": signature, "docs": docs });
    let mut entries: Vec<Entry> = Vec::new();
    for effect in effects::TABLE {
        let operations: Vec<_> = effect.operations.iter().map(|op| operation(op.name, op.signature, op.docs)).collect();
        let names = effect.operations.iter().map(|op| op.name).collect();
        let mut entry =
            Entry::of_effect(effect.name, "effect", effect.since, effect.type_params, names, operations, effect.docs);
        entry.item["capabilities"] = capability::of_effect(effect.name).map(granted).collect();
        entries.push(entry);
    }
    entries.sort_by(|one, other| one.columns[0].cmp(&other.columns[0]));
    let effects = entries.len();
    for ability in abilities::TABLE {
        let operations = vec![operation(ability.operation, ability.signature, ability.docs)];
        entries.push(Entry::of_effect(
            ability.name,
            "ability",
            ability.since,
            &["A"],
            vec![ability.operation],
            operations,
            ability.docs,
        ));
    }
    entries[effects..].sort_by(|one, other| one.columns[0].cmp(&other.columns[0]));
    show(arguments, "vera-effects/1", entries, output)
}

/// What a host grants for operations of an effect, and the hosts that the runtime provides.
fn granted(capability: &Capability) -> Value {
    let path = |name: &str| format!("vera_runtime::host::{}::{name}", capability.module);
    let hosts = capability.ready.iter().map(|host| json!({ "name": path(host.name), "feature": host.feature }));
    json!({
        "name": capability.name,
        "trait": path(capability.name),
        "operations": capability.operations,
        "method": capability.method,
        "hosts": hosts.collect::<Vec<_>>(),
    })
}

impl Entry {
    /// A data type and its constructors.
    fn of_data(data: &types::DataType) -> Vec<Self> {
        let entry = |name: &str, kind: &str, signature: &str, listed: String, constructors: Vec<&str>| Self {
            columns: vec![name.to_owned(), "core".to_owned(), kind.to_owned(), listed],
            docs: "",
            item: json!({
                "name": name,
                "module": "core",
                "kind": kind,
                "since": null,
                "type_params": data.params,
                "abilities": [],
                "signature": signature,
                "docs": "",
                "constructors": constructors,
            }),
        };
        let constructors: Vec<&str> = data.constructors.iter().map(|one| one.name.as_str()).collect();
        let listed = match constructors.is_empty() {
            true => data.applied.clone(),
            false => format!("{} = {}", data.applied, constructors.join(" | ")),
        };
        let mut entries = vec![entry(&data.name, "type", &data.applied, listed, constructors)];
        entries.extend(data.constructors.iter().map(|one| {
            let listed = format!("{} of {}", one.written, data.applied);
            entry(&one.name, "constructor", &one.written, listed, Vec::new())
        }));
        entries
    }

    fn of_effect(
        name: &str,
        kind: &str,
        since: &str,
        type_params: &[&str],
        mut operations: Vec<&str>,
        described: Vec<Value>,
        docs: &'static str,
    ) -> Self {
        operations.sort_unstable();
        Self {
            columns: vec![name.to_owned(), kind.to_owned(), operations.join(", ")],
            docs,
            item: json!({
                "name": name,
                "kind": kind,
                "type_params": type_params,
                "ops": operations,
                "since": since,
                "operations": described,
                "docs": docs,
            }),
        }
    }
}

pub(crate) fn errors(arguments: &TableArgs, output: &mut Output) -> ExitCode {
    let entry = |code: &Code| Entry {
        columns: [code.as_str(), phase(*code), code.title()].map(str::to_owned).to_vec(),
        docs: "",
        item: json!({
            "code": code.as_str(),
            "phase": phase(*code),
            "title": code.title(),
            "since": code.since(),
            "severity": match code.severity() {
                Severity::Error => "error",
                Severity::Warning => "warning",
            },
        }),
    };
    show(arguments, "vera-errors/1", Code::ALL.iter().map(entry).collect(), output)
}

/// The phase as tools know it: codes that are only ever warnings are a phase of their own.
fn phase(code: Code) -> &'static str {
    match code.phase() {
        _ if code.as_str().starts_with('W') => "warning",
        Phase::Parse => "parse",
        Phase::Check => "typecheck",
        Phase::Verify => "verify",
        Phase::Codegen => "codegen",
        Phase::Test => "test",
    }
}

/// What tools get.
#[derive(Serialize)]
struct Listing<'a> {
    schema: &'a str,
    items: Vec<&'a Value>,
}

/// Shows all entries, or those that are named.
fn show(arguments: &TableArgs, schema: &str, mut entries: Vec<Entry>, output: &mut Output) -> ExitCode {
    let is = |entry: &Entry, name: &str| entry.columns[0].eq_ignore_ascii_case(name);
    let unknown: Vec<_> = arguments.names.iter().filter(|name| !entries.iter().any(|entry| is(entry, name))).collect();
    if !arguments.names.is_empty() {
        entries.retain(|entry| arguments.names.iter().any(|name| is(entry, name)));
    }
    if arguments.json {
        output.json(&Listing { schema, items: entries.iter().map(|entry| &entry.item).collect() });
    } else {
        print(&entries, output);
    }
    for name in &unknown {
        output.message(format_args!("Error: there is no `{name}` in this table"));
    }
    if unknown.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Columns are as wide as their longest entry, except the last.
fn print(entries: &[Entry], output: &mut Output) {
    let columns = entries.first().map_or(0, |entry| entry.columns.len());
    let width = |column: usize| entries.iter().map(|entry| entry.columns[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for entry in entries {
        let mut line = String::new();
        for (column, text) in entry.columns.iter().enumerate() {
            let padding = if column + 1 == columns { 0 } else { widths[column] + 2 };
            line.push_str(&format!("{text:padding$}"));
        }
        let docs = if entry.docs.is_empty() { String::new() } else { format!("  -- {}", entry.docs) };
        output.line(format_args!("{}{docs}", line.trim_end()));
    }
}
