//! The facade that migration scripts know as `op`.

use std::sync::Arc;

use limbeck_sql::engine::{Connection, Value};
use limbeck_sql::expression::{BindParameter, Expression};
use limbeck_sql::schema::{ConstraintName, Identifier, Table};
use limbeck_sql::types::SqlType;

use super::{Batch, MigrateOperation, to_impl};
use crate::error::Result;
use crate::runtime::MigrationContext;

/// Carries out operations on the database of a context, as `alembic.operations.Operations`.
#[derive(Clone, Debug)]
pub struct Operations {
    context: Arc<MigrationContext>,
    batch: Option<Arc<Batch>>,
}

impl Operations {
    /// Makes the operations of a context.
    pub fn new(context: Arc<MigrationContext>) -> Self {
        Self { context, batch: None }
    }

    /// Gives operations that are kept back for a batch, as `BatchOperations`.
    #[must_use]
    pub fn in_batch(&self, batch: Arc<Batch>) -> Self {
        Self { context: Arc::clone(&self.context), batch: Some(batch) }
    }

    /// Gives the batch that operations are kept back for.
    #[must_use]
    pub fn batch(&self) -> Option<&Arc<Batch>> {
        self.batch.as_ref()
    }

    /// Gives the context (`get_context()`, `migration_context`).
    #[must_use]
    pub fn get_context(&self) -> &Arc<MigrationContext> {
        &self.context
    }

    /// Gives the connection; `None` offline.
    #[must_use]
    pub fn get_bind(&self) -> Option<&Connection> {
        self.context.bind()
    }

    /// Carries out an operation; `create_table` gives the table that it made.
    ///
    /// In a batch what changes tables is kept back instead; statements are executed at once there, too.
    ///
    /// # Errors
    /// What the dialect cannot do, and what the database refuses.
    pub fn invoke(&self, operation: &MigrateOperation) -> Result<Option<Table>> {
        match &self.batch {
            Some(batch) if !matches!(operation, MigrateOperation::ExecuteSql(_)) => {
                batch.push(operation.clone());
                Ok(None)
            }
            _ => to_impl::invoke(&self.context, operation),
        }
    }

    /// Marks a name as final, so that no naming convention touches it (`op.f`).
    pub fn f(name: impl Into<Identifier>) -> ConstraintName {
        ConstraintName::Conv(name.into())
    }

    /// Makes a value that is written into statements as a literal, never sent as a parameter.
    ///
    /// Without a type, the value's own decides how it is written.
    #[must_use]
    pub fn inline_literal(value: Value, type_: Option<SqlType>) -> Expression {
        Expression::Bind(BindParameter { literal_execute: true, ..BindParameter::literal(value, type_) })
    }
}
