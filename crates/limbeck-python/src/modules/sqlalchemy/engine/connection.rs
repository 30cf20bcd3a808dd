//! `Connection` and its transactions.

use limbeck_sql::dialect::CompileOptions;
use std::collections::BTreeSet;
use std::sync::Arc;

use limbeck_sql::engine::{
    Connection, NestedTransaction, Parameters, RawConnection, SchemaTranslateMap, Transaction, Value,
};
use limbeck_sql::expression::{Expression, InsertValues, Statement};
use rustpython_vm::builtins::{PyDict, PyWeak};
use rustpython_vm::function::FuncArgs;
use rustpython_vm::{AsObject as _, PyObject, PyObjectRef, PyRef, PyResult, VirtualMachine};

use super::{dbapi, events, listener, result};
use crate::modules::sqlalchemy::arguments::Arguments;
use crate::modules::sqlalchemy::exc;
use crate::modules::sqlalchemy::object::{
    self, ClassDef, Member, get, instance_with, is_a, is_list, items, method, new_bool, own, pairs, set,
    state, text_of,
};
use crate::modules::sqlalchemy::sql::collection;
use crate::modules::sqlalchemy::sql::dml::DmlState;

const MODULE: &str = "sqlalchemy.engine.base";

pub(crate) const CLASSES: &[ClassDef] = &[
    ClassDef {
        name: "Connection",
        module: MODULE,
        bases: &[],
        members: &[
            ("execute", method(|this, args, vm| execute(&this, args, vm))),
            ("exec_driver_sql", method(exec_driver_sql)),
            ("scalar", method(scalar)),
            ("scalars", method(scalars)),
            ("begin", method(begin)),
            ("begin_nested", method(begin_nested)),
            ("begin_twophase", method(begin_twophase)),
            ("recover_twophase", method(recover_twophase)),
            (
                "commit_prepared",
                method(|this, args, vm| end_prepared(&this, args, Connection::commit_prepared, vm)),
            ),
            (
                "rollback_prepared",
                method(|this, args, vm| end_prepared(&this, args, Connection::rollback_prepared, vm)),
            ),
            ("commit", method(|this, _, vm| run(&this, Connection::commit, vm))),
            ("rollback", method(|this, _, vm| run(&this, Connection::rollback, vm))),
            ("close", method(close)),
            ("in_transaction", method(|this, _, vm| test(&this, Connection::in_transaction, vm))),
            (
                "in_nested_transaction",
                method(|this, _, vm| test(&this, Connection::in_nested_transaction, vm)),
            ),
            ("get_transaction", method(get_transaction)),
            ("get_nested_transaction", method(get_nested_transaction)),
            ("execution_options", method(execution_options)),
            (
                "get_execution_options",
                method(|this, _, vm| super::create::immutable(own(&this, "_execution_options", vm), vm)),
            ),
            (
                "get_isolation_level",
                method(|this, _, vm| {
                    let level = connection(&this, vm)?
                        .get_isolation_level()
                        .map_err(|error| exc::from_sql(&error, vm))?;
                    Ok(object::new_text(level, vm))
                }),
            ),
            ("__enter__", method(|this, _, _| Ok(this))),
            (
                "__exit__",
                method(|this, _, vm| {
                    close(this, FuncArgs::default(), vm)?;
                    Ok(new_bool(false, vm))
                }),
            ),
            ("closed", Member::Get(|this, vm| test(&this, Connection::is_closed, vm))),
            ("invalidated", Member::Get(|this, vm| test(&this, Connection::invalidated, vm))),
            ("dialect", Member::Get(|this, vm| get(&*get(&this, "engine", vm)?, "dialect", vm))),
            ("info", Member::Get(info)),
            ("connection", Member::Get(|this, vm| dbapi::fairy(&raw(&this, vm)?, vm))),
            ("default_isolation_level", Member::Get(default_isolation_level)),
            ("detach", method(|_, _, vm| object::none(vm))),
            ("invalidate", method(|_, _, vm| Err(exc::not_provided("Connection.invalidate()", vm)))),
        ],
    },
    ClassDef {
        name: "Transaction",
        module: MODULE,
        bases: &[],
        members: &[
            ("commit", method(|this, _, vm| end(&this, End::Commit, vm))),
            ("rollback", method(|this, _, vm| end(&this, End::Rollback, vm))),
            ("close", method(|this, _, vm| end(&this, End::Close, vm))),
            ("__enter__", method(|this, _, _| Ok(this))),
            ("__exit__", method(transaction_exit)),
            ("is_active", Member::Get(is_active)),
            ("is_valid", Member::Get(is_active)),
        ],
    },
    ClassDef { name: "RootTransaction", module: MODULE, bases: &["Transaction"], members: &[] },
    ClassDef { name: "NestedTransaction", module: MODULE, bases: &["Transaction"], members: &[] },
    ClassDef {
        name: "TwoPhaseTransaction",
        module: MODULE,
        bases: &["RootTransaction"],
        members: &[("prepare", method(prepare))],
    },
];

