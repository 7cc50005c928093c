//! The built-ins of the host, run by a module with small limits: a result or a typed error, and the instance answers the
//! next call.
//!
//! An input's first byte chooses the limits, its second whether the rest is text or a list of words of the format.

use std::cell::RefCell;
use std::time::Duration;
use vera_compiler::driver::{Options, Source, compile};
use vera_compiler::source::MemoryLoader;
use vera_runtime::error::Error;
use vera_runtime::{Compiled, Function, Instance, Limits, Result};

/// Each function gives what it prints of what it parsed, or why there is nothing.
const PROGRAM: &str = r#"
public fn json(@String -> @Result<String, String>)
  requires(true) ensures(true) effects(pure)
{
  match json_parse(@String.0) { Ok(@Json) -> Ok(json_stringify(@Json.0)), Err(@String) -> Err(@String.0) }
}

public fn html(@String, @String -> @Result<String, String>)
  requires(true) ensures(true) effects(pure)
{
  match html_parse(@String.0) {
    Ok(@HtmlNode) -> Ok(string_concat(html_to_string(@HtmlNode.0), string_join(array_map(
      html_query(@HtmlNode.0, @String.1), fn(@HtmlNode -> @String) effects(pure) { html_text(@HtmlNode.0) }), ","))),
    Err(@String) -> Err(@String.0)
  }
}

public fn markdown(@String -> @Result<String, String>)
  requires(true) ensures(true) effects(pure)
{
  match md_parse(@String.0) { Ok(@MdBlock) -> Ok(md_render(@MdBlock.0)), Err(@String) -> Err(@String.0) }
}
"#;

/// Limits that the walkers run into in different places.
fn limits(choice: u8) -> Limits {
    let all = Limits { native_stack: 1 << 20, shadow_stack: 64 << 10, memory: 64 << 20, ..Limits::default() };
    match choice % 4 {
        0 => Limits { fuel: Some(50_000_000), ..all },
        1 => Limits { fuel: Some(200_000), host_memory: 1 << 20, ..all },
        2 => Limits { host_memory: 64 << 10, memory: 4 << 20, shadow_stack: 16 << 10, ..all },
        _ => Limits { deadline: Some(Duration::from_millis(3)), nodes: 500, bytes: 4096, depth: 40, ..all },
    }
}

type Printed = Result<String, String>;

/// An instance with its functions.
struct Module {
    instance: Instance,
    json: Function<(String,), Printed>,
    html: Function<(String, String), Printed>,
    markdown: Function<(String,), Printed>,
    calls: u32,
}

impl Module {
    fn new(limits: Limits) -> Self {
        thread_local! {
            static COMPILED: Compiled = {
                let source = Source { name: "walkers.vera".into(), text: PROGRAM.into() };
                let compilation = compile(source, &MemoryLoader::new(), &Options::default());
                Compiled::new(compilation.wasm.expect("a correct program"))
            };
        }
        let mut instance = COMPILED.with(|compiled| compiled.instantiate((), limits)).expect("possible limits");
        let json = instance.function("json").expect("a function");
        let html = instance.function("html").expect("a function");
        let markdown = instance.function("markdown").expect("a function");
        Module { instance, json, html, markdown, calls: 0 }
    }

    /// What must hold after every call.
    fn answers(&mut self) {
        let limits = *self.instance.limits();
        match self.instance.call(&self.json, ("[1]",)) {
            Ok(printed) => assert_eq!(printed.as_deref(), Ok("[1]")),
            // The machine was busy.
            Err(Error::Limit(_)) if limits.deadline.is_some() => {}
            Err(error) => panic!("the next call: {error}"),
        }
        self.calls += 1;
        if self.calls % 256 == 0 && limits.fuel.is_none() && limits.deadline.is_none() {
            self.instance.check_heap().expect("a sound heap");
        }
    }
}

/// Runs `f` with an instance of these limits, which is kept.
fn with_module<R>(choice: u8, f: impl FnOnce(&mut Module) -> R) -> R {
    thread_local! {
        static MODULES: RefCell<[Option<Module>; 4]> = const { RefCell::new([const { None }; 4]) };
    }
    MODULES.with_borrow_mut(|modules| {
        let place = &mut modules[usize::from(choice % 4)];
        let module = place.get_or_insert_with(|| Module::new(limits(choice)));
        f(module)
    })
}

/// The result, when there is one; what may be wrong is a limit.
fn checked<T>(outcome: Result<T>) -> Option<T> {
    match outcome {
        Ok(value) => Some(value),
        Err(Error::Limit(_)) => None,
        Err(error) => panic!("{error}"),
    }
}

