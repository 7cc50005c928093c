//! The memory that the instances of a pool start with.
//!
//! A module declares the memory of its data. When an instance starts, it grows the memory by the shadow stack, whose size
//! is a limit of the instance, and with its first values by a piece of heap. In a pool, each growth changes the protection
//! of addresses, and so does taking them back for the next instance. These are the most expensive parts of a short call.
//! So a module that is translated for a pool declares what its instances will have anyway. Nothing else changes: the
//! allocator finds its memory as it finds memory that has grown, and the limit on memory holds.
//!
//! Precompiled code is used as it was made.

use crate::exports::PAGE;
use crate::limits::Limits;
use std::borrow::Cow;
use vera_abi::codec::{Codec, Reader};
use vera_abi::heap;

/// The heap that an instance starts with, in bytes: what an instance grows by at a time.
const HEAP: u64 = 4 << 20;

/// The module, declaring as much memory as an instance of these limits needs to start, within the limits. A module whose
/// memory cannot be found is left as it is.
pub(crate) fn declared<'m>(module: &'m [u8], limits: &Limits) -> Cow<'m, [u8]> {
    match with_more(module, limits) {
        Some(changed) => Cow::Owned(changed),
        None => Cow::Borrowed(module),
    }
}

fn with_more(module: &[u8], limits: &Limits) -> Option<Vec<u8>> {
    const MEMORIES: u8 = 5;
    let section = section(module, MEMORIES)?;
    let mut reader = Reader::new(section.contents);
    let count = u32::decode(&mut reader).ok()?;
    // Bit 0: there is a maximum. Other bits are for memories that no module of the compiler has.
    let flags = u8::decode(&mut reader).ok().filter(|flags| *flags <= 1)?;
    let least = u32::decode(&mut reader).ok()?;
    let most = if flags == 1 { Some(u32::decode(&mut reader).ok()?) } else { None };
    if count != 1 || !reader.rest().is_empty() {
        return None;
    }
    let allocator = u64::from(heap::BLOCK_MAP_BYTES + 2 * heap::BLOCK);
    let wanted = u64::from(least) * PAGE + u64::from(limits.shadow_stack) + allocator + HEAP;
    let pages = (wanted.min(limits.memory) / PAGE).min(most.map_or(u64::MAX, u64::from));
    let pages = u32::try_from(pages).ok().filter(|pages| *pages > least)?;
    let mut contents = Vec::new();
    count.encode(&mut contents);
    flags.encode(&mut contents);
    pages.encode(&mut contents);
    if let Some(most) = most {
        most.encode(&mut contents);
    }
    let mut changed = module.get(..section.start)?.to_vec();
    MEMORIES.encode(&mut changed);
    u32::try_from(contents.len()).ok()?.encode(&mut changed);
    changed.extend(contents);
    changed.extend(module.get(section.end..)?);
    Some(changed)
}

/// A section of a module, from its id to its end.
struct Section<'m> {
    start: usize,
    contents: &'m [u8],
    end: usize,
}

/// The section of an id.
fn section(module: &[u8], wanted: u8) -> Option<Section<'_>> {
    const PREAMBLE: usize = 8;
    let mut reader = Reader::new(module);
    reader.take(PREAMBLE).ok()?;
    let place = |rest: &[u8]| module.len() - rest.len();
    loop {
        let start = place(reader.rest());
        let id = u8::decode(&mut reader).ok()?;
        let size = u32::decode(&mut reader).ok()?;
        let contents = reader.take(size as usize).ok()?;
        if id == wanted {
            return Some(Section { start, contents, end: place(reader.rest()) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module of a memory between a custom section and an export of that memory.
    fn module(limits: &[u8]) -> Vec<u8> {
        let mut bytes = b"\0asm\x01\0\0\0".to_vec();
        bytes.extend([0, 3, 1, b'x', 9]);
        bytes.extend([5, limits.len() as u8 + 1, 1]);
        bytes.extend(limits);
        bytes.extend([7, 5, 1, 1, b'm', 2, 0]);
        bytes
    }

    fn least(module: &[u8]) -> u64 {
        let engine = wasmtime::Engine::default();
        let module = wasmtime::Module::new(&engine, module).expect("a module");
        module.get_export("m").and_then(|ty| ty.memory().map(|ty| ty.minimum())).expect("a memory")
    }

    #[test]
    fn a_module_declares_what_its_instances_start_with() {
        let limits = Limits { shadow_stack: 1 << 20, ..Limits::default() };
        let pages = (3 * PAGE + (1 << 20) + u64::from(heap::BLOCK_MAP_BYTES + 2 * heap::BLOCK) + HEAP) / PAGE;
        for declaration in [&[0, 3][..], &[1, 3, 0xff, 0xff, 3]] {
            let changed = declared(&module(declaration), &limits).into_owned();
            assert_eq!(least(&changed), pages);
        }
    }

    #[test]
    fn it_never_declares_more_than_a_limit_allows() {
        let limits = |memory| Limits { memory, ..Limits::default() };
        assert_eq!(least(&declared(&module(&[0, 3]), &limits(8 * PAGE + 1))), 8);
        assert_eq!(least(&declared(&module(&[1, 3, 5]), &Limits::default())), 5);
        for (memory, declaration) in [(PAGE, &[0, 3][..]), (1 << 30, &[1, 3, 3])] {
            assert!(matches!(declared(&module(declaration), &limits(memory)), Cow::Borrowed(_)));
        }
    }

    #[test]
    fn bytes_without_a_memory_are_left_as_they_are() {
        let whole = module(&[0, 3]);
        for length in 0..15 {
            assert_eq!(declared(&whole[..length], &Limits::default()), &whole[..length], "{length}");
        }
        // A memory of 64 bits, and two memories.
        for odd in [module(&[4, 3]), [&whole[..13], &[5, 5, 2, 0, 1, 0, 1]].concat()] {
            assert_eq!(declared(&odd, &Limits::default()), &*odd);
        }
    }
}
