//! A builder of small programs for tests of the passes over [`super::Program`].

use super::{
    Atom, Block, ClosureId, ClosureShape, End, Extern, ExternId, FnId, Function, Label, Op, Origins, Prim, Program,
    RecordId, RecordShape, SiteId, Stmt,
};
use vera_abi::interface::TrapSite;
use vera_abi::layout::Rep;
use vera_abi::names::FUNCTION_PREFIX;
use vera_abi::trap::TrapKind;

/// Programs under construction.
#[derive(Default)]
pub(crate) struct ProgramBuilder {
    /// What has been built so far.
    pub(crate) program: Program,
}

impl ProgramBuilder {
    /// A function with its parameters, and a body that is defined later; exported under its name.
    pub(crate) fn declare(&mut self, name: &str, params: &[Rep], result: Rep) -> FnId {
        let mut function = Function {
            symbol: name.into(),
            frame: None,
            params: Vec::new(),
            result,
            locals: Vec::new(),
            origins: Origins::default(),
            body: Block { stmts: Vec::new(), end: End::Unreachable },
            inline: false,
        };
        function.params = params.iter().map(|&rep| function.new_local(rep)).collect();
        let id = FnId(self.program.functions.len() as u32);
        self.program.functions.push(function);
        self.program.exports.push((format!("{FUNCTION_PREFIX}{name}"), id));
        id
    }

    /// Defines the body of a declared function from its parameters.
    pub(crate) fn define(&mut self, id: FnId, body: impl FnOnce(&mut BodyBuilder, &[Atom]) -> End) {
        let function = &mut self.program.functions[id.index()];
        let params: Vec<Atom> = function.params.iter().map(|&param| Atom::Local(param)).collect();
        let mut builder = BodyBuilder {
            function: std::mem::replace(
                function,
                Function {
                    symbol: String::new(),
                    frame: None,
                    params: Vec::new(),
                    result: Rep::Unit,
                    locals: Vec::new(),
                    origins: Origins::default(),
                    body: Block { stmts: Vec::new(), end: End::Unreachable },
                    inline: false,
                },
            ),
            blocks: vec![Vec::new()],
            next_label: 0,
            shapes: std::mem::take(&mut self.program.records),
            captures: self.program.closures.iter().map(|shape| shape.captures.clone()).collect(),
            results: self.program.functions.iter().map(|function| function.result).collect(),
            extern_results: self.program.externs.iter().map(|import| import.result).collect(),
        };
        builder.results[id.index()] = builder.function.result;
        let end = body(&mut builder, &params);
        let stmts = builder.blocks.pop().expect("the body's own block");
        self.program.records = builder.shapes;
        let function = &mut self.program.functions[id.index()];
        *function = builder.function;
        function.body = Block { stmts, end };
    }

    /// Declares and defines a function.
    pub(crate) fn function(
        &mut self,
        name: &str,
        params: &[Rep],
        result: Rep,
        body: impl FnOnce(&mut BodyBuilder, &[Atom]) -> End,
    ) -> FnId {
        let id = self.declare(name, params, result);
        self.define(id, body);
        id
    }

    /// A record shape.
    pub(crate) fn record(&mut self, tag: u32, fields: &[Rep]) -> RecordId {
        let name = format!("R{}", self.program.records.len());
        self.program.records.push(RecordShape { name, tag, fields: fields.to_vec() });
        RecordId(self.program.records.len() as u32 - 1)
    }

    /// A closure shape.
    pub(crate) fn closure(&mut self, function: FnId, captures: &[Rep]) -> ClosureId {
        self.program.closures.push(ClosureShape { function, captures: captures.to_vec() });
        ClosureId(self.program.closures.len() as u32 - 1)
    }

    /// An imported function.
    pub(crate) fn import(&mut self, name: &str, params: &[Rep], result: Rep, allocates: bool) -> ExternId {
        self.program.externs.push(Extern {
            module: "test".into(),
            name: name.into(),
            params: params.to_vec(),
            result,
            pure: false,
            allocates,
            diverges: false,
        });
        ExternId(self.program.externs.len() as u32 - 1)
    }

    /// A trap site.
    pub(crate) fn site(&mut self, kind: TrapKind) -> SiteId {
        self.program.interface.sites.push(TrapSite {
            kind,
            frame: 0,
            text: String::new(),
            source: 0,
            line: 1,
            column: 1,
            values: Vec::new(),
        });
        SiteId(self.program.interface.sites.len() as u32 - 1)
    }
}

/// The body of a function under construction. Operations are appended to the innermost open block.
pub(crate) struct BodyBuilder {
    function: Function,
    blocks: Vec<Vec<Stmt>>,
    next_label: u32,
    shapes: Vec<RecordShape>,
    captures: Vec<Vec<Rep>>,
    results: Vec<Rep>,
    extern_results: Vec<Rep>,
}