/// The choice of limits and the text of an input.
fn input(data: &[u8], words: &[&str]) -> Option<(u8, String)> {
    let [choice, kind, rest @ ..] = data else { return None };
    let text = match kind % 2 {
        0 => rest.iter().map(|&byte| words[usize::from(byte) % words.len()]).collect(),
        _ => String::from_utf8_lossy(rest).into_owned(),
    };
    Some((*choice, text))
}

/// `json_parse` and `json_stringify`: they take the texts that are JSON, and what is printed is printed again.
pub fn json(data: &[u8]) {
    const WORDS: &[&str] = &[
        "[", "]", "{", "}", ",", ":", "\"", "\"a\"", "\"b\":", "\\u0041", "\\ud800", "\\udc00", "\\n", "\\", "null", "true",
        "false", "0", "1", "-", ".", "e", "+", "9", "1e308", "0.1", " ", "\n", "é", "\u{1}", "[[[[[[[[", "]]]]]]]]",
        "{\"k\":", "99999999999999999999", "\"k1\":1,", "\"k2\":2,", "\"k3\":3,", "\"k4\":4,",
    ];
    let Some((choice, text)) = input(data, WORDS) else { return };
    with_module(choice, |module| {
        if let Some(printed) = checked(module.instance.call(&module.json, (text.as_str(),))) {
            if text.bytes().filter(|byte| matches!(byte, b'[' | b'{')).count() < 100 {
                let known = vera_runtime::serde_json::from_str::<vera_runtime::serde_json::Value>(&text);
                assert_eq!(printed.is_ok(), known.is_ok(), "{text:?} {printed:?} {known:?}");
            }
            if let Ok(printed) = printed
                && let Some(again) = checked(module.instance.call(&module.json, (printed.as_str(),)))
            {
                assert_eq!(again, Ok(printed));
            }
        }
        module.answers();
    });
}

/// `html_parse`, `html_to_string` and `html_query`: every text is some HTML. The first line is the selector.
pub fn html(data: &[u8]) {
    const WORDS: &[&str] = &[
        "\n", "<", ">", "</", "/>", "<p>", "</p>", "<b>", "</b>", "<i a=1>", "<i b=2>", "</i>", "<table>", "</table>", "<tr>",
        "<td>", "</td>", "<svg>", "</svg>", "<title>", "<template>", "</template>", "<select>", "<option>", "<a>", "</a>",
        "<form>", "<div>", "</div>", "<script>", "</script>", "<!--", "-->", "<![CDATA[", "]]>", "<!doctype html>", "<html>",
        "<body>", "<frameset>", "&amp;", "&#0;", "&notit;", " class='x y'", " id=z", "=", "\"", "'", " ", "x", "é", "\r",
        "\0", "*", "p", "b", ".x", "#z", "[class]", "[a=1 i]", ":not(", ":is(", ":has(", ")", ":nth-child(2n+1)",
        ":last-of-type", ":empty", "+", "~", ",", "\\", "|", "::before", "<math>", "<mi>", "<annotation-xml>", "<li>", "<button>",
        "<h1>", "<nobr>", "<applet>", "<plaintext>", "<textarea>",
    ];
    let Some((choice, text)) = input(data, WORDS) else { return };
    let (selector, page) = text.split_once('\n').unwrap_or(("*", &text));
    with_module(choice, |module| {
        if let Some(printed) = checked(module.instance.call(&module.html, (selector, page))) {
            assert!(printed.is_ok(), "{printed:?}");
        }
        module.answers();
    });
}

/// `md_parse` and `md_render`: every text is some Markdown, and what is printed is some as well.
pub fn markdown(data: &[u8]) {
    const WORDS: &[&str] = &[
        "\n", "\n\n", " ", "    ", "\t", "> ", "- ", "* ", "1. ", "10) ", "# ", "===", "---", "```", "~~~", "`", "``", "*", "**",
        "_", "__", "[", "]", "(", ")", "![", "](", "](<", ">)", "[a]", "[a]: /b 'c'\n", "<", ">", "<div>", "</div>", "<!--",
        "-->", "<http://a>", "|", "|-|", "\n|-|-|\n", "\\", "&amp;", "&", "a", "b", "é", "\r", "\0", "+ ", "<?", "<a b='",
    ];
    let Some((choice, text)) = input(data, WORDS) else { return };
    with_module(choice, |module| {
        if let Some(printed) = checked(module.instance.call(&module.markdown, (text.as_str(),))) {
            let printed = printed.expect("some Markdown");
            if let Some(again) = checked(module.instance.call(&module.markdown, (printed.as_str(),))) {
                assert!(again.is_ok());
            }
        }
        module.answers();
    });
}
