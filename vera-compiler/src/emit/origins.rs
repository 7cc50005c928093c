//! The interface of the emitted module: what lowering knows, and the origin of each piece of code.
//!
//! Origins are by offsets of instructions, which backtraces of the engine have. Inlined functions are in them: a place has
//! the place of its call.

use crate::core::{FrameId, Function, Place, PlaceId};
use crate::emit::code::Finished;
use crate::emit::context::Context;
use indexmap::IndexSet;
use std::collections::{BTreeMap, BTreeSet};
use vera_abi::interface::{CallDesc, CodeDesc, Interface, PlaceDesc, SpanDesc};

/// What the module says of itself.
pub(super) fn interface(context: &Context<'_>, bodies: &[Finished]) -> Interface {
    let mut interface = context.program.interface.clone();
    interface.abi_version = vera_abi::ABI_VERSION;
    let mut places = IndexSet::new();
    let code = (0..).map(crate::core::FnId).zip(&context.program.functions).zip(bodies);
    let own = 0..context.program.functions.len() as u32;
    let own: BTreeSet<u32> = own.map(|id| context.function(crate::core::FnId(id))).collect();
    let code = code.filter_map(|((id, function), body)| {
        let spans = spans(function, body, &mut places);
        let calls = body.calls.iter().filter(|(_, callee)| own.contains(callee));
        let calls: Vec<CallDesc> = calls.map(|&(at, function)| CallDesc { at, function }).collect();
        (!spans.is_empty() || !calls.is_empty()).then(|| CodeDesc { function: context.function(id), spans, calls })
    });
    interface.code = code.collect();
    interface.places = places.into_iter().collect();
    drop_unused_frames(&mut interface);
    interface
}

/// The origins of a function's code. Code of no known origin belongs to the function as a whole, if the program has it.
fn spans(function: &Function, body: &Finished, places: &mut IndexSet<PlaceDesc>) -> Vec<SpanDesc> {
    let mut place = |frame: FrameId, line, caller| {
        let (index, _) = places.insert_full(PlaceDesc { frame: frame.0, line, caller });
        index as u32
    };
    let whole = function.frame.map(|frame| place(frame, 0, None));
    let mut used = BTreeSet::new();
    for (_, id) in &body.places {
        let mut next = *id;
        while let Some(id) = next.filter(|&id| used.insert(id)) {
            next = function.origins.place(id).caller;
        }
    }
    // A caller comes before what it calls.
    let mut known: BTreeMap<PlaceId, u32> = BTreeMap::new();
    for id in used {
        let Place { frame, line, caller } = function.origins.place(id);
        known.insert(id, place(frame, line, caller.map(|caller| known[&caller])));
    }
    let inner = body.places.iter().map(|(from, id)| (*from, id.map_or(whole, |id| Some(known[&id]))));
    let mut spans: Vec<SpanDesc> =
        std::iter::once((0, whole)).chain(inner).map(|(from, place)| SpanDesc { from, place }).collect();
    spans.dedup_by_key(|span| span.place);
    spans.retain(|span| span.from > 0 || span.place.is_some());
    spans
}

/// Drops the frames of functions that left neither code nor checks.
fn drop_unused_frames(interface: &mut Interface) {
    let used = interface.sites.iter().map(|site| site.frame).chain(interface.places.iter().map(|place| place.frame));
    let used: BTreeSet<u32> = used.collect();
    let new: BTreeMap<u32, u32> = used.iter().copied().zip(0..).collect();
    let mut index = 0..;
    interface.frames.retain(|_| index.next().is_some_and(|index| used.contains(&index)));
    interface.sites.iter_mut().for_each(|site| site.frame = new[&site.frame]);
    interface.places.iter_mut().for_each(|place| place.frame = new[&place.frame]);
}
