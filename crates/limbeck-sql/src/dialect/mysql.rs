//! MySQL and MariaDB: what it writes in its own way.

use super::{Dialect, DialectArguments, IdentifierQuotes, ParamStyle, reserved};

/// The MySQL dialect, and MariaDB's, with any of the drivers that SQLAlchemy knows for them.
#[derive(Clone, Debug)]
pub struct MysqlDialect {
    mariadb: bool,
    driver: &'static str,
    arguments: DialectArguments,
}

impl MysqlDialect {
    /// Makes the dialect for a driver; `None` when SQLAlchemy knows no such driver.
    pub fn new(mariadb: bool, driver: Option<&str>, arguments: DialectArguments) -> Option<Self> {
        let driver = match driver {
            None | Some("mysqldb") => "mysqldb",
            Some("aiomysql") => "aiomysql",
            Some("asyncmy") => "asyncmy",
            Some("cymysql") => "cymysql",
            Some("mysqlconnector") => "mysqlconnector",
            Some("pymysql") => "pymysql",
            Some("mariadbconnector") => "mariadbconnector",
            Some("pyodbc") => "pyodbc",
            Some(_) => return None,
        };
        Some(Self { mariadb, driver, arguments })
    }
}

impl Dialect for MysqlDialect {
    fn as_dialect(&self) -> &dyn Dialect {
        self
    }

    fn name(&self) -> &'static str {
        if self.mariadb { "mariadb" } else { "mysql" }
    }

    fn driver(&self) -> &str {
        self.driver
    }

    fn paramstyle(&self) -> ParamStyle {
        self.arguments.paramstyle.unwrap_or(match self.driver {
            "mariadbconnector" => ParamStyle::QuestionMark,
            "pyodbc" => ParamStyle::Named,
            _ => ParamStyle::Format,
        })
    }

    fn max_identifier_length(&self) -> usize {
        self.arguments.max_identifier_length.unwrap_or(255)
    }

    fn supports_json(&self) -> bool {
        true
    }

    fn reserved_words(&self) -> &'static [&'static str] {
        if self.mariadb {
            reserved::mysql::MARIADB_RESERVED_WORDS
        } else {
            reserved::mysql::MYSQL_RESERVED_WORDS
        }
    }

    fn identifier_quotes(&self) -> IdentifierQuotes {
        IdentifierQuotes { initial: '`', last: '`', escaped: '`' }
    }

    fn supports_native_uuid(&self) -> bool {
        self.mariadb
    }

    fn insert_returning(&self) -> bool {
        self.mariadb
    }

    fn delete_returning(&self) -> bool {
        self.mariadb
    }

    fn max_index_name_length(&self) -> usize {
        64
    }

    fn max_constraint_name_length(&self) -> usize {
        64
    }

    fn has_types_of(&self, module: &str) -> bool {
        module == "mysql"
    }

    fn supports_comments(&self) -> bool {
        true
    }

    fn inline_comments(&self) -> bool {
        true
    }

    fn supports_native_enum(&self) -> bool {
        true
    }

    fn supports_native_decimal(&self) -> bool {
        true
    }

    fn supports_multivalues_insert(&self) -> bool {
        true
    }

    fn type_compiler_name(&self) -> &'static str {
        "<sqlalchemy.dialects.mysql.base.MySQLTypeCompiler object>"
    }
}
