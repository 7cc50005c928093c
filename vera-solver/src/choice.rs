//! Which solver is used.

use std::fmt;
use std::str::FromStr;

/// Which solver decides queries. The default is [`Choice::Auto`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Choice {
    /// The embedded solver, and a `z3` process (if there is one) for the queries that it leaves open.
    #[default]
    Auto,
    /// The embedded solver alone. Answers do not depend on other installed programs.
    Embedded,
    /// A `z3` process alone.
    Z3,
    /// No solver: nothing is decided.
    Off,
}

impl Choice {
    /// The environment variable that [`Choice::from_environment`] reads.
    pub const VARIABLE: &str = "VERA_SOLVER";

    /// Every choice with the word for it.
    pub const ALL: [(Choice, &str); 4] =
        [(Choice::Auto, "auto"), (Choice::Embedded, "embedded"), (Choice::Z3, "z3"), (Choice::Off, "off")];

    /// The value of [`Choice::VARIABLE`]; `None` when it is not set or empty.
    ///
    /// # Errors
    /// [`UnknownChoice`]: the value is not one of the words of [`Choice::ALL`].
    pub fn from_environment() -> Result<Option<Choice>, UnknownChoice> {
        match std::env::var_os(Choice::VARIABLE) {
            Some(word) if !word.is_empty() => word.to_string_lossy().parse().map(Some),
            _ => Ok(None),
        }
    }
}

impl FromStr for Choice {
    type Err = UnknownChoice;

    fn from_str(word: &str) -> Result<Self, UnknownChoice> {
        let found = Choice::ALL.into_iter().find(|(_, known)| known.eq_ignore_ascii_case(word));
        found.map(|(choice, _)| choice).ok_or_else(|| UnknownChoice(word.to_owned()))
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = Choice::ALL.into_iter().find(|(choice, _)| choice == self).map_or("", |(_, word)| word);
        f.write_str(word)
    }
}

/// A word that does not name a [`Choice`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownChoice(pub String);

impl fmt::Display for UnknownChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = Choice::ALL.iter().map(|(_, word)| *word).collect();
        write!(f, "`{}` is not a solver: one of {}", self.0, words.join(", "))
    }
}

impl std::error::Error for UnknownChoice {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_is_read_from_its_own_word() {
        for (choice, word) in Choice::ALL {
            assert_eq!(choice.to_string(), word);
            assert_eq!(word.to_uppercase().parse(), Ok(choice));
        }
        let wrong = "cvc5".parse::<Choice>().unwrap_err();
        assert_eq!(wrong.to_string(), "`cvc5` is not a solver: one of auto, embedded, z3, off");
    }
}
