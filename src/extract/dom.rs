//! The parsed page as one flat list in document order. Every subtree is a range of it, so that
//! counting what a block holds needs no walk. It decides what is visible and what is furniture.

pub use super::parse::Element;
use super::parse::{Kind, Tree};

use super::sheet::Sheet;

/// What stands at one place of the page.
#[derive(Debug, Clone, Copy)]
pub enum What<'a> {
    /// An element.
    Element(&'a Element),
    /// Text between tags.
    Text(&'a str),
    /// Anything without meaning here.
    Other,
}

/// One place of the page.
#[derive(Debug, Clone, Copy)]
pub struct Node<'a> {
    /// The index of the parent; the root is its own.
    pub parent: usize,
    /// One past the last index of this subtree.
    pub end: usize,
    /// What stands here.
    pub what: What<'a>,
    /// The tag, empty if no element stands here.
    pub tag: &'a str,
    /// Whether this or an ancestor is not displayed.
    pub hidden: bool,
    /// Whether this or an ancestor is never text for a reader: scripts, styles, forms' choices.
    pub silent: bool,
    /// Whether this lies in the header, the footer or a navigation block.
    pub furniture: bool,
    /// A digest of the tags and class letters from the root to here.
    pub path: u64,
}

/// The page.
#[derive(Debug)]
pub struct Dom<'a> {
    nodes: Vec<Node<'a>>,
    /// The elements that stand in a page's head or seldom at all.
    rare: Vec<usize>,
}

impl<'a> Dom<'a> {
    /// Lays the tree out flat.
    pub fn of(tree: &'a Tree) -> Dom<'a> {
        Dom::styled(tree, &Sheet::default())
    }

    /// Lays the tree out flat, and heeds what the page's own style sheet hides.
    pub fn styled(tree: &'a Tree, sheet: &Sheet) -> Dom<'a> {
        let mut nodes: Vec<Node<'a>> = Vec::with_capacity(tree.len());
        let mut rare = Vec::new();
        let mut place = tree.root();
        let mut parent = 0;
        loop {
            let here = nodes.len();
            let made = make(nodes.get(parent), parent, place.kind(), sheet);
            if !made.tag.is_empty() && !is_frequent(made.tag) {
                rare.push(here);
            }
            nodes.push(made);
            if let Some(child) = place.first_child() {
                (place, parent) = (child, here);
                continue;
            }
            let mut open = here;
            loop {
                let end = nodes.len();
                if let Some(node) = nodes.get_mut(open) {
                    node.end = end;
                }
                if let Some(next) = place.next_sibling() {
                    place = next;
                    break;
                }
                let Some(above) = place.parent() else {
                    return Dom { nodes, rare };
                };
                place = above;
                open = parent;
                parent = nodes.get(open).map_or(0, |node| node.parent);
            }
        }
    }

    /// How many places there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The place at `index`.
    pub fn get(&self, index: usize) -> Option<&Node<'a>> {
        self.nodes.get(index)
    }

    /// Every place with its index.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &Node<'a>)> {
        self.nodes.iter().enumerate()
    }

    /// The places of a range.
    pub fn range(&self, start: usize, end: usize) -> impl Iterator<Item = (usize, &Node<'a>)> {
        self.nodes
            .get(start..end.min(self.nodes.len()))
            .unwrap_or_default()
            .iter()
            .zip(start..)
            .map(|(n, at)| (at, n))
    }

    /// The parent's index.
    pub fn parent(&self, index: usize) -> usize {
        self.get(index).map_or(0, |node| node.parent)
    }

    /// One past the subtree of `index`.
    pub fn end(&self, index: usize) -> usize {
        self.get(index).map_or(index, |node| node.end)
    }

