//! What joins an engine of `limbeck-sql` with Python: its events go to user code's listeners, its statements to the
//! log when `echo` or the logger's level asks for them.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use limbeck_sql::engine::{
    Connection, Engine, EngineEvent, EngineListener, Execution, ListenerState, Parameters, QueryResult,
    RawConnection,
};
use limbeck_sql::{Error, HIDDEN_PARAMETERS, Result};
use rustpython_vm::builtins::PyWeak;
use rustpython_vm::{AsObject, PyObject, PyObjectRef, PyRef, PyResult, VirtualMachine};

use super::echo::Echo;
use super::{connection, create, dbapi, events};
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
    fn send(&self, name: &str, connection: &Connection, more: &[Option<&str>]) -> Result<()> {
        let hearing = events::hearing(name, connection.engine(), Some(connection));
        if hearing.is_empty() {
            return Ok(());
        }
        in_python(|vm| {
            let mut arguments = vec![connection::object(connection, vm)?];
            arguments.extend(more.iter().map(|text| new_opt_text(*text, vm)));
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
        let running = Running {
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
            let answer = object::items(&answer, vm)?;
            let [statement, parameters] = answer.as_slice() else {
                return Err(
                    vm.new_value_error("a listener with retval=True returns statement and parameters")
                );
            };
            execution.sql = Cow::Owned(object::text(statement, vm)?);
            execution.parameter_sets = Cow::Owned(dbapi::parameter_sets(parameters, execution.is_many, vm)?);
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
                self.send("engine_connect", connection, &[])
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
                self.send("begin", connection, &[])
            }
            EngineEvent::Commit(connection) => {
                self.send("commit", connection, &[])?;
                self.echo.commit(connection);
                Ok(())
            }
            EngineEvent::Rollback(connection) => {
                self.send("rollback", connection, &[])?;
                self.echo.rollback(connection);
                Ok(())
            }
            EngineEvent::Savepoint(connection) => self.send("savepoint", connection, &[None]),
            EngineEvent::ReleaseSavepoint(connection, name) => {
                self.send("release_savepoint", connection, &[Some(name), None])
            }
            EngineEvent::RollbackSavepoint(connection, name) => {
                self.send("rollback_savepoint", connection, &[Some(name), None])
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
        let wanted = !before.is_empty() || {
            let after = events::hearing("after_cursor_execute", engine, Some(connection));
            !after.is_empty()
        };
        let state: ListenerState = if wanted {
            Some(Box::new(in_python(|vm| Self::before(&before, connection, execution, vm))?))
        } else {
            None
        };
        self.echo.statement(execution);
        Ok(state)
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
