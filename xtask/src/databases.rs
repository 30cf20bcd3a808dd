//! The database servers that the tests need: PostgreSQL and MariaDB, each with a data directory of its own on a port of
//! its own.
//!
//! `cargo xtask test` installs what is missing, starts both, and stops them when the tests have ended. Tests find them by
//! the variables [`POSTGRESQL_URL`] and [`MARIADB_URL`].

use std::fs;
use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::at;

/// The variable that holds the URL of the PostgreSQL server.
pub const POSTGRESQL_URL: &str = "LIMBECK_TEST_POSTGRESQL_URL";

/// The variable that holds the URL of the MariaDB server.
pub const MARIADB_URL: &str = "LIMBECK_TEST_MARIADB_URL";

/// Debian's packages of the servers; the clients come with them.
const PACKAGES: [&str; 3] = ["postgresql", "mariadb-server", "openssl"];

/// Both servers refuse to run as root; this user exists on every Debian.
const USER: &str = "nobody";
const GROUP: &str = "nogroup";

/// How long a server may take until it answers.
const START_LIMIT: Duration = Duration::from_mins(1);

/// The running servers, which end with this value.
#[derive(Debug)]
pub struct Databases {
    servers: Vec<Server>,
}

#[derive(Debug)]
struct Server {
    variable: &'static str,
    url: String,
    child: Child,
    // dropped after the server has ended
    _directory: TempDir,
}

impl Databases {
    /// Installs what is missing and starts both servers.
    ///
    /// # Errors
    /// A package cannot be installed, or a server does not start; the message has its last words.
    pub fn start() -> Result<Self, String> {
        install()?;
        // A server ends with the thread that started it, so this one starts both.
        Ok(Self { servers: vec![start_postgresql()?, start_mariadb()?] })
    }

    /// Installs what is missing and starts PostgreSQL alone.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_postgresql() -> Result<Self, String> {
        install()?;
        Ok(Self { servers: vec![start_postgresql()?] })
    }

    /// Gives the variables by which tests find the servers.
    pub fn variables(&self) -> Vec<(&str, &str)> {
        self.servers.iter().map(|server| (server.variable, server.url.as_str())).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Gives the URL of a server that `cargo xtask test` has started.
///
/// # Errors
/// The tests were not started by it.
pub fn url(variable: &str) -> Result<String, String> {
    std::env::var(variable).map_err(|_| format!("{variable} is not set: run this test with cargo xtask test"))
}

/// Runs SQL in the database of a URL with the server's own client, stopping at the first error; gives what it prints,
/// a line for each row, its values apart by tabs.
///
/// # Errors
/// The client cannot run, or a statement fails.
pub fn query(url: &str, sql: &str) -> Result<String, String> {
    let mut command = if url.starts_with("postgresql:") {
        let mut command = Command::new(program("psql")?);
        command.args(["-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-f", "-", url]);
        command
    } else {
        let (address, database) = url
            .split_once('@')
            .and_then(|(_, rest)| rest.split_once('/'))
            .ok_or_else(|| format!("no URL of a server: {url}"))?;
        let (host, port) = address.split_once(':').ok_or_else(|| format!("no port: {url}"))?;
        let mut command = Command::new(program("mariadb")?);
        command.args(["--no-defaults", "--host", host, "--port", port, "--user", "root"]);
        command.args(["--batch", "--raw", "--skip-column-names", "--binary-mode"]);
        command.args(["--default-character-set=utf8mb4", database]);
        command
    };
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot start {command:?}: {error}"))?;
    let input = child.stdin.take();
    let sql = sql.as_bytes().to_vec();
    let writer = thread::spawn(move || input.map(|mut input| input.write_all(&sql)));
    let output = child.wait_with_output().map_err(|error| format!("cannot wait for {command:?}: {error}"))?;
    // A client that stopped early has not read everything; its status says so.
    let _ = writer.join();
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    String::from_utf8(output.stdout).map_err(|error| format!("{command:?} printed no UTF-8: {error}"))
}

/// Finds one of the servers' programs; Debian keeps some of them off the path.
///
/// # Errors
/// It is not installed.
pub fn program(name: &str) -> Result<PathBuf, String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut directories: Vec<PathBuf> = std::env::split_paths(&path).collect();
    directories.push("/usr/sbin".into());
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    directories.extend(versions.map(|version| version.path().join("bin")));
    directories
        .iter()
        .map(|directory| directory.join(name))
        .find(|candidate| candidate.is_file())
        .ok_or_else(|| format!("{name} is not installed; it is in Debian's {}", PACKAGES.join(" or ")))
}

fn install() -> Result<(), String> {
    let needed = ["openssl", "initdb", "postgres", "psql", "mariadbd", "mariadb-install-db", "mariadb"];
    if needed.iter().all(|name| program(name).is_ok()) {
        return Ok(());
    }
    apt(&["update"])?;
    apt(&[&["install", "--yes", "--no-install-recommends"][..], &PACKAGES].concat())
}

fn apt(arguments: &[&str]) -> Result<(), String> {
    let output = Command::new("apt-get")
        .arg("--quiet")
        .args(arguments)
        // in run level 1 an installed server is not started
        .envs([("DEBIAN_FRONTEND", "noninteractive"), ("RUNLEVEL", "1")])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cannot start apt-get: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("apt-get failed ({}); install {} by hand:\n{said}", output.status, PACKAGES.join(" and ")))
}

