//! Whole programs through the macro, the runtime and back.

mod arguments;
mod documents;
mod forms;
mod hosts;
mod imported;
mod limits;
mod reentry;
mod roots;
mod scripted;
mod values;
