//! The client's side of the protocol of MySQL and MariaDB: packets out, packets in, and the server's status.
//!
//! Packets are taken apart and put together by `mysql_common`. Statements go as text (`COM_QUERY`), as the drivers of
//! Python send them.

use std::fmt;
use std::io;

use mysql_common::constants::{CapabilityFlags, Command, StatusFlags};
use mysql_common::io::ParseBuf;
use mysql_common::packets::{
    Column, CommonOkPacket, ErrPacket, OkPacket, OkPacketDeserializer, OkPacketKind, OldEofPacket,
};
use mysql_common::proto::codec::error::PacketCodecError;
use mysql_common::proto::sync_framed::MySyncFramed;
use mysql_common::proto::{MyDeserialize, MySerialize};

use super::errors::{Failure, system_text};
use super::stream::is_timeout;
use super::values;
use crate::engine::Row;
use crate::engine::drivers::stream::Stream;

/// The largest packet of the protocol; the server's own limit is the server's to tell.
const LARGEST_PACKET: usize = 1 << 30;

const OK: u8 = 0x00;
const LOCAL_INFILE: u8 = 0xfb;
const END: u8 = 0xfe;
const ERROR: u8 = 0xff;

/// An open connection that has passed the handshake, or is about to.
pub(super) struct Wire {
    framed: MySyncFramed<Stream>,
    /// What server and client have agreed upon.
    pub(super) capabilities: CapabilityFlags,
    /// The server's status as its last answer told it.
    pub(super) status: StatusFlags,
    broken: bool,
    commands: u64,
}

/// What one statement gave back.
#[derive(Debug, Default)]
pub(super) struct Answer {
    /// The columns; empty for a statement that returns no rows.
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Row>,
    pub(super) affected_rows: u64,
    pub(super) last_insert_id: Option<u64>,
    pub(super) warnings: u16,
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire")
            .field("status", &self.status)
            .field("broken", &self.broken)
            .finish_non_exhaustive()
    }
}

impl Wire {
    pub(super) fn new(stream: Stream) -> Self {
        let mut framed = MySyncFramed::new(stream);
        framed.codec_mut().max_allowed_packet = LARGEST_PACKET;
        Self {
            framed,
            capabilities: CapabilityFlags::empty(),
            status: StatusFlags::empty(),
            broken: false,
            commands: 0,
        }
    }

    /// Replaces the stream by what `change` makes of it, between two packets.
    pub(super) fn change_stream(
        self,
        change: impl FnOnce(Stream) -> Result<Stream, Failure>,
    ) -> Result<Self, Failure> {
        let (input, output, codec, stream) = self.framed.destruct();
        let framed = MySyncFramed::construct(input, output, codec, change(stream)?);
        Ok(Self { framed, ..self })
    }

    pub(super) fn stream(&self) -> &Stream {
        self.framed.get_ref()
    }

    /// Tells whether nothing can be sent any more.
    pub(super) fn is_broken(&self) -> bool {
        self.broken
    }

    /// Tells how many commands were sent.
    pub(super) fn round_trips(&self) -> u64 {
        self.commands
    }

    /// Sends a packet within an exchange.
    pub(super) fn send(&mut self, packet: &[u8]) -> Result<(), Failure> {
        let mut packet = packet;
        self.framed.send(&mut packet).map_err(|error| {
            self.broken = true;
            Failure::Gone(reason(&error))
        })
    }

    /// Sends a packet that `mysql_common` writes.
    pub(super) fn send_packet(&mut self, packet: &impl MySerialize) -> Result<(), Failure> {
        let mut bytes = Vec::new();
        packet.serialize(&mut bytes);
        self.send(&bytes)
    }

    /// Begins an exchange with a command.
    fn command(&mut self, command: Command, argument: &[u8]) -> Result<(), Failure> {
        if self.broken {
            return Err(Failure::Closed);
        }
        self.commands += 1;
        self.framed.codec_mut().reset_seq_id();
        let mut packet = Vec::with_capacity(argument.len() + 1);
        packet.push(command as u8);
        packet.extend_from_slice(argument);
        self.send(&packet)
    }

