//! What a failed check recorded: read back from a compiled module, and from the interpreter, as the same text.

use super::Guest;
use super::random::{SHAPES, Ty};
use crate::core::interpret::Value;
use vera_abi::heap::{BUFFER_DATA, TRAP_RECORD, header_tag};
use vera_abi::layout::{Rep, record};
use vera_abi::names;

/// Deeper parts are left out: data can be as large as a program makes it.
const DEPTH: usize = 6;

/// A value in memory or in the record: up to two words.
#[derive(Clone, Copy)]
struct Words(u64, u64);

impl Guest {
    /// A word of the trap record.
    pub(super) fn trap_word(&mut self, word: u32) -> u64 {
        match names::TRAP_WORDS.get(word as usize) {
            Some(name) => {
                let global = self.instance.get_global(&mut self.store, name).expect("exported");
                global.get(&mut self.store).i64().expect("of that type") as u64
            }
            None => self.read(TRAP_RECORD + 8 * word, 8),
        }
    }

    /// Values in the trap record, as text.
    pub(super) fn recorded(&mut self, types: &[Ty]) -> Vec<String> {
        let mut word = 0;
        let mut texts = Vec::new();
        for &ty in types {
            let value = Words(self.trap_word(word), self.trap_word(word + 1));
            word += ty.rep().values() as u32;
            texts.push(self.text(ty, value, DEPTH));
        }
        texts
    }

    fn read(&mut self, at: u32, bytes: usize) -> u64 {
        let memory = self.instance.get_memory(&mut self.store, names::MEMORY).expect("exported");
        let mut word = [0; 8];
        word[..bytes].copy_from_slice(&memory.data(&self.store)[at as usize..at as usize + bytes]);
        u64::from_le_bytes(word)
    }

    fn load(&mut self, rep: Rep, at: u32, len_at: u32) -> Words {
        match rep {
            Rep::Unit => Words(0, 0),
            Rep::Byte => Words(self.read(at, 1), 0),
            Rep::I64 | Rep::F64 => Words(self.read(at, 8), 0),
            Rep::Ptr => Words(self.read(at, 4), 0),
            Rep::Slice => Words(self.read(at, 4), self.read(len_at, 4)),
        }
    }

    fn text(&mut self, ty: Ty, value: Words, depth: usize) -> String {
        let pointer = value.0 as u32;
        match ty {
            Ty::Byte | Ty::Int => (value.0 as i64).to_string(),
            Ty::Float => f64::from_bits(value.0).to_string(),
            Ty::Fun => "fn".into(),
            _ if depth == 0 => "...".into(),
            Ty::Text => {
                let bytes = (0..value.1 as u32).map(|at| self.read(pointer + BUFFER_DATA + at, 1) as u8);
                format!("{:?}", String::from_utf8_lossy(&bytes.collect::<Vec<_>>()))
            }
            Ty::Data => {
                let tag = header_tag(self.read(pointer, 4) as u32);
                let Some((_, fields)) = SHAPES.iter().find(|(shape, _)| *shape == tag) else {
                    return format!("#{tag}");
                };
                let layout = record(&fields.iter().map(|ty| ty.rep()).collect::<Vec<_>>());
                let fields = fields.iter().zip(&layout.fields).map(|(&ty, place)| {
                    let value = self.load(place.rep, pointer + place.offset, pointer + place.len_offset);
                    self.text(ty, value, depth - 1)
                });
                format!("#{tag}{:?}", fields.collect::<Vec<_>>())
            }
            Ty::Ints | Ty::Datas | Ty::Texts => {
                let element = ty.element().expect("an array");
                let size = element.rep().element_size();
                let elements = (0..value.1 as u32).map(|index| {
                    let at = pointer + BUFFER_DATA + index * size;
                    let value = self.load(element.rep(), at, at + 4);
                    self.text(element, value, depth - 1)
                });
                format!("{:?}", elements.collect::<Vec<_>>())
            }
        }
    }
}

/// Values of the interpreter, as the same text.
pub(super) fn texts(types: &[Ty], values: &[Value]) -> Vec<String> {
    types.iter().zip(values).map(|(&ty, value)| text(ty, value, DEPTH)).collect()
}

fn text(ty: Ty, value: &Value, depth: usize) -> String {
    match (ty, value) {
        (Ty::Byte, Value::Byte(value)) => value.to_string(),
        (Ty::Int, Value::I64(value)) => value.to_string(),
        (Ty::Float, Value::F64(value)) => value.to_string(),
        (Ty::Fun, Value::Closure(_)) => "fn".into(),
        _ if depth == 0 => "...".into(),
        (Ty::Text, Value::Bytes(bytes)) => bytes.with(|bytes| format!("{:?}", String::from_utf8_lossy(bytes))),
        (Ty::Data, Value::Static(tag)) => format!("#{tag}"),
        (Ty::Data, Value::Record(record)) => {
            let (_, types) = SHAPES.iter().find(|(tag, _)| *tag == record.tag).expect("a shape");
            let fields = types.iter().zip(record.fields()).map(|(&ty, field)| text(ty, &field, depth - 1));
            format!("#{}{:?}", record.tag, fields.collect::<Vec<_>>())
        }
        (Ty::Ints | Ty::Datas | Ty::Texts, Value::Array(array)) => {
            let element = ty.element().expect("an array");
            let elements = array.to_vec();
            format!("{:?}", elements.iter().map(|value| text(element, value, depth - 1)).collect::<Vec<_>>())
        }
        (ty, value) => panic!("{value:?} is no {ty:?}"),
    }
}
