//! A fully parenthesised rendering of trees, to compare in tests.

use std::fmt::Write;

use crate::syntax::ast::*;

pub(super) fn expr(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Unit => "()".into(),
        ExprKind::Bool(value) => value.to_string(),
        ExprKind::Int(value) => value.to_string(),
        ExprKind::Float(value) => format!("{value:?}"),
        ExprKind::String(text) => format!("{text:?}"),
        ExprKind::Interpolated(parts) => {
            let part = |part: &StringPart| match part {
                StringPart::Text(text) => format!("{text:?}"),
                StringPart::Expr(e) => expr_(e),
            };
            format!("str[{}]", parts.iter().map(part).collect::<Vec<_>>().join(" "))
        }
        ExprKind::Hole => "?".into(),
        ExprKind::Slot { ty: t, index } => format!("@{}.{index}", ty(t)),
        ExprKind::Result(t) => format!("@{}.result", ty(t)),
        ExprKind::Call { name, args } => format!("{name}({})", exprs(args)),
        ExprKind::ModuleCall { module, name, args } => format!("{module}::{name}({})", exprs(args)),
        ExprKind::QualifiedCall { qualifier, name, args } => format!("{qualifier}.{name}({})", exprs(args)),
        ExprKind::Resume(args) => format!("RESUME({})", exprs(args)),
        ExprKind::Constructor { name, args } => format!("{name}({})", exprs(args)),
        ExprKind::NullaryConstructor(name) => name.to_string(),
        ExprKind::Array(items) => format!("[{}]", exprs(items)),
        ExprKind::Index { base, index } => format!("{}[{}]", expr_(base), expr_(index)),
        ExprKind::Unary { op, operand } => format!("({}{})", op.as_str(), expr_(operand)),
        ExprKind::Binary { op, left, right, .. } => format!("({} {} {})", expr_(left), op.as_str(), expr_(right)),
        ExprKind::Pipe { left, call } => format!("({} |> {})", expr_(left), expr_(call)),
        ExprKind::AnonymousFn(f) => {
            format!("fn({} -> {}) {} {}", params(&f.params), param(&f.result), row(&f.effects), block(&f.body))
        }
        ExprKind::If { condition, then_block, else_block } => {
            format!("if {} {} {}", expr_(condition), block(then_block), block(else_block))
        }
        ExprKind::Match { scrutinee, arms } => {
            let arm = |arm: &MatchArm| format!("{} -> {}", pattern(&arm.pattern), expr_(&arm.body));
            format!("match {} {{{}}}", expr_(scrutinee), arms.iter().map(arm).collect::<Vec<_>>().join(", "))
        }
        ExprKind::Block(b) => block(b),
        ExprKind::Handle(h) => handle(h),
        ExprKind::Old(effect) => format!("old({})", effect_ref(effect)),
        ExprKind::New(effect) => format!("new({})", effect_ref(effect)),
        ExprKind::Assert(e) => format!("assert({})", expr_(e)),
        ExprKind::Assume(e) => format!("assume({})", expr_(e)),
        ExprKind::Quantifier(q) => {
            let word = if q.kind == QuantifierKind::Forall { "forall" } else { "exists" };
            format!("{word}(@{}, {}, {})", ty(&q.ty), expr_(&q.bound), expr_(&q.predicate))
        }
        ExprKind::Invalid => "INVALID".into(),
    }
}

fn expr_(e: &Expr) -> String {
    expr(e)
}

fn exprs(list: &[Expr]) -> String {
    list.iter().map(expr).collect::<Vec<_>>().join(", ")
}

fn handle(h: &Handle) -> String {
    let mut out = format!("handle[{}]", effect_ref(&h.effect));
    if let Some(state) = &h.state {
        let _ = write!(out, "(@{} = {})", ty(&state.ty), expr(&state.initial));
    }
    for clause in &h.clauses {
        let _ = write!(out, " {}({}) -> {}", clause.name, types(&clause.params), expr(&clause.body));
        if let Some(update) = &clause.update {
            let _ = write!(out, " with @{} = {}", ty(&update.ty), expr(&update.value));
        }
    }
    format!("{out} in {}", block(&h.body))
}

pub(super) fn block(block: &Block) -> String {
    let mut out = String::from("{");
    for stmt in &block.stmts {
        let _ = match &stmt.kind {
            StmtKind::Let { ty: t, value } => write!(out, "let @{} = {}; ", ty(t), expr(value)),
            StmtKind::Destructure { constructor, types: t, value } => {
                write!(out, "let {constructor}<{}> = {}; ", types(t), expr(value))
            }
            StmtKind::Expr(e) => write!(out, "{}; ", expr(e)),
            StmtKind::Invalid => write!(out, "INVALID; "),
        };
    }
    out + &expr(&block.result) + "}"
}

pub(super) fn pattern(pattern: &Pattern) -> String {
    match &pattern.kind {
        PatternKind::Wildcard => "_".into(),
        PatternKind::Bind(t) => format!("@{}", ty(t)),
        PatternKind::Nullary(name) => name.to_string(),
        PatternKind::Constructor { name, fields } => {
            format!("{name}({})", fields.iter().map(self::pattern).collect::<Vec<_>>().join(", "))
        }
        PatternKind::Int(value) => value.to_string(),
        PatternKind::String(text) => format!("{text:?}"),
        PatternKind::Bool(value) => value.to_string(),
        PatternKind::Invalid => "INVALID".into(),
    }
}

