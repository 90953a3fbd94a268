//! Text with named fields in braces: `{name}`; `{{` and `}}` stand for the braces themselves.
//!
//! Takes a text apart and knows nothing of what the names mean.

/// One piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Words as they stand, braces already single.
    Plain(String),
    /// What stood between two braces.
    Field(String),
}

/// A brace without its partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoneBrace;

/// The pieces of `text`, in order.
pub fn pieces(text: &str) -> Result<Vec<Piece>, LoneBrace> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, from)) = rest
        .find(['{', '}'])
        .and_then(|at| rest.split_at_checked(at))
    {
        plain.push_str(before);
        if let Some(after) = from.strip_prefix("{{") {
            plain.push('{');
            rest = after;
        } else if let Some(after) = from.strip_prefix("}}") {
            plain.push('}');
            rest = after;
        } else if let Some((name, after)) =
            from.strip_prefix('{').and_then(|from| from.split_once('}'))
        {
            pieces.push(Piece::Plain(std::mem::take(&mut plain)));
            pieces.push(Piece::Field(name.to_owned()));
            rest = after;
        } else {
            return Err(LoneBrace);
        }
    }
    plain.push_str(rest);
    pieces.push(Piece::Plain(plain));
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Result<String, LoneBrace> {
        let pieces = pieces(text)?;
        Ok(pieces
            .into_iter()
            .map(|piece| match piece {
                Piece::Plain(words) => words,
                Piece::Field(name) => format!("<{name}>"),
            })
            .collect())
    }

    #[test]
    fn fields_and_braces_are_told_apart() {
        let rows = [
            ("", Ok("")),
            ("字{key}字", Ok("字<key>字")),
            ("{a}{b}", Ok("<a><b>")),
            ("{{a}} }}{{", Ok("{a} }{")),
            ("{{{a}}}", Ok("{<a>}")),
            ("{}", Ok("<>")),
            ("{a", Err(LoneBrace)),
            ("a}b", Err(LoneBrace)),
        ];
        for (text, expected) in rows {
            assert_eq!(shown(text), expected.map(str::to_owned), "{text}");
        }
    }
}
