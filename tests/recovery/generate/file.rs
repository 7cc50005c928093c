//! A Rust file of test cases.

/// What has to come of an invocation.
pub(crate) enum Expected<'a> {
    /// The end of the invocation's own text, at its own place.
    Text(&'a str),
    /// These tokens of code, in whatever layout.
    Code(&'a str),
    /// An error.
    Refused,
    /// These tokens of code, or an error.
    CodeOrRefused(&'a str),
}

pub(crate) struct File {
    text: String,
    /// Lines of it that are ended.
    lines: usize,
    macros: usize,
}

impl File {
    pub(crate) fn new(start: &str) -> Self {
        let mut file = Self { text: start.to_owned(), lines: 0, macros: 0 };
        file.push("pub(crate) const CASES: &[Case] = &[\n");
        file
    }

    fn push(&mut self, text: &str) {
        self.lines += text.matches('\n').count();
        self.text.push_str(text);
    }

    /// Adds an invocation of `name` with `program` between `open` and `close`. Where text is expected, it ends where
    /// the program ends.
    pub(crate) fn case(&mut self, name: &str, (open, close): (char, char), program: &str, expected: &Expected<'_>) {
        // Columns count characters.
        let start = format!("Case {{ got: /* é */ {name}{open}");
        let expected = match expected {
            Expected::Text(text) => {
                let before = format!("{start}{}", program.strip_suffix(text).expect("an end"));
                let line = self.lines + before.matches('\n').count();
                let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count());
                format!("Expected::Text({line}, {column}, {text:?})")
            }
            Expected::Code(code) => format!("Expected::Code({code:?})"),
            Expected::Refused => "Expected::Refused".to_owned(),
            Expected::CodeOrRefused(code) => format!("Expected::CodeOrRefused({code:?})"),
        };
        let shown = format!("{name}{open}{program}{close}");
        self.push(&format!("{start}{program}{close}, expected: {expected}, shown: {shown:?} }},\n"));
    }

    /// Adds an invocation, with this program, of a macro with this matcher and body.
    pub(crate) fn case_of(&mut self, matcher: &str, body: &str, program: &str, expected: &Expected<'_>) {
        let name = format!("defined_{}", self.macros);
        self.macros += 1;
        let definition = format!("({matcher}) => {{ ::vera_recovery_tests::recovered! {{ {body} }} }}");
        self.push(&format!("{{\nmacro_rules! {name} {{ {definition} }}\n[\n"));
        self.case(&format!("/* {matcher} */ {name}!"), ('(', ')'), program, expected);
        self.push("][0]\n},\n");
    }

    pub(crate) fn finish(self) -> String {
        self.text + "];\n"
    }
}
