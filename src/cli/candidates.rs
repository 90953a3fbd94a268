//! `wangxun candidates`: what inspections found and only people can judge.

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};

use super::Configured;
use super::question::ask;
use crate::daemon::answer::Question;
use crate::daemon::candidates::{Decide, Wanted};
use crate::domain::candidate::Decided;

/// `wangxun candidates`.
#[derive(Debug, Args)]
pub struct Candidates {
    #[command(flatten)]
    configured: Configured,
    /// What to do
    #[arg(value_enum, default_value_t = What::List)]
    what: What,
    /// The candidate, by its number in the list
    candidate: Option<String>,
    /// List those of this site alone, e.g. kxw
    #[arg(long, value_name = "ID")]
    site: Option<String>,
    /// List those as well that were confirmed or rejected
    #[arg(long)]
    all: bool,
    /// Confirm as a serious error (严重错误), which is a veto; of words alone
    #[arg(long)]
    serious: bool,
    /// Who decides
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Why; the comment
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// How to print the list
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// List those that wait
    List,
    /// Show one with all that was decided of it
    Show,
    /// It is so; it counts in the assessment from now on
    Confirm,
    /// It is not, and is not asked again on this page
    Reject,
    /// Say something to it; it goes on waiting
    Comment,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One array of JSON objects
    Json,
}

/// Does what is asked for.
pub fn run(candidates: Candidates) -> anyhow::Result<bool> {
    let named = || {
        let key = candidates.candidate.clone();
        key.context("it needs the number of a candidate, as wangxun candidates lists it")
    };
    if candidates.serious && candidates.what != What::Confirm {
        bail!("--serious belongs to confirm");
    }
    let question = match candidates.what {
        What::List => Question::Candidates(Wanted {
            site: candidates.site,
            all: candidates.all,
            json: candidates.format == Format::Json,
        }),
        What::Show => Question::Candidate {
            candidate: named()?,
        },
        What::Confirm | What::Reject | What::Comment => Question::Decide(Decide {
            candidate: named()?,
            by: candidates.by.context("--by is missing")?,
            reason: candidates.reason.context("--reason is missing")?,
            what: match candidates.what {
                What::Confirm => Decided::Confirmed {
                    serious: candidates.serious,
                },
                What::Reject => Decided::Rejected,
                _ => Decided::Commented,
            },
        }),
    };
    ask(&candidates.configured.config, question)
}
