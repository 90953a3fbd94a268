//! The gate before every route: it lets through whom the route admits, and tells the route who asks.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::cookie::Cookie;
use super::session::Session;
use super::throttle::Place;
use super::viewer::{Signed, Viewer};
use super::{Porter, stamp};
use crate::domain::account::{AccountName, Admission};
use crate::domain::time::Moment;
use crate::web::Console;

/// Whom a route admits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admits {
    /// Everybody, signed in or not: nothing of a unit or a person is shown there.
    Everybody,
    /// Whoever has signed in, in any role. A unit's accounts see what is theirs.
    Signed,
}

/// The other end of the connection.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// Lets through whom the route admits.
pub async fn gate(
    State((console, admits)): State<(Arc<Console>, Admits)>,
    mut request: Request,
    next: Next,
) -> Response {
    let now = console.clock.now();
    let found = console.porter.viewer(&request, now);
    let viewer = match (found.viewer, admits) {
        (Some(viewer), _) => viewer,
        (None, Admits::Everybody) => return next.run(request).await,
        (None, Admits::Signed) => return to_login(&request),
    };
    request.extensions_mut().insert(viewer);
    let mut response = next.run(request).await;
    if let Some(cookie) = found.cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// Sends a browser to the login page; what is no page to look at is refused.
fn to_login(request: &Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let path = request
        .uri()
        .path_and_query()
        .map_or("/", |path| path.as_str());
    let next: String = url::form_urlencoded::byte_serialize(path.as_bytes()).collect();
    (
        StatusCode::SEE_OTHER,
        [(LOCATION, format!("/login?next={next}"))],
    )
        .into_response()
}

/// What the gate found out.
struct Found {
    viewer: Option<Viewer>,
    /// The cookie of a session that began just now.
    cookie: Option<HeaderValue>,
}

impl Porter {
    fn viewer(&self, request: &Request, now: Moment) -> Found {
        let headers = request.headers();
        if self.admission == Admission::Open {
            return Found {
                viewer: Some(Viewer::Anybody),
                cookie: None,
            };
        }
        let vouched = self.vouched(request);
        let session = Cookie::Session.of(headers, self.secure);
        let session = session.and_then(|token| self.sessions().find(&token, now));
        match (vouched, session) {
            // Whom the proxy names now counts, not whom it named when the session began.
            (Some(name), Some(session)) if session.account == name => Found {
                viewer: self.signed(session, true),
                cookie: None,
            },
            (Some(name), _) => self.begun(&name, now),
            (None, Some(session)) => Found {
                viewer: self.signed(session, false),
                cookie: None,
            },
            (None, None) => Found {
                viewer: None,
                cookie: None,
            },
        }
    }

    /// Who holds a session, as long as the account is what it was.
    fn signed(&self, session: Session, vouched: bool) -> Option<Viewer> {
        let account = self.account(&session.account)?;
        if stamp(&account) != session.stamp {
            return None;
        }
        Some(Viewer::Signed(Signed {
            name: account.name,
            role: account.role,
            form: session.form,
            vouched,
        }))
    }

    /// A session for somebody whom a proxy vouches for.
    fn begun(&self, name: &AccountName, now: Moment) -> Found {
        let begun = self.account(name).and_then(|account| {
            let mut sessions = self.sessions();
            let token = sessions.begin(name, stamp(&account), now).ok()?;
            let session = sessions.find(token.as_str(), now)?;
            Some((token, session))
        });
        let Some((token, session)) = begun else {
            return Found {
                viewer: None,
                cookie: None,
            };
        };
        Found {
            viewer: self.signed(session, true),
            cookie: Cookie::Session.set(token.as_str(), self.secure),
        }
    }

    /// Whom a proxy vouches for; two answers are none.
    fn vouched(&self, request: &Request) -> Option<AccountName> {
        let header = self.proxy()?.header.as_deref()?;
        if !self.is_proxy(peer(request)?) {
            return None;
        }
        let mut values = request.headers().get_all(header).iter();
        match (values.next(), values.next()) {
            (Some(value), None) => AccountName::parse(value.to_str().ok()?).ok(),
            _ => None,
        }
    }

    fn is_proxy(&self, ip: IpAddr) -> bool {
        let known = self.proxy().map(|proxy| proxy.from.as_slice());
        known.unwrap_or_default().contains(&ip.to_canonical())
    }

    /// Where an attempt to sign in comes from, as far as that can be known.
    pub(super) fn place(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> Place {
        let forwarded = peer
            .filter(|ip| self.is_proxy(*ip))
            .and_then(|_| headers.get_all("x-forwarded-for").iter().next_back())
            .and_then(|line| line.to_str().ok())
            .and_then(|line| line.rsplit(',').next())
            .and_then(|last| last.trim().parse().ok());
        let ip: Option<IpAddr> = forwarded.or(peer);
        Place::Address(ip.map_or_else(|| "?".to_owned(), network))
    }
}

/// The address, of IPv6 the network: who has one address there has millions.
fn network(ip: IpAddr) -> String {
    match ip.to_canonical() {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}")
        }
    }
}

/// The address at the other end of the connection.
pub(super) fn peer(request: &Request) -> Option<IpAddr> {
    let peer = request.extensions().get::<Peer>();
    peer.map(|Peer(address)| address.ip().to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_in_one_ipv6_network_are_one_place() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("10.0.0.1"), "10.0.0.1");
        assert_eq!(of("::ffff:10.0.0.1"), "10.0.0.1");
        assert_eq!(of("2001:db8:1:2:3::4"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
    }
}
