//! Handles on a connection's transaction and savepoints.

use super::Connection;
use crate::error::Result;

/// A handle on the transaction of a connection, as SQLAlchemy's `RootTransaction`; dropping it changes nothing.
#[derive(Clone, Debug)]
pub struct Transaction {
    pub(super) connection: Connection,
    pub(super) id: u64,
}

/// A handle on a savepoint, as SQLAlchemy's `NestedTransaction`; dropping it changes nothing.
#[derive(Clone, Debug)]
pub struct NestedTransaction {
    pub(super) connection: Connection,
    pub(super) id: u64,
}

/// A transaction or savepoint that is rolled back when it is dropped before [`commit`](Self::commit).
#[derive(Debug)]
pub struct TransactionGuard {
    handle: Option<Handle>,
}

#[derive(Debug)]
enum Handle {
    Root(Transaction),
    Nested(NestedTransaction),
}

impl Transaction {
    /// Gives the connection that it belongs to.
    #[must_use]
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Tells whether it is neither committed, rolled back, nor failed.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.connection.transaction_is_active(self.id)
    }

    /// Commits; fails when it is not active any more.
    pub fn commit(&self) -> Result<()> {
        self.connection.commit_transaction(self.id)
    }

    /// Gives the identifier of a two-phase transaction.
    #[must_use]
    pub fn two_phase_id(&self) -> Option<String> {
        self.connection.two_phase_id(self.id)
    }

    /// Prepares a two-phase transaction, which then outlives the connection until it is committed or rolled back.
    ///
    /// Fails when it is not active any more, or not a two-phase one.
    pub fn prepare(&self) -> Result<()> {
        self.connection.prepare_two_phase(self.id)
    }

    /// Rolls back; does nothing when it has ended already.
    pub fn rollback(&self) -> Result<()> {
        self.connection.rollback_transaction(self.id)
    }

    /// Rolls back what is not committed, as [`rollback`](Self::rollback).
    pub fn close(&self) -> Result<()> {
        self.rollback()
    }
}

impl NestedTransaction {
    /// Gives the connection that it belongs to.
    #[must_use]
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Tells whether it is neither released nor rolled back.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.connection.savepoint_is_active(self.id)
    }

    /// Releases the savepoint; fails when it is not active any more.
    pub fn commit(&self) -> Result<()> {
        self.connection.release_savepoint(self.id)
    }

    /// Rolls back to the savepoint; does nothing when it has ended already.
    pub fn rollback(&self) -> Result<()> {
        self.connection.rollback_to_savepoint(self.id)
    }

    /// Rolls back what is not released, as [`rollback`](Self::rollback).
    pub fn close(&self) -> Result<()> {
        self.rollback()
    }
}

impl TransactionGuard {
    /// Commits the transaction or releases the savepoint.
    pub fn commit(mut self) -> Result<()> {
        match self.handle.take() {
            Some(Handle::Root(transaction)) => transaction.commit(),
            Some(Handle::Nested(savepoint)) => savepoint.commit(),
            None => Ok(()),
        }
    }

    /// Rolls back, and says whether that failed.
    pub fn rollback(mut self) -> Result<()> {
        match self.handle.take() {
            Some(Handle::Root(transaction)) => transaction.rollback(),
            Some(Handle::Nested(savepoint)) => savepoint.rollback(),
            None => Ok(()),
        }
    }
}

impl From<Transaction> for TransactionGuard {
    fn from(transaction: Transaction) -> Self {
        Self { handle: Some(Handle::Root(transaction)) }
    }
}

impl From<NestedTransaction> for TransactionGuard {
    fn from(savepoint: NestedTransaction) -> Self {
        Self { handle: Some(Handle::Nested(savepoint)) }
    }
}

impl Drop for TransactionGuard {
    fn drop(&mut self) {
        // A rollback that fails leaves nothing to do: the database rolls back when the connection goes.
        let _ = match self.handle.take() {
            Some(Handle::Root(transaction)) => transaction.rollback(),
            Some(Handle::Nested(savepoint)) => savepoint.rollback(),
            None => Ok(()),
        };
    }
}
