//! Recovery after an error: tokens that stop the skipping, and lists whose items fail individually.

use super::{PResult, Parser};
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::source::Span;
use crate::syntax::token::TokenKind;

impl Parser<'_> {
    /// Whether a declaration starts here, wherever that is: these sequences occur nowhere else.
    pub(super) fn at_top_level_decl(&self) -> bool {
        use TokenKind::*;
        match self.kind() {
            Public | Private if self.at_line_start() => true,
            Public | Private => matches!(self.kind_at(1), Fn | Forall | Data | Type | Effect | Ability),
            Data | Type | Effect | Ability => self.kind_at(1) == UpperIdent,
            Module | Import => self.kind_at(1).is_lower_name(),
            _ => false,
        }
    }

    /// Whether a declaration starts here that may also be in a `where` block.
    pub(super) fn at_decl(&self) -> bool {
        match self.kind() {
            TokenKind::Fn if self.at_line_start() => self.kind_at(1).is_lower_name(),
            TokenKind::Fn => {
                self.kind_at(1).is_lower_name() && self.kind_at(2) == TokenKind::LParen && self.at_params(3)
            }
            TokenKind::Forall => self.kind_at(1) == TokenKind::Lt,
            _ => self.at_top_level_decl(),
        }
    }

    /// Whether the token `ahead` can follow the `(` of a signature, other than in one that was only just begun.
    fn at_params(&self, ahead: usize) -> bool {
        use TokenKind::*;
        match self.kind_at(ahead) {
            At => !matches!(self.kind_at(ahead + 2), Dot),
            kind => matches!(kind, Arrow | RParen | UpperIdent | LowerIdent | Eof),
        }
    }

    /// Whether whatever is open has to end here: at a declaration, the end of the file, or the end of an
    /// expression in a string.
    pub(super) fn at_end(&self) -> bool {
        matches!(self.kind(), TokenKind::Eof | TokenKind::StrMid | TokenKind::StrEnd) || self.at_decl()
    }

    /// Skips to a token for which `stop` holds, outside any bracket opened on the way, or to where everything
    /// has to end.
    pub(super) fn skip_to(&mut self, mut stop: impl FnMut(TokenKind) -> bool) {
        while !stop(self.kind()) && !self.at_end() {
            match self.kind() {
                TokenKind::LParen | TokenKind::LBracket | TokenKind::LBrace | TokenKind::StrStart => self.skip_group(),
                _ => {
                    self.bump();
                }
            }
        }
        self.reported_at = Some(self.pos);
    }

    /// Remembers what the declaration from the token `start` on may declare, which could not be read in whole: its name,
    /// its constructors, operations or type variables. Which of its words are those is not certain, so all in front of a
    /// function's body are taken.
    pub(super) fn lose(&mut self, start: usize) {
        use TokenKind::*;
        let mut keyword = None;
        for at in start..self.pos {
            let token = self.tokens[at];
            let named = at > start && matches!(self.tokens[at - 1].kind, Fn | Data | Type | Effect | Ability | Op);
            let upper = token.kind == UpperIdent && matches!(keyword, None | Some(Data | Effect | Forall));
            let lower = token.kind == LowerIdent;
            match token.kind {
                Fn if !self.tokens[at + 1].kind.is_lower_name() => self.lost.function = true,
                Data | Fn | Forall | Effect => keyword = Some(token.kind),
                // The body of a function declares nothing.
                LBrace if keyword == Some(Fn) => break,
                _ if upper || lower || (named && (token.kind == UpperIdent || token.kind.is_lower_name())) => {
                    let text = self.slice(self.span_of(token));
                    self.lost.names.push(text.into());
                }
                _ => {}
            }
        }
    }

    /// Skips a bracket or string with all it encloses. The end of a string closes what is still open in it,
    /// and so does a brace.
    fn skip_group(&mut self) {
        let mut open = Vec::new();
        loop {
            match self.kind() {
                TokenKind::Eof => return,
                _ if self.at_top_level_decl() => return,
                TokenKind::LParen => open.push(TokenKind::RParen),
                TokenKind::LBracket => open.push(TokenKind::RBracket),
                TokenKind::LBrace => open.push(TokenKind::RBrace),
                TokenKind::StrStart => open.push(TokenKind::StrEnd),
                kind @ (TokenKind::StrMid | TokenKind::StrEnd) => {
                    match open.iter().rposition(|close| *close == TokenKind::StrEnd) {
                        Some(at) => open.truncate(if kind == TokenKind::StrEnd { at } else { at + 1 }),
                        None => return,
                    }
                }
                TokenKind::RBrace => {
                    let within = |close: &&TokenKind| matches!(close, TokenKind::RBrace | TokenKind::StrEnd);
                    match open.iter().rev().find(within) {
                        Some(TokenKind::RBrace) => while open.pop().is_some_and(|close| close != TokenKind::RBrace) {},
                        Some(_) => {}
                        None => return,
                    }
                }
                kind if open.last() == Some(&kind) => {
                    open.pop();
                }
                _ => {}
            }
            self.bump();
            if open.is_empty() {
                return;
            }
        }
    }

    /// One or more items between commas, up to and with `close`. An item that cannot be read becomes
    /// `invalid`. The opening bracket at `open` is consumed already.
    pub(super) fn list<T>(
        &mut self,
        open: Span,
        close: TokenKind,
        item: impl FnMut(&mut Self) -> PResult<T>,
        invalid: impl Fn(Span) -> T,
    ) -> PResult<Vec<T>> {
        let mut items = Vec::new();
        self.items(open, close, item, invalid, &mut items)?;
        // Most lists are short, and trees are made of lists: room to grow would be half of all memory.
        items.shrink_to_fit();
        Ok(items)
    }

    fn items<T>(
        &mut self,
        open: Span,
        close: TokenKind,
        mut item: impl FnMut(&mut Self) -> PResult<T>,
        invalid: impl Fn(Span) -> T,
        items: &mut Vec<T>,
    ) -> PResult<()> {
        loop {
            let start = self.span();
            if items.len() < 2 {
                items.reserve_exact(1);
            }
            match item(self) {
                Ok(item) => items.push(item),
                Err(_) => {
                    self.skip_to_separator(close);
                    items.push(invalid(self.since(start)));
                }
            }
            if !self.at(TokenKind::Comma) && !self.at_close(close) {
                if close == TokenKind::RBrace && self.at_end() {
                    return Err(self.missing_brace(open));
                }
                if close == TokenKind::Arrow && self.at(TokenKind::RParen) {
                    // Whoever asked for the list finds out that it ends here. The last item may be meant as the result.
                    self.missing_result(open);
                    if let Some(last) = items.last_mut().filter(|_| self.kind_at(1) != TokenKind::Arrow) {
                        *last = invalid(self.since(start));
                    }
                    return Ok(());
                }
                if close == TokenKind::RBrace && self.starts_item() {
                    self.missing_comma(self.prev.end_point(), close);
                    continue;
                }
                if close == TokenKind::Arrow && self.at(TokenKind::At) && !self.on_distrusted_line() {
                    self.missing_comma(self.span(), close);
                    self.uncertain_params = true;
                    continue;
                }
                self.unexpected_in(open, format!("`,` or {}", close.describe()));
                self.skip_to_separator(close);
                // What was read of the item may be only a part of what is meant.
                if let Some(last) = items.last_mut() {
                    *last = invalid(self.since(start));
                }
            }
            if self.eat_close(close) {
                return Ok(());
            }
            if !self.at(TokenKind::Comma) {
                return Err(super::Reported);
            }
            let comma = self.bump();
            if self.at_close(close) {
                self.trailing_comma(comma);
                if close != TokenKind::RBrace {
                    // An item may be missing.
                    items.push(invalid(comma));
                }
                self.eat_close(close);
                return Ok(());
            }
        }
    }

    /// Whether the next token is on a line of its own and may start an item of a list in braces.
    fn starts_item(&self) -> bool {
        use TokenKind::*;
        let starts = self.kind_at(1) != Dot
            && matches!(self.kind(), UpperIdent | LowerIdent | Underscore | At | Int | Str | True | False);
        starts && self.starts_line()
    }

    fn missing_comma(&mut self, place: Span, close: TokenKind) {
        let found = self.found();
        let expected = format!("Expected `,` or {}, found {found}.", close.describe());
        self.report(
            Diagnostic::new(Code::E005, place, expected)
                .because("Commas separate the items of a list.")
                .fix(format!("Put a `,` between the item before and {found}."))
                .edit(self.prev.end_point(), ",")
                .spec(Section::S10_3),
        );
    }

    fn skip_to_separator(&mut self, close: TokenKind) {
        use TokenKind::*;
        let mut angles = 0;
        self.skip_to(|kind| match kind {
            Semi | RBrace => true,
            // `<` is a bracket only where types are listed.
            Lt if close == Gt => {
                angles += 1;
                false
            }
            Gt if angles > 0 => {
                angles -= 1;
                false
            }
            // Behind an arrow is something else, except where the items stand in front of one.
            Arrow if close == RParen => true,
            _ => angles == 0 && (kind == close || matches!(kind, Comma | RParen | RBracket)),
        });
    }

    fn at_close(&self, close: TokenKind) -> bool {
        self.at(close) || close == TokenKind::Gt && self.at(TokenKind::Ge)
    }

    /// Consumes `close`. Where that is `>`, the first half of `>=` will do: `let @Option<Int>= …`.
    pub(super) fn eat_close(&mut self, close: TokenKind) -> bool {
        if close == TokenKind::Gt && self.at(TokenKind::Ge) {
            let token = &mut self.tokens[self.pos];
            token.kind = TokenKind::Assign;
            self.prev = Span::new(self.file, token.start, token.start + 1);
            token.start += 1;
            return true;
        }
        self.eat(close)
    }
}
