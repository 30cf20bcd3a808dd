//! What other programs call: models and a database in, differences or a migration script out.

use std::sync::Arc;

use limbeck_sql::schema::MetaData;

use super::context::AutogenContext;
use super::{Described, compare};
use crate::error::{BuiltinError, Error, Result};
use crate::operations::{Diff, DowngradeOps, MigrationScript, UpgradeOps};
use crate::runtime::MigrationContext;

/// Lists the differences between a database and models.
///
/// # Errors
/// As [`produce_migrations`].
pub fn compare_metadata(context: &Arc<MigrationContext>, metadata: &[Arc<MetaData>]) -> Result<Vec<Diff>> {
    let script = produce_migrations(context, metadata)?;
    let mut diffs = Vec::new();
    for ops in &script.upgrade_ops {
        diffs.extend(ops.as_diffs()?);
    }
    Ok(diffs)
}

/// Makes the migration script that brings a database to what models say.
///
/// # Errors
/// A context without a connection; what the database says when it is read; what hooks raise; models whose foreign keys
/// refer to tables that are not there.
pub fn produce_migrations(
    context: &Arc<MigrationContext>,
    metadata: &[Arc<MetaData>],
) -> Result<MigrationScript> {
    let autogen = AutogenContext::with_metadata(Arc::clone(context), metadata.to_vec())?;
    let mut script = MigrationScript {
        upgrade_ops: vec![UpgradeOps::default()],
        downgrade_ops: vec![DowngradeOps::default()],
        ..MigrationScript::default()
    };
    populate_migration_script(&autogen, &mut script)?;
    Ok(script)
}

/// Puts the differences into the last lists of operations of a script, and gives the tables that were compared.
pub(super) fn populate_migration_script(
    autogen: &AutogenContext,
    script: &mut MigrationScript,
) -> Result<Described> {
    let (Some(upgrade), Some(downgrade)) = (script.upgrade_ops.last_mut(), script.downgrade_ops.last_mut())
    else {
        return Err(Error::Builtin {
            kind: BuiltinError::Assertion,
            message: "a migration script without operations for both directions".to_owned(),
        });
    };
    let described = compare::produce_net_changes(autogen, upgrade)?;
    upgrade.reverse_into(downgrade)?;
    Ok(described)
}
