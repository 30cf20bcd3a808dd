//! The driver's connection as Python sees it: what listeners of `connect` get, what `Connection.connection` gives, and
//! the module `sqlite3`.

use std::sync::{Arc, Mutex, PoisonError};

use limbeck_sql::engine::{
    Engine, EngineOptions, Parameters, QueryResult, QueryValue, RawConnection, ScalarFunction, Url,
    UrlChanges, Value,
};
use rustpython_vm::builtins::PyTuple;
use rustpython_vm::function::FuncArgs;
use rustpython_vm::{AsObject, PyObject, PyObjectRef, PyPayload, PyResult, VirtualMachine};

use super::{engine_of, row};
use crate::interpreter::with_entered_vm;
use crate::modules::sqlalchemy::arguments::Arguments;
use crate::modules::sqlalchemy::exc;
use crate::modules::sqlalchemy::object::{
    self, ClassDef, Member, class, get, instance_with, is_list, method, new_bool, new_list, new_opt_text,
    new_text, new_tuple, own, pairs, set, state, text_of,
};

/// The keys under which the classes are registered, whose names others have too.
pub(crate) const CONNECTION: &str = "dbapi.Connection";
pub(crate) const CURSOR: &str = "dbapi.Cursor";
const ROW: &str = "dbapi.Row";

/// The classes that go by their names.
pub(crate) const CLASSES: &[ClassDef] = &[
    ClassDef {
        name: "_ConnectionRecord",
        module: "sqlalchemy.pool.base",
        bases: &[],
        members: &[
            ("dbapi_connection", Member::Get(|this, vm| connection(&*raw_of(&this, vm)?, vm))),
            ("driver_connection", Member::Get(|this, vm| connection(&*raw_of(&this, vm)?, vm))),
            ("info", Member::Get(|this, vm| Ok(info(&*raw_of(&this, vm)?, vm)))),
            ("in_use", Member::Value(|vm| new_bool(true, vm))),
        ],
    },
    ClassDef {
        name: "_ConnectionFairy",
        module: "sqlalchemy.pool.base",
        bases: &["_ConnectionRecord"],
        members: &[
            ("is_valid", Member::Value(|vm| new_bool(true, vm))),
            ("is_detached", Member::Value(|vm| new_bool(false, vm))),
            ("__getattr__", method(fairy_getattr)),
            ("__enter__", method(|this, _, _| Ok(this))),
            (
                "__exit__",
                method(|this, _, vm| {
                    vm.call_method(&this, "close", ())?;
                    Ok(new_bool(false, vm))
                }),
            ),
            ("close", method(|this, _, vm| give_back(&this, vm))),
            (
                "invalidate",
                method(|_, _, vm| Err(exc::not_provided("invalidate() of a driver's connection", vm))),
            ),
            ("detach", method(|_, _, vm| object::none(vm))),
        ],
    },
    ClassDef { name: "PoolResetState", module: "sqlalchemy.pool.base", bases: &[], members: &[] },
    ClassDef {
        name: "DefaultExecutionContext",
        module: "sqlalchemy.engine.default",
        bases: &[],
        members: &[
            ("compiled", Member::Value(|vm| vm.ctx.none())),
            ("isinsert", Member::Get(|this, vm| begins_with(&this, "INSERT", vm))),
            ("isupdate", Member::Get(|this, vm| begins_with(&this, "UPDATE", vm))),
            ("isdelete", Member::Get(|this, vm| begins_with(&this, "DELETE", vm))),
        ],
    },
    ClassDef { name: "ExceptionContext", module: "sqlalchemy.engine.interfaces", bases: &[], members: &[] },
];

