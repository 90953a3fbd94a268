//! The configuration of a made-up year, as an administrator would write it. The wordings are
//! shortened to what they say, so that a recipient needs no grammar.

use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use chrono::TimeDelta;

use super::world::{Away, World};

const MONITOR: &str = r#"
[operator]
name = "运维"
contact = "https://www.example.cn/wangxun"
signature = "年"

[schedule]
visits = "VISITS"
jitter = "5min"

[sending]
live = true
most_segments = 10
budget = { per_person = 200, in_all = 20000 }

[escalation]
unit_overdue_days = UNIT-DAYS
column_severe_days = COLUMN-DAYS

# Told are the deadlines of columns alone.
[incidents]
down.enabled = false
near_veto.enabled = false
veto.enabled = false

[judging]
long_holiday_days = 0

[transports]
allow_spool_only = true
retry = { fall_back_after = "720h" }

[transports.sms]
spool = "sms"

[transports.mail]
from = "wangxun@example.cn"
spool = "mail"

[store]
dir = "store"
cache = "CACHE"
least_free = "0KiB"

[console]
enabled = false

LINKS

[control]
socket = "control.sock"

[texts]
reminder = "<{site}/{column}|S0|{last_update}|{age_days}>"
warning = "<{site}/{column}|S1|{last_update}|{age_days}>"
overdue = "<{site}/{column}|S2|{last_update}|{age_days}>"
severely_overdue = "<{site}/{column}|S3|{last_update}|{age_days}>"
escalation = "<{site}/{column}|S4|{last_update}|{age_days}>"
escalation_proposed = "<{site}/{column}|PROPOSED|{last_update}|{age_days}>"
escalation_again = "<{site}/{column}|AGAIN|{last_update}|{age_days}>"
recovered = "<{site}/{column}|UPDATED|{last_update}>"
blind = "<{site}/{column}|BLIND>"
empty = "<{site}/{column}|BLANK>"
seen_again = "<{site}/{column}|SEEN>"
down = "<{site}|DOWN>"
up = "<{site}|UP>"
duty_reminder = "<{site}/{column}|D0|{due_on}>"
duty_warning = "<{site}/{column}|D1|{due_on}>"
duty_overdue = "<{site}/{column}|D2|{due_on}>"
duty_severely_overdue = "<{site}/{column}|D3|{due_on}>"
duty_escalation = "<{site}/{column}|D4|{due_on}>"
duty_escalation_proposed = "<{site}/{column}|OWED|{due_on}>"
duty_met = "<{site}/{column}|MET>"
offline = "<|OFFLINE>"
online = "<|ONLINE>"
trouble = "<|TROUBLE|{why}>"
"#;

const LINKS: &str = r#"
[links]
base = "http://127.0.0.1:9"
expires_after = "3d"
"#;

/// How long a link may be used.
pub const LINK_LASTS: TimeDelta = TimeDelta::days(3);

/// Whether messages carry links by which units answer.
pub fn has_links(world: &World) -> bool {
    world.seed % 4 < 2
}

/// Whether a second offence is proposed for escalation in this world.
pub fn proposes_again(world: &World) -> bool {
    world.seed % 2 == 1
}

/// The hours of visits, whole.
pub fn hours(world: &World) -> &'static [i64] {
    match world.seed % 3 {
        2 => &[6, 14],
        _ => &[7],
    }
}

/// Writes all files but the contacts; where `monitor.toml` is.
pub fn write(dir: &Path, world: &World) -> PathBuf {
    let hours: Vec<String> = hours(world).iter().map(i64::to_string).collect();
    let again = |days: &str| match proposes_again(world) {
        true => days.to_owned(),
        false => "0".to_owned(),
    };
    let monitor = MONITOR
        .replace("VISITS", &format!("0 {} * * *", hours.join(",")))
        .replace("UNIT-DAYS", &again("7"))
        .replace("COLUMN-DAYS", &again("90"))
        .replace("LINKS", if has_links(world) { LINKS } else { "" })
        .replace("CACHE", "32MiB");
    let monitor = monitor + &duties(world);
    std::fs::write(dir.join("monitor.toml"), monitor).expect("monitor.toml");
    std::fs::write(dir.join("sites.toml"), sites(world)).expect("sites.toml");
    dir.join("monitor.toml")
}

fn duties(world: &World) -> String {
    let mut text = String::new();
    for (number, owed) in world.owed.iter().enumerate() {
        let (_, column) = world.columns().nth(owed.column).expect("a column");
        let ((month, day), (due_month, due_day)) = (owed.opens, owed.due);
        let _ = writeln!(
            text,
            "[duties.owed-{number}]\nname = \"d{number}\"\ncolumns = [\"{}\"]\n\
             opens = \"{month:02}-{day:02}\"\ndue = \"{due_month:02}-{due_day:02}\"",
            column.id
        );
    }
    text
}

/// The address of a column's list.
pub fn url(host: usize, column: &str) -> String {
    format!("http://h{host}.example.cn/{column}/")
}

fn sites(world: &World) -> String {
    let mut text = String::new();
    for (number, site) in world.sites.iter().enumerate() {
        let id = &site.id;
        let _ = writeln!(
            text,
            "[[unit]]\nid = \"u{number:02}\"\nname = \"u{number:02}\"\nshort = \"u{number:02}\"\n\
             [[site]]\nid = \"{id}\"\nunit = \"u{number:02}\"\nname = \"{id}\"\nhome = \"\""
        );
    }
    for (site, column) in world.columns() {
        let own = match column.own_limit {
            true => format!("limit_days = {}\n", column.limit),
            false => String::new(),
        };
        let _ = writeln!(
            text,
            "[[column]]\nid = \"{}\"\nsite = \"{}\"\nunit = \"u{:02}\"\nname = \"{}\"\n\
             class = \"{}\"\nurl = \"{}\"\n{own}",
            column.id,
            site.id,
            column.unit,
            column.name,
            column.class,
            url(site.host, &column.id)
        );
    }
    text
}

fn absence(world: &World, away: &Away) -> String {
    let deputies = away.deputies.iter();
    let deputies: Vec<String> = deputies
        .map(|&who| format!("\"{}\"", world.people[who].id))
        .collect();
    format!(
        "{{ from = \"{}\", until = \"{}\", deputies = [{}] }}",
        away.from,
        away.until,
        deputies.join(", ")
    )
}

/// The people of one life of the monitor.
pub fn write_contacts(dir: &Path, world: &World, life: usize) {
    let mut text = String::new();
    for person in &world.people {
        if !(person.lives.0 <= life && life < person.lives.1) {
            continue;
        }
        let duties: Vec<String> = person
            .duties
            .iter()
            .map(|(role, unit)| match unit {
                Some(unit) => format!("{{ role = \"{role}\", unit = \"u{unit:02}\" }}"),
                None => format!("{{ role = \"{role}\" }}"),
            })
            .collect();
        let id = &person.id;
        let _ = writeln!(text, "[[person]]\nid = \"{id}\"\nname = \"{id}\"");
        for (key, value) in [("phone", &person.phone), ("mail", &person.mail)] {
            if let Some(value) = value {
                let _ = writeln!(text, "{key} = \"{value}\"");
            }
        }
        let _ = writeln!(text, "duties = [{}]", duties.join(", "));
        let absences: Vec<String> = person
            .away
            .iter()
            .map(|away| absence(world, away))
            .collect();
        let _ = writeln!(text, "absences = [{}]", absences.join(", "));
    }
    let path = dir.join("contacts.toml");
    std::fs::write(&path, text).expect("contacts.toml");
    let private = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(&path, private).expect("permissions");
}
