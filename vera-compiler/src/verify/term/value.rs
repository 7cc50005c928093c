//! Data values and sequences.

use super::{Fun, Node, Question, Sort, Term, Terms};
use crate::core::RecordId;

/// Longest array of known length whose element at an unknown index is a choice between all of them.
const MAX_CHOICE: usize = 8;

impl Terms {
    /// A string.
    pub(crate) fn text(&mut self, bytes: &[u8]) -> Term {
        if bytes.is_empty() { self.array(Vec::new()) } else { self.intern(Node::Text(bytes.into())) }
    }

    /// A float.
    pub(crate) fn float(&mut self, value: f64) -> Term {
        self.intern(Node::Float(value.to_bits()))
    }

    /// An array of known length.
    pub(crate) fn array(&mut self, items: Vec<Term>) -> Term {
        self.intern(Node::Array(items.into()))
    }

    /// A constructor without fields.
    pub(crate) fn constructor(&mut self, tag: u32) -> Term {
        self.intern(Node::Static(tag))
    }

    /// A constructor with fields.
    pub(crate) fn record(&mut self, record: RecordId, tag: u32, fields: Vec<Term>) -> Term {
        self.intern(Node::Record(record, tag, fields.into()))
    }

    /// The tag of a data value.
    pub(crate) fn tag(&mut self, value: Term) -> Term {
        self.answer(Question::Tag(value), |terms| terms.find_tag(value))
    }

    fn find_tag(&mut self, value: Term) -> Term {
        match *self.node(value) {
            Node::Static(tag) | Node::Record(_, tag, _) => return self.int(i128::from(tag)),
            _ => {}
        }
        let known = |terms: &Self, term| matches!(terms.node(term), Node::Static(_) | Node::Record(..));
        match self.through_choice(value, known, |terms, value| terms.tag(value)) {
            Some(tag) => tag,
            None => self.apply(Fun::Tag, Sort::Int, vec![value]),
        }
    }

    /// A field of a value that has the tag.
    pub(crate) fn field(&mut self, record: RecordId, tag: u32, value: Term, index: u32, sort: Sort) -> Term {
        let question = Question::Field(record, index, value);
        self.answer(question, |terms| terms.find_field(record, tag, value, index, sort))
    }

    fn find_field(&mut self, record: RecordId, tag: u32, value: Term, index: u32, sort: Sort) -> Term {
        match self.node(value) {
            Node::Record(_, found, fields) if *found == tag => {
                if let Some(&field) = fields.get(index as usize) {
                    return field;
                }
            }
            // A value that has another tag has no such field: nobody looks at what this gives.
            Node::If(_, then, otherwise) => {
                let other = |terms: &Self, term: Term| match terms.node(term) {
                    Node::Static(_) => true,
                    Node::Record(_, found, _) => *found != tag,
                    _ => false,
                };
                let (then, otherwise) = (*then, *otherwise);
                if other(self, then) {
                    return self.field(record, tag, otherwise, index, sort);
                }
                if other(self, otherwise) {
                    return self.field(record, tag, then, index, sort);
                }
            }
            _ => {}
        }
        let known = |terms: &Self, term| matches!(terms.node(term), Node::Record(..));
        match self.through_choice(value, known, |terms, value| terms.field(record, tag, value, index, sort)) {
            Some(field) => field,
            None => self.apply(Fun::Field(record, index), sort, vec![value]),
        }
    }

    /// The length of a sequence.
    pub(crate) fn length(&mut self, sequence: Term) -> Term {
        self.answer(Question::Length(sequence), |terms| terms.find_length(sequence))
    }

    fn find_length(&mut self, sequence: Term) -> Term {
        match self.node(sequence).clone() {
            Node::Text(text) => return self.int(text.len() as i128),
            Node::Array(items) => return self.int(items.len() as i128),
            Node::Apply(Fun::Push, _, parts) => {
                let (length, one) = (self.length(parts[0]), self.int(1));
                return self.add(length, one);
            }
            Node::Apply(Fun::Concat, _, parts) => {
                let (first, second) = (self.length(parts[0]), self.length(parts[1]));
                return self.add(first, second);
            }
            Node::Apply(Fun::Set, _, parts) => return self.length(parts[0]),
            Node::Apply(Fun::Slice, _, parts) => return self.sub(parts[2], parts[1]),
            _ => {}
        }
        let known = |terms: &Self, term| {
            matches!(
                terms.node(term),
                Node::Text(_) | Node::Array(_) | Node::Apply(Fun::Push | Fun::Concat | Fun::Set | Fun::Slice, ..)
            )
        };
        match self.through_choice(sequence, known, |terms, sequence| terms.length(sequence)) {
            Some(length) => length,
            None => self.apply(Fun::Length, Sort::Int, vec![sequence]),
        }
    }

    /// The element of a sequence at an index that is inside of it.
    pub(crate) fn element(&mut self, sequence: Term, index: Term, sort: Sort) -> Term {
        self.answer(Question::Element(sequence, index), |terms| terms.find_element(sequence, index, sort))
    }

