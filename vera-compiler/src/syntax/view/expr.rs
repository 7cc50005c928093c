//! Expressions and statements.

use super::{Node, Value, View, list, names, node, optional, some_list, text};
use crate::syntax::ast::{
    Block, Expr, ExprKind, HandlerClause, HandlerState, MatchArm, QuantifierKind, Stmt, StmtKind, StringPart, TypeExpr,
    TypeKind,
};

impl View for Expr {
    fn node(&self) -> Node<'_> {
        let span = self.span;
        match &self.kind {
            ExprKind::Unit => node("UnitLit", span, []),
            ExprKind::Bool(value) => node("BoolLit", span, [("value", Value::Bool(*value))]),
            ExprKind::Int(value) => node("IntLit", span, [("value", Value::Int(*value))]),
            ExprKind::Float(value) => node("FloatLit", span, [("value", Value::Float(*value))]),
            ExprKind::String(value) => node("StringLit", span, [("value", text(value))]),
            ExprKind::Interpolated(parts) => {
                node("InterpolatedString", span, [("parts", Value::List(string_parts(parts)))])
            }
            ExprKind::Hole => node("HoleExpr", span, []),
            ExprKind::Slot { ty, index } => {
                let [name, args] = slot_type(ty);
                node("SlotRef", span, [name, args, ("index", Value::Int((*index).into()))])
            }
            ExprKind::Result(ty) => node("ResultRef", span, slot_type(ty)),
            ExprKind::Call { .. }
            | ExprKind::ModuleCall { .. }
            | ExprKind::QualifiedCall { .. }
            | ExprKind::Resume(_)
            | ExprKind::Constructor { .. } => call(self, None),
            // A piped value is the first argument.
            ExprKind::Pipe { left, call: target } => Node { span, ..call(target, Some(left)) },
            ExprKind::NullaryConstructor(name) => {
                node("NullaryConstructor", span, [("name", text(name.as_str())), ("owner", Value::Null)])
            }
            ExprKind::Array(items) => node("ArrayLit", span, [("elements", list(items))]),
            ExprKind::Index { base, index } => {
                node("IndexExpr", span, [("collection", Value::Node(&**base)), ("index", Value::Node(&**index))])
            }
            ExprKind::Unary { op, operand } => {
                node("UnaryExpr", span, [("op", text(op.as_str())), ("operand", Value::Node(&**operand))])
            }
            ExprKind::Binary { op, left, right, .. } => {
                let (left, right) = (Value::Node(&**left), Value::Node(&**right));
                node("BinaryExpr", span, [("op", text(op.as_str())), ("left", left), ("right", right)])
            }
            ExprKind::AnonymousFn(function) => {
                let types = function.params.iter().map(|param| Value::Node(&param.ty)).collect();
                let fields = [
                    ("params", Value::List(types)),
                    ("return_type", Value::Node(&function.result.ty)),
                    ("effect", Value::Node(&function.effects)),
                    ("body", Value::Node(&function.body)),
                ];
                node("AnonFn", span, fields)
            }
            ExprKind::If { condition, then_block, else_block } => {
                let fields = [
                    ("condition", Value::Node(&**condition)),
                    ("then_branch", Value::Node(&**then_block)),
                    ("else_branch", Value::Node(&**else_block)),
                ];
                node("IfExpr", span, fields)
            }
            ExprKind::Match { scrutinee, arms } => {
                node("MatchExpr", span, [("scrutinee", Value::Node(&**scrutinee)), ("arms", list(arms))])
            }
            ExprKind::Block(block) => block.node(),
            ExprKind::Handle(handle) => {
                let fields = [
                    ("effect", Value::Node(&handle.effect)),
                    ("state", optional(handle.state.as_ref())),
                    ("clauses", list(&handle.clauses)),
                    ("body", Value::Node(&handle.body)),
                ];
                node("HandleExpr", span, fields)
            }
            ExprKind::Old(effect) => node("OldExpr", span, [("effect_ref", Value::Node(&**effect))]),
            ExprKind::New(effect) => node("NewExpr", span, [("effect_ref", Value::Node(&**effect))]),
            ExprKind::Assert(condition) => node("AssertExpr", span, [("expr", Value::Node(&**condition))]),
            ExprKind::Assume(condition) => node("AssumeExpr", span, [("expr", Value::Node(&**condition))]),
            ExprKind::Quantifier(quantifier) => {
                let name = match quantifier.kind {
                    QuantifierKind::Forall => "ForallExpr",
                    QuantifierKind::Exists => "ExistsExpr",
                };
                let fields = [
                    ("binding_type", Value::Node(&quantifier.ty)),
                    ("domain", Value::Node(&quantifier.bound)),
                    ("predicate", Value::Node(&quantifier.predicate)),
                ];
                node(name, span, fields)
            }
            ExprKind::Invalid => node("Invalid", span, []),
        }
    }
}

