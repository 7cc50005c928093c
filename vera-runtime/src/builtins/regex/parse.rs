//! Parses patterns in the dialect of Python's module `re`, with its messages.
//!
//! Positions in messages count characters. The nesting is bounded, so every walk over a pattern may recurse.

use super::class::{self, Classes};
use super::syntax::{Node, Pattern, Place, Repetition, Set};

/// Maximum nesting of groups.
pub(super) const MAX_NESTING: usize = 200;
/// Maximum length of a pattern, in bytes.
pub(super) const MAX_LENGTH: usize = 1 << 16;

/// Why a text is not a pattern.
#[derive(Debug, PartialEq)]
pub(super) enum Mistake {
    /// The message of the dialect.
    Message(String),
    /// Groups are nested too deeply.
    TooDeep,
}

pub(super) type Parsed<T> = Result<T, Mistake>;

/// Flags in force.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Flags {
    pub(super) ascii: bool,
    pub(super) ignore_case: bool,
    multi_line: bool,
    dot_all: bool,
    verbose: bool,
}

impl Flags {
    fn set(&mut self, flag: char, on: bool) {
        match flag {
            'a' => self.ascii = on,
            'u' => self.ascii = !on,
            'i' => self.ignore_case = on,
            'm' => self.multi_line = on,
            's' => self.dot_all = on,
            _ => self.verbose = on,
        }
    }
}

pub(super) struct Parser {
    pub(super) text: Vec<char>,
    pub(super) at: usize,
    nesting: usize,
    groups: Vec<Option<String>>,
    /// Numbers of groups that are not closed.
    open: Vec<u32>,
    /// Groups whose number is used before it is known whether they exist, with the place.
    conditions: Vec<(u32, usize)>,
    /// Whether a look-behind has no fixed width. This is reported only if there is no other mistake.
    loose: bool,
}

/// Reads a pattern.
pub(super) fn parse(pattern: &str) -> Parsed<Pattern> {
    let mut parser = Parser::of(pattern);
    let mut flags = Flags::default();
    let node = parser.alternatives(&mut flags, true)?;
    if parser.at < parser.text.len() {
        return Err(parser.mistake("unbalanced parenthesis", parser.at));
    }
    let groups = parser.groups.len();
    if let Some(&(group, at)) = parser.conditions.iter().find(|(group, _)| *group as usize > groups) {
        return Err(parser.mistake(&format!("invalid group reference {group}"), at));
    }
    if parser.loose {
        return Err(Mistake::Message("look-behind requires fixed-width pattern".to_owned()));
    }
    Ok(Pattern { node, groups: parser.groups })
}

impl Parser {
    pub(super) fn of(text: &str) -> Self {
        let text = text.chars().collect();
        Parser { text, at: 0, nesting: 0, groups: Vec::new(), open: Vec::new(), conditions: Vec::new(), loose: false }
    }

    pub(super) fn mistake(&self, message: &str, at: usize) -> Mistake {
        let before = &self.text[..at.min(self.text.len())];
        let line = before.iter().filter(|&&c| c == '\n').count() + 1;
        let column = before.iter().rev().take_while(|&&c| c != '\n').count() + 1;
        let place = if self.text.contains(&'\n') { format!(" (line {line}, column {column})") } else { String::new() };
        Mistake::Message(format!("{message} at position {at}{place}"))
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let next = self.peek();
        self.at += usize::from(next.is_some());
        next
    }

    pub(super) fn eat(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        self.at += usize::from(found);
        found
    }

    /// Alternatives up to a closing parenthesis or the end. Flags for the whole pattern may stand at its start.
    fn alternatives(&mut self, flags: &mut Flags, first: bool) -> Parsed<Node> {
        let mut branches = vec![self.sequence(flags, first)?];
        while self.eat('|') {
            branches.push(self.sequence(flags, false)?);
        }
        Ok(if branches.len() == 1 { branches.remove(0) } else { Node::Alternatives(branches) })
    }

