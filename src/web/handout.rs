//! The assessment as files: bulletin, printed page, table, workbook, all data, the paragraph for an annual
//! report.

use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};

use super::view::{fault, unknown};
use crate::domain::id::SiteId;
use crate::report::assessment::bulletin::markdown;
use crate::report::assessment::paragraph::paragraph;
use crate::report::assessment::xlsx::xlsx;
use crate::report::assessment::{Assessment, Extent, csv, page as printed};

const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The assessment, or one site's part of it, as a file of this form.
pub fn handout(assessment: &Assessment, site: Option<SiteId>, form: &str) -> Response {
    let named = site.as_ref().map(|site| format!("-{site}"));
    let own = site.map(|site| assessment.clone().only(&Extent::Site(site)));
    let assessment = own.as_ref().unwrap_or(assessment);
    let period = assessment.period;
    let text = |text: String| text.into_bytes();
    let made = match form {
        "md" => Some(("text/markdown; charset=utf-8", text(markdown(assessment)))),
        "html" => Some(("text/html; charset=utf-8", text(printed::html(assessment)))),
        "csv" => Some(("text/csv; charset=utf-8", text(csv::csv(assessment)))),
        "txt" => Some(("text/plain; charset=utf-8", text(paragraph(assessment)))),
        "json" => {
            let bytes = serde_json::to_vec_pretty(assessment).ok();
            bytes.map(|bytes| ("application/json", bytes))
        }
        "xlsx" => xlsx(assessment).ok().map(|bytes| (WORKBOOK, bytes)),
        _ => return unknown(),
    };
    let Some((kind, bytes)) = made else {
        tracing::error!(%period, form, "an assessment cannot be written");
        return fault(StatusCode::INTERNAL_SERVER_ERROR, "文件生成失败。");
    };
    let named = named.unwrap_or_default();
    let name = format!("attachment; filename=\"wangxun-{period}{named}.{form}\"");
    (
        [(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, name)],
        bytes,
    )
        .into_response()
}
