//! How often a run asks PostgreSQL: once for each statement, and a few times at the start and the end.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use xtask::database::Database;
use xtask::project;
use xtask::session::Backend;

/// Trips that do not depend on the number of revisions: connecting, the lock, the version table, COMMIT.
const FIXED_TRIPS: usize = 20;

/// Passes connections on to a server, and counts how often a client spoke after the server had, or first.
fn count_trips(server: String) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    let port = listener.local_addr().expect("it has an address").port();
    let trips = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&trips);
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let server = TcpStream::connect(&server).expect("the server is there");
            let client_spoke = Arc::new(AtomicBool::new(false));
            let (from_client, to_client) = (client.try_clone().expect("a socket"), client);
            let (from_server, to_server) = (server.try_clone().expect("a socket"), server);
            let (trips, spoke) = (Arc::clone(&counted), Arc::clone(&client_spoke));
            thread::spawn(move || {
                pass_on(from_client, to_server, || {
                    if !spoke.swap(true, Ordering::SeqCst) {
                        trips.fetch_add(1, Ordering::SeqCst);
                    }
                });
            });
            thread::spawn(move || {
                pass_on(from_server, to_client, || client_spoke.store(false, Ordering::SeqCst));
            });
        }
    });
    (port, trips)
}

fn pass_on(mut from: TcpStream, mut to: TcpStream, seen: impl Fn()) {
    let mut buffer = vec![0; 65_536];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        seen();
        if to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}

fn alembic(directory: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_alembic"))
        .args(arguments)
        .current_dir(directory)
        .env("XDG_CACHE_HOME", directory)
        .output()
        .expect("it starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn each_statement_of_a_run_is_one_round_trip() {
    let database = Database::create(Backend::Postgresql, &[]).expect("a database");
    let address = database.address();
    let (user, place) = address.split_once('@').expect("a user");
    let (server, name) = place.split_once('/').expect("a database's name");
    let (port, trips) = count_trips(server.to_owned());
    let url = format!("postgresql://{user}@127.0.0.1:{port}/{name}?sslmode=disable");
    let directory = tempfile::tempdir().expect("a directory");
    let project = project::generate(directory.path(), 40).expect("a project");

    let sql = alembic(&project.root, &["--url", &url, "upgrade", "head", "--sql"]);
    assert_eq!(trips.load(Ordering::SeqCst), 0);
    let statements = sql.lines().filter(|line| line.ends_with(';')).count();
    alembic(&project.root, &["--url", &url, "upgrade", "head"]);
    let trips = trips.load(Ordering::SeqCst);
    assert!(trips <= statements + FIXED_TRIPS, "{trips} round trips for {statements} statements");
    // Every revision has one statement at least, and one for the version table.
    assert!(trips >= 2 * project.revisions.len(), "{trips} round trips are not all");
}
