//! The cost of nested blocks in the parser.
//!
//! For every line, pulldown-cmark looks at each block that is open around it, in a pass over the whole text that cannot
//! be interrupted. A line can leave all of them open without repeating their markers, so a short text can take much
//! work. This module computes an upper bound of the sum of the depths of all lines, from the starts of the lines.

/// Maximum width of a tab, in columns.
const TAB: usize = 4;

/// An upper bound of the sum of the depths of all lines.
pub(super) fn total_depth(text: &str) -> u64 {
    let mut total = 0u64;
    let mut depth = 0usize;
    let mut after_blank = true;
    for line in text.as_bytes().split(|&byte| byte == b'\n' || byte == b'\r') {
        let start = Start::of(line);
        if start.blank {
            after_blank = true;
        } else {
            // A line that opens a block repeats the marks, or the indentation, of the blocks around it; one after an empty
            // line continues nothing that it does not repeat. Each takes a column.
            if start.marks > 0 || after_blank {
                depth = (depth + start.marks).min(start.columns);
            }
            after_blank = false;
        }
        total += depth as u64;
    }
    total
}

/// The start of a line.
struct Start {
    /// Columns of white space and markers.
    columns: usize,
    /// Number of possible markers of quotations and items.
    marks: usize,
    /// Whether the line has nothing else.
    blank: bool,
}

impl Start {
    fn of(line: &[u8]) -> Self {
        let mut start = Start { columns: 0, marks: 0, blank: false };
        let mut at = 0;
        while let Some(&byte) = line.get(at) {
            let len = match byte {
                b' ' => 1,
                b'\t' => {
                    at += 1;
                    start.columns += TAB;
                    continue;
                }
                b'>' => 1,
                b'-' | b'+' | b'*' if ends(line, at + 1) => 1,
                b'0'..=b'9' => {
                    let digits = line[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                    let mark = at + digits;
                    if !matches!(line.get(mark), Some(b'.' | b')')) || !ends(line, mark + 1) {
                        return start;
                    }
                    digits + 1
                }
                _ => return start,
            };
            start.marks += usize::from(byte != b' ');
            start.columns += len;
            at += len;
        }
        start.blank = start.marks == 0;
        start
    }
}

/// Whether the marker of an item ends here.
fn ends(line: &[u8], at: usize) -> bool {
    line.get(at).is_none_or(|byte| matches!(byte, b' ' | b'\t'))
}

#[cfg(test)]
mod tests {
    use super::total_depth;

    #[test]
    fn depth_is_that_of_the_marks() {
        let cases = [
            ("a\nb\n\nc\n", 0),
            ("> a\n> b\n", 2),
            ("> > > a\nlazy\n", 6 + 1),
            ("- a\n- b\n- c\n", 1 + 2 + 2 + 2 - 1),
            ("1. - a\n\ntext\n", 2 + 2),
            ("12 monkeys\n-5\n*a*\n", 0),
        ];
        for (text, at_least) in cases {
            let total = total_depth(text);
            assert!(total >= at_least && total <= 3 * at_least + 4, "{text:?}: {total}");
        }
    }

    #[test]
    fn ordinary_text_is_not_deep() {
        let list: String = (0..1000).map(|n| format!("- item {n}\n  - nested\n\n    > quoted\n")).collect();
        assert!(total_depth(&list) < 16 * 1000 * 2, "{}", total_depth(&list));
        let text = format!("{list}{}", "\nA paragraph\nof two lines.\n".repeat(1000));
        assert!(total_depth(&text) < total_depth(&list) + 100);
    }
}
