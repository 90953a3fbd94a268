//! The TLS provider, and what a TLS failure means for a site.

use rustls::{AlertDescription, CertificateError, Error};

use crate::domain::visit::{CertificateFault, Failure};

/// Installs the TLS provider of this process. Calling it again changes nothing.
pub fn init_crypto() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Fails only when another thread was faster, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
}

/// The class of a TLS failure.
pub(super) fn failure(error: &Error) -> Failure {
    match error {
        Error::InvalidCertificate(fault) => Failure::Certificate(certificate(fault)),
        // The server speaks only what this client has given up, or says so itself.
        Error::PeerIncompatible(_)
        | Error::AlertReceived(
            AlertDescription::HandshakeFailure
            | AlertDescription::ProtocolVersion
            | AlertDescription::InsufficientSecurity,
        ) => Failure::TlsLegacy,
        _ => Failure::Tls,
    }
}

fn certificate(fault: &CertificateError) -> CertificateFault {
    match fault {
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => CertificateFault::Expired,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            CertificateFault::Name
        }
        // An issuer of a known name with another key is an unknown issuer too.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => CertificateFault::Chain,
        // A certificate that is its own authority has no class of its own: the verifier tells it
        // only in words.
        CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => {
            CertificateFault::Chain
        }
        _ => CertificateFault::Other,
    }
}
