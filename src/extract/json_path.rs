//! A path into data: names with dots between them, `[n]` for one element of a list, `[*]` for all,
//! `$` for the whole. It only leads downwards: there is nothing in it to compute.

use super::loose::Value;

/// The longest path, in bytes.
const MOST_BYTES: usize = 200;
/// The most steps of a path.
const MOST_STEPS: usize = 12;
/// The most values that a path leads to.
const MOST_VALUES: usize = 5000;

/// Why a text is no path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathFault {
    /// Longer than the limit.
    #[error("it is longer than {MOST_BYTES} bytes")]
    TooLong,
    /// More steps than the limit.
    #[error("it has more than {MOST_STEPS} steps")]
    TooDeep,
    /// A name is empty.
    #[error("a name in it is empty; write for example \"data.list\", or \"$\" for the whole")]
    Empty,
    /// Something else than a number or `*` in brackets, or a bracket without its other half.
    #[error("brackets hold a number or *, for example \"groups[0].rows\" or \"groups[*].rows\"")]
    Bracket,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Name(String),
    At(usize),
    All,
}

/// A path into data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonPath(Vec<Step>);

impl JsonPath {
    /// Reads a path.
    pub fn parse(text: &str) -> Result<JsonPath, PathFault> {
        if text.len() > MOST_BYTES {
            return Err(PathFault::TooLong);
        }
        let mut steps = Vec::new();
        for (at, part) in text.split('.').enumerate() {
            let (name, brackets) = part.split_at(part.find('[').unwrap_or(part.len()));
            match name {
                "$" if at == 0 => {}
                "" if at == 0 && !brackets.is_empty() => {}
                "" => return Err(PathFault::Empty),
                name if name.contains(']') => return Err(PathFault::Bracket),
                name => steps.push(Step::Name(name.to_owned())),
            }
            elements(brackets, &mut steps)?;
        }
        if steps.len() > MOST_STEPS {
            return Err(PathFault::TooDeep);
        }
        Ok(JsonPath(steps))
    }

    /// The values to which it leads, in order.
    pub fn all<'v>(&self, value: &'v Value<'v>) -> Vec<&'v Value<'v>> {
        let mut here = vec![value];
        for step in &self.0 {
            here = here
                .into_iter()
                .flat_map(|value| below(value, step))
                .take(MOST_VALUES)
                .collect();
        }
        here
    }

    /// The first value to which it leads.
    pub fn first<'v>(&self, value: &'v Value<'v>) -> Option<&'v Value<'v>> {
        self.all(value).into_iter().next()
    }
}

/// Adds the steps of `[0][*]`.
fn elements(brackets: &str, steps: &mut Vec<Step>) -> Result<(), PathFault> {
    let mut rest = brackets;
    while !rest.is_empty() {
        let inner = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        let (inner, after) = inner.ok_or(PathFault::Bracket)?;
        steps.push(match inner {
            "*" => Step::All,
            number => Step::At(number.parse().map_err(|_| PathFault::Bracket)?),
        });
        rest = after;
    }
    Ok(())
}

fn below<'v>(value: &'v Value<'v>, step: &Step) -> Vec<&'v Value<'v>> {
    match (value, step) {
        (Value::Object(pairs), Step::Name(wanted)) => pairs
            .iter()
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value)
            .into_iter()
            .collect(),
        (Value::List(values), Step::At(at)) => values.get(*at).into_iter().collect(),
        (Value::List(values), Step::All) => values.iter().take(MOST_VALUES).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::loose;

    #[test]
    fn paths_lead_to_their_values() {
        let text = r#"{"data":{"list":[{"t":"a"},{"t":"b"}],"名称":[["c"],["d"]]},"n":7}"#;
        let (value, _) = loose::read(text).unwrap();
        let cases = [
            ("data.list[*].t", vec!["a", "b"]),
            ("$.data.list[1].t", vec!["b"]),
            ("data.名称[*][0]", vec!["c", "d"]),
            ("data.list[9].t", vec![]),
            ("data.list.t", vec![]),
            ("n.x", vec![]),
            ("nothing", vec![]),
        ];
        for (path, expected) in cases {
            let path = JsonPath::parse(path).unwrap();
            let found: Vec<&str> = path
                .all(&value)
                .into_iter()
                .map(|value| match value {
                    Value::Text(text) => text.as_ref(),
                    _ => "?",
                })
                .collect();
            assert_eq!(found, expected, "{path:?}");
        }
        assert_eq!(JsonPath::parse("$").unwrap().first(&value), Some(&value));
        let list = Value::List(vec![Value::Number(1)]);
        let whole = JsonPath::parse("[*]").unwrap();
        assert_eq!(whole.all(&list), [&Value::Number(1)]);
    }

    #[test]
    fn what_is_no_path_is_refused_with_its_reason() {
        let (long, deep) = ("a".repeat(201), "a.".repeat(12) + "a");
        let cases = [
            ("", PathFault::Empty),
            ("a..b", PathFault::Empty),
            (".a", PathFault::Empty),
            ("a.[0]", PathFault::Empty),
            ("a[", PathFault::Bracket),
            ("a]", PathFault::Bracket),
            ("a[b]", PathFault::Bracket),
            ("a[-1]", PathFault::Bracket),
            ("a[0]b", PathFault::Bracket),
            ("a[?(@.b)]", PathFault::Bracket),
            (&long, PathFault::TooLong),
            (&deep, PathFault::TooDeep),
        ];
        for (text, fault) in cases {
            assert_eq!(JsonPath::parse(text), Err(fault), "{text:.20}");
        }
    }
}
