//! SQL expressions, server defaults, computed columns and identities in Python.

use limbeck_sql::engine::text_repr;
use limbeck_sql::expression::Expression;
use limbeck_sql::schema::{
    Computed, DialectOptions, Identity, Index, IndexExpression, OptionValue, ServerDefault,
};

use super::RenderContext;
use super::python::{self, python_bool};
use crate::error::Result;
use crate::runtime::RenderItem;

impl RenderContext {
    /// Writes an expression as a Python string of its SQL.
    pub(super) fn sql_string(&self, expression: &Expression) -> Result<String> {
        let sql = self.rules.render_ddl_sql_expression(self.dialect.as_ref(), expression, false)?;
        Ok(text_repr(&sql))
    }

    /// Writes an expression as `text(...)` of its SQL.
    pub(super) fn text_call(&self, expression: &Expression, is_server_default: bool) -> Result<String> {
        let sql =
            self.rules.render_ddl_sql_expression(self.dialect.as_ref(), expression, is_server_default)?;
        Ok(format!("{}text({})", self.sqlalchemy(), text_repr(&sql)))
    }

    /// Writes what an index is made of.
    pub(super) fn index_expressions(&self, index: &Index) -> Result<String> {
        let rendered: Result<Vec<String>> = index
            .expressions
            .iter()
            .map(|expression| match expression {
                IndexExpression::Column(name) => Ok(python::identifier(name)),
                IndexExpression::Expression(Expression::Label { name, operand }) => {
                    Ok(format!("{}.label({})", self.literal_column(operand)?, python::identifier(name)))
                }
                IndexExpression::Expression(expression) => self.literal_column(expression),
            })
            .collect();
        Ok(rendered?.join(", "))
    }

    pub(super) fn literal_column(&self, expression: &Expression) -> Result<String> {
        Ok(format!("{}literal_column({})", self.sqlalchemy(), self.sql_string(expression)?))
    }

    /// Writes the options for single dialects as keyword arguments.
    pub(super) fn dialect_options(&self, options: &DialectOptions) -> Result<Vec<String>> {
        options.iter().map(|(key, value)| Ok(format!("{key}={}", self.option_value(value)?))).collect()
    }

    /// Writes the value of an option.
    fn option_value(&self, value: &OptionValue) -> Result<String> {
        match value {
            OptionValue::Expression(expression) => self.text_call(expression, false),
            OptionValue::List(items) => {
                let items: Result<Vec<String>> = items.iter().map(|item| self.option_value(item)).collect();
                Ok(format!("[{}]", items?.join(", ")))
            }
            OptionValue::Map(items) => {
                let items: Result<Vec<String>> = items
                    .iter()
                    .map(|(key, item)| Ok(format!("{}: {}", text_repr(key), self.option_value(item)?)))
                    .collect();
                Ok(format!("{{{}}}", items?.join(", ")))
            }
            OptionValue::Value(value) => Ok(limbeck_sql::engine::value_repr(value)),
        }
    }

    /// Writes a server default; nothing becomes `None`.
    pub(super) fn server_default(&mut self, default: Option<&ServerDefault>) -> Result<String> {
        let Some(default) = default else { return Ok("None".to_owned()) };
        if let Some(text) = self.user_defined(RenderItem::ServerDefault(default))? {
            return Ok(text);
        }
        match default {
            ServerDefault::Literal(text) => {
                let text = text.strip_prefix('\'').unwrap_or(text);
                Ok(text_repr(text.strip_suffix('\'').unwrap_or(text)))
            }
            ServerDefault::Expression(expression) => self.text_call(expression, true),
            ServerDefault::Computed(computed) => self.computed(computed),
            ServerDefault::Identity(identity) => Ok(self.identity(identity)),
            ServerDefault::Fetched => Ok(format!("{}FetchedValue()", self.sqlalchemy())),
        }
    }

    fn computed(&self, computed: &Computed) -> Result<String> {
        let persisted = computed
            .persisted
            .map(|persisted| format!("persisted={}", python_bool(persisted)))
            .unwrap_or_default();
        Ok(format!("{}Computed({}, {persisted})", self.sqlalchemy(), self.sql_string(&computed.expression)?))
    }

    fn identity(&self, identity: &Identity) -> String {
        format!("{}Identity({})", self.sqlalchemy(), identity_arguments(identity).join(", "))
    }

    /// Asks `render_item` of env.py.
    pub(super) fn user_defined(&mut self, item: RenderItem<'_>) -> Result<Option<String>> {
        let hooks = std::sync::Arc::clone(&self.hooks);
        hooks.render_item(item, &mut self.imports)
    }
}

/// Gives the arguments of `Identity`; Oracle's own under the names that SQLAlchemy 2.1 gives them.
fn identity_arguments(identity: &Identity) -> Vec<String> {
    let flag = |name: &str, value: Option<bool>| value.map(|value| format!("{name}={}", python_bool(value)));
    let number = |name: &str, value: Option<i64>| value.map(|value| format!("{name}={value}"));
    let always = identity.always.map_or("None", python_bool);
    [
        Some(format!("always={always}")),
        number("start", identity.start),
        number("increment", identity.increment),
        number("minvalue", identity.minvalue),
        number("maxvalue", identity.maxvalue),
        flag("nominvalue", identity.nominvalue),
        flag("nomaxvalue", identity.nomaxvalue),
        flag("cycle", identity.cycle),
        number("cache", identity.cache),
        flag("oracle_on_null", identity.on_null),
        flag("oracle_order", identity.order),
    ]
    .into_iter()
    .flatten()
    .collect()
}
