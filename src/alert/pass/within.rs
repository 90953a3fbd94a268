//! What of a pass concerns what a person has just exempted, or no longer exempts.
//!
//! An act is dealt with at once, but at any hour, and only visits are news: what else a pass would
//! decide then, from repetitions to a silent network, waits for the next round.

use super::Verdicts;
use crate::alert::incident::Subject;
use crate::assess::outage::host_of;
use crate::domain::act::Scope;
use crate::domain::group::{Column, Group};
use crate::domain::id::ColumnId;

impl Verdicts {
    /// The verdicts on the columns of `scope`, on their sites, and on their hosts.
    pub fn within(mut self, scope: &Scope, group: &Group) -> Verdicts {
        let covered: Vec<&Column> = group
            .columns
            .values()
            .filter(|column| scope.covers(column))
            .collect();
        let is_column = |id: &ColumnId| covered.iter().any(|column| column.id == *id);
        let is_site = |id: &_| {
            matches!(scope, Scope::Site(site) if site == id)
                || covered.iter().any(|column| column.site == *id)
        };
        let is_host = |name: &str| {
            let hosts = covered.iter().filter_map(|column| column.address());
            hosts.map(host_of).any(|host| host == name)
        };
        let concerns = |subject: &Subject| match subject {
            Subject::Column(id) | Subject::Duty(id, _) => is_column(id),
            Subject::Site(id) => is_site(id),
            Subject::Host(name) => is_host(name),
            Subject::Unit(id) => matches!(scope, Scope::Unit(unit) if unit == id),
            Subject::Monitor => false,
        };
        self.incidents
            .retain(|incident| concerns(&incident.key.subject));
        self.notices
            .retain(|notice| concerns(&notice.incident.subject));
        self.records.retain(|record| is_column(&record.column));
        self.homes.retain(|home| is_site(&home.site));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::pass::pass;
    use crate::alert::pass::tests::World;
    use crate::domain::id::{SiteId, UnitId};
    use crate::domain::observation::Cause;
    use crate::domain::visit::Failure;

    /// What a pass decides within `scope`, by what it is about.
    fn about(world: &World, scope: &Scope) -> Vec<String> {
        let verdicts = pass(&world.situation("2017-11-20T00:05:00"));
        let verdicts = verdicts.within(scope, &world.group);
        let incidents = verdicts.incidents.iter();
        incidents.map(|one| one.key.subject.to_string()).collect()
    }

    #[test]
    fn only_what_is_covered_is_decided_at_the_hour_of_an_act() {
        let mut world = World::new();
        world.saw_all("2017-11-19T22:00:00", "2017-10-20");
        let column = Scope::Column(ColumnId::parse("h0/a").unwrap());
        assert_eq!(about(&world, &column), ["column h0/a"]);
        let site = Scope::Site(SiteId::parse("h0").unwrap());
        assert_eq!(about(&world, &site), ["column h0/a", "column h0/b"]);
        let unit = world.group.units.keys().next().unwrap().clone();
        assert_eq!(about(&world, &Scope::Unit(unit)).len(), 8);
        let other = UnitId::parse("other").unwrap();
        assert!(about(&world, &Scope::Unit(other)).is_empty());
        // Of our own network a round decides.
        let silent = Some((3, Cause::Failed(Failure::ConnectTimeout)));
        for host in 0..4 {
            world.saw(host, "2017-11-19T23:00:00", "2017-11-18", silent.clone());
        }
        assert!(about(&world, &column).is_empty());
    }
}
