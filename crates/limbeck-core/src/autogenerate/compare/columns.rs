//! Columns that only one side has, and what differs in those that both have.

use indexmap::IndexMap;
use limbeck_sql::engine::text_repr;
use limbeck_sql::schema::{Column, Identifier, Table};

use super::reflected::ReflectedTable;
use super::{Progress, TablePair, comments, server_defaults, types};
use crate::autogenerate::AutogenContext;
use crate::error::Result;
use crate::operations::{AddColumnOp, AlterColumnOp, DropColumnOp, ModifyTableOps};
use crate::runtime::{NameFilterType, ParentNames, SchemaObject};

/// The names of the reference's loggers, which logging configurations speak of.
const LOG: &str = "alembic.autogenerate.compare.tables";
const NULLABLE_LOG: &str = "alembic.autogenerate.compare.constraints";

/// The columns of a table on both sides.
pub(super) struct Columns<'a> {
    autogen: &'a AutogenContext,
    pair: TablePair<'a>,
    conn_table: &'a Table,
    metadata_table: &'a Table,
    conn: ByName<'a>,
    metadata: ByName<'a>,
}

/// Columns in order, found by name.
type ByName<'a> = IndexMap<&'a str, &'a Column>;

/// A column on both sides.
pub(super) struct ColumnPair<'a> {
    pub(super) autogen: &'a AutogenContext,
    /// The table's name, without its schema.
    pub(super) table_name: &'a str,
    pub(super) name: &'a str,
    pub(super) conn: &'a Column,
    pub(super) metadata: &'a Column,
    pub(super) metadata_table: &'a Table,
}

impl ColumnPair<'_> {
    /// Gives Python's `'table.column'`, as log lines show it.
    pub(super) fn quoted_name(&self) -> String {
        format!("'{}.{}'", self.table_name, self.name)
    }
}

impl<'a> Columns<'a> {
    /// Takes the columns of both sides, without system columns and what `include_name` leaves out.
    pub(super) fn new(
        autogen: &'a AutogenContext,
        pair: TablePair<'a>,
        conn: &'a ReflectedTable,
        metadata_table: &'a Table,
    ) -> Result<Self> {
        let mut conn_columns = ByName::with_capacity(conn.table.columns.len());
        for column in &conn.table.columns {
            let parents = ParentNames {
                schema_name: pair.schema.map(str::to_owned),
                table_name: Some(pair.name.to_owned()),
                ..ParentNames::default()
            };
            if autogen.run_name_filters(Some(column.name.as_str()), NameFilterType::Column, parents)? {
                conn_columns.insert(column.name.as_str(), column);
            }
        }
        Ok(Self {
            autogen,
            pair,
            conn_table: &conn.table,
            metadata_table,
            conn: conn_columns,
            metadata: metadata_table
                .columns
                .iter()
                .filter(|column| !column.system)
                .map(|column| (column.name.as_str(), column))
                .collect(),
        })
    }

    /// Compares the columns that the models have.
    pub(super) fn compare_added_and_changed(&self, ops: &mut ModifyTableOps) -> Result<()> {
        for (name, column) in &self.metadata {
            if !self.conn.contains_key(name) {
                self.add(column, ops)?;
            }
        }
        for (name, column) in &self.metadata {
            if let Some(conn) = self.conn.get(name) {
                self.compare_column(conn, column, ops)?;
            }
        }
        Ok(())
    }

    /// Finds the columns that the models do not have, in the order of the database.
    pub(super) fn compare_removed(&self, ops: &mut ModifyTableOps) -> Result<()> {
        for (name, column) in &self.conn {
            if self.metadata.contains_key(name) {
                continue;
            }
            let object = SchemaObject::Column(self.conn_table, column);
            if !self.autogen.run_object_filters(object, Some(name), NameFilterType::Column, true, None)? {
                continue;
            }
            ops.ops.push(
                DropColumnOp::from_column(self.schema(), Identifier::new(self.pair.name), (*column).clone())
                    .into(),
            );
            log::info!(target: LOG, "Detected removed column '{}.{name}'", self.pair.full_name());
        }
        Ok(())
    }

