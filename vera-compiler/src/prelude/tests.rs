//! The files are well formed and agree with the table of built-ins and with `vera_abi::prelude`.

use super::FILES;
use crate::builtins::{Builtin, TABLE, lookup};
use crate::source::{SourceMap, Span};
use crate::syntax::ast::{ContractKind, DataDecl, Decl, EffectRow, FnDecl, TypeExpr, TypeKind, Visibility};
use crate::syntax::parse;
use std::collections::{BTreeMap, BTreeSet};

/// Name, tag and number of fields.
type Constructor = (&'static str, u32, usize);

/// The declarations of all files, and the texts they came from.
fn declarations() -> (SourceMap, Vec<Decl>) {
    let mut sources = SourceMap::new();
    let mut declarations = Vec::new();
    for (name, text) in FILES {
        let file = sources.add(*name, *text);
        let (program, diagnostics) = parse(&sources, file);
        assert!(diagnostics.is_empty(), "{name}: {:?}", diagnostics.iter().collect::<Vec<_>>());
        declarations.extend(program.decls);
    }
    (sources, declarations)
}

fn functions(declarations: &[Decl]) -> impl Iterator<Item = &FnDecl> {
    declarations.iter().filter_map(|decl| if let Decl::Fn(function) = decl { Some(function) } else { None })
}

/// Types in one spelling, aliases expanded.
struct Printer<'d> {
    sources: &'d SourceMap,
    aliases: BTreeMap<&'d str, (Vec<&'d str>, &'d TypeExpr)>,
}

impl<'d> Printer<'d> {
    fn new(sources: &'d SourceMap, declarations: &'d [Decl]) -> Self {
        let aliases = declarations.iter().filter_map(|decl| match decl {
            Decl::TypeAlias(alias) => {
                let params = alias.type_params.iter().map(|param| param.as_str()).collect();
                Some((alias.name.as_str(), (params, &alias.ty)))
            }
            _ => None,
        });
        Self { sources, aliases: aliases.collect() }
    }

    fn row(&self, row: &EffectRow) -> String {
        self.sources.text(row.span).to_string()
    }

    fn ty(&self, ty: &TypeExpr, arguments: &BTreeMap<&str, String>) -> String {
        match &ty.kind {
            TypeKind::Named { name, args } => {
                let args: Vec<String> = args.iter().map(|arg| self.ty(arg, arguments)).collect();
                if let Some((params, target)) = self.aliases.get(name.as_str()) {
                    return self.ty(target, &params.iter().copied().zip(args).collect());
                }
                match arguments.get(name.as_str()) {
                    Some(argument) => argument.clone(),
                    None if args.is_empty() => name.text.to_string(),
                    None => format!("{}<{}>", name.text, args.join(", ")),
                }
            }
            TypeKind::Fn(function) => {
                let params = function.params.iter().map(|param| self.ty(param, arguments)).collect();
                Self::function(params, &self.ty(&function.result, arguments), &self.row(&function.effects))
            }
            TypeKind::Refinement { .. } | TypeKind::Invalid => panic!("not in a signature"),
        }
    }

    fn function(params: Vec<String>, result: &str, row: &str) -> String {
        let arrow = if params.is_empty() { "-> " } else { " -> " };
        format!("fn({}{arrow}{result}) effects({row})", params.join(", "))
    }

    fn signature(&self, function: &FnDecl) -> String {
        let none = BTreeMap::new();
        let params = function.params.iter().map(|param| self.ty(&param.ty, &none)).collect();
        Self::function(params, &self.ty(&function.result.ty, &none), &self.row(&function.effects))
    }
}

fn written_in_vera() -> impl Iterator<Item = &'static Builtin> {
    TABLE.iter().filter(|builtin| builtin.implementation.is_none())
}

#[test]
fn rows_without_implementation_are_public_functions_of_equal_signature() {
    let (sources, declarations) = declarations();
    let printer = Printer::new(&sources, &declarations);
    let mut public = BTreeMap::new();
    for function in functions(&declarations).filter(|function| function.visibility == Some(Visibility::Public)) {
        let forall = function.forall.as_ref();
        let params = forall.map_or(Vec::new(), |forall| forall.params.iter().map(|p| p.text.to_string()).collect());
        let constraint =
            |c: &crate::syntax::ast::AbilityConstraint| (c.ability.text.to_string(), c.param.text.to_string());
        let abilities: Vec<_> = forall.map_or(Vec::new(), |forall| forall.constraints.iter().map(constraint).collect());
        let fact = (printer.signature(function), params, abilities);
        assert!(public.insert(function.name.text.to_string(), fact).is_none(), "{} twice", function.name.text);
    }
    let owned = |builtin: &Builtin| {
        let abilities = builtin.abilities.iter().map(|&(ability, param)| (ability.to_string(), param.to_string()));
        let forall = builtin.forall.iter().map(|param| param.to_string()).collect::<Vec<_>>();
        (builtin.name.to_string(), (builtin.signature.to_string(), forall, abilities.collect::<Vec<_>>()))
    };
    let table: BTreeMap<_, _> = written_in_vera().map(owned).collect();
    for (name, fact) in &table {
        assert_eq!(public.get(name), Some(fact), "{name}");
    }
    assert_eq!(public.len(), table.len(), "a public function of the prelude has no row");
}

