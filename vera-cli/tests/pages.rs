//! The pages on the language, `docs/models.md` and `docs/language.md`, are run.
//!
//! A block `vera` is a program, or with `-- file: a/b.vera` in its first line a module that the programs of the page may
//! import. A program checks without a warning, is in canonical form, and does what its comments say
//! ([`vera_testing::calls`]), in stress mode as well. A block `vera wrong E130` is refused with these codes and no other.
//!
//! A table of mistakes, `| wrong | right | code |`, holds declarations, and statements with the slots of [`around`] in
//! scope: what is wrong is refused with the code of its row, what is right is not.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use vera_compiler::diagnostics::{Severity, render_text_all};
use vera_compiler::driver::{self, Compilation, Options, Source};
use vera_compiler::source::MemoryLoader;
use vera_runtime::host::io::CapturedIo;
use vera_runtime::value::dynamic::DynValue;
use vera_runtime::{Compiled, Instance, Limits};
use vera_testing::calls::{self, Call, Expected};
use vera_testing::page::{self, Block};

/// Computation of one call: far more than any example needs.
const FUEL: u64 = 1_000_000_000;

/// Words of a prompt that leave room for the task.
const WORDS: usize = 3000;

const MODULE: &str = "-- file: ";

fn language() -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/language.md");
    std::fs::read_to_string(file).expect("docs/language.md")
}

#[test]
fn the_guide_is_true() {
    the_page_is_true(vera_docs::GUIDE);
}

#[test]
fn the_page_on_the_language_is_true() {
    the_page_is_true(&language());
}

/// Runs the blocks of a page.
fn the_page_is_true(page: &str) {
    let blocks = page::blocks(page);
    let vera = || blocks.iter().filter(|block| block.info.split(' ').next() == Some("vera"));
    let modules = vera().filter_map(|block| block.text.strip_prefix(MODULE)?.split_once(".vera\n"));
    let loader =
        modules.fold(MemoryLoader::new(), |loader, (path, text)| loader.with(path.replace('/', "."), text.to_owned()));
    let mut faults = String::new();
    let mut called = 0;
    for block in vera() {
        match block_is_true(block, &loader) {
            Ok(calls) => called += calls,
            Err(fault) => {
                let _ = writeln!(faults, "block of line {}: {fault}", block.line);
            }
        }
    }
    assert!(faults.is_empty(), "{faults}");
    assert!(called > 0, "a page without a call");
}

/// The number of calls that the block says something of.
fn block_is_true(block: &Block<'_>, loader: &MemoryLoader) -> Result<usize, String> {
    let module = block.text.strip_prefix(MODULE).and_then(|text| text.split_once('\n'));
    let text = module.map_or(block.text, |(_, text)| text);
    let source = Source { name: "page.vera".into(), text: text.into() };
    match block.info.split(' ').collect::<Vec<_>>().as_slice() {
        ["vera", "wrong", codes @ ..] if !codes.is_empty() => {
            refused(&driver::check(source, loader, &Options::default()), codes).map(|()| 0)
        }
        ["vera"] => {
            let canonical = vera_compiler::format::format("page.vera", text).map_err(|error| format!("{error:?}"))?;
            if canonical != text {
                return Err(format!("the canonical form is\n{canonical}"));
            }
            let compilation = driver::compile(source, loader, &Options::default());
            let calls = calls::calls(text)?;
            run(compilation, &calls).map(|()| calls.len())
        }
        _ => Err(format!("`{}` is no kind of block", block.info)),
    }
}

/// Checks that the errors are those of these codes.
fn refused(compilation: &Compilation, codes: &[&str]) -> Result<(), String> {
    let errors = compilation.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    let found: BTreeSet<&str> = errors.map(|error| error.code.as_str()).collect();
    match found == codes.iter().copied().collect() {
        true => Ok(()),
        false => Err(format!("{found:?} instead of {codes:?}")),
    }
}