pub(super) fn ty(t: &TypeExpr) -> String {
    match &t.kind {
        TypeKind::Named { name, args } if args.is_empty() => name.to_string(),
        TypeKind::Named { name, args } => format!("{name}<{}>", types(args)),
        TypeKind::Fn(f) => format!("fn({} -> {}) {}", types(&f.params), ty(&f.result), row(&f.effects)),
        TypeKind::Refinement { base, predicate } => format!("{{@{} | {}}}", ty(base), expr(predicate)),
        TypeKind::Invalid => "INVALID".into(),
    }
}

fn types(list: &[TypeExpr]) -> String {
    list.iter().map(ty).collect::<Vec<_>>().join(", ")
}

fn row(row: &EffectRow) -> String {
    match &row.kind {
        EffectRowKind::Pure => "pure".into(),
        EffectRowKind::Effects(list) => format!("<{}>", list.iter().map(effect_ref).collect::<Vec<_>>().join(", ")),
        EffectRowKind::Invalid => "INVALID".into(),
    }
}

fn effect_ref(effect: &EffectRef) -> String {
    let qualifier = effect.qualifier.as_ref().map(|name| format!("{name}.")).unwrap_or_default();
    let args = if effect.args.is_empty() { String::new() } else { format!("<{}>", types(&effect.args)) };
    format!("{qualifier}{}{args}", effect.name)
}

fn param(param: &Param) -> String {
    let label = param.label.as_ref().map(|label| format!(" /*{label}*/")).unwrap_or_default();
    format!("@{}{label}", ty(&param.ty))
}

fn params(list: &[Param]) -> String {
    list.iter().map(param).collect::<Vec<_>>().join(", ")
}

fn names(list: &[Name], before: &str, after: &str) -> String {
    if list.is_empty() {
        return String::new();
    }
    format!("{before}{}{after}", list.iter().map(Name::to_string).collect::<Vec<_>>().join(", "))
}

fn function(f: &FnDecl) -> String {
    let mut out = match f.visibility {
        Some(Visibility::Public) => "public ".into(),
        Some(Visibility::Private) => "private ".into(),
        None => String::new(),
    };
    if let Some(forall) = &f.forall {
        let constraint = |c: &AbilityConstraint| format!("{}<{}>", c.ability, c.param);
        let constraints: Vec<_> = forall.constraints.iter().map(constraint).collect();
        let constraints =
            if constraints.is_empty() { String::new() } else { format!(" where {}", constraints.join(", ")) };
        let _ = write!(out, "forall<{}{constraints}> ", names(&forall.params, "", ""));
    }
    let _ = write!(out, "fn {}({} -> {})", f.name, params(&f.params), param(&f.result));
    for contract in &f.contracts {
        let _ = match &contract.kind {
            ContractKind::Requires(e) => write!(out, " requires({})", expr(e)),
            ContractKind::Ensures(e) => write!(out, " ensures({})", expr(e)),
            ContractKind::Decreases(list) => write!(out, " decreases({})", exprs(list)),
        };
    }
    let _ = write!(out, " {} {}", row(&f.effects), block(&f.body));
    if !f.where_fns.is_empty() {
        let helpers: Vec<_> = f.where_fns.iter().map(function).collect();
        let _ = write!(out, " where {{{}}}", helpers.join(" "));
    }
    out
}

fn ops(list: &[OpDecl]) -> String {
    let op = |op: &OpDecl| format!("op {}({} -> {});", op.name, types(&op.params), ty(&op.result));
    list.iter().map(op).collect::<Vec<_>>().join(" ")
}

pub(super) fn program(program: &Program) -> Vec<String> {
    let module = program.module.iter().map(|module| format!("module {}", module.path));
    let import = |import: &ImportDecl| match &import.names {
        Some(list) => format!("import {}{}", import.path, names(list, "(", ")")),
        None => format!("import {}", import.path),
    };
    let decl = |decl: &Decl| match decl {
        Decl::Fn(f) => function(f),
        Decl::Data(d) => {
            let constructor = |c: &Constructor| match c.fields.is_empty() {
                true => c.name.to_string(),
                false => format!("{}({})", c.name, types(&c.fields)),
            };
            let constructors: Vec<_> = d.constructors.iter().map(constructor).collect();
            let invariant = d.invariant.as_ref().map(|e| format!(" invariant({})", expr(e))).unwrap_or_default();
            format!("data {}{}{invariant} {{{}}}", d.name, names(&d.type_params, "<", ">"), constructors.join(", "))
        }
        Decl::TypeAlias(a) => format!("type {}{} = {}", a.name, names(&a.type_params, "<", ">"), ty(&a.ty)),
        Decl::Effect(e) => format!("effect {}{} {{{}}}", e.name, names(&e.type_params, "<", ">"), ops(&e.ops)),
        Decl::Ability(a) => format!("ability {}{} {{{}}}", a.name, names(&a.type_params, "<", ">"), ops(&a.ops)),
    };
    module.chain(program.imports.iter().map(import)).chain(program.decls.iter().map(decl)).collect()
}
