//! `wangxun rehearse`: the real daemon against the configured sites under a scaled clock, with every
//! message into a spool.
//!
//! Each request tells the simulated time in a header, by which a test site group can answer as of
//! that day.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::simulated::{Place, Play, Span, play};
use super::{Configured, configured, day, logs, runtime, say};
use crate::config::settings::Config;
use crate::domain::group::Route;
use crate::domain::receipts::Receipts;
use crate::domain::time::{Date, REHEARSAL_NOW};
use crate::domain::transport::{MailTransport, SmsTransport};

/// `wangxun rehearse`.
#[derive(Debug, Args)]
pub struct Rehearse {
    #[command(flatten)]
    configured: Configured,
    /// The first simulated day
    #[arg(long, value_name = "DATE", value_parser = day)]
    start: Date,
    /// How many days are simulated
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=366))]
    days: u32,
    /// Simulated seconds a second, at most; 0 for as fast as it goes
    #[arg(long, default_value_t = 0)]
    speed: u32,
    /// Keep store, text messages and mail in this directory
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
}

/// Runs the simulated days.
pub fn run(order: &Rehearse) -> anyhow::Result<bool> {
    logs::quiet();
    let mut config = configured(&order.configured.config)?.config;
    let place = Place::new(order.keep.as_deref())?;
    enclose(&mut config, place.path());
    let columns = config.group.columns.values();
    say(&format!(
        "演练{}个栏目，{}起{}天，请求头{REHEARSAL_NOW}为演练时间；所有消息只写入目录，不会发出；\
         首页抽测、夜间巡检、自身网络探测、时钟核对、心跳和状态页关闭，因此不会出现按可用率和巡检所见判断的事项；数据目录 {}",
        columns.filter(|column| column.url.is_some()).count(),
        order.start.format("%Y年%-m月%-d日"),
        order.days,
        place.path().display()
    ));
    let span = Span {
        first: order.start,
        days: order.days,
        speed: order.speed,
    };
    runtime()?.block_on(play(Play {
        config: Arc::new(config),
        clock: span.clock(),
        span,
        stamped: true,
        stay: false,
    }))?;
    Ok(true)
}

/// Turns everything that leaves the daemon, and all that it keeps, into `dir`. Only the sites are
/// still reached.
fn enclose(config: &mut Config, dir: &Path) {
    let transports = &mut config.transports;
    if let Some(sms) = &mut transports.sms {
        *sms = SmsTransport::Spool(dir.join("sms"));
    }
    if let Some(mail) = &mut transports.mail {
        let from = match mail {
            MailTransport::Smtp(smtp) => smtp.from.clone(),
            MailTransport::Spool { from, .. } => from.clone(),
        };
        *mail = MailTransport::Spool {
            dir: dir.join("mail"),
            from,
        };
    }
    for person in config.group.people.values_mut() {
        // What a robot would post to its group is spooled as a text message.
        if person.routes.contains(&Route::Robot)
            && let Some(robot) = person.robot.take()
        {
            transports.sms = Some(SmsTransport::Spool(dir.join("sms")));
            person.phone.get_or_insert(robot);
            person
                .routes
                .retain(|route| !matches!(route, Route::Robot | Route::Sms));
            person.routes.insert(0, Route::Sms);
        }
    }
    transports.robots.clear();
    transports.receipts = Receipts::default();
    // A rehearsal shows what units would hear.
    config.alert.live = true;
    config.heartbeat = None;
    config.probes.clear();
    config.clock_tolerance = None;
    config.samples_a_day = None;
    config.inspection = None;
    config.console.listen = None;
    config.control_socket = dir.join("control.sock");
    config.store.dir = dir.join("store");
}
