//! PostgreSQL: one driver under the names of all that SQLAlchemy has for it, with psycopg's transactions and values.
//!
//! A statement is sent as a simple query with its parameters as literals: one round trip whatever it returns.

mod arguments;
mod cancel;
mod connect;
mod decode;
mod errors;
mod flavor;
mod lexer;
mod literal;
mod options;
mod passfile;
mod placeholders;
mod session;
mod states;
mod tls;

use std::borrow::Cow;

use arguments::ConnectArguments;
use decode::Decoder;
pub(crate) use decode::text_array;
use flavor::Flavor;
use indexmap::IndexMap;
use literal::Literals;
use session::{Failure, Outcome, Session, TransactionStatus};

use crate::engine::drivers::{DriverArguments, parts_of};
use crate::engine::{
    Canceller, ClientEnvironment, DriverConnection, Parameters, QueryResult, TwoPhaseStep, TwoPhaseWork, Url,
    Value,
};
use crate::error::{DatabaseError, DatabaseErrorKind, Error, Result};

/// Where notices of the server go, as in the reference.
const LOGGER: &str = "sqlalchemy.dialects.postgresql";

/// The isolation levels, in the order in which the reference's message names them.
const ISOLATION_LEVELS: [&str; 5] =
    ["AUTOCOMMIT", "READ COMMITTED", "READ UNCOMMITTED", "REPEATABLE READ", "SERIALIZABLE"];

/// Gives what the driver of a URL is called with.
pub(super) fn driver_arguments(url: &Url) -> Result<DriverArguments> {
    let flavor = Flavor::of(url)?;
    let database = arguments::database_option(flavor);
    let mut named = parts_of(url, [database, "user", "password"]);
    for (name, value) in arguments::from_url(url, flavor)? {
        if !matches!(named.get(&name), Some(Value::Int(_))) {
            named.insert(name, Value::Text(value));
        }
    }
    Ok(DriverArguments { positional: Vec::new(), named })
}

/// An open connection to a PostgreSQL server.
#[derive(Debug)]
pub(super) struct PostgresqlConnection {
    session: Session,
    flavor: Flavor,
    /// No transaction begins by itself (isolation level AUTOCOMMIT).
    autocommit: bool,
    /// What `autocommit` was at the start.
    opened_autocommit: bool,
    /// The isolation level that transactions begin with, unless the server's own.
    level: Option<String>,
    /// The statement that was sent ahead, until its answer is taken.
    ahead: Option<Ahead>,
}

/// A statement that was sent ahead of the need for its answer.
#[derive(Debug)]
struct Ahead {
    statement: String,
    /// How many rows it has to change.
    rows: i64,
    answer: Option<Result<QueryResult>>,
}

impl Ahead {
    fn has_failed(&self) -> bool {
        match &self.answer {
            Some(Ok(result)) => result.rowcount != self.rows,
            Some(Err(_)) => true,
            None => false,
        }
    }
}

impl PostgresqlConnection {
    /// Connects to the server that a URL names.
    pub(super) fn open(
        url: &Url,
        connect_args: &IndexMap<String, Value>,
        environment: &ClientEnvironment,
    ) -> Result<Self> {
        let flavor = Flavor::of(url)?;
        let arguments = ConnectArguments::read(url, connect_args, environment, flavor)?;
        let session = connect::connect(&arguments, flavor)?;
        let mut connection = Self {
            session,
            flavor,
            autocommit: arguments.autocommit,
            opened_autocommit: arguments.autocommit,
            level: None,
            ahead: None,
        };
        connection.log_notices();
        Ok(connection)
    }

    /// Gives the statement that must come before the next one to begin a transaction.
    fn begin_statement(&self) -> Option<String> {
        if self.autocommit || self.session.status() != TransactionStatus::Idle {
            return None;
        }
        Some(match &self.level {
            Some(level) => format!("BEGIN ISOLATION LEVEL {level}"),
            None => "BEGIN".to_owned(),
        })
    }

    /// Sends statements, beginning a transaction with them where one begins by itself; the first that fails counts.
    fn send(&mut self, statements: &[&str]) -> Result<Vec<Vec<Outcome>>> {
        self.settle_ahead()?;
        let begin = self.begin_statement();
        let sent: Vec<&str> = begin.as_deref().into_iter().chain(statements.iter().copied()).collect();
        let answers = self.session.query(&sent);
        self.log_notices();
        let mut outcomes = Vec::with_capacity(answers.len());
        for (answer, statement) in answers.into_iter().zip(&sent) {
            outcomes.push(answer.map_err(|failure| self.failed(&failure, statement))?);
        }
        if begin.is_some() && !outcomes.is_empty() {
            outcomes.remove(0);
        }
        Ok(outcomes)
    }

    /// Sends one statement that begins nothing.
    fn run(&mut self, statement: &str) -> Result<Vec<Outcome>> {
        self.settle_ahead()?;
        let answer = self.session.query(&[statement]).pop();
        self.log_notices();
        answer.unwrap_or_else(|| Ok(Vec::new())).map_err(|failure| self.failed(&failure, statement))
    }

