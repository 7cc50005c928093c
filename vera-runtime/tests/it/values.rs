//! Every kind of value through the module and back, across collections.

use crate::guest::Guest;
use std::cmp::Ordering;
use std::fmt::Debug;
use vera_abi::interface::{ConstructorDesc, DataDesc, TypeDesc, TypeId};
use vera_runtime::indexmap::{IndexMap, IndexSet};
use vera_runtime::{Boxed, Instance, Lift, Limits, Lower};

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum List {
    Nil,
    Cons(i64, Boxed<List>),
}
vera_runtime::data! { enum List = "List" { 0 Nil(), 1 Cons(head: i64, tail: Boxed<List>) } }
vera_runtime::data_key! { enum List = "List" { 0 Nil(), 1 Cons(head: i64, tail: Boxed<List>) } }

#[derive(Clone, Debug, PartialEq)]
struct Mixed(bool, String, f64, (), Vec<u8>, Option<i64>);
vera_runtime::data! {
    struct Mixed = "Mixed"(a: bool, b: String, c: f64, d: (), e: Vec<u8>, f: Option<i64>)
}

fn list(guest: &mut Guest) -> TypeId {
    let int = guest.ty(TypeDesc::Int);
    let id = TypeId(guest.interface.types.len() as u32);
    let constructor = |name: &str, fields| ConstructorDesc { name: name.into(), fields };
    guest.ty(TypeDesc::Data(Box::new(DataDesc {
        name: "List".into(),
        arguments: vec![],
        constructors: vec![constructor("Nil", vec![]), constructor("Cons", vec![int, id])],
    })))
}

fn pass<T: Lower + Lift + Debug + PartialEq>(instance: &mut Instance, values: impl IntoIterator<Item = T>) {
    for value in values {
        let back: T = instance.call_wide("f", |arguments| arguments.add::<T>(&value).map(drop)).unwrap();
        assert_eq!(back, value);
    }
    instance.check_heap().unwrap();
}

fn both<T: Lower + Lift + Debug + PartialEq + Clone>(ty: impl FnOnce(&mut Guest) -> TypeId, values: &[T]) {
    let mut guest = Guest::new();
    let ty = ty(&mut guest);
    guest.identity("f", ty);
    for mut instance in guest.instances() {
        pass(&mut instance, values.iter().cloned());
    }
}

#[test]
fn scalars_and_strings() {
    both(|g| g.ty(TypeDesc::Int), &[0, i64::MIN, i64::MAX]);
    both(|g| g.ty(TypeDesc::Float64), &[0.0, -1.5, f64::INFINITY]);
    both(|g| g.ty(TypeDesc::Bool), &[true, false]);
    both(|g| g.ty(TypeDesc::Byte), &[0u8, 255]);
    both(|g| g.ty(TypeDesc::Unit), &[()]);
    let strings = ["", "a", "héllo", &"long ".repeat(20_000)].map(String::from);
    both(|g| g.ty(TypeDesc::String), &strings);
}

#[test]
fn arrays() {
    let numbers = [vec![], vec![1, -2], (0..5000).collect::<Vec<i64>>()];
    both(
        |g| {
            let int = g.ty(TypeDesc::Int);
            g.ty(TypeDesc::Array(int))
        },
        &numbers,
    );
    let nested: Vec<Vec<String>> = (0..50).map(|n| (0..n).map(|m| format!("{n}.{m}")).collect()).collect();
    both(
        |g| {
            let string = g.ty(TypeDesc::String);
            let inner = g.ty(TypeDesc::Array(string));
            g.ty(TypeDesc::Array(inner))
        },
        &[nested],
    );
    both(
        |g| {
            let boolean = g.ty(TypeDesc::Bool);
            g.ty(TypeDesc::Array(boolean))
        },
        &[vec![true, false, true]],
    );
    both(
        |g| {
            let unit = g.ty(TypeDesc::Unit);
            g.ty(TypeDesc::Array(unit))
        },
        &[vec![(); 3]],
    );
}