const CONNECTION_CLASS: ClassDef = ClassDef {
    name: "Connection",
    module: "sqlite3",
    bases: &[],
    members: &[
        ("cursor", method(|this, _, vm| cursor(&*raw_of(&this, vm)?, vm))),
        ("execute", method(|this, args, vm| on_new_cursor(&this, execute, args, vm))),
        ("executemany", method(|this, args, vm| on_new_cursor(&this, execute_many, args, vm))),
        ("executescript", method(|this, args, vm| on_new_cursor(&this, execute_script, args, vm))),
        ("commit", method(|this, _, vm| done(raw_of(&this, vm)?.commit(), vm))),
        ("rollback", method(|this, _, vm| done(raw_of(&this, vm)?.rollback(), vm))),
        ("close", method(|this, _, vm| done(raw_of(&this, vm)?.rollback(), vm))),
        ("create_function", method(create_function)),
        ("create_aggregate", method(|_, _, vm| Err(exc::not_provided("create_aggregate() on SQLite", vm)))),
        ("create_collation", method(|_, _, vm| Err(exc::not_provided("create_collation() on SQLite", vm)))),
        ("load_extension", method(|_, _, vm| Err(exc::not_provided("load_extension() on SQLite", vm)))),
        ("enable_load_extension", method(|_, _, vm| object::none(vm))),
        ("run_async", method(|_, _, vm| Err(exc::not_provided("run_async() of a driver's connection", vm)))),
        ("in_transaction", Member::Get(|this, vm| Ok(new_bool(raw_of(&this, vm)?.in_transaction(), vm)))),
        ("total_changes", Member::Get(total_changes)),
        ("isolation_level", Member::Get(|this, vm| level(&this, vm))),
        ("autocommit", Member::Get(|this, vm| Ok(new_bool(is_autocommit(&this), vm)))),
        ("row_factory", Member::Value(|vm| vm.ctx.none())),
        ("driver_connection", Member::Get(|this, _| Ok(this))),
        ("__setattr__", method(set_attribute)),
        ("__enter__", method(|this, _, _| Ok(this))),
        ("__exit__", method(connection_exit)),
    ],
};

const CURSOR_CLASS: ClassDef = ClassDef {
    name: "Cursor",
    module: "sqlite3",
    bases: &[],
    members: &[
        ("execute", method(execute)),
        ("executemany", method(execute_many)),
        ("executescript", method(execute_script)),
        ("fetchone", method(|this, _, vm| Ok(next_row(&this, vm)?.unwrap_or_else(|| vm.ctx.none())))),
        ("fetchmany", method(fetch_many)),
        ("fetchall", method(|this, _, vm| Ok(new_list(rest(&this, usize::MAX, vm)?, vm)))),
        ("close", method(|_, _, vm| object::none(vm))),
        ("connection", Member::Get(|this, vm| connection(&*raw_of(&this, vm)?, vm))),
        ("description", Member::Value(|vm| vm.ctx.none())),
        ("rowcount", Member::Value(|vm| vm.ctx.new_int(-1).into())),
        ("lastrowid", Member::Value(|vm| vm.ctx.none())),
        ("arraysize", Member::Value(|vm| vm.ctx.new_int(1).into())),
        ("__iter__", method(|this, _, _| Ok(this))),
        ("__next__", method(|this, _, vm| next_row(&this, vm)?.ok_or_else(|| vm.new_stop_iteration(None)))),
        ("__enter__", method(|this, _, _| Ok(this))),
        ("__exit__", method(|_, _, vm| Ok(new_bool(false, vm)))),
    ],
};

const ROW_CLASS: ClassDef = ClassDef {
    name: "Row",
    module: "sqlite3",
    bases: &["tuple"],
    members: &[
        ("__getitem__", method(row_item)),
        ("keys", method(|this, _, vm| Ok(new_list(object::items(&*get(&this, "_fields", vm)?, vm)?, vm)))),
    ],
};

