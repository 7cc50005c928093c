//! The SQL of `DB` operations must be written out in the program (E207, E208, E209).
//!
//! A text is known if it is a literal, a concatenation or interpolation of known texts, or a `let` of one. Values reach
//! the database through `?` placeholders only, so a known text cannot contain an injection.

use super::Checker;
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::syntax::{ast, escapes};
use crate::tir::{Expr, ExprKind, StringPart};

impl Checker<'_> {
    /// The text an expression is known to be.
    pub(super) fn known_text(&self, expr: &Expr) -> Option<String> {
        match &expr.kind {
            ExprKind::String(text) => Some(text.clone()),
            ExprKind::Local(local) => self.known_texts.get(local).cloned(),
            ExprKind::Coerce(_, _, inner) => self.known_text(inner),
            ExprKind::Interpolated(parts) => {
                let parts = parts.iter().map(|part| match part {
                    StringPart::Text(text) => Some(text.clone()),
                    StringPart::Expr(expr) => self.known_text(expr),
                });
                parts.collect()
            }
            ExprKind::Call { function, args, .. } if self.is_library(*function) => {
                let [left, right] = args.as_slice() else { return None };
                if self.env.program.function(*function).name != "string_concat" {
                    return None;
                }
                Some(self.known_text(left)? + &self.known_text(right)?)
            }
            _ => None,
        }
    }

    /// The number of elements an expression is known to have.
    pub(super) fn known_length(&self, expr: &Expr) -> Option<usize> {
        match &expr.kind {
            ExprKind::Array(items) => Some(items.len()),
            ExprKind::Local(local) => self.known_lengths.get(local).copied(),
            ExprKind::Coerce(_, _, inner) => self.known_length(inner),
            _ => None,
        }
    }

    /// The arguments to write instead of SQL with values in it.
    fn with_placeholders(&self, sql: &Expr) -> String {
        let ExprKind::Interpolated(parts) = &sql.kind else {
            return "\"SELECT * FROM t WHERE name = ?\", [Some(@String.0)]".to_owned();
        };
        let (mut text, mut values, mut quote) = (String::new(), Vec::new(), false);
        for part in parts {
            let known = match part {
                StringPart::Text(known) => Some(known.clone()),
                StringPart::Expr(expr) => self.known_text(expr),
            };
            match (known, part) {
                (Some(known), _) => {
                    // Around a placeholder there are no quotes.
                    let known = if quote { known.strip_prefix('\'').unwrap_or(&known) } else { &known };
                    text.push_str(known);
                    quote = false;
                }
                (None, StringPart::Expr(expr)) => {
                    quote = text.ends_with('\'');
                    text.truncate(text.len() - usize::from(quote));
                    text.push('?');
                    let value = self.quoted(expr.span, "value");
                    values.push(match value.starts_with("@String.") {
                        true => format!("Some({value})"),
                        false => format!("Some(\"\\({value})\")"),
                    });
                }
                (None, StringPart::Text(_)) => {}
            }
        }
        let mut written = String::new();
        escapes::escape(&text, &mut written);
        format!("\"{written}\", [{}]", values.join(", "))
    }

    /// Checks the arguments of an operation of `DB`.
    pub(super) fn check_sql(&mut self, name: &ast::Name, args: &[Expr]) {
        let [sql, params] = args else { return };
        if matches!(sql.kind, ExprKind::Invalid | ExprKind::Hole) {
            return;
        }
        let Some(text) = self.known_text(sql) else {
            self.report(
                Diagnostic::new(
                    Code::E207,
                    sql.span,
                    format!("The SQL of `DB.{name}` is not made of literals only."),
                )
                .because("SQL that is built at run time allows SQL injection; values go through `?` placeholders instead.")
                .fix(format!("DB.{name}({})", self.with_placeholders(sql)))
                .spec(Section::S9_5_7),
            );
            return;
        };
        match placeholders(&text) {
            Err(other) => self.report(
                Diagnostic::new(
                    Code::E209,
                    sql.span,
                    format!("`{other}` is not a placeholder that `DB.{name}` knows."),
                )
                .because("Values are bound by position, in the order of the `?` in the text.")
                .fix("Write `?` for each value and give the values in that order.")
                .spec(Section::S9_5_7),
            ),
            Ok(count) => {
                let Some(given) = self.known_length(params).filter(|&given| given != count) else { return };
                self.report(
                    Diagnostic::new(
                        Code::E208,
                        params.span,
                        format!("The SQL has {count} `?`, and {} given for them.", values(given)),
                    )
                    .because("Every `?` takes one value, by position.")
                    .fix("Give one `Some(value)` or `None` for each `?`.")
                    .spec(Section::S9_5_7)
                    .label(sql.span, "the SQL"),
                );
            }
        }
    }
}

fn values(count: usize) -> String {
    match count {
        0 => "no values are".to_owned(),
        1 => "1 value is".to_owned(),
        _ => format!("{count} values are"),
    }
}

/// The number of `?` outside of quotes and comments.
///
/// # Errors
/// A numbered or named placeholder.
fn placeholders(sql: &str) -> Result<usize, String> {
    let mut count = 0;
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        rest = match first {
            '\'' | '"' | '`' => after(&rest[1..], first.encode_utf8(&mut [0; 4])),
            '[' => after(&rest[1..], "]"),
            '-' if rest.starts_with("--") => after(rest, "\n"),
            '/' if rest.starts_with("/*") => after(&rest[2..], "*/"),
            '?' => {
                let digits = rest[1..].bytes().take_while(u8::is_ascii_digit).count();
                if digits > 0 {
                    return Err(rest[..=digits].to_owned());
                }
                count += 1;
                &rest[1..]
            }
            ':' if rest.starts_with("::") => &rest[2..],
            ':' | '@' | '$' => {
                let name = rest[1..].bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
                if name > 0 {
                    return Err(rest[..=name].to_owned());
                }
                &rest[1..]
            }
            // A name may have such characters inside.
            c if c.is_alphanumeric() || c == '_' => {
                rest.trim_start_matches(|c: char| c.is_alphanumeric() || matches!(c, '_' | '$'))
            }
            c => &rest[c.len_utf8()..],
        };
    }
    Ok(count)
}

/// What follows the next `end`; nothing when there is none.
fn after<'a>(text: &'a str, end: &str) -> &'a str {
    text.find(end).map_or("", |at| &text[at + end.len()..])
}

#[cfg(test)]
mod tests {
    use super::placeholders;

    #[test]
    fn counts_what_the_database_binds() {
        for (sql, expected) in [
            ("SELECT 1", Ok(0)),
            ("SELECT * FROM t WHERE a = ? AND b = ?", Ok(2)),
            ("SELECT '?', \"?\", [?], `?` FROM t WHERE a = ? -- ?\n AND b = ? /* ? */", Ok(2)),
            ("SELECT 'it''s ?' WHERE a=?", Ok(1)),
            ("SELECT a$b FROM t", Ok(0)),
            ("SELECT ?1", Err("?1".to_owned())),
            ("SELECT :name", Err(":name".to_owned())),
            ("SELECT @name", Err("@name".to_owned())),
            ("SELECT $name", Err("$name".to_owned())),
            ("SELECT '", Ok(0)),
        ] {
            assert_eq!(placeholders(sql), expected, "{sql}");
        }
    }
}
