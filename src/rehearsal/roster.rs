//! The forty-eight units of the rehearsed site group: the portal and the forty-seven candidates
//! of 2017, with the identifiers that the demo's configuration uses.

use crate::domain::id::{SiteId, UnitId};

/// What sort of unit it is; it colours the titles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The district government, whose site is the portal.
    Portal,
    /// A sub-district office.
    Street,
    /// A bureau, commission or office.
    Bureau,
    /// A centre or a party organ.
    Other,
}

/// One unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The stable identifier.
    pub id: UnitId,
    /// The stable identifier of its site.
    pub site: SiteId,
    /// The full official name.
    pub name: &'static str,
    /// The name used in messages.
    pub short: &'static str,
    /// The name of its site in messages.
    pub site_name: &'static str,
    /// What sort of unit it is.
    pub kind: Kind,
    /// What its own titles speak of, besides what all speak of.
    pub topics: Vec<&'static str>,
}

const ROSTER: &str = include_str!("roster.tsv");

/// The units in the order of the roster, the portal first.
pub fn members() -> Vec<Member> {
    ROSTER.lines().filter_map(member).collect()
}

fn member(line: &'static str) -> Option<Member> {
    let mut fields = line.split('\t');
    let mut field = || fields.next();
    let (id, site, name, short) = (field()?, field()?, field()?, field()?);
    let (site_name, kind, topics) = (field()?, field()?, field()?);
    Some(Member {
        id: UnitId::parse(id).ok()?,
        site: SiteId::parse(site).ok()?,
        name,
        short,
        site_name,
        kind: match kind {
            "portal" => Kind::Portal,
            "street" => Kind::Street,
            "bureau" => Kind::Bureau,
            _ => Kind::Other,
        },
        topics: topics
            .split(',')
            .filter(|topic| !topic.is_empty())
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_roster_has_forty_eight_units_with_names_of_their_own() {
        let members = members();
        assert_eq!(members.len(), 48);
        assert_eq!(members[0].kind, Kind::Portal);
        let ids: BTreeSet<&str> = members.iter().map(|unit| unit.id.as_str()).collect();
        let names: BTreeSet<&str> = members.iter().map(|unit| unit.name).collect();
        let shorts: BTreeSet<&str> = members.iter().map(|unit| unit.short).collect();
        assert_eq!((ids.len(), names.len(), shorts.len()), (48, 48, 48));
        assert!(ids.contains("kxw"));
    }
}
