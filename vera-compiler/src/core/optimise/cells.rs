//! Cells that do not leave their function become values.
//!
//! A cell that a function only reads and replaces needs no memory: its contents at a place are a known value there.
//! Where paths with different contents meet, the contents become a parameter: of the loop that replaces them, or of a
//! join after a branch that does. This is the construction of static single assignment form (Cytron and others, 1991)
//! on structured code, where the places at which paths meet are explicit.
//!
//! The state of a handler whose block is inlined is such a cell. A loop over `get` and `put` then becomes a loop over a
//! local.

use crate::core::visit::with_stack;
use crate::core::{Atom, Block, End, Function, Label, LocalId, Op, Stmt};
use std::collections::HashMap;
use vera_abi::layout::Rep;

/// Most cells of a function that become values: sets of them are words.
const MAX_CELLS: usize = 64;
/// Most branches and loops that replace contents: each may nest what follows it one level deeper.
const MAX_WRITING: usize = 400;

/// Turns the cells of a function that do not leave it into values. Returns whether there were any.
pub(super) fn promote(function: &mut Function) -> bool {
    let cells = Cells::of(function);
    if cells.indices.is_empty() {
        return false;
    }
    let mut scan = Scan { cells: &cells, blocks: Vec::new(), writing: 0 };
    scan.block(&function.body);
    if scan.writing > MAX_WRITING {
        return false;
    }
    let (blocks, next_label, result) = (scan.blocks, function.body.next_label(), function.result);
    let body = std::mem::replace(&mut function.body, Block { stmts: Vec::new(), end: End::Unreachable });
    let contents = vec![None; cells.reps.len()];
    let mut promotion = Promotion { function, cells, blocks, next_block: 0, labels: HashMap::new(), next_label };
    let body = promotion.block(body, contents, None, result);
    promotion.function.body = body;
    true
}

/// A set of cells, by number.
type Set = u64;

fn members(set: Set) -> impl Iterator<Item = usize> {
    (0..MAX_CELLS).filter(move |cell| set >> cell & 1 == 1)
}

/// The cells of a function that do not leave it, numbered.
struct Cells {
    indices: HashMap<LocalId, usize>,
    /// Representations of the contents.
    reps: Vec<Rep>,
}

impl Cells {
    fn of(function: &Function) -> Self {
        let mut made: Vec<(LocalId, &Atom)> = Vec::new();
        function.body.for_each_block(|block| {
            made.extend(block.stmts.iter().filter_map(|stmt| match &stmt.op {
                Op::Cell(_, first) => Some((stmt.dest, first)),
                _ => None,
            }));
        });
        let mut cells = Cells { indices: HashMap::new(), reps: Vec::new() };
        if made.is_empty() {
            return cells;
        }
        let mut leaves = vec![false; function.locals.len()];
        let mut leave = |atom: &Atom| {
            if let Atom::Local(local) = atom {
                leaves[local.index()] = true;
            }
        };
        function.body.for_each_block(|block| {
            for stmt in &block.stmts {
                match &stmt.op {
                    Op::CellGet(..) => {}
                    Op::CellSet(_, _, value) => leave(value),
                    op => op.for_each_atom(&mut leave),
                }
            }
            block.end.for_each_atom(&mut leave);
        });
        for (cell, first) in made.into_iter().filter(|(cell, _)| !leaves[cell.index()]).take(MAX_CELLS) {
            cells.indices.insert(cell, cells.reps.len());
            cells.reps.push(first.rep(&function.locals));
        }
        cells
    }

    fn index(&self, cell: &Atom) -> Option<usize> {
        cell.local().and_then(|local| self.indices.get(&local)).copied()
    }
}

/// What is known of a block, in the order in which blocks appear, outer before inner.
struct BlockInfo {
    /// The cells that it, or a block in it, replaces the contents of.
    writes: Set,
    /// The number of the first block that is not in it.
    end: usize,
}

struct Scan<'a> {
    cells: &'a Cells,
    blocks: Vec<BlockInfo>,
    /// How many constructs write.
    writing: usize,
}

