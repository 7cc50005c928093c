//! The parser: recursive descent, with precedence climbing for operators.
//!
//! A parse function returns `Err(Reported)` if it could not make its node; the diagnostic exists then. Errors propagate
//! to the nearest boundary that knows where to continue (statement, match arm, argument, clause, declaration), which
//! inserts an `Invalid` node. An error that is likely to be secondary is not reported. There is no backtracking: every
//! token is consumed once.

mod anonymous;
mod assemble;
mod bindings;
mod bits;
mod blocks;
mod clauses;
mod comprehension;
mod control;
mod data;
mod destructure;
mod docs;
mod errors;
mod expr;
mod function;
mod guess;
mod handle;
mod hints;
mod lambda;
mod literal;
mod methods;
mod nested;
mod operations;
mod operators;
mod pattern;
mod predicate;
mod primary;
mod program;
mod read_as;
mod read_declarations;
mod recovery;
mod signatures;
mod slot;
mod statements;
#[cfg(test)]
mod tests;
mod types;

use std::ops::Range;
use std::sync::Arc;

use rustc_hash::FxHashMap;

#[cfg(test)]
pub(crate) use tests::depth::nested;

use super::MAX_DEPTH;
use super::ast::{Comment, Lost, Name, Program};
use super::lexer::{Lexed, lex, lex_parts};
use super::token::{Token, TokenKind};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Section};
use crate::source::{FileId, SourceMap, Span};

/// Reads the file `file` of `source`.
///
/// The program is complete when the diagnostics hold no error; otherwise it has `Invalid` nodes, or lacks
/// declarations, where errors are reported. The diagnostics are in source order.
pub fn parse(source: &SourceMap, file: FileId) -> (Program, Diagnostics) {
    let Read { program, diagnostics, .. } = read(source, file);
    (program, diagnostics)
}

/// Reads as [`parse`] does.
pub(crate) fn read(source: &SourceMap, file: FileId) -> Read {
    let text = source.file(file).text();
    Parser::new(text, file, lex(text, file)).program()
}

/// Reads parts of a file as if there were nothing else in it. Each part holds whole declarations.
pub(crate) fn parse_parts(source: &SourceMap, file: FileId, parts: &[Range<usize>]) -> (Program, Diagnostics) {
    let text = source.file(file).text();
    let Read { program, diagnostics, .. } = Parser::new(text, file, lex_parts(text, file, parts)).program();
    (program, diagnostics)
}

/// The result of parsing a file.
pub(crate) struct Read {
    pub(crate) program: Program,
    pub(crate) diagnostics: Diagnostics,
    /// Every name in it once, in no particular order.
    pub(crate) names: Vec<Arc<str>>,
    /// Whether it was reported that the program nests too deeply.
    pub(crate) too_deep: bool,
}

/// Proof that a diagnostic was reported.
#[derive(Debug)]
struct Reported;

type PResult<T> = Result<T, Reported>;

struct Parser<'s> {
    text: &'s str,
    file: FileId,
    /// Ends with `Eof`, which is never consumed.
    tokens: Vec<Token>,
    /// The next token.
    pos: usize,
    /// The text consumed last.
    prev: Span,
    comments: Vec<Comment>,
    names: FxHashMap<&'s str, Arc<str>>,
    diagnostics: Diagnostics,
    /// How many were added here.
    errors: usize,
    /// The token of the last error, or where recovery stopped.
    reported_at: Option<usize>,
    /// From the last error to the end of its line.
    distrusted: Range<u32>,
    /// Whether the declaration being read has an error that was not read over.
    decl_errors: bool,
    /// Whether a `}` of the declaration being read is missing.
    unbalanced: bool,
    /// What is bound around the next token, nearest last.
    bound: Vec<bindings::Bound<'s>>,
    /// How many of the errors are about names of bindings.
    named_errors: usize,
    /// How many of the bindings in scope have names.
    named: usize,
    /// What to report of the names in the declaration being read.
    named_diagnostics: Vec<Diagnostic>,
    /// The names in the pattern being read.
    pattern_names: Vec<Span>,
    /// The calls around the next token, innermost last.
    callees: Vec<lambda::Callee<'s>>,
    /// The result type of the function being read, as written.
    result_type: Option<&'s str>,
    /// Where the body of a function starts whose result type is known, and that type, as written.
    body_type: Option<(u32, &'s str)>,
    /// The clause of a handler with state whose body is being read.
    clause: Option<handle::ClauseBody<'s>>,
    /// Whether a comma is missing between the parameters read last, so that it is not certain how many there are.
    uncertain_params: bool,
    /// The token where the statement being read starts.
    stmt_start: usize,
    /// A `where` block within the body of the function being read: its place and its functions.
    lost_where: Option<(Span, Vec<super::ast::FnDecl>)>,
    /// The diagnostic of the `return` that the block read last ended in.
    returned: Option<usize>,
    /// Where functions are declared, once that was asked.
    declared: Option<signatures::Declared<'s>>,
    /// The constructors that the file declares, once they were asked for.
    declared_constructors: Option<guess::Constructors<'s>>,
    /// What declarations declare that could not be read.
    lost: Lost,
    /// How many strings' `\(…)` are around the next token.
    interpolations: usize,
    /// How deep the node being read is.
    depth: usize,
    /// How deep the deepest node of the expression being read is; operators push what is on their left down.
    peak: usize,
    /// Whether it was reported that the program nests too deeply; once is enough.
    deep: bool,
}