    fn skip_verbose(&mut self, flags: &Flags) {
        while flags.verbose
            && let Some(c) = self.peek()
        {
            match c {
                '#' => while self.next().is_some_and(|c| c != '\n') {},
                c if c.is_ascii_whitespace() || c == '\u{b}' => self.at += 1,
                _ => return,
            }
        }
    }

    fn sequence(&mut self, flags: &mut Flags, first: bool) -> Parsed<Node> {
        let mut nodes = Vec::new();
        loop {
            self.skip_verbose(flags);
            let at = self.at;
            let Some(c) = self.peek().filter(|&c| c != '|' && c != ')') else { break };
            self.at += 1;
            match c {
                '*' | '+' | '?' => self.repeat(&mut nodes, at, c)?,
                '{' => match self.bounds() {
                    Some(bounds) => self.repeat_between(&mut nodes, at, bounds)?,
                    None => nodes.push(one('{', *flags)),
                },
                '(' => {
                    let at_start = first && nodes.is_empty();
                    if let Some(node) = self.group(flags, at, at_start)? {
                        nodes.push(node);
                    }
                }
                '[' => nodes.push(Node::One(self.class(at, *flags)?)),
                '\\' => {
                    let node = self.escape(at, *flags)?;
                    nodes.push(node);
                }
                '.' => nodes.push(Node::One(Set(if flags.dot_all { "(?s:.)" } else { "." }.to_owned()))),
                '^' => nodes.push(Node::At(if flags.multi_line { Place::LineStart } else { Place::Start })),
                '$' => nodes.push(Node::At(if flags.multi_line { Place::LineEnd } else { Place::End })),
                c => nodes.push(one(c, *flags)),
            }
        }
        Ok(if nodes.len() == 1 { nodes.remove(0) } else { Node::Concat(nodes) })
    }

    /// `{2}`, `{2,}`, `{,3}`, `{2,3}` after the brace; anything else is text.
    fn bounds(&mut self) -> Option<(String, Option<String>)> {
        let start = self.at;
        let number = |parser: &mut Self| {
            let from = parser.at;
            while parser.peek().is_some_and(|c| c.is_ascii_digit()) {
                parser.at += 1;
            }
            parser.text[from..parser.at].iter().collect::<String>()
        };
        let least = number(self);
        let most = if self.eat(',') { number(self) } else { least.clone() };
        let is_bound = self.at > start && self.eat('}');
        if !is_bound {
            self.at = start;
            return None;
        }
        Some((least, Some(most).filter(|most| !most.is_empty())))
    }

    fn repeat_between(
        &mut self,
        nodes: &mut Vec<Node>,
        at: usize,
        (least, most): (String, Option<String>),
    ) -> Parsed<()> {
        let number = |text: &str| {
            let value = if text.is_empty() { Ok(0) } else { text.parse::<u32>() };
            value.ok().filter(|&value| value < u32::MAX)
        };
        let too_large = || Mistake::Message("the repetition number is too large".to_owned());
        let least = number(&least).ok_or_else(too_large)?;
        let most = most.map(|most| number(&most).ok_or_else(too_large)).transpose()?;
        if most.is_some_and(|most| most < least) {
            return Err(self.mistake("min repeat greater than max repeat", at + 1));
        }
        self.repeated(nodes, at, least, most)
    }

    fn repeat(&mut self, nodes: &mut Vec<Node>, at: usize, mark: char) -> Parsed<()> {
        let (least, most) = match mark {
            '*' => (0, None),
            '+' => (1, None),
            _ => (0, Some(1)),
        };
        self.repeated(nodes, at, least, most)
    }

