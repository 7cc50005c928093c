//! What is left of checks.

use super::narrow;
use crate::core::build::{BodyBuilder, ProgramBuilder};
use crate::core::{Atom, End, Op, Prim, Program, SiteId};
use vera_abi::layout::Rep::I64;
use vera_abi::trap::TrapKind;

const SITE: SiteId = SiteId(0);

fn local(builder: impl FnOnce(&mut BodyBuilder, &[Atom]) -> End, params: usize) -> Vec<Prim> {
    let mut program = ProgramBuilder::default();
    program.site(TrapKind::Overflow);
    let id = program.function("f", &vec![I64; params], I64, builder);
    let mut program: Program = program.program;
    narrow(&mut program.functions[id.index()]);
    program.validate().unwrap_or_else(|invalid| panic!("{invalid}\n{program}"));
    let mut prims = Vec::new();
    program.functions[id.index()].body.for_each_block(|block| {
        prims.extend(block.stmts.iter().filter_map(|stmt| match &stmt.op {
            Op::Prim(prim, _) => Some(*prim),
            _ => None,
        }));
    });
    prims
}
