//! Markup that is made of what hides in scripts: fragments as they are, rows written out plainly.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::clean;

/// The most bytes of markup that are produced for one page.
const MAX_OUT: usize = 1024 * 1024;

/// The markup made so far, and what was spent on it.
#[derive(Debug, Default)]
pub struct Island {
    /// The markup.
    pub html: String,
    /// Literals that were tried.
    pub tries: usize,
    /// Bytes that were read for them.
    pub read: usize,
    /// Whether a list was found whose records share the moment at which they were made.
    pub shared: bool,
}

impl Island {
    /// Whether more may be added.
    pub fn room(&self) -> bool {
        self.html.len() < MAX_OUT
    }

    /// Adds markup as it is; table rows get a table around them.
    pub fn fragment(&mut self, html: &str) {
        if !self.room() {
            return;
        }
        let trimmed = html.trim_start();
        if trimmed
            .get(..3)
            .is_some_and(|s| s.eq_ignore_ascii_case("<tr"))
        {
            let _ = write!(self.html, "<table>{html}</table>");
        } else {
            self.html.push_str(html);
        }
        self.html.push('\n');
    }

    /// Adds one row.
    pub fn row(&mut self, title: &str, link: Option<&str>, date: Option<&str>) {
        if !self.room() || clean::weight(title) < 4 {
            return;
        }
        let link = link.map(|link| escape(link.trim()));
        let href = link.iter().flat_map(|link| [" href=\"", link, "\""]);
        let title = clean::line(&without_tags(title), clean::TITLE);
        let date = date.map(escape).unwrap_or_default();
        self.html.push_str("<ul><li><a");
        self.html.extend(href);
        let rest = [
            ">",
            &escape(&title),
            "</a><span>",
            &date,
            "</span></li></ul>\n",
        ];
        self.html.extend(rest);
    }
}

fn without_tags(text: &str) -> Cow<'_, str> {
    if !text.contains('<') {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    let mut inside = false;
    for c in text.chars().take(2000) {
        match c {
            '<' => inside = true,
            '>' if inside => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    Cow::Owned(out)
}

fn escape(text: &str) -> Cow<'_, str> {
    if memchr::memchr3(b'&', b'<', b'"', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
    Cow::Owned(escaped.replace('"', "&quot;"))
}
