//! SQLite as a host of `DB`.
//!
//! Each call runs exactly one statement. The statement is stopped at its time limit, and its result is bounded.
//! Statements that reach beyond the database (`ATTACH`, `VACUUM INTO`, most pragmas) are refused while they are
//! prepared. Values are text: integers and floats as SQLite and the language write them, bytes as UTF-8 with U+FFFD for
//! invalid parts.

use super::{Database, RowWriter, Rows};
use crate::engine::lock;
use crate::error::Result;
use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{CachedStatement, Connection, ErrorCode, OpenFlags};
use std::borrow::Cow;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// An SQLite database, in memory or in a file.
///
/// ```
/// use vera_runtime::host::database::{Database, Sqlite};
/// let mut database = Sqlite::memory()?;
/// database.execute("CREATE TABLE notes (text TEXT)", &[])?;
/// assert_eq!(database.execute("INSERT INTO notes VALUES (?)", &[Some("hello".to_owned())])?, 1);
/// assert_eq!(database.query("SELECT text FROM notes", &[])?, [[Some("hello".to_owned())]]);
/// # Ok::<(), String>(())
/// ```
///
/// The changes of a statement are kept when it ends or, within a transaction of the program, when that is committed. An
/// uncommitted transaction is rolled back when the instance is dropped.
pub struct Sqlite {
    connection: Connection,
    /// When the current statement must end.
    until: Arc<Mutex<Option<Instant>>>,
    timeout: Duration,
    max_bytes: u64,
    deadline: Option<Instant>,
}

/// SQLite instructions between two looks at the clock.
const STEP: i32 = 2_000;
/// Maximum number of prepared statements that are kept.
const STATEMENTS: usize = 64;
/// Maximum size of one value or row, in bytes.
const MAX_VALUE: i32 = 64 << 20;
/// Maximum length of a statement, in bytes.
const MAX_SQL: i32 = 1 << 20;
/// Pragmas that only read the database, or that are harmless to set.
const PRAGMAS: [&str; 13] = [
    "application_id",
    "foreign_key_check",
    "foreign_key_list",
    "foreign_keys",
    "index_info",
    "index_list",
    "index_xinfo",
    "integrity_check",
    "quick_check",
    "table_info",
    "table_list",
    "table_xinfo",
    "user_version",
];

impl Sqlite {
    /// A new database in memory.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub fn memory() -> Result<Self, String> {
        Self::new(Connection::open_in_memory())
    }

    /// The database in a file, which is created if it does not exist.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, String> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        Self::new(Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX))
    }

    /// The database in a file, read-only.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open_read_only(path: impl AsRef<Path>) -> Result<Self, String> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Self::new(Connection::open_with_flags(path, flags))
    }

    /// The database of a URL: `sqlite::memory:`, `sqlite:///path`, or a path.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open_url(url: &str) -> Result<Self, String> {
        if matches!(url, "sqlite::memory:" | "sqlite://:memory:" | "sqlite://" | ":memory:") {
            return Self::memory();
        }
        // After `sqlite://` comes no host, and the path with its slash: one that begins with two is absolute.
        let path = url.strip_prefix("sqlite:///").or_else(|| url.strip_prefix("sqlite:")).unwrap_or(url);
        Self::open(path)
    }

    fn new(opened: rusqlite::Result<Connection>) -> Result<Self, String> {
        let mut connection = opened.map_err(text)?;
        let until = Arc::new(Mutex::new(None));
        let watch = Arc::clone(&until);
        let over = move || lock(&watch).is_some_and(|until| Instant::now() >= until);
        let set_up = || {
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
            connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, MAX_VALUE)?;
            connection.set_limit(Limit::SQLITE_LIMIT_SQL_LENGTH, MAX_SQL)?;
            connection.set_prepared_statement_cache_capacity(STATEMENTS);
            connection.progress_handler(STEP, Some(over))?;
            connection.authorizer(Some(authorize))
        };
        set_up().map_err(text)?;
        Ok(Sqlite { connection, until, timeout: Duration::from_secs(30), max_bytes: 64 << 20, deadline: None })
    }

    /// Time limit of a statement, including the time that it waits for locks of others; 30 seconds by default. If the
    /// call has less time left, that applies.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Maximum size of the rows of one query, in bytes of text; 64 MiB by default.
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// Whether the database is in memory, so that it ends with its connection.
    pub(super) fn in_memory(&self) -> bool {
        self.connection.path().is_none_or(str::is_empty)
    }

    /// Rolls back a transaction that was begun and not ended.
    pub(super) fn roll_back(&mut self) -> Result<(), String> {
        if self.connection.is_autocommit() {
            return Ok(());
        }
        *lock(&self.until) = None;
        self.connection.execute_batch("ROLLBACK").map_err(text)
    }

    /// Runs a statement: `each` gets its rows, `done` makes the result at its end.
    fn run<R>(
        &mut self,
        sql: &str,
        parameters: &[Option<String>],
        mut each: impl FnMut(&rusqlite::Row<'_>, usize) -> Result<Result<(), String>>,
        done: impl FnOnce(&Connection, &CachedStatement<'_>) -> R,
    ) -> Result<Result<R, String>> {
        let now = Instant::now();
        let until = now.checked_add(self.timeout).into_iter().chain(self.deadline).min();
        *lock(&self.until) = until;
        let left = until.map_or(self.timeout, |until| until.saturating_duration_since(now));
        let mut statement = match self.prepare(sql, parameters, left) {
            Ok(statement) => statement,
            Err(error) => return Ok(Err(error)),
        };
        let columns = statement.column_count();
        let mut rows = statement.raw_query();
        loop {
            match rows.next() {
                Ok(Some(row)) => {
                    if let Err(error) = each(row, columns)? {
                        return Ok(Err(error));
                    }
                }
                Ok(None) => break,
                Err(error) => return Ok(Err(text(error))),
            }
        }
        drop(rows);
        Ok(Ok(done(&self.connection, &statement)))
    }

    fn prepare(&self, sql: &str, parameters: &[Option<String>], left: Duration) -> Result<CachedStatement<'_>, String> {
        self.connection.busy_timeout(left).map_err(text)?;
        let mut statement = self.connection.prepare_cached(sql).map_err(text)?;
        let (holes, given) = (statement.parameter_count(), parameters.len());
        if holes != given {
            return Err(format!("the statement has {holes} parameters, and {given} are given"));
        }
        for (index, parameter) in parameters.iter().enumerate() {
            statement.raw_bind_parameter(index + 1, parameter.as_deref()).map_err(text)?;
        }
        Ok(statement)
    }
}

