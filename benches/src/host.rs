//! Operations of the host: a call of one, one that is replayed, and rows of a database.

use crate::guest;
use crate::measure::{Clock, Contender, Measured, alternate};
use crate::table::{Row, Target, shown};
use crate::{Benchmark, text};
use rusqlite::Connection;
use std::hint::black_box;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use vera_runtime::host::database::{Database, Sqlite};
use vera_runtime::host::{EffectId, Recorder, Replay};
use vera_runtime::{Compiled, Instance, Limits};

const BUDGET: Duration = Duration::from_millis(500);

/// Operations in one call of the module.
const CALLS: i64 = 1_000;

/// `scalars` performs so many operations with numbers, `texts` with texts.
const ASKING: &str = r#"
effect Ask {
  op next(Int -> Int);
  op page(String -> Result<String, String>);
}

public fn scalars(@Int -> @Int)
  requires(@Int.0 >= 0)
  ensures(true)
  decreases(@Int.0)
  effects(<Ask>)
{
  if @Int.0 == 0 then { 0 } else { Ask.next(@Int.0) + scalars(@Int.0 - 1) }
}

public fn texts(@Int -> @Int)
  requires(@Int.0 >= 0)
  ensures(true)
  decreases(@Int.0)
  effects(<Ask>)
{
  if @Int.0 == 0 then { 0 }
  else {
    match Ask.page("https://example.com/a/page") {
      Ok(@String) -> string_length(@String.0) + texts(@Int.0 - 1),
      Err(_) -> 0
    }
  }
}
"#;

/// The same loop in hand-written WebAssembly.
const BARE: &str = r#"(module
  (import "ask" "next" (func $next (param i64) (result i64)))
  (func $scalars (export "scalars") (param i64) (result i64)
    (if (result i64) (i64.eqz (local.get 0))
      (then (i64.const 0))
      (else
        (i64.add
          (call $next (local.get 0))
          (call $scalars (i64.sub (local.get 0) (i64.const 1))))))))"#;

const QUERYING: &str = r#"
public fn rows(@Unit -> @Int)
  requires(true)
  ensures(true)
  effects(<DB>)
{
  match DB.query("SELECT id, name, note FROM people", []) {
    Ok(@Array<Array<Option<String>>>) -> array_length(@Array<Array<Option<String>>>.0),
    Err(_) -> 0
  }
}
"#;

/// Rows of the table.
const ROWS: usize = 10_000;

pub(crate) fn benchmarks() -> Vec<Benchmark> {
    vec![
        Benchmark::new("host_call", "an operation of the host with a scalar, against bare wasmtime", host_call),
        Benchmark::new("replay", "operations that are replayed, against plain ones", replay),
        Benchmark::new("rows", "rows of a database in the module, against rusqlite alone", rows),
    ]
}

fn page(url: &str) -> Result<String, String> {
    Ok(format!("the page {url}"))
}

/// An instance whose host answers.
fn live() -> Result<Instance, String> {
    const ASK: EffectId = EffectId(0);
    let imports = Compiled::new(guest::compile("asking", ASKING)?).link((), Limits::default()).map_err(text)?;
    let imports = imports.operation::<(i64,), i64, _>(ASK, "next", |(), scope, (n,)| scope.finish(n + 1));
    let imports = imports.map_err(text)?.operation::<(String,), Result<String, String>, _>(ASK, "page", {
        |(), scope, (url,)| scope.finish::<Result<String, String>, _>(page(&url))
    });
    imports.and_then(|imports| imports.instantiate()).map_err(text)
}

fn host_call() -> Result<(), String> {
    let mut instance = live()?;
    let function = instance.function::<(i64,), i64>("scalars").map_err(text)?;
    let engine = wasmtime::Engine::default();
    let module = wasmtime::Module::new(&engine, wat::parse_str(BARE).map_err(text)?).map_err(text)?;
    let mut linker = wasmtime::Linker::new(&engine);
    linker.func_wrap("ask", "next", |n: i64| n + 1).map_err(text)?;
    // As a function of any type is linked, whose type is known only when the module is.
    let mut dynamic = wasmtime::Linker::new(&engine);
    let ty = wasmtime::FuncType::new(&engine, [wasmtime::ValType::I64], [wasmtime::ValType::I64]);
    let next = |_: wasmtime::Caller<'_, ()>, params: &[wasmtime::Val], results: &mut [wasmtime::Val]| {
        results[0] = wasmtime::Val::I64(params[0].i64().unwrap_or_default() + 1);
        Ok(())
    };
    dynamic.func_new("ask", "next", ty, next).map_err(text)?;
    let bare = |linker: &wasmtime::Linker<()>| {
        let mut store = wasmtime::Store::new(&engine, ());
        let instance = linker.instantiate(&mut store, &module).map_err(text)?;
        let function = instance.get_typed_func::<i64, i64>(&mut store, "scalars").map_err(text)?;
        Ok::<_, String>((store, function))
    };
    let ((mut typed_store, typed), (mut dynamic_store, dynamic)) = (bare(&linker)?, bare(&dynamic)?);
    let mut contenders: Vec<(&'static str, Contender<'_>)> = vec![
        ("vera", Box::new(|| instance.call(&function, (black_box(CALLS),)).map_err(text))),
        ("untyped", Box::new(|| dynamic.call(&mut dynamic_store, black_box(CALLS)).map_err(text))),
        ("typed", Box::new(|| typed.call(&mut typed_store, black_box(CALLS)).map_err(text))),
    ];
    let measured = alternate(Clock::Processor, BUDGET, &mut contenders)?;
    each("host_call", "scalar", &measured[0], &measured[1]).target(Target::AtMost(1.5)).print();
    each("host_call", "scalar, func_wrap", &measured[0], &measured[2]).print();
    Ok(())
}

