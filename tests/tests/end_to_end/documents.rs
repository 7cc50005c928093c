//! Walkers: documents of every shape and size into guest memory, and everything in them found again.

use vera_runtime::error::Limit;
use vera_runtime::{Error, Limits};

vera_runtime::vera!(
    r#"
module documents;

private fn text_length(@HtmlNode -> @Nat)
  requires(true)
  ensures(true)
  effects(pure)
{
  string_length(html_text(@HtmlNode.0))
}

-- Children of the outermost element and bytes of text in them, counted one by one.
public fn html_children(@String -> @Result<Tuple<Int, Nat>, String>)
  requires(true)
  ensures(true)
  effects(pure)
{
  match html_parse(@String.0) {
    Ok(HtmlElement(_, _, @Array<HtmlNode>)) -> Ok(Tuple(array_length(@Array<HtmlNode>.0), array_fold(@Array<HtmlNode>.0, 0, fn(@Nat, @HtmlNode -> @Nat) effects(pure) {
      @Nat.0 + text_length(@HtmlNode.0)
    }))),
    Ok(_) -> Err("not an element"),
    Err(@String) -> Err(@String.0)
  }
}

-- Matches of a selector and bytes of text in them.
public fn html_matches(@String /* text */, @String /* selector */ -> @Result<Tuple<Int, Nat>, String>)
  requires(true)
  ensures(true)
  effects(pure)
{
  match html_parse(@String.1) {
    Ok(@HtmlNode) -> {
      let @Array<HtmlNode> = html_query(@HtmlNode.0, @String.0);
      Ok(Tuple(array_length(@Array<HtmlNode>.0), array_fold(@Array<HtmlNode>.0, 0, fn(@Nat, @HtmlNode -> @Nat) effects(pure) {
        @Nat.0 + text_length(@HtmlNode.0)
      })))
    },
    Err(@String) -> Err(@String.0)
  }
}

private fn number(@Json -> @Int)
  requires(true)
  ensures(true)
  effects(pure)
{
  option_unwrap_or(json_as_int(@Json.0), 0 - 1)
}

public fn json_sum(@String -> @Result<Tuple<Int, Int>, String>)
  requires(true)
  ensures(true)
  effects(pure)
{
  match json_parse(@String.0) {
    Ok(JArray(@Array<Json>)) -> Ok(Tuple(array_length(@Array<Json>.0), array_fold(@Array<Json>.0, 0, fn(@Int, @Json -> @Int) effects(pure) {
      @Int.0 + number(@Json.0)
    }))),
    Ok(_) -> Err("not an array"),
    Err(@String) -> Err(@String.0)
  }
}

public fn json_strings(@String -> @Result<String, String>)
  requires(true)
  ensures(true)
  effects(pure)
{
  match json_parse(@String.0) {
    Ok(JArray(@Array<Json>)) -> Ok(string_join(array_map(@Array<Json>.0, fn(@Json -> @String) effects(pure) {
      option_unwrap_or(json_as_string(@Json.0), "?")
    }), "|")),
    Ok(_) -> Err("not an array"),
    Err(@String) -> Err(@String.0)
  }
}

-- The sum of a member over an array of objects.
public fn json_members(@String /* text */, @String /* key */ -> @Result<Int, String>)
  requires(true)
  ensures(true)
  effects(pure)
{
  match json_parse(@String.1) {
    Ok(JArray(@Array<Json>)) -> Ok(array_fold(@Array<Json>.0, 0, fn(@Int, @Json -> @Int) effects(pure) {
      @Int.0 + option_unwrap_or(json_get_int(@Json.0, @String.0), 0)
    })),
    Ok(_) -> Err("not an array"),
    Err(@String) -> Err(@String.0)
  }
}

-- Looks a key up in an object after making and dropping many other values.
public fn json_lookup_later(@String /* text */, @String /* key */ -> @Option<String>)
  requires(true)
  ensures(true)
  effects(pure)
{
  match json_parse(@String.1) {
    Ok(@Json) -> {
      let @Nat = string_length(string_join(array_map(array_range(0, 2000), fn(@Int -> @String) effects(pure) {
        "filler \(@Int.0)"
      }), ","));
      if @Nat.0 > 0 then {
        json_get_string(@Json.0, @String.0)
      } else {
        None
      }
    },
    Err(@String) -> None
  }
}

public fn json_keys_of(@String -> @Array<String>)
  requires(true)
  ensures(true)
  effects(pure)
{
  match json_parse(@String.0) {
    Ok(@Json) -> json_keys(@Json.0),
    Err(@String) -> []
  }
}

private fn depth_from(@Json, @Nat -> @Nat)
  requires(true)
  ensures(true)
  effects(<Diverge>)
{
  match @Json.0 {
    JArray(@Array<Json>) -> if array_length(@Array<Json>.0) == 0 then {
      @Nat.0 + 1
    } else {
      depth_from(@Array<Json>.0[0], @Nat.0 + 1)
    },
    _ -> @Nat.0
  }
}

public fn json_depth(@String -> @Result<Nat, String>)
  requires(true)
  ensures(true)
  effects(<Diverge>)
{
  match json_parse(@String.0) {
    Ok(@Json) -> Ok(depth_from(@Json.0, 0)),
    Err(@String) -> Err(@String.0)
  }
}

private fn html_depth_from(@HtmlNode, @Nat -> @Nat)
  requires(true)
  ensures(true)
  effects(<Diverge>)
{
  match @HtmlNode.0 {
    HtmlElement(_, _, @Array<HtmlNode>) -> if array_length(@Array<HtmlNode>.0) == 0 then {
      @Nat.0 + 1
    } else {
      html_depth_from(@Array<HtmlNode>.0[0], @Nat.0 + 1)
    },
    _ -> @Nat.0
  }
}

public fn html_depth(@String -> @Result<Nat, String>)
  requires(true)
  ensures(true)
  effects(<Diverge>)
{
  match html_parse(@String.0) {
    Ok(@HtmlNode) -> Ok(html_depth_from(@HtmlNode.0, 0)),
    Err(@String) -> Err(@String.0)
  }
}

-- Headings and paragraphs of a document.
public fn md_count(@String -> @Result<Tuple<Nat, Nat>, String>)
  requires(true)
  ensures(true)
  effects(pure)
{
  match md_parse(@String.0) {
    Ok(MdDocument(@Array<MdBlock>)) -> Ok(array_fold(@Array<MdBlock>.0, Tuple(0, 0), fn(@Tuple<Nat, Nat>, @MdBlock -> @Tuple<Nat, Nat>) effects(pure) {
      let Tuple<@Nat, @Nat> = @Tuple<Nat, Nat>.0;
      match @MdBlock.0 {
        MdHeading(_, _) -> Tuple(@Nat.1 + 1, @Nat.0),
        MdParagraph(_) -> Tuple(@Nat.1, @Nat.0 + 1),
        _ -> Tuple(@Nat.1, @Nat.0)
      }
    })),
    Ok(_) -> Err("not a document"),
    Err(@String) -> Err(@String.0)
  }
}

-- A document read and written again.
public fn json_again(@String -> @Result<String, String>)
  requires(true)
  ensures(true)
  effects(pure)
{
  match json_parse(@String.0) {
    Ok(@Json) -> Ok(json_stringify(@Json.0)),
    Err(@String) -> Err(@String.0)
  }
}
"#
);

