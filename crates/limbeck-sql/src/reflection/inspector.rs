//! `Inspector`: the public face of reflection, the same for all databases.

use super::{
    NamedTypeScope, ReflectedCheckConstraint, ReflectedColumn, ReflectedDomain, ReflectedEnum,
    ReflectedForeignKeyConstraint, ReflectedIndex, ReflectedPrimaryKeyConstraint, ReflectedUniqueConstraint,
    Reflector, mysql, postgresql, sqlite, table,
};
use crate::engine::Connection;
use crate::error::{Error, Result};
use crate::schema::{DialectOptions, MetaData, Table, TableKey};

/// Reads schema objects through a connection, as `sqlalchemy.inspect(connection)`.
///
/// What was read is kept until [`clear_cache`](Self::clear_cache), as the reference does.
#[derive(Debug)]
pub struct Inspector {
    reflector: Box<dyn Reflector>,
}

/// Which tables [`Inspector::reflect_metadata`] reads.
#[derive(Clone, Debug, Default)]
pub struct ReflectOptions {
    /// The schema; `None` is the default one.
    pub schema: Option<String>,
    /// The tables, in this order; `None` reads all, sorted by name.
    pub only: Option<Vec<String>>,
    /// Whether views are read too.
    pub views: bool,
}

impl Inspector {
    /// Makes an inspector; asks the database nothing yet.
    ///
    /// Fails when this build has no reflection for the connection's database.
    pub fn new(connection: &Connection) -> Result<Self> {
        match connection.dialect().name() {
            "sqlite" => Ok(Self { reflector: Box::new(sqlite::SqliteReflector::new(connection.clone())) }),
            "mysql" | "mariadb" => {
                Ok(Self { reflector: Box::new(mysql::MysqlReflector::new(connection.clone())) })
            }
            "postgresql" => {
                let reflector = postgresql::PostgresqlReflector::new(connection.clone());
                Ok(Self { reflector: Box::new(reflector) })
            }
            other => Err(Error::Unsupported(format!("this build of Limbeck cannot reflect '{other}'"))),
        }
    }

    /// Names the schemas.
    pub fn get_schema_names(&mut self) -> Result<Vec<String>> {
        self.reflector.get_schema_names()
    }

    /// Names the schema that `None` stands for.
    pub fn default_schema_name(&mut self) -> Result<Option<String>> {
        self.reflector.default_schema_name()
    }

    /// Tells whether there is a schema of that name.
    pub fn has_schema(&mut self, name: &str) -> Result<bool> {
        Ok(self.get_schema_names()?.iter().any(|schema| schema == name))
    }

    /// Names the tables of a schema, sorted.
    pub fn get_table_names(&mut self, schema: Option<&str>) -> Result<Vec<String>> {
        self.reflector.get_table_names(schema)
    }

    /// Names the temporary tables, sorted.
    pub fn get_temp_table_names(&mut self) -> Result<Vec<String>> {
        self.reflector.get_temp_table_names()
    }

    /// Names the temporary views.
    ///
    /// # Errors
    /// The database is asked nothing of the kind, or refuses.
    pub fn get_temp_view_names(&mut self) -> Result<Vec<String>> {
        self.reflector.get_temp_view_names()
    }

    /// Names the views of a schema, sorted.
    pub fn get_view_names(&mut self, schema: Option<&str>) -> Result<Vec<String>> {
        self.reflector.get_view_names(schema)
    }

    /// Names the materialized views of a schema, sorted; fails with `NotImplementedError` where there are none.
    pub fn get_materialized_view_names(&mut self, schema: Option<&str>) -> Result<Vec<String>> {
        self.reflector.get_materialized_view_names(schema)
    }

    /// Names the sequences of a schema, sorted; fails with `NotImplementedError` where there are none.
    pub fn get_sequence_names(&mut self, schema: Option<&str>) -> Result<Vec<String>> {
        self.reflector.get_sequence_names(schema)
    }

    /// Tells whether there is a sequence of that name.
    pub fn has_sequence(&mut self, name: &str, schema: Option<&str>) -> Result<bool> {
        self.reflector.has_sequence(name, schema)
    }

    /// Tells whether there is a type of that name, such as an enum.
    pub fn has_type(&mut self, name: &str, schema: Option<&str>) -> Result<bool> {
        self.reflector.has_type(name, schema)
    }

    /// Gives the enums, by schema and name.
    pub fn get_enums(&mut self, scope: NamedTypeScope<'_>) -> Result<Vec<ReflectedEnum>> {
        self.reflector.get_enums(scope)
    }

    /// Gives the domains, by schema and name.
    pub fn get_domains(&mut self, scope: NamedTypeScope<'_>) -> Result<Vec<ReflectedDomain>> {
        self.reflector.get_domains(scope)
    }

