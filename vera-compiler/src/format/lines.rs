//! Lines: the text so far, the place in the comments, and constructs that occupy whole lines.
//!
//! Between calls that write whole lines, the output is at the start of a line. A construct that occupies whole lines is
//! written as [`Writer::begin`], its text, [`Writer::end`].

use crate::source::Span;
use crate::syntax::ast::{Block, Comment, Expr, ExprKind, Handle, HandlerClause, MatchArm, Stmt, StmtKind};

/// Spaces a level of nesting is indented by.
const INDENT: usize = 2;

/// The text being written.
pub(super) struct Writer<'s> {
    pub(super) text: &'s str,
    pub(super) comments: &'s [Comment],
    /// Whether the comment of the same index is the first thing on its line, or follows such a comment on its line.
    pub(super) own_line: Vec<bool>,
    /// The first comment that is not written.
    pub(super) next: usize,
    pub(super) out: String,
    level: usize,
    /// Whether nothing is written yet in the file or in the braces opened last.
    pub(super) fresh: bool,
}

/// Whether a blank line is written above a construct. None is in front of the first in braces.
#[derive(Clone, Copy)]
pub(super) enum Gap {
    /// Where the source has one or more.
    Kept,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Where in the source the first line of output of a construct comes from.
#[derive(Clone, Copy)]
pub(super) struct Extent {
    /// The start of the construct.
    pub(super) start: u32,
    /// The end of the construct, or behind the `{` that ends its first line.
    pub(super) end: u32,
    /// The same with the separator behind the construct.
    pub(super) full_end: u32,
}

impl Extent {
    /// Of a construct without separator, or one that counts as a part of it.
    pub(super) fn of(span: Span) -> Self {
        Extent { start: span.start, end: span.end, full_end: span.end }
    }
}

impl<'s> Writer<'s> {
    pub(super) fn new(text: &'s str, comments: &'s [Comment]) -> Self {
        Writer {
            text,
            comments,
            own_line: super::comments::own_lines(text, comments),
            next: 0,
            // Most programs are nearly canonical.
            out: String::with_capacity(text.len() + text.len() / 8),
            level: 0,
            fresh: true,
        }
    }

    /// The whole text.
    pub(super) fn finish(mut self) -> String {
        if self.out.is_empty() {
            self.out.push('\n');
        }
        self.out
    }

    pub(super) fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    pub(super) fn indent(&mut self) {
        self.out.extend(std::iter::repeat_n(' ', INDENT * self.level));
    }

    /// Goes into braces; the line of the opening one is written.
    pub(super) fn open(&mut self) {
        self.level += 1;
        self.fresh = true;
    }

    /// Leaves the braces whose closing one is at `brace` of the source, and writes it. `gap` is above the first of
    /// the comments in front of it.
    pub(super) fn close(&mut self, brace: u32, gap: Gap) {
        self.comments_above(brace, gap);
        self.level -= 1;
        self.fresh = false;
        self.indent();
        self.out.push('}');
    }

    /// Goes one level deeper, or back, without braces.
    pub(super) fn nested(&mut self, lines: impl FnOnce(&mut Self)) {
        self.open();
        lines(self);
        self.level -= 1;
        self.fresh = false;
    }

    /// `{`, the lines of a block, `}`. The output is behind what introduces the block.
    pub(super) fn block(&mut self, block: &Block) {
        self.out.push('{');
        self.end(block.span.start + 1);
        self.open();
        for stmt in &block.stmts {
            self.stmt(stmt);
        }
        let result = &block.result;
        self.begin(self.extent(result, Extent::of(result.span)), Gap::Kept);
        self.value(result);
        self.end(result.span.end);
        self.close(block.span.end - 1, Gap::Kept);
    }

    fn stmt(&mut self, stmt: &Stmt) {
        // Without a value it was reported, and such a program is not formatted.
        let Some(value) = stmt_value(stmt).map(grouped) else { return };
        self.begin(self.extent(value, Extent::of(stmt.span)), Gap::Kept);
        self.binding(stmt);
        self.value(value);
        self.out.push(';');
        self.end(stmt.span.end);
    }

