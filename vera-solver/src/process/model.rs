//! The values that z3 gives.

use vera_compiler::verify::Value;

use crate::script::{Token, tokens};

/// Reads `((name value) ...)`: exactly the wanted names, in order. A value that is neither an integer nor a truth
/// value, or is too large, is `None`. The whole result is `None` for any other text.
pub(super) fn values(text: &str, wanted: &[String]) -> Option<Vec<Option<Value>>> {
    let mut tokens = tokens(text).map(Result::ok);
    let mut next = || tokens.next().flatten();
    if next()? != Token::Open {
        return None;
    }
    let mut values = Vec::with_capacity(wanted.len());
    for name in wanted {
        if next()? != Token::Open || next()? != Token::Atom(name) {
            return None;
        }
        let mut value = match next()? {
            Token::Atom("true") => Some(Value::Bool(true)),
            Token::Atom("false") => Some(Value::Bool(false)),
            Token::Atom(digits) => digits.parse().ok().map(Value::Int),
            Token::Open => {
                let mut parts = Vec::new();
                let mut depth = 1_usize;
                while depth > 0 {
                    let token = next()?;
                    match token {
                        Token::Open => depth += 1,
                        Token::Close => depth -= 1,
                        Token::Atom(_) => {}
                    }
                    parts.push(token);
                }
                match parts[..] {
                    [Token::Atom("-"), Token::Atom(digits), Token::Close] => {
                        format!("-{digits}").parse().ok().map(Value::Int)
                    }
                    _ => None,
                }
            }
            Token::Close => return None,
        };
        let mut token = next()?;
        // What is no value of ours may be several words.
        while let Token::Atom(_) = token {
            value = None;
            token = next()?;
        }
        if token != Token::Close {
            return None;
        }
        values.push(value);
    }
    (next()? == Token::Close && next().is_none()).then_some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, wanted: &[&str]) -> Option<Vec<Option<Value>>> {
        values(text, &wanted.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn values_are_read_and_nothing_else() {
        let text = "((x 5)\n (y (- 170141183460469231731687303715884105728))\n (b true))";
        let expected = vec![Some(Value::Int(5)), Some(Value::Int(i128::MIN)), Some(Value::Bool(true))];
        assert_eq!(read(text, &["x", "y", "b"]), Some(expected));
        assert_eq!(read("((x 170141183460469231731687303715884105728))", &["x"]), Some(vec![None]));
        assert_eq!(read("((s (as S!val!0 S)))", &["s"]), Some(vec![None]));
        for wrong in ["", "((x 5)", "((x 5)) 7", "((y 5))", "((x))", "((x 5) (y 6))", "(x 5)", "((x 5 ) )) )"] {
            assert_eq!(read(wrong, &["x"]), None, "{wrong}");
        }
    }
}
