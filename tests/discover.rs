//! `wangxun discover` as an administrator uses it: the built program against the rehearsed sites
//! over real sockets, stopped in the middle, killed, and gone on with; and its fragments in the
//! hands of `check-config`.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the helpers of a test fail by panicking"
)]

#[path = "support/program.rs"]
mod program;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use program::{PROGRAM, Place, Said, wangxun};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use wangxun::clock::Clock;
use wangxun::domain::time::moment;
use wangxun::rehearsal::server::Servers;
use wangxun::rehearsal::site::SimSite;
use wangxun::rehearsal::truth::{Options, Truth};

/// The rehearsed sites, served on this machine at a standing clock.
struct Group {
    truth: Arc<Truth>,
    servers: Servers,
    dir: TempDir,
    _runtime: Runtime,
}

const DAY: &str = "2017-10-17";

impl Group {
    fn open() -> Group {
        let truth = Arc::new(Truth::new(Options::demo()).unwrap());
        let noon = moment(format!("{DAY}T12:00:00").parse().unwrap());
        let runtime = Runtime::new().unwrap();
        let clock = Clock::stepped(noon, None);
        let servers = runtime.block_on(Servers::start(&truth, &clock)).unwrap();
        Group {
            truth,
            servers,
            dir: TempDir::new().unwrap(),
            _runtime: runtime,
        }
    }

    fn sites(&self) -> impl Iterator<Item = (usize, &SimSite)> {
        self.truth.sites().iter().enumerate()
    }

    fn home(&self, place: usize) -> String {
        format!("http://{}/", self.servers.sites[place].address)
    }

    fn requests(&self, place: usize) -> u64 {
        self.servers.sites[place].requests()
    }

    fn out(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn arguments(&self, place: usize, out: &Path, more: &[&str]) -> Vec<String> {
        let (home, out) = (self.home(place), out.to_str().unwrap());
        let fixed = ["discover", &home, "--out", out, "--private", "--as-of", DAY];
        fixed
            .iter()
            .chain(more)
            .map(|&word| word.to_owned())
            .collect()
    }

    fn discover(&self, place: usize, out: &Path, more: &[&str]) -> Said {
        wangxun(self.arguments(place, out, more))
    }
}

/// The columns of a fragment: path of the list, class.
fn columns(fragment: &str) -> BTreeMap<String, (String, bool)> {
    let table: toml::Table = fragment.parse().unwrap();
    let columns = table["column"].as_array().unwrap();
    let column = |column: &toml::Value| {
        let text = |key: &str| column[key].as_str().unwrap().to_owned();
        let url = url::Url::parse(&text("url")).unwrap();
        let confirmed = column.get("confirmed").and_then(toml::Value::as_bool);
        let class = (text("class"), confirmed.unwrap_or(true));
        (url.path().to_owned(), class)
    };
    columns.iter().map(column).collect()
}

fn truth_of(site: &SimSite) -> BTreeMap<String, String> {
    let columns = site.columns.iter();
    columns
        .map(|column| (site.list_path(column), column.class.key().to_owned()))
        .collect()
}

#[test]
fn every_column_of_every_rehearsed_site_is_found_with_its_class_and_nothing_else() {
    let group = Group::open();
    let (mut true_ones, mut found, mut right, mut wrong, mut sure) = (0, 0, 0, 0, 0);
    let mut report = String::new();
    let mut whole = String::new();
    for (place, site) in group.sites() {
        let out = group.out(&format!("{}.toml", site.id));
        let id = site.id.as_str();
        let said = group.discover(place, &out, &["--pause", "0ms", "--site", id]);
        if said.code != Some(0) {
            writeln!(report, "{id}: {}", said.err).unwrap();
            true_ones += site.columns.len();
            continue;
        }
        let fragment = std::fs::read_to_string(&out).unwrap();
        let (proposed, expected) = (columns(&fragment), truth_of(site));
        true_ones += expected.len();
        for (path, class) in &expected {
            match proposed.get(path) {
                Some((said, confirmed)) => {
                    found += 1;
                    right += usize::from(said == class);
                    sure += usize::from(*confirmed);
                    if said != class {
                        writeln!(report, "{id} {path}: {said}, not {class}").unwrap();
                    }
                }
                None => writeln!(report, "{id} {path}: not found\n{fragment}").unwrap(),
            }
        }
        let over: Vec<_> = proposed
            .keys()
            .filter(|path| !expected.contains_key(*path))
            .collect();
        wrong += over.len();
        for path in over {
            writeln!(report, "{id} {path}: no column\n{fragment}").unwrap();
        }
        whole.push_str(&fragment);
    }
    println!(
        "{report}{found} of {true_ones} columns found, {right} with the right class, {sure} of them sure; {wrong} others"
    );
    assert_eq!(
        (found, right, sure, wrong),
        (true_ones, true_ones, true_ones, 0),
        "{report}"
    );
    accepted(&whole);
}

/// A crawl that is under way, slowly.
struct Running(Child);

impl Running {
    /// Begins one, and waits until `pages` pages are known.
    fn begun(arguments: &[String], pages: usize) -> Running {
        let mut child = Command::new(PROGRAM)
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let wanted = format!("{pages} pages fetched");
        let told = lines.any(|line| line.unwrap().starts_with(&wanted));
        // The rest is read, so that the program can go on writing.
        std::thread::spawn(move || lines.for_each(drop));
        assert!(told, "{wanted}");
        Running(child)
    }

