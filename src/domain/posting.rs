//! What is sent to an address that hands its data out only when it is asked by POST.

use url::form_urlencoded;

/// The most bytes that are sent.
pub const POST_BYTES: usize = 4096;
/// The most fields of a form.
pub const MOST_FIELDS: usize = 40;
/// The longest content type, in bytes.
const CONTENT_TYPE_BYTES: usize = 100;
/// How a form is sent.
const FORM: &str = "application/x-www-form-urlencoded; charset=UTF-8";
/// How data is sent that says nothing else of itself.
pub const JSON: &str = "application/json";

/// What is sent by POST, as it was written and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Post {
    /// Nothing but the request.
    Nothing,
    /// The fields of a form, sent as browsers do, in UTF-8.
    Form(Vec<(String, String)>),
    /// A text as it is.
    Body {
        /// The text.
        text: String,
        /// What it is.
        content_type: String,
    },
}

/// Why something cannot be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PostFault {
    /// More fields than the limit.
    #[error("at most {MOST_FIELDS} fields are allowed")]
    Fields,
    /// Longer than the limit.
    #[error("it would be {0} bytes; at most {POST_BYTES} are sent")]
    Bytes(usize),
    /// Not in the form of a content type.
    #[error("it is no content type; write for example \"application/json\"")]
    ContentType,
    /// What a text is has to be said unless it is JSON.
    #[error("it is no JSON; write content_type as well")]
    Unknown,
}

impl Post {
    /// The fields of a form.
    pub fn form(fields: Vec<(String, String)>) -> Result<Post, PostFault> {
        if fields.len() > MOST_FIELDS {
            return Err(PostFault::Fields);
        }
        Post::Form(fields).bounded()
    }

    /// A text, which is JSON where nothing is said of it.
    pub fn text(text: &str, content_type: Option<&str>) -> Result<Post, PostFault> {
        let content_type = match content_type {
            Some(told) => is_content_type(told.trim())
                .then(|| told.trim())
                .ok_or(PostFault::ContentType)?,
            None => serde_json::from_str::<serde::de::IgnoredAny>(text)
                .map(|_| JSON)
                .map_err(|_| PostFault::Unknown)?,
        };
        let (text, content_type) = (text.to_owned(), content_type.to_owned());
        Post::Body { text, content_type }.bounded()
    }

    fn bounded(self) -> Result<Post, PostFault> {
        match self.body().len() {
            length if length > POST_BYTES => Err(PostFault::Bytes(length)),
            _ => Ok(self),
        }
    }

    /// The bytes that are sent.
    pub fn body(&self) -> String {
        match self {
            Post::Nothing => String::new(),
            Post::Form(fields) => form_urlencoded::Serializer::new(String::new())
                .extend_pairs(fields)
                .finish(),
            Post::Body { text, .. } => text.clone(),
        }
    }

    /// What the bytes are.
    pub fn content_type(&self) -> Option<&str> {
        match self {
            Post::Nothing => None,
            Post::Form(_) => Some(FORM),
            Post::Body { content_type, .. } => Some(content_type),
        }
    }
}

/// A type and a subtype, and what may stand behind them.
fn is_content_type(text: &str) -> bool {
    let token = |part: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.+".contains(&byte);
        !part.is_empty() && part.bytes().all(plain)
    };
    let kind = text.split(';').next().unwrap_or_default().trim();
    let parted = kind.split_once('/');
    text.len() <= CONTENT_TYPE_BYTES
        && text.bytes().all(|byte| (0x20..0x7f).contains(&byte))
        && parted.is_some_and(|(kind, sub)| token(kind) && token(sub))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(count: usize) -> Vec<(String, String)> {
        (0..count)
            .map(|n| (format!("字段{n}"), "值 &=".to_owned()))
            .collect()
    }

    #[test]
    fn a_form_is_sent_as_browsers_do() {
        let post = Post::form(fields(1)).unwrap();
        assert_eq!(post.body(), "%E5%AD%97%E6%AE%B50=%E5%80%BC+%26%3D");
        assert_eq!(post.content_type(), Some(FORM));
        assert_eq!(Post::form(Vec::new()).unwrap().body(), "");
        assert_eq!(Post::Nothing.content_type(), None);
    }

    #[test]
    fn what_is_too_much_or_unclear_is_refused() {
        assert_eq!(Post::form(fields(MOST_FIELDS + 1)), Err(PostFault::Fields));
        let long = "x".repeat(POST_BYTES + 1);
        let too_long = Err(PostFault::Bytes(POST_BYTES + 1));
        assert_eq!(Post::text(&long, Some("text/plain")), too_long);
        assert!(Post::text(&"x".repeat(POST_BYTES), Some("text/plain")).is_ok());
        for (text, told, sent) in [
            ("{\"page\":1}", None, Ok(JSON)),
            (
                "[1]",
                Some(" text/json; charset=GBK "),
                Ok("text/json; charset=GBK"),
            ),
            ("page=1", None, Err(PostFault::Unknown)),
            ("{\"page\":1} x", None, Err(PostFault::Unknown)),
            ("page=1", Some("json"), Err(PostFault::ContentType)),
            (
                "page=1",
                Some("a/b\r\nHost: c"),
                Err(PostFault::ContentType),
            ),
            ("page=1", Some("文本/x"), Err(PostFault::ContentType)),
            ("page=1", Some("/"), Err(PostFault::ContentType)),
        ] {
            let post = Post::text(text, told);
            let shown = post.as_ref().map(|post| post.content_type().unwrap());
            assert_eq!(shown, sent.as_ref().copied(), "{text} {told:?}");
        }
    }
}
