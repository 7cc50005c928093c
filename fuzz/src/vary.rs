//! Varying texts by words and brackets: what comes out still looks much like a program, and so gets past the parser.

use crate::WORDS;
use libfuzzer_sys::fuzzer_mutate;
use std::ops::Range;

/// Varies an input of `size` bytes in place, by at most `max_size` bytes. Gives back how many it has then.
pub fn vary(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let mut numbers = Numbers(u64::from(seed));
    let text = match std::str::from_utf8(&data[..size]) {
        // The fuzzer's own ways find the others, and are all there is for what is no text.
        Ok(text) if !text.starts_with('\0') && numbers.below(4) > 0 => text,
        _ => return fuzzer_mutate(data, size, max_size),
    };
    let mut text = text.to_owned();
    for _ in 0..=numbers.below(3) {
        step(&mut text, &mut numbers);
    }
    let end = text.floor_char_boundary(max_size.min(data.len()));
    data[..end].copy_from_slice(&text.as_bytes()[..end]);
    end
}

/// One change.
fn step(text: &mut String, numbers: &mut Numbers) {
    let words = words(text);
    if words.is_empty() {
        return text.push_str(numbers.word());
    }
    let first = numbers.below(words.len());
    let at = words[first].clone();
    // From there to a word that is not far.
    let upto = (first + numbers.below(12)).min(words.len() - 1);
    let part = at.start..words[upto].end;
    match numbers.below(8) {
        // One of the language.
        0 => text.replace_range(at, numbers.word()),
        1 => text.insert_str(at.start, &format!(" {} ", numbers.word())),
        // One of the program.
        2 => {
            let word = text[words[numbers.below(words.len())].clone()].to_owned();
            text.replace_range(at, &word);
        }
        3 => text.replace_range(at, ""),
        4 => {
            let again = format!(" {}", &text[part.clone()]);
            text.insert_str(part.end, &again);
        }
        5 => text.replace_range(part, ""),
        // Brackets with what is in them, in the place of a word or of other brackets.
        _ => {
            let groups: Vec<Range<usize>> = words.iter().filter_map(|word| group(text, &words, word)).collect();
            if groups.is_empty() {
                return;
            }
            let part = text[groups[numbers.below(groups.len())].clone()].to_owned();
            let place = if numbers.below(3) == 0 { at } else { groups[numbers.below(groups.len())].clone() };
            text.replace_range(place, &part);
        }
    }
}

/// The words of a text, near enough: names and numbers, slots, strings, comments, and symbols.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let rest = &bytes[at..];
        let while_ = |holds: &dyn Fn(u8) -> bool| rest.iter().position(|&byte| !holds(byte)).unwrap_or(rest.len());
        let length = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'@' => {
                1 + rest[1..]
                    .iter()
                    .position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')
                    .unwrap_or(rest.len() - 1)
            }
            b'"' => rest[1..].iter().position(|&byte| byte == b'"').map_or(1, |length| length + 2),
            b'-' if rest.starts_with(b"--") => while_(&|byte| byte != b'\n'),
            byte if byte.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            byte if byte.is_ascii() => 1,
            _ => while_(&|byte| !byte.is_ascii()),
        };
        words.push(at..at + length);
        at += length;
    }
    words
}

/// From an opening bracket to the one that closes it.
fn group(text: &str, words: &[Range<usize>], open: &Range<usize>) -> Option<Range<usize>> {
    let is_open = |word: &str| matches!(word, "(" | "[" | "{");
    if !is_open(&text[open.clone()]) {
        return None;
    }
    let first = words.partition_point(|word| word.start < open.start);
    let mut depth = 0;
    for word in &words[first..] {
        match &text[word.clone()] {
            word if is_open(word) => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(open.start..word.end);
        }
    }
    None
}

/// A sequence of numbers that look random.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    /// A word of the language.
    fn word(&mut self) -> &'static str {
        WORDS[self.below(WORDS.len())]
    }
}
