//! What is particular to MySQL and MariaDB.

use super::Impl;

/// MySQL's implementation and MariaDB's, the reference's `MySQLImpl` and `MariaDBImpl`.
#[derive(Clone, Copy, Debug, Default)]
pub struct MysqlImpl {
    /// Whether the database is MariaDB.
    pub mariadb: bool,
}

impl Impl for MysqlImpl {
    fn class_name(&self) -> &'static str {
        if self.mariadb { "MariaDBImpl" } else { "MySQLImpl" }
    }
}
