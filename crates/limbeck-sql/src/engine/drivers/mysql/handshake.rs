//! The handshake: capabilities, TLS, and proving who one is.

use std::collections::HashMap;
use std::sync::Arc;

use mysql_common::constants::CapabilityFlags;
use mysql_common::crypto;
use mysql_common::packets::{AuthPlugin, AuthSwitchRequest, HandshakePacket, HandshakeResponse, SslRequest};
use mysql_common::scramble::{scramble_native, scramble_sha256};
use rustls::ClientConfig;

use super::errors::Failure;
use super::stream::secured;
use super::wire::Wire;

/// The number of `utf8mb4_general_ci`, which every server knows.
const COLLATION: u8 = 45;

/// What the client tells the server of itself.
pub(super) struct Client<'c> {
    pub(super) user: &'c str,
    pub(super) password: &'c str,
    pub(super) database: Option<&'c str>,
    pub(super) capabilities: CapabilityFlags,
    pub(super) attributes: HashMap<String, String>,
    /// The name that the server's certificate must be for.
    pub(super) host: &'c str,
    pub(super) tls: Tls,
}

/// Whether the connection is to be encrypted.
#[derive(Clone, Debug)]
pub(super) enum Tls {
    Off,
    /// Where the server can.
    Preferred(Arc<ClientConfig>),
    Required(Arc<ClientConfig>),
}

/// What the server told of itself.
#[derive(Clone, Debug)]
pub(super) struct Greeting {
    /// Its version, as it words it.
    pub(super) version: String,
    /// The number that it gave the connection.
    pub(super) connection_id: u32,
}

const BASE: CapabilityFlags = CapabilityFlags::CLIENT_LONG_PASSWORD
    .union(CapabilityFlags::CLIENT_LONG_FLAG)
    .union(CapabilityFlags::CLIENT_PROTOCOL_41)
    .union(CapabilityFlags::CLIENT_TRANSACTIONS)
    .union(CapabilityFlags::CLIENT_SECURE_CONNECTION)
    .union(CapabilityFlags::CLIENT_MULTI_RESULTS)
    .union(CapabilityFlags::CLIENT_PLUGIN_AUTH)
    .union(CapabilityFlags::CLIENT_PLUGIN_AUTH_LENENC_CLIENT_DATA)
    .union(CapabilityFlags::CLIENT_CONNECT_ATTRS);

/// Goes through the handshake on a new connection.
pub(super) fn shake_hands(mut wire: Wire, client: &Client<'_>) -> Result<(Wire, Greeting), Failure> {
    let packet = wire.receive()?;
    let handshake: HandshakePacket<'_> = wire.parse(&packet, ())?;
    if handshake.protocol_version() != 10
        || !handshake.capabilities().contains(CapabilityFlags::CLIENT_PROTOCOL_41)
    {
        return Err(Failure::client(2007, "Protocol mismatch; the server is older than MySQL 4.1"));
    }
    let offered = handshake.capabilities();
    let mut wanted = BASE | client.capabilities;
    if client.database.is_some() {
        wanted |= CapabilityFlags::CLIENT_CONNECT_WITH_DB;
    }
    wire.capabilities = wanted & offered;
    let config = match &client.tls {
        _ if wire.stream().is_secure() => None,
        Tls::Off => None,
        Tls::Preferred(config) => offered.contains(CapabilityFlags::CLIENT_SSL).then_some(config),
        Tls::Required(config) => Some(config),
    };
    if let Some(config) = config {
        if !offered.contains(CapabilityFlags::CLIENT_SSL) {
            return Err(Failure::client(
                2026,
                "SSL connection error: SSL is required but the server doesn't support it",
            ));
        }
        wire.capabilities |= CapabilityFlags::CLIENT_SSL;
        wire.send_packet(&SslRequest::new(wire.capabilities, u32::MAX >> 8, COLLATION))?;
        let host = client.host;
        wire = wire.change_stream(|stream| secured(stream, host, Arc::clone(config)))?;
    }
    // The last byte is a zero that does not belong to it.
    let mut nonce = handshake.nonce();
    nonce.resize(20, 0);
    let plugin = handshake.auth_plugin().unwrap_or(AuthPlugin::MysqlNativePassword).into_owned();
    let proof = first_proof(&plugin, client.password, &nonce);
    let response = HandshakeResponse::new(
        Some(proof),
        // decides the collation: utf8mb4
        (8, 0, 0),
        Some(client.user.as_bytes()),
        client.database.map(str::as_bytes),
        Some(plugin.clone()),
        wire.capabilities,
        wire.capabilities.contains(CapabilityFlags::CLIENT_CONNECT_ATTRS).then(|| client.attributes.clone()),
        u32::MAX >> 8,
    );
    let version = handshake.server_version_str().into_owned();
    let connection_id = handshake.connection_id();
    wire.send_packet(&response)?;
    authenticate(&mut wire, client, plugin, nonce)?;
    Ok((wire, Greeting { version, connection_id }))
}

