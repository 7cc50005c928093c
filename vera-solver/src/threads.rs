//! The number of threads.

use std::fmt;
use std::num::NonZeroUsize;

/// The environment variable that gives the number.
pub(crate) const VARIABLE: &str = "VERA_THREADS";

/// Maximum number of threads. Each one may have a solver with much memory.
const MAX: NonZeroUsize = NonZeroUsize::new(32).expect("it is not zero");

/// The number that [`VARIABLE`] gives; `None` when it is not set or empty.
pub(crate) fn from_environment() -> Result<Option<NonZeroUsize>, UnknownNumber> {
    match std::env::var_os(VARIABLE) {
        Some(word) if !word.is_empty() => {
            let word = word.to_string_lossy();
            word.parse().map(Some).map_err(|_| UnknownNumber(word.into_owned()))
        }
        _ => Ok(None),
    }
}

/// The number that is used.
pub(crate) fn number(wanted: Option<NonZeroUsize>) -> NonZeroUsize {
    let available = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    wanted.unwrap_or_else(available).min(MAX)
}

/// A word that is not a number of threads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownNumber(pub String);

impl fmt::Display for UnknownNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{VARIABLE}: `{}` is not a number of threads: 1 or more", self.0)
    }
}

impl std::error::Error for UnknownNumber {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_number_is_at_least_one_and_not_too_large() {
        let of = |number| NonZeroUsize::new(number).unwrap();
        assert_eq!(number(Some(of(3))), of(3));
        assert_eq!(number(Some(of(1000))), MAX);
        assert!(number(None) >= of(1));
    }
}
