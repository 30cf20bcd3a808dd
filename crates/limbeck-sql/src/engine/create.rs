//! Engines: where connections come from.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use indexmap::IndexMap;

use super::raw::{DriverHandle, SharedDriver};
use super::{
    ClientEnvironment, ConnectPlan, Connection, DriverArguments, EngineEvent, EngineListener, RawConnection,
    Url, Value, drivers,
};
use crate::dialect::{self, Dialect, DialectArguments};
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
    /// Who hears of what the engine and its connections do.
    pub listener: Option<Arc<dyn EngineListener>>,
    /// Opens connections in place of the driver.
    pub creator: Option<ConnectionCreator>,
    /// What the driver may know of the process.
    pub environment: ClientEnvironment,
}

/// Opens a connection to the database.
pub type ConnectionCreator = Arc<dyn Fn() -> Result<RawConnection> + Send + Sync>;

/// Which connections an engine shares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PoolClass {
    /// The dialect's choice: one connection for a database in memory, otherwise those that were given back are used
    /// again.
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
            .finish_non_exhaustive()
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
    /// Connections that were given back.
    idle: Mutex<Vec<SharedDriver>>,
    /// How many connections are with users.
    in_use: AtomicUsize,
}

impl Engine {
    /// Makes an engine with the dialect that the URL names, as `create_engine`; connects to nothing yet.
    ///
    /// Fails with `ArgumentError` when the text is no URL, and as [`new`](Self::new).
    pub fn create(url: &str, options: EngineOptions) -> Result<Self> {
        let url = Url::parse(url)?;
        url.check_dialect()?;
        let driver = url.drivername().split_once('+').map(|(_, driver)| driver);
        let arguments =
            DialectArguments { paramstyle: drivers::driver_paramstyle(&url), ..DialectArguments::default() };
        let dialect = dialect::by_name_with(url.get_backend_name(), driver, arguments)?;
        Self::new(url, dialect, options)
    }

    /// Makes an engine with a dialect that the caller made; connects to nothing yet.
    ///
    /// Fails with `NoSuchModuleError` when the URL names an unknown dialect or driver.
    pub fn new(url: Url, dialect: Arc<dyn Dialect>, options: EngineOptions) -> Result<Self> {
        url.check_dialect()?;
        drivers::check(&url)?;
        Ok(Self {
            inner: Arc::new(EngineInner {
                url,
                dialect,
                server_dialect: OnceLock::new(),
                options,
                shared: Mutex::default(),
                idle: Mutex::default(),
                in_use: AtomicUsize::new(0),
            }),
        })
    }

    /// Opens a connection, or takes one that was given back.
    pub fn connect(&self) -> Result<Connection> {
        let driver = self.take_driver()?;
        let raw = RawConnection::new(&driver);
        let connection = Connection::of_pool(self.clone(), driver);
        if let Some(listener) = self.listener() {
            listener.hear(EngineEvent::Checkout { connection: &connection, raw: &raw })?;
        }
        if let Some(level) = &self.inner.options.isolation_level {
            connection.set_isolation_level(level)?;
        }
        Ok(connection)
    }

    /// Opens a connection that it shares with nobody, whatever the pool is, and whose statements no listener hears of.
    pub fn connect_separately(&self) -> Result<Connection> {
        if let Some(listener) = &self.inner.options.listener {
            listener.prepare();
        }
        Ok(Connection::new(self.clone(), self.open_driver()?))
    }

    fn pooling(&self) -> Pooling {
        match self.inner.options.poolclass {
            PoolClass::Static => Pooling::Shared,
            PoolClass::Default if drivers::is_memory_database(&self.inner.url) => Pooling::Shared,
            PoolClass::Default => Pooling::Reused,
            PoolClass::Null => Pooling::None,
        }
    }

    /// Tells whether the database lives in its connections, so that another connection would find another database.
    #[must_use]
    pub fn is_memory_database(&self) -> bool {
        drivers::is_memory_database(&self.inner.url)
    }

    /// Takes back a connection that is in order.
    pub(super) fn check_in(&self, driver: SharedDriver) {
        if let Some(listener) = self.listener() {
            // the connection is closed: nobody is left whom an error could reach
            let _ = listener.hear(EngineEvent::Checkin { engine: self, raw: &RawConnection::new(&driver) });
        }
        match self.pooling() {
            Pooling::Reused => lock(&self.inner.idle).push(driver),
            Pooling::None => self.tell_of_close(&driver),
            Pooling::Shared => {}
        }
    }

