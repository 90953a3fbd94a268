//! Signing in and out.

use std::net::IpAddr;
use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Query, Request, State};
use axum::http::header::{LOCATION, RETRY_AFTER, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, RequestExt as _};
use hmac::{Hmac, Mac as _};
use serde::Deserialize;
use sha2::Sha256;

use super::cookie::Cookie;
use super::gate::{TYPED_BYTES, peer};
use super::session::{Once, Token};
use super::throttle::Place;
use super::viewer::{Signed, Viewer};
use super::{Porter, password, stamp};
use crate::domain::account::AccountName;
use crate::domain::time::Moment;
use crate::report::plain::one_line;
use crate::web::Console;
use crate::web::view::{NAME_CHARS, Shared, fault, page};

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    title: String,
    form: String,
    next: String,
    /// What was typed into a form when the session had ended.
    typed: String,
    name: String,
    fault: Option<String>,
    /// Whether there is no account yet.
    none: bool,
}

/// What the login page is called with.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    next: String,
}

/// What the login form carries.
#[derive(Deserialize)]
pub struct Entered {
    #[serde(default)]
    form: String,
    #[serde(default)]
    next: String,
    #[serde(default)]
    typed: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
}

impl Entered {
    /// Nothing but where to go afterwards.
    fn to(next: &str) -> Entered {
        Entered {
            form: String::new(),
            next: next.to_owned(),
            typed: String::new(),
            name: String::new(),
            password: String::new(),
        }
    }
}

/// `GET /login`.
pub async fn show(State(console): Shared, request: Request) -> Response {
    let asked = Query::<Asked>::try_from_uri(request.uri());
    let next = asked.map(|Query(asked)| asked.next).unwrap_or_default();
    let porter = &console.porter;
    let stranger = porter.vouched(&request);
    let stranger = stranger.filter(|name| porter.account(name).is_none());
    let why =
        stranger.map(|name| format!("统一登录的账号{name}尚未在本系统建立，请与监测管理员联系。"));
    form(&console, request.headers(), &Entered::to(&next), why)
}

/// That the session has ended while a form was filled in; `typed` is what the form sent to `path`.
pub fn lost(console: &Console, headers: &HeaderMap, path: &str, typed: &str) -> Response {
    let pairs = url::form_urlencoded::parse(typed.as_bytes());
    // What the forms of the former session carried is worth nothing now.
    let pairs = pairs.filter(|(name, _)| name != "form");
    let typed = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    let entered = Entered {
        typed,
        ..Entered::to(path)
    };
    let text = match entered.typed.is_empty() {
        true => "登录已失效，请重新登录。",
        false => "登录已失效，您填写的内容尚未提交；登录后可继续提交。",
    };
    let mut response = form(console, headers, &entered, Some(text.to_owned()));
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    response
}

/// The form, with the cookie that proves it ours.
fn form(
    console: &Console,
    headers: &HeaderMap,
    entered: &Entered,
    fault_text: Option<String>,
) -> Response {
    let porter = &console.porter;
    let known = Cookie::Form.of(headers, porter.secure);
    let token = match known {
        Some(token) if token.len() == 43 => token,
        _ => match Token::new() {
            Ok(token) => token.as_str().to_owned(),
            Err(error) => return broken(&error),
        },
    };
    let mut response = page(&LoginPage {
        title: one_line(&console.title, NAME_CHARS),
        form: token.clone(),
        next: own_path(&entered.next).to_owned(),
        typed: entered.typed.clone(),
        name: one_line(&entered.name, NAME_CHARS),
        fault: fault_text,
        none: porter
            .accounts()
            .is_ok_and(|accounts| accounts.iter().next().is_none()),
    });
    if let Some(cookie) = Cookie::Form.set(&token, porter.secure) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// `POST /login`.
pub async fn enter(State(console): Shared, request: Request) -> Response {
    let headers = request.headers().clone();
    let from = peer(&request);
    let Ok(Form(entered)) = request.extract::<Form<Entered>, _>().await else {
        return fault(StatusCode::BAD_REQUEST, "提交的内容无法识别，请返回重试。");
    };
    let porter = &console.porter;
    let ours = Cookie::Form
        .of(&headers, porter.secure)
        .is_some_and(|cookie| super::digest(&cookie) == super::digest(&entered.form));
    if !ours {
        let text = "登录页面已过期，请重新填写；浏览器须允许本站使用Cookie。".to_owned();
        return refused(&console, &headers, &entered, text);
    }
    match porter
        .signed_in(&headers, from, &entered, console.clock.now())
        .await
    {
        Entry::In { session, known } => {
            let next = own_path(&entered.next);
            if !entered.typed.is_empty() && entered.typed.len() <= TYPED_BYTES {
                let mut sessions = porter.sessions();
                let session_now = sessions.find(session.as_str(), console.clock.now());
                if let Some(begun) = session_now {
                    let typed = Once::Typed(entered.typed.clone());
                    sessions.tell_once(&begun.form, next, typed);
                }
            }
            let mut response = seen_other(next);
            let cookies = [
                Cookie::Session.set(session.as_str(), porter.secure),
                Cookie::Known.set(&known, porter.secure),
                Cookie::Form.set("", porter.secure),
            ];
            for cookie in cookies.into_iter().flatten() {
                response.headers_mut().append(SET_COOKIE, cookie);
            }
            response
        }
        Entry::Wrong => refused(
            &console,
            &headers,
            &entered,
            "账号或密码不正确。".to_owned(),
        ),
        Entry::Wait { seconds } => {
            let minutes = seconds.div_euclid(60) + 1;
            let text = format!("尝试次数过多，请在{minutes}分钟后再试。");
            let mut response = refused(&console, &headers, &entered, text);
            *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from(seconds.max(1)));
            response
        }
        Entry::Broken => fault(
            StatusCode::SERVICE_UNAVAILABLE,
            "暂时无法登录，请稍后再试。",
        ),
    }
}

