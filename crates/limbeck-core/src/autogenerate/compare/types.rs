//! The types of a column on both sides.

use limbeck_sql::types::Affinity;

use super::Progress;
use super::columns::ColumnPair;
use crate::error::Result;
use crate::operations::AlterColumnOp;

/// The name of the reference's logger, which logging configurations speak of.
const LOG: &str = "alembic.autogenerate.compare.types";

/// Asks `compare_type` of env.py.
pub(super) fn compare_by_hook(pair: &ColumnPair<'_>, op: &mut AlterColumnOp) -> Result<Progress> {
    let options = pair.autogen.options();
    if !options.compare_type {
        return Ok(Progress::Stop);
    }
    if !both_known(pair, op) {
        return Ok(Progress::Continue);
    }
    match options.hooks.compare_type(pair.autogen.migration_context(), pair.conn, pair.metadata)? {
        Some(true) => {
            note_difference(pair, op)?;
            Ok(Progress::Stop)
        }
        Some(false) => Ok(Progress::Stop),
        None => Ok(Progress::Continue),
    }
}

/// Compares by the rules of the database.
pub(super) fn compare_by_dialect(pair: &ColumnPair<'_>, op: &mut AlterColumnOp) -> Result<()> {
    if both_known(pair, op)
        && pair.autogen.rules().compare_type(pair.autogen.dialect(), pair.conn, pair.metadata)?
    {
        note_difference(pair, op)?;
    }
    Ok(())
}

/// Notes the type that there is, and tells whether both sides have one.
fn both_known(pair: &ColumnPair<'_>, op: &mut AlterColumnOp) -> bool {
    op.existing_type = Some(pair.conn.type_.clone());
    if pair.conn.type_.affinity() == Affinity::Null {
        log::info!(target: LOG, "Couldn't determine database type for column {}", pair.quoted_name());
        return false;
    }
    if pair.metadata.type_.affinity() == Affinity::Null {
        log::info!(
            target: LOG,
            "Column {} has no type within the model; can't compare", pair.quoted_name()
        );
        return false;
    }
    true
}

fn note_difference(pair: &ColumnPair<'_>, op: &mut AlterColumnOp) -> Result<()> {
    op.modify_type = Some(pair.metadata.type_.clone());
    log::info!(
        target: LOG,
        "Detected type change from {} to {} on {}",
        pair.conn.type_.python_repr()?,
        pair.metadata.type_.python_repr()?,
        pair.quoted_name()
    );
    Ok(())
}
