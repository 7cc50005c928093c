//! Sequences of calls under small limits, read from bytes: exports with good and bad arguments, and a host that answers,
//! fails, calls back, and builds values.
//!
//! Whatever happens is a typed error, and the instance answers the next call as it answered the first. A module of the
//! compiler never makes an instance unusable, and its heap is well formed after every call.

use std::sync::OnceLock;
use std::time::Duration;
use vera_abi::interface::{EffectId, TypeDesc};
use vera_compiler::driver::{Options, Source, compile};
use vera_compiler::source::MemoryLoader;
use vera_runtime::value::dynamic::DynValue;
use vera_runtime::{Compiled, Error, Function, Instance, Limits, Result, Rooted, Scope};

const PROGRAM: &str = r#"
module calls;

effect Call { op back(Int -> Int); op text(String -> String); }

public data Tree { Leaf, Node(Tree, String, Tree) }

public fn ping(@Int -> @Int) requires(true) ensures(true) effects(pure) { @Int.0 }

public fn down(@Int -> @Int) requires(true) ensures(true) effects(<Diverge>) {
  if @Int.0 <= 0 then { 0 } else { 1 + down(@Int.0 - 1) }
}

public fn texts(@Int, @String -> @Int) requires(true) ensures(true) effects(<Diverge>) {
  if @Int.0 <= 0 then { 0 } else { texts(@Int.0 - 1, int_to_string(@Int.0)) + string_length(@String.0) }
}

public fn tree(@Int -> @Tree) requires(true) ensures(true) effects(<Diverge>) {
  if @Int.0 <= 0 then {
    Leaf
  } else {
    let @Tree = tree(@Int.0 - 1);
    Node(@Tree.0, int_to_string(@Int.0), @Tree.0)
  }
}

public fn depth(@Tree -> @Int) requires(true) ensures(true) effects(<Diverge>) {
  match @Tree.0 { Leaf -> 0, Node(@Tree, _, @Tree) -> 1 + depth(@Tree.0) }
}

public fn forever(@Int -> @Int) requires(true) ensures(true) effects(<Diverge>) { forever(@Int.0 + 1 - 1) }

public fn repeated(@String, @Nat -> @String) requires(true) ensures(true) effects(pure) {
  string_repeat(@String.0, @Nat.0)
}

public fn appended(@Nat -> @Array<Int>) requires(true) ensures(true) effects(pure) {
  array_fold(array_range(0, @Nat.0), [], fn(@Array<Int>, @Int -> @Array<Int>) effects(pure) {
    array_append(@Array<Int>.0, @Int.0)
  })
}

public fn checked(@Int, @Int -> @Int) requires(@Int.0 > 0) ensures(@Int.result > 0) effects(pure) { @Int.1 / @Int.0 }

public fn mapped(@Nat -> @Map<String, Int>) requires(true) ensures(true) effects(pure) {
  array_fold(array_range(0, @Nat.0), map_new(), fn(@Map<String, Int>, @Int -> @Map<String, Int>) effects(pure) {
    map_insert(@Map<String, Int>.0, int_to_string(@Int.0 % 100), @Int.0)
  })
}

public fn looked(@Map<String, Int>, @String -> @Option<Int>) requires(true) ensures(true) effects(pure) {
  map_get(@Map<String, Int>.0, @String.0)
}

public fn json(@String -> @String) requires(true) ensures(true) effects(pure) {
  match json_parse(@String.0) { Ok(@Json) -> json_stringify(@Json.0), Err(@String) -> @String.0 }
}

public fn html(@String -> @String) requires(true) ensures(true) effects(pure) {
  match html_parse(@String.0) { Ok(@HtmlNode) -> html_to_string(@HtmlNode.0), Err(@String) -> @String.0 }
}

public fn markdown(@String -> @String) requires(true) ensures(true) effects(pure) {
  match md_parse(@String.0) { Ok(@MdBlock) -> md_render(@MdBlock.0), Err(@String) -> @String.0 }
}

public fn perform(@Int -> @Int) requires(true) ensures(true) effects(<Call>) { Call.back(@Int.0) }

public fn performs(@Int, @String -> @Int) requires(true) ensures(true) effects(<Call, Diverge>) {
  if @Int.0 <= 0 then {
    string_length(Call.text(@String.0))
  } else {
    let @String = string_concat(@String.0, "x");
    Call.back(@Int.0) + performs(@Int.0 - 1, Call.text(@String.0)) + string_length(@String.1)
  }
}
"#;

/// The only effect of the program.
const CALL: EffectId = EffectId(0);

