//! A small group for the tests of this module: two units, two sites, a handful of columns, people.

use std::collections::BTreeMap;

use crate::alert::incident::{Incident, IncidentKey, Kind, State, Subject};
use crate::alert::outbox::{Delivery, Message, MessageKey};
use crate::assess::ladder::Tier;
use crate::domain::access::Access;
use crate::domain::class::Class;
use crate::domain::finding::{Basis, Evidence, Finding, LastUpdate};
use crate::domain::group::{Column, Duty, Group, Identity, Person, Role, Route, Site, Unit};
use crate::domain::id::{ColumnId, PersonId, SiteId, UnitId};
use crate::domain::observation::{Blind, Cause, ColumnRecord, Observation, Sight};
use crate::domain::presence::Presence;
use crate::domain::time::{Moment, moment};
use crate::domain::visit::Validators;

pub(super) fn at(text: &str) -> Moment {
    moment(text.parse().unwrap())
}

pub(super) fn column_id(id: &str) -> ColumnId {
    ColumnId::parse(id).unwrap()
}

fn unit(id: &str, name: &str, short: &str) -> Unit {
    Unit {
        id: UnitId::parse(id).unwrap(),
        name: name.to_owned(),
        short: short.to_owned(),
    }
}

fn site(id: &str, name: &str) -> Site {
    Site {
        id: SiteId::parse(id).unwrap(),
        unit: UnitId::parse(id).unwrap(),
        name: name.to_owned(),
        home: Some(format!("http://{id}.example.cn/").parse().unwrap()),
        identity: Identity::default(),
        access: Access::default(),
    }
}

pub(super) fn column(id: &str, name: &str, class: Class) -> Column {
    let (site, page) = id.split_once('/').unwrap();
    Column {
        id: column_id(id),
        site: SiteId::parse(site).unwrap(),
        unit: UnitId::parse(site).unwrap(),
        name: name.to_owned(),
        class,
        url: Some(format!("http://{site}.example.cn/{page}/").parse().unwrap()),
        limit_days: None,
        on_demand: false,
        read: None,
        confirmed: true,
    }
}

fn person(id: &str, name: &str, role: Role, unit: Option<&str>) -> Person {
    Person {
        id: PersonId::parse(id).unwrap(),
        name: name.to_owned(),
        phone: Some("13800000001".to_owned()),
        mail: Some(format!("{id}@example.cn")),
        robot: None,
        presence: Presence::default(),
        routes: vec![Route::Sms],
        duties: vec![Duty {
            role,
            unit: unit.map(|unit| UnitId::parse(unit).unwrap()),
        }],
    }
}

pub(super) fn group() -> Group {
    let units = [
        unit("kxw", "西城区科技和信息化委员会", "科信委"),
        unit("wjw", "西城区卫生健康委员会", "卫健委"),
    ];
    let sites = [site("kxw", "科信委网站"), site("wjw", "卫健委网站")];
    let columns = [
        column("kxw/gzdt", "工作动态", Class::News),
        column("kxw/tzgg", "通知公告", Class::Notices),
        column("wjw/gzdt", "工作动态", Class::News),
        column("wjw/zcjd", "政策解读", Class::Interpretation),
        Column {
            url: None,
            ..column("wjw/rsxx", "人事信息", Class::Personnel)
        },
    ];
    let people = [
        person("chen", "陈建国", Role::Liaison, Some("kxw")),
        person("li", "李四", Role::Editor, Some("wjw")),
        person("wang", "王五", Role::Operator, None),
    ];
    Group {
        units: units.map(|unit| (unit.id.clone(), unit)).into(),
        sites: sites.map(|site| (site.id.clone(), site)).into(),
        columns: columns.map(|column| (column.id.clone(), column)).into(),
        people: people.map(|person| (person.id.clone(), person)).into(),
        ..Group::default()
    }
}

pub(super) fn update(on: &str) -> LastUpdate {
    LastUpdate {
        on: on.parse().unwrap(),
        basis: Basis::ListRow,
        evidence: Evidence {
            page: "http://kxw.example.cn/gzdt/".to_owned(),
            title: "科信委召开年度工作会".to_owned(),
            link: Some("http://kxw.example.cn/gzdt/t1.html".to_owned()),
            snippet: format!("[{on}]"),
        },
    }
}

pub(super) fn record(column: &str, on: Option<&str>, visited_at: &str) -> ColumnRecord {
    ColumnRecord {
        column: column_id(column),
        last_update: on.map(update),
        read_at: on.map(|_| at(visited_at)),
        blind: None,
        empty_since: None,
        signature: None,
        digest: None,
        proof: None,
        validators: Validators::default(),
        reader: None,
        visited_at: at(visited_at),
        revisit_at: None,
    }
}

pub(super) fn blind(since: &str, visits: u32, why: Cause) -> Option<Blind> {
    Some(Blind {
        since: at(since),
        visits,
        silent: visits,
        why,
    })
}

pub(super) fn records(rows: Vec<ColumnRecord>) -> BTreeMap<ColumnId, ColumnRecord> {
    rows.into_iter()
        .map(|record| (record.column.clone(), record))
        .collect()
}

pub(super) fn seen(observed_at: &str, sight: Sight) -> Observation {
    Observation {
        column: column_id("kxw/gzdt"),
        observed_at: at(observed_at),
        digest: sight.finding().map(|_| "9f86d081".repeat(8)),
        sight,
        rows: 20,
        took_ms: 1234,
        notes: Vec::new(),
    }
}

pub(super) fn dated(on: &str) -> Finding {
    Finding::Dated(update(on))
}

pub(super) fn incident(subject: Subject, kind: Kind, began_at: &str, stage: Stage) -> Incident {
    let key = IncidentKey { subject, kind };
    let mut incident = Incident::new(key, at(began_at), stage.0);
    incident.tier = stage.1;
    incident.told = [PersonId::parse("chen").unwrap()].into();
    incident
}

/// Where an incident stands, and the tier that was told.
pub(super) type Stage = (State, Option<Tier>);

pub(super) fn open(tier: Option<Tier>, since: &str) -> Stage {
    let state = State::Open {
        since: at(since),
        repeats: 0,
        told_at: at(since),
        pending: None,
    };
    (state, tier)
}

pub(super) fn suspected(seen_at: &str) -> Stage {
    let seen_at = at(seen_at);
    (State::Suspected { seen_at }, None)
}

pub(super) fn message(person: &str, tier: Option<Tier>, text: &str) -> Message {
    let created_at = at("2017-11-18T08:30:00");
    Message {
        key: MessageKey::of(&[person, text]),
        person: PersonId::parse(person).unwrap(),
        route: Route::Sms,
        subject: String::new(),
        text: text.to_owned(),
        words: Default::default(),
        tier,
        notices: Vec::new(),
        in_place_of: Vec::new(),
        links: Vec::new(),
        urgent: false,
        leaves: Default::default(),
        provisional: false,
        created_at,
        of_day: None,
        expires_at: created_at,
        attempts: 1,
        maybe_taken: false,
        unsent_since: None,
        next_attempt_at: created_at,
        delivery: Delivery::Accepted {
            at: created_at,
            receipt: None,
        },
    }
}
