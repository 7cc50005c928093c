//! Typed trees as short text: locals by number, conversions and type arguments spelled out.

use crate::tir::{
    ArithmeticOp, Body, Closure, Coercion, CompareOp, Contract, Expr, ExprKind, FnDecl, Handle, LocalId, LogicOp,
    Naming, Pattern, PatternKind, Program, Stmt, StringPart,
};
use crate::types::Ty;

/// The functions of the program itself.
pub(super) fn program(program: &Program) -> String {
    let root = program.root.expect("a checked program has a root");
    let own = program.functions.iter().filter(|function| function.module == root);
    own.map(|function| Printer { program, function }.function()).collect()
}

struct Printer<'a> {
    program: &'a Program,
    function: &'a FnDecl,
}

impl Printer<'_> {
    fn function(&self) -> String {
        let params: Vec<String> = self.function.params.iter().map(|&param| self.typed(param)).collect();
        let name = &self.function.name;
        let mut out = format!("{name}({}) -> {}\n", params.join(", "), self.ty(self.function.result));
        for (what, clauses) in [
            ("requires", &self.function.requires),
            ("ensures", &self.function.ensures),
            ("decreases", &self.function.decreases),
        ] {
            for Contract { expr, .. } in clauses {
                let expr = self.expr(expr);
                if expr != "true" {
                    out += &format!("  {what} {expr}\n");
                }
            }
        }
        if let Body::Expr(body) = &self.function.body {
            out += &format!("  {}\n", self.expr(body));
        }
        out
    }

    fn ty(&self, ty: Ty) -> String {
        self.program.type_text(ty, Naming::bare(&self.function.type_params))
    }

    fn typed(&self, local: LocalId) -> String {
        format!("%{}: {}", local.0, self.ty(self.function.locals[local.index()].ty))
    }

    fn list(&self, exprs: &[Expr]) -> String {
        exprs.iter().map(|expr| self.expr(expr)).collect::<Vec<_>>().join(", ")
    }

    fn type_args(&self, types: &[Ty]) -> String {
        match types {
            [] => String::new(),
            types => format!("<{}>", types.iter().map(|&ty| self.ty(ty)).collect::<Vec<_>>().join(", ")),
        }
    }

    fn expr(&self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Unit => "()".to_owned(),
            ExprKind::Bool(value) => value.to_string(),
            ExprKind::Int(value) if expr.ty == Ty::INT => value.to_string(),
            ExprKind::Int(value) => format!("{value}:{}", self.ty(expr.ty)),
            ExprKind::Byte(value) => format!("{value}:Byte"),
            ExprKind::Float(value) => format!("{value:?}"),
            ExprKind::String(text) => format!("{text:?}"),
            ExprKind::Interpolated(parts) => {
                let parts = parts.iter().map(|part| match part {
                    StringPart::Text(text) => format!("{text:?}"),
                    StringPart::Expr(expr) => self.expr(expr),
                });
                format!("text({})", parts.collect::<Vec<_>>().join(", "))
            }
            ExprKind::Local(local) => format!("%{}", local.0),
            ExprKind::Call { function, type_args, args } => {
                let name = &self.program.function(*function).name;
                format!("{name}{}({})", self.type_args(type_args), self.list(args))
            }
            ExprKind::Ability { ability, at, args } => {
                format!("{ability:?}<{}>({})", self.ty(*at), self.list(args))
            }
            ExprKind::Construct { data, tag, type_args, args } => {
                let name = &self.program.data(*data).constructors[*tag as usize].name;
                format!("{name}{}({})", self.type_args(type_args), self.list(args))
            }
            ExprKind::Tuple(items) => format!("Tuple({})", self.list(items)),
            ExprKind::Array(items) => format!("[{}]:{}", self.list(items), self.ty(expr.ty)),
            ExprKind::Index(base, index) => format!("{}[{}]", self.expr(base), self.expr(index)),
            ExprKind::Arithmetic(op, kind, left, right) => {
                let op = match op {
                    ArithmeticOp::Add => "+",
                    ArithmeticOp::Sub => "-",
                    ArithmeticOp::Mul => "*",
                    ArithmeticOp::Div => "/",
                    ArithmeticOp::Rem => "%",
                };
                format!("({} {op}{kind:?} {})", self.expr(left), self.expr(right))
            }
            ExprKind::Negate(kind, inner) => format!("-{kind:?}({})", self.expr(inner)),
            ExprKind::Compare(op, at, left, right) => {
                let op = match op {
                    CompareOp::Lt => "<",
                    CompareOp::Le => "<=",
                    CompareOp::Gt => ">",
                    CompareOp::Ge => ">=",
                };
                format!("({} {op}{} {})", self.expr(left), self.ty(*at), self.expr(right))
            }
            ExprKind::Equal { negated, at, left, right } => {
                let op = if *negated { "!=" } else { "==" };
                format!("({} {op}{} {})", self.expr(left), self.ty(*at), self.expr(right))
            }
            ExprKind::Logic(op, left, right) => {
                let op = match op {
                    LogicOp::And => "&&",
                    LogicOp::Or => "||",
                    LogicOp::Implies => "==>",
                };
                format!("({} {op} {})", self.expr(left), self.expr(right))
            }
            ExprKind::Not(inner) => format!("!{}", self.expr(inner)),
            ExprKind::If(condition, then, otherwise) => {
                format!("if {} then {} else {}", self.expr(condition), self.expr(then), self.expr(otherwise))
            }
            ExprKind::Match(scrutinee, arms) => {
                let arms = arms.iter().map(|arm| format!("{} -> {}", self.pattern(&arm.pattern), self.expr(&arm.body)));
                format!("match {} {{ {} }}", self.expr(scrutinee), arms.collect::<Vec<_>>().join(", "))
            }
            ExprKind::Block(stmts, result) => {
                let stmts: String = stmts.iter().map(|stmt| self.stmt(stmt)).collect();
                format!("{{ {stmts}{} }}", self.expr(result))
            }
            ExprKind::Closure(closure) => self.closure(closure),
            ExprKind::Apply(function, args) => format!("{}.({})", self.expr(function), self.list(args)),
            ExprKind::Perform { effect, operation, args } => {
                let declared = self.program.effect(effect.effect);
                let name = &declared.operations[*operation as usize].name;
                format!("{}{}.{name}({})", declared.name, self.type_args(&effect.args), self.list(args))
            }
            ExprKind::Coerce(coercion, site, inner) => {
                format!("{}@{site:?}({})", self.coercion(coercion), self.expr(inner))
            }
            ExprKind::Assert(inner) => format!("assert({})", self.expr(inner)),
            ExprKind::Assume(inner) => format!("assume({})", self.expr(inner)),
            ExprKind::Quantifier(quantifier) => {
                let form = if quantifier.exists { "exists" } else { "forall" };
                format!("{form}({}, {})", self.expr(&quantifier.bound), self.expr(&quantifier.predicate))
            }
            ExprKind::Handle(handle) => self.handle(handle),
            ExprKind::Resume(value, state) => {
                let parts = value.iter().chain(state).map(|part| self.expr(part));
                format!("resume({})", parts.collect::<Vec<_>>().join(", "))
            }
            ExprKind::Old(effect) => format!("old{}", self.type_args(&effect.args)),
            ExprKind::New(effect) => format!("new{}", self.type_args(&effect.args)),
            ExprKind::Hole => format!("?:{}", self.ty(expr.ty)),
            ExprKind::Invalid => "!".to_owned(),
        }
    }

    fn stmt(&self, stmt: &Stmt) -> String {
        match stmt {
            Stmt::Let(local, value) => format!("let {} = {}; ", self.typed(*local), self.expr(value)),
            Stmt::Destructure(pattern, value) => format!("let {} = {}; ", self.pattern(pattern), self.expr(value)),
            Stmt::Expr(value) => format!("{}; ", self.expr(value)),
        }
    }

    fn closure(&self, closure: &Closure) -> String {
        let captures: Vec<String> = closure.captures.iter().map(|local| format!("%{}", local.0)).collect();
        let params: Vec<String> = closure.params.iter().map(|&param| self.typed(param)).collect();
        format!("fn[{}]({}) {{ {} }}", captures.join(", "), params.join(", "), self.expr(&closure.body))
    }

    fn handle(&self, handle: &Handle) -> String {
        let effect = self.program.effect(handle.effect.effect);
        let mut out = format!("handle {}{}", effect.name, self.type_args(&handle.effect.args));
        if let Some((local, initial)) = &handle.state {
            out += &format!(" ({} = {})", self.typed(*local), self.expr(initial));
        }
        for clause in &handle.clauses {
            let name = &effect.operations[clause.operation as usize].name;
            let params: Vec<String> = clause.params.iter().map(|&param| self.typed(param)).collect();
            let state = clause.state.map(|state| format!("; {}", self.typed(state))).unwrap_or_default();
            out += &format!(" {name}({}{state}) -> {}", params.join(", "), self.expr(&clause.body));
            if let Some(update) = &clause.update {
                out += &format!(" with {}", self.expr(update));
            }
        }
        out + &format!(" in {}", self.expr(&handle.body))
    }

    fn coercion(&self, coercion: &Coercion) -> String {
        match coercion {
            Coercion::Widen => "widen".to_owned(),
            Coercion::ToNat => "nat".to_owned(),
            Coercion::ToByte => "byte".to_owned(),
            Coercion::Parts => "parts".to_owned(),
            Coercion::Refine(predicate, args) => {
                format!("refine{}[{}]", self.type_args(args), self.program.predicate(*predicate).text)
            }
        }
    }

    fn pattern(&self, pattern: &Pattern) -> String {
        match &pattern.kind {
            PatternKind::Wildcard => "_".to_owned(),
            PatternKind::Bind(local, None) => self.typed(*local),
            PatternKind::Bind(local, Some(coercion)) => format!("{}({})", self.coercion(coercion), self.typed(*local)),
            PatternKind::Int(value) => value.to_string(),
            PatternKind::Bool(value) => value.to_string(),
            PatternKind::String(text) => format!("{text:?}"),
            PatternKind::Constructor { data, tag, fields } => {
                let fields: Vec<String> = fields.iter().map(|field| self.pattern(field)).collect();
                format!("{}({})", self.program.data(*data).constructors[*tag as usize].name, fields.join(", "))
            }
            PatternKind::Tuple(fields) => {
                let fields: Vec<String> = fields.iter().map(|field| self.pattern(field)).collect();
                format!("Tuple({})", fields.join(", "))
            }
            PatternKind::Invalid => "!".to_owned(),
        }
    }
}
