//! A conversation in PostgreSQL's protocol, version 3: texts go out as simple queries, so that every value comes back
//! as text, with its type, in one round trip.
//!
//! <https://www.postgresql.org/docs/current/protocol-flow.html>

use std::collections::HashMap;
use std::io::{self, Read as _, Write as _};

use bytes::{Bytes, BytesMut};
use fallible_iterator::FallibleIterator as _;
use postgres_protocol::message::backend::{ErrorFields, Message};
use postgres_protocol::message::frontend;

use super::cancel;
use crate::engine::drivers::stream::Stream;

/// How much is read at once.
const READ_SIZE: usize = 16 * 1024;

/// How many bytes of queries may be under way before their answers are read. What fits the buffers of a connection on
/// both sides cannot make both ends wait for each other.
const PIPELINE_SIZE: usize = 16 * 1024;

/// The state of the transaction, as the server tells after each query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TransactionStatus {
    /// None is open.
    Idle,
    /// One is open.
    Open,
    /// One is open, and takes no statements until it is rolled back.
    Failed,
}

/// A column of a result.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub name: String,
    pub type_oid: u32,
}

/// What one statement of a query gave.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// The columns, for a statement that returns rows.
    pub columns: Option<Vec<Column>>,
    pub rows: Vec<Vec<Option<Bytes>>>,
    /// What the server calls the command, with the number of rows; none for an empty query.
    pub tag: Option<String>,
}

/// An error or a notice of the server: the fields with the protocol's letters.
#[derive(Clone, Debug)]
pub(super) struct Report {
    pub fields: Vec<(u8, String)>,
}

/// Why a query failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// The server refused it.
    Server(Report),
    /// It was a COPY from or to the client; the word after COPY's table tells which.
    Copy(&'static str),
    /// The connection is lost, perhaps after a last word of the server.
    Lost { report: Option<Report>, error: io::Error },
}

impl Report {
    pub(super) fn read(mut fields: ErrorFields<'_>) -> io::Result<Self> {
        let mut read = Vec::new();
        while let Some(field) = fields.next()? {
            read.push((field.type_(), String::from_utf8_lossy(field.value_bytes()).into_owned()));
        }
        Ok(Self { fields: read })
    }

    /// Finds a field by its letter.
    pub(super) fn field(&self, letter: u8) -> Option<&str> {
        self.fields.iter().find(|(known, _)| *known == letter).map(|(_, text)| text.as_str())
    }

    /// Gives the SQLSTATE.
    pub(super) fn code(&self) -> &str {
        self.field(b'C').unwrap_or_default()
    }
}

/// An open conversation.
pub(super) struct Session {
    stream: Stream,
    incoming: BytesMut,
    outgoing: BytesMut,
    settings: HashMap<String, String>,
    status: TransactionStatus,
    notices: Vec<Report>,
    round_trips: u64,
    lost: bool,
    /// A query is under way whose answer has not been read.
    awaited: bool,
    cancel_key: Option<cancel::Key>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("status", &self.status).finish_non_exhaustive()
    }
}

impl Session {
    pub(super) fn new(stream: Stream) -> Self {
        Self {
            stream,
            incoming: BytesMut::with_capacity(READ_SIZE),
            outgoing: BytesMut::new(),
            settings: HashMap::new(),
            status: TransactionStatus::Idle,
            notices: Vec::new(),
            round_trips: 0,
            lost: false,
            awaited: false,
            cancel_key: None,
        }
    }

    pub(super) fn stream(&self) -> &Stream {
        &self.stream
    }

    pub(super) fn status(&self) -> TransactionStatus {
        self.status
    }

    /// Tells how often something was sent and answered.
    pub(super) fn round_trips(&self) -> u64 {
        self.round_trips
    }

    /// Gives what stops the session's statement, once the server has told it.
    pub(super) fn cancel_key(&self) -> Option<cancel::Key> {
        self.cancel_key
    }

    pub(super) fn set_cancel_key(&mut self, key: cancel::Key) {
        self.cancel_key = Some(key);
    }

    pub(super) fn is_lost(&self) -> bool {
        self.lost
    }

    /// Gives a setting that the server reports by itself, such as `TimeZone`.
    pub(super) fn setting(&self, name: &str) -> Option<&str> {
        self.settings.get(name).map(String::as_str)
    }

    /// Hands over the notices that came since the last call.
    pub(super) fn take_notices(&mut self) -> Vec<Report> {
        std::mem::take(&mut self.notices)
    }

    /// Sends one message and waits for the next one.
    pub(super) fn exchange(
        &mut self,
        write: impl FnOnce(&mut BytesMut) -> io::Result<()>,
    ) -> io::Result<Message> {
        write(&mut self.outgoing)?;
        self.flush()?;
        self.receive()
    }

    /// Sends queries, the next before the answer to the one before, and gives what came of each. A query after one that
    /// failed is still executed.
    pub(super) fn query(&mut self, queries: &[&str]) -> Vec<Result<Vec<Outcome>, Failure>> {
        let mut answers = Vec::with_capacity(queries.len());
        let mut rest = queries;
        while !rest.is_empty() {
            let count = batch_length(rest);
            let (batch, later) = rest.split_at(count);
            rest = later;
            if let Err(error) = self.send_queries(batch) {
                answers.push(Err(self.lose(error)));
                return answers;
            }
            for _ in batch {
                let answer = self.answer();
                answers.push(answer);
                if self.lost {
                    return answers;
                }
            }
        }
        answers
    }

