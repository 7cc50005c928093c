//! Markdown in guest memory into text.
//!
//! Blocks are separated by an empty line, items of a list by one only when some item has several blocks that are no
//! nested lists. Text is printed as it is.

use crate::builtins::check_depth;
use crate::error::{Error, Result};
use crate::heap::{Heap, Reader};
use crate::value::Raw;
use std::borrow::Cow;
use vera_abi::layout::{FieldPlace, Rep, fixed};
use vera_abi::prelude::{md_block, md_inline};

const SLICE: FieldPlace = fixed([Rep::Slice]).fields[0];
const PAIR: [FieldPlace; 2] = fixed([Rep::Slice, Rep::Slice]).fields;
const HEADING: [FieldPlace; 2] = fixed([Rep::I64, Rep::Slice]).fields;
const LIST: [FieldPlace; 2] = fixed([Rep::Byte, Rep::Slice]).fields;

/// Prints a block.
pub(crate) fn render(heap: &mut Heap<'_>, block: Raw) -> Result<String> {
    let mut printer = Printer { reader: heap.reader(), out: String::new(), prefixes: Vec::new() };
    let mut work = vec![Step::Block(block)];
    while let Some(step) = work.pop() {
        check_depth(heap, printer.prefixes.len())?;
        printer.step(step, &mut work)?;
    }
    Ok(printer.out)
}

/// What is left to do, the next thing last.
enum Step<'m> {
    Block(Raw),
    /// Blocks from an index on, each separated from the one before.
    Blocks {
        blocks: Raw,
        next: u32,
        loose: bool,
    },
    /// Items of a list from an index on.
    Items {
        items: Raw,
        next: u32,
        ordered: bool,
        loose: bool,
    },
    /// Inline nodes from an index on.
    Inlines {
        inlines: Raw,
        next: u32,
    },
    Text(Cow<'m, str>),
    /// Ends a quotation or item.
    Outdent,
}

/// What starts the lines of a nested block: the first, and the others.
struct Prefix {
    first: Option<String>,
    others: String,
}

struct Printer<'m> {
    reader: Reader<'m>,
    out: String,
    prefixes: Vec<Prefix>,
}

impl<'m> Printer<'m> {
    fn step(&mut self, step: Step<'m>, work: &mut Vec<Step<'m>>) -> Result<()> {
        match step {
            Step::Block(block) => self.block(block, work),
            Step::Blocks { blocks, next, loose } => {
                if next >= blocks.len {
                    return Ok(());
                }
                let block = self.reader.element(Rep::Ptr, blocks, next)?;
                if next > 0 {
                    self.newline();
                    // A list that follows the text of a tight item stays with it.
                    if loose || self.reader.tag(block)? != md_block::LIST {
                        self.newline();
                    }
                }
                work.push(Step::Blocks { blocks, next: next + 1, loose });
                work.push(Step::Block(block));
                Ok(())
            }
            Step::Items { items, next, ordered, loose } => {
                if next >= items.len {
                    return Ok(());
                }
                if next > 0 {
                    self.newline();
                    if loose {
                        self.newline();
                    }
                }
                let marker = if ordered { format!("{}. ", next + 1) } else { "- ".to_owned() };
                let blocks = self.reader.element(Rep::Slice, items, next)?;
                let others = " ".repeat(marker.len());
                self.prefixes.push(Prefix { first: Some(marker), others });
                work.push(Step::Items { items, next: next + 1, ordered, loose });
                work.push(Step::Outdent);
                work.push(Step::Blocks { blocks, next: 0, loose });
                Ok(())
            }
            Step::Inlines { inlines, next } => {
                if next >= inlines.len {
                    return Ok(());
                }
                let inline = self.reader.element(Rep::Ptr, inlines, next)?;
                work.push(Step::Inlines { inlines, next: next + 1 });
                self.inline(inline, work)
            }
            Step::Text(text) => {
                self.text(&text);
                Ok(())
            }
            Step::Outdent => {
                // An item without blocks still shows its marker.
                self.open_line();
                self.prefixes.pop();
                Ok(())
            }
        }
    }