/// `row["name"]` or `row[0]`
fn row_item(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let Some(key) = args.args.first() else { return Err(vm.new_type_error("a key is expected")) };
    let values = object::items(&this, vm)?;
    let Some(name) = text_of(key) else { return new_tuple(values, vm).get_item(&**key, vm) };
    let fields = object::items(&*get(&this, "_fields", vm)?, vm)?;
    let position =
        fields.iter().position(|field| text_of(field).is_some_and(|field| field.eq_ignore_ascii_case(&name)));
    position
        .and_then(|position| values.get(position).cloned())
        .ok_or_else(|| vm.new_index_error("No item with that key"))
}

/// A connection and how user code set its transactions.
struct ConnectionState {
    raw: Arc<RawConnection>,
    autocommit: Mutex<bool>,
}

/// A cursor and the rows that it has not given yet.
struct CursorState {
    raw: Arc<RawConnection>,
    rows: Mutex<std::collections::VecDeque<Vec<Value>>>,
}

/// Builds the classes whose names others have too.
pub(crate) fn build(vm: &VirtualMachine) -> PyResult<()> {
    object::build_class(CONNECTION, &CONNECTION_CLASS, vm)?;
    object::build_class(ROW, &ROW_CLASS, vm)?;
    object::build_class(CURSOR, &CURSOR_CLASS, vm).map(drop)
}

/// Makes the object of a driver's connection.
pub(crate) fn connection(raw: &RawConnection, vm: &VirtualMachine) -> PyResult {
    let state = ConnectionState { raw: Arc::new(raw.clone()), autocommit: Mutex::new(false) };
    instance_with(CONNECTION, state, vm)
}

/// Makes the record of a pool for a driver's connection.
pub(crate) fn record(raw: &RawConnection, vm: &VirtualMachine) -> PyResult {
    instance_with("_ConnectionRecord", raw.clone(), vm)
}

/// Makes what stands for a driver's connection while it is in use.
pub(crate) fn fairy(raw: &RawConnection, vm: &VirtualMachine) -> PyResult {
    instance_with("_ConnectionFairy", raw.clone(), vm)
}

/// Makes a cursor.
pub(crate) fn cursor(raw: &RawConnection, vm: &VirtualMachine) -> PyResult {
    instance_with(CURSOR, CursorState { raw: Arc::new(raw.clone()), rows: Mutex::default() }, vm)
}

/// Gives the dictionary that user code keeps things in as long as a driver's connection is open.
pub(crate) fn info(raw: &RawConnection, vm: &VirtualMachine) -> PyObjectRef {
    let made = raw.attachment(|| Arc::new(PyObjectRef::from(vm.ctx.new_dict())));
    made.downcast_ref::<PyObjectRef>().cloned().unwrap_or_else(|| vm.ctx.new_dict().into())
}

/// Gives the driver's connection behind an object of `sqlite3.Connection`.
pub(crate) fn raw_connection(obj: &PyObject) -> Option<RawConnection> {
    state::<ConnectionState>(obj).map(|state| (*state.raw).clone())
}

fn raw_of(this: &PyObject, vm: &VirtualMachine) -> PyResult<Arc<RawConnection>> {
    if let Some(state) = state::<ConnectionState>(this) {
        return Ok(Arc::clone(&state.raw));
    }
    if let Some(state) = state::<CursorState>(this) {
        return Ok(Arc::clone(&state.raw));
    }
    state::<RawConnection>(this).ok_or_else(|| vm.new_type_error("not an open connection of a driver"))
}

fn done(outcome: limbeck_sql::Result<()>, vm: &VirtualMachine) -> PyResult {
    outcome.map_err(|error| exc::driver_error(&error, vm))?;
    object::none(vm)
}

/// Gives a connection back to the engine that it was taken from.
fn give_back(fairy: &PyObject, vm: &VirtualMachine) -> PyResult {
    let raw = raw_of(fairy, vm)?;
    let Some(engine) = own(fairy, "_engine", vm).and_then(|engine| engine_of(&engine)) else {
        return done(raw.rollback(), vm);
    };
    object::set_state(fairy, ());
    done(engine.give_back(&raw), vm)
}

