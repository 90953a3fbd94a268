//! Ladders and recipients of single columns.

use super::super::raw::sites::RawSites;
use super::super::source::Source;
use super::{alerting, limits};
use crate::alert::rules::AlertRules;
use crate::assess::limits::Limits;
use crate::domain::group::Group;
use crate::domain::id::ColumnId;

/// Reads what the columns of `raw` say of their tiers: each must rise on its column's limit.
pub fn own_steps(
    source: &mut Source,
    raw: &RawSites,
    group: &Group,
    (limits, alert): (&mut Limits, &mut AlertRules),
) {
    for raw in &raw.column {
        let raw = raw.get_ref();
        let id = raw.id.as_ref().map(|key| ColumnId::parse(key.get_ref()));
        let Some(column) = id
            .and_then(Result::ok)
            .and_then(|id| group.columns.get(&id))
        else {
            continue;
        };
        if let Some(key) = &raw.ladder {
            let base = limits.of(column).ladder;
            let ladder = limits::ladder(source, key.get_ref(), base);
            limits.columns.insert(column.id.clone(), ladder);
        }
        if !raw.tiers.is_empty() {
            let tiers = alerting::tiers(source, &raw.tiers, alert.tiers_of(column));
            alert.column_tiers.insert(column.id.clone(), tiers);
        }
        let rule = limits.of(column);
        let place = raw.ladder.as_ref().map(|key| key.span());
        let place = place.or(raw.limit_days.as_ref().map(|key| key.span()));
        if let Some(place) =
            place.filter(|_| !column.on_demand && !rule.ladder.rises(rule.limit_days))
        {
            let steps = limits::steps(&rule);
            let cure = match raw.ladder {
                Some(_) => "",
                None => "; give it a ladder of its own",
            };
            let fault = format!("the tiers of this column do not rise: {steps}{cure}");
            source.fault(&place, fault);
        }
    }
}
