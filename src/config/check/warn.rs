//! What is legal and should be known: gaps that the configuration leaves open.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Datelike as _;

use super::super::fault::Warning;
use super::super::settings::Config;
use super::super::typical::{self, Filled};
use super::ways;
use crate::alert::rules::AlertRules;
use crate::alert::segments::size;
use crate::alert::template::{Text, Texts};
use crate::assess::ladder::Tier;
use crate::assess::reach::DAYS;
use crate::domain::account::Admission;
use crate::domain::group::{Group, Role, mask};
use crate::domain::id::{ColumnId, SiteId, UnitId};
use crate::domain::time::Date;

/// The most names in one warning.
const SHOWN: usize = 12;

/// Every warning about `config`.
pub fn warnings(config: &Config, today: Date) -> Vec<Warning> {
    let mut warnings = Vec::new();
    holidays(config, today, &mut warnings);
    contacts(config, &mut warnings);
    central_roles(config, &mut warnings);
    blanks(&config.group, &mut warnings);
    unconfirmed(&config.group, &mut warnings);
    doubles(&config.group, &mut warnings);
    lengths(config, &mut warnings);
    nameless(&config.alert, &mut warnings);
    ways::warnings(config, &mut warnings);
    console(config, &mut warnings);
    trial(config, &mut warnings);
    samples(config, &mut warnings);
    warnings
}

/// Adds one warning.
pub(super) fn push(warnings: &mut Vec<Warning>, loud: bool, message: String) {
    warnings.push(Warning { loud, message });
}

fn holidays(config: &Config, today: Date, warnings: &mut Vec<Warning>) {
    let year = today.year();
    if !config.calendar.knows(year) {
        push(
            warnings,
            true,
            format!(
                "no holiday table (节假日安排) for {year}: working days are counted Monday to Friday and are provisional; add [[year]] year = {year} to calendar.toml"
            ),
        );
    }
    let next = year + 1;
    if !config.calendar.knows(next) {
        push(
            warnings,
            today.month() == 12,
            format!(
                "no holiday table (节假日安排) for {next} yet; the notice of the State Council's General Office usually comes in November"
            ),
        );
    }
}

/// Whether home pages are sampled often enough for a rate of failures.
fn samples(config: &Config, warnings: &mut Vec<Warning>) {
    let least = config.alert.sites.least_samples;
    let Some(a_day) = config.samples_a_day else {
        return;
    };
    let most = u64::from(a_day) * DAYS;
    if most < u64::from(least) {
        let message = format!(
            "[incidents] least_samples = {least}: home pages are sampled {most} times in {DAYS} days, so no rate of failures is told"
        );
        push(warnings, false, message);
    }
}

fn trial(config: &Config, warnings: &mut Vec<Warning>) {
    if !config.alert.live {
        push(
            warnings,
            false,
            "a new installation is on trial (试运行): units hear nothing until wangxun go-live"
                .to_owned(),
        );
    }
}

/// Whether anybody holds `role`, in `unit` unless it is a central one.
fn is_held(group: &Group, role: Role, unit: &UnitId) -> bool {
    let mut duties = group.people.values().flat_map(|person| &person.duties);
    duties.any(|duty| duty.role == role && (role.is_central() || duty.unit.as_ref() == Some(unit)))
}

/// Units that answer for columns and have nobody in the roles that a tier tells.
fn contacts(config: &Config, warnings: &mut Vec<Warning>) {
    let group = &config.group;
    let vacant = |unit: &UnitId, roles: &[Role]| {
        let mut own = roles.iter().filter(|role| !role.is_central()).peekable();
        own.peek().is_some() && !own.any(|&role| is_held(group, role, unit))
    };
    let (alone, others): (Vec<&UnitId>, Vec<&UnitId>) = answering(group)
        .into_iter()
        .partition(|unit| vacant(unit, &Role::ALL));
    if !alone.is_empty() {
        let names: Vec<&str> = alone.iter().map(|unit| unit.as_str()).collect();
        let message = format!(
            "units without any contact that answer for columns; their messages go to the operator: {}",
            list(&names)
        );
        push(warnings, false, message);
    }
    for unit in others {
        let columns = group.columns.values().filter(|column| column.unit == *unit);
        let rules = columns.flat_map(|column| config.alert.tiers_of(column));
        let tiers: BTreeSet<Tier> = rules
            .filter(|(_, rule)| vacant(unit, &rule.roles))
            .map(|(tier, _)| *tier)
            .collect();
        let tiers: Vec<&str> = tiers.into_iter().map(Tier::key).collect();
        if !tiers.is_empty() {
            let message = format!(
                "unit {unit} has nobody in the roles of {}; these messages fall upward, to the next higher role or the operator",
                tiers.join(", ")
            );
            push(warnings, false, message);
        }
    }
}

