//! Effect handlers.
//!
//! A clause gives the value of the whole `handle` if it does not resume; `resume(v)` continues with the handled block
//! and returns its value. So clauses and block have one type. A clause sees the scope around the handler, then the
//! operation's arguments, then the state, which is nearest. The handled block sees neither.

use super::{Checker, Expected, invalid};
use crate::check::resolve_type::counted;
use crate::diagnostics::{Code, Diagnostic, NameKind, Section};
use crate::effects;
use crate::source::Span;
use crate::syntax::ast;
use crate::tir::{BinderKind, CoercionSite, Expr, ExprKind, Handle, HandlerClause, LocalId, SlotKey, Stmt};
use crate::types::{EffectUse, Ty, TyKind};

/// A fix: a value within a call.
struct Wrapped {
    words: String,
    function: String,
    span: Span,
}

impl Wrapped {
    fn of(self, diagnostic: Diagnostic) -> Diagnostic {
        let Wrapped { words, function, span } = self;
        diagnostic.fix(words).edit(span.start_point(), format!("{function}(")).edit(span.end_point(), ")".to_owned())
    }
}

/// The expression that gives the value of a block, or the expression itself.
fn value_of(mut expr: &Expr) -> &Expr {
    while let ExprKind::Block(_, value) = &expr.kind {
        expr = value;
    }
    expr
}

/// Whether the value of a clause is that of `resume`.
fn resumes_last(body: &ast::Expr) -> bool {
    match &body.kind {
        ast::ExprKind::Resume(_) => true,
        ast::ExprKind::Block(block) => resumes_last(&block.result),
        _ => false,
    }
}

/// What `resume` goes on with.
#[derive(Clone, Debug)]
pub(super) struct Continuation {
    /// The operation of the clause.
    operation: String,
    /// What the operation gives to the handled block.
    value: Ty,
    /// What the whole handler gives.
    result: Ty,
}

/// What the clauses of a handler share.
struct Handling {
    effect: EffectUse,
    state: Option<(Ty, Span)>,
    /// The type of the handled cell, when the state is declared with another.
    misdeclared: Option<Ty>,
    result: Ty,
    expected: Expected,
}

