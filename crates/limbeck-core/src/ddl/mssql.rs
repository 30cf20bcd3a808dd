//! What is particular to SQL Server: changes of columns around their default constraints, procedures that rename, and
//! batches.

use limbeck_sql::dialect::{CompileOptions, Dialect, alter_comment_sql};
use limbeck_sql::engine::Value;
use limbeck_sql::schema::{Column, Identifier, OptionValue, ServerDefault, Table};
use limbeck_sql::types::SqlType;

use super::alter::{
    add_bare_column, alter_column, alter_table, format_server_default, format_table_name, is_computed,
    is_identity,
};
use super::implementation::{alter_column_generally, bulk_insert, drop_column};
use super::{Executor, Impl, SA_DEPRECATION_WARNINGS, WARNINGS};
use crate::error::{Error, Result};
use crate::operations::{AddColumnOp, AlterColumnOp, Argument, BulkInsertOp, DropColumnOp};

/// SQL Server's implementation, the reference's `MSSQLImpl`.
#[derive(Clone, Copy, Debug, Default)]
pub struct MssqlImpl;

impl Impl for MssqlImpl {
    fn class_name(&self) -> &'static str {
        "MSSQLImpl"
    }

    fn batch_separator(&self) -> Option<&'static str> {
        Some("GO")
    }

    fn emit_begin(&self, executor: &Executor) -> Result<()> {
        executor.static_output(&format!("BEGIN TRANSACTION{}", self.command_terminator()))
    }

    fn emit_commit(&self, executor: &Executor) -> Result<()> {
        executor.static_output(&format!("COMMIT{}", self.command_terminator()))?;
        executor.end_batch()
    }

    fn before_create_table(&self, _executor: &Executor, table: &Table) -> Result<()> {
        warn_of_identity_options(&table.columns);
        Ok(())
    }

    fn add_column_sql(
        &self,
        dialect: &dyn Dialect,
        operation: &AddColumnOp,
        table: &Table,
        options: &CompileOptions,
    ) -> Result<String> {
        warn_of_identity_options(std::slice::from_ref(&operation.column));
        add_bare_column(dialect, operation, table, options)
    }

    fn drop_column(&self, executor: &Executor, operation: &DropColumnOp) -> Result<()> {
        let constraints = [
            ("mssql_drop_default", ColumnConstraint::Default),
            ("mssql_drop_check", ColumnConstraint::Check),
            ("mssql_drop_foreign_key", ColumnConstraint::ForeignKey),
        ];
        let place = (operation.schema.as_ref(), &operation.table_name, &operation.column_name);
        for (option, constraint) in constraints {
            if operation.kw.get(option).is_some_and(OptionValue::is_truthy) {
                executor.execute_sql(constraint.drop_sql(executor.dialect().as_ref(), place))?;
            }
        }
        drop_column(executor, operation)
    }

    fn rename_table_sql(
        &self,
        dialect: &dyn Dialect,
        old: &Identifier,
        new: &Identifier,
        schema: Option<&Identifier>,
    ) -> String {
        let old = in_string(&format_table_name(dialect, old, schema));
        format!("EXEC sp_rename '{old}', {}", dialect.quote(new))
    }

    fn alter_column(&self, executor: &Executor, operation: &AlterColumnOp) -> Result<()> {
        let mut change = with_whole_type(operation)?;
        let default = &operation.modify_server_default;
        let generated = is_computed(default.value())
            || is_identity(default.value())
            || is_computed(operation.existing_server_default.value())
            || is_identity(operation.existing_server_default.value());
        let sets_default = default.is_given() && !generated;
        if sets_default && (operation.existing_server_default.is_given() || default.value().is_none()) {
            // a default is a constraint, which neither a new type nor a new default replaces
            let place = (operation.schema.as_ref(), &operation.table_name, &operation.column_name);
            executor.execute_sql(ColumnConstraint::Default.drop_sql(executor.dialect().as_ref(), place))?;
        }
        change.modify_name = None;
        if sets_default {
            change.modify_server_default = Argument::NotGiven;
        }
        alter_column_generally(self, executor, &change)?;
        let dialect = executor.dialect().as_ref();
        if let Some(default) = default.value().filter(|_| sets_default) {
            executor.execute_construct("ColumnDefault", || {
                self.column_default_sql(dialect, operation, Some(default), &executor.ddl_options())
            })?;
        }
        if let Some(name) = &operation.modify_name {
            executor.execute_construct("ColumnName", || self.column_name_sql(dialect, operation, name))?;
        }
        Ok(())
    }

    fn column_nullable_sql(
        &self,
        dialect: &dyn Dialect,
        operation: &AlterColumnOp,
        nullable: bool,
    ) -> Result<String> {
        let Some(type_) = &operation.existing_type else { return Err(Error::command(NO_TYPE)) };
        Ok(format!(
            "{} {}",
            self.column_type_sql(dialect, operation, type_)?,
            if nullable { "NULL" } else { "NOT NULL" }
        ))
    }

    fn column_type_sql(
        &self,
        dialect: &dyn Dialect,
        operation: &AlterColumnOp,
        type_: &SqlType,
    ) -> Result<String> {
        Ok(format!(
            "{} {} {}",
            alter_table(dialect, &operation.table_name, operation.schema.as_ref()),
            alter_column(dialect, &operation.column_name),
            dialect.type_sql(type_)?
        ))
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
        Ok(format!(
            "{} ADD DEFAULT {default} FOR {}",
            alter_table(dialect, &operation.table_name, operation.schema.as_ref()),
            dialect.quote(&operation.column_name)
        ))
    }

    fn column_name_sql(
        &self,
        dialect: &dyn Dialect,
        operation: &AlterColumnOp,
        name: &Identifier,
    ) -> Result<String> {
        Ok(format!(
            "EXEC sp_rename '{}.{}', {}, 'COLUMN'",
            in_string(&format_table_name(dialect, &operation.table_name, operation.schema.as_ref())),
            in_string(&dialect.quote(&operation.column_name)),
            dialect.quote(name)
        ))
    }

    fn column_comment_sql(
        &self,
        dialect: &dyn Dialect,
        operation: &AlterColumnOp,
        comment: Option<&str>,
    ) -> Result<String> {
        let place = (operation.schema.as_ref(), &operation.table_name, &operation.column_name);
        Ok(alter_comment_sql(dialect, place, operation.existing_comment.as_deref(), comment)?)
    }

    fn bulk_insert(&self, executor: &Executor, operation: &BulkInsertOp) -> Result<()> {
        if !executor.as_sql() {
            return bulk_insert(executor, operation);
        }
        let table = &operation.table;
        let name = executor.dialect().format_table(
            table.schema.as_ref(),
            &table.name,
            &CompileOptions::default(),
        )?;
        executor.execute_sql(format!("SET IDENTITY_INSERT {name} ON"))?;
        bulk_insert(executor, operation)?;
        executor.execute_sql(format!("SET IDENTITY_INSERT {name} OFF"))
    }
}

