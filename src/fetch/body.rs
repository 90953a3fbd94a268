//! A body on its way in: content coding removed, never more than the limit held.
//!
//! The coding is taken from the first bytes where they tell, and from the header where they do
//! not: servers label plain pages as compressed and compressed pages not at all.

use std::io::{self, Write};

use flate2::write::{DeflateDecoder, GzDecoder, ZlibDecoder};

use crate::domain::visit::Failure;

/// The bytes that are gathered before the coding is decided.
const SNIFF: usize = 16;

/// What happens to a body beyond the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Overflow {
    /// The body is refused.
    Refuse,
    /// What fits is kept.
    Cut,
}

/// A body on its way in.
pub(super) struct Intake {
    declared: Vec<u8>,
    limit: usize,
    /// The bytes that were announced.
    announced: usize,
    overflow: Overflow,
    coding: Coding,
    /// Nothing more is wanted.
    is_done: bool,
}

enum Coding {
    Undecided(Vec<u8>),
    Plain(Capped),
    Gzip(Box<GzDecoder<Capped>>),
    Zlib(Box<ZlibDecoder<Capped>>),
    Deflate(Box<DeflateDecoder<Capped>>),
}

impl Intake {
    /// Nothing yet, of a body that the `Content-Encoding` header calls `declared`.
    pub fn new(declared: &[u8], limit: usize, overflow: Overflow) -> Intake {
        Intake {
            declared: declared.trim_ascii().to_ascii_lowercase(),
            limit,
            announced: 0,
            overflow,
            coding: Coding::Undecided(Vec::new()),
            is_done: false,
        }
    }

    /// Makes room for a body of an announced length.
    pub fn expecting(mut self, length: Option<u64>) -> Intake {
        let length = length.and_then(|length| usize::try_from(length).ok());
        self.announced = length.unwrap_or_default().min(self.limit);
        self
    }

    /// Takes the next bytes from the wire. `false` when no more are wanted.
    pub fn push(&mut self, bytes: &[u8]) -> Result<bool, Failure> {
        if let Coding::Undecided(gathered) = &mut self.coding {
            gathered.extend_from_slice(bytes);
            if SNIFF <= gathered.len() {
                self.decide()?;
            }
        } else {
            self.decode(bytes)?;
        }
        Ok(!self.is_done)
    }

    /// The whole body.
    pub fn finish(mut self) -> Result<Vec<u8>, Failure> {
        if let Coding::Undecided(_) = self.coding {
            self.decide()?;
        }
        let is_complete = self.is_done || self.coding.is_complete();
        let (ended, capped) = self.coding.end();
        match (capped.is_full, self.overflow) {
            (true, Overflow::Refuse) => Err(Failure::TooLarge),
            // What was cut on purpose has no proper end.
            (true, Overflow::Cut) => Ok(capped.bytes),
            (false, _) if is_complete && ended.is_ok() => Ok(capped.bytes),
            (false, _) => Err(Failure::BadAnswer),
        }
    }

    fn decide(&mut self) -> Result<(), Failure> {
        let empty = Coding::Plain(Capped::new(self.limit));
        let Coding::Undecided(gathered) = std::mem::replace(&mut self.coding, empty) else {
            return Ok(());
        };
        let mut sink = Capped::new(self.limit);
        sink.bytes.reserve_exact(self.announced);
        self.coding = coding(&self.declared, &gathered, sink)?;
        self.decode(&gathered)
    }

    fn decode(&mut self, mut bytes: &[u8]) -> Result<(), Failure> {
        while !self.is_done && !bytes.is_empty() {
            match self.coding.writer().write(bytes) {
                // The compressed stream has ended; what follows it is no content.
                Ok(0) => self.is_done = true,
                Ok(taken) => bytes = bytes.get(taken..).unwrap_or_default(),
                Err(_) if self.coding.capped().is_some_and(|capped| capped.is_full) => {
                    self.is_done = true;
                    if self.overflow == Overflow::Refuse {
                        return Err(Failure::TooLarge);
                    }
                }
                Err(_) => return Err(Failure::BadAnswer),
            }
        }
        Ok(())
    }
}

