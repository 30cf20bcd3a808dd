//! How a server is reached: by TCP, by a socket of the system, or by TLS over TCP.

use std::io;
use std::net::{TcpStream, ToSocketAddrs as _};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;

use super::errors::{Failure, Unreachable, system_text};
use crate::engine::drivers::stream::{Plain, Stream};
use crate::engine::drivers::tls;

/// Connects to a host; tries all of its addresses.
pub(super) fn connect_tcp(host: &str, port: u16, timeout: Option<Duration>) -> Result<Stream, Failure> {
    let unreachable = |reason| Failure::Unreachable { host: host.to_owned(), port, reason };
    let addresses = (host, port).to_socket_addrs().map_err(|error| unreachable(unknown_name(&error)))?;
    let mut failure = Unreachable::Name { code: -2, text: "Name or service not known".to_owned() };
    for address in addresses {
        let attempt = match timeout {
            Some(timeout) => TcpStream::connect_timeout(&address, timeout),
            None => TcpStream::connect(address),
        };
        match attempt.and_then(|stream| stream.set_nodelay(true).map(|()| stream)) {
            Ok(stream) => return Ok(Stream::Plain(Plain::Tcp(stream))),
            Err(error) if is_timeout(&error) => {
                failure = Unreachable::System { code: None, text: "timed out".to_owned() };
            }
            Err(error) => {
                failure = Unreachable::System { code: error.raw_os_error(), text: system_text(&error) };
            }
        }
    }
    Err(unreachable(failure))
}

/// Connects to a socket of the system.
pub(super) fn connect_socket(path: &str) -> Result<Stream, Failure> {
    UnixStream::connect(path).map(|stream| Stream::Plain(Plain::Unix(stream))).map_err(|error| {
        Failure::Unreachable {
            host: "localhost".to_owned(),
            port: 0,
            reason: Unreachable::Socket {
                path: path.to_owned(),
                code: error.raw_os_error(),
                text: system_text(&error),
            },
        }
    })
}

/// Puts TLS over a TCP connection; any other is as safe already.
pub(super) fn secured(stream: Stream, host: &str, config: Arc<ClientConfig>) -> Result<Stream, Failure> {
    let Stream::Plain(plain @ Plain::Tcp(_)) = stream else { return Ok(stream) };
    let refused = |reason: String| Failure::client(2026, format!("SSL connection error: {reason}"));
    let name = ServerName::try_from(host.to_owned()).map_err(|error| refused(error.to_string()))?;
    tls::begin(plain, name, config).map_err(|error| refused(system_text(&error)))
}

/// Tells whether an error is a time limit that ran out.
pub(super) fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock)
}

/// Words an error of the name's resolution with the number that C's `getaddrinfo` has for it.
fn unknown_name(error: &io::Error) -> Unreachable {
    const PREFIX: &str = "failed to lookup address information: ";
    let text = system_text(error);
    let text = text.strip_prefix(PREFIX).unwrap_or(&text).to_owned();
    let code = match text.as_str() {
        "Temporary failure in name resolution" => -3,
        "No address associated with hostname" => -5,
        _ => -2,
    };
    Unreachable::Name { code, text }
}
