//! What a comparison knows: models, database, filters, rules.

use std::sync::Arc;

use limbeck_sql::dialect::Dialect;
use limbeck_sql::reflection::Inspector;
use limbeck_sql::schema::MetaData;

use super::plugins::Plugins;
use super::rules::{self, ComparisonRules};
use crate::error::{Error, Result};
use crate::runtime::{ContextOptions, MigrationContext, NameFilterType, ParentNames, SchemaObject};

/// The state of one autogenerate run against one database, as the reference's `AutogenContext`.
#[derive(Clone)]
pub struct AutogenContext {
    migration_context: Arc<MigrationContext>,
    metadata: Vec<Arc<MetaData>>,
    rules: &'static dyn ComparisonRules,
    pub(super) plugins: Plugins,
}

impl AutogenContext {
    /// Makes the context of a comparison with the `target_metadata` that env.py gave.
    ///
    /// # Errors
    /// An offline context; no `target_metadata`; plugins that are not there; models that cannot be read.
    pub fn new(migration_context: Arc<MigrationContext>) -> Result<Self> {
        refuse_offline(&migration_context)?;
        let plugins = Plugins::select(migration_context.options().autogenerate_plugins.as_deref())?;
        let metadata = match &migration_context.options().target_metadata {
            Some(target) => target.metadata()?,
            None => return Err(no_metadata(&migration_context)),
        };
        Self::build(migration_context, metadata, plugins)
    }

    /// Makes the context of a comparison with the given models.
    ///
    /// # Errors
    /// An offline context, and plugins that are not there.
    pub fn with_metadata(
        migration_context: Arc<MigrationContext>,
        metadata: Vec<Arc<MetaData>>,
    ) -> Result<Self> {
        refuse_offline(&migration_context)?;
        let plugins = Plugins::select(migration_context.options().autogenerate_plugins.as_deref())?;
        Self::build(migration_context, metadata, plugins)
    }

    fn build(
        migration_context: Arc<MigrationContext>,
        metadata: Vec<Arc<MetaData>>,
        plugins: Plugins,
    ) -> Result<Self> {
        let rules = rules::by_dialect_name(migration_context.dialect().name())?;
        Ok(Self { migration_context, metadata, rules, plugins })
    }

    /// Gives the models, in the order in which env.py lists them.
    pub fn metadata(&self) -> &[Arc<MetaData>] {
        &self.metadata
    }

    /// Gives the context of the migration.
    pub fn migration_context(&self) -> &Arc<MigrationContext> {
        &self.migration_context
    }

    /// Gives the options of the context.
    pub fn options(&self) -> &ContextOptions {
        self.migration_context.options()
    }

    /// Gives the dialect.
    pub fn dialect(&self) -> &dyn Dialect {
        self.migration_context.dialect().as_ref()
    }

    /// Gives what the database does differently.
    pub fn rules(&self) -> &'static dyn ComparisonRules {
        self.rules
    }

    /// Makes an inspector of the database.
    ///
    /// # Errors
    /// There is no connection, or no reflection for the database.
    pub fn inspector(&self) -> Result<Inspector> {
        let Some(connection) = self.migration_context.bind() else {
            return Err(Error::type_error(
                "can't return inspector as this AutogenContext has no database connection",
            ));
        };
        Ok(Inspector::new(connection)?)
    }

    /// Asks `include_name` about a name that the database has.
    ///
    /// # Errors
    /// What the hook raises.
    pub fn run_name_filters(
        &self,
        name: Option<&str>,
        type_: NameFilterType,
        mut parents: ParentNames,
    ) -> Result<bool> {
        let table = match type_ {
            NameFilterType::Schema => None,
            NameFilterType::Table => name.map(str::to_owned),
            _ => parents.table_name.clone(),
        };
        if let Some(table) = table.filter(|table| !table.is_empty()) {
            parents.schema_qualified_table_name = Some(match &parents.schema_name {
                Some(schema) if !schema.is_empty() => format!("{schema}.{table}"),
                _ => table,
            });
        }
        self.options().hooks.include_name(name, type_, &parents)
    }

    /// Asks `include_object` about an object; `reflected` ones come from the database.
    ///
    /// # Errors
    /// What the hook raises.
    pub fn run_object_filters(
        &self,
        object: SchemaObject<'_>,
        name: Option<&str>,
        type_: NameFilterType,
        reflected: bool,
        compare_to: Option<SchemaObject<'_>>,
    ) -> Result<bool> {
        self.options().hooks.include_object(object, name, type_, reflected, compare_to)
    }
}

fn refuse_offline(context: &MigrationContext) -> Result<()> {
    if context.as_sql() {
        return Err(Error::command(
            "autogenerate can't use as_sql=True as it prevents querying the database for schema information",
        ));
    }
    Ok(())
}

fn no_metadata(context: &MigrationContext) -> Error {
    let env_py = context
        .script()
        .map_or_else(|| "env.py".to_owned(), |script| script.env_py_location().display().to_string());
    Error::command(format!(
        "Can't proceed with --autogenerate option; environment script {env_py} does not provide a MetaData object or \
         sequence of objects to the context."
    ))
}
