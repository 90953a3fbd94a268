//! Reads the files, checks them together, and answers with all of it or with every fault.

use std::fs::{File, Metadata};
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::check::{
    access, alerting, availability, calendar, clock, console, contacts, duties, heartbeat,
    inspection, limits, monitor, own_network, own_steps, rubric, sites, transports, vendor, warn,
    words,
};
use super::fault::{Faults, Warning};
use super::quantity::within;
use super::raw::Key;
use super::raw::calendar::RawCalendar;
use super::raw::contacts::RawContacts;
use super::raw::monitor::RawMonitor;
use super::raw::sites::RawSites;
use super::secret::{OTHERS, Places};
use super::settings::Config;
use super::source::{FILE_BYTES, Source};
use crate::calendar::Calendar;
use crate::domain::access::Access;
use crate::domain::group::{Group, Route};
use crate::domain::time::Date;

/// The holidays that travel in the binary.
const SHIPPED_CALENDAR: &str = include_str!("../../config/calendar.toml");

/// A sound configuration and what to know about it.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    /// What is legal and should be known.
    pub warnings: Vec<Warning>,
}

/// Reads `monitor_toml` and the files that it names. Relative paths are relative to its directory;
/// credentials are looked for where systemd put them.
pub fn load(monitor_toml: &Path, today: Date) -> Result<Loaded, Faults> {
    let credentials = std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from);
    load_with(monitor_toml, today, credentials.as_deref())
}

/// Like [`load`], with the directory of credentials given.
pub fn load_with(
    monitor_toml: &Path,
    today: Date,
    credentials: Option<&Path>,
) -> Result<Loaded, Faults> {
    let base = monitor_toml.parent().unwrap_or(Path::new(""));
    let places = Places { base, credentials };
    let mut files = Files::open(monitor_toml, &places);
    let config = files.understand(&places);
    let faults = files.into_faults();
    match config {
        Some(config) if faults.is_empty() => Ok(Loaded {
            warnings: warn::warnings(&config, today),
            config,
        }),
        _ => Err(Faults(faults)),
    }
}

/// The files, as far as they could be read.
struct Files {
    monitor: Source,
    raw: RawMonitor,
    sites: Source,
    contacts: Source,
    calendar: Option<Source>,
    rubric: Option<Source>,
    words: Option<Source>,
}

impl Files {
    fn open(monitor_toml: &Path, places: &Places<'_>) -> Files {
        let mut monitor = open(monitor_toml, Guard::Open);
        let raw: RawMonitor = monitor.read();
        let mut named = |name, key: &Key<String>, default| {
            monitor::path(&mut monitor, name, key, default, places)
        };
        let sites = named("sites", &raw.files.sites, "sites.toml");
        let contacts = named("contacts", &raw.files.contacts, "contacts.toml");
        let calendar = named("calendar", &raw.files.calendar, "calendar.toml");
        // The years travel in the binary, so a file of them is needed only where it is named.
        let wanted = raw.files.calendar.is_some() || calendar.exists();
        let rubric = named("rubric", &raw.files.rubric, "rubric.toml");
        let changed = raw.files.rubric.is_some() || rubric.exists();
        let words = named("words", &raw.files.words, "words.toml");
        let listed = raw.files.words.is_some() || words.exists();
        Files {
            sites: open(&sites, Guard::Open),
            contacts: open(&contacts, Guard::Private),
            calendar: wanted.then(|| open(&calendar, Guard::Open)),
            rubric: changed.then(|| open(&rubric, Guard::Open)),
            words: listed.then(|| open(&words, Guard::Open)),
            monitor,
            raw,
        }
    }

    /// The configuration; `None` only when there are faults. Every part is read, whatever the
    /// parts before it were like.
    fn understand(&mut self, places: &Places<'_>) -> Option<Config> {
        let Files { monitor, raw, .. } = self;
        let identity = monitor::identity(monitor, raw);
        let limits = limits::limits(monitor, raw);
        let alert = alerting::rules(monitor, raw);
        let schedule = monitor::schedule(monitor, raw);
        let ground = vendor::Ground {
            places,
            signature: &alert.signature,
        };
        let transports = transports::transports(monitor, &raw.transports, &ground);
        let spool_only_allowed =
            transports::spool_must_be_meant(monitor, &raw.transports, &transports);
        let politeness = access::access(monitor, &raw.politeness.access, &Access::default());
        let mut count = |name, key, base| {
            monitor
                .take(name, key, |&n: &u32| within(n as usize, 1..=100))
                .unwrap_or(base)
        };
        let page_budget = count("pages_a_visit", &raw.politeness.pages_a_visit, 6);
        let visits_at_once = count("visits_at_once", &raw.politeness.visits_at_once, 8);
        let store = monitor::store(monitor, &raw.store, places);
        let console = console::console(monitor, &raw.console);
        let control_socket = monitor::control(monitor, raw, places);
        let log = monitor::log(monitor, raw);
        let heartbeat = heartbeat::heartbeat(monitor, &raw.heartbeat);
        let probes = own_network::probes(monitor, &raw.own_network);
        let clock_tolerance = clock::tolerance(monitor, &raw.clock);
        let samples_a_day = availability::samples_a_day(monitor, &raw.availability);
        let inspection = inspection::inspection(monitor, &raw.inspection);
        let (group, raw_sites) = self.group(&politeness);
        let (mut limits, mut alert) = (limits, alert);
        own_steps::own_steps(
            &mut self.sites,
            &raw_sites,
            &group,
            (&mut limits, &mut alert),
        );
        let whole = self.sites.is_sound();
        limits.duties = duties::duties(&mut self.monitor, &self.raw, (&group, whole));
        let calendar = self.calendar();
        let rubric = rubric::rubric(self.rubric.as_mut());
        let words = words::words(self.words.as_mut());
        Some(Config {
            file: self.monitor.path.clone(),
            group,
            limits,
            alert,
            calendar,
            schedule: schedule?,
            transports,
            spool_only_allowed,
            store,
            console,
            identity,
            page_budget,
            visits_at_once,
            control_socket,
            log,
            heartbeat,
            probes,
            clock_tolerance,
            rubric,
            samples_a_day,
            inspection,
            words,
        })
    }

