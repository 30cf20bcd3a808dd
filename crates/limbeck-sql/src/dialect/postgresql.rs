//! PostgreSQL: what it writes in its own way.

use super::{Dialect, DialectArguments, ParamStyle, reserved};

/// The PostgreSQL dialect with any of the drivers that SQLAlchemy knows for it.
#[derive(Clone, Debug)]
pub struct PostgresqlDialect {
    driver: &'static str,
    arguments: DialectArguments,
}

impl PostgresqlDialect {
    /// Makes the dialect for a driver; `None` when SQLAlchemy knows no such driver.
    pub fn new(driver: Option<&str>, arguments: DialectArguments) -> Option<Self> {
        let driver = match driver {
            None | Some("psycopg") => "psycopg",
            Some("psycopg_async") => "psycopg_async",
            Some("psycopg2") => "psycopg2",
            Some("psycopg2cffi") => "psycopg2cffi",
            Some("asyncpg") => "asyncpg",
            Some("pg8000") => "pg8000",
            Some(_) => return None,
        };
        Some(Self { driver, arguments })
    }
}

impl Dialect for PostgresqlDialect {
    fn as_dialect(&self) -> &dyn Dialect {
        self
    }

    fn name(&self) -> &'static str {
        "postgresql"
    }

    fn driver(&self) -> &str {
        self.driver
    }

    fn paramstyle(&self) -> ParamStyle {
        self.arguments.paramstyle.unwrap_or(match self.driver {
            "asyncpg" => ParamStyle::NumericDollar,
            "pg8000" => ParamStyle::Format,
            _ => ParamStyle::PyFormat,
        })
    }

    fn max_identifier_length(&self) -> usize {
        self.arguments.max_identifier_length.unwrap_or(63)
    }

    fn transactional_ddl(&self) -> bool {
        true
    }

    fn reserved_words(&self) -> &'static [&'static str] {
        reserved::postgresql::RESERVED_WORDS
    }

    fn supports_json(&self) -> bool {
        true
    }

    fn supports_comments(&self) -> bool {
        true
    }

    fn supports_constraint_comments(&self) -> bool {
        true
    }

    fn supports_native_boolean(&self) -> bool {
        true
    }

    fn supports_native_enum(&self) -> bool {
        true
    }

    fn supports_native_uuid(&self) -> bool {
        true
    }

    fn supports_identity_columns(&self) -> bool {
        true
    }

    fn supports_sequences(&self) -> bool {
        true
    }

    fn sequences_optional(&self) -> bool {
        true
    }

    fn supports_default_values(&self) -> bool {
        true
    }

    fn supports_multivalues_insert(&self) -> bool {
        true
    }

    fn insert_returning(&self) -> bool {
        true
    }

    fn update_returning(&self) -> bool {
        true
    }

    fn delete_returning(&self) -> bool {
        true
    }

    fn postfetch_lastrowid(&self) -> bool {
        false
    }

    fn type_compiler_name(&self) -> &'static str {
        "<sqlalchemy.dialects.postgresql.base.PGTypeCompiler object>"
    }
}
