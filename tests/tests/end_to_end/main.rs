//! Whole programs through the macro, the runtime and back.

mod documents;
mod forms;
mod hosts;
mod limits;
mod roots;
mod scripted;
mod values;
