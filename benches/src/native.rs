//! The benchmarks in Rust, doing the same work with the containers that a Rust programmer would use.
//!
//! Integers are `i64` with overflow checks (the manifest of the workspace turns them on for this package), as in Vera.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::collections::HashMap;
use std::hint::black_box;

pub(crate) fn fib(n: i64) -> i64 {
    if n < 2 { n } else { fib(n - 1) + fib(n - 2) }
}

pub(crate) fn sum(n: i64) -> i64 {
    let (mut i, mut total) = (n, 0i64);
    while i != 0 {
        total += black_box(i);
        i -= 1;
    }
    total
}

pub(crate) fn congruential(n: i64) -> i64 {
    let (mut rest, mut x, mut total) = (n, 42i64, 0i64);
    while rest != 0 {
        x = (x * 1_103_515_245 + 12_345) % 2_147_483_648;
        total += x % 1000;
        rest -= 1;
    }
    total
}

pub(crate) fn collatz(n: i64) -> i64 {
    let mut total = 0i64;
    for start in (1..=n).rev() {
        let (mut value, mut steps) = (start, 0i64);
        while value != 1 {
            value = if value % 2 == 0 { value / 2 } else { 3 * value + 1 };
            steps += 1;
        }
        total += steps;
    }
    total
}

pub(crate) fn mandelbrot(n: i64) -> i64 {
    let mut total = 0i64;
    for pixel in (0..n * n).rev() {
        let cx = (pixel % n) as f64 / n as f64 * 3.0 - 2.0;
        let cy = (pixel / n) as f64 / n as f64 * 2.0 - 1.0;
        let (mut x, mut y, mut steps) = (0.0f64, 0.0f64, 0i64);
        while steps != 100 {
            let (x2, y2) = (x * x, y * y);
            if x2 + y2 > 4.0 {
                break;
            }
            (x, y) = (x2 - y2 + cx, 2.0 * x * y + cy);
            steps += 1;
        }
        total += steps;
    }
    total
}

pub(crate) fn array_pipeline(n: i64) -> i64 {
    let numbers: Vec<i64> = black_box((0..n).collect());
    let mapped: Vec<i64> = black_box(numbers.iter().map(|x| x * 3 + 1).collect());
    let kept: Vec<i64> = black_box(mapped.into_iter().filter(|x| x % 2 == 0).collect());
    kept.iter().fold(0, |total, x| (total + x) % 1_000_003)
}

pub(crate) fn array_index(n: i64) -> i64 {
    let numbers: Vec<i64> = black_box((0..n).collect());
    let mut total = 0i64;
    for _ in 0..10 {
        for index in (0..n).rev() {
            total = (total * 31 + numbers[index as usize]) % 1_000_003;
        }
    }
    total
}

pub(crate) fn array_append(n: i64) -> i64 {
    let mut squares = Vec::new();
    for i in 0..n {
        squares.push(i * i);
    }
    black_box(squares).iter().sum()
}

pub(crate) fn sort(n: i64) -> i64 {
    let mut numbers: Vec<i64> = (0..n).map(|x| ((x * 7919 + 104_729) % 1_000_003 * 31) % 1_000_003).collect();
    numbers.sort();
    numbers.iter().fold(0, |total, x| (total * 31 + x) % 1_000_003)
}

enum Tree {
    Leaf,
    Node(Box<Tree>, i64, Box<Tree>),
}

fn make_tree(depth: i64) -> Box<Tree> {
    Box::new(if depth == 0 { Tree::Leaf } else { Tree::Node(make_tree(depth - 1), depth, make_tree(depth - 1)) })
}

fn check_tree(tree: &Tree) -> i64 {
    match tree {
        Tree::Leaf => 1,
        Tree::Node(left, value, right) => check_tree(left) + value + check_tree(right),
    }
}

pub(crate) fn trees(depth: i64) -> i64 {
    (0..20).map(|_| check_tree(black_box(&*make_tree(depth)))).sum()
}

/// Cells in boxes; without recursion when it is dropped.
struct List(Option<Box<Cell>>);

struct Cell {
    value: i64,
    tail: Option<Box<Cell>>,
}

