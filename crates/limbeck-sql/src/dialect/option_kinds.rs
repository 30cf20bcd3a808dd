//! Of which kind the values of dialect options must be: others are mistakes that would go unseen.

use crate::dialect::Dialect;
use crate::engine::{Value, float_repr, value_repr};
use crate::error::{Error, Result};
use crate::expression::Expression;
use crate::schema::{DialectOptions, IndexExpression, OptionValue};

/// What an option takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OptionKind {
    /// Names of columns.
    Columns,
    /// Names of tables: one, or several.
    Names,
    /// A phrase of SQL.
    Phrase,
    /// A name.
    Name,
    /// Words with underscores between them.
    Words,
    /// A word that stands before others.
    Prefix,
    /// A mapping of parameters.
    Parameters,
    /// A condition, as an expression or a string.
    Condition,
    /// A condition, as an expression only.
    ConditionExpression,
}

/// Checks options, in the reference's words where Python has some for the kind.
///
/// # Errors
/// A value of another kind than the option takes.
pub(super) fn check(options: &DialectOptions, kinds: &[(&str, OptionKind)]) -> Result<()> {
    for (option, kind) in kinds {
        let Some(value) = options.get(*option).filter(|value| !is_none(value)) else { continue };
        let always = matches!(kind, OptionKind::Condition | OptionKind::ConditionExpression);
        if value.is_truthy() || always {
            check_value(option, *kind, value)?;
        }
    }
    Ok(())
}

fn is_none(value: &OptionValue) -> bool {
    matches!(value, OptionValue::Value(Value::Null))
}

fn check_value(option: &str, kind: OptionKind, value: &OptionValue) -> Result<()> {
    let class = python_class(value);
    let is_text = matches!(value, OptionValue::Value(Value::Text(_)));
    let lacks =
        |attribute: &str| Err(Error::Attribute(format!("'{class}' object has no attribute '{attribute}'")));
    match (kind, value) {
        (OptionKind::Columns, OptionValue::List(columns)) => {
            if columns.iter().any(|column| !is_name(column)) {
                return Err(Error::Argument("__contains__ requires a string argument".to_owned()));
            }
        }
        (
            OptionKind::Columns | OptionKind::Condition | OptionKind::ConditionExpression,
            OptionValue::Expression(_),
        )
        | (OptionKind::Parameters, OptionValue::Map(_))
        | (OptionKind::Condition, OptionValue::Value(Value::Bool(_))) => {}
        (OptionKind::Names, OptionValue::List(names)) => {
            return names.iter().try_for_each(|name| check_value(option, OptionKind::Name, name));
        }
        (OptionKind::ConditionExpression, _) => return lacks("_compiler_dispatch"),
        (OptionKind::Parameters, _) => return lacks("items"),
        _ if is_text => {}
        (OptionKind::Columns, OptionValue::Map(_)) => {
            return Err(Error::Type(format!("{option} takes a list of columns, not a '{class}'")));
        }
        (OptionKind::Columns, _) => {
            return Err(Error::Type(format!("'{class}' object is not iterable")));
        }
        (OptionKind::Phrase, OptionValue::Value(Value::Bytes(_))) => {
            return Err(Error::Type("cannot use a string pattern on a bytes-like object".to_owned()));
        }
        (OptionKind::Phrase, _) => {
            return Err(Error::Type(format!("expected string or bytes-like object, got '{class}'")));
        }
        (OptionKind::Name | OptionKind::Names, OptionValue::List(_) | OptionValue::Map(_)) => {
            return Err(Error::Type(format!("unhashable type: '{class}'")));
        }
        (OptionKind::Name | OptionKind::Names, _) => return lacks("lower"),
        (OptionKind::Words, _) => return lacks("replace"),
        (OptionKind::Prefix, OptionValue::List(_)) => {
            return Err(Error::Type("can only concatenate list (not \"str\") to list".to_owned()));
        }
        (OptionKind::Prefix, _) => {
            return Err(Error::Type(format!("unsupported operand type(s) for +: '{class}' and 'str'")));
        }
        (OptionKind::Condition, _) => {
            return Err(Error::Argument(format!(
                "SQL expression element for DDL constraint expected, got {}.",
                python_repr(value)
            )));
        }
    }
    Ok(())
}

