//! What people enter where the program does not measure: checked against the rules, kept as a fact.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::answer::Answer;
use super::desk::Desk;
use super::enact::Refused;
use super::said::{REASON, said};
use crate::assess::score::measure::may_be_entered;
use crate::assess::score::period::Period;
use crate::assess::score::points::Points;
use crate::assess::score::rubric::{Area, Rubric, RuleId};
use crate::domain::act::{NAME_CHARS, REASON_CHARS};
use crate::domain::entry::{ATTACHMENT_BYTES, ATTACHMENT_CHARS, Attachment, Entry, MOST_FINDS};
use crate::domain::group::Group;
use crate::domain::id::SiteId;
use crate::domain::time::{date_of, in_chinese};
use crate::report::plain::one_line;
use crate::store::commit::Commit;
use crate::store::error::StoreError;

/// What is said of an entry for a period that is closed.
pub const CLOSED: &str = "the period is closed: nothing changes there before wangxun score correct";

/// The most periods that are asked for at once.
const MOST_PERIODS: usize = 1000;

const NO_SITE: &str = "配置中没有这个网站。";

/// What somebody found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Found {
    /// The site.
    pub site: String,
    /// The rule.
    pub rule: String,
    /// The period.
    pub period: Period,
    /// How many finds.
    pub finds: u32,
    /// By whom.
    pub by: String,
    /// What was found.
    pub reason: String,
    /// A file that proves it, by its path on this machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment: Option<PathBuf>,
}

impl Found {
    /// Why it cannot be entered, if so.
    pub fn refusal(&self, group: &Group, rubric: &Rubric) -> Option<Refused> {
        let place = [no_site(&self.site, group), no_rule(&self.rule, rubric)];
        place
            .into_iter()
            .flatten()
            .next()
            .or_else(|| self.misplaced(group, rubric))
            .or_else(|| self.ill_said())
    }

    /// Why nothing, or not so much, can be entered for its site under its rule, where both are known.
    pub fn misplaced(&self, group: &Group, rubric: &Rubric) -> Option<Refused> {
        let site = SiteId::parse(&self.site).ok()?;
        let id = RuleId::parse(&self.rule).ok()?;
        let (rule, named) = (rubric.rules.get(&id)?, &self.rule);
        if rule.area == Area::Services && group.without_services.contains(&site) {
            let text = format!(
                "the rule {named} does not apply to {site}: sites.toml has it without services"
            );
            let chinese = "该网站没有对外办事服务，这条规则不适用。";
            return Some(Refused::other(text, chinese));
        }
        if self.finds > 1 && rule.metric.is_once() {
            let text = format!(
                "the rule {named} is kept or not, and costs its points once: enter 1 where it is not \
                 kept, 0 where it is"
            );
            let chinese = "该规则只分符合、不符合，不按处数扣分：不符合的填1，符合的填0。";
            return Some(Refused::other(text, chinese));
        }
        None
    }

    /// Whether its number or its words cannot be kept.
    pub fn ill_said(&self) -> Option<Refused> {
        if self.finds > MOST_FINDS {
            let text = format!("more than {MOST_FINDS} finds");
            let chinese = format!("处数最多为{MOST_FINDS}。");
            return Some(Refused::other(text, chinese));
        }
        let (by, reason) = match said(&self.by, &self.reason, REASON) {
            Ok(said) => said,
            Err(refused) => return Some(refused),
        };
        if by.is_empty() {
            let text = "it needs the name of who enters it";
            return Some(Refused::other(text, "请填写姓名。"));
        }
        if reason.is_empty() {
            let text = "it needs a reason: what was looked at, what was found";
            return Some(Refused::other(text, "请填写查看了什么、发现了什么。"));
        }
        None
    }
}

/// Why `site` is none, if so.
pub fn no_site(site: &str, group: &Group) -> Option<Refused> {
    let known = SiteId::parse(site).is_ok_and(|id| group.sites.contains_key(&id));
    let text = || format!("there is no site {site:?} in sites.toml");
    (!known).then(|| Refused::other(text(), NO_SITE))
}

