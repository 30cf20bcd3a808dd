//! What joins an engine of `limbeck-sql` with Python: its events go to user code's listeners, its statements to the
//! log when `echo` or the logger's level asks for them.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use limbeck_sql::engine::{
    ConnectPlan, Connection, DriverArguments, Engine, EngineEvent, EngineListener, Execution, ListenerState,
    Parameters, QueryResult, RawConnection, StatementOrigin,
};
use limbeck_sql::{Error, HIDDEN_PARAMETERS, Result};
use rustpython_vm::builtins::PyWeak;
use rustpython_vm::{AsObject, PyObject, PyObjectRef, PyRef, PyResult, VirtualMachine};

use super::echo::Echo;
use super::{connection, create, dbapi, dialect, events};
use crate::interpreter::with_entered_vm;
use crate::modules::sqlalchemy::exc;
use crate::modules::sqlalchemy::object::{self, instance, new_bool, new_opt_text, new_text, set};

/// Hears for Python of one engine.
#[derive(Default)]
pub(crate) struct PythonListener {
    /// What it logs.
    pub(crate) echo: Echo,
    object: Mutex<Option<PyRef<PyWeak>>>,
    has_connected: AtomicBool,
}

impl fmt::Debug for PythonListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PythonListener")
    }
}

/// What is kept of an execution until it has ended.
struct Running {
    context: PyObjectRef,
    cursor: PyObjectRef,
    parameters: PyObjectRef,
}

/// Gives the listener of an engine that Python made.
pub(crate) fn of(engine: &Engine) -> Option<Arc<PythonListener>> {
    let listener: Arc<dyn Any + Send + Sync> = Arc::clone(engine.options().listener.as_ref()?).as_any();
    listener.downcast().ok()
}

/// Runs Python for the engine; an exception of user code keeps its class on its way.
fn in_python<T>(work: impl FnOnce(&VirtualMachine) -> PyResult<T>) -> Result<T> {
    with_entered_vm(|vm| work(vm).map_err(|raised| crate::lower::user_code_error(&raised, vm)))
        .unwrap_or_else(|| {
            Err(Error::InvalidRequest(
                "a listener of an engine was to be called after its program had ended".to_owned(),
            ))
        })
}

/// Runs Python in the driver's place: an exception of the driver's is its error.
fn as_the_driver<T>(work: impl FnOnce(&VirtualMachine) -> PyResult<T>) -> Result<T> {
    let mut said = None;
    let outcome = in_python(|vm| work(vm).inspect_err(|raised| said = exc::to_database_error(raised, vm)));
    outcome.map_err(|error| said.unwrap_or(error))
}

impl PythonListener {
    /// Says which `Engine` object it hears for.
    pub(crate) fn belongs_to(&self, engine: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
        *self.object.lock().unwrap_or_else(PoisonError::into_inner) = Some(engine.downgrade(None, vm)?);
        Ok(())
    }

    /// Gives the `Engine` object, unless nobody has it any more.
    pub(crate) fn object(&self) -> Option<PyObjectRef> {
        self.object.lock().unwrap_or_else(PoisonError::into_inner).as_ref()?.upgrade()
    }

    /// Calls the listeners of an event of a driver's connection.
    fn send_raw(
        &self,
        name: &str,
        engine: &Engine,
        raw: &RawConnection,
        more: impl FnOnce(&VirtualMachine) -> PyResult<Option<PyObjectRef>>,
    ) -> Result<()> {
        let hearing = events::hearing(name, engine, None);
        if hearing.is_empty() {
            return Ok(());
        }
        in_python(|vm| {
            let mut arguments = vec![dbapi::connection(raw, vm)?, dbapi::record(raw, vm)?];
            arguments.extend(more(vm)?);
            for listener in &hearing {
                listener.call(arguments.clone(), vm)?;
            }
            Ok(())
        })
    }

    /// Calls the listeners of an event of a connection.
    fn send(name: &str, connection: &Connection, more: &[Option<&str>]) -> Result<()> {
        Self::send_with(name, connection, |vm| more.iter().map(|text| new_opt_text(*text, vm)).collect())
    }

    /// Calls the listeners of an event of a two-phase transaction.
    fn send_two_phase(
        name: &str,
        connection: &Connection,
        xid: &str,
        is_prepared: Option<bool>,
    ) -> Result<()> {
        Self::send_with(name, connection, |vm| {
            let flag = is_prepared.map(|flag| new_bool(flag, vm));
            [new_text(xid, vm)].into_iter().chain(flag).collect()
        })
    }

