//! Parses values by their type: `-5`, `[1, 2]`, `(1, "a")`, `Some(3)`, `{"k": 1}`.
//!
//! A string on its own is taken literally; inside another value it is quoted, with the escapes of Vera and those of JSON. A
//! tuple may be written as in Vera: `Tuple(1, "a")`.

use super::{DynValue, type_name};
use std::fmt;
use vera_abi::interface::{Interface, TypeDesc, TypeId};

/// The text is not a value of the expected type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// What is wrong.
    pub message: String,
    /// Where it is, in bytes from the start of the text.
    pub offset: usize,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at byte {})", self.message, self.offset)
    }
}

impl std::error::Error for ParseError {}

/// Maximum nesting of a value in text.
const MAX_DEPTH: u32 = 256;

impl DynValue {
    /// Parses a value of a type of the interface.
    ///
    /// # Errors
    /// When the text is not a value of that type.
    pub fn parse(interface: &Interface, id: TypeId, text: &str) -> Result<Self, ParseError> {
        if matches!(interface.ty(id), TypeDesc::String) {
            return Ok(DynValue::String(text.as_bytes().to_vec()));
        }
        let mut parser = Parser { interface, text, offset: 0 };
        let value = parser.value(id, MAX_DEPTH)?;
        parser.skip_space();
        match parser.rest() {
            "" => Ok(value),
            _ => Err(parser.expected(id)),
        }
    }
}

impl DynValue {
    /// Reads the arguments of a function, `(1, "a", Some(3))`; a string is quoted here, too.
    ///
    /// # Errors
    /// When the text is not a list of values of those types.
    pub fn parse_arguments(interface: &Interface, types: &[TypeId], text: &str) -> Result<Vec<Self>, ParseError> {
        let mut parser = Parser { interface, text, offset: 0 };
        parser.need('(')?;
        parser.fields(types, MAX_DEPTH)
    }
}