fn start_postgresql() -> Result<Server, String> {
    let directory = directory("postgresql")?;
    let data = directory.path().join("data");
    finish(
        as_user("initdb")?
            .args(["--auth=trust", "--username=limbeck", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"])
            .arg(&data),
    )?;
    write_authentication(&data)?;
    make_certificates(&data)?;
    let port = free_port()?;
    let mut command = as_user("postgres")?;
    command
        .arg("-D")
        .arg(&data)
        .args(["-h", "localhost", "-p", &port.to_string(), "-k"])
        .arg(directory.path());
    command.args([
        "-c",
        "fsync=off",
        "-c",
        "autovacuum=off",
        "-c",
        "max_connections=200",
        "-c",
        "max_prepared_transactions=100",
        "-c",
        "ssl=on",
        "-c",
        "ssl_ca_file=root.crt",
    ]);
    let url = format!("postgresql://limbeck@127.0.0.1:{port}/postgres");
    launch(command, port, POSTGRESQL_URL, url, directory)
}

/// Who has to give a password or a certificate; everybody else on this machine is trusted.
const AUTHENTICATION: &str = "\
hostssl all with_certificate localhost cert
host all with_scram localhost scram-sha-256
host all with_md5 localhost md5
host all with_password localhost password
local all all trust
host all all localhost trust
";

/// Writes who must give a password to PostgreSQL.
fn write_authentication(data: &Path) -> Result<(), String> {
    let authentication = data.join("pg_hba.conf");
    fs::write(&authentication, AUTHENTICATION).map_err(at(&authentication))
}

/// Makes certificates in a data directory: `root.crt`, the server's by it for `localhost`, and a client's for the user
/// `with_certificate`.
fn make_certificates(data: &Path) -> Result<(), String> {
    let openssl = |arguments: &str| {
        let mut command = as_user("openssl")?;
        finish(command.current_dir(data).args(arguments.split(' ')))
    };
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout";
    openssl(&format!("req -x509 -days 2 -subj /CN=limbeck-tests {key} root.key -out root.crt"))?;
    for (name, subject, host) in
        [("server", "localhost", "localhost"), ("client", "with_certificate", "client")]
    {
        let certificate = format!(
            "req -x509 -days 2 -subj /CN={subject} {key} {name}.key -CA root.crt -CAkey root.key -out {name}.crt \
             -addext basicConstraints=critical,CA:FALSE -addext subjectAltName=DNS:{host}"
        );
        openssl(&certificate)?;
    }
    Ok(())
}

fn start_mariadb() -> Result<Server, String> {
    let directory = directory("mariadb")?;
    let data = directory.path().join("data");
    let data_argument = format!("--datadir={}", data.display());
    finish(
        as_user("mariadb-install-db")?
            .args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"])
            .arg(&data_argument),
    )?;
    make_certificates(&data)?;
    let port = free_port()?;
    let mut command = as_user("mariadbd")?;
    command.args(["--no-defaults", &data_argument, "--bind-address=127.0.0.1", "--skip-name-resolve"]);
    command.arg(format!("--port={port}"));
    command.arg(format!("--socket={}", directory.path().join("socket").display()));
    // a server that starts removes the temporary tables of whoever shares the directory
    command.arg(format!("--tmpdir={}", directory.path().display()));
    command.args(["--innodb-flush-log-at-trx-commit=0", "--character-set-server=utf8mb4"]);
    command.args(["--ssl-ca=root.crt", "--ssl-cert=server.crt", "--ssl-key=server.key"]);
    let url = format!("mariadb://root@127.0.0.1:{port}/mysql");
    launch(command, port, MARIADB_URL, url, directory)
}

/// Makes a directory that belongs to the user that servers run as.
fn directory(name: &str) -> Result<TempDir, String> {
    let directory = tempfile::Builder::new()
        .prefix(&format!("limbeck-{name}-"))
        .tempdir()
        .map_err(|error| format!("cannot make a directory for {name}: {error}"))?;
    if is_root()? {
        finish(Command::new("chown").arg(format!("{USER}:{GROUP}")).arg(directory.path()))?;
    }
    Ok(directory)
}

/// Begins a command that runs as another user where this one is root, and ends when this process does.
fn as_user(name: &str) -> Result<Command, String> {
    let program = program(name)?;
    let mut command = Command::new("setpriv");
    command.arg("--pdeathsig=KILL");
    if is_root()? {
        command.args([format!("--reuid={USER}"), format!("--regid={GROUP}"), "--clear-groups".to_owned()]);
    }
    command.arg(program).stdin(Stdio::null()).current_dir("/");
    Ok(command)
}

fn is_root() -> Result<bool, String> {
    use std::os::unix::fs::MetadataExt as _;
    let own = Path::new("/proc/self");
    Ok(fs::metadata(own).map_err(at(own))?.uid() == 0)
}

fn free_port() -> Result<u16, String> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| format!("no port is free: {error}"))
}

/// Runs a command to its end; its output is shown when it fails.
fn finish(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("cannot start {command:?}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(format!("{command:?} failed ({}):\n{}", output.status, String::from_utf8_lossy(&said)))
}

/// Starts a server and waits until it takes connections.
fn launch(
    mut command: Command,
    port: u16,
    variable: &'static str,
    url: String,
    directory: TempDir,
) -> Result<Server, String> {
    let log = directory.path().join("log");
    let file = fs::File::create(&log).map_err(at(&log))?;
    let shown = format!("{command:?}");
    let errors = file.try_clone().map_err(at(&log))?;
    let child = command
        .stdout(file)
        .stderr(errors)
        .spawn()
        .map_err(|error| format!("cannot start {shown}: {error}"))?;
    let mut server = Server { variable, url, child, _directory: directory };
    let started = Instant::now();
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        let ended = server.child.try_wait().ok().flatten().is_some();
        if ended || started.elapsed() > START_LIMIT {
            let said = fs::read_to_string(&log).unwrap_or_default();
            return Err(format!("{shown} does not take connections:\n{said}"));
        }
        thread::sleep(Duration::from_millis(50));
    }
    Ok(server)
}
