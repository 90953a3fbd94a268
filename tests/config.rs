//! The configuration over real files: every shipped sample is sound, keys mean what they say, gaps
//! are warned of, and what was understood is explained.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the helpers of a test fail by panicking"
)]

use std::path::Path;
use std::time::Duration;

use proptest::prelude::*;
use secrecy::ExposeSecret as _;
use tempfile::TempDir;
use wangxun::alert::rules::Repeat;
use wangxun::assess::ladder::Tier;
use wangxun::config::explain::explain;
use wangxun::config::load::{Loaded, load};
use wangxun::config::settings::Config;
use wangxun::domain::class::Class;
use wangxun::domain::group::{Role, Route, Watch};
use wangxun::domain::id::{ColumnId, PersonId, SiteId, UnitId};
use wangxun::domain::time::{Moment, moment};
use wangxun::domain::transport::{MailTransport, SmsTransport};

#[path = "support/config_files.rs"]
mod config_files;

use config_files::{CONTACTS, Files, GATEWAY, MONITOR, SITES, today, with_gateway, with_robot};

fn now() -> Moment {
    moment(today().and_hms_opt(9, 0, 0).unwrap())
}

fn samples() -> Files {
    let files = Files(TempDir::new().unwrap());
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
    for name in [
        "monitor.toml",
        "sites.toml",
        "contacts.toml",
        "calendar.toml",
        "rubric.toml",
        "words.toml",
    ] {
        files.write(name, std::fs::read(config.join(name)).unwrap());
    }
    files.mode("contacts.toml", 0o600);
    files
}

#[test]
fn the_shipped_samples_are_sound() {
    let Loaded { config, warnings } = samples().sound();
    assert_eq!(config.group.units.len(), 48);
    assert_eq!(config.group.sites.len(), 48);
    let homes = config
        .group
        .sites
        .values()
        .filter_map(|site| site.home.as_ref());
    let mut homes: Vec<&str> = homes.map(url::Url::as_str).collect();
    homes.sort_unstable();
    assert_eq!(
        homes,
        [
            "http://gcj.bjxch.gov.cn/",
            "http://jrb.bjxch.gov.cn/",
            "http://rlsbj.bjxch.gov.cn/",
            "http://zfzz.bjxch.gov.cn/",
            "https://www.bjxch.gov.cn/",
        ]
    );
    let column = |id: &str| &config.group.columns[&ColumnId::parse(id).unwrap()];
    assert_eq!(
        column("portal/tzgg").url.as_ref().unwrap().as_str(),
        "https://www.bjxch.gov.cn/xxgk/tzgg.html"
    );
    assert_eq!(column("portal/yjs").unit, UnitId::parse("czj").unwrap());
    assert!(!config.group.people.is_empty());
    assert!(
        warnings
            .iter()
            .any(|warning| warning.message.contains("43 sites"))
    );
}

#[test]
fn the_shipped_holidays_are_those_of_the_notices() {
    let calendar = Files::new().sound().config.calendar;
    let years: Vec<i32> = calendar.years.keys().copied().collect();
    assert_eq!(years, (2017..=2026).collect::<Vec<_>>());
    let rows = [
        ("2017-09-30", true),
        ("2017-10-06", false),
        ("2018-12-29", true),
        ("2018-12-31", false),
        // Moved by the second notice of the year.
        ("2019-05-03", false),
        ("2019-05-05", true),
        ("2020-01-31", false),
        ("2024-02-09", true),
        ("2026-02-14", true),
        ("2026-02-23", false),
        ("2026-02-24", true),
    ];
    for (day, worked) in rows {
        assert_eq!(
            calendar.is_working_day(day.parse().unwrap()),
            worked,
            "{day}"
        );
    }
    let notices = calendar.years.values().map(|year| year.notice.as_str());
    assert!(
        notices
            .into_iter()
            .all(|notice| notice.starts_with("国办发明电〔"))
    );
}

