//! The seam for types that user code defines.

use std::fmt::Debug;

use super::SqlType;
use crate::engine::Value;
use crate::error::Result;
use crate::schema::Column;

/// A type that user code defines: a `TypeDecorator`, a `UserDefinedType`, or a type with `@compiles`.
pub trait CustomType: Debug + Send + Sync {
    /// Gives the type's class name as user code calls it, such as `GUID`.
    fn class_name(&self) -> &str;

    /// Gives the full `module.Class` path, for rendering it in a migration script.
    fn module_path(&self) -> &str;

    /// Gives Python's `repr` of the type without its module, such as `GUID(length=16)`.
    fn python_repr(&self) -> Result<String>;

    /// Gives the type that stands for this one on a dialect (`load_dialect_impl`, `impl`);
    /// `None` when the type renders its own SQL.
    fn dialect_type(&self, dialect_name: &str) -> Result<Option<SqlType>>;

    /// Gives the type that a decorator was made on (`impl`), whatever stands for it on the dialect.
    ///
    /// Named types in it are created with tables; those that `load_dialect_impl` makes are not.
    fn decorated_type(&self, dialect_name: &str) -> Result<Option<SqlType>> {
        self.dialect_type(dialect_name)
    }

    /// Gives the SQL of the type (`get_col_spec`, `@compiles`), when it renders its own.
    fn column_specification(&self, dialect_name: &str) -> Result<Option<String>>;

    /// Gives the SQL of the type for the column that has it.
    fn specification_of_column(&self, dialect_name: &str, column: &Column) -> Result<Option<String>> {
        let _ = column;
        self.column_specification(dialect_name)
    }

    /// Writes a value as a literal (`literal_processor`), when the type does that itself.
    fn literal(&self, value: &Value, dialect_name: &str) -> Result<Option<String>> {
        let _ = (value, dialect_name);
        Ok(None)
    }

    /// Turns a Python-side value into what a literal is made of (`process_literal_param`).
    fn literal_value(&self, value: Value, dialect_name: &str) -> Result<Value> {
        self.bind_value(value, dialect_name)
    }

    /// Turns a Python-side value into what the database is sent (`process_bind_param`).
    fn bind_value(&self, value: Value, dialect_name: &str) -> Result<Value>;
}