/// A row of times of one operation.
fn each(name: &str, input: &str, vera: &Measured, baseline: &Measured) -> Row {
    let mut row = Row::of_times(name, input, vera, baseline);
    row.vera = shown(vera.median() / CALLS as u32);
    row.baseline = shown(baseline.median() / CALLS as u32);
    row
}

/// Where a recording goes.
#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut buffer = self.0.lock().map_err(|_| std::io::ErrorKind::Other)?;
        buffer.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn replay() -> Result<(), String> {
    for (function, input) in [("scalars", "scalar"), ("texts", "text")] {
        let mut live = live()?;
        let live_function = live.function::<(i64,), i64>(function).map_err(text)?;
        let buffer = Buffer::default();
        let mut recorded = self::live()?;
        recorded.record(Recorder::new(buffer.clone()));
        let recorded_function = recorded.function::<(i64,), i64>(function).map_err(text)?;
        recorded.call(&recorded_function, (CALLS,)).map_err(text)?;
        drop(recorded);
        let recording = buffer.0.lock().map_err(text)?.clone();
        let recording = Replay::parse(&String::from_utf8(recording).map_err(text)?)?;
        let compiled = Compiled::new(guest::compile("asking", ASKING)?);
        let imports = compiled.link(Replay::default(), Limits::default()).map_err(text)?;
        let imports = imports.replay(|host| host, |_, _| Ok(())).map_err(text)?;
        let mut replayed = imports.instantiate().map_err(text)?;
        let replayed_function = replayed.function::<(i64,), i64>(function).map_err(text)?;
        let mut contenders: Vec<(&'static str, Contender<'_>)> = vec![
            (
                "replayed",
                Box::new(|| {
                    *replayed.host_mut() = recording.clone();
                    replayed.call(&replayed_function, (black_box(CALLS),)).map_err(text)
                }),
            ),
            // A recording is used up: what its copies take is not part of a call.
            ("copied", Box::new(|| Ok(black_box(recording.clone()).left() as i64))),
            ("plain", Box::new(|| live.call(&live_function, (black_box(CALLS),)).map_err(text))),
        ];
        let measured = alternate(Clock::Processor, BUDGET, &mut contenders)?;
        if measured[0].checksum != measured[2].checksum {
            return Err(format!("{} is replayed, {} is plain", measured[0].checksum, measured[2].checksum));
        }
        let mut row = each("replay", input, &measured[0], &measured[2]);
        let copied = measured[1].ratio(&measured[2]);
        row.vera = shown(measured[0].median().saturating_sub(measured[1].median()) / CALLS as u32);
        row.ratio = row.ratio.map(|ratio| ratio - copied);
        row.target(Target::AtMost(3.0)).print();
    }
    Ok(())
}

fn rows() -> Result<(), String> {
    const TABLE: &str = "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL, note TEXT)";
    const INSERT: &str = "INSERT INTO people WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) \
                          SELECT i, 'person number ' || i, iif(i % 3 = 0, NULL, 'a note on ' || i) FROM n";
    let mut database = Sqlite::memory()?;
    database.execute(TABLE, &[])?;
    database.execute(INSERT, &[])?;
    let compiled = Compiled::new(guest::compile("querying", QUERYING)?);
    let imports = compiled.link(database, Limits::default()).and_then(|imports| imports.database(|host| host));
    let mut instance = imports.and_then(|imports| imports.instantiate()).map_err(text)?;
    let function = instance.function::<((),), i64>("rows").map_err(text)?;
    let connection = Connection::open_in_memory().map_err(text)?;
    connection.execute_batch(&format!("{TABLE}; {INSERT}")).map_err(text)?;
    let mut contenders: Vec<(&'static str, Contender<'_>)> = vec![
        ("vera", Box::new(|| instance.call(&function, ((),)).map_err(text))),
        ("rusqlite", Box::new(|| plain_rows(&connection).map(|rows| black_box(rows).len() as i64).map_err(text))),
    ];
    let measured = alternate(Clock::Processor, BUDGET, &mut contenders)?;
    if measured.iter().any(|one| one.checksum != ROWS as i64) {
        return Err(format!("{} and {} rows", measured[0].checksum, measured[1].checksum));
    }
    Row::of_times("rows", format!("{ROWS} x 3"), &measured[0], &measured[1]).target(Target::AtMost(2.0)).print();
    Ok(())
}

/// The rows as a Rust program takes them, which are the same values.
fn plain_rows(connection: &Connection) -> rusqlite::Result<Vec<(i64, String, Option<String>)>> {
    let mut statement = connection.prepare_cached("SELECT id, name, note FROM people")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    rows.collect()
}