impl Scan<'_> {
    fn block(&mut self, block: &Block) -> Set {
        let here = self.blocks.len();
        self.blocks.push(BlockInfo { writes: 0, end: 0 });
        let mut writes = 0;
        for stmt in &block.stmts {
            if let Op::CellSet(_, cell, _) = &stmt.op {
                writes |= self.cells.index(cell).map_or(0, |cell| 1 << cell);
            }
            let mut inner_writes = 0;
            stmt.op.for_each_inner(|inner| inner_writes |= with_stack(|| self.block(inner)));
            self.writing += usize::from(inner_writes != 0);
            writes |= inner_writes;
        }
        self.blocks[here] = BlockInfo { writes, end: self.blocks.len() };
        writes
    }
}

/// What the cells hold at a place; nothing outside the block that makes them.
type Contents = Vec<Option<Atom>>;

/// Where a block's value goes together with the contents of cells; `None` when it goes where it went before.
type Exit = Option<(Label, Set)>;

struct Promotion<'a> {
    function: &'a mut Function,
    cells: Cells,
    blocks: Vec<BlockInfo>,
    /// The number of the block that is met next.
    next_block: usize,
    /// The cells whose contents a jump to a label brings along.
    labels: HashMap<Label, Set>,
    next_label: u32,
}

/// A block up to a branch whose arms replace contents: what follows the branch is the target of a join around it.
struct Cut {
    before: Vec<Stmt>,
    label: Label,
    params: Vec<LocalId>,
    branch: Op,
}

