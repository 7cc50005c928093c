//! Makes a program that shows a mistake smaller while it still does.

use super::program::{Body, Cond, Expr, Handle, Operation, Program, Resumed, Row, STATE};

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

/// Whether each operation of a state names the handler whose clauses count where the text has the operation. A part that was
/// put in the place of another may mean something else there.
pub(super) fn means_what_it_says(program: &Program) -> bool {
    let of_function = program.functions.iter().all(|function| match &function.body {
        Body::Once(body) => agrees(body, function.row, None),
        Body::Loop { base, step, .. } => agrees(base, function.row, None) && agrees(step, function.row, None),
    });
    of_function && agrees(&program.main, 0, None)
}

fn agrees(expr: &Expr, row: Row, lexical: Option<u32>) -> bool {
    let here = |expr: &Expr| agrees(expr, row, lexical);
    let of_cond = |cond: &Cond| match cond {
        Cond::Less(left, right) => here(left) && here(right),
        Cond::Choose => true,
    };
    match expr {
        Expr::Int(_) | Expr::Var(_) => true,
        Expr::Get(named) => *named == lexical,
        Expr::Put(named, value, then) => *named == lexical && here(value) && here(then),
        Expr::Arithmetic(_, left, right) | Expr::Let(_, left, right) | Expr::Tell(left, right) => {
            here(left) && here(right)
        }
        Expr::If(cond, then, otherwise) => of_cond(cond) && here(then) && here(otherwise),
        Expr::Throw(value) | Expr::Ask(value) | Expr::CallLoop(_, _, value) => here(value),
        Expr::Call(_, args) => args.iter().all(here),
        Expr::Apply(lambda, arg) => agrees(&lambda.body, lambda.row, None) && here(arg),
        Expr::ApplyOne(cond, first, second, arg) => {
            let lambdas = [first, second].iter().all(|lambda| agrees(&lambda.body, lambda.row, None));
            lambdas && of_cond(cond) && here(arg)
        }
        Expr::Handle(handle) => {
            let within = if handle.effect == STATE { (!handle.plain).then_some(handle.id) } else { lexical };
            let clauses = handle.clauses.iter().all(|clause| {
                let of_state = matches!(clause.operation, Operation::Get | Operation::Put);
                let around = if of_state && row & STATE != 0 { None } else { lexical };
                let parts = [Some(&clause.body), clause.update.as_ref()];
                parts.into_iter().flatten().all(|part| agrees(part, row, around))
            });
            clauses && handle.state.iter().all(here) && agrees(&handle.body, row | handle.effect, within)
        }
        Expr::Resume(value) => match &**value {
            Resumed::Int(value) => here(value),
            Resumed::Unit | Resumed::Bool(_) => true,
        },
    }
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
