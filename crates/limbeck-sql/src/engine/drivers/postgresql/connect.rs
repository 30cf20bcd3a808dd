//! The way to a session: hosts in turn, TLS or not, authentication, and whether the server is of the kind that is
//! wanted.

use std::fmt::Write as _;
use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs as _};
use std::os::unix::net::UnixStream;

use bytes::BytesMut;
use fallible_iterator::FallibleIterator as _;
use postgres_protocol::authentication::{md5_hash, sasl};
use postgres_protocol::message::backend::Message;
use postgres_protocol::message::frontend;
use socket2::SockRef;

use super::arguments::{ConnectArguments, SessionAttributes, Target};
use super::cancel;
use super::errors;
use super::flavor::Flavor;
use super::passfile;
use super::session::{Report, Session};
use super::tls::{self, SslMode};
use crate::engine::Password;
use crate::engine::drivers::stream::{Plain, Stream};
use crate::error::{DatabaseErrorKind, Error, Result};

/// One attempt to reach a server: a target at one address.
#[derive(Clone, Debug)]
struct Place<'a> {
    target: &'a Target,
    /// The address, unless the target is a socket.
    address: Option<SocketAddr>,
}

/// Why an attempt failed.
struct Refusal {
    message: String,
    /// What the server itself said, when it was reached.
    report: Option<Report>,
    /// What psycopg puts before the message.
    prefix: &'static str,
}

impl From<String> for Refusal {
    fn from(message: String) -> Self {
        Self { message, report: None, prefix: "connection failed: " }
    }
}

impl Place<'_> {
    /// Says in libpq's words where the server was looked for; psycopg looks names up itself, so libpq sees addresses only.
    fn described(&self, flavor: Flavor) -> String {
        let Target { host, port, .. } = self.target;
        match (self.address, self.target.socket()) {
            (Some(address), _) if flavor == Flavor::Psycopg => {
                format!("connection to server at \"{}\", port {port}", address.ip())
            }
            (None, Some(socket)) => format!("connection to server on socket \"{}\"", socket.display()),
            (Some(address), _) if address.ip().to_string() != *host => {
                format!("connection to server at \"{host}\" ({}), port {port}", address.ip())
            }
            _ => format!("connection to server at \"{host}\", port {port}"),
        }
    }
}

/// Opens a session with the first server that takes it.
///
/// Fails with `OperationalError` in the driver's words; for several attempts, with what came of each.
pub(super) fn connect(arguments: &ConnectArguments, flavor: Flavor) -> Result<Session> {
    let mut failures: Vec<(String, Refusal)> = Vec::new();
    let mut fallback = None;
    for target in &arguments.targets {
        let places = match places(target, flavor) {
            Ok(places) => places,
            Err(message) => {
                failures.push((label(target, None), Refusal { prefix: "", ..message.into() }));
                continue;
            }
        };
        for place in places {
            match attempt(&place, arguments, flavor) {
                Ok(mut session) => match suits(&mut session, arguments.session) {
                    Ok(Suits::Yes) => return Ok(session),
                    Ok(Suits::IfNoOther) => fallback = fallback.or(Some(session)),
                    Ok(Suits::No(reason)) => {
                        let message = format!("{} failed: {reason}", place.described(flavor));
                        failures.push((label(target, place.address), message.into()));
                    }
                    Err(message) => failures.push((label(target, place.address), message.into())),
                },
                Err(refusal) => failures.push((label(target, place.address), refusal)),
            }
        }
    }
    fallback.ok_or_else(|| failed(failures, flavor))
}

/// Names an attempt in a list of several.
fn label(target: &Target, address: Option<SocketAddr>) -> String {
    let address = address.map(|address| format!(", hostaddr: '{}'", address.ip())).unwrap_or_default();
    format!("host: '{}', port: '{}'{address}", target.host, target.port)
}

fn failed(failures: Vec<(String, Refusal)>, flavor: Flavor) -> Error {
    let report = failures.last().and_then(|(_, last)| last.report.clone());
    errors::with_report(worded(failures, flavor), report.as_ref())
}

