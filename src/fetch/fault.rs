//! What a failed request says about the site: error causes and statuses as classes of failure.

use std::error::Error;
use std::io::{self, ErrorKind};

use super::guard::Refused;
use super::tls;
use crate::domain::visit::Failure;

/// Causes that are looked through at most.
const DEPTH: usize = 16;

/// A failed request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// Its class.
    pub failure: Failure,
    /// Whether the connection was still being made, TLS included: nothing was asked yet.
    pub connecting: bool,
}

impl Fault {
    /// A failure after the connection was made, or before one was tried.
    pub fn later(failure: Failure) -> Fault {
        Fault {
            failure,
            connecting: false,
        }
    }

    /// Whether it is https that could not be spoken: the connection was not made, and not for a
    /// reason that plain http would share.
    pub fn is_of_https(&self) -> bool {
        self.connecting && !matches!(self.failure, Failure::Dns | Failure::PrivateAddress)
    }

    /// Whether it may be that a connection which was kept has ended meanwhile.
    pub fn may_be_of_age(&self) -> bool {
        !self.connecting && matches!(self.failure, Failure::Closed | Failure::BadAnswer)
    }

    /// The class of a client error. The innermost cause that tells anything decides.
    pub fn of(error: &reqwest::Error) -> Fault {
        let connecting = error.is_connect();
        let failure = causes(error).filter_map(told_by).last();
        Fault {
            failure: failure.unwrap_or_else(|| untold(error)),
            connecting,
        }
    }
}

fn untold(error: &reqwest::Error) -> Failure {
    match (error.is_connect(), error.is_timeout()) {
        (true, true) => Failure::ConnectTimeout,
        (true, false) => Failure::Refused,
        (false, true) => Failure::TotalTimeout,
        (false, false) => Failure::BadAnswer,
    }
}

/// Whether a body ended with its connection.
pub(super) fn is_end_of_connection(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| {
        let io = cause.downcast_ref::<io::Error>();
        io.is_some_and(|io| io.kind() == ErrorKind::UnexpectedEof)
    })
}

fn causes<'a>(error: &'a reqwest::Error) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(error.source(), |cause| (*cause).source()).take(DEPTH)
}

fn told_by(cause: &(dyn Error + 'static)) -> Option<Failure> {
    if let Some(refused) = cause.downcast_ref::<Refused>() {
        return Some(match refused {
            Refused::Unresolved => Failure::Dns,
            Refused::Private => Failure::PrivateAddress,
        });
    }
    if let Some(error) = cause.downcast_ref::<rustls::Error>() {
        return Some(tls::failure(error));
    }
    if let Some(error) = cause.downcast_ref::<hyper::Error>() {
        return of_http(error);
    }
    cause.downcast_ref::<io::Error>().and_then(of_io)
}

fn of_http(error: &hyper::Error) -> Option<Failure> {
    if error.is_parse() || error.is_parse_too_large() || error.is_parse_status() {
        Some(Failure::BadAnswer)
    } else if error.is_incomplete_message() || error.is_closed() || error.is_canceled() {
        Some(Failure::Closed)
    } else {
        None
    }
}

fn of_io(error: &io::Error) -> Option<Failure> {
    // The cause inside an I/O error is not among its sources.
    let inside = error.get_ref().and_then(|inside| told_by(inside));
    inside.or(match error.kind() {
        ErrorKind::ConnectionRefused
        | ErrorKind::NetworkUnreachable
        | ErrorKind::HostUnreachable
        | ErrorKind::NetworkDown
        | ErrorKind::AddrNotAvailable
        | ErrorKind::PermissionDenied => Some(Failure::Refused),
        ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::NotConnected
        | ErrorKind::UnexpectedEof => Some(Failure::Closed),
        ErrorKind::TimedOut => Some(Failure::ConnectTimeout),
        ErrorKind::InvalidInput | ErrorKind::InvalidData => Some(Failure::BadAnswer),
        _ => None,
    })
}

/// The class of an error status. The firewalls of government sites answer with these: refusals
/// (403, 405, 406, 418, 451, 493), script challenges (412, 521), throttling (429), closing without
/// a word (444), and the codes of one large network's edge (566, 567).
pub(super) fn of_status(status: u16) -> Failure {
    match status {
        403 | 405 | 406 | 412 | 418 | 429 | 444 | 451 | 493 | 521 | 566 | 567 => {
            Failure::Blocked(status)
        }
        _ => Failure::Status(status),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_firewall_is_told_from_a_broken_server_by_its_status() {
        for status in [403, 405, 412, 418, 429, 521] {
            assert_eq!(of_status(status), Failure::Blocked(status));
            assert!(!of_status(status).is_host_down(), "{status}");
        }
        for status in [300, 304, 400, 401, 404, 410] {
            assert_eq!(of_status(status), Failure::Status(status));
            assert!(!of_status(status).is_host_down(), "{status}");
        }
        for status in [500, 502, 503, 504] {
            assert_eq!(of_status(status), Failure::Status(status));
            assert!(of_status(status).is_host_down(), "{status}");
        }
    }

    #[test]
    fn a_tls_fault_inside_an_io_error_is_found() {
        let alert = rustls::Error::AlertReceived(rustls::AlertDescription::HandshakeFailure);
        let error = io::Error::new(ErrorKind::InvalidData, alert);
        assert_eq!(told_by(&error), Some(Failure::TlsLegacy));
        let bare = io::Error::from(ErrorKind::InvalidData);
        assert_eq!(told_by(&bare), Some(Failure::BadAnswer));
    }
}