impl<'s> Parser<'s> {
    fn new(text: &'s str, file: FileId, lexed: Lexed) -> Self {
        Parser {
            text,
            file,
            tokens: lexed.tokens,
            pos: 0,
            prev: Span::new(file, 0, 0),
            comments: lexed.comments,
            names: FxHashMap::default(),
            diagnostics: lexed.diagnostics,
            errors: 0,
            reported_at: None,
            distrusted: 0..0,
            decl_errors: false,
            unbalanced: false,
            bound: Vec::new(),
            named_errors: 0,
            named: 0,
            named_diagnostics: Vec::new(),
            pattern_names: Vec::new(),
            callees: Vec::new(),
            result_type: None,
            body_type: None,
            clause: None,
            uncertain_params: false,
            stmt_start: usize::MAX,
            lost_where: None,
            returned: None,
            declared: None,
            declared_constructors: None,
            lost: Lost::default(),
            interpolations: 0,
            depth: 0,
            peak: 0,
            deep: false,
        }
    }

    fn kind(&self) -> TokenKind {
        self.tokens[self.pos].kind
    }

    fn kind_at(&self, ahead: usize) -> TokenKind {
        self.tokens.get(self.pos + ahead).map_or(TokenKind::Eof, |token| token.kind)
    }

    fn at(&self, kind: TokenKind) -> bool {
        self.kind() == kind
    }

    fn span_of(&self, token: Token) -> Span {
        Span::new(self.file, token.start, token.end)
    }

    /// The place of the next token.
    fn span(&self) -> Span {
        self.span_of(self.tokens[self.pos])
    }

    /// From `start` to the last token consumed.
    fn since(&self, start: Span) -> Span {
        if self.prev.end > start.start { start.to(self.prev) } else { Span { end: start.start, ..start } }
    }

    fn slice(&self, span: Span) -> &'s str {
        &self.text[span.start as usize..span.end as usize]
    }

    /// Consumes the next token and returns its place.
    fn bump(&mut self) -> Span {
        let span = self.span();
        if !self.at(TokenKind::Eof) {
            self.pos += 1;
            self.prev = span;
        }
        span
    }

    fn eat(&mut self, kind: TokenKind) -> bool {
        let found = self.at(kind);
        if found {
            self.bump();
        }
        found
    }

    /// Consumes a token of `kind`, or reports that it was expected; `context` says where, such as
    /// `after the condition`.
    fn expect(&mut self, kind: TokenKind, context: &str) -> PResult<Span> {
        if self.at(kind) {
            return Ok(self.bump());
        }
        Err(self.unexpected(format!("{} {context}", kind.describe())))
    }

    /// The name at `span`.
    fn name(&mut self, span: Span) -> Name {
        let text = self.slice(span);
        let shared = self.names.entry(text).or_insert_with(|| Arc::from(text));
        Name { text: Arc::clone(shared), span }
    }

    /// Consumes the next token as a name.
    fn bump_name(&mut self) -> Name {
        let span = self.bump();
        self.name(span)
    }

    /// A name that starts with a lower-case letter. Keywords are names where only a name can stand.
    fn lower_name(&mut self, what: &str) -> PResult<Name> {
        if self.kind().is_lower_name() {
            return Ok(self.bump_name());
        }
        if self.at(TokenKind::UpperIdent) {
            return Err(self.wrong_case(what, "a lower-case"));
        }
        Err(self.unexpected(what))
    }

    /// A name that starts with an upper-case letter.
    fn upper_name(&mut self, what: &str) -> PResult<Name> {
        if self.at(TokenKind::UpperIdent) {
            return Ok(self.bump_name());
        }
        if self.at(TokenKind::LowerIdent) {
            return Err(self.wrong_case(what, "an upper-case"));
        }
        Err(self.unexpected(what))
    }

    /// Goes one level deeper; every success is followed by [`Self::leave`].
    fn enter(&mut self) -> PResult<()> {
        if self.depth >= MAX_DEPTH {
            return Err(self.too_deep());
        }
        self.depth += 1;
        self.peak = self.peak.max(self.depth);
        Ok(())
    }

    fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Makes the expression just read the left part of a larger one, one level deeper. Gives back how deep
    /// its deepest node is then.
    fn push_down(&mut self) -> PResult<usize> {
        if self.peak >= MAX_DEPTH {
            return Err(self.too_deep());
        }
        Ok(self.peak + 1)
    }

    fn too_deep(&mut self) -> Reported {
        if std::mem::replace(&mut self.deep, true) {
            self.reported_at = Some(self.pos);
            return Reported;
        }
        let diagnostic = Diagnostic::new(
            Code::E005,
            self.span(),
            format!("The program nests more than {MAX_DEPTH} levels deep here."),
        )
        .because("Every construct inside another, and every operator of a chain, is one level.")
        .fix("Give the inner part a name: bind it with `let`, or move it to a function of its own.")
        .spec(Section::S10_3);
        self.error(diagnostic)
    }
}
