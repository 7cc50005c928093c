//! Emits one function: blocks, control flow, the locals and the root frame along the way.
//!
//! A local of the program is one WebAssembly local, two for a slice, or none for a unit. Constructs have no WebAssembly
//! results: a yielded value is stored in the local that receives it. An operation in tail position returns directly.

use crate::core::visit::with_stack;
use crate::core::{Atom, Block, End, Function, Label, LocalId, Op, Stmt};
use crate::emit::code::{Code, Depth, Finished, Hole};
use crate::emit::context::Context;
use crate::emit::live::{BlockLive, StmtLive};
use crate::emit::locals::Locals;
use crate::emit::rerun::Leaving;
use crate::emit::room;
use crate::emit::roots::Frame;
use crate::emit::self_calls;
use crate::emit::types::value_types;
use std::collections::BTreeMap;
use vera_abi::heap::{EMPTY_BUFFER, static_constructor};
use vera_abi::layout::Rep;
use wasm_encoder::{Instruction as I, ValType};

/// Where the value of a block goes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Dest {
    /// It is the function's result.
    Return,
    /// Into the local, and control to the exit (an index into [`Emitter::exits`]).
    Local(LocalId, usize),
}

/// Where control can go to: the end of a construct, or the head of a loop.
#[derive(Debug)]
pub(super) struct Exit {
    depth: Depth,
    is_loop: bool,
    /// The frame on arrival, once something arrives.
    frame: Option<Frame>,
    /// Whether the root frame is in use there.
    framed: bool,
}

/// Where jumps to a label go.
#[derive(Clone, Debug)]
pub(super) struct Target {
    exit: usize,
    params: Vec<LocalId>,
}

/// A function while it is emitted.
pub(super) struct Emitter<'c, 'p> {
    pub(super) context: &'c mut Context<'p>,
    pub(super) function: &'c Function,
    pub(super) code: Code,
    /// First WebAssembly local of every local that has been assigned.
    places: Vec<Option<u32>>,
    /// The arrays that carry their room, and the WebAssembly locals that hold it.
    rooms: Locals,
    room_places: BTreeMap<LocalId, u32>,
    /// The arrays of the loops around whose appends leave the loop when there is no room.
    pub(super) without_room: BTreeMap<LocalId, Leaving>,
    /// What locals are remainders of, by a power of two.
    pub(super) remainders: BTreeMap<LocalId, (Atom, i64)>,
    /// The pointers live at the present point.
    pub(super) live: Locals,
    /// The root frame at the present point.
    pub(super) frame: Frame,
    /// The local that holds the start of the root frame, while it is in use.
    pub(super) fp: Option<u32>,
    pub(super) fp_local: Option<u32>,
    /// Most slots in use at once, and where that number is needed.
    pub(super) frame_slots: u32,
    pub(super) frame_holes: Vec<Hole>,
    exits: Vec<Exit>,
    labels: BTreeMap<Label, Target>,
}

/// Emits a function body.
pub(super) fn emit(context: &mut Context<'_>, id: crate::core::FnId) -> Finished {
    let program = context.program;
    let function = self_calls::to_loop(id, program.function(id));
    let live = BlockLive::of(&function, |op| context.site(op));
    let mut emitter = Emitter {
        code: Code::new(function.params.iter().map(|&param| function.rep(param).values() as u32).sum()),
        places: vec![None; function.locals.len()],
        rooms: room::carriers(&function),
        room_places: BTreeMap::new(),
        without_room: BTreeMap::new(),
        remainders: BTreeMap::new(),
        live: Locals::default(),
        frame: Frame::default(),
        fp: None,
        fp_local: None,
        frame_slots: 0,
        frame_holes: Vec::new(),
        exits: Vec::new(),
        labels: BTreeMap::new(),
        function: &function,
        context,
    };
    let mut next = 0;
    for &param in &function.params {
        emitter.places[param.index()] = Some(next);
        next += function.rep(param).values() as u32;
        emitter.bind(param);
    }
    emitter.block(&function.body, &live, Dest::Return);
    emitter.code.close_body();
    let bytes = emitter.frame_slots as i32 * 4;
    for hole in emitter.frame_holes {
        emitter.code.fill(hole, bytes);
    }
    emitter.code.finish()
}