    fn send_with(
        name: &str,
        connection: &Connection,
        more: impl FnOnce(&VirtualMachine) -> Vec<PyObjectRef>,
    ) -> Result<()> {
        let hearing = events::hearing(name, connection.engine(), Some(connection));
        if hearing.is_empty() {
            return Ok(());
        }
        in_python(|vm| {
            let mut arguments = vec![connection::object(connection, vm)?];
            arguments.extend(more(vm));
            hearing.iter().try_for_each(|listener| listener.call(arguments.clone(), vm).map(drop))
        })
    }

    fn before(
        hearing: &[events::Listener],
        connection: &Connection,
        execution: &mut Execution<'_>,
        vm: &VirtualMachine,
    ) -> PyResult<Running> {
        let conn = connection::object(connection, vm)?;
        let raw = connection.raw().map_err(|error| exc::from_sql(&error, vm))?;
        let mut running = Running {
            context: execution_context(&conn, execution, vm)?,
            cursor: dbapi::cursor(&raw, vm)?,
            parameters: python_parameters(execution, vm)?,
        };
        set(&running.context, "cursor", running.cursor.clone(), vm)?;
        for listener in hearing {
            let statement = new_text(&execution.sql, vm);
            let parameters = python_parameters(execution, vm)?;
            let answer =
                listener.call(running.arguments(conn.clone(), statement, parameters, execution, vm), vm)?;
            if !listener.retval {
                continue;
            }
            let answer = events::unpacked(&answer, vm)?;
            let [statement, parameters] = answer.as_slice() else {
                return Err(
                    vm.new_value_error("a listener with retval=True returns statement and parameters")
                );
            };
            execution.sql = Cow::Owned(object::text(statement, vm)?);
            execution.parameter_sets = Cow::Owned(dbapi::parameter_sets(parameters, execution.is_many, vm)?);
            running.parameters = python_parameters(execution, vm)?;
        }
        Ok(running)
    }
}

impl Running {
    fn arguments(
        &self,
        connection: PyObjectRef,
        statement: PyObjectRef,
        parameters: PyObjectRef,
        execution: &Execution<'_>,
        vm: &VirtualMachine,
    ) -> Vec<PyObjectRef> {
        let many = new_bool(execution.is_many, vm);
        vec![connection, self.cursor.clone(), statement, parameters, self.context.clone(), many]
    }
}

/// Makes the `context` that listeners get of an execution, and may keep things on.
fn execution_context(conn: &PyObject, execution: &Execution<'_>, vm: &VirtualMachine) -> PyResult {
    let context = instance("DefaultExecutionContext", vm)?;
    let engine = object::get(conn, "engine", vm)?;
    set(&context, "dialect", object::get(&engine, "dialect", vm)?, vm)?;
    set(&context, "engine", engine, vm)?;
    set(&context, "root_connection", conn.to_owned(), vm)?;
    set(&context, "statement", new_text(&execution.sql, vm), vm)?;
    let parameters = execution.parameter_sets.iter().map(|set| dbapi::raised_parameters(set, vm));
    set(&context, "parameters", object::new_list(parameters.collect::<PyResult<_>>()?, vm), vm)?;
    set(&context, "executemany", new_bool(execution.is_many, vm), vm)?;
    set(&context, "execution_options", vm.call_method(conn, "get_execution_options", ())?, vm)?;
    Ok(context)
}

/// Gives an execution's parameters as listeners see them: those of the only set, or a list of sets.
fn python_parameters(execution: &Execution<'_>, vm: &VirtualMachine) -> PyResult {
    let raise = |set: &Parameters| dbapi::raised_parameters(set, vm);
    if execution.is_many {
        return Ok(object::new_list(
            execution.parameter_sets.iter().map(raise).collect::<PyResult<_>>()?,
            vm,
        ));
    }
    execution.parameter_sets.first().map_or_else(|| Ok(object::new_tuple(Vec::new(), vm)), raise)
}

impl EngineListener for PythonListener {
    fn prepare(&self) {
        self.echo.look();
    }

    fn is_listening(&self) -> bool {
        events::any() || self.echo.is_on() || self.echo.hides_parameters()
    }

    fn as_any(self: Arc<Self>) -> Arc<dyn Any + Send + Sync> {
        self
    }

