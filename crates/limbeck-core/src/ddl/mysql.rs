//! What is particular to MySQL and MariaDB: a column is changed by saying all of it again.

use limbeck_sql::dialect::{Dialect, text_literal};
use limbeck_sql::engine::Value;
use limbeck_sql::schema::{Constraint, Identifier, OptionValue, ServerDefault, Table};
use limbeck_sql::types::{Affinity, SqlType};

use super::alter::{alter_column, alter_table, format_server_default, is_computed, is_identity};
use super::session_lock::MysqlLock;
use super::{Executor, Impl, RunExclusion};
use crate::error::{Error, Result};
use crate::operations::{AlterColumnOp, DropConstraintOp};

/// The reference's sentence for a change of a column of which the type is not said.
const NO_TYPE: &str = "All MySQL CHANGE/MODIFY COLUMN operations require the existing type.";

/// The reference's sentence for what MySQL has no statement of its own for.
const NO_INDIVIDUAL_CHANGE: &str = "Individual alter column constructs not supported by MySQL";

/// MySQL's implementation and MariaDB's, the reference's `MySQLImpl` and `MariaDBImpl`.
#[derive(Clone, Copy, Debug, Default)]
pub struct MysqlImpl {
    /// Whether the database is MariaDB.
    pub mariadb: bool,
}

impl Impl for MysqlImpl {
    fn class_name(&self) -> &'static str {
        if self.mariadb { "MariaDBImpl" } else { "MySQLImpl" }
    }

    fn run_exclusion(&self) -> RunExclusion {
        RunExclusion::Session(&MysqlLock)
    }

    fn alter_column(&self, executor: &Executor, operation: &AlterColumnOp) -> Result<()> {
        let dialect = executor.dialect().as_ref();
        let default = operation.modify_server_default.value();
        change_generated_column(executor, operation)?;
        let type_ = operation.modify_type.as_ref().or(operation.existing_type.as_ref());
        let drops_default = operation.modify_server_default.is_given() && default.is_none();
        // only CHANGE and MODIFY take functions as the default of a DATETIME
        let is_moment = type_.is_some_and(|type_| type_.affinity() == Affinity::DateTime);
        let name = operation.modify_name.as_ref();
        let alter = alter_table(dialect, &operation.table_name, operation.schema.as_ref());
        let column = dialect.quote(&operation.column_name);
        if name.is_some() || (is_moment && !drops_default) {
            let name = dialect.quote(name.unwrap_or(&operation.column_name));
            let Some(type_) = type_ else { return Err(Error::command(NO_TYPE)) };
            executor.execute_construct("MySQLChangeColumn", || {
                let specification = specification(executor, operation, type_)?;
                Ok(format!("{alter} CHANGE {column} {name} {specification}"))
            })
        } else if operation.modify_nullable.is_some()
            || operation.modify_type.is_some()
            || flag(operation, "autoincrement").is_some()
            || operation.modify_comment.is_given()
        {
            let Some(type_) = type_ else { return Err(Error::command(NO_TYPE)) };
            executor.execute_construct("MySQLModifyColumn", || {
                Ok(format!("{alter} MODIFY {column} {}", specification(executor, operation, type_)?))
            })
        } else if operation.modify_server_default.is_given() {
            executor.execute_construct("MySQLAlterDefault", || {
                let change = match default {
                    Some(default) => {
                        format!("SET DEFAULT {}", default_sql(executor, operation, default)?)
                    }
                    None => "DROP DEFAULT".to_owned(),
                };
                Ok(format!("{alter} {} {change}", alter_column(dialect, &operation.column_name)))
            })
        } else {
            Ok(())
        }
    }

    fn check_drop_constraint(&self, operation: &DropConstraintOp) -> Result<()> {
        if operation.constraint_type.is_none() {
            return Err(Error::not_implemented(
                "No generic 'DROP CONSTRAINT' in MySQL - please specify constraint type",
            ));
        }
        Ok(())
    }

    fn drop_constraint(
        &self,
        executor: &Executor,
        table: &Table,
        constraint: &Constraint,
        if_exists: bool,
    ) -> Result<()> {
        // the CHECK of a type goes with the type
        if matches!(constraint, Constraint::Check(check) if check.type_bound) {
            return Ok(());
        }
        super::implementation::drop_constraint(executor, table, constraint, if_exists)
    }
}

