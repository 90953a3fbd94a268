//! What one request brought back. Causes of failure are kept apart, because "the site is down",
//! "the site blocks us" and "our TLS is too new for the site" lead to different people.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

use super::page::Page;
use super::time::Moment;

/// One request, redirects included, as it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// The address that was asked for.
    pub asked: Url,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// The `ETag` and `Last-Modified` of the answer, for the next conditional request.
    pub validators: Validators,
    /// What came back.
    pub outcome: Outcome,
    /// When the certificate ends with which the page's host showed itself over HTTPS.
    pub certificate_until: Option<Moment>,
    /// How the page came, where not over HTTPS with a sound certificate although that was tried.
    pub detour: Option<Detour>,
}

/// The way by which a page came that did not come as it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Detour {
    /// Over HTTPS from a host whose certificate is unsound.
    Unverified(CertificateFault),
    /// Over plain HTTP, since HTTPS failed for this.
    Plain(Failure),
}

/// What makes the next request conditional.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// The `ETag` header, at most 256 bytes.
    pub etag: Option<String>,
    /// The `Last-Modified` header, at most 64 bytes. Never a publication date.
    pub last_modified: Option<String>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A page with a success status.
    Page(Page),
    /// 304: nothing changed since the validators that were sent.
    NotModified,
    /// No page.
    Failed(Failure),
}

/// Why there is no page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Failure {
    /// The name does not resolve.
    Dns,
    /// The connection was refused or the network is unreachable.
    Refused,
    /// The connection ended before a whole answer.
    Closed,
    /// The connection was not made in time.
    ConnectTimeout,
    /// No first byte in time.
    FirstByteTimeout,
    /// Not finished in time.
    TotalTimeout,
    /// Handshake refused for want of a common protocol version or cipher suite: the site may be
    /// well for older clients, so this is never "down".
    TlsLegacy,
    /// The certificate is expired, for another name, or of an unknown issuer.
    Certificate(CertificateFault),
    /// Another TLS failure.
    Tls,
    /// `robots.txt` forbids the address.
    Robots,
    /// A firewall's answer (403, 405, 412, 418, 429, 521 and the like).
    Blocked(u16),
    /// Another error status.
    Status(u16),
    /// The body is larger than the limit.
    TooLarge,
    /// More redirects than the limit, or a loop.
    TooManyRedirects,
    /// A redirect to a host that is not configured for the site.
    ForeignHost(String),
    /// The host's address is in a private or special range without a permit.
    PrivateAddress,
    /// The answer is no valid HTTP or content coding.
    BadAnswer,
    /// It came with a success status, and is what the host shows for a path that cannot exist.
    NoSuchPage,
}

/// What is wrong with a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CertificateFault {
    /// Outside its validity.
    Expired,
    /// Made for another name.
    Name,
    /// Issuer unknown or chain incomplete.
    Chain,
    /// Any other fault.
    Other,
}

impl Failure {
    /// Whether the host itself gave no usable answer. Failures on one host of this kind are one
    /// outage, not one per column.
    pub fn is_host_down(&self) -> bool {
        matches!(
            self,
            Failure::Dns
                | Failure::Refused
                | Failure::Closed
                | Failure::ConnectTimeout
                | Failure::FirstByteTimeout
                | Failure::TotalTimeout
        ) || matches!(self, Failure::Status(code) if (500..600).contains(code))
    }

    /// The cause in the words of a report.
    pub fn in_chinese(&self) -> String {
        let text = match self {
            Failure::Dns => "域名无法解析",
            Failure::Refused => "连接被拒绝",
            Failure::Closed => "连接被中断",
            Failure::ConnectTimeout => "连接超时",
            Failure::FirstByteTimeout => "服务器无响应",
            Failure::TotalTimeout => "页面打开超时",
            Failure::TlsLegacy => "加密协议过旧，无法建立连接",
            Failure::Certificate(CertificateFault::Expired) => "HTTPS证书已过期",
            Failure::Certificate(CertificateFault::Name) => "HTTPS证书与域名不符",
            Failure::Certificate(CertificateFault::Chain) => "HTTPS证书链不完整或不受信任",
            Failure::Certificate(CertificateFault::Other) => "HTTPS证书无效",
            Failure::Tls => "HTTPS连接失败",
            Failure::Robots => "robots.txt禁止访问",
            Failure::Blocked(code) => return format!("访问被拦截（状态码{code}）"),
            Failure::Status(code) => return format!("服务器返回错误（状态码{code}）"),
            Failure::TooLarge => "页面超过大小上限",
            Failure::TooManyRedirects => "跳转次数过多",
            Failure::ForeignHost(host) => return format!("跳转到未配置的网站{host}"),
            Failure::PrivateAddress => "域名指向内部地址，未获准访问",
            Failure::BadAnswer => "服务器应答格式错误",
            Failure::NoSuchPage => "显示的是该网站对不存在页面的提示（状态码正常）",
        };
        text.to_owned()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Failure::Dns => "the name does not resolve",
            Failure::Refused => "the connection was refused",
            Failure::Closed => "the connection was closed",
            Failure::ConnectTimeout => "no connection in time",
            Failure::FirstByteTimeout => "no answer in time",
            Failure::TotalTimeout => "the answer was not finished in time",
            Failure::TlsLegacy => "the server speaks only outdated TLS",
            Failure::Certificate(CertificateFault::Expired) => "the certificate is not valid today",
            Failure::Certificate(CertificateFault::Name) => "the certificate is for another name",
            Failure::Certificate(CertificateFault::Chain) => {
                "the issuer of the certificate is not known"
            }
            Failure::Certificate(CertificateFault::Other) => "the certificate is not valid",
            Failure::Tls => "the TLS handshake failed",
            Failure::Robots => "robots.txt forbids it",
            Failure::Blocked(code) => return write!(f, "blocked with status {code}"),
            Failure::Status(code) => return write!(f, "the server answered with status {code}"),
            Failure::TooLarge => "the answer is too large",
            Failure::TooManyRedirects => "too many redirects",
            Failure::ForeignHost(host) => {
                return write!(f, "it leads to {host}, which is another site");
            }
            Failure::PrivateAddress => "the address is in a private or loopback range",
            Failure::BadAnswer => "the answer is no valid HTTP",
            Failure::NoSuchPage => "it shows what its host shows for paths that do not exist",
        };
        f.write_str(text)
    }
}
