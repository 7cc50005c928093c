//! Numbers of JSON.

/// Powers of ten that are exact.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];
/// Integers up to here are exact.
const EXACT: u64 = 1 << 53;

/// Reads the number at the start of `bytes`: its value and length, or an error with its place.
#[inline]
pub(super) fn read(bytes: &[u8]) -> Result<(f64, usize), (&'static str, usize)> {
    let negative = bytes.first() == Some(&b'-');
    let mut at = usize::from(negative);
    let mut mantissa = 0u64;
    // Digits that do not fit the mantissa make it useless; the exact value is then read from the text.
    let mut fits = true;
    let mut digits = |at: &mut usize| {
        let start = *at;
        while let Some(digit) = bytes.get(*at).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
            fits &= mantissa < EXACT / 10;
            mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(digit));
            *at += 1;
        }
        *at - start
    };
    let leading_zero = bytes.get(at) == Some(&b'0');
    match digits(&mut at) {
        0 => return Err(("expected a digit", at)),
        1 => {}
        _ if leading_zero => return Err(("a number starts with 0", at - 1)),
        _ => {}
    }
    let mut scale = 0i32;
    if bytes.get(at) == Some(&b'.') {
        at += 1;
        match digits(&mut at) {
            0 => return Err(("expected a digit", at)),
            count => scale = -i32::try_from(count).unwrap_or(i32::MAX),
        }
    }
    let mut exponent = false;
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        exponent = true;
        at += 1;
        at += usize::from(matches!(bytes.get(at), Some(b'+' | b'-')));
        if digits(&mut at) == 0 {
            return Err(("expected a digit", at));
        }
    }
    if fits && !exponent && scale >= -22 {
        let value = mantissa as f64 / POWERS[scale.unsigned_abs() as usize];
        return Ok((if negative { -value } else { value }, at));
    }
    // Only ASCII was passed over.
    let value = std::str::from_utf8(&bytes[..at]).ok().and_then(|text| text.parse::<f64>().ok());
    match value {
        Some(value) if value.is_finite() => Ok((value, at)),
        _ => Err(("number out of range", 0)),
    }
}

/// Appends a number as JavaScript prints it: the shortest digits that read back as the same number.
pub(super) fn write(value: f64, out: &mut String) {
    use std::fmt::Write as _;
    // Without the sign of -0.0, as in JavaScript.
    let integer = value as i64;
    if integer as f64 == value && integer.unsigned_abs() < EXACT {
        out.push_str(itoa::Buffer::new().format(integer));
        return;
    }
    // Writing to a string does not fail.
    let _ = if (1e-6..1e21).contains(&value.abs()) {
        write!(out, "{value}")
    } else {
        let text = format!("{value:e}");
        match text.split_once('e') {
            Some((digits, exponent)) if !exponent.starts_with('-') => write!(out, "{digits}e+{exponent}"),
            _ => out.write_str(&text),
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_standard_library_reads() {
        let numbers = [
            "0",
            "-0",
            "1",
            "-1",
            "12",
            "9007199254740991",
            "9007199254740993",
            "18446744073709551616",
            "0.1",
            "-0.5",
            "123.456",
            "0.30000000000000004",
            "1e3",
            "1E-3",
            "1.5e+10",
            "2.2250738585072014e-308",
            "5e-324",
            "1.7976931348623157e308",
            "0.00000000000000000000000000001",
            "123456789012345678901234567890.5",
            "3.141592653589793",
            "100000000000000000000000",
        ];
        for text in numbers {
            let with_more = format!("{text},");
            assert_eq!(
                read(with_more.as_bytes()).map(|(v, len)| (v.to_bits(), len)),
                Ok((text.parse::<f64>().unwrap().to_bits(), text.len())),
                "{text}"
            );
        }
        for text in ["-", "01", "1.", ".5", "1e", "1e+", "1e999", "-1e999"] {
            assert!(read(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn writes_what_javascript_writes() {
        let cases = [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (-1.5, "-1.5"),
            (1e21, "1e+21"),
            (1e20, "100000000000000000000"),
            (123_456_789_012_345_680_000.0, "123456789012345680000"),
            (1e-6, "0.000001"),
            (1e-7, "1e-7"),
            (1.5e-7, "1.5e-7"),
            (5e-324, "5e-324"),
            (f64::MAX, "1.7976931348623157e+308"),
            (0.1 + 0.2, "0.30000000000000004"),
            (9_007_199_254_740_993.0, "9007199254740992"),
        ];
        for (value, text) in cases {
            let mut out = String::new();
            write(value, &mut out);
            assert_eq!(out, text);
        }
    }
}
