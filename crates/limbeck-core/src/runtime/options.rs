//! The options of a context: what a command sets, and what env.py adds with `context.configure`.

use std::fmt;
use std::sync::Arc;

use indexmap::IndexMap;
use limbeck_sql::engine::Value;
use limbeck_sql::schema::Identifier;

use super::hooks::{EnvironmentHooks, NoHooks, TargetMetadata};
use super::migration::{DatabaseTarget, MigrationContext};
use super::steps::MigrationStep;
use crate::ddl::OutputBuffer;
use crate::error::Result;
use crate::host::TemplateArguments;
use crate::script::{RevisionArgument, ScriptDirectory};

/// The work of a command: from the present heads to the steps that lead where it wants to go.
pub type MigrationsFn = dyn Fn(&[String], &Arc<MigrationContext>) -> Result<Vec<MigrationStep>> + Send + Sync;

/// The version table's name and shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionTableOptions {
    /// The name.
    pub name: Identifier,
    /// The schema.
    pub schema: Option<Identifier>,
    /// Whether its column is a primary key.
    pub primary_key: bool,
}

impl Default for VersionTableOptions {
    fn default() -> Self {
        Self { name: Identifier::new("alembic_version"), schema: None, primary_key: true }
    }
}

/// Everything that a [`MigrationContext`] is told besides its database: the reference's `context_opts`.
///
/// A command makes them; `context.configure` of env.py adds to them.
#[derive(Clone)]
pub struct ContextOptions {
    /// The command's work (`fn`).
    pub migrations_fn: Option<Arc<MigrationsFn>>,
    /// The script directory.
    pub script: Option<Arc<ScriptDirectory>>,
    /// Whether SQL is written rather than executed (`--sql`).
    pub as_sql: bool,
    /// The revision that an offline run starts from. The outer `None` says that the command knows no such thing.
    pub starting_rev: StartingRevision,
    /// The revision or revisions that the command was given; `None` for commands that go nowhere.
    pub destination_rev: Option<RevisionArgument>,
    /// The `--tag`.
    pub tag: Option<String>,
    /// Whether the version table is emptied first.
    pub purge: bool,
    /// Whether not even the version table is made.
    pub dont_mutate: bool,
    /// Arguments for templates; `None` for commands that render none.
    pub template_args: Option<TemplateArguments>,
    /// What env.py says of the database's DDL.
    pub transactional_ddl: Option<bool>,
    /// A transaction for each revision rather than for the run.
    pub transaction_per_migration: bool,
    /// Where offline SQL goes.
    pub output_buffer: Option<Arc<dyn OutputBuffer>>,
    /// Offline, what follows each statement, by the name of the dialect (`mssql_batch_separator`, ...); an empty text
    /// is none. Dialects that are not here have their own.
    pub batch_separators: IndexMap<String, String>,
    /// Offline, parameters become literals.
    pub literal_binds: bool,
    /// The models.
    pub target_metadata: Option<Arc<dyn TargetMetadata>>,
    /// Autogenerate looks at all schemas.
    pub include_schemas: bool,
    /// Autogenerate renders batch operations.
    pub render_as_batch: bool,
    /// Autogenerate compares types.
    pub compare_type: bool,
    /// Autogenerate compares server defaults.
    pub compare_server_default: bool,
    /// The template's name for the upgrade operations.
    pub upgrade_token: String,
    /// The template's name for the downgrade operations.
    pub downgrade_token: String,
    /// The prefix of operations in rendered scripts.
    pub alembic_module_prefix: String,
    /// The prefix of SQLAlchemy's names in rendered scripts.
    pub sqlalchemy_module_prefix: String,
    /// The prefix of types that are not SQLAlchemy's; `None` takes their own module.
    pub user_module_prefix: Option<String>,
    /// The autogenerate plugins that are on; `None` for the default.
    pub autogenerate_plugins: Option<Vec<String>>,
    /// The version table.
    pub version_table: VersionTableOptions,
    /// The callables.
    pub hooks: Arc<dyn EnvironmentHooks>,
}

