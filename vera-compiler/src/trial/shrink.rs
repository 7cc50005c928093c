//! Smaller values of the same type.

use crate::core::interpret::Value;
use crate::tir::Program;
use crate::types::{Ty, TyKind, Types};
use crate::verify::hidden::{self, Hidden, Number};
use crate::verify::{Form, constructors, written};
use vera_abi::layout::Rep;

/// Makes values smaller.
pub(super) struct Shrinker<'s> {
    program: &'s Program,
    types: Types,
}

impl<'s> Shrinker<'s> {
    pub(super) fn new(program: &'s Program, types: &Types) -> Self {
        Shrinker { program, types: types.clone() }
    }

    /// Values that are smaller than this one, the smallest first.
    pub(super) fn smaller(&mut self, value: &Value, ty: Ty) -> Vec<Value> {
        let ty = self.types.structural(ty);
        match (value, self.types.kind(ty).clone()) {
            (Value::I64(number), _) => integers(*number),
            (Value::F64(number), _) => floats(*number),
            (Value::Bytes(bytes), TyKind::String) => bytes.with(texts),
            (Value::Bytes(_) | Value::Array(_), TyKind::Array(element)) => {
                let rep = if matches!(value, Value::Bytes(_)) { Rep::Byte } else { Rep::Ptr };
                let items = hidden::items(value).unwrap_or_default();
                let items = self.lists(&items, |this, item| this.smaller(item, element));
                items.into_iter().map(|items| hidden::array(items, rep)).collect()
            }
            (Value::Byte(0), _) => Vec::new(),
            (Value::Byte(byte), TyKind::Byte) => vec![Value::Byte(0), Value::Byte(byte / 2)],
            (Value::Byte(_), _) => vec![Value::Byte(0)],
            (Value::Record(_), TyKind::Data(data, args)) => match Hidden::of(self.program, data) {
                Some(Hidden::Decimal) => decimals(value),
                Some(Hidden::Map | Hidden::Set) => self.maps(value, &args),
                None => self.records(value, ty),
            },
            (Value::Record(_), _) => self.records(value, ty),
            _ => Vec::new(),
        }
    }

    /// Records of the same constructor with one smaller field.
    fn records(&mut self, value: &Value, ty: Ty) -> Vec<Value> {
        let Value::Record(record) = value else { return Vec::new() };
        let constructors = constructors(self.program, &mut self.types, ty).unwrap_or_default();
        let Some(types) = constructors.get(record.tag as usize) else { return Vec::new() };
        let fields = record.fields();
        let mut list = Vec::new();
        for (index, &ty) in types.iter().enumerate() {
            for field in self.smaller(&fields[index], ty) {
                list.push(Value::record(record.tag, with(&fields, index, field)));
            }
        }
        list
    }

    /// Maps and sets with fewer or smaller entries.
    fn maps(&mut self, value: &Value, args: &[Ty]) -> Vec<Value> {
        let (Some(entries), Some(&key)) = (hidden::entries(value), args.first()) else { return Vec::new() };
        let of_value = args.get(1).copied();
        let smaller = |this: &mut Self, (name, value): &(Value, Value)| {
            let values = of_value.map_or_else(Vec::new, |ty| this.smaller(value, ty));
            let values = values.into_iter().map(|smaller| (name.clone(), smaller));
            let names = this.smaller(name, key).into_iter().map(|smaller| (smaller, value.clone()));
            values.chain(names).collect()
        };
        let mut lists = self.lists(&entries, smaller);
        lists.retain(|entries| self.are_distinct(entries, key));
        let [of_key, of_value] = [Some(key), of_value].map(|ty| ty.map_or(Rep::Byte, |ty| self.rep(ty)));
        lists.iter().map(|entries| hidden::map(entries, of_key, of_value)).collect()
    }

    fn are_distinct(&mut self, entries: &[(Value, Value)], key: Ty) -> bool {
        let mut texts: Vec<String> =
            entries.iter().map(|(name, _)| written(self.program, &mut self.types, name, key, Form::Key)).collect();
        texts.sort();
        texts.windows(2).all(|pair| pair[0] != pair[1])
    }

    fn rep(&self, ty: Ty) -> Rep {
        crate::lower::rep_of(&self.types, self.types.structural(ty))
    }

    /// Lists with fewer items, then those with one smaller item.
    fn lists<T: Clone>(&mut self, items: &[T], mut smaller: impl FnMut(&mut Self, &T) -> Vec<T>) -> Vec<Vec<T>> {
        let mut lists = Vec::new();
        if !items.is_empty() {
            lists.push(Vec::new());
            lists.push(items[..items.len() / 2].to_vec());
        }
        for index in 0..items.len() {
            let mut fewer = items.to_vec();
            fewer.remove(index);
            lists.push(fewer);
        }
        for (index, item) in items.iter().enumerate() {
            lists.extend(smaller(self, item).into_iter().map(|item| with(items, index, item)));
        }
        lists
    }
}

/// The list with another item at an index.
fn with<T: Clone>(items: &[T], index: usize, item: T) -> Vec<T> {
    let mut items = items.to_vec();
    items[index] = item;
    items
}

fn integers(number: i64) -> Vec<Value> {
    if number == 0 {
        return Vec::new();
    }
    let mut list = vec![0, number / 2, if number > 0 { number - 1 } else { number + 1 }];
    if number < 0 && number > i64::MIN {
        list.insert(1, -number);
    }
    list.dedup();
    list.into_iter().map(Value::I64).collect()
}

fn floats(number: f64) -> Vec<Value> {
    let whole = number.trunc();
    let list = [0.0, whole, whole / 2.0];
    let differs = |other: &f64| other.to_bits() != number.to_bits() && number.is_finite();
    list.into_iter().filter(differs).map(Value::F64).collect()
}

/// Shorter texts. They are cut where characters begin.
fn texts(bytes: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    let cuts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let half = cuts[cuts.len() / 2];
    let mut list = vec![String::new(), text[..half].to_owned()];
    list.extend(cuts.windows(2).map(|pair| format!("{}{}", &text[..pair[0]], &text[pair[1]..])));
    list.dedup();
    list.into_iter().filter(|other| other.len() < bytes.len()).map(|other| Value::string(&other)).collect()
}

/// Numbers with fewer digits behind the point, or closer to zero.
fn decimals(value: &Value) -> Vec<Value> {
    let Some(number) = Number::of(value) else { return Vec::new() };
    let Number { is_negative, coefficient, exponent } = number;
    let places = u32::try_from(exponent.unsigned_abs()).unwrap_or(u32::MAX);
    let whole = 10u128.checked_pow(places).filter(|_| exponent < 0).map_or(coefficient, |unit| coefficient / unit);
    let shorter = if exponent < 0 { exponent + 1 } else { exponent };
    let list = [
        Number { is_negative: false, coefficient: 0, exponent: 0 },
        Number { is_negative: false, coefficient, exponent },
        Number { is_negative, coefficient: whole, exponent: exponent.max(0) },
        Number { is_negative, coefficient: coefficient / 10, exponent: shorter },
        Number { is_negative, coefficient, exponent: shorter },
        Number { is_negative, coefficient: coefficient.saturating_sub(1), exponent },
    ];
    let weight = |number: &Number| (number.is_negative, number.exponent.unsigned_abs(), number.coefficient);
    list.into_iter().filter(|other| weight(other) < weight(&number)).map(Number::value).collect()
}
