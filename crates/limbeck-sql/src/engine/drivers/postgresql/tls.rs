//! TLS as libpq's `sslmode` wants it: not at all, unchecked, with a checked certificate, or with a checked name as well.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{CertificateError, ClientConfig, Error as TlsError, RootCertStore};

use crate::engine::drivers::stream::{Plain, Stream};
use crate::engine::drivers::tls::{
    Check, ConfigError, add_system_roots, begin, certificates, client_config, private_key,
};

/// Whether TLS is used, and what of the server's certificate is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SslMode {
    Disable,
    Allow,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

impl SslMode {
    pub(super) fn by_name(name: &str) -> Option<Self> {
        [Self::Disable, Self::Allow, Self::Prefer, Self::Require, Self::VerifyCa, Self::VerifyFull]
            .into_iter()
            .find(|mode| mode.name() == name)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Allow => "allow",
            Self::Prefer => "prefer",
            Self::Require => "require",
            Self::VerifyCa => "verify-ca",
            Self::VerifyFull => "verify-full",
        }
    }
}

/// Where the certificates come from that a server's certificate must go back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RootCertificates {
    System,
    File(PathBuf),
}

/// What is said about TLS.
#[derive(Debug)]
pub(super) struct TlsArguments {
    pub mode: SslMode,
    pub root: Option<RootCertificates>,
    /// Where root certificates would be looked for, for the message when there are none.
    pub expected_root: Option<PathBuf>,
    pub certificate: Option<PathBuf>,
    pub key: Option<PathBuf>,
    /// Whether the server is told which name it was called by.
    pub server_name_indication: bool,
}

/// Begins TLS on a connection to a server that is ready for it; the message of an error is libpq's where it has one.
pub(super) fn wrap(plain: Plain, host: &str, arguments: &TlsArguments) -> Result<Stream, String> {
    let config = config(arguments)?;
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| format!("SSL error: \"{host}\" is no name that a certificate can have"))?;
    begin(plain, name, Arc::new(config)).map_err(|error| {
        error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<TlsError>())
            .map_or_else(|| format!("SSL error: {error}"), described)
    })
}

fn described(error: &TlsError) -> String {
    match error {
        TlsError::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => {
            format!("server certificate does not match host name: {error}")
        }
        TlsError::InvalidCertificate(_) => format!("SSL error: certificate verify failed: {error}"),
        other => format!("SSL error: {other}"),
    }
}

fn config(arguments: &TlsArguments) -> Result<ClientConfig, String> {
    let check = match arguments.mode {
        SslMode::VerifyFull => Check::Identity,
        SslMode::VerifyCa => Check::Authority,
        // With root certificates at hand `require` checks the certificate too, as it did before there was `verify-ca`.
        SslMode::Require if arguments.root.is_some() => Check::Authority,
        _ => Check::None,
    };
    let roots = if check == Check::None { RootCertStore::empty() } else { roots(arguments)? };
    let client = match (&arguments.certificate, &arguments.key) {
        (Some(certificate), Some(key)) => {
            let key = private_key(key)
                .map_err(|error| format!("could not load private key file \"{}\": {error}", key.display()))?;
            Some((read_certificates(certificate)?, key))
        }
        (Some(certificate), None) => {
            return Err(format!(
                "certificate present, but not private key file: sslkey is not given for \"{}\"",
                certificate.display()
            ));
        }
        (None, _) => None,
    };
    let mut config = client_config(check, roots, client).map_err(|error| match error {
        ConfigError::Authorities(error) => format!("SSL error: {error}"),
        ConfigError::Client(error) => {
            let file = arguments.certificate.as_deref().unwrap_or(Path::new(""));
            format!("could not use certificate file \"{}\": {error}", file.display())
        }
        ConfigError::Other(error) => described(&error),
    })?;
    config.enable_sni = arguments.server_name_indication;
    Ok(config)
}

/// Collects the certificates of the authorities.
fn roots(arguments: &TlsArguments) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    match &arguments.root {
        Some(RootCertificates::File(file)) => {
            for certificate in read_certificates(file)? {
                roots.add(certificate).map_err(|error| {
                    format!("could not read root certificate file \"{}\": {error}", file.display())
                })?;
            }
        }
        Some(RootCertificates::System) => add_system_roots(&mut roots),
        None => {
            let expected = match &arguments.expected_root {
                Some(file) => format!("root certificate file \"{}\" does not exist", file.display()),
                None => "could not get home directory to locate root certificate file".to_owned(),
            };
            return Err(format!(
                "{expected}\nEither provide the file, use the system's trusted roots with sslrootcert=system, or \
                 change sslmode to disable server certificate verification."
            ));
        }
    }
    Ok(roots)
}

fn read_certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    certificates(file)
        .map_err(|error| format!("could not read certificate file \"{}\": {error}", file.display()))
}
