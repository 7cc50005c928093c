//! Random programs as text.

use super::program::{
    ASK, Body, CHOICE, Cond, EXN, Expr, Handle, Lambda, Operation, Program, Resumed, Row, STATE, Var,
};
use std::fmt::Write;

const DECLARATIONS: &str = "effect Ask {
  op ask(Int -> Int);
  op tell(Int -> Unit);
}

effect Choice {
  op choose(Unit -> Bool);
}

";

/// The text of a program, whose function `main` takes a unit.
pub(super) fn text(program: &Program) -> String {
    let mut out = DECLARATIONS.to_owned();
    for row in 0..16 {
        writeln!(out, "type F{row} = fn(Int -> Int) effects({});\n", row_text(row)).unwrap();
    }
    for (index, function) in program.functions.iter().enumerate() {
        let mut params: Vec<&str> = vec!["@Int"; function.params.len()];
        let mut writer = Writer { out: String::new(), scope: function.params.clone() };
        let clause = match &function.body {
            Body::Once(body) => {
                if params.is_empty() {
                    params.push("@Unit");
                }
                writer.expr(body);
                ""
            }
            Body::Loop { base, step, tail } => {
                params.insert(0, "@Nat");
                writer.out.push_str("if @Nat.0 == 0 then { ");
                writer.expr(base);
                writer.out.push_str(" } else { ");
                if *tail {
                    write!(writer.out, "f{index}(@Nat.0 - 1, ").unwrap();
                    writer.expr(step);
                    writer.out.push_str(") }");
                } else {
                    let var = writer.scope[0];
                    write!(writer.out, "(f{index}(@Nat.0 - 1, {}) + ", writer.slot(var)).unwrap();
                    writer.expr(step);
                    writer.out.push_str(") % 1009 }");
                }
                "\n  decreases(@Nat.0)"
            }
        };
        writeln!(
            out,
            "private fn f{index}({} -> @Int)\n  requires(true)\n  ensures(true){clause}\n  effects({})\n{{\n  {}\n}}\n",
            params.join(", "),
            row_text(function.row),
            writer.out
        )
        .unwrap();
    }
    let mut writer = Writer { out: String::new(), scope: Vec::new() };
    writer.expr(&program.main);
    writeln!(
        out,
        "public fn main(@Unit -> @Int)\n  requires(true)\n  ensures(true)\n  effects(pure)\n{{\n  {}\n}}",
        writer.out
    )
    .unwrap();
    out
}

fn row_text(row: Row) -> String {
    let effects = [(ASK, "Ask"), (CHOICE, "Choice"), (EXN, "Exn<Int>"), (STATE, "State<Int>")];
    let names: Vec<&str> = effects.iter().filter(|(bit, _)| row & bit != 0).map(|(_, name)| *name).collect();
    if names.is_empty() { "pure".into() } else { format!("<{}>", names.join(", ")) }
}

struct Writer {
    out: String,
    scope: Vec<Var>,
}

impl Writer {
    fn slot(&self, var: Var) -> String {
        let position = self.scope.iter().rposition(|&other| other == var).expect("in scope");
        format!("@Int.{}", self.scope.len() - 1 - position)
    }

    fn block(&mut self, expr: &Expr) {
        self.out.push_str("{ ");
        self.expr(expr);
        self.out.push_str(" }");
    }

