//! How a server is reached: the parts of a URL, `connect_args`, environment variables, and libpq's defaults, in this
//! order of precedence from the second.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use indexmap::IndexMap;

use super::errors::error;
use super::flavor::Flavor;
use super::options::{self, Meaning};
use super::tls::{RootCertificates, SslMode, TlsArguments};
use crate::engine::{ClientEnvironment, Password, Url, Value};
use crate::error::{DatabaseErrorKind, Error, Result};

/// PostgreSQL's own port.
const DEFAULT_PORT: u16 = 5432;

/// libpq waits at least so long when it is told to wait less.
const LEAST_TIMEOUT: u64 = 2;

/// How long psycopg waits when nothing is said.
const PSYCOPG_TIMEOUT: Duration = Duration::from_secs(130);

/// Where servers put their sockets: Debian's and others' packages, and PostgreSQL's own default.
const SOCKET_DIRECTORIES: [&str; 3] = ["/var/run/postgresql", "/run/postgresql", "/tmp"];

/// One place where the server may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// A name, an address, or the directory of a socket.
    pub host: String,
    /// The address to use instead of looking the name up.
    pub address: Option<String>,
    pub port: u16,
}

impl Target {
    /// Gives the path of the socket, for a host that is a directory.
    pub(super) fn socket(&self) -> Option<PathBuf> {
        (self.address.is_none() && self.host.starts_with('/'))
            .then(|| PathBuf::from(&self.host).join(format!(".s.PGSQL.{}", self.port)))
    }
}

/// What kind of server is wanted (`target_session_attrs`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SessionAttributes {
    Any,
    ReadWrite,
    ReadOnly,
    Primary,
    Standby,
    PreferStandby,
}

/// Everything that is needed to connect. Shows no password.
#[derive(Debug)]
pub(super) struct ConnectArguments {
    pub targets: Vec<Target>,
    pub user: String,
    pub password: Option<Password>,
    pub database: String,
    pub passfile: Option<PathBuf>,
    pub tls: TlsArguments,
    /// How long one attempt may take.
    pub timeout: Option<Duration>,
    /// Settings that go with the start of the session.
    pub settings: Vec<(String, String)>,
    pub session: SessionAttributes,
    pub autocommit: bool,
    /// Whether the system asks now and then whether the other end is still there.
    pub keepalives: bool,
}

/// The options by name, as text.
type Options = IndexMap<String, String>;

impl ConnectArguments {
    /// Reads them.
    ///
    /// Fails in the words of the driver for an option that it does not know, or a value that is none.
    pub(super) fn read(
        url: &Url,
        connect_args: &IndexMap<String, Value>,
        environment: &ClientEnvironment,
        flavor: Flavor,
    ) -> Result<Self> {
        let mut settings = Vec::new();
        let mut options = from_url(url, flavor)?;
        for (name, value) in connect_args {
            match value {
                Value::Json(serde_json::Value::Object(members)) if name == "server_settings" => {
                    settings.extend(members.iter().map(|(name, value)| (name.clone(), json_text(value))));
                }
                Value::Null => {}
                _ => {
                    options.insert(name.clone(), text_of(name, value)?);
                }
            }
        }
        check(&options, flavor)?;
        as_libpq(&mut options, flavor);
        if flavor != Flavor::Pg8000 {
            for (option, variable) in options::variables() {
                if let Some(value) = environment.variable(variable)
                    && !options.contains_key(option.name)
                {
                    check_value(option.name, option.meaning, value)?;
                    options.insert(option.name.to_owned(), value.to_owned());
                }
            }
            for (variable, setting) in
                [("PGTZ", "timezone"), ("PGDATESTYLE", "datestyle"), ("PGGEQO", "geqo")]
            {
                if let Some(value) = environment.variable(variable) {
                    settings.push((setting.to_owned(), value.to_owned()));
                }
            }
        }
        let reader = Reader { options, environment, flavor };
        reader.read(settings)
    }
}

/// Gives the driver's name for the database.
pub(super) fn database_option(flavor: Flavor) -> &'static str {
    if matches!(flavor, Flavor::Asyncpg | Flavor::Pg8000) { "database" } else { "dbname" }
}