const EXPORTS: [&str; 16] = [
    "ping", "down", "texts", "tree", "depth", "forever", "repeated", "appended", "checked", "mapped", "looked", "json",
    "html", "markdown", "perform", "performs",
];

/// Choices, one after another; zeros when the bytes are used up.
struct Choices<'a>(&'a [u8]);

impl Choices<'_> {
    fn byte(&mut self) -> u8 {
        match self.0.split_first() {
            Some((&first, rest)) => {
                self.0 = rest;
                first
            }
            None => 0,
        }
    }

    fn of<T: Copy>(&mut self, options: &[T]) -> T {
        options[usize::from(self.byte()) % options.len()]
    }

    fn number(&mut self) -> i64 {
        let near = i64::from(self.byte());
        self.of(&[near, near * 100, near * 10_000, -near, i64::MAX - near, i64::MIN + near, near, near])
    }

    fn text(&mut self) -> String {
        let piece = self.of(&[
            "",
            "x",
            "[",
            "{\"a\":[1,{}],\"a\":null}",
            "<div>",
            "<p>text</p>",
            "> ",
            "# h\n\n* i\n",
            "\u{e9}",
        ]);
        piece.repeat(self.of(&[1, 1, 2, 20, 300, 5000]))
    }

    fn value(&mut self) -> DynValue {
        match self.byte() % 10 {
            0..4 => DynValue::Int(self.number()),
            4 => DynValue::Nat(self.number().unsigned_abs()),
            5..7 => DynValue::String(self.text().into_bytes()),
            7 => DynValue::String(vec![0xff; usize::from(self.byte())]),
            8 => {
                let count = self.of(&[0, 1, 8, 9, 40]);
                let entries = (0..count).map(|n| (DynValue::String(format!("{n}").into_bytes()), DynValue::Int(n)));
                DynValue::Map(entries.collect::<Vec<_>>().into())
            }
            _ => {
                let leaf = DynValue::Data { name: "Leaf".into(), tag: 0, fields: Vec::new().into() };
                (0..self.of(&[0, 1, 5, 100])).fold(leaf.clone(), |tree, _| {
                    let fields = vec![tree, DynValue::String(b"node".to_vec()), leaf.clone()];
                    DynValue::Data { name: "Node".into(), tag: 1, fields: fields.into() }
                })
            }
        }
    }

    fn limits(&mut self) -> Limits {
        Limits {
            memory: self.of(&[2 << 20, 1 << 20, 4 << 20]),
            fuel: Some(self.of(&[200_000, 0, 1, 100, 5_000, 50_000])),
            deadline: self.of(&[None, None, None, Some(Duration::ZERO), Some(Duration::from_millis(3))]),
            native_stack: self.of(&[256 << 10, 64 << 10]),
            shadow_stack: self.of(&[64 << 10, 0, 8, 128, 4 << 10]),
            host_memory: self.of(&[1 << 20, 0, 1 << 10, 64 << 10]),
            nodes: self.of(&[100_000, 0, 1, 50]),
            bytes: self.of(&[1 << 20, 0, 10, 1000]),
            depth: self.of(&[10_000, 0, 1, 10]),
            started: self.of(&[64, 0, 1]),
            hash_key: self.of(&[None, Some([1, 2])]),
            instances: None,
        }
    }
}

/// What the operations do, and the functions they call back.
#[derive(Default)]
struct Host {
    script: Vec<u8>,
    at: usize,
    down: Option<Function<(i64,), i64>>,
    texts: Option<Function<(i64, String), i64>>,
    perform: Option<Function<(i64,), i64>>,
}

impl Host {
    fn step(&mut self) -> u8 {
        self.at += 1;
        self.script.get(self.at % (self.script.len() + 1)).copied().unwrap_or_default()
    }

