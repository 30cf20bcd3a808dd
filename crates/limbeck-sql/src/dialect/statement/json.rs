//! Paths into JSON documents, for the dialects that write them as `$."key"[0]`.

use super::StatementCompiler;
use crate::dialect::{Dialect, push_args};
use crate::engine::{Value, value_repr};
use crate::error::{Error, Result};
use crate::expression::{BindParameter, ElementForm, ElementIndex, Expression};
use crate::types::{Affinity, SqlType};

/// Writes an element as text: `document ->> '$."key"'`.
///
/// # Errors
/// Those of [`path`], and what the document itself gives.
pub(in crate::dialect) fn text_element(
    dialect: &dyn Dialect,
    operand: &Expression,
    index: &ElementIndex,
    compiler: &mut StatementCompiler<'_>,
) -> Result<String> {
    compiler.eagerly_grouped(|compiler| {
        let subject = compiler.expression(operand)?;
        Ok(format!("{subject} ->> {}", path(dialect, index, compiler)?))
    })
}

/// Writes the path to an element of a JSON document.
///
/// # Errors
/// For a slice, which JSON documents have none of.
pub(in crate::dialect) fn path(
    dialect: &dyn Dialect,
    index: &ElementIndex,
    compiler: &mut StatementCompiler<'_>,
) -> Result<String> {
    let path = match index {
        ElementIndex::Key(key) => match key.as_ref() {
            Expression::Bind(BindParameter { value: Some(value), .. }) => {
                of_parts(std::slice::from_ref(value))
            }
            other => other.clone(),
        },
        ElementIndex::Path(parts) => of_parts(parts),
        ElementIndex::Slice(..) => {
            let name = dialect.name();
            return Err(Error::Compile(format!("the '{name}' dialect has no slices of JSON documents")));
        }
    };
    compiler.expression(&path)
}

/// Gives the path of keys and positions as JSON functions read it.
fn of_parts(parts: &[Value]) -> Expression {
    let mut path = "$".to_owned();
    for part in parts {
        match part {
            Value::Int(position) => push_args(&mut path, format_args!("[{position}]")),
            Value::Text(key) => push_args(&mut path, format_args!(".\"{key}\"")),
            other => push_args(&mut path, format_args!(".\"{}\"", value_repr(other))),
        }
    }
    Expression::Bind(BindParameter::literal(Value::Text(path), Some(SqlType::string(None))))
}

/// An element of a JSON document in the standard's functions.
pub(in crate::dialect) enum JsonElement<'a> {
    /// JSON again: the whole SQL.
    Document(String),
    /// A value of a type, which is left to write: the document, the path into it, the type.
    Value { subject: String, path: String, type_: &'a SqlType },
}

/// Writes an element that is JSON by `JSON_QUERY`, or what an element of another type is made of.
pub(in crate::dialect) fn query_or_value<'a>(
    dialect: &dyn Dialect,
    operand: &Expression,
    index: &ElementIndex,
    form: &'a ElementForm,
    compiler: &mut StatementCompiler<'_>,
) -> Result<JsonElement<'a>> {
    let subject = compiler.expression(operand)?;
    let path = path(dialect, index, compiler)?;
    match form {
        ElementForm::Typed(type_) if type_.affinity() != Affinity::Json => {
            Ok(JsonElement::Value { subject, path, type_ })
        }
        ElementForm::Own | ElementForm::Typed(_) => {
            Ok(JsonElement::Document(format!("JSON_QUERY({subject}, {path})")))
        }
        ElementForm::Text => {
            Err(Error::Compile("the text of a JSON element is an operator of PostgreSQL".to_owned()))
        }
    }
}