#[test]
fn names_are_unique_and_only_known_ones_are_internal() {
    let mut names = BTreeSet::new();
    let (_, declarations) = declarations();
    for name in TABLE.iter().filter(|row| row.implementation.is_some()).map(|row| row.name) {
        assert!(names.insert(name.to_string()), "{name} twice");
    }
    for function in functions(&declarations) {
        assert!(names.insert(function.name.text.to_string()), "{} twice", function.name.text);
        assert!(!function.name.text.starts_with("prim_"), "{} looks internal", function.name.text);
    }
    for row in TABLE {
        assert_eq!(row.internal, row.name.starts_with("prim_"), "{}", row.name);
        assert!(row.docs.ends_with('.') && !row.docs.contains("  "), "{}: {}", row.name, row.docs);
        assert_eq!(lookup(row.name).map(|found| found.name), Some(row.name));
    }
    assert!(lookup("no_such_function").is_none());
}

#[test]
fn signatures_are_types() {
    for row in TABLE {
        let mut sources = SourceMap::new();
        let file = sources.add(row.name, format!("type T = {};\n", row.signature));
        let (program, diagnostics) = parse(&sources, file);
        assert!(diagnostics.is_empty(), "{}: {}", row.name, row.signature);
        let Some(Decl::TypeAlias(alias)) = program.decls.first() else { panic!("{}", row.name) };
        let printer = Printer::new(&sources, &[]);
        assert_eq!(printer.ty(&alias.ty, &BTreeMap::new()), row.signature, "{} is not in the one spelling", row.name);
        let mut used = BTreeSet::new();
        collect_names(&alias.ty, &mut used);
        for param in row.forall {
            assert!(used.contains(*param), "{}: {param} is not used", row.name);
        }
    }
}

fn collect_names(ty: &TypeExpr, names: &mut BTreeSet<String>) {
    match &ty.kind {
        TypeKind::Named { name, args } => {
            names.insert(name.text.to_string());
            args.iter().for_each(|arg| collect_names(arg, names));
        }
        TypeKind::Fn(function) => {
            function.params.iter().for_each(|param| collect_names(param, names));
            collect_names(&function.result, names);
        }
        TypeKind::Refinement { .. } | TypeKind::Invalid => {}
    }
}

#[test]
fn contracts_are_trivial() {
    let (sources, declarations) = declarations();
    let trivial = |span: Span| matches!(sources.text(span), "requires(true)" | "ensures(true)");
    for function in functions(&declarations) {
        for contract in &function.contracts {
            let measured = matches!(contract.kind, ContractKind::Decreases(_));
            assert!(!measured && trivial(contract.span), "{}", function.name.text);
        }
    }
}

