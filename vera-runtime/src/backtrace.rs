//! The Vera functions in a backtrace of the engine: those that it saw, those that the compiler inlined there, and those
//! that the engine inlined itself.
//!
//! The engine has no frame for a function that it inlines, and no offset for code that came from it. So a frame without an
//! offset is around inlined code. The functions between it and the next inner frame are those on the way of direct calls
//! from the one to the other. If there are ways through different functions, nothing tells which it was: only what all have
//! in common at both ends is shown.

use vera_abi::interface::{CodeDesc, Interface, PlaceDesc};
use wasmtime::WasmBacktrace;

/// Most functions of a backtrace. More than any compiled module has, since the engine stops at some dozens of its own. The
/// bytes may come from anywhere.
const MOST: usize = 512;
/// Most calls on a way. The engine inlines small functions only, and those that they call.
const LONGEST: usize = 6;
/// Most calls, and places of a check, that are looked at for a way.
const MOST_STEPS: u32 = 4096;
/// Most different ways.
const MOST_WAYS: usize = 64;

/// An active function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Active {
    /// Index into [`Interface::frames`].
    pub(crate) frame: u32,
    /// The line that it is at; 0 if that is not known.
    pub(crate) line: u32,
}

/// The functions, innermost first. `check` is the frame of the check that failed, if one did. It may be missing if the
/// engine inlined its function.
pub(crate) fn active(interface: &Interface, backtrace: &WasmBacktrace, check: Option<u32>) -> Vec<Active> {
    let frames = backtrace.frames().iter();
    let frames = frames.map(|frame| (frame.func_index(), frame.func_offset().and_then(|at| u32::try_from(at).ok())));
    of_frames(interface, frames, check)
}

/// As [`active`], of frames with the index of the function and the offset in it, if there is one.
fn of_frames(
    interface: &Interface,
    frames: impl Iterator<Item = (u32, Option<u32>)>,
    check: Option<u32>,
) -> Vec<Active> {
    let mut active = Vec::new();
    let mut inner = None;
    for (function, offset) in frames {
        let way = match (offset, inner, check) {
            (Some(_), ..) | (None, None, None) => None,
            // The call is within an inlined function, so it is not one from here.
            (None, Some(inner), _) => Search::new(interface, Goal::Function(inner)).from(function),
            (None, None, Some(frame)) => Search::new(interface, Goal::Check(frame)).from(function),
        };
        let whole = || described(interface, interface.places_of(function, offset.unwrap_or_default())).collect();
        active.extend(way.unwrap_or_else(whole));
        inner = Some(function);
        if active.len() > MOST {
            break;
        }
    }
    active.truncate(MOST);
    active
}

/// Places as active functions, without those that the compiler made.
fn described<'m>(
    interface: &'m Interface,
    places: impl Iterator<Item = &'m PlaceDesc>,
) -> impl Iterator<Item = Active> {
    let places = places.take(MOST).filter(|place| !interface.frame(place.frame).made);
    places.map(|&PlaceDesc { frame, line, .. }| Active { frame, line })
}

/// What a way leads to.
#[derive(Clone, Copy)]
enum Goal {
    /// A function that has a frame of the engine.
    Function(u32),
    /// A function whose code has that frame, as its own or because the compiler inlined it there.
    Check(u32),
}

/// The search for the ways from a function to a goal.
struct Search<'m> {
    interface: &'m Interface,
    goal: Goal,
    steps: u32,
    /// What the ways show, innermost first: each list of frames once, with the lines that are the same on all its ways.
    found: Vec<Vec<Active>>,
    /// Whether there was too much to look at, so that nothing is certain.
    in_vain: bool,
}

impl<'m> Search<'m> {
    fn new(interface: &'m Interface, goal: Goal) -> Self {
        Search { interface, goal, steps: 0, found: Vec::new(), in_vain: false }
    }

