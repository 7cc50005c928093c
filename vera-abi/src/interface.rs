//! The description of a compiled module, which it carries in the custom section [`crate::names::INTERFACE_SECTION`].
//!
//! It is monomorphic: it lists every type of a public function, an effect operation or a failed check with its type
//! arguments filled in.

use crate::codec::{Codec, DecodeError, Reader, codec};
use crate::layout::Rep;
use crate::trap::TrapKind;
use crate::validate;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// An index into [`Interface::types`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(pub u32);

impl Codec for TypeId {
    fn encode(&self, out: &mut Vec<u8>) {
        self.0.encode(out);
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        u32::decode(reader).map(TypeId)
    }
}

/// An index into [`Interface::effects`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EffectId(pub u32);

impl Codec for TrapKind {
    fn encode(&self, out: &mut Vec<u8>) {
        out.push(*self as u8);
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let code = u8::decode(reader)?;
        TrapKind::from_code(code).ok_or(reader.error())
    }
}

/// The types, functions, effects and checks of a module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interface {
    /// [`crate::ABI_VERSION`] of the compiler.
    pub abi_version: u32,
    /// The dotted path of the `module` declaration; empty without one.
    pub module: String,
    /// Names of the source files.
    pub sources: Vec<String>,
    /// Every type that the fields below refer to.
    pub types: Vec<TypeDesc>,
    /// The public functions, in source order.
    pub functions: Vec<FunctionDesc>,
    /// The effects whose operations the module imports, by [`EffectId`].
    pub effects: Vec<EffectDesc>,
    /// The checks that can fail, indexed by the trap-site number.
    pub sites: Vec<TrapSite>,
    /// The functions that sites and backtraces name.
    pub frames: Vec<FrameDesc>,
    /// The places that code comes from.
    pub places: Vec<PlaceDesc>,
    /// The origins of the code of each WebAssembly function, by ascending function index.
    pub code: Vec<CodeDesc>,
}

/// A monomorphic type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeDesc {
    /// `Int`
    Int,
    /// `Nat`
    Nat,
    /// `Bool`
    Bool,
    /// `Byte`
    Byte,
    /// `Float64`
    Float64,
    /// `String`
    String,
    /// `Unit`
    Unit,
    /// `Never`
    Never,
    /// `Array<T>`
    Array(TypeId),
    /// `Tuple<...>`: a record of tag 0.
    Tuple(Vec<TypeId>),
    /// `Map<K, V>`
    Map(TypeId, TypeId),
    /// `Set<T>`
    Set(TypeId),
    /// `Decimal`
    Decimal,
    /// A data type, of the prelude or the program.
    Data(Box<DataDesc>),
    /// A function type; values of it are opaque to the host.
    Function,
}

impl TypeDesc {
    /// How values of the type are represented.
    pub fn rep(&self) -> Rep {
        match self {
            TypeDesc::Int | TypeDesc::Nat => Rep::I64,
            TypeDesc::Bool | TypeDesc::Byte => Rep::Byte,
            TypeDesc::Float64 => Rep::F64,
            TypeDesc::String | TypeDesc::Array(_) => Rep::Slice,
            TypeDesc::Unit | TypeDesc::Never => Rep::Unit,
            TypeDesc::Tuple(_)
            | TypeDesc::Map(..)
            | TypeDesc::Set(_)
            | TypeDesc::Data(_)
            | TypeDesc::Function
            | TypeDesc::Decimal => Rep::Ptr,
        }
    }
}

/// A data type with its type arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataDesc {
    /// The declared name.
    pub name: String,
    /// The type arguments.
    pub arguments: Vec<TypeId>,
    /// The constructors; a constructor's tag is its position.
    pub constructors: Vec<ConstructorDesc>,
}

/// A constructor of a data type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConstructorDesc {
    /// Its name.
    pub name: String,
    /// The types of its fields.
    pub fields: Vec<TypeId>,
}

/// A public function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionDesc {
    /// Its Vera name; the name of the export is [`crate::names::FUNCTION_PREFIX`] followed by this name.
    pub name: String,
    /// Parameter types in declaration order.
    pub params: Vec<TypeId>,
    /// The result type.
    pub result: TypeId,
    /// The effect row as in the source, such as `pure` or `<IO, Log>`.
    pub effects: String,
}