fn worded(failures: Vec<(String, Refusal)>, flavor: Flavor) -> Error {
    let operational = |message: String| errors::error(flavor, DatabaseErrorKind::Operational, message);
    let several = failures.len() > 1;
    let text = |refusal: &Refusal| match flavor {
        Flavor::Psycopg => format!("{}{}", refusal.prefix, refusal.message),
        _ => refusal.message.clone(),
    };
    match flavor {
        Flavor::Psycopg => {
            let mut message = failures.last().map(|(_, last)| text(last)).unwrap_or_default();
            if several {
                message.push_str("\nMultiple connection attempts failed. All failures were:");
                for (label, refusal) in &failures {
                    // Writing to a string cannot fail.
                    let _ = write!(message, "\n- {label}: {}", text(refusal));
                }
            }
            operational(message)
        }
        Flavor::Psycopg2 => operational(failures.iter().map(|(_, refusal)| text(refusal) + "\n").collect()),
        Flavor::Asyncpg | Flavor::Pg8000 => match failures.into_iter().next_back() {
            Some((_, Refusal { report: Some(report), .. })) => errors::from_report(flavor, &report, ""),
            Some((_, Refusal { message, .. })) => {
                errors::error(flavor, DatabaseErrorKind::Interface, message)
            }
            None => operational(String::new()),
        },
    }
}

/// Looks up the addresses of a target.
fn places(target: &Target, flavor: Flavor) -> Result<Vec<Place<'_>>, String> {
    if target.socket().is_some() {
        return Ok(vec![Place { target, address: None }]);
    }
    let name = target.address.as_deref().unwrap_or(&target.host);
    let addresses = (name, target.port).to_socket_addrs().map_err(|error| {
        let reason = error.to_string();
        let reason = reason.rsplit(": ").next().unwrap_or_default();
        match flavor {
            Flavor::Psycopg => format!("failed to resolve host '{name}': [Errno -2] {reason}"),
            _ => format!("could not translate host name \"{name}\" to address: {reason}"),
        }
    })?;
    Ok(addresses.map(|address| Place { target, address: Some(address) }).collect())
}

/// Tries one place, with TLS, without, or with one after the other.
fn attempt(place: &Place<'_>, arguments: &ConnectArguments, flavor: Flavor) -> Result<Session, Refusal> {
    let over_socket = place.address.is_none();
    let ways: &[bool] = match arguments.tls.mode {
        // TLS over a local socket hides nothing from anybody; libpq does without it, too.
        _ if over_socket => &[false],
        SslMode::Disable => &[false],
        SslMode::Allow => &[false, true],
        SslMode::Prefer => &[true, false],
        SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => &[true],
    };
    let mut refusals = Vec::new();
    for (index, tls) in ways.iter().enumerate() {
        let opened = open(place, arguments, *tls, index + 1 < ways.len());
        match opened {
            Ok(Some(session)) => return Ok(session),
            Ok(None) => {}
            Err(Attempt::Final(message, report)) => {
                let message = format!("{} failed: {message}", place.described(flavor));
                refusals.push(Refusal { report, ..message.into() });
                break;
            }
            Err(Attempt::Refused(message, report)) => {
                let message = format!("{} failed: {message}", place.described(flavor));
                refusals.push(Refusal { report, ..message.into() });
            }
        }
    }
    let report = refusals.iter_mut().find_map(|refusal| refusal.report.take());
    let messages: Vec<String> = refusals.into_iter().map(|refusal| refusal.message).collect();
    // Without a socket psycopg says that there is no connection, rather than that it failed.
    let prefix = if over_socket { "connection is bad: " } else { "connection failed: " };
    Err(Refusal { message: messages.join("\n"), report, prefix })
}

/// Why one way of talking to a server failed.
enum Attempt {
    /// There is nobody, or the server knew the user and refused all the same: another way would not help.
    Final(String, Option<Report>),
    /// The server refused, or broke off.
    Refused(String, Option<Report>),
}

impl From<io::Error> for Attempt {
    fn from(error: io::Error) -> Self {
        Self::Refused(broken_off(&error), None)
    }
}

fn broken_off(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => {
            "server closed the connection unexpectedly\n\tThis probably means the server \
                                         terminated abnormally\n\tbefore or while processing the request."
                .to_owned()
        }
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => "timeout expired".to_owned(),
        _ => os_message(error),
    }
}

/// Gives the operating system's words for an error, without its number.
fn os_message(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}

