//! What the targets share: programs from bytes, how they are varied, and what holds of everything said about them.
//!
//! An input that starts with a zero byte is read as a list of words of the language, so that most of what the fuzzer does
//! to it still lexes and much of it parses; any other is the text itself. Texts are varied by words and brackets
//! ([`vary`]) besides the fuzzer's own ways, which know bytes only.

pub mod calls;
pub mod collector;
mod vary;
pub mod walkers;

pub use vary::vary;

use std::collections::BTreeSet;
use vera_compiler::diagnostics::{Diagnostic, Diagnostics, JsonDiagnostic, render_text};
use vera_compiler::source::{SourceMap, Span};
use vera_compiler::syntax::ast::Program;
use vera_compiler::syntax::view::{Node, Value};

/// The words that inputs of the second kind are made of.
const WORDS: &[&str] = &[
    "public",
    "private",
    "fn",
    "forall",
    "where",
    "let",
    "if",
    "then",
    "else",
    "match",
    "handle",
    "in",
    "with",
    "resume",
    "requires",
    "ensures",
    "decreases",
    "effects",
    "pure",
    "invariant",
    "data",
    "type",
    "effect",
    "op",
    "ability",
    "module",
    "import",
    "true",
    "false",
    "assert",
    "assume",
    "old",
    "new",
    "exists",
    "result",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "<",
    ">",
    ",",
    ";",
    ":",
    "::",
    ".",
    "@",
    "?",
    "_",
    "|",
    "|>",
    "||",
    "&&",
    "!",
    "!=",
    "=",
    "==",
    "==>",
    "<=",
    ">=",
    "+",
    "-",
    "->",
    "*",
    "/",
    "%",
    "Int",
    "Nat",
    "Bool",
    "String",
    "Float64",
    "Byte",
    "Unit",
    "Never",
    "Array",
    "Option",
    "Some",
    "None",
    "Result",
    "Ok",
    "Err",
    "Map",
    "Set",
    "Tuple",
    "Ordering",
    "IO",
    "State",
    "Exn",
    "Diverge",
    "Async",
    "Eq",
    "Ord",
    "Show",
    "Hash",
    "@Int.0",
    "@Int.1",
    "@Nat.0",
    "@Bool.0",
    "@String.0",
    "@T.0",
    "@Int.result",
    "T",
    "U",
    "List",
    "Cons",
    "Nil",
    "array_map",
    "array_fold",
    "string_concat",
    "apply_fn",
    "show",
    "get",
    "put",
    "throw",
    "f",
    "g",
    "main",
    "0",
    "1",
    "42",
    "9223372036854775807",
    "1.5",
    "\"\"",
    "\"a\\n\"",
    "\"\\(@Int.0)\"",
    "-- c\n",
    "{- c -}",
    "/* c */",
    "\n\n",
    "requires(true)\n  ensures(true)\n  effects(pure)\n{",
    "private fn f(@Int -> @Int)\n",
];

/// The program that the bytes of an input stand for; `None` when they stand for none.
pub fn program(data: &[u8]) -> Option<String> {
    match data {
        [0, words @ ..] => {
            let words = words.iter().map(|&byte| WORDS[byte as usize % WORDS.len()]);
            Some(words.collect::<Vec<_>>().join(" "))
        }
        text => std::str::from_utf8(text).ok().map(str::to_owned),
    }
}

/// What holds of diagnostics, whatever the program: each is at places that are in their texts and can be shown, says
/// what it must, and none is said twice; those of a file come in the order of their places.
pub fn are_sound(diagnostics: &Diagnostics, sources: &SourceMap) {
    let mut said = BTreeSet::new();
    let mut last = None;
    for diagnostic in diagnostics {
        let places = diagnostic.labels.iter().map(|label| label.span).chain([diagnostic.span]);
        for place in places {
            let text = sources.file(place.file).text();
            assert!(text.get(place.start as usize..place.end as usize).is_some(), "no such place: {diagnostic:?}");
        }
        let Diagnostic { code, span, description, spec_ref, .. } = diagnostic;
        assert!(!description.is_empty() && spec_ref.is_some(), "{diagnostic:?}");
        assert!(said.insert((span, code.as_str(), description)), "said twice: {diagnostic:?}");
        assert!(last <= Some((span.file, span.start)), "out of order: {diagnostic:?}");
        last = Some((span.file, span.start));
        assert!(!render_text(diagnostic, sources).is_empty());
        assert_eq!(&JsonDiagnostic::new(diagnostic, sources).description, description);
    }
}

/// What holds of the tree of a text without mistakes: each node is written within the node around it, comments apart,
/// which also stand before the first and behind the last declaration.
pub fn is_well_placed(program: &Program, sources: &SourceMap) {
    within(&Node::of(program), program.span, sources);
}

fn within(node: &Node<'_>, around: Span, sources: &SourceMap) {
    let Node { name, span, fields } = node;
    let text = sources.file(around.file).text();
    assert!(text.get(span.start as usize..span.end as usize).is_some(), "no such place: {name} at {span:?}");
    assert!(around.start <= span.start && span.end <= around.end, "{name} at {span:?} is not in {around:?}");
    for (field, value) in fields {
        each_within(value, if *field == "comments" { around } else { *span }, sources);
    }
}

fn each_within(value: &Value<'_>, around: Span, sources: &SourceMap) {
    match value {
        Value::Node(part) => within(&part.node(), around, sources),
        Value::List(items) => items.iter().for_each(|item| each_within(item, around, sources)),
        _ => {}
    }
}
