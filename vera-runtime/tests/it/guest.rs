//! Modules for the tests: the support module, a few functions in text, and an interface that describes them.

use std::fmt::Write as _;
use vera_abi::heap::{STATICS, TRAP_RECORD, record_header};
use vera_abi::interface::*;
use vera_abi::trap::TrapKind;
use vera_abi::{ABI_VERSION, names};
use vera_runtime::{Compiled, Instance, Limits};

/// A module in the making.
#[derive(Default)]
pub(crate) struct Guest {
    imports: String,
    text: String,
    pub(crate) interface: Interface,
}

fn frame(function: &str) -> FrameDesc {
    FrameDesc {
        function: function.into(),
        signature: "@Int -> @Int".into(),
        source: 0,
        line_start: 1,
        line_end: 2,
        builtin: false,
        made: false,
    }
}

/// What the values of a site are called: by their place.
fn values(types: Vec<TypeId>) -> Vec<SiteValue> {
    let named = types.into_iter().enumerate();
    named.map(|(position, ty)| SiteValue { name: format!("@T{position}.0"), ty }).collect()
}

/// Describes the code of exports that are called as frames are.
fn describe_code(wasm: &[u8], interface: &mut Interface) {
    for payload in wasmparser::Parser::new(0).parse_all(wasm) {
        let wasmparser::Payload::ExportSection(section) = payload.unwrap() else { continue };
        for export in section {
            let export = export.unwrap();
            let name = export.name.strip_prefix(names::FUNCTION_PREFIX);
            let frame = interface.frames.iter().position(|frame| !frame.made && Some(frame.function.as_str()) == name);
            let Some(frame) = frame else { continue };
            let span = SpanDesc { from: 0, place: Some(interface.places.len() as u32) };
            interface.places.push(PlaceDesc { frame: frame as u32, line: 0, caller: None });
            interface.code.push(CodeDesc { function: export.index, spans: vec![span], calls: Vec::new() });
        }
    }
    interface.code.sort_by_key(|code| code.function);
}

/// Field-less constructors that have a static object.
const STATIC_TAGS: u32 = 16;

impl Guest {
    pub(crate) fn new() -> Self {
        let mut guest = Guest::default();
        guest.interface.abi_version = ABI_VERSION;
        guest.interface.module = "test.guest".into();
        guest.interface.sources = vec!["guest.vera".into()];
        guest.interface.frames = vec![FrameDesc { made: true, ..frame("f") }];
        let mut image = String::new();
        for tag in 0..STATIC_TAGS {
            for byte in record_header(tag, 0).to_le_bytes().into_iter().chain([0; 4]) {
                write!(image, "\\{byte:02x}").unwrap();
            }
        }
        write!(
            guest.text,
            r#"(data (i32.const {STATICS}) "{image}")
            (func $place_statics (global.set $data_end (i32.const {})))
            (start $place_statics)
            (func $keep (param $p i32)
              (i32.store (global.get $gc_sp) (local.get $p))
              (global.set $gc_sp (i32.add (global.get $gc_sp) (i32.const 4))))
            (func $drop1 (global.set $gc_sp (i32.sub (global.get $gc_sp) (i32.const 4))))
            (func $churn (param $p i32)
              (call $keep (local.get $p))
              (call $collect)
              (call $drop1))
            "#,
            STATICS + 8 * STATIC_TAGS
        )
        .unwrap();
        guest
    }

    pub(crate) fn ty(&mut self, ty: TypeDesc) -> TypeId {
        if let Some(at) = self.interface.types.iter().position(|known| *known == ty) {
            return TypeId(at as u32);
        }
        self.interface.types.push(ty);
        TypeId(self.interface.types.len() as u32 - 1)
    }

