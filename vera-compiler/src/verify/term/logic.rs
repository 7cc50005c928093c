//! Truth values, equality, and the choice between two values.

use super::{Fun, Node, Question, Sort, Term, Terms};

impl Terms {
    /// A truth value.
    pub(crate) fn bool(&mut self, value: bool) -> Term {
        if value { Term::TRUE } else { Term::FALSE }
    }

    /// Not.
    pub(crate) fn not(&mut self, term: Term) -> Term {
        match *self.node(term) {
            Node::Bool(value) => self.bool(!value),
            Node::Not(inner) => inner,
            _ => self.intern(Node::Not(term)),
        }
    }

    /// And.
    pub(crate) fn and(&mut self, a: Term, b: Term) -> Term {
        match (a, b) {
            (Term::FALSE, _) | (_, Term::FALSE) => Term::FALSE,
            (Term::TRUE, other) | (other, Term::TRUE) => other,
            _ if a == b => a,
            _ if self.not(a) == b => Term::FALSE,
            _ => self.intern(Node::And(a, b)),
        }
    }

    /// Or.
    pub(crate) fn or(&mut self, a: Term, b: Term) -> Term {
        match (a, b) {
            (Term::TRUE, _) | (_, Term::TRUE) => Term::TRUE,
            (Term::FALSE, other) | (other, Term::FALSE) => other,
            _ if a == b => a,
            _ if self.not(a) == b => Term::TRUE,
            _ => self.intern(Node::Or(a, b)),
        }
    }

    /// All of them.
    pub(crate) fn all(&mut self, terms: impl IntoIterator<Item = Term>) -> Term {
        terms.into_iter().fold(Term::TRUE, |all, term| self.and(all, term))
    }

    /// If the first, then the second.
    pub(crate) fn implies(&mut self, a: Term, b: Term) -> Term {
        let not = self.not(a);
        self.or(not, b)
    }

    /// Whether two terms denote the same value. Both are truth values, integers, or other values of one type for which
    /// equality is identity.
    pub(crate) fn equal(&mut self, a: Term, b: Term) -> Term {
        if a == b {
            return Term::TRUE;
        }
        let (a, b) = if a < b { (a, b) } else { (b, a) };
        self.answer(Question::Equal(a, b), |terms| terms.find_equal(a, b))
    }

    fn find_equal(&mut self, a: Term, b: Term) -> Term {
        match (self.node(a).clone(), self.node(b).clone()) {
            (Node::Bool(value), _) => {
                if value {
                    b
                } else {
                    self.not(b)
                }
            }
            (_, Node::Bool(value)) => {
                if value {
                    a
                } else {
                    self.not(a)
                }
            }
            (Node::Int(_), Node::Int(_)) | (Node::Text(_), Node::Text(_)) => Term::FALSE,
            (Node::Text(text), Node::Array(items)) | (Node::Array(items), Node::Text(text)) => {
                self.equal_text(&text, &items)
            }
            (Node::Array(left), Node::Array(right)) => self.equal_all(&left, &right),
            (Node::Static(left), Node::Static(right)) => self.bool(left == right),
            (Node::Static(_), Node::Record(..)) | (Node::Record(..), Node::Static(_)) => Term::FALSE,
            (Node::Record(_, tag, left), Node::Record(_, other, right)) => {
                if tag == other {
                    self.equal_all(&left, &right)
                } else {
                    Term::FALSE
                }
            }
            (_, Node::If(condition, then, otherwise)) if self.is_built(a) => {
                let (then, otherwise) = (self.equal(a, then), self.equal(a, otherwise));
                self.choose(condition, then, otherwise)
            }
            (Node::If(condition, then, otherwise), _) if self.is_built(b) => {
                let (then, otherwise) = (self.equal(then, b), self.equal(otherwise, b));
                self.choose(condition, then, otherwise)
            }
            (Node::Static(tag), _) => self.has_tag(b, tag),
            (_, Node::Static(tag)) => self.has_tag(a, tag),
            (Node::Record(record, tag, fields), _) => self.equal_record(b, record, tag, &fields),
            (_, Node::Record(record, tag, fields)) => self.equal_record(a, record, tag, &fields),
            _ if self.sort(a) == Sort::Int => self.equal_integers(a, b),
            _ => self.intern(Node::Equal(a, b)),
        }
    }

    /// Whether a value is a constructor or a sequence that is written out.
    fn is_built(&self, term: Term) -> bool {
        matches!(self.node(term), Node::Static(_) | Node::Record(..) | Node::Array(_) | Node::Text(_) | Node::Int(_))
    }

    fn equal_all(&mut self, left: &[Term], right: &[Term]) -> Term {
        if left.len() != right.len() {
            return Term::FALSE;
        }
        left.iter().zip(right).fold(Term::TRUE, |all, (&left, &right)| {
            let equal = self.equal(left, right);
            self.and(all, equal)
        })
    }

    fn equal_text(&mut self, text: &[u8], items: &[Term]) -> Term {
        let bytes: Vec<Term> = text.iter().map(|&byte| self.int(i128::from(byte))).collect();
        self.equal_all(&bytes, items)
    }

