//! The source of truth of a rehearsal: what is published where and when, and how every site
//! answers at any instant. A function of seed, first day and length; it reads no clock.

use std::collections::BTreeMap;

use super::dialect::Dialect;
use super::dice::Dice;
use super::plot::{self, Cast, Window};
use super::roster::{self, Member};
use super::site::{self, Condition, Publication, Redesign, SimColumn, SimSite, Traits};
use super::timetable::{self, Rhythm, Slot, days_after};
use super::{holidays, titles};
use crate::calendar::Calendar;
use crate::domain::id::{ColumnId, IdFault, SiteId};
use crate::domain::time::{Date, Moment, date_of};

/// What makes one world differ from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The seed of all chance.
    pub seed: u64,
    /// The first day.
    pub start: Date,
    /// How many days are rehearsed.
    pub days: u32,
    /// Whether the monitor's own network fails in one night: all sites at once.
    pub own_network_outage: bool,
    /// Whether the gateway for text messages fails on two mornings.
    pub gateway_outages: bool,
}

impl Options {
    /// The demo's world: thirty days from 16 October 2017.
    pub fn demo() -> Options {
        Options {
            seed: 2017,
            start: Date::from_ymd_opt(2017, 10, 16).unwrap_or(Date::MIN),
            days: 30,
            own_network_outage: true,
            gateway_outages: true,
        }
    }

    fn window(&self) -> Window {
        Window {
            start: self.start,
            last: days_after(self.start, self.days.saturating_sub(1)),
        }
    }
}

/// How the gateway fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GatewayFault {
    /// Answers 503.
    Unavailable,
    /// Takes the request and never answers.
    Silent,
    /// Accepts the message and closes the connection without saying so.
    AcceptsAndDrops,
}

/// The whole made-up world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truth {
    options: Options,
    calendar: Calendar,
    sites: Vec<SimSite>,
    /// The place of each column: of its site, and within it.
    places: BTreeMap<ColumnId, (usize, usize)>,
}

/// Sites whose dialect of those years is known.
const KNOWN_DIALECTS: [(&str, Dialect); 4] = [
    ("portal", Dialect::ZtBlock),
    ("rlsbj", Dialect::SlashTable),
    ("jrb", Dialect::InfoList),
    ("zfzz", Dialect::InfoList),
];

impl Truth {
    /// Makes the world up.
    pub fn new(options: Options) -> Result<Truth, IdFault> {
        let calendar = holidays::calendar();
        let window = options.window();
        let mut dice = Dice::new(options.seed, "order");
        let members = roster::members();
        // The portal comes last in the order of chance, where nothing befalls it.
        let mut order: Vec<usize> = (1..members.len()).collect();
        dice.shuffle(&mut order);
        order.push(0);
        let mut sites = Vec::new();
        for (index, member) in members.iter().enumerate() {
            let place = order.iter().position(|&at| at == index).unwrap_or(index);
            sites.push(blank_site(member, index, place, &options)?);
        }
        let by_chance: Vec<&SimSite> = order.iter().filter_map(|&at| sites.get(at)).collect();
        let cast = plot::cast(&by_chance, window, &calendar, &mut dice);
        for site in &mut sites {
            fill(site, &cast, window, &calendar, options.seed);
        }
        Ok(Truth {
            places: places(&sites),
            options,
            calendar,
            sites,
        })
    }

    /// The options it was made of.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The holidays by which the units work.
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// The sites in the order of the roster, the portal first.
    pub fn sites(&self) -> &[SimSite] {
        &self.sites
    }

    /// The site of that identifier.
    pub fn site(&self, id: &SiteId) -> Option<&SimSite> {
        self.sites.iter().find(|site| site.id == *id)
    }

    /// The column of that identifier.
    pub fn column(&self, id: &ColumnId) -> Option<&SimColumn> {
        let &(site, column) = self.places.get(id)?;
        self.sites.get(site)?.columns.get(column)
    }

    /// What the column shows at `until`, newest first.
    pub fn published(&self, column: &ColumnId, until: Moment) -> Vec<&Publication> {
        let column = self.column(column);
        column.map_or_else(Vec::new, |column| column.shown(until).collect())
    }

    /// The newest date that the column tells at `at`.
    pub fn newest_on(&self, column: &ColumnId, at: Moment) -> Option<Date> {
        let shown = self.column(column)?.shown(at);
        let dates = shown.map(Publication::told_on);
        dates.filter(|on| *on <= date_of(at)).max()
    }

    /// How the site answers at `at`, the monitor's own network included.
    pub fn condition(&self, site: &SiteId, at: Moment) -> Condition {
        if self.own_network_is_down(at) {
            return Condition::Closed;
        }
        self.site(site)
            .map_or(Condition::Well, |site| site.condition(at))
    }

