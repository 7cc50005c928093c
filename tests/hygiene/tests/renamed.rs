//! The expansion stands where the library is renamed, the prelude is left out, and every name it could want is taken.
#![no_implicit_prelude]
#![allow(dead_code, non_camel_case_types, unused_macros)]

mod alloc {}
mod core {}
mod indexmap {}
mod std {}
mod vera_runtime {}

struct Box;
struct Err;
struct None;
struct Ok;
struct Option;
struct Result;
struct Some;
struct String;
struct Vec;
struct bool;
struct i64;
struct str;
struct u8;
struct usize;

trait Clone {}
trait Default {}
trait FnOnce {}
trait From {}
trait Into {}
trait Iterator {}
trait Send {}

macro_rules! taken {
    ($d:tt: $($name:ident)*) => { $(macro_rules! $name { ($d($d token:tt)*) => { not an expansion } })* };
}

taken!($: assert compile_error concat data data_key env include include_bytes option_env stringify vec);

mod deps {
    pub(crate) mod inner {
        pub(crate) use ::vr::*;
    }
}

::vr::vera! {
    crate = vr,

    -- What a wrapper can be made of.
    module shapes;

    public data Tree<T> {
      Leaf,
      Node(Tree<T>, T, Array<Tree<T>>)
    }

    public data Colour {
      Red,
      Mixed(Array<Colour>, Byte)
    }

    effect Log {
      op info(String, Option<Colour> -> Unit);
      op depth(Int -> Int);
    }

    public fn paint(@Map<Colour, Int>, @Tree<Int>, @Float64 -> @Result<Array<Tree<Int>>, String>)
      requires(@Float64.0 > 0.0)
      ensures(true)
      effects(<Log, IO>)
    {
      Log.info("paint", Some(Red));
      IO.print(to_string(Log.depth(map_size(@Map<Colour, Int>.0))));
      Ok([@Tree<Int>.0])
    }
}

::vr::vera!(
    crate = crate::deps::inner,
    "module literal; public fn one(-> @Int) requires(true) ensures(true) effects(pure) { 1 }"
);

::vr::vera!(file = "vera/scripted.vera", crate = ::vr);

/// A framework exports the library, and a macro of its own.
macro_rules! framework {
    ($($token:tt)*) => { $crate::deps::inner::vera! { crate = $crate::deps::inner, $($token)* } };
}

framework! {
    module framed;
    -- 'a comment
    public fn two(-> @Int) requires(true) ensures(true) effects(pure) { 2 }
}

mod built {
    ::vr::include_modules!();
}

struct Host(::std::vec::Vec<::std::string::String>);

#[::vr::vera_host(crate = vr)]
impl shapes::Log for Host {
    fn info(&mut self, text: &::core::primitive::str, colour: &::core::option::Option<shapes::Colour>) {
        self.0.push(::std::format!("{text} {colour:?}"));
    }

    fn depth<'s>(&mut self, _scope: &mut ::vr::Scope<'s>, depth: ::core::primitive::i64) -> ::core::primitive::i64 {
        depth + 1
    }
}

impl ::vr::host::io::Console for Host {
    fn print(&mut self, text: &::core::primitive::str) -> ::std::io::Result<()> {
        self.0.push(::std::convert::From::from(text));
        ::core::result::Result::Ok(())
    }
}

::vr::contract_tests!(literal);
::vr::contract_tests!(built::scripted);
::vr::contract_tests!(shapes, shapes::Module::new(Host(::std::vec![])));

#[test]
fn every_form_stands() {
    let mut shapes = shapes::Module::new(Host(::std::vec![])).unwrap();
    let tree = shapes::Tree::Node(::vr::Boxed::new(shapes::Tree::Leaf), 1, ::vr::Boxed::new(::std::vec![]));
    let counts = ::vr::indexmap::IndexMap::<shapes::Colour, ::core::primitive::i64>::new();
    let painted = shapes.paint(&counts, &tree, 1.0).unwrap();
    ::core::assert_eq!(painted, ::core::result::Result::Ok(::std::vec![tree]));
    ::core::assert_eq!(shapes.into_host().0, ["paint Some(Red)", "1"]);
    ::core::assert_eq!(literal::Module::new().unwrap().one().unwrap(), 1);
    ::core::assert_eq!(framed::Module::new().unwrap().two().unwrap(), 2);
    let swapped =
        built::scripted::Module::new().unwrap().swap(built::scripted::Pair(1, ::core::option::Option::Some(2)));
    ::core::assert_eq!(
        swapped.unwrap(),
        ::core::result::Result::Ok(built::scripted::Pair(2, ::core::option::Option::Some(1)))
    );
    let swapped = scripted::Module::new().unwrap().swap(scripted::Pair(1, ::core::option::Option::None));
    ::core::assert!(swapped.unwrap().is_err());
}