    /// Reads the answer to the statement that was sent ahead.
    fn hear_ahead(&mut self) {
        let Some(answer) = self.session.take_awaited() else { return };
        self.log_notices();
        let Some(mut ahead) = self.ahead.take() else { return };
        ahead.answer = Some(match answer {
            Ok(outcomes) => self.result(outcomes),
            Err(failure) => Err(self.failed(&failure, &ahead.statement)),
        });
        self.ahead = Some(ahead);
    }

    /// Sends nothing after a statement sent ahead that has failed, be it text that commits.
    fn settle_ahead(&mut self) -> Result<()> {
        self.hear_ahead();
        if self.ahead.as_ref().is_some_and(Ahead::has_failed) {
            return Err(Error::InvalidRequest(
                "This transaction takes no more statements: one that was sent before has failed".to_owned(),
            ));
        }
        Ok(())
    }

    fn failed(&self, failure: &Failure, statement: &str) -> Error {
        errors::from_failure(self.flavor, failure, statement)
    }

    fn log_notices(&mut self) {
        for notice in self.session.take_notices() {
            let severity = notice.field(b'S').unwrap_or("NOTICE");
            match self.flavor {
                Flavor::Psycopg2 => {
                    log::info!(target: LOGGER, "{severity}:  {}", errors::message(&notice, "").trim_end());
                }
                _ => log::info!(target: LOGGER, "{severity}: {}", notice.field(b'M').unwrap_or_default()),
            }
        }
    }

    fn literals(&self) -> Literals {
        let backslashes = self.session.setting("standard_conforming_strings") == Some("off");
        Literals { backslashes, flavor: self.flavor }
    }

    /// Writes a command with a value behind it.
    fn with_literal(&self, command: &str, value: &Value) -> Result<String> {
        Ok(format!("{command} {}", self.literals().render(value)?))
    }

