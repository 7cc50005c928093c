//! The hosts that are ready and need nothing: clocks, environment, chance, refusals.

use std::sync::{Arc, Mutex};
use std::time::Duration;
use vera_runtime::host::database::Database;
use vera_runtime::host::http::Http;
use vera_runtime::host::inference::Inference;
use vera_runtime::host::io::{
    CapturedIo, Clock, Environment, Files, FixedClock, SteppingClock, SystemClock, Variables,
};
use vera_runtime::host::random::{Random, SplitMix};
use vera_runtime::host::{Refusal, Refused};

#[test]
fn clocks() {
    let mut fixed = FixedClock { now: 7 };
    fixed.sleep(Duration::from_secs(1000));
    assert_eq!([fixed.time(), fixed.time()], [7, 7]);
    let mut stepping = SteppingClock { now: 7, step: 2 };
    assert_eq!([stepping.time(), stepping.time()], [7, 9]);
    stepping.sleep(Duration::from_millis(100));
    assert_eq!(stepping.time(), 111);
    let mut captured = CapturedIo::default();
    captured.sleep(Duration::from_millis(3));
    captured.sleep(Duration::MAX);
    assert_eq!(captured.time(), u64::MAX);
    // Later than this line was written.
    assert!(SystemClock.time() > 1_700_000_000_000);
}

#[test]
fn only_allowed_variables_are_there() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let hook = Arc::clone(&seen);
    // Cargo sets this one for tests.
    let mut variables = Variables::new()
        .allow("CARGO_PKG_NAME")
        .allow("VERA_NEVER_SET")
        .set("OWN", "value")
        .with_args(["one"])
        .on_refusal(move |refusal: &Refusal| hook.lock().unwrap().push(refusal.clone()));
    assert_eq!(variables.get_env("CARGO_PKG_NAME").as_deref(), Some("vera-runtime"));
    assert_eq!(variables.get_env("OWN").as_deref(), Some("value"));
    assert_eq!(variables.get_env("VERA_NEVER_SET"), None);
    assert!(seen.lock().unwrap().is_empty(), "what is allowed and not there is not refused");
    assert_eq!(variables.get_env("CARGO_PKG_VERSION"), None);
    assert_eq!(variables.args(), ["one"]);
    let seen = seen.lock().unwrap();
    let [Refusal { capability: "Environment", what, .. }] = &seen[..] else { panic!("{seen:?}") };
    assert_eq!(what, "CARGO_PKG_VERSION");
}

#[test]
fn what_is_refused_is_an_error_with_the_reason() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let hook = Arc::clone(&seen);
    let mut refused = Refused::new("not today").on_refusal(move |refusal| {
        hook.lock().unwrap().push(format!("{} {}", refusal.capability, refusal.what));
    });
    assert_eq!(refused.get("https://a.example/").unwrap_err(), "not today");
    assert_eq!(refused.post("https://b.example/", "body").unwrap_err(), "not today");
    assert_eq!(refused.complete("prompt").unwrap_err(), "not today");
    assert_eq!(refused.query("SELECT", &[]).unwrap_err(), "not today");
    assert_eq!(refused.execute("DELETE", &[]).unwrap_err(), "not today");
    assert_eq!(refused.read("file").unwrap_err().to_string(), "not today");
    assert_eq!(refused.write("file", b"").unwrap_err().to_string(), "not today");
    let seen = seen.lock().unwrap();
    let expected =
        ["Http https://a.example/", "Http https://b.example/", "Inference ", "Database ", "Database ", "Files file"];
    assert_eq!(seen[..6], expected);
}

#[test]
fn seeds_repeat_and_chance_does_not() {
    let numbers = |mut random: Box<dyn Random>| -> Vec<u64> { (0..4).map(|_| random.bits()).collect() };
    let seeded = |seed| numbers(Box::new(SplitMix::seeded(seed)));
    assert_eq!(seeded(5), seeded(5));
    assert_ne!(seeded(5), seeded(6));
    assert_ne!(numbers(Box::<SplitMix>::default()), numbers(Box::<SplitMix>::default()));
    #[cfg(feature = "system-random")]
    {
        use vera_runtime::host::random::SystemRandom;
        let system = || numbers(Box::new(SystemRandom::new().unwrap()));
        assert_ne!(system(), system());
    }
}
