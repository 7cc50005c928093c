//! The backtracking matcher, for patterns with references, look-around and similar constructs, and where the crate
//! `regex` would choose another match.
//!
//! It never recurses. Every instruction is a step of the meter, so fuel and deadline apply within a match. The number
//! of steps of a call is limited, so a search that would take exponential time ends with an error. The stack of
//! alternatives is host memory of the call.

use super::program::{Characters, Instruction, Program};
use super::syntax::{Place, Repetition};
use crate::error::{Error, Limit, Result};
use crate::meter::Meter;

/// Maximum number of steps of a call, besides [`STEPS_PER_BYTE`] for each byte of its text.
pub(super) const STEPS: u64 = 10_000_000;
const STEPS_PER_BYTE: u64 = 64;
/// Steps between two looks at the meter.
const BATCH: u32 = 1024;
/// A slot of a group that captured nothing.
const NONE: usize = usize::MAX;

/// The actions after a failure, the newest last.
#[derive(Clone, Copy, Debug)]
enum Undo {
    /// Continue there.
    Go { instruction: u32, at: usize },
    /// Try one character fewer of a run, down to a place.
    Fewer { instruction: u32, least: usize, at: usize },
    /// Try one character more of a run, up to a number.
    More { instruction: u32, set: u32, left: u32, at: usize },
    /// Set a slot as it was.
    Slot(u32, usize),
    /// Set a counter as it was.
    Counter(u32, Round),
}

/// The state of a loop.
#[derive(Clone, Copy, Debug, Default)]
struct Round {
    count: u32,
    start: usize,
}

/// A search of one text by one program.
pub(super) struct Matcher<'a> {
    program: &'a Program,
    text: &'a str,
    meter: &'a Meter,
    undo: Vec<Undo>,
    slots: Vec<usize>,
    rounds: Vec<Round>,
    /// Marks: the height of the stack of alternatives, and the place.
    marks: Vec<(usize, usize)>,
    steps: u64,
    most_steps: u64,
    batch: u32,
}

impl<'a> Matcher<'a> {
    pub(super) fn new(program: &'a Program, text: &'a str, meter: &'a Meter) -> Self {
        Matcher {
            program,
            text,
            meter,
            undo: Vec::new(),
            slots: vec![NONE; program.slots as usize],
            rounds: vec![Round::default(); program.counters as usize],
            marks: vec![(0, 0); program.registers as usize],
            steps: 0,
            most_steps: STEPS.saturating_add(STEPS_PER_BYTE.saturating_mul(text.len() as u64)),
            batch: BATCH,
        }
    }

    /// The first match that begins at or after a place; one there must not be empty when `advance` is set.
    ///
    /// # Errors
    /// Limits.
    pub(super) fn find(&mut self, from: usize, advance: bool) -> Result<bool> {
        let mut start = from;
        loop {
            if self.matches_at(start, advance && start == from)? {
                return Ok(true);
            }
            match self.text[start..].chars().next() {
                Some(c) => start += c.len_utf8(),
                None => return Ok(false),
            }
        }
    }

    /// The text of a group in the match; group 0 is the whole match.
    pub(super) fn group(&self, group: usize) -> Option<(usize, usize)> {
        match (self.slots.get(2 * group), self.slots.get(2 * group + 1)) {
            (Some(&start), Some(&end)) if start != NONE && end != NONE => Some((start, end)),
            _ => None,
        }
    }

    fn step(&mut self) -> Result<()> {
        self.batch -= 1;
        if self.batch == 0 {
            self.batch = BATCH;
            self.spend(u64::from(BATCH))?;
        }
        Ok(())
    }

    fn spend(&mut self, steps: u64) -> Result<()> {
        self.meter.work(steps)?;
        self.steps += steps;
        if self.steps > self.most_steps {
            return Err(Error::limit(Limit::Pattern { most: self.most_steps, of: "steps of backtracking" }));
        }
        Ok(())
    }

    fn push(&mut self, undo: Undo) -> Result<()> {
        self.meter.push(&mut self.undo, undo)
    }

    fn set_slot(&mut self, slot: u32, value: usize) -> Result<()> {
        let old = std::mem::replace(&mut self.slots[slot as usize], value);
        self.push(Undo::Slot(slot, old))
    }