#[test]
fn the_sample_shows_the_defaults() {
    let sample = samples().sound().config;
    let bare = Files::new().sound().config;
    assert_eq!(sample.limits, bare.limits);
    assert_eq!(sample.alert.tiers, bare.alert.tiers);
    assert_eq!(sample.alert.window, bare.alert.window);
    assert_eq!(sample.alert.budget, bare.alert.budget);
    assert_eq!(sample.alert.offline, bare.alert.offline);
    assert_eq!(sample.alert.confirm_after, bare.alert.confirm_after);
    assert_eq!(sample.alert.expires_after, bare.alert.expires_after);
    assert_eq!(sample.alert.most_segments, bare.alert.most_segments);
    assert_eq!(sample.alert.digest_at, bare.alert.digest_at);
    assert_eq!(sample.alert.all_quiet, bare.alert.all_quiet);
    assert_eq!(sample.heartbeat, bare.heartbeat);
    assert_eq!(sample.schedule.visits, bare.schedule.visits);
    assert_eq!(sample.schedule.prune, bare.schedule.prune);
    assert_eq!(sample.schedule.jitter, bare.schedule.jitter);
    assert_eq!(sample.transports.retry, bare.transports.retry);
    assert_eq!(sample.console, bare.console);
    assert_eq!(sample.log, bare.log);
    assert_eq!(sample.page_budget, bare.page_budget);
    assert_eq!(sample.visits_at_once, bare.visits_at_once);
    assert_eq!(sample.store.cache_bytes, bare.store.cache_bytes);
    assert_eq!(sample.store.keep_bodies_days, bare.store.keep_bodies_days);
    assert_eq!(sample.store.keep_history_days, bare.store.keep_history_days);
    let site = |config: &Config, id: &str| {
        config.group.sites[&SiteId::parse(id).unwrap()]
            .access
            .clone()
    };
    assert_eq!(site(&sample, "jrb"), site(&bare, "kxw"));
}

/// The samples with the commented transports whose tables begin so.
fn samples_with(wanted: &[&str]) -> Files {
    let files = samples();
    let text = std::fs::read_to_string(files.path("monitor.toml")).unwrap();
    let mut open = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        if let Some(table) = line.strip_prefix("# [transports.") {
            // No spool stays, so the mail server comes along.
            let mut wanted = wanted.iter().chain(&["mail"]);
            open |= wanted.any(|wanted| table.starts_with(wanted));
        }
        open &= line.starts_with('#');
        let spool = line.starts_with("spool = ") || line.starts_with("allow_spool_only");
        let key = line.strip_prefix("# ").filter(|_| open);
        lines.push(match key {
            Some(key) if spool || key.starts_with("extra_root") => "#",
            Some(key) => key,
            None if spool => "#",
            None => line,
        });
    }
    files.write("monitor.toml", lines.join("\n"));
    std::fs::create_dir(files.path("secrets")).unwrap();
    let names = [
        "sms-token",
        "mail-password",
        "aliyun-secret",
        "tencent-key",
        "mas-secret",
        "receipts",
        "wecom-key",
        "dingtalk-token",
        "dingtalk-secret",
        "feishu-token",
        "feishu-secret",
        "webhook",
    ];
    for name in names.map(|name| format!("secrets/{name}")) {
        files.write(&name, "s3cr3t-0f-m0re-than-twenty\n");
        files.mode(&name, 0o600);
    }
    files
}

/// What stands behind a comment sign in the sample is true as well.
#[test]
fn the_commented_gateway_and_mail_server_of_the_sample_are_sound() {
    let wanted = ["sms.gateway", "sms.receipts", "robots"];
    let config = samples_with(&wanted).sound().config;
    assert_eq!(config.transports.receipts.form.status, "/status");
    let robots = &config.transports.robots;
    let kinds: Vec<&str> = robots.values().map(|robot| robot.kind.key()).collect();
    assert_eq!(kinds, ["feishu", "webhook", "wecom", "dingtalk"]);
    let limits: Vec<Option<u32>> = robots.values().map(|robot| robot.rate.per_minute).collect();
    assert_eq!(limits, [Some(100), Some(60), Some(20), Some(20)]);
    let Some(SmsTransport::Gateway(gateway)) = config.transports.sms else {
        panic!("the gateway was not read");
    };
    assert_eq!(
        gateway.secrets[0].1.expose_secret(),
        "s3cr3t-0f-m0re-than-twenty"
    );
    assert_eq!(gateway.receipt.as_deref(), Some("/data/id"));
    let Some(MailTransport::Smtp(smtp)) = config.transports.mail else {
        panic!("the mail server was not read");
    };
    assert_eq!(
        (smtp.host.as_str(), smtp.port),
        ("mail.example.invalid", 465)
    );
}