    fn hear(&self, event: EngineEvent<'_>) -> Result<()> {
        match event {
            EngineEvent::Connect { engine, raw } => {
                if !self.has_connected.swap(true, Ordering::Relaxed) {
                    self.send_raw("first_connect", engine, raw, |_| Ok(None))?;
                }
                self.send_raw("connect", engine, raw, |_| Ok(None))
            }
            EngineEvent::Checkout { connection, raw } => {
                let engine = connection.engine();
                self.send_raw("checkout", engine, raw, |vm| dbapi::fairy(raw, vm).map(Some))?;
                Self::send("engine_connect", connection, &[])
            }
            EngineEvent::Checkin { engine, raw } => {
                self.send_raw("reset", engine, raw, |vm| {
                    let state = instance("PoolResetState", vm)?;
                    for (name, flag) in
                        [("transaction_was_reset", false), ("terminate_only", false), ("asyncio_safe", true)]
                    {
                        set(&state, name, new_bool(flag, vm), vm)?;
                    }
                    Ok(Some(state))
                })?;
                self.send_raw("checkin", engine, raw, |_| Ok(None))
            }
            EngineEvent::Close { engine, raw } => self.send_raw("close", engine, raw, |_| Ok(None)),
            EngineEvent::Begin(connection) => {
                self.echo.begin(connection);
                Self::send("begin", connection, &[])
            }
            EngineEvent::Commit(connection) => {
                Self::send("commit", connection, &[])?;
                self.echo.commit(connection);
                Ok(())
            }
            EngineEvent::Rollback(connection) => {
                Self::send("rollback", connection, &[])?;
                self.echo.rollback(connection);
                Ok(())
            }
            EngineEvent::Savepoint(connection) => Self::send("savepoint", connection, &[None]),
            EngineEvent::ReleaseSavepoint(connection, name) => {
                Self::send("release_savepoint", connection, &[Some(name), None])
            }
            EngineEvent::RollbackSavepoint(connection, name) => {
                Self::send("rollback_savepoint", connection, &[Some(name), None])
            }
            EngineEvent::BeginTwoPhase(connection, xid) => {
                self.echo.begin_two_phase();
                Self::send_two_phase("begin_twophase", connection, xid, None)
            }
            EngineEvent::PrepareTwoPhase(connection, xid) => {
                Self::send_two_phase("prepare_twophase", connection, xid, None)
            }
            EngineEvent::CommitTwoPhase(connection, xid, is_prepared) => {
                Self::send_two_phase("commit_twophase", connection, xid, Some(is_prepared))
            }
            EngineEvent::RollbackTwoPhase(connection, xid, is_prepared) => {
                Self::send_two_phase("rollback_twophase", connection, xid, Some(is_prepared))
            }
            EngineEvent::Disposed(engine) => {
                let hearing = events::hearing("engine_disposed", engine, None);
                let Some(object) = self.object().filter(|_| !hearing.is_empty()) else { return Ok(()) };
                in_python(|vm| {
                    hearing.iter().try_for_each(|listener| listener.call(vec![object.clone()], vm).map(drop))
                })
            }
        }
    }

    fn before_execute(
        &self,
        connection: &Connection,
        execution: &mut Execution<'_>,
    ) -> Result<ListenerState> {
        let engine = connection.engine();
        let before = events::hearing("before_cursor_execute", engine, Some(connection));
        let wanted = !before.is_empty() || events::hears_of_cursors(engine, connection);
        let state: ListenerState = if wanted {
            Some(Box::new(in_python(|vm| Self::before(&before, connection, execution, vm))?))
        } else {
            None
        };
        self.echo.statement(execution);
        Ok(state)
    }

    fn before_connect(&self, engine: &Engine) -> Result<ConnectPlan> {
        let hearing = events::hearing("do_connect", engine, None);
        if hearing.is_empty() {
            return Ok(ConnectPlan::AsUsual);
        }
        let arguments = DriverArguments::of(engine.url(), &engine.options().connect_args)?;
        as_the_driver(|vm| {
            let dialect = object::get(&*engine_object(engine, vm)?, "dialect", vm)?;
            let record = instance("_ConnectionRecord", vm)?;
            let (positional, named) = dialect::raised_arguments(&arguments, vm)?;
            for listener in &hearing {
                let told = vec![dialect.clone(), record.clone(), positional.clone(), named.clone()];
                let answer = listener.call(told, vm)?;
                if vm.is_none(&answer) {
                    continue;
                }
                let Some(opened) = dbapi::raw_connection(&answer) else {
                    let class = object::class_path(&answer, vm);
                    return Err(vm.new_type_error(format!(
                        "a listener of do_connect gave an object of {class}, which is no connection of Limbeck's drivers"
                    )));
                };
                return Ok(ConnectPlan::Opened(opened));
            }
            let positional = object::items(&positional, vm)?;
            let changed = dialect::lowered_arguments(&positional, object::pairs(&named, vm)?, vm)?;
            Ok(if changed == arguments { ConnectPlan::AsUsual } else { ConnectPlan::With(changed) })
        })
    }

