//! Closing a period: the assessment as it was made is kept, rules and evidence included, and is what
//! everybody is told from then on. A correction keeps a further version that says what changed.

use std::io::{Read as _, Write as _};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::answer::Answer;
use super::assessment::{TELL_NOBODY, Tell, Without};
use super::desk::Desk;
use super::enact::Refused;
use super::said::{REASON, STATEMENT, said};
use crate::assess::score::period::Period;
use crate::assess::score::rubric::RuleId;
use crate::domain::closing::{
    ClosedPiece, Closing, MOST_CHANGES, MOST_STATEMENTS, PIECE_BYTES, Statement,
};
use crate::domain::id::SiteId;
use crate::domain::time::date_of;
use crate::report::assessment::changes::changes;
use crate::report::assessment::{Assessment, Seal};
use crate::store::commit::Commit;
use crate::store::error::StoreError;

/// The most bytes of an assessment that is written out.
const MOST_BYTES: u64 = 256 * 1024 * 1024;

/// What is to become of a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Close {
    /// The period.
    pub period: Period,
    /// By whom.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Whether a closed period is corrected.
    pub correct: bool,
    /// Whether a correction takes the rules and the sites of today; else those it was closed with.
    #[serde(default)]
    pub present_rules: bool,
}

/// What a unit says to a point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Stated {
    /// The site.
    pub site: String,
    /// The rule.
    pub rule: String,
    /// The period.
    pub period: Period,
    /// By whom.
    pub by: String,
    /// What.
    pub text: String,
}

impl Desk {
    /// The assessment of `period` as everybody is told it: the latest closed version, or what is
    /// known now. With `anew` what is known now in any case.
    pub async fn assessed(
        &self,
        period: Period,
        anew: bool,
        tell: Tell<'_>,
    ) -> Result<Result<Assessment, Without>, StoreError> {
        let closed = match anew {
            true => None,
            false => self.closed(period).await?,
        };
        let mut assessment = match closed {
            Some(Ok(closed)) => closed,
            Some(Err(why)) => return Ok(Err(why)),
            None => match self.assess(period, tell).await? {
                Ok(assessment) => assessment,
                Err(why) => return Ok(Err(why)),
            },
        };
        let mut statements = self.store.statements().await?;
        statements.retain(|statement| statement.period == period.to_string());
        assessment.statements = statements;
        Ok(Ok(assessment))
    }

    /// The latest closed version of `period`, or why it cannot be read.
    pub(super) async fn closed(
        &self,
        period: Period,
    ) -> Result<Option<Result<Assessment, Without>>, StoreError> {
        let named = period.to_string();
        let closings = self.store.closings(&named).await?;
        let Some(latest) = closings.last() else {
            return Ok(None);
        };
        let pieces = self.store.closed_pieces(&named, latest.version).await?;
        let whole = pieces.len() == latest.pieces as usize;
        let assessment = unsealed(&pieces, &latest.digest).filter(|_| whole);
        let Some(mut assessment) = assessment else {
            let version = latest.version;
            return Ok(Some(Err(Without::Damaged { period, version })));
        };
        assessment.seals = closings.iter().map(seal).collect();
        Ok(Some(Ok(assessment)))
    }

    /// Closes or corrects a period, for the command line.
    pub async fn close(&self, close: Close) -> Result<Answer, StoreError> {
        Ok(match self.closed_as(close).await? {
            Ok(text) => Answer::yes(text),
            Err(refused) => Answer::no(refused.to_string()),
        })
    }

