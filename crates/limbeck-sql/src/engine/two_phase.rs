//! The steps of a transaction in two phases, which is prepared in several databases before it is committed in any.

/// A step of a two-phase transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TwoPhaseStep {
    /// It begins.
    Begin,
    /// It is made safe: from now on it outlives the connection.
    Prepare,
    /// It is committed.
    Commit {
        /// Whether it has been prepared.
        is_prepared: bool,
    },
    /// It is rolled back.
    Rollback {
        /// Whether it has been prepared.
        is_prepared: bool,
    },
}

/// What is left to do for a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TwoPhaseWork {
    /// Nothing: the driver has done it.
    Done,
    /// The connection executes these statements, whose parameter `:xid` is the transaction's identifier.
    Statements(&'static [&'static str]),
}
