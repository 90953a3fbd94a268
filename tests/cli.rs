//! The commands as a new operator meets them, one after the other, with their exit codes.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the helpers of a test fail by panicking"
)]

#[path = "support/program.rs"]
mod program;

use std::time::Duration;

use chrono::Days;
use program::{Place, eventually, site, wangxun};
use regex::Regex;
use wangxun::clock::Clock;
use wangxun::domain::flag::{Fact, Flag};
use wangxun::domain::id::ColumnId;
use wangxun::domain::time::{Date, date_of, moment};
use wangxun::store::commit::Commit;
use wangxun::store::handle::Store;
use wangxun::store::settings::StoreSettings;

fn today() -> Date {
    date_of(Clock::system().now())
}

/// A list page of a column whose newest item is `newest`.
fn list(newest: Date) -> String {
    let titles = [
        "区科信委召开政府网站工作推进会",
        "区科信委开展网络安全专项检查",
        "区科信委赴企业调研科技创新情况",
        "我区举办科普活动周启动仪式",
        "区科信委组织信息化项目评审会",
        "区科信委部署年度重点任务",
    ];
    let rows: String = (0_u64..)
        .zip(titles)
        .map(|(n, title)| {
            let on = newest - Days::new(n * 3);
            let number = 9000 - n;
            format!("<li><a href=\"/gzdt/{number}.html\">{title}</a><span>{on}</span></li>\n")
        })
        .collect();
    format!(
        "<!doctype html><html><head><meta charset=\"utf-8\"><title>工作动态-区科信委</title></head>\
         <body><div class=\"dh\"><a href=\"/\">首页</a></div><h2>工作动态</h2>\
         <div class=\"infolist\"><ul>\n{rows}</ul></div></body></html>"
    )
}

