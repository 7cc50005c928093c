use super::*;
use proc_macro2::{Group, TokenTree};
use std::str::FromStr;

fn recovered(tokens: TokenStream, call_site: Span) -> Recovered {
    Recovered::new(TokenStream::new(), tokens, call_site).expect("nothing is lost")
}

/// The tokens inside the only group of an invocation, and the invocation's span.
fn invocation(source: &str) -> (TokenStream, Span) {
    let tokens = TokenStream::from_str(source).expect("Rust can lex the invocation");
    let mut trees = tokens.into_iter();
    let first = trees.next().expect("a path").span();
    let group = trees.find_map(|tree| if let TokenTree::Group(group) = tree { Some(group) } else { None });
    let group = group.expect("a delimited body");
    (group.stream(), first.join(group.span_close()).expect("one file"))
}

/// What is recovered of tokens that are in no text that is at hand.
fn without_places(source: &str) -> Result<String, String> {
    let tokens = TokenStream::from_str(source).expect("tokens");
    let recovered = Recovered::new(TokenStream::new(), tokens, Span::call_site());
    recovered.map(|recovered| recovered.text).map_err(|lost| lost.message)
}

/// The tokens with `with` in place of each name `X`, as macros do it.
fn substituted(tokens: TokenStream, with: &TokenStream) -> TokenStream {
    let trees = tokens.into_iter().map(|tree| match tree {
        TokenTree::Ident(name) if name == "X" => Group::new(proc_macro2::Delimiter::None, with.clone()).into(),
        TokenTree::Group(group) => {
            let mut own = Group::new(group.delimiter(), substituted(group.stream(), with));
            own.set_span(group.span());
            own.into()
        }
        tree => tree,
    });
    trees.collect()
}

#[test]
fn text_keeps_comments_and_spacing_and_maps_back_to_tokens() {
    let source = "vera! {\n    -- a note: é\n    public fn f(@Int /* width */ -> @Int)\n      { @Int.0 }\n}";
    let (tokens, span) = invocation(source);
    let recovered = recovered(tokens, span);
    assert_eq!(recovered.text, " ".repeat(7) + &source["vera! {".len()..source.len() - 1]);
    let at = recovered.text.find("@Int.0").expect("the slot");
    let (first, last) = recovered.tokens_of(&(at..at + 6)).expect("tokens there");
    assert_eq!(first.source_text().as_deref(), Some("@"));
    assert_eq!(last.source_text().as_deref(), Some("0"));
    let behind = recovered.text.len();
    let (before, _) = recovered.tokens_of(&(behind..behind)).expect("a token before");
    assert_eq!(before.source_text().as_deref(), Some("}"));
}

#[test]
fn tokens_that_differ_from_the_file_are_found_in_it() {
    for inside in [
        "-- 'a\n fn g()\n -- 'r#fn and 'x'",
        "-- cafe\u{301} r#fn 1then b\"\\n\" r#\"--\"# c\"\" 1.5e3f32\n x",
        "/** a */ fn /// b\n f() { /*! c */ } //! d\n",
        "// a\n x /* b /* c */ d */ //// e\n /**/ /*** f */",
        "\t\u{2028}x\u{85}\u{b}y\u{c}",
        "#[doc = \"a\"] x #! [doc = \"b\"]",
        "",
        " ",
        "// a",
    ] {
        for (open, close) in ["{}", "()", "[]"].map(|signs| signs.split_at(1)) {
            for path in ["vera!", "a::vera /* ! { */ !// (\n", "::a :: vera\n!"] {
                let source = format!("{path}{open}{inside}\n{close}");
                let Ok(tokens) = TokenStream::from_str(&source) else { panic!("cannot be lexed: {source}") };
                let trees: Vec<TokenTree> = tokens.into_iter().collect();
                let (Some(first), Some(TokenTree::Group(group))) = (trees.first(), trees.last()) else {
                    panic!("no invocation: {source}")
                };
                let span = first.span().join(group.span()).expect("one file");
                let text = recovered(group.stream(), span).text;
                assert!(text.ends_with(&format!("{inside}\n")), "{source}\n{text}");
                assert_eq!(text.trim_start_matches([' ', '\n']), format!("{inside}\n").trim_start_matches([' ', '\n']));
            }
        }
    }
}

