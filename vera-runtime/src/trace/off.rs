//! The types of `spans.rs` without the feature: they hold nothing and do nothing.

use crate::error::{Error, Result};
use crate::heap::Heap;
use crate::value::Raw;
use vera_abi::interface::TypeId;
use wasmtime::Val;

/// There is no span to be in.
#[derive(Debug)]
pub(crate) enum Context {}

impl Context {
    pub(crate) fn within<R>(&self, _run: impl FnOnce() -> R) -> R {
        match *self {}
    }
}

/// Nobody listens.
#[inline]
pub(crate) fn listened_to() -> bool {
    false
}

/// A call without a span.
#[derive(Debug)]
pub(crate) struct CallSpan;

/// An operation without a span.
#[derive(Debug)]
pub(crate) struct OperationSpan;

impl CallSpan {
    #[inline]
    pub(crate) fn begin(_heap: &mut Heap<'_>, _place: usize) -> Self {
        CallSpan
    }

    #[inline]
    pub(crate) fn within<R>(&self, run: impl FnOnce() -> R) -> R {
        run()
    }

    #[cfg(feature = "async")]
    pub(crate) fn context(&self) -> Option<Context> {
        None
    }

    #[inline]
    pub(crate) fn arguments(&self, _heap: &Heap<'_>, _values: impl FnOnce() -> Vec<Val>) {}

    #[inline]
    pub(crate) fn result(&self, _heap: &Heap<'_>, _raw: Raw) {}

    #[inline]
    pub(crate) fn end(self, _heap: &mut Heap<'_>, _error: Option<&Error>) {}
}

impl OperationSpan {
    #[inline]
    pub(crate) fn begin(_heap: &mut Heap<'_>, _effect: &str, _operation: &str) -> Self {
        OperationSpan
    }

    #[inline]
    pub(crate) fn started(&self) {}

    #[inline]
    pub(crate) fn within<R>(&self, run: impl FnOnce() -> R) -> R {
        run()
    }

    #[inline]
    pub(crate) fn context(&self) -> Option<Context> {
        None
    }

    #[inline]
    pub(crate) fn arguments(&self, _heap: &Heap<'_>, _types: &[TypeId], _values: &[Val]) {}

    #[inline]
    pub(crate) fn result(&self, _heap: &Heap<'_>, _ty: TypeId, _raw: Raw) {}

    #[inline]
    pub(crate) fn end(self, _outcome: &'static str) {}
}

/// Runs a collection.
#[inline]
pub(crate) fn collection<'a>(heap: &mut Heap<'a>, run: impl FnOnce(&mut Heap<'a>) -> Result<()>) -> Result<()> {
    run(heap)
}
