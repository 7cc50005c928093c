//! Tokens.
//!
//! A token is a kind and a byte range; its text is read from the source. A character or literal that cannot
//! be read becomes a token too, so that the parser reports it only where it matters.

/// A token of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    /// First byte.
    pub(crate) start: u32,
    /// One past the last byte.
    pub(crate) end: u32,
}

macro_rules! token_kinds {
    (
        words { $($word:ident $text:literal,)* }
        symbols { $($symbol:ident $symbol_text:literal,)* }
        others { $($other:ident $description:literal,)* }
    ) => {
        /// What a token is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum TokenKind {
            $(#[doc = $text] $word,)*
            $(#[doc = $symbol_text] $symbol,)*
            $(#[doc = $description] $other,)*
        }

        impl TokenKind {
            /// The kind of a word that starts with a lower-case letter: a keyword, or `LowerIdent`.
            #[allow(non_upper_case_globals)]
            pub(crate) fn of_word(word: &[u8]) -> TokenKind {
                // Keywords have two to nine letters; most identifiers are told apart here.
                if word.len() < 2 || word.len() > 9 {
                    return TokenKind::LowerIdent;
                }
                $(const $word: &[u8] = $text.as_bytes();)*
                match word {
                    $($word => TokenKind::$word,)*
                    _ => TokenKind::LowerIdent,
                }
            }

            /// Whether it is a keyword. A keyword is an ordinary name wherever only a name can stand.
            pub(crate) fn is_keyword(self) -> bool {
                matches!(self, $(TokenKind::$word)|*)
            }

            /// How the token is shown in a diagnostic.
            pub(crate) fn describe(self) -> &'static str {
                match self {
                    $(TokenKind::$word => concat!("`", $text, "`"),)*
                    $(TokenKind::$symbol => concat!("`", $symbol_text, "`"),)*
                    $(TokenKind::$other => $description,)*
                }
            }
        }
    };
}

token_kinds! {
    words {
        Ability "ability",
        Assert "assert",
        Assume "assume",
        Data "data",
        Decreases "decreases",
        Effect "effect",
        Effects "effects",
        Else "else",
        Ensures "ensures",
        Exists "exists",
        False "false",
        Fn "fn",
        Forall "forall",
        Handle "handle",
        If "if",
        Import "import",
        In "in",
        Invariant "invariant",
        Let "let",
        Match "match",
        Module "module",
        New "new",
        Old "old",
        Op "op",
        Private "private",
        Public "public",
        Pure "pure",
        Requires "requires",
        Result "result",
        Resume "resume",
        Then "then",
        True "true",
        Type "type",
        Where "where",
        With "with",
    }
    symbols {
        LParen "(",
        RParen ")",
        LBrace "{",
        RBrace "}",
        LBracket "[",
        RBracket "]",
        Comma ",",
        Semi ";",
        Colon ":",
        PathSep "::",
        Dot ".",
        At "@",
        Question "?",
        Underscore "_",
        Bar "|",
        Pipe "|>",
        OrOr "||",
        AndAnd "&&",
        Bang "!",
        NotEq "!=",
        Assign "=",
        EqEq "==",
        Implies "==>",
        Lt "<",
        Le "<=",
        Gt ">",
        Ge ">=",
        Plus "+",
        Minus "-",
        Arrow "->",
        Star "*",
        Slash "/",
        Percent "%",
    }
    others {
        LowerIdent "a name",
        UpperIdent "a type or constructor name",
        Int "a number",
        Float "a number",
        BadNumber "a malformed number",
        Str "a string",
        StrStart "a string",
        StrMid "the rest of the string",
        StrEnd "the rest of the string",
        StrUnclosed "an unclosed string",
        StrHoleUnclosed "a string with an unclosed `\\(`",
        StrNested "a string with a string inside `\\(…)`",
        Unknown "an unknown character",
        Reported "unreadable text",
        Eof "the end of the file",
    }
}

impl TokenKind {
    /// Whether it can be used as a lower-case name.
    pub(crate) fn is_lower_name(self) -> bool {
        self == TokenKind::LowerIdent || self.is_keyword()
    }

    /// Whether an expression can start with it.
    pub(crate) fn starts_expr(self) -> bool {
        use TokenKind::*;
        matches!(
            self,
            LParen
                | LBrace
                | LBracket
                | At
                | Question
                | Bang
                | Minus
                | LowerIdent
                | UpperIdent
                | Int
                | Float
                | BadNumber
                | Str
                | StrStart
                | StrUnclosed
                | StrHoleUnclosed
                | StrNested
                | True
                | False
                | Fn
                | If
                | Match
                | Handle
                | Old
                | New
                | Assert
                | Assume
                | Forall
                | Exists
                | Resume
                | Result
                | Pure
                | Op
                | Effects
        )
    }
}

#[cfg(test)]
mod tests {
    use super::TokenKind;

    #[test]
    fn words_are_keywords_only_in_full() {
        let cases = [
            ("fn", TokenKind::Fn),
            ("decreases", TokenKind::Decreases),
            ("invariant", TokenKind::Invariant),
            ("f", TokenKind::LowerIdent),
            ("fnx", TokenKind::LowerIdent),
            ("decreasesx", TokenKind::LowerIdent),
            ("forAll", TokenKind::LowerIdent),
        ];
        for (word, kind) in cases {
            assert_eq!(TokenKind::of_word(word.as_bytes()), kind, "{word}");
        }
    }
}
