//! Blocks that env.py and migration scripts open with `with`: transactions, and stretches without one.
//!
//! A scope is entered once and exited once, and says at its exit whether what was inside failed. Nothing is done when a
//! scope is dropped: a host that must give up exits it with `failed`.

use std::sync::{Arc, Mutex, PoisonError};

use super::MigrationContext;
use crate::error::Result;

/// What `begin_transaction` gives.
#[derive(Clone, Debug)]
pub struct TransactionScope {
    context: Arc<MigrationContext>,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Nothing is to be done.
    Nothing,
    /// BEGIN and COMMIT are written to the output.
    Written,
    /// The context's transaction, already begun.
    Begun,
}

impl TransactionScope {
    pub(super) fn nothing(context: Arc<MigrationContext>) -> Self {
        Self { context, kind: Kind::Nothing }
    }

    pub(super) fn written(context: Arc<MigrationContext>) -> Self {
        Self { context, kind: Kind::Written }
    }

    pub(super) fn begun(context: Arc<MigrationContext>) -> Self {
        Self { context, kind: Kind::Begun }
    }

    /// Tells whether leaving the scope commits or rolls back a transaction.
    #[must_use]
    pub fn is_transaction(&self) -> bool {
        self.kind == Kind::Begun
    }

    /// Enters the scope; offline this writes BEGIN.
    pub fn enter(&self) -> Result<()> {
        match self.kind {
            Kind::Written => self.context.emit_begin(),
            Kind::Nothing | Kind::Begun => Ok(()),
        }
    }

    /// Leaves the scope: commits, or rolls back when what was inside failed.
    pub fn exit(&self, failed: bool) -> Result<()> {
        match self.kind {
            Kind::Nothing => Ok(()),
            Kind::Written if failed => Ok(()),
            Kind::Written => self.context.emit_commit(),
            Kind::Begun if failed => self.rollback(),
            Kind::Begun => self.commit(),
        }
    }

    /// Commits the transaction that the context has open, if any.
    pub fn commit(&self) -> Result<()> {
        let Some(transaction) = self.context.take_transaction() else { return Ok(()) };
        let committed = transaction.commit();
        if committed.is_err() {
            // what cannot be committed must not stay open; the failed commit is what the user hears of
            let _ = transaction.rollback();
            self.context.settle(true);
        } else {
            self.context.note_commit();
        }
        Ok(committed?)
    }

    /// Rolls the transaction back that the context has open, if any.
    pub fn rollback(&self) -> Result<()> {
        match self.context.take_transaction() {
            Some(transaction) => {
                let rolled_back = transaction.rollback();
                self.context.settle(false);
                Ok(rolled_back?)
            }
            None => Ok(()),
        }
    }

    /// Does `work` inside the scope.
    ///
    /// # Errors
    /// Those of the work, which go before those of the rollback that follows it, and those of the commit.
    pub fn run<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.enter()?;
        finish(work(), |failed| self.exit(failed))
    }
}

/// What `autocommit_block` gives: a stretch in which each statement is committed by itself.
#[derive(Debug)]
pub struct AutocommitBlock {
    context: Arc<MigrationContext>,
    entered: Mutex<Option<Entered>>,
}

/// What must be brought back at the end of a block.
#[derive(Clone, Debug)]
pub(super) struct Entered {
    /// Whether the connection had a transaction open.
    pub(super) had_transaction: bool,
    /// The isolation level to return to; `None` offline.
    pub(super) isolation_level: Option<String>,
}

impl AutocommitBlock {
    pub(super) fn new(context: Arc<MigrationContext>) -> Self {
        Self { context, entered: Mutex::new(None) }
    }

    /// Enters the block: commits what is open (offline: writes COMMIT).
    pub fn enter(&self) -> Result<()> {
        let entered = self.context.enter_autocommit()?;
        *self.entered.lock().unwrap_or_else(PoisonError::into_inner) = Some(entered);
        Ok(())
    }

    /// Leaves the block: begins a transaction again where there was one (offline: writes BEGIN).
    pub fn exit(&self) -> Result<()> {
        let entered = self.entered.lock().unwrap_or_else(PoisonError::into_inner).take();
        match entered {
            Some(entered) => self.context.exit_autocommit(&entered),
            None => Ok(()),
        }
    }

    /// Does `work` inside the block.
    pub fn run<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.enter()?;
        finish(work(), |_| self.exit())
    }
}

/// Closes a scope after its work; a failure of the work goes before one of the closing.
fn finish<T>(outcome: Result<T>, close: impl FnOnce(bool) -> Result<()>) -> Result<T> {
    match outcome {
        Ok(value) => close(false).map(|()| value),
        Err(error) => {
            let _ = close(true);
            Err(error)
        }
    }
}