    fn back(&mut self, scope: &mut Scope<'_>, n: i64) -> Result<i64> {
        let size = [1, 10, 1000, 1_000_000][usize::from(self.step()) % 4];
        let (Some(down), Some(texts), Some(perform)) = (&self.down, &self.texts, &self.perform) else { return Ok(n) };
        let (down, texts, perform) = (down.clone(), texts.clone(), perform.clone());
        match self.step() % 9 {
            0 => Ok(n),
            1 => Err(Error::Exit(n)),
            2 => scope.call(&down, (size,)).and_then(|depth| scope.lift(depth)),
            3 => scope.nested(|scope, _| {
                let length = scope.call(&texts, (size, "text"))?;
                scope.lift(length)
            }),
            // The host is taken: an error of the call, which is or is not handed on.
            4 => scope.call(&perform, (n,)).and_then(|n| scope.lift(n)),
            5 => Ok(scope.call(&perform, (n,)).map_or(-1, |_| 1)),
            6 => {
                let mut handles: Vec<Rooted<'_, String>> = Vec::new();
                for n in 0..size {
                    handles.push(scope.lower(n.to_string())?);
                }
                scope.collect()?;
                let array = scope.array(handles.iter().copied())?;
                assert_eq!(scope.len(array), handles.len());
                for (n, handle) in handles.iter().enumerate().take(20) {
                    assert_eq!(scope.str(*handle)?, n.to_string());
                }
                Ok(size)
            }
            7 => Ok(scope.call(&down, (size,)).and_then(|depth| scope.lift(depth)).unwrap_or(-1)),
            _ => {
                let kept = scope.lower::<String>("kept")?;
                let _ = scope.nested(|scope, _| scope.call(&texts, (size, "text")).map(drop));
                assert_eq!(scope.str(kept)?, "kept");
                Ok(0)
            }
        }
    }

    fn text(&mut self, text: &str) -> std::result::Result<String, String> {
        match self.step() % 4 {
            0 => Err("no text".into()),
            1 => Ok(text.repeat(usize::from(self.step()))),
            _ => Ok(text.to_owned()),
        }
    }
}

fn compiled() -> &'static Compiled {
    static COMPILED: OnceLock<Compiled> = OnceLock::new();
    COMPILED.get_or_init(|| {
        let source = Source { name: "calls.vera".into(), text: PROGRAM.into() };
        let compilation = compile(source, &MemoryLoader::new(), &Options::default());
        Compiled::new(compilation.wasm.expect("a program without errors"))
    })
}

fn instance(host: Host, limits: Limits) -> Result<Instance<Host>> {
    let mut instance = compiled()
        .link(host, limits)?
        .operation::<(i64,), i64, _>(CALL, "back", |host, scope, (n,)| {
            let answer = host.back(scope, n);
            scope.finish(answer)
        })?
        .operation::<(String,), String, _>(CALL, "text", |host, scope, (text,)| {
            let answer = host.text(&text);
            scope.finish(answer)
        })?
        .instantiate()?;
    let (down, texts) = (instance.function("down")?, instance.function("texts")?);
    let perform = instance.function("perform")?;
    let host = instance.host_mut();
    (host.down, host.texts, host.perform) = (Some(down), Some(texts), Some(perform));
    Ok(instance)
}

/// Runs the sequence that the bytes say.
///
/// # Panics
/// When something is not as it must be.
pub fn run(bytes: &[u8]) {
    let mut choices = Choices(bytes);
    let limits = choices.limits();
    let host = Host { script: (0..8).map(|_| choices.byte()).collect(), ..Host::default() };
    let mut instance = match instance(host, limits) {
        Ok(instance) => instance,
        Err(Error::Limit(_)) => return,
        Err(other) => panic!("{other:?} with {limits:?}"),
    };
    let ping = instance.function::<(i64,), i64>("ping").expect("exported");
    let first = instance.call(&ping, (3,));
    assert!(matches!(first, Ok(3) | Err(Error::Limit(_))), "{first:?}");
    for _ in 0..20 {
        if choices.0.is_empty() {
            break;
        }
        let name = choices.of(&EXPORTS);
        let arity = choices.of(&[None, None, None, None, Some(0), Some(3)]);
        let description = instance.interface().function(name).cloned().expect("exported");
        let arguments: Vec<DynValue> = match arity {
            Some(count) => (0..count).map(|_| choices.value()).collect(),
            // Mostly of the right kind.
            None => description
                .params
                .iter()
                .map(|&id| match (choices.byte() % 8, instance.interface().ty(id)) {
                    (0, _) => choices.value(),
                    (_, TypeDesc::Int) => DynValue::Int(choices.number()),
                    (_, TypeDesc::Nat) => DynValue::Nat(choices.number().unsigned_abs()),
                    (_, TypeDesc::String) => DynValue::String(choices.text().into_bytes()),
                    _ => choices.value(),
                })
                .collect(),
        };
        if let Err(error) = instance.call_dynamic(name, &arguments) {
            assert!(!matches!(error, Error::Internal(_) | Error::Unusable(_) | Error::Load(_)), "{name}: {error:?}");
        }
        match instance.check_heap() {
            Ok(()) | Err(Error::Limit(_)) => {}
            Err(other) => panic!("after {name}: {other:?}"),
        }
    }
    let last = instance.call(&ping, (3,));
    // Time is another at every call.
    if limits.deadline.is_none() {
        assert_eq!(last, first, "with {limits:?}");
    }
}
