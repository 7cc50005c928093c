//! Type expressions and effect rows.

use super::{Node, Value, View, list, node, some_list, text};
use crate::syntax::ast::{EffectRef, EffectRow, EffectRowKind, TypeExpr, TypeKind};

impl View for TypeExpr {
    fn node(&self) -> Node<'_> {
        match &self.kind {
            TypeKind::Named { name, args } => {
                node("NamedType", self.span, [("name", text(name.as_str())), ("type_args", some_list(args))])
            }
            TypeKind::Fn(function) => {
                let fields = [
                    ("params", list(&function.params)),
                    ("return_type", Value::Node(&function.result)),
                    ("effect", Value::Node(&function.effects)),
                ];
                node("FnType", self.span, fields)
            }
            TypeKind::Refinement { base, predicate } => {
                let fields = [("base_type", Value::Node(&**base)), ("predicate", Value::Node(&**predicate))];
                node("RefinementType", self.span, fields)
            }
            TypeKind::Invalid => node("Invalid", self.span, []),
        }
    }
}

impl View for EffectRow {
    fn node(&self) -> Node<'_> {
        match &self.kind {
            EffectRowKind::Pure => node("PureEffect", self.span, []),
            EffectRowKind::Effects(effects) => node("EffectSet", self.span, [("effects", list(effects))]),
            EffectRowKind::Invalid => node("Invalid", self.span, []),
        }
    }
}

impl View for EffectRef {
    fn node(&self) -> Node<'_> {
        let name = ("name", text(self.name.as_str()));
        let args = ("type_args", some_list(&self.args));
        match &self.qualifier {
            None => node("EffectRef", self.span, [name, args]),
            Some(module) => node("QualifiedEffectRef", self.span, [("module", text(module.as_str())), name, args]),
        }
    }
}
