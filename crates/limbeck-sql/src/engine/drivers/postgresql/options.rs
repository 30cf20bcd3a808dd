//! The connection options that libpq, asyncpg and pg8000 know, and what becomes of each here.

use super::flavor::Flavor;

/// What a connection option means here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// It is read by its name.
    Used,
    /// It changes nothing here, whatever its value.
    Ignored,
    /// It may be set to these values, which ask for nothing that is missing.
    Only(&'static [&'static str]),
}

/// A connection option.
pub(super) struct ConnectOption {
    pub name: &'static str,
    /// The environment variable that stands in for it.
    pub variable: Option<&'static str>,
    pub meaning: Meaning,
}

const fn option(name: &'static str, variable: &'static str, meaning: Meaning) -> ConnectOption {
    ConnectOption { name, variable: Some(variable), meaning }
}

const fn bare(name: &'static str, meaning: Meaning) -> ConnectOption {
    ConnectOption { name, variable: None, meaning }
}

/// The options of libpq.
const LIBPQ: &[ConnectOption] = &[
    option("host", "PGHOST", Meaning::Used),
    option("hostaddr", "PGHOSTADDR", Meaning::Used),
    option("port", "PGPORT", Meaning::Used),
    option("dbname", "PGDATABASE", Meaning::Used),
    option("user", "PGUSER", Meaning::Used),
    option("password", "PGPASSWORD", Meaning::Used),
    option("passfile", "PGPASSFILE", Meaning::Used),
    option("options", "PGOPTIONS", Meaning::Used),
    option("application_name", "PGAPPNAME", Meaning::Used),
    bare("fallback_application_name", Meaning::Used),
    option("connect_timeout", "PGCONNECT_TIMEOUT", Meaning::Used),
    option("target_session_attrs", "PGTARGETSESSIONATTRS", Meaning::Used),
    option("sslmode", "PGSSLMODE", Meaning::Used),
    option("sslrootcert", "PGSSLROOTCERT", Meaning::Used),
    option("sslcert", "PGSSLCERT", Meaning::Used),
    option("sslkey", "PGSSLKEY", Meaning::Used),
    option("sslsni", "PGSSLSNI", Meaning::Used),
    // text is always exchanged as UTF-8
    option("client_encoding", "PGCLIENTENCODING", Meaning::Ignored),
    bare("keepalives", Meaning::Used),
    bare("keepalives_idle", Meaning::Ignored),
    bare("keepalives_interval", Meaning::Ignored),
    bare("keepalives_count", Meaning::Ignored),
    bare("tcp_user_timeout", Meaning::Ignored),
    option("sslcompression", "PGSSLCOMPRESSION", Meaning::Ignored),
    bare("sslkeylogfile", Meaning::Ignored),
    option("krbsrvname", "PGKRBSRVNAME", Meaning::Ignored),
    option("gsslib", "PGGSSLIB", Meaning::Ignored),
    option("gssdelegation", "PGGSSDELEGATION", Meaning::Ignored),
    option("load_balance_hosts", "PGLOADBALANCEHOSTS", Meaning::Ignored),
    option("gssencmode", "PGGSSENCMODE", Meaning::Only(&["disable", "prefer"])),
    option("channel_binding", "PGCHANNELBINDING", Meaning::Only(&["disable", "prefer"])),
    option("sslnegotiation", "PGSSLNEGOTIATION", Meaning::Only(&["postgres"])),
    option("sslcertmode", "PGSSLCERTMODE", Meaning::Only(&["allow"])),
    option(
        "ssl_min_protocol_version",
        "PGSSLMINPROTOCOLVERSION",
        Meaning::Only(&["TLSv1", "TLSv1.1", "TLSv1.2"]),
    ),
    option("ssl_max_protocol_version", "PGSSLMAXPROTOCOLVERSION", Meaning::Only(&["TLSv1.3"])),
    option("min_protocol_version", "PGMINPROTOCOLVERSION", Meaning::Only(&["3.0"])),
    option("max_protocol_version", "PGMAXPROTOCOLVERSION", Meaning::Ignored),
    option("service", "PGSERVICE", Meaning::Only(&[])),
    bare("servicefile", Meaning::Only(&[])),
    bare("sslpassword", Meaning::Only(&[])),
    option("sslcrl", "PGSSLCRL", Meaning::Only(&[])),
    option("sslcrldir", "PGSSLCRLDIR", Meaning::Only(&[])),
    option("requirepeer", "PGREQUIREPEER", Meaning::Only(&[])),
    option("require_auth", "PGREQUIREAUTH", Meaning::Only(&[])),
    bare("replication", Meaning::Only(&["false", "off", "no", "0"])),
    bare("scram_client_key", Meaning::Only(&[])),
    bare("scram_server_key", Meaning::Only(&[])),
    bare("oauth_issuer", Meaning::Only(&[])),
    bare("oauth_client_id", Meaning::Only(&[])),
    bare("oauth_client_secret", Meaning::Only(&[])),
    bare("oauth_scope", Meaning::Only(&[])),
];

