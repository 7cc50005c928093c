//! A pool of connections, which instances use one after the other.
//!
//! If each request has its own instance, the database must outlive the instance. A connection is taken at the first
//! statement and returned when its host is dropped. Then an uncommitted transaction is rolled back, so that nobody
//! continues the transaction of another instance.

use super::{Database, RowWriter, Rows, Sqlite};
use crate::engine::lock;
use crate::error::Result;
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Connections to one database; clones are the same pool.
///
/// ```
/// use vera_runtime::host::database::{Database, Pool};
/// let pool = Pool::open_url("sqlite::memory:")?;
/// pool.lend().execute("CREATE TABLE t (a)", &[])?;
/// assert_eq!(pool.lend().query("SELECT count(*) FROM t", &[])?, [[Some("0".to_owned())]]);
/// # Ok::<(), String>(())
/// ```
#[derive(Clone)]
pub struct Pool(Arc<Shared>);

struct Shared {
    open: Box<dyn Fn() -> Result<Sqlite, String> + Send + Sync>,
    state: Mutex<State>,
    given_back: Condvar,
    /// Maximum number of connections.
    most: usize,
}

struct State {
    idle: Vec<Sqlite>,
    /// Number of connections, idle ones included.
    count: usize,
}

/// Maximum number of connections to a file: more would wait for each other.
const FILE: usize = 16;
/// How long to wait for a connection that others use.
const PATIENCE: Duration = Duration::from_secs(30);

impl Pool {
    /// Connections to the database of a URL, as for [`Sqlite::open_url`]. A database in memory has one connection,
    /// which its users share one after the other.
    ///
    /// # Errors
    /// When the first connection cannot be opened.
    pub fn open_url(url: &str) -> Result<Self, String> {
        let first = Sqlite::open_url(url)?;
        let most = if first.in_memory() { 1 } else { FILE };
        let url = url.to_owned();
        Ok(Self::with(first, most, move || Sqlite::open_url(&url)))
    }

    /// A pool of up to `most` connections. `first` is the first of them; `open` makes the others.
    pub fn with(first: Sqlite, most: usize, open: impl Fn() -> Result<Sqlite, String> + Send + Sync + 'static) -> Self {
        let state = Mutex::new(State { idle: vec![first], count: 1 });
        Pool(Arc::new(Shared { open: Box::new(open), state, given_back: Condvar::new(), most: most.max(1) }))
    }

    /// A host that takes a connection when it first needs one, and returns it when it is dropped.
    pub fn lend(&self) -> Lent {
        Lent { pool: self.clone(), connection: None, deadline: None }
    }

    fn take(&self, deadline: Option<Instant>) -> Result<Sqlite, String> {
        let patience = Instant::now() + PATIENCE;
        let until = deadline.map_or(patience, |deadline| deadline.min(patience));
        let mut state = lock(&self.0.state);
        loop {
            if let Some(connection) = state.idle.pop() {
                return Ok(connection);
            }
            if state.count < self.0.most {
                state.count += 1;
                drop(state);
                return (self.0.open)().inspect_err(|_| self.gone());
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err("no connection to the database became free in time".to_owned());
            }
            let waited = self.0.given_back.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn give_back(&self, mut connection: Sqlite) {
        if connection.roll_back().is_err() {
            return self.gone();
        }
        lock(&self.0.state).idle.push(connection);
        self.0.given_back.notify_one();
    }

    /// Removes a connection from the count.
    fn gone(&self) {
        lock(&self.0.state).count -= 1;
        self.0.given_back.notify_one();
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("most", &self.0.most).finish_non_exhaustive()
    }
}

/// A host of `DB` with a connection of a [`Pool`].
#[derive(Debug)]
pub struct Lent {
    pool: Pool,
    connection: Option<Sqlite>,
    deadline: Option<Instant>,
}

impl Lent {
    fn connection(&mut self) -> Result<&mut Sqlite, String> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.pool.take(self.deadline)?,
        };
        let connection = self.connection.insert(connection);
        connection.set_deadline(self.deadline);
        Ok(connection)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.pool.give_back(connection);
        }
    }
}

impl Database for Lent {
    fn query(&mut self, sql: &str, parameters: &[Option<String>]) -> Result<Rows, String> {
        self.connection()?.query(sql, parameters)
    }

    fn query_into(
        &mut self,
        sql: &str,
        parameters: &[Option<String>],
        rows: &mut RowWriter<'_, '_>,
    ) -> Result<Result<(), String>> {
        match self.connection() {
            Ok(connection) => connection.query_into(sql, parameters, rows),
            Err(error) => Ok(Err(error)),
        }
    }

    fn execute(&mut self, sql: &str, parameters: &[Option<String>]) -> Result<i64, String> {
        self.connection()?.execute(sql, parameters)
    }

    fn set_deadline(&mut self, deadline: Option<Instant>) {
        self.deadline = deadline;
    }
}
