//! A month that was watched, assessed: the real daemon over real sockets in stepped time samples two
//! sites with planted failures, people enter what it does not measure, and the real program hands
//! the assessment over in every form, before and after the store was built anew.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "the helpers of a test fail by panicking"
)]

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use chrono::Timelike as _;
use tempfile::TempDir;
use wangxun::assess::score::card::{Card, Grade, Line, Verdict};
use wangxun::assess::score::fact::Fact;
use wangxun::clock::Clock;
use wangxun::config::load::load;
use wangxun::domain::time::{Moment, date_of, moment};
use wangxun::report::assessment::Assessment;

#[path = "support/site.rs"]
#[allow(dead_code, reason = "another test uses the other parts")]
mod site;
#[path = "support/stepped.rs"]
mod stepped;

use site::{Site, answer};
use stepped::Running;

const LONGEST_RUN: Duration = Duration::from_secs(240);
const FROM: &str = "2017-11-01T00:00";
const UNTIL: &str = "2017-11-30T23:50";

fn at(text: &str) -> Moment {
    moment(format!("{text}:00").parse().expect("an instant"))
}

fn page(day: &str) -> String {
    let rows: String = (0..6)
        .map(|n| {
            format!(
                "<li><a href='t{day}-{n}.html'>区科信委第{n}项工作开展情况通报</a><span>{day}</span></li>"
            )
        })
        .collect();
    format!(
        "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>科信委</title></head><body>\
         <div class=nav>首页 政务公开</div><h2>工作动态</h2><ul class=list>{rows}</ul></body></html>"
    )
}

/// A site whose home page is of the day, and does not open on 10 November before the hour `down`.
/// Its column was updated on 10 November for the last time.
async fn serve(clock: &Clock, down: u32) -> Site {
    let clock = clock.clone();
    Site::plain(move |request| {
        let html = "Content-Type: text/html; charset=utf-8\r\nConnection: close\r\n";
        let now = clock.now();
        let is_down = date_of(now) == date_of(at("2017-11-10T00:00")) && now.hour() < down;
        match request.path.as_str() {
            "/" if is_down => answer("503 Service Unavailable", html, ""),
            "/" => answer("200 OK", html, page(&date_of(now).to_string())),
            "/gzdt/" => answer("200 OK", html, page("2017-11-10")),
            "/tzgg/" => answer("200 OK", html, page("2017-10-20")),
            _ => answer("404 Not Found", html, ""),
        }
    })
    .await
}

const MONITOR: &str = r#"
[operator]
name = "运维"
contact = "https://www.example.cn/wangxun"
[schedule]
visits = "0 7,13,19 * * *"
jitter = "0s"
[transports]
allow_spool_only = true
[transports.sms]
spool = "sms"
[politeness.access]
private_addresses = true
pause = "0ms"
[store]
dir = "store"
[console]
listen = "127.0.0.1:0"
access = "open"
[control]
socket = "control.sock"
"#;

const CONTACTS: &str = r#"
[[person]]
id = "zhiban"
name = "值班管理员"
phone = "10000000005"
duties = [{ role = "operator" }]
"#;

fn sites(addresses: &[(&str, &Site)]) -> String {
    let one = |(id, site): &(&str, &Site)| {
        format!(
            "[[unit]]\nid = \"{id}\"\nname = \"=单位{id}\"\n[[site]]\nid = \"{id}\"\nunit = \"{id}\"\n\
             name = \"{id}网站\"\nhome = \"http://{}/\"\nservices = false\n\
             [[column]]\nid = \"{id}/gzdt\"\nsite = \"{id}\"\nname = \"工作动态\"\nclass = \"news\"\nurl = \"/gzdt/\"\n\
             [[column]]\nid = \"{id}/tzgg\"\nsite = \"{id}\"\nname = \"通知公告\"\nclass = \"notices\"\nurl = \"/tzgg/\"\n",
            site.address
        )
    };
    addresses.iter().map(one).collect()
}

fn write(dir: &Path, group: &str) -> PathBuf {
    for (name, text) in [
        ("monitor.toml", MONITOR),
        ("sites.toml", group),
        ("contacts.toml", CONTACTS),
    ] {
        let file = dir.join(name);
        std::fs::write(&file, text).expect("a file");
        let private = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(&file, private).expect("a mode");
    }
    dir.join("monitor.toml")
}