fn run(compilation: Compilation, calls: &[Call<'_>]) -> Result<(), String> {
    let told = render_text_all(&compilation.diagnostics, &compilation.program.sources);
    let wasm = compilation.wasm.filter(|_| told.is_empty()).ok_or(told)?;
    let compiled = Compiled::new(wasm);
    for stress in [false, true] {
        for call in calls {
            let called = start(&compiled, stress).and_then(|mut instance| ended(&mut instance, call));
            called.map_err(|fault| format!("{} in its line {}, stress {stress}: {fault}", call.function, call.line))?;
        }
    }
    Ok(())
}

/// An instance of its own for each call. A program that needs more than a console cannot be called here.
fn start(compiled: &Compiled, stress: bool) -> Result<Instance<CapturedIo>, String> {
    let limits = Limits { fuel: Some(FUEL), ..Limits::default() };
    let imports = compiled
        .link(CapturedIo::default(), limits)
        .and_then(|imports| imports.console(|host| host)?.clock(|host| host));
    let mut instance = imports.and_then(|imports| imports.instantiate()).map_err(|error| error.to_string())?;
    if stress {
        instance.stress().map_err(|error| error.to_string())?;
    }
    Ok(instance)
}

/// Makes the call and compares its end.
fn ended(instance: &mut Instance<CapturedIo>, call: &Call<'_>) -> Result<(), String> {
    let interface = instance.interface();
    let function = interface.function(call.function).ok_or("there is no such public function")?;
    if function.params.len() != call.arguments.len() {
        return Err(format!("it takes {} arguments", function.params.len()));
    }
    let read =
        |(&id, text): (&_, &&str)| DynValue::parse(&interface, id, &unquoted(text)?).map_err(|error| error.to_string());
    let arguments = function.params.iter().zip(&call.arguments).map(read).collect::<Result<Vec<_>, String>>()?;
    let expected = match call.expected {
        Expected::Value(text) => Some(read((&function.result, &text))?),
        Expected::Traps(_) | Expected::Prints(_) => None,
    };
    let outcome = instance.call_dynamic(call.function, &arguments);
    let as_said = match (&call.expected, &outcome) {
        (Expected::Value(_), Ok(value)) => Some(value) == expected.as_ref(),
        (Expected::Traps(kind), Err(error)) => error.kind() == *kind,
        (Expected::Prints(text), Ok(_)) => instance.host().output == *text,
        _ => false,
    };
    match as_said {
        true => Ok(()),
        false => Err(format!("{outcome:?}, printed {:?}", instance.host().output)),
    }
}

/// The text of a string literal that is the whole value: a `String` is read as it stands.
fn unquoted(text: &str) -> Result<String, String> {
    match text.starts_with('"') {
        true => serde_json::from_str(text).map_err(|error| format!("{text}: {error}")),
        false => Ok(text.to_owned()),
    }
}

/// A program around a cell of a table of mistakes.
fn around(cell: &str) -> String {
    const DECLARATIONS: [&str; 5] = ["public ", "private ", "data ", "effect ", "type "];
    if DECLARATIONS.iter().any(|word| cell.starts_with(word)) {
        return cell.to_owned();
    }
    format!(
        "type Step = fn(Int -> Int) effects(pure);\n\
         private fn f(@String -> @String) requires(true) ensures(true) effects(pure) {{ @String.0 }}\n\
         private fn t(@Int, @Nat, @Nat, @Float64, @Bool, @String, @Array<Int>, @Option<Int>, @Map<String, Int>, @Step\n\
           -> @Unit)\n\
         requires(true) ensures(true) effects(<IO, Exn<String>>) {{ {{ {cell} }}; () }}\n"
    )
}

#[test]
fn mistakes_are_refused_and_their_corrections_are_not() {
    let rows = page::rows(vera_docs::GUIDE, &["wrong", "right", "code"]);
    let written = vera_docs::GUIDE.lines().filter(|line| line.starts_with("| `")).count();
    assert!(rows.len() == written && written >= 8, "{} of {written} mistakes", rows.len());
    let check = |cell: &str| {
        let source = Source { name: "cell.vera".into(), text: around(cell) };
        driver::check(source, &MemoryLoader::new(), &Options::default())
    };
    let mut faults = String::new();
    for row in rows {
        let [wrong, right, code] = row.cells.as_slice() else { panic!("line {}: three cells are expected", row.line) };
        for (cell, codes) in [(wrong, &[*code][..]), (right, &[])] {
            if let Err(fault) = refused(&check(cell), codes) {
                let _ = writeln!(faults, "line {}: `{cell}` gives {fault}", row.line);
            }
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

/// The list of built-ins in the guide has names that there are, with as many arguments as they take, and the result's kind.
#[test]
fn the_guide_lists_built_ins_as_they_are() {
    let (_, section) = vera_docs::GUIDE.split_once("\n## Built-ins\n").expect("the section");
    let section = section.split("\n## ").next().unwrap_or_default();
    let mut listed = 0;
    for code in section.split('`').skip(1).step_by(2) {
        let end =
            code.find(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')).unwrap_or(code.len());
        let (name, rest) = code.split_at(end);
        // Types, the ends of names that have one beginning, and what is no name.
        if name.is_empty() || name.starts_with('_') || !(rest.is_empty() || rest.starts_with(['(', '→'])) {
            continue;
        }
        let known = vera_compiler::builtins::lookup(name).map(|builtin| builtin.signature);
        // Operations of abilities are not in the table.
        let Some(signature) = known.or((name == "show").then_some("fn(T -> String)")) else {
            panic!("`{name}` is no built-in")
        };
        let (params, result) = parts(signature.strip_prefix("fn").expect("a signature"));
        let (said, said_result) = parts(rest);
        assert!(!rest.starts_with('(') || said == params, "`{code}` is {signature}");
        let kind = match said_result.chars().next() {
            None => "",
            Some('!') => "Result<",
            Some('?') => "Option<",
            Some('A') => "Array<",
            Some('S') => "String",
            Some(_) => &said_result,
        };
        assert!(result.starts_with(kind), "`{code}` is {signature}");
        listed += 1;
    }
    assert!(listed > 100, "{listed} built-ins");
}

/// The number of parameters, and the result, of `(A, B -> C)`, `(A,B)→C` or `(A,B)`.
fn parts(signature: &str) -> (usize, String) {
    let signature = signature.replace("->", "→");
    let (mut depth, mut commas, mut empty) = (0, 0, true);
    for (at, c) in signature.char_indices() {
        match c {
            '→' if depth <= 1 => {
                let result = signature[at + c.len_utf8()..].trim_start().to_owned();
                return (if empty { 0 } else { commas + 1 }, result);
            }
            ',' if depth == 1 => commas += 1,
            '(' | '<' | '[' => depth += 1,
            ')' | '>' | ']' => depth -= 1,
            _ => {}
        }
        empty &= !c.is_alphanumeric();
    }
    (if empty { 0 } else { commas + 1 }, String::new())
}

#[test]
fn the_guide_is_short() {
    let words = vera_docs::GUIDE.split_whitespace().count();
    assert!(words < WORDS, "{words} words");
}

#[test]
fn the_command_prints_the_guide() {
    let output = Command::new(env!("CARGO_BIN_EXE_vera")).arg("guide").output().expect("the command runs");
    assert!(output.status.success() && output.stderr.is_empty());
    assert_eq!(String::from_utf8_lossy(&output.stdout), vera_docs::GUIDE);
}
