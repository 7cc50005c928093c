use super::super::selector;
use super::*;
use crate::limits::Limits;
use std::borrow::Cow;

/// A document by its tags: `a` opens an element of that name, `/` closes one, `+x` gives the open one a class.
fn document(tags: &str) -> Document<'_> {
    let mut document = Document::empty();
    let mut open: Vec<(usize, usize)> = Vec::new();
    for tag in tags.split_whitespace() {
        if tag == "/" {
            open.pop();
        } else if let Some(class) = tag.strip_prefix('+') {
            document.give(open.last().unwrap().0, Cow::Borrowed("class"), Cow::Borrowed(class));
        } else {
            let index = document.elements.len();
            let (parent, previous) = match open.last_mut() {
                Some((parent, last)) => (*parent, std::mem::replace(last, index)),
                None => (NONE, NONE),
            };
            document.add(tag, parent, previous);
            open.push((index, NONE));
        }
    }
    document
}

fn meter(fuel: u64) -> Meter {
    let meter = Meter::new(&Limits { fuel: Some(fuel), ..Limits::default() });
    meter.set_fuel(fuel);
    meter
}

fn matches(document: &Document<'_>, selector: &str) -> Option<Vec<usize>> {
    let meter = meter(u64::MAX);
    let selectors = selector::parse(&meter, selector).unwrap()?;
    Some(Matcher::new(document, &meter).list(selectors.slice()).unwrap().ones().collect())
}

#[test]
fn every_kind_of_selector() {
    // 0 main, 1 ul, 2..=5 li (4 has a class), 6 p, 7 b, 8 i, 9 p
    let page = document("main ul li / li / li +x / li / / p b / i / / p / /");
    let cases: [(&str, &[usize]); 34] = [
        ("li", &[2, 3, 4, 5]),
        ("LI", &[2, 3, 4, 5]),
        ("*", &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
        ("main > p", &[6, 9]),
        ("main p i", &[8]),
        ("main i", &[8]),
        ("ul ~ p", &[6, 9]),
        ("ul + p", &[6]),
        ("ul + p > b + i", &[8]),
        ("b ~ b", &[]),
        ("li.x", &[4]),
        (".x ~ li, b", &[5, 7]),
        ("[class]", &[4]),
        ("[class^=x]", &[4]),
        ("[class=X i]", &[4]),
        ("[class*=X i]", &[4]),
        ("[*|class]", &[4]),
        ("|li", &[]),
        ("*|li", &[2, 3, 4, 5]),
        ("li:first-child", &[2]),
        ("li:last-child", &[5]),
        ("li:nth-child(2n+1)", &[2, 4]),
        ("li:nth-last-child(-n+2)", &[4, 5]),
        ("p:nth-of-type(2)", &[9]),
        ("p:last-of-type, p:first-of-type", &[6, 9]),
        (":only-child, :only-of-type", &[0, 1, 7, 8]),
        (":empty", &[2, 3, 4, 5, 7, 8, 9]),
        ("li:not(.x, :first-child)", &[3, 5]),
        (":is(ul, p) > :where(li, i)", &[2, 3, 4, 5, 8]),
        ("main > :has(> .x)", &[1]),
        (":has(i)", &[0, 6]),
        ("p:has(+ p), li:has(~ .x)", &[2, 3, 6]),
        (":root, :scope", &[]),
        // The end of the text closes what is open.
        ("[class", &[4]),
    ];
    for (selector, expected) in cases {
        assert_eq!(matches(&page, selector).as_deref(), Some(expected), "{selector}");
    }
    for bad in ["", "a,", "::before", ":hover", "a >", "li:nth-child(2 of .x)", "ns|a", "&"] {
        assert_eq!(matches(&page, bad), None, "{bad}");
    }
}

#[test]
fn sets_have_as_many_elements_as_the_document() {
    for len in [1, 63, 64, 65, 128, 130] {
        let tags = format!("u {}", "b / ".repeat(len - 1));
        assert_eq!(matches(&document(&tags), "*").unwrap().len(), len);
        assert_eq!(matches(&document(&tags), ":not(*)").unwrap().len(), 0);
    }
}

#[test]
fn work_grows_with_the_document_and_with_the_selector() {
    let work = |document: &Document<'_>, selector: &str| {
        const FUEL: u64 = 1 << 40;
        let meter = meter(FUEL);
        let selectors = selector::parse(&meter, selector).unwrap().unwrap();
        Matcher::new(document, &meter).list(selectors.slice()).unwrap();
        FUEL - meter.fuel().unwrap()
    };
    let siblings = |n: usize| format!("u {}", "i / ".repeat(n));
    let nested = |n: usize| "i ".repeat(n);
    let shapes: [(&dyn Fn(usize) -> String, &str); 8] = [
        (&siblings, "b ~ i"),
        (&siblings, "i ~ i ~ i"),
        (&siblings, "i:nth-last-of-type(2n)"),
        (&siblings, "i:has(~ b)"),
        (&nested, "b i i i"),
        (&nested, "i i i i"),
        (&nested, "i:has(b)"),
        (&nested, ":not(i i) i"),
    ];
    for (shape, selector) in shapes {
        let (small, large) = (shape(2000), shape(4000));
        let (small, large) = (work(&document(&small), selector), work(&document(&large), selector));
        assert!(large <= 3 * small, "{selector}: {small} then {large}");
    }
    let page = nested(1000);
    let page = document(&page);
    let (short, long) = (work(&page, &"i ".repeat(100)), work(&page, &"i ".repeat(200)));
    assert!(long <= 3 * short, "{short} then {long}");
}

#[test]
fn long_and_nested_selectors_end_the_call() {
    let page = document("b b b / / /");
    assert!(matches(&page, &"b ".repeat(30_000)).unwrap().is_empty());
    assert_eq!(matches(&page, &format!("{}b{}", ":not(".repeat(60), ")".repeat(60))).unwrap(), [0, 1, 2]);
    let meter = meter(u64::MAX);
    for text in ["b ".repeat(900_000), ":not(".repeat(100), ":is(a, [".repeat(10_000)] {
        assert!(selector::parse(&meter, &text).is_err());
    }
}
