//! `robots.txt` as RFC 9309 has it, with `Crawl-delay` besides.
//!
//! Works on bytes: old files are in GB 18030, and a path is compared as it would be sent.

use std::time::Duration;

/// The product token that groups are searched for.
pub const TOKEN: &str = "wangxun";
/// The part of a file that is read.
pub const LIMIT: usize = 500 * 1024;
/// The longest `Crawl-delay` that is kept; a longer one would stop the watch.
pub const LONGEST_DELAY: Duration = Duration::from_secs(10);

/// The rules of the groups that speak to us.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    rules: Vec<Rule>,
    delay: Duration,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    allow: bool,
    pattern: Pattern,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern {
    /// What stands between the asterisks.
    parts: Vec<Vec<u8>>,
    /// Whether the path must end where the pattern ends.
    anchored: bool,
    length: usize,
}

/// The audience of the group being read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Audience {
    Nobody,
    Everybody,
    Us,
}

impl Rules {
    /// Rules that forbid nothing.
    pub fn none() -> Rules {
        Rules::default()
    }

    /// Reads a file. Groups for [`TOKEN`] are joined; without one, the groups for `*` are.
    pub fn parse(text: &[u8]) -> Rules {
        let text = text.get(..LIMIT).unwrap_or(text);
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let mut reader = Reader::default();
        for line in text.split(|byte| matches!(byte, b'\n' | b'\r')) {
            reader.line(line);
        }
        if reader.is_for_us {
            reader.ours
        } else {
            reader.everybodys
        }
    }

    /// Whether a path (with its query) may be visited. The longest matching rule decides; of
    /// two equals, the one that allows.
    pub fn allows(&self, path: &str) -> bool {
        let path = path_bytes(path.as_bytes());
        self.rules
            .iter()
            .filter(|rule| rule.pattern.matches(&path))
            .max_by_key(|rule| (rule.pattern.length, rule.allow))
            .is_none_or(|rule| rule.allow)
    }

    /// The least time between two requests.
    pub fn delay(&self) -> Duration {
        self.delay
    }
}

/// A file half read.
struct Reader {
    ours: Rules,
    everybodys: Rules,
    /// Whether any group speaks to us by name.
    is_for_us: bool,
    audience: Audience,
    /// Whether the present group already has rules, so that another agent begins a new one.
    has_rules: bool,
}

impl Default for Reader {
    fn default() -> Reader {
        Reader {
            ours: Rules::none(),
            everybodys: Rules::none(),
            is_for_us: false,
            audience: Audience::Nobody,
            has_rules: true,
        }
    }
}

impl Reader {
    fn line(&mut self, line: &[u8]) {
        let line = line.split(|byte| *byte == b'#').next().unwrap_or_default();
        let Some(colon) = line.iter().position(|byte| *byte == b':') else {
            return;
        };
        let (key, value) = line.split_at(colon);
        let value = value.get(1..).unwrap_or_default().trim_ascii();
        match key.trim_ascii().to_ascii_lowercase().as_slice() {
            b"user-agent" => self.agent(value),
            b"allow" => self.rule(true, value),
            b"disallow" => self.rule(false, value),
            b"crawl-delay" => self.delay(value),
            // Other records do not interfere, wherever they stand.
            _ => {}
        }
    }

    fn agent(&mut self, value: &[u8]) {
        if self.has_rules {
            self.audience = Audience::Nobody;
            self.has_rules = false;
        }
        let is_token = |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_');
        let end = value.iter().position(|byte| !is_token(byte));
        let token = value.get(..end.unwrap_or(value.len())).unwrap_or_default();
        if token.eq_ignore_ascii_case(TOKEN.as_bytes()) {
            self.audience = Audience::Us;
            self.is_for_us = true;
        } else if value == b"*" && self.audience == Audience::Nobody {
            self.audience = Audience::Everybody;
        }
    }

    fn rules(&mut self) -> Option<&mut Rules> {
        match self.audience {
            Audience::Nobody => None,
            Audience::Everybody => Some(&mut self.everybodys),
            Audience::Us => Some(&mut self.ours),
        }
    }