    fn add(&self, column: &Column, ops: &mut ModifyTableOps) -> Result<()> {
        let object = SchemaObject::Column(self.metadata_table, column);
        let name = column.name.as_str();
        if !self.autogen.run_object_filters(object, Some(name), NameFilterType::Column, false, None)? {
            return Ok(());
        }
        ops.ops.push(AddColumnOp::new(self.schema(), self.pair.name, column.clone()).into());
        log::info!(target: LOG, "Detected added column '{}.{name}'", self.pair.full_name());
        Ok(())
    }

    fn compare_column(&self, conn: &Column, metadata: &Column, ops: &mut ModifyTableOps) -> Result<()> {
        let name = metadata.name.as_str();
        let included = self.autogen.run_object_filters(
            SchemaObject::Column(self.metadata_table, metadata),
            Some(name),
            NameFilterType::Column,
            false,
            Some(SchemaObject::Column(self.conn_table, conn)),
        )?;
        if !included {
            return Ok(());
        }
        let mut op = AlterColumnOp {
            table_name: Identifier::new(self.pair.name),
            column_name: metadata.name.clone(),
            schema: self.schema(),
            ..AlterColumnOp::default()
        };
        let pair = ColumnPair {
            autogen: self.autogen,
            table_name: self.pair.name,
            name,
            conn,
            metadata,
            metadata_table: self.metadata_table,
        };
        compare_parts(&pair, &mut op)?;
        if op.has_changes() {
            ops.ops.push(op.into());
        }
        Ok(())
    }

    fn schema(&self) -> Option<Identifier> {
        self.pair.schema.map(Identifier::new)
    }
}

/// Runs the comparisons of a column in the reference's order: hooks first, what the dialect says last.
fn compare_parts(pair: &ColumnPair<'_>, op: &mut AlterColumnOp) -> Result<()> {
    let plugins = pair.autogen.plugins;
    let (mut types_done, mut defaults_done) = (Progress::Continue, Progress::Continue);
    if plugins.types {
        types_done = types::compare_by_hook(pair, op)?;
    }
    if plugins.defaults {
        defaults_done = server_defaults::compare_by_hook(pair, op)?;
    }
    if plugins.constraints {
        compare_nullable(pair, op);
    }
    if plugins.defaults && defaults_done == Progress::Continue {
        defaults_done = server_defaults::compare_computed(pair)?;
    }
    if plugins.defaults && defaults_done == Progress::Continue {
        defaults_done = server_defaults::compare_identity(pair, op);
    }
    if plugins.defaults && defaults_done == Progress::Continue {
        server_defaults::set_autoincrement(pair, op);
    }
    if plugins.comments {
        comments::compare_column(pair, op);
    }
    if plugins.types && types_done == Progress::Continue {
        types::compare_by_dialect(pair, op)?;
    }
    if plugins.defaults && defaults_done == Progress::Continue {
        server_defaults::compare_by_dialect(pair, op)?;
    }
    Ok(())
}

fn compare_nullable(pair: &ColumnPair<'_>, op: &mut AlterColumnOp) {
    let (conn, metadata) = (pair.conn, pair.metadata);
    op.existing_nullable = Some(conn.nullable);
    if conn.nullable == metadata.nullable {
        return;
    }
    let computed = conn.computed().is_some() || metadata.computed().is_some();
    let identity = conn.identity().is_some() || metadata.identity().is_some();
    if (computed && !metadata.nullable_given) || identity {
        log::info!(
            target: NULLABLE_LOG,
            "Ignoring nullable change on identity column {}", pair.quoted_name()
        );
        return;
    }
    op.modify_nullable = Some(metadata.nullable);
    log::info!(
        target: NULLABLE_LOG,
        "Detected {} on column {}",
        if metadata.nullable { "NULL" } else { "NOT NULL" },
        pair.quoted_name()
    );
}

/// Gives Python's `repr` of an optional string.
pub(super) fn optional_repr(text: Option<&str>) -> String {
    text.map_or_else(|| "None".to_owned(), text_repr)
}
