//! `sqlalchemy.engine`: URLs, engines, connections, results, the inspector.

pub(crate) mod connection;
pub(crate) mod create;
pub(crate) mod dialect;
pub(crate) mod inspector;
pub(crate) mod processing;
pub(crate) mod result;
pub(crate) mod row;
pub(crate) mod url;

pub use connection::{connection_of, new_connection};
pub use create::engine_of;
pub(crate) use dialect::{dialect_object, dialect_value, new_dialect};
use rustpython_vm::{PyResult, VirtualMachine};

use super::object;

/// Builds the classes of engines.
pub(crate) fn build(vm: &VirtualMachine) -> PyResult<()> {
    for classes in tables() {
        object::build(classes, vm)?;
    }
    Ok(())
}

/// The names of the classes.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    tables().into_iter().flatten().map(|def| def.name).filter(|name| !name.starts_with('_'))
}

fn tables() -> [&'static [object::ClassDef]; 7] {
    [
        dialect::CLASSES,
        url::CLASSES,
        create::CLASSES,
        connection::CLASSES,
        row::CLASSES,
        result::CLASSES,
        inspector::CLASSES,
    ]
}
