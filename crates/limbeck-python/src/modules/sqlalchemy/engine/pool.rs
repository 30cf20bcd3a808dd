//! The classes of pools, and the pool of an engine as user code asks about it.

use limbeck_sql::engine::{Engine, PoolClass};
use rustpython_vm::function::FuncArgs;
use rustpython_vm::{PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::create::engine_of;
use crate::modules::sqlalchemy::object::{
    self, ClassDef, Member, class_name, get, get_text, instance, method, new_text, own, set,
};

const MODULE: &str = "sqlalchemy.pool.impl";

const fn pool(name: &'static str, bases: &'static [&'static str]) -> ClassDef {
    ClassDef { name, module: MODULE, bases, members: &[] }
}

pub(crate) const CLASSES: &[ClassDef] = &[
    ClassDef {
        name: "Pool",
        module: "sqlalchemy.pool.base",
        bases: &[],
        members: &[
            ("__init__", method(|_, _, vm| object::none(vm))),
            ("status", method(status)),
            ("size", method(|this, _, vm| number(&this, "_size", vm))),
            ("checkedin", method(|this, _, vm| Ok(vm.ctx.new_int(idle(&this, vm)?).into()))),
            ("checkedout", method(|this, _, vm| Ok(vm.ctx.new_int(in_use(&this, vm)?).into()))),
            ("overflow", method(|this, _, vm| Ok(vm.ctx.new_int(in_use(&this, vm)? - 5).into()))),
            ("dispose", method(|this, _, vm| vm.call_method(&*get(&this, "_engine", vm)?, "dispose", ()))),
            (
                "connect",
                method(|this, _, vm| vm.call_method(&*get(&this, "_engine", vm)?, "raw_connection", ())),
            ),
            ("_engine", Member::Value(|vm| vm.ctx.none())),
        ],
    },
    pool("NullPool", &["Pool"]),
    pool("QueuePool", &["Pool"]),
    pool("AsyncAdaptedQueuePool", &["QueuePool"]),
    pool("FallbackAsyncAdaptedQueuePool", &["AsyncAdaptedQueuePool"]),
    pool("StaticPool", &["Pool"]),
    pool("SingletonThreadPool", &["Pool"]),
    pool("AssertionPool", &["Pool"]),
];

/// What a pool keeps, by its name.
pub(crate) fn kept(name: &str) -> PoolClass {
    match name {
        "NullPool" => PoolClass::Null,
        "StaticPool" | "SingletonThreadPool" => PoolClass::Static,
        _ => PoolClass::Default,
    }
}

/// Gives the name of the pool that an engine has unless it is told otherwise.
pub(crate) fn default_name(url: &limbeck_sql::engine::Url) -> &'static str {
    let is_memory =
        url.get_backend_name() == "sqlite" && matches!(url.database(), None | Some("" | ":memory:"));
    let is_async = url.get_driver_name().is_ok_and(is_async_driver);
    match (is_memory, is_async) {
        (true, true) => "StaticPool",
        (true, false) => "SingletonThreadPool",
        (false, true) => "AsyncAdaptedQueuePool",
        (false, false) => "QueuePool",
    }
}

/// Tells whether a driver is for `asyncio` only.
pub(crate) fn is_async_driver(name: &str) -> bool {
    ["aiosqlite", "asyncpg", "psycopg_async", "aiomysql", "asyncmy", "aioodbc", "oracledb_async"]
        .contains(&name)
}

/// Tells whether a pool of the name takes an argument of `create_engine`.
pub(crate) fn takes(pool: &str, argument: &str) -> bool {
    match argument {
        "pool_size" => pool.ends_with("QueuePool") || pool == "SingletonThreadPool",
        "max_overflow" | "pool_timeout" | "pool_use_lifo" => pool.ends_with("QueuePool"),
        _ => true,
    }
}

/// Makes the pool object of an `Engine` object.
pub(crate) fn new(engine: &PyObject, name: &str, size: i64, vm: &VirtualMachine) -> PyResult {
    let key = CLASSES.iter().map(|def| def.name).find(|known| *known == name).unwrap_or("QueuePool");
    let made = instance(key, vm)?;
    set(&made, "_size", vm.ctx.new_int(size), vm)?;
    set(&made, "_engine", engine.to_owned(), vm)?;
    Ok(made)
}

fn number(this: &PyObject, name: &'static str, vm: &VirtualMachine) -> PyResult {
    Ok(own(this, name, vm).unwrap_or_else(|| vm.ctx.new_int(0).into()))
}

fn engine(this: &PyObject, vm: &VirtualMachine) -> PyResult<Option<Engine>> {
    Ok(engine_of(&*get(this, "_engine", vm)?))
}

fn idle(this: &PyObject, vm: &VirtualMachine) -> PyResult<i64> {
    let count = engine(this, vm)?.map_or(0, |engine| engine.idle_connections());
    Ok(i64::try_from(count).unwrap_or(i64::MAX))
}

fn in_use(this: &PyObject, vm: &VirtualMachine) -> PyResult<i64> {
    let count = engine(this, vm)?.map_or(0, |engine| engine.connections_in_use());
    Ok(i64::try_from(count).unwrap_or(i64::MAX))
}

fn status(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let name = class_name(&this);
    if !name.ends_with("QueuePool") {
        return Ok(new_text(name, vm));
    }
    let size = object::get_int(&this, "_size", vm)?.unwrap_or(5);
    let (idle, in_use) = (idle(&this, vm)?, in_use(&this, vm)?);
    let text = format!(
        "Pool size: {size}  Connections in pool: {idle} Current Overflow: {} Current Checked out connections: {in_use}",
        idle + in_use - size
    );
    Ok(new_text(text, vm))
}

/// Gives the name of a pool class that was given to `create_engine`.
pub(crate) fn name_of(class: &PyObject, vm: &VirtualMachine) -> PyResult<String> {
    Ok(get_text(class, "__name__", vm)?.unwrap_or_default())
}
