//! The header of a program, which states its expected outcome.
//!
//! A header is the comment lines at the top of a program: its title, then facts, then the expected output:
//!
//! ```text
//! -- Division rounds toward zero.
//! -- section: 4.3.1
//! -- run: ok
//! -- > -3
//! -- > "ends with a space "
//! ```
//!
//! Each `>` line is a line of output with its line end. Text that begins with a quotation mark is a JSON string, for
//! output that an editor or the formatter would change. A program that must print nothing has the fact
//! `prints: nothing`.
//!
//! The header ends at the first line of another form. Every line before it that looks like a fact is one; the caller
//! says which keys there are, with [`Header::refuse_others`].

use std::fmt;

/// The contents of a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// What the program shows, in a sentence.
    pub title: String,
    facts: Vec<Fact>,
    /// The expected output, if the header states it.
    pub output: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Fact {
    key: String,
    value: String,
    line: usize,
}

/// A mistake in a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// From 1.
    pub line: usize,
    /// In a sentence.
    pub message: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl Header {
    /// Reads the header of a program.
    ///
    /// # Errors
    /// The first line is not a title, a fact is repeated or follows output, or output begins like a JSON string but is
    /// not one.
    pub fn parse(program: &str) -> Result<Header, Mistake> {
        let mut lines = program.lines().enumerate();
        let title = lines.next().and_then(|(_, line)| line.strip_prefix("-- ")).map(str::trim).unwrap_or_default();
        if title.is_empty() {
            return Err(mistake(0, "a program begins with `-- ` and its title".into()));
        }
        let mut header = Header { title: title.to_owned(), facts: Vec::new(), output: None };
        for (index, line) in lines {
            let Some(comment) = line.strip_prefix("--") else { break };
            if let Some(text) = comment.strip_prefix(" >") {
                let printed = header.output.get_or_insert_default();
                printed.push_str(&output_line(text).map_err(|message| mistake(index, message))?);
                printed.push('\n');
            } else if let Some((key, value)) = fact(comment) {
                header.add(index, key, value)?;
            } else {
                break;
            }
        }
        Ok(header)
    }

    fn add(&mut self, index: usize, key: &str, value: &str) -> Result<(), Mistake> {
        if self.output.is_some() {
            return Err(mistake(index, format!("`{key}` stands behind output")));
        }
        if self.fact(key).is_some() {
            return Err(mistake(index, format!("`{key}` stands twice")));
        }
        if key == "prints" {
            if value != "nothing" {
                return Err(mistake(index, "output stands in lines `-- > text`".into()));
            }
            self.output = Some(String::new());
        }
        self.facts.push(Fact { key: key.to_owned(), value: value.to_owned(), line: index + 1 });
        Ok(())
    }

    /// The value of a fact.
    pub fn fact(&self, key: &str) -> Option<&str> {
        self.facts.iter().find(|fact| fact.key == key).map(|fact| fact.value.as_str())
    }

    /// The fact of this key as a mistake in the header, with a message.
    pub fn mistake(&self, key: &str, message: impl Into<String>) -> Mistake {
        let line = self.facts.iter().find(|fact| fact.key == key).map_or(1, |fact| fact.line);
        Mistake { line, message: message.into() }
    }

    /// Refuses facts with other keys.
    ///
    /// # Errors
    /// The first such fact.
    pub fn refuse_others(&self, keys: &[&str]) -> Result<(), Mistake> {
        let other = self.facts.iter().find(|fact| fact.key != "prints" && !keys.contains(&fact.key.as_str()));
        other.map_or(Ok(()), |fact| {
            let message = format!("there is no `{}` in a header; there are {}", fact.key, keys.join(", "));
            Err(Mistake { line: fact.line, message })
        })
    }
}

fn mistake(index: usize, message: String) -> Mistake {
    Mistake { line: index + 1, message }
}

/// The key and value of ` key: value`.
fn fact(comment: &str) -> Option<(&str, &str)> {
    let (key, value) = comment.strip_prefix(' ')?.split_once(": ")?;
    let is_key = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_lowercase());
    is_key.then(|| (key, value.trim()))
}

/// A line of output, from what stands behind `>`.
fn output_line(text: &str) -> Result<String, String> {
    let text = text.strip_prefix(' ').unwrap_or(text);
    if text.starts_with('"') {
        return serde_json::from_str(text).map_err(|error| format!("{text} is no JSON string: {error}"));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(program: &str) -> String {
        Header::parse(program).expect_err("a mistake").to_string()
    }

    #[test]
    fn title_facts_and_output() {
        let program = "-- Title: with a colon.\r\n-- section: 4.3\r\n-- run: ok\r\n-- > 1\r\n-- >\r\n-- > \"2 \"\r\n\r\n-- > no\r\n";
        let header = Header::parse(program).expect("a header");
        assert_eq!(header.title, "Title: with a colon.");
        assert_eq!((header.fact("section"), header.fact("run"), header.fact("check")), (Some("4.3"), Some("ok"), None));
        assert_eq!(header.output.as_deref(), Some("1\n\n2 \n"));
    }

    #[test]
    fn a_header_ends_at_another_comment() {
        let header = Header::parse("-- Title.\n-- run: ok\n-- See also: more.\n-- section: 1\n").expect("a header");
        assert_eq!((header.fact("run"), header.fact("section")), (Some("ok"), None));
        assert_eq!(header.output, None);
    }

    #[test]
    fn nothing_is_printed() {
        let header = Header::parse("-- Title.\n-- prints: nothing\n").expect("a header");
        assert_eq!(header.output.as_deref(), Some(""));
    }

    #[test]
    fn mistakes_have_their_line() {
        assert_eq!(refused("private fn f"), "line 1: a program begins with `-- ` and its title");
        assert_eq!(refused("-- T.\n-- run: ok\n-- run: ok\n"), "line 3: `run` stands twice");
        assert_eq!(refused("-- T.\n-- > 1\n-- run: ok\n"), "line 3: `run` stands behind output");
        assert_eq!(refused("-- T.\n-- prints: 1\n"), "line 2: output stands in lines `-- > text`");
        assert!(refused("-- T.\n-- > \"1\n").starts_with("line 2: \"1 is no JSON string"));
        let header = Header::parse("-- T.\n-- rnu: ok\n").expect("a header");
        let other = header.refuse_others(&["run"]).expect_err("a mistake").to_string();
        assert_eq!(other, "line 2: there is no `rnu` in a header; there are run");
    }
}
