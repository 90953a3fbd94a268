//! The wiring, in order, and its undoing: one straight function.

use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use secrecy::ExposeSecret as _;
use thiserror::Error;
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::answer::Clerk;
use super::desk::Desk;
use super::ending::Ending;
use super::event::Listener;
use super::heartbeat::Heart;
use super::inspection::Inspector;
use super::links::Links;
use super::outbox::Outbox;
use super::pulse::{self, Part, Pulse};
use super::receipts::Receipts;
use super::round::Rounds;
use super::sameness::Digests;
use super::sampler::Sampler;
use super::timekeeper::Timekeeper;
use super::visit::{Eye, Means};
use super::{control, counter};
use crate::clock::Clock;
use crate::config::settings::Config;
use crate::deliver::courier::{Carrier, Courier, DeliverError};
use crate::deliver::heartbeat::Beacon;
use crate::fetch::client::{FetchError, Fetcher, Identity};
use crate::fetch::reach::Reach;
use crate::fetch::tls::init_crypto;
use crate::store::error::StoreError;
use crate::store::handle::{Opening, Store};
use crate::store::settings::StoreSettings;
use crate::web::access::Porter;
use crate::web::access::session::NoRandom;
use crate::web::counter::Counter;
use crate::web::links::Door;
use crate::web::metrics::Metrics;
use crate::web::receipts::Callback;
use crate::web::serve::serve_alive;
use crate::web::{Console, hosts_of};

/// How long the loops may take to end after a stop was asked for.
const LONGEST_STOP: Duration = Duration::from_secs(10);
/// How long another process may hold the store before the daemon gives up.
const LONGEST_QUESTION: Duration = Duration::from_secs(10);
/// Posts of a gateway that wait to be read; more wait in their connections.
const POSTS: usize = 16;
/// Without a finished round for so long the monitor calls itself unwell.
const STALE_AFTER: TimeDelta = TimeDelta::hours(26);
/// With a due message waiting for so long the monitor calls itself unwell.
const STUCK_AFTER: TimeDelta = TimeDelta::hours(2);
/// How often home pages were sampled, where they are sampled no more: as often as a configuration that says
/// nothing would have it.
const USUAL_SAMPLES_A_DAY: u32 = 24;

