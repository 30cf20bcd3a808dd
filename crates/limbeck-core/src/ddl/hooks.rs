//! What a host is asked while DDL is executed: events of tables, and SQL that user code writes itself.

use std::fmt::Debug;

use limbeck_sql::dialect::DdlElement;
use limbeck_sql::schema::Table;

use crate::error::Result;

/// What happens to a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableEvent {
    /// `before_create`
    BeforeCreate,
    /// `after_create`: its indexes and comments are still to come.
    AfterCreate,
    /// `before_drop`
    BeforeDrop,
    /// `after_drop`
    AfterDrop,
}

impl TableEvent {
    /// Gives the event's name in SQLAlchemy.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::BeforeCreate => "before_create",
            Self::AfterCreate => "after_create",
            Self::BeforeDrop => "before_drop",
            Self::AfterDrop => "after_drop",
        }
    }
}

/// The host's part in the execution of DDL.
pub trait DdlHooks: Debug + Send + Sync {
    /// Hears of an event of a table.
    ///
    /// # Errors
    /// What a listener raises.
    fn table_event(&self, event: TableEvent, table: &Table) -> Result<()>;

    /// Gives the SQL that user code writes for an element; `None` where it leaves that to the dialect.
    ///
    /// # Errors
    /// What user code raises.
    fn element_sql(&self, element: &DdlElement) -> Result<Option<String>>;

    /// Gives the SQL that user code writes for one of Alembic's own constructs, such as `AddColumn`, of the operation
    /// that is carried out.
    ///
    /// # Errors
    /// What user code raises.
    fn construct_sql(&self, construct: &'static str) -> Result<Option<String>>;
}