#[test]
fn the_commented_vendors_of_the_sample_have_what_every_tier_needs() {
    for (vendor, code) in [("aliyun", "SMS_000000001"), ("tencent", "1000000")] {
        let files = samples_with(&[&format!("sms.{vendor}")]);
        let Loaded { config, warnings } = files.sound();
        let sms = config.transports.sms.as_ref().unwrap();
        let templates = sms.templates().unwrap();
        assert_eq!(templates.of("overdue").unwrap().code, code, "{vendor}");
        let told = explain(&config, &warnings, now());
        for (key, ..) in wangxun::alert::template::Texts::KEYS {
            let is_message = !["subject", "digest_more"].contains(key);
            let has_row = told.lines().any(|line| {
                let mut cells = line.split_whitespace();
                let row = cells.next() == Some(key);
                row && cells.next().is_some_and(|code| code.contains("000"))
            });
            assert_eq!(has_row, is_message, "{vendor} {key}\n{told}");
        }
        assert!(!told.contains("s3cr3t"), "{told}");
    }
    let config = samples_with(&["sms.mas"]).sound().config;
    assert!(config.transports.sms.unwrap().templates().is_none());
}

#[test]
fn gaps_of_transports_are_warned_of() {
    let files = samples_with(&["sms.tencent", "robots"]);
    let path = "monitor.toml";
    let text = std::fs::read_to_string(files.path(path)).unwrap();
    files.write(
        path,
        text.replace("longest_value = 12", "longest_value = 4"),
    );
    let told: Vec<String> = files
        .sound()
        .warnings
        .iter()
        .map(|warning| warning.message.clone())
        .collect();
    let told = told.join("\n");
    let cut = "and is cut to longest_value = 4";
    let lines = told.lines().filter(|line| line.contains(cut));
    let mut of_first = lines.filter(|line| line.contains("parameter 1 of "));
    assert!(
        of_first.next().is_some_and(|line| line.contains("overdue")),
        "{told}"
    );
    assert_eq!(of_first.next(), None, "{told}");
    let idle = "robots by which nobody is reached: bureau, desk, duty, office";
    assert!(told.contains(idle), "{told}");
}

#[test]
fn a_text_that_does_not_say_of_what_it_speaks_is_warned_of() {
    let files = samples_with(&["sms.gateway"]);
    let path = "monitor.toml";
    let text = std::fs::read_to_string(files.path(path)).unwrap();
    let (before, after) = text.split_once("[texts]\n").unwrap();
    let told = |texts: &str| -> Vec<String> {
        files.write(path, format!("{before}[texts]\n{texts}{after}"));
        let warnings = files.sound().warnings.into_iter();
        let messages = warnings.map(|warning| warning.message);
        messages
            .filter(|message| message.contains("tell what"))
            .collect()
    };
    assert_eq!(told("escalation = \"{site}{column}请更新。\"\n"), [""; 0]);
    assert_eq!(
        told("escalation = \"请更新\"\nveto = \"{why}\"\n"),
        [
            "the text escalation has no {column}: whoever reads it alone cannot tell what it is about",
            "the text veto has no {site}: whoever reads it alone cannot tell what it is about"
        ]
    );
}

