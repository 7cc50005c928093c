//! The generated code of small programs, as text.

use super::{Embedding, Generated, Home, Homes, assemble, format, generate, module_name};
use crate::Config;
use crate::contracts::Contracts;
use vera_compiler::driver::{self, Options, Source};
use vera_compiler::source::MemoryLoader;

fn generated(text: &str) -> (String, Vec<String>) {
    generated_by(text, &Config::new().derive("serde::Serialize"))
}

fn generated_by(text: &str, config: &Config) -> (String, Vec<String>) {
    let source = Source { name: "test.vera".into(), text: text.into() };
    let compilation = driver::compile(source, &MemoryLoader::new(), &Options::default());
    let name = module_name(&compilation, "vera");
    let homes = Homes::new(&compilation.program, &name, &|_| Home::Generated(vec![name.clone()]));
    let embedding = Embedding::OutDir { wasm: "test.wasm".into(), code: None };
    let Generated { wrapper, items, problems } =
        generate(&compilation, &Contracts::default(), &name, &homes, config, &embedding, &|_| None);
    let code = format(&assemble(&wrapper.expect("there is a program"), &items))
        .replace(&format!("ABI_VERSION == {}", vera_abi::ABI_VERSION), "ABI_VERSION == OURS");
    (code, problems.into_iter().map(|problem| problem.description).collect())
}

/// The code of a program without anything to say about it.
fn code(text: &str) -> String {
    let (code, problems) = generated(text);
    assert_eq!(problems, [""; 0]);
    code
}

/// Functions with these signatures; each needs a body of its own type, which a call of itself has.
fn functions(signatures: &[&str]) -> String {
    let function = |(index, signature): (usize, &&str)| {
        let parameters = signature.split("->").next().unwrap_or_default();
        let mut depth = 0;
        let split = |c: char| {
            depth += i32::from(c == '<' || c == '(') - i32::from(c == '>' || c == ')');
            c == ',' && depth == 0
        };
        let arguments: Vec<String> = parameters.split(split).map(|part| format!("{}.0", part.trim())).collect();
        format!(
            "public fn f{index}({signature}) requires(true) ensures(true) effects(<Diverge>) {{ f{index}({}) }}\n",
            if parameters.trim().is_empty() { String::new() } else { arguments.join(", ") }
        )
    };
    signatures.iter().enumerate().map(function).collect()
}

#[test]
fn functions_data_and_documentation() {
    insta::assert_snapshot!(code(
        "-- Prices.\nmodule shop.pricing;\n
-- What a customer gets.\npublic data Offer {\n  -- The full price.\n  Regular(Nat),\n  SoldOut\n}\n
public data Point {\n  -- Where it is.\n  Point(Float64, Float64)\n}\n
-- The price after a discount:\n--\n--     discounted(200, 15)\n--\n-- is 170.
public fn discounted(@Nat /* price */, @Nat -> @Nat)
  requires(@Nat.0 <= 100)\n  ensures(@Nat.result <= @Nat.1)\n  effects(pure)\n{ @Nat.1 - @Nat.1 * @Nat.0 / 100 }
public fn best(@Array<Offer>, @Point, @Unit -> @Offer) requires(true) ensures(true) effects(pure) { SoldOut }
"
    ));
}

