//! `create_mock_engine()`: an engine that gives each statement to a function instead of a database.

use std::sync::Arc;

use limbeck_sql::dialect::Dialect;
use rustpython_vm::function::FuncArgs;
use rustpython_vm::{PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::dialect::{dialect_value, new_dialect};
use crate::modules::sqlalchemy::arguments::Arguments;
use crate::modules::sqlalchemy::object::{self, ClassDef, Member, get, instance, method, set};

pub(crate) const CLASSES: &[ClassDef] = &[ClassDef {
    name: "MockConnection",
    module: "sqlalchemy.engine.mock",
    bases: &[],
    members: &[
        ("execute", method(executed)),
        ("connect", method(|this, _, _| Ok(this))),
        ("execution_options", method(|this, _, _| Ok(this))),
        ("engine", Member::Get(|this, _| Ok(this))),
        ("name", Member::Get(|this, vm| get(&*get(&this, "dialect", vm)?, "name", vm))),
        (
            "schema_for_object",
            method(|_, args, vm| match args.args.first() {
                Some(object) => get(object, "schema", vm),
                None => object::none(vm),
            }),
        ),
    ],
}];

/// `create_mock_engine(url, executor, **kw)`
pub(crate) fn create_mock_engine(args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("create_mock_engine", args, vm);
    let url = arguments.required("url")?;
    let executor = arguments.required("executor")?;
    let paramstyle = arguments.keyword("paramstyle");
    arguments.finish()?;
    let url = crate::lower::url(&url, vm)?;
    let mut options = indexmap::IndexMap::new();
    if let Some(style) = paramstyle {
        options.insert("paramstyle".to_owned(), crate::lower::value(&style, vm)?);
    }
    let dialect = limbeck_core::ddl::dialect_of_url(&url, &options)
        .map_err(|error| crate::modules::alembic::to_python(error, vm))?;
    let engine = instance("MockConnection", vm)?;
    set(&engine, "dialect", new_dialect(&dialect, vm)?, vm)?;
    set(&engine, "_execute_impl", executor, vm)?;
    Ok(engine)
}

/// `MockConnection.execute(obj, parameters=None, execution_options=None)`
fn executed(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("MockConnection.execute", args, vm);
    let statement = arguments.required("obj")?;
    let parameters = arguments.optional("parameters");
    arguments.optional("execution_options");
    arguments.finish()?;
    let parameters = parameters.unwrap_or_else(|| vm.ctx.none());
    get(&this, "_execute_impl", vm)?.call((statement, parameters), vm)
}

/// Gives a statement to the function of a mock engine.
pub(crate) fn execute(engine: &PyObject, statement: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    get(engine, "_execute_impl", vm)?.call((statement, vm.ctx.none()), vm)
}

/// Gives the dialect of a mock engine; `None` for another object.
pub(crate) fn dialect_of(bind: &PyObject, vm: &VirtualMachine) -> PyResult<Option<Arc<dyn Dialect>>> {
    if !object::is_a(bind, "MockConnection") {
        return Ok(None);
    }
    dialect_value(Some(&*get(bind, "dialect", vm)?), vm).map(Some)
}
