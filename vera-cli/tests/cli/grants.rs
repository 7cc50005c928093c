//! What options grant a program, and what it is told without them.

use crate::harness::{Sandbox, main_of};
use serde_json::json;

/// A program whose `main` prints what an operation that may fail gives.
fn printing(operation: &str) -> Sandbox {
    let body = format!(
        "match {operation} {{\n    Ok(@String) -> IO.print(\"ok \\(@String.0)\"),\n    Err(@String) -> IO.print(\"err \\(@String.0)\")\n  }}"
    );
    Sandbox::new(&[("p.vera", &main_of("Unit", "<IO>", &body)), ("data/in.txt", "contents"), ("secret.txt", "secret")])
}

#[test]
fn folders_are_granted_by_an_option() {
    let sandbox = printing(r#"IO.read_file("data/in.txt")"#);
    let refused = "err data/in.txt: not below a directory that the program may use\n";
    let outcome = sandbox.vera(&["run", "p.vera"]);
    assert_eq!((outcome.status, &*outcome.stdout), (Some(0), refused));
    assert!(outcome.stderr.contains(r#"Note: the program asked for the file "data/in.txt""#), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("--dir data"), "{}", outcome.stderr);
    let report = sandbox.vera(&["run", "--json", "p.vera"]).json(0);
    assert!(report["notes"][0].as_str().is_some_and(|note| note.contains("--dir data")), "{report}");
    for dir in ["data", ".", "./data/"] {
        sandbox.vera(&["run", "--dir", dir, "p.vera"]).is(0, "ok contents\n");
    }
    let report = sandbox.vera(&["run", "--json", "--dir", "data", "p.vera"]).json(0);
    assert_eq!(report.get("notes"), None);
    let out = printing(r#"IO.read_file("data/../secret.txt")"#).vera(&["run", "--dir", "data", "p.vera"]);
    assert!(out.stdout.starts_with("err ") && out.stdout.contains("leads out of the directory"), "{out:?}");
    sandbox.vera(&["run", "--dir", "none", "p.vera"]).fails(1, "--dir none");
    let absolute = sandbox.path("data").canonicalize().expect("it is there");
    let path = absolute.join("in.txt");
    let program = printing(&format!("IO.read_file({:?})", path.to_str().expect("UTF-8")));
    program.vera(&["run", "--dir", absolute.to_str().expect("UTF-8"), "p.vera"]).is(0, "ok contents\n");
}

#[test]
fn variables_are_granted_by_name() {
    let body = r#"IO.print(option_unwrap_or(IO.get_env("VERA_TEST_VARIABLE"), "none"))"#;
    let sandbox = Sandbox::new(&[("p.vera", &main_of("Unit", "<IO>", body))]);
    let run = |arguments: &[&str]| {
        let mut command = sandbox.command(arguments);
        let output = command.env("VERA_TEST_VARIABLE", "value").output().expect("it starts");
        (String::from_utf8(output.stdout).expect("UTF-8"), String::from_utf8(output.stderr).expect("UTF-8"))
    };
    let (printed, notes) = run(&["run", "p.vera"]);
    assert_eq!(printed, "none\n");
    assert!(notes.contains("--env VERA_TEST_VARIABLE"), "{notes}");
    let granted = run(&["run", "--env", "HOME", "--env", "VERA_TEST_VARIABLE", "p.vera"]);
    assert_eq!(granted, ("value\n".to_owned(), String::new()));
}

#[test]
fn a_seed_repeats_a_run() {
    let body = r#"IO.print("\(Random.random_int(0, 1000000000)) \(Random.random_int(0, 1000000000))")"#;
    let sandbox = Sandbox::new(&[("p.vera", &main_of("Unit", "<IO, Random>", body))]);
    let run = |arguments: &[&str]| sandbox.vera(arguments).stdout;
    assert_eq!(run(&["run", "--seed", "7", "p.vera"]), run(&["run", "--seed", "7", "p.vera"]));
    assert_ne!(run(&["run", "--seed", "7", "p.vera"]), run(&["run", "--seed", "8", "p.vera"]));
    assert_ne!(run(&["run", "p.vera"]), run(&["run", "p.vera"]));
}

#[test]
fn limits_are_options_and_errors_name_them() {
    let forever = "public fn main(@Nat -> @Nat)\n  requires(true)\n  ensures(true)\n  effects(<Diverge>)\n{\n  main(@Nat.0 + 1)\n}\n";
    let sandbox = Sandbox::new(&[("p.vera", forever)]);
    sandbox.vera(&["run", "--fuel", "1000", "p.vera", "--", "0"]).fails(1, "--fuel N");
    sandbox.vera(&["run", "--deadline", "20ms", "p.vera", "--", "0"]).fails(1, "--deadline 10s");
    sandbox.vera(&["run", "--deadline", "20", "p.vera", "--", "0"]).fails(2, "`20ms` or `20s`");
    let deep = "public fn main(@Nat -> @Nat)\n  requires(true)\n  ensures(true)\n  effects(<Diverge>)\n{\n  if @Nat.0 == 0 then {\n    0\n  } else {\n    1 + main(@Nat.0 - 1)\n  }\n}\n";
    let sandbox = Sandbox::new(&[("p.vera", deep)]);
    sandbox.vera(&["run", "p.vera", "--", "1000000"]).is(0, "1000000\n");
    sandbox.vera(&["run", "--stack", "1MiB", "p.vera", "--", "1000000"]).fails(1, "--stack SIZE");
    let large = main_of(
        "Int",
        "pure",
        "array_length(array_map(array_range(0, 20000000), fn(@Int -> @Int) effects(pure) {\n    @Int.0\n  }))",
    );
    let sandbox = Sandbox::new(&[("p.vera", &large)]);
    sandbox.vera(&["run", "--memory", "50MiB", "p.vera"]).fails(1, "--memory SIZE");
    let report = sandbox.vera(&["run", "--json", "--memory", "1KiB", "p.vera"]).json(1);
    assert_eq!(report["ok"], json!(false));
}

/// A program that shows what an effect gives that may fail.
fn showing(effects: &str, operation: &str) -> Sandbox {
    let body = format!(
        "match {operation} {{\n    Ok(_) -> IO.print(\"ok\"),\n    Err(@String) -> IO.print(\"err \\(@String.0)\")\n  }}"
    );
    Sandbox::new(&[("p.vera", &main_of("Unit", effects, &body))])
}

#[test]
fn a_database_is_granted_by_an_option() {
    let sandbox = showing("<IO, DB>", r#"DB.execute("CREATE TABLE t (a)", [])"#);
    let outcome = sandbox.vera(&["run", "p.vera"]);
    assert_eq!((outcome.status, &*outcome.stdout), (Some(0), "err no database is granted\n"));
    assert!(outcome.stderr.contains("To grant it: --db FILE"), "{}", outcome.stderr);
    for _ in 0..2 {
        sandbox.vera(&["run", "--db", "sqlite::memory:", "p.vera"]).is(0, "ok\n");
    }
    sandbox.vera(&["run", "--db", "ledger.db", "p.vera"]).is(0, "ok\n");
    sandbox.vera(&["run", "--db", "sqlite:///ledger.db", "p.vera"]).is(0, "err table t already exists\n");
    sandbox.vera(&["run", "--db", "none/ledger.db", "p.vera"]).fails(1, "--db none/ledger.db");
}

#[test]
fn hosts_are_granted_by_name() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("bound").port();
    std::thread::spawn(move || {
        for mut connection in listener.incoming().map_while(Result::ok) {
            let _ = std::io::Read::read(&mut connection, &mut [0; 4096]);
            let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
            let _ = std::io::Write::write_all(&mut connection, answer);
        }
    });
    let sandbox = showing("<IO, Http>", &format!("Http.get(\"http://127.0.0.1:{port}/\")"));
    let outcome = sandbox.vera(&["run", "p.vera"]);
    let refused = format!("err requests to 127.0.0.1:{port} are not allowed\n");
    assert_eq!((outcome.status, &*outcome.stdout), (Some(0), &*refused));
    assert!(outcome.stderr.contains(&format!("--allow-net 127.0.0.1:{port}")), "{}", outcome.stderr);
    // What the note says grants it.
    sandbox.vera(&["run", "--allow-net", &format!("127.0.0.1:{port}"), "p.vera"]).is(0, "ok\n");
    sandbox.vera(&["run", "--allow-net", "*", "--allow-net", "127.0.0.0/8", "p.vera"]).is(0, "ok\n");
    let named = showing("<IO, Http>", &format!("Http.get(\"http://localhost:{port}/\")"));
    let outcome = named.vera(&["run", "--allow-net", "*", "p.vera"]);
    assert!(outcome.stdout.contains("not public") && outcome.stderr.contains("--allow-net 127.0.0.1"), "{outcome:?}");
    sandbox.vera(&["run", "--allow-net", "http://example.com", "p.vera"]).fails(1, "is not a host");
}

#[test]
fn a_model_needs_a_key_and_its_host() {
    let sandbox = showing("<IO, Inference>", r#"Inference.complete("hello")"#);
    let run = |variables: &[(&str, &str)]| {
        let mut command = sandbox.command(&["run", "p.vera"]);
        let names = std::env::vars().map(|(name, _)| name).filter(|name| name.starts_with("VERA_"));
        for name in names {
            command.env_remove(name);
        }
        let output = command.envs(variables.iter().copied()).output().expect("it starts");
        (String::from_utf8(output.stdout).expect("UTF-8"), String::from_utf8(output.stderr).expect("UTF-8"))
    };
    assert!(run(&[]).0.starts_with("err no provider of models: set one of VERA_ANTHROPIC_API_KEY"), "{:?}", run(&[]));
    let (printed, notes) = run(&[("VERA_MISTRAL_API_KEY", "sk-secret")]);
    assert!(printed.contains("requests to api.mistral.ai are not allowed"), "{printed}");
    assert!(notes.contains("--allow-net api.mistral.ai"), "{notes}");
    assert!(!printed.contains("sk-secret") && !notes.contains("sk-secret"));
}

#[test]
fn a_run_is_recorded_and_replayed() {
    let body = r#"let @Int = Random.random_int(0, 1000000000);
  let @Nat = IO.time(());
  IO.print("\(@Int.0) \(@Nat.0)\n");
  match IO.read_file("data/in.txt") {
    Ok(@String) -> IO.print(@String.0),
    Err(@String) -> IO.print("err \(@String.0)")
  };
  IO.exit(4)"#;
    let files = [("p.vera", &*main_of("Unit", "<IO, Random>", body)), ("data/in.txt", "contents")];
    let sandbox = Sandbox::new(&files);
    let first = sandbox.vera(&["run", "--dir", "data", "--record", "calls.jsonl", "p.vera"]);
    assert_eq!((first.status, first.stderr.as_str()), (Some(4), ""));
    assert!(first.stdout.ends_with("\ncontents\n"), "{first:?}");
    // Neither the file nor the option is there any more.
    std::fs::remove_file(sandbox.path("data/in.txt")).expect("it is there");
    assert_eq!(sandbox.vera(&["run", "--replay", "calls.jsonl", "p.vera"]), first);
    let report = sandbox.vera(&["run", "--json", "--replay", "calls.jsonl", "p.vera"]).json(4);
    assert_eq!(report["stdout"].as_str().map(|printed| format!("{printed}\n")), Some(first.stdout));
    sandbox.write("p.vera", main_of("Unit", "<IO>", "IO.print(\"other\")").as_bytes());
    let other = sandbox.vera(&["run", "--replay", "calls.jsonl", "p.vera"]);
    assert!(
        other.status == Some(1) && other.stderr.contains("call 1 of the recording is Random.random_int"),
        "{other:?}"
    );
    sandbox.vera(&["run", "--replay", "p.vera", "p.vera"]).fails(1, "--replay p.vera: line 1");
    sandbox.vera(&["run", "--replay", "a", "--record", "b", "p.vera"]).fails(2, "cannot be used with");
}
