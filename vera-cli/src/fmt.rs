//! `vera fmt`.

use crate::{FmtArgs, loader};
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use vera_compiler::diagnostics::render_text;
use vera_compiler::format::{Unformatted, format};

/// Formats every program that is named; all of them, whatever is wrong with the first.
pub(crate) fn run(arguments: &FmtArgs) -> ExitCode {
    let mut well = true;
    for path in &arguments.files {
        let programs = loader::programs(path).unwrap_or_else(|message| {
            Refused::Unusable(message).print();
            well = false;
            Vec::new()
        });
        for program in programs {
            match one(arguments, &program) {
                Ok(canonical) => well &= canonical || !arguments.check,
                Err(refused) => {
                    refused.print();
                    well = false;
                }
            }
        }
    }
    if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Why there is no canonical form, or no place for it.
enum Refused {
    Unusable(String),
    Malformed(Box<Unformatted>),
}

impl Refused {
    fn print(&self) {
        match self {
            Refused::Unusable(message) => eprintln!("Error: {message}"),
            Refused::Malformed(unformatted) => {
                for diagnostic in &unformatted.diagnostics {
                    eprintln!("{}\n", render_text(diagnostic, &unformatted.sources).trim_end());
                }
            }
        }
    }
}

/// Formats a program. Gives back whether it was canonical.
fn one(arguments: &FmtArgs, path: &Path) -> Result<bool, Refused> {
    let shown = path.display();
    if arguments.write && path == Path::new("-") {
        return Err(Refused::Unusable("standard input cannot be rewritten: leave `--write` out".into()));
    }
    let source = loader::text(path).map_err(Refused::Unusable)?;
    let formatted = format(&source.name, &source.text).map_err(Refused::Malformed)?;
    let canonical = formatted == source.text;
    if arguments.write {
        if !canonical {
            replace(path, &formatted).map_err(|error| Refused::Unusable(format!("cannot write {shown}: {error}")))?;
        }
        if !arguments.quiet {
            println!("{}: {shown}", if canonical { "OK" } else { "Formatted" });
        }
    } else if arguments.check {
        if !canonical {
            eprintln!("Would reformat: {shown}");
        } else if !arguments.quiet {
            println!("OK: {shown}");
        }
    } else {
        io::stdout()
            .write_all(formatted.as_bytes())
            .map_err(|error| Refused::Unusable(format!("cannot write standard output: {error}")))?;
    }
    Ok(canonical)
}

/// Gives a file new contents. It has the old ones or the new ones at every moment, whatever fails.
fn replace(path: &Path, contents: &str) -> io::Result<()> {
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
