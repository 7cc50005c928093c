//! Guesses the types of expressions without checking, for the fix of a binding or function that is written without
//! types.
//!
//! A guess is a type in Vera syntax, or nothing. It is used only after an error, and the fixed program is checked like
//! any other.

use rustc_hash::FxHashMap;

use super::Parser;
use super::signatures::parts_of;
use crate::builtins;
use crate::foreign;
use crate::syntax::ast::{BinaryOp, Block, Expr, ExprKind, UnaryOp};
use crate::syntax::token::TokenKind;

/// Expressions within expressions that are looked at.
const DEPTH: usize = 16;

/// Tokens of a constructor's fields that are looked at.
const FIELDS: usize = 200;

/// The constructors of data types without type parameters: their type and the types of their fields, by name.
pub(super) type Constructors<'s> = FxHashMap<&'s str, (&'s str, Vec<&'s str>)>;

impl<'s> Parser<'s> {
    /// The type of an expression.
    pub(super) fn guess(&mut self, expr: &Expr) -> Option<String> {
        self.guess_within(expr, DEPTH)
    }

    fn guess_within(&mut self, expr: &Expr, depth: usize) -> Option<String> {
        let depth = depth.checked_sub(1)?;
        let ty = match &expr.kind {
            ExprKind::Unit => "Unit",
            ExprKind::Bool(_) | ExprKind::Quantifier(_) => "Bool",
            ExprKind::Int(_) => "Int",
            ExprKind::Float(_) => "Float64",
            ExprKind::String(_) | ExprKind::Interpolated(_) => "String",
            ExprKind::Slot { ty, .. } | ExprKind::Result(ty) => self.slice(ty.span),
            ExprKind::Unary { op: UnaryOp::Not, .. } => "Bool",
            ExprKind::Unary { op: UnaryOp::Neg, operand } => match self.guess_within(operand, depth)?.as_str() {
                "Float64" => "Float64",
                _ => "Int",
            },
            ExprKind::Binary { op, left, right, .. } => return self.guess_binary(*op, left, right, depth),
            ExprKind::Call { name, args } => return self.guess_call(name.as_str(), args, depth),
            ExprKind::Pipe { left, call } => match &call.kind {
                ExprKind::Call { name, args } => return self.guess_piped(name.as_str(), left, args, depth),
                _ => return None,
            },
            ExprKind::Array(items) => return Some(format!("Array<{}>", self.guess_within(items.first()?, depth)?)),
            ExprKind::Index { base, .. } => return element(&self.guess_within(base, depth)?).map(str::to_owned),
            ExprKind::If { then_block, else_block, .. } => {
                return self.guess_block(then_block, depth).or_else(|| self.guess_block(else_block, depth));
            }
            ExprKind::Block(block) => return self.guess_block(block, depth),
            ExprKind::Match { arms, .. } => return arms.iter().find_map(|arm| self.guess_within(&arm.body, depth)),
            ExprKind::NullaryConstructor(name) => return self.guess_constructor(name.as_str(), &[], depth),
            ExprKind::Constructor { name, args } => return self.guess_constructor(name.as_str(), args, depth),
            // A name that was read over.
            ExprKind::Invalid => return self.type_of_name(self.slice(expr.span)),
            _ => return None,
        };
        Some(ty.to_owned())
    }

    fn guess_block(&mut self, block: &Block, depth: usize) -> Option<String> {
        self.guess_within(&block.result, depth)
    }

    fn guess_binary(&mut self, op: BinaryOp, left: &Expr, right: &Expr, depth: usize) -> Option<String> {
        use BinaryOp::{Add, Div, Mul, Rem, Sub};
        if !matches!(op, Add | Sub | Mul | Div | Rem) {
            return Some("Bool".to_owned());
        }
        // A literal takes the type of the other operand.
        let (first, second) = if matches!(left.kind, ExprKind::Int(_)) { (right, left) } else { (left, right) };
        self.guess_within(first, depth).or_else(|| self.guess_within(second, depth))
    }

    fn guess_piped(&mut self, name: &str, first: &Expr, rest: &[Expr], depth: usize) -> Option<String> {
        let mut args = vec![first.clone()];
        args.extend(rest.iter().cloned());
        self.guess_call(name, &args, depth)
    }

