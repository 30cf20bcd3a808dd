//! Database URLs: reading, changing and writing them as `sqlalchemy.engine.URL` does.
//!
//! `Display` and `Debug` never show a password.

use std::fmt::{self, Write};
use std::str::FromStr;
use std::sync::LazyLock;

use indexmap::IndexMap;
use percent_encoding::percent_decode_str;
use regex::Regex;

use super::plugins;
use super::python_repr::text_repr;
use crate::error::{Error, Result};

/// A database URL, taken apart.
#[derive(Clone, PartialEq, Eq)]
pub struct Url {
    drivername: String,
    username: Option<String>,
    password: Option<Password>,
    host: Option<String>,
    port: Option<i64>,
    database: Option<String>,
    query: IndexMap<String, QueryValue>,
}

/// A password, which shows itself as `***`.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

/// The value of a query argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueryValue {
    /// An argument that was given once.
    One(String),
    /// An argument that was given several times, in order.
    Many(Vec<String>),
}

/// Parts of a URL to put in place of others; `None` leaves a part as it is.
#[derive(Clone, Debug, Default)]
pub struct UrlChanges {
    /// The dialect, with `+driver` or without.
    pub drivername: Option<String>,
    /// The user's name.
    pub username: Option<String>,
    /// The password.
    pub password: Option<Password>,
    /// The host's name or address, without brackets.
    pub host: Option<String>,
    /// The port.
    pub port: Option<i64>,
    /// The database's name or file.
    pub database: Option<String>,
    /// All of the query arguments.
    pub query: Option<IndexMap<String, QueryValue>>,
}

impl Password {
    /// Wraps a password, as typed: not percent-encoded.
    pub fn new(password: impl Into<String>) -> Self {
        Self(password.into())
    }

    /// Gives the password itself, for a driver that connects.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl From<&str> for Password {
    fn from(password: &str) -> Self {
        Self::new(password)
    }
}

impl QueryValue {
    /// Gives all values.
    #[must_use]
    pub fn values(&self) -> &[String] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }

    /// Gives the value, or the last one when there are several.
    pub fn last(&self) -> Option<&str> {
        self.values().last().map(String::as_str)
    }

    fn append(&mut self, more: &[String]) {
        let mut values = self.values().to_vec();
        values.extend_from_slice(more);
        *self = Self::Many(values);
    }
}

impl From<&str> for QueryValue {
    fn from(value: &str) -> Self {
        Self::One(value.to_owned())
    }
}

/// The URL's grammar; it follows `make_url`, which takes more than RFC 1738 does and ignores text after a match.
static GRAMMAR: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let credentials = r"(?:(?P<username>[^:/]*)(?::(?P<password>[^@]*))?@)?";
    let host = r"(?:\[(?P<ipv6>[^/?]+)\]|(?P<host>[^/:?]+))?";
    let rest = r"(?::(?P<port>[^/?]*))?(?:/(?P<database>[^?]*))?(?:\?(?P<query>.*))?";
    Regex::new(&format!(r"^(?P<name>[\w+]+)://{credentials}{host}{rest}")).ok()
});

impl Url {
    /// Makes a URL from its parts; a `drivername` among the parts is put in place of the first argument.
    pub fn create(drivername: impl Into<String>, parts: UrlChanges) -> Self {
        let bare = Self {
            drivername: drivername.into(),
            username: None,
            password: None,
            host: None,
            port: None,
            database: None,
            query: IndexMap::new(),
        };
        bare.set(parts)
    }

    /// Reads a URL as `make_url` does.
    ///
    /// Fails with `ArgumentError` when the text is no URL, or its port no number.
    pub fn parse(text: &str) -> Result<Self> {
        let unparsable =
            || Error::Argument("Could not parse SQLAlchemy URL from given URL string".to_owned());
        let parts = GRAMMAR.as_ref().and_then(|grammar| grammar.captures(text)).ok_or_else(unparsable)?;
        let part = |name: &str| parts.name(name).map(|found| found.as_str());
        let decoded = |name: &str| part(name).map(unquote);
        // `scheme://user:password`, whose end is missing, reads like a host with its port.
        let is_secret = part("username").is_none() && part("database").is_none();
        Ok(Self {
            drivername: part("name").unwrap_or_default().to_owned(),
            username: decoded("username"),
            password: decoded("password").map(Password),
            host: part("host").or_else(|| part("ipv6")).map(str::to_owned),
            port: part("port").map(|text| parse_port(text, is_secret)).transpose()?,
            database: decoded("database"),
            query: part("query").map(|query| collect_pairs(parse_query(query))).unwrap_or_default(),
        })
    }