impl Emitter<'_, '_> {
    /// Emits a block. Control never falls out of it unless to the end of the construct that is `dest`'s exit.
    pub(super) fn block(&mut self, block: &Block, live: &BlockLive, dest: Dest) {
        with_stack(|| self.block_here(block, live, dest));
    }

    fn block_here(&mut self, block: &Block, live: &BlockLive, dest: Dest) {
        live.dead_on_entry.iter().for_each(|&local| _ = self.live.remove(local));
        let outside = self.fp;
        let inner_blocks_do = frame_left_to_inner_blocks(block, live);
        let mut reachable = true;
        for (position, (stmt, stmt_live)) in block.stmts.iter().zip(&live.stmts).enumerate() {
            if stmt_live.needs_frame && self.fp.is_none() && !inner_blocks_do {
                self.open_frame();
            }
            let around = self.code.set_place(self.function.origins.at(stmt.dest));
            let yielded = position + 1 == block.stmts.len()
                && matches!(&block.end, End::Yield(Atom::Local(local)) if *local == stmt.dest);
            if self.is_selection(&stmt.op) {
                self.selection(stmt);
                self.live_after(stmt, stmt_live);
            } else if is_construct(&stmt.op) {
                if yielded {
                    self.construct(stmt, stmt_live, dest);
                    reachable = false;
                } else {
                    reachable = self.construct_here(stmt, stmt_live);
                }
            } else {
                self.operation(stmt, stmt_live);
                self.live_after(stmt, stmt_live);
            }
            self.code.set_place(around);
            if !reachable {
                break;
            }
        }
        if reachable {
            self.end(&block.end, dest);
        }
        if self.fp != outside {
            self.fp = outside;
            self.frame = Frame::default();
        }
    }

    /// Whether an operation chooses between two available values.
    fn is_selection(&self, op: &Op) -> bool {
        let Op::If(_, then, otherwise) = op else { return false };
        let at_hand = |block: &Block| match &block.end {
            End::Yield(atom) => block.stmts.is_empty() && self.rep(atom).values() == 1,
            _ => false,
        };
        at_hand(then) && at_hand(otherwise)
    }

    fn selection(&mut self, stmt: &Stmt) {
        let Op::If(condition, then, otherwise) = &stmt.op else { return };
        let (End::Yield(yes), End::Yield(no)) = (&then.end, &otherwise.end) else { return };
        [yes, no, condition].into_iter().for_each(|atom| self.value(atom));
        self.code.push(I::Select);
        self.set(stmt.dest);
    }

    fn live_after(&mut self, stmt: &Stmt, live: &StmtLive) {
        self.bind(stmt.dest);
        live.dead.iter().for_each(|&local| _ = self.live.remove(local));
    }

    /// Adds an assigned local to the live set; it is taken out again where it is not read.
    fn bind(&mut self, local: LocalId) {
        if self.function.rep(local).has_pointer() {
            self.live.insert(local);
        }
    }

