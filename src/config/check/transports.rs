//! How messages leave: mail servers, spools, and which way is taken.

use std::ops::RangeInclusive;
use std::time::Duration;

use secrecy::SecretString;
use toml::Spanned;

use super::super::quantity::{self, duration, is_loopback, url, within};
use super::super::raw::Key;
use super::super::raw::transports::{RawMail, RawSms, RawSmtp, RawTransports};
use super::super::secret::Places;
use super::super::source::Source;
use super::gateway::gateway;
use super::robots::{rate, robots};
use super::vendor::{self, Ground};
use super::word;
use crate::domain::receipts::Receipts;
use crate::domain::transport::{
    MailTransport, Rate, Retry, SmsTransport, Smtp, SmtpSecurity, Transports,
};

/// How a mail connection may be protected, by the words of the configuration.
const SECURITY: [(SmtpSecurity, &str, u16); 3] = [
    (SmtpSecurity::Tls, "tls", 465),
    (SmtpSecurity::StartTls, "starttls", 587),
    (SmtpSecurity::None, "none", 25),
];
const ATTEMPT: std::ops::RangeInclusive<Duration> =
    Duration::from_secs(1)..=Duration::from_secs(120);

/// Reads `[transports]`.
pub fn transports(source: &mut Source, raw: &RawTransports, ground: &Ground<'_, '_>) -> Transports {
    let places = ground.places;
    let sms = raw.sms.as_ref().and_then(|key| sms(source, key, ground));
    let (mut sms_rate, mut mail_rate) = (Rate::default(), Rate::default());
    let mut receipts = Receipts::default();
    if let Some(raw) = raw.sms.as_ref().map(Spanned::get_ref) {
        sms_rate = rate(source, &raw.rate, sms_rate);
        receipts = super::receipts::receipts(source, &raw.receipts, sms.as_ref(), places);
    }
    if let Some(raw) = raw.mail.as_ref().map(Spanned::get_ref) {
        mail_rate = rate(source, &raw.rate, mail_rate);
    }
    let robots = robots(source, &raw.robots, places);
    let mail = raw.mail.as_ref().and_then(|key| mail(source, key, places));
    if source.is_sound() && raw.sms.is_none() {
        source.whole(
            "no way for text messages; write [transports.sms.gateway], or spool = \"…\" in [transports.sms] for a try-out",
        );
    }
    Transports {
        sms,
        sms_rate,
        receipts,
        mail,
        mail_rate,
        robots,
        retry: retry(source, raw),
    }
}

/// The one way by which text messages leave.
fn sms(
    source: &mut Source,
    key: &Spanned<RawSms>,
    ground: &Ground<'_, '_>,
) -> Option<SmsTransport> {
    let raw = key.get_ref();
    let ways = [
        raw.gateway.is_some(),
        raw.aliyun.is_some(),
        raw.tencent.is_some(),
        raw.mas.is_some(),
        raw.spool.is_some(),
    ];
    if ways.into_iter().filter(|&way| way).count() != 1 {
        source.fault(
            &key.span(),
            "text messages leave by one way: either [transports.sms.gateway], .aliyun, .tencent, .mas, or spool = \"…\"",
        );
        return None;
    }
    if let Some(raw) = &raw.gateway {
        let gateway = gateway(source, raw, ground.places)?;
        return Some(SmsTransport::Gateway(Box::new(gateway)));
    }
    if let Some(raw) = &raw.aliyun {
        let aliyun = vendor::aliyun(source, raw, ground)?;
        return Some(SmsTransport::Aliyun(Box::new(aliyun)));
    }
    if let Some(raw) = &raw.tencent {
        let tencent = vendor::tencent(source, raw, ground)?;
        return Some(SmsTransport::Tencent(Box::new(tencent)));
    }
    if let Some(raw) = &raw.mas {
        let mas = vendor::mas(source, raw, ground)?;
        return Some(SmsTransport::Mas(Box::new(mas)));
    }
    source
        .take("spool", &raw.spool, |text| directory(text, ground.places))
        .map(SmsTransport::Spool)
}

/// Text messages that only reach a spool reach nobody: it must be meant.
pub fn spool_must_be_meant(
    source: &mut Source,
    raw: &RawTransports,
    transports: &Transports,
) -> bool {
    let allowed = super::or(&raw.allow_spool_only, false);
    let spool = matches!(transports.sms, Some(SmsTransport::Spool(_)));
    if spool
        && !allowed
        && let Some(key) = &raw.sms
    {
        source.fault(
            &key.span(),
            "text messages would only be written to a spool and reach nobody; if that is meant, write allow_spool_only = true in [transports]",
        );
    }
    allowed
}

fn directory(text: &str, places: &Places<'_>) -> Result<std::path::PathBuf, String> {
    if text.trim().is_empty() {
        return Err("it is empty".to_owned());
    }
    Ok(places.path(text))
}

