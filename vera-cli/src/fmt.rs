//! `vera fmt`.

use crate::args::FmtArgs;
use crate::inputs::{Input, Inputs, Problem};
use crate::output::Output;
use crate::report;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use vera_compiler::format::{Unformatted, format};

/// Formats every program that is named; all of them, whatever is wrong with the first.
pub(crate) fn run(arguments: &FmtArgs, output: &mut Output) -> ExitCode {
    let inputs = Inputs::find(&arguments.files);
    let mut counts = Counts::default();
    for input in &inputs.list {
        let outcome = input.as_ref().map_err(|problem| Refused::Unusable(problem.clone()));
        match outcome.and_then(|input| one(arguments, input, output)) {
            Ok(canonical) => counts.others += usize::from(!canonical),
            Err(refused) => {
                refused.print(output);
                counts.refused += 1;
            }
        }
    }
    if !inputs.single {
        counts.print(arguments, inputs.list.len(), output);
    }
    let well = counts.refused == 0 && (counts.others == 0 || !arguments.check);
    if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Why there is no canonical form, or no place for it.
enum Refused {
    Unusable(Problem),
    Malformed(Box<Unformatted>),
}

impl Refused {
    fn print(&self, output: &mut Output) {
        match self {
            Refused::Unusable(problem) => report::print_problem(output, problem),
            Refused::Malformed(unformatted) => report::print(output, &unformatted.diagnostics, &unformatted.sources),
        }
    }
}

/// Formats a program. Gives back whether it was canonical.
fn one(arguments: &FmtArgs, input: &Input, output: &mut Output) -> Result<bool, Refused> {
    if arguments.write && input.is_stdin() {
        let problem = Problem::new(input.path(), "standard input cannot be rewritten: leave `--write` out");
        return Err(Refused::Unusable(problem));
    }
    let source = input.read().map_err(Refused::Unusable)?;
    let formatted = format(&source.name, &source.text).map_err(Refused::Malformed)?;
    let canonical = formatted == source.text;
    if arguments.write {
        if !canonical {
            replace(input.path(), &formatted).map_err(|error| {
                let description = format!("cannot write {input}: {error}");
                Refused::Unusable(Problem::new(input.path(), description))
            })?;
        }
        if !arguments.quiet {
            output.line(format_args!("{}: {input}", if canonical { "OK" } else { "Formatted" }));
        }
    } else if arguments.check {
        if !canonical {
            output.message(format_args!("Would reformat: {input}"));
        } else if !arguments.quiet {
            output.line(format_args!("OK: {input}"));
        }
    } else {
        output.bytes(formatted.as_bytes());
    }
    Ok(canonical)
}

/// Gives a file new contents. It has the old ones or the new ones at every moment, whatever fails.
pub(crate) fn replace(path: &Path, contents: &str) -> io::Result<()> {
    // The file a link leads to is the one that is replaced.
    let path = path.canonicalize()?;
    let permissions = path.metadata()?.permissions();
    if permissions.readonly() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only"));
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(contents.as_bytes())?;
    file.as_file().set_permissions(permissions)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

#[derive(Default)]
struct Counts {
    /// Programs that were not canonical.
    others: usize,
    refused: usize,
}

impl Counts {
    fn print(&self, arguments: &FmtArgs, programs: usize, output: &mut Output) {
        if self.refused > 0 {
            output.message(format_args!("{} of {programs} programs cannot be formatted", self.refused));
        }
        if arguments.check && self.others > 0 {
            output.message(format_args!("{} of {programs} programs are not canonical", self.others));
        }
    }
}
