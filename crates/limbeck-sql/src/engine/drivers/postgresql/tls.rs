//! TLS as libpq's `sslmode` wants it: not at all, unchecked, with a checked certificate, or with a checked name as well.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, ClientConnection, DigitallySignedStruct, Error as TlsError,
    RootCertStore, SignatureScheme, StreamOwned,
};

use super::stream::{Plain, Stream};

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
    let mut connection = ClientConnection::new(Arc::new(config), name).map_err(|error| described(&error))?;
    let mut plain = plain;
    while connection.is_handshaking() {
        connection.complete_io(&mut plain).map_err(|error| {
            error
                .get_ref()
                .and_then(|inner| inner.downcast_ref::<TlsError>())
                .map_or_else(|| format!("SSL error: {error}"), described)
        })?;
    }
    Ok(Stream::Tls(Box::new(StreamOwned::new(connection, plain))))
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
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = verifier(arguments, &provider)?;
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| described(&error))?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    let mut config = match (&arguments.certificate, &arguments.key) {
        (Some(certificate), Some(key)) => {
            builder.with_client_auth_cert(certificates(certificate)?, private_key(key)?).map_err(|error| {
                format!("could not use certificate file \"{}\": {error}", certificate.display())
            })?
        }
        (Some(certificate), None) => {
            return Err(format!(
                "certificate present, but not private key file: sslkey is not given for \"{}\"",
                certificate.display()
            ));
        }
        (None, _) => builder.with_no_client_auth(),
    };
    config.enable_sni = arguments.server_name_indication;
    Ok(config)
}

fn verifier(
    arguments: &TlsArguments,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, String> {
    let check_name = arguments.mode == SslMode::VerifyFull;
    // With root certificates at hand `require` checks the certificate too, as it did before there was `verify-ca`.
    let checks = matches!(arguments.mode, SslMode::VerifyCa | SslMode::VerifyFull)
        || (arguments.mode == SslMode::Require && arguments.root.is_some());
    if !checks {
        return Ok(Arc::new(Unchecked { provider: Arc::clone(provider) }));
    }
    let mut roots = RootCertStore::empty();
    let mut trusted = Vec::new();
    match &arguments.root {
        Some(RootCertificates::File(file)) => {
            trusted = certificates(file)?;
            for certificate in &trusted {
                roots.add(certificate.clone()).map_err(|error| {
                    format!("could not read root certificate file \"{}\": {error}", file.display())
                })?;
            }
        }
        Some(RootCertificates::System) => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
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
    let inner = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
        .build()
        .map_err(|error| format!("SSL error: {error}"))?;
    Ok(Arc::new(Checked { inner, trusted, check_name }))
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let failed = |error| format!("could not read certificate file \"{}\": {error}", file.display());
    CertificateDer::pem_file_iter(file).and_then(Iterator::collect).map_err(failed)
}

fn private_key(file: &Path) -> Result<PrivateKeyDer<'static>, String> {
    PrivateKeyDer::from_pem_file(file)
        .map_err(|error| format!("could not load private key file \"{}\": {error}", file.display()))
}

/// Takes any certificate: what is sent is hidden, but nobody knows from whom.
#[derive(Debug)]
struct Unchecked {
    provider: Arc<CryptoProvider>,
}

/// Checks that a certificate goes back to a root certificate or is one, and perhaps that it is for the host's name.
#[derive(Debug)]
struct Checked {
    inner: Arc<WebPkiServerVerifier>,
    /// The root certificates of a file: a server may show one of them as its own, which the library would not take.
    trusted: Vec<CertificateDer<'static>>,
    check_name: bool,
}

impl ServerCertVerifier for Unchecked {
    fn verify_server_cert(
        &self,
        _certificate: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

impl ServerCertVerifier for Checked {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        if self.trusted.iter().any(|trusted| trusted == certificate) {
            if self.check_name {
                rustls::client::verify_server_name(&ParsedCertificate::try_from(certificate)?, name)?;
            }
            return Ok(ServerCertVerified::assertion());
        }
        match self.inner.verify_server_cert(certificate, intermediates, name, ocsp, now) {
            // The name is looked at last, after everything else was found in order.
            Err(TlsError::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if !self.check_name => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        self.inner.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        self.inner.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}