    fn end(&mut self, end: &End, dest: Dest) {
        match end {
            End::Yield(atom) => match dest {
                Dest::Return => {
                    self.value(atom);
                    self.drop_frame();
                    self.code.push(I::Return);
                }
                Dest::Local(local, exit) => {
                    self.give(&[(local, atom)]);
                    self.leave_to(exit);
                }
            },
            End::Jump(label, args) => {
                let target = self.labels[label].clone();
                self.give(&target.params.iter().copied().zip(args).collect::<Vec<_>>());
                self.leave_to(target.exit);
            }
            End::TailCall(callee, args) => {
                self.drop_frame();
                args.iter().for_each(|arg| self.value(arg));
                self.code.push(I::ReturnCall(self.context.function(*callee)));
            }
            End::TailCallClosure { closure, args, params, result } => {
                self.drop_frame();
                let type_index = self.closure_arguments(closure, args, params, *result);
                self.code.push(I::ReturnCallIndirect { type_index, table_index: 0 });
            }
            End::Trap(site, atoms) => {
                self.trap(*site, atoms);
            }
            End::Resume(_) => debug_assert!(false, "a valid program has no clauses of handlers"),
            End::Unreachable => self.code.push(I::Unreachable),
        }
    }

    /// Goes to an exit, by falling through where that is what follows.
    pub(super) fn leave_to(&mut self, exit: usize) {
        if self.fp.is_some() && !self.exits[exit].framed {
            self.drop_frame();
            self.frame = Frame::default();
        }
        let frame = &self.frame;
        let Exit { depth, is_loop, frame: arriving, .. } = &mut self.exits[exit];
        match arriving {
            Some(arriving) => arriving.merge(frame),
            None => *arriving = Some(frame.clone()),
        }
        if *is_loop || *depth != self.code.depth() {
            self.code.br(*depth);
        }
    }

    /// Emits a construct whose value goes to the statement's local; whether control arrives behind it.
    fn construct_here(&mut self, stmt: &Stmt, live: &StmtLive) -> bool {
        let before = self.live.clone();
        let exit = match &stmt.op {
            Op::If(condition, then, otherwise) if !stops(then) && !stops(otherwise) => {
                self.value(condition);
                let depth = self.code.open_if();
                let exit = self.new_exit(depth);
                self.arms([then, otherwise], live, Dest::Local(stmt.dest, exit), Code::open_else);
                self.code.drop_empty_else();
                exit
            }
            _ => {
                let depth = self.code.block();
                let exit = self.new_exit(depth);
                self.construct(stmt, live, Dest::Local(stmt.dest, exit));
                exit
            }
        };
        self.code.end();
        let arriving = self.exits[exit].frame.take();
        let reachable = arriving.is_some();
        self.frame = arriving.unwrap_or_default();
        // What the blocks bound, and what was left of the last of them, is not live out here.
        self.live = before;
        self.live_after(stmt, live);
        reachable
    }

    pub(super) fn new_exit(&mut self, depth: Depth) -> usize {
        self.exits.push(Exit { depth, is_loop: false, frame: None, framed: self.fp.is_some() });
        self.exits.len() - 1
    }

    /// The head of a loop.
    pub(super) fn new_loop(&mut self, depth: Depth) -> usize {
        self.exits.push(Exit { depth, is_loop: true, frame: None, framed: self.fp.is_some() });
        self.exits.len() - 1
    }

    /// The frame with which control arrives at an exit, if it does.
    pub(super) fn arriving_frame(&mut self, exit: usize) -> Option<Frame> {
        self.exits[exit].frame.take()
    }

    /// Emits both blocks of an `if` from the same state, with `between` in between.
    fn arms(&mut self, arms: [&Block; 2], live: &StmtLive, dest: Dest, between: impl FnOnce(&mut Code)) {
        let (frame, pointers) = (self.frame.clone(), self.live.clone());
        self.block(arms[0], &live.blocks[0], dest);
        between(&mut self.code);
        (self.frame, self.live) = (frame, pointers);
        self.block(arms[1], &live.blocks[1], dest);
    }

