//! Options for the limits of a program.

use clap::Args;
use std::time::Duration;
use vera_runtime::Limits;

/// Options that limit a program.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "What the program may use")]
pub(crate) struct LimitArgs {
    /// Units of computation, about one per instruction
    #[arg(long, value_name = "N")]
    pub(crate) fuel: Option<u64>,
    /// Time, such as `500ms`, `10s` or `2min`
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) deadline: Option<Duration>,
    /// Memory, such as `64MiB`; 1 GiB by default
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(crate) memory: Option<u64>,
    /// Stack of calls, such as `64MiB`; 256 MiB by default
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(crate) stack: Option<u64>,
}

impl LimitArgs {
    /// The limits of an instance; those that no option sets are the usual ones.
    pub(crate) fn limits(&self) -> Limits {
        let usual = Limits::default();
        Limits {
            fuel: self.fuel,
            deadline: self.deadline,
            memory: self.memory.unwrap_or(usual.memory),
            native_stack: self.stack.map_or(usual.native_stack, |bytes| usize::try_from(bytes).unwrap_or(usize::MAX)),
            ..usual
        }
    }
}

/// A number and its unit.
fn split(text: &str) -> Result<(u64, &str), String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number = number.parse().map_err(|_| "a whole number and a unit".to_owned())?;
    Ok((number, unit.trim_start()))
}

/// A number of bytes with its unit.
pub(crate) fn size(text: &str) -> Result<u64, String> {
    let (number, unit) = split(text)?;
    let factor: u64 = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        "g" | "gib" => 1 << 30,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        _ => return Err(format!("`{unit}` is not a unit of size: B, KiB, MiB, GiB, kB, MB, GB")),
    };
    number.checked_mul(factor).ok_or_else(|| "it is too large".to_owned())
}

/// A time with its unit.
fn time(text: &str) -> Result<Duration, String> {
    let (number, unit) = split(text)?;
    let factor: u64 = match unit {
        "ms" => 1,
        "s" => 1_000,
        "min" => 60_000,
        "" => return Err(format!("a unit is missing: `{number}ms` or `{number}s`")),
        _ => return Err(format!("`{unit}` is not a unit of time: ms, s, min")),
    };
    number.checked_mul(factor).map(Duration::from_millis).ok_or_else(|| "it is too long".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_have_units() {
        for (text, bytes) in
            [("7", 7), ("7B", 7), ("64KiB", 64 << 10), ("3 MiB", 3 << 20), ("2g", 2 << 30), ("5MB", 5_000_000)]
        {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for wrong in ["", "MiB", "-1", "1.5MiB", "1 TiB", "99999999999GiB", "99999999999999999999"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
        for (text, millis) in [("500ms", 500), ("10s", 10_000), ("2min", 120_000)] {
            assert_eq!(time(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for wrong in ["", "5", "s", "1h", "99999999999999999999s", "18446744073709551615min"] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
    }
}