    /// The functions that are on every way, at its ends, innermost first. The goal is left out if it has a frame of its own.
    fn from(mut self, function: u32) -> Option<Vec<Active>> {
        self.follow(function, &mut Vec::new());
        let first = self.found.first().filter(|_| !self.in_vain)?.clone();
        let (mut start, mut end) = (first.clone(), first);
        let mut shortest = start.len();
        for way in &self.found[1..] {
            shortest = shortest.min(way.len());
            start = agreed(start.iter(), way.iter());
            end = agreed(end.iter().rev(), way.iter().rev());
            end.reverse();
        }
        start.truncate(shortest);
        let rest = end.len().saturating_sub(shortest - start.len());
        start.extend(end.drain(rest..));
        Some(start)
    }

    /// Follows the calls of a function, which was reached by calls at these offsets of functions.
    fn follow(&mut self, function: u32, way: &mut Vec<(u32, u32)>) {
        let calls = self.interface.code(function).into_iter().flat_map(|code| &code.calls);
        for call in calls {
            self.steps += 1;
            self.in_vain |= self.steps > MOST_STEPS;
            let Some(code) = self.interface.code(call.function).filter(|_| !self.in_vain) else { continue };
            let on_way = call.function == function || way.iter().any(|(caller, _)| *caller == call.function);
            way.push((function, call.at));
            match self.goal {
                Goal::Function(goal) if goal == call.function => {
                    if way.len() > 1 {
                        self.add(Vec::new(), way);
                    }
                }
                Goal::Function(_) => self.further(call.function, on_way, way),
                Goal::Check(frame) => {
                    if !on_way {
                        self.checks_in(code, frame, way);
                    }
                    self.further(call.function, on_way, way);
                }
            }
            way.pop();
        }
    }

    fn further(&mut self, function: u32, on_way: bool, way: &mut Vec<(u32, u32)>) {
        if !on_way && way.len() < LONGEST {
            self.follow(function, way);
        }
    }

    /// Adds a way for each place in the code that has the frame.
    fn checks_in(&mut self, code: &CodeDesc, frame: u32, way: &[(u32, u32)]) {
        for index in code.spans.iter().filter_map(|span| span.place) {
            self.steps += 1;
            self.in_vain |= self.steps > MOST_STEPS;
            if self.in_vain {
                return;
            }
            let chain = self.interface.places_from(index).take(MOST).skip_while(|place| place.frame != frame);
            let chain: Vec<Active> = described(self.interface, chain).collect();
            if !chain.is_empty() {
                self.add(chain, way);
            }
        }
    }

    fn add(&mut self, mut shown: Vec<Active>, way: &[(u32, u32)]) {
        for &(caller, at) in way.iter().rev() {
            shown.extend(described(self.interface, self.interface.places_of(caller, at)));
        }
        let frames = |way: &[Active]| way.iter().map(|each| each.frame).collect::<Vec<_>>();
        match self.found.iter_mut().find(|known| frames(known) == frames(&shown)) {
            Some(known) => *known = agreed(known.iter(), shown.iter()),
            None => {
                self.in_vain |= self.found.len() == MOST_WAYS;
                self.found.push(shown);
            }
        }
    }
}

