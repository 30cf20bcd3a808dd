//! What a URL and `connect_args` say about a connection, under the names that the drivers of Python have for it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use indexmap::IndexMap;
use mysql_common::constants::CapabilityFlags;

use super::handshake::Tls;
use super::option_file::OptionFile;
use super::python_driver::PythonDriver;
use super::tls::TlsArguments;
use crate::engine::drivers::tls::Check;
use crate::engine::{ClientEnvironment, Password, Url, Value, text_repr};
use crate::error::{Error, Result};

/// Seconds to wait for a connection, unless the user says otherwise; the default of `PyMySQL` and of MySQL Connector.
const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

const DEFAULT_PORT: u16 = 3306;

/// Where the client library looks for the socket of a server on the same machine.
const SOCKETS: [&str; 4] = [
    "/run/mysqld/mysqld.sock",
    "/var/run/mysqld/mysqld.sock",
    "/var/lib/mysql/mysql.sock",
    "/tmp/mysql.sock",
];

/// Arguments of the drivers that change nothing here: how they fetch, convert and keep values, and what is only
/// about Python.
const WITHOUT_MEANING: [&str; 17] = [
    "auth_plugin",
    "auth_plugin_map",
    "binary_prefix",
    "buffered",
    "charset_name",
    "compress",
    "consume_results",
    "defer_connect",
    "get_server_public_key",
    "max_allowed_packet",
    "pool_reset_connection",
    "prepared",
    "raw",
    "reconnect",
    "use_pure",
    "use_unicode",
    "echo",
];

/// Where the server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Address {
    Host { host: String, port: u16 },
    Socket(String),
}

/// How a connection is opened.
#[derive(Clone, Debug)]
pub(super) struct ConnectArguments {
    pub(super) address: Address,
    pub(super) user: String,
    pub(super) password: Password,
    pub(super) database: Option<String>,
    pub(super) charset: String,
    pub(super) collation: Option<String>,
    pub(super) connect_timeout: Option<Duration>,
    pub(super) read_timeout: Option<Duration>,
    pub(super) write_timeout: Option<Duration>,
    pub(super) init_command: Option<String>,
    pub(super) sql_mode: Option<String>,
    pub(super) autocommit: bool,
    /// Capabilities beside those that every connection has.
    pub(super) capabilities: CapabilityFlags,
    /// What the server's administrator sees of the client.
    pub(super) attributes: HashMap<String, String>,
    pub(super) tls: Tls,
}

/// The arguments as they are taken, one after the other; what is left at the end is unknown.
struct Given {
    driver: PythonDriver,
    values: IndexMap<String, Value>,
}

impl ConnectArguments {
    /// Reads them; `connect_args` win over the URL, and both over a file of options.
    ///
    /// Fails with `TypeError` for an argument that there is not, with `ArgumentError` for a file that cannot be used.
    pub(super) fn read(
        driver: PythonDriver,
        url: &Url,
        connect_args: &IndexMap<String, Value>,
        environment: &ClientEnvironment,
    ) -> Result<Self> {
        let mut given = Given::collect(driver, url, connect_args);
        let group = given.text(&["read_default_group", "option_groups"])?;
        let file = match given.text(&["read_default_file", "option_files", "default_file"])? {
            Some(path) => OptionFile::read(&in_home(&path, environment), group.as_deref())?,
            None => OptionFile::default(),
        };
        let own = |given: Option<String>, key: &str| given.or_else(|| file.get(key));
        let host = own(given.text(&["host"])?.or_else(|| text(url.host())), "host");
        let port = match given.integer(&["port"])?.or(url.port()) {
            Some(port) => Some(port),
            None => file.get("port").map(|port| parse_integer(&port)).transpose()?,
        };
        let socket = own(given.text(&["unix_socket"])?, "socket");
        let password = given.text(&["password", "passwd"])?.map(Password::new);
        let password = password
            .or_else(|| url.password().cloned())
            .or_else(|| file.get("password").map(Password::new))
            .unwrap_or_else(|| Password::new(""));
        let connect_timeout = given.seconds(&["connect_timeout", "connection_timeout"])?;
        let arguments = Self {
            address: address(driver, socket, host, port)?,
            user: own(given.text(&["user", "username"])?.or_else(|| text(url.username())), "user")
                .or_else(|| environment.user().map(str::to_owned))
                .unwrap_or_default(),
            password,
            database: own(given.text(&["database", "db"])?.or_else(|| text(url.database())), "database"),
            charset: name("charset", own(given.text(&["charset"])?, "default-character-set"))?
                .unwrap_or_else(|| "utf8mb4".to_owned()),
            collation: name("collation", given.text(&["collation"])?)?,
            connect_timeout: connect_timeout
                .or(Some(DEFAULT_CONNECT_TIMEOUT))
                .filter(|limit| !limit.is_zero()),
            read_timeout: given.seconds(&["read_timeout"])?,
            write_timeout: given.seconds(&["write_timeout"])?,
            init_command: own(given.text(&["init_command"])?, "init-command"),
            sql_mode: given.text(&["sql_mode"])?,
            autocommit: given.flag(&["autocommit"])?.unwrap_or(false),
            capabilities: capabilities(&mut given)?,
            attributes: attributes(&mut given)?,
            tls: tls(&mut given, &file)?,
        };
        given.finish()?;
        Ok(arguments)
    }
}

