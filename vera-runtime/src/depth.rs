//! The native stack that the functions of a module may use, computed from their code.
//!
//! A module describes which of its functions recurse, but the description may be false. So it is not used here: the
//! call graph is built from the code. A function whose call chains end is bounded by the largest frames on a path
//! through them. All other functions (recursion that is not a loop of tail calls, indirect calls) are unbounded, and
//! run on a stack as large as the engine grants.
//!
//! The size of a frame is an upper bound. It is eight bytes for each parameter, local and instruction, because every
//! value that lives across a call comes from one of these. The same is added for each small function that is called,
//! because the engine inlines small functions.
//!
//! Deliberately, the stack of host functions is not counted: a call has additional room for it ([`crate::stack`]).

use crate::error::{Error, Result};
use crate::stack::{SHALLOW_CALLS, SMALLEST_STACK};
use std::collections::HashMap;
use vera_abi::graph::components;
use vera_abi::interface::Interface;
use vera_abi::names;
use wasmparser::{CompositeInnerType, ExternalKind, FunctionBody, Operator, Parser, Payload, TypeRef};

/// The need of a function whose depth is not bounded.
pub(crate) const UNBOUNDED: usize = usize::MAX;
/// Bytes of a frame besides its values: return address, saved registers, alignment.
const FRAME: usize = 128;
/// Bytes of a value in a frame.
const VALUE: usize = 8;
/// The most values of a function that may be inlined into its caller.
const SMALL: usize = 256;

/// What the code of a function shows.
#[derive(Debug, Default)]
struct Function {
    /// An upper bound of the values in its frame.
    values: usize,
    /// Positions of functions of the module, and whether the call is a tail call.
    calls: Vec<(usize, bool)>,
    /// Whether it calls functions that are not known.
    indirect: bool,
    /// Whether it performs an operation, whose host may call any public function.
    performs: bool,
}

/// The functions of a module: the imported ones first.
#[derive(Debug, Default)]
struct Module<'m> {
    functions: Vec<Function>,
    exports: HashMap<&'m str, usize>,
    /// The function that instantiation runs.
    start: Option<usize>,
}

/// Bytes of native stack that each public function may need, in the order of the interface.
///
/// # Errors
/// [`Error::Load`] when the bytes are not a module, or when a function that the host calls anywhere, such as the
/// allocator, may need more than [`SMALLEST_STACK`].
pub(crate) fn of_functions(bytes: &[u8], interface: &Interface) -> Result<Vec<usize>> {
    let module = Module::read(bytes).map_err(|error| Error::load(error.to_string()))?;
    let needs = needs(&module.functions);
    module.check_support(&needs)?;
    // What is not there is an error of the module's, which its instantiation reports.
    let need = |name: &str| {
        let position = module.exports.get(&*format!("{}{name}", names::FUNCTION_PREFIX));
        position.and_then(|&at| needs.get(at)).copied().unwrap_or_default()
    };
    let public: Vec<Need> = interface.functions.iter().map(|function| need(&function.name)).collect();
    // Where the engine grants more than every call has, a host that is called could call back without end.
    let grants_more = public.iter().any(|need| need.stack > SHALLOW_CALLS);
    let stack = |need: &Need| if grants_more && need.performs { UNBOUNDED } else { need.stack };
    Ok(public.iter().map(stack).collect())
}

impl<'m> Module<'m> {
    fn read(bytes: &'m [u8]) -> wasmparser::Result<Self> {
        let mut module = Module::default();
        let (mut params, mut bodies) = (Vec::new(), 0);
        for payload in Parser::new(0).parse_all(bytes) {
            match payload? {
                Payload::TypeSection(section) => {
                    for group in section {
                        params.extend(group?.types().map(|ty| match &ty.composite_type.inner {
                            CompositeInnerType::Func(ty) => ty.params().len(),
                            _ => 0,
                        }));
                    }
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import?;
                        if matches!(import.ty, TypeRef::Func(_) | TypeRef::FuncExact(_)) {
                            let performs = names::imported_effect(import.module).is_some();
                            module.functions.push(Function { performs, ..Function::default() });
                        }
                    }
                    bodies = module.functions.len();
                }
                Payload::FunctionSection(section) => {
                    for ty in section {
                        let values = params.get(ty? as usize).copied().unwrap_or_default();
                        module.functions.push(Function { values, ..Function::default() });
                    }
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        let export = export?;
                        if export.kind == ExternalKind::Func {
                            module.exports.insert(export.name, export.index as usize);
                        }
                    }
                }
                Payload::StartSection { func, .. } => module.start = Some(func as usize),
                Payload::CodeSectionEntry(body) => {
                    if let Some(function) = module.functions.get_mut(bodies) {
                        function.read(&body)?;
                    }
                    bodies += 1;
                }
                _ => {}
            }
        }
        let count = module.functions.len();
        // A call of what is not there is an error of the module's, which its validation reports.
        module.functions.iter_mut().for_each(|function| function.calls.retain(|&(callee, _)| callee < count));
        Ok(module)
    }

    /// Refuses a module whose allocator, or another function that is not called as a function of the program, may need
    /// much stack.
    fn check_support(&self, needs: &[Need]) -> Result<()> {
        let support = self.exports.iter().filter(|(name, _)| !name.starts_with(names::FUNCTION_PREFIX));
        for (name, function) in support.map(|(name, &at)| (*name, at)).chain(self.start.map(|at| ("start", at))) {
            if needs.get(function).is_some_and(|need| need.performs || need.stack > SMALLEST_STACK) {
                return Err(Error::load(format!("its `{name}` may need more stack than an allocator does")));
            }
        }
        Ok(())
    }
}

