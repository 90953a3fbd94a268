//! Markup that is made of what hides in scripts: fragments as they are, rows written out plainly.

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
        let href = link
            .map(|link| format!(" href=\"{}\"", escape(link.trim())))
            .unwrap_or_default();
        let date = date.map(escape).unwrap_or_default();
        let title = escape(&clean::line(&without_tags(title), clean::TITLE));
        let _ = writeln!(
            self.html,
            "<ul><li><a{href}>{title}</a><span>{date}</span></li></ul>"
        );
    }
}

fn without_tags(text: &str) -> String {
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
    out
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}