/// Gives the operator class that `postgresql_ops` has for an element of an index, by the rules of Python's `in` for
/// what is no mapping.
///
/// # Errors
/// What is no mapping and would be one, or a class that is no string.
pub(super) fn operator_class<'o>(classes: &'o OptionValue, key: &str) -> Result<Option<&'o str>> {
    let class = python_class(classes);
    let found = match classes {
        OptionValue::Map(classes) => classes.get(key),
        OptionValue::List(items) => {
            let is_in =
                |item: &OptionValue| matches!(item, OptionValue::Value(Value::Text(text)) if text == key);
            if items.iter().any(is_in) {
                return Err(Error::Type(
                    "list indices must be integers or slices, not quoted_name".to_owned(),
                ));
            }
            None
        }
        OptionValue::Value(Value::Text(text)) => {
            if text.contains(key) {
                return Err(Error::Type("string indices must be integers, not 'quoted_name'".to_owned()));
            }
            None
        }
        _ => return Err(Error::Type(format!("argument of type '{class}' is not iterable"))),
    };
    match found {
        None => Ok(None),
        Some(OptionValue::Value(Value::Text(text))) => Ok(Some(text)),
        Some(other) => {
            Err(Error::Type(format!("can only concatenate str (not \"{}\") to str", python_class(other))))
        }
    }
}

/// Gives the name by which options know an element of an index.
pub(super) fn element_key(element: &IndexExpression) -> Option<&str> {
    match element {
        IndexExpression::Column(name) | IndexExpression::Expression(Expression::Label { name, .. }) => {
            Some(name.as_str())
        }
        IndexExpression::Expression(Expression::Column(column)) => Some(column.name.as_str()),
        IndexExpression::Expression(_) => None,
    }
}

/// Gives the condition that an option holds: an expression, SQL as a string, or a constant.
pub(super) fn condition(options: &DialectOptions, name: &str) -> Option<Expression> {
    match options.get(name) {
        Some(OptionValue::Expression(expression)) => Some(expression.clone()),
        Some(OptionValue::Value(Value::Text(text))) => Some(Expression::text(text.as_str())),
        Some(OptionValue::Value(Value::Bool(true))) => Some(Expression::True),
        Some(OptionValue::Value(Value::Bool(false))) => Some(Expression::False),
        _ => None,
    }
}

/// Writes a value as Python's `%s` does.
///
/// # Errors
/// An expression that the dialect cannot write.
pub(super) fn python_text(dialect: &dyn Dialect, value: &OptionValue) -> Result<String> {
    Ok(match value {
        OptionValue::Value(Value::Text(text)) => text.clone(),
        OptionValue::Value(Value::Float(number)) => float_repr(*number),
        OptionValue::Value(Value::Decimal(number)) => number.to_string(),
        OptionValue::Value(Value::Uuid(uuid)) => uuid.to_string(),
        OptionValue::Expression(expression) => {
            let options = super::CompileOptions::literal();
            super::ddl::ddl_expression(dialect, expression, &options)?
        }
        other => python_repr(other),
    })
}

/// Writes a value as Python's `repr` does; of an expression, its class.
fn python_repr(value: &OptionValue) -> String {
    match value {
        OptionValue::Value(value) => value_repr(value),
        OptionValue::List(items) => {
            format!("[{}]", items.iter().map(python_repr).collect::<Vec<_>>().join(", "))
        }
        OptionValue::Map(items) => {
            let items = items.iter().map(|(key, value)| {
                format!("{}: {}", value_repr(&Value::from(key.as_str())), python_repr(value))
            });
            format!("{{{}}}", items.collect::<Vec<_>>().join(", "))
        }
        OptionValue::Expression(_) => format!("<{}>", python_class(value)),
    }
}

fn is_name(column: &OptionValue) -> bool {
    matches!(column, OptionValue::Value(Value::Text(_)) | OptionValue::Expression(_))
}

/// Gives what Python calls the class of a value.
pub(super) fn python_class(value: &OptionValue) -> &'static str {
    match value {
        OptionValue::List(_) => "list",
        OptionValue::Map(_) => "dict",
        OptionValue::Expression(Expression::Text(_)) => "TextClause",
        OptionValue::Expression(Expression::Column(_) | Expression::LiteralColumn { .. }) => "ColumnClause",
        OptionValue::Expression(Expression::Function(_)) => "Function",
        OptionValue::Expression(Expression::Binary { .. }) => "BinaryExpression",
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
