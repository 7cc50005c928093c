//! The spans of calls, operations and collections.

use super::TraceValues;
use crate::error::{Error, Result};
use crate::heap::{Heap, get_u64};
use crate::host::raw_values;
use crate::value::Raw;
use crate::value::dynamic::excerpt_of;
use tracing::field::Empty;
use tracing::level_filters::LevelFilter;
use tracing::{Level, Span};
use vera_abi::heap::{COLLECTIONS, COLLECTIONS_ALLOCATED, COLLECTIONS_SURVIVED};
use vera_abi::interface::{Interface, TypeId};
use wasmtime::Val;

/// What an instance knows of its trace.
#[derive(Debug, Default)]
pub(crate) struct Tracing {
    /// Whether values are shown, and which texts in them are not.
    pub(crate) values: Option<TraceValues>,
    /// What the collector had counted when it was last reported.
    seen: Option<Counts>,
}

/// What the collector counts.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Counts {
    collections: u64,
    /// Bytes that were allocated before the last collection.
    allocated: u64,
    /// Bytes that survived it.
    survived: u64,
}

impl Counts {
    /// What the module's memory says. It may say anything.
    fn read(heap: &Heap<'_>) -> Self {
        let word = |offset| get_u64(heap.bytes(), COLLECTIONS + offset).unwrap_or_default();
        Counts { collections: word(0), allocated: word(COLLECTIONS_ALLOCATED), survived: word(COLLECTIONS_SURVIVED) }
    }

    /// Collections, bytes allocated and bytes freed since then.
    fn since(self, earlier: Counts) -> (u64, u64, u64) {
        let allocated = self.allocated.saturating_sub(earlier.allocated);
        let before = earlier.survived.saturating_add(allocated);
        (self.collections.saturating_sub(earlier.collections), allocated, before.saturating_sub(self.survived))
    }
}

/// Reports the collections since the last report, within the span that is entered. The first look only remembers.
fn report(heap: &mut Heap<'_>) {
    if !tracing::event_enabled!(target: "vera", Level::DEBUG) {
        return;
    }
    let now = Counts::read(heap);
    let seen = heap.store().data_mut().trace.seen.replace(now);
    let Some(seen) = seen.filter(|seen| *seen != now) else { return };
    let (collections, allocated, freed) = now.since(seen);
    let survived = now.survived;
    tracing::event!(
        name: "collection", target: "vera", Level::DEBUG, collections, allocated, survived, freed, "collection"
    );
}

/// Whether anyone may listen: one look at an atomic.
#[inline]
pub(crate) fn listened_to() -> bool {
    LevelFilter::current() >= LevelFilter::DEBUG
}

/// A span in which something else can run.
#[derive(Clone, Debug)]
pub(crate) struct Context(Span);

impl Context {
    pub(crate) fn within<R>(&self, run: impl FnOnce() -> R) -> R {
        self.0.in_scope(run)
    }
}

fn context(span: &Span) -> Option<Context> {
    (!span.is_disabled()).then(|| Context(span.clone()))
}

/// Records what values are, as far as they are shown.
fn record(span: &Span, heap: &Heap<'_>, field: &str, text: impl FnOnce(&Interface, &TraceValues) -> String) {
    if span.is_disabled() {
        return;
    }
    let state = heap.state();
    if let Some(values) = &state.trace.values {
        span.record(field, text(&state.metadata.interface, values));
    }
}

fn shown(heap: &Heap<'_>, interface: &Interface, types: &[TypeId], values: &[Val], shown: &TraceValues) -> String {
    let mut next = raw_values(values);
    let texts = types.iter().map(|&id| match next(interface.ty(id).rep()) {
        Ok(raw) => excerpt_of(interface, heap.bytes(), id, raw, shown.secrets()),
        Err(_) => "…".to_owned(),
    });
    texts.collect::<Vec<_>>().join(", ")
}

/// The outcome of what ends without saying how.
fn unsaid() -> &'static str {
    if std::thread::panicking() { "panic" } else { "dropped" }
}

/// The span of a call of a public function.
#[derive(Debug)]
pub(crate) struct CallSpan {
    span: Span,
    /// The place of the function in the interface.
    place: usize,
    /// The fuel that was left when it began.
    fuel: Option<u64>,
}

impl CallSpan {
    #[inline]
    pub(crate) fn begin(heap: &mut Heap<'_>, place: usize) -> Self {
        if listened_to() { Self::made(heap, place) } else { CallSpan { span: Span::none(), place, fuel: None } }
    }

    #[cold]
    fn made(heap: &mut Heap<'_>, place: usize) -> Self {
        report(heap);
        let interface = &heap.state().metadata.interface;
        let function = interface.functions.get(place).map_or("?", |function| &function.name);
        let span = tracing::debug_span!(
            target: "vera",
            "call",
            module = &*interface.module,
            function,
            outcome = Empty,
            fuel = Empty,
            arguments = Empty,
            result = Empty,
        );
        let fuel = heap.meter().fuel();
        CallSpan { span, place, fuel }
    }

