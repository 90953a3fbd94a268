//! Whether a page's bytes are those of the last time. The digest that proves it takes a third as
//! long as the fetch; so a quick sum is kept beside each digest while the process runs, and where
//! it agrees, the digest is known. What a crash loses of it is computed again.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

use super::visit::digest_of;

/// The most digests whose sums are kept.
const MOST: usize = 20_000;
/// Odd numbers whose bits are evenly spread, one for each lane.
const SPREAD: [u64; 4] = [
    0x9e37_79b9_7f4a_7c15,
    0xbf58_476d_1ce4_e5b9,
    0x94d0_49bb_1331_11eb,
    0xd6e8_feb8_6659_fd93,
];

/// Digests of pages that were seen. Clones share what they know.
#[derive(Debug, Clone)]
pub struct Digests {
    /// Different in each process: nobody can make two pages of one sum.
    seed: u64,
    sums: Arc<Mutex<HashMap<String, (usize, u64)>>>,
}

impl Default for Digests {
    fn default() -> Digests {
        Digests {
            seed: RandomState::new().build_hasher().finish(),
            sums: Arc::default(),
        }
    }
}

impl Digests {
    /// The digest of these bytes, which may be `known` already.
    pub fn of(&self, bytes: &[u8], known: Option<&str>) -> String {
        let sum = (bytes.len(), sum(self.seed, bytes));
        let sums = || self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.filter(|known| sums().get(*known) == Some(&sum)) {
            return known.to_owned();
        }
        let digest = digest_of(bytes);
        let mut sums = sums();
        if let Some(known) = known {
            sums.remove(known);
        }
        if MOST <= sums.len() {
            sums.clear();
        }
        sums.insert(digest.clone(), sum);
        digest
    }
}

/// Four lanes, each a chain of multiplications whose both halves count.
fn sum(seed: u64, bytes: &[u8]) -> u64 {
    let mut lanes = SPREAD.map(|spread| seed ^ spread);
    let (words, rest) = bytes.as_chunks::<8>();
    for four in words.chunks(4) {
        for ((lane, word), spread) in lanes.iter_mut().zip(four).zip(SPREAD) {
            *lane = folded(*lane ^ u64::from_le_bytes(*word), spread);
        }
    }
    let mut last = [0_u8; 8];
    last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    let last = folded(seed ^ u64::from_le_bytes(last), SPREAD[0]);
    lanes
        .into_iter()
        .zip(SPREAD)
        .fold(last, |sum, (lane, spread)| folded(sum ^ lane, spread))
}

/// Both halves of a product in one.
fn folded(one: u64, other: u64) -> u64 {
    let product = u128::from(one) * u128::from(other);
    let low = u64::try_from(product & u128::from(u64::MAX)).unwrap_or_default();
    let high = u64::try_from(product >> 64).unwrap_or_default();
    low ^ high
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_known_only_of_the_very_same_bytes() {
        let digests = Digests::default();
        let page: Vec<u8> = (0..1000_u32).flat_map(u32::to_le_bytes).collect();
        for length in [0, 1, 7, 8, 9, 31, 32, 33, 3999, 4000] {
            let page = page.get(..length).unwrap();
            let known = digests.of(page, None);
            assert_eq!(known, digest_of(page));
            assert_eq!(digests.of(page, Some(&known)), known);
            assert_eq!(digests.of(page, Some("of another page")), known);
            for at in 0..length {
                let mut other = page.to_vec();
                other[at] ^= 1;
                let known = digests.of(page, None);
                assert_eq!(digests.of(&other, Some(&known)), digest_of(&other), "{at}");
            }
            let known = digests.of(page, None);
            let longer = [page, &[0]].concat();
            assert_eq!(digests.of(&longer, Some(&known)), digest_of(&longer));
        }
    }
}
