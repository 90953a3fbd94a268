//! Which of the open incidents are looked for, and on which page of the list. The query string is the
//! whole state of the page; what it does not understand is left out.
//!
//! Example: `?show=down&page=2`.

use super::incidents::is_of;
use super::past::List;
use super::source::Picture;
use crate::alert::incident::{Incident, Kind, Subject};

/// Which incidents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sought {
    /// All, also those that a second visit has yet to confirm.
    All,
    /// Those whose escalation waits for a person to let it out.
    Release,
    /// Sites that have hit a veto.
    Veto,
    /// Sites that are near a veto.
    NearVeto,
    /// Sites whose home page does not open.
    HomeDown,
    /// Hosts that give no answer.
    HostDown,
    /// Columns that cannot be read for long, or show another list.
    Unread,
    /// What is due soon, late, or empty.
    Late,
}

impl Sought {
    /// Every choice, in the order of the list.
    pub const ALL: [Sought; 8] = [
        Sought::All,
        Sought::Release,
        Sought::Veto,
        Sought::NearVeto,
        Sought::HomeDown,
        Sought::HostDown,
        Sought::Unread,
        Sought::Late,
    ];

    /// The choice with this [`key`](Sought::key); all, where there is none.
    pub fn parse(key: &str) -> Sought {
        let mut all = Sought::ALL.into_iter();
        all.find(|sought| sought.key() == key)
            .unwrap_or(Sought::All)
    }

    /// The word of the query.
    pub fn key(self) -> &'static str {
        match self {
            Sought::All => "all",
            Sought::Release => "release",
            Sought::Veto => "veto",
            Sought::NearVeto => "near-veto",
            Sought::HomeDown => "home-down",
            Sought::HostDown => "host-down",
            Sought::Unread => "unread",
            Sought::Late => "late",
        }
    }

    /// The word of the list.
    pub fn in_chinese(self) -> &'static str {
        match self {
            Sought::All => "未结事件",
            Sought::Release => "督办待放行",
            Sought::Veto => "当前触及单项否决",
            Sought::NearVeto => "当前接近单项否决",
            Sought::HomeDown => "首页无法打开",
            Sought::HostDown => "网站无法访问",
            Sought::Unread => "栏目无法判断",
            Sought::Late => "临期、超期和空白",
        }
    }

    /// Whether `incident` is one of them.
    pub fn takes(self, incident: &Incident) -> bool {
        let of_column = matches!(incident.key.subject, Subject::Column(_));
        let of_site = matches!(incident.key.subject, Subject::Site(_));
        let is_it = match (self, incident.key.kind) {
            (Sought::All, _) => return true,
            (Sought::Release, _) => incident.is_proposed(),
            (Sought::Veto, Kind::Veto) | (Sought::NearVeto, Kind::NearVeto) => true,
            (Sought::HomeDown, Kind::Down) => of_site,
            (Sought::HostDown, Kind::Down) => !of_site,
            (Sought::Unread, Kind::Blind) => of_column,
            (Sought::Late, Kind::Stale | Kind::Owed | Kind::Empty) => true,
            _ => false,
        };
        is_it && incident.is_open()
    }

    /// Those of what is open.
    pub fn of(self, picture: &Picture) -> impl Iterator<Item = &Incident> {
        let open = picture.open.values();
        // What waits is released by its column: one that is configured no more is not in that list.
        let shown = move |one: &Incident| {
            self != Sought::Release || is_of(&picture.group, &one.key.subject)
        };
        open.filter(move |incident| self.takes(incident) && shown(incident))
    }

    /// What else there is to look for, this and all among them, and how many of each.
    pub fn besides(self, picture: &Picture) -> Vec<(Sought, usize)> {
        let counted = Sought::ALL.map(|one| (one, one.of(picture).count()));
        let counted = counted.into_iter();
        let kept = |one: &(Sought, usize)| one.1 > 0 || [self, Sought::All].contains(&one.0);
        counted.filter(kept).collect()
    }

    /// The address of a page of the list, from 0.
    pub fn address(self, page: usize) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if self != Sought::All {
            query.append_pair("show", self.key());
        }
        if page > 0 {
            query.append_pair("page", &(page + 1).to_string());
        }
        match query.finish() {
            text if text.is_empty() => "/incidents".to_owned(),
            text => format!("/incidents?{text}"),
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Which incidents.
    pub sought: Sought,
    /// The page, from 0.
    pub page: usize,
    /// What is looked for that is not open.
    pub list: Option<List>,
}

impl Asked {
    /// What a query string asks for.
    pub fn of(query: &str) -> Asked {
        let mut asked = Asked {
            sought: Sought::All,
            page: 0,
            list: None,
        };
        for (key, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match key.as_ref() {
                "list" => asked.list = List::parse(&value),
                "show" => asked.sought = Sought::parse(&value),
                "page" => {
                    let page: usize = value.parse().unwrap_or(1);
                    asked.page = page.clamp(1, 100_000) - 1;
                }
                _ => {}
            }
        }
        asked
    }

    /// The address of the same.
    pub fn address(self) -> String {
        match self.list {
            Some(list) => list.address(self.page),
            None => self.sought.address(self.page),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_is_the_state_and_what_is_not_understood_is_left_out() {
        let rows = [
            ("", "/incidents"),
            ("show=release", "/incidents?show=release"),
            ("show=near-veto&page=3", "/incidents?show=near-veto&page=3"),
            ("show=nothing&page=-1&x=y", "/incidents"),
            ("page=1&show=all", "/incidents"),
            ("list=acts&page=2", "/incidents?list=acts&page=2"),
            ("list=nothing", "/incidents"),
        ];
        for (query, kept) in rows {
            assert_eq!(Asked::of(query).address(), kept, "{query}");
        }
        for sought in Sought::ALL {
            assert_eq!(Sought::parse(sought.key()), sought);
        }
    }
}
