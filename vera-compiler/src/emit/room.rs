//! Arrays that are appended to in a loop, and the room in their buffers.
//!
//! Whether an array can be appended to in place is read from memory: it must end at its buffer's fill mark, and the
//! buffer's cell must have room. For an array that nobody else can append to, both are known after an append. Such an
//! array *carries its room*, the number of elements that its cell holds, in a local.
//!
//! Invariant: if the length of an array that carries its room is less than that room, the array ends at its buffer's
//! fill mark and the cell holds that many elements. A room of 0 says nothing, so any array is valid with that room.
//!
//! An array carries its room if on every path at most one operation takes it over (appends to it, or passes it on by a
//! jump or as the value of a block) and all other operations only read it. Then no other value has its buffer and its
//! length, and a mark that has moved past a length never returns. An array that is taken over within a loop must belong
//! to that loop, or it would be taken over in each iteration. Collections do not move buffers.

use crate::core::visit::with_stack;
use crate::core::{Atom, Block, End, Function, Label, LocalId, Op, Prim, Stmt};
use crate::emit::locals::Locals;
use std::collections::{BTreeMap, HashMap};
use vera_abi::layout::Rep;

/// Most arrays of a function that are looked at: sets of them are words.
const MAX_ARRAYS: usize = 64;

/// The arrays of a function that carry their room.
pub(crate) fn carriers(function: &Function) -> Locals {
    let mut search =
        Search { function, arrays: HashMap::new(), loops: 0, labels: BTreeMap::new(), appends_in_loop: false };
    search.block(&function.body, 0);
    if !search.appends_in_loop {
        return Locals::default();
    }
    let mut walk =
        Walk { arrays: &search.arrays, labels: &search.labels, next_loop: 0, unfit: 0, appended: 0, flows: Vec::new() };
    let all = walk.block(&function.body, 0, 0, None);
    let mut useful = walk.appended;
    // What is given on to an array whose room is useful has a useful room.
    loop {
        let before = useful;
        for &(from, to) in &walk.flows {
            useful |= if useful >> to & 1 == 1 { 1 << from } else { 0 };
        }
        if useful == before {
            break;
        }
    }
    // Where a label is bound, what goes on there is added to the ways that lead to it; what is left are the ways on to the
    // next iteration of a loop, and out of the function.
    let twice = all.leave.values().chain(&all.through).fold(0, |twice, taken| twice | taken.twice);
    let carrying = useful & !walk.unfit & !twice;
    search.arrays.iter().filter(|(_, array)| carrying >> array.number & 1 == 1).map(|(&local, _)| local).collect()
}

/// A set of arrays, by number.
type Set = u64;

/// An array that may carry its room.
struct Array {
    number: usize,
    /// The innermost loop in which it is made.
    made_in: usize,
}

/// Finds the arrays, and numbers loops in the order in which they appear. 0 is the function.
struct Search<'a> {
    function: &'a Function,
    arrays: HashMap<LocalId, Array>,
    loops: usize,
    /// In which loop a jump to a label goes on.
    labels: BTreeMap<Label, (usize, Vec<LocalId>)>,
    appends_in_loop: bool,
}

impl Search<'_> {
    fn block(&mut self, block: &Block, inside: usize) {
        for Stmt { dest, op } in &block.stmts {
            let mut around = inside;
            match op {
                Op::Prim(prim, _) => {
                    let appends = appended(*prim).is_some();
                    self.appends_in_loop |= appends && inside > 0;
                    if appends || matches!(prim, Prim::ArrayWithCapacity(rep) if *rep != Rep::Unit) {
                        self.array(*dest, inside);
                    }
                }
                Op::If(..) | Op::Switch { .. } => self.array(*dest, inside),
                Op::Join { label, params, .. } => {
                    self.array(*dest, inside);
                    params.iter().for_each(|&param| self.array(param, inside));
                    self.labels.insert(*label, (inside, params.clone()));
                }
                Op::Loop { label, params, .. } => {
                    self.array(*dest, inside);
                    self.loops += 1;
                    around = self.loops;
                    let params: Vec<LocalId> = params.iter().map(|(param, _)| *param).collect();
                    params.iter().for_each(|&param| self.array(param, around));
                    self.labels.insert(*label, (around, params));
                }
                _ => {}
            }
            op.for_each_inner(|inner| with_stack(|| self.block(inner, around)));
        }
    }

    fn array(&mut self, local: LocalId, made_in: usize) {
        let number = self.arrays.len();
        if self.function.rep(local) == Rep::Slice && number < MAX_ARRAYS {
            self.arrays.insert(local, Array { number, made_in });
        }
    }
}

