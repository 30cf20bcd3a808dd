//! Modules that env.py files use and that are light here: `asyncio`, whose stock form takes longer to import than a whole
//! run, and small packages that need no installing. `_limbeck_typing` is what revision files import in place of `typing`
//! where only annotations need it.

use rustpython_vm::frozen::FrozenModule;
use rustpython_vm::{InterpreterBuilder, py_freeze};

// Cargo rebuilds when these change; the freezing macro alone does not tell it to.
const _: [&str; 7] = [
    include_str!("python/asyncio/__init__.py"),
    include_str!("python/asyncio/_core.py"),
    include_str!("python/asyncio/_primitives.py"),
    include_str!("python/dotenv/__init__.py"),
    include_str!("python/dotenv/main.py"),
    include_str!("python/_limbeck_typing.py"),
    include_str!("python/nest_asyncio.py"),
];

/// Adds the modules to an interpreter, in place of those of the standard library that have their names.
pub(crate) fn register(builder: InterpreterBuilder) -> InterpreterBuilder {
    builder.add_frozen_modules(frozen())
}

fn frozen() -> impl Iterator<Item = (&'static str, FrozenModule)> {
    py_freeze!(dir = "python", crate_name = "rustpython_compiler_core").into_iter()
}
