//! Patterns.

use super::{Node, Value, View, list, node, text};
use crate::syntax::ast::{Pattern, PatternKind};

impl View for Pattern {
    fn node(&self) -> Node<'_> {
        match &self.kind {
            PatternKind::Wildcard => node("WildcardPattern", self.span, []),
            PatternKind::Bind(ty) => node("BindingPattern", self.span, [("type_expr", Value::Node(ty))]),
            PatternKind::Nullary(name) => node("NullaryPattern", self.span, [("name", text(name.as_str()))]),
            PatternKind::Constructor { name, fields } => {
                let fields = [("name", text(name.as_str())), ("sub_patterns", list(fields))];
                node("ConstructorPattern", self.span, fields)
            }
            PatternKind::Int(value) => node("IntPattern", self.span, [("value", Value::Int(*value))]),
            PatternKind::String(value) => node("StringPattern", self.span, [("value", text(value))]),
            PatternKind::Bool(value) => node("BoolPattern", self.span, [("value", Value::Bool(*value))]),
            PatternKind::Invalid => node("Invalid", self.span, []),
        }
    }
}
