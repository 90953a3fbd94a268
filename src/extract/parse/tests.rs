//! The tree against the one that the parser's own tokenizer gives.

use scraper::Html;
use scraper::node::Node;

use super::super::tags::tag;
use super::*;

/// An element or a text as far as anybody reads it.
fn told<'e>(name: &str, attributes: impl Iterator<Item = (&'e str, &'e str)>) -> String {
    let key = tag(&name.chars().take(8).collect::<String>());
    let mut told: Vec<_> = attributes
        .filter(|(name, value)| {
            !crate::extract::lean::is_idle(key, name.as_bytes(), value.as_bytes())
        })
        .collect();
    told.sort_unstable();
    format!("<{name} {told:?}>")
}

fn shown(above: &str, text: &str) -> String {
    match above {
        "script" | "style" => "code".to_owned(),
        _ => text.split_ascii_whitespace().collect::<Vec<_>>().join(" "),
    }
}

fn ours(text: &str) -> Option<Vec<String>> {
    let tree = parse(text)?;
    let mut out = Vec::new();
    let mut waiting = vec![(0, "", tree.root())];
    while let Some((depth, above, place)) = waiting.pop() {
        let (name, line) = match place.kind() {
            Kind::Element(element) => (element.name(), told(element.name(), element.attrs())),
            Kind::Text(text) => ("", shown(above, text)),
            Kind::Other => ("", "other".to_owned()),
        };
        out.push(format!("{depth} {line}"));
        let next = place.next_sibling().map(|next| (depth, above, next));
        let child = place.first_child().map(|child| (depth + 1, name, child));
        waiting.extend(next.into_iter().chain(child));
    }
    Some(out)
}

fn theirs(text: &str) -> Vec<String> {
    let html = Html::parse_document(text);
    let places = html.tree.root().descendants();
    places
        .map(|place| {
            let above = place.parent().and_then(|above| above.value().as_element());
            let line = match place.value() {
                Node::Element(element) => told(element.name(), element.attrs()),
                Node::Text(text) => shown(above.map_or("", |element| element.name()), text),
                _ => "other".to_owned(),
            };
            format!("{} {line}", place.ancestors().count())
        })
        .collect()
}

#[track_caller]
fn assert_same(text: &str) {
    if let Some(ours) = ours(text) {
        assert_eq!(ours, theirs(text), "{text:?}");
    }
}

#[test]
fn the_tree_is_that_of_the_standard() {
    for text in [
        "<ul>\r\n\t\t<li>\n<a target=_blank href='/x' style=\"color:red\">x</a></li></ul>",
        "<script src=a.js>var a = '<p>';</script><style>a{}</style>",
        "<!-- a -- b --><p>x<!-- <!-- c --> d<!-- --!> e <!-",
        "<p>a  b\n\nc\rd\r\ne</p>f\0g<a title='h\0i\r\nj'>",
        "<title>a <!-- b</title><p>c</p> --> <b>d&amp;e</b>",
        "<textarea>\n<style></textarea><p>a</p></style>",
        "<script><!-- <script> </script> <p>a</p>  --></script><p>b",
        "<script><!--> <script> </script><p>a<script><!-- </script ><p>b<script><!-- <script>--></script>c",
        "<style></stylex> <p>  </style><p>a",
        "<svg>  <style><p>a</p></style></svg>",
        "<svg><![CDATA[ a<b & \0 ]]> <a xlink:href=/x /></svg><![CDATA[ a ]]>",
        "<math><mi>a<p>b</mi><annotation-xml encoding=text/html><p>c</math>",
        "<a x target=b =c>d</a><a =b ==c / d/e=f/>g",
        "<div style='color:red' style=display:none =x><p>a</p>",
        "<p style=a style='display:none'>b<i ID=a id=b Id=c>",
        "<font color=a><font color=b><font color=c><font color=d><p>x<p>y",
        "<b style=a><b style=b><b style=c><b style=d><p>x<p>y",
        "<noscript>  <style></noscript>  <p>a<plaintext>  <!-- a -->  <p>&amp;",
        "<!--> a --> b<!---> c --> d<!----!> e",
        "<a title='>  <p style=x>' target=b>c</a",
        "a < b </ c> d </> e <? f> g <! h> i </",
        "&lt;&amp;&nbsp;&copy&copyx;&notin;&notit;&#20013;&#x4e2d&#0;&#128;&#xd800;&#99999999;&#;&#x;&;&NotEqualTilde; &",
        "<a href='?a=1&copy=2&copy;=3&lt=4&amp&not;&notit;&#65;b'>",
        "<table><tr><td>a<td>b</table> <table>c<a>d<tr>e<form><input type=hidden></table>",
        "<template><p>a<tr><td>b</template>c",
        "<select><option>a<p>b<option>c<table></select>",
        "<frameset><frame src=/x></frameset>a",
        "<HTML LANG=zh><BODY class=a><body id=b class=c><DIV/>a<BR/></br></p>",
        "<pre>\r\n<p>a</pre><pre>\r\n\r\n<p>b</pre><pre>\n\na</pre><listing>\r\n b</listing>",
        "<verylongelementname a_very_long_attribute_name=1 A_Very_Long_Attribute_Name=2>a</VERYLONGELEMENTNAME>",
        "<元素>a<a标题='b' 名=c>",
        "\u{feff}<p>a",
    ] {
        assert_same(text);
    }
}

#[test]
fn the_declared_type_decides_whether_a_table_ends_a_paragraph() {
    for doctype in [
        "",
        "<!doctype html>",
        "<!DOCTYPE HTML><!doctype a>",
        "<!doctype>",
        "<!doctypehtml>",
        "<!doctype html public>",
        "<!doctype html public '-//W3C//DTD HTML 3.2//EN'>",
        "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\" \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">",
        "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01 Transitional//EN\">",
        "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01 Transitional//EN\"'http://www.w3.org/TR/html4/loose.dtd'>",
        "<!doctype html system 'about:legacy-compat' x>",
        "<!doctype html system \"http://www.ibm.com/data/dtd/v11/ibmxhtml1-transitional.dtd\">",
        "<!doctype html system 'a>",
        "<!doctype html public 'a' x>",
        "<!doctype html x>",
    ] {
        assert_same(&format!("{doctype}<p>a<table><tr><td>b"));
    }
}

#[test]
fn what_nobody_reads_is_left_out() {
    let tree = parse(
        "<ul>  \n<li style='color:red' onclick=a() width=5><script>var a;</script><img srcset=x>",
    )
    .expect("a tree");
    let mut waiting = vec![tree.root()];
    let mut all = Vec::new();
    while let Some(place) = waiting.pop() {
        match place.kind() {
            Kind::Element(element) => all.extend(element.attrs().map(|(name, _)| name.to_owned())),
            Kind::Text(text) => all.push(text.to_string()),
            Kind::Other => {}
        }
        waiting.extend(place.next_sibling().into_iter().chain(place.first_child()));
    }
    assert_eq!(all, [" ", "onclick", " "]);
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
            "&amp;", "&not", "it;", "&#x4e2", "d;", "<![CDATA[", "]]>", "<?x", ">", "<", "/", "</p x='", "<body style=x>",
            "<frameset>", "style=a ", "style=none ", "<svg>", "</svg>", "<math/>", "<script ", "-", "\r", "\n", "\0", "</",
            "<!doctype html>", "<!doctype a public '", "<html lang=zh>", "<form>", "<h1>", "</h2>", "<plaintext>", "<pre>",
        ]), 0..60),
    ) {
        assert_same(&parts.concat());
    }
}
