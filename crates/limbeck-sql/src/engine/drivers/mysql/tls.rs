//! TLS to the server: which certificates are believed, and how closely they are looked at.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use crate::error::{Error, Result};

/// How closely the server's certificate is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Check {
    /// Not at all.
    #[default]
    None,
    /// Somebody trusted must have signed it.
    Authority,
    /// And it must be for the host that was asked for.
    Identity,
}

/// What the user says about TLS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TlsArguments {
    /// A file with certificates of authorities, or none for those of the system.
    pub(super) ca: Option<String>,
    /// A directory with such files.
    pub(super) ca_directory: Option<String>,
    /// The client's certificate.
    pub(super) certificate: Option<String>,
    /// The client's key.
    pub(super) key: Option<String>,
    pub(super) check: Check,
}

impl TlsArguments {
    /// Makes the settings of connections, reading the files.
    ///
    /// Fails with `ArgumentError`, which names the file.
    pub(super) fn config(&self) -> Result<Arc<ClientConfig>> {
        let provider = Arc::new(ring::default_provider());
        let verifier = self.verifier(&provider)?;
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::Argument(format!("TLS cannot be used: {error}")))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier));
        let config = match &self.certificate {
            None if self.key.is_some() => {
                return Err(Error::Argument("ssl_key needs ssl_cert beside it".to_owned()));
            }
            None => builder.with_no_client_auth(),
            Some(certificate) => {
                let key = self.key.as_ref().unwrap_or(certificate);
                let chain = certificates(certificate, "ssl_cert")?;
                let key = PrivateKeyDer::from_pem_file(key)
                    .map_err(|error| unreadable("ssl_key", key, &error.to_string()))?;
                let key = provider
                    .key_provider
                    .load_private_key(key)
                    .map_err(|error| unreadable("ssl_key", certificate, &error.to_string()))?;
                // Not looked at any closer: certificates of version 1, which are still about, are the server's affair.
                let identity = SingleCertAndKey::from(CertifiedKey::new(chain, key));
                builder.with_client_cert_resolver(Arc::new(identity))
            }
        };
        Ok(Arc::new(config))
    }

    fn verifier(&self, provider: &Arc<CryptoProvider>) -> Result<Verifier> {
        let authorities = if self.check == Check::None {
            None
        } else {
            let roots = Arc::new(self.roots()?);
            let authorities = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(provider))
                .build()
                .map_err(|error| {
                    Error::Argument(format!(
                        "no certificate of an authority can be used ({error}); give ssl_ca"
                    ))
                })?;
            Some(authorities)
        };
        Ok(Verifier { authorities, check: self.check, provider: Arc::clone(provider) })
    }

    /// Collects the certificates of the authorities.
    fn roots(&self) -> Result<RootCertStore> {
        let mut roots = RootCertStore::empty();
        if let Some(file) = &self.ca {
            for certificate in certificates(file, "ssl_ca")? {
                roots.add(certificate).map_err(|error| unreadable("ssl_ca", file, &error.to_string()))?;
            }
        }
        if let Some(directory) = &self.ca_directory {
            let entries = fs::read_dir(directory)
                .map_err(|error| unreadable("ssl_capath", directory, &error.to_string()))?;
            for entry in entries.flatten() {
                // a directory of authorities may hold other things too
                let found = CertificateDer::pem_file_iter(entry.path()).into_iter().flatten().flatten();
                roots.add_parsable_certificates(found);
            }
        }
        if self.ca.is_none() && self.ca_directory.is_none() {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
        Ok(roots)
    }
}

fn certificates(file: &str, argument: &str) -> Result<Vec<CertificateDer<'static>>> {
    let certificates: std::result::Result<Vec<_>, _> =
        CertificateDer::pem_file_iter(Path::new(file)).and_then(Iterator::collect);
    match certificates {
        Ok(certificates) if certificates.is_empty() => {
            Err(unreadable(argument, file, "it holds no certificate in PEM form"))
        }
        Ok(certificates) => Ok(certificates),
        Err(error) => Err(unreadable(argument, file, &error.to_string())),
    }
}

fn unreadable(argument: &str, file: &str, reason: &str) -> Error {
    Error::Argument(format!("the file of {argument}, '{file}', cannot be used: {reason}"))
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
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Some(authorities) = &self.authorities else { return Ok(ServerCertVerified::assertion()) };
        match authorities.verify_server_cert(certificate, intermediates, name, ocsp_response, now) {
            Err(rustls::Error::InvalidCertificate(
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
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        if self.authorities.is_none() {
            return Ok(HandshakeSignatureValid::assertion());
        }
        rustls::crypto::verify_tls12_signature(
            message,
            certificate,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        if self.authorities.is_none() {
            return Ok(HandshakeSignatureValid::assertion());
        }
        rustls::crypto::verify_tls13_signature(
            message,
            certificate,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