    /// Gives a copy with some parts replaced.
    #[must_use]
    pub fn set(&self, changes: UrlChanges) -> Self {
        let mut url = self.clone();
        if let Some(drivername) = changes.drivername {
            url.drivername = drivername;
        }
        url.username = changes.username.or(url.username);
        url.password = changes.password.or(url.password);
        url.host = changes.host.or(url.host);
        url.port = changes.port.or(url.port);
        url.database = changes.database.or(url.database);
        if let Some(query) = changes.query {
            url.query = query;
        }
        url
    }

    /// Gives the dialect, with `+driver` when the URL has one.
    #[must_use]
    pub fn drivername(&self) -> &str {
        &self.drivername
    }

    /// Gives the user's name.
    #[must_use]
    pub fn username(&self) -> Option<&str> {
        self.username.as_deref()
    }

    /// Gives the password.
    #[must_use]
    pub fn password(&self) -> Option<&Password> {
        self.password.as_ref()
    }

    /// Gives the host's name or address, without brackets.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }

    /// Gives the port.
    #[must_use]
    pub fn port(&self) -> Option<i64> {
        self.port
    }

    /// Gives the database's name or file.
    #[must_use]
    pub fn database(&self) -> Option<&str> {
        self.database.as_deref()
    }

    /// Gives the query arguments, in the order in which they were first given.
    #[must_use]
    pub fn query(&self) -> &IndexMap<String, QueryValue> {
        &self.query
    }

    /// Gives the last value of a query argument.
    pub fn query_argument(&self, name: &str) -> Option<&str> {
        self.query.get(name).and_then(QueryValue::last)
    }

    /// Gives the query arguments with every value as a list.
    #[must_use]
    pub fn normalized_query(&self) -> IndexMap<String, Vec<String>> {
        self.query.iter().map(|(key, value)| (key.clone(), value.values().to_vec())).collect()
    }

    /// Gives a copy whose query is changed by pairs: replaced argument by argument, or added to with `append`.
    #[must_use]
    pub fn update_query_pairs(&self, pairs: Vec<(String, QueryValue)>, append: bool) -> Self {
        let mut url = self.clone();
        let mut changes: IndexMap<String, QueryValue> = IndexMap::new();
        for (key, value) in pairs {
            match changes.get_mut(&key) {
                Some(present) => present.append(value.values()),
                None => {
                    changes.insert(key, value);
                }
            }
        }
        for (key, value) in changes {
            match url.query.get_mut(&key) {
                Some(present) if append => present.append(value.values()),
                _ => {
                    url.query.insert(key, value);
                }
            }
        }
        url
    }

    /// Gives a copy whose query is changed by a query string, without its question mark.
    #[must_use]
    pub fn update_query_string(&self, query: &str, append: bool) -> Self {
        let pairs = parse_query(query).map(|(key, value)| (key, QueryValue::One(value))).collect();
        self.update_query_pairs(pairs, append)
    }

    /// Gives a copy without some query arguments.
    #[must_use]
    pub fn difference_update_query(&self, names: &[&str]) -> Self {
        let mut url = self.clone();
        url.query.retain(|key, _| !names.contains(&key.as_str()));
        url
    }

    /// Gives the name of the database's dialect: what stands before the plus sign.
    #[must_use]
    pub fn get_backend_name(&self) -> &str {
        self.drivername.split('+').next().unwrap_or_default()
    }

    /// Gives the driver's name: what stands after the plus sign, or the dialect's own choice.
    ///
    /// Fails with `NoSuchModuleError` when there is no plus sign and the dialect is not known.
    pub fn get_driver_name(&self) -> Result<&str> {
        match self.drivername.split('+').nth(1) {
            Some(driver) => Ok(driver),
            None => plugins::default_driver(&self.drivername),
        }
    }