    fn repeated(&mut self, nodes: &mut Vec<Node>, at: usize, least: u32, most: Option<u32>) -> Parsed<()> {
        let node = match nodes.pop() {
            None | Some(Node::At(_)) => return Err(self.mistake("nothing to repeat", at)),
            Some(Node::Repeat { .. }) => return Err(self.mistake("multiple repeat", at)),
            Some(node) => node,
        };
        let kind = match () {
            () if self.eat('?') => Repetition::Lazy,
            () if self.eat('+') => Repetition::Possessive,
            () => Repetition::Greedy,
        };
        nodes.push(Node::Repeat { node: Box::new(node), least, most, kind });
        Ok(())
    }

    /// A group after its parenthesis; `None` for a comment or for flags.
    fn group(&mut self, flags: &mut Flags, open: usize, at_start: bool) -> Parsed<Option<Node>> {
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            return Err(Mistake::TooDeep);
        }
        let node = self.group_inside(flags, open, at_start);
        self.nesting -= 1;
        node
    }

    fn group_inside(&mut self, flags: &mut Flags, open: usize, at_start: bool) -> Parsed<Option<Node>> {
        if !self.eat('?') {
            return self.capturing(None, *flags, open).map(Some);
        }
        let Some(kind) = self.next() else { return Err(self.mistake("unexpected end of pattern", self.at)) };
        match kind {
            'P' => self.python_group(*flags, open).map(Some),
            ':' => self.body(*flags, open).map(|node| Some(Node::Group(None, Box::new(node)))),
            '>' => self.body(*flags, open).map(|node| Some(Node::Atomic(Box::new(node)))),
            '=' | '!' => {
                let node = Box::new(self.body(*flags, open)?);
                Ok(Some(Node::Look { node, behind: None, negative: kind == '!' }))
            }
            '<' => self.look_behind(*flags, open).map(Some),
            '(' => self.conditional(*flags, open).map(Some),
            '#' => loop {
                match self.next() {
                    Some(')') => return Ok(None),
                    Some(_) => {}
                    None => return Err(self.mistake("missing ), unterminated comment", open)),
                }
            },
            c if "aiLmsux-".contains(c) => self.inline_flags(flags, open, at_start, c),
            c => Err(self.unknown_extension("?", c, open)),
        }
    }

    /// A backslash and the character after it count as one.
    fn unknown_extension(&self, before: &str, c: char, open: usize) -> Mistake {
        let escaped = self.peek().filter(|_| c == '\\').map(String::from).unwrap_or_default();
        self.mistake(&format!("unknown extension {before}{c}{escaped}"), open + 1)
    }

    /// Alternatives, and the parenthesis that closes them.
    fn body(&mut self, mut flags: Flags, open: usize) -> Parsed<Node> {
        let node = self.alternatives(&mut flags, false)?;
        if !self.eat(')') {
            return Err(self.mistake("missing ), unterminated subpattern", open));
        }
        Ok(node)
    }

    fn capturing(&mut self, name: Option<String>, flags: Flags, open: usize) -> Parsed<Node> {
        self.groups.push(name);
        let number = self.groups.len() as u32;
        self.open.push(number);
        let node = self.body(flags, open)?;
        self.open.pop();
        Ok(Node::Group(Some(number), Box::new(node)))
    }

    /// `(?P<name>...)` and `(?P=name)`.
    fn python_group(&mut self, flags: Flags, open: usize) -> Parsed<Node> {
        match self.next() {
            Some('<') => {
                let at = self.at;
                let name = self.name('>', "group name")?;
                self.check_name(&name, at)?;
                if let Some(known) = self.groups.iter().position(|group| group.as_deref() == Some(&name)) {
                    let (new, known) = (self.groups.len() + 1, known + 1);
                    let message = format!("redefinition of group name '{name}' as group {new}; was group {known}");
                    return Err(self.mistake(&message, at));
                }
                self.capturing(Some(name), flags, open)
            }
            Some('=') => {
                let at = self.at;
                let name = self.name(')', "group name")?;
                self.check_name(&name, at)?;
                let Some(index) = self.groups.iter().position(|group| group.as_deref() == Some(&name)) else {
                    return Err(self.mistake(&format!("unknown group name '{name}'"), at));
                };
                self.reference(index as u32 + 1, at, flags)
            }
            Some(c) => Err(self.unknown_extension("?P", c, open)),
            None => Err(self.mistake("unexpected end of pattern", self.at)),
        }
    }

    /// A name up to the character that ends it.
    pub(super) fn name(&mut self, end: char, what: &str) -> Parsed<String> {
        let start = self.at;
        while let Some(c) = self.next() {
            if c != end {
                continue;
            }
            if self.at == start + 1 {
                return Err(self.mistake(&format!("missing {what}"), start));
            }
            return Ok(self.text[start..self.at - 1].iter().collect());
        }
        Err(match self.at == start {
            true => self.mistake(&format!("missing {what}"), start),
            false => self.mistake(&format!("missing {end}, unterminated name"), start),
        })
    }

    pub(super) fn check_name(&self, name: &str, at: usize) -> Parsed<()> {
        let mut characters = name.chars();
        let starts = characters.next().is_some_and(|c| c.is_alphabetic() || c == '_');
        if starts && characters.all(|c| c.is_alphanumeric() || c == '_') {
            return Ok(());
        }
        let name = name.replace('\\', "\\\\");
        Err(self.mistake(&format!("bad character in group name '{name}'"), at))
    }

    fn reference(&self, group: u32, at: usize, flags: Flags) -> Parsed<Node> {
        if self.open.contains(&group) {
            return Err(self.mistake("cannot refer to an open group", at));
        }
        Ok(Node::Reference { group, ignore_case: flags.ignore_case })
    }

    fn look_behind(&mut self, flags: Flags, open: usize) -> Parsed<Node> {
        let negative = match self.next() {
            Some('=') => false,
            Some('!') => true,
            Some(c) => return Err(self.unknown_extension("?<", c, open)),
            None => return Err(self.mistake("unexpected end of pattern", self.at)),
        };
        let node = self.body(flags, open)?;
        let (least, most) = node.width();
        let width = u32::try_from(least).ok().filter(|_| most == Some(least));
        self.loose |= width.is_none();
        Ok(Node::Look { node: Box::new(node), behind: Some(width.unwrap_or(0)), negative })
    }

    /// `(?(group)yes|no)`.
    fn conditional(&mut self, flags: Flags, open: usize) -> Parsed<Node> {
        let at = self.at;
        let name = self.name(')', "group name")?;
        let group = match name.parse::<u32>() {
            Ok(0) => return Err(self.mistake("bad group number", at)),
            Ok(group) => {
                self.conditions.push((group, at));
                group
            }
            Err(_) => {
                self.check_name(&name, at)?;
                match self.groups.iter().position(|group| group.as_deref() == Some(&name)) {
                    Some(index) => index as u32 + 1,
                    None => return Err(self.mistake(&format!("unknown group name '{name}'"), at)),
                }
            }
        };
        let mut flags = flags;
        let yes = self.sequence(&mut flags, false)?;
        let no = if self.eat('|') { self.sequence(&mut flags, false)? } else { Node::Concat(Vec::new()) };
        if self.peek() == Some('|') {
            return Err(self.mistake("conditional backref with more than two branches", self.at));
        }
        if !self.eat(')') {
            return Err(self.mistake("missing ), unterminated subpattern", open));
        }
        Ok(Node::Conditional { group, yes: Box::new(yes), no: Box::new(no) })
    }

    /// `(?i)` at the start of the pattern, and `(?i-s:...)`.
    fn inline_flags(&mut self, flags: &mut Flags, open: usize, at_start: bool, first: char) -> Parsed<Option<Node>> {
        let mut scoped = *flags;
        let (mut c, mut on, mut turned_off) = (first, true, String::new());
        let mut sets_type = false;
        loop {
            match c {
                '-' if on => {
                    on = false;
                    match self.peek() {
                        None => return Err(self.mistake("missing flag", self.at)),
                        Some(c) if !c.is_alphabetic() => return Err(self.mistake("missing flag", self.at)),
                        Some(_) => {}
                    }
                }
                'L' if on => {
                    return Err(self.mistake("bad inline flags: cannot use 'L' flag with a str pattern", self.at));
                }
                'a' | 'u' | 'L' if !on => {
                    let message = "bad inline flags: cannot turn off flags 'a', 'u' and 'L'";
                    return Err(self.mistake(message, self.at));
                }
                'a' | 'u' | 'i' | 'm' | 's' | 'x' => {
                    if matches!(c, 'a' | 'u') {
                        if sets_type {
                            let message = "bad inline flags: flags 'a', 'u' and 'L' are incompatible";
                            return Err(self.mistake(message, self.at));
                        }
                        sets_type = true;
                    }
                    if !on {
                        turned_off.push(c);
                    }
                    scoped.set(c, on);
                }
                c if c.is_alphabetic() => return Err(self.mistake("unknown flag", self.at - 1)),
                _ => {
                    let message = if on { "missing -, : or )" } else { "missing :" };
                    return Err(self.mistake(message, self.at - 1));
                }
            }
            match self.next() {
                Some(')') if on => {
                    if !at_start {
                        return Err(self.mistake("global flags not at the start of the expression", open));
                    }
                    *flags = scoped;
                    return Ok(None);
                }
                Some(':') => {
                    let node = self.body(scoped, open)?;
                    return Ok(Some(Node::Group(None, Box::new(node))));
                }
                Some(next) => c = next,
                None => {
                    let message = if on { "missing -, : or )" } else { "missing :" };
                    return Err(self.mistake(message, self.at));
                }
            }
        }
    }

    /// An escape outside of a set, after the backslash.
    fn escape(&mut self, at: usize, flags: Flags) -> Parsed<Node> {
        let Some(c) = self.next() else { return Err(self.mistake("bad escape (end of pattern)", at)) };
        let place = match c {
            'A' => Place::Start,
            'Z' => Place::VeryEnd,
            'b' => Place::WordEdge { ascii: flags.ascii },
            'B' => Place::NoWordEdge { ascii: flags.ascii },
            '1'..='9' => return self.number(at, c, flags),
            _ => {
                if let Some(class) = class::of_letter(c, flags.ascii) {
                    return Ok(Node::One(Classes::one(&class)));
                }
                let c = self.character(at, c)?;
                return Ok(one(c, flags));
            }
        };
        Ok(Node::At(place))
    }

    /// `\1` to `\99`, a group; or `\101`, a character in octal.
    fn number(&mut self, at: usize, first: char, flags: Flags) -> Parsed<Node> {
        let digit = |c: Option<char>, radix: u32| c.and_then(|c| c.to_digit(radix));
        let (second, third) = (self.peek(), self.text.get(self.at + 1).copied());
        if let (Some(a), Some(b), Some(c)) = (first.to_digit(8), digit(second, 8), digit(third, 8)) {
            self.at += 2;
            let value = a * 64 + b * 8 + c;
            return match char::from_u32(value).filter(|_| value <= 0o377) {
                Some(c) => Ok(one(c, flags)),
                None => {
                    let text: String = self.text[at..self.at].iter().collect();
                    Err(self.mistake(&format!("octal escape value {text} outside of range 0-0o377"), at))
                }
            };
        }
        let mut group = first.to_digit(10).unwrap_or(0);
        if let Some(second) = digit(second, 10) {
            self.at += 1;
            group = group * 10 + second;
        }
        if group as usize > self.groups.len() {
            return Err(self.mistake(&format!("invalid group reference {group}"), at + 1));
        }
        self.reference(group, at, flags)
    }
}

/// A character.
fn one(c: char, flags: Flags) -> Node {
    Node::One(Classes::character(c, flags.ignore_case))
}
