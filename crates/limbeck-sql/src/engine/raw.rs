//! A driver's connection as listeners get it: what PEP 249 calls a connection, outside of SQLAlchemy's rules.

use std::any::Any;
use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{DriverConnection, Parameters, QueryResult, ScalarFunction};
use crate::error::Result;

/// A value that a user of this crate hangs on something of this crate.
pub(super) type Attachment = Mutex<Option<Arc<dyn Any + Send + Sync>>>;

/// A driver's connection and what belongs to it as long as it is open.
pub(super) struct DriverHandle {
    driver: Mutex<Box<dyn DriverConnection>>,
    attachment: Attachment,
}

/// A driver's connection that several connections of one engine may share.
pub(super) type SharedDriver = Arc<DriverHandle>;

impl DriverHandle {
    pub(super) fn new(driver: Box<dyn DriverConnection>) -> SharedDriver {
        Arc::new(Self { driver: Mutex::new(driver), attachment: Attachment::default() })
    }
}

impl fmt::Debug for DriverHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.driver.fmt(f)
    }
}

impl Deref for DriverHandle {
    type Target = Mutex<Box<dyn DriverConnection>>;

    fn deref(&self) -> &Self::Target {
        &self.driver
    }
}

/// A driver's connection, outside of the transaction that SQLAlchemy counts; a cheap handle.
#[derive(Clone, Debug)]
pub struct RawConnection {
    driver: SharedDriver,
}

impl RawConnection {
    pub(super) fn new(driver: &SharedDriver) -> Self {
        Self { driver: Arc::clone(driver) }
    }

    /// Makes the handle of a connection that no engine opened.
    #[must_use]
    pub fn of_driver(driver: Box<dyn DriverConnection>) -> Self {
        Self { driver: DriverHandle::new(driver) }
    }

    pub(super) fn shared(&self) -> SharedDriver {
        Arc::clone(&self.driver)
    }

    fn lock(&self) -> MutexGuard<'_, Box<dyn DriverConnection>> {
        self.driver.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Executes one statement; DDL begins no transaction where the reference's driver begins none.
    pub fn execute(&self, sql: &str, parameters: &Parameters) -> Result<QueryResult> {
        self.as_the_reference(|driver| driver.execute(sql, parameters))
    }

    /// Executes one statement for each set of parameters.
    pub fn execute_many(&self, sql: &str, parameter_sets: &[Parameters]) -> Result<QueryResult> {
        self.as_the_reference(|driver| driver.execute_many(sql, parameter_sets))
    }

    /// Executes statements separated by semicolons.
    pub fn execute_batch(&self, sql: &str) -> Result<()> {
        self.as_the_reference(|driver| driver.execute_batch(sql))
    }

    fn as_the_reference<T>(
        &self,
        work: impl FnOnce(&mut Box<dyn DriverConnection>) -> Result<T>,
    ) -> Result<T> {
        let mut driver = self.lock();
        let transactional = driver.transactional_ddl();
        driver.set_transactional_ddl(false);
        let outcome = work(&mut driver);
        driver.set_transactional_ddl(transactional);
        outcome
    }

    /// Commits what is open.
    pub fn commit(&self) -> Result<()> {
        self.lock().commit()
    }

    /// Rolls back what is open.
    pub fn rollback(&self) -> Result<()> {
        self.lock().rollback()
    }

    /// Tells whether the database has a transaction open.
    #[must_use]
    pub fn in_transaction(&self) -> bool {
        self.lock().in_transaction()
    }

    /// Sets whether statements begin no transaction by themselves, for as long as the connection is open.
    pub fn set_autocommit(&self, autocommit: bool) -> Result<()> {
        self.lock().set_autocommit(autocommit)
    }

    /// Adds a function to SQL on this connection; a negative number of arguments takes any.
    pub fn create_function(&self, name: &str, arguments: i32, function: ScalarFunction) -> Result<()> {
        self.lock().create_function(name, arguments, function)
    }

    /// Gives what was attached to the connection; `make` makes it at first.
    pub fn attachment(
        &self,
        make: impl FnOnce() -> Arc<dyn Any + Send + Sync>,
    ) -> Arc<dyn Any + Send + Sync> {
        let mut attachment = self.driver.attachment.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(attachment.get_or_insert_with(make))
    }

    /// Tells whether two handles are of one connection.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.driver, &other.driver)
    }
}