    /// Whether the monitor's own network is down at `at`.
    pub fn own_network_is_down(&self, at: Moment) -> bool {
        let (from, until) = plot::own_network(self.options.window());
        self.options.own_network_outage && from <= at && at < until
    }

    /// How the gateway fails at `at`, if it does.
    pub fn gateway_fault(&self, at: Moment) -> Option<GatewayFault> {
        let faults = [GatewayFault::Unavailable, GatewayFault::AcceptsAndDrops];
        let stretches = plot::gateway(self.options.window());
        let mut pairs = stretches.iter().zip(faults);
        let (_, fault) = pairs.find(|((from, until), _)| *from <= at && at < *until)?;
        self.options.gateway_outages.then_some(fault)
    }
}

fn places(sites: &[SimSite]) -> BTreeMap<ColumnId, (usize, usize)> {
    let mut places = BTreeMap::new();
    for (at, site) in sites.iter().enumerate() {
        for (within, column) in site.columns.iter().enumerate() {
            places.insert(column.id.clone(), (at, within));
        }
    }
    places
}

/// A site with its columns, habits and troubles, and nothing published yet.
fn blank_site(
    member: &Member,
    index: usize,
    place: usize,
    options: &Options,
) -> Result<SimSite, IdFault> {
    let mut dice = Dice::new(options.seed, member.site.as_str());
    let known = KNOWN_DIALECTS
        .iter()
        .find(|(id, _)| *id == member.site.as_str());
    let dialect = known.map_or_else(|| Dialect::at(place), |(_, dialect)| *dialect);
    let traits = Traits::throw(place, dialect, &mut dice);
    let columns = site::columns(member, &mut dice)?;
    let redesign = plot::redesign(place, options.window());
    Ok(SimSite {
        id: member.site.clone(),
        title: match member.site.as_str() {
            "portal" => "北京西城".to_owned(),
            "zfzz" => "北京西城政法综治网".to_owned(),
            _ => member.name.to_owned(),
        },
        unit: member.clone(),
        code: format!("1101020{:03}", 900 + index),
        dialect,
        redesign: redesign.map(|(from, dialect)| Redesign { from, dialect }),
        traits,
        columns,
        episodes: plot::episode(place, options.window()).into_iter().collect(),
    })
}

/// Publishes everything on the site.
fn fill(site: &mut SimSite, cast: &Cast, window: Window, calendar: &Calendar, seed: u64) {
    for column in &mut site.columns {
        if cast.blank.contains(&column.id) {
            continue;
        }
        let mut dice = Dice::new(seed, column.id.as_str());
        let sleep = cast.sleeps.get(&column.id).copied();
        let rhythm = Rhythm::of(column.class);
        let days = (window.start, window.last);
        let slots = timetable::slots(rhythm, sleep, days, calendar, &mut dice);
        column.publications = publications(column, &site.unit, &slots, &mut dice);
        if site.traits.off_site {
            send_elsewhere(&mut column.publications, &mut dice);
        }
    }
    number(site, seed);
    for column in &mut site.columns {
        if let Some(trick) = cast.tricks.get(&column.id) {
            trick.play(column, window, calendar);
        }
    }
}

fn publications(
    column: &SimColumn,
    unit: &Member,
    slots: &[Slot],
    dice: &mut Dice,
) -> Vec<Publication> {
    let mut items: Vec<Publication> = Vec::with_capacity(slots.len());
    for slot in slots {
        let mut title = titles::title(unit, column.class, slot.claimed_on, dice);
        for _ in 0..20 {
            if items.iter().all(|item| item.title != title) {
                break;
            }
            title = titles::title(unit, column.class, slot.claimed_on, dice);
        }
        items.push(Publication {
            number: 0,
            title,
            at: slot.at,
            until: None,
            claimed_on: slot.claimed_on,
            elsewhere: None,
        });
    }
    items
}

/// Lets a few items link to another host, as articles of a messenger's public account do.
fn send_elsewhere(items: &mut [Publication], dice: &mut Dice) {
    for item in items {
        if dice.percent(12) {
            let number = dice.between(100_000, 999_999);
            item.elsewhere = Some(format!("http://mp.weixin.example.cn/s/{number}"));
        }
    }
}