/// Gives the connection of a `Connection` object.
pub fn connection_of(obj: &PyObject) -> Option<Connection> {
    state::<Connection>(obj).map(|connection| (*connection).clone())
}

fn connection(obj: &PyObject, vm: &VirtualMachine) -> PyResult<Connection> {
    connection_of(obj).ok_or_else(|| exc::argument("a Connection is expected", vm))
}

/// Gives the `Connection` object of a connection: the one that user code has, or a new one.
///
/// # Errors
/// What making the objects around it raises.
pub fn object(connection: &Connection, vm: &VirtualMachine) -> PyResult {
    let known = connection
        .attachment()
        .and_then(|attached| attached.downcast_ref::<PyRef<PyWeak>>().and_then(|object| object.upgrade()));
    match known {
        Some(object) => Ok(object),
        None => for_engine(connection.clone(), listener::engine_object(connection.engine(), vm)?, vm),
    }
}

/// Makes the `Connection` object for a connection of an `Engine` object.
pub(crate) fn for_engine(connection: Connection, engine: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    let obj = instance_with("Connection", connection.clone(), vm)?;
    connection.attach(Arc::new(obj.downgrade(None, vm)?));
    if let Some(options) = own(&engine, "_execution_options", vm) {
        set(&obj, "_execution_options", options, vm)?;
    }
    set(&obj, "engine", engine, vm)?;
    Ok(obj)
}

fn run(
    this: &PyObject,
    action: impl Fn(&Connection) -> limbeck_sql::Result<()>,
    vm: &VirtualMachine,
) -> PyResult {
    action(&connection(this, vm)?).map_err(|error| exc::from_sql(&error, vm))?;
    object::none(vm)
}

fn test(this: &PyObject, question: impl Fn(&Connection) -> bool, vm: &VirtualMachine) -> PyResult {
    Ok(new_bool(question(&connection(this, vm)?), vm))
}

fn close(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    run(&this, Connection::close, vm)
}

fn raw(this: &PyObject, vm: &VirtualMachine) -> PyResult<RawConnection> {
    connection(this, vm)?.raw().map_err(|error| exc::from_sql(&error, vm))
}

fn info(this: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    Ok(dbapi::info(&raw(&this, vm)?, vm))
}

fn execution_options(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let options = vm.ctx.new_dict();
    if let Some(existing) = own(&this, "_execution_options", vm) {
        for (name, value) in pairs(&existing, vm)? {
            options.set_item(name.as_str(), value, vm)?;
        }
    }
    for (name, value) in args.kwargs {
        if name == "schema_translate_map" {
            connection(&this, vm)?.set_schema_translate_map(translate_map(&value));
        }
        if name == "isolation_level"
            && let Some(level) = text_of(&value)
        {
            let set = connection(&this, vm)?.set_isolation_level(&level);
            set.map_err(|error| exc::from_sql(&error, vm))?;
        }
        options.set_item(name.as_str(), value, vm)?;
    }
    set(&this, "_execution_options", options, vm)?;
    Ok(this)
}

