//! `md_parse` and `md_render`.

mod nesting;
mod parse;
mod render;

pub(crate) use parse::parse;
pub(crate) use render::render;
