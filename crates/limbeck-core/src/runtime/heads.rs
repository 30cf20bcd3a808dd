//! The heads in the version table, kept true step by step.

use limbeck_sql::engine::Connection;

use super::MigrationContext;
use super::head_tracker::{HeadTracker, VersionChange};
use super::steps::MigrationStep;
use super::version_table;
use crate::error::{Error, Result};
use crate::script::{RevisionId, RevisionMap};

/// Why a step failed, and which one it was: a change that was sent ahead fails while the next step is taken.
#[derive(Debug)]
pub(super) struct StepError {
    pub(super) step: MigrationStep,
    pub(super) error: Error,
}

/// What the version table holds while a run changes it.
#[derive(Clone, Debug)]
pub(super) struct HeadMaintainer {
    tracker: HeadTracker,
    /// The change that was sent without waiting for its answer, and the step that it belongs to.
    unconfirmed: Option<(VersionChange, MigrationStep)>,
}

impl HeadMaintainer {
    pub(super) fn new(heads: &[String]) -> Self {
        Self {
            tracker: HeadTracker::new(heads.iter().map(|head| RevisionId::new(head.as_str()))),
            unconfirmed: None,
        }
    }

    /// Gives the rows.
    pub(super) fn tracker(&self) -> &HeadTracker {
        &self.tracker
    }

    /// Writes what a step changes into the version table. With `ahead` the answer to a lone change may be waited for
    /// later, by [`confirm`](Self::confirm): the script of the next step can begin meanwhile.
    ///
    /// # Errors
    /// The table does not hold the rows that it should: somebody else changed them.
    pub(super) fn update_to_step(
        &mut self,
        context: &MigrationContext,
        step: &MigrationStep,
        map: &RevisionMap,
        ahead: bool,
    ) -> Result<()> {
        let table = context.version_table();
        let changes = self.tracker.changes_of(step, map)?;
        // Each change is written before the next one is checked: what did fit stays in offline output.
        for change in &changes {
            self.tracker.apply(change)?;
            match change {
                VersionChange::Insert(version) => {
                    let insert = version_table::insert(table, version.as_str());
                    context.executor().execute_statement(&insert)?;
                }
                VersionChange::Delete(version) => {
                    let delete = version_table::delete(table, version.as_str());
                    if let Some(rows) = context.executor().execute_statement(&delete)? {
                        check_rows(context, change, rows)?;
                    }
                }
                VersionChange::Update { from, to } => {
                    let update = version_table::update(table, from.as_str(), to.as_str());
                    if ahead && changes.len() == 1 {
                        match context.executor().execute_ahead(&update)? {
                            Some(rows) => check_rows(context, change, rows)?,
                            None => self.unconfirmed = Some((change.clone(), step.clone())),
                        }
                    } else if let Some(rows) = context.executor().execute_statement(&update)? {
                        check_rows(context, change, rows)?;
                    }
                }
            }
        }
        self.tracker.move_applied(step, &changes, map);
        Ok(())
    }

    /// Waits for the answer to a change that was sent ahead.
    ///
    /// # Errors
    /// The step whose change failed, and why: as for [`update_to_step`](Self::update_to_step).
    pub(super) fn confirm(&mut self, context: &MigrationContext) -> std::result::Result<(), Box<StepError>> {
        let Some((change, step)) = self.unconfirmed.take() else { return Ok(()) };
        let answer = context.bind().and_then(Connection::take_ahead);
        let checked = match answer {
            Some(Ok(result)) => check_rows(context, &change, result.rowcount),
            Some(Err(error)) => Err(error.into()),
            None => Ok(()),
        };
        checked.map_err(|error| Box::new(StepError { step, error }))
    }
}

/// Checks how many rows an UPDATE or DELETE has changed; some databases do not tell.
fn check_rows(context: &MigrationContext, change: &VersionChange, rows: i64) -> Result<()> {
    if rows == 1 || rows < 0 {
        return Ok(());
    }
    let what = match change {
        VersionChange::Update { from, to } => format!("updating '{from}' to '{to}'"),
        VersionChange::Insert(version) => format!("inserting '{version}'"),
        VersionChange::Delete(version) => format!("deleting '{version}'"),
    };
    let table = &context.options().version_table.name;
    Err(Error::command(format!(
        "Online migration expected to match one row when {what} in '{table}'; {rows} found"
    )))
}
