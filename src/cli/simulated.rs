//! The real daemon under a stepped clock, as somebody at a terminal sees it: messages as they are
//! accepted, where the simulation stands, and a table at the end.

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use chrono::{Days, NaiveTime};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::oneshot;

use super::run::stop_asked;
use super::{heard, say};
use crate::alert::outbox::Message;
use crate::clock::{Alarm, Clock};
use crate::config::settings::Config;
use crate::daemon::desk::Desk;
use crate::daemon::event::{Event, Listener};
use crate::daemon::run::{Orders, Ready, RunError, run as run_daemon};
use crate::domain::time::{Date, Moment, moment};
use crate::report::overview::{Scene, overview};
use crate::report::{recipient, table};

/// The messages that the final table counts.
const MOST_MESSAGES: usize = 100_000;

/// Where the files of a simulation lie: kept where the user says, else removed at the end.
pub enum Place {
    /// Kept.
    Kept(PathBuf),
    /// Removed.
    Passing(PathBuf),
}

impl Place {
    /// An empty directory: `keep`, or one of its own.
    pub fn new(keep: Option<&Path>) -> anyhow::Result<Place> {
        let place = match keep {
            Some(dir) => Place::Kept(dir.to_owned()),
            None => {
                let name = format!("wangxun-simulation-{}", std::process::id());
                Place::Passing(std::env::temp_dir().join(name))
            }
        };
        let dir = place.path();
        std::fs::create_dir_all(dir)
            .with_context(|| format!("{} cannot be made", dir.display()))?;
        anyhow::ensure!(
            dir.read_dir()?.next().is_none(),
            "{} is not empty",
            dir.display()
        );
        Ok(place)
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        match self {
            Place::Kept(dir) | Place::Passing(dir) => dir,
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Place::Passing(dir) = self {
            // What cannot be removed lies in the directory for temporary files.
            let _ = std::fs::remove_dir_all(dir);
        }
    }
}

/// The days that are simulated, and how fast.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// The first day.
    pub first: Date,
    /// How many.
    pub days: u32,
    /// Simulated seconds a second, at most; 0 for as fast as it goes.
    pub speed: u32,
}

impl Span {
    /// A clock that begins with the first day, and the alarm that rings at the end. Until it has
    /// rung the clock goes on, and then it stands still.
    pub fn clock(&self) -> (Clock, Alarm) {
        let pace = (self.speed > 0).then(|| f64::from(self.speed));
        let clock = Clock::stepped(moment(self.first.and_time(NaiveTime::MIN)), pace);
        let end = clock.alarm();
        (clock, end)
    }

    fn end(&self) -> Moment {
        let last = self.first + Days::new(u64::from(self.days));
        moment(last.and_time(NaiveTime::MIN))
    }
}

/// A simulation.
pub struct Play {
    /// The daemon's configuration.
    pub config: Arc<Config>,
    /// Its days.
    pub span: Span,
    /// Its clock, with the alarm of its end.
    pub clock: (Clock, Alarm),
    /// Whether each request tells the sites what time it is.
    pub stamped: bool,
    /// Whether the status page stays up after the end.
    pub stay: bool,
}

/// Runs the daemon over the days of `play`, or until it is stopped.
pub async fn play(play: Play) -> anyhow::Result<()> {
    let Play {
        config,
        span,
        clock: (clock, mut end),
        stamped,
        stay,
    } = play;
    let (events, heard) = unbounded_channel();
    let (ready, told) = oneshot::channel();
    let (stop, stopped) = oneshot::channel::<()>();
    let orders = Orders {
        config: Arc::clone(&config),
        clock,
        listener: Listener::new(events),
        ready: Some(ready),
        stamped,
        made_up: None,
    };
    let daemon = tokio::spawn(run_daemon(orders, async move {
        // A sender that is gone is a stop too.
        let _ = stopped.await;
    }));
    let Ok(ready) = told.await else {
        daemon.await??;
        anyhow::bail!("the daemon ended before it was ready");
    };
    let mut screen = tokio::spawn(show(heard, Arc::clone(&config), span.first));
    let mut unread = false;
    let finished = tokio::select! {
        () = end.until(span.end()) => true,
        () = stop_asked()? => false,
        shown = &mut screen => {
            shown?;
            unread = true;
            false
        }
    };
    if finished {
        conclude(&ready, &config).await?;
        if stay {
            linger(&ready).await?;
        }
    }
    // The daemon ends first, so that its listener hangs up and the screen comes to its end.
    let _ = stop.send(());
    drop(end);
    ended(daemon.await)?;
    if !unread {
        screen.await?;
    }
    Ok(())
}

