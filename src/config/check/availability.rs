//! How often home pages are sampled.

use super::super::quantity::within;
use super::super::raw::monitor::RawAvailability;
use super::super::source::Source;
use super::or;

/// Once an hour.
const SAMPLES_A_DAY: u32 = 24;

/// Reads `[availability]`; `None` where it is switched off. Twenty spaced visits a day are what
/// 国办发〔2015〕15号 and 国办秘函〔2019〕19号 ask for; fewer would prove nothing.
pub fn samples_a_day(source: &mut Source, raw: &RawAvailability) -> Option<u32> {
    let samples = source.take("samples_a_day", &raw.samples_a_day, |&samples| {
        within(samples, 20..=288)
    });
    or(&raw.enabled, true).then(|| samples.unwrap_or(SAMPLES_A_DAY))
}
