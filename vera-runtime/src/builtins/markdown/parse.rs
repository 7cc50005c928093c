//! Parses Markdown (CommonMark with tables) into guest memory.
//!
//! The types for blocks and text have no HTML, so HTML becomes text. Line breaks inside a paragraph become spaces.
//!
//! The parser's first pass, over the blocks of the whole text, cannot be interrupted. It is bounded and charged before
//! it starts. The second pass, over the text of the blocks, is counted event by event.

use super::nesting::total_depth;
use crate::builtins::tree::{ParseFailure, check_depth};
use crate::error::{Error, Limit, Result};
use crate::heap::{Heap, List};
use crate::meter::{Meter, NODE, text_units};
use crate::value::Raw;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use vera_abi::heap::static_constructor;
use vera_abi::layout::{Rep, fixed};
use vera_abi::prelude::{md_block, md_inline};

/// Maximum sum of the depths of all lines, per byte of the text.
const DEPTH_OF_BYTE: u64 = 4;
/// The same for any text.
const DEPTH_OF_ANY: u64 = 1 << 20;
/// Host memory that the parser needs for each byte that it may have to read again.
const MEMORY_OF_MARK: u64 = 160;

/// Counts the parser's first pass.
fn count_blocks(meter: &Meter, text: &str) -> Result<()> {
    let depth = total_depth(text);
    let most = text.len() as u64 * DEPTH_OF_BYTE + DEPTH_OF_ANY;
    if depth > most {
        return Err(Error::limit(Limit::Document { most, of: "levels of all lines together" }));
    }
    let marks = text.bytes().filter(|byte| byte.is_ascii_punctuation() || byte.is_ascii_control()).count();
    meter.work(text.len() as u64 * 2 + marks as u64 * NODE + depth)?;
    meter.hold(marks as u64 * MEMORY_OF_MARK)?;
    meter.check_deadline()
}

/// Parses Markdown; every text is valid Markdown. The result is not rooted.
pub(crate) fn parse(heap: &mut Heap<'_>, text: &str) -> Result<Raw, ParseFailure> {
    count_blocks(heap.meter(), text)?;
    let mark = heap.mark();
    let mut builder = Builder { open: Vec::new(), text: String::new(), fenced: None, images: 0 };
    builder.enter(heap, Kind::Document, Rep::Ptr)?;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        builder.event(heap, event)?;
    }
    let document = builder.leave(heap)?;
    heap.release(mark);
    document.ok_or_else(|| crate::Error::internal("Markdown without a document").into())
}

/// The kinds of open nodes, each with a list of children.
#[derive(Debug)]
enum Kind {
    Document,
    Paragraph,
    Heading(u64),
    BlockQuote,
    List {
        ordered: bool,
    },
    /// An item: its blocks.
    Item,
    Table,
    /// A row of a table: its cells.
    Row,
    /// A cell: its text.
    Cell,
    Emph,
    Strong,
    Link {
        address: Raw,
    },
    /// An image: only the text inside counts.
    Image {
        address: String,
    },
    /// A paragraph that Markdown does not mark: the text of a tight list item.
    Implied,
    /// A construct without a node in the result.
    Transparent,
}

struct Frame {
    kind: Kind,
    mark: u32,
    children: List,
}

struct Builder {
    open: Vec<Frame>,
    /// Text that is not yet written, so that adjacent texts become one node.
    text: String,
    /// The language of the open code block.
    fenced: Option<String>,
    /// Number of frames from that of an image on: only the text inside them counts.
    images: usize,
}

impl Builder {
    fn event(&mut self, heap: &mut Heap<'_>, event: Event<'_>) -> Result<()> {
        match event {
            Event::Text(text) | Event::InlineHtml(text) | Event::Html(text) => self.gather(heap, &text)?,
            Event::SoftBreak | Event::HardBreak => self.gather(heap, " ")?,
            Event::Code(code) => {
                if self.in_image() {
                    return self.gather(heap, &code);
                }
                self.flush(heap)?;
                self.inline(heap)?;
                let code = heap.text_record(md_inline::CODE, &code)?;
                self.add(heap, code)?;
            }
            Event::Rule => {
                self.block(heap)?;
                self.add(heap, Raw::from_pointer(static_constructor(md_block::THEMATIC_BREAK)))?;
            }
            Event::Start(tag) => self.start(heap, tag)?,
            Event::End(tag) => self.end(heap, tag)?,
            // Not enabled.
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => {
                self.gather(heap, &text)?;
            }
            Event::TaskListMarker(_) => {}
        }
        Ok(())
    }