    /// Emits a construct with a destination that is outside of it.
    fn construct(&mut self, stmt: &Stmt, live: &StmtLive, dest: Dest) {
        match &stmt.op {
            Op::If(condition, then, otherwise) => {
                self.value(condition);
                let unlikely = stops(otherwise) && !stops(then);
                // The arm that leaves a loop comes first, so that its branch is not taken while the loop goes on.
                let leaves = self.goes_back(then, MAX_ARMS_DEEP) && !self.goes_back(otherwise, MAX_ARMS_DEEP);
                if unlikely || leaves {
                    self.code.push(I::I32Eqz);
                    if unlikely {
                        self.code.open_unlikely_if();
                    } else {
                        self.code.open_if();
                    }
                    let (frame, pointers) = (self.frame.clone(), self.live.clone());
                    self.block(otherwise, &live.blocks[1], dest);
                    self.code.end();
                    (self.frame, self.live) = (frame, pointers);
                    self.block(then, &live.blocks[0], dest);
                    return;
                }
                if stops(then) {
                    self.code.open_unlikely_if();
                } else {
                    self.code.open_if();
                }
                self.arms([then, otherwise], live, dest, Code::end);
            }
            Op::Switch { on, cases, default } => self.switch(on, cases, default.as_deref(), live, dest),
            Op::Join { label, params, body, target } => {
                let (pointers, depth) = (self.live.clone(), self.code.block());
                let exit = self.new_exit(depth);
                self.labels.insert(*label, Target { exit, params: params.clone() });
                self.block(body, &live.blocks[0], dest);
                self.code.end();
                if let Some(frame) = self.exits[exit].frame.take() {
                    (self.frame, self.live) = (frame, pointers);
                    params.iter().for_each(|&param| self.bind(param));
                    self.block(target, &live.blocks[1], dest);
                }
            }
            Op::Loop { label, params, body } => {
                let dead: Locals = live.blocks[0].dead_on_entry.iter().copied().collect();
                let lives_on = |local: &LocalId| !dead.contains(*local);
                let lasting: Locals = self.live.iter().filter(lives_on).collect();
                if live.needs_frame {
                    self.save(&lasting);
                }
                self.frame.enter_loop(&lasting, live.needs_frame);
                self.give(&params.iter().map(|(param, first)| (*param, first)).collect::<Vec<_>>());
                params.iter().for_each(|(param, _)| self.bind(*param));
                let rerun = self.open_rerun(params, body, &live.blocks[0]);
                let depth = self.code.open_loop();
                let exit = self.new_loop(depth);
                let params = params.iter().map(|(param, _)| *param).collect();
                self.labels.insert(*label, Target { exit, params });
                self.block(body, &live.blocks[0], dest);
                self.code.end();
                if let Some(rerun) = rerun {
                    self.close_rerun(rerun);
                }
            }
            op => debug_assert!(false, "not a construct: {op:?}"),
        }
    }

    /// Whether a block ends with going on with a loop, itself or in an arm of the choices that it ends with.
    fn goes_back(&self, block: &Block, deep: u32) -> bool {
        match (&block.end, block.stmts.last()) {
            (End::Jump(label, _), _) => self.labels.get(label).is_some_and(|target| self.exits[target.exit].is_loop),
            (End::Yield(Atom::Local(value)), Some(Stmt { dest, op })) if value == dest && deep > 0 => {
                let mut back = false;
                op.for_each_inner(|inner| back |= self.goes_back(inner, deep - 1));
                back
            }
            _ => false,
        }
    }

    /// Gives operands to locals, all at once.
    fn give(&mut self, given: &[(LocalId, &Atom)]) {
        for &(local, atom) in given {
            self.value(atom);
            if self.rooms.contains(local) {
                let room = self.room_of(atom);
                self.code.push(room.map_or(I::I32Const(0), I::LocalGet));
            }
        }
        for &(local, _) in given.iter().rev() {
            if let Some(room) = self.room(local) {
                self.code.push(I::LocalSet(room));
            }
            self.set(local);
        }
    }

    /// Whether an array carries its room.
    pub(super) fn carries_room(&self, array: LocalId) -> bool {
        self.rooms.contains(array)
    }

