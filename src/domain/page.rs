//! A page as it came over the wire, before anything was understood of it.

use url::Url;

/// Bytes of one answer, after transfer and content coding were removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Where the bytes came from, after redirects.
    pub url: Url,
    /// The HTTP status (200 for files given on the command line).
    pub status: u16,
    /// The `Content-Type` header, if the server sent one.
    pub content_type: Option<String>,
    /// The body, at most the configured cap.
    pub body: Vec<u8>,
}
