//! The syntax tree: a program as written, with the place of every node.
//!
//! Plain owned data. Every node is complete when the parser returns it; later stages build their own trees and never
//! change this one. An `Invalid` node replaces text that could not be parsed. A diagnostic has been reported for it, so
//! later stages report nothing about it. The parser bounds the nesting ([`super::MAX_DEPTH`]), so recursion over the
//! tree, and dropping it, are safe.
//!
//! Parentheses leave no node; a parenthesised expression's span covers them.

mod decl;
mod expr;
mod pattern;
mod types;

use std::fmt;
use std::sync::Arc;

pub use decl::{
    AbilityConstraint, AbilityDecl, Constructor, Contract, ContractKind, DataDecl, Decl, EffectDecl, FnDecl, Forall,
    ImportDecl, ModuleDecl, OpDecl, Param, TypeAliasDecl, Visibility,
};
pub use expr::{
    AnonymousFn, BinaryOp, Block, Expr, ExprKind, Handle, HandlerClause, HandlerState, MatchArm, Quantifier,
    QuantifierKind, StateUpdate, Stmt, StmtKind, StringPart, UnaryOp,
};
pub use pattern::{Pattern, PatternKind};
pub use types::{EffectRef, EffectRow, EffectRowKind, FnType, TypeExpr, TypeKind};

use crate::source::Span;

/// One source file.
#[derive(Clone, Debug, PartialEq)]
pub struct Program {
    /// `module a.b;`
    pub module: Option<ModuleDecl>,
    /// The imports, in source order.
    pub imports: Vec<ImportDecl>,
    /// The declarations, in source order.
    pub decls: Vec<Decl>,
    /// What is declared by declarations that could not be read in whole.
    pub lost: Lost,
    /// Every comment, in source order.
    pub comments: Vec<Comment>,
    /// The whole file.
    pub span: Span,
}

/// What may be declared where the text could not be read: that it is not there is no mistake of its own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lost {
    /// Names, some of which may be other words of those declarations.
    pub names: Vec<Arc<str>>,
    /// Whether there may be a function without its name.
    pub function: bool,
    /// Whether there may be an import.
    pub imports: bool,
}

/// An identifier and its place.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Name {
    /// The identifier. Equal names of one file share their text.
    pub text: Arc<str>,
    /// Where it stands.
    pub span: Span,
}

impl Name {
    /// The identifier.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}@{}..{}", self.text, self.span.start, self.span.end)
    }
}

/// A dotted module path, `a.b.c`; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModulePath {
    /// The parts, outermost first.
    pub parts: Vec<Name>,
    /// From the first part to the last.
    pub span: Span,
}

impl fmt::Display for ModulePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, part) in self.parts.iter().enumerate() {
            if index > 0 {
                f.write_str(".")?;
            }
            f.write_str(part.as_str())?;
        }
        Ok(())
    }
}

/// A comment. Its text is what the span covers, delimiters included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Which of the three forms.
    pub kind: CommentKind,
    /// The whole comment with its delimiters, without the line ending.
    pub span: Span,
}

/// The forms of comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommentKind {
    /// `-- to the end of the line`
    Line,
    /// `{- nesting -}`
    Block,
    /// `/* an aside */`
    Annotation,
    /// `/* a label */` behind a type of a signature: the tree has its text as [`Param::label`].
    Label,
}
