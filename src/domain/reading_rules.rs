//! How one column's page is read where the reader does not get it right by itself: selectors, a
//! date format, a charset, paths into data, extra headers. Values only, as they were written and
//! checked; nothing of them can read a file or run code.

use std::fmt;

use url::Url;

use super::posting::Post;

/// The most extra headers of one column.
pub const MOST_HEADERS: usize = 10;
/// The longest value of an extra header, in bytes.
pub const HEADER_BYTES: usize = 512;

/// What an administrator has laid down for one column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadRules {
    /// The CSS selector of the rows; without it the reader finds them.
    pub row: Option<String>,
    /// The selector of the title within a row; else the row's first link.
    pub title: Option<String>,
    /// The selector of the date within a row; else whatever date stands in it.
    pub date: Option<String>,
    /// How the date is printed, such as `%d/%m/%Y`; else any form that Chinese pages use.
    pub date_format: Option<String>,
    /// The label of the charset that the page is in, whatever it declares.
    pub charset: Option<String>,
    /// Where the rows stand in data.
    pub json: Option<Json>,
    /// The address of the data, where it is not the column's page.
    pub data: Option<Url>,
    /// Headers that are sent for this column.
    pub headers: Vec<Header>,
    /// What is sent where the address is asked by POST; else it is asked by GET.
    pub post: Option<Post>,
}

/// Where rows stand in data, as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// As a known family of systems has it.
    Preset(Preset),
    /// As it is laid down.
    Own(Shape),
}

impl Json {
    /// Where the rows stand.
    pub fn shape(&self) -> Shape {
        match self {
            Json::Preset(preset) => preset.shape(),
            Json::Own(shape) => shape.clone(),
        }
    }
}

/// What data looks like. Paths are names with dots between them, `[n]` and `[*]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// A list of rows.
    List {
        /// The path to the rows.
        rows: String,
        /// The path to the title, within a row.
        title: String,
        /// The path to the address, within a row; or the address with paths in braces, such as
        /// `detail.do?id={id}`.
        url: Option<String>,
        /// The path to the date, within a row.
        date: Option<String>,
        /// The path to the sign, within a row, that a letter is answered; rows whose letter waits
        /// are left out.
        answered: Option<String>,
    },
    /// JSON around a piece of a page, or around several.
    Fragment {
        /// The path to the markup.
        html: String,
    },
    /// XML whose `<record>` elements hold pieces of a page.
    Records,
}

/// A family of systems whose data is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// 开普 Ucap: `/common/search/…?_isJson=true`.
    Ucap,
    /// Guangdong's gkmlpt: `/gkmlpt/api/all/…`.
    Gkmlpt,
    /// Xinhua's hosting: `ds_….json`.
    Xinhua,
    /// jpaas: the answer of `…/front/page/build/unit`.
    Jpaas,
    /// 大汉 Hanweb: `dataproxy.jsp`.
    HanwebDataproxy,
    /// 大汉 Hanweb letters: `/jact/front/dataproxy_mailpublist.do`, by POST.
    Jact,
    /// 首都之窗 letters: `….mailList.biz.ext`, by POST.
    BeijingLetters,
    /// Letters of 市场监管总局: `/gjjly/message/getMessageList`, by POST.
    SamrLetters,
    /// Letters of 民航局: `/caacgov/jsonp/messageBoard/…`.
    CaacLetters,
}

impl Preset {
    /// Every preset.
    pub const ALL: [Preset; 9] = [
        Preset::Ucap,
        Preset::Gkmlpt,
        Preset::Xinhua,
        Preset::Jpaas,
        Preset::HanwebDataproxy,
        Preset::Jact,
        Preset::BeijingLetters,
        Preset::SamrLetters,
        Preset::CaacLetters,
    ];

