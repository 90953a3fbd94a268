//! What an address alone tells of a page: whether it is the same as another, of this site, a file
//! or an article.

use url::Url;

use crate::extract::address::{self, PathDate};

/// Keys of a query that say which part of a list, or which moment, and not which list.
const FLEETING: [&str; 10] = [
    "page",
    "pageno",
    "pagenum",
    "pageindex",
    "currentpage",
    "timestamp",
    "random",
    "rnd",
    "_",
    "jsessionid",
];
/// Files that stand for their folder.
const OF_FOLDER: [&str; 5] = ["index", "default", "main", "list", "common_list"];

/// What makes two addresses one page: scheme, `www.`, index files, paging and the trailing slash
/// do not count.
pub fn key(url: &Url) -> String {
    let path = url.path().split(';').next().unwrap_or_default();
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let stands_for_folder = matches!(unpaged(stem(file)), "index" | "default");
    let path = if stands_for_folder {
        folder.to_owned()
    } else if OF_FOLDER.contains(&unpaged(stem(file))) {
        let end = file.rsplit_once('.').map_or("", |(_, end)| end);
        format!("{folder}/{}.{end}", unpaged(stem(file)))
    } else {
        path.trim_end_matches('/').to_owned()
    };
    let mut query: Vec<String> = url
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| {
            let name = pair.split('=').next().unwrap_or_default();
            !name.is_empty() && !FLEETING.contains(&name.to_ascii_lowercase().as_str())
        })
        .map(str::to_owned)
        .collect();
    query.sort();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{}{path}{mark}{}", host(url), query.join("&"))
}

/// The name of a file without its ending.
pub fn stem(file: &str) -> &str {
    file.split('.').next().unwrap_or_default()
}

