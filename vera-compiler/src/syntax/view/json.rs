//! The tree as JSON: one object per node, with its name as `_type`, its place as `span`, and its fields.

use super::{Node, Value, View};
use crate::source::{SourceMap, Span};
use crate::syntax::ast::Program;
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

/// A program that serialises as its tree, written as it is walked.
#[derive(Debug)]
pub struct Json<'a> {
    /// The program.
    pub program: &'a Program,
    /// The texts it was read from.
    pub sources: &'a SourceMap,
}

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Placed { of: &self.program.node(), sources: self.sources }.serialize(serializer)
    }
}

/// A part of a tree with the texts its places are in.
struct Placed<'a, T> {
    of: &'a T,
    sources: &'a SourceMap,
}

impl Serialize for Placed<'_, Node<'_>> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (node, sources) = (self.of, self.sources);
        let mut map = serializer.serialize_map(Some(node.fields.len() + 2))?;
        map.serialize_entry("_type", node.name)?;
        map.serialize_entry("span", &Placed { of: &node.span, sources })?;
        for (name, value) in &node.fields {
            map.serialize_entry(name, &Placed { of: value, sources })?;
        }
        map.end()
    }
}

impl Serialize for Placed<'_, Value<'_>> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.of {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Int(value) => serializer.serialize_u64(*value),
            Value::Float(value) => serializer.serialize_f64(*value),
            Value::Text(text) => serializer.serialize_str(text),
            Value::Span(span) => Placed { of: span, sources: self.sources }.serialize(serializer),
            Value::Node(part) => Placed { of: &part.node(), sources: self.sources }.serialize(serializer),
            Value::List(items) => {
                let mut seq = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    seq.serialize_element(&Placed { of: item, sources: self.sources })?;
                }
                seq.end()
            }
        }
    }
}

/// Lines and columns from 1, columns in characters, the end exclusive.
impl Serialize for Placed<'_, Span> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (start, end) = (self.sources.start(*self.of), self.sources.end(*self.of));
        let mut map = serializer.serialize_map(Some(4))?;
        map.serialize_entry("line", &start.line)?;
        map.serialize_entry("column", &start.column)?;
        map.serialize_entry("end_line", &end.line)?;
        map.serialize_entry("end_column", &end.column)?;
        map.end()
    }
}
