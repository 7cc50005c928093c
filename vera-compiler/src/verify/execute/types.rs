//! Facts that follow from the type of a value.

use super::{Context, Executor, sort_of_rep};
use crate::core::RecordId;
use crate::types::{Ty, TyKind};
use crate::verify::subject::{constructors, is_opaque};
use crate::verify::term::{Fun, Node, Sort, Term};
use vera_abi::layout::Rep;

/// No sequence is longer: memory has 2³² bytes.
const MAX_LENGTH: i128 = u32::MAX as i128;

impl<'p> Executor<'p> {
    /// A value of which its type is known, and its representation anyway.
    pub(super) fn unknown_of(&mut self, ty: Option<Ty>, rep: Rep) -> Term {
        if rep == Rep::Unit {
            return Term::UNIT;
        }
        let sort = self.sort_of(ty, rep);
        let value = self.terms.unknown(sort);
        self.set_type(value, ty, rep);
        value
    }

    /// What values of a type denote.
    pub(super) fn sort_of(&self, ty: Option<Ty>, rep: Rep) -> Sort {
        match ty.map(|ty| self.types.kind(self.types.structural(ty))) {
            Some(TyKind::Bool) => Sort::Bool,
            _ => sort_of_rep(rep),
        }
    }

    /// Says of what type a value is.
    pub(super) fn set_type(&mut self, value: Term, ty: Option<Ty>, rep: Rep) {
        match ty.filter(|&ty| ty != Ty::INVALID) {
            Some(ty) => {
                self.type_of.entry(value).or_insert(ty);
                self.type_facts(value, ty);
            }
            None => self.type_facts_of_rep(value, rep),
        }
    }

    /// What a representation alone says.
    pub(super) fn type_facts_of_rep(&mut self, value: Term, rep: Rep) {
        if self.terms.sort(value) != Sort::Int {
            return;
        }
        let within = match rep {
            Rep::I64 => self.terms.within(i64::MIN.into(), value, i64::MAX.into()),
            Rep::Byte => {
                self.terms.set_natural(value);
                self.terms.within(0, value, 255)
            }
            _ => return,
        };
        self.learn_everywhere(within);
    }

    /// Learns what a type says of every value of it.
    pub(super) fn type_facts(&mut self, value: Term, ty: Ty) {
        if self.terms.is_constant(value) {
            return;
        }
        match self.types.kind(ty).clone() {
            TyKind::Int => self.type_facts_of_rep(value, Rep::I64),
            TyKind::Nat if self.terms.sort(value) == Sort::Int => {
                let within = self.terms.within(0, value, i64::MAX.into());
                self.learn_everywhere(within);
                self.terms.set_natural(value);
            }
            TyKind::Byte => self.type_facts_of_rep(value, Rep::Byte),
            TyKind::Alias(_, _, inner) => self.type_facts(value, inner),
            TyKind::Recursive(..) => {
                let inner = self.types.structural(ty);
                self.type_facts(value, inner);
            }
            TyKind::Refined(base, predicate, args) => {
                self.type_facts(value, base);
                if let Some(&function) = self.provable.refinements.get(&(predicate, args)) {
                    self.predicate_holds(function, value);
                }
            }
            TyKind::Data(data, args) if self.typed.insert(value) => {
                let constructors = self.tir.data(data).constructors.len();
                let tag = self.terms.tag(value);
                let within = self.terms.within(0, tag, constructors as i128 - 1);
                self.learn_everywhere(within);
                if let Some(&function) = self.provable.invariants.get(&(data, args)) {
                    self.predicate_holds(function, value);
                }
            }
            _ => {}
        }
    }

    /// Learns that a predicate, which was checked when the value was made, holds.
    fn predicate_holds(&mut self, function: crate::core::FnId, value: Term) {
        if self.depth > 4 || self.running.contains(&function) {
            return;
        }
        let holds = self.in_context(Context::Foreign, |run| run.inline(function, vec![value]));
        if let super::path::Flow::Value(holds) = holds {
            let holds = self.terms.truth(holds);
            self.learn(holds);
        }
    }

    /// The tag of a value.
    pub(super) fn tag_of(&mut self, value: Term) -> Term {
        if let Some(&ty) = self.type_of.get(&value) {
            self.type_facts(value, ty);
        }
        self.terms.tag(value)
    }

    /// A field of a value that is known to have it.
    pub(super) fn read_field(&mut self, record: RecordId, value: Term, index: u32, rep: Rep) -> Term {
        let tag = self.provable.program.records[record.index()].tag;
        let ty = self.field_type(record, value, tag, index);
        if rep == Rep::Unit {
            return Term::UNIT;
        }
        let sort = self.sort_of(ty, rep);
        let field = self.terms.field(record, tag, value, index, sort);
        if matches!(self.terms.node(field), Node::Apply(Fun::Field(..), ..)) {
            self.set_type(field, ty, rep);
            self.sizes_of(value);
        }
        field
    }

    /// The declared type of a field, at the type arguments that the value is known to have.
    fn field_type(&mut self, record: RecordId, value: Term, tag: u32, index: u32) -> Option<Ty> {
        if let Some(&ty) = self.type_of.get(&value)
            && let Some(constructors) = constructors(self.tir, &mut self.types, ty)
        {
            return constructors.get(tag as usize)?.get(index as usize).copied();
        }
        self.provable.records.get(&record)?.fields.get(index as usize).copied()
    }

    /// The length of a sequence.
    pub(super) fn length_of(&mut self, sequence: Term) -> Term {
        let length = self.terms.length(sequence);
        self.length_facts(length);
        length
    }

