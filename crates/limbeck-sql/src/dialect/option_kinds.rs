//! Of which kind the values of an index's options must be: others are mistakes that would go unseen.

use crate::engine::Value;
use crate::error::{Error, Result};
use crate::schema::{DialectOptions, OptionValue};

/// What an option takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OptionKind {
    /// Names of columns.
    Columns,
    /// A phrase of SQL.
    Phrase,
    /// A name.
    Name,
    /// A mapping.
    Mapping,
    /// A condition.
    Condition,
}

/// Checks the options of an index, in the reference's words where Python has some for the kind.
///
/// # Errors
/// A value of another kind than the option takes.
pub(super) fn check(options: &DialectOptions, kinds: &[(&str, OptionKind)]) -> Result<()> {
    for (option, kind) in kinds {
        let Some(value) = options.get(*option).filter(|value| value.is_truthy()) else { continue };
        let class = python_class(value);
        match (kind, value) {
            (OptionKind::Columns, OptionValue::List(columns)) => {
                if columns.iter().any(|column| !is_name(column)) {
                    return Err(Error::Argument("__contains__ requires a string argument".to_owned()));
                }
            }
            (
                OptionKind::Columns | OptionKind::Phrase | OptionKind::Name,
                OptionValue::Value(Value::Text(_)),
            )
            | (OptionKind::Columns | OptionKind::Condition, OptionValue::Expression(_))
            | (OptionKind::Mapping, OptionValue::Map(_))
            | (OptionKind::Condition, OptionValue::Value(Value::Text(_) | Value::Bool(_))) => {}
            (OptionKind::Columns, OptionValue::Map(_)) => {
                return Err(Error::Type(format!("{option} takes a list of columns, not a '{class}'")));
            }
            (OptionKind::Columns, _) => {
                return Err(Error::Type(format!("'{class}' object is not iterable")));
            }
            (OptionKind::Phrase, _) => {
                return Err(Error::Type(format!("expected string or bytes-like object, got '{class}'")));
            }
            (OptionKind::Condition, OptionValue::Value(Value::Int(number))) => {
                return Err(Error::Argument(format!(
                    "SQL expression element for DDL constraint expected, got {number}."
                )));
            }
            (OptionKind::Name | OptionKind::Mapping | OptionKind::Condition, _) => {
                return Err(Error::Type(format!("{option} cannot be of the type '{class}'")));
            }
        }
    }
    Ok(())
}

fn is_name(column: &OptionValue) -> bool {
    matches!(column, OptionValue::Value(Value::Text(_)) | OptionValue::Expression(_))
}

/// Gives what Python calls the class of a value.
fn python_class(value: &OptionValue) -> &'static str {
    match value {
        OptionValue::List(_) => "list",
        OptionValue::Map(_) => "dict",
        OptionValue::Expression(_) => "ColumnElement",
        OptionValue::Value(value) => match value {
            Value::Null => "NoneType",
            Value::Bool(_) => "bool",
            Value::Int(_) | Value::BigInt(_) => "int",
            Value::Float(_) => "float",
            Value::Text(_) => "str",
            Value::Bytes(_) => "bytes",
            _ => "object",
        },
    }
}
