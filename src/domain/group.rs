//! The site group (站群): units, their sites and columns, and the people responsible.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use url::Url;

use super::access::Access;
use super::class::Class;
use super::id::{ColumnId, PersonId, SiteId, UnitId};
use super::presence::Presence;
use super::reading_rules::ReadRules;

/// A unit (单位). Keyed by a stable id; its name may change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// The stable identifier.
    pub id: UnitId,
    /// The full official name.
    pub name: String,
    /// The name used in messages, short.
    pub short: String,
}

/// A site (网站): one home page. A unit may own several, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// The stable identifier.
    pub id: SiteId,
    /// The unit that answers for the site.
    pub unit: UnitId,
    /// The site's name in messages.
    pub name: String,
    /// The home page; blank addresses are legal and mean "not configured".
    pub home: Option<Url>,
    /// What its pages say of the site that they belong to.
    pub identity: Identity,
    /// How its pages are fetched.
    pub access: Access,
}

/// What a site's pages say of the site that they belong to, as far as it is configured.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// The site's own name, as in the meta `SiteName` and in titles.
    pub name: Option<String>,
    /// 网站标识码, as in the meta `SiteIDCode`: `bm` and 8 digits, or 10 digits.
    pub id_code: Option<String>,
}

impl Identity {
    /// Whether a text has the form of a 网站标识码.
    pub fn is_code(text: &str) -> bool {
        let is_number = |digits: &str, count: usize| {
            digits.len() == count && digits.bytes().all(|digit| digit.is_ascii_digit())
        };
        match text.strip_prefix("bm") {
            Some(digits) => is_number(digits, 8),
            None => is_number(text, 10),
        }
    }
}

/// A column (栏目) of a site, owned by a unit that need not be the site's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The stable identifier.
    pub id: ColumnId,
    /// The site on which it is shown.
    pub site: SiteId,
    /// The unit that answers for its freshness.
    pub unit: UnitId,
    /// Its name, as printed on the site.
    pub name: String,
    /// Its class, which gives the default limit.
    pub class: Class,
    /// Its list page; `None` means "not configured".
    pub url: Option<Url>,
    /// A limit of its own in natural days, instead of the class's.
    pub limit_days: Option<u32>,
    /// Whether it is updated as the need arises (按需更新): it has no deadline, and after as many days
    /// as its limit has its unit is asked to look for itself.
    pub on_demand: bool,
    /// How its page is read, where the reader does not get it right by itself.
    pub read: Option<ReadRules>,
    /// Whether a person has confirmed name and class. Until then it is visited and shown only.
    pub confirmed: bool,
}

/// What is done with a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Watch {
    /// It is visited and judged.
    Judged,
    /// It is visited and has no deadline: it is updated as the need arises.
    OnDemand,
    /// It is visited and shown, but nothing is said of its freshness: its class is a guess.
    Unconfirmed,
    /// It has no address.
    NotConfigured,
}

impl Column {
    /// Where its list is asked for: its data, or else its page; `None` means "not configured".
    pub fn address(&self) -> Option<&Url> {
        let page = self.url.as_ref()?;
        let data = self.read.as_ref().and_then(|rules| rules.data.as_ref());
        Some(data.unwrap_or(page))
    }

    /// What is done with the column.
    pub fn watch(&self) -> Watch {
        match (&self.url, self.confirmed) {
            (None, _) => Watch::NotConfigured,
            (Some(_), false) => Watch::Unconfirmed,
            (Some(_), true) if self.on_demand => Watch::OnDemand,
            (Some(_), true) => Watch::Judged,
        }
    }
}

impl Watch {
    /// Whether the column is the unit's to keep, with a deadline or without.
    pub fn is_kept(self) -> bool {
        matches!(self, Watch::Judged | Watch::OnDemand)
    }
}

/// What a person is to a unit, or to the whole group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// 栏目责任编辑
    Editor,
    /// 信息员、联络员
    Liaison,
    /// 分管领导
    Deputy,
    /// 主要负责人
    Head,
    /// 网站群管理员(中心)
    Operator,
    /// 督查、主管部门
    Supervision,
}

impl Role {
    /// Every role, from the nearest to the content to the farthest.
    pub const ALL: [Role; 6] = [
        Role::Editor,
        Role::Liaison,
        Role::Deputy,
        Role::Head,
        Role::Operator,
        Role::Supervision,
    ];

