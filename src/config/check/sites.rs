//! Units, sites and columns.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use toml::Spanned;
use url::Url;

use super::super::quantity::{is_private, known, name, url, within};
use super::super::raw::Key;
use super::super::raw::sites::{RawColumn, RawSite, RawSites, RawUnit};
use super::super::source::Source;
use super::access::access;
use super::read_rules;
use super::word;
use crate::domain::access::Access;
use crate::domain::class::Class;
use crate::domain::group::{Column, Group, Identity, Site, Unit};
use crate::domain::id::{ColumnId, IdFault, SiteId, UnitId};
use crate::domain::reading_rules::ReadRules;

/// The longest full name, in characters.
const NAME_CHARS: usize = 60;
/// The longest name in messages, in characters.
const SHORT_CHARS: usize = 30;
/// The longest limit of its own: ten years.
const MOST_LIMIT_DAYS: u32 = 3660;
/// The most entries of one kind.
const MOST: usize = 20_000;
/// The most directories of service guides of one site.
const MOST_GUIDES: usize = 20;

/// Reads `raw` into a group without people.
pub fn sites(source: &mut Source, raw: &RawSites, written: &Written, politeness: &Access) -> Group {
    let mut group = Group::default();
    let mut seen = Seen::default();
    for (count, what) in [
        (raw.unit.len(), "units"),
        (raw.site.len(), "sites"),
        (raw.column.len(), "columns"),
    ] {
        if count > MOST {
            source.whole(format!("{count} {what}, at most {MOST} are allowed"));
            return group;
        }
    }
    for raw in &raw.unit {
        if let Some(unit) = unit(source, &mut seen, raw) {
            group.units.insert(unit.id.clone(), unit);
        }
    }
    for raw in &raw.site {
        if let Some(site) = site(source, &mut seen, raw, (&group, written), politeness) {
            let has_services = |raw: &RawSite| super::or(&raw.services, true);
            if !has_services(raw.get_ref()) {
                group.without_services.insert(site.id.clone());
            }
            let guides = guides(source, raw.get_ref(), &site);
            if !guides.is_empty() {
                group.guides.insert(site.id.clone(), guides);
            }
            group.sites.insert(site.id.clone(), site);
        }
    }
    for raw in &raw.column {
        if let Some(column) = column(source, &mut seen, raw, (&group, written)) {
            group.columns.insert(column.id.clone(), column);
        }
    }
    parents(source, raw, &mut group);
    if source.is_sound() && raw.unit.is_empty() {
        source.whole("no unit; write at least one [[unit]] with an id and a name");
    }
    group
}

/// Which column stands below which, on the same site and without a circle.
fn parents(source: &mut Source, raw: &RawSites, group: &mut Group) {
    let complete = source.holds_every("id");
    for raw in &raw.column {
        let raw = raw.get_ref();
        let (Some(key), Some(id)) = (&raw.parent, &raw.id) else {
            continue;
        };
        let Some(column) = ColumnId::parse(id.get_ref())
            .ok()
            .and_then(|id| group.columns.get(&id))
        else {
            continue;
        };
        let text = key.get_ref();
        let parent = ColumnId::parse(text).ok();
        let parent = parent.and_then(|id| group.columns.get(&id));
        let fault = match parent {
            None if !complete => continue,
            None => {
                let known = known(text, group.columns.keys().map(ColumnId::as_str));
                format!("parent: unknown column {text:?}; {known}")
            }
            Some(parent) if parent.site != column.site => {
                format!("parent: {text:?} stands on another site")
            }
            Some(parent) if is_below(&parent.id, &column.id, group) => {
                format!("parent: {text:?} stands below {} itself", column.id)
            }
            Some(parent) => {
                let (child, parent) = (column.id.clone(), parent.id.clone());
                group.parents.insert(child, parent);
                continue;
            }
        };
        source.fault(&key.span(), fault);
    }
}

/// Whether `column` is `top` or stands below it.
fn is_below(column: &ColumnId, top: &ColumnId, group: &Group) -> bool {
    let mut at = Some(column);
    // Circles are refused one by one, so this ends.
    while let Some(id) = at {
        if id == top {
            return true;
        }
        at = group.parents.get(id);
    }
    false
}

/// What is referred to as it was written, so that one fault is not told again wherever its unit
/// or site is named.
pub struct Written {
    /// Whether that is all there is.
    complete: bool,
    units: HashSet<String>,
    sites: HashSet<String>,
    /// Sites whose home page is written.
    homes: HashSet<String>,
}

