//! Comments in a program that state the results of calls of its functions.
//!
//! ```text
//! -- > half(7, [1, 2]) = 3
//! -- > name("a, b") = Some("c")
//! -- > half(0) traps divide_by_zero
//! -- > main() prints "hello\n"
//! ```
//!
//! Arguments and values are text here, in Vera syntax, because only code that knows the function's types can parse
//! them. A text of printed output is a JSON string.

/// A call, and its expected end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call<'a> {
    /// From 1.
    pub line: usize,
    /// The function's name.
    pub function: &'a str,
    /// Its arguments.
    pub arguments: Vec<&'a str>,
    /// How the call ends.
    pub expected: Expected<'a>,
}

/// How a call ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected<'a> {
    /// With this value.
    Value(&'a str),
    /// With a failure of this kind.
    Traps(&'a str),
    /// Well, having printed this.
    Prints(String),
}

/// The calls in a program.
///
/// # Errors
/// The first line that begins like a call but is not one.
pub fn calls(program: &str) -> Result<Vec<Call<'_>>, String> {
    let lines = program.lines().enumerate();
    let calls = lines.filter_map(|(index, line)| Some((index + 1, line.strip_prefix("-- > ")?)));
    calls.map(|(line, text)| call(line, text).ok_or_else(|| format!("line {line}: `{text}` is no call"))).collect()
}

fn call(line: usize, text: &str) -> Option<Call<'_>> {
    let (function, rest) = text.split_once('(')?;
    let (arguments, rest) = arguments(rest)?;
    let expected = match rest.trim_start().split_once(' ')? {
        ("=", value) => Expected::Value(value),
        ("traps", kind) => Expected::Traps(kind),
        ("prints", printed) => Expected::Prints(serde_json::from_str(printed).ok()?),
        _ => return None,
    };
    Some(Call { line, function, arguments, expected })
}

/// The arguments up to the parenthesis that closes them, and what stands behind it.
fn arguments(text: &str) -> Option<(Vec<&str>, &str)> {
    let mut arguments = Vec::new();
    let (mut depth, mut quoted, mut escaped, mut start) = (0, false, false, 0);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = quoted,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '(' | '[' | '{' => depth += 1,
            ')' if depth == 0 => {
                let last = text[start..at].trim();
                if !(last.is_empty() && arguments.is_empty()) {
                    arguments.push(last);
                }
                return Some((arguments, &text[at + 1..]));
            }
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                arguments.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_split_where_they_end() {
        let program = "-- a\n-- > f(1, [2, 3], P(4, \"),\\\"\")) = Some(5)\n-- > g() traps overflow\n-- > h(()) prints \"a\\n\"\n";
        let read = calls(program).expect("calls");
        assert_eq!((read[0].line, read[0].function), (2, "f"));
        assert_eq!(read[0].arguments, ["1", "[2, 3]", "P(4, \"),\\\"\")"]);
        assert_eq!(read[0].expected, Expected::Value("Some(5)"));
        assert_eq!((read[1].arguments.len(), &read[1].expected), (0, &Expected::Traps("overflow")));
        assert_eq!((read[2].arguments[0], &read[2].expected), ("()", &Expected::Prints("a\n".into())));
    }

    #[test]
    fn what_is_no_call_is_a_mistake() {
        for text in ["f = 1", "f(1", "f(1)", "f(1) is 2", "f() prints a"] {
            assert_eq!(calls(&format!("\n-- > {text}")), Err(format!("line 2: `{text}` is no call")));
        }
    }
}
