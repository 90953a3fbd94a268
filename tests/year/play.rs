//! Lives a made-up year: the real loops, decisions, store and outbox in stepped time; pages and
//! transports are the world's own answers.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::future::BoxFuture;
use tokio::sync::mpsc;
use url::Url;
use wangxun::alert::links::hash_of;
use wangxun::alert::outbox::{Delivery, Message};
use wangxun::clock::Clock;
use wangxun::config::load::load;
use wangxun::daemon::answer::Question;
use wangxun::daemon::assessment::TELL_NOBODY;
use wangxun::daemon::control::ask;
use wangxun::daemon::desk::Desk;
use wangxun::daemon::enact::{Order, What};
use wangxun::daemon::links::Answer;
use wangxun::daemon::run::MadeUp;
use wangxun::daemon::visit::{Aimed, Eye, Look};
use wangxun::deliver::courier::{Attempt, Carrier};
use wangxun::domain::act::{Ground, Scope};
use wangxun::domain::finding::{Basis, Evidence, Finding, LastUpdate, Unreadable};
use wangxun::domain::group::Route;
use wangxun::domain::id::ColumnId;
use wangxun::domain::item::Row;
use wangxun::domain::time::{Moment, date_of};
use wangxun::domain::visit::{CertificateFault, Failure, Outcome, Validators, Visit};
use wangxun::extract::{PageKind, Reading};
use wangxun::rehearsal::dice::Dice;
use wangxun::web::links::No;

use super::files;
use super::stepped::Running;
use super::world::{Death, Fault, Life, Trouble, World};

/// How long a life may outlast its time while it waits for the death that is meant for it.
const LONGEST_AGONY: TimeDelta = TimeDelta::hours(30);
/// How often the agent looks at what there is to do.
const AGENT_EVERY: TimeDelta = TimeDelta::hours(11);
/// The most rows that a list shows.
pub const ROWS: usize = 12;

/// A message that a transport took.
#[derive(Debug, Clone)]
pub struct Taken {
    /// By the monitor's clock.
    pub at: Moment,
    pub stretch: usize,
    pub route: Route,
    pub address: String,
    pub key: String,
    pub text: String,
    /// Whether the transport said so.
    pub acknowledged: bool,
}

/// A look at a column.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// The place among all that happened.
    pub order: usize,
    /// By the monitor's clock.
    pub at: Moment,
    pub truly: Moment,
    pub stretch: usize,
    /// The place of the column in the world.
    pub column: usize,
}

/// What somebody laid down.
#[derive(Debug, Clone)]
pub struct Deed {
    /// The place among all that happened.
    pub order: usize,
    pub stretch: usize,
    /// By the monitor's clock.
    pub at: Moment,
    pub column: usize,
    pub what: Laid,
    /// Whether it was granted.
    pub granted: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Laid {
    Released,
    Answered(chrono::NaiveDate),
    /// The same by the link of a message, which was sent at this instant.
    AnsweredByLink {
        until: chrono::NaiveDate,
        digest: String,
        sent_at: Moment,
        /// Whether it answers for what is owed by a day.
        owed: bool,
    },
    ExemptUntil(chrono::NaiveDate),
    HeldUntil(Moment),
}

/// A stretch of a life in which the clock was not set, by the monitor's clock. Wherever an instant
/// has a stretch beside it, it is ordered by that first: a clock may have been set back.
#[derive(Debug, Clone, Copy)]
pub struct Lived {
    /// The place among all that happened.
    pub order: usize,
    /// The life that it is of, and whether that began here.
    pub life: usize,
    pub begins: bool,
    pub from: Moment,
    pub until: Moment,
    pub ahead: TimeDelta,
}

/// A year that is over.
pub struct Played {
    pub world: Arc<World>,
    pub taken: Vec<Taken>,
    pub seen: Vec<Seen>,
    pub deeds: Vec<Deed>,
    pub stretches: Vec<Lived>,
    pub messages: Vec<Message>,
    pub refused: Vec<(Moment, String)>,
}

#[derive(Default)]
struct Log {
    taken: Vec<Taken>,
    seen: Vec<Seen>,
    refused: Vec<(Moment, String)>,
    wishes: Vec<(Moment, usize, Laid)>,
    happened: usize,
    /// The stretch that is lived.
    stretch: usize,
    /// By how much the clock is wrong.
    ahead: TimeDelta,
}

impl Log {
    fn order(&mut self) -> usize {
        self.happened += 1;
        self.happened
    }
}

/// The world as one life of the monitor meets it.
struct Around {
    world: Arc<World>,
    plan: Life,
    places: Arc<HashMap<String, usize>>,
    columns: Arc<Vec<(usize, usize)>>,
    log: Arc<Mutex<Log>>,
    /// Told of the death that is meant for this life; the looks that are left until then.
    dies: mpsc::UnboundedSender<Moment>,
    left: Mutex<Option<usize>>,
}

impl Around {
    fn truly(&self, at: Moment) -> Moment {
        at - self.log().ahead
    }

