//! What people make of candidates: they are confirmed, rejected, commented on. Each order is checked, kept
//! as a fact, and holds from then on.

use serde::{Deserialize, Serialize};
use url::Url;

use super::answer::Answer;
use super::desk::Desk;
use super::enact::Refused;
use super::said::{REASON, said};
use crate::assess::candidates::{Case, Stand, cases, of_letter};
use crate::domain::candidate::{Decided, Decision, Suspicion};
use crate::domain::id::SiteId;
use crate::domain::letter::Letter;
use crate::report::candidates as words;
use crate::store::commit::Commit;
use crate::store::error::StoreError;

/// What somebody decides of a candidate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Decide {
    /// The candidate, by its key or the beginning of that.
    pub candidate: String,
    /// By whom.
    pub by: String,
    /// Why; of a comment, the comment.
    pub reason: String,
    /// What.
    pub what: Decided,
}

/// Which candidates are listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Wanted {
    /// Of one site, or of all.
    pub site: Option<String>,
    /// Also those that were decided.
    pub all: bool,
    /// As JSON instead of a list.
    pub json: bool,
}

impl Desk {
    /// The candidates of one site or of all with what was decided of them: those that wait first.
    pub async fn cases(&self, site: Option<&SiteId>) -> Result<Vec<Case>, StoreError> {
        let candidates = self.store.candidates(site).await?;
        Ok(cases(candidates, &self.store.decisions().await?))
    }

    /// Lists candidates.
    pub async fn candidates(&self, wanted: Wanted) -> Result<Answer, StoreError> {
        let sites = &self.config.group.sites;
        let site = match &wanted.site {
            None => None,
            Some(name) => match SiteId::parse(name).ok().filter(|id| sites.contains_key(id)) {
                Some(id) => Some(id),
                None => {
                    return Ok(Answer::no(format!(
                        "there is no site {name:?} in sites.toml"
                    )));
                }
            },
        };
        let mut cases = self.cases(site.as_ref()).await?;
        cases.retain(|case| wanted.all || case.stand() == Stand::Waiting);
        Ok(Answer::yes(match wanted.json {
            true => serde_json::to_string(&cases).unwrap_or_default(),
            false => {
                let names = sites
                    .iter()
                    .map(|(id, site)| (id.clone(), site.name.clone()));
                words::list(&cases, &names.collect(), self.clock.now())
            }
        }))
    }

    /// Shows one candidate.
    pub async fn candidate(&self, key: &str) -> Result<Answer, StoreError> {
        Ok(match self.case(key).await? {
            Err(refused) => Answer::no(refused.to_string()),
            Ok(case) => {
                let site = self.config.group.sites.get(&case.candidate.site);
                let name = site.map_or(case.candidate.site.as_str(), |site| &site.name);
                Answer::yes(words::whole(&case, name, self.clock.now()))
            }
        })
    }

    /// The one candidate whose key begins with `key`.
    async fn case(&self, key: &str) -> Result<Result<Case, Refused>, StoreError> {
        let mut found = self.cases(None).await?;
        found.retain(|case| !key.is_empty() && case.candidate.key().starts_with(key));
        let one = found.pop();
        Ok(match (one, found.is_empty()) {
            (Some(case), true) => Ok(case),
            (Some(_), false) => Err(Refused::other(
                format!("more than one candidate begins with {key:?}"),
                "编号不完整，对应多条待确认问题。",
            )),
            (None, _) => Err(Refused::other(
                format!("there is no candidate {key:?}; wangxun candidates lists them"),
                "没有这条待确认问题。",
            )),
        })
    }

    /// Carries out what somebody decides, or says why not. The answer says how it stands.
    pub async fn decide(&self, decide: Decide) -> Result<Result<String, Refused>, StoreError> {
        let _turn = self.turn.lock().await;
        let (by, reason) = match said(&decide.by, &decide.reason, REASON) {
            Ok(said) => said,
            Err(refused) => return Ok(Err(refused)),
        };
        if by.is_empty() {
            let text = "it needs the name of who decides";
            return Ok(Err(Refused::other(text, "请填写姓名。")));
        }
        if reason.is_empty() {
            return Ok(Err(Refused::other("it needs a reason", "请填写理由。")));
        }
        let case = match self.case(&decide.candidate).await? {
            Ok(case) => case,
            Err(refused) => return Ok(Err(refused)),
        };
        let is_word = matches!(case.candidate.suspicion, Suspicion::Word { .. });
        if decide.what == (Decided::Confirmed { serious: true }) && !is_word {
            let text = "only words can be a serious error";
            return Ok(Err(Refused::other(text, "只有错敏词可确认为严重错误。")));
        }
        let before = case.decision().map(|decision| decision.what);
        if before == Some(decide.what) {
            let stand = case.stand().in_chinese();
            let text = format!("it is decided so already ({stand})");
            return Ok(Err(Refused::other(text, "该问题已如此处理，无须重复。")));
        }
        let now = self.clock.now();
        let decision = Decision {
            at: now,
            by,
            reason,
            candidate: case.candidate.key(),
            site: case.candidate.site.clone(),
            what: decide.what,
        };
        let (key, site) = (&decision.candidate, &decision.site);
        tracing::info!(%site, candidate = key, what = ?decision.what, "a person decided of a candidate");
        let mut case = case.clone();
        case.decisions.push(decision.clone());
        let text = format!("{key}: {}", case.stand().in_chinese());
        let mut commit = Commit::at(now);
        commit.letters = self.letters_of(&case).await?;
        commit.decisions.push(decision);
        self.store.commit(commit).await?;
        Ok(Ok(text))
    }

    /// The letter that a candidate is about, as what was decided leaves it: messages know by it.
    async fn letters_of(&self, case: &Case) -> Result<Vec<Letter>, StoreError> {
        let candidate = &case.candidate;
        let overruled = case.stand() == Stand::Rejected;
        let mut letters = Vec::new();
        if !matches!(candidate.suspicion, Suspicion::Letter { .. }) {
            return Ok(letters);
        }
        let columns = self.config.group.columns.values();
        for column in columns.filter(|column| column.site == candidate.site) {
            let list = column.url.as_ref().map_or("", Url::as_str);
            let is_meant = |letter: &Letter| {
                letter.told.asked_on.is_some_and(|on| {
                    let (page, what) = of_letter(letter.url.as_deref(), list, &letter.title, on);
                    page == candidate.page && what == candidate.suspicion
                })
            };
            let known = self.store.letters(&column.id).await?.into_iter();
            let meant = known.filter(|letter| letter.overruled != overruled && is_meant(letter));
            letters.extend(meant.map(|letter| Letter {
                overruled,
                ..letter
            }));
        }
        Ok(letters)
    }
}
