//! The functions that failed checks and backtraces name: those of the program, clauses of handlers, and code that the
//! compiler makes.

use super::context::Lowering;
use super::shorten::shortened;
use super::sites::Owner;
use crate::core::FrameId;
use crate::source::Span;
use crate::tir::FnDecl;
use crate::types::EffectId;
use vera_abi::interface::FrameDesc;

impl Lowering<'_> {
    /// What failed checks in a function say about where they are.
    pub(super) fn owner(&mut self, decl: &FnDecl) -> Owner {
        Owner {
            function: shortened(&decl.name).into(),
            frame: self.frame(decl, decl.span),
            slots: self.program.parameter_slots(decl).into(),
        }
    }

    /// The same for code that the compiler made for what `span` covers.
    pub(super) fn made(&mut self, name: &str, span: Span) -> Owner {
        let builtin = false;
        let frame = self.add_frame(name, "", span, builtin, true);
        Owner { function: name.into(), frame, slots: [].into() }
    }

    /// A function, or the part of it that `span` covers, in backtraces.
    pub(super) fn frame(&mut self, decl: &FnDecl, span: Span) -> FrameId {
        let builtin = self.program.modules[decl.module.index()].prelude;
        self.add_frame(&decl.name, &decl.signature, span, builtin, false)
    }

    /// A clause of a handler in a function, which `span` covers.
    pub(super) fn clause_frame(&mut self, decl: &FnDecl, effect: EffectId, operation: u32, span: Span) -> FrameId {
        let effect = self.program.effect(effect);
        let operation = &effect.operations[operation as usize].name;
        let name = format!("clause {}.{operation} in {}", effect.name, decl.name);
        let builtin = self.program.modules[decl.module.index()].prelude;
        self.add_frame(&name, "", span, builtin, false)
    }

    fn add_frame(&mut self, function: &str, signature: &str, span: Span, builtin: bool, made: bool) -> FrameId {
        let sources = &self.program.sources;
        let desc = FrameDesc {
            function: shortened(function),
            signature: shortened(signature),
            source: self.sites.source(span.file),
            line_start: sources.start(span).line,
            line_end: sources.end(span).line,
            builtin,
            made,
        };
        self.sites.frame(desc)
    }
}