    fn log(&self) -> std::sync::MutexGuard<'_, Log> {
        self.log.lock().expect("a log")
    }

    /// Dies here and now: nothing that waits for the answer gets one.
    async fn die(&self, at: Moment) {
        // Whoever listens may have heard of it before.
        let _ = self.dies.send(at);
        std::future::pending::<()>().await;
    }
}

impl Eye for Around {
    fn look<'a>(&'a self, aimed: &'a Aimed<'_>, now: Moment) -> BoxFuture<'a, Look> {
        Box::pin(async move {
            let place = self.places[aimed.url.as_str()];
            let truly = self.truly(now);
            if let Death::Looking(count) = self.plan.death
                && truly >= self.plan.until
            {
                let is_last = {
                    let mut left = self.left.lock().expect("a count");
                    let before = left.unwrap_or(count);
                    *left = Some(before.saturating_sub(1));
                    before == 0
                };
                if is_last {
                    self.die(now).await;
                }
            }
            let mut log = self.log();
            let (order, stretch) = (log.order(), log.stretch);
            log.seen.push(Seen {
                order,
                at: now,
                truly,
                stretch,
                column: place,
            });
            drop(log);
            let (site, column) = self.columns[place];
            let site = &self.world.sites[site];
            let trouble = match self.world.is_offline(truly) {
                true => Some(Trouble::Dns),
                false => self.world.trouble(site.host, truly),
            };
            look(aimed, trouble, || {
                page(
                    &self.world,
                    place,
                    (site.host, &site.columns[column]),
                    truly,
                )
            })
        })
    }
}

/// What a page shows: its finding, rows, structure and digest.
struct Shown {
    finding: Finding,
    rows: Vec<Row>,
    signature: Option<String>,
    digest: String,
}

fn page(
    _: &World,
    place: usize,
    (host, column): (usize, &super::world::Column),
    at: Moment,
) -> Shown {
    let (items, structure) = column.shown(at);
    let rows: Vec<Row> = items
        .iter()
        .take(ROWS)
        .map(|item| Row {
            title: format!("{}第{}号", column.name, item.number),
            url: Some(format!(
                "{}{}.html",
                files::url(host, &column.id),
                item.number
            )),
            on: Some(item.on),
            basis: Some(Basis::ListRow),
            refused_on: None,
            inferred: false,
        })
        .collect();
    let finding = match items.first() {
        None => Finding::Empty,
        Some(item) => Finding::Dated(LastUpdate {
            on: item.on,
            basis: Basis::ListRow,
            evidence: Evidence {
                page: files::url(host, &column.id),
                title: format!("{}第{}号", column.name, item.number),
                link: None,
                snippet: item.on.to_string(),
            },
        }),
    };
    let newest: Vec<usize> = items.iter().take(ROWS).map(|item| item.number).collect();
    Shown {
        finding,
        signature: (!rows.is_empty()).then(|| structure.to_owned()),
        rows,
        digest: format!("{place}:{structure}:{newest:?}"),
    }
}

fn look(aimed: &Aimed<'_>, trouble: Option<Trouble>, page: impl FnOnce() -> Shown) -> Look {
    let failure = |failure| (Outcome::Failed(failure), None, None);
    let unreadable = |why| {
        let reading = reading(Finding::Unreadable(why), Vec::new(), None);
        (
            Outcome::NotModified,
            Some(reading),
            Some(format!("{why:?}")),
        )
    };
    let (outcome, reading, digest) = match trouble {
        None => {
            let shown = page();
            let is_known = aimed.known.as_ref() == Some(&shown.digest);
            let reading = (!is_known).then(|| reading(shown.finding, shown.rows, shown.signature));
            (Outcome::NotModified, reading, Some(shown.digest))
        }
        Some(Trouble::Dns) => failure(Failure::Dns),
        Some(Trouble::Refused) => failure(Failure::Refused),
        Some(Trouble::NoAnswer) => failure(Failure::FirstByteTimeout),
        Some(Trouble::ServerError) => failure(Failure::Status(503)),
        Some(Trouble::Firewall) => failure(Failure::Blocked(403)),
        Some(Trouble::Certificate) => failure(Failure::Certificate(CertificateFault::Expired)),
        Some(Trouble::OldTls) => failure(Failure::TlsLegacy),
        Some(Trouble::Maintenance) => unreadable(Unreadable::Maintenance),
        Some(Trouble::NoList) => unreadable(Unreadable::NoList),
        Some(Trouble::Missing) => unreadable(Unreadable::SoftMissing),
        Some(Trouble::LeadsHome) => unreadable(Unreadable::RedirectedHome),
    };
    Look {
        visit: Visit {
            certificate_until: None,
            detour: None,
            asked: aimed.url.clone(),
            took_ms: 40,
            validators: Validators::default(),
            outcome,
        },
        reading,
        outcomes: vec!["page"],
        bytes: 0,
        alone: true,
        digest,
    }
}

