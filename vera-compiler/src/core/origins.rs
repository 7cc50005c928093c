//! Where the statements of a function come from, for backtraces: a line, and the calls that were replaced by the bodies of
//! their callees.
//!
//! A statement is identified by the local that it assigns. So a pass that moves statements has nothing to do. A local that a
//! pass makes has no known origin: its statement counts as code of the function, at no line.

use super::{FrameId, LocalId};

/// A line of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The function.
    pub frame: FrameId,
    /// The line, from 1; 0 when it is not known.
    pub line: u32,
    /// The call of that function, if it was inlined.
    pub caller: Option<PlaceId>,
}

/// A place in the table of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlaceId(u32);

/// The origins of a function's statements.
#[derive(Clone, Debug, Default)]
pub struct Origins {
    /// Each is called from an earlier one.
    places: Vec<Place>,
    /// By local. Locals behind the last have no known origin.
    of: Vec<Option<PlaceId>>,
    /// Whether the function is a continuation that was lifted from another function: inlined there, it is not a call.
    is_continuation: bool,
}

impl Origins {
    /// The origins of a function's own code, by the lines of its locals (0 for none).
    pub(crate) fn of_lines(frame: Option<FrameId>, lines: &[u32]) -> Self {
        let mut origins = Origins::default();
        let Some(frame) = frame else { return origins };
        origins.of.reserve_exact(lines.len());
        for &line in lines {
            let place = (line > 0).then(|| origins.add(Place { frame, line, caller: None }));
            origins.of.push(place);
        }
        origins
    }

    /// The line of a statement, or 0.
    pub(crate) fn line(&self, local: LocalId) -> u32 {
        self.at(local).map_or(0, |id| self.place(id).line)
    }

    /// The origin of the statement that assigns a local.
    pub fn at(&self, local: LocalId) -> Option<PlaceId> {
        *self.of.get(local.index())?
    }

    /// What an id stands for.
    pub fn place(&self, id: PlaceId) -> Place {
        self.places[id.0 as usize]
    }

    /// Sets the origin of the statement that assigns a local.
    pub(crate) fn set(&mut self, local: LocalId, place: Option<PlaceId>) {
        if self.of.len() <= local.index() {
            self.of.resize(local.index() + 1, None);
        }
        self.of[local.index()] = place;
    }

    /// A place. Statements that follow each other are often from one.
    pub(crate) fn add(&mut self, place: Place) -> PlaceId {
        if self.places.last() != Some(&place) {
            self.places.push(place);
        }
        PlaceId(self.places.len() as u32 - 1)
    }

    /// Marks the function as a continuation that was lifted from another function.
    pub(crate) fn mark_continuation(&mut self) {
        self.is_continuation = true;
    }

    /// Adds the places of a callee that is inlined where code of `call` called it. `callee` is the function's frame, `None`
    /// for one that the compiler made, whose code counts as its caller's.
    pub(crate) fn inline(&mut self, callee: Option<FrameId>, inlined: &Origins, call: Option<PlaceId>) -> Inlined {
        let around = call.map(|call| self.place(call));
        let within = around.filter(|around| inlined.is_continuation && Some(around.frame) == callee);
        let caller = within.map_or(call, |within| within.caller);
        let unknown = match callee {
            Some(frame) => Some(self.add(Place { frame, line: 0, caller })),
            None => call,
        };
        let mut places = Vec::with_capacity(inlined.places.len());
        for place in &inlined.places {
            let caller = match place.caller {
                Some(caller) => Some(places[caller.0 as usize]),
                None => caller,
            };
            self.places.push(Place { caller, ..*place });
            places.push(PlaceId(self.places.len() as u32 - 1));
        }
        Inlined { places, unknown }
    }
}

/// The places of a callee in the table of its caller.
#[derive(Debug)]
pub(crate) struct Inlined {
    places: Vec<PlaceId>,
    unknown: Option<PlaceId>,
}

impl Inlined {
    /// The place in the caller of what is from `place` in the callee.
    pub(crate) fn place(&self, place: Option<PlaceId>) -> Option<PlaceId> {
        place.map_or(self.unknown, |place| Some(self.places[place.0 as usize]))
    }
}