/// Gives the path of a file, whose `~` is the user's home directory.
fn in_home(path: &str, environment: &ClientEnvironment) -> PathBuf {
    match (path.strip_prefix("~/"), environment.home()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(path),
    }
}

fn text(part: Option<&str>) -> Option<String> {
    part.filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Finds the server: a socket that is named, or the host.
///
/// To the C libraries `localhost` is the socket. A port that is named says that it is not meant.
fn address(
    driver: PythonDriver,
    socket: Option<String>,
    host: Option<String>,
    port: Option<i64>,
) -> Result<Address> {
    if let Some(path) = socket {
        return Ok(Address::Socket(path));
    }
    let host = host.unwrap_or_else(|| "localhost".to_owned());
    if host == "localhost"
        && port.is_none()
        && driver.prefers_socket()
        && let Some(path) = SOCKETS.iter().find(|path| Path::new(path).exists())
    {
        return Ok(Address::Socket((*path).to_owned()));
    }
    let port = match port {
        Some(0) | None => DEFAULT_PORT,
        Some(port) => {
            u16::try_from(port).map_err(|_| Error::Argument(format!("{port} is no number of a port")))?
        }
    };
    Ok(Address::Host { host, port })
}

/// Checks a name that goes into SQL as it is.
fn name(argument: &str, given: Option<String>) -> Result<Option<String>> {
    match given {
        Some(name) if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') || name.is_empty() => {
            Err(Error::Argument(format!("{} is no name of a {argument}", text_repr(&name))))
        }
        given => Ok(given),
    }
}

fn capabilities(given: &mut Given) -> Result<CapabilityFlags> {
    // SQLAlchemy counts the rows that an UPDATE finds, not those that it changes.
    let mut flags = CapabilityFlags::CLIENT_FOUND_ROWS;
    let several = given.flag(&["multi_statements", "allow_multi_statements"])?;
    if several.unwrap_or_else(|| given.driver.takes_several_statements()) {
        flags |= CapabilityFlags::CLIENT_MULTI_STATEMENTS;
    }
    match given.take(&["client_flag", "client_flags"]) {
        None => {}
        // MySQL Connector's list, where a negative number takes a flag away
        Some((name, Value::Array(items))) => {
            for item in items {
                let flag = item.as_i64().ok_or_else(|| not_of_kind(&name, "a list of numbers"))?;
                let bits = capability(&name, flag.saturating_abs())?;
                flags.set(bits, flag > 0);
            }
        }
        Some((name, value)) => flags |= capability(&name, as_integer(&name, &value)?)?,
    }
    if given.flag(&["local_infile", "allow_local_infile"])?.unwrap_or(false) {
        flags |= CapabilityFlags::CLIENT_LOCAL_FILES;
    }
    Ok(flags)
}

