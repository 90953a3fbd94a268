//! What an item is told by across visits: its address, or its title where it has none, each
//! without what differs between two printings of the same thing.

/// The fewest characters of a title that names one matter; shorter ones recur.
const TELLING_CHARS: usize = 8;
/// Parameters that name the visitor and not the page.
const SESSIONS: [&str; 2] = ["jsessionid", "phpsessid"];

/// The identity of an item within its column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Name {
    /// A normalised address.
    Address(String),
    /// A normalised title.
    Title(String),
}

impl Name {
    /// The name of an item with that address and title.
    pub fn of(url: Option<&str>, title: &str) -> Name {
        match url {
            Some(url) => Name::Address(plain_address(url)),
            None => Name::Title(plain_title(title)),
        }
    }
}

/// An address without its scheme, fragment, session and closing slash. A fragment that is a route
/// of a page's script (`#/…`, `#!…`) stays.
pub fn plain_address(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let (rest, fragment) = match rest.split_once('#') {
        Some((rest, fragment)) if fragment.starts_with(['/', '!']) => (rest, Some(fragment)),
        Some((rest, _)) => (rest, None),
        None => (rest, None),
    };
    let (path, query) = match rest.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (rest, None),
    };
    let mut plain = without_session(path).trim_end_matches('/').to_owned();
    let asked: Vec<&str> = query
        .iter()
        .flat_map(|query| query.split('&'))
        .filter(|pair| !pair.is_empty() && !is_session(pair))
        .collect();
    if !asked.is_empty() {
        plain.push('?');
        plain.push_str(&asked.join("&"));
    }
    if let Some(fragment) = fragment {
        plain.push('#');
        plain.push_str(fragment);
    }
    plain
}

fn without_session(path: &str) -> &str {
    match path.split_once(';') {
        Some((before, after)) if is_session(after) => before,
        _ => path,
    }
}

fn is_session(pair: &str) -> bool {
    let name = pair.split('=').next().unwrap_or_default();
    SESSIONS
        .iter()
        .any(|session| name.eq_ignore_ascii_case(session))
}

/// A title without blanks, marks of quotation and pins, full-width letters made plain.
pub fn plain_title(title: &str) -> String {
    let plain: String = title.chars().filter_map(plain).collect();
    let unpinned = plain.strip_prefix("[置顶]").unwrap_or(&plain);
    unpinned.to_owned()
}

fn plain(c: char) -> Option<char> {
    let c = match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '【' | '〔' => '[',
        '】' | '〕' => ']',
        c => c,
    };
    let quotes = "《》〈〉「」“”‘’\"'";
    let blank = c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}');
    (!blank && !quotes.contains(c)).then(|| c.to_ascii_lowercase())
}

/// Whether two printings are of one title; one that is cut is compared as far as it goes.
pub fn is_same_title(one: &str, other: &str) -> bool {
    let (a, b) = (plain_title(one), plain_title(other));
    let heads = |cut: &str, plain: &str, whole: &str| {
        is_cut(cut) && whole.starts_with(plain.trim_end_matches(['…', '⋯', '.']))
    };
    a == b || heads(one, &a, &b) || heads(other, &b, &a)
}

fn is_cut(title: &str) -> bool {
    let title = title.trim_end();
    title.ends_with(['…', '⋯']) || title.ends_with("...")
}

/// The plain title where it tells one matter from another: whole, and not too short.
pub fn telling_title(title: &str) -> Option<String> {
    let plain = plain_title(title);
    (!is_cut(title) && plain.chars().count() >= TELLING_CHARS).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_the_same_whatever_the_visit_adds() {
        let rows = [
            ("http://a.gov.cn/x/1.html", "a.gov.cn/x/1.html"),
            ("https://a.gov.cn/x/1.html#top", "a.gov.cn/x/1.html"),
            ("http://a.gov.cn/x/", "a.gov.cn/x"),
            (
                "http://a.gov.cn/v.do;jsessionid=0A1B?id=3",
                "a.gov.cn/v.do?id=3",
            ),
            (
                "http://a.gov.cn/v.php?PHPSESSID=77&id=3",
                "a.gov.cn/v.php?id=3",
            ),
            ("http://a.gov.cn/#/info?id=3", "a.gov.cn#/info?id=3"),
            ("http://a.gov.cn/v;a=1?", "a.gov.cn/v;a=1"),
            ("", ""),
        ];
        for (url, plain) in rows {
            assert_eq!(plain_address(url), plain, "{url}");
        }
    }

    #[test]
    fn a_title_is_the_same_however_it_is_printed() {
        let rows = [
            (
                "关于印发《西城区（试行）办法》的通知",
                "关于印发西城区(试行)办法的通知",
            ),
            ("【置顶】 关于开展　检查的通知", "关于开展检查的通知"),
            ("“互联网＋”ＡＢＣ", "互联网+abc"),
        ];
        for (title, plain) in rows {
            assert_eq!(plain_title(title), plain);
        }
    }

    #[test]
    fn a_cut_title_is_the_same_as_far_as_it_goes() {
        let whole = "关于开展信息安全检查的通知";
        let rows = [
            (whole, true),
            ("关于开展信息 安全…", true),
            ("关于开展信息安全...", true),
            ("关于开展消防安全...", false),
            ("关于开展信息安全", false),
        ];
        for (title, same) in rows {
            assert_eq!(is_same_title(title, whole), same, "{title}");
            assert_eq!(is_same_title(whole, title), same, "{title}");
        }
    }

    #[test]
    fn short_and_cut_titles_tell_nothing() {
        let rows = [
            ("任前公示", false),
            ("关于开展信息安全工作…", false),
            ("关于开展信息安全工作...", false),
            ("关于开展信息安全检查的通知", true),
        ];
        for (title, tells) in rows {
            assert_eq!(telling_title(title).is_some(), tells, "{title}");
        }
    }
}
