//! Converts failures that WebAssembly reports to [`Error`].
//!
//! [`crate::stop`] handles failures that do not depend on the guest's values: limits, and whether the instance can
//! still be used.

#![warn(clippy::indexing_slicing)]

use crate::backtrace::{self, Active};
use crate::error::{Error, Exception, Frame, Location, NamedValue, Trap, TrapKind, Violation};
use crate::host::Secrets;
use crate::module::Metadata;
use crate::state::State;
use crate::stop::{self, Stop};
use crate::value::Raw;
use crate::value::dynamic::{excerpt_of, type_name};
use vera_abi::interface::{FrameDesc, SiteValue, TrapSite};
use vera_abi::layout::Rep;
use vera_abi::{heap, trap};
use wasmtime::{AsContextMut, StoreContextMut, WasmBacktrace};

/// Turns a failed call of the program's functions into an error, and decides whether the instance can still be used.
#[cold]
pub(crate) fn convert(store: &mut StoreContextMut<'_, State>, error: &wasmtime::Error) -> Error {
    let metadata = store.data().metadata.clone();
    let backtrace = error.downcast_ref::<WasmBacktrace>();
    let reason = stop::reason(store, error);
    let check = match reason {
        Stop::Check(site) => usize::try_from(site).ok().and_then(|site| metadata.interface.sites.get(site)),
        _ => None,
    };
    let active = |backtrace| backtrace::active(&metadata.interface, backtrace, check.map(|site| site.frame));
    let active = backtrace.map_or_else(Vec::new, active);
    let frames = described_all(&metadata, &active);
    match reason {
        Stop::Error(error) => error.with_backtrace(frames),
        Stop::Machine(kind) => plain(kind, frames),
        Stop::Check(site) => match check {
            Some(site) => failed_check(store, &metadata, site, &active),
            None => stop::broken(store, format!("trap at unknown site {site}")),
        },
        Stop::Broken(what) => stop::broken(store, format!("{what} in {}", innermost(backtrace))),
    }
}

fn plain(kind: TrapKind, backtrace: Vec<Frame>) -> Error {
    let function = backtrace.first().map(|frame| frame.function.clone()).unwrap_or_default();
    Error::Trap(Box::new(Trap { kind, function, text: String::new(), location: None, values: Vec::new(), backtrace }))
}

fn innermost(backtrace: Option<&WasmBacktrace>) -> String {
    let frame = backtrace.and_then(|backtrace| backtrace.frames().first());
    match frame.map(|frame| (frame.func_name(), frame.func_index())) {
        Some((Some(name), _)) => name.to_owned(),
        Some((None, index)) => format!("function {index}"),
        None => "unknown code".to_owned(),
    }
}

fn described(metadata: &Metadata, frame: u32, line: u32) -> Frame {
    let frame = metadata.interface.frame(frame);
    Frame {
        function: frame.function.clone(),
        file: metadata.file(frame.source),
        line_start: frame.line_start,
        line_end: frame.line_end,
        line: (line > 0).then_some(line),
        builtin: frame.builtin,
    }
}

fn described_all(metadata: &Metadata, active: &[Active]) -> Vec<Frame> {
    active.iter().map(|each| described(metadata, each.frame, each.line)).collect()
}

/// The active functions when a check failed. The function of the check is among them even where the engine inlined it.
fn frames_at(metadata: &Metadata, site: &TrapSite, own: &FrameDesc, active: &[Active]) -> Vec<Frame> {
    let mut frames = described_all(metadata, active);
    // Checks of types have the line of the type, which may be anywhere.
    let line = if own.line_start <= site.line && site.line <= own.line_end { site.line } else { 0 };
    match active.iter().position(|each| each.frame == site.frame) {
        Some(0) if line > 0 => frames.iter_mut().take(1).for_each(|frame| frame.line = Some(line)),
        Some(_) => {}
        None if !own.made => frames.insert(0, described(metadata, site.frame, line)),
        None => {}
    }
    frames
}

fn failed_check(
    store: &mut StoreContextMut<'_, State>,
    metadata: &Metadata,
    site: &TrapSite,
    active: &[Active],
) -> Error {
    let own = metadata.interface.frame(site.frame);
    let backtrace = frames_at(metadata, site, own, active);
    let location = Location { file: metadata.file(site.source), line: site.line, column: site.column };
    let values = values(store, metadata, site);
    let violation = |values: Vec<NamedValue>, backtrace| {
        Box::new(Violation {
            function: own.function.clone(),
            signature: own.signature.clone(),
            clause: site.text.clone(),
            location: location.clone(),
            values,
            backtrace,
        })
    };
    match site.kind {
        TrapKind::Requires => Error::Requires(violation(values, backtrace)),
        TrapKind::Ensures => Error::Ensures(violation(values, backtrace)),
        TrapKind::Refinement => Error::Refinement(violation(values, backtrace)),
        TrapKind::Decreases => Error::Decreases(violation(values, backtrace)),
        TrapKind::Invariant => Error::Invariant(violation(values, backtrace)),
        TrapKind::Assert => Error::Assert(violation(values, backtrace)),
        TrapKind::UncaughtException => {
            let thrown = values.into_iter().next().unwrap_or_default();
            Error::Exception(Box::new(Exception {
                ty: thrown.ty,
                value: thrown.value,
                function: own.function.clone(),
                location,
                backtrace,
            }))
        }
        kind => Error::Trap(Box::new(Trap {
            kind,
            function: own.function.clone(),
            text: site.text.clone(),
            location: Some(location),
            values,
            backtrace,
        })),
    }
}

/// The values in the trap record. A value that cannot be read is left out, because this is a message about another
/// failure.
fn values(store: &mut StoreContextMut<'_, State>, metadata: &Metadata, site: &TrapSite) -> Vec<NamedValue> {
    let guest = store.data().guest().clone();
    let globals = guest.trap_words.map(|global| global.get(store.as_context_mut()).i64().unwrap_or_default() as u64);
    let memory = guest.memory.data(&*store);
    let mut words = 0..trap::RECORD_WORDS;
    let mut next = || {
        let word = words.next()?;
        let stored = || crate::heap::get_u64(memory, heap::TRAP_RECORD + word * 8).ok();
        globals.get(word as usize).copied().or_else(stored)
    };
    let mut values = Vec::new();
    for SiteValue { name, ty } in &site.values {
        let raw = match metadata.interface.ty(*ty).rep() {
            Rep::Unit => Some(Raw::UNIT),
            Rep::I64 | Rep::F64 => next().map(Raw::from_bits),
            Rep::Byte | Rep::Ptr => next().map(|bits| Raw::from_pointer(bits as u32)),
            Rep::Slice => match (next(), next()) {
                (Some(pointer), Some(len)) => Some(Raw::from_slice(pointer as u32, len as u32)),
                _ => None,
            },
        };
        let Some(raw) = raw else { break };
        let value = excerpt_of(&metadata.interface, memory, *ty, raw, Secrets::NONE);
        values.push(NamedValue { name: name.clone(), ty: type_name(&metadata.interface, *ty), value });
    }
    values
}
