//! The literals that a program mentions: inputs near them satisfy its conditions more often.

use crate::tir::{ExprKind, Program};

/// Literals of a program's own module, each once, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mentioned {
    /// Its numbers and their neighbours, and some small ones.
    pub numbers: Vec<i64>,
    /// Its texts, and the empty text.
    pub texts: Vec<String>,
}

impl Mentioned {
    /// Those of a program.
    pub fn of(program: &Program) -> Self {
        let (mut numbers, mut texts) = (vec![0, 1, -1, 2, 10], vec![String::new()]);
        for decl in program.functions.iter().filter(|decl| Some(decl.module) == program.root) {
            decl.walk(&mut |expr| match &expr.kind {
                ExprKind::Int(value) => numbers.extend([*value, value.wrapping_add(1), value.wrapping_sub(1)]),
                ExprKind::String(text) => texts.push(text.clone()),
                _ => {}
            });
        }
        numbers.sort_unstable();
        numbers.dedup();
        texts.sort();
        texts.dedup();
        Self { numbers, texts }
    }
}
