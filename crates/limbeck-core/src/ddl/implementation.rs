//! The general implementation: what every dialect does unless its own file says otherwise.

use std::fmt::Debug;

use indexmap::IndexMap;
use limbeck_sql::dialect::{
    CompileOptions, CompilerKind, DdlElement, Dialect, DropBehavior, no_literal_renderer,
    unsupported_compilation,
};
use limbeck_sql::engine::Value;
use limbeck_sql::expression::{BindParameter, Expression, Insert, InsertValues, Statement, StatementWords};
use limbeck_sql::schema::{Column, Constraint, Identifier, Index, ServerDefault, Table};
use limbeck_sql::types::SqlType;

use super::alter::{add_column, alter_column, alter_table, format_server_default, format_table_name};
use super::alter::{is_computed, is_identity};
use super::{Executor, RunExclusion, TableEvent, WARNINGS};
use crate::error::{Error, Result};
use crate::operations::{
    AddColumnOp, AlterColumnOp, BulkInsertOp, BulkValue, DropColumnOp, DropConstraintOp, MigrateOperation,
};
use crate::runtime::{VersionTableOptions, version_table};

/// How a database carries out operations, after the reference's `DefaultImpl`.
///
/// The `..._sql` methods write one statement; the others decide which statements an operation takes.
pub trait Impl: Debug + Send + Sync {
    /// Gives the name of the class in the reference, such as `SQLiteImpl`, which the log shows.
    fn class_name(&self) -> &'static str;

