//! Makes core programs faster and smaller without changing what they do.
//!
//! Callees come before callers. Self tail calls of each function become loops (`loops`). The function is simplified
//! (`simplify`), calls are inlined (`inline`), and it is simplified again and dead code is removed (`dead_code`). Cells
//! that stay in the function become values (`cells`), and choices on a value that another choice has just made are
//! combined with it (`known_arms`). Then checks that cannot fail are found (`ranges`). Functions that no export reaches
//! are dropped (`reach`). When the program is whole, calls of closures with few shapes become direct (`closures`), and
//! the changed functions are optimised again. Finally small recursive functions are inlined into themselves.
//!
//! Combinators over closures need no pass of their own: `array_map(a, fn ...)` inlines to a loop in which the closure
//! is a known value, so its calls become direct, then inline, and the closure itself is never built.
//!
//! Kept: the order of effects and of checks that can fail, which checks fail, and the bound on the native stack of tail
//! calls. Not kept: the number of allocated objects, and the function of a frame in a backtrace.

mod cells;
mod closures;
mod dead_code;
mod fold;
mod inline;
mod known_arms;
mod loops;
mod ranges;
mod reach;
mod rename;
mod simplify;

use super::{Block, End, FnId, Function, LocalId, Origins, Program};

/// Optimises a whole program.
pub fn optimise(program: &mut Program) {
    improve_all(program);
    // Last, because callers inline the functions as they were.
    for id in reach::callees_first(program) {
        if inline::unroll(program, id) {
            tidy(program, id);
            if ranges::narrow(&mut program.functions[id.index()]) {
                tidy(program, id);
            }
        }
    }
}

fn improve_all(program: &mut Program) {
    let order = reach::callees_first(program);
    let mut inliner = inline::Inliner::new(program, &order);
    for &id in &order {
        improve(program, &mut inliner, id);
    }
    reach::drop_unreachable(program);

    let changed = closures::resolve(program);
    if changed.is_empty() {
        return;
    }
    let order = reach::callees_first(program);
    let mut inliner = inline::Inliner::new(program, &order);
    for &id in &order {
        match changed.binary_search(&id) {
            Ok(_) => improve(program, &mut inliner, id),
            Err(_) => inliner.finish(program, id),
        }
    }
    // A shape that is gone has no number any more. What goes may have been all that made another one.
    while closures::drop_impossible(program) {}
    reach::drop_unreachable(program);
}

fn improve(program: &mut Program, inliner: &mut inline::Inliner, id: FnId) {
    tidy(program, id);
    if inliner.inline_calls(program, id) {
        tidy(program, id);
        // Inlining a combinator makes closures known; their bodies can now be inlined in turn.
        if inliner.inline_calls(program, id) {
            tidy(program, id);
        }
    }
    if cells::promote(&mut program.functions[id.index()]) {
        tidy(program, id);
    }
    if connect_arms(program, id) {
        tidy(program, id);
    }
    if ranges::narrow(&mut program.functions[id.index()]) {
        tidy(program, id);
    }
    inliner.finish(program, id);
}

fn connect_arms(program: &mut Program, id: FnId) -> bool {
    let mut function = take(program, id);
    let changed = known_arms::connect(program, &mut function);
    program.functions[id.index()] = function;
    changed
}

fn tidy(program: &mut Program, id: FnId) {
    let mut function = take(program, id);
    loops::self_calls_to_loop(id, &mut function);
    simplify::simplify(program, &mut function);
    dead_code::remove(program, &mut function);
    program.functions[id.index()] = function;
}

/// Takes a function out of the program, to be put back changed. Its place keeps the signature, which calls of it in its
/// own body are compared with.
fn take(program: &mut Program, id: FnId) -> Function {
    let function = program.function(id);
    let reps = function.params.iter().map(|&param| function.rep(param));
    let mut place = Function {
        symbol: String::new(),
        frame: None,
        params: Vec::new(),
        result: function.result,
        locals: reps.collect(),
        origins: Origins::default(),
        body: Block { stmts: Vec::new(), end: End::Unreachable },
        inline: false,
    };
    place.params = (0..place.locals.len() as u32).map(LocalId).collect();
    std::mem::replace(&mut program.functions[id.index()], place)
}