impl Written {
    /// What stands in `raw`, which is all there is when it is `complete`.
    pub fn of(raw: &RawSites, complete: bool) -> Written {
        let text = |key: &Key<String>| key.as_ref().map(|key| key.get_ref().clone());
        let blank = |home: &Key<String>| text(home).is_none_or(|home| home.trim().is_empty());
        let sites = raw.site.iter().map(Spanned::get_ref);
        Written {
            complete,
            units: raw
                .unit
                .iter()
                .filter_map(|unit| text(&unit.get_ref().id))
                .collect(),
            homes: sites
                .clone()
                .filter(|site| !blank(&site.home))
                .filter_map(|site| text(&site.id))
                .collect(),
            sites: sites.filter_map(|site| text(&site.id)).collect(),
        }
    }
}

/// Identifiers that were read, by kind, with their lines' places.
#[derive(Default)]
pub struct Seen(HashMap<(&'static str, String), usize>);

impl Seen {
    /// The identifier of the table at `table`, unless it is missing, unreadable or taken.
    pub fn id<I>(
        &mut self,
        source: &mut Source,
        what: (&'static str, &str),
        table: &Range<usize>,
        key: &Key<String>,
        parse: impl Fn(&str) -> Result<I, IdFault>,
    ) -> Option<I> {
        let (kind, example) = what;
        let id = source.need(("id", example), table, key, |text| {
            parse(text).map_err(|fault| format!("{text:?}: {fault}"))
        })?;
        let key = key.as_ref()?;
        let taken = self.0.get(&(kind, key.get_ref().clone())).copied();
        if let Some(first) = taken {
            let line = source.line_of(first);
            source.fault(
                &key.span(),
                format!(
                    "the {kind} {:?} stands a second time; first on line {line}",
                    key.get_ref()
                ),
            );
            return None;
        }
        self.0
            .insert((kind, key.get_ref().clone()), key.span().start);
        Some(id)
    }
}

fn unit(source: &mut Source, seen: &mut Seen, raw: &Spanned<RawUnit>) -> Option<Unit> {
    let table = raw.span();
    let raw = raw.get_ref();
    let id = seen.id(source, ("unit", "\"kxw\""), &table, &raw.id, UnitId::parse);
    let full = source.need(
        ("name", "\"北京市西城区民政局\""),
        &table,
        &raw.name,
        |text| name(text, NAME_CHARS),
    );
    let short = match &raw.short {
        Some(_) => source.take("short", &raw.short, |text| name(text, SHORT_CHARS)),
        None => full
            .clone()
            .filter(|full| full.chars().count() <= SHORT_CHARS),
    };
    if raw.short.is_none() && full.is_some() && short.is_none() {
        source.missing(
            &table,
            "short",
            "\"民政局\": the name is too long for messages",
        );
    }
    Some(Unit {
        id: id?,
        name: full?,
        short: short?,
    })
}

fn site(
    source: &mut Source,
    seen: &mut Seen,
    raw: &Spanned<RawSite>,
    (group, written): (&Group, &Written),
    politeness: &Access,
) -> Option<Site> {
    let table = raw.span();
    let raw = raw.get_ref();
    let id = seen.id(source, ("site", "\"kxw\""), &table, &raw.id, SiteId::parse);
    let unit = source.need(("unit", "\"kxw\""), &table, &raw.unit, |text| {
        known_unit(text, group, written)
    });
    let name = source.need(("name", "\"民政局网站\""), &table, &raw.name, |text| {
        name(text, SHORT_CHARS)
    });
    let access = access(source, &raw.access, politeness);
    let home = address(source, ("home", &raw.home), None, &access);
    Some(Site {
        id: id?,
        unit: unit??,
        name: name?,
        home,
        identity: identity(source, raw),
        access,
    })
}

/// What the site's pages say of it; blank is legal and means that nothing is expected.
fn identity(source: &mut Source, raw: &RawSite) -> Identity {
    let blank = |key: &Key<String>| {
        key.as_ref()
            .is_none_or(|key| key.get_ref().trim().is_empty())
    };
    let mut own = Identity::default();
    if !blank(&raw.site_name) {
        own.name = source.take("site_name", &raw.site_name, |text| name(text, NAME_CHARS));
    }
    if !blank(&raw.site_id_code) {
        own.id_code = source.take("site_id_code", &raw.site_id_code, |text| {
            let code = text.trim().to_ascii_lowercase();
            match Identity::is_code(&code) {
                true => Ok(code),
                false => Err(format!(
                    "{text:?} is no site code (网站标识码): 10 digits, or bm and 8 digits"
                )),
            }
        });
    }
    own
}

fn column(
    source: &mut Source,
    seen: &mut Seen,
    raw: &Spanned<RawColumn>,
    (group, written): (&Group, &Written),
) -> Option<Column> {
    let table = raw.span();
    let raw = raw.get_ref();
    let id = seen.id(
        source,
        ("column", "\"kxw/tzgg\""),
        &table,
        &raw.id,
        ColumnId::parse,
    );
    let site = source.need(("site", "\"kxw\""), &table, &raw.site, |text| {
        known_site(text, group, written)
    });
    let site = site.flatten();
    let unit = match &raw.unit {
        Some(_) => source
            .take("unit", &raw.unit, |text| known_unit(text, group, written))
            .flatten(),
        None => site.map(|site| site.unit.clone()),
    };
    let name = source.need(("name", "\"通知公告\""), &table, &raw.name, |text| {
        name(text, SHORT_CHARS)
    });
    let class = source.need(("class", "\"notices\""), &table, &raw.class, |text| {
        word(text, "class", &Class::ALL, Class::key)
    });
    let limit_days = source.take("limit_days", &raw.limit_days, |&days| {
        within(days, 1..=MOST_LIMIT_DAYS)
    });
    let read = raw
        .read
        .as_ref()
        .map(|read| read_rules::read_rules(source, read));
    let site = site?;
    let base_is_faulty = site.home.is_none() && written.homes.contains(site.id.as_str());
    let relative = |key: &Spanned<String>| !key.get_ref().contains("://");
    if base_is_faulty && raw.url.as_ref().is_some_and(relative) {
        return None;
    }
    let base = site.home.as_ref();
    let url = address(source, ("url", &raw.url), base, &site.access);
    let written = raw.read.as_ref().map(|read| &read.get_ref().data);
    let data = written.and_then(|data| address(source, ("data", data), base, &site.access));
    let read = read.map(|rules| ReadRules { data, ..rules });
    Some(Column {
        id: id?,
        site: site.id.clone(),
        unit: unit?,
        name: name?,
        class: class?,
        url,
        limit_days,
        on_demand: raw.on_demand.as_ref().is_some_and(|key| *key.get_ref()),
        read: read.filter(|rules| *rules != ReadRules::default()),
        confirmed: raw.confirmed.as_ref().is_none_or(|key| *key.get_ref()),
    })
}

/// The unit that `text` names; nothing when it is written and has a fault of its own.
pub fn known_unit(text: &str, group: &Group, written: &Written) -> Result<Option<UnitId>, String> {
    match UnitId::parse(text) {
        Ok(id) if group.units.contains_key(&id) => Ok(Some(id)),
        _ if !written.complete || written.units.contains(text) => Ok(None),
        _ => {
            let known = known(text, group.units.keys().map(UnitId::as_str));
            Err(format!("unknown unit {text:?}; {known}"))
        }
    }
}

/// The site that `text` names, like [`known_unit`].
fn known_site<'a>(
    text: &str,
    group: &'a Group,
    written: &Written,
) -> Result<Option<&'a Site>, String> {
    let site = SiteId::parse(text).ok().and_then(|id| group.sites.get(&id));
    if site.is_some() || !written.complete || written.sites.contains(text) {
        return Ok(site);
    }
    let known = known(text, group.sites.keys().map(SiteId::as_str));
    Err(format!("unknown site {text:?}; {known}"))
}

/// An address that may be blank, on a host that may be visited.
/// The directories of the site's service guides; they may be written from its home page on.
fn guides(source: &mut Source, raw: &RawSite, site: &Site) -> Vec<Url> {
    let mut guides = Vec::new();
    let parts = super::parts(&raw.guides);
    if let Some(surplus) = parts.get(MOST_GUIDES) {
        let fault = format!("at most {MOST_GUIDES} directories of guides are read");
        source.fault(&surplus.span(), fault);
    }
    for part in parts.iter().take(MOST_GUIDES) {
        let key = Some(part.clone());
        guides.extend(address(
            source,
            ("guides", &key),
            site.home.as_ref(),
            &site.access,
        ));
    }
    guides
}

fn address(
    source: &mut Source,
    (name, key): (&str, &Key<String>),
    base: Option<&Url>,
    access: &Access,
) -> Option<Url> {
    if key.as_ref()?.get_ref().trim().is_empty() {
        return None;
    }
    source.take(name, key, |text| {
        let url = url(text, base)?;
        if is_private(&url) && !access.private_addresses {
            return Err(format!(
                "{text:?} is a private address; if that is meant, write private_addresses = true in the site's access"
            ));
        }
        Ok(url)
    })
}
