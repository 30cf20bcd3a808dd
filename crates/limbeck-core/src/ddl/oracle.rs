//! What is particular to Oracle: MODIFY, and comments on columns.

use limbeck_sql::dialect::{CompileOptions, Dialect, text_literal};
use limbeck_sql::schema::{Identifier, ServerDefault, Table};
use limbeck_sql::types::SqlType;

use super::alter::{add_bare_column, alter_table, format_server_default};
use super::{Executor, Impl};
use crate::error::{Error, Result};
use crate::operations::{AddColumnOp, AlterColumnOp};

/// Oracle's implementation, the reference's `OracleImpl`.
#[derive(Clone, Copy, Debug, Default)]
pub struct OracleImpl;

impl Impl for OracleImpl {
    fn class_name(&self) -> &'static str {
        "OracleImpl"
    }

    fn command_terminator(&self) -> &'static str {
        ""
    }

    fn batch_separator(&self) -> Option<&'static str> {
        Some("/")
    }

    fn emit_begin(&self, executor: &Executor) -> Result<()> {
        executor.execute_sql("SET TRANSACTION READ WRITE".to_owned())
    }

    fn emit_commit(&self, executor: &Executor) -> Result<()> {
        executor.execute_sql("COMMIT".to_owned())
    }

    fn add_column_sql(
        &self,
        dialect: &dyn Dialect,
        operation: &AddColumnOp,
        table: &Table,
        options: &CompileOptions,
    ) -> Result<String> {
        add_bare_column(dialect, operation, table, options)
    }

    fn rename_table_sql(
        &self,
        dialect: &dyn Dialect,
        old: &Identifier,
        new: &Identifier,
        schema: Option<&Identifier>,
    ) -> String {
        format!("{} RENAME TO {}", alter_table(dialect, old, schema), dialect.quote(new))
    }

    fn column_nullable_sql(
        &self,
        dialect: &dyn Dialect,
        operation: &AlterColumnOp,
        nullable: bool,
    ) -> Result<String> {
        Ok(modified(dialect, operation, if nullable { "NULL" } else { "NOT NULL" }))
    }

    fn column_default_sql(
        &self,
        dialect: &dyn Dialect,
        operation: &AlterColumnOp,
        default: Option<&ServerDefault>,
        options: &CompileOptions,
    ) -> Result<String> {
        let default = match default {
            Some(default) => format_server_default(dialect, default, options)?,
            None => "NULL".to_owned(),
        };
        Ok(modified(dialect, operation, &format!("DEFAULT {default}")))
    }

    fn column_type_sql(
        &self,
        dialect: &dyn Dialect,
        operation: &AlterColumnOp,
        type_: &SqlType,
    ) -> Result<String> {
        Ok(modified(dialect, operation, &dialect.type_sql(type_)?))
    }

    fn column_name_sql(
        &self,
        dialect: &dyn Dialect,
        operation: &AlterColumnOp,
        name: &Identifier,
    ) -> Result<String> {
        Ok(format!(
            "{} RENAME COLUMN {} TO {}",
            alter_table(dialect, &operation.table_name, operation.schema.as_ref()),
            dialect.quote(&operation.column_name),
            dialect.quote(name)
        ))
    }

    fn column_comment_sql(
        &self,
        dialect: &dyn Dialect,
        operation: &AlterColumnOp,
        comment: Option<&str>,
    ) -> Result<String> {
        // the reference leaves out the schema here, and never quotes the names
        Ok(format!(
            "COMMENT ON COLUMN {}.{} IS {}",
            operation.table_name,
            operation.column_name,
            text_literal(dialect, comment.unwrap_or_default())
        ))
    }

    fn identity_column_default_sql(
        &self,
        dialect: &dyn Dialect,
        operation: &AlterColumnOp,
    ) -> Result<String> {
        let change = match operation.modify_server_default.value() {
            None => "DROP IDENTITY".to_owned(),
            Some(ServerDefault::Identity(identity)) => dialect.identity_sql(identity),
            // the reference takes the default for an identity
            Some(ServerDefault::Literal(_)) => {
                return Err(Error::attribute("'str' object has no attribute 'always'"));
            }
            Some(_) => {
                return Err(Error::attribute(format!(
                    "column '{}' of table '{}' is an identity and cannot get another server default in one step: drop \
                     the identity first",
                    operation.column_name, operation.table_name
                )));
            }
        };
        Ok(modified(dialect, operation, &change))
    }
}

/// Writes `ALTER TABLE ... MODIFY column change`.
fn modified(dialect: &dyn Dialect, operation: &AlterColumnOp, change: &str) -> String {
    format!(
        "{} MODIFY {} {change}",
        alter_table(dialect, &operation.table_name, operation.schema.as_ref()),
        dialect.quote(&operation.column_name)
    )
}
