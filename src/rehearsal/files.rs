//! The configuration of the demo: what an administrator of the rehearsed site group would have
//! written, with made-up people. The daemon reads these files like any others.

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use super::gateway::GatewayHandle;
use super::people;
use super::server::ServedSite;
use super::truth::Truth;
use crate::calendar::{Calendar, Year};
use crate::domain::time::Date;

/// What the files tell of the running rehearsal.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// The made-up world.
    pub truth: &'a Truth,
    /// Where its sites listen, in the order of the truth.
    pub served: &'a [ServedSite],
    /// The gateway for text messages.
    pub gateway: &'a GatewayHandle,
    /// The daemon's console; `None` for no console.
    pub console: Option<Screen>,
}

/// The console of a rehearsal.
#[derive(Debug, Clone, Copy)]
pub struct Screen {
    /// Where it is to listen.
    pub listen: SocketAddr,
    /// Whether it asks for accounts; else everybody may look.
    pub accounts: bool,
}

/// Writes all files into `dir`, which is made, and answers with the path of `monitor.toml`.
pub fn write(dir: &Path, scene: &Scene<'_>) -> io::Result<PathBuf> {
    let secrets = dir.join("secrets");
    fs::create_dir_all(&secrets)?;
    let config = dir.join("monitor.toml");
    private(&secrets.join("sms-token"), scene.gateway.token())?;
    private(&dir.join("contacts.toml"), &contacts(scene.truth))?;
    fs::write(dir.join("calendar.toml"), calendar(scene.truth.calendar()))?;
    fs::write(dir.join("sites.toml"), sites(scene))?;
    if scene.console.is_some() {
        fs::write(dir.join("words.toml"), WORDS)?;
    }
    fs::write(&config, monitor(scene))?;
    Ok(config)
}

/// Writes a file that nobody but its owner may read, whatever stood there before.
fn private(path: &Path, text: &str) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text.as_bytes())
}

/// `monitor.toml`.
pub fn monitor(scene: &Scene<'_>) -> String {
    let console = match scene.console {
        Some(Screen { listen, accounts }) => {
            let access = if accounts { "accounts" } else { "open" };
            format!("enabled = true\naccess = \"{access}\"\nlisten = \"{listen}\"")
        }
        None => "enabled = false".to_owned(),
    };
    let observing = match scene.console {
        Some(_) => OBSERVED,
        None => UNOBSERVED,
    };
    MONITOR
        .replace("OBSERVING", observing.trim_end())
        .replace("GATEWAY-URL", &scene.gateway.url())
        .replace("CONSOLE", &console)
}

/// What somebody looks at who has a console: samples by the hour, and a few pages twice a week.
const OBSERVED: &str = r#"
[availability]
samples_a_day = 24

[inspection]
schedule = "0 22 * * Tue,Fri"
pages_a_site = 12
links_a_site = 200
"#;

const UNOBSERVED: &str = r#"
# A year of samples would take longer than all of the rest.
[availability]
enabled = false

[inspection]
enabled = false
"#;

/// `words.toml`: the two slips that the rehearsed sites make.
const WORDS: &str = r#"# Expressions that an inspection looks for.

[[word]]
text = "截止目前"
kind = "wrong"
instead = "截至目前"
remark = "常见用语错误"

[[word]]
text = "布署"
kind = "wrong"
instead = "部署"
remark = "常见错别字"
"#;

const MONITOR: &str = r#"# The rehearsal: forty-eight made-up sites and a made-up gateway, all on this machine.

[files]
sites = "sites.toml"
contacts = "contacts.toml"
calendar = "calendar.toml"

[operator]
name = "西城区政府网站群运维"
contact = "https://www.example.cn/wangxun"
signature = "西城网巡"

[schedule]
visits = "0 4,8,12,16,20 * * *"
homes = "0 4,8,12,16,20 * * *"
prune = "30 3 * * *"
jitter = "5min"

[sending]
all_quiet = false
live = true

# The rehearsal's truth knows no second offence.
[escalation]
unit_overdue_days = 0
column_severe_days = 0

OBSERVING

[judging]
confirm_after = "30min"
blind_after_visits = 3
down_after_visits = 3