    /// Closes or corrects a period, or says why not.
    pub async fn closed_as(&self, close: Close) -> Result<Result<String, Refused>, StoreError> {
        let refused = |text: String, chinese: &'static str| Ok(Err(Refused::other(text, chinese)));
        let _turn = self.turn.lock().await;
        let (by, reason) = match said(&close.by, &close.reason, REASON) {
            Ok(said) => said,
            Err(too_long) => return Ok(Err(too_long)),
        };
        if by.is_empty() {
            return refused(
                "it needs the name of who closes it".to_owned(),
                "请填写姓名。",
            );
        }
        if close.correct && reason.is_empty() {
            return refused("a correction needs a reason".to_owned(), "更正须说明理由。");
        }
        let (now, period) = (self.clock.now(), close.period);
        if date_of(now) <= period.last() {
            let last = period.last();
            return refused(
                format!("{period} is not over before {last} is"),
                "该周期尚未结束，结束后方可封存。",
            );
        }
        let before = match self.closed(period).await? {
            Some(Err(why)) => return Ok(Err(without(why))),
            Some(Ok(before)) => Some(before),
            None => None,
        };
        match (&before, close.correct) {
            (Some(_), false) => {
                return refused(
                    format!("{period} is closed; wangxun score correct keeps a further version"),
                    "该周期已经封存，如有变动请更正。",
                );
            }
            (None, true) => return refused(format!("{period} is not closed"), "该周期尚未封存。"),
            _ => {}
        }
        // What was closed all the same may be corrected.
        if before.is_none()
            && let Some(why) = self.untimely(period).await?
        {
            return Ok(Err(why));
        }
        let fresh = match before.as_ref().filter(|_| !close.present_rules) {
            Some(before) => self.assess_again(before).await?,
            None => match self.assess(period, TELL_NOBODY).await? {
                Ok(fresh) => fresh,
                Err(why) => return Ok(Err(without(why))),
            },
        };
        let changes = before.as_ref().map(|before| changes(before, &fresh));
        if changes.as_ref().is_some_and(Vec::is_empty) {
            return refused(
                format!("what is known now of {period} says the same as what was closed"),
                "现在的结果与已封存的相同，无须更正。",
            );
        }
        let version = before.map_or(1, |before| before.seals.len() + 1);
        let version = u32::try_from(version).unwrap_or(u32::MAX);
        let mut changes = changes.unwrap_or_default();
        changes.truncate(MOST_CHANGES);
        let Some((digest, pieces)) = sealed(&fresh, version) else {
            return refused(
                "the assessment cannot be written".to_owned(),
                "考评结果无法写出。",
            );
        };
        let mut commit = Commit::at(now);
        commit.closings.push(Closing {
            period: period.to_string(),
            version,
            at: now,
            by,
            reason,
            digest,
            pieces: u32::try_from(pieces.len()).unwrap_or(u32::MAX),
            changes: changes.clone(),
        });
        commit.pieces = pieces;
        self.store.commit(commit).await?;
        tracing::info!(%period, version, "a period of assessment is closed");
        let told = changes.iter().map(|line| format!("\n- {line}"));
        let told = told.collect::<String>();
        let open = self.open_before(period).await?;
        Ok(Ok(format!(
            "{period} is closed as version {version}{open}{told}"
        )))
    }

    /// That the period before is not closed, where it could be: what is still entered there changes what
    /// this one says of it.
    async fn open_before(&self, period: Period) -> Result<String, StoreError> {
        let former = period.before();
        let closings = self.store.closings(&former.to_string()).await?;
        if !closings.is_empty() || self.untimely(former).await?.is_some() {
            return Ok(String::new());
        }
        Ok(format!(
            "; {former} is not closed: where it changes, the change against it (较上期) needs wangxun score \
             correct"
        ))
    }

    /// Enters what a unit says, for the command line.
    pub async fn state(&self, stated: Stated) -> Result<Answer, StoreError> {
        Ok(match self.stated(stated).await? {
            Ok(text) => Answer::yes(text),
            Err(refused) => Answer::no(refused.to_string()),
        })
    }

