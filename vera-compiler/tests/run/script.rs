//! What the comments of a program say it does.

/// An argument.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Arg {
    Int(i64),
    Float(f64),
    Bool(bool),
    Text(String),
    Ints(Vec<i64>),
}

/// How a call went.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    /// Result, and what was printed.
    Value(String, String),
    /// Kind, text, values and line of a failed check.
    Trap(String, String, String, u32),
    /// Any other end.
    Failure(String),
}

/// How a call should go.
#[derive(Clone, Debug)]
pub(crate) enum Expected {
    Value(String),
    Prints(String),
    /// Kind, the beginning of the text, and all values.
    Trap(String, String, Option<String>),
    TrapLine(String, u32),
}

impl Expected {
    pub(crate) fn matches(&self, outcome: &Outcome) -> bool {
        match (self, outcome) {
            (Expected::Value(expected), Outcome::Value(value, _)) => expected == value,
            (Expected::Prints(expected), Outcome::Value(_, printed)) => expected == printed,
            (Expected::Trap(kind, text, values), Outcome::Trap(found, found_text, seen, _)) => {
                kind == found
                    && found_text.starts_with(text.as_str())
                    && values.as_ref().is_none_or(|values| values == seen)
            }
            (Expected::TrapLine(kind, line), Outcome::Trap(found, _, _, found_line)) => {
                kind == found && line == found_line
            }
            _ => false,
        }
    }
}

/// A call to make.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) line: usize,
    pub(crate) function: String,
    pub(crate) args: Vec<Arg>,
    pub(crate) expected: Expected,
    /// Whether it takes too long with a collection at every allocation.
    pub(crate) long: bool,
}

/// What a program says of itself.
#[derive(Debug, Default)]
pub(crate) struct Script {
    pub(crate) calls: Vec<Call>,
    pub(crate) refusals: Vec<String>,
}

impl Script {
    pub(crate) fn read(text: &str) -> Self {
        let mut script = Script::default();
        for (index, line) in text.lines().enumerate() {
            if let Some(code) = line.strip_prefix("-- ! ") {
                script.refusals.push(code.trim().to_owned());
            } else if let Some(call) = line.strip_prefix("-- >") {
                let (call, long) = call.strip_prefix('>').map_or((call, false), |call| (call, true));
                let read = read_call(index + 1, call.trim_start(), long);
                script.calls.push(read.unwrap_or_else(|| panic!("line {}: {call}", index + 1)));
            }
        }
        assert!(!script.calls.is_empty() || !script.refusals.is_empty(), "a program that says nothing");
        script
    }
}

fn read_call(line: usize, text: &str, long: bool) -> Option<Call> {
    let (function, rest) = text.split_once('(')?;
    let mut rest = rest.trim_start();
    let mut args = Vec::new();
    while !rest.starts_with(')') {
        let (arg, after) = read_arg(rest)?;
        args.push(arg);
        rest = after.trim_start().trim_start_matches(',').trim_start();
    }
    let rest = rest[1..].trim();
    let expected = if let Some(value) = rest.strip_prefix("= ") {
        Expected::Value(value.to_owned())
    } else if let Some(text) = rest.strip_prefix("prints ") {
        Expected::Prints(read_text(text)?.0)
    } else {
        let (kind, text) = rest.strip_prefix("! ")?.split_once(' ').unwrap_or((&rest[2..], ""));
        match text.strip_prefix("line ") {
            Some(line) => Expected::TrapLine(kind.to_owned(), line.parse().ok()?),
            None => {
                let (text, values) = match text.strip_prefix("with ") {
                    Some(values) => ("", Some(values)),
                    None => text.rsplit_once(" with ").map_or((text, None), |(text, values)| (text, Some(values))),
                };
                Expected::Trap(kind.to_owned(), text.to_owned(), values.map(str::to_owned))
            }
        }
    };
    Some(Call { line, function: function.to_owned(), args, expected, long })
}

fn read_arg(text: &str) -> Option<(Arg, &str)> {
    if text.starts_with('"') {
        let (value, rest) = read_text(text)?;
        return Some((Arg::Text(value), rest));
    }
    if let Some(list) = text.strip_prefix('[') {
        let (items, rest) = list.split_once(']')?;
        let items = items.split(',').map(str::trim).filter(|item| !item.is_empty());
        return Some((Arg::Ints(items.map(str::parse).collect::<Result<_, _>>().ok()?), rest));
    }
    let end = text.find([',', ')'])?;
    let (word, rest) = text.split_at(end);
    let arg = match word.trim() {
        "true" => Arg::Bool(true),
        "false" => Arg::Bool(false),
        word if word.contains('.') || word == "nan" => Arg::Float(word.parse().ok()?),
        word => Arg::Int(word.parse().ok()?),
    };
    Some((arg, rest))
}

fn read_text(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = text.strip_prefix('"')?.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((value, &text[at + 2..])),
            '\\' => value.push(if chars.next()?.1 == 'n' { '\n' } else { '"' }),
            c => value.push(c),
        }
    }
    None
}
