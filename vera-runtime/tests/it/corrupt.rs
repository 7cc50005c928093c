//! Modules whose bytes are not what the compiler wrote: an error, never a panic.

use std::ops::Range;
use vera_abi::codec::{Codec, Reader};
use vera_abi::interface::TypeId;
use vera_abi::names;
use vera_compiler::driver::{Options, Source, compile};
use vera_compiler::source::MemoryLoader;
use vera_runtime::value::dynamic::{DynValue, signature, type_name};
use vera_runtime::{Compiled, Error, Limits};

const PROGRAM: &str = r#"
module corrupt;

public data Tree<T> { Leaf, Node(Tree<T>, T, Tree<T>) }

type Percent = { @Int | @Int.0 >= 0 && @Int.0 <= 100 };

effect Log { op line(String -> Unit); }

public fn build(@Nat -> @Tree<Tuple<Int, String>>)
  requires(@Nat.0 < 100)
  ensures(true)
  decreases(@Nat.0)
  effects(pure)
{
  if @Nat.0 == 0 then { Leaf } else { Node(build(@Nat.0 - 1), Tuple(1, "x"), Leaf) }
}

public fn half(@Percent, @Map<String, Array<Option<Bool>>> -> @Percent)
  requires(true)
  ensures(@Percent.result <= @Percent.0)
  effects(pure)
{
  @Percent.0 / 2
}
"#;

fn module() -> Vec<u8> {
    let source = Source { name: "corrupt.vera".into(), text: PROGRAM.into() };
    let compilation = compile(source, &MemoryLoader::new(), &Options::default());
    compilation.wasm.expect("a program without errors")
}

/// Where the sections of a module are, headers included, and the contents of the interface section.
fn sections(wasm: &[u8]) -> (Vec<Range<usize>>, Range<usize>) {
    let mut reader = Reader::new(&wasm[8..]);
    let at = |reader: &Reader<'_>| wasm.len() - reader.rest().len();
    let (mut all, mut interface) = (Vec::new(), 0..0);
    while !reader.rest().is_empty() {
        let start = at(&reader);
        let id = u8::decode(&mut reader).unwrap();
        let size = u32::decode(&mut reader).unwrap() as usize;
        let contents = at(&reader)..at(&reader) + size;
        reader.take(size).unwrap();
        let name = names::INTERFACE_SECTION.as_bytes();
        if id == 0 && wasm[contents.clone()][1..].starts_with(name) {
            interface = contents.start + 1 + name.len()..contents.end;
        }
        all.push(start..contents.end);
    }
    (all, interface)
}

/// What nobody but a person looks at in an interface; whatever it is, it can be shown and asked.
fn use_interface(compiled: &Compiled) -> bool {
    let interface = match compiled.interface() {
        Ok(interface) => interface,
        Err(Error::Load(_)) => return false,
        Err(other) => panic!("{other:?}"),
    };
    for id in (0..interface.types.len() as u32).map(TypeId) {
        assert!(type_name(&interface, id).len() < 1000);
        for text in ["1", "Leaf", "Node(Leaf, (1, \"x\"), Leaf)", "{\"a\": [Some(true)]}", "[[[[", "((((", "{{{{"] {
            let _ = DynValue::parse(&interface, id, text);
        }
    }
    for function in &interface.functions {
        signature(&interface, function);
    }
    true
}

#[test]
fn every_byte_of_an_interface_may_be_wrong() {
    let wasm = module();
    let (_, section) = sections(&wasm);
    assert!(section.len() > 400 && use_interface(&Compiled::new(wasm.clone())));
    let mut accepted = 0;
    for at in section {
        let was = wasm[at];
        for now in [0, 1, 0x7f, 0x80, 0xff, was ^ 1, was ^ 0x80, was.wrapping_add(1), was.wrapping_sub(1)] {
            let mut wasm = wasm.clone();
            wasm[at] = now;
            accepted += usize::from(use_interface(&Compiled::new(wasm)));
        }
    }
    assert!(accepted > 1000, "letters of names and line numbers may be any: {accepted}");
}

/// A section that ends early, with the sizes of module and section changed to fit.
#[test]
fn an_interface_may_end_anywhere() {
    let wasm = module();
    let (_, section) = sections(&wasm);
    let head = [&[names::INTERFACE_SECTION.len() as u8], names::INTERFACE_SECTION.as_bytes()].concat();
    for end in section.clone() {
        let contents = [&head, &wasm[section.start..end]].concat();
        let mut short = wasm[..8].to_vec();
        short.push(0);
        (contents.len() as u32).encode(&mut short);
        short.extend(contents);
        assert!(!use_interface(&Compiled::new(short)), "{} of {} bytes", end - section.start, section.len());
    }
}

/// Instantiates and calls. Every outcome is fine that is one.
fn run(wasm: Vec<u8>) -> bool {
    let limits = Limits {
        memory: 8 << 20,
        fuel: Some(1 << 16),
        native_stack: 256 << 10,
        shadow_stack: 16 << 10,
        nodes: 1 << 12,
        bytes: 1 << 12,
        ..Limits::default()
    };
    let compiled = Compiled::new(wasm);
    let mut instance = match compiled.instantiate((), limits) {
        Ok(instance) => instance,
        Err(Error::Load(_) | Error::Limit(_)) => return false,
        Err(other) => panic!("{other:?}"),
    };
    for _ in 0..2 {
        drop(instance.call_dynamic("build", &[DynValue::Nat(20)]));
        drop(instance.call_dynamic("half", &[DynValue::Int(200), DynValue::Map(Vec::new().into())]));
    }
    true
}

/// Sections of code and data are wasmtime's to check; what they do when they pass is bounded.
#[test]
fn every_section_of_a_module_may_be_wrong() {
    let wasm = module();
    assert!(run(wasm.clone()));
    for section in sections(&wasm).0 {
        let (start, len) = (section.start, section.len());
        let mut places = vec![start, start + 1, start + len / 2];
        places.dedup();
        for at in places.into_iter().filter(|at| section.contains(at)) {
            let mut wasm = wasm.clone();
            wasm[at] ^= 1;
            run(wasm);
        }
        run(wasm[..start + len / 2].to_vec());
        run([&wasm[..start], &wasm[start + len..]].concat());
    }
}
