//! The prelude's data types that hosts map to types of their own: names, constructor tags and field orders.
//!
//! The declarations themselves are Vera (`vera-compiler/src/prelude`); a test of the compiler keeps the two equal.

macro_rules! types {
    ($($(#[$doc:meta])* $name:ident)*) => {
        /// A data type of the prelude that hosts map to a type of their own.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum PreludeType {
            $($(#[$doc])* $name,)*
        }

        impl PreludeType {
            /// All of them.
            pub const ALL: &[PreludeType] = &[$(PreludeType::$name),*];

            /// Its name in Vera.
            pub const fn name(self) -> &'static str {
                match self {
                    $(PreludeType::$name => stringify!($name),)*
                }
            }

            /// The type of that name.
            pub fn of_name(name: &str) -> core::option::Option<Self> {
                Self::ALL.iter().copied().find(|ty| ty.name() == name)
            }
        }
    };
}

types! {
    /// `Option<T>`
    Option
    /// `Result<T, E>`
    Result
    /// `Ordering`
    Ordering
    /// `Map<K, V>`
    Map
    /// `Set<T>`
    Set
    /// `Json`
    Json
    /// `HtmlNode`
    HtmlNode
    /// `MdBlock`
    MdBlock
    /// `MdInline`
    MdInline
    /// `UrlParts`
    UrlParts
    /// `Request`
    Request
    /// `Response`
    Response
    /// `Decimal`
    Decimal
    /// `Future<T>`
    Future
}

/// `Option<T>`: `None` = 0, `Some(T)` = 1.
pub mod option {
    /// Tag of `None`.
    pub const NONE: u32 = 0;
    /// Tag of `Some`.
    pub const SOME: u32 = 1;
}

/// `Result<T, E>`: `Ok(T)` = 0, `Err(E)` = 1.
pub mod result {
    /// Tag of `Ok`.
    pub const OK: u32 = 0;
    /// Tag of `Err`.
    pub const ERR: u32 = 1;
}

/// `Ordering`.
pub mod ordering {
    /// Tag of `Less`.
    pub const LESS: u32 = 0;
    /// Tag of `Equal`.
    pub const EQUAL: u32 = 1;
    /// Tag of `Greater`.
    pub const GREATER: u32 = 2;
}

/// `Future<T>`: `Future(T)` = 0. A record of another tag is a started future.
pub mod future {
    use crate::layout::Rep;

    /// Tag of `Future`.
    pub const FUTURE: u32 = 0;
    /// The fields of a started future: the number of the operation, and a cell ([`CELL`]) for the finished future. The cell
    /// starts with the constructor without fields of tag 0.
    pub const STARTED: [Rep; 2] = [Rep::I64, Rep::Ptr];
    /// Position of the number.
    pub const NUMBER: u32 = 0;
    /// Position of the cell.
    pub const FINISHED: u32 = 1;
    /// The field of the cell: a record of tag 0.
    pub const CELL: [Rep; 1] = [Rep::Ptr];
}

/// `Json`.
pub mod json {
    /// `JNull`.
    pub const NULL: u32 = 0;
    /// `JBool(Bool)`.
    pub const BOOL: u32 = 1;
    /// `JNumber(Float64)`.
    pub const NUMBER: u32 = 2;
    /// `JString(String)`.
    pub const STRING: u32 = 3;
    /// `JArray(Array<Json>)`.
    pub const ARRAY: u32 = 4;
    /// `JObject(Map<String, Json>)`.
    pub const OBJECT: u32 = 5;
}

/// `HtmlNode`.
pub mod html {
    /// `HtmlElement(String, Map<String, String>, Array<HtmlNode>)`.
    pub const ELEMENT: u32 = 0;
    /// `HtmlText(String)`.
    pub const TEXT: u32 = 1;
    /// `HtmlComment(String)`.
    pub const COMMENT: u32 = 2;
}

/// `Decimal`. Each number has one representation, the shortest of these.
pub mod decimal {
    /// `DecimalDigits(Int, Int, Int)`: the upper and the lower [`HALF`] digits of a coefficient, and the word of
    /// exponent and sign, which is twice the exponent, plus one for a negative number.
    pub const DIGITS: u32 = 0;
    /// `DecimalLong(String, Int)`: the digits of a coefficient of more than twice [`HALF`] digits, the first of which
    /// is not zero, and the word of exponent and sign.
    pub const LONG: u32 = 1;
    /// `DecimalInfinity(Bool)`: whether it is negative.
    pub const INFINITY: u32 = 2;
    /// `DecimalNan`.
    pub const NAN: u32 = 3;
    /// Digits of each half of a short coefficient.
    pub const HALF: u32 = 14;
    /// The largest exponent.
    pub const MAX_EXPONENT: i64 = 999_999_999_999_999_999;
    /// The smallest exponent.
    pub const MIN_EXPONENT: i64 = -1_000_000_000_000_000_026;
}

/// `MdInline`.
pub mod md_inline {
    /// `MdText(String)`.
    pub const TEXT: u32 = 0;
    /// `MdCode(String)`.
    pub const CODE: u32 = 1;
    /// `MdEmph(Array<MdInline>)`.
    pub const EMPH: u32 = 2;
    /// `MdStrong(Array<MdInline>)`.
    pub const STRONG: u32 = 3;
    /// `MdLink(Array<MdInline>, String)`.
    pub const LINK: u32 = 4;
    /// `MdImage(String, String)`.
    pub const IMAGE: u32 = 5;
}

/// `MdBlock`.
pub mod md_block {
    /// `MdParagraph(Array<MdInline>)`.
    pub const PARAGRAPH: u32 = 0;
    /// `MdHeading(Nat, Array<MdInline>)`.
    pub const HEADING: u32 = 1;
    /// `MdCodeBlock(String, String)`: language, text.
    pub const CODE_BLOCK: u32 = 2;
    /// `MdBlockQuote(Array<MdBlock>)`.
    pub const BLOCK_QUOTE: u32 = 3;
    /// `MdList(Bool, Array<Array<MdBlock>>)`: ordered, items.
    pub const LIST: u32 = 4;
    /// `MdThematicBreak`.
    pub const THEMATIC_BREAK: u32 = 5;
    /// `MdTable(Array<Array<Array<MdInline>>>)`: rows of cells of inlines.
    pub const TABLE: u32 = 6;
    /// `MdDocument(Array<MdBlock>)`.
    pub const DOCUMENT: u32 = 7;
}
