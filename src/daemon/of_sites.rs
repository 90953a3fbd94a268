//! Answers about sites as a whole, and about what columns owe by a day.

use super::answer::{Answer, Clerk, unknown_column};
use super::showing::cautioned;
use crate::alert::pass::{Situation, duties_of, sight_of};
use crate::assess::vetoes::SiteSight;
use crate::domain::group::{Column, Site};
use crate::domain::id::SiteId;
use crate::report::duty::{self, DutyCase};
use crate::report::history::caution;
use crate::report::site::{self, SiteCase};
use crate::store::error::StoreError;

impl Clerk {
    /// The paragraph that defends what is told of a site as a whole.
    pub(super) async fn why_site(&self, id: &str) -> Result<Answer, StoreError> {
        let group = &self.desk.config.group;
        let site = SiteId::parse(id).ok().and_then(|id| group.sites.get(&id));
        let Some(site) = site else {
            return Ok(Answer::no(unknown_column(id, group)));
        };
        let known = self.desk.known().await?;
        let situation = known.situation(&self.desk.config, self.desk.clock.now());
        let (seen, exempt) = sight_of(&situation, site);
        let paragraph = site_case(&situation, site, (&seen, exempt)).map(|case| site::why(&case));
        let home = situation.homes.get(&site.id);
        let caution = caution(
            seen.latest.or(home.map(|home| home.visited_at)),
            situation.now,
        );
        Ok(Answer::yes(cautioned(
            caution,
            paragraph.unwrap_or_default(),
        )))
    }
}

/// The incidents of sites that last.
pub(super) fn incidents(situation: &Situation<'_>) -> String {
    let sites = situation.group.sites.values();
    let seen: Vec<_> = sites
        .map(|site| (site, sight_of(situation, site)))
        .collect();
    let cases = seen
        .iter()
        .filter_map(|(site, (seen, exempt))| site_case(situation, site, (seen, *exempt)));
    let cases: Vec<_> = cases.collect();
    site::list(&cases)
}

/// What is owed by a day.
pub(super) fn duties(situation: &Situation<'_>) -> String {
    let columns = situation.group.columns.values();
    let cases = columns.filter_map(|column| {
        let site = situation.group.sites.get(&column.site)?;
        Some(owed(situation, column, site))
    });
    let cases: Vec<_> = cases.flatten().collect();
    duty::list(&cases)
}

fn site_case<'a>(
    situation: &Situation<'a>,
    site: &'a Site,
    (seen, exempt): (&'a SiteSight, bool),
) -> Option<SiteCase<'a>> {
    Some(SiteCase {
        site,
        unit: situation.group.units.get(&site.unit)?,
        home: situation.homes.get(&site.id),
        seen,
        rules: &situation.rules.sites,
        open: situation.open,
        exempt,
        now: situation.now,
    })
}

/// The duties of `column`, as they stand.
pub(super) fn owed<'a>(
    situation: &'a Situation<'a>,
    column: &'a Column,
    site: &'a Site,
) -> Vec<DutyCase<'a>> {
    let duties = duties_of(situation, column).into_iter();
    let cases = duties.map(|owing| DutyCase::of(column, site, owing, situation.now));
    cases.collect()
}
