use std::any::Any;
use std::borrow::Cow;
use std::sync::{Arc, Mutex};

use super::{EngineEvent, EngineListener, Execution, ListenerState, StatementOrigin};
use crate::engine::{Connection, Engine, EngineOptions, Parameters, PoolClass, QueryResult, Value};
use crate::error::{Error, Result};
use crate::expression::{Statement, TextClause};

/// Writes down what it hears; what a test gives it to do, it does at the begin of each transaction.
#[derive(Debug, Default)]
struct Notes {
    heard: Mutex<Vec<String>>,
    at_begin: Option<&'static str>,
    suffix: &'static str,
}

impl Notes {
    fn note(&self, text: impl Into<String>) {
        self.heard.lock().unwrap().push(text.into());
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.heard.lock().unwrap())
    }
}

impl EngineListener for Notes {
    fn as_any(self: Arc<Self>) -> Arc<dyn Any + Send + Sync> {
        self
    }

    fn is_listening(&self) -> bool {
        true
    }

    fn hear(&self, event: EngineEvent<'_>) -> Result<()> {
        match event {
            EngineEvent::Connect { raw, .. } => {
                self.note("connect");
                raw.execute("PRAGMA foreign_keys = ON", &Parameters::none()).map(drop)
            }
            EngineEvent::Begin(connection) => {
                self.note("begin");
                self.at_begin.map_or(Ok(()), |sql| connection.execute_sql(sql, &Parameters::none()).map(drop))
            }
            EngineEvent::Checkout { .. } => {
                self.note("checkout");
                Ok(())
            }
            EngineEvent::Checkin { .. } => {
                self.note("checkin");
                Ok(())
            }
            EngineEvent::Close { .. } => {
                self.note("close");
                Ok(())
            }
            EngineEvent::ReleaseSavepoint(_, name) => {
                self.note(format!("release {name}"));
                Ok(())
            }
            EngineEvent::RollbackSavepoint(_, name) => {
                self.note(format!("rollback to {name}"));
                Ok(())
            }
            EngineEvent::Commit(_) => {
                self.note("commit");
                Ok(())
            }
            EngineEvent::Rollback(_) => {
                self.note("rollback");
                Ok(())
            }
            EngineEvent::Savepoint(_)
            | EngineEvent::BeginTwoPhase(..)
            | EngineEvent::PrepareTwoPhase(..)
            | EngineEvent::CommitTwoPhase(..)
            | EngineEvent::RollbackTwoPhase(..)
            | EngineEvent::Disposed(_) => Ok(()),
        }
    }

    fn before_execute(&self, _: &Connection, execution: &mut Execution<'_>) -> Result<ListenerState> {
        let origin = match execution.origin {
            StatementOrigin::Driver => "driver",
            StatementOrigin::Ddl | StatementOrigin::Savepoint => "ddl",
            StatementOrigin::Compiled(_) => "compiled",
        };
        self.note(format!("{origin}: {}", execution.sql));
        if !self.suffix.is_empty() {
            execution.sql = Cow::Owned(format!("{}{}", execution.sql, self.suffix));
        }
        Ok(Some(Box::new(execution.sql.len())))
    }

    fn after_execute(
        &self,
        _: &Connection,
        execution: &Execution<'_>,
        state: ListenerState,
        result: &QueryResult,
    ) -> Result<()> {
        let length = state.and_then(|state| state.downcast::<usize>().ok()).map(|length| *length);
        assert_eq!(length, Some(execution.sql.len()));
        self.note(format!("{} rows", result.rows.len()));
        Ok(())
    }

    fn execute_failed(
        &self,
        _: &Connection,
        _: &Execution<'_>,
        _state: ListenerState,
        error: Error,
    ) -> Error {
        self.note("failed");
        error
    }
}

fn engine(url: &str, notes: &Arc<Notes>, poolclass: PoolClass) -> Engine {
    let listener: Arc<dyn EngineListener> = Arc::clone(notes) as _;
    Engine::create(url, EngineOptions { listener: Some(listener), poolclass, ..EngineOptions::default() })
        .unwrap()
}

fn run(connection: &Connection, sql: &str) -> QueryResult {
    connection.execute_sql(sql, &Parameters::none()).unwrap()
}