    fn guess_call(&mut self, name: &str, args: &[Expr], depth: usize) -> Option<String> {
        let of_first = |this: &mut Self| this.guess_within(args.first()?, depth);
        match name {
            "array_filter" | "array_append" | "array_concat" | "array_slice" | "array_reverse" | "array_sort_by"
            | "map_insert" | "map_remove" | "set_add" | "set_remove" | "abs" | "min" | "max" | "clamp" => {
                of_first(self)
            }
            "array_fold" => self.guess_within(args.get(1)?, depth),
            "array_find" => Some(format!("Option<{}>", element(&of_first(self)?)?)),
            "option_unwrap_or" | "result_unwrap_or" => self.guess_within(args.get(1)?, depth),
            "array_map" | "array_mapi" => match &args.get(1)?.kind {
                ExprKind::AnonymousFn(function) => Some(format!("Array<{}>", self.slice(function.result.ty.span))),
                _ => None,
            },
            "map_get" => Some(format!("Option<{}>", arguments(&of_first(self)?).get(1)?)),
            "show" => Some("String".to_owned()),
            "hash" => Some("Int".to_owned()),
            "compare" => Some("Ordering".to_owned()),
            _ => {
                let builtin = builtins::lookup(name).filter(|builtin| !builtin.internal);
                let inside = match builtin {
                    Some(builtin) => {
                        let inside = builtin.signature.strip_prefix("fn(")?.rsplit_once(") effects(")?.0;
                        let result = inside.rsplit_once("-> ")?.1;
                        let generic = |word: &str| builtin.forall.contains(&word);
                        let mut words = result.split(|c: char| !c.is_ascii_alphanumeric());
                        return (!words.any(generic)).then(|| result.to_owned());
                    }
                    None => self.declared_signature(name)?.0,
                };
                Some(parts_of(inside)?.1.to_owned())
            }
        }
    }

    fn guess_constructor(&mut self, name: &str, args: &[Expr], depth: usize) -> Option<String> {
        match (name, args) {
            ("Some", [value]) => Some(format!("Option<{}>", self.guess_within(value, depth)?)),
            ("Tuple", parts) => {
                let parts: Option<Vec<String>> = parts.iter().map(|part| self.guess_within(part, depth)).collect();
                Some(format!("Tuple<{}>", parts?.join(", ")))
            }
            ("Less" | "Equal" | "Greater", []) => Some("Ordering".to_owned()),
            _ => self.declared_constructors().get(name).map(|(data, _)| (*data).to_owned()),
        }
    }

    /// The types of the fields of a constructor of values of type `ty`.
    pub(super) fn field_types(&mut self, constructor: &str, ty: &str) -> Option<Vec<String>> {
        let args = arguments(ty);
        let head = ty.split('<').next().unwrap_or(ty);
        let field = |at: usize| args.get(at).map(|ty| vec![(*ty).to_owned()]);
        match (head, constructor) {
            ("Option", "Some") | ("Result", "Ok") => field(0),
            ("Result", "Err") => field(1),
            ("Tuple", "Tuple") => Some(args.iter().map(|ty| (*ty).to_owned()).collect()),
            _ => {
                let (_, fields) = self.declared_constructors().get(constructor)?;
                Some(fields.iter().map(|field| (*field).to_owned()).collect())
            }
        }
    }

    /// The constructors that this file declares.
    pub(super) fn declared_constructors(&mut self) -> &Constructors<'s> {
        if self.declared_constructors.is_none() {
            self.declared_constructors = Some(self.find_constructors());
        }
        self.declared_constructors.get_or_insert_default()
    }

    fn find_constructors(&self) -> Constructors<'s> {
        use TokenKind::{Comma, Data, LBrace, LParen, RParen, UpperIdent};
        let mut found = Constructors::default();
        let kind = |at: usize| self.tokens.get(at).map_or(TokenKind::Eof, |token| token.kind);
        let text = |at: usize| self.slice(self.span_of(self.tokens[at]));
        for start in 0..self.tokens.len() {
            if (kind(start), kind(start + 1), kind(start + 2)) != (Data, UpperIdent, LBrace) {
                continue;
            }
            let mut at = start + 3;
            while kind(at) == UpperIdent {
                let (name, mut fields) = (text(at), Vec::new());
                at += 1;
                if kind(at) == LParen {
                    let open = self.tokens[at].end as usize;
                    let end = at + FIELDS;
                    while at < end && !matches!(kind(at), RParen | TokenKind::RBrace | TokenKind::Eof) {
                        at += 1;
                    }
                    let inside = self.text.get(open..self.tokens[at.min(self.tokens.len() - 1)].start as usize);
                    fields = inside.and_then(super::signatures::list_of).unwrap_or_default();
                    at += 1;
                }
                fields.iter_mut().for_each(|field| {
                    let small = field.starts_with(|c: char| c.is_ascii_lowercase());
                    *field = foreign::ty(field).filter(|_| small).unwrap_or(field);
                });
                found.insert(name, (text(start + 1), fields));
                if kind(at) == Comma {
                    at += 1;
                }
            }
        }
        found
    }
}

/// The arguments of a type with some.
pub(super) fn arguments(ty: &str) -> Vec<&str> {
    let inside = ty.split_once('<').and_then(|(_, rest)| rest.strip_suffix('>'));
    inside.and_then(super::signatures::list_of).unwrap_or_default()
}

/// The type of an array's elements.
pub(super) fn element(ty: &str) -> Option<&str> {
    ty.starts_with("Array<").then(|| arguments(ty).first().copied()).flatten()
}