/// The reference's sentence for a change of nullability of a column of which the type is not said.
const NO_TYPE: &str = "MS-SQL ALTER COLUMN operations with NULL or NOT NULL require the existing_type or a new type_ be \
                       passed.";

/// Puts nullability and type together where both are known: ALTER COLUMN says both, and one without the other may
/// change it.
///
/// # Errors
/// The nullability changes, and no type is known.
fn with_whole_type(operation: &AlterColumnOp) -> Result<AlterColumnOp> {
    let mut change = operation.clone();
    let nullable = operation.modify_nullable.or(operation.existing_nullable);
    match (operation.modify_nullable, &operation.modify_type, nullable) {
        (_, Some(type_), Some(nullable)) => {
            change.modify_nullable = Some(nullable);
            change.existing_type = Some(type_.clone());
            change.modify_type = None;
        }
        (Some(_), None, _) if operation.existing_type.is_none() => return Err(Error::command(NO_TYPE)),
        (None, Some(_), None) => log::warn!(
            target: WARNINGS,
            "MS-SQL ALTER COLUMN operations that specify type_= should also specify a nullable= or existing_nullable= \
             argument to avoid implicit conversion of NOT NULL columns to NULL."
        ),
        _ => {}
    }
    Ok(change)
}

/// Warns of columns that say how they count up in the way of old.
fn warn_of_identity_options(columns: &[Column]) {
    for column in columns {
        let options = &column.dialect_options;
        let is_old = ["mssql_identity_start", "mssql_identity_increment"]
            .iter()
            .any(|name| !matches!(options.get(*name), None | Some(OptionValue::Value(Value::Null))));
        if is_old && column.identity().is_none() {
            log::warn!(
                target: SA_DEPRECATION_WARNINGS,
                "The dialect options 'mssql_identity_start' and 'mssql_identity_increment' are deprecated. Use the \
                 'Identity' object instead."
            );
        }
    }
}

/// A constraint that the server keeps for a column under a name of its own making.
#[derive(Clone, Copy, Debug)]
enum ColumnConstraint {
    Default,
    Check,
    ForeignKey,
}

impl ColumnConstraint {
    /// Writes the batch that finds the constraint's name and drops it.
    fn drop_sql(
        self,
        dialect: &dyn Dialect,
        (schema, table, column): (Option<&Identifier>, &Identifier, &Identifier),
    ) -> String {
        let plain_name = match schema.filter(|schema| !schema.as_str().is_empty()) {
            Some(schema) => format!("{schema}.{table}"),
            None => table.to_string(),
        };
        let plain_name = in_string(&plain_name);
        let column = in_string(column.as_str());
        let (from, prefix) = match self {
            Self::Default => (" sys.default_constraints", ""),
            Self::Check => (" sys.check_constraints", ""),
            Self::ForeignKey => (
                "\nsys.foreign_keys fk join sys.foreign_key_columns fkc\non fk.object_id=fkc.constraint_object_id",
                "fkc.",
            ),
        };
        format!(
            "declare @const_name varchar(256)\n\
             select @const_name = QUOTENAME([name]) from{from}\n\
             where {prefix}parent_object_id = object_id('{plain_name}')\n\
             and col_name({prefix}parent_object_id, {prefix}parent_column_id) = '{column}'\n\
             exec('alter table {} drop constraint ' + @const_name)",
            in_string(&format_table_name(dialect, table, schema))
        )
    }
}

/// Writes a name for the inside of a string. The reference leaves an apostrophe as it is, which would end the string.
fn in_string(name: &str) -> String {
    name.replace('\'', "''")
}