impl BodyBuilder {
    /// Appends an operation with a result of that representation.
    pub(crate) fn op(&mut self, rep: Rep, op: Op) -> Atom {
        let dest = self.function.new_local(rep);
        self.blocks.last_mut().expect("a block is open").push(Stmt { dest, op });
        Atom::Local(dest)
    }

    /// A primitive.
    pub(crate) fn prim(&mut self, prim: Prim, args: &[Atom]) -> Atom {
        self.op(prim.signature().1, Op::Prim(prim, args.to_vec()))
    }

    /// A call.
    pub(crate) fn call(&mut self, callee: FnId, args: &[Atom]) -> Atom {
        self.op(self.results[callee.index()], Op::Call(callee, args.to_vec()))
    }

    /// A call of an imported function.
    pub(crate) fn call_import(&mut self, callee: ExternId, args: &[Atom]) -> Atom {
        self.op(self.extern_results[callee.index()], Op::Extern(callee, args.to_vec()))
    }

    /// A call through a closure.
    pub(crate) fn call_closure(&mut self, closure: &Atom, args: &[(Rep, Atom)], result: Rep) -> Atom {
        let (params, args) = args.iter().cloned().unzip();
        self.op(result, Op::CallClosure { closure: closure.clone(), args, params, result })
    }

    /// A new record.
    pub(crate) fn record(&mut self, shape: RecordId, fields: &[Atom]) -> Atom {
        self.op(Rep::Ptr, Op::Record(shape, fields.to_vec()))
    }

    /// A field of a record.
    pub(crate) fn field(&mut self, shape: RecordId, record: &Atom, field: u32) -> Atom {
        let rep = self.shapes[shape.index()].fields[field as usize];
        self.op(rep, Op::Field(shape, record.clone(), field))
    }

    /// A new closure.
    pub(crate) fn closure(&mut self, shape: ClosureId, captures: &[Atom]) -> Atom {
        self.op(Rep::Ptr, Op::Closure(shape, captures.to_vec()))
    }

    /// A captured value.
    pub(crate) fn capture(&mut self, shape: ClosureId, closure: &Atom, capture: u32) -> Atom {
        let rep = self.captures[shape.index()][capture as usize];
        self.op(rep, Op::Capture(shape, closure.clone(), capture))
    }

    /// An array of some elements.
    pub(crate) fn array(&mut self, element: Rep, items: &[Atom]) -> Atom {
        self.op(Rep::Slice, Op::Array(element, items.to_vec()))
    }

    /// A choice.
    pub(crate) fn if_else(
        &mut self,
        rep: Rep,
        condition: &Atom,
        then: impl FnOnce(&mut Self) -> End,
        otherwise: impl FnOnce(&mut Self) -> End,
    ) -> Atom {
        let (then, otherwise) = (self.block(then), self.block(otherwise));
        self.op(rep, Op::If(condition.clone(), Box::new(then), Box::new(otherwise)))
    }

    /// A loop whose parameters start with the given values.
    pub(crate) fn repeat(
        &mut self,
        rep: Rep,
        params: &[(Rep, Atom)],
        body: impl FnOnce(&mut Self, Label, &[Atom]) -> End,
    ) -> Atom {
        let label = self.label();
        let params: Vec<_> = params.iter().map(|(rep, first)| (self.function.new_local(*rep), first.clone())).collect();
        let atoms: Vec<Atom> = params.iter().map(|(param, _)| Atom::Local(*param)).collect();
        let body = Box::new(self.block(|builder| body(builder, label, &atoms)));
        self.op(rep, Op::Loop { label, params, body })
    }

    /// A join point with parameters.
    pub(crate) fn join(
        &mut self,
        rep: Rep,
        params: &[Rep],
        body: impl FnOnce(&mut Self, Label) -> End,
        target: impl FnOnce(&mut Self, &[Atom]) -> End,
    ) -> Atom {
        let label = self.label();
        let params: Vec<_> = params.iter().map(|rep| self.function.new_local(*rep)).collect();
        let atoms: Vec<Atom> = params.iter().map(|param| Atom::Local(*param)).collect();
        let body = Box::new(self.block(|builder| body(builder, label)));
        let target = Box::new(self.block(|builder| target(builder, &atoms)));
        self.op(rep, Op::Join { label, params, body, target })
    }

    /// A block of its own.
    pub(crate) fn block(&mut self, body: impl FnOnce(&mut Self) -> End) -> Block {
        self.blocks.push(Vec::new());
        let end = body(self);
        Block { stmts: self.blocks.pop().expect("pushed above"), end }
    }

    fn label(&mut self) -> Label {
        self.next_label += 1;
        Label(self.next_label - 1)
    }
}