    /// Collects text, which is written when something else follows.
    fn gather(&mut self, heap: &Heap<'_>, text: &str) -> Result<()> {
        heap.meter().push_str(&mut self.text, text)
    }

    fn start(&mut self, heap: &mut Heap<'_>, tag: Tag<'_>) -> Result<()> {
        match tag {
            Tag::Paragraph => self.enter_block(heap, Kind::Paragraph),
            Tag::Heading { level, .. } => self.enter_block(heap, Kind::Heading(level as u64)),
            Tag::BlockQuote(_) => self.enter_block(heap, Kind::BlockQuote),
            Tag::CodeBlock(kind) => {
                self.block(heap)?;
                let language = match &kind {
                    CodeBlockKind::Fenced(info) => info.split([' ', '\t', ',']).next().unwrap_or_default(),
                    CodeBlockKind::Indented => "",
                };
                self.fenced = Some(language.to_owned());
                Ok(())
            }
            Tag::HtmlBlock => self.enter_block(heap, Kind::Paragraph),
            Tag::List(first) => {
                self.block(heap)?;
                self.enter(heap, Kind::List { ordered: first.is_some() }, Rep::Slice)
            }
            Tag::Item => self.enter(heap, Kind::Item, Rep::Ptr),
            Tag::Table(_) => {
                self.block(heap)?;
                self.enter(heap, Kind::Table, Rep::Slice)
            }
            Tag::TableHead | Tag::TableRow => self.enter(heap, Kind::Row, Rep::Slice),
            Tag::TableCell => self.enter(heap, Kind::Cell, Rep::Ptr),
            Tag::Emphasis => self.enter_inline(heap, Kind::Emph),
            Tag::Strong => self.enter_inline(heap, Kind::Strong),
            Tag::Link { dest_url, .. } => {
                if self.in_image() {
                    return self.enter(heap, Kind::Transparent, Rep::Ptr);
                }
                self.flush(heap)?;
                self.inline(heap)?;
                let mark = heap.mark();
                let address = heap.lower_rooted::<String>(&*dest_url)?;
                self.enter(heap, Kind::Link { address }, Rep::Ptr)?;
                if let Some(frame) = self.open.last_mut() {
                    frame.mark = mark;
                }
                Ok(())
            }
            Tag::Image { dest_url, .. } => {
                if self.in_image() {
                    return self.enter(heap, Kind::Transparent, Rep::Ptr);
                }
                self.flush(heap)?;
                self.inline(heap)?;
                heap.meter().work(text_units(dest_url.len()))?;
                heap.meter().hold(dest_url.len() as u64)?;
                self.enter(heap, Kind::Image { address: dest_url.into_string() }, Rep::Ptr)?;
                self.images = 1;
                Ok(())
            }
            // Not enabled.
            _ => self.enter(heap, Kind::Transparent, Rep::Ptr),
        }
    }

    fn end(&mut self, heap: &mut Heap<'_>, tag: TagEnd) -> Result<()> {
        if matches!(tag, TagEnd::CodeBlock) {
            let language = self.fenced.take().unwrap_or_default();
            let code = std::mem::take(&mut self.text);
            let outcome = self.code_block(heap, &language, code.strip_suffix('\n').unwrap_or(&code));
            // Its room is counted.
            self.text = code;
            self.text.clear();
            return outcome;
        }
        if matches!(tag, TagEnd::HtmlBlock) {
            let kept = self.text.trim_end_matches('\n').len();
            self.text.truncate(kept);
        }
        if self.images == 0 {
            self.flush(heap)?;
        }
        if matches!(self.open.last(), Some(Frame { kind: Kind::Implied, .. })) {
            self.close(heap)?;
        }
        self.close(heap)
    }

    /// Closes the innermost open node and adds it to its parent.
    fn close(&mut self, heap: &mut Heap<'_>) -> Result<()> {
        match self.leave(heap)? {
            Some(node) => self.add(heap, node),
            None => Ok(()),
        }
    }

    fn enter(&mut self, heap: &mut Heap<'_>, kind: Kind, children: Rep) -> Result<()> {
        check_depth(heap, self.open.len())?;
        let mark = heap.mark();
        let children = List::new(heap, children, 0)?;
        self.images += usize::from(self.images > 0);
        heap.meter().push(&mut self.open, Frame { kind, mark, children })
    }

    fn enter_block(&mut self, heap: &mut Heap<'_>, kind: Kind) -> Result<()> {
        self.block(heap)?;
        self.enter(heap, kind, Rep::Ptr)
    }

