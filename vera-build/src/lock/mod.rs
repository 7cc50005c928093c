//! `vera.lock`: the last accepted contracts of a package's public functions, in a text for review.
//!
//! If the file is present, a weaker contract fails the build, and every other difference is a warning, until
//! `cargo vera lock --accept` records the present contracts. A contract is weaker if its function is gone or has
//! another signature, if an effect appears, if an old `ensures` does not follow any more, if a `requires` asks for
//! more, or if a proved clause is no longer proved.
//!
//! The verifier decides whether a clause follows from others. The old contract is put around a call of the present
//! function, and must follow from the present contract alone (`follow.rs`). If the verifier cannot decide, the contract
//! counts as weaker.

mod changes;
mod follow;
pub mod inline;
mod locked;
mod text;

pub use changes::Change;
pub use text::Malformed;

use crate::contracts::Contracts;
use changes::Comparison;
use follow::Question;
use locked::{LockedFile, LockedFunction};
use std::fmt;
use std::path::Path;
use vera_compiler::driver::Verification;
use vera_compiler::tir::{FnDecl, Program};

/// The name of the file, beside `Cargo.toml`.
pub const FILE: &str = "vera.lock";

/// The path of a file in a lock: relative to the package's folder, with `/` between folders. `None` for a file that is not
/// below that folder.
pub fn path_in(package: &Path, file: &Path) -> Option<String> {
    let parts: Vec<_> = file.strip_prefix(package).ok()?.iter().map(|part| part.to_string_lossy()).collect();
    Some(parts.join("/"))
}

/// The contracts of the public functions of Vera files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    files: Vec<LockedFile>,
}

impl Lock {
    /// Reads the text of a lock.
    ///
    /// # Errors
    /// [`Malformed`]: a line does not have the format of this library.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        Ok(Lock { files: text::parse(text)? })
    }

    /// The paths of its files, relative to the package's folder.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|file| file.path.as_str())
    }

    /// Records the contracts of a file, and replaces those that are recorded.
    pub fn record(&mut self, path: &str, found: &Verification) {
        let contracts = Contracts::of(&found.compilation.program, found.obligations());
        self.record_contracts(path, &found.compilation.program, &contracts);
    }

    fn record_contracts(&mut self, path: &str, program: &Program, contracts: &Contracts) {
        self.files.retain(|file| file.path != path);
        self.files.push(LockedFile { path: path.to_owned(), functions: functions(program, contracts) });
        self.files.sort_by(|one, other| one.path.cmp(&other.path));
    }

    /// Takes the programs in Rust files from another lock, in place of its own.
    pub fn take_in_rust(&mut self, other: &Lock) {
        self.files.retain(|file| !inline::is_in_rust(&file.path));
        self.files.extend(other.files.iter().filter(|file| inline::is_in_rust(&file.path)).cloned());
        self.files.sort_by(|one, other| one.path.cmp(&other.path));
    }

    /// The differences between the contracts of a file and the recorded ones. `again` verifies another text in place of
    /// the file's.
    pub fn compare(
        &self,
        path: &str,
        found: &Verification,
        again: &mut dyn FnMut(String) -> Verification,
    ) -> Vec<Change> {
        let contracts = Contracts::of(&found.compilation.program, found.obligations());
        self.compare_contracts(path, &found.compilation.program, &contracts, again)
    }

    pub(crate) fn compare_contracts(
        &self,
        path: &str,
        program: &Program,
        contracts: &Contracts,
        again: &mut dyn FnMut(String) -> Verification,
    ) -> Vec<Change> {
        let Some(file) = self.files.iter().find(|file| file.path == path) else {
            return vec![Change::stronger(format!("{path} is not in {FILE}."))];
        };
        let present = functions(program, contracts);
        let mut comparison = Comparison::new(&file.functions, &present);
        let questions: Vec<Question> = comparison.questions(program);
        let answers = follow::ask(program, &questions, again);
        comparison.answer(&answers);
        comparison.changes()
    }

    /// The recorded files that are not among `paths`. Programs in Rust files are not meant: their macros compile them.
    pub fn missing<'a>(&'a self, paths: &'a [&'a str]) -> impl Iterator<Item = Change> + 'a {
        let gone = self.paths().filter(move |path| !paths.contains(path) && !inline::is_in_rust(path));
        gone.map(|path| Change::weaker(format!("{path} is in {FILE}, and is not compiled any more.")))
    }
}

/// The text in the format of [`Lock::parse`].
impl fmt::Display for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        text::write(&self.files, f)
    }
}

/// The public functions of a program's own module, in order.
fn functions(program: &Program, contracts: &Contracts) -> Vec<LockedFunction> {
    let root = program.root.map(|root| &program.modules[root.index()].functions);
    let public = root.into_iter().flatten().map(|&id| program.function(id)).filter(|decl| decl.public);
    public.map(|decl| locked(decl, contracts)).collect()
}

fn locked(decl: &FnDecl, contracts: &Contracts) -> LockedFunction {
    let clauses = contracts.clauses(decl);
    let of = |keyword: &'static str| clauses.iter().filter(move |clause| clause.keyword == keyword);
    let line = text::one_line;
    LockedFunction {
        name: decl.name.clone(),
        signature: line(&decl.signature),
        requires: of("requires").map(|clause| line(clause.text)).collect(),
        ensures: of("ensures").map(|clause| (line(clause.text), clause.known)).collect(),
        decreases: contracts.measure(decl).map(|(text, known)| (line(&text), known)),
        effects: line(&decl.row_text),
        checks: contracts.checks(decl),
    }
}

#[cfg(test)]
mod tests;