    /// An expression that may have lines of its own.
    fn value(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::If { condition, then_block, else_block } => {
                self.push("if ");
                self.expr(condition);
                self.push(" then ");
                self.block(then_block);
                self.push(" else ");
                self.block(else_block);
            }
            ExprKind::Match { scrutinee, arms } => {
                self.push("match ");
                self.expr(scrutinee);
                self.push(" {");
                self.end(self.behind_next(scrutinee.span.end));
                self.open();
                let mut end = scrutinee.span.end;
                for (index, arm) in arms.iter().enumerate() {
                    self.arm(arm, index + 1 < arms.len());
                    end = arm.span.end;
                }
                self.close(self.next_token(end), Gap::Kept);
            }
            ExprKind::Handle(handle) => self.handle(handle),
            ExprKind::Block(block) => self.block(block),
            _ => self.expr(expr),
        }
    }

    fn arm(&mut self, arm: &MatchArm, more: bool) {
        let body = grouped(&arm.body);
        let extent = self.item(arm.span, more);
        self.begin(self.extent(body, extent), Gap::Kept);
        self.pattern(&arm.pattern);
        self.push(" -> ");
        self.value(body);
        self.separator(extent);
    }

    fn handle(&mut self, handle: &Handle) {
        self.handle_head(handle);
        self.push(" {");
        self.end(self.handle_brace(handle));
        self.open();
        let mut end = handle.effect.span.end;
        for (index, clause) in handle.clauses.iter().enumerate() {
            self.handler_clause(clause, index + 1 < handle.clauses.len());
            end = clause.span.end;
        }
        self.close(self.next_token(end), Gap::Kept);
        self.push(" in ");
        self.block(&handle.body);
    }

    fn handler_clause(&mut self, clause: &HandlerClause, more: bool) {
        let extent = self.item(clause.span, more);
        self.begin(extent, Gap::Kept);
        self.clause(clause);
        self.separator(extent);
    }

    /// The extent of an item of a list with commas between its items.
    pub(super) fn item(&self, span: Span, more: bool) -> Extent {
        let full_end = if more { self.behind_next(span.end) } else { span.end };
        Extent { full_end, ..Extent::of(span) }
    }

    /// The end of an item of a list: the comma, and the end of its line.
    pub(super) fn separator(&mut self, item: Extent) {
        if item.full_end > item.end {
            self.out.push(',');
        }
        self.end(item.full_end);
    }

    /// The extent of the first line of a construct that ends with `value`.
    fn extent(&self, value: &Expr, whole: Extent) -> Extent {
        self.head_end(value).map_or(whole, |end| Extent { end, full_end: end, ..whole })
    }

    /// Behind the `{` that ends the first line of an expression with lines of its own.
    fn head_end(&self, expr: &Expr) -> Option<u32> {
        match &expr.kind {
            ExprKind::If { then_block, .. } => Some(then_block.span.start + 1),
            ExprKind::Match { scrutinee, .. } => Some(self.behind_next(scrutinee.span.end)),
            ExprKind::Handle(handle) => Some(self.handle_brace(handle)),
            ExprKind::Block(block) => Some(block.span.start + 1),
            _ => None,
        }
    }

    /// Behind the `{` in front of a handler's clauses.
    fn handle_brace(&self, handle: &Handle) -> u32 {
        let head = match &handle.state {
            Some(state) => state.span.end,
            None => self.behind_next(handle.effect.span.end),
        };
        self.behind_next(head)
    }
}

/// An expression without braces around it that only group.
pub(super) fn grouped(expr: &Expr) -> &Expr {
    match &expr.kind {
        ExprKind::Block(block) if block.stmts.is_empty() => grouped(&block.result),
        _ => expr,
    }
}

/// The expression of a statement.
pub(super) fn stmt_value(stmt: &Stmt) -> Option<&Expr> {
    match &stmt.kind {
        StmtKind::Let { value, .. } | StmtKind::Destructure { value, .. } | StmtKind::Expr(value) => Some(value),
        StmtKind::Invalid => None,
    }
}