fn coding(declared: &[u8], first: &[u8], sink: Capped) -> Result<Coding, Failure> {
    let is_zlib = |first: &[u8]| match first {
        [method, flags, ..] => {
            method & 0x0f == 8 && u16::from_be_bytes([*method, *flags]).is_multiple_of(31)
        }
        _ => false,
    };
    Ok(match declared {
        _ if first.starts_with(b"\x1f\x8b") => Coding::Gzip(Box::new(GzDecoder::new(sink))),
        _ if looks_like_text(first) => Coding::Plain(sink),
        b"deflate" if is_zlib(first) => Coding::Zlib(Box::new(ZlibDecoder::new(sink))),
        b"deflate" if !first.is_empty() => Coding::Deflate(Box::new(DeflateDecoder::new(sink))),
        // These were not offered, and cannot be read.
        b"br" | b"zstd" | b"compress" | b"x-compress" if !first.is_empty() => {
            return Err(Failure::BadAnswer);
        }
        _ => Coding::Plain(sink),
    })
}

/// Whether a body begins like a page or a data file.
fn looks_like_text(first: &[u8]) -> bool {
    let first = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first);
    matches!(first.trim_ascii_start().first(), Some(b'<' | b'{' | b'['))
}

impl Coding {
    fn writer(&mut self) -> &mut dyn Write {
        match self {
            Coding::Undecided(gathered) => gathered,
            Coding::Plain(capped) => capped,
            Coding::Gzip(decoder) => decoder,
            Coding::Zlib(decoder) => decoder,
            Coding::Deflate(decoder) => decoder,
        }
    }

    fn capped(&self) -> Option<&Capped> {
        match self {
            Coding::Undecided(_) => None,
            Coding::Plain(capped) => Some(capped),
            Coding::Gzip(decoder) => Some(decoder.get_ref()),
            Coding::Zlib(decoder) => Some(decoder.get_ref()),
            Coding::Deflate(decoder) => Some(decoder.get_ref()),
        }
    }

    /// Whether the stream came to its end. A decoder without a checksum at the end does not tell
    /// when it is finished, but takes no further byte.
    fn is_complete(&mut self) -> bool {
        match self {
            Coding::Undecided(_) | Coding::Plain(_) | Coding::Gzip(_) => true,
            Coding::Zlib(decoder) => matches!(decoder.write(&[0]), Ok(0)),
            Coding::Deflate(decoder) => matches!(decoder.write(&[0]), Ok(0)),
        }
    }

    /// Writes out what a decoder still holds, and gives the bytes away.
    fn end(self) -> (io::Result<()>, Capped) {
        fn taken(capped: &mut Capped) -> Capped {
            std::mem::replace(capped, Capped::new(0))
        }
        match self {
            Coding::Undecided(_) => (Ok(()), Capped::new(0)),
            Coding::Plain(capped) => (Ok(()), capped),
            Coding::Gzip(mut decoder) => (decoder.try_finish(), taken(decoder.get_mut())),
            Coding::Zlib(mut decoder) => (decoder.try_finish(), taken(decoder.get_mut())),
            Coding::Deflate(mut decoder) => (decoder.try_finish(), taken(decoder.get_mut())),
        }
    }
}

/// Bytes up to a limit.
#[derive(Debug, Clone)]
struct Capped {
    bytes: Vec<u8>,
    limit: usize,
    /// Whether there was more than the limit.
    is_full: bool,
}

impl Capped {
    fn new(limit: usize) -> Capped {
        Capped {
            bytes: Vec::new(),
            limit,
            is_full: false,
        }
    }
}

