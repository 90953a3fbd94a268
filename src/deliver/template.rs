//! Templates of a gateway: `{phone}`, `{text}`, `{key}`, `{secret.NAME}`, and for approved templates
//! `{template}`, their code, and `{params}`, their parameters as JSON; `{{` and `}}` stand for the
//! braces themselves.
//!
//! A template is taken apart once, when the daemon starts; a fault is an error then and not at the
//! first message. Filling yields one string value. Encoding it (JSON, form, header) is the job of
//! the encoder, so that no value can leave its field.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use thiserror::Error;

use crate::domain::braces;

/// What may stand in a template.
#[derive(Clone, Copy)]
pub struct Fields<'a> {
    /// The telephone number.
    pub phone: &'a str,
    /// The whole text.
    pub text: &'a str,
    /// The message's key.
    pub key: &'a str,
    /// The code of the approved template; empty where there is none.
    pub template: &'a str,
    /// Its parameters; null where there is none.
    pub params: &'a Value,
}

/// A template that was taken apart.
#[derive(Debug, Clone)]
pub struct Template(Vec<Piece>);

#[derive(Debug, Clone)]
enum Piece {
    Plain(String),
    Phone,
    Text,
    Key,
    Code,
    Params,
    Secret(SecretString),
}

/// A fault in a template. It names the field, never the template: that may hold a token.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TemplateError {
    /// A field that does not exist.
    #[error(
        "unknown field {{{0}}}, known are {{phone}} {{text}} {{key}} {{template}} {{params}} {{secret.NAME}}"
    )]
    UnknownField(String),
    /// A secret that was not given.
    #[error("no secret is named {0:?}")]
    UnknownSecret(String),
    /// A brace without its partner.
    #[error("a brace without its partner, write {{{{ or }}}} for the brace itself")]
    LoneBrace,
}

impl Template {
    /// Takes `text` apart; `secrets` are looked up by name.
    pub fn parse(text: &str, secrets: &[(String, SecretString)]) -> Result<Self, TemplateError> {
        let pieces = braces::pieces(text).map_err(|_| TemplateError::LoneBrace)?;
        let pieces = pieces.into_iter().map(|piece| match piece {
            braces::Piece::Plain(words) => Ok(Piece::Plain(words)),
            braces::Piece::Field(name) => field(&name, secrets),
        });
        pieces.collect::<Result<_, _>>().map(Template)
    }

    /// The value with every field filled.
    pub fn fill(&self, fields: &Fields<'_>) -> String {
        self.0
            .iter()
            .map(|piece| match piece {
                Piece::Plain(text) => text.clone(),
                Piece::Phone => fields.phone.to_owned(),
                Piece::Text => fields.text.to_owned(),
                Piece::Key => fields.key.to_owned(),
                Piece::Code => fields.template.to_owned(),
                Piece::Params => fields.params.to_string(),
                Piece::Secret(secret) => secret.expose_secret().to_owned(),
            })
            .collect()
    }

    /// Whether it holds nothing but the parameters.
    fn is_params(&self) -> bool {
        let said = |piece: &&Piece| !matches!(piece, Piece::Plain(text) if text.is_empty());
        let mut pieces = self.0.iter().filter(said);
        matches!((pieces.next(), pieces.next()), (Some(Piece::Params), None))
    }
}

fn field(name: &str, secrets: &[(String, SecretString)]) -> Result<Piece, TemplateError> {
    match name {
        "phone" => Ok(Piece::Phone),
        "text" => Ok(Piece::Text),
        "key" => Ok(Piece::Key),
        "template" => Ok(Piece::Code),
        "params" => Ok(Piece::Params),
        _ => {
            let shown: String = name.chars().take(40).collect();
            let Some(wanted) = name.strip_prefix("secret.") else {
                return Err(TemplateError::UnknownField(shown));
            };
            secrets
                .iter()
                .find(|(known, _)| known == wanted)
                .map(|(_, secret)| Piece::Secret(secret.clone()))
                .ok_or(TemplateError::UnknownSecret(shown))
        }
    }
}

/// A JSON document whose string values are templates.
#[derive(Debug, Clone)]
pub enum Document {
    /// A string value.
    Text(Template),
    /// Any other value without parts.
    Fixed(Value),
    /// An array.
    List(Vec<Document>),
    /// An object; its keys are fixed.
    Map(Vec<(String, Document)>),
}