impl Checker<'_> {
    /// `handle[Effect](@S = init) { clauses } in { … }`
    pub(super) fn handle(&mut self, handle: &ast::Handle, expected: Expected, span: Span) -> Expr {
        let resolved = self.env.resolve_effect(&handle.effect, Code::E330, &self.scope, self.diags);
        let state = handle.state.as_ref().map(|state| self.state(state, resolved.as_ref(), handle.effect.span));
        let Some(effect) = resolved else { return invalid(span) };
        self.enter_handled(effect.clone());
        let states = self.handled_states.len();
        self.handled_states.extend(state.as_ref().map(|(ty, ..)| *ty));
        let mut body = self.block(&handle.body, expected);
        self.handled_states.truncate(states);
        self.leave_handled();
        if let Some(wanted) = self.lacks_value(handle, &body, expected) {
            self.report_no_value(&body, wanted);
            body = Expr { kind: ExprKind::Invalid, ty: wanted, span: body.span };
        }
        let result = if self.head(body.ty) == Ty::NEVER { self.fresh(Ty::NEVER) } else { body.ty };
        let misdeclared = self.misdeclared(state.as_ref().map(|(ty, ..)| *ty), &effect);
        let handling = Handling {
            effect,
            state: state.as_ref().map(|(ty, span, ..)| (*ty, *span)),
            misdeclared,
            result,
            expected: match expected {
                Expected::Target(..) => expected,
                _ => Expected::Hint(result),
            },
        };
        let mut clauses: Vec<HandlerClause> = Vec::with_capacity(handle.clauses.len());
        for clause in &handle.clauses {
            if let Some(checked) = self.handler_clause(clause, &handling) {
                if clauses.iter().any(|other| other.operation == checked.operation) {
                    self.report_duplicate(clause, &handle.clauses);
                } else {
                    clauses.push(checked);
                }
            }
        }
        self.check_complete(handle, &handling.effect);
        let Some(ty) = self.handler_type(&body, &clauses, &handling.effect, expected) else { return invalid(span) };
        let body = self.convert_branch(body, ty, expected);
        for clause in &mut clauses {
            let value = std::mem::replace(&mut clause.body, invalid(span));
            clause.body = self.convert_branch(value, ty, expected);
        }
        let state = state.map(|(_, _, local, initial)| (local, initial));
        let kind = ExprKind::Handle(Box::new(Handle { effect: handling.effect, state, clauses, body }));
        Expr { kind, ty, span }
    }

    /// The type that is wanted of a handled block whose value is only that of its last operation, where a clause gives a
    /// value of its own.
    fn lacks_value(&mut self, handle: &ast::Handle, body: &Expr, expected: Expected) -> Option<Ty> {
        let Expected::Target(wanted, _) = expected else { return None };
        let unit = self.shape(body.ty) == Ty::UNIT && !matches!(self.shape(wanted), Ty::INVALID | Ty::NEVER);
        let gives = handle.clauses.iter().any(|clause| !resumes_last(&clause.body));
        (unit && gives && !self.is_unknown(wanted) && !self.fits_quietly(body.ty, wanted)).then_some(wanted)
    }

    #[inline(never)]
    fn report_no_value(&mut self, body: &Expr, wanted: Ty) {
        let text = self.text(wanted);
        let value = value_of(body).span;
        let empty = match self.shape_kind(wanted) {
            TyKind::Array(_) => Some("[]"),
            TyKind::String => Some("\"\""),
            TyKind::Data(data, _) if self.env.library_data("Option") == Some(*data) => Some("None"),
            _ => None,
        };
        let description = format!("The handled block ends with a value of type `Unit`, but `{text}` is expected.");
        let diagnostic = Diagnostic::new(Code::E302, value, description)
            .because("The handled block and the clauses give values of one type; `resume` returns that of the block.")
            .spec(Section::S7_11);
        self.report(match empty {
            Some(empty) => {
                let words = format!("End the block with the value that it gives by itself: `...; {empty}`");
                diagnostic.fix(words).edit(value.end_point(), format!("; {empty}"))
            }
            None => diagnostic
                .fix(format!("End the block with `;` and the value of type `{text}` that it gives by itself.")),
        });
    }

    /// The state: its type, where it is written, its local and its initial value.
    fn state(
        &mut self,
        state: &ast::HandlerState,
        effect: Option<&EffectUse>,
        effect_span: Span,
    ) -> (Ty, Span, LocalId, Expr) {
        let ty = self.resolve(&state.ty);
        let mut diverges = false;
        if let Some(cell) = effect.and_then(|effect| self.misdeclared(Some(ty), effect)) {
            diverges = true;
            self.report_divergence(state, ty, cell, effect_span);
        }
        let initial = self.expr(&state.initial, Expected::Target(ty, CoercionSite::Let));
        let initial = match self.assign(initial, ty, CoercionSite::Let) {
            Ok(initial) => initial,
            Err(wrong) => {
                if !diverges {
                    let diagnostic = self
                        .mismatch_of(Code::E331, &wrong, "The initial state", ty)
                        .label(state.ty.span, "the type of the state");
                    self.report(diagnostic.spec(Section::S7_5_1));
                }
                invalid(wrong.span)
            }
        };
        let local = self.local(ty, state.ty.span);
        (ty, state.ty.span, local, initial)
    }

    /// The type of the cell a handler stands for, when its state is declared with another one.
    fn misdeclared(&self, state: Option<Ty>, effect: &EffectUse) -> Option<Ty> {
        let (state, cell) = (state?, effect.args.first().copied()?);
        let known = state != Ty::INVALID && cell != Ty::INVALID;
        (known && effect.effect == effects::STATE && self.env.argument(state) != cell).then_some(cell)
    }

    #[inline(never)]
    fn report_divergence(&mut self, state: &ast::HandlerState, ty: Ty, cell: Ty, effect_span: Span) {
        let (declared, held) = (self.text(ty), self.text(cell));
        self.report(
            Diagnostic::new(
                Code::E336,
                state.ty.span,
                format!("The state is declared `{declared}`, but the handled effect is `State<{held}>`."),
            )
            .because("The state of this handler is the cell of the effect, so both have one type.")
            .fix(format!("Write `(@{held} = ...)`, or handle `State<{declared}>`."))
            .spec(Section::S7_5_1)
            .label(effect_span, "the handled effect"),
        );
    }

    /// A clause; `None` when its operation does not exist.
    fn handler_clause(&mut self, clause: &ast::HandlerClause, handling: &Handling) -> Option<HandlerClause> {
        let effect = handling.effect.effect;
        let Some(operation) = self.env.operation(effect, clause.name.as_str()) else {
            match clause.name.as_str() {
                "return" => self.report_return_clause(clause),
                _ => self.report_unknown_operation(clause, handling),
            }
            return None;
        };
        let declared = &self.env.program.effect(effect).operations[operation as usize];
        let (declared_params, declared_result) = (declared.params.clone(), declared.result);
        let args = &handling.effect.args;
        let mut params = Vec::with_capacity(declared_params.len());
        for param in declared_params {
            params.push(self.env.program.types.instantiate(param, args, &[]));
        }
        let value = self.env.program.types.instantiate(declared_result, args, &[]);

        let mark = self.slots.mark();
        let mut conversions = Vec::new();
        self.slots.bind_by(BinderKind::Clause, clause.span);
        let locals = self.clause_params(clause, &params, &mut conversions);
        let state = handling.state.map(|(ty, span)| {
            self.slots.bind_by(BinderKind::State, clause.span);
            // One of the two is a mistake, which was reported; either may be what the clauses are written for.
            if let Some(cell) = handling.misdeclared {
                self.bind(cell, span);
            }
            self.bind(ty, span)
        });
        let operation_name = clause.name.as_str().to_owned();
        self.continuations.push(Some(Continuation { operation: operation_name, value, result: handling.result }));
        let mut body = self.expr(&clause.body, handling.expected);
        self.continuations.pop();
        self.learn(body.ty, handling.result);
        let update = clause.update.as_ref().and_then(|update| self.state_update(update, handling));
        self.slots.reset(mark);
        if !conversions.is_empty() {
            let (ty, span) = (body.ty, body.span);
            body = Expr { kind: ExprKind::Block(conversions, Box::new(body)), ty, span };
        }
        Some(HandlerClause { operation, params: locals, state, body, update })
    }

    /// Binds the arguments of the operation. Fewer bindings than arguments bind none.
    fn clause_params(
        &mut self,
        clause: &ast::HandlerClause,
        params: &[Ty],
        conversions: &mut Vec<Stmt>,
    ) -> Vec<LocalId> {
        let unread = clause.params.iter().any(|param| matches!(param.kind, ast::TypeKind::Invalid));
        if clause.params.len() > params.len() && !unread && !params.contains(&Ty::INVALID) {
            let expected = counted(params.len(), "argument");
            self.report(
                Diagnostic::new(
                    Code::E203,
                    clause.span,
                    format!("`{}` has {expected}, and this clause binds {}.", clause.name, clause.params.len()),
                )
                .because("A clause binds the arguments that the operation is performed with.")
                .fix("Bind one slot for each argument.")
                .spec(Section::S7_5_1),
            );
        }
        if clause.params.len() != params.len() {
            for written in clause.params.iter().filter(|_| clause.params.len() > params.len()) {
                let ty = self.resolve(written);
                self.bind(ty, written.span);
            }
            return params.iter().map(|&ty| self.local(ty, clause.name.span)).collect();
        }
        let mut locals = Vec::with_capacity(params.len());
        for (written, &ty) in clause.params.iter().zip(params) {
            let bound = self.resolve(written);
            let span = written.span;
            if !self.relate(ty, bound, true) {
                let text = self.text(ty);
                let subject = format!("The argument of `{}`", clause.name);
                let diagnostic = self.mismatch(Code::E204, span, &subject, ty, bound);
                self.report(diagnostic.fix(format!("Bind it as `@{text}`.")).spec(Section::S7_5_1));
                locals.push(self.bind(bound, span));
                self.slots.doubt(ty);
                continue;
            }
            let whole = self.local(ty, span);
            let value = Expr { kind: ExprKind::Local(whole), ty, span };
            let converted = self.convert(value, bound, CoercionSite::Binding);
            if matches!(converted.kind, ExprKind::Local(_)) {
                self.locals[whole.index()].ty = bound;
                self.push_slot(whole);
            } else {
                let local = self.bind(bound, span);
                conversions.push(Stmt::Let(local, converted));
            }
            locals.push(whole);
        }
        locals
    }

    /// `with @T = value`
    fn state_update(&mut self, update: &ast::StateUpdate, handling: &Handling) -> Option<Expr> {
        let Some((state, state_span)) = handling.state else {
            self.report(
                Diagnostic::new(Code::E333, update.span, "This handler has no state to update.")
                    .because("`with` gives the state its value after the operation.")
                    .fix("Declare the state: `handle[Effect](@Int = 0) { ... }`. Or remove the `with`.")
                    .spec(Section::S7_5_2),
            );
            self.expr(&update.value, Expected::Nothing);
            return None;
        };
        let written = self.resolve(&update.ty);
        let types = &self.env.program.types;
        if let Some(cell) = handling.misdeclared
            && SlotKey::of(written, types) == SlotKey::of(cell, types)
        {
            self.expr(&update.value, Expected::Nothing);
            return None;
        }
        if written != Ty::INVALID && SlotKey::of(written, types) != SlotKey::of(state, types) {
            let (found, declared) = (self.text(written), self.text(state));
            self.report(
                Diagnostic::new(
                    Code::E334,
                    update.ty.span,
                    format!("This updates a state `@{found}`, but the state of the handler is `@{declared}`."),
                )
                .because("`with` names the state as the handler declares it.")
                .fix(format!("Write `with @{declared} = ...`."))
                .spec(Section::S7_5_2)
                .label(state_span, "the state"),
            );
            self.expr(&update.value, Expected::Nothing);
            return None;
        }
        Some(self.expr_as(&update.value, state, CoercionSite::Let, |this, wrong| {
            let diagnostic = this.mismatch_of(Code::E335, wrong, "The new state", state);
            this.report(diagnostic.spec(Section::S7_5_2).label(state_span, "the state"));
        }))
    }

    /// The type of the handled block and all clauses (E302 when there is none).
    fn handler_type(
        &mut self,
        body: &Expr,
        clauses: &[HandlerClause],
        effect: &EffectUse,
        expected: Expected,
    ) -> Option<Ty> {
        let mut branches = vec![body];
        branches.extend(clauses.iter().map(|clause| &clause.body));
        if let Some(ty) = self.common_branch(&branches, expected) {
            return Some(ty);
        }
        let mut common = Ty::NEVER;
        for (position, branch) in branches.into_iter().enumerate() {
            let Some(wider) = self.join(common, branch.ty) else {
                let subject = "This clause";
                let mut diagnostic = self.mismatch_of(Code::E302, branch, subject, common);
                let clause = position.checked_sub(1).and_then(|index| clauses.get(index));
                if let Some(meant) = clause.and_then(|clause| self.clause_meant(body, clause, effect)) {
                    (diagnostic.fix, diagnostic.edits) = (String::new(), Vec::new());
                    diagnostic = meant.of(diagnostic);
                }
                diagnostic.rationale =
                    "A clause that does not resume gives the value of the whole handler, as the handled block does."
                        .to_owned();
                let text = self.text(common);
                let place = body.span;
                self.report(diagnostic.spec(Section::S7_11).label(place, format!("of type `{text}`")));
                return None;
            };
            common = wider;
        }
        Some(common)
    }

    /// What may be meant by a clause whose value is not of the type of the handled block: to go on with the value, or a block
    /// whose value is one of the two constructors that the clause gives the other of.
    fn clause_meant(&mut self, body: &Expr, clause: &HandlerClause, effect: &EffectUse) -> Option<Wrapped> {
        let operation = &self.env.program.effect(effect.effect).operations[clause.operation as usize];
        let result = operation.result;
        let result = self.env.program.types.instantiate(result, &effect.args, &[]);
        let value = value_of(&clause.body);
        if matches!(value.kind, ExprKind::Resume(..)) {
            return None;
        }
        // A value of `Never` is of every type.
        if self.shape(result) != Ty::NEVER && self.fits_quietly(value.ty, result) {
            let what = "Go on with it, where the operation was performed";
            return Some(self.wrapped(what, "resume", value));
        }
        let given = self.shape(clause.body.ty);
        let TyKind::Data(data, args) = self.env.program.types.kind(given).clone() else { return None };
        let of = |name: &str| self.env.library_data(name) == Some(data);
        let constructor = if of("Result") {
            "Ok"
        } else if of("Option") {
            "Some"
        } else {
            return None;
        };
        let value = value_of(body);
        let fits = args.first().is_some_and(|&inner| self.fits_quietly(value.ty, inner));
        fits.then(|| self.wrapped("Make the value of the handled block one, too", constructor, value))
    }

    fn wrapped(&self, what: &str, function: &str, value: &Expr) -> Wrapped {
        let source = self.quoted(value.span, "value");
        Wrapped { words: format!("{what}: `{function}({source})`"), function: function.to_owned(), span: value.span }
    }

    /// Every operation has a clause, except that `State` and `Exn` work without.
    fn check_complete(&mut self, handle: &ast::Handle, effect: &EffectUse) {
        if matches!(effect.effect, effects::STATE | effects::EXN) {
            return;
        }
        let declared = self.env.program.effect(effect.effect);
        // A clause for an operation that there is not may be the one that is missing.
        let known = |clause: &ast::HandlerClause| declared.operations.iter().any(|op| op.name == clause.name.as_str());
        if !handle.clauses.iter().all(known) {
            return;
        }
        let named = |name: &str| handle.clauses.iter().any(|clause| clause.name.as_str() == name);
        let missing: Vec<String> = declared
            .operations
            .iter()
            .filter(|operation| !named(&operation.name))
            .map(|operation| operation.name.clone())
            .collect();
        let Some(first) = missing.first() else { return };
        let description = format!("This handler of `{}` has no clause for `{}`.", declared.name, missing.join("`, `"));
        self.report(
            Diagnostic::new(Code::E340, handle.effect.span, description)
                .because("A handler takes the whole effect, so each operation needs a clause.")
                .fix(format!("Add a clause: `{first}(...) -> {{ resume(...) }}`"))
                .spec(Section::S7_5_1),
        );
    }

    fn report_duplicate(&mut self, clause: &ast::HandlerClause, clauses: &[ast::HandlerClause]) {
        let mut diagnostic = Diagnostic::new(
            Code::E184,
            clause.name.span,
            format!("`{}` has two clauses in this handler.", clause.name),
        )
        .because("A handler says once what an operation does.")
        .fix("Remove one of them.")
        .spec(Section::S7_5_1);
        if let Some(first) = clauses.iter().find(|other| other.name.text == clause.name.text) {
            diagnostic = diagnostic.label(first.name.span, "the first clause");
        }
        self.report(diagnostic);
    }

    /// E332 for `return(@T) -> { ... }`, which handlers of other languages have.
    #[inline(never)]
    fn report_return_clause(&mut self, clause: &ast::HandlerClause) {
        let body = self.quoted(clause.body.span, "...");
        let body = body.strip_prefix('{').and_then(|body| body.strip_suffix('}')).map_or(&*body, str::trim);
        let fix = match clause.params.as_slice() {
            [ty] => {
                let ty = self.env.source_text(ty.span);
                match body == format!("@{ty}.0") {
                    true => "Remove the clause: it gives the value of the block as it is.".to_owned(),
                    false => format!("Remove the clause, and end the handled block with `let @{ty} = ...; {body}`."),
                }
            }
            _ => "Remove the clause, and end the handled block with what it gives.".to_owned(),
        };
        self.report(
            Diagnostic::new(Code::E332, clause.name.span, "A handler has no `return` clause.")
                .because("The value of the handled block is that of the handler, where no clause ends it before.")
                .fix(fix)
                .spec(Section::S7_5_1),
        );
    }

    #[inline(never)]
    fn report_unknown_operation(&mut self, clause: &ast::HandlerClause, handling: &Handling) {
        let effect = self.env.program.effect(handling.effect.effect);
        let names: Vec<&str> = effect.operations.iter().map(|operation| operation.name.as_str()).collect();
        let fix = match crate::diagnostics::suggest::nearest(clause.name.as_str(), names.iter().copied()) {
            Some(near) => format!("Did you mean `{near}`?"),
            None if names.is_empty() => format!("`{}` has no operations and is not handled.", effect.name),
            None => format!("Its operations are `{}`.", names.join("`, `")),
        };
        let description = format!("Effect `{}` has no operation `{}`.", effect.name, clause.name);
        self.report(
            Diagnostic::new(Code::E332, clause.name.span, description)
                .because("A clause of a handler is named after the operation it carries out.")
                .fix(fix)
                .spec(Section::S7_5_1),
        );
    }

    /// `resume(value)`
    pub(super) fn resume_call(&mut self, args: &[&ast::Expr], span: Span) -> Expr {
        let Some(Some(continuation)) = self.continuations.last().cloned() else {
            self.report_no_continuation(span);
            self.check_anyway(args);
            return invalid(span);
        };
        let Continuation { operation, value, result } = continuation;
        let &[arg] = args else {
            let fix = if value == Ty::UNIT { "Write `resume(())`." } else { "Write `resume(value)`." };
            self.report(
                Diagnostic::new(
                    Code::E201,
                    span,
                    format!("`resume` takes one argument, and this call gives {}.", args.len()),
                )
                .because(format!("It goes on where `{operation}` was performed, with the value the operation gives."))
                .fix(fix)
                .spec(Section::S7_5_2),
            );
            self.check_anyway(args);
            return Expr { kind: ExprKind::Invalid, ty: result, span };
        };
        let arg = self.expr_as(arg, value, CoercionSite::Argument, |this, wrong| {
            let subject = "The argument of `resume`";
            let mut diagnostic = this.mismatch_of(Code::E202, wrong, subject, value);
            if value == Ty::NEVER {
                diagnostic = diagnostic
                    .because(format!("`{operation}` never returns, so there is nothing to go on with."))
                    .fix("Give the value of the whole handler, without `resume`.");
            }
            this.report(diagnostic.spec(Section::S7_5_2));
        });
        Expr { kind: ExprKind::Resume(Some(Box::new(arg)), None), ty: result, span }
    }

    fn report_no_continuation(&mut self, span: Span) {
        let inside = self.continuations.iter().any(Option::is_some);
        let (because, fix) = if inside {
            (
                "A function value may be called after its handler has ended.",
                "Call it in the clause itself, once for each value: `array_concat(resume(1), resume(2))`. For more values \
                 let the handled block perform the operation in a recursive function.",
            )
        } else {
            (
                "It goes on with the block that performed an operation, so it belongs to a clause of a handler.",
                "Call it in the clause itself: `get(@Unit) -> { resume(@Int.0) }`",
            )
        };
        self.report(
            Diagnostic::new(Code::E200, span, "`resume` is only allowed in a clause of a handler.")
                .unknown(NameKind::Function, "resume")
                .because(because)
                .fix(fix)
                .spec(Section::S7_5_1),
        );
    }
}
