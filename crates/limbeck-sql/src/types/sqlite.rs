//! The types that belong to SQLite's dialect: reflection gives them, and migration scripts may name them.

use super::dialect::DialectTypeClass;
use super::dialect::ParameterDefault::{self, Bool, None as Nothing};
use super::{Affinity, JsonType};

const FORMAT: &[(&str, ParameterDefault)] = &[("storage_format", Nothing), ("regexp", Nothing)];
const MOMENT: &[(&str, ParameterDefault)] = &[
    ("timezone", Bool(false)),
    ("storage_format", Nothing),
    ("regexp", Nothing),
    ("truncate_microseconds", Bool(false)),
];
const JSON: &[(&str, ParameterDefault)] = &[("none_as_null", Bool(false))];

const fn class(name: &'static str, bases: &'static [&'static str], affinity: Affinity) -> DialectTypeClass {
    DialectTypeClass {
        dialect: "sqlite",
        name,
        module: "sqlalchemy.dialects.sqlite.base",
        bases,
        affinity,
        parameters: FORMAT,
        sql: |type_, _| Ok(type_.class().name.to_owned()),
        standard: None,
    }
}

/// The classes of `sqlalchemy.dialects.sqlite` that are not the SQL standard's own; they stand for [`SqliteType`].
pub(super) const CLASSES: &[DialectTypeClass] = &[
    class("DATE", &["Date"], Affinity::Date),
    DialectTypeClass { parameters: MOMENT, ..class("DATETIME", &["DateTime"], Affinity::DateTime) },
    DialectTypeClass { parameters: MOMENT, ..class("TIME", &["Time"], Affinity::Time) },
    DialectTypeClass {
        parameters: JSON,
        module: "sqlalchemy.dialects.sqlite.json",
        ..class("JSON", &["JSON"], Affinity::Json)
    },
    DialectTypeClass {
        parameters: JSON,
        module: "sqlalchemy.dialects.sqlite.json",
        ..class("JSONB", &["sqlite.JSON"], Affinity::Json)
    },
];

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
    /// `sqlite.JSONB`
    Jsonb(JsonType),
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