struct Parser<'a> {
    interface: &'a Interface,
    text: &'a str,
    offset: usize,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.offset..]
    }

    fn error(&self, message: String) -> ParseError {
        ParseError { message, offset: self.offset }
    }

    fn expected(&self, id: TypeId) -> ParseError {
        self.error(format!("expected a value of type {}", type_name(self.interface, id)))
    }

    fn skip_space(&mut self) {
        self.offset = self.text.len() - self.rest().trim_start().len();
    }

    fn eat(&mut self, mark: char) -> bool {
        self.skip_space();
        let found = self.rest().starts_with(mark);
        self.offset += if found { mark.len_utf8() } else { 0 };
        found
    }

    /// Skips a word, if it comes next.
    fn eat_word(&mut self, word: &str) {
        let start = self.offset;
        if self.word() != word {
            self.offset = start;
        }
    }

    fn need(&mut self, mark: char) -> Result<(), ParseError> {
        if self.eat(mark) { Ok(()) } else { Err(self.error(format!("expected `{mark}`"))) }
    }

    /// The characters of a number or name.
    fn word(&mut self) -> &'a str {
        self.skip_space();
        let rest = self.rest();
        let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '+' | '-');
        let end = rest.find(|c| !part(c)).unwrap_or(rest.len());
        self.offset += end;
        &rest[..end]
    }

    fn scalar<T: std::str::FromStr>(&mut self, id: TypeId) -> Result<T, ParseError> {
        let start = self.offset;
        let word = self.word();
        word.parse().map_err(|_| {
            self.offset = start;
            self.expected(id)
        })
    }

    /// A number; those without a literal also as Vera's functions for them: `nan()`, `-infinity()`.
    fn float(&mut self, id: TypeId) -> Result<f64, ParseError> {
        let number: f64 = self.scalar(id)?;
        if !number.is_finite() && self.eat('(') {
            self.need(')')?;
        }
        Ok(number)
    }

    fn value(&mut self, id: TypeId, depth: u32) -> Result<DynValue, ParseError> {
        let Some(depth) = depth.checked_sub(1) else {
            return Err(self.error(format!("nested more than {MAX_DEPTH} levels")));
        };
        let interface = self.interface;
        match interface.ty(id) {
            TypeDesc::Int => self.scalar(id).map(DynValue::Int),
            TypeDesc::Nat => self
                .scalar::<i64>(id)
                .and_then(|value| u64::try_from(value).map(DynValue::Nat).map_err(|_| self.expected(id))),
            TypeDesc::Bool => self.scalar(id).map(DynValue::Bool),
            TypeDesc::Byte => self.scalar(id).map(DynValue::Byte),
            TypeDesc::Float64 => self.float(id).map(DynValue::Float64),
            TypeDesc::Decimal => self.scalar(id).map(DynValue::Decimal),
            TypeDesc::String => self.quoted().map(|text| DynValue::String(text.into_bytes())),
            TypeDesc::Unit => {
                let unit = self.eat('(') && self.eat(')') || self.word() == "unit";
                if unit { Ok(DynValue::Unit) } else { Err(self.expected(id)) }
            }
            TypeDesc::Array(element) => {
                self.need('[')?;
                self.items(']', |parser| parser.value(*element, depth)).map(|items| DynValue::Array(items.into()))
            }
            TypeDesc::Tuple(types) => {
                // As programs write it, and as values are shown.
                self.eat_word("Tuple");
                self.need('(')?;
                self.fields(types, depth).map(|items| DynValue::Tuple(items.into()))
            }
            TypeDesc::Map(key, value) => {
                self.need('{')?;
                let entries = self.items('}', |parser| {
                    let key = parser.value(*key, depth)?;
                    parser.need(':')?;
                    Ok((key, parser.value(*value, depth)?))
                })?;
                let mut distinct: Vec<(DynValue, DynValue)> = Vec::new();
                for (key, value) in entries {
                    match distinct.iter_mut().find(|(known, _)| *known == key) {
                        Some(entry) => entry.1 = value,
                        None => distinct.push((key, value)),
                    }
                }
                Ok(DynValue::Map(distinct.into()))
            }
            TypeDesc::Set(item) => {
                self.need('{')?;
                let mut distinct = Vec::new();
                for item in self.items('}', |parser| parser.value(*item, depth))? {
                    if !distinct.contains(&item) {
                        distinct.push(item);
                    }
                }
                Ok(DynValue::Set(distinct.into()))
            }
            TypeDesc::Data(data) => {
                let start = self.offset;
                let name = self.word();
                let mut constructors = data.constructors.iter().enumerate();
                let Some((tag, constructor)) = constructors.find(|(_, one)| one.name == name) else {
                    self.offset = start;
                    return Err(self.expected(id));
                };
                let fields = if constructor.fields.is_empty() {
                    Vec::new()
                } else {
                    self.need('(')?;
                    self.fields(&constructor.fields, depth)?
                };
                Ok(DynValue::Data { name: name.to_owned(), tag: tag as u32, fields: fields.into() })
            }
            TypeDesc::Never | TypeDesc::Function => Err(self.error("a function cannot be given as text".to_owned())),
        }
    }

    /// The items between brackets, separated by commas.
    fn items<T>(
        &mut self,
        close: char,
        mut item: impl FnMut(&mut Self) -> Result<T, ParseError>,
    ) -> Result<Vec<T>, ParseError> {
        let mut items = Vec::new();
        if self.eat(close) {
            return Ok(items);
        }
        loop {
            items.push(item(self)?);
            if self.eat(close) {
                return Ok(items);
            }
            self.need(',')?;
        }
    }

    fn fields(&mut self, types: &[TypeId], depth: u32) -> Result<Vec<DynValue>, ParseError> {
        let mut fields = Vec::new();
        for (index, &id) in types.iter().enumerate() {
            if index > 0 {
                self.need(',')?;
            }
            fields.push(self.value(id, depth)?);
        }
        self.need(')')?;
        Ok(fields)
    }

    fn quoted(&mut self) -> Result<String, ParseError> {
        self.skip_space();
        let (text, length) =
            literal(self.rest()).ok_or_else(|| self.error("expected a string in double quotes".to_owned()))?;
        self.offset += length;
        Ok(text)
    }
}

/// The string literal that a text begins with, and its length in bytes.
fn literal(text: &str) -> Option<(String, usize)> {
    let mut json = String::from(text.strip_prefix('"').map(|_| '"')?);
    let mut rest = text.char_indices().skip(1);
    loop {
        match rest.next()? {
            (end, '"') => {
                json.push('"');
                return Some((serde_json::from_str(&json).ok()?, end + 1));
            }
            (at, '\\') => match rest.next()?.1 {
                '0' => json += "\\u0000",
                'u' if text.get(at + 2..)?.starts_with('{') => {
                    let digits: String = rest.by_ref().skip(1).map(|(_, c)| c).take_while(|&c| c != '}').collect();
                    let char = char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?;
                    json.extend(char.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
                }
                other => json.extend(['\\', other]),
            },
            (_, other) => json.push(other),
        }
    }
}