/// What `psycopg.connect` takes besides.
const PSYCOPG: &[ConnectOption] = &[
    bare("autocommit", Meaning::Used),
    bare("prepare_threshold", Meaning::Ignored),
    bare("context", Meaning::Ignored),
    bare("row_factory", Meaning::Ignored),
    bare("cursor_factory", Meaning::Ignored),
];

/// What `psycopg2.connect` takes besides.
const PSYCOPG2: &[ConnectOption] =
    &[bare("connection_factory", Meaning::Ignored), bare("cursor_factory", Meaning::Ignored)];

/// What `asyncpg.connect` and SQLAlchemy's layer over it take.
const ASYNCPG: &[ConnectOption] = &[
    bare("host", Meaning::Used),
    bare("port", Meaning::Used),
    bare("user", Meaning::Used),
    bare("password", Meaning::Used),
    bare("passfile", Meaning::Used),
    bare("database", Meaning::Used),
    bare("timeout", Meaning::Used),
    bare("ssl", Meaning::Used),
    bare("server_settings", Meaning::Used),
    bare("target_session_attrs", Meaning::Used),
    bare("command_timeout", Meaning::Ignored),
    bare("statement_cache_size", Meaning::Ignored),
    bare("max_cached_statement_lifetime", Meaning::Ignored),
    bare("max_cacheable_statement_size", Meaning::Ignored),
    bare("prepared_statement_cache_size", Meaning::Ignored),
    bare("prepared_statement_name_func", Meaning::Ignored),
    bare("connection_class", Meaning::Ignored),
    bare("record_class", Meaning::Ignored),
    bare("loop", Meaning::Ignored),
    bare("async_fallback", Meaning::Ignored),
    bare("krbsrvname", Meaning::Ignored),
    bare("gsslib", Meaning::Ignored),
    bare("direct_tls", Meaning::Only(&["False"])),
];

/// What `pg8000.dbapi.connect` takes.
const PG8000: &[ConnectOption] = &[
    bare("host", Meaning::Used),
    bare("port", Meaning::Used),
    bare("user", Meaning::Used),
    bare("password", Meaning::Used),
    bare("database", Meaning::Used),
    bare("timeout", Meaning::Used),
    bare("application_name", Meaning::Used),
    bare("ssl_context", Meaning::Used),
    bare("unix_sock", Meaning::Used),
    bare("startup_params", Meaning::Ignored),
    bare("tcp_keepalive", Meaning::Ignored),
    bare("source_address", Meaning::Only(&[])),
    bare("replication", Meaning::Only(&[])),
    bare("sock", Meaning::Only(&[])),
];

/// Finds an option of a driver by its name.
pub(super) fn find(flavor: Flavor, name: &str) -> Option<&'static ConnectOption> {
    let tables: [&'static [ConnectOption]; 2] = match flavor {
        Flavor::Psycopg => [LIBPQ, PSYCOPG],
        Flavor::Psycopg2 => [LIBPQ, PSYCOPG2],
        Flavor::Asyncpg => [ASYNCPG, &[]],
        Flavor::Pg8000 => [PG8000, &[]],
    };
    tables.into_iter().flatten().find(|option| option.name == name)
}

/// Gives libpq's options that an environment variable may set, with the variable.
pub(super) fn variables() -> impl Iterator<Item = (&'static ConnectOption, &'static str)> {
    LIBPQ.iter().filter_map(|option| option.variable.map(|variable| (option, variable)))
}
