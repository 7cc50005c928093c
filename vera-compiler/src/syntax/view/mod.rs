//! The syntax tree for tools: uniform nodes with a name, a place and named fields.
//!
//! [`Node::of`] shows a program. The names of nodes and fields are those that the language's tools have always used,
//! and do not change. Additional information is in separate fields (`docs`, `comments`). A field that does not apply is
//! [`Value::Null`], so that every node of a name has the same fields. Fields are made on demand: nothing is held for a
//! whole program.
//!
//! Two ways to print it: [`Node::text`] for people, `serde::Serialize` on [`Json`] for tools.

mod decl;
mod expr;
mod json;
mod pattern;
#[cfg(test)]
mod tests;
mod text;
mod types;

pub use json::Json;

use super::ast;
use crate::source::Span;
use std::borrow::Cow;

/// A node of the tree, one level deep.
#[derive(Debug)]
pub struct Node<'a> {
    /// What it is, such as `FnDecl`.
    pub name: &'static str,
    /// Where it is written.
    pub span: Span,
    /// Its parts, in an order that reads well.
    pub fields: Vec<(&'static str, Value<'a>)>,
}

/// What a field holds.
#[derive(Debug)]
pub enum Value<'a> {
    /// It does not apply here.
    Null,
    /// A truth value.
    Bool(bool),
    /// A number of the program.
    Int(u64),
    /// A number of the program.
    Float(f64),
    /// A name, or text of the program.
    Text(Cow<'a, str>),
    /// A place.
    Span(Span),
    /// A node, not yet looked into.
    Node(&'a dyn View),
    /// Several.
    List(Vec<Value<'a>>),
}

/// A part of the syntax tree that is a node.
pub trait View: std::fmt::Debug {
    /// The node.
    fn node(&self) -> Node<'_>;
}

impl Node<'_> {
    /// A program, and below it everything in it.
    pub fn of(program: &ast::Program) -> Node<'_> {
        program.node()
    }
}

/// A node.
fn node<'a, const N: usize>(name: &'static str, span: Span, fields: [(&'static str, Value<'a>); N]) -> Node<'a> {
    Node { name, span, fields: fields.into() }
}

fn text(text: &str) -> Value<'_> {
    Value::Text(Cow::Borrowed(text))
}

fn optional_text(value: Option<&str>) -> Value<'_> {
    value.map_or(Value::Null, text)
}

fn optional<T: View>(part: Option<&T>) -> Value<'_> {
    part.map_or(Value::Null, |part| Value::Node(part))
}

fn list<T: View>(parts: &[T]) -> Value<'_> {
    Value::List(parts.iter().map(|part| Value::Node(part)).collect())
}

/// A list that is null when there is nothing in it.
fn some_list<T: View>(parts: &[T]) -> Value<'_> {
    if parts.is_empty() { Value::Null } else { list(parts) }
}

fn names(names: &[ast::Name]) -> Value<'_> {
    Value::List(names.iter().map(|name| text(name.as_str())).collect())
}

/// Names, null when there are none.
fn some_names(parts: &[ast::Name]) -> Value<'_> {
    if parts.is_empty() { Value::Null } else { names(parts) }
}