    /// Receives a packet; one that holds an error is that error.
    pub(super) fn receive(&mut self) -> Result<Vec<u8>, Failure> {
        let mut packet = Vec::new();
        match self.framed.next_packet(&mut packet) {
            Ok(true) => {}
            Ok(false) => {
                self.broken = true;
                return Err(Failure::Lost(None));
            }
            Err(error) => {
                self.broken = true;
                return Err(Failure::Lost(Some(reason(&error))));
            }
        }
        if packet.is_empty() {
            return Err(self.malformed());
        }
        if packet[0] != ERROR {
            return Ok(packet);
        }
        match self.parse::<ErrPacket<'_>>(&packet, self.capabilities)? {
            ErrPacket::Error(error) => Err(Failure::Server {
                code: error.error_code(),
                state: error.sql_state_ref().map(|state| state.as_str().into_owned()).unwrap_or_default(),
                message: error.message_str().into_owned(),
            }),
            ErrPacket::Progress(_) => self.receive(),
        }
    }

    /// Takes a packet apart.
    pub(super) fn parse<'p, T: MyDeserialize<'p>>(
        &mut self,
        packet: &'p [u8],
        context: T::Ctx,
    ) -> Result<T, Failure> {
        ParseBuf(packet).parse(context).map_err(|_| self.malformed())
    }

    /// Gives up on a server whose packets make no sense.
    pub(super) fn malformed(&mut self) -> Failure {
        self.broken = true;
        Failure::client(2027, "Malformed packet")
    }

    /// Takes note of the status in a packet that ends something well.
    pub(super) fn accept<'p, T: OkPacketKind>(&mut self, packet: &'p [u8]) -> Result<OkPacket<'p>, Failure> {
        let ok = self.parse::<OkPacketDeserializer<'p, T>>(packet, self.capabilities)?.into_inner();
        self.status = ok.status_flags();
        Ok(ok)
    }

    /// Takes note of an OK packet.
    pub(super) fn accept_ok(&mut self, packet: &[u8]) -> Result<(), Failure> {
        self.accept::<CommonOkPacket>(packet).map(drop)
    }

    /// Executes a text that may hold several statements; gives what each of them gave.
    ///
    /// After an error the status is asked for: the server does not tell it with the error, which may have ended or
    /// begun a transaction.
    pub(super) fn query(&mut self, sql: &[u8]) -> Result<Vec<Answer>, Failure> {
        let outcome = self.exchange(sql);
        if outcome.is_err() && !self.broken && self.ping().is_err() {
            self.broken = true;
        }
        outcome
    }

    fn exchange(&mut self, sql: &[u8]) -> Result<Vec<Answer>, Failure> {
        self.command(Command::COM_QUERY, sql)?;
        let mut answers = vec![self.answer()?];
        while self.status.contains(StatusFlags::SERVER_MORE_RESULTS_EXISTS) {
            answers.push(self.answer()?);
        }
        Ok(answers)
    }

    /// Asks the server whether it is there, and for its status.
    pub(super) fn ping(&mut self) -> Result<(), Failure> {
        self.command(Command::COM_PING, &[])?;
        let packet = self.receive()?;
        self.accept_ok(&packet)
    }

    /// Says goodbye; nobody answers.
    pub(super) fn quit(&mut self) {
        if !self.broken {
            // A server that is gone needs no goodbye.
            let _ = self.command(Command::COM_QUIT, &[]);
            self.broken = true;
        }
    }

    fn answer(&mut self) -> Result<Answer, Failure> {
        let packet = self.receive()?;
        match packet[0] {
            OK => {
                let ok = self.accept::<CommonOkPacket>(&packet)?;
                Ok(Answer {
                    affected_rows: ok.affected_rows(),
                    last_insert_id: ok.last_insert_id(),
                    warnings: ok.warnings(),
                    ..Answer::default()
                })
            }
            LOCAL_INFILE => self.refuse_file(),
            _ => self.rows(&packet),
        }
    }

    /// Sends an empty file: the server waits for one, and then answers.
    fn refuse_file(&mut self) -> Result<Answer, Failure> {
        self.send(&[])?;
        let packet = self.receive()?;
        self.accept_ok(&packet)?;
        Err(Failure::client(
            2068,
            "LOAD DATA LOCAL INFILE file request rejected: Limbeck sends no local files; load the rows with \
             op.bulk_insert",
        ))
    }

    fn rows(&mut self, first: &[u8]) -> Result<Answer, Failure> {
        let count = ParseBuf(first).checked_eat_lenenc_int().ok_or_else(|| self.malformed())?;
        let mut columns = Vec::new();
        for _ in 0..count {
            let packet = self.receive()?;
            columns.push(self.parse::<Column>(&packet, ())?);
        }
        let packet = self.receive()?;
        self.accept::<OldEofPacket>(&packet)?;
        let mut rows = Vec::new();
        loop {
            let packet = self.receive()?;
            if packet[0] == END && packet.len() < 8 {
                let warnings = self.accept::<OldEofPacket>(&packet)?.warnings();
                return Ok(Answer { columns, rows, warnings, ..Answer::default() });
            }
            let row = values::read_row(&packet, &columns).ok_or_else(|| self.malformed())?;
            rows.push(row);
        }
    }
}

/// Words what kept a packet from going or coming, as Python shows an `OSError`.
fn reason(error: &PacketCodecError) -> String {
    match error {
        PacketCodecError::Io(error) if is_timeout(error) => "timed out".to_owned(),
        PacketCodecError::Io(error) => numbered(error),
        other => other.to_string(),
    }
}

fn numbered(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(code) => format!("[Errno {code}] {}", system_text(error)),
        None => system_text(error),
    }
}