impl Promotion<'_> {
    /// Rewrites a block whose value is of a representation.
    fn block(&mut self, block: Block, mut contents: Contents, exit: Exit, result: Rep) -> Block {
        self.next_block += 1;
        let count = block.stmts.len();
        let (mut stmts, mut cuts) = (Vec::with_capacity(count), Vec::new());
        let mut last = None;
        for (position, Stmt { dest, op }) in block.stmts.into_iter().enumerate() {
            let mut replaced = |atom| stmts.push(Stmt { dest, op: Op::Use(atom) });
            match op {
                Op::Cell(_, first) if self.cells.indices.contains_key(&dest) => {
                    contents[self.cells.indices[&dest]] = Some(first);
                }
                Op::CellGet(_, ref cell) if let Some(held) = self.held(cell, &contents) => replaced(held),
                Op::CellSet(_, ref cell, ref value) if let Some(index) = self.cells.index(cell) => {
                    contents[index] = Some(value.clone());
                    replaced(Atom::Unit);
                }
                Op::If(..) | Op::Switch { .. } | Op::Join { .. } | Op::Loop { .. } => {
                    let is_last = position + 1 == count && block.end == End::Yield(Atom::Local(dest));
                    let writes = self.writes(&op) & visible(&contents);
                    if writes == 0 {
                        let rep = self.function.rep(dest);
                        let op = self.construct(op, &contents, None, rep);
                        stmts.push(Stmt { dest, op });
                    } else if is_last {
                        let op = self.construct(op, &contents, exit, result);
                        // Where there is an exit, all that the arms give goes there.
                        let dest = if exit.is_some() { self.function.new_local(result) } else { dest };
                        stmts.push(Stmt { dest, op });
                        last = Some(End::Yield(Atom::Local(dest)));
                    } else {
                        let label = self.label();
                        let branch = self.construct(op, &contents, Some((label, writes)), result);
                        let mut params = vec![dest];
                        params.extend(self.parameters(writes, &mut contents));
                        cuts.push(Cut { before: std::mem::take(&mut stmts), label, params, branch });
                    }
                }
                op => stmts.push(Stmt { dest, op }),
            }
        }
        let end = last.unwrap_or_else(|| match (block.end, exit) {
            (End::Yield(value), Some((label, set))) => {
                End::Jump(label, std::iter::once(value).chain(brought(set, &contents)).collect())
            }
            (End::Jump(label, mut args), _) => {
                let set = self.labels.get(&label).copied().unwrap_or(0);
                args.extend(brought(set, &contents));
                End::Jump(label, args)
            }
            (end, _) => end,
        });
        self.joined(cuts, Block { stmts, end }, result)
    }

    /// Puts what a block was cut into together again.
    fn joined(&mut self, cuts: Vec<Cut>, rest: Block, result: Rep) -> Block {
        cuts.into_iter().rev().fold(rest, |target, Cut { before: mut stmts, label, params, branch }| {
            let [inner, dest] = [(); 2].map(|()| self.function.new_local(result));
            let body = Block { stmts: vec![Stmt { dest: inner, op: branch }], end: End::Yield(Atom::Local(inner)) };
            let op = Op::Join { label, params, body: Box::new(body), target: Box::new(target) };
            stmts.push(Stmt { dest, op });
            Block { stmts, end: End::Yield(Atom::Local(dest)) }
        })
    }

    /// The cells that blocks in the construct, which is met next, replace the contents of.
    fn writes(&self, construct: &Op) -> Set {
        let (mut writes, mut next) = (0, self.next_block);
        construct.for_each_inner(|_| {
            writes |= self.blocks[next].writes;
            next = self.blocks[next].end;
        });
        writes
    }

    fn construct(&mut self, op: Op, contents: &Contents, exit: Exit, result: Rep) -> Op {
        let inner =
            |this: &mut Self, block: Block| Box::new(with_stack(|| this.block(block, contents.clone(), exit, result)));
        match op {
            Op::If(condition, then, otherwise) => {
                let then = inner(self, *then);
                Op::If(condition, then, inner(self, *otherwise))
            }
            Op::Switch { on, cases, default } => {
                let cases = cases.into_iter().map(|(value, block)| (value, *inner(self, block))).collect();
                Op::Switch { on, cases, default: default.map(|block| inner(self, *block)) }
            }
            Op::Join { label, mut params, body, target } => {
                let brought = self.blocks[self.next_block].writes & visible(contents);
                self.labels.insert(label, brought);
                let body = inner(self, *body);
                let mut arriving = contents.clone();
                params.extend(self.parameters(brought, &mut arriving));
                let target = with_stack(|| self.block(*target, arriving, exit, result));
                Op::Join { label, params, body, target: Box::new(target) }
            }
            Op::Loop { label, mut params, body } => {
                let brought = self.blocks[self.next_block].writes & visible(contents);
                self.labels.insert(label, brought);
                let mut arriving = contents.clone();
                let bound = self.parameters(brought, &mut arriving);
                params.extend(bound.into_iter().zip(members(brought).filter_map(|cell| contents[cell].clone())));
                let body = with_stack(|| self.block(*body, arriving, exit, result));
                Op::Loop { label, params, body: Box::new(body) }
            }
            op => op,
        }
    }

    /// New locals for the contents of cells, which they hold from then on.
    fn parameters(&mut self, set: Set, contents: &mut Contents) -> Vec<LocalId> {
        members(set)
            .map(|cell| {
                let local = self.function.new_local(self.cells.reps[cell]);
                contents[cell] = Some(Atom::Local(local));
                local
            })
            .collect()
    }

    fn held(&self, cell: &Atom, contents: &Contents) -> Option<Atom> {
        self.cells.index(cell).and_then(|index| contents[index].clone())
    }

    fn label(&mut self) -> Label {
        self.next_label += 1;
        Label(self.next_label - 1)
    }
}

/// The cells that there are at a place.
fn visible(contents: &Contents) -> Set {
    let there = (0..).zip(contents).filter(|(_, held)| held.is_some());
    there.fold(0, |set, (cell, _): (u32, _)| set | 1 << cell)
}

/// The contents that go along with a jump.
fn brought(set: Set, contents: &Contents) -> impl Iterator<Item = Atom> {
    members(set).filter_map(|cell| contents[cell].clone())
}

#[cfg(test)]
mod tests {
    use super::promote;
    use crate::core::build::{BodyBuilder, ProgramBuilder};
    use crate::core::interpret::{NoExterns, Value};
    use crate::core::{Atom, End, Label, Op, Prim, RecordId};
    use vera_abi::layout::Rep::{I64, Ptr, Unit};