/// Reads a `schema_translate_map`.
pub(super) fn translate_map(map: &PyObject) -> SchemaTranslateMap {
    map.downcast_ref::<PyDict>()
        .map(|map| map.items_vec().iter().map(|(from, to)| (text_of(from), text_of(to))).collect())
        .unwrap_or_default()
}

/// Gives the compile options that the execution options ask for.
fn compile_options(this: &PyObject, statement: &PyObject, vm: &VirtualMachine) -> PyResult<CompileOptions> {
    let mut options = CompileOptions::default();
    for source in [this, statement] {
        let Some(given) = own(source, "_execution_options", vm) else { continue };
        for (name, value) in pairs(&given, vm)? {
            if name != "schema_translate_map" || vm.is_none(&value) {
                continue;
            }
            options.schema_translate_map = translate_map(&value);
        }
    }
    Ok(options)
}

/// Lowers one set of parameters; values of a table's columns take the columns' types.
fn parameters(
    set: &PyObject,
    table: Option<&PyObject>,
    vm: &VirtualMachine,
) -> PyResult<Vec<(String, Value)>> {
    let mut lowered = Vec::new();
    for (name, value) in crate::modules::sqlalchemy::sql::dml::column_values(set, vm)? {
        let column = match table {
            Some(table) => collection::find(&*get(table, "c", vm)?, &name),
            None => None,
        };
        let type_ = column.and_then(|column| own(&column, "type", vm));
        lowered.push((name, crate::lower::value_for(&value, type_.as_deref(), vm)?));
    }
    Ok(lowered)
}

/// Adds the Python-side defaults of a table's columns to one set of parameters.
fn with_defaults(
    mut set: Vec<(String, Value)>,
    table: &PyObject,
    vm: &VirtualMachine,
) -> PyResult<Vec<(String, Value)>> {
    let given: Vec<_> = set.iter().map(|(name, _)| name.clone()).collect();
    for (name, value) in crate::lower::python_defaults(table, &given, "default", vm)? {
        if crate::modules::sqlalchemy::sql::elements::is_clause(&value, vm) {
            continue;
        }
        let column = collection::find(&*get(table, "c", vm)?, &name);
        let type_ = column.and_then(|column| own(&column, "type", vm));
        set.push((name, crate::lower::value_for(&value, type_.as_deref(), vm)?));
    }
    Ok(set)
}

/// Tells whether a statement is an INSERT with RETURNING.
fn returns_rows(statement: &Statement) -> bool {
    matches!(statement, Statement::Insert(insert) if !insert.returning.is_empty())
}

/// Tells whether sets of values are for the same columns.
fn are_alike(sets: &[Vec<(String, Value)>]) -> bool {
    let names = |set: &[(String, Value)]| set.iter().map(|(name, _)| name.clone()).collect::<BTreeSet<_>>();
    sets.windows(2).all(|pair| names(&pair[0]) == names(&pair[1]))
}

/// The isolation level with which the database's connections begin.
fn default_isolation_level(this: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    let dialect = get(&*get(&this, "engine", vm)?, "dialect", vm)?;
    let level = match object::get_text(&dialect, "name", vm)?.as_deref() {
        Some("sqlite") => "SERIALIZABLE",
        Some("mysql" | "mariadb") => "REPEATABLE READ",
        _ => "READ COMMITTED",
    };
    Ok(object::new_text(level, vm))
}

/// The arguments with which listeners hear of an execution: the statement, sets of parameters, the only set, options.
fn execution_arguments(
    this: &PyObject,
    statement: &PyObject,
    given: Option<&PyObjectRef>,
    vm: &VirtualMachine,
) -> PyResult<Vec<PyObjectRef>> {
    let (many, one) = match given {
        None => (object::new_tuple(Vec::new(), vm), vm.ctx.new_dict().into()),
        Some(given) if is_list(given, vm) => match items(given, vm)?.as_slice() {
            [only] => (object::new_list(Vec::new(), vm), only.clone()),
            _ => (given.clone(), vm.ctx.new_dict().into()),
        },
        Some(given) => (object::new_list(Vec::new(), vm), given.clone()),
    };
    let options = vm.call_method(this, "get_execution_options", ())?;
    Ok(vec![this.to_owned(), statement.to_owned(), many, one, options])
}

