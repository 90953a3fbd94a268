//! Exemptions at the desk: one is laid down, and ends before its last day.
//!
//! The same exemption is one however often it is handed in; and whoever ends one hears what else still
//! covers the same columns.

use super::answer::unknown_column;
use super::desk::Desk;
use super::enact::{Granted, Refused};
use crate::assess::exemption::{
    Exemptions, Wanted, besides, check, check_in_a_row, covering, is_ended,
};
use crate::domain::act::{Act, Deed, Ground, Scope};
use crate::domain::group::Group;
use crate::domain::time::{Date, Moment, date_of};

impl Desk {
    /// Columns are exempt from a day on, today where none is given, to another; or they rest.
    pub(super) fn exempted(
        &self,
        acts: &[Act],
        (scope, ground, paused): (Scope, Ground, bool),
        (from, until): (Option<Date>, Date),
        now: Moment,
    ) -> Granted {
        let group = &self.config.group;
        known(&scope, group)?;
        if paused && !matches!((&scope, ground), (Scope::Site(_), Ground::Maintenance)) {
            // A column is one page of many that its host is asked for.
            let text = "only a site under maintenance can be paused";
            return Err(Refused::other(text, "只能因维护或改版暂停整个网站。"));
        }
        let today = date_of(now);
        let from = from.unwrap_or(today);
        let rests = match paused {
            true => ", and not visited",
            false => "",
        };
        let text = format!("{scope} is exempt from {from} until the end of {until}{rests}");
        let deed = Deed::Exempted {
            scope: scope.clone(),
            ground,
            from,
            until,
            paused,
        };
        if acts
            .iter()
            .any(|act| act.deed == deed && !is_ended(acts, act))
        {
            return Ok((Vec::new(), format!("{text} already")));
        }
        let limit_days = match &scope {
            Scope::Column(id) => group.columns.get(id),
            Scope::Site(_) | Scope::Unit(_) => None,
        };
        let wanted = Wanted {
            scope: &scope,
            ground,
            from,
            until,
            limit_days: limit_days.map(|column| self.config.limits.of(column).limit_days),
        };
        let longest = self.config.alert.bounds.exemption;
        let (columns, calendar) = (group.columns.values(), &self.config.calendar);
        check(&wanted, today, longest)
            .and_then(|()| covering(&wanted, paused, acts))
            .and_then(|()| check_in_a_row(&wanted, columns, acts, calendar, longest))?;
        Ok((vec![deed], text))
    }

    /// The exemption `key` ends, if it runs or is still to come, with all that run now and are about just
    /// the same. Asked for on a page `within` a scope, it has to cover that.
    pub(super) fn ended(
        &self,
        acts: &[Act],
        key: &str,
        within: Option<&Scope>,
        now: Moment,
    ) -> Granted {
        let today = date_of(now);
        let stands = |act: &&Act| match act.deed {
            Deed::Exempted { until, .. } => until >= today && !is_ended(acts, act),
            _ => false,
        };
        let group = &self.config.group;
        let covers = |act: &&Act| {
            within.is_none_or(|within| {
                let mut besides = besides(acts, within, group, today);
                besides.any(|other| other.key() == act.key())
            })
        };
        let mut found = acts.iter().filter(stands);
        let found = found.find(|act| act.key() == key).filter(covers);
        let Some((act, Deed::Exempted { scope, .. })) = found.map(|act| (act, &act.deed)) else {
            let text =
                format!("no exemption {key:?} runs or is to come; see wangxun exempt --list");
            return Err(Refused::other(text, "没有这项有效的报备，可能已经结束。"));
        };
        let running = Exemptions::on(acts, today);
        let of_scope = running.all().filter(
            |other| matches!(&other.deed, Deed::Exempted { scope: same, .. } if same == scope),
        );
        let mut keys: Vec<String> = of_scope.map(Act::key).collect();
        if !keys.contains(&act.key()) {
            keys.push(act.key());
        }
        let mut text = format!("the exemption of {scope} has ended");
        let still = besides(acts, scope, group, today);
        let still = still.filter(|other| !keys.contains(&other.key()));
        for other in still {
            if let Deed::Exempted { scope, until, .. } = &other.deed {
                let key = other.key();
                text.push_str(&format!("\nstill exempt by {key}: {scope}, until {until}"));
            }
        }
        let deeds = keys.into_iter();
        let deeds = deeds.map(|key| Deed::ExemptionEnded { key });
        Ok((deeds.collect(), text))
    }
}

fn known(scope: &Scope, group: &Group) -> Result<(), Refused> {
    let is_known = match scope {
        Scope::Column(id) => group.columns.contains_key(id),
        Scope::Site(id) => group.sites.contains_key(id),
        Scope::Unit(id) => group.units.contains_key(id),
    };
    let text = match scope {
        _ if is_known => return Ok(()),
        Scope::Column(id) => unknown_column(id.as_str(), group),
        Scope::Site(_) | Scope::Unit(_) => format!("no {scope}; see sites.toml"),
    };
    Err(Refused::other(text, "配置中没有这个对象。"))
}
