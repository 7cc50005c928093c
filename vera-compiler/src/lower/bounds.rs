//! Limits on the output for a program: operations in proportion to its text, and the limits of one WebAssembly
//! function. A diagnostic refuses larger programs, because later stages take time and memory in proportion to the
//! output.
//!
//! A short program can need much code: generic functions are compiled for every list of type arguments, functions that
//! take functions for every list of lambdas, and both can double from one function to the next.

use super::context::Lowering;
use super::work::Job;
use crate::core::{Function, Op};
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::tir::FnId;
use vera_abi::heap::{MAX_POINTERS, MAX_TAG};
use vera_abi::layout::{Rep, record};

/// What a function counts for besides what is in it.
const SIZE_OF_FUNCTION: usize = 40;

/// WebAssembly values that a function may take: the limit of WebAssembly implementations.
const MAX_VALUES: usize = 1_000;

/// WebAssembly values that the operations of a function may have: somewhat fewer than the locals that WebAssembly
/// implementations allow, since the code needs some besides.
const MAX_LOCALS: usize = 45_000;

impl Lowering<'_> {
    /// Notes what is built next.
    pub(super) fn begin(&mut self, job: &Job) -> Option<FnId> {
        let function = match job {
            Job::Instance(key) => Some(key.function),
            Job::Export(function) => Some(*function),
            Job::LambdaDirect(id) | Job::LambdaBoxed(id) => self.lambdas.get(*id).function,
            Job::Boundary(key) => key.function,
            Job::Awaited(awaited) => awaited.function,
            Job::Predicate(..) | Job::Derived(..) => None,
        };
        self.built.at = match job {
            Job::Boundary(key) => Some(key.span),
            Job::Awaited(awaited) => Some(awaited.promise.span),
            Job::Derived(_, _, span) => Some(*span),
            Job::Predicate(key, _) => key.find(self.program).map(|predicate| predicate.span),
            _ => function.map(|function| self.program.function(function).name_span),
        };
        function
    }

    /// Counts what was built for a function of the program, and refuses what is too much.
    pub(super) fn account(&mut self, of: Option<FnId>, function: &Function) {
        self.check_values(function);
        self.check_locals(function);
        let mut size = SIZE_OF_FUNCTION + function.params.len();
        function.body.for_each_block(|block| {
            for stmt in &block.stmts {
                size += 1;
                stmt.op.for_each_atom(|_| size += 1);
            }
            block.end.for_each_atom(|_| size += 1);
        });
        self.built.size += size;
        if let Some(of) = of {
            let built = self.built.of.entry(of).or_default();
            *built = (built.0 + 1, built.1 + size);
        }
        if self.built.size > self.built.most {
            self.endless = true;
            self.refuse_size();
        }
    }

    fn refuse_size(&mut self) {
        let program = self.program;
        let written = |id: &FnId| !program.modules[program.function(*id).module.index()].prelude;
        let written = self.built.of.iter().filter(|(id, _)| written(id));
        // Of those of equal size, the first.
        let largest = written.max_by_key(|(id, (_, size))| (*size, std::cmp::Reverse(**id)));
        let Some((&id, &(count, _))) = largest else { return };
        let decl = program.function(id);
        let description =
            format!("The generated code is too large. Most of it is `{}`, which is compiled {count} times.", decl.name);
        let diagnostic = Diagnostic::new(Code::E622, decl.name_span, description)
            .because(
                "A function is compiled for each list of type arguments, and of closures, that it is used with, and a \
                 program may become only so much code for the length of its text.",
            )
            .fix(
                "Use it with fewer of them: put what the types have in common into a `data` type, or keep closures in a \
                 `data` type and pass that on.",
            )
            .spec(Section::S2_7);
        self.report(diagnostic);
    }

    /// Refuses functions that take more values than WebAssembly allows.
    fn check_values(&mut self, function: &Function) {
        let values = |reps: &[Rep]| reps.iter().map(|rep| rep.values()).sum::<usize>();
        let params: Vec<Rep> = function.params.iter().map(|&param| function.rep(param)).collect();
        let mut most = values(&params);
        function.body.for_each_block(|block| {
            for stmt in &block.stmts {
                most = most.max(match &stmt.op {
                    Op::CallClosure { params, .. } => 1 + values(params),
                    Op::Extern(id, _) => values(&self.externs[id.index()].params),
                    _ => 0,
                });
            }
        });
        if most > MAX_VALUES
            && let Some(at) = self.built.at
        {
            self.endless = true;
            let description = format!("A function with {most} WebAssembly parameters is called or created here.");
            self.report(
                Diagnostic::new(Code::E602, at, description)
                    .because(format!(
                        "A WebAssembly function has at most {MAX_VALUES} parameters; a string or an array counts as two, \
                         and captured values of a closure count too."
                    ))
                    .fix("Pass them in an array, or as the fields of a `data` type.")
                    .spec(Section::S5_2),
            );
        }
    }

    /// Refuses functions with more operations than WebAssembly has locals for their results.
    fn check_locals(&mut self, function: &Function) {
        let values: usize = function.locals.iter().map(|rep| rep.values()).sum();
        if values > MAX_LOCALS
            && let Some(at) = self.built.at
        {
            self.endless = true;
            self.report(
                Diagnostic::new(Code::E602, at, "This function is too large.")
                    .because(format!("It has {values} intermediate values, and at most {MAX_LOCALS} are possible."))
                    .fix("Compute parts of it in functions of their own.")
                    .spec(Section::S5_2),
            );
        }
    }

    /// Refuses records that the heap has no room for in their headers.
    pub(super) fn check_record(&mut self, tag: u32, fields: &[Rep]) {
        let too_large = fields.len() > 4 * MAX_POINTERS as usize || record(fields).pointers > MAX_POINTERS;
        if (too_large || tag > MAX_TAG)
            && let Some(at) = self.built.at
        {
            self.endless = true;
            let description = format!("A value with {} fields is used here.", fields.len());
            self.report(
                Diagnostic::new(Code::E602, at, description)
                    .because(format!(
                        "A value has at most {MAX_POINTERS} fields that are values of the heap, and a type at most {} \
                         constructors.",
                        MAX_TAG + 1
                    ))
                    .fix("Put parts of it into arrays, or into `data` types of their own.")
                    .spec(Section::S2_4),
            );
        }
    }
}
