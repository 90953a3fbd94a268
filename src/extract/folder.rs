//! The folder of a list: what its address and those of its articles have in common. Publishing
//! systems keep the articles of a column below it, or write its number into their names.

use url::Url;

use super::address;

/// Names of files that say nothing of what they list.
const PLAIN: [&str; 8] = [
    "index",
    "default",
    "list",
    "common_list",
    "zfxxgk_list",
    "more",
    "main",
    "home",
];
/// Digits from which a number is that of a column.
const NUMBER: usize = 2;

/// A list's own folder.
#[derive(Debug)]
pub struct Folder<'u> {
    url: &'u Url,
    /// Its name, in lower case.
    name: String,
    /// The number in it, or in the question behind the address.
    number: Option<String>,
}

impl<'u> Folder<'u> {
    /// The folder of the list at an address; `None` where that is a root or names nothing.
    pub fn of(url: &'u Url) -> Option<Folder<'u>> {
        let name = segments(url).rev().map(stem).find(|name| !is_plain(name));
        let name = name.unwrap_or_default().to_ascii_lowercase();
        let asked = url.query_pairs().find_map(|(_, value)| {
            number(&value)
                .filter(|number| *number == value)
                .map(str::to_owned)
        });
        let number = asked.or_else(|| number(&name).map(str::to_owned));
        (!name.is_empty() || number.is_some()).then_some(Folder { url, name, number })
    }

    /// Whether an address lies in it, or has its number.
    pub fn holds(&self, url: &Url) -> bool {
        if !address::is_same_site(url, self.url) || url == self.url {
            return false;
        }
        let folders = segments(url).count().saturating_sub(1);
        let below = || {
            let mut folders = segments(url).take(folders);
            folders.any(|folder| folder.eq_ignore_ascii_case(&self.name))
        };
        let numbered = |number: &String| {
            let mut parts = segments(url).flat_map(|segment| segment.split(is_no_digit));
            let asked = || url.query_pairs().any(|(_, value)| value == number.as_str());
            parts.any(|part| part == number) || asked()
        };
        !self.name.is_empty() && below() || self.number.as_ref().is_some_and(numbered)
    }
}

/// Whether an address lies below another, the file of which counts as a folder unless its name
/// says nothing.
pub fn is_below(url: &Url, list: &Url) -> bool {
    let (folder, file) = list.path().rsplit_once('/').unwrap_or_default();
    let named = Some(stem(file)).filter(|name| !name.is_empty() && !is_plain(name));
    let rest = url.path().strip_prefix(folder);
    let rest = rest.and_then(|rest| rest.strip_prefix('/'));
    match (rest, named) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(rest), Some(name)) => rest.split(['/', '.']).next() == Some(name),
    }
}

fn segments(url: &Url) -> impl DoubleEndedIterator<Item = &str> {
    let path = url.path().split('/');
    path.filter(|segment| !segment.is_empty())
}

fn stem(segment: &str) -> &str {
    segment.split('.').next().unwrap_or_default()
}

fn is_plain(name: &str) -> bool {
    let bare = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_' || c == '-');
    bare.is_empty() && name.len() < 4 || PLAIN.iter().any(|known| bare.eq_ignore_ascii_case(known))
}

fn is_no_digit(c: char) -> bool {
    !c.is_ascii_digit()
}

/// The number with which a name ends.
fn number(name: &str) -> Option<&str> {
    let digits = name.bytes().rev().take_while(u8::is_ascii_digit).count();
    let number = name.get(name.len() - digits..)?;
    (digits >= NUMBER).then_some(number)
}

/// Whether an address is such as articles have: with a number or a day of its own, not that of a
/// folder or of a list.
pub fn is_article(url: &Url) -> bool {
    if url.path().ends_with('/') {
        return false;
    }
    let last = segments(url).next_back().unwrap_or_default();
    let numbered = |text: &str| text.bytes().filter(u8::is_ascii_digit).count() >= 1;
    !is_plain(stem(last)) && numbered(stem(last))
        || url.query().is_some_and(numbered)
        || stem(last).eq_ignore_ascii_case("content") && address::path_date(url).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(path: &str) -> Url {
        Url::parse("http://www.a.gov.cn")
            .and_then(|base| base.join(path))
            .unwrap()
    }

    #[test]
    fn articles_of_a_list_lie_in_its_folder_or_have_its_number() {
        let cases = [
            ("/zwgk/zcwj/", "/zwgk/zcwj/201803/t20180307_1.html", true),
            ("/zwgk/zcwj/index_2.html", "/zwgk/zcwj/1.html", true),
            ("/zwgk/zcwj.html", "/zwgk/zcwj/1.html", true),
            ("/zwgk/zcwj/", "/zwgk/tzgg/201803/t20180307_1.html", false),
            (
                "/col/col3664/index.html",
                "/art/2018/3/7/art_3664_98765.html",
                true,
            ),
            (
                "/col/col3664/index.html",
                "/art/2018/3/7/art_3665_98765.html",
                false,
            ),
            ("/list.asp?classid=112", "/show.asp?classid=112&id=7", true),
            ("/list.asp?classid=112", "/show.asp?id=7", false),
            ("/zwgk/zcwj/", "http://www.b.gov.cn/zcwj/1.html", false),
        ];
        for (list, article, expected) in cases {
            let list = url(list);
            let folder = Folder::of(&list).expect("a folder");
            assert_eq!(folder.holds(&url(article)), expected, "{list:?} {article}");
        }
        for root in ["/", "/index.html", "/index_1.html"] {
            assert!(Folder::of(&url(root)).is_none(), "{root}");
        }
    }

    #[test]
    fn a_part_of_a_list_lies_below_it() {
        let cases = [
            ("/zwgk/", "/zwgk/tzgg/", true),
            ("/zwgk/index.html", "/zwgk/tzgg/", true),
            ("/zwgk/zcwj/", "/zwgk/tzgg/", false),
            ("/zcwj.html", "/zcwj/gf.html", true),
            ("/zcwj.html", "/tzgg.html", false),
            ("/index.html", "/tzgg/", true),
        ];
        for (list, part, expected) in cases {
            assert_eq!(is_below(&url(part), &url(list)), expected, "{list} {part}");
        }
    }

    #[test]
    fn addresses_of_articles_are_told_from_those_of_lists() {
        for path in [
            "/a/t20180307_1.html",
            "/info/1234/5678.htm",
            "/x/pnidpv736523.html",
            "/s.asp?id=7",
        ] {
            assert!(is_article(&url(path)), "{path}");
        }
        for path in [
            "/zwgk/",
            "/zwgk/index.html",
            "/zwgk/index_1.html",
            "/zwgk/jgzn.html",
            "/a/list2.htm",
        ] {
            assert!(!is_article(&url(path)), "{path}");
        }
    }
}