/// Whether the effect of a statement stays within the database.
fn authorize(context: AuthContext<'_>) -> Authorization {
    match context.action {
        // `VACUUM` attaches a database without a name.
        AuthAction::Attach { filename: "" } => Authorization::Allow,
        AuthAction::Attach { .. } => Authorization::Deny,
        AuthAction::Pragma { pragma_name, .. } => {
            let known = PRAGMAS.iter().any(|known| pragma_name.eq_ignore_ascii_case(known));
            if known { Authorization::Allow } else { Authorization::Deny }
        }
        _ => Authorization::Allow,
    }
}

/// An error as text for the program.
fn text(error: rusqlite::Error) -> String {
    if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) {
        return "the statement took too long".to_owned();
    }
    match error {
        rusqlite::Error::SqliteFailure(_, Some(message)) => message,
        rusqlite::Error::SqlInputError { msg, .. } => msg,
        error => error.to_string(),
    }
}

/// A value as text.
fn cell(value: ValueRef<'_>) -> Option<Cow<'_, str>> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(value) => Some(Cow::Owned(value.to_string())),
        ValueRef::Real(value) => Some(Cow::Owned(format!("{value:?}"))),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(String::from_utf8_lossy(bytes)),
    }
}

/// Whether the statement is one whose changed rows are counted.
fn counts(sql: &str) -> bool {
    let mut rest = sql.trim_start();
    // Comments may come first.
    loop {
        let after = match rest.get(..2) {
            Some("--") => rest.split_once('\n').map(|(_, after)| after),
            Some("/*") => rest.split_once("*/").map(|(_, after)| after),
            _ => break,
        };
        let Some(after) = after else { return false };
        rest = after.trim_start();
    }
    let end = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
    ["INSERT", "UPDATE", "DELETE", "REPLACE", "WITH"].iter().any(|word| rest[..end].eq_ignore_ascii_case(word))
}

impl Database for Sqlite {
    fn query(&mut self, sql: &str, parameters: &[Option<String>]) -> Result<Rows, String> {
        let mut rows = Rows::new();
        let mut left = self.max_bytes;
        let most = self.max_bytes;
        let each = |row: &rusqlite::Row<'_>, columns: usize| {
            let cells = (0..columns).map(|column| row.get_ref_unwrap(column));
            let cells: Vec<_> = cells.map(|value| cell(value).map(Cow::into_owned)).collect();
            let bytes = cells.iter().flatten().map(String::len).sum::<usize>() as u64;
            rows.push(cells);
            Ok(spend(&mut left, bytes, most))
        };
        let outcome = self.run(sql, parameters, each, |_, _| ());
        // Only what writes into a module fails otherwise.
        outcome.map_err(|error| error.to_string())??;
        Ok(rows)
    }

    fn query_into(
        &mut self,
        sql: &str,
        parameters: &[Option<String>],
        rows: &mut RowWriter<'_, '_>,
    ) -> Result<Result<(), String>> {
        let mut left = self.max_bytes;
        let most = self.max_bytes;
        let each = |row: &rusqlite::Row<'_>, columns: usize| {
            let mut bytes = 0;
            rows.row((0..columns).map(|column| {
                let cell = cell(row.get_ref_unwrap(column));
                bytes += cell.as_ref().map_or(0, |text| text.len() as u64);
                cell
            }))?;
            Ok(spend(&mut left, bytes, most))
        };
        self.run(sql, parameters, each, |_, _| ())
    }

    fn execute(&mut self, sql: &str, parameters: &[Option<String>]) -> Result<i64, String> {
        let counts = counts(sql);
        let changed = |connection: &Connection, statement: &CachedStatement<'_>| {
            let changed = i64::try_from(connection.changes()).unwrap_or(i64::MAX);
            if counts && !statement.readonly() { changed } else { -1 }
        };
        self.run(sql, parameters, |_, _| Ok(Ok(())), changed).map_err(|error| error.to_string())?
    }

    fn set_deadline(&mut self, deadline: Option<Instant>) {
        self.deadline = deadline;
    }
}

fn spend(left: &mut u64, bytes: u64, most: u64) -> Result<(), String> {
    match left.checked_sub(bytes) {
        Some(rest) => {
            *left = rest;
            Ok(())
        }
        None => Err(format!("the rows have more than {most} bytes")),
    }
}

impl fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sqlite").field("path", &self.connection.path()).finish_non_exhaustive()
    }
}
