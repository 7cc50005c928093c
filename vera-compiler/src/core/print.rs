//! Readable text of a program, for snapshots and for people. It is not meant to be read back.
//!
//! ```text
//! fn sum(%0: ptr, %1: i64) -> i64
//!   switch tag %0
//!     0 => yield %1
//!     else
//!       %3: i64 = field Cons.0 %0
//!       tail sum(%4, %5)
//! ```

use super::{Atom, Block, End, FnId, Function, LocalId, Op, Prim, Program, Resume, Stmt, SwitchOn};
use std::fmt::{self, Display, Formatter};
use vera_abi::layout::Rep;

impl Display for Program {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (index, function) in self.functions.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            for (export, _) in self.exports.iter().filter(|(_, id)| id.index() == index) {
                writeln!(f, "export {export:?}")?;
            }
            write!(f, "{}", Printed { program: self, function })?;
        }
        Ok(())
    }
}

impl Program {
    /// The text of one function.
    pub fn print(&self, id: FnId) -> String {
        Printed { program: self, function: self.function(id) }.to_string()
    }
}

struct Printed<'a> {
    program: &'a Program,
    function: &'a Function,
}

impl Display for Printed<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { function, .. } = self;
        write!(f, "fn {}(", function.symbol)?;
        self.locals(f, &function.params)?;
        writeln!(f, ") -> {}", rep(function.result))?;
        self.block(f, &function.body, 1)
    }
}

impl Printed<'_> {
    fn block(&self, f: &mut Formatter<'_>, block: &Block, depth: usize) -> fmt::Result {
        for Stmt { dest, op } in &block.stmts {
            indent(f, depth)?;
            write!(f, "{}: {} = ", name(*dest), rep(self.function.rep(*dest)))?;
            self.op(f, op, depth)?;
        }
        indent(f, depth)?;
        self.end(f, &block.end)?;
        writeln!(f)
    }

    fn end(&self, f: &mut Formatter<'_>, end: &End) -> fmt::Result {
        match end {
            End::Yield(atom) => write!(f, "yield {}", operand(atom)),
            End::Jump(label, args) => write!(f, "jump L{}({})", label.0, operands(args)),
            End::TailCall(callee, args) => write!(f, "tail {}({})", self.symbol(*callee), operands(args)),
            End::TailCallClosure { closure, args, .. } => {
                write!(f, "tail closure {}({})", operand(closure), operands(args))
            }
            End::Resume(resume) => write!(f, "resume {}", resumed(resume)),
            End::Trap(site, atoms) => write!(f, "trap #{} ({})", site.0, operands(atoms)),
            End::Unreachable => f.write_str("unreachable"),
        }
    }

    /// The operation and the end of its line, and nested blocks below.
    fn op(&self, f: &mut Formatter<'_>, op: &Op, depth: usize) -> fmt::Result {
        match op {
            Op::Use(atom) => writeln!(f, "{}", operand(atom)),
            Op::Prim(prim, args) => writeln!(f, "{} {}", primitive(*prim), operands(args)),
            Op::Call(callee, args) => writeln!(f, "{}({})", self.symbol(*callee), operands(args)),
            Op::Extern(id, args) => {
                let import = &self.program.externs[id.index()];
                writeln!(f, "extern {}.{}({})", import.module, import.name, operands(args))
            }
            Op::CallClosure { closure, args, .. } => writeln!(f, "closure {}({})", operand(closure), operands(args)),
            Op::Record(id, args) => {
                writeln!(f, "record {}({})", self.program.records[id.index()].name, operands(args))
            }
            Op::Field(id, object, field) => {
                writeln!(f, "field {}.{field} {}", self.program.records[id.index()].name, operand(object))
            }
            Op::Closure(id, captures) => {
                let body = self.program.closures[id.index()].function;
                writeln!(f, "lambda {}[{}]", self.symbol(body), operands(captures))
            }
            Op::Capture(_, closure, capture) => writeln!(f, "capture .{capture} {}", operand(closure)),
            Op::Cell(_, atom) => writeln!(f, "cell {}", operand(atom)),
            Op::CellGet(_, cell) => writeln!(f, "get {}", operand(cell)),
            Op::CellSet(_, cell, value) => writeln!(f, "set {} {}", operand(cell), operand(value)),
            Op::Get(register) => writeln!(f, "register {register:?}"),
            Op::Set(register, value) => writeln!(f, "register {register:?} := {}", operand(value)),
            Op::Perform(perform) => {
                let effect = &self.program.effects[perform.effect.index()].name;
                writeln!(f, "perform {effect}.{}({})", perform.operation, operands(&perform.args))
            }
            Op::Answered(answered) => {
                writeln!(f, "host answers {}?", self.program.effects[answered.effect.index()].name)?;
                self.block(f, &answered.by_host, depth + 1)?;
                indent(f, depth)?;
                writeln!(f, "else")?;
                self.block(f, &answered.by_handler, depth + 1)
            }
            Op::Handle(handle) => {
                write!(f, "handle {}", self.program.effects[handle.effect.index()].name)?;
                handle.state.iter().try_for_each(|(_, first)| write!(f, " from {}", operand(first)))?;
                writeln!(f)?;
                self.block(f, &handle.body, depth + 1)?;
                for clause in &handle.clauses {
                    indent(f, depth)?;
                    write!(f, "clause {}(", clause.operation)?;
                    let bound: Vec<LocalId> = clause.params.iter().copied().chain(clause.state).collect();
                    self.locals(f, &bound)?;
                    writeln!(f, ")")?;
                    self.block(f, &clause.body, depth + 1)?;
                }
                Ok(())
            }
            Op::Outside(outside) => {
                let names =
                    outside.effects.iter().map(|(effect, _)| self.program.effects[effect.index()].name.as_str());
                writeln!(f, "outside {}", names.collect::<Vec<_>>().join(", "))?;
                self.block(f, &outside.body, depth + 1)
            }
            Op::Resume(resume) => writeln!(f, "resume {}", resumed(resume)),
            Op::Array(element, items) => writeln!(f, "array<{}> [{}]", rep(*element), operands(items)),
            Op::If(condition, then, otherwise) => {
                writeln!(f, "if {}", operand(condition))?;
                self.block(f, then, depth + 1)?;
                indent(f, depth)?;
                writeln!(f, "else")?;
                self.block(f, otherwise, depth + 1)
            }
            Op::Switch { on, cases, default } => {
                let (what, atom) = match on {
                    SwitchOn::Tag(atom) => ("tag", atom),
                    SwitchOn::Shape(atom) => ("shape", atom),
                    SwitchOn::I64(atom) => ("i64", atom),
                    SwitchOn::Byte(atom) => ("byte", atom),
                };
                writeln!(f, "switch {what} {}", operand(atom))?;
                for (value, block) in cases {
                    indent(f, depth)?;
                    writeln!(f, "case {value}")?;
                    self.block(f, block, depth + 1)?;
                }
                if let Some(block) = default {
                    indent(f, depth)?;
                    writeln!(f, "default")?;
                    self.block(f, block, depth + 1)?;
                }
                Ok(())
            }
            Op::Join { label, params, body, target } => {
                writeln!(f, "join L{}", label.0)?;
                self.block(f, body, depth + 1)?;
                indent(f, depth)?;
                write!(f, "at L{}(", label.0)?;
                self.locals(f, params)?;
                writeln!(f, ")")?;
                self.block(f, target, depth + 1)
            }
            Op::Loop { label, params, body } => {
                write!(f, "loop L{}(", label.0)?;
                for (index, (param, first)) in params.iter().enumerate() {
                    let comma = if index > 0 { ", " } else { "" };
                    write!(f, "{comma}{}: {} = {}", name(*param), rep(self.function.rep(*param)), operand(first))?;
                }
                writeln!(f, ")")?;
                self.block(f, body, depth + 1)
            }
        }
    }

    fn locals(&self, f: &mut Formatter<'_>, locals: &[LocalId]) -> fmt::Result {
        for (index, &local) in locals.iter().enumerate() {
            let comma = if index > 0 { ", " } else { "" };
            write!(f, "{comma}{}: {}", name(local), rep(self.function.rep(local)))?;
        }
        Ok(())
    }

    fn symbol(&self, id: FnId) -> &str {
        &self.program.function(id).symbol
    }
}