/// What two lists have in common at their beginning: frames, and lines where they are the same.
fn agreed<'a>(one: impl Iterator<Item = &'a Active>, other: impl Iterator<Item = &'a Active>) -> Vec<Active> {
    let same = one.zip(other).take_while(|(one, other)| one.frame == other.frame);
    same.map(|(one, other)| Active { line: if one.line == other.line { one.line } else { 0 }, ..*one }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use vera_abi::interface::{CallDesc, FrameDesc, SpanDesc};

    /// Functions of which each calls others, `calls[n]` those of function `n`, at offsets 10, 20 and so on. The place of a
    /// call has its offset as its line.
    fn program(calls: &[&[u32]]) -> Interface {
        let mut interface = Interface::default();
        for (function, callees) in (0..).zip(calls) {
            interface.frames.push(FrameDesc {
                function: format!("f{function}"),
                signature: String::new(),
                source: 0,
                line_start: 1,
                line_end: 100,
                builtin: false,
                made: false,
            });
            let mut spans = Vec::new();
            for line in (0..).step_by(10).take(callees.len() + 1) {
                spans.push(SpanDesc { from: line, place: Some(interface.places.len() as u32) });
                interface.places.push(PlaceDesc { frame: function, line, caller: None });
            }
            let calls = (10..).step_by(10).zip(*callees).map(|(at, &function)| CallDesc { at, function });
            interface.code.push(CodeDesc { function, spans, calls: calls.collect() });
        }
        interface
    }

    fn shown(interface: &Interface, frames: &[(u32, Option<u32>)], check: Option<u32>) -> String {
        let active = of_frames(interface, frames.iter().copied(), check);
        active.iter().map(|each| format!("f{}:{}", each.frame, each.line)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn inlined_functions_are_found_by_the_calls_between() {
        let chain = program(&[&[1], &[2], &[3], &[]]);
        assert_eq!(
            shown(&chain, &[(3, Some(0)), (2, Some(10)), (1, Some(10)), (0, Some(10))], None),
            "f3:0 f2:10 f1:10 f0:10"
        );
        assert_eq!(shown(&chain, &[(3, Some(0)), (1, None), (0, Some(10))], None), "f3:0 f2:10 f1:10 f0:10");
        assert_eq!(shown(&chain, &[(3, Some(0)), (0, None)], None), "f3:0 f2:10 f1:10 f0:10");
        // The function of the check is inlined too.
        assert_eq!(shown(&chain, &[(0, None)], Some(3)), "f3:0 f2:10 f1:10 f0:10");
        assert_eq!(shown(&chain, &[(0, None)], None), "f0:0");
    }

    #[test]
    fn what_is_not_certain_is_not_shown() {
        // Two ways to one function.
        let two = program(&[&[1, 2], &[3], &[3], &[]]);
        assert_eq!(shown(&two, &[(3, Some(0)), (0, None)], None), "f3:0 f0:0");
        // They have a part in common; one is a part of the other.
        let skipped = program(&[&[1, 2], &[2], &[3], &[]]);
        assert_eq!(shown(&skipped, &[(3, Some(0)), (0, None)], None), "f3:0 f2:10 f0:0");
        // Two calls on one way: the function is certain, its line is not.
        let twice = program(&[&[1, 1], &[2], &[]]);
        assert_eq!(shown(&twice, &[(2, Some(0)), (0, None)], None), "f2:0 f1:10 f0:0");
        // Likewise for a function that the compiler inlined in one place and the engine in another.
        let mut partly = program(&[&[1, 2], &[2], &[]]);
        let call = partly.code[0].spans[2].place.unwrap();
        let inlined = PlaceDesc { frame: 1, line: 10, caller: Some(call) };
        partly.code[0].spans[2].place = Some(partly.places.len() as u32);
        partly.places.push(inlined);
        assert_eq!(shown(&partly, &[(0, None)], Some(2)), "f2:0 f1:10 f0:0");
        // A call from the frame's own code has an offset, so it was the other one.
        let short = program(&[&[2, 1], &[2], &[]]);
        assert_eq!(shown(&short, &[(2, Some(0)), (0, None)], None), "f2:0 f1:10 f0:20");
        // No way at all; recursion.
        assert_eq!(shown(&program(&[&[0], &[]]), &[(1, Some(0)), (0, None)], None), "f1:0 f0:0");
        let cycle = program(&[&[1], &[0]]);
        assert_eq!(shown(&cycle, &[(0, Some(0)), (0, None)], None), "f0:0 f1:10 f0:10");
        // More ways than anyone should follow.
        let all: Vec<u32> = (0..100).collect();
        let dense = program(&vec![&all[..]; 100]);
        assert_eq!(shown(&dense, &[(1, Some(0)), (0, None)], None), "f1:0 f0:0");
    }
}