/// `index_3` is the third page of `index`.
fn unpaged(stem: &str) -> &str {
    match stem.rsplit_once('_') {
        Some((name, number)) if is_number(number) && number.len() <= 3 => name,
        _ => stem,
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Host and port, without `www.`.
fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    url.port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Whether an address does something where it is asked for, and is not only read.
pub fn acts(url: &Url) -> bool {
    const WORDS: [&str; 10] = [
        "insert", "delete", "remove", "save", "submit", "update", "logout", "login", "register",
        "vote",
    ];
    let file = url.path().rsplit('/').next().unwrap_or_default();
    let words = [file, url.query().unwrap_or_default()].join("&");
    words
        .to_ascii_lowercase()
        .split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| WORDS.iter().any(|known| word.starts_with(known)))
}

/// The folder of an address, without the parts that are numbers.
pub fn folder(url: &Url) -> String {
    let parts = url.path().split('/');
    let mut parts: Vec<&str> = parts.filter(|part| !is_number(part)).collect();
    parts.pop();
    parts.join("/")
}

/// Whether two addresses are on one host; subdomains are sites of their own.
pub fn is_same_host(a: &Url, b: &Url) -> bool {
    host(a) == host(b)
}

/// Whether an address leads to a page and not to a file.
pub fn is_page(url: &Url) -> bool {
    const FILES: [&str; 9] = [
        ".xml", ".json", ".js", ".css", ".ico", ".exe", ".apk", ".csv", ".txt",
    ];
    let path = url.path().to_ascii_lowercase();
    address::is_page(url) && !FILES.iter().any(|end| path.ends_with(end))
}

/// Whether the path carries the day of a publication.
pub fn is_dated(url: &Url) -> bool {
    matches!(
        address::path_date(url),
        Some(PathDate::Day(_) | PathDate::Month(..))
    )
}

/// Whether an address looks like that of one article: dated, numbered, or named by a long digest.
pub fn is_article(url: &Url) -> bool {
    const WORDS: [&str; 14] = [
        "art", "article", "content", "view", "detail", "details", "show", "info", "news", "t", "c",
        "post", "pnidpv", "id",
    ];
    if is_dated(url) {
        return true;
    }
    let file = url.path().rsplit('/').next().unwrap_or_default();
    let Some((stem, _)) = file.split_once('.') else {
        return false;
    };
    let word: String = stem.chars().take_while(char::is_ascii_alphabetic).collect();
    let rest = stem.get(word.len()..).unwrap_or_default();
    let number = rest.trim_start_matches(['_', '-']);
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let numbered = digits >= 3 && number.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    let named = word.is_empty() || WORDS.contains(&word.to_ascii_lowercase().as_str());
    let is_digest = stem.len() >= 32 && stem.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    (numbered && (named || digits >= 6)) || is_digest || word == "art"
}

/// Whether one address lies below the folder of the other.
pub fn is_below(url: &Url, above: &Url) -> bool {
    let (below, above) = (key(url), key(above));
    let file = above.rsplit_once('/').map_or("", |(_, file)| file);
    let ending = file.rsplit_once('.').map_or(0, |(_, end)| end.len() + 1);
    let folder = above.get(..above.len() - ending).unwrap_or(&above);
    below
        .strip_prefix(folder)
        .is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(path: &str) -> Url {
        Url::parse("http://www.example.gov.cn")
            .unwrap()
            .join(path)
            .unwrap()
    }

    #[test]
    fn one_page_under_several_addresses_has_one_key() {
        let same = [
            vec!["/", "", "/index.html", "https://example.gov.cn/default.htm"],
            vec![
                "/tzgg/",
                "/tzgg",
                "/tzgg/index.html",
                "/tzgg/index_1.html",
                "https://www.example.gov.cn/tzgg/",
                "/tzgg/?page=2",
                "/tzgg/index.shtml;jsessionid=0A1B",
            ],
            vec!["/a/list.shtml", "/a/list_2.shtml"],
            vec!["/list.jsp?id=7&page=1", "/list.jsp?page=3&id=7"],
        ];
        for group in &same {
            for path in group {
                assert_eq!(key(&url(path)), key(&url(group[0])), "{path}");
            }
        }
        let other = [
            ("/tzgg/", "/tzgg.html"),
            ("/tzgg/", "http://www.example.gov.cn:8080/tzgg/"),
            ("/list.jsp?id=7", "/list.jsp?id=8"),
            ("/n_list.html?/FTXW/FTDT/", "/n_list.html?/FTXW/TPXW/"),
            ("/col/col12/index.html", "/col/col13/index.html"),
            ("/tzgg/", "http://zx.example.gov.cn/tzgg/"),
        ];
        for (a, b) in other {
            assert_ne!(key(&url(a)), key(&url(b)), "{a} {b}");
        }
    }

    #[test]
    fn articles_are_told_from_lists_by_their_addresses() {
        let articles = [
            "/tzgg/201711/t20171103_4711.html",
            "/art/2017/11/3/art_12_4711.html",
            "/art/2017/art_12_4711.html",
            "/info/1234/5678.htm",
            "/tzgg/4711.shtml",
            "/tzgg/content_4711.html",
            "/xxgk/xxxq/pnidpv736523.html",
            "/gzdt/view_4711.html",
            "/c/0123456789abcdef0123456789abcdef.shtml",
        ];
        let lists = [
            "/tzgg/",
            "/tzgg.html",
            "/tzgg/index.html",
            "/col/col1201/index.html",
            "/xxgk/tzgg/pnpagenumpv1.html",
            "/KXWtzgg.ycs",
            "/zwgk/list.shtml",
            "/public/column/1234?type=4",
            "/defaults/news/news/tid/12",
            "/n_list.html?/FTXW/FTDT/",
            "/2018zcwj/",
            "/eportal/ui?pageId=123456",
        ];
        for path in articles {
            assert!(is_article(&url(path)), "{path}");
        }
        for path in lists {
            assert!(!is_article(&url(path)), "{path}");
        }
    }

    #[test]
    fn addresses_that_do_something_are_known() {
        for path in [
            "/a.do?action=insertYJP",
            "/user/login.jsp",
            "/x?do=vote&id=1",
        ] {
            assert!(acts(&url(path)), "{path}");
        }
        for path in ["/tzgg/", "/list.do?id=7", "/inserts/list.html", "/update/"] {
            assert!(!acts(&url(path)), "{path}");
        }
    }

    #[test]
    fn folders_lie_below_pages_and_folders() {
        let cases = [
            ("/xxgk/tzgg/", "/xxgk/", true),
            ("/xxgk/tzgg.html", "/xxgk.html", true),
            ("/xxgk2/", "/xxgk/", false),
            ("/xxgk/", "/xxgk/index.html", false),
            ("/xxgk/", "/", true),
        ];
        for (below, above, expected) in cases {
            assert_eq!(is_below(&url(below), &url(above)), expected, "{below}");
        }
    }
}
