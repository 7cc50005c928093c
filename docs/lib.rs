//! Pages of `docs` as text: those of `diagnostics/`, which explain a code with a wrong and a corrected program, and the
//! guide for a model that writes Vera.
//!
//! This is a separate crate, with the pages inside its package. Another crate would have to read files outside its
//! package, and could not be published; a symbolic link to this folder does not work on every system; and a compiler in
//! a build script does not need the text. This crate does not depend on the compiler: the compiler's tests check which
//! codes need a page.

macro_rules! pages {
    ($($code:ident)*) => {
        /// Each code with its page in Markdown, in order.
        pub const DIAGNOSTICS: &[(&str, &str)] =
            &[$((stringify!($code), include_str!(concat!("diagnostics/", stringify!($code), ".md")))),*];
    };
}

pages! {
    E001 E002 E003 E004 E005 E006 E008 E009 E011 E012 E013 E020 E021 E023 E030 E031 E032 E040 E120 E121 E122 E123
    E124 E125 E126 E127 E128 E129 E130 E131 E132 E133 E134 E135 E136 E137 E138 E140 E141 E142 E143 E144 E145 E146
    E147 E148 E149 E150 E151 E152 E153 E154 E155 E156 E157 E158 E159 E160 E161 E162 E163 E170 E171 E172 E173 E174
    E175 E177 E178 E179 E180 E181 E182 E183 E184 E185 E186 E187 E200 E201 E202 E203 E204 E205 E206 E207 E208 E209
    E210 E211 E212 E213 E214 E215 E216 E217 E220 E230 E231 E232 E233 E240 E241 E242 E243 E300 E301 E302 E310 E311
    E312 E313 E314 E320 E321 E322 E330 E331 E332 E333 E334 E335 E336 E337 E338 E340 E500 E501 E502
    E503 E505 E506 E507 E522 E524 E525 E526 E527 E528 E529 E532 E534 E535 E538 E602 E613 E614 E622
    W001 W002 W003
}

/// The guide for a model that writes Vera: `models.md`, in Markdown.
pub const GUIDE: &str = include_str!("models.md");

/// The page of a code such as `E130`.
pub fn diagnostic(code: &str) -> Option<&'static str> {
    let found = DIAGNOSTICS.binary_search_by_key(&code, |(code, _)| code).ok()?;
    Some(DIAGNOSTICS[found].1)
}

#[cfg(test)]
mod tests {
    use super::{DIAGNOSTICS, diagnostic};
    use std::path::Path;

    #[test]
    fn every_page_is_here_in_order() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("diagnostics");
        let names =
            std::fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("readable").file_name());
        let mut pages: Vec<String> = names
            .filter_map(|name| name.to_string_lossy().strip_suffix(".md").map(str::to_owned))
            .filter(|name| name != "README")
            .collect();
        pages.sort();
        let listed: Vec<&str> = DIAGNOSTICS.iter().map(|(code, _)| *code).collect();
        assert_eq!(listed, pages);
        assert!(listed.iter().all(|code| diagnostic(code).is_some()));
        assert_eq!(diagnostic("E000"), None);
    }
}