/// Gives a boolean among the keyword arguments of `alter_column`; `None` is as good as not given.
fn flag(operation: &AlterColumnOp, name: &str) -> Option<bool> {
    match operation.kw.get(name) {
        None | Some(OptionValue::Value(Value::Null)) => None,
        Some(value) => Some(value.is_truthy()),
    }
}

/// Refuses changes of columns that are computed or an identity, or shall be, unless user code writes them.
fn change_generated_column(executor: &Executor, operation: &AlterColumnOp) -> Result<()> {
    let default = operation.modify_server_default.value();
    let existing = operation.existing_server_default.value();
    let computed = is_computed(default) || is_computed(existing);
    if !computed && !is_identity(default) && !is_identity(existing) {
        return Ok(());
    }
    let individually = || Err(Error::not_implemented(NO_INDIVIDUAL_CHANGE));
    if operation.modify_nullable.is_some() {
        executor.execute_construct("ColumnNullable", individually)?;
    }
    if operation.modify_server_default.is_given() {
        let (construct, refused) = if computed {
            (
                "ComputedColumnDefault",
                "Adding or removing a \"computed\" construct, e.g. GENERATED ALWAYS AS, to or from an existing column is not \
                 supported.",
            )
        } else {
            (
                "IdentityColumnDefault",
                "Adding, removing or modifying an \"identity\" construct, e.g. GENERATED AS IDENTITY, to or from an \
                 existing column is not supported in this dialect.",
            )
        };
        executor
            .execute_construct(construct, || Err(limbeck_sql::Error::Compile(refused.to_owned()).into()))?;
    }
    if operation.modify_type.is_some() {
        executor.execute_construct("ColumnType", individually)?;
    }
    Ok(())
}

/// Writes all that CHANGE and MODIFY say of a column: what is changed, and what is said to be there already.
fn specification(executor: &Executor, operation: &AlterColumnOp, type_: &SqlType) -> Result<String> {
    let dialect: &dyn Dialect = executor.dialect().as_ref();
    let nullable = operation.modify_nullable.or(operation.existing_nullable).unwrap_or(true);
    let mut sql = format!("{} {}", dialect.type_sql(type_)?, if nullable { "NULL" } else { "NOT NULL" });
    if flag(operation, "autoincrement").or_else(|| flag(operation, "existing_autoincrement")) == Some(true) {
        sql.push_str(" AUTO_INCREMENT");
    }
    let default = if operation.modify_server_default.is_given() {
        operation.modify_server_default.value()
    } else {
        operation.existing_server_default.value()
    };
    if let Some(default) = default {
        sql.push_str(" DEFAULT ");
        sql.push_str(&default_sql(executor, operation, default)?);
    }
    let comment = if operation.modify_comment.is_given() {
        operation.modify_comment.value()
    } else {
        operation.existing_comment.as_ref()
    };
    if let Some(comment) = comment {
        sql.push_str(" COMMENT ");
        sql.push_str(&text_literal(dialect, comment));
    }
    Ok(sql)
}

/// Writes a server default.
///
/// # Errors
/// The column is computed or an identity, which CHANGE cannot repeat.
fn default_sql(executor: &Executor, operation: &AlterColumnOp, default: &ServerDefault) -> Result<String> {
    let sql = format_server_default(executor.dialect().as_ref(), default, &executor.ddl_options())?;
    if sql.is_empty() {
        let column: &Identifier = &operation.column_name;
        return Err(limbeck_sql::Error::Compile(format!(
            "column '{column}' of table '{}' is computed or an identity, and MySQL cannot change such a column without \
             writing it anew; use op.execute() with the whole definition",
            operation.table_name
        ))
        .into());
    }
    Ok(sql)
}