impl Function {
    fn read(&mut self, body: &FunctionBody<'_>) -> wasmparser::Result<()> {
        for locals in body.get_locals_reader()? {
            self.values = self.values.saturating_add(locals?.0 as usize);
        }
        for operator in body.get_operators_reader()? {
            self.values = self.values.saturating_add(1);
            match operator? {
                Operator::Call { function_index } => self.calls.push((function_index as usize, false)),
                Operator::ReturnCall { function_index } => self.calls.push((function_index as usize, true)),
                Operator::CallIndirect { .. }
                | Operator::ReturnCallIndirect { .. }
                | Operator::CallRef { .. }
                | Operator::ReturnCallRef { .. } => self.indirect = true,
                _ => {}
            }
        }
        Ok(())
    }
}

/// The need of a function and of everything that it calls.
#[derive(Clone, Copy, Debug, Default)]
struct Need {
    /// Bytes of native stack.
    stack: usize,
    /// Whether an operation may be performed.
    performs: bool,
}

/// The need of each function. Functions that form a loop of tail calls all have the same need.
fn needs(functions: &[Function]) -> Vec<Need> {
    let callees = |function: &Function| function.calls.iter().map(|&(callee, _)| callee).collect();
    let component = components(&functions.iter().map(callees).collect::<Vec<_>>());
    let mut order: Vec<usize> = (0..functions.len()).collect();
    order.sort_by_key(|&index| component[index]);
    let mut needs = vec![Need::default(); functions.len()];
    let mut values = vec![0; functions.len()];
    for members in order.chunk_by(|&left, &right| component[left] == component[right]) {
        let mut need = Need::default();
        let mut frame = 0;
        for &index in members {
            let function = &functions[index];
            need.performs |= function.performs;
            let mut own = function.values;
            for &(callee, tail) in &function.calls {
                if component[callee] != component[index] {
                    need.stack = need.stack.max(needs[callee].stack);
                    need.performs |= needs[callee].performs;
                    own = own.saturating_add(if values[callee] <= SMALL { values[callee] } else { 0 });
                } else if !tail {
                    need.stack = UNBOUNDED;
                }
            }
            if function.indirect {
                need.stack = UNBOUNDED;
            }
            values[index] = own;
            frame = frame.max(own.saturating_mul(VALUE).saturating_add(FRAME));
        }
        need.stack = need.stack.saturating_add(frame);
        members.iter().for_each(|&index| needs[index] = need);
    }
    needs
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Functions with a number of instructions and calls: `t` for a tail call.
    fn stacks(functions: &[(usize, &[(usize, bool)])]) -> Vec<usize> {
        let function = |&(values, calls): &(usize, &[(usize, bool)])| Function {
            values,
            calls: calls.to_vec(),
            ..Function::default()
        };
        needs(&functions.iter().map(function).collect::<Vec<_>>()).iter().map(|need| need.stack).collect()
    }

    #[test]
    fn ways_add_up_and_cycles_have_no_bound() {
        let frame = |values: usize| FRAME + VALUE * values;
        let large = 1000;
        // 0 → 1 → 3, 0 → 2
        let found =
            stacks(&[(large, &[(1, false), (2, false)]), (large, &[(3, false)]), (large + 1, &[]), (large + 2, &[])]);
        assert_eq!(found[0], 2 * frame(large) + frame(large + 2));
        // Tail calls only, and itself only by tail calls: a loop. Then cycles with a call that returns.
        let found = stacks(&[(large, &[(1, true)]), (2, &[(0, true)]), (1, &[(2, true)])]);
        assert_eq!(found, [frame(large), frame(large), frame(1)]);
        let found = stacks(&[(1, &[(1, true)]), (2, &[(0, false)]), (1, &[(2, false)]), (1, &[(0, false)]), (1, &[])]);
        assert_eq!(found, [UNBOUNDED, UNBOUNDED, UNBOUNDED, UNBOUNDED, frame(1)]);
    }

    #[test]
    fn small_functions_are_part_of_their_callers() {
        let found = stacks(&[(10, &[(1, false), (1, false), (2, false)]), (SMALL, &[]), (SMALL + 1, &[])]);
        assert_eq!(found[0], 2 * FRAME + VALUE * (10 + 2 * SMALL) + VALUE * (SMALL + 1));
    }

    #[test]
    fn a_long_way_is_followed_without_recursion() {
        let calls: Vec<[(usize, bool); 1]> = (0..200_000).map(|index| [(index + 1, false)]).collect();
        let mut functions: Vec<(usize, &[(usize, bool)])> = calls.iter().map(|calls| (0, &calls[..])).collect();
        functions.push((0, &[]));
        assert_eq!(stacks(&functions)[0], 200_001 * FRAME);
    }
}
