//! Checks of functions of the prelude that are not looked into.
//!
//! Nothing is known of whether such a check fails, so nobody asks a solver: its obligation is left to run time, unless every
//! check of it is decided elsewhere.

use super::{Context, Executor};
use crate::core::{End, FnId, Op, Prim, SiteId};
use crate::source::Span;
use rustc_hash::FxHashSet;
use vera_abi::trap::TrapKind;

impl Executor<'_> {
    /// Leaves the checks of a function and of all that it calls to run time, as far as they are of these kinds.
    pub(super) fn leave_open(&mut self, id: FnId, wanted: impl Fn(TrapKind) -> bool) {
        let (mut rest, mut seen) = (vec![id], FxHashSet::default());
        let mut kinds: Vec<(TrapKind, Span)> = Vec::new();
        while let Some(id) = rest.pop() {
            if !seen.insert(id) {
                continue;
            }
            for site in self.sites_of(id, &wanted) {
                let facts = self.provable.sites[site.index()];
                // Checks of one kind within a call are those of one obligation.
                if kinds.iter().all(|(kind, _)| *kind != facts.kind) {
                    kinds.push((facts.kind, facts.span));
                }
            }
            rest.extend(self.callees(id));
        }
        for (kind, span) in kinds {
            self.open_place(kind, span);
        }
    }

    /// The checks that are written in a function, as far as they are of these kinds.
    pub(super) fn sites_of(&self, id: FnId, wanted: impl Fn(TrapKind) -> bool) -> Vec<SiteId> {
        let mut sites = Vec::new();
        self.provable.program.function(id).body.for_each_block(|block| {
            for stmt in &block.stmts {
                if let Op::Prim(prim, _) = &stmt.op {
                    sites.extend(sites_of_prim(*prim));
                }
            }
            if let End::Trap(site, _) = &block.end {
                sites.push(*site);
            }
        });
        sites.retain(|site| wanted(self.provable.sites[site.index()].kind));
        sites
    }

    fn callees(&self, id: FnId) -> Vec<FnId> {
        let mut callees = Vec::new();
        self.provable.program.function(id).body.for_each_block(|block| {
            for stmt in &block.stmts {
                match &stmt.op {
                    Op::Call(callee, _) => callees.push(*callee),
                    Op::Closure(closure, _) => callees.push(self.provable.program.closures[closure.index()].function),
                    _ => {}
                }
            }
            if let End::TailCall(callee, _) = &block.end {
                callees.push(*callee);
            }
        });
        callees
    }

    /// Leaves a check to run time, if it is one of the function that is proved.
    fn open_place(&mut self, kind: TrapKind, span: Span) {
        let place = match self.context {
            Context::Own | Context::Premises => (kind, span, None),
            Context::Prelude(call) | Context::Call(call) => (kind, span, Some(call)),
            Context::Foreign => return,
        };
        if !self.undecided.contains(&place) {
            self.undecided.push(place);
        }
    }
}

/// The checks of a primitive.
fn sites_of_prim(prim: Prim) -> impl Iterator<Item = SiteId> {
    use Prim::*;
    let (first, second) = match prim {
        AddI64(site)
        | AddNat(site)
        | SubI64(site)
        | MulI64(site)
        | NegI64(site)
        | SubNat(site)
        | GuardNat(site)
        | GuardByte(site)
        | RemI64(site)
        | StrByteChecked(site)
        | ArrayGet(_, site)
        | F64ToI64(site) => (Some(site), None),
        DivI64(zero, overflow) => (Some(zero), Some(overflow)),
        _ => (None, None),
    };
    first.into_iter().chain(second)
}