#[test]
fn tokens_from_elsewhere_are_written_out_again() {
    let source = "public fn f(@Int -> @Int) { @Int.0 ==> true |> g(-1, \"--\") - 1 }";
    let tokens = TokenStream::from_str(source).expect("tokens");
    let recovered = recovered(tokens, Span::call_site());
    let squeezed = |text: &str| text.split_whitespace().collect::<String>();
    assert_eq!(squeezed(&recovered.text), squeezed(source));
    assert!(recovered.text.contains("->") && recovered.text.contains("==>") && recovered.text.contains("|>"));
    let at = recovered.text.find("true").expect("the literal");
    assert_eq!(recovered.tokens_of(&(at..at + 4)).map(|(first, _)| first.source_text()), Some(Some("true".into())));
}

#[test]
fn what_may_be_a_comment_is_an_error_where_its_end_is_not_known() {
    for (source, title) in [
        ("f() -- a comment\n g()", "a comment begins at this `--`"),
        ("f() - - 1", "whether a comment begins at this `-`"),
        ("{-1}", "whether a comment begins at this `{`"),
        ("{- a -} f()", "whether a comment begins at this `{`"),
        ("/// a\n f()", "the text of a comment"),
        ("f() /** a */", "the text of a comment"),
        ("f(r\"\\\", 1)", "a string begins here"),
    ] {
        let message = without_places(source).expect_err(source);
        assert!(message.starts_with(title), "{source}: {message}");
        assert!(message.contains("vera!(r#\"...\"#)"), "{message}");
    }
}

#[test]
fn a_comment_does_not_go_on_in_the_tokens_of_a_macro() {
    let with = TokenStream::from_str("5").expect("a token");
    let of = |source: &str| {
        let (tokens, span) = invocation(source);
        Recovered::new(TokenStream::new(), substituted(tokens, &with), span).map_err(|lost| lost.message)
    };
    for (source, expected) in [
        ("vera! { f(X) }", "f( 5 )"),
        ("vera! { -- a\n f(X) -- b\n - X }", "-- a\n f( 5 ) -- b\n - 5 "),
        ("vera! { X -- b }", "5 -- b "),
        ("vera! { - X {- a -} }", "- 5 {- a -} "),
        // What Rust takes for a comment, and Vera does not.
        ("vera! { X -- /* \n f() -- */ \n }", "5 -- /* \n f() -- */ \n "),
        ("vera! { X -- /* */ -- /*\n */ X }", "5 -- /* */ -- /*\n */ 5"),
    ] {
        let recovered = of(source).expect(source);
        assert_eq!(recovered.text.trim_end(), expected.trim_end(), "{source}");
        assert_eq!(recovered.name, "vera! (macro in line 1)");
    }
    for (source, title) in [
        ("vera! { f() -- a X\n }", "a comment begins at this `--`"),
        ("vera! { {- a X -} }", "a comment begins here"),
        ("vera! { -- /* */ \n X -- /* */ X }", "a comment begins at this `--`"),
    ] {
        let message = of(source).expect_err(source);
        assert!(message.starts_with(title), "{source}: {message}");
    }
}

#[test]
fn tokens_that_say_something_else_than_their_place_have_none() {
    let (tokens, span) = invocation("vera! { f -- a\n g }");
    let renamed = tokens.into_iter().map(|tree| match tree {
        TokenTree::Ident(name) if name == "a" => TokenTree::Ident(proc_macro2::Ident::new("b", name.span())),
        tree => tree,
    });
    let lost = Recovered::new(TokenStream::new(), renamed.collect(), span).expect_err("a comment with a made name");
    assert_eq!(lost.first.source_text().as_deref(), Some("-"));
    assert!(lost.message.starts_with("a comment begins at this `--`"), "{}", lost.message);
}

#[test]
fn arguments_before_the_program_are_no_part_of_it() {
    let source = "vera! { crate = vr, // a\n -- b\n f }";
    let (tokens, span) = invocation(source);
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let (arguments, program) = trees.split_at(4);
    let recovered =
        Recovered::new(arguments.iter().cloned().collect(), program.iter().cloned().collect(), span).expect("known");
    assert_eq!(recovered.text, " ".repeat(19) + " // a\n -- b\n f ");
}
