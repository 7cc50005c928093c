//! The tree as indented text: one line per node with its fields, and its place at the end.

use super::{Node, Value};
use crate::source::SourceMap;
use std::fmt::{self, Write};

impl Node<'_> {
    /// Writes the node and everything below it, each node on a line of its own.
    ///
    /// ```text
    /// BinaryExpr op: "+"  3:5
    ///   left: SlotRef type_name: "Int", index: 0  3:5
    ///   right: IntLit value: 1  3:14
    /// ```
    ///
    /// Fields that do not apply are left out.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn text(&self, out: &mut dyn Write, sources: &SourceMap) -> fmt::Result {
        self.write(out, sources, 0)
    }

    fn write(&self, out: &mut dyn Write, sources: &SourceMap, depth: usize) -> fmt::Result {
        out.write_str(self.name)?;
        let mut separator = " ";
        for (name, value) in &self.fields {
            if is_plain(value) {
                write!(out, "{separator}{name}: ")?;
                write_plain(out, value)?;
                separator = ", ";
            }
        }
        let place = sources.start(self.span);
        writeln!(out, "  {}:{}", place.line, place.column)?;
        for (name, value) in &self.fields {
            write_parts(out, name, value, sources, depth + 1)?;
        }
        Ok(())
    }
}

/// Whether the value stands on the line of its node.
fn is_plain(value: &Value<'_>) -> bool {
    match value {
        Value::Null | Value::Span(_) | Value::Node(_) => false,
        Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Text(_) => true,
        Value::List(items) => {
            let plain = |item: &Value<'_>| matches!(item, Value::Null) || is_plain(item);
            items.iter().any(is_plain) && items.iter().all(plain)
        }
    }
}

fn write_plain(out: &mut dyn Write, value: &Value<'_>) -> fmt::Result {
    match value {
        Value::Null | Value::Span(_) | Value::Node(_) => out.write_char('-'),
        Value::Bool(value) => write!(out, "{value}"),
        Value::Int(value) => write!(out, "{value}"),
        Value::Float(value) => write!(out, "{value:?}"),
        Value::Text(text) => write!(out, "{text:?}"),
        Value::List(items) => {
            out.write_char('[')?;
            for (index, item) in items.iter().enumerate() {
                out.write_str(if index > 0 { ", " } else { "" })?;
                write_plain(out, item)?;
            }
            out.write_char(']')
        }
    }
}

/// The lines below a node's own: those of one field.
fn write_parts(out: &mut dyn Write, name: &str, value: &Value<'_>, sources: &SourceMap, depth: usize) -> fmt::Result {
    match value {
        Value::Node(part) => {
            write!(out, "{:1$}{name}: ", "", 2 * depth)?;
            part.node().write(out, sources, depth)
        }
        Value::List(items) if items.iter().any(|item| matches!(item, Value::Node(_))) => {
            writeln!(out, "{:1$}{name}", "", 2 * depth)?;
            for item in items {
                write!(out, "{:1$}- ", "", 2 * depth)?;
                match item {
                    Value::Node(part) => part.node().write(out, sources, depth + 1)?,
                    plain => {
                        write_plain(out, plain)?;
                        writeln!(out)?;
                    }
                }
            }
            Ok(())
        }
        _ => Ok(()),
    }
}
