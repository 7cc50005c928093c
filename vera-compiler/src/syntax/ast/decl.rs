//! Top-level declarations and their parts.

use super::{Block, EffectRow, Expr, ModulePath, Name, TypeExpr};
use crate::source::Span;

/// `module a.b.c;`
#[derive(Clone, Debug, PartialEq)]
pub struct ModuleDecl {
    /// The path.
    pub path: ModulePath,
    /// Comment text directly above.
    pub docs: Option<String>,
    /// The whole declaration.
    pub span: Span,
}

/// `import a.b;` or `import a.b(f, T);`
#[derive(Clone, Debug, PartialEq)]
pub struct ImportDecl {
    /// The imported module.
    pub path: ModulePath,
    /// The names imported; everything public when absent.
    pub names: Option<Vec<Name>>,
    /// The whole declaration.
    pub span: Span,
}

/// A top-level declaration.
#[expect(clippy::large_enum_variant, reason = "most declarations are functions")]
#[derive(Clone, Debug, PartialEq)]
pub enum Decl {
    /// A function.
    Fn(FnDecl),
    /// A data type.
    Data(DataDecl),
    /// A type alias.
    TypeAlias(TypeAliasDecl),
    /// An effect.
    Effect(EffectDecl),
    /// An ability.
    Ability(AbilityDecl),
}

impl Decl {
    /// The declared name.
    pub fn name(&self) -> &Name {
        match self {
            Decl::Fn(decl) => &decl.name,
            Decl::Data(decl) => &decl.name,
            Decl::TypeAlias(decl) => &decl.name,
            Decl::Effect(decl) => &decl.name,
            Decl::Ability(decl) => &decl.name,
        }
    }

    /// The whole declaration, visibility included.
    pub fn span(&self) -> Span {
        match self {
            Decl::Fn(decl) => decl.span,
            Decl::Data(decl) => decl.span,
            Decl::TypeAlias(decl) => decl.span,
            Decl::Effect(decl) => decl.span,
            Decl::Ability(decl) => decl.span,
        }
    }

    /// Comment text directly above.
    pub fn docs(&self) -> Option<&str> {
        match self {
            Decl::Fn(decl) => decl.docs.as_deref(),
            Decl::Data(decl) => decl.docs.as_deref(),
            Decl::TypeAlias(decl) => decl.docs.as_deref(),
            Decl::Effect(decl) => decl.docs.as_deref(),
            Decl::Ability(decl) => decl.docs.as_deref(),
        }
    }
}

/// Who may use a declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// Importing modules may.
    Public,
    /// Only its own module.
    Private,
}

/// A function declaration, at top level or in a `where` block.
#[derive(Clone, Debug, PartialEq)]
pub struct FnDecl {
    /// `public` or `private`; absent in `where` blocks. The grammar lets it be absent at top level, the
    /// checker does not.
    pub visibility: Option<Visibility>,
    /// `forall<T where Eq<T>>`
    pub forall: Option<Forall>,
    /// The name.
    pub name: Name,
    /// The parameters, leftmost first; the rightmost is slot 0 of its type.
    pub params: Vec<Param>,
    /// The result.
    pub result: Param,
    /// The clauses in source order; empty only after a reported error.
    pub contracts: Vec<Contract>,
    /// The effect row.
    pub effects: EffectRow,
    /// The body.
    pub body: Block,
    /// The functions of the `where` block.
    pub where_fns: Vec<FnDecl>,
    /// Comment text directly above.
    pub docs: Option<String>,
    /// From visibility to the end of the body or `where` block.
    pub span: Span,
    /// The same without the visibility.
    pub bare_span: Span,
    /// From visibility to the `)` of the signature.
    pub signature_span: Span,
    /// The `where` block.
    pub where_span: Option<Span>,
}

/// `forall<A, B where Eq<A>, Ord<B>>`
#[derive(Clone, Debug, PartialEq)]
pub struct Forall {
    /// The type variables.
    pub params: Vec<Name>,
    /// What they must support.
    pub constraints: Vec<AbilityConstraint>,
    /// The whole clause.
    pub span: Span,
}