    /// The element at `index`, if one stands there.
    pub fn element(&self, index: usize) -> Option<&'a Element> {
        match self.get(index)?.what {
            What::Element(element) => Some(element),
            _ => None,
        }
    }

    /// The tag at `index`, empty if no element stands there.
    pub fn tag(&self, index: usize) -> &'a str {
        self.get(index).map_or("", |node| node.tag)
    }

    /// An attribute of the element at `index`.
    pub fn attr(&self, index: usize, name: &str) -> Option<&'a str> {
        attr(self.element(index)?, name)
    }

    /// The elements with a tag, in document order.
    pub fn tagged(&self, tag: &'static str) -> impl Iterator<Item = (usize, &'a Element)> {
        let frequent = is_frequent(tag);
        let (all, rare) = if frequent {
            (0..self.nodes.len(), &[][..])
        } else {
            (0..0, self.rare.as_slice())
        };
        all.chain(rare.iter().copied()).filter_map(move |at| {
            let node = self.nodes.get(at).filter(|node| node.tag == tag)?;
            match node.what {
                What::Element(element) => Some((at, element)),
                _ => None,
            }
        })
    }

    /// The visible text nodes of a range.
    pub fn texts(&self, start: usize, end: usize) -> impl Iterator<Item = (usize, &'a str)> {
        self.range(start, end)
            .filter_map(|(at, node)| match node.what {
                What::Text(text) if !node.silent => Some((at, text)),
                _ => None,
            })
    }

    /// The text of a range, white space run together, at most `limit` characters.
    pub fn text(&self, start: usize, end: usize, limit: usize) -> String {
        let mut out = String::new();
        let mut left = limit;
        for (_, text) in self.texts(start, end) {
            for word in text.split_whitespace() {
                if !out.is_empty() && left > 0 {
                    out.push(' ');
                    left -= 1;
                }
                for c in word.chars().take(left) {
                    out.push(c);
                    left -= 1;
                }
                if left == 0 {
                    return out;
                }
            }
        }
        out
    }

    /// The structure that leads to `index` in words: tags and class letters of its last levels.
    pub fn signature(&self, index: usize) -> String {
        let mut parts = Vec::new();
        let mut at = index;
        while parts.len() < 8 && self.element(at).is_some() {
            parts.push(
                self.element(at)
                    .map_or_else(String::new, |e| step(e, at == index)),
            );
            at = self.parent(at);
        }
        parts.reverse();
        parts.join(">").chars().take(200).collect()
    }
}

fn make<'a>(above: Option<&Node<'a>>, parent: usize, value: &'a Kind, sheet: &Sheet) -> Node<'a> {
    let what = match value {
        Kind::Element(element) => What::Element(element),
        Kind::Text(text) => What::Text(text),
        _ => What::Other,
    };
    let (hidden, silent, furniture, path) = above.map_or((false, false, false, 0), |n| {
        (n.hidden, n.silent, n.furniture, n.path)
    });
    let mut node = Node {
        parent,
        end: 0,
        what,
        tag: "",
        hidden,
        silent,
        furniture,
        path,
    };
    if let What::Element(element) = what {
        let (mut classes, mut id, mut shown) = ("", None, false);
        for (key, value) in element.attrs() {
            match key {
                "hidden" => node.hidden = true,
                "style" => match is_undisplayed(value) {
                    true => node.hidden = true,
                    false => shown = value.contains("display"),
                },
                "id" => {
                    node.furniture |= names_furniture(value);
                    id = Some(value);
                }
                "class" => {
                    node.furniture |= names_furniture(value);
                    classes = value;
                }
                _ => {}
            }
        }
        let tag = element.name();
        node.tag = tag;
        node.hidden |= !shown && sheet.hides(tag, id, classes);
        node.silent |= is_silent(tag);
        node.furniture |= matches!(tag, "header" | "footer" | "nav");
        node.path = path_step(path, tag.as_bytes(), classes);
    }
    node
}

/// The tags of which the body of a page is made.
fn is_frequent(tag: &str) -> bool {
    matches!(
        tag,
        "a" | "li"
            | "div"
            | "span"
            | "p"
            | "td"
            | "tr"
            | "ul"
            | "img"
            | "br"
            | "option"
            | "font"
            | "b"
            | "i"
            | "em"
            | "strong"
            | "dd"
            | "dt"
            | "dl"
            | "input"
            | "label"
            | "h3"
    )
}

fn is_silent(tag: &str) -> bool {
    matches!(
        tag,
        "script"
            | "style"
            | "noscript"
            | "textarea"
            | "select"
            | "template"
            | "head"
            | "title"
            | "iframe"
            | "object"
    )
}

/// Whether a style keeps an element from being displayed.
pub fn is_undisplayed(style: &str) -> bool {
    let plain: String = style
        .chars()
        .filter(|c| !c.is_whitespace())
        .take(400)
        .collect();
    let plain = plain.to_ascii_lowercase();
    plain.contains("display:none") || plain.contains("visibility:hidden")
}

