//! The types that belong to SQLite's dialect: reflection gives them, and migration scripts may name them.

use super::JsonType;

/// A type of `sqlalchemy.dialects.sqlite` that is not one of the SQL standard's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SqliteType {
    /// `sqlite.DATE`
    Date(StorageFormat),
    /// `sqlite.DATETIME`
    DateTime(StorageFormat),
    /// `sqlite.TIME`
    Time(StorageFormat),
    /// `sqlite.JSON`
    Json(JsonType),
}

/// How SQLite's date and time types write their values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StorageFormat {
    /// A Python format string with keys such as `%(year)04d`; `None` is the type's own.
    pub format: Option<String>,
    /// Whether fractions of seconds are left out.
    pub truncate_microseconds: bool,
}

impl StorageFormat {
    /// Tells whether values contain anything but digits, so that SQLite keeps them as text.
    ///
    /// Where they do not, DDL names the type `DATE_CHAR`, `DATETIME_CHAR` or `TIME_CHAR`.
    pub fn is_text(&self) -> bool {
        self.format.as_deref().is_none_or(|format| {
            let mut rest = format;
            while let Some((before, after)) = rest.split_once("%(") {
                if before.chars().any(|c| !c.is_ascii_digit()) {
                    return true;
                }
                let conversion = after.split_once(')').map_or("", |(_, conversion)| conversion);
                rest = conversion.trim_start_matches(|c: char| c.is_ascii_digit());
                rest = rest.strip_prefix('d').unwrap_or(rest);
            }
            rest.chars().any(|c| !c.is_ascii_digit())
        })
    }
}