/// Opens a session with or without TLS; `None` when the server has no TLS and there is another way to try.
fn open(
    place: &Place<'_>,
    arguments: &ConnectArguments,
    tls: bool,
    has_other_way: bool,
) -> Result<Option<Session>, Attempt> {
    let plain = reach(place, arguments)?;
    plain.set_timeouts(arguments.timeout, arguments.timeout)?;
    let stream = if tls {
        let mut plain = plain;
        if !offers_tls(&mut plain)? {
            if arguments.tls.mode == SslMode::Prefer {
                // The server has answered, and goes on without TLS on the same connection.
                return start(Stream::Plain(plain), place, arguments).map(Some);
            }
            if has_other_way {
                return Ok(None);
            }
            return Err(Attempt::Refused(
                "server does not support SSL, but SSL was required".to_owned(),
                None,
            ));
        }
        tls::wrap(plain, &place.target.host, &arguments.tls)
            .map_err(|message| Attempt::Refused(message, None))?
    } else {
        Stream::Plain(plain)
    };
    start(stream, place, arguments).map(Some)
}

fn reach(place: &Place<'_>, arguments: &ConnectArguments) -> Result<Plain, Attempt> {
    let Some(address) = place.address else {
        let socket = place.target.socket().unwrap_or_default();
        return UnixStream::connect(socket).map(Plain::Unix).map_err(|error| {
            let message = format!(
                "{}\n\tIs the server running locally and accepting connections on that socket?",
                os_message(&error)
            );
            Attempt::Final(message, None)
        });
    };
    let stream = match arguments.timeout {
        Some(timeout) => TcpStream::connect_timeout(&address, timeout),
        None => TcpStream::connect(address),
    };
    let stream = stream.map_err(|error| {
        let message = match error.kind() {
            io::ErrorKind::TimedOut => "timeout expired".to_owned(),
            _ => format!(
                "{}\n\tIs the server running on that host and accepting TCP/IP connections?",
                os_message(&error)
            ),
        };
        Attempt::Final(message, None)
    })?;
    stream.set_nodelay(true)?;
    // Nothing comes from a server that makes an index for hours; without this a router may forget the connection.
    SockRef::from(&stream).set_keepalive(arguments.keepalives)?;
    Ok(Plain::Tcp(stream))
}

/// Asks for TLS.
fn offers_tls(plain: &mut Plain) -> Result<bool, Attempt> {
    let mut request = BytesMut::new();
    frontend::ssl_request(&mut request);
    plain.write_all(&request)?;
    let mut answer = [0];
    plain.read_exact(&mut answer)?;
    match answer[0] {
        b'S' => Ok(true),
        b'N' => Ok(false),
        other => Err(Attempt::Refused(
            format!("received invalid response to SSL negotiation: {}", char::from(other)),
            None,
        )),
    }
}

/// Starts the session and authenticates.
fn start(stream: Stream, place: &Place<'_>, arguments: &ConnectArguments) -> Result<Session, Attempt> {
    let mut session = Session::new(stream);
    let mut message = session.exchange(|buffer| {
        let own = [
            ("user", arguments.user.as_str()),
            ("database", arguments.database.as_str()),
            ("client_encoding", "UTF8"),
        ];
        let settings = arguments.settings.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        frontend::startup_message(own.into_iter().chain(settings), buffer)
    })?;
    let mut scram = None;
    let mut is_authenticated = false;
    loop {
        message = match message {
            Message::AuthenticationOk => {
                is_authenticated = true;
                session.receive()?
            }
            Message::BackendKeyData(body) => {
                session.set_cancel_key(cancel::Key { process: body.process_id(), secret: body.secret_key() });
                session.receive()?
            }
            Message::AuthenticationCleartextPassword => {
                let password = password(place, arguments)?;
                session.exchange(|buffer| frontend::password_message(password.reveal().as_bytes(), buffer))?
            }
            Message::AuthenticationMd5Password(body) => {
                let password = password(place, arguments)?;
                let hash = md5_hash(arguments.user.as_bytes(), password.reveal().as_bytes(), body.salt());
                session.exchange(|buffer| frontend::password_message(hash.as_bytes(), buffer))?
            }
            Message::AuthenticationSasl(body) => {
                let mechanisms: Vec<String> = body.mechanisms().map(|name| Ok(name.to_owned())).collect()?;
                if !mechanisms.iter().any(|name| name == sasl::SCRAM_SHA_256) {
                    return Err(Attempt::Refused(
                        format!(
                            "none of the server's SASL authentication mechanisms are supported: {}",
                            mechanisms.join(", ")
                        ),
                        None,
                    ));
                }
                let password = password(place, arguments)?;
                let exchange =
                    sasl::ScramSha256::new(password.reveal().as_bytes(), sasl::ChannelBinding::unsupported());
                let sent = session.exchange(|buffer| {
                    frontend::sasl_initial_response(sasl::SCRAM_SHA_256, exchange.message(), buffer)
                })?;
                scram = Some(exchange);
                sent
            }
            Message::AuthenticationSaslContinue(body) => {
                let exchange = scram.as_mut().ok_or_else(unexpected)?;
                exchange.update(body.data()).map_err(|error| scram_failed(&error))?;
                let answer = exchange.message().to_owned();
                session.exchange(|buffer| frontend::sasl_response(&answer, buffer))?
            }
            Message::AuthenticationSaslFinal(body) => {
                let exchange = scram.as_mut().ok_or_else(unexpected)?;
                exchange.finish(body.data()).map_err(|error| scram_failed(&error))?;
                session.receive()?
            }
            Message::ErrorResponse(body) => {
                let report = Report::read(body.fields())?;
                let severity = report.field(b'S').unwrap_or("FATAL");
                let text = format!("{severity}:  {}", errors::message(&report, "").trim_end());
                return Err(if is_authenticated {
                    Attempt::Final(text, Some(report))
                } else {
                    Attempt::Refused(text, Some(report))
                });
            }
            Message::ReadyForQuery(body) => {
                session.ready(body.status());
                break;
            }
            Message::AuthenticationGss
            | Message::AuthenticationSspi
            | Message::AuthenticationKerberosV5
            | Message::AuthenticationScmCredential => {
                return Err(Attempt::Refused(
                    "the server asks for an authentication method that Limbeck does not have (Kerberos, GSSAPI or \
                     SSPI); passwords (SCRAM-SHA-256, MD5, clear text) and client certificates work"
                        .to_owned(),
                    None,
                ));
            }
            _ => return Err(unexpected()),
        };
    }
    session.stream().plain().set_timeouts(None, None)?;
    Ok(session)
}