fn module(stress: bool) -> documents::Module {
    let mut module = documents::Module::with_limits(Limits::default()).expect("the module starts");
    if stress {
        module.instance_mut().stress().expect("stress mode");
    }
    module
}

/// Runs a test in normal and in stress mode, and checks the heap afterwards.
fn both(test: impl Fn(&mut documents::Module)) {
    for stress in [false, true] {
        let mut module = module(stress);
        test(&mut module);
        module.instance_mut().check_heap().expect("a sound heap");
    }
}

#[test]
fn html_siblings() {
    both(|module| {
        let page = format!("<div>{}</div>", "<p class=\"c\">text</p>".repeat(500));
        assert_eq!(module.html_matches(&page, "p").unwrap(), Ok((500, 2000)));
        assert_eq!(module.html_matches(&page, "div > p.c").unwrap(), Ok((500, 2000)));
    });
}

#[test]
fn json_number_array() {
    both(|module| {
        let text = format!("[{}]", (0..1000).map(|n| n.to_string()).collect::<Vec<_>>().join(", "));
        assert_eq!(module.json_sum(&text).unwrap(), Ok((1000, 499_500)));
    });
}

#[test]
fn json_string_array() {
    both(|module| {
        let words: Vec<String> = (0..500).map(|n| format!("word \\\"{n}\\\" é")).collect();
        let text = format!("[{}]", words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(","));
        let expected = words.iter().map(|word| word.replace('\\', "")).collect::<Vec<_>>().join("|");
        assert_eq!(module.json_strings(&text).unwrap(), Ok(expected));
    });
}

