//! The comparison of models with a database, one file for each kind of object.

mod columns;
mod comments;
mod dependencies;
mod foreign_keys;
mod indexes;
mod reflected;
mod schemas;
mod server_defaults;
mod signature;
mod tables;
mod types;

pub(super) use dependencies::{Dependencies, sort_by_dependencies};
pub use foreign_keys::{ForeignKeySides, ForeignKeySignature};
pub use indexes::IndexSides;
pub use signature::{Signature, SignatureObject, Unnamed};

use limbeck_sql::schema::{Identifier, Table};

use super::{AutogenContext, Described};
use crate::error::Result;
use crate::operations::{ModifyTableOps, UpgradeOps};

/// What a comparison says about the ones that follow it, as the reference's `PriorityDispatchResult`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Progress {
    /// The others of its group run too.
    #[default]
    Continue,
    /// The others of its group do not run.
    Stop,
}

/// A table on both sides, where it is on both.
#[derive(Clone, Copy)]
struct TablePair<'a> {
    /// The schema; `None` is the default one.
    schema: Option<&'a str>,
    /// The name.
    name: &'a str,
    /// The table in the database.
    conn: Option<&'a reflected::ReflectedTable>,
    /// The table in the models.
    metadata: Option<&'a Table>,
}

impl TablePair<'_> {
    /// Gives the name with its schema in front, as log lines show it.
    fn full_name(&self) -> String {
        match self.schema {
            Some(schema) if !schema.is_empty() => format!("{schema}.{}", self.name),
            _ => self.name.to_owned(),
        }
    }

    /// Makes the container for the changes of the table.
    fn modify_table_ops(&self) -> ModifyTableOps {
        ModifyTableOps {
            table_name: Identifier::new(self.name),
            ops: Vec::new(),
            schema: self.schema.map(Identifier::new),
        }
    }
}

/// Adds to `upgrade` what the database lacks of the models, and gives the tables that were compared.
///
/// # Errors
/// What the database says when it is read, and what hooks raise.
pub fn produce_net_changes(autogen: &AutogenContext, upgrade: &mut UpgradeOps) -> Result<Described> {
    if autogen.plugins.schemas { schemas::compare(autogen, upgrade) } else { Ok(Described::default()) }
}

/// Compares what belongs to a table as a whole: indexes, constraints, the comment.
fn compare_table_parts(
    autogen: &AutogenContext,
    pair: TablePair<'_>,
    ops: &mut ModifyTableOps,
) -> Result<()> {
    if autogen.plugins.constraints {
        indexes::compare(autogen, pair, ops)?;
        foreign_keys::compare(autogen, pair, ops)?;
    }
    if autogen.plugins.comments {
        comments::compare_table(autogen, pair, ops);
    }
    Ok(())
}
