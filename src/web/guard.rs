//! What every request must satisfy and every answer carries.
//!
//! The Host check stops pages of other origins from reading the console through a name that was
//! made to resolve to it (DNS rebinding). The content policy admits nothing but our own style
//! sheet, icon and script, none of them inline, so that a title that slipped through escaping could still do nothing.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderName, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::Response;

use super::Console;
use super::view::fault;

const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; \
     connect-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'";

/// How long one answer may take to be made.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// Checks the host, bounds the time, sets the headers.
pub async fn guard(State(console): State<Arc<Console>>, request: Request, next: Next) -> Response {
    let mut response = match refusal(&console.hosts, &request) {
        Some(refusal) => refusal,
        None => match tokio::time::timeout(ANSWER_WITHIN, next.run(request)).await {
            Ok(response) => response,
            Err(_) => fault(
                StatusCode::SERVICE_UNAVAILABLE,
                "数据读取超时，请稍后再试。",
            ),
        },
    };
    harden(response.headers_mut());
    response
}

/// Sets the headers, and checks no host: for what is called by names of others' choosing.
pub async fn armour(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    harden(response.headers_mut());
    response
}

fn refusal(hosts: &[String], request: &Request) -> Option<Response> {
    if !is_addressed(hosts, request.headers(), request.uri()) {
        return Some(fault(
            StatusCode::MISDIRECTED_REQUEST,
            "访问所用的主机名未在配置中登记。",
        ));
    }
    None
}

fn harden(headers: &mut HeaderMap) {
    let fixed = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "no-referrer"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
}

/// Whether the request names one of our hosts: by exactly one `Host` header, and by its target
/// too when that carries an authority.
fn is_addressed(hosts: &[String], headers: &HeaderMap, uri: &Uri) -> bool {
    let mut named = headers.get_all(HOST).iter();
    let (Some(host), None) = (named.next(), named.next()) else {
        return false;
    };
    let target = uri.authority().map(|authority| authority.as_str());
    host.to_str().is_ok_and(|host| is_ours(hosts, host))
        && target.is_none_or(|target| is_ours(hosts, target))
}

fn is_ours(hosts: &[String], authority: &str) -> bool {
    let Some(name) = name_of(authority) else {
        return false;
    };
    is_loopback(name) || hosts.iter().any(|host| host.eq_ignore_ascii_case(name))
}

/// The host of `name:port`, without the brackets of an IPv6 address.
fn name_of(authority: &str) -> Option<&str> {
    if let Some(rest) = authority.strip_prefix('[') {
        let (name, port) = rest.split_once(']')?;
        name.parse::<Ipv6Addr>().ok()?;
        return (port.is_empty() || is_port(port.strip_prefix(':')?)).then_some(name);
    }
    match authority.split_once(':') {
        Some((name, port)) => is_port(port).then_some(name),
        None => Some(authority),
    }
}

fn is_port(text: &str) -> bool {
    text.parse::<u16>().is_ok()
}

fn is_loopback(name: &str) -> bool {
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_and_configured_names_are_ours() {
        let hosts = ["wangxun.example.cn".to_owned(), "10.1.2.3".to_owned()];
        let rows = [
            ("localhost", true),
            ("LOCALHOST:8087", true),
            ("127.0.0.1:8087", true),
            ("127.9.9.9", true),
            ("[::1]:8087", true),
            ("[::1]", true),
            ("wangxun.example.cn", true),
            ("WangXun.example.cn:443", true),
            ("10.1.2.3:8087", true),
            ("10.1.2.4:8087", false),
            ("evil.example", false),
            ("localhost.evil.example", false),
            ("127.0.0.1.evil.example", false),
            ("localhost:8087:1", false),
            ("localhost:port", false),
            ("user@localhost", false),
            ("[::1", false),
            ("[localhost]", false),
            ("", false),
        ];
        for (authority, ours) in rows {
            assert_eq!(is_ours(&hosts, authority), ours, "{authority}");
        }
    }

    #[test]
    fn two_host_headers_or_a_foreign_target_are_refused() {
        let local = HeaderValue::from_static("localhost");
        let mut headers = HeaderMap::new();
        let own = Uri::from_static("/");
        assert!(!is_addressed(&[], &headers, &own));
        headers.append(HOST, local.clone());
        assert!(is_addressed(&[], &headers, &own));
        let foreign = Uri::from_static("http://evil.example/");
        assert!(!is_addressed(&[], &headers, &foreign));
        headers.append(HOST, local);
        assert!(!is_addressed(&[], &headers, &own));
    }
}
