//! Exact numbers, kept as they are written.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;

/// An exact number of any size and precision: what Python's `Decimal` writes, such as `1.10` or `1E+5`.
///
/// It is sent and written with the digits it has; two numbers are equal when they are written alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExactNumber(String);

impl ExactNumber {
    /// Gives the nearest floating-point number.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        self.0.parse().unwrap_or(f64::NAN)
    }

    /// Gives the digits before the point, exponent applied, with a sign where it is negative; `None` for what is no
    /// number, such as `Infinity`.
    #[must_use]
    pub fn truncated(&self) -> Option<String> {
        let (negative, whole, fraction, exponent) = parts(&self.0)?;
        let mut digits = whole.to_owned() + fraction;
        let point = i64::try_from(whole.len()).ok()?.checked_add(exponent)?;
        let point = usize::try_from(point.max(0)).ok()?;
        while digits.len() < point {
            digits.push('0');
        }
        digits.truncate(point);
        let digits = digits.trim_start_matches('0');
        Some(match (digits, negative) {
            ("", _) => "0".to_owned(),
            (digits, true) => format!("-{digits}"),
            (digits, false) => digits.to_owned(),
        })
    }
}

impl fmt::Display for ExactNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ExactNumber {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
        let special =
            ["Infinity", "Inf", "NaN", "sNaN"].iter().any(|word| unsigned.eq_ignore_ascii_case(word));
        if special || parts(text).is_some() {
            return Ok(Self(text.to_owned()));
        }
        Err(Error::Argument(format!("{text:?} is no number")))
    }
}

/// Splits a number into its sign, the digits before and after the point, and the exponent.
fn parts(text: &str) -> Option<(bool, &str, &str, i64)> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, exponent.parse().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    (all_digits(whole) && all_digits(fraction) && !(whole.is_empty() && fraction.is_empty()))
        .then_some((negative, whole, fraction, exponent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits() {
        for text in ["1.10", "-0.0005", "1E+5", "1E-10", ".5", "5.", "+3", "Infinity", "-NaN"] {
            assert_eq!(text.parse::<ExactNumber>().unwrap().to_string(), text);
        }
        for text in ["", ".", "-", "1e", "x", "1 2", "1_000", "0x5"] {
            assert!(text.parse::<ExactNumber>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_whole_part_has_the_exponent_applied() {
        let cases = [
            ("1.99", "1"),
            ("-1.99", "-1"),
            ("1E+5", "100000"),
            ("1.25E1", "12"),
            ("12E-1", "1"),
            ("0.9", "0"),
            ("-0.9", "0"),
            ("5E-9", "0"),
            ("007", "7"),
        ];
        for (text, whole) in cases {
            assert_eq!(text.parse::<ExactNumber>().unwrap().truncated().as_deref(), Some(whole), "{text}");
        }
        assert_eq!("NaN".parse::<ExactNumber>().unwrap().truncated(), None);
    }
}
