//! The description of the interface (OpenAPI 3.1), made from the types that the routes answer with.

use axum::Json;
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::candidates::{Candidate, WhichCandidates};
use super::column::ColumnDetail;
use super::copy::{CopyOfPage, WhichCopy};
use super::ical::WhichUnit;
use super::ledger::{Act, AvailableDay, Flagged, Link, WhichSite};
use super::read::{WhichColumns, WhichIncidents, WhichPart};
use super::replay::{self, Replay};
use super::score::{Assessment, Scorecard, WhichPeriod};
use super::shape::{Ack, Column, Done, Incident, Later, Message, Overview, Part, Refusal, Site};
use super::site::SiteDetail;
use super::trend::{OfWhich, Quarter};

/// `GET /api/v1/openapi.json`.
pub async fn openapi() -> Json<Value> {
    Json(description())
}

/// What a route may answer besides.
const SIGNED: &[u16] = &[401, 503];

/// The description.
pub fn description() -> Value {
    let mut types = SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into())
        .into_generator();
    let mut paths = Map::new();
    let refusal = schema::<Refusal>(&mut types);
    let later = schema::<Later>(&mut types);
    let sites = inline::<WhichPart>(&mut types);
    let columns = inline::<WhichColumns>(&mut types);
    let unit = inline::<WhichUnit>(&mut types);
    let which = inline::<WhichIncidents>(&mut types);
    let site = inline::<WhichSite>(&mut types);
    let period = inline::<WhichPeriod>(&mut types);
    let digest = inline::<WhichCopy>(&mut types);
    let of_which = inline::<OfWhich>(&mut types);
    let candidates = inline::<WhichCandidates>(&mut types);
    let numbers = replay::parameters();
    let text = json!({"type": "string"});
    let none = Value::Null;
    let json = "application/json";
    let reads = [
        (
            "/api/v1/overview",
            "overview",
            "The group at a glance",
            (json, schema::<Overview>(&mut types)),
            &none,
            SIGNED,
        ),
        (
            "/api/v1/sites",
            "sites",
            "The sites, what needs a person first on top",
            (json, schema::<Part<Site>>(&mut types)),
            &sites,
            &[400, 401, 503],
        ),
        (
            "/api/v1/sites/{id}",
            "site",
            "One site with its home page",
            (json, schema::<SiteDetail>(&mut types)),
            &none,
            &[401, 404, 503],
        ),
        (
            "/api/v1/columns",
            "columns",
            "The columns, what needs a person first on top",
            (json, schema::<Part<Column>>(&mut types)),
            &columns,
            &[400, 401, 404, 503],
        ),
        (
            "/api/v1/columns/{id}",
            "column",
            "One column with what its verdict rests on",
            (json, schema::<ColumnDetail>(&mut types)),
            &none,
            &[401, 404, 503],
        ),
        (
            "/api/v1/copies/{id}",
            "copy",
            "The stored copy of a column's list page, or of a site's home page, as rows and as source text",
            (json, schema::<CopyOfPage>(&mut types)),
            &digest,
            &[400, 401, 404, 503],
        ),
        (
            "/api/v1/incidents",
            "incidents",
            "The incidents that are suspected or open, or the latest that are over",
            (json, schema::<Part<Incident>>(&mut types)),
            &which,
            &[400, 401, 503],
        ),
        (
            "/api/v1/messages",
            "messages",
            "The messages, the newest first, their receivers masked; not for a unit",
            (json, schema::<Part<Message>>(&mut types)),
            &sites,
            &[400, 401, 403, 503],
        ),
        (
            "/api/v1/assessment",
            "assessment",
            "The assessment of a period: sites, areas, rules. 202 with Retry-After while it is made",
            (json, schema::<Assessment>(&mut types)),
            &period,
            &[202, 400, 401, 404, 503],
        ),
        (
            "/api/v1/scorecards/{id}",
            "scorecard",
            "One site in a period: what each rule rests on, and what the unit says to it. \
             202 with Retry-After while it is made",
            (json, schema::<Scorecard>(&mut types)),
            &period,
            &[202, 400, 401, 404, 503],
        ),
        (
            "/api/v1/trend",
            "trend",
            "The last quarters of a site or of all, the oldest first, at most six. \
             202 with Retry-After while one is made",
            (json, schema::<Vec<Quarter>>(&mut types)),
            &of_which,
            &[202, 400, 401, 404, 503],
        ),
        (
            "/api/v1/candidates",
            "candidates",
            "What inspections suspect and people decided; not for a unit",
            (json, schema::<Part<Candidate>>(&mut types)),
            &candidates,
            &[400, 401, 403, 503],
        ),
        (
            "/api/v1/replay",
            "replay",
            "What other limits and another ladder would have sent; for operator and assessor. \
             202 with Retry-After while it is worked out",
            (json, schema::<Replay>(&mut types)),
            &numbers,
            &[202, 400, 401, 403, 422, 503],
        ),
        (
            "/api/v1/links",
            "links",
            "The links of a site that lead nowhere, the certain ones first",
            (json, schema::<Vec<Link>>(&mut types)),
            &site,
            &[400, 401, 404, 503],
        ),
        (
            "/api/v1/availability",
            "availability",
            "The last 92 days of a site's home page, the oldest first",
            (json, schema::<Vec<AvailableDay>>(&mut types)),
            &site,
            &[400, 401, 404, 503],
        ),
        (
            "/api/v1/acts",
            "acts",
            "What people laid down, the newest first; not for a unit",
            (json, schema::<Part<Act>>(&mut types)),
            &sites,
            &[400, 401, 403, 503],
        ),
        (
            "/api/v1/flags",
            "flags",
            "What the operator should look at, the newest first; not for a unit",
            (json, schema::<Part<Flagged>>(&mut types)),
            &sites,
            &[400, 401, 403, 503],
        ),
        (
            "/api/v1/due.ics",
            "due",
            "The due dates as a calendar (RFC 5545)",
            ("text/calendar", text.clone()),
            &unit,
            &[400, 401, 404, 503],
        ),
        (
            "/api/v1/incidents.atom",
            "feed",
            "Incidents that began or ended, as a feed (RFC 4287)",
            ("application/atom+xml", text),
            &none,
            SIGNED,
        ),
    ];
    for (path, id, says, (kind, body), query, refusals) in reads {
        let operation = json!({
            "operationId": id,
            "summary": says,
            "parameters": parameters(path, query),
            "responses": responses(kind, &body, (&refusal, &later), refusals),
        });
        paths.insert(path.to_owned(), json!({"get": operation}));
    }
    let done = schema::<Done>(&mut types);
    let ack = json!({
        "operationId": "ack",
        "summary": "Answer for a column that is late: nothing is repeated until the day is over",
        "requestBody": {
            "required": true,
            "content": {"application/json": {"schema": schema::<Ack>(&mut types)}},
        },
        "responses": responses(
            "application/json", &done, (&refusal, &later), &[400, 401, 403, 404, 413, 422, 503],
        ),
    });
    paths.insert("/api/v1/ack".to_owned(), json!({"post": ack}));
    let components: Map<String, Value> = types.take_definitions(true);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "wangxun",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "How fresh the columns of a site group are. Tokens are made by `wangxun token add`.",
        },
        "security": [{"token": []}, {"password": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "password": {"type": "http", "scheme": "basic"},
            },
        },
    })
}