/// An effect whose operations are imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EffectDesc {
    /// The declared name. Two effects of a program may have the same name: the import module of the operations is
    /// [`crate::names::effect_imports`] of the effect's id.
    pub name: String,
    /// The type arguments.
    pub arguments: Vec<TypeId>,
    /// Whether the program declares it (and not the language).
    pub user: bool,
    /// The operations the module imports, in declaration order.
    pub operations: Vec<OperationDesc>,
}

/// An operation of an effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationDesc {
    /// Its name, which is the import's name.
    pub name: String,
    /// Parameter types.
    pub params: Vec<TypeId>,
    /// Result type.
    pub result: TypeId,
}

/// A check that can fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrapSite {
    /// What kind of check.
    pub kind: TrapKind,
    /// Its function: an index into [`Interface::frames`].
    pub frame: u32,
    /// The clause or expression as in the source.
    pub text: String,
    /// Index into [`Interface::sources`].
    pub source: u32,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// The values that the check looks at. They are in the trap record ([`crate::trap`]), flattened, in this order.
    pub values: Vec<SiteValue>,
}

/// A value that a failed check shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SiteValue {
    /// The name for the user: a slot such as `@Nat.1`, or its role in the operation, such as `dividend`.
    pub name: String,
    /// Its type.
    pub ty: TypeId,
}

/// A function of the source. All its instances share one frame.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FrameDesc {
    /// The Vera function.
    pub function: String,
    /// Its signature as in the source, such as `@Int, @Int -> @Int`; empty for generated code.
    pub signature: String,
    /// Index into [`Interface::sources`].
    pub source: u32,
    /// First line, from 1.
    pub line_start: u32,
    /// Last line, from 1.
    pub line_end: u32,
    /// Whether it belongs to the prelude.
    pub builtin: bool,
    /// Whether the compiler generated it: checks name it, backtraces leave it out.
    pub made: bool,
}

/// A WebAssembly function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeDesc {
    /// Its index in the module.
    pub function: u32,
    /// The origins of its code, by ascending offset. Code before the first span has none.
    pub spans: Vec<SpanDesc>,
    /// Its direct calls of functions of the program, by ascending offset. The engine inlines some, and then has no frame for
    /// them.
    pub calls: Vec<CallDesc>,
}

/// A direct call, or tail call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallDesc {
    /// The offset, in bytes from the start of the caller's body.
    pub at: u32,
    /// The index of the called function in the module.
    pub function: u32,
}

/// The origin of a function's code, from an offset up to the next span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpanDesc {
    /// The offset, in bytes from the start of the function's body.
    pub from: u32,
    /// An index into [`Interface::places`]; `None` for code that the compiler made.
    pub place: Option<u32>,
}

/// A line of a Vera function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PlaceDesc {
    /// The function: an index into [`Interface::frames`].
    pub frame: u32,
    /// The line, from 1; 0 when it is not known.
    pub line: u32,
    /// For a function that was inlined, the place of the call: an index of an earlier place.
    pub caller: Option<u32>,
}

codec!(struct Interface { abi_version, module, sources, types, functions, effects, sites, frames, places, code });
codec!(enum TypeDesc {
    0 Int, 1 Nat, 2 Bool, 3 Byte, 4 Float64, 5 String, 6 Unit, 7 Never,
    8 Array(element), 9 Tuple(items), 10 Map(key, value), 11 Set(item), 12 Data(data), 13 Function, 14 Decimal,
});
codec!(struct DataDesc { name, arguments, constructors });
codec!(struct ConstructorDesc { name, fields });
codec!(struct FunctionDesc { name, params, result, effects });
codec!(struct EffectDesc { name, arguments, user, operations });
codec!(struct OperationDesc { name, params, result });
codec!(struct TrapSite { kind, frame, text, source, line, column, values });
codec!(struct SiteValue { name, ty });
codec!(struct FrameDesc { function, signature, source, line_start, line_end, builtin, made });
codec!(struct CodeDesc { function, spans, calls });
codec!(struct CallDesc { at, function });
codec!(struct SpanDesc { from, place });
codec!(struct PlaceDesc { frame, line, caller });

impl<T: Codec> Codec for Box<T> {
    fn encode(&self, out: &mut Vec<u8>) {
        (**self).encode(out);
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        T::decode(reader).map(Box::new)
    }
}

