//! Expressions, statements and their parts.

use super::{EffectRef, EffectRow, ModulePath, Name, Param, Pattern, TypeExpr};
use crate::source::Span;

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where, with parentheses around it.
    pub span: Span,
}

/// The forms of expression.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// `()`
    Unit,
    /// `true` or `false`.
    Bool(bool),
    /// A decimal integer; saturated at [`u64::MAX`], which is out of range of every type. The smallest
    /// `Int` is a negation of 9223372036854775808.
    Int(u64),
    /// `1.5`
    Float(f64),
    /// A string without interpolation, escapes resolved.
    String(String),
    /// `"a \(x) b"`: at least one part is an expression; texts are not empty and never adjacent.
    Interpolated(Vec<StringPart>),
    /// `?`
    Hole,
    /// `@Type.index`
    Slot {
        /// The slot's type.
        ty: Box<TypeExpr>,
        /// How many slots of that type are nearer; saturated at [`u32::MAX`].
        index: u32,
    },
    /// `@Type.result`
    Result(Box<TypeExpr>),
    /// `name(args)`: a function or a bare effect or ability operation.
    Call {
        /// The function.
        name: Name,
        /// The arguments.
        args: Vec<Expr>,
    },
    /// `module.path::name(args)`
    ModuleCall {
        /// The module.
        module: Box<ModulePath>,
        /// The function.
        name: Name,
        /// The arguments.
        args: Vec<Expr>,
    },
    /// `Effect.op(args)`
    QualifiedCall {
        /// The effect or ability.
        qualifier: Box<Name>,
        /// The operation.
        name: Name,
        /// The arguments.
        args: Vec<Expr>,
    },
    /// `resume(args)`; the checker asks for exactly one argument.
    Resume(Vec<Expr>),
    /// `Name(args)`, also with no argument between the parentheses.
    Constructor {
        /// The constructor.
        name: Name,
        /// The arguments.
        args: Vec<Expr>,
    },
    /// `Name` without parentheses.
    NullaryConstructor(Name),
    /// `[a, b]`
    Array(Vec<Expr>),
    /// `base[index]`
    Index {
        /// The array.
        base: Box<Expr>,
        /// The index.
        index: Box<Expr>,
    },
    /// `op operand`
    Unary {
        /// The operator.
        op: UnaryOp,
        /// Its operand.
        operand: Box<Expr>,
    },
    /// `left op right`
    Binary {
        /// The operator.
        op: BinaryOp,
        /// The place of the operator.
        op_span: Span,
        /// The left operand.
        left: Box<Expr>,
        /// The right operand.
        right: Box<Expr>,
    },
    /// `left |> call`: the call with `left` in front of its arguments. `call` is a `Call`, `ModuleCall`,
    /// `QualifiedCall`, `Constructor` or `Invalid`.
    Pipe {
        /// The first argument.
        left: Box<Expr>,
        /// The call it goes to.
        call: Box<Expr>,
    },
    /// `fn(@A -> @B) effects(row) { … }`
    AnonymousFn(Box<AnonymousFn>),
    /// `if condition then { … } else { … }`
    If {
        /// The condition.
        condition: Box<Expr>,
        /// Taken when true.
        then_block: Box<Block>,
        /// Taken when false.
        else_block: Box<Block>,
    },
    /// `match scrutinee { arms }`
    Match {
        /// The value looked at.
        scrutinee: Box<Expr>,
        /// The arms; empty only after a reported error.
        arms: Vec<MatchArm>,
    },
    /// `{ … }`
    Block(Box<Block>),
    /// `handle[Effect](@S = init) { clauses } in { … }`
    Handle(Box<Handle>),
    /// `old(Effect<T>)`
    Old(Box<EffectRef>),
    /// `new(Effect<T>)`
    New(Box<EffectRef>),
    /// `assert(condition)`
    Assert(Box<Expr>),
    /// `assume(condition)`
    Assume(Box<Expr>),
    /// `forall(@T, bound, predicate)` or `exists(…)`.
    Quantifier(Box<Quantifier>),
    /// Could not be read; reported.
    Invalid,
}

/// A part of an interpolated string.
#[derive(Clone, Debug, PartialEq)]
pub enum StringPart {
    /// Text, escapes resolved.
    Text(String),
    /// `\(expr)`
    Expr(Expr),
}

/// Prefix operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    /// `-`
    Neg,
    /// `!`
    Not,
}