/// Why nothing can be entered under `rule`, if so.
pub fn no_rule(rule: &str, rubric: &Rubric) -> Option<Refused> {
    let id = RuleId::parse(rule).ok();
    let Some(found) = id.and_then(|id| rubric.rules.get(&id)) else {
        let text = format!(
            "there is no rule {rule:?} in {}; wangxun rubric lists them",
            rubric.profile
        );
        return Some(Refused::other(text, "没有这条规则。"));
    };
    if !found.enabled {
        let text = format!("the rule {rule} is disabled");
        return Some(Refused::other(text, "该规则没有启用。"));
    }
    if !may_be_entered(found) {
        let text =
            format!("the rule {rule} is measured by the program; to spare a column, exempt it");
        let chinese = "该规则由程序测评，不能录入；栏目不应扣分的，请报备。";
        return Some(Refused::other(text, chinese));
    }
    None
}

/// The bytes of a plain file, at most one more than an attachment may have.
fn bounded(path: &Path) -> std::io::Result<Vec<u8>> {
    // Asked before it is opened: opening a pipe would wait for a writer.
    if !std::fs::metadata(path)?.is_file() {
        return Err(std::io::Error::other("it is no file"));
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path)?;
    file.take(ATTACHMENT_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

impl Desk {
    /// Enters `found`.
    pub async fn score(&self, found: Found) -> Result<Answer, StoreError> {
        Ok(match self.found(found).await? {
            Ok(text) => Answer::yes(text),
            Err(refused) => Answer::no(refused.to_string()),
        })
    }

    /// Enters `found`, or says why not.
    pub async fn found(&self, found: Found) -> Result<Result<String, Refused>, StoreError> {
        if let Some(why) = found.refusal(&self.config.group, &self.config.rubric) {
            return Ok(Err(why));
        }
        if let Some(why) = self.untimely(found.period).await? {
            return Ok(Err(why));
        }
        let now = self.clock.now();
        let Ok(site) = SiteId::parse(&found.site) else {
            return Ok(Err(Refused::other("it is no site", NO_SITE)));
        };
        let attachment = match &found.attachment {
            None => None,
            Some(path) => match self.attach(path).await? {
                Ok(attachment) => Some(attachment),
                Err(why) => {
                    let chinese = "附件无法读取，或超过10 MiB。";
                    return Ok(Err(Refused::other(why, chinese)));
                }
            },
        };
        let mut text = format!(
            "{}: {} finds under {} in {} are entered",
            found.site, found.finds, found.rule, found.period
        );
        let id = RuleId::parse(&found.rule).ok();
        let rule = id.and_then(|id| self.config.rubric.rules.get(&id));
        if rule.is_some_and(|rule| rule.points.times(found.finds as usize) > Points::FULL) {
            text += "; they cost more than the hundred points of the area";
        }
        let closings = self.store.closings(&found.period.to_string()).await?;
        if !closings.is_empty() {
            text += "; ";
            text += CLOSED;
        }
        let entry = Entry {
            at: now,
            by: one_line(&found.by, NAME_CHARS),
            reason: one_line(&found.reason, REASON_CHARS),
            site,
            rule: found.rule,
            period: found.period.to_string(),
            finds: found.finds,
            attachment,
        };
        let _turn = self.turn.lock().await;
        let entries = self.store.entries().await?;
        if entries
            .iter()
            .rfind(|known| known.is_of(&entry))
            .is_some_and(|known| known.says(&entry))
        {
            return Ok(Ok(format!("{text} already")));
        }
        let (site, rule, finds) = (&entry.site, &entry.rule, entry.finds);
        tracing::info!(%site, rule, finds, "a person entered finds");
        let mut commit = Commit::at(now);
        commit.entries.push(entry);
        self.store.commit(commit).await?;
        Ok(Ok(text))
    }

    /// Why nothing is entered for `period` now, and it is not closed, if so: what has not begun, and what was
    /// over before anything was visited. What pages still show of those days is no assessment.
    pub(super) async fn untimely(&self, period: Period) -> Result<Option<Refused>, StoreError> {
        let now = self.clock.now();
        if date_of(now) < period.first() {
            let text = format!("{period} has not begun");
            return Ok(Some(Refused::other(text, "该周期尚未开始。")));
        }
        let sites = self.config.group.sites.keys().cloned().collect();
        let since = self.store.known_since(sites).await?;
        Ok(since.filter(|since| period.last() < *since).map(|since| {
            let text = format!("{period} ended before the first visit on {since}");
            let chinese = format!(
                "该周期在首次访问（{}）之前已结束，不作考评。",
                in_chinese(since, date_of(now))
            );
            Refused::other(text, chinese)
        }))
    }

    /// Why nothing is entered for each of these periods now, as a JSON list of texts; nothing for those for
    /// which something may be.
    pub async fn untimely_of(&self, periods: &[Period]) -> Result<Answer, StoreError> {
        let mut told: Vec<Option<String>> = Vec::new();
        for period in periods.iter().take(MOST_PERIODS) {
            let why = self.untimely(*period).await?;
            told.push(why.map(|why| why.to_string()));
        }
        Ok(match serde_json::to_string(&told) {
            Ok(json) => Answer::yes(json),
            Err(error) => Answer::no(format!("the periods cannot be told: {error}")),
        })
    }

    /// Keeps the file at `path` among the page copies, or says why not. It is kept before the entry names
    /// it, so that no entry names what is not there.
    async fn attach(&self, path: &Path) -> Result<Result<Attachment, String>, StoreError> {
        let shown = path.display();
        let name = path.file_name().map(|name| name.to_string_lossy());
        let name = one_line(&name.unwrap_or_default(), ATTACHMENT_CHARS);
        if !path.is_absolute() || name.is_empty() {
            return Ok(Err(format!("{shown} names no file by its whole path")));
        }
        let owned = path.to_owned();
        let read = tokio::task::spawn_blocking(move || bounded(&owned)).await;
        let bytes = match read {
            Ok(Ok(bytes)) => bytes,
            Ok(Err(error)) => return Ok(Err(format!("{shown} cannot be read: {error}"))),
            Err(error) => return Ok(Err(format!("{shown} cannot be read: {error}"))),
        };
        let length = bytes.len() as u64;
        if length > ATTACHMENT_BYTES {
            return Ok(Err(format!(
                "{shown} has more than {ATTACHMENT_BYTES} bytes"
            )));
        }
        let digest = Sha256::digest(&bytes);
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        self.store.keep_body(&digest, bytes).await?;
        Ok(Ok(Attachment {
            name,
            bytes: length,
            digest,
        }))
    }

    /// The bytes of an attachment in base64, so that they can be handed on as text. `begin` is its digest, or
    /// as much of it as no other one begins with.
    pub async fn attachment(&self, begin: &str) -> Result<Answer, StoreError> {
        let entries = self.store.entries().await?;
        let files = entries.iter().filter_map(|entry| entry.attachment.as_ref());
        let begin = begin.to_ascii_lowercase();
        let digests: BTreeSet<&str> = files
            .map(|file| file.digest.as_str())
            .filter(|digest| !begin.is_empty() && digest.starts_with(&begin))
            .collect();
        let mut digests = digests.into_iter();
        let (digest, other) = (digests.next(), digests.next());
        let Some(digest) = digest else {
            return Ok(Answer::no(format!("no entry has an attachment {begin:?}")));
        };
        if other.is_some() {
            let text = format!(
                "the digests of several attachments begin with {begin:?}: write more of it"
            );
            return Ok(Answer::no(text));
        }
        Ok(match self.store.body(digest).await? {
            Some(bytes) => Answer::yes(BASE64_STANDARD.encode(bytes)),
            None => Answer::no(format!("the attachment {digest} is lost or damaged")),
        })
    }
}
