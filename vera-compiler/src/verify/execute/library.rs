//! Models of functions of the prelude: facts about their results beyond the types.
//!
//! A model describes the result of a function, not its computation; `vera-solver/tests/lies/library.vera` compares each
//! with the interpreter. Maps and sets are terms of insertions and removals, and lookups rewrite them: a key that was
//! inserted is found.

use super::Executor;
use super::path::Flow;
use crate::core::FnId;
use crate::tir::FnDecl;
use crate::types::{Ty, TyKind};
use crate::verify::term::{Fun, Node, Sort, Term};
use vera_abi::layout::Rep;

/// What the length of a result is to that of the first argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Length {
    /// The same.
    Same,
    /// The same or less.
    AtMost,
}

/// Functions whose results are sequences.
const LENGTHS: &[(&str, Length)] = &[
    ("array_map", Length::Same),
    ("array_mapi", Length::Same),
    ("array_reverse", Length::Same),
    ("array_sort_by", Length::Same),
    ("array_filter", Length::AtMost),
    ("array_slice", Length::AtMost),
    ("string_upper", Length::Same),
    ("string_lower", Length::Same),
    ("string_reverse", Length::Same),
    ("char_to_upper", Length::Same),
    ("char_to_lower", Length::Same),
    ("string_slice", Length::AtMost),
    ("string_strip", Length::AtMost),
    ("string_trim_start", Length::AtMost),
    ("string_trim_end", Length::AtMost),
];

/// Functions that [`Executor::model`] knows, in whatever way they are written.
pub(in crate::verify) const EXACT: &[&str] = &[
    "array_range",
    "map_contains",
    "map_get",
    "map_insert",
    "map_remove",
    "map_size",
    "set_add",
    "set_contains",
    "set_remove",
    "set_size",
];

/// Whether of the result of a function its length alone is known.
pub(in crate::verify) fn is_known_by_length(name: &str) -> bool {
    LENGTHS.iter().any(|(known, _)| *known == name)
}

impl<'p> Executor<'p> {
    /// The result of a function that is modelled.
    pub(super) fn model(&mut self, id: FnId, decl: &FnDecl, args: &[Term]) -> Option<Term> {
        match (decl.name.as_str(), args) {
            ("map_insert" | "set_add", _) => Some(self.collection(id, Fun::Insert, args)),
            ("map_remove" | "set_remove", _) => Some(self.collection(id, Fun::Remove, args)),
            ("map_size" | "set_size", [map]) => Some(self.collection_size(*map)),
            ("map_contains" | "set_contains", [map, key]) => {
                let identity = self.keys_are_terms(id);
                Some(self.has_key(*map, *key, identity))
            }
            ("map_get", [map, key]) => self.value_at(id, *map, *key),
            ("float_min", [a, b]) => Some(self.float_extreme(id, [*a, *b], false)),
            ("float_max", [a, b]) => Some(self.float_extreme(id, [*a, *b], true)),
            ("array_range", [from, to]) => Some(self.range(id, *from, *to)),
            _ => self.sequence(id, decl, args),
        }
    }

    fn sequence(&mut self, id: FnId, decl: &FnDecl, args: &[Term]) -> Option<Term> {
        let (_, length) = LENGTHS.iter().find(|(name, _)| *name == decl.name)?;
        let value = self.opaque_result(id, args);
        let (before, after) = (self.length_of(*args.first()?), self.length_of(value));
        let fact = match length {
            Length::Same => self.terms.equal(before, after),
            Length::AtMost => self.terms.at_most(after, before),
        };
        self.learn_everywhere(fact);
        Some(value)
    }

    pub(super) fn opaque_result(&mut self, id: FnId, args: &[Term]) -> Term {
        let function = self.provable.program.function(id);
        let ty = self.provable.functions[id.index()].result;
        self.result_of(id, args.to_vec(), ty, function.result)
    }