    /// Gives what ends a statement in offline output.
    fn command_terminator(&self) -> &'static str {
        ";"
    }

    /// Gives what follows each statement in offline output, on a line of its own, unless env.py says otherwise.
    fn batch_separator(&self) -> Option<&'static str> {
        None
    }

    /// Gives the structure of the version table.
    fn version_table_impl(&self, options: &VersionTableOptions) -> Table {
        version_table::structure(options)
    }

    /// Gives the way in which a run keeps others out before it changes anything, so that of two runs at once the second
    /// waits for the first and then finds its work done.
    fn run_exclusion(&self) -> RunExclusion {
        RunExclusion::None
    }

    /// Hears that a run begins.
    fn start_migrations(&self, executor: &Executor) -> Result<()> {
        let _ = executor;
        Ok(())
    }

    /// Writes the beginning of a transaction to the offline output.
    fn emit_begin(&self, executor: &Executor) -> Result<()> {
        executor.static_output(&format!("BEGIN{}", self.command_terminator()))
    }

    /// Writes the end of a transaction to the offline output.
    fn emit_commit(&self, executor: &Executor) -> Result<()> {
        executor.static_output(&format!("COMMIT{}", self.command_terminator()))
    }

    // Tables.

    /// Hears that a table is about to be created.
    fn before_create_table(&self, executor: &Executor, table: &Table) -> Result<()> {
        let _ = (executor, table);
        Ok(())
    }

    /// Creates a table, its indexes, and its comments where they are statements of their own.
    fn create_table(&self, executor: &Executor, table: &Table, if_not_exists: bool) -> Result<()> {
        executor.table_event(TableEvent::BeforeCreate, table)?;
        self.before_create_table(executor, table)?;
        executor.execute_ddl(DdlElement::CreateTable { table: Box::new(table.clone()), if_not_exists })?;
        executor.table_event(TableEvent::AfterCreate, table)?;
        for index in &table.indexes {
            self.create_index(executor, table, index, false)?;
        }
        if !comments_are_statements(executor.dialect().as_ref()) {
            return Ok(());
        }
        if table.comment.is_some() {
            self.create_table_comment(executor, table)?;
        }
        for column in &table.columns {
            self.create_column_comment(executor, table, column)?;
        }
        Ok(())
    }

    /// Drops a table.
    fn drop_table(&self, executor: &Executor, table: &Table, if_exists: bool) -> Result<()> {
        executor.table_event(TableEvent::BeforeDrop, table)?;
        executor.execute_ddl(DdlElement::DropTable {
            schema: table.schema.clone(),
            name: table.name.clone(),
            if_exists,
        })?;
        executor.table_event(TableEvent::AfterDrop, table)
    }

    /// Renames a table.
    fn rename_table(
        &self,
        executor: &Executor,
        old: &Identifier,
        new: &Identifier,
        schema: Option<&Identifier>,
    ) -> Result<()> {
        let sql = || Ok(self.rename_table_sql(executor.dialect().as_ref(), old, new, schema));
        executor.execute_construct("RenameTable", sql)
    }

    /// Writes `ALTER TABLE ... RENAME TO ...`.
    fn rename_table_sql(
        &self,
        dialect: &dyn Dialect,
        old: &Identifier,
        new: &Identifier,
        schema: Option<&Identifier>,
    ) -> String {
        format!("{} RENAME TO {}", alter_table(dialect, old, schema), format_table_name(dialect, new, schema))
    }

    /// Sets the comment of a table.
    fn create_table_comment(&self, executor: &Executor, table: &Table) -> Result<()> {
        executor.execute_ddl(DdlElement::SetTableComment {
            schema: table.schema.clone(),
            name: table.name.clone(),
            comment: table.comment.clone(),
        })
    }

    /// Removes the comment of a table.
    fn drop_table_comment(&self, executor: &Executor, table: &Table) -> Result<()> {
        executor.execute_ddl(DdlElement::DropTableComment {
            schema: table.schema.clone(),
            name: table.name.clone(),
        })
    }

    /// Sets the comment of a column that has one.
    fn create_column_comment(&self, executor: &Executor, table: &Table, column: &Column) -> Result<()> {
        if column.comment.is_none() {
            return Ok(());
        }
        executor.execute_ddl(DdlElement::SetColumnComment {
            schema: table.schema.clone(),
            table: table.name.clone(),
            column: column.name.clone(),
            comment: column.comment.clone(),
        })
    }

    // Columns.

    /// Adds a column; what it needs beside ADD COLUMN follows in [`add_constraint`](Self::add_constraint) and
    /// [`create_index`](Self::create_index).
    fn add_column(&self, executor: &Executor, operation: &AddColumnOp, table: &Table) -> Result<()> {
        executor.execute_construct("AddColumn", || {
            self.add_column_sql(executor.dialect().as_ref(), operation, table, &executor.ddl_options())
        })
    }

    /// Writes `ALTER TABLE ... ADD COLUMN ...`.
    fn add_column_sql(
        &self,
        dialect: &dyn Dialect,
        operation: &AddColumnOp,
        table: &Table,
        options: &CompileOptions,
    ) -> Result<String> {
        Ok(format!(
            "{} {}",
            alter_table(dialect, &operation.table_name, operation.schema.as_ref()),
            add_column(dialect, operation, table, options)?
        ))
    }

    /// Drops a column.
    fn drop_column(&self, executor: &Executor, operation: &DropColumnOp) -> Result<()> {
        drop_column(executor, operation)
    }

    /// Changes a column: nullability, default, type, comment, and its name last.
    fn alter_column(&self, executor: &Executor, operation: &AlterColumnOp) -> Result<()> {
        alter_column_generally(self, executor, operation)
    }

    /// Writes the change of a column's nullability.
    fn column_nullable_sql(
        &self,
        dialect: &dyn Dialect,
        operation: &AlterColumnOp,
        nullable: bool,
    ) -> Result<String> {
        let change = if nullable { "DROP NOT NULL" } else { "SET NOT NULL" };
        Ok(altered(dialect, operation, change))
    }

    /// Writes the change of a column's server default; `None` removes it.
    fn column_default_sql(
        &self,
        dialect: &dyn Dialect,
        operation: &AlterColumnOp,
        default: Option<&ServerDefault>,
        options: &CompileOptions,
    ) -> Result<String> {
        let change = match default {
            Some(default) => format!("SET DEFAULT {}", format_server_default(dialect, default, options)?),
            None => "DROP DEFAULT".to_owned(),
        };
        Ok(altered(dialect, operation, &change))
    }

    /// Writes the change of a column that is computed, or shall be.
    ///
    /// # Errors
    /// No general way exists.
    fn computed_column_default_sql(
        &self,
        dialect: &dyn Dialect,
        operation: &AlterColumnOp,
    ) -> Result<String> {
        let _ = (dialect, operation);
        Err(limbeck_sql::Error::Compile(
            "Adding or removing a \"computed\" construct, e.g. GENERATED ALWAYS AS, to or from an existing column is \
             not supported."
                .to_owned(),
        )
        .into())
    }

    /// Writes the change of a column that is an identity, or shall be.
    ///
    /// # Errors
    /// No general way exists.
    fn identity_column_default_sql(
        &self,
        dialect: &dyn Dialect,
        operation: &AlterColumnOp,
    ) -> Result<String> {
        let _ = (dialect, operation);
        Err(limbeck_sql::Error::Compile(
            "Adding, removing or modifying an \"identity\" construct, e.g. GENERATED AS IDENTITY, to or from an \
             existing column is not supported in this dialect."
                .to_owned(),
        )
        .into())
    }

    /// Writes the change of a column's type.
    fn column_type_sql(
        &self,
        dialect: &dyn Dialect,
        operation: &AlterColumnOp,
        type_: &SqlType,
    ) -> Result<String> {
        Ok(altered(dialect, operation, &format!("TYPE {}", dialect.type_sql(type_)?)))
    }

    /// Writes the change of a column's comment.
    ///
    /// # Errors
    /// No general way exists.
    fn column_comment_sql(
        &self,
        dialect: &dyn Dialect,
        operation: &AlterColumnOp,
        comment: Option<&str>,
    ) -> Result<String> {
        let _ = (operation, comment);
        let class = "<class 'alembic.ddl.base.ColumnComment'>";
        let element = format!("{class}: {class} construct has no default compilation handler.");
        Err(unsupported_compilation(dialect, CompilerKind::Ddl, element).into())
    }

    /// Writes the change of a column's name.
    fn column_name_sql(
        &self,
        dialect: &dyn Dialect,
        operation: &AlterColumnOp,
        name: &Identifier,
    ) -> Result<String> {
        Ok(format!(
            "{} RENAME {} TO {}",
            alter_table(dialect, &operation.table_name, operation.schema.as_ref()),
            dialect.quote(&operation.column_name),
            dialect.quote(name)
        ))
    }

    // Constraints and indexes.

    /// Adds a constraint to a table that exists; a CHECK that a type made is marked `type_bound`.
    fn add_constraint(&self, executor: &Executor, table: &Table, constraint: &Constraint) -> Result<()> {
        executor.execute_ddl(DdlElement::AddConstraint {
            constraint: Box::new(constraint.clone()),
            table: Box::new(table.clone()),
        })
    }

    /// Drops a constraint; a CHECK that a type made is marked `type_bound`.
    fn drop_constraint(
        &self,
        executor: &Executor,
        table: &Table,
        constraint: &Constraint,
        if_exists: bool,
    ) -> Result<()> {
        drop_constraint(executor, table, constraint, if_exists)
    }

    /// Refuses to drop a constraint of which too little is said.
    fn check_drop_constraint(&self, operation: &DropConstraintOp) -> Result<()> {
        let _ = operation;
        Ok(())
    }

    /// Creates an index.
    fn create_index(
        &self,
        executor: &Executor,
        table: &Table,
        index: &Index,
        if_not_exists: bool,
    ) -> Result<()> {
        executor.execute_ddl(DdlElement::CreateIndex {
            index: Box::new(index.clone()),
            table: Box::new(table.clone()),
            if_not_exists,
        })
    }

    /// Drops an index.
    fn drop_index(&self, executor: &Executor, table: &Table, index: &Index, if_exists: bool) -> Result<()> {
        executor.execute_ddl(DdlElement::DropIndex {
            index: Box::new(index.clone()),
            table: Box::new(table.clone()),
            if_exists,
        })
    }

    /// Tells whether a batch of operations needs its table to be replaced by a changed copy.
    fn requires_recreate_in_batch(&self, dialect: &dyn Dialect, operations: &[MigrateOperation]) -> bool {
        let _ = (dialect, operations);
        false
    }

    // Data.

    /// Inserts rows: offline one statement for each with its values as literals, online as `multiinsert` says.
    ///
    /// # Errors
    /// Offline, a value for a column that the table does not name.
    fn bulk_insert(&self, executor: &Executor, operation: &BulkInsertOp) -> Result<()> {
        bulk_insert(executor, operation)
    }

    // What autogenerate asks.

    /// Writes an expression as it stands in DDL: values as literals, columns without their tables.
    fn render_ddl_sql_expr(
        &self,
        dialect: &dyn Dialect,
        expression: &Expression,
        is_server_default: bool,
    ) -> Result<String> {
        let _ = is_server_default;
        let options =
            CompileOptions { literal_binds: true, omit_table_names: true, ..CompileOptions::default() };
        Ok(dialect.compile_expression(expression, &options)?.sql)
    }

    /// Tells whether two server defaults, as SQL, differ.
    fn compare_server_default(
        &self,
        rendered_metadata: Option<&str>,
        rendered_inspected: Option<&str>,
    ) -> bool {
        rendered_metadata != rendered_inspected
    }

    /// Gives the default of a reflected column in the form in which a script has to say it.
    fn autogen_column_default(&self, default: String) -> String {
        default
    }
}

