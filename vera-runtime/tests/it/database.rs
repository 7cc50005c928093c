//! SQLite as the host of `DB`: real files, hostile statements, locks, limits.

use crate::guest::Guest;
use std::time::Duration;
use vera_abi::interface::TypeDesc;
use vera_runtime::error::{Error, Limit};
use vera_runtime::host::database::{Database, Pool, Rows, Sqlite};
use vera_runtime::{Instance, Limits};

const NONE: &[Option<String>] = &[];

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// A database with a table of three rows.
fn filled() -> Sqlite {
    let mut database = Sqlite::memory().unwrap();
    database.execute("CREATE TABLE t (a INTEGER, b TEXT, c)", NONE).unwrap();
    let rows = "INSERT INTO t VALUES (?, 'x', NULL), (2, 'y', 1.5), (3, 'z', x'00ff41')";
    assert_eq!(database.execute(rows, &[some("1")]), Ok(3));
    database
}

#[test]
fn values_are_text_or_null() {
    let mut database = filled();
    let rows = database.query("SELECT a, c FROM t ORDER BY a", NONE).unwrap();
    assert_eq!(rows, [[some("1"), None], [some("2"), some("1.5")], [some("3"), some("\0\u{fffd}A")]]);
    let numbers = "SELECT 1.0, 0.1, 1e300, 9223372036854775807, 1 = 1, typeof(a) FROM t LIMIT 1";
    let expected = ["1.0", "0.1", "1e300", "9223372036854775807", "1", "integer"].map(some);
    assert_eq!(database.query(numbers, NONE).unwrap(), [expected]);
    assert_eq!(database.query("SELECT a FROM t WHERE a = ?", &[some("2")]).unwrap(), [[some("2")]]);
    // A parameter is a value, whatever is in it.
    assert_eq!(database.query("SELECT a FROM t WHERE b = ?", &[some("x' OR 'a' = 'a")]).unwrap(), Rows::new());
    assert_eq!(database.query("SELECT ? IS NULL", &[None]).unwrap(), [[some("1")]]);
}

#[test]
fn changes_are_counted() {
    let mut database = filled();
    for (sql, changed) in [
        ("UPDATE t SET b = 'q'", 3),
        ("delete from t where a > 100", 0),
        ("-- gone\n /* with */ DELETE FROM t WHERE a = 3", 1),
        ("WITH n(x) AS (VALUES (8), (9)) INSERT INTO t SELECT x, 'w', NULL FROM n", 2),
        ("INSERT INTO t VALUES (10, 'r', NULL) RETURNING a", 1),
        ("SELECT 1", -1),
        ("CREATE TABLE u (a)", -1),
        ("WITH n(x) AS (VALUES (8)) SELECT x FROM n", -1),
    ] {
        assert_eq!(database.execute(sql, NONE), Ok(changed), "{sql}");
    }
    assert_eq!(database.query("INSERT INTO t VALUES (11, 'r', NULL) RETURNING a", NONE).unwrap(), [[some("11")]]);
    assert_eq!(database.query("SELECT count(*) FROM t", NONE).unwrap(), [[some("6")]]);
}

#[test]
fn mistakes_are_errors() {
    let mut database = filled();
    for (sql, parameters, message) in [
        ("SELEC", NONE, "syntax error"),
        ("SELECT missing FROM t", NONE, "no such column"),
        ("SELECT ?", NONE, "has 1 parameters, and 0 are given"),
        ("SELECT 1", &[None], "has 0 parameters, and 1 are given"),
        ("SELECT 1; DROP TABLE t", NONE, "ultiple statement"),
        ("INSERT INTO t VALUES (1)", NONE, "3 columns but 1 values"),
    ] {
        let error = database.query(sql, parameters).unwrap_err();
        assert!(error.contains(message), "{sql}: {error}");
        assert_eq!(database.execute(sql, parameters).unwrap_err(), error);
    }
    assert_eq!(database.query("SELECT count(*) FROM t", NONE).unwrap(), [[some("3")]]);
    database.execute("CREATE TABLE checked (a INTEGER CHECK (a > 0) UNIQUE)", NONE).unwrap();
    assert!(database.execute("INSERT INTO checked VALUES (-1)", NONE).unwrap_err().contains("CHECK"));
}

