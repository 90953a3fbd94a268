//! What is legal and should be known of transports: messages that reach nobody, that go open or
//! twice, that a gateway will not take or that say nothing.

use std::collections::BTreeMap;

use super::super::fault::Warning;
use super::super::settings::Config;
use super::super::typical;
use super::vendor::wordings;
use super::warn::{list, push};
use crate::alert::template::Texts;
use crate::domain::braces::{Piece, pieces};
use crate::domain::transport::{Gateway, GatewayBody, SmsTransport};
use crate::domain::vendor::{Mas, Templates};

/// How long a due message may wait before the monitor calls itself unwell, in minutes.
const SLOW_MINUTES: u32 = 120;
/// The last part of the addresses of a cloud MAS that take free text.
const MAS_FREE_TEXT: [&str; 2] = ["norsubmit", "submit"];
/// That of the address that takes templates.
const MAS_TEMPLATES: &str = "tmpsubmit";
/// Fields that a parameter may have in every wording.
const ALWAYS: [&str; 2] = ["text", "worst"];

/// Adds every warning about the transports of `config`.
pub fn warnings(config: &Config, warnings: &mut Vec<Warning>) {
    spool(config, warnings);
    params(config, warnings);
    robots(config, warnings);
    match &config.transports.sms {
        Some(SmsTransport::Gateway(gateway)) => repeats(gateway, warnings),
        Some(SmsTransport::Mas(mas)) => cloud_mas(mas, warnings),
        _ => {}
    }
    gateways(config, warnings);
}

fn spool(config: &Config, warnings: &mut Vec<Warning>) {
    if let Some(SmsTransport::Spool(dir)) = &config.transports.sms {
        push(
            warnings,
            true,
            format!(
                "text messages are written to {} and reach nobody (allow_spool_only)",
                dir.display()
            ),
        );
    }
}

/// Parameters of approved templates that would say nothing, or be cut off.
fn params(config: &Config, warnings: &mut Vec<Warning>) {
    let sms = config.transports.sms.as_ref();
    let Some(templates) = sms.and_then(SmsTransport::templates) else {
        return;
    };
    silent_params(templates, warnings);
    let most = templates.longest_value;
    let mut cut: BTreeMap<String, (usize, Vec<&str>)> = BTreeMap::new();
    for param in typical::params(config, templates) {
        if param.chars > most {
            let (chars, wordings) = cut.entry(param.name).or_default();
            *chars = param.chars.max(*chars);
            wordings.push(param.wording);
        }
    }
    for (name, (chars, wordings)) in cut {
        let message = format!(
            "parameter {name} of {} takes up to {chars} characters with your longest names and is cut to longest_value = {most}",
            wordings.join(", ")
        );
        push(warnings, false, message);
    }
}

/// Parameters of the default template that say nothing in wordings which have no template of their
/// own.
fn silent_params(templates: &Templates, warnings: &mut Vec<Warning>) {
    let Some(default) = &templates.default else {
        return;
    };
    let rest = wordings().filter(|key| !templates.by_wording.contains_key(*key));
    // A digest has the fields of what it carries.
    let rest: Vec<&str> = rest.filter(|key| *key != "digest").collect();
    for (name, text) in &default.params {
        for piece in pieces(text).unwrap_or_default() {
            let Piece::Field(field) = piece else {
                continue;
            };
            let is_own = |key: &&str| Texts::fields(key).contains(&field.as_str());
            let silent: Vec<&str> = rest.iter().copied().filter(|key| !is_own(key)).collect();
            if ALWAYS.contains(&field.as_str()) || silent.is_empty() {
                continue;
            }
            let message = format!(
                "parameter {name} of the default template: {{{field}}} says nothing in {}, and is sent as 无, 未知 or 0; write a template of their own for these, or another parameter",
                silent.join(", ")
            );
            push(warnings, false, message);
        }
    }
}

/// A gateway that cannot know a message again.
fn repeats(gateway: &Gateway, warnings: &mut Vec<Warning>) {
    let body = match &gateway.body {
        GatewayBody::Json(value) => value.to_string(),
        GatewayBody::Form(pairs) => values(pairs),
    };
    if body.contains("{key}") || values(&gateway.headers).contains("{key}") {
        return;
    }
    let message = "the gateway is not told {key}, the number of the message: where its answer is lost and the message is tried again, it cannot know that, and somebody may be told twice; put {key} where it takes a number of the sender's own";
    push(warnings, false, message.to_owned());
}

fn values(pairs: &[(String, String)]) -> String {
    let values: Vec<&str> = pairs.iter().map(|(_, value)| value.as_str()).collect();
    values.join(" ")
}

/// A cloud MAS that is told its numbers over an open way, or at the address of the other kind of text.
fn cloud_mas(mas: &Mas, warnings: &mut Vec<Warning>) {
    let last = mas.url.path().rsplit('/').next().unwrap_or_default();
    let wrong = match &mas.templates {
        Some(_) if MAS_FREE_TEXT.contains(&last) => Some((
            "free text",
            "templates are configured; theirs ends in tmpsubmit",
        )),
        None if last == MAS_TEMPLATES => Some((
            "templates",
            "none are configured; that of free text ends in norsubmit or submit",
        )),
        _ => None,
    };
    if let Some((kind, but)) = wrong {
        let message = format!(
            "the address of mas ends in {last}, which takes {kind}, but {but}: messages will be refused"
        );
        push(warnings, true, message);
    }
    if mas.url.scheme() != "http" {
        return;
    }
    let secret = match mas.send_secret_key {
        true => ", the secret key",
        false => "",
    };
    push(
        warnings,
        true,
        format!(
            "text messages go to {} without TLS: numbers{secret} and texts can be read on the way (plain_http)",
            mas.url.host_str().unwrap_or_default()
        ),
    );
}

/// Robots by which nobody is reached.
fn robots(config: &Config, warnings: &mut Vec<Warning>) {
    let people = &config.group.people;
    let is_used = |name: &String| people.values().any(|one| one.robot.as_ref() == Some(name));
    let names = config.transports.robots.keys();
    let idle: Vec<&str> = names
        .filter(|name| !is_used(name))
        .map(String::as_str)
        .collect();
    if !idle.is_empty() {
        let message = format!(
            "robots by which nobody is reached: {}; write robot = \"…\" for a person in contacts.toml",
            list(&idle)
        );
        push(warnings, false, message);
    }
}

/// A gateway that is too slow, and reports that cannot come.
fn gateways(config: &Config, warnings: &mut Vec<Warning>) {
    if let Some(most) = config.transports.sms_rate.per_minute
        && most.saturating_mul(SLOW_MINUTES) < config.alert.budget.in_all
    {
        let message = format!(
            "at {most} text messages a minute a full day's budget of {} takes more than two hours to leave; meanwhile the monitor calls its outbox stuck",
            config.alert.budget.in_all
        );
        push(warnings, false, message);
    }
    if config.transports.receipts.callback.is_some() && config.console.listen.is_none() {
        let message =
            "the gateway is to post receipts, but the console is switched off; nothing listens";
        push(warnings, true, message.to_owned());
    }
}
