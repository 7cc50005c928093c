//! Effects implemented in Rust.

use crate::guest::Guest;
use std::fmt;
use vera_abi::interface::{TypeDesc, TypeId};
use vera_runtime::error::Error;
use vera_runtime::host::io::{AllFiles, CapturedIo, StdIo};
use vera_runtime::host::{EffectId, Imports, IntoHostResult, Lowered, WithScope};
use vera_runtime::{Boxed, Compiled, Instance, Limits, Rooted, Scope};

/// What a generated trait looks like.
trait Store {
    fn size(&mut self, text: &str) -> impl for<'s> IntoHostResult<'s, i64>;
    fn repeat(&mut self, text: &str, count: u64) -> impl for<'s> IntoHostResult<'s, Vec<String>>;
}

/// What generated glue looks like.
fn link<H: Store + Send + 'static>(imports: Imports<H>) -> vera_runtime::Result<Imports<H>> {
    imports
        .operation(EffectId(0), "size", |host: &mut H, scope, (text,): (String,)| -> Lowered<i64> {
            let result = host.size(&text);
            scope.finish(result)
        })?
        .operation(EffectId(0), "repeat", |host: &mut H, scope, (text, count): (String, u64)| -> Lowered<Vec<String>> {
            let result = host.repeat(&text, count);
            scope.finish(result)
        })
}

/// rustc takes the lifetimes of a closure from what it is passed to.
fn typed<F>(run: F) -> WithScope<F>
where
    F: for<'s> FnOnce(&mut Scope<'s>) -> vera_runtime::Result<Rooted<'s, Vec<String>>>,
{
    WithScope(run)
}

#[derive(Debug, Default)]
struct Host {
    seen: Vec<String>,
}

#[derive(Debug)]
struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("refused")
    }
}

impl std::error::Error for Refused {}

#[allow(refining_impl_trait)]
impl Store for Host {
    fn size(&mut self, text: &str) -> Result<i64, Refused> {
        self.seen.push(text.to_owned());
        match text {
            "refuse" => Err(Refused),
            "panic" => panic!("on purpose"),
            _ => Ok(text.len() as i64),
        }
    }

    fn repeat(
        &mut self,
        text: &str,
        count: u64,
    ) -> WithScope<impl for<'s> FnOnce(&mut Scope<'s>) -> vera_runtime::Result<Rooted<'s, Vec<String>>>> {
        typed(move |scope| {
            let one = scope.lower::<String>(text)?;
            scope.array((0..count).map(|_| one))
        })
    }
}

fn compiled() -> Compiled {
    let mut guest = Guest::new();
    let (string, int, nat) = (guest.ty(TypeDesc::String), guest.ty(TypeDesc::Int), guest.ty(TypeDesc::Nat));
    let array = guest.ty(TypeDesc::Array(string));
    guest.operation("Store", "size", vec![string], int, "(param i32 i32) (result i64)");
    guest.operation("Store", "repeat", vec![string, nat], array, "(param i32 i32 i64) (result i32 i32)");
    guest.function(
        "size",
        vec![string],
        int,
        "(param i32 i32) (result i64) (call $keep (local.get 0)) (call $Store.size (local.get 0) (local.get 1))
         (call $collect) (call $drop1)",
    );
    guest.function(
        "repeat",
        vec![string, nat],
        array,
        "(param i32 i32 i64) (result i32 i32) (local i32)
         (call $keep (local.get 0)) (call $Store.repeat (local.get 0) (local.get 1) (local.get 2))
         (local.set 1) (local.set 0) (call $churn (local.get 0)) (call $drop1) (local.get 0) (local.get 1)",
    );
    guest.compile()
}

fn instances() -> [Instance<Host>; 2] {
    let make = || link(compiled().link(Host::default(), Limits::default()).unwrap()).unwrap().instantiate().unwrap();
    let (plain, mut stressed) = (make(), make());
    stressed.stress().unwrap();
    [plain, stressed]
}

#[test]
fn operations_take_and_give_values() {
    for mut instance in instances() {
        let size = instance.function::<(String,), i64>("size").unwrap();
        assert_eq!(instance.call(&size, ("four",)).unwrap(), 4);
        let repeat = instance.function::<(String, u64), Vec<String>>("repeat").unwrap();
        assert_eq!(instance.call(&repeat, ("ab", 300)).unwrap(), vec!["ab"; 300]);
        instance.check_heap().unwrap();
        assert_eq!(instance.host().seen, ["four"]);
        assert_eq!(instance.into_host().seen.len(), 1);
    }
}

#[test]
fn errors_and_panics_end_the_call_and_nothing_else() {
    for mut instance in instances() {
        let size = instance.function::<(String,), i64>("size").unwrap();
        for round in 0..3 {
            let error = instance.call(&size, ("refuse",)).unwrap_err();
            assert_eq!(error.to_string(), "Host operation Store.size failed: refused");
            assert_eq!(error.backtrace()[0].function, "size");
            let source = std::error::Error::source(&error).expect("the method's own error");
            assert!(source.downcast_ref::<Refused>().is_some(), "{source:?}");
            let again = instance.call(&size, ("refuse",)).unwrap_err();
            assert_eq!(error, again, "failures are equal when they say the same");
            let error = instance.call(&size, ("panic",)).unwrap_err();
            let Error::Host(failure) = &error else { panic!("{error:?}") };
            assert!(failure.panicked && failure.message == "on purpose", "{failure:?}");
            assert!(std::error::Error::source(&error).is_none());
            assert_eq!(instance.call(&size, ("fine",)).unwrap(), 4, "round {round}");
        }
        instance.check_heap().unwrap();
    }
}