/// Gives the proof that goes with the first answer; empty for a plugin that the server will ask to leave.
fn first_proof(plugin: &AuthPlugin<'_>, password: &str, nonce: &[u8]) -> Vec<u8> {
    match plugin {
        AuthPlugin::MysqlNativePassword => native_proof(password, nonce),
        AuthPlugin::CachingSha2Password => sha2_proof(password, nonce),
        _ => Vec::new(),
    }
}

fn native_proof(password: &str, nonce: &[u8]) -> Vec<u8> {
    scramble_native(nonce, password.as_bytes()).map(Vec::from).unwrap_or_default()
}

fn sha2_proof(password: &str, nonce: &[u8]) -> Vec<u8> {
    scramble_sha256(nonce, password.as_bytes()).map(Vec::from).unwrap_or_default()
}

/// Answers what the server asks until it says OK.
fn authenticate(
    wire: &mut Wire,
    client: &Client<'_>,
    mut plugin: AuthPlugin<'static>,
    mut nonce: Vec<u8>,
) -> Result<(), Failure> {
    loop {
        let packet = wire.receive()?;
        match packet[0] {
            0x00 => return wire.accept_ok(&packet),
            0xfe if packet.len() == 1 => return Err(unsupported("mysql_old_password")),
            0xfe => {
                let request: AuthSwitchRequest<'_> = wire.parse(&packet, ())?;
                nonce = request.plugin_data().to_vec();
                nonce.truncate(20);
                plugin = request.auth_plugin().into_owned();
                let proof = asked_proof(wire, &plugin, client, &nonce)?;
                wire.send(&proof)?;
            }
            0x01 => more(wire, client, &plugin, &nonce, &packet[1..])?,
            _ => return Err(wire.malformed()),
        }
    }
}

/// Gives the proof that a plugin wants which the server has chosen for this user.
fn asked_proof(
    wire: &Wire,
    plugin: &AuthPlugin<'_>,
    client: &Client<'_>,
    nonce: &[u8],
) -> Result<Vec<u8>, Failure> {
    match plugin {
        AuthPlugin::MysqlNativePassword => Ok(native_proof(client.password, nonce)),
        AuthPlugin::CachingSha2Password => Ok(sha2_proof(client.password, nonce)),
        AuthPlugin::MysqlClearPassword if wire.stream().is_secure() => Ok(ended_by_zero(client.password)),
        AuthPlugin::MysqlClearPassword => Err(Failure::client(
            2059,
            "Authentication plugin 'mysql_clear_password' sends the password as it is, which needs TLS or a unix \
             socket",
        )),
        AuthPlugin::Other(name) if name.as_ref() == b"sha256_password" => {
            if wire.stream().is_secure() || client.password.is_empty() {
                Ok(ended_by_zero(client.password))
            } else {
                // asks for the server's public key
                Ok(vec![0x01])
            }
        }
        // A server's dialogue asks for the password first, and sends no more when it is the right one.
        AuthPlugin::Other(name) if name.as_ref() == b"dialog" && wire.stream().is_secure() => {
            Ok(ended_by_zero(client.password))
        }
        other => Err(unsupported(&String::from_utf8_lossy(other.as_bytes()))),
    }
}

fn unsupported(plugin: &str) -> Failure {
    Failure::client(
        2059,
        format!(
            "Authentication plugin '{plugin}' is not part of Limbeck, which knows mysql_native_password, \
             caching_sha2_password, sha256_password and mysql_clear_password"
        ),
    )
}

/// Answers what a plugin asks in the middle: whether the password is known already, or the server's key.
fn more(
    wire: &mut Wire,
    client: &Client<'_>,
    plugin: &AuthPlugin<'_>,
    nonce: &[u8],
    data: &[u8],
) -> Result<(), Failure> {
    const KNOWN: u8 = 3;
    const WHOLE_PASSWORD: u8 = 4;
    match (plugin, data) {
        (AuthPlugin::CachingSha2Password, [KNOWN]) => Ok(()),
        (AuthPlugin::CachingSha2Password, [WHOLE_PASSWORD]) if wire.stream().is_secure() => {
            wire.send(&ended_by_zero(client.password))
        }
        (AuthPlugin::CachingSha2Password, [WHOLE_PASSWORD]) => wire.send(&[0x02]),
        (AuthPlugin::CachingSha2Password | AuthPlugin::Other(_), key)
            if key.starts_with(b"-----BEGIN PUBLIC KEY-----") =>
        {
            let mut password = ended_by_zero(client.password);
            for (byte, mask) in password.iter_mut().zip(nonce.iter().cycle()) {
                *byte ^= mask;
            }
            wire.send(&crypto::encrypt(&password, key))
        }
        _ => Err(wire.malformed()),
    }
}

fn ended_by_zero(password: &str) -> Vec<u8> {
    let mut bytes = password.as_bytes().to_vec();
    bytes.push(0);
    bytes
}

#[cfg(test)]
mod tests;
