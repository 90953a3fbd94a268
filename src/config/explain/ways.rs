//! The ways of a message, and in which words it goes.

use super::{row, table};
use crate::config::quantity::written;
use crate::config::settings::Config;
use crate::config::typical;
use crate::domain::transport::{MailTransport, Rate, SmsTransport};

pub fn transports(config: &Config) -> String {
    let transports = &config.transports;
    let sms = match &transports.sms {
        None => "none".to_owned(),
        Some(SmsTransport::Spool(dir)) => format!("spool {}: reaches nobody", dir.display()),
        Some(SmsTransport::Gateway(gateway)) => format!(
            "gateway {} {}, {} secrets read",
            gateway.method,
            host(&gateway.url),
            gateway.secrets.len()
        ),
        Some(SmsTransport::Aliyun(aliyun)) => {
            format!("aliyun {}, 签名【{}】", host(&aliyun.url), aliyun.sign_name)
        }
        Some(SmsTransport::Tencent(tencent)) => format!(
            "tencent {}, {}, 签名【{}】",
            host(&tencent.url),
            tencent.region,
            tencent.sign_name
        ),
        Some(SmsTransport::Mas(mas)) => format!(
            "mas {}, {}, {}",
            host(&mas.url),
            mas.ec_name,
            mas.templates.as_ref().map_or("free text", |_| "templates")
        ),
    };
    let mail = match &config.transports.mail {
        None => "none".to_owned(),
        Some(MailTransport::Spool { dir, .. }) => {
            format!("spool {}: reaches nobody", dir.display())
        }
        Some(MailTransport::Smtp(smtp)) => format!("mail server {}:{}", smtp.host, smtp.port),
    };
    let retry = config.transports.retry;
    let again = format!(
        "after {}, at most {}",
        written(retry.first),
        written(retry.longest)
    );
    let next = format!("after {} without success", written(retry.fall_back_after));
    let receipts = &transports.receipts;
    let posted = receipts.callback.as_ref().map(|_| {
        let link = config.alert.console_link.as_deref().unwrap_or("https://…/");
        format!("posted to {}/receipts/…", link.trim_end_matches('/'))
    });
    let asked = receipts
        .ask_every
        .map(|every| format!("asked every {}", written(every)));
    let told: Vec<String> = posted.into_iter().chain(asked).collect();
    let told = match told.is_empty() {
        true => "none: a message counts as done when the gateway took it".to_owned(),
        false => told.join(", "),
    };
    let mut rows = vec![
        row(&["text messages", &sms, &pace(transports.sms_rate)]),
        row(&["receipts (回执)", &told]),
        row(&["mail", &mail, &pace(transports.mail_rate)]),
    ];
    for (name, robot) in &transports.robots {
        let kind = format!("{} {}", robot.kind.key(), host(robot.kind.url()));
        rows.push(row(&[&format!("robot {name}"), &kind, &pace(robot.rate)]));
    }
    rows.push(row(&["tried again", &again]));
    rows.push(row(&["next route", &next]));
    format!("transports (渠道)\n{}", table(&rows))
}

/// Of an address only scheme and host: the rest may hold a token.
fn host(url: &url::Url) -> String {
    format!("{}://{}", url.scheme(), url.host_str().unwrap_or_default())
}

fn pace(rate: Rate) -> String {
    let limits = [(rate.per_second, "second"), (rate.per_minute, "minute")];
    let limits: Vec<String> = limits
        .into_iter()
        .filter_map(|(most, span)| Some(format!("{} a {span}", most?)))
        .collect();
    match limits.is_empty() {
        true => String::new(),
        false => format!("at most {}", limits.join(", ")),
    }
}

/// Which approved template stands for which wording, so that every tier is seen to have one.
pub fn templates(config: &Config) -> String {
    let sms = config.transports.sms.as_ref();
    let Some(templates) = sms.and_then(SmsTransport::templates) else {
        return String::new();
    };
    let rows: Vec<Vec<String>> = typical::wordings(config)
        .iter()
        .filter(|filled| filled.key != "digest_more")
        .filter_map(|filled| {
            let approved = templates.of(filled.key)?;
            let params = approved.params.iter();
            let params: Vec<String> = params
                .map(|(name, text)| format!("{name}={text}"))
                .collect();
            Some(row(&[filled.key, &approved.code, &params.join(" ")]))
        })
        .collect();
    format!(
        "approved templates (短信模板), values of at most {} characters\n{}",
        templates.longest_value,
        table(&rows)
    )
}

pub fn wordings(config: &Config) -> String {
    let rows: Vec<Vec<String>> = typical::wordings(config)
        .into_iter()
        .map(|filled| {
            row(&[
                filled.key,
                &format!("{} characters", filled.text.chars().count()),
                &format!("segments: {}", filled.size.segments),
                &filled.text,
            ])
        })
        .collect();
    format!(
        "wordings (文案), filled with your longest names; one segment holds 70 characters, several hold 67 each\n{}",
        table(&rows)
    )
}
