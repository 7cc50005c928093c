//! Text of the program in obligations.

/// Characters that are kept: the same expression is part of many larger ones.
const MOST: usize = 160;

/// A clause or expression on one line, cut when it is long.
pub fn excerpt(text: &str) -> String {
    let mut line = String::new();
    let mut gap = false;
    for (count, char) in text.trim().chars().enumerate() {
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