    fn execute_instead(
        &self,
        connection: &Connection,
        execution: &Execution<'_>,
        state: &mut ListenerState,
    ) -> Result<Option<QueryResult>> {
        let Some(running) = state.as_ref().and_then(|state| state.downcast_ref::<Running>()) else {
            return Ok(None);
        };
        let engine = connection.engine();
        let hearing = |name: &str| events::hearing(name, engine, Some(connection));
        as_the_driver(|vm| {
            let options = object::get(&running.context, "execution_options", vm)?;
            let without = vm.call_method(&options, "get", ("no_parameters",))?.try_to_bool(vm)?;
            let has_none = execution.parameter_sets.iter().all(Parameters::is_empty);
            let takes_parameters = !(has_none && (without || execution.origin == StatementOrigin::Savepoint));
            let name = match takes_parameters {
                _ if execution.is_many => "do_executemany",
                true => "do_execute",
                false => "do_execute_no_params",
            };
            for listener in hearing(name) {
                let mut told = vec![running.cursor.clone(), new_text(&execution.sql, vm)];
                if takes_parameters || execution.is_many {
                    told.push(python_parameters(execution, vm)?);
                }
                told.push(running.context.clone());
                if listener.call(told, vm)?.try_to_bool(vm)? {
                    return dbapi::result_of(&running.cursor, vm).map(Some);
                }
            }
            Ok(None)
        })
    }

    fn after_execute(
        &self,
        connection: &Connection,
        execution: &Execution<'_>,
        state: ListenerState,
        result: &QueryResult,
    ) -> Result<()> {
        self.echo.rows(result);
        let Some(running) = state.and_then(|state| state.downcast::<Running>().ok()) else { return Ok(()) };
        let hearing = events::hearing("after_cursor_execute", connection.engine(), Some(connection));
        in_python(|vm| {
            dbapi::take_result(&running.cursor, result, vm)?;
            let conn = connection::object(connection, vm)?;
            for listener in &hearing {
                let statement = new_text(&execution.sql, vm);
                let parameters = running.parameters.clone();
                listener.call(running.arguments(conn.clone(), statement, parameters, execution, vm), vm)?;
            }
            Ok(())
        })
    }

    fn execute_failed(
        &self,
        connection: &Connection,
        execution: &Execution<'_>,
        _state: ListenerState,
        error: Error,
    ) -> Error {
        let error = match error {
            Error::Database(mut error) if self.echo.hides_parameters() && error.parameters.is_some() => {
                error.parameters = Some(HIDDEN_PARAMETERS.to_owned());
                Error::Database(error)
            }
            other => other,
        };
        let hearing = events::hearing("handle_error", connection.engine(), Some(connection));
        if hearing.is_empty() {
            return error;
        }
        let told = in_python(|vm| {
            let raised = exc::from_sql(&error, vm);
            let context = instance("ExceptionContext", vm)?;
            let conn = connection::object(connection, vm)?;
            set(&context, "engine", object::get(&conn, "engine", vm)?, vm)?;
            set(&context, "dialect", object::get(&conn, "dialect", vm)?, vm)?;
            set(&context, "connection", conn, vm)?;
            set(&context, "statement", new_text(&execution.sql, vm), vm)?;
            set(&context, "parameters", python_parameters(execution, vm)?, vm)?;
            set(&context, "sqlalchemy_exception", PyObjectRef::from(raised.clone()), vm)?;
            let original = vm.get_attribute_opt(raised.as_object().to_owned(), vm.ctx.intern_str("orig"))?;
            set(&context, "original_exception", original.unwrap_or_else(|| raised.clone().into()), vm)?;
            set(&context, "chained_exception", vm.ctx.none(), vm)?;
            set(&context, "execution_context", vm.ctx.none(), vm)?;
            set(&context, "is_disconnect", new_bool(connection.invalidated(), vm), vm)?;
            set(&context, "is_pre_ping", new_bool(false, vm), vm)?;
            set(&context, "invalidate_pool_on_disconnect", new_bool(true, vm), vm)?;
            hearing.iter().try_for_each(|listener| {
                let answer = listener.call(vec![context.clone()], vm)?;
                if answer.fast_isinstance(vm.ctx.exceptions.base_exception_type) {
                    return Err(answer.try_into_value(vm)?);
                }
                Ok(())
            })
        });
        told.err().unwrap_or(error)
    }
}

/// Gives the `Engine` object of an engine: the one that user code has, or a new one.
pub(super) fn engine_object(engine: &Engine, vm: &VirtualMachine) -> PyResult {
    match of(engine).and_then(|listener| listener.object()) {
        Some(object) => Ok(object),
        None => create::new_engine(engine.clone(), vm),
    }
}
