//! The declaration of a document's type, which decides whether a table ends a paragraph.

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::Doctype;

/// Reads a declaration: what stands between `<!doctype` and its end. `whole` tells that it has one.
pub fn read(text: &str, whole: bool) -> Doctype {
    let mut out = Doctype {
        force_quirks: !whole,
        ..Doctype::default()
    };
    let text = text.trim_ascii_start();
    let end = text.find(|c: char| c.is_ascii_whitespace());
    let (name, rest) = text.split_at(end.unwrap_or(text.len()));
    if name.is_empty() {
        out.force_quirks = true;
        return out;
    }
    out.name = Some(StrTendril::from_slice(&name.to_ascii_lowercase()));
    let rest = rest.trim_ascii_start();
    let keyword = rest.get(..6).unwrap_or_default().to_ascii_lowercase();
    let behind = rest.get(6..).unwrap_or_default();
    let complete = match keyword.as_str() {
        _ if rest.is_empty() => true,
        "public" => public(behind, &mut out),
        "system" => system(behind, &mut out),
        _ => false,
    };
    out.force_quirks |= !complete;
    out
}

fn public(text: &str, out: &mut Doctype) -> bool {
    let Some((id, rest)) = quoted(text) else {
        return false;
    };
    out.public_id = Some(StrTendril::from_slice(id));
    match rest {
        None => false,
        Some(rest) => rest.trim_ascii().is_empty() || system(rest, out),
    }
}

fn system(text: &str, out: &mut Doctype) -> bool {
    let Some((id, rest)) = quoted(text) else {
        return false;
    };
    out.system_id = Some(StrTendril::from_slice(id));
    rest.is_some()
}

/// What stands in quotes, and what behind them, where they end.
fn quoted(text: &str) -> Option<(&str, Option<&str>)> {
    let text = text.trim_ascii_start();
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let inside = text.get(1..)?;
    Some(match inside.split_once(quote) {
        Some((id, rest)) => (id, Some(rest)),
        None => (inside, None),
    })
}