    pub(crate) fn data(
        &mut self,
        name: &str,
        arguments: Vec<TypeId>,
        constructors: Vec<(&str, Vec<TypeId>)>,
    ) -> TypeId {
        let constructors =
            constructors.into_iter().map(|(name, fields)| ConstructorDesc { name: name.into(), fields }).collect();
        self.ty(TypeDesc::Data(Box::new(DataDesc { name: name.into(), arguments, constructors })))
    }

    /// The types that host values of the prelude are described with. Only names and sizes matter to checks.
    pub(crate) fn prelude(&mut self, name: &str) -> TypeId {
        let string = self.ty(TypeDesc::String);
        match name {
            "Json" => {
                let id = TypeId(self.interface.types.len() as u32);
                let json =
                    TypeDesc::Data(Box::new(DataDesc { name: "Json".into(), arguments: vec![], constructors: vec![] }));
                if let Some(at) =
                    self.interface.types.iter().position(|ty| matches!(ty, TypeDesc::Data(d) if d.name == "Json"))
                {
                    return TypeId(at as u32);
                }
                self.interface.types.push(json);
                let (boolean, float) = (self.ty(TypeDesc::Bool), self.ty(TypeDesc::Float64));
                let array = self.ty(TypeDesc::Array(id));
                let map = self.ty(TypeDesc::Map(string, id));
                let constructors = [
                    ("JNull", vec![]),
                    ("JBool", vec![boolean]),
                    ("JNumber", vec![float]),
                    ("JString", vec![string]),
                    ("JArray", vec![array]),
                    ("JObject", vec![map]),
                ];
                if let TypeDesc::Data(data) = &mut self.interface.types[id.0 as usize] {
                    data.constructors = constructors
                        .into_iter()
                        .map(|(name, fields)| ConstructorDesc { name: name.into(), fields })
                        .collect();
                }
                id
            }
            "HtmlNode" => self.data(
                "HtmlNode",
                vec![],
                vec![("HtmlElement", vec![]), ("HtmlText", vec![]), ("HtmlComment", vec![])],
            ),
            "MdBlock" => {
                let names = [
                    "MdParagraph",
                    "MdHeading",
                    "MdCodeBlock",
                    "MdBlockQuote",
                    "MdList",
                    "MdThematicBreak",
                    "MdTable",
                    "MdDocument",
                ];
                self.data("MdBlock", vec![], names.into_iter().map(|name| (name, vec![])).collect())
            }
            "Ordering" => self.data("Ordering", vec![], vec![("Less", vec![]), ("Equal", vec![]), ("Greater", vec![])]),
            _ => panic!("no prelude type {name}"),
        }
    }

    pub(crate) fn option(&mut self, of: TypeId) -> TypeId {
        self.data("Option", vec![of], vec![("None", vec![]), ("Some", vec![of])])
    }

    pub(crate) fn result(&mut self, ok: TypeId, error: TypeId) -> TypeId {
        self.data("Result", vec![ok, error], vec![("Ok", vec![ok]), ("Err", vec![error])])
    }