fn begins_with(this: &PyObject, word: &str, vm: &VirtualMachine) -> PyResult {
    let statement = object::get_text(this, "statement", vm)?.unwrap_or_default();
    Ok(new_bool(
        statement.trim_start().get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)),
        vm,
    ))
}

fn fairy_getattr(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let Some(name) = args.args.first().and_then(|name| text_of(name)) else { return object::none(vm) };
    connection(&*raw_of(&this, vm)?, vm)?.get_attr(vm.ctx.intern_str(name), vm)
}

fn total_changes(this: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    let result = raw_of(&this, vm)?.execute("SELECT total_changes()", &Parameters::none());
    let result = result.map_err(|error| exc::driver_error(&error, vm))?;
    result.scalar().map_or_else(|| object::none(vm), |count| crate::raise::value(count, vm))
}

fn is_autocommit(this: &PyObject) -> bool {
    state::<ConnectionState>(this)
        .is_some_and(|state| *state.autocommit.lock().unwrap_or_else(PoisonError::into_inner))
}

fn level(this: &PyObject, vm: &VirtualMachine) -> PyResult {
    Ok(new_opt_text((!is_autocommit(this)).then_some(""), vm))
}

/// `connection.isolation_level = None` and `connection.autocommit = True` mean something; the rest is kept.
fn set_attribute(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let [name, value] = args.args.as_slice() else {
        return Err(vm.new_type_error("__setattr__ takes a name and a value"));
    };
    let name = text_of(name).unwrap_or_default();
    let autocommit = match name.as_str() {
        "isolation_level" => vm.is_none(value),
        "autocommit" => value.clone().try_to_bool(vm)?,
        _ => {
            if let Some(dict) = this.dict() {
                dict.set_item(name.as_str(), value.clone(), vm)?;
            }
            return object::none(vm);
        }
    };
    if let Some(state) = state::<ConnectionState>(&this) {
        *state.autocommit.lock().unwrap_or_else(PoisonError::into_inner) = autocommit;
        return done(state.raw.set_autocommit(autocommit), vm);
    }
    object::none(vm)
}

fn connection_exit(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let raw = raw_of(&this, vm)?;
    let failed = args.args.first().is_some_and(|raised| !vm.is_none(raised));
    done(if failed { raw.rollback() } else { raw.commit() }, vm)?;
    Ok(new_bool(false, vm))
}

fn on_new_cursor(this: &PyObject, run: object::Method, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let cursor = cursor(&*raw_of(this, vm)?, vm)?;
    if let Some(factory) = own(this, "row_factory", vm) {
        set(&cursor, "row_factory", factory, vm)?;
    }
    run(cursor, args, vm)
}

/// Reads one set of parameters as Python's drivers take it.
pub(crate) fn parameters(given: &PyObject, vm: &VirtualMachine) -> PyResult<Parameters> {
    if vm.is_none(given) {
        return Ok(Parameters::none());
    }
    if is_list(given, vm) {
        let values = object::items(given, vm)?;
        let values = values.iter().map(|value| crate::lower::value(value, vm)).collect::<PyResult<_>>()?;
        return Ok(Parameters::Positional(values));
    }
    let values = pairs(given, vm)?.into_iter();
    values
        .map(|(name, value)| Ok((name, crate::lower::value(&value, vm)?)))
        .collect::<PyResult<_>>()
        .map(Parameters::Named)
}

/// Reads the parameters of an execution: a set, or one for each time.
pub(crate) fn parameter_sets(
    given: &PyObject,
    is_many: bool,
    vm: &VirtualMachine,
) -> PyResult<Vec<Parameters>> {
    if !is_many {
        return Ok(vec![parameters(given, vm)?]);
    }
    object::items(given, vm)?.iter().map(|set| parameters(set, vm)).collect()
}

