use super::bounds::MAX_LONG_NAMES;
use super::*;
use crate::error::Limit;
use crate::limits::Limits;

/// The work of parsing a text, in units.
fn work(text: &str) -> Result<u64> {
    const FUEL: u64 = 1 << 40;
    let meter = Meter::new(&Limits { fuel: Some(FUEL), ..Limits::default() });
    meter.set_fuel(FUEL);
    build(&meter, text, false)?;
    Ok(FUEL - meter.fuel().unwrap_or_default())
}

fn limit(text: &str) -> Limit {
    match work(text) {
        Err(Error::Limit(reached)) => reached.limit,
        other => panic!("{other:?}"),
    }
}

/// A tree as text: names with children in brackets, texts and comments in quotes.
fn shown(tree: &Tree, node: NodeId, out: &mut String) {
    match tree.data(node) {
        Data::Document | Data::Fragment => out.push('#'),
        Data::Element(element) => {
            out.push_str(&element.name.local);
            element.attributes.iter().for_each(|a| out.push_str(&format!(" {}={}", a.name.local, a.value)));
        }
        Data::Text(text) | Data::Comment(text) => out.push_str(&format!("{text:?}", text = &**text)),
    }
    out.push('(');
    tree.children(node).for_each(|child| shown(tree, child, out));
    out.push(')');
}

fn tree(text: &str, pieces: bool) -> String {
    let meter = Meter::new(&Limits::default());
    let watch = Watch::new(&meter);
    let parser = parser(&watch, text, false);
    if pieces {
        feed_pieces(&parser, &watch, text).unwrap();
    } else {
        assert!(feed_chunks(&parser, &watch, text).unwrap());
    }
    let tree = finish(parser, &watch).unwrap();
    let mut out = String::new();
    shown(&tree, Tree::DOCUMENT, &mut out);
    out
}

#[test]
fn pieces_and_chunks_give_the_same_tree() {
    let texts = [
        "<p a=1 b>x<b>y</p>z<!-- c < d > e --><br/>&amp;&ampx<",
        "<script>if (a<b && c>d) {}</script><textarea><p></textarea>",
        "<table><tr><td>1<p>2</table>after<b><i></b>x</i>",
        "<svg><title><p>x</svg><![CDATA[y]]>\u{feff}z\r\n\r",
        "<<p><</p></ x><?y?><!doctype html>",
        "<a<b c='>' d=\"<\">é</a>",
        "<template><tr><td>x</template>",
    ];
    for text in texts {
        let long = text.repeat(200);
        assert_eq!(tree(&long, true), tree(&long, false), "{text}");
    }
}

#[test]
fn work_grows_with_the_text() {
    let cases: [fn(usize) -> String; 6] = [
        |n| "<br>".repeat(n),
        |n| "<p>a".repeat(n),
        |n| "a < b & c ".repeat(n),
        |n| "<i></b>".repeat(n.min(1000)),
        |n| (0..n).map(|n| format!("<x-long-name-{n}>{n}</x-long-name-{n}>")).collect(),
        |n| (0..n).map(|n| format!("<p class=c{n} id=i{n} title='{n}'>{n}</p>")).collect(),
    ];
    for (case, make) in cases.iter().enumerate() {
        let (one, two) = (work(&make(2000)).unwrap(), work(&make(4000)).unwrap());
        assert!(two <= 3 * one, "case {case}: {one} then {two}");
    }
}

#[test]
fn what_is_open_is_bounded() {
    let open = Limit::Document { most: MAX_OPEN as u64, of: "open elements" };
    assert_eq!(limit(&"<svg>".repeat(20_000)), open);
    // Every paragraph repeats all formatting elements before it.
    let text: String = (0..2000).map(|n| format!("<b a={n}>x<p>")).collect();
    let most = (text.len() * NODES_OF_BYTE + NODES_OF_ANY) as u64;
    assert_eq!(limit(&text), Limit::Document { most, of: "nodes for a text of this length" });
    assert!(work(&"<div>".repeat(MAX_OPEN - 10)).is_ok());
}

#[test]
fn attributes_are_bounded() {
    let attributes = Limit::Document { most: MAX_ATTRIBUTES as u64, of: "attributes of one element" };
    let many = |from: usize, to: usize| (from..to).map(|n| format!(" a{n}='>'")).collect::<String>();
    assert_eq!(limit(&format!("<p{}>", many(0, 100_000))), attributes);
    assert_eq!(limit(&format!("text<!-- c --><p{}", many(0, 100_000))), attributes);
    assert_eq!(limit(&format!("</p{}>", many(0, 100_000))), attributes);
    assert!(work(&format!("<p{}>", many(0, 4000))).is_ok());
    // Added to the same element later.
    let later: String = (0..100).map(|n| format!("<html{}>", many(n * 100, n * 100 + 100))).collect();
    let meter = Meter::new(&Limits::default());
    assert!(matches!(build(&meter, &later, true), Err(Error::Limit(reached)) if reached.limit == attributes));
    // Long tokens that have no attributes.
    for text in [
        format!("<!--{}-->", " word".repeat(100_000)),
        format!("<p title='{}'>", " M 1 2".repeat(100_000)),
        format!("<script>a<b{}</script>", " word".repeat(100_000)),
        format!("<script><!-- <p{}</script>", " word".repeat(100_000)),
    ] {
        assert!(work(&text).is_ok(), "{}", &text[..20]);
    }
}

#[test]
fn names_are_bounded() {
    let names: String = (0..MAX_LONG_NAMES + 10).map(|n| format!("<unusual-{n}></unusual-{n}>")).collect();
    assert_eq!(limit(&names), Limit::Document { most: MAX_LONG_NAMES as u64, of: "different names" });
}

#[test]
fn memory_is_counted() {
    let meter = Meter::new(&Limits { host_memory: 1 << 20, ..Limits::default() });
    for text in ["<br>", "x<!--c-->", "<p a=b>", "<b a=c><p>"] {
        let outcome = build(&meter, &text.repeat(100_000), false);
        assert!(matches!(outcome, Err(Error::Limit(reached)) if reached.limit == Limit::HostMemory(1 << 20)), "{text}");
        meter.release(0);
    }
}

/// Wherever the memory ends, html5ever can finish its token: it does not panic, and it ends.
#[test]
fn any_limit_ends_a_parse() {
    let block = "<i a=1><p><i a=1><nobr><a><i b=2><table><a><table>&#0;<tr><p><i a=1></i><i b=2><table><a></a><nobr>";
    let text = block.repeat(8);
    let mut ended = 0;
    for host_memory in (500..60_000).step_by(50) {
        match build(&Meter::new(&Limits { host_memory, ..Limits::default() }), &text, false) {
            Ok(_) => {}
            Err(Error::Limit(_)) => ended += 1,
            Err(error) => panic!("{error} with {host_memory} bytes"),
        }
    }
    assert!(ended > 300, "only {ended} parses met the limit");
}