    fn equal_record(&mut self, value: Term, record: crate::core::RecordId, tag: u32, fields: &[Term]) -> Term {
        let same = self.has_tag(value, tag);
        fields.iter().enumerate().fold(same, |all, (index, &field)| {
            let sort = self.sort(field);
            let part = self.field(record, tag, value, index as u32, sort);
            let equal = self.equal(part, field);
            self.and(all, equal)
        })
    }

    /// Whether a data value has a tag.
    pub(crate) fn has_tag(&mut self, value: Term, tag: u32) -> Term {
        let found = self.tag(value);
        let wanted = self.int(i128::from(tag));
        self.equal(found, wanted)
    }

    /// The first where the condition holds, otherwise the second.
    pub(crate) fn choose(&mut self, condition: Term, then: Term, otherwise: Term) -> Term {
        if then == otherwise || condition == Term::TRUE {
            return then;
        }
        match *self.node(condition) {
            Node::Bool(_) => return otherwise,
            Node::Not(inner) => return self.choose(inner, otherwise, then),
            _ => {}
        }
        let (then, otherwise) = self.of_one_sort(then, otherwise);
        match (then, otherwise) {
            (Term::TRUE, Term::FALSE) => return condition,
            (Term::FALSE, Term::TRUE) => return self.not(condition),
            (Term::TRUE, _) => return self.or(condition, otherwise),
            (_, Term::FALSE) => return self.and(condition, then),
            (Term::FALSE, _) => {
                let not = self.not(condition);
                return self.and(not, otherwise);
            }
            (_, Term::TRUE) => {
                let not = self.not(condition);
                return self.or(not, then);
            }
            _ => {}
        }
        let then = match *self.node(then) {
            Node::If(inner, yes, _) if inner == condition => yes,
            _ => then,
        };
        let otherwise = match *self.node(otherwise) {
            Node::If(inner, _, no) if inner == condition => no,
            _ => otherwise,
        };
        if then == otherwise { then } else { self.intern(Node::If(condition, then, otherwise)) }
    }

    /// Truth values that stand as bytes beside truth values become such.
    fn of_one_sort(&mut self, a: Term, b: Term) -> (Term, Term) {
        match (self.sort(a), self.sort(b)) {
            (Sort::Bool, Sort::Int) => (a, self.truth(b)),
            (Sort::Int, Sort::Bool) => (self.truth(a), b),
            _ => (a, b),
        }
    }

    /// A byte as a truth value.
    pub(crate) fn truth(&mut self, term: Term) -> Term {
        match self.node(term) {
            Node::Int(value) => {
                let value = *value != 0;
                self.bool(value)
            }
            _ if self.sort(term) == Sort::Bool => term,
            _ => {
                let zero = self.int(0);
                let is_zero = self.equal(term, zero);
                self.not(is_zero)
            }
        }
    }

    /// A truth value as a byte.
    pub(crate) fn byte(&mut self, term: Term) -> Term {
        match self.sort(term) {
            Sort::Bool => {
                let (one, zero) = (self.int(1), self.int(0));
                self.number_of(term, one, zero)
            }
            _ => term,
        }
    }

    fn number_of(&mut self, condition: Term, one: Term, zero: Term) -> Term {
        match condition {
            Term::TRUE => one,
            Term::FALSE => zero,
            _ => self.intern(Node::If(condition, one, zero)),
        }
    }

    /// A function of which nothing is known, applied at the values that a choice may have: outside of it.
    pub(super) fn through_choice(
        &mut self,
        value: Term,
        known: impl Fn(&Self, Term) -> bool,
        mut each: impl FnMut(&mut Self, Term) -> Term,
    ) -> Option<Term> {
        let Node::If(condition, then, otherwise) = *self.node(value) else { return None };
        if !self.leads_to(value, &known, 16) {
            return None;
        }
        let (then, otherwise) = (each(self, then), each(self, otherwise));
        Some(self.choose(condition, then, otherwise))
    }

    /// Whether one of the values that nested choices may have is known.
    fn leads_to(&self, value: Term, known: &impl Fn(&Self, Term) -> bool, depth: usize) -> bool {
        match *self.node(value) {
            Node::If(_, then, otherwise) if depth > 0 => {
                self.leads_to(then, known, depth - 1) || self.leads_to(otherwise, known, depth - 1)
            }
            _ => known(self, value),
        }
    }

    /// Whether a term has no inputs.
    pub(crate) fn is_constant(&self, term: Term) -> bool {
        let mut rest = vec![term];
        let mut steps = 0;
        while let Some(term) = rest.pop() {
            steps += 1;
            match self.node(term) {
                Node::Bool(_) | Node::Unit | Node::Int(_) | Node::Float(_) | Node::Text(_) | Node::Static(_) => {}
                Node::Record(_, _, parts) | Node::Array(parts) if steps < 4096 => rest.extend(parts.iter()),
                _ => return false,
            }
        }
        true
    }

    /// A function value or result whose equality is a function of its own.
    pub(crate) fn unlike(&mut self, fun: Fun, a: Term, b: Term) -> Term {
        self.apply(fun, Sort::Bool, vec![a, b])
    }
}
