//! Regular expressions in the dialect of Python's module `re`.
//!
//! A pattern is parsed ([`parse`]), cached in its instance ([`engine::Patterns`]), and searched for by one of two
//! matchers ([`engine`]). A text that is not a pattern is an `Err` of the program; limits end the call. A text that is
//! not UTF-8 is searched with U+FFFD for its invalid bytes.
//!
//! Deliberately, names of characters (`\N{...}`) and locales are not supported.

mod backtrack;
mod class;
mod engine;
mod parse;
mod program;
mod syntax;
mod template;
#[cfg(test)]
mod tests;

use super::walk::guarded;
use super::{Added, Library};
use crate::error::Result;
use crate::heap::{Heap, List};
use crate::state::State;
use crate::value::Raw;
pub(crate) use engine::Patterns;
use engine::{Asked, Compiled, Search};
use std::sync::Arc;
use template::Piece;
use vera_abi::layout::{Rep, fixed};
use vera_abi::prelude::{option, result};
use wasmtime::Caller;

/// The start of a message.
const INVALID: &str = "invalid regex: ";

/// The work of one of these built-ins with a text, a pattern, and a template. It returns the field of `Ok`, or a
/// message.
type Work = fn(&mut Heap<'_>, &str, &Arc<Compiled>, &str) -> Result<Result<Raw, String>>;

/// Adds the built-in of that name.
pub(super) fn add(library: &mut Library<'_>, name: &str) -> Added {
    let (work, rep): (Work, Rep) = match name {
        "regex_match" => (is_match, Rep::Byte),
        "regex_find" => (find, Rep::Ptr),
        "regex_find_all" => (find_all, Rep::Slice),
        "regex_replace" => {
            return library.wrap(
                name,
                |mut caller: Caller<'_, State>,
                 text: i32,
                 len: i32,
                 pattern: i32,
                 size: i32,
                 template: i32,
                 room: i32| {
                    let strings = [(text, len), (pattern, size), (template, room)];
                    guarded(&mut caller, |heap| run(heap, strings, replace, Rep::Slice))
                },
            );
        }
        _ => return None,
    };
    library.wrap(name, move |mut caller: Caller<'_, State>, text: i32, len: i32, pattern: i32, size: i32| {
        guarded(&mut caller, |heap| run(heap, [(text, len), (pattern, size), (0, 0)], work, rep))
    })
}

fn run(heap: &mut Heap<'_>, strings: [(i32, i32); 3], work: Work, rep: Rep) -> Result<i32> {
    let [text, pattern, template] = strings.map(|(pointer, len)| Raw::from_slice(pointer as u32, len as u32));
    // Copies: the texts are read while memory is written.
    let text = heap.reader().string(text)?;
    let pattern = heap.reader().string(pattern)?;
    let template = if template.len == 0 { String::new() } else { heap.reader().string(template)? };
    let outcome = match compiled(heap, &pattern)? {
        Ok(compiled) => work(heap, &text, &compiled, &template)?,
        Err(message) => Err(message),
    };
    let outcome = match outcome {
        Ok(field) => {
            heap.root_value(rep, field)?;
            match rep {
                Rep::Byte => heap.record(result::OK, const { &fixed([Rep::Byte]) }, &[field])?,
                Rep::Slice => heap.record(result::OK, const { &fixed([Rep::Slice]) }, &[field])?,
                _ => heap.record(result::OK, const { &fixed([Rep::Ptr]) }, &[field])?,
            }
        }
        Err(message) => heap.text_record(result::ERR, &format!("{INVALID}{message}"))?,
    };
    Ok(outcome.pointer() as i32)
}

/// A compiled pattern, from the cache or new.
fn compiled(heap: &mut Heap<'_>, pattern: &str) -> Result<engine::Outcome> {
    if let Some(kept) = heap.view().1.patterns.compiled(pattern) {
        return Ok(kept);
    }
    let compiled = engine::compile(pattern, heap.meter())?;
    heap.view().1.patterns.keep(pattern, compiled.clone());
    Ok(compiled)
}

fn is_match(heap: &mut Heap<'_>, text: &str, compiled: &Arc<Compiled>, _: &str) -> Result<Result<Raw, String>> {
    let found = Search::new(compiled, text, Asked::First, heap.meter())?.find(0, false)?;
    Ok(Ok(Raw::from_bits(u64::from(found.is_some()))))
}

fn find(heap: &mut Heap<'_>, text: &str, compiled: &Arc<Compiled>, _: &str) -> Result<Result<Raw, String>> {
    let found = Search::new(compiled, text, Asked::First, heap.meter())?.find(0, false)?;
    Ok(Ok(match found {
        Some((start, end)) => heap.text_record(option::SOME, &text[start..end])?,
        None => heap.constant(option::NONE),
    }))
}

fn find_all(heap: &mut Heap<'_>, text: &str, compiled: &Arc<Compiled>, _: &str) -> Result<Result<Raw, String>> {
    let meter = heap.meter();
    let mut search = Search::new(compiled, text, Asked::All, meter)?;
    let mut found = Vec::new();
    let (mut from, mut advance) = (0, false);
    while let Some((start, end)) = search.find(from, advance)? {
        meter.push(&mut found, (start, end))?;
        // After a match of nothing the next one is something, or further on.
        (from, advance) = (end, start == end);
    }
    let mut list = List::new(heap, Rep::Slice, found.len())?;
    for (start, end) in found {
        let item = heap.string(&text[start..end])?;
        list.push(heap, item)?;
    }
    Ok(Ok(list.finish()))
}

fn replace(heap: &mut Heap<'_>, text: &str, compiled: &Arc<Compiled>, template: &str) -> Result<Result<Raw, String>> {
    let meter = heap.meter();
    meter.work(template.len() as u64)?;
    let pieces = match template::parse(template, &compiled.pattern) {
        Ok(pieces) => pieces,
        Err(parse::Mistake::Message(message)) => return Ok(Err(message)),
        Err(parse::Mistake::TooDeep) => return Err(engine::limit(parse::MAX_NESTING as u64, "levels of a pattern")),
    };
    let groups = Search::new(compiled, text, Asked::Groups, meter)?.groups(compiled.pattern.groups.len())?;
    let groups = groups.unwrap_or_default();
    let Some(&Some((start, end))) = groups.first() else {
        return Ok(Ok(heap.string(text)?));
    };
    let mut replaced = String::new();
    meter.push_str(&mut replaced, &text[..start])?;
    for piece in pieces {
        match piece {
            Piece::Text(piece) => meter.push_str(&mut replaced, &piece)?,
            Piece::Group(group) => {
                if let Some(&Some((start, end))) = groups.get(group) {
                    meter.push_str(&mut replaced, &text[start..end])?;
                }
            }
        }
    }
    meter.push_str(&mut replaced, &text[end..])?;
    Ok(Ok(heap.string(&replaced)?))
}