/// The real program with these arguments: whether it answered yes, and what it said.
async fn said(config: &Path, args: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wangxun"));
    command.args(args).arg("--config").arg(config);
    let output = tokio::task::spawn_blocking(move || command.output());
    let output = output.await.expect("no panic").expect("the program");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let more = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.success(), text + &more)
}

async fn told(config: &Path, args: &[&str]) -> String {
    let (ok, text) = said(config, args).await;
    assert!(ok, "{args:?}: {text}");
    text
}

async fn assessed(config: &Path) -> Assessment {
    assessed_by(config, &[]).await
}

/// The assessment by what is known, or with these further arguments.
async fn assessed_by(config: &Path, more: &[&str]) -> Assessment {
    let mut args = vec!["report", "--period", "2017-11", "--format", "json"];
    args.extend(more);
    let text = told(config, &args).await;
    let end = text.rfind('}').expect("an object");
    serde_json::from_str(text.get(..=end).expect("a text")).expect("an assessment")
}

fn line<'a>(assessment: &'a Assessment, site: &str, rule: &str) -> (&'a Card, &'a Line) {
    let mut cards = assessment.cards.iter();
    let card = cards.find(|card| card.site.as_str() == site);
    let card = card.unwrap_or_else(|| panic!("no card of {site}"));
    let line = card.lines().find(|line| line.rule.id.as_str() == rule);
    (card, line.unwrap_or_else(|| panic!("no rule {rule}")))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_watched_month_is_assessed_and_handed_over() {
    tokio::time::timeout(LONGEST_RUN, walk())
        .await
        .expect("the walk ends in time");
}

async fn walk() {
    let dir = TempDir::new().expect("a directory");
    let clock = Clock::stepped(at(FROM), None);
    let (vetoed, well) = (serve(&clock, 9).await, serve(&clock, 8).await);
    let config = write(dir.path(), &sites(&[("a", &vetoed), ("b", &well)]));
    let mut end = clock.alarm();
    let loaded = load(&config, at(FROM).date_naive()).unwrap_or_else(|faults| panic!("{faults}"));
    let running = Running::start(Arc::new(loaded.config), &clock).await;
    end.until(at(UNTIL)).await;

    let first = assessed(&config).await;
    planted(&first);
    entered(dir.path(), &config).await;
    let second = assessed(&config).await;
    let (card, links) = line(&second, "b", "D2");
    assert_eq!(links.lost.to_string(), "2.00");
    assert!(
        matches!(links.finds.first().map(|find| &find.fact), Some(Fact::Entered { by, .. }) if by == "张三")
    );
    assert!(!card.is_over || card.to == at(UNTIL).date_naive());
    forms(dir.path(), &config).await;
    running.end(end).await;

    // What the journal has makes the same assessment.
    told(&config, &["rebuild"]).await;
    let third = assessed(&config).await;
    let lost = |assessment: &Assessment| -> Vec<(String, String)> {
        let lines = assessment.cards.iter().flat_map(Card::lines);
        lines
            .map(|line| {
                (
                    line.rule.id.to_string(),
                    format!("{:?} {}", line.verdict, line.lost),
                )
            })
            .collect()
    };
    assert_eq!(lost(&second), lost(&third));
    closed(dir.path(), &config, &third).await;
    shown(&config).await;
}

/// The console shows a closed period as it was closed, too.
async fn shown(config: &Path) {
    let closed = assessed(config).await;
    let entry = ["score", "set", "b", "D2", "3", "--reason", "再查"];
    told(
        config,
        &[&entry[..], &["--period", "2017-11", "--by", "张三"]].concat(),
    )
    .await;
    assert_ne!(assessed_by(config, &["--anew"]).await.cards, closed.cards);
    let now = at("2017-12-05T10:00");
    let clock = Clock::stepped(now, None);
    let end = clock.alarm();
    let loaded = load(config, now.date_naive()).unwrap_or_else(|faults| panic!("{faults}"));
    let running = Running::start(Arc::new(loaded.config), &clock).await;
    let address = running.ready.console.expect("a console");
    let url = format!("http://{address}/assessment?period=2017-11&as=json");
    let client = reqwest::Client::builder().no_proxy().build();
    let client = client.expect("a client");
    let got = async |url: String| {
        let answer = client.get(url).send().await;
        answer.expect("an answer").text().await.expect("a body")
    };
    let text = got(url).await;
    let seen: Assessment = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}"));
    assert_eq!(seen.cards, closed.cards);
    // The page of one site says which version it shows, and tells of no other site's corrections.
    let page = got(format!("http://{address}/assessment?period=2017-11&site=a")).await;
    assert!(
        page.contains("所示为第3版") && page.contains("单位申诉"),
        "{page}"
    );
    assert!(!page.contains("规则D2由"), "{page}");
    let page = got(format!("http://{address}/assessment?period=2017-11&site=b")).await;
    assert!(page.contains("规则D2由"), "{page}");
    running.end(end).await;
}