    /// Sends a query whose answer is read by [`take_awaited`](Self::take_awaited), which must come before the next query.
    pub(super) fn send_ahead(&mut self, query: &str) -> Result<(), Failure> {
        self.send_queries(&[query]).map_err(|error| self.lose(error))?;
        self.awaited = true;
        Ok(())
    }

    /// Waits for the answer to the query that was sent ahead.
    pub(super) fn take_awaited(&mut self) -> Option<Result<Vec<Outcome>, Failure>> {
        std::mem::take(&mut self.awaited).then(|| self.answer())
    }

    fn send_queries(&mut self, queries: &[&str]) -> io::Result<()> {
        for query in queries {
            frontend::query(query, &mut self.outgoing)?;
        }
        self.flush()
    }

    /// Reads the answer to one query, up to the server's readiness for the next.
    fn answer(&mut self) -> Result<Vec<Outcome>, Failure> {
        let mut outcomes = Vec::new();
        let mut current = Outcome::default();
        let mut failure = None;
        loop {
            let message = match self.receive() {
                Ok(message) => message,
                Err(error) => {
                    let lost = self.lose(error);
                    return Err(match (lost, failure) {
                        (Failure::Lost { error, .. }, Some(Failure::Server(report))) => {
                            Failure::Lost { report: Some(report), error }
                        }
                        (lost, _) => lost,
                    });
                }
            };
            let read = self.take_message(message, &mut current, &mut outcomes, &mut failure);
            match read {
                Ok(true) => return failure.map_or(Ok(outcomes), Err),
                Ok(false) => {}
                Err(error) => return Err(self.lose(error)),
            }
        }
    }

    /// Takes in one message of an answer; true at its end.
    fn take_message(
        &mut self,
        message: Message,
        current: &mut Outcome,
        outcomes: &mut Vec<Outcome>,
        failure: &mut Option<Failure>,
    ) -> io::Result<bool> {
        match message {
            Message::RowDescription(body) => {
                let columns = body
                    .fields()
                    .map(|field| Ok(Column { name: field.name().to_owned(), type_oid: field.type_oid() }))
                    .collect()?;
                current.columns = Some(columns);
            }
            Message::DataRow(body) => {
                let buffer = body.buffer_bytes();
                current
                    .rows
                    .push(body.ranges().map(|range| Ok(range.map(|range| buffer.slice(range)))).collect()?);
            }
            Message::CommandComplete(body) => {
                current.tag = Some(body.tag()?.to_owned());
                outcomes.push(std::mem::take(current));
            }
            Message::EmptyQueryResponse => outcomes.push(Outcome::default()),
            Message::ErrorResponse(body) => {
                let report = Report::read(body.fields())?;
                failure.get_or_insert(Failure::Server(report));
            }
            Message::CopyInResponse(_) => {
                failure.get_or_insert(Failure::Copy("FROM"));
                frontend::copy_fail("COPY FROM STDIN has no source here", &mut self.outgoing)?;
                self.flush()?;
            }
            Message::CopyOutResponse(_) => {
                failure.get_or_insert(Failure::Copy("TO"));
            }
            Message::ReadyForQuery(body) => {
                self.ready(body.status());
                return Ok(true);
            }
            _ => {}
        }
        Ok(false)
    }

    /// Takes note of the server's readiness, which ends a round trip.
    pub(super) fn ready(&mut self, status: u8) {
        self.status = match status {
            b'T' => TransactionStatus::Open,
            b'E' => TransactionStatus::Failed,
            _ => TransactionStatus::Idle,
        };
    }

    fn lose(&mut self, error: io::Error) -> Failure {
        self.lost = true;
        self.status = TransactionStatus::Idle;
        Failure::Lost { report: None, error }
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.lost {
            return Err(io::ErrorKind::NotConnected.into());
        }
        self.round_trips += 1;
        let sent = self.stream.write_all(&self.outgoing).and_then(|()| self.stream.flush());
        self.outgoing.clear();
        // A server that goes away may have said why; reading comes to that.
        match sent {
            Err(error)
                if matches!(error.kind(), io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset) =>
            {
                Ok(())
            }
            other => other,
        }
    }

    /// Waits for a message; settings and notices are taken in on the way.
    pub(super) fn receive(&mut self) -> io::Result<Message> {
        loop {
            match Message::parse(&mut self.incoming)? {
                Some(Message::ParameterStatus(body)) => {
                    self.settings.insert(body.name()?.to_owned(), body.value()?.to_owned());
                }
                Some(Message::NoticeResponse(body)) => self.notices.push(Report::read(body.fields())?),
                Some(Message::NotificationResponse(_)) => {}
                Some(message) => return Ok(message),
                None => self.read()?,
            }
        }
    }

    fn read(&mut self) -> io::Result<()> {
        let mut buffer = [0; READ_SIZE];
        loop {
            return match self.stream.read(&mut buffer) {
                Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(length) => {
                    self.incoming.extend_from_slice(&buffer[..length]);
                    Ok(())
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Err(error),
            };
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if !self.lost {
            frontend::terminate(&mut self.outgoing);
            // The server notices the closed connection as well.
            let _ = self.stream.write_all(&self.outgoing).and_then(|()| self.stream.flush());
        }
    }
}

/// Gives how many of the queries may be sent before the first answer is read, at least one.
fn batch_length(queries: &[&str]) -> usize {
    let mut size = 0;
    let fitting = queries.iter().take_while(|query| {
        size += query.len();
        size <= PIPELINE_SIZE
    });
    fitting.count().max(1)
}
