//! What an account of one unit sees: its columns, the sites that they stand on, and what is open
//! about them. Messages and flags are for those who run the monitor.

use std::sync::Arc;

use super::source::Picture;
use crate::alert::incident::Subject;
use crate::domain::group::Group;
use crate::domain::id::UnitId;

/// The picture with nothing but what is the unit's.
pub fn to_unit(mut picture: Picture, unit: &UnitId) -> Picture {
    let group = of_unit(&picture.group, unit);
    picture
        .records
        .retain(|column, _| group.columns.contains_key(column));
    picture.open.retain(|key, _| match &key.subject {
        Subject::Column(column) | Subject::Duty(column, _) => group.columns.contains_key(column),
        Subject::Unit(other) => other == unit,
        Subject::Site(site) => group.sites.get(site).is_some_and(|site| site.unit == *unit),
        Subject::Host(_) | Subject::Monitor => false,
    });
    picture.outbox.clear();
    picture.flags.clear();
    picture.trial = None;
    picture.waiting = 0;
    picture.group = Arc::new(group);
    picture
}

/// The group with nothing but what is the unit's.
fn of_unit(group: &Group, unit: &UnitId) -> Group {
    let columns = group.columns.iter();
    let columns: std::collections::BTreeMap<_, _> = columns
        .filter(|(_, column)| column.unit == *unit)
        .map(|(id, column)| (id.clone(), column.clone()))
        .collect();
    let sites = group.sites.iter().filter(|(id, site)| {
        site.unit == *unit || columns.values().any(|column| column.site == **id)
    });
    Group {
        units: group
            .units
            .iter()
            .filter(|(id, _)| *id == unit)
            .map(|(id, unit)| (id.clone(), unit.clone()))
            .collect(),
        sites: sites.map(|(id, site)| (id.clone(), site.clone())).collect(),
        columns,
        ..Group::default()
    }
}