/// What a vendor's default template cannot say in every wording, addresses of the other kind of
/// text, and a gateway that cannot know a message again: each is told, and nothing where all is well.
#[test]
fn what_a_transport_lacks_is_warned_of() {
    let told_of = |table: &str, from: &str, to: &str| {
        let files = samples_with(&[table]);
        let text = std::fs::read_to_string(files.path("monitor.toml")).unwrap();
        assert!(text.contains(from), "{from}");
        files.write("monitor.toml", text.replace(from, to));
        let warnings = files.sound().warnings;
        let told: Vec<String> = warnings.iter().map(ToString::to_string).collect();
        told.join("\n")
    };
    let default = r#"why = "{worst}" } }"#;
    let told = told_of("sms.aliyun", default, r#"days = "{overdue_days}" } }"#);
    let days = "note: parameter days of the default template: {overdue_days} says nothing in reminder, warning, recovered,";
    assert!(told.contains(days), "{told}");
    let silent = told.lines().find(|line| line.contains(days)).unwrap();
    assert!(!silent.contains("digest"), "{silent}");
    assert!(!silent.contains("escalation"), "{silent}");
    let site = "{site} says nothing in offline, online, trouble, and is sent as 无";
    assert!(told.contains(site), "{told}");
    let whole = r#"params = { text = "{text}" } }"#;
    let params = r#"params = { site = "{site}", column = "{column}", why = "{worst}" } }"#;
    let told = told_of("sms.aliyun", params, whole);
    assert!(!told.contains("says nothing"), "{told}");

    let templates = "\n[transports.sms.mas.templates]\ndefault = { code = \"1\", params = [\"{text}\"] }\n# What became";
    let rows = [
        ("# What became", "# What became", None),
        (
            "# What became",
            templates,
            Some("ends in norsubmit, which takes free text, but templates are configured"),
        ),
        (
            "/norsubmit",
            "/tmpsubmit",
            Some("ends in tmpsubmit, which takes templates, but none are configured"),
        ),
    ];
    for (from, to, expected) in rows {
        let told = told_of("sms.mas", from, to);
        let line = told
            .lines()
            .find(|line| line.contains("the address of mas"));
        assert_eq!(line.is_some(), expected.is_some(), "{told}");
        if let (Some(line), Some(expected)) = (line, expected) {
            assert!(line.starts_with("WARNING: "), "{line}");
            assert!(line.contains(expected), "{line}");
        }
    }

    let key = r#", requestId = "{key}""#;
    let doubled = "the gateway is not told {key}";
    assert!(told_of("sms.gateway", key, "").contains(doubled));
    assert!(!told_of("sms.gateway", key, key).contains(doubled));
    let header = r#"{ Authorization = "Bearer {secret.token}" }"#;
    let files = samples_with(&["sms.gateway"]);
    let text = std::fs::read_to_string(files.path("monitor.toml")).unwrap();
    let text = text.replace(key, "");
    let with_header = r#"{ Authorization = "Bearer {secret.token}", X-Request-Id = "{key}" }"#;
    files.write("monitor.toml", text.replace(header, with_header));
    let warnings = files.sound().warnings;
    assert!(warnings.iter().all(|one| !one.message.contains(doubled)));
}

/// What makes a digest longer than it should be, or leaves its reader without an address.
#[test]
fn what_a_digest_lacks_is_warned_of() {
    let files = samples();
    let text = std::fs::read_to_string(files.path("monitor.toml")).unwrap();
    let told = |most: &str, link: &str| {
        let text = text.replace("most_segments = 4", most);
        files.write(
            "monitor.toml",
            format!("{text}\n[links]\nbase = \"{link}\"\n"),
        );
        let warnings = files.sound().warnings;
        let told: Vec<String> = warnings.iter().map(ToString::to_string).collect();
        told.join("\n")
    };
    let console = "note: console_link is missing: a digest";
    let digest = "more than most_segments = 1: the first item is told whole";
    let link = "the reply link has no room in a digest whose first item is";
    let base = "https://wangxun.example.cn";
    let short = told("most_segments = 1", base);
    for expected in [console, digest, link] {
        assert!(short.contains(expected), "{expected}: {short}");
    }
    let long = told("most_segments = 4", base);
    assert!(
        !long.contains("is told whole") && !long.contains(link),
        "{long}"
    );
    let text = text.replace("# console_link = ", "console_link = ");
    files.write("monitor.toml", text);
    let warnings = files.sound().warnings;
    assert!(
        warnings
            .iter()
            .all(|one| !one.message.contains("console_link is missing"))
    );
}

#[test]
fn a_group_is_reached_by_a_robot() {
    let files = with_robot();
    let group = files.sound().config.group;
    let person = &group.people[&PersonId::parse("qun").unwrap()];
    assert_eq!(person.routes, [Route::Robot]);
    assert_eq!(person.robot.as_deref(), Some("duty"));
}

#[test]
fn keys_say_what_they_mean() {
    let files = Files::new();
    files.write(
        "monitor.toml",
        format!(
            "{MONITOR}{}",
            r#"
[limits]
news = { days = 10, ladder = { warning_lead = { least = 1, most = 2 } } }
[tiers.severely-overdue]
roles = ["head", "supervision"]
repeat_every = 2
[tiers.overdue]
repeat_every = 0
[sending]
from = "09:00"
live = true
[escalation]
unit_overdue_days = 0
[acts]
answer_working_days = 5
maintenance_days = 10
[politeness]
access = { pause = "2s" }
[console]
enabled = false
[store]
dir = "state"
[texts]
up = "{site}恢复。"
"#
        ),
    );
    files.write(
        "sites.toml",
        SITES.replace("[[column]]", "access = { robots = false }\n[[column]]"),
    );
    let config = files.sound().config;
    let news = config.limits.classes[&Class::News];
    assert_eq!((news.limit_days, news.ladder.warning_lead.of(10)), (10, 1));
    let alert = &config.alert;
    assert!(alert.live);
    assert_eq!(alert.again.unit_overdue_days, 0);
    assert_eq!(alert.again.column_severe_days, 90);
    assert_eq!(alert.bounds.answer_working_days, 5);
    assert_eq!(alert.bounds.hold_working_days, 3);
    assert_eq!(alert.bounds.exemption.maintenance_days, 10);
    let severe = &config.alert.tiers[&Tier::SeverelyOverdue];
    assert_eq!(severe.roles, [Role::Head, Role::Supervision]);
    let repeat = Repeat::Every {
        working_days: 2,
        most: Some(5),
    };
    assert_eq!(severe.repeat, repeat);
    assert_eq!(config.alert.tiers[&Tier::Overdue].repeat, Repeat::Once);
    assert_eq!(config.alert.digest_at, config.alert.window.from);
    let access = &config.group.sites[&SiteId::parse("kxw").unwrap()].access;
    assert_eq!(
        (access.robots, access.pause),
        (false, Duration::from_secs(2))
    );
    assert_eq!(config.console.listen, None);
    assert_eq!(config.store.dir, files.path("state"));
    assert_eq!(config.alert.texts.up.source(), "{site}恢复。");
    assert_eq!(
        config.identity.user_agent,
        format!(
            "wangxun/{} (+https://www.example.cn/w)",
            env!("CARGO_PKG_VERSION")
        )
    );
    let li = &config.group.people[&PersonId::parse("li").unwrap()];
    assert_eq!(li.routes, [Route::Sms]);
}

#[test]
fn the_next_year_is_missed_loudly_from_december_on() {
    let files = Files::new();
    let path = files.path("monitor.toml");
    let warned = |day: &str| {
        let loaded = load(&path, day.parse().unwrap()).unwrap();
        let about = loaded
            .warnings
            .into_iter()
            .filter(|warning| warning.message.contains("holiday table"));
        about
            .map(|warning| (warning.loud, warning.message.contains("for 2027")))
            .collect::<Vec<_>>()
    };
    assert_eq!(warned("2025-12-01"), []);
    assert_eq!(warned("2026-11-30"), [(false, true)]);
    assert_eq!(warned("2026-12-01"), [(true, true)]);
    assert_eq!(warned("2027-01-01"), [(true, true), (false, false)]);
}

#[test]
fn gaps_are_warned_of() {
    let files = Files::new();
    files.write("sites.toml", format!("{SITES}[[unit]]\nid = \"zfw\"\nname = \"政法委\"\n[[column]]\nid = \"b\"\nsite = \"kxw\"\nunit = \"zfw\"\nname = \"通知\"\nclass = \"notices\"\nurl = \"/gzdt/\"\n[[column]]\nid = \"c\"\nsite = \"kxw\"\nname = \"空白\"\nclass = \"news\"\nurl = \"\"\n"));
    files.write(
        "contacts.toml",
        CONTACTS.replace("10000000002", "10000000001"),
    );
    files.write(
        "monitor.toml",
        format!(
            "{MONITOR}[console]\nlisten = \"0.0.0.0:8420\"\n[tiers.escalation]\nroles = [\"head\", \"operator\", \
             \"supervision\"]\n[texts]\ndown = \"{}\"\n",
            "长".repeat(300)
        ),
    );
    let told: Vec<String> = files
        .sound()
        .warnings
        .iter()
        .map(ToString::to_string)
        .collect();
    let parts = [
        "units without any contact that answer for columns; their messages go to the operator: zfw",
        "unit kxw has nobody in the roles of escalation",
        "nobody has the role supervision, which is told of escalation",
        "1 columns with a blank address; they are listed, and neither visited nor alerted: c",
        "columns b, kxw/gzdt share the address https://kxw.example.cn/gzdt/",
        "li, op share 100****0001",
        "the wording down takes 5 segments",
        "WARNING: the console listens on 0.0.0.0:8420",
    ];
    for part in parts {
        assert!(
            told.iter().any(|line| line.contains(part)),
            "{part}: {told:#?}"
        );
    }
}

#[test]
fn an_explanation_tells_what_was_understood() {
    let files = with_gateway();
    let Loaded { config, warnings } = files.sound();
    let told = explain(&config, &warnings, now());
    let parts = [
        "columns (栏目)   1: 1 with an address, 0 blank",
        "visits  0 6-22 * * *  2026-11-25 10:00, 2026-11-25 11:00, 2026-11-25 12:00",
        "news 动态要闻",
        "gateway POST https://sms.example.invalid, 1 secrets read",
        "【网巡】科信委网站“工作动态”栏目最近更新为",
        "note: no holiday table",
    ];
    for part in parts {
        assert!(told.contains(part), "{part}:\n{told}");
    }
    let news = told.lines().find(|line| line.contains("news ")).unwrap();
    let numbers: Vec<&str> = news.split_whitespace().skip(2).collect();
    assert_eq!(numbers, ["14", "11", "13", "15", "22", "10"]);
    assert!(!told.contains("s3cr3t"), "{told}");
}

#[test]
fn columns_on_demand_are_understood_and_explained() {
    let files = Files::new();
    let column = r#"
[[column]]
id = "kxw/ldjs"
site = "kxw"
name = "领导介绍"
class = "organisation"
url = "/ldjs/"
on_demand = true
limit_days = 1
"#;
    files.write("sites.toml", SITES.to_owned() + column);
    let Loaded { config, warnings } = files.sound();
    let column = |id: &str| &config.group.columns[&ColumnId::parse(id).unwrap()];
    assert_eq!(column("kxw/ldjs").watch(), Watch::OnDemand);
    assert_eq!(column("kxw/gzdt").watch(), Watch::Judged);
    let told = explain(&config, &warnings, now());
    assert!(
        told.contains("on demand (按需更新)") && told.contains("\n  kxw/ldjs 1\n"),
        "{told}"
    );
}

#[test]
fn a_class_and_a_column_have_a_ladder_and_recipients_of_their_own() {
    let files = Files::new();
    let of_news =
        "news = { days = 14, tiers = { overdue = { roles = [\"liaison\"], repeat_every = 0 } } }";
    files.write("monitor.toml", format!("{MONITOR}[limits]\n{of_news}\n"));
    let column = r#"limit_days = 5
ladder = { warning_lead = { least = 1, most = 2 }, reminder_lead = { least = 2, most = 2 } }
tiers = { warning = { roles = ["head"] }, overdue = { repeat_every = 1, repeat_most = 4 } }
[[column]]
id = "kxw/dtxw"
site = "kxw"
name = "动态新闻"
class = "news"
url = "/dtxw/"
[[column]]
id = "kxw/tzgg"
site = "kxw"
name = "通知公告"
class = "notices"
url = "/tzgg/"
"#;
    files.write("sites.toml", format!("{SITES}{column}"));
    let Loaded { config, warnings } = files.sound();
    let column = |id: &str| &config.group.columns[&ColumnId::parse(id).unwrap()];
    let tier = |id: &str, tier: Tier| &config.alert.tiers_of(column(id))[&tier];
    let begins = |id: &str| {
        let rule = config.limits.of(column(id));
        [5, 4, 6].map(|age| rule.ladder.tier(age, rule.limit_days))
    };
    let early = [
        Some(Tier::Warning),
        Some(Tier::Reminder),
        Some(Tier::Overdue),
    ];
    assert_eq!(begins("kxw/gzdt"), early);
    assert_eq!(begins("kxw/dtxw"), [None; 3]);
    assert_eq!(tier("kxw/gzdt", Tier::Warning).roles, [Role::Head]);
    assert_eq!(tier("kxw/gzdt", Tier::Overdue).roles, [Role::Liaison]);
    let again = Repeat::Every {
        working_days: 1,
        most: Some(4),
    };
    assert_eq!(tier("kxw/gzdt", Tier::Overdue).repeat, again);
    assert_eq!(tier("kxw/dtxw", Tier::Overdue).repeat, Repeat::Once);
    assert_eq!(
        tier("kxw/tzgg", Tier::Overdue),
        &config.alert.tiers[&Tier::Overdue]
    );
    let told = explain(&config, &warnings, now());
    for part in ["at news instead", "at kxw/gzdt instead", "  kxw/gzdt"] {
        assert!(told.contains(part), "{part}: {told}");
    }
}

#[test]
fn reading_rules_are_understood_and_explained() {
    let files = Files::new();
    let rules = r#"
  [column.read]
  row = "ul.list > li"
  title = "a"
  date = "span.date"
  date_format = "%d/%m/%Y"
  charset = "GB2312"
  data = "api?x=1"
  headers = { Referer = "https://kxw.example.cn/", X-Token = "s3cr3t" }
[[column]]
id = "kxw/tzgg"
site = "kxw"
name = "通知公告"
class = "notices"
url = "/tzgg/"
read = { json = { rows = "data.list[*]", title = "t", url = "u", date = "d" } }
[[column]]
id = "kxw/zcwj"
site = "kxw"
name = "政策文件"
class = "policy"
url = "/zcwj/"
read = { json = "jpaas", row = "li" }
[[column]]
id = "kxw/empty"
site = "kxw"
name = "空"
class = "policy"
read = {}
"#;
    files.write("sites.toml", SITES.to_owned() + rules);
    let Loaded { config, warnings } = files.sound();
    let column = |id: &str| &config.group.columns[&ColumnId::parse(id).unwrap()];
    let news = column("kxw/gzdt");
    let read = news.read.as_ref().unwrap();
    assert_eq!(read.charset.as_deref(), Some("gb2312"));
    assert_eq!(read.headers[0].name, "Referer");
    // Data stands where the list is asked for; the page stays the one that is shown.
    let data = "https://kxw.example.cn/api?x=1";
    assert_eq!(news.address().map(url::Url::as_str), Some(data));
    assert_eq!(
        news.url.as_ref().map(url::Url::as_str),
        Some("https://kxw.example.cn/gzdt/")
    );
    assert_eq!(
        column("kxw/tzgg").address(),
        column("kxw/tzgg").url.as_ref()
    );
    assert_eq!(column("kxw/empty").read, None);
    let told = explain(&config, &warnings, now());
    let parts = [
        "columns read by rules of their own (读取规则)\n  kxw/gzdt  row = \"ul.list > li\" · title = \"a\" ·",
        "data = \"https://kxw.example.cn/api?x=1\"",
        "\"X-Token\" = \"…\"",
        "json = { rows = \"data.list[*]\", title = \"t\", url = \"u\", date = \"d\" }",
        "row = \"li\" · json = \"jpaas\"",
    ];
    for part in parts {
        assert!(told.contains(part), "{part}:\n{told}");
    }
    assert!(!told.contains("s3cr3t"), "{told}");
    assert!(!format!("{config:?}").contains("s3cr3t"));
    let plain = explain(&Files::new().sound().config, &warnings, now());
    assert!(!plain.contains("读取规则"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,200}") {
        let files = Files::new();
        for name in ["monitor.toml", "sites.toml", "contacts.toml", "calendar.toml"] {
            files.write(name, &text);
        }
        let _ = files.load().map_err(|faults| faults.to_string());
    }

    /// Sound files with a piece torn out and another put in.
    #[test]
    fn no_damage_makes_it_panic(at in 0_usize..400, cut in 0_usize..30, put in "[\\[\\]{}=\"'.,a-z0-9\n字 -]{0,12}") {
        let files = with_gateway();
        for (name, text) in [("monitor.toml", GATEWAY), ("sites.toml", SITES), ("contacts.toml", CONTACTS)] {
            let chars: Vec<char> = text.chars().collect();
            let at = at.min(chars.len());
            let rest = (at + cut).min(chars.len());
            let text: String = chars[..at].iter().copied().chain(put.chars()).chain(chars[rest..].iter().copied()).collect();
            files.write(name, text);
        }
        let told = files.load().map(|_| String::new()).unwrap_or_else(|faults| faults.to_string());
        prop_assert!(!told.contains("s3cr3t"));
    }
}