/// Central roles that a tier tells and nobody holds.
fn central_roles(config: &Config, warnings: &mut Vec<Warning>) {
    let people = &config.group.people;
    for role in Role::ALL.into_iter().filter(|role| role.is_central()) {
        let alert = &config.alert;
        let own = alert
            .class_tiers
            .values()
            .chain(alert.column_tiers.values());
        let rules = own.chain([&alert.tiers]).flatten();
        let tiers: BTreeSet<Tier> = rules
            .filter(|(_, rule)| rule.roles.contains(&role))
            .map(|(tier, _)| *tier)
            .collect();
        let tiers: Vec<&str> = tiers.into_iter().map(Tier::key).collect();
        let mut duties = people.values().flat_map(|person| &person.duties);
        if !tiers.is_empty() && !duties.any(|duty| duty.role == role) {
            let message = format!(
                "nobody has the role {}, which is told of {}",
                role.key(),
                tiers.join(", ")
            );
            push(warnings, false, message);
        }
    }
}

/// The units that own a column with an address.
fn answering(group: &Group) -> Vec<&UnitId> {
    let mut units: Vec<&UnitId> = group
        .columns
        .values()
        .filter(|column| column.url.is_some())
        .map(|column| &column.unit)
        .collect();
    units.sort_unstable();
    units.dedup();
    units
}

fn blanks(group: &Group, warnings: &mut Vec<Warning>) {
    let sites: Vec<&str> = group
        .sites
        .values()
        .filter(|site| site.home.is_none())
        .map(|site| SiteId::as_str(&site.id))
        .collect();
    let columns: Vec<&str> = group
        .columns
        .values()
        .filter(|column| column.url.is_none())
        .map(|column| ColumnId::as_str(&column.id))
        .collect();
    for (what, blank) in [("sites", sites), ("columns", columns)] {
        if !blank.is_empty() {
            push(
                warnings,
                false,
                format!(
                    "{} {what} with a blank address; they are listed, and neither visited nor alerted: {}",
                    blank.len(),
                    list(&blank)
                ),
            );
        }
    }
}

/// Columns that wait for a person: they are visited, and nothing is said of them.
fn unconfirmed(group: &Group, warnings: &mut Vec<Warning>) {
    let waiting = group.columns.values().filter(|column| !column.confirmed);
    let waiting: Vec<&str> = waiting.map(|column| column.id.as_str()).collect();
    if !waiting.is_empty() {
        push(
            warnings,
            false,
            format!(
                "{} columns with a class that nobody has confirmed (confirmed = false); they are visited and shown, and neither judged nor alerted: {}",
                waiting.len(),
                list(&waiting)
            ),
        );
    }
}

fn doubles(group: &Group, warnings: &mut Vec<Warning>) {
    let mut pages: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for column in group.columns.values() {
        if let Some(url) = &column.url {
            pages
                .entry(url.as_str())
                .or_default()
                .push(column.id.as_str());
        }
    }
    for (url, columns) in pages.iter().filter(|(_, columns)| columns.len() > 1) {
        push(
            warnings,
            false,
            format!("columns {} share the address {url}", columns.join(", ")),
        );
    }
    let mut phones: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for person in group.people.values() {
        for address in person.phone.iter().chain(&person.mail) {
            phones.entry(address).or_default().push(person.id.as_str());
        }
    }
    for (address, people) in phones.iter().filter(|(_, people)| people.len() > 1) {
        push(
            warnings,
            false,
            format!(
                "{} share {} and would be told twice; write one person with several duties",
                people.join(", "),
                mask(address)
            ),
        );
    }
}

