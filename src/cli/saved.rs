//! Pages from files: bounded bytes, and a reading without any further page.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use anyhow::bail;
use flate2::read::GzDecoder;

use crate::domain::page::Page;
use crate::domain::time::Date;
use crate::extract::{Answer, More, Pages, Reader, Reading, Recipe};

/// The bytes of a file, decompressed where it is gzip; both at most `limit`.
pub fn bytes(path: &Path, limit: u64) -> anyhow::Result<Vec<u8>> {
    let mut raw = Vec::new();
    std::fs::File::open(path)?
        .take(limit + 1)
        .read_to_end(&mut raw)?;
    let body = if raw.starts_with(&[0x1f, 0x8b]) {
        let mut body = Vec::new();
        GzDecoder::new(raw.as_slice())
            .take(limit + 1)
            .read_to_end(&mut body)?;
        body
    } else {
        raw
    };
    if body.len() as u64 > limit {
        bail!("more than {limit} bytes");
    }
    Ok(body)
}

/// Reads a page that has no further pages. A reader that came to no end gives nothing.
pub fn reading(page: Page, recipe: &Recipe, today: Date) -> Option<Reading> {
    let mut pages = Pages {
        first: page,
        more: BTreeMap::new(),
    };
    let mut reader = Reader::new(recipe.clone(), today);
    for _ in 0..=recipe.budget {
        match reader.read(&pages) {
            Answer::Found(reading) => return Some(*reading),
            Answer::Need(urls) => pages
                .more
                .extend(urls.into_iter().map(|url| (url, More::Failed))),
        }
    }
    None
}
