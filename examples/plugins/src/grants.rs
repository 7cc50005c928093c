//! The permissions of each plugin: the file `grants.json` of a folder of plugins.

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;
use vera_runtime::Limits;

/// A capability that a plugin may be granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Capability {
    /// Print: `IO.print`. The application keeps what is printed.
    Console,
    /// Random numbers.
    Random,
    /// The effect `Log`, which plugins declare themselves: `op info(String -> Unit)`.
    Log,
}

impl Capability {
    const ALL: [(&str, Capability); 3] =
        [("console", Capability::Console), ("random", Capability::Random), ("log", Capability::Log)];
}

/// The capabilities and limits of a plugin.
#[derive(Clone, Debug, PartialEq)]
pub struct Grant {
    /// Its capabilities.
    pub may: Vec<Capability>,
    /// Its limits.
    pub limits: Limits,
}

impl Default for Grant {
    /// No capability; ten million units of fuel, 16 MiB and a tenth of a second for each call.
    fn default() -> Self {
        let limits = Limits {
            fuel: Some(10_000_000),
            memory: 16 << 20,
            shadow_stack: 256 << 10,
            native_stack: 1 << 20,
            host_memory: 16 << 20,
            deadline: Some(Duration::from_millis(100)),
            ..Limits::default()
        };
        Grant { may: Vec::new(), limits }
    }
}

/// The grants of a folder, by the names of its plugins. A plugin that is not named has [`Grant::default`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grants(BTreeMap<String, Grant>);

impl Grants {
    /// Reads the file; a folder without one grants nothing.
    ///
    /// # Errors
    /// The mistake in the file, and its place.
    pub fn read(path: &Path) -> Result<Self, String> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Grants::default()),
            Err(error) => return Err(format!("{}: {error}", path.display())),
        };
        Grants::parse(&text).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// Parses grants from JSON.
    ///
    /// # Errors
    /// The mistake. An unknown word is one: otherwise a misspelt limit would not apply.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parsed: BTreeMap<String, BTreeMap<String, Value>> =
            serde_json::from_str(text).map_err(|error| error.to_string())?;
        let all = parsed.into_iter().map(|(name, fields)| {
            let grant = grant(&fields).map_err(|error| format!("`{name}`: {error}"))?;
            Ok((name, grant))
        });
        all.collect::<Result<_, String>>().map(Grants)
    }

    /// The grant of a plugin.
    pub fn of(&self, plugin: &str) -> Grant {
        self.0.get(plugin).cloned().unwrap_or_default()
    }
}

fn grant(fields: &BTreeMap<String, Value>) -> Result<Grant, String> {
    let mut grant = Grant::default();
    for (field, value) in fields {
        let number = || value.as_u64().ok_or_else(|| format!("`{field}` is no number"));
        match field.as_str() {
            "may" => grant.may = capabilities(value)?,
            "fuel" => grant.limits.fuel = Some(number()?),
            "memory" => grant.limits.memory = number()?,
            "milliseconds" => grant.limits.deadline = Some(Duration::from_millis(number()?)),
            _ => return Err(format!("`{field}` is none of `may`, `fuel`, `memory`, `milliseconds`")),
        }
    }
    Ok(grant)
}

fn capabilities(value: &Value) -> Result<Vec<Capability>, String> {
    let names = value.as_array().ok_or("`may` is no list")?;
    let known = |name: &Value| {
        let found = Capability::ALL.iter().find(|(known, _)| name.as_str() == Some(known));
        found.map(|(_, capability)| *capability).ok_or_else(|| format!("there is no capability {name}"))
    };
    names.iter().map(known).collect()
}
