//! Batch mode: the operations on one table, kept back until the block around them ends.

use std::sync::{Mutex, PoisonError};

use limbeck_sql::dialect::Dialect;
use limbeck_sql::schema::{Constraint, Identifier, ServerDefault};

use super::{MigrateOperation, Operations};
use crate::error::{Error, Result};

/// Whether a batch replaces its table by a changed copy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Recreate {
    /// Where the database cannot do the operations otherwise.
    #[default]
    Auto,
    /// In any case.
    Always,
    /// In no case.
    Never,
}

impl Recreate {
    /// Reads the argument `recreate`.
    ///
    /// # Errors
    /// Another word than `auto`, `always` and `never`.
    pub fn parse(word: &str) -> Result<Self> {
        match word {
            "auto" => Ok(Self::Auto),
            "always" => Ok(Self::Always),
            "never" => Ok(Self::Never),
            _ => Err(Error::value("recreate may be one of 'auto', 'always', or 'never'.")),
        }
    }
}

/// A batch: its table, and the operations so far.
#[derive(Debug)]
pub struct Batch {
    /// The table.
    pub table_name: Identifier,
    /// The table's schema.
    pub schema: Option<Identifier>,
    /// Whether the table is replaced by a changed copy.
    pub recreate: Recreate,
    /// Whether the caller says what the table looks like (`copy_from`), so that nothing need be reflected.
    pub has_copy_from: bool,
    operations: Mutex<Vec<MigrateOperation>>,
}

impl Batch {
    /// Makes an empty batch.
    pub fn new(
        table_name: Identifier,
        schema: Option<Identifier>,
        recreate: Recreate,
        has_copy_from: bool,
    ) -> Self {
        Self { table_name, schema, recreate, has_copy_from, operations: Mutex::default() }
    }

    /// Refuses a place for a new column where the table is altered: only a copy can have it elsewhere than at its end.
    ///
    /// # Errors
    /// The batch does not recreate the table in any case.
    pub fn check_place(&self) -> Result<()> {
        if self.recreate == Recreate::Always {
            return Ok(());
        }
        Err(Error::command(
            "Can't specify insert_before or insert_after when using ALTER; please specify recreate='always'",
        ))
    }

    /// Keeps an operation for the end of the block.
    pub(super) fn push(&self, operation: MigrateOperation) {
        self.operations.lock().unwrap_or_else(PoisonError::into_inner).push(operation);
    }

    /// Carries out what was kept.
    ///
    /// # Errors
    /// The table would have to be replaced by a copy, and what the operations themselves raise.
    pub fn flush(&self, operations: &Operations) -> Result<()> {
        let kept = std::mem::take(&mut *self.operations.lock().unwrap_or_else(PoisonError::into_inner));
        let context = operations.get_context();
        let recreates = match self.recreate {
            Recreate::Never => false,
            Recreate::Always => true,
            Recreate::Auto => {
                context.implementation().requires_recreate_in_batch(context.dialect().as_ref(), &kept)
            }
        };
        if recreates {
            return Err(self.no_copy(context.as_sql(), context.dialect().name()));
        }
        let direct = Operations::new(context.clone());
        for operation in &kept {
            direct.invoke(operation)?;
        }
        Ok(())
    }

    /// Says why the table cannot be replaced by a copy.
    fn no_copy(&self, as_sql: bool, dialect_name: &str) -> Error {
        let table = &self.table_name;
        if as_sql && !self.has_copy_from {
            return Error::command(format!(
                "This operation cannot proceed in --sql mode; batch mode with dialect {dialect_name} requires a live \
                 database connection with which to reflect the table \"{table}\". To generate a batch SQL migration \
                 script using table \"move and copy\", a complete Table object should be passed to the \"copy_from\" \
                 argument of the batch_alter_table() method so that table reflection can be skipped."
            ));
        }
        Error::not_implemented(format!(
            "Limbeck does not provide \"move and copy\" yet: these operations in batch_alter_table(\"{table}\") need the \
             table to be recreated as a changed copy; nothing of the batch was carried out"
        ))
    }
}

/// Tells whether SQLite needs a copy of the table for an operation, as the reference decides it.
pub(crate) fn needs_copy_on_sqlite(dialect: &dyn Dialect, operation: &MigrateOperation) -> bool {
    let MigrateOperation::AddColumn(add) = operation else {
        return !matches!(operation, MigrateOperation::CreateIndex(_) | MigrateOperation::DropIndex(_));
    };
    let column = &add.column;
    let default = match &column.server_default {
        Some(ServerDefault::Expression(_)) => true,
        Some(ServerDefault::Computed(computed)) => computed.persisted == Some(true),
        _ => false,
    };
    let unique = column.unique == Some(true) && column.index != Some(true);
    let constraint = add.constraints.iter().any(|constraint| match constraint {
        Constraint::ForeignKey(_) => add.inline_references != Some(true),
        Constraint::Check(check) => check.type_bound,
        _ => true,
    });
    default || unique || constraint || column.type_check(dialect).is_some()
}