/// `Connection.execute(statement, parameters=None, execution_options=None)`
pub(crate) fn execute(this: &PyObject, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("Connection.execute", args, vm);
    let statement = arguments.required("statement")?;
    let given = arguments.optional("parameters");
    arguments.keyword("execution_options");
    arguments.finish()?;
    if is_a(&statement, "Sequence") {
        exc::warn(
            "SADeprecationWarning",
            "Using the .execute() method to invoke a DefaultGenerator object is deprecated; please use the .scalar() \
             method.",
            vm,
        )?;
        return next_value(this, &statement, vm);
    }
    if !events::any() {
        return execute_statement(this, &statement, given, vm);
    }
    let rust = connection(this, vm)?;
    let mut told = execution_arguments(this, &statement, given.as_ref(), vm)?;
    let (mut statement, mut given) = (statement, given);
    for listener in events::hearing("before_execute", rust.engine(), Some(&rust)) {
        let answer = listener.call(told.clone(), vm)?;
        if !listener.retval {
            continue;
        }
        let answer = events::unpacked(&answer, vm)?;
        let [changed, many, one] = answer.as_slice() else {
            return Err(vm.new_value_error(
                "a listener of before_execute with retval=True returns statement, multiparams and params",
            ));
        };
        statement.clone_from(changed);
        let has_one = one.clone().try_to_bool(vm)?;
        given = if has_one { Some(one.clone()) } else { Some(many.clone()).filter(|many| is_list(many, vm)) };
        if given.as_ref().is_some_and(|sets| items(sets, vm).is_ok_and(|sets| sets.is_empty())) {
            given = None;
        }
        told.splice(1..4, [changed.clone(), many.clone(), one.clone()]);
    }
    let result = execute_statement(this, &statement, given, vm)?;
    for listener in events::hearing("after_execute", rust.engine(), Some(&rust)) {
        let mut told = told.clone();
        told.push(result.clone());
        listener.call(told, vm)?;
    }
    Ok(result)
}

fn execute_statement(
    this: &PyObject,
    statement: &PyObject,
    given: Option<PyObjectRef>,
    vm: &VirtualMachine,
) -> PyResult {
    let connection = connection(this, vm)?;
    let options = compile_options(this, statement, vm)?;
    let lowered = crate::lower::statement(statement, vm)?;
    let table = state::<DmlState>(statement).map(|state| state.table.clone());
    let fills =
        matches!(&lowered, Statement::Insert(insert) if matches!(insert.values, InsertValues::Parameters));
    let complete = |set: &PyObject| -> PyResult<Vec<(String, Value)>> {
        let set = parameters(set, table.as_deref(), vm)?;
        match &table {
            Some(table) if fills => with_defaults(set, table, vm),
            _ => Ok(set),
        }
    };
    let from_sql = |error| exc::from_sql(&error, vm);
    let executed = match given {
        Some(given) if is_list(&given, vm) => {
            let sets = items(&given, vm)?;
            let sets = sets.iter().map(|set| complete(set)).collect::<PyResult<Vec<_>>>()?;
            match sets.as_slice() {
                [] => connection.execute_with(&lowered, &[], &options).map_err(from_sql)?,
                [only] => connection.execute_with(&lowered, only, &options).map_err(from_sql)?,
                // each set gives rows of its own
                [first, others @ ..] if returns_rows(&lowered) && are_alike(&sets) => {
                    let mut executed =
                        connection.execute_with(&lowered, first, &options).map_err(from_sql)?;
                    for set in others {
                        let more = connection.execute_with(&lowered, set, &options).map_err(from_sql)?;
                        executed.rows.extend(more.rows);
                    }
                    executed
                }
                sets => connection.execute_many(&lowered, sets).map_err(from_sql)?,
            }
        }
        Some(given) => {
            let set = complete(&given)?;
            connection.execute_with(&lowered, &set, &options).map_err(from_sql)?
        }
        None => {
            let set = match &table {
                Some(table) if fills => with_defaults(Vec::new(), table, vm)?,
                _ => Vec::new(),
            };
            connection.execute_with(&lowered, &set, &options).map_err(from_sql)?
        }
    };
    result::new(executed, Some(statement), this, vm)
}