#[test]
fn the_shipped_samples_are_sound_and_explained() {
    let said = Place::samples().run(&["check-config"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let day = r"\d{4}-\d\d-\d\d \d\d:\d\d";
    let parts = [
        r"units \(单位\) +48".to_owned(),
        r"columns \(栏目\) +15: 12 with an address, 3 blank".to_owned(),
        format!(r"visits +0 6-22 \* \* \* +{day}, {day}, {day}\n"),
        r"news 动态要闻 +14 +11 +13 +15 +22 +10\n".to_owned(),
        r"notices 通知公告 +180 +151 +174 +181 +211 +10\n".to_owned(),
        r"escalation 督办 +栏目编辑、联络员、分管领导、主要负责人、管理员、督查 +every 5 working days +released by a person"
            .to_owned(),
        r"WARNING: text messages are written to .*/var/sms and reach nobody".to_owned(),
        r"note: units without any contact that answer for columns".to_owned(),
        r"note: 43 sites with a blank address".to_owned(),
    ];
    for part in parts {
        let found = Regex::new(&part).unwrap().is_match(&said.out);
        assert!(found, "{part}\n{}", said.out);
    }
}

#[test]
fn every_fault_is_told_with_its_file_and_line() {
    let place = Place::new("");
    let spoilt = place.read("monitor.toml").replace("[store]\n", "[stroe]\n");
    let spoilt = spoilt.replace("pause = \"0ms\"", "pause = \"soon\"");
    place.write("monitor.toml", &spoilt);
    let sites = place.read("sites.toml");
    place.write("sites.toml", &sites.replace("\"news\"", "\"newz\""));
    place.mode("contacts.toml", 0o644);
    let said = place.run(&["check-config"]);
    assert_eq!(said.code, Some(1));
    assert_eq!(said.out, "");
    let parts = [
        r"/monitor\.toml:9: .*soon",
        r"/monitor\.toml:10: .*stroe",
        r"/sites\.toml:14: .*newz.*news",
        r"/contacts\.toml: it holds telephone numbers and can be read by others; run: chmod 600 ",
        r"\d+ faults in the configuration",
    ];
    for part in parts {
        let found = Regex::new(part).unwrap().is_match(&said.err);
        assert!(found, "{part}\n{}", said.err);
    }
    for command in [&["run"][..], &["status"], &["send-test", "--to", "op"]] {
        assert_eq!(place.run(command).code, Some(2), "{command:?}");
    }
}

#[test]
fn a_credential_is_a_file_beside_the_configuration_outside_of_systemd() {
    let place = Place::new("");
    let gateway = "[transports.sms.gateway]\nurl = \"https://sms.example.invalid/send\"\n\
                   headers = { Authorization = \"Bearer {secret.token}\" }\n\
                   json = { to = \"{phone}\", text = \"{text}\" }\n\
                   [transports.sms.gateway.secrets]\ntoken = { credential = \"sms-token\" }\n";
    let monitor = place.read("monitor.toml");
    let monitor = monitor.replace("[transports.sms]\nspool = \"sms\"\n", gateway);
    place.write("monitor.toml", &monitor);
    let missing = place.run(&["check-config"]);
    assert_eq!(missing.code, Some(1));
    assert!(missing.err.contains("secrets/sms-token"), "{}", missing.err);
    std::fs::create_dir(place.path("secrets")).unwrap();
    place.write("secrets/sms-token", "s3cr3t-of-the-test\n");
    place.mode("secrets/sms-token", 0o644);
    let open = place.run(&["check-config"]);
    assert!(open.err.contains("can be read by others"), "{}", open.err);
    place.mode("secrets/sms-token", 0o600);
    let sound = place.run(&["check-config"]);
    assert_eq!(sound.code, Some(0), "{}", sound.err);
    assert!(sound.out.contains("1 secrets read"), "{}", sound.out);
    for said in [missing, open, sound] {
        assert!(!said.out.contains("s3cr3t") && !said.err.contains("s3cr3t"));
    }
}

#[test]
fn a_probe_says_what_the_reader_makes_of_a_file() {
    let place = Place::new("");
    let newest = Date::from_ymd_opt(2017, 11, 3).unwrap();
    place.write("list.html", &list(newest));
    let file = place.path("list.html");
    let file = file.to_str().unwrap();
    let words = ["probe", file, "--as-of", "2017-11-10"];
    let told = wangxun(words);
    assert_eq!(told.code, Some(0), "{}", told.err);
    let first = "  list, dated, utf-8, 6 rows\n  newest 2017-11-03 (ListRow) 区科信委召开政府网站";
    assert!(told.out.contains(first), "{}", told.out);

    let json = wangxun(words.iter().chain(&["--format", "json"]));
    let report: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    let fields = [
        "source",
        "url",
        "encoding",
        "kind",
        "outcome",
        "newest",
        "published",
        "others",
        "rows",
        "items",
        "notes",
        "noted",
    ];
    let mut places = fields.map(|field| json.out.find(&format!("\"{field}\":")).unwrap());
    places[9] = json.out.rfind("\"items\":").unwrap();
    assert!(
        places.is_sorted(),
        "the fields keep their order: {}",
        json.out
    );
    assert_eq!(report.as_object().unwrap().len(), fields.len());
    assert_eq!(report["source"], file);
    assert_eq!(report["kind"], "list");
    assert_eq!(report["outcome"], "dated");
    assert_eq!(report["newest"]["on"], "2017-11-03");
    assert_eq!(report["newest"]["basis"], "list-row");
    assert_eq!(report["rows"], 6);
    assert_eq!(report["items"][5]["on"], "2017-10-19");
}

#[test]
fn reading_rules_are_tried_and_told_as_they_are_to_be_written() {
    let place = Place::new("");
    let newest = Date::from_ymd_opt(2017, 11, 3).unwrap();
    let page = list(newest).replace("2017-11-03", "05/11/2017");
    place.write("list.html", &page);
    let file = place.path("list.html");
    let file = file.to_str().unwrap();
    let day = ["probe", file, "--as-of", "2017-11-10"];
    let rules = [
        "--row",
        ".infolist li",
        "--date",
        "span",
        "--date-format",
        "%d/%m/%Y",
    ];
    let told = wangxun(day.iter().chain(&rules));
    assert_eq!(told.code, Some(0), "{}", told.err);
    for part in [
        "newest 2017-11-05 (OwnRules)",
        "  rule: row = \".infolist li\"\n",
        "  note: by rules: row matched 6, with a title 6, with a date 1\n",
        "to keep these rules, write below the column in sites.toml:\n  [column.read]\n  row = \".infolist li\"\n  date = \"span\"\n  date_format = \"%d/%m/%Y\"\n",
    ] {
        assert!(told.out.contains(part), "{part}\n{}", told.out);
    }
    let missed = wangxun(day.iter().chain(&["--row", "table tr"]));
    assert!(missed.out.contains("NoRowsBySelector"), "{}", missed.out);
    let json = [
        "--json",
        "{ rows = \"a\", title = \"t\" }",
        "--format",
        "json",
    ];
    let data = wangxun(day.iter().chain(&json));
    let report: serde_json::Value = serde_json::from_str(&data.out).unwrap();
    assert_eq!(report["rules"][0], "json = { rows = \"a\", title = \"t\" }");
    for (words, fault) in [
        (["--row", "li >"], "row: \"li >\": it is no CSS selector"),
        (["--json", "ucp"], "unknown preset \"ucp\"; known are ucap"),
        (["--json", "{ rows = "], "not TOML"),
        (["--header", "Host: a"], "\"Host\": this header is set by"),
        (["--header", "Referer"], "written NAME: VALUE"),
    ] {
        let refused = wangxun(day.iter().chain(&words));
        assert_eq!(refused.code, Some(2));
        assert!(refused.err.contains(fault), "{fault}\n{}", refused.err);
    }
}

#[test]
fn one_source_that_cannot_be_probed_does_not_hide_the_others() {
    let place = Place::new("");
    let newest = Date::from_ymd_opt(2017, 11, 3).unwrap();
    place.write("list.html", &list(newest));
    let file = place.path("list.html");
    let file = file.to_str().unwrap();
    let day = "2017-11-10";
    let json = ["--format", "json", "--as-of", day];
    let sources = ["probe", file, "/dev/zero", "kxw/nothing", file];
    let told = place.run(&[&sources[..], &json[..]].concat());
    assert_eq!(told.code, Some(2));
    assert_eq!(told.out.lines().count(), 2, "{}", told.out);
    for part in [
        "/dev/zero cannot be read: more than",
        "\"kxw/nothing\" is no file",
        "2 of 4 sources",
    ] {
        assert!(told.err.contains(part), "{part}\n{}", told.err);
    }
    // Without a configuration a misspelt file is still called one.
    let alone = wangxun([
        "probe",
        "no-such.html",
        "--config",
        "/nonexistent/monitor.toml",
    ]);
    assert_eq!(alone.code, Some(2));
    let first = "wangxun: \"no-such.html\" is no file and no http address";
    assert!(alone.err.starts_with(first), "{}", alone.err);
}

#[test]
fn a_probe_of_nothing_known_is_refused() {
    let place = Place::new("");
    let unknown = place.run(&["probe", "kxw/nothing"]);
    assert_eq!(unknown.code, Some(2));
    assert!(
        unknown
            .err
            .contains("is no file, no http address and no configured column or site")
    );
    let blank = place.run(&["probe", "kxw/gzdt"]);
    assert_eq!(blank.code, Some(2));
    assert!(blank.err.contains("column kxw/gzdt has no address"));
}

#[test]
fn without_a_daemon_the_store_answers() {
    let place = Place::new("");
    let from_store = "(no daemon runs; read from the store in ";
    let rows: [(&[&str], &str); 7] = [
        (&["status"], "区科信委"),
        (&["exempt", "--list"], "没有报备豁免。"),
        (&["go-live", "--by", "甲"], "live from now on"),
        (&["flags"], "没有供核对的情况。"),
        (
            &["why", "kxw/gzdt"],
            "该栏目未配置网址，不访问、不判断，也不计超期。",
        ),
        (&["outbox"], "收件人"),
        (
            &["send-test", "--to", "op"],
            "accepted: 100****0001, receipt ",
        ),
    ];
    for (command, part) in rows {
        let said = place.run(command);
        assert_eq!(said.code, Some(0), "{command:?}: {}", said.err);
        assert!(said.err.contains(from_store), "{command:?}: {}", said.err);
        assert!(said.out.contains(part), "{command:?}: {}", said.out);
    }
    let letters = std::fs::read_dir(place.path("sms")).unwrap();
    assert_eq!(letters.count(), 1, "the test message is in the spool");
    let refusals: [(&[&str], &str); 11] = [
        (
            &[
                "ack",
                "kxw/gzdt",
                "--by",
                "甲",
                "--until",
                "2017-11-24",
                "--reason",
                "x",
            ],
            "nothing is open about kxw/gzdt",
        ),
        (
            &[
                "exempt",
                "--end",
                "0123abcd",
                "--approver",
                "甲",
                "--reason",
                "x",
            ],
            "no exemption \"0123abcd\" runs",
        ),
        (
            &["hold", "kxw", "--by", "甲", "--lift"],
            "no message about unit kxw is held",
        ),
        (&["go-live", "--by", "甲"], "live already"),
        (&["flags", "--column", "kxw/nothing"], "near are kxw/gzdt"),
        (&["why", "kxw/nothing"], "near are kxw/gzdt"),
        (&["why", "nowhere"], "they stand in sites.toml"),
        (&["send-test", "--to", "nobody"], "known are li, op"),
        (
            &["release", "kxw/gzdt", "--by", "甲"],
            "no escalation is proposed for kxw/gzdt",
        ),
        (
            &["accept", "kxw/gzdt", "--by", "甲", "--reason", "改版"],
            "the list of kxw/gzdt does not seem redesigned",
        ),
        (
            &["release", "kxw/nothing", "--by", "甲"],
            "near are kxw/gzdt",
        ),
    ];
    for (command, part) in refusals {
        let said = place.run(command);
        assert_eq!(said.code, Some(1), "{command:?}: {}", said.err);
        assert!(said.err.contains(part), "{command:?}: {}", said.err);
    }
}

#[tokio::test]
async fn flags_are_listed_by_column_and_day_for_people_and_for_programs() {
    let place = Place::new("");
    let at = |text: &str| moment(text.parse().unwrap());
    let column = ColumnId::parse("kxw/gzdt").unwrap();
    let flag = |day: &str, title: &str| Flag {
        column: column.clone(),
        title: title.to_owned(),
        url: None,
        raised_at: at(&format!("{day}T08:00:00")),
        fact: Fact::ReDated {
            claimed_on: "2017-11-14".parse().unwrap(),
            previous_on: "2017-09-01".parse().unwrap(),
            first_seen_at: at("2017-10-16T08:00:00"),
        },
    };
    let settings = StoreSettings::in_dir(place.path("store"));
    let now = at("2017-11-15T09:00:00");
    let (store, _) = Store::open(&settings, now).await.unwrap();
    let mut commit = Commit::at(now);
    commit.flags = vec![
        flag("2017-11-03", "早些的条目"),
        flag("2017-11-15", "后来的条目"),
    ];
    store.commit(commit).await.unwrap();
    drop(store);
    let all = place.run(&["flags"]);
    assert_eq!(all.code, Some(0), "{}", all.err);
    assert!(all.out.contains("标注日期由2017年9月1日变为2017年11月14日"));
    assert!(all.out.find("后来的条目") < all.out.find("早些的条目"));
    let since = ["--column", "kxw/gzdt", "--since", "2017-11-04"];
    let late = place.run(&[&["flags"][..], &since].concat());
    assert!(late.out.contains("后来的条目") && !late.out.contains("早些的条目"));
    let json = place.run(&["flags", "--format", "json"]);
    let lines: Vec<serde_json::Value> = serde_json::from_str(&json.out).unwrap();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["kind"], "re-dated");
    assert_eq!(lines[0]["fact"]["re-dated"]["previous_on"], "2017-09-01");
    let none = place.run(&["flags", "--format", "json", "--since", "2018-01-01"]);
    assert_eq!((none.code, none.out.trim()), (Some(0), "[]"));
    let why = place.run(&["why", "kxw/gzdt"]);
    assert!(
        why.out.contains("供核对的情况2条：《后来的条目》"),
        "{}",
        why.out
    );
}

/// What people lay down reaches the running daemon, and shows at once.
fn lays_down_by_socket(place: &Place) {
    assert!(place.run(&["status"]).out.contains("【试运行】"));
    let until = (today() + Days::new(20)).to_string();
    let exempt = [
        "exempt",
        "--unit",
        "kxw",
        "--maintenance",
        "--until",
        &until,
    ];
    let nobody = place.run(&exempt);
    assert_eq!(nobody.code, Some(2), "{}", nobody.err);
    let named = ["--approver", "李四", "--reason", "网站改版"];
    let said = place.run(&[&exempt[..], &named].concat());
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(said.out.contains(&format!("until the end of {until}")));
    let why = place.run(&["why", "kxw/gzdt"]).out;
    assert!(why.contains("判定为豁免") && why.contains("李四"), "{why}");
    let status = place.run(&["status"]).out;
    assert!(status.contains("报备豁免：区科信委（kxw）"), "{status}");
    let list = place.run(&["exempt", "--list"]).out;
    let key = list.lines().nth(2).and_then(|row| row.split(' ').next());
    let end = ["exempt", "--end", key.unwrap_or_default()];
    let said = place.run(&[&end[..], &named].concat());
    assert_eq!(said.code, Some(0), "{}", said.err);
    let why = place.run(&["why", "kxw/gzdt"]).out;
    assert!(why.contains("判定为正常"), "{why}");
    let until = (today() + Days::new(40)).to_string();
    let held = ["hold", "kxw", "--by", "甲", "--reason", "存疑", "--until"];
    let said = place.run(&[&held[..], &[&until]].concat());
    assert_eq!(said.code, Some(1));
    assert!(
        said.err.contains("the latest day allowed is"),
        "{}",
        said.err
    );
    // What is too long is refused, not cut: also what is longer than anybody means it to be.
    for length in [121, 3_000, 40_000] {
        let long = "长".repeat(length);
        let held = [
            "hold", "kxw", "--by", "甲", "--until", &until, "--reason", &long,
        ];
        let said = place.run(&held);
        assert_eq!(said.code, Some(1), "{}", said.err);
        let why = format!("the reason is too long: {length} characters, at most 120");
        assert!(said.err.contains(&why), "{}", said.err);
    }
    let long = "长".repeat(41);
    let said = place.run(&["release", "kxw/gzdt", "--by", &long]);
    let why = "the name is too long: 41 characters, at most 40";
    assert!(
        said.code == Some(1) && said.err.contains(why),
        "{}",
        said.err
    );
    let live = place.run(&["go-live", "--by", "甲"]);
    assert_eq!(live.code, Some(0), "{}", live.err);
    assert!(!place.run(&["status"]).out.contains("【试运行】"));
}

#[test]
fn a_daemon_visits_answers_and_leaves_the_store_whole() {
    let place = Place::new(&site(list(today() - Days::new(1))));
    let mut daemon = place.start();
    let why = eventually("the first visit", || {
        let said = place.run(&["why", "kxw/gzdt"]);
        assert_eq!(said.code, Some(0), "{}", said.err);
        assert!(said.err.contains("(answered by the running daemon)"));
        (!said.out.contains("该栏目尚无访问结果")).then_some(said.out)
    });
    assert!(why.contains("判定为正常"), "{why}");
    assert!(why.contains("区科信委召开政府网站工作推进会"), "{why}");
    let status = place.run(&["status"]);
    assert!(status.out.contains("区科信委"), "{}", status.out);
    assert!(status.out.contains("网站首页"), "{}", status.out);
    let home = place.run(&["probe", "kxw", "--format", "json"]);
    assert!(
        home.out.contains(r#""kind":"home","outcome":"dated""#),
        "{}",
        home.out
    );
    let test = place.run(&["send-test", "--to", "li"]);
    assert_eq!(test.code, Some(0), "{}", test.err);
    lays_down_by_socket(&place);

    let mut second = place.daemon().spawn().unwrap();
    let ended = eventually("the second daemon ends", || second.try_wait().unwrap());
    assert_eq!(ended.code(), Some(2));
    let log = place.read("daemon.log");
    assert!(log.contains("is in use by another process"), "{log}");
    let rebuild = place.run(&["rebuild"]);
    assert_eq!(rebuild.code, Some(2));
    assert!(
        rebuild.err.contains("is in use by another process"),
        "{}",
        rebuild.err
    );

    let (ended, took) = daemon.stop();
    assert_eq!(ended.code(), Some(0));
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert!(!place.path("control.sock").exists());
    let after = place.run(&["why", "kxw/gzdt"]);
    assert!(after.err.contains("(no daemon runs"), "{}", after.err);
    assert!(after.out.contains("判定为正常"), "{}", after.out);
}

#[test]
fn a_store_is_rebuilt_from_its_journal_with_all_that_was_known() {
    let place = Place::new(&site(list(today() - Days::new(2))));
    let mut daemon = place.start();
    eventually("the first visit", || {
        let said = place.run(&["why", "kxw/gzdt"]);
        said.out.contains("判定为正常").then_some(())
    });
    assert_eq!(daemon.stop().0.code(), Some(0));
    let rebuilt = place.run(&["rebuild"]);
    assert_eq!(rebuilt.code, Some(0), "{}", rebuilt.err);
    let said =
        Regex::new(r"^the former files are in (.+)\nrebuilt from (\d+) entries of the journal\n$");
    let said = said.unwrap().captures(&rebuilt.out).unwrap();
    assert!(std::path::Path::new(&said[1]).is_dir(), "{}", &said[1]);
    assert!(said[2].parse::<u32>().unwrap() > 0);
    let after = place.run(&["why", "kxw/gzdt"]);
    assert!(
        after.out.contains("区科信委召开政府网站工作推进会"),
        "{}",
        after.out
    );
}

#[test]
fn root_is_kept_out_of_the_store_of_another_user() {
    let place = Place::new("");
    assert_eq!(place.run(&["status"]).code, Some(0));
    let store = place.path("store");
    if std::os::unix::fs::chown(&store, Some(1), None).is_err() {
        // Only root can give files away, and only root is kept out.
        return;
    }
    for command in ["status", "rebuild"] {
        let said = place.run(&[command]);
        assert_eq!(said.code, Some(2), "{command}: {}", said.out);
        assert!(
            said.err.contains("runuser -u wangxun -- wangxun"),
            "{}",
            said.err
        );
    }
}

#[test]
fn words_that_are_no_command_are_refused_with_help() {
    for words in [&["watch"][..], &["why"], &["run", "--port", "1"]] {
        let said = wangxun(words);
        assert_eq!(said.code, Some(2), "{words:?}");
        assert!(
            said.err.contains("Usage: wangxun"),
            "{words:?}: {}",
            said.err
        );
    }
    let version = wangxun(["--version"]);
    assert_eq!(
        version.out,
        format!("wangxun {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn the_demo_runs_its_days_and_ends_with_the_table() {
    let place = Place::samples();
    let dir = place.path("kept");
    let kept = dir.to_str().unwrap();
    let days = [
        "demo",
        "--days",
        "2",
        "--speed",
        "0",
        "--port",
        "0",
        "--exit",
        "--accounts",
    ];
    let said = wangxun(days.into_iter().chain(["--keep", kept]));
    assert_eq!(said.code, Some(0), "{}", said.err);
    let out = &said.out;
    assert!(out.starts_with("模拟48个网站、"), "{out}");
    let line = out.lines().nth(1).unwrap_or_default();
    assert!(
        line.starts_with(
            "账号：operator 运维人员、assessor 考评人员、viewer 查看人员、unit 单位人员（"
        ),
        "{line}"
    );
    // Whose account it is has something to do.
    assert!(line.contains("（白纸坊街道）"), "{line}");
    let config = dir.join("monitor.toml");
    let config = config.to_str().unwrap();
    let listed = wangxun(["user", "list", "--config", config]);
    assert_eq!(listed.out.lines().count(), 4, "{}", listed.out);
    // Sites were inspected, and what is amiss on them was found.
    let links = wangxun(["links", "gzw", "--config", config]);
    assert!(links.out.contains("/xzzx/sqb.doc"), "{}", links.out);
    let found = wangxun(["candidates", "--config", config]);
    assert!(found.out.contains("应为“部署”"), "{}", found.out);
    assert!(out.contains("【西城网巡】"), "{out}");
    assert!(out.lines().any(|line| line.starts_with("合计")), "{out}");
    for name in [
        "monitor.toml",
        "sites.toml",
        "contacts.toml",
        "store",
        "mail",
    ] {
        assert!(dir.join(name).exists(), "{name}");
    }
}
