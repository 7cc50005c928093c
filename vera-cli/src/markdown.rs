//! Markdown on a terminal: headings and programs are coloured, the text is unchanged.

use anstyle::{AnsiColor, Style};
use std::fmt::Write as _;

const HEADING: Style = Style::new().bold();
const PROGRAM: Style = AnsiColor::Cyan.on_default();
/// What is there but not looked for.
pub(crate) const QUIET: Style = Style::new().dimmed();

/// Markdown, line by line, with its headings and programs set apart.
pub(crate) fn styled(page: &str) -> String {
    let mut text = String::new();
    let mut in_program = false;
    for line in page.lines() {
        let fence = line.starts_with("```");
        let style = match (fence, in_program) {
            (true, _) => QUIET,
            (false, true) => PROGRAM,
            (false, false) if line.starts_with('#') => HEADING,
            (false, false) => Style::new(),
        };
        in_program ^= fence;
        let _ = writeln!(text, "{style}{line}{style:#}");
    }
    text
}
