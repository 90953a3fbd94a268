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
