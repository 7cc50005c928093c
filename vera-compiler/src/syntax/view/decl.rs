//! Programs and declarations.

use super::{Node, Value, View, list, names, node, optional, optional_text, some_list, some_names, text};
use crate::syntax::ast::{
    AbilityConstraint, AbilityDecl, Comment, CommentKind, Constructor, Contract, ContractKind, DataDecl, Decl,
    EffectDecl, FnDecl, ImportDecl, ModuleDecl, OpDecl, Param, Program, TypeAliasDecl, Visibility,
};

impl View for Program {
    fn node(&self) -> Node<'_> {
        let fields = [
            ("module", optional(self.module.as_ref())),
            ("imports", list(&self.imports)),
            ("declarations", list(&self.decls)),
            ("comments", list(&self.comments)),
        ];
        node("Program", self.span, fields)
    }
}

impl View for ModuleDecl {
    fn node(&self) -> Node<'_> {
        let fields = [("path", names(&self.path.parts)), ("docs", optional_text(self.docs.as_deref()))];
        node("ModuleDecl", self.span, fields)
    }
}

impl View for ImportDecl {
    fn node(&self) -> Node<'_> {
        let imported = self.names.as_deref().map_or(Value::Null, names);
        node("ImportDecl", self.span, [("path", names(&self.path.parts)), ("names", imported)])
    }
}

/// The declaration with its visibility, around the declaration itself.
impl View for Decl {
    fn node(&self) -> Node<'_> {
        let (visibility, decl): (_, &dyn View) = match self {
            Decl::Fn(decl) => (decl.visibility, decl),
            Decl::Data(decl) => (decl.visibility, decl),
            Decl::TypeAlias(decl) => (None, decl),
            Decl::Effect(decl) => (None, decl),
            Decl::Ability(decl) => (None, decl),
        };
        let visibility = match visibility {
            Some(Visibility::Public) => text("public"),
            Some(Visibility::Private) => text("private"),
            None => Value::Null,
        };
        node("TopLevelDecl", self.span(), [("visibility", visibility), ("decl", Value::Node(decl))])
    }
}

impl View for FnDecl {
    fn node(&self) -> Node<'_> {
        let forall = self.forall.as_ref();
        let types = self.params.iter().map(|param| Value::Node(&param.ty)).collect();
        let labels = self.params.iter().map(label).collect();
        let fields = [
            ("name", text(self.name.as_str())),
            ("forall_vars", forall.map_or(Value::Null, |forall| names(&forall.params))),
            ("forall_constraints", forall.map_or(Value::Null, |forall| some_list(&forall.constraints))),
            ("params", Value::List(types)),
            ("return_type", Value::Node(&self.result.ty)),
            ("contracts", list(&self.contracts)),
            ("effect", Value::Node(&self.effects)),
            ("body", Value::Node(&self.body)),
            ("where_fns", some_list(&self.where_fns)),
            ("param_annotations", Value::List(labels)),
            ("return_annotation", label(&self.result)),
            ("docs", optional_text(self.docs.as_deref())),
        ];
        node("FnDecl", self.span, fields)
    }
}

fn label(param: &Param) -> Value<'_> {
    optional_text(param.label.as_deref())
}

impl View for AbilityConstraint {
    fn node(&self) -> Node<'_> {
        let fields = [("ability_name", text(self.ability.as_str())), ("type_var", text(self.param.as_str()))];
        node("AbilityConstraint", self.span, fields)
    }
}

impl View for Contract {
    fn node(&self) -> Node<'_> {
        match &self.kind {
            ContractKind::Requires(predicate) => node("Requires", self.span, [("expr", Value::Node(predicate))]),
            ContractKind::Ensures(predicate) => node("Ensures", self.span, [("expr", Value::Node(predicate))]),
            ContractKind::Decreases(measures) => node("Decreases", self.span, [("exprs", list(measures))]),
        }
    }
}

impl View for DataDecl {
    fn node(&self) -> Node<'_> {
        let fields = [
            ("name", text(self.name.as_str())),
            ("type_params", some_names(&self.type_params)),
            ("invariant", optional(self.invariant.as_ref())),
            ("constructors", list(&self.constructors)),
            ("docs", optional_text(self.docs.as_deref())),
        ];
        node("DataDecl", self.span, fields)
    }
}

impl View for Constructor {
    fn node(&self) -> Node<'_> {
        let fields = [
            ("name", text(self.name.as_str())),
            ("fields", some_list(&self.fields)),
            ("docs", optional_text(self.docs.as_deref())),
        ];
        node("Constructor", self.span, fields)
    }
}

impl View for TypeAliasDecl {
    fn node(&self) -> Node<'_> {
        let fields = [
            ("name", text(self.name.as_str())),
            ("type_params", some_names(&self.type_params)),
            ("type_expr", Value::Node(&self.ty)),
            ("docs", optional_text(self.docs.as_deref())),
        ];
        node("TypeAliasDecl", self.span, fields)
    }
}

impl View for EffectDecl {
    fn node(&self) -> Node<'_> {
        let fields = [
            ("name", text(self.name.as_str())),
            ("type_params", some_names(&self.type_params)),
            ("operations", list(&self.ops)),
            ("docs", optional_text(self.docs.as_deref())),
        ];
        node("EffectDecl", self.span, fields)
    }
}

impl View for AbilityDecl {
    fn node(&self) -> Node<'_> {
        let fields = [
            ("name", text(self.name.as_str())),
            ("type_params", some_names(&self.type_params)),
            ("operations", list(&self.ops)),
            ("docs", optional_text(self.docs.as_deref())),
        ];
        node("AbilityDecl", self.span, fields)
    }
}

impl View for OpDecl {
    fn node(&self) -> Node<'_> {
        let fields = [
            ("name", text(self.name.as_str())),
            ("param_types", list(&self.params)),
            ("return_type", Value::Node(&self.result)),
            ("docs", optional_text(self.docs.as_deref())),
        ];
        node("OpDecl", self.span, fields)
    }
}

impl View for Comment {
    fn node(&self) -> Node<'_> {
        let style = match self.kind {
            CommentKind::Line => "line",
            CommentKind::Block => "block",
            CommentKind::Annotation | CommentKind::Label => "annotation",
        };
        node("Comment", self.span, [("style", text(style))])
    }
}