#[test]
fn tuples_options_results_and_data() {
    both(
        |g| {
            let (int, string) = (g.ty(TypeDesc::Int), g.ty(TypeDesc::String));
            let pair = g.ty(TypeDesc::Tuple(vec![int, string]));
            let option = g.option(pair);
            let ordering = g.prelude("Ordering");
            g.result(option, ordering)
        },
        &[Ok(None), Ok(Some((7i64, "seven".to_owned()))), Err(Ordering::Less), Err(Ordering::Greater)],
    );
    both(
        |g| {
            let (boolean, string, float, unit) =
                (g.ty(TypeDesc::Bool), g.ty(TypeDesc::String), g.ty(TypeDesc::Float64), g.ty(TypeDesc::Unit));
            let (byte, int) = (g.ty(TypeDesc::Byte), g.ty(TypeDesc::Int));
            let (bytes, option) = (g.ty(TypeDesc::Array(byte)), g.option(int));
            g.data("Mixed", vec![], vec![("Mixed", vec![boolean, string, float, unit, bytes, option])])
        },
        &[Mixed(true, "text".into(), 2.5, (), vec![1, 2, 255], Some(-1))],
    );
}

#[test]
fn maps_of_every_size_keep_their_order() {
    let sizes = [0, 1, 7, 8, 9, 33, 1000];
    let text: Vec<IndexMap<String, i64>> =
        sizes.iter().map(|&n| (0..n).rev().map(|i| (format!("key {}", i * 7919 % 1009), i)).collect()).collect();
    both(
        |g| {
            let (string, int) = (g.ty(TypeDesc::String), g.ty(TypeDesc::Int));
            g.ty(TypeDesc::Map(string, int))
        },
        &text,
    );
    let pairs: Vec<IndexMap<(i64, bool), Vec<String>>> = sizes
        .iter()
        .map(|&n| (0..n).map(|i| ((i << 40, i % 2 == 0), vec![i.to_string(); (i % 3) as usize])).collect())
        .collect();
    both(
        |g| {
            let (int, boolean, string) = (g.ty(TypeDesc::Int), g.ty(TypeDesc::Bool), g.ty(TypeDesc::String));
            let (key, value) = (g.ty(TypeDesc::Tuple(vec![int, boolean])), g.ty(TypeDesc::Array(string)));
            g.ty(TypeDesc::Map(key, value))
        },
        &pairs,
    );
    let sets: Vec<IndexSet<List>> =
        sizes.iter().map(|&n| (0..n).map(|i| List::Cons(i, List::Nil.into())).collect()).collect();
    both(
        |g| {
            let list = list(g);
            g.ty(TypeDesc::Set(list))
        },
        &sets,
    );
}

#[test]
fn a_list_of_a_million_cells() {
    const LENGTH: i64 = 1_000_000;
    let mut guest = Guest::new();
    let ty = list(&mut guest);
    guest.identity("f", ty);
    let mut instance = guest.compile().instantiate((), Limits::default()).unwrap();
    let mut value = List::Nil;
    for head in 0..LENGTH {
        value = List::Cons(head, value.into());
    }
    let f = instance.function::<(List,), List>("f").unwrap();
    let back = instance.call(&f, (&value,)).unwrap();
    assert!(back == value);
    drop(value.clone());
    let mut cell = &back;
    let mut length = 0;
    while let List::Cons(_, tail) = cell {
        length += 1;
        cell = tail;
    }
    assert_eq!(length, LENGTH);
}

#[test]
fn invalid_utf8_becomes_replacement_characters() {
    let mut guest = Guest::new();
    let (byte, string) = (guest.ty(TypeDesc::Byte), guest.ty(TypeDesc::String));
    let bytes = guest.ty(TypeDesc::Array(byte));
    guest.function("f", vec![bytes], string, "(param i32 i32) (result i32 i32) (local.get 0) (local.get 1)");
    let mut instance = guest.compile().instantiate((), Limits::default()).unwrap();
    let f = instance.function::<(Vec<u8>,), String>("f").unwrap();
    assert_eq!(instance.call(&f, (b"a\xffb",)).unwrap(), "a\u{fffd}b");
}