/// Gives a set of parameters as a tuple or a dictionary.
pub(crate) fn raised_parameters(set: &Parameters, vm: &VirtualMachine) -> PyResult {
    match set {
        Parameters::Positional(values) => {
            let values =
                values.iter().map(|value| crate::raise::value(value, vm)).collect::<PyResult<_>>()?;
            Ok(new_tuple(values, vm))
        }
        Parameters::Named(values) => {
            let dict = vm.ctx.new_dict();
            for (name, value) in values {
                dict.set_item(name.as_str(), crate::raise::value(value, vm)?, vm)?;
            }
            Ok(dict.into())
        }
    }
}

/// Puts what a statement gave back into a cursor.
pub(crate) fn take_result(cursor: &PyObject, result: &QueryResult, vm: &VirtualMachine) -> PyResult<()> {
    let description = if result.returns_rows() {
        let column = |name: &String| {
            let mut entry = vec![new_text(name, vm)];
            entry.resize(7, vm.ctx.none());
            new_tuple(entry, vm)
        };
        new_tuple(result.columns.iter().map(column).collect(), vm)
    } else {
        vm.ctx.none()
    };
    set(cursor, "description", description, vm)?;
    set(cursor, "rowcount", vm.ctx.new_int(result.rowcount), vm)?;
    if let Some(id) = result.last_insert_id {
        set(cursor, "lastrowid", vm.ctx.new_int(id), vm)?;
    }
    if let Some(state) = state::<CursorState>(cursor) {
        *state.rows.lock().unwrap_or_else(PoisonError::into_inner) = result.rows.iter().cloned().collect();
    }
    Ok(())
}

/// Gives what a cursor has left, as what a statement gave.
pub(crate) fn result_of(cursor: &PyObject, vm: &VirtualMachine) -> PyResult<QueryResult> {
    let mut result = QueryResult::default();
    let description = get(cursor, "description", vm)?;
    if !vm.is_none(&description) {
        for entry in object::items(&description, vm)? {
            let name = object::items(&entry, vm)?.first().and_then(|name| text_of(name));
            result.columns.push(name.unwrap_or_default());
        }
    }
    result.declared_types = vec![None; result.columns.len()];
    result.rowcount = get(cursor, "rowcount", vm)?.try_into_value(vm)?;
    let last = get(cursor, "lastrowid", vm)?;
    result.last_insert_id = if vm.is_none(&last) { None } else { Some(last.try_into_value(vm)?) };
    if let Some(state) = state::<CursorState>(cursor) {
        let rows = std::mem::take(&mut *state.rows.lock().unwrap_or_else(PoisonError::into_inner));
        result.rows = rows.into();
    }
    Ok(result)
}

fn execute(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("execute", args, vm);
    let sql = object::text(&*arguments.required("sql")?, vm)?;
    let set = arguments
        .optional("parameters")
        .map_or_else(|| Ok(Parameters::none()), |set| parameters(&set, vm))?;
    arguments.finish()?;
    let result = raw_of(&this, vm)?.execute(&sql, &set).map_err(|error| exc::driver_error(&error, vm))?;
    take_result(&this, &result, vm)?;
    Ok(this)
}

fn execute_many(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("executemany", args, vm);
    let sql = object::text(&*arguments.required("sql")?, vm)?;
    let sets = parameter_sets(&*arguments.required("parameters")?, true, vm)?;
    arguments.finish()?;
    let result =
        raw_of(&this, vm)?.execute_many(&sql, &sets).map_err(|error| exc::driver_error(&error, vm))?;
    take_result(&this, &result, vm)?;
    Ok(this)
}

fn execute_script(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("executescript", args, vm);
    let sql = object::text(&*arguments.required("sql_script")?, vm)?;
    arguments.finish()?;
    let raw = raw_of(&this, vm)?;
    // what is open is committed first, and nothing is begun
    let ran = raw.commit().and_then(|()| raw.execute_batch(&sql)).and_then(|()| raw.commit());
    done(ran, vm)?;
    Ok(this)
}