    pub(crate) fn import(&mut self, module: &str, name: &str, id: &str, ty: &str) {
        write!(self.imports, r#"(import "{module}" "{name}" (func ${id} {ty}))"#).unwrap();
    }

    /// Imports a built-in under its own name.
    pub(crate) fn builtin(&mut self, name: &str, ty: &str) {
        self.import(names::BUILTIN_IMPORTS, name, name, ty);
    }

    pub(crate) fn operation(&mut self, effect: &str, name: &str, params: Vec<TypeId>, result: TypeId, ty: &str) {
        let known = self.interface.effects.iter().position(|known| known.name == effect);
        let id = EffectId(known.unwrap_or(self.interface.effects.len()) as u32);
        self.import(&names::effect_imports(id), name, &format!("{effect}.{name}"), ty);
        let operation = OperationDesc { name: name.into(), params, result };
        match self.interface.effects.iter_mut().find(|known| known.name == effect) {
            Some(known) => known.operations.push(operation),
            None => {
                self.interface.effects.push(EffectDesc {
                    name: effect.into(),
                    arguments: vec![],
                    user: vera_abi::capability::of_effect(effect).next().is_none(),
                    operations: vec![operation],
                });
            }
        }
    }

    /// A public function with a body in text, after its name and export.
    pub(crate) fn function(&mut self, name: &str, params: Vec<TypeId>, result: TypeId, body: &str) {
        write!(self.text, r#"(func ${name} (export "{}{name}") {body})"#, names::FUNCTION_PREFIX).unwrap();
        self.interface.functions.push(FunctionDesc { name: name.into(), params, result, effects: "pure".into() });
        self.interface.frames.push(frame(name));
    }

    /// A function that recurses as many times as its argument says, and returns that.
    pub(crate) fn recursive(&mut self, name: &str) {
        let int = self.ty(TypeDesc::Int);
        let body = format!(
            "(param i64) (result i64) (if (result i64) (i64.eqz (local.get 0)) (then (i64.const 0))
               (else (i64.add (i64.const 1) (call ${name} (i64.sub (local.get 0) (i64.const 1))))))"
        );
        self.function(name, vec![int], int, &body);
    }

    /// A function that collects and returns its argument.
    pub(crate) fn identity(&mut self, name: &str, ty: TypeId) {
        use vera_abi::layout::Rep;
        let body = match self.interface.ty(ty).rep() {
            Rep::Unit => "",
            Rep::I64 => "(param i64) (result i64) (local.get 0)",
            Rep::F64 => "(param f64) (result f64) (local.get 0)",
            Rep::Byte => "(param i32) (result i32) (local.get 0)",
            Rep::Ptr => "(param i32) (result i32) (call $churn (local.get 0)) (local.get 0)",
            Rep::Slice => "(param i32 i32) (result i32 i32) (call $churn (local.get 0)) (local.get 0) (local.get 1)",
        };
        self.function(name, vec![ty], ty, body);
    }

    /// A check that can fail; `arguments` are its function's parameters.
    pub(crate) fn site(&mut self, kind: TrapKind, text: &str, arguments: Vec<TypeId>) -> usize {
        self.interface.sites.push(TrapSite {
            kind,
            frame: 0,
            text: text.into(),
            source: 0,
            line: 3,
            column: 5,
            values: values(arguments),
        });
        self.interface.sites.len() - 1
    }

    /// Text that fails a check.
    pub(crate) fn fail(site: usize) -> String {
        format!("(global.set $trap_site (i32.const {site})) (unreachable)")
    }

    /// Text that stores a word of the trap record.
    pub(crate) fn record(word: u32, value: &str) -> String {
        if let Some(global) = names::TRAP_WORDS.get(word as usize) {
            return format!("(global.set ${global} {value})");
        }
        format!("(i64.store (i32.const {}) {value})", TRAP_RECORD + 8 * word)
    }

    pub(crate) fn compile(&self) -> Compiled {
        let mut wasm = vera_compiler::support_module_with(&self.imports, &self.text);
        let mut interface = self.interface.clone();
        describe_code(&wasm, &mut interface);
        let mut section = vec![names::INTERFACE_SECTION.len() as u8];
        section.extend(names::INTERFACE_SECTION.as_bytes());
        section.extend(interface.to_bytes());
        wasm.push(0);
        let mut size = section.len();
        while size >= 0x80 {
            wasm.push(size as u8 | 0x80);
            size >>= 7;
        }
        wasm.push(size as u8);
        wasm.extend(section);
        Compiled::new(wasm)
    }

    /// An instance in stress mode and one that is not.
    pub(crate) fn instances(&self) -> [Instance; 2] {
        let compiled = self.compile();
        let plain = compiled.instantiate((), Limits::default()).unwrap();
        let mut stressed = compiled.instantiate((), Limits::default()).unwrap();
        stressed.stress().unwrap();
        [plain, stressed]
    }
}
