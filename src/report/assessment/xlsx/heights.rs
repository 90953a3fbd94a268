//! How high rows have to be for their texts: programs do not all work it out when they open a workbook,
//! and what is cut is not read.

/// The height of a line, in points.
const LINE: f64 = 18.0;
/// The greatest height that the form allows, in points.
const MOST: f64 = 409.0;
/// The width of a Chinese character and of any other, in tenths of a digit's, with some room.
const WIDE: u32 = 20;
const NARROW: u32 = 11;
/// What the edges of a cell take.
const EDGES: f64 = 10.0;

/// The height of a row in which `text` stands in `width` digits, in points; one line where it fits.
pub fn height(text: &str, width: f64) -> f64 {
    let room = (width * 10.0 - EDGES).max(f64::from(WIDE));
    let lines: u32 = text.split('\n').map(|line| lines(line, room)).sum();
    (f64::from(lines) * LINE).min(MOST)
}

/// The lines that a paragraph takes. A Latin word may go to the next line as a whole.
fn lines(text: &str, room: f64) -> u32 {
    let (mut lines, mut taken) = (1, 0);
    for c in text.chars() {
        let width = if c.is_ascii() { NARROW } else { WIDE };
        if f64::from(taken + width) > room {
            lines += 1;
            taken = 0;
        }
        taken += width;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_as_high_as_its_text_needs() {
        let cases = [
            ("", 8.0, 18.0),
            ("V1", 8.0, 18.0),
            ("首页打不开，每1%", 44.0, 18.0),
            (
                "首页打不开的次数占全部监测次数5%（含）以上（累计）",
                44.0,
                36.0,
            ),
            ("一\n二\n三", 44.0, 54.0),
            ("长", 0.0, 18.0),
        ];
        for (text, width, expected) in cases {
            assert!(
                (height(text, width) - expected).abs() < 0.1,
                "{text} {}",
                height(text, width)
            );
        }
        assert!(height(&"长".repeat(10_000), 60.0) <= MOST);
    }
}
