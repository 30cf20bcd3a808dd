//! The heads in the version table, kept true step by step.

use limbeck_sql::expression::Statement;

use super::MigrationContext;
use super::head_tracker::{HeadTracker, VersionChange};
use super::steps::MigrationStep;
use super::version_table;
use crate::error::{Error, Result};
use crate::script::{RevisionId, RevisionMap};

/// What the version table holds while a run changes it.
#[derive(Clone, Debug)]
pub(super) struct HeadMaintainer {
    tracker: HeadTracker,
}

impl HeadMaintainer {
    pub(super) fn new(heads: &[String]) -> Self {
        Self { tracker: HeadTracker::new(heads.iter().map(|head| RevisionId::new(head.as_str()))) }
    }

    /// Gives the rows.
    pub(super) fn tracker(&self) -> &HeadTracker {
        &self.tracker
    }

    /// Writes what a step changes into the version table.
    ///
    /// # Errors
    /// The table does not hold the rows that it should: somebody else changed them.
    pub(super) fn update_to_step(
        &mut self,
        context: &MigrationContext,
        step: &MigrationStep,
        map: &RevisionMap,
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
                    change_one_row(context, &delete, || format!("deleting '{version}'"))?;
                }
                VersionChange::Update { from, to } => {
                    let update = version_table::update(table, from.as_str(), to.as_str());
                    change_one_row(context, &update, || format!("updating '{from}' to '{to}'"))?;
                }
            }
        }
        self.tracker.move_applied(step, &changes, map);
        Ok(())
    }
}

/// Executes an UPDATE or DELETE and checks its row count, which offline output and some databases do not have.
fn change_one_row(context: &MigrationContext, change: &Statement, what: impl Fn() -> String) -> Result<()> {
    match context.executor().execute_statement(change)? {
        Some(rows) if rows != 1 && rows >= 0 => Err(Error::command(format!(
            "Online migration expected to match one row when {} in '{}'; {rows} found",
            what(),
            context.options().version_table.name
        ))),
        _ => Ok(()),
    }
}