/// The representation of the elements that a primitive appends one of, in place where it can.
pub(super) fn appended(prim: Prim) -> Option<Rep> {
    match prim {
        Prim::ArrayPush(rep) if rep != Rep::Unit => Some(rep),
        Prim::StrPush => Some(Rep::Byte),
        _ => None,
    }
}

/// What is taken over on the way somewhere: on one path at least, once or more often.
#[derive(Clone, Copy, Default)]
struct Taken {
    once: Set,
    twice: Set,
}

impl Taken {
    fn and_then(self, later: Taken) -> Taken {
        Taken { once: self.once | later.once, twice: self.twice | later.twice | self.once & later.once }
    }

    fn or(self, other: Taken) -> Taken {
        Taken { once: self.once | other.once, twice: self.twice | other.twice }
    }
}

/// The ways through a block: to its end, if there is one, and to labels.
#[derive(Clone)]
struct Paths {
    through: Option<Taken>,
    leave: BTreeMap<Label, Taken>,
}

impl Paths {
    fn through(taken: Taken) -> Paths {
        Paths { through: Some(taken), leave: BTreeMap::new() }
    }

    fn to(label: Label, taken: Taken) -> Paths {
        Paths { through: None, leave: BTreeMap::from([(label, taken)]) }
    }

    fn and_then(mut self, later: Paths) -> Paths {
        let Some(before) = self.through else { return self };
        self.through = later.through.map(|taken| before.and_then(taken));
        for (label, taken) in later.leave {
            self.leaves(label, before.and_then(taken));
        }
        self
    }

    fn or(mut self, other: Paths) -> Paths {
        self.through = match (self.through, other.through) {
            (Some(one), Some(other)) => Some(one.or(other)),
            (one, other) => one.or(other),
        };
        for (label, taken) in other.leave {
            self.leaves(label, taken);
        }
        self
    }

    fn leaves(&mut self, label: Label, taken: Taken) {
        let all = self.leave.entry(label).or_default();
        *all = all.or(taken);
    }
}

struct Walk<'a> {
    arrays: &'a HashMap<LocalId, Array>,
    labels: &'a BTreeMap<Label, (usize, Vec<LocalId>)>,
    next_loop: usize,
    /// What is done to them is more than taking over and reading.
    unfit: Set,
    /// They are appended to.
    appended: Set,
    /// From which to which they are given on.
    flows: Vec<(usize, usize)>,
}

