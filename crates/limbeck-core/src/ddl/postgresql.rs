//! What is particular to PostgreSQL: types that are created with their tables, and its ALTER COLUMN.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use limbeck_sql::dialect::{CompileOptions, DdlElement, Dialect};
use limbeck_sql::engine::Value;
use limbeck_sql::schema::{Identifier, Identity, OptionValue, ServerDefault, Table};
use limbeck_sql::types::SqlType;

use super::alter::{alter_column, alter_table, comment_on_column, format_table_name};
use super::implementation::alter_column_generally;
use super::session_lock::PostgresqlLock;
use super::{Executor, Impl, RunExclusion};
use crate::error::{Error, Result};
use crate::operations::AlterColumnOp;

/// PostgreSQL's implementation, the reference's `PostgresqlImpl`.
#[derive(Debug, Default)]
pub struct PostgresqlImpl {
    /// The named types that the run has created: schema and name.
    created_types: Mutex<HashSet<(Option<String>, String)>>,
}

impl Impl for PostgresqlImpl {
    fn class_name(&self) -> &'static str {
        "PostgresqlImpl"
    }

    fn run_exclusion(&self) -> RunExclusion {
        RunExclusion::Session(&PostgresqlLock)
    }

    fn before_create_table(&self, executor: &Executor, table: &Table) -> Result<()> {
        for named in executor.dialect().named_types(table)? {
            let schema = named.schema.as_ref().map(|schema| schema.as_str().to_owned());
            let key = (schema, named.name.as_str().to_owned());
            let is_new = self.created_types.lock().unwrap_or_else(PoisonError::into_inner).insert(key);
            if is_new {
                executor.execute_ddl(DdlElement::CreateType { type_: Box::new(named.type_) })?;
            }
        }
        Ok(())
    }

    fn alter_column(&self, executor: &Executor, operation: &AlterColumnOp) -> Result<()> {
        let using = operation.kw.get("postgresql_using").filter(|using| using.is_truthy());
        let Some(type_) = &operation.modify_type else {
            if using.is_some() {
                return Err(Error::command("postgresql_using must be used with the type_ parameter"));
            }
            return alter_column_generally(self, executor, operation);
        };
        executor.execute_construct("PostgresqlColumnType", || {
            let dialect = executor.dialect().as_ref();
            let mut sql = self.column_type_sql(dialect, operation, type_)?;
            if let Some(using) = using {
                sql.push_str(" USING ");
                sql.push_str(&using_text(dialect, using, &executor.ddl_options())?);
            }
            Ok(sql)
        })?;
        let rest = AlterColumnOp { modify_type: None, ..operation.clone() };
        alter_column_generally(self, executor, &rest)
    }

    fn rename_table_sql(
        &self,
        dialect: &dyn Dialect,
        old: &Identifier,
        new: &Identifier,
        schema: Option<&Identifier>,
    ) -> String {
        // the table stays in its schema
        format!("{} RENAME TO {}", alter_table(dialect, old, schema), format_table_name(dialect, new, None))
    }

    fn column_type_sql(
        &self,
        dialect: &dyn Dialect,
        operation: &AlterColumnOp,
        type_: &SqlType,
    ) -> Result<String> {
        Ok(format!("{} TYPE {}", altered(dialect, operation), dialect.type_sql(type_)?))
    }

    fn column_comment_sql(
        &self,
        dialect: &dyn Dialect,
        operation: &AlterColumnOp,
        comment: Option<&str>,
    ) -> Result<String> {
        comment_on_column(dialect, operation, comment)
    }

    fn identity_column_default_sql(
        &self,
        dialect: &dyn Dialect,
        operation: &AlterColumnOp,
    ) -> Result<String> {
        let start = altered(dialect, operation);
        let existing = identity_of(operation.existing_server_default.value(), operation)?;
        let Some(identity) = identity_of(operation.modify_server_default.value(), operation)? else {
            return Ok(format!("{start} DROP IDENTITY"));
        };
        let Some(existing) = existing else {
            return Ok(format!("{start} ADD {}", dialect.identity_sql(identity)));
        };
        let changes = identity_changes(dialect, identity, existing);
        Ok(if changes.is_empty() { format!("{start} ") } else { format!("{start} {}", changes.join(" ")) })
    }
}