#[test]
fn tags_are_those_of_the_abi() {
    use vera_abi::{map, prelude as abi};
    let (_, declarations) = declarations();
    let data = |name: &str| -> &DataDecl {
        let found = declarations.iter().find_map(|decl| match decl {
            Decl::Data(data) if data.name.as_str() == name => Some(data),
            _ => None,
        });
        found.unwrap_or_else(|| panic!("no {name}"))
    };
    let expected: &[(&str, bool, &[Constructor])] = &[
        ("Option", true, &[("None", abi::option::NONE, 0), ("Some", abi::option::SOME, 1)]),
        ("Result", true, &[("Ok", abi::result::OK, 1), ("Err", abi::result::ERR, 1)]),
        (
            "Ordering",
            true,
            &[
                ("Less", abi::ordering::LESS, 0),
                ("Equal", abi::ordering::EQUAL, 0),
                ("Greater", abi::ordering::GREATER, 0),
            ],
        ),
        (
            "Json",
            true,
            &[
                ("JNull", abi::json::NULL, 0),
                ("JBool", abi::json::BOOL, 1),
                ("JNumber", abi::json::NUMBER, 1),
                ("JString", abi::json::STRING, 1),
                ("JArray", abi::json::ARRAY, 1),
                ("JObject", abi::json::OBJECT, 1),
            ],
        ),
        (
            "HtmlNode",
            true,
            &[
                ("HtmlElement", abi::html::ELEMENT, 3),
                ("HtmlText", abi::html::TEXT, 1),
                ("HtmlComment", abi::html::COMMENT, 1),
            ],
        ),
        (
            "MdInline",
            true,
            &[
                ("MdText", abi::md_inline::TEXT, 1),
                ("MdCode", abi::md_inline::CODE, 1),
                ("MdEmph", abi::md_inline::EMPH, 1),
                ("MdStrong", abi::md_inline::STRONG, 1),
                ("MdLink", abi::md_inline::LINK, 2),
                ("MdImage", abi::md_inline::IMAGE, 2),
            ],
        ),
        (
            "MdBlock",
            true,
            &[
                ("MdParagraph", abi::md_block::PARAGRAPH, 1),
                ("MdHeading", abi::md_block::HEADING, 2),
                ("MdCodeBlock", abi::md_block::CODE_BLOCK, 2),
                ("MdBlockQuote", abi::md_block::BLOCK_QUOTE, 1),
                ("MdList", abi::md_block::LIST, 2),
                ("MdThematicBreak", abi::md_block::THEMATIC_BREAK, 0),
                ("MdTable", abi::md_block::TABLE, 1),
                ("MdDocument", abi::md_block::DOCUMENT, 1),
            ],
        ),
        ("UrlParts", true, &[("UrlParts", 0, 5)]),
        ("Future", true, &[("Future", 0, 1)]),
        ("Request", true, &[("Request", 0, 4)]),
        ("Response", true, &[("Response", 0, 3)]),
        ("Map", false, &[("MapSmall", map::SMALL, 2), ("MapTrie", map::TRIE, 3)]),
        ("Set", false, &[("SetSmall", map::SMALL, 2), ("SetTrie", map::TRIE, 3)]),
        (
            "Trie",
            false,
            &[
                ("TrieLeaf", map::TRIE_LEAF, 4),
                ("TrieNode", map::TRIE_NODE, 2),
                ("TrieCollision", map::TRIE_COLLISION, 1),
            ],
        ),
        (
            "Decimal",
            false,
            &[
                ("DecimalDigits", abi::decimal::DIGITS, 3),
                ("DecimalLong", abi::decimal::LONG, 2),
                ("DecimalInfinity", abi::decimal::INFINITY, 1),
                ("DecimalNan", abi::decimal::NAN, 0),
            ],
        ),
    ];
    for (name, public, constructors) in expected {
        let data = data(name);
        assert_eq!(data.visibility == Some(Visibility::Public), *public, "{name}");
        let actual = data.constructors.iter().enumerate();
        let actual: Vec<_> = actual.map(|(tag, c)| (c.name.as_str(), tag as u32, c.fields.len())).collect();
        assert_eq!(actual, *constructors, "{name}");
    }
    for ty in abi::PreludeType::ALL {
        assert!(expected.iter().any(|(name, ..)| *name == ty.name()), "{ty:?} is not in the prelude");
    }
    let declared = declarations.iter().filter(|decl| matches!(decl, Decl::Data(_))).count();
    assert_eq!(declared, expected.len(), "a data type is not listed here");
}

#[test]
fn the_small_form_ends_where_the_abi_says() {
    let map = FILES.iter().find(|(name, _)| *name == "map.vera").expect("a file of maps").1;
    assert!(map.contains(&format!("array_length(@Array<K>.0) < {}", vera_abi::map::SMALL_MAX)));
    let numbered = format!("MapTrie({0}, {0},", vera_abi::map::SMALL_MAX + 1);
    assert!(map.contains(&numbered));
}

#[test]
fn the_files_check_without_a_word() {
    use crate::check::{Options, Source, check};
    use crate::source::MemoryLoader;
    // A program that names everything, so that everything is read. Its calls are wrong, which is not looked at.
    let calls: String =
        TABLE.iter().filter(|row| !row.internal).map(|row| format!("  let @Int = {}();\n", row.name)).collect();
    let program = format!(
        "public fn main(@Unit -> @Unit)\n  requires(true)\n  ensures(true)\n  effects(pure)\n{{\n{calls}  ()\n}}\n"
    );
    let outcome = check(Source { name: "main.vera", text: &program }, &MemoryLoader::new(), Options::default());
    let sources = &outcome.program().sources;
    let messages: Vec<String> = outcome
        .diagnostics
        .iter()
        .map(|diagnostic| {
            let file = sources.file(diagnostic.span.file).name();
            format!("{file}:{} {}", sources.start(diagnostic.span).line, diagnostic.description)
        })
        .filter(|message| !message.starts_with("main.vera"))
        .collect();
    assert!(messages.is_empty(), "{}", messages.join("\n"));
}
