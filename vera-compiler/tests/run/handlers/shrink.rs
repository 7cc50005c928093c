//! Makes a program that shows a mistake smaller while it still does.

use super::program::{Body, Cond, Expr, Handle, Program, Resumed};

/// The smallest program found, of those that are made by leaving things out.
pub(super) fn shrunk(program: Program, fails: &dyn Fn(&Program) -> bool) -> Program {
    let mut best = program;
    'again: loop {
        for position in 0..size(&best) {
            for choice in 0.. {
                let mut smaller = best.clone();
                let replaced = replace(&mut smaller, position, choice);
                match replaced {
                    None => break,
                    Some(false) => continue,
                    Some(true) => {}
                }
                if size(&smaller) < size(&best) && fails(&smaller) {
                    best = smaller;
                    continue 'again;
                }
            }
        }
        return best;
    }
}

fn roots(program: &mut Program) -> Vec<&mut Expr> {
    let mut roots = Vec::new();
    for function in &mut program.functions {
        match &mut function.body {
            Body::Once(body) => roots.push(body),
            Body::Loop { base, step, .. } => roots.extend([base, step]),
        }
    }
    roots.push(&mut program.main);
    roots
}

fn size(program: &Program) -> usize {
    let mut program = program.clone();
    roots(&mut program).into_iter().map(count).sum()
}

fn count(expr: &mut Expr) -> usize {
    1 + children(expr).into_iter().map(count).sum::<usize>()
}

/// Puts something smaller in the place of the expression at a position: a number, or one of its parts, or for a handler
/// the same without updates. `None` when there is no such choice.
fn replace(program: &mut Program, position: usize, choice: usize) -> Option<bool> {
    let mut left = position;
    for root in roots(program) {
        if let Some(found) = find(root, &mut left) {
            if choice == 0 {
                let is_number = matches!(found, Expr::Int(_));
                *found = Expr::Int(1);
                return Some(!is_number);
            }
            if choice == 1 {
                if let Expr::Handle(handle) = found {
                    handle.clauses.iter_mut().for_each(|clause| clause.update = None);
                }
                return Some(true);
            }
            let part = children(found).into_iter().nth(choice - 2).cloned()?;
            *found = part;
            return Some(true);
        }
    }
    None
}

fn find<'e>(expr: &'e mut Expr, left: &mut usize) -> Option<&'e mut Expr> {
    if *left == 0 {
        return Some(expr);
    }
    *left -= 1;
    children(expr).into_iter().find_map(|child| find(child, left))
}

fn children(expr: &mut Expr) -> Vec<&mut Expr> {
    let mut children: Vec<&mut Expr> = Vec::new();
    match expr {
        Expr::Int(_) | Expr::Var(_) | Expr::Get(_) => {}
        Expr::Arithmetic(_, left, right)
        | Expr::Let(_, left, right)
        | Expr::Put(_, left, right)
        | Expr::Tell(left, right) => {
            children.extend([&mut **left, &mut **right]);
        }
        Expr::If(cond, then, otherwise) => {
            children.extend(of_cond(cond));
            children.extend([&mut **then, &mut **otherwise]);
        }
        Expr::Throw(value) | Expr::Ask(value) | Expr::CallLoop(_, _, value) => children.push(value),
        Expr::Call(_, args) => children.extend(args),
        Expr::Apply(lambda, arg) => children.extend([&mut lambda.body, &mut **arg]),
        Expr::ApplyOne(cond, first, second, arg) => {
            children.extend(of_cond(cond));
            children.extend([&mut first.body, &mut second.body, &mut **arg]);
        }
        Expr::Handle(handle) => {
            let Handle { state, clauses, body, .. } = &mut **handle;
            children.push(body);
            children.extend(state);
            for clause in clauses {
                children.push(&mut clause.body);
                children.extend(&mut clause.update);
            }
        }
        Expr::Resume(value) => {
            if let Resumed::Int(value) = &mut **value {
                children.push(value);
            }
        }
    }
    children
}

fn of_cond(cond: &mut Cond) -> Vec<&mut Expr> {
    match cond {
        Cond::Less(left, right) => vec![left, right],
        Cond::Choose => Vec::new(),
    }
}