fn reading(finding: Finding, rows: Vec<Row>, signature: Option<String>) -> Reading {
    Reading {
        finding,
        kind: PageKind::List,
        encoding: "utf-8",
        rows,
        signature,
        published: None,
        others: Vec::new(),
        blocks: Vec::new(),
        ahead: false,
        notes: Vec::new(),
    }
}

impl Carrier for Around {
    fn carry<'a>(
        &'a self,
        address: &'a str,
        message: &'a Message,
        now: Moment,
    ) -> BoxFuture<'a, Attempt> {
        Box::pin(async move {
            let truly = self.truly(now);
            let is_due = truly >= self.plan.until;
            if is_due && self.plan.death == Death::Trying {
                self.die(now).await;
            }
            let faults = match message.route {
                Route::Mail => &self.world.mail,
                _ => &self.world.gateway,
            };
            let fault = faults.iter().find(|(when, _)| when.holds(truly));
            let fault = fault.map(|(_, fault)| *fault);
            let is_dead = message.route == Route::Sms
                && self
                    .world
                    .people
                    .iter()
                    .any(|person| person.dead && person.phone.as_deref() == Some(address));
            if fault != Some(Fault::Shut) && is_dead {
                self.log().refused.push((now, address.to_owned()));
                return failed(true, false);
            }
            if fault == Some(Fault::Shut) {
                return failed(false, false);
            }
            let dies = is_due && self.plan.death == Death::Taken;
            self.took(address, message, now, fault.is_none() && !dies);
            if dies {
                self.die(now).await;
            }
            match fault {
                Some(_) => failed(false, true),
                None => Attempt::Accepted { receipt: None },
            }
        })
    }
}

fn failed(permanent: bool, lost: bool) -> Attempt {
    Attempt::Failed {
        permanent,
        error: "made up".to_owned(),
        retry_after: None,
        maybe_taken: lost,
    }
}

impl Around {
    fn took(&self, address: &str, message: &Message, now: Moment, acknowledged: bool) {
        let mut log = self.log();
        let (stretch, ahead) = (log.stretch, log.ahead);
        log.taken.push(Taken {
            at: now,
            stretch,
            route: message.route,
            address: address.to_owned(),
            key: message.key.as_str().to_owned(),
            text: message.text.clone(),
            acknowledged,
        });
        // People act on what they read.
        let mut dice = Dice::new(self.world.seed, message.key.as_str());
        for whole in message.text.split('<').skip(1) {
            let said = whole;
            let mut parts = said.split(['|', '>']);
            let (Some(about), Some(said)) = (parts.next(), parts.next()) else {
                continue;
            };
            let column = self
                .world
                .columns()
                .position(|(_, column)| column.id == about);
            let Some(column) = column else { continue };
            let token = token(whole);
            let later = now + TimeDelta::minutes(i64::from(dice.between(20 * 60, 70 * 60)));
            let day = |most| date_of(later) + chrono::Days::new(u64::from(most));
            let wish = match (said, dice.between(1, 100)) {
                ("PROPOSED" | "AGAIN" | "OWED", ..=40) => Laid::Released,
                ("S2" | "S3", ..=8) => Laid::Answered(day(dice.between(1, 12))),
                ("S0" | "S1" | "S2" | "S3" | "D0" | "D1" | "D2" | "D3", 16..=40)
                    if token.is_some() =>
                {
                    Laid::AnsweredByLink {
                        until: day(dice.between(0, 8)),
                        digest: hash_of(token.unwrap_or_default()),
                        sent_at: now,
                        owed: said.starts_with('D'),
                    }
                }
                ("S2" | "S1", 9..=11) => Laid::ExemptUntil(day(dice.between(3, 40))),
                ("S2" | "S1", 12..=15) => {
                    Laid::HeldUntil(later + TimeDelta::hours(i64::from(dice.between(4, 60))))
                }
                _ => continue,
            };
            log.wishes.push((later - ahead, column, wish));
        }
    }
}