/// Texts and expressions in turn, beginning and ending with a text, which may be empty.
fn string_parts(parts: &[StringPart]) -> Vec<Value<'_>> {
    let mut values = Vec::with_capacity(parts.len() + 2);
    let mut behind_text = false;
    for part in parts {
        match part {
            StringPart::Text(value) => values.push(text(value)),
            StringPart::Expr(expr) => {
                if !behind_text {
                    values.push(text(""));
                }
                values.push(Value::Node(expr));
            }
        }
        behind_text = matches!(part, StringPart::Text(_));
    }
    if !behind_text {
        values.push(text(""));
    }
    values
}

/// A call of any kind; `piped` is what a pipe puts in front of its arguments.
fn call<'a>(call: &'a Expr, piped: Option<&'a Expr>) -> Node<'a> {
    let (name, mut fields, args): (_, Vec<_>, &[Expr]) = match &call.kind {
        ExprKind::Call { name, args } => ("FnCall", vec![("name", text(name.as_str()))], args),
        ExprKind::ModuleCall { module, name, args } => {
            ("ModuleCall", vec![("path", names(&module.parts)), ("name", text(name.as_str()))], args)
        }
        ExprKind::QualifiedCall { qualifier, name, args } => {
            let fields = vec![("qualifier", text(qualifier.as_str())), ("name", text(name.as_str()))];
            ("QualifiedCall", fields, args)
        }
        ExprKind::Resume(args) => ("FnCall", vec![("name", text("resume"))], args),
        ExprKind::Constructor { name, args } => ("ConstructorCall", vec![("name", text(name.as_str()))], args),
        _ => ("Invalid", Vec::new(), &[]),
    };
    let values = piped.into_iter().chain(args).map(|arg| Value::Node(arg)).collect();
    fields.push(("args", Value::List(values)));
    if piped.is_some() {
        fields.push(("piped", Value::Bool(true)));
        fields.push(("stage_span", Value::Span(call.span)));
    }
    Node { name, span: call.span, fields }
}

/// The type of a slot or result reference.
fn slot_type(ty: &TypeExpr) -> [(&'static str, Value<'_>); 2] {
    let (name, args) = match &ty.kind {
        TypeKind::Named { name, args } => (text(name.as_str()), some_list(args)),
        TypeKind::Fn(_) | TypeKind::Refinement { .. } | TypeKind::Invalid => (Value::Null, Value::Null),
    };
    [("type_name", name), ("type_args", args)]
}

impl View for Block {
    fn node(&self) -> Node<'_> {
        // What is between the braces.
        let start = self.stmts.first().map_or(self.result.span, |stmt| stmt.span);
        node(
            "Block",
            start.to(self.result.span),
            [("statements", list(&self.stmts)), ("expr", Value::Node(&self.result))],
        )
    }
}

impl View for Stmt {
    fn node(&self) -> Node<'_> {
        match &self.kind {
            StmtKind::Let { ty, value } => {
                node("LetStmt", self.span, [("type_expr", Value::Node(ty)), ("value", Value::Node(value))])
            }
            StmtKind::Destructure { constructor, types, value } => {
                let fields = [
                    ("constructor", text(constructor.as_str())),
                    ("type_bindings", list(types)),
                    ("value", Value::Node(value)),
                ];
                node("LetDestruct", self.span, fields)
            }
            StmtKind::Expr(expr) => node("ExprStmt", self.span, [("expr", Value::Node(expr))]),
            StmtKind::Invalid => node("Invalid", self.span, []),
        }
    }
}

impl View for MatchArm {
    fn node(&self) -> Node<'_> {
        node("MatchArm", self.span, [("pattern", Value::Node(&self.pattern)), ("body", Value::Node(&self.body))])
    }
}

impl View for HandlerState {
    fn node(&self) -> Node<'_> {
        let fields = [("type_expr", Value::Node(&self.ty)), ("init_expr", Value::Node(&self.initial))];
        node("HandlerState", self.span, fields)
    }
}

impl View for HandlerClause {
    fn node(&self) -> Node<'_> {
        let update = self
            .update
            .as_ref()
            .map_or(Value::Null, |update| Value::List(vec![Value::Node(&update.ty), Value::Node(&update.value)]));
        let fields = [
            ("op_name", text(self.name.as_str())),
            ("params", list(&self.params)),
            ("body", Value::Node(&self.body)),
            ("state_update", update),
        ];
        node("HandlerClause", self.span, fields)
    }
}
