//! The environment of the process: `IO.args`, `IO.get_env`.

use super::IO;
use crate::error::Result;
use crate::host::{Imports, OnRefusal, Refusal};
use std::collections::BTreeMap;

/// The environment of the process: `IO.args`, `IO.get_env`.
#[diagnostic::on_unimplemented(
    message = "the module performs `IO`, and `{Self}` does not implement the capability `Environment`",
    label = "no implementation of `vera_runtime::host::io::Environment`",
    note = "a host with it is `Variables`: with a builder `.environment(Variables::new().allow(\"HOME\"))`",
    note = "of your own host write `impl vera_runtime::host::io::Environment for ...`; one value may implement the traits of all effects"
)]
pub trait Environment {
    /// The arguments of the program.
    fn args(&mut self) -> Vec<String> {
        Vec::new()
    }

    /// An environment variable.
    fn get_env(&mut self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }
}

/// Arguments, and the environment variables that are allowed. To the program, other variables do not exist.
#[derive(Clone, Debug, Default)]
pub struct Variables {
    arguments: Vec<String>,
    values: BTreeMap<String, Option<String>>,
    on_refusal: OnRefusal,
}

impl Variables {
    /// No arguments and no variables.
    pub fn new() -> Self {
        Variables::default()
    }

    /// Sets the arguments.
    pub fn with_args(mut self, arguments: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.arguments = arguments.into_iter().map(Into::into).collect();
        self
    }

    /// Allows a variable of this process, with its current value.
    pub fn allow(mut self, name: impl Into<String>) -> Self {
        let name = name.into();
        let value = std::env::var(&name).ok();
        self.values.insert(name, value);
        self
    }

    /// Sets a variable to a value.
    pub fn set(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.values.insert(name.into(), Some(value.into()));
        self
    }

    /// Calls `hook` whenever the program requests a variable that is not allowed.
    pub fn on_refusal(mut self, hook: impl Fn(&Refusal) + Send + Sync + 'static) -> Self {
        self.on_refusal = OnRefusal::new(hook);
        self
    }
}

impl Environment for Variables {
    fn args(&mut self) -> Vec<String> {
        self.arguments.clone()
    }

    fn get_env(&mut self, name: &str) -> Option<String> {
        match self.values.get(name) {
            Some(value) => value.clone(),
            None => {
                self.on_refusal.refused("Environment", name);
                None
            }
        }
    }
}

impl<H: Send + 'static> Imports<H> {
    /// Implements the environment operations of `IO` with a part of the host.
    ///
    /// # Errors
    /// [`Error::Load`](crate::Error::Load) when the module declares them with other types.
    pub fn environment<C: Environment + 'static>(self, part: fn(&mut H) -> &mut C) -> Result<Self> {
        self.language_operation(IO, "args", move |host: &mut H, scope, ((),)| {
            scope.finish::<Vec<String>, _>(part(host).args())
        })?
        .language_operation(IO, "get_env", move |host: &mut H, scope, (name,): (String,)| {
            scope.finish::<Option<String>, _>(part(host).get_env(&name))
        })
    }
}
