//! `[inspection]`: when pages are looked at for what the assessment asks beside freshness.

use super::super::quantity::within;
use super::super::raw::monitor::RawInspection;
use super::super::settings::InspectionPlan;
use super::super::source::Source;
use super::monitor::line;
use super::or;

/// At night, when neither visitors nor the rounds of visits are disturbed.
const SCHEDULE: &str = "0 22 * * *";
const PAGES: u32 = 60;
const LINKS: u32 = 1500;

/// Reads `[inspection]`; `None` where it is switched off.
pub fn inspection(source: &mut Source, raw: &RawInspection) -> Option<InspectionPlan> {
    let schedule = line(source, "schedule", &raw.schedule, SCHEDULE);
    let pages = source.take("pages_a_site", &raw.pages_a_site, |&pages| {
        within(pages, 1..=20_000)
    });
    let links = source.take("links_a_site", &raw.links_a_site, |&links| {
        within(links, 0..=100_000)
    });
    if !or(&raw.enabled, true) {
        return None;
    }
    Some(InspectionPlan {
        schedule: schedule?,
        pages_a_site: pages.unwrap_or(PAGES),
        links_a_site: links.unwrap_or(LINKS),
    })
}
