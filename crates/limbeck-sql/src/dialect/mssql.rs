//! SQL Server: what it writes in its own way.

use super::{Dialect, DialectArguments, IdentifierQuotes, ParamStyle, reserved};

/// The SQL Server dialect with any of the drivers that SQLAlchemy knows for it.
#[derive(Clone, Debug)]
pub struct MssqlDialect {
    driver: &'static str,
    arguments: DialectArguments,
}

impl MssqlDialect {
    /// Makes the dialect for a driver; `None` when SQLAlchemy knows no such driver.
    pub fn new(driver: Option<&str>, arguments: DialectArguments) -> Option<Self> {
        let driver = match driver {
            None | Some("pyodbc") => "pyodbc",
            Some("aioodbc") => "aioodbc",
            Some("mssqlpython") => "mssqlpython",
            Some("pymssql") => "pymssql",
            Some(_) => return None,
        };
        Some(Self { driver, arguments })
    }
}

impl Dialect for MssqlDialect {
    fn as_dialect(&self) -> &dyn Dialect {
        self
    }

    fn name(&self) -> &'static str {
        "mssql"
    }

    fn driver(&self) -> &str {
        self.driver
    }

    fn paramstyle(&self) -> ParamStyle {
        self.arguments.paramstyle.unwrap_or(ParamStyle::Named)
    }

    fn max_identifier_length(&self) -> usize {
        self.arguments.max_identifier_length.unwrap_or(128)
    }

    fn transactional_ddl(&self) -> bool {
        true
    }

    fn reserved_words(&self) -> &'static [&'static str] {
        reserved::mssql::RESERVED_WORDS
    }

    fn supports_json(&self) -> bool {
        true
    }

    fn identifier_quotes(&self) -> IdentifierQuotes {
        IdentifierQuotes { initial: '[', last: ']', escaped: ']' }
    }

    fn supports_comments(&self) -> bool {
        true
    }

    fn supports_native_decimal(&self) -> bool {
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

    fn checks_booleans(&self) -> bool {
        false
    }

    fn type_compiler_name(&self) -> &'static str {
        "<sqlalchemy.dialects.mssql.base.MSTypeCompiler object>"
    }
}
