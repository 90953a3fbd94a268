//! Robots of group chats, and how fast a transport may send.

use std::collections::BTreeMap;

use toml::Spanned;

use super::super::quantity::within;
use super::super::raw::Key;
use super::super::raw::transports::{RawHook, RawRate, RawRobot, RawSecret};
use super::super::secret::Places;
use super::super::source::Source;
use super::transports::attempt_time;
use super::vendor::address;
use crate::domain::transport::Rate;
use crate::domain::vendor::{Robot, RobotKind};

/// The longest name of a robot, in characters.
const NAME_CHARS: usize = 32;

/// Reads `[transports.robots]`.
pub fn robots(
    source: &mut Source,
    raw: &BTreeMap<Spanned<String>, Spanned<RawRobot>>,
    places: &Places<'_>,
) -> BTreeMap<String, Robot> {
    let mut robots = BTreeMap::new();
    for (name, raw) in raw {
        let word = name.get_ref();
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if word.is_empty() || word.len() > NAME_CHARS || !word.chars().all(is_plain) {
            source.fault(
                &name.span(),
                format!(
                    "the name of a robot is a word of at most {NAME_CHARS} letters, digits and -"
                ),
            );
        } else if let Some(robot) = robot(source, raw, places) {
            robots.insert(word.clone(), robot);
        }
    }
    robots
}

fn robot(source: &mut Source, key: &Spanned<RawRobot>, places: &Places<'_>) -> Option<Robot> {
    let raw = key.get_ref();
    let kinds = [
        ("wecom", &raw.wecom),
        ("dingtalk", &raw.dingtalk),
        ("feishu", &raw.feishu),
        ("webhook", &raw.webhook),
    ];
    let written: Vec<_> = kinds
        .into_iter()
        .filter_map(|(kind, key)| Some((kind, key.as_ref()?)))
        .collect();
    let [(kind, hook)] = written.as_slice() else {
        source.fault(
            &key.span(),
            format!("a robot is one of {}", RobotKind::KEYS.join(", ")),
        );
        return None;
    };
    let read = Hook {
        kind,
        table: hook.span(),
        raw: hook.get_ref(),
        places,
    };
    let kind = read.kind(source)?;
    let usual = match &kind {
        // What the vendors allow one robot.
        RobotKind::WeCom { .. } | RobotKind::DingTalk { .. } => Rate {
            per_second: None,
            per_minute: Some(20),
        },
        RobotKind::Feishu { .. } => Rate {
            per_second: Some(5),
            per_minute: Some(100),
        },
        RobotKind::Webhook { .. } => Rate::default(),
    };
    Some(Robot {
        kind,
        rate: rate(source, &raw.rate, usual),
        timeout: attempt_time(source, &raw.timeout),
    })
}

/// The table of one robot.
struct Hook<'a, 'b> {
    kind: &'a str,
    table: std::ops::Range<usize>,
    raw: &'a RawHook,
    places: &'a Places<'b>,
}

impl Hook<'_, '_> {
    fn kind(&self, source: &mut Source) -> Option<RobotKind> {
        let raw = self.raw;
        let (default, wanted) = match self.kind {
            "wecom" => ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send", "key"),
            "dingtalk" => ("https://oapi.dingtalk.com/robot/send", "token, secret"),
            "feishu" => (
                "https://open.feishu.cn/open-apis/bot/v2/hook",
                "token, secret",
            ),
            _ => ("", "secret"),
        };
        if self.kind == "webhook" && raw.url.is_none() {
            source.missing(
                &self.table,
                "url",
                "\"https://desk.example.cn/hooks/wangxun\"",
            );
        }
        let url = address(source, &raw.url, default, false);
        let mut secret = |name: &str, key: &Key<RawSecret>| {
            let is_wanted = wanted.split(", ").any(|wanted| wanted == name);
            match key {
                Some(key) if !is_wanted => {
                    let message = format!("{name}: {} has no such key", self.kind);
                    source.fault(&key.span(), message);
                    None
                }
                None if !is_wanted => None,
                _ => {
                    let example = format!("{{ file = \"secrets/{}-{name}\" }}", self.kind);
                    source.need((name, &example), &self.table, key, |raw| {
                        self.places.secret(raw)
                    })
                }
            }
        };
        let key = secret("key", &raw.key);
        let token = secret("token", &raw.token);
        let secret = secret("secret", &raw.secret);
        let url = url?;
        Some(match self.kind {
            "wecom" => RobotKind::WeCom { url, key: key? },
            "dingtalk" => RobotKind::DingTalk {
                url,
                token: token?,
                secret: secret?,
            },
            "feishu" => RobotKind::Feishu {
                url,
                token: token?,
                secret: secret?,
            },
            _ => RobotKind::Webhook {
                url,
                secret: secret?,
            },
        })
    }
}

/// How fast a transport may send: as written, else as `usual`.
pub fn rate(source: &mut Source, key: &Key<RawRate>, usual: Rate) -> Rate {
    let Some(key) = key else {
        return usual;
    };
    let raw = key.get_ref();
    let mut limit = |name, key| source.take(name, key, |&n: &u32| within(n, 1..=10_000));
    Rate {
        per_second: limit("per_second", &raw.per_second),
        per_minute: limit("per_minute", &raw.per_minute),
    }
}
