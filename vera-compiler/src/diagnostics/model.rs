//! One diagnostic, and the collection a stage fills.

use super::{Code, Section};
use crate::source::Span;
use std::sync::Arc;

/// The severity of a diagnostic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The program is not compiled.
    Error,
    /// The program is compiled, but needs attention.
    Warning,
}

/// A change to the source. At an empty place it inserts, and an empty text removes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The place to replace.
    pub span: Span,
    /// The new text.
    pub text: String,
}

/// A second place that helps to understand a diagnostic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// Its meaning, as a short phrase.
    pub text: String,
}

/// A diagnostic: what is wrong, where, why, and how to fix it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The code of the registry.
    pub code: Code,
    /// Error or warning.
    pub severity: Severity,
    /// The exact place.
    pub span: Span,
    /// What is wrong, in the program's own terms.
    pub description: String,
    /// The reason; empty when the description is sufficient.
    pub rationale: String,
    /// The fix as text, with Vera code where possible; empty when there is no single fix.
    pub fix: String,
    /// The fix as edits; empty when the author must decide something first.
    pub edits: Vec<Edit>,
    /// The section of the specification with the rule.
    pub spec_ref: Option<Section>,
    /// Further places.
    pub labels: Vec<Label>,
    /// The unknown name, when the diagnostic is about one.
    pub unknown: Option<UnknownName>,
}

/// An unknown name. One mistake may cause several diagnostics about it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnknownName {
    /// What kind of declaration was expected.
    pub kind: NameKind,
    /// The name.
    pub name: Arc<str>,
}

/// A kind of declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameKind {
    /// A type.
    Type,
    /// A function.
    Function,
    /// A constructor.
    Constructor,
    /// An effect.
    Effect,
    /// An operation of an effect.
    Operation,
    /// A module.
    Module,
    /// A slot, as written.
    Slot,
    /// A state that `old` or `new` names, as written.
    State,
}

impl Diagnostic {
    /// A diagnostic of the code's default severity.
    pub fn new(code: Code, span: Span, description: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            span,
            description: description.into(),
            rationale: String::new(),
            fix: String::new(),
            edits: Vec::new(),
            spec_ref: None,
            labels: Vec::new(),
            unknown: None,
        }
    }

    /// A mistake of the compiler itself: `what` went wrong, and no program should bring that about.
    pub(crate) fn internal(span: Span, what: &str) -> Self {
        Self::new(Code::E699, span, format!("{what} This is a mistake of the compiler."))
            .because("The program was accepted, and so it should compile.")
            .fix("Report this with the program. Until it is fixed, write this part of the program in another way.")
            .spec(Section::S11_1)
    }

    /// Sets the reason.
    pub fn because(mut self, rationale: impl Into<String>) -> Self {
        self.rationale = rationale.into();
        self
    }

    /// Sets the text of the fix. Edits of an earlier fix are dropped.
    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = fix.into();
        self.edits.clear();
        self
    }

    /// Adds an edit to the fix: `text` replaces the text at `span`. All edits of a diagnostic belong together and do
    /// not overlap.
    pub fn edit(mut self, span: Span, text: impl Into<String>) -> Self {
        self.edits.push(Edit { span, text: text.into() });
        self
    }

    /// Sets the fix to replacing the text at `span` by `code`.
    pub fn write(self, span: Span, code: impl Into<String>) -> Self {
        let code = code.into();
        let words = if code.contains('\n') { format!("Write:\n{code}") } else { format!("Write `{code}`.") };
        self.fix(words).edit(span, code)
    }

    /// Sets the section of the specification.
    pub fn spec(mut self, section: Section) -> Self {
        self.spec_ref = Some(section);
        self
    }

    /// Adds another place.
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Says which name means nothing.
    pub(crate) fn unknown(mut self, kind: NameKind, name: impl Into<Arc<str>>) -> Self {
        self.unknown = Some(UnknownName { kind, name: name.into() });
        self
    }

    /// Changes the severity.
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }
}

/// The diagnostics of one or more stages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// An empty collection.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a diagnostic.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.list.push(diagnostic);
    }

    /// Adds all of `other`.
    pub fn extend(&mut self, other: Diagnostics) {
        self.list.extend(other.list);
    }

    /// Whether there is an error.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Sorts by place and removes exact repetitions. This is the order for output.
    pub fn sorted(mut self) -> Self {
        self.list.sort_by_key(|diagnostic| (diagnostic.span, diagnostic.code));
        self.list.dedup();
        self
    }

    /// Takes the edits out of one, for another diagnostic that they belong to.
    pub(crate) fn take_edits(&mut self, index: usize) -> Vec<Edit> {
        self.list.get_mut(index).map(|diagnostic| std::mem::take(&mut diagnostic.edits)).unwrap_or_default()
    }

    /// The diagnostics in their present order.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.list.iter()
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}