fn inline<T: schemars::JsonSchema>(types: &mut SchemaGenerator) -> Value {
    T::json_schema(types).to_value()
}

fn schema<T: schemars::JsonSchema>(types: &mut SchemaGenerator) -> Value {
    types.subschema_for::<T>().to_value()
}

fn responses(
    kind: &str,
    body: &Value,
    (refusal, later): (&Value, &Value),
    others: &[u16],
) -> Value {
    let mut responses = Map::new();
    let content = |kind: &str, body: &Value| json!({ kind: { "schema": body } });
    responses.insert(
        "200".to_owned(),
        json!({"description": "As asked for", "content": content(kind, body)}),
    );
    for status in others {
        let says = match status {
            202 => "It is still being worked out; ask again",
            400 => "The query or the body is not understood",
            401 => "No token, or none that is known",
            403 => "Not for this token",
            404 => "No such thing for this token",
            413 => "The body is too large",
            422 => "It cannot be, for the reason given",
            _ => "Just now nothing can be read or done",
        };
        let body = if *status == 202 { later } else { refusal };
        responses.insert(
            status.to_string(),
            json!({"description": says, "content": content("application/json", body)}),
        );
    }
    Value::Object(responses)
}

/// The parameters of a path, and those that a type of a query stands for.
fn parameters(path: &str, query: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    if path.contains("{id}") {
        all.push(json!({
            "name": "id", "in": "path", "required": true,
            "schema": {"type": "string", "pattern": "^[a-z0-9_./-]{1,64}$"},
        }));
    }
    let properties = query.get("properties").and_then(Value::as_object);
    let needed = query.get("required").and_then(Value::as_array);
    let is_needed = |name: &str| needed.is_some_and(|all| all.iter().any(|one| one == name));
    for (name, schema) in properties.into_iter().flatten() {
        let Some(mut schema) = schema.as_object().cloned() else {
            continue;
        };
        let says = schema.remove("description");
        schema.remove("format");
        // A parameter may be left out; it is never null.
        if let Some(Value::Array(kinds)) = schema.get("type") {
            let kind = kinds.iter().find(|kind| *kind != "null").cloned();
            schema.insert("type".to_owned(), kind.unwrap_or_default());
        }
        all.push(json!({
            "name": name, "in": "query", "required": is_needed(name),
            "description": says, "schema": schema,
        }));
    }
    all
}