/// Changes a column as most databases do; each statement is the implementation's.
pub(super) fn alter_column_generally<I: Impl + ?Sized>(
    implementation: &I,
    executor: &Executor,
    operation: &AlterColumnOp,
) -> Result<()> {
    if operation.kw.contains_key("autoincrement") || operation.kw.contains_key("existing_autoincrement") {
        log::warn!(
            target: WARNINGS,
            "autoincrement and existing_autoincrement only make sense for MySQL"
        );
    }
    let dialect = executor.dialect().as_ref();
    if let Some(nullable) = operation.modify_nullable {
        executor.execute_construct("ColumnNullable", || {
            implementation.column_nullable_sql(dialect, operation, nullable)
        })?;
    }
    if operation.modify_server_default.is_given() {
        let default = operation.modify_server_default.value();
        let existing = operation.existing_server_default.value();
        if is_computed(default) || is_computed(existing) {
            executor.execute_construct("ComputedColumnDefault", || {
                implementation.computed_column_default_sql(dialect, operation)
            })?;
        } else if is_identity(default) || is_identity(existing) {
            executor.execute_construct("IdentityColumnDefault", || {
                implementation.identity_column_default_sql(dialect, operation)
            })?;
        } else {
            executor.execute_construct("ColumnDefault", || {
                implementation.column_default_sql(dialect, operation, default, &executor.ddl_options())
            })?;
        }
    }
    if let Some(type_) = &operation.modify_type {
        executor
            .execute_construct("ColumnType", || implementation.column_type_sql(dialect, operation, type_))?;
    }
    if operation.modify_comment.is_given() {
        let comment = operation.modify_comment.value().map(String::as_str);
        executor.execute_construct("ColumnComment", || {
            implementation.column_comment_sql(dialect, operation, comment)
        })?;
    }
    if let Some(name) = &operation.modify_name {
        executor
            .execute_construct("ColumnName", || implementation.column_name_sql(dialect, operation, name))?;
    }
    Ok(())
}

