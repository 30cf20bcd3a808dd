//! Operations that hold others: the two directions of a migration script, and the changes of one table.

use std::path::PathBuf;

use limbeck_sql::schema::Identifier;

use super::{Diff, MigrateOperation};
use crate::error::{Error, Result};

/// The changes of one table.
#[derive(Clone, Debug, Default)]
pub struct ModifyTableOps {
    /// The table's name.
    pub table_name: Identifier,
    /// The operations, in order.
    pub ops: Vec<MigrateOperation>,
    /// The schema.
    pub schema: Option<Identifier>,
}

/// The operations of `upgrade()`.
#[derive(Clone, Debug)]
pub struct UpgradeOps {
    /// The operations, in order.
    pub ops: Vec<MigrateOperation>,
    /// The name under which templates get the rendered text.
    pub upgrade_token: String,
}

/// The operations of `downgrade()`.
#[derive(Clone, Debug)]
pub struct DowngradeOps {
    /// The operations, in order.
    pub ops: Vec<MigrateOperation>,
    /// The name under which templates get the rendered text.
    pub downgrade_token: String,
}

/// A migration script before it is written to a file.
#[derive(Clone, Debug, Default)]
pub struct MigrationScript {
    /// The revision identifier; `None` makes one.
    pub rev_id: Option<String>,
    /// The operations of `upgrade()`, one member for each database of the environment.
    pub upgrade_ops: Vec<UpgradeOps>,
    /// The operations of `downgrade()`, one member for each database of the environment.
    pub downgrade_ops: Vec<DowngradeOps>,
    /// The message.
    pub message: Option<String>,
    /// Import lines that the rendered operations need, in order of their first use.
    pub imports: Vec<String>,
    /// The head that the revision comes after.
    pub head: Option<String>,
    /// Whether the revision may start a new branch from a revision that is no head.
    pub splice: Option<bool>,
    /// The labels of the branch that starts here.
    pub branch_label: Vec<String>,
    /// The directory for the file.
    pub version_path: Option<PathBuf>,
    /// What must be applied before.
    pub depends_on: Vec<String>,
}

/// Gives the differences of all operations, containers opened.
pub(super) fn diffs_of(ops: &[MigrateOperation]) -> Result<Vec<Diff>> {
    let mut diffs = Vec::new();
    for operation in ops {
        diffs.extend(operation.to_diffs()?);
    }
    Ok(diffs)
}

/// Gives the reverse of all operations, the last one first.
fn reversed(ops: &[MigrateOperation]) -> Result<Vec<MigrateOperation>> {
    ops.iter().rev().map(MigrateOperation::reverse).collect()
}

impl ModifyTableOps {
    /// Tells whether there are no operations.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ops.is_empty()
    }

    /// Gives the changes that undo these.
    pub fn reverse(&self) -> Result<Self> {
        Ok(Self {
            table_name: self.table_name.clone(),
            ops: reversed(&self.ops)?,
            schema: self.schema.clone(),
        })
    }
}

impl Default for UpgradeOps {
    fn default() -> Self {
        Self { ops: Vec::new(), upgrade_token: "upgrades".to_owned() }
    }
}

impl Default for DowngradeOps {
    fn default() -> Self {
        Self { ops: Vec::new(), downgrade_token: "downgrades".to_owned() }
    }
}

impl UpgradeOps {
    /// Tells whether there are no operations.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ops.is_empty()
    }

    /// Puts the reverse of these operations in the place of those of `downgrade_ops`.
    pub fn reverse_into(&self, downgrade_ops: &mut DowngradeOps) -> Result<()> {
        downgrade_ops.ops = reversed(&self.ops)?;
        Ok(())
    }

    /// Gives the operations that undo these.
    pub fn reverse(&self) -> Result<DowngradeOps> {
        Ok(DowngradeOps { ops: reversed(&self.ops)?, ..DowngradeOps::default() })
    }

    /// Gives the differences that the operations stand for.
    pub fn as_diffs(&self) -> Result<Vec<Diff>> {
        diffs_of(&self.ops)
    }
}

impl DowngradeOps {
    /// Tells whether there are no operations.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ops.is_empty()
    }

    /// Gives the operations that undo these.
    pub fn reverse(&self) -> Result<UpgradeOps> {
        Ok(UpgradeOps { ops: reversed(&self.ops)?, ..UpgradeOps::default() })
    }

    /// Gives the differences that the operations stand for.
    pub fn as_diffs(&self) -> Result<Vec<Diff>> {
        diffs_of(&self.ops)
    }
}

impl MigrationScript {
    /// Gives the operations of `upgrade()` when there is one list of them.
    ///
    /// # Errors
    /// The environment has several databases, so there are several lists.
    pub fn single_upgrade_ops(&self) -> Result<Option<&UpgradeOps>> {
        single(&self.upgrade_ops, "UpgradeOps", "upgrade_ops_list")
    }

    /// Gives the operations of `downgrade()` when there is one list of them.
    ///
    /// # Errors
    /// The environment has several databases, so there are several lists.
    pub fn single_downgrade_ops(&self) -> Result<Option<&DowngradeOps>> {
        single(&self.downgrade_ops, "DowngradeOps", "downgrade_ops_list")
    }
}

/// Gives the only member, or fails as the reference's attributes of the two directions do.
fn single<'a, T>(list: &'a [T], class: &str, attribute: &str) -> Result<Option<&'a T>> {
    if list.len() > 1 {
        return Err(Error::value(format!(
            "This MigrationScript instance has a multiple-entry list for {class}; please use the \
             {attribute} attribute."
        )));
    }
    Ok(list.first())
}