    /// Gives the SQL of a view.
    pub fn get_view_definition(&mut self, name: &str, schema: Option<&str>) -> Result<String> {
        self.reflector.get_view_definition(name, schema)
    }

    /// Tells whether there is a table or view of that name.
    pub fn has_table(&mut self, name: &str, schema: Option<&str>) -> Result<bool> {
        self.reflector.has_table(name, schema)
    }

    /// Gives the columns of a table or view, in order; fails with `NoSuchTableError`, as all that follow.
    pub fn get_columns(&mut self, name: &str, schema: Option<&str>) -> Result<Vec<ReflectedColumn>> {
        self.reflector.get_columns(name, schema)
    }

    /// Gives the primary key; without columns when there is none.
    pub fn get_pk_constraint(
        &mut self,
        name: &str,
        schema: Option<&str>,
    ) -> Result<ReflectedPrimaryKeyConstraint> {
        self.reflector.get_pk_constraint(name, schema)
    }

    /// Gives the foreign keys.
    pub fn get_foreign_keys(
        &mut self,
        name: &str,
        schema: Option<&str>,
    ) -> Result<Vec<ReflectedForeignKeyConstraint>> {
        self.reflector.get_foreign_keys(name, schema)
    }

    /// Gives the unique constraints.
    pub fn get_unique_constraints(
        &mut self,
        name: &str,
        schema: Option<&str>,
    ) -> Result<Vec<ReflectedUniqueConstraint>> {
        self.reflector.get_unique_constraints(name, schema)
    }

    /// Gives the CHECK constraints.
    pub fn get_check_constraints(
        &mut self,
        name: &str,
        schema: Option<&str>,
    ) -> Result<Vec<ReflectedCheckConstraint>> {
        self.reflector.get_check_constraints(name, schema)
    }

    /// Gives the indexes, without those that stand behind constraints.
    pub fn get_indexes(&mut self, name: &str, schema: Option<&str>) -> Result<Vec<ReflectedIndex>> {
        self.reflector.get_indexes(name, schema)
    }

    /// Tells whether the database has comments on tables and columns.
    pub fn supports_comments(&self) -> bool {
        self.reflector.supports_comments()
    }

    /// Tells whether constraints have comments too.
    pub fn supports_constraint_comments(&self) -> bool {
        self.reflector.supports_constraint_comments()
    }

    /// Gives the table's comment; fails with `NotImplementedError` where the database has none.
    pub fn get_table_comment(&mut self, name: &str, schema: Option<&str>) -> Result<Option<String>> {
        self.reflector.get_table_comment(name, schema)
    }

    /// Gives the table's options for its dialect, such as `sqlite_strict`.
    pub fn get_table_options(&mut self, name: &str, schema: Option<&str>) -> Result<DialectOptions> {
        self.reflector.get_table_options(name, schema)
    }

    /// Reads everything about a table.
    pub fn reflect_table(&mut self, name: &str, schema: Option<&str>) -> Result<Table> {
        let columns = self.get_columns(name, schema)?;
        let primary_key = self.get_pk_constraint(name, schema)?;
        let foreign_keys = self.get_foreign_keys(name, schema)?;
        let indexes = self.get_indexes(name, schema)?;
        let unique_constraints = self.get_unique_constraints(name, schema)?;
        let check_constraints = self.get_check_constraints(name, schema)?;
        let comment =
            if self.reflector.supports_comments() { self.get_table_comment(name, schema)? } else { None };
        let options = self.get_table_options(name, schema)?;
        Ok(table::assemble(table::Parts {
            name,
            schema,
            columns,
            primary_key,
            foreign_keys,
            indexes,
            unique_constraints,
            check_constraints,
            comment,
            options,
        }))
    }

    /// Reads the tables of a schema in a few queries, whatever their number.
    pub fn reflect_metadata(&mut self, options: &ReflectOptions) -> Result<MetaData> {
        let schema = options.schema.as_deref();
        self.load_schema(schema)?;
        let names = if let Some(names) = &options.only {
            names.clone()
        } else {
            let mut names = self.get_table_names(schema)?;
            if options.views {
                names.extend(self.get_view_names(schema)?);
            }
            names
        };
        let mut metadata = MetaData::default();
        for name in names {
            let table = self.reflect_table(&name, schema)?;
            metadata.tables.insert(TableKey { schema: options.schema.clone(), name }, table);
        }
        Ok(metadata)
    }

    /// Reads all tables of a schema in a few queries, so that later calls need none.
    pub fn load_schema(&mut self, schema: Option<&str>) -> Result<()> {
        self.reflector.load_schema(schema)
    }

    /// Forgets what was read.
    pub fn clear_cache(&mut self) {
        self.reflector.clear_cache();
    }

    /// Hands over the warnings since the last call, worded as the reference's.
    pub fn take_warnings(&mut self) -> Vec<String> {
        self.reflector.take_warnings()
    }
}
