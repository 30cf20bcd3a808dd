//! `sqlalchemy.engine`: URLs, engines, connections, results, the inspector.

pub(crate) mod connection;
pub(crate) mod create;
pub(crate) mod dbapi;
pub(crate) mod dialect;
mod echo;
pub(crate) mod events;
pub(crate) mod inspector;
mod listener;
pub(crate) mod mock;
pub(crate) mod pool;
pub(crate) mod processing;
pub(crate) mod result;
pub(crate) mod row;
pub(crate) mod url;

pub use connection::{connection_of, object as connection_object};
pub use create::engine_of;
pub(crate) use dialect::{dialect_object, dialect_value, new_dialect};
use rustpython_vm::{PyResult, VirtualMachine};

use super::object;

/// Builds the classes of engines.
pub(crate) fn build(vm: &VirtualMachine) -> PyResult<()> {
    for classes in tables() {
        object::build(classes, vm)?;
    }
    dbapi::build(vm)
}

/// The names of the classes.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    tables().into_iter().flatten().map(|def| def.name).filter(|name| !name.starts_with('_'))
}

fn tables() -> [&'static [object::ClassDef]; 10] {
    [
        dialect::CLASSES,
        url::CLASSES,
        pool::CLASSES,
        create::CLASSES,
        mock::CLASSES,
        connection::CLASSES,
        row::CLASSES,
        dbapi::CLASSES,
        result::CLASSES,
        inspector::CLASSES,
    ]
}
