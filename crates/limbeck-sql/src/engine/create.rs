//! Engines: where connections come from.

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use indexmap::IndexMap;

use super::connection::SharedDriver;
use super::{ClientEnvironment, Connection, Url, Value, drivers};
use crate::dialect::{self, Dialect};
use crate::error::Result;

/// The arguments of `create_engine` that have a meaning here.
#[derive(Clone, Default)]
pub struct EngineOptions {
    /// Arguments for the driver, such as `timeout` in seconds.
    pub connect_args: IndexMap<String, Value>,
    /// The isolation level of each connection at its start.
    pub isolation_level: Option<String>,
    /// Which pool the user asked for.
    pub poolclass: PoolClass,
    /// What the driver may know of the process.
    pub environment: ClientEnvironment,
}

/// Which connections an engine shares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PoolClass {
    /// The dialect's choice: one connection for a database in memory, a new one each time otherwise.
    #[default]
    Default,
    /// One connection for all (`StaticPool`, `SingletonThreadPool`).
    Static,
    /// A new connection each time (`NullPool`).
    Null,
}

impl fmt::Debug for EngineOptions {
    /// Shows the names of `connect_args` only: a password may be among the values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EngineOptions")
            .field("connect_args", &self.connect_args.keys())
            .field("isolation_level", &self.isolation_level)
            .field("poolclass", &self.poolclass)
            .finish()
    }
}

/// Where connections to one database come from, as `sqlalchemy.Engine`; a cheap handle.
#[derive(Clone, Debug)]
pub struct Engine {
    inner: Arc<EngineInner>,
}

#[derive(Debug)]
struct EngineInner {
    url: Url,
    dialect: Arc<dyn Dialect>,
    /// The dialect as the first connection's server makes it.
    server_dialect: OnceLock<Arc<dyn Dialect>>,
    options: EngineOptions,
    shared: Mutex<Option<SharedDriver>>,
}

impl Engine {
    /// Makes an engine with the dialect that the URL names, as `create_engine`; connects to nothing yet.
    ///
    /// Fails with `ArgumentError` when the text is no URL, and as [`new`](Self::new).
    pub fn create(url: &str, options: EngineOptions) -> Result<Self> {
        let url = Url::parse(url)?;
        url.check_dialect()?;
        let driver = url.drivername().split_once('+').map(|(_, driver)| driver);
        let dialect = dialect::by_name(url.get_backend_name(), driver)?;
        Self::new(url, dialect, options)
    }

    /// Makes an engine with a dialect that the caller made; connects to nothing yet.
    ///
    /// Fails with `NoSuchModuleError` when the URL names an unknown dialect or driver.
    pub fn new(url: Url, dialect: Arc<dyn Dialect>, options: EngineOptions) -> Result<Self> {
        url.check_dialect()?;
        drivers::check(&url)?;
        let (server_dialect, shared) = (OnceLock::new(), Mutex::new(None));
        Ok(Self { inner: Arc::new(EngineInner { url, dialect, server_dialect, options, shared }) })
    }

    /// Opens a connection.
    pub fn connect(&self) -> Result<Connection> {
        let shares = match self.inner.options.poolclass {
            PoolClass::Default => drivers::is_memory_database(&self.inner.url),
            PoolClass::Static => true,
            PoolClass::Null => false,
        };
        let driver = if shares { self.shared_driver()? } else { self.open_driver()? };
        let connection = Connection::new(self.clone(), driver);
        if let Some(level) = &self.inner.options.isolation_level {
            connection.set_isolation_level(level)?;
        }
        Ok(connection)
    }

    /// Opens a connection that it shares with nobody, whatever the pool is.
    pub fn connect_separately(&self) -> Result<Connection> {
        Ok(Connection::new(self.clone(), self.open_driver()?))
    }

    /// Gives the URL.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.inner.url
    }

    /// Gives the dialect, which knows its server once a connection has been opened.
    #[must_use]
    pub fn dialect(&self) -> &Arc<dyn Dialect> {
        self.inner.server_dialect.get().unwrap_or(&self.inner.dialect)
    }

    /// Gives the options that the engine was made with.
    #[must_use]
    pub fn options(&self) -> &EngineOptions {
        &self.inner.options
    }

    /// Lets go of a shared connection, so that the next one is new.
    pub fn dispose(&self) {
        *self.inner.shared.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn shared_driver(&self) -> Result<SharedDriver> {
        let mut shared = self.inner.shared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(driver) = shared.as_ref() {
            return Ok(Arc::clone(driver));
        }
        let driver = self.open_driver()?;
        *shared = Some(Arc::clone(&driver));
        Ok(driver)
    }

    fn open_driver(&self) -> Result<SharedDriver> {
        let options = &self.inner.options;
        let mut driver = drivers::connect(&self.inner.url, &options.connect_args, &options.environment)?;
        if self.inner.server_dialect.get().is_none()
            && let Some(facts) = driver.server_facts()?
            && let Some(dialect) = self.inner.dialect.for_server(&facts)?
        {
            // Another connection may have been first; its server is the same.
            let _ = self.inner.server_dialect.set(dialect);
        }
        Ok(Arc::new(Mutex::new(driver)))
    }
}