fn unexpected() -> Attempt {
    Attempt::Refused(
        "expected authentication request from server, but received something else".to_owned(),
        None,
    )
}

fn scram_failed(error: &io::Error) -> Attempt {
    Attempt::Refused(format!("SCRAM authentication failed: {error}"), None)
}

/// Finds the password: given, or in the password file.
fn password(place: &Place<'_>, arguments: &ConnectArguments) -> Result<Password, Attempt> {
    if let Some(password) = &arguments.password {
        return Ok(password.clone());
    }
    let host = if place.address.is_none() { "localhost" } else { place.target.host.as_str() };
    let wanted = passfile::Wanted {
        host,
        port: place.target.port,
        database: &arguments.database,
        user: &arguments.user,
    };
    let found = arguments.passfile.as_deref().and_then(|file| passfile::find(file, &wanted));
    found.ok_or_else(|| Attempt::Refused("fe_sendauth: no password supplied".to_owned(), None))
}

/// Whether a server is of the kind that is wanted.
enum Suits {
    Yes,
    IfNoOther,
    No(&'static str),
}

fn suits(session: &mut Session, wanted: SessionAttributes) -> Result<Suits, String> {
    if wanted == SessionAttributes::Any {
        return Ok(Suits::Yes);
    }
    let standby = holds(session, "in_hot_standby", "SELECT pg_catalog.pg_is_in_recovery()")?;
    let read_only =
        standby || holds(session, "default_transaction_read_only", "SHOW default_transaction_read_only")?;
    Ok(match wanted {
        SessionAttributes::ReadWrite if read_only => Suits::No("session is read-only"),
        SessionAttributes::ReadOnly if !read_only => Suits::No("session is not read-only"),
        SessionAttributes::Primary if standby => Suits::No("server is in hot standby mode"),
        SessionAttributes::Standby if !standby => Suits::No("server is not in hot standby mode"),
        SessionAttributes::PreferStandby if !standby => Suits::IfNoOther,
        _ => Suits::Yes,
    })
}

/// Tells whether a setting is on, which newer servers report and older ones are asked.
fn holds(session: &mut Session, setting: &str, query: &str) -> Result<bool, String> {
    if let Some(value) = session.setting(setting) {
        return Ok(value == "on");
    }
    let answer = session.query(&[query]).pop();
    let Some(Ok(outcomes)) = answer else { return Err(format!("query \"{query}\" failed")) };
    let value = outcomes.first().and_then(|outcome| outcome.rows.first()?.first()?.clone());
    Ok(value.is_some_and(|value| matches!(&*value, b"t" | b"on")))
}
