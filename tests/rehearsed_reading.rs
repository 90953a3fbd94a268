//! The reader against the rehearsed sites: every list and every home page, at several instants of
//! several worlds, without sockets. What it says is compared with what is true there.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "the helpers of a test fail by panicking"
)]

use std::collections::BTreeMap;

use chrono::NaiveDate;
use url::Url;
use wangxun::domain::finding::{Finding, Unreadable};
use wangxun::domain::page::Page;
use wangxun::domain::time::{Moment, date_of, moment};
use wangxun::extract::{Aim, Answer, More, Pages, Reader, Reading, Recipe};
use wangxun::rehearsal::dialect::pages;
use wangxun::rehearsal::site::{Charset, Condition, SimSite};
use wangxun::rehearsal::truth::{Options, Truth};

const SEEDS: [u64; 3] = [2017, 1, 42];
const INSTANTS: [&str; 5] = [
    "2017-10-16T12:00:00",
    "2017-10-24T09:30:00",
    "2017-10-30T16:30:00",
    "2017-11-06T08:00:00",
    "2017-11-13T20:00:00",
];

fn worlds() -> impl Iterator<Item = (u64, Truth)> {
    SEEDS.into_iter().map(|seed| {
        let options = Options {
            seed,
            own_network_outage: false,
            ..Options::demo()
        };
        (seed, Truth::new(options).expect("a world"))
    })
}

fn instants() -> impl Iterator<Item = Moment> {
    INSTANTS
        .into_iter()
        .map(|text| moment(text.parse().expect("an instant")))
}

fn address(site: &SimSite, path: &str) -> Url {
    let base = format!("http://{}.example.gov.cn", site.id.as_str());
    Url::parse(&base)
        .and_then(|base| base.join(path))
        .expect("an address")
}

/// What a visitor gets for a path, redirects followed.
fn visited(truth: &Truth, site: &SimSite, path: &str, at: Moment) -> Option<Page> {
    let (status, text) = match pages::answer(truth, site, path, at) {
        pages::Answer::Page(status, text) => (status, text),
        pages::Answer::Redirect(to) => return visited(truth, site, to, at),
        _ => return None,
    };
    let body = match site.traits.charset {
        Charset::Gbk => encoding_rs::GBK.encode(&text).0.into_owned(),
        Charset::Utf8 => text.into_bytes(),
    };
    (status == 200).then(|| Page {
        url: address(site, path),
        status,
        content_type: Some("text/html".to_owned()),
        body,
    })
}

fn reading(
    truth: &Truth,
    site: &SimSite,
    path: &str,
    at: Moment,
    recipe: &Recipe,
) -> Option<Reading> {
    let mut pages = Pages {
        first: visited(truth, site, path, at)?,
        more: BTreeMap::new(),
    };
    let home = address(site, "/");
    let mut reader = Reader::new(recipe.clone(), date_of(at));
    for _ in 0..=recipe.budget {
        match reader.read(&pages) {
            Answer::Found(reading) => return Some(*reading),
            Answer::Need(urls) => {
                for url in urls {
                    let own = url.host_str() == home.host_str();
                    let page = own
                        .then(|| visited(truth, site, url.path(), at))
                        .flatten()
                        .map_or(More::Failed, More::Page);
                    pages.more.insert(url, page);
                }
            }
        }
    }
    panic!("{} {path}: the reader does not come to an end", site.id)
}

fn recipe(aim: Aim, name: Option<&str>, site: &SimSite) -> Recipe {
    Recipe {
        column_name: name.map(str::to_owned),
        home: Some(address(site, "/")),
        ..Recipe::of(aim)
    }
}

/// Whether a finding is what the site shows.
fn is_right(finding: &Finding, condition: Condition, newest: Option<NaiveDate>) -> bool {
    match condition {
        Condition::Well => match newest {
            Some(newest) => matches!(finding, Finding::Dated(update) if update.on == newest),
            None => *finding == Finding::Empty,
        },
        Condition::Maintenance => *finding == Finding::Unreadable(Unreadable::Maintenance),
        Condition::SoftMissing => *finding == Finding::Unreadable(Unreadable::SoftMissing),
        Condition::RedirectsHome => *finding == Finding::Unreadable(Unreadable::RedirectedHome),
        _ => matches!(finding, Finding::Unreadable(_)),
    }
}