    fn tell_of_close(&self, driver: &SharedDriver) {
        if let Some(listener) = self.listener() {
            // as above
            let _ = listener.hear(EngineEvent::Close { engine: self, raw: &RawConnection::new(driver) });
        }
    }

    /// Gives who hears of what happens, when there is anybody at the moment.
    pub(super) fn listener(&self) -> Option<&Arc<dyn EngineListener>> {
        self.inner.options.listener.as_ref().filter(|listener| listener.is_listening())
    }

    /// Tells whether two handles are of one engine.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }

    /// Gives how many connections were given back and wait for use.
    #[must_use]
    pub fn idle_connections(&self) -> usize {
        lock(&self.inner.idle).len()
    }

    /// Gives how many connections were taken and not given back.
    #[must_use]
    pub fn connections_in_use(&self) -> usize {
        self.inner.in_use.load(Ordering::Relaxed)
    }

    pub(super) fn count_connection(&self, is_taken: bool) {
        if is_taken {
            self.inner.in_use.fetch_add(1, Ordering::Relaxed);
        } else {
            self.inner.in_use.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Takes a driver's connection, as [`connect`](Self::connect) does.
    pub fn raw_connection(&self) -> Result<RawConnection> {
        Ok(RawConnection::new(&self.take_driver()?))
    }

    /// Takes back a driver's connection; what is open on it is rolled back.
    pub fn give_back(&self, raw: &RawConnection) -> Result<()> {
        raw.rollback()?;
        self.check_in(raw.shared());
        Ok(())
    }

    fn take_driver(&self) -> Result<SharedDriver> {
        if let Some(listener) = &self.inner.options.listener {
            listener.prepare();
        }
        match self.pooling() {
            Pooling::Shared => self.shared_driver(),
            Pooling::Reused => {
                let idle = lock(&self.inner.idle).pop();
                idle.map_or_else(|| self.open_driver(), Ok)
            }
            Pooling::None => self.open_driver(),
        }
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

    /// Lets go of the connections that it keeps, so that the next one is new.
    pub fn dispose(&self) {
        let shared = lock(&self.inner.shared).take();
        let idle = std::mem::take(&mut *lock(&self.inner.idle));
        for driver in shared.iter().chain(&idle) {
            self.tell_of_close(driver);
        }
        if let Some(listener) = self.listener() {
            // nothing depends on what listeners say to it
            let _ = listener.hear(EngineEvent::Disposed(self));
        }
    }

    fn shared_driver(&self) -> Result<SharedDriver> {
        let known = lock(&self.inner.shared).as_ref().map(Arc::clone);
        if let Some(driver) = known {
            return Ok(driver);
        }
        // not while the lock is held: listeners hear of it
        let driver = self.open_driver()?;
        Ok(Arc::clone(lock(&self.inner.shared).get_or_insert(driver)))
    }

    /// Opens a connection of the engine's driver that belongs to no pool.
    pub fn open_with(&self, arguments: DriverArguments) -> Result<RawConnection> {
        let (url, connect_args) = arguments.into_url(&self.inner.url);
        drivers::connect(&url, &connect_args, &self.inner.options.environment).map(RawConnection::of_driver)
    }

    fn open_with_driver(&self) -> Result<SharedDriver> {
        let options = &self.inner.options;
        let plan =
            self.listener().map_or(Ok(ConnectPlan::AsUsual), |listener| listener.before_connect(self))?;
        let opened = match plan {
            ConnectPlan::Opened(raw) => return Ok(raw.shared()),
            ConnectPlan::AsUsual => {
                drivers::connect(&self.inner.url, &options.connect_args, &options.environment)?
            }
            ConnectPlan::With(arguments) => return Ok(self.open_with(arguments)?.shared()),
        };
        Ok(DriverHandle::new(opened))
    }

    fn open_driver(&self) -> Result<SharedDriver> {
        let options = &self.inner.options;
        let driver = match &options.creator {
            Some(creator) => creator()?.shared(),
            None => self.open_with_driver()?,
        };
        if let Some(listener) = self.listener() {
            listener.hear(EngineEvent::Connect { engine: self, raw: &RawConnection::new(&driver) })?;
        }
        if self.inner.server_dialect.get().is_none()
            && let Some(facts) = lock(&driver).server_facts()?
            && let Some(dialect) = self.inner.dialect.for_server(&facts)?
        {
            // Another connection may have been first; its server is the same.
            let _ = self.inner.server_dialect.set(dialect);
        }
        Ok(driver)
    }
}

/// What happens to connections that are given back.
#[derive(Clone, Copy)]
enum Pooling {
    /// There is one for all.
    Shared,
    /// They are used again.
    Reused,
    /// They are closed.
    None,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