fn capability(name: &str, bits: i64) -> Result<CapabilityFlags> {
    const SETTABLE: CapabilityFlags = CapabilityFlags::CLIENT_FOUND_ROWS
        .union(CapabilityFlags::CLIENT_LOCAL_FILES)
        .union(CapabilityFlags::CLIENT_IGNORE_SPACE)
        .union(CapabilityFlags::CLIENT_INTERACTIVE)
        .union(CapabilityFlags::CLIENT_MULTI_STATEMENTS)
        .union(CapabilityFlags::CLIENT_NO_SCHEMA);
    let bits = u32::try_from(bits).map_err(|_| not_of_kind(name, "a number of 32 bits"))?;
    Ok(CapabilityFlags::from_bits_truncate(bits) & SETTABLE)
}

fn attributes(given: &mut Given) -> Result<HashMap<String, String>> {
    let mut attributes = HashMap::from([
        ("_client_name".to_owned(), "limbeck".to_owned()),
        ("_client_version".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
        ("_pid".to_owned(), std::process::id().to_string()),
        ("program_name".to_owned(), "alembic".to_owned()),
    ]);
    if let Some(program) = given.text(&["program_name"])? {
        attributes.insert("program_name".to_owned(), program);
    }
    if let Some((name, value)) = given.take(&["conn_attrs", "connect_attrs"]) {
        let Value::Json(serde_json::Value::Object(pairs)) = value else {
            return Err(not_of_kind(&name, "a dictionary of strings"));
        };
        for (key, value) in pairs {
            let value = value.as_str().ok_or_else(|| not_of_kind(&name, "a dictionary of strings"))?;
            attributes.insert(key, value.to_owned());
        }
    }
    Ok(attributes)
}

/// Reads what is said about TLS, in whichever of the drivers' ways.
fn tls(given: &mut Given, file: &OptionFile) -> Result<Tls> {
    let mut asked = given.merge_ssl_dictionary()?;
    let disabled = given.flag(&["ssl_disabled"])?;
    let mode = given.text(&["ssl_mode"])?.map(|mode| mode.to_uppercase());
    let mut arguments = TlsArguments {
        ca: given.text(&["ssl_ca"])?.or_else(|| file.get("ssl-ca")),
        ca_directory: given.text(&["ssl_capath"])?.or_else(|| file.get("ssl-capath")),
        certificate: given.text(&["ssl_cert"])?.or_else(|| file.get("ssl-cert")),
        key: given.text(&["ssl_key"])?.or_else(|| file.get("ssl-key")),
        check: Check::None,
    };
    for unused in ["ssl_cipher", "ssl_key_password", "tls_versions", "tls_ciphersuites", "tls_version"] {
        if given.take(&[unused]).is_some_and(|(_, value)| !value.is_null()) {
            return Err(Error::Argument(format!(
                "{unused} is not part of Limbeck: TLS 1.2 and 1.3 are used with the safe ciphers, and keys must \
                 not be encrypted"
            )));
        }
    }
    asked |= arguments != TlsArguments::default();
    let verify = given.verification(&["ssl_verify_cert", "ssl_verify_mode"])?;
    let identity = given.flag(&["ssl_verify_identity", "ssl_check_hostname"])?;
    asked |= verify == Some(true) || identity == Some(true);
    let has_authorities = arguments.ca.is_some() || arguments.ca_directory.is_some();
    let verify = verify.unwrap_or(match given.driver {
        // MySQL Connector believes any certificate until it is told not to
        PythonDriver::MysqlConnector => identity == Some(true),
        _ => has_authorities || identity == Some(true),
    });
    let identity = identity.unwrap_or(match given.driver {
        PythonDriver::MysqlConnector | PythonDriver::MysqlDb | PythonDriver::MariadbConnector => false,
        _ => has_authorities,
    });
    arguments.check = match (verify, identity) {
        (false, _) => Check::None,
        (true, false) => Check::Authority,
        (true, true) => Check::Identity,
    };
    let required = match mode.as_deref() {
        Some("DISABLED") => return Ok(Tls::Off),
        Some("PREFERRED") => false,
        Some("REQUIRED") => true,
        Some("VERIFY_CA") => {
            arguments.check = arguments.check.max(Check::Authority);
            true
        }
        Some("VERIFY_IDENTITY") => {
            arguments.check = Check::Identity;
            true
        }
        Some(other) => {
            return Err(Error::Argument(format!(
                "{} is no ssl_mode; those are DISABLED, PREFERRED, REQUIRED, VERIFY_CA and VERIFY_IDENTITY",
                text_repr(other)
            )));
        }
        None if disabled == Some(true) => return Ok(Tls::Off),
        None => asked,
    };
    let config = arguments.config()?;
    Ok(if required { Tls::Required(config) } else { Tls::Preferred(config) })
}

fn not_of_kind(name: &str, kind: &str) -> Error {
    Error::Argument(format!("the argument '{name}' of the connection must be {kind}"))
}

impl Given {
    fn collect(driver: PythonDriver, url: &Url, connect_args: &IndexMap<String, Value>) -> Self {
        let mut values: IndexMap<String, Value> = url
            .query()
            .iter()
            .filter_map(|(key, value)| Some((key.clone(), Value::from(value.last()?))))
            .collect();
        values.extend(connect_args.iter().map(|(key, value)| (key.clone(), value.clone())));
        Self { driver, values }
    }

    /// Takes an argument under any of its names, with the name that it was given by.
    fn take(&mut self, names: &[&str]) -> Option<(String, Value)> {
        let mut found = None;
        for name in names {
            if let Some(value) = self.values.shift_remove(*name) {
                found = found.or_else(|| (!value.is_null()).then(|| ((*name).to_owned(), value)));
            }
        }
        found
    }

    fn text(&mut self, names: &[&str]) -> Result<Option<String>> {
        match self.take(names) {
            None => Ok(None),
            Some((_, Value::Text(text))) => Ok(Some(text)),
            Some((_, Value::Opaque(object))) if object.stored.is_some() => match object.stored.as_deref() {
                Some(Value::Text(text)) => Ok(Some(text.clone())),
                _ => Err(not_of_kind(names[0], "a string")),
            },
            Some((_, Value::Array(items))) if items.len() == 1 => Ok(items[0].as_str().map(str::to_owned)),
            Some((name, _)) => Err(not_of_kind(&name, "a string")),
        }
    }

    fn integer(&mut self, names: &[&str]) -> Result<Option<i64>> {
        self.take(names).map(|(name, value)| as_integer(&name, &value)).transpose()
    }

    fn seconds(&mut self, names: &[&str]) -> Result<Option<Duration>> {
        let Some((name, value)) = self.take(names) else { return Ok(None) };
        let seconds = match value {
            Value::Float(seconds) => Some(seconds),
            Value::Text(text) => text.trim().parse().ok(),
            // more seconds than a float holds exactly are longer than anyone waits
            #[allow(clippy::cast_precision_loss)]
            other => other.as_i64().map(|seconds| seconds as f64),
        };
        seconds
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
            .map(Some)
            .ok_or_else(|| not_of_kind(&name, "a number of seconds"))
    }

    fn flag(&mut self, names: &[&str]) -> Result<Option<bool>> {
        self.take(names).map(|(name, value)| as_flag(&name, &value)).transpose()
    }

    /// Takes a way of verification: a flag, or one of the words and numbers of Python's `ssl`.
    fn verification(&mut self, names: &[&str]) -> Result<Option<bool>> {
        let Some((name, value)) = self.take(names) else { return Ok(None) };
        match value.as_str().map(str::to_lowercase).as_deref() {
            Some("none") => Ok(Some(false)),
            Some("optional" | "required" | "cert_required" | "cert_optional") => Ok(Some(true)),
            _ => match value.as_i64() {
                Some(number @ 0..=2) => Ok(Some(number > 0)),
                _ => as_flag(&name, &value).map(Some),
            },
        }
    }

    /// Takes `ssl={"ca": ...}` apart into the arguments that its keys stand for; tells whether TLS is asked for.
    fn merge_ssl_dictionary(&mut self) -> Result<bool> {
        let Some((_, value)) = self.take(&["ssl"]) else { return Ok(false) };
        let pairs = match value {
            Value::Json(serde_json::Value::Object(pairs)) => pairs,
            Value::Bool(asked) => return Ok(asked),
            Value::Text(text) => return as_flag("ssl", &Value::Text(text)),
            _ => {
                return Err(Error::Argument(
                    "the argument 'ssl' of the connection is an object of Python that Limbeck cannot use; give the \
                     files by ssl_ca, ssl_cert and ssl_key, in the URL or in connect_args"
                        .to_owned(),
                ));
            }
        };
        for (key, value) in pairs {
            let name = match key.as_str() {
                "verify_mode" => "ssl_verify_mode".to_owned(),
                "check_hostname" => "ssl_check_hostname".to_owned(),
                "mode" => "ssl_mode".to_owned(),
                "ca" | "capath" | "cert" | "key" | "cipher" => format!("ssl_{key}"),
                "password" => "ssl_key_password".to_owned(),
                other => {
                    return Err(Error::Argument(format!(
                        "the argument 'ssl' of the connection has the key '{other}', which Limbeck does not know; it \
                         knows ca, capath, cert, key, check_hostname and verify_mode"
                    )));
                }
            };
            let value = match value {
                serde_json::Value::String(text) => Value::Text(text),
                serde_json::Value::Bool(flag) => Value::Bool(flag),
                serde_json::Value::Number(number) => Value::Int(number.as_i64().unwrap_or_default()),
                _ => Value::Null,
            };
            self.values.entry(name).or_insert(value);
        }
        Ok(true)
    }

    /// Refuses what nobody has taken.
    fn finish(mut self) -> Result<()> {
        for name in WITHOUT_MEANING {
            self.values.shift_remove(name);
        }
        let Some(name) = self.values.keys().next() else { return Ok(()) };
        Err(Error::Type(match self.driver {
            PythonDriver::MysqlDb | PythonDriver::MariadbConnector => {
                format!("'{name}' is an invalid keyword argument for connect()")
            }
            PythonDriver::MysqlConnector => format!("Unsupported argument '{name}'"),
            PythonDriver::PyMysql | PythonDriver::Cymysql => {
                format!("Connection.__init__() got an unexpected keyword argument '{name}'")
            }
            PythonDriver::Asyncmy | PythonDriver::Aiomysql => {
                format!("connect() got an unexpected keyword argument '{name}'")
            }
        }))
    }
}

fn as_integer(name: &str, value: &Value) -> Result<i64> {
    match value {
        Value::Text(text) => parse_integer(text),
        other => other.as_i64().ok_or_else(|| not_of_kind(name, "a whole number")),
    }
}

fn parse_integer(text: &str) -> Result<i64> {
    text.trim()
        .parse()
        .map_err(|_| Error::Value(format!("invalid literal for int() with base 10: {}", text_repr(text))))
}

fn as_flag(name: &str, value: &Value) -> Result<bool> {
    match value {
        Value::Text(text) => match text.trim().to_lowercase().as_str() {
            "true" | "yes" | "on" | "y" | "t" | "1" => Ok(true),
            "false" | "no" | "off" | "n" | "f" | "0" => Ok(false),
            _ => Err(Error::Value(format!("String is not true/false: {}", text_repr(text)))),
        },
        other => other.as_i64().map(|number| number != 0).ok_or_else(|| not_of_kind(name, "true or false")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str) -> Result<ConnectArguments> {
        read_with(url, &[])
    }

    fn read_with(url: &str, connect_args: &[(&str, Value)]) -> Result<ConnectArguments> {
        let url = Url::parse(url).unwrap();
        let connect_args =
            connect_args.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        let environment = ClientEnvironment::new([], Some("/home/me".into()), Some("me".to_owned()));
        ConnectArguments::read(PythonDriver::of(&url).unwrap(), &url, &connect_args, &environment)
    }

    #[test]
    fn what_is_not_said_has_the_drivers_defaults() {
        let arguments = read("mysql+pymysql://").unwrap();
        assert_eq!(arguments.address, Address::Host { host: "localhost".to_owned(), port: 3306 });
        assert_eq!((arguments.user.as_str(), arguments.password.reveal()), ("me", ""));
        assert_eq!(arguments.database, None);
        assert_eq!(arguments.charset, "utf8mb4");
        assert_eq!(arguments.connect_timeout, Some(Duration::from_secs(10)));
        assert_eq!(arguments.read_timeout, None);
        assert!(!arguments.autocommit);
        assert!(arguments.capabilities.contains(CapabilityFlags::CLIENT_FOUND_ROWS));
        assert!(!arguments.capabilities.contains(CapabilityFlags::CLIENT_MULTI_STATEMENTS));
        assert!(matches!(arguments.tls, Tls::Preferred(_)));
    }

    #[test]
    fn connect_args_win_over_the_url() {
        let given = [("port", Value::Int(3307)), ("charset", Value::from("latin1"))];
        let arguments =
            read_with("mysql+pymysql://u:p%40@db:3306/app?charset=utf8mb4&read_timeout=5", &given).unwrap();
        assert_eq!(arguments.address, Address::Host { host: "db".to_owned(), port: 3307 });
        assert_eq!((arguments.user.as_str(), arguments.password.reveal()), ("u", "p@"));
        assert_eq!(arguments.database.as_deref(), Some("app"));
        assert_eq!(arguments.charset, "latin1");
        assert_eq!(arguments.read_timeout, Some(Duration::from_secs(5)));
    }

    #[test]
    fn an_unknown_argument_is_refused_in_the_drivers_words() {
        let message = |url| read(url).unwrap_err().to_string();
        assert_eq!(
            message("mysql+pymysql://h/d?frobnicate=1"),
            "Connection.__init__() got an unexpected keyword argument 'frobnicate'"
        );
        assert_eq!(
            message("mysql://h/d?frobnicate=1"),
            "'frobnicate' is an invalid keyword argument for connect()"
        );
        assert_eq!(message("mariadb+mysqlconnector://h/d?frobnicate=1"), "Unsupported argument 'frobnicate'");
        assert_eq!(
            message("mysql+asyncmy://h/d?frobnicate=1"),
            "connect() got an unexpected keyword argument 'frobnicate'"
        );
    }

    #[test]
    fn a_name_that_goes_into_sql_must_be_one() {
        let message = read("mysql://h/d?charset=utf8;drop").unwrap_err().to_string();
        assert_eq!(message, "'utf8;drop' is no name of a charset");
    }

    #[test]
    fn a_password_is_never_shown() {
        let arguments = read("mysql+pymysql://u:hush-hush@h/d").unwrap();
        assert!(!format!("{arguments:?}").contains("hush"));
    }

    #[test]
    fn tls_is_asked_for_in_many_ways() {
        let required = |url: &str, given: &[(&str, Value)]| {
            matches!(read_with(url, given).unwrap().tls, Tls::Required(_))
        };
        let dictionary = Value::Json(serde_json::json!({"verify_mode": "none"}));
        assert!(required("mysql+pymysql://h/d", &[("ssl", dictionary)]));
        assert!(required("mysql+pymysql://h/d", &[("ssl", Value::Bool(true))]));
        assert!(required("mysql+pymysql://h/d?ssl_verify_cert=true", &[]));
        assert!(required("mysql://h/d?ssl_mode=REQUIRED", &[]));
        assert!(!required("mysql://h/d?ssl_mode=PREFERRED", &[]));
        for off in ["ssl_mode=DISABLED", "ssl_disabled=true"] {
            let arguments = read(&format!("mysql://h/d?{off}")).unwrap();
            assert!(matches!(arguments.tls, Tls::Off), "{off}");
        }
        let message = read("mysql://h/d?ssl_ca=/nosuch/ca.pem").unwrap_err().to_string();
        assert!(message.starts_with("the file of ssl_ca, '/nosuch/ca.pem', cannot be used:"), "{message}");
    }
}
