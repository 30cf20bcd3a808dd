//! Cancel requests: a message on a connection of its own that stops what a session executes.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use postgres_protocol::message::frontend;

use crate::engine::Canceller;
use crate::engine::drivers::stream::Plain;

/// How long the server may take to be reached, and to take the request.
const LIMIT: Duration = Duration::from_secs(5);

/// What the server wants to hear of the session that is to be stopped.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    pub(super) process: i32,
    pub(super) secret: i32,
}

enum Address {
    Tcp(SocketAddr),
    Unix(PathBuf),
}

/// Gives what stops the session at the other end of a stream.
///
/// Like the server's own clients it asks without TLS: the request holds nothing but the key.
pub(super) fn canceller(key: Key, plain: &Plain) -> Option<Canceller> {
    let address = match plain {
        Plain::Tcp(stream) => Address::Tcp(stream.peer_addr().ok()?),
        Plain::Unix(stream) => Address::Unix(stream.peer_addr().ok()?.as_pathname()?.to_owned()),
    };
    Some(Arc::new(move || {
        // Where the server cannot be reached there is nothing else to try.
        let _ = request(key, &address);
    }))
}

fn request(key: Key, address: &Address) -> io::Result<()> {
    let mut message = BytesMut::new();
    frontend::cancel_request(key.process, key.secret, &mut message);
    let mut plain = match address {
        Address::Tcp(address) => Plain::Tcp(TcpStream::connect_timeout(address, LIMIT)?),
        Address::Unix(path) => Plain::Unix(UnixStream::connect(path)?),
    };
    plain.set_timeouts(Some(LIMIT), Some(LIMIT))?;
    plain.write_all(&message)?;
    plain.flush()?;
    // The server answers nothing; it closes the connection once it has sent the signal.
    plain.read(&mut [0]).map(drop)
}
