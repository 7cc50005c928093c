//! `vera lock`.

use crate::harness::Sandbox;

fn program(requires: &str, ensures: &str, row: &str) -> String {
    format!(
        "public fn charged(@Nat, @Nat -> @Nat)\n  requires({requires})\n  ensures({ensures})\n  effects({row})\n{{\n  \
         @Nat.1 - @Nat.0\n}}\n"
    )
}

fn package() -> Sandbox {
    let sandbox = Sandbox::new(&[("Cargo.toml", "")]);
    sandbox.write("vera/shop.vera", program("@Nat.0 <= @Nat.1", "@Nat.result <= @Nat.1", "pure").as_bytes());
    sandbox
}

#[test]
fn contracts_are_accepted_and_then_compared() {
    let sandbox = package();
    sandbox.vera(&["lock"]).fails(1, "there is no vera.lock; name the files");
    let outcome = sandbox.cargo_vera(&["vera", "lock", "--accept", "vera/shop.vera"]);
    outcome.is(0, "note: vera/shop.vera is not in vera.lock.\nvera.lock has the contracts of 1 program\n");
    let lock = std::fs::read_to_string(sandbox.path("vera.lock")).expect("it is written");
    assert!(lock.ends_with(
        "vera.lock 1\n\nfile vera/shop.vera\n\nfn charged(@Nat, @Nat -> @Nat)\n  requires @Nat.0 <= @Nat.1\n  \
         ensures (proved) @Nat.result <= @Nat.1\n  effects pure\n  checks 1 proved, 0 at run time\n"
    ));
    sandbox.vera(&["lock"]).is(0, "OK: vera.lock\n");
}

#[test]
fn what_follows_is_no_weakness_and_what_does_not_is() {
    let sandbox = package();
    assert_eq!(sandbox.vera(&["lock", "--accept", "vera/shop.vera"]).status, Some(0));
    let change = |requires: &str, ensures: &str| {
        sandbox.write("vera/shop.vera", program(requires, ensures, "pure").as_bytes());
        let outcome = sandbox.vera(&["lock"]);
        assert_eq!(outcome.stderr, "");
        (outcome.status, outcome.stdout)
    };
    let stronger = change("!(@Nat.1 < @Nat.0)", "@Nat.result == @Nat.1 - @Nat.0");
    assert_eq!(
        stronger,
        (
            Some(0),
            "note: `requires(!(@Nat.1 < @Nat.0))` of `charged` is new, and asks for nothing new.\n\
             note: `requires(@Nat.0 <= @Nat.1)` of `charged` is gone.\n\
             note: `ensures(@Nat.result <= @Nat.1)` of `charged` is gone, and follows from what is promised.\n\
             note: `ensures(@Nat.result == @Nat.1 - @Nat.0)` of `charged` is new.\n"
                .to_owned()
        )
    );
    // What the body happens to do is no promise.
    let weaker = change("@Nat.0 <= @Nat.1 && @Nat.1 < 1000", "true");
    assert_eq!(weaker.0, Some(1));
    assert!(weaker.1.contains("weaker: `requires(@Nat.0 <= @Nat.1 && @Nat.1 < 1000)` of `charged` asks for more than before: a call with `"), "{}", weaker.1);
    assert!(
        weaker.1.contains("weaker: `ensures(@Nat.result <= @Nat.1)` of `charged` is not promised any more"),
        "{}",
        weaker.1
    );
    assert_eq!(sandbox.vera(&["lock", "--accept"]).status, Some(0));
    sandbox.vera(&["lock"]).is(0, "OK: vera.lock\n");
}

#[test]
fn effects_files_and_folders() {
    let sandbox = package();
    sandbox.write("vera/other.vera", program("true", "true", "<IO>").replace("charged", "other").as_bytes());
    assert_eq!(sandbox.vera(&["lock", "--accept", "vera/shop.vera", "vera/other.vera"]).status, Some(0));
    sandbox.write("vera/other.vera", program("true", "true", "<IO, Random>").replace("charged", "other").as_bytes());
    let outcome = sandbox.vera(&["lock"]);
    assert_eq!((outcome.status, &*outcome.stdout), (Some(1), "weaker: `other` has a new effect: `Random`.\n"));
    let outcome = sandbox.vera(&["lock", "vera/shop.vera"]);
    let gone = "weaker: vera/other.vera is in vera.lock, and is not compiled any more.\n";
    assert_eq!((outcome.status, &*outcome.stdout), (Some(1), gone));
    sandbox.write("vera.lock", b"vera.lock 1\nfn f()\n");
    sandbox.vera(&["lock"]).fails(1, "line 2: `file` and a path is expected");
}
