//! From what WebAssembly reports to [`Error`].
//!
//! A module can be stopped anywhere, its collector included, without harm: the support module keeps its heap sound
//! at every step, and a stopped function's values are reachable from nowhere once the roots are restored. Only what
//! cannot happen to a module of the compiler makes an instance unusable.

use crate::error::{Argument, Error, Exception, Frame, Limit, LimitReached, Location, Trap, TrapKind, Violation};
use crate::heap::{Reader, get_global};
use crate::limits::Limits;
use crate::meter::Meter;
use crate::module::Metadata;
use crate::state::State;
use crate::value::Raw;
use crate::value::dynamic::{shown, type_name};
use vera_abi::interface::{FrameDesc, TrapSite};
use vera_abi::layout::Rep;
use vera_abi::{heap, trap};
use wasmtime::{AsContextMut, StoreContextMut, Val, WasmBacktrace};

/// Turns a failed call of the guest into an error, and settles what it means for the instance.
#[cold]
pub(crate) fn convert(store: &mut StoreContextMut<'_, State>, error: wasmtime::Error) -> Error {
    // Whatever the guest left in `gc_sp`, the next entry sets it.
    store.data_mut().roots.published = u32::MAX;
    let guest = store.data().guest().clone();
    let site = get_global(store, guest.trap_site);
    // A failed write would only repeat the site in a later error of the same kind.
    let _ = guest.trap_site.set(store.as_context_mut(), Val::I32(trap::NO_SITE));

    let metadata = store.data().metadata.clone();
    let backtrace = error.downcast_ref::<WasmBacktrace>();
    let frames = backtrace.map_or_else(Vec::new, |backtrace| frames(&metadata, backtrace));

    let limits = store.data().limits;
    let limit = |limit| Error::Limit(Box::new(LimitReached { limit, backtrace: frames.clone() }));
    let (error, consistent) = if let Some(own) = error.downcast_ref::<Error>() {
        (own.clone().with_backtrace(frames), true)
    } else if let Some(code) = error.downcast_ref::<wasmtime::Trap>() {
        match code {
            wasmtime::Trap::StackOverflow => (limit(Limit::Stack(store.data().native_stack)), true),
            wasmtime::Trap::OutOfFuel => (limit(Limit::Fuel(limits.fuel.unwrap_or_default())), true),
            wasmtime::Trap::Interrupt => (limit(Limit::Deadline(limits.deadline.unwrap_or_default())), true),
            wasmtime::Trap::UnreachableCodeReached => match site {
                trap::SITE_HEAP_EXHAUSTED => (limit(Limit::Memory(limits.memory)), true),
                trap::SITE_SHADOW_STACK_EXHAUSTED => (limit(Limit::ShadowStack(limits.shadow_stack)), true),
                trap::SITE_BUFFER_TOO_LARGE => (limit(Limit::Buffer(heap::MAX_BUFFER_BYTES)), true),
                trap::SITE_HEAP_CORRUPT => (Error::internal("the heap check found a malformed object"), false),
                trap::NO_SITE => (plain(TrapKind::Unreachable, frames), true),
                _ => match usize::try_from(site).ok().and_then(|site| metadata.interface.sites.get(site)) {
                    Some(site) => (failed_check(store, &metadata, site, frames), true),
                    None => (Error::internal(format!("trap at unknown site {site}")), false),
                },
            },
            wasmtime::Trap::IntegerDivisionByZero => (plain(TrapKind::DivideByZero, frames), true),
            wasmtime::Trap::IntegerOverflow => (plain(TrapKind::Overflow, frames), true),
            wasmtime::Trap::BadConversionToInteger => (plain(TrapKind::FloatConversion, frames), true),
            other => (Error::internal(format!("{other} in {}", innermost(backtrace))), false),
        }
    } else {
        (Error::internal(format!("{error:#}")), false)
    };
    if !consistent && store.data().unusable.is_none() {
        store.data_mut().unusable = Some(error.to_string().into_boxed_str());
    }
    error
}

fn plain(kind: TrapKind, backtrace: Vec<Frame>) -> Error {
    let function = backtrace.first().map(|frame| frame.function.clone()).unwrap_or_default();
    Error::Trap(Box::new(Trap { kind, function, text: String::new(), location: None, backtrace }))
}

fn innermost(backtrace: Option<&WasmBacktrace>) -> String {
    let frame = backtrace.and_then(|backtrace| backtrace.frames().first());
    match frame.map(|frame| (frame.func_name(), frame.func_index())) {
        Some((Some(name), _)) => name.to_owned(),
        Some((None, index)) => format!("function {index}"),
        None => "unknown code".to_owned(),
    }
}