    fn find_element(&mut self, sequence: Term, index: Term, sort: Sort) -> Term {
        match self.node(sequence).clone() {
            Node::Text(text) => {
                let items: Vec<Term> = text.iter().map(|&byte| self.int(i128::from(byte))).collect();
                if let Some(found) = self.item(&items, index) {
                    return found;
                }
            }
            Node::Array(items) => {
                if let Some(found) = self.item(&items, index) {
                    return found;
                }
            }
            Node::Apply(Fun::Push, _, parts) => {
                let length = self.length(parts[0]);
                let (last, before) = (self.equal(index, length), self.element(parts[0], index, sort));
                return self.choose(last, parts[1], before);
            }
            Node::Apply(Fun::Concat, _, parts) => {
                let length = self.length(parts[0]);
                let (first, rest) = (self.less(index, length), self.sub(index, length));
                let (before, after) = (self.element(parts[0], index, sort), self.element(parts[1], rest, sort));
                return self.choose(first, before, after);
            }
            Node::Apply(Fun::Set, _, parts) => {
                let (here, before) = (self.equal(index, parts[1]), self.element(parts[0], index, sort));
                return self.choose(here, parts[2], before);
            }
            Node::Apply(Fun::Slice, _, parts) => {
                let index = self.add(parts[1], index);
                return self.element(parts[0], index, sort);
            }
            _ => {}
        }
        let known = |terms: &Self, term| {
            matches!(
                terms.node(term),
                Node::Text(_) | Node::Array(_) | Node::Apply(Fun::Push | Fun::Concat | Fun::Set | Fun::Slice, ..)
            )
        };
        match self.through_choice(sequence, known, |terms, sequence| terms.element(sequence, index, sort)) {
            Some(element) => element,
            None => self.apply(Fun::Element, sort, vec![sequence, index]),
        }
    }

    fn item(&mut self, items: &[Term], index: Term) -> Option<Term> {
        if let Some(index) = self.as_int(index) {
            return usize::try_from(index).ok().and_then(|index| items.get(index).copied());
        }
        let (&last, before) = items.split_last()?;
        if items.len() > MAX_CHOICE {
            return None;
        }
        Some(before.iter().enumerate().rev().fold(last, |rest, (at, &item)| {
            let at = self.int(at as i128);
            let here = self.equal(index, at);
            self.choose(here, item, rest)
        }))
    }

    /// The parts of a sequence that is written out.
    fn items(&mut self, sequence: Term) -> Option<Vec<Term>> {
        match self.node(sequence).clone() {
            Node::Text(text) => Some(text.iter().map(|&byte| self.int(i128::from(byte))).collect()),
            Node::Array(items) => Some(items.to_vec()),
            _ => None,
        }
    }

    /// A sequence with an element more.
    pub(crate) fn push(&mut self, sequence: Term, element: Term) -> Term {
        match self.node(sequence) {
            Node::Array(items) => {
                let items = items.iter().copied().chain([element]).collect();
                self.array(items)
            }
            _ => self.apply(Fun::Push, Sort::Value, vec![sequence, element]),
        }
    }

    /// Bytes with a byte more.
    pub(crate) fn push_byte(&mut self, sequence: Term, byte: Term) -> Term {
        let known = self.as_int(byte).and_then(|byte| u8::try_from(byte).ok());
        let before = match self.node(sequence) {
            Node::Text(text) => Some(text.clone()),
            Node::Array(items) if items.is_empty() => Some([].into()),
            _ => None,
        };
        match (before, known) {
            (Some(before), Some(byte)) => self.text(&[&before[..], &[byte]].concat()),
            _ => self.apply(Fun::Push, Sort::Value, vec![sequence, byte]),
        }
    }

    /// Two sequences.
    pub(crate) fn concat(&mut self, a: Term, b: Term) -> Term {
        match (self.node(a).clone(), self.node(b).clone()) {
            (Node::Array(items), _) if items.is_empty() => b,
            (_, Node::Array(items)) if items.is_empty() => a,
            (Node::Text(left), Node::Text(right)) => self.text(&[&left[..], &right[..]].concat()),
            (Node::Array(left), Node::Array(right)) => self.array([&left[..], &right[..]].concat()),
            _ => self.apply(Fun::Concat, Sort::Value, vec![a, b]),
        }
    }

    /// Elements from an index up to another, both inside the sequence.
    pub(crate) fn slice(&mut self, sequence: Term, from: Term, to: Term) -> Term {
        if let (Some(items), Some(from), Some(to)) = (self.items(sequence), self.as_int(from), self.as_int(to))
            && let (Ok(from), Ok(to)) = (usize::try_from(from), usize::try_from(to))
            && from <= to
            && to <= items.len()
        {
            return match self.node(sequence).clone() {
                Node::Text(text) => self.text(&text[from..to]),
                _ => self.array(items[from..to].to_vec()),
            };
        }
        let length = self.length(sequence);
        if self.as_int(from) == Some(0) && to == length {
            return sequence;
        }
        self.apply(Fun::Slice, Sort::Value, vec![sequence, from, to])
    }

    /// A sequence with the element at an index replaced.
    pub(crate) fn set(&mut self, sequence: Term, index: Term, element: Term) -> Term {
        if let (Node::Array(items), Some(at)) = (self.node(sequence).clone(), self.as_int(index))
            && let Ok(at) = usize::try_from(at)
            && at < items.len()
        {
            let mut items = items.to_vec();
            items[at] = element;
            return self.array(items);
        }
        self.apply(Fun::Set, Sort::Value, vec![sequence, index, element])
    }
}
