use super::backtrack::{Matcher, STEPS};
use super::engine::{self, Asked, Compiled, Search};
use super::parse::{self, Mistake};
use super::{program, template};
use crate::error::{Error, Limit};
use crate::limits::Limits;
use crate::meter::Meter;
use std::sync::Arc;

fn meter() -> Meter {
    Meter::new(&Limits::default())
}

fn compiled(pattern: &str) -> Arc<Compiled> {
    engine::compile(pattern, &meter()).expect("within the limits").expect("a pattern")
}

fn message(pattern: &str) -> String {
    match parse::parse(pattern) {
        Err(Mistake::Message(message)) => message,
        other => panic!("{pattern}: {other:?}"),
    }
}

#[test]
fn messages_are_those_of_the_dialect() {
    let cases = [
        ("(", "missing ), unterminated subpattern at position 0"),
        ("a)", "unbalanced parenthesis at position 1"),
        ("*a", "nothing to repeat at position 0"),
        ("a**", "multiple repeat at position 2"),
        ("a{3,1}", "min repeat greater than max repeat at position 2"),
        ("a{99999999999}", "the repetition number is too large"),
        ("[a", "unterminated character set at position 0"),
        ("[z-a]", "bad character range z-a at position 1"),
        ("\\", "bad escape (end of pattern) at position 0"),
        ("é\\q", "bad escape \\q at position 1"),
        ("\\x1", "incomplete escape \\x1 at position 0"),
        ("\\777", "octal escape value \\777 outside of range 0-0o377 at position 0"),
        ("\\1", "invalid group reference 1 at position 1"),
        ("(\\1)", "cannot refer to an open group at position 1"),
        ("(?P<n>a)(?P<n>b)", "redefinition of group name 'n' as group 2; was group 1 at position 12"),
        ("(?P<1>a)", "bad character in group name '1' at position 4"),
        ("(?P<n", "missing >, unterminated name at position 4"),
        ("(?P=n)", "unknown group name 'n' at position 4"),
        ("(?<a)", "unknown extension ?<a at position 1"),
        ("(?<=a+)", "look-behind requires fixed-width pattern"),
        ("(?(2)a)", "invalid group reference 2 at position 3"),
        ("(a)(?(1)a|b|c)", "conditional backref with more than two branches at position 11"),
        ("a(?i)", "global flags not at the start of the expression at position 1"),
        ("(?z)", "unknown extension ?z at position 1"),
        ("(?#", "missing ), unterminated comment at position 0"),
        ("a\n(", "missing ), unterminated subpattern at position 2 (line 2, column 1)"),
    ];
    for (pattern, expected) in cases {
        assert_eq!(message(pattern), expected, "{pattern}");
    }
}

#[test]
fn templates_have_messages_too() {
    let pattern = parse::parse("(a)(?P<n>b)").expect("a pattern");
    let cases = [
        ("\\3", "invalid group reference 3 at position 1"),
        ("\\q", "bad escape \\q at position 0"),
        ("\\", "bad escape (end of pattern) at position 0"),
        ("\\g", "missing < at position 2"),
        ("\\g<", "missing group name at position 3"),
        ("\\g<m>", "unknown group name 'm'"),
        ("\\g<9>", "invalid group reference 9 at position 3"),
    ];
    for (text, expected) in cases {
        assert_eq!(template::parse(text, &pattern), Err(Mistake::Message(expected.to_owned())), "{text}");
    }
}

/// All matches by one search.
fn all(compiled: &Compiled, text: &str) -> Vec<String> {
    let meter = meter();
    let mut search = Search::new(compiled, text, Asked::All, &meter).expect("a search");
    let (mut found, mut from, mut advance) = (Vec::new(), 0, false);
    while let Some((start, end)) = search.find(from, advance).expect("within the limits") {
        found.push(text[start..end].to_owned());
        (from, advance) = (end, start == end);
    }
    found
}

#[test]
fn matches_of_nothing_are_found_as_the_dialect_does() {
    for (pattern, text, expected) in [
        ("x*", "axb", vec!["", "x", "", ""]),
        ("|a", "a", vec!["", "a", ""]),
        ("a*?", "aa", vec!["", "a", "", "a", ""]),
        ("$", "a\n", vec!["", ""]),
        ("\\b", "é x", vec!["", "", "", ""]),
        ("\\B", "", vec![]),
        ("(?m)^", "a\nb\n", vec!["", "", ""]),
    ] {
        assert_eq!(all(&compiled(pattern), text), expected, "{pattern}");
    }
}

