//! The inspector: reads schema objects from a live database.

mod inspector;
mod mysql;
mod postgresql;
mod reflected;
mod sqlite;
mod table;

pub use inspector::{Inspector, ReflectOptions};
pub use reflected::{
    ForeignKeyOptions, NamedTypeScope, ReflectedCheckConstraint, ReflectedColumn, ReflectedComputed,
    ReflectedDomain, ReflectedEnum, ReflectedForeignKeyConstraint, ReflectedIndex,
    ReflectedPrimaryKeyConstraint, ReflectedUniqueConstraint,
};

use crate::error::{Error, Result};
use crate::schema::DialectOptions;

/// How one database tells about its schema objects; what SQLAlchemy's dialects do behind the inspector.
pub(crate) trait Reflector: std::fmt::Debug + Send {
    fn get_schema_names(&mut self) -> Result<Vec<String>>;
    fn default_schema_name(&mut self) -> Result<Option<String>>;
    fn get_table_names(&mut self, schema: Option<&str>) -> Result<Vec<String>>;
    fn get_temp_table_names(&mut self) -> Result<Vec<String>>;
    fn get_temp_view_names(&mut self) -> Result<Vec<String>> {
        Err(Error::NotImplemented(String::new()))
    }
    fn get_view_names(&mut self, schema: Option<&str>) -> Result<Vec<String>>;
    fn get_materialized_view_names(&mut self, _schema: Option<&str>) -> Result<Vec<String>> {
        Err(not_there("get_materialized_view_names"))
    }
    fn get_sequence_names(&mut self, _schema: Option<&str>) -> Result<Vec<String>> {
        Err(not_there("get_sequence_names"))
    }
    fn has_sequence(&mut self, _name: &str, _schema: Option<&str>) -> Result<bool> {
        Err(not_there("has_sequence"))
    }
    /// Tells whether there is a type of that name, for databases whose types have names.
    fn has_type(&mut self, _name: &str, _schema: Option<&str>) -> Result<bool> {
        Err(not_there("has_type"))
    }
    fn get_enums(&mut self, _schema: NamedTypeScope<'_>) -> Result<Vec<ReflectedEnum>> {
        Err(not_there("get_enums"))
    }
    fn get_domains(&mut self, _schema: NamedTypeScope<'_>) -> Result<Vec<ReflectedDomain>> {
        Err(not_there("get_domains"))
    }
    fn get_view_definition(&mut self, name: &str, schema: Option<&str>) -> Result<String>;
    fn has_table(&mut self, name: &str, schema: Option<&str>) -> Result<bool>;
    fn get_columns(&mut self, name: &str, schema: Option<&str>) -> Result<Vec<ReflectedColumn>>;
    fn get_pk_constraint(
        &mut self,
        name: &str,
        schema: Option<&str>,
    ) -> Result<ReflectedPrimaryKeyConstraint>;
    fn get_foreign_keys(
        &mut self,
        name: &str,
        schema: Option<&str>,
    ) -> Result<Vec<ReflectedForeignKeyConstraint>>;
    fn get_unique_constraints(
        &mut self,
        name: &str,
        schema: Option<&str>,
    ) -> Result<Vec<ReflectedUniqueConstraint>>;
    fn get_check_constraints(
        &mut self,
        name: &str,
        schema: Option<&str>,
    ) -> Result<Vec<ReflectedCheckConstraint>>;
    fn get_indexes(&mut self, name: &str, schema: Option<&str>) -> Result<Vec<ReflectedIndex>>;
    fn get_table_comment(&mut self, name: &str, schema: Option<&str>) -> Result<Option<String>>;
    /// Tells whether [`get_table_comment`](Self::get_table_comment) has an answer, so that whole tables can be read.
    fn supports_comments(&self) -> bool;
    /// Tells whether constraints have comments too.
    fn supports_constraint_comments(&self) -> bool {
        self.supports_comments()
    }
    fn get_table_options(&mut self, name: &str, schema: Option<&str>) -> Result<DialectOptions>;
    /// Reads all tables of a schema in few queries, so that the calls above find them.
    fn load_schema(&mut self, schema: Option<&str>) -> Result<()>;
    /// Forgets what was read.
    fn clear_cache(&mut self);
    /// Hands over the warnings since the last call, worded as the reference's.
    fn take_warnings(&mut self) -> Vec<String>;
}

fn not_there(question: &str) -> Error {
    Error::NotImplemented(format!("the database has nothing that {question}() could tell of"))
}
