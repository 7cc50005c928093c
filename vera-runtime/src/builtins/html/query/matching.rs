//! Which elements of a document match a selector.
//!
//! A selector is matched for all elements at once, from its first part to its last. The elements that match a part are
//! a set. The next part is tested for the elements in the right relation to an element of the set. Each part and each
//! relation is one pass over the document. `:has()` is matched in the other direction, from its last part to its anchor
//! element. Nested selectors are matched first, also for all elements. So nothing is tried twice, and the recursion is
//! as deep as brackets nest in the selector.

use super::document::{Document, Element, NONE};
use super::selector::{Component, RelativeSelector, Selector};
use super::set::{Set, WORD};
use crate::error::Result;
use crate::meter::{Meter, text_units};
use selectors::attr::{AttrSelectorOperator, CaseSensitivity, NamespaceConstraint, ParsedAttrSelectorOperation};
use selectors::attr::{ParsedCaseSensitivity, SELECTOR_WHITESPACE};
use selectors::parser::{Combinator, NthSelectorData};
use std::collections::HashMap;

/// Matches selectors in one document.
pub(super) struct Matcher<'d> {
    document: &'d Document<'d>,
    meter: &'d Meter,
    len: usize,
}

impl<'d> Matcher<'d> {
    pub(super) fn new(document: &'d Document<'d>, meter: &'d Meter) -> Self {
        Matcher { document, meter, len: document.elements.len() }
    }

    /// The elements that match one of the selectors.
    pub(super) fn list(&self, selectors: &[Selector]) -> Result<Set> {
        let mut all = self.none()?;
        for selector in selectors {
            let held = self.meter.held();
            let found = self.complex(selector)?;
            all.unite(&found);
            drop(found);
            self.meter.release(held);
        }
        Ok(all)
    }

    /// The elements that match a selector without commas.
    fn complex(&self, selector: &Selector) -> Result<Set> {
        // The last part comes first.
        let components = selector.iter_raw_match_order().as_slice();
        let mut parts = components.rsplit(Component::is_combinator);
        let mut combinators = components.iter().rev().filter_map(Component::as_combinator);
        let mut found = self.every()?;
        self.keep_part(&mut found, parts.next().unwrap_or_default())?;
        for (part, combinator) in parts.zip(combinators.by_ref()) {
            if found.is_empty() {
                break;
            }
            found = self.related(found, combinator)?;
            self.keep_part(&mut found, part)?;
        }
        Ok(found)
    }

    /// The elements for which a selector of `:has()` finds an element.
    fn relative(&self, relative: &RelativeSelector) -> Result<Set> {
        let components = relative.selector.iter_raw_match_order().as_slice();
        let parts = components.split(Component::is_combinator);
        let combinators = components.iter().filter_map(Component::as_combinator);
        let mut found = self.every()?;
        // What is in front of the first combinator is the element itself.
        for (part, combinator) in parts.zip(combinators) {
            self.keep_part(&mut found, part)?;
            if found.is_empty() {
                break;
            }
            found = self.related_back(found, combinator)?;
        }
        Ok(found)
    }

    fn none(&self) -> Result<Set> {
        Set::new(self.len, self.meter)
    }

    fn every(&self) -> Result<Set> {
        let mut all = self.none()?;
        all.fill(self.len);
        Ok(all)
    }

    /// Replaces an old set by a new one.
    fn replace(&self, old: Set, mut fill: impl FnMut(&Set, &mut Set) -> Result<()>) -> Result<Set> {
        let mut new = self.none()?;
        fill(&old, &mut new)?;
        self.meter.give_back(old.size());
        Ok(new)
    }

    /// Counts the work for an element, one word of elements at a time.
    #[inline]
    fn count(&self, index: usize) -> Result<()> {
        if index.is_multiple_of(WORD) { self.meter.work(WORD as u64) } else { Ok(()) }
    }

    /// The elements that are in a relation to an element of the set.
    fn related(&self, set: Set, combinator: Combinator) -> Result<Set> {
        self.replace(set, |set, related| {
            let Some((to, far)) = relation(combinator) else { return Ok(()) };
            for (index, element) in self.document.elements.iter().enumerate() {
                self.count(index)?;
                let other = to(element);
                if other != NONE && (set.has(other) || far && related.has(other)) {
                    related.add(index);
                }
            }
            Ok(())
        })
    }

