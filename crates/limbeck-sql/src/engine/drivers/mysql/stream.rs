//! The bytes' way to the server: TCP, a socket of the system, or TLS over TCP.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

use super::errors::{Failure, Unreachable, system_text};

/// An open way to the server.
#[derive(Debug)]
pub(super) enum Stream {
    Tcp(TcpStream),
    Socket(UnixStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl Stream {
    /// Connects to a host; tries all of its addresses.
    pub(super) fn connect_tcp(host: &str, port: u16, timeout: Option<Duration>) -> Result<Self, Failure> {
        let unreachable = |reason| Failure::Unreachable { host: host.to_owned(), port, reason };
        let addresses = (host, port).to_socket_addrs().map_err(|error| unreachable(unknown_name(&error)))?;
        let mut failure = Unreachable::Name { code: -2, text: "Name or service not known".to_owned() };
        for address in addresses {
            let attempt = match timeout {
                Some(timeout) => TcpStream::connect_timeout(&address, timeout),
                None => TcpStream::connect(address),
            };
            match attempt.and_then(|stream| stream.set_nodelay(true).map(|()| stream)) {
                Ok(stream) => return Ok(Self::Tcp(stream)),
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
    pub(super) fn connect_socket(path: &str) -> Result<Self, Failure> {
        UnixStream::connect(path).map(Self::Socket).map_err(|error| Failure::Unreachable {
            host: "localhost".to_owned(),
            port: 0,
            reason: Unreachable::Socket {
                path: path.to_owned(),
                code: error.raw_os_error(),
                text: system_text(&error),
            },
        })
    }

    /// Puts TLS over a TCP connection; any other is as safe already.
    pub(super) fn secured(self, host: &str, config: Arc<ClientConfig>) -> Result<Self, Failure> {
        let Self::Tcp(tcp) = self else { return Ok(self) };
        let refused = |reason: String| Failure::client(2026, format!("SSL connection error: {reason}"));
        let name = ServerName::try_from(host.to_owned()).map_err(|error| refused(error.to_string()))?;
        let session = ClientConnection::new(config, name).map_err(|error| refused(error.to_string()))?;
        let mut stream = StreamOwned::new(session, tcp);
        // The handshake now, so that what is wrong with a certificate is said as such.
        while stream.conn.is_handshaking() {
            if let Err(error) = stream.conn.complete_io(&mut stream.sock) {
                return Err(refused(system_text(&error)));
            }
        }
        Ok(Self::Tls(Box::new(stream)))
    }

    /// Tells whether nobody on the way can read what is sent.
    pub(super) fn is_secure(&self) -> bool {
        !matches!(self, Self::Tcp(_))
    }

    /// Limits how long one read and one write may take; `None` waits for ever.
    pub(super) fn set_timeouts(&self, read: Option<Duration>, write: Option<Duration>) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => {
                stream.set_read_timeout(read)?;
                stream.set_write_timeout(write)
            }
            Self::Socket(stream) => {
                stream.set_read_timeout(read)?;
                stream.set_write_timeout(write)
            }
            Self::Tls(stream) => {
                stream.sock.set_read_timeout(read)?;
                stream.sock.set_write_timeout(write)
            }
        }
    }
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

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.read(buffer),
            Self::Socket(stream) => stream.read(buffer),
            Self::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.write(buffer),
            Self::Socket(stream) => stream.write(buffer),
            Self::Tls(stream) => stream.write(buffer),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => stream.flush(),
            Self::Socket(stream) => stream.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}