/// Why the daemon does not run.
#[derive(Debug, Error)]
pub enum RunError {
    /// The client for pages cannot be built.
    #[error("the client for pages cannot be built")]
    Fetch(#[from] FetchError),
    /// A transport cannot be used.
    #[error("a transport cannot be used")]
    Deliver(#[from] DeliverError),
    /// The store cannot be used.
    #[error("the store cannot be used")]
    Store(#[from] StoreError),
    /// The console's address cannot be bound.
    #[error("the console cannot listen on {address}")]
    Console {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The console cannot keep who is signed in.
    #[error("the console cannot keep who is signed in")]
    Random(#[from] NoRandom),
    /// The control socket cannot be bound.
    #[error("the control socket {} cannot be made", path.display())]
    Control {
        /// The socket.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A task broke off.
    #[error("a loop of the daemon broke off")]
    Broken(#[source] tokio::task::JoinError),
}

/// What is known once the daemon is ready.
#[derive(Clone)]
pub struct Ready {
    /// Where the console listens, if it does.
    pub console: Option<SocketAddr>,
    /// The desk, for a caller in the same process.
    pub desk: Desk,
}

/// How one daemon is to run.
pub struct Orders {
    /// The configuration.
    pub config: Arc<Config>,
    /// The time it lives in.
    pub clock: Clock,
    /// Told of what happens.
    pub listener: Listener,
    /// Told once the daemon is ready.
    pub ready: Option<oneshot::Sender<Ready>>,
    /// Whether each request for a page tells the time of `clock`: for a rehearsal, never in service.
    pub stamped: bool,
    /// What stands in for the network, where the world is made up; never in service.
    pub made_up: Option<MadeUp>,
}

/// A world without a network.
#[derive(Clone)]
pub struct MadeUp {
    /// Sees its pages.
    pub eye: Arc<dyn Eye>,
    /// Takes its messages.
    pub carrier: Arc<dyn Carrier>,
}

/// Runs the daemon until `stop` ends.
pub async fn run(orders: Orders, stop: impl Future<Output = ()>) -> Result<(), RunError> {
    let config = orders.config;
    init_crypto();
    let stamp = orders.stamped.then(|| orders.clock.clone());
    let mut means = means_of(&config, stamp)?;
    means.eye = orders.made_up.as_ref().map(|world| Arc::clone(&world.eye));
    let is_made_up = orders.made_up.is_some();
    let courier = Arc::new(match orders.made_up {
        Some(world) => Courier::made_up(world.carrier),
        None => Courier::new(&config.transports, &config.identity.user_agent)?,
    });
    let store = open(&config, &orders.clock).await?;
    let store = match is_made_up {
        true => store.here(),
        false => store,
    };
    let desk = Desk::new(Arc::clone(&config), store.clone(), orders.clock.clone());
    desk.begin().await?;
    let metrics = Arc::new(Metrics::new(orders.clock.now()));
    let timekeeper = Timekeeper::new(&config, &orders.clock, &store, &means.fetcher, &metrics);
    let [round_pulse, outbox_pulse, receipts_pulse, control_pulse] =
        [Part::Rounds, Part::Outbox, Part::Receipts, Part::Control].map(Pulse::new);
    let mut pulses = vec![
        round_pulse.clone(),
        outbox_pulse.clone(),
        receipts_pulse.clone(),
        control_pulse.clone(),
    ];
    let links_pulse = Pulse::new(Part::Links);
    pulses.push(links_pulse.clone());
    let counter_pulse = Pulse::new(Part::Counter);
    pulses.push(counter_pulse.clone());
    let console_pulse = Pulse::new(Part::Console);
    if config.console.listen.is_some() {
        pulses.push(console_pulse.clone());
    }
    let heart = heart_of(&config, &desk, &metrics, &pulses)?;
    pulses.extend(heart.as_ref().map(|heart| heart.pulse.clone()));
    let samples_pulse = config.samples_a_day.map(|_| Pulse::new(Part::Samples));
    pulses.extend(samples_pulse.clone());
    // A made-up world has no pages to be inspected.
    let plan = config.inspection.clone().filter(|_| means.eye.is_none());
    let inspection_pulse = plan.as_ref().map(|_| Pulse::new(Part::Inspection));
    pulses.extend(inspection_pulse.clone());
    let ending = Ending::new(desk.clone(), Arc::clone(&metrics));
    let (posts, posted) = mpsc::channel(POSTS);
    let (entries, entered) = mpsc::channel(POSTS);
    let (hand, handed) = mpsc::channel(POSTS);
    let (stopping, stopped) = watch::channel(false);

    let outbox_alarm = orders.clock.alarm();
    let mut around = JoinSet::new();
    let clerk = Clerk {
        desk: desk.clone(),
        courier: Arc::clone(&courier),
        outbox: Some(outbox_alarm.bell()),
        loops: Some(pulses.clone()),
        timekeeper: Some(timekeeper.clone()),
    };
    around.spawn(control::serve(
        socket_of(&config)?,
        clerk.clone(),
        control_pulse,
    ));
    let mut ready = Ready {
        console: None,
        desk: desk.clone(),
    };
    if let Some(address) = config.console.listen {
        let listener = listen(address).await?;
        ready.console = listener.local_addr().ok();
        let mut console = console_of(&config, &desk, &metrics, ready.console)?;
        let secret = config.transports.receipts.callback.as_ref();
        console.callback =
            secret.map(|secret| Callback::new(secret.expose_secret(), posts.clone()));
        let links = config.alert.links.as_ref();
        console.links = links.map(|links| Door::new(entries.clone(), links.expires_after));
        console.counter = Some(Counter::new(hand.clone()));
        around.spawn(keep_console(
            listener,
            console,
            console_pulse,
            stopped.clone(),
        ));
    }
    around.spawn(pulse::watch(pulses));
    if let Some(heart) = heart {
        around.spawn(heart.run());
    }

    let round_alarm = orders.clock.alarm();
    // An alarm that nobody waits for would hold a stepped clock.
    let ask_every = config.transports.receipts.ask_every;
    let receipts_alarm = ask_every.map(|_| orders.clock.alarm());
    let samples_alarm = config.samples_a_day.map(|_| orders.clock.alarm());
    let sampler = match (config.samples_a_day, samples_pulse) {
        (Some(samples_a_day), Some(pulse)) => Some(Sampler {
            desk: desk.clone(),
            fetcher: means.fetcher.clone(),
            reach: reach_of(&config)?,
            samples_a_day,
            pulse,
            timekeeper: timekeeper.clone(),
            stop: stopped.clone(),
        }),
        _ => None,
    };
    let inspection_alarm = plan.as_ref().map(|_| orders.clock.alarm());
    let inspector = match plan.zip(inspection_pulse) {
        Some((plan, pulse)) => Some(Inspector {
            desk: desk.clone(),
            fetcher: means.fetcher.keeping(),
            reach: reach_of(&config)?,
            plan,
            pulse,
            timekeeper: timekeeper.clone(),
            stop: stopped.clone(),
        }),
        None => None,
    };
    let rounds = Rounds {
        desk: desk.clone(),
        means,
        reach: reach_of(&config)?,
        listener: orders.listener.clone(),
        metrics: Arc::clone(&metrics),
        pulse: round_pulse,
        timekeeper: timekeeper.clone(),
        outbox: outbox_alarm.bell(),
        stop: stopped.clone(),
    };
    let receipts = Receipts {
        desk: desk.clone(),
        ending: ending.clone(),
        courier: Arc::clone(&courier),
        posted,
        early: Vec::new(),
        pulse: receipts_pulse,
        outbox: outbox_alarm.bell(),
        stop: stopped.clone(),
    };
    let links = Links {
        desk: desk.clone(),
        entered,
        pulse: links_pulse,
        outbox: outbox_alarm.bell(),
        stop: stopped.clone(),
    };
    let counter = counter::Counter {
        tests: counter::Tests::default(),
        clerk,
        handed,
        rounds: round_alarm.bell(),
        pulse: counter_pulse,
        stop: stopped.clone(),
    };
    let outbox = Outbox {
        desk,
        ending,
        courier,
        listener: orders.listener,
        pulse: outbox_pulse,
        timekeeper,
        stop: stopped,
    };
    let mut loops = JoinSet::new();
    loops.spawn(rounds.run(round_alarm));
    loops.spawn(outbox.run(outbox_alarm));
    loops.spawn(receipts.run(receipts_alarm));
    loops.spawn(links.run());
    loops.spawn(counter.run());
    if let Some((sampler, alarm)) = sampler.zip(samples_alarm) {
        loops.spawn(sampler.run(alarm));
    }
    if let Some((inspector, alarm)) = inspector.zip(inspection_alarm) {
        loops.spawn(inspector.run(alarm));
    }
    pulse::tell(&[sd_notify::NotifyState::Ready]);
    tracing::info!(console = ?ready.console, "ready");
    if let Some(sender) = orders.ready {
        // Whoever asked may have gone; the daemon runs all the same.
        let _ = sender.send(ready);
    }

    let ended = tokio::select! {
        () = stop => Ok(()),
        Some(ended) = loops.join_next() => flatten(ended),
    };
    pulse::tell(&[sd_notify::NotifyState::Stopping]);
    tracing::info!("stopping");
    stopping.send_replace(true);
    let rest = wound_up(loops).await;
    around.abort_all();
    let flushed = store.flush().await.map_err(RunError::from);
    // A socket that stays behind is harmless: the next daemon removes it.
    let _ = std::fs::remove_file(&config.control_socket);
    ended.and(rest).and(flushed)
}

fn means_of(config: &Config, stamp: Option<Clock>) -> Result<Means, RunError> {
    let identity = Identity {
        user_agent: config.identity.user_agent.clone(),
    };
    Ok(Means {
        fetcher: match stamp {
            Some(clock) => Fetcher::rehearsing(&identity, clock)?,
            None => Fetcher::new(&identity)?,
        },
        eye: None,
        page_budget: config.page_budget,
        digests: Digests::default(),
    })
}

fn heart_of(
    config: &Config,
    desk: &Desk,
    metrics: &Arc<Metrics>,
    loops: &[Pulse],
) -> Result<Option<Heart>, RunError> {
    let Some(settings) = &config.heartbeat else {
        return Ok(None);
    };
    Ok(Some(Heart {
        beacon: Beacon::new(settings, &config.identity.user_agent)?,
        every: settings.every,
        loops: loops.to_vec(),
        pulse: Pulse::new(Part::Heartbeat),
        store: desk.store.clone(),
        clock: desk.clock.clone(),
        metrics: Arc::clone(metrics),
        stale_after: STALE_AFTER,
    }))
}

fn reach_of(config: &Config) -> Result<Reach, RunError> {
    let identity = Identity {
        user_agent: config.identity.user_agent.clone(),
    };
    Ok(Reach::new(&identity, &config.probes)?)
}

fn socket_of(config: &Config) -> Result<UnixListener, RunError> {
    control::bind(&config.control_socket).map_err(|source| RunError::Control {
        path: config.control_socket.clone(),
        source,
    })
}

/// Opens the store. A command that asks a question just now may hold it: it is waited for.
async fn open(config: &Config, clock: &Clock) -> Result<Store, RunError> {
    let settings = store_settings(config);
    let begun = Instant::now();
    let (store, opening) = loop {
        match Store::open(&settings, clock.now()).await {
            Err(StoreError::InUse { .. }) if begun.elapsed() < LONGEST_QUESTION => {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            opened => break opened?,
        }
    };
    match opening {
        Opening::New => tracing::info!("a new store"),
        Opening::Existing => {}
        Opening::Rebuilt { aside, why } => tracing::error!(
            aside = %aside.display(), why,
            "the store was damaged: it was set aside and rebuilt from the journal"
        ),
    }
    Ok(store)
}

async fn keep_console(
    listener: TcpListener,
    console: Console,
    pulse: Pulse,
    mut stopped: watch::Receiver<bool>,
) {
    let stop = async move {
        // A sender that is gone is a stop too.
        let _ = stopped.wait_for(|stop| *stop).await;
    };
    if let Err(error) = serve_alive(listener, console, || pulse.beat(), stop).await {
        tracing::error!(%error, "the console broke off");
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, RunError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| RunError::Console { address, source })
}

fn console_of(
    config: &Config,
    desk: &Desk,
    metrics: &Arc<Metrics>,
    bound: Option<SocketAddr>,
) -> Result<Console, RunError> {
    let link = config.alert.console_link.as_deref();
    let porter = Porter::new(
        config.console.admission.clone(),
        link.is_some_and(|link| link.starts_with("https://")),
        config.store.dir.clone(),
    )?;
    Ok(Console {
        group: Arc::new(config.group.clone()),
        limits: Arc::new(config.limits.clone()),
        calendar: Arc::new(config.calendar.clone()),
        rules: Arc::new(config.alert.clone()),
        store: desk.store.clone(),
        clock: desk.clock.clone(),
        metrics: Arc::clone(metrics),
        title: config.alert.signature.clone(),
        hosts: {
            let linked = config.alert.links.as_ref().map(|links| links.base.as_str());
            let mut hosts = hosts_of(bound, link);
            hosts.extend(hosts_of(None, linked));
            hosts
        },
        samples_a_day: config.samples_a_day.unwrap_or(USUAL_SAMPLES_A_DAY),
        stale_after: STALE_AFTER,
        stuck_after: STUCK_AFTER,
        callback: None,
        links: None,
        counter: None,
        porter: Arc::new(porter),
    })
}

/// Waits for the loops' own end, and ends what goes on too long.
async fn wound_up(mut loops: JoinSet<Result<(), StoreError>>) -> Result<(), RunError> {
    let rest = tokio::time::timeout(LONGEST_STOP, drain(&mut loops)).await;
    if rest.is_err() {
        tracing::warn!("loops in flight are abandoned");
    }
    loops.abort_all();
    rest.unwrap_or(Ok(()))
}

async fn drain(loops: &mut JoinSet<Result<(), StoreError>>) -> Result<(), RunError> {
    let mut all = Ok(());
    while let Some(ended) = loops.join_next().await {
        all = all.and(flatten(ended));
    }
    all
}

fn flatten(ended: Result<Result<(), StoreError>, tokio::task::JoinError>) -> Result<(), RunError> {
    match ended {
        Ok(result) => result.map_err(RunError::from),
        Err(error) => Err(RunError::Broken(error)),
    }
}

/// The store's settings as the configuration plans them.
pub fn store_settings(config: &Config) -> StoreSettings {
    let plan = &config.store;
    StoreSettings {
        cache_bytes: plan.cache_bytes,
        least_free_bytes: plan.least_free_bytes,
        keep_bodies_days: plan.keep_bodies_days,
        keep_history_days: plan.keep_history_days,
        ..StoreSettings::in_dir(&plan.dir)
    }
}