    fn rule(&mut self, allow: bool, value: &[u8]) {
        self.has_rules = true;
        // An empty rule says nothing.
        let pattern = Pattern::parse(value);
        if let (Some(rules), Some(pattern)) = (self.rules(), pattern) {
            rules.rules.push(Rule { allow, pattern });
        }
    }

    fn delay(&mut self, value: &[u8]) {
        let seconds = std::str::from_utf8(value)
            .ok()
            .and_then(|text| text.parse::<f64>().ok());
        let Some(seconds) = seconds.filter(|seconds| seconds.is_finite() && 0.0 < *seconds) else {
            return;
        };
        let delay = Duration::from_secs_f64(seconds.min(LONGEST_DELAY.as_secs_f64()));
        if let Some(rules) = self.rules() {
            rules.delay = rules.delay.max(delay);
        }
    }
}

impl Pattern {
    fn parse(value: &[u8]) -> Option<Pattern> {
        if value.is_empty() {
            return None;
        }
        let (value, anchored) = match value.strip_suffix(b"$") {
            Some(start) => (start, true),
            None => (value, false),
        };
        let mut parts: Vec<Vec<u8>> = value.split(|byte| *byte == b'*').map(path_bytes).collect();
        // A rule that forgot its slash means the one with it.
        if let Some(first) = parts.first_mut()
            && first.first().is_some_and(|byte| *byte != b'/')
        {
            first.insert(0, b'/');
        }
        let length = parts.iter().map(Vec::len).sum::<usize>() + parts.len() - 1;
        Some(Pattern {
            length: length + usize::from(anchored),
            parts,
            anchored,
        })
    }

    fn matches(&self, path: &[u8]) -> bool {
        let Some((first, others)) = self.parts.split_first() else {
            return false;
        };
        let Some(mut rest) = path.strip_prefix(first.as_slice()) else {
            return false;
        };
        let Some((last, middle)) = others.split_last() else {
            return !self.anchored || rest.is_empty();
        };
        for part in middle {
            match after(rest, part) {
                Some(left) => rest = left,
                None => return false,
            }
        }
        if self.anchored {
            rest.ends_with(last)
        } else {
            after(rest, last).is_some()
        }
    }
}

/// What follows the first `part` in `path`.
fn after<'a>(path: &'a [u8], part: &[u8]) -> Option<&'a [u8]> {
    if part.is_empty() {
        return Some(path);
    }
    let start = path.windows(part.len()).position(|window| window == part)?;
    path.get(start + part.len()..)
}

/// A path in the one form in which paths are compared: what needs no escape is plain, all else is
/// escaped in capitals, and the two signs with a meaning in patterns are escaped too.
fn path_bytes(path: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(path.len());
    let mut rest = path;
    while let Some((first, more)) = rest.split_first() {
        if let (b'%', Some(byte)) = (*first, escaped(more)) {
            push(
                &mut plain,
                byte,
                byte.is_ascii_alphanumeric() || b"-._~".contains(&byte),
            );
            rest = more.get(2..).unwrap_or_default();
        } else {
            push(
                &mut plain,
                *first,
                first.is_ascii_graphic() && !b"*$".contains(first),
            );
            rest = more;
        }
    }
    plain
}

fn escaped(digits: &[u8]) -> Option<u8> {
    let digit = |at: usize| {
        digits
            .get(at)
            .and_then(|byte| char::from(*byte).to_digit(16))
    };
    u8::try_from(digit(0)? << 4 | digit(1)?).ok()
}

