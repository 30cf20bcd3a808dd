//! The SQL functions that SQLAlchemy adds to each SQLite connection: `regexp` and `floor`.

use std::sync::Arc;

use regex::Regex;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error, Result};

/// Adds the functions to a connection.
pub(super) fn register(database: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    database.create_scalar_function("regexp", 2, flags, regexp)?;
    database.create_scalar_function("floor", 1, flags, floor)
}

fn failure(message: &str) -> Error {
    Error::UserFunctionError(message.into())
}

/// `subject REGEXP pattern`: whether the pattern is found anywhere, as Python's `re.search`.
fn regexp(context: &Context<'_>) -> Result<Option<bool>> {
    let subject = match context.get_raw(1) {
        ValueRef::Null => return Ok(None),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        _ => return Err(failure("regexp() takes text; got a number or a blob")),
    };
    let pattern: Arc<Regex> = context.get_or_create_aux(0, |value| {
        let text =
            value.as_str().map_err(|error| Box::new(error) as Box<dyn std::error::Error + Send + Sync>)?;
        Regex::new(text).map_err(|error| Box::new(error) as Box<dyn std::error::Error + Send + Sync>)
    })?;
    Ok(Some(pattern.is_match(&subject)))
}

/// `floor(x)`: the largest integer that is not larger, as Python's `math.floor`.
fn floor(context: &Context<'_>) -> Result<i64> {
    match context.get_raw(0) {
        ValueRef::Integer(number) => Ok(number),
        // The cast saturates, and the range was checked.
        #[allow(clippy::cast_possible_truncation)]
        ValueRef::Real(number) if number.floor().abs() < 9.2e18 => Ok(number.floor() as i64),
        _ => Err(failure("floor() takes a number that fits 64 bits")),
    }
}