    /// The word used in the configuration.
    pub fn key(self) -> &'static str {
        match self {
            Preset::Ucap => "ucap",
            Preset::Gkmlpt => "gkmlpt",
            Preset::Xinhua => "xinhua",
            Preset::Jpaas => "jpaas",
            Preset::HanwebDataproxy => "hanweb-dataproxy",
            Preset::Jact => "jact",
            Preset::BeijingLetters => "beijing-letters",
            Preset::SamrLetters => "samr-letters",
            Preset::CaacLetters => "caac-letters",
        }
    }

    /// Where the rows stand. Of several dates it is the one that is shown to people; of a letter, the
    /// one of its answer.
    pub fn shape(self) -> Shape {
        let list = |rows: &str, title: &str, url: &str, date: &str| Shape::List {
            rows: rows.to_owned(),
            title: title.to_owned(),
            url: Some(url.to_owned()),
            date: Some(date.to_owned()),
            answered: None,
        };
        match self {
            Preset::Ucap => list("data.results", "title", "url", "publishedTimeStr"),
            Preset::Gkmlpt => list("articles", "title", "url", "display_publish_time"),
            Preset::Xinhua => list("datasource", "title", "publishUrl", "publishTime"),
            Preset::Jpaas => Shape::Fragment {
                html: "data.html".to_owned(),
            },
            Preset::HanwebDataproxy => Shape::Records,
            Preset::Jact => Shape::Fragment {
                html: "$[*]".to_owned(),
            },
            // Its rows tell when a letter was written; when it was answered, its page.
            Preset::BeijingLetters => Shape::List {
                rows: "mailList".to_owned(),
                title: "letter_title".to_owned(),
                url: Some("com.web.suggest.suggesDetail.flow?originalId={original_id}".to_owned()),
                date: None,
                answered: Some("isReply".to_owned()),
            },
            Preset::SamrLetters => list("data.data", "lybt", "#{zj}", "pubtime"),
            Preset::CaacLetters => list(
                "returnData.root",
                "infoMess",
                "/index_180.html?info={id}&type=id",
                "feedbackDate",
            ),
        }
    }
}

/// One extra header.
#[derive(Clone, PartialEq, Eq)]
pub struct Header {
    /// The name, a token.
    pub name: String,
    /// The value: visible ASCII and blanks, at most [`HEADER_BYTES`].
    pub value: String,
}

impl Header {
    /// The value as it may be shown: it may be a secret unless its name says otherwise.
    pub fn shown(&self) -> &str {
        const PLAIN: [&str; 5] = [
            "referer",
            "origin",
            "accept",
            "accept-language",
            "x-requested-with",
        ];
        if PLAIN
            .iter()
            .any(|name| self.name.eq_ignore_ascii_case(name))
        {
            &self.value
        } else {
            "…"
        }
    }
}

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.shown())
    }
}

/// Why a header cannot be sent besides the program's own.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeaderFault {
    /// The name is no token.
    #[error("it is no header name; write for example \"Referer\"")]
    Name,
    /// The program sets it itself, or it would change what is asked.
    #[error("this header is set by the program itself")]
    Own,
    /// The value holds what no header may hold, or is too long.
    #[error("its value must be 1 to {HEADER_BYTES} printable ASCII characters")]
    Value,
}

impl Header {
    /// A header that may be sent.
    pub fn new(name: &str, value: &str) -> Result<Header, HeaderFault> {
        let token = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.!#$%&'*+^`|~".contains(&byte);
        if name.is_empty() || name.len() > 64 || !name.bytes().all(token) {
            return Err(HeaderFault::Name);
        }
        if is_own(name) {
            return Err(HeaderFault::Own);
        }
        let value = value.trim();
        let printable = value.bytes().all(|byte| (0x20..0x7f).contains(&byte));
        if value.is_empty() || value.len() > HEADER_BYTES || !printable {
            return Err(HeaderFault::Value);
        }
        Ok(Header {
            name: name.to_owned(),
            value: value.to_owned(),
        })
    }
}

/// Headers on which the connection, the honesty or the memory of the program rests.
fn is_own(name: &str) -> bool {
    const OWN: [&str; 18] = [
        "host",
        "cookie",
        "user-agent",
        "content-length",
        "content-type",
        "transfer-encoding",
        "connection",
        "keep-alive",
        "upgrade",
        "te",
        "trailer",
        "expect",
        "range",
        "accept-encoding",
        "if-none-match",
        "if-modified-since",
        "if-range",
        "via",
    ];
    let name = name.to_ascii_lowercase();
    OWN.contains(&name.as_str()) || name.starts_with("proxy-")
}

/// What is sent besides, and where it may be sent: to the host it was written for, and no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extras<'a> {
    home: Option<&'a Url>,
    headers: &'a [Header],
    post: Option<&'a Post>,
}

