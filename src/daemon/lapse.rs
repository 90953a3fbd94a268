//! Whether the monitor still looks, for somebody who watches it from outside: a decision on values.

use std::time::Duration;

use chrono::TimeDelta;

use super::pulse::{LONGEST_SILENCE, Part};
use crate::domain::time::Moment;
use crate::report::plain::instant;

/// What is known of the monitor's own life.
#[derive(Debug, Clone, Copy)]
pub struct Signs {
    /// The present instant.
    pub now: Moment,
    /// The latest visit to any column that is watched.
    pub visited_at: Option<Moment>,
    /// Whether a daemon runs, and how its loops are.
    pub life: Life,
}

/// Whether a daemon runs.
#[derive(Debug, Clone, Copy)]
pub enum Life {
    /// None: only what it left can be asked.
    NoDaemon,
    /// One that answers.
    Daemon {
        /// The loop that has not beaten for the longest time, and how long.
        silence: Option<(Part, Duration)>,
        /// When the round after the latest finished one was or is to begin.
        missed_since: Option<Moment>,
    },
}

/// In Chinese, that the monitor is in order, or (the error) why it is not: for longer than
/// `longest` nothing was visited, a loop did not move, or a round that was due did not end.
pub fn lapse(signs: &Signs, longest: TimeDelta) -> Result<String, String> {
    let Signs {
        now,
        visited_at,
        life,
    } = *signs;
    let visited = match visited_at {
        Some(at) => format!("最近一次访问于{}", instant(at, now)),
        None => "尚未访问过任何栏目".to_owned(),
    };
    let fault = match life {
        Life::NoDaemon => visited_at
            .is_none_or(|at| now - at > longest)
            .then(|| "监测程序未运行".to_owned()),
        Life::Daemon {
            silence,
            missed_since,
        } => stuck(silence, longest).or_else(|| {
            let since = missed_since.filter(|&since| now - since > longest)?;
            Some(format!(
                "应于{}开始的一轮访问至今未完成",
                instant(since, now)
            ))
        }),
    };
    match (fault, life) {
        (Some(fault), _) => Err(format!("监测已停滞：{fault}，{visited}。")),
        (None, Life::NoDaemon) => Ok(format!("监测程序未运行，{visited}，未超过所设时间。")),
        (None, Life::Daemon { .. }) => Ok(format!("监测正常：程序运行中，{visited}。")),
    }
}

fn stuck(silence: Option<(Part, Duration)>, longest: TimeDelta) -> Option<String> {
    let (part, silence) = silence?;
    // A loop at work may say nothing for a while, however soon somebody wants to hear of trouble.
    let is_long = TimeDelta::from_std(silence).is_ok_and(|silence| silence > longest);
    (is_long && silence > LONGEST_SILENCE).then(|| {
        let minutes = silence.as_secs() / 60;
        format!("程序的“{}”部分已{minutes}分钟没有动静", part.in_chinese())
    })
}

/// That a daemon which runs did not answer within `waited`.
pub fn mute(waited: Duration) -> String {
    let seconds = waited.as_secs();
    format!("监测已停滞：监测程序在运行，但{seconds}秒内没有应答。")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::moment;

    fn at(text: &str) -> Moment {
        moment(text.parse().unwrap())
    }

    #[test]
    fn a_short_patience_is_not_kept_with_a_loop_at_work() {
        let signs = |seconds: u64| Signs {
            now: at("2017-11-14T05:00:00"),
            visited_at: Some(at("2017-11-14T04:59:00")),
            life: Life::Daemon {
                silence: Some((Part::Outbox, Duration::from_secs(seconds))),
                missed_since: None,
            },
        };
        let second = TimeDelta::seconds(1);
        assert!(lapse(&signs(600), second).is_ok());
        let stuck = lapse(&signs(660), second).unwrap_err();
        assert!(stuck.contains("“消息发送”部分已11分钟"), "{stuck}");
    }

    #[test]
    fn what_has_stopped_is_told_and_a_quiet_night_is_not() {
        let daemon = |silence: u64, missed: &str| Life::Daemon {
            silence: Some((Part::Rounds, Duration::from_secs(silence))),
            missed_since: Some(at(missed)),
        };
        let table = [
            // At night no round is due: a daemon that lives is in order, one that is gone is not.
            (
                Some("2017-11-13T22:04:00"),
                daemon(30, "2017-11-14T06:05:00"),
                Ok("监测正常"),
            ),
            (Some("2017-11-13T22:04:00"), Life::NoDaemon, Err("未运行")),
            (Some("2017-11-14T04:10:00"), Life::NoDaemon, Ok("未超过")),
            (None, Life::NoDaemon, Err("尚未访问")),
            // A loop that hangs, and rounds that never end.
            (
                Some("2017-11-14T04:10:00"),
                daemon(7260, "2017-11-14T06:05:00"),
                Err("程序的“定时访问”部分已121分钟没有动静"),
            ),
            // What a loop may well be silent for is no sign.
            (
                Some("2017-11-14T04:10:00"),
                daemon(599, "2017-11-14T06:05:00"),
                Ok("监测正常"),
            ),
            (
                Some("2017-11-14T02:00:00"),
                daemon(30, "2017-11-14T02:59:00"),
                Err("02:59开始的一轮"),
            ),
            (
                Some("2017-11-14T02:00:00"),
                daemon(30, "2017-11-14T03:01:00"),
                Ok("监测正常"),
            ),
        ];
        for (visited, life, expected) in table {
            let signs = Signs {
                now: at("2017-11-14T05:00:00"),
                visited_at: visited.map(at),
                life,
            };
            let said = lapse(&signs, TimeDelta::hours(2));
            let (said, part, same) = match (&said, expected) {
                (Ok(said), Ok(part)) | (Err(said), Err(part)) => (said, part, true),
                (Ok(said) | Err(said), Ok(part) | Err(part)) => (said, part, false),
            };
            assert!(same && said.contains(part), "{part}: {said}");
        }
    }
}