/// Whether a class or an identifier has a word of header, footer or navigation.
pub fn names_furniture(value: &str) -> bool {
    const WORDS: [&str; 10] = [
        "header",
        "footer",
        "foot",
        "nav",
        "menu",
        "navigation",
        "copyright",
        "breadcrumb",
        "crumb",
        "crumbs",
    ];
    value
        .split(|c: char| !c.is_ascii_alphabetic())
        .filter(|word| (3..=10).contains(&word.len()))
        .filter(|word| {
            word.starts_with(['h', 'f', 'n', 'm', 'c', 'b', 'H', 'F', 'N', 'M', 'C', 'B'])
        })
        .any(|word| WORDS.iter().any(|known| known.eq_ignore_ascii_case(word)))
}

/// An attribute of an element. Names are compared as text: a name of the parser's own kind would
/// have to be interned first, which costs more than the few comparisons.
pub fn attr<'a>(element: &'a Element, name: &str) -> Option<&'a str> {
    element
        .attrs()
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// Class words that say which row is meant, not which list.
fn is_state(word: &str) -> bool {
    const STATES: [&str; 16] = [
        "on", "active", "hover", "cur", "current", "odd", "even", "first", "last", "hot", "new",
        "red", "none", "hide", "show", "top",
    ];
    word.len() <= 7 && STATES.contains(&word)
}

fn class_words(element: &Element) -> impl Iterator<Item = String> {
    attr(element, "class")
        .unwrap_or_default()
        .split_ascii_whitespace()
        .take(4)
        .map(|word| {
            word.chars()
                .filter(|c| c.is_alphabetic() || *c == '-' || *c == '_')
                .take(24)
                .collect::<String>()
        })
        .filter(|word| !word.is_empty() && !is_state(word))
}

fn step(element: &Element, bare: bool) -> String {
    let mut out = element.name().chars().take(16).collect::<String>();
    for word in class_words(element).filter(|_| !bare) {
        out.push('.');
        out.push_str(&word);
    }
    out
}

/// The digest of the path to an element below another one.
pub fn path_step(above: u64, tag: &[u8], classes: &str) -> u64 {
    let mut digest = mix(above, tag);
    for word in classes
        .split_ascii_whitespace()
        .take(4)
        .filter(|word| !is_state(word))
    {
        let letters = word.bytes().filter(|b| !b.is_ascii_digit());
        digest = letters.fold(digest ^ 0x2e, |d, b| (d ^ u64::from(b)).wrapping_mul(PRIME));
    }
    digest
}

const PRIME: u64 = 0x0000_0100_0000_01b3;

/// Mixes bytes into a digest (FNV-1a); paths are compared within one page only.
pub fn mix(start: u64, bytes: &[u8]) -> u64 {
    let seed = (start ^ 0xcbf2_9ce4_8422_2325).rotate_left(5);
    bytes
        .iter()
        .fold(seed, |d, b| (d ^ u64::from(*b)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse;
    use super::*;

    #[test]
    fn subtrees_are_ranges_in_document_order() {
        let tree = parse("<div id=a><p>one<b>two</b></p><p>three</p></div><div id=b>four</div>")
            .expect("a tree");
        let dom = Dom::of(&tree);
        let (at, _) = dom.tagged("div").next().expect("a div");
        assert_eq!(dom.text(at, dom.end(at), 100), "one two three");
        let whole = dom.text(0, dom.len(), 100);
        assert_eq!(whole, "one two three four");
        for (index, node) in dom.iter().skip(1) {
            assert!(node.parent < index && index < node.end && node.end <= dom.end(node.parent));
        }
    }

    #[test]
    fn scripts_are_silent_and_hiding_is_inherited() {
        let tree = parse(
            "<script>var a</script><div style='display : none'><i>x</i></div><nav><a>y</a></nav>",
        )
        .expect("a tree");
        let dom = Dom::of(&tree);
        assert_eq!(dom.text(0, dom.len(), 100), "x y");
        let (i, _) = dom.tagged("i").next().expect("an i");
        assert!(dom.get(i).expect("node").hidden);
        let (a, _) = dom.tagged("a").next().expect("an a");
        assert!(dom.get(a).expect("node").furniture);
    }

    #[test]
    fn the_signature_has_no_digits_and_no_states() {
        let tree =
            parse("<div class='con12 main'><ul class='list3 active'><li class=x>a</li></ul></div>")
                .expect("a tree");
        let dom = Dom::of(&tree);
        let (li, _) = dom.tagged("li").next().expect("a row");
        assert_eq!(dom.signature(li), "html>body>div.con.main>ul.list>li");
    }
}