fn push(path: &mut Vec<u8>, byte: u8, as_it_is: bool) {
    if as_it_is {
        path.push(byte);
    } else {
        path.extend_from_slice(percent_encoding::percent_encode_byte(byte).as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_path_is_judged_by_the_longest_rule_of_our_group() {
        let star = "User-agent: *\n";
        let cases: &[(&str, &str, &[&str], &[&str])] = &[
            ("", "an empty file", &["/", "/a"], &[]),
            (star, "Disallow:", &["/", "/a"], &[]),
            (star, "Disallow: /", &[], &["/", "/a?b"]),
            (
                star,
                "disallow:/a # why",
                &["/", "/b"],
                &["/a", "/ab", "/a/b", "/a?x"],
            ),
            (
                star,
                "Disallow: /\nAllow: /xxgk/",
                &["/xxgk/", "/xxgk/a"],
                &["/", "/xxgk"],
            ),
            (star, "Allow: /p\nDisallow: /", &["/page"], &["/"]),
            (star, "Disallow: /p\nAllow: /p", &["/page"], &[]),
            (
                star,
                "Allow: /page\nDisallow: /*.htm",
                &["/page"],
                &["/page.htm"],
            ),
            (star, "Allow: /$\nDisallow: /", &["/"], &["/page.htm"]),
            (
                star,
                "Disallow: /*.php",
                &["/", "/a.PHP"],
                &["/a.php", "/a/b.php?c", "/x.php/"],
            ),
            (
                star,
                "Disallow: /*.php$",
                &["/a.php?c", "/x.php5"],
                &["/a.php", "/a/b.php"],
            ),
            (
                star,
                "Disallow: /f*s",
                &["/", "/f", "/a/fs"],
                &["/fs", "/fish", "/f/s?x"],
            ),
            (star, "Disallow: *a", &["/b"], &["/a", "/b/ca"]),
            (
                star,
                "Disallow: /a*b*c$",
                &["/abcd", "/acb", "/a"],
                &["/abc", "/axbycc"],
            ),
            (star, "Disallow: /*$", &[], &["/", "/a"]),
            (star, "Disallow: /a**b", &["/a"], &["/ab", "/axb"]),
            (star, "Disallow: admin", &["/"], &["/admin/"]),
            (star, "Disallow: /a%3cb", &["/ab"], &["/a%3Cb", "/a%3cb"]),
            (
                star,
                "Disallow: /%7ejoe/%61",
                &["/joe"],
                &["/~joe/a", "/%7Ejoe/a"],
            ),
            (
                star,
                "Disallow: /a%2Ab\nDisallow: /c%24",
                &["/axb", "/c"],
                &["/a*b", "/c$"],
            ),
            (star, "Disallow: /a$b", &["/a"], &["/a$b", "/a%24b"]),
            (star, "Disallow: /公开", &["/"], &["/%E5%85%AC%E5%BC%80/1"]),
            (
                star,
                "Disallow: /100%\nDisallow: /%zz",
                &["/1"],
                &["/100%", "/%zz"],
            ),
            (
                star,
                "Disallow /a\nnonsense\n: /b\nDisallow: /c",
                &["/a", "/b"],
                &["/c"],
            ),
            (
                star,
                "Sitemap: http://a.cn/s.xml\nDisallow: /c",
                &["/s.xml"],
                &["/c"],
            ),
        ];
        for (head, body, allowed, forbidden) in cases {
            let rules = Rules::parse(format!("{head}{body}").as_bytes());
            for path in *allowed {
                assert!(rules.allows(path), "{body:?} {path}");
            }
            for path in *forbidden {
                assert!(!rules.allows(path), "{body:?} {path}");
            }
        }
    }

    #[test]
    fn the_group_that_names_us_comes_before_the_group_for_everybody() {
        // Of /a and /b, which are allowed.
        let cases = [
            (
                "User-agent: *\nDisallow: /a\n\nUser-agent: wangxun\nDisallow: /b",
                true,
                false,
            ),
            (
                "User-agent: WangXun\nDisallow: /b\n\nUser-agent: *\nDisallow: /a",
                true,
                false,
            ),
            ("User-agent: wangxun/2.0\nDisallow: /b", true, false),
            ("User-agent: wangxunbot\nDisallow: /b", true, true),
            ("User-agent: wangxun2\nDisallow: /b", true, false),
            ("User-agent: other\nDisallow: /", true, true),
            (
                "User-agent: other\nUser-agent: wangxun\nDisallow: /a",
                false,
                true,
            ),
            (
                "User-agent: wangxun\nUser-agent: other\nDisallow: /a",
                false,
                true,
            ),
            (
                "User-agent: *\nUser-agent: wangxun\nDisallow: /a",
                false,
                true,
            ),
            (
                "User-agent: wangxun\nDisallow: /a\nUser-agent: other\nDisallow: /b",
                false,
                true,
            ),
            (
                "User-agent: wangxun\nSitemap: x\nUser-agent: o\nDisallow: /a",
                false,
                true,
            ),
            (
                "User-agent: wangxun\nDisallow: /a\nUser-agent: wangxun\nDisallow: /b",
                false,
                false,
            ),
            (
                "User-agent: *\nDisallow: /a\nUser-agent: o\nDisallow:\nUser-agent: *\nDisallow: /b",
                false,
                false,
            ),
            (
                "User-agent: wangxun\nUser-agent: *\nDisallow: /a",
                false,
                true,
            ),
            (
                "User-agent: wangxun\nAllow: /\nUser-agent: *\nDisallow: /",
                true,
                true,
            ),
            ("User-agent: wangxun\n\nDisallow: /a", false, true),
            ("Disallow: /a\nUser-agent: *\nDisallow: /b", true, false),
            ("\u{feff}User-agent: *\r\nDisallow: /a\r\n", false, true),
            ("user-agent : *\rdisallow : /a\r", false, true),
            ("<html><body>User-agent: *</body></html>", true, true),
        ];
        for (text, first, second) in cases {
            let rules = Rules::parse(text.as_bytes());
            assert_eq!(
                (rules.allows("/a"), rules.allows("/b")),
                (first, second),
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_crawl_delay_is_ours_when_its_group_is_and_is_capped() {
        let cases = [
            ("User-agent: *\nCrawl-delay: 3", 3000),
            ("User-agent: *\nCrawl-delay: 0.5", 500),
            ("User-agent: *\nCrawl-delay: 3600", 10_000),
            ("User-agent: *\nCrawl-delay: 1e300", 10_000),
            ("User-agent: *\nCrawl-delay: inf", 0),
            ("User-agent: *\nCrawl-delay: NaN", 0),
            ("User-agent: *\nCrawl-delay: -3", 0),
            ("User-agent: *\nCrawl-delay: soon", 0),
            ("User-agent: other\nCrawl-delay: 3\nDisallow: /", 0),
            (
                "User-agent: *\nCrawl-delay: 3\nDisallow: /a\nUser-agent: wangxun\nDisallow:",
                0,
            ),
            ("Crawl-delay: 3", 0),
        ];
        for (text, expected) in cases {
            let delay = Rules::parse(text.as_bytes()).delay();
            assert_eq!(delay, Duration::from_millis(expected), "{text:?}");
        }
    }

    #[test]
    fn nothing_is_read_beyond_the_limit() {
        let mut text = b"User-agent: *\n".to_vec();
        text.resize(LIMIT, b'#');
        text.extend_from_slice(b"\nDisallow: /");
        assert!(Rules::parse(&text).allows("/"));
    }

    proptest! {
        #[test]
        fn any_file_and_any_path_have_an_answer(text: Vec<u8>, path: String) {
            let _ = Rules::parse(&text).allows(&path);
        }

        #[test]
        fn a_pattern_matches_as_the_plain_definition_says(
            pattern in "[ab*]{0,8}[$]?", path in "[ab]{0,10}"
        ) {
            fn plain(pattern: &[u8], path: &[u8]) -> bool {
                match pattern.split_first() {
                    None => true,
                    Some((b'$', [])) => path.is_empty(),
                    Some((b'*', more)) => (0..=path.len()).any(|at| plain(more, &path[at..])),
                    Some((byte, more)) => {
                        path.first() == Some(byte) && plain(more, &path[1..])
                    }
                }
            }
            let (pattern, path) = (format!("/{pattern}"), format!("/{path}"));
            let matched = Pattern::parse(pattern.as_bytes()).unwrap().matches(path.as_bytes());
            prop_assert_eq!(matched, plain(pattern.as_bytes(), path.as_bytes()));
        }
    }
}