/// Numbers the site's items in the order in which they appear.
fn number(site: &mut SimSite, seed: u64) {
    let mut dice = Dice::new(seed, &format!("{}#numbers", site.id));
    let mut number = dice.between(10_000, 800_000);
    let mut items: Vec<&mut Publication> = site
        .columns
        .iter_mut()
        .flat_map(|column| &mut column.publications)
        .collect();
    items.sort_by_key(|item| item.at);
    for item in items {
        item.number = number;
        number += dice.between(1, 7);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::assess::freshness::age_days;
    use crate::assess::ladder::{Ladder, Tier};
    use crate::assess::limits::Limits;
    use crate::domain::time::moment;

    /// How many columns are seen in each tier on some evening of the window, and how many leave
    /// each tier for good. What nobody could see does not count.
    fn crossings(truth: &Truth) -> (Vec<usize>, Vec<usize>) {
        let limits = Limits::default();
        let mut reached = [(); 4].map(|()| BTreeSet::new());
        let mut left = [(); 4].map(|()| BTreeSet::new());
        let columns = truth
            .sites()
            .iter()
            .flat_map(|site| site.columns.iter().map(move |c| (site, c)));
        for (site, column) in columns {
            let limit = limits.classes[&column.class].limit_days;
            let mut before = None;
            for day in truth
                .options
                .start
                .iter_days()
                .take(truth.options.days as usize)
            {
                let evening = moment(day.and_hms_opt(20, 0, 0).unwrap());
                if truth.condition(&site.id, evening) != Condition::Well {
                    continue;
                }
                let Some(newest) = truth.newest_on(&column.id, evening) else {
                    continue;
                };
                let tier = Ladder::default().tier(age_days(newest, day), limit);
                for (place, rung) in Tier::ALL.into_iter().take(4).enumerate() {
                    if tier == Some(rung) {
                        reached[place].insert(&column.id);
                    }
                    if tier.is_none() && before == Some(rung) {
                        left[place].insert(&column.id);
                    }
                }
                before = tier;
            }
        }
        (
            reached.iter().map(BTreeSet::len).collect(),
            left.iter().map(BTreeSet::len).collect(),
        )
    }

    #[test]
    fn whatever_the_seed_every_tier_is_reached_by_several_columns_and_left_by_some() {
        for seed in [2017, 1, 42, 99] {
            let truth = Truth::new(Options {
                seed,
                ..Options::demo()
            })
            .unwrap();
            let (reached, left) = crossings(&truth);
            let enough = reached
                .iter()
                .zip([20, 15, 14, 8])
                .all(|(&n, least)| n >= least);
            assert!(enough, "seed {seed}: {reached:?}");
            let few = reached
                .iter()
                .zip([45, 40, 35, 25])
                .all(|(&n, most)| n <= most);
            assert!(few, "seed {seed}: {reached:?}");
            assert!(left.iter().all(|&n| n >= 2), "seed {seed}: {left:?}");
        }
    }

    #[test]
    fn the_world_has_the_size_and_the_mixture_that_was_asked_for() {
        let truth = Truth::new(Options::demo()).unwrap();
        assert_eq!(truth.sites().len(), 48);
        assert!(
            truth
                .sites()
                .iter()
                .all(|site| (4..=6).contains(&site.columns.len()))
        );
        let gbk = truth
            .sites()
            .iter()
            .filter(|site| site.traits.charset == site::Charset::Gbk);
        assert_eq!(gbk.count(), 16);
        let empty = truth.sites().iter().flat_map(|site| &site.columns);
        let empty: Vec<_> = empty
            .filter(|column| column.publications.is_empty())
            .collect();
        assert_eq!(empty.len(), 1);
        let start = moment(truth.options.start.and_hms_opt(0, 0, 0).unwrap());
        for column in truth.sites().iter().flat_map(|site| &site.columns) {
            let count = truth.published(&column.id, start).len();
            assert!(
                count >= 9 || column.publications.is_empty(),
                "{}: {count}",
                column.id
            );
        }
    }

    #[test]
    fn every_sort_of_failure_happens_and_the_portal_is_spared() {
        let truth = Truth::new(Options::demo()).unwrap();
        let mut seen = BTreeSet::new();
        let mut redesigned = 0;
        for site in truth.sites() {
            seen.extend(site.episodes.iter().map(|episode| episode.condition));
            redesigned += usize::from(site.redesign.is_some());
        }
        assert_eq!(seen.len(), 8);
        assert_eq!(redesigned, 2);
        assert!(truth.sites()[0].episodes.is_empty());
        let night = moment("2017-10-29T04:00:00".parse().unwrap());
        assert!(
            truth
                .sites()
                .iter()
                .all(|site| { truth.condition(&site.id, night) == Condition::Closed })
        );
        let morning = moment("2017-10-25T09:00:00".parse().unwrap());
        assert_eq!(
            truth.gateway_fault(morning),
            Some(GatewayFault::Unavailable)
        );
        let quiet = Truth::new(Options {
            own_network_outage: false,
            gateway_outages: false,
            ..Options::demo()
        })
        .unwrap();
        assert!(!quiet.own_network_is_down(night));
        assert_eq!(quiet.gateway_fault(morning), None);
    }
}
