//! Parses HTML text into guest memory.
//!
//! Text that starts as a document (`<!doctype`, `<html>`, `<head>`, `<body>`) is parsed as one, and its `html` element is
//! returned. Anything else is a fragment: a single element is returned as it is, several nodes in an `html` element.
//!
//! html5ever parses into a tree of our own ([`tree`]). Its work on a tag grows with the number of open elements and
//! with the square of the number of the tag's attributes, so both are bounded ([`bounds`]).
//! [`watch`] counts its work step by step.

mod attributes;
mod bounds;
mod tokens;
mod tree;
mod watch;
mod write;

use crate::builtins::html::too_complex;
use crate::builtins::tree::ParseFailure;
use crate::error::{Error, Result};
use crate::heap::Heap;
use crate::meter::Meter;
use crate::value::Raw;
use attributes::Pending;
use bounds::{CHUNK, MAX_ATTRIBUTES, MAX_OPEN, NODES_OF_ANY, NODES_OF_BYTE};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, Tokenizer, TokenizerOpts};
use html5ever::tree_builder::{Tracer, TreeBuilder, TreeBuilderOpts, create_element};
use html5ever::{QualName, TokenizerResult, local_name, ns};
use std::cell::Cell;
use tokens::Watched;
use tree::{Data, NodeId, Sink, Tree};
use watch::{Seen, Watch};

/// Parses HTML; every text is valid HTML. The result is not rooted.
pub(crate) fn parse(heap: &mut Heap<'_>, text: &str) -> Result<Raw, ParseFailure> {
    let document = is_document(text);
    let tree = build(heap.meter(), text, document)?;
    // Both have one `html` element; a fragment's holds what was parsed.
    let root = tree
        .children(Tree::DOCUMENT)
        .find(|&child| matches!(tree.data(child), Data::Element(_)))
        .ok_or_else(|| Error::internal("an HTML tree without nodes"))?;
    let mut top = tree.children(root).filter(|&node| !is_space(tree.data(node)));
    let start = match (document, top.next(), top.next()) {
        (false, Some(only), None) if matches!(tree.data(only), Data::Element(_)) => only,
        _ => root,
    };
    Ok(write::write(heap, &tree, start)?)
}

fn is_space(node: &Data) -> bool {
    matches!(node, Data::Text(text) if text.trim_ascii().is_empty())
}

/// Whether the first part of the text, comments aside, belongs to a document.
fn is_document(text: &str) -> bool {
    let mut rest = text.trim_start_matches('\u{feff}').trim_ascii_start();
    while let Some(comment) = rest.strip_prefix("<!--") {
        rest = comment.split_once("-->").map_or("", |(_, after)| after).trim_ascii_start();
    }
    ["<!doctype", "<html", "<head", "<body"].iter().any(|start| {
        let (head, after) = rest.as_bytes().split_at(start.len().min(rest.len()));
        head.eq_ignore_ascii_case(start.as_bytes()) && after.first().is_none_or(|byte| !byte.is_ascii_alphanumeric())
    })
}

/// The tree of a text.
fn build(meter: &Meter, text: &str, document: bool) -> Result<Tree> {
    let watch = Watch::new(meter);
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let held = meter.held();
    let parser = parser(&watch, text, document);
    if feed_chunks(&parser, &watch, text)? {
        return finish(parser, &watch);
    }
    // Something in the text is long and may be a tag with very many attributes: parse again in smaller pieces.
    drop(parser);
    meter.release(held);
    let parser = self::parser(&watch, text, document);
    feed_pieces(&parser, &watch, text)?;
    finish(parser, &watch)
}

type Parser<'p> = Tokenizer<Watched<'p>>;

fn parser<'p>(watch: &'p Watch<'p>, text: &str, document: bool) -> Parser<'p> {
    let sink = Sink::new(watch, text.len().saturating_mul(NODES_OF_BYTE).saturating_add(NODES_OF_ANY));
    let options = TreeBuilderOpts::default();
    let mut tokens = TokenizerOpts { discard_bom: false, ..TokenizerOpts::default() };
    let builder = if document {
        TreeBuilder::new(sink, options)
    } else {
        // As the contents of a template, so that table rows and the like may stand alone.
        let context = create_element(&sink, QualName::new(None, ns!(html), local_name!("template")), Vec::new());
        let builder = TreeBuilder::new_for_fragment(sink, context, None, options);
        tokens.initial_state = Some(builder.tokenizer_state_for_context_elem(false));
        builder
    };
    Tokenizer::new(Watched { builder, watch }, tokens)
}

fn finish(parser: Parser<'_>, watch: &Watch<'_>) -> Result<Tree> {
    parser.end();
    watch.check()?;
    Ok(parser.sink.builder.sink.into_tree())
}

fn feed(parser: &Parser<'_>, watch: &Watch<'_>, text: &str) -> Result<()> {
    watch.work(text.len() as u64);
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(text));
    // A script would be run here.
    while !matches!(parser.feed(&input), TokenizerResult::Done) {}
    watch.check()
}

/// Returns an error when too many elements are open.
fn check_open(parser: &Parser<'_>) -> Result<()> {
    struct Count(Cell<usize>);
    impl Tracer for Count {
        type Handle = NodeId;
        fn trace_handle(&self, _: &NodeId) {
            self.0.set(self.0.get() + 1);
        }
    }
    let count = Count(Cell::new(0));
    parser.sink.builder.trace_handles(&count);
    // An element that is open and in effect counts once.
    if count.0.get() > 2 * MAX_OPEN { Err(too_complex(MAX_OPEN, "open elements")) } else { Ok(()) }
}

/// Parses the text chunk by chunk; false when a chunk had no token, and the rest is not parsed.
fn feed_chunks(parser: &Parser<'_>, watch: &Watch<'_>, text: &str) -> Result<bool> {
    let mut rest = text;
    while !rest.is_empty() {
        let (chunk, after) = rest.split_at(rest.floor_char_boundary(CHUNK));
        watch.seen.set(None);
        feed(parser, watch, chunk)?;
        check_open(parser)?;
        if watch.seen.get().is_none() && chunk.len() + 4 > CHUNK {
            return Ok(false);
        }
        rest = after;
    }
    Ok(true)
}

/// Parses the text in pieces that start at `<` and end after `>`, so that the current token is known.
fn feed_pieces(parser: &Parser<'_>, watch: &Watch<'_>, text: &str) -> Result<()> {
    let mut pending = Pending::default();
    let mut since = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let starts = rest.starts_with('<');
        let most = rest.floor_char_boundary(CHUNK);
        let end = rest.as_bytes()[..most].iter().skip(1).position(|&byte| byte == b'<' || byte == b'>');
        let end = match end {
            // The position is one behind the byte's.
            Some(at) if rest.as_bytes()[at + 1] == b'>' => at + 2,
            Some(at) => at + 1,
            None => most,
        };
        let (piece, after) = rest.split_at(end);
        watch.seen.set(None);
        feed(parser, watch, piece)?;
        match (watch.seen.get(), starts) {
            (Some(Seen::Markup), _) | (Some(Seen::Text), false) => pending = Pending::default(),
            // What was pending turned out to be text, or ended before this piece's `<`.
            (Some(Seen::Text), true) => pending = Pending::start(piece),
            (None, true) if !pending.is_open() => pending = Pending::start(piece),
            (None, _) => pending.more(piece),
        }
        if pending.attributes() > MAX_ATTRIBUTES {
            return Err(too_complex(MAX_ATTRIBUTES, "attributes of one element"));
        }
        since += piece.len();
        if since >= CHUNK {
            check_open(parser)?;
            since = 0;
        }
        rest = after;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
