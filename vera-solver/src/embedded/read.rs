//! Parses the text of a query to terms.
//!
//! It reads the language of queries and nothing else: unknown syntax is refused, never guessed. Names for terms, by
//! `let` or as a constant that is asserted to equal its term before it is used, cost nothing: they are the term.

use std::collections::HashMap;
use std::rc::Rc;

use num_bigint::BigInt;

use super::operators::{self, Operator};
use super::term::{Application, Formula, Operand, Symbol, Terms};
use crate::engine::Why;
use crate::script::{Token, tokens};

/// The sort of a term. A declared sort has infinitely many values with equality only: they are integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Int,
    Bool,
    Declared(u32),
}

/// A term with its sort.
#[derive(Clone, Debug)]
pub(super) struct Typed {
    pub(super) sort: Sort,
    pub(super) value: Operand,
}

/// A declared symbol.
#[derive(Clone)]
pub(super) enum Declared {
    /// A constant, with its term once it is used.
    Constant {
        symbol: Symbol,
        sort: Sort,
        value: Option<Typed>,
    },
    Function {
        symbol: Symbol,
        operands: Rc<[Sort]>,
        result: Sort,
    },
}

/// A parsed query.
#[derive(Clone)]
pub(super) struct Problem<'a> {
    pub(super) terms: Terms,
    pub(super) assertions: Vec<Formula>,
    /// Applications that have no node, with their results.
    pub(super) known: Vec<(Application, Operand)>,
    pub(super) names: HashMap<&'a str, Declared>,
}

impl Declared {
    /// Changes the terms of constants.
    pub(super) fn update(&mut self, change: impl FnOnce(&Operand) -> Operand) {
        if let Declared::Constant { value: Some(typed), .. } = self {
            typed.value = change(&typed.value);
        }
    }
}

impl Problem<'_> {
    /// The term of a constant; `None` if it occurs in no assertion.
    ///
    /// # Errors
    /// When there is no such constant.
    pub(super) fn constant(&self, name: &str) -> Result<Option<&Operand>, Why> {
        match self.names.get(name) {
            Some(Declared::Constant { value, .. }) => Ok(value.as_ref().map(|typed| &typed.value)),
            _ => Err(unsupported(format!("`{name}` is not a constant"))),
        }
    }

    /// The sort of an unused constant: truth value or integer.
    pub(super) fn sort(&self, name: &str) -> Option<Sort> {
        match self.names.get(name) {
            Some(Declared::Constant { sort, .. }) => Some(*sort),
            _ => None,
        }
    }
}

pub(super) fn unsupported(what: impl Into<String>) -> Why {
    Why::Unsupported(what.into())
}

/// Reads a query.
pub(super) fn read(script: &str) -> Result<Problem<'_>, Why> {
    let tokens = tokens(script).collect::<Result<Vec<_>, _>>()?;
    let problem = Problem { terms: Terms::new(), assertions: Vec::new(), known: Vec::new(), names: HashMap::new() };
    let mut reader = Reader { tokens, next: 0, problem, sorts: HashMap::new(), symbols: 0, bound: HashMap::new() };
    while reader.next < reader.tokens.len() {
        reader.command()?;
        if reader.problem.terms.exhausted() {
            return Err(Why::TooLarge("its terms take too many steps".to_owned()));
        }
    }
    Ok(reader.problem)
}

struct Reader<'a> {
    tokens: Vec<Token<'a>>,
    next: usize,
    problem: Problem<'a>,
    sorts: HashMap<&'a str, Sort>,
    symbols: u32,
    /// Names of `let`, the innermost last.
    bound: HashMap<&'a str, Vec<Typed>>,
}

