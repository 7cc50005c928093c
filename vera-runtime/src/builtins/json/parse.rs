//! Parses JSON text into guest memory.
//!
//! This is an event-driven parser of our own, because it has to be iterative: `serde_json` recurses with the nesting of
//! the text, and its events cannot be driven from outside. Values are written as they are read. An unfinished array
//! holds one root, an unfinished object at most 16, or one when it is large.

use super::lexer::{Failure, Lexer, Token};
use crate::builtins::tree::{ParseFailure, check_depth};
use crate::error::Result;
use crate::heap::{Heap, List, MapBuilder};
use crate::value::Raw;
use vera_abi::heap::static_constructor;
use vera_abi::layout::{Rep, fixed};
use vera_abi::prelude::json;

/// A container that is open around the next value.
enum Frame {
    Array { mark: u32, items: List },
    Object { mark: u32, members: Box<MapBuilder>, key: Raw, key_mark: u32 },
}

/// Parses JSON. The result is not rooted.
pub(crate) fn parse(heap: &mut Heap<'_>, text: &str) -> Result<Raw, ParseFailure> {
    let mark = heap.mark();
    let mut lexer = Lexer::new(text);
    let parsed = document(heap, &mut lexer);
    heap.release(mark);
    match parsed {
        Ok(value) => Ok(value),
        Err(Failure::Syntax(error)) => Err(ParseFailure::Text(error.describe(text))),
        Err(Failure::Fatal(error)) => Err(ParseFailure::Fatal(error)),
    }
}

/// Bytes of a map under construction.
const MEMBERS: u64 = size_of::<MapBuilder>() as u64;

fn document(heap: &mut Heap<'_>, lexer: &mut Lexer<'_>) -> Result<Raw, Failure> {
    let mut open: Vec<Frame> = Vec::new();
    loop {
        // An escaped string is in the way only until it is written.
        let held = heap.meter().held();
        let token = lexer.value(heap.meter())?;
        let mut value = match token {
            Token::Null => Raw::from_pointer(static_constructor(json::NULL)),
            Token::Bool(value) => {
                heap.record(json::BOOL, const { &fixed([Rep::Byte]) }, &[Raw::from_bits(u64::from(value))])?
            }
            Token::Number(value) => {
                heap.record(json::NUMBER, const { &fixed([Rep::F64]) }, &[Raw::from_bits(value.to_bits())])?
            }
            Token::String(text) => {
                let record = heap.text_record(json::STRING, &text)?;
                heap.meter().release(held);
                record
            }
            Token::ArrayStart => {
                check_depth(heap, open.len() + 1)?;
                let mark = heap.mark();
                let items = List::new(heap, Rep::Ptr, 0)?;
                if !lexer.eat(b']') {
                    heap.meter().push(&mut open, Frame::Array { mark, items })?;
                    continue;
                }
                array(heap, mark, &items)?
            }
            Token::ObjectStart => {
                check_depth(heap, open.len() + 1)?;
                let mark = heap.mark();
                let members = Box::new(MapBuilder::new(heap, Rep::Slice, Rep::Ptr));
                if !lexer.eat(b'}') {
                    let (key, key_mark) = key(heap, lexer)?;
                    heap.meter().hold(MEMBERS)?;
                    heap.meter().push(&mut open, Frame::Object { mark, members, key, key_mark })?;
                    continue;
                }
                object(heap, mark, members)?
            }
        };
        // Hand the value to what is open, and close what ends after it.
        loop {
            match open.last_mut() {
                None => {
                    return match lexer.peek() {
                        None => Ok(value),
                        Some(_) => Err(lexer.error("unexpected text after the value").into()),
                    };
                }
                Some(Frame::Array { mark, items }) => {
                    items.push(heap, value)?;
                    if lexer.eat(b',') {
                        break;
                    }
                    if !lexer.eat(b']') {
                        return Err(lexer.error("expected `,` or `]`").into());
                    }
                    value = array(heap, *mark, items)?;
                    open.pop();
                }
                Some(Frame::Object { members, key: name, key_mark, .. }) => {
                    heap.release(*key_mark);
                    members.push_member(heap, *name, value)?;
                    if lexer.eat(b',') {
                        (*name, *key_mark) = key(heap, lexer)?;
                        break;
                    }
                    if !lexer.eat(b'}') {
                        return Err(lexer.error("expected `,` or `}`").into());
                    }
                    if let Some(Frame::Object { mark, members, .. }) = open.pop() {
                        heap.meter().give_back(MEMBERS);
                        value = object(heap, mark, members)?;
                    }
                }
            }
        }
    }
}

/// A member's name with its colon. It is rooted from the returned mark on.
fn key(heap: &mut Heap<'_>, lexer: &mut Lexer<'_>) -> Result<(Raw, u32), Failure> {
    if lexer.peek() != Some(b'"') {
        return Err(lexer.error("expected a member name in double quotes").into());
    }
    let held = heap.meter().held();
    let name = lexer.string(heap.meter())?;
    if !lexer.eat(b':') {
        return Err(lexer.error("expected `:`").into());
    }
    let mark = heap.mark();
    let name = heap.string(&name)?;
    heap.meter().release(held);
    heap.root(name.pointer())?;
    Ok((name, mark))
}

fn array(heap: &mut Heap<'_>, mark: u32, items: &List) -> Result<Raw> {
    let value = heap.record(json::ARRAY, const { &fixed([Rep::Slice]) }, &[items.finish()])?;
    heap.release(mark);
    Ok(value)
}

fn object(heap: &mut Heap<'_>, mark: u32, members: Box<MapBuilder>) -> Result<Raw> {
    let map = members.finish(heap)?;
    heap.root(map.pointer())?;
    let value = heap.record(json::OBJECT, const { &fixed([Rep::Ptr]) }, &[map])?;
    heap.release(mark);
    Ok(value)
}