/// Text messages that would be longer than they should be.
fn lengths(config: &Config, warnings: &mut Vec<Warning>) {
    let most = config.alert.most_segments;
    let wordings = typical::wordings(config);
    digests(config, &wordings, warnings);
    for filled in &wordings {
        if filled.size.segments > most {
            push(
                warnings,
                false,
                format!(
                    "the wording {} takes {} segments with your longest names, more than most_segments = {most}",
                    filled.key, filled.size.segments
                ),
            );
        }
    }
}

/// Digests whose first item, which is told whole, makes them too long; links that have no room; and
/// ends that lead nowhere.
fn digests(config: &Config, wordings: &[Filled], warnings: &mut Vec<Warning>) {
    let (alert, most) = (&config.alert, config.alert.most_segments);
    let body = |key: &str| {
        let filled = wordings.iter().find(|filled| filled.key == key);
        let unsigned = filled.and_then(|filled| filled.text.split_once('】'));
        unsigned.map_or("", |(_, body)| body)
    };
    let of_columns = wordings
        .iter()
        .filter(|filled| Texts::fields(filled.key).contains(&"column"));
    let Some(item) = of_columns.max_by_key(|filled| filled.text.chars().count()) else {
        return;
    };
    let whole = format!(
        "【{}】{}1.{}{}",
        alert.signature,
        body("digest"),
        body(item.key),
        body("digest_more")
    );
    let segments = size(&whole).segments;
    if segments > most {
        let message = format!(
            "a digest whose first item is {} takes {segments} segments with your longest names, more than most_segments = {most}: the first item is told whole",
            item.key
        );
        push(warnings, false, message);
    }
    if let Some(links) = &alert.links
        && size(&format!("{whole}回复请打开 {} ", links.place())).segments > most
    {
        let message = format!(
            "the reply link has no room in a digest whose first item is {}, and is left out of such text messages (most_segments = {most})",
            item.key
        );
        push(warnings, false, message);
    }
    if alert.console_link.is_none() && alert.texts.digest_more.source().contains("{link}") {
        let message = "console_link is missing: a digest from which items are left out names no address at which they can be looked up";
        push(warnings, false, message.to_owned());
    }
}

/// Texts that do not say of which column or site they speak, where those that are shipped do.
fn nameless(alert: &AlertRules, warnings: &mut Vec<Warning>) {
    for (key, fields, shipped) in Texts::KEYS {
        let source = alert.texts.get(key).map_or("", Text::source);
        let names = ["{column}", "{site}"].into_iter().find(|field| {
            let known = fields.contains(&field.trim_matches(['{', '}']));
            known && shipped.contains(field)
        });
        if let Some(name) = names.filter(|name| !source.contains(name)) {
            let message = format!(
                "the text {key} has no {name}: whoever reads it alone cannot tell what it is about"
            );
            push(warnings, false, message);
        }
    }
}

fn console(config: &Config, warnings: &mut Vec<Warning>) {
    let Some(listen) = config.console.listen else {
        return;
    };
    let link = config.alert.console_link.as_deref().unwrap_or_default();
    if !listen.ip().is_loopback() && !link.starts_with("https://") {
        let message = format!(
            "the console listens on {listen} without TLS, so passwords cross the network in the clear; \
             put a proxy with TLS in front of it and make console_link its https address"
        );
        push(warnings, true, message);
    }
    if config.console.admission == Admission::Open {
        let message = format!(
            "the console at {listen} asks for no login (access = \"open\"); whoever has an account \
             on this machine can read it"
        );
        push(warnings, false, message);
    }
}

/// `names`, as many of them as one reads.
pub(super) fn list(names: &[&str]) -> String {
    let shown: Vec<&str> = names.iter().take(SHOWN).copied().collect();
    let rest = names.len().saturating_sub(SHOWN);
    if rest == 0 {
        shown.join(", ")
    } else {
        format!("{} and {rest} more", shown.join(", "))
    }
}
