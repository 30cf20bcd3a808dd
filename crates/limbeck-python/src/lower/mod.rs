//! Python objects to `limbeck-sql` values: types, schema objects, expressions, statements, plain values.

mod custom;
mod expression;
mod operations;
mod schema;
mod statement;
mod types;
mod value;

pub(crate) use custom::{python_error as user_code_error, raised_by_user_code};
pub use expression::expression;
pub(crate) use expression::plain_expression;
pub(crate) use expression::text_clause;
pub use operations::{
    column_name, column_type, connection, exclude_elements, is_executable, is_expression, is_metadata,
    is_schema_item, no_literal, schema_item, sql_text, target_naming_convention, url,
};
pub use schema::{constraint, identifier, index, metadata, option_value, sequence, server_default, table};
pub(crate) use schema::{constraint_name, naming_convention, opt_identifier};
pub(crate) use statement::plain_statement;
pub use statement::statement;
pub(crate) use statement::{from_clause, select, table_clause};
pub(crate) use statement::{python_defaults, without_database};
pub(crate) use types::builtin as builtin_type;
pub use types::sql_type;
pub use value::value;
pub(crate) use value::value_for;