/// A program has its database, not the machine's files.
#[test]
fn statements_stay_within_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let outside = folder.path().join("outside.db");
    let path = outside.to_str().unwrap();
    let mut database = Sqlite::open(folder.path().join("own.db")).unwrap();
    database.execute("CREATE TABLE t (a)", NONE).unwrap();
    for sql in [
        format!("ATTACH '{path}' AS other"),
        "ATTACH ':memory:' AS other".to_owned(),
        format!("VACUUM INTO '{path}'"),
        "PRAGMA temp_store_directory = '/tmp'".to_owned(),
        "PRAGMA journal_mode = OFF".to_owned(),
        "PRAGMA writable_schema = ON".to_owned(),
        "PRAGMA max_page_count = 1".to_owned(),
        "SELECT load_extension('x')".to_owned(),
        "SELECT readfile('/etc/passwd')".to_owned(),
        "SELECT * FROM pragma_database_list".to_owned(),
        "UPDATE sqlite_schema SET sql = 'CREATE TABLE t (b)'".to_owned(),
    ] {
        let outcome = database.execute(&sql, NONE);
        assert!(outcome.is_err(), "{sql}: {outcome:?}");
    }
    assert!(!outside.exists());
    database.execute("VACUUM", NONE).unwrap();
    assert_eq!(database.query("PRAGMA table_info(t)", NONE).unwrap().len(), 1);
    assert_eq!(database.query("SELECT name FROM pragma_table_info('t')", NONE).unwrap(), [[some("a")]]);
}

const FOREVER: &str = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n";

#[test]
fn statements_have_a_time_and_rows_a_size() {
    let mut database = filled().timeout(Duration::from_millis(50));
    assert_eq!(database.query(FOREVER, NONE).unwrap_err(), "the statement took too long");
    assert_eq!(database.execute(FOREVER, NONE).unwrap_err(), "the statement took too long");
    assert_eq!(database.query("SELECT count(*) FROM t", NONE).unwrap(), [[some("3")]], "it answers the next");
    let mut database = filled().max_bytes(100);
    assert_eq!(database.query("SELECT hex(zeroblob(50))", NONE).unwrap()[0][0].as_ref().unwrap().len(), 100);
    let error = database.query("SELECT hex(zeroblob(51))", NONE).unwrap_err();
    assert_eq!(error, "the rows have more than 100 bytes");
    // Rows count together, also when there is no end of them.
    let rows = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n";
    assert_eq!(database.query(rows, NONE).unwrap_err(), "the rows have more than 100 bytes");
    assert!(database.query("SELECT zeroblob(1000000000)", NONE).unwrap_err().contains("too big"));
}

#[test]
fn files_keep_what_was_committed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let url = format!("sqlite:///{}", path.display());
    {
        let mut database = Sqlite::open_url(&url).unwrap();
        database.execute("CREATE TABLE t (a)", NONE).unwrap();
        database.execute("INSERT INTO t VALUES (1)", NONE).unwrap();
        database.execute("BEGIN", NONE).unwrap();
        database.execute("INSERT INTO t VALUES (2)", NONE).unwrap();
        assert_eq!(database.query("SELECT count(*) FROM t", NONE).unwrap(), [[some("2")]]);
        // What is not committed goes with the connection.
    }
    let mut database = Sqlite::open(&path).unwrap();
    assert_eq!(database.query("SELECT a FROM t", NONE).unwrap(), [[some("1")]]);
    let mut reader = Sqlite::open_read_only(&path).unwrap();
    assert_eq!(reader.query("SELECT a FROM t", NONE).unwrap(), [[some("1")]]);
    assert!(reader.execute("INSERT INTO t VALUES (3)", NONE).unwrap_err().contains("readonly"));
    assert!(Sqlite::open_read_only(folder.path().join("none.db")).is_err());
    assert!(Sqlite::open(folder.path()).is_err());
    std::fs::write(folder.path().join("text"), "not a database, and long enough to be looked at").unwrap();
    let mut text = Sqlite::open(folder.path().join("text")).unwrap();
    assert!(text.query("SELECT * FROM t", NONE).unwrap_err().contains("not a database"));
}

/// Another connection holds the lock: the statement waits no longer than it may.
#[test]
fn locks_of_others_are_waited_for_within_the_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let mut one = Sqlite::open(&path).unwrap();
    let mut other = Sqlite::open(&path).unwrap().timeout(Duration::from_millis(50));
    one.execute("CREATE TABLE t (a)", NONE).unwrap();
    one.execute("BEGIN IMMEDIATE", NONE).unwrap();
    let error = other.execute("INSERT INTO t VALUES (1)", NONE).unwrap_err();
    assert!(error.contains("locked"), "{error}");
    one.execute("COMMIT", NONE).unwrap();
    assert_eq!(other.execute("INSERT INTO t VALUES (1)", NONE), Ok(1));
}