    fn set_round(&mut self, counter: u32, round: Round) -> Result<()> {
        let old = std::mem::replace(&mut self.rounds[counter as usize], round);
        self.push(Undo::Counter(counter, old))
    }

    fn matches_at(&mut self, start: usize, advance: bool) -> Result<bool> {
        self.undo.clear();
        self.slots.fill(NONE);
        let (mut instruction, mut at) = (0u32, start);
        loop {
            self.step()?;
            let next = match self.program.instructions[instruction as usize] {
                Instruction::Match if advance && at == start => None,
                Instruction::Match => {
                    self.slots[0] = start;
                    self.slots[1] = at;
                    return Ok(true);
                }
                other => self.execute(other, instruction, at)?,
            };
            match next {
                Some(next) => (instruction, at) = next,
                None => match self.fail()? {
                    Some(next) => (instruction, at) = next,
                    None => return Ok(false),
                },
            }
        }
    }

    /// The next instruction and position; `None` after a failure.
    fn execute(&mut self, instruction: Instruction, here: u32, at: usize) -> Result<Option<(u32, usize)>> {
        let next = here + 1;
        Ok(match instruction {
            Instruction::One(set) => self.one(set, at).map(|end| (next, end)),
            Instruction::Run { set, least, most, kind } => {
                self.run(set, [least, most], kind, next, at)?.map(|end| (next, end))
            }
            Instruction::At(place) => self.holds(place, at).then_some((next, at)),
            Instruction::Save(slot) => {
                self.set_slot(slot, at)?;
                Some((next, at))
            }
            Instruction::Try(other) => {
                self.push(Undo::Go { instruction: other, at })?;
                Some((next, at))
            }
            Instruction::Jump(target) => Some((target, at)),
            Instruction::Enter(counter) => {
                self.set_round(counter, Round { count: 0, start: NONE })?;
                Some((next, at))
            }
            Instruction::Loop { counter, least, most, kind, exit } => {
                let round = self.rounds[counter as usize];
                // A round that matched nothing may do so again, as often as is asked.
                if round.count < least && round.start != at {
                    Some((next, at))
                } else if round.count >= most || round.start == at {
                    Some((exit, at))
                } else if kind == Repetition::Lazy {
                    self.push(Undo::Go { instruction: next, at })?;
                    Some((exit, at))
                } else {
                    self.push(Undo::Go { instruction: exit, at })?;
                    Some((next, at))
                }
            }
            Instruction::Round(counter) => {
                let count = self.rounds[counter as usize].count.saturating_add(1);
                self.set_round(counter, Round { count, start: at })?;
                Some((next, at))
            }
            Instruction::Reference { group, ignore_case } => {
                self.reference(group, ignore_case, at)?.map(|end| (next, end))
            }
            Instruction::Mark { register, back } => {
                self.marks[register as usize] = (self.undo.len(), at);
                self.spend(u64::from(back) / 8)?;
                self.back(at, back).map(|start| (next, start))
            }
            Instruction::Commit { register, back } => {
                let (height, place) = self.marks[register as usize];
                self.forget(height)?;
                Some((next, if back { place } else { at }))
            }
            Instruction::Refuse(register) => {
                let (height, _) = self.marks[register as usize];
                self.unwind(height.saturating_sub(1))?;
                None
            }
            Instruction::IfGroup(group, otherwise) => {
                Some((if self.group(group as usize).is_some() { next } else { otherwise }, at))
            }
            Instruction::Match => None,
        })
    }

    /// Resumes the newest alternative.
    fn fail(&mut self) -> Result<Option<(u32, usize)>> {
        loop {
            self.step()?;
            match self.undo.pop() {
                None => return Ok(None),
                Some(Undo::Go { instruction, at }) => return Ok(Some((instruction, at))),
                Some(Undo::Fewer { instruction, least, at }) => {
                    let Some(c) = self.text[least..at].chars().next_back() else { continue };
                    let at = at - c.len_utf8();
                    if at > least {
                        self.push(Undo::Fewer { instruction, least, at })?;
                    }
                    return Ok(Some((instruction, at)));
                }
                Some(Undo::More { instruction, set, left, at }) => {
                    let Some(at) = self.one(set, at) else { continue };
                    if left > 1 {
                        self.push(Undo::More { instruction, set, left: left - 1, at })?;
                    }
                    return Ok(Some((instruction, at)));
                }
                Some(restore) => self.restore(restore),
            }
        }
    }

