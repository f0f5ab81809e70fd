//! The page's style, scripts and icon, compiled in.

use std::sync::LazyLock;

use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::Error;
use super::extract::Path;
use crate::state::AppState;

const JS: &str = "text/javascript; charset=utf-8";

/// Name, media type and contents.
const FILES: [(&str, &str, &str); 7] = [
    ("api.css", "text/css; charset=utf-8", include_str!("../../assets/api.css")),
    ("relat.css", "text/css; charset=utf-8", include_str!("../../assets/relat.css")),
    ("app.js", JS, include_str!("../../assets/app.js")),
    ("mirror.js", JS, include_str!("../../assets/mirror.js")),
    ("reader.js", JS, include_str!("../../assets/reader.js")),
    ("spans.js", JS, include_str!("../../assets/spans.js")),
    ("icon.svg", "image/svg+xml", include_str!("../../assets/icon.svg")),
];

/// Names this build's files: modules import one another by relative paths, so that they are cached for ever under a
/// folder that changes with any of them.
static BUILD: LazyLock<String> = LazyLock::new(|| {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    FILES.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
});

/// The folder of the files in this build.
pub(super) fn folder() -> String {
    format!("/assets/{}", *BUILD)
}

pub(super) fn router() -> Router<AppState> {
    Router::new().route("/assets/{build}/{name}", get(file))
}

async fn file(Path((build, name)): Path<(String, String)>) -> Result<Response, Error> {
    let (_, media_type, contents) = FILES.iter().find(|(n, ..)| *n == name).ok_or(Error::NotFound)?;
    let cache = if build == *BUILD { "public, max-age=31536000, immutable" } else { "no-cache" };
    Ok(([(header::CONTENT_TYPE, *media_type), (header::CACHE_CONTROL, cache)], *contents).into_response())
}