#[test]
fn every_list_of_every_world_is_read_as_it_is() {
    let (mut seen, mut faults) = (0, Vec::new());
    for (seed, truth) in worlds() {
        for at in instants() {
            for site in truth.sites() {
                let condition = truth.condition(&site.id, at);
                for column in &site.columns {
                    let recipe = recipe(Aim::Column, Some(column.name), site);
                    let path = site.list_path(column);
                    let Some(reading) = reading(&truth, site, &path, at, &recipe) else {
                        continue;
                    };
                    seen += 1;
                    let newest = truth.newest_on(&column.id, at);
                    if !is_right(&reading.finding, condition, newest) {
                        faults.push(format!(
                            "seed {seed}, {at}, {} ({:?}, {condition:?}): {newest:?} but {:?} {:?}",
                            column.id,
                            site.dialect_at(at),
                            reading.finding,
                            reading.notes
                        ));
                    }
                }
            }
        }
    }
    assert!(seen > 3000, "{seen} lists");
    assert!(
        faults.is_empty(),
        "{} of {seen} wrong\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[test]
fn every_home_page_of_every_world_is_read_as_it_is() {
    let (mut seen, mut faults) = (0, Vec::new());
    for (seed, truth) in worlds() {
        for at in instants() {
            let well = truth
                .sites()
                .iter()
                .filter(|site| truth.condition(&site.id, at) == Condition::Well);
            for site in well {
                let recipe = Recipe {
                    budget: 10,
                    ..recipe(Aim::Home, None, site)
                };
                let Some(reading) = reading(&truth, site, "/index.html", at, &recipe) else {
                    continue;
                };
                seen += 1;
                let newest = site
                    .columns
                    .iter()
                    .filter_map(|column| truth.newest_on(&column.id, at))
                    .max();
                if !is_right(&reading.finding, Condition::Well, newest) {
                    faults.push(format!(
                        "seed {seed}, {at}, {} ({:?}): {newest:?} but {:?} {:?}",
                        site.id,
                        site.dialect_at(at),
                        reading.finding,
                        reading.notes
                    ));
                }
            }
        }
    }
    assert!(seen > 600, "{seen} home pages");
    assert!(
        faults.is_empty(),
        "{} of {seen} wrong\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[test]
fn every_row_has_its_own_date() {
    let (mut seen, mut faults) = (0, Vec::new());
    for (seed, truth) in worlds() {
        for at in instants() {
            for site in truth.sites() {
                let well = truth.condition(&site.id, at) == Condition::Well;
                if !well || !site.dialect_at(at).dates_rows() {
                    continue;
                }
                for column in &site.columns {
                    let recipe = recipe(Aim::Column, Some(column.name), site);
                    let path = site.list_path(column);
                    let Some(reading) = reading(&truth, site, &path, at, &recipe) else {
                        continue;
                    };
                    for row in reading.rows {
                        seen += 1;
                        let own: Vec<NaiveDate> = column
                            .shown(at)
                            .filter(|item| {
                                item.title == row.title || row.title.starts_with(&item.title)
                            })
                            .map(|item| item.claimed_on)
                            .collect();
                        if !row
                            .on
                            .or(row.refused_on)
                            .is_some_and(|on| own.contains(&on))
                        {
                            faults.push(format!(
                                "seed {seed}, {at}, {} ({:?}): {} {:?} but {:?}",
                                column.id,
                                site.dialect_at(at),
                                row.title,
                                own,
                                row.on
                            ));
                        }
                    }
                }
            }
        }
    }
    assert!(seen > 20_000, "{seen} rows");
    assert!(
        faults.is_empty(),
        "{} of {seen} wrong\n{}",
        faults.len(),
        faults.join("\n")
    );
}
