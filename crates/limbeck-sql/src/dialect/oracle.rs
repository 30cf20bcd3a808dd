//! Oracle: what it writes in its own way.

use super::{Dialect, DialectArguments, ParamStyle, reserved};

/// The Oracle dialect with any of the drivers that SQLAlchemy knows for it.
#[derive(Clone, Debug)]
pub struct OracleDialect {
    driver: &'static str,
    arguments: DialectArguments,
}

impl OracleDialect {
    /// Makes the dialect for a driver; `None` when SQLAlchemy knows no such driver.
    pub fn new(driver: Option<&str>, arguments: DialectArguments) -> Option<Self> {
        let driver = match driver {
            None | Some("oracledb") => "oracledb",
            Some("oracledb_async") => "oracledb_async",
            Some("cx_oracle") => "cx_oracle",
            Some(_) => return None,
        };
        Some(Self { driver, arguments })
    }
}

impl Dialect for OracleDialect {
    fn as_dialect(&self) -> &dyn Dialect {
        self
    }

    fn name(&self) -> &'static str {
        "oracle"
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

    fn reserved_words(&self) -> &'static [&'static str] {
        reserved::oracle::RESERVED_WORDS
    }

    fn supports_comments(&self) -> bool {
        true
    }

    fn supports_native_boolean(&self) -> bool {
        true
    }

    fn supports_identity_columns(&self) -> bool {
        true
    }

    fn supports_sequences(&self) -> bool {
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
        "<sqlalchemy.dialects.oracle.base.OracleTypeCompiler object>"
    }
}