    /// Turns what one statement text gave into a result.
    fn result(&self, mut outcomes: Vec<Outcome>) -> Result<QueryResult> {
        // Of several statements in one text, psycopg shows the first one's result, the older driver the last one's.
        let outcome = match self.flavor {
            Flavor::Psycopg2 | Flavor::Asyncpg => outcomes.pop(),
            Flavor::Psycopg | Flavor::Pg8000 => (!outcomes.is_empty()).then(|| outcomes.swap_remove(0)),
        };
        let Outcome { columns, rows, tag } = outcome.unwrap_or_default();
        let columns = columns.unwrap_or_default();
        let decoder = Decoder {
            flavor: self.flavor,
            date_style: self.session.setting("DateStyle").unwrap_or("ISO"),
            interval_style: self.session.setting("IntervalStyle").unwrap_or("postgres"),
        };
        let values = rows
            .into_iter()
            .map(|row| {
                row.into_iter()
                    .zip(&columns)
                    .map(|(value, column)| match value {
                        Some(bytes) => decoder.decode(column.type_oid, &bytes),
                        None => Ok(Value::Null),
                    })
                    .collect()
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(QueryResult {
            declared_types: vec![None; columns.len()],
            columns: columns.into_iter().map(|column| column.name).collect(),
            rows: values,
            rowcount: tag.as_deref().map_or(-1, row_count),
            last_insert_id: None,
        })
    }
}

/// Gives the number of rows at the end of a command's tag; -1 for a command that counts none.
fn row_count(tag: &str) -> i64 {
    tag.rsplit(' ').next().and_then(|count| count.parse().ok()).unwrap_or(-1)
}

impl DriverConnection for PostgresqlConnection {
    fn execute(&mut self, sql: &str, parameters: &Parameters) -> Result<QueryResult> {
        let statement = placeholders::fill(sql, parameters, self.flavor, self.literals())?;
        let outcomes = self.send(&[&statement])?.pop();
        self.result(outcomes.unwrap_or_default())
    }

    fn execute_many(&mut self, sql: &str, parameter_sets: &[Parameters]) -> Result<QueryResult> {
        let literals = self.literals();
        let statements = parameter_sets
            .iter()
            .map(|parameters| placeholders::fill(sql, parameters, self.flavor, literals))
            .collect::<Result<Vec<Cow<'_, str>>>>()?;
        let texts: Vec<&str> = statements.iter().map(|statement| &**statement).collect();
        // Outside a transaction a statement must not run after one that failed.
        let at_once = if self.autocommit { 1 } else { texts.len().max(1) };
        let mut all = QueryResult::default();
        for group in texts.chunks(at_once) {
            for outcomes in self.send(group)? {
                let result = self.result(outcomes)?;
                all.rowcount += result.rowcount.max(0);
                all.columns = result.columns;
                all.declared_types = result.declared_types;
                all.rows.extend(result.rows);
            }
        }
        Ok(all)
    }

    fn execute_batch(&mut self, sql: &str) -> Result<()> {
        self.send(&[sql]).map(drop)
    }

    fn begin_for_writing(&mut self) -> Result<()> {
        self.send(&[]).map(drop)
    }

    fn execute_ahead(&mut self, sql: &str, parameters: &Parameters, rows: i64) -> Result<bool> {
        // Outside a transaction the statement would stay, whatever its answer says.
        if self.autocommit || self.session.status() != TransactionStatus::Open || self.ahead.is_some() {
            return Ok(false);
        }
        let statement = placeholders::fill(sql, parameters, self.flavor, self.literals())?.into_owned();
        self.session.send_ahead(&statement).map_err(|failure| self.failed(&failure, &statement))?;
        self.ahead = Some(Ahead { statement, rows, answer: None });
        Ok(true)
    }

    fn take_ahead(&mut self) -> Option<Result<QueryResult>> {
        self.hear_ahead();
        self.ahead.take()?.answer
    }

    fn commit(&mut self) -> Result<()> {
        // also when the connection was lost over it, and the transaction with it
        self.settle_ahead()?;
        if self.in_transaction() { self.run("COMMIT").map(drop) } else { Ok(()) }
    }

    fn rollback(&mut self) -> Result<()> {
        self.hear_ahead();
        self.ahead = None;
        // With the connection the transaction is gone as well.
        if self.in_transaction() && !self.session.is_lost() { self.run("ROLLBACK").map(drop) } else { Ok(()) }
    }

    fn two_phase(&mut self, step: TwoPhaseStep, xid: &str) -> Result<TwoPhaseWork> {
        let xid = Value::Text(xid.to_owned());
        match step {
            TwoPhaseStep::Begin if self.autocommit => {
                let message = match self.flavor {
                    Flavor::Psycopg2 => "tpc_begin can't be called in autocommit mode",
                    _ => "can't use two-phase transactions in autocommit mode",
                };
                return Err(errors::error(self.flavor, DatabaseErrorKind::Programming, message));
            }
            // the first statement begins it, as it does any other
            TwoPhaseStep::Begin => {}
            TwoPhaseStep::Prepare => {
                let statement = self.with_literal("PREPARE TRANSACTION", &xid)?;
                self.send(&[&statement])?;
            }
            TwoPhaseStep::Commit { is_prepared: false } => self.commit()?,
            TwoPhaseStep::Rollback { is_prepared: false } => self.rollback()?,
            TwoPhaseStep::Commit { is_prepared: true } => {
                let statement = self.with_literal("COMMIT PREPARED", &xid)?;
                self.run(&statement)?;
            }
            TwoPhaseStep::Rollback { is_prepared: true } => {
                let statement = self.with_literal("ROLLBACK PREPARED", &xid)?;
                self.run(&statement)?;
            }
        }
        Ok(TwoPhaseWork::Done)
    }

    fn prepared_transactions(&mut self) -> Result<Vec<Value>> {
        let outcomes = self.run("SELECT gid FROM pg_prepared_xacts")?;
        Ok(self.result(outcomes)?.rows.into_iter().filter_map(|row| row.into_iter().next()).collect())
    }

    fn canceller(&self) -> Option<Canceller> {
        cancel::canceller(self.session.cancel_key()?, self.session.stream().plain())
    }

    fn session_number(&self) -> Option<i64> {
        self.session.cancel_key().map(|key| key.process.into())
    }

    fn has_unread(&self) -> bool {
        self.session.stream().plain().has_unread()
    }

    fn in_transaction(&self) -> bool {
        self.session.status() != TransactionStatus::Idle
    }

    fn ends_transaction(&self, _sql: &str) -> bool {
        false
    }

    fn set_transactional_ddl(&mut self, _transactional: bool) {}

    fn isolation_levels(&self) -> &'static [&'static str] {
        &ISOLATION_LEVELS
    }

    fn set_isolation_level(&mut self, level: &str) -> Result<()> {
        self.autocommit = level == "AUTOCOMMIT";
        self.level = (!self.autocommit).then(|| level.to_owned());
        Ok(())
    }

    fn isolation_level(&mut self) -> Result<String> {
        if let (TransactionStatus::Idle, Some(level)) = (self.session.status(), &self.level) {
            return Ok(level.clone());
        }
        let outcomes = self.run("SHOW transaction isolation level")?;
        let result = self.result(outcomes)?;
        Ok(result.scalar().and_then(Value::as_str).unwrap_or_default().to_uppercase())
    }

    fn reset(&mut self) -> Result<()> {
        self.autocommit = self.opened_autocommit;
        self.level = None;
        Ok(())
    }

    fn adapt<'v>(&self, value: &'v Value) -> Cow<'v, Value> {
        Cow::Borrowed(value)
    }

    fn is_disconnect(&self, _error: &DatabaseError) -> bool {
        self.session.is_lost()
    }

    fn server_version(&self) -> Option<Vec<i64>> {
        let text = self.session.setting("server_version")?;
        let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
        Some(text[..end].split('.').filter_map(|part| part.parse().ok()).collect())
    }

    fn round_trips(&self) -> u64 {
        self.session.round_trips()
    }
}

/// Checks that a URL's parts are ones that the driver takes.
pub(super) fn check(url: &Url) -> Result<()> {
    Flavor::of(url).map(drop)
}
