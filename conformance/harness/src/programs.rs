//! Suites whose programs state their expected outcomes.
//!
//! The folder holds a folder `chNN` for each chapter of the specification. Each `.vera` file directly in it is a program
//! with a header ([`vera_testing::header`]); folders below hold modules that the programs import. The facts of a header:
//!
//! | fact | means |
//! |---|---|
//! | `section: 4.3.1` | the section of the specification that has the rule |
//! | `parse: ok`, `check: ok`, `verify: ok`, `run: ok` | how deep the program is taken (one of these), and that it is accepted |
//! | `check: E130`, `check: E130, E131` | all the codes it is refused with, at this level |
//! | `run: traps overflow` | the kind of failure a run ends with |
//! | `run: exits 3` | the code a run exits with |
//! | `message: text` | what the message of that failure contains |
//! | `warns: W003` | the codes it is warned of |
//! | `input: "a line\n"` | what a run reads from standard input, as a JSON string |
//! | `strict: yes` | the language's stricter rules are errors |
//! | `canonical: no` | the program is not in canonical form, which is its point |
//!
//! Lines `-- > text` are the expected output. A program with constructs that are not compiled yet has the level
//! `check`, and its output anyway.

use crate::case::{Case, Level, Outcome};
use std::path::{Path, PathBuf};
use vera_testing::header::{Header, Mistake};

const FACTS: &[&str] =
    &["section", "parse", "check", "verify", "run", "message", "warns", "input", "strict", "canonical"];

/// The cases of a folder, sorted by chapter and name.
///
/// # Errors
/// The message, when a folder or a program cannot be read, or a header has a mistake.
pub(crate) fn load(folder: &Path) -> Result<Vec<Case>, String> {
    let mut cases = Vec::new();
    for path in sorted(folder)? {
        let Some((chapter, name)) = chapter(&path).filter(|_| path.is_dir()) else { continue };
        for program in sorted(&path)?.into_iter().filter(|path| path.extension().is_some_and(|it| it == "vera")) {
            let text = crate::read(&program)?;
            let stem = program.file_stem().unwrap_or_default().to_string_lossy();
            let id = format!("{name}/{stem}");
            let case = case(id, chapter, program.clone(), &text);
            cases.push(case.map_err(|mistake| format!("{}: {mistake}", program.display()))?);
        }
    }
    Ok(cases)
}

/// The number and name of a chapter's folder.
fn chapter(path: &Path) -> Option<(u32, &str)> {
    let name = path.file_name()?.to_str()?;
    Some((name.strip_prefix("ch")?.parse().ok()?, name))
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let failed = |error| format!("{}: {error}", folder.display());
    let entries = std::fs::read_dir(folder).map_err(failed)?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, _>>().map_err(failed)?;
    paths.sort();
    Ok(paths)
}

fn case(id: String, chapter: u32, path: PathBuf, text: &str) -> Result<Case, Mistake> {
    let header = Header::parse(text)?;
    header.refuse_others(FACTS)?;
    let section = header.fact("section").ok_or_else(|| header.mistake("section", "no `section`"))?.to_owned();
    let (level, outcome) = outcome(&header)?;
    let message = header.fact("message").map(str::to_owned);
    if message.is_some() && !matches!(outcome, Outcome::Traps(_)) {
        return Err(header.mistake("message", "only a run that traps has a message"));
    }
    let input = header.fact("input").map(serde_json::from_str).transpose();
    let input = input.map_err(|error| header.mistake("input", error.to_string()))?.unwrap_or_default();
    Ok(Case {
        id,
        path,
        chapter,
        section,
        level,
        outcome,
        warnings: header.fact("warns").map(list).unwrap_or_default(),
        message,
        input,
        strict: flag(&header, "strict", "yes")?,
        canonical: !flag(&header, "canonical", "no")?,
        output: header.output,
        title: header.title,
    })
}

