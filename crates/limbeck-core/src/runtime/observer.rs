//! What a run tells of itself while it goes on, for those who show it.

use std::path::PathBuf;
use std::time::Duration;

use limbeck_sql::error::DatabaseError;

use super::steps::MigrationStep;

/// Hears of the steps of runs.
pub trait RunObserver: Send + Sync {
    /// Hears of one thing, at once.
    fn observe(&self, event: &RunEvent<'_>);
}

/// What can happen in a run.
#[derive(Clone, Copy, Debug)]
pub enum RunEvent<'e> {
    /// The steps are known, and will be taken in this order.
    Planned(&'e [MigrationStep]),
    /// A step begins.
    StepStarted(&'e MigrationStep),
    /// A step is done, though what it did may not be committed yet.
    StepFinished {
        /// The step.
        step: &'e MigrationStep,
        /// How long it took.
        duration: Duration,
    },
    /// A step failed; nothing is rolled back yet.
    StepFailed(&'e StepFailure),
    /// What a failed step leaves is settled.
    Settled(&'e Aftermath),
    /// The run is over.
    Ended,
}

/// A step that failed, and what is known of it.
#[derive(Clone, Debug)]
pub struct StepFailure {
    /// The step as the log tells it, without its message: `upgrade a -> b`.
    pub step: String,
    /// The revision and its file; none for a stamp.
    pub revision: Option<(String, PathBuf)>,
    /// What the database refused, unless it has done something else after it.
    pub refused: Option<DatabaseError>,
    /// The beginnings of the step's statements that no rollback takes back.
    pub kept: Vec<String>,
    /// Whether the connection is lost.
    pub connection_lost: bool,
}

/// How a database is after a run that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Aftermath {
    /// The version table was read after the rollback, and holds these revisions.
    Read(Vec<String>),
    /// The connection is lost; when last something was committed, the version table held these.
    Remembered(Vec<String>),
    /// The connection was lost in a commit, of which only the database knows whether it took place.
    Unknown,
}
