//! A subscriber that keeps the tree of spans and events, as text.

use std::collections::HashMap;
use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::ThreadId;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// What was traced.
#[derive(Clone, Default)]
pub(super) struct Trace(Arc<Mutex<Seen>>);

#[derive(Default)]
struct Seen {
    nodes: Vec<Node>,
    /// The spans that each thread is in.
    entered: HashMap<ThreadId, Vec<usize>>,
}

/// A span or an event.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) name: &'static str,
    pub(super) fields: Vec<(&'static str, String)>,
    parent: Option<usize>,
    /// Handles of a span; 0 when it is closed.
    handles: usize,
    /// The threads that were in it.
    pub(super) threads: Vec<ThreadId>,
}

impl Node {
    /// The text of a field, if it was recorded.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().rev().find(|(field, _)| *field == name).map(|(_, value)| value.as_str())
    }

    /// A field that is a number.
    pub(super) fn number(&self, name: &str) -> u64 {
        self.field(name).and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("no `{name}` in {self:?}"))
    }
}

impl Trace {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap()
    }

    /// Runs `f` with everything of the target `vera` down to a level traced.
    pub(super) fn of<R>(level: LevelFilter, f: impl FnOnce() -> R) -> (R, Trace) {
        let trace = Trace::default();
        let listening = Listening { trace: trace.clone(), level };
        (tracing::subscriber::with_default(listening, f), trace)
    }

    /// All of it, an item in a line, indented below its parent. `hidden` fields are left out.
    pub(super) fn text(&self, hidden: &[&str]) -> String {
        let seen = self.seen();
        let mut text = String::new();
        for node in &seen.nodes {
            let mut depth = 0;
            let mut above = node.parent;
            while let Some(parent) = above {
                depth += 1;
                above = seen.nodes[parent].parent;
            }
            let fields = node.fields.iter().filter(|(name, _)| !hidden.contains(name));
            let fields: Vec<String> = fields.map(|(name, value)| format!("{name}={value}")).collect();
            writeln!(text, "{}{} {}", "  ".repeat(depth), node.name, fields.join(" ")).unwrap();
        }
        text
    }

    /// The spans and events of a name.
    pub(super) fn each<R>(&self, name: &str, read: impl Fn(&Node) -> R) -> Vec<R> {
        self.seen().nodes.iter().filter(|node| node.name == name).map(read).collect()
    }

    /// Whether all spans are closed and left.
    pub(super) fn is_over(&self) -> bool {
        let seen = self.seen();
        seen.nodes.iter().all(|node| node.handles == 0) && seen.entered.values().all(Vec::is_empty)
    }
}

struct Listening {
    trace: Trace,
    level: LevelFilter,
}

struct Fields<'f>(&'f mut Vec<(&'static str, String)>);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.push((field.name(), format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.push((field.name(), value.to_owned()));
    }
}

impl Listening {
    fn add(&self, name: &'static str, contextual: bool, handles: usize, visit: impl FnOnce(&mut Fields<'_>)) -> usize {
        assert!(contextual, "a span or an event belongs where it happens");
        let mut fields = Vec::new();
        visit(&mut Fields(&mut fields));
        let mut seen = self.trace.seen();
        let parent = seen.entered.get(&std::thread::current().id()).and_then(|spans| spans.last().copied());
        seen.nodes.push(Node { name, fields, parent, handles, threads: Vec::new() });
        seen.nodes.len() - 1
    }
}

fn place(id: &Id) -> usize {
    id.into_u64() as usize - 1
}

impl Subscriber for Listening {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "vera" && *metadata.level() <= self.level
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.level)
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        assert_eq!(*span.metadata().level(), Level::DEBUG);
        let place = self.add(span.metadata().name(), span.is_contextual(), 1, |fields| span.record(fields));
        Id::from_u64(place as u64 + 1)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let mut seen = self.trace.seen();
        let node = &mut seen.nodes[place(span)];
        assert!(node.handles > 0);
        values.record(&mut Fields(&mut node.fields));
    }

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn event(&self, event: &Event<'_>) {
        self.add(event.metadata().name(), event.is_contextual(), 0, |fields| event.record(fields));
    }

    fn enter(&self, span: &Id) {
        let (thread, mut seen) = (std::thread::current().id(), self.trace.seen());
        seen.entered.entry(thread).or_default().push(place(span));
        seen.nodes[place(span)].threads.push(thread);
    }

    fn exit(&self, span: &Id) {
        let mut seen = self.trace.seen();
        let left = seen.entered.get_mut(&std::thread::current().id()).and_then(Vec::pop);
        assert_eq!(left, Some(place(span)), "spans are left in the order in which they were entered");
    }

    fn clone_span(&self, span: &Id) -> Id {
        self.trace.seen().nodes[place(span)].handles += 1;
        span.clone()
    }

    fn try_close(&self, span: Id) -> bool {
        let mut seen = self.trace.seen();
        let node = &mut seen.nodes[place(&span)];
        node.handles -= 1;
        node.handles == 0
    }
}
