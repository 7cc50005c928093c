//! Pages of Markdown: their fenced blocks, and their tables.
//!
//! ````text
//! ```vera wrong E130
//! public fn f ...
//! ```
//!
//! | wrong | right | code |
//! |---|---|---|
//! | `f(@Int.1)` | `f(@Int.0)` | E130 |
//! ````
//!
//! A block begins with a line of three backquotes and its information, and ends with a line of three backquotes. The
//! test that reads the page defines the meaning of the information. Indented blocks and fences of tildes are not read,
//! nor are cells that contain a bar.

/// A fenced block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block<'a> {
    /// The line of its first line of text, from 1.
    pub line: usize,
    /// The text after the backquotes, such as `vera wrong E130`.
    pub info: &'a str,
    /// The text between the fences.
    pub text: &'a str,
}

/// A row of a table, except its head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// From 1.
    pub line: usize,
    /// The cells. A cell that is one piece of code is without its backquotes.
    pub cells: Vec<&'a str>,
}

/// The fenced blocks of a page.
///
/// # Panics
/// When the last block is not closed.
pub fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut open: Option<(usize, &str, usize)> = None;
    let mut at = 0;
    for (index, line) in page.split_inclusive('\n').enumerate() {
        let start = at;
        at += line.len();
        let Some(info) = line.trim_end().strip_prefix("```") else { continue };
        match open.take() {
            None => open = Some((index + 2, info.trim(), at)),
            Some((line, info, from)) => blocks.push(Block { line, info, text: &page[from..start] }),
        }
    }
    assert!(open.is_none(), "line {}: a block is not closed", open.map_or(0, |(line, ..)| line - 1));
    blocks
}

/// The rows of all tables with this head.
pub fn rows<'a>(page: &'a str, head: &[&str]) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    let mut within = false;
    for (index, line) in page.lines().enumerate() {
        let Some(cells) = line.strip_prefix('|').and_then(|line| line.strip_suffix('|')) else {
            within = false;
            continue;
        };
        let cells: Vec<&str> = cells.split('|').map(|cell| code(cell.trim())).collect();
        if cells == head {
            within = true;
        } else if within && !cells.iter().all(|cell| cell.bytes().all(|byte| byte == b'-')) {
            rows.push(Row { line: index + 1, cells });
        }
    }
    rows
}

/// The code of a cell that is one piece of code.
fn code(cell: &str) -> &str {
    let inner = cell.strip_prefix('`').and_then(|cell| cell.strip_suffix('`'));
    inner.filter(|inner| !inner.contains('`')).unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_have_their_information_and_line() {
        let page = "a\n```vera wrong E130\nx\n\ny\n```\n``` \nz\n```";
        let first = Block { line: 3, info: "vera wrong E130", text: "x\n\ny\n" };
        assert_eq!(blocks(page), [first, Block { line: 8, info: "", text: "z\n" }]);
    }

    #[test]
    #[should_panic(expected = "line 2: a block is not closed")]
    fn a_block_is_closed() {
        blocks("a\n```vera\nx\n");
    }

    #[test]
    fn rows_are_those_below_the_head() {
        let page = "| a | b |\n|---|---|\n| `x` | `y` or `z` |\n\n| a | c |\n|---|---|\n| 1 | 2 |\n";
        assert_eq!(rows(page, &["a", "b"]), [Row { line: 3, cells: vec!["x", "`y` or `z`"] }]);
        assert_eq!(rows(page, &["a", "c"]).len(), 1);
    }
}