    fn restore(&mut self, undo: Undo) {
        match undo {
            Undo::Slot(slot, old) => self.slots[slot as usize] = old,
            Undo::Counter(counter, old) => self.rounds[counter as usize] = old,
            Undo::Go { .. } | Undo::Fewer { .. } | Undo::More { .. } => {}
        }
    }

    /// Undoes everything above a height.
    fn unwind(&mut self, height: usize) -> Result<()> {
        while self.undo.len() > height {
            self.step()?;
            if let Some(undo) = self.undo.pop() {
                self.restore(undo);
            }
        }
        Ok(())
    }

    /// Drops the alternatives above a height. Changes remain on the stack, for a later failure to undo.
    fn forget(&mut self, height: usize) -> Result<()> {
        let mut kept = height;
        for index in height..self.undo.len() {
            self.step()?;
            if matches!(self.undo[index], Undo::Slot(..) | Undo::Counter(..)) {
                self.undo[kept] = self.undo[index];
                kept += 1;
            }
        }
        self.undo.truncate(kept);
        Ok(())
    }

    /// The end of one character that is in a set.
    fn one(&self, set: u32, at: usize) -> Option<usize> {
        let c = self.text[at..].chars().next()?;
        self.program.sets[set as usize].contains(c).then(|| at + c.len_utf8())
    }

    fn run(
        &mut self,
        set: u32,
        [least, most]: [u32; 2],
        kind: Repetition,
        next: u32,
        at: usize,
    ) -> Result<Option<usize>> {
        let mut end = at;
        let mut count = 0;
        let wanted = if kind == Repetition::Lazy { least } else { most };
        let mut from = if least == 0 { Some(at) } else { None };
        while count < wanted {
            self.step()?;
            let Some(after) = self.one(set, end) else { break };
            end = after;
            count += 1;
            if count == least {
                from = Some(end);
            }
        }
        let Some(from) = from else { return Ok(None) };
        match kind {
            Repetition::Greedy if end > from => self.push(Undo::Fewer { instruction: next, least: from, at: end })?,
            Repetition::Lazy if most > least => {
                self.push(Undo::More { instruction: next, set, left: most - least, at: end })?;
            }
            _ => {}
        }
        Ok(Some(end))
    }

    fn holds(&self, place: Place, at: usize) -> bool {
        let bytes = self.text.as_bytes();
        match place {
            Place::Start => at == 0,
            Place::LineStart => at == 0 || bytes[at - 1] == b'\n',
            Place::End => at == bytes.len() || at + 1 == bytes.len() && bytes[at] == b'\n',
            Place::LineEnd => at == bytes.len() || bytes[at] == b'\n',
            Place::VeryEnd => at == bytes.len(),
            Place::WordEdge { ascii } => self.is_word_edge(ascii, at),
            // Nothing is inside of an empty text.
            Place::NoWordEdge { ascii } => !bytes.is_empty() && !self.is_word_edge(ascii, at),
        }
    }

    fn is_word_edge(&self, ascii: bool, at: usize) -> bool {
        let word: &Characters = &self.program.words[usize::from(ascii)];
        let is_word = |c: Option<char>| c.is_some_and(|c| word.contains(c));
        is_word(self.text[..at].chars().next_back()) != is_word(self.text[at..].chars().next())
    }

    /// The position a number of characters before a place.
    fn back(&self, at: usize, count: u32) -> Option<usize> {
        let mut before = self.text[..at].char_indices().rev();
        match count {
            0 => Some(at),
            count => before.nth(count as usize - 1).map(|(start, _)| start),
        }
    }

    fn reference(&mut self, group: u32, ignore_case: bool, at: usize) -> Result<Option<usize>> {
        let Some((start, end)) = self.group(group as usize) else { return Ok(None) };
        self.spend((end - start) as u64 / 8)?;
        let (captured, rest) = (&self.text[start..end], &self.text[at..]);
        if !ignore_case {
            return Ok(rest.starts_with(captured).then_some(at + captured.len()));
        }
        let mut characters = rest.chars();
        let mut length = 0;
        for expected in captured.chars() {
            match characters.next() {
                Some(c) if c == expected || c.to_lowercase().eq(expected.to_lowercase()) => length += c.len_utf8(),
                _ => return Ok(None),
            }
        }
        Ok(Some(at + length))
    }
}