fn ended(daemon: Result<Result<(), RunError>, tokio::task::JoinError>) -> anyhow::Result<()> {
    daemon?.context("the daemon failed")
}

/// The final table.
async fn conclude(ready: &Ready, config: &Config) -> anyhow::Result<()> {
    // What was accepted last is printed before the table.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let desk: &Desk = &ready.desk;
    let records = desk.store.records().await?;
    let open = desk.store.open_incidents().await?;
    let acts = desk.store.acts().await?;
    let messages = desk.store.messages(MOST_MESSAGES).await?;
    let carried = messages.iter().flat_map(|message| message.notices.clone());
    let notices = desk.store.notices(&carried.collect::<Vec<_>>()).await?;
    let units = notices.into_iter();
    let units = units.filter_map(|notice| Some((notice.key, notice.unit?)));
    let overview = overview(&Scene {
        group: &config.group,
        limits: &config.limits,
        records: &records,
        open: &open,
        acts: &acts,
        blind_after_visits: config.alert.blind_after_visits,
        now: desk.clock.now(),
    });
    say(&format!(
        "\n{}",
        table::tally(&overview, &messages, &units.collect(), &config.group)
    ));
    Ok(())
}

async fn linger(ready: &Ready) -> anyhow::Result<()> {
    if let Some(console) = ready.console {
        let read = heard(&format!(
            "\n状态页：http://{console}/ （时间已停在模拟结束时，按 Ctrl-C 退出）"
        ));
        if read {
            stop_asked()?.await;
        }
    }
    Ok(())
}

/// Prints messages as they are accepted, and where the simulation stands, until the daemon ends or
/// nobody reads any more (`wangxun demo | head`).
async fn show(mut heard: UnboundedReceiver<Event>, config: Arc<Config>, start: Date) {
    let mut screen = Screen {
        line: std::io::stdout().is_terminal()
            && std::env::var_os("TERM").is_some_and(|kind| kind != "dumb"),
        shown: false,
        pages: 0,
        incidents: 0,
        messages: 0,
        day: 0,
    };
    while let Some(event) = heard.recv().await {
        let read = match event {
            Event::Round {
                at,
                pages,
                incidents,
            } => {
                screen.pages += pages;
                screen.incidents = incidents;
                screen.progress(at, start)
            }
            Event::Accepted(message) => {
                screen.messages += 1;
                screen.message(&message, &config)
            }
        };
        if !read {
            return;
        }
    }
    screen.clear();
}

/// What has been printed.
struct Screen {
    /// Whether one line can be written over.
    line: bool,
    /// Whether such a line is shown.
    shown: bool,
    pages: usize,
    incidents: usize,
    messages: usize,
    /// The day that was shown last.
    day: i64,
}

impl Screen {
    /// Answers whether somebody may still read.
    fn progress(&mut self, at: Moment, start: Date) -> bool {
        let day = (at.date_naive() - start).num_days() + 1;
        let text = format!(
            "第{day}天 {}  页面{}  事件{}  消息{}",
            at.format("%Y-%m-%d %H:%M"),
            self.pages,
            self.incidents,
            self.messages
        );
        let fresh = day > self.day;
        self.day = day;
        if self.line {
            self.clear();
            self.shown = true;
            let mut out = std::io::stdout();
            // A narrow terminal cuts the line; a wrapped one could not be written over.
            let _ = write!(out, "\x1b[?7l{text}\x1b[?7h");
            let _ = out.flush();
            true
        } else {
            !fresh || heard(&text)
        }
    }

    /// Answers whether somebody may still read.
    fn message(&mut self, message: &Message, config: &Config) -> bool {
        self.clear();
        heard(&format!(
            "{} {} {}\n    {}",
            message.created_at.format("%m-%d %H:%M"),
            recipient::who(&config.group, &message.person),
            recipient::way(&config.group, &message.person, message.route),
            message.text.trim_end().replace('\n', "\n    ")
        ))
    }

    fn clear(&mut self) {
        if self.shown {
            let _ = write!(std::io::stdout(), "\r\x1b[K");
            self.shown = false;
        }
    }
}
