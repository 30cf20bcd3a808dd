//! SQL functions: `regexp` and `floor`, which SQLAlchemy adds to each SQLite connection, and those of user code.

use std::sync::Arc;

use regex::Regex;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, Error, Result};

use super::values;
use crate::engine::{ScalarFunction, Value};

/// Adds the functions to a connection.
pub(super) fn register(database: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    database.create_scalar_function("regexp", 2, flags, regexp)?;
    database.create_scalar_function("floor", 1, flags, floor)
}

/// Adds a function of user code.
pub(super) fn create(
    database: &Connection,
    name: &str,
    arguments: i32,
    function: ScalarFunction,
) -> Result<()> {
    database.create_scalar_function(name, arguments, FunctionFlags::SQLITE_UTF8, move |context| {
        let values = (0..context.len()).map(|position| argument(context.get_raw(position)));
        let values: Vec<Value> = values.collect::<Result<_>>()?;
        let result = function(&values).map_err(|message| failure(&message))?;
        let result = values::adapt(&result);
        Ok(match &*result {
            Value::Null => ToSqlOutput::from(rusqlite::types::Null),
            Value::Int(number) => ToSqlOutput::from(*number),
            Value::Float(number) => ToSqlOutput::from(*number),
            Value::Text(text) => ToSqlOutput::from(text.clone()),
            Value::Bytes(bytes) => ToSqlOutput::from(bytes.clone()),
            _ => return Err(failure("user-defined function raised exception")),
        })
    })
}

fn argument(value: ValueRef<'_>) -> Result<Value> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Int(number),
        ValueRef::Real(number) => Value::Float(number),
        ValueRef::Text(bytes) => Value::Text(std::str::from_utf8(bytes)?.to_owned()),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
    })
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
