//! Prints Markdown from guest memory.
//!
//! An empty line separates blocks. It separates the items of a list only if some item has several blocks that are not
//! nested lists. Text is printed unchanged.

use crate::builtins::tree::check_depth;
use crate::error::{Error, Result};
use crate::heap::{Heap, Reader};
use crate::meter::NODE;
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
    let mut printer = Printer { reader: heap.reader(), out: String::new(), prefixes: Vec::new(), shown: 0 };
    let mut work = Vec::new();
    heap.meter().push(&mut work, Step::Block(block))?;
    while let Some(step) = work.pop() {
        check_depth(heap, printer.prefixes.len())?;
        printer.step(step, &mut work)?;
    }
    Ok(printer.out)
}

/// Pending steps, the next one last.
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
    /// Rows of a table from an index on.
    Rows {
        rows: Raw,
        next: u32,
    },
    /// Cells of a row from an index on.
    Cells {
        cells: Raw,
        next: u32,
    },
    /// The line below the header of a table, for this number of columns.
    Rule(u32),
    /// Inline nodes from an index on.
    Inlines {
        inlines: Raw,
        next: u32,
    },
    Text(Cow<'m, str>),
    /// Ends a quotation or item.
    Outdent,
}

/// The start of the lines of a nested block.
struct Prefix {
    /// The marker of an item, until it is printed.
    first: Option<String>,
    others: Others,
    /// The number of prefixes up to the last one that is visible on an empty line.
    visible: usize,
}

/// The start of the lines after the first.
#[derive(Clone, Copy)]
enum Others {
    Quote,
    /// The indentation below an item's marker.
    Spaces(usize),
}