    /// The word used in the configuration.
    pub fn key(self) -> &'static str {
        match self {
            Role::Editor => "editor",
            Role::Liaison => "liaison",
            Role::Deputy => "deputy",
            Role::Head => "head",
            Role::Operator => "operator",
            Role::Supervision => "supervision",
        }
    }

    /// The role as a report names it.
    pub fn in_chinese(self) -> &'static str {
        match self {
            Role::Editor => "栏目编辑",
            Role::Liaison => "联络员",
            Role::Deputy => "分管领导",
            Role::Head => "主要负责人",
            Role::Operator => "管理员",
            Role::Supervision => "督查",
        }
    }

    /// Whether the role belongs to the whole group and not to one unit.
    pub fn is_central(self) -> bool {
        matches!(self, Role::Operator | Role::Supervision)
    }
}

/// By which way a person is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Route {
    /// A text message to [`Person::phone`].
    Sms,
    /// A mail to [`Person::mail`].
    Mail,
    /// A post by the robot [`Person::robot`], which reaches a group rather than a telephone.
    Robot,
}

impl Route {
    /// Every route, in the order in which they are tried where nothing else is said.
    pub const ALL: [Route; 3] = [Route::Sms, Route::Mail, Route::Robot];

    /// The word used in the configuration, in keys and as a label.
    pub fn key(self) -> &'static str {
        match self {
            Route::Sms => "sms",
            Route::Mail => "mail",
            Route::Robot => "robot",
        }
    }
}

/// A person who may receive messages. Numbers and addresses never reach a log or a page unmasked.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// The stable identifier.
    pub id: PersonId,
    /// The name, for the operator's eyes.
    pub name: String,
    /// A telephone number, digits with an optional leading `+`.
    pub phone: Option<String>,
    /// A mail address.
    pub mail: Option<String>,
    /// The name of a robot.
    pub robot: Option<String>,
    /// The ways to reach the person, the preferred one first; never empty.
    pub routes: Vec<Route>,
    /// What the person is to which unit; `None` for the central roles.
    pub duties: Vec<Duty>,
    /// When the person can be reached.
    pub presence: Presence,
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Person")
            .field("id", &self.id)
            .field("phone", &self.phone.as_deref().map(mask))
            .field("mail", &self.mail.as_deref().map(mask))
            .field("robot", &self.robot)
            .field("routes", &self.routes)
            .field("duties", &self.duties)
            .field("presence", &self.presence)
            .finish_non_exhaustive()
    }
}

impl Person {
    /// Whether the person is one of those who run the installation.
    pub fn is_operator(&self) -> bool {
        self.duties.iter().any(|duty| duty.role == Role::Operator)
    }
}

/// One role of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    /// What the person is.
    pub role: Role,
    /// To which unit; `None` for the central roles.
    pub unit: Option<UnitId>,
}

/// The whole site group, as the configuration describes it. Maps are ordered, so that every run
/// walks them alike.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Group {
    /// The units by id.
    pub units: BTreeMap<UnitId, Unit>,
    /// The sites by id.
    pub sites: BTreeMap<SiteId, Site>,
    /// The columns by id.
    pub columns: BTreeMap<ColumnId, Column>,
    /// The people by id.
    pub people: BTreeMap<PersonId, Person>,
    /// The column above a column, where columns are nested.
    pub parents: BTreeMap<ColumnId, ColumnId>,
    /// Sites of units that offer no services to the public.
    pub without_services: BTreeSet<SiteId>,
    /// The directories of service guides of sites: their pages are inspected, and have no limit.
    pub guides: BTreeMap<SiteId, Vec<Url>>,
}

impl Group {
    /// Whether the home page of a site is visited: while at least one of its columns is.
    pub fn visits_home(&self, site: &Site) -> bool {
        let mut columns = self.columns.values();
        site.home.is_some() && columns.any(|column| column.site == site.id && column.url.is_some())
    }

    /// Whether anything of a site is visited.
    pub fn is_watched(&self, site: &Site) -> bool {
        let mut columns = self.columns.values();
        site.home.is_some() || columns.any(|column| column.site == site.id && column.url.is_some())
    }
}

/// A number or address with its middle hidden: `138****0001`, `l***@example.cn`.
pub fn mask(text: &str) -> String {
    if let Some((name, domain)) = text.split_once('@') {
        let first: String = name.chars().take(1).collect();
        return format!("{first}***@{domain}");
    }
    let chars: Vec<char> = text.chars().collect();
    if chars.len() < 8 {
        return "****".to_owned();
    }
    let head: String = chars.iter().take(3).collect();
    let tail: String = chars.iter().skip(chars.len() - 4).collect();
    format!("{head}****{tail}")
}

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn masks_hide_the_middle() {
        assert_eq!(mask("10000000001"), "100****0001");
        assert_eq!(mask("liaison@example.cn"), "l***@example.cn");
        assert_eq!(mask("12345"), "****");
    }
}