impl Drop for List {
    fn drop(&mut self) {
        let mut rest = self.0.take();
        while let Some(mut cell) = rest {
            rest = cell.tail.take();
        }
    }
}

impl List {
    fn values(&self) -> impl Iterator<Item = i64> {
        std::iter::successors(self.0.as_deref(), |cell| cell.tail.as_deref()).map(|cell| cell.value)
    }
}

/// The list whose last element is given first.
fn build_list(values: impl Iterator<Item = i64>) -> List {
    let mut list = List(None);
    for value in values {
        list = List(Some(Box::new(Cell { value, tail: list.0.take() })));
    }
    list
}

fn reverse_list(list: &List) -> List {
    build_list(list.values())
}

fn increment_list(list: &List) -> List {
    fn increment(cell: Option<&Cell>) -> Option<Box<Cell>> {
        let cell = cell?;
        Some(Box::new(Cell { value: cell.value + 1, tail: increment(cell.tail.as_deref()) }))
    }
    List(increment(list.0.as_deref()))
}

fn hash_list(list: &List, seed: i64) -> i64 {
    list.values().fold(seed, |hash, value| (hash * 31 + value) % 1_000_003)
}

pub(crate) fn list(n: i64) -> i64 {
    (0..5).fold(0, |hash, _| {
        let reversed = reverse_list(&build_list((1..=n).rev()));
        hash_list(&increment_list(&reversed), hash)
    })
}

pub(crate) fn list_tail(n: i64) -> i64 {
    (0..5).fold(0, |hash, _| hash_list(&reverse_list(&build_list((1..=n).rev())), hash))
}

pub(crate) fn str_concat(n: i64) -> i64 {
    let mut text = String::new();
    for i in (1..=n).rev() {
        text.push_str(&format!("{},", i % 10));
    }
    black_box(text).len() as i64
}

pub(crate) fn str_chars(n: i64) -> i64 {
    let bytes = black_box("ab3 Xy7,9z".repeat(n as usize / 10)).into_bytes();
    let mut total = 0i64;
    for _ in 0..10 {
        for index in (0..bytes.len()).rev() {
            total = (total * 31 + i64::from(bytes[index])) % 1_000_003;
        }
    }
    let digits = bytes.iter().map(|byte| (*byte as char).to_string()).filter(|c| c.as_bytes()[0].is_ascii_digit());
    total + digits.count() as i64
}

pub(crate) fn map(n: i64) -> i64 {
    let mut map: HashMap<String, i64> = HashMap::new();
    for i in 0..n {
        map.insert(format!("k{i}"), i);
    }
    (0..n).rev().map(|i| map.get(&format!("k{i}")).copied().unwrap_or(0)).sum()
}

pub(crate) fn json_numbers(n: i64) -> i64 {
    let text = format!("[{}]", (0..n).map(|x| x.to_string()).collect::<Vec<_>>().join(","));
    let value: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    value.as_array().map_or(0, |items| items.iter().filter_map(serde_json::Value::as_i64).sum())
}

pub(crate) fn json_objects(n: i64) -> i64 {
    let objects = (0..n).map(|i| format!("{{\"id\":{i},\"name\":\"item {i}\",\"tags\":[\"a\",\"b\"],\"ok\":true}}"));
    let text = format!("[{}]", objects.collect::<Vec<_>>().join(","));
    let value: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    value.as_array().map_or(0, |items| items.iter().filter_map(|item| item["id"].as_i64()).sum())
}

pub(crate) fn json_stringify(n: i64) -> i64 {
    let rows = (0..n).map(|i| serde_json::json!([i, format!("item {i}"), true, serde_json::Value::Null]));
    serde_json::Value::Array(rows.collect()).to_string().len() as i64
}

fn html_text_length(source: &str) -> i64 {
    let document = scraper::Html::parse_fragment(source);
    document.root_element().text().map(|text| text.len() as i64).sum()
}

pub(crate) fn html_siblings(n: i64) -> i64 {
    html_text_length(&format!("<div>{}</div>", "<p class=\"c\">text</p>".repeat(n as usize)))
}

pub(crate) fn html_deep(n: i64) -> i64 {
    html_text_length(&format!("{}x{}", "<div>".repeat(n as usize), "</div>".repeat(n as usize)))
}