/// The token of the link behind one thing that a text says.
fn token(said: &str) -> Option<&str> {
    let (_, link) = said.split_once("/a/")?;
    link.split(' ').next()
}

/// Lives the whole year in `dir`.
pub async fn play(world: World, dir: &Path) -> Played {
    let world = Arc::new(world);
    let config_path = files::write(dir, &world);
    let mut places = HashMap::new();
    let mut columns = Vec::new();
    for (at, site) in world.sites.iter().enumerate() {
        for (within, column) in site.columns.iter().enumerate() {
            let url = Url::parse(&files::url(site.host, &column.id)).expect("an address");
            places.insert(url.to_string(), columns.len());
            columns.push((at, within));
        }
    }
    let mut year = Year {
        dir,
        config_path: &config_path,
        places: Arc::new(places),
        columns: Arc::new(columns),
        log: Arc::default(),
        stretches: Vec::new(),
        deeds: Vec::new(),
        world: Arc::clone(&world),
        died_at: None,
    };
    let mut messages = Vec::new();
    for number in 0..world.lives.len() {
        messages = year.live(number).await;
    }
    let log = std::mem::take(&mut *year.log.lock().expect("a log"));
    Played {
        world,
        taken: log.taken,
        seen: log.seen,
        refused: log.refused,
        deeds: year.deeds,
        stretches: year.stretches,
        messages,
    }
}

struct Year<'a> {
    dir: &'a Path,
    config_path: &'a Path,
    places: Arc<HashMap<String, usize>>,
    columns: Arc<Vec<(usize, usize)>>,
    log: Arc<Mutex<Log>>,
    stretches: Vec<Lived>,
    deeds: Vec<Deed>,
    world: Arc<World>,
    /// When the life before truly ended.
    died_at: Option<Moment>,
}