    /// The WebAssembly local that holds the room of an array which carries it.
    pub(super) fn room(&mut self, array: LocalId) -> Option<u32> {
        let code = &mut self.code;
        let place = || *self.room_places.entry(array).or_insert_with(|| code.local(ValType::I32));
        self.rooms.contains(array).then(place)
    }

    /// The same for an operand.
    pub(super) fn room_of(&mut self, array: &Atom) -> Option<u32> {
        array.local().and_then(|local| self.room(local))
    }

    /// Pushes the WebAssembly values of an operand.
    pub(super) fn value(&mut self, atom: &Atom) {
        match atom {
            Atom::Local(local) => {
                let count = self.function.rep(*local).values() as u32;
                if count > 0 {
                    let first = self.place(*local);
                    self.code.extend((first..first + count).map(I::LocalGet));
                }
            }
            Atom::Unit => {}
            Atom::Byte(byte) => self.code.push(I::I32Const(i32::from(*byte))),
            Atom::I64(value) => self.code.push(I::I64Const(*value)),
            Atom::F64(value) => self.code.push(I::F64Const((*value).into())),
            Atom::Str(_) | Atom::EmptyArray => {
                self.pointer(atom);
                self.len(atom);
            }
            Atom::Static(_) => self.pointer(atom),
        }
    }

    /// Pushes the pointer of an operand that has one.
    pub(super) fn pointer(&mut self, atom: &Atom) {
        let instruction = match atom {
            Atom::Local(local) => I::LocalGet(self.place(*local)),
            Atom::Str(text) => I::I32Const(self.context.statics.string(text) as i32),
            Atom::Static(tag) => I::I32Const(static_constructor(*tag) as i32),
            _ => I::I32Const(EMPTY_BUFFER as i32),
        };
        self.code.push(instruction);
    }

    /// Pushes the length of a slice.
    pub(super) fn len(&mut self, atom: &Atom) {
        let instruction = match atom {
            Atom::Local(local) => I::LocalGet(self.place(*local) + 1),
            Atom::Str(text) => I::I32Const(text.len() as i32),
            _ => I::I32Const(0),
        };
        self.code.push(instruction);
    }

    /// Pops the values of a local into it.
    pub(super) fn set(&mut self, local: LocalId) {
        let count = self.function.rep(local).values() as u32;
        if count > 0 {
            let first = self.place(local);
            self.code.extend((first..first + count).rev().map(I::LocalSet));
        }
    }

    /// The (first) WebAssembly local of a local.
    pub(super) fn place(&mut self, local: LocalId) -> u32 {
        if let Some(place) = self.places[local.index()] {
            return place;
        }
        let types: &[ValType] = value_types(self.function.rep(local));
        let places: Vec<u32> = types.iter().map(|&ty| self.code.local(ty)).collect();
        let first = places.first().copied().unwrap_or_default();
        self.places[local.index()] = Some(first);
        first
    }

    /// Representation of an operand.
    pub(super) fn rep(&self, atom: &Atom) -> Rep {
        atom.rep(&self.function.locals)
    }
}

/// How deep choices within choices are looked through for a jump.
const MAX_ARMS_DEEP: u32 = 4;

/// Whether the one statement that needs the root frame is a choice, so that the blocks that need it can open it and
/// the others stay free of it.
fn frame_left_to_inner_blocks(block: &Block, live: &BlockLive) -> bool {
    let mut needing = block.stmts.iter().zip(&live.stmts).filter(|(_, live)| live.needs_frame);
    match (needing.next(), needing.next()) {
        (Some((stmt, _)), None) => matches!(stmt.op, Op::If(..) | Op::Switch { .. } | Op::Join { .. }),
        _ => false,
    }
}

fn is_construct(op: &Op) -> bool {
    matches!(op, Op::If(..) | Op::Switch { .. } | Op::Join { .. } | Op::Loop { .. })
}

/// Whether a block ends the program, so that it is rarely taken.
pub(super) fn stops(block: &Block) -> bool {
    matches!(block.end, End::Trap(..) | End::Unreachable)
}