[transports.sms.gateway]
method = "POST"
url = "GATEWAY-URL"
headers = { Authorization = "Bearer {secret.token}" }
json = { phone = "{phone}", text = "{text}", key = "{key}" }
success = { statuses = [200], pointer = "/code", value = "0", permanent = ["1004"] }
receipt = "/data/id"
timeout = "2s"

[transports.sms.gateway.secrets]
token = { file = "secrets/sms-token" }

[transports.mail]
from = "西城网巡 <wangxun@example.cn>"
spool = "mail"

[politeness]
pages_a_visit = 6
visits_at_once = 8

# Everything is near: short patience, and no pause for the sake of others.
[politeness.access]
private_addresses = true
pause = "0ms"
connect_timeout = "2s"
first_byte_timeout = "1s"
total_timeout = "5s"

[store]
dir = "store"

[console]
CONSOLE

[control]
socket = "control.sock"

[log]
filter = "info"
"#;

/// `sites.toml`.
pub fn sites(scene: &Scene<'_>) -> String {
    let mut text = String::from("# The units, sites and columns of the rehearsal.\n");
    for site in scene.truth.sites() {
        let unit = &site.unit;
        let (id, name, short) = (&unit.id, quoted(unit.name), quoted(unit.short));
        line(
            &mut text,
            format_args!("\n[[unit]]\nid = \"{id}\"\nname = {name}\nshort = {short}"),
        );
    }
    for (site, served) in scene.truth.sites().iter().zip(scene.served) {
        let (id, unit, name) = (&site.id, &site.unit.id, quoted(site.unit.site_name));
        let home = quoted(&format!("http://{}/", served.address));
        line(
            &mut text,
            format_args!(
                "\n[[site]]\nid = \"{id}\"\nunit = \"{unit}\"\nname = {name}\nhome = {home}"
            ),
        );
        for column in &site.columns {
            let (id, owner, class) = (&column.id, &column.unit, column.class.key());
            let (name, url) = (quoted(column.name), quoted(&site.list_path(column)));
            line(
                &mut text,
                format_args!(
                    "\n[[column]]\nid = \"{id}\"\nsite = \"{}\"\nunit = \"{owner}\"\n\
                     name = {name}\nclass = \"{class}\"\nurl = {url}",
                    site.id
                ),
            );
        }
    }
    text
}

/// The desk on duty: it hears what the operator hears, by mail alone.
const DESK: &str = r#"
[[person]]
id = "desk"
name = "值班信箱"
mail = "desk@example.cn"
routes = ["mail"]
duties = [{ role = "operator" }]
"#;

/// `contacts.toml`.
pub fn contacts(truth: &Truth) -> String {
    let mut text = String::from("# Made-up people. Nobody has these numbers.\n");
    text.push_str(DESK);
    for person in people::people(truth) {
        let (id, name) = (person.id, quoted(&person.name));
        let (phone, mail) = (person.phone, person.mail);
        let duties: Vec<String> = person
            .duties
            .iter()
            .map(|(role, unit)| match unit {
                Some(unit) => format!("{{ role = \"{}\", unit = \"{unit}\" }}", role.key()),
                None => format!("{{ role = \"{}\" }}", role.key()),
            })
            .collect();
        line(
            &mut text,
            format_args!(
                "\n[[person]]\nid = \"{id}\"\nname = {name}\nphone = \"{phone}\"\n\
                 mail = \"{mail}\"\nroutes = [\"sms\"]\nduties = [{}]",
                duties.join(", ")
            ),
        );
    }
    text
}

/// `calendar.toml`: the years by which the made-up units work.
pub fn calendar(calendar: &Calendar) -> String {
    let mut text = String::from("# Holidays and make-up working days.\n");
    for (number, year) in &calendar.years {
        let Year {
            notice,
            holidays,
            make_up_days,
        } = year;
        line(
            &mut text,
            format_args!(
                "\n[[year]]\nyear = {number}\nnotice = {}\nholidays = [{}]\nmake_up_days = [{}]",
                quoted(notice),
                days(holidays),
                days(make_up_days)
            ),
        );
    }
    text
}

fn days<'a>(days: impl IntoIterator<Item = &'a Date>) -> String {
    let quoted: Vec<String> = days.into_iter().map(|day| format!("\"{day}\"")).collect();
    quoted.join(", ")
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    let _ = writeln!(text, "{line}");
}