    /// Every length in a term is one.
    fn length_facts(&mut self, term: Term) {
        let (mut rest, mut seen) = (vec![term], rustc_hash::FxHashSet::default());
        while let Some(term) = rest.pop() {
            if seen.insert(term) {
                self.length_facts_of(term, &mut rest);
            }
        }
    }

    fn length_facts_of(&mut self, term: Term, rest: &mut Vec<Term>) {
        match *self.terms.node(term) {
            Node::Apply(Fun::Length, ..) => {
                let within = self.terms.within(0, term, MAX_LENGTH);
                self.learn_everywhere(within);
            }
            Node::Add(a, b) | Node::Mul(a, b) | Node::If(_, a, b) => rest.extend([a, b]),
            _ => {}
        }
    }

    /// The element of a sequence at an index that is inside of it.
    pub(super) fn element_of(&mut self, sequence: Term, index: Term, rep: Rep) -> Term {
        if rep == Rep::Unit {
            return Term::UNIT;
        }
        self.index_occurs(index);
        if let Some(element) = self.modelled_element(sequence, index, rep) {
            return element;
        }
        let sort = self.sort_of(self.element_type(sequence), rep);
        let element = self.terms.element(sequence, index, sort);
        self.element_facts(element, rep);
        element
    }

    fn element_type(&self, sequence: Term) -> Option<Ty> {
        let ty = self.types.structural(*self.type_of.get(&sequence)?);
        match *self.types.kind(ty) {
            TyKind::Array(element) => Some(element),
            _ => None,
        }
    }

    /// Each element has the type that its own sequence says.
    fn element_facts(&mut self, element: Term, rep: Rep) {
        let (mut rest, mut seen) = (vec![element], rustc_hash::FxHashSet::default());
        while let Some(element) = rest.pop() {
            if !seen.insert(element) {
                continue;
            }
            match self.terms.node(element).clone() {
                Node::If(_, then, otherwise) => rest.extend([then, otherwise]),
                Node::Apply(Fun::Element, _, parts) => {
                    let ty = self.element_type(parts[0]);
                    self.set_type(element, ty, rep);
                }
                _ => {}
            }
        }
    }

    /// The size of a value: the number of its constructors.
    pub(super) fn size_of(&mut self, ty: Ty, value: Term) -> Term {
        if let Some(&known) = self.sizes.get(&value) {
            return known;
        }
        let size = self.find_size(ty, value);
        self.sizes.insert(value, size);
        size
    }

    fn find_size(&mut self, ty: Ty, value: Term) -> Term {
        match self.terms.node(value).clone() {
            Node::Static(_) => return self.terms.int(1),
            Node::Record(record, _, fields) => {
                let types = self.provable.records.get(&record).map(|facts| facts.fields.clone()).unwrap_or_default();
                let mut size = self.terms.int(1);
                for (field, ty) in fields.iter().zip(types) {
                    if self.has_size(ty) {
                        let part = self.size_of(ty, *field);
                        size = self.terms.add(size, part);
                    }
                }
                return size;
            }
            Node::If(condition, then, otherwise) => {
                let (then, otherwise) = (self.size_of(ty, then), self.size_of(ty, otherwise));
                return self.terms.choose(condition, then, otherwise);
            }
            _ => {}
        }
        let ty = self.types.structural(ty);
        let size = self.terms.apply(Fun::Size(ty), Sort::Int, vec![value]);
        let least = if matches!(self.types.kind(ty), TyKind::Array(_)) { 0 } else { 1 };
        // Parts that are shared count each time: no memory bounds a size, but nobody counts so far.
        let within = self.terms.within(least, size, i64::MAX.into());
        self.learn_everywhere(within);
        size
    }

    /// Whether a type has parts that count.
    fn has_size(&self, ty: Ty) -> bool {
        match self.types.kind(self.types.structural(ty)) {
            TyKind::Data(data, _) => !is_opaque(self.tir, *data),
            TyKind::Tuple(_) | TyKind::Array(_) => true,
            _ => false,
        }
    }

    /// Learns how the size of a value follows from those of its parts, whatever constructor it has.
    pub(super) fn sizes_of(&mut self, value: Term) {
        let Some(&ty) = self.type_of.get(&value) else { return };
        let structural = self.types.structural(ty);
        if !self.has_size(structural) {
            return;
        }
        let Some(constructors) = constructors(self.tir, &mut self.types, structural) else { return };
        let size = self.size_of(structural, value);
        for (tag, fields) in constructors.into_iter().enumerate() {
            if fields.is_empty() {
                let one = self.terms.int(1);
                let (is, same) = (self.terms.has_tag(value, tag as u32), self.terms.equal(size, one));
                let fact = self.terms.implies(is, same);
                self.learn_everywhere(fact);
                continue;
            }
            let concrete = self.record_type(structural);
            let Some(&record) = self.records.get(&(concrete, tag as u32)) else { continue };
            let mut total = self.terms.int(1);
            for (index, &field) in fields.iter().enumerate() {
                if self.has_size(field) {
                    let part = self.terms.field(record, tag as u32, value, index as u32, Sort::Value);
                    let part = self.size_of(field, part);
                    total = self.terms.add(total, part);
                }
            }
            let (is, same) = (self.terms.has_tag(value, tag as u32), self.terms.equal(size, total));
            let fact = self.terms.implies(is, same);
            self.learn_everywhere(fact);
        }
    }

    /// The type that records are kept by: refinements and aliases gone everywhere.
    pub(super) fn record_type(&mut self, ty: Ty) -> Ty {
        crate::lower::concrete_type(&mut self.types, ty)
    }

    /// The representation of values of a type.
    pub(super) fn rep_of(&self, ty: Ty) -> Rep {
        crate::lower::rep_of(&self.types, ty)
    }
}
