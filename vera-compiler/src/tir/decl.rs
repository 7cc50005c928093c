//! Declarations.

use super::{Ability, Expr, FnId, LocalId, ModuleId, Scopes};
use crate::builtins::Implementation;
use crate::source::Span;
use crate::types::{DataId, EffectId, Row, Ty};

/// A module.
#[derive(Debug)]
pub struct Module {
    /// Dotted path; empty for a program without `module` declaration and for the prelude.
    pub path: String,
    /// Whether it is part of the prelude.
    pub prelude: bool,
    /// Doc comment of the module declaration.
    pub docs: Option<String>,
    /// Its functions in source order (without `where` helpers).
    pub functions: Vec<FnId>,
    /// Its data types in source order.
    pub data: Vec<DataId>,
    /// Its effects in source order.
    pub effects: Vec<EffectId>,
}

/// A type parameter with the built-in abilities it is constrained by.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeParam {
    /// As written.
    pub name: String,
    /// `where Eq<T>, ...`
    pub abilities: Vec<Ability>,
}

/// A binding.
#[derive(Clone, Debug)]
pub struct Local {
    /// The type as bound (alias heads and refinements kept).
    pub ty: Ty,
    /// Where it is bound.
    pub span: Span,
}

/// A function.
#[derive(Debug)]
pub struct FnDecl {
    /// Its name.
    pub name: String,
    /// The module it is in.
    pub module: ModuleId,
    /// Whether other modules, and for the root module the host, can call it.
    pub public: bool,
    /// For a `where` helper: the function it belongs to. Its type parameters start with that function's.
    pub parent: Option<FnId>,
    /// Type parameters.
    pub type_params: Vec<TypeParam>,
    /// Parameters, leftmost first: the locals that hold them.
    pub params: Vec<LocalId>,
    /// The annotation comment on each parameter (`@Int /* width */`), where there is one.
    pub labels: Vec<Option<String>>,
    /// Result type.
    pub result: Ty,
    /// Effects.
    pub row: Row,
    /// `requires` clauses, in order. A clause that is literally `true` is kept (documentation shows it).
    pub requires: Vec<Contract>,
    /// `ensures` clauses; they may use [`FnDecl::result_local`].
    pub ensures: Vec<Contract>,
    /// The measure of the `decreases` clause, lexicographic; empty without one.
    pub decreases: Vec<Contract>,
    /// The local that `@T.result` in `ensures` refers to.
    pub result_local: LocalId,
    /// Every binding, indexed by [`LocalId`].
    pub locals: Vec<Local>,
    /// Which of them slot references can mean, and where.
    pub scopes: Scopes,
    /// What a call does.
    pub body: Body,
    /// The doc comment above it.
    pub docs: Option<String>,
    /// The signature in parentheses as written, such as `@Int, @Int -> @Int`.
    pub signature: String,
    /// The effect row as written, such as `pure` or `<IO>`.
    pub row_text: String,
    /// The name where it is declared.
    pub name_span: Span,
    /// The whole declaration.
    pub span: Span,
}

/// What a call of a function does.
#[derive(Debug)]
pub enum Body {
    /// Evaluates an expression (coerced to the result type already).
    Expr(Expr),
    /// A built-in that is not written in Vera.
    Builtin(Implementation),
}

/// A clause of a contract.
#[derive(Debug)]
pub struct Contract {
    /// The predicate, of type `Bool`; for `decreases` one component of the measure.
    pub expr: Expr,
    /// The predicate as written.
    pub text: String,
    /// The whole clause.
    pub span: Span,
}

/// A data type.
#[derive(Debug)]
pub struct DataDecl {
    /// Its name.
    pub name: String,
    /// The module it is in.
    pub module: ModuleId,
    /// Whether other modules (and the host) see its constructors.
    pub public: bool,
    /// Names of the type parameters.
    pub type_params: Vec<String>,
    /// Constructors; the tag is the position.
    pub constructors: Vec<Constructor>,
    /// `invariant(...)`: a predicate over one value of the type.
    pub invariant: Option<Predicate>,
    /// The doc comment above it.
    pub docs: Option<String>,
    /// The whole declaration.
    pub span: Span,
}

/// A constructor.
#[derive(Debug)]
pub struct Constructor {
    /// Its name.
    pub name: String,
    /// Field types, over the type parameters of the data type.
    pub fields: Vec<Ty>,
    /// The doc comment above it.
    pub docs: Option<String>,
    /// Where it is declared.
    pub span: Span,
}

/// A type alias.
#[derive(Debug)]
pub struct Alias {
    /// Its name.
    pub name: String,
    /// The module it is in.
    pub module: ModuleId,
    /// Names of the type parameters.
    pub type_params: Vec<String>,
    /// What it stands for, over its type parameters.
    pub target: Ty,
    /// The doc comment above it.
    pub docs: Option<String>,
    /// The whole declaration.
    pub span: Span,
}

/// An effect.
#[derive(Debug)]
pub struct EffectDecl {
    /// Its name.
    pub name: String,
    /// The module that declares it; `None` for an effect of the language.
    pub module: Option<ModuleId>,
    /// Names of the type parameters.
    pub type_params: Vec<String>,
    /// Its operations, in order.
    pub operations: Vec<Operation>,
    /// The doc comment above it.
    pub docs: Option<String>,
    /// The whole declaration; `None` for an effect of the language.
    pub span: Option<Span>,
}

/// An operation of an effect.
#[derive(Debug)]
pub struct Operation {
    /// Its name.
    pub name: String,
    /// Parameter types, over the effect's type parameters.
    pub params: Vec<Ty>,
    /// Result type.
    pub result: Ty,
    /// The doc comment above it.
    pub docs: Option<String>,
    /// The name where it is declared; `None` for an effect of the language.
    pub name_span: Option<Span>,
}

/// A predicate over one value: of a refinement type or a data invariant. It is closed: its only slot is that value.
#[derive(Debug)]
pub struct Predicate {
    /// The local that holds the value.
    pub binder: LocalId,
    /// Every binding of the predicate, the binder included.
    pub locals: Vec<Local>,
    /// The predicate, of type `Bool`; over the type parameters of the declaration it is written in.
    pub expr: Expr,
    /// The predicate as written.
    pub text: String,
    /// Where it is written.
    pub span: Span,
}