impl Interface {
    /// The bytes of the custom section.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.encode(&mut out);
        out
    }

    /// Reads the custom section. The result is validated: every type id is one of [`Interface::types`], every frame is
    /// one of [`Interface::frames`], types are finite, and records have a layout.
    ///
    /// # Errors
    /// When the bytes are not exactly one encoded interface.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let interface = Self::decode(&mut reader)?;
        if !reader.rest().is_empty() {
            return Err(reader.error());
        }
        validate::check(&interface)?;
        Ok(interface)
    }

    /// The description of a type.
    ///
    /// # Panics
    /// When the id does not belong to this interface.
    pub fn ty(&self, id: TypeId) -> &TypeDesc {
        &self.types[id.0 as usize]
    }

    /// The description of a frame.
    ///
    /// # Panics
    /// When the number is not one of this interface.
    pub fn frame(&self, frame: u32) -> &FrameDesc {
        &self.frames[frame as usize]
    }

    /// The effect of the language of that name, if the module imports operations of it.
    pub fn language_effect(&self, name: &str) -> Option<EffectId> {
        let found = self.effects.iter().position(|effect| !effect.user && effect.name == name)?;
        Some(EffectId(found as u32))
    }

    /// The origin of an instruction: its place, then the places of the calls of the functions that were inlined there,
    /// outwards.
    ///
    /// `function` is the index of the WebAssembly function, `offset` that of the instruction in its body, in bytes.
    pub fn places_of(&self, function: u32, offset: u32) -> impl Iterator<Item = &PlaceDesc> {
        let innermost = self.code(function).and_then(|code| {
            let spans = &code.spans;
            spans[..spans.partition_point(|span| span.from <= offset)].last()?.place
        });
        innermost.into_iter().flat_map(|place| self.places_from(place))
    }

    /// The place of that index, then the places of the calls of the functions that were inlined there, outwards.
    ///
    /// # Panics
    /// When the index is not one of this interface.
    pub fn places_from(&self, index: u32) -> impl Iterator<Item = &PlaceDesc> {
        let place = |index: u32| &self.places[index as usize];
        core::iter::successors(Some(place(index)), move |inner| inner.caller.map(place))
    }

    /// The code of the WebAssembly function of that index, if its origin is known.
    pub fn code(&self, function: u32) -> Option<&CodeDesc> {
        let found = self.code.binary_search_by_key(&function, |code| code.function).ok()?;
        self.code.get(found)
    }

    /// The public function of that name.
    pub fn function(&self, name: &str) -> Option<&FunctionDesc> {
        self.functions.iter().find(|function| function.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn survives_a_round_trip_and_refuses_every_truncation() {
        let interface = Interface {
            abi_version: 300,
            module: "a.b".into(),
            sources: vec!["a.vera".into()],
            types: vec![
                TypeDesc::Int,
                TypeDesc::Data(Box::new(DataDesc {
                    name: "List".into(),
                    arguments: vec![TypeId(0)],
                    constructors: vec![
                        ConstructorDesc { name: "Nil".into(), fields: vec![] },
                        ConstructorDesc { name: "Cons".into(), fields: vec![TypeId(0), TypeId(1)] },
                    ],
                })),
            ],
            functions: vec![FunctionDesc {
                name: "f".into(),
                params: vec![TypeId(1)],
                result: TypeId(0),
                effects: "pure".into(),
            }],
            effects: vec![],
            sites: vec![TrapSite {
                kind: TrapKind::Requires,
                frame: 0,
                text: "true".into(),
                source: 0,
                line: 1,
                column: 70000,
                values: vec![SiteValue { name: "@List<Int>.0".into(), ty: TypeId(1) }],
            }],
            frames: vec![FrameDesc {
                function: "f".into(),
                signature: "@List<Int> -> @Int".into(),
                source: 0,
                line_start: 1,
                line_end: 300,
                builtin: false,
                made: false,
            }],
            places: vec![
                PlaceDesc { frame: 0, line: 0, caller: None },
                PlaceDesc { frame: 0, line: 299, caller: Some(0) },
            ],
            code: vec![CodeDesc {
                function: 200,
                spans: vec![SpanDesc { from: 0, place: None }, SpanDesc { from: 1000, place: Some(1) }],
                calls: vec![CallDesc { at: 300, function: 200 }],
            }],
        };
        let bytes = interface.to_bytes();
        assert_eq!(Interface::from_bytes(&bytes), Ok(interface));
        for end in 0..bytes.len() {
            assert!(Interface::from_bytes(&bytes[..end]).is_err(), "{end} of {} bytes were enough", bytes.len());
        }
    }
}
