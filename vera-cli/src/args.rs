//! The command line: commands, options and their help.

use crate::grants::{GrantArgs, LimitArgs};
use clap::{Args, Parser, Subcommand};
use std::net::IpAddr;
use std::num::NonZeroU64;
use std::path::PathBuf;
use vera_solver::Choice;

/// Checks, verifies, compiles and runs Vera programs.
#[derive(Debug, Parser)]
#[command(name = "vera", version, arg_required_else_help = true, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "\
Exit codes: 0 for success, 1 when a program is wrong or its run fails, 2 for wrong usage, and the code of `IO.exit`.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Report every mistake in programs
    #[command(alias = "typecheck", after_help = CHECK_EXAMPLES)]
    Check(CheckArgs),
    /// Prove the contracts of programs, or show counterexamples
    #[command(after_help = VERIFY_EXAMPLES)]
    Verify(VerifyArgs),
    /// Test the contracts of public functions on generated inputs
    #[command(after_help = TEST_EXAMPLES)]
    Test(TestArgs),
    /// Compare the contracts of a package with the accepted ones in vera.lock, or accept them
    #[command(after_help = LOCK_EXAMPLES)]
    Lock(LockArgs),
    /// Print programs in their canonical form
    #[command(after_help = FMT_EXAMPLES)]
    Fmt(FmtArgs),
    /// Print the syntax tree of a program
    #[command(visible_alias = "parse")]
    Ast(AstArgs),
    /// Explain a diagnostic, with a wrong program and the corrected program
    Explain(ExplainArgs),
    /// Print a guide to the language, for the prompt of a language model
    Guide,
    /// List the built-in functions
    #[command(after_help = BUILTINS_EXAMPLES)]
    Builtins(TableArgs),
    /// List the effects and abilities of the language
    Effects(TableArgs),
    /// List the codes of diagnostics
    Errors(TableArgs),
    /// Print a script that completes the command in a shell
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions(CompletionsArgs),
    /// Print the version
    Version,
    /// Compile a program and call one of its public functions
    #[command(after_help = RUN_EXAMPLES)]
    Run(RunArgs),
    /// Answer web requests with the function `handle` of a program
    #[command(after_help = SERVE_EXAMPLES)]
    Serve(ServeArgs),
    /// Compile a program to WebAssembly
    #[command(after_help = COMPILE_EXAMPLES)]
    Compile(CompileArgs),
}