pub(crate) fn markdown(n: i64) -> i64 {
    let section = "## Heading\n\nA paragraph with *emphasis*, **bold** and [a link](http://x.y/z).\n\n- one\n- two\n\n";
    let text = section.repeat(n as usize);
    let events: Vec<_> = pulldown_cmark::Parser::new(&text).collect();
    black_box(events).len() as i64
}

pub(crate) fn depth(n: i64) -> i64 {
    if n == 0 { 0 } else { 1 + depth(black_box(n - 1)) }
}

pub(crate) fn state(n: i64) -> i64 {
    let cell = std::cell::Cell::new(0i64);
    for i in (1..=n).rev() {
        black_box(&cell).set(cell.get() + i);
    }
    cell.get()
}

pub(crate) fn decimal(n: i64) -> i64 {
    let quarter = black_box(Decimal::new(25, 2));
    let total: Decimal = (1..=n).rev().map(|i| Decimal::from(i) * quarter).sum();
    (total * Decimal::from(4)).to_i64().unwrap_or_default()
}

pub(crate) fn regex_scan(n: i64) -> i64 {
    let mut text = String::new();
    for i in 0..n {
        text.push_str(&format!("write to user{i}@example.com or call 555-0199 before 2024-01-15\n"));
    }
    let Ok(pattern) = regex::Regex::new(black_box(r"[a-z0-9]+@[a-z]+\.com")) else { return -1 };
    let found: Vec<String> = pattern.find_iter(&text).map(|found| found.as_str().to_owned()).collect();
    found.iter().map(|found| found.len() as i64 + 2).sum()
}

pub(crate) fn word_count(n: i64) -> i64 {
    let mut text = String::new();
    for i in 0..n {
        text.push_str(&format!("the quick word{} jumps over the lazy word{}\n", i % 1000, i * 7 % 1000));
    }
    let mut counts: HashMap<String, i64> = HashMap::new();
    for word in text.split_ascii_whitespace() {
        *counts.entry(word.to_owned()).or_default() += 1;
    }
    counts.len() as i64 + counts.values().sum::<i64>()
}

pub(crate) fn matrix(n: i64) -> i64 {
    let made = |factor: i64| -> Vec<f64> { (0..n * n).map(|i| (i * factor % 10) as f64 / 10.0).collect() };
    let (a, b, n) = (made(7), made(3), n as usize);
    let mut product = Vec::new();
    for index in 0..n * n {
        let (row, column) = (index / n, index % n);
        product.push((0..n).fold(0.0, |sum, i| sum + a[row * n + i] * b[i * n + column]));
    }
    black_box(&product).iter().sum::<f64>().round_ties_even() as i64
}

#[derive(Clone)]
struct Body {
    place: [f64; 2],
    speed: [f64; 2],
    mass: f64,
}

impl Body {
    fn pulled(&self, other: &Body) -> Box<Body> {
        let [x, y] = [other.place[0] - self.place[0], other.place[1] - self.place[1]];
        let square = x * x + y * y + 0.01;
        let pull = other.mass / (square * square.sqrt());
        let speed = [self.speed[0] + x * pull * 0.001, self.speed[1] + y * pull * 0.001];
        Box::new(Body { speed, ..self.clone() })
    }

    fn moved(&self) -> Box<Body> {
        let place = [self.place[0] + self.speed[0] * 0.001, self.place[1] + self.speed[1] * 0.001];
        Box::new(Body { place, ..self.clone() })
    }
}

pub(crate) fn nbody(n: i64) -> i64 {
    let body = |place, speed, mass| Box::new(Body { place, speed, mass });
    let mut a = body([0.0, 0.0], [0.0, 0.0], 1000.0);
    let mut b = body([10.0, 0.0], [0.0, 10.0], 1.0);
    let mut c = body([0.0, 20.0], [-7.0, 0.0], 1.0);
    for _ in 0..n {
        // Each sees the others as they were.
        let next = [a.pulled(&b).pulled(&c).moved(), b.pulled(&c).pulled(&a).moved(), c.pulled(&b).pulled(&a).moved()];
        [a, b, c] = next;
    }
    ((a.place[0] + a.place[1]) * 1_000_000_000.0) as i64
}
