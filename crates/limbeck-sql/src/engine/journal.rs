//! What a connection remembers of its statements, so that a failure can say what was done before it and what stays done.

use std::any::Any;
use std::sync::Arc;

use super::DriverConnection;
use crate::error::DatabaseError;

/// How much of a statement is remembered, in characters.
const REMEMBERED: usize = 300;

/// The statements since [`start`](Self::start), and what else lasts as long as a transaction.
#[derive(Default)]
pub(super) struct Journal {
    recording: bool,
    statements: Vec<String>,
    /// How many of them no rollback takes back.
    kept: usize,
    failure: Option<DatabaseError>,
    guards: Vec<Arc<dyn Any + Send + Sync>>,
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Journal").field("statements", &self.statements.len()).finish_non_exhaustive()
    }
}

impl Journal {
    /// Begins anew with no statements.
    pub(super) fn start(&mut self) {
        self.recording = true;
        self.statements.clear();
        self.kept = 0;
        self.failure = None;
    }

    /// Gives the statements that no rollback takes back.
    pub(super) fn kept(&self) -> &[String] {
        &self.statements[..self.kept]
    }

    /// Gives what the database has refused, unless it has executed something since.
    pub(super) fn failure(&self) -> Option<&DatabaseError> {
        self.failure.as_ref()
    }

    /// Hears of a statement that was executed.
    pub(super) fn executed(&mut self, sql: &str, driver: &dyn DriverConnection) {
        self.failure = None;
        if self.recording {
            self.statements.push(sql.chars().take(REMEMBERED).collect());
            self.look_at(driver);
        }
    }

    /// Hears of a statement that failed, which may have committed what was before it.
    pub(super) fn failed(
        &mut self,
        error: &DatabaseError,
        sql: &str,
        driver: &dyn DriverConnection,
        is_lost: bool,
    ) {
        self.failure = Some(DatabaseError { statement: Some(sql.to_owned()), ..error.clone() });
        // a connection that is lost has no transaction either, and what was open is rolled back
        if self.recording && !is_lost {
            self.look_at(driver);
        }
    }

    /// Where no transaction is open, what was done is done: some databases commit by themselves.
    fn look_at(&mut self, driver: &dyn DriverConnection) {
        if !driver.in_transaction() {
            self.kept = self.statements.len();
        }
    }

    /// Hears of a commit.
    pub(super) fn committed(&mut self) {
        self.kept = self.statements.len();
        self.guards.clear();
    }

    /// Hears of a rollback.
    pub(super) fn rolled_back(&mut self) {
        self.statements.truncate(self.kept);
        self.guards.clear();
    }

    /// Keeps a value until the transaction ends.
    pub(super) fn guard(&mut self, guard: Arc<dyn Any + Send + Sync>) {
        self.guards.push(guard);
    }

    /// Gives the values that are kept until the transaction ends.
    pub(super) fn guards(&self) -> Vec<Arc<dyn Any + Send + Sync>> {
        self.guards.clone()
    }
}