    #[inline]
    pub(crate) fn within<R>(&self, run: impl FnOnce() -> R) -> R {
        self.span.in_scope(run)
    }

    #[cfg(feature = "async")]
    pub(crate) fn context(&self) -> Option<Context> {
        context(&self.span)
    }

    /// Shows the arguments, which are in the module.
    #[inline]
    pub(crate) fn arguments(&self, heap: &Heap<'_>, values: impl FnOnce() -> Vec<Val>) {
        record(&self.span, heap, "arguments", |interface, values_shown| {
            let types = interface.functions.get(self.place).map_or(&[][..], |function| &function.params);
            shown(heap, interface, types, &values(), values_shown)
        });
    }

    /// Shows the result, which is in the module.
    #[inline]
    pub(crate) fn result(&self, heap: &Heap<'_>, raw: Raw) {
        record(&self.span, heap, "result", |interface, values| match interface.functions.get(self.place) {
            Some(function) => excerpt_of(interface, heap.bytes(), function.result, raw, values.secrets()),
            None => String::new(),
        });
    }

    #[inline]
    pub(crate) fn end(self, heap: &mut Heap<'_>, error: Option<&Error>) {
        if !self.span.is_disabled() {
            self.ended(heap, error);
        }
    }

    #[cold]
    fn ended(mut self, heap: &mut Heap<'_>, error: Option<&Error>) {
        let span = std::mem::replace(&mut self.span, Span::none());
        span.in_scope(|| report(heap));
        if let (Some(before), Some(left)) = (self.fuel, heap.meter().fuel()) {
            span.record("fuel", before.saturating_sub(left));
        }
        span.record("outcome", error.map_or("ok", Error::kind));
    }
}

impl Drop for CallSpan {
    #[inline]
    fn drop(&mut self) {
        if !self.span.is_disabled() {
            self.span.record("outcome", unsaid());
        }
    }
}

/// The span of an operation of the host.
#[derive(Debug)]
pub(crate) struct OperationSpan(Span);

impl OperationSpan {
    #[inline]
    pub(crate) fn begin(heap: &mut Heap<'_>, effect: &str, operation: &str) -> Self {
        if listened_to() { Self::made(heap, effect, operation) } else { OperationSpan(Span::none()) }
    }

    #[cold]
    fn made(heap: &mut Heap<'_>, effect: &str, operation: &str) -> Self {
        report(heap);
        OperationSpan(tracing::debug_span!(
            target: "vera",
            "operation",
            effect,
            operation,
            started = Empty,
            outcome = Empty,
            arguments = Empty,
            result = Empty,
        ))
    }

    /// It goes on while the program does.
    pub(crate) fn started(&self) {
        self.0.record("started", true);
    }

    #[inline]
    pub(crate) fn within<R>(&self, run: impl FnOnce() -> R) -> R {
        self.0.in_scope(run)
    }

    pub(crate) fn context(&self) -> Option<Context> {
        context(&self.0)
    }

    /// Shows the arguments, which are in the module.
    #[inline]
    pub(crate) fn arguments(&self, heap: &Heap<'_>, types: &[TypeId], values: &[Val]) {
        record(&self.0, heap, "arguments", |interface, of| shown(heap, interface, types, values, of));
    }

    /// Shows the result, which is in the module.
    #[inline]
    pub(crate) fn result(&self, heap: &Heap<'_>, ty: TypeId, raw: Raw) {
        record(&self.0, heap, "result", |interface, values| {
            excerpt_of(interface, heap.bytes(), ty, raw, values.secrets())
        });
    }

    #[inline]
    pub(crate) fn end(mut self, outcome: &'static str) {
        if !self.0.is_disabled() {
            std::mem::replace(&mut self.0, Span::none()).record("outcome", outcome);
        }
    }
}

impl Drop for OperationSpan {
    #[inline]
    fn drop(&mut self) {
        if !self.0.is_disabled() {
            self.0.record("outcome", unsaid());
        }
    }
}

/// Runs a collection that the host asks for.
pub(crate) fn collection<'a>(heap: &mut Heap<'a>, run: impl FnOnce(&mut Heap<'a>) -> Result<()>) -> Result<()> {
    if !listened_to() {
        return run(heap);
    }
    report(heap);
    let span = tracing::debug_span!(
        target: "vera",
        "collection",
        outcome = Empty,
        allocated = Empty,
        survived = Empty,
        freed = Empty,
    );
    if span.is_disabled() {
        return run(heap);
    }
    let before = Counts::read(heap);
    let outcome = span.in_scope(|| run(heap));
    let now = Counts::read(heap);
    let (_, allocated, freed) = now.since(before);
    span.record("allocated", allocated).record("survived", now.survived).record("freed", freed);
    span.record("outcome", outcome.as_ref().err().map_or("ok", Error::kind));
    heap.store().data_mut().trace.seen = Some(now);
    outcome
}