/// Tells whether comments take statements of their own.
pub(crate) fn comments_are_statements(dialect: &dyn Dialect) -> bool {
    dialect.supports_comments() && !dialect.inline_comments()
}

/// Writes `ALTER TABLE ... ALTER COLUMN ... change`.
fn altered(dialect: &dyn Dialect, operation: &AlterColumnOp, change: &str) -> String {
    format!(
        "{} {} {change}",
        alter_table(dialect, &operation.table_name, operation.schema.as_ref()),
        alter_column(dialect, &operation.column_name)
    )
}

/// Drops a column by the general rules.
pub(super) fn drop_column(executor: &Executor, operation: &DropColumnOp) -> Result<()> {
    let dialect = executor.dialect().as_ref();
    let column = operation.to_column();
    executor.execute_construct("DropColumn", || {
        Ok(format!(
            "{} DROP COLUMN {}{}",
            alter_table(dialect, &operation.table_name, operation.schema.as_ref()),
            if operation.if_exists == Some(true) { "IF EXISTS " } else { "" },
            dialect.quote(&column.name)
        ))
    })
}

/// Drops a constraint by the general rules.
pub(super) fn drop_constraint(
    executor: &Executor,
    table: &Table,
    constraint: &Constraint,
    if_exists: bool,
) -> Result<()> {
    executor.execute_ddl(DdlElement::DropConstraint {
        constraint: Box::new(constraint.clone()),
        table: Box::new(table.clone()),
        behavior: DropBehavior { if_exists, cascade: false },
    })
}