/// `Eq<T>` in a `forall`.
#[derive(Clone, Debug, PartialEq)]
pub struct AbilityConstraint {
    /// The ability.
    pub ability: Name,
    /// The type variable.
    pub param: Name,
    /// The whole constraint.
    pub span: Span,
}

/// `@Type /* label */` of a signature.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// The type.
    pub ty: TypeExpr,
    /// The text of the annotation comment behind the type, without delimiters and on one line.
    pub label: Option<String>,
    /// `@Type`, without the label.
    pub span: Span,
}

/// A contract clause.
#[derive(Clone, Debug, PartialEq)]
pub struct Contract {
    /// Which, and its expressions.
    pub kind: ContractKind,
    /// The whole clause.
    pub span: Span,
}

/// The kinds of contract clause.
#[derive(Clone, Debug, PartialEq)]
pub enum ContractKind {
    /// `requires(predicate)`
    Requires(Expr),
    /// `ensures(predicate)`
    Ensures(Expr),
    /// `decreases(a, b)`: measures compared lexicographically; at least one.
    Decreases(Vec<Expr>),
}

/// `data Name<T> invariant(p) { A, B(T) }`
#[derive(Clone, Debug, PartialEq)]
pub struct DataDecl {
    /// `public` or `private`.
    pub visibility: Option<Visibility>,
    /// The name.
    pub name: Name,
    /// The type parameters.
    pub type_params: Vec<Name>,
    /// What every value satisfies.
    pub invariant: Option<Expr>,
    /// The constructors, in tag order; empty only after a reported error.
    pub constructors: Vec<Constructor>,
    /// Comment text directly above.
    pub docs: Option<String>,
    /// The whole declaration.
    pub span: Span,
    /// The same without the visibility.
    pub bare_span: Span,
}

/// A constructor of a data type.
#[derive(Clone, Debug, PartialEq)]
pub struct Constructor {
    /// The name.
    pub name: Name,
    /// The field types.
    pub fields: Vec<TypeExpr>,
    /// Comment text directly above.
    pub docs: Option<String>,
    /// The whole constructor.
    pub span: Span,
}

/// `type Name<T> = Type;`
#[derive(Clone, Debug, PartialEq)]
pub struct TypeAliasDecl {
    /// The name.
    pub name: Name,
    /// The type parameters.
    pub type_params: Vec<Name>,
    /// What it stands for.
    pub ty: TypeExpr,
    /// Comment text directly above.
    pub docs: Option<String>,
    /// The whole declaration.
    pub span: Span,
}

/// `effect Name<T> { op f(A -> B); }`
#[derive(Clone, Debug, PartialEq)]
pub struct EffectDecl {
    /// The name.
    pub name: Name,
    /// The type parameters.
    pub type_params: Vec<Name>,
    /// The operations; empty only after a reported error.
    pub ops: Vec<OpDecl>,
    /// Comment text directly above.
    pub docs: Option<String>,
    /// The whole declaration.
    pub span: Span,
}

/// `ability Name<T> { op f(T -> B); }`
#[derive(Clone, Debug, PartialEq)]
pub struct AbilityDecl {
    /// The name.
    pub name: Name,
    /// The type parameters.
    pub type_params: Vec<Name>,
    /// The operations; empty only after a reported error.
    pub ops: Vec<OpDecl>,
    /// Comment text directly above.
    pub docs: Option<String>,
    /// The whole declaration.
    pub span: Span,
}

/// `op name(A, B -> C);`
#[derive(Clone, Debug, PartialEq)]
pub struct OpDecl {
    /// The name.
    pub name: Name,
    /// The parameter types.
    pub params: Vec<TypeExpr>,
    /// The result type.
    pub result: TypeExpr,
    /// Comment text directly above.
    pub docs: Option<String>,
    /// The whole declaration.
    pub span: Span,
}
