//! Limbeck's own Python modules.

pub mod alembic;
mod light;
pub(crate) mod logging;
pub(crate) mod sqlalchemy;
pub(crate) mod templates;
pub(crate) mod third_party;

use rustpython_vm::InterpreterBuilder;

/// Adds all modules to an interpreter.
pub fn register(builder: InterpreterBuilder) -> InterpreterBuilder {
    light::register(third_party::register(sqlalchemy::register(alembic::register(logging::register(
        builder,
    )))))
}