#[test]
fn a_missing_implementation_is_named() {
    let error = compiled().instantiate((), Limits::default()).unwrap_err();
    assert!(error.to_string().contains("operation Store.size has no implementation"), "{error}");
}

fn console() -> Guest {
    let mut guest = Guest::new();
    let (string, unit, int, nat) =
        (guest.ty(TypeDesc::String), guest.ty(TypeDesc::Unit), guest.ty(TypeDesc::Int), guest.ty(TypeDesc::Nat));
    let never = guest.ty(TypeDesc::Never);
    let read = guest.result(string, string);
    guest.operation("IO", "print", vec![string], unit, "(param i32 i32)");
    guest.operation("IO", "read_line", vec![unit], string, "(result i32 i32)");
    guest.operation("IO", "read_char", vec![unit], read, "(result i32)");
    guest.operation("IO", "exit", vec![int], never, "(param i64)");
    guest.operation("IO", "sleep", vec![nat], unit, "(param i64)");
    guest.operation("IO", "read_file", vec![string], read, "(param i32 i32) (result i32)");
    guest.function("echo", vec![], unit, "(call $IO.print (call $IO.read_line))");
    guest.function("char", vec![], read, "(result i32) (call $IO.read_char)");
    guest.function("exit", vec![int], unit, "(param i64) (call $IO.exit (local.get 0)) (unreachable)");
    guest.function(
        "read",
        vec![string],
        read,
        "(param i32 i32) (result i32) (call $IO.read_file (local.get 0) (local.get 1))",
    );
    guest
}

#[test]
fn console_and_files() {
    let compiled = console().compile();
    // Files are another capability than the console.
    let imports = compiled.link(CapturedIo::default(), Limits::default()).unwrap();
    let error = imports.console(|host| host).unwrap().clock(|host| host).unwrap().instantiate().unwrap_err();
    let missing = "IO.read_file has no implementation: grant the capability `Files` with `Imports::files`";
    assert!(error.to_string().contains(missing), "{error}");

    // Each is granted by a part of the host.
    type Both = (CapturedIo, AllFiles);
    let host = (CapturedIo::with_input("line\r\nä"), AllFiles);
    let imports = compiled.link(host, Limits::default()).unwrap().console(|host: &mut Both| &mut host.0).unwrap();
    let imports = imports.clock(|host| &mut host.0).unwrap().files(|host| &mut host.1).unwrap();
    let mut instance = imports.instantiate().unwrap();
    let echo = instance.function::<(), ()>("echo").unwrap();
    instance.call(&echo, ()).unwrap();
    assert_eq!(instance.host().0.output, "line");
    type Read = Result<String, String>;
    let char = instance.function::<(), Read>("char").unwrap();
    assert_eq!(instance.call(&char, ()).unwrap(), Ok("ä".to_owned()));
    assert_eq!(instance.call(&char, ()).unwrap(), Err("EOF".to_owned()));
    let exit = instance.function::<(i64,), ()>("exit").unwrap();
    assert!(matches!(instance.call(&exit, (3,)), Err(Error::Exit(3))));
    let read = instance.function::<(String,), Read>("read").unwrap();
    assert!(instance.call(&read, (concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"),)).unwrap().is_ok());
    assert!(instance.call(&read, ("/no/such/file",)).unwrap().is_err());
    let everything = compiled.link(StdIo::default(), Limits::default()).unwrap();
    let console = everything.console(|host| host).unwrap().clock(|host| host).unwrap();
    let _ = console.files(|host| host).unwrap().environment(|host| host).unwrap().instantiate().unwrap();
}

#[derive(Clone, Debug, PartialEq)]
enum Chain {
    End,
    Link(Boxed<Chain>),
}
vera_runtime::data! { enum Chain = "Chain" { 0 End(), 1 Link(next: Boxed<Chain>) } }

#[test]
fn a_deep_result_needs_native_stack() {
    let module = |deep: bool| {
        let mut guest = Guest::new();
        let nat = guest.ty(TypeDesc::Nat);
        let id = TypeId(guest.interface.types.len() as u32);
        let chain = guest.data("Chain", vec![], vec![("End", vec![]), ("Link", vec![id])]);
        assert_eq!(chain, id);
        guest.operation("Make", "chain", vec![nat], chain, "(param i64) (result i32)");
        guest.function("make", vec![nat], chain, "(param i64) (result i32) (call $Make.chain (local.get 0))");
        // The host could call a function that recurses.
        if deep {
            guest.function(
                "recurse",
                vec![nat],
                nat,
                "(param i64) (result i64) (call $recurse (local.get 0)) (drop) (local.get 0)",
            );
        }
        guest.compile().link((), Limits::default()).unwrap()
    };
    let link = |imports: Imports<()>| {
        let make = |_: &mut (), scope: &mut Scope<'_>, (length,): (u64,)| {
            scope.finish::<Chain, _>((0..length).fold(Chain::End, |chain, _| Chain::Link(chain.into())))
        };
        imports.operation(EffectId(0), "chain", make).unwrap().instantiate().unwrap()
    };
    let mut shallow = link(module(false));
    let make = shallow.function::<(u64,), Chain>("make").unwrap();
    assert_eq!(shallow.call(&make, (0,)).unwrap(), Chain::End);
    assert!(matches!(shallow.call(&make, (100_000,)), Err(Error::Limit(_))));
    assert!(shallow.call(&make, (200,)).is_ok());
    let mut deep = link(module(true));
    let make = deep.function::<(u64,), Chain>("make").unwrap();
    assert!(deep.call(&make, (20_000,)).is_ok());
}
