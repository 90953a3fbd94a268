//! How a gateway tells what became of text messages.

use std::ops::Range;
use std::time::Duration;

use secrecy::ExposeSecret as _;
use toml::Spanned;

use super::super::quantity::duration;
use super::super::raw::Key;
use super::super::raw::transports::RawReceipts;
use super::super::secret::Places;
use super::super::source::Source;
use super::gateway::pointer;
use crate::domain::receipts::{Receipts, ReportForm};
use crate::domain::transport::SmsTransport;

/// The shortest secret part of the address, in characters.
const SECRET_CHARS: usize = 20;

/// Reads `[transports.sms.receipts]` for the gateway `sms`, which is not known where it has
/// faults.
pub fn receipts(
    source: &mut Source,
    key: &Key<RawReceipts>,
    sms: Option<&SmsTransport>,
    places: &Places<'_>,
) -> Receipts {
    let Some(key) = key else {
        return Receipts::default();
    };
    let (table, raw) = (key.span(), key.get_ref());
    let callback = source.take("callback", &raw.callback, |raw| {
        let secret = places.secret(raw)?;
        let text = secret.expose_secret();
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if text.len() < SECRET_CHARS || !text.chars().all(is_plain) {
            return Err(format!(
                "the secret part of an address has at least {SECRET_CHARS} letters, digits, - and _; make one with: openssl rand -hex 24"
            ));
        }
        Ok(secret)
    });
    let asked = source.take("ask_every", &raw.ask_every, |text| {
        duration(text, Duration::from_secs(60)..=Duration::from_secs(86_400))
    });
    let can_be_asked =
        |sms: &SmsTransport| matches!(sms, SmsTransport::Aliyun(_) | SmsTransport::Tencent(_));
    if let Some(key) = &raw.ask_every
        && sms.is_some_and(|sms| !can_be_asked(sms))
    {
        source.fault(
            &key.span(),
            "ask_every: only aliyun and tencent can be asked; other gateways post to callback",
        );
    }
    if raw.callback.is_none() && raw.ask_every.is_none() {
        source.fault(&table, "receipts: neither callback nor ask_every");
    }
    Receipts {
        callback,
        form: form(source, &table, raw, sms),
        ask_every: asked,
    }
}

fn form(
    source: &mut Source,
    table: &Range<usize>,
    raw: &RawReceipts,
    sms: Option<&SmsTransport>,
) -> ReportForm {
    let pointers = [&raw.list, &raw.key, &raw.receipt, &raw.status];
    let lists = [&raw.delivered, &raw.permanent, &raw.pending];
    let first = pointers.into_iter().flatten().map(Spanned::span);
    let first = first.chain(lists.into_iter().flatten().map(Spanned::span));
    let first = first.min_by_key(|span| span.start);
    match (sms, first) {
        (Some(SmsTransport::Gateway(_)), _) => {}
        (Some(_), Some(span)) => {
            source.fault(
                &span,
                "the reports of this gateway are known; only a generic one is described",
            );
            return ReportForm::default();
        }
        _ => return ReportForm::default(),
    }
    let mut at = |name, key| source.take(name, key, |text: &String| pointer(text));
    let list = at("list", &raw.list);
    let key = at("key", &raw.key);
    let receipt = at("receipt", &raw.receipt);
    let status = source.need(("status", "\"/status\""), table, &raw.status, |text| {
        pointer(text)
    });
    if raw.key.is_none() && raw.receipt.is_none() {
        source.fault(
            table,
            "a report is known by key, receipt or both; write for example key = \"/requestId\"",
        );
    }
    let states = |key: &Key<Vec<String>>| {
        let states = key.as_ref().map(|key| key.get_ref().clone());
        states.unwrap_or_default()
    };
    if states(&raw.delivered).is_empty() {
        source.missing(table, "delivered", "[\"DELIVRD\"]");
    }
    ReportForm {
        list,
        key,
        receipt,
        status: status.unwrap_or_default(),
        delivered: states(&raw.delivered),
        permanent: states(&raw.permanent),
        pending: states(&raw.pending),
    }
}