struct Printer<'m> {
    reader: Reader<'m>,
    out: String,
    prefixes: Vec<Prefix>,
    /// The number of prefixes, from the outermost, that have no pending marker.
    shown: usize,
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
                    self.newline()?;
                    // A list that follows the text of a tight item stays with it.
                    if loose || self.reader.tag(block)? != md_block::LIST {
                        self.newline()?;
                    }
                }
                self.plan(work, [Step::Block(block), Step::Blocks { blocks, next: next + 1, loose }])
            }
            Step::Items { items, next, ordered, loose } => {
                if next >= items.len {
                    return Ok(());
                }
                if next > 0 {
                    self.newline()?;
                    if loose {
                        self.newline()?;
                    }
                }
                let marker = if ordered { format!("{}. ", next + 1) } else { "- ".to_owned() };
                let blocks = self.reader.element(Rep::Slice, items, next)?;
                self.reader.count_nodes(1)?;
                self.indent(Others::Spaces(marker.len()), Some(marker))?;
                let rest = Step::Items { items, next: next + 1, ordered, loose };
                self.plan(work, [Step::Blocks { blocks, next: 0, loose }, Step::Outdent, rest])
            }
            Step::Rows { rows, next } => {
                if next >= rows.len {
                    return Ok(());
                }
                self.reader.count_nodes(1)?;
                let cells = self.reader.element(Rep::Slice, rows, next)?;
                self.text(if next == 0 { "|" } else { "\n|" })?;
                self.plan(work, [Step::Rows { rows, next: next + 1 }])?;
                if next == 0 {
                    self.plan(work, [Step::Rule(cells.len)])?;
                }
                self.plan(work, [Step::Cells { cells, next: 0 }])
            }
            Step::Cells { cells, next } => {
                if next >= cells.len {
                    return Ok(());
                }
                self.reader.count_nodes(1)?;
                let inlines = self.reader.element(Rep::Slice, cells, next)?;
                self.text(" ")?;
                let rest = Step::Cells { cells, next: next + 1 };
                self.plan(work, [Step::Inlines { inlines, next: 0 }, Step::Text(" |".into()), rest])
            }
            Step::Rule(columns) => {
                self.text("\n|")?;
                (0..columns).try_for_each(|_| self.text(" --- |"))
            }
            Step::Inlines { inlines, next } => {
                if next >= inlines.len {
                    return Ok(());
                }
                let inline = self.reader.element(Rep::Ptr, inlines, next)?;
                self.plan(work, [Step::Inlines { inlines, next: next + 1 }])?;
                self.inline(inline, work)
            }
            Step::Text(text) => self.text(&text),
            Step::Outdent => {
                // An item without blocks still shows its marker.
                self.open_line()?;
                self.prefixes.pop();
                self.shown = self.shown.min(self.prefixes.len());
                Ok(())
            }
        }
    }

    /// Adds pending steps, in order.
    fn plan<const N: usize>(&self, work: &mut Vec<Step<'m>>, steps: [Step<'m>; N]) -> Result<()> {
        self.reader.meter.reserve(work, N)?;
        work.extend(steps.into_iter().rev());
        Ok(())
    }

    /// Starts a nested block.
    fn indent(&mut self, others: Others, first: Option<String>) -> Result<()> {
        let visible = match others {
            Others::Quote => self.prefixes.len() + 1,
            Others::Spaces(_) => self.prefixes.last().map_or(0, |prefix| prefix.visible),
        };
        self.reader.meter.push(&mut self.prefixes, Prefix { first, others, visible })
    }

    fn block(&mut self, block: Raw, work: &mut Vec<Step<'m>>) -> Result<()> {
        self.reader.count_nodes(1)?;
        match self.reader.tag(block)? {
            md_block::PARAGRAPH => {
                let inlines = self.reader.field(block, &SLICE)?;
                self.plan(work, [Step::Inlines { inlines, next: 0 }])?;
            }
            md_block::HEADING => {
                let level = self.reader.field(block, &HEADING[0])?.bits.clamp(1, 6) as usize;
                let inlines = self.reader.field(block, &HEADING[1])?;
                self.text(&"#".repeat(level))?;
                self.text(" ")?;
                self.plan(work, [Step::Inlines { inlines, next: 0 }])?;
            }
            md_block::CODE_BLOCK => {
                let (language, code) = (self.string(block, &PAIR[0])?, self.string(block, &PAIR[1])?);
                let fence = longest_run(&code).max(2) + 1;
                self.backticks(fence)?;
                self.text(&language)?;
                self.text("\n")?;
                self.text(&code)?;
                self.text("\n")?;
                self.backticks(fence)?;
            }
            md_block::BLOCK_QUOTE => {
                let blocks = self.reader.field(block, &SLICE)?;
                self.indent(Others::Quote, None)?;
                self.plan(work, [Step::Blocks { blocks, next: 0, loose: true }, Step::Outdent])?;
            }
            md_block::LIST => {
                let ordered = self.reader.field(block, &LIST[0])?.bits as u32 != 0;
                let items = self.reader.field(block, &LIST[1])?;
                let loose = self.is_loose(items)?;
                self.plan(work, [Step::Items { items, next: 0, ordered, loose }])?;
            }
            md_block::THEMATIC_BREAK => self.text("---")?,
            md_block::TABLE => {
                let rows = self.reader.field(block, &SLICE)?;
                self.plan(work, [Step::Rows { rows, next: 0 }])?;
            }
            md_block::DOCUMENT => {
                let blocks = self.reader.field(block, &SLICE)?;
                self.plan(work, [Step::Blocks { blocks, next: 0, loose: true }])?;
            }
            tag => return Err(Error::internal(format!("MdBlock has no constructor of tag {tag}"))),
        }
        Ok(())
    }

    fn is_loose(&self, items: Raw) -> Result<bool> {
        for index in 0..items.len {
            let blocks = self.reader.element(Rep::Slice, items, index)?;
            self.reader.meter.work(NODE)?;
            for block in 1..blocks.len {
                self.reader.meter.work(NODE)?;
                let block = self.reader.element(Rep::Ptr, blocks, block)?;
                if self.reader.tag(block)? != md_block::LIST {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    fn inline(&mut self, inline: Raw, work: &mut Vec<Step<'m>>) -> Result<()> {
        self.reader.count_nodes(1)?;
        match self.reader.tag(inline)? {
            md_inline::TEXT => {
                let text = self.string(inline, &SLICE)?;
                self.text(&text)?;
            }
            md_inline::CODE => {
                let code = self.string(inline, &SLICE)?;
                let fence = longest_run(&code) + 1;
                let pad = if code.starts_with('`') || code.ends_with('`') { " " } else { "" };
                self.backticks(fence)?;
                self.text(pad)?;
                self.text(&code)?;
                self.text(pad)?;
                self.backticks(fence)?;
            }
            md_inline::EMPH => {
                let inlines = self.reader.field(inline, &SLICE)?;
                self.text("*")?;
                self.plan(work, [Step::Inlines { inlines, next: 0 }, Step::Text("*".into())])?;
            }
            md_inline::STRONG => {
                let inlines = self.reader.field(inline, &SLICE)?;
                self.text("**")?;
                self.plan(work, [Step::Inlines { inlines, next: 0 }, Step::Text("**".into())])?;
            }
            md_inline::LINK => {
                let (inlines, address) = (self.reader.field(inline, &PAIR[0])?, self.string(inline, &PAIR[1])?);
                self.text("[")?;
                let end = [Step::Text("](".into()), Step::Text(address), Step::Text(")".into())];
                self.plan(work, end)?;
                self.plan(work, [Step::Inlines { inlines, next: 0 }])?;
            }
            md_inline::IMAGE => {
                let (text, address) = (self.string(inline, &PAIR[0])?, self.string(inline, &PAIR[1])?);
                self.text("![")?;
                self.text(&text)?;
                self.text("](")?;
                self.text(&address)?;
                self.text(")")?;
            }
            tag => return Err(Error::internal(format!("MdInline has no constructor of tag {tag}"))),
        }
        Ok(())
    }

    fn string(&mut self, node: Raw, place: &FieldPlace) -> Result<Cow<'m, str>> {
        let text = self.reader.field(node, place)?;
        let text = self.reader.str(text)?;
        if let Cow::Owned(copy) = &text {
            self.reader.meter.hold(copy.capacity() as u64)?;
        }
        Ok(text)
    }

    /// Prints text, with the prefixes of the nested blocks before each line.
    fn text(&mut self, text: &str) -> Result<()> {
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                self.newline()?;
            }
            if !line.is_empty() {
                self.open_line()?;
                self.reader.meter.push_str(&mut self.out, line)?;
            }
        }
        Ok(())
    }

    fn backticks(&mut self, count: usize) -> Result<()> {
        (0..count).try_for_each(|_| self.text("`"))
    }

    fn at_start(&self) -> bool {
        self.out.is_empty() || self.out.ends_with('\n')
    }

    /// Prints the prefixes at the start of a line, or the markers of items that are not printed yet.
    fn open_line(&mut self) -> Result<()> {
        let all = self.prefixes.len();
        if self.at_start() { self.print_prefixes(0, all, true) } else { self.print_prefixes(self.shown, all, false) }
    }

    fn newline(&mut self) -> Result<()> {
        // A line of a quotation shows that it is one even when it is empty.
        if self.at_start() {
            let visible = match self.prefixes.last() {
                Some(last) if self.shown == self.prefixes.len() => last.visible,
                _ => self.prefixes.len(),
            };
            self.print_prefixes(0, visible, true)?;
            let kept = self.out.trim_end_matches(' ').len();
            self.out.truncate(kept);
        }
        self.reader.meter.push_str(&mut self.out, "\n")
    }

    /// Prints some of the prefixes, only on a line that has none of them yet.
    fn print_prefixes(&mut self, from: usize, to: usize, at_start: bool) -> Result<()> {
        let (meter, out) = (self.reader.meter, &mut self.out);
        meter.work((to - from) as u64)?;
        for prefix in &mut self.prefixes[from..to] {
            match (prefix.first.take(), prefix.others) {
                (Some(marker), _) => meter.push_str(out, &marker)?,
                (None, Others::Quote) if at_start => meter.push_str(out, "> ")?,
                (None, Others::Spaces(width)) if at_start => meter.push_str(out, &SPACES[..width])?,
                (None, _) => {}
            }
        }
        self.shown = self.shown.max(to);
        Ok(())
    }
}

/// The indentation below the longest marker, that of the last item of an array.
const SPACES: &str = "            ";

/// The longest run of backticks.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}
