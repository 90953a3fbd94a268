//! Values on disk: version byte, kind byte, payload, CRC32 over table, key and all of it.
//!
//! The checksum covers the key, so that a value found in the wrong place is damage as well. It is
//! judged before the version: only a whole value can claim to be newer. Whatever a later version
//! changes, the checksum stays the last four bytes.

use super::error::StoreError;
use super::keys::{self, Hash};
use super::table::Table;

/// The version of every payload in [`Table::ALL`]. Any change to the shape of a stored type
/// raises it; the table of shapes in the tests says when that is.
///
/// Version 2 added fields and words to what version 1 wrote, version 3 keeps the reader's notes as
/// values instead of sentences, version 4 adds incidents of sites and of duties, version 5 further
/// acts of people; what earlier versions wrote is read as it is.
pub const VERSION: u8 = 5;

/// The most bytes of one row, frame included.
pub const ROW_LIMIT: usize = 4000;

/// The most bytes of one value in all its pieces.
pub const VALUE_LIMIT: usize = 256 * 1024;

const INLINE: u8 = 0;
const IN_PIECES: u8 = 1;
const HEAD: usize = 2;
const CRC: usize = 4;
const PIECE: usize = ROW_LIMIT - HEAD - CRC;

/// A value as it stands in its row.
#[derive(Debug, PartialEq, Eq)]
pub enum Body<'a> {
    /// The payload itself.
    Inline(&'a [u8]),
    /// The payload is in [`Table::Pieces`].
    InPieces(Pieces),
}

/// Where the pieces of a long value are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pieces {
    name: Hash,
    count: u32,
}

/// Why a row cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub enum Fault {
    /// Too short, or the checksum does not fit.
    Damaged,
    /// Whole, and of a later version.
    Newer(u8),
}

impl Pieces {
    /// The keys of the pieces, in order.
    pub fn keys(&self) -> impl Iterator<Item = Vec<u8>> + use<> {
        let name = self.name;
        (0..self.count).map(move |number| [&name[..], &number.to_be_bytes()].concat())
    }
}

/// A payload as rows: its own, and those of its pieces if it is long.
#[derive(Debug)]
pub struct Encoded {
    /// The row itself.
    pub row: Vec<u8>,
    /// Key and row of each piece.
    pub pieces: Vec<(Vec<u8>, Vec<u8>)>,
}

/// Frames `payload` for its row.
pub fn encode(table: Table, key: &[u8], payload: &[u8]) -> Result<Encoded, StoreError> {
    if payload.len() <= PIECE {
        return Ok(Encoded {
            row: frame(table, key, INLINE, payload),
            pieces: Vec::new(),
        });
    }
    if payload.len() > VALUE_LIMIT {
        return Err(StoreError::TooLarge {
            key: format!("the value of {} {}", table.name(), keys::hex(key)),
            bytes: payload.len(),
            limit: VALUE_LIMIT,
        });
    }
    let chunks: Vec<&[u8]> = payload.chunks(PIECE).collect();
    let place = Pieces {
        name: keys::hash(&[&[table.tag()], key, payload]),
        count: u32::try_from(chunks.len()).unwrap_or(u32::MAX),
    };
    let pieces = place
        .keys()
        .zip(chunks)
        .map(|(key, chunk)| {
            let row = frame(Table::Pieces, &key, INLINE, chunk);
            (key, row)
        })
        .collect();
    let pointer = [&place.name[..], &place.count.to_be_bytes()].concat();
    Ok(Encoded {
        row: frame(table, key, IN_PIECES, &pointer),
        pieces,
    })
}

/// Reads a row's frame.
pub fn decode<'a>(table: Table, key: &[u8], row: &'a [u8]) -> Result<Body<'a>, Fault> {
    let (framed, crc) = row.split_last_chunk::<CRC>().ok_or(Fault::Damaged)?;
    if u32::from_be_bytes(*crc) != checksum(table, key, framed) {
        return Err(Fault::Damaged);
    }
    match framed {
        [version, ..] if *version > VERSION => Err(Fault::Newer(*version)),
        [1..=VERSION, INLINE, payload @ ..] => Ok(Body::Inline(payload)),
        [1..=VERSION, IN_PIECES, pointer @ ..] => pieces(pointer).map(Body::InPieces),
        _ => Err(Fault::Damaged),
    }
}