/// A closed period stays as it was, whatever is entered later; a correction says what changed.
async fn closed(dir: &Path, config: &Path, open: &Assessment) {
    let period = ["--period", "2017-11", "--by", "张三"];
    let score = |what: &[&'static str]| -> Vec<&'static str> {
        ["score"]
            .iter()
            .chain(what)
            .chain(&period)
            .copied()
            .collect()
    };
    let (ok, text) = said(config, &score(&["correct", "--reason", "复核"])).await;
    assert!(!ok && text.contains("is not closed"), "{text}");
    let early = ["score", "close", "--period", "2016-11", "--by", "张三"];
    let (ok, text) = said(config, &early).await;
    assert!(
        !ok && text.contains("ended before the first visit"),
        "{text}"
    );
    told(config, &score(&["close"])).await;
    let first = assessed(config).await;
    assert_eq!(first.cards, open.cards);
    assert_eq!(first.rubric, open.rubric);
    let (ok, text) = said(config, &score(&["close"])).await;
    assert!(!ok && text.contains("is closed"), "{text}");
    let (ok, text) = said(config, &score(&["correct", "--reason", "复核"])).await;
    assert!(!ok && text.contains("says the same"), "{text}");

    // What is entered, what the rules become, and what is lost of the store change nothing.
    let set = score(&["set", "b", "D2", "7", "--reason", "复查"]);
    let (ok, text) = said(config, &set).await;
    assert!(ok && text.contains("the period is closed"), "{text}");
    // Whoever enters by a table hears it too.
    let table = dir.join("late.csv").to_string_lossy().into_owned();
    let head = wangxun::report::assessment::template::HEAD.join(",");
    std::fs::write(&table, format!("{head}\nb,,2017-11,D2,,,7,复查,\n")).expect("a table");
    let text = told(config, &["score", "import", &table, "--by", "张三"]).await;
    assert!(
        text.contains("1 rows were entered") && text.contains("2017-11: the period is closed"),
        "{text}"
    );
    std::fs::write(dir.join("rubric.toml"), "[rule.D5]\npoints = 1\n").expect("a file");
    told(config, &["rebuild"]).await;
    assert_eq!(assessed(config).await.cards, first.cards);
    let anew = assessed_by(config, &["--anew"]).await;
    assert_ne!(anew.cards, first.cards);

    let why = ["why", "b", "--rule", "D9", "--period", "2017-11"];
    let (ok, text) = said(config, &why).await;
    assert!(!ok && text.contains("D9 is not enabled"), "{text}");
    let args = ["report", "--period", "2017-11", "--anew", "--progress"];
    let (ok, text) = said(config, &args).await;
    assert!(ok && text.contains(" of 2 sites in 2017-10"), "{text}");
    let (ok, text) = said(config, &score(&["correct"])).await;
    assert!(!ok && text.contains("needs a reason"), "{text}");
    let text = told(config, &score(&["correct", "--reason", "单位申诉"])).await;
    assert!(text.contains("version 2"), "{text}");
    // The next month goes by the rules of today, and is held against what was closed under others.
    let next = next_month(config).await;
    assert!(
        next.contains("上一周期按不同的规则封存") && next.contains("规则D5扣分由3.00改为1.00"),
        "{next}"
    );
    let table = next_month_as(config, "csv").await;
    let rows = table.lines().filter(|line| line.starts_with('"'));
    let rows: Vec<&str> = rows.collect();
    let says_so = |row: &&str| row.contains("规则D5扣分由3.00改为1.00");
    assert!(!rows.is_empty() && rows.iter().all(says_so), "{table}");
    // The rules that it was closed with stay, unless those of today are asked for.
    assert!(text.contains("规则D2由“扣2分”改为“扣7分”"), "{text}");
    assert!(!text.contains("规则D5"), "{text}");
    let (ok, text) = said(config, &score(&["correct", "--reason", "无"])).await;
    assert!(!ok && text.contains("says the same"), "{text}");
    let under = ["correct", "--present-rules", "--reason", "考评细则调整"];
    let text = told(config, &score(&under)).await;
    assert!(text.contains("version 3"), "{text}");
    let next = next_month(config).await;
    assert!(!next.contains("上一周期按不同的规则封存"), "{next}");
    assert!(text.contains("规则D5由“扣3分”改为“扣1分”"), "{text}");
    let stated = ["state", "b", "D2", "--reason", "=链接由第三方负责"];
    let text = told(config, &score(&stated)).await;
    assert!(text.contains("the bulletin has it only where"), "{text}");
    let why = told(config, &["why", "b", "--rule", "D2", "--period", "2017-11"]).await;
    for words in [
        "单位说明（张三",
        "第三方负责",
        "封存",
        "更正为第2版，单位申诉",
    ] {
        assert!(why.contains(words), "{why}");
    }
    let second = assessed(config).await;
    assert_eq!(second.cards, anew.cards);
    assert_eq!((second.seals.len(), second.statements.len()), (3, 1));
    // What was said and corrected of another site is not told with this one.
    let other = assessed_by(config, &["--site", "a"]).await;
    assert!(other.statements.is_empty());
    let corrected = other.seals.last().expect("a version");
    let lines = corrected.changes.join("\n");
    assert!(
        lines.contains("规则D5") && !lines.contains("规则D2"),
        "{lines}"
    );

    let paragraph = ["report", "--period", "2017-11", "--format", "paragraph"];
    let paragraph = told(config, &paragraph).await;
    assert!(paragraph.contains("对2个政府网站进行了考评"), "{paragraph}");
    let book = dir.join("book.xlsx").to_string_lossy().into_owned();
    let xlsx = [
        "report", "--period", "2017-11", "--format", "xlsx", "--out", &book,
    ];
    told(config, &xlsx).await;
    let bytes = std::fs::read(&book).expect("a workbook");
    assert!(bytes.starts_with(b"PK"));
}

/// The bulletin of the month after the closed one.
async fn next_month(config: &Path) -> String {
    next_month_as(config, "md").await
}

async fn next_month_as(config: &Path, format: &str) -> String {
    told(
        config,
        &["report", "--period", "2017-12", "--format", format],
    )
    .await
}

/// What was planted is what was found.
fn planted(assessment: &Assessment) {
    let (card, veto) = line(assessment, "a", "V1");
    assert_eq!(veto.verdict, Verdict::Veto, "{veto:?}");
    let Some(Fact::Failures { failed, visits, .. }) = veto.finds.first().map(|find| &find.fact)
    else {
        panic!("{veto:?}");
    };
    assert_eq!((*failed, *visits), (9, 168));
    assert_eq!(card.grade, Some(Grade::Failed));
    assert!(
        card.total < card.computed,
        "{:?} {:?}",
        card.total,
        card.computed
    );
    let (card, kept) = line(assessment, "b", "V1");
    assert_eq!(kept.verdict, Verdict::Kept);
    assert!(kept.near);
    // One sample at the start, and 24 a day.
    let (_, rate) = line(assessment, "b", "D1");
    let Some(Fact::Failures { failed, visits, .. }) = rate.finds.first().map(|find| &find.fact)
    else {
        panic!("{rate:?}");
    };
    assert_eq!((*failed, *visits), (8, 721));
    // 8 of 721 are 1.1096 percent.
    assert_eq!(rate.lost.to_string(), "5.55");
    let (_, late) = line(assessment, "b", "D5");
    assert_eq!(late.lost.to_string(), "3.00");
    let (_, fresh) = line(assessment, "b", "D6");
    assert_eq!(fresh.verdict, Verdict::Kept);
    let (_, home) = line(assessment, "b", "V2");
    assert_eq!(home.verdict, Verdict::Kept);
    assert_eq!(card.rank, Some(1));
    let services = card.areas.iter().find(|area| !area.applies);
    assert_eq!(services.map(|area| area.weight), Some(20));
}

/// One by one, and by the template.
async fn entered(dir: &Path, config: &Path) {
    let set = |rule, finds| {
        [
            "score",
            "set",
            "b",
            rule,
            finds,
            "--period",
            "2017-11",
            "--by",
            "张三",
            "--reason",
            "抽查20个链接",
        ]
    };
    told(config, &set("D2", "2")).await;
    for (rule, why) in [
        ("D5", "measured by the program"),
        ("D9", "disabled"),
        ("X9", "no rule"),
        ("M5", "does not apply to b"),
        ("D4", "costs its points once"),
    ] {
        let (ok, text) = said(config, &set(rule, "3")).await;
        assert!(!ok && text.contains(why), "{rule}: {text}");
    }
    let table = dir.join("table.csv");
    let name = table.to_string_lossy().into_owned();
    let blank = ["score", "template", "--period", "2017-11", "--out", &name];
    told(config, &blank).await;
    let text = std::fs::read_to_string(&table).expect("a table");
    assert!(
        text.contains("\"'=单位") || text.contains("b网站"),
        "{text}"
    );
    let import = ["score", "import", &name, "--by", "李四"];
    // A row with a fault keeps all of them out.
    let faulty = text.replacen("\"待人工录入\",\"\",\"\"", "\"待人工录入\",\"三\",\"x\"", 1);
    std::fs::write(&table, &faulty).expect("a table");
    let (ok, said) = said(config, &import).await;
    assert!(!ok && said.contains("nothing was entered"), "{said}");
    let filled = text.replace(
        "\"待人工录入\",\"\",\"\"",
        "\"待人工录入\",\"1\",\"制度不全\"",
    );
    assert_ne!(filled, text);
    // All that is wrong in any row is told at once, of what only the monitor knows too.
    let head = text.lines().next().expect("a heading");
    let faulty = [
        "x,,2017-11,M3,,,三,好,",
        "b,,2017-11,D5,,,1,,../y.txt",
        "b,,1999-01,M3,,,1,好,",
        "b,,2017年,X9,,,1,好,",
        "b,,2017-11,M5,,,1,好,",
        "b,,2017-11,D4,,,3,好,",
    ];
    std::fs::write(&table, format!("{head}\n{}\n", faulty.join("\n"))).expect("a table");
    let (ok, said) = self::said(config, &import).await;
    for why in [
        "line 2: \"三\" is no number",
        "line 2: there is no site",
        "line 3: 说明 must",
        "line 3: the rule D5 is measured",
        "line 3: 附件",
        "line 4: 1999-01 ended before",
        "line 5: there is no rule",
        "line 5: \"2017年\" is no period",
        "line 6: the rule M5 does not apply",
        "line 7: the rule D4 is kept or not",
        "10 faults",
    ] {
        assert!(!ok && said.contains(why), "{why}: {said}");
    }
    // The same point on two lines.
    let point = filled.lines().find(|line| line.contains("制度不全"));
    let twice = format!("{filled}{}\n", point.expect("a row"));
    std::fs::write(&table, twice).expect("a table");
    let (ok, said) = self::said(config, &import).await;
    assert!(!ok && said.contains("are those of line"), "{said}");
    std::fs::write(&table, &filled).expect("a table");
    let done = told(config, &import).await;
    assert!(done.contains("rows were entered"), "{done}");
    by_workbook(dir, config).await;
}

/// By the template as a workbook, opened, filled and saved by another program; with a file that proves
/// it.
async fn by_workbook(dir: &Path, config: &Path) {
    let path = |name: &str| dir.join(name).to_string_lossy().into_owned();
    let blank = path("blank.xlsx");
    let args = ["score", "template", "--period", "2017-11", "--out", &blank];
    told(config, &args).await;
    let csv = "csv:Text - txt - csv (StarCalc):44,34,76";
    office(dir, &["--convert-to", csv, &blank]).await;
    let text = std::fs::read_to_string(dir.join("blank.csv")).expect("a table");
    let fill = |line: &str| {
        let is_wanted = line.starts_with("b,") && line.contains(",M3,");
        match line.strip_suffix(",,,").filter(|_| is_wanted) {
            Some(line) => format!("{line},1,制度不全,截图.txt\n"),
            None => format!("{line}\n"),
        }
    };
    let filled: String = text.lines().map(fill).collect();
    assert!(filled.contains("截图.txt"), "{text}");
    std::fs::write(dir.join("filled.csv"), filled).expect("a table");
    let read = "--infilter=CSV:44,34,76,1";
    office(dir, &[read, "--convert-to", "xlsx", &path("filled.csv")]).await;
    let book = path("filled.xlsx");
    // Time stands still here: what the same person enters again takes the place of the former.
    let import = ["score", "import", &book, "--by", "李四"];
    let (ok, why) = said(config, &import).await;
    assert!(
        !ok && why.contains("cannot be read") && why.contains("nothing was entered"),
        "{why}"
    );
    std::fs::write(dir.join("截图.txt"), "截图的内容").expect("a file");
    let done = told(config, &import).await;
    assert!(done.contains("1 rows were entered"), "{done}");

    // What proves it comes out as it went in.
    let assessment = assessed(config).await;
    let lines = assessment.cards.iter().flat_map(Card::lines);
    let mut facts = lines.flat_map(|line| &line.finds).map(|find| &find.fact);
    let file = facts.find_map(|fact| match fact {
        Fact::Entered { attachment, .. } => attachment.clone(),
        _ => None,
    });
    let file = file.expect("an attachment");
    assert_eq!((file.name.as_str(), file.bytes), ("截图.txt", 15));
    let out = path("again.txt");
    told(
        config,
        &["score", "attachment", &file.digest, "--out", &out],
    )
    .await;
    assert_eq!(std::fs::read_to_string(&out).expect("a file"), "截图的内容");
    // The beginning of its digest is enough.
    let begin: String = file.digest.chars().take(8).collect();
    told(config, &["score", "attachment", &begin, "--out", &out]).await;
    let (ok, why) = said(config, &["score", "attachment", "", "--out", &out]).await;
    assert!(!ok && why.contains("no entry has an attachment"), "{why}");
    // A file that is too large is refused, and nothing is entered.
    let large = path("large.bin");
    std::fs::write(&large, vec![0; 10 * 1024 * 1024 + 1]).expect("a file");
    let args = [
        "score",
        "set",
        "b",
        "M4",
        "1",
        "--period",
        "2017-11",
        "--by",
        "王五",
        "--reason",
        "见附件",
        "--attach",
        &large,
    ];
    let (ok, why) = said(config, &args).await;
    assert!(!ok && why.contains("more than 10485760 bytes"), "{why}");
}

/// Lets another spreadsheet program work in `dir`.
async fn office(dir: &Path, args: &[&str]) {
    let profile = format!(
        "-env:UserInstallation=file://{}",
        dir.join("office").display()
    );
    let mut command = Command::new("soffice");
    command.args([&profile, "--headless", "--norestore"]);
    command.args(args).arg("--outdir").arg(dir);
    let output = tokio::task::spawn_blocking(move || command.output());
    let output = output.await.expect("no panic").expect("the program");
    assert!(output.status.success(), "{output:?}");
}

/// What each rule costs stands once in a table, however many finds it has.
async fn adds_up(config: &Path, csv: &str) {
    let rows = csv.lines().skip(1).map(|row| row.split("\",\"").collect());
    let rows: Vec<Vec<&str>> = rows.collect();
    let lost = rows
        .iter()
        .filter_map(|row| row.get(15)?.parse::<f64>().ok());
    let all: f64 = lost.sum();
    let assessment = assessed(config).await;
    let lines = assessment.cards.iter().flat_map(Card::lines);
    let lost = lines.map(|line| line.lost.to_string().parse::<f64>().expect("a number"));
    let expected: f64 = lost.sum();
    assert!(
        expected > 0.0 && (all - expected).abs() < 0.001,
        "{all} {expected}"
    );
}

/// Every form says the same, in words that an office would use.
async fn forms(dir: &Path, config: &Path) {
    let report = |format| ["report", "--period", "2017-11", "--format", format];
    let bulletin = told(config, &report("md")).await;
    for words in [
        "2017年11月政府网站考评通报",
        "“工作动态”栏目最近更新为11月10日，已20天未更新（时限14天，期内共逾期6天）",
        "9次打不开，占5.36%",
        "未测评",
        "未核实",
    ] {
        assert!(bulletin.contains(words), "{words}: {bulletin}");
    }
    let csv = told(config, &report("csv")).await;
    assert!(
        csv.contains("\"'=单位a\"") && !csv.contains(",=单位"),
        "{csv}"
    );
    adds_up(config, &csv).await;
    let page = dir.join("page.html");
    let name = page.to_string_lossy().into_owned();
    let mut args = report("html").to_vec();
    args.extend(["--out", &name, "--site", "b"]);
    told(config, &args).await;
    let html = std::fs::read_to_string(&page).expect("a page");
    assert!(
        html.contains("应先整改") && !html.contains("a网站"),
        "{html}"
    );
    let why = ["why", "b", "--rule", "D5", "--period", "2017-11"];
    let why = told(config, &why).await;
    for words in [
        "规则D5",
        "扣3分",
        "11月10日",
        "访问时仍为最新",
        "国办发〔2015〕15号",
    ] {
        assert!(why.contains(words), "{words}: {why}");
    }
    let (ok, text) = said(config, &["report", "--period", "2018Q4"]).await;
    assert!(!ok && text.contains("begins on"), "{text}");
}
