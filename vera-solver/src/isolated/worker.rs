//! The child: answers queries, one after the other.
//!
//! A request is the time in microseconds, the number of wanted constants, and the bytes of the script on one line; the
//! wanted constants, a line each; and the script. An answer is one line.

use std::io::{self, BufRead, Read, Write};
use std::process::ExitCode;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use vera_compiler::verify::Query;

use super::{GREETING, is_worker};
use crate::embedded::Embedded;
use crate::engine::Engine;
use crate::script::MAX_BYTES;
use crate::wire;

/// Maximum length of a line of a request, in bytes.
const MAX_LINE: u64 = 1 << 16;
/// Maximum number of wanted constants.
const MAX_WANTED: usize = 100_000;

/// Runs this program as a worker of [`Isolated`](super::Isolated) if it was started as one: it answers queries until
/// there are no more, and the program should exit with the returned code. Otherwise returns `None`.
///
/// Call it before anything else in `main`.
pub fn run_if_worker() -> Option<ExitCode> {
    is_worker(std::env::args_os()).then(|| match serve(io::stdin().lock(), io::stdout()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    })
}

/// A query as a request.
pub(super) fn request(query: &Query, limit: Duration) -> String {
    let mut text = format!("{} {} {}\n", limit.as_micros(), query.wanted.len(), query.script.len());
    for name in &query.wanted {
        // It would be two names.
        text.push_str(&name.replace('\n', " "));
        text.push('\n');
    }
    text.push_str(&query.script);
    text
}

/// Answers requests until there are no more. The input is read while a request is answered: when the input ends, the
/// process ends immediately.
fn serve(mut input: impl BufRead, mut output: impl Write + Send + 'static) -> io::Result<()> {
    let (requests, inbox) = channel::<(Query, Duration)>();
    writeln!(output, "{GREETING}")?;
    output.flush()?;
    let answer = move || -> io::Result<()> {
        let mut solver = Embedded::new();
        for (query, limit) in inbox {
            writeln!(output, "{}", wire::write(&solver.decide(&query, limit)))?;
            output.flush()?;
        }
        Ok(())
    };
    thread::Builder::new().name("vera-solver-worker".to_owned()).spawn(answer)?;
    while let Some(request) = read(&mut input)? {
        if requests.send(request).is_err() {
            break;
        }
    }
    Ok(())
}

/// Reads a request; `None` at the end.
fn read(input: &mut impl BufRead) -> io::Result<Option<(Query, Duration)>> {
    let Some(first) = line(input)? else { return Ok(None) };
    let wrong = || io::Error::from(io::ErrorKind::InvalidData);
    let mut numbers = first.split(' ').map(str::parse::<u64>);
    let mut number = || numbers.next().and_then(Result::ok).ok_or_else(wrong);
    let (limit, count, bytes) = (Duration::from_micros(number()?), number()?, number()?);
    let (count, bytes) = (usize::try_from(count).map_err(|_| wrong())?, usize::try_from(bytes).map_err(|_| wrong())?);
    if count > MAX_WANTED || bytes > MAX_BYTES {
        return Err(wrong());
    }
    let mut wanted = Vec::new();
    for _ in 0..count {
        wanted.push(line(input)?.ok_or_else(wrong)?);
    }
    let mut script = vec![0; bytes];
    input.read_exact(&mut script)?;
    let script = String::from_utf8(script).map_err(|_| wrong())?;
    Ok(Some((Query { script, wanted }, limit)))
}

fn line(input: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = String::new();
    if input.take(MAX_LINE).read_line(&mut line)? == 0 {
        return Ok(None);
    }
    match line.pop() {
        Some('\n') => Ok(Some(line)),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_read_as_they_were_written() {
        let queries = [
            Query { script: "(assert\n true)\n".to_owned(), wanted: Vec::new() },
            Query { script: String::new(), wanted: vec!["x".to_owned(), "y z".to_owned()] },
        ];
        let limit = Duration::from_micros(1_500_000);
        let text: String = queries.iter().map(|query| request(query, limit)).collect();
        let mut input = text.as_bytes();
        for query in queries {
            assert_eq!(read(&mut input).unwrap(), Some((query, limit)));
        }
        assert_eq!(read(&mut input).unwrap(), None);
        for wrong in ["x", "1 2\n", "1 0 99999999999\n", "1 99999999 1\n", "1 0 5\nabc", "1 1 1\nx", "-1 0 0\n"] {
            assert!(read(&mut wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
