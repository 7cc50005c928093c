//! `let` that takes a value apart, and the forms of it that other languages have.

use super::types::invalid_type;
use super::{PResult, Parser};
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::source::Span;
use crate::syntax::ast::{Name, StmtKind, TypeExpr};
use crate::syntax::token::TokenKind;

/// The fix of a pattern within a pattern that is not written out.
const IN_WORDS: &str = "Write `@` and the type of the field here, and take that slot apart in a `let` of its own.";

/// Longer code is not repeated in a fix, in bytes.
const SHOWN: usize = 400;

impl Parser<'_> {
    /// `Name<@A, @B> = e` behind `let`.
    pub(super) fn destructure(&mut self) -> PResult<StmtKind> {
        let constructor = self.bump_name();
        if self.at(TokenKind::Assign) {
            let name = &constructor;
            let diagnostic = self
                .expected(&format!("`@` before `{name}`, or `<` after it"))
                .because("`let @T` binds a slot; `let Name<@A>` takes a value of one constructor apart.")
                .fix(format!("Write `let @{name} = ...;`."))
                .edit(name.span.start_point(), "@")
                .spec(Section::S4_7);
            return Err(self.error(diagnostic));
        }
        if self.at(TokenKind::LParen) {
            return self.destructure_in_parentheses(Some(constructor));
        }
        let open = self.expect(TokenKind::Lt, "and the types of the fields")?;
        let mut nested = None;
        let types = self.list(open, TokenKind::Gt, |this| this.pattern_field(&mut nested), invalid_type)?;
        let close = self.prev;
        let value = self.let_value()?;
        if let Some(pattern) = nested {
            self.report_pattern_in_pattern(pattern, close, value.span);
        }
        types.iter().for_each(|ty| self.bind(ty.span));
        Ok(StmtKind::Destructure { constructor, types, value: *value })
    }

    /// A field of a pattern: `@Type`. The first pattern in its place is kept in `nested`, to be reported.
    fn pattern_field(&mut self, nested: &mut Option<Span>) -> PResult<TypeExpr> {
        if !self.at(TokenKind::UpperIdent) || self.kind_at(1) != TokenKind::Lt || self.kind_at(2) == TokenKind::Gt {
            return self.bound_type();
        }
        let start = self.bump();
        let mut depth = 0;
        loop {
            match self.kind() {
                TokenKind::Lt => depth += 1,
                TokenKind::Gt => depth -= 1,
                TokenKind::At | TokenKind::UpperIdent | TokenKind::Comma => {}
                _ => return Err(self.unexpected("`@` and a type")),
            }
            self.bump();
            if depth == 0 {
                break;
            }
        }
        let pattern = self.since(start);
        nested.get_or_insert(pattern);
        Ok(invalid_type(pattern))
    }

    /// Reports a pattern in the place of a field.
    fn report_pattern_in_pattern(&mut self, pattern: Span, close: Span, value: Span) {
        let diagnostic = Diagnostic::new(Code::E005, pattern, "A `let` takes one level of a value apart.")
            .because("A field between `<` and `>` is `@` and a type.")
            .spec(Section::S4_7_1);
        let lets = if pattern.end == close.start { one_by_one(self.slice(pattern)) } else { None };
        let diagnostic = match lets {
            Some(lets) => {
                let slot = slot_of(self.slice(pattern));
                let lets = lets.iter().fold(String::new(), |text, one| text + ";\n  " + one);
                let fix = match lets.len() <= SHOWN {
                    true => {
                        format!("Write `{slot}` here, and behind this binding:\n{};", lets.trim_start_matches(";\n"))
                    }
                    false => IN_WORDS.to_owned(),
                };
                diagnostic.fix(fix).edit(pattern, slot).edit(value.end_point(), lets)
            }
            None => diagnostic.fix(IN_WORDS),
        };
        self.report(diagnostic);
        self.decl_errors = true;
    }

    /// `(@A, @B) = e` behind `let`, with a constructor in front or not.
    pub(super) fn destructure_in_parentheses(&mut self, constructor: Option<Name>) -> PResult<StmtKind> {
        let open = self.bump();
        let types = self.list(open, TokenKind::RParen, Self::bound_type, invalid_type)?;
        let close = self.prev;
        let name = constructor.unwrap_or_else(|| Name { text: "Tuple".into(), span: open.start_point() });
        let inside = self.slice(Span { start: open.end, end: close.start, ..open });
        let prefix = if name.span.start == name.span.end { "Tuple" } else { "" };
        self.report(
            Diagnostic::new(Code::E005, open.to(close), "A `let` takes a value apart with `<` and `>`.")
                .because("It names the constructor, and the types of the fields between `<` and `>`.")
                .fix(
                    self.short(
                        format!("Write `let {name}<{inside}> = ...;`"),
                        "Write `<` and `>` for the parentheses.",
                    ),
                )
                .edit(open, format!("{prefix}<"))
                .edit(close, ">")
                .spec(Section::S4_7_1),
        );
        self.decl_errors = true;
        let value = self.let_value()?;
        types.iter().for_each(|ty| self.bind(ty.span));
        Ok(StmtKind::Destructure { constructor: name, types, value: *value })
    }
}

/// What a tuple's pattern binds as a whole: `@Tuple<Int, Bool>` for `Tuple<@Int, @Bool>`.
fn slot_of(pattern: &str) -> String {
    format!("@{}", pattern.replace('@', ""))
}

/// The bindings that take apart a slot as a pattern of tuples does, a level each. `None` where that would bind in another
/// order, or a type is not known: patterns before other fields, and of other constructors.
fn one_by_one(mut pattern: &str) -> Option<Vec<String>> {
    let mut lets = Vec::new();
    loop {
        let fields = pattern.strip_prefix("Tuple<")?.strip_suffix('>')?;
        let (slot, mut inner, mut depth, mut start) = (slot_of(pattern), None, 0, 0);
        for (at, byte) in fields.bytes().enumerate() {
            match byte {
                b'<' => depth += 1,
                b'>' => depth -= 1,
                b',' if depth == 0 => start = at + 1,
                _ => {}
            }
            let field = &fields[start..=at];
            if byte == b'<' && depth == 1 && !field.trim_start().starts_with('@') {
                if inner.is_some() {
                    return None;
                }
                inner = Some(at + 1 - field.trim_start().len());
            }
        }
        let Some(at) = inner.filter(|&at| at >= start) else {
            return inner.is_none().then(|| {
                lets.push(format!("let {pattern} = {slot}.0"));
                lets
            });
        };
        let nested = &fields[at..];
        lets.push(format!("let Tuple<{}{}> = {slot}.0", &fields[..at], slot_of(nested)));
        pattern = nested;
    }
}