impl UnaryOp {
    /// The operator as written.
    pub fn as_str(self) -> &'static str {
        match self {
            UnaryOp::Neg => "-",
            UnaryOp::Not => "!",
        }
    }
}

/// Infix operators, without the pipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `%`
    Rem,
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `&&`
    And,
    /// `||`
    Or,
    /// `==>`
    Implies,
}

impl BinaryOp {
    /// The operator as written.
    pub fn as_str(self) -> &'static str {
        match self {
            BinaryOp::Add => "+",
            BinaryOp::Sub => "-",
            BinaryOp::Mul => "*",
            BinaryOp::Div => "/",
            BinaryOp::Rem => "%",
            BinaryOp::Eq => "==",
            BinaryOp::Ne => "!=",
            BinaryOp::Lt => "<",
            BinaryOp::Le => "<=",
            BinaryOp::Gt => ">",
            BinaryOp::Ge => ">=",
            BinaryOp::And => "&&",
            BinaryOp::Or => "||",
            BinaryOp::Implies => "==>",
        }
    }
}

/// `fn(@A, @B -> @C) effects(row) { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct AnonymousFn {
    /// The parameters; the rightmost is slot 0 of its type.
    pub params: Vec<Param>,
    /// The result.
    pub result: Param,
    /// The effect row.
    pub effects: EffectRow,
    /// The body.
    pub body: Block,
}

/// `{ statements result }`
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// The statements.
    pub stmts: Vec<Stmt>,
    /// The value.
    pub result: Expr,
    /// With the braces.
    pub span: Span,
}

/// A statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Stmt {
    /// What it is.
    pub kind: StmtKind,
    /// With the semicolon.
    pub span: Span,
}

/// The forms of statement.
#[derive(Clone, Debug, PartialEq)]
pub enum StmtKind {
    /// `let @Type = value;`
    Let {
        /// The type of the pushed slot.
        ty: TypeExpr,
        /// The value; it does not see the slot.
        value: Expr,
    },
    /// `let Name<@A, @B> = value;`
    Destructure {
        /// The constructor, such as `Tuple`.
        constructor: Name,
        /// The field types, pushed left to right; at least one.
        types: Vec<TypeExpr>,
        /// The value.
        value: Expr,
    },
    /// `expr;`
    Expr(Expr),
    /// Could not be read; reported.
    Invalid,
}

/// `pattern -> body`
#[derive(Clone, Debug, PartialEq)]
pub struct MatchArm {
    /// The pattern.
    pub pattern: Pattern,
    /// The value when it matches.
    pub body: Expr,
    /// The whole arm.
    pub span: Span,
}

/// `handle[Effect](@S = init) { clauses } in { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Handle {
    /// The effect that is handled.
    pub effect: EffectRef,
    /// The state.
    pub state: Option<HandlerState>,
    /// The clauses; empty only after a reported error.
    pub clauses: Vec<HandlerClause>,
    /// The handled block.
    pub body: Block,
}

/// `(@Type = initial)`
#[derive(Clone, Debug, PartialEq)]
pub struct HandlerState {
    /// The type.
    pub ty: TypeExpr,
    /// The initial value.
    pub initial: Expr,
    /// With the parentheses.
    pub span: Span,
}

/// `op(@A, @B) -> body with @S = value`
#[derive(Clone, Debug, PartialEq)]
pub struct HandlerClause {
    /// The operation.
    pub name: Name,
    /// The types of the operation's arguments, as bound.
    pub params: Vec<TypeExpr>,
    /// What the operation does.
    pub body: Expr,
    /// The new state.
    pub update: Option<StateUpdate>,
    /// The whole clause.
    pub span: Span,
}

/// `with @Type = value`
#[derive(Clone, Debug, PartialEq)]
pub struct StateUpdate {
    /// The type of the state.
    pub ty: TypeExpr,
    /// Its new value.
    pub value: Expr,
    /// From `with` to the end of the value.
    pub span: Span,
}

/// `forall(@T, bound, predicate)` or `exists(@T, bound, predicate)`
#[derive(Clone, Debug, PartialEq)]
pub struct Quantifier {
    /// Which.
    pub kind: QuantifierKind,
    /// The type of the index.
    pub ty: TypeExpr,
    /// The first number that is not tried; the indices start at 0.
    pub bound: Expr,
    /// A function of the index to `Bool`, written in place.
    pub predicate: Expr,
}

/// The two quantifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum QuantifierKind {
    /// True of every index.
    Forall,
    /// True of at least one index.
    Exists,
}
