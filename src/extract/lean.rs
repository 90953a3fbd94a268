//! The page without what nobody reads: bodies of scripts, styles and comments, attributes of
//! layout, runs of white space between tags. Parsing is most of the work on a page, and half of a
//! page is such ballast. The tree stays the same but for what is left out: the same elements and
//! texts in the same places.

use std::borrow::Cow;

use super::tags::tag;

/// The text that is parsed, while it is being cut out of the page's.
pub struct Lean<'a> {
    text: &'a str,
    out: String,
    /// Up to where the page's text is copied or left out.
    done: usize,
    /// Up to where the parser may see something else than tags: nothing is left out before.
    kept_to: usize,
}

impl<'a> Lean<'a> {
    /// Nothing is left out yet.
    pub fn new(text: &'a str) -> Lean<'a> {
        Lean {
            text,
            out: String::new(),
            done: 0,
            kept_to: 0,
        }
    }

    /// Puts `instead` in the place of a range behind all former ones.
    pub fn replace(&mut self, from: usize, to: usize, instead: &str) {
        if from < self.done.max(self.kept_to) || to < from {
            return;
        }
        let Some(before) = self.text.get(self.done..from) else {
            return;
        };
        if self.text.is_char_boundary(to) {
            if self.out.is_empty() {
                self.out.reserve(self.text.len());
            }
            self.out.push_str(before);
            self.out.push_str(instead);
            self.done = to;
        }
    }

    /// Leaves nothing out before `end`.
    pub fn keep(&mut self, end: usize) {
        self.kept_to = self.kept_to.max(end);
    }

    /// The text that is parsed.
    pub fn finish(mut self) -> Cow<'a, str> {
        if self.done == 0 {
            return Cow::Borrowed(self.text);
        }
        self.out
            .push_str(self.text.get(self.done..).unwrap_or_default());
        Cow::Owned(self.out)
    }
}

/// Whether an attribute of an element tells the reader nothing.
pub fn is_idle(element: u64, name: &[u8], value: &[u8]) -> bool {
    let mut lower = [0_u8; 12];
    let Some(lower) = lower.get_mut(..name.len()) else {
        return false;
    };
    lower.copy_from_slice(name);
    lower.make_ascii_lowercase();
    match &*lower {
        b"style" => !may_hide(value),
        b"target" | b"align" | b"valign" | b"border" | b"bgcolor" | b"background"
        | b"cellspacing" | b"cellpadding" | b"hidefocus" | b"nowrap" | b"language" | b"usemap"
        | b"coords" | b"srcset" | b"tabindex" => true,
        b"rel" => element == tag("a"),
        b"src" => element == tag("img"),
        b"width" | b"height" => element != tag("iframe") && element != tag("frame"),
        b"onclick" => element != tag("li") && element != tag("tr"),
        [b'o', b'n', _, _, _, ..] => true,
        _ => false,
    }
}

/// Whether a style may keep its element from being displayed, or display it against a rule.
fn may_hide(style: &[u8]) -> bool {
    let has = |word: &[u8]| {
        style
            .windows(word.len())
            .any(|part| part.eq_ignore_ascii_case(word))
    };
    has(b"none") || has(b"hidden") || has(b"display")
}

#[cfg(test)]
mod tests {
    use scraper::Html;
    use scraper::node::Node;

    use super::super::guard;
    use super::*;

    /// The tree as far as anybody reads it.
    fn outline(text: &str) -> Vec<String> {
        let html = Html::parse_document(text);
        html.tree
            .root()
            .descendants()
            .map(|place| match place.value() {
                Node::Element(element) => {
                    let key = tag(&element.name().chars().take(8).collect::<String>());
                    let told = element
                        .attrs()
                        .filter(|(name, value)| !is_idle(key, name.as_bytes(), value.as_bytes()));
                    format!("<{} {:?}>", element.name(), told.collect::<Vec<_>>())
                }
                Node::Text(text) => {
                    let above = place.parent().and_then(|above| above.value().as_element());
                    match above.map_or("", |element| element.name()) {
                        "script" | "style" => "code".to_owned(),
                        _ => text.split_ascii_whitespace().collect::<Vec<_>>().join(" "),
                    }
                }
                Node::Comment(_) => "comment".to_owned(),
                other => format!("{other:?}"),
            })
            .collect()
    }

    fn assert_same(text: &str) {
        if let Some(lean) = guard::admit(text) {
            assert_eq!(outline(&lean), outline(text), "{text}\n{lean}");
        }
    }

    #[test]
    fn ballast_is_left_out() {
        let cases = [
            (
                "<ul>\r\n\t\t<li>\n<a target=_blank href='/x' style=\"color:red\">x</a></li></ul>",
                "<ul> <li>\n<a  href='/x' >x</a></li></ul>",
            ),
            (
                "<script src=a.js>var a = '<p>';</script><style>a{}</style>",
                "<script src=a.js> </script><style> </style>",
            ),
            ("<!-- a -- b --><p>x", "<!----><p>x"),
            (
                "<div style='display:none' onclick=a() width=5><li onclick=b()>",
                "<div style='display:none'  ><li onclick=b()>",
            ),
            (
                "<iframe width=0 src=/x></iframe><img width=0 src=/x alt=x>",
                "<iframe width=0 src=/x></iframe><img   alt=x>",
            ),
            ("<p>a  b\n\nc</p>", "<p>a  b\n\nc</p>"),
        ];
        for (text, expected) in cases {
            assert_eq!(guard::admit(text).as_deref(), Some(expected));
            assert_same(text);
        }
    }

    #[test]
    fn what_only_looks_like_ballast_stays() {
        for text in [
            "<title>a <!-- b</title><p>c</p> --> <b>d</b>",
            "<textarea><style></textarea><p>a</p></style>",
            "<script><!-- <script> </script> <p>a</p>  --></script><p>b",
            "<style></stylex> <p>  </style><p>a",
            "<svg>  <style><p>a</p></style></svg>",
            "<a x target=b =c>d</a>",
            "<div style='color:red' style=display:none =x><p>a</p>",
            "<div style='color:red'style='display:none'='x'><p>a</p>",
            "<font color=a><font color=b><font color=c><font color=d><p>x<p>y",
            "<noscript>  <style></noscript>  <p>a",
            "<plaintext>  <!-- a -->  <p>",
            "<!--> a --> b",
            "<a title='>  <p style=x>' target=b>c",
            "<p style=a style='display:none'>b",
        ] {
            assert_same(text);
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_left_out_the_tree_is_the_same(
            parts in proptest::collection::vec(proptest::sample::select(vec![
                "<p>", "</p>", "<a href=x target=y>", "</a>", "  \n", "关于", "<!--", "-->", "<!-->", "--!>",
                "<script>", "</script>", "<style>", "</style>", "<title>", "</title>", "<textarea>", "</textarea>",
                "<table border=0>", "<tr>", "<td width=5 style='a'>", "</table>", "<select>", "</select>", "<b>", "</b>",
                "<font color=a>", "<noscript>", "</noscript>", "<iframe src=/>", "</iframe>", "<div style=\"", "\">",
                " src='", "'>", "=", " target", "<img src=x alt=y>", "<template>", "</template>", "<li onclick=a>", "<ul>",
                "&amp;", "<![CDATA[", "]]>", "<?x", ">", "<", "/", "</p x='", "<body style=x>", "<frameset>",
                "style=a ", "style=none ", "<svg>", "</svg>", "<math/>",
            ]), 0..60),
        ) {
            assert_same(&parts.concat());
        }
    }
}
