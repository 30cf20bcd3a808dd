//! Comments of tables and columns, where the database has them.

use limbeck_sql::schema::Identifier;

use super::TablePair;
use super::columns::ColumnPair;
use crate::autogenerate::AutogenContext;
use crate::operations::{AlterColumnOp, Argument, CreateTableCommentOp, DropTableCommentOp, ModifyTableOps};

/// The name of the reference's logger, which logging configurations speak of.
const LOG: &str = "alembic.autogenerate.compare.comments";

/// Takes an empty comment for none, as most databases do.
fn normalize(comment: Option<&String>) -> Option<String> {
    comment.filter(|comment| !comment.is_empty()).cloned()
}

/// Compares the comments of a column.
pub(super) fn compare_column(pair: &ColumnPair<'_>, op: &mut AlterColumnOp) {
    if !pair.autogen.dialect().supports_comments() {
        return;
    }
    let metadata = normalize(pair.metadata.comment.as_ref());
    let conn = normalize(pair.conn.comment.as_ref());
    op.existing_comment.clone_from(&conn);
    if conn != metadata {
        op.modify_comment = Argument::from(metadata);
        log::info!(target: LOG, "Detected column comment {}", pair.quoted_name());
    }
}

/// Compares the comments of a table that both sides have.
pub(super) fn compare_table(autogen: &AutogenContext, pair: TablePair<'_>, ops: &mut ModifyTableOps) {
    let (Some(conn), Some(metadata)) = (pair.conn, pair.metadata) else { return };
    if !autogen.dialect().supports_comments() {
        return;
    }
    let existing_comment = normalize(conn.table.comment.as_ref());
    let comment = normalize(metadata.comment.as_ref());
    if comment == existing_comment {
        return;
    }
    let (table_name, schema) = (Identifier::new(pair.name), pair.schema.map(Identifier::new));
    ops.ops.push(if comment.is_none() {
        DropTableCommentOp { table_name, schema, existing_comment }.into()
    } else {
        CreateTableCommentOp { table_name, comment, schema, existing_comment }.into()
    });
}