impl Walk<'_> {
    /// Walks a block inside of a loop, whose value goes to a local inside of another.
    fn block(&mut self, block: &Block, inside: usize, value_in: usize, value_to: Option<LocalId>) -> Paths {
        let mut paths = Paths::through(Taken::default());
        for stmt in &block.stmts {
            let step = self.stmt(stmt, inside);
            paths = paths.and_then(step);
        }
        let end = match &block.end {
            End::Yield(atom) => Paths::through(self.take(atom, value_in, value_to)),
            End::Jump(label, args) => {
                let (target_in, params) = &self.labels[label];
                let taken = args.iter().zip(params).fold(Taken::default(), |taken, (arg, &param)| {
                    taken.and_then(self.take(arg, *target_in, Some(param)))
                });
                Paths::to(*label, taken)
            }
            // Nothing of this function comes after.
            _ => Paths { through: None, leave: BTreeMap::new() },
        };
        paths.and_then(end)
    }

    fn stmt(&mut self, Stmt { dest, op }: &Stmt, inside: usize) -> Paths {
        match op {
            Op::If(..) | Op::Switch { .. } => {
                let mut paths: Option<Paths> = None;
                op.for_each_inner(|block| {
                    let arm = with_stack(|| self.block(block, inside, inside, Some(*dest)));
                    paths = Some(match paths.take() {
                        Some(paths) => paths.or(arm),
                        None => arm,
                    });
                });
                paths.unwrap_or(Paths::through(Taken::default()))
            }
            Op::Join { label, body, target, .. } => {
                let mut body = with_stack(|| self.block(body, inside, inside, Some(*dest)));
                let target = with_stack(|| self.block(target, inside, inside, Some(*dest)));
                match body.leave.remove(label) {
                    Some(taken) => body.or(Paths::through(taken).and_then(target)),
                    None => body,
                }
            }
            Op::Loop { params, body, .. } => {
                let taken = params.iter().fold(Taken::default(), |taken, (param, first)| {
                    taken.and_then(self.take(first, inside, Some(*param)))
                });
                self.next_loop += 1;
                let here = self.next_loop;
                let body = with_stack(|| self.block(body, here, inside, Some(*dest)));
                Paths::through(taken).and_then(body)
            }
            Op::Prim(prim, args) => Paths::through(self.primitive(*prim, args, *dest, inside)),
            op => {
                op.for_each_atom(|atom| self.unfit |= self.set_of(atom));
                Paths::through(Taken::default())
            }
        }
    }

    fn primitive(&mut self, prim: Prim, args: &[Atom], dest: LocalId, inside: usize) -> Taken {
        match prim {
            Prim::ArrayLen(_)
            | Prim::ArrayGet(..)
            | Prim::ArrayGetUnchecked(_)
            | Prim::StrLen
            | Prim::StrByte
            | Prim::StrByteChecked(_)
            | Prim::StrEq
            | Prim::StrCompare
            | Prim::StrHash => Taken::default(),
            _ if appended(prim).is_some() => {
                args[1..].iter().for_each(|atom| self.unfit |= self.set_of(atom));
                self.appended |= self.set_of(&args[0]);
                self.take(&args[0], inside, Some(dest))
            }
            _ => {
                args.iter().for_each(|atom| self.unfit |= self.set_of(atom));
                Taken::default()
            }
        }
    }

    /// An array is taken over inside of a loop, by a local if there is one.
    fn take(&mut self, atom: &Atom, inside: usize, by: Option<LocalId>) -> Taken {
        let Some(array) = atom.local().and_then(|local| self.arrays.get(&local)) else { return Taken::default() };
        if array.made_in != inside {
            self.unfit |= 1 << array.number;
        }
        if let Some(to) = by.and_then(|local| self.arrays.get(&local)) {
            self.flows.push((array.number, to.number));
        }
        Taken { once: 1 << array.number, twice: 0 }
    }

    fn set_of(&self, atom: &Atom) -> Set {
        atom.local().and_then(|local| self.arrays.get(&local)).map_or(0, |array| 1 << array.number)
    }
}

#[cfg(test)]
mod tests {
    use super::carriers;
    use crate::core::build::{BodyBuilder, ProgramBuilder};
    use crate::core::{Atom, End, Op, Prim, RecordId};
    use vera_abi::layout::Rep::{I64, Slice};

    fn push(body: &mut BodyBuilder, array: &Atom) -> Atom {
        body.prim(Prim::ArrayPush(I64), &[array.clone(), Atom::I64(7)])
    }

    /// Whether two arrays of a loop carry their room: the one at its head, and the one that a step gives the next iteration.
    fn carried(step: impl FnOnce(&mut BodyBuilder, &Atom) -> Atom) -> Vec<bool> {
        let mut builder = ProgramBuilder::default();
        builder.record(0, &[Slice]);
        let mut named = Vec::new();
        let id = builder.function("f", &[I64, Slice], Slice, |body, params| {
            let state = [(I64, params[0].clone()), (Slice, params[1].clone())];
            End::Yield(body.repeat(Slice, &state, |body, again, state| {
                let done = body.prim(Prim::EqI64, &[state[0].clone(), Atom::I64(0)]);
                let stop = body.block(|_| End::Yield(state[1].clone()));
                let go_on = body.block(|body| {
                    let next = step(body, &state[1]);
                    named.extend([state[1].clone(), next.clone()]);
                    End::Jump(again, vec![body.prim(Prim::WrapSubI64, &[state[0].clone(), Atom::I64(1)]), next])
                });
                End::Yield(body.op(Slice, Op::If(done, Box::new(stop), Box::new(go_on))))
            }))
        });
        builder.program.validate().unwrap_or_else(|invalid| panic!("{invalid}\n{}", builder.program));
        let carriers = carriers(&builder.program.functions[id.index()]);
        named.iter().map(|atom| atom.local().is_some_and(|local| carriers.contains(local))).collect()
    }