impl Document {
    /// Takes every string value of `value` apart.
    pub fn parse(
        value: &Value,
        secrets: &[(String, SecretString)],
    ) -> Result<Document, TemplateError> {
        Ok(match value {
            Value::String(text) => Document::Text(Template::parse(text, secrets)?),
            Value::Array(parts) => Document::List(
                parts
                    .iter()
                    .map(|part| Document::parse(part, secrets))
                    .collect::<Result<_, _>>()?,
            ),
            Value::Object(parts) => Document::Map(
                parts
                    .iter()
                    .map(|(name, part)| Ok((name.clone(), Document::parse(part, secrets)?)))
                    .collect::<Result<_, _>>()?,
            ),
            Value::Null | Value::Bool(_) | Value::Number(_) => Document::Fixed(value.clone()),
        })
    }

    /// The document with every field filled.
    pub fn fill(&self, fields: &Fields<'_>) -> Value {
        match self {
            // Alone it is the JSON itself, among other words its text.
            Document::Text(template) if template.is_params() => fields.params.clone(),
            Document::Text(template) => Value::String(template.fill(fields)),
            Document::Fixed(value) => value.clone(),
            Document::List(parts) => parts.iter().map(|part| part.fill(fields)).collect(),
            Document::Map(parts) => parts
                .iter()
                .map(|(name, part)| (name.clone(), part.fill(fields)))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn secrets() -> Vec<(String, SecretString)> {
        vec![("token".to_owned(), SecretString::from("t{text}".to_owned()))]
    }

    const FIELDS: Fields<'static> = Fields {
        phone: "10000000001",
        text: "say \"{phone}\"\n",
        key: "k",
        template: "T-1",
        params: &Value::Null,
    };

    #[test]
    fn fields_are_filled_once() {
        let rows = [
            ("", ""),
            ("plain", "plain"),
            ("{phone}|{key}", "10000000001|k"),
            // What a value holds is never read as a field.
            ("{text}", "say \"{phone}\"\n"),
            ("Bearer {secret.token}", "Bearer t{text}"),
            ("{{phone}} }}{{", "{phone} }{"),
            ("字{key}字", "字k字"),
        ];
        for (template, expected) in rows {
            let parsed = Template::parse(template, &secrets()).expect(template);
            assert_eq!(parsed.fill(&FIELDS), expected, "{template}");
        }
    }

    #[test]
    fn faults_are_found_at_once() {
        let unknown = |name: &str| TemplateError::UnknownField(name.to_owned());
        let rows = [
            ("{mobile}", unknown("mobile")),
            ("{}", unknown("")),
            ("{ phone}", unknown(" phone")),
            (
                "{secret.other}",
                TemplateError::UnknownSecret("secret.other".to_owned()),
            ),
            ("{phone", TemplateError::LoneBrace),
            ("phone}", TemplateError::LoneBrace),
        ];
        for (template, expected) in rows {
            let fault = Template::parse(template, &secrets()).expect_err(template);
            assert_eq!(fault, expected, "{template}");
        }
    }

    #[test]
    fn documents_keep_their_shape() {
        let value = json!({"to": ["{phone}"], "n": 3, "{key}": {"text": "{text}"}, "no": null});
        let filled = Document::parse(&value, &[])
            .expect("no fault")
            .fill(&FIELDS);
        let expected = json!({
            "to": ["10000000001"], "n": 3, "{key}": {"text": "say \"{phone}\"\n"}, "no": null,
        });
        assert_eq!(filled, expected);
    }

    #[test]
    fn parameters_are_json_or_its_text() {
        let value = json!({"code": "{template}", "params": "{params}", "text": "p={params}"});
        let params = json!({"site": "a\"b"});
        let fields = Fields {
            params: &params,
            ..FIELDS
        };
        let filled = Document::parse(&value, &[])
            .expect("no fault")
            .fill(&fields);
        let expected = json!({
            "code": "T-1", "params": {"site": "a\"b"}, "text": r#"p={"site":"a\"b"}"#,
        });
        assert_eq!(filled, expected);
    }

    #[test]
    fn debug_tells_no_secret() {
        let template = Template::parse("{secret.token}", &secrets()).expect("no fault");
        assert!(!format!("{template:?}").contains("t{text}"));
    }
}
