//! Writes the code of the root frame: saving pointers, moving `gc_sp`, checking its limit.
//!
//! On the usual path a pointer is saved once and stays in its slot while it is needed. Rare paths (an allocation whose
//! hole is empty) save the missing pointers themselves and restore `gc_sp`.

use super::function::Emitter;
use crate::core::Stmt;
use crate::emit::live::{MAX_COLD_SPILLS, StmtLive};
use crate::emit::locals::Locals;
use crate::emit::roots::Plan;
use crate::emit::site::{Site, operands_kept};
use crate::support::SupportGlobal;
use vera_abi::trap::SITE_SHADOW_STACK_EXHAUSTED;
use wasm_encoder::{Instruction as I, MemArg, ValType};

impl Emitter<'_, '_> {
    /// Takes the root frame into use. `gc_sp` is at its start.
    pub(super) fn open_frame(&mut self) {
        let fp = *self.fp_local.get_or_insert_with(|| self.code.local(ValType::I32));
        let gc_sp = self.context.support.global(SupportGlobal::GcSp);
        self.code.extend([I::GlobalGet(gc_sp), I::LocalSet(fp)]);
        self.fp = Some(fp);
    }

    /// Puts `gc_sp` back to where it was on entry.
    pub(super) fn drop_frame(&mut self) {
        if let Some(fp) = self.fp
            && self.frame.top != Some(0)
        {
            self.set_top(fp, 0);
        }
    }

    /// The pointers that must survive the statement's operation.
    pub(super) fn needed(&self, stmt: &Stmt, live: &StmtLive) -> Locals {
        let mut needed = self.live.clone();
        live.dead.iter().for_each(|&local| _ = needed.remove(local));
        for local in operands_kept(&stmt.op).iter().filter_map(|atom| atom.local()) {
            if self.function.rep(local).has_pointer() {
                needed.insert(local);
            }
        }
        needed
    }

    /// Roots exactly the needed pointers, for an operation that may collect on its usual path.
    pub(super) fn root(&mut self, needed: &Locals) {
        let Some(fp) = self.fp else {
            debug_assert!(needed.is_empty(), "a frame is open where pointers are saved");
            return;
        };
        let plan = self.save(needed);
        if self.frame.top != Some(plan.top) {
            self.set_top(fp, plan.top);
            self.frame.top = Some(plan.top);
        }
    }

    /// Writes the needed pointers to the frame's slots without moving `gc_sp`.
    pub(super) fn save(&mut self, needed: &Locals) -> Plan {
        let plan = self.frame.plan(needed);
        if let Some(fp) = self.fp {
            self.write(fp, &plan);
            self.frame.checked |= plan.top > 0;
            self.frame.apply(&plan);
        }
        plan
    }

    /// Writes `call`, which may collect, on a rare path that this code is already on.
    pub(super) fn root_rarely(&mut self, needed: &Locals, call: impl FnOnce(&mut Self)) {
        let plan = self.frame.plan(needed);
        if plan.top == 0 && self.frame.top == Some(0) {
            call(self);
            return;
        }
        let gc_sp = self.context.support.global(SupportGlobal::GcSp);
        let base = self.fp.unwrap_or_else(|| {
            let base = self.code.temp(ValType::I32);
            self.code.extend([I::GlobalGet(gc_sp), I::LocalSet(base)]);
            base
        });
        self.write(base, &plan);
        if self.frame.top != Some(plan.top) {
            self.set_top(base, plan.top);
        }
        call(self);
        if let Some(top) = self.frame.top
            && top != plan.top
        {
            self.set_top(base, top);
        }
        if self.fp.is_none() {
            self.code.release(ValType::I32, base);
        }
        self.frame.apply_rarely(&plan);
    }

    /// Prepares for an operation that may collect on a rare path: with many pointers not yet saved, saves them here.
    pub(super) fn root_many(&mut self, needed: &Locals) {
        if self.fp.is_some() && self.frame.plan(needed).stores.len() > MAX_COLD_SPILLS {
            self.root(needed);
        }
    }

    /// Roots what an operation that may collect on its usual path needs.
    pub(super) fn root_for(&mut self, stmt: &Stmt, live: &StmtLive) {
        if self.context.site(&stmt.op) != Site::None {
            let needed = self.needed(stmt, live);
            self.root(&needed);
        }
    }

    fn write(&mut self, base: u32, plan: &Plan) {
        self.frame_slots = self.frame_slots.max(plan.top);
        if plan.top > 0 && !self.frame.checked {
            self.check_limit(base);
        }
        for &(slot, local) in &plan.stores {
            let pointer = self.place(local);
            self.code.extend([I::LocalGet(base), I::LocalGet(pointer), I::I32Store(slot_address(slot))]);
        }
        for &slot in &plan.zeros {
            self.code.extend([I::LocalGet(base), I::I32Const(0), I::I32Store(slot_address(slot))]);
        }
    }

    fn set_top(&mut self, base: u32, top: u32) {
        let gc_sp = self.context.support.global(SupportGlobal::GcSp);
        self.code.push(I::LocalGet(base));
        if top > 0 {
            self.code.extend([I::I32Const(top as i32 * 4), I::I32Add]);
        }
        self.code.push(I::GlobalSet(gc_sp));
    }

    /// Traps unless the function's largest frame fits.
    fn check_limit(&mut self, base: u32) {
        let limit = self.context.support.global(SupportGlobal::GcStackLimit);
        self.code.push(I::LocalGet(base));
        let hole = self.code.i32_hole();
        self.frame_holes.push(hole);
        self.code.extend([I::I32Add, I::GlobalGet(limit), I::I32GtU]);
        self.code.open_unlikely_if();
        self.stop(SITE_SHADOW_STACK_EXHAUSTED);
        self.code.end();
    }
}

const fn slot_address(slot: u32) -> MemArg {
    MemArg { offset: slot as u64 * 4, align: 2, memory_index: 0 }
}
