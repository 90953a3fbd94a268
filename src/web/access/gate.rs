//! The gate before every route: it lets through whom the route admits, and tells the route who asks.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, LOCATION, SET_COOKIE, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::cookie::Cookie;
use super::login;
use super::session::{Session, digest};
use super::throttle::Place;
use super::viewer::{Client, Signed, Viewer};
use super::{Porter, stamp};
use crate::domain::account::{AccountName, Admission};
use crate::domain::time::Moment;
use crate::web::view::fault;
use crate::web::{Console, api};

/// The most of a form that is carried over a login, in bytes.
pub const TYPED_BYTES: usize = 16 * 1024;

/// The header by which the script of a page says that the page asks by itself, and nobody has done
/// anything: that makes no session last.
const BY_ITSELF: &str = "x-wangxun-by-itself";

/// Whom a route admits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admits {
    /// Everybody, signed in or not: nothing of a unit or a person is shown there.
    Everybody,
    /// Whoever has signed in, in any role. A unit's accounts see what is theirs.
    Signed,
    /// Whoever has signed in, but for the accounts of a unit: what is shown there is of all units.
    Office,
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
    let program = request.uri().path().starts_with(api::ROOT);
    let viewer = match (found.viewer, admits) {
        (Some(viewer), Admits::Office) if viewer.only().is_some() => {
            let why = "本页面含有其他单位的内容，您的账号无权查看。";
            return match program {
                true => api::refused(StatusCode::FORBIDDEN, why),
                false => fault(StatusCode::FORBIDDEN, why),
            };
        }
        (Some(viewer), _) => viewer,
        (None, Admits::Everybody) => return next.run(request).await,
        (None, _) if program => return to_token(),
        (None, Admits::Signed | Admits::Office) => return to_login(&console, request).await,
    };
    request.extensions_mut().insert(viewer);
    let mut response = next.run(request).await;
    if let Some(cookie) = found.cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// Asks a program for its token.
fn to_token() -> Response {
    let mut response = api::refused(StatusCode::UNAUTHORIZED, "须使用接口令牌。");
    let headers = response.headers_mut();
    for way in ["Bearer", "Basic realm=\"wangxun\", charset=\"UTF-8\""] {
        headers.append(WWW_AUTHENTICATE, HeaderValue::from_static(way));
    }
    response
}

/// Sends a browser to the login page. What was typed into a form is not done; it is carried on, so that
/// whoever signs in finds it again.
async fn to_login(console: &Console, request: Request) -> Response {
    let path = request.uri().path_and_query();
    let path = path.map_or("/", |path| path.as_str()).to_owned();
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let headers = request.headers().clone();
        let body = to_bytes(request.into_body(), TYPED_BYTES).await;
        let typed = body.map(|body| String::from_utf8_lossy(&body).into_owned());
        return login::lost(console, &headers, &path, &typed.unwrap_or_default());
    }
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
        if let Some(said) = headers.get(AUTHORIZATION)
            && request.uri().path().starts_with(api::ROOT)
        {
            return Found {
                viewer: self.client(said),
                cookie: None,
            };
        }
        let vouched = self.vouched(request);
        let session = Cookie::Session.of(headers, self.secure);
        let session = session.and_then(|token| match headers.contains_key(BY_ITSELF) {
            true => self.sessions().look(&token, now),
            false => self.sessions().find(&token, now),
        });
        match (vouched, session) {
            // Whom the proxy names now counts, not whom it named when the session began.
            (Some(name), Some(session)) if session.account == name => Found {
                viewer: self.signed(session, true),
                cookie: None,
            },
            (Some(name), _) => self.begun(&name, now),
            (None, Some(session)) if !session.vouched => Found {
                viewer: self.signed(session, false),
                cookie: None,
            },
            // Who has signed out at the proxy has signed out here.
            (None, _) => Found {
                viewer: None,
                cookie: None,
            },
        }
    }

    /// The program whose token a request carries.
    fn client(&self, said: &HeaderValue) -> Option<Viewer> {
        let token = token_of(said.to_str().ok()?)?;
        let digest = token_digest(&token);
        let accounts = match self.accounts() {
            Ok(accounts) => accounts,
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the tokens cannot be read"
                );
                return None;
            }
        };
        let account = accounts
            .iter()
            .find(|account| account.token.as_ref() == Some(&digest))?;
        Some(Viewer::Client(Client {
            name: account.name.clone(),
            role: account.role.clone(),
        }))
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
        // A program's account is not a person's.
        let account = self.account(name).filter(|one| one.token.is_none());
        let begun = account.and_then(|account| {
            let mut sessions = self.sessions();
            let token = sessions.begin(name, stamp(&account), true, now).ok()?;
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
    pub(super) fn vouched(&self, request: &Request) -> Option<AccountName> {
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

/// The token of a bearer, or the password of basic authentication.
fn token_of(said: &str) -> Option<String> {
    let (way, rest) = said.split_once(' ')?;
    if way.eq_ignore_ascii_case("bearer") {
        return Some(rest.trim().to_owned());
    }
    let bytes = way
        .eq_ignore_ascii_case("basic")
        .then(|| STANDARD.decode(rest.trim()).ok())??;
    let pair = String::from_utf8(bytes).ok()?;
    Some(pair.split_once(':')?.1.to_owned())
}

/// What is kept of a token: a token is 256 random bits, which one round of SHA-256 hides.
pub fn token_digest(token: &str) -> String {
    digest(token)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
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
