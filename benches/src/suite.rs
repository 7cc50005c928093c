//! The benchmark programs: native equivalent, sizes, and the target ratio to native.

use crate::table::Target;
use crate::{handlers, ledger, native};

/// One benchmark program.
pub(crate) struct ProgramBenchmark {
    /// Name; the program is `programs/NAME.vera`, its function `bench_NAME`.
    pub(crate) name: &'static str,
    /// The program.
    pub(crate) program: &'static str,
    /// Hand-written WebAssembly with the same semantics.
    pub(crate) wat: Option<&'static str>,
    /// The same work in Rust.
    pub(crate) native: fn(i64) -> i64,
    /// Whether the native result must equal the program's. Not so where native does only part of the work, such as
    /// the bare parser.
    pub(crate) comparable: bool,
    /// Arguments to run with; the ratio that counts is that of the last.
    pub(crate) sizes: &'static [i64],
    /// The ratio to native to reach.
    pub(crate) target: Option<Target>,
}

impl ProgramBenchmark {
    /// What it measures: the first line of the program's header.
    pub(crate) fn about(&self) -> &'static str {
        let header = self.program.lines().next().unwrap_or_default();
        header.split_once("measures: ").map_or(header, |(_, about)| about)
    }

    /// A small argument and its result: the program's header says `expected: bench_NAME(ARGUMENT) = RESULT`.
    pub(crate) fn expected(&self) -> Option<(i64, i64)> {
        let (_, rest) = self.program.split_once("expected: ")?;
        let (call, result) = rest.lines().next()?.split_once(" = ")?;
        let argument = call.split_once('(')?.1.trim_end_matches(')');
        let result = result.split(|c: char| c != '-' && !c.is_ascii_digit()).next()?;
        Some((argument.parse().ok()?, result.parse().ok()?))
    }
}

macro_rules! benchmark {
    ($name:literal, $native:path, $sizes:expr, $target:expr) => {
        benchmark!($name, $native, $sizes, $target, true, None)
    };
    ($name:literal, $native:path, $sizes:expr, $target:expr, wat) => {
        benchmark!($name, $native, $sizes, $target, true, Some(include_str!(concat!("../wat/", $name, ".wat"))))
    };
    ($name:literal, $native:path, $sizes:expr, $target:expr, parser) => {
        benchmark!($name, $native, $sizes, $target, false, None)
    };
    ($name:literal, $native:path, $sizes:expr, $target:expr, $comparable:expr, $wat:expr) => {
        ProgramBenchmark {
            name: $name,
            program: include_str!(concat!("../programs/", $name, ".vera")),
            wat: $wat,
            native: $native,
            comparable: $comparable,
            sizes: &$sizes,
            target: $target,
        }
    };
}

const fn at_most(ratio: f64) -> Option<Target> {
    Some(Target::AtMost(ratio))
}

/// Every benchmark program, in the order they are reported.
pub(crate) static PROGRAMS: &[ProgramBenchmark] = &[
    benchmark!("fib", native::fib, [33], at_most(2.0), wat),
    benchmark!("fib_decreases", native::fib, [33], None),
    benchmark!("sum", native::sum, [100_000_000], at_most(2.0), wat),
    benchmark!("sum_decreases", native::sum, [100_000_000], None),
    benchmark!("loop", native::congruential, [20_000_000], at_most(2.0), wat),
    benchmark!("collatz", native::collatz, [300_000], at_most(2.0), wat),
    benchmark!("mandelbrot", native::mandelbrot, [400], at_most(2.0), wat),
    benchmark!("array_index", native::array_index, [1_000_000], None),
    benchmark!("array_pipeline", native::array_pipeline, [150_000, 1_000_000], at_most(1.5)),
    benchmark!("array_append", native::array_append, [2_000, 100_000, 1_000_000], at_most(2.0), wat),
    benchmark!("sort", native::sort, [2_000, 100_000], at_most(2.0)),
    benchmark!("trees", native::trees, [12, 16], at_most(0.6)),
    benchmark!("list", native::list, [1_000, 100_000], None),
    benchmark!("list_tail", native::list_tail, [64_000, 1_000_000], at_most(0.6)),
    benchmark!("str_concat", native::str_concat, [2_000, 100_000, 1_000_000], at_most(10.0)),
    benchmark!("str_chars", native::str_chars, [30_000], None),
    benchmark!("map", native::map, [100, 10_000, 1_000_000], at_most(10.0)),
    benchmark!("json_numbers", native::json_numbers, [4_000, 1_000_000], at_most(1.5)),
    benchmark!("json_objects", native::json_objects, [400, 100_000], at_most(1.5)),
    benchmark!("json_stringify", native::json_stringify, [1_000, 100_000], None, parser),
    benchmark!("html_siblings", native::html_siblings, [300, 20_000], at_most(2.0)),
    benchmark!("html_deep", native::html_deep, [300, 2_000], None),
    benchmark!("md", native::markdown, [100, 5_000], at_most(2.0), parser),
    benchmark!("depth", native::depth, [10_000, 1_000_000], at_most(1.5), wat),
    benchmark!("state", native::state, [1_000_000], at_most(1.2)),
    benchmark!("state_tree", handlers::state_tree, [28], None),
    benchmark!("throw_caller", handlers::throw_caller, [1_000_000], None),
    benchmark!("throw_frames", handlers::throw_frames, [300_000], None),
    benchmark!("ask_known", handlers::ask_known, [10_000_000], None),
    benchmark!("ask_unknown", handlers::ask_unknown, [3_000_000], None),
    benchmark!("queens", handlers::queens, [8], None),
    benchmark!("generator", handlers::generator, [10, 16], None),
    benchmark!("machine", handlers::machine, [1_000_000], None),
    benchmark!("decimal", native::decimal, [1_000, 100_000], None),
    benchmark!("decimal_ledger", ledger::ledger, [1_000, 1_000_000], at_most(4.0)),
    benchmark!("regex_scan", native::regex_scan, [100, 20_000], at_most(1.5)),
    benchmark!("word_count", native::word_count, [100, 20_000], None),
    benchmark!("matrix", native::matrix, [30, 200], None),
    benchmark!("nbody", native::nbody, [1_000, 200_000], None),
];