    /// Enters what a unit says, or says why not.
    pub async fn stated(&self, stated: Stated) -> Result<Result<String, Refused>, StoreError> {
        let refused = |text: String, chinese: &'static str| Ok(Err(Refused::other(text, chinese)));
        let config = &self.config;
        let site = SiteId::parse(&stated.site).ok();
        let site = site.filter(|id| config.group.sites.contains_key(id));
        let Some(site) = site else {
            let site = &stated.site;
            return refused(
                format!("there is no site {site:?} in sites.toml"),
                "配置中没有这个网站。",
            );
        };
        let rule = RuleId::parse(&stated.rule).ok();
        if !rule.is_some_and(|id| config.rubric.rules.contains_key(&id)) {
            let rule = &stated.rule;
            return refused(format!("there is no rule {rule:?}"), "没有这条规则。");
        }
        let (by, text) = match said(&stated.by, &stated.text, STATEMENT) {
            Ok(said) => said,
            Err(too_long) => return Ok(Err(too_long)),
        };
        if by.is_empty() || text.is_empty() {
            let why = "a statement needs a name and words";
            return refused(why.to_owned(), "请填写说明。");
        }
        let _turn = self.turn.lock().await;
        let now = self.clock.now();
        if date_of(now) < stated.period.first() {
            let text = format!("{} has not begun", stated.period);
            return refused(text, "该周期尚未开始。");
        }
        let period = stated.period.to_string();
        let said = self.store.statements().await?;
        let said: Vec<_> = said
            .iter()
            .filter(|one| one.site == site && one.rule == stated.rule && one.period == period)
            .collect();
        if said
            .last()
            .is_some_and(|one| one.by == by && one.text == text)
        {
            return Ok(Ok("the statement stands there already".to_owned()));
        }
        if said.len() >= MOST_STATEMENTS {
            return refused(
                format!("the point has {MOST_STATEMENTS} statements already"),
                "对该规则的说明已达上限（10条），如需补充请与监测管理员联系。",
            );
        }
        let mut commit = Commit::at(now);
        commit.statements.push(Statement {
            at: now,
            by,
            text,
            site,
            rule: stated.rule,
            period,
        });
        self.store.commit(commit).await?;
        Ok(Ok(
            "the statement stands beside what the rule came to; the bulletin has it only where the rule is \
             told there, because it cost points, is a veto or is not kept"
                .to_owned()
        ))
    }
}

fn without(why: Without) -> Refused {
    Refused::other(why.to_string(), why.in_chinese())
}

fn seal(closing: &Closing) -> Seal {
    Seal {
        version: closing.version,
        at: closing.at,
        by: closing.by.clone(),
        reason: closing.reason.clone(),
        changes: closing.changes.clone(),
    }
}

/// An assessment as pieces, with the digest of what was written.
fn sealed(assessment: &Assessment, version: u32) -> Option<(String, Vec<ClosedPiece>)> {
    let json = serde_json::to_vec(assessment).ok()?;
    let digest = digest(&json);
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(&json).ok()?;
    let text = BASE64_STANDARD.encode(packer.finish().ok()?);
    let pieces = text.as_bytes().chunks(PIECE_BYTES).enumerate();
    let pieces = pieces.map(|(number, piece)| ClosedPiece {
        period: assessment.period.to_string(),
        version,
        number: u32::try_from(number).unwrap_or(u32::MAX),
        text: String::from_utf8_lossy(piece).into_owned(),
    });
    Some((digest, pieces.collect()))
}

/// The assessment that these pieces hold, if they are what was written.
fn unsealed(pieces: &[ClosedPiece], expected: &str) -> Option<Assessment> {
    let text: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
    let packed = BASE64_STANDARD.decode(text).ok()?;
    let mut json = Vec::new();
    let mut unpacker = GzDecoder::new(packed.as_slice()).take(MOST_BYTES);
    unpacker.read_to_end(&mut json).ok()?;
    (digest(&json) == expected)
        .then(|| serde_json::from_slice(&json).ok())
        .flatten()
}

fn digest(bytes: &[u8]) -> String {
    let sum = Sha256::digest(bytes);
    sum.iter().map(|byte| format!("{byte:02x}")).collect()
}