    /// The name of a function of the prelude.
    pub(super) fn library_name(&self, id: FnId) -> Option<&'p str> {
        let crate::lower::FunctionKind::Instance(decl, _) = &self.provable.functions[id.index()].kind else {
            return None;
        };
        let decl = self.tir.function(*decl);
        self.tir.modules[decl.module.index()].prelude.then_some(decl.name.as_str())
    }

    /// The integers from one up to another.
    fn range(&mut self, id: FnId, from: Term, to: Term) -> Term {
        let value = self.opaque_result(id, &[from, to]);
        let (length, zero) = (self.length_of(value), self.terms.int(0));
        let (less, count) = (self.terms.less(from, to), self.terms.sub(to, from));
        let count = self.terms.choose(less, count, zero);
        let fact = self.terms.equal(length, count);
        self.learn_everywhere(fact);
        value
    }

    /// The element of what a function of the prelude gives, where it follows from its arguments.
    pub(super) fn modelled_element(&mut self, sequence: Term, index: Term, rep: Rep) -> Option<Term> {
        let Node::Apply(Fun::Call(id), _, args) = self.terms.node(sequence).clone() else { return None };
        match (self.library_name(id)?, &args[..]) {
            ("array_map", [array, closure]) => {
                let part = self.argument_rep(*closure, 0)?;
                let element = self.element_of(*array, index, part);
                self.applied(*closure, vec![element], rep)
            }
            ("array_mapi", [array, closure]) => {
                let part = self.argument_rep(*closure, 0)?;
                let element = self.element_of(*array, index, part);
                self.applied(*closure, vec![element, index], rep)
            }
            ("array_reverse", [array]) => {
                let (length, after) = (self.length_of(*array), self.terms.int(-1));
                let last = self.terms.add(length, after);
                let index = self.terms.sub(last, index);
                Some(self.element_of(*array, index, rep))
            }
            ("array_range", [from, _]) => Some(self.terms.add(*from, index)),
            _ => None,
        }
    }

    /// The representation of an argument of a known function value.
    fn argument_rep(&self, closure: Term, index: usize) -> Option<Rep> {
        let Node::Closure(id, _) = self.terms.node(closure) else { return None };
        let function = self.provable.program.function(self.provable.program.closures[id.index()].function);
        function.params.get(index + 1).map(|&param| function.rep(param))
    }

    fn applied(&mut self, closure: Term, args: Vec<Term>, rep: Rep) -> Option<Term> {
        match self.call_closure(closure, args, rep) {
            Flow::Value(value) => Some(value),
            Flow::Gone => None,
        }
    }

    fn collection(&mut self, id: FnId, fun: Fun, args: &[Term]) -> Term {
        let value = self.terms.apply(fun, Sort::Value, args.to_vec());
        let ty = self.provable.functions[id.index()].result;
        self.set_type(value, ty, Rep::Ptr);
        value
    }

    /// The number of entries.
    fn collection_size(&mut self, map: Term) -> Term {
        match self.terms.node(map).clone() {
            Node::Apply(Fun::Insert, _, parts) => {
                let (size, there) = (self.collection_size(parts[0]), self.is_there(parts[0], parts[1]));
                let (one, same) = (self.terms.int(1), size);
                let more = self.terms.add(size, one);
                self.terms.choose(there, same, more)
            }
            Node::Apply(Fun::Remove, _, parts) => {
                let (size, there) = (self.collection_size(parts[0]), self.is_there(parts[0], parts[1]));
                let one = self.terms.int(-1);
                let fewer = self.terms.add(size, one);
                self.terms.choose(there, fewer, size)
            }
            _ => self.length_of(map),
        }
    }

    /// Whether a key is in a collection: whatever equality of keys is, a term is equal to itself.
    fn is_there(&mut self, map: Term, key: Term) -> Term {
        self.has_key(map, key, false)
    }

    /// `identity`: keys are equal exactly when their terms are.
    fn has_key(&mut self, map: Term, key: Term, identity: bool) -> Term {
        match self.terms.node(map).clone() {
            Node::Apply(Fun::Insert, _, parts) if parts[1] == key => return Term::TRUE,
            Node::Apply(Fun::Remove, _, parts) if parts[1] == key => return Term::FALSE,
            Node::Apply(Fun::Insert, _, parts) if identity => {
                let (same, before) = (self.terms.equal(parts[1], key), self.has_key(parts[0], key, identity));
                return self.terms.or(same, before);
            }
            Node::Apply(Fun::Remove, _, parts) if identity => {
                let (same, before) = (self.terms.equal(parts[1], key), self.has_key(parts[0], key, identity));
                let other = self.terms.not(same);
                return self.terms.and(other, before);
            }
            _ => {}
        }
        let there = self.terms.apply(Fun::HasKey, Sort::Bool, vec![map, key]);
        // What has an entry is not empty.
        let (size, one) = (self.length_of(map), self.terms.int(1));
        let some = self.terms.at_most(one, size);
        let fact = self.terms.implies(there, some);
        if !matches!(self.terms.node(map), Node::Apply(Fun::Insert | Fun::Remove, ..)) {
            self.learn_everywhere(fact);
        }
        there
    }

    /// `map_get`
    fn value_at(&mut self, id: FnId, map: Term, key: Term) -> Option<Term> {
        let ty = self.provable.functions[id.index()].result?;
        let identity = self.keys_are_terms(id);
        let some = self.constructor_tag(ty, "Some")?;
        match self.terms.node(map).clone() {
            Node::Apply(Fun::Insert, _, parts) if parts[1] == key || identity => {
                let concrete = self.record_type(ty);
                let record = *self.records.get(&(concrete, some))?;
                let found = self.terms.record(record, some, vec![parts[2]]);
                if parts[1] == key {
                    return Some(found);
                }
                let (same, before) = (self.terms.equal(parts[1], key), self.value_at(id, parts[0], key)?);
                return Some(self.terms.choose(same, found, before));
            }
            Node::Apply(Fun::Remove, _, parts) if parts[1] == key => {
                let none = self.constructor_tag(ty, "None")?;
                return Some(self.terms.constructor(none));
            }
            _ => {}
        }
        let value = self.opaque_result(id, &[map, key]);
        let (there, is_some) = (self.has_key(map, key, identity), self.terms.has_tag(value, some));
        let fact = self.terms.equal(there, is_some);
        self.learn_everywhere(fact);
        Some(value)
    }

    pub(super) fn constructor_tag(&self, ty: Ty, name: &str) -> Option<u32> {
        let TyKind::Data(data, _) = self.types.kind(self.types.structural(ty)) else { return None };
        let constructors = self.tir.data(*data).constructors.iter();
        constructors.into_iter().position(|each| each.name == name).map(|tag| tag as u32)
    }

    /// Whether the keys of a function's first argument are equal exactly when their terms are.
    fn keys_are_terms(&mut self, id: FnId) -> bool {
        let Some(&ty) = self.provable.functions[id.index()].params.first() else { return false };
        let key = match self.types.kind(self.types.structural(ty)) {
            TyKind::Data(_, args) => args.first().copied(),
            _ => None,
        };
        key.is_some_and(|key| self.is_identity(key, &mut Vec::new()))
    }
}
