//! Declarations.

use super::lines::{Extent, Gap, Writer};
use crate::source::Span;
use crate::syntax::ast::{
    Constructor, Contract, ContractKind, DataDecl, Decl, Expr, FnDecl, Forall, ImportDecl, ModuleDecl, Name, OpDecl,
    Program, TypeAliasDecl, Visibility,
};

impl Writer<'_> {
    /// The whole file. One blank line separates declarations; imports are one group.
    pub(super) fn program(&mut self, program: &Program) {
        if let Some(module) = &program.module {
            self.module(module);
        }
        let mut gap = Gap::Always;
        for import in &program.imports {
            self.import(import, gap);
            gap = Gap::Never;
        }
        for decl in &program.decls {
            match decl {
                Decl::Fn(decl) => self.function(decl),
                Decl::Data(decl) => self.data(decl),
                Decl::TypeAlias(decl) => self.alias(decl),
                Decl::Effect(decl) => self.operations("effect ", &decl.name, &decl.type_params, &decl.ops, decl.span),
                Decl::Ability(decl) => self.operations("ability ", &decl.name, &decl.type_params, &decl.ops, decl.span),
            }
        }
        self.comments_above(program.span.end, Gap::Kept);
    }

    fn module(&mut self, module: &ModuleDecl) {
        self.begin(Extent::of(module.span), Gap::Kept);
        self.push("module ");
        self.path(&module.path);
        self.out.push(';');
        self.end(module.span.end);
    }

    fn import(&mut self, import: &ImportDecl, gap: Gap) {
        self.begin(Extent::of(import.span), gap);
        self.push("import ");
        self.path(&import.path);
        if let Some(names) = &import.names {
            self.out.push('(');
            self.list(names, Self::name);
            self.out.push(')');
        }
        self.out.push(';');
        self.end(import.span.end);
    }

    fn function(&mut self, decl: &FnDecl) {
        self.leading(decl.span.start, Gap::Always);
        self.indent();
        self.visibility(decl.visibility);
        if let Some(forall) = &decl.forall {
            self.forall(forall);
        }
        self.push("fn ");
        self.name(&decl.name);
        self.signature(&decl.params, &decl.result);
        // Comments in a signature that do not fit go below it: above it they would document the function.
        self.end(decl.signature_span.end);
        self.nested(|w| w.clauses(decl));
        self.indent();
        self.block(&decl.body);
        self.end(decl.body.span.end);
        if !decl.where_fns.is_empty() {
            self.helpers(decl);
        }
    }

    /// The contract and effect clauses.
    fn clauses(&mut self, decl: &FnDecl) {
        let mut end = decl.signature_span.end;
        for contract in &decl.contracts {
            self.begin(Extent::of(contract.span), Gap::Kept);
            self.contract(contract);
            self.end(contract.span.end);
            end = contract.span.end;
        }
        let span = Span { start: self.next_token(end), end: self.behind_next(decl.effects.span.end), ..decl.span };
        self.begin(Extent::of(span), Gap::Kept);
        self.effects(&decl.effects);
        self.end(span.end);
    }

    fn contract(&mut self, contract: &Contract) {
        let (word, exprs): (_, &[Expr]) = match &contract.kind {
            ContractKind::Requires(expr) => ("requires(", std::slice::from_ref(expr)),
            ContractKind::Ensures(expr) => ("ensures(", std::slice::from_ref(expr)),
            ContractKind::Decreases(exprs) => ("decreases(", exprs),
        };
        self.push(word);
        self.list(exprs, Self::expr);
        self.out.push(')');
    }

    /// `where { functions }`
    fn helpers(&mut self, decl: &FnDecl) {
        let word = self.next_token(decl.body.span.end);
        self.leading(word, Gap::Never);
        self.indent();
        self.push("where {");
        self.end(self.behind_next(word + "where".len() as u32));
        self.open();
        for helper in &decl.where_fns {
            self.function(helper);
        }
        self.close(decl.span.end - 1, Gap::Kept);
        self.end(decl.span.end);
    }

    /// `forall<A, B where Eq<A>> `
    fn forall(&mut self, forall: &Forall) {
        self.push("forall<");
        self.list(&forall.params, Self::name);
        if !forall.constraints.is_empty() {
            self.push(" where ");
            self.list(&forall.constraints, |w, constraint| {
                w.name(&constraint.ability);
                w.out.push('<');
                w.name(&constraint.param);
                w.out.push('>');
            });
        }
        self.push("> ");
    }

    fn data(&mut self, decl: &DataDecl) {
        self.leading(decl.span.start, Gap::Always);
        self.indent();
        self.visibility(decl.visibility);
        self.push("data ");
        let mut end = self.declared(&decl.name, &decl.type_params);
        if let Some(invariant) = &decl.invariant {
            self.push(" invariant(");
            self.expr(invariant);
            self.out.push(')');
            end = self.behind_next(invariant.span.end);
        }
        self.push(" {");
        self.end(self.behind_next(end));
        self.open();
        for (index, constructor) in decl.constructors.iter().enumerate() {
            self.constructor(constructor, index + 1 < decl.constructors.len());
        }
        self.close(decl.span.end - 1, Gap::Never);
        self.end(decl.span.end);
    }

    fn constructor(&mut self, constructor: &Constructor, more: bool) {
        let extent = self.item(constructor.span, more);
        self.begin(extent, Gap::Never);
        self.name(&constructor.name);
        if !constructor.fields.is_empty() {
            self.out.push('(');
            self.list(&constructor.fields, Self::ty);
            self.out.push(')');
        }
        self.separator(extent);
    }

    fn alias(&mut self, decl: &TypeAliasDecl) {
        self.begin(Extent::of(decl.span), Gap::Always);
        self.push("type ");
        self.declared(&decl.name, &decl.type_params);
        self.push(" = ");
        self.ty(&decl.ty);
        self.out.push(';');
        self.end(decl.span.end);
    }

    /// An effect or ability, starting with `word`.
    fn operations(&mut self, word: &str, name: &Name, type_params: &[Name], ops: &[OpDecl], span: Span) {
        self.leading(span.start, Gap::Always);
        self.push(word);
        let end = self.declared(name, type_params);
        self.push(" {");
        self.end(self.behind_next(end));
        self.open();
        for op in ops {
            self.begin(Extent::of(op.span), Gap::Never);
            self.operation(op);
            self.end(op.span.end);
        }
        self.close(span.end - 1, Gap::Never);
        self.end(span.end);
    }

    fn operation(&mut self, op: &OpDecl) {
        self.push("op ");
        self.name(&op.name);
        self.out.push('(');
        self.list(&op.params, Self::ty);
        self.push(if op.params.is_empty() { "-> " } else { " -> " });
        self.ty(&op.result);
        self.push(");");
    }

    fn visibility(&mut self, visibility: Option<Visibility>) {
        match visibility {
            Some(Visibility::Public) => self.push("public "),
            Some(Visibility::Private) => self.push("private "),
            None => {}
        }
    }

    /// `Name<A, B>`. Gives back where that ends in the source.
    fn declared(&mut self, name: &Name, type_params: &[Name]) -> u32 {
        self.name(name);
        let Some(last) = type_params.last() else { return name.span.end };
        self.out.push('<');
        self.list(type_params, Self::name);
        self.out.push('>');
        self.behind_next(last.span.end)
    }
}