fn next_row(this: &PyObject, vm: &VirtualMachine) -> PyResult<Option<PyObjectRef>> {
    let Some(state) = state::<CursorState>(this) else { return Ok(None) };
    let Some(values) = state.rows.lock().unwrap_or_else(PoisonError::into_inner).pop_front() else {
        return Ok(None);
    };
    let values = values.iter().map(|value| crate::raise::value(value, vm)).collect::<PyResult<Vec<_>>>()?;
    match own(this, "row_factory", vm) {
        Some(factory) if factory.is(&object::class_object(ROW)) => {
            let names = object::items(&*get(this, "description", vm)?, vm)?;
            let names = names.iter().map(|entry| {
                Ok(object::items(entry, vm)?.first().and_then(|name| text_of(name)).unwrap_or_default())
            });
            let names: Vec<String> = names.collect::<PyResult<_>>()?;
            let row = PyTuple::new_unchecked(values.into_boxed_slice());
            let row: PyObjectRef = row.into_ref_with_type(vm, class(ROW))?.into();
            set(&row, "_fields", row::fields(&names, vm), vm)?;
            Ok(Some(row))
        }
        Some(factory) => factory.call((this.to_owned(), new_tuple(values, vm)), vm).map(Some),
        None => Ok(Some(new_tuple(values, vm))),
    }
}

fn rest(this: &PyObject, limit: usize, vm: &VirtualMachine) -> PyResult<Vec<PyObjectRef>> {
    let mut rows = Vec::new();
    while rows.len() < limit {
        match next_row(this, vm)? {
            Some(row) => rows.push(row),
            None => break,
        }
    }
    Ok(rows)
}

fn fetch_many(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("fetchmany", args, vm);
    let size = match arguments.optional("size") {
        Some(size) => size.try_into_value(vm)?,
        None => get(&this, "arraysize", vm)?.try_into_value(vm)?,
    };
    arguments.finish()?;
    Ok(new_list(rest(&this, size, vm)?, vm))
}

/// `connection.create_function(name, narg, func, deterministic=False)`
fn create_function(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("create_function", args, vm);
    let name = arguments.text("name").unwrap_or_default();
    let count: i32 = arguments.required("narg")?.try_into_value(vm)?;
    let function = arguments.required("func")?;
    arguments.flag("deterministic", false)?;
    arguments.finish()?;
    let call: ScalarFunction = Arc::new(move |values| {
        let called = with_entered_vm(|vm| -> PyResult<Value> {
            let values =
                values.iter().map(|value| crate::raise::value(value, vm)).collect::<PyResult<Vec<_>>>()?;
            crate::lower::value(&*function.call_with_args(FuncArgs::from(values), vm)?, vm)
        });
        // the words of Python's driver, which keeps the exception to itself
        called.and_then(Result::ok).ok_or_else(|| "user-defined function raised exception".to_owned())
    });
    done(raw_of(&this, vm)?.create_function(&name, count, call), vm)
}

/// The functions of the module `sqlite3`.
pub(crate) const FUNCTIONS: &[(&str, object::Function)] = &[("connect", connect)];

/// The values of the module `sqlite3` that tell what it is.
const VERSIONS: [(&str, &str); 3] = [("apilevel", "2.0"), ("paramstyle", "qmark"), ("version", "2.6.0")];

fn open(url: &str, vm: &VirtualMachine) -> PyResult<RawConnection> {
    let opened = Engine::create(url, EngineOptions::default()).and_then(|engine| engine.raw_connection());
    opened.map_err(|error| exc::driver_error(&error, vm))
}

