//! Oracle's literals of dates and intervals: calls of the functions that read them.

use crate::dialect::literal::{date_text, iso_datetime};
use crate::engine::float_repr;

/// Writes a date.
pub(super) fn date(date: jiff::civil::Date) -> String {
    format!("TO_DATE('{}', 'YYYY-MM-DD')", date_text(date))
}

/// Writes a date where a time of day is expected as well.
pub(super) fn date_as_datetime(date: jiff::civil::Date) -> String {
    format!("TO_DATE('{}', 'YYYY-MM-DD HH24:MI:SS')", date_text(date))
}

/// Writes a date and time; only a TIMESTAMP has fractions of seconds.
pub(super) fn datetime(moment: jiff::civil::DateTime, offset: Option<jiff::tz::Offset>) -> String {
    let text = iso_datetime(moment, offset);
    if moment.subsec_nanosecond() < 1000 {
        format!("TO_DATE('{text}', 'YYYY-MM-DD HH24:MI:SS')")
    } else {
        format!("TO_TIMESTAMP('{text}', 'YYYY-MM-DD HH24:MI:SS.FF')")
    }
}

/// Writes an interval.
pub(super) fn interval(interval: jiff::SignedDuration) -> String {
    // whole microseconds fit a float exactly up to some 285 years, and Python divides here too
    #[expect(clippy::cast_precision_loss, reason = "Python's total_seconds() loses the same digits")]
    let seconds = interval.as_micros() as f64 / 1_000_000.0;
    format!("NUMTODSINTERVAL({}, 'SECOND')", float_repr(seconds))
}
