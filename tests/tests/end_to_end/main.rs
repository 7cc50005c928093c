//! Whole programs through the macro, the runtime and back.

mod arguments;
mod awaited;
mod awaited_language;
mod backtraces;
mod composed;
mod contracts;
mod decimals;
mod documents;
mod forms;
mod handlers;
mod host_memory;
mod hosts;
mod imported;
mod limits;
mod maps;
mod parts;
mod reentry;
mod roots;
mod scripted;
mod started;
mod values;
