//! `alembic.config.CommandLine`: the program's table of commands for Python's `argparse`.

use rustpython_vm::frozen::FrozenModule;
use rustpython_vm::{PyObjectRef, PyResult, VirtualMachine, py_freeze};

use super::state;

/// The commands of the program, for those who parse a command line in Python.
#[derive(Clone, Debug, Default)]
pub struct CommandTable {
    /// What `--version` prints after the program's name.
    pub version: String,
    /// The options that stand before the command.
    pub options: Vec<ArgumentSpecification>,
    /// The commands that `alembic.command` has.
    pub commands: Vec<CommandSpecification>,
}

/// A command.
#[derive(Clone, Debug, Default)]
pub struct CommandSpecification {
    /// Its name.
    pub name: String,
    /// What it does, in a sentence.
    pub help: String,
    /// Its options and arguments.
    pub arguments: Vec<ArgumentSpecification>,
}

/// An option or argument of a command.
#[derive(Clone, Debug)]
pub struct ArgumentSpecification {
    /// Such as `-m` and `--message`; of an argument, its name.
    pub names: Vec<String>,
    /// How many words it takes, and what becomes of them.
    pub kind: ArgumentKind,
    /// What it is when it is not given.
    pub default: Option<String>,
    /// What it is for.
    pub help: String,
}

/// How many words an option or argument takes, and what becomes of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArgumentKind {
    /// None: it is given or not.
    Flag,
    /// One.
    Value,
    /// One, and it may be given several times.
    Append,
    /// One or more, without an option.
    Several,
}

impl ArgumentKind {
    fn name(self) -> &'static str {
        match self {
            Self::Flag => "flag",
            Self::Value => "value",
            Self::Append => "append",
            Self::Several => "several",
        }
    }
}

// Cargo rebuilds when these change; the freezing macro alone does not tell it to.
const _: [&str; 9] = [
    include_str!("python/alembic/_command_line.py"),
    include_str!("python/alembic/ddl/impl.py"),
    include_str!("python/alembic/ddl/mssql.py"),
    include_str!("python/alembic/ddl/mysql.py"),
    include_str!("python/alembic/ddl/oracle.py"),
    include_str!("python/alembic/ddl/postgresql.py"),
    include_str!("python/alembic/ddl/sqlite.py"),
    include_str!("python/alembic/operations/ops.py"),
    include_str!("python/alembic/script/revision.py"),
];

/// Gives the modules of the package that are written in Python: where its class machinery is the feature.
pub(super) fn frozen() -> impl Iterator<Item = (&'static str, FrozenModule)> {
    py_freeze!(dir = "python", crate_name = "rustpython_compiler_core")
        .into_iter()
        // The directories that only lead to modules are no modules themselves.
        .filter(|(name, _)| {
            !matches!(*name, "alembic" | "alembic.ddl" | "alembic.operations" | "alembic.script")
        })
}

/// Gives a module that is imported when it was not yet.
fn module(name: &'static str, vm: &VirtualMachine) -> PyResult {
    vm.import(name, 0)?;
    vm.sys_module.get_attr("modules", vm)?.get_item(name, vm)
}

/// Gives the module `alembic.config`.
pub(super) fn config_module(vm: &VirtualMachine) -> PyResult {
    module("alembic.config", vm)
}

/// Gives the class.
pub(super) fn class(vm: &VirtualMachine) -> PyResult {
    module("alembic._command_line", vm)?.get_attr("CommandLine", vm)
}

/// Gives the table as Python's tuples and lists.
pub(super) fn table(vm: &VirtualMachine) -> PyResult {
    let host = state::required_host(vm)?;
    let table = host.command_table();
    let text = |text: &str| -> PyObjectRef { vm.ctx.new_str(text).into() };
    let list = |items: Vec<PyObjectRef>| -> PyObjectRef { vm.ctx.new_list(items).into() };
    let tuple = |items: Vec<PyObjectRef>| -> PyObjectRef { vm.ctx.new_tuple(items).into() };
    let argument = |argument: &ArgumentSpecification| {
        tuple(vec![
            list(argument.names.iter().map(|name| text(name)).collect()),
            text(argument.kind.name()),
            argument.default.as_deref().map_or_else(|| vm.ctx.none(), text),
            text(&argument.help),
        ])
    };
    let commands = table.commands.iter().map(|command| {
        let arguments = command.arguments.iter().map(argument).collect();
        tuple(vec![text(&command.name), text(&command.help), list(arguments)])
    });
    let options = table.options.iter().map(argument).collect();
    Ok(tuple(vec![text(&table.version), list(options), list(commands.collect())]))
}
