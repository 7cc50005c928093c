//! Precedence and associativity of infix operators.
//!
//! Only this module knows them: the parser uses them, and the formatter derives parentheses from them. Prefix operators
//! have a higher precedence than all of these, and indexing the highest.

use super::ast::BinaryOp;

/// An infix operator.
#[derive(Clone, Copy)]
pub(crate) enum Infix {
    Pipe,
    Binary(BinaryOp),
}

/// How an operator binds.
#[derive(Clone, Copy)]
pub(crate) struct Binding {
    /// From 1; more is tighter.
    pub(crate) power: u8,
    pub(crate) assoc: Assoc,
}

/// Which side a chain of operators of one power groups to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Assoc {
    Left,
    Right,
    /// There are no chains.
    None,
}

/// The floor that no infix operator is above.
pub(crate) const ABOVE_INFIX: u8 = 8;

impl Infix {
    /// The operator as written.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Infix::Pipe => "|>",
            Infix::Binary(op) => op.as_str(),
        }
    }

    pub(crate) fn binding(self) -> Binding {
        let (power, assoc) = match self {
            Infix::Pipe => (1, Assoc::Left),
            Infix::Binary(op) => match op {
                BinaryOp::Implies => (2, Assoc::Right),
                BinaryOp::Or => (3, Assoc::Left),
                BinaryOp::And => (4, Assoc::Left),
                BinaryOp::Eq | BinaryOp::Ne => (5, Assoc::None),
                BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge => (6, Assoc::None),
                BinaryOp::Add | BinaryOp::Sub => (7, Assoc::Left),
                BinaryOp::Mul | BinaryOp::Div | BinaryOp::Rem => (ABOVE_INFIX, Assoc::Left),
            },
        };
        Binding { power, assoc }
    }
}

impl Binding {
    /// An operator in the left operand needs parentheses unless it binds more tightly than this.
    pub(crate) fn left_floor(self) -> u8 {
        if self.assoc == Assoc::Left { self.power - 1 } else { self.power }
    }

    /// An operator in the right operand needs parentheses unless it binds more tightly than this.
    pub(crate) fn right_floor(self) -> u8 {
        if self.assoc == Assoc::Right { self.power - 1 } else { self.power }
    }
}
