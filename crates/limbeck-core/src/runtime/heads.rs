//! The heads in the version table, kept true step by step.

use super::MigrationContext;
use super::steps::{MigrationStep, VersionChange};
use super::version_table;
use crate::error::{Error, Result};

/// What the version table holds while a run changes it.
#[derive(Clone, Debug, Default)]
pub(super) struct HeadMaintainer {
    heads: Vec<String>,
}

impl HeadMaintainer {
    pub(super) fn new(heads: &[String]) -> Self {
        let mut unique: Vec<String> = Vec::new();
        for head in heads {
            if !unique.contains(head) {
                unique.push(head.clone());
            }
        }
        Self { heads: unique }
    }

    /// Gives the heads.
    pub(super) fn heads(&self) -> &[String] {
        &self.heads
    }

    /// Writes what a step changes into the version table.
    ///
    /// # Errors
    /// The table does not hold the rows that it should: somebody else changed them.
    pub(super) fn update_to_step(&mut self, context: &MigrationContext, step: &MigrationStep) -> Result<()> {
        for change in step.version_changes(&self.heads)? {
            match change {
                VersionChange::Insert(version) => {
                    self.heads.push(version.clone());
                    let insert = version_table::insert(context.version_table(), &version);
                    context.executor().execute_statement(&insert)?;
                }
                VersionChange::Delete(version) => {
                    self.heads.retain(|head| *head != version);
                    let delete = version_table::delete(context.version_table(), &version);
                    let found = context.executor().execute_statement(&delete)?;
                    expect_one_row(context, found, || format!("deleting '{version}'"))?;
                }
                VersionChange::Update { from, to } => {
                    self.heads.retain(|head| *head != from);
                    self.heads.push(to.clone());
                    let update = version_table::update(context.version_table(), &from, &to);
                    let found = context.executor().execute_statement(&update)?;
                    expect_one_row(context, found, || format!("updating '{from}' to '{to}'"))?;
                }
            }
        }
        Ok(())
    }
}

/// Checks the row count of an UPDATE or DELETE, which offline output and some databases do not have.
fn expect_one_row(context: &MigrationContext, found: Option<i64>, what: impl Fn() -> String) -> Result<()> {
    match found {
        Some(rows) if rows != 1 && rows >= 0 => Err(Error::command(format!(
            "Online migration expected to match one row when {} in '{}'; {rows} found",
            what(),
            context.options().version_table.name
        ))),
        _ => Ok(()),
    }
}
