//! The dialects and drivers that the reference knows by name, for its errors about unknown ones.

use crate::error::{Error, Result};

/// Each dialect with its drivers, the default one first.
const DIALECTS: &[(&str, &[&str])] = &[
    ("sqlite", &["pysqlite", "aiosqlite", "pysqlcipher", "pysqlite_numeric", "pysqlite_dollar"]),
    ("postgresql", &["psycopg", "psycopg2", "psycopg_async", "psycopg2cffi", "asyncpg", "pg8000"]),
    (
        "mysql",
        &[
            "mysqldb",
            "pymysql",
            "aiomysql",
            "asyncmy",
            "cymysql",
            "mysqlconnector",
            "mariadbconnector",
            "pyodbc",
        ],
    ),
    (
        "mariadb",
        &[
            "mysqldb",
            "pymysql",
            "aiomysql",
            "asyncmy",
            "cymysql",
            "mysqlconnector",
            "mariadbconnector",
            "pyodbc",
        ],
    ),
    ("mssql", &["pyodbc", "pymssql", "aioodbc", "mssqlpython"]),
    ("oracle", &["oracledb", "oracledb_async", "cx_oracle"]),
];

fn no_such_module(name: &str) -> Error {
    Error::NoSuchModule(format!("Can't load plugin: sqlalchemy.dialects:{name}"))
}

/// Gives the driver that a dialect's bare name stands for.
pub(super) fn default_driver(dialect: &str) -> Result<&'static str> {
    DIALECTS
        .iter()
        .find(|(name, _)| *name == dialect)
        .and_then(|(_, drivers)| drivers.first().copied())
        .ok_or_else(|| no_such_module(dialect))
}

/// Checks a URL's `dialect` or `dialect+driver`.
pub(super) fn check(drivername: &str) -> Result<()> {
    let (dialect, driver) = match drivername.split_once('+') {
        Some((dialect, driver)) => (dialect, Some(driver)),
        None => (drivername, None),
    };
    let known = DIALECTS.iter().find(|(name, _)| *name == dialect).is_some_and(|(_, drivers)| {
        driver.is_none_or(|driver| drivers.contains(&driver.replace('+', ".").as_str()))
    });
    if known { Ok(()) } else { Err(no_such_module(&drivername.replace('+', "."))) }
}