#[test]
fn a_listener_hears_of_transactions_and_statements_in_their_order() {
    let notes = Arc::new(Notes::default());
    let connection = engine("sqlite://", &notes, PoolClass::Default).connect().unwrap();
    assert_eq!(notes.take(), ["connect", "checkout"]);
    assert_eq!(run(&connection, "PRAGMA foreign_keys").scalar(), Some(&Value::Int(1)));
    assert_eq!(notes.take(), ["begin", "driver: PRAGMA foreign_keys", "1 rows"]);
    let text = Statement::Text(TextClause { text: "SELECT 2".to_owned(), binds: Vec::new() });
    connection.execute(&text, &[]).unwrap();
    connection.commit().unwrap();
    connection.commit().unwrap();
    assert_eq!(notes.take(), ["compiled: SELECT 2", "1 rows", "commit"]);
    let savepoint = connection.begin_nested().unwrap();
    savepoint.commit().unwrap();
    connection.begin_nested().unwrap().rollback().unwrap();
    let heard = notes.take();
    assert_eq!(
        heard,
        [
            "begin",
            "ddl: SAVEPOINT sa_savepoint_1",
            "0 rows",
            "release sa_savepoint_1",
            "ddl: RELEASE SAVEPOINT sa_savepoint_1",
            "0 rows",
            "ddl: SAVEPOINT sa_savepoint_2",
            "0 rows",
            "rollback to sa_savepoint_2",
            "ddl: ROLLBACK TO SAVEPOINT sa_savepoint_2",
            "0 rows",
        ]
    );
    connection.execute_sql("SELECT nothing", &Parameters::none()).unwrap_err();
    connection.close().unwrap();
    assert_eq!(notes.take(), ["driver: SELECT nothing", "failed", "rollback", "checkin"]);
}

#[test]
fn a_listener_may_change_a_statement_and_use_the_connection() {
    let notes = Arc::new(Notes {
        at_begin: Some("CREATE TABLE begun (a)"),
        suffix: " /* seen */",
        ..Notes::default()
    });
    let connection = engine("sqlite://", &notes, PoolClass::Default).connect().unwrap();
    let rows = run(&connection, "SELECT sql FROM sqlite_master").rows;
    assert_eq!(rows, [[Value::from("CREATE TABLE begun (a)")]]);
    assert_eq!(
        notes.take()[2..],
        [
            "begin",
            "driver: CREATE TABLE begun (a)",
            "0 rows",
            "driver: SELECT sql FROM sqlite_master",
            "1 rows"
        ]
    );
}

#[test]
fn connections_that_were_given_back_are_used_again_unless_the_pool_keeps_none() {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite:///{}", directory.path().join("app.db").display());
    let notes = Arc::new(Notes::default());
    let kept = engine(&url, &notes, PoolClass::Default);
    for _ in 0..2 {
        let connection = kept.connect().unwrap();
        assert_eq!((kept.connections_in_use(), kept.idle_connections()), (1, 0));
        run(&connection, "CREATE TEMPORARY TABLE IF NOT EXISTS stays (a)");
        connection.commit().unwrap();
        connection.close().unwrap();
        assert_eq!((kept.connections_in_use(), kept.idle_connections()), (0, 1));
    }
    assert_eq!(notes.take().iter().filter(|note| *note == "connect").count(), 1);
    kept.dispose();
    assert_eq!(notes.take(), ["close"]);
    let fresh = engine(&url, &notes, PoolClass::Null);
    drop(fresh.connect().unwrap());
    drop(fresh.connect().unwrap());
    assert_eq!(
        notes.take(),
        ["connect", "checkout", "checkin", "close", "connect", "checkout", "checkin", "close"]
    );
}

#[test]
fn a_connection_of_its_own_is_heard_of_once() {
    let notes = Arc::new(Notes::default());
    let engine = engine("sqlite://", &notes, PoolClass::Default);
    let connection = engine.connect_separately().unwrap();
    run(&connection, "SELECT 1");
    connection.close().unwrap();
    assert_eq!(notes.take(), ["connect"]);
    assert_eq!(engine.connections_in_use(), 0);
}