/// Inserts rows by the general rules.
pub(super) fn bulk_insert(executor: &Executor, operation: &BulkInsertOp) -> Result<()> {
    let insert = |values| {
        Statement::Insert(Box::new(Insert {
            table: operation.table.clone(),
            values,
            returning: Vec::new(),
            on_conflict: None,
            inline: true,
            words: StatementWords::default(),
        }))
    };
    if executor.as_sql() {
        for row in &operation.rows {
            let values = literal_row(executor.dialect().as_ref(), operation, row)?;
            executor.write_with_literals(&insert(InsertValues::Single(values)))?;
        }
        return Ok(());
    }
    let plain: Option<Vec<Vec<(String, Value)>>> = operation.rows.iter().map(plain_row).collect();
    match plain {
        Some(rows) if operation.multiinsert => {
            if !rows.is_empty() {
                executor.execute_many(&insert(InsertValues::Parameters), &rows)?;
            }
        }
        _ => {
            for row in &operation.rows {
                executor.execute_statement(&insert(InsertValues::Single(bound_row(operation, row))))?;
            }
        }
    }
    Ok(())
}

/// Gives the values of a row by column, when all of them are plain.
fn plain_row(row: &IndexMap<String, BulkValue>) -> Option<Vec<(String, Value)>> {
    row.iter()
        .map(|(name, value)| match value {
            BulkValue::Value(value) => Some((name.clone(), value.clone())),
            BulkValue::Expression(_) => None,
        })
        .collect()
}

/// Gives a row's values as expressions, with the types of the table's columns.
fn bound_row(operation: &BulkInsertOp, row: &IndexMap<String, BulkValue>) -> IndexMap<String, Expression> {
    row.iter()
        .map(|(name, value)| {
            let expression = match value {
                BulkValue::Value(value) => {
                    let type_ = operation.table.columns.get(name).cloned();
                    Expression::Bind(BindParameter::literal(value.clone(), type_))
                }
                BulkValue::Expression(expression) => expression.clone(),
            };
            (name.clone(), expression)
        })
        .collect()
}

/// Gives a row's values as [`bound_row`] does, in the order of the table's columns.
///
/// # Errors
/// A column that the table does not have, and a value for a column without a type: here the value's own type does not
/// help.
fn literal_row(
    dialect: &dyn Dialect,
    operation: &BulkInsertOp,
    row: &IndexMap<String, BulkValue>,
) -> Result<IndexMap<String, Expression>> {
    let columns = &operation.table.columns;
    if let Some(unknown) = row.keys().find(|name| !columns.contains_key(*name)) {
        return Err(Error::key(unknown.as_str()));
    }
    let untyped = row.iter().find_map(|(name, value)| match value {
        BulkValue::Value(value) if !value.is_null() && matches!(columns.get(name), Some(SqlType::Null)) => {
            Some(value)
        }
        _ => None,
    });
    if let Some(value) = untyped {
        return Err(no_literal_renderer(dialect, value).into());
    }
    let mut values = bound_row(operation, row);
    values.sort_by_cached_key(|name, _| columns.get_index_of(name));
    Ok(values)
}
