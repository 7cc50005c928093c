//! `json_parse` and `json_stringify`.

mod lexer;
mod number;
mod parse;
mod stringify;

pub(crate) use parse::parse;
pub(crate) use stringify::stringify;