/// `sqlite3.connect(database, timeout=5.0, ...)`
fn connect(args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("connect", args, vm);
    let database = arguments.required("database")?;
    let database = match vm.get_attribute_opt(database.clone(), vm.ctx.intern_str("__fspath__"))? {
        Some(path) => object::text(&*path.call((), vm)?, vm)?,
        None => object::text(&database, vm)?,
    };
    let timeout = arguments.optional("timeout");
    let isolation_level =
        arguments.given_value("detect_types").and(None).or(arguments.keyword_value("isolation_level"));
    let is_uri = arguments.flag("uri", false)?;
    for ignored in ["detect_types", "check_same_thread", "cached_statements", "factory", "autocommit"] {
        arguments.keyword_value(ignored);
    }
    arguments.finish()?;
    let mut url =
        UrlChanges { database: Some(database).filter(|name| name != ":memory:"), ..Default::default() };
    if is_uri {
        let query = [("uri".to_owned(), QueryValue::One("true".to_owned()))];
        url.query = Some(query.into_iter().collect());
    }
    let url = Url::create("sqlite".to_owned(), url);
    let mut options = EngineOptions::default();
    if let Some(timeout) = timeout {
        options.connect_args.insert("timeout".to_owned(), crate::lower::value(&timeout, vm)?);
    }
    let dialect = limbeck_sql::dialect::by_name("sqlite", None);
    let opened = dialect
        .and_then(|dialect| Engine::new(url, dialect, options))
        .and_then(|engine| engine.raw_connection());
    let made = connection(&opened.map_err(|error| exc::driver_error(&error, vm))?, vm)?;
    if let Some(level) = isolation_level {
        made.set_attr("isolation_level", level, vm)?;
    }
    Ok(made)
}

/// The exceptions of the module `sqlite3`: name and base.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("sqlite3.Error", "Exception"),
    ("sqlite3.Warning", "Exception"),
    ("sqlite3.InterfaceError", "sqlite3.Error"),
    ("sqlite3.DatabaseError", "sqlite3.Error"),
    ("sqlite3.DataError", "sqlite3.DatabaseError"),
    ("sqlite3.OperationalError", "sqlite3.DatabaseError"),
    ("sqlite3.IntegrityError", "sqlite3.DatabaseError"),
    ("sqlite3.InternalError", "sqlite3.DatabaseError"),
    ("sqlite3.ProgrammingError", "sqlite3.DatabaseError"),
    ("sqlite3.NotSupportedError", "sqlite3.DatabaseError"),
];

/// Builds the exceptions of the module `sqlite3`.
pub(crate) fn build_exceptions(vm: &VirtualMachine) {
    for (path, base) in EXCEPTIONS {
        let (module, name) = path.split_once('.').unwrap_or(("", path));
        let class = vm.ctx.new_exception_type(module, name, Some(vec![class(base)]));
        object::register_class(path, class);
    }
}

/// Gives the members of the module `sqlite3`.
pub(crate) fn module_members(vm: &VirtualMachine) -> PyResult<Vec<(&'static str, PyObjectRef)>> {
    let exceptions = EXCEPTIONS
        .iter()
        .map(|(path, _)| (path.split_once('.').map_or(*path, |(_, name)| name), object::class_object(path)));
    let mut members: Vec<(&'static str, PyObjectRef)> = exceptions.collect();
    members.push(("Connection", object::class_object(CONNECTION)));
    members.push(("Cursor", object::class_object(CURSOR)));
    members.push(("Row", object::class_object(ROW)));
    members.extend(VERSIONS.map(|(name, text)| (name, new_text(text, vm))));
    let version = open("sqlite://", vm)?.execute("SELECT sqlite_version()", &Parameters::none());
    let version = version.map_err(|error| exc::driver_error(&error, vm))?;
    let version = version.scalar().and_then(Value::as_str).unwrap_or_default();
    let parts = version.split('.').filter_map(|part| part.parse::<i32>().ok());
    let parts = parts.map(|part| vm.ctx.new_int(part).into()).collect();
    members.push(("sqlite_version_info", new_tuple(parts, vm)));
    members.push(("sqlite_version", new_text(version, vm)));
    for (name, number) in [("threadsafety", 1), ("PARSE_DECLTYPES", 1), ("PARSE_COLNAMES", 2)] {
        members.push((name, vm.ctx.new_int(number).into()));
    }
    Ok(members)
}