    /// The elements to which an element of the set is in a relation.
    fn related_back(&self, set: Set, combinator: Combinator) -> Result<Set> {
        self.replace(set, |set, related| {
            let Some((to, far)) = relation(combinator) else { return Ok(()) };
            for (index, element) in self.document.elements.iter().enumerate().rev() {
                self.count(index)?;
                let other = to(element);
                if other != NONE && (set.has(index) || far && related.has(index)) {
                    related.add(other);
                }
            }
            Ok(())
        })
    }

    /// Keeps the elements that match all of a part.
    fn keep_part(&self, found: &mut Set, part: &[Component]) -> Result<()> {
        part.iter().try_for_each(|component| self.keep(found, component))
    }

    fn keep(&self, found: &mut Set, component: &Component) -> Result<()> {
        let held = self.meter.held();
        match component {
            Component::LocalName(name) => self.keep_if(found, |matcher, index| {
                matcher.meter.work(2)?;
                Ok(*matcher.document.elements[index].name == *name.lower_name.0)
            })?,
            Component::ID(id) => self.keep_if(found, |matcher, index| {
                Ok(matcher.attribute(index, "id")?.is_some_and(|value| *value == *id.0))
            })?,
            Component::Class(class) => self.keep_if(found, |matcher, index| {
                let Some(value) = matcher.attribute(index, "class")? else { return Ok(false) };
                matcher.meter.work(text_units(value.len()) * 4)?;
                Ok(value.split_ascii_whitespace().any(|one| *one == *class.0))
            })?,
            Component::AttributeInNoNamespaceExists { local_name_lower, .. } => {
                self.keep_if(found, |matcher, index| Ok(matcher.attribute(index, &local_name_lower.0)?.is_some()))?;
            }
            Component::AttributeInNoNamespace { local_name, operator, value, case_sensitivity } => {
                let test = Test::new(*operator, &value.0, *case_sensitivity);
                self.keep_if(found, |matcher, index| matcher.test(index, &local_name.0, &test))?;
            }
            Component::AttributeOther(other) => {
                // No attribute has a namespace.
                if matches!(&other.namespace, Some(NamespaceConstraint::Specific((_, url))) if !url.0.is_empty()) {
                    found.clear();
                }
                match &other.operation {
                    ParsedAttrSelectorOperation::Exists => self.keep_if(found, |matcher, index| {
                        Ok(matcher.attribute(index, &other.local_name_lower.0)?.is_some())
                    })?,
                    ParsedAttrSelectorOperation::WithValue { operator, case_sensitivity, value } => {
                        let test = Test::new(*operator, &value.0, *case_sensitivity);
                        self.keep_if(found, |matcher, index| matcher.test(index, &other.local_name_lower.0, &test))?;
                    }
                }
            }
            Component::ExplicitUniversalType | Component::ExplicitAnyNamespace => {}
            Component::Is(selectors) | Component::Where(selectors) => {
                let inner = self.list(selectors.slice())?;
                found.intersect(&inner);
            }
            Component::Negation(selectors) => {
                let inner = self.list(selectors.slice())?;
                found.subtract(&inner);
            }
            Component::Has(relatives) => {
                let mut any = self.none()?;
                for relative in relatives {
                    let held = self.meter.held();
                    let one = self.relative(relative)?;
                    any.unite(&one);
                    drop(one);
                    self.meter.release(held);
                }
                found.intersect(&any);
            }
            Component::Empty => self.keep_if(found, |matcher, index| Ok(matcher.document.elements[index].empty))?,
            Component::Nth(nth) => self.keep_nth(found, nth)?,
            // The tree has no document around it, its elements have a namespace, and the rest is not parsed.
            Component::Root
            | Component::Scope
            | Component::ImplicitScope
            | Component::ParentSelector
            | Component::ExplicitNoNamespace
            | Component::DefaultNamespace(_)
            | Component::Namespace(..)
            | Component::NthOf(_)
            | Component::NonTSPseudoClass(_)
            | Component::Slotted(_)
            | Component::Part(_)
            | Component::Host(_)
            | Component::Invalid(_)
            | Component::PseudoElement(_)
            | Component::Combinator(_)
            | Component::RelativeSelectorAnchor => found.clear(),
        }
        self.meter.release(held);
        Ok(())
    }

    fn keep_if(&self, found: &mut Set, mut test: impl FnMut(&Self, usize) -> Result<bool>) -> Result<()> {
        found.retain(self.meter, |index| test(self, index))
    }

