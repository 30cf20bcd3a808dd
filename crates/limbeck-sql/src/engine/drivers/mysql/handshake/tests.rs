//! The handshake against a server that says what MySQL 8 says, which the tests' own server is not.

use std::net::{Ipv4Addr, TcpListener};
use std::thread;

use mysql_common::constants::StatusFlags;
use mysql_common::proto::MySerialize as _;
use mysql_common::proto::sync_framed::MySyncFramed;

use super::*;
use crate::engine::drivers::mysql::stream::connect_tcp;

const NONCE: &[u8; 20] = b"abcdefghijklmnopqrst";
const OK: &[u8] = &[0x00, 0, 0, 2, 0, 0, 0];

/// A public key as a server sends it.
const KEY: &str = "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA4nKaA6TlrlPDArXlOPfj
i4yi3FKkgoXiLEf9Z+W9Om/57k3KbB9DJDHWP3RmCcHtbTK3M2qlncAYEj/zpAy1
vrew/QbeX0GiWgv+Z4q4bCukyl2veqOFNOaiG9q/GV4JRyPvfmT7WcMzi0itbvoY
UFLu9H0+4mUfyYCwmB3xeRbFnMPI0TxLUkz+QD71xKVgN+qSqBs9Kuwe4ffNOXd4
nT6TYQWzGAVFGnaF0J1v0Cl5Y23w51+1A07A2eoI9gVWYD4YXkMrG2aUb5CXGytW
qLuKZM7S86qsT4TFUz7ds6bGBisHCVp7UMCeLmJ5arzckVhPEsV65s0X1NAfaK8c
wQIDAQAB
-----END PUBLIC KEY-----
";

type Server = MySyncFramed<std::net::TcpStream>;

fn receive(server: &mut Server) -> Vec<u8> {
    let mut packet = Vec::new();
    assert!(server.next_packet(&mut packet).unwrap(), "the client has gone");
    packet
}

fn send(server: &mut Server, packet: &[u8]) {
    let mut packet = packet;
    server.send(&mut packet).unwrap();
}

/// Goes through the handshake with a server that greets with a plugin and then does as `serve` says, which is given the
/// client's answer.
fn shake(
    plugin: &'static [u8],
    password: &str,
    serve: impl FnOnce(&mut Server, Vec<u8>) + Send + 'static,
) -> Result<Greeting, Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = thread::spawn(move || {
        let mut server = MySyncFramed::new(listener.accept().unwrap().0);
        let mut second: [u8; 13] = [0; 13];
        second[..12].copy_from_slice(&NONCE[8..]);
        let mut first = [0; 8];
        first.copy_from_slice(&NONCE[..8]);
        let greeting = HandshakePacket::new(
            10,
            &b"8.0.36"[..],
            1,
            first,
            Some(&second[..]),
            BASE | CapabilityFlags::CLIENT_CONNECT_WITH_DB,
            45,
            StatusFlags::SERVER_STATUS_AUTOCOMMIT,
            Some(plugin),
        );
        let mut bytes = Vec::new();
        greeting.serialize(&mut bytes);
        send(&mut server, &bytes);
        let answer = receive(&mut server);
        serve(&mut server, answer);
    });
    let client = Client {
        user: "me",
        password,
        database: Some("app"),
        capabilities: CapabilityFlags::empty(),
        attributes: HashMap::new(),
        host: "localhost",
        tls: Tls::Off,
    };
    let wire = Wire::new(connect_tcp("127.0.0.1", port, None).unwrap());
    let outcome = shake_hands(wire, &client).map(|(_, greeting)| greeting);
    server.join().unwrap();
    outcome
}

fn holds(packet: &[u8], part: &[u8]) -> bool {
    packet.windows(part.len()).any(|window| window == part)
}

#[test]
fn a_password_that_the_server_remembers_is_proved_at_once() {
    let greeting = shake(b"caching_sha2_password", "hush", |server, answer| {
        assert!(holds(&answer, &sha2_proof("hush", NONCE)));
        assert!(holds(&answer, b"me\0") && holds(&answer, b"app\0"));
        send(server, &[1, 3]);
        send(server, OK);
    });
    assert_eq!(greeting.unwrap().version, "8.0.36");
}

#[test]
fn without_tls_the_whole_password_goes_encrypted_by_the_servers_key() {
    let outcome = shake(b"caching_sha2_password", "hush", |server, _| {
        send(server, &[1, 4]);
        assert_eq!(receive(server), [2]);
        let mut key = vec![1];
        key.extend_from_slice(KEY.as_bytes());
        send(server, &key);
        let encrypted = receive(server);
        assert_eq!(encrypted.len(), 256);
        assert!(!holds(&encrypted, b"hush"));
        send(server, OK);
    });
    assert!(outcome.is_ok(), "{outcome:?}");
}

#[test]
fn the_server_may_ask_for_another_plugin() {
    let outcome = shake(b"caching_sha2_password", "hush", |server, _| {
        let mut request = b"\xfemysql_native_password\0".to_vec();
        request.extend_from_slice(NONCE);
        request.push(0);
        send(server, &request);
        assert_eq!(receive(server), native_proof("hush", NONCE));
        send(server, OK);
    });
    assert!(outcome.is_ok(), "{outcome:?}");
}

#[test]
fn a_plugin_that_is_not_there_is_named() {
    let failure = shake(b"mysql_native_password", "hush", |server, _| {
        send(server, b"\xfeauth_gssapi_client\0xyz\0");
    });
    let Err(Failure::Client { code: 2059, message }) = failure else { panic!("{failure:?}") };
    assert!(
        message.starts_with("Authentication plugin 'auth_gssapi_client' is not part of Limbeck"),
        "{message}"
    );
}

#[test]
fn a_password_is_not_sent_as_it_is_over_an_open_line() {
    let failure = shake(b"mysql_native_password", "hush", |server, answer| {
        assert!(!holds(&answer, b"hush"));
        send(server, b"\xfemysql_clear_password\0");
    });
    assert!(matches!(failure, Err(Failure::Client { code: 2059, .. })), "{failure:?}");
}