/// Takes the URL's parts, which libpq knows by other names.
pub(super) fn from_url(url: &Url, flavor: Flavor) -> Result<Options> {
    let database = database_option(flavor);
    let mut options = Options::new();
    let mut insert = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            options.insert(name.to_owned(), value);
        }
    };
    insert("host", url.host().map(str::to_owned));
    insert("port", url.port().map(|port| port.to_string()));
    insert("user", url.username().map(str::to_owned));
    insert("password", url.password().map(|password| password.reveal().to_owned()));
    insert(database, url.database().map(str::to_owned));
    for (name, value) in url.query() {
        match (name.as_str(), value.values()) {
            ("host", hosts) => {
                let (hosts, ports) = split_hosts(hosts);
                if let Some(ports) = ports {
                    if url.query().contains_key("port") {
                        return Err(Error::Argument(
                            "Can't mix 'multihost' formats together; use \"host=h1,h2,h3&port=p1,p2,p3\" or \
                             \"host=h1:p1&host=h2:p2&host=h3:p3\" separately"
                                .to_owned(),
                        ));
                    }
                    options.insert("port".to_owned(), ports);
                }
                options.insert("host".to_owned(), hosts);
            }
            (name, values) => {
                options.insert(name.to_owned(), values.join(","));
            }
        }
    }
    Ok(options)
}

/// Splits `host:port` in the values of `host`; without any port there is none.
fn split_hosts(values: &[String]) -> (String, Option<String>) {
    let split = |value: &str| -> (String, String) {
        match value.rsplit_once(':') {
            Some((host, port))
                if port.bytes().all(|byte| byte.is_ascii_digit()) && !host.contains([':', '/', ',']) =>
            {
                (host.to_owned(), port.to_owned())
            }
            _ => (value.to_owned(), String::new()),
        }
    };
    let (hosts, ports): (Vec<String>, Vec<String>) = values.iter().map(|value| split(value)).unzip();
    let ports = ports.iter().any(|port| !port.is_empty()).then(|| ports.join(","));
    (hosts.join(","), ports)
}