    /// The operations on cells that are left in a function of an integer, which gives for 5 what it gave before.
    fn left(body: impl FnOnce(&mut BodyBuilder, RecordId, &Atom) -> End) -> usize {
        let mut builder = ProgramBuilder::default();
        let shape = builder.record(0, &[I64]);
        builder.record(1, &[Ptr]);
        let id = builder.function("f", &[I64], I64, |builder, params| body(builder, shape, &params[0]));
        let mut program = builder.program;
        let run = |program: &crate::core::Program| {
            program.validate().unwrap_or_else(|invalid| panic!("{invalid}\n{program}"));
            match program.interpret(id, vec![Value::I64(5)], Default::default(), &mut NoExterns) {
                Ok(Value::I64(result)) => result,
                other => panic!("{other:?}\n{program}"),
            }
        };
        let before = run(&program);
        promote(&mut program.functions[id.index()]);
        assert_eq!(run(&program), before, "{program}");
        let mut count = 0;
        program.functions[id.index()].body.for_each_block(|block| {
            let of_cell = |op: &Op| matches!(op, Op::Cell(..) | Op::CellGet(..) | Op::CellSet(..));
            count += block.stmts.iter().filter(|stmt| of_cell(&stmt.op)).count();
        });
        count
    }

    fn int(value: i64) -> Atom {
        Atom::I64(value)
    }

    fn add(body: &mut BodyBuilder, shape: RecordId, cell: &Atom, by: &Atom) {
        let held = body.op(I64, Op::CellGet(shape, cell.clone()));
        let sum = body.prim(Prim::WrapAddI64, &[held, by.clone()]);
        body.op(Unit, Op::CellSet(shape, cell.clone(), sum));
    }

    /// A loop that counts down and does something each time.
    fn count_down(body: &mut BodyBuilder, from: &Atom, step: impl FnOnce(&mut BodyBuilder, &Atom)) {
        body.repeat(Unit, &[(I64, from.clone())], |body: &mut BodyBuilder, again: Label, state: &[Atom]| {
            let done = body.prim(Prim::EqI64, &[state[0].clone(), int(0)]);
            let stop = body.block(|_| End::Yield(Atom::Unit));
            let go_on = body.block(|body| {
                step(body, &state[0]);
                End::Jump(again, vec![body.prim(Prim::WrapSubI64, &[state[0].clone(), int(1)])])
            });
            End::Yield(body.op(Unit, Op::If(done, Box::new(stop), Box::new(go_on))))
        });
    }

    #[test]
    fn a_state_in_a_loop_is_a_parameter_of_the_loop() {
        let left = left(|body, shape, n| {
            let cell = body.op(Ptr, Op::Cell(shape, int(100)));
            count_down(body, n, |body, i| add(body, shape, &cell, i));
            End::Yield(body.op(I64, Op::CellGet(shape, cell)))
        });
        assert_eq!(left, 0);
    }

    #[test]
    fn arms_that_replace_contents_meet_in_a_join() {
        let left = left(|body, shape, n| {
            let cells = [1, 2, 3].map(|first| body.op(Ptr, Op::Cell(shape, int(first))));
            count_down(body, n, |body, i| {
                let small = body.prim(Prim::LtI64, &[i.clone(), int(3)]);
                let value = body.if_else(
                    I64,
                    &small,
                    |body| {
                        add(body, shape, &cells[0], i);
                        End::Yield(int(7))
                    },
                    |body| End::Yield(body.op(I64, Op::CellGet(shape, cells[0].clone()))),
                );
                add(body, shape, &cells[1], &value);
                body.join(
                    Unit,
                    &[I64],
                    |body, label| {
                        add(body, shape, &cells[2], &value);
                        End::Jump(label, vec![i.clone()])
                    },
                    |body, params| {
                        add(body, shape, &cells[0], &params[0]);
                        End::Yield(Atom::Unit)
                    },
                );
            });
            let held = cells.map(|cell| body.op(I64, Op::CellGet(shape, cell)));
            let sum = body.prim(Prim::WrapMulI64, &[held[0].clone(), held[1].clone()]);
            End::Yield(body.prim(Prim::WrapAddI64, &[sum, held[2].clone()]))
        });
        assert_eq!(left, 0);
    }

    #[test]
    fn a_cell_that_leaves_stays_a_cell() {
        let left = left(|body, shape, n| {
            let cell = body.op(Ptr, Op::Cell(shape, n.clone()));
            let holder = body.record(RecordId(1), std::slice::from_ref(&cell));
            let same = body.field(RecordId(1), &holder, 0);
            body.op(Unit, Op::CellSet(shape, same, int(1)));
            End::Yield(body.op(I64, Op::CellGet(shape, cell)))
        });
        assert_eq!(left, 3);
    }
}
