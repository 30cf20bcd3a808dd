//! The Python drivers for MySQL and MariaDB that a URL may name, as far as they differ: all of them are one driver here.

use crate::dialect::ParamStyle;
use crate::engine::Url;
use crate::error::{Error, Result};

/// A driver as a URL names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PythonDriver {
    /// mysqlclient, the default.
    MysqlDb,
    PyMysql,
    Aiomysql,
    Asyncmy,
    Cymysql,
    MysqlConnector,
    MariadbConnector,
}

impl PythonDriver {
    /// Finds the driver of a URL.
    ///
    /// Fails for the one that reaches the server by way of ODBC.
    pub(super) fn of(url: &Url) -> Result<Self> {
        Ok(match url.get_driver_name()? {
            "pymysql" => Self::PyMysql,
            "aiomysql" => Self::Aiomysql,
            "asyncmy" => Self::Asyncmy,
            "cymysql" => Self::Cymysql,
            "mysqlconnector" => Self::MysqlConnector,
            "mariadbconnector" => Self::MariadbConnector,
            "pyodbc" => {
                return Err(Error::NoSuchModule(format!(
                    "the driver 'pyodbc' reaches the server by way of ODBC, which is not part of Limbeck; name the \
                     server itself in the URL, such as {}+pymysql://user@host/database",
                    url.get_backend_name()
                )));
            }
            _ => Self::MysqlDb,
        })
    }

    /// Gives the module that Python shows before the names of the driver's exceptions.
    pub(super) fn module(self) -> &'static str {
        match self {
            Self::MysqlDb => "MySQLdb",
            // aiomysql raises the exceptions of PyMySQL
            Self::PyMysql | Self::Aiomysql => "pymysql.err",
            Self::Asyncmy => "asyncmy.errors",
            Self::Cymysql => "cymysql.err",
            Self::MysqlConnector => "mysql.connector.errors",
            Self::MariadbConnector => "mariadb",
        }
    }

    /// Gives the style of parameters that the driver asks for once it is there; without it, it is the dialect's.
    pub(super) fn paramstyle(self) -> Option<ParamStyle> {
        matches!(self, Self::PyMysql | Self::MysqlConnector).then_some(ParamStyle::PyFormat)
    }

    /// Tells whether one text may hold several statements unless the user says otherwise.
    pub(super) fn takes_several_statements(self) -> bool {
        matches!(self, Self::MysqlDb | Self::MysqlConnector | Self::Asyncmy | Self::Aiomysql)
    }

    /// Tells whether the host `localhost` means the server's socket.
    pub(super) fn prefers_socket(self) -> bool {
        matches!(self, Self::MysqlDb | Self::MariadbConnector)
    }
}
