//! Handles and what they keep.

use crate::guest::Guest;
use vera_abi::interface::TypeDesc;
use vera_runtime::error::{Error, Limit};
use vera_runtime::{Limits, Rooted};

fn strings() -> Guest {
    let mut guest = Guest::new();
    let string = guest.ty(TypeDesc::String);
    let array = guest.ty(TypeDesc::Array(string));
    guest.identity("text", string);
    guest.identity("texts", array);
    guest
}

#[test]
fn handles_survive_collections() {
    for mut instance in strings().instances() {
        let texts = instance.function::<(Vec<String>,), Vec<String>>("texts").unwrap();
        instance
            .scope(|scope| {
                let first: Rooted<'_, String> = scope.lower("first")?;
                let many: Vec<Rooted<'_, String>> =
                    (0..100).map(|n| scope.lower(n.to_string())).collect::<Result<_, _>>()?;
                scope.collect()?;
                let array = scope.array(many.iter().copied().chain([first]))?;
                let array = scope.call(&texts, (array,))?;
                scope.collect()?;
                assert_eq!(scope.str(first)?, "first");
                assert_eq!(scope.len(array), 101);
                let last = scope.get(array, 100)?.unwrap();
                assert!(scope.get(array, 101)?.is_none());
                scope.collect()?;
                assert_eq!(scope.str(last)?, "first");
                assert_eq!(scope.lift(array)?[42], "42");
                Ok(())
            })
            .unwrap();
        instance.check_heap().unwrap();
    }
}

#[test]
fn nested_scopes_use_outer_handles_and_end_with_their_own() {
    for mut instance in strings().instances() {
        let text = instance.function::<(String,), String>("text").unwrap();
        instance
            .scope(|scope| {
                let outer: Rooted<'_, String> = scope.lower("outer")?;
                for round in 0..10_000 {
                    scope.nested(|scope, _| {
                        let again =
                            if round % 1000 == 0 { scope.call(&text, (outer,))? } else { scope.lower("inner")? };
                        assert_eq!(scope.str(outer)?.len(), scope.str(again)?.len());
                        Ok(())
                    })?;
                }
                scope.collect()?;
                assert_eq!(scope.str(outer)?, "outer");
                Ok(())
            })
            .unwrap();
    }
}

#[test]
fn a_panic_or_error_in_a_scope_releases_its_roots() {
    let mut instance = strings().compile().instantiate((), Limits { shadow_stack: 4096, ..Limits::default() }).unwrap();
    for _ in 0..100 {
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            instance.scope(|scope| -> vera_runtime::Result<()> {
                for _ in 0..500 {
                    scope.lower::<String>("x")?;
                }
                std::panic::resume_unwind(Box::new("stop"))
            })
        }));
        assert!(panicked.is_err());
        let error = instance
            .scope(|scope| -> vera_runtime::Result<()> {
                loop {
                    scope.lower::<String>("x")?;
                }
            })
            .unwrap_err();
        let Error::Limit(limit) = error else { panic!("{error:?}") };
        assert_eq!(limit.limit, Limit::ShadowStack(4096));
    }
    let text = instance.function::<(String,), String>("text").unwrap();
    assert_eq!(instance.call(&text, ("still here",)).unwrap(), "still here");
    instance.check_heap().unwrap();
}

/// A handle takes four bytes of the stack of roots, and all of that stack can be used.
#[test]
fn there_is_room_for_as_many_handles_as_the_limit_says() {
    let limits = Limits { shadow_stack: 4096, ..Limits::default() };
    let mut instance = strings().compile().instantiate((), limits).unwrap();
    for _ in 0..2 {
        instance
            .scope(|scope| {
                for n in 0..1024 {
                    let handle: Rooted<'_, String> = scope.lower("x").unwrap_or_else(|error| panic!("{n}: {error}"));
                    assert_eq!(scope.str(handle)?, "x");
                }
                let error = scope.lower::<String>("x").unwrap_err();
                assert!(
                    matches!(&error, Error::Limit(reached) if reached.limit == Limit::ShadowStack(4096)),
                    "{error:?}"
                );
                scope.collect()
            })
            .unwrap();
    }
}
