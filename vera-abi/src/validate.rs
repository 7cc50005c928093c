//! The requirements on a decoded [`Interface`] before anybody relies on it. The bytes may come from anywhere.
//!
//! This does not check that the description belongs to its module: the code that loads a module compares the two.

use crate::codec::DecodeError;
use crate::heap::{MAX_POINTERS, MAX_TAG};
use crate::interface::{CodeDesc, DataDesc, Interface, TypeDesc, TypeId};
use alloc::vec;
use alloc::vec::Vec;

/// Checks ids, types, and the sizes of records.
pub(crate) fn check(interface: &Interface) -> Result<(), DecodeError> {
    let known = |ids: &[TypeId]| ids.iter().all(|id| (id.0 as usize) < interface.types.len());
    let types = interface.types.iter().all(|ty| match ty {
        TypeDesc::Data(data) => {
            known(&data.arguments) && data.constructors.iter().all(|constructor| known(&constructor.fields))
        }
        _ => known(&within(ty)),
    });
    let functions = interface.functions.iter().all(|function| known(&function.params) && known(&[function.result]));
    let effects = interface.effects.iter().all(|effect| known(&effect.arguments));
    let mut operations = interface.effects.iter().flat_map(|effect| &effect.operations);
    let operations = operations.all(|operation| known(&operation.params) && known(&[operation.result]));
    let mut sites = interface.sites.iter();
    let sites = sites.all(|site| site.values.iter().all(|value| known(&[value.ty])));
    if !(types && functions && effects && operations && sites) {
        return invalid("it refers to a type that it does not list");
    }
    let frames = interface.sites.iter().map(|site| site.frame).chain(interface.places.iter().map(|place| place.frame));
    if frames.max().is_some_and(|last| last as usize >= interface.frames.len()) {
        return invalid("it refers to a function that it does not list");
    }
    let mut places = (0..).zip(&interface.places);
    if places.any(|(index, place)| place.caller.is_some_and(|caller| caller >= index)) {
        return invalid("a place is not called from an earlier one");
    }
    let mut spans = interface.code.iter().flat_map(|code| &code.spans);
    if spans.any(|span| span.place.is_some_and(|place| place as usize >= interface.places.len())) {
        return invalid("it refers to a place that it does not list");
    }
    let sorted =
        |code: &CodeDesc| code.spans.is_sorted_by_key(|span| span.from) && code.calls.is_sorted_by_key(|call| call.at);
    if !interface.code.is_sorted_by_key(|code| code.function) || !interface.code.iter().all(sorted) {
        return invalid("its code is not in order");
    }
    if is_infinite(interface) {
        return invalid("a type is part of its own name");
    }
    for ty in &interface.types {
        match ty {
            TypeDesc::Tuple(items) => check_record(interface, items)?,
            TypeDesc::Data(data) => check_data(interface, data)?,
            _ => {}
        }
    }
    Ok(())
}

fn invalid(reason: &'static str) -> Result<(), DecodeError> {
    Err(DecodeError::Invalid { reason })
}

/// The types that a type's name contains. A data type may contain itself by its constructors, not by its arguments.
fn within(ty: &TypeDesc) -> Vec<TypeId> {
    match ty {
        TypeDesc::Array(of) | TypeDesc::Set(of) => vec![*of],
        TypeDesc::Map(key, value) => vec![*key, *value],
        TypeDesc::Tuple(items) => items.clone(),
        TypeDesc::Data(data) => data.arguments.clone(),
        TypeDesc::Int
        | TypeDesc::Nat
        | TypeDesc::Bool
        | TypeDesc::Byte
        | TypeDesc::Float64
        | TypeDesc::String
        | TypeDesc::Unit
        | TypeDesc::Never
        | TypeDesc::Decimal
        | TypeDesc::Function => Vec::new(),
    }
}

