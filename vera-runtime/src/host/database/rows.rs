//! Writes rows into a module: one by one, directly to their final place, in one walk.

use super::Rows;
use crate::error::Result;
use crate::heap::{Heap, List};
use crate::host::result::{Failure, Lowered};
use crate::value::ToVera;
use std::borrow::Cow;
use vera_abi::layout::{Rep, fixed};
use vera_abi::prelude::result;

/// The destination of a query's rows: the memory of the module.
#[derive(Debug)]
pub struct RowWriter<'h, 's> {
    heap: &'h mut Heap<'s>,
    rows: List,
}

/// The result of a query for the program: rows, or the reason why there are none.
type Outcome = Result<Rows, String>;

impl<'h, 's> RowWriter<'h, 's> {
    /// Runs a query, and makes its result from the rows that it writes.
    pub(super) fn run(
        heap: &'h mut Heap<'s>,
        query: impl FnOnce(&mut RowWriter<'h, 's>) -> Result<Result<(), String>>,
    ) -> Lowered<Outcome> {
        Lowered::now(Self::written(heap, query).map_err(Failure::Error))
    }

    fn written(
        heap: &'h mut Heap<'s>,
        query: impl FnOnce(&mut RowWriter<'h, 's>) -> Result<Result<(), String>>,
    ) -> Result<crate::value::Raw> {
        heap.reset_budget();
        let mark = heap.mark();
        let rows = List::new(heap, Rep::Slice, 0)?;
        let mut writer = RowWriter { heap, rows };
        let outcome = query(&mut writer)?;
        let RowWriter { heap, rows } = writer;
        let raw = match outcome {
            Ok(()) => heap.build(result::OK, const { &fixed([Rep::Slice]) }, |_| Ok([rows.finish()]))?,
            Err(message) => ToVera::<Outcome>::to_vera(&Err::<Rows, _>(message), heap)?,
        };
        heap.release(mark);
        Ok(raw)
    }

    /// Writes a row: its cells in order, `None` for null.
    ///
    /// # Errors
    /// [`Error::Limit`](crate::Error::Limit) when the module has no room for the row, or the call has no time left:
    /// return the error.
    pub fn row<'c>(&mut self, cells: impl IntoIterator<Item = Option<Cow<'c, str>>>) -> Result<()> {
        let cells = cells.into_iter();
        let mark = self.heap.mark();
        let mut row = List::new(self.heap, Rep::Ptr, cells.size_hint().0)?;
        for cell in cells {
            let cell = ToVera::<Option<String>>::to_vera(&cell, self.heap)?;
            row.push(self.heap, cell)?;
        }
        // The list of rows keeps it from here on.
        self.rows.push(self.heap, row.finish())?;
        self.heap.release(mark);
        Ok(())
    }
}
