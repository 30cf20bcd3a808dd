//! Connections to databases: URLs, values, transactions and drivers.

mod connection;
mod create;
mod driver;
mod drivers;
mod environment;
mod events;
mod exact;
mod execute;
mod journal;
mod parameters;
mod plugins;
mod python_json;
mod python_repr;
mod raw;
mod transaction;
mod two_phase;
mod url;
mod value;

pub use connection::{Connection, SchemaTranslateMap};
pub use create::{ConnectionCreator, Engine, EngineOptions, PoolClass};
pub use driver::{Canceller, DriverConnection, ScalarFunction};
pub use drivers::{DriverArguments, driver_paramstyle};
pub(crate) use drivers::{SqliteWords, sqlite_unquoted};
pub use environment::ClientEnvironment;
pub use events::{ConnectPlan, EngineEvent, EngineListener, Execution, ListenerState, StatementOrigin};
pub use exact::ExactNumber;
pub use parameters::Parameters;
pub use python_json::json_dumps;
pub use python_repr::{float_repr, parameter_sets_repr, parameters_repr, text_repr, value_repr};
pub use raw::RawConnection;
pub use transaction::{NestedTransaction, Transaction, TransactionGuard};
pub use two_phase::{TwoPhaseStep, TwoPhaseWork};
pub use url::{Password, QueryValue, Url, UrlChanges};
pub use value::{LongJson, OpaqueValue, QueryResult, Row, Value};