fn exec_driver_sql(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("Connection.exec_driver_sql", args, vm);
    let sql = arguments.text("statement").unwrap_or_default();
    let given = arguments.optional("parameters");
    arguments.optional("execution_options");
    arguments.finish()?;
    let connection = connection(&this, vm)?;
    let lower_set = |set: &PyObject| -> PyResult<Parameters> {
        if is_list(set, vm) {
            let values = items(set, vm)?;
            let values =
                values.iter().map(|value| crate::lower::value(value, vm)).collect::<PyResult<_>>()?;
            return Ok(Parameters::Positional(values));
        }
        let values = pairs(set, vm)?.into_iter();
        let values = values.map(|(name, value)| Ok((name, crate::lower::value(&value, vm)?)));
        values.collect::<PyResult<_>>().map(Parameters::Named)
    };
    let many = given.as_ref().is_some_and(|given| {
        given.class().is(vm.ctx.types.list_type)
            && items(given, vm).is_ok_and(|sets| {
                sets.first().is_some_and(|set| is_list(set, vm) || set.downcast_ref::<PyDict>().is_some())
            })
    });
    let executed = match given {
        Some(given) if many => {
            let sets = items(&given, vm)?.iter().map(|set| lower_set(set)).collect::<PyResult<Vec<_>>>()?;
            connection.execute_many_sql(&sql, &sets)
        }
        Some(given) => connection.execute_sql(&sql, &lower_set(&given)?),
        None => connection.execute_sql(&sql, &Parameters::none()),
    };
    result::new(executed.map_err(|error| exc::from_sql(&error, vm))?, None, &this, vm)
}

/// Gives the next value of a sequence.
fn next_value(this: &PyObject, sequence: &PyObject, vm: &VirtualMachine) -> PyResult {
    let connection = connection(this, vm)?;
    let from_sql = |error| exc::from_sql(&error, vm);
    let next = crate::lower::expression(&*vm.call_method(sequence, "next_value", ())?, vm)?;
    let Expression::NextValue { schema, name } = next else { return object::none(vm) };
    let options = compile_options(this, sequence, vm)?;
    let next = connection.dialect().next_value_sql(schema.as_ref(), &name, &options).map_err(from_sql)?;
    let result = connection.execute_sql(&format!("select {next}"), &Parameters::none()).map_err(from_sql)?;
    result.scalar().map_or_else(|| object::none(vm), |value| crate::raise::value(value, vm))
}

fn scalar(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    if let Some(sequence) = args.args.first().filter(|statement| is_a(statement, "Sequence")) {
        return next_value(&this, sequence, vm);
    }
    let executed = vm.call_method(&this, "execute", args)?;
    vm.call_method(&executed, "scalar", ())
}

fn scalars(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let executed = vm.call_method(&this, "execute", args)?;
    vm.call_method(&executed, "scalars", ())
}

fn begin(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let begun = connection(&this, vm)?.begin().map_err(|error| exc::from_sql(&error, vm))?;
    new_transaction("RootTransaction", begun, this, vm)
}

fn begin_nested(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let begun = connection(&this, vm)?.begin_nested().map_err(|error| exc::from_sql(&error, vm))?;
    new_transaction("NestedTransaction", begun, this, vm)
}

/// `connection.begin_twophase(xid=None)`
fn begin_twophase(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("Connection.begin_twophase", args, vm);
    let xid = arguments.text("xid");
    arguments.finish()?;
    let xid = match xid {
        Some(xid) => xid,
        None => {
            let token = vm.import("uuid", 0)?.get_attr("uuid4", vm)?.call((), vm)?;
            format!("_sa_{}", object::text(&*token.get_attr("hex", vm)?, vm)?)
        }
    };
    let begun = connection(&this, vm)?.begin_two_phase(&xid).map_err(|error| exc::from_sql(&error, vm))?;
    new_two_phase(begun, &xid, this, vm)
}

