//! Programs and declarations.

use super::{Node, Value, View, list, names, node, optional, optional_text, some_list, some_names, text};
use crate::source::Span;
use crate::syntax::ast::{
    AbilityConstraint, AbilityDecl, Comment, CommentKind, Constructor, Contract, ContractKind, DataDecl, Decl,
    EffectDecl, FnDecl, ImportDecl, ModuleDecl, Name, OpDecl, Param, Program, TypeAliasDecl, Visibility,
};

impl View for Program {
    fn node(&self) -> Node<'_> {
        let fields = [
            ("module", optional(self.module.as_ref())),
            ("imports", list(&self.imports)),
            ("declarations", list(&self.decls)),
            ("comments", list(&self.comments)),
        ];
        // From the first to the last of what is declared.
        let parts = self.module.iter().map(|module| module.span);
        let parts = parts.chain(self.imports.iter().map(|import| import.span)).chain(self.decls.iter().map(Decl::span));
        node("Program", parts.reduce(Span::to).unwrap_or(self.span), fields)
    }
}

impl View for ModuleDecl {
    fn node(&self) -> Node<'_> {
        let fields = [("path", names(&self.path.parts)), documented(self.docs.as_deref())];
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
            named(&self.name),
            ("forall_vars", forall.map_or(Value::Null, |forall| names(&forall.params))),
            ("forall_constraints", forall.map_or(Value::Null, |forall| some_list(&forall.constraints))),
            ("params", Value::List(types)),
            ("return_type", Value::Node(&self.result.ty)),
            ("contracts", list(&self.contracts)),
            ("effect", Value::Node(&self.effects)),
            ("body", Value::Node(&self.body)),
            ("where_fns", some_list(&self.where_fns)),
            ("where_span", self.where_span.map_or(Value::Null, Value::Span)),
            ("param_annotations", Value::List(labels)),
            ("return_annotation", label(&self.result)),
            documented(self.docs.as_deref()),
        ];
        node("FnDecl", self.bare_span, fields)
    }
}

type Field<'a> = (&'static str, Value<'a>);

fn named(name: &Name) -> Field<'_> {
    ("name", text(name.as_str()))
}

fn generic(type_params: &[Name]) -> Field<'_> {
    ("type_params", some_names(type_params))
}

fn offered(operations: &[OpDecl]) -> Field<'_> {
    ("operations", list(operations))
}

fn documented(docs: Option<&str>) -> Field<'_> {
    ("docs", optional_text(docs))
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
            named(&self.name),
            generic(&self.type_params),
            ("invariant", optional(self.invariant.as_ref())),
            ("constructors", list(&self.constructors)),
            documented(self.docs.as_deref()),
        ];
        node("DataDecl", self.bare_span, fields)
    }
}

impl View for Constructor {
    fn node(&self) -> Node<'_> {
        let fields = [named(&self.name), ("fields", some_list(&self.fields)), documented(self.docs.as_deref())];
        node("Constructor", self.span, fields)
    }
}

impl View for TypeAliasDecl {
    fn node(&self) -> Node<'_> {
        let fields = [
            named(&self.name),
            generic(&self.type_params),
            ("type_expr", Value::Node(&self.ty)),
            documented(self.docs.as_deref()),
        ];
        node("TypeAliasDecl", self.span, fields)
    }
}

impl View for EffectDecl {
    fn node(&self) -> Node<'_> {
        let EffectDecl { name, type_params, ops, docs, span } = self;
        node("EffectDecl", *span, [named(name), generic(type_params), offered(ops), documented(docs.as_deref())])
    }
}

impl View for AbilityDecl {
    fn node(&self) -> Node<'_> {
        let AbilityDecl { name, type_params, ops, docs, span } = self;
        node("AbilityDecl", *span, [named(name), generic(type_params), offered(ops), documented(docs.as_deref())])
    }
}

impl View for OpDecl {
    fn node(&self) -> Node<'_> {
        let fields = [
            named(&self.name),
            ("param_types", list(&self.params)),
            ("return_type", Value::Node(&self.result)),
            documented(self.docs.as_deref()),
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