const CHECK_EXAMPLES: &str = "\
Examples:
  vera check src                   every .vera file in a folder
  vera check --json a.vera         {\"ok\", \"file\", \"diagnostics\", \"warnings\"}
  vera check --json a.vera src     an array of such objects
  echo ... | vera check -          standard input";

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Print JSON: an object for one program, an array of them for several or a folder
    #[arg(long)]
    pub(crate) json: bool,
    /// Print nothing about programs without errors and warnings
    #[arg(long, short)]
    pub(crate) quiet: bool,
    /// Make the stricter rules errors
    #[arg(long)]
    pub(crate) strict: bool,
    /// Print the slots in scope at each place, and the binding of each
    #[arg(long)]
    pub(crate) explain_slots: bool,
    /// Programs, folders of programs, or `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

const VERIFY_EXAMPLES: &str = "\
A proved contract holds for every input. A contract with a counterexample is an error. Everything else is checked at run
time.

Examples:
  vera verify src                  every .vera file in a folder
  vera verify --explain a.vera     and what a proof of the rest would need
  vera verify --json a.vera        {\"ok\", \"file\", \"diagnostics\", \"warnings\", \"verification\", \"obligations\"}";

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// Print JSON: an object for one program, an array of them for several or a folder
    #[arg(long)]
    pub(crate) json: bool,
    /// Print nothing about programs without errors and warnings
    #[arg(long, short)]
    pub(crate) quiet: bool,
    /// Report what is left to run time, why, and what a proof would need
    #[arg(long)]
    pub(crate) explain: bool,
    /// Make the stricter rules errors
    #[arg(long)]
    pub(crate) strict: bool,
    /// Time limit of the solver for one query, in milliseconds
    #[arg(long, value_name = "N", default_value = "1000")]
    pub(crate) timeout_ms: NonZeroU64,
    /// The solver: auto, embedded, z3 or off; by default the value of `VERA_SOLVER`, or auto
    #[arg(long, value_name = "SOLVER")]
    pub(crate) solver: Option<Choice>,
    /// Programs, folders of programs, or `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

const TEST_EXAMPLES: &str = "\
A function whose contract is proved is not run. Inputs satisfy preconditions, refinements and invariants. An input that
fails is shrunk. A result out of range and an unhandled exception say nothing about a contract.

Examples:
  vera test a.vera                     100 inputs for each function
  vera test --trials 1000 --seed 7 a.vera
  vera test --distrust a.vera          runs functions with proved contracts too
  vera test --json a.vera              {\"ok\", \"file\", \"functions\", \"summary\", \"diagnostics\", \"warnings\"}";

#[derive(Debug, Args)]
pub(crate) struct TestArgs {
    /// Print JSON: an object for one program, an array of them for several or a folder
    #[arg(long)]
    pub(crate) json: bool,
    /// Number of inputs for each function
    #[arg(long, value_name = "N", default_value = "100")]
    pub(crate) trials: u32,
    /// Seed of the inputs: the same number gives the same inputs
    #[arg(long, value_name = "N", default_value = "0")]
    pub(crate) seed: u64,
    /// Test this function only
    #[arg(long = "fn", value_name = "NAME")]
    pub(crate) function: Option<String>,
    /// Run functions with proved contracts too
    #[arg(long)]
    pub(crate) distrust: bool,
    /// The solver: auto, embedded, z3 or off; by default the value of `VERA_SOLVER`, or auto
    #[arg(long, value_name = "SOLVER")]
    pub(crate) solver: Option<Choice>,
    /// Programs, folders of programs, or `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

const LOCK_EXAMPLES: &str = "\
Examples:
  cargo vera lock --accept vera/*.vera   creates vera.lock: from now on the build compares
  cargo vera lock                        reports weaker contracts, and fails if there are any
  cargo vera lock --accept               accepts the present contracts";

#[derive(Debug, Args)]
pub(crate) struct LockArgs {
    /// Write the present contracts to vera.lock
    #[arg(long)]
    pub(crate) accept: bool,
    /// Time limit of the solver for one query, in milliseconds
    #[arg(long, value_name = "N", default_value = "1000")]
    pub(crate) timeout_ms: NonZeroU64,
    /// The solver: auto, embedded, z3 or off; by default the value of `VERA_SOLVER`, or auto
    #[arg(long, value_name = "SOLVER")]
    pub(crate) solver: Option<Choice>,
    /// Vera files, and Rust files with `vera!`; by default those of vera.lock
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

const FMT_EXAMPLES: &str = "\
Examples:
  vera fmt a.vera                  prints the canonical form
  vera fmt --write src             rewrites every .vera file in a folder
  vera fmt --check src             fails and lists the files that are not canonical
  echo ... | vera fmt -            standard input";

#[derive(Debug, Args)]
pub(crate) struct FmtArgs {
    /// Fail when a program is not canonical, and change nothing
    #[arg(long, conflicts_with = "write")]
    pub(crate) check: bool,
    /// Rewrite the files that are not canonical
    #[arg(long)]
    pub(crate) write: bool,
    /// Print nothing about programs that are canonical or become so
    #[arg(long, short)]
    pub(crate) quiet: bool,
    /// Programs, folders of programs, or `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct AstArgs {
    /// Print JSON, with the place of every node
    #[arg(long)]
    pub(crate) json: bool,
    /// The program; `-` for standard input
    pub(crate) file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The code, such as `E130`; without one, all codes are listed
    pub(crate) code: Option<String>,
}

const BUILTINS_EXAMPLES: &str = "\
Examples:
  vera builtins                    name, module, kind, type and description of each
  vera builtins | grep string_
  vera builtins array_fold abs     these two";

#[derive(Debug, Args)]
pub(crate) struct TableArgs {
    /// Print JSON: {\"schema\", \"items\"}
    #[arg(long)]
    pub(crate) json: bool,
    /// Only these entries
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<String>,
}

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  source <(vera completions bash)
  vera completions fish > ~/.config/fish/completions/vera.fish";

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}

const RUN_EXAMPLES: &str = "\
Examples:
  vera run hello.vera                           calls main, or the first public function
  vera run shop.vera --fn total -- 3 2.5        arguments are parsed by the parameters' types
  vera run shop.vera --fn join -- '[\"a\", \"b\"]'  as Vera values
  vera run --dir data --env HOME notes.vera     grants files below data, and one variable
  vera run --record calls.jsonl agent.vera      records the run; later it can be replayed:
  vera run --replay calls.jsonl agent.vera";

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// Print one JSON object instead of the program's output and result
    #[arg(long)]
    pub(crate) json: bool,
    /// The function to call: `main` by default, or the first public function
    #[arg(long = "fn", value_name = "NAME")]
    pub(crate) function: Option<String>,
    /// Record the answers of the host (files, requests, time, ...) in a file, as JSON lines
    #[arg(long, value_name = "FILE", conflicts_with = "replay")]
    pub(crate) record: Option<PathBuf>,
    /// Answer the program from a recording, without any grants
    #[arg(long, value_name = "FILE")]
    pub(crate) replay: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) grants: GrantArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
    /// The program; `-` for standard input
    pub(crate) file: PathBuf,
    /// Arguments of the function, parsed by its parameter types
    #[arg(last = true)]
    pub(crate) arguments: Vec<String>,
}

const SERVE_EXAMPLES: &str = "\
The program has `public fn handle(@Request -> @Response)`. Each request is answered in its own instance.

Examples:
  vera serve shop.vera                          on http://127.0.0.1:8000
  vera serve --port 8080 --db ledger.db --deadline 5s ledger.vera";

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// The port; 0 for any free port
    #[arg(long, value_name = "N", default_value_t = 8000)]
    pub(crate) port: u16,
    /// The address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub(crate) host: IpAddr,
    /// Maximum size of a request's body, such as `64KiB`
    #[arg(long, value_name = "SIZE", default_value = "1MiB", value_parser = crate::grants::size)]
    pub(crate) max_body: u64,
    /// Maximum number of requests that are answered at a time; by default the number of processors
    #[arg(long, value_name = "N")]
    pub(crate) concurrency: Option<usize>,
    #[command(flatten)]
    pub(crate) grants: GrantArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
    /// The program; `-` for standard input
    pub(crate) file: PathBuf,
}

const COMPILE_EXAMPLES: &str = "\
Examples:
  vera compile shop.vera              writes shop.wasm
  vera compile -o out/x.wasm shop.vera
  vera compile --wat shop.vera        prints the WebAssembly as text
  vera compile --precompiled shop.vera
                                      writes shop.wasm, and its machine code as shop.code";

#[derive(Debug, Args)]
pub(crate) struct CompileArgs {
    /// Print one JSON object instead of text
    #[arg(long)]
    pub(crate) json: bool,
    /// Print the WebAssembly text instead of writing a binary
    #[arg(long)]
    pub(crate) wat: bool,
    /// Also write the machine code, beside the module, for `Compiled::with_code` of vera-runtime
    #[arg(long, conflicts_with = "wat")]
    pub(crate) precompiled: bool,
    /// Make the machine code for another target than this machine, such as `aarch64-unknown-linux-gnu`
    #[arg(long, value_name = "TRIPLE", requires = "precompiled")]
    pub(crate) target: Option<String>,
    /// Where to write; next to the program by default, `-` for standard output
    #[arg(short, long, value_name = "OUT")]
    pub(crate) output: Option<PathBuf>,
    /// The program; `-` for standard input
    pub(crate) file: PathBuf,
}