#[test]
fn effects_become_traits_and_hosts() {
    insta::assert_snapshot!(code(
        "module store;\n
effect Store<T> {\n  -- Keeps a value.\n  op put(String, T -> Unit);\n  op all(Unit -> Array<T>);\n}\n
public fn kept(@Int -> @Array<Int>) requires(true) ensures(true) effects(<Store<Int>, IO>)
{ Store.put(\"key\", @Int.0); IO.print(\"kept\"); Store.all(()) }
"
    ));
}

/// What is awaited comes beside what is not, and changes nothing of it.
#[test]
fn async_calls_are_generated_when_they_are_asked_for() {
    let text = "module store;
effect Store<T> { op put(String, T -> Unit); op all(Unit -> Array<T>); }
public fn kept(@Int -> @Array<Int>) requires(true) ensures(true) effects(<Store<Int>, IO>)
{ Store.put(\"key\", @Int.0); IO.print(\"kept\"); Store.all(()) }
";
    let (plain, (awaited, problems)) = (code(text), generated_by(text, &Config::new().async_calls(true)));
    assert_eq!(problems, [""; 0]);
    let mut rest = plain.lines();
    let mut next = rest.next();
    let added: Vec<&str> = awaited
        .lines()
        .filter(|line| {
            let same = Some(*line) == next;
            if same {
                next = rest.next();
            }
            !same
        })
        .collect();
    assert_eq!(next, None, "what is generated without async calls is there in its order");
    insta::assert_snapshot!(added.join("\n"));
}

#[test]
fn names_of_async_traits_and_methods_may_be_taken() {
    let text = "public data AsyncLog { AsyncLog(Int) }
effect Log { op info(Int -> Unit); }
public fn f(@AsyncLog -> @Unit) requires(true) ensures(true) effects(<Log>) { Log.info(1) }
public fn a_b(-> @Int) requires(true) ensures(true) effects(pure) { 1 }
";
    assert_eq!(generated(text).1, [""; 0]);
    let (_, problems) = generated_by(text, &Config::new().async_calls(true));
    assert!(
        matches!(problems.as_slice(), [one] if one.contains("`AsyncLog` is the Rust trait of `Log`")),
        "{problems:?}"
    );
}

/// What an alias or a refinement stands for decides, not how the row spells it.
#[test]
fn effects_at_aliases_and_refinements_are_those_of_the_types_behind() {
    let code = code(
        "type Pos = { @Int | @Int.0 > 0 };
type Row = Array<Pos>;
effect Store<T> { op put(T -> Unit); op get(Unit -> T); }
private fn one(@Pos -> @Unit) requires(true) ensures(true) effects(<Store<Pos>>) { Store.put(@Pos.0) }
public fn kept(@Pos -> @Int) requires(true) ensures(true) effects(<Store<Pos>>) { one(@Pos.0); Store.get(()) }
public fn all(@Row -> @Unit) requires(true) ensures(true) effects(<Store<Row>>) { Store.put(@Row.0) }
",
    );
    assert!(
        code.contains("impl<H: Store<i64> + Store<Vec<i64>> + ::core::marker::Send + 'static> Module<H>")
            || code.contains("H: Store<i64> + Store<::std::vec::Vec<i64>> + ::core::marker::Send"),
        "{code}"
    );
    for link in ["EffectId(0),\n", "EffectId(1),\n"] {
        assert!(code.contains(link), "{link} is in {code}");
    }
    // A program with mistakes keeps its constructor: the bounds are those of the rows, each once.
    let (broken, _) = generated(
        "type Pos = { @Int | @Int.0 > 0 };
effect Store<T> { op put(T -> Unit); }
public fn a(@Pos -> @Unit) requires(true) ensures(true) effects(<Store<Pos>>) { Store.put(nothing) }
public fn b(@Int -> @Unit) requires(true) ensures(true) effects(<Store<Int>>) { Store.put(@Int.0) }
",
    );
    assert!(broken.contains("H: Store<i64> + ::core::marker::Send"), "{broken}");
}

#[test]
fn an_effect_that_rust_cannot_implement_need_not_be() {
    let program = |body: &str| {
        format!(
            "private data Secret {{ Secret(Int) }}
public data Point {{ Point(Int) }}
effect Log {{ op info(Secret -> Unit); }}
effect Store<K> {{ op all(Unit -> Map<K, Point>); }}
public fn f(@Int -> @Int) requires(true) ensures(true) effects(<Store<String>, Log>) {{ {body}; 1 }}
"
        )
    };
    let (code, problems) = generated(&program("Store.all(())"));
    assert_eq!(problems.len(), 0, "{problems:?}");
    assert!(code.contains("pub trait Store<") && !code.contains("trait Log"), "{code}");
    let (code, problems) = generated(&program("Log.info(Secret(1))"));
    assert_eq!(
        problems,
        ["`Log.info` cannot be implemented in Rust: it uses the private data type `Secret`; declare it \
                           `public data Secret`."]
    );
    assert!(!code.contains("Secret"), "{code}");
}

#[test]
fn recursion_goes_through_boxes() {
    let code = code(&format!(
        "public data List<T> {{ Nil, Cons(T, List<T>) }}
public data Rose {{ Rose(Int, Array<Rose>) }}
public data Trie {{ Trie(Map<String, Trie>, Option<Trie>, Array<Option<Tuple<Int, Trie>>>) }}
public data Odd {{ Odd(Array<Even>, List<Even>) }}
public data Even {{ Zero, Even(Odd) }}
public data Flat {{ Flat(Array<Rose>, List<Rose>) }}
{}",
        functions(&["@List<Int> -> @Int", "@Rose -> @Int", "@Trie -> @Int", "@Odd -> @Int", "@Flat -> @Int"])
    ));
    let declarations: Vec<&str> = code
        .split("::vera_runtime::data!")
        .skip(1)
        .filter_map(|rest| rest.split_once('}').map(|(one, _)| one))
        .collect();
    insta::assert_snapshot!(declarations.join("\n"));
}

#[test]
fn keys_of_maps_have_veras_hash() {
    let code = code(&format!(
        "public data Colour {{ Red, Mixed(Array<Shade>) }}
public data Shade {{ Shade(Byte) }}
public data Plain {{ Plain(Shade) }}
public data Index<K> {{ Index(Map<K, Plain>) }}
{}",
        functions(&["@Index<Colour> -> @Int", "@Plain -> @Int"])
    ));
    let keys: Vec<&str> =
        code.split("::vera_runtime::data_key!").skip(1).filter_map(|rest| rest.split_whitespace().nth(2)).collect();
    assert_eq!(keys, ["Colour", "Shade"]);
    assert!(code.contains("pub struct Index<K: ::vera_runtime::value::Key>"), "{code}");
}

#[test]
fn what_rust_cannot_have_is_said() {
    let (code, problems) = generated(&format!(
        "private data Hidden {{ Hidden(Int) }}
type Op = fn(Int -> Int) effects(pure);
public data Phantom<T> {{ Phantom(Int) }}
public data Keyed<K> {{ Keyed(Set<K>) }}
public forall<T> fn same(@T -> @T) requires(true) ensures(true) effects(pure) {{ @T.0 }}
{}",
        functions(&[
            "@Op -> @Int",
            "@Hidden -> @Int",
            "@Phantom<Int> -> @Int",
            "@Map<Float64, Int> -> @Int",
            "@Tuple<Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int> -> @Int",
            "@Int -> @Int",
        ])
    ));
    insta::assert_snapshot!(problems.join("\n"));
    assert!(code.contains("pub fn f5(") && !code.contains("pub fn f4("), "{code}");
}

#[test]
fn decimals_are_a_type_of_the_runtime_and_may_be_keys() {
    let (code, problems) = generated(&functions(&["@Decimal -> @Map<Decimal, Int>"]));
    assert_eq!(problems, [""; 0]);
    assert!(code.contains("impl ::vera_runtime::Argument<::vera_runtime::value::Decimal>"), "{code}");
    assert!(code.contains("::vera_runtime::indexmap::IndexMap<::vera_runtime::value::Decimal, i64>"), "{code}");
}

#[test]
fn collisions_are_errors() {
    let (code, problems) = generated(
        "public data Module { Same_name, SameName }
effect Log { op write(String -> Unit); op write_(String -> Unit); op wrIte(Int -> Int); op wr_ite(Int -> Int); }
public fn a_b(@Module -> @Int) requires(true) ensures(true) effects(pure) { 1 }
public fn aB(-> @Int) requires(true) ensures(true) effects(pure) { 1 }
",
    );
    insta::assert_snapshot!(problems.join("\n"));
    for name in ["SameName2", "fn wr_ite2", "fn a_b2", "pub enum Module2 ", "impl ::vera_runtime::Argument<Module2>"] {
        assert!(code.contains(name), "rustc would complain about a second name without `{name}`:\n{code}");
    }
}

#[test]
fn a_wrong_program_has_the_same_surface() {
    let program = |body: &str| {
        format!(
            "effect Log {{ op info(String -> Unit); }}
public data Kind {{ One, Two(Int) }}
public fn f(@Kind, @Nat -> @Kind) requires(true) ensures(true) effects(<Log>) {{ Log.info(\"f\"); {body} }}
public fn g(@String -> @Array<Int>) requires(true) ensures(true) effects(pure) {{ [1] }}
"
        )
    };
    let signatures = |code: &str| {
        let shown = |line: &&str| line.trim_start().starts_with("pub ") || line.trim_start().starts_with("impl");
        code.lines().filter(shown).map(str::to_owned).collect::<Vec<_>>()
    };
    let right = signatures(&code(&program("@Kind.0")));
    assert!(right.iter().any(|line| line.contains("<H: Log")), "{right:?}");
    for wrong in ["@Kind.7", "missing(1)", "true", "if"] {
        assert_eq!(signatures(&generated(&program(wrong)).0), right, "with `{wrong}`");
    }
}

#[test]
fn long_parameter_lists() {
    let code = code(&functions(&[
        &format!("{} -> @Int", ["@Int"; 16].join(", ")),
        &format!("{} -> @Int", ["@Int"; 17].join(", ")),
        &format!("{} -> @Int", ["@String"; 8].join(", ")),
        &format!("{} -> @Int", ["@String"; 9].join(", ")),
    ]));
    let wide: Vec<&str> = code.split("call_wide(").skip(1).filter_map(|rest| rest.split('"').nth(1)).collect();
    assert_eq!(wide, ["f1", "f3"], "{code}");
}