fn instance(limits: Limits, stress: bool) -> Instance<Sqlite> {
    let mut guest = Guest::new();
    let string = guest.ty(TypeDesc::String);
    let cell = guest.option(string);
    let cells = guest.ty(TypeDesc::Array(cell));
    let table = guest.ty(TypeDesc::Array(cells));
    let outcome = guest.result(table, string);
    guest.operation("DB", "query", vec![string, cells], outcome, "(param i32 i32 i32 i32) (result i32)");
    guest.function(
        "ask",
        vec![string, cells],
        outcome,
        "(param i32 i32 i32 i32) (result i32)
         (call $DB.query (local.get 0) (local.get 1) (local.get 2) (local.get 3))",
    );
    let imports = guest.compile().link(filled(), limits).unwrap().database(|host| host).unwrap();
    let mut instance = imports.instantiate().unwrap();
    if stress {
        instance.stress().unwrap();
    }
    instance
}

/// Rows are written into the module one by one; what happens on the way leaves it sound.
#[test]
fn rows_go_into_the_module() {
    type Ask = vera_runtime::Function<(String, Vec<Option<String>>), Result<Rows, String>>;
    let ask = |instance: &mut Instance<Sqlite>| -> Ask { instance.function("ask").unwrap() };
    let none: Vec<Option<String>> = Vec::new();
    let numbers = |most: u32| {
        format!(
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < {most}) SELECT x, 'row ' || x, NULL FROM n"
        )
    };
    for stress in [false, true] {
        let mut instance = instance(Limits::default(), stress);
        let ask = ask(&mut instance);
        let count = if stress { 200 } else { 20_000 };
        let rows = instance.call(&ask, (numbers(count), &none)).unwrap().unwrap();
        assert_eq!(rows.len(), count as usize);
        assert_eq!(rows[count as usize - 1], [Some(count.to_string()), Some(format!("row {count}")), None]);
        let error = instance.call(&ask, ("SELECT missing", &none)).unwrap().unwrap_err();
        assert!(error.contains("no such column"), "{error}");
        assert_eq!(instance.call(&ask, ("SELECT 1 WHERE 0", &none)).unwrap(), Ok(Rows::new()));
        instance.check_heap().unwrap();
    }
    // The module is full before the query ends.
    let mut small = instance(Limits { memory: 40 << 20, ..Limits::default() }, false);
    let ask_small = ask(&mut small);
    let error = small.call(&ask_small, (numbers(2_000_000), &none)).unwrap_err();
    assert!(matches!(&error, Error::Limit(reached) if matches!(reached.limit, Limit::Memory(_))), "{error:?}");
    assert_eq!(small.call(&ask_small, ("SELECT a FROM t LIMIT 1", &none)).unwrap(), Ok(vec![vec![some("1")]]));
    small.check_heap().unwrap();
    // Nor does a statement outlive its call.
    let mut short = instance(Limits { deadline: Some(Duration::from_millis(200)), ..Limits::default() }, false);
    let ask_short = ask(&mut short);
    let error = short.call(&ask_short, (FOREVER, &none)).unwrap_err();
    assert!(matches!(&error, Error::Limit(reached) if matches!(reached.limit, Limit::Deadline(_))), "{error:?}");
    assert_eq!(short.call(&ask_short, ("SELECT a FROM t LIMIT 1", &none)).unwrap(), Ok(vec![vec![some("1")]]));
}

/// Hosts have the connections of a pool one after the other, and begin where nothing is left of those before.
#[test]
fn connections_are_lent() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:///{}", folder.path().join("ledger.db").display());
    for url in ["sqlite::memory:", &url] {
        let pool = Pool::open_url(url).unwrap();
        pool.lend().execute("CREATE TABLE t (a)", NONE).unwrap();
        {
            let mut first = pool.lend();
            first.execute("BEGIN", NONE).unwrap();
            first.execute("INSERT INTO t VALUES (1)", NONE).unwrap();
            // Not committed: taken back.
        }
        let mut second = pool.lend();
        assert_eq!(second.query("SELECT count(*) FROM t", NONE).unwrap(), [[some("0")]], "{url}");
        second.execute("INSERT INTO t VALUES (2)", NONE).unwrap();
        drop(second);
        assert_eq!(pool.lend().query("SELECT a FROM t", NONE).unwrap(), [[some("2")]]);
    }
    // A database in memory has one connection: who finds it taken waits as long as the call may.
    let pool = Pool::open_url(":memory:").unwrap();
    let mut first = pool.lend();
    first.execute("CREATE TABLE t (a)", NONE).unwrap();
    let mut second = pool.lend();
    second.set_deadline(Some(std::time::Instant::now() + Duration::from_millis(50)));
    assert!(second.execute("INSERT INTO t VALUES (1)", NONE).unwrap_err().contains("became free in time"));
    drop(first);
    second.set_deadline(None);
    assert_eq!(second.execute("INSERT INTO t VALUES (1)", NONE), Ok(1));
}