fn retry(source: &mut Source, raw: &RawTransports) -> Retry {
    let waits = Duration::from_secs(1)..=Duration::from_secs(86_400);
    let detours = Duration::from_secs(600)..=Duration::from_secs(30 * 86_400);
    let mut time = |name, key, base, range: &RangeInclusive<Duration>| {
        source
            .take(name, key, |text: &String| duration(text, range.clone()))
            .unwrap_or(base)
    };
    let (base, raw_retry) = (Retry::default(), &raw.retry);
    let retry = Retry {
        first: time("first", &raw_retry.first, base.first, &waits),
        longest: time("longest", &raw_retry.longest, base.longest, &waits),
        fall_back_after: time(
            "fall_back_after",
            &raw_retry.fall_back_after,
            base.fall_back_after,
            &detours,
        ),
    };
    if retry.first > retry.longest
        && let Some(key) = raw.retry.first.as_ref().or(raw.retry.longest.as_ref())
    {
        source.fault(&key.span(), "retry: first is longer than longest");
    }
    retry
}

/// How long one attempt may take.
pub fn attempt_time(source: &mut Source, key: &Key<String>) -> Duration {
    source
        .take("timeout", key, |text| duration(text, ATTEMPT))
        .unwrap_or(Duration::from_secs(15))
}

fn mail(source: &mut Source, key: &Spanned<RawMail>, places: &Places<'_>) -> Option<MailTransport> {
    let table = key.span();
    let raw = key.get_ref();
    let from = source.need(
        ("from", "\"网巡 <monitor@example.cn>\""),
        &table,
        &raw.from,
        |text| match text.parse::<lettre::message::Mailbox>() {
            Ok(_) if !text.chars().any(char::is_control) => Ok(text.clone()),
            _ => Err(
                "no sender's address; write \"name@example.cn\" or \"Name <name@example.cn>\""
                    .to_owned(),
            ),
        },
    );
    match (&raw.smtp, &raw.spool) {
        (Some(smtp), None) => {
            let smtp = server(source, smtp, from, places)?;
            Some(MailTransport::Smtp(Box::new(smtp)))
        }
        (None, Some(_)) => {
            let dir = source.take("spool", &raw.spool, |text| directory(text, places))?;
            Some(MailTransport::Spool { dir, from: from? })
        }
        _ => {
            source.fault(
                &table,
                "mail leaves by one way: either [transports.mail.smtp] or spool = \"…\"",
            );
            None
        }
    }
}

fn server(
    source: &mut Source,
    key: &Spanned<RawSmtp>,
    from: Option<String>,
    places: &Places<'_>,
) -> Option<Smtp> {
    let table = key.span();
    let raw = key.get_ref();
    let host = source.need(("host", "\"mail.example.cn\""), &table, &raw.host, |text| {
        quantity::host(text)
    });
    let (security, port) = security(source, raw, host.as_deref());
    let port = source
        .take("port", &raw.port, |&port| within(port, 1..=u16::MAX))
        .unwrap_or(port);
    let extra_root = source.take("extra_root", &raw.extra_root, |text| {
        let path = places.path(text);
        std::fs::metadata(&path)
            .map(|_| path)
            .map_err(|error| format!("{text:?} cannot be read: {error}"))
    });
    Some(Smtp {
        host: host?,
        port,
        security,
        login: login(source, raw, places),
        from: from?,
        extra_root,
        timeout: attempt_time(source, &raw.timeout),
    })
}

fn security(source: &mut Source, raw: &RawSmtp, host: Option<&str>) -> (SmtpSecurity, u16) {
    let chosen = source.take("security", &raw.security, |text| {
        word(text, "security", &SECURITY, |(_, key, _)| key)
    });
    let (security, _, port) = chosen.unwrap_or((SmtpSecurity::Tls, "tls", 465));
    let loopback = host.is_some_and(|host| {
        url(&format!("http://{host}/"), None).is_ok_and(|url| is_loopback(&url))
    });
    if security == SmtpSecurity::None
        && !loopback
        && let Some(key) = &raw.security
    {
        source.fault(
            &key.span(),
            "mail without protection is allowed to this machine only; write tls or starttls",
        );
    }
    (security, port)
}

fn login(
    source: &mut Source,
    raw: &RawSmtp,
    places: &Places<'_>,
) -> Option<(String, SecretString)> {
    let key = raw.login.as_ref()?;
    let (table, raw) = (key.span(), key.get_ref());
    let user = source.need(("user", "\"monitor\""), &table, &raw.user, |text| {
        quantity::name(text, 100)
    });
    let password = source.need(
        ("password", "{ file = \"secrets/mail\" }"),
        &table,
        &raw.password,
        |secret| places.secret(secret),
    );
    user.zip(password)
}
