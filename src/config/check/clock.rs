//! `[clock]`: by how much the machine's clock may differ from the hosts'.

use std::time::Duration;

use super::super::quantity::duration;
use super::super::raw::monitor::RawClock;
use super::super::source::Source;
use super::or;

/// Far more than zones or carelessness explain of a few hosts, and less than a day.
const TOLERANCE: Duration = Duration::from_secs(12 * 3600);
const LEAST: Duration = Duration::from_secs(3600);
const MOST: Duration = Duration::from_secs(30 * 86_400);

/// Reads `[clock]`; `None` where it is not checked.
pub fn tolerance(source: &mut Source, raw: &RawClock) -> Option<Duration> {
    let tolerance = source.take("tolerance", &raw.tolerance, |text| {
        duration(text, LEAST..=MOST)
    });
    or(&raw.check, true).then(|| tolerance.unwrap_or(TOLERANCE))
}
