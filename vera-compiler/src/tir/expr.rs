//! Expressions and statements.

use super::{FnId, LocalId, Pattern};
use crate::source::Span;
use crate::types::{DataId, EffectUse, PredicateId, Row, Ty};

/// An expression with its type.
#[derive(Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its type.
    pub ty: Ty,
    /// Where it is written.
    pub span: Span,
}

/// What an expression is.
#[derive(Debug)]
pub enum ExprKind {
    /// `()`
    Unit,
    /// `true`, `false`
    Bool(bool),
    /// An integer literal of type `Int` or `Nat`, the sign of a negated literal included.
    Int(i64),
    /// An integer literal where a `Byte` is expected.
    Byte(u8),
    /// A float literal.
    Float(f64),
    /// A string literal.
    String(String),
    /// An interpolated string.
    Interpolated(Vec<StringPart>),
    /// `@T.n` or `@T.result`: the binding it refers to.
    Local(LocalId),
    /// A call of a function or built-in.
    Call {
        /// The callee.
        function: FnId,
        /// Its type arguments, one per type parameter.
        type_args: Vec<Ty>,
        /// Arguments, coerced.
        args: Vec<Expr>,
    },
    /// An operation of a built-in ability (`eq`, `compare`, `hash`, `show`), for a type that has it.
    Ability {
        /// The ability.
        ability: Ability,
        /// The type it is used at.
        at: Ty,
        /// Arguments.
        args: Vec<Expr>,
    },
    /// A constructor of a data type.
    Construct {
        /// The data type.
        data: DataId,
        /// The constructor's tag.
        tag: u32,
        /// Type arguments of the data type.
        type_args: Vec<Ty>,
        /// Fields, coerced.
        args: Vec<Expr>,
    },
    /// `Tuple(a, b)`
    Tuple(Vec<Expr>),
    /// `[a, b]`
    Array(Vec<Expr>),
    /// `a[i]`
    Index(Box<Expr>, Box<Expr>),
    /// `+ - * / %`
    Arithmetic(ArithmeticOp, NumberKind, Box<Expr>, Box<Expr>),
    /// Unary minus.
    Negate(NumberKind, Box<Expr>),
    /// `< <= > >=` on `Int`, `Nat`, `Byte`, `Float64`, `String`; both operands have the type `at` (a structural one).
    Compare(CompareOp, Ty, Box<Expr>, Box<Expr>),
    /// `==` (or `!=`) at a structural type.
    Equal {
        /// Whether it is `!=`.
        negated: bool,
        /// The type of both operands.
        at: Ty,
        /// Left operand.
        left: Box<Expr>,
        /// Right operand.
        right: Box<Expr>,
    },
    /// `&& || ==>`, short-circuiting.
    Logic(LogicOp, Box<Expr>, Box<Expr>),
    /// `!`
    Not(Box<Expr>),
    /// `if`
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `match`; exhaustive.
    Match(Box<Expr>, Vec<MatchArm>),
    /// `{ ... }`
    Block(Vec<Stmt>, Box<Expr>),
    /// An anonymous function.
    Closure(Box<Closure>),
    /// `apply_fn(f, ...)`
    Apply(Box<Expr>, Vec<Expr>),
    /// An operation of an effect that is in the row (or of an enclosing handler).
    Perform {
        /// The effect with its type arguments.
        effect: EffectUse,
        /// Position of the operation in the effect.
        operation: u32,
        /// Arguments, coerced.
        args: Vec<Expr>,
    },
    /// A value of one type used as another; its kind says what is checked.
    Coerce(Coercion, CoercionSite, Box<Expr>),
    /// `assert(p)`
    Assert(Box<Expr>),
    /// `assume(p)`: not evaluated at run time.
    Assume(Box<Expr>),
    /// `forall(...)`, `exists(...)`.
    Quantifier(Box<Quantifier>),
    /// `handle[E] ... in { ... }`
    Handle(Box<Handle>),
    /// `resume(v)` in a handler clause, with the new state if it is updated.
    Resume(Option<Box<Expr>>, Option<Box<Expr>>),
    /// `old(State<T>)` in `ensures`.
    Old(EffectUse),
    /// `new(State<T>)` in `ensures`.
    New(EffectUse),
    /// `?`: accepted by check, refused by compile.
    Hole,
    /// Something wrong; never in a [`super::Checked`] program.
    Invalid,
}

