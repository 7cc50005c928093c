//! Text of the program in obligations.

/// Characters that are kept: the same expression is part of many larger ones.
const MOST: usize = 160;

/// A clause or expression on one line, cut when it is long, without parentheses around all of it.
pub fn excerpt(text: &str) -> String {
    let mut line = String::new();
    let mut gap = false;
    for (count, char) in unwrapped(text.trim()).chars().enumerate() {
        if count == MOST {
            line.push_str(" …");
            break;
        }
        // Only the ends of lines and the indentation after them are not the text's own.
        match char {
            '\n' | '\r' => gap = true,
            ' ' | '\t' if gap => {}
            _ => {
                if std::mem::take(&mut gap) {
                    line.push(' ');
                }
                line.push(char);
            }
        }
    }
    line
}

/// The text without a pair of parentheses around all of it. Long text, and text with quotes, stays as it is.
fn unwrapped(text: &str) -> &str {
    let Some(inner) = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) else { return text };
    if text.len() > MOST {
        return text;
    }
    let mut open = 0_i32;
    for byte in inner.bytes() {
        open += match byte {
            b'(' => 1,
            b')' => -1,
            b'"' => return text,
            _ => 0,
        };
        if open < 0 {
            return text;
        }
    }
    if inner.is_empty() { text } else { inner }
}