/// The level that the header names, and what must come of it.
fn outcome(header: &Header) -> Result<(Level, Outcome), Mistake> {
    let named: Vec<_> =
        Level::ALL.into_iter().filter_map(|level| Some((level, header.fact(level.as_str())?))).collect();
    let &[(level, value)] = named.as_slice() else {
        return Err(header.mistake("", "a header has one of `parse`, `check`, `verify` and `run`"));
    };
    let unknown = || header.mistake(level.as_str(), format!("`{value}` is no outcome"));
    let outcome = match value.split_once(' ') {
        None if value == "ok" => Outcome::Accepted,
        Some(("traps", kind)) if level == Level::Run => Outcome::Traps(kind.to_owned()),
        Some(("exits", code)) if level == Level::Run => Outcome::Exits(code.parse().map_err(|_| unknown())?),
        _ if list(value).iter().all(|code| is_code(code)) => Outcome::Refused(list(value)),
        _ => return Err(unknown()),
    };
    Ok((level, outcome))
}

fn is_code(text: &str) -> bool {
    text.len() == 4 && text.starts_with(['E', 'W']) && text.bytes().skip(1).all(|byte| byte.is_ascii_digit())
}

fn list(text: &str) -> Vec<String> {
    text.split(',').map(|part| part.trim().to_owned()).collect()
}

/// Whether a fact is there, which has one value.
fn flag(header: &Header, key: &str, value: &str) -> Result<bool, Mistake> {
    match header.fact(key) {
        None => Ok(false),
        Some(found) if found == value => Ok(true),
        Some(_) => Err(header.mistake(key, format!("`{key}` is `{value}` or is left out"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Case, String> {
        case("ch04/x".into(), 4, PathBuf::new(), text).map_err(|mistake| mistake.to_string())
    }

    #[test]
    fn a_whole_header() {
        let text = "-- T.\n-- section: 4.3\n-- run: traps overflow\n-- message: at 3\n-- input: \"a\\n\"\n-- warns: W003\n-- strict: yes\n-- > 1\n";
        let case = read(text).expect("a case");
        assert_eq!((case.level, case.outcome), (Level::Run, Outcome::Traps("overflow".into())));
        assert_eq!((case.message.as_deref(), case.input.as_str()), (Some("at 3"), "a\n"));
        assert_eq!((case.warnings, case.strict, case.canonical), (vec!["W003".to_owned()], true, true));
        assert_eq!(case.output.as_deref(), Some("1\n"));
    }

    #[test]
    fn outcomes() {
        let of =
            |line: &str| read(&format!("-- T.\n-- section: 1\n-- {line}\n")).map(|case| (case.level, case.outcome));
        assert_eq!(of("parse: ok"), Ok((Level::Parse, Outcome::Accepted)));
        assert_eq!(of("check: E130, E131"), Ok((Level::Check, Outcome::Refused(vec!["E130".into(), "E131".into()]))));
        assert_eq!(of("run: exits -3"), Ok((Level::Run, Outcome::Exits(-3))));
        assert_eq!(of("check: traps overflow"), Err("line 3: `traps overflow` is no outcome".into()));
        assert_eq!(of("run: fine"), Err("line 3: `fine` is no outcome".into()));
        assert_eq!(
            of("title: x"),
            Err(format!("line 3: there is no `title` in a header; there are {}", FACTS.join(", ")))
        );
    }

    #[test]
    fn one_level() {
        let none = read("-- T.\n-- section: 1\n");
        assert_eq!(none.expect_err("no level"), "line 1: a header has one of `parse`, `check`, `verify` and `run`");
        assert!(read("-- T.\n-- section: 1\n-- check: ok\n-- run: ok\n").is_err());
        assert!(read("-- T.\n-- check: ok\n").is_err());
        assert!(read("-- T.\n-- section: 1\n-- check: ok\n-- message: x\n").is_err());
        assert!(read("-- T.\n-- section: 1\n-- check: ok\n-- strict: no\n").is_err());
    }
}
