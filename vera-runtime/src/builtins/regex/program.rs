//! Patterns as instructions of the backtracking matcher.

use super::class::Classes;
use super::syntax::{Node, Pattern, Place, Repetition, Set};
use std::collections::HashMap;

/// Maximum number of instructions of a program.
pub(super) const MAX_INSTRUCTIONS: usize = 1 << 18;

/// An instruction. Unless stated otherwise, the next instruction follows.
#[derive(Clone, Copy, Debug)]
pub(super) enum Instruction {
    /// One character of a set.
    One(u32),
    /// A number of characters of a set, without an alternative for each: least, most, kind.
    Run { set: u32, least: u32, most: u32, kind: Repetition },
    /// An assertion.
    At(Place),
    /// Store the place in a slot.
    Save(u32),
    /// Continue with the next instruction; after a failure with this one.
    Try(u32),
    /// Continue with this instruction.
    Jump(u32),
    /// Begin to count the rounds of a loop.
    Enter(u32),
    /// Decide about another round of a loop.
    Loop { counter: u32, least: u32, most: u32, kind: Repetition, exit: u32 },
    /// Count a round.
    Round(u32),
    /// The text of a group.
    Reference { group: u32, ignore_case: bool },
    /// Store in a register the height of the stack of alternatives and the place, this number of characters back.
    Mark { register: u32, back: u32 },
    /// Drop the alternatives since the mark, and return to its place on request.
    Commit { register: u32, back: bool },
    /// Drop the alternatives since the mark and the one before it, and fail.
    Refuse(u32),
    /// Continue with the next instruction if a group captured a text; otherwise with this one.
    IfGroup(u32, u32),
    /// The end.
    Match,
}

/// A program.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) instructions: Vec<Instruction>,
    pub(super) sets: Vec<Characters>,
    pub(super) counters: u32,
    pub(super) registers: u32,
    /// Twice the number of groups, including the whole match.
    pub(super) slots: u32,
    /// The characters of words for `\b`: letters of Unicode, and of ASCII.
    pub(super) words: [Characters; 2],
}

/// Ranges of characters, in ascending order.
#[derive(Debug)]
pub(super) struct Characters {
    ascii: u128,
    ranges: Vec<(char, char)>,
}

impl Characters {
    fn of(set: &Set) -> Option<Self> {
        use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, HirKind};
        let hir = regex_syntax::parse(&set.0).ok()?;
        let class = match hir.kind() {
            HirKind::Class(Class::Unicode(class)) => class.clone(),
            HirKind::Class(Class::Bytes(class)) => class.to_unicode_class()?,
            HirKind::Literal(literal) => {
                let c = std::str::from_utf8(&literal.0).ok()?.chars().next()?;
                ClassUnicode::new([ClassUnicodeRange::new(c, c)])
            }
            // A set without characters.
            _ => ClassUnicode::empty(),
        };
        let ranges: Vec<(char, char)> = class.ranges().iter().map(|range| (range.start(), range.end())).collect();
        let mut characters = Characters { ascii: 0, ranges };
        characters.ascii =
            (0u8..128).filter(|&byte| characters.search(char::from(byte))).fold(0, |set, byte| set | 1 << byte);
        Some(characters)
    }

    pub(super) fn contains(&self, c: char) -> bool {
        if c.is_ascii() { self.ascii >> u32::from(c) & 1 == 1 } else { self.search(c) }
    }

    fn search(&self, c: char) -> bool {
        let after = self.ranges.partition_point(|&(_, end)| end < c);
        self.ranges.get(after).is_some_and(|&(start, _)| start <= c)
    }
}

/// Why there is no program: it would be too large.
#[derive(Debug)]
pub(super) struct TooLarge;

/// The program of a pattern.
pub(super) fn compile(pattern: &Pattern) -> Result<Program, TooLarge> {
    let words = [false, true].map(|ascii| Characters::of(&Classes::word(ascii)));
    let [Some(unicode), Some(ascii)] = words else { return Err(TooLarge) };
    let mut compiler = Compiler {
        program: Program {
            instructions: Vec::new(),
            sets: Vec::new(),
            counters: 0,
            registers: 0,
            slots: 2 * (pattern.groups.len() as u32 + 1),
            words: [unicode, ascii],
        },
        known: HashMap::new(),
    };
    compiler.node(&pattern.node)?;
    compiler.push(Instruction::Match)?;
    Ok(compiler.program)
}

struct Compiler<'p> {
    program: Program,
    known: HashMap<&'p Set, u32>,
}