impl Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = self.limit - self.bytes.len();
        let taken = bytes.get(..room).unwrap_or(bytes);
        self.bytes.extend_from_slice(taken);
        if taken.len() < bytes.len() {
            self.is_full = true;
            return Err(io::Error::other("the body is larger than the limit"));
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    type Taken = Result<Vec<u8>, Failure>;

    const PAGE: &[u8] =
        b"<html><body>2026-11-06 a page of some length, of some length</body></html>";

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn deflate(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn take(declared: &str, wire: &[u8], chunk: usize, limit: usize) -> Taken {
        let mut intake = Intake::new(declared.as_bytes(), limit, Overflow::Refuse);
        for bytes in wire.chunks(chunk) {
            if !intake.push(bytes)? {
                break;
            }
        }
        intake.finish()
    }

    fn cut(wire: &[u8], at: usize) -> &[u8] {
        wire.get(..wire.len() - at).unwrap()
    }

    #[test]
    fn a_body_is_decoded_by_what_it_is_in_chunks_of_any_size() {
        let trailed = [gzip(PAGE), b"\r\n\r\n".to_vec()].concat();
        let bad_sum = {
            let mut wire = gzip(PAGE);
            let at = wire.len() - 6;
            wire[at] ^= 1;
            wire
        };
        let whole = || Ok(PAGE.to_vec());
        let cases: Vec<(&str, Vec<u8>, Taken)> = vec![
            ("", PAGE.to_vec(), whole()),
            ("gzip", gzip(PAGE), whole()),
            (" GZIP ", gzip(PAGE), whole()),
            ("", gzip(PAGE), whole()),
            ("deflate", gzip(PAGE), whole()),
            ("utf-8", gzip(PAGE), whole()),
            ("gzip", PAGE.to_vec(), whole()),
            ("deflate", PAGE.to_vec(), whole()),
            ("br", PAGE.to_vec(), whole()),
            ("utf-8", PAGE.to_vec(), whole()),
            ("deflate", zlib(PAGE), whole()),
            ("deflate", deflate(PAGE), whole()),
            ("gzip", trailed, whole()),
            ("gzip", Vec::new(), Ok(Vec::new())),
            ("br", Vec::new(), Ok(Vec::new())),
            ("", b"x".to_vec(), Ok(b"x".to_vec())),
            (
                "br",
                b"\x0b\x25\x80plain\x03".to_vec(),
                Err(Failure::BadAnswer),
            ),
            (
                "gzip",
                cut(&gzip(PAGE), 12).to_vec(),
                Err(Failure::BadAnswer),
            ),
            (
                "gzip",
                cut(&gzip(PAGE), 1).to_vec(),
                Err(Failure::BadAnswer),
            ),
            (
                "gzip",
                b"\x1f\x8b nothing of that kind".to_vec(),
                Err(Failure::BadAnswer),
            ),
            ("gzip", bad_sum, Err(Failure::BadAnswer)),
            (
                "deflate",
                cut(&zlib(PAGE), 12).to_vec(),
                Err(Failure::BadAnswer),
            ),
            (
                "deflate",
                cut(&deflate(PAGE), 3).to_vec(),
                Err(Failure::BadAnswer),
            ),
        ];
        for (declared, wire, expected) in cases {
            for chunk in [1, 2, 7, 1 << 20] {
                let taken = take(declared, &wire, chunk, 1 << 16);
                assert_eq!(taken, expected, "{declared:?} {chunk} {wire:?}");
            }
        }
    }

    #[test]
    fn a_body_of_exactly_the_limit_passes_and_one_byte_more_does_not() {
        for length in [0, 1, 40, 1000, 100_000] {
            let body = vec![b' '; length];
            for wire in [body.clone(), gzip(&body)] {
                assert_eq!(take("", &wire, 4096, length), Ok(body.clone()), "{length}");
            }
            let more = vec![b' '; length + 1];
            for (declared, wire) in [
                ("", more.clone()),
                ("gzip", gzip(&more)),
                ("deflate", zlib(&more)),
                ("deflate", deflate(&more)),
            ] {
                let taken = take(declared, &wire, 4096, length);
                assert_eq!(taken, Err(Failure::TooLarge), "{declared} {length}");
            }
        }
    }

    #[test]
    fn a_bomb_is_given_up_before_it_is_read_to_its_end() {
        let bomb = gzip(&vec![0; 64 << 20]);
        let mut intake = Intake::new(b"gzip", 1 << 20, Overflow::Refuse);
        let mut taken = 0;
        let ended = bomb.chunks(1024).find_map(|bytes| {
            taken += bytes.len();
            intake.push(bytes).err()
        });
        assert_eq!(ended, Some(Failure::TooLarge));
        assert!(taken * 8 < bomb.len(), "{taken} of {}", bomb.len());
    }

    #[test]
    fn a_body_that_may_be_cut_is_cut_at_the_limit() {
        let body: Vec<u8> = (0..200_000_u32).flat_map(u32::to_be_bytes).collect();
        for (declared, wire) in [
            ("", body.clone()),
            ("", gzip(&body)),
            ("deflate", zlib(&body)),
        ] {
            let mut intake = Intake::new(declared.as_bytes(), 1000, Overflow::Cut);
            let wanted = wire.chunks(512).all(|bytes| intake.push(bytes).unwrap());
            assert!(!wanted, "{declared}");
            assert_eq!(intake.finish().as_deref(), Ok(&body[..1000]), "{declared}");
        }
    }
}