    fn expr(&mut self, expr: &Expr) {
        match expr {
            Expr::Int(value) => write!(self.out, "{value}").unwrap(),
            Expr::Var(var) => self.out.push_str(&self.slot(*var)),
            Expr::Arithmetic(op, left, right) => {
                self.out.push_str("((");
                self.expr(left);
                write!(self.out, " {op} ").unwrap();
                self.expr(right);
                self.out.push_str(") % 1009)");
            }
            Expr::If(cond, then, otherwise) => {
                self.out.push_str("(if ");
                self.cond(cond);
                self.out.push_str(" then ");
                self.block(then);
                self.out.push_str(" else ");
                self.block(otherwise);
                self.out.push(')');
            }
            Expr::Let(var, value, body) => {
                self.out.push_str("{ let @Int = ");
                self.expr(value);
                self.out.push_str("; ");
                self.scope.push(*var);
                self.expr(body);
                self.scope.pop();
                self.out.push_str(" }");
            }
            Expr::Get(_) => self.out.push_str("get(())"),
            Expr::Put(_, value, then) => self.stated("put(", value, then),
            Expr::Throw(value) => self.called("throw(", value),
            Expr::Ask(value) => self.called("Ask.ask(", value),
            Expr::Tell(value, then) => self.stated("Ask.tell(", value, then),
            Expr::Call(index, args) => {
                write!(self.out, "f{index}(").unwrap();
                if args.is_empty() {
                    self.out.push_str("()");
                }
                for (position, arg) in args.iter().enumerate() {
                    if position > 0 {
                        self.out.push_str(", ");
                    }
                    self.expr(arg);
                }
                self.out.push(')');
            }
            Expr::CallLoop(index, times, arg) => {
                write!(self.out, "f{index}({times}, ").unwrap();
                self.expr(arg);
                self.out.push(')');
            }
            Expr::Apply(lambda, arg) => {
                self.out.push_str("apply_fn(");
                self.lambda(lambda);
                self.out.push_str(", ");
                self.expr(arg);
                self.out.push(')');
            }
            Expr::ApplyOne(cond, first, second, arg) => {
                write!(self.out, "{{ let @F{} = if ", first.row).unwrap();
                self.cond(cond);
                self.out.push_str(" then { ");
                self.lambda(first);
                self.out.push_str(" } else { ");
                self.lambda(second);
                write!(self.out, " }}; apply_fn(@F{}.0, ", first.row).unwrap();
                self.expr(arg);
                self.out.push_str(") }");
            }
            Expr::Handle(handle) => self.handle(handle),
            Expr::Resume(value) => {
                self.out.push_str("resume(");
                match &**value {
                    Resumed::Unit => self.out.push_str("()"),
                    Resumed::Int(value) => self.expr(value),
                    Resumed::Bool(value) => write!(self.out, "{value}").unwrap(),
                }
                self.out.push(')');
            }
        }
    }

    fn called(&mut self, operation: &str, value: &Expr) {
        self.out.push_str(operation);
        self.expr(value);
        self.out.push(')');
    }

    fn stated(&mut self, operation: &str, value: &Expr, then: &Expr) {
        self.out.push_str("{ ");
        self.called(operation, value);
        self.out.push_str("; ");
        self.expr(then);
        self.out.push_str(" }");
    }

    fn cond(&mut self, cond: &Cond) {
        match cond {
            Cond::Choose => self.out.push_str("Choice.choose(())"),
            Cond::Less(left, right) => {
                self.expr(left);
                self.out.push_str(" < ");
                self.expr(right);
            }
        }
    }

    fn lambda(&mut self, lambda: &Lambda) {
        write!(self.out, "fn(@Int -> @Int) effects({}) {{ ", row_text(lambda.row)).unwrap();
        self.scope.push(lambda.param);
        self.expr(&lambda.body);
        self.scope.pop();
        self.out.push_str(" }");
    }

    fn handle(&mut self, handle: &Handle) {
        let effect = row_text(handle.effect);
        write!(self.out, "handle[{}]", &effect[1..effect.len() - 1]).unwrap();
        if let Some(state) = &handle.state {
            self.out.push_str("(@Int = ");
            self.expr(state);
            self.out.push(')');
        }
        self.out.push_str(" { ");
        for (position, clause) in handle.clauses.iter().enumerate() {
            if position > 0 {
                self.out.push_str(", ");
            }
            let head = match clause.operation {
                Operation::Get => "get(@Unit)",
                Operation::Put => "put(@Int)",
                Operation::Throw => "throw(@Int)",
                Operation::Ask => "ask(@Int)",
                Operation::Tell => "tell(@Int)",
                Operation::Choose => "choose(@Unit)",
            };
            write!(self.out, "{head} -> ").unwrap();
            let outer = self.scope.len();
            self.scope.extend(clause.param);
            self.scope.extend(clause.state);
            self.block(&clause.body);
            if let Some(update) = &clause.update {
                self.out.push_str(" with @Int = ");
                self.expr(update);
            }
            self.scope.truncate(outer);
        }
        self.out.push_str(" } in ");
        self.block(&handle.body);
    }
}