/// Writes `ALTER TABLE ... ALTER COLUMN ...`.
fn altered(dialect: &dyn Dialect, operation: &AlterColumnOp) -> String {
    format!(
        "{} {}",
        alter_table(dialect, &operation.table_name, operation.schema.as_ref()),
        alter_column(dialect, &operation.column_name)
    )
}

/// Gives the SQL of `postgresql_using`, which goes out as the script has it.
fn using_text(dialect: &dyn Dialect, using: &OptionValue, options: &CompileOptions) -> Result<String> {
    match using {
        OptionValue::Value(Value::Text(text)) => Ok(text.clone()),
        OptionValue::Expression(expression) => {
            let options = CompileOptions { literal_binds: true, omit_table_names: true, ..options.clone() };
            Ok(dialect.compile_expression(expression, &options)?.sql)
        }
        _ => Err(Error::command("postgresql_using must be a string of SQL")),
    }
}

/// Gives the identity that a default is, if there is a default.
///
/// # Errors
/// A default of another kind: the reference asserts that there is none.
fn identity_of<'a>(
    default: Option<&'a ServerDefault>,
    operation: &AlterColumnOp,
) -> Result<Option<&'a Identity>> {
    match default {
        None => Ok(None),
        Some(ServerDefault::Identity(identity)) => Ok(Some(identity)),
        Some(_) => Err(Error::assertion(format!(
            "column '{}' of table '{}' cannot change between an identity and another server default in one step: \
             drop the one before setting the other",
            operation.column_name, operation.table_name
        ))),
    }
}

/// Writes what an identity has and the existing one has not, by the options' names; what is left to the database
/// stays as it is.
fn identity_changes(dialect: &dyn Dialect, identity: &Identity, existing: &Identity) -> Vec<String> {
    let mut changes = Vec::new();
    if identity.always == Some(true) && existing.always != Some(true) {
        changes.push("SET GENERATED ALWAYS".to_owned());
    } else if identity.always != Some(true) && existing.always == Some(true) {
        changes.push("SET GENERATED BY DEFAULT".to_owned());
    }
    let mut set = |changed: bool, option: Identity| {
        if changed {
            changes.push(format!("SET {}", dialect.identity_options_sql(&option)));
        }
    };
    let differs = |new: Option<i64>, old: Option<i64>| new.is_some() && new != old;
    let differs_flag = |new: Option<bool>, old: Option<bool>| new.is_some() && new != old;
    let none = Identity::default();
    set(differs(identity.cache, existing.cache), Identity { cache: identity.cache, ..none.clone() });
    set(differs_flag(identity.cycle, existing.cycle), Identity { cycle: identity.cycle, ..none.clone() });
    set(
        differs(identity.increment, existing.increment),
        Identity { increment: identity.increment, ..none.clone() },
    );
    set(
        differs(identity.maxvalue, existing.maxvalue),
        Identity { maxvalue: identity.maxvalue, ..none.clone() },
    );
    set(
        differs(identity.minvalue, existing.minvalue),
        Identity { minvalue: identity.minvalue, ..none.clone() },
    );
    set(
        differs_flag(identity.nomaxvalue, existing.nomaxvalue),
        Identity { nomaxvalue: identity.nomaxvalue, ..none.clone() },
    );
    set(
        differs_flag(identity.nominvalue, existing.nominvalue),
        Identity { nominvalue: identity.nominvalue, ..none.clone() },
    );
    set(differs(identity.start, existing.start), Identity { start: identity.start, ..none });
    changes
}
