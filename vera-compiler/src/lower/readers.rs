//! The futures that a program may start, and the function that reads each type of them (see [`super::futures`]).

use crate::core::{ExternId, FnId as CoreFnId, RecordId};
use crate::source::Span;
use crate::tir::{Expr, ExprKind, FnId, Program};
use indexmap::IndexMap;
use vera_abi::layout::Rep;

/// The futures that a program may start.
#[derive(Debug, Default)]
pub(super) struct Futures {
    /// Whether any function starts an operation.
    pub(super) starts: bool,
    /// Their readers, by the shape of the finished future.
    pub(super) read: IndexMap<RecordId, Readers>,
}

/// The reader of one type of future.
#[derive(Debug)]
pub(super) struct Readers {
    /// The function.
    pub(super) function: CoreFnId,
    /// The representation of the value.
    pub(super) value: Rep,
    /// Where something is started first.
    pub(super) span: Span,
    /// The shape of the started future, for each way to get a result.
    pub(super) started: IndexMap<Awaiting, RecordId>,
}

/// How the result of a started operation is obtained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Awaiting {
    /// From the host.
    Host(ExternId),
    /// From a function that asks the host and checks the result.
    Checked(CoreFnId),
}

impl Futures {
    /// Before lowering a program.
    pub(super) fn of(program: &Program, start: Option<FnId>) -> Self {
        let mut starts = false;
        let mut look = |expr: &Expr| starts |= started(program, start, expr).is_some();
        program.functions.iter().for_each(|function| function.walk(&mut look));
        Self { starts, read: IndexMap::new() }
    }
}

/// The operation that an expression may start. `start` is the function `async`.
pub(super) fn started<'p>(program: &Program, start: Option<FnId>, expr: &'p Expr) -> Option<&'p Expr> {
    match &expr.kind {
        ExprKind::Call { function, args, .. } if start == Some(*function) => program.started(args.first()?),
        _ => None,
    }
}
