//! What env.py passes to `context.configure` as Python callables, seen from the engine.

use std::sync::Arc;

use limbeck_sql::schema::{
    Column, Constraint, DialectOptions, Identifier, Index, MetaData, NamingConvention, ServerDefault, Table,
};
use limbeck_sql::types::SqlType;

use super::MigrationContext;
use super::head_tracker::HeadTracker;
use super::steps::MigrationInfo;
use crate::error::Result;
use crate::operations::{MigrateOperation, MigrationScript};

/// The `type_` argument of `include_name` and `include_object`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NameFilterType {
    /// `schema`
    Schema,
    /// `table`
    Table,
    /// `column`
    Column,
    /// `index`
    Index,
    /// `unique_constraint`
    UniqueConstraint,
    /// `foreign_key_constraint`
    ForeignKeyConstraint,
    /// `check_constraint`
    CheckConstraint,
}

impl NameFilterType {
    /// Gives the word that user code gets.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Schema => "schema",
            Self::Table => "table",
            Self::Column => "column",
            Self::Index => "index",
            Self::UniqueConstraint => "unique_constraint",
            Self::ForeignKeyConstraint => "foreign_key_constraint",
            Self::CheckConstraint => "check_constraint",
        }
    }
}

/// The `parent_names` argument of `include_name`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParentNames {
    /// `schema_name`; `Some(None)` is the default schema, `None` leaves the key out.
    pub schema_name: Option<String>,
    /// `table_name`
    pub table_name: Option<String>,
    /// `schema_qualified_table_name`
    pub schema_qualified_table_name: Option<String>,
}

/// The `object` argument of `include_object`, with the table that it belongs to.
#[derive(Clone, Copy, Debug)]
pub enum SchemaObject<'a> {
    /// A table.
    Table(&'a Table),
    /// A column of a table.
    Column(&'a Table, &'a Column),
    /// An index of a table.
    Index(&'a Table, &'a Index),
    /// A constraint of a table.
    Constraint(&'a Table, &'a Constraint),
}

/// The `obj` argument of `render_item`.
#[derive(Clone, Copy, Debug)]
pub enum RenderItem<'a> {
    /// `schema`
    Schema(&'a Identifier),
    /// `table`
    Table(&'a Table),
    /// `column`
    Column(&'a Column),
    /// `index`
    Index(&'a Index),
    /// `primary_key`, `foreign_key`, `unique`, `check`
    Constraint(&'a Constraint),
    /// `type`
    Type(&'a SqlType),
    /// `server_default`
    ServerDefault(&'a ServerDefault),
    /// An operation.
    Operation(&'a MigrateOperation),
    /// Options of a dialect.
    DialectOptions(&'a DialectOptions),
}

/// The models that env.py hands over as `target_metadata`.
///
/// Nothing is read of them before it is needed: a plain upgrade asks for the naming convention only.
pub trait TargetMetadata: Send + Sync {
    /// Gives the naming convention of a single `MetaData`; `None` for a list of several, as in the reference.
    fn naming_convention(&self) -> Result<Option<NamingConvention>>;

    /// Gives every `MetaData`, in the order in which env.py lists them.
    fn metadata(&self) -> Result<Vec<Arc<MetaData>>>;
}

impl TargetMetadata for Arc<MetaData> {
    fn naming_convention(&self) -> Result<Option<NamingConvention>> {
        Ok(Some(self.naming_convention.clone()))
    }

    fn metadata(&self) -> Result<Vec<Arc<MetaData>>> {
        Ok(vec![Arc::clone(self)])
    }
}

/// The callables that env.py passes to `context.configure`. A method that is not overridden stands for a callable that
/// was not passed.
pub trait EnvironmentHooks: Send + Sync {
    /// `on_version_apply`: hears of each step once the version table is written. `heads` is what it then holds.
    fn on_version_apply(
        &self,
        context: &Arc<MigrationContext>,
        step: &MigrationInfo,
        heads: &HeadTracker,
    ) -> Result<()> {
        let _ = (context, step, heads);
        Ok(())
    }

    /// `include_name`: whether a name found in the database is looked at.
    fn include_name(&self, name: Option<&str>, type_: NameFilterType, parents: &ParentNames) -> Result<bool> {
        let _ = (name, type_, parents);
        Ok(true)
    }

    /// `include_object`: whether an object takes part in the comparison.
    fn include_object(
        &self,
        object: SchemaObject<'_>,
        name: Option<&str>,
        type_: NameFilterType,
        reflected: bool,
        compare_to: Option<SchemaObject<'_>>,
    ) -> Result<bool> {
        let _ = (object, name, type_, reflected, compare_to);
        Ok(true)
    }

    /// `process_revision_directives`: changes what autogenerate found before it is written.
    fn process_revision_directives(
        &self,
        context: &Arc<MigrationContext>,
        revision: &[String],
        directives: &mut Vec<MigrationScript>,
    ) -> Result<()> {
        let _ = (context, revision, directives);
        Ok(())
    }

    /// `compare_type`: whether the types of two columns differ; `None` leaves it to the engine.
    fn compare_type(
        &self,
        context: &Arc<MigrationContext>,
        inspected: &Column,
        metadata: &Column,
    ) -> Result<Option<bool>> {
        let _ = (context, inspected, metadata);
        Ok(None)
    }

    /// `compare_server_default`: whether the server defaults of two columns differ; `None` leaves it to the engine.
    fn compare_server_default(
        &self,
        context: &Arc<MigrationContext>,
        inspected: &Column,
        metadata: &Column,
        rendered_metadata_default: Option<&str>,
    ) -> Result<Option<bool>> {
        let _ = (context, inspected, metadata, rendered_metadata_default);
        Ok(None)
    }

    /// `render_item`: the Python text of an object, with the imports that it needs added to `imports`; `None` leaves it
    /// to the engine.
    fn render_item(&self, item: RenderItem<'_>, imports: &mut Vec<String>) -> Result<Option<String>> {
        let _ = (item, imports);
        Ok(None)
    }
}

/// No callables at all.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoHooks;

impl EnvironmentHooks for NoHooks {}
