//! Python's way of writing values.

use limbeck_sql::engine::{text_repr, value_repr};
use limbeck_sql::schema::{ConstraintName, Identifier, OptionValue};

/// Gives `True` or `False`.
pub fn python_bool(flag: bool) -> &'static str {
    if flag { "True" } else { "False" }
}

/// Gives Python's `repr` of a tuple of strings.
pub fn python_tuple(items: &[String]) -> String {
    match items {
        [only] => format!("({},)", text_repr(only)),
        _ => format!("({})", joined(items.iter().map(String::as_str))),
    }
}

/// Gives Python's `repr` of a name.
pub(super) fn identifier(name: &Identifier) -> String {
    text_repr(name.as_str())
}

/// Gives Python's `repr` of an optional string.
pub(super) fn optional(text: Option<&str>) -> String {
    text.map_or_else(|| "None".to_owned(), text_repr)
}

/// Gives Python's `repr` of a list of names.
pub(super) fn name_list(names: &[Identifier]) -> String {
    format!("[{}]", names_joined(names))
}

/// Gives names as arguments.
pub(super) fn names_joined(names: &[Identifier]) -> String {
    joined(names.iter().map(Identifier::as_str))
}

/// Gives the name of a constraint or an index; one that is final goes through `f()`.
pub(super) fn constraint_name(prefix: &str, name: &ConstraintName) -> String {
    match name {
        ConstraintName::Unnamed => "None".to_owned(),
        ConstraintName::Given(name) => identifier(name),
        ConstraintName::Conv(name) => format!("{prefix}f({})", identifier(name)),
    }
}

/// Gives the plain values of a dialect's option as Python's `repr` does; `None` when there is an expression in it.
pub(super) fn plain_option(value: &OptionValue) -> Option<String> {
    match value {
        OptionValue::Value(value) => Some(value_repr(value)),
        OptionValue::Expression(_) => None,
        OptionValue::List(items) => {
            let items: Option<Vec<String>> = items.iter().map(plain_option).collect();
            Some(format!("[{}]", items?.join(", ")))
        }
        OptionValue::Map(items) => {
            let items: Option<Vec<String>> = items
                .iter()
                .map(|(key, value)| Some(format!("{}: {}", text_repr(key), plain_option(value)?)))
                .collect();
            Some(format!("{{{}}}", items?.join(", ")))
        }
    }
}

fn joined<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    texts.map(text_repr).collect::<Vec<_>>().join(", ")
}