/// The Vera functions among the frames of a backtrace.
fn frames(metadata: &Metadata, backtrace: &WasmBacktrace) -> Vec<Frame> {
    let known = |symbol: &str| metadata.interface.frames.iter().find(|frame| frame.symbol == symbol);
    let found = backtrace.frames().iter().filter_map(|frame| frame.func_name()).filter_map(known);
    found.map(|frame| described(metadata, frame)).collect()
}

fn described(metadata: &Metadata, frame: &FrameDesc) -> Frame {
    Frame {
        function: frame.function.clone(),
        file: metadata.file(frame.source),
        line_start: frame.line_start,
        line_end: frame.line_end,
        builtin: frame.builtin,
    }
}

/// The function of a failed check in front of the frames it is not among: its code was put into that of its caller.
fn with_function_of(metadata: &Metadata, site: &TrapSite, mut frames: Vec<Frame>) -> Vec<Frame> {
    if !frames.iter().any(|frame| frame.function == site.function) {
        let mut known = metadata.interface.frames.iter();
        let own = known.find(|frame| frame.function == site.function && frame.source == site.source);
        if let Some(own) = own {
            frames.insert(0, described(metadata, own));
        }
    }
    frames
}

fn failed_check(
    store: &mut StoreContextMut<'_, State>,
    metadata: &Metadata,
    site: &TrapSite,
    backtrace: Vec<Frame>,
) -> Error {
    let backtrace = with_function_of(metadata, site, backtrace);
    let location = Location { file: metadata.file(site.source), line: site.line, column: site.column };
    let arguments = arguments(store, metadata, site);
    let violation = |arguments: Vec<Argument>, backtrace| {
        Box::new(Violation {
            function: site.function.clone(),
            signature: site.signature.clone(),
            clause: site.text.clone(),
            location: location.clone(),
            arguments,
            backtrace,
        })
    };
    match site.kind {
        TrapKind::Requires => Error::Requires(violation(arguments, backtrace)),
        TrapKind::Ensures => Error::Ensures(violation(arguments, backtrace)),
        TrapKind::Refinement => Error::Refinement(violation(arguments, backtrace)),
        TrapKind::Decreases => Error::Decreases(violation(arguments, backtrace)),
        TrapKind::Invariant => Error::Invariant(violation(arguments, backtrace)),
        TrapKind::Assert => Error::Assert(violation(arguments, backtrace)),
        TrapKind::UncaughtException => {
            let thrown = arguments.into_iter().next().unwrap_or_default();
            Error::Exception(Box::new(Exception {
                ty: thrown.ty,
                value: thrown.value,
                function: site.function.clone(),
                location,
                backtrace,
            }))
        }
        kind => Error::Trap(Box::new(Trap {
            kind,
            function: site.function.clone(),
            text: site.text.clone(),
            location: Some(location),
            backtrace,
        })),
    }
}

/// The values in the trap record. What cannot be shown is left out: this is a message about another failure.
fn arguments(store: &mut StoreContextMut<'_, State>, metadata: &Metadata, site: &TrapSite) -> Vec<Argument> {
    let memory = store.data().guest().memory;
    let budget = crate::heap::Budget { nodes: 1 << 12, bytes: 1 << 16, depth: 64 };
    let memory = memory.data(&*store);
    // The message does not depend on what is left of the call's budgets.
    let meter = Meter::new(&Limits::default());
    let mut word = 0;
    let mut next = || {
        let address = heap::TRAP_RECORD + word * 8;
        word += 1;
        if word > heap::TRAP_RECORD_WORDS { None } else { crate::heap::get_u64(memory, address).ok() }
    };
    let mut arguments = Vec::new();
    for (position, &id) in site.arguments.iter().enumerate() {
        let ty = metadata.interface.ty(id);
        let raw = match ty.rep() {
            // There is one value of it only, and no slot refers to it.
            Rep::Unit => continue,
            Rep::I64 | Rep::F64 => next().map(Raw::from_bits),
            Rep::Byte | Rep::Ptr => next().map(|bits| Raw::from_pointer(bits as u32)),
            Rep::Slice => match (next(), next()) {
                (Some(pointer), Some(len)) => Some(Raw::from_slice(pointer as u32, len as u32)),
                _ => None,
            },
        };
        let Some(raw) = raw else { break };
        let value = shown(&metadata.interface, &mut Reader::new(memory, budget, &meter), id, raw);
        let slot = site.slots.get(position).cloned().unwrap_or_default();
        arguments.push(Argument { slot, ty: type_name(&metadata.interface, id), value });
    }
    arguments
}