#[test]
fn what_only_backtracking_finds() {
    for (pattern, text, expected) in [
        (r"(\w)\1", "abccd", "cc"),
        (r"(?P<q>['\x22]).*?(?P=q)", "say 'it' now", "'it'"),
        (r"(?<=\$)\d+", "a1 $23", "23"),
        (r"(?<!\d)\d{2}(?!\d)", "123 45", "45"),
        (r"(<)?a(?(1)>|!)", "a> <a>", "<a>"),
        (r"(?>a+)b", "aab", "aab"),
        (r"a++b", "aaab", "aaab"),
        (r"(?i)(é)\1", "aÉé", "Éé"),
        (r"(?:a|ab)(?:c|bcd)(?=d*$)", "abcd", "abcd"),
        (r"\u0061\x62\143", "abc", "abc"),
    ] {
        assert_eq!(all(&compiled(pattern), text).first().map(String::as_str), Some(expected), "{pattern}");
    }
    assert!(all(&compiled("(?>a+)ab"), "aaab").is_empty());
    assert!(all(&compiled("a++ab"), "aaab").is_empty());
}

/// Both matchers find the same, whatever the pattern.
#[test]
fn the_matchers_agree() {
    let mut state = 7u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let parts = [
        "a",
        "b",
        "c",
        ".",
        "é",
        r"\w",
        r"\d",
        r"\s",
        "[ab]",
        "[^a]",
        "(a|b)",
        "(?:ab|c)",
        "(?:a|)",
        "^",
        r"\Z",
        r"\b",
        "(?i:A)",
        "(?:(?:b|c)a)",
    ];
    let marks = ["", "", "", "*", "+", "?", "{2}", "{1,3}", "{,2}"];
    let letters = ["a", "b", "c", "é", "1", " ", "A"];
    let mut compared = 0;
    for _ in 0..800 {
        let mut pattern = String::new();
        for _ in 0..=random(4) {
            pattern.push_str(parts[random(parts.len())]);
            pattern.push_str(marks[random(marks.len())]);
        }
        let text: String = (0..random(12)).map(|_| letters[random(letters.len())]).collect();
        let Ok(parsed) = parse::parse(&pattern) else { continue };
        let fast = compiled(&pattern);
        let meter = meter();
        let mut fast = Search::new(&fast, &text, Asked::First, &meter).expect("a search");
        let slow = program::compile(&parsed).expect("a program");
        let mut slow = Matcher::new(&slow, &text, &meter);
        let found = slow.find(0, false).expect("within the limits").then(|| slow.group(0)).flatten();
        assert_eq!(fast.find(0, false).expect("within the limits"), found, "{pattern} in {text:?}");
        compared += 1;
    }
    assert!(compared > 500, "{compared}");
}

#[test]
fn exponential_patterns_end_with_a_limit() {
    // The crate `regex` takes these in linear time.
    assert!(all(&compiled("(a+)+b"), &"a".repeat(10_000)).is_empty());
    let meter = meter();
    let pattern = compiled(r"(a+)+(?!a)b");
    let text = "a".repeat(64);
    let mut search = Search::new(&pattern, &text, Asked::First, &meter).expect("a search");
    match search.find(0, false) {
        Err(Error::Limit(reached)) => {
            let most = STEPS + 64 * text.len() as u64;
            assert_eq!(reached.limit, Limit::Pattern { most, of: "steps of backtracking" });
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn steps_are_fuel() {
    let meter = Meter::new(&Limits { fuel: Some(100_000), ..Limits::default() });
    meter.set_fuel(100_000);
    let pattern = compiled(r"(a+)+(?!a)b");
    let text = "a".repeat(64);
    let mut search = Search::new(&pattern, &text, Asked::First, &meter).expect("a search");
    assert!(matches!(search.find(0, false), Err(Error::Limit(reached)) if reached.limit == Limit::Fuel(100_000)));
}

#[test]
fn sizes_are_limited() {
    let limit = |pattern: &str| match engine::compile(pattern, &meter()) {
        Err(Error::Limit(reached)) => reached.limit,
        other => panic!("{other:?}"),
    };
    assert_eq!(limit(&"a".repeat(70_000)), Limit::Pattern { most: 65_536, of: "bytes of a pattern" });
    assert_eq!(limit(&"(".repeat(1000)), Limit::Pattern { most: 200, of: "levels of a pattern" });
    // Large repetitions are counted, not written out.
    assert_eq!(all(&compiled("(?:a{1000}){1000}"), "aaa"), [""; 0]);
    assert_eq!(all(&compiled("(?:){4000000000}"), "a").len(), 2);
}

#[test]
fn few_patterns_are_kept() {
    let mut kept = engine::Patterns::default();
    for index in 0..100 {
        let pattern = format!("a{{{index}}}");
        kept.keep(&pattern, Ok(compiled(&pattern)));
        assert!(kept.compiled("a{0}").is_some(), "it was used last");
    }
    assert!(kept.compiled("a{99}").is_some() && kept.compiled("a{80}").is_some() && kept.compiled("a{1}").is_none());
}
