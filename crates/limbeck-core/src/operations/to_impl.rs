//! From an operation to the calls of the database's implementation.

use std::sync::Arc;

use limbeck_sql::expression::Expression;
use limbeck_sql::schema::{
    CheckConstraint, Column, Constraint, ConstraintName, DialectOptions, ForeignKeyConstraint,
    PrimaryKeyConstraint, Table, UniqueConstraint,
};
use limbeck_sql::types::SqlType;

use super::schema_objects::check_foreign_key;
use super::{
    AddColumnOp, AddConstraintOp, AlterColumnOp, ConstraintKind, DropConstraintOp, MigrateOperation,
    SchemaItem,
};
use crate::ddl::{comments_are_statements, inline_foreign_key};
use crate::error::Result;

use crate::runtime::MigrationContext;

/// Carries out an operation; `create_table` gives the table that it made.
pub(super) fn invoke(context: &Arc<MigrationContext>, operation: &MigrateOperation) -> Result<Option<Table>> {
    let implementation = context.implementation();
    let executor = context.executor();
    match operation {
        MigrateOperation::CreateTable(op) => {
            let table = op.to_table(&context.schema_objects())?;
            implementation.create_table(executor, &table, op.if_not_exists == Some(true))?;
            return Ok(Some(table));
        }
        MigrateOperation::DropTable(op) => {
            let table = op.to_table(&context.schema_objects())?;
            implementation.drop_table(executor, &table, op.if_exists == Some(true))?;
        }
        MigrateOperation::RenameTable(op) => {
            implementation.rename_table(executor, &op.table_name, &op.new_table_name, op.schema.as_ref())?;
        }
        MigrateOperation::AddColumn(op) => add_column(context, op)?,
        MigrateOperation::DropColumn(op) => implementation.drop_column(executor, op)?,
        MigrateOperation::AlterColumn(op) => alter_column(context, op)?,
        MigrateOperation::CreateIndex(op) => {
            let table = Table::new(op.schema.clone(), op.table_name.clone());
            let if_not_exists = op.if_not_exists == Some(true);
            implementation.create_index(executor, &table, &op.to_index(), if_not_exists)?;
        }
        MigrateOperation::DropIndex(op) => {
            let table = Table::new(op.schema.clone(), op.table_name_or_placeholder());
            implementation.drop_index(executor, &table, &op.to_index(), op.if_exists == Some(true))?;
        }
        MigrateOperation::AddConstraint(op) => {
            let constraint = op.to_constraint();
            check_foreign_key(&constraint)?;
            implementation.add_constraint(executor, &constrained_table(op), &constraint)?;
        }
        MigrateOperation::DropConstraint(op) => {
            let table = Table::new(op.schema.clone(), op.table_name.clone());
            let constraint = generic_constraint(op);
            implementation.check_drop_constraint(op)?;
            implementation.drop_constraint(executor, &table, &constraint, op.if_exists == Some(true))?;
        }
        MigrateOperation::CreateTableComment(op) => {
            implementation.create_table_comment(executor, &op.to_table())?;
        }
        MigrateOperation::DropTableComment(op) => {
            implementation.drop_table_comment(executor, &op.to_table())?;
        }
        MigrateOperation::BulkInsert(op) => implementation.bulk_insert(executor, op)?,
        MigrateOperation::ExecuteSql(op) => context.execute(&op.sqltext, &op.execution_options)?,
        MigrateOperation::ModifyTable(ops) => {
            for operation in &ops.ops {
                invoke(context, operation)?;
            }
        }
    }
    Ok(None)
}

/// Adds a column, then the constraints, indexes and comments that it brings along.
fn add_column(context: &Arc<MigrationContext>, op: &AddColumnOp) -> Result<()> {
    let implementation = context.implementation();
    let executor = context.executor();
    let mut table = Table::new(op.schema.clone(), op.table_name.clone());
    let item =
        SchemaItem::Column { column: Box::new(op.column.clone()), constraints: op.constraints.clone() };
    context.schema_objects().fill_table(&mut table, &[item], false)?;
    implementation.add_column(executor, op, &table)?;
    let written_inline = op.inline_references == Some(true) && inline_foreign_key(&table).is_some();
    for constraint in &table.constraints {
        let done = match constraint {
            Constraint::ForeignKey(_) => written_inline,
            // what was given to the column itself is part of ADD COLUMN
            Constraint::Check(check) => !check.type_bound,
            Constraint::PrimaryKey(_) | Constraint::Unique(_) | Constraint::Exclude(_) => false,
        };
        if !done {
            implementation.add_constraint(executor, &table, constraint)?;
        }
    }
    for index in &table.indexes {
        implementation.create_index(executor, &table, index, false)?;
    }
    if comments_are_statements(context.dialect().as_ref()) {
        implementation.create_column_comment(executor, &table, &op.column)?;
    }
    Ok(())
}

/// Changes a column; the CHECK of its old type goes first, that of its new type comes last.
fn alter_column(context: &Arc<MigrationContext>, op: &AlterColumnOp) -> Result<()> {
    let implementation = context.implementation();
    let executor = context.executor();
    let type_check = |type_: &SqlType| {
        let mut table = Table::new(op.schema.clone(), op.table_name.clone());
        let column = Column::new(op.column_name.clone(), type_.clone());
        let check = column.type_check(context.dialect().as_ref()).map(Constraint::Check);
        table.columns.push(column);
        check.map(|check| (table, check))
    };
    if let (Some(existing), Some(_)) = (&op.existing_type, &op.modify_type)
        && let Some((table, check)) = type_check(existing)
    {
        implementation.drop_constraint(executor, &table, &check, false)?;
    }
    implementation.alter_column(executor, op)?;
    if let Some(new) = &op.modify_type
        && let Some((table, check)) = type_check(new)
    {
        implementation.add_constraint(executor, &table, &check)?;
    }
    Ok(())
}

/// Gives the table of a constraint with the columns that the constraint names.
fn constrained_table(op: &AddConstraintOp) -> Table {
    let mut table = Table::new(op.schema().cloned(), op.table_name().clone());
    for name in op.to_constraint().columns() {
        if table.column(name.as_str()).is_none() {
            table.columns.push(Column::new(name.clone(), SqlType::Null));
        }
    }
    table
}

/// Gives a constraint of which only the name and the kind are known.
///
/// One without a kind keeps its name whatever the naming convention says.
fn generic_constraint(op: &DropConstraintOp) -> Constraint {
    let name = op.constraint_name.clone();
    match op.constraint_type {
        Some(ConstraintKind::ForeignKey) => {
            Constraint::ForeignKey(ForeignKeyConstraint { name, ..ForeignKeyConstraint::default() })
        }
        Some(ConstraintKind::Primary) => {
            Constraint::PrimaryKey(PrimaryKeyConstraint { name, ..PrimaryKeyConstraint::default() })
        }
        Some(ConstraintKind::Unique) => {
            Constraint::Unique(UniqueConstraint { name, ..UniqueConstraint::default() })
        }
        Some(ConstraintKind::Check) => Constraint::Check(CheckConstraint {
            name,
            condition: Expression::text(""),
            deferrable: None,
            initially: None,
            comment: None,
            column: None,
            type_bound: false,
            dialect_options: DialectOptions::default(),
        }),
        None => {
            let name = match name {
                ConstraintName::Given(name) => ConstraintName::Conv(name),
                other => other,
            };
            Constraint::Unique(UniqueConstraint { name, ..UniqueConstraint::default() })
        }
    }
}
