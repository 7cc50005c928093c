use super::Decimal;
use std::collections::HashSet;

fn read(text: &str) -> Option<String> {
    text.parse::<Decimal>().ok().map(|number| number.to_string())
}

#[test]
fn text_is_read_and_written_as_the_language_does() {
    let cases = [
        ("1.50", "1.50"),
        ("-0", "-0"),
        ("+.5", "0.5"),
        ("5.", "5"),
        ("00012.30", "12.30"),
        ("1e3", "1E+3"),
        ("1.5E-7", "1.5E-7"),
        ("0.000001", "0.000001"),
        ("0.0000001", "1E-7"),
        ("0e-7", "0E-7"),
        ("0.00e-7", "0E-9"),
        ("00e5", "0E+5"),
        ("-0e-3", "-0.000"),
        ("  2.5\n", "2.5"),
        ("1e0000000000000000000001", "1E+1"),
        ("1e-0", "1"),
        ("0.1e-999999", "1E-1000000"),
        ("123456789012345678901234567890.5", "123456789012345678901234567890.5"),
        ("0.0000000000000000000000000000000000012", "1.2E-36"),
        ("NaN", "NaN"),
        ("-Infinity", "-Infinity"),
    ];
    for (text, written) in cases {
        assert_eq!(read(text).as_deref(), Some(written), "{text}");
    }
    for text in [
        "",
        ".",
        "-",
        "e5",
        ".e5",
        "1e",
        "1e+",
        "1e1000000",
        "1e-1000000",
        "1_000",
        "1.2.3",
        "+-1",
        "- 1",
        "1,5",
        "٣",
        "nan",
        "0x10",
        "1 2",
        "1e99999999999999999999999",
    ] {
        assert_eq!(read(text), None, "{text}");
    }
}

#[test]
fn floats() {
    for (float, text) in
        [(0.1, "0.1"), (100.0, "100.0"), (-0.0, "-0.0"), (1e16, "1E+16"), (1e-5, "0.00001"), (1e22, "1E+22")]
    {
        assert_eq!(Decimal::from_f64(float).to_string(), text);
        assert_eq!(Decimal::from_f64(float).to_f64().to_bits(), float.to_bits());
    }
    assert!(Decimal::from_f64(f64::NAN).is_nan() && Decimal::NAN.to_f64().is_nan());
    assert_eq!(Decimal::from_f64(f64::NEG_INFINITY), Decimal::NEG_INFINITY);
    assert_eq!("1e400".parse::<Decimal>().map(|number| number.to_f64()), Ok(f64::INFINITY));
}

#[test]
fn numbers_compare_by_value() {
    let ascending = [
        "-Infinity",
        "-1e999999",
        "-12.5",
        "-12",
        "-1e-999999",
        "0",
        "1e-999999",
        "0.09",
        "0.1",
        "0.11",
        "9",
        "10",
        "1e2",
        "123456789012345678901234567890",
        "123456789012345678901234567891",
        "1e999999",
        "Infinity",
        "NaN",
    ];
    let numbers: Vec<Decimal> = ascending.iter().map(|text| text.parse().expect("a decimal")).collect();
    assert!(numbers.is_sorted_by(|a, b| a < b));
    let equal = ["1000", "1000.0", "1e3", "0.1e4", "1000.00000000000000000000000000000000"];
    let distinct: HashSet<Decimal> = equal.iter().map(|text| text.parse().expect("a decimal")).collect();
    assert_eq!(distinct.len(), 1);
    assert_eq!("-0.00".parse::<Decimal>(), "0e5".parse());
    assert_eq!(Decimal::NAN, Decimal::NAN);
}

#[test]
fn exponents_are_those_of_the_language() {
    assert!(Decimal::new(false, 1, 999_999_999_999_999_999).is_some());
    assert!(Decimal::new(false, 10, 999_999_999_999_999_999).is_none());
    assert!(Decimal::new(false, 1, -1_000_000_000_000_000_026).is_some());
    assert!(Decimal::new(false, 1, i64::MIN).is_none());
    assert!(Decimal::new(false, u128::MAX, i64::MAX).is_none());
}

#[test]
fn integers() {
    assert_eq!(Decimal::from(i64::MIN).to_string(), "-9223372036854775808");
    assert_eq!(Decimal::from(u64::MAX).to_string(), "18446744073709551615");
    assert_eq!(
        format!("{:>6}|{:+}|{:?}", Decimal::from(12), Decimal::from(12), Decimal::from(-3)),
        "    12|+12|Decimal(-3)"
    );
}
