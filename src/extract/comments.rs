//! Comments of a page: what stands in them is dead, scripts included, unless it is a data island,
//! which some publishing systems wrap in a comment for their own script to read.

use std::borrow::Cow;

use super::tags;

/// The text without its dead comments. Comments inside scripts are the script's own.
pub fn without_dead(text: &str) -> Cow<'_, str> {
    let mut out: Option<String> = None;
    let (mut from, mut at) = (0, 0);
    while let Some(start) = next(text, at) {
        let rest = text.get(start..).unwrap_or_default();
        if rest.starts_with("<!--") {
            let end = ended(rest).map_or(text.len(), |length| start + length);
            let body = text.get(start..end).unwrap_or_default();
            if !is_island(body) {
                let kept = out.get_or_insert_with(String::new);
                kept.push_str(text.get(from..start).unwrap_or_default());
                from = end;
            }
            at = end;
        } else {
            let mark = b"</script";
            let end = tags::find(text.as_bytes(), start, mark);
            at = end.map_or(text.len(), |end| end + mark.len());
        }
    }
    match out {
        None => Cow::Borrowed(text),
        Some(mut kept) => {
            kept.push_str(text.get(from..).unwrap_or_default());
            Cow::Owned(kept)
        }
    }
}

/// The next comment or script.
fn next(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        at += memchr::memchr(b'<', bytes.get(at..)?)?;
        let rest = bytes.get(at..)?;
        let script = rest
            .get(1..7)
            .is_some_and(|name| name.eq_ignore_ascii_case(b"script"));
        if script || rest.starts_with(b"<!--") {
            return Some(at);
        }
        at += 1;
    }
}

/// How far it is to the end of a comment.
fn ended(text: &str) -> Option<usize> {
    memchr::memmem::find(text.as_bytes(), b"-->").map(|at| at + 3)
}

fn is_island(body: &str) -> bool {
    body.contains("<record>") || body.contains("<recordset")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dead_comments_go_and_islands_and_scripts_stay() {
        let island = "<!--<recordset><record><![CDATA[<li>a</li>]]></record></recordset>-->";
        let script = "<script><!--\ndocument.write('<!-- x -->')\n//--></script>";
        for whole in [
            "<p>a</p>",
            island,
            script,
            "a < b <",
            "<script",
            "日<i>期</i>",
        ] {
            assert_eq!(without_dead(whole), whole);
        }
        let cases = [
            ("a<!-- <script>document.write('x')</script> -->b", "ab"),
            ("a<!-- never closed", "a"),
            (
                "<!--日--><SCRIPT>x</Script><!--期-->b",
                "<SCRIPT>x</Script>b",
            ),
        ];
        for (text, left) in cases {
            assert_eq!(without_dead(text), left);
        }
        let both = format!("{script}<!-- x -->{island}");
        assert_eq!(without_dead(&both), format!("{script}{island}"));
    }
}
