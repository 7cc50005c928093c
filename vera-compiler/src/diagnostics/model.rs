//! One diagnostic, and the collection a stage fills.

use super::{Code, Section};
use crate::source::Span;
use std::sync::Arc;

/// How serious a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The program is not compiled.
    Error,
    /// The program is compiled; something deserves a look.
    Warning,
}

/// A change to the source. An empty place is one to insert at, an empty text removes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced.
    pub span: Span,
    /// What is written instead.
    pub text: String,
}

/// A second place that helps to understand a diagnostic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is there, as a short phrase.
    pub text: String,
}

/// Something to say about a program: what, where, why, and how to fix it.
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
    /// Why the language has it so; empty when the description says all.
    pub rationale: String,
    /// How to fix it, in words, with Vera code where possible; empty when there is no one answer.
    pub fix: String,
    /// The changes to the source that fix it, as the words say; empty where the author has to decide something first.
    pub edits: Vec<Edit>,
    /// The section of the specification that holds the rule.
    pub spec_ref: Option<Section>,
    /// Other places that matter.
    pub labels: Vec<Label>,
    /// The name it is about, when it says that a name means nothing.
    pub unknown: Option<UnknownName>,
}

/// A name that means nothing where it is used. One mistake may lead to several diagnostics about it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnknownName {
    /// What it was taken for.
    pub kind: NameKind,
    /// The name.
    pub name: Arc<str>,
}

/// What a name was taken for.
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

    /// Says why.
    pub fn because(mut self, rationale: impl Into<String>) -> Self {
        self.rationale = rationale.into();
        self
    }

    /// Says how to fix it, in words. Edits that go with other words are dropped.
    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = fix.into();
        self.edits.clear();
        self
    }

    /// A change that the fix consists of: `text` in place of what is at `span`. All edits of a diagnostic belong together
    /// and do not overlap.
    pub fn edit(mut self, span: Span, text: impl Into<String>) -> Self {
        self.edits.push(Edit { span, text: text.into() });
        self
    }

    /// The fix is to write `code` in place of what is at `span`.
    pub fn write(self, span: Span, code: impl Into<String>) -> Self {
        let code = code.into();
        let words = if code.contains('\n') { format!("Write:\n{code}") } else { format!("Write `{code}`.") };
        self.fix(words).edit(span, code)
    }

    /// Names the section of the specification.
    pub fn spec(mut self, section: Section) -> Self {
        self.spec_ref = Some(section);
        self
    }

    /// Points at another place.
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
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.list.push(diagnostic);
    }

    /// Adds all of `other`.
    pub fn extend(&mut self, other: Diagnostics) {
        self.list.extend(other.list);
    }

    /// Whether any is an error.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is none at all.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Sorts by place and drops exact repetitions, the order in which they are shown.
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