/// A term that is not complete yet.
enum Open<'a> {
    Operation(Operator, Vec<Typed>),
    Application(&'a str, Vec<Typed>),
    /// The list of names of a `let`.
    Bindings(Vec<(&'a str, Typed)>),
    /// One of them.
    Binding(&'a str, Option<Typed>),
    /// The body of a `let`.
    Body(Vec<&'a str>, Option<Typed>),
}

impl<'a> Reader<'a> {
    fn token(&mut self) -> Result<Token<'a>, Why> {
        let token = self.tokens.get(self.next).copied().ok_or_else(|| unsupported("the end is missing"))?;
        self.next += 1;
        Ok(token)
    }

    fn word(&mut self) -> Result<&'a str, Why> {
        match self.token()? {
            Token::Atom(word) => Ok(word),
            token => Err(unsupported(format!("{token:?} instead of a name"))),
        }
    }

    fn expect(&mut self, expected: Token<'static>) -> Result<(), Why> {
        let token = self.token()?;
        if token == expected { Ok(()) } else { Err(unsupported(format!("{token:?} instead of {expected:?}"))) }
    }

    fn command(&mut self) -> Result<(), Why> {
        self.expect(Token::Open)?;
        match self.word()? {
            "declare-const" => {
                let (name, sort) = (self.word()?, self.sort()?);
                self.declare_constant(name, sort)?;
            }
            "declare-fun" => {
                let name = self.word()?;
                self.expect(Token::Open)?;
                let mut operands = Vec::new();
                while self.tokens.get(self.next) != Some(&Token::Close) {
                    operands.push(self.sort()?);
                }
                self.expect(Token::Close)?;
                let result = self.sort()?;
                if operands.is_empty() {
                    self.declare_constant(name, result)?;
                } else {
                    let symbol = self.symbol();
                    self.declare(name, Declared::Function { symbol, operands: operands.into(), result })?;
                }
            }
            "declare-sort" => {
                let name = self.word()?;
                if self.word()? != "0" {
                    return Err(unsupported("a sort with parameters"));
                }
                let sort = Sort::Declared(u32::try_from(self.sorts.len()).unwrap_or(u32::MAX));
                if matches!(name, "Int" | "Bool") || self.sorts.insert(name, sort).is_some() {
                    return Err(unsupported(format!("the sort `{name}` is declared twice")));
                }
            }
            "assert" => self.assertion()?,
            command => return Err(unsupported(format!("the command `{command}`"))),
        }
        self.expect(Token::Close)
    }

    fn sort(&mut self) -> Result<Sort, Why> {
        match self.word()? {
            "Int" => Ok(Sort::Int),
            "Bool" => Ok(Sort::Bool),
            name => self.sorts.get(name).copied().ok_or_else(|| unsupported(format!("the sort `{name}`"))),
        }
    }

    fn symbol(&mut self) -> Symbol {
        self.symbols += 1;
        Symbol(self.symbols)
    }

    fn declare_constant(&mut self, name: &'a str, sort: Sort) -> Result<(), Why> {
        let symbol = self.symbol();
        self.declare(name, Declared::Constant { symbol, sort, value: None })
    }

    fn declare(&mut self, name: &'a str, declared: Declared) -> Result<(), Why> {
        let is_name = name.starts_with(|c: char| !c.is_ascii_digit()) && !operators::is_reserved(name);
        if !is_name || self.problem.names.insert(name, declared).is_some() {
            return Err(unsupported(format!("`{name}` is declared, and means something already")));
        }
        Ok(())
    }

    /// The rest of `(assert term)`, up to its end.
    fn assertion(&mut self) -> Result<(), Why> {
        if let Some(name) = self.defined() {
            let start = self.next;
            self.next += 3;
            let value = self.term()?;
            if self.tokens.get(self.next) == Some(&Token::Close) && self.is_unused(name) {
                self.next += 1;
                return self.define(name, value);
            }
            self.next = start;
        }
        match self.term()?.value {
            Operand::Bool(formula) => {
                self.problem.assertions.push(formula);
                Ok(())
            }
            Operand::Int(_) => Err(unsupported("what is asserted is not a formula")),
        }
    }

    /// Defines a constant as a term.
    fn define(&mut self, name: &str, term: Typed) -> Result<(), Why> {
        let shared = self.problem.terms.shared(term.value);
        match self.problem.names.get_mut(name) {
            Some(Declared::Constant { sort, value, .. }) if *sort == term.sort => {
                *value = Some(Typed { sort: term.sort, value: shared });
                Ok(())
            }
            _ => Err(unsupported(format!("`{name}` equals what is of another sort"))),
        }
    }

    /// The constant that `(= constant term)` defines, if that comes next. The constant must not have been used before.
    fn defined(&self) -> Option<&'a str> {
        match self.tokens.get(self.next..self.next + 3)? {
            [Token::Open, Token::Atom("="), Token::Atom(name)] => self.is_unused(name).then_some(*name),
            _ => None,
        }
    }

    fn is_unused(&self, name: &str) -> bool {
        matches!(self.problem.names.get(name), Some(Declared::Constant { value: None, .. }))
    }

    /// Reads one term.
    fn term(&mut self) -> Result<Typed, Why> {
        let mut open: Vec<Open<'a>> = Vec::new();
        loop {
            let value = match self.token()? {
                Token::Open => {
                    open.push(self.open(open.last())?);
                    continue;
                }
                Token::Close => match open.pop() {
                    Some(Open::Operation(operator, operands)) => {
                        operators::apply(&mut self.problem.terms, operator, &operands)?
                    }
                    Some(Open::Application(name, operands)) => self.application(name, operands)?,
                    Some(Open::Binding(name, Some(value))) => {
                        let Some(Open::Bindings(bindings)) = open.last_mut() else {
                            return Err(unsupported("a binding outside of `let`"));
                        };
                        bindings.push((name, value));
                        continue;
                    }
                    Some(Open::Bindings(bindings)) => {
                        open.push(Open::Body(self.bind(bindings)?, None));
                        continue;
                    }
                    Some(Open::Body(names, Some(value))) => {
                        for name in names {
                            self.bound.get_mut(name).map(Vec::pop);
                        }
                        value
                    }
                    _ => return Err(unsupported("`)` where a term is missing")),
                },
                Token::Atom(word) => self.named(word)?,
            };
            match open.last_mut() {
                None => return Ok(value),
                Some(Open::Operation(_, operands) | Open::Application(_, operands)) => operands.push(value),
                Some(Open::Binding(_, slot @ None) | Open::Body(_, slot @ None)) => *slot = Some(value),
                Some(_) => return Err(unsupported("a term where none belongs")),
            }
        }
    }

    /// A construct that begins with a parenthesis.
    fn open(&mut self, within: Option<&Open<'a>>) -> Result<Open<'a>, Why> {
        let word = self.word()?;
        if matches!(within, Some(Open::Bindings(_))) {
            return Ok(Open::Binding(word, None));
        }
        if word == "let" {
            self.expect(Token::Open)?;
            return Ok(Open::Bindings(Vec::new()));
        }
        Ok(match Operator::named(word) {
            Some(operator) => Open::Operation(operator, Vec::new()),
            None => Open::Application(word, Vec::new()),
        })
    }

    /// Binds names to terms, all at once.
    fn bind(&mut self, bindings: Vec<(&'a str, Typed)>) -> Result<Vec<&'a str>, Why> {
        let mut names = Vec::new();
        for (name, Typed { sort, value }) in bindings {
            if names.contains(&name) || operators::is_reserved(name) || name.starts_with(|c: char| c.is_ascii_digit()) {
                return Err(unsupported(format!("`{name}` in a `let`")));
            }
            let value = self.problem.terms.shared(value);
            self.bound.entry(name).or_default().push(Typed { sort, value });
            names.push(name);
        }
        Ok(names)
    }

    /// A number, a truth value, a name.
    fn named(&mut self, word: &str) -> Result<Typed, Why> {
        if let Some(value) = self.bound.get(word).and_then(|values| values.last()) {
            return Ok(value.clone());
        }
        let terms = &mut self.problem.terms;
        if word.bytes().all(|byte| byte.is_ascii_digit()) {
            if word.len() > MAX_DIGITS {
                return Err(Why::TooLarge(format!("a number of {} digits", word.len())));
            }
            let number = word.parse::<BigInt>().map_err(|error| unsupported(error.to_string()))?;
            return Ok(Typed { sort: Sort::Int, value: Operand::Int(terms.number(number)) });
        }
        if let "true" | "false" = word {
            return Ok(Typed { sort: Sort::Bool, value: Operand::Bool(Formula::of(word == "true")) });
        }
        match self.problem.names.get_mut(word) {
            Some(Declared::Constant { symbol, sort, value }) => {
                let typed = value.get_or_insert_with(|| {
                    let value = match sort {
                        Sort::Bool => Operand::Bool(terms.flag(*symbol)),
                        _ => Operand::Int(terms.constant(*symbol)),
                    };
                    Typed { sort: *sort, value }
                });
                Ok(typed.clone())
            }
            _ => Err(unsupported(format!("`{word}` is not a constant"))),
        }
    }

    fn application(&mut self, name: &str, operands: Vec<Typed>) -> Result<Typed, Why> {
        let Some(Declared::Function { symbol, operands: sorts, result }) = self.problem.names.get(name) else {
            return Err(unsupported(format!("`{name}` is not a function")));
        };
        if !sorts.iter().copied().eq(operands.iter().map(|operand| operand.sort)) {
            return Err(unsupported(format!("`{name}` takes other operands")));
        }
        let operands = operands.into_iter().map(|operand| operand.value).collect();
        let (terms, application) = (&mut self.problem.terms, Application { function: *symbol, operands });
        let value = match result {
            Sort::Bool => Operand::Bool(terms.predicate(application)),
            _ => Operand::Int(terms.apply(application)),
        };
        Ok(Typed { sort: *result, value })
    }
}

/// Maximum number of digits of a number in a script.
const MAX_DIGITS: usize = 1000;