    #[test]
    fn what_only_the_loop_appends_to_carries_its_room() {
        let appends = carried(push);
        assert_eq!(appends, [true, true]);
        let filters = carried(|body, array| {
            let len = body.prim(Prim::ArrayLen(I64), std::slice::from_ref(array));
            let few = body.prim(Prim::LtI64, &[len, Atom::I64(9)]);
            let longer = body.block(|body| End::Yield(push(body, array)));
            let same = body.block(|_| End::Yield(array.clone()));
            body.op(Slice, Op::If(few, Box::new(longer), Box::new(same)))
        });
        assert_eq!(filters, [true, true]);
    }

    /// A loop that appends on its way back in both arms of a choice, of which one comes through a join point. What the
    /// other one took over is not taken over again there.
    #[test]
    fn ways_to_different_labels_do_not_meet() {
        let mut builder = ProgramBuilder::default();
        let mut head = Vec::new();
        let id = builder.function("f", &[I64, Slice], Slice, |body, params| {
            let state = [(I64, params[0].clone()), (Slice, params[1].clone())];
            End::Yield(body.repeat(Slice, &state, |body, again, state| {
                head.extend(state[1].local());
                let next = |body: &mut BodyBuilder| {
                    let left = body.prim(Prim::WrapSubI64, &[state[0].clone(), Atom::I64(1)]);
                    End::Jump(again, vec![left, push(body, &state[1])])
                };
                let choose = |body: &mut BodyBuilder, joined| {
                    let even = body.prim(Prim::EqI64, &[state[0].clone(), Atom::I64(4)]);
                    let there = body.block(|_| End::Jump(joined, Vec::new()));
                    let here = body.block(next);
                    End::Yield(body.op(Slice, Op::If(even, Box::new(there), Box::new(here))))
                };
                let done = body.prim(Prim::EqI64, &[state[0].clone(), Atom::I64(0)]);
                let stop = body.block(|_| End::Yield(state[1].clone()));
                let go_on = body.block(|body| End::Yield(body.join(Slice, &[], choose, |body, _| next(body))));
                End::Yield(body.op(Slice, Op::If(done, Box::new(stop), Box::new(go_on))))
            }))
        });
        builder.program.validate().unwrap_or_else(|invalid| panic!("{invalid}\n{}", builder.program));
        let carriers = carriers(&builder.program.functions[id.index()]);
        assert!(carriers.contains(head[0]), "{}", builder.program);
    }

    #[test]
    fn what_others_may_append_to_does_not() {
        let twice = carried(|body, array| {
            push(body, array);
            push(body, array)
        });
        assert_eq!(twice, [false, true], "the first append moves the mark of the second");
        let kept = carried(|body, array| {
            let longer = push(body, array);
            body.record(RecordId(0), std::slice::from_ref(&longer));
            longer
        });
        assert_eq!(kept, [true, false], "who has the record can append");
        let inner = carried(|body, array| {
            body.repeat(Slice, &[(I64, Atom::I64(3)), (Slice, Atom::EmptyArray)], |body, again, state| {
                let done = body.prim(Prim::EqI64, &[state[0].clone(), Atom::I64(0)]);
                let stop = body.block(|_| End::Yield(state[1].clone()));
                let go_on = body.block(|body| {
                    let next = body.prim(Prim::WrapSubI64, &[state[0].clone(), Atom::I64(1)]);
                    End::Jump(again, vec![next, push(body, array)])
                });
                End::Yield(body.op(Slice, Op::If(done, Box::new(stop), Box::new(go_on))))
            })
        });
        assert!(!inner[0], "it is taken over in a loop that it was not made in");
    }
}
