//! Points in hundredths, as integers: sums agree to the last digit wherever they are made.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Sub};

use serde::{Deserialize, Serialize};

/// The largest number of points that is accepted, in whole points.
pub const MOST_POINTS: i64 = 1000;

/// Points, in hundredths.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(try_from = "String", into = "String")]
pub struct Points(i64);

impl Points {
    /// No points.
    pub const ZERO: Points = Points(0);
    /// A hundred points.
    pub const FULL: Points = Points(10_000);

    /// So many whole points.
    pub const fn whole(points: i64) -> Points {
        Points(points * 100)
    }

    /// So many hundredths.
    pub const fn hundredths(hundredths: i64) -> Points {
        Points(hundredths)
    }

    /// In hundredths.
    pub const fn in_hundredths(self) -> i64 {
        self.0
    }

    /// A decimal number with at most two places, such as `5`, `0.1` or `12.75`.
    pub fn parse(text: &str) -> Option<Points> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => (-1, digits),
            None => (1, text),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || whole.len() > 9 || part.len() > 2 || !plain(whole) || !plain(part) {
            return None;
        }
        let whole: i64 = whole.parse().ok()?;
        let part: i64 = format!("{part:0<2}").parse().ok()?;
        Some(Points(sign * (whole * 100 + part)))
    }

    /// `self × numerator ÷ denominator`, rounded half away from zero; zero where nothing is
    /// divided by nothing.
    pub fn share(self, numerator: i64, denominator: i64) -> Points {
        let product = i128::from(self.0) * i128::from(numerator);
        let denominator = i128::from(denominator);
        if denominator == 0 {
            return Points::ZERO;
        }
        let twice = 2 * product.abs() + denominator.abs();
        let rounded = twice / (2 * denominator.abs());
        let signed = rounded * product.signum() * denominator.signum();
        Points(i64::try_from(signed).unwrap_or(i64::MAX))
    }

    /// `self`, so many times.
    pub fn times(self, count: usize) -> Points {
        Points(
            self.0
                .saturating_mul(i64::try_from(count).unwrap_or(i64::MAX)),
        )
    }
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let hundredths = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", hundredths / 100, hundredths % 100)
    }
}

impl TryFrom<String> for Points {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Points::parse(&text).ok_or_else(|| format!("{text:?} is no number of points"))
    }
}

impl From<Points> for String {
    fn from(points: Points) -> String {
        points.to_string()
    }
}

impl Add for Points {
    type Output = Points;
    fn add(self, other: Points) -> Points {
        Points(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Points {
    fn add_assign(&mut self, other: Points) {
        *self = *self + other;
    }
}

impl Sub for Points {
    type Output = Points;
    fn sub(self, other: Points) -> Points {
        Points(self.0.saturating_sub(other.0))
    }
}

impl Sum for Points {
    fn sum<I: Iterator<Item = Points>>(points: I) -> Points {
        points.fold(Points::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_read_and_written_to_the_hundredth() {
        for (text, hundredths) in [("5", 500), ("0.1", 10), ("12.75", 1275), ("-0.05", -5)] {
            let points = Points::parse(text).unwrap();
            assert_eq!(points.in_hundredths(), hundredths, "{text}");
            assert_eq!(Points::parse(&points.to_string()), Some(points), "{text}");
        }
        for text in ["", "1.234", "x", "1e3", ".5", "--1", "9999999999"] {
            assert_eq!(Points::parse(text), None, "{text}");
        }
    }

    #[test]
    fn shares_are_rounded_half_away_from_zero() {
        let rows = [
            // Six failures of 140 at five points a percent: 21.428571.
            (Points::whole(500), 6, 140, "21.43"),
            (Points::whole(60), 100, 80, "75.00"),
            (Points::hundredths(1), 1, 2, "0.01"),
            (Points::hundredths(-1), 1, 2, "-0.01"),
            (Points::whole(1), 1, 3, "0.33"),
            (Points::whole(1), 1, 0, "0.00"),
        ];
        for (points, numerator, denominator, expected) in rows {
            assert_eq!(points.share(numerator, denominator).to_string(), expected);
        }
    }
}