    /// The value of an attribute.
    fn attribute(&self, element: usize, name: &str) -> Result<Option<&'d str>> {
        for (key, value) in self.document.attributes(element) {
            self.meter.work(2)?;
            if key == name {
                return Ok(Some(value));
            }
        }
        self.meter.work(1)?;
        Ok(None)
    }

    fn test(&self, element: usize, name: &str, test: &Test) -> Result<bool> {
        let Some(value) = self.attribute(element, name)? else { return Ok(false) };
        self.meter.work(text_units(value.len()) * 4 + text_units(test.value.len()))?;
        Ok(test.holds(value))
    }

    /// Keeps the elements whose number among their siblings fits.
    fn keep_nth(&self, found: &mut Set, nth: &NthSelectorData) -> Result<()> {
        let (of_type, a_plus_b) = (nth.ty.is_of_type(), nth.an_plus_b);
        if nth.ty.is_only() {
            self.keep_numbers(found, of_type, false, |number| number == 1)?;
            self.keep_numbers(found, of_type, true, |number| number == 1)
        } else {
            self.keep_numbers(found, of_type, nth.ty.is_from_end(), |number| {
                i32::try_from(number).is_ok_and(|number| a_plus_b.matches_index(number))
            })
        }
    }

    /// Keeps the elements whose number fits. The number counts the siblings up to the element or from it on, either all
    /// of them or those of its name.
    fn keep_numbers(&self, found: &mut Set, of_type: bool, from_end: bool, fits: impl Fn(u32) -> bool) -> Result<()> {
        const ENTRY: u64 = 64;
        let elements = &self.document.elements;
        let mut numbers = Vec::new();
        let mut names: HashMap<(usize, &str), u32> = HashMap::new();
        if of_type {
            self.meter.hold(self.len as u64 * ENTRY)?;
        } else {
            self.meter.reserve(&mut numbers, self.len + 1)?;
            numbers.resize(self.len + 1, 0u32);
        }
        for step in 0..self.len {
            let index = if from_end { self.len - 1 - step } else { step };
            let element = &elements[index];
            let number = if of_type {
                self.meter.work(8 + text_units(element.name.len()))?;
                names.entry((element.parent, &*element.name)).or_default()
            } else {
                self.count(index)?;
                &mut numbers[element.parent.min(self.len)]
            };
            *number += 1;
            if found.has(index) && !fits(*number) {
                found.remove(index);
            }
        }
        Ok(())
    }
}

/// A step from an element to another one, or to [`NONE`].
type Step = fn(&Element<'_>) -> usize;

/// The step of a combinator, and whether it may be repeated. Selectors with other combinators do not exist.
fn relation(combinator: Combinator) -> Option<(Step, bool)> {
    match combinator {
        Combinator::Child => Some((|element| element.parent, false)),
        Combinator::Descendant => Some((|element| element.parent, true)),
        Combinator::NextSibling => Some((|element| element.previous, false)),
        Combinator::LaterSibling => Some((|element| element.previous, true)),
        Combinator::PseudoElement | Combinator::SlotAssignment | Combinator::Part => None,
    }
}

/// A test of an attribute's value.
struct Test {
    operator: AttrSelectorOperator,
    value: Box<str>,
    case: CaseSensitivity,
}

impl Test {
    fn new(operator: AttrSelectorOperator, value: &str, case: ParsedCaseSensitivity) -> Self {
        let case = match case {
            ParsedCaseSensitivity::ExplicitCaseSensitive | ParsedCaseSensitivity::CaseSensitive => {
                CaseSensitivity::CaseSensitive
            }
            // Every element is one of HTML.
            ParsedCaseSensitivity::AsciiCaseInsensitive
            | ParsedCaseSensitivity::AsciiCaseInsensitiveIfInHtmlElementInHtmlDocument => {
                CaseSensitivity::AsciiCaseInsensitive
            }
        };
        let value = match case {
            CaseSensitivity::CaseSensitive => value.into(),
            CaseSensitivity::AsciiCaseInsensitive => value.to_ascii_lowercase().into(),
        };
        Test { operator, value, case }
    }

    fn holds(&self, value: &str) -> bool {
        match (self.operator, self.case) {
            // The crate's own search is quadratic.
            (AttrSelectorOperator::Substring, CaseSensitivity::AsciiCaseInsensitive) => {
                !self.value.is_empty() && value.to_ascii_lowercase().contains(&*self.value)
            }
            (AttrSelectorOperator::Includes, case) => {
                let same = |part: &str| case.eq(part.as_bytes(), self.value.as_bytes());
                !self.value.is_empty() && value.split(SELECTOR_WHITESPACE).any(same)
            }
            (operator, case) => operator.eval_str(value, &self.value, case),
        }
    }
}

#[cfg(test)]
mod tests;