/// Whether a type contains itself. It repeatedly removes types that contain no remaining type; a type contains itself
/// if some are left.
fn is_infinite(interface: &Interface) -> bool {
    let mut containers = vec![Vec::new(); interface.types.len()];
    let mut open: Vec<usize> = Vec::with_capacity(interface.types.len());
    for (index, ty) in interface.types.iter().enumerate() {
        let parts = within(ty);
        open.push(parts.len());
        for part in parts {
            containers[part.0 as usize].push(index);
        }
    }
    let mut finite: Vec<usize> = (0..open.len()).filter(|&index| open[index] == 0).collect();
    let mut left = open.len() - finite.len();
    while let Some(part) = finite.pop() {
        for &container in &containers[part] {
            open[container] -= 1;
            if open[container] == 0 {
                left -= 1;
                finite.push(container);
            }
        }
    }
    left > 0
}

fn check_data(interface: &Interface, data: &DataDesc) -> Result<(), DecodeError> {
    if data.constructors.len() > MAX_TAG as usize + 1 {
        return invalid("a data type has more constructors than there are tags");
    }
    data.constructors.iter().try_for_each(|constructor| check_record(interface, &constructor.fields))
}

/// Whether a header can count the record's pointers. If so, its other fields fit too, because no record has so many
/// bytes.
fn check_record(interface: &Interface, fields: &[TypeId]) -> Result<(), DecodeError> {
    let pointers = fields.iter().filter(|&&id| interface.ty(id).rep().has_pointer()).count();
    if fields.len() > 4 * MAX_POINTERS as usize || pointers > MAX_POINTERS as usize {
        return invalid("a record has more fields than its header can count");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interface::{
        ConstructorDesc, EffectDesc, FrameDesc, FunctionDesc, OperationDesc, PlaceDesc, SiteValue, SpanDesc, TrapSite,
    };
    use crate::trap::TrapKind;
    use alloc::boxed::Box;
    use alloc::string::String;

    fn with(types: Vec<TypeDesc>) -> Interface {
        Interface { types, ..Interface::default() }
    }

    fn data(arguments: Vec<TypeId>, fields: Vec<Vec<TypeId>>) -> TypeDesc {
        let constructors = fields.into_iter().map(|fields| ConstructorDesc { name: String::new(), fields }).collect();
        TypeDesc::Data(Box::new(DataDesc { name: "D".into(), arguments, constructors }))
    }

    fn reason(interface: &Interface) -> &'static str {
        match Interface::from_bytes(&interface.to_bytes()) {
            Err(DecodeError::Invalid { reason }) => reason,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_id_is_looked_at() {
        let bad = TypeId(1);
        let unlisted = [TypeDesc::Array(bad), TypeDesc::Set(bad), TypeDesc::Map(bad, bad), TypeDesc::Tuple(vec![bad])];
        for ty in unlisted.into_iter().chain([data(vec![bad], vec![]), data(vec![], vec![vec![], vec![bad]])]) {
            assert!(reason(&with(vec![ty])).contains("does not list"));
        }
        let function = |params, result| FunctionDesc { name: "f".into(), params, result, effects: "pure".into() };
        let operation = |params, result| EffectDesc {
            name: "E".into(),
            arguments: vec![],
            user: true,
            operations: vec![OperationDesc { name: "o".into(), params, result }],
        };
        let site = TrapSite {
            kind: TrapKind::Requires,
            frame: 0,
            text: String::new(),
            source: 0,
            line: 1,
            column: 1,
            values: vec![SiteValue { name: String::new(), ty: bad }],
        };
        let frame = FrameDesc {
            function: String::new(),
            signature: String::new(),
            source: 0,
            line_start: 1,
            line_end: 1,
            builtin: false,
            made: false,
        };
        let base = with(vec![TypeDesc::Int]);
        let ok = TypeId(0);
        for wrong in [
            Interface { functions: vec![function(vec![ok, bad], ok)], ..base.clone() },
            Interface { functions: vec![function(vec![], bad)], ..base.clone() },
            Interface { effects: vec![operation(vec![bad], ok)], ..base.clone() },
            Interface { effects: vec![operation(vec![], bad)], ..base.clone() },
            Interface { sites: vec![site], frames: vec![frame], ..base.clone() },
            Interface { effects: vec![EffectDesc { arguments: vec![bad], ..operation(vec![], ok) }], ..base.clone() },
        ] {
            assert!(reason(&wrong).contains("does not list"));
        }
        let good =
            Interface { functions: vec![function(vec![ok], ok)], effects: vec![operation(vec![ok], ok)], ..base };
        assert_eq!(Interface::from_bytes(&good.to_bytes()), Ok(good));
    }

    #[test]
    fn frames_are_listed_and_code_is_in_order() {
        let frame = FrameDesc {
            function: "f".into(),
            signature: String::new(),
            source: 0,
            line_start: 1,
            line_end: 1,
            builtin: false,
            made: false,
        };
        let place = |caller| PlaceDesc { frame: 0, line: 1, caller };
        let code = |function, spans: &[(u32, Option<u32>)]| CodeDesc {
            function,
            spans: spans.iter().map(|&(from, place)| SpanDesc { from, place }).collect(),
            calls: Vec::new(),
        };
        let with = |places: Vec<PlaceDesc>, code: Vec<CodeDesc>| Interface {
            frames: vec![frame.clone()],
            places,
            code,
            ..Interface::default()
        };
        assert!(reason(&with(vec![PlaceDesc { frame: 1, ..place(None) }], vec![])).contains("function"));
        assert!(reason(&with(vec![place(Some(0))], vec![])).contains("earlier"));
        assert!(reason(&with(vec![place(None)], vec![code(7, &[(0, None), (9, Some(1))])])).contains("place"));
        assert!(reason(&with(vec![], vec![code(7, &[]), code(6, &[])])).contains("order"));
        assert!(reason(&with(vec![], vec![code(7, &[(2, None), (1, None)])])).contains("order"));
        let spans = code(7, &[(2, Some(1)), (8, None)]);
        let good = with(vec![place(None), PlaceDesc { line: 2, ..place(Some(0)) }], vec![code(6, &[]), spans]);
        assert_eq!(Interface::from_bytes(&good.to_bytes()).as_ref(), Ok(&good));
        let lines = |function, offset| good.places_of(function, offset).map(|place| place.line).collect::<Vec<_>>();
        assert_eq!([lines(7, 1), lines(7, 2), lines(7, 7), lines(7, 8)], [vec![], vec![2, 1], vec![2, 1], vec![]]);
        assert_eq!([lines(6, 0), lines(5, 2)], [vec![], vec![]]);
    }

    #[test]
    fn types_are_finite_and_data_may_recur() {
        let (zero, one) = (TypeId(0), TypeId(1));
        for types in [
            vec![TypeDesc::Array(zero)],
            vec![TypeDesc::Int, TypeDesc::Map(zero, one)],
            vec![TypeDesc::Set(one), TypeDesc::Tuple(vec![zero])],
            vec![data(vec![one], vec![]), TypeDesc::Array(zero)],
        ] {
            assert!(reason(&with(types)).contains("own name"));
        }
        let list = with(vec![data(vec![one], vec![vec![], vec![one, zero]]), TypeDesc::Int]);
        assert_eq!(Interface::from_bytes(&list.to_bytes()), Ok(list));
        // Deep and shared types are fine, and cost no stack.
        let mut types = vec![TypeDesc::Int];
        types.extend((0..100_000).map(|n| TypeDesc::Map(TypeId(n), TypeId(n))));
        assert!(check(&with(types)).is_ok());
    }

    #[test]
    fn records_have_a_header() {
        let strings = |count| with(vec![TypeDesc::String, TypeDesc::Tuple(vec![TypeId(0); count])]);
        assert!(check(&strings(MAX_POINTERS as usize)).is_ok());
        assert!(reason(&strings(MAX_POINTERS as usize + 1)).contains("fields"));
        assert!(check(&with(vec![data(vec![], vec![vec![]; MAX_TAG as usize + 1])])).is_ok());
        assert!(reason(&with(vec![data(vec![], vec![vec![]; MAX_TAG as usize + 2])])).contains("constructors"));
    }

    #[test]
    fn nothing_may_follow() {
        let mut bytes = with(vec![TypeDesc::Int]).to_bytes();
        bytes.push(0);
        assert!(matches!(Interface::from_bytes(&bytes), Err(DecodeError::Malformed { .. })));
    }
}