impl<'a> Extras<'a> {
    /// Nothing.
    pub const NONE: Extras<'static> = Extras {
        home: None,
        headers: &[],
        post: None,
    };

    /// What `rules` say, written for the host of `home`.
    pub fn to(home: &'a Url, rules: Option<&'a ReadRules>) -> Extras<'a> {
        Extras {
            home: Some(home),
            headers: rules.map_or(&[], |rules| &rules.headers),
            post: rules.and_then(|rules| rules.post.as_ref()),
        }
    }

    /// The same for a further address, which is asked by GET.
    pub fn further(self) -> Extras<'a> {
        Extras { post: None, ..self }
    }

    /// What is sent where the address is asked by POST.
    pub fn post(&self) -> Option<&'a Post> {
        self.post
    }

    /// Whether nothing is sent besides.
    pub fn is_empty(&self) -> bool {
        self.headers.is_empty() && self.post.is_none()
    }

    /// The headers that may be sent to `url`.
    pub fn headers(&self, url: &Url) -> &'a [Header] {
        match self.may_go(url) {
            true => self.headers,
            false => &[],
        }
    }

    /// Whether it may be sent to `url`: where that is of the same host, port and scheme, or the same
    /// host over https. A value may be a secret, so it never travels in the clear where it was to
    /// travel hidden.
    pub fn may_go(&self, url: &Url) -> bool {
        let Some(home) = self.home else {
            return false;
        };
        let bare = |url: &Url| url.port().is_none();
        let raised = home.scheme() == "http" && url.scheme() == "https" && bare(home) && bare(url);
        let same = home.scheme() == url.scheme()
            && home.port_or_known_default() == url.port_or_known_default();
        home.host() == url.host() && (same || raised)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn headers_are_sent_to_their_own_host_and_never_in_the_clear_by_accident() {
        let rules = ReadRules {
            headers: vec![Header::new("Referer", "http://a.cn/").unwrap()],
            post: Some(Post::Nothing),
            ..ReadRules::default()
        };
        let cases = [
            ("http://a.cn/x", "http://a.cn/y?z", true),
            ("http://a.cn/", "https://a.cn/", true),
            ("https://a.cn/", "https://A.cn:443/", true),
            ("https://a.cn/", "http://a.cn/", false),
            ("http://a.cn/", "http://a.cn:8080/", false),
            ("http://a.cn:8080/", "https://a.cn/", false),
            ("http://a.cn/", "http://b.a.cn/", false),
            ("http://a.cn/", "http://a.cn.evil.cn/", false),
        ];
        for (home, asked, sent) in cases {
            let home = url(home);
            let extra = Extras::to(&home, Some(&rules));
            let headers = extra.headers(&url(asked));
            assert_eq!(!headers.is_empty(), sent, "{home} {asked}");
            assert_eq!(extra.further().headers(&url(asked)), headers);
            assert_eq!(
                (extra.post().is_some(), extra.further().post()),
                (true, None)
            );
        }
        assert!(Extras::NONE.headers(&url("http://a.cn/")).is_empty());
    }

    #[test]
    fn headers_that_could_do_harm_are_refused() {
        let long = "x".repeat(HEADER_BYTES + 1);
        let cases = [
            ("Referer", "http://a.cn/", None),
            ("X-Requested-With", " XMLHttpRequest ", None),
            ("Host", "b.cn", Some(HeaderFault::Own)),
            ("cookie", "a=1", Some(HeaderFault::Own)),
            ("Proxy-Authorization", "x", Some(HeaderFault::Own)),
            ("transfer-encoding", "chunked", Some(HeaderFault::Own)),
            ("", "x", Some(HeaderFault::Name)),
            ("A:b", "x", Some(HeaderFault::Name)),
            ("来源", "x", Some(HeaderFault::Name)),
            ("Referer", "", Some(HeaderFault::Value)),
            ("Referer", "a\r\nHost: b", Some(HeaderFault::Value)),
            ("Referer", "网址", Some(HeaderFault::Value)),
            ("Referer", &long, Some(HeaderFault::Value)),
        ];
        for (name, value, fault) in cases {
            assert_eq!(Header::new(name, value).err(), fault, "{name}: {value:.20}");
        }
    }

    #[test]
    fn a_value_that_may_be_secret_is_not_shown() {
        let shown = |name| format!("{:?}", Header::new(name, "http://a.cn/").unwrap());
        assert_eq!(shown("Referer"), "Referer: http://a.cn/");
        assert_eq!(shown("Authorization"), "Authorization: …");
    }
}