/// A part of an interpolated string.
#[derive(Debug)]
pub enum StringPart {
    /// Text, escapes resolved.
    Text(String),
    /// An expression of type `String`, `Int`, `Nat`, `Bool`, `Byte` or `Float64`.
    Expr(Expr),
}

/// An ability of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ability {
    /// `eq(a, b)`
    Eq,
    /// `compare(a, b)`
    Ord,
    /// `hash(a)`
    Hash,
    /// `show(a)`
    Show,
}

/// An arithmetic operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ArithmeticOp {
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
}

/// On what an arithmetic operator works: the type of its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NumberKind {
    /// `Int`
    Int,
    /// `Nat` (subtraction is checked)
    Nat,
    /// `Float64`
    Float,
}

/// An ordering operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CompareOp {
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

/// A logical operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LogicOp {
    /// `&&`
    And,
    /// `||`
    Or,
    /// `==>`
    Implies,
}

/// What an implicit conversion checks at run time.
#[derive(Clone, Debug, PartialEq)]
pub enum Coercion {
    /// `Nat` used as `Int`, a refined value as its base, `Never` as anything: nothing to check.
    Widen,
    /// `Int` used as `Nat`: not negative.
    ToNat,
    /// `Int` or `Nat` used as `Byte`: in range.
    ToByte,
    /// A value used as a refined type: the predicate, with the type arguments it is instantiated with.
    Refine(PredicateId, Vec<Ty>),
    /// A container used as one whose parts are narrower: every natural and refined part of it.
    Parts,
}

/// Where a conversion happens, for messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CoercionSite {
    /// A parameter: checked by the callee on entry, so hosts cannot get around it.
    Parameter,
    /// The result of a function.
    Return,
    /// `let`.
    Let,
    /// An argument of a closure call, effect operation or built-in.
    Argument,
    /// A constructor field.
    Field,
    /// A tuple component.
    Component,
    /// An array element.
    Element,
    /// A pattern binding.
    Binding,
    /// Anywhere else.
    Other,
}

/// An arm of a `match`.
#[derive(Debug)]
pub struct MatchArm {
    /// What it matches.
    pub pattern: Pattern,
    /// Its value, coerced to the type of the match.
    pub body: Expr,
}

/// A statement of a block.
#[derive(Debug)]
pub enum Stmt {
    /// `let @T = e;`, value coerced.
    Let(LocalId, Expr),
    /// `let C<@A, @B> = e;`: a pattern that always matches.
    Destructure(Pattern, Expr),
    /// `e;`
    Expr(Expr),
}

/// An anonymous function.
#[derive(Debug)]
pub struct Closure {
    /// Its parameters, leftmost first: locals of the enclosing function declaration.
    pub params: Vec<LocalId>,
    /// Bindings of enclosing scopes that it uses, in order of first use.
    pub captures: Vec<LocalId>,
    /// Its effects.
    pub row: Row,
    /// Its body, coerced to the result type.
    pub body: Expr,
}

/// `forall(@Nat, bound, fn(@Nat -> @Bool) ...)`: over the naturals below the bound.
#[derive(Debug)]
pub struct Quantifier {
    /// Whether it is `exists`.
    pub exists: bool,
    /// Upper bound, exclusive.
    pub bound: Expr,
    /// A function from a natural to `Bool`.
    pub predicate: Expr,
}

/// An effect handler.
#[derive(Debug)]
pub struct Handle {
    /// The handled effect.
    pub effect: EffectUse,
    /// The state's local and initial value.
    pub state: Option<(LocalId, Expr)>,
    /// A clause per handled operation.
    pub clauses: Vec<HandlerClause>,
    /// The handled computation.
    pub body: Expr,
}

/// A clause of a handler.
#[derive(Debug)]
pub struct HandlerClause {
    /// Position of the operation in the effect.
    pub operation: u32,
    /// The operation's arguments.
    pub params: Vec<LocalId>,
    /// The local that holds the state in this clause.
    pub state: Option<LocalId>,
    /// What happens.
    pub body: Expr,
    /// `with @T = e`: the state afterwards.
    pub update: Option<Expr>,
}
