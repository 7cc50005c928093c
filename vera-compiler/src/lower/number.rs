//! Arithmetic and comparison.

use super::body::Body;
use super::checks::Operation;
use crate::core::{Atom, Extern, Op, Prim};
use crate::tir::{ArithmeticOp, CompareOp, Expr, NumberKind};
use crate::types::{Ty, TyKind};
use vera_abi::layout::Rep;
use vera_abi::names;

impl<'p> Body<'_, 'p> {
    /// `+ - * / %`
    pub(super) fn arithmetic(
        &mut self,
        expr: &'p Expr,
        op: ArithmeticOp,
        kind: NumberKind,
        left: &'p Expr,
        right: &'p Expr,
    ) -> Atom {
        let args = vec![self.expr(left), self.expr(right)];
        let mut site = |operation| self.site_of(operation, expr.span);
        let prim = match (kind, op) {
            (NumberKind::Float, ArithmeticOp::Add) => Prim::AddF64,
            (NumberKind::Float, ArithmeticOp::Sub) => Prim::SubF64,
            (NumberKind::Float, ArithmeticOp::Mul) => Prim::MulF64,
            (NumberKind::Float, ArithmeticOp::Div) => Prim::DivF64,
            (NumberKind::Float, ArithmeticOp::Rem) => return self.float_remainder(args),
            (_, ArithmeticOp::Add) => Prim::AddI64(site(Operation::Arithmetic)),
            (NumberKind::Int, ArithmeticOp::Sub) => Prim::SubI64(site(Operation::Arithmetic)),
            (NumberKind::Nat, ArithmeticOp::Sub) => Prim::SubNat(site(Operation::NatSubtraction)),
            (_, ArithmeticOp::Mul) => Prim::MulI64(site(Operation::Arithmetic)),
            (_, ArithmeticOp::Div) => Prim::DivI64(site(Operation::Division), site(Operation::Quotient)),
            (_, ArithmeticOp::Rem) => Prim::RemI64(site(Operation::Division)),
        };
        self.b.prim(prim, args)
    }

    /// The remainder of floats needs more than an instruction: the host has it.
    fn float_remainder(&mut self, args: Vec<Atom>) -> Atom {
        let import = self.lo.import(Extern {
            module: names::BUILTIN_IMPORTS.into(),
            name: "prim_fmod".into(),
            params: vec![Rep::F64, Rep::F64],
            result: Rep::F64,
            pure: true,
            allocates: false,
            diverges: false,
        });
        self.b.emit(Rep::F64, Op::Extern(import, args))
    }

    /// Unary minus.
    pub(super) fn negate(&mut self, expr: &'p Expr, kind: NumberKind, operand: &'p Expr) -> Atom {
        let operand = self.expr(operand);
        let prim = match kind {
            NumberKind::Float => Prim::NegF64,
            NumberKind::Int | NumberKind::Nat => Prim::NegI64(self.site_of(Operation::Negation, expr.span)),
        };
        self.b.prim(prim, vec![operand])
    }

    /// `< <= > >=`
    pub(super) fn compare(&mut self, op: CompareOp, at: Ty, left: &'p Expr, right: &'p Expr) -> Atom {
        let (left, right) = (self.expr(left), self.expr(right));
        let at = self.ty(at);
        self.less(op, at, left, right)
    }

    /// An ordering operator at a concrete type.
    pub(super) fn less(&mut self, op: CompareOp, at: Ty, left: Atom, right: Atom) -> Atom {
        match self.lo.types.kind(at) {
            TyKind::Float64 => {
                let prim = match op {
                    CompareOp::Lt => Prim::LtF64,
                    CompareOp::Le => Prim::LeF64,
                    CompareOp::Gt => Prim::GtF64,
                    CompareOp::Ge => Prim::GeF64,
                };
                self.b.prim(prim, vec![left, right])
            }
            TyKind::Byte | TyKind::Bool => match op {
                CompareOp::Lt => self.b.prim(Prim::LtByte, vec![left, right]),
                CompareOp::Gt => self.b.prim(Prim::LtByte, vec![right, left]),
                CompareOp::Ge => {
                    let less = self.b.prim(Prim::LtByte, vec![left, right]);
                    self.not(less)
                }
                CompareOp::Le => {
                    let greater = self.b.prim(Prim::LtByte, vec![right, left]);
                    self.not(greater)
                }
            },
            TyKind::String => {
                let order = self.b.prim(Prim::StrCompare, vec![left, right]);
                self.b.prim(int_order(op), vec![order, Atom::I64(0)])
            }
            _ => self.b.prim(int_order(op), vec![left, right]),
        }
    }
}

fn int_order(op: CompareOp) -> Prim {
    match op {
        CompareOp::Lt => Prim::LtI64,
        CompareOp::Le => Prim::LeI64,
        CompareOp::Gt => Prim::GtI64,
        CompareOp::Ge => Prim::GeI64,
    }
}