fn refused(console: &Console, headers: &HeaderMap, entered: &Entered, text: String) -> Response {
    let mut response = form(console, headers, entered, Some(text));
    *response.status_mut() = StatusCode::FORBIDDEN;
    response
}

fn broken(error: &super::session::NoRandom) -> Response {
    tracing::error!(%error, "nobody can sign in");
    fault(
        StatusCode::SERVICE_UNAVAILABLE,
        "暂时无法登录，请稍后再试。",
    )
}

/// How an attempt to sign in ended.
enum Entry {
    In { session: Token, known: String },
    Wrong,
    Wait { seconds: i64 },
    Broken,
}

impl Porter {
    async fn signed_in(
        self: &Arc<Self>,
        headers: &HeaderMap,
        from: Option<IpAddr>,
        entered: &Entered,
        now: Moment,
    ) -> Entry {
        let Ok(name) = AccountName::parse(&entered.name) else {
            return Entry::Wrong;
        };
        let cookie = Cookie::Known.of(headers, self.secure);
        let place = match cookie.filter(|cookie| self.knows(&name, cookie)) {
            Some(cookie) => Place::Known(cookie),
            None => self.place(from, headers),
        };
        if let Some(until) = self.throttle().attempt(&name, &place, now) {
            return Entry::Wait {
                seconds: (until - now).num_seconds(),
            };
        }
        let account = self.account(&name);
        let digest = account
            .as_ref()
            .and_then(|account| account.password.clone());
        let Some(right) = self.is_right(entered.password.clone(), digest).await else {
            return Entry::Broken;
        };
        let Some(account) = account.filter(|_| right) else {
            let address = self.place(from, headers);
            tracing::warn!(account = %name, from = %address, "a login was refused");
            return Entry::Wrong;
        };
        self.throttle().passed(&name, &place);
        let begun = self.sessions().begin(&name, stamp(&account), false, now);
        match (begun, self.known(&name)) {
            (Ok(session), Some(known)) => {
                tracing::info!(account = %name, role = account.role.key(), "signed in");
                Entry::In { session, known }
            }
            _ => Entry::Broken,
        }
    }

    /// Compares on the blocking pool, one after the other.
    async fn is_right(&self, entered: String, digest: Option<String>) -> Option<bool> {
        let _place = self.digests.acquire().await.ok()?;
        let work = move || password::matches(&entered, digest.as_deref());
        tokio::task::spawn_blocking(work).await.ok()
    }

    /// The mark of a browser that has signed in to `name`.
    fn known(&self, name: &AccountName) -> Option<String> {
        let id = Token::new().ok()?;
        Some(format!("{}.{}", id.as_str(), self.sign(name, id.as_str())?))
    }

    fn knows(&self, name: &AccountName, cookie: &str) -> bool {
        cookie.split_once('.').is_some_and(|(id, mark)| {
            let signed = self.sign(name, id);
            signed.is_some_and(|signed| super::digest(&signed) == super::digest(mark))
        })
    }

    fn sign(&self, name: &AccountName, id: &str) -> Option<String> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.as_str().as_bytes()).ok()?;
        mac.update(format!("{name}|{id}").as_bytes());
        let bytes = mac.finalize().into_bytes();
        Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

/// What the sign-out form carries.
#[derive(Deserialize)]
pub struct Leaving {
    #[serde(default)]
    form: String,
}

/// `POST /logout`.
pub async fn leave(
    State(console): Shared,
    viewer: Option<Extension<Viewer>>,
    headers: HeaderMap,
    entered: Result<Form<Leaving>, FormRejection>,
) -> Response {
    let porter = &console.porter;
    let signed = viewer.and_then(|Extension(viewer)| signed(viewer));
    let own = match (&signed, &entered) {
        (Some(signed), Ok(Form(entered))) => signed.form.is(&entered.form),
        _ => false,
    };
    if !own {
        return fault(StatusCode::FORBIDDEN, "页面已过期，请刷新后再试。");
    }
    if signed.is_some_and(|signed| signed.vouched) {
        let why = "您由统一登录进入，请在统一登录处退出。";
        return fault(StatusCode::CONFLICT, why);
    }
    if let Some(token) = Cookie::Session.of(&headers, porter.secure) {
        porter.sessions().end(&token);
    }
    let mut response = seen_other("/login");
    if let Some(cookie) = Cookie::Session.set("", porter.secure) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

fn signed(viewer: Viewer) -> Option<Signed> {
    match viewer {
        Viewer::Anybody | Viewer::Client(_) => None,
        Viewer::Signed(signed) => Some(signed),
    }
}

fn seen_other(path: &str) -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, path.to_owned())]).into_response()
}

/// `next` if it leads to a page of ours, else the first page.
fn own_path(next: &str) -> &str {
    let plain = next
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let ours = next.starts_with('/') && !next.starts_with("//") && plain && next.len() <= 300;
    if ours { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site() {
        let rows = [
            ("/", "/"),
            ("/column/kxw/gzdt", "/column/kxw/gzdt"),
            ("/?a=b", "/?a=b"),
            ("", "/"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("https://evil.example", "/"),
            ("/a\r\nSet-Cookie: b=c", "/"),
            ("javascript:alert(1)", "/"),
        ];
        for (next, wanted) in rows {
            assert_eq!(own_path(next), wanted, "{next:?}");
        }
    }
}
