//! Comparing what they mark with what is reported.

use std::collections::BTreeSet;

use crate::check::{Options, Source, check};
use crate::diagnostics::{Diagnostic, Section, Severity};
use crate::source::{MemoryLoader, SourceMap};
use vera_testing::cases::Case;

/// A diagnostic as a case marks it: file, line, first column and the one after the last, code.
type Mark = (String, u32, u32, u32, String);

/// What a case marks and is not reported, what is reported and not marked, and reports that do not explain themselves.
pub(super) fn differences(case: &Case<'_>) -> Vec<String> {
    let strict = case.title.ends_with("(strict)");
    let loader = case.modules().fold(MemoryLoader::new(), |loader, (path, text)| loader.with(path, text));
    let outcome = check(Source { name: "main", text: case.text }, &loader, Options { strict });
    let sources = &outcome.program().sources;

    let mut expected = marks("main", case.text);
    case.modules().for_each(|(path, text)| expected.extend(marks(path, text)));
    let mut differences = Vec::new();
    let mut reported = BTreeSet::new();
    for diagnostic in &outcome.diagnostics {
        let mark = mark(sources, diagnostic);
        let anywhere = (mark.0.clone(), mark.1, 0, 0, mark.4.clone());
        if expected.contains(&anywhere) {
            reported.insert(anywhere);
        } else if expected.contains(&mark) {
            reported.insert(mark);
        } else {
            let (file, line, from, to, code) = mark;
            let text = &diagnostic.description;
            differences.push(format!("  {}: unexpected {code} at {file}:{line}:{from}-{to}: {text}", case.title));
        }
        let parts = [&*diagnostic.rationale, &*diagnostic.fix, diagnostic.spec_ref.map_or("", Section::number)];
        if parts.iter().any(|part| part.is_empty()) {
            differences.push(format!("  {}: {} does not explain itself", case.title, diagnostic.code.as_str()));
        }
    }
    for (file, line, from, to, code) in expected.difference(&reported) {
        differences.push(format!("  {}: missing {code} at {file}:{line}:{from}-{to}", case.title));
    }
    let errors = outcome.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    if errors == outcome.result.is_ok() {
        differences.push(format!("  {}: errors and result disagree", case.title));
    }
    differences
}

fn mark(sources: &SourceMap, diagnostic: &Diagnostic) -> Mark {
    let file = sources.file(diagnostic.span.file);
    let (start, end) = (sources.start(diagnostic.span), sources.end(diagnostic.span));
    let to = if start.line == end.line { end.column } else { file.line(start.line).chars().count() as u32 + 1 };
    let code = diagnostic.code.as_str().to_owned();
    (file.name().to_owned(), start.line, start.column, to, code)
}

/// The marks of a text.
fn marks(file: &str, text: &str) -> BTreeSet<Mark> {
    let mut marks = BTreeSet::new();
    let mut marked_line = 0;
    for (number, line) in (1..).zip(text.lines()) {
        let Some((from, to, codes)) = marker(line) else {
            marked_line = number;
            continue;
        };
        for code in codes {
            marks.insert((file.to_owned(), marked_line, from, to, code.to_owned()));
        }
    }
    marks
}

/// The columns and codes of a marking comment.
fn marker(line: &str) -> Option<(u32, u32, Vec<&str>)> {
    let rest = line.strip_prefix("--")?;
    let mut words = rest.split_whitespace();
    let sign = words.next()?;
    let codes: Vec<&str> = words.collect();
    let is_code = |word: &&str| word.len() == 4 && word.starts_with(['E', 'W']) && word[1..].parse::<u32>().is_ok();
    if codes.is_empty() || !codes.iter().all(is_code) {
        return None;
    }
    if sign == "~" {
        return Some((0, 0, codes));
    }
    let from = line.find(sign)? as u32 + 1;
    sign.chars().all(|c| c == '^').then_some((from, from + sign.len() as u32, codes))
}