/// Whether a command can start an offline run from a revision, and from which.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum StartingRevision {
    /// The command knows no such thing.
    #[default]
    NotApplicable,
    /// The command was given none.
    None,
    /// The revision, or a symbol for it.
    Revision(String),
    /// Several revisions, of as many branches.
    Revisions(Vec<String>),
}

impl StartingRevision {
    /// Gives the revision, when there is exactly one.
    #[must_use]
    pub fn revision(&self) -> Option<&str> {
        match self.revisions() {
            [revision] => Some(revision),
            _ => None,
        }
    }

    /// Gives the revisions.
    #[must_use]
    pub fn revisions(&self) -> &[String] {
        match self {
            Self::Revision(revision) => std::slice::from_ref(revision),
            Self::Revisions(revisions) => revisions,
            Self::NotApplicable | Self::None => &[],
        }
    }
}

impl From<Option<String>> for StartingRevision {
    fn from(revision: Option<String>) -> Self {
        revision.map_or(Self::None, Self::Revision)
    }
}

impl Default for ContextOptions {
    fn default() -> Self {
        Self {
            migrations_fn: None,
            script: None,
            as_sql: false,
            starting_rev: StartingRevision::default(),
            destination_rev: None,
            tag: None,
            purge: false,
            dont_mutate: false,
            template_args: None,
            transactional_ddl: None,
            transaction_per_migration: false,
            output_buffer: None,
            batch_separators: IndexMap::new(),
            literal_binds: false,
            target_metadata: None,
            include_schemas: false,
            render_as_batch: false,
            compare_type: true,
            compare_server_default: false,
            upgrade_token: "upgrades".to_owned(),
            downgrade_token: "downgrades".to_owned(),
            alembic_module_prefix: "op.".to_owned(),
            sqlalchemy_module_prefix: "sa.".to_owned(),
            user_module_prefix: None,
            autogenerate_plugins: None,
            version_table: VersionTableOptions::default(),
            hooks: Arc::new(NoHooks),
        }
    }
}

impl fmt::Debug for ContextOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContextOptions")
            .field("as_sql", &self.as_sql)
            .field("starting_rev", &self.starting_rev)
            .field("destination_rev", &self.destination_rev)
            .field("version_table", &self.version_table)
            .finish_non_exhaustive()
    }
}

/// The parameters of `context.configure`, with the reference's names and defaults.
#[derive(Clone)]
pub struct ConfigureOptions {
    /// `connection`, `url`, `dialect_name` or `dialect`
    pub target: DatabaseTarget,
    /// `dialect_opts`: what the dialect of a `url` or `dialect_name` is made with, such as `paramstyle`.
    pub dialect_opts: IndexMap<String, Value>,
    /// `transactional_ddl`
    pub transactional_ddl: Option<bool>,
    /// `transaction_per_migration`
    pub transaction_per_migration: bool,
    /// `output_buffer`
    pub output_buffer: Option<Arc<dyn OutputBuffer>>,
    /// `starting_rev`
    pub starting_rev: Option<String>,
    /// `tag`
    pub tag: Option<String>,
    /// `template_args`
    pub template_args: TemplateArguments,
    /// `render_as_batch`
    pub render_as_batch: bool,
    /// `target_metadata`
    pub target_metadata: Option<Arc<dyn TargetMetadata>>,
    /// `include_schemas`
    pub include_schemas: bool,
    /// `compare_type`; true when a callable was passed, which is then among the hooks.
    pub compare_type: bool,
    /// `compare_server_default`; true when a callable was passed, which is then among the hooks. `None` leaves what an
    /// earlier call set.
    pub compare_server_default: Option<bool>,
    /// `literal_binds`
    pub literal_binds: bool,
    /// `upgrade_token`
    pub upgrade_token: String,
    /// `downgrade_token`
    pub downgrade_token: String,
    /// `alembic_module_prefix`
    pub alembic_module_prefix: String,
    /// `sqlalchemy_module_prefix`
    pub sqlalchemy_module_prefix: String,
    /// `user_module_prefix`
    pub user_module_prefix: Option<String>,
    /// `autogenerate_plugins`
    pub autogenerate_plugins: Option<Vec<String>>,
    /// `fn`: other work than the command's; `None` leaves what there is.
    pub migrations_fn: Option<Arc<MigrationsFn>>,
    /// `as_sql`; `None` leaves what there is.
    pub as_sql: Option<bool>,
    /// `version_table`; `None` leaves what an earlier call set.
    pub version_table: Option<Identifier>,
    /// `version_table_schema`; the outer `None` leaves what an earlier call set.
    pub version_table_schema: Option<Identifier>,
    /// `version_table_pk`; `None` leaves what an earlier call set.
    pub version_table_pk: Option<bool>,
    /// `mssql_batch_separator` and its kin, by the name of the dialect; others stay what an earlier call set.
    pub batch_separators: IndexMap<String, String>,
    /// `on_version_apply`, `include_name`, `include_object`, `process_revision_directives`, `render_item`, and the
    /// callables given as `compare_type` and `compare_server_default`.
    pub hooks: Arc<dyn EnvironmentHooks>,
}

