//! What a user says about TLS.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

use crate::engine::drivers::tls::{
    Check, ConfigError, add_system_roots, certificates, client_config, private_key,
};
use crate::error::{Error, Result};

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
        let roots = if self.check == Check::None { RootCertStore::empty() } else { self.roots()? };
        let client = match &self.certificate {
            None if self.key.is_some() => {
                return Err(Error::Argument("ssl_key needs ssl_cert beside it".to_owned()));
            }
            None => None,
            Some(certificate) => {
                let key = self.key.as_ref().unwrap_or(certificate);
                let chain = read_certificates(certificate, "ssl_cert")?;
                let key = private_key(Path::new(key))
                    .map_err(|error| unreadable("ssl_key", key, &error.to_string()))?;
                Some((chain, key))
            }
        };
        let config = client_config(self.check, roots, client).map_err(|error| match error {
            ConfigError::Authorities(error) => {
                Error::Argument(format!("no certificate of an authority can be used ({error}); give ssl_ca"))
            }
            ConfigError::Client(error) => {
                unreadable("ssl_cert", self.certificate.as_deref().unwrap_or_default(), &error.to_string())
            }
            ConfigError::Other(error) => Error::Argument(format!("TLS cannot be used: {error}")),
        })?;
        Ok(Arc::new(config))
    }

    /// Collects the certificates of the authorities.
    fn roots(&self) -> Result<RootCertStore> {
        let mut roots = RootCertStore::empty();
        if let Some(file) = &self.ca {
            for certificate in read_certificates(file, "ssl_ca")? {
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
            add_system_roots(&mut roots);
        }
        Ok(roots)
    }
}

fn read_certificates(file: &str, argument: &str) -> Result<Vec<CertificateDer<'static>>> {
    match certificates(Path::new(file)) {
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