    fn block(&mut self, block: Raw, work: &mut Vec<Step<'m>>) -> Result<()> {
        self.reader.count_nodes(1)?;
        match self.reader.tag(block)? {
            md_block::PARAGRAPH => {
                let inlines = self.reader.field(block, &SLICE)?;
                work.push(Step::Inlines { inlines, next: 0 });
            }
            md_block::HEADING => {
                let level = self.reader.field(block, &HEADING[0])?.bits.clamp(1, 6) as usize;
                let inlines = self.reader.field(block, &HEADING[1])?;
                self.text(&"#".repeat(level));
                self.text(" ");
                work.push(Step::Inlines { inlines, next: 0 });
            }
            md_block::CODE_BLOCK => {
                let (language, code) = (self.string(block, &PAIR[0])?, self.string(block, &PAIR[1])?);
                let fence = "`".repeat(longest_run(&code).max(2) + 1);
                self.text(&format!("{fence}{language}\n{code}\n{fence}"));
            }
            md_block::BLOCK_QUOTE => {
                let blocks = self.reader.field(block, &SLICE)?;
                self.prefixes.push(Prefix { first: None, others: "> ".to_owned() });
                work.push(Step::Outdent);
                work.push(Step::Blocks { blocks, next: 0, loose: true });
            }
            md_block::LIST => {
                let ordered = self.reader.field(block, &LIST[0])?.bits as u32 != 0;
                let items = self.reader.field(block, &LIST[1])?;
                let loose = self.is_loose(items)?;
                work.push(Step::Items { items, next: 0, ordered, loose });
            }
            md_block::THEMATIC_BREAK => self.text("---"),
            md_block::TABLE => {
                let rows = self.reader.field(block, &SLICE)?;
                self.table(rows, work)?;
            }
            md_block::DOCUMENT => {
                let blocks = self.reader.field(block, &SLICE)?;
                work.push(Step::Blocks { blocks, next: 0, loose: true });
            }
            tag => return Err(Error::internal(format!("MdBlock has no constructor of tag {tag}"))),
        }
        Ok(())
    }

    fn is_loose(&self, items: Raw) -> Result<bool> {
        for index in 0..items.len {
            let blocks = self.reader.element(Rep::Slice, items, index)?;
            for block in 1..blocks.len {
                let block = self.reader.element(Rep::Ptr, blocks, block)?;
                if self.reader.tag(block)? != md_block::LIST {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    fn table(&mut self, rows: Raw, work: &mut Vec<Step<'m>>) -> Result<()> {
        let mut steps = Vec::new();
        for row in 0..rows.len {
            let cells = self.reader.element(Rep::Slice, rows, row)?;
            steps.push(Step::Text(if row == 0 { "|" } else { "\n|" }.into()));
            for cell in 0..cells.len {
                let inlines = self.reader.element(Rep::Slice, cells, cell)?;
                steps.extend([Step::Text(" ".into()), Step::Inlines { inlines, next: 0 }, Step::Text(" |".into())]);
            }
            if row == 0 {
                steps.push(Step::Text(format!("\n|{}", " --- |".repeat(cells.len as usize)).into()));
            }
        }
        work.extend(steps.into_iter().rev());
        Ok(())
    }

    fn inline(&mut self, inline: Raw, work: &mut Vec<Step<'m>>) -> Result<()> {
        self.reader.count_nodes(1)?;
        let mut around = |open: &'static str, inlines: Raw, close: Cow<'m, str>| {
            work.extend([Step::Text(close), Step::Inlines { inlines, next: 0 }, Step::Text(open.into())]);
        };
        match self.reader.tag(inline)? {
            md_inline::TEXT => {
                let text = self.string(inline, &SLICE)?;
                self.text(&text);
            }
            md_inline::CODE => {
                let code = self.string(inline, &SLICE)?;
                let fence = "`".repeat(longest_run(&code) + 1);
                let pad = if code.starts_with('`') || code.ends_with('`') { " " } else { "" };
                self.text(&format!("{fence}{pad}{code}{pad}{fence}"));
            }
            md_inline::EMPH => around("*", self.reader.field(inline, &SLICE)?, "*".into()),
            md_inline::STRONG => around("**", self.reader.field(inline, &SLICE)?, "**".into()),
            md_inline::LINK => {
                let address = self.string(inline, &PAIR[1])?;
                around("[", self.reader.field(inline, &PAIR[0])?, format!("]({address})").into());
            }
            md_inline::IMAGE => {
                let (text, address) = (self.string(inline, &PAIR[0])?, self.string(inline, &PAIR[1])?);
                self.text(&format!("![{text}]({address})"));
            }
            tag => return Err(Error::internal(format!("MdInline has no constructor of tag {tag}"))),
        }
        Ok(())
    }

    fn string(&mut self, node: Raw, place: &FieldPlace) -> Result<Cow<'m, str>> {
        let text = self.reader.field(node, place)?;
        self.reader.str(text)
    }

    /// Prints text, with the prefixes of the nested blocks before each line.
    fn text(&mut self, text: &str) {
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                self.newline();
            }
            if !line.is_empty() {
                self.open_line();
                self.out.push_str(line);
            }
        }
    }

    /// Prints the prefixes at the start of a line, or the marker of an item that has not shown it yet.
    fn open_line(&mut self) {
        let at_start = self.out.is_empty() || self.out.ends_with('\n');
        for prefix in &mut self.prefixes {
            match prefix.first.take() {
                Some(marker) => self.out.push_str(&marker),
                None if at_start => self.out.push_str(&prefix.others),
                None => {}
            }
        }
    }

    fn newline(&mut self) {
        // A line of a quotation shows that it is one even when it is empty.
        if self.out.is_empty() || self.out.ends_with('\n') {
            self.open_line();
            let kept = self.out.trim_end_matches(' ').len();
            self.out.truncate(kept);
        }
        self.out.push('\n');
    }
}

/// The longest run of backticks.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}
