//! A verdict as one line of text, for files and pipes.

use std::fmt::Write as _;
use std::time::Duration;

use vera_compiler::verify::Value;

use crate::engine::{Verdict, Why};

/// The line, without its end.
pub(crate) fn write(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Unsat => "unsat".to_owned(),
        Verdict::Sat(values) => {
            let mut line = "sat".to_owned();
            for value in values {
                // Writing to text does not fail.
                _ = match value {
                    Some(Value::Int(value)) => write!(line, " {value}"),
                    Some(Value::Bool(value)) => write!(line, " {value}"),
                    None => write!(line, " ?"),
                };
            }
            line
        }
        Verdict::Unknown(why) => {
            let (kind, words) = match why {
                Why::Off => ("off", ""),
                Why::Missing(words) => ("missing", words.as_str()),
                Why::Unsupported(words) => ("unsupported", words.as_str()),
                Why::TooLarge(words) => ("large", words.as_str()),
                Why::Incomplete(words) => ("incomplete", words.as_str()),
                Why::Failed(words) => ("failed", words.as_str()),
                Why::Time(limit) => return format!("unknown time {}", limit.as_micros()),
                Why::Memory => ("memory", ""),
                Why::Budget => ("budget", ""),
            };
            format!("unknown {kind} {}", words.replace(['\n', '\r'], " "))
        }
    }
}

/// Reads what [`write()`] wrote.
pub(crate) fn read(line: &str) -> Option<Verdict> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    Some(match word {
        "unsat" if rest.is_empty() => Verdict::Unsat,
        "sat" => Verdict::Sat(rest.split_whitespace().map(value).collect::<Option<_>>()?),
        "unknown" => {
            let (kind, words) = rest.split_once(' ')?;
            Verdict::Unknown(match kind {
                "off" => Why::Off,
                "missing" => Why::Missing(words.to_owned()),
                "unsupported" => Why::Unsupported(words.to_owned()),
                "large" => Why::TooLarge(words.to_owned()),
                "incomplete" => Why::Incomplete(words.to_owned()),
                "failed" => Why::Failed(words.to_owned()),
                "time" => Why::Time(Duration::from_micros(words.parse().ok()?)),
                "memory" => Why::Memory,
                "budget" => Why::Budget,
                _ => return None,
            })
        }
        _ => return None,
    })
}

fn value(word: &str) -> Option<Option<Value>> {
    Some(match word {
        "?" => None,
        "true" => Some(Value::Bool(true)),
        "false" => Some(Value::Bool(false)),
        digits => Some(Value::Int(digits.parse().ok()?)),
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A verdict of every kind.
    pub(crate) fn all() -> Vec<Verdict> {
        let words = || "some words".to_owned();
        let reasons = [
            Why::Off,
            Why::Missing(words()),
            Why::Unsupported(words()),
            Why::TooLarge(words()),
            Why::Incomplete(String::new()),
            Why::Failed(words()),
            Why::Time(Duration::from_millis(250)),
            Why::Memory,
            Why::Budget,
        ];
        let models =
            [vec![], vec![Some(Value::Int(i128::MIN)), None, Some(Value::Bool(true)), Some(Value::Bool(false))]];
        let unknown = reasons.into_iter().map(Verdict::Unknown);
        [Verdict::Unsat].into_iter().chain(models.into_iter().map(Verdict::Sat)).chain(unknown).collect()
    }

    #[test]
    fn what_is_written_is_read() {
        for verdict in all() {
            let line = write(&verdict);
            assert_eq!(read(&line), Some(verdict), "{line}");
        }
        let lines = Verdict::Unknown(Why::Failed("two\nlines".to_owned()));
        assert_eq!(write(&lines), "unknown failed two lines");
        for wrong in
            ["", "UNSAT", "unsat 1", "sat x", "sat 1.5", "unknown", "unknown time", "unknown time x", "unknown what "]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