fn indent(f: &mut Formatter<'_>, depth: usize) -> fmt::Result {
    write!(f, "{:width$}", "", width = depth * 2)
}

fn name(local: LocalId) -> String {
    format!("%{}", local.0)
}

fn operand(atom: &Atom) -> String {
    match atom {
        Atom::Local(local) => name(*local),
        Atom::Unit => "()".into(),
        Atom::Byte(byte) => format!("{byte}b"),
        Atom::I64(value) => value.to_string(),
        Atom::F64(value) => format!("{value:?}"),
        Atom::Str(text) => format!("{text:?}"),
        Atom::EmptyArray => "[]".into(),
        Atom::Static(tag) => format!("tag {tag}"),
    }
}

fn resumed(resume: &Resume) -> String {
    match &resume.state {
        Some(state) => format!("{} with {}", operand(&resume.value), operand(state)),
        None => operand(&resume.value),
    }
}

fn operands(atoms: &[Atom]) -> String {
    atoms.iter().map(operand).collect::<Vec<_>>().join(", ")
}

const fn rep(rep: Rep) -> &'static str {
    match rep {
        Rep::Unit => "unit",
        Rep::Byte => "byte",
        Rep::I64 => "i64",
        Rep::F64 => "f64",
        Rep::Ptr => "ptr",
        Rep::Slice => "slice",
    }
}

/// The primitive as its variant is called, with trap sites as numbers: `AddI64(#3)`, `ArrayGet(slice, #4)`.
fn primitive(prim: Prim) -> String {
    let text = format!("{prim:?}").replace("SiteId(", "#(");
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("#(") {
        let (number, after) = after.split_once(')').unwrap_or((after, ""));
        out.push_str(before);
        out.push('#');
        out.push_str(number);
        rest = after;
    }
    out + rest
}
