//! Results as text.

use crate::host::Guest;
use vera_abi::heap::{BUFFER_DATA, header_tag};
use vera_abi::interface::{SiteValue, TypeDesc, TypeId};
use vera_abi::layout::{Rep, record as layout};
use wasmtime::Val;

/// A value as it lies in memory or comes out of a call: up to two words.
#[derive(Clone, Copy)]
struct Words(u64, u64);

/// The text of a result.
pub(crate) fn show(guest: &Guest<'_>, ty: TypeId, results: &[Val]) -> String {
    let word = |index: usize| match results.get(index) {
        Some(Val::I32(value)) => u64::from(*value as u32),
        Some(Val::I64(value)) => *value as u64,
        Some(Val::F64(bits)) => *bits,
        _ => 0,
    };
    text(guest, ty, Words(word(0), word(1)))
}

/// The text of the values in the trap record: `index 3, length 2`.
pub(crate) fn record(guest: &mut Guest<'_>, values: &[SiteValue]) -> String {
    let mut at = 0;
    let mut shown = Vec::new();
    for SiteValue { name, ty } in values {
        let words = Words(guest.trap_word(at), guest.trap_word(at + 1));
        at += guest.interface.ty(*ty).rep().values() as u32;
        shown.push(format!("{name} {}", text(guest, *ty, words)));
    }
    shown.join(", ")
}

fn read(guest: &Guest<'_>, at: u32, bytes: usize) -> u64 {
    let mut word = [0; 8];
    word[..bytes].copy_from_slice(&guest.memory.data(&guest.store)[at as usize..at as usize + bytes]);
    u64::from_le_bytes(word)
}

fn text(guest: &Guest<'_>, ty: TypeId, value: Words) -> String {
    let ptr = value.0 as u32;
    match guest.interface.ty(ty) {
        TypeDesc::Int | TypeDesc::Nat => (value.0 as i64).to_string(),
        TypeDesc::Bool => (value.0 as u32 != 0).to_string(),
        TypeDesc::Byte => (value.0 as u8).to_string(),
        TypeDesc::Float64 => format!("{:?}", f64::from_bits(value.0)),
        TypeDesc::Unit | TypeDesc::Never => "()".into(),
        TypeDesc::Function => "fn".into(),
        TypeDesc::String => {
            let at = (ptr + BUFFER_DATA) as usize;
            let bytes = &guest.memory.data(&guest.store)[at..at + value.1 as u32 as usize];
            format!("{:?}", String::from_utf8_lossy(bytes))
        }
        TypeDesc::Array(element) => {
            let rep = guest.interface.ty(*element).rep();
            let size = rep.element_size();
            let shown = (0..value.1 as u32).map(|index| {
                let at = ptr + BUFFER_DATA + index * size;
                text(guest, *element, load(guest, rep, at, at + 4))
            });
            format!("[{}]", shown.collect::<Vec<_>>().join(", "))
        }
        TypeDesc::Tuple(items) => fields(guest, "", items, ptr),
        TypeDesc::Data(data) => {
            let tag = header_tag(read(guest, ptr, 4) as u32);
            let constructor = &data.constructors[tag as usize];
            fields(guest, &constructor.name, &constructor.fields, ptr)
        }
        TypeDesc::Map(..) => "map".into(),
        TypeDesc::Set(..) => "set".into(),
        TypeDesc::Decimal => "decimal".into(),
    }
}

fn fields(guest: &Guest<'_>, name: &str, types: &[TypeId], ptr: u32) -> String {
    if types.is_empty() {
        return name.to_owned();
    }
    let reps: Vec<Rep> = types.iter().map(|&ty| guest.interface.ty(ty).rep()).collect();
    let layout = layout(&reps);
    let shown = types
        .iter()
        .zip(&layout.fields)
        .map(|(&ty, place)| text(guest, ty, load(guest, place.rep, ptr + place.offset, ptr + place.len_offset)));
    format!("{name}({})", shown.collect::<Vec<_>>().join(", "))
}

fn load(guest: &Guest<'_>, rep: Rep, at: u32, len_at: u32) -> Words {
    match rep {
        Rep::Unit => Words(0, 0),
        // In an array a byte is one byte; in a record it is a word of which the rest is zero.
        Rep::Byte => Words(read(guest, at, 1), 0),
        Rep::I64 | Rep::F64 => Words(read(guest, at, 8), 0),
        Rep::Ptr => Words(read(guest, at, 4), 0),
        Rep::Slice => Words(read(guest, at, 4), read(guest, len_at, 4)),
    }
}