    fn enter_inline(&mut self, heap: &mut Heap<'_>, kind: Kind) -> Result<()> {
        if self.in_image() {
            return self.enter(heap, Kind::Transparent, Rep::Ptr);
        }
        self.flush(heap)?;
        self.inline(heap)?;
        self.enter(heap, kind, Rep::Ptr)
    }

    /// Whether the innermost open node is inside an image's alternative text.
    fn in_image(&self) -> bool {
        self.images > 0
    }

    /// Before a block: ends the text of a tight list item.
    fn block(&mut self, heap: &mut Heap<'_>) -> Result<()> {
        self.flush(heap)?;
        if matches!(self.open.last(), Some(Frame { kind: Kind::Implied, .. })) {
            self.close(heap)?;
        }
        Ok(())
    }

    /// Before text: starts the paragraph of a tight list item.
    fn inline(&mut self, heap: &mut Heap<'_>) -> Result<()> {
        let blocks =
            matches!(self.open.last(), Some(Frame { kind: Kind::Item | Kind::Document | Kind::BlockQuote, .. }));
        if blocks { self.enter(heap, Kind::Implied, Rep::Ptr) } else { Ok(()) }
    }

    /// Writes the collected text.
    fn flush(&mut self, heap: &mut Heap<'_>) -> Result<()> {
        if self.text.is_empty() {
            return Ok(());
        }
        self.inline(heap)?;
        let node = heap.text_record(md_inline::TEXT, &self.text)?;
        self.text.clear();
        self.add(heap, node)
    }

    /// Adds a node to the innermost open one.
    fn add(&mut self, heap: &mut Heap<'_>, node: Raw) -> Result<()> {
        match self.open.last_mut() {
            Some(frame) => frame.children.push(heap, node),
            None => Err(crate::Error::internal("Markdown that is in nothing")),
        }
    }

    fn code_block(&mut self, heap: &mut Heap<'_>, language: &str, code: &str) -> Result<()> {
        let mark = heap.mark();
        let fields = [heap.lower_rooted::<String>(language)?, heap.lower_rooted::<String>(code)?];
        let node = heap.record(md_block::CODE_BLOCK, const { &fixed([Rep::Slice, Rep::Slice]) }, &fields)?;
        heap.release(mark);
        self.add(heap, node)
    }

    /// Closes the innermost open node; `None` when it has no node in the result.
    fn leave(&mut self, heap: &mut Heap<'_>) -> Result<Option<Raw>> {
        if self.images == 0 {
            self.flush(heap)?;
        }
        let Some(Frame { kind, mark, children }) = self.open.pop() else { return Ok(None) };
        self.images = self.images.saturating_sub(1);
        let slice = const { &fixed([Rep::Slice]) };
        let children = children.finish();
        let node = match kind {
            Kind::Document => heap.record(md_block::DOCUMENT, slice, &[children])?,
            Kind::Paragraph | Kind::Implied => heap.record(md_block::PARAGRAPH, slice, &[children])?,
            Kind::Heading(level) => {
                let layout = const { &fixed([Rep::I64, Rep::Slice]) };
                heap.record(md_block::HEADING, layout, &[Raw::from_bits(level), children])?
            }
            Kind::BlockQuote => heap.record(md_block::BLOCK_QUOTE, slice, &[children])?,
            Kind::List { ordered } => {
                let layout = const { &fixed([Rep::Byte, Rep::Slice]) };
                heap.record(md_block::LIST, layout, &[Raw::from_bits(u64::from(ordered)), children])?
            }
            // Arrays themselves.
            Kind::Item | Kind::Row | Kind::Cell => children,
            Kind::Table => heap.record(md_block::TABLE, slice, &[children])?,
            Kind::Emph => heap.record(md_inline::EMPH, slice, &[children])?,
            Kind::Strong => heap.record(md_inline::STRONG, slice, &[children])?,
            Kind::Link { address } => {
                let layout = const { &fixed([Rep::Slice, Rep::Slice]) };
                heap.record(md_inline::LINK, layout, &[children, address])?
            }
            Kind::Image { address } => {
                let fields = [heap.lower_rooted::<String>(&*self.text)?, heap.lower_rooted::<String>(&*address)?];
                self.text.clear();
                heap.meter().give_back(address.len() as u64);
                heap.record(md_inline::IMAGE, const { &fixed([Rep::Slice, Rep::Slice]) }, &fields)?
            }
            Kind::Transparent => {
                heap.release(mark);
                return Ok(None);
            }
        };
        heap.release(mark);
        Ok(Some(node))
    }
}