fn new_two_phase(
    transaction: Transaction,
    xid: &str,
    connection: PyObjectRef,
    vm: &VirtualMachine,
) -> PyResult {
    let obj = new_transaction("TwoPhaseTransaction", transaction, connection, vm)?;
    set(&obj, "xid", object::new_text(xid, vm), vm)?;
    Ok(obj)
}

fn prepare(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    if let Some(transaction) = state::<Transaction>(&this) {
        transaction.prepare().map_err(|error| exc::from_sql(&error, vm))?;
    }
    object::none(vm)
}

fn recover_twophase(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let found = connection(&this, vm)?.prepared_transactions();
    let found = found.map_err(|error| exc::driver_error(&error, vm))?;
    let found = found.iter().map(|xid| crate::raise::value(xid, vm)).collect::<PyResult<_>>()?;
    Ok(object::new_list(found, vm))
}

/// `connection.commit_prepared(xid, recover=False)` and `rollback_prepared`
fn end_prepared(
    this: &PyObject,
    args: FuncArgs,
    end: fn(&Connection, &str) -> limbeck_sql::Result<()>,
    vm: &VirtualMachine,
) -> PyResult {
    let mut arguments = Arguments::new("Connection.commit_prepared", args, vm);
    let xid = object::text(&*arguments.required("xid")?, vm)?;
    arguments.flag("recover", false)?;
    arguments.finish()?;
    end(&connection(this, vm)?, &xid).map_err(|error| match error {
        limbeck_sql::Error::Database(ref database) if database.statement.is_none() => {
            exc::driver_error(&error, vm)
        }
        error => exc::from_sql(&error, vm),
    })?;
    object::none(vm)
}

fn get_transaction(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    match connection(&this, vm)?.get_transaction() {
        Some(transaction) => match transaction.two_phase_id() {
            Some(xid) => new_two_phase(transaction, &xid, this, vm),
            None => new_transaction("RootTransaction", transaction, this, vm),
        },
        None => object::none(vm),
    }
}

fn get_nested_transaction(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    match connection(&this, vm)?.get_nested_transaction() {
        Some(transaction) => new_transaction("NestedTransaction", transaction, this, vm),
        None => object::none(vm),
    }
}

fn new_transaction<T: std::any::Any + Send + Sync>(
    class: &str,
    transaction: T,
    connection: PyObjectRef,
    vm: &VirtualMachine,
) -> PyResult {
    let obj = instance_with(class, transaction, vm)?;
    set(&obj, "connection", connection, vm)?;
    Ok(obj)
}

#[derive(Clone, Copy)]
enum End {
    Commit,
    Rollback,
    Close,
}

fn end(this: &PyObject, how: End, vm: &VirtualMachine) -> PyResult {
    let ended = if let Some(root) = state::<Transaction>(this) {
        match how {
            End::Commit => root.commit(),
            End::Rollback => root.rollback(),
            End::Close => root.close(),
        }
    } else if let Some(nested) = state::<NestedTransaction>(this) {
        match how {
            End::Commit => nested.commit(),
            End::Rollback => nested.rollback(),
            End::Close => nested.close(),
        }
    } else {
        Ok(())
    };
    ended.map_err(|error| exc::from_sql(&error, vm))?;
    object::none(vm)
}

fn is_active(this: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    let active = state::<Transaction>(&this).is_some_and(|root| root.is_active())
        || state::<NestedTransaction>(&this).is_some_and(|nested| nested.is_active());
    Ok(new_bool(active, vm))
}

fn transaction_exit(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let failed = args.args.first().is_some_and(|raised| !vm.is_none(raised));
    let active = is_active(this.clone(), vm)?.try_to_bool(vm)?;
    if failed {
        end(&this, End::Rollback, vm)?;
    } else if active {
        end(&this, End::Commit, vm)?;
    }
    Ok(new_bool(false, vm))
}