impl Year<'_> {
    async fn live(&mut self, number: usize) -> Vec<Message> {
        let mut plan = self.world.lives[number];
        if let Some(died_at) = self.died_at {
            plan.from = plan.from.max(died_at + TimeDelta::minutes(1));
        }
        let last = number + 1 == self.world.lives.len();
        let from = plan.from + plan.ahead;
        let clock = Clock::stepped(from, None);
        let mut agent = clock.alarm();
        files::write_contacts(self.dir, &self.world, number);
        let loaded = load(self.config_path, date_of(from));
        let mut config = loaded.unwrap_or_else(|faults| panic!("{faults}")).config;
        // Nothing is left out of what is judged here.
        config.alert.most_segments = 1000;
        let (dies, mut dead) = mpsc::unbounded_channel();
        let around = Arc::new(Around {
            world: Arc::clone(&self.world),
            plan,
            places: Arc::clone(&self.places),
            columns: Arc::clone(&self.columns),
            log: Arc::clone(&self.log),
            dies,
            left: Mutex::new(None),
        });
        let made_up = MadeUp {
            eye: around.clone(),
            carrier: around,
        };
        let running = Running::start_in(Arc::new(config), &clock, Some(made_up)).await;
        let store = running.ready.desk.store.clone();
        let mut stretch = self.begins(number, true, from, plan.ahead);
        self.forget(&store.records().await.expect("records"));
        let until = match plan.death {
            Death::Stopped | Death::Idle => plan.until,
            _ => plan.until + LONGEST_AGONY,
        };
        let mut steps = self.world.steps.clone().into_iter().peekable();
        let ended_at = loop {
            let now = clock.now();
            let truly = now - stretch.ahead;
            if let Some((at, ahead)) = steps.next_if(|(at, _)| *at <= truly) {
                // Others were steps of the lives before.
                if plan.from <= at {
                    self.stretches.push(Lived {
                        until: now,
                        ..stretch
                    });
                    clock.set(truly + ahead);
                    stretch = self.begins(number, false, clock.now(), ahead);
                }
                continue;
            }
            self.act(&running.ready.desk, now, stretch.ahead).await;
            if truly >= until {
                break now;
            }
            let step = steps.peek().map_or(until, |(at, _)| *at);
            let next = (truly + AGENT_EVERY).min(until).min(step);
            let died = tokio::select! {
                biased;
                died = dead.recv() => died,
                () = agent.until(next + stretch.ahead) => None,
            };
            if let Some(died) = died {
                break died;
            }
        };
        let messages = match last {
            true => store.messages(usize::MAX).await.expect("messages"),
            false => Vec::new(),
        };
        drop(store);
        match plan.death {
            Death::Stopped => running.end(agent).await,
            _ => running.kill().await,
        }
        self.died_at = Some(ended_at - stretch.ahead);
        self.stretches.push(Lived {
            until: ended_at,
            ..stretch
        });
        messages
    }

    /// A stretch of a life begins.
    fn begins(&self, life: usize, begins: bool, from: Moment, ahead: TimeDelta) -> Lived {
        let mut log = self.log.lock().expect("a log");
        (log.stretch, log.ahead) = (self.stretches.len(), ahead);
        Lived {
            order: log.order(),
            life,
            begins,
            from,
            until: from,
            ahead,
        }
    }

    /// What was seen in the middle of a round that a kill interrupted was not seen.
    fn forget(&self, records: &BTreeMap<ColumnId, wangxun::domain::observation::ColumnRecord>) {
        let Some(last) = self.stretches.last() else {
            return;
        };
        let (stretch, ended_at) = (self.stretches.len() - 1, last.until);
        let by_place: Vec<Option<Moment>> = self
            .world
            .columns()
            .map(|(_, column)| {
                let id = ColumnId::parse(&column.id).expect("an id");
                records.get(&id).map(|record| record.visited_at)
            })
            .collect();
        let mut log = self.log.lock().expect("a log");
        log.seen.retain(|seen| {
            seen.stretch != stretch
                || seen.at != ended_at
                || by_place[seen.column] == Some(ended_at)
        });
    }

    /// Lays down what people wish by now.
    async fn act(&mut self, desk: &Desk, now: Moment, ahead: TimeDelta) {
        let due: Vec<_> = {
            let mut log = self.log.lock().expect("a log");
            let (due, rest) = std::mem::take(&mut log.wishes)
                .into_iter()
                .partition(|(at, ..)| *at <= now - ahead);
            log.wishes = rest;
            due
        };
        let mut about = BTreeSet::new();
        for (_, column, what) in due {
            // One word about a column at a time.
            if !about.insert(column) {
                continue;
            }
            let (_, named) = self.world.columns().nth(column).expect("a column");
            let id = named.id.clone();
            let order = |what| {
                Question::Enact(Order {
                    by: "张三".to_owned(),
                    reason: "核实".to_owned(),
                    what,
                })
            };
            let question = match &what {
                Laid::AnsweredByLink { until, digest, .. } => {
                    let granted = by_link(desk, digest, *until).await;
                    self.done(now, column, what, granted);
                    continue;
                }
                Laid::Released => Question::Release {
                    column: id,
                    by: "张三".to_owned(),
                    reason: "核实".to_owned(),
                },
                Laid::Answered(until) => order(What::Answer {
                    duty: None,
                    column: id,
                    until: *until,
                }),
                Laid::ExemptUntil(until) => order(What::Exempt {
                    approver: None,
                    paused: false,
                    scope: Scope::Column(ColumnId::parse(&id).expect("an id")),
                    ground: Ground::Approved,
                    from: None,
                    until: *until,
                }),
                Laid::HeldUntil(until) => order(What::Hold {
                    about: id,
                    until: *until,
                }),
            };
            let socket = self.dir.join("control.sock");
            let answer = tokio::time::timeout(
                Duration::from_secs(60),
                ask(&socket, &question, TELL_NOBODY),
            )
            .await;
            let answer = answer
                .expect("in time")
                .expect("an answer")
                .expect("a daemon");
            self.done(now, column, what, answer.ok);
        }
    }

    fn done(&mut self, at: Moment, column: usize, what: Laid, granted: bool) {
        let order = self.log.lock().expect("a log").order();
        self.deeds.push(Deed {
            order,
            stretch: self.stretches.len(),
            at,
            column,
            what,
            granted,
        });
    }
}

/// Answers by the link with this digest, twice; whether it was taken, which it is once at most.
async fn by_link(desk: &Desk, digest: &str, until: chrono::NaiveDate) -> bool {
    let answer = Answer {
        hash: digest.to_owned(),
        by: "李四".to_owned(),
        reason: "稿件在审".to_owned(),
        until,
    };
    let first = desk.answered_by_link(&answer).await.expect("a store");
    if first.is_ok() {
        let again = desk.answered_by_link(&answer).await.expect("a store");
        assert_eq!(again, Err(No::Gone), "a link takes one answer");
    }
    first.is_ok()
}

/// Whether a message came to an end.
pub fn is_over(delivery: &Delivery) -> bool {
    !matches!(
        delivery,
        Delivery::Queued { .. } | Delivery::Attempting { .. }
    )
}