impl Default for ConfigureOptions {
    fn default() -> Self {
        let defaults = ContextOptions::default();
        Self {
            target: DatabaseTarget::default(),
            dialect_opts: IndexMap::new(),
            transactional_ddl: None,
            transaction_per_migration: false,
            output_buffer: None,
            starting_rev: None,
            tag: None,
            template_args: TemplateArguments::new(),
            render_as_batch: false,
            target_metadata: None,
            include_schemas: false,
            compare_type: true,
            compare_server_default: Some(false),
            literal_binds: false,
            upgrade_token: defaults.upgrade_token,
            downgrade_token: defaults.downgrade_token,
            alembic_module_prefix: defaults.alembic_module_prefix,
            sqlalchemy_module_prefix: defaults.sqlalchemy_module_prefix,
            user_module_prefix: None,
            autogenerate_plugins: None,
            migrations_fn: None,
            as_sql: None,
            version_table: None,
            version_table_schema: None,
            version_table_pk: None,
            batch_separators: IndexMap::new(),
            hooks: defaults.hooks,
        }
    }
}

impl ContextOptions {
    /// Takes over what env.py said, as the reference's `EnvironmentContext.configure` changes its options.
    pub(super) fn apply(&mut self, given: ConfigureOptions) {
        if given.transactional_ddl.is_some() {
            self.transactional_ddl = given.transactional_ddl;
        }
        if given.output_buffer.is_some() {
            self.output_buffer = given.output_buffer;
        }
        if let Some(revision) = given.starting_rev.filter(|revision| !revision.is_empty()) {
            self.starting_rev = StartingRevision::Revision(revision);
        }
        if let Some(tag) = given.tag.filter(|tag| !tag.is_empty()) {
            self.tag = Some(tag);
        }
        if let Some(arguments) = &mut self.template_args {
            arguments.extend(given.template_args);
        }
        self.transaction_per_migration = given.transaction_per_migration;
        self.target_metadata = given.target_metadata;
        self.include_schemas = given.include_schemas;
        self.render_as_batch = given.render_as_batch;
        self.upgrade_token = given.upgrade_token;
        self.downgrade_token = given.downgrade_token;
        self.sqlalchemy_module_prefix = given.sqlalchemy_module_prefix;
        self.alembic_module_prefix = given.alembic_module_prefix;
        self.user_module_prefix = given.user_module_prefix;
        self.literal_binds = given.literal_binds;
        self.compare_type = given.compare_type;
        if let Some(compare) = given.compare_server_default {
            self.compare_server_default = compare;
        }
        if given.autogenerate_plugins.is_some() {
            self.autogenerate_plugins = given.autogenerate_plugins;
        }
        if given.migrations_fn.is_some() {
            self.migrations_fn = given.migrations_fn;
        }
        if let Some(as_sql) = given.as_sql {
            self.as_sql = as_sql;
        }
        if let Some(name) = given.version_table {
            self.version_table.name = name;
        }
        if given.version_table_schema.is_some() {
            self.version_table.schema = given.version_table_schema;
        }
        if let Some(primary_key) = given.version_table_pk {
            self.version_table.primary_key = primary_key;
        }
        self.batch_separators.extend(given.batch_separators);
        self.hooks = given.hooks;
    }
}