fn json_text(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Gives an argument's value as libpq takes it.
fn text_of(name: &str, value: &Value) -> Result<String> {
    Ok(match value {
        Value::Text(text) | Value::BigInt(text) => text.clone(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        _ if options_take_objects(name) => String::new(),
        Value::Opaque(object) if object.class_name.ends_with("SSLContext") => {
            return Err(Error::Unsupported(format!(
                "connect_args \"{name}\": an SSLContext cannot be used here; put the mode and the files into the URL \
                 or the environment (sslmode, sslrootcert, sslcert, sslkey, or PGSSLMODE, PGSSLROOTCERT, PGSSLCERT, \
                 PGSSLKEY)"
            )));
        }
        _ => {
            return Err(Error::Unsupported(format!(
                "connect_args \"{name}\" must be text, a number or a truth value"
            )));
        }
    })
}

/// Tells whether an option takes objects of Python that change nothing here.
fn options_take_objects(name: &str) -> bool {
    [Flavor::Psycopg, Flavor::Psycopg2, Flavor::Asyncpg, Flavor::Pg8000]
        .into_iter()
        .any(|flavor| options::find(flavor, name).is_some_and(|option| option.meaning == Meaning::Ignored))
}

/// Refuses what the driver does not know, or this one does not have.
fn check(options: &Options, flavor: Flavor) -> Result<()> {
    for (name, value) in options {
        let Some(option) = options::find(flavor, name) else {
            return Err(match flavor {
                Flavor::Psycopg => error(
                    flavor,
                    DatabaseErrorKind::Programming,
                    format!("invalid connection option \"{name}\""),
                ),
                Flavor::Psycopg2 => error(
                    flavor,
                    DatabaseErrorKind::Programming,
                    format!("invalid dsn: invalid connection option \"{name}\"\n"),
                ),
                Flavor::Asyncpg | Flavor::Pg8000 => {
                    Error::Type(format!("connect() got an unexpected keyword argument '{name}'"))
                }
            });
        };
        check_value(name, option.meaning, value)?;
    }
    Ok(())
}

fn check_value(name: &str, meaning: Meaning, value: &str) -> Result<()> {
    match meaning {
        Meaning::Only(values) if !value.is_empty() && !values.contains(&value) => {
            let instead = if values.is_empty() {
                "leave it out".to_owned()
            } else {
                format!("leave it out, or set it to one of: {}", values.join(", "))
            };
            Err(Error::Unsupported(format!(
                "Limbeck's driver for PostgreSQL does not have the connection option \"{name}\"{}; {instead}",
                if values.is_empty() { "" } else { " with the value that was given" },
            )))
        }
        _ => Ok(()),
    }
}

/// Renames the options of the other drivers to libpq's.
fn as_libpq(options: &mut Options, flavor: Flavor) {
    if !matches!(flavor, Flavor::Asyncpg | Flavor::Pg8000) {
        return;
    }
    for (own, name) in [("database", "dbname"), ("timeout", "connect_timeout")] {
        if let Some(value) = options.shift_remove(own) {
            options.insert(name.to_owned(), value);
        }
    }
    for own in ["ssl", "ssl_context"] {
        let mode = match options.shift_remove(own).as_deref() {
            None => continue,
            Some("True" | "true") => "require".to_owned(),
            Some("False" | "false" | "") => "disable".to_owned(),
            Some(mode) => mode.to_owned(),
        };
        options.insert("sslmode".to_owned(), mode);
    }
    if let Some(socket) = options.shift_remove("unix_sock")
        && let Some((directory, name)) = socket.rsplit_once('/')
    {
        options.insert("host".to_owned(), directory.to_owned());
        if let Some(port) = name.strip_prefix(".s.PGSQL.") {
            options.insert("port".to_owned(), port.to_owned());
        }
    }
}

struct Reader<'e> {
    options: Options,
    environment: &'e ClientEnvironment,
    flavor: Flavor,
}

impl Reader<'_> {
    fn option(&self, name: &str) -> Option<&str> {
        self.options.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Makes the error of a value that libpq refuses.
    fn bad(&self, message: String) -> Error {
        error(
            self.flavor,
            DatabaseErrorKind::Operational,
            match self.flavor {
                Flavor::Psycopg => format!("connection is bad: {message}"),
                Flavor::Psycopg2 => message + "\n",
                Flavor::Asyncpg | Flavor::Pg8000 => message,
            },
        )
    }

    fn read(&self, mut settings: Vec<(String, String)>) -> Result<ConnectArguments> {
        let targets = self.targets()?;
        let user = match self.option("user").or(self.environment.user()) {
            Some(user) => user.to_owned(),
            None => return Err(self.bad("no PostgreSQL user name was given".to_owned())),
        };
        let database = self.option("dbname").unwrap_or(&user).to_owned();
        for (option, setting) in [("application_name", "application_name"), ("options", "options")] {
            if let Some(value) = self.option(option) {
                settings.push((setting.to_owned(), value.to_owned()));
            }
        }
        if self.option("application_name").is_none()
            && let Some(name) = self.option("fallback_application_name")
        {
            settings.push(("application_name".to_owned(), name.to_owned()));
        }
        Ok(ConnectArguments {
            targets,
            password: self.option("password").map(Password::from),
            database,
            passfile: self.option("passfile").map(PathBuf::from).or_else(|| self.home_file(".pgpass")),
            tls: self.tls()?,
            timeout: self.timeout()?,
            settings,
            session: self.session()?,
            autocommit: self.option("autocommit").is_some_and(is_true),
            keepalives: self.option("keepalives") != Some("0"),
            user,
        })
    }

    fn home_file(&self, name: &str) -> Option<PathBuf> {
        self.environment.home().map(|home| home.join(name))
    }

    fn targets(&self) -> Result<Vec<Target>> {
        let split = |name: &str| -> Vec<String> {
            self.option(name)
                .map(|text| text.split(',').map(|part| part.trim().to_owned()).collect())
                .unwrap_or_default()
        };
        let (hosts, addresses, ports) = (split("host"), split("hostaddr"), split("port"));
        let count = hosts.len().max(addresses.len()).max(1);
        if !hosts.is_empty() && !addresses.is_empty() && hosts.len() != addresses.len() {
            return Err(self.bad(format!(
                "could not match {} host names to {} hostaddr values",
                hosts.len(),
                addresses.len()
            )));
        }
        if ports.len() > 1 && ports.len() != count {
            return Err(self.bad(format!("could not match {} port numbers to {count} hosts", ports.len())));
        }
        (0..count)
            .map(|index| {
                let port = match ports.get(index).or(ports.first()).map(String::as_str) {
                    None | Some("") => DEFAULT_PORT,
                    Some(text) => match text.parse() {
                        Ok(port) if port != 0 => port,
                        _ => return Err(self.bad(format!("invalid port number: \"{text}\""))),
                    },
                };
                let address = addresses.get(index).filter(|address| !address.is_empty()).cloned();
                let host = match hosts.get(index).filter(|host| !host.is_empty()) {
                    Some(host) => host.clone(),
                    None => address.clone().unwrap_or_else(|| default_host(port)),
                };
                Ok(Target { host, address, port })
            })
            .collect()
    }

    fn timeout(&self) -> Result<Option<Duration>> {
        let Some(text) = self.option("connect_timeout") else {
            return Ok((self.flavor == Flavor::Psycopg).then_some(PSYCOPG_TIMEOUT));
        };
        let seconds: f64 = text.trim().parse().map_err(|_| match self.flavor {
            Flavor::Psycopg => error(
                self.flavor,
                DatabaseErrorKind::Programming,
                format!("bad value for connect_timeout: '{text}'"),
            ),
            _ => self
                .bad(format!("invalid integer value \"{text}\" for connection option \"connect_timeout\"")),
        })?;
        if seconds <= 0.0 {
            return Ok(None);
        }
        let wanted = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
        Ok(Some(wanted.max(Duration::from_secs(LEAST_TIMEOUT))))
    }

    fn session(&self) -> Result<SessionAttributes> {
        Ok(match self.option("target_session_attrs") {
            None | Some("any") => SessionAttributes::Any,
            Some("read-write") => SessionAttributes::ReadWrite,
            Some("read-only") => SessionAttributes::ReadOnly,
            Some("primary") => SessionAttributes::Primary,
            Some("standby") => SessionAttributes::Standby,
            Some("prefer-standby") => SessionAttributes::PreferStandby,
            Some(other) => return Err(self.bad(format!("invalid target_session_attrs value: \"{other}\""))),
        })
    }

    fn tls(&self) -> Result<TlsArguments> {
        let root = match self.option("sslrootcert") {
            Some("system") => Some(RootCertificates::System),
            Some(file) => Some(RootCertificates::File(file.into())),
            None => self
                .home_file(".postgresql/root.crt")
                .filter(|file| fs::exists(file).unwrap_or(false))
                .map(RootCertificates::File),
        };
        let system = root == Some(RootCertificates::System);
        let mode = match self.option("sslmode") {
            None if system => SslMode::VerifyFull,
            None => SslMode::Prefer,
            Some(name) => SslMode::by_name(name)
                .ok_or_else(|| self.bad(format!("invalid sslmode value: \"{name}\"")))?,
        };
        if system && mode != SslMode::VerifyFull {
            return Err(self.bad(format!(
                "weak sslmode \"{}\" may not be used with sslrootcert=system (use \"verify-full\")",
                mode.name()
            )));
        }
        let own_file = |option: &str, default: &str| {
            self.option(option)
                .map(PathBuf::from)
                .or_else(|| self.home_file(default).filter(|file| fs::exists(file).unwrap_or(false)))
        };
        Ok(TlsArguments {
            mode,
            root,
            expected_root: self.home_file(".postgresql/root.crt"),
            certificate: own_file("sslcert", ".postgresql/postgresql.crt"),
            key: own_file("sslkey", ".postgresql/postgresql.key"),
            server_name_indication: self.option("sslsni") != Some("0"),
        })
    }
}

fn is_true(text: &str) -> bool {
    matches!(text.to_lowercase().as_str(), "true" | "1" | "on" | "yes")
}

/// Gives the directory in which a socket of that port is, or in which it would be.
fn default_host(port: u16) -> String {
    let socket = |directory: &&str| {
        fs::exists(PathBuf::from(*directory).join(format!(".s.PGSQL.{port}"))).unwrap_or(false)
    };
    SOCKET_DIRECTORIES.into_iter().find(socket).unwrap_or(SOCKET_DIRECTORIES[0]).to_owned()
}