#[test]
fn markdown_sections() {
    both(|module| {
        let text: String =
            (0..200).map(|n| format!("# Heading {n}\n\nA paragraph with *emphasis* and `code`.\n\n")).collect();
        assert_eq!(module.md_count(&text).unwrap(), Ok((200, 200)));
    });
}

#[test]
fn json_object_of_500_keys_after_more_collections() {
    both(|module| {
        let members: Vec<String> = (0..500).map(|n| format!("\"key {n}\": \"value {n}\"")).collect();
        let text = format!("{{{}}}", members.join(","));
        for n in [0, 1, 250, 499] {
            let found = module.json_lookup_later(&text, format!("key {n}")).unwrap();
            assert_eq!(found, Some(format!("value {n}")));
        }
        assert_eq!(module.json_lookup_later(&text, "key 500").unwrap(), None);
        let keys: Vec<String> = (0..500).map(|n| format!("key {n}")).collect();
        assert_eq!(module.json_keys_of(&text).unwrap(), keys);
    });
}

#[test]
fn repeated_keys_keep_the_first_place_and_the_last_value() {
    both(|module| {
        assert_eq!(module.json_again(r#"{"a":1,"b":2,"a":3}"#).unwrap(), Ok(r#"{"a":3,"b":2}"#.into()));
        let many = (0..40).map(|n| format!("\"k{}\":{n}", n % 20)).collect::<Vec<_>>().join(",");
        let expected = (0..20).map(|n| format!("\"k{n}\":{}", n + 20)).collect::<Vec<_>>().join(",");
        assert_eq!(module.json_again(format!("{{{many}}}")).unwrap(), Ok(format!("{{{expected}}}")));
    });
}

#[test]
fn wrong_documents_are_results_not_errors() {
    both(|module| {
        for text in ["", "[1,", "{\"a\" 1}", "nul", "[1] x", "\"\\ud800\"", "[1e999]", "[NaN]"] {
            let outcome = module.json_again(text).unwrap();
            assert!(outcome.is_err(), "{text:?} became {outcome:?}");
        }
    });
}

/// Runs a test with a large document in normal mode and with one of the same shape in stress mode, where every
/// allocation costs a walk over everything that is live.
fn sized(large: usize, stressed: usize, test: impl Fn(&mut documents::Module, usize)) {
    for (stress, count) in [(false, large), (true, stressed)] {
        let mut module = module(stress);
        test(&mut module, count);
        module.instance_mut().check_heap().expect("a sound heap");
    }
}

#[test]
fn ten_thousand_matches() {
    sized(10_000, 600, |module, count| {
        let page = format!("<ul>{}</ul>", "<li><a href=\"/item\">link</a></li>".repeat(count));
        assert_eq!(module.html_matches(&page, "li a").unwrap(), Ok((count as i64, 4 * count as u64)));
    });
}

#[test]
fn a_million_numbers() {
    sized(1_000_000, 3000, |module, count| {
        let text = format!("[{}]", (0..count).map(|n| n.to_string()).collect::<Vec<_>>().join(","));
        let count = count as i64;
        assert_eq!(module.json_sum(&text).unwrap(), Ok((count, count * (count - 1) / 2)));
    });
}

#[test]
fn two_hundred_thousand_objects() {
    sized(200_000, 300, |module, count| {
        let objects =
            (0..count).map(|n| format!("{{\"id\":{n},\"name\":\"item {n}\",\"tags\":[\"a\",\"b\"],\"ok\":true}}"));
        let text = format!("[{}]", objects.collect::<Vec<_>>().join(","));
        let count = count as i64;
        assert_eq!(module.json_members(&text, "id").unwrap(), Ok(count * (count - 1) / 2));
    });
}

#[test]
fn json_nested_a_hundred_thousand_deep() {
    sized(100_000, 1500, |module, depth| {
        let text = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(module.json_depth(&text).unwrap(), Ok(depth as u64));
        assert_eq!(module.json_again(&text).unwrap(), Ok(text));
    });
}

#[test]
fn html_nested_ten_thousand_deep() {
    sized(10_000, 500, |module, depth| {
        let page = format!("{}x{}", "<div>".repeat(depth), "</div>".repeat(depth));
        let found = module.html_depth(&page).unwrap().expect("it parses");
        assert!(found >= depth as u64, "only {found} levels");
    });
}

#[test]
fn two_hundred_thousand_siblings() {
    sized(200_000, 1000, |module, count| {
        let page = format!("<div>{}</div>", "<p>text</p>".repeat(count));
        assert_eq!(module.html_matches(&page, "p").unwrap(), Ok((count as i64, 4 * count as u64)));
    });
}

#[test]
fn twenty_thousand_sections() {
    sized(20_000, 100, |module, count| {
        let text = "## Heading\n\nA paragraph with *emphasis*, **bold** and [a link](http://x.y/z).\n\n".repeat(count);
        assert_eq!(module.md_count(&text).unwrap(), Ok((count as u64, count as u64)));
    });
}

/// Wide documents on a shadow stack of a few thousand slots, deep ones on a thread with a small stack of its own.
#[test]
fn documents_need_roots_and_stack_for_their_depth_only() {
    let numbers = format!("[{}0]", "0,".repeat(99_999));
    let page = format!("<div>{}</div>", "<p>text</p>".repeat(20_000));
    let text = "# Heading\n\nA paragraph.\n\n".repeat(5000);
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let nested = format!("{}x{}", "<div>".repeat(2000), "</div>".repeat(2000));
    let thread = std::thread::Builder::new().stack_size(128 << 10).spawn(move || {
        let small = Limits { shadow_stack: 16 << 10, ..Limits::default() };
        let mut module = documents::Module::with_limits(small).unwrap();
        assert_eq!(module.json_sum(&numbers).unwrap(), Ok((100_000, 0)));
        assert_eq!(module.html_matches(&page, "p").unwrap(), Ok((20_000, 80_000)));
        assert_eq!(module.md_count(&text).unwrap(), Ok((5000, 5000)));
        let error = module.json_depth(&deep).unwrap_err();
        assert!(matches!(&error, Error::Limit(reached) if reached.limit == Limit::ShadowStack(16 << 10)), "{error:?}");
        assert_eq!(module.json_sum("[1, 2]").unwrap(), Ok((2, 3)));

        let mut module = documents::Module::new().unwrap();
        assert_eq!(module.json_depth(&deep).unwrap(), Ok(100_000));
        assert!(module.html_depth(&nested).unwrap().unwrap() >= 2000);
    });
    thread.unwrap().join().unwrap();
}

#[test]
fn limits_on_documents_end_the_call_only() {
    let limits = Limits { nodes: 1000, bytes: 20_000, depth: 100, ..Limits::default() };
    for stress in [false, true] {
        let mut module = documents::Module::with_limits(limits).unwrap();
        if stress {
            module.instance_mut().stress().unwrap();
        }
        let reached = |outcome: Error| match outcome {
            Error::Limit(reached) => reached.limit,
            other => panic!("{other:?}"),
        };
        let number_list = format!("[{}0]", "0,".repeat(1500));
        assert_eq!(reached(module.json_sum(&number_list).unwrap_err()), Limit::Nodes(1000));
        let page = format!("<div>{}</div>", "<p>".repeat(1500));
        assert_eq!(reached(module.html_matches(&page, "p").unwrap_err()), Limit::Nodes(1000));
        assert_eq!(reached(module.md_count("# H\n\n".repeat(1500)).unwrap_err()), Limit::Nodes(1000));
        assert_eq!(reached(module.json_depth("[".repeat(200)).unwrap_err()), Limit::Depth(100));
        assert_eq!(reached(module.html_depth("<div>".repeat(200)).unwrap_err()), Limit::Depth(100));
        assert_eq!(reached(module.md_count("> ".repeat(200)).unwrap_err()), Limit::Depth(100));
        assert_eq!(reached(module.json_sum(" ".repeat(30_000)).unwrap_err()), Limit::Bytes(20_000));
        assert_eq!(module.json_sum("[1, 2]").unwrap(), Ok((2, 3)), "the instance answers the next call");
        module.instance_mut().check_heap().unwrap();
    }
}