fn pieces(pointer: &[u8]) -> Result<Pieces, Fault> {
    let (name, count) = pointer.split_first_chunk::<16>().ok_or(Fault::Damaged)?;
    let count: [u8; 4] = count.try_into().map_err(|_| Fault::Damaged)?;
    let count = u32::from_be_bytes(count);
    if count as usize > VALUE_LIMIT.div_ceil(PIECE) {
        return Err(Fault::Damaged);
    }
    Ok(Pieces { name: *name, count })
}

fn frame(table: Table, key: &[u8], kind: u8, payload: &[u8]) -> Vec<u8> {
    let mut row = Vec::with_capacity(HEAD + payload.len() + CRC);
    row.push(VERSION);
    row.push(kind);
    row.extend_from_slice(payload);
    let crc = checksum(table, key, &row);
    row.extend_from_slice(&crc.to_be_bytes());
    row
}

fn checksum(table: Table, key: &[u8], framed: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&[table.tag()]);
    crc.update(key);
    crc.update(framed);
    crc.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_comes_back_from_its_own_place_only() {
        let row = encode(Table::Runs, b"key", b"payload").unwrap().row;
        assert_eq!(
            decode(Table::Runs, b"key", &row),
            Ok(Body::Inline(b"payload"))
        );
        assert_eq!(decode(Table::Runs, b"kez", &row), Err(Fault::Damaged));
        assert_eq!(decode(Table::Items, b"key", &row), Err(Fault::Damaged));
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_damage() {
        let row = encode(Table::Runs, b"key", b"payload").unwrap().row;
        for bit in 0..row.len() * 8 {
            let mut bad = row.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(
                decode(Table::Runs, b"key", &bad),
                Err(Fault::Damaged),
                "{bit}"
            );
        }
        for length in 0..row.len() {
            let cut = &row[..length];
            assert_eq!(decode(Table::Runs, b"key", cut), Err(Fault::Damaged));
        }
    }

    #[test]
    fn a_whole_value_of_a_later_version_is_newer_and_no_damage() {
        let mut row = vec![VERSION + 1, INLINE, b'x'];
        let crc = checksum(Table::Runs, b"key", &row);
        row.extend_from_slice(&crc.to_be_bytes());
        assert_eq!(
            decode(Table::Runs, b"key", &row),
            Err(Fault::Newer(VERSION + 1))
        );
    }

    #[test]
    fn a_value_of_an_earlier_version_is_read() {
        for version in 1..VERSION {
            let mut row = vec![version, INLINE, b'x'];
            let crc = checksum(Table::Runs, b"key", &row);
            row.extend_from_slice(&crc.to_be_bytes());
            assert_eq!(decode(Table::Runs, b"key", &row), Ok(Body::Inline(b"x")));
        }
    }

    #[test]
    fn a_long_value_is_split_into_rows_below_the_limit_and_a_huge_one_refused() {
        let cases = [
            (PIECE, 0),
            (PIECE + 1, 2),
            (VALUE_LIMIT, VALUE_LIMIT.div_ceil(PIECE)),
        ];
        for (length, expected) in cases {
            let payload = vec![b'x'; length];
            let encoded = encode(Table::Messages, b"key", &payload).unwrap();
            assert_eq!(encoded.pieces.len(), expected, "{length}");
            assert!(encoded.row.len() <= ROW_LIMIT);
            assert!(encoded.pieces.iter().all(|(_, row)| row.len() <= ROW_LIMIT));
        }
        let refused = encode(Table::Messages, b"key", &vec![0; VALUE_LIMIT + 1]);
        let error = refused.unwrap_err().to_string();
        assert!(error.contains("messages 6b6579"), "{error}");
    }
}