    /// The units, sites, columns and people, and the sites as they are written.
    fn group(&mut self, politeness: &Access) -> (Group, RawSites) {
        let raw_sites: RawSites = self.sites.read();
        let written = sites::Written::of(&raw_sites, self.sites.holds_every("id"));
        let mut group = sites::sites(&mut self.sites, &raw_sites, &written, politeness);
        let raw: RawContacts = self.contacts.read();
        let grounds = contacts::Grounds {
            written: &written,
            offered: &self.offered(),
            robots: self.robots(),
            group: &group,
        };
        let people = contacts::people(&mut self.contacts, &raw, &grounds);
        group.people = people;
        (group, raw_sites)
    }

    /// The routes that have a transport; all of them while that is not known.
    fn offered(&self) -> Vec<Route> {
        let transports = &self.raw.transports;
        let unknown = !self.monitor.is_sound();
        let mut offered = Vec::new();
        if unknown || transports.sms.is_some() {
            offered.push(Route::Sms);
        }
        if unknown || transports.mail.is_some() {
            offered.push(Route::Mail);
        }
        if unknown || !transports.robots.is_empty() {
            offered.push(Route::Robot);
        }
        offered
    }

    /// The names of the robots; `None` while they are not known.
    fn robots(&self) -> Option<Vec<String>> {
        let names = self.raw.transports.robots.keys();
        let names = names.map(|name| name.get_ref().clone()).collect();
        self.monitor.is_sound().then_some(names)
    }

    /// The shipped years, and those of the file in their place.
    fn calendar(&mut self) -> Calendar {
        let mut years = Calendar::default();
        let mut shipped = Source::new(
            Path::new("calendar.toml"),
            SHIPPED_CALENDAR.to_owned(),
            false,
        );
        let raw: RawCalendar = shipped.read();
        calendar::years(&mut shipped, &raw, &mut years);
        if let Some(source) = &mut self.calendar {
            let raw: RawCalendar = source.read();
            calendar::years(source, &raw, &mut years);
        }
        years
    }

    fn into_faults(self) -> Vec<super::fault::Fault> {
        let rest = [self.monitor, self.sites, self.contacts];
        rest.into_iter()
            .chain(self.calendar)
            .chain(self.rubric)
            .chain(self.words)
            .flat_map(Source::into_faults)
            .collect()
    }
}

/// Who may read a file.
enum Guard {
    /// Anybody.
    Open,
    /// Its owner alone; its lines are not shown in faults.
    Private,
}

/// The file at `path`, or an empty one with the fault.
fn open(path: &Path, guard: Guard) -> Source {
    let private = matches!(guard, Guard::Private);
    match text(path, private) {
        Ok(text) => Source::new(path, text, private),
        Err(message) => Source::unreadable(path, private, message),
    }
}

/// The text of the file at `path`, within the bound of [`FILE_BYTES`]; or why it cannot be had.
pub(super) fn text(path: &Path, private: bool) -> Result<String, String> {
    let fault = |error: std::io::Error| format!("cannot be read: {error}");
    // Asked before it is opened: opening a pipe would wait for a writer.
    let about = std::fs::metadata(path).map_err(fault)?;
    fit(&about)?;
    if private && about.permissions().mode() & OTHERS != 0 {
        let shown = path.display();
        return Err(format!(
            "it holds telephone numbers and can be read by others; run: chmod 600 {shown}"
        ));
    }
    let mut bytes = Vec::new();
    File::open(path)
        .map_err(fault)?
        .take(FILE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(fault)?;
    if bytes.len() as u64 > FILE_BYTES {
        return Err(too_large());
    }
    String::from_utf8(bytes).map_err(|error| {
        let before = error.utf8_error().valid_up_to();
        let line = error
            .as_bytes()
            .iter()
            .take(before)
            .filter(|&&byte| byte == b'\n')
            .count()
            + 1;
        format!("it is not UTF-8, first on line {line}")
    })
}

fn fit(about: &Metadata) -> Result<(), String> {
    if !about.is_file() {
        return Err("it is no plain file".to_owned());
    }
    if about.len() > FILE_BYTES {
        return Err(too_large());
    }
    Ok(())
}

fn too_large() -> String {
    format!("it is larger than {} MiB", FILE_BYTES >> 20)
}
