//! The part between a signature and a body: contract clauses and the effect row.

use super::assemble::invalid_expr;
use super::{PResult, Parser};
use crate::diagnostics::suggest::nearest;
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::foreign;
use crate::source::Span;
use crate::syntax::ast::{Contract, ContractKind, EffectRef, EffectRow, EffectRowKind, Expr};
use crate::syntax::token::TokenKind;

/// The most text of clauses that a fix moves.
const MOVED: u32 = 2_000;

impl Parser<'_> {
    /// The clauses behind the signature at `signature`.
    pub(super) fn contracts_and_effects(&mut self, signature: Span) -> PResult<(Vec<Contract>, EffectRow)> {
        let mut contracts = Vec::new();
        self.contracts(&mut contracts)?;
        if contracts.is_empty() && !self.at(TokenKind::Effects) {
            self.missing_contracts(signature, false);
            return Ok((contracts, self.no_effects()));
        }
        let effects = self.effect_clause(signature)?;
        self.misspelt_clause(CLAUSES);
        if contracts.is_empty() && !self.at_contract() {
            self.missing_contracts(signature, true);
        }
        if self.at_contract() {
            self.late_contracts(&mut contracts, effects.span)?;
        }
        while self.at(TokenKind::Effects) {
            self.second_effects(effects.span)?;
        }
        contracts.shrink_to_fit();
        Ok((contracts, effects))
    }

    /// Contract clauses behind the effects clause with the row at `row`.
    fn late_contracts(&mut self, contracts: &mut Vec<Contract>, row: Span) -> PResult<()> {
        let (start, errors) = (self.span(), self.errors);
        let word = self.slice(start);
        self.contracts(contracts)?;
        let place = self.since(start);
        let mut diagnostic =
            Diagnostic::new(Code::E032, start, format!("The `{word}` clause follows the `effects` clause."))
                .because("The order is fixed: contract clauses, then `effects`, then the body.")
                .fix(format!("Move `{word}(…)` before `effects(…)`."))
                .spec(Section::S5_2);
        let keyword = self.text[..row.start as usize].rfind("effects");
        if let Some(keyword) = keyword.filter(|_| self.errors == errors && place.end - place.start <= MOVED) {
            let before = self.text[..place.start as usize].trim_end().len() as u32;
            let keyword = Span { start: keyword as u32, end: keyword as u32, ..place };
            diagnostic = diagnostic.edit(keyword, format!("{}\n  ", self.slice(place)));
            diagnostic = diagnostic.edit(Span { start: before, ..place }, "");
        }
        self.report(diagnostic);
        Ok(())
    }

    /// Reports a further `effects` clause, and reads over it.
    fn second_effects(&mut self, first: Span) -> PResult<()> {
        let start = self.span();
        let errors = self.errors;
        self.effect_clause(start)?;
        if self.errors == errors {
            self.report(
                Diagnostic::new(Code::E005, self.since(start), "This function has an `effects` clause already.")
                    .because("One clause lists all effects of a function.")
                    .fix("Put all effects into one clause: `effects(<A, B>)`.")
                    .spec(Section::S5_5)
                    .label(first, "the effects are said here"),
            );
        }
        Ok(())
    }

    pub(super) fn at_contract(&self) -> bool {
        is_contract(self.kind())
    }

    /// A word that is nearly the keyword of one of the `clauses` is read as that.
    pub(super) fn misspelt_clause(&mut self, clauses: &[(&str, TokenKind)]) {
        let word = self.slice(self.span());
        let states = match self.kind() {
            // Else it declares one.
            TokenKind::Effect => self.kind_at(1) == TokenKind::LParen,
            TokenKind::LowerIdent | TokenKind::UpperIdent => {
                matches!(self.kind_at(1), TokenKind::LBrace | TokenKind::Colon) || self.kind_at(1).starts_expr()
            }
            _ => false,
        };
        // What a function returns is no clause, however much the word is like one.
        if !states || matches!(word, "return" | "returns") {
            return;
        }
        let Some(near) = nearest(word, clauses.iter().map(|(name, _)| *name)) else { return };
        let diagnostic = Diagnostic::new(Code::E005, self.span(), format!("There is no clause `{word}`."))
            .because("Each clause starts with its own keyword.")
            .fix(format!("Did you mean `{near}`?"))
            .edit(self.span(), near)
            .spec(Section::S1_4);
        self.slip(diagnostic);
        if let Some((_, kind)) = clauses.iter().find(|(name, _)| *name == near) {
            self.tokens[self.pos].kind = *kind;
        }
    }

    pub(super) fn contracts(&mut self, contracts: &mut Vec<Contract>) -> PResult<()> {
        loop {
            self.misspelt_clause(CLAUSES);
            match self.kind() {
                _ if self.at_contract() => contracts.push(self.contract()?),
                TokenKind::Comma | TokenKind::Semi if starts_clause(self.kind_at(1)) => {
                    let found = self.found();
                    self.report(
                        Diagnostic::new(Code::E005, self.span(), format!("There is no {found} between clauses."))
                            .because("Each clause starts with its own keyword.")
                            .fix(format!("Remove {found}."))
                            .edit(self.span(), "")
                            .spec(Section::S5_2),
                    );
                    self.bump();
                }
                TokenKind::Invariant if self.kind_at(1) == TokenKind::LParen => {
                    self.report(
                        Diagnostic::new(Code::E005, self.span(), "A function has no `invariant`.")
                            .because("Invariants belong to data types; functions have `requires`, `ensures` and `decreases`.")
                            .fix("Write the condition as `requires(…)` or `ensures(…)`.")
                            .spec(Section::S6_2_3),
                    );
                    self.invariant();
                }
                _ => return Ok(()),
            }
        }
    }

    fn contract(&mut self) -> PResult<Contract> {
        let kind = self.kind();
        let start = self.bump();
        if self.at(TokenKind::LBrace) {
            return self.contract_in_braces(kind, start);
        }
        if !self.at(TokenKind::LParen) && (self.kind().starts_expr() || self.at(TokenKind::Colon)) {
            let condition = self.condition_without_parentheses(start)?;
            let kind = match kind {
                TokenKind::Decreases => ContractKind::Decreases(vec![condition]),
                TokenKind::Requires => ContractKind::Requires(condition),
                _ => ContractKind::Ensures(condition),
            };
            return Ok(Contract { kind, span: self.since(start) });
        }
        let open = self.expect(TokenKind::LParen, "and a condition")?;
        let kind = match kind {
            TokenKind::Decreases => {
                let measures = self.exprs(open, TokenKind::RParen);
                ContractKind::Decreases(measures.or_else(|_| self.close_clause().map(|()| Vec::new()))?)
            }
            TokenKind::Requires => ContractKind::Requires(self.condition(open)?),
            _ => ContractKind::Ensures(self.condition(open)?),
        };
        Ok(Contract { kind, span: self.since(start) })
    }

    /// A clause whose condition starts with a brace in place of the parenthesis.
    fn contract_in_braces(&mut self, kind: TokenKind, start: Span) -> PResult<Contract> {
        let diagnostic = self
            .expected("`(` and a condition")
            .because("What a clause states stands in parentheses.")
            .fix(format!("Write `{}(...)`.", self.slice(start)))
            .spec(Section::S5_4);
        let open = self.bump();
        let errors = self.errors;
        let condition = self.expr();
        let close = self.at(TokenKind::RBrace) && self.errors == errors;
        let diagnostic = match close {
            true => diagnostic.edit(Span { start: start.end, ..open }, "(").edit(self.span(), ")"),
            false => diagnostic,
        };
        self.report(diagnostic);
        self.decl_errors = true;
        if !matches!(self.kind(), TokenKind::RParen | TokenKind::RBrace) {
            self.close_clause()?;
        } else {
            self.bump();
        }
        let condition = condition.map_or_else(|_| invalid_expr(self.since(start)), |condition| *condition);
        let kind = match kind {
            TokenKind::Decreases => ContractKind::Decreases(vec![condition]),
            TokenKind::Requires => ContractKind::Requires(condition),
            _ => ContractKind::Ensures(condition),
        };
        Ok(Contract { kind, span: self.since(start) })
    }

    /// `invariant(predicate)`
    pub(super) fn invariant(&mut self) -> Expr {
        let start = self.bump();
        let condition = match self.expect(TokenKind::LParen, "and a condition") {
            Ok(open) => self.condition(open),
            Err(reported) => Err(reported),
        };
        condition.unwrap_or_else(|_| invalid_expr(self.since(start)))
    }

    /// An expression up to and with `)`.
    fn condition(&mut self, open: Span) -> PResult<Expr> {
        let start = self.span();
        let condition = match self.expr() {
            Ok(condition) if self.eat(TokenKind::RParen) => return Ok(*condition),
            Ok(condition) => {
                self.unexpected_in(open, "an operator or `)`");
                // What was read may be only half of what is meant.
                invalid_expr(condition.span)
            }
            Err(_) => invalid_expr(self.since(start)),
        };
        self.close_clause()?;
        Ok(condition)
    }

    /// Skips to the end of a clause in which an error was reported.
    fn close_clause(&mut self) -> PResult<()> {
        self.skip_to(|kind| {
            matches!(kind, TokenKind::RParen | TokenKind::LBrace | TokenKind::RBrace) || starts_clause(kind)
        });
        if self.at(TokenKind::LBrace) && starts_clause(self.kind_at(1)) {
            // In place of the parenthesis.
            self.bump();
            return Ok(());
        }
        if !self.eat(TokenKind::RParen) && self.at_end() {
            return Err(super::Reported);
        }
        Ok(())
    }

    fn missing_contracts(&mut self, signature: Span, has_effects: bool) {
        if self.malformed_token().is_some() || self.at(TokenKind::Reported) {
            self.unexpected("`requires`");
            return;
        }
        let (missing, clauses) = match has_effects {
            true => ("contract is", "\n  requires(true)\n  ensures(true)\n  "),
            false => ("contract and effect row are", "\n  requires(true)\n  ensures(true)\n  effects(pure)\n"),
        };
        let diagnostic = Diagnostic::new(Code::E001, signature, format!("The function's {missing} missing."))
            .because("Every function states what it requires, what it ensures and what effects it has.")
            .fix(match has_effects {
                true => "Write `requires(true)` and `ensures(true)` after the signature, or what is true.",
                false => {
                    "Write `requires(true)`, `ensures(true)` and `effects(pure)` after the signature, or what is true."
                }
            })
            .spec(Section::S5_4);
        // Without a body it is not certain where the signature ends.
        let whole = has_effects || self.at(TokenKind::LBrace);
        self.report(if whole { diagnostic.edit(self.gap_behind(signature), clauses) } else { diagnostic });
        self.reported_at = Some(self.pos);
    }

    /// The white space behind a place.
    fn gap_behind(&self, place: Span) -> Span {
        let rest = &self.text[place.end as usize..];
        let length = rest.len() - rest.trim_start().len();
        Span { start: place.end, end: place.end + length as u32, ..place }
    }

    fn no_effects(&self) -> EffectRow {
        EffectRow { kind: EffectRowKind::Invalid, span: self.prev.end_point() }
    }

    /// `effects(row)` of the function whose signature is at `signature`.
    pub(super) fn effect_clause(&mut self, signature: Span) -> PResult<EffectRow> {
        self.misspelt_clause(EFFECTS);
        if !self.at(TokenKind::Effects) {
            if self.malformed_token().is_some() || self.at(TokenKind::Reported) {
                return Err(self.unexpected("`effects`"));
            }
            let found = self.found();
            let diagnostic =
                Diagnostic::new(Code::E002, self.prev.end_point(), format!("Expected `effects(…)`, found {found}."))
                    .because("Every function and function type states its effects, also when it has none.")
                    .fix("Write `effects(pure)`, or the effects that it has.")
                    .edit(
                        self.prev.end_point(),
                        if self.starts_line() { "\n  effects(pure)" } else { " effects(pure)" },
                    )
                    .spec(Section::S5_5)
                    .label(signature, "the function");
            self.slip(diagnostic);
            return Ok(self.no_effects());
        }
        self.bump();
        let open = self.expect(TokenKind::LParen, "and an effect row after `effects`")?;
        if self.at(TokenKind::RParen) && matches!(self.kind_at(1), TokenKind::Pure | TokenKind::Lt) {
            return self.row_behind(open);
        }
        let (start, errors) = (self.span(), self.errors);
        let kind = match self.effect_row() {
            Ok(kind) if self.at(TokenKind::RParen) => kind,
            _ => {
                if self.errors == errors {
                    self.unexpected("`)` after the effect row");
                }
                self.close_clause()?;
                return Ok(EffectRow { kind: EffectRowKind::Invalid, span: self.since(start) });
            }
        };
        let span = self.since(start);
        self.bump();
        Ok(EffectRow { kind, span })
    }

    /// `effects()pure`, with the `(` at `open`.
    fn row_behind(&mut self, open: Span) -> PResult<EffectRow> {
        let close = self.bump();
        let start = self.span();
        let kind = self.effect_row()?;
        let span = self.since(start);
        self.report(
            Diagnostic::new(Code::E005, open.to(close), "The effect row stands behind its parentheses.")
                .because("The row is what `effects` has in parentheses.")
                .fix(self.short(format!("Write `effects({})`.", self.slice(span)), "Write it between them."))
                .edit(Span { end: start.start, ..close }, "")
                .edit(span.end_point(), ")")
                .spec(Section::S5_5),
        );
        self.decl_errors = true;
        Ok(EffectRow { kind, span })
    }

    /// `, <B>` behind a row that starts at `first`.
    fn further_row(&mut self, first: Span) -> PResult<Vec<Option<EffectRef>>> {
        let close = self.prev;
        self.bump();
        let open = self.bump();
        let place = close.to(open);
        let effects = self.list(open, TokenKind::Gt, |p| p.effect_ref().map(Some), |_| None)?;
        let before = self.slice(Span { end: close.start, ..first });
        let behind = self.slice(Span { start: open.end, end: self.prev.end, ..open });
        self.report(
            Diagnostic::new(Code::E005, place, "All effects of a function stand between one `<` and one `>`.")
                .because("An effect row is one set of effects.")
                .fix(self.short(format!("Write `effects({before}, {behind})`."), "Write `effects(<A, B>)`."))
                .edit(place, ", ")
                .spec(Section::S7_3_1),
        );
        Ok(effects)
    }

    fn effect_row(&mut self) -> PResult<EffectRowKind> {
        match self.kind() {
            TokenKind::Pure => {
                self.bump();
                Ok(EffectRowKind::Pure)
            }
            TokenKind::Lt if self.kind_at(1) == TokenKind::Gt && self.kind_at(2) == TokenKind::RParen => {
                let span = self.bump();
                self.bump();
                Ok(self.foreign_pure(self.since(span)))
            }
            TokenKind::LowerIdent if foreign::is_pure(self.slice(self.span())) => {
                let span = self.bump();
                Ok(self.foreign_pure(span))
            }
            TokenKind::UpperIdent
                if self.kind_at(1) == TokenKind::RParen && foreign::is_pure(self.slice(self.span())) =>
            {
                let span = self.bump();
                Ok(self.foreign_pure(span))
            }
            TokenKind::Lt if self.kind_at(1) == TokenKind::Pure && self.kind_at(2) == TokenKind::Gt => {
                let span = self.bump();
                self.bump();
                self.bump();
                Ok(self.foreign_pure(self.since(span)))
            }
            TokenKind::Lt => {
                let open = self.bump();
                let mut effects = self.list(open, TokenKind::Gt, |p| p.effect_ref().map(Some), |_| None)?;
                while self.at(TokenKind::Comma) && self.kind_at(1) == TokenKind::Lt {
                    effects.extend(self.further_row(open)?);
                }
                // Of a row that was not read in whole nothing is known to be missing.
                let whole: Option<Vec<_>> = effects.into_iter().collect();
                Ok(whole.map_or(EffectRowKind::Invalid, EffectRowKind::Effects))
            }
            TokenKind::UpperIdent => {
                let (start, errors) = (self.span(), self.errors);
                let mut effects = vec![self.effect_ref()?];
                while self.eat(TokenKind::Comma) {
                    effects.push(self.effect_ref()?);
                }
                let row = self.slice(self.since(start));
                if self.errors > errors {
                    return Err(super::Reported);
                }
                // Closed, but not opened.
                let place = self.since(start);
                let close = if self.eat(TokenKind::Gt) { "" } else { ">" };
                self.report(
                    Diagnostic::new(Code::E005, place, "Effects are written between `<` and `>`.")
                        .because("An effect row is a set; only the empty one, `pure`, has no brackets.")
                        .fix(format!("Write `effects(<{row}>)`."))
                        .edit(place, format!("<{row}{close}"))
                        .spec(Section::S7_3_1),
                );
                Ok(EffectRowKind::Effects(effects))
            }
            TokenKind::RParen => {
                let diagnostic = self
                    .expected("`pure` or `<…>`")
                    .because("A function without effects says so.")
                    .fix("Write `effects(pure)`.")
                    .edit(self.span().start_point(), "pure")
                    .spec(Section::S7_3_1);
                Err(self.error(diagnostic))
            }
            _ => Err(self.unexpected("`pure` or `<`")),
        }
    }
}

/// The clauses between signature and body, by their keywords.
const CLAUSES: &[(&str, TokenKind)] = &[
    ("requires", TokenKind::Requires),
    ("ensures", TokenKind::Ensures),
    ("decreases", TokenKind::Decreases),
    ("effects", TokenKind::Effects),
];

/// The clause of a function type and of a function without a name.
const EFFECTS: &[(&str, TokenKind)] = &[("effects", TokenKind::Effects)];

/// The clause of a data type.
pub(super) const INVARIANT: &[(&str, TokenKind)] = &[("invariant", TokenKind::Invariant)];

fn is_contract(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Requires | TokenKind::Ensures | TokenKind::Decreases)
}

/// Whether a clause between signature and body starts with it.
pub(super) fn starts_clause(kind: TokenKind) -> bool {
    use TokenKind::*;
    matches!(kind, Requires | Ensures | Decreases | Invariant | Effects)
}
