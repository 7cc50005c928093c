//! The syntax tree of a pattern, with flags, escapes and names resolved.

/// A part of a pattern.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    /// One character of a set.
    One(Set),
    /// An assertion about the place.
    At(Place),
    /// Parts one after the other.
    Concat(Vec<Node>),
    /// Alternatives: the first that leads to a match.
    Alternatives(Vec<Node>),
    /// A group, with its number when it captures.
    Group(Option<u32>, Box<Node>),
    /// Repetition.
    Repeat { node: Box<Node>, least: u32, most: Option<u32>, kind: Repetition },
    /// Look-ahead, or with `behind` look-behind over that number of characters; `negative` if it must not match.
    Look { node: Box<Node>, behind: Option<u32>, negative: bool },
    /// The text that a group captured.
    Reference { group: u32, ignore_case: bool },
    /// An atomic group: its first match is final.
    Atomic(Box<Node>),
    /// One of two parts, depending on whether a group captured a text.
    Conditional { group: u32, yes: Box<Node>, no: Box<Node> },
}

/// The order in which a repetition is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repetition {
    /// The most repetitions first.
    Greedy,
    /// The fewest repetitions first.
    Lazy,
    /// The most repetitions only.
    Possessive,
}

/// A set of characters, in the syntax of the crate `regex`: a character, a class, or either with flags.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Set(pub(super) String);

/// An assertion about a place in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The start of the text.
    Start,
    /// The start of a line.
    LineStart,
    /// The end of the text, or before the line feed that ends it.
    End,
    /// The end of a line.
    LineEnd,
    /// The end of the text.
    VeryEnd,
    /// At the edge of a word.
    WordEdge { ascii: bool },
    /// Not at the edge of a word.
    NoWordEdge { ascii: bool },
}

/// A pattern.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) node: Node,
    /// Groups that capture, by number from 1 on, with their names.
    pub(super) groups: Vec<Option<String>>,
}

impl Node {
    /// The minimum and maximum number of characters that it matches; `None` when there is no maximum.
    pub(super) fn width(&self) -> (u64, Option<u64>) {
        let add = |a: Option<u64>, b: Option<u64>| Some(a?.saturating_add(b?));
        let max = |a: Option<u64>, b: Option<u64>| Some(a?.max(b?));
        match self {
            Node::One(_) => (1, Some(1)),
            Node::At(_) | Node::Look { .. } => (0, Some(0)),
            Node::Concat(nodes) => nodes
                .iter()
                .map(Node::width)
                .fold((0, Some(0)), |(least, most), (l, m)| (least.saturating_add(l), add(most, m))),
            Node::Alternatives(nodes) => {
                let mut widths = nodes.iter().map(Node::width);
                let first = widths.next().unwrap_or((0, Some(0)));
                widths.fold(first, |(least, most), (l, m)| (least.min(l), max(most, m)))
            }
            Node::Group(_, node) | Node::Atomic(node) => node.width(),
            Node::Repeat { node, least, most, .. } => {
                let (l, m) = node.width();
                let most = most.and_then(|most| Some(m?.saturating_mul(u64::from(most))));
                (l.saturating_mul(u64::from(*least)), if m == Some(0) { Some(0) } else { most })
            }
            Node::Reference { .. } => (0, None),
            Node::Conditional { yes, no, .. } => {
                let ((l, m), (least, most)) = (yes.width(), no.width());
                (l.min(least), max(m, most))
            }
        }
    }

    /// The parts of a part.
    pub(super) fn parts(&self) -> Vec<&Node> {
        match self {
            Node::One(_) | Node::At(_) | Node::Reference { .. } => Vec::new(),
            Node::Concat(nodes) | Node::Alternatives(nodes) => nodes.iter().collect(),
            Node::Group(_, node) | Node::Repeat { node, .. } | Node::Look { node, .. } | Node::Atomic(node) => {
                vec![node]
            }
            Node::Conditional { yes, no, .. } => vec![yes, no],
        }
    }

    /// Whether a condition holds for it or one of its parts. The nesting of a pattern is bounded.
    pub(super) fn any(&self, holds: &dyn Fn(&Node) -> bool) -> bool {
        holds(self) || self.parts().into_iter().any(|part| part.any(holds))
    }
}