impl<'p> Compiler<'p> {
    fn push(&mut self, instruction: Instruction) -> Result<u32, TooLarge> {
        let at = self.program.instructions.len();
        if at >= MAX_INSTRUCTIONS {
            return Err(TooLarge);
        }
        self.program.instructions.push(instruction);
        Ok(at as u32)
    }

    fn here(&self) -> u32 {
        self.program.instructions.len() as u32
    }

    fn set_at(&mut self, at: u32, instruction: Instruction) {
        self.program.instructions[at as usize] = instruction;
    }

    fn set(&mut self, set: &'p Set) -> Result<u32, TooLarge> {
        if let Some(&known) = self.known.get(set) {
            return Ok(known);
        }
        let index = self.program.sets.len() as u32;
        self.program.sets.push(Characters::of(set).ok_or(TooLarge)?);
        self.known.insert(set, index);
        Ok(index)
    }

    fn register(&mut self) -> u32 {
        self.program.registers += 1;
        self.program.registers - 1
    }

    fn node(&mut self, node: &'p Node) -> Result<(), TooLarge> {
        match node {
            Node::One(set) => {
                let set = self.set(set)?;
                self.push(Instruction::One(set))?;
            }
            Node::At(place) => _ = self.push(Instruction::At(*place))?,
            Node::Concat(nodes) => nodes.iter().try_for_each(|node| self.node(node))?,
            Node::Alternatives(nodes) => self.alternatives(nodes)?,
            Node::Group(None, node) => self.node(node)?,
            Node::Group(Some(group), node) => {
                self.push(Instruction::Save(2 * group))?;
                self.node(node)?;
                self.push(Instruction::Save(2 * group + 1))?;
            }
            Node::Repeat { node, least, most, kind } => self.repeat(node, *least, most.unwrap_or(u32::MAX), *kind)?,
            Node::Look { node, behind, negative } => self.look(node, behind.unwrap_or(0), *negative)?,
            Node::Reference { group, ignore_case } => {
                self.push(Instruction::Reference { group: *group, ignore_case: *ignore_case })?;
            }
            Node::Atomic(node) => {
                let register = self.register();
                self.push(Instruction::Mark { register, back: 0 })?;
                self.node(node)?;
                self.push(Instruction::Commit { register, back: false })?;
            }
            Node::Conditional { group, yes, no } => {
                let test = self.push(Instruction::Match)?;
                self.node(yes)?;
                let done = self.push(Instruction::Match)?;
                self.set_at(test, Instruction::IfGroup(*group, self.here()));
                self.node(no)?;
                self.set_at(done, Instruction::Jump(self.here()));
            }
        }
        Ok(())
    }

    fn alternatives(&mut self, nodes: &'p [Node]) -> Result<(), TooLarge> {
        let mut ends = Vec::new();
        for (index, node) in nodes.iter().enumerate() {
            if index + 1 == nodes.len() {
                self.node(node)?;
                break;
            }
            let branch = self.push(Instruction::Match)?;
            self.node(node)?;
            ends.push(self.push(Instruction::Match)?);
            self.set_at(branch, Instruction::Try(self.here()));
        }
        let here = self.here();
        ends.into_iter().for_each(|end| self.set_at(end, Instruction::Jump(here)));
        Ok(())
    }

    fn repeat(&mut self, node: &'p Node, least: u32, most: u32, kind: Repetition) -> Result<(), TooLarge> {
        if let Node::One(set) = node {
            let set = self.set(set)?;
            self.push(Instruction::Run { set, least, most, kind })?;
            return Ok(());
        }
        if kind == Repetition::Possessive {
            let register = self.register();
            self.push(Instruction::Mark { register, back: 0 })?;
            self.repeat(node, least, most, Repetition::Greedy)?;
            self.push(Instruction::Commit { register, back: false })?;
            return Ok(());
        }
        let counter = self.program.counters;
        self.program.counters += 1;
        self.push(Instruction::Enter(counter))?;
        let head = self.push(Instruction::Match)?;
        self.push(Instruction::Round(counter))?;
        self.node(node)?;
        self.push(Instruction::Jump(head))?;
        self.set_at(head, Instruction::Loop { counter, least, most, kind, exit: self.here() });
        Ok(())
    }

    fn look(&mut self, node: &'p Node, back: u32, negative: bool) -> Result<(), TooLarge> {
        let register = self.register();
        if !negative {
            self.push(Instruction::Mark { register, back })?;
            self.node(node)?;
            self.push(Instruction::Commit { register, back: true })?;
            return Ok(());
        }
        let branch = self.push(Instruction::Match)?;
        self.push(Instruction::Mark { register, back })?;
        self.node(node)?;
        self.push(Instruction::Refuse(register))?;
        self.set_at(branch, Instruction::Try(self.here()));
        Ok(())
    }
}