    /// Sends a signal; how the program ended.
    fn ended_by(mut self, signal: &str) -> Option<i32> {
        let sent = Command::new("sh")
            .args(["-c", "kill -$1 $0", &self.0.id().to_string(), signal])
            .status();
        assert!(sent.unwrap().success());
        self.0.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has mostly ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn fragment_in(out: &Path) -> String {
    std::fs::read_to_string(out).unwrap()
}

#[test]
fn a_crawl_that_was_stopped_or_killed_goes_on_and_fetches_nothing_twice() {
    let group = Group::open();
    let place = 0;
    let straight = group.out("straight.toml");
    assert_eq!(
        group.discover(place, &straight, &["--pause", "0ms"]).code,
        Some(0)
    );
    let needed = group.requests(place);
    for (signal, code) in [("INT", Some(1)), ("KILL", None)] {
        let out = group.out(&format!("{signal}.toml"));
        let before = group.requests(place);
        let slow = group.arguments(place, &out, &["--pause", "700ms"]);
        assert_eq!(Running::begun(&slow, 3).ended_by(signal), code, "{signal}");
        let in_part = std::fs::read_to_string(&out).ok();
        let is_part = |text: &String| text.contains("尚未完成");
        assert_eq!(
            in_part.as_ref().map(is_part),
            code.map(|_| true),
            "{signal}"
        );
        // What a crash leaves of a last line.
        let mut state = std::fs::OpenOptions::new()
            .append(true)
            .open(group.out(&format!("{signal}.toml.state")))
            .unwrap();
        std::io::Write::write_all(&mut state, b"{\"sheet\":{\"url\":\"http").unwrap();
        let said = group.discover(place, &out, &["--pause", "0ms"]);
        assert_eq!(said.code, Some(0), "{}", said.err);
        let known = said.err.split("going on: ").nth(1).unwrap();
        let known: usize = known.split(' ').next().unwrap().parse().unwrap();
        assert!(known >= 3, "{}", said.err);
        assert_eq!(fragment_in(&out), fragment_in(&straight), "{signal}");
        // One page may have been on its way, and robots.txt is asked for again.
        let made = group.requests(place) - before;
        assert!(
            made <= needed + 2 + 1,
            "{signal}: {made} requests, {needed} were needed"
        );
    }
}

#[test]
fn what_a_person_has_changed_is_not_written_over_and_fresh_begins_anew() {
    let group = Group::open();
    let out = group.out("site.toml");
    let fast = ["--pause", "0ms"];
    assert_eq!(group.discover(3, &out, &fast).code, Some(0));
    let first = group.requests(3);
    // A crawl that is done leaves nothing to go on with.
    assert!(!group.out("site.toml.state").exists());
    let fresh = group.discover(3, &out, &["--pause", "0ms", "--fresh"]);
    assert_eq!(
        (fresh.code, group.requests(3)),
        (Some(0), 2 * first),
        "{}",
        fresh.err
    );
    let other = group.discover(4, &out, &fast);
    assert_eq!(other.code, Some(2));
    assert!(other.err.contains("is about http://"), "{}", other.err);
    let edited = format!("{}\n# 已核对\n", fragment_in(&out));
    std::fs::write(&out, &edited).unwrap();
    for more in [&["--pause", "0ms"][..], &["--pause", "0ms", "--fresh"]] {
        let refused = group.discover(3, &out, more);
        assert_eq!(refused.code, Some(2));
        assert!(refused.err.contains("as it was written"), "{}", refused.err);
        assert!(!group.out("site.toml.state").exists());
    }
    assert_eq!(fragment_in(&out), edited);
}

#[test]
fn bounds_hold_and_what_cannot_be_reached_is_said() {
    let group = Group::open();
    let out = group.out("few.toml");
    let few = group.discover(0, &out, &["--pause", "0ms", "--pages", "3"]);
    assert_eq!(few.code, Some(0), "{}", few.err);
    assert!(
        few.err.contains("as many requests as --pages allows"),
        "{}",
        few.err
    );
    assert!(few.err.contains("the same command goes on"), "{}", few.err);
    assert!(fragment_in(&out).contains("尚未完成"));
    let page = "<title>某局</title><p>网站建设中</p>".to_owned();
    let bare_site = wangxun(["discover", &program::site(page), "--private"]);
    assert_eq!(bare_site.code, Some(1), "{}", bare_site.err);
    assert!(bare_site.out.contains("找到栏目0个"), "{}", bare_site.out);
    let private = wangxun(["discover", &group.home(0)]);
    assert_eq!(private.code, Some(2));
    assert!(
        private.err.contains("in a private or loopback range"),
        "{}",
        private.err
    );
    assert!(private.err.contains("--private permits"), "{}", private.err);
    assert!(
        private.err.starts_with("0 pages fetched"),
        "{}",
        private.err
    );
    let day = wangxun(["discover", "http://a.gov.cn/", "--as-of", "2017/11/10"]);
    assert!(day.err.contains("for example 2017-11-10"), "{}", day.err);
    let gone = group.out("gone.toml");
    let refused = ["discover", "http://127.0.0.1:1/", "--private", "--out"];
    let refused = wangxun(refused.iter().copied().chain(gone.to_str()));
    assert!(
        refused.err.contains("connection was refused"),
        "{}",
        refused.err
    );
    assert!(!group.out("gone.toml.state").exists());
    for bad in [
        &["discover", "ftp://www.example.gov.cn/"][..],
        &["discover", "http://www.example.gov.cn/", "--depth", "9"],
        &["discover", "http://www.example.gov.cn/", "--fresh"],
        &["discover", "http://www.example.gov.cn/", "--site", "某局"],
    ] {
        let said = wangxun(bad);
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{bad:?}");
    }
}

#[test]
fn a_fragment_says_what_a_person_has_to_know() {
    let group = Group::open();
    let with_hub = |(_, site): &(usize, &SimSite)| site.traits.hub && site.traits.meta_tags;
    let (place, site) = group.sites().find(with_hub).unwrap();
    let out = group.out("said.toml");
    group.discover(
        place,
        &out,
        &["--pause", "0ms", "--site", "jg", "--unit", "jg"],
    );
    let text = fragment_in(&out);
    for said in [
        format!("# 网站标识码：{}", site.code),
        format!("name = \"{}\"", site.title),
        "access = { private_addresses = true }".to_owned(),
        "# 置信度：高（ColumnType标明“".to_owned(),
        "# 发现方式：“更多”链接（".to_owned(),
        "页面有面包屑、页面有ColumnName".to_owned(),
        "间隔中位".to_owned(),
        "# 时限：动态要闻类默认14天（见monitor.toml），最近更新后第15天起算超期".to_owned(),
        "# ---- 包含下级栏目的列表".to_owned(),
        "# 政务公开 http://".to_owned(),
        "：包含下级栏目：".to_owned(),
        "# ---- 未访问的链接 ----".to_owned(),
        "：办事服务，没有更新时限".to_owned(),
        "：专题、往届或归档内容，不作为应更新栏目".to_owned(),
        "# English http://".to_owned(),
    ] {
        assert!(text.contains(&said), "{said}\n{text}");
    }
    assert!(!text.contains("[[unit]]"), "{text}");
    // Links to friends are not told of, whatever they are called.
    assert!(!text.contains("gov.example.cn"), "{text}");
}

/// `check-config` takes the fragment at the end of the shipped sample.
fn accepted(fragment: &str) {
    let place = Place::samples();
    let sample = place.read("sites.toml");
    // The sample has units with the same ids.
    let renamed = fragment.replace("id = \"", "id = \"x-");
    let renamed = renamed
        .replace("unit = \"", "unit = \"x-")
        .replace("site = \"", "site = \"x-");
    place.write("sites.toml", &format!("{sample}\n{renamed}"));
    let said = place.run(&["check-config"]);
    assert_eq!(said.code, Some(0), "{}\n{}", said.out, said.err);
}

#[test]
fn an_unconfirmed_column_is_shown_as_such_and_warned_of() {
    let place = Place::new("http://127.0.0.1:9/");
    let sites = place.read("sites.toml");
    place.write("sites.toml", &format!("{sites}confirmed = false\n"));
    let checked = place.run(&["check-config"]);
    assert_eq!(checked.code, Some(0), "{}", checked.err);
    let warned = "1 columns with a class that nobody has confirmed";
    assert!(checked.out.contains(warned), "{}", checked.out);
    let why = place.run(&["why", "kxw/gzdt"]);
    assert!(
        why.out.contains("判定为类别待确认"),
        "{}{}",
        why.out,
        why.err
    );
    place.write("sites.toml", &format!("{sites}confirmed = \"no\"\n"));
    assert_eq!(place.run(&["check-config"]).code, Some(1));
}
