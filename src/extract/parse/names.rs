//! Names of tags and attributes. A page has a few dozen of them, thousands of times: asking for
//! one by its letters in a number costs less than finding it in the parser's own table.

use html5ever::{LocalName, local_name};

/// The places for names; a power of two.
const PLACES: usize = 256;
/// Spreads the numbers over the places: the golden ratio in 64 bits.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// The names met so far.
pub struct Names(Vec<(u64, LocalName)>);

impl Names {
    /// None yet.
    pub fn new() -> Names {
        Names(vec![(0, local_name!("")); PLACES])
    }

    /// The name of at most eight letters whose letters make this number.
    pub fn short(&mut self, key: u64, letters: impl FnOnce() -> LocalName) -> LocalName {
        let place = (key.wrapping_mul(SPREAD) >> 56) & 0xff;
        let place = usize::try_from(place).ok();
        match place.and_then(|place| self.0.get_mut(place)) {
            Some((known, name)) if *known == key => name.clone(),
            Some(kept) => {
                let name = letters();
                *kept = (key, name.clone());
                name
            }
            None => letters(),
        }
    }
}
