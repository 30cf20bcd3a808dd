//! TLS to a server: which certificates are believed, and how closely they are looked at.

use std::io;
use std::path::Path;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{VerifierBuilderError, WebPkiServerVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{
    CertificateError, ClientConfig, ClientConnection, DigitallySignedStruct, Error as TlsError,
    RootCertStore, SignatureScheme, StreamOwned,
};

use super::stream::{Plain, Stream};

/// How closely the server's certificate is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Check {
    /// Not at all: what is sent is hidden, but nobody knows from whom.
    #[default]
    None,
    /// Somebody trusted must have signed it.
    Authority,
    /// And it must be for the host that was asked for.
    Identity,
}

/// A client's certificate, with those that it goes back to, and its key.
pub(super) type ClientCertificate = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// Why there are no settings.
#[derive(Debug)]
pub(super) enum ConfigError {
    /// No certificate of an authority can be used.
    Authorities(VerifierBuilderError),
    /// The client's certificate and key cannot be used.
    Client(TlsError),
    /// TLS cannot be used at all.
    Other(TlsError),
}

/// Makes the settings of connections; `roots` are the authorities that a check goes back to.
pub(super) fn client_config(
    check: Check,
    roots: RootCertStore,
    client: Option<ClientCertificate>,
) -> Result<ClientConfig, ConfigError> {
    let provider = Arc::new(ring::default_provider());
    let authorities = if check == Check::None {
        None
    } else {
        let builder = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
        Some(builder.build().map_err(ConfigError::Authorities)?)
    };
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(ConfigError::Other)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Verifier { authorities, check, provider }));
    match client {
        None => Ok(builder.with_no_client_auth()),
        Some((chain, key)) => {
            let key = ring::default_provider().key_provider.load_private_key(key);
            let key = key.map_err(ConfigError::Client)?;
            // Not looked at any closer: certificates of version 1, which are still about, are the server's affair.
            let identity = SingleCertAndKey::from(CertifiedKey::new(chain, key));
            Ok(builder.with_client_cert_resolver(Arc::new(identity)))
        }
    }
}

/// Adds the authorities that the system trusts.
pub(super) fn add_system_roots(roots: &mut RootCertStore) {
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
}

/// Reads the certificates of a file in PEM form.
pub(super) fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, pem::Error> {
    CertificateDer::pem_file_iter(file).and_then(Iterator::collect)
}

/// Reads the key of a file in PEM form.
pub(super) fn private_key(file: &Path) -> Result<PrivateKeyDer<'static>, pem::Error> {
    PrivateKeyDer::from_pem_file(file)
}

/// Begins TLS on a connection to a server that is ready for it, handshake and all, so that what is wrong with a
/// certificate is said as such.
pub(super) fn begin(
    mut plain: Plain,
    name: ServerName<'static>,
    config: Arc<ClientConfig>,
) -> io::Result<Stream> {
    let mut connection = ClientConnection::new(config, name).map_err(io::Error::other)?;
    while connection.is_handshaking() {
        connection.complete_io(&mut plain)?;
    }
    Ok(Stream::Tls(Box::new(StreamOwned::new(connection, plain))))
}

/// Looks at the server's certificate as closely as it was asked for.
#[derive(Debug)]
struct Verifier {
    authorities: Option<Arc<WebPkiServerVerifier>>,
    check: Check,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        let Some(authorities) = &self.authorities else { return Ok(ServerCertVerified::assertion()) };
        match authorities.verify_server_cert(certificate, intermediates, name, ocsp_response, now) {
            // The name is looked at last, after everything else was found in order.
            Err(TlsError::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if self.check == Check::Authority => Ok(ServerCertVerified::assertion()),
            outcome => outcome,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        if self.authorities.is_none() {
            // of a certificate that is not looked at, whatever its version
            return Ok(HandshakeSignatureValid::assertion());
        }
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        if self.authorities.is_none() {
            return Ok(HandshakeSignatureValid::assertion());
        }
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