    /// Checks that the dialect and the driver are ones that the reference knows.
    ///
    /// Fails with `NoSuchModuleError`, such as `Can't load plugin: sqlalchemy.dialects:sqlite.foo`.
    pub fn check_dialect(&self) -> Result<()> {
        plugins::check(&self.drivername)
    }

    /// Writes the URL, with `***` for the password or with the password itself.
    ///
    /// As in the reference, query arguments are written as they are; `Display` hides passwords among them too.
    #[must_use]
    pub fn render_as_string(&self, hide_password: bool) -> String {
        self.render(hide_password, |_, value| quote_plus(value))
    }

    /// Writes the URL without any secret, in the query neither.
    fn redacted(&self) -> String {
        self.render(true, |key, value| if holds_secret(key) { "***".to_owned() } else { quote_plus(value) })
    }

    // Writing to a string cannot fail.
    fn render(&self, hide_password: bool, argument_value: impl Fn(&str, &str) -> String) -> String {
        let mut text = format!("{}://", self.drivername);
        if let Some(username) = &self.username {
            text.push_str(&quote(username, " +"));
            if let Some(password) = &self.password {
                text.push(':');
                if hide_password {
                    text.push_str("***");
                } else {
                    text.push_str(&quote(password.reveal(), " +"));
                }
            }
            text.push('@');
        }
        if let Some(host) = &self.host {
            if host.contains(':') {
                let _ = write!(text, "[{host}]");
            } else {
                text.push_str(host);
            }
        }
        if let Some(port) = self.port {
            let _ = write!(text, ":{port}");
        }
        if let Some(database) = &self.database {
            text.push('/');
            text.push_str(&quote(database, " +/"));
        }
        if !self.query.is_empty() {
            let mut arguments: Vec<_> = self.query.iter().collect();
            arguments.sort_by_key(|(key, _)| *key);
            let pairs: Vec<String> = arguments
                .into_iter()
                .flat_map(|(key, value)| value.values().iter().map(move |value| (key, value)))
                .map(|(key, value)| format!("{}={}", quote_plus(key), argument_value(key, value)))
                .collect();
            text.push('?');
            text.push_str(&pairs.join("&"));
        }
        text
    }
}

impl FromStr for Url {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.redacted())
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.redacted())
    }
}

/// Tells whether a query argument is one in which drivers take a password, alone or within a connection string.
fn holds_secret(key: &str) -> bool {
    let key = key.to_lowercase();
    ["password", "passwd", "pwd", "passphrase", "secret", "token", "odbc_connect"]
        .iter()
        .any(|word| key.contains(word))
}

/// Reads a port as Python's `int()` reads a string; a message shows it unless it may be secret.
fn parse_port(text: &str, is_secret: bool) -> Result<i64> {
    let shown = if is_secret { "***" } else { text };
    text.trim()
        .parse()
        .map_err(|_| Error::Value(format!("invalid literal for int() with base 10: {}", text_repr(shown))))
}

/// Splits a query string into decoded pairs; arguments without a value are left out, as `parse_qsl` does.
fn parse_query(query: &str) -> impl Iterator<Item = (String, String)> {
    let decode = |part: &str| unquote(&part.replace('+', " "));
    query.split('&').filter_map(move |pair| {
        let (key, value) = pair.split_once('=')?;
        (!value.is_empty()).then(|| (decode(key), decode(value)))
    })
}

fn collect_pairs(pairs: impl Iterator<Item = (String, String)>) -> IndexMap<String, QueryValue> {
    let mut query: IndexMap<String, QueryValue> = IndexMap::new();
    for (key, value) in pairs {
        match query.get_mut(&key) {
            Some(present) => present.append(&[value]),
            None => {
                query.insert(key, QueryValue::One(value));
            }
        }
    }
    query
}

fn unquote(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Percent-encodes what is neither a letter, a digit, one of `_.-~`, nor among `safe`.
fn quote(text: &str, safe: &str) -> String {
    let mut quoted = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"_.-~".contains(&byte) || safe.as_bytes().contains(&byte) {
            quoted.push(char::from(byte));
        } else {
            let _ = write!(quoted, "%{byte:02X}");
        }
    }
    quoted
}

fn quote_plus(text: &str) -> String {
    quote(text, " ").replace(' ', "+")
}

#[cfg(test)]
mod tests;
